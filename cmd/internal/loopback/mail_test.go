package loopback

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netsmtp "net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

func startIMAP(t *testing.T, o IMAPOptions) *IMAP {
	t.Helper()
	if o.Users == nil {
		o.Users = []User{{Name: "ann", Password: "pw", Mailboxes: []string{"Done"}}}
	}
	s, err := StartIMAP(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func startSMTP(t *testing.T, o SMTPOptions) *SMTP {
	t.Helper()
	s, err := StartSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (s *IMAP) client(t *testing.T, o *imapclient.Options) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(fmt.Sprintf("%s:%d", s.Host, s.Port), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login("ann", "pw").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Mails that a parser would refuse come back byte by byte.
func TestBytesComeBackAsTheyWere(t *testing.T) {
	s := startIMAP(t, IMAPOptions{})
	mails := map[string]string{
		"plain":           "From: a@b.example\r\nSubject: x\r\n\r\nbody\r\n",
		"no header":       "\r\nbody alone\r\n",
		"stray line":      "From: a@b.example\r\nthis is no field\r\nSubject: x\r\n\r\nbody\r\n",
		"mbox line":       "From a@b Mon Jan 1\r\nSubject: x\r\n\r\nbody\r\n",
		"bare line feeds": "Subject: x\n\nbody\n",
		"8 bit":           "Subject: caf\xe9\r\n\r\n\xff\x00\r\n",
		"header alone":    "Subject: x\r\n",
	}
	c := s.client(t, nil)
	uid := imap.UID(0)
	for name, raw := range mails {
		if err := s.Deliver("ann", "INBOX", []byte(raw)); err != nil {
			t.Fatal(err)
		}
		uid++
		if err := c.Noop().Wait(); err != nil {
			t.Fatal(err)
		}
		list, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}).Collect()
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %v, %d mails", name, err, len(list))
		}
		if got := list[0].BodySection[0].Bytes; string(got) != raw || list[0].RFC822Size != int64(len(raw)) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestIdleTellsOfMailThatCameBeforeIt(t *testing.T) {
	s := startIMAP(t, IMAPOptions{})
	news := make(chan uint32, 10)
	c := s.client(t, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				news <- *d.NumMessages
			}
		},
	}})
	if err := s.Deliver("ann", "INBOX", []byte("Subject: 1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	if n := <-news; n != 1 {
		t.Errorf("told of %d mails", n)
	}
	if err := s.Deliver("ann", "INBOX", []byte("Subject: 2\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if n := <-news; n != 2 {
		t.Errorf("told of %d mails", n)
	}
	if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
		t.Fatal(err)
	}
}

func TestIMAPCommands(t *testing.T) {
	s := startIMAP(t, IMAPOptions{UIDValidity: 41})
	c := s.client(t, nil)
	for i := range 5 {
		if err := s.Deliver("ann", "INBOX", fmt.Appendf(nil, "Subject: mail %d\r\n\r\n", i)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := c.Select("INBOX", nil).Wait()
	if err != nil || data.NumMessages != 5 || data.UIDNext != 6 || data.UIDValidity != 42 {
		t.Fatalf("%+v, %v", data, err)
	}
	search := func(cr imap.SearchCriteria) string {
		d, err := c.UIDSearch(&cr, nil).Wait()
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(d.AllUIDs())
	}
	if got := search(imap.SearchCriteria{UID: []imap.UIDSet{{{Start: 9, Stop: 0}}}}); got != "[5]" {
		t.Errorf("the star rule: %s", got)
	}
	if got := search(imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: "mail 3"}}}); got != "[4]" {
		t.Errorf("by subject: %s", got)
	}
	if _, err := c.Move(imap.UIDSetNum(2, 3), "Done").Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(imap.UIDSetNum(1), "Nowhere").Wait(); err == nil {
		t.Error("moved to a mailbox that is not there")
	}
	if err := c.Store(imap.UIDSetNum(4, 5), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
		t.Fatal(err)
	}
	if err := c.UIDExpunge(imap.UIDSetNum(4)).Close(); err != nil {
		t.Fatal(err)
	}
	if got := search(imap.SearchCriteria{}); got != "[1 5]" {
		t.Errorf("left: %s", got)
	}
	if got := search(imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}); got != "[1]" {
		t.Errorf("not deleted: %s", got)
	}
	done, err := s.Messages("ann", "Done")
	if err != nil || len(done) != 2 || string(done[1].Raw) != "Subject: mail 2\r\n\r\n" {
		t.Errorf("Done: %+v, %v", done, err)
	}
}

func TestIMAPOverTLS(t *testing.T) {
	cert, err := NewTLS()
	if err != nil {
		t.Fatal(err)
	}
	for _, implicit := range []bool{true, false} {
		s := startIMAP(t, IMAPOptions{TLS: cert, Implicit: implicit})
		dial := imapclient.DialStartTLS
		if implicit {
			dial = imapclient.DialTLS
		}
		c, err := dial(fmt.Sprintf("%s:%d", s.Host, s.Port), &imapclient.Options{TLSConfig: cert.Client})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Login("ann", "wrong").Wait(); err == nil {
			t.Error("a wrong password was taken")
		}
		if err := c.Login("ann", "pw").Wait(); err != nil {
			t.Error(err)
		}
		c.Close()
	}
}

const letterText = "From: Bob <bob@Reseller.example>\r\nSubject: hello\r\n\r\ntext\r\n.dot\r\n"

func send(s *SMTP, from string, to ...string) error {
	return netsmtp.SendMail(fmt.Sprintf("%s:%d", s.Host, s.Port), nil, from, to, []byte(letterText))
}

func TestSMTPDelivers(t *testing.T) {
	imapd := startIMAP(t, IMAPOptions{Users: []User{{Name: "desk"}, {Name: "customers"}}})
	s := startSMTP(t, SMTPOptions{
		IMAP:     imapd,
		Route:    map[string]string{"returns@shop.example": "desk", "@reseller.example": "customers"},
		AuthServ: "mx.shop.example",
		Verdict: func(envelope, domain string) string {
			return map[bool]string{true: "pass", false: "fail"}[strings.HasSuffix(envelope, "@"+domain)]
		},
		Now: func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) },
	})
	if err := send(s, "bob@reseller.example", "Returns@Shop.example", "anybody@reseller.example"); err != nil {
		t.Fatal(err)
	}
	if err := send(s, "evil@elsewhere.example", "returns@shop.example"); err != nil {
		t.Fatal(err)
	}
	got, err := imapd.Messages("desk", "INBOX")
	if err != nil || len(got) != 2 {
		t.Fatalf("%d mails, %v", len(got), err)
	}
	want := "Return-Path: <bob@reseller.example>\r\nDelivered-To: Returns@Shop.example\r\n" +
		"Authentication-Results: mx.shop.example; dmarc=pass header.from=reseller.example\r\n" +
		"Received: from localhost ([127.0.0.1])\r\n\tby localhost with ESMTP id 1\r\n\tfor <Returns@Shop.example>; Sun, 01 Mar 2026 09:00:00 +0000\r\n" + letterText
	if string(got[0].Raw) != want {
		t.Errorf("got %q\nwant %q", got[0].Raw, want)
	}
	if !bytes.Contains(got[1].Raw, []byte("dmarc=fail header.from=reseller.example")) {
		t.Errorf("forged mail: %q", got[1].Raw)
	}
	if other, _ := imapd.Messages("customers", "INBOX"); len(other) != 1 {
		t.Errorf("catch-all: %d mails", len(other))
	}
}

func TestSMTPRefuses(t *testing.T) {
	imapd := startIMAP(t, IMAPOptions{})
	var mu sync.Mutex
	var fault func(stage, arg string) error
	set := func(f func(stage, arg string) error) {
		mu.Lock()
		defer mu.Unlock()
		fault = f
	}
	s := startSMTP(t, SMTPOptions{
		IMAP: imapd, Route: map[string]string{"ann@shop.example": "ann"}, MaxSize: 1000,
		Fault: func(stage, arg string) error {
			mu.Lock()
			defer mu.Unlock()
			if fault == nil {
				return nil
			}
			return fault(stage, arg)
		},
	})
	at := func(want string, err error) func(string, string) error {
		return func(stage, _ string) error {
			if stage == want {
				return err
			}
			return nil
		}
	}
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	for name, c := range map[string]struct {
		to    string
		fault func(string, string) error
		want  string
	}{
		"unknown recipient": {to: "nobody@shop.example", want: "550"},
		"fault at connect":  {to: "ann@shop.example", fault: at("connect", busy), want: "451"},
		"fault at mail":     {to: "ann@shop.example", fault: at("mail", busy), want: "451"},
		"fault at rcpt":     {to: "ann@shop.example", fault: at("rcpt", busy), want: "451"},
		"fault at data":     {to: "ann@shop.example", fault: at("data", busy), want: "451"},
		"dropped at data":   {to: "ann@shop.example", fault: at("data", ErrDrop), want: "EOF"},
	} {
		set(c.fault)
		if err := send(s, "bob@reseller.example", c.to); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	set(nil)
	err := netsmtp.SendMail(fmt.Sprintf("%s:%d", s.Host, s.Port), nil, "b@c.example", []string{"ann@shop.example"}, bytes.Repeat([]byte("x\r\n"), 1000))
	if err == nil || !strings.Contains(err.Error(), "552") {
		t.Errorf("too large: %v", err)
	}
	if got, _ := imapd.Messages("ann", "INBOX"); len(got) != 0 {
		t.Errorf("%d mails were delivered", len(got))
	}
	set(at("accepted", ErrDrop))
	if err := send(s, "bob@reseller.example", "ann@shop.example"); err == nil {
		t.Error("the answer should have been lost")
	}
	if got, _ := imapd.Messages("ann", "INBOX"); len(got) != 1 {
		t.Errorf("%d mails, want the one whose answer was lost", len(got))
	}
}

func TestSMTPLogin(t *testing.T) {
	cert, err := NewTLS()
	if err != nil {
		t.Fatal(err)
	}
	imapd := startIMAP(t, IMAPOptions{})
	s := startSMTP(t, SMTPOptions{IMAP: imapd, Route: map[string]string{"@shop.example": "ann"}, User: "desk", Password: "pw", TLS: cert, Implicit: true})
	addr := fmt.Sprintf("%s:%d", s.Host, s.Port)
	for password, ok := range map[string]bool{"pw": true, "wrong": false} {
		conn, err := tls.Dial("tcp", addr, cert.Client)
		if err != nil {
			t.Fatal(err)
		}
		c, err := netsmtp.NewClient(conn, "localhost")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Mail("a@b.example"); err == nil {
			t.Error("mail was taken before the login")
		}
		if err := c.Auth(netsmtp.PlainAuth("", "desk", password, "localhost")); (err == nil) != ok {
			t.Errorf("%s: %v", password, err)
		}
		if ok {
			if err := errors.Join(c.Mail("a@b.example"), c.Rcpt("x@shop.example")); err != nil {
				t.Error(err)
			}
		}
		c.Close()
	}
}

func TestServersListenOnThisMachineAlone(t *testing.T) {
	ln, err := listen()
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	if !ln.Addr().(*net.TCPAddr).IP.IsLoopback() {
		t.Errorf("listens on %s", ln.Addr())
	}
}
