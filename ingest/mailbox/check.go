package mailbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Step is one thing that was tried, and how it went.
type Step struct {
	Name string // "connect", "login", "capabilities", "folder Done", …
	Note string // what was found; empty when it failed
	Err  error
}

// Check connects, logs in and looks at the folders; the error names the first
// step that failed. It reads no mail, changes nothing but to make missing
// folders, and does not need the lock.
func (w *Watcher) Check(ctx context.Context) error {
	for _, step := range w.Probe(ctx) {
		if step.Err != nil {
			return fmt.Errorf("mailbox %s: %s: %w", w.Name(), step.Name, step.Err)
		}
	}
	return nil
}

// Probe is Check in single steps. It ends with the first one that failed.
func (w *Watcher) Probe(ctx context.Context) []Step {
	var steps []Step
	add := func(name, note string, err error) bool {
		if err != nil {
			note = ""
		}
		steps = append(steps, Step{Name: name, Note: note, Err: err})
		return err == nil
	}
	s, err := w.connect(ctx)
	if !add("connect", fmt.Sprintf("%s:%d, TLS %s", w.cfg.Host, w.cfg.Port, w.cfg.TLS), err) {
		return steps
	}
	defer s.close()
	if !add("login", "as "+w.cfg.User, s.login(ctx)) || !add("capabilities", s.describeCaps(), s.learnNames(ctx)) {
		return steps
	}
	if !add("folder "+w.cfg.Folder, "can be read", s.selectFolder(ctx)) {
		return steps
	}
	for _, name := range []string{w.cfg.Done, w.cfg.Hold, w.cfg.LockFolder} {
		if !add("folder "+name, s.resolve(name), s.ensure(ctx, name)) {
			return steps
		}
	}
	s.logout()
	return steps
}

// describeCaps says what the absence of an extension means.
func (s *session) describeCaps() string {
	words := []string{}
	for _, c := range []struct {
		cap             imap.Cap
		with, otherwise string
	}{
		{imap.CapIdle, "IDLE", "no IDLE: new mails are seen by polling"},
		{imap.CapMove, "MOVE", "no MOVE: mails are copied, then deleted"},
		{imap.CapUIDPlus, "UIDPLUS", "no UIDPLUS: moved mails stay behind, marked as deleted"},
	} {
		word := c.otherwise
		if s.caps.Has(c.cap) {
			word = c.with
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// Count gives the number of mails in the watched folder, Done and Hold, by
// their configured names. It opens a connection of its own.
func (w *Watcher) Count(ctx context.Context) (map[string]int, error) {
	s, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.learnNames(ctx); err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, name := range []string{w.cfg.Folder, w.cfg.Done, w.cfg.Hold} {
		folder := s.resolve(name)
		if ok, err := s.exists(ctx, folder); err != nil {
			return nil, err
		} else if !ok {
			counts[name] = 0
			continue
		}
		err := s.do(ctx, "STATUS "+folder, func() error {
			data, err := s.client.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
			if err == nil && data.NumMessages != nil {
				counts[name] = int(*data.NumMessages)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	s.logout()
	return counts, nil
}

// Backfill fetches the mails in the watched folder that the server received at
// or after since, in the order of their UIDs, and moves each to the place that
// fn says. It takes the lock, and cannot go beside Run. An error of fn ends it;
// mails that the server does not give out are told to Hooks.Refused.
func (w *Watcher) Backfill(ctx context.Context, since time.Time, fn func(ctx context.Context, mail Mail) (Place, error)) error {
	if !w.gate.TryLock() {
		return errors.New("mailbox: it is being read already")
	}
	defer w.gate.Unlock()
	cleanup, err := w.makeSpool()
	if err != nil {
		return err
	}
	defer cleanup()
	s, err := w.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.prepare(ctx, false); err != nil {
		return err
	}
	tick := time.NewTicker(w.timing.lockEvery)
	defer tick.Stop()
	s.lock.due = tick.C
	err = s.backfill(ctx, since, fn)
	s.leave(context.WithoutCancel(ctx))
	return err
}

// Older lists the mails that Backfill would fetch. It opens a connection of its
// own and may go beside Run.
func (w *Watcher) Older(ctx context.Context, since time.Time) ([]Ref, error) {
	s, err := w.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.learnNames(ctx); err != nil {
		return nil, err
	}
	if err := s.selectFolder(ctx); err != nil {
		return nil, err
	}
	s.book = newBook(s.validity)
	refs, _, err := s.older(ctx, since)
	s.logout()
	return refs, err
}

func (s *session) backfill(ctx context.Context, since time.Time, fn func(context.Context, Mail) (Place, error)) error {
	if err := s.selectFolder(ctx); err != nil {
		return err
	}
	s.book = newBook(s.validity)
	refs, refused, err := s.older(ctx, since)
	if err != nil {
		return err
	}
	for uid, why := range refused {
		s.refuse(ctx, s.bareRef(uid), why)
	}
	for _, ref := range refs {
		if err := s.backfillOne(ctx, ref, fn); err != nil {
			return fmt.Errorf("mail with UID %d: %w", ref.UID, err)
		}
	}
	return s.file(ctx)
}

// older searches from the day before, because servers compare days in a zone of
// their own; the exact time is compared here.
func (s *session) older(ctx context.Context, since time.Time) (refs []Ref, refused map[uint32]string, err error) {
	uids, err := s.search(ctx, &imap.SearchCriteria{Since: since.UTC().AddDate(0, 0, -1).Truncate(24 * time.Hour)}, 1)
	if err != nil {
		return nil, nil, err
	}
	known, refused, err := s.metadata(ctx, uids)
	if err != nil {
		return nil, nil, err
	}
	for _, uid := range uids {
		if ref, ok := known[uid]; ok && !ref.deleted() && !ref.InternalDate.Before(since) {
			refs = append(refs, ref)
		}
	}
	return refs, refused, nil
}

func (s *session) backfillOne(ctx context.Context, ref Ref, fn func(context.Context, Mail) (Place, error)) error {
	if err := s.keepLock(ctx); err != nil {
		return err
	}
	files, err := s.fetchBodies(ctx, []Ref{ref})
	if err != nil && refusal(err) == "" {
		return err
	}
	f := files[ref.UID]
	if f.path == "" && err == nil { // another length than announced: once more
		if files, err = s.fetchBodies(ctx, []Ref{ref}); err != nil && refusal(err) == "" {
			return err
		}
		f = files[ref.UID]
	}
	if f.path == "" {
		return s.notGiven(ctx, ref, err)
	}
	defer os.Remove(f.path)
	place, err := fn(ctx, Mail{Ref: ref, Path: f.path, HeaderOnly: f.headerOnly})
	if err == nil && place != Stay {
		s.toFile(ref, place)
	}
	return err
}
