package rules

import (
	"fmt"
	"strings"
	"time"
)

// breath is the least time between two acts of the clock on one case: a desk
// that was switched off for weeks must not remind and close in one minute.
const breath = 24 * time.Hour

// timetable is the clock of a state: reminders, and what ends it.
func (p *Policy) timetable(c Case) (reminders []Span, end Span) {
	k := p.Clocks
	switch c.State {
	case New:
		return nil, k.TakeCharge
	case InfoNeeded:
		return k.AskReminders, k.AskClose
	case InCharge:
		return nil, k.Validate
	case Validated:
		if len(c.References.Tracking) > 0 {
			return nil, k.ShipClose // on their way: nothing to remind of
		}
		return k.ShipReminders, k.ShipClose
	case Received:
		return nil, k.Test
	case Quoted, Uncollected:
		return k.QuoteRemind, k.Storage
	case InProcess:
		return nil, k.Repair
	}
	return nil, Span{}
}

// clockAt is from when the state's clock counts.
func (c Case) clockAt() time.Time {
	if c.ClockAt.IsZero() {
		return c.StateAt
	}
	return c.ClockAt
}

// End is when the state has lasted as long as it may.
func (p *Policy) End(c Case) time.Time {
	_, span := p.timetable(c)
	switch {
	case !c.Until.IsZero():
		return c.Until
	case c.State == InProcess && !c.Promised.IsZero():
		return p.closeOfDay(c.Promised)
	}
	end := p.After(c.clockAt(), span)
	if c.State == Quoted || c.State == Uncollected { // the customer is told a day, and has all of it
		return p.closeOfDay(end.In(p.Calendar.zone))
	}
	return end
}

// closeOfDay is the last moment of a local date: who promises a day has all of it.
func (p *Policy) closeOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, p.Calendar.zone).Add(-time.Second).UTC()
}

// deadline is when the clock acts next on a case; zero for a closed one and
// for one that staff let run late, on which the clock never acts again.
func (p *Policy) deadline(c Case) time.Time {
	if c.State == Closed || c.Late {
		return time.Time{}
	}
	reminders, _ := p.timetable(c)
	end := p.End(c)
	if c.Reminders < len(reminders) {
		if at := p.After(c.clockAt(), reminders[c.Reminders]); at.Before(end) {
			return at
		}
	}
	return end
}

// left is what remains of the clock of a case that now stands still: working
// time where the clock counts in it.
func (p *Policy) left(c Case, now time.Time) time.Duration {
	if c.Late || !now.Before(c.Deadline) {
		return 0
	}
	if _, span := p.timetable(c); span.working() {
		return p.WorkingBetween(now, c.Deadline)
	}
	return c.Deadline.Sub(now)
}

// goOn is when a clock ends that goes on now with what was left of it.
func (p *Policy) goOn(c Case, now time.Time, left time.Duration) time.Time {
	if _, span := p.timetable(c); span.working() {
		return p.AddWorking(now, left)
	}
	return now.Add(left)
}

// tick acts on a deadline that is due.
func (s *step) tick() {
	if s.c.Deadline.IsZero() || s.now.Before(s.c.Deadline) {
		s.d = Decision{Outcome: OutIgnore, Rule: "not_due", Why: "No deadline of this case is due.", Case: s.before}
		return
	}
	if s.c.Undelivered != "" && reminderOf[s.c.State] != "" {
		s.late("undelivered", "The customer's time is up, but the last mail to him did not arrive, so a person must look.")
		return
	}
	if stored := s.c.State == Quoted || s.c.State == Uncollected; stored && !s.c.goodsHere() && len(s.c.absent()) > 0 {
		s.nothingHere()
		return
	}
	reminders, _ := s.p.timetable(s.c)
	if s.c.Reminders < len(reminders) && s.p.After(s.c.clockAt(), reminders[s.c.Reminders]).Before(s.p.End(s.c)) {
		s.remind(len(reminders))
		return
	}
	s.expire()
}

// nothingHere: the customer has all that ever arrived, so nobody may remind him
// of it; what never arrived is for staff to split off, to be a return of its own.
func (s *step) nothingHere() {
	s.late("nothing_here", fmt.Sprintf("All that arrived has left, and unit %s never came, so staff must split it off.", listed(s.c.absent())))
}

// reminderOf is the notice with which each state reminds.
var reminderOf = map[State]NoticeKind{
	InfoNeeded: NoticeQuestionReminder, Validated: NoticeGoodsReminder, Quoted: NoticeQuoteReminder, Uncollected: NoticeCollectReminder,
}

func (s *step) remind(of int) {
	s.c.Reminders++
	rule := string(reminderOf[s.c.State])
	if !s.p.Automatic.Remind {
		s.say(OutUpdate, rule, "A reminder to the customer is due, but the policy lets the desk send none.")
		return
	}
	s.say(OutUpdate, rule, "The customer is reminded (%d of %d) that the desk waits for %s.", s.c.Reminders, of, remindedOf[s.c.State])
	n := Notice{Kind: reminderOf[s.c.State]}
	if s.c.State == InfoNeeded {
		n.Missing = s.c.Missing
	}
	s.tell(n)
}

// remindedOf is what the customer is reminded of.
var remindedOf = map[State]string{
	InfoNeeded: "his answer", Validated: "the goods", Quoted: "his written acceptance of the quote", Uncollected: "the goods to be collected",
}

// expire ends a state that has lasted as long as it may. Where the desk has
// the goods, the clock never acts alone: staff are told, once.
func (s *step) expire() {
	goods := s.c.goodsHere()
	switch {
	case s.c.State == InfoNeeded && s.p.Automatic.Close && !goods:
		s.say(OutUpdate, "no_answer", "The customer did not answer within %s, so the case was closed; his answer opens it again.", s.p.Clocks.AskClose)
		s.close(NoAnswer)
		s.tell(Notice{Kind: NoticeClosedNoAnswer})
	case s.c.State == Validated && s.p.Automatic.Close && !goods && len(s.c.References.Tracking) == 0:
		s.say(OutUpdate, "not_shipped", "The goods did not arrive within %s of the approval, so the approval has expired.", s.p.Clocks.ShipClose)
		s.close(NotShipped)
		s.tell(Notice{Kind: NoticeClosedNotShipped})
	case s.c.State == Quoted:
		s.late("storage_over", fmt.Sprintf("The customer did not answer the quote within %s, so staff must decide whether the goods are kept longer or disposed of.", s.p.Clocks.Storage))
		s.uncollected()
		s.c.Late = true
		s.propose(EvDispose, "storage_over", s.d.Why)
		s.tell(Notice{Kind: NoticeUncollected})
	case s.c.State == Uncollected:
		s.late("storage_over", fmt.Sprintf("The goods were not collected within %s, so staff must decide whether they are kept longer or disposed of.", s.p.Clocks.Storage))
		s.propose(EvDispose, "storage_over", s.d.Why)
	default:
		what, _, _ := strings.Cut(waitsFor(s.c.State), ";")
		s.late("late", fmt.Sprintf("The time for this step is over: the case still waits for %s.", what))
	}
}

// late tells staff, once, that a deadline passed.
func (s *step) late(rule, why string) {
	s.say(OutUpdate, rule, why)
	s.c.Late = true
	s.d.Escalate = true
}

func (c Case) goodsHere() bool {
	for _, it := range c.Items {
		if it.Received && it.Resolution == "" {
			return true
		}
	}
	return false
}

// deliveryFailed puts a case whose customer cannot be reached before staff.
func (s *step) deliveryFailed() {
	s.c.Undelivered = or(s.e.Failure, "the mail was not delivered")
	s.d.Escalate = true
	s.say(OutUpdate, "delivery_failed", "A mail to the customer could not be delivered: "+s.c.Undelivered)
}
