package templates

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"
)

// checkNames looks at what the templates name, in branches too that no sample
// would take: fields, parts and words must exist.
func (t *texts) checkNames() []error {
	c := &nameCheck{texts: t, fields: map[string]bool{}}
	for _, v := range []any{Mail{}, View{}, Question{}, Item{}, Desk{}, Rest{}, Saying{}, time.Time{}} {
		c.addFields(reflect.TypeOf(v))
	}
	for _, tmpl := range t.tmpl.Templates() {
		c.tree(tmpl)
	}
	for _, w := range t.words {
		c.tree(w)
	}
	slices.SortFunc(c.faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return c.faults
}

type nameCheck struct {
	*texts
	fields map[string]bool
	tmpl   *template.Template
	faults []error
}

func (c *nameCheck) addFields(typ reflect.Type) {
	for _, f := range reflect.VisibleFields(typ) {
		if f.IsExported() {
			c.fields[f.Name] = true
		}
	}
	for i := range typ.NumMethod() {
		c.fields[typ.Method(i).Name] = true
	}
}

func (c *nameCheck) tree(tmpl *template.Template) {
	c.tmpl = tmpl
	if tmpl.Tree != nil && tmpl.Root != nil {
		c.node(tmpl.Root)
	}
}

func (c *nameCheck) fault(n parse.Node, format string, args ...any) {
	where, _ := c.tmpl.ErrorContext(n) // "fr/question.txt:12:7"
	c.faults = append(c.faults, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

// node walks the tree. The kinds that it does not name have no names in them.
func (c *nameCheck) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, sub := range n.Nodes {
				c.node(sub)
			}
		}
	case *parse.ActionNode:
		c.pipe(n.Pipe)
	case *parse.IfNode:
		c.branch(&n.BranchNode)
	case *parse.RangeNode:
		c.branch(&n.BranchNode)
	case *parse.WithNode:
		c.branch(&n.BranchNode)
	case *parse.TemplateNode:
		if c.texts.tmpl.Lookup(n.Name) == nil {
			c.fault(n, "there is no part %q in %s", n.Name, c.file(partsFile))
		}
		c.pipe(n.Pipe)
	}
}

func (c *nameCheck) branch(b *parse.BranchNode) {
	c.pipe(b.Pipe)
	c.node(b.List)
	c.node(b.ElseList)
}

func (c *nameCheck) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, cmd := range p.Cmds {
		c.wordKey(cmd)
		for _, arg := range cmd.Args {
			c.argument(arg)
		}
	}
}

func (c *nameCheck) argument(n parse.Node) {
	switch n := n.(type) {
	case *parse.FieldNode:
		c.names(n, n.Ident)
	case *parse.VariableNode:
		c.names(n, n.Ident[1:])
	case *parse.ChainNode:
		c.argument(n.Node)
		c.names(n, n.Field)
	case *parse.PipeNode:
		c.pipe(n)
	}
}

func (c *nameCheck) names(n parse.Node, names []string) {
	for _, name := range names {
		if !c.fields[name] {
			c.fault(n, "there is no variable .%s%s", name, suggestion(name, c.fields))
		}
	}
}

// wordKey checks {{word "key"}}; keys that are put together are checked by the
// samples.
func (c *nameCheck) wordKey(cmd *parse.CommandNode) {
	id, ok := cmd.Args[0].(*parse.IdentifierNode)
	if !ok || id.Ident != "word" || len(cmd.Args) < 2 {
		return
	}
	if key, ok := cmd.Args[1].(*parse.StringNode); ok && c.words[key.Text] == nil {
		known := map[string]bool{}
		for k := range c.words {
			known[k] = true
		}
		c.fault(key, "%s has no key %q%s", c.file(wordsFile), key.Text, suggestion(key.Text, known))
	}
}

// checkWords compares the keys of all languages with those of all others.
func (s *Set) checkWords() []error {
	all := map[string]string{} // key → a language that has it
	for _, lang := range slices.Backward(Languages()) {
		for k := range s.langs[lang].words {
			all[k] = lang
		}
	}
	var faults []error
	for _, lang := range Languages() {
		t := s.langs[lang]
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if t.words[k] == nil {
				file := wordsFile
				if strings.HasPrefix(k, digestKeys) {
					file = digestFile
				}
				faults = append(faults, fmt.Errorf("%s: key %q is missing, which %s/%s has", t.file(file), strings.TrimPrefix(k, digestKeys), all[k], file))
			}
		}
	}
	return faults
}

// checkSamples renders every notice in every language with the sample data.
func (s *Set) checkSamples(keys []string) []error {
	var faults []error
	for _, lang := range Languages() {
		for _, key := range keys {
			for _, sample := range Samples(lang, key) {
				if err := s.trySample(sample); err != nil {
					faults = append(faults, err)
					break
				}
			}
		}
		if err := s.trySlip(lang); err != nil {
			faults = append(faults, err)
		}
		faults = append(faults, s.tryDigest(lang)...)
	}
	return faults
}

// trySlip renders all that stands on a return slip.
func (s *Set) trySlip(lang string) error {
	for _, sample := range Samples(lang, "validated") {
		lines, err := s.Slip(sample)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return fmt.Errorf("%s/%s: there is no text in it", lang, slipFile)
		}
	}
	_, units := s.Word(lang, "slip.units", 2)
	_, more := s.Word(lang, "slip.more", Rest{Count: 2, Date: time.Date(2026, time.November, 21, 0, 0, 0, 0, time.UTC)})
	return errors.Join(units, more)
}

func (s *Set) trySample(sample Mail) error {
	r, err := s.Render(sample)
	file := sample.Language + "/" + sample.Sections[0].Key + ".txt"
	switch {
	case err != nil:
		return err
	case strings.Contains(r.Text, "<no value>") || strings.Contains(r.Text, "{{"):
		return fmt.Errorf("%s: the finished text still holds template marks: %q", file, r.Text)
	case r.Subject == "["+sample.Sections[0].Number+"]":
		return fmt.Errorf("%s:1: the subject is empty", file)
	}
	return nil
}

// suggestion returns `; did you mean "x"?` for the known name nearest to a
// misspelt one, or nothing.
func suggestion(name string, known map[string]bool) string {
	best, at := "", len(name)/3+1
	for _, k := range slices.Sorted(maps.Keys(known)) {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
