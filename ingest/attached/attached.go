// Package attached reads what stands in a mail's attachments that are not
// text: spreadsheets, Word documents, PDFs, and the barcodes and QR codes of
// photos. The libraries that decode such files can be made to hang, or to take
// the process with them (a PDF of 119 bytes asks for 48 GB, and no recover()
// helps), so each file is decoded in a child process of the same binary, with
// bounds on memory, processor and time. A child that dies or lies costs its own
// attachment: Attachment.Unread then says so to the staff, in one sentence.
//
// There is one way for all kinds, also for those whose decoders are trusted: a
// child starts in about 30 ms, a photo takes ten times that, and two ways would
// be two sets of bounds. Each file has a child of its own, so that one customer's
// file cannot cost another his. Most attachments need none: text, icons and
// what nobody here can read are told by their first bytes.
package attached

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"retour/ingest"
)

// Limits bound what the attachments of one mail may cost.
type Limits struct {
	Mail   time.Duration // all attachments of a mail together
	File   time.Duration // one attachment, by the wall clock
	Photo  time.Duration // the search for codes in one picture, its decoding not counted
	Memory int64         // bytes that a child may take beyond what it starts with
	Text   int           // bytes of text that are kept of one attachment
	Pixels int           // of a picture; one with more is not decoded
	Files  int           // attachments of one mail that are decoded
}

// DefaultLimits are the bounds that the desk runs with. They leave a quarter of
// the patience that intake has for one mail.
func DefaultLimits() Limits {
	return Limits{Mail: 15 * time.Second, File: 8 * time.Second, Photo: 3 * time.Second,
		Memory: 200 << 20, Text: 512 << 10, Pixels: 50_000_000, Files: 25}
}

// Reader reads attachments by child processes. It may be used by several
// goroutines at once.
type Reader struct {
	command []string
	limits  Limits

	mu    sync.Mutex
	known map[[sha256.Size]byte]answer // small pictures that were read before: signatures repeat in every mail
}

// NewReader makes a reader whose children are started by command, a path and
// its arguments; the program must run Child on its standard input and output.
func NewReader(command []string, limits Limits) *Reader {
	return &Reader{command: command, limits: limits, known: map[[sha256.Size]byte]answer{}}
}

// Read fills Text, Barcodes and Unread of every attachment of a mail, also of
// the mails within it. It never fails: what could not be read says why.
func (r *Reader) Read(ctx context.Context, m *ingest.Message) {
	ctx, cancel := context.WithTimeout(ctx, r.limits.Mail)
	defer cancel()
	left := r.limits.Files
	r.message(ctx, m, &left)
}

func (r *Reader) message(ctx context.Context, m *ingest.Message, left *int) {
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Message != nil {
			r.message(ctx, a.Message, left)
			continue
		}
		r.attachment(ctx, a, left)
	}
}

func (r *Reader) attachment(ctx context.Context, a *ingest.Attachment, left *int) {
	k := kindOf(a)
	switch {
	case k == none:
		return
	case len(a.Data) == 0:
		if a.Size > 0 {
			a.Unread = sentence(tooLarge, k)
		}
		return
	case !k.decoded():
		a.Unread = sentence(foreign, k)
		return
	case k.picture() && isSmall(a.Data):
		return
	case *left <= 0 || ctx.Err() != nil:
		a.Unread = sentence(tooMany, k)
		return
	}
	*left--
	got := r.answer(ctx, k, a.Data)
	a.Text, a.Barcodes, a.Unread = got.Text, got.Barcodes, sentence(got.Trouble, k)
}

// A picture of up to knownSize bytes is remembered, knownMost of them.
const (
	knownSize = 100 << 10
	knownMost = 500
)

// answer asks a child, unless the same small picture was read before.
func (r *Reader) answer(ctx context.Context, k kind, data []byte) answer {
	if !k.picture() || len(data) > knownSize {
		return r.ask(ctx, k, data)
	}
	sum := sha256.Sum256(data)
	r.mu.Lock()
	got, ok := r.known[sum]
	r.mu.Unlock()
	if ok {
		return got
	}
	got = r.ask(ctx, k, data)
	if got.Trouble == "" {
		r.mu.Lock()
		if len(r.known) >= knownMost {
			clear(r.known)
		}
		r.known[sum] = got
		r.mu.Unlock()
	}
	return got
}
