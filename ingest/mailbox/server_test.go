//go:build !rig

package mailbox

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

const (
	testUser     = "desk@shop.example"
	testPassword = "s3cr3t-password"
	testToken    = "t0k3n"
)

var fullCaps = imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}, imap.CapNamespace: {}, imap.CapLiteralPlus: {}}

func capsWithout(drop ...imap.Cap) imap.CapSet {
	caps := fullCaps.Copy()
	for _, c := range drop {
		delete(caps, c)
	}
	return caps
}

// rig is a real IMAP server in this process, with faults.
type rig struct {
	t    testing.TB
	user *imapmemserver.User
	port int
	tls  *tls.Config // for clients

	mu     sync.Mutex
	faults map[string]func(arg imap.NumSet, conn *imapserver.Conn) error // by command
	calls  map[string]int
	called chan struct{} // closed and made anew at each command
}

type rigOptions struct {
	caps imap.CapSet
	tls  string
}

func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	if o.caps == nil {
		o.caps = fullCaps
	}
	r := &rig{t: t, user: imapmemserver.NewUser(testUser, testPassword), faults: map[string]func(imap.NumSet, *imapserver.Conn) error{}, calls: map[string]int{}, called: make(chan struct{})}
	r.create("INBOX")
	opts := &imapserver.Options{
		Caps: o.caps, InsecureAuth: o.tls == "", Logger: log.New(io.Discard, "", 0),
		NewSession: func(c *imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &faulty{rig: r, conn: c}, nil, nil
		},
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.port = ln.Addr().(*net.TCPAddr).Port
	if o.tls != "" {
		server, client := selfSigned(t)
		opts.TLSConfig, r.tls = server, client
		if o.tls == TLSImplicit {
			ln = tls.NewListener(ln, server)
		}
	}
	srv := imapserver.New(opts)
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return r
}

func selfSigned(t testing.TB) (server, client *tls.Config) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, _ := x509.ParseCertificate(der)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool}
}

func (r *rig) config() Config {
	cfg := Config{Host: "127.0.0.1", Port: r.port, TLS: TLSNone, User: testUser, Password: func() (string, error) { return testPassword, nil }}
	if r.tls != nil {
		cfg.TLS, cfg.TLSConfig = TLSStart, r.tls
	}
	return cfg
}

func (r *rig) create(name string) {
	if err := r.user.Create(name, nil); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) remove(name string) {
	if err := r.user.Delete(name); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) append(folder string, raw []byte, flags ...imap.Flag) {
	r.appendAt(folder, raw, time.Time{}, flags...)
}

func (r *rig) appendAt(folder string, raw []byte, at time.Time, flags ...imap.Flag) {
	r.t.Helper()
	if _, err := r.user.Append(folder, literal{bytes.NewReader(raw)}, &imap.AppendOptions{Flags: flags, Time: at}); err != nil {
		r.t.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// count is the number of mails in a folder; -1 where there is none.
func (r *rig) count(folder string) int {
	d, err := r.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return -1
	}
	return int(*d.NumMessages)
}

// fault sets what happens at a command; nil ends it. The function is called
// for each command and returns the server's answer, nil for the usual one.
func (r *rig) fault(command string, f func(set imap.NumSet, conn *imapserver.Conn) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults[command] = f
}

func (r *rig) calledTimes(command string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[command]
}

// untilCalled waits until a command has come so many times.
func (r *rig) untilCalled(command string, times int) {
	r.t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		r.mu.Lock()
		n, called := r.calls[command], r.called
		r.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-called:
		case <-limit.C:
			r.t.Fatalf("%s came %d times, want %d", command, n, times)
		}
	}
}

func (r *rig) at(command string, set imap.NumSet, conn *imapserver.Conn) error {
	r.mu.Lock()
	r.calls[command]++
	close(r.called)
	r.called = make(chan struct{})
	f := r.faults[command]
	r.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(set, conn)
}

func refusalOf(text string, code imap.ResponseCode) error {
	return &imap.Error{Type: imap.StatusResponseTypeNo, Code: code, Text: text}
}

// faulty is a session of the library's memory server, with faults.
type faulty struct {
	*imapmemserver.UserSession
	rig  *rig
	conn *imapserver.Conn
}

func (f *faulty) Login(user, password string) error {
	if err := f.rig.at("login", nil, f.conn); err != nil {
		return err
	}
	if err := f.rig.user.Login(user, password); err != nil {
		return err
	}
	f.UserSession = imapmemserver.NewUserSession(f.rig.user)
	return nil
}

func (f *faulty) Close() error {
	if f.UserSession == nil {
		return nil
	}
	return f.UserSession.Close()
}

func (f *faulty) AuthenticateMechanisms() []string {
	return []string{"PLAIN", "XOAUTH2", "OAUTHBEARER"}
}

func (f *faulty) Authenticate(mech string) (sasl.Server, error) {
	if mech == "PLAIN" {
		return sasl.NewPlainServer(func(_, user, password string) error { return f.Login(user, password) }), nil
	}
	return &tokenServer{f: f, mech: mech}, nil
}

type tokenServer struct {
	f      *faulty
	mech   string
	failed bool
}

func (s *tokenServer) Next(resp []byte) ([]byte, bool, error) {
	want := map[string]string{
		"XOAUTH2":     "user=" + testUser + "\x01auth=Bearer " + testToken + "\x01\x01",
		"OAUTHBEARER": "n,a=" + testUser + ",\x01host=127.0.0.1\x01port=",
	}[s.mech]
	switch {
	case s.failed:
		return nil, true, imapserver.ErrAuthFailed
	case len(resp) == 0:
		return []byte{}, false, nil
	case !bytes.HasPrefix(resp, []byte(want)) || !bytes.HasSuffix(resp, []byte("\x01auth=Bearer "+testToken+"\x01\x01")):
		s.failed = true
		return []byte(`{"status":"expired"}`), false, nil
	}
	return nil, true, s.f.Login(testUser, testPassword)
}

func (f *faulty) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	command := "meta"
	if len(o.BodySection) > 0 {
		command = "body"
		if o.BodySection[0].Specifier == imap.PartSpecifierHeader {
			command = "header"
		}
	}
	if err := f.rig.at(command, set, f.conn); err != nil {
		return err
	}
	return f.UserSession.Fetch(w, set, o)
}

func (f *faulty) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	if err := f.rig.at("copy", set, f.conn); err != nil {
		return nil, err
	}
	return f.UserSession.Copy(set, dest)
}

func (f *faulty) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	if err := f.rig.at("move", set, f.conn); err != nil {
		return err
	}
	return f.UserSession.Move(w, set, dest)
}

func (f *faulty) Store(w *imapserver.FetchWriter, set imap.NumSet, op *imap.StoreFlags, o *imap.StoreOptions) error {
	if err := f.rig.at("store", set, f.conn); err != nil {
		return err
	}
	return f.UserSession.Store(w, set, op, o)
}

func (f *faulty) Expunge(w *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	command := "expunge"
	if uids != nil {
		command = "uid expunge"
	}
	if err := f.rig.at(command, nil, f.conn); err != nil {
		return err
	}
	return f.UserSession.Expunge(w, uids)
}

func (f *faulty) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	if err := f.rig.at("idle", nil, f.conn); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- f.UserSession.Idle(w, stop) }()
	sweep := time.NewTicker(10 * time.Millisecond)
	defer sweep.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-sweep.C: // the memory server forgets what came just before IDLE
			if err := f.Poll(w, true); err != nil {
				<-done
				return err
			}
		}
	}
}

func contains(set imap.NumSet, uid imap.UID) bool {
	uids, ok := set.(imap.UIDSet)
	return ok && uids.Contains(uid)
}

// folder makes a folder for one test.
func (r *rig) folder(name string) string {
	r.create(name)
	return name
}

// untilIdle waits until a client is in IDLE.
func (r *rig) untilIdle() {
	r.t.Helper()
	r.untilCalled("idle", 1)
}
