package ingest

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Catalogue is the manufacturers' patterns, compiled. It is read only and may
// be used by several goroutines.
type Catalogue struct {
	makers  []Manufacturer
	serials []serialForm
	models  []modelForm
	tickets []ticketForm
	names   []nameForm
	prefix  map[string]int // MAC prefix → maker
	tongue  *tongue
}

// form is one expression that is tried where a word begins.
type form struct {
	maker int
	re    *regexp.Regexp // anchored
	first firstPairs
}

type serialForm struct {
	form
	SerialPattern
}

type modelForm struct {
	form
	short bool // too short to stand alone: needs the maker or a serial near it
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
	c := &Catalogue{makers: ms, prefix: map[string]int{}, tongue: newTongue()}
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
			c.serials = append(c.serials, serialForm{f, p})
		}
		for _, expr := range m.Models {
			f, err := newForm(i, expr)
			add(m, "model pattern", err)
			c.models = append(c.models, modelForm{form: f})
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
	return c, nil
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
	re, err := regexp.Compile("^(?:" + expr + ")")
	if err != nil {
		return form{}, err
	}
	first, err := pairsOf(expr)
	return form{maker: maker, re: re, first: first}, err
}

// longest is how much of the text after a word's begin an expression sees.
const longest = 80

// at tries the form where a word begins, and gives the length that it takes.
func (f *form) at(text string, i int) int {
	window := text[i:min(len(text), i+longest)]
	if !f.first.fit(window) {
		return 0
	}
	loc := f.re.FindStringIndex(window)
	if loc == nil || loc[1] == longest {
		return 0
	}
	return loc[1]
}

// firstPairs says which two ASCII characters a match can begin with: bit b of
// row a. It spares most places the regular expression.
type firstPairs [128][2]uint64

func (p *firstPairs) fit(s string) bool {
	if len(s) == 0 || s[0] >= 128 {
		return false
	}
	b := byte(' ')
	if len(s) > 1 {
		b = s[1]
	}
	if b >= 128 {
		b = ' '
	}
	return p[s[0]][b>>6]&(1<<(b&63)) != 0
}

// pairsOf runs the compiled expression over all pairs of characters.
func pairsOf(expr string) (firstPairs, error) {
	var pairs firstPairs
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return pairs, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return pairs, err
	}
	start, _ := closure(prog, []uint32{uint32(prog.Start)})
	for a := range rune(128) {
		next := step(prog, start, a)
		if len(next) == 0 {
			continue
		}
		states, done := closure(prog, next)
		for b := range rune(128) {
			if done || len(step(prog, states, b)) > 0 {
				pairs[a][b>>6] |= 1 << (b & 63)
			}
		}
	}
	return pairs, nil
}

// closure follows all that takes no character; done tells that the match can
// end here.
func closure(prog *syntax.Prog, from []uint32) (states []uint32, done bool) {
	seen := map[uint32]bool{}
	for len(from) > 0 {
		pc := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := &prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			from = append(from, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			from = append(from, in.Out)
		case syntax.InstMatch:
			done = true
		case syntax.InstFail:
		default:
			states = append(states, pc)
		}
	}
	return states, done
}

func step(prog *syntax.Prog, states []uint32, r rune) []uint32 {
	var next []uint32
	for _, pc := range states {
		if prog.Inst[pc].MatchRune(r) {
			next = append(next, prog.Inst[pc].Out)
		}
	}
	return next
}
