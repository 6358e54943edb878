package intake

import (
	"errors"
	"fmt"
	"testing"

	"retour/rules"
	"retour/rules/casebook"
)

// expire runs retention over everything, in portions of two.
func (b *bench) expire() {
	b.t.Helper()
	for _, kind := range casebook.Keepings() {
		for after := int64(-1); ; {
			last, n, err := b.Book.Expire(b.ctx, kind, b.at.AddDate(0, 0, -30), after, 2)
			if err != nil {
				b.t.Fatal(err)
			}
			if n == 0 {
				break
			}
			after = last
		}
		if n, err := b.Book.Overdue(b.ctx, kind, b.at.AddDate(0, 0, -30)); err != nil || n != 0 {
			b.t.Errorf("%d of %s are left, %v", n, kind, err)
		}
	}
}

// However old it is, nothing goes of a case that is open, and no mail that waits
// for a person; of a closed case it goes when its time is over, and not before.
func TestRetention(t *testing.T) {
	b := newBench(t)
	first := b.take(request(ann, "1@shop.example"))
	held := b.take(letter{from: "x@odd.example", id: "2@odd.example", auth: "fail", subject: "hm", text: "hm"})
	dismissed := b.take(letter{from: "y@odd.example", id: "3@odd.example", auth: "fail", subject: "hm", text: "hm hm"})
	if held.Fate != casebook.FateHold || dismissed.Fate != casebook.FateHold {
		t.Fatal(held.Fate, dismissed.Fate)
	}
	if _, err := b.Settle(b.ctx, rules.HeldAction{LedgerID: dismissed.ID, Do: rules.HeldDismiss, By: janitor}, "k"); err != nil {
		t.Fatal(err)
	}
	_, rows := b.outbox()
	if err := b.Book.Done(b.ctx, rows[0].ID, b.at, "ok"); err != nil {
		t.Fatal(err)
	}
	is := func(when string, raw, text, sent bool) {
		t.Helper()
		c := b.one()
		history, err := b.Book.History(b.ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		row, err := b.Book.OutboxRow(b.ctx, rows[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Book.Raw(b.ctx, first.Hash)
		if err != nil && !errors.Is(err, casebook.ErrNotFound) {
			t.Fatal(err)
		}
		if got, want := fmt.Sprint(err == nil, history[0].Text != "", len(row.Body) > 0), fmt.Sprint(raw, text, sent); got != want {
			t.Errorf("%s there are raw mail, text and sent mail: %s, want %s", when, got, want)
		}
		if len(c.Items) != 1 || c.Items[0].Serial == "" || c.Customer.Address != ann {
			t.Errorf("%s the case is %+v", when, c)
		}
		if _, err := b.Book.Raw(b.ctx, held.Hash); err != nil {
			t.Errorf("%s the held mail is gone: %v", when, err)
		}
	}
	b.at = b.at.AddDate(0, 0, 400)
	b.expire()
	is("while it is open", true, true, true)
	row, err := b.Book.LedgerRow(b.ctx, dismissed.ID)
	if err != nil || row.From != "" || row.Subject != "" || row.Hash != "" || row.Fate != casebook.FateNoted {
		t.Errorf("a mail that was nothing is still known: %+v %v", row, err)
	}

	c := b.one()
	if r, err := b.Click(b.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: rules.Event{Kind: rules.EvRefuse, Refusal: rules.RefusedTechnical, Actor: janitor}}, "k2"); err != nil || !r.Done {
		t.Fatal(r, err)
	}
	b.at = b.at.AddDate(0, 0, 29)
	b.expire()
	is("29 days after it was closed", true, true, false)
	b.at = b.at.AddDate(0, 0, 2)
	b.expire()
	is("31 days after it was closed", false, false, false)

	// Its mail, should it come again, is the same still.
	if again := b.take(request(ann, "1@shop.example")); again.Fate != casebook.FateDuplicate {
		t.Errorf("the same mail is %s now", again.Fate)
	}
}
