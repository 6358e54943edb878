package slackdesk

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"retour/notify"
	"retour/rules"
)

// formCase is a case whose units are where a form needs them.
func formCase(kind rules.EventKind, items int) rules.Case {
	c := testCase(items)
	switch kind {
	case rules.EvTest, rules.EvQuote, rules.EvSendToVendor, rules.EvCredit, rules.EvShip, rules.EvReturnAsIs, rules.EvCollected:
		c.State = rules.Received
	case rules.EvBackFromVendor:
		c.State = rules.InProcess
	case rules.EvAcceptOnBehalf, rules.EvConfirm, rules.EvReject:
		c.State, c.Quote = rules.Quoted, "96.50 EUR"
	case rules.EvDispose, rules.EvExtend:
		c.State = rules.Uncollected
	case rules.EvReceive:
		c.State = rules.Validated
	case rules.EvReopen:
		c.State, c.Closing = rules.Closed, rules.Success
	}
	for i := range c.Items {
		c.Items[i].Received = c.State != rules.New && c.State != rules.Validated
		if kind == rules.EvBackFromVendor {
			c.Items[i].AtVendor = noon
		}
	}
	switch kind {
	case rules.EvConfirm, rules.EvReject:
		c.Asked = &rules.Asked{By: rules.Person{ID: "U0BEN", Name: "Ben"}, At: noon, What: "quote 620.00 EUR, which is not within 500.00 EUR"}
	case rules.EvResend, rules.EvFixAddress:
		c.Undelivered = "550 no such user"
	}
	return c
}

func formView(kind rules.EventKind, items int) notify.CardView {
	return notify.CardView{Case: formCase(kind, items), Working: "Europe/Brussels", Terms: "Sent with its accessories.\nTested on arrival & <b>.",
		Makers: map[string]string{"yealink": "Yealink", "grandstream": "Grandstream", "snom": "Snom"}}
}

func testForm(kind rules.EventKind, items int) (*Desk, *form) {
	h := newHouse(formCase(kind, items))
	d := &Desk{words: english(), hooks: h.hooks()}
	return d, d.newForm(kind, formView(kind, items), "U0ANN")
}

// testPreview is a mail as a French customer gets it.
func testPreview(body string) *notify.Preview {
	return &notify.Preview{Body: body, Head: "Bonjour Jan,", Foot: "Cordialement,\nLe service", Reading: "Out of warranty & <more>.",
		Mail: &notify.Mail{To: "jan@example.com", Language: "fr", Subject: "[RMA-26-00123-7] Votre retour", Text: body,
			Attachments: []notify.Attachment{{Name: "RMA-26-00123-7.pdf"}}}}
}

// Each form as it opens, and what an untouched one says.
func TestFormGolden(t *testing.T) {
	for _, kind := range rules.StaffEvents() {
		t.Run(string(kind), func(t *testing.T) {
			d, f := testForm(kind, 2)
			complete := f.open()
			switch kind {
			case rules.EvRefuse, rules.EvResend:
			case rules.EvConfirm:
				f.preview = testPreview("Hors garantie.")
			case rules.EvQuote:
				p := *testPreview("Hors garantie.\n\n- une ligne\n- **deux**")
				p.Second = "quote 620.00 EUR, which is not within 500.00 EUR"
				f.preview = &p
			}
			if kind == rules.EvResend {
				f.preview = &notify.Preview{Again: []notify.Mail{{To: "jan@example.com", Subject: "Votre retour", Text: "Bonjour <b>"}}}
			}
			golden(t, "form_"+string(kind), struct {
				View     any
				Complete bool
				Event    rules.Event
			}{d.formView(f), complete, f.event})
		})
	}
}

func entered(t *testing.T, state m) values {
	t.Helper()
	var v values
	b, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func ticks(list ...string) m {
	o := []m{}
	for _, s := range list {
		o = append(o, m{"value": s})
	}
	return m{input: m{"selected_options": o}}
}

func date1(s string) m { return m{input: m{"selected_date": s}} }
func user1(s string) m { return m{input: m{"selected_user": s}} }

// What is entered, and what is made of it or said at which field.
func TestReadForm(t *testing.T) {
	type is = func(rules.Event) string
	for _, c := range []struct {
		name  string
		kind  rules.EventKind
		state m
		want  string // of what is read
		of    is
		wrong string // block_id: text
	}{
		{"ask", rules.EvAsk, m{"whole": ticks("fault", "nonsense"), "every": ticks("serial"), "item.2": ticks("model")},
			"[{fault 0} {serial 1} {model 2}]", func(e rules.Event) string { return fmt.Sprint(e.Missing) }, ""},
		{"ask nothing", rules.EvAsk, m{"text": text(" \n ")}, "", nil, "text: Please tick what to ask, or write it below."},
		{"ask in words", rules.EvAsk, m{"text": text(" Which one? ")}, "Which one?", func(e rules.Event) string { return e.Text }, ""},
		{"refuse without a reason", rules.EvRefuse, m{"kind": choice("in_warranty"), "text": text("x")}, "", nil, "kind: Please choose one."},
		{"refuse without a word", rules.EvRefuse, m{"kind": choice("refused_technical")}, "", nil, "text: Please write what the customer is told."},
		{"refer", rules.EvRefer, m{"link": text("https://example.com/rma?a=1")}, "https://example.com/rma?a=1", func(e rules.Event) string { return e.Link }, ""},
		{"refer by policy", rules.EvRefer, m{}, "", func(e rules.Event) string { return e.Link }, ""},
		{"refer to script", rules.EvRefer, m{"link": text("javascript:alert(1)")}, "", nil, "link: This must be a whole address"},
		{"refer to nowhere", rules.EvRefer, m{"link": text("https://")}, "", nil, "link: This must be a whole address"},
		{"address", rules.EvFixAddress, m{"address": text("Jan@Example.com")}, "jan@example.com", func(e rules.Event) string { return e.Address }, ""},
		{"address with a name", rules.EvFixAddress, m{"address": text("Jan <jan@example.com>")}, "", nil, "address: This is not a mail address."},
		{"two addresses", rules.EvFixAddress, m{"address": text("a@example.com, b@example.com")}, "", nil, "address: This is not a mail address."},
		{"verdicts", rules.EvApprove, m{"item.1": choice("refused_technical"), "every": choice("in_warranty")},
			"map[1:refused_technical 2:in_warranty]", func(e rules.Event) string { return fmt.Sprint(e.Verdicts) }, ""},
		{"a verdict of another world", rules.EvApprove, m{"item.1": choice("free"), "item.2": choice("in_warranty")}, "", nil, "item.1: Please choose one."},
		{"the parcel", rules.EvReceive, m{"units": ticks("2", "7"), "label": text("rma-26-00132-7"), "accessories": text("bloc secteur"), "freight": ticks("yes"), "text": text("Merci.")},
			"[2]rma-26-00132-7 bloc secteur true Merci.", func(e rules.Event) string {
				return fmt.Sprint(e.Received, e.Label, " ", e.Accessories, " ", e.FreightCollect, " ", e.Text)
			}, ""},
		{"nothing came", rules.EvReceive, m{"units": ticks()}, "", nil, "units: Please choose at least one."},
		{"only another unit came", rules.EvReceive, m{"units": ticks(), "extra": text("20EZ12AB34CD; GXP2170; grandstream\n00:0B:82:12:34:56")},
			"[] 20EZ12AB34CD GXP2170 grandstream, 000B82123456", func(e rules.Event) string {
				return fmt.Sprintf("%v %s %s %s, %s", e.Received, e.Items[0].Serial, e.Items[0].Model, e.Items[0].Manufacturer, e.Items[1].MAC)
			}, ""},
		{"a unit of a maker with a slip", rules.EvReceive, m{"units": ticks("1"), "extra": text("20EZ12AB34CD; GXP2170; Granstream")}, "", nil,
			"extra: The policy knows no manufacturer “Granstream”. Perhaps Grandstream is meant."},
		{"a unit without a number", rules.EvReceive, m{"units": ticks("1"), "extra": text("–; GXP2170")}, "", nil, "extra: “–; GXP2170” has no serial number."},
		{"outcomes", rules.EvTest, m{"item.1": choice("covered"), "date": date1("2026-12-04")}, "map[1:covered] 2026-12-04",
			func(e rules.Event) string { return fmt.Sprint(e.Outcomes, " ", dayText(e.Date)) }, ""},
		{"one outcome for all", rules.EvTest, m{"every": choice("no_fault_found"), "item.2": choice("repairable")}, "map[1:no_fault_found 2:repairable]",
			func(e rules.Event) string { return fmt.Sprint(e.Outcomes) }, ""},
		{"no outcome", rules.EvTest, m{}, "", nil, "item.1: Please choose one."},
		{"quote", rules.EvQuote, m{"amount": text("€ 1.234,50"), "date": date1("2026-12-24")}, "€ 1.234,50 2026-12-24", func(e rules.Event) string { return e.Amount + " " + dayText(e.Date) }, ""},
		{"a quote of nothing", rules.EvQuote, m{"amount": text("  ")}, "", nil, "amount: Please write the amount with its currency, such as 96.50 EUR."},
		{"a quote without a currency", rules.EvQuote, m{"amount": text("12,50")}, "", nil, `amount: "12,50" has no currency: write it behind the amount, such as 12,50 EUR.`},
		{"a quote that can mean two things", rules.EvQuote, m{"amount": text("1.234 EUR")}, "", nil, `amount: "1.234" can mean 1 thousand or a number with decimals: write it as 1234.50 EUR.`},
		{"how he accepted", rules.EvAcceptOnBehalf, m{"justification": text("on the telephone"), "date": date1("x")}, "on the telephone true", func(e rules.Event) string { return fmt.Sprint(e.Justification, " ", e.Date.IsZero()) }, ""},
		{"to the manufacturer", rules.EvSendToVendor, m{"units": ticks("1"), "vendor_rma": text("GS-1"), "tracking": text("1Z9")}, "[1] GS-1 1Z9", func(e rules.Event) string { return fmt.Sprint(e.Units, " ", e.VendorRMA, " ", e.Tracking) }, ""},
		{"nothing to the manufacturer", rules.EvSendToVendor, m{}, "", nil, "units: Please choose at least one."},
		{"back", rules.EvBackFromVendor, m{"units": ticks("2")}, "[2]", func(e rules.Event) string { return fmt.Sprint(e.Units) }, ""},
		{"credit", rules.EvCredit, m{"units": ticks("1"), "amount": text("184,00 EUR")}, "map[1:credited] 184,00 EUR", func(e rules.Event) string { return fmt.Sprint(e.Resolutions, " ", e.Amount) }, ""},
		{"ship", rules.EvShip, m{"every": choice("replaced"), "item.2": choice("repaired"), "serials": text("sn-9"), "tracking": text("T"), "date": date1("2026-11-20")},
			"map[1:replaced 2:repaired] map[1:sn-9] T 2026-11-20", func(e rules.Event) string {
				return fmt.Sprint(e.Resolutions, " ", e.Replacements, " ", e.Tracking, " ", dayText(e.Date))
			}, ""},
		{"serials by unit", rules.EvShip, m{"every": choice("replaced"), "serials": text("2: B-1\nA-1")}, "map[1:A-1 2:B-1]", func(e rules.Event) string { return fmt.Sprint(e.Replacements) }, ""},
		{"a serial too many", rules.EvShip, m{"item.1": choice("replaced"), "serials": text("A-1\nA-2")}, "", nil, "serials: “A-2” belongs to no unit that is replaced above."},
		{"a serial of a unit that is not replaced", rules.EvShip, m{"item.1": choice("replaced"), "serials": text("2: A-2")}, "", nil, "serials: “2: A-2” belongs to no unit"},
		{"nothing is shipped", rules.EvShip, m{}, "", nil, "item.1: Please choose one."},
		{"back as it is", rules.EvReturnAsIs, m{"units": ticks("1", "2")}, "map[1:returned_as_is 2:returned_as_is]", func(e rules.Event) string { return fmt.Sprint(e.Resolutions) }, ""},
		{"handed over", rules.EvCollected, m{"units": ticks("2")}, "map[2:collected]", func(e rules.Event) string { return fmt.Sprint(e.Resolutions) }, ""},
		{"dispose", rules.EvDispose, m{"text": text("He said so.")}, "He said so.", func(e rules.Event) string { return e.Text }, ""},
		{"extend", rules.EvExtend, m{"date": date1("2026-12-31"), "justification": text("on holiday")}, "2026-12-31 on holiday", func(e rules.Event) string { return dayText(e.Date) + " " + e.Justification }, ""},
		{"extend to no day", rules.EvExtend, m{}, "", nil, "date: Please choose a day."},
		{"split", rules.EvSplit, m{"units": ticks("2")}, "2", func(e rules.Event) string { return fmt.Sprint(e.Items[0].Position) }, ""},
		{"merge", rules.EvMerge, m{"into": text("rma 26 00123 7")}, "RMA-26-00123-7", func(e rules.Event) string { return e.Into }, ""},
		{"merge into a mistyped number", rules.EvMerge, m{"into": text("RMA-26-00123-8")}, "", nil, `into: RMA number "RMA-26-00123-8" is mistyped: the check digit does not fit. Perhaps RMA-26-00123-7 is meant.`},
		{"merge into half a number", rules.EvMerge, m{"into": text("123")}, "", nil, `into: "123" is not an RMA number: it looks like RMA-26-00123-7. Perhaps RMA-26-00123-7 is meant.`},
		{"merge into nothing", rules.EvMerge, m{}, "", nil, "into: Please write the number of the case."},
		{"assign", rules.EvAssign, m{"person": user1("U0BEN")}, "U0BEN", func(e rules.Event) string { return e.Person.ID }, ""},
		{"assign to nobody", rules.EvAssign, m{}, "", nil, "person: Please choose somebody."},
		{"an empty note", rules.EvNote, m{"text": text(" ")}, "", nil, "text: Please write the note."},
		{"an empty letter", rules.EvWrite, m{}, "", nil, "text: Please write what the customer is told."},
		{"why not", rules.EvReject, m{"text": text("too much")}, "too much", func(e rules.Event) string { return e.Text }, ""},
		{"no MAC", rules.EvEdit, m{"language": choice("fr"), "unit.1.mac": text("80:5E:C0:11:22")}, "", nil, "unit.1.mac: “80:5E:C0:11:22” is no MAC address"},
		{"no maker", rules.EvEdit, m{"language": choice("fr"), "unit.1.maker": text("Yaelink")}, "", nil, "unit.1.maker: The policy knows no manufacturer “Yaelink”. Perhaps Yealink is meant."},
		{"bought tomorrow", rules.EvEdit, m{"language": choice("fr"), "purchase": date1("2027-01-01")}, "", nil, "purchase: This day lies ahead."},
		{"facts", rules.EvEdit, m{"language": choice("de"), "reason": choice("order_error"), "fault": text("dead"), "ref.order": text("PO 1, PO 2;PO 1"), "purchase": date1("2026-01-02"), "unit.1.serial": text("S1"),
			"unit.1.mac": text("80-5e-c0-11-22-33"), "unit.1.model": text("T54W"), "unit.1.maker": text("yealink"), "unit.2.serial": text("314501900002"), "unit.2.mac": text("805EC0112233"), "unit.2.model": text(nasty), "unit.2.maker": text("Yealink")},
			"de order_error dead [PO 1 PO 2] 2026-01-02 1 S1 805EC0112233 T54W yealink", func(e rules.Event) string {
				it := e.Items[0]
				return fmt.Sprint(e.Language, " ", e.Claim.Reason, " ", e.Claim.Fault, " ", e.Claim.References.Order, " ", e.Claim.PurchaseDate, " ", it.Position, " ", it.Serial, " ", it.MAC, " ", it.Model, " ", it.Manufacturer)
			}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, f := testForm(c.kind, 2)
			e, wrong := f.read(entered(t, c.state))
			if c.wrong == "" {
				if len(wrong) > 0 || c.of(e) != c.want {
					t.Errorf("read %q, want %q; wrong %v", c.of(e), c.want, wrong)
				}
				return
			}
			block, says, _ := strings.Cut(c.wrong, ": ")
			if !strings.HasPrefix(wrong[block], says) {
				t.Errorf("wrong %v, want %q", wrong, c.wrong)
			}
			for block := range wrong {
				if !f.has(block) {
					t.Errorf("the error is at %s, where no input is", block)
				}
			}
		})
	}
}

func TestGoodsWithoutWarrantyNeedNoVerdict(t *testing.T) {
	_, f := testForm(rules.EvApprove, 2)
	f.c.Reason = rules.OrderError
	e, wrong := f.read(entered(t, m{"item.2": choice("refused_technical"), "item.1": choice("in_warranty")}))
	if len(wrong) > 0 || len(e.Verdicts) != 1 || e.Verdicts[2] != rules.RefusedTechnical {
		t.Errorf("%v, wrong %v", e.Verdicts, wrong)
	}
}

// What stands in a form that nobody touches is what is known, and nothing that
// is known is lost by sending it so.
func TestAnUntouchedEditChangesNothing(t *testing.T) {
	for _, items := range []int{1, 6, 7, 60} {
		_, f := testForm(rules.EvEdit, items)
		f.c.References.Order, f.c.PurchaseDate, f.c.Ordered = []string{"PO 1", "PO 2"}, "2026-01-02", "T57W"
		f.c.Fault = strings.Repeat("It is dead. ", 400)
		if !f.open() {
			t.Fatalf("%d units: the form is not complete as it opens", items)
		}
		cl := f.event.Claim
		if len(f.event.Items) > 0 || cl.Reason != f.c.Reason || cl.Fault != f.c.Fault || cl.Ordered != "T57W" || cl.PurchaseDate != "2026-01-02" ||
			!reflect.DeepEqual(cl.References.Order, f.c.References.Order) || f.event.Language != "fr" || !f.event.Whole {
			t.Errorf("%d units: an untouched form says %+v", items, f.event)
		}
	}
}

func TestEditByLines(t *testing.T) {
	_, f := testForm(rules.EvEdit, 7)
	state := initialValues(f.inputs())
	line := "S-7; 80:5E:C0:11:22:44; T57W; Snom"
	state["item.7"] = map[string]value{input: {Value: &line}}
	e, wrong := f.read(state)
	want := rules.Item{Position: 7, Serial: "S-7", MAC: "805EC0112244", Model: "T57W", Manufacturer: "snom"}
	if len(wrong) > 0 || len(e.Items) != 1 || e.Items[0] != want {
		t.Errorf("%+v, wrong %v", e.Items, wrong)
	}
	long := "a; b; c; d; e; f"
	state["item.7"] = map[string]value{input: {Value: &long}}
	if _, wrong := f.read(state); !strings.Contains(wrong["item.7"], "In this order") {
		t.Errorf("wrong %v", wrong)
	}
}

// anyPreview makes what a form may have to show.
func anyPreview(t *rapid.T) *notify.Preview {
	if rapid.IntRange(0, 3).Draw(t, "bare") == 0 {
		return &notify.Preview{Again: make([]notify.Mail, rapid.IntRange(0, 30).Draw(t, "mails again"))}
	}
	long := func(label string) string {
		return strings.Repeat(anyText(t, label)+"\n", rapid.IntRange(0, 2000).Draw(t, label+" lines"))
	}
	return &notify.Preview{Body: long("body"), Head: anyText(t, "head"), Foot: long("foot"), Reading: long("reading"), Second: anyText(t, "second"),
		Mail: &notify.Mail{To: anyText(t, "to"), Subject: anyText(t, "subject"), Language: "fr", Attachments: make([]notify.Attachment, 3)}}
}

func TestFormsAlwaysFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(rules.StaffEvents()).Draw(t, "kind")
		items := rapid.SampledFrom([]int{0, 1, 2, 10, 59, 60, 61, 250}).Draw(t, "units")
		d, f := testForm(kind, items)
		f.open()
		f.remark = anyText(t, "remark")
		if rapid.Bool().Draw(t, "previewed") {
			f.preview = anyPreview(t)
		}
		if rapid.Bool().Draw(t, "rewritten") {
			f.letter = strings.Repeat(anyText(t, "letter")+" ", rapid.IntRange(0, 500).Draw(t, "words"))
		}
		v := d.formView(f)
		checkBlocks(t, 100, v.Blocks.BlockSet)
		checkText(t, v.Title, 24)
		checkText(t, v.Submit, 24)
		checkText(t, v.Close, 24)
		if len(v.PrivateMetadata) > 3000 {
			t.Fatal("private_metadata too long")
		}
		if b, err := json.Marshal(v); err != nil || len(b) > 250_000 {
			t.Fatalf("view of %d bytes, %v", len(b), err)
		}
		checkBlocks(t, 100, d.keptView(f.entered, anyText(t, "told")).Blocks.BlockSet)
	})
}

// However long a mail is, what nobody touched comes back as it was, and every
// piece fits its input.
func TestPiecesComeBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"word", "é", " ", "\n", "\n\n", "- ", "1. ", "   ", strings.Repeat("x", 900), "**b**"}), 0, 60).Draw(t, "words")
		body := tidied(strings.Join(words, ""))
		v := values{}
		for i, p := range pieces(body) {
			if n := utf8.RuneCountInString(p.text); n > pieceLength {
				t.Fatalf("a piece of %d characters", n)
			}
			v[p.block(i, "x")] = map[string]value{input: {Value: &p.text}}
		}
		a := &answers{values: v}
		if got := a.letter(); got != body {
			t.Fatalf("came back as\n%q\nnot\n%q", got, body)
		}
	})
}
