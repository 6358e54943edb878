package demopage

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/cmd/internal/loopback"
)

// pageData is what the template draws.
type pageData struct {
	state
	Token      string
	Note       note
	Customers  []Customer
	Boxes      []string
	Mails      []mailData
	Draft      draft
	Channel    string
	People     []loopback.Person
	Messages   []loopback.Message // newest first
	Ephemerals []loopback.Ephemeral
	Modal      *loopback.View
	Desk       DeskView
	Outbox     []OutboxRow // what failed first, and not all of it
	OutboxMore int
	Open       int // cases that are not closed
}

type mailData struct {
	Mail
	ID, Who string
}

// draft is what stands in the form when a mail is being answered.
type draft struct {
	From, Subject, Text, InReplyTo string
}

func (p *page) data(ctx context.Context, s state) (pageData, error) {
	desk, err := p.src.Desk(ctx)
	if err != nil {
		return pageData{}, fmt.Errorf("look at the desk: %w", err)
	}
	mails := p.src.Mails()
	slices.SortStableFunc(mails, func(a, b Mail) int { return b.Date.Compare(a.Date) })
	d := pageData{state: s, Token: p.token, Note: p.noteFor(s.As), Customers: p.src.Customers,
		Channel: p.src.Channel, People: p.src.Slack.People(), Desk: desk,
		Messages: p.src.Slack.Messages(p.src.Channel), Ephemerals: p.src.Slack.Ephemerals(s.As)}
	slices.Reverse(d.Messages)
	slices.Reverse(d.Ephemerals)
	if views := p.src.Slack.Views(s.As); len(views) > 0 {
		d.Modal = &views[len(views)-1]
	}
	d.takeMails(mails, p.src.TimeZone)
	d.takeOutbox(desk.Outbox)
	for _, c := range desk.Cases {
		if !c.Closed {
			d.Open++
		}
	}
	return d, nil
}

// takeOutbox keeps what fits: after a flood of mail, dozens of rows wait.
func (d *pageData) takeOutbox(rows []OutboxRow) {
	const most = 6
	d.Outbox = slices.Clone(rows)
	slices.SortStableFunc(d.Outbox, func(a, b OutboxRow) int {
		return cmp.Compare(waits(a), waits(b))
	})
	d.OutboxMore = max(0, len(rows)-most)
	d.Outbox = d.Outbox[:min(most, len(rows))]
}

func waits(r OutboxRow) int {
	if r.Status == "failed" {
		return 0
	}
	return 1
}

func (d *pageData) takeMails(mails []Mail, zone *time.Location) {
	for _, m := range mails {
		id := m.id()
		m.Date = m.Date.In(zone)
		if !slices.Contains(d.Boxes, m.Mailbox) {
			d.Boxes = append(d.Boxes, m.Mailbox)
		}
		if id == d.Reply {
			d.Draft = m.answer()
		}
		if d.Box == "" || d.Box == m.Mailbox {
			d.Mails = append(d.Mails, mailData{m, id, m.who()})
		}
	}
	slices.Sort(d.Boxes)
}

// who is the customer's name as his mail has it, or his address.
func (m Mail) who() string {
	line := m.To
	if m.Sent {
		line = m.From
	}
	if a, err := mail.ParseAddress(line); err == nil && a.Name != "" {
		return a.Name
	}
	return cmp.Or(m.Mailbox, line)
}

// answer is the reply as a mail program would begin it.
func (m Mail) answer() draft {
	subject := m.Subject
	if !strings.HasPrefix(strings.ToLower(subject), "re:") {
		subject = "Re: " + subject
	}
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(m.Text), "\n", "\n> ")
	return draft{From: m.Mailbox, Subject: subject, InReplyTo: m.MessageID,
		Text: "\n\n" + m.Date.Format("On 2 January 2006 at 15:04, ") + m.From + " wrote:\n" + quoted + "\n"}
}

// funcs are the functions of the template, with the desk's clock.
func (p *page) funcs(desk DeskView) template.FuncMap {
	t := texts{now: desk.Clock.In(p.src.TimeZone), names: map[string]string{p.src.Channel: "returns"}}
	for _, person := range p.src.Slack.People() {
		t.names[person.ID] = person.RealName
	}
	return template.FuncMap{
		"mrkdwn": t.mrkdwn,
		"text":   t.text,
		"when":   t.when,
		"person": func(id string) string { return t.names[id] }, // empty for the app
		"posted": func(ts string) string { return t.when(timeOf(ts)) },
		"until":  t.until,
		"clock":  func(c time.Time) string { return c.In(p.src.TimeZone).Format("Mon 2 January 2006, 15:04") },
		"people": p.src.Slack.People,
		"has":    func(list []string, x string) bool { return slices.Contains(list, x) },
		"key":    func(b loopback.Block, e loopback.Element) string { return "v:" + b.BlockID + "/" + e.ActionID },
		"bare":   func(b loopback.Block, e loopback.Element) string { return b.BlockID + "/" + e.ActionID },
		"args":   func(pairs ...any) (map[string]any, error) { return dict(pairs) },
		"inputType": func(e loopback.Element) string {
			return map[string]string{"email_text_input": "email", "url_text_input": "url",
				"number_input": "number", "datepicker": "date"}[e.Type]
		},
		"initials": initials,
	}
}

func dict(pairs []any) (map[string]any, error) {
	m := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("key %v is not a string", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

func initials(name string) string {
	out := ""
	for _, word := range strings.Fields(name) {
		out += string([]rune(word)[:1])
	}
	return strings.ToUpper(out)
}

// timeOf reads a Slack ts.
func timeOf(ts string) time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(n, 0)
}
