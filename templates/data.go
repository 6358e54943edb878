package templates

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Mail is what one mail to a customer says. All strings may come from outside:
// Render takes none of them for markup. An empty string or a zero time is
// something that is not known or must not be said; the texts leave it out.
type Mail struct {
	Language string // en, fr, nl, it, de
	Name     string // of the customer, for the greeting; empty: the neutral one
	Subject  string // of the customer's own mail, repeated after ours; empty: not
	Desk     Desk
	Sections []Section // one for each notice; each with its own case
	Body     string    // what staff wrote in the place of all sections, as Rendered.Body is written; empty: the sections
}

// Desk is who signs.
type Desk struct {
	Name          string // "Returns desk"
	Company       string
	Phone         string
	Website       string   // URL
	ReturnAddress []string // lines of the address that goods are sent to
	SupportLink   string   // URL of our own technical support
}

// Section is one notice about one case. Key names the file it is made from.
type Section struct {
	Key          string // rules.NoticeKind
	Number       string // RMA-26-00123-7
	State        string // rules.State
	Closing      string // rules.Closing
	Reason       string // rules.Reason
	Items        []Item
	Absent       []Item // of a partial receipt: what has not arrived
	Questions    []Question
	Text         string    // staff's own words; line breaks are kept
	Manufacturer string    // where all items have the same one: its name
	Link         string    // referral: URL
	Tracking     string    // shipped, returned
	Quote        string    // amount with its currency
	VAT          string    // excluded, included: what the amount of the quote holds
	Credit       string    // credited: what the customer gets
	Charge       string    // credited: what was kept of it; returned: for the test
	Services     []string  // named services instead of an advance replacement
	ReferTo      string    // rules.ReferredTo: distributor, sales
	Party        string    // referral: the distributor's name
	Contact      string    // referral: where he, or the sales department, is reached
	Into         string    // merged: the number that goes on
	Label        string    // received: the wrong number on the parcel
	Lacking      string    // received: accessories that were not in the parcel
	Extra        []Item    // received: units that had not been announced
	Fee          string    // restocking fee of a wrong order, "15%"; empty: not told how much
	FeeLeast     string    // validated: the least that this fee is, with its currency; empty: no minimum
	Date         time.Time // day of this notice
	Accepted     time.Time // date of acceptance, for the delivery note
	Promised     time.Time // delivery date that was promised, or is expected by the policy
	Until        time.Time // last day to answer, to send, to collect
	Complete     bool      // nothing is missing from the request
	Wait         bool      // the goods must not be sent yet
	Over         bool      // the storage period has ended
	Partial      bool      // only part of the goods has left; the case goes on
	Storage      int       // days that goods are kept for collection; 0 while unknown
	Slip         string    // name of the file with the return slip that goes with the mail; empty: none does
}

// Rest is what a return slip has no room for.
type Rest struct {
	Count int       // units
	Date  time.Time // of the mail that lists them
}

// Item is one unit.
type Item struct {
	Position   int
	Name       string // "Grandstream GXP2170"; empty while unknown or not to be repeated
	Serial     string
	MAC        string    // shown where there is no serial
	Status     string    // key in words.txt: "verdict.in_warranty", "outcome.covered", …
	WarrantyTo time.Time // last day in warranty
}

// Question asks for one fact.
type Question struct {
	No           int    // 1, 2, 3 … across the whole mail
	Fact         string // rules.Fact
	Item         *Item  // nil: about the whole case
	Manufacturer string // name
	Meant        string // the number that was probably meant; empty where none is known, or the reader may not see it
	Given        string // ticket numbers that were given and do not look like any of the manufacturer's
	Link         string // URL of the manufacturer's or our own support; empty where it was given already
}

// Rendered is a finished text: one source, two forms.
type Rendered struct {
	Subject string // one line
	Text    string // LF line ends
	HTML    string
	Body    string // what the sections say, without greeting and signature, to be rewritten: see Mail.Body
	Head    string // the greeting before it, as in Text
	Foot    string // the signature behind it, as in Text
}

// quoted returns the mail with every string from outside made harmless.
func (m Mail) quoted() Mail {
	m.Name, m.Subject, m.Body = quote(m.Name), quote(m.Subject), rewritten(m.Body)
	m.Desk = m.Desk.quoted()
	sections := make([]Section, len(m.Sections))
	for i, s := range m.Sections {
		sections[i] = s.quoted()
	}
	m.Sections = sections
	return m
}

func (d Desk) quoted() Desk {
	lines := make([]string, 0, len(d.ReturnAddress))
	for _, l := range d.ReturnAddress {
		lines = append(lines, quote(l))
	}
	return Desk{Name: quote(d.Name), Company: quote(d.Company), Phone: quote(d.Phone),
		Website: quoteLink(d.Website), ReturnAddress: lines, SupportLink: quoteLink(d.SupportLink)}
}

func (s Section) quoted() Section {
	s.Number, s.Text, s.Manufacturer = quote(s.Number), quoteLines(s.Text), quote(s.Manufacturer)
	s.Link, s.Tracking, s.Quote, s.Fee = quoteLink(s.Link), quote(s.Tracking), quote(s.Quote), quote(s.Fee)
	s.Slip, s.FeeLeast = quote(s.Slip), quote(s.FeeLeast)
	s.Credit, s.Charge, s.Party, s.Contact = quote(s.Credit), quote(s.Charge), quote(s.Party), quoteLink(s.Contact)
	s.Into, s.Label, s.Lacking = quote(s.Into), quote(s.Label), quote(s.Lacking)
	services := make([]string, len(s.Services))
	for i, name := range s.Services {
		services[i] = quote(name)
	}
	s.Services = services
	s.Items, s.Absent, s.Extra = quotedItems(s.Items), quotedItems(s.Absent), quotedItems(s.Extra)
	questions := make([]Question, len(s.Questions))
	for i, q := range s.Questions {
		q.Manufacturer, q.Link, q.Given = quote(q.Manufacturer), quoteLink(q.Link), quote(q.Given)
		if q.Item != nil {
			it := q.Item.quoted()
			q.Item = &it
		}
		questions[i] = q
	}
	s.Questions = questions
	return s
}

func quotedItems(items []Item) []Item {
	out := make([]Item, len(items))
	for i, it := range items {
		out[i] = it.quoted()
	}
	return out
}

func (it Item) quoted() Item {
	it.Name, it.Serial, it.MAC = quote(it.Name), quote(it.Serial), quote(it.MAC)
	return it
}

// Values from outside travel through a template with their ASCII punctuation
// moved into a private range, so that nothing in them can be taken for markup;
// unquote moves it back when the markup has been read.
const quoteBase = 0xE000

func quote(s string) string {
	return strings.TrimSpace(strings.Map(quoteRune, strings.ToValidUTF8(s, "\uFFFD")))
}

func quoteRune(r rune) rune {
	switch {
	case unicode.Is(unicode.Co, r):
		return -1
	case unicode.Is(unicode.Cf, r) && r != '\u200C' && r != '\u200D': // bidi overrides, soft hyphens, marks
		return -1
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return ' '
	case r > ' ' && r < 0x7F && !unicode.IsLetter(r) && !unicode.IsDigit(r):
		return r + quoteBase
	}
	return r
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func quoteLines(s string) string {
	lines := strings.Split(lineEnds.Replace(s), "\n")
	for i, l := range lines {
		lines[i] = quote(l)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// quoteLink lets a web address through as it is and quotes all else.
func quoteLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.ContainsAny(s, " *<>\"'|") || quote(s) == "" || u.User != nil {
		return quote(s)
	}
	return u.String()
}

func unquote(s string) string {
	return strings.Map(func(r rune) rune {
		if r > quoteBase && r < quoteBase+0x7F {
			return r - quoteBase
		}
		return r
	}, s)
}

// Any says whether one of the items has this status.
func (s Section) Any(status string) bool {
	for _, it := range s.Items {
		if it.Status == status {
			return true
		}
	}
	return false
}

// Named says whether there is anything to tell the items apart by.
func (s Section) Named() bool {
	for _, it := range s.Items {
		if it.Known() {
			return true
		}
	}
	return false
}

// Known says whether there is anything to tell the item by.
func (it Item) Known() bool { return it.Name != "" || it.Serial != "" || it.MAC != "" }

// Asks says whether the mail puts questions, and so says already how to answer.
func (m Mail) Asks() bool {
	for _, s := range m.Sections {
		if len(s.Questions) > 0 {
			return true
		}
	}
	return false
}
