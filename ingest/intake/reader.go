package intake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/ingest"
	"retour/ingest/attached"
	"retour/notify"
	"retour/rules"
)

// Reader understands mails by a policy's catalogue and changes nothing. It is
// what intake and `retour explain` share.
type Reader struct {
	catalogue *ingest.Catalogue
	files     *attached.Reader
	desk      ingest.Desk
	limits    ingest.Limits
	patience  time.Duration // for one mail
	signers   Signers
}

// Signers finds out which domains have validly signed a mail. It may take some
// seconds, and is asked only where the receiving server has said nothing.
type Signers func(ctx context.Context, raw []byte) []string

// Reading is one mail, understood.
type Reading struct {
	Message  *ingest.Message
	Facts    ingest.Facts
	Auth     ingest.Auth
	Claim    rules.Claim
	Trouble  string // why it could not be read to the end; empty when it could
	Oversize bool   // only the header was there
}

// Catalogue compiles the policy's patterns. It is a few megabytes, and may be used by
// many readers.
func Catalogue(p *rules.Policy) (*ingest.Catalogue, error) {
	catalogue, err := ingest.NewCatalogue(manufacturers(p))
	if err != nil {
		return nil, fmt.Errorf("patterns of the policy: %w", err)
	}
	return catalogue, nil
}

// NewReader reads by the patterns of a policy. Files reads what stands in
// attachments; nil leaves those that are not text unread.
func NewReader(catalogue *ingest.Catalogue, desk ingest.Desk, files *attached.Reader) *Reader {
	return &Reader{catalogue: catalogue, files: files, desk: desk, limits: ingest.DefaultLimits(), patience: 20 * time.Second}
}

// Read understands a mail. A panic or a mail that takes too long becomes
// Reading.Trouble: the mail is kept for a person and the queue goes on.
func (r *Reader) Read(ctx context.Context, raw []byte, headerOnly bool, now time.Time) Reading {
	return r.patiently(ctx, func(ctx context.Context) Reading {
		return r.guarded(headerOnly, func(reading *Reading) {
			reading.Message = ingest.Parse(raw, r.limits)
			if r.files != nil {
				r.files.Read(ctx, reading.Message)
			}
			reading.Auth = r.authenticate(ctx, reading.Message, raw)
			r.understand(reading, now)
		})
	})
}

// authenticate believes the receiving server, and looks at the signatures where
// it has not.
func (r *Reader) authenticate(ctx context.Context, m *ingest.Message, raw []byte) ingest.Auth {
	auth := ingest.Authenticate(m, r.desk)
	if !auth.Silent() || r.signers == nil {
		return auth
	}
	signed := ingest.Signed(m, r.desk, r.signers(ctx, raw))
	signed.SPF = auth.SPF
	return signed
}

// Reread understands a mail that was read already, by this reader's catalogue:
// its parts and attachments are not read again.
func (r *Reader) Reread(ctx context.Context, old Reading, now time.Time) Reading {
	if old.Trouble != "" {
		return old
	}
	return r.patiently(ctx, func(context.Context) Reading {
		return r.guarded(old.Oversize, func(reading *Reading) {
			reading.Message, reading.Auth = old.Message, old.Auth
			r.understand(reading, now)
		})
	})
}

func (r *Reader) patiently(ctx context.Context, read func(context.Context) Reading) Reading {
	ctx, cancel := context.WithTimeout(ctx, r.patience)
	defer cancel()
	done := make(chan Reading, 1)
	go func() { done <- read(ctx) }()
	timer := time.NewTimer(r.patience)
	defer timer.Stop()
	select {
	case reading := <-done:
		return reading
	case <-timer.C:
		return Reading{Message: &ingest.Message{}, Trouble: fmt.Sprintf("reading it took more than %s", r.patience)}
	}
}

func (r *Reader) guarded(headerOnly bool, read func(*Reading)) (reading Reading) {
	reading = Reading{Message: &ingest.Message{}, Oversize: headerOnly}
	defer func() {
		if p := recover(); p != nil {
			reading.Trouble = fmt.Sprintf("reading it failed inside: %v", p)
		}
	}()
	read(&reading)
	return reading
}

func (r *Reader) understand(reading *Reading, now time.Time) {
	desk := r.desk
	desk.Now = now
	reading.Facts = ingest.Extract(r.catalogue, reading.Message, desk)
	reading.Claim = claim(reading.Facts, reading.Oversize)
	reading.Claim.Unread = unread(reading.Message, nil)
	reading.Claim.ReplyTo = elsewhere(reading.Message, reading.Facts.From.Address, desk.Addresses)
}

// elsewhere is the address that a mail wants to be answered at where that is of
// another domain than its sender's, and not the desk's own.
func elsewhere(m *ingest.Message, from string, desk []string) string {
	for _, a := range m.ReplyTo {
		_, there, _ := strings.Cut(a.Address, "@")
		if _, here, _ := strings.Cut(from, "@"); there != "" && there != here && !slices.Contains(desk, a.Address) {
			return a.Address
		}
	}
	return ""
}

// unread are the attachments that could not be read, each with why, also those
// of mails within the mail.
func unread(m *ingest.Message, said []string) []string {
	const most = 5
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Unread != "" && len(said) < most {
			said = append(said, fmt.Sprintf("%s: %s", cmp.Or(a.Name, a.MediaType), a.Unread))
		}
		if a.Message != nil {
			said = unread(a.Message, said)
		}
	}
	return said
}

// claim puts what a mail says into the words of the rules.
func claim(f ingest.Facts, oversize bool) rules.Claim {
	cl := rules.Claim{
		Reason:       rules.Reason(f.Reason),
		References:   references(f.References),
		PurchaseDate: f.PurchaseDate,
		Fault:        f.Fault,
		Text:         f.NewText,
		Oversize:     oversize,
		Ordered:      f.Ordered, BoughtFrom: f.BoughtFrom, AdvanceWanted: f.AdvanceWanted, FreightCollect: f.FreightCollect,
	}
	for i, u := range f.Units {
		cl.Items = append(cl.Items, rules.Item{
			Position: i + 1, Manufacturer: u.Manufacturer, Model: u.Model, Serial: u.Serial, MAC: u.MAC,
			FoundIn: u.FoundIn, VendorTicket: u.VendorTicket,
			Confidence: string(u.Confidence), Doubt: rules.Doubt(u.Doubt), Meant: u.Meant,
		})
	}
	if f.Unused {
		cl.Confirmed = append(cl.Confirmed, rules.FactUnused)
	}
	return cl
}

func references(r ingest.References) rules.References {
	return rules.References{RMA: r.RMA, VendorTicket: r.VendorTicket, SupportTicket: r.SupportTicket,
		Order: r.Order, Invoice: r.Invoice, DeliveryNote: r.DeliveryNote, Tracking: r.Tracking}
}

// party is who a mail is credited to. A name that nothing proves stands in every
// mail to him from now on, so it may lead him nowhere.
func (r Reading) party(trust rules.Trust) rules.Party {
	name := r.Facts.From.Name
	if trust != rules.Proven {
		name = notify.Harmless(name)
	}
	return rules.Party{Address: strings.ToLower(r.Facts.From.Address), Name: name, Trust: trust}
}

// credited says that somebody else sent the mail than who it is credited to: a
// colleague forwarded it, or it came in a certified envelope, which anybody can
// make. What proves the one proves nothing of the other.
func (r Reading) credited() bool {
	return len(r.Message.From) != 1 || !strings.EqualFold(r.Message.From[0].Address, r.Facts.From.Address)
}

// threadIDs are the Message-IDs that a mail answers, the nearest first.
func (r Reading) threadIDs() []string {
	ids := append([]string{}, r.Message.InReplyTo...)
	for i := len(r.Message.References) - 1; i >= 0; i-- {
		ids = append(ids, r.Message.References[i])
	}
	return ids
}
