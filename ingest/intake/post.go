package intake

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// posting is one mail to a customer on its way into the outbox.
type posting struct {
	to        rules.Party
	language  string
	told      []notify.Told
	thread    notify.Thread
	key       string // unique in the outbox
	caseID    int64
	history   int64
	ledger    int64  // the mail that it answers
	automatic bool   // answers a mail without a person's hand: counted against the caps
	seen      string // names the mail as a person saw it: another one must not go out; empty: nobody saw one
	words     string // that he wrote in its place
	withheld  string // why it may not go out now; it stays in the outbox as failed, for a person to send
}

var errReadsOtherwise = Refused{Message: "the mail reads differently now than when it was shown: look at it again"}

// post composes the mail and leaves it in the outbox.
func (in *Intake) post(ctx context.Context, tx *casebook.Tx, p posting) error {
	draft, err := in.Composer.Draft(p.to, p.language, p.told, p.thread, p.key, tx.Now(), p.automatic)
	if err != nil {
		return hopelessError{fmt.Errorf("compose mail %s: %w", p.key, err)}
	}
	if p.seen != "" && p.seen != draft.Seen() {
		return errReadsOtherwise
	}
	mail, err := rewritten(draft, p.words)
	if err != nil {
		return err
	}
	return in.enqueue(ctx, tx, mail, p)
}

func (in *Intake) enqueue(ctx context.Context, tx *casebook.Tx, mail notify.Mail, p posting) error {
	body, err := json.Marshal(mail)
	if err != nil {
		return fmt.Errorf("store mail %s: %w", p.key, err)
	}
	id, _, err := tx.Enqueue(ctx, casebook.Row{
		Lane: fmt.Sprintf("mail/%d", p.caseID), Kind: string(notify.DeliverMail), Key: p.key, CaseID: p.caseID,
		HistoryID: p.history, LedgerID: p.ledger, Recipient: mail.To, MessageID: mail.MessageID, Body: body, Automatic: p.automatic,
	})
	if err != nil {
		return fmt.Errorf("leave mail %s in the outbox: %w", p.key, err)
	}
	if err := tx.LinkMessage(ctx, mail.MessageID, p.caseID, "out"); err != nil {
		return fmt.Errorf("link mail %s: %w", p.key, err)
	}
	if in.Shadow {
		return in.shadow(ctx, tx, id, body, p)
	}
	if p.withheld != "" {
		if err := tx.GiveUp(ctx, casebook.Row{ID: id}, p.withheld); err != nil {
			return fmt.Errorf("withhold mail %s: %w", p.key, err)
		}
	}
	return nil
}

// Alert tells of trouble with the desk itself: by one line in the staff's channel
// where inSlack is true, and by mail to those of Options.Alerts. The same key says
// it once.
func (in *Intake) Alert(ctx context.Context, key, text string, inSlack bool) error {
	in = in.current()
	return in.write(ctx, func(tx *casebook.Tx) error { return in.alert(ctx, tx, key, text, inSlack) })
}

func (in *Intake) alert(ctx context.Context, tx *casebook.Tx, key, text string, inSlack bool) error {
	key = "alert/" + key
	var rows []casebook.Row
	if in.Slack && inSlack {
		rows = append(rows, casebook.Row{Lane: "slack/alert", Kind: string(notify.DeliverAlert), Key: key, Body: []byte(text)})
	}
	for _, to := range in.Alerts {
		row := casebook.Row{Lane: "mail/alert", Kind: string(notify.DeliverMail), Key: key + "/" + to, Recipient: to}
		mail, err := in.Composer.Alert(to, text, row.Key, tx.Now())
		if err == nil {
			row.Body, err = json.Marshal(mail)
		}
		if err != nil {
			return fmt.Errorf("write alert %s: %w", key, err)
		}
		row.MessageID = mail.MessageID
		rows = append(rows, row)
	}
	for _, row := range rows {
		if _, _, err := tx.Enqueue(ctx, row); err != nil {
			return fmt.Errorf("leave %s in the outbox: %w", row.Key, err)
		}
	}
	return nil
}

// note writes something into a case's history that decides nothing.
func (in *Intake) note(ctx context.Context, tx *casebook.Tx, c rules.Case, h casebook.HistoryRow) error {
	h.At, h.From, h.To, h.Version, h.Policy = tx.Now(), c.State, c.State, c.Version, in.Policy.Version
	h.Standing = rules.StandingOf(in.Policy, c)
	id, err := tx.AddHistory(ctx, c.ID, h)
	if err != nil {
		return fmt.Errorf("write history of %s: %w", c.Number, err)
	}
	return in.toSlack(ctx, tx, c.ID, c.Version, id)
}

// held is the mail as it is put before the staff.
func (m *mailRun) held() notify.Held {
	f := m.reading.Facts
	return notify.Held{LedgerID: m.row.ID, From: f.From.Address, Subject: m.reading.Message.Subject,
		Text: shorten(cmp.Or(f.NewText, m.reading.Message.Text)), Why: m.why, Received: m.row.InternalDate, Shadow: m.in.Shadow}
}

// heldInSlack puts a held mail before the staff, or redraws it there: what is
// new about it then stands in change, which no two of its redraws share.
func (in *Intake) heldInSlack(ctx context.Context, tx *casebook.Tx, h notify.Held, change string) error {
	if !in.Slack {
		return nil
	}
	body, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("describe held mail %d: %w", h.LedgerID, err)
	}
	lane := fmt.Sprintf("held/%d", h.LedgerID)
	_, _, err = tx.Enqueue(ctx, casebook.Row{Lane: "slack/" + lane, Kind: string(notify.DeliverHeld), Key: lane + change, LedgerID: h.LedgerID, Body: body})
	if err != nil {
		return fmt.Errorf("leave %s for Slack: %w", lane, err)
	}
	return nil
}

// threadOf continues the customer's thread: the newest mail of his that is in
// the case, and before it what it answered.
func (in *Intake) threadOf(ctx context.Context, tx *casebook.Tx, caseID int64) (notify.Thread, error) {
	ids, err := tx.MessagesOf(ctx, caseID)
	if err != nil {
		return notify.Thread{}, fmt.Errorf("thread of the case: %w", err)
	}
	var t notify.Thread
	for _, m := range ids {
		if m.Direction == "in" {
			t.MessageID = m.MessageID
		}
	}
	for _, m := range ids {
		if m.MessageID != t.MessageID {
			t.References = append(t.References, m.MessageID)
		}
	}
	return t, nil
}
