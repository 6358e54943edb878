package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"retour/cmd/internal/loopback"
)

type demoCmd struct {
	Once   bool   `help:"Without the page: take the sample mails in, print what became of each, and end."`
	Listen string `help:"Address of the page." default:"127.0.0.1:8025"`
	Dir    string `help:"Keep the desk's files in this folder instead of a throw-away one." type:"path"`
	Log    string `help:"How much the desk logs: debug, info, warn, error." default:"warn" enum:"debug,info,warn,error"`
}

// Help teaches what the demo is.
func (demoCmd) Help() string {
	return `The demo is the product on loopback: a real IMAP server, a real SMTP server and a stand-in for Slack
run inside this process, thirty sample mails come in by SMTP, and the desk does its work on a real
configuration file and a real SQLite file. Nothing leaves the machine.
With --once the exit code is 0 only if every mail has its fate and every promised answer arrived.`
}

const (
	demoDesk    = "rma@retour.example"
	demoMailbox = "rma"       // IMAP user of the desk
	demoOthers  = "customers" // IMAP user of everybody else
)

func (d *demoCmd) Run(w *world) error {
	dir, cleanup, err := d.folder()
	if err != nil {
		return err
	}
	defer cleanup()
	start := time.Now()
	demo, err := startDemo(w.ctx, dir, newLogger(w.stderr, LogConfig{Level: LogLevel(d.Log)}))
	if err != nil {
		return err
	}
	err = d.play(w, demo, start)
	return errors.Join(err, demo.close())
}

func (d *demoCmd) folder() (string, func(), error) {
	if d.Dir != "" {
		if _, err := os.Stat(filepath.Join(d.Dir, "retour.db")); err == nil {
			return "", nil, usageError{fmt.Errorf("--dir %s: a desk has worked there already; name a new folder", d.Dir)}
		}
		if err := os.MkdirAll(d.Dir, 0o700); err != nil {
			return "", nil, usageError{err}
		}
		return d.Dir, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "retour-demo-")
	if err != nil {
		return "", nil, err
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

func (d *demoCmd) play(w *world, demo *demo, start time.Time) error {
	samples, err := loadSamples()
	if err != nil {
		return err
	}
	if err := demo.sendAll(w.ctx, samples); err != nil {
		return err
	}
	if d.Once {
		return d.once(w, demo, samples, start)
	}
	fmt.Fprintf(w.stdout, "The desk is open: http://%s  (Ctrl-C ends it)\nIts files are in %s\n", d.Listen, demo.dir)
	return demo.servePage(w.ctx, d.Listen)
}

func (d *demoCmd) once(w *world, demo *demo, samples []sample, start time.Time) error {
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	if err := demo.settle(ctx, len(samples)); err != nil {
		return err
	}
	return demo.report(ctx, w.stdout, samples, time.Since(start))
}

// movedClock is a clock that is set forward by hand.
type movedClock struct {
	read  func() time.Time // the clock that is set forward
	ahead atomic.Int64     // nanoseconds
}

func (c *movedClock) now() time.Time { return c.read().Add(time.Duration(c.ahead.Load())) }

// demo is a desk with everything around it on loopback.
type demo struct {
	dir   string
	clock *movedClock
	imap  *loopback.IMAP
	smtp  *loopback.SMTP
	slack *loopback.Slack
	app   *app
	stop  context.CancelFunc
	done  chan error

	mu      sync.Mutex
	sent    []sentMail
	changed chan struct{} // closed and replaced when something happened
	version int
}

func newDemo(dir string, clock func() time.Time) *demo {
	return &demo{dir: dir, clock: &movedClock{read: clock}, changed: make(chan struct{})}
}

// demoPatience is how long the demo's Slack waits for the desk.
const demoPatience = 30 * time.Second

func startDemo(ctx context.Context, dir string, log *slog.Logger) (*demo, error) {
	return startDemoAt(ctx, dir, time.Now, log)
}

// startDemoAt starts a demo whose clock is another one than the machine's.
func startDemoAt(ctx context.Context, dir string, clock func() time.Time, log *slog.Logger) (_ *demo, err error) {
	d := newDemo(dir, clock)
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if err := d.startServers(); err != nil {
		return nil, err
	}
	return d, d.openDesk(ctx, log)
}

// openDesk opens the desk on the servers, by the configuration that an operator
// would write.
func (d *demo) openDesk(ctx context.Context, log *slog.Logger) error {
	path, err := d.writeConfig()
	if err != nil {
		return err
	}
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	if d.app, err = newApp(ctx, cfg, d.clock.now, log); err != nil {
		return err
	}
	return d.open(ctx)
}

func (d *demo) startServers() error {
	var err error
	d.imap, err = loopback.StartIMAP(loopback.IMAPOptions{
		Users: []loopback.User{{Name: demoMailbox, Password: "demo"}, {Name: demoOthers, Password: "demo"}}, Now: d.clock.now,
		UIDValidity: uint32(time.Now().Unix()),
	})
	if err != nil {
		return err
	}
	d.smtp, err = loopback.StartSMTP(loopback.SMTPOptions{
		IMAP: d.imap, Route: map[string]string{demoDesk: demoMailbox, "@": demoOthers}, AuthServ: "mx.retour.example", Now: d.clock.now,
	})
	if err != nil {
		return err
	}
	// Slack gives an app three seconds; on a machine that is busy with other work the
	// demo may take longer. What comes too late is tried with ExpireTriggers.
	d.slack, err = loopback.StartSlack(loopback.SlackOptions{Now: d.clock.now, AckTimeout: demoPatience, TriggerTTL: demoPatience})
	return err
}

// writeConfig writes retour.yaml and the files of its secrets.
func (d *demo) writeConfig() (string, error) {
	for name, secret := range map[string]string{"password": "demo", "bot-token": d.slack.BotToken, "app-token": d.slack.AppToken} {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(secret), 0o600); err != nil {
			return "", fmt.Errorf("write demo configuration: %w", err)
		}
	}
	text := fmt.Sprintf(demoConfig, demoDesk, d.imap.Host, d.imap.Port, demoMailbox, d.smtp.Host, d.smtp.Port, loopback.SlackChannel, loopback.SlackDesk, d.slack.URL)
	path := filepath.Join(d.dir, "retour.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write demo configuration: %w", err)
	}
	return path, nil
}

const demoConfig = `desk:
  name: Retour returns desk
  address: %s
  company: Retour Distribution
  phone: +32 2 555 01 99
  website: https://retour.example
  support: https://support.retour.example
  return_address: [Retour Distribution, Returns, Dock 7, 12 Rue du Quai, 1000 Brussels, Belgium]
  time_zone: Europe/Brussels
  staff_domains: [retour.example]
store: retour.db
mailbox:
  host: %s
  port: %d
  tls: none
  user: %s
  password: {file: password}
  trusted_authserv_id: mx.retour.example
smtp:
  host: %s
  port: %d
  tls: none
slack:
  mode: socket
  bot_token: {file: bot-token}
  app_token: {file: app-token}
  channel: %s
  groups: [%s]
  pace: 10ms
  burst: 0
  api_url: %s
`

// open runs the desk and waits until it reads the mailbox.
func (d *demo) open(ctx context.Context) error {
	ready := make(chan struct{})
	var once sync.Once
	d.app.onEvent = func(e appEvent) {
		if e == mailboxOpen {
			once.Do(func() { close(ready) })
		}
		d.bump()
	}
	ctx, d.stop = context.WithCancel(ctx)
	d.done = make(chan error, 1)
	go func() { d.done <- d.app.run(ctx) }()
	select {
	case <-ready:
		return nil
	case err := <-d.done:
		d.done <- err
		return errors.Join(errors.New("the desk ended before it read the mailbox"), err)
	case <-time.After(20 * time.Second):
		return errors.New("the desk did not open its mailbox within 20 s")
	}
}

func (d *demo) close() error {
	var errs []error
	if d.stop != nil {
		d.stop()
		errs = append(errs, <-d.done)
	}
	if d.app != nil {
		errs = append(errs, d.app.close())
	}
	for _, c := range []io.Closer{closer(d.slack != nil, d.slack), closer(d.smtp != nil, d.smtp), closer(d.imap != nil, d.imap)} {
		if c != nil {
			errs = append(errs, c.Close())
		}
	}
	return errors.Join(errs...)
}

func closer(there bool, c io.Closer) io.Closer {
	if !there {
		return nil
	}
	return c
}

// bump tells whoever waits that something happened.
func (d *demo) bump() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version++
	close(d.changed)
	d.changed = make(chan struct{})
}

func (d *demo) waitChange() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.changed
}

// settle waits until so many mails have their fate and nothing is left to send.
func (d *demo) settle(ctx context.Context, mails int) error {
	for {
		wait := d.waitChange()
		counts, total, err := d.app.book.LedgerCounts(ctx, "")
		if err != nil {
			return err
		}
		if total >= mails && counts[""] == 0 {
			break
		}
		select {
		case <-wait:
		case err := <-d.done:
			d.done <- err
			return errors.Join(errors.New("the desk ended"), err)
		case <-ctx.Done():
			return fmt.Errorf("%d of %d mails have come in, %d without a fate: %w", total, mails, counts[""], ctx.Err())
		}
	}
	return d.app.courier.Idle(ctx)
}

// advance moves the clock and lets it act.
func (d *demo) advance(_ context.Context, by time.Duration) error {
	d.clock.ahead.Add(int64(by))
	d.app.moved()
	d.bump()
	return nil
}
