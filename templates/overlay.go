package templates

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template/parse"
)

// Doubts looks at an operator's texts for what works and is hardly meant: a
// notice that is changed in some languages only, and one that leaves out what
// the shipped text tells. One line each, with file and line. Texts that Load
// refuses are its error.
func Doubts(overlay fs.FS) ([]string, error) {
	keys, err := noticeKeys(shipped)
	if err != nil {
		return nil, err
	}
	ours, err := load(shipped, keys, false)
	if err != nil {
		return nil, err
	}
	theirs, err := load(layered{overlay, shipped}, keys, false)
	if err != nil {
		return nil, err
	}
	var doubts []string
	for _, name := range withExt(keys) {
		own := ownLanguages(overlay, name)
		if rest := others(own); len(own) > 0 && len(rest) > 0 {
			doubts = append(doubts, fmt.Sprintf("%s/%s:1: only %s has this text of yours; in %s customers still read the shipped one (write it in all five, or in none)",
				own[0], name, strings.Join(own, ", "), strings.Join(rest, ", ")))
		}
		for _, lang := range own {
			told := theirs.langs[lang].tells(name)
			lacks := slices.DeleteFunc(ours.langs[lang].tells(name), func(s string) bool { return slices.Contains(told, s) })
			if len(lacks) > 0 {
				doubts = append(doubts, fmt.Sprintf("%s/%s:1: the shipped text has %s, and yours has not (the customer is not told)", lang, name, strings.Join(lacks, ", ")))
			}
		}
	}
	return doubts, nil
}

// ownLanguages are the languages in which the operator has a text of his own.
func ownLanguages(overlay fs.FS, name string) []string {
	var own []string
	for _, lang := range Languages() {
		if _, err := fs.Stat(overlay, path.Join(lang, name)); err == nil {
			own = append(own, lang)
		}
	}
	return own
}

func others(own []string) []string {
	return slices.DeleteFunc(slices.Clone(Languages()), func(lang string) bool { return slices.Contains(own, lang) })
}

// tells lists what a text says of the case: its placeholders, and the parts that
// it shares with others. What a text only asks about, in a condition, is not told.
func (t *texts) tells(name string) []string {
	var list []string
	add := func(s string) {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	var walk func(n parse.Node)
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.ListNode:
			if n != nil {
				for _, sub := range n.Nodes {
					walk(sub)
				}
			}
		case *parse.ActionNode:
			fieldsOf(n.Pipe, add)
		case *parse.TemplateNode:
			add(fmt.Sprintf("{{template %q .}}", n.Name))
		case *parse.IfNode:
			walk(n.List)
			walk(n.ElseList)
		case *parse.RangeNode:
			walk(n.List)
			walk(n.ElseList)
		case *parse.WithNode:
			walk(n.List)
			walk(n.ElseList)
		}
	}
	if tmpl := t.tmpl.Lookup(t.file(name)); tmpl != nil && tmpl.Tree != nil {
		walk(tmpl.Root)
	}
	return list
}

func fieldsOf(p *parse.PipeNode, add func(string)) {
	for _, cmd := range p.Cmds {
		for _, arg := range cmd.Args {
			switch arg := arg.(type) {
			case *parse.FieldNode:
				add("{{." + strings.Join(arg.Ident, ".") + "}}")
			case *parse.PipeNode:
				fieldsOf(arg, add)
			}
		}
	}
}
