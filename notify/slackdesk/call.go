package slackdesk

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"retour/notify"
)

// call mentions in a case's thread who must look at it, unless the staff have
// acted since. The owner is called first; the group when he does nothing, and at
// once where there is none or he may not act any more.
func (d *Desk) call(ctx context.Context, del notify.Delivery) (notify.Posted, error) {
	v := *del.Card
	owner := d.owner(ctx, v)
	if v.Answered(del.Entry.ID) || del.Text == notify.CallGroup && owner == "" {
		return notify.Posted{}, nil // the first call was for the group already
	}
	return d.thread(ctx, v, drawCall(d.words, v, *del.Entry, owner, d.called(del.Text, owner)), "call/"+digest(del.Key), del.Attempt > 1)
}

// owner is the user ID of who owns a case, empty where nobody does who may act.
func (d *Desk) owner(ctx context.Context, v notify.CardView) string {
	id := v.Case.Owner.ID
	if id == "" {
		return ""
	}
	if user, err := d.staff.people.of(ctx, id, true); err == nil && member(user) != nil || definite(err) {
		return ""
	}
	return id
}

// called are the IDs of who is mentioned.
func (d *Desk) called(whom, owner string) []string {
	switch {
	case whom == notify.CallOwner && owner != "":
		return []string{owner}
	case len(d.cfg.Escalate) > 0:
		return d.cfg.Escalate
	case len(d.cfg.Groups) > 0:
		return d.cfg.Groups
	}
	return d.cfg.Users
}

// drawCall draws a call. The mentions are the only mark-up in it.
func drawCall(w words, v notify.CardView, e notify.Entry, owner string, called []string) message {
	who := mentions(called)
	text := w.say("call.nobody", who)
	switch {
	case len(called) == 1 && called[0] == owner:
		text = w.say("call.owner", who)
	case owner != "":
		text = w.say("call.group", who)
	}
	blocks := []slack.Block{markedSection(text)}
	if why := shorten(line(e.Why), 1000); why != "" {
		blocks = append(blocks, plainSection(why))
	}
	return message{text: cut(w.say("fallback.call", v.Case.Number)+because(e), maxFallback), blocks: blocks}
}

// mentions names users and user groups so that Slack notifies them.
func mentions(ids []string) string {
	var list []string
	for _, id := range ids {
		if isGroup(id) {
			list = append(list, "<!subteam^"+id+">")
		} else {
			list = append(list, "<@"+id+">")
		}
	}
	return strings.Join(list, " ")
}
