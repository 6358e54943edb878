package loopback

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// User is an account of the IMAP server. INBOX need not be named.
type User struct {
	Name      string // as it logs in; often the address
	Password  string
	Mailboxes []string
}

// IMAPOptions says what the IMAP server is like.
type IMAPOptions struct {
	Users    []User
	Caps     imap.CapSet // nil: DefaultCaps; IDLE is always there
	TLS      *TLS        // nil: without TLS
	Implicit bool        // TLS from the first byte; otherwise by STARTTLS
	Token    string      // accepted by XOAUTH2 and OAUTHBEARER for every user; empty: not offered
	// UIDValidity is what the first mailbox of an account gets, less one. A
	// store that outlives the server, as a demo's does, wants a new one each
	// time: the UIDs begin again.
	UIDValidity uint32
	Now         func() time.Time // date of arrival; nil: the clock
}

// DefaultCaps are the capabilities of a common server.
func DefaultCaps() imap.CapSet {
	return imap.CapSet{
		imap.CapIMAP4rev1: {}, imap.CapMove: {}, imap.CapUIDPlus: {}, imap.CapNamespace: {},
		imap.CapESearch: {}, imap.CapListStatus: {}, imap.CapLiteralPlus: {}, imap.CapStatusSize: {},
	}
}

// Stored is one mail in a mailbox.
type Stored struct {
	UID      uint32
	Received time.Time
	Flags    []imap.Flag
	Raw      []byte // not to be changed
}

// IMAP is a running IMAP server.
type IMAP struct {
	Host string // 127.0.0.1
	Port int

	server   *imapserver.Server
	accounts map[string]*account
	token    string
	served   chan struct{}
}

// StartIMAP starts a server on a free port of 127.0.0.1.
func StartIMAP(opts IMAPOptions) (*IMAP, error) {
	s := &IMAP{Host: loopbackIP, accounts: map[string]*account{}, token: opts.Token, served: make(chan struct{})}
	if err := s.addUsers(opts); err != nil {
		return nil, err
	}
	ln, err := listen()
	if err != nil {
		return nil, fmt.Errorf("start IMAP server: %w", err)
	}
	s.Port = ln.Addr().(*net.TCPAddr).Port
	s.server = imapserver.New(s.options(opts))
	if opts.TLS != nil && opts.Implicit {
		ln = tls.NewListener(ln, opts.TLS.Server)
	}
	go func() {
		defer close(s.served)
		_ = s.server.Serve(ln) // ends with Close
	}()
	return s, nil
}

func (s *IMAP) addUsers(opts IMAPOptions) error {
	now := opts.Now
	if now == nil {
		now = time.Now
	}
	for _, u := range opts.Users {
		a := newAccount(u.Name, u.Password, opts.UIDValidity, now)
		for _, name := range append([]string{"INBOX"}, u.Mailboxes...) {
			if err := a.create(name); err != nil && canonicalBox(name) != "INBOX" {
				return fmt.Errorf("make mailbox %s of %s: %w", name, u.Name, err)
			}
		}
		s.accounts[u.Name] = a
	}
	return nil
}

func (s *IMAP) options(opts IMAPOptions) *imapserver.Options {
	o := &imapserver.Options{
		Caps:         opts.Caps,
		InsecureAuth: opts.TLS == nil,
		Logger:       log.New(io.Discard, "", 0),
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{server: s}, nil, nil
		},
	}
	if o.Caps == nil {
		o.Caps = DefaultCaps()
	}
	if opts.TLS != nil {
		o.TLSConfig = opts.TLS.Server
	}
	return o
}

// Deliver puts a mail into a mailbox, byte by byte as it is. Who is in IDLE is
// told at once.
func (s *IMAP) Deliver(user, mailbox string, raw []byte) error {
	a, err := s.account(user)
	if err != nil {
		return err
	}
	if _, err := a.append(mailbox, slices.Clone(raw), time.Time{}, nil); err != nil {
		return fmt.Errorf("deliver to %s of %s: %w", mailbox, user, err)
	}
	return nil
}

// Messages gives the mails of a mailbox, oldest first.
func (s *IMAP) Messages(user, mailbox string) ([]Stored, error) {
	a, err := s.account(user)
	if err != nil {
		return nil, err
	}
	return a.stored(mailbox)
}

// Mailboxes gives the names of a user's mailboxes in alphabetical order.
func (s *IMAP) Mailboxes(user string) ([]string, error) {
	a, err := s.account(user)
	if err != nil {
		return nil, err
	}
	return a.names(), nil
}

func (s *IMAP) account(user string) (*account, error) {
	if a := s.accounts[user]; a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("no IMAP user %s", user)
}

// Close ends all connections and the server.
func (s *IMAP) Close() error {
	err := s.server.Close()
	<-s.served
	return err
}

const loopbackIP = "127.0.0.1"

// listen takes a free port of this machine; nothing here listens elsewhere.
func listen() (net.Listener, error) { return net.Listen("tcp", loopbackIP+":0") }
