package slackdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"retour/rules"
)

// messageEvent is a message event of the Events API.
// https://docs.slack.dev/reference/events/message
type messageEvent struct {
	spoken
	Subtype  string  `json:"subtype"`
	Channel  string  `json:"channel"`
	Message  *spoken `json:"message"`          // message_changed: as it is now
	Previous *spoken `json:"previous_message"` // message_changed, message_deleted: as it was
}

// spoken is one message of a channel.
type spoken struct {
	User     string `json:"user"`
	UserTeam string `json:"user_team"`
	Team     string `json:"team"`
	BotID    string `json:"bot_id"`
	AppID    string `json:"app_id"`
	Text     string `json:"text"`
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Edited   struct {
		TS string `json:"ts"`
	} `json:"edited"`
	Files []struct {
		Name string `json:"name"`
	} `json:"files"`
}

// remark is a person's own message in the thread of a card, or what became of
// one.
type remark struct {
	spoken
	channel string
	team    string // of the payload
	key     string // the same for the same words, however often they come
	changed bool   // it was there before, with other words
	gone    bool   // it was deleted
}

// message takes in what somebody wrote in the channel: in the thread of a card
// it is a note, and in that of several cards a note of the case that it names. An error says that Slack should deliver it again.
func (d *Desk) message(ctx context.Context, e callback) error {
	var m messageEvent
	if err := json.Unmarshal(e.Event, &m); err != nil {
		d.log.Warn("slack: a message that cannot be read", "event", e.EventID, "err", err)
		return nil
	}
	if r, ok := remarkOf(m); ok && r.channel == d.cfg.Channel {
		r.team = e.TeamID
		return d.remark(ctx, r)
	}
	return nil
}

// remarkOf reads a message of the thread of another message: new, changed or
// deleted, and of a person. All else is nobody's note.
func remarkOf(m messageEvent) (remark, bool) {
	r := remark{spoken: m.spoken, channel: m.Channel}
	r.key = "slack/said/" + r.channel + "/" + r.TS
	switch m.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	case "message_changed":
		now, was := m.Message, m.Previous
		if now == nil || was == nil || now.Text == was.Text { // Slack unfurls links and counts replies so too
			return r, false
		}
		r.spoken, r.changed = *now, true
		r.key = "slack/said/" + r.channel + "/" + r.TS + "/" + r.Edited.TS
	case "message_deleted":
		if m.Previous == nil {
			return r, false
		}
		r.spoken, r.gone = *m.Previous, true
	default:
		return r, false
	}
	person := r.User != "" && r.BotID == "" && r.AppID == ""
	return r, person && r.ThreadTS != "" && r.ThreadTS != r.TS
}

// remark makes a note of what a person wrote into the thread of a card.
func (d *Desk) remark(ctx context.Context, r remark) error {
	if me, err := d.whoami(ctx); err != nil || me.UserID == r.User {
		return err
	}
	numbers, err := d.hooks.CasesAt(ctx, r.channel, r.ThreadTS)
	if err != nil || len(numbers) == 0 {
		return err // not the thread of a card
	}
	number, ok := meant(numbers, r.Text)
	if !ok {
		if !r.gone {
			d.whisper(ctx, r, d.words["told.which_case"])
		}
		return nil
	}
	if r.gone {
		d.whisper(ctx, r, d.words.say("told.note_stays", number))
		return nil
	}
	actor, err := d.staff.admit(ctx, r.caller(), Action(rules.EvNote), false)
	if err != nil {
		d.whisper(ctx, r, d.words.say("told.no_note", number, d.turnAway(r.caller(), Action(rules.EvNote), number, err)))
		return nil
	}
	text := d.remarkText(ctx, r)
	if text == "" {
		return nil
	}
	result, err := d.noted(ctx, number, rules.Event{Kind: rules.EvNote, Actor: actor, Text: text}, r)
	if err != nil {
		return fmt.Errorf("note on %s: %w", number, err)
	}
	if !result.Done {
		d.whisper(ctx, r, d.words.say("told.no_note", number, result.Message))
		return nil
	}
	if !r.changed { // that one is marked already
		d.acknowledge(ctx, r)
	}
	return nil
}

// meant is the case that a message in the thread of several is about: the one
// that it names.
func meant(numbers []string, text string) (string, bool) {
	if len(numbers) == 1 {
		return numbers[0], true
	}
	named := slices.DeleteFunc(rules.FindNumber(text), func(n string) bool { return !slices.Contains(numbers, n) })
	if len(named) != 1 {
		return "", false
	}
	return named[0], true
}

// tries is how often a note is made anew that another event overtook.
const tries = 5

// noted makes the note of the case as it is now.
func (d *Desk) noted(ctx context.Context, number string, e rules.Event, r remark) (Result, error) {
	var result Result
	for range tries {
		v, err := d.hooks.View(ctx, number)
		if err != nil {
			return result, err
		}
		click := rules.Click{Number: number, Version: v.Case.Version, Event: e, Channel: r.channel, TS: r.TS}
		if result, err = d.hooks.Click(ctx, click, r.key); err != nil || result.Done {
			return result, err
		}
		if now, err := d.hooks.View(ctx, number); err != nil || now.Case.Version == v.Case.Version {
			return result, err
		}
	}
	return result, nil
}

func (r remark) caller() caller {
	return caller{user: r.User, team: r.team, userTeam: or(r.UserTeam, r.Team)}
}

// whisper tells the writer something in the thread that nobody else sees.
func (d *Desk) whisper(ctx context.Context, r remark, message string) {
	_, err := d.api.PostEphemeralContext(ctx, r.channel, r.User, slack.MsgOptionTS(r.ThreadTS),
		slack.MsgOptionText(cut(message, maxFallback), false), slack.MsgOptionBlocks(plainSection(message)))
	if err != nil {
		d.log.Warn("slack: tell privately", "user", r.User, "err", explained(err))
	}
}

// noteTaken is the emoji that marks a message as taken.
const noteTaken = "memo"

// acknowledge marks the message, so that its writer sees that the desk has it.
func (d *Desk) acknowledge(ctx context.Context, r remark) {
	err := d.api.AddReactionContext(ctx, noteTaken, slack.NewRefToMessage(r.channel, r.TS))
	if err != nil && code(err) != "already_reacted" {
		d.log.Warn("slack: mark a note", "user", r.User, "err", explained(err))
	}
}

const noteMost = 4000 // characters of a note

// remarkText is what a person wrote, as he sees it.
func (d *Desk) remarkText(ctx context.Context, r remark) string {
	text := shorten(d.readable(ctx, r.Text), noteMost)
	var files []string
	for _, f := range r.Files {
		files = append(files, shorten(line(f.Name), 100))
	}
	if len(files) > 0 {
		text = strings.TrimSpace(text + "\n[" + strings.Join(files, ", ") + "]")
	}
	return text
}

var angled = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)

// readable turns Slack's form of a text into what a reader sees: names for
// mentions, addresses for links.
// https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
func (d *Desk) readable(ctx context.Context, text string) string {
	text = angled.ReplaceAllStringFunc(text, func(s string) string {
		m := angled.FindStringSubmatch(s)
		sign, id, label := m[1], m[2], m[3]
		switch {
		case sign == "@":
			return "@" + or(label, d.nameOf(ctx, id))
		case sign == "#":
			return "#" + or(label, id)
		case sign == "!":
			return or(label, "@"+strings.TrimPrefix(id, "subteam^"))
		case label == "" || label == strings.TrimPrefix(id, "mailto:"):
			return strings.TrimPrefix(id, "mailto:")
		}
		return label + " (" + id + ")"
	})
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

func (d *Desk) nameOf(ctx context.Context, id string) string {
	user, err := d.staff.people.of(ctx, id, true)
	if err != nil {
		return id
	}
	return displayName(user)
}
