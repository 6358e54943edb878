package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"retour/cmd/internal/demopage"
	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// servePage shows the page until the context ends.
func (d *demo) servePage(ctx context.Context, address string) error {
	handler, err := d.page()
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || !isLoopback(host) {
		return usageError{fmt.Errorf("--listen %s: the demo is for this machine alone; write 127.0.0.1:PORT", address)}
	}
	server := &http.Server{Addr: address, Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	stopped := make(chan error, 1)
	go func() { stopped <- serveHTTP(ctx, server) }()
	select {
	case err := <-stopped:
		return err
	case err := <-d.done:
		d.done <- err
		return errors.Join(errors.New("the desk ended"), err)
	}
}

func (d *demo) page() (http.Handler, error) {
	return demopage.New(demopage.Source{
		Slack: d.slack, Channel: loopback.SlackChannel, Customers: d.customers(), TimeZone: zone(d.app.cfg),
		Mails: d.mails, Desk: d.view, Write: d.write, Advance: d.advance, Changed: d.waitChange,
	})
}

// customers are the people of the samples.
func (d *demo) customers() []demopage.Customer {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := map[string]bool{}
	var out []demopage.Customer
	for _, s := range d.sent {
		m := ingest.Parse(s.raw, ingest.DefaultLimits())
		if len(m.From) == 0 || seen[m.From[0].Address] || len(m.Header["Auto-Submitted"])+len(m.Header["List-Id"]) > 0 {
			continue
		}
		seen[m.From[0].Address] = true
		out = append(out, demopage.Customer{Name: m.From[0].Name, Address: m.From[0].Address})
	}
	return out
}

// mails are what customers sent and received.
func (d *demo) mails() []demopage.Mail {
	d.mu.Lock()
	sent := append([]sentMail{}, d.sent...)
	d.mu.Unlock()
	var out []demopage.Mail
	for _, s := range sent {
		m := pageMail(s.raw, s.at)
		m.Sent, m.Mailbox = true, bare(m.From)
		out = append(out, m)
	}
	received, err := d.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		return out
	}
	for _, r := range received {
		m := pageMail(r.Raw, r.Received)
		m.Mailbox = bare(m.To)
		out = append(out, m)
	}
	return out
}

func pageMail(raw []byte, at time.Time) demopage.Mail {
	m := parseWhole(raw)
	out := demopage.Mail{Subject: m.Subject, Date: at, Text: m.Text, HTML: m.HTML, MessageID: m.MessageID}
	out.From, out.To = written(m.From), written(m.To)
	for _, a := range m.Attachments {
		out.Attachments = append(out.Attachments, demopage.File{Name: a.Name, MediaType: a.MediaType, Data: a.Data})
	}
	return out
}

// written is the first address as people write it.
func written(list []ingest.Address) string {
	if len(list) == 0 {
		return ""
	}
	if list[0].Name == "" {
		return list[0].Address
	}
	return list[0].Name + " <" + list[0].Address + ">"
}

// bare is the address in what written made.
func bare(s string) string {
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		return strings.TrimSuffix(s[i+1:], ">")
	}
	return s
}

// write sends what the visitor wrote.
func (d *demo) write(ctx context.Context, o demopage.Outgoing) error {
	m := mail.NewMsg()
	if err := errors.Join(m.From(o.From), m.To(demoDesk)); err != nil {
		return err
	}
	m.Subject(o.Subject)
	m.SetDateWithValue(d.clock.now())
	m.SetMessageID()
	if o.InReplyTo != "" {
		m.SetGenHeader(mail.HeaderInReplyTo, "<"+o.InReplyTo+">")
		m.SetGenHeader(mail.HeaderReferences, "<"+o.InReplyTo+">")
	}
	m.SetBodyString(mail.TypeTextPlain, o.Text)
	if o.AttachmentName != "" {
		if err := m.AttachReader(o.AttachmentName, bytes.NewReader(o.Attachment), mail.WithFileContentType(mail.ContentType(o.AttachmentType))); err != nil {
			return err
		}
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return err
	}
	from := m.GetFrom()
	if len(from) == 0 {
		return errors.New("the mail has no sender")
	}
	return d.send(ctx, from[0].Address, raw.Bytes())
}

// view is what the desk knows, for the page.
func (d *demo) view(ctx context.Context) (demopage.DeskView, error) {
	v := demopage.DeskView{Clock: d.clock.now()}
	cases, err := d.app.book.Cases(ctx, casebook.CaseFilter{Limit: 500})
	if err != nil {
		return v, err
	}
	for _, c := range cases {
		v.Cases = append(v.Cases, d.caseRow(c))
	}
	sort.SliceStable(v.Cases, func(i, j int) bool {
		if v.Cases[i].Closed != v.Cases[j].Closed {
			return v.Cases[j].Closed
		}
		return v.Cases[i].Number > v.Cases[j].Number
	})
	counts, total, err := d.app.book.LedgerCounts(ctx, "")
	if err != nil {
		return v, err
	}
	v.Ledger = append(v.Ledger, demopage.Count{Name: "mails seen", N: total})
	for _, f := range []casebook.Fate{casebook.FateOpened, casebook.FateUpdated, casebook.FateHold, casebook.FateNoted, casebook.FateDuplicate, casebook.FateBlocked, ""} {
		if counts[f] > 0 {
			v.Ledger = append(v.Ledger, demopage.Count{Name: cmp.Or(string(f), "without a fate"), N: counts[f]})
		}
	}
	return v, d.pending(ctx, &v)
}

func (d *demo) caseRow(c rules.Case) demopage.CaseRow {
	row := demopage.CaseRow{Number: c.Number, State: string(c.State), Label: strings.ReplaceAll(string(c.State), "_", " "),
		Customer: c.Customer.Address, Owner: c.Owner.Name, Why: c.Why, Deadline: c.Deadline, Late: c.Late, Closed: c.State == rules.Closed}
	if c.Closing != "" {
		row.Label += " – " + strings.ReplaceAll(string(c.Closing), "_", " ")
	}
	for _, i := range c.Items {
		row.Items = append(row.Items, strings.TrimSpace(strings.Join(nonEmpty(i.Manufacturer, i.Model, cmp.Or(i.Serial, i.MAC)), " ")))
	}
	return row
}

// pending is what was not delivered yet, or could not be.
func (d *demo) pending(ctx context.Context, v *demopage.DeskView) error {
	for _, status := range []string{"pending", "failed"} {
		rows, err := d.app.book.Outbox(ctx, casebook.OutboxFilter{Status: status, Limit: 50})
		if err != nil {
			return err
		}
		for _, r := range rows {
			row := demopage.OutboxRow{Kind: r.Kind, To: r.Recipient, Status: r.Status, Why: r.LastError, Next: r.NextAt}
			if r.Kind != string(notify.DeliverMail) {
				row.To = "Slack"
			}
			v.Outbox = append(v.Outbox, row)
		}
	}
	return nil
}
