package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"retour/cmd/internal/loopback"
	"retour/rules"
	"retour/rules/casebook"
)

func TestDiscretion(t *testing.T) {
	d := discretion{secrets: []string{"s3cr3t-value"}, addresses: true, own: []string{"rma@example.com"}}
	for text, want := range map[string]string{
		"550 5.1.1 <ann.o'neil@shop.example>: no such user": "550 5.1.1 <<address>>: no such user",
		"to ann+rma@shop.example.":                          "to <address>.",
		"rma@example.com/INBOX":                             "rma@example.com/INBOX",
		"zoë@bücher.example unknown":                        "<address> unknown",
		"login s3cr3t-value refused":                        "login <secret> refused",
		"token xoxb-12-34-abCD and xapp-1-A0-99-ff":         "token <secret> and <secret>",
		"dial wss://x.slack.com/link/?ticket=abc-def&app=1": "dial wss://x.slack.com/link/?ticket=<secret>&app=1",
		"Authorization: Bearer abc.def":                     "Authorization: <secret>",
		"at 12:30 @ noon":                                   "at 12:30 @ noon",
	} {
		if got := d.clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestDiscreetHandlerSeesAll(t *testing.T) {
	var out bytes.Buffer
	c := Config{Desk: DeskConfig{Address: "rma@example.com"}, Log: LogConfig{Level: "info"}}
	log := c.discreet(newLogger(&out, c.Log)).With("who", "ann@shop.example").WithGroup("g")
	log.Info("for ann@shop.example", "err", errors.New("refused ann@shop.example"), "list", []string{"ann@shop.example"},
		slog.Group("deep", "to", "ann@shop.example"), "n", 7, "desk", "rma@example.com")
	if got := out.String(); strings.Contains(got, "ann") || strings.Count(got, "<address>") != 5 || !strings.Contains(got, "n=7") || !strings.Contains(got, "rma@example.com") {
		t.Error(got)
	}
}

// logTo keeps what is logged from a level on.
func logTo(out *logSink, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level}))
}

type logSink struct {
	lock chan struct{}
	b    bytes.Buffer
}

func newLogSink() *logSink { return &logSink{lock: make(chan struct{}, 1)} }

func (s *logSink) Write(p []byte) (int, error) {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	return s.b.Write(p)
}

func (s *logSink) String() string {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	return s.b.String()
}

// openLoggedDesk is a desk on loopback, with all that it logs at the level info.
func openLoggedDesk(t *testing.T) (*desk, *logSink) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	out := newLogSink()
	demo, err := startDemoAt(ctx, t.TempDir(), time.Now, logTo(out, slog.LevelInfo))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.close(); err != nil {
			t.Error(err)
		}
	})
	return &desk{demo: demo, t: t, ctx: ctx}, out
}

// A customer's life with the desk, good and bad, leaves nothing of him in the log
// at the level info: no address, no part of it, no name, no subject, no word.
func TestLogHasNoCustomer(t *testing.T) {
	d, out := openLoggedDesk(t)
	const zed = "zed.quixano@marmalade.example"
	l := grandstream("Zed Quixano <"+zed+">", "one@marmalade.example")
	l.subject, l.text = "Trombone is defective", l.text+"\nIt hums like a harpsichord."
	d.deliver(zed, l.raw())
	d.wait()
	number := d.onlyCase(zed).Number
	d.deliver(zed, letter{from: "Zed Quixano <" + zed + ">", subject: "Trombone again " + number, text: "harpsichord", id: "two@marmalade.example", inReplyTo: d.received(zed)[0].MessageID}.raw())
	d.deliver("x@other.example", letter{from: "Zed Quixano <x@other.example>", subject: "Trombone " + number, text: "harpsichord of " + zed}.raw()) // held: no party
	d.deliver("", []byte(fmt.Sprintf("From: MAILER-DAEMON@marmalade.example\r\nTo: %s\r\nSubject: Undelivered Trombone\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"+
		"Final-Recipient: rfc822; %s\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no %s here\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <%s>\r\n\r\nx\r\n--b--\r\n",
		demoDesk, zed, zed, d.received(zed)[0].MessageID)))
	d.wait()
	c := d.onlyCase(zed)
	refused := rules.Click{Number: number, Version: c.Version, Event: rules.Event{Kind: rules.EvFixAddress, Address: "Zed Quixano", Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1"}}}
	if _, err := d.app.intake.Click(d.ctx, refused, "k1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.app.intake.Open(d.ctx, rules.Handmade{Customer: rules.Party{Address: "no address of zed.quixano"}}, "k2"); err != nil {
		t.Fatal(err)
	}

	failed, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{CaseID: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	d.app.log.Warn("what a server said", "error", fmt.Errorf("send %s: 550 <%s> unknown", failed[0].Key, zed))
	if code, text := d.cli("forget", zed, "--yes", "--force"); code != exitOK {
		t.Logf("%d %s", code, text) // what stands against it is not this test's
	}
	got := strings.ToLower(out.String())
	if !strings.Contains(got, number[:5]) && !strings.Contains(got, strings.ToLower(number)) {
		t.Fatalf("the log does not tell of the case: %s", got)
	}
	for _, word := range []string{"quixano", "zed", "marmalade", "trombone", "harpsichord", "x@other"} {
		if i := strings.Index(got, word); i >= 0 {
			t.Errorf("the log has %q: …%s…", word, got[max(0, i-200):min(len(got), i+100)])
		}
	}
}

// Secrets are in no log, in no error, nowhere in Slack and on no command line,
// whatever goes wrong with them.
func TestSecretsStaySecret(t *testing.T) {
	out := newLogSink()
	demo := newDemo(t.TempDir(), time.Now)
	if err := demo.startServers(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		for _, c := range []interface{ Close() error }{demo.slack, demo.smtp, demo.imap} {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	}()
	path, err := demo.writeConfig()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{"password": "hush-imap-7711", "bot-token": "xoxb-hush-7712", "app-token": "xapp-hush-7713"}
	for name, value := range secrets {
		if err := os.WriteFile(filepath.Join(demo.dir, name), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var shown bytes.Buffer
	for _, args := range [][]string{{"check", "--online"}, {"serve", "--help"}, {"cases"}} {
		run(&world{ctx: t.Context(), stdout: &shown, stderr: &shown}, append([]string{"--config", path}, args...))
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Log.Level = "debug"
	a, err := newApp(t.Context(), cfg, time.Now, logTo(out, slog.LevelDebug))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // every login is refused
	defer cancel()
	if err := a.run(ctx); err != nil {
		fmt.Fprintln(&shown, err)
	}
	a.log.Error("an error with them", "error", fmt.Errorf("login with %s, %s and %s failed", secrets["password"], secrets["bot-token"], secrets["app-token"]))
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	everything := out.String() + shown.String() + fmt.Sprintf("%+v", demo.slack.Messages(loopback.SlackChannel)) + fmt.Sprintf("%+v", cfg)
	if !strings.Contains(everything, "<secret>") {
		t.Error("the error with secrets is not in the log")
	}
	if i := strings.Index(everything, "hush"); i >= 0 {
		t.Errorf("a secret is told: …%s…", everything[max(0, i-200):min(len(everything), i+50)])
	}
}

// No option takes a secret: a command line can be read by everybody on the machine.
func TestNoOptionTakesASecret(t *testing.T) {
	parser, err := kong.New(&cli{})
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, word := range []string{"password", "secret", "token", "credential"} {
				if strings.Contains(f.Name, word) {
					t.Errorf("%s has the option --%s", n.FullPath(), f.Name)
				}
			}
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(parser.Model.Node)
	// And each secret of the configuration is among those that are kept out of logs.
	var c Config
	var count int
	var set func(v reflect.Value)
	set = func(v reflect.Value) {
		if v.Type() == reflect.TypeFor[Secret]() {
			count++
			v.Set(reflect.ValueOf(Secret{Env: fmt.Sprint("S", count)}))
			return
		}
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				if v.Field(i).CanSet() {
					set(v.Field(i))
				}
			}
		}
	}
	set(reflect.ValueOf(&c).Elem())
	if got := len(c.allSecrets()); got != count || count < 10 {
		t.Errorf("%d of %d secrets are kept out of logs", got, count)
	}
}

// The keys of a bucket are among the secrets that no log and no error shows.
func TestBucketKeysStaySecret(t *testing.T) {
	t.Setenv("S3_ACCESS", "hush-access-7714")
	t.Setenv("S3_SECRET", "hush-secret-7715")
	cfg := Config{Raw: BucketConfig{AccessKey: Secret{Env: "S3_ACCESS"}, SecretKey: Secret{Env: "S3_SECRET"}}}
	d := discretion{secrets: cfg.secrets()}
	if text := d.clean("put x: access hush-access-7714 with hush-secret-7715"); strings.Contains(text, "hush") {
		t.Errorf("it says %q", text)
	}
}
