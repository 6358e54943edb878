package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"path/filepath"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// Servers are where the mail comes from and goes to, on this machine and
// without TLS.
type Servers struct {
	Host      string `json:"host"`
	IMAP      int    `json:"imap"`
	SMTP      int    `json:"smtp"`
	User      string `json:"user"`      // of the desk's mailbox
	Customers string `json:"customers"` // of the mailbox where all answers end
	Password  string `json:"password"`
}

func (s Servers) address(port int) string { return net.JoinHostPort(s.Host, fmt.Sprint(port)) }

// FloorResult is how long the floor took, in seconds, whole and by stage.
type FloorResult struct {
	Mails  int                `json:"mails"`
	Stages map[string]float64 `json:"stages"`
}

// Floor does what nobody who answers mails can do without, and nothing else: it
// fetches each mail in INBOX, keeps it by a durable commit, and submits an answer
// over one connection. The file is made in dir, on the file system that the desk
// would use, with the settings of the casebook.
func Floor(ctx context.Context, s Servers, dir string) (FloorResult, error) {
	f := floor{servers: s, result: FloorResult{Stages: map[string]float64{}}}
	defer f.close()
	if err := f.open(ctx, filepath.Join(dir, "floor.db")); err != nil {
		return f.result, err
	}
	all, err := f.imap.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		return f.result, fmt.Errorf("list the mails: %w", err)
	}
	for _, uid := range all.AllUIDs() {
		if err := f.one(ctx, uid); err != nil {
			return f.result, fmt.Errorf("mail %d: %w", uid, err)
		}
		f.result.Mails++
	}
	return f.result, nil
}

type floor struct {
	servers Servers
	imap    *imapclient.Client
	smtp    *smtp.Client
	db      *sql.DB
	keep    *sql.Stmt
	result  FloorResult
}

func (f *floor) open(ctx context.Context, path string) (err error) {
	if f.imap, err = login(f.servers, f.servers.User); err != nil {
		return err
	}
	if _, err := f.imap.Select("INBOX", nil).Wait(); err != nil {
		return fmt.Errorf("open INBOX: %w", err)
	}
	if f.smtp, err = smtp.Dial(f.servers.address(f.servers.SMTP)); err != nil {
		return fmt.Errorf("connect by SMTP: %w", err)
	}
	if err := f.smtp.Hello("localhost"); err != nil {
		return fmt.Errorf("say hello by SMTP: %w", err)
	}
	f.db, err = sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)")
	if err != nil {
		return err
	}
	f.db.SetMaxOpenConns(1)
	if _, err = f.db.ExecContext(ctx, "CREATE TABLE mails (uid INTEGER PRIMARY KEY, raw BLOB NOT NULL)"); err != nil {
		return fmt.Errorf("make the floor's file: %w", err)
	}
	f.keep, err = f.db.PrepareContext(ctx, "INSERT INTO mails (uid, raw) VALUES (?, ?)")
	return err
}

func (f *floor) close() {
	if f.db != nil {
		_ = f.db.Close()
	}
	if f.smtp != nil {
		_ = f.smtp.Quit()
	}
	if f.imap != nil {
		_ = f.imap.Close()
	}
}

// one does one mail, and notes how long each stage took.
func (f *floor) one(ctx context.Context, uid imap.UID) error {
	var raw []byte
	for _, stage := range []struct {
		name string
		do   func() error
	}{
		{"fetch", func() (err error) { raw, err = f.fetch(uid); return err }},
		{"commit", func() error { _, err := f.keep.ExecContext(ctx, int64(uid), raw); return err }},
		{"send", func() error { return f.send(uid) }},
	} {
		begin := time.Now()
		if err := stage.do(); err != nil {
			return fmt.Errorf("%s: %w", stage.name, err)
		}
		f.result.Stages[stage.name] += time.Since(begin).Seconds()
	}
	return nil
}

func (f *floor) fetch(uid imap.UID) ([]byte, error) {
	whole := &imap.FetchItemBodySection{Peek: true}
	got, err := f.imap.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil {
		return nil, err
	}
	if len(got) != 1 || got[0].FindBodySection(whole) == nil {
		return nil, io.ErrUnexpectedEOF
	}
	return got[0].FindBodySection(whole), nil
}

func (f *floor) send(uid imap.UID) error {
	to := fmt.Sprintf("service%d@shop%d.example", uid, uid%997)
	if err := f.smtp.Mail(Desk); err != nil {
		return err
	}
	if err := f.smtp.Rcpt(to); err != nil {
		return err
	}
	w, err := f.smtp.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(Answer(to, fmt.Sprintf("floor.%d@retour.example", uid), time.Now())); err != nil {
		return err
	}
	return w.Close()
}
