package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawItem and the other draws make what mails and staff can say, sense and
// nonsense mixed.
func drawItem(t *rapid.T) Item {
	return Item{
		Manufacturer: rapid.SampledFrom([]string{"", "grandstream", "gigaset", "snom", "voismart", "ubiquiti", "nobody"}).Draw(t, "maker"),
		Model:        rapid.SampledFrom([]string{"", "GXP2170", "D735"}).Draw(t, "model"),
		Serial:       rapid.SampledFrom([]string{"", "S1", "S2", "S3", "S4"}).Draw(t, "serial"),
		MAC:          rapid.SampledFrom([]string{"", "000413961F0A"}).Draw(t, "mac"),
		FoundIn:      rapid.SampledFrom([]string{"body", "quoted"}).Draw(t, "found"),
		Doubt:        rapid.SampledFrom([]Doubt{"", "", "", Confusable, Conflict}).Draw(t, "doubt"),
	}
}

func drawList(t *rapid.T, label string) []string {
	return rapid.SliceOfN(rapid.SampledFrom([]string{"A1", "A2"}), 0, 1).Draw(t, label)
}

func drawClaim(t *rapid.T) Claim {
	return Claim{
		Reason:       rapid.SampledFrom([]Reason{"", OrderError, DeliveryError, Defective, Defective}).Draw(t, "reason"),
		Items:        rapid.SliceOfN(rapid.Custom(drawItem), 0, 4).Draw(t, "items"),
		Fault:        rapid.SampledFrom([]string{"", "dead"}).Draw(t, "fault"),
		Text:         rapid.SampledFrom([]string{"", "yes", "it does not ring any more at all"}).Draw(t, "text"),
		PurchaseDate: rapid.SampledFrom([]string{"", "2025-06-01", "2019-01-01"}).Draw(t, "bought"),
		Confirmed:    rapid.SliceOfN(rapid.Just(FactUnused), 0, 1).Draw(t, "confirmed"),
		Oversize:     rapid.IntRange(0, 9).Draw(t, "size") == 0,
		References: References{VendorTicket: drawList(t, "vendor"), SupportTicket: drawList(t, "support"),
			Order: drawList(t, "order"), Tracking: drawList(t, "tracking")},
		BoughtFrom: rapid.SampledFrom([]string{"", "", "", "Alias in May"}).Draw(t, "seller"),
		Ordered:    rapid.SampledFrom([]string{"", "D785"}).Draw(t, "ordered"),

		AdvanceWanted:  rapid.IntRange(0, 3).Draw(t, "advance") == 0,
		FreightCollect: rapid.IntRange(0, 3).Draw(t, "collect") == 0,
	}
}

// drawRecords makes what register, directory and casebook can know.
func drawRecords(t *rapid.T, now time.Time) Records {
	r := Records{Register: rapid.Bool().Draw(t, "register"), Directory: rapid.Bool().Draw(t, "directory"), Sales: map[string]Sale{},
		Open: map[string]string{}, Returns: map[string]int{}, Repaired: map[string]time.Time{}}
	if rapid.IntRange(0, 2).Draw(t, "known") > 0 {
		r.Accounts = []Account{{Number: "K1", Name: "Alias", Role: rapid.SampledFrom([]Role{RoleCustomer, RoleDistributor}).Draw(t, "role")}}
	}
	for _, key := range []string{"S1", "S2", "S3", "000413961F0A"} {
		if rapid.Bool().Draw(t, "sold") {
			r.Sales[key] = Sale{Serial: key, Customer: rapid.SampledFrom([]string{"", "K1", "K2"}).Draw(t, "customer"), Model: "D735",
				Distributor: rapid.SampledFrom([]string{"", "", "Alias", "Somebody"}).Draw(t, "distributor"),
				Delivered:   now.AddDate(0, 0, -rapid.IntRange(0, 1500).Draw(t, "delivered")),
				Status:      rapid.SampledFrom([]SaleStatus{Sold, Sold, SaleReplaced, Scrapped}).Draw(t, "status"),
				Replaces:    rapid.SampledFrom([]string{"", "S1", "S2"}).Draw(t, "replaces")}
		}
		if rapid.IntRange(0, 4).Draw(t, "open") == 0 {
			r.Open[key] = Number(2026, 9)
		}
		r.Returns[key] = rapid.IntRange(0, 3).Draw(t, "returns")
	}
	if rapid.IntRange(0, 9).Draw(t, "down") == 0 {
		r.Down = "no answer"
	}
	r.Unsent = rapid.IntRange(0, 9).Draw(t, "unsent") == 0
	return r
}

// drawOther makes the other case of a merge.
func drawOther(t *rapid.T, p *Policy, now time.Time) *Case {
	c := Draft(drawClaim(t), Party{Address: rapid.SampledFrom([]string{"a@b.example", "c@b.example", "x@y.example"}).Draw(t, "house"), Trust: Known}, "en", Number(2026, 2), now)
	c.State, c.Version = rapid.SampledFrom(open()).Draw(t, "other"), 1
	for i := range c.Items {
		c.Items[i].Received = stage(c.State) == withGoods
	}
	c.Deadline = p.deadline(c)
	return &c
}

func drawEvent(t *rapid.T, p *Policy, c Case, now time.Time) Event {
	kinds := Events()
	if rapid.IntRange(0, 4).Draw(t, "sense") > 0 { // mostly what leads on, or no life would get far
		kinds = slices.Concat(likely(c.State), []EventKind{EvTick, EvAnswer})
		if c.State == Quoted {
			kinds = append(kinds, EvQuoteAccepted, EvQuoteDeclined)
		}
		if c.Asked != nil {
			kinds = append(kinds, EvConfirm, EvConfirm, EvConfirm, EvConfirm, EvReject, EvNote, EvEdit)
		}
	}
	e := Event{Kind: rapid.SampledFrom(kinds).Draw(t, "event"), Claim: drawClaim(t)}
	e.Actor = Actor{Kind: ByStaff, ID: rapid.SampledFrom([]string{"U1", "U2"}).Draw(t, "who"), Name: "Ann"}
	if slices.Contains(customerEvents(), e.Kind) {
		e.Actor = Actor{Kind: ByCustomer, ID: "a@b.example", Trust: rapid.SampledFrom([]Trust{Proven, Known, Unknown, Forged}).Draw(t, "trust")}
	}
	e.Verdicts, e.Outcomes, e.Resolutions = map[int]Verdict{}, map[int]TestOutcome{}, map[int]Resolution{}
	for _, it := range c.Items {
		e.Verdicts[it.Position] = rapid.SampledFrom([]Verdict{InWarranty, OutOfWarranty, RefusedCommercial}).Draw(t, "verdict")
		if it.Received {
			e.Outcomes[it.Position] = rapid.SampledFrom([]TestOutcome{Covered, Covered, ImproperUse, NoFaultFound}).Draw(t, "outcome")
		}
		if rapid.Bool().Draw(t, "some") {
			e.Received = append(e.Received, it.Position)
			e.Items = append(e.Items, Item{Position: it.Position, Serial: it.Serial})
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "how") == 0 && len(c.Items) > 0 {
		r := rapid.SampledFrom([]Resolution{Repaired, Replaced, Replaced, Credited, ReturnedAsIs, Collected}).Draw(t, "resolution")
		e.Resolutions[c.Items[0].Position] = r
	}
	e.Refusal = rapid.SampledFrom([]Verdict{"", RefusedCommercial, RefusedTechnical}).Draw(t, "refusal")
	e.Missing = rapid.SliceOfN(rapid.SampledFrom([]Missing{{FactSerial, 1}, {FactPurchaseDate, 0}}), 0, 2).Draw(t, "ask")
	e.Text = rapid.SampledFrom([]string{"", "words"}).Draw(t, "words")
	e.Amount = rapid.SampledFrom([]string{"", "10 EUR", "99.90 EUR", "640 EUR", "12 CHF", "much"}).Draw(t, "amount")
	e.Records, e.Other = drawRecords(t, now), drawOther(t, p, now)
	e.Joined = rapid.IntRange(0, 4).Draw(t, "joined") == 0
	e.Label = rapid.SampledFrom([]string{"", "", c.Number, Number(2026, 9), "x"}).Draw(t, "label")
	e.Accessories = rapid.SampledFrom([]string{"", "", "PSU"}).Draw(t, "accessories")
	e.FreightCollect = rapid.IntRange(0, 5).Draw(t, "parcel") == 0
	e.VendorRMA = rapid.SampledFrom([]string{"", "M-1"}).Draw(t, "vendor rma")
	if e.Kind == EvReceive && rapid.IntRange(0, 3).Draw(t, "extra") == 0 {
		e.Items = append(e.Items, Item{Serial: "S9"})
	}
	if e.Kind == EvDispose || e.Kind == EvApprove { // or none would ever come to its end
		e.Records.Unsent, e.Date = false, time.Time{}
	}
	e.Date = now.AddDate(0, 0, rapid.IntRange(-3, 20).Draw(t, "date"))
	e.Into = Number(2026, rapid.IntRange(1, 2).Draw(t, "into"))
	e.Person = Person{ID: "U2"}
	e.Whole = rapid.IntRange(0, 3).Draw(t, "whole") == 0
	e.Language = rapid.SampledFrom([]string{"", "", "fr", "xx"}).Draw(t, "language")
	e.Address = rapid.SampledFrom([]string{"", "x@y.example"}).Draw(t, "address")
	return e
}

// always is what holds of every decision, whatever came before.
func always(t *rapid.T, p *Policy, before Case, e Event, d Decision, now time.Time) {
	c := d.Case
	switch {
	case d.Rule == "" || d.Why == "" || d.Outcome == "":
		t.Fatalf("a decision without rule, why or outcome: %+v", d)
	case c.Version != before.Version:
		t.Fatal("the version is the casebook's business")
	case (c.State == Closed) != (c.Closing != ""):
		t.Fatalf("state %s, closing %q", c.State, c.Closing)
	case c.State == Closed && c.Closing != Merged && c.goodsHere() && before.State != Closed:
		t.Fatalf("%s closes the case, and its goods are here", e.Kind)
	case d.Refusal != "" && (d.Outcome != OutHold || len(d.Notices) > 0):
		t.Fatalf("a refused event does something: %+v", d)
	}
	if d.Outcome == OutHold || d.Outcome == OutIgnore {
		if diff := cmp.Diff(before, c, cmpopts.EquateEmpty()); diff != "" || len(d.Notices) > 0 {
			t.Fatalf("%s changes the case:\n%s", d.Outcome, diff)
		}
		return
	}
	if to, _ := Move(before.State, e.Kind); !slices.Contains(to, c.State) {
		t.Fatalf("%s leads from %s to %s", e.Kind, before.State, c.State)
	}
	if c.Deadline.IsZero() != (c.State == Closed || c.Late) {
		t.Fatalf("deadline %s of a case in %s, late %v", c.Deadline, c.State, c.Late)
	}
	if reminders, _ := p.timetable(c); c.Reminders > len(reminders) && len(c.References.Tracking) == 0 { // of goods on their way, nobody is reminded any more
		t.Fatalf("%d reminders in %s, which has %d", c.Reminders, c.State, len(reminders))
	}
	if want := p.deadline(c); !c.Deadline.Equal(want) && !(e.Kind == EvTick && c.Deadline.Equal(now.Add(breath))) {
		t.Fatalf("the clock of %s stands at %s, not at %s", c.State, c.Deadline, want)
	}
	if c.Late && !before.Late && !d.Escalate {
		t.Fatalf("%s is late, and staff are not told", c.State)
	}
	if e.Kind == EvTick && !c.Deadline.IsZero() && !c.Deadline.After(now) {
		t.Fatalf("the clock would act again at once: %s at %s", c.Deadline, now)
	}
	alwaysItems(t, before, e, d)
	alwaysTwo(t, p, before, e, d)
	if c.State == InfoNeeded && len(c.Missing) == 0 && e.Text == "" && before.State != InfoNeeded {
		t.Fatal("information is needed, but nothing was asked")
	}
	seen := map[NoticeKind]bool{}
	for _, n := range d.Notices {
		if seen[n.Kind] {
			t.Fatalf("told twice: %s", n.Kind)
		}
		seen[n.Kind] = true
	}
}

// alwaysTwo: nothing over a limit is done but by a second person's confirmation
// of what the first one asked for; what was asked alone does nothing.
func alwaysTwo(t *rapid.T, p *Policy, before Case, e Event, d Decision) {
	c, limits := d.Case, p.SecondPerson
	over := []string{}
	if c.Credit != before.Credit && exceeds(c.Credit, limits.Credit) {
		over = append(over, "credit of "+c.Credit)
	}
	if c.Quote != before.Quote && c.Quote != "" && exceeds(c.Quote, limits.Quote) {
		over = append(over, "quote of "+c.Quote)
	}
	if limits.Replaced > 0 && c.replaced() > before.replaced() && c.replaced() > limits.Replaced && d.Absorbed == nil {
		over = append(over, "replacement")
	}
	if len(over) > 0 && (e.Kind != EvConfirm || before.Asked == nil || before.Asked.By.ID == e.Actor.ID) {
		t.Fatalf("%s by %s alone does a %s over the limit", e.Kind, e.Actor.ID, over)
	}
	switch {
	case c.Asked == nil:
		if c.Proposal.Action == EvConfirm {
			t.Fatalf("nothing waits for a second person, and %q is proposed", c.Proposal.Why)
		}
		return
	case c.State == Closed:
		t.Fatal("a closed case waits for a second person")
	case c.Proposal.Action != EvConfirm || !slices.Contains(Actions(c), EvConfirm) || !slices.Contains(Actions(c), EvReject):
		t.Fatalf("what %s asked for is before nobody: %+v", c.Asked.By.ID, c.Proposal)
	case c.Asked != before.Asked && (len(d.Notices) > 0 || c.State != before.State || !slices.Equal(c.Items, before.Items) || c.Quote != before.Quote || c.Credit != before.Credit):
		t.Fatalf("what is only asked for is done already: %+v", d)
	case c.Asked == before.Asked && (c.State != before.State || !slices.Equal(c.Items, before.Items)):
		t.Fatal("what was asked for can be confirmed for other goods")
	}
}

// alwaysItems: no unit is lost, positions stay unique, and what staff ruled
// stands until staff rule otherwise.
func alwaysItems(t *rapid.T, before Case, e Event, d Decision) {
	all := slices.Clone(d.Case.Items)
	for _, other := range []*Case{d.SplitOff, d.Absorbed} {
		if other == nil {
			continue
		}
		all = append(all, other.Items...)
		if other.Deadline.IsZero() != (other.State == Closed || other.Late) {
			t.Fatalf("%s makes a case in %s that no clock moves", e.Kind, other.State)
		}
		seen := map[int]bool{}
		for _, it := range other.Items {
			if seen[it.Position] || it.Position < 1 {
				t.Fatalf("%s: position %d is doubled or none", e.Kind, it.Position)
			}
			seen[it.Position] = true
		}
	}
	if d.Absorbed != nil {
		for _, it := range e.Other.Items {
			if _, ok := d.Absorbed.item(it.Position); !ok {
				t.Fatalf("the merge loses unit %d of the other case", it.Position)
			}
		}
		all = slices.DeleteFunc(all, func(it Item) bool {
			return slices.ContainsFunc(e.Other.Items, func(o Item) bool { return o.Position == it.Position && !slices.ContainsFunc(before.Items, o.same) })
		})
	}
	if len(all) < len(before.Items) && d.Absorbed == nil {
		t.Fatalf("%s loses a unit", e.Kind)
	}
	for _, it := range before.Items {
		if d.Absorbed != nil && it.Serial != "" && !slices.ContainsFunc(all, it.same) {
			t.Fatalf("%s loses unit %s", e.Kind, it.Serial)
		}
	}
	positions := map[int]bool{}
	for _, it := range d.Case.Items {
		if positions[it.Position] || it.Position < 1 {
			t.Fatalf("position %d is doubled or none", it.Position)
		}
		positions[it.Position] = true
		old, ok := before.item(it.Position)
		if ok && e.Actor.Kind != ByStaff && (old.Verdict != "" && old.Verdict != it.Verdict || old.Resolution != it.Resolution || old.Received != it.Received || old.Outcome != it.Outcome) {
			t.Fatalf("%s overrules staff on unit %d: %+v, was %+v", e.Kind, it.Position, it, old)
		}
	}
}

func policies(t testing.TB) []*Policy {
	return []*Policy{
		policy(t, "version: shipped"),
		policy(t, "automatic: {acknowledge: false, ask: false, refer: false, remind: false, close: false}\ndisposal: {second_person: true}\nsecond_person: {credit: 50 EUR, quote: 90 EUR, replaced: 1}"),
		policy(t, "second_person: {credit: 90 EUR, quote: 90 EUR}\nautomatic: {approve: true}"),
		policy(t, `
guards:
  unknown_customer: {do: refer, contact: sales@desk.example}
  not_sold: {do: ask, ask: [order]}
  sold_to_other: {do: hold}
  gone: {do: refuse_proposed}
  many_returns: {do: open, count: 2}
  advance_replacement: {do: open}
  freight_collect: {do: off}
warranty: {replaced: longer, after_repair_days: 90}
fees: {no_fault_found: 35 EUR}
`),
		policy(t, `
automatic: {approve: true, refuse: true}
rules:
  - {id: no_dead, when: 'fault == "dead" and age_days > 900', then: refuse, verdict: refused_technical, why: Too old.}
  - {id: broken, when: 'len(items) > 3 and items[3].serial == "S4" and items[9].mac == ""', then: hold, why: Looks odd.}
  - {id: bought, when: 'reason == "defective" and purchase_date == ""', then: ask, ask: [purchase_date], why: The date of purchase decides.}
`),
	}
}

func TestDecideOverRandomLives(t *testing.T) {
	all := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "policy")
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		claim := Split(p, drawClaim(t))[0]
		c := Draft(claim, Party{Address: "a@b.example", Trust: Known}, "en", Number(2026, 1), now)
		e := Event{Kind: EvRequest, Actor: Actor{Kind: ByCustomer, ID: "a@b.example", Trust: Known}, Claim: claim, Records: drawRecords(t, now)}
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			frozen := c.clone()
			d := Decide(p, c, e, now)
			again := Decide(p, frozen, e, now)
			if diff := cmp.Diff(d, again, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("not deterministic, or the case given was changed:\n%s", diff)
			}
			if diff := cmp.Diff(frozen, c, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("Decide changed what it was given:\n%s", diff)
			}
			always(t, p, c, e, d, now)
			if e.Kind == EvRequest && d.Outcome == OutHold {
				return
			}
			c = d.Case
			c.Version++
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
			if e = drawEvent(t, p, c, now); e.Kind == EvTick && !c.Deadline.IsZero() && now.Before(c.Deadline) {
				now = c.Deadline
			}
		}
	})
}

// ending is what a person does to bring a case to its end.
func ending(c Case) Event {
	e := Event{Actor: Actor{Kind: ByStaff, ID: "U1", Name: "Ann"}, Text: "words", Refusal: RefusedTechnical}
	absent := c.positions(func(it Item) bool { return !it.Received && !it.refused() })
	switch {
	case stage(c.State) != withGoods && c.goodsHere():
		e.Kind, e.Verdicts = EvApprove, map[int]Verdict{}
		for _, it := range c.Items {
			e.Verdicts[it.Position] = OutOfWarranty
		}
	case stage(c.State) != withGoods:
		e.Kind = EvRefuse
	case len(c.positions(func(it Item) bool { return !it.AtVendor.IsZero() })) > 0:
		e.Kind = EvBackFromVendor
	case c.State == Uncollected && len(absent) > 0 && len(absent) < len(c.Items):
		e.Kind = EvSplit
		for _, position := range absent {
			e.Items = append(e.Items, Item{Position: position})
		}
	case len(absent) > 0:
		e.Kind = EvReceive
	default:
		e.Kind = EvReturnAsIs
	}
	return e
}

// Wherever a life leads, a person can end it: no case is left that nobody and no
// clock will ever move.
func TestEveryCaseCanBeEnded(t *testing.T) {
	all := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "policy")
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		claim := Split(p, drawClaim(t))[0]
		c := Draft(claim, Party{Address: "a@b.example", Trust: Known}, "en", Number(2026, 1), now)
		e := Event{Kind: EvRequest, Actor: Actor{Kind: ByCustomer, ID: "a@b.example", Trust: Known}, Claim: claim}
		for range rapid.IntRange(1, 40).Draw(t, "length") {
			c = Decide(p, c, e, now).Case
			c.Version++
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "hours")) * time.Hour)
			e = drawEvent(t, p, c, now)
		}
		var path []string
		for range 2*len(c.Items) + 6 {
			if c.State == Closed {
				return
			}
			e := ending(c)
			d := Decide(p, c, e, now)
			path = append(path, fmt.Sprintf("%s in %s: %s", e.Kind, c.State, or(d.Refusal, d.Why)))
			c = d.Case
			c.Version++
		}
		if c.State != Closed {
			t.Fatalf("nobody can end %s: %+v\n%s", c.State, c.Items, strings.Join(path, "\n"))
		}
	})
}

// What somebody is told of whom the desk does not know does not depend on what
// register and casebook hold.
func TestTheAnswerToAStrangerKeepsTheRegistersSecrets(t *testing.T) {
	p := policy(t, "guards: {unknown_customer: {do: off}}")
	told := func(claim Claim, r Records, trust Trust) Decision {
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		c := Draft(claim, Party{Address: "e@f.example", Trust: trust}, "en", Number(2026, 1), now)
		return Decide(p, c, Event{Kind: EvRequest, Actor: Actor{Kind: ByCustomer, ID: "e@f.example", Trust: trust}, Claim: claim, Records: r}, now)
	}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		claim, a, b := Split(p, drawClaim(t))[0], drawRecords(t, now), drawRecords(t, now)
		claim.BoughtFrom = "" // what he says himself is no secret
		a.Accounts, b.Accounts, a.Down, b.Down = nil, nil, "", ""
		trust := rapid.SampledFrom([]Trust{Proven, Unknown}).Draw(t, "trust")
		one, two := told(claim, a, trust), told(claim, b, trust)
		if diff := cmp.Diff(one.Notices, two.Notices); diff != "" || one.Case.State != two.Case.State || (one.Outcome == OutHold) != (two.Outcome == OutHold) {
			t.Fatalf("%s %s by %s, and %s %s by %s:\n%s", one.Outcome, one.Case.State, one.Rule, two.Outcome, two.Case.State, two.Rule, diff)
		}
		for i, it := range one.Case.Items {
			if other := two.Case.Items[i]; it.Model != other.Model || it.Manufacturer != other.Manufacturer {
				t.Fatalf("unit %d is called %s %s, and %s %s", it.Position, it.Manufacturer, it.Model, other.Manufacturer, other.Model)
			}
		}
	})
}

// Left alone, every case comes to rest: closed, or before staff, after a few
// acts of the clock.
func TestTheClockComesToRest(t *testing.T) {
	all := policies(t)
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(all).Draw(t, "policy")
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		c := Case{Number: Number(2026, 1), State: rapid.SampledFrom(open()).Draw(t, "state"), Version: 1, ClockAt: now, StateAt: now,
			Missing: []Missing{{Fact: FactFault}}, Items: []Item{{Position: 1}}}
		c.Deadline = p.deadline(c)
		escalated := 0
		for range 10 {
			if c.Deadline.IsZero() {
				break
			}
			now = c.Deadline
			d := Decide(p, c, Event{Kind: EvTick, Actor: Actor{Kind: ByClock}}, now)
			if d.Escalate {
				escalated++
			}
			c = d.Case
		}
		if !c.Deadline.IsZero() || c.State != Closed && escalated != 1 {
			t.Fatalf("%s, escalated %d times, next %s", c.State, escalated, c.Deadline)
		}
	})
}

// A desk that was switched off for months does not remind and close at once.
func TestAfterALongSleep(t *testing.T) {
	p := policy(t, "version: t")
	start := rome(t, "2026-01-12 10:00")
	c := Case{Number: Number(2026, 1), State: InfoNeeded, Version: 1, ClockAt: start, StateAt: start, Missing: []Missing{{Fact: FactFault}}}
	c.Deadline = p.deadline(c)
	now := start.AddDate(0, 3, 0)
	var kinds []NoticeKind
	for !c.Deadline.IsZero() {
		d := Decide(p, c, Event{Kind: EvTick}, now)
		if d.Outcome == OutIgnore {
			now = c.Deadline
			continue
		}
		for _, n := range d.Notices {
			kinds = append(kinds, n.Kind)
		}
		c = d.Case
	}
	want := []NoticeKind{NoticeQuestionReminder, NoticeQuestionReminder, NoticeClosedNoAnswer}
	if !slices.Equal(kinds, want) || now.Sub(start.AddDate(0, 3, 0)) < 2*breath {
		t.Errorf("%v until %s", kinds, now)
	}
}

func TestUndeliveredStopsTheCustomersClock(t *testing.T) {
	p := policy(t, "version: t")
	now := rome(t, "2026-01-12 10:00")
	for _, s := range []State{InfoNeeded, Validated, Quoted, Uncollected} {
		c := Case{Number: Number(2026, 1), State: s, Version: 1, ClockAt: now, Undelivered: "550", Items: []Item{{Position: 1}}}
		c.Deadline = p.deadline(c)
		d := Decide(p, c, Event{Kind: EvTick}, c.Deadline)
		if d.Case.State != s || !d.Escalate || len(d.Notices) > 0 {
			t.Errorf("%s: %s, escalate %v, %v", s, d.Case.State, d.Escalate, d.Notices)
		}
		after := Decide(p, d.Case, Event{Kind: EvResend, Actor: Actor{Kind: ByStaff, Name: "Ann"}}, c.Deadline).Case
		if after.Undelivered != "" || after.Late || !after.ClockAt.Equal(c.Deadline) || after.Deadline.IsZero() {
			t.Errorf("%s: the clock does not begin again: %+v", s, after)
		}
	}
}

func TestSplit(t *testing.T) {
	p := policy(t, "version: t")
	unit := func(makers ...string) (list []Item) {
		for _, m := range makers {
			list = append(list, Item{Manufacturer: m})
		}
		return list
	}
	for _, c := range []struct {
		name   string
		reason Reason
		items  []Item
		want   string
	}{
		{"no items", Defective, nil, "[[]]"},
		{"one", Defective, unit("gigaset"), "[[gigaset]]"},
		{"same process", Defective, unit("snom", "yealink"), "[[snom yealink]]"},
		{"each direct maker for itself", Defective, unit("gigaset", "snom", "ubiquiti", "gigaset"), "[[gigaset gigaset] [snom] [ubiquiti]]"},
		{"ticket and own", "", unit("grandstream", "voismart", "grandstream"), "[[grandstream grandstream] [voismart]]"},
		{"unknown with the desk's own", Defective, unit("", "gigaset", "snom"), "[[gigaset] [snom ]]"},
		{"unknown is not referred unseen", Defective, unit("", "gigaset"), "[[] [gigaset]]"},
		{"order error", OrderError, unit("gigaset", "snom"), "[[gigaset snom]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got [][]string
			for _, cl := range Split(p, Claim{Reason: c.reason, Items: c.items}) {
				makers := []string{}
				for _, it := range cl.Items {
					makers = append(makers, it.Manufacturer)
				}
				got = append(got, makers)
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// A Grandstream ticket confirms nothing of a Snom in the same mail.
func TestSplitKeepsTicketsApart(t *testing.T) {
	p := policy(t, "version: t")
	cl := Claim{Reason: Defective, References: References{VendorTicket: []string{"20240115093422"}},
		Items: []Item{{Manufacturer: "grandstream"}, {Manufacturer: "snom"}}}
	got := Split(p, cl)
	if len(got[0].References.VendorTicket) != 1 || len(got[1].References.VendorTicket) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestMerge(t *testing.T) {
	known := []Item{{Position: 1, Manufacturer: "snom", Model: "D735"}, {Position: 2, Manufacturer: "snom", Serial: "S2", Verdict: RefusedTechnical}}
	for _, c := range []struct {
		name string
		item Item
		grow bool
		want string
	}{
		{"serial of the unit without one", Item{Serial: "S1"}, true, "snom D735 S1; snom  S2"},
		{"the same unit again", Item{Serial: "s2", Model: "D785"}, true, "snom D735 ; snom D785 S2"},
		{"another make is another unit", Item{Manufacturer: "yealink", Serial: "Y1"}, true, "snom D735 ; snom  S2; yealink  Y1"},
		{"no more units", Item{Manufacturer: "yealink", Serial: "Y1"}, false, "snom D735 ; snom  S2"},
		{"our own words quoted", Item{Serial: "Q1", FoundIn: "quoted"}, true, "snom D735 ; snom  S2"},
		{"only the model again", Item{Model: "D735"}, true, "snom D735 ; snom  S2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := Case{Items: slices.Clone(known)}
			k.merge(Claim{Items: []Item{c.item}}, c.grow)
			got := ""
			for i, it := range k.Items {
				if i > 0 {
					got += "; "
				}
				got += it.Manufacturer + " " + it.Model + " " + it.Serial
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestDoubtIsTakenAwayByTheCustomerAlone(t *testing.T) {
	doubted := Item{Position: 1, Manufacturer: "grandstream", Serial: "2OEZ115N308C605F", Confidence: "likely", Doubt: Confusable, Meant: "20EZ115N308C605F"}
	for _, c := range []struct {
		name string
		item Item
		want string
	}{
		{"what was meant", Item{Serial: "20EZ115N308C605F", Confidence: "sure"}, "20EZ115N308C605F,"},
		{"another slip", Item{Serial: "20EZ115N3O8C605F", Doubt: Confusable}, "20EZ115N3O8C605F,confusable"},
		{"the same again", Item{Serial: "2OEZ115N308C605F"}, "2OEZ115N308C605F,"},
		{"his own words quoted", Item{Serial: "2OEZ115N308C605F", FoundIn: "quoted"}, "2OEZ115N308C605F,confusable"},
		{"a second unit", Item{Serial: "20EZ115N90AA17C2"}, "2OEZ115N308C605F,confusable; 20EZ115N90AA17C2,"},
		{"a unit of another make", Item{Manufacturer: "snom", Serial: "20EZ115N308C605F"}, "2OEZ115N308C605F,confusable; 20EZ115N308C605F,"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := Case{Items: []Item{doubted}}
			k.merge(Claim{Items: []Item{c.item}}, true)
			var got []string
			for _, it := range k.Items {
				got = append(got, it.Serial+","+string(it.Doubt))
			}
			if all := strings.Join(got, "; "); all != c.want {
				t.Errorf("%s, want %s", all, c.want)
			}
		})
	}
}

// Goods that nobody named could never be received, nor the case be ended.
func TestApproveWithoutUnits(t *testing.T) {
	p := policy(t, "automatic: {approve: true}\nreasons: {order_error: {requires: []}}")
	now := rome(t, "2026-01-12 10:00")
	d := Decide(p, Draft(Claim{Reason: OrderError}, Party{}, "en", Number(2026, 1), now), Event{Kind: EvRequest}, now)
	if d.Case.State != New {
		t.Errorf("approved by the desk: %+v", d)
	}
	d = Decide(p, d.Case, Event{Kind: EvApprove, Actor: Actor{Kind: ByStaff}}, now)
	if d.Refusal == "" {
		t.Errorf("approved by staff: %+v", d)
	}
}

// A ruling was made on the unit as it was known: no serial slips in under it.
func TestMergeLeavesARuledUnitAlone(t *testing.T) {
	c := Case{Items: []Item{{Position: 1, Manufacturer: "snom", Verdict: InWarranty}}}
	c.merge(Claim{Items: []Item{{Manufacturer: "snom", Serial: "S9"}}}, false)
	if c.Items[0].Serial != "" || len(c.Items) != 1 {
		t.Errorf("%+v", c.Items)
	}
}

func TestRequestOnARunningCase(t *testing.T) {
	p := policy(t, "version: t")
	d := Decide(p, Case{State: New, Version: 3}, Event{Kind: EvRequest}, time.Unix(0, 0))
	if d.Refusal == "" {
		t.Errorf("%+v", d)
	}
}

func TestAReopenedCaseForgetsItsQuote(t *testing.T) {
	p := policies(t)[0]
	now := time.Date(2026, 6, 3, 10, 0, 0, 0, time.UTC)
	c := Case{State: Closed, Closing: ClosedCollected, Quote: "58.00 EUR", Language: "en", Reason: Defective,
		Items: []Item{{Position: 1, Manufacturer: "snom", Received: true, Outcome: Repairable, Resolution: Collected}}}
	d := Decide(p, c, Event{Kind: EvReopen, Actor: Actor{Kind: ByStaff, ID: "U1", Name: "Ann"}}, now)
	if d.Refusal != "" || d.Case.State != InCharge || d.Case.Quote != "" {
		t.Errorf("reopened: %s, quote %q, %s", d.Case.State, d.Case.Quote, d.Refusal)
	}
}

func BenchmarkStageDecide(b *testing.B) {
	p := policy(b, "version: t")
	now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
	cl := Claim{Reason: Defective, Fault: "dead", Items: []Item{{Manufacturer: "snom", Serial: "S1"}}}
	c := Draft(cl, Party{Address: "a@b.example"}, "en", Number(2026, 1), now)
	b.ReportAllocs()
	for b.Loop() {
		Decide(p, c, Event{Kind: EvRequest, Claim: cl}, now)
	}
}

func BenchmarkLoadPolicy(b *testing.B) {
	for b.Loop() {
		if _, err := LoadPolicy("p.yaml", []byte("version: x")); err != nil {
			b.Fatal(err)
		}
	}
}

// Staff write to the customer in any state, and nothing of the case moves.
func TestWrite(t *testing.T) {
	p := policies(t)[0]
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	by := Actor{Kind: ByStaff, ID: "U1", Name: "Ann"}
	for _, state := range States() {
		c := Case{Number: "RMA-26-00001-8", State: state, Language: "it", Customer: Party{Address: "a@b.it"}, StateAt: now, ClockAt: now, OpenedAt: now, Why: "as it was"}
		c.Deadline = p.deadline(c)
		d := Decide(p, c, Event{Kind: EvWrite, Actor: by, Text: "Un momento."}, now)
		if len(d.Notices) != 1 || d.Notices[0].Kind != NoticeMessage || d.Notices[0].Text != "Un momento." {
			t.Errorf("%s: the customer is told %+v", state, d.Notices)
		}
		if diff := cmp.Diff(c, d.Case, cmpopts.IgnoreFields(Case{}, "Policy")); diff != "" {
			t.Errorf("%s: the case has changed (-before +after):\n%s", state, diff)
		}
		if empty := Decide(p, c, Event{Kind: EvWrite, Actor: by, Text: " \n"}, now); empty.Refusal == "" || len(empty.Notices) > 0 {
			t.Errorf("%s: an empty message goes out", state)
		}
	}
}
