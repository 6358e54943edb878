package ingest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// expressions are of all kinds that the package has, and some that are hard.
var expressions = []string{
	`(?i)\b(?:é?tude|caf[ée]|s/n|ab?c|x\d+|[^a]q)\b`,
	`(?i)(?:dead\b|\bdoa\b|(?:no|kein) (?:\S+ ){0,3}(?:ton|tone)|écran|[kc]aputt|a(?:b|\|)c|[|x]y)`,
	`(?i)^(?:on|le) |(?:q|\bx)?y$|a.{0,3}c|(?m:^\d)`,
	`^\s*(?:a|ab)(c|bcd)*`, `(a+)(b+)$`, `(?m)^.*x$`, `x*`, `(?:a|ab)(?:c|bcd)?`, `(\pL+) (\d)`, `(?s)a.*?c|a`, `\B\d`, `[^\pL]é`,
}

var morsels = []string{"dead", "Doa", "no ", "KEIN ", "ton", "é", "É", "cran", "kaputt", "a|c", "abc", "abcd", "|y", "xy", " ", "\n", "z", "s/n", "x1", "\u212a", "ſ", "q", "On ", "Étude", "Café", "y", "\xff", "語"}

func someText(t *rapid.T) string {
	return strings.Join(rapid.SliceOf(rapid.SampledFrom(morsels)).Draw(t, "text"), "")
}

// TestPattern: a pattern must answer as package regexp does, whatever it asks
// first.
func TestPattern(t *testing.T) {
	for _, expr := range expressions {
		p, plain := newPattern(expr), regexp.MustCompile(expr)
		rapid.Check(t, func(t *rapid.T) {
			s := someText(t)
			for what, pair := range map[string][2]any{
				"MatchString":                 {p.MatchString(s), plain.MatchString(s)},
				"FindString":                  {p.FindString(s), plain.FindString(s)},
				"FindStringIndex":             {p.FindStringIndex(s), plain.FindStringIndex(s)},
				"FindStringSubmatch":          {p.FindStringSubmatch(s), plain.FindStringSubmatch(s)},
				"FindStringSubmatchIndex":     {p.FindStringSubmatchIndex(s), plain.FindStringSubmatchIndex(s)},
				"FindAllString":               {p.FindAllString(s, -1), plain.FindAllString(s, -1)},
				"FindAllStringIndex":          {p.FindAllStringIndex(s, 2), plain.FindAllStringIndex(s, 2)},
				"FindAllStringSubmatch":       {p.FindAllStringSubmatch(s, -1), plain.FindAllStringSubmatch(s, -1)},
				"FindAllStringSubmatchIndex":  {p.FindAllStringSubmatchIndex(s, -1), plain.FindAllStringSubmatchIndex(s, -1)},
				"ReplaceAllString":            {p.ReplaceAllString(s, "<$0>"), plain.ReplaceAllString(s, "<$0>")},
				"ReplaceAllStringFunc":        {p.ReplaceAllStringFunc(s, strings.ToUpper), plain.ReplaceAllStringFunc(s, strings.ToUpper)},
				"Split":                       {p.Split(s, -1), plain.Split(s, -1)},
				"Split into none":             {p.Split(s, 0), plain.Split(s, 0)},
				"Split into no more than two": {p.Split(s, 2), plain.Split(s, 2)},
			} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Errorf("%s: %s of %q: got %v, want %v", expr, what, s, pair[0], pair[1])
				}
			}
		})
	}
}

// TestAutomaton: the match that begins at a place is the one that package regexp
// finds there, the first or the longest, with what stands before it in view.
func TestAutomaton(t *testing.T) {
	for _, expr := range expressions {
		for _, w := range []want{theFirst, theLongest} {
			a := automatonOf(t, expr, w)
			plain := regexp.MustCompile(`^(?:` + expr + `)`)
			behind := regexp.MustCompile(`^(?s:.)(?:` + expr + `)`)
			if w == theLongest {
				plain.Longest()
				behind.Longest()
			}
			rapid.Check(t, func(t *rapid.T) {
				s := someText(t)
				if got, want := a.match(s, 0, len(s)), endOf(plain, s); got != want {
					t.Fatalf("%s in %q: ends at %d, want %d", expr, s, got, want)
				}
				if s = "-" + s; strings.Contains(expr, "^") {
					return // means another place behind the sign
				}
				if got, want := a.match(s, 1, len(s)), endOf(behind, s); got != want {
					t.Fatalf("%s in %q: ends at %d, want %d", expr, s, got, want)
				}
			})
		}
	}
}

func automatonOf(t *testing.T, expr string, w want) *automaton {
	t.Helper()
	prog, err := compiled(expr)
	if err != nil {
		t.Fatal(err)
	}
	return newAutomaton(prog, w)
}

func endOf(re *regexp.Regexp, s string) int {
	loc := re.FindStringIndex(s)
	if loc == nil {
		return -1
	}
	return loc[1]
}

// TestAutomatonForgets: an expression may have more states than are kept, and
// several goroutines may be at it when they are forgotten.
func TestAutomatonForgets(t *testing.T) {
	const expr = `[ab]*a[ab]{13}c`
	a, plain := automatonOf(t, expr, theLongest), regexp.MustCompile("^"+expr)
	first := a.moves.Load().pool
	var wait sync.WaitGroup
	for seed := range 4 {
		wait.Go(func() {
			x := uint32(seed*2654435761 + 1)
			for range 4000 {
				var s strings.Builder
				for range 60 {
					x = x*1664525 + 1013904223
					s.WriteByte("aaaabbbc"[x>>29])
				}
				if got, want := a.match(s.String(), 0, s.Len()), endOf(plain, s.String()); got != want {
					t.Errorf("%q: ends at %d, want %d", s.String(), got, want)
				}
			}
		})
	}
	wait.Wait()
	if m := a.moves.Load(); len(m.states) > mostStates || m.pool == first {
		t.Errorf("%d states kept, none forgotten: %v", len(m.states), m.pool == first)
	}
}

// TestExpressions compiles every constant expression and table of the package:
// at work that is done only when a text first wants one.
func TestExpressions(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			for _, expr := range expressionsOf(n) {
				tried++
				if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
					t.Errorf("%s: %s: %v", name, expr, err)
				}
			}
			return true
		})
	}
	if tried < 1000 {
		t.Errorf("%d expressions found in the sources", tried)
	}
}

// expressionsOf are the expressions of a call that makes a pattern, a phrase or
// a table of sayings.
func expressionsOf(n ast.Node) []string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil
	}
	name, ok := call.Fun.(*ast.Ident)
	if !ok {
		return nil
	}
	var texts []string
	for _, arg := range call.Args {
		if text, ok := constant(arg); ok {
			texts = append(texts, text)
		}
	}
	switch name.Name {
	case "newPattern", "newPhrase", "newLexicon":
		return texts
	case "newSayings", "newVocabulary", "newByLanguage":
		return sayingExprs(texts)
	}
	return nil
}

// constant is the value of string literals put together.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, okX := constant(e.X)
		y, okY := constant(e.Y)
		return x + y, okX && okY
	}
	return "", false
}
