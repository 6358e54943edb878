package intake

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// Somebody whom nothing else in the world is like.
const (
	zed     = "z.quixano+rma@quixano-partners.example"
	zedName = "Zélie Quixano"
	zedText = "marmalade trombone"
	other   = "bea@other.example"
)

var janitor = rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Dana"}

// forgetLife is a life of a desk in which zed takes part in every way.
type forgetLife struct {
	*bench
	r *rapid.T
	n int
}

func (l *forgetLife) id() string { l.n++; return fmt.Sprintf("%d.life@mails.example", l.n) }

func (l *forgetLife) serial() string { return fmt.Sprintf("20EZ115N3%07X", 0x8C60000+l.n) }

// steps are what can happen, each by its name.
func (l *forgetLife) steps() map[string]func() {
	mail := func(from, extra, text string) func() {
		return func() {
			m := letter{from: from, id: l.id(), auth: "pass", subject: "Defective phone of " + strings.Trim(from, `"`), extra: extra, text: text + "\nOur Grandstream GXP2170 is defective, the display stays dark.\nSerial number: " + l.serial()}
			l.take(m)
		}
	}
	return map[string]func(){
		"his request":           mail(zedName+" <"+zed+">", "", zedText+" "+strings.ToUpper(zedText)),
		"his complete request":  mail(zedName+" <"+zed+">", "", zedText+"\nGrandstream helpdesk ticket: 20261115093422"),
		"his request, no name":  mail(zed, "", zedText),
		"he is a party":         mail("Bea <"+other+">", "Cc: "+zedName+" <"+zed+">\r\n", "harpsichord violet"),
		"he is quoted":          mail("Bea <"+other+">", "", "harpsichord violet, see what "+zedName+" ("+strings.ToUpper(zed)+") says"),
		"he is hidden":          l.hidden,
		"he answers":            func() { l.answer(zed) },
		"he answers to another": l.intrude,
		"his mail is held": func() {
			l.take(letter{from: zed, id: l.id(), auth: "fail", subject: zedText, text: zedText})
		},
		"staff act": l.staff,
		"a bounce":  l.bounce,
		"staff are told": func() {
			l.n++
			if err := l.Alert(l.ctx, fmt.Sprint("told", l.n), "A mail to "+zed+" waits.", true); err != nil {
				l.r.Fatal(err)
			}
		},
		"time goes by": func() { l.at = l.at.AddDate(0, 0, 4); l.tick() },
	}
}

func (l *forgetLife) tick() {
	if _, err := l.Tick(l.ctx); err != nil {
		l.r.Fatal(err)
	}
}

// hidden is a mail whose text names him where only who decodes it sees it.
func (l *forgetLife) hidden() {
	text := "Hello, the Grandstream of " + zed + " is broken, says " + zedName + ". Serial " + l.serial() + "\r\n"
	raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Broken\r\nMessage-ID: <%s>\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
		other, deskAddress, l.id(), base64.StdEncoding.EncodeToString([]byte(text)))
	l.takeRaw([]byte(raw), Letter{})
}

// answer answers the last mail that the desk wrote to somebody.
func (l *forgetLife) answer(to string) {
	mails, _ := l.outbox()
	for _, m := range slices.Backward(mails) {
		if m.To == to {
			l.take(letter{from: zed, id: l.id(), auth: "pass", subject: "Re: " + m.Subject, reply: "<" + m.MessageID + ">", text: zedText + ", ticket 20261115093422"})
			return
		}
	}
}

// intrude is his answer under a mail that somebody else was sent.
func (l *forgetLife) intrude() { l.answer(other) }

func (l *forgetLife) bounce() {
	mails, _ := l.outbox()
	if len(mails) == 0 {
		return
	}
	m := mails[rapid.IntRange(0, len(mails)-1).Draw(l.r, "bounced")]
	l.takeRaw(fmt.Appendf(nil, "From: MAILER-DAEMON@mx.retour.example\r\nTo: %s\r\nSubject: Undelivered Mail\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry, %s\r\n--b\r\n"+
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no %s here\r\n\r\n"+
		"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <%s>\r\nTo: %s\r\n\r\nx\r\n--b--\r\n", deskAddress, m.To, m.To, m.To, m.MessageID, m.To), Letter{})
}

func (l *forgetLife) staff() {
	cases := l.cases()
	if len(cases) == 0 {
		return
	}
	c := cases[rapid.IntRange(0, len(cases)-1).Draw(l.r, "case")]
	events := []rules.Event{
		{Kind: rules.EvNote, Text: "I phoned " + zedName + ", he says " + zedText + "; write to " + zed},
		{Kind: rules.EvWrite, Text: "Dear " + zedName + ", " + zedText},
		{Kind: rules.EvTakeCharge}, {Kind: rules.EvFixAddress, Address: zed},
		{Kind: rules.EvRefuse, Refusal: rules.RefusedTechnical, Text: zedText},
		{Kind: rules.EvEdit, Claim: rules.Claim{Fault: zedText + " " + zedName}},
	}
	event := events[rapid.IntRange(0, len(events)-1).Draw(l.r, "event")]
	if event.Kind != rules.EvTakeCharge && c.Customer.Address != zed { // nobody can tell whose words staff repeat in another's case
		event = rules.Event{Kind: rules.EvNote, Text: rapid.SampledFrom([]string{"call " + zedName + " at " + zed, "call " + strings.ToUpper(zedName) + "!"}).Draw(l.r, "note")}
	}
	event.Actor = janitor
	l.n++
	if _, err := l.Click(l.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: event}, fmt.Sprint("k", l.n)); err != nil {
		l.r.Fatal(err)
	}
}

// forget forgets zed, after what stands against it has been dealt with.
func (l *forgetLife) forget() {
	for range 20 {
		t, err := l.Traces(l.ctx, rules.Forgotten{Address: zed}, nil)
		if err != nil {
			l.r.Fatal(err)
		}
		_, err = l.Forget(l.ctx, t, true, janitor)
		if err == nil {
			break
		}
		var refused ForgetRefused
		if !errors.As(err, &refused) {
			l.r.Fatal(err)
		}
		held, err := l.Book.Ledger(l.ctx, casebook.LedgerFilter{Fate: casebook.FateHold})
		if err != nil {
			l.r.Fatal(err)
		}
		for _, row := range held {
			l.n++
			if _, err := l.Settle(l.ctx, rules.HeldAction{LedgerID: row.ID, Do: rules.HeldDismiss, By: janitor}, fmt.Sprint("h", l.n)); err != nil {
				l.r.Fatal(err)
			}
		}
	}
	if err := l.Book.Compact(l.ctx); err != nil {
		l.r.Fatal(err)
	}
}

// After somebody is forgotten, neither his address nor his name nor what he wrote
// is anywhere in the files of the casebook, and what others wrote still is.
func TestForgottenLeavesNoByte(t *testing.T) {
	fewer(t, "20") // each writes a whole casebook anew
	rapid.Check(t, func(r *rapid.T) {
		l := &forgetLife{bench: newBench(t), r: r}
		steps := l.steps()
		names := make([]string, 0, len(steps))
		for name := range steps {
			names = append(names, name)
		}
		slices.Sort(names)
		steps["he is a party"]()
		steps["staff are told"]()
		for range rapid.IntRange(1, 12).Draw(r, "n") {
			steps[rapid.SampledFrom(names).Draw(r, "step")]()
			l.at = l.at.AddDate(0, 0, 1)
		}
		units := 0
		for _, c := range l.cases() {
			units += len(c.Items)
		}
		l.forget()
		l.nothingOf(zed, zedName, "quixano", zedText)
		left := 0
		for _, c := range l.cases() {
			left += len(c.Items)
			if c.IsForgotten() != (c.Customer.Address == "") || c.IsForgotten() && c.State != rules.Closed {
				r.Fatalf("%+v", c)
			}
		}
		if left != units {
			r.Fatalf("%d units were there, %d are left", units, left)
		}
		if !l.inFiles("harpsichord violet") {
			r.Fatal("what somebody else wrote is gone too")
		}
	})
}

// fewer runs a property so many times, unless the command line says how often.
func fewer(t *testing.T, n string) {
	checks := flag.Lookup("rapid.checks")
	if before := checks.Value.String(); before == checks.DefValue {
		if err := checks.Value.Set(n); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := checks.Value.Set(before); err != nil {
				t.Error(err)
			}
		})
	}
}

// nothingOf fails where one of the texts is found in the files, or in what is
// packed in them.
func (l *forgetLife) nothingOf(texts ...string) {
	for _, text := range texts {
		if l.inFiles(text) {
			l.r.Fatalf("%q is still in the files", text)
		}
	}
	rows, err := l.Book.MailsAfter(l.ctx, 0, 0)
	if err != nil {
		l.r.Fatal(err)
	}
	for _, row := range rows {
		raw, err := l.Book.Raw(l.ctx, row.Hash)
		if err != nil {
			l.r.Fatal(err)
		}
		if names(raw, zed) {
			l.r.Fatalf("a raw mail still names him:\n%s", raw)
		}
	}
	mails, err := l.Book.Outbox(l.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail)})
	if err != nil {
		l.r.Fatal(err)
	}
	for _, row := range mails {
		var m notify.Mail
		if len(row.Body) > 0 && json.Unmarshal(row.Body, &m) != nil {
			l.r.Fatalf("row %d is spoilt: %s", row.ID, row.Body)
		}
	}
}

// inFiles looks through the files of the casebook. The pages of a server are not
// for us to look into: there, all values are.
func (l *forgetLife) inFiles(text string) bool {
	path := l.Book.Name()
	if casebook.IsServer(path) {
		path = filepath.Join(l.t.TempDir(), "values.db")
		if _, err := l.Book.Backup(l.ctx, path); err != nil {
			l.r.Fatal(err)
		}
	}
	for _, end := range []string{"", "-wal", "-shm"} {
		raw, err := os.ReadFile(filepath.Clean(path + end))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			l.r.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(raw), bytes.ToLower([]byte(text))) {
			return true
		}
	}
	return false
}
