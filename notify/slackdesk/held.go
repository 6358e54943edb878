package slackdesk

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// heldText is how much of a held mail its card shows; the rest is a button away.
const heldText = 500

// drawHeld draws a mail that waits for a person, and once it does not any more,
// what became of it.
func drawHeld(w words, h notify.Held) message {
	from, subject := shorten(line(h.From), 320), shorten(line(h.Subject), 300)
	title := w["held.title"]
	if h.Settled != nil {
		title = w["held.done_title"]
	}
	lines := []string{w.say("held.from", from), w.say("held.subject", subject), w.say("held.why", shorten(line(h.Why), 500))}
	blocks := []slack.Block{markedSection(title), plainSection(strings.Join(lines, "\n"))}
	if text := shorten(h.Text, heldText); text != "" && h.Settled == nil {
		blocks = append(blocks, note(plain(w.say("card.fault", text), maxSection)))
	}
	if !h.Received.IsZero() {
		blocks = append(blocks, note(marked(date(h.Received, zoneOf("UTC")))))
	}
	switch {
	case h.Settled != nil:
		blocks = append(blocks, note(marked(date(h.Settled.At, zoneOf("UTC"))), plain(settledText(w, *h.Settled), maxSection)))
	case h.Shadow:
		blocks = append(blocks, markedSection(w["card.shadow"]), slack.NewActionBlock("held.read", heldButton(w, "read", h.LedgerID)))
	default:
		blocks = append(blocks, heldButtons(w, h))
	}
	text := cut(w.say("fallback.held", fmt.Sprintf("%s, %s", from, subject)), maxFallback)
	if h.Settled != nil {
		text = cut(settledText(w, *h.Settled)+" – "+subject, maxFallback)
	}
	return message{text: text, blocks: blocks}
}

// settledText says who made what of the mail.
func settledText(w words, s rules.Settled) string {
	who := staffName(s.By)
	switch s.Do {
	case rules.HeldCase, rules.HeldJoin:
		return fmt.Sprintf(w.of("held", "done_"+string(s.Do)), who, s.Number)
	case rules.HeldBlock:
		return w.say("held.done_block", who, shorten(line(s.Sender), addressLen))
	}
	return w.say("held.done_dismiss", who)
}

// heldButtons are what can be made of a held mail; of one that names no sender
// no case.
func heldButtons(w words, h notify.Held) slack.Block {
	var list []slack.BlockElement
	if h.From != "" {
		b := heldButton(w, "case", h.LedgerID)
		b.Style = slack.StylePrimary
		list = append(list, b)
	}
	list = append(list, heldButton(w, "join", h.LedgerID), heldButton(w, "dismiss", h.LedgerID), heldButton(w, "read", h.LedgerID))
	if h.From != "" {
		b := heldButton(w, "block", h.LedgerID)
		b.Style = slack.StyleDanger
		list = append(list, b)
	}
	return slack.NewActionBlock(fmt.Sprintf("held.%d", h.LedgerID), list...)
}

func heldButton(w words, do string, id int64) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement("held."+do, strconv.FormatInt(id, 10), plain(w.of("held", "button_"+do), maxOption))
}

// heldRows are held mails in a list, each with its buttons.
func heldRows(w words, list []notify.Held, total int) []slack.Block {
	var blocks []slack.Block
	for _, h := range list {
		text := joined(shorten(line(h.From), 320), shorten(line(h.Subject), 200)) + "\n" + w.say("held.why", shorten(line(h.Why), 300))
		blocks = append(blocks, plainSection(text))
		if !h.Received.IsZero() {
			blocks = append(blocks, note(marked(date(h.Received, zoneOf("UTC")))))
		}
		blocks = append(blocks, heldButtons(w, h))
	}
	if rest := total - len(list); rest > 0 {
		blocks = append(blocks, note(plain(w.say("command.and_more", rest), maxSection)))
	}
	return blocks
}

// heldClicked handles a button of a held mail.
func (d *Desk) heldClicked(ctx context.Context, in interaction, action, value string) {
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		d.log.Warn("slack: a button that is not ours", "user", in.User.ID, "action", action)
		d.tell(ctx, in, d.words["told.unreadable"])
		return
	}
	about := "held mail " + value
	switch action {
	case "held.read":
		d.window(ctx, in, Look, about, func(ctx context.Context) slack.ModalViewRequest { return d.mailView(ctx, id) })
	case "held.join":
		d.window(ctx, in, JudgeHeld, about, func(ctx context.Context) slack.ModalViewRequest { return d.joinForm(ctx, id, "") })
	case "held.block":
		d.window(ctx, in, BlockSender, about, func(ctx context.Context) slack.ModalViewRequest { return d.blockForm(ctx, id) })
	case "held.case", "held.dismiss":
		d.settleHeld(ctx, in, rules.HeldAction{LedgerID: id, Do: rules.HeldDo(strings.TrimPrefix(action, "held."))})
	default:
		d.tell(ctx, in, d.words["told.unreadable"])
	}
}

// settleHeld does what a button says. That it is done the redrawn card shows.
func (d *Desk) settleHeld(ctx context.Context, in interaction, a rules.HeldAction) {
	who, err := d.staff.admit(ctx, in.caller(), JudgeHeld, false)
	if err != nil {
		d.tell(ctx, in, d.turnAway(in.caller(), JudgeHeld, fmt.Sprintf("held mail %d", a.LedgerID), err))
		return
	}
	a.By = who
	result, err := d.hooks.Office.Settle(ctx, a, in.once())
	if err != nil {
		d.log.Error("slack: held mail", "ledger", a.LedgerID, "do", a.Do, "err", err)
		result.Message = d.words["told.trouble"]
	}
	d.tell(ctx, in, result.Message)
}

// mailView is a whole mail, to be read.
func (d *Desk) mailView(ctx context.Context, id int64) slack.ModalViewRequest {
	m, err := d.hooks.Office.Mail(ctx, id)
	if err != nil {
		d.log.Error("slack: read a mail", "ledger", id, "err", err)
		return d.toldView("modal.told", d.words["told.trouble"])
	}
	w := d.words
	head := strings.Join([]string{w.say("held.from", shorten(line(m.From), 400)), w.say("held.to", shorten(line(m.To), 400)), w.say("held.subject", shorten(line(m.Subject), 400))}, "\n")
	blocks := []slack.Block{plainSection(head)}
	if !m.Date.IsZero() {
		blocks = append(blocks, note(marked(date(m.Date, zoneOf("UTC")))))
	}
	if m.Cut {
		blocks = append(blocks, plainSection(w["held.cut"]))
	}
	if len(m.Attachments) > 0 {
		blocks = append(blocks, note(plain(w.say("held.attachments", shorten(line(strings.Join(m.Attachments, ", ")), 1500)), maxSection)))
	}
	blocks = append(blocks, slack.NewDividerBlock())
	const sections = 60 // a window takes 100 blocks and 250 kB
	return d.view("window.mail", toldID, append(blocks, textBlocks(w, m.Text, sections)...))
}

// aboutMail is a line that says which mail a form is about.
func (d *Desk) aboutMail(ctx context.Context, id int64) (notify.WholeMail, slack.Block, error) {
	m, err := d.hooks.Office.Mail(ctx, id)
	return m, note(plain(joined(shorten(line(m.From), 300), shorten(line(m.Subject), 300)), maxSection)), err
}

func (d *Desk) joinForm(ctx context.Context, id int64, written string) slack.ModalViewRequest {
	_, about, err := d.aboutMail(ctx, id)
	if err != nil {
		d.log.Error("slack: read a mail", "ledger", id, "err", err)
		return d.toldView("modal.told", d.words["told.trouble"])
	}
	w := d.words
	view := d.view("window.join", "held.join", []slack.Block{about, textInput("number", w["held.number"], w["held.number_hint"], written, 0, false)})
	view.Submit, view.Close, view.PrivateMetadata = plain(w["window.join_it"], 24), plain(w["modal.cancel"], 24), strconv.FormatInt(id, 10)
	return view
}

func (d *Desk) joinSubmitted(ctx context.Context, in interaction, who rules.Actor) reply {
	number := in.View.State.Values.text("number")
	return d.settleForm(ctx, in, "number", rules.HeldAction{Do: rules.HeldJoin, Number: number, By: who})
}

// settleForm does what a form says about a held mail; what is refused stands at
// the input.
func (d *Desk) settleForm(ctx context.Context, in interaction, block string, a rules.HeldAction) reply {
	id, err := strconv.ParseInt(in.View.PrivateMetadata, 10, 64)
	if err != nil {
		return d.told(d.words["told.unreadable"])
	}
	a.LedgerID = id
	result, err := d.hooks.Office.Settle(ctx, a, in.once())
	switch {
	case err != nil:
		d.log.Error("slack: held mail", "ledger", id, "do", a.Do, "err", err)
		return d.told(d.words["told.trouble"])
	case !result.Done:
		view := d.toldView("modal.told", result.Message)
		return reply{errors: map[string]string{block: shorten(result.Message, 300)}, view: &view}
	}
	return reply{}
}

func (d *Desk) blockForm(ctx context.Context, id int64) slack.ModalViewRequest {
	held, about, err := d.aboutMail(ctx, id)
	if err != nil {
		d.log.Error("slack: read a mail", "ledger", id, "err", err)
		return d.toldView("modal.told", d.words["told.trouble"])
	}
	w := d.words
	_, domain, _ := strings.Cut(held.Sender, "@")
	options := []*slack.OptionBlockObject{
		option("address", w.say("held.block_address", shorten(line(held.Sender), 45))),
		option("domain", w.say("held.block_domain", shorten(line(domain), 45))),
	}
	e := slack.NewRadioButtonsBlockElement(input, options...)
	e.InitialOption = options[0]
	view := d.view("window.block", "held.block", []slack.Block{about, plainSection(w["held.block_what"]), inputBlock("what", w["held.block_whom"], "", e, false)})
	view.Submit, view.Close, view.PrivateMetadata = plain(w["window.block_it"], 24), plain(w["modal.cancel"], 24), strconv.FormatInt(id, 10)
	return view
}

func (d *Desk) blockSubmitted(ctx context.Context, in interaction, who rules.Actor) reply {
	whole := in.View.State.Values.choice("what") == "domain"
	return d.settleForm(ctx, in, "what", rules.HeldAction{Do: rules.HeldBlock, Domain: whole, By: who})
}
