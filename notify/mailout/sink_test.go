package mailout

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// errDrop, from a fault, breaks the connection off.
var errDrop = errors.New("drop")

// sink is a real SMTP server that keeps what it takes and fails on demand.
type sink struct {
	Addr  *net.TCPAddr
	Roots *x509.CertPool

	mechanisms []string // of AUTH
	implicit   bool     // TLS from the first byte
	most       int64    // bytes of a mail; 0: it does not say
	mu         sync.Mutex
	fault      func(stage string) error // stages: connect hello auth mail rcpt body dot after rset
	conns      int
	mails      []taken
	gone       chan struct{} // one for each session that ended
}

type taken struct {
	from, to string
	raw      string
}

func startSink(t testing.TB, options ...func(*sink)) *sink {
	t.Helper()
	cert, roots := certificate(t)
	s := &sink{Roots: roots, gone: make(chan struct{}, 1000), mechanisms: []string{"PLAIN"}}
	server := smtp.NewServer(s)
	server.Domain = "mx.retour.example"
	server.AllowInsecureAuth = true
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.ErrorLog = log.New(io.Discard, "", 0)
	for _, o := range options {
		o(s)
	}
	server.MaxMessageBytes = s.most
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = ln.Addr().(*net.TCPAddr)
	ln = &faultyListener{ln, s}
	if s.implicit {
		ln = tls.NewListener(ln, server.TLSConfig)
	}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

func implicitTLS(s *sink) { s.implicit = true }

func taking(most int64) func(*sink) { return func(s *sink) { s.most = most } }

func offering(mechanisms ...string) func(*sink) {
	return func(s *sink) { s.mechanisms = mechanisms }
}

func (s *sink) fail(fault func(stage string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

func (s *sink) at(stage string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		return nil
	}
	return s.fault(stage)
}

func (s *sink) got() ([]taken, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.mails...), s.conns
}

// faultyListener fails before SMTP begins.
type faultyListener struct {
	net.Listener
	sink *sink
}

func (l *faultyListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.sink.mu.Lock()
		l.sink.conns++
		l.sink.mu.Unlock()
		fault := l.sink.at("connect")
		if fault == nil {
			return conn, nil
		}
		if said, ok := errors.AsType[*smtp.SMTPError](fault); ok {
			_, _ = io.WriteString(conn, fmt.Sprintf("%d %s\r\n", said.Code, said.Message))
		}
		_ = conn.Close()
	}
}

func (s *sink) NewSession(c *smtp.Conn) (smtp.Session, error) {
	ses := &session{sink: s, conn: c}
	return ses, ses.at("hello")
}

type session struct {
	sink     *sink
	conn     *smtp.Conn
	mail     taken
	finished bool // a mail was just taken: the next Reset is the server's own
}

func (s *session) at(stage string) error {
	err := s.sink.at(stage)
	if errors.Is(err, errDrop) {
		_ = s.conn.Conn().Close()
	}
	return err
}

func (s *session) AuthMechanisms() []string { return s.sink.mechanisms }

func (s *session) Auth(mechanism string) (sasl.Server, error) {
	if err := s.at("auth"); err != nil {
		return nil, err
	}
	check := func(user, password string) error {
		if user != "rma" || password != "s3cret-password" {
			return smtp.ErrAuthFailed
		}
		return nil
	}
	switch mechanism {
	case "XOAUTH2":
		return &tokenServer{}, nil
	case "LOGIN":
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error { return check(user, password) }), nil
}

// loginServer is AUTH LOGIN as servers speak it.
type loginServer struct {
	check func(user, password string) error
	said  []string
}

func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.said[0], l.said[1])
}

// tokenServer is XOAUTH2 as Google and Microsoft speak it: a refusal is
// explained in a challenge first.
type tokenServer struct{ refused bool }

func (x *tokenServer) Next(response []byte) ([]byte, bool, error) {
	if x.refused {
		return nil, true, smtp.ErrAuthFailed
	}
	if string(response) == "user=rma\x01auth=Bearer s3cret-token\x01\x01" {
		return nil, true, nil
	}
	x.refused = true
	return []byte(`{"status":"401"}`), false, nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail, s.finished = taken{from: from}, false
	return s.at("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.to = to
	return s.at("rcpt")
}

func (s *session) Data(r io.Reader) error {
	if err := s.at("body"); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.at("dot"); err != nil {
		return err
	}
	s.mail.raw, s.finished = string(raw), true
	s.sink.mu.Lock()
	s.sink.mails = append(s.sink.mails, s.mail)
	s.sink.mu.Unlock()
	return nil
}

func (s *session) Reset() {
	if s.finished {
		s.finished = false
		_ = s.at("after")
		return
	}
	_ = s.at("rset")
}

func (s *session) Logout() error {
	s.sink.gone <- struct{}{}
	return nil
}

func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
