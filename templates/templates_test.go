package templates

import (
	"io/fs"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode"

	"pgregory.net/rapid"
)

// loadOnce spares each test the samples of 25 notices in five languages.
var loadOnce = sync.OnceValues(func() (*Set, error) { return Load(nil) })

func mustLoad(t *testing.T) *Set {
	t.Helper()
	s, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func overlay(name, body string) fs.FS {
	return fstest.MapFS{name: &fstest.MapFile{Data: []byte(body)}}
}

// edited returns the shipped text of a file with one string replaced.
func edited(t *testing.T, name, old, new string) fs.FS {
	t.Helper()
	src, err := fs.ReadFile(shipped, name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(src), old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	return overlay(name, strings.Replace(string(src), old, new, 1))
}

// The shipped texts are not tried at each start: here they are.
func TestShippedTextsAreWhole(t *testing.T) {
	if _, err := load(shipped, mustLoad(t).Keys(), true); err != nil {
		t.Error(err)
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	tests := []struct {
		name    string
		overlay fs.FS
		want    []string
	}{
		{"unknown file", overlay("fr/aknowledged.txt", "x"), []string{"fr/aknowledged.txt", `did you mean "fr/acknowledged.txt"?`}},
		{"unknown language", overlay("es/acknowledged.txt", "x"), []string{"es/acknowledged.txt: there is no text of this name"}},
		{"no subject", overlay("de/status.txt", "Guten Tag"), []string{`de/status.txt:1: the first line must be "Subject: …"`}},
		{"empty subject", overlay("de/status.txt", "Subject: {{.Text}}\n\nx"), []string{"de/status.txt:1: the subject is empty"}},
		{"syntax", overlay("it/status.txt", "Subject: x\n\n{{if .Text}}"), []string{"it/status.txt", "unexpected EOF"}},
		{"unknown variable", overlay("nl/status.txt", "Subject: x\n\n\n{{.Numbre}}"), []string{"nl/status.txt:4", "there is no variable .Numbre", `did you mean "Number"?`}},
		{"unknown variable in a branch not taken", overlay("nl/status.txt", "Subject: x\n\n{{if false}}{{.Foo}}{{end}}"), []string{"nl/status.txt:3", "no variable .Foo"}},
		{"unknown variable of an item", edited(t, "en/parts.txt", "{{.Position}}", "{{.Positon}}"), []string{"en/parts.txt:", `did you mean "Position"?`}},
		{"variable of another thing", overlay("nl/status.txt", "Subject: x\n\n{{.Position}}"), []string{"nl/status.txt:3", "can't evaluate field Position"}},
		{"unknown part", overlay("fr/status.txt", "Subject: x\n\n{{if false}}{{template \"itmes\" .}}{{end}}"), []string{"fr/status.txt:3", `no part "itmes"`}},
		{"unknown word", overlay("fr/status.txt", "Subject: x\n\n{{if false}}{{word \"state.nwe\"}}{{end}}"), []string{"fr/status.txt:3", `no key "state.nwe"`, `did you mean "state.new"?`}},
		{"missing word", edited(t, "it/words.txt", "ask.serial = ", "# "), []string{"it/words.txt", `key "ask.serial" is missing`}},
		{"word too many", edited(t, "it/words.txt", "ask.serial = ", "ask.sereal = x\nask.serial = "), []string{`key "ask.sereal" is missing, which it/words.txt has`}},
		{"word twice", edited(t, "it/words.txt", "ask.serial = ", "ask.model = x\nask.serial = "), []string{"it/words.txt:", `key "ask.model" stands here a second time`}},
		{"word without text", edited(t, "it/words.txt", "unit = Apparecchio", "unit ="), []string{"it/words.txt:2", `key "unit" has no text`}},
		{"word line", edited(t, "it/words.txt", "unit = Apparecchio", "unit Apparecchio"), []string{"it/words.txt:2", `want "key = text"`}},
		{"word template", edited(t, "it/words.txt", "unit = Apparecchio", "unit = {{.Nope}}"), []string{"it/words.txt:2", "no variable .Nope"}},
		{"slip", overlay("fr/slip.txt", "{{.Nope}}"), []string{"fr/slip.txt:1", "no variable .Nope"}},
		{"empty slip", overlay("fr/slip.txt", "{{with .Text}}{{end}}"), []string{"fr/slip.txt: there is no text in it"}},
		{"word of the slip", edited(t, "it/words.txt", "slip.units = {{.}}", "slip.units = {{.Count}}"), []string{"it/words.txt:", "can't evaluate field Count"}},
		{"layout", overlay("layout.html", "{{.Nope}}"), []string{"Nope"}},
		{"digest", edited(t, "fr/digest.txt", "late.by = {{.Time}}", "late.by = {{.Tme}}"), []string{"fr/digest.txt:", "no variable .Tme", `did you mean "Time"?`}},
		{"missing in the digest", edited(t, "it/digest.txt", "head.late = ", "# "), []string{"it/digest.txt", `key "head.late" is missing`}},
		{"twice in the digest", edited(t, "it/digest.txt", "head.late = ", "how = x\nhead.late = "), []string{"it/digest.txt:", `key "how" stands here a second time`}},
		{"wrong kind in the digest", edited(t, "nl/digest.txt", "{{num .Count}} te laat", "{{num .Name}} te laat"), []string{"nl/digest.txt:"}},
		{"misspelt file of the digest", overlay("fr/digset.txt", "x"), []string{`did you mean "fr/digest.txt"?`}},
		{"frame of the digest", overlay("digest.html", "{{.Nope}}"), []string{"Nope"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(tt.overlay)
			if err == nil {
				t.Fatal("the fault was not noticed")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error does not hold %q:\n%v", want, err)
				}
			}
		})
	}
}

func TestLoadNamesAllFaultsAtOnce(t *testing.T) {
	over := fstest.MapFS{"nl/status.txt": {Data: []byte("Subject: x\n\n{{.A1}}")}, "de/quote.txt": {Data: []byte("oops")}, "fr/x.txt": {}}
	_, err := Load(over)
	for _, want := range []string{"nl/status.txt:3", "de/quote.txt:1", "fr/x.txt"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %s named in: %v", want, err)
		}
	}
}

func TestMissingFileIsAFault(t *testing.T) {
	thin := fstest.MapFS{}
	err := fs.WalkDir(shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "de/quote.txt" {
			return err
		}
		data, err := fs.ReadFile(shipped, name)
		thin[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load(thin, mustLoad(t).Keys(), true); err == nil || !strings.Contains(err.Error(), "de/quote.txt: this text is missing") {
		t.Errorf("got %v", err)
	}
}

func TestOverlayTakesThePlace(t *testing.T) {
	s, err := Load(fstest.MapFS{
		"en/message.txt": {Data: []byte("Subject: News\r\n\r\nOur words: {{.Text}}\r\n")},
		".git/config":    {Data: []byte("x")}, ".DS_Store": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Render(Mail{Language: "en", Sections: []Section{{Key: "message", Number: "RMA-26-00001-1", Text: "hello", State: "new"}}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Subject != "[RMA-26-00001-1] News" || !strings.Contains(r.Text, "Our words: hello") {
		t.Errorf("got %q\n%s", r.Subject, r.Text)
	}
}

// hostile is what somebody would write who wants to get out of his place.
const hostile = "**x** https://evil.example/ | y\r\nBcc: a@b.example\n\n# head\n- list\n1. one\n> quote\n<b>&{{.Name}}\x00\u202e\ue02a\u2028z"

// poison sets every string below v.
func poison(v reflect.Value, value string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(value)
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name == "Key" || name == "Language" || name == "State" || name == "Closing" || name == "Reason" || name == "Status" || name == "Fact" || name == "VAT" || name == "ReferTo" || name == "Body" || v.Type() == reflect.TypeFor[time.Time]() {
				continue // words of the rules, never from outside; and what staff rewrite, see rewrite_test.go
			}
			poison(v.Field(i), value)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), value)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), value)
		}
	}
}

var tag = regexp.MustCompile(`<[a-zA-Z!/][^>]*>`)

// tags lists the tags of a page, but for the style that depends on the length.
func tags(html string) []string {
	return tag.FindAllString(strings.ReplaceAll(html, ` style="white-space:nowrap;"`, ""), -1)
}

func TestNothingFromOutsideIsMarkup(t *testing.T) {
	s := mustLoad(t)
	for _, lang := range Languages() {
		for _, key := range s.Keys() {
			tame, wild := sampleMail(lang, key), sampleMail(lang, key)
			poison(reflect.ValueOf(&tame).Elem(), "tame")
			poison(reflect.ValueOf(&wild).Elem(), hostile)
			tame.Sections[0].Text, wild.Sections[0].Text = "tame", strings.NewReplacer("\r", " ", "\n", " ").Replace(hostile)
			a, err := s.Render(tame)
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.Render(wild)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsFunc(b.Subject, unicode.IsControl) {
				t.Errorf("%s/%s: control characters in the subject %q", lang, key, b.Subject)
			}
			if got, want := tags(b.HTML), tags(a.HTML); !reflect.DeepEqual(got, want) {
				t.Errorf("%s/%s: hostile values change the tags: %d, want %d", lang, key, len(got), len(want))
			}
			if strings.Contains(b.Text, "\x00") || strings.Contains(b.Text, "\u202e") {
				t.Errorf("%s/%s: hostile characters in the text", lang, key)
			}
		}
	}
}

func TestStaffTextKeepsItsLinesAndNothingElse(t *testing.T) {
	s := mustLoad(t)
	r, err := s.Render(Mail{Language: "en", Sections: []Section{{Key: "message", Number: "RMA-26-00001-1", State: "new",
		Text: "First line\r\nsecond line\n\n- a *point* <i>\n# no heading"}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "First line\nsecond line\n\n- a *point* <i>\n# no heading\n"; !strings.Contains(r.Text, want) {
		t.Errorf("text is\n%s\nwant in it\n%s", r.Text, want)
	}
	if want := "First line<br>\nsecond line</p>"; !strings.Contains(r.HTML, want) {
		t.Errorf("HTML lacks %q", want)
	}
	if strings.Contains(r.HTML, "<i>") {
		t.Error("staff's text became HTML")
	}
}

// telltale words are frequent in one language and do not occur in the others'.
func telltale() map[string]string {
	tells := map[string]string{}
	for lang, list := range map[string]string{
		"en": "the your please have goods and",
		"fr": "votre nous merci avez être et",
		"nl": "uw wij het goederen voor een niet van",
		"it": "suo sua merce preghiamo della abbiamo reso",
		"de": "ihre ihrer wir bitte ware und nicht sie",
	} {
		for _, word := range strings.Fields(list) {
			tells[word] = lang
		}
	}
	return tells
}

func TestEachTextIsInItsLanguage(t *testing.T) {
	s := mustLoad(t)
	tells := telltale()
	exempt := strings.NewReplacer("Returns desk", "", "Distri Telecom, returns", "", "First line.", "", "Second paragraph.", "", "Three phones", "")
	for _, lang := range Languages() {
		for _, key := range s.Keys() {
			for _, sample := range Samples(lang, key) {
				r, err := s.Render(sample)
				if err != nil {
					t.Fatal(err)
				}
				all, own := exempt.Replace(r.Subject+"\n"+r.Text), false
				for _, word := range strings.FieldsFunc(strings.ToLower(all), func(c rune) bool { return !unicode.IsLetter(c) }) {
					own = own || tells[word] == lang
					if other := tells[word]; other != "" && other != lang {
						t.Errorf("%s/%s holds %q, which is %s:\n%s", lang, key, word, other, all)
					}
				}
				if !own {
					t.Errorf("%s/%s has no word of its language:\n%s", lang, key, all)
				}
			}
		}
	}
}

// slipTexts is what stands on a return slip, a line or label on a line.
func slipTexts(t *testing.T, s *Set, m Mail) string {
	t.Helper()
	lines, err := s.Slip(m)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, l := range lines {
		for _, r := range l.Runs {
			b.WriteString(r.Text)
		}
		b.WriteString("\n")
	}
	for key := range s.langs[m.Language].words {
		var data any
		switch key {
		case "slip.units":
			data = 2
		case "slip.more":
			data = Rest{Count: 2, Date: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)}
		default:
			if !strings.HasPrefix(key, "slip.") {
				continue
			}
		}
		word, err := s.Word(m.Language, key, data)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(word + "\n")
	}
	return b.String()
}

func TestSlipIsInItsLanguage(t *testing.T) {
	s, tells := mustLoad(t), telltale()
	french := regexp.MustCompile(`[^\x{202f}a-zA-Z:?][;!?]|[\p{L} ] ?: |« | »`)
	for _, lang := range Languages() {
		for _, sample := range Samples(lang, "validated") {
			text, own := slipTexts(t, s, sample), false
			for _, word := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) }) {
				own = own || tells[word] == lang
				if other := tells[word]; other != "" && other != lang {
					t.Errorf("%s holds %q, which is %s:\n%s", lang, word, other, text)
				}
			}
			if !own || strings.Contains(text, "**") || strings.Contains(text, "{{") || strings.Contains(text, "<no value>") {
				t.Errorf("%s: the slip says\n%s", lang, text)
			}
			if m := french.FindString(text); lang == "fr" && m != "" {
				t.Errorf("spacing of %q:\n%s", m, text)
			}
		}
	}
}

func TestWordsOfTheSlipCount(t *testing.T) {
	s := mustLoad(t)
	rest := Rest{Count: 1, Date: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)}
	for lang, want := range map[string][3]string{
		"en": {"1 unit", "2 units", "and 1 more unit, as listed in our mail of 21 November 2026"},
		"fr": {"1 appareil", "2 appareils", "et 1 autre appareil, selon la liste de notre message du 21 novembre 2026"},
		"nl": {"1 toestel", "2 toestellen", "en nog 1 toestel, volgens de lijst in ons bericht van 21 november 2026"},
		"it": {"1 apparecchio", "2 apparecchi", "e un altro apparecchio, come da elenco nella nostra e-mail del 21 novembre 2026"},
		"de": {"1 Gerät", "2 Geräte", "und 1 weiteres Gerät gemäß der Liste in unserer E-Mail vom 21. November 2026"},
	} {
		for i, ask := range []struct {
			key  string
			data any
		}{{"slip.units", 1}, {"slip.units", 2}, {"slip.more", rest}} {
			got, err := s.Word(lang, ask.key, ask.data)
			if err != nil || strings.ReplaceAll(got, "\u00a0", " ") != want[i] {
				t.Errorf("%s: %q, %v, want %q", lang, got, err, want[i])
			}
		}
	}
}

// Nothing from outside becomes bold, a line of its own or a mark on the slip.
func TestNothingFromOutsideIsMarkupOnTheSlip(t *testing.T) {
	s := mustLoad(t)
	shape := func(m Mail) (out []int) {
		lines, err := s.Slip(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			out = append(out, len(l.Mark), len(l.Runs))
		}
		return out
	}
	for _, lang := range Languages() {
		tame, wild := sampleMail(lang, "validated"), sampleMail(lang, "validated")
		poison(reflect.ValueOf(&tame).Elem(), "tame")
		poison(reflect.ValueOf(&wild).Elem(), strings.NewReplacer("https://evil.example/", "", "\n", " ").Replace(hostile))
		if got, want := shape(wild), shape(tame); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: hostile values make the lines %v, want %v", lang, got, want)
		}
	}
	if _, err := s.Slip(Mail{Language: "en"}); err == nil {
		t.Error("a slip about nothing was written")
	}
}

func TestNoMarksAreLeftAndTypographyIsRight(t *testing.T) {
	s := mustLoad(t)
	bad := regexp.MustCompile(`\*\*|\{\{|<no value>|%!|  +[^ ]|\n\n\n|[ ]\n| ,| \.( |\n)`)
	french := regexp.MustCompile(`[^\x{202f}a-zA-Z:?][;!?]|[\p{L} ] ?: |« | »`)
	for _, lang := range Languages() {
		for _, key := range s.Keys() {
			for _, sample := range Samples(lang, key) {
				r, err := s.Render(sample)
				if err != nil {
					t.Fatal(err)
				}
				body := regexp.MustCompile(`(?m)^ +`).ReplaceAllString(r.Text, "")
				if m := bad.FindString(body); m != "" {
					t.Errorf("%s/%s holds %q:\n%s", lang, key, m, r.Text)
				}
				if m := french.FindString(r.Subject + "\n" + body); lang == "fr" && m != "" {
					t.Errorf("fr/%s: spacing of %q:\n%s", key, m, r.Text)
				}
				if strings.ContainsRune(r.HTML, '\ue02a') || strings.ContainsFunc(r.Text+r.Subject, func(c rune) bool { return unicode.Is(unicode.Co, c) }) {
					t.Errorf("%s/%s: a quoted character was not brought back", lang, key)
				}
			}
		}
	}
}

func TestQuoteComesBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[ -~À-ÿ€]{0,40}`).Draw(t, "text")
		if got := unquote(quote(s)); got != strings.TrimSpace(s) {
			t.Fatalf("%q came back as %q", s, got)
		}
		if strings.ContainsAny(quote(s), "*|#>-.:<&{}[]()_`~/\\\"'") {
			t.Fatalf("%q still holds markup", quote(s))
		}
	})
}

func TestLinks(t *testing.T) {
	for link, clean := range map[string]bool{
		"https://rma.ui.com/": true, "http://x.example/a?b=1&c=2": true,
		"javascript:alert(1)": false, "https://": false, "https://a b/": false, "https://u:p@x.example/": false, "//x.example": false, "": false, "https://x.example/**": false,
	} {
		if got := quoteLink(link) == link && link != ""; got != clean {
			t.Errorf("%q let through: %v, want %v", link, got, clean)
		}
	}
}

func TestDates(t *testing.T) {
	first, other := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 8, 21, 0, 0, 0, 0, time.UTC)
	for lang, want := range map[string][2]string{
		"en": {"1 March 2026", "21 August 2026"}, "fr": {"1er mars 2026", "21 août 2026"}, "nl": {"1 maart 2026", "21 augustus 2026"},
		"it": {"1º marzo 2026", "21 agosto 2026"}, "de": {"1. März 2026", "21. August 2026"},
	} {
		g := grammar(lang)
		for i, at := range []time.Time{first, other} {
			if got := strings.ReplaceAll(g.date(at), "\u00a0", " "); got != want[i] {
				t.Errorf("%s: %q, want %q", lang, got, want[i])
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	for _, lang := range Languages() {
		for n, want := range []string{map[bool]string{true: "one", false: "other"}[lang == "fr"], "one", "other", "other"} {
			if got := grammar(lang).plural(n, "one", "other"); got != want {
				t.Errorf("%s: %d is %q, want %q", lang, n, got, want)
			}
		}
	}
}

func TestMarkup(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"paragraphs", "One\ntwo\n\n\n\nthree", "One\ntwo\n\nthree\n"},
		{"heading", "# RMA-26-1\nText", "RMA-26-1\n--------\n\nText\n"},
		{"list", "- a\n- b\n   more", "– a\n– b\n  more\n"},
		{"numbers across blank lines", "1. a\n   x\n\n2. b", "1. a\n   x\n2. b\n"},
		{"list ends", "- a\nText", "– a\n\nText\n"},
		{"address", "> A\n> B", "    A\n    B\n"},
		{"table without empty columns", "| No | P | S |\n| 1 | Phone | |\n| 2 | Base | |", "1. Phone\n2. Base\n"},
		{"table with an empty last cell", "| No | P | S |\n| 1 | Phone | X |\n| 2 | Base | |", "1. Phone, X\n2. Base\n"},
		{"bold and link", "**A** https://x.example/y.", "A https://x.example/y.\n"},
		{"long line", strings.Repeat("word ", 20), strings.TrimSpace(strings.Repeat("word ", 15)) + "\n" + strings.TrimSpace(strings.Repeat("word ", 5)) + "\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(readMarkup(tt.src)); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestTableRowsAreAsLongAsTheHead(t *testing.T) {
	table := readMarkup("| No | P | S | T |\n| 1 | Phone | | X |\n| 2 | Base | | |")[0]
	for _, row := range table.Rows {
		if len(row) != 3 || len(table.Head) != 3 {
			t.Errorf("row of %d cells under a head of %d", len(row), len(table.Head))
		}
	}
}

func FuzzMarkup(f *testing.F) {
	f.Add("# a\n- b\n  c\n| d |\n| e | f |\n> g\n**h** https://i.example/")
	f.Fuzz(func(_ *testing.T, src string) { text(readMarkup(src)) })
}

func TestSubjectOfSeveral(t *testing.T) {
	s := mustLoad(t)
	m := sampleMail("de", "validated")
	for _, number := range []string{"RMA-26-00002-2", "RMA-26-00003-3", "RMA-26-00004-4"} {
		sec := m.Sections[0]
		sec.Number, sec.Key = number, "referral"
		m.Sections = append(m.Sections, sec)
	}
	m.Subject = strings.Repeat("sehr lang ", 20)
	r, err := s.Render(m)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(r.Subject, "[RMA-26-00123-7, RMA-26-00002-2, RMA-26-00003-3 +1] Ihre Rücksendungen – sehr lang") || len([]rune(r.Subject)) > 150 {
		t.Errorf("subject %q", r.Subject)
	}
	for _, number := range []string{"RMA-26-00123-7", "RMA-26-00004-4"} {
		if !strings.Contains(r.Text, "\n\n"+number+"\n--------------\n") {
			t.Errorf("no heading %s in\n%s", number, r.Text)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	s := mustLoad(t)
	if _, err := s.Render(Mail{Language: "xx", Sections: []Section{{Key: "message"}}}); err == nil || !strings.Contains(err.Error(), `language "xx"`) {
		t.Errorf("unknown language: %v", err)
	}
	if _, err := s.Render(Mail{Language: "en"}); err == nil {
		t.Error("an empty mail was rendered")
	}
	if _, err := s.Render(Mail{Language: "en", Sections: []Section{{Key: "nope"}}}); err == nil {
		t.Error("an unknown notice was rendered")
	}
	if w, err := s.Word("fr", "state.validated"); err != nil || w != "validée" {
		t.Errorf("word: %q, %v", w, err)
	}
}

func TestNotation(t *testing.T) {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, time.UTC) }
	tests := []struct {
		lang, number, share, money, franc, span, year, whole, single string
	}{
		{"en", "1,234,567", "45%", "€1,234.50", "CHF 0.05", "16–22 November 2026", "28 December 2026 – 3 January 2027", "May 2026", "Friday 1 May 2026"},
		{"fr", "1 234 567", "45 %", "1 234,50 €", "0,05 CHF", "16–22 novembre 2026", "28 décembre 2026 – 3 janvier 2027", "mai 2026", "vendredi 1er mai 2026"},
		{"nl", "1.234.567", "45%", "€ 1.234,50", "CHF 0,05", "16–22 november 2026", "28 december 2026 – 3 januari 2027", "mei 2026", "vrijdag 1 mei 2026"},
		{"it", "1.234.567", "45%", "1.234,50 €", "0,05 CHF", "16–22 novembre 2026", "28 dicembre 2026 – 3 gennaio 2027", "maggio 2026", "venerdì 1º maggio 2026"},
		{"de", "1.234.567", "45 %", "1.234,50 €", "0,05 CHF", "16.–22. November 2026", "28. Dezember 2026 – 3. Januar 2027", "Mai 2026", "Freitag, 1. Mai 2026"},
	}
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ")
	for _, tt := range tests {
		n := NotationOf(tt.lang)
		for want, got := range map[string]string{tt.number: n.Int(1234567), tt.share: n.Percent(9, 20), tt.money: n.Money(123450, "EUR"), tt.franc: n.Money(5, "CHF"),
			tt.span: n.Span(day(2026, 11, 16), day(2026, 11, 22)), tt.year: n.Span(day(2026, 12, 28), day(2027, 1, 3)),
			tt.whole: n.Span(day(2026, 5, 1), day(2026, 5, 31)), tt.single: n.Span(day(2026, 5, 1), day(2026, 5, 1))} {
			if plain.Replace(got) != want {
				t.Errorf("%s: %q, want %q", tt.lang, got, want)
			}
		}
		if got := n.Int(-1234) + n.Decimal(-0.04) + n.Decimal(2.04) + n.Percent(1, 0); !strings.HasPrefix(got, "−1") || !strings.HasSuffix(got, "02–") {
			t.Errorf("%s: %q", tt.lang, got)
		}
	}
}
