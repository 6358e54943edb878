package loopback

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

func (s *Slack) authTest(slackArgs) (slackReply, error) {
	return slackReply{"url": "https://retour.slack.example/", "team": "Retour", "user": "retour",
		"team_id": slackTeam, "user_id": slackBot, "bot_id": slackBotID}, nil
}

// channelOf finds a channel that the bot may know of: by id, or by name where
// Slack lets names through.
func (s *Slack) channelOf(ref string) (*slackChannel, error) {
	if ch, ok := s.channels[ref]; ok {
		return ch, nil
	}
	for _, ch := range s.channels {
		if ch.name == strings.TrimPrefix(ref, "#") {
			return ch, nil
		}
	}
	return nil, refuse("channel_not_found")
}

// content reads text, blocks and metadata of a message.
func (s *Slack) content(args slackArgs) (Message, error) {
	m := Message{Text: slackEscape(args["text"], slackMrkdwn)}
	if raw := args["blocks"]; raw != "" {
		if err := slackStrict([]byte(raw), &m.Blocks); err != nil {
			return m, refuse("invalid_blocks_format", err.Error())
		}
		if errs := checkMessageBlocks(m.Blocks); len(errs) > 0 {
			return m, refuse("invalid_blocks", errs...)
		}
		m.Blocks = storeBlocks(m.Blocks)
	}
	var err error
	m.Metadata, err = readMetadata(args["metadata"])
	return m, err
}

func readMetadata(raw string) (*Metadata, error) {
	if raw == "" {
		return nil, nil
	}
	var m Metadata
	if err := slackStrict([]byte(raw), &m); err != nil {
		return nil, refuse("invalid_metadata_format", err.Error())
	}
	if raw != "{}" && (m.EventType == "" || m.EventPayload == nil) {
		return nil, refuse("invalid_metadata_schema")
	}
	return &m, nil
}

func (s *Slack) postMessage(args slackArgs) (slackReply, error) {
	ch, err := s.channelOf(args["channel"])
	if err != nil {
		return nil, err
	}
	if ch.archived {
		return nil, refuse("is_archived")
	}
	m, err := s.content(args)
	if err != nil {
		return nil, err
	}
	if m.Text == "" && len(m.Blocks) == 0 {
		return nil, refuse("no_text")
	}
	m.Channel, m.User, m.TS = ch.id, slackBot, s.nextTS()
	m.ThreadTS = ch.thread(args["thread_ts"])
	ch.messages = append(ch.messages, &m)
	s.touch()
	return slackReply{"channel": ch.id, "ts": m.TS, "message": m.wire(true)}, nil
}

// thread returns the parent's ts. A reply to a reply goes to the parent's
// thread, and a reply to a deleted message is posted without a thread: so does
// Slack, and without an error.
func (c *slackChannel) thread(ts string) string {
	parent := c.message(ts)
	if parent == nil {
		return ""
	}
	if parent.ThreadTS != "" {
		return parent.ThreadTS
	}
	return parent.TS
}

// own finds a message of the bot that chat.update or chat.delete may touch.
func (s *Slack) own(args slackArgs, denied string) (*slackChannel, *Message, error) {
	ch, ok := s.channels[args["channel"]] // an id, not a name
	if !ok {
		return nil, nil, refuse("channel_not_found")
	}
	m := ch.message(args["ts"])
	switch {
	case m == nil:
		return nil, nil, refuse("message_not_found")
	case ch.archived:
		return nil, nil, refuse("is_inactive")
	case m.User != slackBot:
		return nil, nil, refuse(denied)
	}
	return ch, m, nil
}

func (s *Slack) updateMessage(args slackArgs) (slackReply, error) {
	ch, m, err := s.own(args, "cant_update_message")
	if err != nil {
		return nil, err
	}
	next, err := s.content(args)
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(args["text"]) > 4000 {
		return nil, refuse("msg_too_long")
	}
	if next.Text == "" && len(next.Blocks) == 0 {
		return nil, refuse("no_text")
	}
	if args.has("text") || args.has("blocks") {
		m.Blocks = next.Blocks // text without blocks removes the blocks
	}
	if args.has("text") {
		m.Text = next.Text
	}
	if args["metadata"] == "{}" {
		m.Metadata = nil
	} else if next.Metadata != nil {
		m.Metadata = next.Metadata
	}
	m.Updates++
	s.touch()
	return slackReply{"channel": ch.id, "ts": m.TS, "text": m.Text, "message": m.wire(true)}, nil
}

func (s *Slack) deleteMessage(args slackArgs) (slackReply, error) {
	ch, m, err := s.own(args, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(x *Message) bool { return x == m })
	s.touch()
	return slackReply{"channel": ch.id, "ts": m.TS}, nil
}

func (s *Slack) postEphemeral(args slackArgs) (slackReply, error) {
	ch, err := s.channelOf(args["channel"])
	if err != nil {
		return nil, err
	}
	if !slices.Contains(ch.members, args["user"]) {
		return nil, refuse("user_not_in_channel")
	}
	m, err := s.content(args)
	if err != nil {
		return nil, err
	}
	if m.Text == "" && len(m.Blocks) == 0 {
		return nil, refuse("no_text")
	}
	e := Ephemeral{Channel: ch.id, TS: s.nextTS(), ThreadTS: ch.thread(args["thread_ts"]),
		User: args["user"], Text: m.Text, Blocks: m.Blocks}
	s.ephemerals = append(s.ephemerals, e)
	s.touch()
	return slackReply{"message_ts": e.TS}, nil
}

func (s *Slack) permalink(args slackArgs) (slackReply, error) {
	ch, err := s.channelOf(args["channel"])
	if err != nil {
		return nil, err
	}
	if ch.message(args["message_ts"]) == nil {
		return nil, refuse("message_not_found")
	}
	link := "https://retour.slack.example/archives/" + ch.id + "/p" + strings.ReplaceAll(args["message_ts"], ".", "")
	return slackReply{"channel": ch.id, "permalink": link}, nil
}

func (s *Slack) history(args slackArgs) (slackReply, error) {
	ch, err := s.channelOf(args["channel"])
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(slices.Clone(ch.messages), func(m *Message) bool { return m.ThreadTS != "" })
	slices.Reverse(list) // newest first
	return page(list, args), nil
}

func (s *Slack) repliesOf(args slackArgs) (slackReply, error) {
	ch, err := s.channelOf(args["channel"])
	if err != nil {
		return nil, err
	}
	if ch.message(args["ts"]) == nil {
		return nil, refuse("thread_not_found")
	}
	list := slices.DeleteFunc(slices.Clone(ch.messages), func(m *Message) bool {
		return m.TS != args["ts"] && m.ThreadTS != args["ts"]
	})
	return page(list, args), nil
}

// page cuts a list of messages by oldest, latest, cursor and limit.
func page(list []*Message, args slackArgs) slackReply {
	oldest, latest, inclusive := args["oldest"], args["latest"], args.isTrue("inclusive")
	list = slices.DeleteFunc(list, func(m *Message) bool {
		if inclusive && (m.TS == oldest || m.TS == latest) {
			return false
		}
		return (oldest != "" && m.TS <= oldest) || (latest != "" && m.TS >= latest)
	})
	from, _ := strconv.Atoi(args["cursor"])
	from = min(max(from, 0), len(list))
	limit, err := strconv.Atoi(args["limit"])
	if err != nil || limit < 1 {
		limit = 100
	}
	to := min(from+limit, len(list))
	next := ""
	if to < len(list) {
		next = strconv.Itoa(to)
	}
	out := []map[string]any{}
	for _, m := range list[from:to] {
		out = append(out, m.wire(args.isTrue("include_all_metadata")))
	}
	return slackReply{"messages": out, "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next}}
}

// wire is the message as Slack sends it.
func (m *Message) wire(metadata bool) map[string]any {
	w := map[string]any{"type": "message", "user": m.User, "team": slackTeam, "ts": m.TS, "text": m.Text}
	if m.User == slackBot {
		w["bot_id"], w["app_id"] = slackBotID, slackApp
	}
	if len(m.Files) > 0 {
		files := []map[string]any{}
		for _, f := range m.Files {
			files = append(files, map[string]any{"id": f.ID, "name": f.Name, "title": f.Title, "size": len(f.Data)})
		}
		w["files"] = files
	}
	if len(m.Blocks) > 0 {
		w["blocks"] = m.Blocks
	}
	if m.ThreadTS != "" {
		w["thread_ts"], w["parent_user_id"] = m.ThreadTS, slackBot
	}
	if metadata && m.Metadata != nil {
		w["metadata"] = m.Metadata
	}
	return w
}

func (s *Slack) channelInfo(args slackArgs) (slackReply, error) {
	ch, ok := s.channels[args["channel"]]
	if !ok {
		return nil, refuse("channel_not_found")
	}
	return slackReply{"channel": map[string]any{"id": ch.id, "name": ch.name, "is_channel": true,
		"is_member": slices.Contains(ch.members, slackBot), "is_archived": ch.archived,
		"num_members": len(ch.members), "context_team_id": slackTeam}}, nil
}

func (s *Slack) userInfo(args slackArgs) (slackReply, error) {
	p, ok := s.person(args["user"])
	if !ok {
		return nil, refuse("user_not_found")
	}
	profile := map[string]any{"real_name": p.RealName, "display_name": p.Name}
	if p.Email != "" && slices.Contains(s.opts.Scopes, "users:read.email") {
		profile["email"] = p.Email
	}
	return slackReply{"user": map[string]any{"id": p.ID, "team_id": p.Team, "name": p.Name,
		"real_name": p.RealName, "deleted": p.Deleted, "is_restricted": p.Guest,
		"is_stranger": p.Team != slackTeam, "tz": "Europe/Brussels", "profile": profile}}, nil
}

func (s *Slack) groupUsers(args slackArgs) (slackReply, error) {
	users, ok := s.groups[args["usergroup"]]
	if !ok {
		return nil, refuse("no_such_subteam")
	}
	return slackReply{"users": append([]string{}, users...)}, nil
}

func (s *Slack) connectionsOpen(slackArgs) (slackReply, error) {
	ticket := slackRandom(12)
	s.tickets[ticket] = true
	base := "ws" + strings.TrimSuffix(strings.TrimPrefix(s.URL, "http"), "api/")
	return slackReply{"url": base + "socket/" + ticket}, nil
}
