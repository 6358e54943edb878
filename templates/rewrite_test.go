package templates

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// What is shown to be rewritten says what the mail says: sent back as it is, it
// makes the same mail, but for tables, which it writes as lists.
func TestBodyComesBackAsTheSameMail(t *testing.T) {
	s := mustLoad(t)
	for _, lang := range Languages() {
		for _, key := range s.Keys() {
			for i, m := range Samples(lang, key) {
				a, err := s.Render(m)
				if err != nil {
					t.Fatal(err)
				}
				m.Body = a.Body
				b, err := s.Render(m)
				if err != nil {
					t.Fatal(err)
				}
				if a.Subject != b.Subject || a.Text != b.Text || a.Body != b.Body {
					t.Errorf("%s/%s sample %d: sent back as it is, the mail reads\n%s\nnot\n%s", lang, key, i, b.Text, a.Text)
				}
				if !strings.Contains(a.HTML, "headrow") && a.HTML != b.HTML {
					t.Errorf("%s/%s sample %d: the HTML form is another", lang, key, i)
				}
			}
		}
	}
}

func TestRewrittenBody(t *testing.T) {
	m := sampleMail("de", "quote")
	m.Body = "Sehr geehrte Frau Vogtländer,\nwir berechnen **96,50 EUR** & <b>nichts</b> sonst.\n\n- Platine\n- Arbeit\n\n1. eins\n2. zwei\n\n> Hafenstraße 1\n\n| Kopf | Zahl |\n| a | b |\n\n# Titel\nSiehe https://desk.example/rma?a=1&b=2.\n{{.Name}} \u202eevil \ue02a"
	r, err := mustLoad(t).Render(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Karin Vogtländer", "wir berechnen 96,50 EUR & <b>nichts</b> sonst.\n", "\n– Platine\n– Arbeit\n", "\n1. eins\n2. zwei\n",
		"    Hafenstraße 1\n", "| Kopf | Zahl |\n| a | b |\n", "Titel\n-----\n", "{{.Name}} evil\n", "Distri Telecom", "+31 20 555 01 40"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	for _, want := range []string{"<strong style=\"white-space:nowrap;\">96,50 EUR</strong> &amp; &lt;b&gt;nichts&lt;/b&gt; sonst.", `href="https://desk.example/rma?a=1&amp;b=2"`,
		"| Kopf | Zahl |", "{{.Name}} evil", ">RMA-26-00123-7<"} {
		if !strings.Contains(r.HTML, want) {
			t.Errorf("the HTML form lacks %q", want)
		}
	}
	if !strings.Contains(r.Subject, "RMA-26-00123-7") || strings.Contains(r.Text, "Arbeit beginnt erst") {
		t.Errorf("%s\n%s", r.Subject, r.Text)
	}
	if t.Failed() {
		t.Log(r.Text, r.HTML)
	}
}

// value is what may differ between two tags of the same kind.
var value = regexp.MustCompile(` (href|style)="[^"]*"`)

// Whatever a person writes, the frame stays and the HTML form has no tag that
// the layout does not make.
func TestNoBodyBreaksTheFrame(t *testing.T) {
	s := mustLoad(t)
	known := map[string]bool{}
	rich := sampleMail("en", "quote")
	rich.Body = "# a\n\n**b** https://c.example\nd\n\n- e\n\n> f"
	for _, m := range []Mail{rich, sampleMail("en", "quote")} {
		r, err := s.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, tg := range tags(r.HTML) {
			known[value.ReplaceAllString(tg, "")] = true
		}
	}
	pieces := []string{"**", "# ", "- ", "1. ", "> ", "| ", "\n", "\n\n", "  ", "https://a.example/\"><script>", "javascript:x", "<b", "</p>", "&amp;", "{{end}}", "]]>", "<!--", "--", "\x00", "\u202e", "\ue02a", "word", "é", hostile}
	rapid.Check(t, func(t *rapid.T) {
		m := sampleMail("en", "quote")
		m.Body = strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 1, 12).Draw(t, "body"), "")
		r, err := s.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, tg := range tags(r.HTML) {
			if !known[value.ReplaceAllString(tg, "")] {
				t.Fatalf("the body makes the tag %s", tg)
			}
		}
		if !strings.HasPrefix(r.Text, "Dear Karin Vogtländer,\n") || !strings.HasSuffix(strings.TrimSpace(r.Text), "https://www.distri-telecom.example") || !strings.HasPrefix(r.Subject, "[RMA-26-00123-7] ") {
			t.Fatalf("the frame is broken:\n%s\n%s", r.Subject, r.Text)
		}
		if strings.ContainsFunc(r.Text, func(c rune) bool {
			return c != '\n' && unicode.IsControl(c) || unicode.Is(unicode.Co, c) || slices.Contains([]rune{'\u202e', '\u2028'}, c)
		}) {
			t.Fatalf("characters that nobody sees: %q", r.Text)
		}
	})
}
