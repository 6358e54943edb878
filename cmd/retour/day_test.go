package main

import (
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// A day of forty cases against a Slack that does what Slack does on bad days, over
// both ways in. At its end casebook, cards, threads and mails must agree.
const dayCases = 40

// step is one thing that happens to a case: staff act, or the customer writes.
type step struct {
	user   string // empty: the customer
	event  rules.EventKind
	fields map[string]string // of the form, by block_id
	text   string            // of the customer's mail
}

// dayStory is what happens to the n-th case after it was opened.
func dayStory(n int) []step {
	ann, ben := loopback.SlackAnn, loopback.SlackBen
	charge := func(user string) step { return step{user: user, event: rules.EvTakeCharge} }
	approve := step{user: ann, event: rules.EvApprove, fields: map[string]string{"item.1": string(rules.InWarranty)}}
	answer := step{event: rules.EvAnswer, text: "The Grandstream ticket is 20261115093422."}
	received := step{user: ben, event: rules.EvReceive}
	tested := func(o rules.TestOutcome) step {
		return step{user: ben, event: rules.EvTest, fields: map[string]string{"item.1": string(o)}}
	}
	switch n % 5 {
	case 0:
		return []step{charge(ann), approve, received, tested(rules.Covered), {user: ann, event: rules.EvShip, fields: map[string]string{"item.1": string(rules.Repaired)}}}
	case 1:
		return []step{charge(ben), {user: ben, event: rules.EvRefuse, fields: map[string]string{"kind": string(rules.RefusedTechnical), "text": "It works."}}}
	case 2: // its mail lacks the ticket, and the desk asks for it by itself
		return []step{answer, charge(ann)}
	case 3:
		return []step{charge(ben), {user: ben, event: rules.EvRefer, fields: map[string]string{"link": "https://www.grandstream.com/support"}}}
	}
	return []step{{user: ben, event: rules.EvAsk, fields: map[string]string{"text": "Which firmware is it?"}}, {event: rules.EvAnswer, text: "It is 1.0.11."}, approve, received,
		tested(rules.Repairable), {user: ann, event: rules.EvQuote, fields: map[string]string{"amount": "49.50 EUR"}},
		{event: rules.EvQuoteAccepted, text: "We accept the quote."}}
}

// dayDesk is a desk on its day.
type dayDesk struct {
	*desk
	logged  *logSink // all that the desk has logged at the level info
	numbers []string // of the cases
	deleted string   // number of the case whose card somebody deletes
}

func TestDayOfFortyCasesOverSockets(t *testing.T) {
	d := openDay(t, nil)
	d.play(func(round, n int) {
		switch [2]int{round, n} {
		case [2]int{0, 5}:
			d.slack.Disconnect("warning")
		case [2]int{0, 12}:
			d.slack.Disconnect("refresh_requested")
		case [2]int{0, 20}, [2]int{1, 30}:
			d.slack.Drop()
		case [2]int{1, 3}:
			d.slack.HalfOpen()
		}
	})
}

func TestDayOfFortyCasesOverHTTPS(t *testing.T) {
	const secret = "8f742231b10e8888abcd99yyyzzz85a5"
	address := addressForLater(t)
	d := openDay(t, func(dir, text string) string {
		if err := os.WriteFile(filepath.Join(dir, "signing-secret"), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
		return strings.Replace(text, "mode: socket", "mode: http\n  signing_secret: {file: signing-secret}\n  listen: "+address, 1)
	})
	d.slack.SendTo("http://"+address+"/slack", secret)
	d.play(func(int, int) {})
}

// openDay opens a desk whose Slack may refuse only what the day brings about.
func openDay(t *testing.T, change func(dir, text string) string) *dayDesk {
	t.Helper()
	d := &dayDesk{desk: openDesk(t, "views.open expired_trigger_id", "chat.update message_not_found",
		"chat.postMessage is_archived", "chat.update is_inactive"), logged: newLogSink()}
	d.log = logTo(d.logged, slog.LevelInfo)
	d.halt()
	d.resume(func(text string) string {
		text = strings.Replace(text, "burst: 0", "burst: 5", 1)
		if change != nil {
			text = change(d.dir, text)
		}
		return text
	})
	return d
}

// play plays the day; trouble is what goes wrong beside what always does.
func (d *dayDesk) play(trouble func(round, n int)) {
	d.open40()
	d.others()
	for round := range 7 {
		d.slack.Double(round == 0)
		d.roundTrouble(round)
		for n, number := range d.numbers {
			trouble(round, n)
			if steps := dayStory(n); round < len(steps) {
				d.happen(number, n, steps[round])
			}
		}
		d.catchUp()
	}
	for n, number := range d.numbers {
		d.agree(number, n)
	}
	d.discreet()
}

// discreet looks through the log of the whole day: it tells of every case, and of
// no customer anything else. And no file of the desk can be read by others.
func (d *dayDesk) discreet() {
	d.t.Helper()
	err := filepath.WalkDir(d.dir, func(path string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		info, err := f.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			d.t.Errorf("%s has the mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		d.t.Error(err)
	}
	log := strings.ToLower(d.logged.String())
	for n, number := range d.numbers {
		if !strings.Contains(log, strings.ToLower(number)) {
			d.t.Errorf("the log does not tell of %s", number)
		}
		l := phone(n)
		for _, words := range []string{l.from, strings.Split(l.from, "@")[1], l.subject, "20261115093422", "display", "accept the quote", "any news", "he called", "buyer"} {
			if i := strings.Index(log, strings.ToLower(words)); i >= 0 {
				d.t.Fatalf("the log has %q: …%s…", words, log[max(0, i-200):min(len(log), i+100)])
			}
		}
	}
}

// open40 sends the forty requests into a storm: Slack wants silence, and loses
// answers.
func (d *dayDesk) open40() {
	d.t.Helper()
	d.slack.Fail("chat.postMessage", 2, loopback.SlackFault{Status: 429, RetryAfter: time.Second})
	d.slack.Fail("chat.postMessage", 3, loopback.SlackFault{Drop: true})
	d.slack.Fail("chat.postMessage", 1, loopback.SlackFault{Status: 503})
	letters := make([]letter, dayCases)
	for n := range letters {
		letters[n] = phone(n)
		if n%5 == 2 {
			letters[n].text = strings.Replace(letters[n].text, "Grandstream helpdesk ticket: 20261115093422", "Please help.", 1)
		}
	}
	d.write(letters...)
	d.catchUp()
	for _, l := range letters {
		d.numbers = append(d.numbers, d.onlyCase(l.from).Number)
	}
}

// others are the ways of the staff beside the cards: a note in a thread, the
// command, the Home tab. Everything is delivered twice.
func (d *dayDesk) others() {
	d.t.Helper()
	d.slack.Double(true)
	noted := d.cards(d.numbers[noted])[0]
	if noted.ThreadTS != "" {
		d.t.Fatalf("the first card came in a burst: %+v", noted)
	}
	if _, delivery, err := d.slack.Say(loopback.SlackAnn, loopback.SlackChannel, noted.TS, "He called, it is urgent."); err != nil || !delivery.OK() {
		d.t.Fatalf("note: %v, %v", delivery, err)
	}
	if delivery, err := d.slack.Command(loopback.SlackBen, loopback.SlackChannel, "/rma", "show "+d.numbers[3]); err != nil || !delivery.OK() {
		d.t.Fatalf("command: %v, %v", delivery, err)
	}
	if delivery, err := d.slack.OpenHome(loopback.SlackBen); err != nil || !delivery.OK() {
		d.t.Fatalf("home: %v, %v", delivery, err)
	}
	d.either("the command is answered and the tab is drawn", func() bool {
		_, drawn := d.slack.Home(loopback.SlackBen)
		return drawn && len(d.slack.Ephemerals(loopback.SlackBen)) > 0
	})
	d.catchUp()
	if n := len(d.slack.Ephemerals(loopback.SlackBen)); n != 1 {
		d.t.Errorf("%d answers to one command", n)
	}
}

// noted is the case in whose thread somebody writes a note: the first, whose card
// stands in the channel.
const noted = 0

// roundTrouble is what goes wrong in each round, whatever the way in.
func (d *dayDesk) roundTrouble(round int) {
	switch round {
	case 0:
		d.slack.Fail("chat.update", 1, loopback.SlackFault{Status: 429, RetryAfter: time.Second})
		d.slack.Fail("chat.update", 2, loopback.SlackFault{Drop: true})
	case 1:
		d.deleted = d.numbers[15]
		d.deleteCard(d.deleted)
		d.slack.ExpireTriggers(2)
		d.removedBetweenClickAndSubmit(d.numbers[31])
	case 2:
		d.slack.Archive(loopback.SlackChannel, true)
		d.writeToAll("Is there any news?")
		d.slack.Archive(loopback.SlackChannel, false)
	}
}

// writeToAll is a mail of some customers while Slack takes nothing.
func (d *dayDesk) writeToAll(text string) {
	d.t.Helper()
	var letters []letter
	for n := 0; n < dayCases; n += 10 {
		letters = append(letters, d.answer(n, text))
	}
	d.write(letters...)
}

func (d *dayDesk) answer(n int, text string) letter {
	d.t.Helper()
	from := phone(n).from
	mails := d.received(from)
	last := mails[len(mails)-1]
	return letter{from: from, id: fmt.Sprintf("%d-%d@shop.example", n, len(mails)), subject: "Re: " + last.Subject, inReplyTo: last.MessageID, text: text}
}

// catchUp lets the waits for Slack pass; it ends when nothing waits but calls.
func (d *dayDesk) catchUp() {
	d.t.Helper()
	var rows []casebook.Row
	for range 60 {
		d.wait()
		var err error
		rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Status: casebook.Pending})
		if err != nil {
			d.t.Fatal(err)
		}
		if !slices.ContainsFunc(rows, func(r casebook.Row) bool { return r.Kind != string(notify.DeliverCall) }) {
			return
		}
		d.later(time.Minute)
	}
	for _, r := range rows {
		d.t.Logf("%d %s %s: %d attempts, next %s: %s", r.ID, r.Kind, r.Key, r.Attempts, r.NextAt, r.LastError)
	}
	d.t.Fatal("the outbox does not become empty")
}

func (d *dayDesk) happen(number string, n int, s step) {
	d.t.Helper()
	if s.user == "" {
		d.write(d.answer(n, s.text))
		return
	}
	d.act(s.user, number, s)
}

func (d *dayDesk) caseOf(number string) rules.Case {
	d.t.Helper()
	c, err := d.app.book.Case(d.ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// act does one step as a person does: he presses the button, again when nothing
// happens, fills in the form, and looks whether it was done.
func (d *dayDesk) act(user, number string, s step) {
	d.t.Helper()
	before := d.caseOf(number).Version
	done := func() bool { return d.caseOf(number).Version > before }
	for range 20 {
		told := len(d.slack.Ephemerals(user))
		if !d.pressed(user, number, s.event) {
			d.either("connected", func() bool { return d.app.cfg.Slack.Mode == "http" || d.slack.Connections() > 0 })
			continue
		}
		d.either(fmt.Sprintf("%s %s on %s shows something", user, s.event, number), func() bool {
			return done() || d.hasForm(user) || d.told(user) || len(d.slack.Ephemerals(user)) > told
		})
		if d.hasForm(user) {
			d.fill(user, s.fields)
			d.either("the form is done with", func() bool { return done() && (len(d.slack.Views(user)) == 0 || d.told(user)) })
			d.closeAll(user) // where the desk was slow, the window says that it is done
		}
		if done() {
			d.wait()
			return
		}
		d.closeAll(user) // the card was older than the case
		d.catchUp()
	}
	d.t.Fatalf("%s cannot %s %s", user, s.event, number)
}

func (d *dayDesk) closeAll(user string) {
	d.t.Helper()
	for views := d.slack.Views(user); len(views) > 0; views = d.slack.Views(user) {
		if _, err := d.slack.CloseView(user, views[len(views)-1].ID); err != nil {
			d.t.Fatal(err)
		}
	}
}

// either waits for something that the desk does or that is seen in Slack.
func (d *dayDesk) either(what string, done func() bool) {
	d.t.Helper()
	for {
		desk, slack := d.waitChange(), d.slack.Changed()
		if done() {
			return
		}
		select {
		case <-desk:
		case <-slack:
		case <-d.ctx.Done():
			d.t.Fatalf("still not: %s; before Ann: %+v, before Ben: %+v", what, d.slack.Views(loopback.SlackAnn), d.slack.Views(loopback.SlackBen))
		}
	}
}

// pressed presses the button of an event on the card of a case, as it stands.
func (d *dayDesk) pressed(user, number string, event rules.EventKind) bool {
	d.t.Helper()
	m := d.cards(number)[0]
	delivery, err := d.slack.Click(user, loopback.SlackChannel, m.TS, pressOf(m, string(event)))
	if err != nil {
		d.t.Fatalf("press %s on %s: %v", event, number, err)
	}
	return delivery.OK()
}

// fill submits the open form, and the mail that it shows, until it is closed.
func (d *dayDesk) fill(user string, fields map[string]string) {
	d.t.Helper()
	values := url.Values{}
	for k, v := range fields {
		values.Set(k, v)
	}
	for range 6 {
		if !d.hasForm(user) {
			return
		}
		views := d.slack.Views(user)
		v := views[len(views)-1]
		if _, err := d.slack.Submit(user, v.ID, values); err != nil {
			d.t.Fatalf("submit %s: %v", v.CallbackID, err)
		}
	}
}

// cards are the messages that stand for a case, in the channel or in a burst's
// thread.
func (d *dayDesk) cards(number string) (list []loopback.Message) {
	d.t.Helper()
	for _, m := range d.slack.Messages(loopback.SlackChannel) {
		for _, one := range append([]loopback.Message{m}, m.Replies...) {
			if strings.HasSuffix(keyOf(one), ":card/"+number) {
				list = append(list, one)
			}
		}
	}
	if len(list) != 1 {
		d.t.Fatalf("%s has %d cards", number, len(list))
	}
	return list
}

func keyOf(m loopback.Message) string {
	if m.Metadata == nil {
		return ""
	}
	return fmt.Sprint(m.Metadata.EventPayload["key"])
}

func (d *dayDesk) deleteCard(number string) {
	d.t.Helper()
	if err := d.slack.Delete(loopback.SlackChannel, d.cards(number)[0].TS); err != nil {
		d.t.Fatal(err)
	}
	d.press1(number)
}

// press1 makes the desk redraw a card that is gone: the customer writes.
func (d *dayDesk) press1(number string) {
	d.t.Helper()
	n := slices.Index(d.numbers, number)
	d.write(d.answer(n, "Is there any news?"))
	d.catchUp()
}

// removedBetweenClickAndSubmit: Ben loses his place while his form is open.
func (d *dayDesk) removedBetweenClickAndSubmit(number string) {
	d.t.Helper()
	before := d.caseOf(number).Version
	for !d.hasForm(loopback.SlackBen) { // the first triggers come too late
		told := len(d.slack.Ephemerals(loopback.SlackBen))
		d.pressed(loopback.SlackBen, number, rules.EvRefuse)
		d.either("a form, or why not", func() bool { return d.hasForm(loopback.SlackBen) || len(d.slack.Ephemerals(loopback.SlackBen)) > told })
	}
	d.slack.SetGroup(loopback.SlackDesk, loopback.SlackAnn)
	d.fill(loopback.SlackBen, map[string]string{"kind": string(rules.RefusedTechnical), "text": "It works."})
	d.wait()
	if c := d.caseOf(number); c.Version != before {
		d.t.Errorf("%s is %s by somebody who is no longer of the staff", number, c.State)
	}
	d.closeAll(loopback.SlackBen)
	d.slack.SetGroup(loopback.SlackDesk, loopback.SlackAnn, loopback.SlackBen)
}

// agree compares what the casebook knows of a case with its script, its card, its
// thread and its customer's mails.
func (d *dayDesk) agree(number string, n int) {
	d.t.Helper()
	c := d.caseOf(number)
	history, err := d.app.book.History(d.ctx, c.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	var got []rules.EventKind
	for _, h := range history {
		if h.Event != rules.EvQuestion { // asked how it stands, when Slack took nothing
			got = append(got, h.Event)
		}
	}
	want := []rules.EventKind{rules.EvRequest}
	if n == noted {
		want = append(want, rules.EvNote)
	}
	for _, s := range dayStory(n) {
		want = append(want, s.event)
	}
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: %v happened, want %v", number, got, want)
	}
	d.agreeCard(c, history)
	d.agreeMails(phone(n).from)
}

func (d *dayDesk) agreeCard(c rules.Case, history []casebook.HistoryRow) {
	d.t.Helper()
	card := d.cards(c.Number)[0]
	if state := strings.ReplaceAll(string(c.State), "_", " "); !strings.HasPrefix(card.Text, state) && c.State != rules.InfoNeeded {
		d.t.Errorf("%s is %s, its card says %q", c.Number, c.State, card.Text)
	}
	for _, b := range card.Blocks {
		for _, e := range b.Elements {
			if e.Type == "button" && e.URL == "" && e.Value != fmt.Sprintf("%s/%d", c.Number, c.Version) {
				d.t.Errorf("%s has version %d, its button carries %s", c.Number, c.Version, e.Value)
			}
		}
	}
	var want, got []string
	for _, h := range history {
		if h.Event != rules.EvNote { // it stands there in the person's own words
			want = append(want, fmt.Sprintf("entry/%d", h.ID))
		}
	}
	for _, r := range entries(card) {
		_, key, _ := strings.Cut(keyOf(r), ":")
		got = append(got, key)
	}
	if c.Number == d.deleted { // what stood in the thread went with the card
		want = want[max(0, len(want)-len(got)):]
	}
	if !slices.Equal(got, want) {
		d.t.Errorf("%s: its thread has %v, want %v", c.Number, got, want)
	}
}

func (d *dayDesk) agreeMails(address string) {
	d.t.Helper()
	seen := map[string]bool{}
	for _, m := range d.received(address) {
		if seen[m.MessageID] {
			d.t.Errorf("%s got %s twice", address, m.MessageID)
		}
		seen[m.MessageID] = true
	}
}
