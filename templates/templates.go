// Package templates holds every text that a customer reads, in five languages,
// and makes the plain and the HTML form of a mail (RFC 2046 section 5.1.4) from
// one source. An operator's files take the place of the shipped ones by name.
//
// Each language is a folder: NOTICE.txt for each notice, slip.txt with the
// instructions on the return slip, parts.txt with what they share ({{define}}
// blocks) and words.txt with labels and questions ("key = text"). All are
// text/template over Section, Mail or Question, with the markup that readMarkup
// knows. layout.html is the frame of the HTML form.
//
// digest.txt holds the texts of the managers' digest, key by key as in
// words.txt, and digest.html is its frame.
package templates

import (
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
	"time"
)

//go:embed layout.html digest.html en/*.txt fr/*.txt nl/*.txt it/*.txt de/*.txt
var shipped embed.FS

// Names of the files that are no notices.
const (
	partsFile  = "parts.txt"
	wordsFile  = "words.txt"
	slipFile   = "slip.txt"
	layoutFile = "layout.html"
	digestFile = "digest.txt"
	digestHTML = "digest.html"
)

// Set is a complete set of texts, checked. It is safe for concurrent use.
type Set struct {
	langs  map[string]*texts
	layout *htmltemplate.Template
	digest *htmltemplate.Template
}

// texts is everything in one language.
type texts struct {
	language
	name  string
	tmpl  *template.Template // notices by key, and the parts
	base  *template.Template // of the words: they share its functions
	words map[string]*template.Template
}

// Load reads the shipped texts with the overlay's files in their places; overlay
// may be nil: what is shipped was rendered with the sample data by the tests,
// and is not again at each start. A file that is missing, unknown, cannot be read as a template,
// names something that does not exist or does not render with sample data is
// an error. The error has one line for each fault, with file and line.
func Load(overlay fs.FS) (*Set, error) {
	keys, err := noticeKeys(shipped)
	if err != nil {
		return nil, err
	}
	if overlay == nil {
		return load(shipped, keys, false)
	}
	return load(layered{overlay, shipped}, keys, true, unknownFiles(overlay, keys)...)
}

// Keys lists the notices that there are texts for.
func (s *Set) Keys() []string {
	keys, _ := noticeKeys(shipped) // the embedded folder is always there
	return keys
}

func noticeKeys(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "en/*.txt")
	if err != nil {
		return nil, fmt.Errorf("list the texts: %w", err)
	}
	var keys []string
	for _, f := range files {
		if name := path.Base(f); isNotice(name) {
			keys = append(keys, strings.TrimSuffix(name, ".txt"))
		}
	}
	return keys, nil
}

func isNotice(name string) bool {
	return name != partsFile && name != wordsFile && name != slipFile && name != digestFile
}

// layered looks into the overlay first.
type layered struct{ over, under fs.FS }

// Open implements fs.FS.
func (l layered) Open(name string) (fs.File, error) {
	f, err := l.over.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return l.under.Open(name)
	}
	return f, err
}

// unknownFiles finds files that nothing would ever read: misspelt names.
func unknownFiles(overlay fs.FS, keys []string) []error {
	known := map[string]bool{layoutFile: true, digestHTML: true}
	for _, lang := range Languages() {
		known[lang+"/"+digestFile] = true
		known[lang+"/"+partsFile], known[lang+"/"+wordsFile], known[lang+"/"+slipFile] = true, true, true
		for _, k := range keys {
			known[lang+"/"+k+".txt"] = true
		}
	}
	var faults []error
	err := fs.WalkDir(overlay, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && !known[name]:
			faults = append(faults, fmt.Errorf("%s: there is no text of this name%s", name, suggestion(name, known)))
		}
		return nil
	})
	if err != nil {
		faults = append(faults, fmt.Errorf("read the folder of texts: %w", err))
	}
	return faults
}

// load reads all, and tries it with the sample data where try says so; base are
// faults found before.
func load(fsys fs.FS, keys []string, try bool, base ...error) (*Set, error) {
	s := &Set{langs: map[string]*texts{}}
	faults := slices.Clone(base)
	layout, err := htmltemplate.ParseFS(fsys, layoutFile)
	if err != nil {
		faults = append(faults, fmt.Errorf("read %s: %w", layoutFile, err))
	}
	s.layout = layout
	if s.digest, err = htmltemplate.ParseFS(fsys, digestHTML); err != nil {
		faults = append(faults, fmt.Errorf("read %s: %w", digestHTML, err))
	}
	for _, lang := range Languages() {
		t, errs := loadLanguage(fsys, lang, keys)
		s.langs[lang] = t
		faults = append(faults, errs...)
	}
	if len(faults) == 0 && try {
		faults = append(s.checkWords(), s.checkSamples(keys)...)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return s, nil
}

func loadLanguage(fsys fs.FS, lang string, keys []string) (*texts, []error) {
	t := &texts{language: grammar(lang), name: lang, words: map[string]*template.Template{}}
	t.tmpl = template.New(lang).Funcs(t.funcs()).Option("missingkey=error")
	t.base = template.New("words").Funcs(t.funcs())
	var faults []error
	for _, name := range append([]string{partsFile, slipFile}, withExt(keys)...) {
		if err := t.parseFile(fsys, name); err != nil {
			faults = append(faults, err)
		}
	}
	faults = append(faults, t.loadWords(fsys, wordsFile, "")...)
	faults = append(faults, t.loadWords(fsys, digestFile, digestKeys)...)
	return t, append(faults, t.checkNames()...)
}

func withExt(keys []string) []string {
	var names []string
	for _, k := range keys {
		names = append(names, k+".txt")
	}
	return names
}

func (t *texts) file(name string) string { return t.name + "/" + name }

func (t *texts) parseFile(fsys fs.FS, name string) error {
	src, err := fs.ReadFile(fsys, t.file(name))
	if err != nil {
		return fmt.Errorf("%s: this text is missing: %w", t.file(name), err)
	}
	body := strings.ReplaceAll(string(src), "\r\n", "\n")
	if isNotice(name) && !strings.HasPrefix(body, "Subject: ") {
		return fmt.Errorf("%s:1: the first line must be \"Subject: …\"", t.file(name))
	}
	if _, err := t.tmpl.New(t.file(name)).Parse(body); err != nil {
		return fmt.Errorf("%s: %w", t.file(name), err)
	}
	return nil
}

// loadWords reads "key = text" lines; '#' begins a comment line. The keys of the
// file stand below prefix.
func (t *texts) loadWords(fsys fs.FS, name, prefix string) []error {
	src, err := fs.ReadFile(fsys, t.file(name))
	if err != nil {
		return []error{fmt.Errorf("%s: this text is missing: %w", t.file(name), err)}
	}
	var faults []error
	no := 0
	for l := range strings.Lines(string(src)) {
		no++
		l = strings.TrimSpace(l)
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		if err := t.addWord(l, prefix, fmt.Sprintf("%s:%d", t.file(name), no)); err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %w", t.file(name), no, err))
		}
	}
	return faults
}

func (t *texts) addWord(l, prefix, where string) error {
	key, value, ok := strings.Cut(l, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case !ok || key == "":
		return fmt.Errorf("want \"key = text\", have %q", l)
	case value == "":
		return fmt.Errorf("key %q has no text", key)
	case t.words[prefix+key] != nil:
		return fmt.Errorf("key %q stands here a second time", key)
	}
	tmpl, err := t.base.New(where).Parse(value)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	t.words[prefix+key] = tmpl
	return nil
}

func (t *texts) funcs() template.FuncMap {
	return template.FuncMap{
		"word":   t.word,
		"plural": t.plural,
		"date":   func(at time.Time) string { return t.date(at) },
		"num":    NotationOf(t.name).Int,
	}
}

// word returns the text of a key of words.txt, made with the data when it has
// places to fill.
func (t *texts) word(key string, data ...any) (string, error) {
	tmpl, ok := t.words[key]
	if !ok {
		return "", fmt.Errorf("%s has no key %q", t.file(wordsFile), key)
	}
	var d any
	if len(data) > 0 {
		d = data[0]
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, d); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Word returns one text of words.txt, such as "state.validated", plain. data
// fills its places, where it has any: a number, a date or a struct of them.
func (s *Set) Word(lang, key string, data ...any) (string, error) {
	t, err := s.language(lang)
	if err != nil {
		return "", err
	}
	w, err := t.word(key, data...)
	return unquote(t.tidy(w)), err
}

// Date writes a day as the language does, "21 November 2026".
func (s *Set) Date(lang string, day time.Time) string { return grammar(lang).date(day) }

func (s *Set) language(lang string) (*texts, error) {
	t, ok := s.langs[lang]
	if !ok {
		return nil, fmt.Errorf("there are no texts in language %q, only in %s", lang, strings.Join(Languages(), ", "))
	}
	return t, nil
}

// Render makes the mail. With several sections each stands under a heading
// with its number, and the subject names them all.
func (s *Set) Render(m Mail) (Rendered, error) {
	t, err := s.language(m.Language)
	if err != nil {
		return Rendered{}, err
	}
	if len(m.Sections) == 0 {
		return Rendered{}, errors.New("render a mail: there is nothing to say in it")
	}
	m = m.quoted()
	w, subjects, err := t.write(m)
	if err != nil {
		return Rendered{}, fmt.Errorf("render %s in %s: %w", m.Sections[0].Key, m.Language, err)
	}
	subject, err := t.subject(m, subjects)
	if err != nil {
		return Rendered{}, fmt.Errorf("render the subject in %s: %w", m.Language, err)
	}
	body := t.tidy(w.body)
	if m.Body != "" {
		body = m.Body // a person's words: nothing of them is made tidy
	}
	blocks := readMarkup(t.tidy(w.greeting) + "\n\n" + body + "\n\n" + t.tidy(w.closing))
	html, err := s.html(m, subject, blocks)
	if err != nil {
		return Rendered{}, fmt.Errorf("render %s in %s as HTML: %w", m.Sections[0].Key, m.Language, err)
	}
	part := func(markup string) string { return strings.TrimSpace(text(readMarkup(t.tidy(markup)))) }
	return Rendered{Subject: subject, Text: text(blocks), HTML: html, Body: source(readMarkup(t.tidy(w.body))), Head: part(w.greeting), Foot: part(w.closing)}, nil
}

// written is the markup of a mail. Staff may put other words in the place of the
// body; the frame stays.
type written struct{ greeting, body, closing string }

// write returns the markup of the mail and the subjects of its sections.
func (t *texts) write(m Mail) (w written, subjects []string, err error) {
	var b strings.Builder
	if err := t.tmpl.ExecuteTemplate(&b, "greeting", m); err != nil {
		return w, nil, err
	}
	w.greeting = b.String()
	b.Reset()
	for _, sec := range m.Sections {
		subject, body, err := t.section(m, sec)
		if err != nil {
			return w, nil, err
		}
		subjects = append(subjects, subject)
		if len(m.Sections) > 1 {
			b.WriteString("\n\n# " + sec.Number)
		}
		b.WriteString("\n\n" + body)
	}
	w.body = b.String()
	b.Reset()
	if err := t.tmpl.ExecuteTemplate(&b, "closing", m); err != nil {
		return w, nil, err
	}
	w.closing = b.String()
	return w, subjects, nil
}

// View is what a notice's file is executed with: its section, and who signs.
type View struct {
	Section
	Desk Desk
}

func (t *texts) section(m Mail, sec Section) (subject, body string, err error) {
	var b strings.Builder
	if err := t.tmpl.ExecuteTemplate(&b, t.file(sec.Key+".txt"), View{sec, m.Desk}); err != nil {
		return "", "", err
	}
	head, body, _ := strings.Cut(b.String(), "\n")
	return strings.TrimSpace(strings.TrimPrefix(head, "Subject:")), body, nil
}

// maxEcho is how much of the customer's own subject is repeated, in runes.
const maxEcho = 60

// subject writes "[RMA-26-00123-7] Return approved (your subject)".
func (t *texts) subject(m Mail, subjects []string) (string, error) {
	what := subjects[0]
	for _, other := range subjects {
		if other != what {
			several, err := t.word("subject.several")
			if err != nil {
				return "", err
			}
			what = several
			break
		}
	}
	s := "[" + numbers(m.Sections) + "] " + what
	if m.Subject != "" {
		s += " – " + shorten(m.Subject, maxEcho)
	}
	return oneLine(unquote(t.tidy(s))), nil
}

// numbers lists the cases, the first three by name.
func numbers(sections []Section) string {
	var list []string
	for _, s := range sections {
		if !slices.Contains(list, s.Number) {
			list = append(list, s.Number)
		}
	}
	if n := len(list); n > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" +%d", n-3)
	}
	return strings.Join(list, ", ")
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBreak), " ") }

func isBreak(r rune) bool {
	return r == ' ' || r < ' ' || r == 0x7F || r == 0x85 || r == '\u2028' || r == '\u2029'
}

// page is what layout.html is executed with.
type page struct {
	Language, Title, Company, Numbers string
	Blocks                            []block
}

// usualPage is more than most mails take, so that one need not be copied as it grows.
const usualPage = 8 << 10 // bytes

func (s *Set) html(m Mail, subject string, blocks []block) (string, error) {
	var b strings.Builder
	b.Grow(usualPage)
	err := s.layout.Execute(&b, page{Language: m.Language, Title: subject, Blocks: blocks,
		Company: unquote(m.Desk.Company), Numbers: unquote(numbers(m.Sections))})
	return b.String(), err
}
