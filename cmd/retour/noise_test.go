package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/rules"
)

// calls are the mentions in the thread of a case's card, in their order.
func (d *desk) calls(number string) (calls []string) {
	for _, reply := range d.card(number).Replies {
		for _, text := range texts(reply.Blocks) {
			for _, who := range []string{"<@" + loopback.SlackAnn + ">", "<!subteam^" + loopback.SlackDesk + ">"} {
				if strings.Contains(text, who) {
					calls = append(calls, who)
				}
			}
		}
	}
	return calls
}

// passes moves the clock on by steps of an hour, as time does.
func (d *desk) passes(hours int) {
	d.t.Helper()
	for range hours {
		d.later(time.Hour)
		if _, err := d.app.intake.Tick(d.ctx); err != nil {
			d.t.Fatal(err)
		}
		d.wait()
	}
}

func TestLateCaseCallsItsOwnerThenTheGroupInWorkingHours(t *testing.T) {
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC) // 17:00 in Rome, where the shipped policy works
	start := time.Now()
	d := openDeskAt(t, func() time.Time { return friday.Add(time.Since(start)) })
	d.write(grandstream(annAddress, "one@shop.example"))
	number := d.onlyCase(annAddress).Number
	const group, ann = "<!subteam^" + loopback.SlackDesk + ">", "<@" + loopback.SlackAnn + ">"
	want := func(when string, calls ...string) {
		t.Helper()
		if got := d.calls(number); strings.Join(got, " ") != strings.Join(calls, " ") {
			t.Errorf("%s: called %v, want %v", when, got, calls)
		}
	}
	d.passes(14) // Saturday morning: the 12 hours to take charge are over
	if !d.onlyCase(annAddress).Late {
		t.Fatal("the case is not late")
	}
	want("at the weekend")
	d.passes(48) // Monday, 07:00
	want("before the desk opens")
	d.passes(3)
	want("on Monday morning: nobody owns the case", group)
	d.passes(24)
	want("a day later", group)

	d.do(loopback.SlackAnn, number, rules.EvTakeCharge)
	d.inState(annAddress, rules.InCharge)
	d.passes(9) // Tuesday evening; the two working days count from when the request was complete
	want("Ann let her two days pass", group, ann)
	d.passes(20)
	want("and did nothing for four working hours more", group, ann, group)
	d.passes(100)
	want("at last", group, ann, group)
}

func TestTroubleIsToldWhereItCanBeRead(t *testing.T) {
	const boss = "boss@retour.example"
	d := openDesk(t, "chat.postMessage is_archived", "chat.update is_inactive")
	d.halt()
	d.resume(func(text string) string { return strings.Replace(text, "desk:\n", "desk:\n  alerts: ["+boss+"]\n", 1) })
	d.slack.Archive(loopback.SlackChannel, true)
	d.write(phone(1))
	sending, buttons := d.app.slack.Load().Trouble()
	if sending == nil || !strings.Contains(sending.Error(), "unarchive it") || buttons != nil {
		t.Errorf("trouble: %v, %v", sending, buttons)
	}
	at, h := time.Now(), healthOfSlack()
	for _, trouble := range []error{sending, sending, nil} {
		if err := d.app.look(d.ctx, at, &h, trouble, trouble == nil); err != nil {
			t.Fatal(err)
		}
		at = at.Add(silence + time.Minute)
	}
	d.slack.Archive(loopback.SlackChannel, false)
	d.later(time.Hour)
	d.wait()
	if sending, _ := d.app.slack.Load().Trouble(); sending != nil {
		t.Errorf("all is well again, but: %v", sending)
	}
	var told []string
	for _, m := range d.received(boss) {
		told = append(told, m.Text)
	}
	if len(told) != 2 || !strings.Contains(told[0], "unarchive it") || !strings.Contains(told[1], "again") {
		t.Errorf("by mail: %q", told)
	}
	if n := len(d.messages("Nothing can be shown")); n != 0 {
		t.Errorf("Slack says %d times that it cannot say anything", n)
	}
	if n := len(d.messages("takes messages again")); n != 1 {
		t.Errorf("Slack says %d times that it works again", n)
	}
	if n := len(d.messages(d.cases()[0].Number)); n != 1 {
		t.Errorf("%d cards", n)
	}
}

func TestNobodyIsCalledForWhatIsDone(t *testing.T) {
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	start := time.Now()
	d := openDeskAt(t, func() time.Time { return friday.Add(time.Since(start)) })
	d.write(grandstream(annAddress, "one@shop.example"))
	number := d.onlyCase(annAddress).Number
	d.passes(20)
	if !d.onlyCase(annAddress).Late {
		t.Fatal("the case is not late")
	}
	d.do(loopback.SlackAnn, number, rules.EvTakeCharge) // on Saturday, before anybody is called
	d.inState(annAddress, rules.InCharge)
	d.passes(60)
	if got := d.calls(number); len(got) != 0 {
		t.Errorf("called %v", got)
	}
}

// TestBurstMakesNoNoise: many mails at once are one message beside the first
// cards; a card that is worked on gets its own thread, with its whole history.
func TestBurstMakesNoNoise(t *testing.T) {
	const mails, alone = 30, 5
	d := openDesk(t)
	d.halt()
	d.resume(func(text string) string { return strings.Replace(text, "burst: 0", fmt.Sprintf("burst: %d", alone), 1) })
	letters := make([]letter, mails)
	for n := range letters {
		letters[n] = phone(n)
	}
	d.write(letters...)
	channel := d.slack.Messages(loopback.SlackChannel)
	if len(channel) != alone+1 {
		t.Fatalf("%d messages in the channel, want %d cards and the roll-up", len(channel), alone)
	}
	rollup := channel[alone]
	if len(rollup.Replies) != mails-alone {
		t.Fatalf("%d cards in the thread of the roll-up, want %d", len(rollup.Replies), mails-alone)
	}
	d.untilSlack("the roll-up counts all", func() bool {
		return strings.Contains(d.slack.Messages(loopback.SlackChannel)[alone].Text, fmt.Sprint(mails-alone))
	})

	copied := rollup.Replies[3]
	if _, err := d.slack.Click(loopback.SlackAnn, loopback.SlackChannel, copied.TS, loopback.Press{Action: string(rules.EvTakeCharge)}); err != nil {
		t.Fatal(err)
	}
	d.submitTop(loopback.SlackAnn)
	d.untilSlack("the card moves into the channel", func() bool { return len(d.slack.Messages(loopback.SlackChannel)) == alone+2 })
	d.wait()
	channel = d.slack.Messages(loopback.SlackChannel)
	card := channel[alone+1]
	var number string
	for _, c := range d.cases() {
		if c.State == rules.InCharge {
			number = c.Number
		}
	}
	if number == "" || !strings.Contains(card.Text, number) || !strings.Contains(card.Text, "in charge") {
		t.Errorf("%q is in charge, the card says %q", number, card.Text)
	}
	if len(card.Replies) != 2 || !strings.Contains(card.Replies[1].Text, "took charge") {
		t.Errorf("the thread has %d entries; the last: %q", len(card.Replies), card.Replies[len(card.Replies)-1].Text)
	}
	if p := channel[alone].Replies[3]; !strings.Contains(p.Text, number) || len(p.Blocks) != 1 {
		t.Errorf("the card is left behind: %q", p.Text)
	}
	d.wait()
	if n := len(d.slack.Messages(loopback.SlackChannel)[alone+1].Replies); n != 2 {
		t.Errorf("%d entries after a while", n)
	}
}

// TestBurstThatIsLateStaysQuiet: what came in a burst on Friday night and is late
// on Saturday calls the group on Monday, a few times, and moves no card.
func TestBurstThatIsLateStaysQuiet(t *testing.T) {
	const mails, alone = 20, 5
	friday := time.Date(2026, 11, 20, 16, 0, 0, 0, time.UTC)
	start := time.Now()
	d := openDeskAt(t, func() time.Time { return friday.Add(time.Since(start)) })
	d.halt()
	d.resume(func(text string) string { return strings.Replace(text, "burst: 0", fmt.Sprintf("burst: %d", alone), 1) })
	letters := make([]letter, mails)
	for n := range letters {
		letters[n] = phone(n)
	}
	d.write(letters...)
	d.passes(14)
	if n := len(d.slack.Messages(loopback.SlackChannel)); n != alone+1 {
		t.Errorf("%d messages in the channel on Saturday, want %d", n, alone+1)
	}
	d.passes(60)
	mentions := 0
	for _, m := range d.slack.Messages(loopback.SlackChannel) {
		for _, one := range append([]loopback.Message{m}, m.Replies...) {
			mentions += strings.Count(fmt.Sprint(texts(one.Blocks)), "<!subteam^"+loopback.SlackDesk+">")
		}
	}
	if n := len(d.slack.Messages(loopback.SlackChannel)); n != alone+2 || mentions != alone+1 {
		t.Errorf("%d messages in the channel and %d mentions, want %d and %d", n, mentions, alone+2, alone+1)
	}
}
