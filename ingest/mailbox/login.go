package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// The values of Config.Mechanism.
const (
	mechPlain       = "plain"
	mechLogin       = "login"
	mechXOAuth2     = "xoauth2"
	mechOAuthBearer = "oauthbearer"
)

// dial opens the TCP connection, with TLS where it is implicit.
func (w *Watcher) dial(ctx context.Context) (*watchedConn, net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, w.timing.silence)
	defer cancel()
	addr := net.JoinHostPort(w.cfg.Host, strconv.Itoa(w.cfg.Port))
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to %s: %w", addr, err)
	}
	conn := watch(raw)
	if w.cfg.TLS != TLSImplicit {
		return conn, conn, nil
	}
	secure := tls.Client(conn, w.tlsConfig())
	if err := secure.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, nil, fmt.Errorf("TLS with %s: %w", addr, err)
	}
	return conn, secure, nil
}

func (w *Watcher) tlsConfig() *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if w.cfg.TLSConfig != nil {
		c = w.cfg.TLSConfig.Clone()
	}
	if c.ServerName == "" {
		c.ServerName = w.cfg.Host
	}
	return c
}

// connect opens a connection, up to the greeting and STARTTLS.
func (w *Watcher) connect(ctx context.Context) (*session, error) {
	conn, rw, err := w.dial(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{w: w, conn: conn, news: make(chan struct{}, 1), work: inWork{news: make(chan struct{}, 1)}}
	s.stop = context.AfterFunc(ctx, func() { s.closeSoon() })
	err = s.greet(ctx, rw)
	if err == nil {
		err = s.askCaps(ctx)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) greet(ctx context.Context, rw net.Conn) error {
	opts := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: s.heard}}
	if s.w.cfg.TLS != TLSStart {
		s.client = imapclient.New(rw, opts)
		return s.do(ctx, "greeting", s.client.WaitGreeting)
	}
	opts.TLSConfig = s.w.tlsConfig()
	var client *imapclient.Client
	err := s.do(ctx, "STARTTLS", func() (err error) {
		client, err = imapclient.NewStartTLS(rw, opts)
		return err
	})
	if err == nil {
		s.client = client
	}
	return err
}

// askCaps asks anew: what was said before TLS or before the login does not count.
func (s *session) askCaps(ctx context.Context) error {
	return s.do(ctx, "CAPABILITY", func() (err error) {
		s.caps, err = s.client.Capability().Wait()
		return err
	})
}

// login logs in. No error of it holds the password or the token.
func (s *session) login(ctx context.Context) error {
	mech, err := s.mechanism()
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	secret, err := s.secret(ctx, mech)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	err = s.do(ctx, "login by "+mech, func() error { return s.authenticate(mech, secret) })
	if refusal(err) != "" && (mech == mechXOAuth2 || mech == mechOAuthBearer) && s.w.cfg.TokenRefused != nil {
		s.w.cfg.TokenRefused(secret)
	}
	if err != nil {
		return scrub(err, secret)
	}
	return s.askCaps(ctx)
}

func (s *session) mechanism() (string, error) {
	has := func(mech string) bool { return s.caps.Has(imap.AuthCap(strings.ToUpper(mech))) }
	cfg := s.w.cfg
	switch {
	case cfg.Mechanism != "":
		return cfg.Mechanism, nil
	case cfg.Token != nil && has(mechXOAuth2):
		return mechXOAuth2, nil
	case cfg.Token != nil && has(mechOAuthBearer):
		return mechOAuthBearer, nil
	case cfg.Password == nil:
		return "", errors.New("the server offers neither XOAUTH2 nor OAUTHBEARER")
	case s.caps.Has(imap.CapLoginDisabled) && !has(mechPlain):
		return "", errors.New("the server forbids logging in with a password on this connection")
	case has(mechPlain):
		return mechPlain, nil
	}
	return mechLogin, nil
}

func (s *session) secret(ctx context.Context, mech string) (string, error) {
	cfg := s.w.cfg
	if mech == mechXOAuth2 || mech == mechOAuthBearer {
		if cfg.Token == nil {
			return "", fmt.Errorf("%s needs a token", mech)
		}
		ctx, cancel := context.WithTimeout(ctx, s.w.timing.silence)
		defer cancel()
		token, err := cfg.Token(ctx)
		if err != nil {
			return "", fmt.Errorf("get an access token: %w", err)
		}
		return token, nil
	}
	if cfg.Password == nil {
		return "", fmt.Errorf("%s needs a password", mech)
	}
	password, err := cfg.Password()
	if err != nil {
		return "", fmt.Errorf("get the password: %w", err)
	}
	return password, nil
}

func (s *session) authenticate(mech, secret string) error {
	user := s.w.cfg.User
	switch mech {
	case mechPlain:
		return s.client.Authenticate(sasl.NewPlainClient("", user, secret))
	case mechLogin:
		return s.client.Login(user, secret).Wait()
	}
	cred := &bearer{mech: strings.ToUpper(mech), cfg: s.w.cfg, token: secret}
	err := s.client.Authenticate(cred)
	if err != nil && cred.why != "" {
		return fmt.Errorf("%w (%s)", err, cred.why)
	}
	return err
}

// bearer is the client's half of XOAUTH2 (Google, Microsoft) and OAUTHBEARER
// (RFC 7628). The server says why it refuses in a challenge, which is to be
// answered before the refusal itself comes.
type bearer struct {
	mech, token, why string
	cfg              Config
}

func (b *bearer) Start() (string, []byte, error) {
	if b.mech == strings.ToUpper(mechXOAuth2) {
		return b.mech, []byte("user=" + b.cfg.User + "\x01auth=Bearer " + b.token + "\x01\x01"), nil
	}
	gs2 := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(b.cfg.User)
	return b.mech, fmt.Appendf(nil, "n,a=%s,\x01host=%s\x01port=%d\x01auth=Bearer %s\x01\x01", gs2, b.cfg.Host, b.cfg.Port, b.token), nil
}

func (b *bearer) Next(challenge []byte) ([]byte, error) {
	b.why = string(challenge)
	if b.mech == strings.ToUpper(mechXOAuth2) {
		return []byte{}, nil
	}
	return []byte{1}, nil
}

// scrubbed is an error whose text held a secret.
type scrubbed struct {
	text string
	err  error
}

func (e *scrubbed) Error() string { return e.text }
func (e *scrubbed) Unwrap() error { return e.err }

// scrub takes a secret out of an error which a server may have put there.
func scrub(err error, secret string) error {
	if secret == "" || !strings.Contains(err.Error(), secret) {
		return err
	}
	return &scrubbed{text: strings.ReplaceAll(err.Error(), secret, "<secret>")}
}
