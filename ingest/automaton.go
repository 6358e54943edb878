package ingest

import (
	"encoding/binary"
	"iter"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// automaton matches an expression character by character, with one look into a
// table for each: what package regexp finds, many times as fast, but
// without groups. A state of it is the set of places of the expression that a
// match may have reached (a lazy DFA, https://swtch.com/~rsc/regexp/regexp3.html);
// states are made when a text first leads there. It may be used by several
// goroutines.
type automaton struct {
	program []instruction
	start   uint32 // the first instruction
	want    want
	slides  bool // a match may also begin behind the place where it is looked for
	alphabet

	moves atomic.Pointer[moves]

	mu sync.Mutex // held to make states
}

// trail is where a search for a state has been. All automata share a few, since
// each needs one only until its states are made.
type trail struct {
	round  uint32
	seen   []uint32 // by instruction: the round in which a state was last led there
	behind []uint32 // the same, behind a character
}

var trails = sync.Pool{New: func() any { return new(trail) }}

// begin makes all instructions of a program ones that were not reached yet.
func (t *trail) begin(instructions int) {
	if t.round++; t.round == 0 || len(t.seen) < instructions {
		*t = trail{1, make([]uint32, instructions), make([]uint32, instructions)}
	}
}

// instruction is one of syntax.Prog. It is small and holds no pointers: there
// are some hundred thousand in all automata.
type instruction struct {
	opOut uint32 // what it is, in the upper four bits, and where it goes on
	arg   uint32 // of one that takes characters their set
}

const opAt = 28

func newInstruction(op syntax.InstOp, out, arg uint32) instruction {
	return instruction{uint32(op)<<opAt | out, arg}
}

func (in instruction) op() syntax.InstOp { return syntax.InstOp(in.opOut >> opAt) }

func (in instruction) out() uint32 { return in.opOut & (1<<opAt - 1) }

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
	known  map[state]uint32
}

// state is where a match stands behind a character, or at its begin: what that
// character is to \b, and the instructions that go on there, the most wanted
// first, four bytes each. It is empty where a match cannot go on.
type state string

func newState(before prior, places []uint32) state {
	if len(places) == 0 {
		return ""
	}
	s := make([]byte, 1, 1+4*len(places))
	s[0] = byte(before)
	for _, p := range places {
		s = binary.LittleEndian.AppendUint32(s, p)
	}
	return state(s)
}

func (s state) before() prior { return prior(s[0]) }

func (s state) places() []uint32 {
	var places []uint32
	for i := 1; i < len(s); i += 4 {
		places = append(places, binary.LittleEndian.Uint32([]byte(s[i:i+4])))
	}
	return places
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

// want says which match an automaton is asked for.
type want int

const (
	theFirst   want = iota // from here: of several, as package regexp has it, the alternative that stands first
	theLongest             // from here
	anyMatch               // here or behind, whichever is known first
)

// compiled is the program of an expression of package regexp.
func compiled(expr string) (*syntax.Prog, error) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return syntax.Compile(re.Simplify())
}

func newAutomaton(prog *syntax.Prog, w want) *automaton { return buildAutomaton(prog, w, false) }

// newWideAutomaton is one to which a letter with an accent is a letter: where
// package regexp has it, no word ends in "é".
func newWideAutomaton(prog *syntax.Prog, w want) *automaton { return buildAutomaton(prog, w, true) }

func buildAutomaton(prog *syntax.Prog, w want, wide bool) *automaton {
	a := &automaton{start: uint32(prog.Start), want: w, alphabet: alphabet{wide: wide}, slides: w == anyMatch && !fixed(prog)}
	a.program = a.learn(prog)
	a.restart()
	return a
}

// restart makes the states that a match begins in, and forgets all others.
func (a *automaton) restart() {
	m := &moves{classes: uint32(len(a.sample)), pool: &pool{known: map[state]uint32{}}}
	m = m.with("")
	for b := range m.starts {
		m = m.with(newState(prior(b), []uint32{a.start}))
		m.starts[b] = uint32(len(m.states) - 1)
	}
	a.moves.Store(m)
}

// with adds a state, in larger moves where these have no room for it.
func (m *moves) with(s state) *moves {
	m.known[s] = uint32(len(m.states))
	m.states = append(m.states, s)
	room := len(m.states) * int(m.classes)
	if room <= len(m.to) {
		return m
	}
	larger := *m
	larger.to = make([]uint32, room+room/2)
	copy(larger.to, m.to)
	return &larger
}

// match gives the end of the match that begins at i, -1 when there is none. It
// takes no character at or behind limit.
func (a *automaton) match(text string, i, limit int) int {
	m := a.moves.Load()
	s := m.starts[a.behindAt(text, i)]
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

// behindAt tells what stands before i.
func (a *automaton) behindAt(text string, i int) prior {
	switch {
	case i == 0:
		return aStart
	case a.wide && text[i-1] >= utf8.RuneSelf:
		r, _ := utf8.DecodeLastRuneInString(text[:i])
		return a.priorOf(r)
	}
	return beforeNext(rune(text[i-1]))
}

// priorOf is what a character is to the place behind it, in this alphabet.
func (a *alphabet) priorOf(r rune) prior {
	if a.wide && accented(r) {
		return aWord
	}
	return beforeNext(r)
}

// accented tells a letter of Latin script beyond ASCII.
func accented(r rune) bool { return r >= 0xC0 && r <= 0x24F && r != '×' && r != '÷' }

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
	if a.want != theFirst {
		slices.Sort(places)
	}
	next := newState(a.priorOf(a.sample[class]), places)
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
	if at, ok := m.known[s]; ok {
		return m, at
	}
	if len(m.states) >= mostStates {
		a.restart()
		m = a.moves.Load()
	}
	m = m.with(s)
	a.moves.Store(m)
	return m, uint32(len(m.states) - 1)
}

// follow gives the places behind a character, and whether a match ends before
// it.
func (a *automaton) follow(s state, class uint16) (places []uint32, matched bool) {
	t := trails.Get().(*trail)
	defer trails.Put(t)
	t.begin(len(a.program))
	flags := looks(s.before(), a.sample[class], a.priorOf(a.sample[class]))
	var open []uint32
	for _, place := range s.places() {
		open = append(open[:0], place)
		for len(open) > 0 {
			pc := open[len(open)-1]
			open = open[:len(open)-1]
			if t.seen[pc] == t.round {
				continue
			}
			t.seen[pc] = t.round
			switch in := a.program[pc]; in.op() {
			case syntax.InstAlt, syntax.InstAltMatch:
				open = append(open, in.arg, in.out())
			case syntax.InstCapture, syntax.InstNop:
				open = append(open, in.out())
			case syntax.InstEmptyWidth:
				if syntax.EmptyOp(in.arg)&^flags == 0 {
					open = append(open, in.out())
				}
			case syntax.InstMatch:
				switch matched = true; a.want {
				case theFirst:
					return places, true // what is wanted less is out
				case anyMatch:
					return nil, true
				}
			case syntax.InstRune:
				if out := in.out(); a.sets[in.arg][class] && t.behind[out] != t.round {
					t.behind[out] = t.round
					places = append(places, out)
				}
			}
		}
	}
	if a.slides && t.behind[a.start] != t.round {
		places = append(places, a.start)
	}
	return places, matched
}

// looks is what ^, $ and \b see between two characters; next is -1 at the end
// of the text, and is as what it is to the place behind it.
func looks(b prior, next rune, as prior) syntax.EmptyOp {
	if as == aWord {
		next = 'a'
	}
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
	wide   bool          // \b knows all letters of Latin script, not those of ASCII alone
	near   [0x250]uint16 // classes of the characters of Latin script
	from   []rune        // where the runs of characters of one class begin, beyond those
	class  []uint16      // of the run
	sample []rune        // a character of each class, -1 the end of the text
	sets   [][]bool      // what instructions take, by class
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

// learn makes the classes and sets of a program, and gives its instructions.
func (a *alphabet) learn(prog *syntax.Prog) []instruction {
	out := make([]instruction, len(prog.Inst))
	known := map[string]uint32{}
	var kinds []*syntax.Inst // one of each set
	for pc := range prog.Inst {
		in := &prog.Inst[pc]
		out[pc] = newInstruction(in.Op, in.Out, in.Arg)
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			key := string(rune(in.Op)) + string(rune(in.Arg)) + string(in.Rune)
			set, ok := known[key]
			if !ok {
				set = uint32(len(kinds))
				known[key] = set
				kinds = append(kinds, in)
			}
			out[pc] = newInstruction(syntax.InstRune, in.Out, set)
		}
	}
	a.sort(kinds)
	return out
}

// sort cuts all characters into runs at the ends of the ranges that kinds take,
// and puts those together that all of kinds take or refuse alike.
func (a *alphabet) sort(kinds []*syntax.Inst) {
	cuts := []rune{0, '\n', '\n' + 1, '0', '9' + 1, 'A', 'Z' + 1, '_', '_' + 1, 'a', 'z' + 1} // what \b and ^ tell apart
	if a.wide {
		cuts = append(cuts, 0xC0, '×', '×'+1, '÷', '÷'+1, 0x250)
	}
	for _, in := range kinds {
		for from, to := range taken(in) {
			cuts = append(cuts, from, to+1)
		}
	}
	slices.Sort(cuts)
	a.from = slices.Clone(slices.DeleteFunc(slices.Compact(cuts), func(r rune) bool { return r > unicode.MaxRune })) // of the cuts most were the same
	parts := make([]int, len(a.from))                                                                                // by run: runs of one part are alike to the kinds seen so far
	for run, r := range a.from {
		parts[run] = int(a.priorOf(r))
	}
	last := int(aGap)
	for _, in := range kinds {
		apart := map[int]int{} // what a kind takes of a part becomes a part of its own
		for from, to := range taken(in) {
			for run, _ := slices.BinarySearch(a.from, from); run < len(a.from) && a.from[run] <= to; run++ {
				if _, ok := apart[parts[run]]; !ok {
					last++
					apart[parts[run]] = last
				}
				parts[run] = apart[parts[run]]
			}
		}
	}
	a.number(parts)
	for _, in := range kinds {
		takes := make([]bool, len(a.sample))
		for from, to := range taken(in) {
			for run, _ := slices.BinarySearch(a.from, from); run < len(a.from) && a.from[run] <= to; run++ {
				takes[a.class[run]] = true
			}
		}
		a.sets = append(a.sets, takes)
	}
	a.forgetNear()
}

// forgetNear lets go of the runs of the characters whose class is known without.
func (a *alphabet) forgetNear() {
	first, found := slices.BinarySearch(a.from, rune(len(a.near)))
	if !found {
		first-- // the run that they begin in
	}
	a.from, a.class = slices.Clone(a.from[first:]), slices.Clone(a.class[first:])
}

// number makes classes of the parts that the runs are of.
func (a *alphabet) number(parts []int) {
	known := map[int]uint16{}
	a.sample = []rune{-1}
	for run, part := range parts {
		class, ok := known[part]
		if !ok {
			class = uint16(len(a.sample))
			known[part] = class
			a.sample = append(a.sample, a.from[run])
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

// taken gives the ranges of characters that an instruction takes.
func taken(in *syntax.Inst) iter.Seq2[rune, rune] {
	return func(yield func(from, to rune) bool) {
		ranges := rangesOf(in)
		switch in.Op {
		case syntax.InstRuneAny:
			ranges = []rune{0, unicode.MaxRune}
		case syntax.InstRuneAnyNotNL:
			ranges = []rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune}
		}
		for i := 0; i+1 < len(ranges); i += 2 {
			if !yield(ranges[i], ranges[i+1]) {
				return
			}
		}
	}
}
