package loopback

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Press says which element a person presses or changes. Block may be empty
// where Action is unique; Values are the values of the options chosen, or the
// date or the person; a button needs none.
type Press struct {
	Block, Action string
	Values        []string
}

// Click presses an element of a message, or of an ephemeral one that the
// person sees, and waits for the app's acknowledgement.
func (s *Slack) Click(user, channel, ts string, p Press) (Delivery, error) {
	s.mu.Lock()
	payload, err := s.messageAction(user, channel, ts, p)
	s.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("click %s: %w", p.Action, err)
	}
	return s.deliver("interactive", payload), nil
}

// Replay sends the click of a person whose client still shows an older card:
// the element need not be there any more.
func (s *Slack) Replay(user, channel, ts string, block string, e Element) (Delivery, error) {
	s.mu.Lock()
	ch := s.channels[channel]
	if ch == nil || ch.message(ts) == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("replay %s: no message %s in %s", e.ActionID, ts, channel)
	}
	payload := s.interaction("block_actions", user)
	s.onMessage(payload, ch, ch.message(ts), user)
	payload["actions"] = []any{s.action(field{&Block{BlockID: block}, &e}, nil)}
	s.mu.Unlock()
	return s.deliver("interactive", payload), nil
}

func (s *Slack) messageAction(user, channel, ts string, p Press) (map[string]any, error) {
	ch := s.channels[channel]
	if ch == nil {
		return nil, fmt.Errorf("no channel %s", channel)
	}
	payload := s.interaction("block_actions", user)
	var blocks []Block
	if m := ch.message(ts); m != nil {
		blocks = m.Blocks
		s.onMessage(payload, ch, m, user)
	} else if e := s.ephemeral(user, ts); e != nil {
		blocks = e.Blocks
		s.onEphemeral(payload, ch, e)
	} else {
		return nil, fmt.Errorf("no message %s in %s", ts, channel)
	}
	f, err := findField(blocks, p)
	if err != nil {
		return nil, err
	}
	payload["actions"] = []any{s.action(f, p.Values)}
	return payload, nil
}

func (s *Slack) onMessage(payload map[string]any, ch *slackChannel, m *Message, user string) {
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": ch.id, "is_ephemeral": false}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload["container"] = container
	payload["channel"] = map[string]any{"id": ch.id, "name": ch.name}
	payload["message"] = m.wire(false)
	payload["state"] = map[string]any{"values": stateOf(m.Blocks, nil)}
	payload["response_url"] = s.newResponseURL(slackResponseURL{channel: ch.id, user: user, ts: m.TS})
}

func (s *Slack) onEphemeral(payload map[string]any, ch *slackChannel, e *Ephemeral) {
	payload["container"] = map[string]any{"type": "message", "message_ts": e.TS, "channel_id": ch.id, "is_ephemeral": true}
	payload["channel"] = map[string]any{"id": ch.id, "name": ch.name}
	payload["state"] = map[string]any{"values": stateOf(e.Blocks, nil)}
	payload["response_url"] = s.newResponseURL(slackResponseURL{channel: ch.id, user: e.User, ts: e.TS})
}

func (s *Slack) ephemeral(user, ts string) *Ephemeral {
	for i := range s.ephemerals {
		if e := &s.ephemerals[i]; e.User == user && e.TS == ts {
			return e
		}
	}
	return nil
}

// interaction is what all payloads have in common.
func (s *Slack) interaction(kind, user string) map[string]any {
	p, ok := s.person(user)
	if !ok {
		p = Person{ID: user, Name: user, Team: slackTeam}
	}
	return map[string]any{"type": kind, "trigger_id": s.newTrigger(user), "api_app_id": slackApp,
		"token": "deprecated", "is_enterprise_install": false,
		"user": map[string]any{"id": p.ID, "username": p.Name, "name": p.Name, "team_id": p.Team},
		"team": map[string]any{"id": slackTeam, "domain": "retour"}}
}

// action is the one entry of "actions".
func (s *Slack) action(f field, values []string) map[string]any {
	a := map[string]any{"type": f.element.Type}
	if f.element.Type == "button" {
		a["text"] = f.element.Text
		if f.element.Value != "" {
			a["value"] = f.element.Value
		}
	} else {
		a = f.element.state(values)
	}
	a["block_id"], a["action_id"], a["action_ts"] = f.block.BlockID, f.element.ActionID, s.nextTS()
	return a
}

func findField(blocks []Block, p Press) (field, error) {
	var have []string
	for _, f := range fieldsOf(blocks) {
		if f.element.ActionID == p.Action && (p.Block == "" || f.block.BlockID == p.Block) {
			if !f.sanePick(p.Values) {
				return field{}, fmt.Errorf("no option %q", p.Values)
			}
			return f, nil
		}
		have = append(have, f.key())
	}
	return field{}, fmt.Errorf("not there; there are: %s", strings.Join(have, ", "))
}

// top finds the view that a person acts on: the topmost modal, or his Home
// tab. The caller holds mu.
func (s *Slack) top(user, viewID string) (*View, error) {
	v, ok := s.views[viewID]
	if !ok || v.User != user {
		return nil, fmt.Errorf("%s has no view %s open", user, viewID)
	}
	if stack := s.stacks[user]; v.Type == "modal" && stack[len(stack)-1] != viewID {
		return nil, fmt.Errorf("view %s is not on top", viewID)
	}
	return v, nil
}

// ViewAction presses an element of a view. values is what the person has
// entered so far; nil leaves it as it is.
func (s *Slack) ViewAction(user, viewID string, p Press, values url.Values) (Delivery, error) {
	s.mu.Lock()
	payload, err := s.viewAction(user, viewID, p, values)
	s.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("click %s: %w", p.Action, err)
	}
	return s.deliver("interactive", payload), nil
}

func (s *Slack) viewAction(user, viewID string, p Press, values url.Values) (map[string]any, error) {
	v, err := s.top(user, viewID)
	if err != nil {
		return nil, err
	}
	f, err := findField(v.Blocks, p)
	if err != nil {
		return nil, err
	}
	if err := v.enter(values); err != nil {
		return nil, err
	}
	if f.element.holdsValue() {
		v.Values[f.key()] = p.Values
	}
	payload := s.interaction("block_actions", user)
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"] = v.wire()
	payload["actions"] = []any{s.action(f, p.Values)}
	s.touch()
	return payload, nil
}

// enter takes what a person filled in, keyed by "block_id/action_id", or by
// block_id, action_id or label where these are unique.
func (v *View) enter(values url.Values) error {
	if v.Values == nil {
		v.Values = url.Values{}
	}
	for key, given := range values {
		i := slices.IndexFunc(fieldsOf(v.Blocks), func(f field) bool { return f.named(key) })
		if i < 0 {
			return fmt.Errorf("no input %q in this view", key)
		}
		f := fieldsOf(v.Blocks)[i]
		given = slices.DeleteFunc(slices.Clone(given), func(x string) bool { return x == "" })
		if !f.sanePick(given) {
			return fmt.Errorf("input %q has no option %q", key, given)
		}
		v.Values[f.key()] = given
	}
	return nil
}

func (f field) named(key string) bool {
	if !f.element.holdsValue() {
		return false
	}
	label := f.block.Label
	return key == f.key() || key == f.block.BlockID || key == f.element.ActionID || (label != nil && key == label.Text)
}

// Submit fills in a modal and presses its button. The app's errors, or those
// of Slack's own client, stand in the Delivery and in the view.
func (s *Slack) Submit(user, viewID string, values url.Values) (Delivery, error) {
	s.mu.Lock()
	payload, invalid, err := s.submission(user, viewID, values)
	s.mu.Unlock()
	if err != nil {
		return Delivery{}, fmt.Errorf("submit: %w", err)
	}
	if len(invalid) > 0 {
		return Delivery{Status: Invalid, Errors: invalid, Sees: "some fields need another look"}, nil
	}
	d := s.deliver("interactive", payload)
	if d.Status == Acked {
		s.answerToSubmission(&d, user, viewID)
	}
	return d, nil
}

func (s *Slack) submission(user, viewID string, values url.Values) (payload map[string]any, invalid map[string]string, err error) {
	v, err := s.top(user, viewID)
	if err != nil {
		return nil, nil, err
	}
	if err := v.enter(values); err != nil {
		return nil, nil, err
	}
	v.Errors = v.invalid()
	s.touch()
	payload = s.interaction("view_submission", user)
	payload["view"], payload["response_urls"] = v.wire(), []any{}
	return payload, v.Errors, nil
}

// invalid is what Slack's client checks before it sends a form.
func (v *View) invalid() map[string]string {
	errs := map[string]string{}
	for _, f := range fieldsOf(v.Blocks) {
		if f.block.Type != "input" {
			continue
		}
		given, ok := v.Values[f.key()]
		if !ok {
			given = f.element.Initial()
		}
		if why := f.wrong(given); why != "" {
			errs[f.block.BlockID] = why
		}
	}
	return errs
}

var (
	slackAddress = regexp.MustCompile(`^[^\s@]+@[^\s@]+\.[^\s@]+$`)
	slackNumber  = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	slackURL     = regexp.MustCompile(`^https?://[^\s/]+`)
)

func (f field) wrong(given []string) string {
	if len(given) == 0 {
		if f.block.Optional {
			return ""
		}
		return "Please complete this required field."
	}
	n := utf8.RuneCountInString(given[0])
	switch f.element.Type {
	case "plain_text_input":
		if most := f.element.MaxLength; n > 3000 || (most > 0 && n > most) {
			return "This is too long."
		}
		if n < f.element.MinLength {
			return "This is too short."
		}
	case "email_text_input":
		if !slackAddress.MatchString(given[0]) {
			return "Please enter an email address."
		}
	case "url_text_input":
		if !slackURL.MatchString(given[0]) {
			return "Please enter a URL."
		}
	case "number_input":
		if !slackNumber.MatchString(given[0]) {
			return "Please enter a number."
		}
	case "datepicker":
		if _, err := time.Parse(time.DateOnly, given[0]); err != nil {
			return "Please enter a date."
		}
	}
	return ""
}

// answerToSubmission does what the app's response_action says.
func (s *Slack) answerToSubmission(d *Delivery, user, viewID string) {
	err := s.applyAnswer(d, user, viewID)
	if err == nil {
		return
	}
	s.refused("view_submission", err)
	d.Status, d.Sees = Trouble, "We had some trouble connecting. Try again?"
}

func (s *Slack) applyAnswer(d *Delivery, user, viewID string) error {
	var a struct {
		ResponseAction string            `json:"response_action"`
		Errors         map[string]string `json:"errors"`
		View           json.RawMessage   `json:"view"`
	}
	if len(d.Payload) > 0 && string(d.Payload) != "null" {
		if err := json.Unmarshal(d.Payload, &a); err != nil {
			return refuse("invalid_answer", err.Error())
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.views[viewID]
	if !ok {
		return nil // closed meanwhile
	}
	switch a.ResponseAction {
	case "":
		s.pop(v)
	case "clear":
		s.closeViews(user)
	case "errors":
		if err := v.takeErrors(a.Errors); err != nil {
			return err
		}
		d.Errors = a.Errors
		s.touch()
	case "update", "push":
		return s.answerWithView(v, a.ResponseAction, string(a.View))
	default:
		return refuse("unknown_response_action", a.ResponseAction)
	}
	return nil
}

// takeErrors shows the app's errors; each must stand at an input block.
func (v *View) takeErrors(errs map[string]string) error {
	if len(errs) == 0 {
		return refuse("errors_without_errors")
	}
	for id, text := range errs {
		input := slices.ContainsFunc(v.Blocks, func(b Block) bool { return b.BlockID == id && b.Type == "input" })
		if !input || text == "" {
			return refuse("errors_need_input_block", id)
		}
	}
	v.Errors = errs
	return nil
}

func (s *Slack) answerWithView(v *View, how, raw string) error {
	next, err := readView(raw, "modal")
	if err != nil {
		return err
	}
	if how == "update" {
		s.redraw(v, next)
		return nil
	}
	if err := s.mayPush(v.User); err != nil {
		return err
	}
	s.push(v.User, next)
	return nil
}

// pop closes one modal; what lay under it is seen again.
func (s *Slack) pop(v *View) {
	delete(s.views, v.ID)
	s.stacks[v.User] = slices.DeleteFunc(s.stacks[v.User], func(id string) bool { return id == v.ID })
	s.touch()
}

// CloseView closes a modal by its cancel button. The app is told when the view
// asked for it.
func (s *Slack) CloseView(user, viewID string) (Delivery, error) {
	s.mu.Lock()
	v, err := s.top(user, viewID)
	if err != nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("close view: %w", err)
	}
	payload := s.interaction("view_closed", user)
	payload["view"], payload["is_cleared"] = v.wire(), v.ClearOnClose
	if v.ClearOnClose {
		s.closeViews(user)
	} else {
		s.pop(v)
	}
	s.mu.Unlock()
	if !v.NotifyOnClose {
		return Delivery{Status: NotSent}, nil
	}
	return s.deliver("interactive", payload), nil
}

// Command runs a slash command; what the app answers is shown to the person.
func (s *Slack) Command(user, channel, command, text string) (Delivery, error) {
	if err := s.checkScope([]string{"commands"}); err != nil { // without it the app was installed without its commands
		return Delivery{}, fmt.Errorf("run %s: not a valid command: %w", command, err)
	}
	s.mu.Lock()
	ch := s.channels[channel]
	if ch == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("run %s: no channel %s", command, channel)
	}
	p, _ := s.person(user)
	ctx := slackResponseURL{channel: channel, user: user}
	payload := map[string]any{"command": command, "text": text, "user_id": user, "user_name": p.Name,
		"channel_id": channel, "channel_name": ch.name, "team_id": slackTeam, "team_domain": "retour",
		"api_app_id": slackApp, "trigger_id": s.newTrigger(user), "response_url": s.newResponseURL(ctx)}
	s.mu.Unlock()
	d := s.deliver("slash_commands", payload)
	if d.Status != Acked || len(d.Payload) == 0 || string(d.Payload) == "null" {
		return d, nil
	}
	if err := s.respond(ctx, d.Payload); err != nil {
		s.refused("slash_commands", err)
		d.Status, d.Sees = Trouble, command+" failed"
	}
	return d, nil
}

// OpenHome is a person who opens the app's Home tab.
func (s *Slack) OpenHome(user string) (Delivery, error) {
	s.mu.Lock()
	event := map[string]any{"type": "app_home_opened", "user": user, "channel": "D" + user[1:],
		"tab": "home", "event_ts": s.nextTS()}
	if home, ok := s.homes[user]; ok {
		event["view"] = home.wire()
	}
	payload := s.callback(event)
	s.mu.Unlock()
	return s.deliver("events_api", payload), nil
}

// slackResponseURL is where the app may answer an interaction: five times
// within half an hour.
type slackResponseURL struct {
	channel, user, ts string // ts of the message that was clicked
	born              time.Time
	uses              int
}

func (s *Slack) newResponseURL(r slackResponseURL) string {
	id := slackRandom(12)
	r.born = time.Now()
	s.responses[id] = &r
	return strings.TrimSuffix(s.URL, "api/") + "response/" + id
}

func (s *Slack) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	fault, faulty := s.takeFault("response_url")
	if faulty {
		fault.write(w)
		return
	}
	body := json.RawMessage{}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, slackBodyLimit)).Decode(&body)
	if err != nil {
		err = refuse("invalid_payload")
	} else if ctx, usable := s.useResponseURL(r.PathValue("id")); !usable {
		err = refuse("expired_url")
	} else {
		err = s.respond(ctx, body)
	}
	if err != nil {
		s.refused("response_url", err)
		w.WriteHeader(http.StatusNotFound)
	}
	writeSlack(w, nil, err)
}

func (s *Slack) useResponseURL(id string) (slackResponseURL, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.responses[id]
	if !ok || r.uses >= 5 || time.Since(r.born) > 30*time.Minute {
		return slackResponseURL{}, false
	}
	r.uses++
	return *r, true
}

// respond posts what the app answered to an interaction.
func (s *Slack) respond(ctx slackResponseURL, body json.RawMessage) error {
	args, err := jsonArgs(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if args.isTrue("delete_original") {
		return s.deleteOriginal(ctx)
	}
	m, err := s.content(args)
	if err != nil {
		return err
	}
	if m.Text == "" && len(m.Blocks) == 0 {
		return refuse("no_text")
	}
	switch {
	case args.isTrue("replace_original"):
		return s.replaceOriginal(ctx, m)
	case args["response_type"] == "in_channel":
		args["channel"] = ctx.channel
		_, err := s.postMessage(args)
		return err
	}
	s.ephemerals = append(s.ephemerals, Ephemeral{Channel: ctx.channel, TS: s.nextTS(),
		ThreadTS: args["thread_ts"], User: ctx.user, Text: m.Text, Blocks: m.Blocks})
	s.touch()
	return nil
}

func (s *Slack) deleteOriginal(ctx slackResponseURL) error {
	ch := s.channels[ctx.channel]
	ch.messages = slices.DeleteFunc(ch.messages, func(m *Message) bool { return m.TS == ctx.ts })
	s.ephemerals = slices.DeleteFunc(s.ephemerals, func(e Ephemeral) bool { return e.TS == ctx.ts })
	s.touch()
	return nil
}

func (s *Slack) replaceOriginal(ctx slackResponseURL, m Message) error {
	if old := s.channels[ctx.channel].message(ctx.ts); old != nil {
		old.Text, old.Blocks = m.Text, m.Blocks
		old.Updates++
	} else if e := s.ephemeral(ctx.user, ctx.ts); e != nil {
		e.Text, e.Blocks = m.Text, m.Blocks
	} else {
		return refuse("message_not_found")
	}
	s.touch()
	return nil
}
