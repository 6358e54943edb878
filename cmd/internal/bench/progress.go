package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"time"
)

// Progress looks into a casebook from outside, while a desk works on it.
type Progress struct {
	db    *sql.DB
	begin int64 // the last ledger row that was there before
}

// Done is what a desk has done since Progress was opened.
type Done struct {
	Mails   int `json:"mails"`   // dealt with and filed away
	Answers int `json:"answers"` // that the SMTP server has accepted
	Held    int `json:"held"`    // before a person
}

// OpenProgress notes where the casebook stands.
func OpenProgress(ctx context.Context, path string) (*Progress, error) {
	name := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+name+"?mode=ro&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	p := &Progress{db: db}
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM ledger").Scan(&p.begin); err != nil {
		return nil, fmt.Errorf("look into the casebook: %w", err)
	}
	return p, nil
}

// Close closes the file.
func (p *Progress) Close() error { return p.db.Close() }

// Wait waits until the desk has filed n mails and sent what it had to say, or
// has stopped. It looks ten times a second at little, so as not to disturb.
func (p *Progress) Wait(ctx context.Context, n int, stopped <-chan struct{}) error {
	for {
		var filed bool
		err := p.db.QueryRowContext(ctx, "SELECT coalesce((SELECT filed <> '' FROM ledger WHERE id >= $1 ORDER BY id DESC LIMIT 1), 0)", p.begin+int64(n)).Scan(&filed)
		if err == nil && filed {
			var waits bool
			err = p.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM ledger WHERE id > $1 AND filed = '')
				OR EXISTS (SELECT 1 FROM outbox WHERE kind = 'mail' AND status = 'pending')`, p.begin).Scan(&waits)
			if err == nil && !waits {
				return nil
			}
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("look into the casebook: %w", err)
		}
		select {
		case <-ctx.Done():
			done, _ := p.Done(context.WithoutCancel(ctx))
			return fmt.Errorf("of %d mails %d are filed and %d answered: %w", n, done.Mails, done.Answers, ctx.Err())
		case <-stopped:
			return fmt.Errorf("the desk has ended before it was done")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Done counts what was done.
func (p *Progress) Done(ctx context.Context) (d Done, err error) {
	err = p.db.QueryRowContext(ctx, `SELECT count(*), count(CASE WHEN fate = 'hold' THEN 1 END), (SELECT count(*) FROM outbox
		WHERE ledger_id > $1 AND kind = 'mail' AND status = 'sent') FROM ledger WHERE id > $1 AND filed <> ''`, p.begin).Scan(&d.Mails, &d.Held, &d.Answers)
	if err != nil {
		return d, fmt.Errorf("count what was done: %w", err)
	}
	return d, nil
}
