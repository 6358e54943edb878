// Package ingest understands mails: raw bytes become a Message, a Message
// becomes Facts. It is pure: no clock, no network, no disk. It never refuses a
// mail; what is wrong with one is collected in Message.Problems.
package ingest

import "time"

// Address is one mail address, lower case, and the decoded name beside it.
type Address struct {
	Name    string
	Address string
}

// Attachment is a part that is not the body. Inline pictures count.
type Attachment struct {
	Name      string
	MediaType string // lower case, without parameters
	Size      int    // decoded, bytes
	ContentID string // without angle brackets
	Inline    bool
	Data      []byte   // decoded; of a film or a sound the beginning; empty above Limits.Attachment
	Message   *Message // of a message/rfc822 part

	// What a reader of papers and pictures made of it between Parse and Extract.
	Text     string    // a spreadsheet's rows, cells parted by tabs; the text of a PDF; LF line ends
	Barcodes []Barcode // of a picture or of the pictures in a document
	Unread   string    // why it could not be read, one sentence for a person; empty when it could or need not
}

// Barcode is a code that was read from a picture.
type Barcode struct {
	Format string // as the field calls it: CODE_128, QR_CODE, EAN_13, …
	Text   string
}

// Message is a mail, decoded to UTF-8.
type Message struct {
	MessageID   string   // without angle brackets; empty where the mail has none
	InReplyTo   []string // without angle brackets, empty ones left out
	References  []string
	From        []Address
	Sender      []Address
	ReplyTo     []Address
	To, Cc      []Address
	ReturnPath  string // without angle brackets; "" and HasReturnPath for the null sender
	HasReturn   bool   // the mail has a Return-Path field
	Subject     string
	Date        time.Time           // zero where absent or unreadable
	Header      map[string][]string // every field, key in canonical MIME form, RFC 2047 decoded, unfolded, in order
	Text        string              // the body as plain text, LF line ends; of an HTML-only mail, made from it
	HTML        string              // the HTML body as it came
	Attachments []Attachment
	Problems    []Problem
	Report      *Report // of a delivery report (RFC 3464 or a known other form)

	// The Authentication-Results fields, in order, with nothing decoded: what an
	// encoded word hides in one is the sender's.
	verdicts []string
}

// Problem is something that is wrong with a mail and was lived with.
type Problem struct {
	Where string // header field or part number, "1.2"
	What  string
}

// Report is what a delivery report says.
type Report struct {
	Recipient  string   // the address that failed, lower case
	Failed     []string // every address that failed, lower case, Recipient among them
	Action     string   // failed, delayed, delivered, relayed, expanded; of a read receipt displayed, deleted, …
	Status     string   // RFC 3463, "5.1.1"; empty where none is given
	Diagnostic string   // the first line of the server's words
	OriginalID string   // Message-ID of the mail that bounced or was read, without angle brackets
}

// Kind is what sort of mail it is; see explain's contract.
type Kind string

// The kinds.
const (
	Request   Kind = "request"
	Reply     Kind = "reply"
	AutoReply Kind = "auto_reply"
	Bounce    Kind = "bounce"
	News      Kind = "notice"
	OwnMail   Kind = "own"
	Other     Kind = "other"
)

// Unit is one unit that the sender wants to return. Unknown fields are empty.
type Unit struct {
	Manufacturer string // catalogue id
	Model        string
	Serial       string // upper case, without spaces or dashes unless they belong to it
	MAC          string // twelve upper-case hex digits
	FoundIn      string // body, subject, quoted, or the attachment's name
	VendorTicket string // where the mail gives one for this unit
	Line         string // the line it was found on: the evidence
	LineNumber   int    // of that line in FoundIn's text, from 1; 0 where there are no lines
	Confidence   Confidence
	Doubt        Doubt  // why the number must be asked again; empty when it need not
	Meant        string // the number that was probably meant: for the question and for a person, never used unasked
}

// Confidence says how sure a find is.
type Confidence string

// Sure: the maker's own form with a label, a check or a known MAC prefix.
// Likely: a label or a form, not both. Weak: from quoted history, or a form
// that other numbers have too; a person should look.
const (
	Sure   Confidence = "sure"
	Likely Confidence = "likely"
	Weak   Confidence = "weak"
)

// Doubt is why a number cannot be taken as it stands.
type Doubt string

// Confusable: it fits the maker's form only with a letter read as a digit, or
// the other way round (O/0, I/1, S/5, B/8). Conflict: text, photo or MAC say
// different things. Check: its check digit, or the MAC in its tail, is wrong.
const (
	Confusable Doubt = "confusable"
	Conflict   Doubt = "conflict"
	CheckDigit Doubt = "check"
)

// References are the numbers that the sender names, without label and '#'.
type References struct {
	RMA, VendorTicket, SupportTicket, Order, Invoice, DeliveryNote, Tracking []string
}

// Auth is what the receiving server says of the sender (RFC 8601), or what the
// desk found out where it says nothing. Each is "pass", "fail", "none" or empty.
type Auth struct {
	DMARC, SPF, DKIM string
	Aligned          bool // DMARC passed, or DKIM or SPF passed for the From domain itself
}

// Facts is what one mail says.
type Facts struct {
	Kind           Kind
	KindWhy        string  // what told: a header, a phrase
	From           Address // credited to: of a PEC envelope or a staff forward the original sender
	Language       string  // en, fr, nl, it, de, und
	NewText        string  // what the sender wrote: no history, no signature, no disclaimer
	Reason         string  // order_error, delivery_error, defective, or empty
	Units          []Unit
	References     References
	PurchaseDate   string // YYYY-MM-DD or empty
	Answer         string // accept_quote, decline_quote, or empty
	Withdrawal     bool   // "we do not need the return any more"
	Question       bool   // asks how the case stands, and nothing else
	Fault          string // the words about the fault, empty when none
	Unused         bool   // says that the goods are unused, in their original packaging
	Ordered        string `json:",omitempty"` // wrong delivery: the models that had been ordered instead
	BoughtFrom     string `json:",omitempty"` // the words behind "bought from"
	AdvanceWanted  bool   `json:",omitempty"` // wants another unit before his own is here
	FreightCollect bool   `json:",omitempty"` // leaves the carriage to the desk
	MayAnswer      bool   // RFC 3834 and manners allow an automatic answer
	NoAnswerWhy    string // why not
}

// Manufacturer is what ingest must know of one, to read its numbers. All
// expressions are RE2; serials are matched on upper-cased text.
type Manufacturer struct {
	ID      string
	Names   []string // name and aliases, as people write them
	Domains []string
	Serials []SerialPattern
	Models  []ModelPattern
	Tickets []TicketPattern
	MACs    []string // prefixes, six to nine upper-case hex digits
	MACIsID bool     // a MAC alone names a unit
}

// SerialPattern is one form of serial number.
type SerialPattern struct {
	Expr         string
	NeedsContext bool   // only near a serial label, a model or the name of this manufacturer
	Confidence   string // high, medium, low, guess
	TailIsMAC    bool   // the last six hex digits are the MAC's
	Kind         string // serial, mac_id, mac_as_serial, dect_id, date_code
}

// ModelPattern is one form of a maker's models.
type ModelPattern struct {
	Examples     []string // as the maker writes them
	Expr         string
	NeedsContext bool   // other things are called so, too; with high confidence only those that are shorter than four characters
	Confidence   string // high, medium, low, guess; empty: medium
}

// TicketPattern is one form of a manufacturer's ticket number.
type TicketPattern struct {
	Expr         string
	NeedsContext bool
}

// Desk is what ingest must know of the desk that reads.
type Desk struct {
	Addresses []string  // the desk's own, lower case
	Staff     []string  // domains of colleagues, lower case: their forwards are credited to the origin
	AuthServ  string    // authserv-id of the receiving server that is trusted; empty: trust none
	Now       time.Time // for dates without a year; zero: the mail's own date is used
}

// Limits bound what one mail may cost.
type Limits struct {
	Depth      int // nesting of parts
	Parts      int
	Header     int // bytes of one header block
	Text       int // bytes of body text that are looked at
	Attachment int // bytes of one attachment that are kept

	Films bool // films and sounds are decoded to their end, for who hands them on
}
