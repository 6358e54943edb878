package slackdesk

import (
	"context"
	"errors"
	"testing"
	"time"

	"retour/rules"
)

func by(user string) interaction {
	var in interaction
	in.Team.ID, in.User.ID, in.User.TeamID = "T1", user, "T1"
	return in
}

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
	c.f.group = []string{"U0BOB"}
	c.f.user("U0BOB", nil)
	c.f.user("U0EVE", nil)
	c.f.user("U0GUEST", m{"is_ultra_restricted": true})
	c.f.user("U0GONE", m{"deleted": true})
	c.f.user("U0BOT", m{"is_bot": true})
	c.f.user("U0EXT", m{"is_stranger": true})
	other := by("U0ANN")
	other.User.TeamID = "T2"
	nowhere := by("U0ANN")
	nowhere.Team.ID = ""
	for _, x := range []struct {
		in   interaction
		want string
	}{
		{by("U0ANN"), ""}, {by("U0BOB"), ""}, {by("U0EVE"), "refused.stranger"}, {by("U0GUEST"), "refused.guest"},
		{by("U0GONE"), "refused.deactivated"}, {by("U0BOT"), "refused.bot"}, {by("U0EXT"), "refused.team"},
		{other, "refused.team"}, {nowhere, "refused.team"}, {by("U0NOBODY"), "unsure"}, {by(""), "unsure"},
	} {
		_, err := c.d.staff.admit(context.Background(), x.in, false)
		if got := whyNot(err); got != x.want {
			t.Errorf("%s of %s: %q (%v), want %q", x.in.User.ID, x.in.User.TeamID, got, err, x.want)
		}
	}
}

func TestGroupIsBelievedForAWhileAndThenNot(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Users, cfg.Groups = nil, []string{"S0DESK"} })
	c.f.group = []string{"U0ANN"}
	admit := func(guess bool) string {
		_, err := c.d.staff.admit(context.Background(), by("U0ANN"), guess)
		return whyNot(err)
	}
	if got := admit(false); got != "" {
		t.Fatal(got)
	}
	c.f.group = nil // removed
	if got := admit(false); got != "" || c.f.count("usergroups.users.list") != 1 {
		t.Errorf("asked again at once: %q", got)
	}
	c.clk.add(freshGroup)
	if got := admit(true); got != "" {
		t.Errorf("a guess asks Slack: %q", got)
	}
	if got := admit(false); got != "refused.stranger" {
		t.Errorf("removed, but %q", got)
	}
	c.f.group = []string{"U0ANN"}
	c.clk.add(freshGroup)
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
	c.f.group = []string{"U0ANN"}
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.f.mu.Lock()
	c.f.group = nil
	c.f.mu.Unlock()
	c.clk.add(freshGroup)
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
