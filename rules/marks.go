package rules

import "time"

// Standing is a case as it stands after something happened to it, as far as the
// figures need it of a moment that is past.
type Standing struct {
	Closing     Closing
	Late        bool
	Undelivered bool
	Owner       Person
	StateAt     time.Time
	Due         time.Time // when the state is to end; zero where its clock does not run
	Shadow      bool
}

// StandingOf is how a case stands.
func StandingOf(p *Policy, c Case) Standing {
	s := Standing{Closing: c.Closing, Late: c.Late, Undelivered: c.Undelivered != "", Owner: c.Owner, StateAt: c.StateAt, Shadow: c.Shadow}
	if c.State != Closed && (c.Late || !c.Deadline.IsZero()) {
		s.Due = p.End(c)
	}
	return s
}

// ClockKind is a promise about time that the desk makes.
type ClockKind string

// The promises.
const (
	ClockTakeOver ClockKind = "take_over" // a new case is taken in charge
	ClockRuling   ClockKind = "ruling"    // a complete request is validated, refused or referred
)

// Promised is how long the policy gives staff for it.
func (p *Policy) Promised(k ClockKind) Span {
	if k == ClockTakeOver {
		return p.Clocks.TakeCharge
	}
	return p.Clocks.Validate
}

// ClockMark is one promise that came to its end. It was kept where that was not
// after Due.
type ClockMark struct {
	Clock      ClockKind
	Since, Due time.Time
}

// MoneyKind is what happened to an amount.
type MoneyKind string

// What happens to amounts.
const (
	QuoteSent     MoneyKind = "quote_sent"
	QuoteAccepted MoneyKind = "quote_accepted"
	QuoteDeclined MoneyKind = "quote_declined" // in writing, or by having the goods back without an answer
	QuoteSilent   MoneyKind = "quote_silent"
	CreditGiven   MoneyKind = "credit"
	RestockingFee MoneyKind = "restocking_fee"
	FeeForTest    MoneyKind = "test_fee"
)

// MoneyMark is one thing that happened to an amount.
type MoneyMark struct {
	What MoneyKind
	Money
}

// Marks are what a decision adds to the figures, beside what can be seen from
// the case itself.
type Marks struct {
	Clocks []ClockMark
	Money  []MoneyMark
}

// MarksOf compares a case with what an event made of it.
func MarksOf(p *Policy, before Case, e Event, d Decision, now time.Time) Marks {
	var m Marks
	if e.Actor.Kind == ByStaff {
		m.Clocks = p.clockMarks(before, d.Case, e, now)
	}
	if e.Kind == EvConfirm && before.Asked != nil {
		e.Kind = before.Asked.Event.Kind
	}
	if what := quoteMark(before, d.Case, e.Kind, now); what != "" {
		quote := before.Quote
		if what == QuoteSent {
			quote = d.Case.Quote
		}
		if amount, err := ParseMoney(quote); err == nil {
			m.Money = append(m.Money, MoneyMark{what, amount})
		}
	}
	for _, n := range d.Notices {
		m.Money = append(m.Money, moneyMarks(n)...)
	}
	return m
}

func (p *Policy) clockMarks(before, after Case, e Event, now time.Time) (marks []ClockMark) {
	if before.State == New && after.State != New && after.Closing != Merged {
		marks = append(marks, ClockMark{ClockTakeOver, before.clockAt(), p.End(before)})
	}
	ruling := e.Kind == EvApprove || e.Kind == EvRefuse || e.Kind == EvRefer
	if !ruling || stage(before.State) != unruled {
		return marks
	}
	since, due := now, now // who rules before the request is complete is in time
	switch {
	case before.State == InCharge:
		since, due = before.clockAt(), p.End(before)
	case before.State == New && !before.CompleteAt.IsZero():
		since = before.clockAt()
		if before.CompleteAt.After(since) {
			since = before.CompleteAt
		}
		due = p.After(since, p.Clocks.Validate)
	}
	return append(marks, ClockMark{ClockRuling, since, due})
}

// quoteMark is what an event did to the quote of a case; empty: nothing, also
// where it waits for a second person.
func quoteMark(before, after Case, e EventKind, now time.Time) MoneyKind {
	if e == EvQuote && after.State == Quoted && after.StateAt.Equal(now) {
		return QuoteSent
	}
	if before.State == after.State {
		return ""
	}
	switch e {
	case EvQuoteAccepted, EvAcceptOnBehalf:
		return QuoteAccepted
	case EvQuoteDeclined, EvWithdrawal, EvReturnAsIs, EvCollected:
		if before.State == Quoted {
			return QuoteDeclined
		}
	case EvTick:
		if before.State == Quoted {
			return QuoteSilent
		}
	}
	return ""
}

func moneyMarks(n Notice) (marks []MoneyMark) {
	fee := FeeForTest
	if n.Kind == NoticeCredited {
		fee = RestockingFee
	}
	if n.Amount.Cents > 0 {
		marks = append(marks, MoneyMark{CreditGiven, n.Amount})
	}
	if n.Fee.Cents > 0 {
		marks = append(marks, MoneyMark{fee, n.Fee})
	}
	return marks
}

// UnitEvent is what happened to one unit.
type UnitEvent string

// What happens to units.
const (
	UnitRuled    UnitEvent = "ruled"
	UnitReceived UnitEvent = "received"
	UnitTested   UnitEvent = "tested"
	UnitLeft     UnitEvent = "left"
	UnitAgain    UnitEvent = "again" // it had left, and came back to its case, which was opened again
	UnitMoved    UnitEvent = "moved" // to another case
)

// UnitMark is one thing that happened to a unit. Value is the verdict, the
// outcome or the resolution; Covered, of a unit that left, whether the warranty
// paid.
type UnitMark struct {
	What    UnitEvent
	Value   string
	Covered bool
}

// UnitMarks compares a unit with what it was before.
func UnitMarks(before, after Item) (marks []UnitMark) {
	if after.Verdict != before.Verdict && after.Verdict != "" {
		marks = append(marks, UnitMark{What: UnitRuled, Value: string(after.Verdict)})
	}
	if after.Received && !before.Received {
		marks = append(marks, UnitMark{What: UnitReceived})
	}
	if after.Outcome != before.Outcome && after.Outcome != "" {
		marks = append(marks, UnitMark{What: UnitTested, Value: string(after.Outcome)})
	}
	switch {
	case after.Resolution == before.Resolution:
	case after.Resolution == "":
		marks = append(marks, UnitMark{What: UnitAgain})
	default:
		marks = append(marks, UnitMark{What: UnitLeft, Value: string(after.Resolution), Covered: after.covered()})
	}
	return marks
}

// covered: the warranty paid for what was done to the unit.
func (it Item) covered() bool {
	paid := it.Resolution == Repaired || it.Resolution == Replaced || it.Resolution == Credited
	return paid && (it.Outcome == Covered || it.Outcome == "" && it.Verdict == InWarranty)
}
