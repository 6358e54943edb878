// Package simulation plays everybody around a returns desk: customers who write,
// staff who act, manufacturers who repair, parcels that travel. The desk itself
// is the real one: each mail goes through intake as bytes, each action of staff
// is a click, the clock is set forward, and the courier brings the answers.
//
// The same options make the same life: all chance comes from one seed.
package simulation

import (
	"container/heap"
	"context"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"retour/ingest/intake"
	"retour/notify"
	"retour/notify/courier"
	"retour/rules"
	"retour/rules/casebook"
)

// Options are what a simulation needs. The intake must take its time from Clock.
type Options struct {
	Book      *casebook.Book // empty
	Intake    *intake.Intake
	Policy    *rules.Policy
	Clock     *Clock
	Address   string    // of the desk
	AuthServ  string    // whose word about senders the desk believes
	From      time.Time // first day, any time of it
	Days      int
	PerDay    float64 // mails on an ordinary working day, all kinds together
	Seed      uint64
	Customers int // how many resellers there are; 0: 300
	Stories   []Story
	Slack     bool                    // staff look at the desk in Slack: what it shows there is taken, too
	Day       func(time.Time, Result) // told after each day what there is by then; may be nil
	Log       *slog.Logger
}

// Result is what a simulation has made.
type Result struct {
	Mails   int // that customers and others wrote
	Sent    int // that the desk wrote
	Cases   int
	Clicks  int
	Refused int // clicks that the desk refused: somebody had not seen what happened meanwhile
}

// Clock is the simulated time. It may be read by several goroutines.
type Clock struct{ ms atomic.Int64 }

// Now is the simulated moment.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.ms.Load()).UTC() }

// Set moves the clock; it never goes back.
func (c *Clock) Set(t time.Time) { c.ms.Store(max(c.ms.Load(), t.UnixMilli())) }

// life is one simulation at work. Only its own goroutine touches it, but for post,
// which the courier fills.
type life struct {
	Options
	rand    *rand.Rand
	zone    *time.Location
	end     time.Time
	queue   queue
	result  Result
	people  []*customer
	files   map[string]*file // by case number
	lock    sync.Mutex
	post    []notify.Mail // what the desk has sent, until it is read; guarded by lock
	courier *courier.Courier
	uid     uint32
	seq     int // of mails, for their Message-IDs
	letters letters
}

// Run plays the days of the options. It ends early, with an error, when the
// desk fails, or when ctx ends.
func Run(ctx context.Context, o Options) (Result, error) {
	l, err := newLife(ctx, o)
	if err != nil {
		return Result{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var rested sync.WaitGroup
	rested.Go(func() { _ = l.courier.Run(ctx) }) // it ends with the context, and in no other way
	rested.Go(func() { _ = l.courier.RunSlack(ctx) })
	err = l.play(ctx)
	stop()
	rested.Wait()
	if err != nil {
		return l.result, fmt.Errorf("on %s: %w", l.Clock.Now().In(l.zone).Format("Mon 2 Jan 2006 15:04"), err)
	}
	return l.result, nil
}

func newLife(ctx context.Context, o Options) (*life, error) {
	if o.Customers == 0 {
		o.Customers = 300
	}
	letters, err := loadLetters()
	if err != nil {
		return nil, err
	}
	l := &life{Options: o, rand: rand.New(rand.NewPCG(o.Seed, 1)), zone: o.Policy.Location(), files: map[string]*file{}, letters: letters}
	y, m, d := o.From.In(l.zone).Date()
	l.From = time.Date(y, m, d, 0, 0, 0, 0, l.zone)
	l.end = l.From.AddDate(0, 0, o.Days)
	l.Clock.Set(l.From)
	senders := map[notify.DeliveryKind]notify.Sender{notify.DeliverMail: l}
	if o.Slack {
		posts := &channel{} // one, since a timestamp names a message of a channel
		for _, kind := range inSlack {
			senders[kind] = posts
		}
	}
	l.courier = courier.New(o.Book, senders, courier.Options{
		Now: o.Clock.Now, Rand: func() float64 { return 0.5 }, Log: o.Log, Failed: o.Intake.DeliveryFailed, Zone: l.zone.String(),
	})
	if _, err := o.Intake.Started(ctx, mailboxName, 1, nil); err != nil {
		return nil, err
	}
	return l, l.populate(ctx)
}

// inSlack are the kinds that staff see in Slack.
var inSlack = []notify.DeliveryKind{notify.DeliverCard, notify.DeliverEntry, notify.DeliverHeld, notify.DeliverItems, notify.DeliverFile, notify.DeliverAlert, notify.DeliverCall, notify.DeliverErase}

// channel takes what is shown in Slack, at once.
type channel struct{ posted atomic.Int64 }

// Send implements [notify.Sender].
func (c *channel) Send(context.Context, notify.Delivery) (notify.Receipt, error) {
	return notify.Receipt{Text: "ok", Posted: notify.Posted{Channel: "C0SIMULATED", TS: fmt.Sprintf("1700000000.%06d", c.posted.Add(1))}}, nil
}

const mailboxName = "rma@simulation/INBOX"

// Send takes a mail of the desk to its customer's mailbox; to one that is no
// more, it fails as a server would say it.
func (l *life) Send(_ context.Context, d notify.Delivery) (notify.Receipt, error) {
	if isGone(d.Mail.To) {
		return notify.Receipt{}, &notify.Failure{Permanent: true, Code: 550, Text: "550 5.1.1 <" + d.Mail.To + ">: no such mailbox"}
	}
	l.lock.Lock()
	defer l.lock.Unlock()
	l.post = append(l.post, *d.Mail)
	return notify.Receipt{Text: "250 2.0.0 Ok"}, nil
}

// happening is something that will happen.
type happening struct {
	at  time.Time
	seq int // what is planned for the same moment happens in the order of planning
	do  func(context.Context) error
}

// queue is a heap of happenings, the next first.
type queue struct {
	list []happening
	seq  int
}

func (q *queue) Len() int { return len(q.list) }
func (q *queue) Less(i, j int) bool {
	a, b := q.list[i], q.list[j]
	return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
}
func (q *queue) Swap(i, j int) { q.list[i], q.list[j] = q.list[j], q.list[i] }

// Push and Pop are for container/heap.
func (q *queue) Push(x any) { q.list = append(q.list, x.(happening)) }

// Pop takes the last one away.
func (q *queue) Pop() any {
	last := q.list[len(q.list)-1]
	q.list = q.list[:len(q.list)-1]
	return last
}

// plan lets something happen later. What would happen after the last day never
// does.
func (l *life) plan(at time.Time, do func(context.Context) error) {
	if !at.Before(l.end) {
		return
	}
	l.queue.seq++
	heap.Push(&l.queue, happening{at, l.queue.seq, do})
}

// play lets things happen in their order, and between them the desk's clock.
func (l *life) play(ctx context.Context) error {
	for day := l.From; day.Before(l.end); day = day.AddDate(0, 0, 1) {
		if err := l.planDay(ctx, day); err != nil {
			return err
		}
		next := day.AddDate(0, 0, 1)
		for l.queue.Len() > 0 && l.queue.list[0].at.Before(next) {
			if err := ctx.Err(); err != nil {
				return err
			}
			h := heap.Pop(&l.queue).(happening)
			if err := l.tickUntil(ctx, h.at); err != nil {
				return err
			}
			l.Clock.Set(h.at)
			if err := h.do(ctx); err != nil {
				return err
			}
			if err := l.deliver(ctx); err != nil {
				return err
			}
		}
		if err := l.tickUntil(ctx, next); err != nil {
			return err
		}
		l.Clock.Set(next.Add(-time.Millisecond))
		if l.Day != nil {
			l.Day(day, l.result)
		}
	}
	return nil
}

// tickUntil lets the desk's clock act on every deadline before a moment.
func (l *life) tickUntil(ctx context.Context, until time.Time) error {
	for {
		at, ok, err := l.Book.NextDeadline(ctx)
		if err != nil || !ok || !at.Before(until) {
			return err
		}
		l.Clock.Set(at)
		due, err := l.Book.Due(ctx, l.Clock.Now())
		if err != nil {
			return err
		}
		if _, err := l.Intake.Tick(ctx); err != nil {
			return err
		}
		if err := l.deliver(ctx); err != nil {
			return err
		}
		for _, number := range due {
			if err := l.attend(ctx, number); err != nil {
				return err
			}
		}
	}
}

// deliver lets the courier bring what is due, and its readers take note of it.
func (l *life) deliver(ctx context.Context) error {
	l.courier.Kick()
	if err := l.courier.Idle(ctx); err != nil {
		return err
	}
	l.lock.Lock()
	came := l.post
	l.post = nil
	l.lock.Unlock()
	for _, m := range came {
		l.result.Sent++
		l.read(m)
	}
	return nil
}

// between is a moment of the same distribution as most human delays: mostly
// about the median, sometimes far beyond.
func (l *life) between(median, spread float64) float64 {
	return median * math.Exp(l.rand.NormFloat64()*spread)
}

// chance is true in p of all cases.
func (l *life) chance(p float64) bool { return l.rand.Float64() < p }

// after is a moment some working hours later, as staff and customers work.
func (l *life) after(workingHours float64) time.Time {
	return l.Policy.AddWorking(l.Clock.Now(), time.Duration(workingHours*float64(time.Hour))).Add(time.Duration(l.rand.IntN(600)) * time.Second / 10)
}

func pick[T any](l *life, list []T) T { return list[l.rand.IntN(len(list))] }
