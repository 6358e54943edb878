package ingest

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// phrase is an expression of many alternatives, looked for in whole texts. The
// alternatives are sorted by the two bytes that they can begin with, so that a
// place of the text meets few of them, and those are compiled when a text first
// has such a place: many programs of this binary read no mail.
type phrase struct {
	exprs   []string // alternatives, the first that fits counts
	longest bool     // no, the longest counts
	whole   bool     // begins where a word begins; the character that ends its last word is not of it
	once    sync.Once
	first   filter
	parts   []alternative
	groups  [1024]atomic.Pointer[group]
}

// newPhrase makes a phrase of one expression.
func newPhrase(expr string) *phrase { return &phrase{exprs: []string{expr}} }

// newLexicon takes tables of alternatives; upper and lower case are the same.
func newLexicon(tables ...string) *phrase {
	return newPhrase("(?i)(?:" + strings.Join(tables, "|") + ")")
}

// alternative is a part of the expression that stands for itself.
type alternative struct {
	expr   string
	looks  bool        // at what stands before it
	begins *[32]uint32 // the first two bytes, as a filter has them
	most   int         // characters that it takes; -1 without a bound
}

// group are the alternatives that can begin with the same two bytes.
type group struct {
	begin  *regexp.Regexp // at the begin of the text; nil: there is no such alternative
	after  *regexp.Regexp // behind one character, which \b wants to see; nil: none looks there
	window int            // characters that a match may take
}

// window is how much of the text, in bytes, an expression without a bound may
// take.
const window = 400

// ready sorts the alternatives. It panics on a bad expression, as
// regexp.MustCompile does: all are constants of this package.
func (s *phrase) ready() {
	s.once.Do(func() {
		for _, expr := range s.exprs {
			for _, part := range alternatives(expr) {
				s.add(part)
			}
		}
	})
}

func (s *phrase) add(expr string) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err)
	}
	b, err := newBeginnings(re)
	if err != nil {
		panic(err)
	}
	b.three(b.start, &s.first)
	s.parts = append(s.parts, alternative{expr, mayBeEmpty(re), b.two(b.start), mostRunes(re)})
}

// alternatives cuts an expression at its outermost bars, also at those of a
// group that begins it or follows a mark of a place, \b or ^: what the first
// bytes tell apart need not be tried together.
func alternatives(expr string) []string {
	open, end := "", ""
	if rest, ok := strings.CutPrefix(expr, "(?i)"); ok {
		open, end, expr = "(?i:", ")", rest
	} else if rest, ok := strings.CutPrefix(expr, "(?i:"); ok && groupEnd(rest, 0) == len(rest)-1 {
		open, end, expr = "(?i:", ")", rest[:len(rest)-1]
	}
	var out []string
	for _, part := range atBars(expr) {
		for _, one := range opened(part) {
			out = append(out, open+one+end)
		}
	}
	return out
}

// opened cuts a part at the bars of its first group.
func opened(part string) []string {
	at := 0
	for strings.HasPrefix(part[at:], `\b`) || strings.HasPrefix(part[at:], "^") {
		at += 1 + strings.Count(part[at:at+1], `\`)
	}
	inner, ok := strings.CutPrefix(part[at:], "(?:")
	if !ok {
		return []string{part}
	}
	end := groupEnd(inner, 0)
	behind := inner[end+1:]
	if behind != "" && strings.ContainsRune("?*+{", rune(behind[0])) {
		return []string{part}
	}
	var out []string
	for _, one := range atBars(inner[:end]) {
		out = append(out, opened(part[:at]+one+behind)...)
	}
	return out
}

// atBars cuts an expression at the bars that stand in no group.
func atBars(expr string) []string {
	var out []string
	from := 0
	for i := 0; i < len(expr); i = step(expr, i) {
		if expr[i] == '|' {
			out = append(out, expr[from:i])
			from = i + 1
		}
	}
	return append(out, expr[from:])
}

// step goes over one character, class or group of an expression.
func step(expr string, i int) int {
	switch expr[i] {
	case '\\':
		return i + 2
	case '(':
		return groupEnd(expr, i+1) + 1
	case '[':
		for i++; i < len(expr); i++ {
			switch {
			case expr[i] == '\\':
				i++
			case expr[i] == ']':
				return i + 1
			}
		}
	}
	return i + 1
}

// groupEnd is the place of the bracket that closes the group whose inside begins
// at i.
func groupEnd(expr string, i int) int {
	for i < len(expr) && expr[i] != ')' {
		i = step(expr, i)
	}
	return i
}

// isPlace tells what takes no character and only looks at the place.
func isPlace(op syntax.Op) bool {
	switch op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpEmptyMatch:
		return true
	}
	return false
}

// mayBeEmpty tells an expression whose first part may be left out, so that a
// mark of a place can come first all the same.
func mayBeEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpConcat:
		return len(re.Sub) > 0 && mayBeEmpty(re.Sub[0])
	case syntax.OpCapture:
		return mayBeEmpty(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, mayBeEmpty)
	case syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
		return re.Op != syntax.OpRepeat || re.Min == 0
	}
	return isPlace(re.Op)
}

// mostRunes is how many characters a match can take, -1 without a bound. What
// \b or $ looks at behind it is counted too.
func mostRunes(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpStar, syntax.OpPlus:
		return -1
	case syntax.OpRepeat:
		each := mostRunes(re.Sub[0])
		if re.Max < 0 || each < 0 {
			return -1
		}
		return re.Max * each
	case syntax.OpAlternate:
		return foldRunes(re.Sub, func(sum, n int) int { return max(sum, n) })
	}
	return foldRunes(re.Sub, func(sum, n int) int { return sum + n })
}

func foldRunes(subs []*syntax.Regexp, fold func(sum, n int) int) int {
	total := 0
	for _, sub := range subs {
		n := mostRunes(sub)
		if n < 0 {
			return -1
		}
		total = fold(total, n)
	}
	return total
}

// group gives the alternatives that can begin at i, compiled.
func (s *phrase) group(text string, i int) *group {
	a, b := int(text[i]&31), 0
	if i+1 < len(text) {
		b = int(text[i+1] & 31)
	}
	slot := &s.groups[a<<5|b]
	if g := slot.Load(); g != nil {
		return g
	}
	g := s.compile(a, b)
	slot.Store(g)
	return g
}

func (s *phrase) compile(a, b int) *group {
	g := &group{}
	looks := false
	var list []string
	for _, part := range s.parts {
		if part.begins[a]>>b&1 == 0 {
			continue
		}
		list, looks = append(list, part.expr), looks || part.looks
		if part.most < 0 || g.window < 0 {
			g.window = -1
			continue
		}
		g.window = max(g.window, part.most)
	}
	if len(list) == 0 {
		return g
	}
	expr := strings.Join(list, "|")
	g.begin = regexp.MustCompile(`^(?:` + expr + `)`)
	if looks {
		g.after = regexp.MustCompile(`^(?s:.)(?:` + expr + `)`)
	}
	if s.longest {
		g.begin.Longest()
		if looks {
			g.after.Longest()
		}
	}
	return g
}

// cut gives the text from start on that a match which begins at i can take, and
// one character more, which \b and $ want to see.
func (g *group) cut(text string, start, i int) string {
	end := min(len(text), i+window)
	if g.window >= 0 {
		j := i
		for n := 0; n <= g.window && j < end; n++ {
			_, size := utf8.DecodeRuneInString(text[j:])
			j += size
		}
		end = min(j, end)
	}
	return text[start:end]
}

// match tells whether a match begins at i, and where it ends. The sieve is ready.
func (s *phrase) match(text string, i int) (end int, ok bool) {
	if !s.may(text, i) {
		return 0, false
	}
	g := s.group(text, i)
	re, start := g.begin, i
	if re == nil {
		return 0, false
	}
	if i > 0 && g.after != nil {
		_, size := utf8.DecodeLastRuneInString(text[:i])
		re, start = g.after, i-size
	}
	loc := re.FindStringIndex(g.cut(text, start, i))
	if loc == nil || start+loc[1] <= i {
		return 0, false
	}
	end = start + loc[1]
	if s.whole {
		last, size := utf8.DecodeLastRuneInString(text[i:end])
		if end-size > i && !unicode.IsLetter(last) && last != '.' && last != '°' && last != '#' {
			end -= size // the character behind the word
		}
	}
	return end, true
}

// may tells a place where a match can begin.
func (s *phrase) may(text string, i int) bool {
	return s.first.may(text, i) && utf8.RuneStart(text[i]) && (!s.whole || wordStart(text, i))
}

// find gives the first match at or behind from, ok false when there is none.
func (s *phrase) find(text string, from int) (at, end int, ok bool) {
	s.ready()
	for i := from; i < len(text); i++ {
		if end, ok := s.match(text, i); ok {
			return i, end, true
		}
	}
	return 0, 0, false
}

// in tells whether the text has a match.
func (s *phrase) in(text string) bool {
	_, _, ok := s.find(text, 0)
	return ok
}

// all gives every match that does not overlap another.
func (s *phrase) all(text string) [][2]int {
	var out [][2]int
	for from := 0; ; {
		at, end, ok := s.find(text, from)
		if !ok {
			return out
		}
		out = append(out, [2]int{at, end})
		from = end
	}
}

// blanked is the text with every match made spaces.
func (s *phrase) blanked(text string) string {
	places := s.all(text)
	if len(places) == 0 {
		return text
	}
	b := []byte(text)
	for _, l := range places {
		copy(b[l[0]:l[1]], strings.Repeat(" ", l[1]-l[0]))
	}
	return string(b)
}
