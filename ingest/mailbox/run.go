package mailbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// errRenumbered says that the folder has a new UIDVALIDITY: what was known of
// its UIDs is void.
var errRenumbered = errors.New("the folder has a new UIDVALIDITY")

// Run watches the folder until the context ends, and returns nil then. It
// reconnects for ever; *LockedError ends it, when another daemon reads the
// mailbox.
func (w *Watcher) Run(ctx context.Context) error {
	if !w.gate.TryLock() {
		return errors.New("mailbox: it is being read already")
	}
	defer w.gate.Unlock()
	cleanup, err := w.makeSpool()
	if err != nil {
		return err
	}
	defer cleanup()
	// Another process may have worked here since the last run.
	w.book, w.heldBook, w.refiling = nil, nil, late{}
	held := false // this run has had the lock before
	for failures := 0; ctx.Err() == nil; failures++ {
		read, err := w.watch(ctx, &held)
		if locked := new(LockedError); errors.As(err, &locked) {
			return locked
		}
		if read {
			failures = 0
		}
		if ctx.Err() == nil {
			w.report(err)
			w.pause(ctx, failures)
		}
	}
	return nil
}

// makeSpool makes the directory for this run's files, and removes what a run
// of the same instance has left that was killed.
func (w *Watcher) makeSpool() (cleanup func(), err error) {
	pattern := "retour-spool-" + safeName(w.cfg.Instance) + "-"
	old, err := filepath.Glob(filepath.Join(w.cfg.SpoolDir, pattern+"*"))
	if err != nil {
		return nil, fmt.Errorf("look for old spool files: %w", err)
	}
	for _, dir := range old {
		_ = os.RemoveAll(dir) // it only costs space
	}
	if w.spool, err = os.MkdirTemp(w.cfg.SpoolDir, pattern); err != nil {
		return nil, fmt.Errorf("make the spool directory: %w", err)
	}
	return func() { _ = os.RemoveAll(w.spool) }, nil
}

func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, s)
}

// report logs why the connection ended, when that is news.
func (w *Watcher) report(err error) {
	if err == nil {
		return
	}
	if old := w.Trouble(); old == nil || old.Error() != err.Error() {
		w.log.Warn("mailbox: connecting again", "mailbox", w.Name(), "error", err)
	}
	w.trouble.Store(&err)
}

// pause waits before the next connection; a Kick ends it.
func (w *Watcher) pause(ctx context.Context, failures int) {
	d := w.timing.backoffMax
	if failures < 16 {
		d = min(w.timing.backoffMin<<failures, d)
	}
	d = d/2 + time.Duration(w.cfg.Rand()*float64(d/2))
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-w.kick:
	}
}

// watch is one connection's life. read says that the folder was looked at.
func (w *Watcher) watch(ctx context.Context, held *bool) (read bool, err error) {
	s, err := w.open(ctx)
	if err != nil {
		return false, err
	}
	defer s.close()
	s.book = w.book
	if err := s.prepare(ctx, *held); err != nil {
		return false, err
	}
	*held = true
	read, err = s.loop(ctx)
	if ctx.Err() != nil {
		s.leave(context.WithoutCancel(ctx))
	}
	return read, err
}

// prepare gets the folders and the lock, which who only reads needs not.
func (s *session) prepare(ctx context.Context, held bool) error {
	if err := s.learnNames(ctx); err != nil {
		return err
	}
	if s.w.cfg.ReadOnly {
		s.lock = &lock{}
		return nil
	}
	if err := s.acquire(ctx, held); err != nil {
		return err
	}
	for _, name := range []string{s.w.cfg.Done, s.w.cfg.Hold} {
		if err := s.ensure(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// loop looks at the folder, again while there is something new, and waits then.
func (s *session) loop(ctx context.Context) (read bool, err error) {
	lock := time.NewTicker(s.w.timing.lockEvery)
	defer lock.Stop()
	resync := time.NewTicker(s.w.timing.resync)
	defer resync.Stop()
	s.lock.due = lock.C
	whole := true
	defer s.await(ctx)
	for {
		err := s.look(ctx, whole)
		whole = errors.Is(err, errRenumbered)
		if err != nil && !whole {
			return read, err
		}
		if whole {
			continue
		}
		read = true
		s.w.trouble.Store(nil)
		if err := s.refile(ctx); err != nil {
			return read, err
		}
		if len(s.news) > 0 {
			continue // it came while the round was under way, and IDLE would not say so again
		}
		if err := s.wait(ctx, s.book.nextDue(s.w.now(), s.w.timing.idle)); err != nil {
			return read, err
		}
		if err := s.keepLock(ctx); err != nil && !errors.Is(err, errRenumbered) {
			return read, err
		}
		select {
		case <-resync.C:
			whole = true
		default:
		}
	}
}

// look is one round: what is new is taken in, what is due is asked for again,
// what is dealt with is moved.
func (s *session) look(ctx context.Context, whole bool) error {
	news := false
	select {
	case <-s.news: // what comes from here on is for the next round
		news = true
	default:
	}
	// The server spoke of this very folder: then it need not be selected anew.
	if !news || s.validity == 0 {
		if err := s.selectFolder(ctx); err != nil {
			return err
		}
	}
	if s.book == nil || s.book.validity != s.validity {
		s.book = newBook(s.validity)
		s.w.book = s.book
	}
	if !s.book.started {
		if err := s.begin(ctx); err != nil {
			return err
		}
		whole = true
	}
	uids, err := s.candidates(ctx, whole)
	if err != nil {
		return err
	}
	s.w.lastRead.Store(s.w.now().UnixNano())
	for len(uids) > 0 {
		n := min(len(uids), takeAtOnce)
		if err := s.take(ctx, uids[:n]); err != nil {
			return err
		}
		uids = uids[n:]
	}
	return s.finish(ctx)
}

// finish waits for the desk, and moves what it has done with meanwhile.
func (s *session) finish(ctx context.Context) error {
	for left := s.harvest(ctx); ; left = s.harvest(ctx) {
		if err := s.file(ctx); err != nil || left == 0 {
			return err
		}
		<-s.work.news
	}
}

// begin tells what is in the folder: at the start, and after a change of
// UIDVALIDITY.
func (s *session) begin(ctx context.Context) error {
	b := s.book
	uids, err := s.search(ctx, &imap.SearchCriteria{}, 1)
	if err != nil {
		return err
	}
	known, _, err := s.metadata(ctx, uids)
	if err != nil {
		return err
	}
	refs := make([]Ref, len(uids))
	for i, uid := range uids {
		refs[i] = s.bareRef(uid)
		if ref, ok := known[uid]; ok {
			refs[i] = ref
		}
	}
	first, err := s.w.hooks.Started(ctx, s.w.Name(), s.validity, refs)
	if err != nil {
		return fmt.Errorf("start with mailbox %s: %w", s.w.Name(), err)
	}
	if first {
		for _, uid := range uids {
			b.settle(uid)
		}
	}
	b.started = true
	return nil
}

// candidates lists the mails to look at, oldest first. On a whole look it also
// notices which mails have left the folder that were to be moved.
func (s *session) candidates(ctx context.Context, whole bool) ([]uint32, error) {
	b, now := s.book, s.w.now()
	first := b.next
	if whole {
		first = 1
	}
	found, err := s.search(ctx, &imap.SearchCriteria{}, first)
	if err != nil {
		return nil, err
	}
	var uids []uint32
	if !whole {
		uids = b.due(now)
	}
	for _, uid := range found {
		if b.wanted(uid, now) && (whole || b.late[uid] == nil) {
			uids = append(uids, uid)
		}
		b.next = max(b.next, uid+1)
	}
	if whole {
		return uids, s.missing(ctx, found)
	}
	return uids, nil
}

// missing deals with mails that are not in the folder any more: those which
// were to be moved have been, and the answer was lost; the others were deleted.
func (s *session) missing(ctx context.Context, found []uint32) error {
	here := map[uint32]bool{}
	for _, uid := range found {
		here[uid] = true
	}
	b := s.book
	for uid, f := range b.unfiled {
		if !here[uid] && f.folder == "" {
			f.folder = s.w.placeFolder(f.place)
		}
	}
	for uid := range b.open {
		if !here[uid] {
			s.gone(ctx, uid)
		}
	}
	for uid := range b.late {
		if !here[uid] {
			b.forget(uid)
		}
	}
	for uid := range b.settled {
		if !here[uid] {
			delete(b.settled, uid)
		}
	}
	return ctx.Err()
}

// leave gives the lock back, so that another daemon can begin at once.
func (s *session) leave(ctx context.Context) {
	if s.w.cfg.ReadOnly {
		s.logout()
		return
	}
	ctx, cancel := context.WithTimeout(ctx, s.w.timing.grace)
	defer cancel()
	if err := s.release(ctx); err != nil {
		s.w.log.Debug("mailbox: lock not given back, it will lapse", "error", err)
		return
	}
	s.logout()
}
