package mailbox

import (
	"slices"
	"time"
)

// book is what a Watcher remembers of the mails in the folder. It is memory
// only: what must outlive the process is in the ledger behind the hooks. It is
// thrown away when the UIDVALIDITY changes.
type book struct {
	validity uint32
	started  bool               // Hooks.Started has been told
	next     uint32             // mails from this UID on are new
	settled  map[uint32]bool    // nothing is left to do
	open     map[uint32]Ref     // the ledger knows of it and waits for it
	late     map[uint32]*late   // could not be had; asked for again
	unfiled  map[uint32]*filing // to be moved
	crashes  map[uint32]int     // the connection was lost so often while the mail was asked for
	oddSize  map[uint32]int64   // length that came, where the server had announced another
	liar     bool               // this server's announcements are wrong
}

type late struct {
	due   time.Time
	tries int
}

type filing struct {
	late
	ref    Ref
	place  Place
	copied bool   // COPY has succeeded, the original is still there
	folder string // where the mail has gone; Filed could not be told yet
}

func newBook(validity uint32) *book {
	return &book{
		validity: validity, next: 1,
		settled: map[uint32]bool{}, open: map[uint32]Ref{}, late: map[uint32]*late{},
		unfiled: map[uint32]*filing{}, crashes: map[uint32]int{}, oddSize: map[uint32]int64{},
	}
}

// settle ends what there is to do about a mail.
func (b *book) settle(uid uint32) {
	b.settled[uid] = true
	b.forget(uid)
}

func (b *book) forget(uid uint32) {
	delete(b.open, uid)
	delete(b.late, uid)
	delete(b.unfiled, uid)
	delete(b.crashes, uid)
	delete(b.oddSize, uid)
}

// wanted says that a mail which was found in the folder is to be looked at now.
func (b *book) wanted(uid uint32, now time.Time) bool {
	if b.settled[uid] || b.unfiled[uid] != nil {
		return false
	}
	l := b.late[uid]
	return l == nil || !l.due.After(now)
}

// due lists the mails that are to be asked for again.
func (b *book) due(now time.Time) []uint32 {
	var uids []uint32
	for uid, l := range b.late {
		if !l.due.After(now) {
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	return uids
}

// toFile lists the mails that are to be moved to a place now.
func (b *book) toFile(p Place, now time.Time) []uint32 {
	var uids []uint32
	for uid, f := range b.unfiled {
		if f.place == p && !f.due.After(now) {
			uids = append(uids, uid)
		}
	}
	slices.Sort(uids)
	return uids
}

// nextDue is how long it is until something is due; longest when nothing is.
func (b *book) nextDue(now time.Time, longest time.Duration) time.Duration {
	for _, l := range b.late {
		longest = min(longest, l.due.Sub(now))
	}
	for _, f := range b.unfiled {
		longest = min(longest, f.due.Sub(now))
	}
	return max(longest, 10*time.Millisecond)
}

// gap is the pause before the next try: doubled each time, up to a longest one.
func gap(first, longest time.Duration, tries int) time.Duration {
	if tries < 20 {
		return min(first<<tries, longest)
	}
	return longest
}

// postpone has a mail asked for again, later each time.
func (s *session) postpone(uid uint32) {
	s.postponeFor(uid, s.w.timing.retryMin, s.w.timing.retryMax)
}

// postponeOwn is postpone where the desk, and not the server, could not: a database
// that fails is there again in seconds, a full disk has room again some time, and then
// nobody is to wait for hours.
func (s *session) postponeOwn(uid uint32) {
	s.postponeFor(uid, s.w.timing.ownMin, s.w.timing.ownMax)
}

func (s *session) postponeFor(uid uint32, first, longest time.Duration) {
	l := s.book.late[uid]
	if l == nil {
		l = &late{}
		s.book.late[uid] = l
	}
	l.due = s.w.now().Add(gap(first, longest, l.tries))
	l.tries++
}
