package faultproxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// server answers each line by what answer says, and keeps what it heard.
type server struct {
	mu    sync.Mutex
	heard []string
}

func (s *server) lines() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.heard...)
}

// open starts a server and a proxy before it.
func open(t *testing.T, d Dialect, hello string, answer func(line string) string, filter func(Command) Action) (*server, *Proxy) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{}
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.WriteString(c, hello)
				for lines := bufio.NewScanner(c); lines.Scan(); {
					s.mu.Lock()
					s.heard = append(s.heard, lines.Text())
					s.mu.Unlock()
					_, _ = io.WriteString(c, answer(lines.Text()))
				}
			}()
		}
	}()
	p, err := Start(ln.Addr().String(), d, filter)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = ln.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, p
}

// client speaks through the proxy.
type client struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, p *Proxy) *client {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.Port()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return &client{t: t, Conn: c, in: bufio.NewReader(c)}
}

// say sends lines and wants an answer; "" is the end of the connection.
func (c *client) say(lines, want string) {
	c.t.Helper()
	if lines != "" {
		_, _ = io.WriteString(c.Conn, lines)
	}
	got, err := c.in.ReadString('\n')
	if got = strings.TrimRight(got, "\r\n"); got != want || want == "" && err == nil {
		c.t.Fatalf("after %q: %q (%v), want %q", lines, got, err, want)
	}
}

func okIMAP(line string) string {
	tag, _, _ := strings.Cut(line, " ")
	if tag == "" {
		return ""
	}
	return tag + " OK done\r\n"
}

func TestIMAPCommands(t *testing.T) {
	lost := make(chan string, 1)
	s, p := open(t, IMAP, "* OK hello\r\n", okIMAP, func(c Command) Action {
		switch c.Verb {
		case "UID MOVE":
			return Action{Answer: "$ NO not now"}
		case "APPEND":
			return Action{Answer: "$ BAD no"}
		case "AUTHENTICATE":
			return Action{Challenge: "+ e30=", Answer: "$ NO refused"}
		case "LOGIN":
			return Action{Pass: c.Tag + " LOGIN other secret"}
		case "UID COPY":
			return Action{Lose: true, Lost: func(answer string) { lost <- answer }}
		case "LOGOUT":
			return Action{Answer: "* BYE", Hang: true}
		}
		return Action{}
	})
	c := dial(t, p)
	c.say("", "* OK hello")
	c.say("a1 LOGIN me it\r\n", "a1 OK done")
	c.say("a2 uid move 1 x\r\n", "a2 NO not now")
	c.say("a3 APPEND x {5+}\r\nHELLO\r\n", "a3 BAD no") // its literal is no command
	c.say("a4 APPEND x {5}\r\n", "a4 BAD no")           // and is not sent where nobody asks for it
	c.say("a5 AUTHENTICATE XOAUTH2 eA==\r\n", "+ e30=")
	c.say("\r\n", "a5 NO refused")
	c.say("a6 NOOP\r\n", "a6 OK done")
	c.say("a7 UID COPY 1 x\r\n", "")
	if got := <-lost; got != "a7 OK done" {
		t.Errorf("the lost answer is %q", got)
	}
	c = dial(t, p)
	c.say("", "* OK hello")
	c.say("a8 LOGOUT\r\n", "* BYE")
	c.say("", "")
	if got := strings.Join(s.lines(), "|"); got != "a1 LOGIN other secret|a6 NOOP|a7 UID COPY 1 x" {
		t.Errorf("the server heard %s", got)
	}
}

func TestSMTPStages(t *testing.T) {
	answers := map[string]string{"EHLO x": "250-mx\r\n250 OK\r\n", "DATA": "354 go on\r\n", ".": "250 taken\r\n", "MAIL": "250 ok\r\n"}
	var do sync.Map
	s, p := open(t, SMTP, "220 mx\r\n", func(line string) string { return answers[line] }, func(c Command) Action {
		if a, ok := do.LoadAndDelete(c.Verb); ok {
			return a.(Action)
		}
		return Action{}
	})
	do.Store(Connect, Action{Answer: "421 later"})
	c := dial(t, p)
	c.say("", "421 later")
	c.say("", "")
	lost := make(chan string, 1)
	do.Store(Dot, Action{Lose: true, Lost: func(answer string) { lost <- answer }})
	c = dial(t, p)
	c.say("", "220 mx")
	c.say("EHLO x\r\n", "250-mx")
	c.say("", "250 OK")
	do.Store("MAIL", Action{Answer: "451 not now"})
	c.say("MAIL\r\n", "451 not now")
	c.say("MAIL\r\n", "250 ok")
	c.say("DATA\r\n", "354 go on")
	do.Store("RSET", Action{Answer: "451 this is no command"})
	c.say("RSET\r\nQUIT\r\n.\r\n", "") // in DATA a command is text
	if got := <-lost; got != "250 taken" {
		t.Errorf("the lost answer is %q", got)
	}
	do.Store(Dot, Action{Answer: "452 no room"})
	c = dial(t, p)
	c.say("", "220 mx")
	c.say("DATA\r\n", "354 go on")
	c.say("text\r\n.\r\n", "452 no room")
	c.say("", "")
	if got := strings.Join(s.lines(), "|"); !strings.HasPrefix(got, "EHLO x|MAIL|DATA|RSET|QUIT|.|DATA") || strings.Count(got, "|.") != 1 {
		t.Errorf("the server heard %s", got)
	}
}

func TestConnectionsFail(t *testing.T) {
	s, p := open(t, IMAP, "* OK hello\r\n", okIMAP, nil)
	c := dial(t, p)
	c.say("", "* OK hello")
	if n := p.Cut(); n != 1 {
		t.Errorf("%d connections were cut", n)
	}
	c.say("", "")
	p.Shut(true)
	dial(t, p).say("", "")
	p.Shut(false)
	p.Silence(true)
	silent := dial(t, p)
	for accepted := false; !accepted; { // before the silence ends
		p.each(func(l *link) { accepted = accepted || l.client.RemoteAddr().String() == silent.LocalAddr().String() })
		time.Sleep(time.Millisecond)
	}
	p.Silence(false)
	c = dial(t, p)
	c.say("", "* OK hello")
	p.Deafen(true, false)
	_, _ = io.WriteString(c, "a1 NOOP\r\n")
	other := dial(t, p)
	other.say("", "* OK hello")
	other.say("a2 NOOP\r\n", "a2 OK done")
	for _, dead := range []*client{silent, c} {
		_ = dead.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := dead.in.ReadByte(); err == nil {
			t.Error("something came on a dead connection")
		}
	}
	if got := strings.Join(s.lines(), "|"); got != "a2 NOOP" {
		t.Errorf("the server heard %s", got)
	}
	p.Slow(100)
	begun := time.Now()
	other.say("a3 NOOP\r\n", "a3 OK done")
	if took := time.Since(begun); took < 200*time.Millisecond {
		t.Errorf("21 bytes at 100 a second took %s", took)
	}
}
