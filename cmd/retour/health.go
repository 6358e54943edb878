package main

import (
	"context"
	"fmt"
	"time"

	"retour/rules/casebook"
)

// silence is how long something may be out of reach before people are told.
const silence = 5 * time.Minute

// health watches one thing that the desk lives by: nobody notices a desk that is
// deaf or dumb.
type health struct {
	name  string    // of the outage's key
	down  string    // with since when and why
	up    string    // with how long it was
	since time.Time // when it was first found out of reach; zero while all is well
	told  bool
}

// What the desk lives by. Staff read these in their own language too: see the
// sentences of package slackdesk.
func newHealth(name, down, up string) health { return health{name: name, down: down, up: up} }

func healthOfMailbox() health {
	return newHealth("mailbox", "No mail can be read since %s: %s", "The mailbox is read again. It was out of reach for %s.")
}

func healthOfSlack() health {
	return newHealth("slack", "Nothing can be shown in Slack since %s: %s", "Slack takes messages again. It was out of reach for %s; what happened meanwhile is shown now.")
}

func healthOfButtons() health {
	return newHealth("buttons", "Buttons in Slack do nothing since %s: %s", "Buttons in Slack work again. They did nothing for %s.")
}

func healthOfBucket() health {
	return newHealth("bucket", "Raw mails stay in the casebook, which grows; nothing is lost, but older mails may not open. The bucket takes none since %s: %s",
		"The bucket takes raw mails again. It was out of reach for %s; what stayed in the casebook is brought there now.")
}

// look compares with the last look. It returns what people are to be told, under
// a key that is new for each outage: once when it has been out of reach for long,
// and once when it is back. An empty text: nothing.
func (h *health) look(now time.Time, trouble error) (key, text string) {
	switch {
	case trouble == nil && h.told:
		key = fmt.Sprintf("%s/%d/back", h.name, h.since.Unix())
		text = fmt.Sprintf(h.up, now.Sub(h.since).Round(time.Minute))
		h.since, h.told = time.Time{}, false
	case trouble == nil:
		h.since = time.Time{}
	case h.since.IsZero():
		h.since = now
	case !h.told && now.Sub(h.since) > silence:
		h.told = true
		key = fmt.Sprintf("%s/%d", h.name, h.since.Unix())
		text = fmt.Sprintf(h.down, h.since.Format("2 January 15:04 MST"), trouble.Error())
	}
	return key, text
}

// missing is what the desk cannot do its work without, in plain words and without
// secrets; empty: it is ready.
func (a *app) missing(ctx context.Context) (all []string) {
	if _, _, err := a.book.NextDeadline(ctx); err != nil {
		all = append(all, "the casebook cannot be read")
	}
	return append(all, a.lacking()...)
}

// lacking is missing, without a look into the casebook.
func (a *app) lacking() (all []string) {
	add := func(what string, err error) {
		if err != nil {
			all = append(all, discretion{secrets: a.cfg.secrets(), addresses: true}.clean(fmt.Sprintf("%s: %v", what, err)))
		}
	}
	mailbox := a.mailboxNews()
	add("the mailbox cannot be read", trouble(mailbox.Trouble))
	if mailbox.Trouble == "" && mailbox.Read.IsZero() {
		all = append(all, "the mailbox has not been read yet")
	}
	if !a.sending.Load() {
		all = append(all, "nothing is sent: the courier does not run")
	}
	if a.slack.Load() != nil {
		slack := a.slackNews()
		add("Slack takes no messages", trouble(slack.Trouble))
		add("buttons in Slack do nothing", trouble(slack.Buttons))
	}
	if news, _ := a.elsewhere(casebook.PartClock); news.Trouble != "" {
		all = append(all, "nobody looks at the deadlines")
	}
	return all
}

// slackWorks says which parts of Slack work; empty where Slack is off.
func (a *app) slackWorks() map[string]bool {
	if a.slack.Load() == nil {
		return nil
	}
	slack := a.slackNews()
	return map[string]bool{"messages": slack.Trouble == "", "buttons": slack.Buttons == ""}
}
