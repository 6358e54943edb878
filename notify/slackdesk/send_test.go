package slackdesk

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"retour/notify"
	"retour/rules"
)

func cardOf(h *house, attempt int) notify.Delivery {
	v := h.view
	return notify.Delivery{Kind: notify.DeliverCard, Key: "card/1", Attempt: attempt, Card: &v}
}

func entryOf(h *house, attempt int) notify.Delivery {
	d := cardOf(h, attempt)
	d.Kind = notify.DeliverEntry
	d.Entry = &notify.Entry{ID: 9, At: noon, Actor: rules.Actor{Kind: rules.ByClock}, Event: rules.EvTick, Why: "The term ended."}
	return d
}

func newSending(t *testing.T) (*fakeSlack, *house, *Desk) {
	f := newFakeSlack(t)
	c := testCase(1)
	c.Version = 1
	h := newHouse(c)
	clk := &clock{at: noon}
	return f, h, newTestDesk(t, testConfig(f), h, clk.now)
}

func mustSend(t *testing.T, d *Desk, del notify.Delivery) notify.Receipt {
	t.Helper()
	r, err := d.Send(context.Background(), del)
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return r
}

func failSend(t *testing.T, d *Desk, del notify.Delivery) *notify.Failure {
	t.Helper()
	r, err := d.Send(context.Background(), del)
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("got %+v, %v; want a failure", r, err)
	}
	if strings.Contains(f.Error(), "xoxb") {
		t.Errorf("the token stands in %q", f.Error())
	}
	return f
}

func TestWhichFailureIsWhat(t *testing.T) {
	for _, c := range []struct {
		name      string
		fault     fault
		permanent bool
		maybe     bool
		code      int
		after     time.Duration
		text      string
	}{
		{"invalid_blocks", refuseWith("invalid_blocks"), true, false, 200, 0, "because"},
		{"msg_too_long", refuseWith("msg_too_long"), true, false, 200, 0, "msg_too_long"},
		{"channel_not_found", refuseWith("channel_not_found"), false, false, 200, untilFixed, "channel_not_found"},
		{"is_archived", refuseWith("is_archived"), false, false, 200, untilFixed, "is_archived"},
		{"token_revoked", refuseWith("token_revoked"), false, false, 200, untilFixed, "token_revoked"},
		{"internal_error", refuseWith("internal_error"), false, true, 200, 0, "internal_error"},
		{"unheard of", refuseWith("brand_new_error"), false, false, 200, 0, "brand_new_error"},
		{"ratelimited", refuseWith("ratelimited"), false, false, 429, 30 * time.Second, "ratelimited"},
		{"429", fault{status: 429, header: http.Header{"Retry-After": {"7"}}}, false, false, 429, 7 * time.Second, "rate limit"},
		{"500", fault{status: 500, body: "<html>"}, false, true, 500, 0, "500"},
		{"html", fault{status: 200, body: "<html>"}, false, true, 0, 0, ""},
		{"dropped", fault{drop: true}, false, true, 0, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, h, d := newSending(t)
			f.fail("chat.postMessage", c.fault)
			got := failSend(t, d, cardOf(h, 1))
			if got.Permanent != c.permanent || got.Maybe != c.maybe || got.Code != c.code || got.RetryAfter != c.after || !strings.Contains(got.Error(), c.text) {
				t.Errorf("got %+v, want %+v", got, c)
			}
		})
	}
}

func TestNobodyListensIsNoMaybe(t *testing.T) {
	f, h, d := newSending(t)
	f.server.Close()
	if got := failSend(t, d, cardOf(h, 1)); got.Maybe || got.Permanent {
		t.Errorf("got %+v", got)
	}
}

func TestCardIsPostedThenRedrawn(t *testing.T) {
	f, h, d := newSending(t)
	r := mustSend(t, d, cardOf(h, 1))
	a := f.last("chat.postMessage")
	if a.Get("unfurl_links") != "false" || a.Get("unfurl_media") != "false" || a.Get("text") == "" || strings.Contains(a.Get("metadata"), "jan") {
		t.Errorf("posted with %v", a)
	}
	h.view.Posted, h.view.Case.Version = r.Posted, 2
	if again := mustSend(t, d, cardOf(h, 1)); again.Posted != r.Posted {
		t.Errorf("redrawn at %v, was at %v", again.Posted, r.Posted)
	}
	if len(f.messages) != 1 || !strings.Contains(f.messages[0].blocks, "RMA-26-00123-7/2") {
		t.Errorf("%d messages", len(f.messages))
	}
}

func TestLostAnswerMakesNoSecondCard(t *testing.T) {
	f, h, d := newSending(t)
	f.fail("chat.postMessage", fault{drop: true, after: true})
	failSend(t, d, cardOf(h, 1))
	f.fail("conversations.history", refuseWith("internal_error"))
	failSend(t, d, cardOf(h, 2)) // not sure yet: rather wait than double
	r := mustSend(t, d, cardOf(h, 3))
	if len(f.messages) != 1 || r.Posted.TS != f.messages[0].ts {
		t.Errorf("%d messages, receipt %+v", len(f.messages), r)
	}
	if f.count("chat.update") != 1 {
		t.Error("a card that was found must be redrawn")
	}
}

func TestLostAnswerWithoutScopePostsAnew(t *testing.T) {
	f, h, d := newSending(t)
	f.fail("chat.postMessage", fault{drop: true, after: true})
	f.fail("conversations.history", refuseWith("missing_scope"))
	failSend(t, d, cardOf(h, 1))
	mustSend(t, d, cardOf(h, 2))
	if len(f.messages) != 2 {
		t.Errorf("%d messages", len(f.messages))
	}
}

func TestForeignMetadataIsNotOurCard(t *testing.T) {
	f, h, d := newSending(t)
	other := testConfig(f)
	other.Instance = "another casebook"
	mustSend(t, newTestDesk(t, other, h, func() time.Time { return noon }), cardOf(h, 1))
	mustSend(t, d, cardOf(h, 2))
	if len(f.messages) != 2 {
		t.Errorf("%d messages: the card of another casebook was taken", len(f.messages))
	}
}

func TestDeletedCardIsPostedAnew(t *testing.T) {
	f, h, d := newSending(t)
	old := mustSend(t, d, cardOf(h, 1)).Posted
	h.view.Posted = old
	f.remove(old.TS)
	r := mustSend(t, d, cardOf(h, 1))
	if r.Posted == old || len(f.messages) != 1 {
		t.Errorf("%+v, %d messages", r, len(f.messages))
	}
}

func TestEntryGoesIntoTheThreadOnce(t *testing.T) {
	f, h, d := newSending(t)
	if got := failSend(t, d, entryOf(h, 1)); got.Permanent {
		t.Error("an entry before its card must wait")
	}
	h.view.Posted = mustSend(t, d, cardOf(h, 1)).Posted
	f.fail("chat.postMessage", fault{drop: true, after: true})
	failSend(t, d, entryOf(h, 1))
	r := mustSend(t, d, entryOf(h, 2))
	if len(f.messages) != 2 || f.messages[1].thread != h.view.Posted.TS || r.Posted.TS != f.messages[1].ts {
		t.Errorf("%d messages, receipt %+v", len(f.messages), r)
	}
	again := entryOf(h, 1)
	again.Entry.Posted = r.Posted
	if mustSend(t, d, again).Posted != r.Posted || len(f.messages) != 2 {
		t.Error("an entry that is posted was posted again")
	}
}

func TestEntryOfADeletedCardBringsTheCardBack(t *testing.T) {
	f, h, d := newSending(t)
	old := mustSend(t, d, cardOf(h, 1)).Posted
	h.view.Posted = old
	f.remove(old.TS)
	mustSend(t, d, entryOf(h, 1))
	if len(f.messages) != 2 || f.messages[1].thread != f.messages[0].ts {
		t.Fatalf("want a card and an entry in its thread: %d messages", len(f.messages))
	}
	r := mustSend(t, d, cardOf(h, 1)) // the casebook still has the old place
	if r.Posted.TS != f.messages[0].ts || len(f.messages) != 2 {
		t.Errorf("receipt %+v, %d messages", r, len(f.messages))
	}
}

func TestHeldAndAlert(t *testing.T) {
	f, _, d := newSending(t)
	mustSend(t, d, notify.Delivery{Kind: notify.DeliverHeld, Attempt: 1, Held: &notify.Held{LedgerID: 4, From: nasty, Subject: nasty, Why: "doubtful"}})
	mustSend(t, d, notify.Delivery{Kind: notify.DeliverAlert, Attempt: 1, Key: "alert/jan@example.com", Text: "The mailbox is away."})
	if len(f.messages) != 2 || strings.Contains(f.last("chat.postMessage").Get("metadata"), "jan@") {
		t.Errorf("%d messages", len(f.messages))
	}
	if got := failSend(t, d, notify.Delivery{Kind: notify.DeliverMail}); !got.Permanent {
		t.Error("a mail is nothing for Slack")
	}
}

func TestSilenceAfter429(t *testing.T) {
	f, h, d := newSending(t)
	f.fail("chat.postMessage", fault{status: 429, header: http.Header{"Retry-After": {"3600"}}})
	failSend(t, d, cardOf(h, 1))
	got := failSend(t, d, cardOf(h, 1))
	if got.RetryAfter != time.Hour || f.count("chat.postMessage") != 1 {
		t.Errorf("asked %d times, then %+v", f.count("chat.postMessage"), got)
	}
	h.view.Posted = notify.Posted{Channel: "C0DESK", TS: "1.1"}
	f.messages = append(f.messages, &posted{ts: "1.1"})
	mustSend(t, d, cardOf(h, 1)) // another method is not limited
}

func TestPacerKeepsItsDistanceAndPatience(t *testing.T) {
	p := newPacer(time.Hour, func() time.Time { return noon })
	if err := p.do(context.Background(), func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := p.do(ctx, func() error { t.Error("called before its turn"); return nil })
	if f, ok := errors.AsType[*notify.Failure](err); !ok || f.Permanent || f.RetryAfter != time.Hour {
		t.Errorf("got %v", err)
	}
}

func TestCheckNamesAllThatIsWrong(t *testing.T) {
	f, h, d := newSending(t)
	if err := d.Check(context.Background()); err != nil {
		t.Errorf("all is well, but: %v", err)
	}
	cfg := testConfig(f)
	cfg.Users, cfg.Groups = []string{"U0NOBODY", "U0GUEST"}, []string{"S0GROUP"}
	f.user("U0GUEST", m{"is_restricted": true})
	f.fail("conversations.info", refuseWith("channel_not_found"))
	f.fail("usergroups.users.list", refuseWith("no_such_subteam"))
	d = newTestDesk(t, cfg, h, func() time.Time { return noon })
	err := d.Check(context.Background())
	for _, want := range []string{"invite the bot", "U0NOBODY", "Guests may not", "S0GROUP"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	if err := checkScopes("chat:write,users:read"); err == nil || !strings.Contains(err.Error(), "groups:history") {
		t.Errorf("scopes: %v", err)
	}
}

func TestConfigFaultsAreAllSaid(t *testing.T) {
	_, err := New(Config{Mode: "x", Channel: "#returns", Groups: []string{"returns"}, Language: "xx", APIURL: "http://x"}, Hooks{}, nil, nil)
	for _, want := range []string{"mode", "xoxb-", "channel's ID", `"returns"`, `"xx"`, "slash"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
	_, err = New(Config{Mode: ModeSocket, BotToken: "xoxb-1", Channel: "C012"}, Hooks{}, nil, nil)
	for _, want := range []string{"xapp-", "who may act"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestManifestAsksForTheScopesThatAreChecked(t *testing.T) {
	var m struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	if err := yaml.Unmarshal(Manifest(), &m); err != nil {
		t.Fatal(err)
	}
	got := m.OAuth.Scopes.Bot
	slices.Sort(got)
	if !slices.Equal(got, scopes()) {
		t.Errorf("manifest %v, checked %v", got, scopes())
	}
}
