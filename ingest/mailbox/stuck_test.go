package mailbox

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// hasty is a server that ends the login together with its challenge, without
// waiting for the answer: the client library then waits for ever.
func hasty(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			_, _ = io.WriteString(c, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hello\r\n")
			lines := bufio.NewScanner(c)
			for lines.Scan() {
				tag, command, _ := strings.Cut(lines.Text(), " ")
				switch {
				case strings.HasPrefix(command, "CAPABILITY"):
					_, _ = io.WriteString(c, "* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\n"+tag+" OK done\r\n")
				case strings.HasPrefix(command, "AUTHENTICATE"):
					_, _ = io.WriteString(c, "+ e30=\r\n"+tag+" NO refused\r\n")
				}
			}
		}()
	}
}

// The library not noticing its end must not be the end of the mailbox.
func TestLoginEndedWithItsChallengeHoldsNobodyUp(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go hasty(ln)
	cfg := Config{Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, TLS: TLSNone, User: "u", Mechanism: mechXOAuth2,
		Token: func(context.Context) (string, error) { return "token", nil }}
	w := newWatcher(t, cfg, newDesk(t))
	w.timing.silence = 100 * time.Millisecond
	stuck := 0
	for range 5 { // it is a race in the library
		s, err := w.connect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		err = s.login(t.Context())
		s.close()
		if err == nil {
			t.Fatal("the login was refused, and succeeded")
		}
		if errors.Is(err, errLost) {
			stuck++
		}
	}
	t.Logf("the library was stuck %d times of 5", stuck)
}

// After hours of a full disk a mail is taken in minutes after there is room; one
// that the server does not give out is asked for ever more rarely.
func TestOwnTroubleIsTriedAgainSoon(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	w := &Watcher{timing: defaultTiming(), now: func() time.Time { return now }}
	s := &session{w: w, book: newBook(1)}
	for range 12 {
		s.postponeOwn(1)
		s.postpone(2)
	}
	if own, theirs := s.book.late[1].due.Sub(now), s.book.late[2].due.Sub(now); own != 2*time.Minute || theirs != 6*time.Hour {
		t.Errorf("after twelve failures the desk waits for %s with its own, for %s with the server's", own, theirs)
	}
}
