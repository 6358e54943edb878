package loopback

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	netmail "net/mail"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// SMTPOptions says what the SMTP server is like.
type SMTPOptions struct {
	IMAP *IMAP // where mails are delivered, each into INBOX
	// Route says which IMAP user receives for an address ("ann@shop.example")
	// for every other address of a domain ("@shop.example") or for every other
	// address at all ("@"). Addresses that
	// are not routed are refused with 550.
	Route map[string]string
	// Fault is asked before each stage: connect, mail (the sender), rcpt (the
	// recipient), data (nothing), and accepted (nothing: the mail is delivered,
	// the answer is not given yet). A *smtp.SMTPError is what the client gets;
	// ErrDrop closes the connection without a word. May be nil.
	Fault func(stage, arg string) error

	// AuthServ is the authserv-id of the Authentication-Results field (RFC
	// 8601) that is written on top of each mail; empty: none is written.
	AuthServ string
	// Verdict decides the dmarc result, "pass", "fail" or "none", from the
	// sender of the envelope and the domain of From; nil: always "pass".
	Verdict func(envelope, fromDomain string) string

	MaxSize  int64  // bytes; 0: 50 MB
	User     string // with Password: AUTH is required, by PLAIN
	Password string
	TLS      *TLS             // nil: without TLS
	Implicit bool             // TLS from the first byte; otherwise by STARTTLS
	Now      func() time.Time // for the Received field; nil: the clock
}

// ErrDrop makes a Fault close the connection.
var ErrDrop = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "closing"}

// SMTP is a running SMTP server. It gives nothing on to elsewhere.
type SMTP struct {
	Host string // 127.0.0.1
	Port int

	opts     SMTPOptions
	server   *smtp.Server
	served   chan struct{}
	sequence atomic.Int64
	fault    atomic.Pointer[func(stage, arg string) error]
}

const smtpDomain = "localhost"

// StartSMTP starts a server on a free port of 127.0.0.1.
func StartSMTP(opts SMTPOptions) (*SMTP, error) {
	if opts.MaxSize == 0 {
		opts.MaxSize = 50 << 20
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &SMTP{Host: loopbackIP, opts: opts, served: make(chan struct{})}
	s.SetFault(opts.Fault)
	ln, err := listen()
	if err != nil {
		return nil, fmt.Errorf("start SMTP server: %w", err)
	}
	s.Port = ln.Addr().(*net.TCPAddr).Port
	s.server = smtp.NewServer(smtp.BackendFunc(s.session))
	s.server.Domain = smtpDomain
	s.server.MaxMessageBytes = opts.MaxSize
	s.server.MaxRecipients = 100
	s.server.ReadTimeout, s.server.WriteTimeout = 5*time.Minute, time.Minute
	s.server.EnableSMTPUTF8 = true
	s.server.AllowInsecureAuth = opts.TLS == nil
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	if opts.TLS != nil {
		s.server.TLSConfig = opts.TLS.Server
		if opts.Implicit {
			ln = tls.NewListener(ln, opts.TLS.Server)
		}
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(ln) // ends with Close
	}()
	return s, nil
}

// SetFault changes what Fault says, for every stage from now on; nil: nothing
// fails.
func (s *SMTP) SetFault(fault func(stage, arg string) error) { s.fault.Store(&fault) }

// Close ends all connections and the server.
func (s *SMTP) Close() error {
	err := s.server.Close()
	<-s.served
	return err
}

func (s *SMTP) session(c *smtp.Conn) (smtp.Session, error) {
	ses := &smtpSession{server: s, conn: c}
	if err := ses.fault("connect", c.Conn().RemoteAddr().String()); err != nil {
		return nil, err
	}
	return ses, nil
}

// recipient finds the IMAP user of an address.
func (s *SMTP) recipient(address string) (string, bool) {
	address = strings.ToLower(address)
	if user, ok := s.opts.Route[address]; ok {
		return user, true
	}
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return "", false
	}
	if user, ok := s.opts.Route[address[at:]]; ok {
		return user, true
	}
	user, ok := s.opts.Route["@"]
	return user, ok
}

// smtpSession is one SMTP connection. Without User it asks for no login.
type smtpSession struct {
	server *SMTP
	conn   *smtp.Conn
	authed bool
	from   string
	to     []string
}

func (s *smtpSession) fault(stage, arg string) error {
	fault := s.server.fault.Load()
	if fault == nil || *fault == nil {
		return nil
	}
	err := (*fault)(stage, arg)
	if err == error(ErrDrop) {
		s.conn.Conn().Close()
	}
	return err
}

func (s *smtpSession) AuthMechanisms() []string {
	if s.server.opts.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		o := s.server.opts
		if user != o.User || subtle.ConstantTimeCompare([]byte(password), []byte(o.Password)) != 1 {
			return smtp.ErrAuthFailed
		}
		s.authed = true
		return nil
	}), nil
}

func (s *smtpSession) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.opts.User != "" && !s.authed {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return s.fault("mail", from)
}

func (s *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.fault("rcpt", to); err != nil {
		return err
	}
	if _, ok := s.server.recipient(to); !ok {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *smtpSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.fault("data", ""); err != nil {
		return err
	}
	for _, to := range s.to {
		user, _ := s.server.recipient(to)
		if err := s.server.opts.IMAP.Deliver(user, "INBOX", append(s.trace(to, raw), raw...)); err != nil {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: "mailbox not available"}
		}
	}
	return s.fault("accepted", "")
}

// trace makes the fields which the last server of a mail's way puts on top
// (RFC 5321, section 4.4; RFC 8601).
func (s *smtpSession) trace(to string, raw []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <%s>\r\n", s.from)
	fmt.Fprintf(&b, "Delivered-To: %s\r\n", to)
	if o := s.server.opts; o.AuthServ != "" {
		domain := fromDomain(raw)
		verdict := "pass"
		if o.Verdict != nil {
			verdict = o.Verdict(s.from, domain)
		}
		fmt.Fprintf(&b, "Authentication-Results: %s; dmarc=%s header.from=%s\r\n", o.AuthServ, verdict, domain)
	}
	fmt.Fprintf(&b, "Received: from %s ([%s])\r\n\tby %s with ESMTP id %d\r\n\tfor <%s>; %s\r\n",
		heloName(s.conn.Hostname()), peerIP(s.conn.Conn()), smtpDomain, s.server.sequence.Add(1), to,
		s.server.opts.Now().Format(time.RFC1123Z))
	return b.Bytes()
}

func peerIP(c net.Conn) string {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.IP.String()
	}
	return "unknown"
}

// heloName keeps what the client calls itself out of the header's structure.
func heloName(name string) string {
	ok := func(r rune) rune {
		if r == '.' || r == '-' || r == ':' || r == '[' || r == ']' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}
	if name = strings.Map(ok, name); name == "" {
		return "unknown"
	}
	return name
}

// fromDomain is the domain of the first From address, "unknown" where there is
// none that can be read.
func fromDomain(raw []byte) string {
	for line := range strings.Lines(unfold(headerOf(raw))) {
		name, value, ok := strings.Cut(line, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "From") {
			continue
		}
		list, err := netmail.ParseAddressList(strings.TrimSpace(value))
		if err != nil || len(list) == 0 {
			return "unknown"
		}
		return strings.ToLower(list[0].Address[strings.LastIndex(list[0].Address, "@")+1:])
	}
	return "unknown"
}

func unfold(header []byte) string {
	s := strings.ReplaceAll(string(header), "\r\n", "\n")
	return strings.NewReplacer("\n ", " ", "\n\t", " ").Replace(s)
}

func (s *smtpSession) Reset()        { s.from, s.to = "", nil }
func (s *smtpSession) Logout() error { return nil }
