package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// errLost says that the connection is of no more use. It is routine: the next
// connection goes on where this one ended.
var errLost = errors.New("connection lost")

// session is one logged-in connection, used by one goroutine, one command at a
// time.
type session struct {
	w      *Watcher
	conn   *watchedConn
	client *imapclient.Client
	caps   imap.CapSet
	news   chan struct{} // the server has spoken of mails
	stop   func() bool   // ends the watching of the context

	delim     string // between the levels of a folder's name; empty: the server has no levels
	prefix    string // of the personal namespace, as "INBOX."
	validity  uint32 // of the watched folder; 0: it is not selected
	noIdle    bool   // the server offers IDLE and refuses it
	lock      *lock
	onlyLocks bool  // there was nothing but locks in the lock folder
	book      *book // of the selected folder
	work      inWork
	buffer    []byte // for the bytes of mails
}

// open connects and logs in.
func (w *Watcher) open(ctx context.Context) (*session, error) {
	s, err := w.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.login(ctx); err != nil {
		s.close() // also because a failed AUTHENTICATE leaves the client unusable
		return nil, err
	}
	return s, nil
}

func (s *session) close() {
	s.stop()
	s.conn.expire()
	if s.client != nil {
		_ = s.client.Close()
	}
}

// closeSoon gives the running command a moment when the context has ended.
func (s *session) closeSoon() { time.AfterFunc(s.w.timing.grace, s.conn.expire) }

// logout says good-bye, for manners; nothing depends on it.
func (s *session) logout() {
	s.conn.arm(s.w.timing.grace)
	_ = s.client.Logout().Wait()
	s.close()
}

// heard is called by the client when the server speaks of the folder unasked.
func (s *session) heard(d *imapclient.UnilateralDataMailbox) {
	if d.NumMessages != nil {
		select {
		case s.news <- struct{}{}:
		default:
		}
	}
}

// do runs one command under a deadline. The error is the server's NO or BAD
// (see refusal), or wraps errLost.
func (s *session) do(ctx context.Context, what string, f func() error) error {
	return s.doFor(ctx, what, s.w.timing.command, f)
}

func (s *session) doFor(ctx context.Context, what string, longest time.Duration, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.conn.arm(s.w.timing.silence)
	end := time.AfterFunc(longest, s.conn.expire)
	err := s.conn.outlive(f, s.w.timing.silence)
	end.Stop()
	s.conn.disarm()
	switch {
	case err == nil:
		return nil
	case refusal(err) != "":
		return fmt.Errorf("%s: %w", what, err)
	case ctx.Err() != nil:
		return ctx.Err()
	case s.conn.isExpired():
		err = errSilent
	}
	return fmt.Errorf("%s: %w: %w", what, errLost, err)
}

// refusal is the server's text when it answered NO or BAD; empty for all other
// errors.
func refusal(err error) string {
	var e *imap.Error
	if !errors.As(err, &e) || e.Type != imap.StatusResponseTypeNo && e.Type != imap.StatusResponseTypeBad {
		return ""
	}
	return string(e.Type) + " " + e.Text
}

func hasCode(err error, code imap.ResponseCode) bool {
	var e *imap.Error
	return errors.As(err, &e) && e.Code == code
}

// selectFolder selects the watched folder, again where it is selected already:
// that is how a new UIDVALIDITY shows.
func (s *session) selectFolder(ctx context.Context) error {
	folder := s.resolve(s.w.cfg.Folder)
	return s.do(ctx, "SELECT "+folder, func() error {
		data, err := s.client.Select(folder, &imap.SelectOptions{ReadOnly: s.w.cfg.ReadOnly}).Wait()
		if err != nil {
			s.validity = 0
			return err
		}
		s.validity = data.UIDValidity
		return nil
	})
}

// search lists the UIDs from first on, in order. The range n:* also stands for
// the newest mail where that is older than n (RFC 3501), which is left out here.
func (s *session) search(ctx context.Context, criteria *imap.SearchCriteria, first uint32) ([]uint32, error) {
	if first > 1 {
		criteria.UID = []imap.UIDSet{{imap.UIDRange{Start: imap.UID(first), Stop: 0}}}
	}
	var found []imap.UID
	err := s.do(ctx, "UID SEARCH", func() error {
		data, err := s.client.UIDSearch(criteria, nil).Wait()
		if err == nil {
			found = data.AllUIDs()
		}
		return err
	})
	var uids []uint32
	for _, uid := range found {
		if uint32(uid) >= first {
			uids = append(uids, uint32(uid))
		}
	}
	slices.Sort(uids)
	return uids, err
}

// present says which of the UIDs are still in the folder.
func (s *session) present(ctx context.Context, uids []uint32) (map[uint32]bool, error) {
	var found []imap.UID
	err := s.do(ctx, "UID SEARCH", func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{uidSet(uids)}}, nil).Wait()
		if err == nil {
			found = data.AllUIDs()
		}
		return err
	})
	here := map[uint32]bool{}
	for _, uid := range found {
		here[uint32(uid)] = true
	}
	return here, err
}

func uidSet(uids []uint32) imap.UIDSet {
	var set imap.UIDSet
	for _, uid := range uids {
		set.AddNum(imap.UID(uid))
	}
	return set
}

// wait waits for news, for a Kick, or until the time is over. With IDLE the
// server says at once when a mail comes.
func (s *session) wait(ctx context.Context, longest time.Duration) error {
	timer := time.NewTimer(longest)
	defer timer.Stop()
	if !s.caps.Has(imap.CapIdle) || s.noIdle {
		s.listen(ctx, timer, nil)
		return ctx.Err()
	}
	var idle *imapclient.IdleCommand
	err := s.do(ctx, "IDLE", func() (err error) {
		idle, err = s.client.Idle()
		return err
	})
	if refusal(err) != "" {
		s.noIdle = true
		s.w.log.Warn("the server refuses IDLE: the folder is polled", "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	s.listen(ctx, timer, s.news)
	// The context may have ended: IDLE is left in order all the same.
	return s.do(context.WithoutCancel(ctx), "DONE", func() error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

func (s *session) listen(ctx context.Context, timer *time.Timer, news <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-s.w.kick:
	case <-s.client.Closed():
	case <-news:
		s.rouse() // the mark stays for the next round
	}
}

// rouse sets the mark that heard sets.
func (s *session) rouse() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}
