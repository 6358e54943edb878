package notify

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
	"retour/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	opened = time.Date(2026, time.November, 23, 10, 4, 0, 0, time.UTC) // a Monday
	secret = []byte("0123456789abcdef0123456789abcdef")
)

func testDesk(t testing.TB) Desk {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return Desk{Name: "Distri Telecom RMA", Address: "rma@distri.example", Company: "Distri Telecom", Phone: "+31 20 555 01 40",
		Website: "https://www.distri.example", ReturnAddress: []string{"Distri Telecom – RMA", "Havenstraat 12", "1011 AB Amsterdam"},
		SupportLink: "https://support.distri.example", TimeZone: zone, Language: "en"}
}

// loadOnce spares each test the check of all texts.
var loadOnce = sync.OnceValues(func() (*templates.Set, error) { return templates.Load(nil) })

func testComposer(t testing.TB) *Composer {
	t.Helper()
	set, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	policy, err := rules.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	days := func(n int) rules.Span { return rules.Span{N: n, Unit: rules.Days} }
	policy.Clocks.AskClose, policy.Clocks.ShipClose, policy.Clocks.Storage = days(21), days(30), days(15)
	policy.Reasons.OrderError.Fee = rules.Fee{Percent: 15, Minimum: 10, Currency: "EUR"}
	c, err := NewComposer(testDesk(t), set, policy, secret)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func threeItems() []rules.Item {
	return []rules.Item{
		{Position: 1, Manufacturer: "grandstream", Model: "GXP2170", Serial: "20EZ12AB34CD"},
		{Position: 2, Manufacturer: "snom", Model: "D735", MAC: "0004139A0B1C"},
		{Position: 3, Manufacturer: "grandstream", Model: "GRP2614"},
	}
}

// aCase is a case as it stands when the notice goes out.
func aCase(kind rules.NoticeKind) rules.Case {
	c := rules.Case{Number: "RMA-26-00123-7", Version: 3, State: rules.InCharge, Reason: rules.Defective, Items: threeItems(),
		OpenedAt: opened, StateAt: opened, ClockAt: opened, CompleteAt: opened}
	mark := func(f func(i int, it *rules.Item)) {
		for i := range c.Items {
			f(i, &c.Items[i])
		}
	}
	closed := func(how rules.Closing) { c.State, c.Closing = rules.Closed, how }
	here := func(i int, it *rules.Item) { it.Received = true }
	switch kind {
	case rules.NoticeAcknowledged:
		c.State = rules.New
	case rules.NoticeQuestion, rules.NoticeQuestionReminder:
		c.State = rules.InfoNeeded
	case rules.NoticeCompleted, rules.NoticeInCharge, rules.NoticeStatus, rules.NoticeMessage:
		c.Deadline = opened.Add(48 * time.Hour)
	case rules.NoticeReferral:
		c.Items = []rules.Item{{Position: 1, Manufacturer: "ubiquiti", Model: "U6-LR", Serial: "F4E2C6A1B2C3"}}
		closed(rules.Referred)
	case rules.NoticeValidated, rules.NoticeGoodsReminder:
		c.State, c.AcceptedAt = rules.Validated, opened
		mark(func(i int, it *rules.Item) { it.Verdict = rules.InWarranty })
		c.Items[0].WarrantyTo, c.Items[2].Verdict = time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC), rules.OutOfWarranty
	case rules.NoticeRefused:
		closed(rules.ClosedRefusedCommercial)
		mark(func(i int, it *rules.Item) { it.Verdict = rules.RefusedCommercial })
	case rules.NoticeReceived:
		c.State, c.Items[0].Received, c.Items[1].Received = rules.Received, true, true
	case rules.NoticeQuote, rules.NoticeQuoteReminder:
		c.State, c.Quote = rules.Quoted, "96,50 EUR"
		mark(here)
		mark(func(i int, it *rules.Item) { it.Outcome = rules.Repairable })
		c.Items[1].Outcome = rules.ImproperUse
	case rules.NoticeInProcess:
		c.State, c.Promised = rules.InProcess, time.Date(2026, 12, 4, 0, 0, 0, 0, time.UTC)
		mark(func(i int, it *rules.Item) { it.Received, it.Outcome = true, rules.Covered })
	case rules.NoticeUncollected, rules.NoticeCollectReminder:
		c.State = rules.Uncollected
		mark(func(i int, it *rules.Item) { it.Received, it.Outcome = true, rules.NotRepairable })
	case rules.NoticeShipped:
		closed(rules.Success)
		mark(func(i int, it *rules.Item) { it.Received, it.Resolution = true, rules.Repaired })
		c.Items[1].Resolution = rules.Replaced
	case rules.NoticeCredited:
		c.Reason = rules.OrderError
		closed(rules.Success)
		mark(func(i int, it *rules.Item) { it.Received, it.Resolution = true, rules.Credited })
	case rules.NoticeReturned:
		closed(rules.Success)
		mark(func(i int, it *rules.Item) { it.Received, it.Resolution = true, rules.ReturnedAsIs })
	case rules.NoticeClosedNoAnswer:
		closed(rules.NoAnswer)
	case rules.NoticeClosedNotShipped:
		closed(rules.NotShipped)
	case rules.NoticeClosedCollected:
		closed(rules.ClosedCollected)
		mark(func(i int, it *rules.Item) { it.Received, it.Resolution = true, rules.Collected })
	case rules.NoticeClosedDisposed:
		closed(rules.ClosedDisposed)
		mark(func(i int, it *rules.Item) { it.Received, it.Resolution = true, rules.Disposed })
	case rules.NoticeWithdrawn:
		closed(rules.Withdrawn)
	case rules.NoticeMerged:
		closed(rules.Merged)
		c.Items, c.MergedInto = nil, "RMA-26-00124-5"
	case rules.NoticeParcelRefused:
		c.State, c.AcceptedAt = rules.Validated, opened
	}
	return c
}

func aNotice(kind rules.NoticeKind) rules.Notice {
	n := rules.Notice{Kind: kind}
	switch kind {
	case rules.NoticeQuestion, rules.NoticeQuestionReminder:
		n.Missing = []rules.Missing{{Fact: rules.FactVendorTicket, Item: 1}, {Fact: rules.FactSerial, Item: 3}, {Fact: rules.FactFault}}
	case rules.NoticeShipped, rules.NoticeReturned:
		n.Tracking = "1Z999AA10123456784"
	case rules.NoticeMessage:
		n.Text = "…"
	case rules.NoticeMerged:
		n.Into = "RMA-26-00124-5"
	}
	return n
}

func customer(trust rules.Trust) rules.Party {
	return rules.Party{Address: "karin@nordlicht.example", Name: "Karin Vogtländer", Trust: trust}
}

func compose(t *testing.T, c *Composer, to rules.Party, lang string, told []Told, thr Thread) Mail {
	t.Helper()
	m, err := c.Compose(to, lang, told, thr, "case/1/3/told", opened, true)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// golden compares with a file, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "mails", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestEveryNoticeInEveryLanguage(t *testing.T) {
	c := testComposer(t)
	withHTML := []rules.NoticeKind{rules.NoticeAcknowledged, rules.NoticeQuestion, rules.NoticeValidated, rules.NoticeRefused}
	for _, lang := range templates.Languages() {
		for _, kind := range rules.Notices() {
			m := compose(t, c, customer(rules.Proven), lang, []Told{{aNotice(kind), aCase(kind)}}, Thread{})
			golden(t, lang+"/"+string(kind)+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
			if slices.Contains(withHTML, kind) {
				golden(t, lang+"/"+string(kind)+".html", m.HTML)
			}
		}
	}
}

func TestVariants(t *testing.T) {
	c := testComposer(t)
	reason := func(kind rules.NoticeKind, r rules.Reason) Told {
		k := aCase(kind)
		k.Reason = r
		return Told{aNotice(kind), k}
	}
	here := aCase(rules.NoticeValidated)
	here.State = rules.Received
	late := aCase(rules.NoticeUncollected)
	late.Late, late.ClockAt = true, opened.AddDate(0, 0, -15)
	part := aCase(rules.NoticeShipped)
	part.State, part.Closing, part.Items[2].Resolution = rules.InProcess, "", ""
	sibling := aCase(rules.NoticeReferral)
	sibling.Number = "RMA-26-00124-5"
	parcel := aCase(rules.NoticeReceived)
	parcel.Items[2].Received = true
	euro := func(cents int64) rules.Money { return rules.Money{Cents: cents, Currency: "EUR"} }
	quoted := aCase(rules.NoticeQuote)
	quoted.Quote, quoted.Until = "1234.50 EUR", opened.AddDate(0, 0, 20)
	accepted := aCase(rules.NoticeInProcess)
	accepted.Quote = "74.50 EUR"
	ticket := aCase(rules.NoticeQuestion)
	ticket.References.VendorTicket = []string{"4711"}
	for name, told := range map[string][]Told{
		"referral-distributor":     {{rules.Notice{Kind: rules.NoticeReferral, To: rules.ToDistributor, Party: "Alias", Contact: "rma@alias.example"}, sibling}},
		"referral-sales":           {{rules.Notice{Kind: rules.NoticeReferral, To: rules.ToSales, Contact: "+39 02 555 01 40"}, sibling}},
		"services":                 {{rules.Notice{Kind: rules.NoticeAcknowledged, Services: []string{"Hardware Replacement"}}, aCase(rules.NoticeAcknowledged)}},
		"parcel":                   {{rules.Notice{Kind: rules.NoticeReceived, Lacking: "PSU 48 V", Label: "RMA-26-00009-6", Extra: []int{3}}, parcel}},
		"quote-terms":              {{rules.Notice{Kind: rules.NoticeQuote}, quoted}},
		"quote-accepted":           {{rules.Notice{Kind: rules.NoticeInProcess}, accepted}},
		"credit-note":              {{rules.Notice{Kind: rules.NoticeCredited, Amount: euro(16991), Fee: euro(2999)}, aCase(rules.NoticeCredited)}},
		"returned-fee":             {{rules.Notice{Kind: rules.NoticeReturned, Fee: euro(3500)}, aCase(rules.NoticeReturned)}},
		"shipped-on":               {{rules.Notice{Kind: rules.NoticeShipped, Date: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}, aCase(rules.NoticeShipped)}},
		"ticket-asked-again":       {{aNotice(rules.NoticeQuestion), ticket}},
		"validated-order-error":    {reason(rules.NoticeValidated, rules.OrderError)},
		"validated-delivery-error": {reason(rules.NoticeValidated, rules.DeliveryError)},
		"validated-goods-here":     {{rules.Notice{Kind: rules.NoticeValidated}, here}},
		"uncollected-late":         {{rules.Notice{Kind: rules.NoticeUncollected}, late}},
		"shipped-in-part":          {{aNotice(rules.NoticeShipped), part}},
		"siblings":                 {{aNotice(rules.NoticeQuestion), aCase(rules.NoticeQuestion)}, {aNotice(rules.NoticeReferral), sibling}},
	} {
		for _, lang := range templates.Languages() {
			m := compose(t, c, customer(rules.Proven), lang, told, Thread{Subject: "AW: WG: 3x defekt"})
			golden(t, lang+"/variant-"+name+".txt", "Subject: "+m.Subject+"\n\n"+m.Text)
		}
	}
}

func TestAStrangerReadsNothingThatHeWrote(t *testing.T) {
	c := testComposer(t)
	planted := []string{"VIAGRA", "MODELX", "SERIALX", "AABBCCDDEEFF", "AA:BB:CC", "Evil Name", "faultx", "2031", "TICKETX"}
	for _, trust := range []rules.Trust{rules.Unknown, rules.Forged, ""} {
		for _, kind := range rules.Notices() {
			k := aCase(kind)
			k.Fault, k.PurchaseDate, k.References.VendorTicket = "faultx", "2031-01-01", []string{"TICKETX"}
			k.Customer = rules.Party{Name: "Evil Name"}
			for i := range k.Items {
				k.Items[i].Model, k.Items[i].Serial, k.Items[i].MAC, k.Items[i].VendorTicket = "MODELX", "SERIALX", "AABBCCDDEEFF", "TICKETX"
			}
			to := rules.Party{Address: "victim@x.example", Name: "Evil Name", Trust: trust}
			for _, lang := range templates.Languages() {
				m := compose(t, c, to, lang, []Told{{aNotice(kind), k}}, Thread{Subject: "VIAGRA", MessageID: "a@x.example"})
				all := m.Subject + m.Text + m.HTML + m.ToName
				for _, p := range planted {
					if strings.Contains(all, p) {
						t.Errorf("%s/%s repeats %q to a sender of trust %q:\n%s", lang, kind, p, trust, m.Text)
					}
				}
			}
		}
	}
	golden(t, "en/stranger.txt", compose(t, c, customer(rules.Unknown), "en", []Told{{aNotice(rules.NoticeQuestion), aCase(rules.NoticeQuestion)}}, Thread{}).Text)
}

func TestQuestionsAreNumberedAcrossTheMail(t *testing.T) {
	c := testComposer(t)
	second := aCase(rules.NoticeQuestion)
	second.Number = "RMA-26-00124-5"
	m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeQuestion), aCase(rules.NoticeQuestion)}, {aNotice(rules.NoticeQuestion), second}}, Thread{})
	var got []string
	for _, l := range strings.Split(m.Text, "\n") {
		if mark := regexp.MustCompile(`^\d+\. `).FindString(l); mark != "" {
			got = append(got, strings.TrimSpace(mark))
		}
	}
	if want := []string{"1.", "2.", "3.", "4.", "5.", "6."}; !slices.Equal(got, want) {
		t.Errorf("numbers %v, want %v in\n%s", got, want, m.Text)
	}
	if n := strings.Count(m.Text, "https://helpdesk.grandstream.com"); n != 1 {
		t.Errorf("the link stands in the mail %d times, want once", n)
	}
}

func TestHeadersCannotBeBroken(t *testing.T) {
	c := testComposer(t)
	c.desk.Name = "Desk\r\nX-Evil: 1"
	to := rules.Party{Address: "a@x.example", Name: "Eve\r\nBcc: b@x.example\u2028\x00\u202etail", Trust: rules.Proven}
	thr := Thread{Subject: "hello\r\nBcc: all@x.example\x00", MessageID: "ok@x.example\r\nX: y",
		References: []string{"one@x.example", "two@x.example\r\nX: y", "", " ", "<>", "three four@x", "<five@x.example>", strings.Repeat("x", 300) + "@x", "ümlaut@x"}}
	m := compose(t, c, to, "en", []Told{{aNotice(rules.NoticeStatus), aCase(rules.NoticeStatus)}}, thr)
	for _, h := range append(m.References, m.Subject, m.From, m.FromName, m.ToName, m.To, m.MessageID, m.InReplyTo) {
		if strings.ContainsFunc(h, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u202e' }) {
			t.Errorf("header value %q", h)
		}
	}
	if m.InReplyTo != "" || !slices.Equal(m.References, []string{"one@x.example", "five@x.example"}) {
		t.Errorf("In-Reply-To %q, References %q", m.InReplyTo, m.References)
	}
	for _, address := range []string{"", "a@x\r\nBcc: b@x", "a", "a@x.example, b@x.example", "a@x.example>\r\n"} {
		if _, err := c.Compose(rules.Party{Address: address}, "en", []Told{{aNotice(rules.NoticeStatus), aCase(rules.NoticeStatus)}}, Thread{}, "k", opened, true); err == nil {
			t.Errorf("a mail to %q was composed", address)
		}
	}
}

func TestThreading(t *testing.T) {
	c := testComposer(t)
	thr := Thread{MessageID: "<last@x.example>"}
	for i := range 60 {
		thr.References = append(thr.References, fmt.Sprintf("<%d@x.example>", i), "<0@x.example>")
	}
	m := compose(t, c, customer(rules.Known), "fr", []Told{{aNotice(rules.NoticeStatus), aCase(rules.NoticeStatus)}}, thr)
	if len(m.References) != maxReferences || m.References[0] != "0@x.example" || m.References[1] != "42@x.example" || m.References[maxReferences-1] != "last@x.example" {
		t.Errorf("References %d: %v", len(m.References), m.References)
	}
	if m.InReplyTo != "last@x.example" {
		t.Errorf("In-Reply-To %q", m.InReplyTo)
	}
	if number, ok := CaseOf(secret, "distri.example", []string{m.MessageID}); !ok || number != "RMA-26-00123-7" {
		t.Errorf("the token of the mail names %q, %v", number, ok)
	}
}

func TestSubjectEcho(t *testing.T) {
	for subject, want := range map[string]string{
		"Rücksendung zweier Telefone":               "Rücksendung zweier Telefone",
		"AW: WG: Re: RE[2]: Retour":                 "Retour",
		"R: I: reso":                                "reso",
		"Re: [RMA-26-00123-7] Details – AW: Antrag": "",
		"rma 26-00123-7":                            "",
		"  ":                                        "",
		"Re:":                                       "",
		"Rechnung: falsch":                          "Rechnung: falsch",
	} {
		if got := echo(subject); got != want {
			t.Errorf("echo(%q) = %q, want %q", subject, got, want)
		}
	}
}

func TestHarmless(t *testing.T) {
	for _, text := range []string{"Defective phone", "Rücksendung: 2 Telefone, T46S", "Re: RMA 2026-11", "Grandstream GXP2170 v1.0.11", "Réf. 4711, urgent...", "Ann O'Neil", "Dr. Müller", ""} {
		if Harmless(text) != text {
			t.Errorf("%q is not repeated", text)
		}
	}
	for _, text := range []string{"see https://evil.example/x", "www.evil.example", "Log in at evil.example", "evil.example", "ＥＶＩＬ．example now", "hxxp://x", "write to a@b", "call +32 2 555 01 99", "bit.ly/x", "Your account: EVIL.COM"} {
		if got := Harmless(text); got != "" {
			t.Errorf("%q is repeated", got)
		}
	}
}

func TestGreetingName(t *testing.T) {
	for name, want := range map[string]string{
		"Karin Vogtländer": "Karin Vogtländer", "Lefort, Claire": "Claire Lefort", "Jan de Vries (Telecom BV)": "Jan de Vries",
		"\"O’Neil, Pat\"": "Pat O’Neil", "J.-P. Dupont": "J.-P. Dupont", "Anna": "", "Systemhaus Nordlicht GmbH": "", "Service SAV": "",
		"rma@x.example": "", "Buy now http://x": "", "1st Prize": "", "": "", "Eve\r\nBcc: b": "", strings.Repeat("Ab ", 5) + "Ab": "",
	} {
		if got := greetingName(name); got != want {
			t.Errorf("greetingName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLastDaysHold(t *testing.T) {
	c := testComposer(t)
	w := &writer{Composer: c, lang: "en", trusted: true, now: opened}
	k := aCase(rules.NoticeValidated)
	k.Until = time.Date(2026, 12, 23, 9, 0, 0, 0, time.UTC)
	if got := w.until(Told{rules.Notice{Kind: rules.NoticeValidated}, k}); got.Format(time.DateOnly) != "2026-12-22" {
		t.Errorf("a case that closes on 23 December at 10:00 is told %s, want the 22nd", got)
	}
	k.Until = opened.Add(-time.Hour)
	if got := w.until(Told{rules.Notice{Kind: rules.NoticeValidated}, k}); !got.IsZero() {
		t.Errorf("a date that has passed is told: %s", got)
	}
	k = aCase(rules.NoticeQuote)
	if got := w.until(Told{rules.Notice{Kind: rules.NoticeQuote}, k}); got.Format(time.DateOnly) != "2026-12-08" {
		t.Errorf("15 days of storage from 23 November end on %s", got)
	}
}

func TestReferralElsewhereDoesNotNameTheManufacturer(t *testing.T) {
	c := testComposer(t)
	k := aCase(rules.NoticeReferral)
	m := compose(t, c, customer(rules.Unknown), "en", []Told{{rules.Notice{Kind: rules.NoticeReferral, Link: "https://distributor.example/"}, k}}, Thread{})
	if strings.Contains(m.Subject, "Ubiquiti") || !strings.Contains(m.Text, "https://distributor.example/") || strings.Contains(m.Text, "handles its returns directly") {
		t.Errorf("got %s\n%s", m.Subject, m.Text)
	}
}

func TestComposeIsPureAndTheMailSurvivesJSON(t *testing.T) {
	c := testComposer(t)
	told := []Told{{aNotice(rules.NoticeValidated), aCase(rules.NoticeValidated)}}
	a, b := compose(t, c, customer(rules.Proven), "de", told, Thread{}), compose(t, c, customer(rules.Proven), "de", told, Thread{})
	if !reflect.DeepEqual(a, b) {
		t.Error("the same input gave two mails")
	}
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back Mail
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, back); diff != "" {
		t.Errorf("after JSON: %s", diff)
	}
	if m := compose(t, c, customer(rules.Proven), "xx", told, Thread{}); m.Language != "en" || !m.Automatic {
		t.Errorf("language %q, automatic %v", m.Language, m.Automatic)
	}
}

func TestNewComposerRefuses(t *testing.T) {
	good := testComposer(t)
	for name, break_ := range map[string]func(*Desk) []byte{
		"address": func(d *Desk) []byte { d.Address = "nobody"; return secret },
		"domain":  func(d *Desk) []byte { d.Domain = "a b"; return secret },
		"secret":  func(*Desk) []byte { return []byte("short") },
	} {
		desk := testDesk(t)
		key := break_(&desk)
		if _, err := NewComposer(desk, good.set, good.policy, key); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIncompleteRequestIsNotCalledComplete(t *testing.T) {
	c := testComposer(t)
	k := aCase(rules.NoticeAcknowledged)
	const claim = "We have everything we need"
	if m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeAcknowledged), k}}, Thread{}); !strings.Contains(m.Text, claim) {
		t.Errorf("a complete request is not called so:\n%s", m.Text)
	}
	k.Missing = []rules.Missing{{Fact: rules.FactSerial, Item: 3}}
	if m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeAcknowledged), k}}, Thread{}); strings.Contains(m.Text, claim) {
		t.Errorf("an incomplete request is called complete:\n%s", m.Text)
	}
}

func TestWhenTheGoodsMustWait(t *testing.T) {
	c := testComposer(t)
	const wait = "Please do not send the goods yet"
	for from, want := range map[rules.State]bool{"": true, rules.InCharge: true, rules.Validated: false, rules.Received: false} {
		k := aCase(rules.NoticeQuestion)
		k.AskedFrom = from
		if m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeQuestion), k}}, Thread{}); strings.Contains(m.Text, wait) != want {
			t.Errorf("asked from %q: told to wait %v, want %v", from, !want, want)
		}
	}
}

func BenchmarkStageCompose(b *testing.B) {
	c := testComposer(b)
	told := []Told{{Notice: rules.Notice{Kind: rules.NoticeAcknowledged}, Case: aCase(rules.NoticeAcknowledged)}}
	thread := Thread{Subject: "Defective phone", MessageID: "1@shop.example"}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		language := templates.Languages()[i%5]
		if _, err := c.Draft(customer(rules.Proven), language, told, thread, "mail/1", opened, true); err != nil {
			b.Fatal(err)
		}
	}
}
