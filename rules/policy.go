package rules

import (
	_ "embed"
)

// Policy is what the desk goes by: a YAML file that a desk manager edits. The
// zero Policy is of no use; DefaultPolicy and LoadPolicy make one.
type Policy struct {
	Version        string         `yaml:"version"`         // stands in every decision
	Automatic      Automatic      `yaml:"automatic"`       // what the desk does without asking staff
	Reasons        Reasons        `yaml:"reasons"`         // what each reason for a return requires
	Processes      Processes      `yaml:"processes"`       // what each manufacturer's process requires
	DefaultProcess Process        `yaml:"default_process"` // of a manufacturer that names none
	Warranty       Warranty       `yaml:"warranty"`
	Clocks         Clocks         `yaml:"clocks"`
	Calendar       Calendar       `yaml:"calendar"`
	Limits         Limits         `yaml:"limits"`
	Guards         Guards         `yaml:"guards"`       // who writes, and what became of the unit before
	Distributors   []Distributor  `yaml:"distributors"` // who sell on: their customers return to them
	Quotes         Quotes         `yaml:"quotes"`
	Fees           Fees           `yaml:"fees"`
	Disposal       Disposal       `yaml:"disposal"`
	SecondPerson   SecondPerson   `yaml:"second_person"`  // over which values one person's click is not enough
	MailProviders  []string       `yaml:"mail_providers"` // lower-case domains that make no colleagues: anybody can have an address there
	Rules          []Rule         `yaml:"rules"`          // free rules, the first that fits decides
	Manufacturers  []Manufacturer `yaml:"manufacturers"`  // the shipped catalogue with the operator's changes
}

// Automatic says what the desk does alone. What it may not do it proposes to
// staff.
type Automatic struct {
	Acknowledge bool `yaml:"acknowledge"` // write that the request has arrived
	Ask         bool `yaml:"ask"`         // ask the customer for what is missing
	Refer       bool `yaml:"refer"`       // send the customer to the manufacturer
	Approve     bool `yaml:"approve"`
	Refuse      bool `yaml:"refuse"`
	Remind      bool `yaml:"remind"` // remind the customer when he lets a deadline pass
	Close       bool `yaml:"close"`  // close a case in which the customer stays silent
}

// Reasons holds the terms of each reason.
type Reasons struct {
	OrderError    ReasonTerms `yaml:"order_error"`
	DeliveryError ReasonTerms `yaml:"delivery_error"`
	Defective     ReasonTerms `yaml:"defective"`
}

// Of returns the terms of a reason; of the unknown reason, none.
func (r Reasons) Of(reason Reason) ReasonTerms {
	switch reason {
	case OrderError:
		return r.OrderError
	case DeliveryError:
		return r.DeliveryError
	case Defective:
		return r.Defective
	}
	return ReasonTerms{}
}

// ReasonTerms is on what terms goods come back for one reason.
type ReasonTerms struct {
	Requires   []Fact `yaml:"requires"`   // facts without which a request is not complete
	Conditions string `yaml:"conditions"` // for staff: what is looked at when the goods arrive
	Fee        Fee    `yaml:"restocking_fee"`
}

// Fee is a restocking fee: a share of the price, and the least that is taken.
type Fee struct {
	Percent  float64 `yaml:"percent"`
	Minimum  float64 `yaml:"minimum"`
	Currency string  `yaml:"currency"`
}

// Processes holds the terms of each process.
type Processes struct {
	Own          ProcessTerms `yaml:"own"`
	VendorTicket ProcessTerms `yaml:"vendor_ticket"`
	VendorDirect ProcessTerms `yaml:"vendor_direct"`
	SupportFirst ProcessTerms `yaml:"support_first"`
}

// Of returns the terms of a process; of an unknown one, none.
func (p Processes) Of(process Process) ProcessTerms {
	switch process {
	case Own:
		return p.Own
	case VendorTicket:
		return p.VendorTicket
	case VendorDirect:
		return p.VendorDirect
	case SupportFirst:
		return p.SupportFirst
	}
	return ProcessTerms{}
}

// ProcessTerms is what a defective unit needs under one process, beyond what
// its manufacturer requires.
type ProcessTerms struct {
	Requires []Fact `yaml:"requires"`
}

// Clocks says how long each state may last. Lists are reminders in order; all
// of one state count from the same moment.
type Clocks struct {
	TakeCharge    Span   `yaml:"take_charge"`    // new
	Validate      Span   `yaml:"validate"`       // in_charge, from when the request is complete
	AskReminders  []Span `yaml:"ask_reminders"`  // info_needed
	AskClose      Span   `yaml:"ask_close"`      // info_needed → closed, no_answer
	ShipReminders []Span `yaml:"ship_reminders"` // validated
	ShipClose     Span   `yaml:"ship_close"`     // validated → closed, not_shipped
	Test          Span   `yaml:"test"`           // received
	QuoteRemind   []Span `yaml:"quote_reminders"`
	Storage       Span   `yaml:"storage"`  // quoted and uncollected together, from the quote
	Repair        Span   `yaml:"repair"`   // in_process where no delivery date was promised
	Escalate      Span   `yaml:"escalate"` // a case that needs somebody: from when its owner is called until the group is
}

// Quotes says what stands in every quote.
type Quotes struct {
	VAT VATNote `yaml:"vat"`
}

// VATNote says whether the amounts of quotes hold the value added tax.
type VATNote string

// The notes on VAT; the empty one says nothing.
const (
	VATExcluded VATNote = "excluded"
	VATIncluded VATNote = "included"
	VATNone     VATNote = "none"
)

// Fees are what the customer pays besides a quote.
type Fees struct {
	NoFaultFound Money `yaml:"no_fault_found"` // for the test of a unit that goes back as it is; nothing: no fee
}

// Disposal says how goods are disposed of that nobody collects: by two clicks
// of staff, never by the clock.
type Disposal struct {
	SecondPerson bool `yaml:"second_person"` // the second click must be another person's
}

// SecondPerson says over which values a click of staff only asks, and another
// person confirms or rejects it. The zero value needs none.
type SecondPerson struct {
	Credit   Money `yaml:"credit"`   // what one case is credited in all
	Quote    Money `yaml:"quote"`    // the amount of a quote
	Replaced int   `yaml:"replaced"` // units of one case that are replaced; 0: one person may replace all
}

// Limits caps automatic answers (RFC 3834 section 2), so that no loop can run.
type Limits struct {
	PerAddressHour int `yaml:"per_address_hour"`
	PerDomainHour  int `yaml:"per_domain_hour"`
	PerCaseHour    int `yaml:"per_case_hour"`
	PerCaseDay     int `yaml:"per_case_day"` // against a machine that answers too slowly for the caps of an hour
	TotalHour      int `yaml:"total_hour"`
}

// StrangersHour is how many of the answers of an hour may go to senders whom
// nothing proves: a tenth. Whoever forges senders by the hundred uses up that part,
// and not the customers'.
func (l Limits) StrangersHour() int { return max(1, l.TotalHour/10) }

//go:embed policy.yaml
var shippedPolicy []byte

//go:embed manufacturers.yaml
var shippedCatalogue []byte

// Manufacturer finds one by its id.
func (p *Policy) Manufacturer(id string) (Manufacturer, bool) {
	for _, m := range p.Manufacturers {
		if m.ID == id {
			return m, true
		}
	}
	return Manufacturer{}, false
}
