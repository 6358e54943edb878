package rules

import (
	"fmt"
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

// end is when the state has lasted as long as it may.
func (p *Policy) end(c Case) time.Time {
	_, span := p.timetable(c)
	switch {
	case !c.Until.IsZero():
		return c.Until
	case c.State == InProcess && !c.Promised.IsZero():
		return p.closeOfDay(c.Promised)
	}
	return p.After(c.ClockAt, span)
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
	end := p.end(c)
	if c.Reminders < len(reminders) {
		if at := p.After(c.ClockAt, reminders[c.Reminders]); at.Before(end) {
			return at
		}
	}
	return end
}

// tick acts on a deadline that is due.
func (s *step) tick() {
	if s.c.Deadline.IsZero() || s.now.Before(s.c.Deadline) {
		s.d = Decision{Outcome: OutIgnore, Rule: "not_due", Why: "No deadline of this case is due.", Case: s.before}
		return
	}
	if s.c.Undelivered != "" {
		s.late("undelivered", "The customer's time is up, but the last mail to him did not arrive, so a person must look.")
		return
	}
	reminders, _ := s.p.timetable(s.c)
	if s.c.Reminders < len(reminders) && s.p.After(s.c.ClockAt, reminders[s.c.Reminders]).Before(s.p.end(s.c)) {
		s.remind(len(reminders))
		return
	}
	s.expire()
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
	s.say(OutUpdate, rule, "The customer is reminded (%d of %d) that the desk waits for %s.", s.c.Reminders, of, waitsFor2(s.c.State))
	n := Notice{Kind: reminderOf[s.c.State]}
	if s.c.State == InfoNeeded {
		n.Missing = s.c.Missing
	}
	s.tell(n)
}

// waitsFor2 is what the customer is reminded of.
func waitsFor2(s State) string {
	if s == InfoNeeded {
		return "his answer"
	}
	return waitsFor(s)
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
		s.late("late", fmt.Sprintf("The time for this step is over: the case still waits for %s.", waitsFor(s.c.State)))
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
