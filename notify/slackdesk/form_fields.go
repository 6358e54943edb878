package slackdesk

import (
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"retour/rules"
)

// mostOptions is how many options a select may have.
const mostOptions = 100

func textInput(block, label, hint, value string, lines int, optional bool) slack.Block {
	e := slack.NewPlainTextInputBlockElement(nil, input)
	e.Multiline, e.MaxLength, e.InitialValue = lines > 1, maxInput, first(value, maxInput)
	return inputBlock(block, label, hint, e, optional)
}

func first(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

func inputBlock(block, label, hint string, e slack.BlockElement, optional bool) slack.Block {
	b := slack.NewInputBlock(block, plain(label, maxLabel), nil, e)
	if hint != "" {
		b.Hint = plain(hint, 500)
	}
	b.Optional = optional
	return b
}

func option(value, text string) *slack.OptionBlockObject {
	return slack.NewOptionBlockObject(value, plain(text, maxOption), nil)
}

// info is a field that only says something; nothing is drawn where it is empty.
func info(text string) field {
	return field{draw: func(*form) []slack.Block {
		if text == "" {
			return nil
		}
		return []slack.Block{note(plain(text, maxSection))}
	}}
}

// textField is a text to be written.
type textField struct {
	block, label, hint string
	known              string // what stands there first
	lines              int    // 1 where it is one line
	needed             string // what is said where it is empty; empty: it may be
	set                func(a *answers, s string)
}

func (t textField) field() field {
	return field{
		draw: func(f *form) []slack.Block {
			return []slack.Block{textInput(t.block, t.label, t.hint, f.was(t.block, t.known), t.lines, t.needed == "")}
		},
		read: func(a *answers) {
			s := a.text(t.block)
			if s == "" && t.needed != "" {
				a.fault(t.block, t.needed)
				return
			}
			t.set(a, s)
		},
	}
}

// wordsField is what staff write to the customer.
func (f *form) wordsField(needed string) field {
	return textField{block: "text", label: f.w["form.text"], hint: f.w.say("form.text_hint", f.w.of("language", f.c.Language)), lines: 5, needed: needed,
		set: func(a *answers, s string) { a.e.Text = s }}.field()
}

// amountField is money with its currency.
func (f *form) amountField(label, hint, known string, needed bool) field {
	t := textField{block: "amount", label: label, hint: hint, known: known, lines: 1, set: func(a *answers, s string) {
		a.e.Amount = s
		if _, err := rules.ParseMoney(s); s != "" && err != nil {
			a.fault("amount", a.f.said.reply(err.Error()))
		}
	}}
	if needed {
		t.needed = f.w["form.missing_amount"]
	}
	return t.field()
}

// dateField is a day from a calendar.
func dateField(block, label, hint string, known time.Time, needed string, set func(e *rules.Event, d time.Time)) field {
	return field{
		draw: func(f *form) []slack.Block {
			e := slack.NewDatePickerBlockElement(input)
			e.InitialDate = dayText(known)
			if f.entered != nil {
				e.InitialDate = dayText(day(f.entered.date(block)))
			}
			return []slack.Block{inputBlock(block, label, hint, e, needed == "")}
		},
		read: func(a *answers) {
			d := day(a.date(block))
			if d.IsZero() && needed != "" {
				a.fault(block, needed)
				return
			}
			set(a.e, d)
		},
	}
}

// unitsField chooses some of the units of the case.
type unitsField struct {
	label, hint string
	which       func(rules.Item) bool // those to choose from
	all         bool                  // they are chosen at first
	needed      string                // what is said where none is chosen; empty: none need be
	set         func(e *rules.Event, positions []int)
}

func (u unitsField) field() field {
	return field{draw: u.draw, read: u.read}
}

func (u unitsField) draw(f *form) []slack.Block {
	units := f.units(u.which)
	if len(units) == 0 {
		return []slack.Block{note(plain(f.w["form.no_units"], maxSection))}
	}
	var blocks []slack.Block
	for chunk := range slices.Chunk(units, mostOptions) {
		var options, chosen []*slack.OptionBlockObject
		block := unitsBlock(len(blocks))
		for _, it := range chunk {
			o := option(strconv.Itoa(it.Position), f.itemLabel(it))
			options = append(options, o)
			if f.entered == nil && u.all || slices.Contains(f.entered.choices(block), o.Value) {
				chosen = append(chosen, o)
			}
		}
		e := slack.NewOptionsMultiSelectBlockElement(slack.MultiOptTypeStatic, plain(f.w["form.choose"], maxOption), input, options...)
		e.InitialOptions = chosen
		blocks = append(blocks, inputBlock(block, u.label, u.hint, e, u.needed == "" || len(units) > mostOptions))
	}
	return blocks
}

func unitsBlock(i int) string {
	if i == 0 {
		return "units"
	}
	return fmt.Sprintf("units.%d", i+1)
}

func (u unitsField) read(a *answers) {
	var positions []int
	for i, chunk := range slices.Collect(slices.Chunk(a.f.units(u.which), mostOptions)) {
		chosen := a.choices(unitsBlock(i))
		for _, it := range chunk {
			if slices.Contains(chosen, strconv.Itoa(it.Position)) {
				positions = append(positions, it.Position)
			}
		}
	}
	if len(positions) == 0 && u.needed != "" && len(a.f.units(u.which)) > 0 {
		a.fault("units", u.needed)
		return
	}
	u.set(a.e, positions)
}

// choiceField chooses one of a list for each unit, or one for all.
type choiceField struct {
	group  string   // of the words
	list   []string // of names in it
	which  func(rules.Item) bool
	known  func(rules.Item) string // what is chosen first; nil: nothing
	hint   string                  // instead of the unit's warranty
	every  bool                    // one choice for all can be made
	needed string                  // what is said where a unit has none; empty: it need not
	set    func(e *rules.Event, position int, choice string)
}

func (c choiceField) field() field {
	return field{draw: c.draw, read: c.read}
}

func (c choiceField) draw(f *form) []slack.Block {
	units := f.units(c.which)
	if len(units) == 0 {
		return []slack.Block{note(plain(f.w["form.no_units"], maxSection))}
	}
	return f.perItem(units, c.every, func(block, label, hint string, it rules.Item) slack.Block {
		var options []*slack.OptionBlockObject
		for _, name := range c.list {
			options = append(options, option(name, f.w.of(c.group, name)))
		}
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(f.w["form.choose"], maxOption), input, options...)
		chosen := f.entered.choice(block)
		if f.entered == nil && block != "every" && c.known != nil {
			chosen = c.known(it)
		}
		if i := slices.Index(c.list, chosen); i >= 0 {
			e.InitialOption = options[i]
		}
		if c.hint != "" {
			hint = c.hint
		}
		return inputBlock(block, label, hint, e, c.needed == "" || len(units) > 1)
	})
}

func (c choiceField) read(a *answers) {
	for i, it := range a.f.units(c.which) {
		choice := a.choice(itemBlock(it.Position))
		if choice == "" {
			choice = a.choice("every")
		}
		switch {
		case slices.Contains(c.list, choice):
			c.set(a.e, it.Position, choice)
		case c.needed != "" && i < listed:
			a.fault(itemBlock(it.Position), c.needed)
		case c.needed != "":
			a.fault("every", c.needed)
		}
	}
}

// selectField chooses one of a list for the whole case.
func selectField(block, label, group string, list []string, known, needed string, set func(e *rules.Event, choice string)) field {
	return field{
		draw: func(f *form) []slack.Block {
			var options []*slack.OptionBlockObject
			for _, name := range list {
				options = append(options, option(name, f.w.of(group, name)))
			}
			e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(f.w["form.choose"], maxOption), input, options...)
			chosen := known
			if f.entered != nil {
				chosen = f.entered.choice(block)
			}
			if i := slices.Index(list, chosen); i >= 0 {
				e.InitialOption = options[i]
			}
			return []slack.Block{inputBlock(block, label, "", e, needed == "")}
		},
		read: func(a *answers) {
			choice := a.choice(block)
			if !slices.Contains(list, choice) {
				choice = ""
			}
			if choice == "" && needed != "" {
				a.fault(block, needed)
				return
			}
			set(a.e, choice)
		},
	}
}

// tickField is something that is so or not.
func tickField(block, label, text string, set func(e *rules.Event)) field {
	return field{
		draw: func(f *form) []slack.Block {
			o := option("yes", text)
			e := slack.NewCheckboxGroupsBlockElement(input, o)
			if slices.Contains(f.entered.choices(block), "yes") {
				e.InitialOptions = []*slack.OptionBlockObject{o}
			}
			return []slack.Block{inputBlock(block, label, "", e, true)}
		},
		read: func(a *answers) {
			if slices.Contains(a.choices(block), "yes") {
				set(a.e)
			}
		},
	}
}
