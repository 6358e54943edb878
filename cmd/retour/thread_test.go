package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"retour/cmd/internal/loopback"
	"retour/rules"
	"retour/rules/casebook"
)

// withLabel is a request that is long and brings a picture.
func withLabel(l letter, picture []byte) []byte {
	head, body, _ := strings.Cut(string(l.raw()), "\r\n\r\n")
	head = strings.Replace(head, "Content-Type: text/plain; charset=utf-8", "Content-Type: multipart/mixed; boundary=zz", 1)
	var lines []string
	for part := range slices.Chunk(picture, 57) {
		lines = append(lines, base64.StdEncoding.EncodeToString(part))
	}
	return []byte(fmt.Sprintf("%s\r\n\r\n--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n--zz\r\nContent-Type: image/jpeg; name=label.jpg\r\n"+
		"Content-Disposition: attachment; filename=label.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--zz--\r\n",
		head, strings.ReplaceAll(body, ". It", ".\r\nIt"), strings.Join(lines, "\r\n")))
}

// What a customer sends can be looked at in the thread of the card, and what
// staff write there is in the case, once.
func TestThreadOfACard(t *testing.T) {
	d := openDesk(t)
	l := grandstream("ann@shop.example", "one@shop.example")
	l.text += "\n" + strings.Repeat("It rings and nobody can answer it. ", 80)
	picture := slices.Repeat([]byte("picture "), 5000)
	d.deliver(l.from, withLabel(l, picture))
	d.wait()
	number := d.onlyCase("ann@shop.example").Number
	d.untilSlack("both files stand in the thread", func() bool { return len(d.files(number)) == 2 })
	files := d.files(number)
	if string(files["label.jpg"].Data) != string(picture) || strings.Count(string(files["mail.txt"].Data), "It rings") != 80 {
		t.Errorf("files %d and %d bytes", len(files["label.jpg"].Data), len(files["mail.txt"].Data))
	}
	card := d.card(number)
	if blocks, err := json.Marshal(card.Blocks); err != nil || !strings.Contains(string(blocks), "label.jpg (40 kB)") {
		t.Errorf("the card does not name the attachment: %s, %v", blocks, err)
	}

	before := len(card.Replies)
	ts, delivery, err := d.slack.Say(loopback.SlackAnn, loopback.SlackChannel, card.TS, "He called: ship it to <the shop> & not home")
	if err != nil || !delivery.OK() {
		t.Fatal(delivery, err)
	}
	d.wait()
	d.noteIs(number, "He called: ship it to <the shop> & not home", 1)
	if _, err := d.slack.Edit(loopback.SlackAnn, loopback.SlackChannel, ts, "He called twice"); err != nil {
		t.Fatal(err)
	}
	d.wait()
	d.noteIs(number, "He called twice", 2)
	d.untilSlack("the message is marked", func() bool {
		replies := d.card(number).Replies
		i := slices.IndexFunc(replies, func(m loopback.Message) bool { return m.TS == ts })
		return i >= 0 && len(replies[i].Reactions) == 1
	})
	if now := d.card(number).Replies; len(now) != before+1 {
		t.Errorf("%d entries in the thread, want %d and her own", len(now), before)
	}
	if _, err := d.slack.Retract(loopback.SlackAnn, loopback.SlackChannel, ts); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("she is told that the note stays", func() bool { return len(d.slack.Ephemerals(loopback.SlackAnn)) == 1 })
	d.noteIs(number, "He called twice", 2)
}

func TestWhoMayNotActLeavesNoNote(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	number := d.onlyCase("ann@shop.example").Number
	for _, user := range []string{loopback.SlackGuest, loopback.SlackPartner} {
		if _, delivery, err := d.slack.Say(user, loopback.SlackChannel, d.card(number).TS, "refuse it"); err != nil || !delivery.OK() {
			t.Fatal(delivery, err)
		}
		d.untilSlack("he is told privately", func() bool { return len(d.slack.Ephemerals(user)) == 1 })
	}
	d.noteIs(number, "", 0)
}

// The reply is shown before it goes, in the customer's thread.
func TestReplyFromTheCard(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	number := d.onlyCase("ann@shop.example").Number
	d.press(loopback.SlackBen, number, string(rules.EvWrite))
	d.submitTop(loopback.SlackBen, "text", "We have found your second parcel, too.")
	d.until("the reply is in the mailbox", func() bool { return len(d.received("ann@shop.example")) == 2 })
	m := d.received("ann@shop.example")[1]
	if !strings.Contains(m.Text, "We have found your second parcel, too.") || m.InReplyTo[0] != "one@shop.example" {
		t.Errorf("reply to %v: %s", m.InReplyTo, m.Text)
	}
	if c := d.onlyCase("ann@shop.example"); c.State != rules.New {
		t.Errorf("the case is %s now", c.State)
	}
}

// files are those in the thread of a card, by name.
func (d *desk) files(number string) map[string]loopback.File {
	list := map[string]loopback.File{}
	for _, m := range d.card(number).Replies {
		for _, f := range m.Files {
			list[f.Name] = f
		}
	}
	return list
}

func (d *desk) noteIs(number, text string, count int) {
	d.t.Helper()
	c, err := d.app.book.Case(d.ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	history, err := d.app.book.History(d.ctx, c.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	notes := slices.DeleteFunc(history, func(h casebook.HistoryRow) bool { return h.Event != rules.EvNote })
	if len(notes) != count || count > 0 && notes[count-1].Text != text {
		d.t.Errorf("notes %+v, want %d, the last %q", notes, count, text)
	}
}
