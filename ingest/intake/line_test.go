package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"retour/rules/casebook"
)

// waiting are mails in a line: what became of them, in the order of their ends.
type waiting struct {
	b    *bench
	line *Line
	all  sync.WaitGroup

	mu    sync.Mutex
	ended []int64
	fates map[int64]casebook.Fate
	errs  map[int64]error
	steps []string
}

func newWaiting(b *bench) *waiting {
	w := &waiting{b: b, fates: map[int64]casebook.Fate{}, errs: map[int64]error{}}
	b.Step = func(step string, mail int64) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.steps = append(w.steps, fmt.Sprint(step, " ", mail))
		for len(w.steps) == 1 && !w.line.idle() {
			runtime.Gosched() // the first is committed when all others have been read
		}
	}
	w.line = b.NewLine()
	return w
}

// idle: all mails have been read.
func (l *Line) idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !slices.ContainsFunc(l.queue, func(x *arrival) bool { return !x.read })
}

// add puts a mail into the line whose bytes come from a call.
func (w *waiting) add(ctx context.Context, id, size int64, raw func() ([]byte, error)) {
	w.all.Add(1)
	w.line.Add(ctx, Arrival{LedgerID: id, Size: size, Raw: raw, Done: func(fate casebook.Fate, err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ended, w.fates[id], w.errs[id] = append(w.ended, id), fate, err
		w.all.Done()
	}})
}

// row gives a mail its ledger row.
func (w *waiting) row(size int) int64 {
	w.b.t.Helper()
	w.b.uid++
	row, err := w.b.Seen(w.b.ctx, casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: w.b.uid, Size: int64(size), InternalDate: w.b.at})
	if err != nil {
		w.b.t.Fatal(err)
	}
	return row.ID
}

// Mails that were read while one before them was not are decided after it, in
// their order, and by one commit.
func TestLineKeepsTheOrderAndSharesACommit(t *testing.T) {
	b := newBench(t)
	w := newWaiting(b)
	first := make(chan struct{})
	var read sync.WaitGroup
	var ids []int64
	const mails = 8
	read.Add(mails - 1)
	for i := range mails {
		raw := unit(fmt.Sprintf("u%d@shop%d.example", i, i), fmt.Sprintf("m%d@shop.example", i), i).raw()
		ids = append(ids, w.row(len(raw)))
		w.add(b.ctx, ids[i], int64(len(raw)), func() ([]byte, error) {
			if i == 0 {
				<-first
			} else {
				read.Done()
			}
			return raw, nil
		})
	}
	read.Wait()
	close(first)
	w.all.Wait()
	if !slices.Equal(w.ended, ids) {
		t.Errorf("mails %v ended as %v", ids, w.ended)
	}
	cases := b.cases()
	slices.Reverse(cases)
	for i, c := range cases {
		if c.Customer.Address != fmt.Sprintf("u%d@shop%d.example", i, i) {
			t.Errorf("case %s is of %s", c.Number, c.Customer.Address)
		}
	}
	shared := 0
	for i, step := range w.steps[1:] {
		if strings.HasPrefix(step, StepCommit+" ") && strings.HasPrefix(w.steps[i], StepCommit+" ") {
			shared++
		}
	}
	if shared == 0 {
		t.Errorf("no two mails shared a commit: %q", w.steps)
	}
}

// A mail that cannot be booked costs those beside it nothing, nor their order.
func TestLineGoesOnAfterAMailThatFails(t *testing.T) {
	b := newBench(t)
	w := newWaiting(b)
	gate := make(chan struct{})
	unread := errors.New("the disk is gone")
	const none, broken = 3, 5
	var ids []int64
	for i := range 8 {
		raw := unit("ann@shop.example", fmt.Sprintf("m%d@shop.example", i), i).raw()
		ids = append(ids, w.row(len(raw)))
		if i == none {
			ids[i] = 9999 // there is no such ledger row
		}
		w.add(b.ctx, ids[i], int64(len(raw)), func() ([]byte, error) {
			if i == 0 {
				<-gate
			}
			if i == broken {
				return nil, unread
			}
			return raw, nil
		})
	}
	close(gate)
	w.all.Wait()
	for i, id := range ids {
		switch err := w.errs[id]; {
		case i == none && !errors.Is(err, casebook.ErrNotFound), i == broken && !errors.Is(err, unread):
			t.Errorf("mail %d: %v", i, err)
		case i != none && i != broken && (err != nil || w.fates[id] != casebook.FateOpened):
			t.Errorf("mail %d: fate %q, %v", i, w.fates[id], err)
		}
	}
	if cases := b.cases(); len(cases) != 6 {
		t.Errorf("%d cases of 6 mails", len(cases))
	}
	if mails, _ := b.outbox(); len(mails) != 6 {
		t.Errorf("%d answers to 6 mails", len(mails))
	}
}

// What is in hand is bounded by bytes: a mail for which there is no room is not
// read, and who waits for room ends with his context.
func TestLineHasRoomForSoManyBytes(t *testing.T) {
	b := newBench(t)
	w := newWaiting(b)
	gate := make(chan struct{})
	raw := unit(ann, "large@shop.example", 1).raw()
	w.add(b.ctx, w.row(len(raw)), lineRoom, func() ([]byte, error) { <-gate; return raw, nil })
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	id := w.row(len(raw))
	w.add(ctx, id, 1, func() ([]byte, error) { t.Error("a mail was read without room"); return raw, nil })
	close(gate)
	w.all.Wait()
	if !errors.Is(w.errs[id], context.Canceled) {
		t.Errorf("without room: %v", w.errs[id])
	}
	next := unit(ann, "next@shop.example", 2).raw()
	id = w.row(len(next))
	w.add(b.ctx, id, lineRoom, func() ([]byte, error) { return next, nil })
	w.all.Wait()
	if w.fates[id] != casebook.FateOpened {
		t.Errorf("with room again: %q, %v", w.fates[id], w.errs[id])
	}
}

// BenchmarkStageCommit measures what is left of a mail when it has been read: its
// case is looked for, decided, answered and stored, with others in one commit.
func BenchmarkStageCommit(b *testing.B) {
	d := newBench(b)
	w := newWaiting(d)
	var ready []*arrival
	for i := range b.N {
		raw := unit(fmt.Sprintf("u%d@shop%d.example", i, i), fmt.Sprintf("m%d@shop.example", i), i).raw()
		run, err := d.read(d.ctx, Letter{LedgerID: w.row(len(raw)), Raw: raw})
		if err != nil {
			b.Fatal(err)
		}
		ready = append(ready, &arrival{Arrival: Arrival{Done: func(_ casebook.Fate, err error) {
			if err != nil {
				b.Error(err)
			}
		}}, ctx: d.ctx, run: run})
	}
	b.ReportAllocs()
	b.ResetTimer()
	for some := range slices.Chunk(ready, lineAtOnce) {
		w.line.together(some)
	}
}
