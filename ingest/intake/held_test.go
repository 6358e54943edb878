package intake

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

var eve = rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Eve"}

// chat is a mail in which no return is recognised.
func chat(from, id string) letter {
	return letter{from: from, id: id, auth: "pass", subject: "Bonjour", text: "Bonjour,\n\npouvez-vous m'appeler au sujet de mon achat chez vous ?\n\nMerci"}
}

func (b *bench) settle(a rules.HeldAction, key string) Result {
	b.t.Helper()
	a.By = eve
	r, err := b.Settle(b.ctx, a, key)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *bench) row(id int64) casebook.LedgerRow {
	b.t.Helper()
	row, err := b.Book.LedgerRow(b.ctx, id)
	if err != nil {
		b.t.Fatal(err)
	}
	return row
}

// shownAs are the ways in which a held mail was put before the staff, oldest first.
func (b *bench) shownAs(id int64) (list []notify.Held) {
	b.t.Helper()
	rows, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{LedgerID: id, Kind: string(notify.DeliverHeld)})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Reverse(rows)
	for _, row := range rows {
		var h notify.Held
		if err := json.Unmarshal(row.Body, &h); err != nil {
			b.t.Fatal(err)
		}
		list = append(list, h)
	}
	return list
}

func TestHeldMailBecomesACase(t *testing.T) {
	b := newBench(t)
	held := b.take(chat("jean@client.example", "1@client.example"))
	if held.Fate != casebook.FateHold {
		t.Fatalf("%s: %s", held.Fate, held.Why)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldCase}, "k1"); !r.Done {
		t.Fatal(r.Message)
	}
	c, row := b.one(), b.row(held.ID)
	if c.Customer.Address != "jean@client.example" || c.Customer.Trust != rules.Proven || c.Language != "fr" || c.State != rules.InfoNeeded {
		t.Errorf("the case: %+v", c)
	}
	if row.Fate != casebook.FateOpened || row.CaseNumber != c.Number || !row.Misplaced || !strings.Contains(row.Why, "Eve decided") || !row.Answered {
		t.Errorf("the ledger: %+v", row)
	}
	mails, _ := b.outbox()
	if len(mails) != 1 || mails[0].To != "jean@client.example" || mails[0].InReplyTo != "1@client.example" || mails[0].Language != "fr" {
		t.Errorf("the answer: %+v", mails)
	}
	history, err := b.Book.History(b.ctx, c.ID)
	if err != nil || len(history) != 2 || history[0].Event != rules.EvRequest || history[1].ActorID != "U1" || !strings.Contains(history[1].Why, "Eve made a case of the mail, which was held: no return was recognised") {
		t.Errorf("the history: %+v %v", history, err)
	}
	shown := b.shownAs(held.ID)
	if len(shown) != 2 || shown[0].Settled != nil || shown[1].Settled == nil || shown[1].Settled.Number != c.Number || shown[1].Settled.By.Name != "Eve" ||
		shown[1].Why != held.Why || shown[1].Text != shown[0].Text || shown[1].Text == "" {
		t.Errorf("shown: %+v", shown)
	}
	// A second person, and the same envelope again.
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldDismiss}, "k2"); r.Done || !strings.Contains(r.Message, "dealt with already") || !strings.Contains(r.Message, "Eve decided") {
		t.Errorf("a second click: %+v", r)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldCase}, "k1"); !r.Done || len(b.cases()) != 1 || len(b.shownAs(held.ID)) != 2 {
		t.Errorf("the same click twice: %+v, %d cases", r, len(b.cases()))
	}
	// The customer answers: his mail finds the case.
	b.take(letter{from: "jean@client.example", id: "2@client.example", auth: "pass", reply: "<" + mails[0].MessageID + ">", subject: "Re: Bonjour",
		text: "Grandstream GXP2170, numéro de série 20EZ115N308C605F, il est en panne: l'écran reste noir. Ticket Grandstream 20261115093422."})
	if c := b.one(); c.State != rules.New || len(c.Items) != 1 {
		t.Errorf("after the answer: %s %+v", c.State, c.Items)
	}
}

// A person may let in what its sender's domain disowns; but nobody is written to
// then without a second look.
func TestPersonVouches(t *testing.T) {
	b := newBench(t)
	forged := request("ann@shop.example", "f@shop.example")
	forged.auth = "fail"
	held := b.take(forged)
	if held.Fate != casebook.FateHold || len(b.cases()) != 0 {
		t.Fatalf("%s: %s", held.Fate, held.Why)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldCase}, "k"); !r.Done {
		t.Fatal(r.Message)
	}
	c := b.one()
	if c.Customer.Trust != rules.Unknown || !strings.Contains(c.Undelivered, "domain says that the mail is not from") {
		t.Errorf("trust %s, undelivered %q", c.Customer.Trust, c.Undelivered)
	}
	if mails, _ := b.outbox(); len(mails) != 0 {
		t.Errorf("a mail goes to a forged sender: %+v", mails)
	}
}

func TestNoCaseOfWhatNamesNobody(t *testing.T) {
	b := newBench(t)
	nobody := chat("jean@client.example", "x@client.example")
	raw := strings.Replace(string(nobody.raw()), "From: jean@client.example\r\n", "", 1)
	held := b.takeRaw([]byte(raw), Letter{})
	r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldCase}, "k")
	if r.Done || !strings.Contains(r.Message, "names no sender") || b.row(held.ID).Fate != casebook.FateHold || len(b.cases()) != 0 {
		t.Errorf("%+v %s", r, b.row(held.ID).Fate)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldBlock}, "k2"); r.Done || !strings.Contains(r.Message, "no sender") {
		t.Errorf("%+v", r)
	}
	if r := b.settle(rules.HeldAction{LedgerID: 4711, Do: rules.HeldDismiss}, "k3"); r.Done || r.Message == "" {
		t.Errorf("%+v", r)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: "burn"}, "k4"); r.Done || r.Message == "" {
		t.Errorf("%+v", r)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldDismiss}, "k5"); !r.Done {
		t.Errorf("%+v", r)
	}
	if row := b.row(held.ID); row.Fate != casebook.FateNoted || row.Why != "not a return, says Eve" || row.CaseNumber != "" || !row.Misplaced {
		t.Errorf("%+v", row)
	}
}

func TestHeldMailJoinsACase(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	c := b.one()
	held := b.take(letter{from: "private@home.example", id: "p@home.example", subject: "Re: [" + c.Number + "]", text: "Hello, the Grandstream ticket is 20261115093422."})
	if held.Fate != casebook.FateHold {
		t.Fatal(held.Fate)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldJoin, Number: "26-99999"}, "k0"); r.Done || !strings.Contains(r.Message, "no case") {
		t.Errorf("an unknown case: %+v", r)
	}
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldJoin, Number: strings.ToLower(c.Number[4:12])}, "k1"); !r.Done {
		t.Fatal(r.Message)
	}
	c = b.one()
	if c.State != rules.New || !slices.Contains(c.References.VendorTicket, "20261115093422") {
		t.Errorf("the case: %s %+v", c.State, c.References)
	}
	if isParty(c, "private@home.example") {
		t.Error("a stranger became a party by another's hand")
	}
	if mails, _ := b.outbox(); mails[len(mails)-1].To != ann {
		t.Errorf("the thanks go to %s", mails[len(mails)-1].To)
	}
	if row := b.row(held.ID); row.Fate != casebook.FateUpdated || row.CaseNumber != c.Number {
		t.Errorf("%+v", row)
	}
}

// Joined by hand, a stranger's yes is an answer that a person reads, not the
// acceptance of a quote.
func TestJoinedMailHasTheTrustThatItHas(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	for i, e := range []rules.Event{{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.OutOfWarranty}}, {Kind: rules.EvReceive},
		{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{1: rules.Repairable}}, {Kind: rules.EvQuote, Amount: "120.00 EUR"}} {
		e.Actor = eve
		r, err := b.Click(b.ctx, rules.Click{Number: c.Number, Version: b.one().Version, Event: e}, strings.Repeat("c", i+1))
		if err != nil || !r.Done {
			t.Fatalf("%s: %+v %v", e.Kind, r, err)
		}
	}
	if c = b.one(); c.State != rules.Quoted {
		t.Fatal(c.State)
	}
	held := b.take(letter{from: "boss@elsewhere.example", id: "b@elsewhere.example", subject: "Re: [" + c.Number + "]", text: "We accept the quote. Please repair it."})
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldJoin, Number: c.Number}, "k"); !r.Done {
		t.Fatal(r.Message)
	}
	if c = b.one(); c.State != rules.Quoted {
		t.Errorf("a stranger's mail moved the case to %s", c.State)
	}
	history, err := b.Book.History(b.ctx, c.ID)
	if err != nil || history[len(history)-2].Event != rules.EvAnswer || !strings.Contains(history[len(history)-2].Text, "We accept the quote") {
		t.Errorf("%+v %v", history, err)
	}
}

func TestBlockedSender(t *testing.T) {
	b := newBench(t)
	first, second := b.take(chat("a@pills.example", "1@pills.example")), b.take(chat("b@pills.example", "2@pills.example"))
	other := b.take(chat("c@shop.example", "3@shop.example"))
	if r := b.settle(rules.HeldAction{LedgerID: first.ID, Do: rules.HeldBlock, Domain: true}, "k"); !r.Done {
		t.Fatal(r.Message)
	}
	for _, row := range []casebook.LedgerRow{first, second} {
		if got := b.row(row.ID); got.Fate != casebook.FateBlocked || got.Why != "Eve blocked pills.example" || !got.Misplaced {
			t.Errorf("%d: %+v", row.ID, got)
		}
		if shown := b.shownAs(row.ID); len(shown) != 2 || shown[1].Settled.Sender != "pills.example" {
			t.Errorf("%d: shown %+v", row.ID, shown)
		}
	}
	if got := b.row(other.ID); got.Fate != casebook.FateHold {
		t.Errorf("somebody else's: %+v", got)
	}
	later := b.take(request("new@pills.example", "4@pills.example"))
	if later.Fate != casebook.FateBlocked || len(b.cases()) != 0 || len(b.shownAs(later.ID)) != 0 {
		t.Errorf("a later mail: %s (%s), %d cases", later.Fate, later.Why, len(b.cases()))
	}
	if mails, _ := b.outbox(); len(mails) != 0 {
		t.Errorf("answered: %+v", mails)
	}
	was, n, err := b.Unblock(b.ctx, "Pills.example", eve)
	if err != nil || !was || n != 3 {
		t.Errorf("unblock: %v %d %v", was, n, err)
	}
	if got, shown := b.row(later.ID), b.shownAs(later.ID); got.Fate != casebook.FateHold || len(shown) != 1 || shown[0].Settled != nil || !strings.Contains(shown[0].Text, "GXP2170") {
		t.Errorf("held again: %+v, shown %+v", got, shown)
	}
	if r := b.settle(rules.HeldAction{LedgerID: later.ID, Do: rules.HeldCase}, "k2"); !r.Done || len(b.cases()) != 1 {
		t.Errorf("a case after all: %+v", r)
	}
	if was, _, err := b.Unblock(b.ctx, "pills.example", eve); err != nil || was {
		t.Errorf("unblocked twice: %v %v", was, err)
	}
	if row := b.take(request("new@pills.example", "5@pills.example")); row.Fate != casebook.FateUpdated {
		t.Errorf("let in: %s", row.Fate)
	}
}

func TestWhomNobodyBlocks(t *testing.T) {
	b := newBench(t)
	b.Desk.Staff = []string{"retour.example"}
	for _, c := range []struct {
		from   string
		domain bool
		want   string
	}{
		{"someone@gmail.com", true, "mail provider"}, {"colleague@retour.example", false, "our own house"}, {"colleague@retour.example", true, "our own house"},
	} {
		held := b.take(chat(c.from, c.from+strings.Repeat("x", int(b.uid))))
		if held.Fate != casebook.FateHold {
			t.Fatalf("%s: %s %s", c.from, held.Fate, held.Why)
		}
		if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldBlock, Domain: c.domain}, c.from+c.want+strings.Repeat("k", int(b.uid))); r.Done || !strings.Contains(r.Message, c.want) {
			t.Errorf("%s: %+v, want %q", c.from, r, c.want)
		}
	}
}

// A customer in the middle of his return is heard, whoever blocked his domain.
func TestBlockedPartyOfAnOpenCaseIsHeard(t *testing.T) {
	b := newBench(t)
	b.take(withoutTicket(request(ann, "one@shop.example")))
	mails, _ := b.outbox()
	held := b.take(chat("spam@shop.example", "s@shop.example"))
	if r := b.settle(rules.HeldAction{LedgerID: held.ID, Do: rules.HeldBlock, Domain: true}, "k"); !r.Done {
		t.Fatal(r.Message)
	}
	answer := letter{from: ann, id: "two@shop.example", auth: "pass", subject: "Re", reply: "<" + mails[0].MessageID + ">", text: "The Grandstream ticket is 20261115093422."}
	if row := b.take(answer); row.Fate != casebook.FateUpdated {
		t.Errorf("her answer: %s (%s)", row.Fate, row.Why)
	}
	if row := b.take(letter{from: ann, id: "three@shop.example", auth: "pass", subject: "Other", text: "Please send me your catalogue."}); row.Fate != casebook.FateBlocked {
		t.Errorf("her other mail: %s", row.Fate)
	}
}

func (b *bench) open(h rules.Handmade, key string) ([]string, Result) {
	b.t.Helper()
	h.By = eve
	r, numbers, err := b.Open(b.ctx, h, key)
	if err != nil {
		b.t.Fatal(err)
	}
	return numbers, r
}

func TestCaseOpenedByHand(t *testing.T) {
	b := newBench(t)
	h := rules.Handmade{Customer: rules.Party{Address: " Jean@Client.example ", Name: "Jean"}, Language: "fr", Tell: true,
		Units: "Grandstream GXP2170 20EZ115N308C605F\nStrange box ABC-12345\nHeadset", Text: "Am Telefon: das Display bleibt dunkel, Gerät defekt. Ticket Grandstream 20261115093422."}
	numbers, r := b.open(h, "k")
	if !r.Done || len(numbers) == 0 {
		t.Fatal(r.Message)
	}
	c, err := b.Book.Case(b.ctx, numbers[0])
	if err != nil {
		t.Fatal(err)
	}
	var units []string
	for _, n := range numbers {
		c, _ := b.Book.Case(b.ctx, n)
		for _, it := range c.Items {
			units = append(units, strings.Join([]string{it.Manufacturer, it.Model, it.Serial}, "/"))
		}
	}
	if want := []string{"grandstream/GXP2170/20EZ115N308C605F", "/Strange box/ABC-12345", "/Headset/"}; !slices.Equal(units, want) {
		t.Errorf("units %q, want %q", units, want)
	}
	if c.Customer.Address != "jean@client.example" || c.Customer.Trust != rules.Known || c.Language != "fr" || c.Reason != rules.Defective || c.Owner.Name != "Eve" {
		t.Errorf("%+v", c)
	}
	history, err := b.Book.History(b.ctx, c.ID)
	if err != nil || len(history) != 1 || history[0].ActorKind != string(rules.ByStaff) || history[0].Event != rules.EvRequest || !strings.Contains(history[0].Text, "das Display") {
		t.Errorf("%+v %v", history, err)
	}
	mails, rows := b.outbox()
	if len(mails) != 1 || mails[0].To != "jean@client.example" || mails[0].Automatic || rows[0].Automatic || mails[0].Language != "fr" {
		t.Errorf("%+v", mails)
	}
	if _, r := b.open(h, "k"); !r.Done || len(b.cases()) != len(numbers) {
		t.Errorf("the same click twice: %+v, %d cases", r, len(b.cases()))
	}
	// His answer finds the case.
	row := b.take(letter{from: "jean@client.example", id: "j@client.example", auth: "pass", subject: "Re", reply: "<" + mails[0].MessageID + ">", text: "Merci, voici encore une photo."})
	if row.Fate != casebook.FateUpdated || !slices.Contains(numbers, row.CaseNumber) {
		t.Errorf("%s %s", row.Fate, row.Why)
	}
}

// Where the customer is not told, the desk proposes what it would have done.
func TestCaseOpenedInSilence(t *testing.T) {
	b := newBench(t)
	numbers, r := b.open(rules.Handmade{Customer: rules.Party{Address: "jean@client.example"}, Reason: rules.Defective, Units: "Grandstream GXP2170"}, "k")
	if !r.Done || len(numbers) != 1 {
		t.Fatal(r.Message)
	}
	if mails, _ := b.outbox(); len(mails) != 0 {
		t.Errorf("told: %+v", mails)
	}
	if c := b.one(); c.State != rules.New || c.Proposal.Action != rules.EvAsk || len(c.Missing) == 0 || c.Deadline.IsZero() {
		t.Errorf("%s, proposed %q, missing %v, deadline %s", c.State, c.Proposal.Action, c.Missing, c.Deadline)
	}
	if _, r := b.open(rules.Handmade{Customer: rules.Party{Address: "no address"}}, "k2"); r.Done || !strings.Contains(r.Message, "no mail address") {
		t.Errorf("%+v", r)
	}
}

// Who opens a case by hand may write the mail himself. It names the case's number,
// so it does not go out when that was given to another one meanwhile.
func TestOwnWordsOfACaseByHand(t *testing.T) {
	b := newBench(t)
	h := rules.Handmade{Customer: rules.Party{Address: "jean@client.example"}, Language: "fr", Reason: rules.Defective, Units: "Grandstream GXP2170", Tell: true, By: eve}
	cases, p, _, err := b.PreviewOpen(b.ctx, h, "fr")
	if err != nil {
		t.Fatal(err)
	}
	h.Mail, h.Number = " ", cases[0].Number
	if _, p, no, err := b.PreviewOpen(b.ctx, h, "fr"); err != nil || p.Mail == nil || !strings.Contains(no, "says nothing") {
		t.Errorf("%q %v", no, err)
	}
	if _, r := b.open(h, "k0"); r.Done || len(b.cases()) != 0 {
		t.Errorf("an empty mail: %+v, %d cases", r, len(b.cases()))
	}
	h.Mail = "Comme convenu au téléphone : " + cases[0].Number + "."
	b.take(request(ann, "one@shop.example")) // and has the number now
	if _, r := b.open(h, "k1"); r.Done || !strings.Contains(r.Message, "reads differently") || len(b.cases()) != 1 {
		t.Errorf("with another's number: %+v, %d cases", r, len(b.cases()))
	}
	cases, p, _, err = b.PreviewOpen(b.ctx, h, "fr")
	if err != nil {
		t.Fatal(err)
	}
	h.Number = cases[0].Number
	h.Mail = "Comme convenu au téléphone : " + h.Number + "."
	numbers, r := b.open(h, "k2")
	if !r.Done || len(numbers) != 1 || numbers[0] != h.Number {
		t.Fatalf("%+v %v", r, numbers)
	}
	mails, _ := b.outbox()
	sent := mails[len(mails)-1]
	if !strings.Contains(sent.Text, h.Mail) || !strings.Contains(sent.HTML, "Comme convenu") || !strings.HasPrefix(sent.Text, p.Head) || sent.Subject != p.Mail.Subject {
		t.Errorf("sent %q", sent.Text)
	}
}

func TestUnloadLooksTheUnitsUp(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	u, err := b.Unload(b.ctx, "20ez115n308c605f\nNOBODYS-1\n"+c.Number)
	if err != nil || len(u.Arrivals) != 1 || u.Arrivals[0].Refusal == "" || !slices.Equal(u.Unknown, []string{"NOBODYS-1"}) || len(u.Bookable()) != 0 {
		t.Errorf("%+v %v", u, err)
	}
	click := rules.Click{Number: c.Number, Version: c.Version, Event: rules.Event{Kind: rules.EvApprove, Actor: eve, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}}}
	if r, err := b.Click(b.ctx, click, "a"); err != nil || !r.Done {
		t.Fatalf("%+v %v", r, err)
	}
	if u, err = b.Unload(b.ctx, "20ez115n308c605f"); err != nil || len(u.Bookable()) != 1 || !slices.Equal(u.Arrivals[0].Units, []int{1}) {
		t.Errorf("%+v %v", u, err)
	}
}

// What is shown is what is then done, and showing it leaves nothing behind.
func TestPreviewOfACaseByHand(t *testing.T) {
	b := newBench(t)
	h := rules.Handmade{Customer: rules.Party{Address: "jean@client.example"}, Language: "fr", Reason: rules.Defective, Units: "Grandstream GXP2170 20EZ115N308C605F", Text: "Il ne sonne plus.", Tell: true, By: eve}
	for range 2 {
		cases, p, no, err := b.PreviewOpen(b.ctx, h, "de")
		if err != nil || no != "" || len(cases) != 1 || p.Mail == nil || p.Reading == "" {
			t.Fatalf("%d cases, %+v, %q, %v", len(cases), p, no, err)
		}
		if len(b.cases()) != 0 {
			t.Fatal("it is opened")
		}
		if mails, _ := b.outbox(); len(mails) != 0 {
			t.Fatal("it is told")
		}
	}
	cases, p, _, err := b.PreviewOpen(b.ctx, h, "fr")
	if err != nil || p.Reading != "" {
		t.Errorf("read in his own language: %q %v", p.Reading, err)
	}
	numbers, r := b.open(h, "k")
	mails, _ := b.outbox()
	if !r.Done || len(mails) != 1 || mails[0].Text != p.Mail.Text || mails[0].Subject != p.Mail.Subject || numbers[0] != cases[0].Number {
		t.Errorf("shown %q, sent %q", p.Mail.Text, mails[0].Text)
	}
	h.Tell = false
	if cases, p, _, err := b.PreviewOpen(b.ctx, h, "en"); err != nil || p.Mail != nil || len(cases) != 1 {
		t.Errorf("in silence: %+v %v", p, err)
	}
	if _, _, no, err := b.PreviewOpen(b.ctx, rules.Handmade{}, "en"); err != nil || no == "" {
		t.Errorf("%q %v", no, err)
	}
}
