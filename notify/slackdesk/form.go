package slackdesk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

const (
	listed = 60 // units that a form lists one by one
	input  = "v"
)

// The callback_ids of the views without a form.
const (
	toldID = "told"
	waitID = "wait"
)

// form is a modal for a staff event: what it asks for follows from the event
// and the case. It holds no more than the window does, so that each submission
// is read anew.
type form struct {
	kind    rules.EventKind
	v       notify.CardView
	c       rules.Case // of v, with the names of manufacturers
	w       words
	said    sentences // of the rules, in the language of w
	now     time.Time
	by      string          // who fills it in, a Slack user
	entered values          // what he has entered; nil: the form opens
	letter  string          // what he wrote in place of the mail; empty: nothing
	event   rules.Event     // what is filled in
	remark  string          // what he is told above the form
	preview *notify.Preview // what would happen; nil: not shown yet
}

func (d *Desk) newForm(kind rules.EventKind, v notify.CardView, by string) *form {
	return &form{kind: kind, v: v, c: v.Named(), w: d.words, said: d.said, now: d.hooks.Now(), by: by}
}

// hasForm says whether an event has a form: every event of the staff has one.
func hasForm(kind rules.EventKind) bool { return slices.Contains(rules.StaffEvents(), kind) }

// field is a part of a form: how it is drawn, and what is read of it.
type field struct {
	draw func(f *form) []slack.Block
	read func(a *answers)
}

// answers is what was read of a form.
type answers struct {
	values
	f     *form
	e     *rules.Event
	wrong map[string]string // by block_id: what must be put right first
}

func (a *answers) fault(block, text string) {
	if _, already := a.wrong[block]; !already {
		a.wrong[block] = text
	}
}

// open fills the form in with what is known. It reports whether that is enough
// to go on with.
func (f *form) open() (complete bool) {
	initial := initialValues(f.inputs())
	_, wrong := f.read(initial)
	f.entered, f.letter = nil, ""
	return len(wrong) == 0
}

// read takes in what was entered.
func (f *form) read(v values) (event rules.Event, wrong map[string]string) {
	f.entered = v
	f.event = rules.Event{Kind: f.kind}
	a := &answers{values: v, f: f, e: &f.event, wrong: map[string]string{}}
	for _, part := range f.fields() {
		if part.read != nil {
			part.read(a)
		}
	}
	f.letter = a.letter()
	f.event.Mail = f.letter
	return f.event, a.wrong
}

func (f *form) inputs() []slack.Block {
	var blocks []slack.Block
	for _, part := range f.fields() {
		blocks = append(blocks, part.draw(f)...)
	}
	return blocks
}

// has says whether the form has an input with this block_id, where an error can
// be shown.
func (f *form) has(block string) bool {
	return slices.ContainsFunc(f.inputs(), func(b slack.Block) bool {
		in, ok := b.(*slack.InputBlock)
		return ok && in.BlockID == block
	})
}

// carried is what a modal carries from its opening to its submission. Slack
// shows it to clients, so it is checked and never trusted.
type carried struct {
	target target
	shown  string // digest of what was filled in when the mail was shown; empty: none was
	seen   string // names that mail, as notify.Mail.Seen does
	body   string // digest of its words, before anybody rewrote them
}

func (c carried) String() string {
	return strings.Join([]string{c.target.String(), c.shown, c.seen, c.body}, "/")
}

func parseCarried(s string) (carried, bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 5 {
		return carried{}, false
	}
	t, ok := parseTarget(parts[0] + "/" + parts[1])
	return carried{t, parts[2], parts[3], parts[4]}, ok
}

// digest names what is filled in, so that only what was shown is done. What he
// writes in place of the mail does not count: he sees it as he writes it.
func (f *form) digest() string {
	e := f.event
	e.Actor, e.Mail = rules.Actor{}, ""
	b, err := json.Marshal(e)
	if err != nil {
		return "" // never: an event is plain data
	}
	return digest(string(b))
}

// formView draws the modal.
func (d *Desk) formView(f *form) slack.ModalViewRequest {
	w := f.w
	var blocks []slack.Block
	if f.remark != "" {
		blocks = append(blocks, plainSection("⚠ "+f.remark))
	}
	blocks = append(blocks, note(plain(f.c.Number+" · "+person(f.c.Customer), maxSection)))
	blocks = append(blocks, f.inputs()...)
	c := carried{target: target{f.c.Number, f.c.Version}}
	submit := "modal.preview"
	if p := f.preview; p != nil {
		blocks = append(blocks, f.previewBlocks()...)
		c.shown, submit = f.digest(), "modal.do"
		if p.Mail != nil {
			c.seen, c.body, submit = p.Mail.Seen(), folded(p.Body), "modal.send"
		}
		if p.Second != "" {
			submit = "modal.ask_second"
		}
	}
	view := d.view("modal."+string(f.kind), string(f.kind), blocks)
	view.Close, view.Submit = plain(w["modal.cancel"], 24), plain(w[submit], 24)
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

// keptView tells that nothing can be done, and gives back what the person had
// written.
func (d *Desk) keptView(entered values, message string) slack.ModalViewRequest {
	view := d.toldView("modal.told", message)
	var blocks []slack.Block
	for _, s := range entered.written() {
		blocks = append(blocks, textBlocks(d.words, s, 2)...)
	}
	if len(blocks) > 0 {
		view.Blocks.BlockSet = slices.Concat(view.Blocks.BlockSet, []slack.Block{markedSection(d.words["form.written"])}, blocks[:min(len(blocks), 40)])
	}
	return view
}

// written are the texts of more than a word that were entered, the mail first.
func (v values) written() []string {
	var list []string
	if letter := (&answers{values: v}).letter(); letter != "" {
		list = append(list, letter)
	}
	for _, block := range slices.Sorted(maps.Keys(v)) {
		if s := v.text(block); strings.Contains(s, " ") && !strings.HasPrefix(block, "mail.") {
			list = append(list, s)
		}
	}
	return list
}

// was is what stands in a text field: what was entered, else what is known.
func (f *form) was(block, known string) string {
	if f.entered != nil {
		return f.entered.text(block)
	}
	return known
}

func itemBlock(position int) string { return fmt.Sprintf("item.%d", position) }

// perItem lists the inputs of units: one for every unit that has none of its
// own, then one by one as far as there is room.
func (f *form) perItem(items []rules.Item, every bool, one func(block, label, hint string, it rules.Item) slack.Block) []slack.Block {
	var blocks []slack.Block
	if every && len(items) > 1 {
		blocks = append(blocks, one("every", f.w["form.every"], f.w["form.every_hint"], rules.Item{}))
	}
	for _, it := range items[:min(len(items), listed)] {
		blocks = append(blocks, one(itemBlock(it.Position), f.itemLabel(it), shorten(line(it.WarrantyWhy), 200), it))
	}
	if len(items) > listed {
		blocks = append(blocks, note(plain(f.w.say("form.many", len(items)), maxSection)))
	}
	return blocks
}

// itemLabel names a unit as cards do.
func (f *form) itemLabel(it rules.Item) string {
	label := f.w.say("form.item", it.Position, itemName(f.w, it))
	if it.Serial != "" {
		label += " · " + shorten(line(it.Serial), 40)
	}
	return label
}

// units are those of the case that a form is about.
func (f *form) units(which func(rules.Item) bool) []rules.Item {
	var list []rules.Item
	for _, it := range f.c.Items {
		if which(it) {
			list = append(list, it)
		}
	}
	return list
}

func anyUnit(rules.Item) bool     { return true }
func hereUnit(it rules.Item) bool { return it.Received && it.Resolution == "" }
func awayUnit(it rules.Item) bool { return !it.AtVendor.IsZero() }

// stillHere are the units that lie on the desk's own shelf.
func stillHere(it rules.Item) bool { return hereUnit(it) && !awayUnit(it) }

// notYetHere are the units that can still arrive.
func notYetHere(it rules.Item) bool { return it.Resolution == "" }
