package notify

import (
	"cmp"
	"slices"
	"strings"

	"retour/rules"
	"retour/templates"
)

// lateFirst is how many late cases stand at the top, above what stands out; the
// others come further down.
const (
	lateFirst = 3
	lateMost  = 15
)

// lateTop is what is late, the worst of it.
func (w *digester) lateTop() []templates.DigestBlock {
	if len(w.f.Late) == 0 {
		return nil
	}
	blocks := []templates.DigestBlock{heading(w.word("head.late")), w.cases(w.f.Late[:min(lateFirst, len(w.f.Late))], w.lateShort)}
	if more := len(w.f.Late) - lateFirst; more > 0 {
		blocks = append(blocks, note(w.count("late.more", more)))
	}
	return blocks
}

func (w *digester) lateRest() []templates.DigestBlock {
	if len(w.f.Late) <= lateFirst {
		return nil
	}
	shown := w.f.Late[lateFirst:min(lateMost, len(w.f.Late))]
	blocks := []templates.DigestBlock{heading(w.word("head.late_rest")), w.cases(shown, w.lateCase)}
	return append(blocks, w.rest(len(w.f.Late)-lateFirst-len(shown))...)
}

// rest says that there are more rows than are shown.
func (w *digester) rest(n int) []templates.DigestBlock {
	if n <= 0 {
		return nil
	}
	key := "rest"
	if w.order.Sheet {
		key = "rest.sheet"
	}
	return []templates.DigestBlock{note(w.count(key, n))}
}

// caseList is a headed list of cases; nothing where there are none.
func (w *digester) caseList(key string, cases []rules.OpenCase, show func(rules.OpenCase) templates.DigestCase, most int) []templates.DigestBlock {
	if len(cases) == 0 {
		return nil
	}
	shown := cases[:min(most, len(cases))]
	return append([]templates.DigestBlock{heading(w.word("head." + key)), w.cases(shown, show)}, w.rest(len(cases)-len(shown))...)
}

func (w *digester) cases(cases []rules.OpenCase, show func(rules.OpenCase) templates.DigestCase) templates.DigestBlock {
	var b templates.DigestBlock
	for _, c := range cases {
		b.Cases = append(b.Cases, show(c))
	}
	return b
}

func (w *digester) lateCase(c rules.OpenCase) templates.DigestCase {
	d := w.openCase(c)
	d.When = w.say("late.by", templates.Saying{Time: w.length(w.f.At.Sub(c.Due))})
	d.Lines = append([]string{w.name("late", string(c.State))}, d.Lines...)
	return d
}

// lateShort is a late case at the top: why, and who has it.
func (w *digester) lateShort(c rules.OpenCase) templates.DigestCase {
	d := w.lateCase(c)
	d.Lines = []string{d.Lines[0] + " " + templates.Sentence(w.owner(c)) + "."}
	return d
}

func (w *digester) undeliveredCase(c rules.OpenCase) templates.DigestCase {
	d := w.openCase(c)
	if !c.Since.IsZero() {
		d.When = w.say("since", templates.Saying{Day: w.day(c.Since)})
	}
	return d
}

func (w *digester) storageCase(c rules.OpenCase) templates.DigestCase {
	d := w.openCase(c)
	key := "storage.until"
	if !c.Due.After(w.f.At) {
		key = "storage.over"
	}
	d.When = w.say(key, templates.Saying{Day: w.day(c.Due)})
	return d
}

// openCase is what is told of every case: who has it, and whose goods they are.
func (w *digester) openCase(c rules.OpenCase) templates.DigestCase {
	customer := cmp.Or(c.Customer.Name, c.Customer.Address)
	who := []string{w.owner(c), clipped(customer, 48), w.unitsOf(c)}
	who = slices.DeleteFunc(who, func(s string) bool { return s == "" })
	return templates.DigestCase{Number: c.Number, State: w.name("state", string(c.State)), Lines: []string{strings.Join(who, " · ")}}
}

// owner is who has a case.
func (w *digester) owner(c rules.OpenCase) string {
	name := cmp.Or(c.Owner.Name, c.Owner.ID)
	if name == "" {
		return w.word("nobody")
	}
	return w.say("owner", templates.Saying{Name: clipped(name, 40)})
}

// unitsOf is how many units of whom are in a case.
func (w *digester) unitsOf(c rules.OpenCase) string {
	if c.Items == 0 {
		return ""
	}
	var names []string
	for _, id := range c.Makers {
		if id != "" {
			names = append(names, w.maker(id))
		}
	}
	if len(names) > 2 {
		names = append(names[:2], "…")
	}
	return w.say("units", templates.Saying{Count: c.Items, Name: clipped(strings.Join(names, ", "), 40)})
}

// clipped is one line of a text from outside that stays short.
func clipped(s string, n int) string {
	s = headerText(s, 4*n)
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}
