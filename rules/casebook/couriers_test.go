//go:build postgres

package casebook

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// senders are several couriers on one outbox, and what the other side sees of them.
type senders struct {
	mu      sync.Mutex
	flying  map[int64]string // by row: who has it in hand
	lanes   map[string]int64 // the row in hand of each lane
	sent    map[int64]int
	next    map[string][]int64 // rows of each lane that are not sent yet
	errs    []error
	waiting int
}

func (s *senders) fail(format string, args ...any) {
	s.errs = append(s.errs, fmt.Errorf(format, args...))
}

// begins says that a courier has a row in hand.
func (s *senders) begins(who string, r Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.flying[r.ID]; other != "" {
		s.fail("%s and %s have row %d at the same time", other, who, r.ID)
	}
	if other := s.lanes[r.Lane]; other != 0 {
		s.fail("rows %d and %d of lane %s are in hand at the same time", other, r.ID, r.Lane)
	}
	if s.sent[r.ID] > 0 {
		s.fail("row %d was sent, and is in hand again", r.ID)
	}
	if left := s.next[r.Lane]; len(left) == 0 || left[0] != r.ID {
		s.fail("row %d is in hand, and lane %s goes on with %v", r.ID, r.Lane, left)
	}
	s.flying[r.ID], s.lanes[r.Lane] = who, r.ID
}

// ends says that it has it no more.
func (s *senders) ends(r Row, sent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.flying, r.ID)
	delete(s.lanes, r.Lane)
	if sent {
		s.sent[r.ID]++
		s.next[r.Lane] = s.next[r.Lane][1:]
		s.waiting--
	}
}

func (s *senders) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting == 0 || len(s.errs) > 0
}

// courier leases, sends, gives back and puts off, as it draws, until all are sent. What
// is put off is due at once.
func (s *senders) courier(ctx context.Context, b *Book, who string, draw *rand.Rand) error {
	for !s.done() {
		rows, err := b.Lease(ctx, noon, []string{"mail"}, 1+draw.IntN(4), hold)
		if err != nil {
			return err
		}
		for _, r := range rows {
			s.begins(who, r)
		}
		for _, r := range rows {
			switch fate := draw.IntN(4); fate {
			case 0:
				s.ends(r, false)
				err = b.GiveBack(ctx, noon, r)
			case 1:
				s.ends(r, false)
				err = b.Later(ctx, r, noon, "451")
			default:
				s.ends(r, true)
				err = b.Done(ctx, r.ID, noon, "250")
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// However several instances draw, and whatever else is written meanwhile: every row is
// sent once, by one at a time, in the order of its lane.
func TestCouriersShareTheOutbox(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	var books []*Book
	for i := range 3 {
		b := openBook(t, store)
		joins(t, b, fmt.Sprint("instance ", i), time.Hour)
		books = append(books, b)
	}
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := &senders{flying: map[int64]string{}, lanes: map[string]int64{}, sent: map[int64]int{}, next: map[string][]int64{}}
		lanes := rapid.IntRange(1, 5).Draw(rt, "lanes")
		for range rapid.IntRange(1, 8).Draw(rt, "rows") {
			n++
			lane := fmt.Sprint("lane ", rapid.IntRange(1, lanes).Draw(rt, "lane"))
			id := enqueue(t, books[0], noon, Row{Lane: lane, Kind: "mail", Key: fmt.Sprint(n)})
			s.next[lane] = append(s.next[lane], id)
			s.waiting++
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		failed := make(chan error, len(books))
		for i, b := range books {
			go func() { failed <- s.courier(ctx, b, fmt.Sprint(i), rand.New(rand.NewPCG(seed, uint64(i)))) }()
		}
		for !s.done() {
			n++
			enqueue(t, books[0], noon, Row{Lane: "other", Kind: "other", Key: fmt.Sprint(n)})
		}
		for range books {
			s.errs = append(s.errs, <-failed)
		}
		if err := errors.Join(s.errs...); err != nil {
			rt.Fatal(err)
		}
	})
}

// A row that an instance has in hand stays its own, however long that takes, as long
// as the instance is heard of. Then another one has it, and what the first one still
// reports changes nothing of that.
func TestRowInHandOfAnotherInstance(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, other := openBook(t, store), openBook(t, store)
	slept, next := joins(t, b, "the first", time.Second), joins(t, other, "the next", time.Hour)
	id := enqueue(t, b, noon, Row{Lane: "a", Kind: "mail", Key: "1"}, Row{Lane: "b", Kind: "mail", Key: "2"})
	mine := must(b.Lease(ctx, noon, nil, 10, hold))(t)
	if len(mine) != 2 {
		t.Fatalf("%d rows, want 2", len(mine))
	}
	late := noon.Add(time.Hour)
	enqueue(t, b, noon, Row{Lane: "a", Kind: "mail", Key: "3"})
	if rows := must(other.Lease(ctx, late, nil, 10, hold))(t); len(rows) > 0 {
		t.Errorf("another one has %v, which the first is sending", rows)
	}
	if again := must(b.Lease(ctx, late, nil, 10, hold))(t); len(again) != 2 {
		t.Errorf("its own rows are kept from it: %v", again)
	}
	mine = must(b.Outbox(ctx, OutboxFilter{Status: Pending}))(t)[1:]
	_ = slept // it goes no rounds, and is heard of no more
	later := late.Add(time.Hour)
	for end := time.Now().Add(time.Minute); ; {
		rows := must(other.Lease(ctx, later, nil, 10, hold))(t)
		if len(rows) == 2 {
			break
		}
		if len(rows) != 0 || time.Now().After(end) {
			t.Fatalf("the next one has %v", rows)
		}
	}
	row := mine[0]
	if row.ID != id {
		t.Fatalf("row %d, want %d", row.ID, id)
	}
	for what, report := range map[string]error{
		"puts it off": b.Later(ctx, row, later, "451"), "sets it aside": b.SetAside(ctx, row, "x"),
		"gives it up": b.Write(ctx, later, func(tx *Tx) error { return tx.GiveUp(ctx, row, "550") }),
	} {
		if !errors.Is(report, ErrNotPending) {
			t.Errorf("the first %s: %v", what, report)
		}
	}
	if err := b.GiveBack(ctx, later, row); err != nil {
		t.Error(err)
	}
	if now := must(b.OutboxRow(ctx, id))(t); now.leaseBy != next.name || !now.InFlight(later) || now.Attempts != 3 || now.LastError != "" {
		t.Errorf("it has become %+v", now)
	}
	// What was sent was sent, whoever says so: the next one looks before it sends.
	now := must(b.OutboxRow(ctx, id))(t)
	if err := b.Done(ctx, id, later, "250"); err != nil {
		t.Error(err)
	}
	if held := must(other.Holds(ctx, now))(t); held {
		t.Error("the next one would send it again")
	}
}
