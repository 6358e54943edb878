package slackdesk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"retour/rules"
)

const (
	frontButtons = 3 // that a card shows beside the reply; the rest is in a menu
	overflowMost = 5 // options of an overflow menu; more need a select
	menuAction   = "menu"
)

// mailActions are the staff events of a mail that did not arrive.
func mailActions() []rules.EventKind {
	return []rules.EventKind{rules.EvResend, rules.EvFixAddress}
}

// behind are the staff events that stand in the menu: they are about the case,
// not about what it waits for.
func behind() []rules.EventKind {
	return []rules.EventKind{rules.EvEdit, rules.EvSplit, rules.EvMerge, rules.EvAssign, rules.EvNote, rules.EvWrite}
}

// anytime are the staff events that move nothing, so that it does not matter
// what happened since their button was drawn.
func anytime() []rules.EventKind {
	return []rules.EventKind{rules.EvNote, rules.EvWrite}
}

// may says whether the state of the case allows a staff event.
func may(c rules.Case, e rules.EventKind) bool {
	return slices.Contains(rules.Actions(c), e)
}

// offeredActions are the events of a card's buttons, the likeliest first, and
// of its menu. What is allowed, and in which order, the lifecycle says.
func offeredActions(c rules.Case) (front, menu []rules.EventKind) {
	for _, e := range rules.Actions(c) {
		switch {
		case slices.Contains(mailActions(), e) || e == rules.EvWrite:
		case e == c.Proposal.Action:
			front = slices.Insert(front, 0, e)
		case len(front) < frontButtons && !slices.Contains(behind(), e):
			front = append(front, e)
		default:
			menu = append(menu, e)
		}
	}
	if may(c, rules.EvWrite) {
		front = append(front, rules.EvWrite)
	}
	return front, menu
}

// caseButtons are the buttons of a case and the menu with the rest; nil where
// nothing can be done. A mail that must be mended first has the primary button.
func caseButtons(w words, c rules.Case) slack.Block {
	front, menu := offeredActions(c)
	primary := rules.EventKind("")
	if actions := rules.Actions(c); c.Undelivered == "" && len(front) > 0 && (front[0] == actions[0] || front[0] == c.Proposal.Action) {
		primary = front[0]
	}
	elements := buttons(w, c, front, primary)
	if len(menu) > 0 {
		elements = append(elements, rest(w, c, menu))
	}
	if len(elements) == 0 {
		return nil
	}
	return actionBlock("act", c, elements)
}

// mailButtons mend a mail that did not arrive.
func mailButtons(w words, c rules.Case) slack.Block {
	var events []rules.EventKind
	for _, e := range mailActions() {
		if may(c, e) {
			events = append(events, e)
		}
	}
	return actionBlock("mail", c, buttons(w, c, events, events[0]))
}

// actionBlock has a new block_id with every version: Slack keeps stale input
// otherwise.
func actionBlock(name string, c rules.Case, elements []slack.BlockElement) *slack.ActionBlock {
	return slack.NewActionBlock(fmt.Sprintf("%s.%d", name, c.Version), elements...)
}

func buttons(w words, c rules.Case, events []rules.EventKind, primary rules.EventKind) []slack.BlockElement {
	var list []slack.BlockElement
	for _, e := range events {
		b := button(w, e, target{c.Number, c.Version})
		switch e {
		case rules.EvDispose:
			b.Style, b.Confirm = slack.StyleDanger, sure(w, w.say("confirm.dispose", c.Number))
		case primary:
			b.Style = slack.StylePrimary
		}
		list = append(list, b)
	}
	return list
}

func button(w words, e rules.EventKind, t target) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(string(e), t.String(), plain(w.action(e), maxOption))
}

// sure asks again before what cannot be undone.
func sure(w words, text string) *slack.ConfirmationBlockObject {
	c := slack.NewConfirmationBlockObject(plain(w["confirm.title"], 100), plain(text, 300), plain(w["confirm.yes"], 30), plain(w["confirm.no"], 30))
	c.Style = slack.StyleDanger
	return c
}

// rest is the menu of what is done less often.
func rest(w words, c rules.Case, events []rules.EventKind) slack.BlockElement {
	var options []*slack.OptionBlockObject
	for _, e := range events {
		options = append(options, option(picked{e, target{c.Number, c.Version}}.String(), w.action(e)))
	}
	if len(options) <= overflowMost {
		return slack.NewOverflowBlockElement(menuAction, options...)
	}
	return slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(w["card.menu"], maxLabel), menuAction, options...)
}

// picked is what an option of the menu carries: the event, and of which case.
type picked struct {
	kind   rules.EventKind
	target target
}

func (p picked) String() string { return string(p.kind) + "/" + p.target.String() }

// pressed is the event and the case that a press of a button or a choice in the
// menu means.
func pressed(in interaction) (rules.EventKind, target, bool) {
	a := in.Actions[0]
	kind, value := a.ActionID, a.Value
	if kind == menuAction {
		kind, value, _ = strings.Cut(a.SelectedOption.Value, "/")
	}
	t, ok := parseTarget(value)
	return rules.EventKind(kind), t, ok && hasForm(rules.EventKind(kind))
}
