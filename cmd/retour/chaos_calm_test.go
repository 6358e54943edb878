//go:build chaos

package main

import (
	"bytes"
	"maps"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"retour/notify"
	"retour/rules/casebook"
)

// Without faults there is nothing to complain of; and the accountant complains of
// each fault that is planted then.
func TestChaosAccountant(t *testing.T) {
	x := openTrial(t, 1)
	if err := x.openCalm(); err != nil {
		t.Fatal(err)
	}
	l := x.begin()
	for range 60 {
		p := x.customers.next()
		x.post(p, slices.Contains(x.posted, p))
	}
	if due, _ := x.rest(l, 2*time.Minute); due != "" {
		t.Fatalf("without any fault the desk does not come to rest: %s\n%s", due, l.tail())
	}
	if err := l.stop(); err != nil {
		t.Fatal(err)
	}
	x.settle()
	x.conclude()
	if t.Failed() {
		return
	}
	for _, p := range planted {
		f := x.findings()
		p.plant(f)
		complaints := strings.Join(account(f), "\n")
		if !strings.Contains(complaints, p.want) {
			t.Errorf("%s: the accountant does not say %q but %q", p.what, p.want, complaints)
		}
	}
	x.plantOutside(t)
}

// plantOutside takes one answer out of the customers' mailbox, and sends another
// once more.
func (x *trial) plantOutside(t *testing.T) {
	c, err := x.dial("customer")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raws := x.rawsOf("customer", "INBOX")
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := c.Store(imap.SeqSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.Expunge().Close(); err != nil {
		t.Fatal(err)
	}
	_, mail, _ := bytes.Cut(raws[1], []byte("X-Original-To: "))
	_, mail, _ = bytes.Cut(mail, []byte("\r\n"))
	out, err := smtp.Dial("127.0.0.1:" + x.env["MAILSERVERS_SMTP"])
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := submitRaw(out, "rma@retour.example", "customer@kunde.example", mail); err != nil {
		t.Fatal(err)
	}
	x.until("the copy is there", time.Minute, func() bool { return x.count("customer", "INBOX") == len(raws) })
	complaints := strings.Join(account(x.findings()), "\n")
	for _, want := range []string{"is marked as sent and did not come", "came once more without a kill"} {
		if strings.Count(complaints, want) != 1 {
			t.Errorf("the accountant does not say %q but %q", want, complaints)
		}
	}
}

// planted is what the accountant must find, each for itself.
var planted = []struct {
	what  string
	plant func(*findings)
	want  string
}{
	{"a mail that the ledger does not know", func(f *findings) { f.ledger = slices.DeleteFunc(f.ledger, f.opened) }, "has no ledger row of its own"},
	{"a mail taken in twice", func(f *findings) {
		row := f.ledger[f.request()]
		row.ID = 1_000_000
		f.markers[row.ID] = f.markers[f.ledger[f.request()].ID]
		f.ledger = append(f.ledger, row)
	}, "was taken in 2 times"},
	{"a mail without a fate", func(f *findings) { f.ledger[f.request()].Fate = "" }, "has no fate"},
	{"a mail that waits for nobody", func(f *findings) { f.ledger[f.request()].Fate = casebook.FateHold }, "is hold and not opened"},
	{"a mail that nobody sent", func(f *findings) { f.markers[f.ledger[f.request()].ID] = "" }, "of a mail that nobody sent"},
	{"a mail gone from the folders", func(f *findings) { clear(f.folders["done"]) }, "lies in the folders 0 times"},
	{"a mail twice in the folders", func(f *findings) { maps.Copy(f.folders[elsewhere], f.folders["done"]) }, "lies in the folders 2 times"},
	{"a mail left in the mailbox", func(f *findings) { maps.Copy(f.folders["INBOX"], f.folders["hold"]) }, "still lies in the mailbox"},
	{"an answer that did not come", func(f *findings) { f.received = f.received[1:] }, "is marked as sent and did not come"},
	{"an answer that came twice", func(f *findings) { f.received = append(f.received, f.received[0]) }, "came once more without a kill"},
	{"an answer that nobody promised", func(f *findings) { f.received[0].id = "nobody@retour.example" }, "nobody promised it"},
	{"two answers to one mail", func(f *findings) {
		row := f.outbox[f.answer()]
		row.ID, row.Key = 1_000_000, "mail/1000000"
		f.outbox = append(f.outbox, row)
	}, "both answer ledger row"},
	{"an answer that waits", func(f *findings) { f.outbox[f.answer()].Status = casebook.Pending }, "still waits"},
	{"an answer given up in silence", func(f *findings) { f.outbox[f.answer()].Status = casebook.Failed }, "does not say so"},
	{"an event twice", func(f *findings) {
		id := f.cases[0].ID
		f.history[id] = append(f.history[id], f.history[id][len(f.history[id])-1])
	}, "happened 2 times"},
	{"a case that is not where its history leads", func(f *findings) { f.cases[0].Version++ }, "its history ends with"},
	{"a card that is missing", func(f *findings) { f.slack = f.slack[1:] }, "does not stand in Slack"},
	{"a card twice", func(f *findings) { f.slack = append(f.slack, f.slack[:1]...) }, "stands in Slack 2 times"},
	{"an old card", func(f *findings) {
		for i := range f.cases {
			f.cases[i].Version += 7
		}
	}, "its button carries"},
}

// request is where the ledger has a request that opened a case.
func (f *findings) request() int { return slices.IndexFunc(f.ledger, f.opened) }

func (f *findings) opened(row casebook.LedgerRow) bool {
	return slices.ContainsFunc(f.posted, func(p *posted) bool { return p.marker == f.markers[row.ID] && p.kind == "request" })
}

// answer is where the outbox has a mail that answers another and has come.
func (f *findings) answer() int {
	return slices.IndexFunc(f.outbox, func(r casebook.Row) bool {
		return r.Kind == string(notify.DeliverMail) && r.LedgerID != 0 && r.Status == casebook.Sent && r.CaseID != 0
	})
}
