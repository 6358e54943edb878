package ingest

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// sayings are the ways to say one thing, looked for as whole words and without
// regard to case. They are sorted by the byte that they can begin with, so that
// a place of the text meets few of them.
type sayings struct {
	tables []string
	once   sync.Once
	first  filter
	begin  [32]*regexp.Regexp // by the first byte
}

// newSayings reads tables of sayings, one a line; a line that begins with "//"
// is a remark. In a saying
//
//	bestell*        is any word that begins so
//	send .. back    may have up to six words of the same sentence between
//	(the|our)       is one of these; (the )? may be missing
//	order~          may have the word for a number joined to it: ordernr
//	=RE             heeds the case
//
// All else stands for itself, a space for any white space.
func newSayings(tables ...string) *sayings { return &sayings{tables: tables} }

// ready compiles the tables when they are first needed.
func (l *sayings) ready() {
	l.once.Do(func() {
		for b, list := range byFirstByte(sayingExprs(l.tables), func(s string) string { return s }) {
			if len(list) > 0 {
				l.add(b, strings.Join(list, "|"))
			}
		}
	})
}

func sayingExprs(tables []string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.Join(tables, "\n"), "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
			out = append(out, sayingExpr(line))
		}
	}
	return out
}

// add compiles the sayings that can begin with the byte b.
func (l *sayings) add(b int, expr string) {
	first, err := newFilter(expr)
	if err != nil {
		panic(err)
	}
	for i := b << 5; i < (b+1)<<5; i++ {
		l.first[i] = first[i]
	}
	l.begin[b] = regexp.MustCompile(`^(` + expr + `)`)
	l.begin[b].Longest()
}

// between is what ".." stands for: words that end no sentence.
const between = `(?:(?:\S*[^\s.!?;]|(?i:nr|no|vs)\.)\s+){0,6}`

// compound is what "~" stands for: the word for a number, joined to what it is
// the number of, as in "Bestellnummer", "order-no".
const compound = `(?:(?:e?n|e?s)?[-. ]{0,2}(?:nummer[ns]?|nrs?|numbers?|no|num|id|ref))?`

var sayingMarks = strings.NewReplacer(" .. ", `\s+`+between, " ", `\s+`, "*", `[0-9A-Za-zÀ-ɏ]*`, "~", compound, "(", "(?:", ".", `\.`, "+", `\+`, "[", `\[`, "]", `\]`)

// sayingExpr is the regular expression of a line of a table. What ends in a
// letter must end there as a word; a number may follow it at once.
func sayingExpr(line string) string {
	fold := "(?i:"
	if strings.HasPrefix(line, "=") {
		fold, line = "(?:", line[1:]
	}
	expr := sayingMarks.Replace(line)
	if last, _ := utf8.DecodeLastRuneInString(line); unicode.IsLetter(last) || strings.HasSuffix(line, ")") || strings.HasSuffix(line, "?") || strings.HasSuffix(line, "~") || strings.HasSuffix(line, "*") {
		expr += `(?:[^A-Za-zÀ-ɏ]|$)`
	}
	return fold + expr + ")"
}

// at tells whether a saying begins at i, and where it ends.
func (l *sayings) at(s string, i int) (end int, ok bool) {
	l.ready()
	return l.match(s, i)
}

// match is at, of sayings that are ready.
func (l *sayings) match(s string, i int) (end int, ok bool) {
	if !l.may(s, i) {
		return 0, false
	}
	loc := l.begin[s[i]&31].FindStringIndex(s[i:min(len(s), i+window)])
	if loc == nil || loc[1] == 0 {
		return 0, false
	}
	end = i + loc[1]
	last, size := utf8.DecodeLastRuneInString(s[i:end])
	if end-size > i && !unicode.IsLetter(last) && last != '.' && last != '°' && last != '#' {
		end -= size // the character behind the word
	}
	return end, true
}

// may tells a place where a saying can begin: the begin of a word whose first
// bytes fit.
func (l *sayings) may(s string, i int) bool {
	return (i == 0 || !wordByte(s[i-1])) && l.first.may(s, i) && wordStart(s, i)
}

// wordStart tells that no letter or digit stands before i.
func wordStart(s string, i int) bool {
	if i == 0 {
		return true
	}
	if s[i-1] < utf8.RuneSelf {
		return !wordByte(s[i-1])
	}
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return !unicode.IsLetter(r)
}

// find gives the first saying at or behind from.
func (l *sayings) find(s string, from int) (at, end int, ok bool) {
	l.ready()
	for i := from; i < len(s); i++ {
		if end, ok := l.match(s, i); ok {
			return i, end, true
		}
	}
	return 0, 0, false
}

// in tells whether the text has one of the sayings.
func (l *sayings) in(s string) bool {
	_, _, ok := l.find(s, 0)
	return ok
}

// all gives the places of the sayings that do not overlap an earlier one.
func (l *sayings) all(s string) [][2]int {
	var out [][2]int
	for from := 0; ; {
		at, end, ok := l.find(s, from)
		if !ok {
			return out
		}
		out = append(out, [2]int{at, end})
		from = end
	}
}

// blanked is the text with every saying made spaces.
func (l *sayings) blanked(s string) string {
	places := l.all(s)
	if len(places) == 0 {
		return s
	}
	b := []byte(s)
	for _, p := range places {
		copy(b[p[0]:p[1]], strings.Repeat(" ", p[1]-p[0]))
	}
	return string(b)
}

// vocabulary is several tables of sayings that are looked for together: the
// text is gone through once.
type vocabulary struct {
	each  []*sayings
	once  sync.Once
	first filter // of all of them
}

// hit is a saying of the table which, at its place.
type hit struct{ at, end, which int }

func newVocabulary(tables ...string) *vocabulary {
	v := &vocabulary{}
	for _, t := range tables {
		v.each = append(v.each, newSayings(t))
	}
	return v
}

func (v *vocabulary) ready() {
	v.once.Do(func() {
		for _, t := range v.each {
			t.ready()
			for i, bits := range t.first {
				v.first[i] |= bits
			}
		}
	})
}

// all gives the places of the sayings that do not overlap an earlier one. Of
// two tables that know a place the longer saying tells.
func (v *vocabulary) all(s string) []hit {
	v.ready()
	var out []hit
	for i := 0; i < len(s); {
		h := hit{at: i, end: i}
		if v.first.may(s, i) && wordStart(s, i) {
			for k, t := range v.each {
				if end, ok := t.match(s, i); ok && end > h.end {
					h.end, h.which = end, k
				}
			}
		}
		if h.end == i {
			i++
			continue
		}
		out = append(out, h)
		i = h.end
	}
	return out
}

// byLanguage are sayings that would be taken for others in another language:
// "ma" takes back in Italian and owns in French.
type byLanguage map[string]*sayings

// newByLanguage reads a table in which "// fr" begins the French part.
func newByLanguage(table string) byLanguage {
	b := byLanguage{}
	for part := range strings.SplitSeq(table, "//") {
		lang, rest, ok := strings.Cut(strings.TrimSpace(part), "\n")
		if ok {
			b[lang] = newSayings(rest)
		}
	}
	return b
}

// find gives the first saying of the language, of any where it is not known.
func (b byLanguage) find(lang, s string) (at, end int, ok bool) {
	if l := b[lang]; l != nil {
		return l.find(s, 0)
	}
	for _, lang := range languages {
		if at, end, ok = b[lang].find(s, 0); ok {
			return at, end, ok
		}
	}
	return 0, 0, false
}

func (b byLanguage) in(lang, s string) bool {
	_, _, ok := b.find(lang, s)
	return ok
}
