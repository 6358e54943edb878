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
	called, now := d.called(del.Text, owner), d.now()
	b := d.callsOf(called)
	crowded := b.crowded(now)
	if crowded {
		if _, err := d.rollup(ctx, b, now); err != nil {
			return notify.Posted{}, err
		}
	}
	m := d.drawCall(v, *del.Entry, owner, called, crowded)
	posted, err := d.thread(ctx, v, m, "call/"+digest(del.Key), del.Attempt > 1)
	if err != nil {
		return posted, err
	}
	if b.arrived(now); crowded {
		d.enroll(b, now, rollupLine{d.cardAt(v), v.Case.Number, person(v.Case.Customer)})
	}
	return posted, nil
}

// callsOf counts the calls of somebody: after a weekend many cases may be late at
// once, and he is mentioned once for those beyond the first few.
func (d *Desk) callsOf(called []string) *burst {
	who := mentions(called)
	if d.calls[who] == nil {
		d.calls[who] = &burst{most: d.cfg.Burst, kind: "calls", draw: func(r rollup) message {
			count := max(r.count, 1)
			blocks := append([]slack.Block{markedSection(d.words.say("call.many", who, count))}, d.drawLines(r)...)
			return message{text: d.words.say("fallback.calls", count), blocks: blocks}
		}}
	}
	return d.calls[who]
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

// drawCall draws a call. In a crowd of calls it mentions nobody: the roll-up does.
func (d *Desk) drawCall(v notify.CardView, e notify.Entry, owner string, called []string, crowded bool) message {
	w, who := d.words, mentions(called)
	if crowded {
		who = ":bell:"
	}
	text := w.say("call.nobody", who)
	switch {
	case len(called) == 1 && called[0] == owner:
		text = w.say("call.owner", who)
	case owner != "":
		text = w.say("call.group", who)
	}
	blocks := []slack.Block{markedSection(text)}
	if at := d.cardAt(v); at.Thread != "" { // among others
		blocks = append(blocks, note(marked(d.link(at, v.Case.Number))))
	}
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
