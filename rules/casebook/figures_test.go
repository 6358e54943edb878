package casebook

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"retour/rules"
)

// recount counts the figures again from what was booked, one entry after the
// other, without a query and without what the casebook keeps for them.
type recount struct {
	p      *rules.Policy
	log    []entry // without those of the shadow
	period rules.Period
	end    time.Time // what happened before it counts as what stands
	last   map[int64]rules.Case
	units  map[int64]*unitLife
}

// unitLife is what became of one unit.
type unitLife struct {
	rules.Item // as it is known in the end
	reason     rules.Reason
	first      int64 // case
	caseID     int64
	came       time.Time
	events     []unitThing
	trips      []rules.Period // with the manufacturer and back
}

type unitThing struct {
	at   time.Time
	mark rules.UnitMark
}

func newRecount(p *rules.Policy, log []entry, period rules.Period, now time.Time) *recount {
	r := &recount{p: p, period: period, end: period.To, last: map[int64]rules.Case{}, units: map[int64]*unitLife{}}
	if now.Before(r.end) {
		r.end = now.Add(time.Millisecond)
	}
	for _, e := range log {
		if e.after.Shadow {
			continue
		}
		r.log = append(r.log, e)
		r.last[e.id] = e.after
		for _, it := range e.after.Items {
			r.unit(e, it)
		}
	}
	return r
}

func (r *recount) unit(e entry, it rules.Item) {
	u, ok := r.units[it.Unit]
	if !ok {
		u = &unitLife{first: e.id, came: e.at}
		r.units[it.Unit] = u
	}
	before := u.Item
	for _, happened := range []struct {
		what bool
		mark rules.UnitMark
	}{
		{it.Verdict != "" && it.Verdict != before.Verdict, rules.UnitMark{What: rules.UnitRuled, Value: string(it.Verdict)}},
		{it.Outcome != "" && it.Outcome != before.Outcome, rules.UnitMark{What: rules.UnitTested, Value: string(it.Outcome)}},
		{it.Resolution != "" && it.Resolution != before.Resolution, rules.UnitMark{What: rules.UnitLeft, Value: string(it.Resolution)}},
		{it.Resolution == "" && before.Resolution != "", rules.UnitMark{What: rules.UnitAgain}},
	} {
		if happened.what {
			happened.mark.Covered = happened.mark.What == rules.UnitLeft && slices.Contains([]rules.Resolution{rules.Repaired, rules.Replaced, rules.Credited}, it.Resolution) &&
				(it.Outcome == rules.Covered || it.Outcome == "" && it.Verdict == rules.InWarranty)
			u.events = append(u.events, unitThing{e.at, happened.mark})
		}
	}
	if !before.AtVendor.IsZero() && it.AtVendor.IsZero() {
		u.trips = append(u.trips, rules.Period{From: before.AtVendor, To: e.at})
	}
	u.Item, u.reason, u.caseID = it, e.after.Reason, e.id
}

// standing is every case as it stood at a moment, closed ones too.
func (r *recount) standing(end time.Time) map[int64]rules.Case {
	cases := map[int64]rules.Case{}
	for _, e := range r.log {
		if e.at.Before(end) {
			cases[e.id] = e.after
		}
	}
	return cases
}

func (r *recount) openByState(end time.Time) map[rules.State]int {
	open := map[rules.State]int{}
	for _, c := range r.standing(end) {
		if c.State != rules.Closed {
			open[c.State]++
		}
	}
	return open
}

func (r *recount) figures() rules.Figures {
	zone := r.p.Location()
	f := rules.Figures{Period: r.period, Past: r.period.Before(zone), At: r.end, Zone: zone.String()}
	if r.end.Before(r.period.To) {
		f.At = r.end.Add(-time.Millisecond)
	}
	r.cases(&f)
	f.Flow, f.Before = r.flow(f.Period, r.end), r.flow(f.Past, f.Past.To)
	f.TakenOver, f.TakenPast = r.clock(rules.ClockTakeOver, f.Period), r.clock(rules.ClockTakeOver, f.Past)
	f.Ruled, f.RuledPast = r.clock(rules.ClockRuling, f.Period), r.clock(rules.ClockRuling, f.Past)
	f.Reasons, f.ReasonsPast = r.reasons(f.Period), r.reasons(f.Past)
	r.makers(&f)
	r.lemons(&f)
	r.money(&f)
	r.series(&f)
	return f
}

func (r *recount) cases(f *rules.Figures) {
	soon := r.p.After(f.At, rules.Span{N: 3, Unit: rules.WorkingDays})
	for id, c := range r.standing(r.end) {
		if c.State == rules.Closed {
			continue
		}
		known := r.last[id]
		o := rules.OpenCase{Number: c.Number, State: c.State, Owner: c.Owner, Customer: known.Customer, Reason: known.Reason, OpenedAt: c.OpenedAt, Since: c.StateAt, Waits: known.Why}
		if c.Late || !c.Deadline.IsZero() {
			o.Due = r.p.End(c).Truncate(time.Millisecond)
		}
		for _, u := range r.units {
			if u.caseID == id {
				o.Items++
				o.Makers = append(o.Makers, u.Manufacturer)
			}
		}
		slices.Sort(o.Makers)
		o.Makers = slices.DeleteFunc(slices.Compact(o.Makers), func(m string) bool { return m == "" })
		if c.Late {
			f.Late = append(f.Late, o)
		}
		if c.Undelivered != "" {
			f.Undelivered = append(f.Undelivered, o)
		}
		if (c.State == rules.Quoted || c.State == rules.Uncollected) && !o.Due.IsZero() && !o.Due.After(soon) {
			f.Storage = append(f.Storage, o)
		}
	}
}

func (r *recount) flow(p rules.Period, end time.Time) rules.Flow {
	flow := rules.Flow{Closed: map[rules.Closing]int{}, Open: r.openByState(end)}
	for _, e := range r.log {
		if !p.Has(e.at) {
			continue
		}
		switch {
		case e.before.State == "" && e.event.Kind == rules.EvSplit:
			flow.SplitOff++
		case e.before.State == "":
			flow.In++
		case e.before.State == rules.Closed && e.after.State != rules.Closed:
			flow.Reopened++
		}
		if e.after.State == rules.Closed && e.before.State != rules.Closed {
			flow.Closed[e.after.Closing]++
		}
	}
	for _, u := range r.units {
		if p.Has(u.came) {
			flow.Units++
		}
	}
	return flow
}

func (r *recount) clock(kind rules.ClockKind, p rules.Period) rules.Clock {
	var marks []rules.ClockMark
	var ended []time.Time
	for _, e := range r.log {
		if !p.Has(e.at) || e.event.Actor.Kind != rules.ByStaff || e.after.Closing == rules.Merged || e.before.State == "" {
			continue
		}
		since, due := e.before.ClockAt, r.p.End(e.before)
		if kind == rules.ClockTakeOver {
			if e.before.State != rules.New || e.after.State == rules.New {
				continue
			}
		} else {
			rules := e.event.Kind == rules.EvApprove || e.event.Kind == rules.EvRefuse || e.event.Kind == rules.EvRefer
			if !rules || !slices.Contains(unruled(), e.before.State) {
				continue
			}
			since, due = r.ruling(e)
		}
		marks, ended = append(marks, rulesMark(kind, since, due)), append(ended, e.at)
	}
	return rules.ClockOf(r.p, kind, marks, ended)
}

func unruled() []rules.State { return []rules.State{rules.New, rules.InfoNeeded, rules.InCharge} }

func rulesMark(kind rules.ClockKind, since, due time.Time) rules.ClockMark {
	return rules.ClockMark{Clock: kind, Since: since.Truncate(time.Millisecond), Due: due.Truncate(time.Millisecond)}
}

func (r *recount) ruling(e entry) (since, due time.Time) {
	switch c := e.before; {
	case c.State == rules.InCharge:
		return c.ClockAt, r.p.End(c)
	case c.State == rules.InfoNeeded, c.CompleteAt.IsZero():
		return e.at, e.at
	case c.CompleteAt.After(c.ClockAt):
		return c.CompleteAt, r.p.After(c.CompleteAt, r.p.Clocks.Validate)
	default:
		return c.ClockAt, r.p.After(c.ClockAt, r.p.Clocks.Validate)
	}
}

func (r *recount) reasons(p rules.Period) []rules.Count {
	n := map[string]int{}
	for _, e := range r.log {
		if p.Has(e.at) && e.before.State == "" && e.event.Kind != rules.EvSplit {
			n[string(r.last[e.id].Reason)]++
		}
	}
	return rules.CountsOf(n)
}

func (r *recount) makers(f *rules.Figures) {
	makers, models := map[string]*rules.MakerFigures{}, map[modelKey]*rules.ModelFigures{}
	c := &counting{makers: makers, model: models} // only its maps
	year := f.Period.Year(r.p.Location())
	base, enough := f.Period.Base(r.p.Location(), r.since())
	turn, usual := map[string][]time.Duration{}, map[string][]time.Duration{}
	for _, u := range r.units {
		if f.Period.Has(u.came) {
			c.maker(u.Manufacturer).In++
			c.modelOf(u.Manufacturer, u.Model).In++
		}
		if f.Past.Has(u.came) {
			c.maker(u.Manufacturer).Past++
			c.modelOf(u.Manufacturer, u.Model).Past++
		}
		r.unitEvents(c, u)
		for _, trip := range u.trips {
			if f.Period.Has(trip.To) {
				turn[u.Manufacturer] = append(turn[u.Manufacturer], trip.To.Sub(trip.From))
			}
			if year.Has(trip.To) {
				usual[u.Manufacturer] = append(usual[u.Manufacturer], trip.To.Sub(trip.From))
			}
		}
	}
	r.openUnits(c)
	for maker, away := range turn {
		c.maker(maker).Turn = rules.TurnOf(away)
	}
	for maker, away := range usual {
		c.maker(maker).TurnUsual = rules.TurnOf(away)
	}
	for _, u := range r.units { // after all models are known
		if m := models[modelKey{u.Manufacturer, u.Model}]; m != nil && enough && base.Has(u.came) {
			m.Usual += rules.Usual(1, base, f.Period)
		}
	}
	for _, m := range makers {
		f.Makers = append(f.Makers, *m)
	}
	for _, m := range models {
		f.Models = append(f.Models, *m)
	}
}

func (r *recount) since() (first time.Time) {
	for _, u := range r.units {
		if first.IsZero() || u.came.Before(first) {
			first = u.came
		}
	}
	return first
}

func (r *recount) openUnits(c *counting) {
	for _, stood := range r.standing(r.end) {
		for _, it := range stood.Items {
			u := r.units[it.Unit]
			if !it.AtVendor.IsZero() {
				c.maker(u.Manufacturer).AtVendor++
			}
			if stood.State == rules.Closed || it.Resolution != "" {
				continue
			}
			m := c.maker(u.Manufacturer)
			m.Open++
			if m.Oldest.IsZero() || stood.OpenedAt.Before(m.Oldest) {
				m.Oldest = stood.OpenedAt
			}
			c.modelOf(u.Manufacturer, u.Model).Open++
		}
	}
}

func (r *recount) unitEvents(c *counting, u *unitLife) {
	for _, e := range u.events {
		if !r.period.Has(e.at) || e.mark.What == rules.UnitLeft {
			continue
		}
		m := c.maker(u.Manufacturer)
		switch e.mark.What {
		case rules.UnitRuled:
			m.Ruled++
			if e.mark.Value == string(rules.RefusedCommercial) || e.mark.Value == string(rules.RefusedTechnical) {
				m.Refused++
			}
		case rules.UnitTested:
			m.Tested++
			if e.mark.Value == string(rules.NoFaultFound) {
				m.NoFault++
			}
		case rules.UnitAgain:
			m.Repeats++
		}
	}
	if r.period.Has(u.came) && r.left(u, u.came) > 0 {
		c.maker(u.Manufacturer).Repeats++
	}
}

// left is how often a unit of this serial number had left by a moment.
func (r *recount) left(u *unitLife, at time.Time) (n int) {
	for _, other := range r.units {
		if rules.NumberKey(u.Serial) == "" || rules.NumberKey(other.Serial) != rules.NumberKey(u.Serial) || other.Manufacturer != u.Manufacturer {
			continue
		}
		for _, e := range other.events {
			if e.mark.What == rules.UnitLeft && !e.at.After(at) {
				n++
			}
		}
	}
	return n
}

func (r *recount) lemons(f *rules.Figures) {
	times := map[[2]string]int{}
	for _, u := range r.units {
		comings := []time.Time{u.came}
		for _, e := range u.events {
			if e.mark.What == rules.UnitAgain {
				comings = append(comings, e.at)
			}
		}
		for _, at := range comings {
			key := [2]string{u.Manufacturer, rules.NumberKey(u.Serial)}
			if n := r.left(u, at); n > 0 && f.Period.Has(at) {
				times[key] = max(times[key], n+1)
			}
		}
	}
	for key, n := range times {
		f.Lemons = append(f.Lemons, rules.Lemon{Manufacturer: key[0], Serial: key[1], Times: n})
	}
	year, enough := f.Period.Base(r.p.Location(), r.since())
	if !enough {
		return
	}
	now, past := map[modelKey]map[int64]bool{}, map[modelKey]map[int64]bool{}
	for _, u := range r.units {
		key := modelKey{u.Manufacturer, u.Model}
		for _, in := range []struct {
			p   rules.Period
			set map[modelKey]map[int64]bool
		}{{f.Period, now}, {year, past}} {
			if in.p.Has(u.came) && u.reason == rules.Defective && u.Model != "" {
				if in.set[key] == nil {
					in.set[key] = map[int64]bool{}
				}
				in.set[key][u.first] = true
			}
		}
	}
	for key, cases := range now {
		if rules.IsLemon(len(cases), rules.Usual(float64(len(past[key]))+0.5, year, f.Period)) {
			f.Lemons = append(f.Lemons, rules.Lemon{Manufacturer: key.maker, Model: key.model, Times: len(cases), Usual: rules.Usual(float64(len(past[key])), year, f.Period)})
		}
	}
}

func (r *recount) money(f *rules.Figures) {
	sent, taken, credits, fees := map[string]int64{}, map[string]int64{}, map[string]int64{}, map[string]int64{}
	add := func(to map[string]int64, m rules.Money) {
		if m.Cents > 0 {
			to[m.Currency] += m.Cents
		}
	}
	for _, e := range r.log {
		if !f.Period.Has(e.at) {
			continue
		}
		quote, err := rules.ParseMoney(cmp.Or(e.before.Quote, e.after.Quote))
		quoted := err == nil && e.before.State != ""
		moved := e.before.State == rules.Quoted && e.after.State != rules.Quoted
		kind := e.event.Kind
		if e.after.Asked != nil && (e.before.Asked == nil || !e.before.Asked.At.Equal(e.after.Asked.At)) {
			continue // it waits for a second person
		}
		if kind == rules.EvConfirm {
			kind = e.before.Asked.Event.Kind
		}
		switch kind {
		case rules.EvQuote:
			f.Money.Quoted++
			if amount, err := rules.ParseMoney(e.after.Quote); err == nil {
				add(sent, amount)
			}
		case rules.EvQuoteAccepted, rules.EvAcceptOnBehalf:
			if quoted {
				f.Money.Accepted++
				add(taken, quote)
			}
		case rules.EvQuoteDeclined, rules.EvWithdrawal, rules.EvReturnAsIs, rules.EvCollected:
			if quoted && moved {
				f.Money.Declined++
			}
		case rules.EvTick:
			if quoted && moved {
				f.Money.Silent++
			}
		}
		for _, n := range e.notices {
			add(credits, n.Amount)
			add(fees, n.Fee)
		}
	}
	f.Money.Sent, f.Money.Taken, f.Money.Credits, f.Money.Fees = rules.Amounts(sent), rules.Amounts(taken), rules.Amounts(credits), rules.Amounts(fees)
	for _, u := range r.units {
		for _, e := range u.events {
			if e.mark.Covered && f.Period.Has(e.at) {
				f.Money.Warranty++
			}
			if e.mark.Covered && f.Past.Has(e.at) {
				f.Money.WarrantyPast++
			}
		}
	}
}

func (r *recount) series(f *rules.Figures) {
	days, stretches, months := f.Period.Charts(r.p.Location())
	for _, day := range days {
		if !day.From.Before(r.end) {
			continue
		}
		counts := map[string]int{}
		for state, n := range r.openByState(day.To) {
			counts[string(state)] = n
		}
		f.OpenByDay = append(f.OpenByDay, rules.DayCount{Day: day.From, Counts: counts})
	}
	for _, s := range stretches {
		counts := map[string]int{}
		for _, u := range r.units {
			if s.Has(u.came) {
				counts[u.Manufacturer]++
			}
		}
		f.InByMaker = append(f.InByMaker, rules.DayCount{Day: s.From, Counts: counts})
	}
	for _, m := range months {
		away := map[string][]time.Duration{}
		for _, u := range r.units {
			for _, trip := range u.trips {
				if m.Has(trip.To) {
					away[u.Manufacturer] = append(away[u.Manufacturer], trip.To.Sub(trip.From))
				}
			}
		}
		for maker, list := range away {
			f.TurnByMonth = append(f.TurnByMonth, rules.MakerTurn{Month: m.From, Manufacturer: maker, Turn: rules.TurnOf(list)})
		}
	}
}

// drawPeriod is a day, a week or a month of the policy's zone, or any stretch of
// time; it may lie before, among or after all that happened.
func drawPeriod(r *rand.Rand, zone *time.Location, from, to time.Time) rules.Period {
	span := to.Sub(from) + 10*24*time.Hour
	at := from.Add(-5 * 24 * time.Hour).Add(time.Duration(r.Int64N(int64(span)))).Truncate(time.Millisecond)
	y, m, d := at.In(zone).Date()
	day := func(m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, zone) }
	switch r.IntN(5) {
	case 0:
		return rules.Period{From: day(m, d), To: day(m, d+1)}
	case 1:
		return rules.Period{From: day(m, d), To: day(m, d+7)}
	case 2:
		return rules.Period{From: day(m, 1), To: day(m+1, 1)}
	case 3:
		return rules.Period{From: day(1, 1), To: day(13, 1)}
	}
	return rules.Period{From: at, To: at.Add(time.Duration(1+r.Int64N(3_600_000_000)) * time.Millisecond)}
}

// unordered compares lists whose order the recount does not make.
func unordered[T any](key func(T) string) gocmp.Option {
	return cmpopts.SortSlices(func(a, b T) bool { return key(a) < key(b) })
}

var sameFigures = gocmp.Options{
	cmpopts.EquateEmpty(), cmpopts.EquateApprox(1e-9, 0), cmpopts.EquateApproxTime(0),
	gocmp.FilterPath(func(p gocmp.Path) bool {
		return len(p) > 1 && (p.Index(1).String() == ".Mails" || p.Index(1).String() == ".Health")
	}, gocmp.Ignore()),
	unordered(func(o rules.OpenCase) string { return o.Number }),
	unordered(func(m rules.MakerFigures) string { return m.Manufacturer }),
	unordered(func(m rules.ModelFigures) string { return m.Manufacturer + "/" + m.Model }),
	unordered(func(l rules.Lemon) string { return l.Manufacturer + "/" + l.Model + "/" + l.Serial }),
	unordered(func(m rules.MakerTurn) string { return m.Month.UTC().Format(time.DateOnly) + m.Manufacturer }),
}

// forCompare leaves of a lemon what the recount says: of a unit the model and the
// way in which the serial number is written are those of its last return.
func forCompare(f rules.Figures) rules.Figures {
	f.Lemons = slices.Clone(f.Lemons)
	for i := range f.Lemons {
		l := &f.Lemons[i]
		l.Last = ""
		if l.Serial != "" {
			l.Model, l.Serial = "", rules.NumberKey(l.Serial)
		}
	}
	return f
}

var errUndo = errors.New("undone")

// The figures of any period are those that a naive recount of what was booked
// gives, over changes of the clocks, cases that are closed, opened again, merged
// and split, and without the cases of the shadow.
func TestFiguresAreWhatHappened(t *testing.T) {
	b, policies, met := newBook(t), zonedPolicies(t), map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 365*24).Draw(rt, "start")) * time.Hour)
		err := b.Write(ctx, start, func(tx *Tx) error {
			l := &lives{rt: rt, ctx: ctx, tx: tx, policy: rapid.SampledFrom(policies).Draw(rt, "policy"),
				rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))}
			for range rapid.SampledFrom([]int{160, 80, 40, 20, 10, 5, 2}).Draw(rt, "steps") {
				l.step()
			}
			l.pass()
			comparePresent(rt, l)
			for range 4 {
				period := drawPeriod(l.rand, l.policy.Location(), start, tx.now)
				now := tx.now
				if l.rand.IntN(2) == 0 {
					now = now.AddDate(1, 0, 0)
				}
				meet(met, compare(rt, l, period, now))
				met["second person"] = met["second person"] || slices.ContainsFunc(l.log, func(e entry) bool { return e.event.Kind == rules.EvConfirm })
			}
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			rt.Fatal(err)
		}
	})
	for _, what := range []string{"late", "storage", "undelivered", "split", "reopened", "merged", "success", "quote", "repeat", "test", "credit", "at vendor", "second person"} {
		if !met[what] {
			t.Errorf("no life had anything to count of: %s", what)
		}
	}
}

// meet notes of what there was something to count.
func meet(met map[string]bool, f rules.Figures) {
	for what, n := range map[string]int{"late": len(f.Late), "storage": len(f.Storage), "undelivered": len(f.Undelivered), "split": f.Flow.SplitOff, "reopened": f.Flow.Reopened,
		"merged": f.Flow.Closed[rules.Merged], "success": f.Flow.Closed[rules.Success], "quote": f.Money.Quoted, "credit": len(f.Money.Credits)} {
		met[what] = met[what] || n > 0
	}
	for _, m := range f.Makers {
		met["repeat"] = met["repeat"] || m.Repeats > 0
		met["test"] = met["test"] || m.Tested > 0
		met["at vendor"] = met["at vendor"] || m.AtVendor > 0
	}
}

// comparePresent looks at what /metrics shows.
func comparePresent(rt *rapid.T, l *lives) {
	got, totals, err := l.tx.Present(l.ctx, l.policy, l.tx.now)
	if err != nil {
		rt.Fatal(err)
	}
	r := newRecount(l.policy, l.log, rules.Period{From: l.tx.now, To: l.tx.now.Add(time.Hour)}, l.tx.now)
	want, wantTotals := rules.Figures{}, Totals{Closed: map[rules.Closing]int64{}, Transitions: map[Transition]int64{}, Mails: map[Fate]int64{}}
	r.cases(&want)
	for _, e := range r.log {
		before := e.before.State
		if before == "" && e.event.Kind != rules.EvSplit {
			wantTotals.Opened++
		}
		if before != e.after.State {
			wantTotals.Transitions[Transition{before, e.after.State}]++
		}
		if before != e.after.State && e.after.State == rules.Closed {
			wantTotals.Closed[e.after.Closing]++
		}
	}
	if diff := gocmp.Diff(wantTotals, totals, cmpopts.EquateEmpty()); diff != "" {
		rt.Fatalf("totals (-recount +casebook):\n%s", diff)
	}
	if diff := gocmp.Diff(r.openByState(r.end), got.Flow.Open, cmpopts.EquateEmpty()); diff != "" || len(got.Late) != len(want.Late) {
		rt.Fatalf("open now, late %d of %d (-recount +casebook):\n%s", len(got.Late), len(want.Late), diff)
	}
}

func compare(rt *rapid.T, l *lives, period rules.Period, now time.Time) rules.Figures {
	got, err := l.tx.Figures(l.ctx, l.policy, period, now)
	if err != nil {
		rt.Fatal(err)
	}
	want := newRecount(l.policy, l.log, period, now).figures()
	if diff := gocmp.Diff(want, forCompare(got), sameFigures); diff != "" {
		rt.Fatalf("%s to %s (-recount +casebook):\n%s", period.From, period.To, diff)
	}
	flow, stood := got.Flow, 0
	for _, n := range got.Before.Open {
		stood += n
	}
	stood += flow.In + flow.SplitOff + flow.Reopened
	for _, n := range flow.Closed {
		stood -= n
	}
	for _, n := range flow.Open {
		stood -= n
	}
	if stood != 0 && !now.Before(period.From) {
		rt.Fatalf("the flow does not balance: %+v, before %+v", flow, got.Before)
	}
	return got
}
