package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Two daemons with different databases on one mailbox would answer each mail
// twice. The lock against that lives where both look, on the server: a small
// mail in a folder of its own, which is written anew every minute. A mail older
// than three minutes is void. Of two that begin at once, the lower UID wins.
// The clocks of the two machines must agree within a minute or two.

const (
	lockInstance = "X-Retour-Lock-Instance"
	lockHolder   = "X-Retour-Lock-Holder"
	lockFolder   = "X-Retour-Lock-Folder"
	lockTime     = "X-Retour-Lock-Time"
	lockClaim    = "X-Retour-Lock-Claim"
)

// lock is what this connection holds.
type lock struct {
	uid   uint32           // of the newest lock mail
	claim uint32           // UID of the first one: the rank among daemons
	due   <-chan time.Time // when it is to be written anew
}

// lockMail is a lock mail as it lies on the server.
type lockMail struct {
	uid, claim                uint32
	instance, holder, watched string
	at                        time.Time
}

// acquire takes the lock, or returns *LockedError. What this instance has left
// behind is no hindrance, unless this very run has held the lock already: then
// another process of the instance has taken over.
func (s *session) acquire(ctx context.Context, held bool) error {
	if err := s.ensure(ctx, s.w.cfg.LockFolder); err != nil {
		return fmt.Errorf("folder of the lock: %w", err)
	}
	mails, err := s.lockMails(ctx)
	if err != nil {
		return err
	}
	for _, m := range mails {
		if s.fresh(m) && (s.foreign(m) || held && !s.own(m)) {
			return s.locked(m)
		}
	}
	uid, err := s.writeLock(ctx, 0)
	if err != nil {
		return err
	}
	if mails, err = s.lockMails(ctx); err != nil {
		return err
	}
	for _, m := range mails {
		if s.fresh(m) && s.foreign(m) && m.claim < uid {
			return errors.Join(s.locked(m), s.removeLocks(ctx, []uint32{uid}))
		}
	}
	s.lock = &lock{uid: uid, claim: uid}
	return s.removeLocks(ctx, s.void(mails))
}

// keepLock writes the lock anew when a minute is over.
func (s *session) keepLock(ctx context.Context) error {
	select {
	case <-s.lock.due:
	default:
		return nil
	}
	if s.w.cfg.ReadOnly {
		return nil
	}
	if err := s.refreshLock(ctx); err != nil {
		return err
	}
	if err := s.selectFolder(ctx); err != nil {
		return err
	}
	if s.book != nil && s.book.validity != s.validity {
		return errRenumbered
	}
	return nil
}

func (s *session) refreshLock(ctx context.Context) error {
	mails, err := s.lockMails(ctx)
	if err != nil {
		return err
	}
	mine := slices.ContainsFunc(mails, func(m lockMail) bool { return m.uid == s.lock.uid })
	for _, m := range mails {
		if s.fresh(m) && (s.foreign(m) && (!mine || m.claim < s.lock.claim) || !mine && !s.own(m)) {
			return s.locked(m)
		}
	}
	claim := s.lock.claim
	if !mine { // somebody has cleared the folder: the rank is lost
		claim = 0
	}
	uid, err := s.writeLock(ctx, claim)
	if err != nil {
		return err
	}
	s.lock.uid = uid
	if !mine {
		s.lock.claim = uid
	}
	return s.removeLocks(ctx, s.void(mails))
}

// release takes the lock away.
func (s *session) release(ctx context.Context) error {
	if _, err := s.lockMails(ctx); err != nil {
		return err
	}
	return s.removeLocks(ctx, []uint32{s.lock.uid})
}

func (s *session) fresh(m lockMail) bool   { return s.w.now().Sub(m.at) < s.w.timing.lockStale }
func (s *session) foreign(m lockMail) bool { return m.instance != s.w.cfg.Instance }
func (s *session) own(m lockMail) bool     { return !s.foreign(m) && m.holder == s.w.cfg.Holder }

func (s *session) locked(m lockMail) error {
	return &LockedError{Mailbox: s.w.Name(), Holder: m.holder, Since: m.at}
}

// void lists the lock mails that have no more meaning: stale ones, and older
// ones of this instance.
func (s *session) void(mails []lockMail) []uint32 {
	var uids []uint32
	for _, m := range mails {
		if m.uid != s.lock.uid && (!s.fresh(m) || !s.foreign(m)) {
			uids = append(uids, m.uid)
		}
	}
	return uids
}

// lockMails reads the locks for the watched folder. It leaves the lock folder
// selected.
func (s *session) lockMails(ctx context.Context) ([]lockMail, error) {
	s.validity = 0
	count := uint32(0)
	folder := s.resolve(s.w.cfg.LockFolder)
	err := s.do(ctx, "SELECT "+folder, func() error {
		data, err := s.client.Select(folder, nil).Wait()
		count = data.NumMessages
		return err
	})
	if err != nil || count == 0 {
		return nil, err
	}
	var mails []lockMail
	err = s.do(ctx, "FETCH of the lock", func() error {
		header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
		list, err := s.client.Fetch(imap.UIDSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{
			UID: true, Flags: true, BodySection: []*imap.FetchItemBodySection{header},
		}).Collect()
		s.onlyLocks = err == nil
		for _, m := range list {
			l, ok := parseLock(uint32(m.UID), m.FindBodySection(header))
			s.onlyLocks = s.onlyLocks && ok
			if ok && l.watched == s.w.cfg.Folder && !slices.ContainsFunc(m.Flags, isDeleted) {
				mails = append(mails, l)
			}
		}
		return err
	})
	return mails, err
}

func parseLock(uid uint32, header []byte) (lockMail, bool) {
	h, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(header))).ReadMIMEHeader()
	at, err := time.Parse(time.RFC3339Nano, h.Get(lockTime))
	if err != nil || h.Get(lockInstance) == "" {
		return lockMail{}, false
	}
	m := lockMail{uid: uid, claim: uid, instance: h.Get(lockInstance), holder: h.Get(lockHolder), watched: h.Get(lockFolder), at: at}
	if claim, err := strconv.ParseUint(h.Get(lockClaim), 10, 32); err == nil && claim > 0 {
		m.claim = uint32(claim)
	}
	return m, true
}

// writeLock appends a lock mail and gives its UID.
func (s *session) writeLock(ctx context.Context, claim uint32) (uid uint32, err error) {
	raw := s.w.lockText(claim)
	err = s.do(ctx, "APPEND of the lock", func() error {
		cmd := s.client.Append(s.resolve(s.w.cfg.LockFolder), int64(len(raw)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}})
		_, werr := cmd.Write(raw)
		cerr := cmd.Close()
		data, err := cmd.Wait()
		if data != nil {
			uid = uint32(data.UID)
		}
		return errors.Join(err, werr, cerr)
	})
	if err != nil || uid != 0 {
		return uid, err
	}
	mails, err := s.lockMails(ctx) // without UIDPLUS the server does not say
	for _, m := range mails {
		if s.own(m) {
			uid = max(uid, m.uid)
		}
	}
	if err == nil && uid == 0 {
		err = errors.New("the lock was written, and is not there")
	}
	return uid, err
}

func (w *Watcher) lockText(claim uint32) []byte {
	clean := strings.NewReplacer("\r", " ", "\n", " ")
	now := w.now().UTC()
	lines := []string{
		"From: Retour <retour@localhost>",
		"Subject: Retour reads this mailbox: " + clean.Replace(w.cfg.Holder),
		"Date: " + now.Format(time.RFC1123Z),
		lockInstance + ": " + clean.Replace(w.cfg.Instance),
		lockHolder + ": " + clean.Replace(w.cfg.Holder),
		lockFolder + ": " + clean.Replace(w.cfg.Folder),
		lockTime + ": " + now.Format(time.RFC3339Nano),
		lockClaim + ": " + strconv.FormatUint(uint64(claim), 10),
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"",
		"This mail keeps a second Retour daemon from reading the same mailbox.",
		"It is written anew every minute. Please leave it here; when no daemon",
		"runs any more, it may be deleted.",
		"",
	}
	return []byte(strings.Join(lines, "\r\n"))
}

// removeLocks deletes lock mails. Without UIDPLUS a bare EXPUNGE is the only
// way; it is used in this folder only while everything in it is a lock.
func (s *session) removeLocks(ctx context.Context, uids []uint32) error {
	if len(uids) == 0 {
		return nil
	}
	set := uidSet(uids)
	err := s.do(ctx, "STORE of the lock", func() error {
		flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		return s.client.Store(set, flags, nil).Close()
	})
	if err != nil {
		return err
	}
	if s.caps.Has(imap.CapUIDPlus) {
		return s.do(ctx, "UID EXPUNGE of the lock", func() error { return s.client.UIDExpunge(set).Close() })
	}
	if !s.onlyLocks {
		return nil
	}
	return s.do(ctx, "EXPUNGE of the lock", func() error { return s.client.Expunge().Close() })
}
