package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

const (
	takeAtOnce   = 50      // mails per round trip of a round
	fetchAtOnce  = 4 << 20 // bytes of mails that are fetched together
	metaAtOnce   = 200     // mails whose sizes are asked for together
	maxCrashes   = 3       // lost connections until a mail is held to be the cause
	maxRefusals  = 10      // then the mail is reported, and not asked for again in this run
	slowestSpeed = 10_000  // bytes a second; a slower body is given up
)

func (s *session) bareRef(uid uint32) Ref {
	return Ref{Mailbox: s.w.Name(), UIDValidity: s.validity, UID: uid}
}

// metadata asks for size, date and flags, and for nothing else: servers break
// the parser with ENVELOPE and BODYSTRUCTURE. One mail for which the server
// says NO, or at which the connection is lost each time, does not hide the
// others; refused says why.
func (s *session) metadata(ctx context.Context, uids []uint32) (refs map[uint32]Ref, refused map[uint32]string, err error) {
	refs, refused = map[uint32]Ref{}, map[uint32]string{}
	calm, suspect := s.suspects(uids)
	for chunk := range slices.Chunk(calm, metaAtOnce) {
		if err := s.bisect(ctx, chunk, refs, refused); err != nil {
			return nil, nil, err
		}
	}
	for _, uid := range suspect {
		if s.blamed(uid) {
			refused[uid] = "the connection is lost each time the mail is asked for"
			continue
		}
		if err := s.bisect(ctx, []uint32{uid}, refs, refused); err != nil {
			return nil, nil, err
		}
	}
	return refs, refused, nil
}

// suspects parts the mails at which the connection was lost from the others.
func (s *session) suspects(uids []uint32) (calm, suspect []uint32) {
	for _, uid := range uids {
		if s.book.crashes[uid] > 0 {
			suspect = append(suspect, uid)
		} else {
			calm = append(calm, uid)
		}
	}
	return calm, suspect
}

// blamed says that a mail was alone to blame for lost connections. It is given
// one more chance when it is due again.
func (s *session) blamed(uid uint32) bool {
	if s.book.crashes[uid] < maxCrashes {
		return false
	}
	s.book.crashes[uid] = maxCrashes - 1
	return true
}

// crash notes at which mails the connection was lost.
func (s *session) crash(err error, uids []uint32) {
	if errors.Is(err, errLost) {
		for _, uid := range uids {
			s.book.crashes[uid]++
		}
	}
}

func (s *session) bisect(ctx context.Context, uids []uint32, refs map[uint32]Ref, refused map[uint32]string) error {
	err := s.do(ctx, "UID FETCH", func() error { return s.fetchMeta(uids, refs) })
	if err == nil {
		return nil
	}
	why := refusal(err)
	if why == "" {
		s.crash(err, uids)
		return err
	}
	uids = slices.DeleteFunc(slices.Clone(uids), func(uid uint32) bool { _, ok := refs[uid]; return ok })
	if len(uids) <= 1 {
		for _, uid := range uids {
			refused[uid] = why
		}
		return nil
	}
	half := len(uids) / 2
	if err := s.bisect(ctx, uids[:half], refs, refused); err != nil {
		return err
	}
	return s.bisect(ctx, uids[half:], refs, refused)
}

func (s *session) fetchMeta(uids []uint32, refs map[uint32]Ref) error {
	list, err := s.client.Fetch(uidSet(uids), &imap.FetchOptions{
		UID: true, RFC822Size: true, InternalDate: true, Flags: true,
	}).Collect()
	for _, m := range list {
		if m.InternalDate.IsZero() {
			continue // news of flags that came in between, not the answer
		}
		ref := s.bareRef(uint32(m.UID))
		ref.Size, ref.InternalDate = m.RFC822Size, m.InternalDate
		for _, f := range m.Flags {
			ref.Flags = append(ref.Flags, string(f))
		}
		refs[ref.UID] = ref
	}
	return err
}

func (r Ref) deleted() bool {
	return slices.ContainsFunc(r.Flags, func(f string) bool { return isDeleted(imap.Flag(f)) })
}

// isDeleted ignores case: some servers give flags back in lower case.
func isDeleted(f imap.Flag) bool { return strings.EqualFold(string(f), string(imap.FlagDeleted)) }

// take deals with some mails, oldest first: they get their ledger rows, those
// which the ledger waits for are fetched and handed over, and what the desk has
// done with by then is moved.
func (s *session) take(ctx context.Context, uids []uint32) error {
	if err := s.keepLock(ctx); err != nil {
		return err
	}
	refs, refused, err := s.metadata(ctx, uids)
	if err != nil {
		return err
	}
	var absent []uint32
	var here, fetch []Ref
	for _, uid := range uids {
		ref, ok := refs[uid]
		switch {
		case refused[uid] != "":
			here = append(here, s.bareRef(uid))
		case !ok:
			absent = append(absent, uid)
		case ref.deleted(): // somebody has thrown it away; a later whole look sees whether it was taken back
			s.book.forget(uid)
		default:
			here = append(here, ref)
		}
	}
	for _, ref := range s.seen(ctx, here) {
		if why := refused[ref.UID]; why != "" {
			s.refuse(ctx, ref, why)
		} else {
			fetch = append(fetch, ref)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.lookFor(ctx, absent); err != nil {
		return err
	}
	for _, group := range s.groups(fetch) {
		if err := s.fetchGroup(ctx, group); err != nil {
			return err
		}
	}
	s.harvest(ctx)
	return s.file(ctx)
}

// seen makes the ledger rows. It gives the mails that are to be fetched.
func (s *session) seen(ctx context.Context, refs []Ref) (fetch []Ref) {
	if len(refs) == 0 {
		return nil
	}
	known, err := s.w.hooks.Seen(ctx, refs)
	if err != nil {
		s.w.log.Error("mailbox: mails not noted in the ledger, tried again later", "mails", len(refs), "uid", refs[0].UID, "error", err)
		for _, ref := range refs {
			s.postponeOwn(ref.UID)
		}
		return nil
	}
	for i, ref := range refs {
		ref.ID = known[i].ID
		s.w.cfg.Step(StepLedger, ref.UID)
		switch known[i].Todo {
		case Fetch:
			s.book.open[ref.UID] = ref
			fetch = append(fetch, ref)
		case FileDone:
			s.toFile(ref, Done)
		case FileHold:
			s.toFile(ref, Hold)
		default:
			s.book.settle(ref.UID)
		}
	}
	return fetch
}

// refuse reports a mail that the server does not give out.
func (s *session) refuse(ctx context.Context, ref Ref, why string) {
	attempts, err := s.w.hooks.Refused(ctx, ref, why)
	if err != nil {
		s.w.log.Error("mailbox: refusal not noted", "uid", ref.UID, "error", err)
	}
	if attempts >= maxRefusals {
		s.w.log.Error("mailbox: the server does not give out a mail; a person must look", "uid", ref.UID, "attempts", attempts, "why", why)
		s.book.settle(ref.UID)
		return
	}
	s.w.log.Warn("mailbox: the server does not give out a mail, tried again later", "uid", ref.UID, "attempts", attempts, "why", why)
	s.postpone(ref.UID)
	s.book.late[ref.UID].tries = max(s.book.late[ref.UID].tries, attempts)
}

// lookFor deals with mails of which an answer had nothing: gone, or not told of.
func (s *session) lookFor(ctx context.Context, uids []uint32) error {
	if len(uids) == 0 {
		return nil
	}
	here, err := s.present(ctx, uids)
	if err != nil {
		return err
	}
	for _, uid := range uids {
		if here[uid] {
			s.postpone(uid)
		} else {
			s.gone(ctx, uid)
		}
	}
	return nil
}

// gone tells of a mail that was deleted before it could be fetched.
func (s *session) gone(ctx context.Context, uid uint32) {
	if ref, ok := s.book.open[uid]; ok {
		if err := s.w.hooks.Gone(ctx, ref); err != nil {
			s.w.log.Error("mailbox: deleted mail not noted", "uid", uid, "error", err)
			return
		}
	}
	s.book.forget(uid)
}

// groups parts mails into what is fetched together: many small ones, large and
// suspicious ones alone.
func (s *session) groups(refs []Ref) [][]Ref {
	var out [][]Ref
	var group []Ref
	var size int64
	flush := func() {
		if len(group) > 0 {
			out = append(out, group)
		}
		group, size = nil, 0
	}
	for _, ref := range refs {
		alone := ref.Size > s.w.cfg.MaxMailSize || s.book.crashes[ref.UID] > 0
		if alone || size+ref.Size > fetchAtOnce {
			flush()
		}
		group, size = append(group, ref), size+ref.Size
		if alone {
			flush()
		}
	}
	flush()
	return out
}

// fetchGroup fetches some mails and hands them over. What the answer lacks is
// asked for once more, one by one.
func (s *session) fetchGroup(ctx context.Context, group []Ref) error {
	if err := s.keepLock(ctx); err != nil {
		return err
	}
	files, err := s.fetchBodies(ctx, group)
	if err != nil && refusal(err) == "" {
		return err
	}
	if len(group) == 1 && files[group[0].UID].path == "" {
		return s.notGiven(ctx, group[0], err)
	}
	for _, ref := range group {
		f := files[ref.UID]
		if f.path == "" {
			err = s.fetchGroup(ctx, []Ref{ref})
		} else {
			err = s.handOver(ctx, Mail{Ref: ref, Path: f.path, HeaderOnly: f.headerOnly})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// notGiven deals with a mail that was asked for alone and did not come.
func (s *session) notGiven(ctx context.Context, ref Ref, answer error) error {
	here, err := s.present(ctx, []uint32{ref.UID})
	switch {
	case err != nil:
		return err
	case !here[ref.UID]:
		s.gone(ctx, ref.UID)
	case answer != nil:
		s.refuse(ctx, ref, refusal(answer))
	default:
		s.refuse(ctx, ref, "the server's answer does not hold the mail, or not all of it")
	}
	return nil
}

// bodyTime is the longest that bodies of this size may take.
func (s *session) bodyTime(size int64) time.Duration {
	return s.w.timing.command + time.Duration(size/slowestSpeed)*time.Second
}
