package slackdesk

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	for _, format := range append(formats(t, "../../rules", ".refuse", 0), formats(t, "../../rules", ".refuseAt", 1)...) {
		if table[format] == nil && format != "%s" {
			t.Errorf("the refusal %q has no translation", format)
		}
	}
}

// formats are the literal texts that the calls of a function, or of a method with a
// dot before it, have in a package as their nth argument.
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
			if called(call) == method {
				list = append(list, literals(t, call.Args[n])...)
			}
			return true
		})
	}
	if len(list) == 0 {
		t.Fatalf("%s calls no %s", dir, method)
	}
	return list
}

// called is the name of a function, or of a method with a dot before it.
func called(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		return "." + fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

// literals is the text of an argument: of a literal, of what Sprintf makes, or of
// the beginning of a sum.
func literals(t testing.TB, arg ast.Expr) []string {
	t.Helper()
	switch arg := arg.(type) {
	case *ast.BasicLit:
		value, err := strconv.Unquote(arg.Value)
		if err != nil {
			t.Fatal(err)
		}
		return []string{value}
	case *ast.BinaryExpr:
		return literals(t, arg.X)
	case *ast.CallExpr:
		if fun, ok := arg.Fun.(*ast.SelectorExpr); ok && fun.Sel.Name == "Sprintf" {
			return literals(t, arg.Args[0])
		}
	}
	return nil
}

// Every reason that the rules give has its translations. What is put together of
// several parts is listed by its parts.
func TestReasonsAreTranslated(t *testing.T) {
	known := map[string]bool{}
	form := func(s string) string { return verb.ReplaceAllString(strings.ReplaceAll(s, "%v", "%s"), "%") }
	for english := range sentenceTable(t) {
		known[form(english)] = true
	}
	for _, c := range []struct {
		method string
		arg    int
		frame  string
	}{
		{"say", 2, "%s"}, {"hold", 1, "%s"}, {"late", 1, "%s"}, {"propose", 2, "%s"}, {"note", 1, "%s"}, {"did", 1, "%%s %s."}, {"referTo", 2, "%s"},
	} {
		for _, text := range formats(t, "../../rules", "."+c.method, c.arg) {
			whole := fmt.Sprintf(c.frame, text)
			if text == "%s" || slices.Contains(inParts(), text) {
				continue
			}
			for _, one := range strings.SplitAfter(whole, ". ") {
				if one = strings.TrimSuffix(one, " "); !known[form(one)] {
					t.Errorf("%s(…) %q has no translation", c.method, one)
				}
			}
		}
	}
	for _, text := range formats(t, "../../ingest/intake", ".hold", 0) {
		if text != "%s" && !known[form(text)] {
			t.Errorf("the reason for holding %q has no translation", text)
		}
	}
	alerts := slices.Concat(formats(t, "../../ingest/intake", ".alert", 3),
		formats(t, "../../cmd/retour", "newHealth", 1), formats(t, "../../cmd/retour", "newHealth", 2),
		formats(t, "../../cmd/retour", "alertText", 0))
	for _, text := range alerts {
		for _, one := range strings.SplitAfter(text, ". ") {
			if one = strings.TrimSuffix(one, " "); !known[form(one)] {
				t.Errorf("the alert %q has no translation", one)
			}
		}
	}
	for _, d := range []string{"../../rules/policy.yaml"} {
		src, err := os.ReadFile(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^ +why: (.+)$`).FindAllStringSubmatch(string(src), -1) {
			if !known[m[1]] {
				t.Errorf("the shipped policy's reason %q has no translation", m[1])
			}
		}
	}
}

// inParts are the texts that the rules go on with other words: the parts have
// their translations, and TestWhy says some whole ones.
func inParts() []string {
	return []string{"A mail to the customer could not be delivered: ", "%s; unit %s is still here",
		"%s; unit %s has not arrived, so the case stays open until it is received or split off", "%s, and closed the case"}
}

func TestWhy(t *testing.T) {
	for _, c := range []struct{ language, in, want string }{
		{"de", "the case has no unit 7", "der Fall hat kein Gerät 7"},
		{"en", "the case has no unit 7", "the case has no unit 7"},
		{"fr", "RMA-26-00123-7 is of another customer", "RMA-26-00123-7 est d’un autre client"},
		{"de", `"12,5" names no currency: write its three letters, such as EUR, CHF or GBP`, `"12,5" nennt keine Währung: Schreiben Sie ihre drei Buchstaben, etwa EUR, CHF oder GBP`},
		{"de", "the case has no unit 7, says Ann", "the case has no unit 7, says Ann"},
		{"it", "something that nobody has ever said", "something that nobody has ever said"},
		{"nl", "", ""},
		{"de", "In warranty until 2027-03-01: 24 months from delivery on 2025-03-01 (register, invoice 4711; the date of licence registration, from which it counts, is not known); dead on arrival until 2025-03-11.",
			"In Garantie bis 2027-03-01: 24 Monate ab Lieferung am 2025-03-01 (Register, Rechnung 4711; das Datum (Lizenzregistrierung), ab dem sie zählt, ist nicht bekannt); defekt bei Ankunft bis 2025-03-11."},
		{"fr", "Unit 1 and 3: Out of warranty since 2024-01-01: 12 months from purchase on 2023-01-01 (as the customer says). Unit 2: In warranty until 2027-01-01: 12 months from purchase on 2026-01-01.",
			"Appareil 1 et 3 : Hors garantie depuis le 2024-01-01 : 12 mois ; date de départ (achat) : 2023-01-01 (selon le client). Appareil 2 : Sous garantie jusqu’au 2027-01-01 : 12 mois ; date de départ (achat) : 2026-01-01."},
		{"it", "The serial number does not match the products sold. (unit 1; unit 4)", "Il numero di serie non corrisponde ai prodotti venduti. (apparecchio 1; apparecchio 4)"},
		{"nl", "The request cannot be decided without the order, invoice or delivery note number, the serial number of unit 2 and the model of unit 3.",
			"Zonder het bestel-, factuur- of leverbonnummer, het serienummer van toestel 2 en het model van toestel 3 kan over de aanvraag niet worden beslist."},
		{"de", "Ann approved the return: unit 1 in warranty; unit 2 refused, it shows no fault.", "Ann hat die Rückgabe freigegeben: Gerät 1 in Garantie; Gerät 2 abgelehnt, es zeigt keinen Fehler."},
		{"de", "Ann recorded unit 1 and 2 as shipped on 2026-01-02, tracking number Z9; unit 3 is still here.", "Ann hat Gerät 1 und 2 eingetragen: verschickt am 2026-01-02, Sendungsnummer Z9; Gerät 3 ist noch hier."},
		{"de", "Goods that were ordered by mistake are credited, less a restocking fee of 15 %, at least 10.00 EUR. Condition: unused, in its box.",
			"Irrtümlich bestellte Ware wird gutgeschrieben, abzüglich 15 % Wiedereinlagerungsgebühr, mindestens 10.00 EUR. Bedingung: unused, in its box."},
		{"de", "Delivered: D785; ordered: D735. Goods that were delivered by mistake are exchanged or credited, without a fee. Condition: As it was delivered, complete.",
			"Geliefert: D785; bestellt: D735. Falsch gelieferte Ware wird getauscht oder gutgeschrieben, ohne Gebühr. Bedingung: Wie geliefert, vollständig."},
		{"de", "Tom and Jerry quoted 12.00 EUR.", "Tom and Jerry hat 12.00 EUR angeboten."},
		{"de", "A mail to the customer could not be delivered: 550 no (such) user.", "Eine Mail an den Kunden war nicht zustellbar: 550 no (such) user."},
		{"de", "No mail can be read since 2 March 10:04 CET: dial tcp: connection refused", "Seit 2 March 10:04 CET lässt sich keine Mail lesen: dial tcp: connection refused"},
		{"de", "Raw mails stay in the casebook, which grows; nothing is lost, but older mails may not open. The bucket takes none since 2 March 10:04 CET: put a/b in s3://mails/: access denied",
			"Die Mails bleiben in der Falldatenbank, die wächst; nichts ist verloren, aber ältere Mails lassen sich vielleicht nicht öffnen. Der Speicher (Bucket) nimmt seit 2 March 10:04 CET keine an: put a/b in s3://mails/: access denied"},
		{"fr", "The mailbox is read again. It was out of reach for 12m0s.", "La boîte est de nouveau lue. Elle est restée inaccessible 12m0s."},
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
