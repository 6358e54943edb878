package slackdesk

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
)

// slashCommand is what we read of a slash command. It may come from any channel
// or direct message, so its answer must be for its sender alone.
// https://docs.slack.dev/interactivity/implementing-slash-commands
type slashCommand struct {
	Command     string `json:"command"` // with its slash
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	TriggerID   string `json:"trigger_id"` // opens a modal within three seconds
	ResponseURL string `json:"response_url"`
}

// interaction makes the command what tell, and the opening of a modal, answer.
func (c slashCommand) interaction() interaction {
	in := interaction{Type: "slash_command", TriggerID: c.TriggerID, ResponseURL: c.ResponseURL}
	in.User.ID, in.Team.ID, in.Channel.ID = c.UserID, c.TeamID, c.ChannelID
	return in
}

func (c slashCommand) key() string { return "slack/" + digest("command", c.UserID, c.TriggerID) }

func commandOf(form url.Values) slashCommand {
	return slashCommand{Command: form.Get("command"), Text: form.Get("text"), UserID: form.Get("user_id"), TeamID: form.Get("team_id"),
		ChannelID: form.Get("channel_id"), TriggerID: form.Get("trigger_id"), ResponseURL: form.Get("response_url")}
}

// callback is an event that the app has subscribed to.
// https://docs.slack.dev/apis/events-api#callback-field
type callback struct {
	Type    string          `json:"type"` // event_callback, or url_verification
	TeamID  string          `json:"team_id"`
	EventID string          `json:"event_id"` // the same when it is delivered again
	Event   json.RawMessage `json:"event"`    // its own fields, of which "type" says which

	Challenge string `json:"challenge"` // of url_verification
}

func (e callback) key() string { return "slack/event/" + e.EventID }

// kind is the type of the event itself.
func (e callback) kind() string {
	var inner struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(e.Event, &inner) // without a type nobody handles it
	return inner.Type
}

// command does what a slash command asks for. It has been acknowledged already.
func (d *Desk) command(ctx context.Context, c slashCommand) {
	if c.Command != "/rma" {
		d.log.Warn("slack: a command that is not ours", "command", c.Command)
		return
	}
	d.runCommand(ctx, c.interaction(), c.Text)
}

// event does what an event asks for. On an error Slack is not told that it came
// through, and sends it again (at once, after a minute, after five), so what it
// does must be harmless when done twice: e.key names it.
func (d *Desk) event(ctx context.Context, e callback) error {
	switch e.kind() {
	case "app_home_opened":
		return d.openedHome(e)
	case "message":
		return d.message(ctx, e)
	}
	d.log.Info("slack: an event that nobody asked for", "type", e.kind())
	return nil
}

// takeCommand handles one slash command, after its acknowledgement.
func (d *Desk) takeCommand(c slashCommand) {
	if !d.recent.first(c.key()) {
		d.log.Info("slack: the same command again", "user", c.UserID)
		return
	}
	ctx, cancel := context.WithTimeout(d.hooks.Context, workWithin)
	defer cancel()
	d.command(ctx, c)
}

// errAgain asks Slack to send an event again.
var errAgain = errors.New("not done")

// takeEvent handles one event and says whether it may be acknowledged: in time,
// and only when it is done.
func (d *Desk) takeEvent(e callback) error {
	if e.Type != "event_callback" || d.recent.seen(e.key()) {
		return nil
	}
	ctx, cancel := context.WithTimeout(d.hooks.Context, ackWithin)
	defer cancel()
	if err := d.event(ctx, e); err != nil {
		d.log.Error("slack: an event is not done; Slack sends it again", "type", e.kind(), "event", e.EventID, "err", explained(err))
		return errAgain
	}
	d.recent.first(e.key())
	return nil
}
