package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/ingest/intake"
	"retour/rules"
	"retour/rules/casebook"
)

// shadow goes on as a shadow, or for real.
func (d *desk) shadow(on bool) {
	d.t.Helper()
	d.halt()
	cfg, err := loadConfig(filepath.Join(d.dir, "retour.yaml"))
	if err != nil {
		d.t.Fatal(err)
	}
	cfg.shadow = on
	d.resumeBy(cfg)
}

func (d *desk) account() string {
	d.t.Helper()
	var b strings.Builder
	for _, folder := range []string{"INBOX", "done", "hold", "Retour-Lock"} {
		stored, err := d.imap.Messages(demoMailbox, folder)
		if err != nil {
			fmt.Fprintf(&b, "%s: none\n", folder)
			continue
		}
		fmt.Fprintf(&b, "%s: %d", folder, len(stored))
		for _, m := range stored {
			fmt.Fprintf(&b, " %v", m.Flags)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestShadowWritesToNobodyAndTouchesNothing(t *testing.T) {
	d := openDesk(t)
	d.shadow(true)
	for _, l := range []letter{phone(1), phone(2), {from: "sales@other.example", subject: "Our offer", text: "We sell chairs.", id: "chairs@other.example"}} {
		d.deliver(l.from, l.raw())
	}
	before := d.account()
	d.wait()
	if after := d.account(); after != before || !strings.Contains(after, "INBOX: 3 [] [] []") {
		t.Errorf("the account was\n%sand is\n%s", before, after)
	}
	if n := len(d.received(phone(1).from)) + len(d.received(phone(2).from)); n > 0 {
		t.Errorf("%d mails went out", n)
	}
	c := d.onlyCase(phone(1).from)
	if !c.Shadow {
		t.Error("the case does not say that it is a shadow")
	}
	card := d.card(c.Number)
	if text := shown(card); !strings.Contains(text, "Shadow mode") {
		t.Errorf("the card does not say it: %s", text)
	}
	if texts := threadOf(card); strings.Count(texts, "this mail was NOT sent") != 1 || !strings.Contains(texts, c.Number) || !strings.Contains(texts, "To: "+phone(1).from) ||
		!strings.Contains(texts, `Dear customer,\n\nThank you`) {
		t.Errorf("the thread does not show the mail that was kept back:\n%s", texts)
	}
	for _, row := range d.ledger() {
		if row.Fate != casebook.FateShadowed || !strings.HasPrefix(row.Why, "shadow mode, would be ") || row.Answered {
			t.Errorf("ledger: %s, %s, answered %v", row.Fate, row.Why, row.Answered)
		}
	}
	if out, code := d.command("ledger"); code != 0 || !strings.Contains(out, "3 shadowed") || !strings.Contains(out, "0 unaccounted") {
		t.Errorf("ledger: %d\n%s", code, out)
	}
	if out, _ := d.command("case", "show", c.Number); !strings.Contains(out, "shadow     nothing of this case was ever sent") || strings.Contains(out, "customer told") {
		t.Errorf("case show:\n%s", out)
	}
}

// shown is all that stands in a message.
func shown(m loopback.Message) string {
	blocks, err := json.Marshal(m.Blocks)
	if err != nil {
		return err.Error()
	}
	return m.Text + string(blocks)
}

func threadOf(card loopback.Message) string {
	var texts []string
	for _, m := range card.Replies {
		texts = append(texts, shown(m))
	}
	return strings.Join(texts, "\n")
}

// What the shadow decided is read anew by no later desk, and nothing of it goes
// out: not at once, not by a click, not by the clock, not by `case resend`.
func TestWhatTheShadowHeldBackIsNeverSent(t *testing.T) {
	d := openDesk(t)
	d.shadow(true)
	incomplete := grandstream("bob@garage.example", "bob-1@garage.example")
	incomplete.text = strings.ReplaceAll(incomplete.text, "Grandstream helpdesk ticket: 20261115093422", "Please help.")
	d.write(phone(1), incomplete)
	d.later(4 * 24 * time.Hour) // a reminder would be due
	d.wait()
	old := []rules.Case{d.onlyCase(phone(1).from), d.onlyCase(incomplete.from)}
	inShadow := d.account()

	d.shadow(true) // a shadow may be started anew, and goes on where it was
	d.wait()
	if got := d.account(); got != inShadow {
		t.Errorf("after a restart the account is\n%swas\n%s", got, inShadow)
	}

	d.shadow(false)
	d.write(phone(3))
	d.later(60 * 24 * time.Hour)
	d.wait()
	for _, c := range old {
		now := d.onlyCase(c.Customer.Address)
		if now.State != rules.Closed || now.Closing != rules.ClosedShadow || !now.Shadow || !now.Deadline.IsZero() {
			t.Errorf("%s: %s %s, deadline %s", now.Number, now.State, now.Closing, now.Deadline)
		}
		if n := len(d.received(c.Customer.Address)); n > 0 {
			t.Errorf("%s got %d mails", c.Customer.Address, n)
		}
		if out, code := d.command("case", "resend", c.Number); code == 0 || !strings.Contains(out, "shadow mode") {
			t.Errorf("case resend: %d %s", code, out)
		}
	}
	if n := len(d.received(phone(3).from)); n == 0 {
		t.Error("the first mail after the shadow was not answered")
	}
	stored, err := d.imap.Messages(demoMailbox, "INBOX")
	if err != nil || len(stored) != 2 {
		t.Errorf("the mails of the shadow time are to lie where they lay: %d in the folder, %v", len(stored), err)
	}
	if out, code := d.command("ledger"); code != 0 || !strings.Contains(out, "2 shadowed") || !strings.Contains(out, "0 unaccounted") {
		t.Errorf("ledger: %d\n%s", code, out)
	}
}

// His mail after the shadow time goes before a person where it goes on with an
// old case, and is answered where it is a new request.
func TestCustomerOfTheShadowTimeWritesAgain(t *testing.T) {
	d := openDesk(t)
	d.shadow(true)
	d.write(phone(1))
	d.shadow(false)
	d.write(letter{from: phone(1).from, subject: "Re: Defective phone", id: "again@shop.example", inReplyTo: phone(1).id, text: "Has it arrived?"})
	if row := d.lastFate(); row.Fate != casebook.FateHold || !strings.Contains(row.Why, "case of shadow mode") {
		t.Errorf("%s: %s", row.Fate, row.Why)
	}
	again := phone(1)
	again.id = "anew@shop.example"
	again.text += "\nThis is the second time that I write."
	d.write(again)
	if row := d.lastFate(); row.Fate != casebook.FateOpened || len(d.received(again.from)) != 1 {
		t.Errorf("%s: %s, %d mails", row.Fate, row.Why, len(d.received(again.from)))
	}
}

func TestShadowRefusesWhereRealCustomersWait(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1))
	d.halt()
	cfg, err := loadConfig(filepath.Join(d.dir, "retour.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.shadow = true
	_, err = newApp(d.ctx, cfg, d.clock.now, testLogger(t))
	var usage usageError
	if !errors.Is(err, intake.ErrLiveCases) || !errors.As(err, &usage) {
		t.Errorf("shadow mode beside real cases: %v", err)
	}
	d.resume(nil)
}

// Staff may try the buttons in the shadow: it shows what would go out.
func TestClickInTheShadowSendsNothing(t *testing.T) {
	d := openDesk(t)
	d.shadow(true)
	d.write(phone(1))
	c := d.onlyCase(phone(1).from)
	d.do(loopback.SlackAnn, c.Number, rules.EvTakeCharge)
	c = d.inState(phone(1).from, rules.InCharge)
	d.untilSlack("the second mail is shown", func() bool { return strings.Count(threadOf(d.card(c.Number)), "this mail was NOT sent") == 2 })
	rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Kind: "mail"})
	if err != nil || len(rows) != 2 || slices.ContainsFunc(rows, func(r casebook.Row) bool { return r.Status != casebook.Shadowed }) {
		t.Errorf("%v %v", rows, err)
	}
	d.shadow(false)
	before := d.onlyCase(phone(1).from)
	reopen := rules.Event{Kind: rules.EvReopen, Actor: rules.Actor{Kind: rules.ByStaff, ID: loopback.SlackAnn}, Text: "we go on"}
	result, err := d.app.intake.Click(d.ctx, rules.Click{Number: before.Number, Version: before.Version, Event: reopen}, "old-card")
	if err != nil || result.Done || !strings.Contains(result.Message, "case of shadow mode") {
		t.Errorf("a click on a case of the shadow: %+v %v", result, err)
	}
}
