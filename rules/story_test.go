package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// story is one case from the first mail on, as testdata/stories tells it:
// policy.yaml (what differs from the shipped one), story.yaml, and want, which
// -update writes.
type story struct {
	Start    string      `yaml:"start"` // local time, 2026-01-12 10:00
	Customer string      `yaml:"customer"`
	Trust    string      `yaml:"trust"`
	Mail     storyClaim  `yaml:"mail"`
	Then     []storyStep `yaml:"then"`
	Records  storyBook   `yaml:"records"`
	Other    storyOther  `yaml:"other"` // a second case, for merge
}

// storyBook is what register, directory and casebook know.
type storyBook struct {
	Register  bool              `yaml:"register"`
	Directory bool              `yaml:"directory"`
	Sales     []storySale       `yaml:"sales"`
	Account   string            `yaml:"account"` // number of the sender
	Role      Role              `yaml:"role"`
	Name      string            `yaml:"name"`
	Open      map[string]string `yaml:"open"`
	Returns   map[string]int    `yaml:"returns"`
	Repaired  map[string]string `yaml:"repaired"`
}

type storySale struct {
	Serial       string     `yaml:"serial"`
	Manufacturer string     `yaml:"manufacturer"`
	Model        string     `yaml:"model"`
	Customer     string     `yaml:"customer"`
	CustomerName string     `yaml:"customer_name"`
	Distributor  string     `yaml:"distributor"`
	Invoice      string     `yaml:"invoice"`
	Delivered    string     `yaml:"delivered"`
	Licensed     string     `yaml:"licensed"`
	Status       SaleStatus `yaml:"status"`
	ReplacedBy   string     `yaml:"replaced_by"`
	Replaces     string     `yaml:"replaces"`
}

type storyOther struct {
	State    State       `yaml:"state"`
	Customer string      `yaml:"customer"`
	Reason   Reason      `yaml:"reason"`
	Items    []storyItem `yaml:"items"`
}

func (b storyBook) records(t *testing.T) Records {
	r := Records{Register: b.Register, Directory: b.Directory, Open: b.Open, Returns: b.Returns, Sales: map[string]Sale{}, Repaired: map[string]time.Time{}}
	if b.Account != "" {
		r.Accounts = []Account{{Number: b.Account, Role: b.Role, Name: b.Name}}
	}
	for _, s := range b.Sales {
		sale := Sale{Serial: s.Serial, Manufacturer: s.Manufacturer, Model: s.Model, Customer: s.Customer, CustomerName: s.CustomerName, Distributor: s.Distributor,
			Invoice: s.Invoice, Status: s.Status, ReplacedBy: s.ReplacedBy, Replaces: s.Replaces}
		if s.Delivered != "" {
			sale.Delivered = date(t, s.Delivered)
		}
		if s.Licensed != "" {
			sale.Licensed = date(t, s.Licensed)
		}
		r.Sales[NumberKey(s.Serial)] = sale
	}
	for key, on := range b.Repaired {
		r.Repaired[key] = date(t, on)
	}
	return r
}

type storyClaim struct {
	Reason         Reason      `yaml:"reason"`
	Items          []storyItem `yaml:"items"`
	Fault          string      `yaml:"fault"`
	Text           string      `yaml:"text"`
	Bought         string      `yaml:"bought"`
	Order          []string    `yaml:"order"`
	Invoice        []string    `yaml:"invoice"`
	VendorTickets  []string    `yaml:"vendor_tickets"`
	SupportTickets []string    `yaml:"support_tickets"`
	Tracking       []string    `yaml:"tracking"`
	Confirmed      []Fact      `yaml:"confirmed"`
	Oversize       bool        `yaml:"oversize"`
	Ordered        string      `yaml:"ordered"`
	BoughtFrom     string      `yaml:"bought_from"`
	Advance        bool        `yaml:"advance"`
	FreightCollect bool        `yaml:"freight_collect"`
}

type storyItem struct {
	Position     int    `yaml:"unit"`
	Manufacturer string `yaml:"manufacturer"`
	Model        string `yaml:"model"`
	Serial       string `yaml:"serial"`
	Doubt        Doubt  `yaml:"doubt"`
	Meant        string `yaml:"meant"`
	MAC          string `yaml:"mac"`
	VendorTicket string `yaml:"vendor_ticket"`
}

type storyStep struct {
	After       Span                `yaml:"after"` // time that passes first
	Event       EventKind           `yaml:"event"`
	By          string              `yaml:"by"` // of staff
	Trust       string              `yaml:"trust"`
	Clock       int                 `yaml:"clock"` // instead of an event: let so many deadlines pass
	Mail        storyClaim          `yaml:"mail"`
	Verdicts    map[int]Verdict     `yaml:"verdicts"`
	Refusal     Verdict             `yaml:"refusal"`
	Ask         []storyAsk          `yaml:"ask"`
	Text        string              `yaml:"text"`
	Link        string              `yaml:"link"`
	Received    []int               `yaml:"received"`
	Outcomes    map[int]TestOutcome `yaml:"outcomes"`
	Resolutions map[int]Resolution  `yaml:"resolutions"`
	Amount      string              `yaml:"amount"`
	Date        string              `yaml:"date"`
	Tracking    string              `yaml:"tracking"`
	Items       []storyItem         `yaml:"items"`
	Into        string              `yaml:"into"`
	Address     string              `yaml:"address"`
	Failure     string              `yaml:"failure"`

	Joined         bool           `yaml:"joined"`
	Down           string         `yaml:"down"`   // the register does not answer
	Unsent         bool           `yaml:"unsent"` // a mail still waits in the outbox
	Label          string         `yaml:"label"`
	Accessories    string         `yaml:"accessories"`
	FreightCollect bool           `yaml:"freight_collect"`
	Units          []int          `yaml:"units"`
	VendorRMA      string         `yaml:"vendor_rma"`
	Replacements   map[int]string `yaml:"replacements"`
	Justification  string         `yaml:"justification"`
}

type storyAsk struct {
	Fact Fact `yaml:"fact"`
	Unit int  `yaml:"unit"`
}

func (c storyClaim) claim() Claim {
	return Claim{Reason: c.Reason, Items: items(c.Items), Fault: c.Fault, Text: c.Text, PurchaseDate: c.Bought, Confirmed: c.Confirmed, Oversize: c.Oversize,
		Ordered: c.Ordered, BoughtFrom: c.BoughtFrom, AdvanceWanted: c.Advance, FreightCollect: c.FreightCollect,
		References: References{Order: c.Order, Invoice: c.Invoice, VendorTicket: c.VendorTickets, SupportTicket: c.SupportTickets, Tracking: c.Tracking}}
}

func items(list []storyItem) []Item {
	var out []Item
	for _, it := range list {
		out = append(out, Item{Position: it.Position, Manufacturer: it.Manufacturer, Model: it.Model, Serial: it.Serial, MAC: it.MAC, VendorTicket: it.VendorTicket, Doubt: it.Doubt, Meant: it.Meant})
	}
	return out
}

func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runStory(t, file) })
	}
}

func runStory(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	p, err := LoadPolicy("policy.yaml", []byte("version: test\n"+parts["policy.yaml"]))
	if err != nil {
		t.Fatal(err)
	}
	var st story
	if err := DecodeYAML(file, []byte(parts["story.yaml"]), &st); err != nil {
		t.Fatal(err)
	}
	got := st.tell(t, p)
	if *update {
		writeWant(t, file, archive, got)
		return
	}
	if diff := cmp.Diff(parts["want"], got); diff != "" {
		t.Errorf("the story goes otherwise (-want +got):\n%s", diff)
	}
}

func writeWant(t *testing.T, file string, a *txtar.Archive, got string) {
	for i := range a.Files {
		if a.Files[i].Name == "want" {
			a.Files = append(a.Files[:i], a.Files[i+1:]...)
			break
		}
	}
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tell runs the story and writes it down, each case in turn.
func (st story) tell(t *testing.T, p *Policy) string {
	var b strings.Builder
	now, err := time.ParseInLocation("2006-01-02 15:04", st.Start, p.Calendar.zone)
	if err != nil {
		t.Fatal(err)
	}
	claims := Split(p, st.Mail.claim())
	for i, cl := range claims {
		if len(claims) > 1 {
			fmt.Fprintf(&b, "case %d\n", i+1)
		}
		c := Draft(cl, Party{Address: st.Customer, Trust: Trust(st.Trust)}, "en", Number(2026, i+1), now)
		customer := Actor{Kind: ByCustomer, ID: st.Customer, Trust: Trust(st.Trust)}
		run := storyRun{t: t, p: p, c: c, now: now, customer: customer, b: &b, records: st.Records.records(t), other: st.Other.draft(now)}
		run.decide(Event{Kind: EvRequest, Actor: customer, Claim: cl, Records: run.records})
		if i == 0 {
			for _, step := range st.Then {
				run.step(step)
			}
		}
	}
	return b.String()
}

// draft is the other case of a merge, its number the second of the year.
func (o storyOther) draft(now time.Time) *Case {
	if o.State == "" {
		return nil
	}
	c := Draft(Claim{Reason: o.Reason, Items: items(o.Items)}, Party{Address: o.Customer, Trust: Known}, "en", Number(2026, 2), now)
	c.State, c.Version = o.State, 1
	for i := range c.Items {
		c.Items[i].Received = stage(o.State) == withGoods
	}
	return &c
}

type storyRun struct {
	records  Records
	other    *Case
	t        *testing.T
	p        *Policy
	c        Case
	now      time.Time
	customer Actor
	b        *strings.Builder
}

func (r *storyRun) step(s storyStep) {
	if s.After.N > 0 {
		r.now = r.p.After(r.now, s.After)
	}
	for range s.Clock {
		if r.c.Deadline.IsZero() {
			fmt.Fprintf(r.b, "%s  no deadline\n", r.at(r.now))
			return
		}
		r.now = r.c.Deadline
		r.decide(Event{Kind: EvTick, Actor: Actor{Kind: ByClock}, Records: r.records})
	}
	if s.Clock == 0 {
		r.decide(r.event(s))
	}
}

func (r *storyRun) event(s storyStep) Event {
	actor := r.customer
	switch {
	case s.By != "":
		actor = Actor{Kind: ByStaff, ID: "U1", Name: s.By}
	case s.Event == EvDeliveryFailed:
		actor = Actor{Kind: ByCourier}
	case s.Event == EvTick:
		actor = Actor{Kind: ByClock}
	case s.Trust != "":
		actor.Trust = Trust(s.Trust)
	}
	e := Event{Kind: s.Event, Actor: actor, Claim: s.Mail.claim(), Verdicts: s.Verdicts, Refusal: s.Refusal, Text: s.Text, Link: s.Link,
		Received: s.Received, Outcomes: s.Outcomes, Resolutions: s.Resolutions, Amount: s.Amount, Tracking: s.Tracking,
		Items: items(s.Items), Into: s.Into, Address: s.Address, Failure: s.Failure,
		Joined: s.Joined, Label: s.Label, Accessories: s.Accessories, FreightCollect: s.FreightCollect, Units: s.Units, VendorRMA: s.VendorRMA,
		Replacements: s.Replacements, Justification: s.Justification, Other: r.other, Records: r.records}
	e.Records.Down, e.Records.Unsent = s.Down, s.Unsent
	if s.By != "" {
		e.Actor.ID = "U" + s.By
	}
	for _, a := range s.Ask {
		e.Missing = append(e.Missing, Missing{a.Fact, a.Unit})
	}
	if s.Date != "" {
		date, err := time.Parse(time.DateOnly, s.Date)
		if err != nil {
			r.t.Fatal(err)
		}
		e.Date = date
	}
	return e
}

func (r *storyRun) at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(r.p.Calendar.zone).Format("Mon 2006-01-02 15:04")
}

// decide writes one decision down in a few lines.
func (r *storyRun) decide(e Event) {
	before := r.c
	d := Decide(r.p, r.c, e, r.now)
	r.c = d.Case
	if d.Outcome != OutHold && d.Outcome != OutIgnore {
		r.c.Version++
	}
	state := string(r.c.State)
	if r.c.Closing != "" {
		state += " (" + string(r.c.Closing) + ")"
	}
	fmt.Fprintf(r.b, "%s  %s: %s -> %s, %s by %s\n", r.at(r.now), e.Kind, before.State, state, d.Outcome, d.Rule)
	fmt.Fprintf(r.b, "    %s\n", d.Why)
	for _, n := range d.Notices {
		fmt.Fprintf(r.b, "    told: %s\n", noticeWords(n))
	}
	for _, n := range r.c.Notes {
		if !slices.Contains(before.Notes, n) {
			fmt.Fprintf(r.b, "    noted: %s: %s\n", n.Rule, n.Why)
		}
	}
	if p := r.c.Proposal; p.Action != "" {
		fmt.Fprintf(r.b, "    proposed: %s by %s\n", p.Action, p.Rule)
	}
	if d.Escalate {
		fmt.Fprintf(r.b, "    staff are told\n")
	}
	if !r.c.Deadline.IsZero() {
		fmt.Fprintf(r.b, "    next: %s\n", r.at(r.c.Deadline))
	}
	if a := d.Absorbed; a != nil {
		fmt.Fprintf(r.b, "    %s is %s, proposed %q, and has", a.Number, a.State, a.Proposal.Action)
		for _, it := range a.Items {
			fmt.Fprintf(r.b, " %d:%s", it.Position, it.Serial)
		}
		fmt.Fprintln(r.b)
	}
	if d.SplitOff != nil {
		fmt.Fprintf(r.b, "    split off: %d units, first %s, %s\n", len(d.SplitOff.Items), d.SplitOff.Items[0].Serial, d.SplitOff.State)
	}
}

func noticeWords(n Notice) string {
	text := string(n.Kind)
	if len(n.Missing) > 0 {
		text += ": " + sayMissing(n.Missing)
	}
	extra := ""
	if len(n.Extra) > 0 {
		extra = fmt.Sprint("not announced: unit ", n.Extra)
	}
	date := ""
	if !n.Date.IsZero() {
		date = n.Date.Format(time.DateOnly)
	}
	for _, more := range []string{n.Link, n.Text, n.Tracking, strings.Join(n.Services, ", "), string(n.To), n.Party, n.Contact, date, n.Into, n.Label, n.Lacking, extra, n.Amount.String(), n.Fee.String()} {
		if more != "" {
			text += " | " + more
		}
	}
	return text
}
