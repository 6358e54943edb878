package slackdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"retour/notify"
	"retour/rules"
)

// newCard is the first delivery of the card of the n-th case.
func newCard(n int) notify.Delivery {
	c := testCase(1)
	c.Number, c.Version = rules.Number(2026, n), 1
	return notify.Delivery{Kind: notify.DeliverCard, Key: fmt.Sprintf("card/%d", n), Attempt: 1, Card: &notify.CardView{Case: c}}
}

func (c *client) send(del notify.Delivery) notify.Posted {
	c.t.Helper()
	r, err := c.d.Send(context.Background(), del)
	if err != nil {
		c.t.Fatal(err)
	}
	return r.Posted
}

// standing are the keys of the messages of the channel, or of a thread.
func (f *fakeSlack) standing(thread string) (keys []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.messages {
		payload, _ := p.metadata["event_payload"].(map[string]any)
		key, _ := payload["key"].(string)
		if p.thread == thread {
			keys = append(keys, strings.TrimPrefix(key, "i:"))
		}
	}
	return keys
}

func cardKeys(from, to int) (keys []string) {
	for n := from; n <= to; n++ {
		keys = append(keys, "card/"+rules.Number(2026, n))
	}
	return keys
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func crowd(t *testing.T) *client {
	return newClient(t, func(cfg *Config) { cfg.Burst = 3 })
}

func TestBurstIsOneMessageWithTheCardsInItsThread(t *testing.T) {
	c := crowd(t)
	var rollup string
	for n := 1; n <= 40; n++ {
		at := c.send(newCard(n))
		if (at.Thread != "") != (n > 3) {
			t.Fatalf("card %d stands at %+v", n, at)
		}
		rollup = at.Thread
	}
	channel := c.f.standing("")
	same(t, "channel", channel[:3], cardKeys(1, 3))
	if len(channel) != 4 || !strings.HasPrefix(channel[3], "rollup/") {
		t.Errorf("channel: %v", channel)
	}
	same(t, "thread", c.f.standing(rollup), cardKeys(4, 40))
	for redrawn := c.f.count("chat.update"); !says(c.f.shown(rollup).text, "37 new at once"); { // now and then, and at the end
		redrawn++
		c.f.waitFor("chat.update", redrawn)
	}
	var blocks []json.RawMessage
	if err := json.Unmarshal([]byte(c.f.shown(rollup).blocks), &blocks); err != nil || len(blocks) != rollupLines+3 {
		t.Errorf("%d blocks, %v", len(blocks), err)
	}
	c.clk.add(burstWithin)
	if at := c.send(newCard(41)); at.Thread != "" {
		t.Error("the burst is over, but a card is hidden in a thread")
	}
}

func TestNextBurstGoesOnInTheRollUpOrBeginsAnother(t *testing.T) {
	c := crowd(t)
	last := func(from int) (thread string) {
		for n := from; n < from+5; n++ {
			thread = c.send(newCard(n)).Thread
		}
		return thread
	}
	first := last(1)
	c.clk.add(2 * burstWithin)
	if second := last(11); second != first {
		t.Error("a burst two minutes later has a roll-up of its own")
	}
	c.clk.add(rollupFor)
	if third := last(21); third == first || third == "" {
		t.Error("a burst an hour later has none")
	}
}

func TestCardOfABurstWhoseAnswerWasLostIsNotRepeated(t *testing.T) {
	c := crowd(t)
	for n := 1; n <= 5; n++ {
		c.send(newCard(n))
	}
	c.f.fail("chat.postMessage", fault{drop: true, after: true})
	lost := newCard(6)
	if _, err := c.d.Send(context.Background(), lost); err == nil {
		t.Fatal("the answer was not lost")
	}
	lost.Attempt = 2
	at := c.send(lost)
	same(t, "thread", c.f.standing(at.Thread), cardKeys(4, 6))
}

func TestDeletedRollUp(t *testing.T) {
	c := crowd(t)
	var rollup string
	for n := 1; n <= 5; n++ {
		rollup = c.send(newCard(n)).Thread
	}
	c.f.mu.Lock()
	c.f.remove(rollup)
	c.f.mu.Unlock()
	if at := c.send(newCard(6)); at.Thread != "" {
		t.Errorf("the card stands in a thread that is gone: %+v", at)
	}
	if at := c.send(newCard(7)); at.Thread == "" || at.Thread == rollup {
		t.Errorf("no new roll-up: %+v", at)
	}
}

func TestLiftedCardStandsOnce(t *testing.T) {
	c := crowd(t)
	var last notify.Delivery
	for n := 1; n <= 5; n++ {
		last = newCard(n)
		last.Card.Posted = c.send(last)
	}
	old := last.Card.Posted
	last.Lift, last.Card.Case.Version = true, 2
	c.f.fail("chat.postMessage", fault{drop: true, after: true})
	if _, err := c.d.Send(context.Background(), last); err == nil {
		t.Fatal("the answer was not lost")
	}
	last.Attempt = 2
	at := c.send(last)
	if at.Thread != "" || at.TS == old.TS {
		t.Errorf("lifted to %+v", at)
	}
	channel := c.f.standing("")
	same(t, "channel", append(channel[:3:3], channel[4:]...), append(cardKeys(1, 3), cardKeys(5, 5)...))
	same(t, "thread", c.f.standing(old.Thread), append(cardKeys(4, 4), "pointer/"+rules.Number(2026, 5)))
	if p := c.f.shown(old.TS); !says(p.blocks, strings.ReplaceAll(at.TS, ".", "")) || says(p.blocks, "take_charge") {
		t.Errorf("the pointer: %s", p.blocks)
	}
	last.Card.Posted = at // the desk fell before it forgot the roll-up
	last.Card.Posted.Thread = old.Thread
	if again := c.send(last); again != at {
		t.Errorf("lifted again to %+v", again)
	}
	if p := c.f.shown(at.TS); !says(p.blocks, "take_charge") {
		t.Errorf("the card became a pointer to itself: %s", p.blocks)
	}
}

func TestHeldMailsAreNoNoiseEither(t *testing.T) {
	c := crowd(t)
	for n := 1; n <= 20; n++ {
		c.send(notify.Delivery{Kind: notify.DeliverHeld, Attempt: 1, Held: &notify.Held{LedgerID: int64(n), From: nasty, Subject: nasty, Why: "it is strange", Received: time.Unix(0, 0)}})
	}
	if channel := c.f.standing(""); len(channel) != 4 {
		t.Errorf("channel: %v", channel)
	}
}
