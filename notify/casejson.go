package notify

import (
	"time"

	"retour/rules"
)

// CaseJSON is a case as other systems read it: in webhooks and from
// `retour case --json`. Its names are stable; members may be added. The doc tags
// are the descriptions of the JSON Schema.
type CaseJSON struct {
	Number      string          `json:"number" doc:"the RMA number; never changes, never given twice"`
	Version     int             `json:"version" doc:"rises with each change of the case: what has a lower one is older"`
	State       rules.State     `json:"state" doc:"where the case stands"`
	Closing     rules.Closing   `json:"closing,omitempty" doc:"how it ended; only of a closed case"`
	Reason      rules.Reason    `json:"reason,omitempty" doc:"why the goods come back; absent while it is not known"`
	Language    string          `json:"language,omitempty" doc:"what the customer is written in: en, fr, nl, it, de"`
	Group       string          `json:"group,omitempty" doc:"number of the first of the cases that came of one mail"`
	MergedInto  string          `json:"merged_into,omitempty" doc:"number of the case that goes on"`
	OpenedAt    time.Time       `json:"opened_at" doc:"when it was opened"`
	StateAt     time.Time       `json:"state_at" doc:"when the state was entered"`
	CompleteAt  time.Time       `json:"complete_at,omitzero" doc:"when nothing was missing any more"`
	AcceptedAt  time.Time       `json:"accepted_at,omitzero" doc:"when the return was approved"`
	Deadline    time.Time       `json:"deadline,omitzero" doc:"when the desk's clock acts next"`
	Promised    time.Time       `json:"promised,omitzero" doc:"delivery promised to the customer"`
	Late        bool            `json:"late" doc:"staff let a deadline of this state pass"`
	Undelivered bool            `json:"undelivered" doc:"the last mail to the customer did not arrive"`
	Shadow      bool            `json:"shadow,omitempty" doc:"opened in shadow mode: only to be looked at"`
	Rule        string          `json:"rule,omitempty" doc:"id of the rule that decided last"`
	Owner       *PersonJSON     `json:"owner,omitempty" doc:"who of the staff has charge of it"`
	Proposal    *ProposalJSON   `json:"proposal,omitempty" doc:"what the rules propose to staff"`
	Missing     []MissingJSON   `json:"missing,omitempty" doc:"what the customer was asked and has not answered"`
	Quote       *AmountJSON     `json:"quote,omitempty" doc:"what was quoted last"`
	Credit      *AmountJSON     `json:"credit,omitempty" doc:"what the customer was credited"`
	References  *ReferencesJSON `json:"references,omitempty" doc:"numbers that the customer has named"`
	Items       []ItemJSON      `json:"items,omitempty" doc:"the units"`
	Customer    *CustomerJSON   `json:"customer,omitempty" doc:"personal: only where the configuration says so"`
	Texts       *TextsJSON      `json:"texts,omitempty" doc:"personal: only where the configuration says so"`
}

// PersonJSON is a member of the staff.
type PersonJSON struct {
	ID   string `json:"id,omitempty" doc:"user ID in Slack"`
	Name string `json:"name,omitempty" doc:"as it is shown in Slack"`
}

// ProposalJSON is what the rules would do but leave to staff.
type ProposalJSON struct {
	Action rules.EventKind `json:"action" doc:"approve, refuse, refer or ask"`
	Rule   string          `json:"rule" doc:"id of the rule"`
	Why    string          `json:"why,omitempty" doc:"one sentence in English"`
}

// MissingJSON is one fact that was asked for.
type MissingJSON struct {
	Fact rules.Fact `json:"fact" doc:"what is missing"`
	Item int        `json:"item,omitempty" doc:"position of the unit; absent where the whole case is meant"`
}

// AmountJSON is an amount of money.
type AmountJSON struct {
	Cents    int64  `json:"cents" doc:"hundredths of the currency"`
	Currency string `json:"currency" doc:"ISO 4217"`
}

// ReferencesJSON are the numbers of papers.
type ReferencesJSON struct {
	RMA           []string `json:"rma,omitempty" doc:"RMA numbers of others"`
	VendorTicket  []string `json:"vendor_ticket,omitempty" doc:"of the manufacturer's support"`
	SupportTicket []string `json:"support_ticket,omitempty" doc:"of our own support"`
	Order         []string `json:"order,omitempty" doc:"orders"`
	Invoice       []string `json:"invoice,omitempty" doc:"invoices"`
	DeliveryNote  []string `json:"delivery_note,omitempty" doc:"delivery notes"`
	Tracking      []string `json:"tracking,omitempty" doc:"parcels to the desk"`
	PurchaseDate  string   `json:"purchase_date,omitempty" doc:"YYYY-MM-DD"`
}

// ItemJSON is one unit of a case.
type ItemJSON struct {
	Position     int               `json:"position" doc:"1, 2, … in its case"`
	Manufacturer string            `json:"manufacturer,omitempty" doc:"id of the policy; absent while it is not known"`
	Model        string            `json:"model,omitempty" doc:"as it was read"`
	Serial       string            `json:"serial,omitempty" doc:"serial number"`
	MAC          string            `json:"mac,omitempty" doc:"MAC address, twelve digits"`
	VendorTicket string            `json:"vendor_ticket,omitempty" doc:"ticket of the manufacturer's support for this unit"`
	Process      rules.Process     `json:"process,omitempty" doc:"what its manufacturer requires"`
	WarrantyTo   time.Time         `json:"warranty_to,omitzero" doc:"last day in warranty"`
	WarrantyWhy  string            `json:"warranty_why,omitempty" doc:"one sentence in English"`
	Verdict      rules.Verdict     `json:"verdict,omitempty" doc:"the ruling before the goods arrive"`
	Received     bool              `json:"received" doc:"the unit has come"`
	Outcome      rules.TestOutcome `json:"outcome,omitempty" doc:"what its test showed"`
	Resolution   rules.Resolution  `json:"resolution,omitempty" doc:"how it left the desk"`
	ReplacedBy   string            `json:"replaced_by,omitempty" doc:"serial number of the unit that was given instead"`
	VendorRMA    string            `json:"vendor_rma,omitempty" doc:"the manufacturer's number for it"`
	AtVendor     time.Time         `json:"at_vendor,omitzero" doc:"since when it is with its manufacturer"`
}

// CustomerJSON is the person whose case it is.
type CustomerJSON struct {
	Address string      `json:"address" doc:"mail address, lower case"`
	Name    string      `json:"name,omitempty" doc:"as he writes it"`
	Trust   rules.Trust `json:"trust,omitempty" doc:"how sure the desk is that his mails are from him"`
}

// TextsJSON is what was written.
type TextsJSON struct {
	Fault       string   `json:"fault,omitempty" doc:"the customer's words about the fault"`
	Ordered     string   `json:"ordered,omitempty" doc:"delivery error: what had been ordered, in his words"`
	Notes       []string `json:"notes,omitempty" doc:"what staff should see"`
	Undelivered string   `json:"undelivered,omitempty" doc:"why the last mail did not arrive"`
}

// NewCaseJSON is all that other systems may read of a case.
func NewCaseJSON(c rules.Case) CaseJSON {
	out := CaseJSON{
		Number: c.Number, Version: c.Version, State: c.State, Closing: c.Closing, Reason: c.Reason, Language: c.Language,
		Group: c.Group, MergedInto: c.MergedInto, Late: c.Late, Undelivered: c.Undelivered != "", Shadow: c.Shadow, Rule: c.Rule,
		OpenedAt: utc(c.OpenedAt), StateAt: utc(c.StateAt), CompleteAt: utc(c.CompleteAt), AcceptedAt: utc(c.AcceptedAt),
		Deadline: utc(c.Deadline), Promised: utc(c.Promised),
		Quote: amountOf(c.Quote), Credit: amountOf(c.Credit), References: referencesOf(c), Texts: textsOf(c),
	}
	if c.Owner != (rules.Person{}) {
		out.Owner = &PersonJSON{c.Owner.ID, c.Owner.Name}
	}
	if p := c.Proposal; p.Action != "" {
		out.Proposal = &ProposalJSON{p.Action, p.Rule, p.Why}
	}
	if c.Customer.Address != "" {
		out.Customer = &CustomerJSON{c.Customer.Address, c.Customer.Name, c.Customer.Trust}
	}
	for _, m := range c.Missing {
		out.Missing = append(out.Missing, MissingJSON(m))
	}
	for _, it := range c.Items {
		out.Items = append(out.Items, itemOf(it))
	}
	return out
}

// utc is a moment as it is written: all of them in one zone.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

func itemOf(it rules.Item) ItemJSON {
	return ItemJSON{
		Position: it.Position, Manufacturer: it.Manufacturer, Model: it.Model, Serial: it.Serial, MAC: it.MAC, VendorTicket: it.VendorTicket,
		Process: it.Process, WarrantyTo: utc(it.WarrantyTo), WarrantyWhy: it.WarrantyWhy, Verdict: it.Verdict, Received: it.Received,
		Outcome: it.Outcome, Resolution: it.Resolution, ReplacedBy: it.ReplacedBy, VendorRMA: it.VendorRMA, AtVendor: utc(it.AtVendor),
	}
}

// amountOf reads an amount as the rules keep it; nil where there is none.
func amountOf(text string) *AmountJSON {
	m, err := rules.ParseMoney(text)
	if err != nil {
		return nil
	}
	return &AmountJSON{m.Cents, m.Currency}
}

func referencesOf(c rules.Case) *ReferencesJSON {
	r := c.References
	out := ReferencesJSON{r.RMA, r.VendorTicket, r.SupportTicket, r.Order, r.Invoice, r.DeliveryNote, r.Tracking, c.PurchaseDate}
	for _, list := range [][]string{r.RMA, r.VendorTicket, r.SupportTicket, r.Order, r.Invoice, r.DeliveryNote, r.Tracking} {
		if len(list) > 0 {
			return &out
		}
	}
	if c.PurchaseDate != "" {
		return &out
	}
	return nil
}

func textsOf(c rules.Case) *TextsJSON {
	t := TextsJSON{Fault: c.Fault, Ordered: c.Ordered, Undelivered: c.Undelivered}
	for _, n := range c.Notes {
		t.Notes = append(t.Notes, n.Why)
	}
	if t.Fault == "" && t.Ordered == "" && t.Undelivered == "" && len(t.Notes) == 0 {
		return nil
	}
	return &t
}
