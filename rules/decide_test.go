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
	}
}

func drawEvent(t *rapid.T, c Case, now time.Time) Event {
	kinds := Events()
	if rapid.IntRange(0, 4).Draw(t, "sense") > 0 { // mostly what leads on, or no life would get far
		kinds = slices.Concat(likely(c.State), []EventKind{EvTick, EvAnswer})
		if c.State == Quoted {
			kinds = append(kinds, EvQuoteAccepted, EvQuoteDeclined)
		}
	}
	e := Event{Kind: rapid.SampledFrom(kinds).Draw(t, "event"), Claim: drawClaim(t)}
	e.Actor = Actor{Kind: ByStaff, ID: "U1", Name: "Ann"}
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
		r := rapid.SampledFrom([]Resolution{Repaired, Credited, ReturnedAsIs, Collected}).Draw(t, "resolution")
		e.Resolutions[c.Items[0].Position] = r
	}
	e.Refusal = rapid.SampledFrom([]Verdict{"", RefusedCommercial, RefusedTechnical}).Draw(t, "refusal")
	e.Missing = rapid.SliceOfN(rapid.SampledFrom([]Missing{{FactSerial, 1}, {FactPurchaseDate, 0}}), 0, 2).Draw(t, "ask")
	e.Text = rapid.SampledFrom([]string{"", "words"}).Draw(t, "words")
	e.Amount = rapid.SampledFrom([]string{"", "10 EUR"}).Draw(t, "amount")
	e.Date = now.AddDate(0, 0, rapid.IntRange(-3, 20).Draw(t, "date"))
	e.Into = Number(2026, rapid.IntRange(1, 2).Draw(t, "into"))
	e.Person = Person{ID: "U2"}
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
	if e.Kind == EvTick && !c.Deadline.IsZero() && !c.Deadline.After(now) {
		t.Fatalf("the clock would act again at once: %s at %s", c.Deadline, now)
	}
	alwaysItems(t, before, e, d)
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

// alwaysItems: no unit is lost, positions stay unique, and what staff ruled
// stands until staff rule otherwise.
func alwaysItems(t *rapid.T, before Case, e Event, d Decision) {
	have := len(d.Case.Items)
	if d.SplitOff != nil {
		have += len(d.SplitOff.Items)
	}
	if have < len(before.Items) {
		t.Fatalf("%s loses a unit", e.Kind)
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
		policy(t, "automatic: {acknowledge: false, ask: false, refer: false, remind: false, close: false}"),
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
		e := Event{Kind: EvRequest, Actor: Actor{Kind: ByCustomer, ID: "a@b.example", Trust: Known}, Claim: claim}
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
			if e = drawEvent(t, c, now); e.Kind == EvTick && !c.Deadline.IsZero() && now.Before(c.Deadline) {
				now = c.Deadline
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

func BenchmarkDecide(b *testing.B) {
	p := policy(b, "version: t")
	now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
	cl := Claim{Reason: Defective, Fault: "dead", Items: []Item{{Manufacturer: "snom", Serial: "S1"}}}
	c := Draft(cl, Party{Address: "a@b.example"}, "en", Number(2026, 1), now)
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
