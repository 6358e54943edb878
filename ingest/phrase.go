package ingest

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// phrase is an expression that is looked for in whole texts. It is compiled when
// a text is first gone through: many programs of this binary read no mail.
type phrase struct {
	exprs  []string // alternatives
	want   want     // which of several matches
	whole  bool     // begins where a word begins; the character that ends its last word is not of it
	once   sync.Once
	first  filter
	engine *automaton
}

// newPhrase makes a phrase of one expression.
func newPhrase(expr string) *phrase { return &phrase{exprs: []string{expr}} }

// newLexicon takes tables with an expression on each line; upper and lower case are
// the same.
func newLexicon(tables ...string) *phrase {
	var all []string
	for _, table := range tables {
		for line := range strings.Lines(table) {
			if expr := strings.TrimSpace(line); expr != "" {
				all = append(all, expr)
			}
		}
	}
	return newPhrase("(?i)(?:" + strings.Join(all, "|") + ")")
}

// window is how much of the text, in bytes, a match may take.
const window = 400

// ready compiles the expression. It panics on a bad one, as regexp.MustCompile
// does: all are constants of this package.
func (s *phrase) ready() {
	s.once.Do(func() {
		prog, err := compiled(strings.Join(s.exprs, "|"))
		if err != nil {
			panic(err)
		}
		s.engine, s.first = newWideAutomaton(prog, s.want), newFilter(prog)
	})
}

// match gives the end of the match that begins at i, 0 when there is none. The
// phrase is ready, and its filter has let the place pass.
func (s *phrase) match(text string, i int) int {
	if !utf8.RuneStart(text[i]) {
		return 0
	}
	end := s.engine.match(text, i, i+window)
	if end <= i {
		return 0
	}
	if s.whole {
		last, size := utf8.DecodeLastRuneInString(text[i:end])
		if end-size > i && !unicode.IsLetter(last) && last != '.' && last != '°' && last != '#' {
			end -= size // the character behind the word
		}
	}
	return end
}

// find gives the first match at or behind from, ok false when there is none.
func (s *phrase) find(text string, from int) (at, end int, ok bool) {
	s.ready()
	next := s.first.next
	if s.whole {
		next = s.first.nextWord
	}
	for i := next(text, from); i < len(text); i = next(text, i+1) {
		if end := s.match(text, i); end > 0 {
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
