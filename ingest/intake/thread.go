package intake

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

const (
	largestShown = 8 << 20 // bytes of a file that is put before the staff in Slack
	smallPicture = 20_000  // bytes below which a picture within the text is a logo
	mostNamed    = 50      // attachments of one mail that a case knows
	mostShown    = 12      // of which Slack gets so many
)

// files remembers what came with a mail of a case, and leaves for the case's
// thread what can be looked at there, with the mail's whole text where it is
// long. Each goes its own way: a file that Slack does not take holds nothing up.
func (m *mailRun) files(ctx context.Context, tx *casebook.Tx, caseID, history int64) error {
	var list []casebook.Attachment
	var parts []string
	if _, cut := notify.Excerpt(m.reading.Facts.NewText); cut {
		parts = append(parts, notify.WholeText)
	}
	for i, a := range m.reading.Message.Attachments {
		if logo(a) {
			continue
		}
		if len(list) == mostNamed {
			break
		}
		list = append(list, casebook.Attachment{LedgerID: m.row.ID, Part: i, Name: a.Name, MediaType: a.MediaType, Size: a.Size})
		if toBeShown(a) && len(parts) < mostShown {
			parts = append(parts, fmt.Sprint(i))
		}
	}
	if err := tx.AddAttachments(ctx, caseID, list); err != nil {
		return err
	}
	if !m.in.Slack {
		return nil
	}
	for _, part := range parts {
		lane := fmt.Sprintf("file/%d/%d", caseID, m.row.ID)
		_, _, err := tx.Enqueue(ctx, casebook.Row{Lane: lane, Kind: string(notify.DeliverFile), Key: lane + "/" + part,
			CaseID: caseID, HistoryID: history, LedgerID: m.row.ID, Body: []byte(part)})
		if err != nil {
			return fmt.Errorf("leave part %s of the mail for Slack: %w", part, err)
		}
	}
	return nil
}

// logo: a small picture within the text belongs to a signature.
func logo(a ingest.Attachment) bool {
	return a.Inline && strings.HasPrefix(a.MediaType, "image/") && a.Size < smallPicture
}

// toBeShown says whether staff should see an attachment in Slack: pictures,
// PDFs and text. Whatever a stranger's office file or archive may hold is only
// named.
func toBeShown(a ingest.Attachment) bool {
	if len(a.Data) == 0 || a.Size > largestShown {
		return false
	}
	shown := []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".pdf", ".txt", ".log", ".csv"}
	ext := strings.ToLower(path.Ext(a.Name))
	if ext != "" {
		return slices.Contains(shown, ext)
	}
	return slices.Contains([]string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain", "text/csv"}, a.MediaType)
}

// list leaves the pages of a long list of units for the thread, where it has
// changed.
func (in *Intake) list(ctx context.Context, tx *casebook.Tx, before []rules.Item, c rules.Case) error {
	if !in.Slack || slices.Equal(before, c.Items) {
		return nil
	}
	for page := range max(notify.Pages(len(before)), notify.Pages(len(c.Items))) {
		key := fmt.Sprintf("items/%d/%d/%d", c.ID, page, c.Version)
		_, _, err := tx.Enqueue(ctx, casebook.Row{Lane: fmt.Sprintf("slack/%d", c.ID), Kind: string(notify.DeliverItems), Key: key,
			CaseID: c.ID, Body: fmt.Append(nil, page)})
		if err != nil {
			return fmt.Errorf("leave %s for Slack: %w", key, err)
		}
	}
	return nil
}
