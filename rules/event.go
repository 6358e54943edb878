package rules

import "time"

// EventKind names what happened to a case.
type EventKind string

// Events by the customer's mail.
const (
	EvRequest       EventKind = "request"        // the mail that opened the case
	EvAnswer        EventKind = "answer"         // a mail in the thread: facts, or just news
	EvTracking      EventKind = "tracking"       // the goods are on their way
	EvQuoteAccepted EventKind = "quote_accepted" // in writing, by a proven sender
	EvQuoteDeclined EventKind = "quote_declined"
	EvWithdrawal    EventKind = "withdrawal"
	EvQuestion      EventKind = "question"
)

// Events by staff.
const (
	EvTakeCharge     EventKind = "take_charge"
	EvAsk            EventKind = "ask"
	EvApprove        EventKind = "approve"
	EvRefuse         EventKind = "refuse"
	EvRefer          EventKind = "refer"
	EvReceive        EventKind = "receive"
	EvTest           EventKind = "test_outcome"
	EvQuote          EventKind = "quote"
	EvAcceptOnBehalf EventKind = "accept_on_behalf"
	EvSendToVendor   EventKind = "send_to_manufacturer"
	EvBackFromVendor EventKind = "back_from_manufacturer"
	EvCredit         EventKind = "credit"
	EvShip           EventKind = "ship"
	EvReturnAsIs     EventKind = "return_as_is"
	EvCollected      EventKind = "collected"
	EvDispose        EventKind = "dispose"
	EvExtend         EventKind = "extend"
	EvEdit           EventKind = "edit_facts"
	EvSplit          EventKind = "split"
	EvMerge          EventKind = "merge"
	EvAssign         EventKind = "assign"
	EvNote           EventKind = "note"
	EvWrite          EventKind = "write" // tells the customer what staff write, and moves nothing
	EvReopen         EventKind = "reopen"
	EvResend         EventKind = "resend"      // send the mail again that could not be delivered
	EvFixAddress     EventKind = "fix_address" // and to another address
	EvConfirm        EventKind = "confirm"     // do what somebody else asked for, see Asked
	EvReject         EventKind = "reject"      // or do not
)

// Events by the clock and by the courier.
const (
	EvTick           EventKind = "tick"
	EvDeliveryFailed EventKind = "delivery_failed"
)

// ActorKind says whose hand an event comes from.
type ActorKind string

// The kinds of actors.
const (
	ByCustomer ActorKind = "customer"
	ByStaff    ActorKind = "staff"
	ByClock    ActorKind = "clock"
	ByCourier  ActorKind = "courier"
)

// Actor is whose hand an event comes from: a mail address or a Slack user ID.
type Actor struct {
	Kind  ActorKind
	ID    string
	Name  string
	Trust Trust // of a customer
}

// Event is something that happened to a case. Only the fields that its kind
// needs are set.
type Event struct {
	Kind        EventKind
	Actor       Actor
	Claim       Claim               // customer's events
	Records     Records             `json:"-"` // what register, directory and casebook know
	Verdicts    map[int]Verdict     // approve: by item position
	Refusal     Verdict             // refuse: RefusedCommercial or RefusedTechnical
	Missing     []Missing           // ask
	Text        string              // what staff write to the customer, in his language; or the note
	Mail        string              // the mail that goes out, as staff have rewritten it; empty: as it is composed
	Link        string              // refer
	Received    []int               // receive: item positions that arrived
	Outcomes    map[int]TestOutcome // test_outcome
	Resolutions map[int]Resolution  // ship, credit, …
	Amount      string              // quote; credit: the price paid; with its currency, see ParseMoney
	Date        time.Time           // promised delivery; extend until; quote: valid until; ship: when it left
	Tracking    string              // ship, return_as_is, send_to_manufacturer
	Items       []Item              // edit_facts, split; receive: units in the box that the case does not name
	Into        string              // merge: number of the case that takes the items
	Other       *Case               `json:"-"` // merge: that case
	Joined      bool                // answer: the mail is no answer to one of ours, but about a unit of this open case
	Vouched     bool                // request, answer: a person has looked at the mail, so nothing holds it for one any more

	Label          string         // receive: the RMA number on the parcel, where there was one
	Accessories    string         // receive: what should have been in the box and was not, in the customer's language
	FreightCollect bool           // receive: the carrier wants the carriage of the desk
	Units          []int          // send_to_manufacturer, back_from_manufacturer: item positions; none: all
	VendorRMA      string         // send_to_manufacturer: its number for the units
	Replacements   map[int]string // ship: serials of the units that were given instead
	Justification  string         // extend, of stored goods: why, as the customer or staff wrote; accept_on_behalf: how he accepted
	Language       string         // edit_facts: what the customer is written in from now on
	Whole          bool           // edit_facts: the claim and each item are all that is known; what they leave out is struck
	Person         Person         // assign
	Address        string         // fix_address
	Failure        string         // delivery_failed: what the server said
}

// Click is a staff event as it comes from Slack: which case, as of which
// version the person saw it.
type Click struct {
	Number  string // case
	Version int    // of the card that was clicked
	Event   Event
	Seen    string // names the mail that the person saw, as composed; empty: none was shown

	// Where the person's own message stands that this event was made of: it is
	// not posted a second time. Empty for a button.
	Channel, TS string
}

// Outcome is the one word for what a decision does; see explain's contract.
type Outcome string

// The outcomes of a decision.
const (
	OutOpen    Outcome = "open"
	OutAsk     Outcome = "ask"
	OutRefer   Outcome = "refer"
	OutRefuse  Outcome = "refuse"
	OutApprove Outcome = "approve"
	OutUpdate  Outcome = "update"
	OutHold    Outcome = "hold"
	OutIgnore  Outcome = "ignore"
)

// NoticeKind names a text that a customer gets; templates/ has one for each,
// in each language.
type NoticeKind string

// The notices.
const (
	NoticeAcknowledged     NoticeKind = "acknowledged"      // received, complete, number
	NoticeQuestion         NoticeKind = "question"          // numbered, per item, only what is missing
	NoticeQuestionReminder NoticeKind = "question_reminder" // the same again
	NoticeCompleted        NoticeKind = "completed"         // thank you, now all is there
	NoticeReferral         NoticeKind = "referral"          // the manufacturer handles it, link
	NoticeInCharge         NoticeKind = "in_charge"
	NoticeValidated        NoticeKind = "validated" // per item in or out of warranty, return instructions
	NoticeRefused          NoticeKind = "refused"
	NoticeGoodsReminder    NoticeKind = "goods_reminder"
	NoticeReceived         NoticeKind = "received" // and what is missing of a partial receipt
	NoticeQuote            NoticeKind = "quote"
	NoticeQuoteReminder    NoticeKind = "quote_reminder"
	NoticeInProcess        NoticeKind = "in_process"
	NoticeUncollected      NoticeKind = "uncollected"
	NoticeCollectReminder  NoticeKind = "collect_reminder"
	NoticeShipped          NoticeKind = "shipped" // closed with success
	NoticeCredited         NoticeKind = "credited"
	NoticeReturned         NoticeKind = "returned" // as it is
	NoticeClosedNoAnswer   NoticeKind = "closed_no_answer"
	NoticeClosedNotShipped NoticeKind = "closed_not_shipped"
	NoticeClosedCollected  NoticeKind = "closed_collected"
	NoticeClosedDisposed   NoticeKind = "closed_disposed"
	NoticeWithdrawn        NoticeKind = "withdrawn"
	NoticeStatus           NoticeKind = "status"         // answer to a question
	NoticeMessage          NoticeKind = "message"        // staff's own words, nothing else
	NoticeJoined           NoticeKind = "joined"         // the unit has an open case, and the mail was put to it
	NoticeMerged           NoticeKind = "merged"         // the case goes on under another number
	NoticeParcelRefused    NoticeKind = "parcel_refused" // it came freight collect
)

// Notices lists every notice, so that templates can be checked for all of them.
func Notices() []NoticeKind {
	return []NoticeKind{
		NoticeAcknowledged, NoticeQuestion, NoticeQuestionReminder, NoticeCompleted,
		NoticeReferral, NoticeInCharge, NoticeValidated, NoticeRefused, NoticeGoodsReminder,
		NoticeReceived, NoticeQuote, NoticeQuoteReminder, NoticeInProcess, NoticeUncollected,
		NoticeCollectReminder, NoticeShipped, NoticeCredited, NoticeReturned,
		NoticeClosedNoAnswer, NoticeClosedNotShipped, NoticeClosedCollected,
		NoticeClosedDisposed, NoticeWithdrawn, NoticeStatus, NoticeMessage, NoticeJoined, NoticeMerged, NoticeParcelRefused,
	}
}

// Field names a part of a staff event that a person fills in.
type Field string

// The fields that a refusal can be about.
const (
	FieldText    Field = "text"
	FieldAmount  Field = "amount"
	FieldDate    Field = "date"
	FieldInto    Field = "into"
	FieldUnits   Field = "units"
	FieldSerials Field = "serials" // of replacements
	FieldReason  Field = "justification"
)

// ReferredTo says to whom a customer is referred; the empty one is the
// manufacturer, or whom staff name.
type ReferredTo string

// Whom a customer is referred to beside the manufacturer.
const (
	ToDistributor ReferredTo = "distributor"
	ToSales       ReferredTo = "sales"
)

// Notice is one thing that the customer is told because of a decision. Compose
// makes the text from it and the case as it is after the decision.
type Notice struct {
	Kind     NoticeKind
	Missing  []Missing  // question, question_reminder
	Text     string     // staff's words, in the customer's language
	Link     string     // referral; question: where the manufacturer's ticket is opened, empty where none is asked for
	Tracking string     // shipped, returned
	Services []string   // named services that there are instead of an advance replacement
	To       ReferredTo // referral
	Party    string     // referral: the distributor's name
	Contact  string     // referral: how he, or the sales representative, is reached
	Date     time.Time  // shipped: when, where it was not today
	Into     string     // merged: the number that goes on
	Label    string     // received: the wrong number that stood on the parcel
	Lacking  string     // received: accessories that were not in the box
	Extra    []int      // received: units in the box that had not been announced
	Fee      Money      // credited: what was kept of the price; returned: for the test
	Amount   Money      // credited: what the customer gets
}

// Decision is what the rules make of one event.
type Decision struct {
	Outcome  Outcome
	Rule     string    // id of the rule that fired
	Why      string    // one sentence that a customer or a judge could read
	Refusal  string    // not empty: the lifecycle does not allow the event; Case is unchanged
	Field    Field     // of the event, that the refusal is about; empty: of no single one
	Missing  []Missing // outcome ask
	Case     Case      // as it is after the event
	Notices  []Notice  // to the customer
	Absorbed *Case     // merge: the other case, with the units that it took
	SplitOff *Case     // split: the new case with the items that left, without number and not yet stored
	Escalate bool      // staff let a deadline pass, or a mail cannot be delivered: somebody must be told
}
