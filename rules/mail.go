package rules

import (
	"fmt"
	"slices"
	"time"
)

// request decides on the mail that opens a case.
func (s *step) request() {
	if s.before.Version > 0 {
		s.refuse("a request opens a case, and this case is open already")
		return
	}
	s.restart()
	s.weigh(NoticeAcknowledged)
}

// weigh is what the rules make of a request as it now stands: the operator's
// rules first, then the guards, then the manufacturer's process, then what is
// missing. thanks is the notice when nothing is.
func (s *step) weigh(thanks NoticeKind) {
	s.prepare()
	if s.e.Claim.Oversize {
		s.ask([]Missing{{Fact: FactSmallerMail}}, "mail_too_large", "")
		return
	}
	if s.ruled() {
		s.open("ruled_by_staff", "Staff have ruled on this case, so no rule decides it.", thanks)
		return
	}
	if s.freeRules(thanks) || s.guards(thanks) || s.process(thanks) {
		return
	}
	if missing := union(s.p.missing(s.c), s.asked); len(missing) > 0 {
		s.ask(missing, "facts_missing", "")
		return
	}
	s.complete(thanks)
}

// prepare writes into the items what follows from the policy and the dates.
func (s *step) prepare() {
	s.fromRegister()
	for i, it := range s.c.Items {
		s.c.Items[i].Process = s.p.processOf(it, s.c.Reason)
	}
	if s.e.Records.Down == "" {
		s.judge()
	}
}

// fromRegister completes what a unit is called, for the customer to whom it was
// sold; to anybody else that would tell that it is known.
func (s *step) fromRegister() {
	for i := range s.c.Items {
		it := &s.c.Items[i]
		if sale, ok := s.e.Records.sale(*it); ok && s.e.Records.owns(sale) && it.Verdict == "" {
			it.Manufacturer, it.Model = or(it.Manufacturer, sale.Manufacturer), or(it.Model, sale.Model)
		}
	}
}

func (s *step) ruled() bool {
	return slices.ContainsFunc(s.c.Items, func(it Item) bool { return it.Verdict != "" })
}

// process refers what the manufacturer handles itself. Units of several
// processes in one case are put before staff: only they can part them now.
func (s *step) process(thanks NoticeKind) bool {
	if s.c.Reason != Defective {
		return false
	}
	direct := map[string]bool{}
	others := 0
	for _, it := range s.c.Items {
		if it.Process == VendorDirect {
			direct[it.Manufacturer] = true
		} else {
			others++
		}
	}
	switch {
	case len(direct) == 0:
		return false
	case len(direct) > 1 || others > 0:
		s.propose(EvSplit, "several_processes", severalProcesses)
		s.open("several_processes", severalProcesses, thanks)
		return true
	}
	m, _ := s.p.Manufacturer(s.c.Items[0].Manufacturer)
	s.referTo("vendor_direct", m.Link, fmt.Sprintf("%s handles returns of its defective products itself, so the customer is sent to %s.", m.Name, m.Link), thanks)
	return true
}

// freeRules applies the first rule of the operator that fits.
func (s *step) freeRules(thanks NoticeKind) bool {
	facts := s.c.facts(s.e.Claim, s.now)
	for i := range s.p.Rules {
		r := &s.p.Rules[i]
		fits, err := r.fits(facts)
		if s.e.Vouched && (err != nil || r.Then == ThenHold) {
			continue
		}
		if err != nil {
			s.hold(r.ID, fmt.Sprintf("The rule %s could not be applied, so a person must look: %v.", r.ID, err))
			return true
		}
		if fits && s.apply(r, thanks) {
			return true
		}
	}
	return false
}

// apply does what a rule says; false where it asks for what is there already.
func (s *step) apply(r *Rule, thanks NoticeKind) bool {
	switch r.Then {
	case ThenHold:
		s.hold(r.ID, r.Why)
	case ThenOpen:
		s.open(r.ID, r.Why, thanks)
	case ThenAsk:
		missing := s.lackingOf(r.Ask)
		if len(missing) == 0 {
			return false
		}
		s.ask(missing, r.ID, r.Why)
	case ThenRefer:
		link := r.Link
		if m, ok := s.p.Manufacturer(s.maker()); ok {
			link = or(link, m.Link)
		}
		s.referTo(r.ID, link, r.Why, thanks)
	case ThenApprove, ThenRefuse:
		s.rule(r, thanks)
	}
	return true
}

func (s *step) lackingOf(facts []Fact) []Missing {
	var list []Missing
	for _, f := range facts {
		if !slices.Contains(perItem, f) {
			list = s.p.lacking(list, s.c, Item{}, f)
			continue
		}
		for _, it := range s.p.units(s.c) {
			list = s.p.lacking(list, s.c, it, f)
		}
	}
	return list
}

// maker is the manufacturer of the first unit.
func (s *step) maker() string {
	if len(s.c.Items) == 0 {
		return ""
	}
	return s.c.Items[0].Manufacturer
}

// rule approves or refuses by a rule, where the policy lets the desk do so
// alone; else it is proposed.
func (s *step) rule(r *Rule, thanks NoticeKind) {
	action, alone := EvApprove, s.p.Automatic.Approve
	if r.Then == ThenRefuse {
		action, alone = EvRefuse, s.p.Automatic.Refuse
	}
	if !alone || len(s.c.Items) == 0 {
		s.propose(action, r.ID, r.Why)
		s.open(r.ID, r.Why, thanks)
		return
	}
	for i := range s.c.Items {
		s.c.Items[i].Verdict = r.Verdict
	}
	if r.Then == ThenRefuse {
		s.closeRefused(OutRefuse, r.ID, r.Why, "", r.Verdict)
		return
	}
	s.validate(OutApprove, r.ID, r.Why, "")
}

func (s *step) propose(action EventKind, rule, why string) {
	s.c.Proposal = Proposal{Action: action, Rule: rule, Why: why}
}

// open leaves the case to staff. The proposal that was made stays.
func (s *step) open(rule, why string, thanks NoticeKind) {
	proposal, completed := s.c.Proposal, s.c.State != New
	s.say(OutOpen, rule, why)
	if s.c.State != New {
		s.resume()
	}
	s.c.Proposal = proposal
	s.c.Missing = nil
	switch {
	case thanks == "", thanks == NoticeAcknowledged && !s.p.Automatic.Acknowledge:
	case thanks == NoticeCompleted && !completed:
		s.d.Outcome = OutUpdate // nothing was asked, so nothing is complete now
	default:
		s.tell(Notice{Kind: thanks})
	}
}

// resume goes on where the question stopped the case: to the state that asked,
// with what was left of its clock; a request that was never complete starts.
func (s *step) resume() {
	back, left := s.c.AskedFrom, s.c.Left
	if back == "" {
		back = New
	}
	s.enter(back)
	if left > 0 && back != InCharge { // validation counts from when the request is complete
		s.c.Until = s.p.goOn(s.c, s.now, left)
	}
}

// ask puts a question to the customer, or proposes to.
func (s *step) ask(missing []Missing, rule, why string) {
	if why == "" {
		why = fmt.Sprintf("The request cannot be decided without %s.", sayMissing(missing))
	}
	if !s.p.Automatic.Ask || s.c.Unclear >= maxUnclear {
		s.propose(EvAsk, rule, why)
		thanks := NoticeKind("")
		if s.e.Kind == EvRequest {
			thanks = NoticeAcknowledged
		}
		s.open(rule, why, thanks)
		s.c.Missing = missing
		return
	}
	s.say(OutAsk, rule, why)
	s.askNow(missing, "")
}

// askNow moves the case to wait for an answer.
func (s *step) askNow(missing []Missing, text string) {
	from, left, unclear := s.c.AskedFrom, s.c.Left, s.c.Unclear
	if s.c.State != InfoNeeded {
		from, left = s.c.State, 0
		if s.before.Version > 0 && s.c.State != Closed && s.c.State == s.before.State {
			left = s.p.left(s.before, s.now)
		}
	}
	s.enter(InfoNeeded)
	s.c.AskedFrom, s.c.Left, s.c.Unclear = from, left, unclear
	s.c.Missing, s.d.Missing = missing, missing
	s.noteTicket(missing)
	s.c.CompleteAt = time.Time{}
	s.tell(Notice{Kind: NoticeQuestion, Missing: missing, Text: text, Link: s.p.ticketLink(s.c, missing)})
}

// ticketLink is where the customer gets the manufacturer's ticket that is
// asked for.
func (p *Policy) ticketLink(c Case, missing []Missing) string {
	for _, m := range missing {
		if m.Fact != FactVendorTicket {
			continue
		}
		it, _ := c.item(m.Item)
		if maker, ok := p.Manufacturer(it.Manufacturer); ok && maker.Link != "" {
			return maker.Link
		}
	}
	return ""
}

// referTo closes the case with the manufacturer's link, or proposes to.
func (s *step) referTo(rule, link, why string, thanks NoticeKind) {
	if !s.p.Automatic.Refer || link == "" { // without a link, staff must say where
		s.propose(EvRefer, rule, why)
		s.open(rule, why, thanks)
		return
	}
	s.say(OutRefer, rule, why)
	s.close(Referred)
	s.tell(Notice{Kind: NoticeReferral, Link: link})
}

// complete hands a request that lacks nothing to staff, with what the rules
// would do.
func (s *step) complete(thanks NoticeKind) {
	if s.c.CompleteAt.IsZero() {
		s.c.CompleteAt = s.now
	}
	if s.quietly != nil {
		s.toStaff(*s.quietly, thanks)
		return
	}
	s.c.Proposal = s.p.proposal(s.c, s.now)
	if s.c.Proposal.Action == EvApprove && s.p.Automatic.Approve && len(s.c.Items) > 0 && len(s.c.Notes) == 0 && !s.weak() {
		rule, why := s.c.Proposal.Rule, s.c.Proposal.Why
		s.verdictsByDate()
		s.validate(OutApprove, rule, why, "")
		return
	}
	why := "The request is complete and waits for staff."
	if s.c.Proposal.Why != "" {
		why += " " + s.c.Proposal.Why
	}
	s.open("request_complete", why, thanks)
}

// weak: a warranty rests on a hint alone, so a person must decide.
func (s *step) weak() bool {
	return s.c.Reason == Defective && slices.ContainsFunc(s.c.Items, func(it Item) bool { return s.coverOf(it).Weak })
}

func (s *step) verdictsByDate() {
	if s.c.Reason != Defective {
		return
	}
	for i, it := range s.c.Items {
		s.c.Items[i].Verdict = InWarranty
		if s.p.over(it, s.now) {
			s.c.Items[i].Verdict = OutOfWarranty
		}
	}
}

// over: the unit has no warranty any more, or never had one.
func (p *Policy) over(it Item, now time.Time) bool {
	_, excluded := p.Warranty.excluded(it)
	return Cover{Until: it.WarrantyTo, None: excluded}.over(today(now, p.Calendar.zone))
}

// next is what the rules would do with a case that staff changed by hand.
func (s *step) next() Proposal {
	if proposal := s.proposed(); slices.Contains(recordGuards, proposal.Rule) {
		return proposal
	}
	return s.p.next(s.c, s.now)
}

func (p *Policy) next(c Case, now time.Time) Proposal {
	if slices.ContainsFunc(c.Items, func(it Item) bool { return it.Verdict != "" }) {
		return Proposal{} // staff have ruled already
	}
	link, others := "", 0
	for _, it := range c.Items {
		if m, _ := p.Manufacturer(it.Manufacturer); it.Process == VendorDirect && (link == "" || link == m.Link) {
			link = m.Link
		} else {
			others++
		}
	}
	missing := p.missing(c)
	switch {
	case c.Reason == Defective && link != "" && others == 0:
		return Proposal{EvRefer, "vendor_direct", fmt.Sprintf("The manufacturer handles returns of its defective products itself, at %s.", link)}
	case c.Reason == Defective && link != "":
		return Proposal{EvSplit, "several_processes", severalProcesses}
	case len(missing) > 0:
		return Proposal{EvAsk, "facts_missing", fmt.Sprintf("The request cannot be decided without %s.", sayMissing(missing))}
	}
	return p.proposal(c, now)
}

const severalProcesses = "The units follow different processes: some are handled by their manufacturer directly, so staff must part them."

// proposal is what the policy's terms make of a complete request. Where a date
// is unknown there is none: staff have to find it out.
func (p *Policy) proposal(c Case, now time.Time) Proposal {
	switch c.Reason {
	case OrderError:
		return Proposal{EvApprove, "order_error", p.Reasons.OrderError.words("Goods that were ordered by mistake are credited")}
	case DeliveryError:
		return Proposal{EvApprove, "delivery_error", p.Reasons.DeliveryError.words(c.delivered())}
	}
	in, out := 0, 0
	for _, it := range c.Items {
		switch {
		case p.over(it, now):
			out++
		case it.WarrantyTo.IsZero():
			return Proposal{}
		default:
			in++
		}
	}
	switch {
	case in+out == 0:
		return Proposal{}
	case out == 0:
		return Proposal{EvApprove, "in_warranty", p.warrantyWords(c)}
	case in == 0:
		return Proposal{EvApprove, "out_of_warranty", p.warrantyWords(c)}
	}
	return Proposal{EvApprove, "in_and_out_of_warranty", p.warrantyWords(c)}
}

// warrantyWords says each sentence once, with the units it holds for.
func (p *Policy) warrantyWords(c Case) string {
	var order []string
	units := map[string][]string{}
	for _, it := range c.Items {
		if len(units[it.WarrantyWhy]) == 0 {
			order = append(order, it.WarrantyWhy)
		}
		units[it.WarrantyWhy] = append(units[it.WarrantyWhy], fmt.Sprint(it.Position))
	}
	if len(order) == 1 {
		return order[0]
	}
	text := ""
	for i, why := range order {
		if i > 0 {
			text += " "
		}
		text += fmt.Sprintf("Unit %s: %s", listed(units[why]), why)
	}
	return text
}

// delivered sets what came against what had been ordered, as far as it is known.
func (c Case) delivered() string {
	const rule = "Goods that were delivered by mistake are exchanged or credited"
	var came []string
	for _, it := range c.Items {
		came = union(came, []string{or(it.Model, or(it.Serial, or(it.MAC, fmt.Sprintf("unit %d", it.Position))))})
	}
	switch {
	case c.Ordered != "" && len(came) > 0:
		return fmt.Sprintf("Delivered: %s; ordered: %s. %s", listed(came), c.Ordered, rule)
	case len(c.References.Order) > 0 && len(came) > 0:
		return fmt.Sprintf("Delivered: %s; to be compared with order %s. %s", listed(came), listed(c.References.Order), rule)
	}
	return rule
}

// words puts terms into words.
func (r ReasonTerms) words(what string) string {
	what += r.Fee.words() + "."
	if r.Conditions != "" {
		what += " Condition: " + r.Conditions
	}
	return what
}

// words puts a fee into words; nothing where none is taken.
func (f Fee) words() string {
	switch {
	case f.Percent == 0 && f.Minimum == 0:
		return ", without a fee"
	case f.Minimum == 0:
		return fmt.Sprintf(", less a restocking fee of %v %%", f.Percent)
	}
	return fmt.Sprintf(", less a restocking fee of %v %%, at least %.2f %s", f.Percent, f.Minimum, f.Currency)
}

// maxUnclear is how many answers in a row may leave the question open before a
// person reads them: to ask a third time would be a machine's obstinacy.
const maxUnclear = 2

// answer takes a mail in a running case.
func (s *step) answer() {
	if s.e.Claim.Oversize && !s.e.Vouched {
		s.hold("mail_too_large", "The mail is too large to be read, so a person must look at it.")
		return
	}
	s.answerIn()
	if s.d.Outcome != OutHold && s.e.Joined && len(s.d.Notices) == 0 && s.c.State != Closed {
		s.say(OutUpdate, "joined", "The customer wrote again about a product that has this open return, so his mail was put to it and he is told.")
		s.tell(Notice{Kind: NoticeJoined})
	}
}

func (s *step) answerIn() {
	if s.c.State != Closed {
		s.noteAll(s.wishes())
	}
	switch s.c.State {
	case New:
		s.c.merge(s.e.Claim, true)
		s.weigh(NoticeCompleted)
	case InfoNeeded:
		s.answerAsked()
	case Closed:
		s.answerClosed()
	default:
		s.c.merge(s.e.Claim, s.c.State == InCharge)
		s.prepare()
		s.say(OutUpdate, "news", "The customer wrote; what his mail adds is in the case.")
		if s.c.State == InCharge {
			s.recheck()
		}
	}
}

// recheck looks again at what was open when staff took the case in charge.
func (s *step) recheck() {
	s.c.Missing = s.p.still(s.c, s.c.Missing)
	if len(s.c.Missing) == 0 && s.c.CompleteAt.IsZero() && len(s.p.missing(s.c)) == 0 {
		s.c.CompleteAt = s.now
		s.restart() // validation counts from now on
	}
	if s.c.Proposal.Action == "" && len(s.c.Missing) == 0 && !s.ruled() {
		s.c.Proposal = s.proposed()
	}
}

func (s *step) answerAsked() {
	asked := s.c.Missing
	s.ticketAgain()
	s.c.merge(s.e.Claim, true)
	open := s.p.still(s.c, asked)
	s.c.takeWords(open, s.e.Claim, len(open) < len(asked))
	open = s.p.still(s.c, asked)
	s.c.Unclear++
	if len(open) < len(asked) || len(asked) == 0 {
		s.c.Unclear = 0
	}
	s.prepare()
	if s.c.AskedFrom == New || s.c.AskedFrom == "" {
		s.answerRequest(open)
		return
	}
	if len(open) > 0 && s.c.Unclear < maxUnclear {
		s.ask(open, "facts_missing", "")
		return
	}
	rule, why := "answered", "The customer has answered what was asked."
	if len(open) > 0 {
		rule, why = "answer_unclear", fmt.Sprintf("The customer has answered, but the desk cannot find %s in it, so a person must read it.", sayMissing(open))
	}
	s.back(rule, why, open)
}

// answerRequest weighs a request again that the rules, or staff before taking
// charge, had found incomplete.
func (s *step) answerRequest(open []Missing) {
	if lacks := union(s.p.missing(s.c), open); s.c.Unclear >= maxUnclear && len(lacks) > 0 {
		why := fmt.Sprintf("The customer has answered, but the desk cannot find %s in it, so a person must read it.", sayMissing(lacks))
		s.back("answer_unclear", why, lacks)
		return
	}
	s.asked = open
	s.weigh(NoticeCompleted)
}

// back returns the case to who asked.
func (s *step) back(rule, why string, open []Missing) {
	s.say(OutUpdate, rule, why)
	s.resume()
	s.c.Missing = open
	if len(open) > 0 {
		s.propose(EvAsk, rule, why)
		return
	}
	if s.c.CompleteAt.IsZero() {
		s.c.CompleteAt = s.now
	}
	if s.c.State != Received && !s.ruled() {
		s.c.Proposal = s.proposed()
	}
	s.tell(Notice{Kind: NoticeCompleted})
}

// answerClosed opens a case again that was only closed for want of this
// answer; of any other, staff are told.
func (s *step) answerClosed() {
	if s.c.Closing == NoAnswer {
		s.c.Closing = ""
		s.enter(New)
		s.c.merge(s.e.Claim, true)
		s.weigh(NoticeAcknowledged)
		return
	}
	s.d.Escalate = true
	why := "The customer wrote on a closed case, so a person must read it."
	s.say(OutUpdate, "closed_case", why)
	if s.c.Closing != Merged {
		s.propose(EvReopen, "closed_case", why)
	}
}

func (s *step) tracking() {
	s.c.References.Tracking = union(s.c.References.Tracking, s.e.Claim.References.Tracking)
	s.c.merge(s.e.Claim, false)
	s.say(OutUpdate, "goods_on_their_way", "The customer says that the goods are on their way.")
	switch s.c.State {
	case New, InfoNeeded, InCharge:
		s.say(OutUpdate, "sent_unasked", "The customer says that the goods are on their way, though the return is not approved yet.")
	case Closed:
		s.d.Escalate = true
		s.say(OutUpdate, "sent_to_closed_case", "The customer says that goods are on their way for a case that is closed, so a person must look.")
		if s.c.Closing != Merged {
			s.propose(EvReopen, s.d.Rule, s.d.Why)
		}
	}
}

func (s *step) quoteAnswer() {
	trust := s.e.Actor.Trust
	other, differs := s.c.OtherThanQuoted(s.e.Claim.Text)
	switch {
	case s.e.Kind == EvQuoteAccepted && differs:
		s.hold("quote_other_amount", fmt.Sprintf("The mail accepts a quote of %s, and %s was quoted, so a person must read it.", other, s.c.Quote))
	case s.e.Kind == EvQuoteAccepted && trust != Proven:
		s.hold("quote_unproven", "The mail accepts the quote, but nothing proves that it comes from the customer, so a person must confirm it.")
	case s.e.Kind == EvQuoteAccepted:
		s.say(OutUpdate, "quote_accepted", "The customer has accepted the quote of %s in writing.", or(s.c.Quote, "the desk"))
		s.enter(InProcess)
		s.tell(Notice{Kind: NoticeInProcess})
	case trust == Unknown || trust == "":
		s.hold("quote_unproven", "The mail declines the quote, but its sender is not known, so a person must confirm it.")
	default:
		s.say(OutUpdate, "quote_declined", "The customer has declined the quote, so the goods wait for collection.")
		s.uncollected()
		s.tell(Notice{Kind: NoticeUncollected})
	}
}

// uncollected keeps the clock of the quote: the days of storage are one span.
func (s *step) uncollected() {
	since, until, reminders := s.c.ClockAt, s.c.Until, s.c.Reminders
	s.enter(Uncollected)
	s.c.ClockAt, s.c.Until, s.c.Reminders = since, until, reminders
}

func (s *step) withdrawal() {
	if s.e.Actor.Trust != Proven {
		s.hold("withdrawal_unproven", "The mail withdraws the return, but its sender is not proven, so a person must confirm it.")
		return
	}
	const rule = "withdrawn"
	if s.c.goodsHere() && stage(s.c.State) != withGoods {
		s.d.Escalate = true
		s.say(OutUpdate, rule, "The customer withdraws the return while his goods are here, so a person must look.")
		return
	}
	switch s.c.State {
	case New, InfoNeeded, InCharge:
		s.withdraw()
	case Validated:
		if len(s.c.References.Tracking) == 0 {
			s.withdraw()
			return
		}
		s.d.Escalate = true
		s.say(OutUpdate, rule, "The customer withdraws the return, but the goods are on their way already, so a person must look.")
	case Quoted:
		s.say(OutUpdate, rule, "The customer withdraws the return, so the quote is void and the goods wait for collection.")
		s.uncollected()
		s.tell(Notice{Kind: NoticeUncollected})
	default:
		s.d.Escalate = true
		s.say(OutUpdate, rule, "The customer withdraws the return while his goods are here, so a person must look.")
		s.propose(EvReturnAsIs, rule, s.d.Why)
	}
}

func (s *step) withdraw() {
	s.say(OutUpdate, "withdrawn", "The customer has withdrawn the return.")
	s.close(Withdrawn)
	s.tell(Notice{Kind: NoticeWithdrawn})
}

// question answers how the case stands, to those who may know.
func (s *step) question() {
	trust := s.e.Actor.Trust
	party := slices.ContainsFunc(s.c.Parties, func(p Party) bool { return p.Address == s.e.Actor.ID })
	if trust != Proven && (trust != Known || !party) {
		s.hold("question_unproven", "Somebody asks how the case stands who is not known to be a party to it.")
		return
	}
	s.say(OutUpdate, "status", "The customer asked how the case stands and was told.")
	s.tell(Notice{Kind: NoticeStatus})
}
