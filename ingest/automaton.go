package ingest

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// automaton matches an expression character by character, with one look into a
// table for each: what package regexp finds, ten to fifty times as fast, but
// without groups. A state of it is the set of places of the expression that a
// match may have reached (a lazy DFA, https://swtch.com/~rsc/regexp/regexp3.html);
// states are made when a text first leads there. It may be used by several
// goroutines.
type automaton struct {
	prog    *syntax.Prog
	longest bool // the longest match counts, not the first alternative that fits
	alphabet
	takes [][]bool // by instruction: the classes of characters that it takes

	mu     sync.Mutex
	states map[string]*state
	starts [4]atomic.Pointer[state] // by what stands before the match
}

// state is where a match stands behind a character, or at its begin.
type state struct {
	places  []uint32 // instructions, the most wanted first
	before  prior
	matched bool // a match ends before the character that led here
	next    []atomic.Pointer[state]
}

// prior is what \b, ^ and $ must know of the character before a place.
type prior byte

const (
	aStart prior = iota // of the text
	aLineEnd
	aWord
	aGap // anything else
)

// mostStates bounds an automaton's memory: hostile text could make any number.
const mostStates = 2000

// newAutomaton compiles an expression of package regexp.
func newAutomaton(expr string, longest bool) (*automaton, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return nil, err
	}
	a := &automaton{prog: prog, longest: longest, states: map[string]*state{}}
	a.takes = a.learn(prog)
	return a, nil
}

// match gives the end of the match that begins at i, -1 when there is none. It
// takes no character at or behind limit.
func (a *automaton) match(text string, i, limit int) int {
	s := a.start(behind(text, i))
	for end, j := -1, i; ; {
		class, size := a.classAt(text, j)
		next := s.next[class].Load()
		if next == nil {
			next = a.step(s, class)
		}
		if next.matched {
			end = j
		}
		if len(next.places) == 0 || j >= limit {
			return end
		}
		s, j = next, j+size
	}
}

// behind tells what stands before i.
func behind(text string, i int) prior {
	if i == 0 {
		return aStart
	}
	return beforeNext(rune(text[i-1]))
}

// beforeNext is what a character is to the place behind it.
func beforeNext(r rune) prior {
	switch {
	case r == '\n':
		return aLineEnd
	case syntax.IsWordChar(r):
		return aWord
	}
	return aGap
}

func (a *automaton) start(b prior) *state {
	if s := a.starts[b].Load(); s != nil {
		return s
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.state([]uint32{uint32(a.prog.Start)}, b, false)
	a.starts[b].Store(s)
	return s
}

// step finds out where a class of characters leads to from a state.
func (a *automaton) step(s *state, class uint16) *state {
	a.mu.Lock()
	defer a.mu.Unlock()
	places, matched := a.follow(s, class)
	b := aGap
	if len(places) > 0 {
		if b = beforeNext(a.sample[class]); a.longest {
			slices.Sort(places)
		}
	}
	next := a.state(places, b, matched)
	s.next[class].Store(next)
	return next
}

// state gives the one state of its kind.
func (a *automaton) state(places []uint32, b prior, matched bool) *state {
	key := make([]byte, 2, 2+4*len(places))
	if key[0] = byte(b); matched {
		key[1] = 1
	}
	for _, p := range places {
		key = binary.LittleEndian.AppendUint32(key, p)
	}
	if s := a.states[string(key)]; s != nil {
		return s
	}
	if len(a.states) >= mostStates { // those in use go on to new ones
		clear(a.states)
		for i := range a.starts {
			a.starts[i].Store(nil)
		}
	}
	s := &state{places: places, before: b, matched: matched}
	if len(places) > 0 {
		s.next = make([]atomic.Pointer[state], len(a.sample))
	}
	a.states[string(key)] = s
	return s
}

// follow gives the places behind a character, and whether a match ends before
// it.
func (a *automaton) follow(s *state, class uint16) (places []uint32, matched bool) {
	flags := looks(s.before, a.sample[class])
	seen := make(map[uint32]bool, 2*len(s.places))
	added := make(map[uint32]bool, len(s.places))
	var open []uint32
	for _, place := range s.places {
		open = append(open[:0], place)
		for len(open) > 0 {
			pc := open[len(open)-1]
			open = open[:len(open)-1]
			if seen[pc] {
				continue
			}
			seen[pc] = true
			switch in := &a.prog.Inst[pc]; in.Op {
			case syntax.InstAlt, syntax.InstAltMatch:
				open = append(open, in.Arg, in.Out)
			case syntax.InstCapture, syntax.InstNop:
				open = append(open, in.Out)
			case syntax.InstEmptyWidth:
				if syntax.EmptyOp(in.Arg)&^flags == 0 {
					open = append(open, in.Out)
				}
			case syntax.InstMatch:
				if matched = true; !a.longest {
					return places, true // what is wanted less is out
				}
			case syntax.InstFail:
			default:
				if a.takes[pc][class] && !added[in.Out] {
					added[in.Out] = true
					places = append(places, in.Out)
				}
			}
		}
	}
	return places, matched
}

// looks is what ^, $ and \b see between two characters; next is -1 at the end
// of the text.
func looks(b prior, next rune) syntax.EmptyOp {
	prev := rune(-1)
	switch b {
	case aLineEnd:
		prev = '\n'
	case aWord:
		prev = 'a'
	case aGap:
		prev = ' '
	}
	return syntax.EmptyOpContext(prev, next)
}

// alphabet sorts characters into classes whose members an expression does not
// tell apart. Class 0 is the end of the text.
type alphabet struct {
	near   [0x250]uint16 // classes of the characters of Latin script
	from   []rune        // where the runs of characters of one class begin
	class  []uint16      // of the run
	sample []rune        // a character of each class, -1 the end of the text
}

// classAt gives the class of the character at i, and how many bytes it has.
func (a *alphabet) classAt(text string, i int) (class uint16, size int) {
	if i >= len(text) {
		return 0, 0
	}
	if c := text[i]; c < utf8.RuneSelf {
		return a.near[c], 1
	}
	r, size := utf8.DecodeRuneInString(text[i:])
	return a.of(r), size
}

func (a *alphabet) of(r rune) uint16 {
	if int(r) < len(a.near) {
		return a.near[r]
	}
	k, found := slices.BinarySearch(a.from, r)
	if !found {
		k--
	}
	return a.class[k]
}

// learn makes the classes and gives, for each instruction, which it takes.
// Instructions that take the same characters share their answer.
func (a *alphabet) learn(prog *syntax.Prog) [][]bool {
	sets := map[string][]bool{}
	var kinds []*syntax.Inst // one of each set
	keys := make([]string, len(prog.Inst))
	for pc := range prog.Inst {
		in := &prog.Inst[pc]
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			keys[pc] = string(rune(in.Op)) + string(rune(in.Arg)) + string(in.Rune)
			if _, known := sets[keys[pc]]; !known {
				sets[keys[pc]] = nil
				kinds = append(kinds, in)
			}
		}
	}
	a.sort(kinds)
	for _, in := range kinds {
		takes := make([]bool, len(a.sample))
		for class := 1; class < len(takes); class++ {
			takes[class] = in.MatchRune(a.sample[class])
		}
		sets[string(rune(in.Op))+string(rune(in.Arg))+string(in.Rune)] = takes
	}
	out := make([][]bool, len(prog.Inst))
	for pc, key := range keys {
		if key != "" {
			out[pc] = sets[key]
		}
	}
	return out
}

// sort cuts all characters into runs at the ends of the ranges that kinds take,
// and puts those together that all of kinds take or refuse alike.
func (a *alphabet) sort(kinds []*syntax.Inst) {
	cuts := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1} // what \b and ^ tell apart
	for _, in := range kinds {
		ranges := rangesOf(in)
		for i := 0; i+1 < len(ranges); i += 2 {
			cuts = append(cuts, ranges[i], ranges[i+1]+1)
		}
	}
	slices.Sort(cuts)
	a.from = slices.DeleteFunc(slices.Compact(cuts), func(r rune) bool { return r > unicode.MaxRune })
	a.sample = []rune{-1}
	known := map[string]uint16{}
	for _, r := range a.from {
		key := []byte{byte(beforeNext(r))}
		for _, in := range kinds {
			taken := byte(0)
			if in.MatchRune(r) {
				taken = 1
			}
			key = append(key, taken)
		}
		class, ok := known[string(key)]
		if !ok {
			class = uint16(len(a.sample))
			known[string(key)] = class
			a.sample = append(a.sample, r)
		}
		a.class = append(a.class, class)
	}
	run := 0
	for r := range a.near {
		for run+1 < len(a.from) && int(a.from[run+1]) <= r {
			run++
		}
		a.near[r] = a.class[run]
	}
}
