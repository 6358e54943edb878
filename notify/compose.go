package notify

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"retour/rules"
	"retour/templates"
)

// Desk is who writes, from the configuration.
type Desk struct {
	Name          string // shown as the sender: "Returns desk"
	Address       string
	Company       string
	Phone         string
	Website       string         // URL
	ReturnAddress []string       // where goods are sent to, line by line
	SupportLink   string         // URL of the desk's own technical support
	Domain        string         // of the Message-IDs; empty: that of Address
	TimeZone      *time.Location // of the dates in the texts; nil: UTC
	Language      string         // where the customer's is none of ours; empty: en
}

// Thread is the mail that is answered.
type Thread struct {
	Subject    string // repeated after ours, to trusted customers only
	MessageID  string
	References []string
}

// Told is one notice about one case, the case as it is after the decision.
type Told struct {
	Notice rules.Notice
	Case   rules.Case
}

// Composer writes the mails to customers. It is safe for concurrent use.
type Composer struct {
	desk    Desk
	set     *templates.Set
	policy  *rules.Policy
	secret  []byte
	letters letters // what a return slip can show
}

// NewComposer checks that the desk can write at all: an address, a secret for
// the Message-IDs, and a text for every notice.
func NewComposer(desk Desk, set *templates.Set, p *rules.Policy, secret []byte) (*Composer, error) {
	address, err := mail.ParseAddress(desk.Address)
	if err != nil {
		return nil, fmt.Errorf("desk address %q: %w", desk.Address, err)
	}
	desk.Address = address.Address
	if desk.Domain == "" {
		desk.Domain = desk.Address[strings.LastIndexByte(desk.Address, '@')+1:]
	}
	desk.Domain = strings.ToLower(desk.Domain)
	if !isMessageID("x@" + desk.Domain) {
		return nil, fmt.Errorf("desk domain %q cannot stand in a Message-ID", desk.Domain)
	}
	if len(secret) < macBytes {
		return nil, fmt.Errorf("the secret of the Message-IDs has %d bytes, want %d or more", len(secret), macBytes)
	}
	if desk.TimeZone == nil {
		desk.TimeZone = time.UTC
	}
	if !slices.Contains(templates.Languages(), desk.Language) {
		desk.Language = "en"
	}
	for _, kind := range rules.Notices() {
		if !slices.Contains(set.Keys(), string(kind)) {
			return nil, fmt.Errorf("there is no text for the notice %q", kind)
		}
	}
	letters, err := newLetters()
	if err != nil {
		return nil, fmt.Errorf("read the font of the return slip: %w", err)
	}
	return &Composer{desk: desk, set: set, policy: p, secret: slices.Clone(secret), letters: letters}, nil
}

// Compose writes one mail that tells somebody one or several notices; several
// when one mail of his made sibling cases. Where the goods are asked for, the
// return slip of each case goes with it. key is the outbox row's: the same
// key gives the same Message-ID. To a party that is neither proven nor known
// nothing is repeated that came from outside: no name, subject, model or
// serial.
func (c *Composer) Compose(to rules.Party, lang string, told []Told, thr Thread, key string, now time.Time, automatic bool) (Mail, error) {
	d, err := c.Draft(to, lang, told, thr, key, now, automatic)
	return d.Mail, err
}

// Draft is Compose for a person who may rewrite the mail before it goes out.
func (c *Composer) Draft(to rules.Party, lang string, told []Told, thr Thread, key string, now time.Time, automatic bool) (Draft, error) {
	if len(told) == 0 {
		return Draft{}, fmt.Errorf("compose a mail to %s: there is nothing to tell", to.Address)
	}
	address, err := mail.ParseAddress("<" + to.Address + ">")
	if err != nil {
		return Draft{}, fmt.Errorf("compose a mail to %q: %w", to.Address, err)
	}
	if !slices.Contains(templates.Languages(), lang) {
		lang = c.desk.Language
	}
	w := &writer{Composer: c, lang: lang, trusted: trusted(to), now: now}
	data := w.mail(to, told, thr)
	rendered, err := c.set.Render(data)
	if err != nil {
		return Draft{}, fmt.Errorf("compose a mail about %s: %w", told[0].Case.Number, err)
	}
	files, err := c.slips(to, lang, told)
	if err != nil {
		return Draft{}, err
	}
	m := Mail{
		FromName: headerText(c.desk.Name, maxName), FromAddr: c.desk.Address, To: address.Address,
		Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML,
		MessageID: MessageID(c.secret, told[0].Case.Number, key, c.desk.Domain),
		Date:      now.In(c.desk.TimeZone), Language: lang, Automatic: automatic,
		Attachments: files,
	}
	m.From = (&mail.Address{Name: m.FromName, Address: m.FromAddr}).String()
	m.InReplyTo, m.References = thread(thr)
	if w.trusted {
		m.ToName = headerText(to.Name, maxName)
	}
	return Draft{Mail: m, Body: rendered.Body, Head: rendered.Head, Foot: rendered.Foot, set: c.set, data: data}, nil
}

func trusted(p rules.Party) bool { return p.Trust == rules.Proven || p.Trust == rules.Known }

// maxName bounds a name in a header, in runes.
const maxName = 80

// headerText makes one line without control characters of a text from outside.
func headerText(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 || r >= 0x2028 && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		s = strings.TrimSpace(string(r[:n]))
	}
	return s
}

var (
	replyPrefix = regexp.MustCompile(`(?i)^\s*(re|aw|antw|antwort|antwoord|sv|r|rif|fw|fwd|wg|tr|i|doorst|inoltro)(\[\d+\])?\s*:\s*`)
	ourNumber   = regexp.MustCompile(`(?i)\brma[- ]?\d\d-`)
)

// echo returns the part of the customer's subject that helps him find his own
// mail: without prefixes, and nothing of a subject that was ours already.
func echo(subject string) string {
	s := headerText(subject, 200)
	if ourNumber.MatchString(s) {
		return ""
	}
	for {
		rest := replyPrefix.ReplaceAllString(s, "")
		if rest == s {
			return s
		}
		s = rest
	}
}

// linkLike is what a reader of mails makes a link of: an address of the web or of
// mail, a bare domain, a telephone number.
var linkLike = regexp.MustCompile(`(?i)://|www\.|@|[\pL\d-]{2,}[.。．][\pL]{2,}(?:$|[^\pL])|\+?\d[\d ()/.-]{8,}\d`)

// Harmless is a text that may be repeated to whoever a mail names as its sender,
// though nothing proves that he wrote it; empty where it could lead him somewhere.
func Harmless(s string) string {
	if linkLike.MatchString(s) {
		return ""
	}
	return s
}

// nameExpr is what looks like a person's name: two to five words of letters.
var nameExpr = regexp.MustCompile(`^\p{L}[\p{L}\p{M}.'’-]*( \p{L}[\p{L}\p{M}.'’-]*){1,4}$`)

// notPersons are words that stand in the names of companies and departments.
var notPersons = regexp.MustCompile(`(?i)(^|[ .-])(gmbh|ag|kg|ug|ltd|llc|inc|bv|nv|vof|srl|srls|spa|snc|sas|sarl|sa|service|support|sav|team|helpdesk|info|rma|einkauf|technik|office|admin|ict|it|telecom|assistenza|ufficio|achats?|commande|inkoop|magazzino)([ .-]|$)`)

// greetingName returns the name to greet somebody by, or nothing where the
// display name is not clearly a person's.
func greetingName(name string) string {
	name = headerText(name, maxName)
	name, _, _ = strings.Cut(name, " (")
	name, _, _ = strings.Cut(name, " | ")
	name = strings.Trim(name, ` "'`)
	if last, first, ok := strings.Cut(name, ", "); ok {
		name = first + " " + last
	}
	if len([]rune(name)) > 50 || !nameExpr.MatchString(name) || notPersons.MatchString(name) {
		return ""
	}
	return name
}
