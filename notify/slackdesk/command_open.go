package slackdesk

import (
	"context"
	"net/mail"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"retour/rules"
)

// handForm is the form of a case that is opened by hand.
type handForm struct {
	hand rules.Handmade
}

// openForm draws the form.
func (d *Desk) openForm(f handForm) slack.ModalViewRequest {
	w, h := d.words, f.hand
	address := slack.NewEmailTextInputBlockElement(nil, input)
	address.InitialValue = h.Customer.Address
	view := d.view("window.open", "desk.open", []slack.Block{
		inputBlock("address", w["open.address"], "", address, false),
		textInput("name", w["open.name"], "", h.Customer.Name, 0, true),
		choiceInput("language", w["open.language"], w["open.language_hint"], w["form.choose"], languageOptions(w), h.Language),
		textInput("units", w["open.units"], w["open.units_hint"], h.Units, 4, true),
		choiceInput("reason", w["open.reason"], "", w["form.choose"], reasonOptions(w), string(h.Reason)),
		textInput("text", w["open.text"], w["open.text_hint"], h.Text, 5, true),
		tellInput(w),
	})
	view.Submit, view.Close = plain(w["window.open_it"], 24), plain(w["modal.cancel"], 24)
	return view
}

// choiceInput is a list of which one may be chosen.
func choiceInput(block, label, hint, placeholder string, options []*slack.OptionBlockObject, chosen string) slack.Block {
	e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(placeholder, maxOption), input, options...)
	for _, o := range options {
		if o.Value == chosen {
			e.InitialOption = o
		}
	}
	return inputBlock(block, label, hint, e, true)
}

func handLanguages() []string { return []string{"en", "fr", "nl", "it", "de"} }

func languageOptions(w words) (list []*slack.OptionBlockObject) {
	for _, l := range handLanguages() {
		list = append(list, option(l, w.of("language", l)))
	}
	return list
}

func handReasons() []rules.Reason {
	return []rules.Reason{rules.Defective, rules.DeliveryError, rules.OrderError}
}

func reasonOptions(w words) (list []*slack.OptionBlockObject) {
	for _, r := range handReasons() {
		list = append(list, option(string(r), w.of("reason", string(r))))
	}
	return list
}

// tellInput asks whether the customer is written to.
func tellInput(w words) slack.Block {
	options := []*slack.OptionBlockObject{option("yes", w["open.tell_yes"]), option("no", w["open.tell_no"])}
	e := slack.NewRadioButtonsBlockElement(input, options...)
	e.InitialOption = options[0]
	return inputBlock("tell", w["open.tell"], w["open.tell_hint"], e, false)
}

// readHand makes what was entered of the submitted form. wrong says by block_id
// what must be put right first.
func readHand(w words, v values) (h rules.Handmade, wrong map[string]string) {
	wrong = map[string]string{}
	h = rules.Handmade{Units: v.text("units"), Text: v.text("text"), Tell: v.choice("tell") != "no"}
	h.Customer.Name = shorten(line(v.text("name")), personName)
	a, err := mail.ParseAddress(strings.ToLower(v.text("address")))
	if err == nil {
		h.Customer.Address = a.Address
	}
	if !isAddress(h.Customer.Address) {
		wrong["address"] = w["form.bad_address"]
	}
	if l := v.choice("language"); slices.Contains(handLanguages(), l) {
		h.Language = l
	}
	if r := rules.Reason(v.choice("reason")); slices.Contains(handReasons(), r) {
		h.Reason = r
	}
	if h.Units == "" && h.Text == "" {
		wrong["text"] = w["open.nothing"]
	}
	return h, wrong
}

func (d *Desk) openSubmitted(ctx context.Context, in interaction, who rules.Actor) reply {
	h, wrong := readHand(d.words, in.View.State.Values)
	if len(wrong) > 0 {
		view := d.openForm(handForm{h})
		return reply{errors: wrong, view: &view}
	}
	h.By = who
	o, err := d.hooks.Office.Open(ctx, h, in.key())
	switch {
	case err != nil:
		d.log.Error("slack: open a case by hand", "user", who.ID, "err", err)
		return d.told(d.words["told.trouble"])
	case !o.Done || len(o.Numbers) == 0:
		return d.told(o.Message)
	}
	said := d.words.say("open.done", strings.Join(o.Numbers, ", "))
	if h.Tell {
		said += " " + d.words["open.mailed"]
	}
	view := d.toldView("modal.done", said)
	return reply{view: &view}
}
