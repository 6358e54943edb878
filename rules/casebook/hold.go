package casebook

import (
	"context"
	"errors"
	"sync"
)

// Part is one part of the work for a desk that one process at a time does.
type Part string

// The parts. Mails and webhooks in the outbox are no such part: every instance
// sends them, and [PartOutbox] only says that it is heard of.
const (
	PartMailbox Part = "mailbox" // reads and files the mails
	PartClock   Part = "clock"   // deadlines, digests, retention, and telling people of trouble
	PartSlack   Part = "slack"   // buttons and messages: pace and order in a channel are one sender's
	PartOutbox  Part = "outbox"  // mails and webhooks: held by every instance that is heard of
)

// partDesk is held by a command that must be alone with a desk.
const partDesk Part = "desk"

// Parts are those that one process at a time has.
func Parts() []Part { return []Part{PartClock, PartMailbox, PartSlack} }

// ErrTakenOver is returned by [Book.Write] on behalf of a part (see [Hold.Context])
// that another process has by now: this one was not heard of for a while. Nothing
// is written. It is the cause, too, of the end of the part's context.
var ErrTakenOver = errors.New("another process has taken this part of the work over")

// ErrAskedBack is the cause of the end of a part's context when another process,
// which has less to do, is to have it: what is under way is ended first.
var ErrAskedBack = errors.New("another process is to have this part of the work")

// Hold is a part of the work that this process has.
type Hold struct {
	place    place
	instance *Instance
	fence    int64 // grows with each holder; 0: nobody else can have it
	life     context.Context
	end      context.CancelCauseFunc
	before   string
	says     func() string
	back     func() error
}

func newHold(at place, in *Instance) *Hold {
	h := &Hold{place: at, instance: in}
	h.life, h.end = context.WithCancelCause(context.Background())
	h.back = sync.OnceValue(func() error { return nil })
	return h
}

// holdKey is under which a context keeps its hold.
type holdKey struct{}

// Context is the context in which the part is worked on: transactions in it show
// that this process still has the part, and it ends with the hold; its cause is
// then [ErrTakenOver] or [ErrAskedBack].
func (h *Hold) Context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.WithValue(ctx, holdKey{}, h))
	stop := context.AfterFunc(h.life, func() { cancel(context.Cause(h.life)) })
	return ctx, func() { stop(); cancel(context.Canceled) }
}

// Before is what the last holder said of the part.
func (h *Hold) Before() string { return h.before }

// GiveBack lets the next one have the part at once. It may be called twice, and of
// a part that was lost it changes nothing.
func (h *Hold) GiveBack() error { return h.back() }

// shown is the fence that transactions in this context show; ok is false where
// they show none.
func shown(ctx context.Context) (part Part, fence int64, ok bool) {
	h, _ := ctx.Value(holdKey{}).(*Hold)
	if h == nil || h.fence == 0 {
		return "", 0, false
	}
	return h.place.part, h.fence, true
}
