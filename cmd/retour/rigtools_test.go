//go:build rig || chaos

// The real servers of the tests: .ci/mailservers starts Postfix and Dovecot and
// says where they are in the environment; the desk is the built binary in a
// process of its own, so that it can be killed. `go test ./...` leaves these tests
// out; .ci/run does not, and there a missing server is a failure.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"retour/cmd/internal/loopback"
	"retour/ingest"
)

// rig is the real mail system, a Slack stand-in, and a desk's folder.
type rig struct {
	t     *testing.T
	dir   string
	exe   string
	slack *loopback.Slack
	user  string // IMAP user of the desk
}

func env(t *testing.T, name string) string {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		t.Fatalf("%s is not set: start the servers with `eval \"$(.ci/mailservers up DIR)\"` and export what it prints", name)
	}
	return v
}

// openRig builds the desk, with these flags of the compiler, and empties the
// mailboxes.
func openRig(t *testing.T, flags ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), user: "rma"}
	r.exe = filepath.Join(r.dir, "retour")
	build := exec.Command("go", slices.Concat([]string{"build"}, flags, []string{"-o", r.exe, "."})...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	var err error
	if r.slack, err = loopback.StartSlack(loopback.SlackOptions{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.slack.Close(); err != nil {
			t.Error(err)
		}
	})
	r.empty("rma", "INBOX", "done", "hold", "Retour-Lock")
	r.empty("customer", "INBOX")
	r.configure()
	return r
}

func (r *rig) configure() {
	r.t.Helper()
	files := map[string]string{
		"password": env(r.t, "MAILSERVERS_PASSWORD"), "bot-token": r.slack.BotToken, "app-token": r.slack.AppToken,
		// The caps would rightly stop two hundred answers to one domain.
		"policy.yaml": "version: rig\nlimits: {per_address_hour: 10, per_domain_hour: 10000, per_case_hour: 10, total_hour: 10000}\n",
		"retour.yaml": fmt.Sprintf(`desk:
  address: rma@retour.example
  company: Retour Distribution
  return_address: [Retour Distribution, Dock 7, 1000 Brussels]
policy: policy.yaml
mailbox:
  host: localhost
  port: %s
  tls: starttls
  ca: %s
  user: rma
  password: {file: password}
smtp:
  host: localhost
  port: %s
  tls: starttls
  ca: %s
  user: rma
  password: {file: password}
slack:
  bot_token: {file: bot-token}
  app_token: {file: app-token}
  channel: %s
  groups: [%s]
  api_url: %s
`, env(r.t, "MAILSERVERS_IMAP"), env(r.t, "MAILSERVERS_CA"), env(r.t, "MAILSERVERS_SUBMISSION"), env(r.t, "MAILSERVERS_CA"),
			loopback.SlackChannel, loopback.SlackDesk, r.slack.URL),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
	}
}

// login opens the mailbox of a user; the test looks from outside, as he would.
func (r *rig) login(user string) *imapclient.Client {
	r.t.Helper()
	pem, err := os.ReadFile(env(r.t, "MAILSERVERS_CA"))
	if err != nil {
		r.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	c, err := imapclient.DialStartTLS(net.JoinHostPort("localhost", env(r.t, "MAILSERVERS_IMAP")),
		&imapclient.Options{TLSConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}})
	if err != nil {
		r.t.Fatalf("connect: %v", err)
	}
	if err := c.Login(user, env(r.t, "MAILSERVERS_PASSWORD")).Wait(); err != nil {
		r.t.Fatalf("log in as %s: %v", user, err)
	}
	return c
}

func (r *rig) empty(user string, folders ...string) {
	r.t.Helper()
	c := r.login(user)
	defer c.Close()
	for _, f := range folders {
		selected, err := c.Select(f, nil).Wait()
		if err != nil || selected.NumMessages == 0 {
			continue
		}
		all := imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}
		if err := c.Store(all, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err != nil {
			r.t.Fatal(err)
		}
		if err := c.Expunge().Close(); err != nil {
			r.t.Fatal(err)
		}
	}
}

// mails reads a folder whole.
func (r *rig) mails(user, folder string) []*ingest.Message {
	r.t.Helper()
	var out []*ingest.Message
	for _, raw := range r.raws(user, folder) {
		out = append(out, ingest.Parse(raw, ingest.DefaultLimits()))
	}
	return out
}

// raws are the mails of a folder as the server keeps them.
func (r *rig) raws(user, folder string) (raws [][]byte) {
	r.t.Helper()
	c := r.login(user)
	defer c.Close()
	selected, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		r.t.Fatalf("select %s: %v", folder, err)
	}
	if selected.NumMessages == 0 {
		return nil
	}
	body := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range got {
		raws = append(raws, m.FindBodySection(body))
	}
	return raws
}

func (r *rig) count(user, folder string) int {
	r.t.Helper()
	c := r.login(user)
	defer c.Close()
	status, err := c.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return 0
	}
	return int(*status.NumMessages)
}

// daemon is one life of `retour serve`.
type daemon struct {
	cmd  *exec.Cmd
	gone chan error
	log  *syncBuffer
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) add(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b.WriteString(line + "\n")
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// serve starts the desk and returns when it watches its mailbox.
func (r *rig) serve() *daemon {
	r.t.Helper()
	d := &daemon{cmd: exec.Command(r.exe, "serve", "--config", filepath.Join(r.dir, "retour.yaml")), gone: make(chan error, 1), log: &syncBuffer{}}
	pipe, err := d.cmd.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	watching := make(chan struct{})
	go d.follow(pipe, watching)
	select {
	case <-watching:
	case err := <-d.gone:
		r.t.Fatalf("the desk ended: %v\n%s", err, d.log)
	case <-time.After(30 * time.Second):
		r.t.Fatalf("the desk did not open its mailbox\n%s", d.log)
	}
	r.t.Cleanup(d.kill)
	return d
}

func (d *daemon) follow(pipe io.Reader, watching chan struct{}) {
	scanner := bufio.NewScanner(pipe)
	scanner.Buffer(nil, 1<<20)
	var once sync.Once
	for scanner.Scan() {
		d.log.add(scanner.Text())
		if strings.Contains(scanner.Text(), "mailbox is watched") {
			once.Do(func() { close(watching) })
		}
	}
	d.gone <- d.cmd.Wait()
}

// kill is kill -9.
func (d *daemon) kill() {
	if d.cmd.ProcessState == nil {
		_ = d.cmd.Process.Kill()
		<-d.gone
		d.gone <- nil
	}
}

// stop asks politely and waits.
func (d *daemon) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	err := <-d.gone
	d.gone <- nil
	if err != nil {
		t.Errorf("the desk did not end well: %v\n%s", err, d.log)
	}
}

func (r *rig) command(args ...string) (string, error) {
	r.t.Helper()
	out, err := exec.Command(r.exe, append(args, "--config", filepath.Join(r.dir, "retour.yaml"))...).CombinedOutput()
	return string(out), err
}

// post sends mails by SMTP on one connection.
func (r *rig) post(letters ...letter) {
	r.t.Helper()
	c, err := smtp.Dial(net.JoinHostPort("localhost", env(r.t, "MAILSERVERS_SMTP")))
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	for _, l := range letters {
		if err := submit(c, l); err != nil {
			r.t.Fatal(err)
		}
	}
	if err := c.Quit(); err != nil {
		r.t.Fatal(err)
	}
}

func submit(c *smtp.Client, l letter) error {
	if err := c.Mail(l.from); err != nil {
		return err
	}
	if err := c.Rcpt("rma@retour.example"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(l.raw()); err != nil {
		return err
	}
	return w.Close()
}

// until polls what only a look from outside can tell.
func (r *rig) until(what string, limit time.Duration, done func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(limit)
	for !done() {
		if time.Now().After(deadline) {
			r.t.Fatalf("after %s still not: %s", limit, what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// request is the i-th of many different customers' mails; each third lacks the
// ticket and must be asked for it.
func request(i int) letter {
	l := grandstream(fmt.Sprintf("customer+%d@kunde.example", i), fmt.Sprintf("rig-%d@kunde.example", i))
	l.text = strings.ReplaceAll(l.text, "20EZ115N308C605F", fmt.Sprintf("20EZ115N30%06X", 0x8C0000+i))
	if i%3 == 0 {
		l.text = strings.ReplaceAll(l.text, "Grandstream helpdesk ticket: 20261115093422", "Please help.")
	}
	return l
}
