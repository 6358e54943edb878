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

// event is what we read of an Events API payload.
// https://docs.slack.dev/apis/events-api#callback-field
type event struct {
	Type    string `json:"type"` // event_callback
	TeamID  string `json:"team_id"`
	EventID string `json:"event_id"`
	Event   struct {
		Type string `json:"type"`
		said
		Subtype  string `json:"subtype"`
		Channel  string `json:"channel"`
		Deleted  string `json:"deleted_ts"`
		Message  *said  `json:"message"`          // message_changed: as it is now
		Previous *said  `json:"previous_message"` // message_changed, message_deleted: as it was
	} `json:"event"`
}

// said is one message of a channel.
// https://docs.slack.dev/reference/events/message
type said struct {
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
	said
	channel string
	team    string // of the payload
	key     string // the same for the same words, however often they come
	gone    bool   // it was deleted
}

// happening handles an event of the Events API. An error says that Slack should
// deliver it again.
func (d *Desk) happening(ctx context.Context, raw []byte) error {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		d.log.Warn("slack: an event that cannot be read", "err", err)
		return nil
	}
	if e.Type != "event_callback" || e.Event.Type != "message" {
		return nil
	}
	r, ok := remarkOf(e)
	if !ok || r.channel != d.cfg.Channel {
		return nil
	}
	if !d.recent.first("event/" + e.EventID) {
		return nil
	}
	err := d.remark(ctx, r)
	if err != nil {
		d.recent.forget("event/" + e.EventID)
		d.log.Error("slack: a message in a thread", "user", r.User, "err", explained(err))
	}
	return err
}

// eventually is happening with the time that a payload gets.
func (d *Desk) eventually(raw []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), workWithin)
	defer cancel()
	return d.happening(ctx, raw)
}

// remarkOf reads a message of the thread of another message: new, changed or
// deleted, and of a person. All else is nobody's note.
func remarkOf(e event) (remark, bool) {
	r := remark{said: e.Event.said, channel: e.Event.Channel, team: e.TeamID}
	r.key = "slack/said/" + r.channel + "/" + r.TS
	switch e.Event.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	case "message_changed":
		now, was := e.Event.Message, e.Event.Previous
		if now == nil || was == nil || now.Text == was.Text { // Slack unfurls links and counts replies so too
			return r, false
		}
		r.said = *now
		r.key = "slack/said/" + r.channel + "/" + r.TS + "/" + r.Edited.TS
	case "message_deleted":
		if e.Event.Previous == nil {
			return r, false
		}
		r.said, r.gone = *e.Event.Previous, true
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
	number, ok, err := d.hooks.CaseAt(ctx, r.channel, r.ThreadTS)
	if err != nil || !ok {
		return err // not the thread of a card
	}
	in := r.interaction()
	if r.gone {
		d.whisper(ctx, r, d.words.say("told.note_stays", number))
		return nil
	}
	actor, err := d.staff.admit(ctx, in, false)
	if err != nil {
		d.whisper(ctx, r, d.words.say("told.no_note", number, d.turnAway(in, rules.EvNote, target{number: number}, err)))
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
	d.acknowledge(ctx, r)
	return nil
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

// interaction is the message as what may be admitted.
func (r remark) interaction() interaction {
	in := interaction{Type: "message"}
	in.Team.ID, in.User.ID, in.Channel.ID = r.team, r.User, r.channel
	in.User.TeamID = or(r.UserTeam, r.Team)
	return in
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
	user, err := d.staff.user(ctx, id, true)
	if err != nil {
		return id
	}
	return displayName(user)
}

// forget lets a payload be taken once more.
func (r *recent) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.seen, key)
	r.old = slices.DeleteFunc(r.old, func(k string) bool { return k == key })
}
