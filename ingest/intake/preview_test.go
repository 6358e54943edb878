package intake

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"retour/notify"
	"retour/rules"
)

// staff makes a click of a person on the case as it is now.
func (b *bench) staff(who string, e rules.Event) rules.Click {
	b.t.Helper()
	c := b.one()
	e.Actor = rules.Actor{Kind: rules.ByStaff, ID: who, Name: who}
	return rules.Click{Number: c.Number, Version: c.Version, Event: e}
}

// look shows what a click would do.
func (b *bench) look(click rules.Click) notify.Preview {
	b.t.Helper()
	p, err := b.Preview(b.ctx, click, "en")
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// received brings a case to where its goods are here.
func (b *bench) received() {
	b.t.Helper()
	b.take(request(ann, "one@shop.example"))
	n := b.one().Number
	b.press(n, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.OutOfWarranty}})
	b.press(n, rules.Event{Kind: rules.EvReceive})
}

// The row of the outbox is the mail that the person saw, with the words that he
// wrote, for every event that writes to the customer.
func TestOutboxHoldsWhatWasSeen(t *testing.T) {
	for _, words := range []string{"", "Our own words: **96.50 EUR**.\n\n- one\n- two <b>&"} {
		b := newBench(t)
		b.received()
		click := b.staff("U1", rules.Event{Kind: rules.EvQuote, Amount: "96.50 EUR", Text: "The board."})
		p := b.look(click)
		click.Seen, click.Event.Mail = p.Mail.Seen(), words
		r, err := b.Click(b.ctx, click, "send")
		if err != nil || !r.Done {
			t.Fatalf("%+v, %v", r, err)
		}
		sent, _ := b.outbox()
		m := sent[len(sent)-1]
		if words == "" {
			if m.Seen() != p.Mail.Seen() {
				t.Errorf("another mail goes out:\n%s\nthan was seen:\n%s", m.Text, p.Mail.Text)
			}
			continue
		}
		if want := p.Head + "\n\nOur own words: 96.50 EUR.\n\n– one\n– two <b>&\n\n" + p.Foot; strings.TrimSpace(m.Text) != want {
			t.Errorf("the mail says\n%s\nwant\n%s", m.Text, want)
		}
		if !strings.Contains(m.HTML, "two &lt;b&gt;&amp;") || m.Subject != p.Mail.Subject || len(m.References) == 0 || m.MessageID == p.Mail.MessageID {
			t.Errorf("%s, %v, %s\n%s", m.Subject, m.References, m.MessageID, m.HTML)
		}
	}
}

// A mail that reads differently now than when it was seen does not go out.
func TestWhatWasNotSeenIsNotSent(t *testing.T) {
	b := newBench(t)
	b.received()
	click := b.staff("U1", rules.Event{Kind: rules.EvQuote, Amount: "96.50 EUR"})
	click.Seen = b.look(click).Mail.Seen()
	before, mails := b.one(), b.mailCount()
	for name, change := range map[string]func(*rules.Click){
		"the form says something else": func(c *rules.Click) { c.Event.Amount = "69.50 EUR" },
		"the days have gone on":        func(*rules.Click) { b.at = b.at.Add(30 * time.Hour) },
	} {
		changed := click
		change(&changed)
		r, err := b.Click(b.ctx, changed, name)
		if err != nil || r.Done || !strings.Contains(r.Message, "look at it again") {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if now := b.one(); now.Version != before.Version || b.mailCount() != mails {
		t.Errorf("the case is %s, version %d; %d mails", now.State, now.Version, b.mailCount())
	}
	click.Seen = b.look(click).Mail.Seen()
	if r, err := b.Click(b.ctx, click, "the form says something else"); err != nil || !r.Done {
		t.Errorf("looked at again: %+v, %v", r, err)
	}
}

func TestWhatMustStayInTheMail(t *testing.T) {
	b := newBench(t)
	b.received()
	click := b.staff("U1", rules.Event{Kind: rules.EvQuote, Amount: "1234.50 EUR"})
	for _, c := range []struct {
		words string
		ok    bool
	}{
		{"It costs 1,234.00 EUR.", false}, {"It costs nothing.", false}, {" \n ", false},
		{"It costs 1,234.50\u00a0EUR.", true}, {"It costs **1,234.50** EUR.", true},
	} {
		click.Event.Mail = c.words
		_, err := b.Preview(b.ctx, click, "en")
		refused, is := errors.AsType[Refused](err)
		if c.ok != (err == nil) || !c.ok && (!is || refused.Field != FieldMail) {
			t.Errorf("%q: %v", c.words, err)
		}
		if c.ok {
			continue
		}
		if r, err := b.Click(b.ctx, click, c.words); err != nil || r.Done || b.one().State != rules.Received {
			t.Errorf("%q goes out: %+v, %v", c.words, r, err)
		}
	}
}

func TestPreviewInTheLanguageOfTheStaff(t *testing.T) {
	b := newBench(t)
	b.received()
	click := b.staff("U1", rules.Event{Kind: rules.EvQuote, Amount: "96.50 EUR"})
	p, err := b.Preview(b.ctx, click, "de")
	if err != nil || !strings.Contains(p.Reading, "96,50") || !strings.Contains(p.Body, "96.50") {
		t.Errorf("%q beside %q, %v", p.Reading, p.Body, err)
	}
	if p := b.look(click); p.Reading != "" {
		t.Errorf("the customer's own language is shown twice: %q", p.Reading)
	}
}

// What one person asks for is stored with the mail as he wrote it, and goes out
// so when another one has seen and confirmed it.
func TestSecondPersonConfirmsTheSameMail(t *testing.T) {
	b := newBench(t)
	p := *b.Policy
	p.SecondPerson.Credit = rules.Money{Cents: 10000, Currency: "EUR"}
	b.Policy = &p
	b.received()
	click := b.staff("U1", rules.Event{Kind: rules.EvCredit, Amount: "184 EUR", Mail: "You get 184.00 EUR."})
	shown := b.look(click)
	if shown.Second == "" || shown.Mail == nil || shown.Words != "You get 184.00 EUR." {
		t.Fatalf("the first person is shown %+v", shown)
	}
	mails := b.mailCount()
	click.Seen = shown.Mail.Seen()
	if r, err := b.Click(b.ctx, click, "ask"); err != nil || !r.Done {
		t.Fatalf("%+v, %v", r, err)
	}
	c := b.one()
	if c.Asked == nil || c.Asked.Event.Mail != "You get 184.00 EUR." || c.State != rules.Received || b.mailCount() != mails {
		t.Fatalf("asked: %+v, %s, %d mails", c.Asked, c.State, b.mailCount())
	}
	own := b.staff("U1", rules.Event{Kind: rules.EvConfirm})
	if _, err := b.Preview(b.ctx, own, "en"); err == nil || !strings.Contains(fmt.Sprint(err), "another person") {
		t.Errorf("the first one is shown his own: %v", err)
	}
	confirm := b.staff("U2", rules.Event{Kind: rules.EvConfirm})
	shown = b.look(confirm)
	if shown.Second != "" || shown.Words != "You get 184.00 EUR." {
		t.Errorf("the second person is shown %+v", shown)
	}
	confirm.Seen = shown.Mail.Seen()
	if r, err := b.Click(b.ctx, confirm, "confirm"); err != nil || !r.Done {
		t.Fatalf("%+v, %v", r, err)
	}
	sent, _ := b.outbox()
	if m := sent[len(sent)-1]; !strings.Contains(m.Text, "You get 184.00 EUR.") || b.one().State != rules.Closed || b.one().Credit != "184.00 EUR" {
		t.Errorf("%s, credit %s:\n%s", b.one().State, b.one().Credit, m.Text)
	}
}
