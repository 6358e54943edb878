package rules

import (
	"slices"
	"strings"
	"testing"
)

// The shipped policy is what the two policy documents say.
func TestShippedPolicyIsTheSeeds(t *testing.T) {
	p, err := DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Manufacturers) < 40 {
		t.Errorf("%d manufacturers", len(p.Manufacturers))
	}
	for _, c := range []struct {
		id      string
		process Process
		link    string
	}{
		{"grandstream", VendorTicket, "https://helpdesk.grandstream.com/"},
		{"gigaset", VendorDirect, "https://g-estore.com/logistics/repair_form_pro.php?lang=fr"},
		{"innovaphone", VendorDirect, "https://rma.innovaphone.com/"},
		{"ubiquiti", VendorDirect, "https://rma.ui.com/"},
		{"voismart", Own, ""},
		{"snom", SupportFirst, ""},
	} {
		m, ok := p.Manufacturer(c.id)
		if !ok || p.processOf(Item{Manufacturer: c.id}, Defective) != c.process || m.Link != c.link {
			t.Errorf("%s: %s %s", c.id, m.Process, m.Link)
		}
	}
	k := p.Clocks
	for want, got := range map[string]Span{
		"12 hours": k.TakeCharge, "2 working days": k.Validate, "15 working days": k.AskClose, "30 days": k.ShipClose,
		"5 working days": k.Test, "15 days": k.Storage, "3 working days": k.AskReminders[0], "14 days": k.ShipReminders[0], "13 days": k.QuoteRemind[1],
	} {
		if got.String() != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if a := p.Automatic; !a.Acknowledge || !a.Ask || !a.Refer || a.Approve || a.Refuse {
		t.Errorf("the desk alone acknowledges, asks and refers, nothing else: %+v", a)
	}
	if r := p.Reasons.OrderError; r.Fee.Percent == 0 || !slices.Contains(r.Requires, FactUnused) {
		t.Errorf("order error: %+v", r)
	}
	if p.Reasons.DeliveryError.Fee.Percent != 0 {
		t.Error("a delivery error costs the customer a fee")
	}
}

func TestOperatorsPolicyNamesOnlyWhatDiffers(t *testing.T) {
	p := policy(t, `
version: ours-3
clocks: {take_charge: 4 working hours}
manufacturers:
  - {id: gigaset, process: own}
  - {id: acme, name: Acme, process: vendor_ticket, requires: [serial, model], serials: [{expr: '\bAC\d{8}\b', examples: [AC12345678]}]}
`)
	shipped, err := DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	gigaset, _ := p.Manufacturer("gigaset")
	acme, ok := p.Manufacturer("acme")
	if p.Version != "ours-3" || p.Clocks.TakeCharge.String() != "4 working hours" || p.Clocks.Test.N != 5 {
		t.Errorf("%s %+v", p.Version, p.Clocks)
	}
	if gigaset.Process != Own || gigaset.Name != "Gigaset" || len(gigaset.Serials) == 0 || !ok || acme.Process != VendorTicket || len(p.Manufacturers) != len(shipped.Manufacturers)+1 {
		t.Errorf("%+v %+v", gigaset, acme)
	}
	c := Case{Reason: Defective, Items: []Item{{Position: 1, Manufacturer: "acme"}}}
	if got := sayMissing(p.missing(c)); got != "the model of unit 1, the serial number of unit 1, the ticket number of the manufacturer's support of unit 1 and a description of the fault" {
		t.Error(got)
	}
}

// Decisions name the version: two policies never go by the same one.
func TestVersionOfAPolicyWithoutOne(t *testing.T) {
	a, b := policy(t, "limits: {total_hour: 5}"), policy(t, "limits: {total_hour: 6}")
	if a.Version == b.Version || !strings.HasPrefix(a.Version, "shipped-1+") {
		t.Errorf("%s %s", a.Version, b.Version)
	}
}

func TestMissing(t *testing.T) {
	p := policy(t, "version: t")
	for _, c := range []struct {
		name string
		c    Case
		want string
	}{
		{"nothing said", Case{}, "the reason for the return and the manufacturer"},
		{"no unit", Case{Reason: Defective}, "the manufacturer, the serial number and a description of the fault"},
		{"a MAC does for a serial", Case{Reason: Defective, Fault: "x", Items: []Item{{Position: 1, Manufacturer: "voismart"}, {Position: 2, Manufacturer: "grandstream", MAC: "C074AD8C605F", VendorTicket: "20240115093422"}}},
			"the serial number of unit 1"},
		{"our support or the manufacturer's", Case{Reason: Defective, Fault: "x", Items: []Item{{Position: 1, Manufacturer: "snom", Serial: "S", VendorTicket: "T"}}}, ""},
		{"order error", Case{Reason: OrderError, Items: []Item{{Position: 1, Manufacturer: "gigaset"}}},
			"the model of unit 1, the order, invoice or delivery note number and the confirmation that the goods are unused and in their original packaging"},
		{"delivery error", Case{Reason: DeliveryError, Items: []Item{{Position: 1, Serial: "S"}}, References: References{DeliveryNote: []string{"BL 1"}}}, ""},
		{"a unit that staff ruled on is not asked for", Case{Reason: Defective, Fault: "x", References: References{SupportTicket: []string{"1"}},
			Items: []Item{{Position: 1, Manufacturer: "snom", Verdict: InWarranty}}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sayMissing(p.missing(c.c)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFreeRules(t *testing.T) {
	p := policy(t, `
rules:
  - {id: vip, when: 'domain == "vip.example"', then: open, why: VIP.}
  - {id: odd, when: 'items[5].model == "x"', then: open, why: Never.}
`)
	now := rome(t, "2026-01-12 10:00")
	for address, want := range map[string]string{"a@vip.example": "open vip", "a@other.example": "hold odd"} {
		cl := Claim{Reason: Defective, Items: []Item{{Manufacturer: "snom"}}}
		d := Decide(p, Draft(cl, Party{Address: address}, "en", Number(2026, 1), now), Event{Kind: EvRequest, Claim: cl}, now)
		if got := string(d.Outcome) + " " + d.Rule; got != want {
			t.Errorf("%s: %s (%s)", address, got, d.Why)
		}
	}
}

func TestWhoWritesIsRemembered(t *testing.T) {
	p := policy(t, "version: t")
	now := rome(t, "2026-01-12 10:00")
	c := Case{Number: Number(2026, 1), State: InCharge, Version: 1, ClockAt: now, Customer: Party{Address: "a@b.example", Trust: Known},
		Parties: []Party{{Address: "a@b.example", Trust: Known}}}
	write := func(address string, trust Trust) {
		c = Decide(p, c, Event{Kind: EvAnswer, Actor: Actor{Kind: ByCustomer, ID: address, Trust: trust}}, now).Case
	}
	write("a@b.example", Proven)
	write("a@b.example", Unknown)
	write("colleague@b.example", Proven)
	write("stranger@c.example", Unknown)
	if c.Customer.Trust != Proven || len(c.Parties) != 2 || c.Parties[1].Address != "colleague@b.example" {
		t.Errorf("%+v %+v", c.Customer, c.Parties)
	}
}
