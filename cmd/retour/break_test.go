package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/emersion/go-smtp"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules"
	"retour/rules/casebook"
)

// What breaks desks, against the whole desk on loopback: servers that go away,
// people who press twice, mails that are made to harm. Each test has one claim.

const annAddress = "ann@shop.example"

// halt ends the desk as a reboot does; its servers and its files stay.
func (d *desk) halt() {
	d.t.Helper()
	d.stop()
	if err := errors.Join(<-d.done, d.app.close()); err != nil {
		d.t.Fatal(err)
	}
	d.done <- nil
}

// resume starts the desk anew on its files, with another configuration where
// change is given.
func (d *desk) resume(change func(string) string) {
	d.t.Helper()
	path := filepath.Join(d.dir, "retour.yaml")
	if change != nil {
		text, err := os.ReadFile(path)
		if err != nil {
			d.t.Fatal(err)
		}
		changed := change(string(text))
		if changed == string(text) {
			d.t.Fatal("the configuration was not changed")
		}
		if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
	cfg, err := loadConfig(path)
	if err != nil {
		d.t.Fatal(err)
	}
	d.resumeBy(cfg)
}

func (d *desk) resumeBy(cfg Config) {
	d.t.Helper()
	log := d.log
	if log == nil {
		log = testLogger(d.t)
	}
	var err error
	if d.app, err = newApp(d.ctx, cfg, d.clock.now, log); err != nil {
		d.t.Fatal(err)
	}
	if err := d.open(d.ctx); err != nil {
		d.t.Fatal(err)
	}
}

// command runs a command of the program beside the desk.
func (d *desk) command(args ...string) (string, int) {
	d.t.Helper()
	var out bytes.Buffer
	code := run(&world{ctx: d.ctx, stdout: &out, stderr: &out}, append(args, "--config", filepath.Join(d.dir, "retour.yaml")))
	return out.String(), code
}

// gate is a way to a server that can be shut.
type gate struct {
	ln     net.Listener
	target string

	mu    sync.Mutex
	shut  bool
	conns []net.Conn
}

func openGate(t *testing.T, target string) *gate {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{ln: ln, target: target}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			done.Go(func() { g.pass(c) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		g.set(true)
		done.Wait()
	})
	return g
}

func (g *gate) port() string {
	_, port, _ := net.SplitHostPort(g.ln.Addr().String())
	return port
}

// set shuts or opens the gate; who is on the way is cut off.
func (g *gate) set(shut bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = shut
	if shut {
		g.cutAll()
	}
}

// cut breaks what is connected now.
func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cutAll()
}

func (g *gate) cutAll() {
	for _, c := range g.conns {
		_ = c.Close()
	}
	g.conns = nil
}

func (g *gate) pass(c net.Conn) {
	defer c.Close()
	to, err := net.Dial("tcp", g.target)
	if err != nil {
		return
	}
	defer to.Close()
	g.mu.Lock()
	if g.shut {
		g.mu.Unlock()
		return
	}
	g.conns = append(g.conns, c, to)
	g.mu.Unlock()
	back := make(chan struct{})
	go func() {
		_, _ = io.Copy(c, to)
		_ = c.Close()
		close(back)
	}()
	_, _ = io.Copy(to, c)
	_ = to.Close()
	<-back
}

// phone is a complete request about the n-th phone of a customer of his own.
func phone(n int) letter {
	l := grandstream(fmt.Sprintf("c%d@shop%d.example", n, n), fmt.Sprintf("c%d@shop%d.example", n, n))
	l.text = strings.ReplaceAll(l.text, "20EZ115N308C605F", fmt.Sprintf("20EZ115N30%06X", 0xA80000+n))
	return l
}

func (d *desk) cases() []rules.Case {
	d.t.Helper()
	cases, err := d.app.book.Cases(d.ctx, casebook.CaseFilter{Limit: 10000})
	if err != nil {
		d.t.Fatal(err)
	}
	return cases
}

// messages are the root messages of the channel about something.
func (d *desk) messages(about string) []loopback.Message {
	var found []loopback.Message
	for _, m := range d.slack.Messages(loopback.SlackChannel) {
		if strings.Contains(fmt.Sprint(m.Text, texts(m.Blocks)), about) {
			found = append(found, m)
		}
	}
	return found
}

// texts are all texts of blocks, the marked ones apart.
func texts(blocks []loopback.Block) (all []string) {
	for _, b := range blocks {
		for _, t := range []*loopback.Text{b.Text, b.Label, b.Title, b.Hint} {
			if t != nil {
				all = append(all, t.Text)
			}
		}
		for _, e := range b.Elements {
			if e.Text != nil {
				all = append(all, e.Text.Text)
			}
		}
	}
	return all
}

// later moves the clock as far as any wait for a server that was down.
func (d *desk) later(by time.Duration) {
	d.t.Helper()
	if err := d.advance(d.ctx, by); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) ledger() []casebook.LedgerRow {
	d.t.Helper()
	rows, err := d.app.book.Ledger(d.ctx, casebook.LedgerFilter{Limit: 10000})
	if err != nil {
		d.t.Fatal(err)
	}
	return rows
}

// lastFate is what became of the newest mail.
func (d *desk) lastFate() casebook.LedgerRow {
	d.t.Helper()
	return slices.MaxFunc(d.ledger(), func(a, b casebook.LedgerRow) int { return int(a.ID - b.ID) })
}

func TestRestartBetweenCommitAndSendSendsOnce(t *testing.T) {
	d := openDesk(t)
	d.smtp.SetFault(func(stage, arg string) error {
		if stage == "rcpt" && arg != demoDesk {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
		}
		return nil
	})
	d.write(phone(1))
	d.halt()
	d.smtp.SetFault(nil)
	d.resume(nil)
	d.later(2 * time.Hour)
	d.until("the answer arrives", func() bool { return len(d.received(phone(1).from)) > 0 })
	if n := len(d.received(phone(1).from)); n != 1 || len(d.cases()) != 1 {
		t.Errorf("%d answers, %d cases", n, len(d.cases()))
	}
}

func TestMailsOfTheTimeWhenTheDeskWasOff(t *testing.T) {
	d := openDesk(t)
	d.write(phone(0))
	d.halt()
	for i := 1; i <= 5; i++ {
		d.deliver(phone(i).from, phone(i).raw())
	}
	d.resume(nil)
	d.wait()
	for i := range 6 {
		if n := len(d.received(phone(i).from)); n != 1 {
			t.Errorf("customer %d has %d answers", i, n)
		}
	}
	if n := len(d.cases()); n != 6 {
		t.Errorf("%d cases", n)
	}
}

func TestConnectionCutInMidWorkLosesAndDoublesNothing(t *testing.T) {
	d := openDesk(t)
	d.halt()
	imap := openGate(t, fmt.Sprintf("127.0.0.1:%d", d.imap.Port))
	smtp := openGate(t, fmt.Sprintf("127.0.0.1:%d", d.smtp.Port))
	d.resume(func(c string) string {
		c = strings.Replace(c, fmt.Sprintf("port: %d", d.imap.Port), "port: "+imap.port(), 1)
		return strings.Replace(c, fmt.Sprintf("port: %d", d.smtp.Port), "port: "+smtp.port(), 1)
	})
	const mails = 24
	for i := range mails {
		d.deliver(phone(i).from, phone(i).raw())
		if i%8 == 3 {
			imap.cut()
		}
		if i%8 == 6 {
			smtp.cut()
		}
	}
	d.until("every mail has its fate", func() bool {
		d.later(time.Minute)
		counts, total, err := d.app.book.LedgerCounts(d.ctx, "")
		return err == nil && total >= mails && counts[""] == 0
	})
	d.later(3 * time.Hour)
	d.until("every answer arrived", func() bool {
		for i := range mails {
			if len(d.received(phone(i).from)) == 0 {
				return false
			}
		}
		return true
	})
	if n := len(d.cases()); n != mails {
		t.Errorf("%d cases of %d mails", n, mails)
	}
	for i := range mails {
		ids := map[string]bool{}
		for _, m := range d.received(phone(i).from) {
			ids[m.MessageID] = true
		}
		if len(ids) != 1 {
			t.Errorf("customer %d has %d different answers", i, len(ids))
		}
	}
}

func TestAnswerLostAfterDataRepeatsTheSameMailAtMost(t *testing.T) {
	d := openDesk(t)
	lost := 0
	var mu sync.Mutex
	d.write() // the desk is idle
	d.smtp.SetFault(func(stage, arg string) error {
		mu.Lock()
		defer mu.Unlock()
		if stage == "accepted" && lost == 1 {
			lost = 2
			return loopback.ErrDrop
		}
		if stage == "rcpt" && arg == annAddress && lost == 0 {
			lost = 1
		}
		return nil
	})
	d.write(grandstream(annAddress, "one@shop.example"))
	d.later(2 * time.Hour)
	d.until("the mail came", func() bool { return len(d.received(annAddress)) > 0 })
	if lost != 2 {
		t.Fatal("the answer was not lost")
	}
	mails := d.received(annAddress)
	ids := map[string]bool{}
	for _, m := range mails {
		ids[m.MessageID] = true
	}
	if len(ids) != 1 || len(mails) > 2 {
		t.Errorf("%d mails with %d Message-IDs", len(mails), len(ids))
	}
	if c := d.onlyCase(annAddress); c.Undelivered != "" {
		t.Errorf("the case warns %q of a mail that arrived", c.Undelivered)
	}
}

// slackGate puts a gate before the Web API of Slack.
func slackGate(d *desk) *gate {
	d.t.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(d.slack.URL, "http://"), "/api/")
	g := openGate(d.t, host)
	d.halt()
	d.resume(func(c string) string { return strings.Replace(c, host, "127.0.0.1:"+g.port(), 1) })
	return g
}

func TestSlackDownForTheWholeIntake(t *testing.T) {
	d := openDesk(t)
	g := slackGate(d)
	g.set(true)
	const mails = 4
	for i := range mails {
		d.deliver(phone(i).from, phone(i).raw())
	}
	second := phone(0)
	second.id, second.text = "again@shop0.example", strings.Replace(second.text, "Kind regards", "Please hurry.\n\nKind regards", 1)
	d.write(second)
	d.write(letter{from: "x@y.example", id: "hold@y.example", subject: "Hello", text: "Do you know a good restaurant in Brussels?"})
	if n := len(d.slack.Messages(loopback.SlackChannel)); n != 0 {
		t.Fatalf("%d messages came through a shut gate", n)
	}
	for i := range mails {
		if n := len(d.received(phone(i).from)); n == 0 {
			t.Errorf("customer %d waits for Slack", i)
		}
	}
	g.set(false)
	d.later(3 * time.Hour)
	d.until("Slack has it all", func() bool {
		rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Status: casebook.Pending})
		return err == nil && len(rows) <= 1 // the last is booked after it is told
	})
	for _, c := range d.cases() {
		card := d.card(c.Number)
		history, err := d.app.book.History(d.ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries(card)) != len(history) {
			t.Errorf("%s has %d entries in its thread and %d in its history", c.Number, len(entries(card)), len(history))
		}
		for i, r := range entries(card) {
			if want := fmt.Sprintf("entry/%d", history[i].ID); !strings.HasSuffix(fmt.Sprint(r.Metadata.EventPayload["key"]), want) {
				t.Errorf("entry %d in the thread of %s is %v, want %s", i, c.Number, r.Metadata.EventPayload["key"], want)
			}
		}
	}
	if n := len(d.messages("restaurant")); n != 1 {
		t.Errorf("the held mail stands %d times before staff", n)
	}
}

// entries are the messages of a card's thread that stand for its history; beside
// them there are calls of staff.
func entries(card loopback.Message) (list []loopback.Message) {
	for _, r := range card.Replies {
		if r.Metadata != nil && strings.Contains(fmt.Sprint(r.Metadata.EventPayload["key"]), ":entry/") {
			list = append(list, r)
		}
	}
	return list
}

func TestSlackAnswerLostMakesNoSecondMessage(t *testing.T) {
	d := openDesk(t)
	d.slack.Fail("chat.postMessage", 2, loopback.SlackFault{Drop: true})
	d.write(phone(1))
	d.until("the card and its entry stand", func() bool {
		d.later(10 * time.Minute)
		rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Status: casebook.Pending})
		return err == nil && len(rows) == 0
	})
	card := d.card(d.cases()[0].Number)
	history, err := d.app.book.History(d.ctx, d.cases()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if all := d.slack.Messages(loopback.SlackChannel); len(all) != 1 || len(entries(card)) != len(history) {
		t.Errorf("%d messages; the card has %d entries and the history %d", len(all), len(entries(card)), len(history))
	}
}

func TestDeletedCardComesBackOnce(t *testing.T) {
	d := openDesk(t, "chat.update message_not_found")
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	if err := d.slack.Delete(loopback.SlackChannel, d.card(c.Number).TS); err != nil {
		t.Fatal(err)
	}
	again := grandstream(annAddress, "two@shop.example")
	again.text = strings.Replace(again.text, "Kind regards", "Please hurry.\n\nKind regards", 1)
	d.write(again)
	d.card(c.Number)
	if all := d.slack.Messages(loopback.SlackChannel); len(all) != 1 {
		t.Errorf("%d messages in the channel", len(all))
	}
	d.do(loopback.SlackAnn, c.Number, rules.EvTakeCharge)
	d.inState(annAddress, rules.InCharge)
}

func TestTwoPeopleAtOnceMoveTheCaseOnce(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	people := []string{loopback.SlackAnn, loopback.SlackBen}
	for _, user := range people {
		d.press(user, c.Number, string(rules.EvTakeCharge))
		d.untilSlack("the form is open", func() bool { return d.hasForm(user) })
	}
	var wg sync.WaitGroup
	for _, user := range people {
		view := d.slack.Views(user)[0].ID
		for range 3 { // a nervous finger
			wg.Go(func() { _, _ = d.slack.Submit(user, view, nil) }) // the window may be gone already
		}
	}
	wg.Wait()
	d.untilSlack("one is told in his form, the other's is gone", func() bool {
		open := slices.Concat(d.slack.Views(loopback.SlackAnn), d.slack.Views(loopback.SlackBen))
		return len(open) == 1 && strings.Contains(fmt.Sprint(textsOf(open[0].Blocks)), "has changed")
	})
	now := d.inState(annAddress, rules.InCharge)
	history, err := d.app.book.History(d.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if now.Version != c.Version+1 || len(history) != 2 || len(d.received(annAddress)) != 2 {
		t.Errorf("version %d → %d, %d entries, %d mails", c.Version, now.Version, len(history), len(d.received(annAddress)))
	}
}

func TestGuestAndPartnerMoveNothing(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	for _, user := range []string{loopback.SlackGuest, loopback.SlackPartner} {
		for _, action := range []rules.EventKind{rules.EvTakeCharge, rules.EvApprove, rules.EvRefuse} {
			before := len(d.slack.Ephemerals(user))
			d.press(user, c.Number, string(action))
			d.untilSlack(user+" is told no", func() bool {
				views := d.slack.Views(user)
				return len(d.slack.Ephemerals(user)) > before || len(views) > 0 && views[0].CallbackID == "told"
			})
			for _, v := range d.slack.Views(user) {
				if v.Submit != nil {
					t.Errorf("%s got a form: %s", user, v.Title.Text)
				}
				if _, err := d.slack.CloseView(user, v.ID); err != nil {
					t.Error(err)
				}
			}
		}
	}
	d.wait()
	if now := d.onlyCase(annAddress); now.Version != c.Version || len(d.received(annAddress)) != 1 {
		t.Errorf("the case is %s, version %d", now.State, now.Version)
	}
}

// A second person's change while a form is open is said in the form, which keeps
// what was written and can be sent when it has been read.
func TestFormOfAnOlderCaseSendsNothing(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	number := d.onlyCase(annAddress).Number
	d.press(loopback.SlackAnn, number, string(rules.EvRefuse))
	d.untilSlack("the form is open", func() bool { return d.hasForm(loopback.SlackAnn) })
	d.do(loopback.SlackBen, number, rules.EvTakeCharge)
	before := d.inState(annAddress, rules.InCharge)
	v := d.slack.Views(loopback.SlackAnn)[0]
	written := map[string][]string{"kind": {"refused_commercial"}, "text": {"Not sold by us."}}
	if _, err := d.slack.Submit(loopback.SlackAnn, v.ID, written); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("Ann is told", func() bool {
		views := d.slack.Views(loopback.SlackAnn)
		return len(views) == 1 && strings.Contains(textsOf(views[0].Blocks), "Ben took charge")
	})
	d.wait()
	if now := d.onlyCase(annAddress); now.Version != before.Version || len(d.received(annAddress)) != 2 {
		t.Errorf("the case is %s, version %d → %d", now.State, before.Version, now.Version)
	}
	if v = d.slack.Views(loopback.SlackAnn)[0]; v.Values.Get("text/v") != "Not sold by us." || !strings.Contains(textsOf(v.Blocks), "goes out when you press Send") {
		t.Errorf("what Ann wrote is lost: %v\n%s", v.Values, textsOf(v.Blocks))
	}
	if _, err := d.slack.Submit(loopback.SlackAnn, v.ID, nil); err != nil {
		t.Fatal(err)
	}
	d.inState(annAddress, rules.Closed)
}

// textsOf is all that a person reads in blocks.
func textsOf(blocks []loopback.Block) string {
	var b strings.Builder
	for _, block := range blocks {
		for _, t := range []*loopback.Text{block.Text, block.Label, block.Hint} {
			if t != nil {
				b.WriteString(t.Text + "\n")
			}
		}
		for _, e := range block.Elements {
			if e.Text != nil {
				b.WriteString(e.Text.Text + "\n")
			}
		}
		if block.Element != nil {
			b.WriteString(block.Element.InitialValue + "\n")
		}
	}
	return b.String()
}

func TestFixedAddressGetsTheMail(t *testing.T) {
	d := openDesk(t)
	const wrong = "anm@shop.example"
	d.smtp.SetFault(func(stage, arg string) error {
		if stage == "rcpt" && arg == wrong {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	})
	d.write(grandstream(wrong, "one@shop.example"))
	c := d.onlyCase(wrong)
	d.press(loopback.SlackAnn, c.Number, string(rules.EvFixAddress))
	d.untilSlack("the form is open", func() bool { return d.hasForm(loopback.SlackAnn) })
	d.submitTop(loopback.SlackAnn, "address", annAddress)
	d.until("the mail arrives", func() bool { return len(d.received(annAddress)) > 0 })
	now := d.onlyCase(annAddress)
	if n := len(d.received(annAddress)); n != 1 || now.Undelivered != "" || now.Customer.Address != annAddress {
		t.Errorf("%d mails, undelivered %q, customer %s", n, now.Undelivered, now.Customer.Address)
	}
	// Her answer to it belongs to the case.
	question := d.received(annAddress)[0]
	d.write(letter{from: annAddress, id: "two@shop.example", subject: "Re: " + question.Subject, inReplyTo: question.MessageID, text: "Thank you, the display is dark since Monday."})
	if row := d.lastFate(); row.Fate != casebook.FateUpdated || row.CaseNumber != c.Number {
		t.Errorf("her answer: %s (%s)", row.Fate, row.Why)
	}
}

func TestOwnMailComingBackIsNotAnswered(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	stored, err := d.imap.Messages(demoOthers, "INBOX")
	if err != nil || len(stored) != 1 {
		t.Fatalf("%d mails, %v", len(stored), err)
	}
	// As it is; and as another desk of our kind would answer with it.
	other := bytes.Replace(stored[0].Raw, []byte(demoDesk), []byte("rma@desk2.example"), 1)
	other = bytes.Replace(other, []byte("From: "), []byte("X-From: "), 1)
	other = append([]byte("From: Returns <rma@desk2.example>\r\nIn-Reply-To: <"+d.received(annAddress)[0].MessageID+">\r\n"), other...)
	d.deliver(demoDesk, stored[0].Raw)
	d.deliver("rma@desk2.example", other)
	d.wait()
	after, err := d.imap.Messages(demoOthers, "INBOX")
	if err != nil || len(after) != 1 {
		t.Errorf("%d mails went out, want the first answer alone (%v)", len(after), err)
	}
	if now := d.onlyCase(annAddress); now.State != c.State {
		t.Errorf("the case is %s", now.State)
	}
}

// A help desk that marks nothing as automatic and answers each mail with a new
// ticket number.
func TestPeerDeskWithoutMannersIsNotAnsweredForEver(t *testing.T) {
	d := openDesk(t)
	l := grandstream("help@peer.example", "start@peer.example")
	answers := 0
	for i := range 30 {
		d.write(l)
		got := d.received("help@peer.example")
		if len(got) == answers {
			return
		}
		answers = len(got)
		last := got[answers-1]
		l = letter{from: "help@peer.example", id: fmt.Sprintf("t%d@peer.example", i), inReplyTo: last.MessageID, subject: fmt.Sprintf("[Ticket#%d] %s", 1000+i, last.Subject),
			text: fmt.Sprintf("Your request was received and has the ticket number %d. What is the status of your case? The device is defective.", 1000+i)}
	}
	t.Errorf("%d mails to a peer, and no end", answers)
}

func TestTooLargeMailIsToldToItsSender(t *testing.T) {
	d := openDesk(t)
	d.halt()
	d.resume(func(c string) string {
		return strings.Replace(c, "  tls: none\n", "  tls: none\n  max_mail_size: 200KB\n", 1)
	})
	l := grandstream(annAddress, "big@shop.example")
	l.text += "\n\n" + strings.Repeat("A long protocol of what the phone did.\n", 20_000)
	d.write(l, phone(1))
	c := d.onlyCase(annAddress)
	if len(c.Missing) != 1 || c.Missing[0].Fact != rules.FactSmallerMail {
		t.Errorf("asked for %v, want a smaller mail", c.Missing)
	}
	if n := len(d.received(annAddress)); n != 1 {
		t.Errorf("%d mails to who sent too much", n)
	}
	if n := len(d.received(phone(1).from)); n != 1 {
		t.Errorf("%d answers to the mail behind it", n)
	}
}

func TestMailWithoutSenderIsBeforeAPerson(t *testing.T) {
	d := openDesk(t)
	d.deliver("", []byte("To: "+demoDesk+"\r\nSubject: a phone from nobody\r\n\r\nOur Grandstream GXP2170, serial number 20EZ115N308C605F, is defective.\r\n"))
	d.wait()
	row := d.lastFate()
	if row.Fate != casebook.FateHold && row.Fate != casebook.FateNoted {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	d.deliver("someone@shop.example", []byte("To: "+demoDesk+"\r\nSubject: a phone without a name\r\n\r\nOur Grandstream GXP2170, serial number 20EZ115N308C605F, is defective.\r\n"))
	d.wait()
	if row = d.lastFate(); row.Fate != casebook.FateHold {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	if n := len(d.messages("a phone without a name")); n != 1 {
		t.Errorf("the mail stands %d times before staff", n)
	}
	held, err := d.imap.Messages(demoMailbox, "hold")
	if err != nil || len(held) == 0 {
		t.Errorf("%d mails in the folder hold, %v", len(held), err)
	}
}

func TestHostileMailsDoNotKeepOthersWaiting(t *testing.T) {
	d := openDesk(t)
	head := "From: eve@evil.example\r\nTo: " + demoDesk + "\r\nSubject: hostile\r\nMIME-Version: 1.0\r\n"
	var deep, parts strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	parts.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n")
	for i := range 5000 {
		fmt.Fprintf(&parts, "--b\r\nContent-Type: text/plain; name=\"f%d.txt\"\r\n\r\nserial 20EZ115N308C605F\r\n", i)
	}
	hostile := []string{head + deep.String(), head + parts.String(), head + strings.Repeat("X-Junk: "+strings.Repeat("junk ", 100)+"\r\n", 6000) + "\r\nhello\r\n",
		strings.Replace(head, "hostile", strings.Repeat("A", 900)+"\r\n "+strings.Repeat(strings.Repeat("B", 900)+"\r\n ", 200), 1) + "\r\nhello\r\n"}
	for _, raw := range hostile {
		d.deliver("eve@evil.example", []byte(raw))
	}
	start := time.Now()
	d.write(phone(1))
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("the mail behind waited %s", took)
	}
	if n := len(d.received(phone(1).from)); n != 1 {
		t.Errorf("%d answers to the mail behind", n)
	}
	for _, row := range d.ledger() {
		if row.Fate == "" {
			t.Errorf("UID %d has no fate", row.UID)
		}
	}
}

// harmful is what somebody writes who wants his text to be more than text.
const harmful = "<!channel> <@U0ANN00001> <https://evil.example|Approve> *bold* `code` &lt; <script>alert(1)</script><img src=x onerror=alert(1)> \x1b[31mred\x1b[0m \u202egnp.exe \u009b31m"

// markup finds what Slack would take for more than text: a mention or a link
// that is not escaped.
var markup = regexp.MustCompile(`<(!(channel|here|everyone)|@U|https?://evil|script|img)`)

func TestTextsFromOutsideStayTexts(t *testing.T) {
	d := openDesk(t)
	encoded := "=?utf-8?q?" + quotedWord("Ann "+harmful+"\r\nBcc: eve@evil.example") + "?="
	raw := "From: " + encoded + " <ann@shop.example>\r\nTo: " + demoDesk + "\r\nSubject: =?utf-8?q?" + quotedWord("Defective "+harmful+"\r\nBcc: eve@evil.example") + "?=\r\n" +
		"Message-ID: <one@shop.example>\r\nReferences: <a@b> <x\x1b@evil.example> \"<c@d>\r\n\tBcc: eve@evil.example\"\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
		"Our Grandstream GXP2170 is defective: the display shows " + harmful + "\r\nSerial number: 20EZ115N308C605F\r\nGrandstream helpdesk ticket: 20261115093422\r\n" +
		"--b\r\nContent-Type: text/csv; name=\"=?utf-8?q?" + quotedWord("../"+harmful+".csv") + "?=\"\r\nContent-Disposition: attachment; filename=\"=?utf-8?q?" + quotedWord("../"+harmful+".csv") + "?=\"\r\n\r\n=cmd|' /C calc'!A0\r\n--b--\r\n"
	d.deliver(annAddress, []byte(raw))
	held := strings.Replace(strings.Replace(raw, "one@shop.example", "two@shop.example", 1), "Our Grandstream GXP2170 is defective: the display shows", "Good morning", 1)
	held = strings.NewReplacer("Serial number: 20EZ115N308C605F\r\n", "", "Grandstream helpdesk ticket: 20261115093422\r\n", "", "Defective", "Hello", "ann@shop.example", "eve@evil.example").Replace(held)
	d.deliver("eve@evil.example", []byte(held))
	d.wait()
	c := d.onlyCase(annAddress)
	d.do(loopback.SlackAnn, c.Number, rules.EvTakeCharge)
	d.inState(annAddress, rules.InCharge)

	t.Run("Slack", func(t *testing.T) {
		for _, m := range d.slack.Messages(loopback.SlackChannel) {
			for _, part := range append([]loopback.Message{m}, m.Replies...) {
				for _, text := range append(marked(part.Blocks), part.Text) {
					if markup.MatchString(text) {
						t.Errorf("becomes markup: %s", text)
					}
				}
				for _, text := range append(texts(part.Blocks), part.Text) {
					if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) }); i >= 0 {
						t.Errorf("has a control or turns its direction: %q", text[max(0, i-40):])
					}
				}
			}
		}
	})
	t.Run("mail", func(t *testing.T) {
		stored, err := d.imap.Messages(demoOthers, "INBOX")
		if err != nil || len(stored) < 2 {
			t.Fatalf("%d mails, %v", len(stored), err)
		}
		for _, s := range stored {
			m := ingest.Parse(s.Raw, ingest.DefaultLimits())
			if len(m.Header["Bcc"]) > 0 || len(m.To) != 1 {
				t.Errorf("header injected: %q", s.Raw[:400])
			}
			for _, text := range []string{m.Subject, m.To[0].Name, m.From[0].Name} {
				if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
					t.Errorf("a field has a control or turns its direction: %q", text)
				}
			}
			if strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "<img src=x") {
				t.Errorf("HTML injected:\n%s", m.HTML)
			}
		}
	})
	t.Run("page", func(t *testing.T) {
		handler, err := d.page()
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(handler)
		defer server.Close()
		body := get(t, d.ctx, server, "/")
		if !strings.Contains(body, c.Number) {
			t.Fatalf("the page does not show the case:\n%.500s", body)
		}
		for _, bad := range []string{"<script>alert", "<img src=x"} {
			if strings.Contains(body, bad) {
				t.Errorf("the page has %q", bad)
			}
		}
	})
	t.Run("terminal", func(t *testing.T) {
		path := filepath.Join(d.dir, "hostile.eml")
		if err := os.WriteFile(path, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"case", "show", c.Number}, {"cases"}, {"ledger"}, {"explain", path},
			{"case", "show", c.Number, "--json"}, {"ledger", "--json"}, {"explain", path, "--json"}} {
			out, code := d.command(args...)
			if code != exitOK {
				t.Errorf("%v: exit code %d\n%s", args, code, out)
			}
			if i := strings.IndexFunc(out, func(r rune) bool {
				return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
			}); i >= 0 {
				t.Errorf("%v prints %q", args, out[max(0, i-40):min(len(out), i+20)])
			}
		}
	})
}

// marked are the texts that Slack reads as mrkdwn.
func marked(blocks []loopback.Block) (all []string) {
	for _, b := range blocks {
		if b.Text != nil && b.Text.Type == "mrkdwn" {
			all = append(all, b.Text.Text)
		}
		for _, e := range b.Elements {
			if e.Type == "mrkdwn" && e.Text != nil {
				all = append(all, e.Text.Text)
			}
		}
	}
	return all
}

// quotedWord is the inside of an encoded word (RFC 2047).
func quotedWord(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

func get(t *testing.T, ctx context.Context, server *httptest.Server, path string) string {
	t.Helper()
	resp, err := server.Client().Get(server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// The README: what lies in the mailbox at the first start is left alone, and
// backfill takes it in.
func TestBackfillTakesInWhatLayThereAtTheFirstStart(t *testing.T) {
	d := openDesk(t)
	d.halt()
	old, err := filepath.Glob(filepath.Join(d.dir, "retour.db*"))
	if err != nil || len(old) == 0 {
		t.Fatalf("no casebook: %v", err)
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		d.deliver(phone(i).from, phone(i).raw())
	}
	d.resume(nil) // the very first start
	d.wait()
	if n := len(d.cases()); n != 0 {
		t.Fatalf("%d cases of mails that are older than the desk", n)
	}
	d.halt()
	out, code := d.command("backfill", "--since", time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	d.resume(nil)
	d.wait()
	if code != exitOK || len(d.cases()) != 3 {
		t.Errorf("exit code %d, %d cases of three mails:\n%s", code, len(d.cases()), out)
	}
	for _, row := range d.ledger() {
		if row.Fate != casebook.FateBackfilled {
			t.Errorf("UID %d is %s (%s)", row.UID, row.Fate, row.Why)
		}
	}
	d.later(400 * 24 * time.Hour)
	if _, err := d.app.intake.Tick(d.ctx); err != nil {
		t.Fatal(err)
	}
	d.wait()
	for i := range 3 {
		if n := len(d.received(phone(i).from)); n != 0 {
			t.Errorf("%d mails to customer %d", n, i)
		}
	}
}

func TestLedgerAccountsForEveryMail(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1), phone(1), phone(2), letter{from: "x@y.example", id: "h@y.example", subject: "Hello", text: "Do you know a restaurant?"},
		letter{from: demoDesk, id: "own@retour.example", subject: "Own", text: "Own"})
	d.halt()
	d.resume(nil)
	d.wait()
	out, code := d.command("ledger")
	if code != exitOK || !strings.Contains(out, "5 mails seen") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestAYearGoesByInOneStep(t *testing.T) {
	d := openDesk(t)
	incomplete := phone(2)
	incomplete.text = strings.Replace(incomplete.text, "Grandstream helpdesk ticket: 20261115093422", "", 1)
	d.write(phone(1), incomplete)
	d.later(366 * 24 * time.Hour)
	for range 5 { // the clock acts once a day on a case, so that a reminder is not followed by the end at once
		if _, err := d.app.intake.Tick(d.ctx); err != nil {
			t.Fatal(err)
		}
		d.later(25 * time.Hour)
	}
	d.write(phone(3))
	if c := d.onlyCase(incomplete.from); c.State != rules.Closed || c.Closing != rules.NoAnswer {
		t.Errorf("the case that lacked an answer is %s %s", c.State, c.Closing)
	}
	if c := d.onlyCase(phone(1).from); c.State != rules.New || !c.Late {
		t.Errorf("the case that staff left alone is %s, late %v", c.State, c.Late)
	}
	if n := len(d.received(incomplete.from)); n > 4 {
		t.Errorf("%d mails to a silent customer in one day", n)
	}
	if c := d.onlyCase(phone(3).from); c.State != rules.New || len(d.received(phone(3).from)) != 1 {
		t.Errorf("the desk does not go on: %s", c.State)
	}
}

func TestHundredsOfUnitsAreOneCaseOneMailOneCard(t *testing.T) {
	d := openDesk(t)
	const n = 300
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Grandstream GXP2170 serial number 20EZ115N30%06X defective, display dark 😀\r\n", 0xB10000+i)
	}
	l := grandstream(annAddress, "one@shop.example")
	l.text = "Hello,\n\nthese phones are defective. Grandstream helpdesk ticket: 20261115093422\n\n" + b.String()
	d.write(l)
	c := d.onlyCase(annAddress)
	if len(c.Items) != n {
		t.Errorf("%d units, want %d", len(c.Items), n)
	}
	if got := len(d.received(annAddress)); got != 1 {
		t.Errorf("%d mails", got)
	}
	d.press(loopback.SlackAnn, c.Number, string(rules.EvApprove))
	for range 2 { // form, then preview: too large for an answer, so filled in afterwards
		d.untilSlack("a form is open", func() bool { return d.hasForm(loopback.SlackAnn) })
		if _, err := d.slack.Submit(loopback.SlackAnn, d.slack.Views(loopback.SlackAnn)[0].ID, map[string][]string{"every": {"in_warranty"}}); err != nil {
			t.Fatal(err)
		}
	}
	d.until("all are approved", func() bool { return d.onlyCase(annAddress).State == rules.Validated })
	for _, it := range d.onlyCase(annAddress).Items {
		if it.Verdict != rules.InWarranty {
			t.Fatalf("unit %d is %q", it.Position, it.Verdict)
		}
	}
}

func TestStaffsWordsStayWords(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	number := d.onlyCase(annAddress).Number
	const words = `{{.Case}} {{template "x"}} <b>not</b> & <script>alert(1)</script> **sold** by us [here](javascript:alert(1)) %s %!d(MISSING)`
	d.press(loopback.SlackAnn, number, string(rules.EvRefuse))
	d.submitTop(loopback.SlackAnn, "kind", string(rules.RefusedCommercial), "text", words)
	d.inState(annAddress, rules.Closed)
	d.until("the refusal arrives", func() bool { return len(d.received(annAddress)) == 2 })
	m := d.received(annAddress)[1]
	// The text part breaks its lines.
	if flat := strings.Join(strings.Fields(m.Text), " "); !strings.Contains(flat, words) {
		t.Errorf("the customer reads other words:\n%s", m.Text)
	}
	if strings.Contains(m.HTML, "<script") || strings.Contains(m.HTML, "<b>not") || strings.Contains(m.HTML, `"javascript:`) {
		t.Errorf("words became HTML:\n%s", m.HTML)
	}
}

func TestApprovalAndRefusalAtOnceAreOneRuling(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	forms := map[string]map[string][]string{}
	for user, f := range map[string]struct {
		action rules.EventKind
		values map[string][]string
	}{
		loopback.SlackAnn: {rules.EvApprove, map[string][]string{"item.1": {"in_warranty"}}},
		loopback.SlackBen: {rules.EvRefuse, map[string][]string{"kind": {"refused_commercial"}, "text": {"Not sold by us."}}},
	} {
		d.press(user, c.Number, string(f.action))
		d.untilSlack("the form is open", func() bool { return d.hasForm(user) })
		if _, err := d.slack.Submit(user, d.slack.Views(user)[0].ID, f.values); err != nil { // the preview
			t.Fatal(err)
		}
		forms[user] = f.values
	}
	var wg sync.WaitGroup
	for user, values := range forms {
		wg.Go(func() {
			if _, err := d.slack.Submit(user, d.slack.Views(user)[0].ID, values); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d.until("one has ruled", func() bool { return d.onlyCase(annAddress).Version > c.Version })
	history, err := d.app.book.History(d.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(d.received(annAddress)); n != 2 || len(history) != 2 {
		t.Errorf("%d mails and %d entries of two people at once", n, len(history))
	}
}

func TestClicksWorkAfterTheSocketsWereCut(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	number := d.onlyCase(annAddress).Number
	d.slack.Drop()
	d.untilSlack("connected again", func() bool {
		return d.press(loopback.SlackAnn, number, string(rules.EvTakeCharge)).OK()
	})
	d.submitTop(loopback.SlackAnn)
	d.inState(annAddress, rules.InCharge)
}

// A token revoked before the holidays is renewed after them.
func TestSlackDownForTwoWeeksLosesNoCard(t *testing.T) {
	d := openDesk(t)
	g := slackGate(d)
	g.set(true)
	d.write(grandstream(annAddress, "one@shop.example"))
	for range 28 {
		d.later(12 * time.Hour)
		d.wait()
	}
	g.set(false)
	d.later(2 * time.Hour)
	d.wait()
	number := d.onlyCase(annAddress).Number
	if n := len(d.messages(number)); n != 1 {
		failed, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Status: casebook.Failed})
		t.Fatalf("%s has %d cards; %d rows were given up for ever (%v)", number, n, len(failed), err)
	}
	history, err := d.app.book.History(d.ctx, d.onlyCase(annAddress).ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(entries(d.card(number))); got != len(history) {
		failed, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Status: casebook.Failed})
		t.Errorf("%d entries in the thread, %d in the history; %d rows were given up for ever (%v)", got, len(history), len(failed), err)
	}
}

// Who leaves the group while his form is open has nothing to say any more.
func TestWhoLeftTheDeskSubmitsNothing(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream(annAddress, "one@shop.example"))
	c := d.onlyCase(annAddress)
	d.press(loopback.SlackAnn, c.Number, string(rules.EvApprove))
	d.untilSlack("the form is open", func() bool { return d.hasForm(loopback.SlackAnn) })
	d.slack.SetGroup(loopback.SlackDesk, loopback.SlackBen)
	v := d.slack.Views(loopback.SlackAnn)[0]
	for range 2 {
		if views := d.slack.Views(loopback.SlackAnn); len(views) > 0 && views[0].Submit != nil {
			if _, err := d.slack.Submit(loopback.SlackAnn, v.ID, map[string][]string{"item.1": {"in_warranty"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.wait()
	if now := d.onlyCase(annAddress); now.Version != c.Version {
		t.Errorf("the case is %s", now.State)
	}
}
