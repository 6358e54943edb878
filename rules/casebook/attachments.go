package casebook

import (
	"context"
	"fmt"
)

// Attachment is a file that came with a mail of a case. Its bytes are in the
// raw mail.
type Attachment struct {
	LedgerID  int64
	Part      int // from 0, in the mail
	Name      string
	MediaType string // RFC 2046, without parameters
	Size      int    // decoded, bytes
}

// AddAttachments remembers what came with a mail of a case; the same part once.
func (tx *Tx) AddAttachments(ctx context.Context, caseID int64, list []Attachment) error {
	for _, a := range list {
		_, err := tx.exec(ctx, `INSERT INTO attachments (case_id, ledger_id, part, name, media_type, size)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, caseID, a.LedgerID, a.Part, a.Name, a.MediaType, a.Size)
		if err != nil {
			return fmt.Errorf("remember attachment %d of mail %d: %w", a.Part, a.LedgerID, err)
		}
	}
	return nil
}

// Attachments lists what came with the mails of a case, the oldest first.
func (s *queries) Attachments(ctx context.Context, caseID int64) (list []Attachment, err error) {
	err = s.ask(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT ledger_id, part, name, media_type, size FROM attachments
			WHERE case_id = $1 ORDER BY ledger_id, part`, caseID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var a Attachment
			if err := rows.Scan(&a.LedgerID, &a.Part, &a.Name, &a.MediaType, &a.Size); err != nil {
				return err
			}
			list = append(list, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read attachments of case %d: %w", caseID, err)
	}
	return list, nil
}
