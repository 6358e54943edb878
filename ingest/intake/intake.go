// Package intake is the one way into the desk. A mail, a click in Slack, the
// clock and a failed delivery all end in the same room: find the case, let the
// rules decide, compose what is to be said, and store case, history and outbox
// in one transaction. Nothing leaves the house here; the courier sends what
// was committed.
package intake

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"retour/ingest"
	"retour/ingest/attached"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// Options are the parts that an Intake works with.
type Options struct {
	Book      *casebook.Book
	Policy    *rules.Policy
	Catalogue *ingest.Catalogue // of the policy; nil: it is made
	Composer  *notify.Composer
	Desk      ingest.Desk       // Now is set at each mail
	Files     *attached.Reader  // of attachments; nil leaves those that are not text unread
	Secret    []byte            // of the thread tokens
	Domain    string            // of the desk's Message-IDs
	Language  string            // where nothing else tells
	Signers   Signers           // of mails; nil: only what the receiving server says is known of a sender
	Lookup    Lookup            // of a live system; nil: only what was imported is known
	Alerts    []string          // addresses that are told of trouble with the desk itself
	Endpoints []notify.Endpoint // that webhooks are sent to
	Slack     bool              // false: nothing is put before staff in Slack
	Shadow    bool              // decide and show, write to nobody
	Now       func() time.Time
	LastRead  func() time.Time // when the mailbox was last read; nil: not known here
	Kick      func()           // called after each commit that left something in the outbox
	// Step is told where the work stands: at StepCommit and StepCommitted, with the
	// ledger row of the mail that is taken in, or 0 where it is no mail. Nil: nobody is told.
	Step func(step string, mail int64)
	Log  *slog.Logger
}

// The steps that Options.Step is told of.
const (
	StepCommit    = "commit"    // all of an event is written, and not yet committed
	StepCommitted = "committed" // it is committed, and nobody knows yet
)

// Intake takes events in. It is safe for concurrent use: the casebook's one
// writer makes the order.
type Intake struct {
	Options
	reader *Reader
	latest *atomic.Pointer[Intake] // after a Reload, what decides from then on; shared with it
	mail   int64                   // the ledger row of the mail that this one deals with, for Step; 0: no mail
}

// about is an Intake for one mail.
func (in *Intake) about(mail int64) *Intake {
	one := *in
	one.mail = mail
	return &one
}

func (in *Intake) step(name string) {
	if in.Step != nil {
		in.Step(name, in.mail)
	}
}

// current is the Intake that decides now. Every event asks once, and is dealt
// with to its end by the same policy and texts.
func (in *Intake) current() *Intake {
	if latest := in.latest.Load(); latest != nil {
		return latest
	}
	return in
}

// Changes are the parts of an Intake that may be replaced while it works.
type Changes struct {
	Policy    *rules.Policy
	Catalogue *ingest.Catalogue // of the policy
	Composer  *notify.Composer
	Desk      ingest.Desk
	Alerts    []string
}

// Reload lets all events that begin from now on be decided by other parts.
func (in *Intake) Reload(c Changes) {
	next := *in.current()
	next.Policy, next.Catalogue, next.Composer, next.Desk, next.Alerts = c.Policy, c.Catalogue, c.Composer, c.Desk, c.Alerts
	next.reader = next.newReader()
	in.latest.Store(&next)
}

func (o Options) newReader() *Reader {
	reader := NewReader(o.Catalogue, o.Desk, o.Files)
	reader.signers = o.Signers
	return reader
}

// New returns an Intake. Where no catalogue is given the policy's patterns are
// compiled here, and a bad one is an error.
func New(o Options) (_ *Intake, err error) {
	if o.Catalogue == nil {
		if o.Catalogue, err = Catalogue(o.Policy); err != nil {
			return nil, err
		}
	}
	return &Intake{Options: o, reader: o.newReader(), latest: new(atomic.Pointer[Intake])}, nil
}

// booking is what one event leaves behind, gathered before it is stored.
type booking struct {
	event    rules.Event
	before   rules.Case
	decision rules.Decision
	text     string // for the history: the customer's words, staff's, or a failure
	ledger   int64  // the mail it came from
	seen     string // names the mail that a person was shown; empty: nobody was
	words    string // that he wrote in its place
	parent   string // number of the case that it was split from

	channel, ts string // the message in Slack that it came from; empty where there is none
}

// book stores one decision: case, history and the rows for Slack and for
// neighbours. It returns
// the history entry's id. The mail to the customer is the caller's, since
// sibling cases share one.
func (in *Intake) book(ctx context.Context, tx *casebook.Tx, b *booking, told []string) (int64, error) {
	stored := casebook.Booking{Policy: in.Policy, Event: b.event, Before: b.before, Decision: b.decision, Text: b.text, Told: told, LedgerID: b.ledger}
	history, err := tx.Book(ctx, &stored)
	if err != nil {
		return 0, fmt.Errorf("book %s on %s: %w", b.event.Kind, b.decision.Case.Number, err)
	}
	b.decision = stored.Decision
	c := b.decision.Case
	if b.ts != "" { // it stands in the thread already
		if err := tx.SetPosted(ctx, fmt.Sprintf("entry/%d", history), b.channel, b.ts); err != nil {
			return 0, err
		}
	}
	if err := in.toSlack(ctx, tx, c.ID, c.Version, history); err != nil {
		return 0, err
	}
	if err := in.toNeighbours(ctx, tx, history, stored, b.parent); err != nil {
		return 0, err
	}
	if b.decision.Escalate {
		if err := in.call(ctx, tx, c.ID, history); err != nil {
			return 0, err
		}
	}
	return history, in.list(ctx, tx, b.before.Items, c)
}

// call leaves two calls for Slack, for when the desk works: of the owner, and
// after a while of the group. What the staff do meanwhile makes them needless.
func (in *Intake) call(ctx context.Context, tx *casebook.Tx, caseID, history int64) error {
	if !in.Slack || in.Shadow {
		return nil
	}
	at := in.Policy.Open(tx.Now())
	for _, whom := range []string{notify.CallOwner, notify.CallGroup} {
		key := fmt.Sprintf("call/%d/%s", history, whom)
		row := casebook.Row{Lane: "slack/" + key, Kind: string(notify.DeliverCall), Key: key, CaseID: caseID, HistoryID: history, Body: []byte(whom), NextAt: at}
		at = in.Policy.Open(in.Policy.After(at, in.Policy.Clocks.Escalate))
		if _, _, err := tx.Enqueue(ctx, row); err != nil {
			return fmt.Errorf("leave %s for Slack: %w", key, err)
		}
	}
	return nil
}

// toSlack leaves the card to be redrawn and the entry to be put in its thread.
func (in *Intake) toSlack(ctx context.Context, tx *casebook.Tx, caseID int64, version int, history int64) error {
	if !in.Slack {
		return nil
	}
	rows := []casebook.Row{
		{Lane: fmt.Sprintf("card/%d", caseID), Kind: string(notify.DeliverCard), Key: fmt.Sprintf("card/%d/%d", caseID, version), CaseID: caseID},
		{Lane: fmt.Sprintf("slack/%d", caseID), Kind: string(notify.DeliverEntry), Key: fmt.Sprintf("entry/%d", history), CaseID: caseID, HistoryID: history},
	}
	for _, r := range rows {
		if _, _, err := tx.Enqueue(ctx, r); err != nil {
			return fmt.Errorf("leave %s for Slack: %w", r.Key, err)
		}
	}
	return nil
}

// hopelessError is a fault of the event itself, not of where it is stored:
// trying again would fail again.
type hopelessError struct{ error }

func (e hopelessError) Unwrap() error { return e.error }

// write runs one transaction and wakes the courier after its commit.
func (in *Intake) write(ctx context.Context, fn func(*casebook.Tx) error) error {
	err := in.Book.Write(ctx, in.Now(), func(tx *casebook.Tx) error { return in.guarded(tx, fn) })
	if err != nil {
		return err
	}
	in.committed()
	return nil
}

// guarded makes an error of a panic, which leaves nothing behind: one bad event
// must not end the desk, which would meet it again at every start.
func (in *Intake) guarded(tx *casebook.Tx, fn func(*casebook.Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			in.Log.Error("panic", "value", p, "stack", string(debug.Stack()))
			err = hopelessError{fmt.Errorf("it failed inside: %v", p)}
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	in.step(StepCommit)
	return nil
}

// committed tells whoever waits for what is in the outbox now.
func (in *Intake) committed() {
	in.step(StepCommitted)
	if in.Kick != nil {
		in.Kick()
	}
}

// tell pairs the notices of a decision with the case as it is after it.
func tell(d rules.Decision) []notify.Told {
	var told []notify.Told
	for _, n := range d.Notices {
		told = append(told, notify.Told{Notice: n, Case: d.Case})
	}
	return told
}

// noticeKinds names the notices, for the history.
func noticeKinds(notices []rules.Notice) []string {
	var names []string
	for _, n := range notices {
		names = append(names, string(n.Kind))
	}
	return names
}
