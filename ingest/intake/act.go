package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// Result is what a click did, and what the clicker alone is told.
type Result struct {
	Done    bool
	Message string
}

// Refused is why a click cannot be done.
type Refused struct {
	Message string      // one sentence
	Field   rules.Field // what it is about; empty: no single field
}

func (r Refused) Error() string { return r.Message }

// errRefused ends a transaction that must leave nothing behind.
var errRefused = errors.New("refused")

// Click takes a staff event in. key names the envelope: the same one twice
// does one thing. A click on an old card changes nothing and says what
// happened meanwhile.
func (in *Intake) Click(ctx context.Context, click rules.Click, key string) (Result, error) {
	in = in.current()
	var result Result
	err := in.writeKnowing(ctx, func(tx *casebook.Tx, v *live) error {
		var err error
		result, err = in.click(ctx, tx, v, click, key)
		if err == nil && !result.Done {
			return errRefused
		}
		return err
	})
	if refused, ok := errors.AsType[Refused](err); ok {
		result, err = Result{Message: refused.Message}, errRefused
	}
	if errors.Is(err, errRefused) {
		in.Log.Info("click refused", "case", click.Number, "action", click.Event.Kind, "by", click.Event.Actor.ID)
		return result, nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("%s on %s: %w", click.Event.Kind, click.Number, err)
	}
	in.Log.Info("click taken in", "case", click.Number, "action", click.Event.Kind, "by", click.Event.Actor.ID)
	return result, nil
}

// looksUnitsUp are the staff events that weigh a request anew.
var looksUnitsUp = []rules.EventKind{rules.EvEdit, rules.EvSplit, rules.EvMerge, rules.EvRefer}

// liveFor is what a live system may be asked for an event; nil for those that
// weigh nothing anew: nobody waits for it to write a note.
func (in *Intake) liveFor(kind rules.EventKind) *live {
	if !slices.Contains(looksUnitsUp, kind) {
		return nil
	}
	return in.newLive()
}

func (in *Intake) click(ctx context.Context, tx *casebook.Tx, v *live, click rules.Click, key string) (Result, error) {
	c, err := tx.Case(ctx, click.Number)
	if errors.Is(err, casebook.ErrNotFound) {
		return Result{Message: fmt.Sprintf("There is no case %s.", click.Number)}, nil
	}
	if err != nil {
		return Result{}, err
	}
	once, err := tx.Once(ctx, "click/"+key)
	if err != nil {
		return Result{}, fmt.Errorf("look whether the click is doubled: %w", err)
	}
	if !once {
		return Result{Done: true, Message: "That was done already."}, nil
	}
	if c.Shadow != in.Shadow {
		return Result{Message: otherTime(c)}, nil
	}
	if c.IsForgotten() && click.Event.Kind != rules.EvNote {
		return Result{Message: fmt.Sprintf("The customer of %s was forgotten: what is left of it is for the books.", c.Number)}, nil
	}
	if click.Version != c.Version {
		message, err := in.meanwhile(ctx, tx, c)
		return Result{Message: message}, err
	}
	if err := complete(ctx, tx, c, &click.Event); err != nil {
		return Result{}, err
	}
	if in.liveFor(click.Event.Kind) == nil {
		v = nil
	}
	if err := in.look(ctx, tx, v, c, &click.Event); err != nil {
		return Result{}, err
	}
	d := rules.Decide(in.Policy, c, click.Event, tx.Now())
	if d.Refusal != "" {
		return Result{Message: d.Refusal}, nil
	}
	b := &booking{event: click.Event, before: c, decision: d, text: cmp.Or(click.Event.Text, click.Event.Justification),
		channel: click.Channel, ts: click.TS, seen: click.Seen, words: rewrittenBy(click.Event, c)}
	if err := in.carryOut(ctx, tx, b); err != nil {
		return Result{}, err
	}
	if click.Event.Kind == rules.EvResend || click.Event.Kind == rules.EvFixAddress {
		return Result{Done: true}, in.resend(ctx, tx, click.Event, b.decision.Case)
	}
	return Result{Done: true}, nil
}

// complete adds to a staff event the case that a number in it means: of a merge
// the one that goes on, of a parcel the one that is marked on it, both followed
// through earlier merges.
func complete(ctx context.Context, tx caseReader, c rules.Case, e *rules.Event) error {
	written := e.Label
	if e.Kind == rules.EvMerge {
		written = e.Into
	}
	year, seq, err := rules.ParseNumber(written)
	if err != nil {
		return nil // the rules say so
	}
	meant, ok, err := follow(ctx, tx, rules.Number(year, seq))
	if err != nil || !ok {
		return err
	}
	if e.Kind == rules.EvMerge {
		e.Into, e.Other = meant.Number, &meant
	} else if meant.Number == c.Number {
		e.Label = ""
	}
	return nil
}

// meanwhile says what happened to a case since somebody looked.
func (in *Intake) meanwhile(ctx context.Context, tx *casebook.Tx, c rules.Case) (string, error) {
	history, err := tx.History(ctx, c.ID)
	if err != nil {
		return "", fmt.Errorf("history of %s: %w", c.Number, err)
	}
	if len(history) == 0 {
		return fmt.Sprintf("%s has changed since this card was drawn. Nothing was done.", c.Number), nil
	}
	h := history[len(history)-1]
	who := cmp.Or(h.ActorName, h.ActorID, h.ActorKind)
	return fmt.Sprintf("Nothing was done: %s has changed meanwhile. Last: %s by %s at %s; it is now %q.",
		c.Number, phrase(h.Event), who, h.At.In(in.Policy.Location()).Format("2 Jan 15:04"), phrase(c.State)), nil
}

// phrase makes the name of an event or a state readable.
func phrase[T ~string](name T) string { return strings.ReplaceAll(string(name), "_", " ") }

// carryOut stores a decision of staff or of the clock about a running case, with
// the mail that tells it.
func (in *Intake) carryOut(ctx context.Context, tx *casebook.Tx, b *booking) error {
	notices := b.decision.Notices
	history, err := in.book(ctx, tx, b, noticeKinds(notices))
	if err != nil {
		return err
	}
	if err := in.others(ctx, tx, b); err != nil || len(notices) == 0 {
		return err
	}
	c := b.decision.Case
	thread, err := in.threadOf(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	return in.post(ctx, tx, posting{to: c.Customer, language: c.Language, told: tell(b.decision), thread: thread,
		key: fmt.Sprintf("mail/%d", history), caseID: c.ID, history: history, seen: b.seen, words: b.words})
}

// others stores what a decision made of other cases and of the register.
func (in *Intake) others(ctx context.Context, tx *casebook.Tx, b *booking) error {
	if a := b.decision.Absorbed; a != nil {
		into := &booking{event: b.event, before: *b.event.Other, text: b.text,
			decision: rules.Decision{Outcome: b.decision.Outcome, Rule: a.Rule, Why: a.Why, Case: *a}}
		if _, err := in.book(ctx, tx, into, nil); err != nil {
			return err
		}
	}
	if err := settleUnits(ctx, tx, b.before, b.decision.Case); err != nil {
		return err
	}
	return in.splitOff(ctx, tx, b)
}

// splitOff numbers and stores the case that a split made.
func (in *Intake) splitOff(ctx context.Context, tx *casebook.Tx, b *booking) error {
	if b.decision.SplitOff == nil {
		return nil
	}
	number, err := tx.NextNumber(ctx)
	if err != nil {
		return fmt.Errorf("next case number: %w", err)
	}
	off := &booking{event: b.event, decision: b.decision, text: b.text, parent: b.before.Number}
	off.decision.Case = *b.decision.SplitOff
	off.decision.Case.Number = number
	_, err = in.book(ctx, tx, off, nil)
	return err
}

// resend puts the mails that did not arrive into the outbox again, to the
// customer's address as it is now. One mail may have told of several sibling
// cases: all of them are told that it goes out again.
func (in *Intake) resend(ctx context.Context, tx *casebook.Tx, event rules.Event, c rules.Case) error {
	group, err := in.groupOf(ctx, tx, c)
	if err != nil {
		return err
	}
	for _, sibling := range group {
		if sibling.ID != c.ID && sibling.Undelivered != "" {
			d := rules.Decide(in.Policy, sibling, event, tx.Now())
			if d.Refusal != "" {
				continue
			}
			if _, err := in.book(ctx, tx, &booking{event: event, before: sibling, decision: d, text: event.Text}, nil); err != nil {
				return err
			}
		}
		failed, err := tx.Outbox(ctx, casebook.OutboxFilter{CaseID: sibling.ID, Kind: string(notify.DeliverMail), Status: casebook.Failed})
		if err != nil {
			return fmt.Errorf("the mails that did not arrive: %w", err)
		}
		for _, row := range failed {
			if err := tx.Resend(ctx, row.ID, c.Customer.Address); err != nil {
				return fmt.Errorf("send mail %s again: %w", row.Key, err)
			}
		}
	}
	return nil
}

// groupOf is a case with its siblings.
func (in *Intake) groupOf(ctx context.Context, tx *casebook.Tx, c rules.Case) ([]rules.Case, error) {
	if c.Group == "" {
		return []rules.Case{c}, nil
	}
	group, err := tx.Cases(ctx, casebook.CaseFilter{Group: c.Group})
	if err != nil {
		return nil, fmt.Errorf("siblings of %s: %w", c.Number, err)
	}
	return group, nil
}

// undelivered tells a case, and the siblings that the same mail told of, that
// their customer did not get it.
func (in *Intake) undelivered(ctx context.Context, tx *casebook.Tx, c rules.Case, why string, ledger int64) error {
	group, err := in.groupOf(ctx, tx, c)
	if err != nil {
		return err
	}
	event := rules.Event{Kind: rules.EvDeliveryFailed, Actor: rules.Actor{Kind: rules.ByCourier}, Failure: why}
	for _, one := range group {
		d := rules.Decide(in.Policy, one, event, tx.Now())
		if d.Refusal != "" {
			continue
		}
		b := &booking{event: event, before: one, decision: d, text: why, ledger: ledger}
		if _, err := in.book(ctx, tx, b, nil); err != nil {
			return err
		}
	}
	return nil
}

// Tick lets the clock act on every case whose deadline has come, each in a
// transaction of its own, and returns how often it acted.
func (in *Intake) Tick(ctx context.Context) (int, error) {
	in = in.current()
	acted := 0
	var failed []error
	// A long silence can owe one case several steps: reminder, then closing.
	for range 20 {
		numbers, err := in.Book.Due(ctx, in.Now())
		if err != nil {
			return acted, fmt.Errorf("cases that are due: %w", err)
		}
		if len(numbers) == 0 {
			break
		}
		moved := 0
		for _, number := range numbers {
			ok, err := in.tick(ctx, number)
			if err != nil {
				failed = append(failed, err)
			}
			if ok {
				moved++
			}
		}
		acted += moved
		if moved == 0 {
			break
		}
	}
	return acted, errors.Join(failed...)
}

func (in *Intake) tick(ctx context.Context, number string) (bool, error) {
	acted := false
	err := in.write(ctx, func(tx *casebook.Tx) error {
		acted = false
		c, err := tx.Case(ctx, number)
		if err != nil {
			return err
		}
		if c.State == rules.Closed || c.Deadline.IsZero() || c.Deadline.After(tx.Now()) {
			return errRefused
		}
		event := rules.Event{Kind: rules.EvTick, Actor: rules.Actor{Kind: rules.ByClock}}
		d := rules.Decide(in.Policy, c, event, tx.Now())
		if d.Refusal != "" {
			return fmt.Errorf("the clock may not act: %s", d.Refusal)
		}
		if d.Case.Deadline.Equal(c.Deadline) && d.Case.State == c.State {
			return fmt.Errorf("the clock left the deadline %s as it was", c.Deadline.Format(time.RFC3339))
		}
		acted = true
		return in.carryOut(ctx, tx, &booking{event: event, before: c, decision: d})
	})
	if errors.Is(err, errRefused) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("tick of %s: %w", number, err)
	}
	return acted, nil
}

// DeliveryFailed takes in that the courier gave a row up. A mail that a
// customer did not get puts his case before a person.
func (in *Intake) DeliveryFailed(ctx context.Context, row casebook.Row, why string) error {
	in = in.current()
	err := in.write(ctx, func(tx *casebook.Tx) error {
		if err := tx.GiveUp(ctx, row, why); err != nil {
			return err
		}
		if notify.EndpointOf(row.Kind) != "" {
			return in.neighbourLost(ctx, tx, row, why)
		}
		if isDigest(row) {
			return in.digestUndelivered(ctx, tx, row.Key+"/"+strconv.Itoa(row.Attempts), row.Recipient, why)
		}
		if row.Kind != string(notify.DeliverMail) || row.CaseID == 0 {
			return nil
		}
		c, err := tx.CaseByID(ctx, row.CaseID)
		if err != nil {
			return err
		}
		return in.undelivered(ctx, tx, c, why, 0)
	})
	if err != nil {
		return fmt.Errorf("delivery %s failed (%s): %w", row.Key, why, err)
	}
	in.Log.Warn("delivery given up", "key", row.Key)
	return nil
}
