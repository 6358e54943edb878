// Package courier brings what stands in the outbox to its sender: a due row is
// leased, sent, and booked as sent, put off, or given up. Mails, Slack messages
// and each endpoint of webhooks have a worker of their own, so that none waits for
// another.
package courier

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// Options are what the courier needs beside the casebook and the senders.
type Options struct {
	Now  func() time.Time // the desk's clock; after a jump, call Moved
	Rand func() float64   // in [0, 1), to spread retries
	Log  *slog.Logger

	// Failed books a row that is given up: with tx.GiveUp, and with the event
	// that puts it before a person. When it returns an error the row is tried
	// again later. Nil: the row is given up and nothing else happens.
	Failed func(ctx context.Context, row casebook.Row, why string) error

	Zone   string        // the desk's time zone (IANA), for cards
	Policy func() Policy // what cards show of the policy that counts now; nil: nothing

	Open func(time.Time) time.Time // when the desk works next: nobody is called before; nil: always
	// Read reads a customer's raw mail, for its text and files in the thread.
	Read func(raw []byte) notify.Letter

	// Step is told where the work stands, at StepLeased, StepAccepted and StepMarked,
	// with the outbox row. Nil: nobody is told.
	Step func(step string, row int64)
	// Shut says that an endpoint wants no webhooks now: its rows wait. Nil: all do.
	Shut func(ctx context.Context, kind string) (bool, error)
	// Gone books that an endpoint said so itself. Nil: its rows are only put off.
	Gone func(ctx context.Context, row casebook.Row, why string) error

	Hold  time.Duration // how long a row that a crash left in flight waits; zero: 20 seconds
	Grace time.Duration // what a delivery in progress gets when Run is told to end; zero: 10 seconds
}

// The steps that Options.Step is told of.
const (
	StepLeased   = "leased"   // the attempt is counted, nothing is sent yet
	StepAccepted = "accepted" // the other side has taken the row (SMTP 250, Slack ok), and the casebook does not know
	StepMarked   = "marked"   // the row is marked as sent
)

// Policy is what cards and forms show of the policy.
type Policy struct {
	Makers map[string]string       // names of manufacturers by their id
	Terms  map[rules.Reason]string // conditions for each reason
}

// Courier empties the outbox.
type Courier struct {
	book    *casebook.Book
	senders map[notify.DeliveryKind]notify.Sender
	opts    Options
	workers []*worker
}

// slackGroup is the name of the worker for Slack.
const slackGroup = "slack"

// groups are the kinds that one worker delivers, one row at a time.
// In a hurry are those that people wait for before a screen: a failure is tried
// again after two seconds, and in the order of the outbox.
var groups = []struct {
	name  string
	hurry bool
	kinds []notify.DeliveryKind
}{
	{"mail", false, []notify.DeliveryKind{notify.DeliverMail}},
	{slackGroup, true, []notify.DeliveryKind{notify.DeliverCard, notify.DeliverEntry, notify.DeliverHeld, notify.DeliverItems, notify.DeliverFile, notify.DeliverShadow, notify.DeliverAlert, notify.DeliverCall, notify.DeliverErase}},
}

// New makes a courier for the kinds that have a sender; rows of other kinds
// stay in the outbox.
func New(book *casebook.Book, senders map[notify.DeliveryKind]notify.Sender, opts Options) *Courier {
	if opts.Hold == 0 {
		opts.Hold = 20 * time.Second
	}
	if opts.Grace == 0 {
		opts.Grace = 10 * time.Second
	}
	if opts.Step == nil {
		opts.Step = func(string, int64) {}
	}
	if opts.Policy == nil {
		opts.Policy = func() Policy { return Policy{} }
	}
	c := &Courier{book: book, senders: senders, opts: opts}
	for _, group := range groups {
		var kinds []string
		for _, kind := range group.kinds {
			if senders[kind] != nil {
				kinds = append(kinds, string(kind))
			}
		}
		if len(kinds) > 0 {
			c.workers = append(c.workers, newWorker(c, group.name, group.hurry, kinds))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(senders)) {
		if notify.EndpointOf(string(kind)) != "" {
			c.workers = append(c.workers, newWorker(c, string(kind), false, []string{string(kind)}))
		}
	}
	return c
}

// Run delivers mails and webhooks until ctx ends. A delivery in progress is then
// given Options.Grace to end well, and is booked in any case. Several processes may
// do this for one desk.
func (c *Courier) Run(ctx context.Context) error {
	return c.deliver(ctx, func(w *worker) bool { return !w.inSlack() })
}

// RunSlack delivers what is shown in Slack, as Run does. One process at a time does
// this for a desk: Slack wants a pace in each channel, and people an order.
func (c *Courier) RunSlack(ctx context.Context) error { return c.deliver(ctx, (*worker).inSlack) }

func (c *Courier) deliver(ctx context.Context, which func(*worker) bool) error {
	var all sync.WaitGroup
	for _, w := range c.workers {
		if which(w) {
			all.Go(func() { w.run(ctx) })
		}
	}
	all.Wait()
	return nil
}

// Kick says that there are new rows. It does not wait.
func (c *Courier) Kick() { c.kick(c.workers) }

// KickSlack is Kick for what is shown in Slack.
func (c *Courier) KickSlack() {
	c.kick(slices.DeleteFunc(slices.Clone(c.workers), func(w *worker) bool { return !w.inSlack() }))
}

func (c *Courier) kick(workers []*worker) {
	for _, w := range workers {
		select {
		case w.kick <- struct{}{}:
		default: // it is going to look anyway
		}
	}
}

// Moved says that the desk's clock was moved: what is due is looked up anew.
func (c *Courier) Moved() { c.Kick() }

// Idle waits until every worker has looked into the outbox after this call and
// found nothing that it could send now. What waits for a later time, or for a
// server that is down, does not count. It needs Run and RunSlack to be running.
func (c *Courier) Idle(ctx context.Context) error {
	for _, w := range c.workers {
		rested := make(chan struct{})
		select {
		case w.ask <- rested:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-rested:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
