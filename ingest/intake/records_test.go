package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/ingest/attached"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

const serial = "20EZ115N308C605F"

// sold imports a register and a directory.
func (b *bench) sold(sales []rules.Sale, accounts []rules.Account) {
	b.t.Helper()
	for kind, fill := range map[casebook.ImportKind]func(*casebook.Import) error{
		casebook.KindRegister: func(im *casebook.Import) error { _, err := im.Sales(b.ctx, b.at, sales); return err },
		casebook.KindDirectory: func(im *casebook.Import) error {
			_, err := im.Accounts(b.ctx, b.at, accounts, true, true)
			return err
		},
	} {
		im, err := b.Book.NewImport(b.ctx, b.at, kind, string(kind)+".csv", string(kind), false)
		if err != nil {
			b.t.Fatal(err)
		}
		if err := fill(im); err != nil {
			b.t.Fatal(err)
		}
		if _, err := im.Finish(b.ctx, b.at); err != nil {
			b.t.Fatal(err)
		}
		if err := im.Close(); err != nil {
			b.t.Fatal(err)
		}
	}
}

// guard changes a switch; the policy itself is shared by all tests.
func (b *bench) guard(change func(*rules.Guards)) {
	p := *b.Policy
	change(&p.Guards)
	b.Policy = &p
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

var shop = rules.Account{Number: "K1", Name: "Shop", Domains: []string{"shop.example"}, Language: "it", Role: rules.RoleCustomer}

// told is the newest mail to an address that waits to go out.
func (b *bench) told(address string) notify.Mail {
	b.t.Helper()
	mails, _ := b.outbox()
	for _, m := range slices.Backward(mails) {
		if m.To == address {
			return m
		}
	}
	b.t.Fatalf("%s was told nothing", address)
	return notify.Mail{}
}

func TestWarrantyFromTheRegister(t *testing.T) {
	b := newBench(t)
	b.sold([]rules.Sale{
		{Serial: "20EZ115N308C0001", Manufacturer: "grandstream", Customer: "K1", Invoice: "1234", Delivered: day("2026-01-15"), Status: rules.Sold},
		{Serial: serial, Manufacturer: "grandstream", Customer: "K1", Delivered: day("2026-06-01"), Status: rules.Sold, Replaces: "20EZ115N308C0001"},
	}, []rules.Account{shop})
	b.take(request(ann, "one@shop.example"))
	want := "In warranty until 2027-01-15: 12 months from delivery on 2026-01-15 (register, invoice 1234, of unit 20EZ115N308C0001 that it was given for)."
	if got := b.one().Items[0].WarrantyWhy; got != want {
		t.Errorf("%s", got)
	}
}

// Nobody can tell from the answer whether a serial is known, and to whom it was sold.
func TestAStrangerLearnsNothingOfTheRegister(t *testing.T) {
	answers := map[string]string{}
	for name, sale := range map[string]rules.Sale{
		"not sold": {Serial: "20EZ115N308C0001", Manufacturer: "grandstream", Customer: "K1", Status: rules.Sold},
		"of another": {Serial: serial, Manufacturer: "grandstream", Model: "GXP2170", Customer: "K1", CustomerName: "Shop", Distributor: "Alias",
			Delivered: day("2026-01-15"), Status: rules.SaleReplaced, ReplacedBy: "20EZ115N308C0009"},
	} {
		for _, question := range []bool{false, true} {
			b := newBench(t)
			b.guard(func(g *rules.Guards) { g.UnknownCustomer.Do = rules.ActOff })
			b.sold([]rules.Sale{sale}, []rules.Account{shop})
			l := request("eve@elsewhere.example", "one@elsewhere.example")
			l.auth = map[bool]string{false: "pass", true: ""}[question]
			if question {
				l = withoutTicket(l)
			}
			b.take(l)
			m := b.told("eve@elsewhere.example")
			if known := answers[fmt.Sprint(question)]; known != "" && known != m.Subject+m.Text {
				t.Errorf("%s: another answer:\n%s\n%s", name, known, m.Text)
			}
			answers[fmt.Sprint(question)] = m.Subject + m.Text
			c := b.one()
			if len(c.Notes) == 0 {
				t.Errorf("%s: staff are told nothing", name)
			}
		}
	}
}

func TestUnknownCustomerIsReferredToSales(t *testing.T) {
	b := newBench(t)
	b.guard(func(g *rules.Guards) { g.UnknownCustomer.Contact = "sales@retour.example" })
	b.sold([]rules.Sale{{Serial: serial, Manufacturer: "grandstream", Customer: "K1", Status: rules.Sold}}, []rules.Account{shop})
	b.take(request("eve@elsewhere.example", "one@elsewhere.example"))
	if c, m := b.one(), b.told("eve@elsewhere.example"); c.Closing != rules.Referred || !strings.Contains(m.Text, "sales@retour.example") {
		t.Errorf("%s %s: %s", c.State, c.Closing, m.Text)
	}
}

// Two customers share a domain: nothing tells which of them writes, but he is a
// customer, and a unit that was sold to either of them may come back.
func TestSharedDomainMakesNoUnknownCustomer(t *testing.T) {
	b := newBench(t)
	b.guard(func(g *rules.Guards) { g.UnknownCustomer.Contact = "sales@retour.example" })
	branch := rules.Account{Number: "K2", Name: "Shop, branch", Domains: []string{"shop.example"}, Role: rules.RoleCustomer}
	b.sold([]rules.Sale{{Serial: serial, Manufacturer: "grandstream", Customer: "K2", Status: rules.Sold}}, []rules.Account{shop, branch})
	b.take(request(ann, "one@shop.example"))
	if c := b.one(); c.State == rules.Closed || len(c.Notes) > 0 {
		t.Errorf("%s %s: %v", c.State, c.Closing, c.Notes)
	}
}

// Who writes too shortly to tell his language is answered in the one that the
// directory knows.
func TestLanguageOfTheAccount(t *testing.T) {
	b := newBench(t)
	b.sold(nil, []rules.Account{shop})
	b.take(letter{from: ann, id: "one@shop.example", auth: "pass", subject: "RMA", text: "Grandstream GXP2170 " + serial})
	if m := b.told(ann); m.Language != "it" {
		t.Errorf("answered in %s: %s", m.Language, m.Subject)
	}
}

func TestSecondMailAboutAUnitIsAnswered(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	before := b.mailCount()
	again := request(ann, "two@shop.example")
	again.text += "\n\nPlease hurry."
	row := b.take(again)
	if m := b.told(ann); b.mailCount() != before+1 || row.Fate != casebook.FateUpdated || !strings.Contains(m.Text, b.one().Number) || !strings.Contains(m.Text, "already an open return") {
		t.Errorf("fate %s, %d mails: %s", row.Fate, b.mailCount(), m.Text)
	}
}

func TestUnitInSomebodyElsesOpenCase(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	b.take(request("bob@other.example", "two@other.example"))
	c := b.only("bob@other.example")
	if len(c.Notes) != 1 || c.Notes[0].Rule != "open_case" || !strings.Contains(c.Notes[0].Why, b.only(ann).Number) {
		t.Errorf("%+v", c.Notes)
	}
	if m := b.told("bob@other.example"); strings.Contains(m.Text+m.Subject, b.only(ann).Number) {
		t.Errorf("he is told of the other's case: %s", m.Text)
	}
}

// repaired lets a unit come and go once.
func (b *bench) repaired(id string) {
	b.t.Helper()
	b.take(request(ann, id))
	var n string
	for _, c := range b.cases() {
		if c.State != rules.Closed {
			n = c.Number
		}
	}
	b.press(n, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}})
	b.press(n, rules.Event{Kind: rules.EvReceive})
	b.press(n, rules.Event{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{1: rules.Covered}})
	b.press(n, rules.Event{Kind: rules.EvShip})
	b.at = b.at.AddDate(0, 0, 10)
}

func TestThirdReturnIsNoted(t *testing.T) {
	b := newBench(t)
	b.repaired("one@shop.example")
	b.repaired("two@shop.example")
	b.take(request(ann, "three@shop.example"))
	for _, c := range b.cases() {
		if third := c.State != rules.Closed; third != slices.ContainsFunc(c.Notes, func(n rules.Note) bool { return n.Rule == "many_returns" }) {
			t.Errorf("%s %s: %+v", c.Number, c.State, c.Notes)
		}
	}
}

func TestMergeMovesTheUnits(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.take(unit(ann, fmt.Sprintf("%d@shop.example", i), i))
	}
	cases := b.cases()
	slices.SortFunc(cases, func(x, y rules.Case) int { return int(x.ID - y.ID) })
	b.press(cases[1].Number, rules.Event{Kind: rules.EvMerge, Into: cases[0].Number})
	// the number that is merged away still means the case that goes on
	b.press(cases[2].Number, rules.Event{Kind: rules.EvMerge, Into: cases[1].Number})
	into, err := b.Book.Case(b.ctx, cases[0].Number)
	if err != nil {
		t.Fatal(err)
	}
	if len(into.Items) != 3 || into.Items[2].Position != 3 {
		t.Errorf("%+v", into.Items)
	}
	gone, err := b.Book.Case(b.ctx, cases[2].Number)
	if err != nil || gone.MergedInto != into.Number || len(gone.Items) != 0 {
		t.Errorf("%+v %v", gone, err)
	}
	if m := b.told(ann); !strings.Contains(m.Text, into.Number) || !strings.Contains(m.Text, gone.Number) {
		t.Errorf("told: %s", m.Text)
	}
	row := b.take(letter{from: ann, id: "x@shop.example", auth: "pass", subject: "Re: " + gone.Number, text: "Any news?"})
	if row.CaseNumber != into.Number {
		t.Errorf("a mail that names %s went to %q (%s)", gone.Number, row.CaseNumber, row.Why)
	}
}

func TestReplacedUnitIsKeptInTheRegister(t *testing.T) {
	b := newBench(t)
	b.sold([]rules.Sale{{Serial: serial, Manufacturer: "grandstream", Customer: "K1", Delivered: day("2026-06-01"), Status: rules.Sold}}, []rules.Account{shop})
	b.take(request(ann, "one@shop.example"))
	n := b.one().Number
	b.press(n, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}})
	b.press(n, rules.Event{Kind: rules.EvReceive})
	b.press(n, rules.Event{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{1: rules.Covered}})
	b.press(n, rules.Event{Kind: rules.EvShip, Resolutions: map[int]rules.Resolution{1: rules.Replaced}, Replacements: map[int]string{1: "20ez115n30aaaaaa"}})
	sales, err := b.Book.Sales(b.ctx, []string{serial, "20EZ115N30AAAAAA"})
	if err != nil || sales[serial].Status != rules.SaleReplaced || sales["20EZ115N30AAAAAA"].Replaces != serial {
		t.Errorf("%+v %v", sales, err)
	}
	b.take(request(ann, "two@shop.example"))
	for _, c := range b.cases() {
		if c.Number != n && (c.Proposal.Action != "" || len(c.Notes) != 1 || c.Notes[0].Rule != "gone") {
			t.Errorf("%+v %+v", c.Proposal, c.Notes)
		}
	}
}

// Goods are not disposed of while the mail that announces it waits in the outbox.
func TestDisposalWaitsForTheMail(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	b.at = b.at.AddDate(0, 0, 20)
	for range 4 {
		b.at = b.at.AddDate(0, 0, 2)
		if _, err := b.Tick(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	c = b.one()
	alice := rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Alice"}
	dispose := func(key string) Result {
		c = b.one()
		r, err := b.Click(b.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: rules.Event{Kind: rules.EvDispose, Actor: alice}}, key)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := dispose("a"); r.Done || !strings.Contains(r.Message, "not gone out") {
		t.Errorf("%s: %+v", c.State, r)
	}
	_, rows := b.outbox()
	for _, row := range rows {
		if err := b.Book.Done(b.ctx, row.ID, b.at, "250 ok"); err != nil {
			t.Fatal(err)
		}
	}
	if r := dispose("b"); !r.Done || b.one().State != rules.Uncollected {
		t.Errorf("the first click: %+v, %s", r, b.one().State)
	}
	if r := dispose("b"); b.one().State != rules.Uncollected {
		t.Errorf("the same click twice disposes: %+v", r)
	}
	if r := dispose("c"); !r.Done || b.one().Closing != rules.ClosedDisposed {
		t.Errorf("the second click: %+v, %s", r, b.one().State)
	}
}

// A live system is asked outside of the transaction, which others wait for.
func TestLiveLookup(t *testing.T) {
	b := newBench(t)
	down, asked := false, 0
	b.Lookup = func(ctx context.Context, serials, macs []string, customer string, r *rules.Records) {
		asked++
		if err := b.Book.Write(ctx, b.at, func(*casebook.Tx) error { return nil }); err != nil {
			t.Error(err)
		}
		if down {
			r.Down = "nothing within 5s"
			return
		}
		r.Register, r.Directory, r.Accounts = true, true, []rules.Account{shop}
		r.Sales = map[string]rules.Sale{serial: {Serial: serial, Customer: "K1", Invoice: "L1", Delivered: day("2026-10-01")}}
		if customer != ann || !slices.Contains(serials, serial) {
			t.Errorf("asked for %v %v %s", serials, macs, customer)
		}
	}
	b.take(request(ann, "one@shop.example"))
	if why := b.one().Items[0].WarrantyWhy; !strings.Contains(why, "invoice L1") || asked != 1 {
		t.Errorf("asked %d times: %s", asked, why)
	}
	down = true
	row := b.take(request("bob@shop.example", "two@shop.example"))
	if row.Fate != casebook.FateHold && row.CaseNumber == "" {
		t.Errorf("fate %s: %s", row.Fate, row.Why)
	}
	row = b.take(unit("carl@other.example", "three@other.example", 7))
	if row.Fate != casebook.FateHold || !strings.Contains(row.Why, "nothing within 5s") {
		t.Errorf("fate %s: %s", row.Fate, row.Why)
	}
}

func TestLiveLookupIsNotAskedForEver(t *testing.T) {
	b := newBench(t)
	n := 0
	b.Lookup = func(context.Context, []string, []string, string, *rules.Records) { n++ }
	err := b.writeKnowing(b.ctx, func(_ *casebook.Tx, v *live) error {
		return v.fill([]rules.Item{{Serial: fmt.Sprint(n)}}, ann, &rules.Records{})
	})
	if err == nil || errors.As(err, new(question)) || n > 50 {
		t.Errorf("%v after %d questions", err, n)
	}
}

func TestExplainMayLookUp(t *testing.T) {
	b := newBench(t)
	b.sold([]rules.Sale{{Serial: serial, Manufacturer: "grandstream", Customer: "K1", Invoice: "77", Delivered: day("2026-06-01"), Status: rules.Sold}}, []rules.Account{shop})
	x := &Explainer{Reader: b.reader, Policy: b.Policy, Composer: b.Composer, Language: "en"}
	for _, known := range []bool{false, true} {
		if known {
			x.Records = BookRecords(b.Book, b.Policy)
		}
		e, err := x.Explain(b.ctx, request(ann, "one@shop.example").raw(), b.at)
		if err != nil || strings.Contains(e.Decisions[0].Why, "invoice 77") != known {
			t.Errorf("known %v: %v %+v", known, err, e.Decisions)
		}
	}
}

func TestAcceptanceIsKeptWordForWord(t *testing.T) {
	b := newBench(t)
	c := b.quoted()
	long := "We accept the quote.\n\n" + strings.Repeat("This is how it came to be broken. ", 400)
	b.take(letter{from: ann, id: "yes@shop.example", auth: "pass", reply: "<" + b.token(c) + ">", subject: "Re: quote", text: long})
	history, err := b.Book.History(b.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := history[len(history)-1]
	if last.Event != rules.EvQuoteAccepted || strings.Join(strings.Fields(last.Text), " ") != strings.Join(strings.Fields(long), " ") {
		t.Errorf("%s: %d characters of %d", last.Event, len(last.Text), len(long))
	}
}

// A parcel that bears the number of a case that was merged into this one bears
// the right number; any other is told to the customer.
func TestLabelOfAMergedCase(t *testing.T) {
	for _, right := range []bool{true, false} {
		b := newBench(t)
		for i := range 3 {
			b.take(unit(ann, fmt.Sprintf("%d@shop.example", i), i))
		}
		cases := b.cases()
		slices.SortFunc(cases, func(x, y rules.Case) int { return int(x.ID - y.ID) })
		b.press(cases[1].Number, rules.Event{Kind: rules.EvMerge, Into: cases[0].Number})
		b.press(cases[0].Number, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty, 2: rules.InWarranty}})
		label := cases[2].Number
		if right {
			label = strings.ToLower(cases[1].Number)
		}
		b.press(cases[0].Number, rules.Event{Kind: rules.EvReceive, Label: label})
		if m := b.told(ann); strings.Contains(m.Text, "was marked with") == right {
			t.Errorf("%s: %s", label, m.Text)
		}
	}
}

// What the desk could not read stands on the case, so that a person opens it.
func TestUnreadAttachmentIsNoted(t *testing.T) {
	b := newBench(t)
	raw := "From: " + ann + "\r\nTo: " + deskAddress + "\r\nSubject: Defective phone\r\nMessage-ID: <a@shop.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nOur Grandstream GXP2170 is defective, serial " + serial + ".\r\n" +
		"--b\r\nContent-Type: application/vnd.rar; name=photos.rar\r\nContent-Transfer-Encoding: base64\r\n\r\nUmFyIRoHAA==\r\n--b--\r\n"
	files := attached.NewReader([]string{"/no/such/program"}, attached.DefaultLimits())
	b.reader = NewReader(b.Catalogue, b.Desk, files)
	b.takeRaw([]byte(raw), Letter{})
	if c := b.one(); len(c.Notes) != 1 || !strings.Contains(c.Notes[0].Why, "photos.rar: The archive was not opened") {
		t.Errorf("%v", c.Notes)
	}
}
