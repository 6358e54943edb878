package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"retour/cmd/internal/bench"
)

// idle measures from the server's notice of a new mail to the arrival of its
// answer: relays see both on their way.
func (m *measuring) idle() error {
	ctx, cancel := context.WithTimeout(m.ctx, longest)
	defer cancel()
	see := newSight()
	s := m.servers.Servers
	in, err := bench.StartRelay(ctx, net.JoinHostPort(s.Host, strconv.Itoa(s.IMAP)), see.imap)
	if err != nil {
		return err
	}
	out, err := bench.StartRelay(ctx, net.JoinHostPort(s.Host, strconv.Itoa(s.SMTP)), see.smtp)
	if err != nil {
		return err
	}
	s.Host, s.IMAP, s.SMTP = "127.0.0.1", in.Port, out.Port
	config, err := m.configure(filepath.Join(m.dir, "idle"), "", s)
	if err != nil {
		return err
	}
	if err := m.post.Clear(); err != nil {
		return err
	}
	p, err := startDesk(m.world, config)
	if err != nil {
		return err
	}
	err = m.oneByOne(ctx, p, see)
	return errors.Join(err, p.end(), in.Close(), out.Close())
}

func (m *measuring) oneByOne(ctx context.Context, p *part, see *sight) error {
	mails, err := m.writer(0)
	if err != nil {
		return err
	}
	for n := 0; len(m.report.Idle) < m.report.Profile.Mails; n++ {
		if err := see.wait(ctx, p, see.idle); err != nil {
			return fmt.Errorf("mail %d: the desk does not wait: %w", n+1, err)
		}
		see.reset()
		if err := m.post.Deliver(mails.Mail(n)); err != nil {
			return err
		}
		if err := see.wait(ctx, p, see.sent); err != nil {
			return fmt.Errorf("mail %d: no answer: %w\n%s", n+1, err, p.said())
		}
		m.report.Idle = append(m.report.Idle, see.took())
	}
	return nil
}

// sight is what the relays see. The desk and both servers talk one at a time, and
// each waits for the other, so that what is looked for is found in one piece or
// at the end of one.
type sight struct {
	idle, sent chan struct{} // the desk waits for mail; a mail has passed

	events chan event
}

type event struct {
	what string
	at   time.Time
}

func newSight() *sight {
	return &sight{idle: make(chan struct{}, 1), sent: make(chan struct{}, 1), events: make(chan event, 16)}
}

func (s *sight) imap(fromServer bool, piece []byte) {
	switch {
	case fromServer && bytes.Contains(piece, []byte(" EXISTS\r\n")):
		s.note("notice")
	case !fromServer && bytes.HasSuffix(piece, []byte(" IDLE\r\n")):
		mark(s.idle)
	}
}

func (s *sight) smtp(fromServer bool, piece []byte) {
	if !fromServer && bytes.HasSuffix(piece, []byte("\r\n.\r\n")) {
		s.note("answer")
		mark(s.sent)
	}
}

func (s *sight) note(what string) {
	select {
	case s.events <- event{what, time.Now()}:
	default: // nobody has looked for long: the desk opens its mailbox
	}
}

func mark(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// reset forgets what was seen.
func (s *sight) reset() {
	for {
		select {
		case <-s.events:
		case <-s.sent:
		case <-s.idle:
		default:
			return
		}
	}
}

// took is the time from the first notice to the answer, in milliseconds.
func (s *sight) took() float64 {
	var notice time.Time
	for {
		e := <-s.events
		if e.what == "notice" && notice.IsZero() {
			notice = e.at
		}
		if e.what == "answer" {
			return float64(e.at.Sub(notice).Microseconds()) / 1000
		}
	}
}

func (s *sight) wait(ctx context.Context, p *part, c chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-p.stopped:
		return errors.New("the desk has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
}
