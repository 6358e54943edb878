// Package notify is what is said to people: it composes the mails from what
// the rules decided, names what a courier delivers, and says when a failed
// delivery is tried again. It is pure: the subfolders talk to the world.
package notify

import (
	"context"
	"slices"
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
	DeliverHeld   DeliveryKind = "held"   // a held mail put before the staff
	DeliverShadow DeliveryKind = "shadow" // a mail that shadow mode keeps back, into the card's thread
	DeliverAlert  DeliveryKind = "alert"  // one line to the channel about the desk itself
)

// Delivery is one outbox row with what it needs, loaded at sending.
type Delivery struct {
	ID      int64
	Kind    DeliveryKind
	Key     string    // unique in the outbox
	Attempt int       // 1 at the first
	Mail    *Mail     // mail; shadow: the one that was not sent
	Card    *CardView // card; of an entry or a shadow, the card it belongs to
	Entry   *Entry
	Held    *Held
	Text    string // alert
}

// CardView is all that a card shows. The card is drawn whole from it.
type CardView struct {
	Case     rules.Case
	History  []Entry // newest last
	Siblings []string
	Posted   Posted            // where the card stands; zero before the first post
	Working  string            // the desk's time zone, IANA
	Makers   map[string]string // names of manufacturers by their id
	Terms    string            // the policy's conditions for a return of this reason: what is looked at
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

// Posted is where a message stands in Slack.
type Posted struct {
	Channel string
	TS      string
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
