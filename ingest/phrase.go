package ingest

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filter says with which three bytes a match of an expression can begin, each
// byte by its lower five bits: upper and lower case fall together. It spares
// nearly all places of a text the regular expression, which is what keeps a
// mail under a millisecond.
type filter [1024]uint32

func (f *filter) may(s string, i int) bool {
	var b1, b2 byte
	if i+1 < len(s) {
		b1 = s[i+1]
	}
	if i+2 < len(s) {
		b2 = s[i+2]
	}
	return f[int(s[i]&31)<<5|int(b1&31)]>>(b2&31)&1 != 0
}

// newFilter runs the compiled expression three bytes far.
func newFilter(expr string) (filter, error) {
	var f filter
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return f, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return f, err
	}
	f.follow(prog, uint32(prog.Start), nil)
	return f, nil
}

const anyByte = ^uint32(0)

// follow adds all ways that go on from pc behind the bytes of so far.
func (f *filter) follow(prog *syntax.Prog, pc uint32, so []uint32) {
	if len(so) >= 3 {
		f.add(so)
		return
	}
	states, done := closure(prog, pc)
	if done {
		f.add(append(so[:len(so):len(so)], anyByte, anyByte, anyByte))
	}
	for _, pc := range states {
		in := &prog.Inst[pc]
		ascii, others, wide := runesOf(in)
		if wide {
			f.add(append(so[:len(so):len(so)], anyByte, anyByte, anyByte))
			continue
		}
		if ascii != 0 {
			f.follow(prog, in.Out, append(so[:len(so):len(so)], ascii))
		}
		for _, r := range others {
			next := so[:len(so):len(so)]
			for _, b := range utf8.AppendRune(nil, r) {
				next = append(next, 1<<(b&31))
			}
			f.follow(prog, in.Out, next)
		}
	}
}

func (f *filter) add(so []uint32) {
	for a := range 32 {
		if so[0]>>a&1 == 0 {
			continue
		}
		for b := range 32 {
			if so[1]>>b&1 != 0 {
				f[a<<5|b] |= so[2]
			}
		}
	}
}

// closure follows all that takes no character; done tells that the match can
// end here.
func closure(prog *syntax.Prog, from uint32) (states []uint32, done bool) {
	seen := map[uint32]bool{}
	for open := []uint32{from}; len(open) > 0; {
		pc := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := &prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			open = append(open, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			open = append(open, in.Out)
		case syntax.InstMatch:
			done = true
		case syntax.InstFail:
		default:
			states = append(states, pc)
		}
	}
	return states, done
}

// runesOf gives what an instruction takes: ASCII as a mask of five-bit bytes,
// others one by one, wide when they are too many.
func runesOf(in *syntax.Inst) (ascii uint32, others []rune, wide bool) {
	const most = 200
	if in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL {
		return 0, nil, true
	}
	ranges := in.Rune
	if len(ranges) == 1 {
		ranges = []rune{in.Rune[0], in.Rune[0]}
		if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
			for r := unicode.SimpleFold(in.Rune[0]); r != in.Rune[0]; r = unicode.SimpleFold(r) {
				ranges = append(ranges, r, r)
			}
		}
	}
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r < utf8.RuneSelf {
				ascii |= 1 << (r & 31)
				continue
			}
			if others = append(others, r); len(others) > most {
				return 0, nil, true
			}
		}
	}
	return ascii, others, false
}

// phrase is an expression that is looked for in whole texts, filtered.
type phrase struct {
	begin *regexp.Regexp // at the begin of the text
	after *regexp.Regexp // behind one character, which \b wants to see
	first filter
}

// newPhrase panics on a bad expression, as regexp.MustCompile does: all are
// constants of this package.
func newPhrase(expr string) *phrase {
	first, err := newFilter(expr)
	if err != nil {
		panic(err)
	}
	return &phrase{regexp.MustCompile(`^(?:` + expr + `)`), regexp.MustCompile(`^(?s:.)(?:` + expr + `)`), first}
}

// window is how much of the text a phrase may take.
const window = 400

// find gives the first match at or behind from, ok false when there is none.
func (p *phrase) find(s string, from int) (at, end int, ok bool) {
	for i := from; i < len(s); i++ {
		if end, ok := p.at(s, i); ok {
			return i, end, true
		}
	}
	return 0, 0, false
}

// at tells whether a match begins at i, and where it ends.
func (p *phrase) at(s string, i int) (end int, ok bool) {
	if !p.first.may(s, i) || !utf8.RuneStart(s[i]) {
		return 0, false
	}
	re, start := p.begin, i
	if i > 0 {
		_, size := utf8.DecodeLastRuneInString(s[:i])
		re, start = p.after, i-size
	}
	loc := re.FindStringIndex(s[start:min(len(s), i+window)])
	if loc == nil || start+loc[1] <= i {
		return 0, false
	}
	return start + loc[1], true
}

// in tells whether the text has the phrase.
func (p *phrase) in(s string) bool {
	_, _, ok := p.find(s, 0)
	return ok
}

// blanked is the text with every match made spaces.
func (p *phrase) blanked(s string) string {
	b := []byte(s)
	for _, l := range p.all(s) {
		copy(b[l[0]:l[1]], strings.Repeat(" ", l[1]-l[0]))
	}
	return string(b)
}

// all gives every match that does not overlap another.
func (p *phrase) all(s string) [][2]int {
	var out [][2]int
	for from := 0; ; {
		at, end, ok := p.find(s, from)
		if !ok {
			return out
		}
		out = append(out, [2]int{at, end})
		from = end
	}
}

// lexicon is a phrase of very many alternatives. They are sorted by the byte
// that they can begin with, so that a place of the text meets few of them.
type lexicon [32]*phrase

// newLexicon takes tables of alternatives; upper and lower case are the same.
func newLexicon(tables ...string) *lexicon {
	var byFirst [32][]string
	for _, alternative := range alternatives(strings.Join(tables, "|")) {
		f, err := newFilter("(?i)(?:" + alternative + ")")
		if err != nil {
			panic(err)
		}
		for b := range byFirst {
			if f.begins(b) {
				byFirst[b] = append(byFirst[b], alternative)
			}
		}
	}
	var l lexicon
	for b, list := range byFirst {
		if len(list) > 0 {
			l[b] = newPhrase("(?i)(?:" + strings.Join(list, "|") + ")")
		}
	}
	return &l
}

// begins tells whether a match can begin with a byte of these lower five bits.
func (f *filter) begins(b int) bool {
	for _, bits := range f[b<<5 : (b+1)<<5] {
		if bits != 0 {
			return true
		}
	}
	return false
}

// alternatives cuts an expression at the bars that stand in no brackets.
func alternatives(expr string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(expr); i++ {
		switch expr[i] {
		case '\\':
			i++
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '|':
			if depth == 0 {
				out = append(out, expr[from:i])
				from = i + 1
			}
		}
	}
	return append(out, expr[from:])
}

// in tells whether the text has one of the alternatives.
func (l *lexicon) in(s string) bool {
	for i := range len(s) {
		if p := l[s[i]&31]; p != nil {
			if _, ok := p.at(s, i); ok {
				return true
			}
		}
	}
	return false
}
