package main

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/smtp"
	"strconv"
	"strings"
	"time"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules/casebook"
)

//go:embed samples/*.eml
var sampleFiles embed.FS

// sample is one of the demo's mails, as its sender hands it to SMTP.
type sample struct {
	name string
	from string // envelope; empty for a delivery report
	raw  []byte // with CRLF line ends
}

// sentMail is a mail that a customer sent, for the page.
type sentMail struct {
	at  time.Time
	raw []byte
}

func loadSamples() ([]sample, error) {
	names, err := fs.Glob(sampleFiles, "samples/*.eml")
	if err != nil {
		return nil, err
	}
	var out []sample
	for _, name := range names {
		raw, err := sampleFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s := sample{name: strings.TrimSuffix(strings.TrimPrefix(name, "samples/"), ".eml"), raw: raw}
		m := ingest.Parse(raw, ingest.DefaultLimits())
		switch {
		case m.HasReturn:
			s.from = m.ReturnPath
		case len(m.From) > 0:
			s.from = m.From[0].Address
		}
		s.raw = handedOver(raw)
		out = append(out, s)
	}
	return out, nil
}

// handedOver makes CRLF line ends and leaves out the Return-Path: the
// receiving server writes its own.
func handedOver(raw []byte) []byte {
	text := strings.ReplaceAll(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n", "\r\n")
	head, body, _ := strings.Cut(text, "\r\n\r\n")
	var kept []string
	for _, line := range strings.Split(head, "\r\n") {
		if !strings.HasPrefix(strings.ToLower(line), "return-path:") {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, "\r\n") + "\r\n\r\n" + body)
}

func (d *demo) sendAll(ctx context.Context, samples []sample) error {
	for _, s := range samples {
		if err := d.send(ctx, s.from, s.raw); err != nil {
			return fmt.Errorf("send sample %s: %w", s.name, err)
		}
	}
	return nil
}

// send hands one mail to the desk's mail server, by SMTP.
func (d *demo) send(ctx context.Context, from string, raw []byte) error {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(d.smtp.Host, strconv.Itoa(d.smtp.Port)))
	if err != nil {
		return err
	}
	client, err := smtp.NewClient(conn, "localhost")
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Mail(from); err != nil {
		return err
	}
	if err := client.Rcpt(demoDesk); err != nil {
		return err
	}
	data, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := data.Write(raw); err != nil {
		return err
	}
	if err := data.Close(); err != nil {
		return err
	}
	d.mu.Lock()
	d.sent = append(d.sent, sentMail{at: d.clock.now(), raw: raw})
	d.mu.Unlock()
	d.bump()
	return client.Quit()
}

// report prints what became of each mail and says whether all is well.
func (d *demo) report(ctx context.Context, out io.Writer, samples []sample, took time.Duration) error {
	rows, err := d.app.book.Ledger(ctx, casebook.LedgerFilter{})
	if err != nil {
		return err
	}
	byUID := map[uint32]casebook.LedgerRow{}
	for _, r := range rows {
		byUID[r.UID] = r
	}
	answers, lost, err := d.answers(ctx)
	if err != nil {
		return err
	}
	t := &table{header: []string{"MAIL", "LANG", "FATE", "CASE", "ANSWER", "WHY"}}
	unaccounted := 0
	for i, s := range samples {
		r, ok := byUID[uint32(i+1)]
		if !ok || r.Fate == "" {
			unaccounted++
		}
		t.add(s.name, r.Language, cmp.Or(string(r.Fate), "NONE"), r.CaseNumber, answers[r.ID], r.Why)
	}
	if err := t.print(out); err != nil {
		return err
	}
	refused := d.slack.Refusals()
	fmt.Fprintf(out, "\n%d mails, %d without a fate; %d answers promised, %d not arrived; %d cards in Slack, %d calls refused; %.1f s\n",
		len(samples), unaccounted, len(answers), lost, len(d.slack.Messages(loopback.SlackChannel)), len(refused), took.Seconds())
	for _, r := range refused {
		fmt.Fprintf(out, "Slack refused %s: %s %v\n", r.Method, r.Error, r.Details)
	}
	if unaccounted+lost+len(refused) > 0 {
		return fmt.Errorf("%d mails without a fate, %d answers not arrived, %d Slack calls refused", unaccounted, lost, len(refused))
	}
	return nil
}

// answers says, by ledger row, which answer was promised, and counts those that
// are not in the customers' mailbox.
func (d *demo) answers(ctx context.Context) (map[int64]string, int, error) {
	arrived := map[string]bool{}
	stored, err := d.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		return nil, 0, err
	}
	for _, m := range stored {
		arrived[ingest.Parse(m.Raw, ingest.DefaultLimits()).MessageID] = true
	}
	promised, err := d.app.book.Outbox(ctx, casebook.OutboxFilter{Kind: "mail"})
	if err != nil {
		return nil, 0, err
	}
	answers, lost := map[int64]string{}, 0
	for _, row := range promised {
		h, err := d.app.book.HistoryRow(ctx, row.HistoryID)
		if err != nil {
			return nil, 0, err
		}
		if row.Status == "failed" && row.Attempts == 0 {
			continue // withheld: nobody was promised it
		}
		answers[h.LedgerID] = strings.Join(h.Told, ", ")
		if !arrived[row.MessageID] {
			lost++
		}
	}
	return answers, lost, nil
}
