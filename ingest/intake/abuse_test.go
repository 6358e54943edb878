package intake

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// What went wrong in other desks, and what people do to desks. Each test has
// one claim; the helpers are those of intake_test.go.

const bob = "bob@other.example"

// unit is a complete request about the n-th phone.
func unit(from, id string, n int) letter {
	l := request(from, id)
	l.text = strings.ReplaceAll(l.text, "20EZ115N308C605F", fmt.Sprintf("20EZ115N30%06X", 0x9A0000+n))
	return l
}

// only is the one case of an address.
func (b *bench) only(address string) rules.Case {
	b.t.Helper()
	var found []rules.Case
	for _, c := range b.cases() {
		if c.Customer.Address == address {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		b.t.Fatalf("%s has %d cases, want 1", address, len(found))
	}
	return found[0]
}

// token is the Message-ID of the newest mail about a case.
func (b *bench) token(c rules.Case) string {
	b.t.Helper()
	rows, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail), CaseID: c.ID, Limit: 1})
	if err != nil || len(rows) == 0 {
		b.t.Fatalf("no mail about %s: %v", c.Number, err)
	}
	return rows[0].MessageID
}

// press does a staff event on the case as it is now.
func (b *bench) press(number string, e rules.Event) rules.Case {
	b.t.Helper()
	c, err := b.Book.Case(b.ctx, number)
	if err != nil {
		b.t.Fatal(err)
	}
	e.Actor = rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Alice"}
	r, err := b.Click(b.ctx, rules.Click{Number: number, Version: c.Version, Event: e}, fmt.Sprintf("%s/%s/%d", number, e.Kind, c.Version))
	if err != nil || !r.Done {
		b.t.Fatalf("%s: %+v, %v", e.Kind, r, err)
	}
	if c, err = b.Book.Case(b.ctx, number); err != nil {
		b.t.Fatal(err)
	}
	return c
}

// quoted runs Ann's case until the quote is with her.
func (b *bench) quoted() rules.Case {
	b.t.Helper()
	b.take(request(ann, "one@shop.example"))
	n := b.one().Number
	b.press(n, rules.Event{Kind: rules.EvTakeCharge})
	b.press(n, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.OutOfWarranty}})
	b.press(n, rules.Event{Kind: rules.EvReceive, Received: []int{1}})
	b.press(n, rules.Event{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{1: rules.Repairable}})
	c := b.press(n, rules.Event{Kind: rules.EvQuote, Amount: "85 EUR"})
	if c.State != rules.Quoted {
		b.t.Fatalf("the case is %s, want quoted", c.State)
	}
	return c
}

func (b *bench) mailCount() int {
	b.t.Helper()
	mails, _ := b.outbox()
	return len(mails)
}

// waiting are the rows of a kind that wait for Slack.
func (b *bench) waiting(kind notify.DeliveryKind) []casebook.Row {
	b.t.Helper()
	rows, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(kind), Status: casebook.Pending})
	if err != nil {
		b.t.Fatal(err)
	}
	return rows
}

func TestTokenOfAnotherCaseGivesAStrangerNothing(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(unit(ann, "a@shop.example", 1)))
	b.take(withoutTicket(unit(bob, "b@other.example", 2)))
	hers, his := b.only(ann), b.only(bob)
	sent := b.mailCount()
	b.take(letter{from: bob, id: "b2@other.example", auth: "pass", subject: "Re: [" + his.Number + "]", reply: "<" + b.token(hers) + ">",
		text: "How does the case stand? The Grandstream ticket is 20261115093422."})
	now := b.only(ann)
	if isParty(now, bob) || now.Customer.Trust != hers.Customer.Trust {
		t.Errorf("a stranger with a copied Message-ID became a party: %+v", now.Parties)
	}
	mails, _ := b.outbox()
	for _, m := range mails[sent:] {
		if m.To == bob && strings.Contains(m.Subject+m.Text+m.HTML, hers.Number) {
			t.Errorf("Bob is told of Ann's case:\n%s", m.Text)
		}
	}
}

func TestForgedTokensJoinNothing(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(unit(ann, "a@shop.example", 1)))
	b.take(withoutTicket(unit(bob, "b@other.example", 2)))
	hers, his := b.only(ann), b.only(bob)
	local, _, _ := strings.Cut(b.token(hers), "@")
	part := strings.Split(local, ".")
	next := rules.Number(2026, 3)
	forged := map[string]string{
		"number of another case": strings.ToLower(his.Number) + "." + part[1] + "." + part[2] + "@retour.example",
		"number of no case":      strings.ToLower(next) + "." + part[1] + "." + part[2] + "@retour.example",
		"without MAC":            part[0] + "." + part[1] + "@retour.example",
		"empty MAC":              part[0] + "." + part[1] + ".@retour.example",
		"half a MAC":             part[0] + "." + part[1] + "." + part[2][:10] + "@retour.example",
		"other domain":           local + "@evil.example",
		"subdomain":              local + "@retour.example.evil.example",
		"bare number":            strings.ToLower(hers.Number) + "@retour.example",
		"four parts":             local + ".x@retour.example",
		"padded":                 local + "=@retour.example",
	}
	for name, id := range forged {
		t.Run(name, func(t *testing.T) {
			row := b.take(letter{from: "eve@evil.example", id: strings.ReplaceAll(name, " ", "") + "@evil.example", auth: "pass", subject: "Re: your return",
				reply: "<" + id + ">", text: "The Grandstream ticket is 20261115093422."})
			if row.Fate != casebook.FateHold || b.only(ann).Version != hers.Version || b.only(bob).Version != his.Version {
				t.Errorf("%s: fate %s (%s)", id, row.Fate, row.Why)
			}
		})
	}
}

func TestTokenAtTheEndOfManyReferencesIsFound(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "a@shop.example")))
	var refs strings.Builder
	for i := range 20 {
		fmt.Fprintf(&refs, " <%d@shop.example>\r\n", i)
	}
	l := letter{from: ann, id: "b@shop.example", auth: "pass", subject: "no number here", text: "The ticket of Grandstream is 20261115093422.",
		extra: "References: <x@shop.example>\r\n" + refs.String() + " <" + b.token(b.one()) + ">\r\n"}
	if row := b.take(l); row.Fate != casebook.FateUpdated {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
}

func TestMailsOfOneSecondWithoutMessageIDStayApart(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		if row := b.take(unit(ann, "", i)); row.Fate != casebook.FateOpened {
			t.Errorf("mail %d: fate %s (%s)", i, row.Fate, row.Why)
		}
	}
	if n := len(b.cases()); n != 5 {
		t.Errorf("%d cases of five mails", n)
	}
}

func TestOddMessageIDsLoseNothing(t *testing.T) {
	b := newBench(t)
	for i, field := range []string{"Message-ID: <>", "Message-ID:", "Message-ID: ", "Message-ID:\r\n <folded@shop.example>",
		"Message-ID: <a@shop.example>\r\nMessage-ID: <b@shop.example>", "Message-ID: <same@shop.example>", "Message-ID: <same@shop.example>",
		"Message-ID: <" + strings.Repeat("x", 5000) + "@shop.example>", "Message-ID: no brackets", "Message-ID: <\x80\xff@shop.example>"} {
		l := unit(ann, "", i)
		l.extra = field + "\r\n"
		if row := b.take(l); row.Fate != casebook.FateOpened {
			t.Errorf("%.40q: fate %s (%s)", field, row.Fate, row.Why)
		}
	}
}

func TestEmptyThreadFieldsMatchNothing(t *testing.T) {
	b := newBench(t)
	for i, extra := range []string{"In-Reply-To: <>\r\n", "References: \r\n", "In-Reply-To:\r\nReferences: <> <>\r\n", "References: < >\r\n", "In-Reply-To: \" \"\r\n"} {
		l := unit(fmt.Sprintf("c%d@shop%d.example", i, i), "", i)
		l.extra = "Message-ID: <>\r\n" + extra
		if row := b.take(l); row.Fate != casebook.FateOpened {
			t.Errorf("%q: fate %s (%s) in %s", extra, row.Fate, row.Why, row.CaseNumber)
		}
	}
	if n := len(b.cases()); n != 5 {
		t.Errorf("%d cases of five customers", n)
	}
}

// A group mailbox hands on what it gets with list fields, and the customer
// wrote to the desk as well.
func TestCopyByAListAsksNothingTwice(t *testing.T) {
	b := newBench(t)
	l := withoutTicket(request(ann, "one@shop.example"))
	b.take(l)
	before := b.one()
	l.extra = "List-Id: <support.retour.example>\r\nList-Post: <mailto:support@retour.example>\r\nPrecedence: list\r\nSender: support@retour.example\r\nX-Google-Group-Id: 1\r\n"
	row := b.take(l)
	c := b.one()
	if c.Undelivered != "" || c.Unclear != before.Unclear || b.mailCount() != 1 {
		t.Errorf("the copy has fate %s (%s); the case counts %d unclear answers, warns %q; %d mails", row.Fate, row.Why, c.Unclear, c.Undelivered, b.mailCount())
	}
}

func dsn(id, to, action string) []byte {
	return []byte("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: " + deskAddress + "\r\nSubject: Undelivered Mail Returned to Sender\r\n" +
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nIt is " + action + ".\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n" +
		"Final-Recipient: rfc822; " + to + "\r\nAction: " + action + "\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + id + ">\r\nTo: " + to + "\r\n\r\n--b--\r\n")
}

func TestBouncesOfEveryNoticeMailNobody(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	_, rows := b.outbox()
	n := len(rows)
	for round := range 3 {
		for _, r := range rows {
			raw := dsn(r.MessageID, ann, "failed")
			raw = append([]byte(fmt.Sprintf("Message-ID: <%d-%d@mx.example>\r\n", r.ID, round)), raw...)
			b.takeRaw(raw, Letter{})
		}
	}
	if got := b.mailCount(); got > n {
		t.Errorf("%d mails after the bounces, %d before", got, n)
	}
	if now := b.one(); now.State != c.State || now.Undelivered == "" {
		t.Errorf("%s, undelivered %q", now.State, now.Undelivered)
	}
}

func TestForgedOrHarmlessBounceMovesNoCase(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	id := b.token(b.one())
	for name, raw := range map[string][]byte{"forged": dsn("x"+id, ann, "failed"), "delayed": dsn(id, ann, "delayed"), "delivered": dsn(id, ann, "delivered")} {
		before := b.one().Version
		if row := b.takeRaw(raw, Letter{}); b.one().Version != before || b.one().Undelivered != "" || name != "forged" && row.Fate != casebook.FateNoted {
			t.Errorf("%s: fate %s (%s), undelivered %q", name, row.Fate, row.Why, b.one().Undelivered)
		}
	}
}

// An absence program that hides what it is: no header tells, the subject
// changes each time, and it answers whatever it gets.
func TestHiddenAutoresponderFallsSilent(t *testing.T) {
	for name, text := range map[string]string{
		"absence":  "Dear sender,\n\nthank you for your message number %d. I shall read it when I am back in my place on Monday.",
		"defect":   "Ticket %d: our Grandstream GXP2170 is defective, the display stays dark.",
		"question": "Message %d: what is the status of my return? Any news?",
	} {
		for _, threaded := range []bool{true, false} {
			t.Run(fmt.Sprint(name, threaded), func(t *testing.T) {
				b := newBench(t)
				b.take(withoutTicket(request(ann, "one@shop.example")))
				answered, seen := 0, 0
				for i := 0; i < 200; i++ {
					mails, _ := b.outbox()
					if len(mails) == seen {
						break
					}
					seen = len(mails)
					last := mails[seen-1]
					l := letter{from: ann, id: fmt.Sprintf("auto%d@shop.example", i), auth: "pass", subject: fmt.Sprintf("Your mail %d %s", i, last.Subject), text: fmt.Sprintf(text, i)}
					if threaded {
						l.reply = "<" + last.MessageID + ">"
					}
					b.at = b.at.Add(20 * time.Minute)
					b.take(l)
					answered++
				}
				if answered > 15 {
					t.Errorf("the desk wrote %d mails to an absence program", answered)
				}
			})
		}
	}
}

func TestOwnMailAndMailFromTheDeskAreNoted(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	for i, from := range []string{deskAddress, "Returns <" + deskAddress + ">", strings.ToUpper(deskAddress)} {
		row := b.take(letter{from: from, id: fmt.Sprintf("own%d@retour.example", i), auth: "pass", subject: "Re: [" + c.Number + "]", reply: "<" + b.token(c) + ">",
			text: "I accept the quote. The Grandstream ticket is 20261115093422."})
		if row.Fate != casebook.FateNoted || b.one().Version != c.Version {
			t.Errorf("from %s: fate %s (%s)", from, row.Fate, row.Why)
		}
	}
	if n := b.mailCount(); n != 1 {
		t.Errorf("%d mails, want the question alone", n)
	}
}

func TestNewsAboutAClosedCaseGoesToStaffAlone(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	c = b.press(c.Number, rules.Event{Kind: rules.EvCollected})
	if c.State != rules.Closed {
		t.Fatalf("the case is %s", c.State)
	}
	sent := b.mailCount()
	row := b.take(letter{from: ann, id: "later@shop.example", auth: "pass", subject: "Re: [" + c.Number + "]", reply: "<" + b.token(c) + ">", text: "The phone that you sent back is still broken."})
	now := b.one()
	if row.Fate != casebook.FateUpdated || now.State != rules.Closed || now.Closing != c.Closing || b.mailCount() != sent {
		t.Errorf("fate %s (%s); the case is %s %s; %d mails more", row.Fate, row.Why, now.State, now.Closing, b.mailCount()-sent)
	}
	if now.Version == c.Version {
		t.Error("the card was not redrawn: staff do not see the news")
	}
}

func TestNewUnitInTheThreadOfAClosedCaseIsANewCase(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	c = b.press(c.Number, rules.Event{Kind: rules.EvCollected})
	l := unit(ann, "new@shop.example", 7)
	l.reply, l.subject = "<"+b.token(c)+">", "Re: ["+c.Number+"]"
	row := b.take(l)
	if row.Fate != casebook.FateOpened || row.CaseNumber == c.Number || len(b.cases()) != 2 {
		t.Errorf("fate %s (%s), case %s", row.Fate, row.Why, row.CaseNumber)
	}
}

func TestOnlyAProvenCustomerAcceptsAQuote(t *testing.T) {
	const accept = "We accept your quote of 85 EUR. Please repair the phone."
	for name, tc := range map[string]struct {
		letter letter
		token  bool
		number bool
		want   rules.State
	}{
		"stranger with the number":         {letter: letter{from: "eve@evil.example", auth: "pass"}, number: true, want: rules.Quoted},
		"stranger with a forwarded mail":   {letter: letter{from: "eve@evil.example", auth: "pass"}, token: true, want: rules.Quoted},
		"her address, nothing proves it":   {letter: letter{from: ann}, number: true, want: rules.Quoted},
		"her address, proof of no policy":  {letter: letter{from: ann, auth: "none"}, number: true, want: rules.Quoted},
		"her address, forged":              {letter: letter{from: ann, auth: "fail"}, number: true, want: rules.Quoted},
		"her address, forged, with token":  {letter: letter{from: ann, auth: "fail"}, token: true, want: rules.Quoted},
		"another author beside her":        {letter: letter{from: ann + ", eve@evil.example"}, number: true, want: rules.Quoted},
		"staff mail is not staff":          {letter: letter{from: "colleague@retour.example", auth: "pass"}, number: true, want: rules.Quoted},
		"proven by DMARC, with the number": {letter: letter{from: ann, auth: "pass"}, number: true, want: rules.InProcess},
		"proven by the token":              {letter: letter{from: ann}, token: true, want: rules.InProcess},
		"her colleague with the token":     {letter: letter{from: "boss@shop.example"}, token: true, want: rules.InProcess},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c := b.quoted()
			l := tc.letter
			l.id, l.subject, l.text = "accept@x.example", "Re: your quote", accept
			if tc.number {
				l.subject = "Re: [" + c.Number + "] quote"
			}
			if tc.token {
				l.reply = "<" + b.token(c) + ">"
			}
			row := b.take(l)
			if got := b.one().State; got != tc.want {
				t.Errorf("%s, want %s; fate %s (%s)", got, tc.want, row.Fate, row.Why)
			}
			if tc.want == rules.Quoted && row.Fate != casebook.FateHold {
				t.Errorf("the doubtful acceptance is %s (%s), not before a person", row.Fate, row.Why)
			}
		})
	}
}

// The mail proves that the colleague sent it, not that the customer wrote what
// he forwards.
func TestForwardByStaffProvesNothingOfTheCustomer(t *testing.T) {
	b := newBench(t)
	in, err := New(func() Options {
		o := b.Options
		o.Desk.Staff = []string{"retour.example"}
		return o
	}())
	if err != nil {
		t.Fatal(err)
	}
	b.Intake = in
	c := b.quoted()
	row := b.take(letter{from: "colleague@retour.example", id: "fwd@retour.example", auth: "pass", subject: "Fwd: [" + c.Number + "] quote",
		text: "---------- Forwarded message ----------\nFrom: Ann <" + ann + ">\nDate: Fri, 20 Nov 2026 08:00\nSubject: quote\nTo: colleague@retour.example\n\nWe accept your quote of 85 EUR. Please repair the phone."})
	if now := b.one(); now.State != rules.Quoted {
		t.Errorf("a forwarded text accepted the quote: %s, fate %s (%s)", now.State, row.Fate, row.Why)
	}
}

func TestWithdrawal(t *testing.T) {
	for name, tc := range map[string]struct {
		from, auth string
		want       rules.State
	}{
		"forged":   {ann, "fail", rules.New},
		"stranger": {"eve@evil.example", "pass", rules.New},
		"customer": {ann, "pass", rules.Closed},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.take(request(ann, "one@shop.example"))
			c := b.one()
			row := b.take(letter{from: tc.from, auth: tc.auth, id: "w@x.example", subject: "Re: [" + c.Number + "]",
				text: "The phone works again, we withdraw our return request. Please cancel the RMA."})
			if now := b.one(); now.State != tc.want {
				t.Errorf("%s %s, want %s; fate %s (%s)", now.State, now.Closing, tc.want, row.Fate, row.Why)
			}
		})
	}
}

func TestOneAnswerServesBothSiblings(t *testing.T) {
	b := newBench(t)
	b.take(letter{from: ann, id: "one@shop.example", auth: "pass", subject: "two defects", text: `Hello,

our Grandstream GXP2170, serial number 20EZ115N308C605F, is defective: no display.
And our Innovaphone IP232, serial number 00903341A2B3, is defective: no sound.
And our Yealink T46S, serial number 3146019092605341, is defective: no sound.`})
	asked := 0
	for _, c := range b.cases() {
		if c.State == rules.InfoNeeded {
			asked++
		}
	}
	if asked < 2 {
		t.Fatalf("%d of %d cases ask, want two siblings that do: %+v", asked, len(b.cases()), b.cases())
	}
	mails, _ := b.outbox()
	row := b.take(letter{from: ann, id: "two@shop.example", auth: "pass", subject: "Re: " + mails[0].Subject, reply: "<" + mails[0].MessageID + ">",
		text: "The Grandstream ticket is 20261115093422. Our own support ticket is 4711: support ticket number 20261116. The fault: no display, no sound. Invoice 12345."})
	for _, c := range b.cases() {
		history, err := b.Book.History(b.ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if c.Group != "" && c.State != rules.Closed && history[len(history)-1].LedgerID != row.ID {
			t.Errorf("%s (%s) does not know of the answer that was written to it too", c.Number, c.State)
		}
	}
	if later, _ := b.outbox(); len(later) > len(mails)+1 {
		t.Errorf("one answer is answered by %d mails", len(later)-len(mails))
	}
}

// Real mailboxes hold addresses that RFC 5322 does not allow. Such a mail must
// not be fetched again for ever: it gets a fate.
func TestOddSendersGetAFate(t *testing.T) {
	b := newBench(t)
	uid := uint32(0)
	for _, from := range []string{
		"ann..b@shop.example", "ann.@shop.example", ".ann@shop.example", "ann@shop", "ann@", "@shop.example", "ann", "ann@shop..example",
		"ann@shop.example.", "ann b@shop.example", "\"ann b\"@shop.example", "ann@[192.0.2.1]", "ann@-shop.example", "änn@shop.example", "ann@büro.example",
		"ann@shop.example\x00", "ann@shop.example@evil.example", "Ann <ann@shop.example> <eve@evil.example>", "<>", "undisclosed-recipients:;",
		strings.Repeat("a", 300) + "@shop.example", "ann@" + strings.Repeat("a.", 300) + "example", "ann,eve@shop.example", "ann\\@shop.example",
		"=?utf-8?q?ann=40shop.example=0D=0ABcc:_eve=40evil.example?=", "ann(comment)@shop.example", "ann@shop.example (", "<ann@shop.example", "ann|rm@shop.example", "'ann'@shop.example",
	} {
		uid++
		raw := strings.Replace(string(unit(ann, fmt.Sprintf("odd%d@shop.example", uid), int(uid)).raw()), "From: "+ann, "From: "+from, 1)
		row, err := b.Seen(b.ctx, casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: uid, Size: int64(len(raw)), InternalDate: b.at})
		if err != nil {
			t.Fatal(err)
		}
		if fate, err := b.Mail(b.ctx, Letter{LedgerID: row.ID, Raw: []byte(raw)}); err != nil || fate == "" {
			t.Errorf("%.40q: fate %q, the mail is tried again for ever: %v", from, fate, err)
		}
	}
}

func TestReplyToIsNeitherPartyNorRecipient(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	l.extra = "Reply-To: Support <eve@evil.example>\r\n"
	b.take(l)
	c := b.one()
	if isParty(c, "eve@evil.example") || c.Customer.Address != ann {
		t.Errorf("customer %+v, parties %+v", c.Customer, c.Parties)
	}
	if len(c.Notes) != 1 || !strings.Contains(c.Notes[0].Why, "eve@evil.example") {
		t.Errorf("staff do not see where the mail wants to be answered: %v", c.Notes)
	}
	mails, _ := b.outbox()
	for _, m := range mails {
		if m.To != ann {
			t.Errorf("the answer goes to %s", m.To)
		}
	}
	row := b.take(letter{from: "eve@evil.example", id: "e@evil.example", auth: "pass", subject: "Re: [" + c.Number + "]", text: "Please send it to me."})
	if row.Fate != casebook.FateHold {
		t.Errorf("the address of Reply-To joins: %s (%s)", row.Fate, row.Why)
	}
}

// A colleague's address, or the desk's own, in Reply-To is nothing to look at.
func TestReplyToOfTheSameHouseIsNotNoted(t *testing.T) {
	for _, to := range []string{"support@shop.example", ann, deskAddress, "\"Ann\" <ANN@shop.example>", ""} {
		b := newBench(t)
		l := request(ann, "one@shop.example")
		l.extra = "Reply-To: " + to + "\r\n"
		b.take(l)
		if c := b.one(); len(c.Notes) != 0 {
			t.Errorf("%s: %v", to, c.Notes)
		}
	}
}

func TestReusedMessageIDOfAnotherSenderIsAnotherCase(t *testing.T) {
	b := newBench(t)
	b.take(unit(ann, "same@dhl.example", 1))
	b.at = b.at.AddDate(0, 0, 30)
	row := b.take(unit(bob, "same@dhl.example", 2))
	if row.Fate != casebook.FateOpened || len(b.cases()) != 2 {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	// An answer to that Message-ID goes to the writer's own case.
	row = b.take(letter{from: bob, id: "b2@other.example", auth: "pass", reply: "<same@dhl.example>", subject: "Re: phone", text: "The display is dark since Monday."})
	if row.CaseNumber != b.only(bob).Number {
		t.Errorf("Bob's news is in %s, his case is %s", row.CaseNumber, b.only(bob).Number)
	}
}

func TestHostileMailsAreTakenInTime(t *testing.T) {
	head := "From: " + ann + "\r\nTo: " + deskAddress + "\r\nSubject: hostile\r\nMIME-Version: 1.0\r\n"
	deep, parts, many := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	for i := range 1000 {
		fmt.Fprintf(deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	deep.WriteString("Content-Type: text/plain\r\n\r\nOur Grandstream GXP2170 is defective.\r\n")
	parts.WriteString("Content-Type: multipart/mixed; boundary=b\r\n\r\n")
	for range 5000 {
		parts.WriteString("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nserial 20EZ115N308C605F\r\n")
	}
	for i := range 100_000 {
		fmt.Fprintf(many, "<c%d@shop.example>,\r\n ", i)
	}
	var numbers, ids, serials, macs strings.Builder
	for i := range 8_000 {
		fmt.Fprintf(&numbers, "%s\r\n", rules.Number(2020+i/90_000, i%90_000))
	}
	for i := range 2_000 {
		fmt.Fprintf(&ids, " <%d@shop.example>\r\n", i)
		fmt.Fprintf(&serials, "defective Grandstream GXP2170 serial number 20EZ115N3%07X\r\n", i)
		fmt.Fprintf(&macs, "defective Grandstream GXP2170 00:0B:82:%02X:%02X:%02X\r\n", i>>16, i>>8&255, i&255)
	}
	nested := strings.Repeat("<div><blockquote>", 100_000)
	for name, raw := range map[string]string{
		"1000 deep":          head + deep.String(),
		"5000 mails inside":  head + parts.String() + "--b--\r\n",
		"100000 recipients":  "Cc: " + many.String() + "x@y.example\r\n" + head + "\r\nOur phone is defective.\r\n",
		"3 MB header":        head + "X-Junk: " + strings.Repeat("junk ", 600_000) + "\r\n\r\nOur Grandstream GXP2170 is defective.\r\n",
		"100000 fields":      head + strings.Repeat("X-A: b\r\n", 100_000) + "\r\nhello\r\n",
		"1 MB subject":       strings.Replace(head, "hostile", strings.Repeat("A", 1<<20), 1) + "\r\nOur Grandstream GXP2170 is defective.\r\n",
		"nested HTML":        head + "Content-Type: text/html\r\n\r\n" + nested + "defective" + "\r\n",
		"quotes":             head + "\r\n" + strings.Repeat(strings.Repeat(">", 2000)+" defective\r\n", 200),
		"one line of 250 KB": head + "\r\n" + strings.Repeat("20EZ115N308C605F ", 15_000) + "\r\n",
		"encoded words":      strings.Replace(head, "hostile", strings.Repeat("=?utf-8?b?w6k=?= ", 100_000), 1) + "\r\nx\r\n",
		"parameters":         head + "Content-Type: text/plain" + strings.Repeat("; a*0*=x", 50_000) + "\r\n\r\nx\r\n",
		"comments":           strings.Replace(head, ann, strings.Repeat("(", 100_000)+ann, 1) + "\r\nx\r\n",
		"references":         head + "References:" + strings.Repeat(" <a@b.example>", 100_000) + "\r\n\r\nx\r\n",
		"authentication":     "Authentication-Results: " + authServ + strings.Repeat("; dkim=pass header.d=shop.example", 50_000) + "\r\n" + head + "\r\nx\r\n",
		"numbers of cases":   head + "\r\n" + strings.Repeat("RMA-26-00001-2 ", 5_000) + "\r\n",
		"many serials":       head + "\r\n" + strings.Repeat("Grandstream GXP2170 serial 20EZ115N308C605F\r\n", 1_500),
		"8000 case numbers":  head + "\r\n" + numbers.String(),
		"2000 references":    head + "References:" + ids.String() + "\r\nOur phone is defective.\r\n",
		"2000 serials":       head + "\r\n" + serials.String(),
		"2000 MACs":          head + "\r\n" + macs.String(),
		"NULs":               head + "\r\n" + strings.Repeat("\x00", 1<<20),
		"nothing":            "",
		"only line ends":     strings.Repeat("\r\n", 100_000),
		"no line end at all": strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			start := time.Now()
			row := b.takeRaw([]byte(raw), Letter{})
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
			if row.Fate == "" {
				t.Error("no fate")
			}
			if mails, _ := b.outbox(); len(mails) > 1 {
				t.Errorf("%d mails go out", len(mails))
			}
		})
	}
}

func TestBackfillLeavesTheClockOfALiveCaseAlone(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	before := b.one()
	if before.Deadline.IsZero() {
		t.Fatal("the case has no deadline to lose")
	}
	old := withoutTicket(request(ann, "old@shop.example"))
	old.text += "\nI wrote this last month."
	b.takeRaw(old.raw(), Letter{Silent: true})
	if now := b.one(); now.Deadline.IsZero() {
		t.Errorf("the back-filled mail stopped the clock of %s (%s): nobody will be reminded, it never closes", now.Number, now.State)
	}
	if n := b.mailCount(); n != 1 {
		t.Errorf("%d mails: back-fill wrote to somebody", n)
	}
}

func TestBackfillOfManyMailsSendsNothing(t *testing.T) {
	b := newBench(t)
	for i := range 200 {
		l := unit(fmt.Sprintf("c%d@shop%d.example", i, i%7), fmt.Sprintf("%d@shop.example", i), i)
		if i%2 == 0 {
			l = withoutTicket(l)
		}
		b.takeRaw(l.raw(), Letter{Silent: true})
	}
	b.at = b.at.AddDate(1, 0, 0)
	if _, err := b.Tick(b.ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.mailCount(); n != 0 {
		t.Errorf("%d mails to customers who wrote long ago", n)
	}
}

func TestRetrySendsEveryMailThatDidNotArrive(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	c = b.press(c.Number, rules.Event{Kind: rules.EvTakeCharge})
	_, rows := b.outbox()
	if len(rows) != 2 {
		t.Fatalf("%d mails, want 2", len(rows))
	}
	for _, r := range rows {
		if err := b.DeliveryFailed(b.ctx, r, "550 no such user"); err != nil {
			t.Fatal(err)
		}
	}
	c = b.press(c.Number, rules.Event{Kind: rules.EvResend})
	if n := b.mailCount(); n != 2 || c.Undelivered != "" {
		failed, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{CaseID: c.ID, Kind: string(notify.DeliverMail), Status: casebook.Failed})
		t.Errorf("%d of two mails go out again, %d stay failed and the card warns %q (%v)", n, len(failed), c.Undelivered, err)
	}
}

func TestFixedAddressGetsEveryMailThatDidNotArrive(t *testing.T) {
	b := newBench(t)
	b.take(request("anm@shop.example", "one@shop.example"))
	c := b.one()
	c = b.press(c.Number, rules.Event{Kind: rules.EvTakeCharge})
	_, rows := b.outbox()
	for _, r := range rows {
		if err := b.DeliveryFailed(b.ctx, r, "550 no such user"); err != nil {
			t.Fatal(err)
		}
	}
	b.press(c.Number, rules.Event{Kind: rules.EvFixAddress, Address: ann})
	mails, rows := b.outbox()
	if len(mails) != 2 {
		t.Errorf("%d of two mails go to the corrected address", len(mails))
	}
	for _, r := range rows {
		if r.Recipient != ann {
			t.Errorf("a mail still goes to %s", r.Recipient)
		}
	}
}

// One mail told of two cases: when it does not arrive, both customers' cases
// wait for an answer that cannot come.
func TestUndeliveredMailStandsAtEverySibling(t *testing.T) {
	b := newBench(t)
	l := withoutTicket(request(ann, "one@shop.example"))
	l.text += "\n\nAlso one Ubiquiti UniFi U6-Pro, MAC 74:83:C2:68:13:E0, is dead."
	b.take(l)
	_, rows := b.outbox()
	if len(rows) != 1 || len(b.cases()) != 2 {
		t.Fatalf("%d mails about %d cases", len(rows), len(b.cases()))
	}
	if err := b.DeliveryFailed(b.ctx, rows[0], "550 no such user"); err != nil {
		t.Fatal(err)
	}
	for _, c := range b.cases() {
		if c.Undelivered == "" {
			t.Errorf("%s (%s %s) does not say that its customer was not told", c.Number, c.State, c.Closing)
		}
	}
}

func TestFailureBookedTwiceIsOneEntry(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	_, rows := b.outbox()
	if err := b.DeliveryFailed(b.ctx, rows[0], "550 no such user"); err != nil {
		t.Fatal(err)
	}
	version := b.one().Version
	if err := b.DeliveryFailed(b.ctx, rows[0], "550 no such user"); err == nil {
		t.Error("a row was given up twice")
	}
	if now := b.one(); now.Version != version {
		t.Errorf("version %d, want %d", now.Version, version)
	}
}

func TestTooLargeAnswerIsHeldAndMovesNothing(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	l := letter{from: ann, id: "big@shop.example", auth: "pass", subject: "Re: [" + c.Number + "]", reply: "<" + b.token(c) + ">"}
	head, _, _ := strings.Cut(string(l.raw()), "\r\n\r\n")
	row := b.takeRaw([]byte(head+"\r\n\r\n"), Letter{HeaderOnly: true})
	if row.Fate != casebook.FateHold || row.CaseNumber != c.Number || b.one().Version != c.Version {
		t.Errorf("fate %s (%s), case %q", row.Fate, row.Why, row.CaseNumber)
	}
	if n := len(b.waiting(notify.DeliverHeld)); n != 1 {
		t.Errorf("%d notes to staff, want 1", n)
	}
}

func TestTwoLargeMailsOfOneSecondAreTwo(t *testing.T) {
	b := newBench(t)
	l := letter{from: ann, auth: "pass", subject: "photos"}
	head, _, _ := strings.Cut(string(l.raw()), "\r\n\r\n")
	raw := []byte(head + "\r\n\r\n")
	first := b.takeRaw(raw, Letter{HeaderOnly: true})
	row, err := b.Seen(b.ctx, casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: 99, Size: first.Size + 5_000_000, InternalDate: b.at})
	if err != nil {
		t.Fatal(err)
	}
	fate, err := b.Mail(b.ctx, Letter{LedgerID: row.ID, Raw: raw, HeaderOnly: true})
	if err != nil || fate == casebook.FateDuplicate {
		t.Errorf("a mail of another size, of which only the header is known, is %s (%v)", fate, err)
	}
}

func TestAnswerToAMergedCaseGoesWhereItWasMerged(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.take(unit(ann, fmt.Sprintf("%d@shop.example", i), i))
	}
	cases := b.cases()
	slices.SortFunc(cases, func(x, y rules.Case) int { return int(x.ID - y.ID) })
	token := b.token(cases[2])
	e := rules.Event{Kind: rules.EvMerge, Into: cases[1].Number}
	b.press(cases[2].Number, e)
	e.Into = cases[0].Number
	b.press(cases[1].Number, e)
	row := b.take(letter{from: ann, id: "answer@shop.example", auth: "pass", reply: "<" + token + ">", subject: "Re: phone", text: "The display is dark since Monday."})
	if row.CaseNumber != cases[0].Number {
		t.Errorf("the answer is in %s (%s: %s), want %s", row.CaseNumber, row.Fate, row.Why, cases[0].Number)
	}
}

func TestManyClicksAtOnceMoveOnce(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	var wg sync.WaitGroup
	results := make([]Result, 16)
	for i := range results {
		wg.Go(func() {
			click := rules.Click{Number: c.Number, Version: c.Version, Event: rules.Event{Kind: rules.EvTakeCharge,
				Actor: rules.Actor{Kind: rules.ByStaff, ID: fmt.Sprintf("U%d", i), Name: fmt.Sprintf("Staff %d", i)}}}
			var err error
			if results[i], err = b.Click(b.ctx, click, fmt.Sprintf("envelope/%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	done := 0
	for _, r := range results {
		if r.Done {
			done++
		} else if r.Message == "" {
			t.Error("a clicker who was too late is told nothing")
		}
	}
	if now := b.one(); done != 1 || now.Version != c.Version+1 || b.mailCount() != 2 {
		t.Errorf("%d clicks were done, version %d → %d, %d mails", done, c.Version, now.Version, b.mailCount())
	}
}

func TestOneMailInManyHandsIsOneCase(t *testing.T) {
	b := newBench(t)
	raw := request(ann, "one@shop.example").raw()
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			row, err := b.Seen(b.ctx, casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: uint32(1 + i%6), Size: int64(len(raw)), InternalDate: b.at})
			if err != nil {
				t.Error(err)
				return
			}
			// The same row twice: the second is refused and stores nothing.
			_, _ = b.Mail(b.ctx, Letter{LedgerID: row.ID, Raw: raw})
		})
	}
	wg.Wait()
	b.one()
	if n := b.mailCount(); n != 1 {
		t.Errorf("%d answers", n)
	}
	counts, total, err := b.Book.LedgerCounts(b.ctx, "rma")
	if err != nil || total != 6 || counts[casebook.FateOpened] != 1 || counts[casebook.FateDuplicate] != 5 {
		t.Errorf("ledger: %v of %d (%v)", counts, total, err)
	}
}

// The machine slept for a year, or its clock was wrong: the desk catches up in
// one go and ends.
func TestAYearOfSilenceIsCaughtUp(t *testing.T) {
	stages := map[rules.State]func(*bench) string{
		rules.New:        func(b *bench) string { b.take(request(ann, "one@shop.example")); return b.one().Number },
		rules.InfoNeeded: func(b *bench) string { b.take(withoutTicket(request(ann, "one@shop.example"))); return b.one().Number },
		rules.Quoted:     func(b *bench) string { return b.quoted().Number },
		rules.Validated: func(b *bench) string {
			b.take(request(ann, "one@shop.example"))
			n := b.one().Number
			b.press(n, rules.Event{Kind: rules.EvTakeCharge})
			b.press(n, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}})
			return n
		},
	}
	want := map[rules.State]rules.State{rules.New: rules.New, rules.InfoNeeded: rules.Closed, rules.Quoted: rules.Uncollected, rules.Validated: rules.Closed}
	for state, reach := range stages {
		t.Run(string(state), func(t *testing.T) {
			b := newBench(t)
			number := reach(b)
			sent := b.mailCount()
			for range 12 {
				b.at = b.at.AddDate(1, 0, 0)
				if _, err := b.Tick(b.ctx); err != nil {
					t.Fatal(err)
				}
			}
			c, err := b.Book.Case(b.ctx, number)
			if err != nil {
				t.Fatal(err)
			}
			if c.State != want[state] {
				t.Errorf("after twelve years: %s %s, want %s", c.State, c.Closing, want[state])
			}
			if more := b.mailCount() - sent; more > 4 {
				t.Errorf("%d mails to a customer who is silent", more)
			}
		})
	}
}

func TestNumbersGoOnInTheNewYear(t *testing.T) {
	b := newBench(t)
	b.at = time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
	b.take(unit(ann, "a@shop.example", 1))
	b.at = b.at.Add(2 * time.Second)
	b.take(unit(ann, "b@shop.example", 2))
	seen := map[string]bool{}
	for _, c := range b.cases() {
		if _, _, err := rules.ParseNumber(c.Number); err != nil || seen[c.Number] {
			t.Errorf("%s: %v", c.Number, err)
		}
		seen[c.Number] = true
	}
	if len(seen) != 2 || !seen[rules.Number(2026, 1)] || !seen[rules.Number(2027, 1)] {
		t.Errorf("numbers %v", seen)
	}
}

// Five hundred forged senders in a minute: relay spam through the desk. What may
// go out is what the caps allow, of one domain and of all together, and it says
// nothing that the spammer wrote. Without the caps all would be answered.
func TestRelaySpamStopsAtTheCapAndCarriesNothing(t *testing.T) {
	const mails = 500
	one := func(int) string { return "bank.example" }
	each := func(i int) string { return fmt.Sprintf("bank%d.example", i) }
	for name, tc := range map[string]struct {
		domain func(int) string
		capped bool
	}{"victims of one domain": {one, true}, "a domain for each": {each, true}, "no caps": {each, false}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			limits := b.Policy.Limits
			most := limits.StrangersHour()
			if !tc.capped {
				policy := *b.Policy
				policy.Limits = rules.Limits{PerAddressHour: mails + 1, PerDomainHour: mails + 1, PerCaseHour: mails + 1, PerCaseDay: mails + 1, TotalHour: 10 * (mails + 1)}
				b.Policy = &policy
			} else if tc.domain(1) == tc.domain(2) {
				most = min(most, limits.PerDomainHour)
			}
			for i := range mails {
				l := unit(fmt.Sprintf("victim+%d@%s", i, tc.domain(i)), fmt.Sprintf("%d@evil.example", i), i)
				l.auth, l.subject = "", "Your account is locked https://evil.example"
				b.at = b.at.Add(100 * time.Millisecond)
				b.take(l)
			}
			if row := b.take(unit(ann, "ann@shop.example", mails)); row.Fate != casebook.FateOpened || !row.Answered {
				t.Errorf("a customer is not answered meanwhile: fate %s (%s)", row.Fate, row.Why)
			}
			out, _ := b.outbox()
			out = out[:len(out)-1] // hers
			if tc.capped && len(out) > most || !tc.capped && len(out) != mails {
				t.Errorf("%d answers to %d mails within a minute, the cap is %d", len(out), mails, most)
			}
			for _, m := range out {
				if strings.Contains(m.Subject+m.Text+m.HTML, "evil.example") {
					t.Fatalf("the answer carries the spammer's words: %s", m.Subject)
				}
			}
		})
	}
}

func TestAKnownAddressAloneIsNotToldHowTheCaseStands(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	sent := b.mailCount()
	row := b.take(letter{from: "eve@evil.example", id: "q@evil.example", auth: "pass", subject: "[" + c.Number + "] status?", text: "What is the status of " + c.Number + "?"})
	if row.Fate != casebook.FateHold || b.mailCount() != sent {
		t.Errorf("fate %s (%s), %d mails more", row.Fate, row.Why, b.mailCount()-sent)
	}
}

// Each cap alone ends what would go on without it.
func TestEachCapStopsALoop(t *testing.T) {
	const open, mails, least = 1000, 20, 5
	none := rules.Limits{PerAddressHour: open, PerDomainHour: open, PerCaseHour: open, PerCaseDay: open, TotalHour: 10 * open}
	asks := func(from string) func(rules.Case, int) letter {
		return func(c rules.Case, i int) letter {
			return letter{from: from, id: fmt.Sprintf("%d@shop.example", i), auth: "pass", subject: "Re: [" + c.Number + "]", text: fmt.Sprintf("Mail %d: what is the status of my return?", i)}
		}
	}
	opens := func(domain string, auth string) func(rules.Case, int) letter {
		return func(_ rules.Case, i int) letter {
			l := unit(fmt.Sprintf("c%d@%s", i, strings.Replace(domain, "*", fmt.Sprint(i), 1)), fmt.Sprintf("%d@x.example", i), i)
			l.auth = auth
			return l
		}
	}
	for name, tc := range map[string]struct {
		cap   func(*rules.Limits)
		next  func(rules.Case, int) letter
		every time.Duration
	}{
		"one address":  {func(l *rules.Limits) { l.PerAddressHour = least }, asks(ann), time.Minute},
		"one domain":   {func(l *rules.Limits) { l.PerDomainHour = least }, opens("shop.example", "pass"), time.Minute},
		"one case":     {func(l *rules.Limits) { l.PerCaseHour = least }, asks(ann), time.Minute},
		"case, slowly": {func(l *rules.Limits) { l.PerCaseDay = least }, asks(ann), 61 * time.Minute},
		"all":          {func(l *rules.Limits) { l.TotalHour = least }, opens("shop*.example", "pass"), time.Minute},
		"strangers":    {func(l *rules.Limits) { l.TotalHour = 10 * least }, opens("shop*.example", ""), time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			for _, capped := range []bool{true, false} {
				b := newBench(t)
				policy := *b.Policy
				policy.Limits = none
				if capped {
					tc.cap(&policy.Limits)
				}
				b.Policy = &policy
				b.take(request(ann, "one@shop.example"))
				c := b.one()
				for i := range mails {
					b.at = b.at.Add(tc.every)
					b.take(tc.next(c, i))
				}
				if n := b.mailCount(); capped && n > least+1 || !capped && n != mails+1 {
					t.Errorf("with the cap %v: %d answers to %d mails, the cap is %d", capped, n, mails, least)
				}
			}
		})
	}
}

// A library that fails on a mail costs that mail a person's look, and nobody his
// answer.
func TestPanicWhileReadingBecomesAHeldMail(t *testing.T) {
	b := newBench(t)
	b.reader.signers = func(context.Context, []byte) []string { panic("out of range") }
	l := request(ann, "one@shop.example")
	l.auth = ""
	if row := b.take(l); row.Fate != casebook.FateHold || !strings.Contains(row.Why, "out of range") || row.Hash == "" {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	if row := b.take(request(ann, "two@shop.example")); row.Fate != casebook.FateOpened {
		t.Errorf("the next mail: %s (%s)", row.Fate, row.Why)
	}
}

// The amount that a customer accepts is the one that was quoted.
func TestAcceptanceOfAnotherAmountIsNone(t *testing.T) {
	for text, want := range map[string]rules.State{
		"We accept your quote of 85 EUR. Please repair the phone.": rules.InProcess,
		"We accept your quote of 45 EUR. Please repair the phone.": rules.Quoted,
		"We accept your quote of USD 85. Please repair the phone.": rules.Quoted,
		"We accept your quote. Please repair the phone.":           rules.InProcess,
	} {
		b := newBench(t)
		c := b.quoted()
		row := b.take(letter{from: ann, id: "x@shop.example", auth: "pass", subject: "Re: [" + c.Number + "]", reply: "<" + b.token(c) + ">", text: text})
		if now := b.one(); now.State != want || want == rules.Quoted && row.Fate != casebook.FateHold {
			t.Errorf("%s: %s, fate %s (%s)", text, now.State, row.Fate, row.Why)
		}
		if want == rules.Quoted { // a person who joins it by hand has read it, and says himself what it means
			if r := b.settle(rules.HeldAction{LedgerID: row.ID, Do: rules.HeldJoin, Number: c.Number}, "k"); !r.Done || b.one().State != rules.Quoted {
				t.Errorf("%s: joined by hand: %+v, %s", text, r, b.one().State)
			}
		}
	}
}

// Who knows a customer can write to the desk in his name, and the desk answers the
// customer: no link of the forger's comes along. What he proves is repeated.
func TestForgedMailToACustomerCarriesNoLink(t *testing.T) {
	const evil = "Your account: evil.example"
	for name, tc := range map[string]struct {
		auth    string
		reply   bool
		carries bool
	}{"forged, new": {"none", false, false}, "forged, to his case": {"none", true, false}, "proven": {"pass", false, true}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.take(withoutTicket(request(ann, "one@shop.example"))) // from now on she is known
			sent := b.mailCount()
			l := unit("\""+evil+"\" <"+ann+">", "two@shop.example", 7)
			if tc.reply {
				l = withoutTicket(request("\""+evil+"\" <"+ann+">", "two@shop.example"))
				l.text += "\nWhat is the status?"
			}
			l.auth, l.subject = "", evil
			raw := l.raw()
			if tc.auth != "" {
				raw = append([]byte("Authentication-Results: "+authServ+"; dmarc="+tc.auth+" header.from=shop.example\r\n"), raw...)
			}
			row := b.takeRaw(raw, Letter{})
			mails, _ := b.outbox()
			if len(mails) != sent+1 {
				t.Fatalf("%d mails, fate %s (%s)", len(mails)-sent, row.Fate, row.Why)
			}
			m := mails[sent]
			if got := strings.Contains(m.Subject+m.ToName+m.Text+m.HTML, "evil.example"); got != tc.carries {
				t.Errorf("the forger's link is in the answer: %v; subject %q, to %q", got, m.Subject, m.ToName)
			}
			if got := strings.Contains(fmt.Sprint(b.cases()), "evil.example"); got != tc.carries {
				t.Errorf("the forger's link is in the case, and so in each later mail: %v", got)
			}
		})
	}
}

// A mail that is read without end is held, and the queue goes on.
func TestMailThatTakesTooLongIsHeld(t *testing.T) {
	b := newBench(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	patience := b.reader.patience
	b.reader.patience = 50 * time.Millisecond
	b.reader.signers = func(context.Context, []byte) []string { <-release; return nil } // does not heed its context
	l := request(ann, "one@shop.example")
	l.auth = ""
	if row := b.take(l); row.Fate != casebook.FateHold || !strings.Contains(row.Why, "took more than") || row.Hash == "" {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	b.reader.patience = patience
	if row := b.take(request(ann, "two@shop.example")); row.Fate != casebook.FateOpened {
		t.Errorf("the next mail: %s (%s)", row.Fate, row.Why)
	}
}

// The answer has nothing of what the customer attached, however much that was, so
// that it is never too large to arrive.
func TestAnswerCarriesNoneOfTheCustomersFiles(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	head, text, _ := strings.Cut(string(l.raw()), "Content-Type: text/plain; charset=utf-8\r\n\r\n")
	var raw strings.Builder
	raw.WriteString(head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text)
	for i := range 70 {
		fmt.Fprintf(&raw, "--b\r\nContent-Type: application/pdf; name=%d.pdf\r\nContent-Disposition: attachment\r\n\r\n%s\r\n", i, strings.Repeat("%PDF ", 20_000))
	}
	raw.WriteString("--b--\r\n")
	if row := b.takeRaw([]byte(raw.String()), Letter{}); row.Fate != casebook.FateOpened {
		t.Fatalf("fate %s (%s)", row.Fate, row.Why)
	}
	c := b.one()
	b.press(c.Number, rules.Event{Kind: rules.EvTakeCharge})
	b.press(c.Number, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}})
	mails, rows := b.outbox()
	for i, m := range mails {
		if len(m.Attachments) > 1 || len(rows[i].Body) > 300_000 || strings.Contains(m.Text, ".pdf %PDF") {
			t.Errorf("%s has %d files, %d bytes", m.Subject, len(m.Attachments), len(rows[i].Body))
		}
	}
}

// An address of the customer's own domain is no proof that it comes from there.
func TestColleagueWhomNothingProvesIsNoParty(t *testing.T) {
	for auth, want := range map[string]casebook.Fate{"pass": casebook.FateUpdated, "none": casebook.FateHold, "": casebook.FateHold} {
		b := newBench(t)
		b.take(withoutTicket(request(ann, "one@shop.example")))
		c := b.one()
		row := b.take(letter{from: "boss@shop.example", id: "b@shop.example", auth: auth, subject: "Re: [" + c.Number + "]", text: "The Grandstream ticket is 20261115093422."})
		if row.Fate != want || want == casebook.FateHold && b.one().Version != c.Version {
			t.Errorf("dmarc=%s: fate %s (%s), want %s", auth, row.Fate, row.Why, want)
		}
	}
}

// Each layer alone keeps a forged sender out: the door, the trust that a mail
// gets, and the answer, so that what one of them overlooks harms nobody.
func TestForgedSenderStandsBeforeThreeDoors(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	reading := b.reader.Read(b.ctx, letter{from: ann, id: "f@shop.example", auth: "fail", subject: "Re: " + c.Number, text: "The Grandstream ticket is 20261115093422."}.raw(), false, b.at)
	if d := doorOf(reading); d.way != held || d.rule != "forged" {
		t.Errorf("the door: %+v", d)
	}
	err := b.Book.Write(b.ctx, b.at, func(tx *casebook.Tx) error {
		if trust, err := b.trust(b.ctx, tx, reading); err != nil || trust != rules.Forged {
			t.Errorf("the trust: %s, %v", trust, err)
		}
		m := &mailRun{in: b.Intake, reading: reading, trust: rules.Known}
		if why, err := m.withheld(b.ctx, tx, []*booking{{decision: rules.Decision{Case: c}}}); err != nil || why == "" {
			t.Errorf("the answer: %q, %v", why, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMailsInTheSameThreadOfTwoCustomersStayApart(t *testing.T) {
	b := newBench(t)
	b.take(unit(ann, "a@shop.example", 1))
	l := unit(bob, "b@other.example", 2)
	l.subject = "Re: RMA"
	b.take(l)
	l = unit("carl@third.example", "c@third.example", 3)
	l.subject = "Re: RMA"
	b.take(l)
	if n := len(b.cases()); n != 3 {
		t.Errorf("%d cases: equal subjects join nobody", n)
	}
}

// A certified envelope (PEC) is a mail with a mail inside; anybody can make one
// and have it signed by his own domain.
func TestCertifiedEnvelopeProvesNothingOfWhoIsInside(t *testing.T) {
	for name, withToken := range map[string]bool{"with the number": false, "with a token": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c := b.quoted()
			refs := ""
			if withToken {
				refs = "References: <" + b.token(c) + ">\r\n"
			}
			raw := "Authentication-Results: " + authServ + "; dmarc=pass header.from=evil.example\r\nFrom: \"Per conto di: " + ann + "\" <pec@evil.example>\r\nTo: " + deskAddress +
				"\r\nSubject: POSTA CERTIFICATA: Re: [" + c.Number + "]\r\nMessage-ID: <pec@evil.example>\r\n" + refs + "X-Trasporto: posta-certificata\r\nMIME-Version: 1.0\r\n" +
				"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nMessaggio di posta certificata\r\n" +
				"--b\r\nContent-Type: message/rfc822; name=\"postacert.eml\"\r\nContent-Disposition: attachment; filename=\"postacert.eml\"\r\n\r\n" +
				"From: Ann <" + ann + ">\r\nTo: " + deskAddress + "\r\nSubject: Re: [" + c.Number + "] quote\r\nMessage-ID: <inner@shop.example>\r\n\r\nWe accept your quote of 85 EUR. Please repair the phone.\r\n--b--\r\n"
			row := b.takeRaw([]byte(raw), Letter{})
			if now := b.one(); now.State != rules.Quoted {
				t.Errorf("a stranger's envelope accepted the quote: %s, fate %s (%s)", now.State, row.Fate, row.Why)
			}
		})
	}
}

func TestVerdictsThatAreNoFailureHoldNobody(t *testing.T) {
	for _, result := range []string{"none", "bestguesspass", "temperror", "permerror"} {
		b := newBench(t)
		l := request(ann, "one@shop.example")
		l.auth = result
		if row := b.take(l); row.Fate != casebook.FateOpened {
			t.Errorf("dmarc=%s: fate %s (%s)", result, row.Fate, row.Why)
		}
	}
}

func TestOnlyTheServersOwnVerdictCounts(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	l := letter{from: ann, id: "f@shop.example", auth: "fail", subject: "Re: [" + c.Number + "]", text: "We accept your quote of 85 EUR.",
		extra: "Authentication-Results: " + authServ + "; dmarc=pass header.from=shop.example\r\nAuthentication-Results: " + authServ + "; spf=pass smtp.mailfrom=shop.example\r\n"}
	if row := b.take(l); b.one().State != rules.Quoted || row.Fate != casebook.FateHold {
		t.Errorf("a verdict that the sender wrote himself counts: %s, fate %s (%s)", b.one().State, row.Fate, row.Why)
	}
	l.from, l.auth, l.id = "\""+ann+"\" <eve@evil.example>", "", "g@evil.example"
	l.extra = "Authentication-Results: other.example; dmarc=pass header.from=shop.example\r\n"
	if row := b.take(l); b.one().State != rules.Quoted || row.Fate != casebook.FateHold {
		t.Errorf("a name that looks like an address counts: %s, fate %s (%s)", b.one().State, row.Fate, row.Why)
	}
}

func TestRetrySendsWhatTheCapHeldBack(t *testing.T) {
	b := newBench(t)
	for i := range b.Policy.Limits.PerAddressHour + 1 {
		b.take(unit(ann, fmt.Sprintf("%d@shop.example", i), i))
	}
	sent := b.mailCount()
	var held rules.Case
	for _, c := range b.cases() {
		if c.Undelivered != "" {
			held = c
		}
	}
	if held.Number == "" {
		t.Fatal("no answer was held back")
	}
	b.press(held.Number, rules.Event{Kind: rules.EvResend})
	if n := b.mailCount(); n != sent+1 {
		t.Errorf("%d mails after Retry, want %d", n, sent+1)
	}
}

// Some servers send back nothing of the mail, only the address.
func TestBounceThatNamesOnlyTheAddressIsBeforeAPerson(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	raw := string(dsn("unknown@elsewhere.example", ann, "failed"))
	head, _, _ := strings.Cut(raw, "--b\r\nContent-Type: text/rfc822-headers")
	row := b.takeRaw([]byte(head+"--b--\r\n"), Letter{})
	if row.Fate == casebook.FateNoted && b.one().Undelivered == "" {
		t.Errorf("a mail to a customer with an open case came back, and nobody is told: %s (%s)", row.Fate, row.Why)
	}
	// Back-scatter about an address that is nobody's stays away from staff.
	back := strings.ReplaceAll(head, ann, "stranger@nowhere.example")
	if row := b.takeRaw([]byte(back+"--b--\r\n"), Letter{}); row.Fate != casebook.FateNoted {
		t.Errorf("back-scatter is %s (%s)", row.Fate, row.Why)
	}
	if n := b.mailCount(); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestMailThatBearsOurOwnMessageIDIsTakenIn(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	id := b.token(c)
	row := b.take(unit("eve@evil.example", id, 3))
	if row.Fate == "" || row.CaseNumber == c.Number {
		t.Errorf("fate %s (%s) in %s", row.Fate, row.Why, row.CaseNumber)
	}
	if row = b.take(letter{from: ann, id: "two@shop.example", auth: "pass", reply: "<" + id + ">", subject: "Re: phone", text: "The display is dark."}); row.CaseNumber != c.Number {
		t.Errorf("Ann's answer is in %q (%s: %s)", row.CaseNumber, row.Fate, row.Why)
	}
}

// Bob is a good customer, and Ann once forwarded him a mail of ours.
func TestForwardedTokenMakesAnotherCustomerNoParty(t *testing.T) {
	for name, tc := range map[string]struct {
		quote bool
		text  string
	}{
		"asks how it stands": {false, "What is the status of my return? Any news?"},
		"withdraws":          {false, "We withdraw our return request. Please cancel the RMA."},
		"declines the quote": {true, "We decline your quote, 85 EUR is too expensive. Please do not repair it."},
		"accepts the quote":  {true, "We accept your quote of 85 EUR. Please repair the phone."},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			var c rules.Case
			if tc.quote {
				c = b.quoted()
			} else {
				b.take(request(ann, "one@shop.example"))
				c = b.one()
			}
			b.take(unit(bob, "bob@other.example", 2))
			row := b.take(letter{from: bob, id: "b2@other.example", auth: "pass", subject: "Re: Fwd: your return", reply: "<" + b.token(c) + ">", text: tc.text})
			if now := b.only(ann); now.State != c.State || row.Fate != casebook.FateHold {
				t.Errorf("Ann's case went from %s to %s %s; fate %s (%s)", c.State, now.State, now.Closing, row.Fate, row.Why)
			}
		})
	}
}

func TestStrangersOwnReturnInAForwardedThreadIsNotSwallowed(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	l := unit(bob, "bob@other.example", 2)
	l.reply, l.subject = "<"+b.token(c)+">", "Re: Fwd: your return"
	row := b.take(l)
	if now := b.only(ann); len(now.Items) != len(c.Items) || row.Fate == casebook.FateUpdated {
		t.Errorf("Ann's case has %d units, and Bob's return is %s (%s)", len(now.Items), row.Fate, row.Why)
	}
}

func TestLateBounceOfTheWrongAddressDoesNotBlameTheRightOne(t *testing.T) {
	b := newBench(t)
	b.take(request("anm@shop.example", "one@shop.example"))
	c := b.one()
	_, rows := b.outbox()
	if err := b.DeliveryFailed(b.ctx, rows[0], "550 no such user"); err != nil {
		t.Fatal(err)
	}
	b.press(c.Number, rules.Event{Kind: rules.EvFixAddress, Address: ann})
	_, rows = b.outbox()
	if err := b.Book.Done(b.ctx, rows[0].ID, b.at, "250 ok"); err != nil {
		t.Fatal(err)
	}
	row := b.takeRaw(dsn(rows[0].MessageID, "anm@shop.example", "failed"), Letter{})
	if now := b.one(); now.Undelivered != "" {
		t.Errorf("the mail arrived at %s, and the case says %q: fate %s (%s)", ann, now.Undelivered, row.Fate, row.Why)
	}
}

// The sender chooses his envelope address, and the receiving server repeats it
// in its verdict; who has a signed mail of somebody can send it on.
func TestVerdictThatTheSenderMadeProvesNothing(t *testing.T) {
	for name, tc := range map[string]struct{ verdict, to, extra string }{
		"verdict inside of a quoted address": {`spf=pass smtp.mailfrom="x; dkim=pass header.d=shop.example; y=z"@evil.example; dmarc=none`, deskAddress, ""},
		"verdict inside of a comment":        {`spf=none (x; dkim=pass header.d=shop.example ) smtp.mailfrom=a@evil.example; dmarc=none`, deskAddress, ""},
		"a failure that cannot be parsed":    {`spf=none smtp.mailfrom=x;y@evil.example; dmarc=fail header.from=shop.example`, deskAddress, ""},
		"a signed mail to somebody else":     {`dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=evil.example; dmarc=pass header.from=shop.example`, "eve@evil.example", ""},
		"a signed mail with another subject": {`dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example`, deskAddress, "Subject: lunch\r\n"},
		"a chain of other servers":           {`arc=pass smtp.remote-ip=192.0.2.1; dmarc=none header.from=shop.example`, deskAddress, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c := b.quoted()
			sent := b.mailCount()
			raw := "Authentication-Results: " + authServ + "; " + tc.verdict + "\r\nFrom: Ann <" + ann + ">\r\nTo: " + tc.to + "\r\nSubject: Re: [" + c.Number + "] quote\r\n" + tc.extra +
				"Message-ID: <yes@shop.example>\r\n\r\nWe accept your quote of 85 EUR. Please repair the phone.\r\n"
			row := b.takeRaw([]byte(raw), Letter{})
			if now := b.one(); row.Fate != casebook.FateHold || now.State != rules.Quoted || b.mailCount() != sent {
				t.Errorf("the case is %s, fate %s (%s), %d mails more", now.State, row.Fate, row.Why, b.mailCount()-sent)
			}
		})
	}
}

// What stands in a proven customer's mail without being his own yes.
func TestAcceptanceThatIsNotHisOwnIsNone(t *testing.T) {
	const accept = "We accept your quote of 85 EUR. Please repair the phone."
	mixed := func(text, part string) string {
		return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + text + "\r\n--b\r\n" + part + "\r\n--b--\r\n"
	}
	for name, tc := range map[string]struct{ subject, rest string }{
		"quoted":             {"", "\r\nWhat would you do?\r\n\r\nOn Mon, Bob wrote:\r\n> " + accept + "\r\n"},
		"forwarded":          {"", "\r\nIs this right?\r\n\r\n-------- Forwarded Message --------\r\nFrom: Bob <bob@other.example>\r\nSubject: quote\r\nTo: " + ann + "\r\n\r\n" + accept + "\r\n"},
		"an attached mail's": {"", mixed("Please see below.", "Content-Type: message/rfc822\r\n\r\nFrom: bob@other.example\r\nSubject: quote\r\n\r\n"+accept)},
		"an attached text's": {"", mixed("Please see below.", "Content-Type: text/plain; name=yes.txt\r\nContent-Disposition: attachment; filename=yes.txt\r\n\r\n"+accept)},
		"a calendar's":       {"Accepted: ", "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nSUMMARY:" + accept + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"},
		"an invitation's":    {"Accepted: ", mixed("Ann has accepted this invitation.", "Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR")},
		"an absence note's":  {"Automatic reply: ", "\r\n" + accept + "\r\n"},
		"a program's":        {"", "Auto-Submitted: auto-replied\r\n\r\n" + accept + "\r\n"},
		"within S/MIME":      {"", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nV2UgYWNjZXB0IHlvdXIgcXVvdGUu\r\n"},
		"hidden in HTML":     {"", "Content-Type: text/html\r\n\r\n<p>What would you do?</p><blockquote type=cite>" + accept + "</blockquote>\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c := b.quoted()
			raw := "Authentication-Results: " + authServ + "; dmarc=pass header.from=shop.example\r\nFrom: " + ann + "\r\nTo: " + deskAddress + "\r\nIn-Reply-To: <" + b.token(c) + ">\r\n" +
				"Subject: " + tc.subject + "Re: [" + c.Number + "] quote\r\nMessage-ID: <yes@shop.example>\r\n" + tc.rest
			row := b.takeRaw([]byte(raw), Letter{})
			if now := b.one(); now.State != rules.Quoted {
				t.Errorf("the quote is accepted: %s, fate %s (%s)", now.State, row.Fate, row.Why)
			}
		})
	}
}
