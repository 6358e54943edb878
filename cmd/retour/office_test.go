package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"retour/cmd/internal/loopback"
	"retour/rules"
	"retour/rules/casebook"
)

// rma runs the command and returns what only the person sees as the answer.
func (d *desk) rma(user, text string) loopback.Ephemeral {
	d.t.Helper()
	before := len(d.slack.Ephemerals(user))
	delivery, err := d.slack.Command(user, loopback.SlackChannel, "/rma", text)
	if err != nil || delivery.Status != loopback.Acked {
		d.t.Fatalf("/rma %s: %+v %v", text, delivery, err)
	}
	d.untilSlack("an answer to /rma "+text, func() bool { return len(d.slack.Ephemerals(user)) > before })
	all := d.slack.Ephemerals(user)
	return all[len(all)-1]
}

// read is all that stands in something of Slack.
func read(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (d *desk) topView(user string) loopback.View {
	d.t.Helper()
	views := d.slack.Views(user)
	if len(views) == 0 {
		d.t.Fatalf("%s has no window open", user)
	}
	return views[len(views)-1]
}

// untilView waits until the person's window says something.
func (d *desk) untilView(user, want string) loopback.View {
	d.t.Helper()
	d.untilSlack("a window that says "+want, func() bool {
		views := d.slack.Views(user)
		return len(views) > 0 && strings.Contains(read(views[len(views)-1].ViewRequest), want)
	})
	return d.topView(user)
}

// heldCard is the message about a held mail.
func (d *desk) heldCard(about string) loopback.Message {
	d.t.Helper()
	found := d.messages("From: " + about)
	if len(found) != 1 {
		d.t.Fatalf("%d messages about %s", len(found), about)
	}
	return found[0]
}

func chat(from, subject string) letter {
	return letter{from: from, subject: subject, id: subject + "@" + from[strings.Index(from, "@")+1:],
		text: "Bonjour,\n\npouvez-vous m'appeler au sujet de mon achat chez vous ?\n\nMerci, Jean"}
}

func TestHeldMailFromCardToAnswer(t *testing.T) {
	d := openDesk(t)
	d.write(chat("jean@client.example", "Bonjour"))
	row := d.lastFate()
	if row.Fate != casebook.FateHold {
		t.Fatalf("%s: %s", row.Fate, row.Why)
	}
	card := d.heldCard("jean@client.example")
	if text := shown(card); !strings.Contains(text, "no return was recognised") || !strings.Contains(text, "au sujet de mon achat") {
		t.Errorf("the card: %s", text)
	}
	read1, err := d.slack.Click(loopback.SlackAnn, loopback.SlackChannel, card.TS, loopback.Press{Action: "held.read"})
	if err != nil || !read1.OK() {
		t.Fatalf("%+v %v", read1, err)
	}
	v := d.untilView(loopback.SlackAnn, "pouvez-vous")
	if text := read(v); !strings.Contains(text, "From: jean@client.example") || !strings.Contains(text, "To: "+demoDesk) {
		t.Errorf("the whole mail: %s", text)
	}
	if _, err := d.slack.CloseView(loopback.SlackAnn, v.ID); err != nil {
		t.Fatal(err)
	}
	// Two people press at once.
	for _, user := range []string{loopback.SlackAnn, loopback.SlackBen} {
		if _, err := d.slack.Click(user, loopback.SlackChannel, card.TS, loopback.Press{Action: "held.case"}); err != nil {
			t.Fatal(err)
		}
	}
	d.untilSlack("one of them is told", func() bool {
		return len(d.slack.Ephemerals(loopback.SlackAnn))+len(d.slack.Ephemerals(loopback.SlackBen)) == 1
	})
	d.wait()
	c := d.onlyCase("jean@client.example")
	if mails := d.received("jean@client.example"); len(mails) != 1 || !strings.Contains(mails[0].Subject+mails[0].Text, c.Number) || !slices.Equal(mails[0].InReplyTo, []string{"Bonjour@client.example"}) {
		t.Errorf("%d mails at the customer's", len(mails))
	}
	d.untilSlack("the held card says who made what of it", func() bool {
		text := shown(d.heldCard("jean@client.example"))
		return strings.Contains(text, "made a case of it: "+c.Number) && !strings.Contains(text, "held.case")
	})
	if cards := d.messages(c.Number + " · "); len(cards) != 1 {
		t.Errorf("%d cards", len(cards))
	}
	d.until("the mail is moved", func() bool {
		return d.ledgerRow(row.ID).Filed == "Retour/Done" || d.ledgerRow(row.ID).Filed == d.app.cfg.Mailbox.Done
	})
	if hold, done := d.folder(d.app.cfg.Mailbox.Hold), d.folder(d.app.cfg.Mailbox.Done); hold != 0 || done != 1 {
		t.Errorf("%d mails in hold, %d in done", hold, done)
	}
	if out, code := d.command("ledger"); code != 0 || !strings.Contains(out, "1 opened") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("ledger: %d\n%s", code, out)
	}
}

func (d *desk) ledgerRow(id int64) casebook.LedgerRow {
	d.t.Helper()
	row, err := d.app.book.LedgerRow(d.ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return row
}

func (d *desk) folder(name string) int {
	d.t.Helper()
	stored, err := d.imap.Messages(demoMailbox, name)
	if err != nil {
		d.t.Fatal(err)
	}
	return len(stored)
}

func TestHeldMailIsJoinedInAWindow(t *testing.T) {
	d := openDesk(t)
	incomplete := grandstream("ann@shop.example", "one@shop.example")
	incomplete.text = strings.ReplaceAll(incomplete.text, "Grandstream helpdesk ticket: 20261115093422", "Please help.")
	d.write(incomplete)
	c := d.onlyCase("ann@shop.example")
	d.write(letter{from: "home@private.example", subject: "Re: [" + c.Number + "]", id: "h@private.example", text: "The Grandstream ticket is 20261115093422."})
	card := d.heldCard("home@private.example")
	if _, err := d.slack.Click(loopback.SlackBen, loopback.SlackChannel, card.TS, loopback.Press{Action: "held.join"}); err != nil {
		t.Fatal(err)
	}
	v := d.untilView(loopback.SlackBen, "Number of the case")
	if delivery, err := d.slack.Submit(loopback.SlackBen, v.ID, url.Values{"number": {"26-99999"}}); err != nil || !strings.Contains(delivery.Errors["number"], "no case") {
		t.Errorf("a wrong number: %+v %v", delivery, err)
	}
	if delivery, err := d.slack.Submit(loopback.SlackBen, v.ID, url.Values{"number": {c.Number[:12]}}); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	d.inState("ann@shop.example", rules.New)
	d.untilSlack("the held card says so", func() bool {
		return strings.Contains(shown(d.heldCard("home@private.example")), "Ben put it to case "+c.Number)
	})
	if mails := d.received("ann@shop.example"); len(mails) != 2 || len(d.received("home@private.example")) != 0 {
		t.Errorf("the customer has %d mails", len(mails))
	}
}

func TestBlockedSenderIsHeardAgain(t *testing.T) {
	d := openDesk(t)
	d.write(chat("a@pills.example", "one"))
	card := d.heldCard("a@pills.example")
	if _, err := d.slack.Click(loopback.SlackAnn, loopback.SlackChannel, card.TS, loopback.Press{Action: "held.block"}); err != nil {
		t.Fatal(err)
	}
	v := d.untilView(loopback.SlackAnn, "Who is blocked?")
	if delivery, err := d.slack.Submit(loopback.SlackAnn, v.ID, url.Values{"what": {"domain"}}); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	d.untilSlack("the held card says so", func() bool {
		return strings.Contains(shown(d.heldCard("a@pills.example")), "Ann blocked pills.example")
	})
	later := grandstream("b@pills.example", "two@pills.example")
	d.write(later)
	if row := d.lastFate(); row.Fate != casebook.FateBlocked || len(d.cases()) != 0 || len(d.received("b@pills.example")) != 0 {
		t.Errorf("%s: %s, %d cases", row.Fate, row.Why, len(d.cases()))
	}
	if out, code := d.command("ledger", "--fate", "blocked"); code != 0 || !strings.Contains(out, "b@pills.example") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("ledger: %d\n%s", code, out)
	}
	list := d.rma(loopback.SlackBen, "blocked")
	if text := read(list); !strings.Contains(text, "pills.example · blocked by Ann, mails since: 1") {
		t.Errorf("the list: %s", text)
	}
	if _, err := d.slack.Click(loopback.SlackBen, loopback.SlackChannel, list.TS, loopback.Press{Action: "desk.unblock"}); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("the mail is held, and Ben is told", func() bool {
		told := d.slack.Ephemerals(loopback.SlackBen)
		return len(d.messages("b@pills.example")) == 1 && strings.Contains(told[len(told)-1].Text, "is let in again")
	})
	if text := read(d.rma(loopback.SlackBen, "held")); !strings.Contains(text, "b@pills.example") {
		t.Errorf("held: %s", text)
	}
	d.write(grandstream("c@pills.example", "three@pills.example"))
	if row := d.lastFate(); row.Fate != casebook.FateOpened {
		t.Errorf("let in: %s", row.Fate)
	}
}

func TestFindShowMineLate(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1), phone(2))
	c := d.onlyCase(phone(1).from)
	serial := c.Items[0].Serial
	for _, typed := range []string{"find " + c.Number, "find " + c.Number[4:12], c.Number, "FIND " + strings.ToLower(serial), serial, "find " + phone(1).from,
		"find @shop1.example", "find shop1.example", "find " + serial[6:]} {
		if text := read(d.rma(loopback.SlackAnn, typed)); !strings.Contains(text, c.Number) {
			t.Errorf("/rma %s: %s", typed, text)
		}
	}
	if text := read(d.rma(loopback.SlackAnn, "find gxp2170")); !strings.Contains(text, c.Number) || strings.Count(text, "RMA-26-") < 2 {
		t.Errorf("a model: %s", text)
	}
	if text := read(d.rma(loopback.SlackAnn, "find nobody")); !strings.Contains(text, "No case fits “nobody”") {
		t.Errorf("nothing: %s", text)
	}
	card := d.rma(loopback.SlackAnn, "show "+c.Number)
	if text := read(card); !strings.Contains(text, serial) || !strings.Contains(text, "/archives/"+loopback.SlackChannel) || strings.Contains(text, `"type":"actions"`) {
		t.Errorf("show: %s", text)
	}
	if text := read(d.rma(loopback.SlackAnn, "mine")); !strings.Contains(text, "no open case") {
		t.Errorf("mine: %s", text)
	}
	list := d.rma(loopback.SlackAnn, c.Number)
	if _, err := d.slack.Click(loopback.SlackAnn, loopback.SlackChannel, list.TS, loopback.Press{Action: "take_charge"}); err != nil {
		t.Fatal(err)
	}
	if d.hasFormSoon(loopback.SlackAnn) {
		d.submitTop(loopback.SlackAnn)
	}
	d.inState(phone(1).from, rules.InCharge)
	if text := read(d.rma(loopback.SlackAnn, "mine")); !strings.Contains(text, c.Number) {
		t.Errorf("mine: %s", text)
	}
	if text := read(d.rma(loopback.SlackBen, "mine")); strings.Contains(text, c.Number) {
		t.Errorf("another's: %s", text)
	}
	if text := read(d.rma(loopback.SlackAnn, "late")); !strings.Contains(text, "No case is late") {
		t.Errorf("late: %s", text)
	}
	for typed, want := range map[string]string{"": "What /rma can do", "fnid x": "Did you mean /rma find x?", "shwo 1": "Did you mean /rma show 1?", "help": "`/rma receive`", "<!channel>": "is no command"} {
		if text := read(d.rma(loopback.SlackAnn, typed)); !strings.Contains(text, want) || strings.Contains(text, "<!channel>") {
			t.Errorf("/rma %q: %s", typed, text)
		}
	}
	for _, m := range d.slack.Messages(loopback.SlackChannel) {
		if strings.Contains(shown(m), "What /rma can do") {
			t.Error("an answer stands in the channel")
		}
	}
}

// hasFormSoon says whether a press opened a form rather than acting at once.
func (d *desk) hasFormSoon(user string) bool {
	d.t.Helper()
	d.untilSlack("the press has had an effect", func() bool {
		return d.hasForm(user) || d.onlyCase(phone(1).from).State == rules.InCharge
	})
	return d.hasForm(user)
}

func TestCommandsOfThoseWhoMayNot(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1))
	number := d.onlyCase(phone(1).from).Number
	for _, user := range []string{loopback.SlackGuest, loopback.SlackPartner} {
		for _, typed := range []string{"find " + number, "show " + number, "mine", "late", "open", "receive", "held", "blocked", "help", "nonsense"} {
			if text := read(d.rma(user, typed)); strings.Contains(text, number) || strings.Contains(text, phone(1).from) || len(d.slack.Views(user)) > 0 && d.hasForm(user) {
				t.Errorf("%s, /rma %s: %s", user, typed, text)
			}
		}
		if _, err := d.slack.OpenHome(user); err != nil {
			t.Fatal(err)
		}
		d.untilSlack("his Home tab", func() bool { _, ok := d.slack.Home(user); return ok })
		if v, _ := d.slack.Home(user); len(v.Blocks) != 1 || strings.Contains(read(v), number) {
			t.Errorf("%s sees %s", user, read(v))
		}
	}
}

func TestCaseIsOpenedByHand(t *testing.T) {
	d := openDesk(t)
	if _, err := d.slack.Command(loopback.SlackAnn, loopback.SlackChannel, "/rma", "open"); err != nil {
		t.Fatal(err)
	}
	v := d.untilView(loopback.SlackAnn, "Customer's mail address")
	if delivery, err := d.slack.Submit(loopback.SlackAnn, v.ID, url.Values{"address": {"jean@client.example"}}); err != nil || delivery.Errors["text"] == "" {
		t.Errorf("an empty form: %+v %v", delivery, err)
	}
	if delivery, err := d.slack.Submit(loopback.SlackAnn, v.ID, url.Values{"address": {"Jean@client.example"}, "language": {"fr"}, "reason": {"defective"},
		"units": {"Grandstream GXP2170 20EZ115N308C605F"}, "text": {"L'écran reste noir. Ticket Grandstream 20261115093422"}}); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	v = d.untilView(loopback.SlackAnn, "This mail goes out when you press Open it")
	if text := read(v); !strings.Contains(text, "To: jean@client.example") || len(d.cases()) != 0 || len(d.received("jean@client.example")) != 0 {
		t.Errorf("the preview: %s", text)
	}
	if delivery, err := d.slack.Submit(loopback.SlackAnn, v.ID, nil); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	d.untilView(loopback.SlackAnn, "Opened: RMA-")
	d.wait()
	c := d.onlyCase("jean@client.example")
	if c.State != rules.New || c.Owner.ID != loopback.SlackAnn || len(c.Items) != 1 || c.Items[0].Serial != "20EZ115N308C605F" || c.Items[0].Manufacturer != "grandstream" {
		t.Errorf("%s, owner %+v, %+v", c.State, c.Owner, c.Items)
	}
	if mails := d.received("jean@client.example"); len(mails) != 1 || !strings.Contains(mails[0].Text, "Bonjour") && !strings.Contains(mails[0].Text, "demande") {
		t.Errorf("%d mails at the customer's", len(mails))
	}
	d.card(c.Number)
}

// Twelve units of three cases are scanned at the dock, with one that nobody
// knows; one of the cases' units is missing.
func TestReceiveAtTheDock(t *testing.T) {
	d := openDesk(t)
	var scans []string
	for n := range 3 {
		l := grandstream(fmt.Sprintf("buyer@house%d.example", n), fmt.Sprintf("dock-%d@house%d.example", n, n))
		var serials []string
		for i := range 4 {
			serials = append(serials, fmt.Sprintf("20EZ115N30%06X", 0xB00000+16*n+i))
		}
		l.text = strings.ReplaceAll(l.text, "Serial number: 20EZ115N308C605F", "Serial numbers:\n"+strings.Join(serials, "\n"))
		d.write(l)
		c := d.onlyCase(l.from)
		if len(c.Items) != 4 {
			t.Fatalf("%d units", len(c.Items))
		}
		d.approve(c)
		scans = append(scans, serials...)
	}
	missing := scans[11]
	scans[11] = "NOBODYS99UNIT"
	if _, err := d.slack.Command(loopback.SlackBen, loopback.SlackChannel, "/rma", "receive"); err != nil {
		t.Fatal(err)
	}
	v := d.untilView(loopback.SlackBen, "Scanned units")
	lists := url.Values{"scans": {strings.Join(scans, "\n")}}
	if delivery, err := d.slack.Submit(loopback.SlackBen, v.ID, lists); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	v = d.untilView(loopback.SlackBen, "To be booked: 11 units, in 3 cases")
	if text := read(v); !strings.Contains(text, "In no case (1): NOBODYS99UNIT") || !strings.Contains(text, missing) || strings.Count(text, "Nothing is missing") != 2 {
		t.Errorf("the plan: %s", text)
	}
	for _, c := range d.cases() {
		if c.State != rules.Validated {
			t.Errorf("booked before it was confirmed: %s", c.State)
		}
	}
	if delivery, err := d.slack.Submit(loopback.SlackBen, v.ID, nil); err != nil || !delivery.OK() {
		t.Fatalf("%+v %v", delivery, err)
	}
	d.untilView(loopback.SlackBen, "booked 4, still to come 0")
	d.wait()
	for n := range 3 {
		from := fmt.Sprintf("buyer@house%d.example", n)
		c := d.onlyCase(from)
		here := 0
		for _, it := range c.Items {
			if it.Received {
				here++
			}
		}
		if want := map[int]int{0: 4, 1: 4, 2: 3}[n]; c.State != rules.Received || here != want {
			t.Errorf("%s: %s, %d units are here, want %d", c.Number, c.State, here, want)
		}
		mails := d.received(from)
		if len(mails) != 3 {
			t.Errorf("%s has %d mails", from, len(mails))
		}
	}
}

// approve approves a case by the door behind the button.
func (d *desk) approve(c rules.Case) {
	d.t.Helper()
	e := rules.Event{Kind: rules.EvApprove, Actor: rules.Actor{Kind: rules.ByStaff, ID: loopback.SlackAnn, Name: "Ann"}, Verdicts: map[int]rules.Verdict{}}
	for _, it := range c.Items {
		e.Verdicts[it.Position] = rules.InWarranty
	}
	r, err := d.app.intake.Click(d.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: e}, "approve/"+c.Number)
	if err != nil || !r.Done {
		d.t.Fatalf("approve %s: %+v %v", c.Number, r, err)
	}
	d.wait()
}

func TestHomeShowsTheDeskAndFollowsIt(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1), chat("jean@client.example", "Bonjour"))
	number := d.onlyCase(phone(1).from).Number
	if delivery, err := d.slack.OpenHome(loopback.SlackAnn); err != nil || delivery.Status != loopback.Acked {
		t.Fatalf("%+v %v", delivery, err)
	}
	home := func(want ...string) func() bool {
		return func() bool {
			v, ok := d.slack.Home(loopback.SlackAnn)
			text := read(v)
			return ok && !slices.ContainsFunc(want, func(w string) bool { return !strings.Contains(text, w) })
		}
	}
	d.untilSlack("the Home tab", home("My cases: 0", "Waiting for the desk: 1", number, "Mails that wait for a person: 1", "jean@client.example", "Mailbox read", ":white_check_mark: Slack: 2 connections"))
	d.write(phone(2))
	second := d.onlyCase(phone(2).from).Number
	d.untilSlack("the new case", home("Waiting for the desk: 2", second))
	v, _ := d.slack.Home(loopback.SlackAnn)
	if _, err := d.slack.ViewAction(loopback.SlackAnn, v.ID, loopback.Press{Action: "held.case"}, nil); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("no mail waits any more", home("Mails that wait for a person: 0"))
	d.onlyCase("jean@client.example")
	v, _ = d.slack.Home(loopback.SlackAnn)
	if _, err := d.slack.ViewAction(loopback.SlackAnn, v.ID, loopback.Press{Action: "desk.open"}, nil); err != nil {
		t.Fatal(err)
	}
	d.untilView(loopback.SlackAnn, "Customer's mail address")
}

// What the buttons do can be done by the command line, beside the running desk.
func TestHeldMailsByCommand(t *testing.T) {
	d := openDesk(t)
	d.write(chat("jean@client.example", "Bonjour"), chat("a@pills.example", "Pills"), chat("b@other.example", "News"))
	ids := map[string]string{}
	for _, row := range d.ledger() {
		ids[row.From] = fmt.Sprint(row.ID)
	}
	if out, code := d.command("hold"); code != 0 || !strings.Contains(out, "jean@client.example") || !strings.Contains(out, "3 mails") {
		t.Errorf("hold: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "show", ids["jean@client.example"]); code != 0 || !strings.Contains(out, "pouvez-vous") || !strings.Contains(out, "no return was recognised") {
		t.Errorf("hold show: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "show", "--raw", ids["jean@client.example"]); code != 0 || !strings.HasPrefix(out, "Received:") && !strings.Contains(out, "\r\n\r\nBonjour") {
		t.Errorf("hold show --raw: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "case", "4711"); code != exitUsage || !strings.Contains(out, "no mail 4711") {
		t.Errorf("hold case 4711: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "case", ids["jean@client.example"]); code != 0 || !strings.Contains(out, "opened RMA-") {
		t.Errorf("hold case: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "dismiss", ids["jean@client.example"]); code != exitFailed || !strings.Contains(out, "dealt with already") {
		t.Errorf("hold dismiss of it: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "block", "--domain", ids["a@pills.example"]); code != 0 || !strings.Contains(out, "blocked pills.example") {
		t.Errorf("hold block: %d\n%s", code, out)
	}
	if out, code := d.command("blocked"); code != 0 || !strings.Contains(out, "pills.example") {
		t.Errorf("blocked: %d\n%s", code, out)
	}
	if out, code := d.command("blocked", "remove", "pills.example"); code != 0 || !strings.Contains(out, "1 mail before a person") {
		t.Errorf("blocked remove: %d\n%s", code, out)
	}
	if out, code := d.command("blocked", "remove", "pills.example"); code != exitUsage {
		t.Errorf("blocked remove again: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "block", ids["a@pills.example"]); code != 0 {
		t.Errorf("blocked again: %d\n%s", code, out)
	}
	if out, code := d.command("hold", "dismiss", ids["b@other.example"]); code != 0 || !strings.Contains(out, "not a return") {
		t.Errorf("hold dismiss: %d\n%s", code, out)
	}
	d.app.watcher.Kick()
	d.app.courier.Kick()
	d.until("all are moved", func() bool { return d.folder(d.app.cfg.Mailbox.Done) == 3 })
	if len(d.received("jean@client.example")) != 1 {
		t.Error("the customer has no answer")
	}
	if out, code := d.command("ledger"); code != 0 || !strings.Contains(out, "1 blocked 1 noted 1 opened") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("ledger: %d\n%s", code, out)
	}
	d.untilSlack("the cards in Slack agree", func() bool {
		return strings.Contains(shown(d.heldCard("jean@client.example")), "command line made a case of it") && strings.Contains(shown(d.heldCard("b@other.example")), "command line put it aside")
	})
}
