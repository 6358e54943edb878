package mailbox

import (
	"context"
	"os"
	"sync"
)

// inWork are the mails that the desk has in hand, and those that it has done
// with, of which the session does not know yet.
type inWork struct {
	mu    sync.Mutex
	count int // in hand
	ended []handled
	news  chan struct{} // something has ended
}

// handled is a mail that the desk has done with.
type handled struct {
	ref   Ref
	place Place
	err   error
}

func (w *inWork) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
}

func (w *inWork) end(h handled) {
	w.mu.Lock()
	w.count--
	w.ended = append(w.ended, h)
	w.mu.Unlock()
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// take gives what has ended, and how many are still in hand.
func (w *inWork) take() (ended []handled, left int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ended, w.ended = w.ended, nil
	return ended, w.count
}

// handOver gives a mail to the desk. When it is done with, the file is deleted.
func (s *session) handOver(ctx context.Context, mail Mail) error {
	if err := ctx.Err(); err != nil {
		_ = os.Remove(mail.Path)
		return err
	}
	s.w.cfg.Step(StepFetched, mail.UID)
	s.work.begin()
	s.w.hooks.Handle(ctx, mail, func(place Place, err error) {
		_ = os.Remove(mail.Path)
		s.work.end(handled{mail.Ref, place, err})
	})
	return nil
}

// harvest notes what has become of the mails that the desk has done with.
func (s *session) harvest(ctx context.Context) (left int) {
	ended, left := s.work.take()
	for _, h := range ended {
		switch {
		case h.err != nil && ctx.Err() != nil: // the next start looks at it again
		case h.err != nil:
			s.w.log.Error("mailbox: mail not handled, tried again later", "uid", h.ref.UID, "error", h.err)
			s.postponeOwn(h.ref.UID)
		case h.place == Stay:
			s.book.settle(h.ref.UID)
		default:
			s.toFile(h.ref, h.place)
		}
	}
	return left
}

// await waits until the desk has done with all mails that it has in hand, also
// when the context ends: what is committed then must be known.
func (s *session) await(ctx context.Context) {
	for s.harvest(ctx) > 0 {
		<-s.work.news
	}
}
