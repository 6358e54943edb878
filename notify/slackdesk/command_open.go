package slackdesk

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"retour/rules"
)

// handForm is the form of a case that is opened by hand.
type handForm struct {
	hand   rules.Handmade // its Mail: what the person wrote in place of the mail
	seen   *Foreseen      // what it would do; nil: not shown yet
	remark string
}

// handShown is what the form remembers of what it showed.
type handShown struct {
	digest  string
	body    string   // names the words of the mail, as the desk composed them
	numbers []string // of the cases
}

func (f handForm) shown() handShown {
	s := handShown{digest: f.digest(), body: folded(f.seen.Preview.Body)}
	for _, c := range f.seen.Cases {
		s.numbers = append(s.numbers, c.Number)
	}
	return s
}

func (s handShown) String() string {
	return strings.Join(append([]string{s.digest, s.body}, s.numbers...), " ")
}

// parseHandShown is the zero handShown where nothing was shown yet.
func parseHandShown(metadata string) handShown {
	parts := strings.Fields(metadata)
	if len(parts) < 2 {
		return handShown{}
	}
	return handShown{parts[0], parts[1], parts[2:]}
}

// digest names what was entered and the mail that was shown for it. The number
// in the mail may have been given to somebody else meanwhile; nothing else.
func (f handForm) digest() string {
	h := f.hand
	text := ""
	if m := f.seen.Preview.Mail; m != nil {
		text = caseNumber.ReplaceAllString(m.Subject+m.Text, "#")
	}
	return digest(h.Customer.Address, h.Customer.Name, h.Language, string(h.Reason), h.Units, h.Text, strconv.FormatBool(h.Tell), text)
}

var caseNumber = regexp.MustCompile(`RMA-\d\d-\d+-\d`)

// openForm draws the form.
func (d *Desk) openForm(f handForm) slack.ModalViewRequest {
	w, h := d.words, f.hand
	address := slack.NewEmailTextInputBlockElement(nil, input)
	address.InitialValue = h.Customer.Address
	var blocks []slack.Block
	if f.remark != "" {
		blocks = append(blocks, plainSection(f.remark))
	}
	blocks = append(blocks,
		inputBlock("address", w["open.address"], "", address, false),
		textInput("name", w["open.name"], "", h.Customer.Name, 0, true),
		choiceInput("language", w["open.language"], w["open.language_hint"], w["form.choose"], languageOptions(w), h.Language),
		textInput("units", w["open.units"], w["open.units_hint"], h.Units, 4, true),
		choiceInput("reason", w["open.reason"], "", w["form.choose"], reasonOptions(w), string(h.Reason)),
		textInput("text", w["open.text"], w["open.text_hint"], h.Text, 5, true),
		tellInput(w, h.Tell || f.seen == nil))
	submit, shown := "modal.preview", ""
	if f.seen != nil {
		blocks = append(blocks, foreseenBlocks(w, *f.seen, h.Mail)...)
		submit, shown = "window.open_it", f.shown().String()
	}
	view := d.view("window.open", "desk.open", blocks)
	view.Submit, view.Close, view.PrivateMetadata = plain(w[submit], 24), plain(w["modal.cancel"], 24), shown
	return view
}

// foreseenBlocks say which cases are opened, and what the customer gets.
func foreseenBlocks(w words, s Foreseen, letter string) []slack.Block {
	blocks := []slack.Block{slack.NewDividerBlock()}
	for _, c := range s.Cases[:min(len(s.Cases), 10)] {
		lines := []string{joined(w.of("state", string(c.State)), w.of("reason", string(c.Reason)), unitNames(w, c.Items))}
		if missing := missingList(w, c.Missing); missing != "" {
			lines = append(lines, w.say("card.missing", missing))
		}
		blocks = append(blocks, plainSection(strings.Join(lines, "\n")))
		blocks = append(blocks, proposal(w, c)...)
	}
	if s.Preview.Mail == nil {
		return append(blocks, markedSection(w["form.no_mail"]))
	}
	return append(blocks, mailBlocks(w, "open.mail", s.Preview, letter)...)
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
func tellInput(w words, tell bool) slack.Block {
	options := []*slack.OptionBlockObject{option("yes", w["open.tell_yes"]), option("no", w["open.tell_no"])}
	e := slack.NewRadioButtonsBlockElement(input, options...)
	e.InitialOption = options[0]
	if !tell {
		e.InitialOption = options[1]
	}
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
		view := d.openForm(handForm{hand: h})
		return reply{errors: wrong, view: &view}
	}
	h.By = who
	shown := parseHandShown(in.View.PrivateMetadata)
	if letter := (&answers{values: in.View.State.Values}).letter(); h.Tell && letter != "" && folded(letter) != shown.body {
		h.Mail = letter
		if len(shown.numbers) > 0 {
			h.Number = shown.numbers[0]
		}
	}
	if r, ok := d.foreseeHand(ctx, h, shown, firstPiece(in.View.State.Values)); !ok {
		return r
	}
	o, err := d.hooks.Office.Open(ctx, h, in.once())
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

// foreseeHand shows what would be done, unless that was what the person saw
// already. piece is the input in which his own words for the mail begin.
func (d *Desk) foreseeHand(ctx context.Context, h rules.Handmade, shown handShown, piece string) (r reply, ok bool) {
	s, err := d.hooks.Office.Foresee(ctx, h, d.cfg.Language)
	f := handForm{hand: h, seen: &s}
	switch {
	case err != nil:
		d.log.Error("slack: preview of a case by hand", "user", h.By.ID, "err", err)
		return d.told(d.words["told.no_preview"]), false
	case s.Refusal != "" && s.Preview.Mail != nil && piece != "":
		view := d.openForm(f)
		return reply{errors: map[string]string{piece: s.Refusal}, view: &view}, false
	case s.Refusal != "":
		return d.told(s.Refusal), false
	}
	now := f.shown()
	if shown.digest == now.digest && (h.Mail == "" || slices.Equal(shown.numbers, now.numbers)) {
		return reply{}, true
	}
	f.hand.Mail = renumbered(h.Mail, shown.numbers, now.numbers)
	if shown.digest != "" {
		f.remark = d.words["form.changed"]
	}
	view := d.openForm(f)
	return reply{view: &view}, false
}

// renumbered puts the numbers that the cases would get now into a text that was
// written for others.
func renumbered(text string, was, now []string) string {
	var pairs []string
	for i := range min(len(was), len(now)) {
		pairs = append(pairs, was[i], now[i])
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
