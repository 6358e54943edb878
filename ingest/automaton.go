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

	moves atomic.Pointer[moves]
	mu    sync.Mutex // held to make states
}

// moves say where each state goes on to. They are read by many goroutines while
// one fills them; when there are more states than they have room for, larger
// ones are put in their place.
type moves struct {
	to      []uint32 // by state and class, a row each
	classes uint32
	starts  [4]uint32 // by what stands before the match
	*pool
}

// pool is the states that were made. It outlives the moves that were too small,
// and is changed by who makes states only.
type pool struct {
	states []state
	known  map[string]uint32
}

// state is where a match stands behind a character, or at its begin. The first
// one of a pool is no match any more.
type state struct {
	places []uint32 // instructions, the most wanted first
	before prior
}

// A move has the state in its upper bits, and these; zero is not
// known yet.
const (
	madeBit    = 1 << iota
	matchedBit // a match ends before the character
	stateAt    = iota
)

// prior is what \b, ^ and $ must know of the character before a place.
type prior byte

const (
	aStart prior = iota // of the text
	aLineEnd
	aWord
	aGap // anything else
)

// mostStates bounds an automaton's memory: hostile text could make any number.
const mostStates = 4000

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
	a := &automaton{prog: prog, longest: longest}
	a.takes = a.learn(prog)
	a.begin()
	return a, nil
}

// begin makes the states that a match begins in, and forgets all others.
func (a *automaton) begin() {
	m := &moves{classes: uint32(len(a.sample)), pool: &pool{known: map[string]uint32{}}}
	m = m.with(state{})
	for b := range m.starts {
		m = m.with(state{[]uint32{uint32(a.prog.Start)}, prior(b)})
		m.starts[b] = uint32(len(m.states) - 1)
	}
	a.moves.Store(m)
}

// with adds a state, in larger moves where these have no room for it.
func (m *moves) with(s state) *moves {
	m.known[s.key()] = uint32(len(m.states))
	m.states = append(m.states, s)
	room := len(m.states) * int(m.classes)
	if room <= len(m.to) {
		return m
	}
	larger := *m
	larger.to = make([]uint32, 2*room)
	copy(larger.to, m.to)
	return &larger
}

// match gives the end of the match that begins at i, -1 when there is none. It
// takes no character at or behind limit.
func (a *automaton) match(text string, i, limit int) int {
	m := a.moves.Load()
	s := m.starts[behind(text, i)]
	for end, j := -1, i; ; {
		class, size := a.classAt(text, j)
		move := atomic.LoadUint32(&m.to[s*m.classes+uint32(class)])
		if move == 0 {
			m, move = a.step(m, s, class)
		}
		if move&matchedBit != 0 {
			end = j
		}
		if s = move >> stateAt; s == 0 || j >= limit {
			return end
		}
		j += size
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

// step finds out where a class of characters leads to from a state, and gives
// the moves that know the new state.
func (a *automaton) step(m *moves, s uint32, class uint16) (*moves, uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	places, matched := a.follow(m.states[s], class)
	next := state{places: places}
	if len(places) > 0 {
		if next.before = beforeNext(a.sample[class]); a.longest {
			slices.Sort(places)
		}
	}
	now, to := a.intern(next)
	move := to<<stateAt | madeBit
	if matched {
		move |= matchedBit
	}
	if now.pool == m.pool {
		atomic.StoreUint32(&now.to[s*now.classes+uint32(class)], move)
	}
	return now, move
}

// intern gives the number of a state, and the moves that know it.
func (a *automaton) intern(s state) (*moves, uint32) {
	m := a.moves.Load()
	if len(s.places) == 0 {
		return m, 0
	}
	if at, ok := m.known[s.key()]; ok {
		return m, at
	}
	if len(m.states) >= mostStates {
		a.begin()
		m = a.moves.Load()
	}
	m = m.with(s)
	a.moves.Store(m)
	return m, uint32(len(m.states) - 1)
}

func (s state) key() string {
	key := make([]byte, 1, 1+4*len(s.places))
	key[0] = byte(s.before)
	for _, p := range s.places {
		key = binary.LittleEndian.AppendUint32(key, p)
	}
	return string(key)
}

// follow gives the places behind a character, and whether a match ends before
// it.
func (a *automaton) follow(s state, class uint16) (places []uint32, matched bool) {
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
