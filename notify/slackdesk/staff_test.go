package slackdesk

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"retour/rules"
)

func by(user string) caller { return caller{user: user, team: "T1", userTeam: "T1"} }

func whyNot(err error) string {
	if d, ok := errors.AsType[denied](err); ok {
		return string(d)
	}
	if err != nil {
		return "unsure"
	}
	return ""
}

func TestWhoMayAct(t *testing.T) {
	c := newClient(t, func(cfg *Config) {
		cfg.Users, cfg.Groups = []string{"U0ANN", "U0GUEST", "U0GONE", "U0BOT", "U0EXT"}, []string{"S0DESK"}
	})
	c.f.setGroup("U0BOB")
	c.f.user("U0BOB", nil)
	c.f.user("U0EVE", nil)
	c.f.user("U0GUEST", m{"is_ultra_restricted": true})
	c.f.user("U0GONE", m{"deleted": true})
	c.f.user("U0BOT", m{"is_bot": true})
	c.f.user("U0EXT", m{"is_stranger": true})
	other := by("U0ANN")
	other.userTeam = "T2"
	nowhere := by("U0ANN")
	nowhere.team = ""
	for _, x := range []struct {
		who  caller
		want string
	}{
		{by("U0ANN"), ""}, {by("U0BOB"), ""}, {by("U0EVE"), "refused.stranger"}, {by("U0GUEST"), "refused.guest"},
		{by("U0GONE"), "refused.deactivated"}, {by("U0BOT"), "refused.bot"}, {by("U0EXT"), "refused.team"},
		{other, "refused.team"}, {nowhere, "refused.team"}, {by("U0NOBODY"), "unsure"}, {by(""), "unsure"},
	} {
		_, err := c.d.staff.admit(context.Background(), x.who, "approve", false)
		if got := whyNot(err); got != x.want {
			t.Errorf("%s of %s: %q (%v), want %q", x.who.user, x.who.userTeam, got, err, x.want)
		}
	}
}

func TestGroupIsBelievedForAWhileAndThenNot(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Users, cfg.Groups = nil, []string{"S0DESK"} })
	c.f.setGroup("U0ANN")
	admit := func(guess bool) string {
		_, err := c.d.staff.admit(context.Background(), by("U0ANN"), "approve", guess)
		return whyNot(err)
	}
	asked := func() int { return c.f.count("usergroups.users.list") }
	if got := admit(true); got != "" || asked() != 1 {
		t.Fatalf("%q, asked %d times", got, asked())
	}
	c.f.setGroup() // removed
	if got := admit(true); got != "" || asked() != 1 {
		t.Errorf("a guess asks Slack: %q", got)
	}
	if got := admit(false); got != "refused.stranger" || asked() != 2 {
		t.Errorf("removed a moment ago, but %q", got)
	}
	c.f.setGroup("U0ANN")
	admit(false)
	down := fault{status: 503, body: "<html>"}
	c.f.fail("usergroups.users.list", down, down)
	c.clk.add(lastGood - time.Second)
	if got := admit(false); got != "" {
		t.Errorf("Slack is away, the last good list is young enough: %q", got)
	}
	c.clk.add(2 * time.Second)
	if got := admit(false); got != "unsure" {
		t.Errorf("Slack is away for too long: %q", got)
	}
	c.f.fail("usergroups.users.list", refuseWith("no_such_subteam"))
	if got := admit(false); got != "unsure" {
		t.Errorf("the group is gone: %q", got)
	}
}

func TestRateLimitIsKeptWhenAskingWhoMayAct(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Users, cfg.Groups = nil, []string{"S0DESK"} })
	c.f.setGroup("U0ANN")
	admit := func() string {
		_, err := c.d.staff.admit(context.Background(), by("U0ANN"), "approve", false)
		return whyNot(err)
	}
	admit()
	c.f.fail("usergroups.users.list", fault{status: 429, header: http.Header{"Retry-After": {"30"}}})
	for range 5 {
		if got := admit(); got != "" {
			t.Fatalf("the last list was good: %q", got)
		}
	}
	if n := c.f.count("usergroups.users.list"); n != 2 {
		t.Errorf("asked %d times although Slack wants silence", n)
	}
	c.f.setGroup()
	c.clk.add(31 * time.Second)
	if got := admit(); got != "refused.stranger" {
		t.Errorf("after the silence: %q", got)
	}
}

func TestSlackIsNotAskedTooOftenWhoMayAct(t *testing.T) {
	clk := &clock{at: noon}
	h := newHearsay[string](clk.now, 5, 4*time.Second, nil)
	at := noon
	for n := range 80 { // as many as want to: each waits for its turn
		if turn := clk.now().Add(h.reserve()); n >= 5 && turn.Sub(at) != 4*time.Second && n > 5 {
			t.Fatalf("turn %d is %s after the last", n, turn.Sub(at))
		} else {
			at = turn
		}
	}
	if took := at.Sub(noon); took != 75*4*time.Second {
		t.Errorf("80 asks take %s", took)
	}
	clk.add(time.Hour)
	if wait := h.reserve(); wait != 0 {
		t.Errorf("after an hour one waits %s", wait)
	}
	answers := 0
	real := newHearsay(time.Now, 1, 50*time.Millisecond, func(context.Context, string) (int, error) { answers++; return answers, nil })
	start := time.Now()
	for want := 1; want <= 4; want++ {
		if got, err := real.of(t.Context(), "S0DESK", false); got != want || err != nil {
			t.Errorf("an old answer: %d, %v", got, err)
		}
	}
	if took := time.Since(start); took < 150*time.Millisecond {
		t.Errorf("four asks within %s", took)
	}
}

func TestEachActionHasItsPeople(t *testing.T) {
	c := newClient(t, func(cfg *Config) {
		cfg.Users, cfg.Groups = []string{"U0ANN"}, nil
		cfg.May = map[Action][]string{"approve": {"S0HEAD"}, "dispose": {"U0BOB"}, "held": {"U0ANN", "U0BOB"}}
	})
	c.f.setGroup("U0CLEO")
	for _, u := range []string{"U0BOB", "U0CLEO", "U0EVE"} {
		c.f.user(u, nil)
	}
	const other, stranger = "refused.action", "refused.stranger"
	for action, want := range map[Action][]string{ // Ann, Bob, Cleo, Eve
		"approve": {other, other, "", stranger}, "dispose": {other, "", other, stranger}, "refuse": {"", other, other, stranger},
		JudgeHeld: {"", "", other, stranger}, Look: {"", "", "", stranger}, BlockSender: {"", other, other, stranger},
	} {
		for i, user := range []string{"U0ANN", "U0BOB", "U0CLEO", "U0EVE"} {
			_, err := c.d.staff.admit(context.Background(), by(user), action, false)
			if got := whyNot(err); got != want[i] {
				t.Errorf("%s %s: %q, want %q", user, action, got, want[i])
			}
		}
	}
}

func TestPeopleOfActionsAreChecked(t *testing.T) {
	cfg := testConfig(newFakeSlack(t))
	cfg.May = map[Action][]string{"aprove": {"U0ANN"}, "refuse": {}, "dispose": {"ann"}}
	_, err := New(cfg, Hooks{}, nil, nil)
	for _, want := range []string{`"aprove", which is no action`, "may.refuse names nobody", `may.dispose has "ann"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

func TestStrangerGetsNoForm(t *testing.T) {
	c := newClient(t, nil)
	c.f.user("U0EVE", nil)
	c.press("U0EVE", rules.EvApprove, thisCard) // nothing is known of her yet
	if _, view := c.modal(1); !says(view, "may not act") || says(view, "jan_de_boer") || view["submit"] != nil {
		t.Errorf("%v", view)
	}
	c.press("U0EVE", rules.EvApprove, thisCard) // now it is
	c.press("U0EVE", rules.EvTakeCharge, thisCard)
	c.f.waitFor("chat.postEphemeral", 2)
	c.d.finish()
	if c.f.count("views.open") != 1 || len(c.h.clicks) != 0 {
		t.Errorf("%d modals, %d clicks", c.f.count("views.open"), len(c.h.clicks))
	}
}

func TestRemovedBetweenClickAndSubmit(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Users, cfg.Groups = nil, []string{"S0DESK"} })
	c.f.setGroup("U0ANN")
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.f.setGroup()
	a := c.submit("U0ANN", id, view, m{"kind": choice("refused_technical"), "text": text("no")})
	if !says(a, "may not act") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
}

func TestModalOpensBeforeAnythingSlow(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvApprove, thisCard)
	c.modal(1)
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	if len(c.f.calls) == 0 || c.f.calls[0].method != "views.open" {
		t.Errorf("first call %+v", c.f.calls[0].method)
	}
}
