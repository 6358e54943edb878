package mailout

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"retour/notify"
)

// stage is how far a mail came on its way into the server.
type stage int

const (
	stageMail stage = iota // MAIL FROM
	stageRcpt              // RCPT TO
	stageData              // DATA
	stageBody              // the mail itself: from here on the server may have it
	stageDone              // the server has answered for the whole mail
)

// link is one connection, logged in. go-mail's own Client is not used: it
// reports a delivered mail as failed when the RSET after it fails, and renders
// the mail while it is being sent.
type link struct {
	cfg     Config
	conn    *stepConn
	smtp    *smtp.Client
	secrets []string // never to appear in an error
	mails   int
	used    time.Time
	broken  bool
}

// stepConn puts every read and write under a deadline of its own.
type stepConn struct {
	net.Conn
	step time.Duration
}

func (c *stepConn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.step)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *stepConn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.step)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// dial connects, says hello, starts TLS and logs in. None of its failures is
// permanent: they tell of the server or of the configuration, not of the mail.
func dial(ctx context.Context, cfg Config) (*link, *notify.Failure) {
	l := &link{cfg: cfg}
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"connect to", l.connect},
		{"greeting of", l.greet},
		{"start TLS with", l.startTLS},
		{"log in to", l.login},
	} {
		if err := l.guarded(ctx, step.do); err != nil {
			l.close()
			return nil, l.failure(step.doing, err)
		}
	}
	l.used = time.Now()
	return l, nil
}

func (l *link) guarded(ctx context.Context, do func(context.Context) error) error {
	defer l.guard(ctx)()
	if err := do(ctx); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	return nil
}

// guard breaks the connection off when ctx ends, until stop is called.
func (l *link) guard(ctx context.Context) (stop func()) {
	if l.conn == nil {
		return func() {}
	}
	conn := l.conn
	cancel := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return func() { cancel() }
}

func (l *link) connect(ctx context.Context) error {
	dialer := net.Dialer{Timeout: l.cfg.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", l.address())
	if err != nil {
		return err
	}
	l.conn = &stepConn{Conn: conn, step: l.cfg.Timeout}
	return nil
}

func (l *link) address() string {
	return net.JoinHostPort(l.cfg.Host, strconv.Itoa(l.cfg.Port))
}

func (l *link) greet(ctx context.Context) error {
	var conn net.Conn = l.conn
	if l.cfg.TLS == "implicit" {
		secured := tls.Client(l.conn, l.cfg.TLSConfig)
		if err := secured.HandshakeContext(ctx); err != nil {
			return fmt.Errorf("TLS: %w", err)
		}
		conn = secured
	}
	client, err := smtp.NewClient(conn, l.cfg.Host)
	if err != nil {
		return err
	}
	l.smtp = client
	return client.Hello(l.cfg.Hello)
}

func (l *link) startTLS(context.Context) error {
	if l.cfg.TLS != "starttls" {
		return nil
	}
	if ok, _ := l.smtp.Extension("STARTTLS"); !ok {
		return errors.New("the server does not offer STARTTLS on this port; tls implicit may be meant (port 465)")
	}
	return l.smtp.StartTLS(l.cfg.TLSConfig)
}

func (l *link) login(ctx context.Context) error {
	if l.cfg.Token == nil && l.cfg.Password == nil {
		return nil
	}
	_, offered := l.smtp.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	if l.cfg.Token != nil {
		return l.loginByToken(ctx, mechanisms)
	}
	return l.loginByPassword(mechanisms)
}

func (l *link) loginByToken(ctx context.Context, mechanisms []string) error {
	token, err := l.cfg.Token(ctx)
	if err != nil {
		return fmt.Errorf("get the access token: %w", err)
	}
	l.hide(token)
	if !slices.Contains(mechanisms, "XOAUTH2") {
		return fmt.Errorf("the server does not offer XOAUTH2 but %q", mechanisms)
	}
	auth := &bearer{user: l.cfg.User, token: token}
	err = l.smtp.Auth(auth)
	if _, answered := errors.AsType[*textproto.Error](err); answered && l.cfg.TokenRefused != nil {
		l.cfg.TokenRefused(token)
	}
	if err != nil {
		return fmt.Errorf("%w %s", err, auth.challenge)
	}
	return nil
}

func (l *link) loginByPassword(mechanisms []string) error {
	password, err := l.cfg.Password()
	if err != nil {
		return fmt.Errorf("get the password: %w", err)
	}
	l.hide(password)
	switch {
	case slices.Contains(mechanisms, "PLAIN"):
		return l.smtp.Auth(smtp.PlainAuth("", l.cfg.User, password, l.cfg.Host, true))
	case slices.Contains(mechanisms, "LOGIN"):
		return l.smtp.Auth(smtp.LoginAuth(l.cfg.User, password, l.cfg.Host, true))
	default:
		return fmt.Errorf("the server offers neither PLAIN nor LOGIN but %q", mechanisms)
	}
}

// bearer is XOAUTH2. The server explains a refusal in a challenge, as JSON
// without secrets; the empty answer makes it say the refusal itself.
type bearer struct {
	user, token string
	challenge   string
}

func (b *bearer) Start(*smtp.ServerInfo) (string, []byte, error) {
	return "XOAUTH2", []byte(xoauth2(b.user, b.token)), nil
}

func (b *bearer) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	b.challenge = string(challenge)
	return []byte{}, nil
}

func xoauth2(user, token string) string {
	return "user=" + user + "\x01auth=Bearer " + token + "\x01\x01"
}

// hide keeps a secret, and every form in which it travels, out of errors: some
// servers repeat the command that they refuse.
func (l *link) hide(secret string) {
	if secret == "" {
		return
	}
	for _, form := range []string{xoauth2(l.cfg.User, secret), "\x00" + l.cfg.User + "\x00" + secret, secret} {
		l.secrets = append(l.secrets, base64.StdEncoding.EncodeToString([]byte(form)))
	}
	l.secrets = append(l.secrets, secret)
}

func (l *link) scrub(text string) string {
	for _, secret := range l.secrets {
		text = strings.ReplaceAll(text, secret, "<secret>")
	}
	return text
}

// send hands one mail over and says how far it came.
func (l *link) send(env envelope) (string, stage, *notify.Failure) {
	l.smtp.SkipSMTPUTF8(!env.utf8)
	if ok, _ := l.smtp.Extension("SMTPUTF8"); env.utf8 && !ok {
		text := fmt.Sprintf("%s takes no addresses like %s (SMTPUTF8)", l.address(), env.to)
		return "", stageMail, &notify.Failure{Permanent: true, Text: text}
	}
	if most := l.most(); most > 0 && len(env.raw) > most {
		text := fmt.Sprintf("%s takes mails of at most %d bytes, and this one has %d", l.address(), most, len(env.raw))
		return "", stageMail, &notify.Failure{Permanent: true, Code: tooBig, Text: text}
	}
	if err := l.smtp.Mail("<" + env.from + ">"); err != nil {
		return "", stageMail, l.refused("MAIL FROM", err)
	}
	if err := l.smtp.Rcpt("<" + env.to + ">"); err != nil {
		return "", stageRcpt, l.refused("RCPT TO", err)
	}
	body, err := l.smtp.Data()
	if err != nil {
		return "", stageData, l.refused("DATA", err)
	}
	if _, err := body.Write(env.raw); err != nil {
		return "", stageBody, l.maybe(err)
	}
	// RFC 5321, 4.5.3.2.6: who gives up early here makes duplicates.
	l.conn.step = 10 * l.cfg.Timeout
	defer func() { l.conn.step = l.cfg.Timeout }()
	if err := body.Close(); err != nil {
		return "", stageDone, l.maybe(err)
	}
	l.mails++
	l.used = time.Now()
	return body.(*smtp.DataCloser).ServerResponse(), stageDone, nil
}

// tooBig is the answer that a server would give (RFC 1870, 6.1).
const tooBig = 552

// most is how many bytes of a mail the server takes, as it said in its greeting
// (RFC 1870); 0 where it did not say.
func (l *link) most() int {
	_, said := l.smtp.Extension("SIZE")
	n, err := strconv.Atoi(strings.TrimSpace(said))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// refused is a failure before the mail itself was sent. A server that refuses
// in words keeps the connection, and forgets the envelope by RSET.
func (l *link) refused(command string, err error) *notify.Failure {
	f := l.failure(command+" at", err)
	l.broken = lost(f) || l.smtp.Reset() != nil
	f.Permanent = permanent(f.Code, f.Text)
	return f
}

// maybe is a failure while or after the mail was sent. Without an answer
// nobody knows whether the server has it.
func (l *link) maybe(err error) *notify.Failure {
	f := l.failure("send the mail to", err)
	l.broken = lost(f)
	f.Maybe = f.Code == 0
	f.Permanent = permanent(f.Code, f.Text)
	return f
}

// lost says that the connection is gone: broken, or closed by the server with
// 421.
func lost(f *notify.Failure) bool { return f.Code == 0 || f.Code == 421 }

// failure says what was being done, with which server, and the server's words.
func (l *link) failure(doing string, err error) *notify.Failure {
	said := err.Error()
	f := &notify.Failure{Err: err}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		f.Code = reply.Code
		said = strings.ReplaceAll(said, reply.Error(), fmt.Sprintf("%d %s", reply.Code, reply.Msg))
	}
	clean := l.scrub(said)
	f.Text = fmt.Sprintf("%s %s: %s", doing, l.address(), oneLine(clean))
	if clean != said {
		f.Err = errors.New(f.Text)
	}
	return f
}

// permanent tells a refusal of this mail from one of the desk's account:
// missing login (RFC 4954) and a used-up sending quota (X.4.5, as Gmail says
// it) pass, or somebody puts them right.
func permanent(code int, text string) bool {
	switch code {
	case 530, 534, 535, 538:
		return false
	}
	return code >= 500 && code < 600 && !strings.Contains(text, " 5.4.5 ")
}

func (l *link) unused() time.Duration { return time.Since(l.used) }

func (l *link) quit() {
	l.conn.step = min(l.cfg.Timeout, 5*time.Second)
	_ = l.smtp.Quit() // the mails are in; nothing hangs on the answer
}

func (l *link) close() {
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

// oneLine makes a short line of a server's words.
func oneLine(s string) string { return clip(printable(s), 500) }
