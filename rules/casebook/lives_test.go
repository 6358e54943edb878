package casebook

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"retour/rules"
)

// entry is one booking, as the lives remember it: what the figures are counted
// from anew.
type entry struct {
	at            time.Time
	id            int64 // of the case
	event         rules.Event
	before, after rules.Case
	notices       []rules.Notice
}

// lives are random cases through Decide and the casebook, in one transaction
// whose clock is moved. What happens follows from a seed: rapid then shrinks a
// failure to the fewest steps, and it does not happen to prefer short lives.
type lives struct {
	rt     *rapid.T
	rand   *rand.Rand
	ctx    context.Context
	tx     *Tx
	policy *rules.Policy
	open   []int64 // IDs of all cases
	log    []entry
}

// zones have the clocks changed at different hours, at midnight, by half an
// hour, or never.
var zones = []string{"Europe/Rome", "America/Santiago", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu"}

func zonedPolicies(t testing.TB) []*rules.Policy {
	var all []*rules.Policy
	for i, zone := range zones {
		text := fmt.Sprintf("version: %q\ncalendar: {time_zone: %s}\n", zone, zone)
		if i%2 == 0 {
			text += "second_person: {credit: 10 EUR, quote: 10 EUR, replaced: 1}\n"
		}
		all = append(all, must(rules.LoadPolicy("p.yaml", []byte(text)))(t))
	}
	return append(all, must(rules.LoadPolicy("p.yaml", []byte("version: eager\nautomatic: {approve: true, refuse: true}\nfees: {no_fault_found: 25 EUR}\n")))(t))
}

func pick[T any](l *lives, of ...T) T { return of[l.rand.IntN(len(of))] }

// pass lets time go by: minutes, or weeks.
func (l *lives) pass() {
	l.tx.now = l.tx.now.Add(time.Duration(1+l.rand.IntN(300)) * pick(l, time.Second, time.Minute, time.Minute, time.Hour))
}

func (l *lives) item() rules.Item {
	return rules.Item{Manufacturer: pick(l, "yealink", "grandstream", "voismart", ""), Model: pick(l, "T46U", "GXP2170", ""),
		Serial: pick(l, "", "31090A1", "31090A2", "31090A3", "20EZ-4", "20EZ 5")}
}

// step does one thing.
func (l *lives) step() {
	l.pass()
	if len(l.open) == 0 || l.rand.IntN(6) == 0 {
		l.arrive()
		return
	}
	c, err := l.tx.CaseByID(l.ctx, l.open[l.rand.IntN(len(l.open))])
	if err != nil {
		l.rt.Fatal(err)
	}
	e := l.draw(c)
	if e.Kind == rules.EvTick && l.rand.IntN(3) > 0 && c.Deadline.After(l.tx.now) && c.Deadline.Before(l.tx.now.AddDate(0, 2, 0)) {
		l.tx.now = c.Deadline
	}
	d := rules.Decide(l.policy, c, e, l.tx.now)
	if d.Refusal != "" || d.Outcome == rules.OutHold || d.Outcome == rules.OutIgnore {
		return
	}
	l.book(c, e, d)
	if d.Absorbed != nil {
		l.book(*e.Other, e, rules.Decision{Rule: d.Absorbed.Rule, Why: d.Absorbed.Why, Case: *d.Absorbed})
	}
	if d.SplitOff != nil {
		d.Case, d.Notices = *d.SplitOff, nil
		d.Case.Number = l.number()
		l.book(rules.Case{}, e, d)
	}
}

func (l *lives) number() string {
	number, err := l.tx.NextNumber(l.ctx)
	if err != nil {
		l.rt.Fatal(err)
	}
	return number
}

// arrive opens a case; one in eight is of the shadow.
func (l *lives) arrive() {
	cl := rules.Claim{Reason: pick(l, rules.Defective, rules.Defective, rules.OrderError, rules.DeliveryError, ""), Fault: pick(l, "", "no sound")}
	for range l.rand.IntN(4) {
		cl.Items = append(cl.Items, l.item())
	}
	if l.rand.IntN(2) == 0 {
		cl.References = rules.References{Order: []string{"17"}, SupportTicket: []string{"4"}, VendorTicket: []string{"5"}}
		cl.Confirmed = []rules.Fact{rules.FactUnused}
	}
	c := rules.Draft(rules.Split(l.policy, cl)[0], rules.Party{Address: pick(l, "ann@shop.example", "bob@shop.example"), Trust: rules.Known}, "en", l.number(), l.tx.now)
	c.Shadow = l.rand.IntN(8) == 0
	e := rules.Event{Kind: rules.EvRequest, Actor: rules.Actor{Kind: rules.ByCustomer, ID: c.Customer.Address, Trust: rules.Known}, Claim: cl}
	d := rules.Decide(l.policy, c, e, l.tx.now)
	if d.Refusal == "" && d.Outcome != rules.OutHold {
		c.State = ""
		l.book(c, e, d)
	}
}

func (l *lives) book(before rules.Case, e rules.Event, d rules.Decision) {
	b := &Booking{Policy: l.policy, Event: e, Before: before, Decision: d}
	if _, err := l.tx.Book(l.ctx, b); err != nil {
		l.rt.Fatal(err)
	}
	after, err := l.tx.CaseByID(l.ctx, b.Decision.Case.ID)
	if err != nil {
		l.rt.Fatal(err)
	}
	if after.Version == 1 {
		l.open = append(l.open, after.ID)
	}
	l.log = append(l.log, entry{at: l.tx.now, id: after.ID, event: e, before: before, after: after, notices: d.Notices})
}

// draw makes an event that fits the case more often than not.
func (l *lives) draw(c rules.Case) rules.Event {
	staff := rules.Actions(c)
	kinds := append(staff, rules.EvTick, rules.EvTick, rules.EvTick, rules.EvAnswer, rules.EvQuoteAccepted, rules.EvQuoteDeclined, rules.EvWithdrawal, rules.EvDeliveryFailed)
	switch l.rand.IntN(5) {
	case 0, 1: // what staff do likeliest
		kinds = staff[:min(len(staff), 2)]
	case 2:
		kinds = staff[:min(len(staff), 5)]
	}
	if c.Asked != nil && l.rand.IntN(2) == 0 {
		kinds = []rules.EventKind{rules.EvConfirm}
	}
	e := rules.Event{Kind: pick(l, kinds...), Actor: rules.Actor{Kind: rules.ByStaff, ID: pick(l, "U1", "U2"), Name: "Ann"}}
	switch e.Kind {
	case rules.EvTick:
		e.Actor = rules.Actor{Kind: rules.ByClock}
	case rules.EvDeliveryFailed:
		e.Actor, e.Failure = rules.Actor{Kind: rules.ByCourier}, "550 no such user"
	case rules.EvAnswer, rules.EvQuoteAccepted, rules.EvQuoteDeclined, rules.EvWithdrawal:
		e.Actor = rules.Actor{Kind: rules.ByCustomer, ID: c.Customer.Address, Trust: rules.Proven}
		e.Claim = rules.Claim{Fault: "no sound", Text: "no sound", References: rules.References{SupportTicket: []string{"4"}, Order: []string{"17"}},
			Items: []rules.Item{l.item()}}
	}
	l.furnish(c, &e)
	return e
}

// furnish gives an event what its kind needs.
func (l *lives) furnish(c rules.Case, e *rules.Event) {
	e.Text = pick(l, "", "words")
	e.Verdicts, e.Outcomes = map[int]rules.Verdict{}, map[int]rules.TestOutcome{}
	refuses := l.rand.IntN(2) == 0
	for _, it := range c.Items {
		v := pick(l, rules.InWarranty, rules.InWarranty, rules.OutOfWarranty, rules.RefusedTechnical)
		if v == rules.RefusedTechnical && !refuses {
			v = rules.InWarranty
		}
		e.Verdicts[it.Position] = v
		if it.Received {
			e.Outcomes[it.Position] = pick(l, rules.Covered, rules.NoFaultFound, rules.Repairable)
		}
	}
	e.Refusal = pick(l, rules.RefusedCommercial, rules.RefusedTechnical)
	e.Link, e.Person, e.Address = "https://maker.example", rules.Person{ID: pick(l, "U3", "U4"), Name: "Bob"}, "carl@shop.example"
	e.Justification = "asked for"
	switch e.Kind {
	case rules.EvQuote, rules.EvCredit:
		e.Amount = pick(l, "96.50 EUR", "120 CHF", "14 EUR")
	case rules.EvExtend:
		e.Date = l.tx.now.AddDate(0, 0, 40)
	case rules.EvAsk:
		e.Missing = []rules.Missing{{Fact: rules.FactFault}}
	case rules.EvEdit:
		it := l.item()
		it.Position = 1 + l.rand.IntN(max(1, len(c.Items)))
		e.Items = []rules.Item{it}
		e.Claim.Reason = pick(l, "", rules.Defective, rules.OrderError)
	case rules.EvSplit:
		if len(c.Items) > 0 {
			e.Items = []rules.Item{{Position: c.Items[l.rand.IntN(len(c.Items))].Position}}
		}
	case rules.EvMerge:
		other, err := l.tx.CaseByID(l.ctx, l.open[l.rand.IntN(len(l.open))])
		if err != nil {
			l.rt.Fatal(err)
		}
		if other.Shadow == c.Shadow { // intake sees to that
			e.Into, e.Other = other.Number, &other
		}
	case rules.EvReceive:
		if l.rand.IntN(6) == 0 {
			e.Items = []rules.Item{l.item()}
		}
	}
}
