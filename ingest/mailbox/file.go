package mailbox

import (
	"context"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// fileAtOnce bounds the length of the command line that names the mails.
const fileAtOnce = 200

// toFile notes that a mail is dealt with, and where it belongs. Who only reads
// leaves it where it is.
func (s *session) toFile(ref Ref, p Place) {
	if s.w.cfg.ReadOnly {
		s.book.settle(ref.UID)
		return
	}
	s.book.forget(ref.UID)
	s.book.unfiled[ref.UID] = &filing{ref: ref, place: p}
}

// file moves the mails that are dealt with. What cannot be moved is tried again
// later; only a lost connection is an error.
func (s *session) file(ctx context.Context) error {
	for _, p := range []Place{Done, Hold} {
		uids := s.book.toFile(p, s.w.now())
		for chunk := range slices.Chunk(uids, fileAtOnce) {
			if err := s.fileChunk(ctx, p, chunk); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) fileChunk(ctx context.Context, p Place, uids []uint32) error {
	var move, left []uint32
	for _, uid := range uids {
		if s.book.unfiled[uid].folder != "" {
			left = append(left, uid) // the ledger alone is to be told
		} else {
			move = append(move, uid)
		}
	}
	s.filed(ctx, left, s.w.placeFolder(p))
	if len(move) == 0 {
		return nil
	}
	for _, uid := range move {
		s.w.cfg.Step(StepMove, uid)
	}
	err := s.moveMaking(ctx, p, move)
	if err == nil {
		for _, uid := range move {
			s.w.cfg.Step(StepMoved, uid)
		}
		s.filed(ctx, move, s.w.placeFolder(p))
		return nil
	}
	if refusal(err) == "" {
		return err
	}
	return s.notMoved(ctx, p, move, err)
}

// notMoved sorts out a refused move: part of it may have been done, and one
// mail may have been the cause.
func (s *session) notMoved(ctx context.Context, p Place, uids []uint32, cause error) error {
	here, err := s.present(ctx, uids)
	if err != nil {
		return err
	}
	for _, uid := range uids {
		switch {
		case !here[uid]:
			s.filed(ctx, []uint32{uid}, s.w.placeFolder(p))
			continue
		case len(uids) > 1 && !hasCode(cause, imap.ResponseCodeOverQuota):
			if err := s.fileChunk(ctx, p, []uint32{uid}); err != nil {
				return err
			}
			continue
		}
		s.unfiledLater(uid)
	}
	s.w.log.Warn("mailbox: mails not moved, tried again later", "folder", s.w.placeFolder(p), "mails", len(uids), "error", cause)
	return nil
}

// unfiledLater puts a move off, longer each time.
func (s *session) unfiledLater(uid uint32) {
	f := s.book.unfiled[uid]
	f.due = s.w.now().Add(gap(s.w.timing.retryMin, s.w.timing.retryMax, f.tries))
	f.tries++
}

// filed tells the ledger that mails have left the folder.
func (s *session) filed(ctx context.Context, uids []uint32, folder string) {
	if len(uids) == 0 {
		return
	}
	refs := make([]Ref, len(uids))
	for i, uid := range uids {
		refs[i] = s.book.unfiled[uid].ref
	}
	err := s.w.hooks.Filed(ctx, refs, folder)
	if err != nil {
		s.w.log.Error("mailbox: moves not noted in the ledger, tried again later", "mails", len(uids), "uid", uids[0], "error", err)
	}
	for _, uid := range uids {
		if err != nil {
			s.book.unfiled[uid].folder = folder
			s.unfiledLater(uid)
		} else {
			s.book.settle(uid)
		}
	}
}

// moveMaking moves, and makes the folder first where the server misses it.
func (s *session) moveMaking(ctx context.Context, p Place, uids []uint32) error {
	err := s.move(ctx, p, uids)
	if !hasCode(err, imap.ResponseCodeTryCreate) {
		return err
	}
	if err := s.ensure(ctx, s.w.placeFolder(p)); err != nil {
		return err
	}
	return s.move(ctx, p, uids)
}

// move uses MOVE (RFC 6851) where the server has it. The client library's own
// substitute is not used: it deletes the originals without waiting for COPY's
// answer. Here nothing is deleted that was not copied, and nothing is expunged
// but these very mails, which takes UIDPLUS (RFC 4315); without it they stay,
// marked as deleted.
func (s *session) move(ctx context.Context, p Place, uids []uint32) error {
	folder, set := s.resolve(s.w.placeFolder(p)), uidSet(uids)
	if s.caps.Has(imap.CapMove) {
		return s.do(ctx, "UID MOVE to "+folder, func() error {
			_, err := s.client.Move(set, folder).Wait()
			return err
		})
	}
	if err := s.copy(ctx, folder, uids); err != nil {
		return err
	}
	err := s.do(ctx, "UID STORE", func() error {
		flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		return s.client.Store(set, flags, nil).Close()
	})
	if err != nil || !s.caps.Has(imap.CapUIDPlus) {
		return err
	}
	err = s.do(ctx, "UID EXPUNGE", func() error { return s.client.UIDExpunge(set).Close() })
	if refusal(err) != "" {
		s.w.log.Warn("mailbox: moved mails stay behind, marked as deleted", "error", err)
		return nil
	}
	return err
}

// copy copies what has not been copied before: when a later step fails, the
// next try must not make a second copy.
func (s *session) copy(ctx context.Context, folder string, uids []uint32) error {
	todo := slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { return s.book.unfiled[uid].copied })
	if len(todo) == 0 {
		return nil
	}
	err := s.do(ctx, "UID COPY to "+folder, func() error {
		_, err := s.client.Copy(uidSet(todo), folder).Wait()
		return err
	})
	if err != nil {
		return err
	}
	for _, uid := range todo {
		s.book.unfiled[uid].copied = true
	}
	return nil
}
