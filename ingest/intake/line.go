package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/semaphore"

	"retour/rules/casebook"
)

// Line takes mails in that come one after the other: several are read at the same
// time, they are decided in the order in which they came, and those that are ready
// together share one commit. It is for one caller.
type Line struct {
	in      *Intake
	room    *semaphore.Weighted // bytes of mails in hand
	readers *semaphore.Weighted

	mu       sync.Mutex
	queue    []*arrival // in the order in which they came
	deciding bool       // somebody takes mails from the head of the queue
}

const (
	lineRoom   = 12 << 20  // bytes
	lineWeight = 256 << 10 // of the smallest mail: so a few dozen are in hand
	lineAtOnce = 32        // mails that share a commit
)

// NewLine makes a line into the desk.
func (in *Intake) NewLine() *Line {
	return &Line{in: in, room: semaphore.NewWeighted(lineRoom), readers: semaphore.NewWeighted(int64(max(runtime.GOMAXPROCS(0), 2)))}
}

// Arrival is a mail that comes to a Line.
type Arrival struct {
	LedgerID   int64
	Size       int64                  // bytes
	HeaderOnly bool                   // as of Letter
	Raw        func() ([]byte, error) // called once, when there is room for it
	Done       func(casebook.Fate, error)
}

// arrival is one on its way.
type arrival struct {
	Arrival
	ctx    context.Context
	weight int64
	run    *mailRun
	err    error
	read   bool // to its end, or not to be read: see err
}

// Add takes a mail in and calls its Done as Mail returns: after the commit, from
// another goroutine. It waits where there is no room.
func (l *Line) Add(ctx context.Context, a Arrival) {
	x := &arrival{Arrival: a, ctx: ctx, weight: min(a.Size+lineWeight, lineRoom)}
	if err := l.room.Acquire(ctx, x.weight); err != nil {
		a.Done("", err)
		return
	}
	l.mu.Lock()
	l.queue = append(l.queue, x)
	l.mu.Unlock()
	go func() {
		x.run, x.err = l.read(ctx, a)
		l.decide(x)
	}()
}

// read reads a mail, and does with it all that needs no order.
func (l *Line) read(ctx context.Context, a Arrival) (*mailRun, error) {
	if err := l.readers.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer l.readers.Release(1)
	raw, err := a.Raw()
	if err != nil {
		return nil, fmt.Errorf("mail %d: %w", a.LedgerID, err)
	}
	return l.in.read(ctx, Letter{LedgerID: a.LedgerID, Raw: raw, HeaderOnly: a.HeaderOnly})
}

// decide says that a mail was read. Unless somebody does so already, it deals with
// all that have been read from the head of the queue on.
func (l *Line) decide(x *arrival) {
	l.mu.Lock()
	x.read = true
	l.mu.Unlock()
	for ready := l.take(true); len(ready) > 0; ready = l.take(false) {
		l.together(ready)
	}
}

// take takes the mails that are ready from the head of the queue. Who comes while
// somebody else is deciding gets none, and that one comes for more.
func (l *Line) take(comes bool) (ready []*arrival) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if comes && l.deciding {
		return nil
	}
	for len(l.queue) > 0 && l.queue[0].read && len(ready) < lineAtOnce {
		ready = append(ready, l.queue[0])
		l.queue = l.queue[1:]
	}
	l.deciding = len(ready) > 0
	return ready
}

// together decides on mails in their order. They share one commit; where one of
// them fails nothing of it remains, and each is dealt with alone.
func (l *Line) together(ready []*arrival) {
	var runs []*arrival
	for _, x := range ready {
		if err := errors.Join(x.err, x.ctx.Err()); err != nil {
			l.end(x, "", err)
		} else {
			runs = append(runs, x)
		}
	}
	shared := len(runs) > 1 && l.commit(runs)
	for _, x := range runs {
		if shared {
			x.run.in.committed()
			l.end(x, x.run.told(), nil)
		} else {
			fate, err := x.run.book(x.ctx)
			l.end(x, fate, err)
		}
	}
}

// commit books the mails by one commit, or none of them.
func (l *Line) commit(runs []*arrival) bool {
	in := runs[0].run.in
	err := in.Book.Write(runs[0].ctx, in.Now(), func(tx *casebook.Tx) error {
		for _, x := range runs {
			m := x.run
			m.live = m.in.newLive()
			if err := m.in.guarded(tx, func(tx *casebook.Tx) error { return m.run(x.ctx, tx) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		in.Log.Debug("mails cannot share a commit", "mails", len(runs), "error", err)
	}
	return err == nil
}

func (l *Line) end(x *arrival, fate casebook.Fate, err error) {
	l.room.Release(x.weight)
	x.Done(fate, err)
}
