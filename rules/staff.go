package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// staff does what a person decided. The lifecycle has allowed it already; here
// is refused only what makes no sense of this case.
func (s *step) staff() {
	acts := map[EventKind]func(){
		EvTakeCharge: s.takeCharge, EvAsk: s.staffAsk, EvApprove: s.approve, EvRefuse: s.staffRefuse, EvRefer: s.staffRefer,
		EvReceive: s.receive, EvTest: s.test, EvQuote: s.quote, EvAcceptOnBehalf: s.acceptOnBehalf,
		EvSendToVendor: s.sendToVendor, EvBackFromVendor: s.backFromVendor, EvExtend: s.extend,
		EvCredit: s.leave, EvShip: s.leave, EvReturnAsIs: s.leave, EvCollected: s.leave, EvDispose: s.dispose,
		EvEdit: s.edit, EvSplit: s.split, EvMerge: s.merge, EvAssign: s.assign, EvNote: s.note, EvWrite: s.write,
		EvReopen: s.reopen, EvResend: s.resend, EvFixAddress: s.fixAddress, EvConfirm: s.confirm, EvReject: s.reject,
	}
	act, ok := acts[s.e.Kind]
	if !ok {
		s.refuse("%q is no event of the staff", s.e.Kind)
		return
	}
	act()
	if over := s.overLimit(); over != "" {
		s.ask2(over)
	}
}

// did says what a person did, by name.
func (s *step) did(outcome Outcome, what string, args ...any) {
	if len(args) > 0 {
		what = fmt.Sprintf(what, args...)
	}
	s.say(outcome, "staff_"+string(s.e.Kind), s.who()+" "+what+".")
}

func (s *step) who() string { return or(or(s.e.Actor.Name, s.e.Actor.ID), "The staff") }

func (s *step) takeCharge() {
	s.did(OutUpdate, "took the case in charge")
	s.inCharge()
	s.tell(Notice{Kind: NoticeInCharge, Text: s.e.Text})
}

func (s *step) inCharge() {
	proposal := s.c.Proposal
	s.enter(InCharge)
	s.c.Proposal = proposal
	s.c.Owner = Person{ID: s.e.Actor.ID, Name: s.e.Actor.Name}
	if !s.c.CompleteAt.IsZero() && s.c.CompleteAt.Before(s.now) && s.before.State == New {
		s.c.ClockAt = s.c.CompleteAt // validation counts from when the request was complete
	}
}

func (s *step) staffAsk() {
	if len(s.e.Missing) == 0 && strings.TrimSpace(s.e.Text) == "" {
		s.refuse("the question is empty: choose what to ask for, or write it")
		return
	}
	if s.c.Owner == (Person{}) {
		s.c.Owner = Person{ID: s.e.Actor.ID, Name: s.e.Actor.Name}
	}
	what := "asked the customer a question"
	if len(s.e.Missing) > 0 {
		what = "asked the customer for " + sayMissing(s.e.Missing)
	}
	s.did(OutAsk, what)
	s.c.Unclear = 0
	s.askNow(slices.Clone(s.e.Missing), s.e.Text)
}

// approve takes a verdict for each unit: one may be in warranty, the next out
// of it, a third refused.
func (s *step) approve() {
	if len(s.c.Items) == 0 {
		s.refuse("the case names no unit yet: ask for it, or add it")
		return
	}
	for position, v := range s.e.Verdicts {
		i, ok := s.c.index(position)
		switch {
		case !ok:
			s.refuse("the case has no unit %d", position)
			return
		case !slices.Contains(v.Values(), string(v)):
			s.refuse("%q is no verdict", v)
			return
		}
		s.c.Items[i].Verdict = v
	}
	for _, it := range s.c.Items {
		if it.Verdict == "" && s.c.Reason == Defective {
			s.refuse("unit %d has no verdict: in warranty, out of warranty or refused", it.Position)
			return
		}
	}
	if how := s.c.allRefused(); how != "" {
		if s.goodsWait() {
			return
		}
		s.did(OutRefuse, "refused every unit: %s", s.c.verdictWords())
		s.closeRefused(s.d.Outcome, s.d.Rule, s.d.Why, s.e.Text, how)
		return
	}
	s.did(OutApprove, "approved the return: %s", s.c.verdictWords())
	s.validate(s.d.Outcome, s.d.Rule, s.d.Why, s.e.Text)
}

func (c Case) index(position int) (int, bool) {
	i := slices.IndexFunc(c.Items, func(it Item) bool { return it.Position == position })
	return i, i >= 0
}

// allRefused is the verdict of a case of which nothing was approved; empty
// where something was.
func (c Case) allRefused() Verdict {
	how := Verdict("")
	for _, it := range c.Items {
		switch {
		case !it.refused():
			return ""
		case how == "" || it.Verdict == RefusedTechnical:
			how = it.Verdict
		}
	}
	return how
}

func (it Item) refused() bool {
	return it.Verdict == RefusedCommercial || it.Verdict == RefusedTechnical
}

var verdictWords = map[Verdict]string{
	InWarranty: "in warranty", OutOfWarranty: "out of warranty", "": "accepted",
	RefusedCommercial: "refused, its serial number is not among the products sold", RefusedTechnical: "refused, it shows no fault",
}

func (c Case) verdictWords() string {
	var parts []string
	for _, it := range c.Items {
		parts = append(parts, fmt.Sprintf("unit %d %s", it.Position, verdictWords[it.Verdict]))
	}
	return or(strings.Join(parts, "; "), "no unit is named")
}

// validate lets the goods come; where they are here already, they are tested.
func (s *step) validate(outcome Outcome, rule, why, text string) {
	s.say(outcome, rule, why)
	here := s.c.goodsHere()
	s.c.Missing = nil
	if how := s.c.settled(); how != "" { // what was approved has left already
		s.close(how)
		return
	}
	s.enter(Validated)
	if here {
		s.enter(Received)
	}
	s.c.AcceptedAt = s.now
	s.tell(Notice{Kind: NoticeValidated, Text: text})
}

func (s *step) closeRefused(outcome Outcome, rule, why, text string, v Verdict) {
	s.say(outcome, rule, why)
	how := ClosedRefusedTechnical
	if v == RefusedCommercial {
		how = ClosedRefusedCommercial
	}
	s.close(how)
	s.tell(Notice{Kind: NoticeRefused, Text: text})
}

// goodsWait refuses to close a case while its goods are here: nobody would ever
// send them back.
func (s *step) goodsWait() bool {
	if s.c.goodsHere() {
		s.refuse("the goods are here: approve the return, and send them back as they are or quote")
		return true
	}
	return false
}

func (s *step) staffRefuse() {
	if s.goodsWait() {
		return
	}
	if s.e.Refusal != RefusedCommercial && s.e.Refusal != RefusedTechnical {
		s.refuse("say whether the refusal is commercial or technical")
		return
	}
	for i := range s.c.Items {
		s.c.Items[i].Verdict = s.e.Refusal
	}
	why := "the serial number is not among the products sold"
	if s.e.Refusal == RefusedTechnical {
		why = "there is no condition of failure"
	}
	s.did(OutRefuse, "refused the return: %s", why)
	s.closeRefused(s.d.Outcome, s.d.Rule, s.d.Why, s.e.Text, s.e.Refusal)
}

func (s *step) staffRefer() {
	if s.goodsWait() {
		return
	}
	if s.e.Link == "" && s.referAsProposed() {
		return
	}
	link := s.e.Link
	if m, ok := s.p.Manufacturer(s.maker()); ok {
		link = or(link, m.Link)
	}
	if link == "" && strings.TrimSpace(s.e.Text) == "" {
		s.refuse("say where the customer shall go: a link, or a text")
		return
	}
	s.did(OutRefer, "sent the customer to %s", or(link, "another party"))
	s.close(Referred)
	s.tell(Notice{Kind: NoticeReferral, Link: link, Text: s.e.Text})
}

// referAsProposed sends the customer to whom a guard found, where staff name
// nobody else.
func (s *step) referAsProposed() bool {
	for _, f := range s.findings() {
		if f.rule == s.c.Proposal.Rule && f.Do == ActRefer && (f.party.Name != "" || f.party.Contact != "") {
			s.did(OutRefer, "sent the customer to %s", or(f.party.Name, f.party.Contact))
			s.close(Referred)
			s.tell(Notice{Kind: NoticeReferral, Text: s.e.Text, To: f.to, Party: f.party.Name, Contact: f.party.Contact})
			return true
		}
	}
	return false
}

// test records outcomes. When every unit that is here has one and all are
// covered, the case goes in process; what must be paid for needs a quote first.
func (s *step) test() {
	if len(s.e.Outcomes) == 0 {
		s.refuse("no outcome of the test is given")
		return
	}
	for position, outcome := range s.e.Outcomes {
		i, ok := s.c.index(position)
		switch {
		case !ok:
			s.refuse("the case has no unit %d", position)
			return
		case !s.c.Items[i].Received:
			s.refuse("unit %d has not arrived, so it cannot have been tested", position)
			return
		case outcomeWords[outcome] == "":
			s.refuse("%q is no outcome of a test", outcome)
			return
		}
		s.c.Items[i].Outcome = outcome
	}
	s.did(OutUpdate, "tested the goods: %s", s.c.outcomeWords())
	untested, unpaid, sound := s.c.afterTest()
	switch {
	case untested > 0 || s.c.State == InProcess:
		s.message()
	case unpaid > 0:
		s.propose(EvQuote, "not_covered", "The damage is not covered by the warranty, so the customer must accept a quote first.")
		s.message()
	case sound > 0:
		s.propose(EvReturnAsIs, "no_fault_found", "The test found no fault, so the goods go back as they are.")
		s.message()
	default:
		s.inProcess()
	}
}

func (c Case) afterTest() (untested, unpaid, sound int) {
	for _, it := range c.Items {
		switch {
		case !it.Received || it.Resolution != "":
		case it.Outcome == "":
			untested++
		case it.Outcome == NoFaultFound:
			sound++
		case it.Outcome != Covered:
			unpaid++
		}
	}
	return untested, unpaid, sound
}

var outcomeWords = map[TestOutcome]string{
	Covered: "covered by the warranty", ImproperUse: "damaged by improper use", Repairable: "repairable at cost",
	NotRepairable: "not repairable", NoFaultFound: "without a fault",
}

func (c Case) outcomeWords() string {
	var parts []string
	for _, it := range c.Items {
		if it.Outcome != "" {
			parts = append(parts, fmt.Sprintf("unit %d %s", it.Position, outcomeWords[it.Outcome]))
		}
	}
	return strings.Join(parts, "; ")
}

// message passes on what staff wrote, where no other notice would carry it.
func (s *step) message() {
	if strings.TrimSpace(s.e.Text) != "" {
		s.tell(Notice{Kind: NoticeMessage, Text: s.e.Text})
	}
}

// inProcess starts the work, with the delivery date that is promised.
func (s *step) inProcess() {
	if !s.ahead() {
		return
	}
	s.enter(InProcess)
	s.c.Promised = s.e.Date
	s.tell(Notice{Kind: NoticeInProcess, Text: s.e.Text})
}

// edit corrects facts: what is given replaces what was known, and of a whole
// edit also what is left out.
func (s *step) edit() {
	if s.e.Language != "" && !slices.Contains(languages, s.e.Language) {
		s.refuse("there are no texts in the language %q, only in %s", s.e.Language, listed(languages))
		return
	}
	before := s.c.clone()
	for _, it := range s.e.Items {
		s.editItem(it)
	}
	cl := s.e.Claim
	if s.e.Whole {
		s.c.Reason, s.c.PurchaseDate, s.c.Fault, s.c.Ordered, s.c.References = cl.Reason, cl.PurchaseDate, cl.Fault, cl.Ordered, cl.References
	}
	if cl.Reason != "" {
		s.c.Reason = cl.Reason
	}
	s.c.PurchaseDate = or(cl.PurchaseDate, s.c.PurchaseDate)
	s.c.Fault, s.c.Ordered = or(cl.Fault, s.c.Fault), or(cl.Ordered, s.c.Ordered)
	s.c.Language = or(s.e.Language, s.c.Language)
	s.c.merge(Claim{References: cl.References, Confirmed: cl.Confirmed}, false)
	changed := s.c.editedSince(before)
	s.prepare()
	s.did(OutUpdate, "%s", "corrected the facts"+changed)
	s.c.Missing = s.p.still(s.c, s.c.Missing)
	switch {
	case s.c.State == InfoNeeded && len(s.c.Missing) == 0:
		rule, why := s.d.Rule, s.d.Why
		s.back(rule, why, nil)
	case s.c.State == New || s.c.State == InCharge:
		s.recheckEdited()
	}
}

// languages are those that there are texts for.
var languages = []string{"en", "fr", "nl", "it", "de"}

// editedSince names what a correction changed, ": reason, unit 2".
func (c Case) editedSince(before Case) string {
	var list []string
	note := func(changed bool, name string) {
		if changed {
			list = append(list, name)
		}
	}
	note(c.Reason != before.Reason, "the reason")
	note(c.Language != before.Language, "the language")
	note(c.PurchaseDate != before.PurchaseDate, "the date of purchase")
	note(c.Fault != before.Fault, "the fault")
	note(c.Ordered != before.Ordered, "what had been ordered")
	note(fmt.Sprint(c.References) != fmt.Sprint(before.References), "the numbers that the customer named")
	for _, it := range c.Items {
		old, known := before.item(it.Position)
		note(known && it != old, fmt.Sprintf("unit %d", it.Position))
		note(!known, fmt.Sprintf("unit %d, which is new", it.Position))
	}
	if len(list) == 0 {
		return ""
	}
	return ": " + listed(list)
}

func (s *step) recheckEdited() {
	missing := s.p.missing(s.c)
	if len(missing) == 0 && s.c.CompleteAt.IsZero() {
		s.c.CompleteAt = s.now
	}
	s.c.Proposal = s.next()
}

func (s *step) editItem(it Item) {
	i, known := s.c.index(it.Position)
	if !known {
		last := 0
		for _, other := range s.c.Items {
			last = max(last, other.Position)
		}
		s.c.Items = append(s.c.Items, Item{Position: last + 1})
		i = len(s.c.Items) - 1
	}
	old := &s.c.Items[i]
	if it.Serial != "" || it.MAC != "" { // a person has looked
		old.Confidence, old.Doubt, old.Meant = "", "", ""
	}
	if s.e.Whole {
		old.Manufacturer, old.Model, old.Serial, old.MAC, old.VendorTicket = "", "", "", "", ""
	}
	old.Manufacturer = or(it.Manufacturer, old.Manufacturer)
	old.Model = or(it.Model, old.Model)
	old.Serial = or(it.Serial, old.Serial)
	old.MAC = or(it.MAC, old.MAC)
	old.VendorTicket = or(it.VendorTicket, old.VendorTicket)
}

// split parts units off into a case of their own, which the caller numbers and
// stores. The units that stay keep their positions: the mails name them so.
func (s *step) split() {
	leaves := func(it Item) bool {
		return slices.ContainsFunc(s.e.Items, func(out Item) bool { return out.Position == it.Position })
	}
	off := s.c.clone()
	off.Items = slices.DeleteFunc(off.Items, func(it Item) bool { return !leaves(it) })
	s.c.Items = slices.DeleteFunc(s.c.Items, leaves)
	if len(off.Items) == 0 || len(s.c.Items) == 0 {
		s.refuseAt(FieldUnits, "choose some of the units, but not all: both cases need one")
		return
	}
	var names []string
	for i := range off.Items {
		names = append(names, fmt.Sprint(off.Items[i].Position))
		off.Items[i].Position = i + 1
	}
	s.c.Group = or(s.c.Group, s.c.Number)
	off.ID, off.Number, off.Version, off.Group, off.Asked = 0, "", 0, s.c.Group, nil
	off.Missing, s.c.Missing = s.parted(off, names), s.p.still(s.c, s.c.Missing)
	s.did(OutUpdate, "split off unit %s", listed(names))
	if !off.anyReceived() && !slices.Contains([]State{New, InfoNeeded, InCharge, Validated}, off.State) {
		off.State, off.StateAt, off.ClockAt, off.Until = Validated, s.now, s.now, time.Time{} // these goods are still to come
		off.Reminders, off.Late, off.Proposal = 0, false, Proposal{}
	}
	if how := s.c.settled(); how != "" {
		s.close(how)
	}
	for _, c := range []*Case{&off, &s.c} {
		if c.State == New || c.State == InCharge {
			c.Proposal = s.p.next(*c, s.now)
		}
	}
	off.Rule, off.Why, off.Policy = s.d.Rule, s.d.Why, s.p.Version
	off.Deadline = s.p.deadline(off)
	s.d.SplitOff = &off
}

func (c Case) anyReceived() bool {
	return slices.ContainsFunc(c.Items, func(it Item) bool { return it.Received })
}

// settled is how a case ended in which nothing is left to do after units were
// split off; empty where something is.
func (c Case) settled() Closing {
	how := Closing("")
	for _, it := range c.Items {
		switch {
		case it.Resolution == "" && (it.Received || !it.refused()):
			return ""
		case it.Resolution == Disposed:
			how = ClosedDisposed
		case it.Resolution == Collected && how == "":
			how = ClosedCollected
		case it.Resolution != "" && it.Resolution != Collected:
			how = Success
		}
	}
	return how
}

// parted takes the questions along that were open for the units that left.
func (s *step) parted(off Case, names []string) []Missing {
	var list []Missing
	for _, m := range s.c.Missing {
		if m.Item == 0 {
			list = append(list, m)
		} else if i := slices.Index(names, fmt.Sprint(m.Item)); i >= 0 {
			list = append(list, Missing{Fact: m.Fact, Item: off.Items[i].Position})
		}
	}
	return list
}

func (s *step) assign() {
	if s.e.Person == (Person{}) {
		s.refuse("say to whom the case shall go")
		return
	}
	s.did(OutUpdate, "gave the case to %s", or(s.e.Person.Name, s.e.Person.ID))
	s.c.Owner = s.e.Person
}

func (s *step) note() {
	if strings.TrimSpace(s.e.Text) == "" {
		s.refuseAt(FieldText, "the note is empty")
		return
	}
	s.did(OutUpdate, "left a note")
}

// write passes on what staff write, as it is; the case stays where it is.
func (s *step) write() {
	if strings.TrimSpace(s.e.Text) == "" {
		s.refuse("the message to the customer is empty")
		return
	}
	s.did(OutUpdate, "wrote to the customer")
	s.message()
}

// reopen starts a closed case again: where goods are still here, with them;
// units that have left come back, if they do, as new to the test.
func (s *step) reopen() {
	if s.c.Closing == Merged {
		s.refuse("the case lives on in %s", s.c.MergedInto)
		return
	}
	s.did(OutUpdate, "reopened the case")
	here := s.c.goodsHere()
	for i, it := range s.c.Items {
		s.c.Items[i].Verdict = ""
		if it.Resolution != "" {
			s.c.Items[i].Received, s.c.Items[i].Outcome, s.c.Items[i].Resolution, s.c.Items[i].ReplacedBy = false, "", "", ""
		}
	}
	s.c.Closing, s.c.Proposal, s.c.Quote = "", Proposal{}, "" // what was quoted counts no more
	s.inCharge()
	if here {
		s.enter(Received)
		return
	}
	s.tell(Notice{Kind: NoticeInCharge, Text: s.e.Text})
}

func (s *step) resend() {
	s.did(OutUpdate, "had the mail sent again")
	s.reached()
}

func (s *step) fixAddress() {
	address := strings.ToLower(strings.TrimSpace(s.e.Address))
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(address, " \t\r\n<>,;\"") || strings.Contains(domain, "@") {
		s.refuse("%q is no mail address", s.e.Address)
		return
	}
	s.did(OutUpdate, "corrected the customer's address to %s", address)
	s.c.Customer = Party{Address: address, Name: s.c.Customer.Name, Trust: Known} // a person vouches for it
	if !slices.ContainsFunc(s.c.Parties, func(p Party) bool { return p.Address == address }) {
		s.c.Parties = append(s.c.Parties, s.c.Customer)
	}
	s.reached()
}

// reached lets the customer's clock begin again: he is only told now.
func (s *step) reached() {
	if s.c.Undelivered != "" && reminderOf[s.c.State] != "" {
		s.restart()
	}
	s.c.Undelivered = ""
}
