package loopback

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// The library's own imapmemserver is not used here: it gives out a mail with a
// broken header as nothing at all, and the demo shows broken mails. This store
// gives back the bytes as they came.

const delimiter = '/'

// account is one user's mailboxes. Its mutex guards all of them.
type account struct {
	name, password string
	now            func() time.Time

	mu       sync.Mutex
	boxes    map[string]*box
	validity uint32 // UIDVALIDITY of the mailbox that was made last
}

type box struct {
	name       string
	validity   uint32
	next       imap.UID
	list       []*mail
	tracker    *imapserver.MailboxTracker
	subscribed bool
}

// mail is one stored mail; raw is never changed.
type mail struct {
	uid      imap.UID
	raw      []byte
	received time.Time
	flags    map[imap.Flag]bool
}

func newAccount(name, password string, validity uint32, now func() time.Time) *account {
	return &account{name: name, password: password, now: now, boxes: map[string]*box{}, validity: validity}
}

func no(code imap.ResponseCode, text string) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

func canonicalBox(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	return strings.TrimRight(name, string(delimiter))
}

// get finds a mailbox; the caller holds the mutex.
func (a *account) get(name string, code imap.ResponseCode) (*box, error) {
	if b := a.boxes[canonicalBox(name)]; b != nil {
		return b, nil
	}
	return nil, no(code, "no such mailbox")
}

func (a *account) create(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	name = canonicalBox(name)
	if a.boxes[name] != nil {
		return no(imap.ResponseCodeAlreadyExists, "mailbox already exists")
	}
	a.validity++
	a.boxes[name] = &box{name: name, validity: a.validity, next: 1, tracker: imapserver.NewMailboxTracker(0)}
	return nil
}

func (a *account) remove(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := a.get(name, imap.ResponseCodeNonExistent); err != nil {
		return err
	}
	delete(a.boxes, canonicalBox(name))
	return nil
}

func (a *account) rename(from, to string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, err := a.get(from, imap.ResponseCodeNonExistent)
	if err != nil {
		return err
	}
	if a.boxes[canonicalBox(to)] != nil {
		return no(imap.ResponseCodeAlreadyExists, "mailbox already exists")
	}
	delete(a.boxes, b.name)
	b.name = canonicalBox(to)
	a.boxes[b.name] = b
	return nil
}

func (a *account) subscribe(name string, yes bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, err := a.get(name, imap.ResponseCodeNonExistent)
	if err == nil {
		b.subscribed = yes
	}
	return err
}

func (a *account) names() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var names []string
	for name := range a.boxes {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (a *account) append(name string, raw []byte, received time.Time, flags []imap.Flag) (*imap.AppendData, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, err := a.get(name, imap.ResponseCodeTryCreate)
	if err != nil {
		return nil, err
	}
	if received.IsZero() {
		received = a.now()
	}
	m := &mail{raw: raw, received: received, flags: map[imap.Flag]bool{}}
	for _, f := range flags {
		m.flags[canonicalFlag(f)] = true
	}
	return &imap.AppendData{UIDValidity: b.validity, UID: b.add(m)}, nil
}

// add appends a mail under the next UID; the caller holds the mutex.
func (b *box) add(m *mail) imap.UID {
	m.uid = b.next
	b.next++
	b.list = append(b.list, m)
	b.tracker.QueueNumMessages(uint32(len(b.list)))
	return m.uid
}

// drop removes the mails for which f says so; the caller holds the mutex.
func (b *box) drop(f func(*mail) bool) {
	for i := len(b.list) - 1; i >= 0; i-- {
		if f(b.list[i]) {
			b.list = append(b.list[:i:i], b.list[i+1:]...)
			b.tracker.QueueExpunge(uint32(i) + 1)
		}
	}
}

func (b *box) count(f func(*mail) bool) *uint32 {
	n := uint32(0)
	for _, m := range b.list {
		if f(m) {
			n++
		}
	}
	return &n
}

func (a *account) status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, err := a.get(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	return b.status(o), nil
}

func (b *box) status(o *imap.StatusOptions) *imap.StatusData {
	d := &imap.StatusData{Mailbox: b.name}
	if o.NumMessages {
		d.NumMessages = b.count(func(*mail) bool { return true })
	}
	if o.UIDNext {
		d.UIDNext = b.next
	}
	if o.UIDValidity {
		d.UIDValidity = b.validity
	}
	if o.NumUnseen {
		d.NumUnseen = b.count(func(m *mail) bool { return !m.flags[canonicalFlag(imap.FlagSeen)] })
	}
	if o.NumDeleted {
		d.NumDeleted = b.count(func(m *mail) bool { return m.flags[canonicalFlag(imap.FlagDeleted)] })
	}
	if o.NumRecent {
		d.NumRecent = new(uint32)
	}
	if o.Size {
		var size int64
		for _, m := range b.list {
			size += int64(len(m.raw))
		}
		d.Size = &size
	}
	return d
}

func (a *account) stored(name string) ([]Stored, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, err := a.get(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, fmt.Errorf("mailbox %s of %s: %w", name, a.name, err)
	}
	var out []Stored
	for _, m := range b.list {
		out = append(out, Stored{UID: uint32(m.uid), Received: m.received, Flags: m.flagList(), Raw: m.raw})
	}
	return out, nil
}

// canonicalFlag makes flags comparable: they are case-insensitive.
func canonicalFlag(f imap.Flag) imap.Flag { return imap.Flag(strings.ToLower(string(f))) }

// shownFlags gives the system flags back as everybody writes them.
var shownFlags = func() map[imap.Flag]imap.Flag {
	shown := map[imap.Flag]imap.Flag{}
	for _, f := range []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft} {
		shown[canonicalFlag(f)] = f
	}
	return shown
}()

func (m *mail) flagList() []imap.Flag {
	flags := []imap.Flag{}
	for f := range m.flags {
		if s, ok := shownFlags[f]; ok {
			f = s
		}
		flags = append(flags, f)
	}
	sort.Slice(flags, func(i, j int) bool { return flags[i] < flags[j] })
	return flags
}

func (m *mail) store(op *imap.StoreFlags) {
	if op.Op == imap.StoreFlagsSet {
		m.flags = map[imap.Flag]bool{}
	}
	for _, f := range op.Flags {
		if op.Op == imap.StoreFlagsDel {
			delete(m.flags, canonicalFlag(f))
		} else {
			m.flags[canonicalFlag(f)] = true
		}
	}
}

func readLiteral(r imap.LiteralReader) ([]byte, error) {
	raw := make([]byte, r.Size())
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, fmt.Errorf("read literal: %w", err)
	}
	return raw, nil
}
