// Package mailout delivers finished mails to the desk's SMTP server (RFC 5321,
// submission by RFC 6409), over one connection that is kept for many mails.
package mailout

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"retour/notify"
)

// Config is how to reach the SMTP server. Password and Token are asked at
// every login, so that a changed secret needs no restart; with neither there is
// no login.
type Config struct {
	Host     string
	Port     int
	TLS      string                                    // implicit, starttls, or none (loopback only)
	User     string                                    // login name
	Password func() (string, error)                    // AUTH PLAIN or LOGIN
	Token    func(ctx context.Context) (string, error) // AUTH XOAUTH2; goes before Password
	// TokenRefused is told of a token that the server did not take, so that it is
	// not given again though its time is not over; nil: nobody is told.
	TokenRefused func(token string)

	TLSConfig *tls.Config   // nil: the system's roots
	Hello     string        // name said in EHLO; empty: this machine's full name, or the domain of User
	Timeout   time.Duration // of each step; zero: one minute. The answer to a whole mail is waited for ten times as long.
	Idle      time.Duration // how long an unused connection is kept; zero: 30 seconds
}

// maxPerConn is after how many mails a connection is made anew: many servers
// break off at a hundred.
const maxPerConn = 90

// Mailer delivers mails. It is safe for concurrent use; mails go one after the
// other.
type Mailer struct {
	cfg Config

	mu   sync.Mutex
	link *link // nil while there is no connection
	idle *time.Timer
}

// New checks the configuration; it connects to nothing.
func New(cfg Config) (*Mailer, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, time.Minute)
	cfg.Idle = cmp.Or(cfg.Idle, 30*time.Second)
	cfg.Hello = cmp.Or(cfg.Hello, helloName(cfg.User))
	cfg.TLSConfig = tlsFor(cfg)
	return &Mailer{cfg: cfg}, nil
}

func (c Config) check() error {
	switch {
	case c.Host == "":
		return fmt.Errorf("smtp host is empty: name the server that takes the desk's mail")
	case c.Port < 1 || c.Port > 65535:
		return fmt.Errorf("smtp port %d is none: 465 goes with tls implicit, 587 with starttls", c.Port)
	case c.TLS != "implicit" && c.TLS != "starttls" && c.TLS != "none":
		return fmt.Errorf("smtp tls %q is unknown: implicit, starttls or none", c.TLS)
	case c.TLS == "none" && !loopback(c.Host):
		return fmt.Errorf("smtp tls none is for a server on this machine, and %s is not: use starttls (port 587) or implicit (port 465)", c.Host)
	case (c.Password != nil || c.Token != nil) && c.User == "":
		return fmt.Errorf("smtp user is empty: a login needs one")
	}
	return nil
}

// loopback does not resolve names: what a name server says is no ground to
// send passwords in the clear.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// helloName is a full name where there is one: some relays break off on
// "localhost".
func helloName(user string) string {
	if host, err := os.Hostname(); err == nil && strings.Contains(host, ".") {
		return host
	}
	_, domain, _ := strings.Cut(user, "@")
	return cmp.Or(domain, "localhost")
}

func tlsFor(cfg Config) *tls.Config {
	t := &tls.Config{}
	if cfg.TLSConfig != nil {
		t = cfg.TLSConfig.Clone()
	}
	t.ServerName = cmp.Or(t.ServerName, cfg.Host)
	t.MinVersion = max(t.MinVersion, tls.VersionTLS12)
	return t
}

// Send delivers d.Mail. What the server, the network or the mail itself is to
// blame for comes back as *notify.Failure. After a failure with Maybe the mail
// may have arrived: the next attempt carries the same Message-ID, so that the
// recipient's system can tell.
func (m *Mailer) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	if d.Mail == nil {
		return notify.Receipt{}, &notify.Failure{Permanent: true, Text: "the outbox row holds no mail"}
	}
	env, err := envelopeOf(*d.Mail)
	if err != nil {
		return notify.Receipt{}, &notify.Failure{Permanent: true, Text: err.Error(), Err: err}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 20*m.cfg.Timeout)
	defer cancel()
	answer, failure := m.deliver(ctx, env)
	if failure != nil {
		return notify.Receipt{}, failure
	}
	return notify.Receipt{Text: answer}, nil
}

// deliver tries the kept connection first. The server may have closed it in
// the meantime, which shows only at the first command: as long as no byte of
// the mail was sent, a new connection is tried at once.
func (m *Mailer) deliver(ctx context.Context, env envelope) (string, *notify.Failure) {
	if m.link != nil {
		answer, at, failure := m.transact(ctx, env)
		if failure == nil || at >= stageBody || !lost(failure) || ctx.Err() != nil {
			return answer, failure
		}
	}
	link, failure := dial(ctx, m.cfg)
	if failure != nil {
		return "", failure
	}
	m.link = link
	answer, _, failure := m.transact(ctx, env)
	return answer, failure
}

// transact sends one mail over the link, and drops the link unless it is good
// for another.
func (m *Mailer) transact(ctx context.Context, env envelope) (string, stage, *notify.Failure) {
	m.stopIdle()
	defer m.link.guard(ctx)()
	answer, at, failure := m.link.send(env)
	if failure != nil && ctx.Err() != nil {
		failure.Err = errors.Join(ctx.Err(), failure.Err)
	}
	if m.link.broken || m.link.mails >= maxPerConn {
		m.drop(!m.link.broken)
	} else {
		m.startIdle()
	}
	return answer, at, failure
}

// drop ends the connection; politely only where the server still listens.
func (m *Mailer) drop(polite bool) {
	if m.link == nil {
		return
	}
	if polite {
		m.link.quit()
	}
	m.link.close()
	m.link = nil
}

func (m *Mailer) stopIdle() {
	if m.idle != nil {
		m.idle.Stop()
	}
}

func (m *Mailer) startIdle() {
	link := m.link
	m.idle = time.AfterFunc(m.cfg.Idle, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.link == link && link.unused() >= m.cfg.Idle {
			m.drop(true)
		}
	})
}

// Check connects, logs in, asks whether it may send as from, and leaves again, beside
// the kept connection. Nothing is sent.
func (m *Mailer) Check(ctx context.Context, from string) error {
	link, failure := dial(ctx, m.cfg)
	if failure != nil {
		return failure
	}
	defer link.close()
	defer link.guard(ctx)()
	if err := link.smtp.Mail(from); err != nil {
		return link.failure("send as "+from, err)
	}
	if err := link.smtp.Reset(); err != nil {
		return link.failure("reset", err)
	}
	link.quit()
	return nil
}

// Close ends the connection. A later Send makes a new one.
func (m *Mailer) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stopIdle()
	m.drop(true)
}
