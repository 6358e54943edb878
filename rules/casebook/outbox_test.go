package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"retour/rules"
)

const hold = time.Minute

// enqueue puts rows into the outbox and returns the ID of the last.
func enqueue(t testing.TB, b *Book, now time.Time, rows ...Row) (id int64) {
	t.Helper()
	write(t, b, now, func(ctx context.Context, tx *Tx) (err error) {
		for _, row := range rows {
			if id, _, err = tx.Enqueue(ctx, row); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

// lease takes all that is due and returns the keys.
func lease(t testing.TB, b *Book, now time.Time, kinds ...string) (keys []string, rows []Row) {
	t.Helper()
	rows = must(b.Lease(t.Context(), now, kinds, 100, hold))(t)
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys, rows
}

func wantKeys(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: leased %v, want %v", what, got, want)
	}
}

func done(t testing.TB, b *Book, now time.Time, rows ...Row) {
	t.Helper()
	for _, r := range rows {
		if err := b.Done(t.Context(), r.ID, now, "250 ok"); err != nil {
			t.Fatal(err)
		}
	}
}

func giveUp(b *Book, id int64) error {
	ctx := context.Background()
	row, err := b.OutboxRow(ctx, id)
	if err != nil {
		return err
	}
	return b.Write(ctx, noon, func(tx *Tx) error { return tx.GiveUp(ctx, row, "550 no such user") })
}

func TestEnqueueKeepsTheRow(t *testing.T) {
	b := newBook(t)
	c, mail := openCase(t, b, rules.Case{}), seen(t, b, 1)
	row := Row{Lane: "l", Kind: "mail", Key: "k", CaseID: c.ID, LedgerID: mail.ID, Recipient: "Ann@Shop.example",
		MessageID: "m@x", Body: []byte("{\x00\xff}"), Automatic: true}
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		row.HistoryID, err = tx.AddHistory(ctx, c.ID, HistoryRow{})
		return err
	})
	row.ID = enqueue(t, b, noon, row)
	row.Recipient, row.Status, row.NextAt, row.CreatedAt = "ann@shop.example", Pending, noon, noon
	same := cmpopts.IgnoreUnexported(Row{})
	if diff := cmp.Diff(row, must(b.OutboxRow(t.Context(), row.ID))(t), same); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	_, rows := lease(t, b, noon)
	row.Attempts, row.NextAt = 1, noon.Add(hold)
	if diff := cmp.Diff([]Row{row}, rows, same); diff != "" {
		t.Errorf("leased (-want +got):\n%s", diff)
	}
	if got := must(b.LedgerRow(t.Context(), mail.ID))(t); !got.Answered {
		t.Error("the mail counts as not answered")
	}
}

// What puts a mail before the staff does not answer it.
func TestAnsweredByMailOnly(t *testing.T) {
	b := newBook(t)
	mail := seen(t, b, 1)
	enqueue(t, b, noon, Row{Lane: "l", Kind: "held", Key: "held/1", LedgerID: mail.ID})
	if got := must(b.LedgerRow(t.Context(), mail.ID))(t); got.Answered {
		t.Error("the mail counts as answered")
	}
}

func TestEnqueueRefuses(t *testing.T) {
	b := newBook(t)
	for _, row := range []Row{{Kind: "mail", Key: "k"}, {Lane: "l", Key: "k"}, {Lane: "l", Kind: "mail"}} {
		err := b.Write(t.Context(), noon, func(tx *Tx) error {
			_, _, err := tx.Enqueue(t.Context(), row)
			return err
		})
		if err == nil {
			t.Errorf("%+v was enqueued", row)
		}
	}
}

// A key is sent once in all time, whatever became of its row.
func TestKeyIsUnique(t *testing.T) {
	b := newBook(t)
	row := Row{Lane: "l", Kind: "mail", Key: "digest/2026-03-04/list"}
	first := enqueue(t, b, noon, row)
	again := func(what string) {
		t.Helper()
		write(t, b, noon, func(ctx context.Context, tx *Tx) error {
			id, created, err := tx.Enqueue(ctx, row)
			if created || id != first {
				t.Errorf("%s: created %v, row %d; want the old one, %d", what, created, id, first)
			}
			return err
		})
	}
	again("pending")
	_, rows := lease(t, b, noon)
	again("in flight")
	if err := giveUp(b, first); err != nil {
		t.Fatal(err)
	}
	again("failed")
	done(t, b, noon, rows...)
	again("sent")
}

func TestCardsOfACase(t *testing.T) {
	b := newBook(t)
	one, two := openCase(t, b, rules.Case{}), openCase(t, b, rules.Case{})
	n := 0
	card := func(c rules.Case) (created bool) {
		write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
			n++
			_, created, err = tx.Enqueue(ctx, Row{Lane: fmt.Sprint("card/", c.ID), Kind: KindCard, Key: fmt.Sprint(n), CaseID: c.ID})
			return err
		})
		return created
	}
	expect := func(what string, got, want bool) {
		t.Helper()
		if got != want {
			t.Errorf("%s: created %v, want %v", what, got, want)
		}
	}
	expect("first", card(one), true)
	expect("while one waits", card(one), false)
	expect("of another case", card(two), true)
	keys, rows := lease(t, b, noon)
	wantKeys(t, "cards", keys, "1", "3")
	expect("while one is in flight", card(one), true) // the case changed after it was drawn
	expect("while one is in flight and one waits", card(one), false)
	keys, _ = lease(t, b, noon)
	wantKeys(t, "behind the one in flight", keys)
	if err := b.Later(t.Context(), rows[0], noon.Add(time.Hour), "ratelimited"); err != nil {
		t.Fatal(err)
	}
	expect("while one waits for its next time", card(one), false)
	done(t, b, noon, rows...)
	keys, rows = lease(t, b, noon)
	wantKeys(t, "the second card", keys, "4")
	done(t, b, noon, rows...)
	expect("after all were sent", card(one), true)
}

// A sender that overran its lease may still draw the case as it was before the
// change; the change must be drawn after it.
func TestCardAfterAnOverrunLease(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{})
	card := Row{Lane: "card", Kind: KindCard, Key: "card/1", CaseID: c.ID}
	enqueue(t, b, noon, card)
	_, rows := lease(t, b, noon)
	card.Key = "card/2"
	enqueue(t, b, noon.Add(2*hold), card) // the case has changed
	done(t, b, noon.Add(2*hold), rows...) // and now the slow sender reports
	keys, _ := lease(t, b, noon.Add(2*hold))
	wantKeys(t, "after the slow sender", keys, "card/2")
}

func TestLanes(t *testing.T) {
	b := newBook(t)
	enqueue(t, b, noon,
		Row{Lane: "ann", Kind: "mail", Key: "ann 1"},
		Row{Lane: "ann", Kind: "mail", Key: "ann 2"},
		Row{Lane: "bob", Kind: "mail", Key: "bob 1", NextAt: noon.Add(time.Hour)},
		Row{Lane: "bob", Kind: "mail", Key: "bob 2"},
		Row{Lane: "slack", Kind: KindCard, Key: "card"})
	keys, rows := lease(t, b, noon, "mail")
	wantKeys(t, "heads that are due", keys, "ann 1")
	keys, _ = lease(t, b, noon, "mail")
	wantKeys(t, "while ann 1 is in flight", keys)
	keys, _ = lease(t, b, noon, "entry", KindCard)
	wantKeys(t, "the other sender", keys, "card")
	if err := b.Later(t.Context(), rows[0], noon.Add(time.Minute), "451 busy"); err != nil {
		t.Fatal(err)
	}
	keys, _ = lease(t, b, noon, "mail")
	wantKeys(t, "while ann 1 waits", keys)
	keys, rows = lease(t, b, noon.Add(time.Minute), "mail")
	wantKeys(t, "a minute later", keys, "ann 1")
	if r := rows[0]; r.Attempts != 2 || r.LastError != "451 busy" {
		t.Errorf("second attempt: %+v", r)
	}
	done(t, b, noon.Add(time.Minute), rows...)
	keys, _ = lease(t, b, noon.Add(time.Hour), "mail")
	wantKeys(t, "an hour later", keys, "ann 2", "bob 1")
}

func TestLeaseTakesTheOldest(t *testing.T) {
	b := newBook(t)
	for i := range 5 {
		enqueue(t, b, noon, Row{Lane: fmt.Sprint("lane", 9-i), Kind: "mail", Key: fmt.Sprint(i)})
	}
	for _, tt := range []struct {
		n    int
		want []string
	}{{0, nil}, {2, []string{"0", "1"}}, {2, []string{"2", "3"}}, {2, []string{"4"}}, {2, nil}} {
		var keys []string
		for _, r := range must(b.Lease(t.Context(), noon, nil, tt.n, hold))(t) {
			keys = append(keys, r.Key)
		}
		wantKeys(t, fmt.Sprintf("at most %d", tt.n), keys, tt.want...)
	}
}

// A courier that dies between lease and report: the row comes back, once its
// lease is over and not before, also after a restart.
func TestCrashBetweenLeaseAndDone(t *testing.T) {
	path := newStore(t)
	b := openBook(t, path)
	enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "1", MessageID: "m@x"}, Row{Lane: "l", Kind: "mail", Key: "2"})
	lease(t, b, noon)
	b = openBook(t, path) // the first is not closed
	keys, _ := lease(t, b, noon.Add(hold-time.Millisecond))
	wantKeys(t, "before the lease is over", keys)
	if at, ok, err := b.NextDue(t.Context(), nil); !ok || err != nil || at != noon.Add(hold) {
		t.Errorf("NextDue = %v, %v, %v", at, ok, err)
	}
	keys, rows := lease(t, b, noon.Add(hold))
	wantKeys(t, "after it", keys, "1")
	if r := rows[0]; r.Attempts != 2 || r.MessageID != "m@x" {
		t.Errorf("again: %+v, want attempt 2 of the same mail", r)
	}
}

func TestDone(t *testing.T) {
	b := newBook(t)
	id := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "k"})
	if err := b.Later(t.Context(), must(b.OutboxRow(t.Context(), id))(t), noon, "451 busy"); err != nil {
		t.Fatal(err)
	}
	_, rows := lease(t, b, noon)
	done(t, b, noon.Add(time.Second), rows...)
	got := must(b.OutboxRow(t.Context(), id))(t)
	if got.Status != Sent || got.SentAt != noon.Add(time.Second) || got.Receipt != "250 ok" || got.LastError != "" {
		t.Errorf("sent: %+v", got)
	}
	if err := b.Later(t.Context(), must(b.OutboxRow(t.Context(), id))(t), noon, "x"); !errors.Is(err, ErrNotPending) {
		t.Errorf("Later of a sent row = %v", err)
	}
	if err := b.Done(t.Context(), 99, noon, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("Done of an unknown row = %v", err)
	}
	if _, ok, err := b.NextDue(t.Context(), nil); ok || err != nil {
		t.Errorf("NextDue of an empty outbox: %v, %v", ok, err)
	}
}

func TestGiveUpFreesTheLane(t *testing.T) {
	b := newBook(t)
	first := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "1"})
	enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "2"})
	lease(t, b, noon)
	if err := giveUp(b, first); err != nil {
		t.Fatal(err)
	}
	if err := giveUp(b, first); !errors.Is(err, ErrNotPending) {
		t.Errorf("given up twice: %v; the case would be told twice", err)
	}
	got := must(b.OutboxRow(t.Context(), first))(t)
	if got.Status != Failed || got.LastError != "550 no such user" {
		t.Errorf("given up: %+v", got)
	}
	keys, _ := lease(t, b, noon)
	wantKeys(t, "the next of the lane", keys, "2")
}

// A mail that was taken and came back has failed, so that it can be sent again.
func TestBounced(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	sent := enqueue(t, b, noon, Row{Lane: "a", Kind: "mail", Key: "1", MessageID: "<sent@desk>"}, Row{Lane: "b", Kind: KindCard, Key: "2"})
	_, rows := lease(t, b, noon)
	done(t, b, noon, rows...)
	waits := enqueue(t, b, noon, Row{Lane: "a", Kind: "mail", Key: "3", MessageID: "waits@desk"})
	for _, id := range []string{"<sent@desk>", "waits@desk", "stranger@else", ""} {
		write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Bounced(ctx, id, "mailbox full") })
	}
	var got []string
	for _, r := range must(b.Outbox(ctx, OutboxFilter{}))(t) {
		got = append(got, r.Key+" "+r.Status+" "+r.LastError)
	}
	if want := []string{"3 pending ", "2 sent ", "1 failed mailbox full"}; !slices.Equal(got, want) {
		t.Errorf("rows %d to %d: %q, want %q", sent-1, waits, got, want)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Resend(ctx, sent-1, "") })
}

func TestResend(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	later := noon.Add(72 * time.Hour)
	id := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "1", Recipient: "anm@shop.example", Body: []byte("b"), Automatic: true})
	resend := func(to string) error {
		return b.Write(ctx, later, func(tx *Tx) error { return tx.Resend(ctx, id, to) })
	}
	if err := resend(""); !errors.Is(err, ErrNotFailed) {
		t.Errorf("Resend of a pending row = %v", err)
	}
	for _, tt := range []struct{ to, want string }{{"", "anm@shop.example"}, {"Ann@New.example", "ann@new.example"}, {"", "ann@new.example"}} {
		lease(t, b, later)
		if err := errors.Join(giveUp(b, id), resend(tt.to)); err != nil {
			t.Fatal(err)
		}
		got := must(b.OutboxRow(ctx, id))(t)
		if got.Status != Pending || got.Attempts != 0 || got.CreatedAt != later || got.LastError != "" || got.Recipient != tt.want || string(got.Body) != "b" {
			t.Errorf("sent again to %q: %+v", tt.to, got)
		}
	}
	counts := must(b.Answers(ctx, noon, "ann@new.example", "new.example", 0))(t)
	if counts.Address != 1 || counts.Domain != 1 {
		t.Errorf("answers to the new address: %+v", counts)
	}
	keys, _ := lease(t, b, later)
	wantKeys(t, "sent again", keys, "1")
}

// A row that is put back is older than the one of its lane in flight, but must
// wait for it.
func TestResentRowWaitsForTheOneInFlight(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	old := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "old"})
	enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "young"})
	if err := giveUp(b, old); err != nil {
		t.Fatal(err)
	}
	_, rows := lease(t, b, noon)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Resend(ctx, old, "") })
	keys, _ := lease(t, b, noon)
	wantKeys(t, "while the young one is in flight", keys)
	if at, ok, err := b.NextDue(ctx, nil); !ok || err != nil || at != noon.Add(hold) {
		t.Errorf("NextDue = %v, %v, %v; a courier would spin", at, ok, err)
	}
	done(t, b, noon, rows...)
	keys, _ = lease(t, b, noon)
	wantKeys(t, "then", keys, "old")
}

func TestCancel(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	cancel := func(id int64) error {
		return b.Write(ctx, noon, func(tx *Tx) error { return tx.Cancel(ctx, id, "the customer has answered") })
	}
	first := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "1", Automatic: true})
	second := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "2"})
	if err := cancel(first); err != nil {
		t.Fatal(err)
	}
	keys, _ := lease(t, b, noon)
	wantKeys(t, "after the cancelled one", keys, "2")
	if err := cancel(second); !errors.Is(err, ErrNotPending) {
		t.Errorf("cancelled in flight: %v", err)
	}
	if got := must(b.Outbox(ctx, OutboxFilter{Status: Cancelled}))(t); len(got) != 1 || got[0].ID != first {
		t.Errorf("cancelled: %+v", got)
	}
	if c := must(b.Answers(ctx, noon, "", "", 0))(t); c.Total != 0 {
		t.Errorf("a cancelled mail counts: %+v", c)
	}
}

func TestAnswers(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	one, two := openCase(t, b, rules.Case{}), openCase(t, b, rules.Case{})
	mail := func(at time.Time, to string, c rules.Case, automatic bool) {
		enqueue(t, b, at, Row{Lane: to, Kind: "mail", Key: fmt.Sprint(at, to, c.ID, automatic), Recipient: to, CaseID: c.ID, Automatic: automatic})
	}
	hour := noon.Add(-time.Hour)
	mail(hour.Add(-time.Millisecond), "ann@shop.example", one, true) // too old
	mail(hour, "ann@shop.example", one, true)
	mail(noon, "Bob@Shop.example", one, true)
	mail(noon, "bob@shop.example", one, false) // a person pressed the button
	mail(noon, "cas@sub.shop.example", two, true)
	got := must(b.Answers(ctx, hour, "Ann@shop.example", "SHOP.example", one.ID))(t)
	if want := (Counts{Address: 1, Domain: 2, Case: 2, Total: 3}); got != want {
		t.Errorf("answers %+v, want %+v", got, want)
	}
	err := b.Write(ctx, noon, func(tx *Tx) error {
		return errors.Join(tx.Remember(ctx, "ann@shop.example", "", rules.Proven), tx.Remember(ctx, "bob@shop.example", "", rules.Unknown))
	})
	if err != nil {
		t.Fatal(err)
	}
	mail(noon, "dan@shop.example", two, true)
	last := must(b.Outbox(ctx, OutboxFilter{Limit: 1}))(t)[0]
	if err := giveUp(b, last.ID); err != nil { // withheld: it never went out
		t.Fatal(err)
	}
	if all, strangers, err := b.AnswersLetOut(ctx, hour); err != nil || all != 3 || strangers != 2 {
		t.Errorf("%d went out, %d of them to strangers, want 3 and 2; %v", all, strangers, err)
	}
	if got := must(b.Answers(ctx, noon.Add(time.Hour), "a", "b", 1))(t); got != (Counts{}) {
		t.Errorf("answers of an hour without any: %+v", got)
	}
}

func TestOutboxFilter(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{})
	enqueue(t, b, noon,
		Row{Lane: "a", Kind: "mail", Key: "1", CaseID: c.ID},
		Row{Lane: "b", Kind: KindCard, Key: "2", CaseID: c.ID},
		Row{Lane: "c", Kind: "mail", Key: "3"})
	if err := giveUp(b, 3); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		filter OutboxFilter
		want   []int64
	}{
		{OutboxFilter{}, []int64{3, 2, 1}}, {OutboxFilter{CaseID: c.ID}, []int64{2, 1}}, {OutboxFilter{Kind: "mail"}, []int64{3, 1}},
		{OutboxFilter{Status: Failed}, []int64{3}}, {OutboxFilter{Limit: 1}, []int64{3}}, {OutboxFilter{CaseID: c.ID, Kind: "mail"}, []int64{1}},
	} {
		var got []int64
		for _, r := range must(b.Outbox(t.Context(), tt.filter))(t) {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%+v: rows %v, want %v", tt.filter, got, tt.want)
		}
	}
}

// outboxModel is the outbox as it should be.
type outboxModel struct {
	now  time.Time
	rows []Row // by ID, from 1
}

// due returns the IDs that a lease should take, and when the next will be due.
func (m *outboxModel) due() (ids []int64, next time.Time) {
	heads := map[string]*Row{}
	busy := map[string]time.Time{}
	for i := range m.rows {
		r := &m.rows[i]
		if r.Status == Pending && heads[r.Lane] == nil {
			heads[r.Lane] = r
		}
	}
	for i := range m.rows {
		if r := &m.rows[i]; r != heads[r.Lane] && r.leaseUntil.After(busy[r.Lane]) {
			busy[r.Lane] = r.leaseUntil
		}
	}
	for i := range m.rows {
		r := &m.rows[i]
		if r != heads[r.Lane] {
			continue
		}
		at := r.NextAt
		if busy[r.Lane].After(at) {
			at = busy[r.Lane]
		}
		if !at.After(m.now) {
			ids = append(ids, r.ID)
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return ids, next
}

// Whatever is enqueued, sent, put off, given up, put back or left to its lease,
// in whatever order: Lease takes exactly the due heads of lanes without a row
// in flight, the oldest first, and NextDue says when it will.
func TestOutboxFollowsItsModel(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		empty(rt, b)
		m := &outboxModel{now: noon}
		ok := func(err error) {
			rt.Helper()
			if err != nil {
				rt.Fatal(err)
			}
		}
		some := func(rt *rapid.T, which func(Row) bool) *Row {
			var of []*Row
			for i := range m.rows {
				if which(m.rows[i]) {
					of = append(of, &m.rows[i])
				}
			}
			if len(of) == 0 {
				rt.Skip("none")
			}
			return rapid.SampledFrom(of).Draw(rt, "row")
		}
		inFlight := func(r Row) bool { return !r.leaseUntil.IsZero() }
		rt.Repeat(map[string]func(*rapid.T){
			"enqueue": func(rt *rapid.T) {
				r := Row{ID: int64(len(m.rows) + 1), Lane: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "lane"),
					Kind: "mail", Status: Pending, NextAt: m.now}
				r.Key = fmt.Sprint(r.ID)
				m.rows = append(m.rows, r)
				ok(b.Write(ctx, m.now, func(tx *Tx) error {
					id, _, err := tx.Enqueue(ctx, r)
					if id != r.ID {
						rt.Errorf("row %d has ID %d", r.ID, id)
					}
					return err
				}))
			},
			"lease": func(rt *rapid.T) {
				n := rapid.IntRange(1, 3).Draw(rt, "n")
				want, _ := m.due()
				want = want[:min(n, len(want))]
				rows, err := b.Lease(ctx, m.now, []string{"mail", "other"}, n, hold)
				ok(err)
				var got []int64
				for _, r := range rows {
					got = append(got, r.ID)
					has := &m.rows[r.ID-1]
					has.Attempts++
					has.NextAt, has.leaseUntil = m.now.Add(hold), m.now.Add(hold)
					if r.Attempts != has.Attempts {
						rt.Errorf("row %d: attempt %d, want %d", r.ID, r.Attempts, has.Attempts)
					}
				}
				if !slices.Equal(got, want) {
					rt.Fatalf("leased %v, want %v", got, want)
				}
			},
			"done": func(rt *rapid.T) {
				r := some(rt, inFlight)
				r.Status, r.leaseUntil = Sent, time.Time{}
				ok(b.Done(ctx, r.ID, m.now, ""))
			},
			"later": func(rt *rapid.T) {
				r := some(rt, inFlight)
				r.NextAt = m.now.Add(time.Duration(rapid.IntRange(0, 300).Draw(rt, "seconds")) * time.Second)
				r.leaseUntil = time.Time{}
				has, err := b.OutboxRow(ctx, r.ID)
				ok(errors.Join(err, b.Later(ctx, has, r.NextAt, "451")))
			},
			"give up": func(rt *rapid.T) {
				r := some(rt, inFlight)
				r.Status, r.leaseUntil = Failed, time.Time{}
				ok(giveUp(b, r.ID))
			},
			"resend": func(rt *rapid.T) {
				r := some(rt, func(r Row) bool { return r.Status == Failed })
				r.Status, r.Attempts, r.NextAt = Pending, 0, m.now
				ok(b.Write(ctx, m.now, func(tx *Tx) error { return tx.Resend(ctx, r.ID, "") }))
			},
			"wait": func(rt *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(1, 120).Draw(rt, "seconds")) * time.Second)
			},
			"": func(rt *rapid.T) {
				_, want := m.due()
				got, has, err := b.NextDue(ctx, []string{"mail"})
				ok(err)
				if !got.Equal(want) || has == want.IsZero() {
					rt.Fatalf("next due at %v (%v), want %v", got, has, want)
				}
			},
		})
	})
}
