package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules"
	"retour/rules/casebook"
)

// formDesk is a desk whose staff work by their forms alone. It notes which
// events were done.
type formDesk struct {
	*desk
	address string
	done    map[rules.EventKind]bool
	read    int // mails that the customer has read
}

func openForms(t *testing.T, d *desk, address string) *formDesk {
	return &formDesk{desk: d, address: address, done: map[rules.EventKind]bool{}}
}

// staff does an event by its form and checks where it leads and what the
// customer reads: mail is a phrase of it, empty where none may come.
func (d *formDesk) staff(user string, e rules.EventKind, state rules.State, mail string, fields ...string) {
	d.t.Helper()
	c := d.newest()
	d.do(user, c.Number, e, fields...)
	d.until(fmt.Sprintf("%s is done", e), func() bool { return d.at(c.Number).Version > c.Version })
	d.done[e] = true
	if now := d.at(c.Number); now.State != state {
		d.t.Fatalf("after %s the case is %s, not %s", e, now.State, state)
	}
	d.customerReads(string(e), mail)
}

func (d *formDesk) customerReads(after, phrase string) {
	d.t.Helper()
	mails := d.received(d.address)
	if phrase == "" {
		if len(mails) != d.read {
			d.t.Fatalf("%s: the customer gets %q", after, mails[len(mails)-1].Subject)
		}
		return
	}
	d.read++
	if len(mails) != d.read {
		d.t.Fatalf("%s: the customer has %d mails, want %d", after, len(mails), d.read)
	}
	if text := flat(mails[d.read-1]); !strings.Contains(text, phrase) {
		d.t.Errorf("%s: the mail does not say %q:\n%s", after, phrase, mails[d.read-1].Text)
	}
}

func flat(m *ingest.Message) string { return strings.Join(strings.Fields(m.Text), " ") }

func (d *formDesk) at(number string) rules.Case {
	d.t.Helper()
	c, err := d.app.book.Case(d.ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// newest is the customer's first case that is not merged away.
func (d *formDesk) newest() rules.Case {
	d.t.Helper()
	cases, err := d.app.book.Cases(d.ctx, casebook.CaseFilter{Party: d.address})
	if err != nil || len(cases) == 0 {
		d.t.Fatalf("%s has %d cases, %v", d.address, len(cases), err)
	}
	slices.SortFunc(cases, func(a, b rules.Case) int { return strings.Compare(a.Number, b.Number) })
	return cases[0]
}

// writes lets the customer ask for the return of two phones.
func (d *formDesk) writes() {
	d.t.Helper()
	d.write(letter{from: d.address, id: "first." + d.address, subject: "Two defective phones", text: `Hello,

two of our Grandstream phones are defective, the display stays dark.
GXP2170, serial number: 20EZ115N308C605F
GXP2170, serial number: 20EZ115N308C6060
Grandstream helpdesk ticket: 20261115093422

Kind regards
Ann Buyer`})
	d.read = len(d.received(d.address))
}

const (
	ann = loopback.SlackAnn
	ben = loopback.SlackBen
)

// Each event of the staff is done once, from Slack alone, and its mail is read.
func TestEveryStaffEventFromItsForm(t *testing.T) {
	t.Parallel()
	done := map[rules.EventKind]bool{}
	for name, life := range map[string]func(*formDesk){
		"repair": repairByForms, "credit": creditByForms, "leaving": leavingByForms, "closing": closingByForms, "mail": mailByForms, "two persons": twoByForms,
	} {
		t.Run(name, func(t *testing.T) {
			d := openForms(t, openDesk(t), "ann@shop.example")
			life(d)
			for e := range d.done {
				done[e] = true
			}
		})
	}
	for _, e := range rules.StaffEvents() {
		if !done[e] {
			t.Errorf("nobody did %s", e)
		}
	}
}

// repairByForms: from taking charge to the shipment, with a question, corrected
// facts and a quote.
func repairByForms(d *formDesk) {
	d.writes()
	d.staff(ann, rules.EvTakeCharge, rules.InCharge, "We look at it today.", "text", "We look at it today.")
	d.staff(ann, rules.EvNote, rules.InCharge, "", "text", "A good customer.")
	d.staff(ann, rules.EvAssign, rules.InCharge, "", "person", ben)
	if owner := d.newest().Owner; owner.ID != ben || owner.Name == "" {
		d.t.Errorf("the case goes to %+v", owner)
	}
	d.staff(ben, rules.EvWrite, rules.InCharge, "Which colour is it?", "text", "Which colour is it?")
	d.staff(ben, rules.EvAsk, rules.InfoNeeded, "When did you buy it?", "whole", string(rules.FactPurchaseDate))
	d.staff(ben, rules.EvExtend, rules.InfoNeeded, "information needed", "date", time.Now().AddDate(0, 1, 0).Format(time.DateOnly))
	d.staff(ben, rules.EvEdit, rules.InCharge, "complete", "purchase", time.Now().AddDate(0, -3, 0).Format(time.DateOnly), "unit.1.model", "GXP2160", "ref.order", "PO 7, PO 8")
	c := d.newest()
	if c.Items[0].Model != "GXP2160" || c.Items[1].Serial != "20EZ115N308C6060" || !slices.Equal(c.References.Order, []string{"PO 7", "PO 8"}) || c.PurchaseDate == "" {
		d.t.Errorf("after the correction: %+v", c)
	}
	d.staff(ben, rules.EvApprove, rules.Validated, "Please send the goods", "every", "in_warranty")
	d.staff(ben, rules.EvReceive, rules.Received, "power supply", "accessories", "power supply", "label", "RMA-26-99999-1")
	if notes := fmt.Sprint(d.newest().Notes); !strings.Contains(notes, "99999") {
		d.t.Errorf("the notes are %s", notes)
	}
	d.staff(ben, rules.EvTest, rules.Received, "", "every", "repairable")
	d.staff(ben, rules.EvQuote, rules.Quoted, "96.50 EUR", "amount", "€ 96,50", "text", "The board must be changed.")
	d.staff(ben, rules.EvAcceptOnBehalf, rules.InProcess, "in process", "justification", "By telephone, Ann Buyer.")
	d.staff(ben, rules.EvSendToVendor, rules.InProcess, "It is on its way to Grandstream.", "vendor_rma", "GS-77", "tracking", "1Z1", "text", "It is on its way to Grandstream.")
	d.staff(ben, rules.EvBackFromVendor, rules.InProcess, "")
	d.staff(ben, rules.EvShip, rules.Closed, "1Z999AA1", "item.1", "replaced", "item.2", "repaired", "serials", "20EZ115N308C9999", "tracking", "1Z999AA1")
	if c := d.newest(); c.Items[0].ReplacedBy != "20EZ115N308C9999" || c.Items[1].Resolution != rules.Repaired || c.Items[0].VendorRMA != "GS-77" {
		d.t.Errorf("after the shipment: %+v", c.Items)
	}
	d.staff(ann, rules.EvReopen, rules.InCharge, "in charge", "text", "It came back.")
	d.staff(ann, rules.EvRefuse, rules.Closed, "It was opened.", "kind", string(rules.RefusedTechnical), "text", "It was opened.")
}

// creditByForms: a case is split, merged again, and its units are credited.
func creditByForms(d *formDesk) {
	d.writes()
	d.staff(ann, rules.EvApprove, rules.Validated, "Please send the goods", "every", "in_warranty")
	d.staff(ann, rules.EvSplit, rules.Validated, "", "units", "2")
	cases, err := d.app.book.Cases(d.ctx, casebook.CaseFilter{Party: d.address})
	if err != nil || len(cases) != 2 {
		d.t.Fatalf("%d cases, %v", len(cases), err)
	}
	first := d.newest()
	for _, off := range cases {
		if off.Number != first.Number {
			d.do(ann, off.Number, rules.EvMerge, "into", strings.ToLower(first.Number))
			d.until("the case is merged", func() bool { return d.at(off.Number).MergedInto == first.Number })
		}
	}
	d.done[rules.EvMerge] = true
	d.customerReads("merge", first.Number)
	d.staff(ann, rules.EvReceive, rules.Received, "arrived")
	d.staff(ann, rules.EvTest, rules.InProcess, "in process", "every", "covered")
	d.staff(ann, rules.EvCredit, rules.Closed, "184.00 EUR", "amount", "184,00 EUR")
}

// leavingByForms: one unit goes back as it is, the other is disposed of.
func leavingByForms(d *formDesk) {
	d.writes()
	d.staff(ann, rules.EvApprove, rules.Validated, "Please send the goods", "every", "out_of_warranty")
	d.staff(ann, rules.EvReceive, rules.Received, "arrived")
	d.staff(ann, rules.EvQuote, rules.Quoted, "12.00 EUR", "amount", "12 EUR")
	d.staff(ann, rules.EvReturnAsIs, rules.Quoted, "1Z5", "units", "1", "tracking", "1Z5")
	for d.newest().State == rules.Quoted { // reminders, then the end of the storage
		d.later(d.newest().Deadline.Sub(d.clock.now()))
		d.until("what is due is done", func() bool {
			numbers, err := d.app.book.Due(d.ctx, d.clock.now())
			return err == nil && len(numbers) == 0
		})
	}
	d.read = len(d.received(d.address))
	d.staff(ann, rules.EvDispose, rules.Uncollected, "")
	d.staff(ben, rules.EvDispose, rules.Closed, "disposed of")
}

// closingByForms: goods are handed over; another customer's return is referred.
func closingByForms(d *formDesk) {
	d.writes()
	d.staff(ann, rules.EvApprove, rules.Validated, "Please send the goods", "every", "in_warranty")
	d.staff(ann, rules.EvReceive, rules.Received, "arrived")
	d.staff(ann, rules.EvCollected, rules.Closed, "collected")
	other := openForms(d.t, d.desk, "bob@store.example")
	other.writes()
	other.staff(ann, rules.EvRefer, rules.Closed, "https://help.example/rma", "link", "https://help.example/rma")
	d.done[rules.EvRefer] = true
}

// mailByForms: a mail that did not arrive is sent again, and then to another
// address.
func mailByForms(d *formDesk) {
	down := true
	d.smtp.SetFault(func(stage, arg string) error {
		if down && stage == "rcpt" && arg == d.address {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	})
	d.writes()
	number := d.newest().Number
	d.press(ann, number, string(rules.EvResend))
	d.untilSlack("the mail is shown that goes out again", func() bool {
		views := d.slack.Views(ann)
		return len(views) == 1 && strings.Contains(textsOf(views[0].Blocks), "Mails that go out again: 1") && strings.Contains(textsOf(views[0].Blocks), number)
	})
	d.submitTop(ann)
	d.until("it fails again", func() bool { return d.newest().Undelivered != "" && d.newest().Version > 2 })
	d.done[rules.EvResend] = true
	d.do(ann, number, rules.EvFixAddress, "address", "Ann.Buyer@shop.example")
	d.until("it arrives elsewhere", func() bool { return len(d.received("ann.buyer@shop.example")) == 1 })
	d.done[rules.EvFixAddress] = true
}

// twoByForms: a credit over the limit is asked for by one and confirmed by
// another, who may send the mail that the first one wrote.
func twoByForms(d *formDesk) {
	policy := filepath.Join(d.dir, "two.yaml")
	if err := os.WriteFile(policy, []byte("second_person: {credit: 100 EUR}\n"), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.halt()
	d.resume(func(config string) string { return config + "\npolicy: two.yaml\n" })
	d.writes()
	d.staff(ann, rules.EvApprove, rules.Validated, "Please send the goods", "every", "in_warranty")
	d.staff(ann, rules.EvReceive, rules.Received, "arrived")
	d.staff(ann, rules.EvCredit, rules.Received, "", "amount", "184,00 EUR") // only asked for
	number := d.newest().Number
	if c := d.newest(); c.Asked == nil || c.Asked.By.ID != ann || c.Credit != "" {
		d.t.Fatalf("asked: %+v", c.Asked)
	}
	if card := textsOf(d.card(number).Blocks); !strings.Contains(card, "another person must confirm it") {
		d.t.Errorf("the card does not say who must confirm:\n%s", card)
	}
	d.staff(ben, rules.EvReject, rules.Received, "", "text", "Too much.")
	d.staff(ann, rules.EvCredit, rules.Received, "", "amount", "150,00 EUR")

	d.press(ann, number, string(rules.EvConfirm)) // her own
	d.untilSlack("a window opens", func() bool { return d.hasForm(ann) })
	view := d.slack.Views(ann)[0]
	if _, err := d.slack.Submit(ann, view.ID, nil); err != nil {
		d.t.Fatal(err)
	}
	d.untilSlack("she is told why not", func() bool {
		views := d.slack.Views(ann)
		return len(views) == 1 && strings.Contains(textsOf(views[0].Blocks), "another person must confirm it")
	})
	d.staff(ben, rules.EvConfirm, rules.Closed, "150.00 EUR")
}

// What a person rewrites goes out as he saw it, in both forms of the mail, and
// what must stay does: number, thread, greeting, signature, slip.
func TestRewrittenMailGoesOut(t *testing.T) {
	d := openDesk(t)
	l := grandstream(annAddress, "one@shop.example")
	l.subject, l.text = "Defektes Telefon", "Guten Tag,\n\nunser Grandstream GXP2170 ist defekt, das Display bleibt dunkel.\nSeriennummer: 20EZ115N308C605F\nGrandstream Ticket: 20261115093422\n\nMit freundlichen Grüßen\nAnn Buyer"
	d.write(l)
	c := d.onlyCase(annAddress)
	d.press(ann, c.Number, string(rules.EvApprove))
	d.untilSlack("the form is open", func() bool { return d.hasForm(ann) })
	v := d.slack.Views(ann)[0]
	if _, err := d.slack.Submit(ann, v.ID, url.Values{"item.1": {"in_warranty"}}); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("the mail is shown in both languages", func() bool {
		text := textsOf(d.slack.Views(ann)[0].Blocks)
		return strings.Contains(text, "genehmigt") && strings.Contains(text, "In English, for you to read") && strings.Contains(text, "Please send the goods by") && strings.Contains(text, c.Number+".pdf")
	})
	words, piece := mailInput(t, d.slack.Views(ann)[0])
	own := strings.Replace(words, "Rücksendung", "**Sendung** <b>&</b>", 1) + "\n\n- Bitte mit Netzteil."
	if _, err := d.slack.Submit(ann, v.ID, url.Values{piece: {own}}); err != nil {
		t.Fatal(err)
	}
	d.inState(annAddress, rules.Validated)
	mails := d.received(annAddress)
	m := mails[len(mails)-1]
	for _, want := range []string{"Guten Tag", "Sendung <b>&</b>", "– Bitte mit Netzteil.", "Retour returns desk"} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	for _, want := range []string{"<strong", ">Sendung</strong> &lt;b&gt;&amp;&lt;/b&gt;", "Bitte mit Netzteil."} {
		if !strings.Contains(m.HTML, want) {
			t.Errorf("the HTML form lacks %q:\n%s", want, m.HTML)
		}
	}
	if !strings.Contains(m.Subject, c.Number) || len(m.InReplyTo) != 1 || m.InReplyTo[0] != "one@shop.example" {
		t.Errorf("subject %q, in reply to %q", m.Subject, m.InReplyTo)
	}
	d.slip(c.Number, m)
}

// mailInput is the input with the words of the mail.
func mailInput(t *testing.T, v loopback.View) (words, block string) {
	t.Helper()
	for _, b := range v.Blocks {
		if strings.HasPrefix(b.BlockID, "mail.0") {
			return b.Element.InitialValue, b.BlockID
		}
	}
	t.Fatalf("no mail is there to be rewritten:\n%s", textsOf(v.Blocks))
	return "", ""
}

// An amount that the customer is bound by cannot be written out of the mail.
func TestAmountStaysInTheMail(t *testing.T) {
	d := openForms(t, openDesk(t), annAddress)
	d.writes()
	d.staff(ann, rules.EvApprove, rules.Validated, "Please send the goods", "every", "out_of_warranty")
	d.staff(ann, rules.EvReceive, rules.Received, "arrived")
	number := d.newest().Number
	d.press(ann, number, string(rules.EvQuote))
	d.untilSlack("the form is open", func() bool { return d.hasForm(ann) })
	v := d.slack.Views(ann)[0]
	if _, err := d.slack.Submit(ann, v.ID, url.Values{"amount": {"96.50 EUR"}}); err != nil {
		t.Fatal(err)
	}
	d.untilSlack("the mail is shown", func() bool { return strings.Contains(textsOf(d.slack.Views(ann)[0].Blocks), "96.50") })
	words, piece := mailInput(t, d.slack.Views(ann)[0])
	delivery, err := d.slack.Submit(ann, v.ID, url.Values{piece: {strings.ReplaceAll(words, "96.50", "69.50")}})
	if err != nil {
		t.Fatal(err)
	}
	if why := delivery.Errors[piece]; !strings.Contains(why, "96.50") || !strings.Contains(why, "does not name") {
		t.Errorf("the form says %q", delivery.Errors)
	}
	if c := d.newest(); c.State != rules.Received {
		t.Errorf("the case is %s", c.State)
	}
}
