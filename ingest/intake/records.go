package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// lookups are what the records of an event are gathered from: the casebook, in
// a transaction or beside one.
type lookups interface {
	HasRegister(context.Context) (bool, error)
	HasDirectory(context.Context) (bool, error)
	Sales(context.Context, []string) (map[string]rules.Sale, error)
	AccountsOf(context.Context, string, ...string) ([]rules.Account, error)
	CasesBySerial(context.Context, string) ([]rules.Case, error)
}

// mostUnits is how many units of one event are looked up: a list of a thousand
// serials must not hold up all others. Staff see the rest as they are.
const mostUnits = 500

// records gathers what register, directory and casebook know around an event:
// of every unit of the case and of the mail, and of the customer.
func records(ctx context.Context, q lookups, p *rules.Policy, c rules.Case, more ...rules.Item) (rules.Records, error) {
	r := rules.Records{Open: map[string]string{}, Returns: map[string]int{}, Repaired: map[string]time.Time{}}
	var err error
	if r.Register, err = q.HasRegister(ctx); err != nil {
		return r, err
	}
	if r.Directory, err = q.HasDirectory(ctx); err != nil {
		return r, err
	}
	if r.Accounts, err = q.AccountsOf(ctx, c.Customer.Address, p.MailProviders...); err != nil {
		return r, err
	}
	keys := keysOf(append(slices.Clone(c.Items), more...))
	if r.Sales, err = salesOf(ctx, q, keys); err != nil {
		return r, err
	}
	for _, key := range keys {
		cases, err := q.CasesBySerial(ctx, key)
		if err != nil {
			return r, fmt.Errorf("other cases of unit %s: %w", key, err)
		}
		before(&r, key, cases, c)
	}
	return r, nil
}

// keysOf are the numbers of units as they are looked up, each once.
func keysOf(items []rules.Item) []string {
	var keys []string
	for _, it := range items[:min(len(items), mostUnits)] {
		for _, number := range []string{it.Serial, it.MAC} {
			if key := rules.NumberKey(number); key != "" && !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// salesOf looks units up, and those that they were given for, as far back as
// the chain goes.
func salesOf(ctx context.Context, q lookups, keys []string) (map[string]rules.Sale, error) {
	const mostLinks = 20
	all := map[string]rules.Sale{}
	for range mostLinks {
		if len(keys) == 0 {
			break
		}
		found, err := q.Sales(ctx, keys)
		if err != nil {
			return nil, err
		}
		keys = nil
		for key, sale := range found {
			all[key] = sale
			if next := rules.NumberKey(sale.Replaces); next != "" && !slices.Contains(keys, next) {
				keys = append(keys, next)
			}
		}
		keys = slices.DeleteFunc(keys, func(key string) bool { _, known := all[key]; return known })
	}
	return all, nil
}

// before counts what the desk's own cases say of a unit. A case that was refused,
// withdrawn or never came did not bring the unit here.
func before(r *rules.Records, key string, cases []rules.Case, c rules.Case) {
	for _, other := range cases {
		if other.Shadow != c.Shadow {
			continue // what was only looked at has returned nothing
		}
		if c.ID != 0 && other.ID == c.ID || c.Group != "" && other.Group == c.Group {
			continue
		}
		it, has := unitOf(other, key)
		switch {
		case !has:
		case other.State != rules.Closed:
			r.Open[key] = other.Number
		case it.Received:
			r.Returns[key]++
			if it.Resolution == rules.Repaired && other.StateAt.After(r.Repaired[key]) {
				r.Repaired[key] = other.StateAt
			}
		}
	}
}

func unitOf(c rules.Case, key string) (rules.Item, bool) {
	i := slices.IndexFunc(c.Items, func(it rules.Item) bool { return rules.NumberKey(it.Serial) == key || rules.NumberKey(it.MAC) == key })
	if i < 0 {
		return rules.Item{}, false
	}
	return c.Items[i], true
}

// look fills an event with what is known around it. What only a live system can
// tell is asked for outside of the transaction: see live.
func (in *Intake) look(ctx context.Context, tx mailLookups, v *live, c rules.Case, e *rules.Event) error {
	units := append(slices.Clone(e.Claim.Items), e.Items...)
	if e.Other != nil {
		units = append(units, e.Other.Items...)
	}
	r, err := records(ctx, tx, in.Policy, c, units...)
	if err != nil {
		return fmt.Errorf("look up what is known around %s: %w", c.Number, err)
	}
	if c.ID != 0 {
		pending, err := tx.Outbox(ctx, casebook.OutboxFilter{CaseID: c.ID, Kind: string(notify.DeliverMail), Status: casebook.Pending, Limit: 1})
		if err != nil {
			return fmt.Errorf("mails of %s that wait: %w", c.Number, err)
		}
		r.Unsent = len(pending) > 0
	}
	e.Records = r
	return v.fill(append(slices.Clone(c.Items), units...), c.Customer.Address, &e.Records)
}

// Lookup asks a live system about units and a customer and puts its answer over
// the records, or says in r.Down why there is none.
type Lookup func(ctx context.Context, serials, macs []string, customer string, r *rules.Records)

// live holds the answers of a live system for one event. A transaction holds up
// all others, so nothing is asked inside one: it is given up with a question,
// and begun again when the answer is there.
type live struct {
	lookup  Lookup
	answers map[string]rules.Records
}

// question is what a transaction must know before it can go on.
type question struct {
	serials, macs []string
	customer      string
}

func (q question) Error() string { return "a live look-up must be asked first" }

func (q question) key() string { return fmt.Sprint(q.serials, q.macs, q.customer) }

// fill puts the answer over the records, or asks for it.
func (v *live) fill(units []rules.Item, customer string, r *rules.Records) error {
	if v == nil || v.lookup == nil {
		return nil
	}
	q := question{customer: customer}
	for _, it := range units[:min(len(units), mostUnits)] {
		if it.Serial != "" && !slices.Contains(q.serials, it.Serial) {
			q.serials = append(q.serials, it.Serial)
		}
		if it.MAC != "" && !slices.Contains(q.macs, it.MAC) {
			q.macs = append(q.macs, it.MAC)
		}
	}
	a, known := v.answers[q.key()]
	if !known {
		return q
	}
	r.Down = a.Down
	if a.Down != "" {
		return nil
	}
	r.Register, r.Directory = r.Register || a.Register, r.Directory || a.Directory
	for key, sale := range a.Sales {
		r.Sales[key] = sale
	}
	if a.Directory {
		r.Accounts = a.Accounts
	}
	return nil
}

// mailLookups is the casebook, in a transaction or beside one.
type mailLookups interface {
	lookups
	Outbox(ctx context.Context, f casebook.OutboxFilter) ([]casebook.Row, error)
}

// mostQuestions bounds what a live system is asked for one event: sibling cases
// ask one by one.
const mostQuestions = 20

// lookBeside is look outside of a transaction, for what is only to be shown.
func (in *Intake) lookBeside(ctx context.Context, v *live, c rules.Case, e *rules.Event) error {
	for range mostQuestions {
		err := in.look(ctx, in.Book, v, c, e)
		var q question
		if !errors.As(err, &q) {
			return err
		}
		v.ask(ctx, q)
	}
	return errOften
}

// ask gets the answer to a question.
func (v *live) ask(ctx context.Context, q question) {
	var a rules.Records
	v.lookup(ctx, q.serials, q.macs, q.customer, &a)
	v.answers[q.key()] = a
}

// newLive knows nothing yet.
func (in *Intake) newLive() *live {
	return &live{lookup: in.Lookup, answers: map[string]rules.Records{}}
}

var errOften = errors.New("the live look-up was asked too often for one event")

// writeKnowing runs a transaction that may need a live system's answers: fn is
// begun again with each.
func (in *Intake) writeKnowing(ctx context.Context, fn func(*casebook.Tx, *live) error) error {
	v := in.newLive()
	for range mostQuestions {
		err := in.write(ctx, func(tx *casebook.Tx) error { return fn(tx, v) })
		var q question
		if !errors.As(err, &q) {
			return err
		}
		v.ask(ctx, q)
	}
	return errOften
}

// BookRecords is what `explain` may look up: what register, directory and
// casebook know now.
func BookRecords(book *casebook.Book, p *rules.Policy) func(context.Context, rules.Case) (rules.Records, error) {
	return func(ctx context.Context, c rules.Case) (rules.Records, error) { return records(ctx, book, p, c) }
}

// settleUnits keeps in the register what became of units: replaced by another,
// or scrapped. An exchange after a wrong delivery replaces nothing, and a case of
// shadow mode leaves the register alone.
func settleUnits(ctx context.Context, tx *casebook.Tx, before, after rules.Case) error {
	if after.Shadow {
		return nil
	}
	for _, it := range after.Items {
		number := cmp.Or(it.Serial, it.MAC)
		i := slices.IndexFunc(before.Items, func(old rules.Item) bool { return old.Position == it.Position })
		if rules.NumberKey(number) == "" || i < 0 || before.Items[i].Resolution == it.Resolution || after.Reason != rules.Defective {
			continue
		}
		var err error
		switch {
		case it.Resolution == rules.Replaced && it.ReplacedBy != "":
			err = tx.SetReplaced(ctx, number, it.ReplacedBy)
		case it.Resolution == rules.Disposed:
			err = tx.SetStatus(ctx, number, rules.Scrapped)
		}
		if err != nil {
			return fmt.Errorf("keep what became of unit %d of %s: %w", it.Position, after.Number, err)
		}
	}
	return nil
}
