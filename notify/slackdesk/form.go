package slackdesk

import (
	"encoding/json"
	"maps"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

const (
	listed      = 60 // items that a form lists one by one
	mailParts   = 8  // sections that the text of one mail may fill in a preview
	previewMost = 24 // sections of all mails of a preview
	input       = "v"
)

// The callback_ids of the views without a form.
const (
	toldID = "told"
	waitID = "wait"
)

// form is a modal for a staff event.
type form struct {
	kind      rules.EventKind
	c         rules.Case
	event     rules.Event // what is filled in
	remark    string
	previewed bool
	mails     []notify.Mail // what would go out
}

// hasForm says whether something must be said before the event can be done.
func hasForm(kind rules.EventKind) bool {
	switch kind {
	case rules.EvAsk, rules.EvApprove, rules.EvRefuse, rules.EvRefer, rules.EvFixAddress, rules.EvWrite:
		return true
	}
	return false
}

// firstEvent is what a form proposes when it opens.
func firstEvent(kind rules.EventKind, c rules.Case, now time.Time) rules.Event {
	e := rules.Event{Kind: kind}
	switch kind {
	case rules.EvAsk:
		e.Missing = c.Missing
	case rules.EvApprove:
		e.Verdicts = map[int]rules.Verdict{}
		for _, it := range c.Items {
			if v := likely(it, now); v != "" {
				e.Verdicts[it.Position] = v
			}
		}
	case rules.EvFixAddress:
		e.Address = c.Customer.Address
	}
	return e
}

// likely is the verdict that the known facts of a unit speak for.
func likely(it rules.Item, now time.Time) rules.Verdict {
	switch {
	case it.Verdict != "":
		return it.Verdict
	case it.WarrantyTo.IsZero():
		return ""
	case now.Before(it.WarrantyTo.AddDate(0, 0, 1)):
		return rules.InWarranty
	}
	return rules.OutOfWarranty
}

// carried is what a modal carries from its opening to its submission. Slack
// shows it to clients, so it is checked and never trusted.
type carried struct {
	target target
	shown  string // digest of the form whose mails were shown
}

func (c carried) String() string { return c.target.String() + "/" + c.shown }

func parseCarried(s string) (carried, bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return carried{}, false
	}
	t, ok := parseTarget(s[:i])
	return carried{t, s[i+1:]}, ok
}

// digest names what is filled in, so that only what was shown is sent.
func (f form) digest() string {
	e := f.event
	e.Actor = rules.Actor{}
	b, err := json.Marshal(e)
	if err != nil {
		return "" // never: an event is plain data
	}
	return digest(string(b))
}

// formView draws the modal.
func (d *Desk) formView(f form) slack.ModalViewRequest {
	w := d.words
	var blocks []slack.Block
	if f.remark != "" {
		blocks = append(blocks, plainSection(f.remark))
	}
	blocks = append(blocks, note(plain(f.c.Number+" · "+person(f.c.Customer), maxSection)))
	blocks = append(blocks, f.inputs(w)...)
	view := d.view("modal."+string(f.kind), string(f.kind), blocks)
	view.Close = plain(w["modal.cancel"], 24)
	view.Submit = plain(w["modal.preview"], 24)
	c := carried{target: target{f.c.Number, f.c.Version}}
	if f.previewed {
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, previewBlocks(w, f.mails)...)
		view.Submit = plain(w["modal.send"], 24)
		if len(f.mails) == 0 {
			view.Submit = plain(w["modal.do"], 24)
		}
		c.shown = f.digest()
	}
	view.PrivateMetadata = c.String()
	return view
}

func (d *Desk) view(title, callback string, blocks []slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, Title: plain(d.words[title], 24), CallbackID: callback,
		Blocks: slack.Blocks{BlockSet: blocks}, Close: plain(d.words["modal.close"], 24),
	}
}

func (d *Desk) waitView(key string) slack.ModalViewRequest {
	return d.view("modal.wait", waitID, []slack.Block{plainSection(d.words[key])})
}

// toldView only says something. The message is carried along, for the case that
// the window is gone when it is to be shown.
func (d *Desk) toldView(title, message string) slack.ModalViewRequest {
	message = shorten(message, maxSection/2)
	view := d.view(title, toldID, []slack.Block{plainSection(message)})
	view.PrivateMetadata = message
	return view
}

func (f form) inputs(w words) []slack.Block {
	switch f.kind {
	case rules.EvAsk:
		return append(f.facts(w), f.words(w, true))
	case rules.EvApprove:
		return append(f.verdicts(w), f.words(w, true))
	case rules.EvRefuse:
		return []slack.Block{f.refusal(w), f.words(w, false)}
	case rules.EvRefer:
		return []slack.Block{textInput("link", w["form.link"], w["form.link_hint"], f.event.Link, 0, true), f.words(w, true)}
	case rules.EvWrite:
		return []slack.Block{f.words(w, false)}
	case rules.EvFixAddress:
		return []slack.Block{textInput("address", w["form.address"], "", f.event.Address, 0, false)}
	}
	return nil
}

// words is the input for what staff write to the customer.
func (f form) words(w words, optional bool) slack.Block {
	hint := w.say("form.text_hint", w.of("language", f.c.Language))
	return textInput("text", w["form.text"], hint, f.event.Text, 5, optional)
}

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

// perItem lists the inputs of the items: one for every item that has none of
// its own, then one by one as far as there is room.
func (f form) perItem(w words, every bool, one func(block, label, hint string, position int) slack.Block) []slack.Block {
	var blocks []slack.Block
	if every && len(f.c.Items) > 1 {
		blocks = append(blocks, one("every", w["form.every"], w["form.every_hint"], 0))
	}
	for _, it := range f.c.Items[:min(len(f.c.Items), listed)] {
		label := w.say("form.item", it.Position, itemName(w, it))
		if it.Serial != "" {
			label += " · " + shorten(line(it.Serial), 40)
		}
		blocks = append(blocks, one(itemBlock(it.Position), label, shorten(line(it.WarrantyWhy), 200), it.Position))
	}
	if len(f.c.Items) > listed {
		blocks = append(blocks, note(plain(w.say("form.many", len(f.c.Items)), maxSection)))
	}
	return blocks
}

func itemBlock(position int) string { return "item." + strconv.Itoa(position) }

// offered are the verdicts that an approval can give the items of a case. Only
// defective goods have a warranty: of others an item may be refused, and is
// accepted when nothing is chosen.
func offered(c rules.Case) (list []rules.Verdict, needed bool) {
	refusals := []rules.Verdict{rules.RefusedCommercial, rules.RefusedTechnical}
	if c.Reason == rules.OrderError || c.Reason == rules.DeliveryError {
		return refusals, false
	}
	return append([]rules.Verdict{rules.InWarranty, rules.OutOfWarranty}, refusals...), true
}

// verdicts are the inputs of approve: a verdict for each item.
func (f form) verdicts(w words) []slack.Block {
	list, needed := offered(f.c)
	return f.perItem(w, needed, func(block, label, hint string, position int) slack.Block {
		var options []*slack.OptionBlockObject
		for _, v := range list {
			options = append(options, option(string(v), w.of("verdict", string(v))))
		}
		e := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, plain(w["form.choose"], maxOption), input, options...)
		if i := slices.Index(list, f.event.Verdicts[position]); i >= 0 {
			e.InitialOption = options[i]
		}
		if !needed {
			hint = w["form.accepted"]
		}
		return inputBlock(block, label, hint, e, !needed || len(f.c.Items) > 1)
	})
}

func itemFacts() []rules.Fact {
	return []rules.Fact{rules.FactManufacturer, rules.FactModel, rules.FactSerial, rules.FactNumber, rules.FactVendorTicket}
}

func wholeFacts() []rules.Fact {
	return []rules.Fact{rules.FactReason, rules.FactFault, rules.FactVendorTicket, rules.FactSupportTicket, rules.FactOrder,
		rules.FactPurchaseDate, rules.FactUnused, rules.FactOrdered, rules.FactSmallerMail}
}

// facts are the inputs of ask: what is asked of the whole case and of each item.
func (f form) facts(w words) []slack.Block {
	whole := f.checkboxes(w, "whole", w["form.whole"], "", wholeFacts(), 0)
	return append([]slack.Block{whole}, f.perItem(w, true, func(block, label, _ string, position int) slack.Block {
		return f.checkboxes(w, block, label, "", itemFacts(), position)
	})...)
}

func (f form) checkboxes(w words, block, label, hint string, facts []rules.Fact, position int) slack.Block {
	var options, ticked []*slack.OptionBlockObject
	for _, fact := range facts {
		o := option(string(fact), w.of("fact", string(fact)))
		options = append(options, o)
		if block != "every" && slices.Contains(f.event.Missing, rules.Missing{Fact: fact, Item: position}) {
			ticked = append(ticked, o)
		}
	}
	e := slack.NewCheckboxGroupsBlockElement(input, options...)
	e.InitialOptions = ticked
	return inputBlock(block, label, hint, e, true)
}

func (f form) refusal(w words) slack.Block {
	options := []*slack.OptionBlockObject{
		option(string(rules.RefusedCommercial), w["form.commercial"]),
		option(string(rules.RefusedTechnical), w["form.technical"]),
	}
	e := slack.NewRadioButtonsBlockElement(input, options...)
	for _, o := range options {
		if o.Value == string(f.event.Refusal) {
			e.InitialOption = o
		}
	}
	return inputBlock("kind", w["form.kind"], "", e, false)
}

// previewBlocks show the mails as the customer will read them.
func previewBlocks(w words, mails []notify.Mail) []slack.Block {
	if len(mails) == 0 {
		return []slack.Block{slack.NewDividerBlock(), markedSection(w["form.no_mail"])}
	}
	title := w["form.mail"]
	if len(mails) > 1 {
		title = w.say("form.mails", len(mails))
	}
	blocks := []slack.Block{slack.NewDividerBlock(), markedSection(title)}
	parts := max(1, min(mailParts, previewMost/len(mails)-2)) // beside the head and the "more" of each
	for _, m := range mails {
		if len(blocks)+parts+2 > previewMost {
			break
		}
		blocks = append(blocks, note(plain(w.say("form.mail_head", line(m.To), line(m.Subject)), maxSection)))
		blocks = append(blocks, textBlocks(w, m.Text, parts)...)
	}
	return blocks
}

// textBlocks spread a text over at most n sections.
func textBlocks(w words, s string, n int) []slack.Block {
	const part = 2000 // leaves room for escapes
	r := []rune(strings.TrimSpace(clean(s)))
	var blocks []slack.Block
	for len(r) > 0 && len(blocks) < n {
		size := min(part, len(r))
		if size < len(r) {
			if i := lastIndex(r[:size], '\n'); i > part/2 {
				size = i + 1
			}
		}
		blocks, r = append(blocks, plainSection(string(r[:size]))), r[size:]
	}
	if len(r) > 0 {
		blocks = append(blocks, note(plain(w.say("form.mail_more", len(r)), maxSection)))
	}
	return blocks
}

func lastIndex(r []rune, c rune) int {
	for i := len(r) - 1; i >= 0; i-- {
		if r[i] == c {
			return i
		}
	}
	return -1
}

// values are what a person filled in: by block_id, then action_id. Untouched
// fields are null.
type values map[string]map[string]struct {
	Value          *string `json:"value"`
	SelectedOption *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	SelectedOptions []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
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

// facts returns those of the offered facts that are ticked.
func (v values) facts(block string, offered []rules.Fact, position int) []rules.Missing {
	var list []rules.Missing
	for _, fact := range offered {
		for _, o := range v[block][input].SelectedOptions {
			if o.Value == string(fact) {
				list = append(list, rules.Missing{Fact: fact, Item: position})
			}
		}
	}
	return list
}

// readForm makes the event of a submitted form. wrong says by block_id what
// must be put right first.
func readForm(w words, kind rules.EventKind, c rules.Case, v values) (e rules.Event, wrong map[string]string) {
	e = rules.Event{Kind: kind, Text: v.text("text")}
	wrong = map[string]string{}
	switch kind {
	case rules.EvAsk:
		if e.Missing = readFacts(c, v); len(e.Missing) == 0 && e.Text == "" {
			wrong["text"] = w["form.missing_fact"]
		}
	case rules.EvApprove:
		e.Verdicts = readVerdicts(w, c, v, wrong)
	case rules.EvRefuse:
		e.Refusal = rules.Verdict(v.choice("kind"))
		if e.Refusal != rules.RefusedCommercial && e.Refusal != rules.RefusedTechnical {
			wrong["kind"] = w["form.missing_kind"]
		}
		if e.Text == "" {
			wrong["text"] = w["form.missing_text"]
		}
	case rules.EvWrite:
		if e.Text == "" {
			wrong["text"] = w["form.missing_text"]
		}
	case rules.EvRefer:
		if e.Link = v.text("link"); e.Link != "" && !isLink(e.Link) {
			wrong["link"] = w["form.bad_link"]
		}
	case rules.EvFixAddress:
		if e.Address = strings.ToLower(v.text("address")); !isAddress(e.Address) {
			wrong["address"] = w["form.bad_address"]
		}
	}
	return e, wrong
}

func readFacts(c rules.Case, v values) []rules.Missing {
	list := v.facts("whole", wholeFacts(), 0)
	for _, it := range c.Items {
		own := v.facts(itemBlock(it.Position), itemFacts(), it.Position)
		if len(own) == 0 {
			own = v.facts("every", itemFacts(), it.Position)
		}
		list = append(list, own...)
	}
	return list
}

func readVerdicts(w words, c rules.Case, v values, wrong map[string]string) map[int]rules.Verdict {
	verdicts, needed := offered(c)
	list := map[int]rules.Verdict{}
	for i, it := range c.Items {
		choice := v.choice(itemBlock(it.Position))
		if choice == "" {
			choice = v.choice("every")
		}
		switch {
		case slices.Contains(verdicts, rules.Verdict(choice)):
			list[it.Position] = rules.Verdict(choice)
		case needed && i < listed:
			wrong[itemBlock(it.Position)] = w["form.missing_kind"]
		case needed:
			wrong["every"] = w["form.missing_kind"]
		}
	}
	return list
}

func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && !strings.ContainsAny(s, " \n<>\"")
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsAny(s, "\r\n")
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
