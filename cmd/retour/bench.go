package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"retour/cmd/internal/bench"
)

type benchCmd struct {
	Profile string `help:"small: 5000 mails of 2 to 5 KB; big: 200 mails of 5 MB, each with a photo and a PDF, which the desk reads; bulky: 200 mails of 5 MB, each with a film, which it keeps; idle: the time from mail to answer." default:"small" enum:"small,big,bulky,idle"`
	Mails   int    `help:"How many mails; 0: as the profile says."`
	Rounds  int    `help:"How often desk and floor take turns." default:"5"`
	Quick   bool   `help:"A small run: is everything there, not: how fast is it."`
	Seed    uint64 `help:"The same seed makes the same mails." default:"1"`
	Dir     string `help:"Where the files are made: the figures are those of its file system. Empty: a throw-away folder." type:"path"`
	Big     string `help:"Compare with a casebook of a million cases in this file, which is made when it is not there (8 GB)." type:"path"`
	JSON    string `name:"json" help:"Write all figures into this file." type:"path"`

	Host      string `help:"Measure with these servers instead of those of the demo: their address." env:"MAILSERVERS_HOST"`
	IMAP      int    `name:"imap" help:"Port of the IMAP server, without TLS." env:"MAILSERVERS_IMAP"`
	SMTP      int    `name:"smtp" help:"Port of the SMTP server, without TLS and login." env:"MAILSERVERS_SMTP"`
	User      string `help:"Whose mailbox the desk reads; it is emptied." default:"rma"`
	Customers string `help:"Whose mailbox gets all answers; it is emptied. The password of both is in MAILSERVERS_PASSWORD, else it is \"secret\"." default:"sink"`
}

// Help teaches what is compared.
func (benchCmd) Help() string {
	return `It measures the desk against the floor: what nobody who answers mails can do without. The floor
fetches each mail by IMAP, keeps it by one durable commit, and submits one answer by SMTP over one
connection, one mail after the other. The desk is "retour serve": it reads and understands each mail,
decides, answers, leaves a card for Slack and files the mail away. Both have a process and a file of
their own on the same file system, and take turns; the time counts from the start of the process.

With real servers (all their mails of these two mailboxes are deleted):

  export $(sudo .ci/mailservers up /tmp/servers)
  retour bench --json small.json
  sudo .ci/mailservers down /tmp/servers`
}

func (b *benchCmd) Run(w *world) error {
	dir, cleanup, err := b.folder()
	if err != nil {
		return err
	}
	defer cleanup()
	helper, servers, err := b.serve(w)
	if err != nil {
		return err
	}
	defer helper.end()
	post, err := bench.OpenPost(servers.Servers)
	if err != nil {
		return err
	}
	defer post.Close()
	m := &measuring{world: w, cmd: b, dir: dir, servers: servers, post: post, report: benchReport{
		Profile: b.profile(), Servers: b.Host, Cores: runtime.NumCPU(), Version: version(), Load: []string{loadAverage()}}}
	if err := m.all(); err != nil {
		return err
	}
	m.report.Load = append(m.report.Load, loadAverage())
	m.report.print(w.stdout)
	if b.JSON == "" {
		return nil
	}
	text, err := json.MarshalIndent(m.report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(b.JSON, append(text, '\n'), 0o600)
}

func (b *benchCmd) profile() bench.Profile {
	p := bench.Profile{Name: b.Profile, Mails: 5000}
	switch b.Profile {
	case "big":
		p.Mails, p.Photos = 200, true
	case "bulky":
		p.Mails, p.Films = 200, true
	case "idle":
		p.Mails = 200
	}
	if b.Quick {
		p.Mails, b.Rounds = 25, 1
	}
	if b.Mails > 0 {
		p.Mails = b.Mails
	}
	return p
}

func (b *benchCmd) folder() (string, func(), error) {
	if b.Dir != "" {
		if err := os.MkdirAll(b.Dir, 0o700); err != nil {
			return "", nil, usageError{err}
		}
	}
	dir, err := os.MkdirTemp(b.Dir, "retour-bench-")
	if err != nil {
		return "", nil, usageError{err}
	}
	return dir, func() { _ = os.RemoveAll(dir) }, nil
}

// serve starts the servers that are not there: Slack always, IMAP and SMTP where
// none are named.
func (b *benchCmd) serve(w *world) (*part, benchServers, error) {
	var s benchServers
	if b.Host != "" && (!loopbackHost(b.Host) || b.IMAP == 0 || b.SMTP == 0) {
		return nil, s, usageError{errors.New("--host needs --imap and --smtp, and must be 127.0.0.1: the mailboxes are emptied, and nothing is secured")}
	}
	helper, err := startPart(w, "servers")
	if err != nil {
		return nil, s, err
	}
	if err := helper.answer(&s); err != nil {
		return nil, s, errors.Join(err, helper.end())
	}
	if b.Host != "" {
		s.Servers = bench.Servers{Host: b.Host, IMAP: b.IMAP, SMTP: b.SMTP, User: b.User, Customers: b.Customers,
			Password: cmp.Or(os.Getenv("MAILSERVERS_PASSWORD"), "secret")} // an option could be read by everybody on the machine
	}
	return helper, s, nil
}

func loopbackHost(host string) bool { return host == "localhost" || strings.HasPrefix(host, "127.") }

// loadAverage is what else the machine does, as far as it says so.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "not known"
	}
	f := strings.Fields(string(text))
	return strings.Join(f[:min(len(f), 3)], " ")
}

// measuring is one run of the bench.
type measuring struct {
	*world
	cmd     *benchCmd
	dir     string
	servers benchServers
	post    *bench.Post
	report  benchReport
}

func (m *measuring) all() error {
	if m.cmd.Profile == "idle" {
		return m.idle()
	}
	if m.cmd.Big != "" {
		return m.sizes()
	}
	mails, err := m.writer(0)
	if err != nil {
		return err
	}
	if err := m.post.Stock(m.report.Profile.Mails, mails.Mail); err != nil {
		return err
	}
	for n := range m.cmd.Rounds {
		desk, err := m.desk(filepath.Join(m.dir, fmt.Sprintf("desk%d", n)), "")
		if err != nil {
			return fmt.Errorf("round %d, desk: %w", n+1, err)
		}
		floor, err := m.floor(filepath.Join(m.dir, fmt.Sprintf("floor%d", n)))
		if err != nil {
			return fmt.Errorf("round %d, floor: %w", n+1, err)
		}
		m.report.Desk, m.report.Floor = append(m.report.Desk, desk), append(m.report.Floor, floor)
		fmt.Fprintf(m.stderr, "round %d: desk %.2f s, floor %.2f s\n", n+1, desk.Seconds, floor.Seconds)
	}
	m.report.Alone, err = m.alone()
	return err
}

// writer makes mails; another salt makes others.
func (m *measuring) writer(salt int) (*bench.Writer, error) {
	return bench.NewWriter(m.report.Profile, m.cmd.Seed+uint64(salt)*1_000_003, time.Now().Add(-24*time.Hour))
}

// fill puts the mails into the mailbox, and nothing else into any.
func (m *measuring) fill() error {
	if err := m.post.Clear(); err != nil {
		return err
	}
	return m.post.Fill()
}

// longest is how long a round may take.
const longest = 20 * time.Minute

func (m *measuring) floor(dir string) (benchRound, error) {
	r := benchRound{}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if err := m.fill(); err != nil {
		return r, err
	}
	ctx, cancel := context.WithTimeout(m.ctx, longest)
	defer cancel()
	begin := time.Now()
	p, err := startPart(m.world, "floor")
	if err != nil {
		return r, err
	}
	defer p.end()
	var result bench.FloorResult
	err = p.ask(floorOrder{Servers: m.servers.Servers, Dir: dir})
	if err == nil {
		err = p.answer(&result)
	}
	if err != nil {
		return r, err
	}
	r.Seconds = time.Since(begin).Seconds()
	r.Memory, r.Stages, r.Mails, r.Answers = p.peak(), result.Stages, result.Mails, result.Mails
	if err := p.end(); err != nil {
		return r, err
	}
	r.CPU = p.cpu()
	if result.Mails != m.report.Profile.Mails {
		return r, fmt.Errorf("%d of %d mails were there", result.Mails, m.report.Profile.Mails)
	}
	return r, m.post.Answers(ctx, result.Mails)
}
