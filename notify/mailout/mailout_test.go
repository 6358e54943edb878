package mailout

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"retour/notify"
)

const password, token = "s3cret-password", "s3cret-token"

func config(s *sink) Config {
	return Config{
		Host: "127.0.0.1", Port: s.Addr.Port, TLS: "none", User: "rma", Hello: "desk.retour.example",
		Password:  func() (string, error) { return password, nil },
		TLSConfig: &tls.Config{RootCAs: s.Roots},
		Timeout:   10 * time.Second, Idle: time.Hour,
	}
}

func newMailer(t testing.TB, cfg Config) *Mailer {
	t.Helper()
	m, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func delivery(n int) notify.Delivery {
	return notify.Delivery{ID: int64(n), Kind: notify.DeliverMail, Mail: &notify.Mail{
		FromName: "Retour", FromAddr: "rma@retour.example", To: "anna@kunde.example",
		Subject: "Your return", MessageID: fmt.Sprintf("rma-26-00001-1.%d@retour.example", n),
		Date: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Language: "en", Text: "Hello.\n.\nBye.\n",
	}}
}

func send(t *testing.T, m *Mailer, n int) *notify.Failure {
	t.Helper()
	_, err := m.Send(t.Context(), delivery(n))
	if err == nil {
		return nil
	}
	failure, ok := errors.AsType[*notify.Failure](err)
	if !ok {
		t.Fatalf("Send returned %T, want *notify.Failure: %v", err, err)
	}
	return failure
}

func mustSend(t *testing.T, m *Mailer, n int) {
	t.Helper()
	if f := send(t, m, n); f != nil {
		t.Fatalf("mail %d: %v", n, f)
	}
}

func TestOneConnectionForManyMails(t *testing.T) {
	s := startSink(t)
	m := newMailer(t, config(s))
	for n := range 5 {
		mustSend(t, m, n)
	}
	mails, conns := s.got()
	if len(mails) != 5 || conns != 1 {
		t.Fatalf("%d mails over %d connections, want 5 over 1", len(mails), conns)
	}
	if mails[0].from != "rma@retour.example" || mails[0].to != "anna@kunde.example" {
		t.Errorf("envelope %s → %s", mails[0].from, mails[0].to)
	}
	if !strings.Contains(mails[4].raw, "Message-ID: <rma-26-00001-1.4@retour.example>\r\n") {
		t.Errorf("Message-ID is not on one line:\n%s", mails[4].raw)
	}
	if !strings.HasSuffix(mails[4].raw, "Hello.\r\n.\r\nBye.\r\n") {
		t.Errorf("a line of one dot got lost:\n%q", mails[4].raw)
	}
}

// A mail with a return slip arrives whole, over TLS and with the lines that the
// wire doubles.
func TestAttachmentsArriveWhole(t *testing.T) {
	s := startSink(t)
	cfg := config(s)
	cfg.TLS = "starttls"
	m := newMailer(t, cfg)
	data := make([]byte, 150_000)
	for i := range data {
		data[i] = byte(i * i >> 7)
	}
	d := delivery(1)
	d.Mail.HTML = "<p>Hello.</p>"
	d.Mail.Attachments = []notify.Attachment{
		{Name: "RMA-26-00001-1.pdf", MediaType: "application/pdf", Data: data},
		{Name: "RMA-26-00002-9.pdf", MediaType: "application/pdf", Data: []byte(".\r\n..\r\n")},
	}
	if _, err := m.Send(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	mails, _ := s.got()
	got, err := parse([]byte(mails[0].raw))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d.Mail.Attachments, got.Files); diff != "" {
		t.Errorf("(-sent +arrived):\n%s", diff)
	}
	if len(got.Texts) != 2 || !strings.Contains(got.Texts[0], "Hello.\n.\nBye.\n") {
		t.Errorf("texts %q", got.Texts)
	}
}

// A mail over the server's size is not sent at all, and is nobody's temporary
// trouble; the next one goes over the same connection.
func TestMailOverTheServersSize(t *testing.T) {
	s := startSink(t, taking(20_000))
	m := newMailer(t, config(s))
	d := delivery(1)
	d.Mail.Attachments = []notify.Attachment{{Name: "a.pdf", MediaType: "application/pdf", Data: make([]byte, 16_000)}}
	_, err := m.Send(t.Context(), d)
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok || !f.Permanent || f.Maybe || f.Code != 552 || !strings.Contains(f.Text, "at most 20000 bytes") {
		t.Fatalf("Send = %+v", err)
	}
	mustSend(t, m, 2)
	d.Mail.Attachments[0].Data = d.Mail.Attachments[0].Data[:12_000]
	if _, err := m.Send(t.Context(), d); err != nil {
		t.Errorf("a mail under the size: %v", err)
	}
	if mails, conns := s.got(); len(mails) != 2 || conns != 1 {
		t.Errorf("%d mails over %d connections, want 2 over 1", len(mails), conns)
	}
}

func TestReceiptHasTheServersWords(t *testing.T) {
	m := newMailer(t, config(startSink(t)))
	receipt, err := m.Send(t.Context(), delivery(1))
	if err != nil || !strings.Contains(receipt.Text, "2.0.0") {
		t.Errorf("receipt %q, %v", receipt.Text, err)
	}
}

func TestWaysToLogIn(t *testing.T) {
	byToken := func(secret string) func(*Config) {
		return func(c *Config) { c.Token = func(context.Context) (string, error) { return secret, nil } }
	}
	withPassword := func(secret string) func(*Config) {
		return func(c *Config) { c.Password = func() (string, error) { return secret, nil } }
	}
	for _, tc := range []struct {
		name   string
		server []func(*sink)
		client func(*Config)
		want   string // part of the failure; empty: the mail arrives
	}{
		{"plain", nil, nil, ""},
		{"starttls", nil, func(c *Config) { c.TLS = "starttls" }, ""},
		{"implicit", []func(*sink){implicitTLS}, func(c *Config) { c.TLS = "implicit" }, ""},
		{"login", []func(*sink){offering("LOGIN")}, nil, ""},
		{"xoauth2", []func(*sink){offering("PLAIN", "XOAUTH2")}, byToken(token), ""},
		{"wrong password", nil, withPassword("wr0ng"), "log in to"},
		{"wrong password by login", []func(*sink){offering("LOGIN")}, withPassword("wr0ng"), "log in to"},
		{"stale token", []func(*sink){offering("XOAUTH2")}, byToken("st4le"), `{"status":"401"}`},
		{"no xoauth2 there", nil, byToken(token), "does not offer XOAUTH2"},
		{"no known mechanism", []func(*sink){offering("NTLM")}, nil, "neither PLAIN nor LOGIN"},
		{"unknown authority", nil, func(c *Config) { c.TLS, c.TLSConfig = "starttls", nil }, "start TLS with"},
		{"starttls on a TLS port", []func(*sink){implicitTLS}, func(c *Config) { c.TLS, c.Timeout = "starttls", 200*time.Millisecond }, "greeting of"},
		{"TLS on a plain port", nil, func(c *Config) { c.TLS = "implicit" }, "TLS: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := startSink(t, tc.server...)
			cfg := config(s)
			if tc.client != nil {
				tc.client(&cfg)
			}
			m := newMailer(t, cfg)
			checked, failure := m.Check(t.Context(), "rma@desk.example"), send(t, m, 1)
			if tc.want == "" {
				if checked != nil || failure != nil {
					t.Fatalf("Check: %v, Send: %v", checked, failure)
				}
				return
			}
			if failure == nil || checked == nil || !strings.Contains(failure.Error(), tc.want) || !strings.Contains(checked.Error(), tc.want) {
				t.Fatalf("Send: %v\nCheck: %v\nwant %q in both", failure, checked, tc.want)
			}
			if failure.Permanent || failure.Maybe {
				t.Errorf("a failed login gives the mail up: %+v", failure)
			}
		})
	}
}

// A token that the server takes no more must not be given until it expires.
func TestRefusedTokenIsTold(t *testing.T) {
	cfg := config(startSink(t, offering("XOAUTH2")))
	give := "st4le"
	cfg.Token = func(context.Context) (string, error) { return give, nil }
	cfg.TokenRefused = func(refused string) {
		if refused != give {
			t.Errorf("%q was given, and %q refused", give, refused)
		}
		give = token
	}
	m := newMailer(t, cfg)
	if failure := send(t, m, 1); failure == nil {
		t.Fatal("a stale token was taken")
	}
	if failure := send(t, m, 1); failure != nil {
		t.Errorf("after another token was given: %v", failure)
	}
}

// reply is an answer of a server.
func reply(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// TestWhichFailureRetries is the table: what goes wrong where, and whether the
// mail is tried again.
func TestWhichFailureRetries(t *testing.T) {
	for _, tc := range []struct {
		stage     string
		fault     error
		permanent bool
		maybe     bool
		code      int
	}{
		{"connect", errDrop, false, false, 0},
		{"connect", reply(421, "busy"), false, false, 421},
		{"connect", reply(554, "no service for you"), false, false, 554},
		{"hello", errDrop, false, false, 0},
		{"hello", reply(421, "busy"), false, false, 421},
		{"hello", reply(550, "bad name"), false, false, 550},
		{"auth", errDrop, false, false, 0},
		{"auth", reply(454, "temporary"), false, false, 454},
		{"auth", reply(535, "bad credentials"), false, false, 535},
		{"mail", errDrop, false, false, 0},
		{"mail", reply(421, "closing"), false, false, 421},
		{"mail", reply(451, "try later"), false, false, 451},
		{"mail", reply(530, "5.7.0 log in first"), false, false, 530},
		{"mail", reply(550, "sender unknown"), true, false, 550},
		{"rcpt", errDrop, false, false, 0},
		{"rcpt", reply(450, "4.2.1 mailbox busy"), false, false, 450},
		{"rcpt", reply(451, "4.7.1 greylisted"), false, false, 451},
		{"rcpt", reply(452, "4.2.2 mailbox full"), false, false, 452},
		{"rcpt", reply(550, "5.1.1 no such user"), true, false, 550},
		{"rcpt", reply(553, "5.1.3 bad address"), true, false, 553},
		{"body", errDrop, false, true, 0},
		{"body", reply(552, "5.3.4 too big"), true, false, 552},
		{"dot", errDrop, false, true, 0},
		{"dot", reply(451, "4.3.0 disk full"), false, false, 451},
		{"dot", reply(550, "5.4.5 daily sending limit reached"), false, false, 550},
		{"dot", reply(554, "5.7.1 spam"), true, false, 554},
	} {
		t.Run(fmt.Sprintf("%s/%v", tc.stage, tc.fault), func(t *testing.T) {
			s := startSink(t)
			m := newMailer(t, config(s))
			s.fail(func(stage string) error {
				if stage == tc.stage {
					return tc.fault
				}
				return nil
			})
			f := send(t, m, 1)
			if f == nil {
				t.Fatal("the mail was sent")
			}
			if f.Permanent != tc.permanent || f.Maybe != tc.maybe || f.Code != tc.code {
				t.Errorf("permanent %v, maybe %v, code %d; want %v, %v, %d: %v",
					f.Permanent, f.Maybe, f.Code, tc.permanent, tc.maybe, tc.code, f)
			}
			s.fail(nil)
			mustSend(t, m, 2)
			if mails, _ := s.got(); len(mails) != 1 || !strings.Contains(mails[0].raw, "1.2@retour.example") {
				t.Errorf("after the failure %d mails arrived, want the second alone", len(mails))
			}
		})
	}
}

// A RSET that fails after a mail was taken, or a connection that the server
// closes then, is no failure of that mail.
func TestTroubleAfterTheMailWasTaken(t *testing.T) {
	s := startSink(t)
	m := newMailer(t, config(s))
	s.fail(func(stage string) error {
		if stage == "after" || stage == "rset" {
			return errDrop
		}
		return nil
	})
	mustSend(t, m, 1)
	mustSend(t, m, 2)
	if mails, conns := s.got(); len(mails) != 2 || conns != 2 {
		t.Errorf("%d mails over %d connections, want 2 over 2", len(mails), conns)
	}
}

func TestRefusalKeepsTheConnection(t *testing.T) {
	s := startSink(t)
	m := newMailer(t, config(s))
	for _, stage := range []string{"mail", "rcpt", "dot"} {
		s.fail(func(at string) error {
			if at == stage {
				return reply(550, "no")
			}
			return nil
		})
		if send(t, m, 1) == nil {
			t.Fatal("not refused")
		}
	}
	if _, conns := s.got(); conns != 1 {
		t.Errorf("%d connections, want 1", conns)
	}
}

func TestFailedResetMakesANewConnection(t *testing.T) {
	s := startSink(t)
	m := newMailer(t, config(s))
	s.fail(func(stage string) error {
		switch stage {
		case "rcpt":
			return reply(550, "no such user")
		case "rset":
			return errDrop
		}
		return nil
	})
	if f := send(t, m, 1); f == nil || f.Code != 550 || !f.Permanent {
		t.Fatalf("failure %+v, want the 550", f)
	}
	s.fail(nil)
	mustSend(t, m, 2)
	if _, conns := s.got(); conns != 2 {
		t.Errorf("%d connections, want 2", conns)
	}
}

// The server may say 421 or close while the connection rests: the next mail
// goes over a new one at once.
func TestConnectionLostWhileIdle(t *testing.T) {
	for _, fault := range []error{errDrop, reply(421, "idle too long")} {
		s := startSink(t)
		m := newMailer(t, config(s))
		mustSend(t, m, 1)
		once := fault
		s.fail(func(stage string) error {
			if stage == "mail" {
				defer func() { once = nil }()
				return once
			}
			return nil
		})
		mustSend(t, m, 2)
		if mails, conns := s.got(); len(mails) != 2 || conns != 2 {
			t.Errorf("%v: %d mails over %d connections, want 2 over 2", fault, len(mails), conns)
		}
	}
}

func TestIdleConnectionIsClosed(t *testing.T) {
	s := startSink(t)
	cfg := config(s)
	cfg.Idle = 20 * time.Millisecond
	m := newMailer(t, cfg)
	mustSend(t, m, 1)
	<-s.gone
	mustSend(t, m, 2)
	if mails, conns := s.got(); len(mails) != 2 || conns != 2 {
		t.Errorf("%d mails over %d connections, want 2 over 2", len(mails), conns)
	}
}

func TestConnectionIsRenewed(t *testing.T) {
	s := startSink(t)
	m := newMailer(t, config(s))
	for n := range maxPerConn + 1 {
		mustSend(t, m, n)
	}
	if _, conns := s.got(); conns != 2 {
		t.Errorf("%d connections, want 2", conns)
	}
}

func TestNobodyListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	_ = ln.Close()
	m := newMailer(t, Config{Host: "127.0.0.1", Port: port, TLS: "none"})
	f := send(t, m, 1)
	if f == nil || f.Permanent || f.Maybe || !strings.Contains(f.Error(), "connection refused") {
		t.Errorf("failure %+v", f)
	}
}

// silent takes connections and says what it is told, then nothing more.
func silent(t *testing.T, greeting string) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			_, _ = io.WriteString(conn, greeting)
			go func() { _, _ = io.Copy(io.Discard, conn) }()
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}

func TestSilentServerRunsIntoTheDeadline(t *testing.T) {
	for _, greeting := range []string{"", "220 hello\r\n", "220 hello\r\n250-x\r\n250 AUTH PLAIN\r\n"} {
		m := newMailer(t, Config{
			Host: "127.0.0.1", Port: silent(t, greeting), TLS: "none", Timeout: 50 * time.Millisecond,
			User: "rma", Password: func() (string, error) { return password, nil },
		})
		f := send(t, m, 1)
		if f == nil || f.Permanent || f.Maybe || !strings.Contains(f.Error(), "timeout") {
			t.Errorf("after %q: %v", greeting, f)
		}
	}
}

func TestContextEndsASend(t *testing.T) {
	m := newMailer(t, Config{Host: "127.0.0.1", Port: silent(t, ""), TLS: "none"})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := m.Send(ctx, delivery(1))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Send returned %v, want the context's end", err)
	}
}

// parrot is a server that repeats what it refuses.
func parrot(t *testing.T, mechanism, secret string) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		_, _ = fmt.Fprintf(conn, "220 x\r\n")
		buf := make([]byte, 4096)
		for n, err := conn.Read(buf); err == nil; n, err = conn.Read(buf) {
			line := strings.TrimSpace(string(buf[:n]))
			if strings.HasPrefix(line, "EHLO") {
				_, _ = fmt.Fprintf(conn, "250-x\r\n250 AUTH %s\r\n", mechanism)
			} else {
				_, _ = fmt.Fprintf(conn, "535 what is %s (%s)?\r\n", line, secret)
			}
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}

func TestNoSecretInAnyError(t *testing.T) {
	for mechanism, secret := range map[string]string{"PLAIN": password, "XOAUTH2": token} {
		cfg := Config{Host: "127.0.0.1", Port: parrot(t, mechanism, secret), TLS: "none", User: "rma", Timeout: 5 * time.Second,
			Password: func() (string, error) { return password, nil }}
		if mechanism == "XOAUTH2" {
			cfg.Token = func(context.Context) (string, error) { return token, nil }
		}
		f := send(t, newMailer(t, cfg), 1)
		if f == nil {
			t.Fatal("logged in")
		}
		said := fmt.Sprintf("%v %+v %v", f, f, errors.Unwrap(f))
		for _, secret := range []string{password, token, "AHJtYQBz", "dXNlcj1yb"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s: %q in the error: %s", mechanism, secret, said)
			}
		}
		if !strings.Contains(said, "<secret>") {
			t.Errorf("%s: the server's words are lost: %s", mechanism, said)
		}
	}
}

func TestSecretThatCannotBeRead(t *testing.T) {
	s := startSink(t)
	cfg := config(s)
	cfg.Password = func() (string, error) { return "", errors.New("open password file: permission denied") }
	f := send(t, newMailer(t, cfg), 1)
	if f == nil || f.Permanent || !strings.Contains(f.Error(), "permission denied") {
		t.Errorf("failure %+v", f)
	}
}

func TestMailThatCannotBeSent(t *testing.T) {
	m := newMailer(t, config(startSink(t)))
	d := delivery(1)
	d.Mail.To = "nobody"
	for _, d := range []notify.Delivery{{Kind: notify.DeliverMail}, d} {
		_, err := m.Send(t.Context(), d)
		f, ok := errors.AsType[*notify.Failure](err)
		if !ok || !f.Permanent {
			t.Errorf("Send(%v) = %v, want a permanent failure", d.Mail, err)
		}
	}
}

func TestAddressThatNeedsSMTPUTF8(t *testing.T) {
	m := newMailer(t, config(startSink(t))) // does not offer it
	d := delivery(1)
	d.Mail.To = "jürgen@kunde.example"
	_, err := m.Send(t.Context(), d)
	f, ok := errors.AsType[*notify.Failure](err)
	if !ok || !f.Permanent || !strings.Contains(f.Text, "SMTPUTF8") {
		t.Errorf("Send = %v", err)
	}
	mustSend(t, m, 2)
}

func TestConfigIsChecked(t *testing.T) {
	secret := func() (string, error) { return "", nil }
	for want, cfg := range map[string]Config{
		"host is empty":        {Port: 587, TLS: "starttls"},
		"port 0":               {Host: "mx.example", TLS: "starttls"},
		"implicit, starttls":   {Host: "mx.example", Port: 25, TLS: "ssl"},
		"for a server on this": {Host: "mx.example", Port: 25, TLS: "none"},
		"user is empty":        {Host: "mx.example", Port: 587, TLS: "starttls", Password: secret},
	} {
		if _, err := New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%+v) = %v, want %q", cfg, err, want)
		}
	}
	for _, host := range []string{"127.0.0.1", "localhost", "::1"} {
		if _, err := New(Config{Host: host, Port: 25, TLS: "none"}); err != nil {
			t.Errorf("New(%s) = %v", host, err)
		}
	}
}

func BenchmarkStageSend(b *testing.B) {
	m := newMailer(b, config(startSink(b)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Send(b.Context(), delivery(1)); err != nil {
			b.Fatal(err)
		}
	}
}
