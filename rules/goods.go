package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// receive marks what has arrived; where nothing at all is named, everything. What the case does
// not name and lies in the box all the same becomes a unit of it.
func (s *step) receive() {
	if s.e.FreightCollect && s.p.Guards.FreightCollect.Do != ActOff {
		s.refuseParcel()
		return
	}
	positions := s.e.Received
	if len(positions)+len(s.e.Items) == 0 {
		positions = s.c.positions(func(it Item) bool { return it.Resolution == "" })
	}
	if len(positions)+len(s.e.Items) == 0 {
		s.refuse("all units of this case have left")
		return
	}
	for _, position := range positions {
		i, ok := s.c.index(position)
		switch {
		case !ok:
			s.refuse("the case has no unit %d", position)
			return
		case s.c.Items[i].Resolution != "":
			s.refuse("unit %d has left already: %s", position, s.c.Items[i].Resolution)
			return
		}
		s.c.Items[i].Received = true
	}
	extra := s.unannounced()
	what := "received the goods"
	if absent := s.c.absent(); len(absent) > 0 {
		what += fmt.Sprintf("; still to come: unit %s", listed(absent))
	}
	s.did(OutUpdate, what)
	if s.c.State == Validated {
		s.enter(Received)
	}
	s.tell(Notice{Kind: NoticeReceived, Text: s.e.Text, Lacking: s.lacking(), Label: s.wrongLabel(), Extra: extra})
}

// refuseParcel: the carriage of returns is the customer's, so a parcel that
// comes freight collect is not taken in.
func (s *step) refuseParcel() {
	s.did(OutUpdate, "refused a parcel that came freight collect")
	s.c.note("freight_collect", s.p.Guards.FreightCollect.Why)
	s.tell(Notice{Kind: NoticeParcelRefused, Text: s.e.Text})
}

func (c Case) absent() []string {
	var list []string
	for _, it := range c.Items {
		if !it.Received && !it.refused() {
			list = append(list, fmt.Sprint(it.Position))
		}
	}
	return list
}

// unannounced takes the units of the box into the case that it does not name;
// one that it names after all has arrived.
func (s *step) unannounced() (positions []int) {
	for _, it := range s.e.Items {
		if i := slices.IndexFunc(s.c.Items, it.same); i >= 0 && s.c.Items[i].Resolution == "" {
			s.c.Items[i].Received = true
			continue
		}
		it.Position, it.FoundIn, it.Received = s.c.lastPosition()+1, "parcel", true
		it.Verdict, it.Outcome, it.Resolution = "", "", ""
		it.Process = s.p.processOf(it, s.c.Reason)
		s.c.Items = append(s.c.Items, it)
		positions = append(positions, it.Position)
		why := fmt.Sprintf("Unit %d lay in the parcel and is not of this return.", it.Position)
		if number, ok := s.inOpenCase(it); ok {
			why = strings.TrimSuffix(why, ".") + ":" + number + "."
		}
		s.c.note("unknown_unit", why)
	}
	return positions
}

func (c Case) lastPosition() int {
	last := 0
	for _, it := range c.Items {
		last = max(last, it.Position)
	}
	return last
}

// lacking are the accessories that were not in the box.
func (s *step) lacking() string {
	text := strings.Join(strings.Fields(s.e.Accessories), " ")
	if text != "" {
		s.c.note("accessories", fmt.Sprintf("Not in the parcel: %s.", strings.TrimSuffix(text, ".")))
	}
	return text
}

// wrongLabel is the number on a parcel that is not the case's own.
func (s *step) wrongLabel() string {
	label := strings.ToUpper(strings.TrimSpace(s.e.Label))
	if label == "" {
		return ""
	}
	if year, seq, err := ParseNumber(label); err == nil {
		label = Number(year, seq)
	}
	if label == s.c.Number {
		return ""
	}
	s.c.note("wrong_number", fmt.Sprintf("The parcel was marked with %s.", label))
	return label
}

func (s *step) quote() {
	amount, err := ParseMoney(s.e.Amount)
	until := s.p.closeOfDay(s.e.Date)
	switch {
	case strings.TrimSpace(s.e.Amount) == "":
		s.refuseAt(FieldAmount, "the quote has no amount")
		return
	case err != nil:
		s.refuseAt(FieldAmount, "%s", err)
		return
	case amount.Cents == 0:
		s.refuseAt(FieldAmount, "the quote is for nothing")
		return
	}
	s.did(OutUpdate, "quoted %s", amount)
	s.enter(Quoted)
	s.c.Quote = amount.String()
	if stored := s.p.End(s.c); !s.e.Date.IsZero() {
		if until.Before(stored) {
			s.refuseAt(FieldDate, "the goods are stored until %s, and the quote is valid as long: choose that day or a later one", stored.In(s.p.Calendar.zone).Format(time.DateOnly))
			return
		}
		s.c.Until = until // the goods wait as long as the quote holds
	}
	s.tell(Notice{Kind: NoticeQuote, Text: s.e.Text})
}

func (s *step) acceptOnBehalf() {
	what := fmt.Sprintf("accepted the quote of %s on the customer's behalf", or(s.c.Quote, "the desk"))
	if how := strings.TrimSpace(s.e.Justification); how != "" {
		what += ": " + strings.TrimSuffix(shorten(how, 300), ".")
	}
	s.did(OutUpdate, "%s", what)
	s.inProcess()
}

// sendToVendor sends units on to their manufacturer; of units that are there
// already it notes the number that the manufacturer gave.
func (s *step) sendToVendor() {
	positions := s.e.Units
	if len(positions) == 0 {
		positions = s.c.positions(func(it Item) bool { return it.Received && it.Resolution == "" })
	}
	if len(positions) == 0 {
		s.refuse("no unit of this case is here")
		return
	}
	number := strings.TrimSpace(s.e.VendorRMA)
	for _, position := range positions {
		i, ok := s.c.index(position)
		switch {
		case !ok:
			s.refuse("the case has no unit %d", position)
			return
		case !s.c.Items[i].Received || s.c.Items[i].Resolution != "":
			s.refuse("unit %d is not here", position)
			return
		case !s.c.Items[i].AtVendor.IsZero() && number == "":
			s.refuse("unit %d is with the manufacturer already", position)
			return
		case s.c.Items[i].AtVendor.IsZero():
			s.c.Items[i].AtVendor = s.now
		}
		s.c.Items[i].VendorRMA = or(number, s.c.Items[i].VendorRMA)
	}
	what := "sent the goods to the manufacturer"
	if number != "" {
		what += ", whose number for them is " + number
	}
	s.did(OutUpdate, withTracking(what, s.e.Tracking))
	if s.c.State != InProcess {
		s.inProcess()
		return
	}
	s.restart()
	if !s.e.Date.IsZero() && s.ahead() {
		s.c.Promised = s.e.Date
	}
	if s.d.Refusal == "" {
		s.message()
	}
}

// ahead refuses a date that is promised and has passed already.
func (s *step) ahead() bool {
	if !s.e.Date.IsZero() && day(s.e.Date).Before(today(s.now, s.p.Calendar.zone)) {
		s.refuseAt(FieldDate, "%s has passed already: promise a day that lies ahead", s.e.Date.Format(time.DateOnly))
		return false
	}
	return true
}

func (c Case) positions(which func(Item) bool) []int {
	var list []int
	for _, it := range c.Items {
		if which(it) {
			list = append(list, it.Position)
		}
	}
	return list
}

func withTracking(what, tracking string) string {
	if tracking == "" {
		return what
	}
	return what + ", tracking number " + tracking
}

func (s *step) backFromVendor() {
	positions := s.e.Units
	if len(positions) == 0 {
		positions = s.c.positions(func(it Item) bool { return !it.AtVendor.IsZero() })
	}
	if len(positions) == 0 {
		s.refuse("no unit of this case is with the manufacturer")
		return
	}
	for _, position := range positions {
		i, ok := s.c.index(position)
		if !ok || s.c.Items[i].AtVendor.IsZero() {
			s.refuse("unit %d is not with the manufacturer", position)
			return
		}
		s.c.Items[i].AtVendor = time.Time{}
	}
	s.did(OutUpdate, "received the goods back from the manufacturer")
	if s.c.State == InProcess { // the customer's days of storage go on
		s.restart()
	}
	s.message()
}

// leaving is how goods leave by each event: what may be said of a unit, first
// what is meant where nothing is said, and how the case then ends.
type leaving struct {
	may    []Resolution
	closes Closing
	notice NoticeKind
	did    string
	here   bool // only what is here can leave so, not what is with the manufacturer
}

func leavings() map[EventKind]leaving {
	return map[EventKind]leaving{
		EvShip:       {[]Resolution{Repaired, Replaced, ReturnedAsIs}, Success, NoticeShipped, "shipped", false},
		EvCredit:     {[]Resolution{Credited}, Success, NoticeCredited, "credited", false},
		EvReturnAsIs: {[]Resolution{ReturnedAsIs}, Success, NoticeReturned, "sent back as it is", true},
		EvCollected:  {[]Resolution{Collected}, ClosedCollected, NoticeClosedCollected, "handed over", true},
		EvDispose:    {[]Resolution{Disposed}, ClosedDisposed, NoticeClosedDisposed, "disposed of", true},
	}
}

// leave records how units leave the desk, and closes the case with the last.
func (s *step) leave() {
	how := leavings()[s.e.Kind]
	notice := Notice{Kind: how.notice, Text: s.e.Text, Tracking: s.e.Tracking}
	gone := s.resolve(how)
	if s.d.Refusal != "" {
		return
	}
	what, ok := s.terms(how, gone, &notice)
	if !ok {
		return
	}
	var here, absent []string
	for _, it := range s.c.Items {
		switch {
		case it.Resolution != "" || it.refused() && !it.Received:
		case it.Received:
			here = append(here, fmt.Sprint(it.Position))
		default:
			absent = append(absent, fmt.Sprint(it.Position))
		}
	}
	s.tell(notice)
	switch {
	case len(here) > 0:
		s.did(OutUpdate, "%s; unit %s is still here", what, listed(here))
	case len(absent) > 0:
		s.c.nothingToDispose()
		s.did(OutUpdate, "%s; unit %s has not arrived, so the case stays open until it is received or split off", what, listed(absent))
	default:
		s.did(OutUpdate, "%s, and closed the case", what)
		closes := how.closes
		if s.e.Kind == EvReturnAsIs && (s.c.State == Quoted || s.c.State == Uncollected) {
			closes = ClosedCollected // at the customer's cost, as if he had fetched it
		}
		s.close(closes)
	}
}

// terms completes what is recorded and told: when it was shipped, what is
// credited, what the test of a sound unit costs.
func (s *step) terms(how leaving, gone []string, n *Notice) (what string, ok bool) {
	what = fmt.Sprintf("recorded unit %s as %s", listed(gone), how.did)
	switch s.e.Kind {
	case EvShip:
		if !s.shipped(n) {
			return "", false
		}
		if !n.Date.IsZero() {
			what += " on " + n.Date.Format(time.DateOnly)
		}
	case EvCredit:
		text, ok := s.credit(n)
		return what + text, ok
	case EvReturnAsIs:
		if s.sound(gone) {
			n.Fee = s.p.Fees.NoFaultFound
		}
	}
	return withTracking(what, s.e.Tracking), true
}

// sound: one of the units that leave was found without a fault.
func (s *step) sound(gone []string) bool {
	return slices.ContainsFunc(s.c.Items, func(it Item) bool {
		return it.Outcome == NoFaultFound && slices.Contains(gone, fmt.Sprint(it.Position))
	})
}

// shipped checks the day on which goods left, and notes what was given instead.
func (s *step) shipped(n *Notice) bool {
	if !s.e.Date.IsZero() {
		if today := today(s.now, s.p.Calendar.zone); day(s.e.Date).After(today) || day(s.e.Date).Before(today.AddDate(0, -3, 0)) {
			s.refuseAt(FieldDate, "the goods cannot have left on %s", s.e.Date.Format(time.DateOnly))
			return false
		}
		n.Date = s.e.Date
	}
	for position, serial := range s.e.Replacements {
		i, ok := s.c.index(position)
		serial = strings.ToUpper(strings.TrimSpace(serial))
		switch {
		case !ok || s.c.Items[i].Resolution != Replaced:
			s.refuseAt(FieldSerials, "unit %d was not replaced", position)
			return false
		case NumberKey(serial) == "":
			s.refuseAt(FieldSerials, "%q is no serial number", serial)
			return false
		case NumberKey(serial) == NumberKey(s.c.Items[i].Serial):
			s.refuseAt(FieldSerials, "unit %d cannot be replaced by itself", position)
			return false
		}
		s.c.Items[i].ReplacedBy = serial
	}
	return true
}

// credit computes what the customer gets, where staff give the price: of a
// wrong order the price less the restocking fee, else all of it.
func (s *step) credit(n *Notice) (text string, ok bool) {
	if strings.TrimSpace(s.e.Amount) == "" && s.p.SecondPerson.Credit == (Money{}) {
		return "", true
	}
	price, err := ParseMoney(s.e.Amount)
	if err != nil {
		s.refuseAt(FieldAmount, "%s", err)
		return "", false
	}
	fee, err := s.p.Reasons.Of(s.c.Reason).Fee.Of(price)
	if err != nil {
		s.refuseAt(FieldAmount, "%s", err)
		return "", false
	}
	credited := Money{price.Cents - fee.Cents, price.Currency}
	total := credited
	if before, err := ParseMoney(s.c.Credit); err == nil {
		if before.Currency != total.Currency {
			s.refuseAt(FieldAmount, "%s was credited already, and another currency cannot be added to it", before)
			return "", false
		}
		total.Cents += before.Cents
	}
	s.c.Credit, n.Fee, n.Amount = total.String(), fee, credited
	if fee.Cents == 0 {
		return ": " + credited.String(), true
	}
	return fmt.Sprintf(": %s less the fee of %s, that is %s", price, fee, credited), true
}

// resolve writes the resolutions and names the units; without a list, all that
// are here.
func (s *step) resolve(how leaving) (gone []string) {
	resolutions := s.e.Resolutions
	if len(resolutions) == 0 {
		resolutions = map[int]Resolution{}
		for _, position := range s.c.positions(func(it Item) bool { return it.Received && it.Resolution == "" && (!how.here || it.AtVendor.IsZero()) }) {
			resolutions[position] = how.may[0]
		}
	}
	if len(resolutions) == 0 {
		s.refuse("no unit of this case is here")
		return nil
	}
	for i, it := range s.c.Items {
		r, named := resolutions[it.Position]
		switch {
		case !named:
			continue
		case !it.Received:
			s.refuse("unit %d has not arrived", it.Position)
			return nil
		case it.Resolution != "":
			s.refuse("unit %d has left already: %s", it.Position, it.Resolution)
			return nil
		case how.here && !it.AtVendor.IsZero():
			s.refuse("unit %d is with the manufacturer", it.Position)
			return nil
		case !slices.Contains(how.may, r):
			s.refuse("unit %d cannot be %s by this", it.Position, r)
			return nil
		case s.untested(it) && (r == Repaired || r == Replaced):
			s.refuse("unit %d has not been tested: it is repaired or replaced only after its outcome is recorded", it.Position)
			return nil
		}
		s.c.Items[i].Resolution, s.c.Items[i].AtVendor = r, time.Time{}
		gone = append(gone, fmt.Sprint(it.Position))
	}
	if len(gone) != len(resolutions) {
		s.refuse("the case has no such unit")
	}
	return gone
}

// untested: a defective unit waits for the test. Once work has begun, the test of
// its manufacturer or an accepted quote stands behind it.
func (s *step) untested(it Item) bool {
	return s.c.Reason == Defective && s.c.State == Received && it.Outcome == ""
}

// disposalAsked is the proposal that waits for the second click.
const disposalAsked = "disposal_asked"

// nothingToDispose takes back that goods shall be disposed of which have left.
func (c *Case) nothingToDispose() {
	c.Disposal = Person{}
	if c.Proposal.Action == EvDispose {
		c.Proposal = Proposal{}
	}
}

// dispose is allowed when the storage is over and the customer was told, before
// that only with a reason in words; and only by two clicks of staff: the first
// asks for it, the second, of another person where the policy wants that, does it.
func (s *step) dispose() {
	by := Person{ID: s.e.Actor.ID, Name: s.e.Actor.Name}
	switch {
	case s.e.Actor.Kind != ByStaff || by == Person{}:
		s.refuse("only a person of the staff may dispose of goods")
	case !s.c.goodsHere():
		s.refuse("no unit of this case is here")
	case s.c.Undelivered != "":
		s.refuse("the last mail to the customer did not arrive, so he may not know that his goods wait")
	case s.e.Records.Unsent:
		s.refuse("the last mail to the customer has not gone out yet, so he does not know that his goods wait")
	case s.c.Disposal == Person{} && s.now.Before(s.p.End(s.c)) && strings.TrimSpace(s.e.Text) == "":
		s.refuseAt(FieldText, "the goods are stored until %s; to dispose of them earlier, write why", s.p.End(s.c).In(s.p.Calendar.zone).Format(time.DateOnly))
	case s.c.Disposal == Person{}:
		s.c.Disposal = by
		s.did(OutUpdate, "wants to dispose of the goods; a second click confirms it")
		s.propose(EvDispose, disposalAsked, s.d.Why)
	case s.p.Disposal.SecondPerson && s.c.Disposal.ID == by.ID:
		s.refuse("another person must confirm that the goods are disposed of")
	default:
		s.leave()
		if s.d.Refusal == "" {
			s.c.Disposal = Person{}
			if s.c.Proposal.Rule == disposalAsked {
				s.c.Proposal = Proposal{}
			}
		}
	}
}

// extend gives the customer, or the work, more time. Goods are stored longer
// only for a reason in writing.
func (s *step) extend() {
	until := s.p.closeOfDay(s.e.Date)
	stored := s.c.State == Quoted || s.c.State == Uncollected
	why := strings.TrimSpace(or(s.e.Justification, s.e.Text))
	switch {
	case s.e.Date.IsZero() || !until.After(s.now):
		s.refuseAt(FieldDate, "the new date must lie ahead")
		return
	case stored && why == "":
		s.refuseAt(FieldReason, "goods are stored longer only for a reason in writing: write it")
		return
	}
	what := "extended the time to " + s.e.Date.Format(time.DateOnly)
	if stored {
		what += ": " + strings.TrimSuffix(shorten(why, 300), ".")
	}
	s.did(OutUpdate, "%s", what)
	s.c.Late = false
	if s.c.Proposal.Action == EvDispose {
		s.c.Proposal = Proposal{}
	}
	if s.c.State == InProcess {
		s.c.Promised, s.c.Until = s.e.Date, time.Time{}
		s.tell(Notice{Kind: NoticeInProcess, Text: s.e.Text})
		return
	}
	reminders, _ := s.p.timetable(s.c)
	s.c.Until, s.c.Reminders = until, len(reminders)
	if strings.TrimSpace(s.e.Text) == "" {
		s.tell(Notice{Kind: NoticeStatus})
		return
	}
	s.message()
}
