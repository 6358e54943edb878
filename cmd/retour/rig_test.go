//go:build rig

// The tests against real servers: .ci/mailservers starts Postfix and Dovecot
// and says where they are in the environment; the desk is the built binary in
// a process of its own, so that it can be killed. `go test ./...` leaves them
// out; .ci/run does not, and there a missing server is a failure.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/xuri/excelize/v2"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules/casebook"
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

func openRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), user: "rma"}
	r.exe = filepath.Join(r.dir, "retour")
	build := exec.Command("go", "build", "-o", r.exe, ".")
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

func TestRigTwoHundredMailsAndFiveKills(t *testing.T) {
	const mails, kills = 200, 5
	r := openRig(t)
	d := r.serve()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := range mails {
			r.post(request(i))
		}
	}()
	for k := range kills {
		// Somewhere in the middle of the work, another place each time.
		want := mails * (k + 1) / (kills + 2)
		r.until(fmt.Sprintf("%d answers", want), time.Minute, func() bool { return r.count("customer", "INBOX") >= want })
		d.kill()
		d = r.serve()
	}
	<-sent
	// What was in flight at a kill is sent again when its lease has ended.
	r.until("all answers", 2*time.Minute, func() bool { return len(r.answers()) >= mails })
	r.until("the mailbox is empty", time.Minute, func() bool { return r.count("rma", "INBOX") == 0 })
	out, err := r.command("ledger", "--limit", "1")
	if err != nil || !strings.Contains(out, "200 mails seen") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("ledger: %v\n%s", err, out)
	}
	r.checkAnswers(mails)
	d.stop(t)
}

// answers are the Message-IDs of the answers, and how often each came, by the
// customer's mail that they answer.
func (r *rig) answers() map[string]map[string]int {
	r.t.Helper()
	answers := map[string]map[string]int{}
	for _, m := range r.mails("customer", "INBOX") {
		for _, to := range m.InReplyTo {
			if answers[to] == nil {
				answers[to] = map[string]int{}
			}
			answers[to][m.MessageID]++
		}
	}
	return answers
}

// checkAnswers: each customer has his one answer. A kill between the server's
// 250 and the mark in the outbox may repeat a mail, with the same Message-ID;
// two different answers are a fault.
func (r *rig) checkAnswers(mails int) {
	r.t.Helper()
	answers := r.answers()
	repeated := -len(answers)
	for _, ids := range answers {
		for _, times := range ids {
			repeated += times
		}
	}
	for i := range mails {
		if n := len(answers[fmt.Sprintf("rig-%d@kunde.example", i)]); n != 1 {
			r.t.Errorf("customer %d has %d different answers, want 1", i, n)
		}
	}
	if repeated > 5 {
		r.t.Errorf("%d mails came twice; five kills explain five at the most", repeated)
	}
	book, err := casebook.Open(r.t.Context(), filepath.Join(r.dir, "retour.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer book.Close()
	cases, err := book.Cases(r.t.Context(), casebook.CaseFilter{Limit: 10 * mails})
	if err != nil || len(cases) != mails {
		r.t.Errorf("%d cases, want %d (%v)", len(cases), mails, err)
	}
	r.t.Logf("%d mails, %d cases, %d answers repeated with the same Message-ID", mails, len(cases), repeated)
}

// TestRigLatency: from the moment Postfix has taken a lone mail until it has taken
// the answer. Dovecot holds its IDLE notice back for 500 ms.
func TestRigLatency(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	var took []time.Duration
	for i := range 15 {
		l := request(1000 + i)
		r.post(l)
		start := time.Now()
		r.until("the answer", 10*time.Second, func() bool { return r.count("customer", "INBOX") > i })
		took = append(took, r.answerAccepted(l.from).Sub(start))
	}
	d.stop(t)
	slices.Sort(took)
	median := took[len(took)/2]
	t.Logf("mail taken → answer taken, Postfix and Dovecot, %d lone mails: median %s, worst %s", len(took), median, took[len(took)-1])
	if median > 900*time.Millisecond {
		t.Errorf("median %s, want under 900 ms", median)
	}
}

// answerAccepted is when the SMTP server took the mail to an address.
func (r *rig) answerAccepted(address string) time.Time {
	r.t.Helper()
	book, err := casebook.Open(r.t.Context(), filepath.Join(r.dir, "retour.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.Outbox(r.t.Context(), casebook.OutboxFilter{Kind: "mail"})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, row := range rows {
		if row.Recipient == address && !row.SentAt.IsZero() {
			return row.SentAt
		}
	}
	r.t.Fatalf("no mail to %s was sent", address)
	return time.Time{}
}

func TestRigBounceComesBackToTheCase(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	r.post(grandstream("vanished@kunde.example", "bounce-1@kunde.example"))
	r.until("the case knows that its mail came back", 15*time.Second, func() bool {
		out, err := r.command("cases", "--json")
		if err != nil {
			return false
		}
		var cases []struct {
			Undelivered bool `json:"undelivered"`
		}
		return json.Unmarshal([]byte(out), &cases) == nil && len(cases) == 1 && cases[0].Undelivered
	})
	d.stop(t)
}

func TestRigSecondDaemonRefusesToStart(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	out, err := r.command("serve")
	if err == nil || !strings.Contains(out, strconv.Itoa(d.cmd.Process.Pid)) {
		t.Errorf("a second daemon on the same files: %v\n%s", err, out)
	}
	other := *r
	other.dir = t.TempDir()
	other.configure()
	if out, err = other.command("serve"); err == nil || !strings.Contains(out, strconv.Itoa(d.cmd.Process.Pid)) {
		t.Errorf("a second daemon with other files on the same mailbox: %v\n%s", err, out)
	}
	d.stop(t)
}

func TestRigCheckOnline(t *testing.T) {
	r := openRig(t)
	out, err := r.command("check", "--online")
	if err != nil || strings.Contains(out, "FAIL") || strings.Count(out, "ok    IMAP") < 3 || !strings.Contains(out, "ok    SMTP") || !strings.Contains(out, "ok    Slack") {
		t.Errorf("check --online: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "password"), []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = r.command("check", "--online")
	if err == nil || !strings.Contains(out, "FAIL  IMAP") || strings.Contains(out, "wrong") {
		t.Errorf("check --online with a wrong password: %v\n%s", err, out)
	}
}

// A digest goes through Postfix into a real mailbox and is read back part by
// part. Who could not get it, at once or by a later report, is told to the staff.
func TestRigDigest(t *testing.T) {
	r := openRig(t)
	config := filepath.Join(r.dir, "retour.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	lists := "digests:\n  - list: management\n    to: [Eva Maes <customer+eva@kunde.example>, reject@kunde.example, vanished@kunde.example]\n    period: daily\n    language: it\n"
	if err := os.WriteFile(config, append(text, lists...), 0o600); err != nil {
		t.Fatal(err)
	}
	d := r.serve()
	r.post(letter{from: "info@kunde.example", id: "held@kunde.example", subject: "Hello", text: "What are your opening hours?"})
	r.until("the mail is held, and so there is news", 20*time.Second, func() bool { return r.count("rma", "hold") == 1 })
	d.stop(t)
	if out, err := r.command("digest", "--for", "management", "--send"); err != nil || !strings.Contains(out, "3 mails in the outbox") {
		t.Fatalf("%s%v", out, err)
	}
	d = r.serve()
	r.until("the digest is in the mailbox", 30*time.Second, func() bool { return r.count("customer", "INBOX") == 1 })
	header, parts := leaves(t, r.raws("customer", "INBOX")[0])
	if got := header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted is %q", got)
	}
	if len(parts) < 3 || !strings.HasSuffix(parts[0].path, "text/plain") || !strings.Contains(strings.Join(strings.Fields(string(parts[0].body)), " "), "1 e-mail attende una persona") ||
		!strings.HasSuffix(parts[1].path, "text/html") || !strings.HasSuffix(parts[len(parts)-1].path, "spreadsheetml.sheet") {
		t.Fatalf("%d parts; the first is\n%s", len(parts), parts[0].body)
	}
	if _, err := excelize.OpenReader(bytes.NewReader(parts[len(parts)-1].body)); err != nil {
		t.Errorf("the spreadsheet: %v", err)
	}
	r.until("the staff know who did not get it", 30*time.Second, func() bool {
		said := fmt.Sprint(r.slack.Messages(loopback.SlackChannel))
		return strings.Contains(said, "The digest for reject@kunde.example could not be delivered") &&
			strings.Contains(said, "The digest for vanished@kunde.example could not be delivered")
	})
	d.stop(t)
}
