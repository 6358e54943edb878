package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// staff are who works at the desk.
var staff = []rules.Actor{
	{Kind: rules.ByStaff, ID: "U0SIM0001", Name: "Giulia Moretti"},
	{Kind: rules.ByStaff, ID: "U0SIM0002", Name: "Thomas Egger"},
	{Kind: rules.ByStaff, ID: "U0SIM0003", Name: "Amélie Rousseau"},
	{Kind: rules.ByStaff, ID: "U0SIM0004", Name: "Pieter Janssen"},
}

// ifStill does something with a case that is in a state and has not changed
// since the step was planned.
func (l *life) ifStill(f *file, s rules.State, do func(context.Context, rules.Case) error) func(context.Context) error {
	version := f.planned
	return func(ctx context.Context) error {
		c, err := l.Book.Case(ctx, f.number)
		if err != nil || c.State != s || c.Version != version {
			return err
		}
		return do(ctx, c)
	}
}

// attend plans the next step of a case, whosever it is, once for each version.
func (l *life) attend(ctx context.Context, number string) error {
	f := l.files[number]
	if f == nil {
		return nil
	}
	c, err := l.Book.Case(ctx, number)
	if err != nil || f.planned == c.Version {
		return err
	}
	f.planned = c.Version
	if c.Undelivered != "" {
		l.plan(l.after(3*l.staffTime()), l.mend(f))
		return nil
	}
	l.step(f, c)
	return nil
}

func (l *life) step(f *file, c rules.Case) {
	slow := l.staffTime()
	switch c.State {
	case rules.New:
		l.plan(l.after(l.between(2.2, 0.7)*slow), l.act(f, rules.New, l.takeCharge))
	case rules.InfoNeeded:
		if f.asked < 3 && l.chance(0.75) {
			l.plan(l.after(l.between(5, 0.9)), l.answer(f))
		}
	case rules.InCharge:
		l.plan(l.after(l.between(5, 0.7)*slow), l.act(f, rules.InCharge, l.ruling))
	case rules.Validated:
		if !f.shipped && l.chance(0.8) {
			l.plan(l.after(l.between(14, 0.8)), l.shipUnits(f))
		} else if f.shipped {
			l.plan(l.after(10), l.receive(f))
		}
	case rules.Received, rules.InProcess:
		l.work(f, c, slow)
	case rules.Quoted:
		l.considered(f)
	case rules.Uncollected:
		l.uncollected(f, c)
	case rules.Closed:
		l.closed(f, c)
	}
	if !f.chased && c.State != rules.Closed && l.chance(0.03) {
		l.plan(l.after(30), l.chase(f))
	}
}

// act lets a member of the staff do what he decides, unless the case has moved.
func (l *life) act(f *file, s rules.State, decide func(*file, rules.Case) rules.Event) func(context.Context) error {
	return l.ifStill(f, s, func(ctx context.Context, c rules.Case) error {
		return l.click(ctx, f, c, decide(f, c))
	})
}

// click is a click on the newest card.
func (l *life) click(ctx context.Context, f *file, c rules.Case, e rules.Event) error {
	if e.Kind == "" {
		return nil
	}
	if e.Actor.ID == "" {
		e.Actor = l.who(c)
	}
	l.result.Clicks++
	r, err := l.Intake.Click(ctx, rules.Click{Number: c.Number, Version: c.Version, Event: e}, fmt.Sprintf("simulated/%d", l.result.Clicks))
	if err != nil {
		return err
	}
	if !r.Done {
		l.result.Refused++
		l.Log.Info("refused", "case", c.Number, "state", c.State, "event", e.Kind, "why", r.Message)
		return nil
	}
	return l.attend(ctx, f.number)
}

// who is the owner of a case, else whoever is free.
func (l *life) who(c rules.Case) rules.Actor {
	if i := slices.IndexFunc(staff, func(a rules.Actor) bool { return a.ID == c.Owner.ID }); i >= 0 {
		return staff[i]
	}
	return pick(l, staff)
}

func (l *life) takeCharge(*file, rules.Case) rules.Event {
	return rules.Event{Kind: rules.EvTakeCharge}
}

// ruling is what staff decide of a request: mostly what the rules propose.
func (l *life) ruling(f *file, c rules.Case) rules.Event {
	switch c.Proposal.Action {
	case rules.EvRefuse:
		return rules.Event{Kind: rules.EvRefuse, Refusal: rules.RefusedCommercial}
	case rules.EvRefer, rules.EvAsk:
		return rules.Event{Kind: c.Proposal.Action, Missing: c.Missing, Text: "https://support.example"}
	}
	e := rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{}}
	for _, it := range c.Items {
		v := rules.InWarranty
		if !it.WarrantyTo.IsZero() && it.WarrantyTo.AddDate(0, 0, 1).Before(l.Clock.Now()) {
			v = rules.OutOfWarranty
		}
		if c.Reason == rules.Defective {
			e.Verdicts[it.Position] = v
		}
	}
	if len(c.Items) == 0 {
		return rules.Event{Kind: rules.EvAsk, Missing: []rules.Missing{{Fact: rules.FactModel}, {Fact: rules.FactSerial}}}
	}
	return e
}

// receive books the customer's parcel in; now and then a unit is not in it.
func (l *life) receive(f *file) func(context.Context) error {
	return func(ctx context.Context) error {
		c, err := l.Book.Case(ctx, f.number)
		if err != nil || !slices.Contains([]rules.State{rules.Validated, rules.Received, rules.Quoted, rules.InProcess}, c.State) {
			return err
		}
		e := rules.Event{Kind: rules.EvReceive}
		for _, it := range c.Items {
			if !it.Received && it.Verdict != rules.RefusedCommercial && it.Verdict != rules.RefusedTechnical && (len(e.Received) == 0 || !l.chance(0.05)) {
				e.Received = append(e.Received, it.Position)
			}
		}
		if len(e.Received) == 0 {
			return nil
		}
		return l.click(ctx, f, c, e)
	}
}

// truth is what is really wrong with an item.
func (f *file) truth(it rules.Item) end {
	for _, u := range f.units {
		if rules.NumberKey(u.number) == rules.NumberKey(it.Serial) || it.MAC != "" && u.number == it.MAC {
			return u.truth
		}
	}
	return f.units[min(it.Position, len(f.units))-1].truth
}

// work is the next thing to be done with goods that are here.
func (l *life) work(f *file, c rules.Case, slow float64) {
	here := func(which func(rules.Item) bool) []int {
		var list []int
		for _, it := range c.Items {
			if it.Received && it.Resolution == "" && which(it) {
				list = append(list, it.Position)
			}
		}
		return list
	}
	outcome := func(list ...rules.TestOutcome) []int {
		return here(func(it rules.Item) bool { return it.AtVendor.IsZero() && slices.Contains(list, it.Outcome) })
	}
	plan := func(hours float64, decide func(*file, rules.Case) rules.Event) {
		l.plan(l.after(l.between(hours, 0.5)*slow), l.act(f, c.State, decide))
	}
	atVendor := here(func(it rules.Item) bool { return !it.AtVendor.IsZero() })
	accepted := c.Quote != "" && c.State == rules.InProcess
	switch {
	case len(here(func(rules.Item) bool { return true })) == 0:
		l.plan(l.after(l.between(30, 0.5)), l.receive(f)) // of what was missing in the parcel
	case c.Reason != rules.Defective:
		plan(6, l.settle)
	case len(here(func(it rules.Item) bool { return it.Outcome == "" && it.AtVendor.IsZero() })) > 0:
		plan(14, l.test)
	case len(outcome(rules.NoFaultFound)) > 0:
		plan(4, resolve(rules.EvReturnAsIs, outcome(rules.NoFaultFound), rules.ReturnedAsIs))
	case len(outcome(rules.ImproperUse, rules.Repairable, rules.NotRepairable)) > 0 && !accepted:
		plan(7, l.quote)
	case len(outcome(rules.ImproperUse, rules.Repairable, rules.NotRepairable)) > 0:
		plan(30, resolve(rules.EvShip, outcome(rules.ImproperUse, rules.Repairable, rules.NotRepairable), rules.Repaired))
	case len(atVendor) > 0:
		l.awaitVendor(f, c, atVendor)
	case len(outcome(rules.Covered)) > 0 && f.worked[0]:
		plan(5, resolve(rules.EvShip, outcome(rules.Covered), rules.Repaired))
	case len(outcome(rules.Covered)) > 0 && l.chance(0.3):
		plan(8, resolve(rules.EvShip, outcome(rules.Covered), rules.Replaced))
	case len(outcome(rules.Covered)) > 0:
		units := outcome(rules.Covered)
		plan(6, func(*file, rules.Case) rules.Event {
			return rules.Event{Kind: rules.EvSendToVendor, Units: units, VendorRMA: l.fill("R-#######")}
		})
	}
}

// awaitVendor lets the manufacturer work. Its time counts from when it got the
// units, however often the case changes meanwhile.
func (l *life) awaitVendor(f *file, c rules.Case, units []int) {
	if f.worked[-1] {
		return
	}
	f.worked[-1] = true
	l.plan(l.Clock.Now().Add(l.turn(f.product.maker)), l.back(f, units))
}

func (l *life) back(f *file, units []int) func(context.Context) error {
	return func(ctx context.Context) error {
		c, err := l.Book.Case(ctx, f.number)
		if err != nil || c.State == rules.Closed {
			return err
		}
		if open := l.Policy.AddWorking(l.Clock.Now(), time.Hour); open.Sub(l.Clock.Now()) > 2*time.Hour {
			l.plan(open, l.back(f, units)) // parcels come in the working hours
			return nil
		}
		f.worked[-1], f.worked[0] = false, true
		return l.click(ctx, f, c, rules.Event{Kind: rules.EvBackFromVendor, Units: units})
	}
}

func resolve(kind rules.EventKind, positions []int, r rules.Resolution) func(*file, rules.Case) rules.Event {
	return func(*file, rules.Case) rules.Event {
		e := rules.Event{Kind: kind, Resolutions: map[int]rules.Resolution{}, Tracking: "1Z999AA10123456784"}
		for _, p := range positions {
			e.Resolutions[p] = r
		}
		return e
	}
}

var shows = map[end]rules.TestOutcome{faulty: rules.Covered, abused: rules.ImproperUse, worn: rules.Repairable, sound: rules.NoFaultFound}

// test finds out what is wrong. What is out of warranty is never covered.
func (l *life) test(f *file, c rules.Case) rules.Event {
	e := rules.Event{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{}}
	for _, it := range c.Items {
		if !it.Received || it.Resolution != "" || it.Outcome != "" || !it.AtVendor.IsZero() {
			continue
		}
		o := shows[f.truth(it)]
		if it.Verdict == rules.OutOfWarranty && o == rules.Covered {
			o = rules.Repairable
		}
		e.Outcomes[it.Position] = o
	}
	return e
}

func (l *life) quote(f *file, c rules.Case) rules.Event {
	return rules.Event{Kind: rules.EvQuote, Amount: fmt.Sprintf("%.2f EUR", f.product.price*(0.25+0.3*l.rand.Float64())+18)}
}

// settle ends a wrong order with a credit, and a wrong delivery with the right
// goods.
func (l *life) settle(f *file, c rules.Case) rules.Event {
	if c.Reason == rules.DeliveryError && l.chance(0.6) {
		return resolve(rules.EvShip, receivedOf(c), rules.Replaced)(f, c)
	}
	e := resolve(rules.EvCredit, receivedOf(c), rules.Credited)(f, c)
	e.Amount = fmt.Sprintf("%.2f EUR", f.product.price*float64(len(receivedOf(c))))
	return e
}

func receivedOf(c rules.Case) []int {
	var list []int
	for _, it := range c.Items {
		if it.Received && it.Resolution == "" {
			list = append(list, it.Position)
		}
	}
	return list
}

func absentOf(c rules.Case) []rules.Item {
	return slices.DeleteFunc(slices.Clone(c.Items), func(it rules.Item) bool { return it.Received || it.Resolution != "" })
}

// considered is the customer who has got a quote, or a reminder of it.
func (l *life) considered(f *file) {
	if f.quoted && l.chance(0.4) {
		return
	}
	f.quoted = true
	switch at := l.rand.Float64(); {
	case at < 0.58:
		l.plan(l.after(l.between(12, 0.7)), l.rule(f, true))
	case at < 0.78:
		l.plan(l.after(l.between(10, 0.7)), l.rule(f, false))
	}
}

// uncollected goods are fetched, sent back, or in the end disposed of by two.
func (l *life) uncollected(f *file, c rules.Case) {
	leave := func(kind rules.EventKind, r rules.Resolution) func(*file, rules.Case) rules.Event {
		return func(f *file, c rules.Case) rules.Event {
			e := resolve(kind, receivedOf(c), r)(f, c)
			if kind != rules.EvReturnAsIs {
				e.Tracking = ""
			}
			return e
		}
	}
	over := !l.Policy.End(c).After(l.Clock.Now())
	switch {
	case len(receivedOf(c)) == 0: // what was missing in the parcel never came
		l.plan(l.after(l.between(8, 0.5)), l.act(f, rules.Uncollected, func(*file, rules.Case) rules.Event {
			return rules.Event{Kind: rules.EvSplit, Items: absentOf(c)}
		}))
	case over && c.Disposal != rules.Person{}:
		second := staff[(slices.IndexFunc(staff, func(a rules.Actor) bool { return a.ID == c.Disposal.ID })+1)%len(staff)]
		l.plan(l.after(4), l.act(f, rules.Uncollected, func(f *file, c rules.Case) rules.Event {
			return rules.Event{Kind: rules.EvDispose, Actor: second}
		}))
	case over:
		l.plan(l.after(l.between(16, 0.5)), l.act(f, rules.Uncollected, func(*file, rules.Case) rules.Event { return rules.Event{Kind: rules.EvDispose} }))
	case l.chance(0.6):
		l.plan(l.after(l.between(24, 0.6)), l.act(f, rules.Uncollected, leave(rules.EvCollected, rules.Collected)))
	case l.chance(0.5):
		l.plan(l.after(l.between(20, 0.6)), l.act(f, rules.Uncollected, leave(rules.EvReturnAsIs, rules.ReturnedAsIs)))
	}
}

// mend is staff who see that a mail did not arrive: they find the right address.
func (l *life) mend(f *file) func(context.Context) error {
	version := f.planned
	return func(ctx context.Context) error {
		c, err := l.Book.Case(ctx, f.number)
		if err != nil || c.Version != version || c.Undelivered == "" {
			return err
		}
		if name, was := strings.CutSuffix(f.customer.domain, ".gone.example"); was {
			f.customer.domain = name + ".new.example"
			f.customer.address = "info@" + f.customer.domain
		}
		return l.click(ctx, f, c, rules.Event{Kind: rules.EvFixAddress, Address: f.customer.address})
	}
}

// closed: now and then a repaired unit comes back, and one that is sound too.
func (l *life) closed(f *file, c rules.Case) {
	if c.Closing != rules.Success || c.Reason != rules.Defective {
		return
	}
	for _, u := range f.units {
		again := 0.02
		if u.truth == sound {
			again = 0.12
		}
		if u.times > 0 {
			again = 0.3
		}
		if !l.chance(again) {
			continue
		}
		u.times++
		w := wish{customer: f.customer, fault: "usual", file: &file{customer: f.customer, units: []*unit{u}, reason: rules.Defective, product: f.product, order: u.order, worked: map[int]bool{}}}
		l.plan(l.Clock.Now().Add(time.Duration(l.between(30, 0.5)*24)*time.Hour), l.request(w))
		return
	}
}
