package loopback

import (
	"fmt"
	"slices"
)

// Say is a person who writes into a channel, or into the thread of a message;
// the app hears of it as an event. It returns where the message stands.
func (s *Slack) Say(user, channel, thread, text string) (ts string, d Delivery, err error) {
	s.mu.Lock()
	ch, ok := s.channels[channel]
	if !ok || ch.archived || !slices.Contains(ch.members, user) {
		s.mu.Unlock()
		return "", d, fmt.Errorf("%s cannot write into %s", user, channel)
	}
	m := &Message{Channel: channel, User: user, TS: s.nextTS(), Text: slackEscape(text, slackMrkdwn), ThreadTS: ch.thread(thread)}
	ch.messages = append(ch.messages, m)
	event := s.messageEvent(m, "")
	event["client_msg_id"] = slackRandom(16)
	for k, v := range s.saidBy(m) {
		event[k] = v
	}
	payload := s.callback(event)
	s.touch()
	s.mu.Unlock()
	return m.TS, s.deliver("events_api", payload), nil
}

// Edit is a person who changes a message of his.
func (s *Slack) Edit(user, channel, ts, text string) (Delivery, error) {
	return s.change(user, channel, ts, "message_changed", func(ch *slackChannel, m *Message, event map[string]any) {
		event["previous_message"] = s.saidBy(m)
		m.Text = slackEscape(text, slackMrkdwn)
		now := s.saidBy(m)
		now["edited"] = map[string]any{"user": user, "ts": event["ts"]}
		event["message"] = now
	})
}

// Retract is a person who deletes a message of his.
func (s *Slack) Retract(user, channel, ts string) (Delivery, error) {
	return s.change(user, channel, ts, "message_deleted", func(ch *slackChannel, m *Message, event map[string]any) {
		event["previous_message"], event["deleted_ts"] = s.saidBy(m), m.TS
		ch.messages = slices.DeleteFunc(ch.messages, func(x *Message) bool { return x == m })
	})
}

func (s *Slack) change(user, channel, ts, subtype string, how func(*slackChannel, *Message, map[string]any)) (Delivery, error) {
	s.mu.Lock()
	ch, ok := s.channels[channel]
	if !ok || ch.message(ts) == nil || ch.message(ts).User != user {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("%s has no message %s in %s", user, ts, channel)
	}
	m := ch.message(ts)
	event := s.messageEvent(m, subtype)
	event["ts"], event["hidden"] = s.nextTS(), true
	how(ch, m, event)
	payload := s.callback(event)
	s.touch()
	s.mu.Unlock()
	return s.deliver("events_api", payload), nil
}

// messageEvent is what is common to the message events:
// https://docs.slack.dev/reference/events/message
func (s *Slack) messageEvent(m *Message, subtype string) map[string]any {
	event := map[string]any{"type": "message", "channel": m.Channel, "channel_type": "channel", "event_ts": m.TS}
	if subtype != "" {
		event["subtype"] = subtype
	}
	return event
}

// saidBy is a person's message within an event.
func (s *Slack) saidBy(m *Message) map[string]any {
	p, _ := s.person(m.User)
	said := map[string]any{"type": "message", "user": m.User, "team": p.Team, "text": m.Text, "ts": m.TS}
	if p.Team != slackTeam {
		said["user_team"], said["source_team"] = p.Team, p.Team
	}
	if m.ThreadTS != "" {
		said["thread_ts"], said["parent_user_id"] = m.ThreadTS, slackBot
	}
	return said
}

// callback wraps an event as the Events API delivers it.
func (s *Slack) callback(event map[string]any) map[string]any {
	return map[string]any{"type": "event_callback", "team_id": slackTeam, "api_app_id": slackApp,
		"event_id": "Ev" + slackRandom(5), "event_time": s.opts.Now().Unix(), "event": event}
}
