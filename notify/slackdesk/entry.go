package slackdesk

import (
	"strings"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// drawEntry draws one line of a case's history for the thread of its card.
func drawEntry(w words, v notify.CardView, e notify.Entry) message {
	head := happened(w, e)
	if e.From != e.To && e.To != "" {
		head += " · " + change(w, e.From, e.To)
	}
	blocks := []slack.Block{note(marked(date(e.At, zoneOf(v.Working))), plain(head, maxSection))}
	if why := shorten(line(e.Why), 1000); why != "" && !onlySaid(e) {
		blocks = append(blocks, plainSection(why))
	}
	excerpt, _ := notify.Excerpt(e.Text)
	if text := shorten(excerpt, notify.ThreadText); text != "" {
		blocks = append(blocks, plainSection(w.say("card.fault", text)))
	}
	if told := toldList(w, e.Told); told != "" {
		key := "entry.told"
		if v.Case.Shadow {
			key = "entry.untold"
		}
		blocks = append(blocks, note(plain(w.say(key, told), maxSection)))
	}
	return message{text: cut(v.Case.Number+": "+head+because(e), maxFallback), blocks: append(blocks, replyTo(w, v, e)...)}
}

// replyTo is what stands under a customer's mail: where the rest of it is, and
// the button that answers it.
func replyTo(w words, v notify.CardView, e notify.Entry) []slack.Block {
	if e.Actor.Kind != rules.ByCustomer || e.Text == "" || e.Event == rules.EvNote {
		return nil
	}
	var blocks []slack.Block
	if _, cut := notify.Excerpt(e.Text); cut {
		blocks = append(blocks, note(plain(w["entry.whole"], maxSection)))
	}
	return append(blocks, slack.NewActionBlock("reply", button(w, rules.EvWrite, target{number: v.Case.Number})))
}

// pageMore is how a unit stands, on the line of what it is: of the warranty only
// until when, since the card and the history say why.
func pageMore(w words, it rules.Item, reason rules.Reason) string {
	if until, _, ok := strings.Cut(it.WarrantyWhy, ":"); ok {
		it.WarrantyWhy = strings.TrimSpace(until)
	}
	more := itemMore(w, it, reason)
	if more == "" {
		return ""
	}
	return " · " + strings.ReplaceAll(more, "\n", " · ")
}

// drawPage draws one page of the list of a case's units, a unit a line.
func drawPage(w words, v notify.CardView, page int) message {
	c := v.Named()
	title := w.say("entry.list", len(c.Items), c.Number)
	list := c.Items[min(page*notify.PageItems, len(c.Items)):min((page+1)*notify.PageItems, len(c.Items))]
	blocks := []slack.Block{note(plain(title, maxSection))}
	var text strings.Builder
	for _, it := range list {
		text.WriteString(shorten(line(itemHead(w, it)+pageMore(w, it, c.Reason)), 300) + "\n")
	}
	for _, part := range sections(strings.TrimSpace(text.String()), shadowSection, shadowSections) {
		blocks = append(blocks, plainSection(part))
	}
	return message{text: cut(title, maxFallback), blocks: blocks}
}

func change(w words, from, to rules.State) string {
	if from == "" {
		return w.of("state", string(to))
	}
	return w.say("entry.changed", w.of("state", string(from)), w.of("state", string(to)))
}

func toldList(w words, notices []string) string {
	var list []string
	for _, n := range notices {
		list = append(list, w.of("notice", n))
	}
	return shorten(line(strings.Join(list, ", ")), 500)
}

// A kept-back mail is shown in sections of so many characters (Slack takes 3000,
// escapes counted), and so many of them.
const (
	shadowSection  = 2000
	shadowSections = 10
)

// drawShadow draws a mail that shadow mode keeps back, as it would have gone out.
func drawShadow(w words, v notify.CardView, m notify.Mail) message {
	head := w.say("shadow.head", shorten(line(m.To), addressLen), shorten(line(m.Subject), 300))
	blocks := []slack.Block{
		markedSection(w["shadow.title"]),
		plainSection(head),
	}
	for _, part := range sections(clean(m.Text), shadowSection, shadowSections) {
		blocks = append(blocks, plainSection(part))
	}
	return message{text: cut(v.Case.Number+": "+w["shadow.plain"], maxFallback), blocks: blocks}
}

// sections parts a text between its lines, each part about n characters, and
// says where it goes on beyond the last.
func sections(text string, n, most int) []string {
	var parts []string
	var part strings.Builder
	for l := range strings.Lines(text) {
		if part.Len() > 0 && part.Len()+len(l) > n {
			parts = append(parts, part.String())
			part.Reset()
		}
		if len(parts) == most {
			parts[most-1] += "…"
			return parts
		}
		part.WriteString(l)
	}
	return append(parts, part.String())
}

// drawAlert draws one line about the desk itself.
func drawAlert(text string) message {
	text = shorten(line(text), 1500)
	return message{text: cut(text, maxFallback), blocks: []slack.Block{plainSection(text)}}
}
