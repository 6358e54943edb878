package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Decide says what one event makes of a case. It is pure and changes nothing
// of what it is given. An event that the lifecycle refuses, a hold and an
// ignored event leave the case as it was.
func Decide(p *Policy, c Case, e Event, now time.Time) Decision {
	return (&step{p: p, before: c, c: c.clone(), e: e, now: now}).decide()
}

// Foresee is Decide as if a second person had confirmed the event already, where
// one is needed: what somebody who asks for it is shown.
func Foresee(p *Policy, c Case, e Event, now time.Time) Decision {
	return (&step{p: p, before: c, c: c.clone(), e: e, now: now, second: true}).decide()
}

func (s *step) decide() Decision {
	c, e := s.before, s.e
	moves, refusal := Move(c.State, e.Kind)
	switch {
	case refusal != "":
		return s.refused(refusal)
	case e.Actor.Kind == ByCustomer && e.Actor.Trust == Forged:
		s.hold("forged_sender", "The sender's own domain says that this mail is not from it, so a person must look at it first.")
		return s.d
	}
	s.run()
	if s.d.Outcome == OutHold || s.d.Outcome == OutIgnore || s.d.Refusal != "" {
		return s.d
	}
	if !slices.Contains(moves, s.c.State) {
		return s.refused(fmt.Sprintf("rule %s leads from %s to %s, which the lifecycle does not know", s.d.Rule, c.State, s.c.State))
	}
	return s.done()
}

// step is one decision in the making.
type step struct {
	p      *Policy
	before Case
	c      Case // what becomes of it
	e      Event
	now    time.Time
	asked  []Missing // what was asked before and is not answered yet
	d      Decision
	second bool // two persons stand behind the event

	quietly  *finding // a guard that acts when the request is complete: a stranger must not see it
	services []string // to be told with whatever else is
}

func (s *step) run() {
	switch s.e.Kind {
	case EvRequest:
		s.request()
	case EvAnswer:
		s.answer()
	case EvTracking:
		s.tracking()
	case EvQuoteAccepted, EvQuoteDeclined:
		s.quoteAnswer()
	case EvWithdrawal:
		s.withdrawal()
	case EvQuestion:
		s.question()
	case EvTick:
		s.tick()
	case EvDeliveryFailed:
		s.deliveryFailed()
	default:
		s.staff()
	}
}

// say fixes what the decision is called and why it was made.
func (s *step) say(outcome Outcome, rule, why string, args ...any) {
	if len(args) > 0 {
		why = fmt.Sprintf(why, args...)
	}
	s.d.Outcome, s.d.Rule, s.d.Why = outcome, rule, why
}

// hold puts the event before a person; the case stays as it was.
func (s *step) hold(rule, why string) {
	s.d = Decision{Outcome: OutHold, Rule: rule, Why: why, Case: s.before}
}

// refused is the decision on an event that may not happen.
func (s *step) refused(refusal string) Decision {
	why := fmt.Sprintf("Nothing was done: %s.", refusal)
	return Decision{Outcome: OutHold, Rule: "lifecycle", Why: why, Refusal: refusal, Case: s.before}
}

// refuse ends the step with a refusal that the table cannot know.
func (s *step) refuse(refusal string, args ...any) {
	s.d = s.refused(fmt.Sprintf(refusal, args...))
}

// refuseAt is refuse for what one field of the event says.
func (s *step) refuseAt(f Field, refusal string, args ...any) {
	s.refuse(refusal, args...)
	s.d.Field = f
}

func (s *step) tell(n Notice) { s.d.Notices = append(s.d.Notices, n) }

// enter moves the case to a state and starts its clock.
func (s *step) enter(to State) {
	s.c.State, s.c.StateAt = to, s.now
	s.c.Proposal = Proposal{}
	s.restart()
	if to != InfoNeeded {
		s.c.AskedFrom, s.c.Left, s.c.Unclear = "", 0, 0
	}
}

// restart lets the clock of the state begin again.
func (s *step) restart() {
	s.c.ClockAt, s.c.Until = s.now, time.Time{}
	s.c.Reminders, s.c.Late = 0, false
}

func (s *step) close(how Closing) {
	s.enter(Closed)
	s.c.Closing = how
	s.c.Missing = nil
}

// quiet are the events after which the card still says why the case stands
// where it stands.
var quiet = []EventKind{EvNote, EvWrite, EvAssign, EvQuestion, EvResend, EvFixAddress, EvDeliveryFailed}

func (s *step) done() Decision {
	if !slices.Contains(quiet, s.e.Kind) {
		s.c.Rule, s.c.Why = s.d.Rule, s.d.Why
	}
	s.c.Policy = s.p.Version
	s.offer()
	s.unconfirm()
	s.keepAsked()
	s.c.meet(s.e.Actor)
	next := s.p.deadline(s.c)
	if s.e.Kind == EvTick && !next.IsZero() && next.Before(s.now.Add(breath)) {
		next = s.now.Add(breath)
	}
	s.c.Deadline = next
	s.d.Case = s.c
	return s.d
}

// offer tells of the services that there are instead of an advance replacement.
func (s *step) offer() {
	switch {
	case len(s.services) == 0:
	case len(s.d.Notices) > 0:
		s.d.Notices[0].Services = s.services
	case s.p.Automatic.Acknowledge:
		s.tell(Notice{Kind: NoticeStatus, Services: s.services})
	}
}

// unconfirm: whatever happens between the two clicks of a disposal, it must be
// asked for anew.
func (s *step) unconfirm() {
	if s.c.Disposal == (Person{}) || slices.Contains([]EventKind{EvDispose, EvNote, EvWrite, EvAssign}, s.e.Kind) {
		return
	}
	s.c.Disposal = Person{}
	if s.c.Proposal.Rule == disposalAsked {
		s.c.Proposal = Proposal{}
	}
}

// trustOrder is from the least to the most trusted.
var trustOrder = []Trust{Forged, Unknown, Known, Proven}

// meet remembers who wrote: the best trust of each party, and a new party where
// the mail proved that it belongs to the case.
func (c *Case) meet(a Actor) {
	if a.Kind != ByCustomer || a.ID == "" {
		return
	}
	better := func(p *Party) {
		if slices.Index(trustOrder, a.Trust) > slices.Index(trustOrder, p.Trust) {
			p.Trust = a.Trust
		}
	}
	if c.Customer.Address == a.ID {
		better(&c.Customer)
	}
	for i := range c.Parties {
		if c.Parties[i].Address == a.ID {
			better(&c.Parties[i])
			return
		}
	}
	if a.Trust == Proven {
		c.Parties = append(c.Parties, Party{Address: a.ID, Name: a.Name, Trust: Proven})
	}
}

// clone copies what Decide may change, so that the caller's case stays whole.
func (c Case) clone() Case {
	c.Parties = slices.Clone(c.Parties)
	c.Items = slices.Clone(c.Items)
	c.Missing = slices.Clone(c.Missing)
	c.Confirmed = slices.Clone(c.Confirmed)
	c.Notes = slices.Clone(c.Notes)
	r := &c.References
	for _, list := range []*[]string{&r.RMA, &r.VendorTicket, &r.SupportTicket, &r.Order, &r.Invoice, &r.DeliveryNote, &r.Tracking} {
		*list = slices.Clone(*list)
	}
	return c
}

// Draft makes the new case of a claim, before its first Decide with EvRequest.
func Draft(cl Claim, customer Party, lang, number string, now time.Time) Case {
	c := Case{
		Number: number, State: New, Reason: cl.Reason, Language: lang, Customer: customer, Parties: []Party{customer},
		Items: slices.Clone(cl.Items), References: cl.References, PurchaseDate: cl.PurchaseDate, Fault: cl.Fault, Ordered: cl.Ordered,
		Confirmed: slices.Clone(cl.Confirmed), OpenedAt: now, StateAt: now, ClockAt: now,
	}
	for i := range c.Items {
		c.Items[i].Position = i + 1
	}
	c.noteMail(cl)
	return c.clone()
}

// Split parts a claim into what must become separate cases: defective units
// whose manufacturers follow different processes, and of those that the
// manufacturer handles itself, each manufacturer for itself. At least one claim
// comes back; units of unknown make stay with those that the desk handles.
func Split(p *Policy, cl Claim) []Claim {
	if cl.Reason == OrderError || cl.Reason == DeliveryError || len(cl.Items) < 2 {
		return []Claim{cl}
	}
	var keys []string
	groups := map[string][]Item{}
	for _, it := range cl.Items {
		key := p.splitKey(it)
		if _, ok := groups[key]; !ok {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], it)
	}
	keys = adopt(keys, groups)
	claims := make([]Claim, len(keys))
	for i, k := range keys {
		claims[i] = cl.only(groups[k], Process(k), slices.Contains(keys, string(VendorTicket)))
	}
	return claims
}

// adopt puts the units of unknown make with the first group that the desk
// handles itself: a unit is not referred unseen.
func adopt(keys []string, groups map[string][]Item) []string {
	home := slices.IndexFunc(keys, func(k string) bool { return k != "" && !strings.HasPrefix(k, string(VendorDirect)) })
	if len(groups[""]) == 0 || home < 0 {
		return keys
	}
	groups[keys[home]] = append(groups[keys[home]], groups[""]...)
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

func (p *Policy) splitKey(it Item) string {
	process := p.processOf(it, Defective)
	if process == VendorDirect {
		return string(process) + " " + it.Manufacturer
	}
	return string(process)
}

// only is the claim for some of its items. A manufacturer's ticket goes with
// the units whose manufacturer asks for one: it proves nothing of the others.
func (cl Claim) only(items []Item, process Process, ticketed bool) Claim {
	cl.Items = items
	if ticketed && process != VendorTicket {
		cl.References.VendorTicket = nil
	}
	return cl
}

// processOf says which process a unit follows: only defective units follow
// their manufacturer's; of an unknown make, none is known.
func (p *Policy) processOf(it Item, reason Reason) Process {
	if reason == OrderError || reason == DeliveryError {
		return Own
	}
	m, ok := p.Manufacturer(it.Manufacturer)
	switch {
	case !ok:
		return ""
	case m.Process == "":
		return p.DefaultProcess
	}
	return m.Process
}
