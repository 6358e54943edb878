package slackdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// Office are the ways from Slack to what is not about one card: lists of cases,
// mails that are held, the loading dock, how the desk is doing.
type Office struct {
	// Find looks for cases by whatever a person typed.
	Find func(ctx context.Context, typed string, offset, limit int) (Listing, error)
	// List lists open cases by their deadline; user is the Slack ID of who asks.
	List func(ctx context.Context, which List, user string, offset, limit int) (Listing, error)
	// Foresee shows what Open would do, and changes nothing. language is the one
	// that the staff read.
	Foresee func(ctx context.Context, h rules.Handmade, language string) (Foreseen, error)
	// Open opens a case by hand. key is the same for a doubled submission.
	Open func(ctx context.Context, h rules.Handmade, key string) (Opened, error)
	// Unload says what a list of scanned units means, and books nothing.
	Unload func(ctx context.Context, text string) (rules.Unloading, error)
	// Held lists the mails that wait for a person, the oldest first, at most so
	// many, and how many there are.
	Held func(ctx context.Context, limit int) ([]notify.Held, int, error)
	// Mail is a mail of the ledger, to be read.
	Mail func(ctx context.Context, ledgerID int64) (notify.WholeMail, error)
	// Settle does what a person decided about a held mail.
	Settle func(ctx context.Context, a rules.HeldAction, key string) (Result, error)
	// Blocked lists whose mails nobody wants.
	Blocked func(ctx context.Context) ([]notify.Blocked, error)
	// Unblock lets a sender in again. held is how many of his mails are put before
	// a person now; was is false where he was not blocked.
	Unblock func(ctx context.Context, sender string, by rules.Actor) (was bool, held int, err error)
	// Health is how mailbox and outbox are doing.
	Health func(ctx context.Context) (notify.Health, error)
}

// List names a list of open cases.
type List string

// The lists.
const (
	ListMine  List = "mine"  // the cases of who asks
	ListLate  List = "late"  // a deadline has passed
	ListQueue List = "queue" // what waits for the desk, but for the cases of who asks
)

// Listing is a page of cases.
type Listing struct {
	Cases []Listed
	By    string // what they were found by: number, unit, reference, customer, words
	Total int    // how many there are in all; of Find 0, nobody counts
	More  bool   // there are others behind these
}

// Listed is a case in a list, with the names of manufacturers, and where its card
// stands.
type Listed struct {
	Case   rules.Case
	Posted notify.Posted
}

// Foreseen is what opening a case by hand would do.
type Foreseen struct {
	Cases   []rules.Case   // with the names of manufacturers
	Preview notify.Preview // the mail that would go out
	Refusal string         // why it cannot be done
}

// Opened is what became of a case that was opened by hand.
type Opened struct {
	Result
	Numbers []string // of the cases
}

// The words that the command begins with, as /rma help lists them.
var verbs = []string{"find", "show", "mine", "late", "open", "receive", "held", "blocked", "help"}

// slackLink is how Slack writes an address or a link that it has recognised.
var slackLink = regexp.MustCompile(`<(?:mailto:|https?://)?([^|>]+)(?:\|[^>]*)?>`)

// runCommand does what was typed behind /rma. Its answers are for who asked
// alone.
func (d *Desk) runCommand(ctx context.Context, in interaction, text string) {
	text = strings.TrimSpace(line(slackLink.ReplaceAllString(text, "$1")))
	verb, rest, _ := strings.Cut(text, " ")
	verb, rest = strings.ToLower(strings.Trim(verb, "`'\"")), strings.TrimSpace(rest)
	switch verb {
	case "open":
		d.window(ctx, in, OpenCase, "", func(context.Context) slack.ModalViewRequest { return d.openForm(handForm{}) })
		return
	case "receive":
		d.window(ctx, in, Action(rules.EvReceive), "", func(context.Context) slack.ModalViewRequest { return d.dockForm(dockForm{text: rest}) })
		return
	}
	who, err := d.staff.admit(ctx, in.caller(), Look, false)
	if err != nil {
		d.tell(ctx, in, d.turnAway(in.caller(), Look, "/rma "+verb, err))
		return
	}
	m, err := d.answerTo(ctx, who, verb, rest, text)
	if err != nil {
		d.log.Error("slack: command", "verb", verb, "user", who.ID, "err", err)
		m = d.privately(d.words["command.trouble"])
	}
	d.answerPrivately(ctx, in, m, false)
}

// answerTo is the answer to a command that opens no window.
func (d *Desk) answerTo(ctx context.Context, who rules.Actor, verb, rest, text string) (message, error) {
	switch verb {
	case "", "help", "?":
		return d.help(""), nil
	case "find":
		return d.found(ctx, rest, 0)
	case "show":
		return d.shown(ctx, rest)
	case "mine", "late":
		return d.listed(ctx, List(verb), who.ID, 0)
	case "held":
		return d.heldList(ctx)
	case "blocked":
		return d.blockedList(ctx)
	}
	if looksWanted(text) {
		return d.found(ctx, text, 0)
	}
	return d.help(text), nil
}

// looksWanted: it is no command but something to look for: a number or an
// address.
func looksWanted(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 3 || strings.Contains(text, "@") || len(rules.GuessNumber(text, 2000)) > 0
}

// help lists the commands. For a word that is none of them it says which was
// probably meant.
func (d *Desk) help(unknown string) message {
	w := d.words
	var blocks []slack.Block
	if unknown != "" {
		blocks = append(blocks, plainSection(w.say("command.unknown", shorten(line(unknown), 60))))
		var buttons []slack.BlockElement
		word, rest, _ := strings.Cut(unknown, " ")
		if verb := nearest(word); verb != "" {
			again := strings.TrimSpace(verb + " " + rest)
			buttons = append(buttons, slack.NewButtonBlockElement("desk.run", first(again, 1000), plain(w.say("command.meant", "/rma "+shorten(again, 40)), maxOption)))
		}
		buttons = append(buttons, slack.NewButtonBlockElement("desk.run.find", first("find "+unknown, 1000), plain(w.say("command.find_it", shorten(line(unknown), 40)), maxOption)))
		blocks = append(blocks, slack.NewActionBlock("", buttons...))
	}
	blocks = append(blocks, markedSection(helpText(w)))
	return message{text: w["command.help"], blocks: blocks}
}

func helpText(w words) string {
	lines := []string{"*" + w["command.help"] + "*"}
	for _, verb := range verbs {
		lines = append(lines, "`/rma "+verb+w.of("command", "args_"+verb)+"` – "+w.of("command", "help_"+verb))
	}
	return strings.Join(lines, "\n")
}

// nearest is the command that a mistyped word most resembles; empty when none
// does.
func nearest(word string) string {
	word = strings.ToLower(word)
	best, least := "", 3
	for _, verb := range verbs {
		if len(word) > 1 && strings.HasPrefix(verb, word) {
			return verb
		}
		if n := rules.EditDistance(word, verb); n < least && n < len(verb) && n < len([]rune(word)) {
			best, least = verb, n
		}
	}
	return best
}

// perPage is how many cases one answer lists: a message takes 50 blocks, and
// nobody reads more.
const perPage = 10

// found lists the cases that a person may mean.
func (d *Desk) found(ctx context.Context, typed string, offset int) (message, error) {
	if typed == "" {
		return d.privately(d.words["command.find_what"]), nil
	}
	l, err := d.hooks.Office.Find(ctx, typed, offset, perPage)
	if err != nil {
		return message{}, err
	}
	shown := shorten(line(typed), 60)
	if len(l.Cases) == 0 {
		return d.privately(d.words.say("command.nothing", shown)), nil
	}
	title := d.words.say("command.found", shown, d.words.of("found", l.By))
	return d.drawList(ctx, title, l, page{"find", typed, offset}), nil
}

// listed lists the cases of one of the lists.
func (d *Desk) listed(ctx context.Context, which List, user string, offset int) (message, error) {
	l, err := d.hooks.Office.List(ctx, which, user, offset, perPage)
	if err != nil {
		return message{}, err
	}
	if l.Total == 0 {
		return d.privately(d.words.of("command", "none_"+string(which))), nil
	}
	l.More = offset+len(l.Cases) < l.Total
	return d.drawList(ctx, fmt.Sprintf(d.words.of("command", "list_"+string(which)), l.Total), l, page{string(which), "", offset}), nil
}

// page is where a list goes on: what is listed, and from which case on.
type page struct {
	list   string // find, or a List
	typed  string
	offset int
}

func (p page) String() string { return fmt.Sprintf("%s/%d/%s", p.list, p.offset, first(p.typed, 1000)) }

func parsePage(s string) (page, bool) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) != 3 {
		return page{}, false
	}
	offset, err := strconv.Atoi(parts[1])
	return page{parts[0], parts[2], offset}, err == nil && offset >= 0 && offset < 1_000_000
}

func (d *Desk) drawList(ctx context.Context, title string, l Listing, at page) message {
	blocks := []slack.Block{plainSection(title)}
	for _, c := range l.Cases {
		blocks = append(blocks, d.row(ctx, c)...)
	}
	var turn []slack.BlockElement
	if at.offset > 0 {
		back := page{at.list, at.typed, max(0, at.offset-perPage)}
		turn = append(turn, slack.NewButtonBlockElement("desk.page.back", back.String(), plain(d.words["command.back"], maxOption)))
	}
	if l.More {
		next := page{at.list, at.typed, at.offset + perPage}
		turn = append(turn, slack.NewButtonBlockElement("desk.page.next", next.String(), plain(d.words["command.next"], maxOption)))
	}
	if len(turn) > 0 {
		blocks = append(blocks, slack.NewActionBlock("", turn...))
	}
	return message{text: cut(title, maxFallback), blocks: blocks}
}

// row is one case in a list: its number leads to its card.
func (d *Desk) row(ctx context.Context, l Listed) []slack.Block {
	w, c := d.words, l.Case
	head := "*" + d.linked(ctx, c.Number, l.Posted) + "* · " + escape(w.of("state", string(c.State)))
	if c.State == rules.Closed {
		head += " · " + escape(w.of("closing", string(c.Closing)))
	} else if !c.Deadline.IsZero() {
		head += w.say("card.until", date(c.Deadline, zoneOf("")))
	}
	if c.Late {
		head += w["card.late"]
	}
	body := joined(person(c.Customer), shorten(unitNames(w, c.Items), 120), ownerOf(w, c))
	button := slack.NewButtonBlockElement("desk.show", c.Number, plain(w["command.show"], maxOption))
	if c.State == rules.New && may(c, rules.EvTakeCharge) {
		button = slack.NewButtonBlockElement(string(rules.EvTakeCharge), target{c.Number, c.Version}.String(), plain(w.action(rules.EvTakeCharge), maxOption))
	}
	return []slack.Block{slack.NewSectionBlock(marked(head), nil, slack.NewAccessory(button)), note(plain(body, 2000))}
}

func ownerOf(w words, c rules.Case) string {
	if c.Owner.ID == "" && c.Owner.Name == "" {
		return ""
	}
	return w.say("card.owner", staffName(c.Owner))
}

// unitNames names the first units of a case in one line.
func unitNames(w words, items []rules.Item) string {
	var list []string
	for _, it := range items[:min(len(items), 3)] {
		list = append(list, strings.TrimSpace(itemName(w, it)+" "+shorten(line(it.Serial), 40)))
	}
	if rest := len(items) - len(list); rest > 0 {
		list = append(list, w.say("card.more", rest))
	}
	return strings.Join(list, ", ")
}

// linked is our own text as a link to a message of ours, where that stands.
func (d *Desk) linked(ctx context.Context, text string, at notify.Posted) string {
	me, err := d.whoami(ctx)
	if at.TS == "" || err != nil || me.URL == "" {
		return escape(text)
	}
	url := strings.TrimSuffix(me.URL, "/") + "/archives/" + at.Channel + "/p" + strings.ReplaceAll(at.TS, ".", "")
	return "<" + escape(url) + "|" + escape(text) + ">"
}

// shown is a case as its card shows it, for one reader.
func (d *Desk) shown(ctx context.Context, typed string) (message, error) {
	if typed == "" {
		return d.privately(d.words["command.show_what"]), nil
	}
	l, err := d.hooks.Office.Find(ctx, typed, 0, 2)
	if err != nil {
		return message{}, err
	}
	if len(l.Cases) != 1 || l.More {
		return d.found(ctx, typed, 0)
	}
	v, err := d.hooks.View(ctx, l.Cases[0].Case.Number)
	if err != nil {
		return message{}, err
	}
	return message{text: cardText(d.words, v.Named()), blocks: d.privateCard(ctx, v)}, nil
}

// privateCard is the card without its buttons, which would go stale here, and
// with a link to where they are.
func (d *Desk) privateCard(ctx context.Context, v notify.CardView) []slack.Block {
	blocks := slices.DeleteFunc(drawCard(d.words, v).blocks, func(b slack.Block) bool { return b.BlockType() == slack.MBTAction })
	if v.Posted.TS != "" {
		blocks = append(blocks, note(marked(d.linked(ctx, d.words["command.to_card"], v.Posted))))
	}
	return blocks
}

// blockedList lists whose mails nobody wants, each with the button that undoes it.
func (d *Desk) blockedList(ctx context.Context) (message, error) {
	list, err := d.hooks.Office.Blocked(ctx)
	if err != nil {
		return message{}, err
	}
	if len(list) == 0 {
		return d.privately(d.words["command.none_blocked"]), nil
	}
	w := d.words
	title := w.say("command.blocked", len(list))
	blocks := []slack.Block{plainSection(title)}
	const most = 40
	for _, b := range list[:min(len(list), most)] {
		sender := shorten(line(b.Sender), addressLen)
		button := slack.NewButtonBlockElement("desk.unblock", b.Sender, plain(w["command.unblock"], maxOption))
		button.Confirm = slack.NewConfirmationBlockObject(plain(w["confirm.title"], 100), plain(w.say("command.unblock_sure", shorten(sender, 100)), 300),
			plain(w["confirm.yes"], 30), plain(w["confirm.no"], 30))
		who := w.say("command.blocked_by", staffName(b.By), b.Mails)
		blocks = append(blocks, slack.NewSectionBlock(plain(sender+" · "+who, maxSection), nil, slack.NewAccessory(button)))
	}
	if rest := len(list) - most; rest > 0 {
		blocks = append(blocks, note(plain(w.say("command.and_more", rest), maxSection)))
	}
	return message{text: cut(title, maxFallback), blocks: blocks}, nil
}

// heldList lists the mails that wait for a person.
func (d *Desk) heldList(ctx context.Context) (message, error) {
	list, total, err := d.hooks.Office.Held(ctx, perPage)
	if err != nil {
		return message{}, err
	}
	if total == 0 {
		return d.privately(d.words["command.none_held"]), nil
	}
	title := d.words.say("home.held", total)
	return message{text: cut(title, maxFallback), blocks: append([]slack.Block{plainSection(title)}, heldRows(d.words, list, total)...)}, nil
}

// privately is an answer of one sentence.
func (d *Desk) privately(text string) message {
	return message{text: cut(text, maxFallback), blocks: []slack.Block{plainSection(text)}}
}

// answerPrivately answers so that only the person sees it. With replace it takes the place
// of the answer whose button was pressed.
func (d *Desk) answerPrivately(ctx context.Context, in interaction, m message, replace bool) {
	if in.ResponseURL != "" {
		body, err := json.Marshal(map[string]any{"response_type": "ephemeral", "replace_original": replace, "text": m.text, "blocks": m.blocks})
		if err == nil {
			err = d.postTo(ctx, in.ResponseURL, body)
		}
		if err == nil {
			return
		}
		d.log.Warn("slack: answer privately", "user", in.User.ID, "err", err)
	}
	channel := in.Channel.ID
	if channel == "" {
		channel = d.cfg.Channel
	}
	_, err := d.api.PostEphemeralContext(ctx, channel, in.User.ID, slack.MsgOptionText(m.text, false), slack.MsgOptionBlocks(m.blocks...))
	if err != nil {
		d.log.Warn("slack: tell privately", "user", in.User.ID, "err", explained(err))
	}
}
