//go:build chaos

package main

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"retour/cmd/internal/loopback"
	"retour/rules"
)

// fields is how the staff fill in the form of an event.
var fields = map[rules.EventKind]map[string]string{
	rules.EvTakeCharge: {},
	rules.EvApprove:    {"item.": string(rules.InWarranty)},
	rules.EvAsk:        {"text": "Which firmware is it?"},
	rules.EvRefuse:     {"kind": string(rules.RefusedTechnical), "text": "It works."},
	rules.EvReceive:    {},
	rules.EvTest:       {"item.": string(rules.Covered)},
	rules.EvShip:       {"item.": string(rules.Repaired)},
	rules.EvWrite:      {"text": "We have not forgotten you."},
}

// act lets the staff press buttons on the newest cards until done is closed.
// What does not work at once they leave.
func (x *trial) act(done <-chan struct{}) {
	r := x.staff
	events := []rules.EventKind{rules.EvTakeCharge, rules.EvApprove, rules.EvAsk, rules.EvRefuse, rules.EvReceive, rules.EvTest, rules.EvShip, rules.EvWrite}
	for !wait(done, 60*time.Millisecond) {
		cards := x.cards()
		if len(cards) == 0 {
			continue
		}
		card := cards[len(cards)-1-r.IntN(min(len(cards), 25))]
		user := pick(r, loopback.SlackAnn, loopback.SlackBen)
		first := r.IntN(len(events))
		for i := range events {
			event := events[(first+i)%len(events)]
			delivery, err := x.slack.Click(user, loopback.SlackChannel, card.TS, pressOf(card, string(event)))
			if err != nil {
				continue // there is no such button
			}
			if delivery.OK() {
				x.fill(done, user, card, event)
			}
			break
		}
		x.closeAll(user)
	}
}

// cards are the messages that stand for cases.
func (x *trial) cards() (list []loopback.Message) {
	for _, m := range x.slack.Messages(loopback.SlackChannel) {
		for _, one := range append([]loopback.Message{m}, m.Replies...) {
			if _, key, _ := strings.Cut(keyOf(one), ":"); strings.HasPrefix(key, "card/") {
				list = append(list, one)
			}
		}
	}
	return list
}

// fill fills in the form that a button opens, and sends it with the mail that it
// shows.
func (x *trial) fill(done <-chan struct{}, user string, card loopback.Message, event rules.EventKind) {
	_, number, _ := strings.Cut(keyOf(card), "card/")
	x.mu.Lock()
	x.attempts[number+" "+string(event)]++
	x.mu.Unlock()
	for range 6 {
		changed := x.slack.Changed()
		views := x.slack.Views(user)
		if len(views) == 0 {
			select {
			case <-changed:
				continue
			case <-done:
				return
			case <-x.change():
			}
			if len(x.slack.Views(user)) == 0 {
				return // it was done at once, or will not be
			}
			continue
		}
		v := views[len(views)-1]
		if _, err := x.slack.Submit(user, v.ID, filled(v, fields[event])); err != nil {
			return
		}
	}
}

// filled are the values for a form: a name that ends with a dot stands for all
// blocks that begin so.
func filled(v loopback.View, with map[string]string) url.Values {
	values := url.Values{}
	for name, value := range with {
		for _, b := range v.Blocks {
			if b.BlockID == name || strings.HasSuffix(name, ".") && strings.HasPrefix(b.BlockID, name) {
				values.Set(b.BlockID, value)
			}
		}
	}
	return values
}

func (x *trial) closeAll(user string) {
	for views := x.slack.Views(user); len(views) > 0; views = x.slack.Views(user) {
		if _, err := x.slack.CloseView(user, views[len(views)-1].ID); err != nil {
			return
		}
		if now := x.slack.Views(user); slices.EqualFunc(now, views, func(a, b loopback.View) bool { return a.ID == b.ID }) {
			return
		}
	}
}
