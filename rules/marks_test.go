package rules

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What each event adds to the figures, by the case before and after it.
func TestMarksOf(t *testing.T) {
	p := policy(t, "version: t")
	at := rome(t, "2026-01-14 10:00") // a Wednesday
	entered := at.Add(-3 * time.Hour)
	in := func(s State) Case { return Case{State: s, StateAt: entered, ClockAt: entered, Quote: "90.00 EUR"} }
	now := func(s State) Case { c := in(s); c.StateAt, c.ClockAt = at, at; return c }
	staff := func(k EventKind) Event { return Event{Kind: k, Actor: Actor{Kind: ByStaff, ID: "U1"}} }
	customer := func(k EventKind) Event { return Event{Kind: k, Actor: Actor{Kind: ByCustomer}} }
	complete := in(New)
	complete.CompleteAt = entered.Add(time.Hour)
	asked := in(Received)
	asked.Asked = &Asked{Event: Event{Kind: EvQuote}}
	eur := Money{9000, "EUR"}
	taken := ClockMark{ClockTakeOver, entered, entered.Add(12 * time.Hour)}
	for _, c := range []struct {
		name          string
		before, after Case
		event         Event
		notices       []Notice
		want          Marks
	}{
		{"a mail opens a case", Case{}, now(New), customer(EvRequest), nil, Marks{}},
		{"taken in charge", in(New), now(InCharge), staff(EvTakeCharge), nil, Marks{Clocks: []ClockMark{taken}}},
		{"asked at once", in(New), now(InfoNeeded), staff(EvAsk), nil, Marks{Clocks: []ClockMark{taken}}},
		{"a note takes nothing over", in(New), in(New), staff(EvNote), nil, Marks{}},
		{"merged is not taken over", in(New), Case{State: Closed, Closing: Merged}, staff(EvMerge), nil, Marks{}},
		{"ruled at once, from when it was complete", complete, now(Validated), staff(EvApprove), nil,
			Marks{Clocks: []ClockMark{taken, {ClockRuling, complete.CompleteAt, p.After(complete.CompleteAt, p.Clocks.Validate)}}}},
		{"ruled before it was complete", in(InfoNeeded), now(Validated), staff(EvApprove), nil, Marks{Clocks: []ClockMark{{ClockRuling, at, at}}}},
		{"refused in charge", in(InCharge), now(Closed), staff(EvRefuse), nil, Marks{Clocks: []ClockMark{{ClockRuling, entered, p.After(entered, p.Clocks.Validate)}}}},
		{"refused after the approval", in(Validated), now(Closed), staff(EvRefuse), nil, Marks{}},
		{"the desk refers alone", in(New), now(Closed), customer(EvAnswer), nil, Marks{}},
		{"quoted", in(Received), now(Quoted), staff(EvQuote), nil, Marks{Money: []MoneyMark{{QuoteSent, eur}}}},
		{"quoted anew", in(Quoted), now(Quoted), staff(EvQuote), nil, Marks{Money: []MoneyMark{{QuoteSent, eur}}}},
		{"a quote waits for a second person", in(Received), in(Received), staff(EvQuote), nil, Marks{}},
		{"and is confirmed", asked, now(Quoted), staff(EvConfirm), nil, Marks{Money: []MoneyMark{{QuoteSent, eur}}}},
		{"accepted", in(Quoted), now(InProcess), customer(EvQuoteAccepted), nil, Marks{Money: []MoneyMark{{QuoteAccepted, eur}}}},
		{"accepted late", in(Uncollected), now(InProcess), staff(EvAcceptOnBehalf), nil, Marks{Money: []MoneyMark{{QuoteAccepted, eur}}}},
		{"declined", in(Quoted), now(Uncollected), customer(EvQuoteDeclined), nil, Marks{Money: []MoneyMark{{QuoteDeclined, eur}}}},
		{"fetched without an answer", in(Quoted), now(Closed), staff(EvCollected), nil, Marks{Money: []MoneyMark{{QuoteDeclined, eur}}}},
		{"fetched after a decline", in(Uncollected), now(Closed), staff(EvCollected), nil, Marks{}},
		{"silent", in(Quoted), now(Uncollected), Event{Kind: EvTick}, nil, Marks{Money: []MoneyMark{{QuoteSilent, eur}}}},
		{"only reminded", in(Quoted), in(Quoted), Event{Kind: EvTick}, nil, Marks{}},
		{"credited less a fee", in(Received), now(Closed), staff(EvCredit), []Notice{{Kind: NoticeCredited, Amount: Money{8500, "EUR"}, Fee: Money{1500, "EUR"}}},
			Marks{Money: []MoneyMark{{CreditGiven, Money{8500, "EUR"}}, {RestockingFee, Money{1500, "EUR"}}}}},
		{"the test of a sound unit", in(Received), now(Closed), staff(EvReturnAsIs), []Notice{{Kind: NoticeReturned, Fee: Money{2500, "EUR"}}},
			Marks{Money: []MoneyMark{{FeeForTest, Money{2500, "EUR"}}}}},
	} {
		got := MarksOf(p, c.before, c.event, Decision{Case: c.after, Notices: c.notices}, at)
		if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestUnitMarks(t *testing.T) {
	covered := Item{Received: true, Verdict: InWarranty, Outcome: Covered}
	left := func(it Item, r Resolution) Item { it.Resolution = r; return it }
	for _, c := range []struct {
		name          string
		before, after Item
		want          []UnitMark
	}{
		{"nothing", covered, covered, nil},
		{"all at once", Item{}, covered, []UnitMark{{What: UnitRuled, Value: "in_warranty"}, {What: UnitReceived}, {What: UnitTested, Value: "covered"}}},
		{"another verdict", Item{Verdict: InWarranty}, Item{Verdict: RefusedTechnical}, []UnitMark{{What: UnitRuled, Value: "refused_technical"}}},
		{"a verdict taken back", Item{Verdict: InWarranty}, Item{}, nil},
		{"repaired in warranty", covered, left(covered, Repaired), []UnitMark{{What: UnitLeft, Value: "repaired", Covered: true}}},
		{"sent back", covered, left(covered, ReturnedAsIs), []UnitMark{{What: UnitLeft, Value: "returned_as_is"}}},
		{"repaired at cost", Item{Verdict: InWarranty, Outcome: ImproperUse}, Item{Verdict: InWarranty, Outcome: ImproperUse, Resolution: Repaired}, []UnitMark{{What: UnitLeft, Value: "repaired"}}},
		{"replaced untested", Item{Verdict: InWarranty}, Item{Verdict: InWarranty, Resolution: Replaced}, []UnitMark{{What: UnitLeft, Value: "replaced", Covered: true}}},
		{"back to a reopened case", left(covered, Repaired), Item{}, []UnitMark{{What: UnitAgain}}},
	} {
		if diff := cmp.Diff(c.want, UnitMarks(c.before, c.after), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestStandingOf(t *testing.T) {
	p := policy(t, "version: t")
	entered := rome(t, "2026-01-14 10:00")
	c := Case{State: InCharge, StateAt: entered, ClockAt: entered, Owner: Person{ID: "U1"}, Undelivered: "550"}
	if s := StandingOf(p, c); !s.Due.IsZero() || !s.Undelivered {
		t.Errorf("whose clock stands: %+v", s)
	}
	c.Deadline = p.deadline(c)
	due := p.After(entered, p.Clocks.Validate)
	if s := StandingOf(p, c); !s.Due.Equal(due) || s.Late {
		t.Errorf("in time: %+v, want due %s", s, due)
	}
	c.Late, c.Deadline = true, time.Time{}
	if s := StandingOf(p, c); !s.Due.Equal(due) || !s.Late {
		t.Errorf("late: %+v, want due %s", s, due)
	}
	if s := StandingOf(p, Case{State: Closed, Closing: Success}); !s.Due.IsZero() || s.Closing != Success {
		t.Errorf("closed: %+v", s)
	}
}
