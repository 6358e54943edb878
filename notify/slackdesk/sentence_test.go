package slackdesk

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"retour/rules"
)

func loaded(t testing.TB, language string) sentences {
	t.Helper()
	s, err := loadSentences(language)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sentenceTable(t testing.TB) map[string]map[string]string {
	t.Helper()
	var all map[string]map[string]string
	if err := yaml.Unmarshal(sentenceFile, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// A translation fills in nothing that the English sentence has not, and leaves
// out only what it names by place.
func TestSentencesAreInAllLanguages(t *testing.T) {
	for english, said := range sentenceTable(t) {
		if len(said) != len(languages())-1 {
			t.Errorf("%q is said in %d languages", english, len(said))
		}
		_, fixed := formOf(english)
		if fixed < 3 {
			t.Errorf("%q fits everything", english)
		}
		count := len(verb.FindAllString(strings.ReplaceAll(english, "%%", ""), -1))
		for _, language := range languages()[1:] {
			text := said[language]
			plain, placed := 0, 0
			for _, m := range verb.FindAllStringSubmatch(strings.ReplaceAll(text, "%%", ""), -1) {
				if m[1] == "" {
					plain++
				} else if n, _ := strconv.Atoi(m[1]); n < 1 || n > count {
					t.Errorf("%s %q: there is no argument %d", language, english, n)
				} else {
					placed++
				}
			}
			if text == "" || plain > 0 && placed > 0 || placed == 0 && plain != count {
				t.Errorf("%s %q: %q fills in %d in their order and %d by place, English has %d", language, english, text, plain, placed, count)
			}
		}
	}
}

// Every refusal of the lifecycle and of the rules has its translations.
func TestRefusalsAreTranslated(t *testing.T) {
	table := sentenceTable(t)
	for _, s := range rules.States() {
		for _, e := range rules.Events() {
			if _, refusal := rules.Move(s, e); refusal != "" && table[refusal] == nil {
				t.Errorf("%s × %s: %q has no translation", s, e, refusal)
			}
		}
	}
	for _, format := range formats(t, "../../rules", "refuse", 0) {
		if table[format] == nil && format != "%s" {
			t.Errorf("the refusal %q has no translation", format)
		}
	}
}

// formats are the literal texts that the calls of a method in a package have as
// their nth argument.
func formats(t testing.TB, dir, method string, n int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal("no source in", dir, err)
	}
	var list []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) <= n {
				return true
			}
			fun, ok := call.Fun.(*ast.SelectorExpr)
			text, literal := call.Args[n].(*ast.BasicLit)
			if ok && fun.Sel.Name == method && literal && text.Kind == token.STRING {
				value, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, value)
			}
			return true
		})
	}
	if len(list) == 0 {
		t.Fatalf("%s calls no %s", dir, method)
	}
	return list
}

func TestWhy(t *testing.T) {
	for _, c := range []struct{ language, in, want string }{
		{"de", "the case has no unit 7", "der Fall hat kein Gerät 7"},
		{"en", "the case has no unit 7", "the case has no unit 7"},
		{"fr", "RMA-26-00123-7 is of another customer", "RMA-26-00123-7 est d'un autre client"},
		{"de", `"12,5" names no currency: write its three letters, such as EUR, CHF or GBP`, `"12,5" nennt keine Währung: Schreiben Sie ihre drei Buchstaben, etwa EUR, CHF oder GBP`},
		{"de", "the case has no unit 7, says Ann", "the case has no unit 7, says Ann"},
		{"it", "something that nobody has ever said", "something that nobody has ever said"},
		{"nl", "", ""},
	} {
		if got := loaded(t, c.language).why(c.in); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.language, c.in, got, c.want)
		}
	}
}

func TestReplyIsAWholeSentence(t *testing.T) {
	for _, c := range []struct{ language, in, want string }{
		{"en", "the note is empty", "The note is empty."},
		{"de", "the note is empty", "Die Notiz ist leer."},
		{"en", "That was done already.", "That was done already."},
		{"fr", "", ""},
		{"de", `Nothing was done: RMA-26-00123-7 has changed meanwhile. Last: approve by Ann at 2 Mar 10:04; it is now "validated".`,
			"Nichts ist geschehen: RMA-26-00123-7 hat sich inzwischen geändert, zuletzt durch Ann am 2 Mar 10:04."},
	} {
		if got := loaded(t, c.language).reply(c.in); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.language, c.in, got, c.want)
		}
	}
}

// A text from outside never breaks a sentence, whatever stands in it.
func FuzzWhy(f *testing.F) {
	for english := range sentenceTable(f) {
		f.Add(fmt.Sprintf(strings.NewReplacer("%d", "%[1]v", "%s", "%[1]v", "%q", "%[1]q", "%.2f", "%[1]v").Replace(english), "x; y (z) and <!channel>"))
	}
	s := loaded(f, "de")
	f.Fuzz(func(t *testing.T, text string) {
		if got := s.why(text); text != "" && strings.TrimSpace(text) != "" && strings.TrimSpace(got) == "" {
			t.Errorf("%q became nothing", text)
		}
	})
}
