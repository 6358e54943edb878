// Package rules decides: it holds the case, its lifecycle, the policy that a
// desk manager edits, warranty and working time. It is pure: the same policy,
// case, event and time always give the same decision, with its rule and its why.
package rules

import "time"

// Reason is why the goods come back.
type Reason string

// The reasons of the policy. The empty Reason means that the customer has not said.
const (
	OrderError    Reason = "order_error"    // the customer ordered the wrong thing; unused, original packaging
	DeliveryError Reason = "delivery_error" // something else came than was ordered
	Defective     Reason = "defective"      // it does not work
)

// Process is what a manufacturer requires before a defective unit may come back.
type Process string

// The processes. Only defective units follow them: a wrong order or a wrong
// delivery is the desk's own matter whoever made the unit.
const (
	Own          Process = "own"           // the desk handles it
	VendorTicket Process = "vendor_ticket" // the manufacturer's support must have confirmed the fault; its ticket number is required
	VendorDirect Process = "vendor_direct" // the customer goes to the manufacturer's own RMA page
	SupportFirst Process = "support_first" // our own support must have confirmed the fault
)

// Verdict is the ruling on one item before the goods arrive.
type Verdict string

// The verdicts.
const (
	InWarranty        Verdict = "in_warranty"
	OutOfWarranty     Verdict = "out_of_warranty"
	RefusedCommercial Verdict = "refused_commercial" // the serial is not among the sold products
	RefusedTechnical  Verdict = "refused_technical"  // no failure condition
)

// TestOutcome is what the test of a received item showed.
type TestOutcome string

// The outcomes of a test.
const (
	Covered       TestOutcome = "covered"
	ImproperUse   TestOutcome = "improper_use"
	Repairable    TestOutcome = "repairable" // at cost
	NotRepairable TestOutcome = "not_repairable"
	NoFaultFound  TestOutcome = "no_fault_found"
)

// Resolution is how an item left the desk.
type Resolution string

// The resolutions.
const (
	Repaired     Resolution = "repaired"
	Replaced     Resolution = "replaced"
	Credited     Resolution = "credited"
	ReturnedAsIs Resolution = "returned_as_is"
	Collected    Resolution = "collected"
	Disposed     Resolution = "disposed"
)

// Trust says how sure the desk is that a mail comes from whom it names.
type Trust string

// Proven: by a thread token or by aligned DKIM/SPF/DMARC. Known: by address
// alone. Unknown: neither. Forged: the receiving server says that DMARC failed.
const (
	Proven  Trust = "proven"
	Known   Trust = "known"
	Unknown Trust = "unknown"
	Forged  Trust = "forged"
)

// Party is somebody who writes and is written to.
type Party struct {
	Address string `json:"address"` // lower case
	Name    string `json:"name,omitempty"`
	Trust   Trust  `json:"trust,omitempty"` // the best that any of his mails in this case had
}

// Person is a member of the staff: the Slack user ID and the name shown there.
type Person struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// References are the numbers a customer names, as written, without label and '#'.
type References struct {
	RMA           []string `json:"rma,omitempty"`
	VendorTicket  []string `json:"vendor_ticket,omitempty"`
	SupportTicket []string `json:"support_ticket,omitempty"` // of our own support
	Order         []string `json:"order,omitempty"`
	Invoice       []string `json:"invoice,omitempty"`
	DeliveryNote  []string `json:"delivery_note,omitempty"`
	Tracking      []string `json:"tracking,omitempty"`
}

// Item is one unit in a case.
type Item struct {
	Unit         int64       `json:"-"`            // set by the casebook: the unit, whatever case it is in; 0 while it is not stored, and in shadow mode
	Position     int         `json:"position"`     // 1, 2, … in its case; how mails and cards name it
	Manufacturer string      `json:"manufacturer"` // id in the policy, empty while unknown
	Model        string      `json:"model,omitempty"`
	Serial       string      `json:"serial,omitempty"`
	MAC          string      `json:"mac,omitempty"`
	FoundIn      string      `json:"found_in,omitempty"` // body, subject, quoted, or the attachment's name
	VendorTicket string      `json:"vendor_ticket,omitempty"`
	Confidence   string      `json:"confidence,omitempty"`   // of the number that was read: sure, likely, weak; empty when a person gave it
	Doubt        Doubt       `json:"doubt,omitempty"`        // why the number must be asked again
	Meant        string      `json:"meant,omitempty"`        // the number that was probably meant; only ever asked
	Process      Process     `json:"process,omitempty"`      // set by Decide from the policy
	WarrantyTo   time.Time   `json:"warranty_to,omitzero"`   // last day in warranty; zero while unknown
	WarrantyWhy  string      `json:"warranty_why,omitempty"` // one sentence, English
	Verdict      Verdict     `json:"verdict,omitempty"`      // by staff, or by a rule that the policy lets decide alone
	Received     bool        `json:"received,omitempty"`
	Outcome      TestOutcome `json:"outcome,omitempty"`
	Resolution   Resolution  `json:"resolution,omitempty"`
	ReplacedBy   string      `json:"replaced_by,omitempty"` // serial of the unit that the customer got instead
	VendorRMA    string      `json:"vendor_rma,omitempty"`  // the manufacturer's number for this unit
	AtVendor     time.Time   `json:"at_vendor,omitzero"`    // since when it is with the manufacturer; zero: it is not
}

// Doubt is why a number cannot be taken as it was read.
type Doubt string

// The doubts.
const (
	Confusable Doubt = "confusable" // a letter stands where only a digit can, or the other way round
	Conflict   Doubt = "conflict"   // two sources say different things
	CheckDigit Doubt = "check"      // its check digit, or the MAC in its tail, is wrong
)

// Fact is something that the desk may have to ask for.
type Fact string

// The facts that a policy can require.
const (
	FactManufacturer  Fact = "manufacturer"
	FactModel         Fact = "model"
	FactSerial        Fact = "serial" // a MAC does where the manufacturer takes it for one
	FactNumber        Fact = "number" // a second look at a number that is in doubt
	FactReason        Fact = "reason"
	FactFault         Fact = "fault"          // what exactly does not work
	FactVendorTicket  Fact = "vendor_ticket"  // the manufacturer's ticket number
	FactSupportTicket Fact = "support_ticket" // our support's ticket number
	FactOrder         Fact = "order"          // order, invoice or delivery note number: one of them
	FactPurchaseDate  Fact = "purchase_date"
	FactUnused        Fact = "unused"       // confirmation: unused, in its original packaging
	FactOrdered       Fact = "ordered"      // what had been ordered instead
	FactSmallerMail   Fact = "smaller_mail" // the mail was over the size limit and could not be read
)

// Missing is one fact to ask for, of one item (1, 2, …) or of the whole case (0).
type Missing struct {
	Fact Fact `json:"fact"`
	Item int  `json:"item,omitempty"`
}

// State is where a case stands. Who enters and who leaves each state is the
// table in lifecycle.go.
type State string

// The states, in the order of a case's life.
const (
	New         State = "new"         // waits for staff to take charge
	InfoNeeded  State = "info_needed" // waits for the customer's answer; other clocks stand still
	InCharge    State = "in_charge"   // waits for validation, approval or refusal
	Validated   State = "validated"   // waits for the goods
	Received    State = "received"    // waits for the test
	Quoted      State = "quoted"      // waits for the customer's written acceptance
	InProcess   State = "in_process"  // repair, replacement, credit, or the manufacturer
	Uncollected State = "uncollected" // waits for collection at the customer's cost
	Closed      State = "closed"
)

// Closing is how a closed case ended.
type Closing string

// The ways to end.
const (
	Success                 Closing = "success"
	ClosedRefusedCommercial Closing = "refused_commercial"
	ClosedRefusedTechnical  Closing = "refused_technical"
	Referred                Closing = "referred" // the manufacturer or a distributor handles it
	NoAnswer                Closing = "no_answer"
	NotShipped              Closing = "not_shipped"
	Withdrawn               Closing = "withdrawn"
	ClosedCollected         Closing = "collected"
	ClosedDisposed          Closing = "disposed"
	Merged                  Closing = "merged" // its items live on in another case
	ClosedShadow            Closing = "shadow" // it was only to be looked at
)

// Proposal is what the rules would do but leave to staff.
type Proposal struct {
	Action EventKind `json:"action,omitempty"` // approve, refuse, refer, ask; empty: nothing is proposed
	Rule   string    `json:"rule,omitempty"`
	Why    string    `json:"why,omitempty"`
}

// Note is something about a case that staff should see until it is closed.
type Note struct {
	Rule string `json:"rule"` // of the guard that found it, or what it is about
	Why  string `json:"why"`
}

// Case is one RMA. Decide makes the next Case from the last one; the casebook
// stores it; nobody else changes one.
type Case struct {
	ID           int64         `json:"-"` // set by the casebook at insertion
	Number       string        `json:"number"`
	Version      int           `json:"version"` // of the stored row; the casebook adds one at each save
	State        State         `json:"state"`
	Closing      Closing       `json:"closing,omitempty"` // set exactly when State is Closed
	Reason       Reason        `json:"reason,omitempty"`
	Language     string        `json:"language"` // what the customer is written in: en, fr, nl, it, de
	Customer     Party         `json:"customer"`
	Parties      []Party       `json:"parties,omitempty"` // everybody whose mail a subject number may join, the customer included
	Items        []Item        `json:"items"`
	References   References    `json:"references"`
	PurchaseDate string        `json:"purchase_date,omitempty"` // YYYY-MM-DD
	Fault        string        `json:"fault,omitempty"`         // the customer's own words, shortened
	Ordered      string        `json:"ordered,omitempty"`       // delivery error: what had been ordered, in his words
	Missing      []Missing     `json:"missing,omitempty"`       // what was asked and not yet answered
	Confirmed    []Fact        `json:"confirmed,omitempty"`     // facts without a value that the customer confirmed (unused, …)
	Group        string        `json:"group,omitempty"`         // number of the first of sibling cases that came of one mail
	MergedInto   string        `json:"merged_into,omitempty"`
	Owner        Person        `json:"owner,omitzero"`
	Proposal     Proposal      `json:"proposal,omitzero"`
	OpenedAt     time.Time     `json:"opened_at"`
	StateAt      time.Time     `json:"state_at"`             // when State was entered
	CompleteAt   time.Time     `json:"complete_at,omitzero"` // when nothing was missing any more
	AcceptedAt   time.Time     `json:"accepted_at,omitzero"` // when it was validated: the date that goes on the delivery note
	Deadline     time.Time     `json:"deadline,omitzero"`    // when the clock acts next; zero: never
	Reminders    int           `json:"reminders,omitempty"`  // sent in this state
	Late         bool          `json:"late,omitempty"`       // staff let a deadline of this state pass
	Notes        []Note        `json:"notes,omitempty"`
	Quote        string        `json:"quote,omitempty"`       // the amount that was quoted, as Money writes it
	Credit       string        `json:"credit,omitempty"`      // what the customer was credited, as Money writes it
	Asked        *Asked        `json:"asked,omitempty"`       // what one person wants and another one must confirm; never changed in place
	Disposal     Person        `json:"disposal,omitzero"`     // who asked for the goods to be disposed of, until somebody confirms it
	Promised     time.Time     `json:"promised,omitzero"`     // delivery date promised to the customer
	ClockAt      time.Time     `json:"clock_at,omitzero"`     // from when the clock of the state counts
	Until        time.Time     `json:"until,omitzero"`        // the state's last deadline, where it is not the policy's: extended, or resumed
	AskedFrom    State         `json:"asked_from,omitempty"`  // info_needed: the state that goes on when the answer is there
	Left         time.Duration `json:"left,omitempty"`        // info_needed: what was left of the clock of AskedFrom, nanoseconds
	Unclear      int           `json:"unclear,omitempty"`     // answers in a row in which nothing was found of what was asked
	Undelivered  string        `json:"undelivered,omitempty"` // why the last mail to the customer did not arrive; empty when it did
	Rule         string        `json:"rule,omitempty"`        // of the last decision
	Why          string        `json:"why,omitempty"`         // of the last decision
	Policy       string        `json:"policy,omitempty"`      // version of the policy that made it
	Shadow       bool          `json:"shadow,omitempty"`      // opened in shadow mode: nobody was ever written to about it
}

// Claim is what one mail asserts, in the words of the rules. Intake makes it
// from ingest's facts.
type Claim struct {
	Reason       Reason
	Items        []Item
	References   References
	PurchaseDate string
	Fault        string // the customer's words about the fault, empty when he says nothing of it
	Text         string // the whole new text
	Confirmed    []Fact
	Oversize     bool     // only the header could be read
	Unread       []string // attachments that could not be read, each with why: staff must open them
	ReplyTo      string   // address of another house that he wants to be answered at; the desk answers where the mail came from

	Ordered        string // delivery error: what had been ordered, in the customer's words
	BoughtFrom     string // the words behind "bought from" or "through"
	AdvanceWanted  bool   // he wants another unit before his own is here
	FreightCollect bool   // he wants the desk to pay the carriage
}
