package ingest

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Catalogue is the manufacturers' patterns, compiled. It is read only and may
// be used by several goroutines.
type Catalogue struct {
	makers   []Manufacturer
	serials  []serialForm
	models   []form
	tickets  []ticketForm
	names    []nameForm
	index    index
	spelling []spelling     // by maker
	prefix   map[string]int // MAC prefix → maker
	formed   map[int]bool   // makers with a form of serial
	tongue   *tongue
}

// form is one expression that is tried where a word begins.
type form struct {
	maker  int
	engine *automaton
	first  *filter
	trust  trust  // of a model
	name   string // of a model: the maker's name and a space, where the expression wants it before the model
}

// trust is how far a model's form is one that nothing else has.
type trust int

const (
	inCompany  trust = iota // only beside its maker's name or number
	bySize                  // a long one, or one that something else speaks for
	unmistaken              // wherever it stands
)

func trustIn(p ModelPattern) trust {
	switch {
	case p.Confidence == "low" && p.NeedsContext || p.Confidence == "guess":
		return inCompany
	case p.Confidence == "high" || !p.NeedsContext:
		return unmistaken
	}
	return bySize
}

type serialForm struct {
	form
	SerialPattern
	shapeless bool // no fixed text begins it: others' numbers fit it too
}

type ticketForm struct {
	form
	needsContext bool
}

type nameForm struct {
	maker int
	lower string
	exact bool // a short name: capitals must match
	name  string
}

// NewCatalogue compiles the manufacturers' patterns. All faults are reported
// together, each with the manufacturer's id.
func NewCatalogue(ms []Manufacturer) (*Catalogue, error) {
	c := &Catalogue{makers: ms, prefix: map[string]int{}, formed: map[int]bool{}, tongue: newTongue()}
	var faults []error
	add := func(m Manufacturer, what string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("manufacturer %s: %s: %w", m.ID, what, err))
		}
	}
	for i, m := range ms {
		for _, p := range m.Serials {
			f, err := newForm(i, p.Expr)
			add(m, "serial pattern", err)
			if namesUnit(p.Kind) {
				c.serials = append(c.serials, serialForm{f, p, shapeless(p)})
				c.formed[i] = true
			}
		}
		for _, p := range m.Models {
			f, err := newForm(i, p.Expr)
			add(m, "model pattern", err)
			f.name, f.trust = nameFirst(m, p.Expr), trustIn(p)
			c.models = append(c.models, f)
		}
		for _, p := range m.Tickets {
			f, err := newForm(i, p.Expr)
			add(m, "ticket pattern", err)
			c.tickets = append(c.tickets, ticketForm{f, p.NeedsContext})
		}
		for _, mac := range m.MACs {
			c.prefix[strings.ToUpper(mac)] = i
		}
		c.addNames(i, m)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	c.index.fill(c)
	for _, m := range ms {
		c.spelling = append(c.spelling, spellingOf(m))
	}
	return c, nil
}

var lettersFigures = newPattern(`^([A-Za-z]{1,5})([ -]?)(\d.*)$`)

// spelling is how a maker writes his models, learnt from the examples; where two
// differ, the first tells. The keys are upper case.
type spelling struct {
	gap   map[string]string // between letters and the figures behind them: "" in GXP2170, " " in VVX 450
	word  map[string]string // a word without its marks: FRITZBOX is FRITZ!Box
	whole map[string]string // a model without its gaps: U6PRO is U6-Pro
}

func spellingOf(m Manufacturer) spelling {
	sp := spelling{map[string]string{}, map[string]string{}, map[string]string{}}
	first := func(to map[string]string, key, value string) {
		if _, known := to[key]; !known {
			to[key] = value
		}
	}
	for _, p := range m.Models {
		for _, example := range p.Examples {
			if example == strings.ToLower(example) {
				continue // shows how others write it
			}
			if g := lettersFigures.FindStringSubmatch(example); g != nil {
				first(sp.gap, strings.ToUpper(g[1]), g[2])
				if sp.gap[strings.ToUpper(g[1])] != g[2] {
					continue
				}
			}
			first(sp.whole, upper(compact(example)), example)
			for w := range strings.FieldsSeq(example) {
				if !hasDigit(w) {
					first(sp.word, upper(strings.ReplaceAll(w, "!", "")), w)
				}
			}
		}
	}
	return sp
}

// asWritten spells a model as its maker does, where the sender was careless:
// "GXP 2170", "vvx250", "u6pro", "fritzbox 7590".
func (c *Catalogue) asWritten(model string, maker int) string {
	sp := &c.spelling[maker]
	if model == strings.ToLower(model) {
		words := strings.Fields(model)
		for i, w := range words {
			words[i] = strings.ToUpper(w)
			if written, ok := sp.word[words[i]]; ok {
				words[i] = written
			}
		}
		model = strings.Join(words, " ")
	}
	if n := len(model) - 2; n > 0 && model[n] == ' ' && hasDigit(model[n-1:n]) {
		if last := model[strings.LastIndexAny(model[:n], " -")+1:]; sp.whole[compact(last)] != "" {
			model = model[:n] + model[n+1:] // "T46 S"
		}
	}
	if strings.HasSuffix(model, "S") && sp.whole[model] == "" && sp.whole[model[:len(model)-1]] != "" {
		model = model[:len(model)-1] // "four w73hs"
	}
	if written := sp.whole[upper(model)]; written != "" {
		return written
	}
	if g := lettersFigures.FindStringSubmatch(model); g != nil {
		if gap, ok := sp.gap[strings.ToUpper(g[1])]; ok && (gap == "" || g[2] == "") {
			return g[1] + gap + g[3]
		}
	}
	return model
}

// index is what can begin with the two bytes of a place in a text: positions in
// the catalogue's lists, by the lower five bits of both.
type index struct {
	models, names [1024][]uint16
	shortened     []uint16 // models before which the maker's name may be left out
}

func (x *index) fill(c *Catalogue) {
	for k := range c.models {
		for place := range x.models {
			if c.models[k].first.rows[place] != 0 {
				x.models[place] = append(x.models[place], uint16(k))
			}
		}
		if c.models[k].name != "" {
			x.shortened = append(x.shortened, uint16(k))
		}
	}
	for k := range c.names {
		at := pairAt(c.names[k].lower, 0)
		x.names[at] = append(x.names[at], uint16(k))
	}
}

// pairAt is the place of the index for the two bytes at i.
func pairAt(s string, i int) int {
	next := byte(0)
	if i+1 < len(s) {
		next = s[i+1]
	}
	return int(s[i]&31)<<5 | int(next&31)
}

// nameFirst is the maker's name with which a model's expression begins: where
// the mail names the maker elsewhere, people leave it out.
func nameFirst(m Manufacturer, expr string) string {
	expr = strings.TrimPrefix(strings.TrimPrefix(expr, "(?i)"), `\b`)
	for _, name := range m.Names {
		if strings.HasPrefix(expr, name+"[ ]") || strings.HasPrefix(expr, name+" ") {
			return name + " "
		}
	}
	return ""
}

// namesUnit tells the kinds of pattern that name a unit from those of date and
// product codes and of links, which stand on labels too.
func namesUnit(kind string) bool {
	switch kind {
	case "", "serial", "mac_id", "mac_as_serial", "dect_id":
		return true
	}
	return false
}

func (c *Catalogue) addNames(i int, m Manufacturer) {
	for _, name := range append([]string{m.ID}, m.Names...) {
		if len(name) < 2 {
			continue
		}
		c.names = append(c.names, nameForm{maker: i, lower: strings.ToLower(name), exact: len(name) <= 3, name: name})
	}
}

// maker names the manufacturer of a MAC by its prefix, -1 when none is known.
func (c *Catalogue) maker(mac string) int {
	for n := 9; n >= 6; n-- {
		if len(mac) >= n {
			if i, ok := c.prefix[mac[:n]]; ok {
				return i
			}
		}
	}
	return -1
}

func (c *Catalogue) id(maker int) string {
	if maker < 0 {
		return ""
	}
	return c.makers[maker].ID
}

func newForm(maker int, expr string) (form, error) {
	prog, err := compiled(expr)
	if err != nil {
		return form{}, err
	}
	first := newFilter(prog)
	return form{maker: maker, engine: newAutomaton(prog, theFirst), first: &first}, nil
}

// shapeless tells a form that no fixed characters begin and no MAC ends.
func shapeless(p SerialPattern) bool {
	re, err := regexp.Compile(strings.TrimPrefix(p.Expr, `\b`))
	if err != nil {
		return false // reported by newForm
	}
	fixed, _ := re.LiteralPrefix()
	return len(fixed) < 2 && !p.TailIsMAC
}

// longest is how much of the text after a word's begin an expression sees.
const longest = 80

// at tries the form where a word begins, and gives the length that it takes.
func (f *form) at(text string, i int) int {
	if !f.first.may(text, i) {
		return 0
	}
	window := text[i:min(len(text), i+longest)]
	end := f.engine.match(window, 0, longest)
	if end < 0 || end == longest {
		return 0
	}
	return end
}
