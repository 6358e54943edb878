// Package notify is what is said to people: it composes the mails from what
// the rules decided, names what a courier delivers, and says when a failed
// delivery is tried again. It is pure: the subfolders talk to the world.
package notify

import (
	"context"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// Mail is a finished mail: nothing in it changes between attempts. The outbox
// holds it as JSON.
type Mail struct {
	From       string    `json:"from"`      // "Name <address>", RFC 5322
	FromName   string    `json:"from_name"` // of From, decoded
	FromAddr   string    `json:"from_addr"`
	To         string    `json:"to"` // one address: one mail per recipient
	ToName     string    `json:"to_name,omitempty"`
	Subject    string    `json:"subject"`
	MessageID  string    `json:"message_id"` // without angle brackets
	InReplyTo  string    `json:"in_reply_to,omitempty"`
	References []string  `json:"references,omitempty"`
	Date       time.Time `json:"date"`
	Language   string    `json:"language"`
	Automatic  bool      `json:"automatic"` // it answers a mail by itself (Auto-Submitted: auto-replied); otherwise auto-generated
	Text       string    `json:"text"`
	HTML       string    `json:"html"`

	Attachments []Attachment `json:"attachments,omitempty"`
}

// Attachment is a file that goes with a mail.
type Attachment struct {
	Name      string `json:"name"`       // without folders: "RMA-26-00123-7.pdf"
	MediaType string `json:"media_type"` // RFC 2046, without parameters
	Data      []byte `json:"data"`
	ContentID string `json:"content_id,omitempty"` // of a picture that the HTML shows, without angle brackets; empty: a file of its own
}

// DeliveryKind says what an outbox row delivers, and so who sends it.
type DeliveryKind string

// The kinds of deliveries.
const (
	DeliverMail   DeliveryKind = "mail"   // Mail, by SMTP
	DeliverCard   DeliveryKind = "card"   // post or redraw the card of a case, as the case is at sending
	DeliverEntry  DeliveryKind = "entry"  // one history entry into the card's thread
	DeliverItems  DeliveryKind = "items"  // one page of a long list of units into the card's thread
	DeliverFile   DeliveryKind = "file"   // an attachment, or a mail's whole text, into the card's thread
	DeliverHeld   DeliveryKind = "held"   // a held mail put before the staff
	DeliverShadow DeliveryKind = "shadow" // a mail that shadow mode keeps back, into the card's thread
	DeliverAlert  DeliveryKind = "alert"  // one line to the channel about the desk itself
	DeliverCall   DeliveryKind = "call"   // a mention in the card's thread: the case needs somebody
	DeliverErase  DeliveryKind = "erase"  // take messages away that show a person who was forgotten
)

// Delivery is one outbox row with what it needs, loaded at sending.
type Delivery struct {
	ID      int64
	Kind    DeliveryKind
	Key     string    // unique in the outbox
	Attempt int       // 1 at the first
	Mail    *Mail     // mail; shadow: the one that was not sent
	Card    *CardView // card; of what stands in its thread, the card it belongs to
	Entry   *Entry    // entry; call: why somebody is needed
	Page    int       // items: from 0
	Posted  Posted    // items: where the page stands; zero before the first post
	File    *Upload   // file
	Held    *Held
	Erase   *Erasure
	Text    string // alert; call: CallOwner or CallGroup
	Webhook *Request
	Lift    bool // card: it came in a burst and now gets its own place in the channel
}

// Request is a webhook on its way: the same at every attempt.
type Request struct {
	ID   string // webhook-id
	Body []byte
}

// Whom a call is for. Where a case has no owner, the group is called at once.
const (
	CallOwner = "owner"
	CallGroup = "group"
)

// What a card and its thread show; of more there are pages and files.
const (
	CardItems  = 10   // units that a card shows in full
	PageItems  = 50   // units on one page of the list in its thread
	ThreadText = 1500 // characters of a mail in the thread
	ThreadRows = 20   // lines of it
)

// Excerpt is as much of a mail's text as its thread shows, without empty lines,
// and whether that is not all of it: then the whole goes there as a file.
func Excerpt(text string) (short string, cut bool) {
	var rows []string
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			rows = append(rows, l)
		}
	}
	cut = len(rows) > ThreadRows
	short = strings.Join(rows[:min(len(rows), ThreadRows)], "\n")
	if r := []rune(short); len(r) > ThreadText {
		short, cut = strings.TrimSpace(string(r[:ThreadText-1])), true
	}
	if cut {
		short += "…"
	}
	return short, cut
}

// WholeText stands for the text of a mail where a part is named by its number.
const WholeText = "text"

// Pages is how many pages the list of so many units has; none where the card
// shows them all.
func Pages(items int) int {
	if items <= CardItems {
		return 0
	}
	return (items + PageItems - 1) / PageItems
}

// Upload is a file on its way into a thread.
type Upload struct {
	Name string // without folders
	Data []byte
}

// Letter is what is read of a customer's raw mail for the thread.
type Letter struct {
	Text  string   // the whole text
	Files []Upload // its attachments, in their order
}

// CardView is all that a card shows. The card is drawn whole from it.
type CardView struct {
	Case     rules.Case
	History  []Entry // newest last
	Files    []File  // attachments of its mails, in the order in which they came
	Siblings []string
	Posted   Posted            // where the card stands; zero before the first post
	Working  string            // the desk's time zone, IANA
	Makers   map[string]string // names of manufacturers by their id
	Terms    string            // the policy's conditions for a return of this reason: what is looked at
}

// File is an attachment of a customer's mail, as a card names it.
type File struct {
	Name      string
	MediaType string // RFC 2046, without parameters
	Size      int    // bytes
}

// Named is the case with the names of manufacturers in the place of their ids,
// to be shown.
func (v CardView) Named() rules.Case {
	c := v.Case
	c.Items = slices.Clone(c.Items)
	for i := range c.Items {
		if name, ok := v.Makers[c.Items[i].Manufacturer]; ok {
			c.Items[i].Manufacturer = name
		}
	}
	return c
}

// Answered says whether the staff have done something since an entry of the
// history, so that nobody need be called for it any more.
func (v CardView) Answered(entry int64) bool {
	return v.Case.State == rules.Closed || slices.ContainsFunc(v.History, func(e Entry) bool {
		return e.ID > entry && e.Actor.Kind == rules.ByStaff
	})
}

// Posted is where a message stands in Slack.
type Posted struct {
	Channel string
	TS      string
	Thread  string // TS of the message in whose thread it stands, where it came in a burst; empty: in the channel itself
}

// Entry is one line of a case's history.
type Entry struct {
	ID       int64
	At       time.Time
	Actor    rules.Actor
	Event    rules.EventKind
	From, To rules.State
	Rule     string
	Why      string
	Text     string   // the customer's new text, staff's words, or a failure
	Told     []string // notices that went out because of it
	Posted   Posted   // in the thread
}

// Preview is what a person is shown before he does something.
type Preview struct {
	Mail    *Mail  // that goes out, as it is composed; nil: none does
	Body    string // the part of it that may be rewritten
	Head    string // what stands before it
	Foot    string // and behind it
	Words   string // what somebody has written in its place already
	Reading string // its text in the language of the staff; empty where it is the customer's
	Again   []Mail // mails that go out again, as they are
	Second  string // what another person must confirm before any of it is done, in words
}

// Held is a mail that waits for a person.
type Held struct {
	LedgerID int64
	From     string
	Subject  string
	Text     string // new text, shortened
	Why      string
	Received time.Time
	Posted   Posted
	Shadow   bool           // read in shadow mode: only to be looked at
	Settled  *rules.Settled // what a person made of it; nil while it waits
}

// Erasure is what is to be taken away in Slack.
type Erasure struct {
	Thread   bool     `json:"thread,omitempty"`   // all that the desk has put into the thread of the card
	Messages []Posted `json:"messages,omitempty"` // and these
}

// WholeMail is a mail to be read by a person who must decide about it.
type WholeMail struct {
	LedgerID    int64
	Sender      string // address that the mail is credited to, empty without one
	From, To    string // as written, each address with its name
	Subject     string
	Date        time.Time // as the mail says; zero where it says none
	Text        string
	Attachments []string // names, each with its size
	Cut         bool     // it was over the size limit: only its header is known
}

// Blocked is somebody whose mails nobody wants.
type Blocked struct {
	Sender string // an address, or a domain
	At     time.Time
	By     rules.Person
	Mails  int // that have come since
}

// Health is how the desk is doing.
type Health struct {
	LastRead    time.Time // the mailbox was looked at last; zero: never
	Mailbox     string    // why it cannot be read now; empty while it can
	Waiting     int       // rows of the outbox that are to be sent
	Failed      int       // open cases whose customer did not get the last mail
	MailProblem string    // why the oldest mail that waits could not be sent yet
	LastSent    time.Time // the last mail; zero: none was ever sent
}

// Receipt is what a successful delivery yields.
type Receipt struct {
	Text   string // the server's answer
	Posted Posted // card, entry, held: where it stands now
}

// Sender delivers. It returns a *Failure for everything that can go wrong with
// the other side, and is never asked to send a row twice at the same time.
type Sender interface {
	Send(ctx context.Context, d Delivery) (Receipt, error)
}

// Failure is why a delivery did not succeed. A failure is temporary unless it
// says otherwise.
type Failure struct {
	Permanent  bool          // no use in trying again
	Gone       bool          // of a webhook: the other side wants none any more
	Maybe      bool          // the connection was lost when the other side may already have taken it
	Code       int           // SMTP or HTTP, 0 when none
	Text       string        // what the other side said; no secrets
	RetryAfter time.Duration // what the other side asked for, 0 when nothing
	Err        error
}

// Error says what the other side said.
func (f *Failure) Error() string {
	if f.Text != "" || f.Err == nil {
		return f.Text
	}
	return f.Err.Error()
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }
