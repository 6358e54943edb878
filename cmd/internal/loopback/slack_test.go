package loopback

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// testApp is an app built on slack-go: what the stand-in has to be good enough
// for.
type testApp struct {
	*slack.Client
	events chan slack.InteractionCallback
}

// appAnswer is what the app does with an interaction; it returns what goes
// with the acknowledgement.
type appAnswer func(*slack.Client, slack.InteractionCallback) any

func nothing(*slack.Client, slack.InteractionCallback) any { return nil }

func startSlackApp(t *testing.T, opts SlackOptions, sockets int, answer appAnswer) (*Slack, *testApp) {
	t.Helper()
	s, err := StartSlack(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() {
		cancel()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	api := slack.New(s.BotToken, slack.OptionAPIURL(s.URL), slack.OptionAppLevelToken(s.AppToken),
		slack.OptionHTTPClient(&http.Client{Timeout: 5 * time.Second}))
	app := &testApp{api, make(chan slack.InteractionCallback, 100)}
	for range sockets {
		client := socketmode.New(api)
		go func() { _ = client.RunContext(ctx) }()
		go app.serve(ctx, client, answer)
	}
	waitUntil(t, s, func() bool { return s.Connections() == sockets })
	return s, app
}

func (a *testApp) serve(ctx context.Context, client *socketmode.Client, answer appAnswer) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-client.Events:
			in, ok := e.Data.(slack.InteractionCallback)
			if !ok {
				continue
			}
			reply := answer(a.Client, in)
			_ = client.AckCtx(ctx, e.Request.EnvelopeID, reply)
			a.events <- in
		}
	}
}

func waitUntil(t *testing.T, s *Slack, so func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		changed := s.Changed()
		if so() {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatal("waited in vain")
		}
	}
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func card(version string) slack.MsgOption {
	approve := slack.NewButtonBlockElement("approve", "RMA-1/"+version, plainText("Approve…")).WithStyle(slack.StylePrimary)
	take := slack.NewButtonBlockElement("take_charge", "RMA-1/"+version, plainText("Take charge"))
	return slack.MsgOptionBlocks(
		slack.NewHeaderBlock(plainText("RMA-1 <new>")),
		slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, "*a* & <b> <https://x.example|link>", false, false), nil, nil),
		slack.NewActionBlock("act."+version, take, approve),
	)
}

func post(t *testing.T, app *testApp, opts ...slack.MsgOption) string {
	t.Helper()
	_, ts, err := app.PostMessage(SlackChannel, append(opts, slack.MsgOptionText("RMA-1", false))...)
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

func TestSlackCardIsPostedRedrawnAndThreaded(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	meta := slack.SlackMetadata{EventType: "retour_card", EventPayload: map[string]any{"key": "card/1"}}
	ts := post(t, app, card("1"), slack.MsgOptionMetadata(meta))
	if _, _, _, err := app.UpdateMessage(SlackChannel, ts, slack.MsgOptionText("RMA-1", false), card("2")); err != nil {
		t.Fatal(err)
	}
	reply := post(t, app, slack.MsgOptionTS(ts))
	post(t, app, slack.MsgOptionTS(reply)) // a reply to a reply

	got := s.Messages(SlackChannel)
	if len(got) != 1 || len(got[0].Replies) != 2 || got[0].Updates != 1 {
		t.Fatalf("messages: %+v", got)
	}
	if text := got[0].Blocks[1].Text.Text; text != "*a* &amp; &lt;b&gt; <https://x.example|link>" {
		t.Errorf("stored text %q", text)
	}
	if id := got[0].Blocks[2].BlockID; id != "act.2" {
		t.Errorf("block id %q", id)
	}
	history, err := app.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: SlackChannel, IncludeAllMetadata: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(meta, history.Messages[0].Metadata); diff != "" {
		t.Error(diff)
	}
	if len(s.Refusals()) != 0 {
		t.Error(s.Refusals())
	}
}

func TestSlackTextWithoutBlocksRemovesTheBlocks(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	ts := post(t, app, card("1"))
	if _, _, _, err := app.UpdateMessage(SlackChannel, ts, slack.MsgOptionText("only text", false)); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(SlackChannel)[0]; len(m.Blocks) != 0 || m.Text != "only text" {
		t.Errorf("%+v", m)
	}
}

func TestSlackReplyToADeletedMessageIsNotThreaded(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	ts := post(t, app, card("1"))
	if err := s.Delete(SlackChannel, ts); err != nil {
		t.Fatal(err)
	}
	_, _, reply, err := app.PostMessageWithResponse(SlackChannel, slack.MsgOptionText("x", false), slack.MsgOptionTS(ts))
	if err != nil || reply.ThreadTimestamp != "" {
		t.Errorf("reply: %+v, %v", reply, err)
	}
	_, _, _, err = app.UpdateMessage(SlackChannel, ts, slack.MsgOptionText("x", false))
	if err == nil || err.Error() != "message_not_found" {
		t.Errorf("update of a deleted message: %v", err)
	}
}

func TestSlackRefuses(t *testing.T) {
	section := func(text string) slack.Block {
		return slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, false), nil, nil)
	}
	button := func(id, text string) *slack.ButtonBlockElement {
		return slack.NewButtonBlockElement(id, "v", plainText(text))
	}
	many := make([]slack.Block, 51)
	for i := range many {
		many[i] = slack.NewDividerBlock()
	}
	for _, c := range []struct {
		name, channel, code, detail string
		blocks                      []slack.Block
	}{
		{"unknown channel", "C0NOWHERE1", "channel_not_found", "", nil},
		{"51 blocks", SlackChannel, "invalid_blocks", "no more than 50 items allowed [json-pointer:/blocks]", many},
		{"long text", SlackChannel, "invalid_blocks", "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
			[]slack.Block{section(strings.Repeat("ä", 3001))}},
		{"long button", SlackChannel, "invalid_blocks", "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
			[]slack.Block{slack.NewActionBlock("a", button("x", strings.Repeat("b", 76)))}},
		{"same action twice", SlackChannel, "invalid_blocks", "`action_id` \"x\" already exists [json-pointer:/blocks/0/elements/1/action_id]",
			[]slack.Block{slack.NewActionBlock("a", button("x", "1"), button("x", "2"))}},
		{"same block twice", SlackChannel, "invalid_blocks", "`block_id` \"a\" already exists [json-pointer:/blocks/1/block_id]",
			[]slack.Block{slack.NewActionBlock("a", button("x", "1")), slack.NewActionBlock("a", button("x", "2"))}},
		{"unknown style", SlackChannel, "invalid_blocks", "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
			[]slack.Block{slack.NewActionBlock("a", button("x", "1").WithStyle("default"))}},
		{"nothing", SlackChannel, "no_text", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
			_, _, err := app.PostMessage(c.channel, slack.MsgOptionBlocks(c.blocks...))
			var refused slack.SlackErrorResponse
			if !errors.As(err, &refused) || refused.Err != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if details := strings.Join(refused.ResponseMetadata.Messages, "\n"); !strings.Contains(details, c.detail) {
				t.Errorf("details %q, want %q", details, c.detail)
			}
			if len(s.Refusals()) != 1 || len(s.Messages(SlackChannel)) != 0 {
				t.Errorf("refusals %v, messages %d", s.Refusals(), len(s.Messages(SlackChannel)))
			}
		})
	}
}

func TestSlackTokensAndScopes(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{Scopes: []string{"chat:write"}}, 0, nothing)
	if _, err := s.Command(SlackAnn, SlackChannel, "/rma", "help"); err == nil || !strings.Contains(err.Error(), "missing_scope") {
		t.Errorf("a command of an app without commands: %v", err)
	}
	who, err := app.AuthTest()
	if err != nil || who.Header.Get("X-Oauth-Scopes") != "chat:write" {
		t.Errorf("auth.test: %v, %v", who, err)
	}
	_, err = app.GetUserInfo(SlackAnn)
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) || refused.Err != "missing_scope" || refused.Needed != "users:read" {
		t.Errorf("users.info without its scope: %v", err)
	}
	for token, code := range map[string]string{"": "not_authed", "xoxb-other": "invalid_auth", s.AppToken: "not_allowed_token_type"} {
		if _, err := slack.New(token, slack.OptionAPIURL(s.URL)).AuthTest(); err == nil || err.Error() != code {
			t.Errorf("token %q: %v, want %s", token, err, code)
		}
	}
}

func TestSlackPeople(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	got, err := app.GetUserGroupMembers(SlackDesk)
	if diff := cmp.Diff([]string{SlackAnn, SlackBen}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	s.SetGroup(SlackDesk)
	if got, err := app.GetUserGroupMembers(SlackDesk); err != nil || len(got) != 0 {
		t.Error("emptied group:", got, err)
	}
	for _, p := range s.People() {
		u, err := app.GetUserInfo(p.ID)
		if err != nil || u.RealName != p.RealName || u.IsRestricted != p.Guest || u.IsStranger != (p.Team != slackTeam) {
			t.Errorf("users.info of %s: %+v, %v", p.Name, u, err)
		}
	}
	if _, err := app.PostEphemeral(SlackChannel, SlackGuest, slack.MsgOptionText("only you", false)); err != nil {
		t.Fatal(err)
	}
	if e := s.Ephemerals(SlackGuest); len(e) != 1 || len(s.Ephemerals(SlackAnn)) != 0 {
		t.Error("ephemerals:", e)
	}
}

func TestSlackFaults(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	s.Fail("chat.postMessage", 1, SlackFault{Status: 429, RetryAfter: 7 * time.Second})
	s.Fail("chat.postMessage", 1, SlackFault{Status: 503})
	s.Fail("chat.postMessage", 1, SlackFault{Error: "fatal_error"})
	s.Fail("chat.postMessage", 1, SlackFault{Drop: true})
	try := func() error {
		_, _, err := app.PostMessage(SlackChannel, slack.MsgOptionText("x", false))
		return err
	}
	var limited *slack.RateLimitedError
	if err := try(); !errors.As(err, &limited) || limited.RetryAfter != 7*time.Second {
		t.Errorf("429: %v", err)
	}
	var status slack.StatusCodeError
	if err := try(); !errors.As(err, &status) || status.Code != 503 {
		t.Errorf("503: %v", err)
	}
	if err := try(); err == nil || err.Error() != "fatal_error" {
		t.Errorf("error: %v", err)
	}
	if n := len(s.Messages(SlackChannel)); n != 0 {
		t.Errorf("%d messages before the dropped one", n)
	}
	if err := try(); err == nil {
		t.Error("dropped: no error")
	}
	if err := try(); err != nil {
		t.Error(err)
	}
	if n := len(s.Messages(SlackChannel)); n != 2 {
		t.Errorf("%d messages, want the dropped one and the good one", n)
	}
}

func modal(note string) slack.ModalViewRequest {
	in := slack.NewInputBlock("text", plainText("To the customer"), nil, slack.NewPlainTextInputBlockElement(nil, "v"))
	verdict := slack.NewRadioButtonsBlockElement("v",
		slack.NewOptionBlockObject("in", plainText("In warranty"), nil), slack.NewOptionBlockObject("out", plainText("Out of warranty"), nil))
	blocks := []slack.Block{in, slack.NewInputBlock("kind", plainText("Verdict"), nil, verdict)}
	if note != "" {
		blocks = append(blocks, slack.NewSectionBlock(plainText(note), nil, nil))
	}
	return slack.ModalViewRequest{Type: slack.VTModal, Title: plainText("Approve"), Submit: plainText("Send"),
		Close: plainText("Cancel"), CallbackID: "approve", PrivateMetadata: "RMA-1/1", Blocks: slack.Blocks{BlockSet: blocks}}
}

// approving opens the modal on a click, and answers a submission by its text.
func approving(t *testing.T) appAnswer {
	return func(api *slack.Client, in slack.InteractionCallback) any {
		if in.Type == slack.InteractionTypeBlockActions {
			if _, err := api.OpenView(in.TriggerID, modal("")); err != nil {
				t.Error(err)
			}
			return nil
		}
		switch in.View.State.Values["text"]["v"].Value {
		case "bad":
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"text": "Say more."})
		case "wrong block":
			return slack.NewErrorsViewSubmissionResponse(map[string]string{"nowhere": "x"})
		case "preview":
			next := modal("This is what goes out.")
			return slack.NewUpdateViewSubmissionResponse(&next)
		}
		return nil
	}
}

func TestSlackModalThroughSocketMode(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 2, approving(t))
	ts := post(t, app, card("1"))
	d, err := s.Click(SlackAnn, SlackChannel, ts, Press{Action: "approve"})
	if err != nil || !d.OK() {
		t.Fatalf("click: %+v, %v", d, err)
	}
	in := <-app.events
	if got := in.ActionCallback.BlockActions[0]; got.Value != "RMA-1/1" || got.BlockID != "act.1" || in.User.ID != SlackAnn || in.Container.MessageTs != ts {
		t.Errorf("payload: %+v", in)
	}
	view := s.Views(SlackAnn)[0]
	submit := func(text string) Delivery {
		t.Helper()
		d, err := s.Submit(SlackAnn, view.ID, url.Values{"text": {text}, "Verdict": {"out"}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := submit(""); d.Status != Invalid || d.Errors["text"] == "" || d.Errors["kind"] != "" {
		t.Errorf("client's check: %+v", d)
	}
	if d := submit("bad"); d.OK() || s.Views(SlackAnn)[0].Errors["text"] != "Say more." {
		t.Errorf("app's errors: %+v", d)
	}
	if d := submit("wrong block"); d.Status != Trouble || len(s.Refusals()) != 1 {
		t.Errorf("error at no input: %+v", d)
	}
	if d := submit("preview"); !d.OK() {
		t.Errorf("update: %+v", d)
	}
	shown := s.Views(SlackAnn)[0]
	if len(shown.Blocks) != 3 || shown.Values.Get("kind/v") != "out" || len(shown.Errors) != 0 {
		t.Errorf("updated view: %+v", shown)
	}
	if d := submit("fine"); !d.OK() || len(s.Views(SlackAnn)) != 0 {
		t.Errorf("accepted: %+v, views %d", d, len(s.Views(SlackAnn)))
	}
}

func TestSlackTriggerIsGoodOnceAndSoon(t *testing.T) {
	clickFor := func(ttl time.Duration) (*testApp, string) {
		s, app := startSlackApp(t, SlackOptions{TriggerTTL: ttl}, 1, nothing)
		if _, err := s.Click(SlackAnn, SlackChannel, post(t, app, card("1")), Press{Action: "approve"}); err != nil {
			t.Fatal(err)
		}
		return app, (<-app.events).TriggerID
	}
	app, trigger := clickFor(time.Nanosecond)
	if _, err := app.OpenView(trigger, modal("")); err == nil || err.Error() != "expired_trigger_id" {
		t.Errorf("late: %v", err)
	}
	if _, err := app.OpenView("1.2.3", modal("")); err == nil || err.Error() != "invalid_trigger_id" {
		t.Errorf("invented: %v", err)
	}
	app, trigger = clickFor(time.Minute)
	if _, err := app.OpenView(trigger, modal("")); err != nil {
		t.Error(err)
	}
	if _, err := app.OpenView(trigger, modal("")); err == nil || err.Error() != "exchanged_trigger_id" {
		t.Errorf("twice: %v", err)
	}
}

func TestSlackClicksGoToOneConnectionEach(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 2, nothing)
	ts := post(t, app, card("1"))
	for range 10 {
		if d, err := s.Click(SlackBen, SlackChannel, ts, Press{Action: "take_charge"}); err != nil || !d.OK() {
			t.Fatalf("%+v, %v", d, err)
		}
		<-app.events
	}
	if n := len(app.events); n > 0 {
		t.Errorf("%d envelopes too many", n)
	}
}

func TestSlackAppComesBackAfterDisconnect(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 1, nothing)
	ts := post(t, app, card("1"))
	first := s.conns[0]
	s.Disconnect("refresh_requested")
	waitUntil(t, s, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.conns) == 1 && s.conns[0] != first
	})
	if d, err := s.Click(SlackBen, SlackChannel, ts, Press{Action: "take_charge"}); err != nil || !d.OK() {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestSlackClickWithoutConnection(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 0, nothing)
	ts := post(t, app, card("1"))
	d, err := s.Click(SlackAnn, SlackChannel, ts, Press{Action: "approve"})
	if err != nil || d.Status != NoConnection || d.OK() {
		t.Errorf("no socket: %+v, %v", d, err)
	}
	if _, err := s.Click(SlackAnn, SlackChannel, ts, Press{Action: "explode"}); err == nil {
		t.Error("a button that is not there was clicked")
	}
}

func TestSlackClickWithoutAnswer(t *testing.T) {
	stuck := make(chan struct{})
	t.Cleanup(func() { close(stuck) })
	s, app := startSlackApp(t, SlackOptions{AckTimeout: 10 * time.Millisecond}, 1, func(*slack.Client, slack.InteractionCallback) any {
		<-stuck
		return nil
	})
	d, err := s.Click(SlackAnn, SlackChannel, post(t, app, card("1")), Press{Action: "approve"})
	if err != nil || d.Status != Timeout || len(s.Refusals()) != 1 {
		t.Errorf("%+v, %v, %v", d, err, s.Refusals())
	}
}

func TestSlackStaleCard(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 1, nothing)
	ts := post(t, app, card("1"))
	old := s.Messages(SlackChannel)[0].Blocks[2]
	if _, _, _, err := app.UpdateMessage(SlackChannel, ts, slack.MsgOptionText("done", false)); err != nil {
		t.Fatal(err)
	}
	d, err := s.Replay(SlackAnn, SlackChannel, ts, old.BlockID, old.Elements[0])
	if in := <-app.events; err != nil || !d.OK() || in.ActionCallback.BlockActions[0].Value != "RMA-1/1" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestSlackResponseURL(t *testing.T) {
	s, app := startSlackApp(t, SlackOptions{}, 1, nothing)
	if _, err := s.Click(SlackGuest, SlackChannel, post(t, app, card("1")), Press{Action: "approve"}); err != nil {
		t.Fatal(err)
	}
	in := <-app.events
	answer := func() error {
		return slack.PostWebhook(in.ResponseURL, &slack.WebhookMessage{Text: "Only the desk may do that.", ResponseType: "ephemeral"})
	}
	for range 5 {
		if err := answer(); err != nil {
			t.Fatal(err)
		}
	}
	if err := answer(); err == nil {
		t.Error("a sixth use was let through")
	}
	if e := s.Ephemerals(SlackGuest); len(e) != 5 || e[0].Text != "Only the desk may do that." {
		t.Errorf("ephemerals: %+v", e)
	}
}

func TestSlackStateOfInputs(t *testing.T) {
	options := []Option{{Text: &Text{Type: slackPlain, Text: "A"}, Value: "a"}, {Text: &Text{Type: slackPlain, Text: "B"}, Value: "b"}}
	blocks := []Block{
		{Type: "input", BlockID: "t", Element: &Element{Type: "plain_text_input", ActionID: "v", InitialValue: "old"}},
		{Type: "input", BlockID: "s", Element: &Element{Type: "static_select", ActionID: "v", Options: options}},
		{Type: "input", BlockID: "c", Element: &Element{Type: "checkboxes", ActionID: "v", Options: options}},
		{Type: "input", BlockID: "d", Element: &Element{Type: "datepicker", ActionID: "v"}},
	}
	got := string(mustJSON(stateOf(blocks, url.Values{"c/v": {"a", "b"}, "d/v": {"2026-11-21"}})))
	want := `{"c":{"v":{"selected_options":[{"text":{"type":"plain_text","text":"A"},"value":"a"},{"text":{"type":"plain_text","text":"B"},"value":"b"}],"type":"checkboxes"}},` +
		`"d":{"v":{"selected_date":"2026-11-21","type":"datepicker"}},"s":{"v":{"selected_option":null,"type":"static_select"}},"t":{"v":{"type":"plain_text_input","value":"old"}}}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSlackBlocksSurviveTheRoundTrip(t *testing.T) {
	in := `[{"type":"context","block_id":"c","elements":[{"type":"mrkdwn","text":"a \u0026amp; b"}]},` +
		`{"type":"actions","block_id":"a","elements":[{"type":"button","action_id":"x","text":{"type":"plain_text","text":"Go","emoji":true},"style":"danger"}]}]`
	var blocks []Block
	if err := slackStrict([]byte(in), &blocks); err != nil {
		t.Fatal(err)
	}
	if errs := checkMessageBlocks(blocks); len(errs) > 0 {
		t.Fatal(errs)
	}
	var got, want any
	if err := json.Unmarshal(mustJSON(storeBlocks(blocks)), &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(in), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSlackEscape(t *testing.T) {
	for _, c := range []struct{ kind, in, want string }{
		{slackPlain, "a < b & <!channel>", "a &lt; b &amp; &lt;!channel&gt;"},
		{slackMrkdwn, "a < b & <!channel> <https://x.example|y>", "a &lt; b &amp; <!channel> <https://x.example|y>"},
		{slackMrkdwn, "&lt;b&gt; &amp; &copy;", "&lt;b&gt; &amp; &amp;copy;"},
		{slackMrkdwn, ">quoted > once\n>again", ">quoted &gt; once\n>again"},
	} {
		if got := slackEscape(c.in, c.kind); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.in, got, c.want)
		}
	}
}
