package intake

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
	"retour/templates"
)

const (
	deskAddress = "rma@retour.example"
	authServ    = "mx.retour.example"
	ann         = "ann@shop.example"
)

// Neither changes, and both are dear to load under the race detector.
var (
	shippedPolicy = sync.OnceValues(rules.DefaultPolicy)
	shippedTexts  = sync.OnceValues(func() (*templates.Set, error) { return templates.Load(nil) })
)

// bench is an intake on a real casebook, with a clock that is moved by hand.
type bench struct {
	*Intake
	t   testing.TB
	ctx context.Context
	at  time.Time
	uid uint32
}

// freshStore is where a casebook can be: a file, or a desk of its own in the
// database that RETOUR_TEST_POSTGRES names.
func freshStore(t testing.TB) string {
	if server := os.Getenv("RETOUR_TEST_POSTGRES"); server != "" {
		return server + "&desk=test-" + strings.ToLower(rand.Text())
	}
	return filepath.Join(t.TempDir(), "retour.db")
}

func newBench(t testing.TB) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), at: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	book, err := casebook.Open(b.ctx, freshStore(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	policy, err := shippedPolicy()
	if err != nil {
		t.Fatal(err)
	}
	set, err := shippedTexts()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := book.Secret(b.ctx)
	if err != nil {
		t.Fatal(err)
	}
	composer, err := notify.NewComposer(notify.Desk{Name: "Returns", Address: deskAddress, Company: "Retour Distribution",
		ReturnAddress: []string{"Retour Distribution", "Dock 7"}, Domain: "retour.example", TimeZone: time.UTC, Language: "en"}, set, policy, secret)
	if err != nil {
		t.Fatal(err)
	}
	b.Intake, err = New(Options{Book: book, Policy: policy, Composer: composer, Secret: secret, Domain: "retour.example", Language: "en",
		Desk: ingest.Desk{Addresses: []string{deskAddress}, AuthServ: authServ}, Slack: true,
		Now: func() time.Time { return b.at }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// letter is a mail as it lies in the mailbox.
type letter struct {
	from, subject, id, reply, auth, extra, text string
}

func (l letter) raw() []byte {
	var b strings.Builder
	if l.auth != "" {
		fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=%s header.from=%s\r\n", authServ, l.auth, l.from[strings.Index(l.from, "@")+1:])
	}
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\n", l.from, deskAddress, l.subject)
	if l.id != "" {
		fmt.Fprintf(&b, "Message-ID: <%s>\r\n", l.id)
	}
	if l.reply != "" {
		fmt.Fprintf(&b, "In-Reply-To: %s\r\n", l.reply)
	}
	b.WriteString(l.extra)
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\n\r\n" + strings.ReplaceAll(l.text, "\n", "\r\n") + "\r\n")
	return []byte(b.String())
}

// take takes a mail in and returns its ledger row.
func (b *bench) take(l letter) casebook.LedgerRow {
	b.t.Helper()
	return b.takeRaw(l.raw(), Letter{})
}

func (b *bench) takeRaw(raw []byte, l Letter) casebook.LedgerRow {
	b.t.Helper()
	b.uid++
	row, err := b.Seen(b.ctx, casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: b.uid, Size: int64(len(raw)), InternalDate: b.at})
	if err != nil {
		b.t.Fatal(err)
	}
	l.LedgerID, l.Raw = row.ID, raw
	if _, err := b.Mail(b.ctx, l); err != nil {
		b.t.Fatal(err)
	}
	if row, err = b.Book.LedgerRow(b.ctx, row.ID); err != nil {
		b.t.Fatal(err)
	}
	return row
}

func (b *bench) cases() []rules.Case {
	b.t.Helper()
	cases, err := b.Book.Cases(b.ctx, casebook.CaseFilter{Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	return cases
}

func (b *bench) one() rules.Case {
	b.t.Helper()
	cases := b.cases()
	if len(cases) != 1 {
		b.t.Fatalf("%d cases, want 1", len(cases))
	}
	return cases[0]
}

// outbox are the mails that may go out, oldest first, with their rows.
func (b *bench) outbox() (mails []notify.Mail, rows []casebook.Row) {
	b.t.Helper()
	all, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail), Status: "pending", Limit: 10000})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Reverse(all)
	for _, row := range all {
		var m notify.Mail
		if err := json.Unmarshal(row.Body, &m); err != nil {
			b.t.Fatal(err)
		}
		mails, rows = append(mails, m), append(rows, row)
	}
	return mails, rows
}

func request(from, id string) letter {
	return letter{from: from, id: id, auth: "pass", subject: "Defective phone", text: `Hello,

our Grandstream GXP2170 is defective, the display stays dark.
Serial number: 20EZ115N308C605F
Grandstream helpdesk ticket: 20261115093422`}
}

func withoutTicket(l letter) letter {
	l.text = strings.Replace(l.text, "Grandstream helpdesk ticket: 20261115093422", "", 1)
	return l
}

func TestRequestOpensCase(t *testing.T) {
	b := newBench(t)
	row := b.take(request(ann, "one@shop.example"))
	c := b.one()
	if row.Fate != casebook.FateOpened || row.CaseNumber != c.Number || c.State != rules.New || c.Customer.Trust != rules.Proven {
		t.Errorf("fate %s, case %s %s, trust %s", row.Fate, c.Number, c.State, c.Customer.Trust)
	}
	mails, _ := b.outbox()
	if len(mails) != 1 || mails[0].To != ann || mails[0].InReplyTo != "one@shop.example" || !mails[0].Automatic {
		t.Errorf("outbox: %+v", mails)
	}
	number, ok := notify.CaseOf(b.Secret, "retour.example", []string{mails[0].MessageID})
	if !ok || number != c.Number {
		t.Errorf("the token of %s says %q", mails[0].MessageID, number)
	}
	raw, err := b.Book.Raw(b.ctx, row.Hash)
	if err != nil || string(raw) != string(request(ann, "one@shop.example").raw()) {
		t.Errorf("the raw mail was not kept: %v", err)
	}
}

func TestTokenJoins(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	mails, _ := b.outbox()
	token := mails[0].MessageID
	other := strings.Replace(token, "@", "x@", 1)
	upper := strings.ToUpper(token)
	answer := letter{from: "bob@shop.example", subject: "AW: phone", text: "The Grandstream ticket is 20261115093422."}
	for name, id := range map[string]string{"changed": other, "upper case": upper, "cut": token[:10], "empty": "<>"} {
		l := answer
		l.id, l.reply = name+"@shop.example", "<"+strings.Trim(id, "<>")+">"
		if row := b.take(l); row.Fate != casebook.FateHold {
			t.Errorf("%s token: fate %s (%s)", name, row.Fate, row.Why)
		}
	}
	answer.id, answer.reply = "right@shop.example", "<"+token+">"
	if row := b.take(answer); row.Fate != casebook.FateUpdated {
		t.Errorf("right token: fate %s (%s)", row.Fate, row.Why)
	}
	c := b.one()
	if c.State != rules.New || len(c.Missing) > 0 || !slices.Contains(c.References.VendorTicket, "20261115093422") {
		t.Errorf("after the answer: %s, missing %v, items %+v", c.State, c.Missing, c.Items)
	}
	if !isParty(c, "bob@shop.example") {
		t.Error("the proven colleague is no party")
	}
}

func TestNumberJoinsOnlyAParty(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	eve := letter{from: "eve@elsewhere.example", id: "e@elsewhere.example", auth: "pass", subject: "Re: [" + c.Number + "]", text: "Any news?"}
	if row := b.take(eve); row.Fate != casebook.FateHold || b.one().Version != c.Version {
		t.Errorf("a stranger with the number: %s (%s)", row.Fate, row.Why)
	}
	mine := letter{from: ann, id: "two@shop.example", auth: "pass", subject: "Re: [" + c.Number + "]", text: "The Grandstream ticket is 20261115093422."}
	if row := b.take(mine); row.Fate != casebook.FateUpdated || b.one().State != rules.New {
		t.Errorf("the party with the number: %s (%s), %s", row.Fate, row.Why, b.one().State)
	}
}

func TestForgedSenderMovesNothing(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	forged := letter{from: ann, id: "f@shop.example", auth: "fail", subject: "Re: " + c.Number, text: "The Grandstream ticket is 20261115093422."}
	if row := b.take(forged); row.Fate != casebook.FateHold || b.one().Version != c.Version {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	if mails, _ := b.outbox(); len(mails) != 1 {
		t.Errorf("%d mails went out, want only the first answer", len(mails))
	}
}

func TestUnknownSenderIsToldNothingHeWrote(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	l.auth, l.subject = "", "our phone, see evil.example"
	b.take(l)
	mails, _ := b.outbox()
	for _, word := range []string{"20EZ115N308C605F", "our phone", "evil", "20261115093422"} {
		if strings.Contains(mails[0].Text+mails[0].HTML+mails[0].Subject, word) {
			t.Errorf("the answer to an unproven stranger repeats %q", word)
		}
	}
}

func TestSameMailByTwoRoadsIsOne(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	b.take(l)
	copied := append([]byte("Received: from list.example by mx.example; Fri, 20 Nov 2026 09:00:05 +0000\r\nDelivered-To: rma2@retour.example\r\n"), l.raw()...)
	if row := b.takeRaw(copied, Letter{}); row.Fate != casebook.FateDuplicate || row.CaseNumber != b.one().Number {
		t.Errorf("fate %s (%s), case %s", row.Fate, row.Why, row.CaseNumber)
	}
	// The same Message-ID with other words is another mail.
	l.text, l.subject = "Another matter: our Yealink T46S with serial 3146019092605341 is defective, no sound.", "Other"
	if row := b.take(l); row.Fate == casebook.FateDuplicate {
		t.Errorf("another mail with a used Message-ID was taken for the same")
	}
}

func TestSecondMailAboutAUnitJoins(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	again := request(ann, "two@shop.example")
	again.text += "\n\nPlease hurry."
	if row := b.take(again); row.Fate != casebook.FateUpdated {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
	b.one()
	other := request("bob@other.example", "three@other.example")
	b.take(other)
	if n := len(b.cases()); n != 2 {
		t.Errorf("%d cases: another sender's mail about the same serial must not join", n)
	}
}

func TestMachinesAreNotAnswered(t *testing.T) {
	for name, extra := range map[string]string{
		"auto-reply": "Auto-Submitted: auto-replied\r\n",
		"list":       "List-Id: <news.shop.example>\r\nPrecedence: list\r\nList-Unsubscribe: <mailto:x@shop.example>\r\n",
		"null":       "Return-Path: <>\r\nAuto-Submitted: auto-generated\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			l := request(ann, "one@shop.example")
			l.extra = extra
			b.take(l)
			if mails, _ := b.outbox(); len(mails) != 0 {
				t.Errorf("answered: %s", mails[0].Subject)
			}
		})
	}
}

func TestBounceStandsAtItsCase(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	mails, _ := b.outbox()
	report := "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: " + deskAddress + "\r\nSubject: Undelivered Mail Returned to Sender\r\n" +
		"Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n" +
		"Final-Recipient: rfc822; " + ann + "\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n" +
		"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + mails[0].MessageID + ">\r\nTo: " + ann + "\r\n\r\n--b--\r\n"
	row := b.takeRaw([]byte(report), Letter{})
	c := b.one()
	if row.CaseNumber != c.Number || !strings.Contains(c.Undelivered, "no such user") {
		t.Errorf("fate %s (%s), undelivered %q", row.Fate, row.Why, c.Undelivered)
	}
	if mails, _ := b.outbox(); len(mails) > 1 {
		t.Error("a bounce was answered")
	}
}

func TestLoopStopsAtTheCap(t *testing.T) {
	b := newBench(t)
	sent := 0
	for i := range 60 {
		l := letter{from: ann, id: fmt.Sprintf("%d@shop.example", i), auth: "pass", subject: "Defective",
			text: fmt.Sprintf("Our Grandstream GXP2170 is defective, no display. Serial number: 20EZ115N30%06X", 0x8C0000+i)}
		b.at = b.at.Add(10 * time.Second)
		b.take(l)
		mails, _ := b.outbox()
		sent = len(mails)
	}
	if limit := b.Policy.Limits.PerAddressHour; sent != limit {
		t.Errorf("%d automatic answers to one address within the hour, the cap is %d", sent, limit)
	}
	withheld := 0
	for _, c := range b.cases() {
		if strings.HasPrefix(c.Undelivered, "not sent: ") {
			withheld++
		}
	}
	if withheld != 60-sent {
		t.Errorf("%d cases say that their answer was withheld, want %d", withheld, 60-sent)
	}
}

func TestTwoProcessesOneMail(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	l.text += "\n\nAlso one Ubiquiti UniFi U6-Pro, MAC 74:83:C2:68:13:E0, is dead."
	b.take(l)
	cases := b.cases()
	if len(cases) != 2 || cases[0].Group == "" || cases[0].Group != cases[1].Group {
		t.Fatalf("%d cases, want two siblings: %+v", len(cases), cases)
	}
	mails, _ := b.outbox()
	if len(mails) != 1 {
		t.Fatalf("%d mails, want one", len(mails))
	}
	for _, c := range cases {
		if !strings.Contains(mails[0].Text, c.Number) {
			t.Errorf("the one mail does not name %s:\n%s", c.Number, mails[0].Text)
		}
	}
}

func TestBackfillIsSilent(t *testing.T) {
	b := newBench(t)
	row := b.takeRaw(request(ann, "one@shop.example").raw(), Letter{Silent: true})
	if row.Fate != casebook.FateBackfilled {
		t.Errorf("fate %s", row.Fate)
	}
	if c := b.one(); !c.Deadline.IsZero() {
		t.Errorf("the clock of a back-filled case runs: %s", c.Deadline)
	}
	if mails, _ := b.outbox(); len(mails) != 0 {
		t.Error("back-fill wrote to somebody")
	}
}

func TestOversizeIsSaid(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	head, _, _ := strings.Cut(string(l.raw()), "\r\n\r\n")
	b.takeRaw([]byte(head+"\r\n\r\n"), Letter{HeaderOnly: true})
	c := b.one()
	if len(c.Missing) != 1 || c.Missing[0].Fact != rules.FactSmallerMail {
		t.Errorf("asked for %v, want a smaller mail", c.Missing)
	}
}

// A fault of ours in the midst of a transaction costs one mail a person's look,
// not the desk its life.
func TestPanicBecomesAHeldMail(t *testing.T) {
	b := newBench(t)
	whole := b.Composer
	b.Composer = nil
	row := b.take(request(ann, "one@shop.example"))
	if row.Fate != casebook.FateHold || !strings.Contains(row.Why, "it failed inside") || len(b.cases()) != 0 {
		t.Errorf("fate %s (%s), %d cases", row.Fate, row.Why, len(b.cases()))
	}
	b.Composer = whole
	if row := b.take(request(ann, "two@shop.example")); row.Fate != casebook.FateOpened {
		t.Errorf("the next mail: %s (%s)", row.Fate, row.Why)
	}
	b.Composer = nil
	c := b.one()
	click := rules.Click{Number: c.Number, Version: c.Version,
		Event: rules.Event{Kind: rules.EvTakeCharge, Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Alice"}}}
	if _, err := b.Click(b.ctx, click, "a"); err == nil {
		t.Error("a click that failed inside is told as done")
	}
	b.Composer = whole
	if r, err := b.Click(b.ctx, click, "a"); err != nil || !r.Done || b.one().State != rules.InCharge {
		t.Errorf("the same click again: %+v, %v", r, err)
	}
}

func TestNoSenderIsHeld(t *testing.T) {
	b := newBench(t)
	row := b.takeRaw([]byte("Subject: hello\r\n\r\nOur phone is defective.\r\n"), Letter{})
	if row.Fate != casebook.FateHold {
		t.Errorf("fate %s (%s)", row.Fate, row.Why)
	}
}

func TestClicks(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	click := rules.Click{Number: c.Number, Version: c.Version,
		Event: rules.Event{Kind: rules.EvTakeCharge, Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Alice"}}}
	press := func(key string, want bool) Result {
		t.Helper()
		r, err := b.Click(b.ctx, click, key)
		if err != nil || r.Done != want {
			t.Fatalf("click %s: %+v, %v", key, r, err)
		}
		return r
	}
	shown, err := b.Preview(b.ctx, click, "en")
	if err != nil || shown.Mail == nil || shown.Reading != "" || b.one().Version != c.Version {
		t.Fatalf("preview: %+v, %v", shown, err)
	}
	press("a", true)
	press("a", true) // the same envelope again
	stale := press("b", false)
	if !strings.Contains(stale.Message, "Alice") {
		t.Errorf("the stale click is told %q", stale.Message)
	}
	got := b.one()
	if got.State != rules.InCharge || got.Owner.ID != "U1" || got.Version != c.Version+1 {
		t.Errorf("%s, owner %+v, version %d", got.State, got.Owner, got.Version)
	}
	sent, _ := b.outbox()
	if len(sent) != 2 || sent[1].Automatic {
		t.Errorf("%d mails, want acknowledgement and notice", len(sent))
	}
	if sent[1].Seen() != shown.Mail.Seen() {
		t.Errorf("what was shown is not what goes out:\n%s\n---\n%s", shown.Mail.Text, sent[1].Text)
	}
}

func TestFirstStartAndRenumbering(t *testing.T) {
	b := newBench(t)
	ref := func(uid uint32, at time.Time) casebook.LedgerRow {
		return casebook.LedgerRow{Mailbox: "rma", UIDValidity: 7, UID: uid, Size: 10, InternalDate: at}
	}
	first, err := b.Started(b.ctx, "rma", 7, []casebook.LedgerRow{ref(1, b.at.Add(-time.Hour)), ref(2, b.at.Add(-time.Minute))})
	if err != nil || !first {
		t.Fatalf("first %v, %v", first, err)
	}
	again, err := b.Started(b.ctx, "rma", 7, nil)
	if err != nil || again {
		t.Fatalf("second start is first: %v, %v", again, err)
	}
	// The server renumbers: what is older than the desk stays unread, what is newer is read.
	b.at = b.at.Add(time.Hour)
	old, fresh := ref(1, b.at.Add(-2*time.Hour)), ref(2, b.at.Add(-time.Minute))
	undated := ref(3, time.Time{}) // the server refused to say
	old.UIDValidity, fresh.UIDValidity, undated.UIDValidity = 8, 8, 8
	if first, err = b.Started(b.ctx, "rma", 8, []casebook.LedgerRow{old, fresh, undated}); err != nil || first {
		t.Fatalf("renumbered mailbox is first: %v, %v", first, err)
	}
	for row, want := range map[*casebook.LedgerRow]casebook.Fate{&old: casebook.FateBeforeStart, &fresh: "", &undated: ""} {
		got, err := b.Seen(b.ctx, *row)
		if err != nil || got.Fate != want {
			t.Errorf("UID %d: fate %q, want %q (%v)", row.UID, got.Fate, want, err)
		}
	}
}

func TestContentKey(t *testing.T) {
	same := contentKey([]byte("Received: a\r\n\tfolded\r\nFrom: x\r\nDate: d\r\n\r\nbody"))
	for _, raw := range []string{"From: x\r\nDate: d\r\n\r\nbody", "Received: b\r\nReturn-Path: <q>\r\nFrom: x\r\nDate: d\r\n\r\nbody"} {
		if contentKey([]byte(raw)) != same {
			t.Errorf("trace fields change the key of %q", raw)
		}
	}
	for _, raw := range []string{"From: y\r\nDate: d\r\n\r\nbody", "From: x\r\nDate: d\r\n\r\nBody", "From: x\r\nDate: d\r\n\r\nReceived: a\r\nbody", ""} {
		if contentKey([]byte(raw)) == same {
			t.Errorf("%q has the key of another mail", raw)
		}
	}
}

// Two people who write the same words by programs that mark nothing are two: the
// second must not be taken for a copy of the first, and be answered by nobody.
func TestSameWordsOfTwoSenders(t *testing.T) {
	of := func(sender, fields string) string {
		return contentKey([]byte("Return-Path: <" + sender + ">\r\nReceived: " + sender + "\r\n" + fields + "Subject: Defective phone\r\n\r\nMy phone is broken.\r\n"))
	}
	if of("a@x.example", "") == of("b@x.example", "") {
		t.Error("two mails are taken for one")
	}
	for _, fields := range []string{"Message-ID: <1@x.example>\r\n", "Date: Fri, 20 Nov 2026 09:00:00 +0100\r\n"} {
		if of("a@x.example", fields) != of("list-owner@y.example", fields) {
			t.Errorf("a copy that came by a list is taken for another mail: %s", fields)
		}
	}
}
