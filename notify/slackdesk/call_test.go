package slackdesk

import (
	"context"
	"strings"
	"testing"

	"retour/notify"
	"retour/rules"
)

func callFor(whom string, v notify.CardView, attempt int) notify.Delivery {
	return notify.Delivery{Kind: notify.DeliverCall, Key: "call/7/" + whom, Attempt: attempt, Text: whom, Card: &v,
		Entry: &notify.Entry{ID: 7, Event: rules.EvTick, Why: "The time is over " + nasty}}
}

func TestOwnerIsCalledThenTheGroup(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Groups = []string{"S0DESK"} })
	c.f.user("U0GONE", m{"deleted": true})
	owned, gone, free := c.h.view, c.h.view, c.h.view
	owned.Case.Owner = rules.Person{ID: "U0ANN", Name: "Ann"}
	gone.Case.Owner = rules.Person{ID: "U0GONE", Name: "Gone"}
	const ann, group = "<@U0ANN>", "<!subteam^S0DESK>"
	for _, x := range []struct {
		name string
		v    notify.CardView
		want [2]string // of the first call and of the second
	}{{"owned", owned, [2]string{ann, group}}, {"gone", gone, [2]string{group, ""}}, {"free", free, [2]string{group, ""}}} {
		card, _, err := c.d.post(context.Background(), drawCard(c.d.words, x.v), "card/"+x.name, "")
		if err != nil {
			t.Fatal(err)
		}
		x.v.Posted = card
		for i, whom := range []string{notify.CallOwner, notify.CallGroup} {
			before := c.f.count("chat.postMessage")
			if _, err := c.d.Send(context.Background(), callFor(whom, x.v, 1)); err != nil {
				t.Fatal(err)
			}
			posted := c.f.count("chat.postMessage") > before
			if posted != (x.want[i] != "") {
				t.Fatalf("%s, call of the %s: posted %v", x.name, whom, posted)
			}
			if !posted {
				continue
			}
			last := c.f.last("chat.postMessage")
			blocks := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(last.Get("blocks"))
			if last.Get("thread_ts") != card.TS || !strings.Contains(blocks, x.want[i]) || strings.Count(blocks, "<") != 1 {
				t.Errorf("%s, call of the %s: %v", x.name, whom, last)
			}
		}
	}
}

func TestNobodyIsCalledOnceTheStaffHaveActed(t *testing.T) {
	c := newClient(t, nil)
	acted, closed := c.h.view, c.h.view
	acted.History = []notify.Entry{{ID: 7, Actor: rules.Actor{Kind: rules.ByClock}}, {ID: 9, Actor: rules.Actor{Kind: rules.ByStaff}}}
	closed.Case.State = rules.Closed
	for _, v := range []notify.CardView{acted, closed} {
		v.Posted = notify.Posted{Channel: "C0DESK", TS: "1"}
		if _, err := c.d.Send(context.Background(), callFor(notify.CallGroup, v, 1)); err != nil || c.f.count("chat.postMessage") != 0 {
			t.Errorf("%v, %d posts", err, c.f.count("chat.postMessage"))
		}
	}
}

func TestCallWhoseAnswerWasLostIsNotRepeated(t *testing.T) {
	c := newClient(t, nil)
	v := c.h.view
	card, _, err := c.d.post(context.Background(), drawCard(c.d.words, v), "card/x", "")
	if err != nil {
		t.Fatal(err)
	}
	v.Posted = card
	c.f.fail("chat.postMessage", fault{drop: true, after: true})
	if _, err := c.d.Send(context.Background(), callFor(notify.CallOwner, v, 1)); err == nil {
		t.Fatal("the answer was not lost")
	}
	if _, err := c.d.Send(context.Background(), callFor(notify.CallOwner, v, 2)); err != nil || c.f.count("chat.postMessage") != 2 {
		t.Errorf("%v, %d posts", err, c.f.count("chat.postMessage"))
	}
}

// After a weekend many cases are late at once: who is called is mentioned for the
// first few, and once for all the others.
func TestManyCallsMentionOnce(t *testing.T) {
	c := crowd(t)
	mentioned := 0
	for n := 1; n <= 20; n++ {
		del := newCard(n)
		del.Card.Posted = c.send(del)
		c.clk.add(burstWithin / 30) // so that the cards make no burst of their own
		late := callFor(notify.CallOwner, *del.Card, 1)
		late.Key = "call/" + del.Key
		c.send(late)
	}
	c.f.mu.Lock()
	defer c.f.mu.Unlock()
	for _, p := range c.f.messages {
		if strings.Contains(p.blocks, `u003c@U0ANN`) {
			mentioned++
		}
	}
	if mentioned != c.d.cfg.Burst+1 {
		t.Errorf("mentioned %d times, want %d", mentioned, c.d.cfg.Burst+1)
	}
}
