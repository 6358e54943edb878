package ingest

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// newSayings reads tables of sayings, one a line; a line that begins with "//"
// is a remark. In a saying
//
//	bestell*        is any word that begins so
//	send .. back    may have up to six words of the same sentence between
//	send ... back   may have up to sixteen
//	(the|our)       is one of these; (the )? may be missing
//	(the |our )*(x) may have several of these before it
//	order~          may have the word for a number joined to it: ordernr
//	=RE             heeds the case
//
// All else stands for itself, a space for any white space.
// They are whole words, in upper or lower case, and the longest counts.
func newSayings(tables ...string) *phrase {
	return &phrase{exprs: sayingExprs(tables), want: theLongest, whole: true}
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

// between is what ".." stands for: words that end no sentence, as the day of a
// date does not.
const between = `(?:(?:\S*[^\s.!?;]|(?i:nr|no|vs|[0-3]?\d)\.)\s+){0,6}`

// compound is what "~" stands for: the word for a number, joined to what it is
// the number of, as in "Bestellnummer", "order-no".
const compound = `(?:(?:e?n|e?s)?[-. ]{0,2}(?:nummer[ns]?|nrs?|numbers?|no|num|id|ref))?`

var sayingMarks = strings.NewReplacer(" ... ", `\s+`+strings.Replace(between, "{0,6}", "{0,16}", 1), " .. ", `\s+`+between, " ", `\s+`, ")*(", `){0,4}(?:`, "*", `[0-9A-Za-zÀ-ɏ]*`, "~", compound, "(", "(?:", ".", `\.`, "+", `\+`, "[", `\[`, "]", `\]`)

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

// vocabulary is several tables of sayings that are looked for together: the
// text is gone through once.
type vocabulary struct {
	each  []*phrase
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
			v.first.join(&t.first)
		}
	})
}

// all gives the places of the sayings that do not overlap an earlier one. Of
// two tables that know a place the longer saying tells.
func (v *vocabulary) all(s string) []hit {
	v.ready()
	var out []hit
	for i := v.first.nextWord(s, 0); i < len(s); {
		h := hit{at: i}
		for k, t := range v.each {
			if t.first.may(s, i) {
				if end := t.match(s, i); end > h.end {
					h.end, h.which = end, k
				}
			}
		}
		if h.end > 0 {
			out = append(out, h)
		}
		i = v.first.nextWord(s, max(i+1, h.end))
	}
	return out
}

// byLanguage are sayings that would be taken for others in another language:
// "ma" takes back in Italian and owns in French.
type byLanguage map[string]*phrase

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
