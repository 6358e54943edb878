package ingest

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// filter says with which three bytes a match of an expression can begin: the
// first byte as it is, then all three by their lower five bits, in which upper
// and lower case fall together. It spares nearly all places of a text the
// regular expression, which is what keeps a mail under a millisecond.
type filter struct {
	heads [4]uint64    // a bit for each first byte
	pairs [32]uint32   // by the first byte; a bit for each second
	rows  [1024]uint32 // by the first two bytes; a bit for each third
}

// next gives the first place at or behind i where a match can begin, the text's
// length when there is none.
func (f *filter) next(s string, i int) int {
	for ; i < len(s); i++ {
		c := s[i]
		if f.heads[c>>6]>>(c&63)&1 == 0 {
			continue
		}
		var b1, b2 byte
		if i+1 < len(s) {
			b1 = s[i+1]
		}
		if f.pairs[c&31]>>(b1&31)&1 == 0 {
			continue
		}
		if i+2 < len(s) {
			b2 = s[i+2]
		}
		if f.rows[int(c&31)<<5|int(b1&31)]>>(b2&31)&1 != 0 {
			return i
		}
	}
	return i
}

func (f *filter) may(s string, i int) bool { return f.next(s[:min(len(s), i+3)], i) == i }

// nextWord is next, where a match begins a word.
func (f *filter) nextWord(s string, i int) int {
	for i < len(s) {
		if c := s[i]; f.heads[c>>6]>>(c&63)&1 != 0 && wordStart(s, i) && f.may(s, i) {
			return i
		}
		for i++; i < len(s) && wordByte(s[i-1]); i++ { // over the rest of the word
		}
	}
	return i
}

// pair fills pairs by rows: they are a small part of them, which stays at hand.
func (f *filter) pair() {
	for i, bits := range f.rows {
		if bits != 0 {
			f.pairs[i>>5] |= 1 << (i & 31)
		}
	}
}

// join lets pass what either filter does.
func (f *filter) join(other *filter) {
	for i, bits := range other.heads {
		f.heads[i] |= bits
	}
	for i, bits := range other.rows {
		f.rows[i] |= bits
	}
	f.pair()
}

// newFilter looks at what a match can begin with, three bytes far.
func newFilter(prog *syntax.Prog) filter {
	var f filter
	b := beginnings{prog: prog, ones: map[uint32]uint32{}, twos: map[uint32]*[32]uint32{}}
	b.three(uint32(prog.Start), &f)
	f.pair()
	return f
}

// beginnings tells by what bytes a match can go on from each instruction of a
// compiled expression. What was found out once is kept: alternatives meet again.
type beginnings struct {
	prog *syntax.Prog
	ones map[uint32]uint32
	twos map[uint32]*[32]uint32
}

const anyByte = ^uint32(0)

// one gives the first bytes behind pc.
func (b *beginnings) one(pc uint32) uint32 {
	if mask, ok := b.ones[pc]; ok {
		return mask
	}
	var mask uint32
	b.each(pc, func(ascii uint32, wide bool, _ uint32, others []rune) {
		mask |= ascii
		if wide {
			mask = anyByte
		}
		for _, r := range others {
			mask |= bit(utf8Bytes(r)[0])
		}
	})
	b.ones[pc] = mask
	return mask
}

// two gives for each first byte behind pc the second ones.
func (b *beginnings) two(pc uint32) *[32]uint32 {
	if rows, ok := b.twos[pc]; ok {
		return rows
	}
	rows := new([32]uint32)
	b.twos[pc] = rows
	b.each(pc, func(ascii uint32, wide bool, next uint32, others []rune) {
		if wide {
			fillRows(rows[:], anyByte)
			return
		}
		if ascii != 0 {
			orRows(rows, ascii, b.one(next))
		}
		for _, r := range others {
			u := utf8Bytes(r)
			rows[u[0]&31] |= bit(u[1])
		}
	})
	return rows
}

// three fills a filter with the first three bytes behind pc.
func (b *beginnings) three(pc uint32, f *filter) {
	b.heads(pc, &f.heads)
	b.each(pc, func(ascii uint32, wide bool, next uint32, others []rune) {
		if wide {
			fillRows(f.rows[:], anyByte)
			return
		}
		if ascii != 0 {
			rows := b.two(next)
			for a := range 32 {
				if ascii>>a&1 != 0 {
					for i, row := range rows {
						f.rows[a<<5|i] |= row
					}
				}
			}
		}
		for _, r := range others {
			u := utf8Bytes(r)
			third := b.one(next)
			if len(u) > 2 {
				third = bit(u[2])
			}
			f.rows[int(u[0]&31)<<5|int(u[1]&31)] |= third
		}
	})
}

// heads marks the first bytes behind pc.
func (b *beginnings) heads(pc uint32, heads *[4]uint64) {
	mark := func(from, to byte) {
		for c := int(from); c <= int(to); c++ {
			heads[c>>6] |= 1 << (c & 63)
		}
	}
	states, done := closure(b.prog, pc)
	if done {
		mark(0, 255)
	}
	for _, pc := range states {
		in := &b.prog.Inst[pc]
		if in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL {
			mark(0, 255)
			continue
		}
		ranges := rangesOf(in)
		for i := 0; i+1 < len(ranges); i += 2 {
			from, to := ranges[i], ranges[i+1]
			mark(utf8Bytes(from)[0], utf8Bytes(to)[0])
		}
	}
}

// each calls fn for every way on from pc: the ASCII bytes and other characters
// that it takes and where it leads. wide is a way on that takes anything, or the
// end of the match, behind which anything may stand.
func (b *beginnings) each(pc uint32, fn func(ascii uint32, wide bool, next uint32, others []rune)) {
	states, done := closure(b.prog, pc)
	if done {
		fn(anyByte, true, 0, nil)
	}
	for _, pc := range states {
		in := &b.prog.Inst[pc]
		ascii, others, wide := runesOf(in)
		fn(ascii, wide, in.Out, others)
	}
}

func bit(c byte) uint32 { return 1 << (c & 31) }

func utf8Bytes(r rune) []byte { return utf8.AppendRune(nil, r) }

func fillRows(rows []uint32, mask uint32) {
	for i := range rows {
		rows[i] = mask
	}
}

func orRows(rows *[32]uint32, which, mask uint32) {
	for a := range rows {
		if which>>a&1 != 0 {
			rows[a] |= mask
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

// rangesOf gives the first and last characters of the ranges that an
// instruction takes.
func rangesOf(in *syntax.Inst) []rune {
	if len(in.Rune) != 1 {
		return in.Rune
	}
	ranges := []rune{in.Rune[0], in.Rune[0]}
	if syntax.Flags(in.Arg)&syntax.FoldCase != 0 {
		for r := unicode.SimpleFold(in.Rune[0]); r != in.Rune[0]; r = unicode.SimpleFold(r) {
			ranges = append(ranges, r, r)
		}
	}
	return ranges
}

// runesOf gives what an instruction takes: ASCII as a mask of five-bit bytes,
// others one by one, wide when they are too many.
func runesOf(in *syntax.Inst) (ascii uint32, others []rune, wide bool) {
	const most = 200
	if in.Op == syntax.InstRuneAny || in.Op == syntax.InstRuneAnyNotNL {
		return 0, nil, true
	}
	ranges := rangesOf(in)
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
