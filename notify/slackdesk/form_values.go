package slackdesk

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/rules"
)

// values are what a person filled in: by block_id, then action_id. Untouched
// fields are null.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
type values map[string]map[string]value

type value struct {
	Value           *string  `json:"value"`
	SelectedOption  *chosen  `json:"selected_option"`
	SelectedOptions []chosen `json:"selected_options"`
	SelectedDate    *string  `json:"selected_date"`
	SelectedUser    *string  `json:"selected_user"`
}

type chosen struct {
	Value string `json:"value"`
}

func (v values) text(block string) string {
	if p := v[block][input].Value; p != nil {
		return strings.TrimSpace(*p)
	}
	return ""
}

func (v values) choice(block string) string {
	if o := v[block][input].SelectedOption; o != nil {
		return o.Value
	}
	return ""
}

func (v values) choices(block string) []string {
	var list []string
	for _, o := range v[block][input].SelectedOptions {
		list = append(list, o.Value)
	}
	return list
}

func (v values) date(block string) string {
	if p := v[block][input].SelectedDate; p != nil {
		return *p
	}
	return ""
}

func (v values) user(block string) string {
	if p := v[block][input].SelectedUser; p != nil {
		return *p
	}
	return ""
}

// facts returns those of the offered facts that are ticked.
func (v values) facts(block string, offered []rules.Fact, position int) []rules.Missing {
	var list []rules.Missing
	for _, fact := range offered {
		if slices.Contains(v.choices(block), string(fact)) {
			list = append(list, rules.Missing{Fact: fact, Item: position})
		}
	}
	return list
}

// initialValues are what a form says that nobody has touched.
func initialValues(blocks []slack.Block) values {
	v := values{}
	for _, b := range blocks {
		if in, ok := b.(*slack.InputBlock); ok {
			v[in.BlockID] = map[string]value{input: initialValue(in.Element)}
		}
	}
	return v
}

func initialValue(e slack.BlockElement) (v value) {
	some := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	switch e := e.(type) {
	case *slack.PlainTextInputBlockElement:
		v.Value = some(e.InitialValue)
	case *slack.SelectBlockElement:
		v.SelectedOption, v.SelectedUser = pick(e.InitialOption), some(e.InitialUser)
	case *slack.RadioButtonsBlockElement:
		v.SelectedOption = pick(e.InitialOption)
	case *slack.MultiSelectBlockElement:
		v.SelectedOptions = picks(e.InitialOptions)
	case *slack.CheckboxGroupsBlockElement:
		v.SelectedOptions = picks(e.InitialOptions)
	case *slack.DatePickerBlockElement:
		v.SelectedDate = some(e.InitialDate)
	}
	return v
}

func pick(o *slack.OptionBlockObject) *chosen {
	if o == nil {
		return nil
	}
	return &chosen{o.Value}
}

func picks(list []*slack.OptionBlockObject) (out []chosen) {
	for _, o := range list {
		out = append(out, chosen{o.Value})
	}
	return out
}

// day reads a date of Slack's picker; the zero time where it is empty.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func joinValues(m map[string]string) string {
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(lines, m[k]) {
			lines = append(lines, m[k])
		}
	}
	return strings.Join(lines, "\n")
}
