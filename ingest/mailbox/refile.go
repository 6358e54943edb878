package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Misplaced is a mail in Config.Hold that waits for nobody any more. A move gives
// a mail another UID, so it is known by what it is.
type Misplaced struct {
	ID           int64 // the desk's, for Hooks.Replaced
	MessageID    string
	Size         int64     // bytes, as the server said
	InternalDate time.Time // when the server received it; a move keeps it (RFC 6851 section 3.3)
	Hash         string    // SHA-256 of the raw mail, or of its header, hex
}

// refile moves the mails from Config.Hold to Config.Done that wait for nobody any
// more. What cannot be moved is tried again later; only a lost connection is an
// error.
func (s *session) refile(ctx context.Context) error {
	w := s.w
	if w.hooks.Misplaced == nil || w.cfg.ReadOnly || w.refiling.due.After(w.now()) {
		return nil
	}
	list, err := w.hooks.Misplaced(ctx, w.Name())
	if err != nil {
		w.log.Error("mailbox: which held mails are to be moved is not known, asked again later", "error", err)
		s.refileLater()
		return nil
	}
	if len(list) == 0 {
		return nil
	}
	watched := s.book
	err = s.refileFrom(ctx, list)
	s.book, s.validity = watched, 0
	if err == nil || refusal(err) != "" {
		s.rouse() // what came meanwhile was not heard
		err = nil
	}
	return err
}

func (s *session) refileLater() {
	r := &s.w.refiling
	r.due = s.w.now().Add(gap(s.w.timing.retryMin, s.w.timing.retryMax, r.tries))
	r.tries++
}

// refileFrom does it in the folder for held mails, with a book of its own.
func (s *session) refileFrom(ctx context.Context, list []Misplaced) error {
	folder := s.resolve(s.w.cfg.Hold)
	var validity uint32
	err := s.do(ctx, "SELECT "+folder, func() error {
		data, err := s.client.Select(folder, nil).Wait()
		if err == nil {
			validity = data.UIDValidity
		}
		return err
	})
	if err != nil {
		s.refileLater()
		s.w.log.Warn("mailbox: the folder for held mails cannot be opened, tried again later", "folder", folder, "error", err)
		return err
	}
	if s.w.heldBook == nil || s.w.heldBook.validity != validity {
		s.w.heldBook = newBook(validity)
	}
	s.book, s.validity = s.w.heldBook, validity
	left := 0
	for _, m := range list {
		done, err := s.refileOne(ctx, m)
		if err != nil && refusal(err) == "" {
			return err
		}
		if !done || err != nil {
			left++
			s.w.log.Warn("mailbox: a held mail is not moved, tried again later", "mail", m.ID, "error", err)
		}
	}
	if left > 0 {
		s.refileLater()
	} else {
		s.w.refiling = late{}
	}
	return nil
}

// refileOne moves one mail, and tells where it is. One that is not in the folder
// was moved or deleted by somebody else.
func (s *session) refileOne(ctx context.Context, m Misplaced) (done bool, err error) {
	uid, found, err := s.lookUp(ctx, m)
	if err != nil {
		return false, err
	}
	folder := ""
	if found {
		if s.book.unfiled[uid] == nil { // else it was copied before
			s.book.unfiled[uid] = &filing{place: Done}
		}
		if err := s.moveMaking(ctx, Done, []uint32{uid}); err != nil {
			return false, err
		}
		delete(s.book.unfiled, uid)
		folder = s.w.cfg.Done
	}
	if err := s.w.hooks.Replaced(ctx, m.ID, folder); err != nil {
		s.w.log.Error("mailbox: move not noted in the ledger, tried again later", "mail", m.ID, "error", err)
		return false, nil
	}
	return true, nil
}

// lookUp finds the mail in the selected folder: of those that have its Message-ID,
// else of those that came about its day, the one with its size and its bytes.
func (s *session) lookUp(ctx context.Context, m Misplaced) (uid uint32, found bool, err error) {
	for _, criteria := range m.criteria() {
		uids, err := s.search(ctx, criteria, 1)
		if err != nil {
			return 0, false, err
		}
		if uid, found, err = s.pick(ctx, uids, m); found || err != nil {
			return uid, found, err
		}
	}
	return 0, false, nil
}

func (m Misplaced) criteria() (list []*imap.SearchCriteria) {
	if m.MessageID != "" {
		list = append(list, &imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: m.MessageID}}})
	}
	if m.InternalDate.IsZero() {
		return append(list, &imap.SearchCriteria{})
	}
	day := m.InternalDate.UTC().Truncate(24 * time.Hour) // servers compare days in a zone of their own
	return append(list, &imap.SearchCriteria{Since: day.AddDate(0, 0, -1), Before: day.AddDate(0, 0, 3)})
}

func (s *session) pick(ctx context.Context, uids []uint32, m Misplaced) (uint32, bool, error) {
	if len(uids) == 0 {
		return 0, false, nil
	}
	refs, _, err := s.metadata(ctx, uids)
	if err != nil {
		return 0, false, err
	}
	for _, uid := range uids {
		ref, ok := refs[uid]
		if !ok || ref.deleted() || ref.Size != m.Size {
			continue
		}
		same, err := s.sameBytes(ctx, ref, m.Hash)
		if err != nil || same {
			return uid, same, err
		}
	}
	return 0, false, nil
}

// sameBytes says whether a mail, or its header alone where it is too large, has
// this hash.
func (s *session) sameBytes(ctx context.Context, ref Ref, hash string) (bool, error) {
	files, err := s.fetchBodies(ctx, []Ref{ref})
	if err == nil && files[ref.UID].path == "" { // another length than announced: once more
		files, err = s.fetchBodies(ctx, []Ref{ref})
	}
	f := files[ref.UID]
	if err != nil || f.path == "" {
		return false, err
	}
	defer os.Remove(f.path)
	has, err := hashFile(f.path)
	return has == hash, err
}

func hashFile(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open a spool file: %w", err)
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", fmt.Errorf("read a spool file: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
