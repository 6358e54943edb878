package notify

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"retour/rules"
	"retour/templates"
)

// How many rows of a table a mail shows: a reader looks at no more, and Gmail
// cuts a mail off at 102 KB.
const (
	mostMakers = 12
	mostModels = 10
	mostLemons = 8
)

// table is a block of a table with the words of its header.
func (w *digester) table(head []string, rows ...templates.DigestRow) templates.DigestBlock {
	t := &templates.DigestTable{Rows: rows}
	for _, key := range head {
		if key == "" {
			t.Head = append(t.Head, "")
			continue
		}
		t.Head = append(t.Head, w.word("col."+key))
	}
	return templates.DigestBlock{Table: t}
}

// row is a row of a name and figures. A short figure stays on one line with its
// unit; what is longer may break, or the table is wider than a telephone.
func row(cells ...string) templates.DigestRow {
	const short = 10
	for i := 1; i < len(cells); i++ {
		if utf8.RuneCountInString(cells[i]) <= short {
			cells[i] = strings.ReplaceAll(cells[i], " ", "\u00a0")
		}
	}
	return templates.DigestRow{Cells: cells}
}

// compared is a row of a figure, the same before, and the difference.
func (w *digester) compared(name string, now, before int) templates.DigestRow {
	return row(name, w.n.Int(now), w.n.Int(before), w.change(now, before))
}

// flow is what came, what went and what stands.
func (w *digester) flow() []templates.DigestBlock {
	now, before := w.f.Flow, w.f.Before
	closed := w.compared(w.word("flow.closed"), total(now.Closed), total(before.Closed))
	closed.Note = tally(w, "closing", now.Closed)
	rows := []templates.DigestRow{w.compared(w.word("flow.in"), now.In, before.In), w.compared(w.word("flow.units"), now.Units, before.Units), closed}
	for _, f := range []struct {
		key         string
		now, before int
	}{{"split", now.SplitOff, before.SplitOff}, {"reopened", now.Reopened, before.Reopened}} {
		if f.now+f.before > 0 {
			rows = append(rows, w.compared(w.word("flow."+f.key), f.now, f.before))
		}
	}
	open := w.compared(w.word("flow.open"), total(now.Open), total(before.Open))
	rows = append(rows, open)
	for _, s := range rules.States() {
		if s != rules.Closed && now.Open[s]+before.Open[s] > 0 {
			rows = append(rows, w.compared("– "+w.name("state", string(s)), now.Open[s], before.Open[s]))
		}
	}
	blocks := []templates.DigestBlock{heading(w.word("head.flow")), w.table([]string{"", "now", "before", "change"}, rows...)}
	return append(blocks, w.openChart()...)
}

// tally lists counts by their names, the largest first.
func tally[K ~string](w *digester, group string, counts map[K]int) string {
	var list []string
	for _, k := range largest(counts) {
		if k != "" {
			list = append(list, w.name(group, string(k))+" "+w.n.Int(counts[k]))
		}
	}
	return strings.Join(list, " · ")
}

// largest are the keys of counts that are not nought, the largest first.
func largest[K ~string](counts map[K]int) []K {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return slices.DeleteFunc(keys, func(k K) bool { return counts[k] == 0 })
}

// clocks are the promises about time.
func (w *digester) clocks() []templates.DigestBlock {
	var rows []templates.DigestRow
	add := func(key string, k, past rules.Clock) {
		if k.Done == 0 {
			return
		}
		r := row(w.word("clock."+key), w.n.Percent(k.Kept, k.Done), w.n.Percent(past.Kept, past.Done), w.working(k.Median), w.working(k.Ninetieth))
		r.Note = w.say("clock.note", templates.Saying{Count: k.Kept, Of: k.Done, Time: w.promise(k.Promised)})
		rows = append(rows, r)
	}
	add("taken", w.f.TakenOver, w.f.TakenPast)
	add("ruled", w.f.Ruled, w.f.RuledPast)
	if len(rows) == 0 {
		return nil
	}
	return []templates.DigestBlock{heading(w.word("head.clocks")), w.table([]string{"", "kept", "before", "median", "ninetieth"}, rows...)}
}

// promise is a length of time as the policy has it.
func (w *digester) promise(s rules.Span) string {
	return w.count("span."+strings.ReplaceAll(string(s.Unit), " ", "_"), s.N)
}

// makers are the manufacturers, those with the most units first.
func (w *digester) makers() []templates.DigestBlock {
	if len(w.f.Makers) == 0 {
		return nil
	}
	makers := slices.SortedStableFunc(slices.Values(w.f.Makers), func(a, b rules.MakerFigures) int {
		return cmp.Or(cmp.Compare(b.In, a.In), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Manufacturer, b.Manufacturer))
	})
	var rows []templates.DigestRow
	for _, m := range makers[:min(mostMakers, len(makers))] {
		turn := "–"
		if m.Turn.Done > 0 {
			turn = w.days(m.Turn.Median)
		}
		r := row(clipped(w.maker(m.Manufacturer), 28), w.n.Int(m.In), w.n.Int(m.Past), w.n.Int(m.Open), turn)
		r.Note = w.makerNote(m)
		rows = append(rows, r)
	}
	blocks := []templates.DigestBlock{heading(w.word("head.makers")), w.table([]string{"maker", "in", "before", "open", "turn"}, rows...)}
	blocks = append(blocks, w.rest(len(makers)-len(rows))...)
	return slices.Concat(blocks, w.returnsChart(makers), w.turnChart())
}

// makerNote is what else is to be said of a manufacturer.
func (w *digester) makerNote(m rules.MakerFigures) string {
	var parts []string
	add := func(there bool, key string, s templates.Saying) {
		if there {
			parts = append(parts, w.say(key, s))
		}
	}
	add(!m.Oldest.IsZero(), "maker.oldest", templates.Saying{Day: w.day(m.Oldest)})
	add(m.AtVendor > 0, "maker.away", templates.Saying{Count: m.AtVendor})
	add(m.Turn.Done > 1, "maker.ninetieth", templates.Saying{Time: w.days(m.Turn.Ninetieth)})
	add(m.Refused > 0, "maker.refused", templates.Saying{Count: m.Refused, Of: m.Ruled, Share: w.n.Percent(m.Refused, m.Ruled)})
	add(m.NoFault > 0, "maker.nofault", templates.Saying{Count: m.NoFault, Of: m.Tested, Share: w.n.Percent(m.NoFault, m.Tested)})
	add(m.Repeats > 0, "maker.repeats", templates.Saying{Count: m.Repeats})
	return strings.Join(parts, " · ")
}

// models are those that came back most.
func (w *digester) models() []templates.DigestBlock {
	models := slices.DeleteFunc(slices.Clone(w.f.Models), func(m rules.ModelFigures) bool { return m.In == 0 })
	if len(models) == 0 {
		return nil
	}
	slices.SortStableFunc(models, func(a, b rules.ModelFigures) int {
		return cmp.Or(cmp.Compare(b.In, a.In), cmp.Compare(a.Manufacturer, b.Manufacturer), cmp.Compare(a.Model, b.Model))
	})
	var rows []templates.DigestRow
	for _, m := range models[:min(mostModels, len(models))] {
		rows = append(rows, row(clipped(w.model(m.Manufacturer, m.Model), 40), w.n.Int(m.In), w.n.Int(m.Past), w.n.Decimal(m.Usual), w.n.Int(m.Open)))
	}
	blocks := []templates.DigestBlock{heading(w.word("head.models")), w.table([]string{"model", "in", "before", "usual", "open"}, rows...)}
	return append(blocks, w.rest(len(models)-len(rows))...)
}

func (w *digester) reasons() []templates.DigestBlock {
	past := map[string]int{}
	for _, c := range w.f.ReasonsPast {
		past[c.Name] = c.N
	}
	var rows []templates.DigestRow
	for _, c := range w.f.Reasons {
		rows = append(rows, w.compared(w.reason(c.Name), c.N, past[c.Name]))
	}
	if len(rows) == 0 {
		return nil
	}
	return []templates.DigestBlock{heading(w.word("head.reasons")), w.table([]string{"reason", "now", "before", "change"}, rows...)}
}

func (w *digester) reason(id string) string {
	if id == "" {
		id = "unknown"
	}
	return w.name("reason", id)
}

// money is what was quoted, paid back and kept.
func (w *digester) money() []templates.DigestBlock {
	m := w.f.Money
	var rows []templates.DigestRow
	add := func(key string, n int, amounts []rules.Money, counted bool) {
		if n == 0 && len(amounts) == 0 {
			return
		}
		r := row(w.word("money."+key), "", w.amounts(amounts))
		if counted {
			r.Cells[1] = w.n.Int(n)
		}
		rows = append(rows, r)
	}
	add("quoted", m.Quoted, m.Sent, true)
	add("accepted", m.Accepted, m.Taken, true)
	add("declined", m.Declined, nil, true)
	add("silent", m.Silent, nil, true)
	add("credits", 0, m.Credits, false)
	add("fees", 0, m.Fees, false)
	add("warranty", m.Warranty, nil, true)
	if m.Warranty > 0 {
		rows[len(rows)-1].Note = w.count("before", m.WarrantyPast)
	}
	if len(rows) == 0 {
		return nil
	}
	return []templates.DigestBlock{heading(w.word("head.money")), w.table([]string{"", "number", "amount"}, rows...)}
}

func (w *digester) amounts(list []rules.Money) string {
	var texts []string
	for _, m := range list {
		texts = append(texts, w.n.Money(m.Cents, m.Currency))
	}
	return strings.Join(texts, " + ")
}

// lemons are what comes back again and again: models first, then the units that
// came most often.
func (w *digester) lemons() []templates.DigestBlock {
	if len(w.f.Lemons) == 0 {
		return nil
	}
	lemons := slices.SortedStableFunc(slices.Values(w.f.Lemons), func(a, b rules.Lemon) int {
		return cmp.Or(cmp.Compare(min(1, len(a.Serial)), min(1, len(b.Serial))), cmp.Compare(b.Times, a.Times))
	})
	var rows []templates.DigestRow
	for _, l := range lemons[:min(mostLemons, len(lemons))] {
		r := row(clipped(w.model(l.Manufacturer, l.Model), 40), w.n.Int(l.Times))
		key := "lemon.serial"
		if l.Serial == "" {
			key = "lemon.model"
		}
		r.Note = w.say(key, templates.Saying{Name: clipped(l.Serial, 40), Usual: w.n.Decimal(l.Usual), Other: clipped(l.Last, 20)})
		rows = append(rows, r)
	}
	blocks := []templates.DigestBlock{heading(w.word("head.lemons")), w.table([]string{"unit", "times"}, rows...)}
	return append(blocks, w.rest(len(lemons)-len(rows))...)
}

// mails account for every mail, and say how the desk itself is.
func (w *digester) mails() []templates.DigestBlock {
	m := w.f.Mails
	seen := row(w.word("mails.seen"), w.n.Int(m.Seen))
	seen.Note = tally(w, "fate", m.Fates)
	if m.Unread > 0 {
		seen.Note += " · " + w.count("mails.unread", m.Unread)
	}
	rows := []templates.DigestRow{seen, row(w.word("mails.unaccounted"), w.n.Int(m.Unaccounted)), row(w.word("mails.undelivered"), w.n.Int(m.Undelivered))}
	return []templates.DigestBlock{heading(w.word("head.mails")), {Table: &templates.DigestTable{Rows: append(rows, w.health()...)}}}
}

// health is how the desk itself does now: only what is worth a line.
func (w *digester) health() (rows []templates.DigestRow) {
	if !w.current() {
		return nil
	}
	m, h := w.f.Mails, w.f.Health
	waiting := row(w.word("mails.waiting"), w.n.Int(m.Waiting))
	if !h.OldestWaiting.IsZero() {
		waiting.Note = w.say("mails.oldest", templates.Saying{Day: w.moment(h.OldestWaiting)})
	}
	rows = []templates.DigestRow{row(w.word("mails.held"), w.n.Int(m.Held)), waiting}
	if !w.order.Read.IsZero() {
		rows = append(rows, row(w.word("health.read"), w.moment(w.order.Read)))
	}
	for _, c := range []struct {
		key string
		n   int
	}{{"staff_waiting", h.StaffWaiting}, {"staff_failed", h.StaffFailed}} {
		if c.n > 0 {
			rows = append(rows, row(w.word("health."+c.key), w.n.Int(c.n)))
		}
	}
	for _, c := range []struct {
		key string
		at  time.Time
	}{{"sent", h.LastSent}, {"register", h.Register}, {"directory", h.Directory}} {
		if !c.at.IsZero() {
			rows = append(rows, row(w.word("health."+c.key), w.moment(c.at)))
		}
	}
	if h.Size > 0 {
		rows = append(rows, row(w.word("health.size"), w.n.Decimal(float64(h.Size)/1e6)+" MB"))
	}
	return rows
}
