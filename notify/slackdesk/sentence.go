package slackdesk

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"retour/notify"
	"retour/rules"
)

// The rules say why in English, and the casebook keeps what they said. For
// staff who read another language a sentence is known again by its form and
// said in theirs; what has no known form stays as it is.
//
// The file holds the forms, in English as package rules and intake write them,
// each with its translations.
//
//go:embed sentences.yaml
var sentenceFile []byte

// sentences are the forms in one language; none for English.
type sentences struct {
	whole map[string]string // those in which nothing is filled in
	forms []sentenceForm    // the most particular first
}

type sentenceForm struct {
	expr   *regexp.Regexp
	said   string
	weight int // characters that must be there
}

func loadSentences(language string) (sentences, error) {
	s := sentences{whole: map[string]string{}}
	if language == "en" {
		return s, nil
	}
	var all map[string]map[string]string
	if err := yaml.Unmarshal(sentenceFile, &all); err != nil {
		return s, fmt.Errorf("slack: sentences.yaml: %w", err)
	}
	for english, said := range all {
		expr, weight := formOf(english)
		if weight == len(english) {
			s.whole[english] = said[language]
			continue
		}
		s.forms = append(s.forms, sentenceForm{expr, said[language], weight})
	}
	slices.SortFunc(s.forms, func(a, b sentenceForm) int {
		if a.weight != b.weight {
			return b.weight - a.weight
		}
		return strings.Compare(a.expr.String(), b.expr.String())
	})
	return s, nil
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?(?:\.\d+)?[sdqvf]|%%`)

// formOf is what a text matches that was made with an English format, and how
// much of it is fixed.
func formOf(format string) (*regexp.Regexp, int) {
	var b strings.Builder
	weight, last := 0, 0
	for _, at := range verb.FindAllStringIndex(format, -1) {
		b.WriteString(regexp.QuoteMeta(format[last:at[0]]))
		weight += at[0] - last
		switch v := format[at[0]:at[1]]; v[len(v)-1] {
		case '%':
			b.WriteString("%")
		case 'd':
			b.WriteString(`(-?\d+)`)
		case 'q':
			b.WriteString(`("(?:[^"\\]|\\.)*")`)
		default:
			b.WriteString(`(.+?)`)
		}
		last = at[1]
	}
	b.WriteString(regexp.QuoteMeta(format[last:]))
	return regexp.MustCompile(`(?s)^` + b.String() + `$`), weight + len(format) - last
}

// deepest bounds how often a sentence may stand within a sentence.
const deepest = 6

// know says a sentence of the desk in the language; false where its form is not
// known.
func (s sentences) know(english string, depth int) (string, bool) {
	if said, ok := s.whole[english]; ok {
		return said, true
	}
	if depth > deepest {
		return english, false
	}
	if inner, ok := strings.CutPrefix(english, "("); ok && strings.HasSuffix(inner, ")") {
		return "(" + s.part(strings.TrimSuffix(inner, ")"), depth+1) + ")", true
	}
	for _, f := range s.forms {
		if args := f.expr.FindStringSubmatch(english); args != nil {
			return f.fill(args[1:], func(arg string) string { return s.part(arg, depth+1) }), true
		}
	}
	return english, false
}

// fill sets what stood in the English sentence into the other one.
func (f sentenceForm) fill(args []string, say func(string) string) string {
	next := 0
	return verb.ReplaceAllStringFunc(f.said, func(v string) string {
		if v == "%%" {
			return "%"
		}
		at := next
		if m := verb.FindStringSubmatch(v); m[1] != "" {
			at, _ = strconv.Atoi(m[1])
			at--
		} else {
			next++
		}
		if at < 0 || at >= len(args) {
			return ""
		}
		return say(args[at])
	})
}

// part says what was filled in: a sentence itself, a list of such, or words
// that are nobody's to translate.
func (s sentences) part(english string, depth int) string {
	if said, ok := s.know(english, depth); ok {
		return said
	}
	if said, ok := s.list(english, depth); ok {
		return said
	}
	if strings.Contains(english, "; ") && depth <= deepest {
		parts := strings.Split(english, "; ")
		for i := range parts {
			parts[i] = s.part(parts[i], depth+1)
		}
		return strings.Join(parts, "; ")
	}
	return english
}

// list says "a, b and c" where each part is known; names are left alone.
func (s sentences) list(english string, depth int) (string, bool) {
	if digits(english) {
		return english, true
	}
	if said, ok := s.know(english, deepest+1); ok || depth > deepest {
		return said, ok
	}
	for _, glue := range []string{", ", " and "} {
		for at := 0; ; {
			i := strings.Index(english[at:], glue)
			if i < 0 {
				break
			}
			at += i
			first, ok := s.item(english[:at])
			if rest, all := s.list(english[at+len(glue):], depth+1); ok && all {
				return first + s.glue(glue) + rest, true
			}
			at += len(glue)
		}
	}
	return s.item(english)
}

// item is one part of a list.
func (s sentences) item(english string) (string, bool) {
	if digits(english) {
		return english, true
	}
	return s.know(english, deepest)
}

func (s sentences) glue(english string) string {
	if said, ok := s.whole[strings.TrimSpace(english)]; ok {
		return " " + said + " "
	}
	return english
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// why says a text of the rules to the staff: one sentence or several.
func (s sentences) why(english string) string {
	if len(s.forms) == 0 {
		return english
	}
	all, known := strings.SplitAfter(english, ". "), true
	for i, one := range all {
		said, ok := s.know(strings.TrimSuffix(one, " "), 0)
		all[i], known = said, known && ok
	}
	if said, ok := s.know(english, 0); ok && !known { // what was filled in has a full stop
		return said
	}
	return strings.Join(all, " ")
}

// reply makes of what intake or the rules answer a clicker a whole sentence in
// his language.
func (s sentences) reply(english string) string {
	said := []rune(strings.TrimSpace(s.why(english)))
	if len(said) == 0 {
		return ""
	}
	said[0] = unicode.ToUpper(said[0])
	if strings.ContainsRune(".!?…", said[len(said)-1]) {
		return string(said)
	}
	return string(said) + "."
}

// hooks are the ways into the house, with what comes back in the language.
func (s sentences) hooks(h Hooks) Hooks {
	own := h
	own.Click = func(ctx context.Context, c rules.Click, key string) (Result, error) {
		r, err := h.Click(ctx, c, key)
		r.Message = s.reply(r.Message)
		return r, err
	}
	own.Preview = func(ctx context.Context, c rules.Click, language string) (notify.Preview, error) {
		p, err := h.Preview(ctx, c, language)
		if refused, ok := errors.AsType[Refused](err); ok {
			err = Refused{s.reply(refused.Message), refused.Field}
		}
		p.Second = s.why(p.Second)
		return p, err
	}
	own.View = func(ctx context.Context, number string) (notify.CardView, error) {
		v, err := h.View(ctx, number)
		return s.view(v), err
	}
	own.Office = s.office(h.Office)
	return own
}

// office are the ways to what is not about one card, with what comes back in the
// language.
func (s sentences) office(o Office) Office {
	own := o
	own.Settle = func(ctx context.Context, a rules.HeldAction, key string) (Result, error) {
		r, err := o.Settle(ctx, a, key)
		r.Message = s.reply(r.Message)
		return r, err
	}
	own.Foresee = func(ctx context.Context, h rules.Handmade, language string) (Foreseen, error) {
		f, err := o.Foresee(ctx, h, language)
		f.Refusal = s.reply(f.Refusal)
		for i := range f.Cases {
			f.Cases[i].Proposal.Why = s.why(f.Cases[i].Proposal.Why)
		}
		return f, err
	}
	own.Open = func(ctx context.Context, h rules.Handmade, key string) (Opened, error) {
		r, err := o.Open(ctx, h, key)
		r.Message = s.reply(r.Message)
		return r, err
	}
	own.Unload = func(ctx context.Context, text string) (rules.Unloading, error) {
		u, err := o.Unload(ctx, text)
		for i := range u.Arrivals {
			u.Arrivals[i].Refusal = s.why(u.Arrivals[i].Refusal)
		}
		return u, err
	}
	own.Held = func(ctx context.Context, limit int) ([]notify.Held, int, error) {
		list, total, err := o.Held(ctx, limit)
		for i := range list {
			list[i].Why = s.why(list[i].Why)
		}
		return list, total, err
	}
	return own
}

// delivery is what goes to Slack, with the reasons in the language.
func (s sentences) delivery(d notify.Delivery) notify.Delivery {
	if d.Card != nil {
		v := s.view(*d.Card)
		d.Card = &v
	}
	if d.Entry != nil {
		e := *d.Entry
		e.Why = s.why(e.Why)
		d.Entry = &e
	}
	d.Text = s.why(d.Text)
	if d.Held != nil {
		h := *d.Held
		h.Why = s.why(h.Why)
		d.Held = &h
	}
	return d
}

// view is all that a card shows, with the reasons in the language.
func (s sentences) view(v notify.CardView) notify.CardView {
	if len(s.forms) == 0 {
		return v
	}
	c := &v.Case
	c.Items, c.Notes = slices.Clone(c.Items), slices.Clone(c.Notes)
	c.Proposal.Why, c.Why, c.Undelivered = s.why(c.Proposal.Why), s.why(c.Why), s.why(c.Undelivered)
	for i := range c.Items {
		c.Items[i].WarrantyWhy = s.why(c.Items[i].WarrantyWhy)
	}
	for i := range c.Notes {
		c.Notes[i].Why = s.why(c.Notes[i].Why)
	}
	v.History = slices.Clone(v.History)
	for i := range v.History {
		v.History[i].Why = s.why(v.History[i].Why)
	}
	return v
}
