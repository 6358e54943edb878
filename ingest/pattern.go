package ingest

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// pattern is an expression of package regexp that is tried on lines and other
// small texts, nearly all of which it does not fit: an automaton says so soon,
// and only what it fits is given to package regexp, which tells places and
// groups. Its methods are those of regexp.Regexp.
type pattern struct {
	expr   string
	once   sync.Once
	engine *automaton
	exact  func() *regexp.Regexp
}

// newPattern makes a pattern of a constant expression. It is compiled when it
// is first tried, and panics then if it is a bad one.
func newPattern(expr string) *pattern {
	return &pattern{expr: expr, exact: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// MatchString tells whether the expression fits anywhere in the text.
func (p *pattern) MatchString(text string) bool {
	p.once.Do(func() {
		prog, err := compiled(p.expr)
		if err != nil {
			panic(err)
		}
		p.engine = newAutomaton(prog, anyMatch)
	})
	return p.engine.match(text, 0, len(text)) >= 0
}

func (p *pattern) FindString(text string) string {
	if !p.MatchString(text) {
		return ""
	}
	return p.exact().FindString(text)
}

func (p *pattern) FindStringIndex(text string) []int {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindStringIndex(text)
}

func (p *pattern) FindStringSubmatch(text string) []string {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindStringSubmatch(text)
}

func (p *pattern) FindStringSubmatchIndex(text string) []int {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindStringSubmatchIndex(text)
}

func (p *pattern) FindAllString(text string, n int) []string {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindAllString(text, n)
}

func (p *pattern) FindAllStringIndex(text string, n int) [][]int {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindAllStringIndex(text, n)
}

func (p *pattern) FindAllStringSubmatch(text string, n int) [][]string {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindAllStringSubmatch(text, n)
}

func (p *pattern) FindAllStringSubmatchIndex(text string, n int) [][]int {
	if !p.MatchString(text) {
		return nil
	}
	return p.exact().FindAllStringSubmatchIndex(text, n)
}

func (p *pattern) ReplaceAllString(text, by string) string {
	if !p.MatchString(text) {
		return text
	}
	return p.exact().ReplaceAllString(text, by)
}

func (p *pattern) ReplaceAllStringFunc(text string, by func(string) string) string {
	if !p.MatchString(text) {
		return text
	}
	return p.exact().ReplaceAllStringFunc(text, by)
}

func (p *pattern) Split(text string, n int) []string {
	if n != 0 && !p.MatchString(text) {
		return []string{text}
	}
	return p.exact().Split(text, n)
}

// fixed tells an expression that can only fit at the begin of a text.
func fixed(prog *syntax.Prog) bool { return prog.StartCond()&syntax.EmptyBeginText != 0 }
