//go:build postgres

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules"
	"retour/rules/casebook"
)

// The whole desk works in a database, and two processes work for it: one has its
// parts, the other sends mails too and stands by for them. When the first ends, the
// second has all of them at once and goes on.
func TestASecondProcessTakesOver(t *testing.T) {
	store := os.Getenv("RETOUR_TEST_POSTGRES")
	if store == "" {
		t.Fatal("RETOUR_TEST_POSTGRES names no database: see .ci/postgres")
	}
	name := "test-" + strings.ToLower(rand.Text())
	ctx, d := t.Context(), newDemo(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.startServers(); err != nil {
		t.Fatal(err)
	}
	path, err := d.writeConfig()
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Store = store + "&desk=" + name
	first, err := newApp(ctx, cfg, d.clock.now, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	working, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- first.run(working) }()
	for _, part := range casebook.Parts() {
		waitFor(t, "the first to have "+string(part), func() bool { return first.on.has(part) })
	}
	if d.app, err = newApp(ctx, cfg, d.clock.now, testLogger(t)); err != nil {
		t.Fatal(err)
	}
	opened := make(chan error, 1)
	go func() { opened <- d.open(ctx) }()
	waitFor(t, "the second to send mails", d.app.sending.Load)
	for _, part := range casebook.Parts() {
		if d.app.on.has(part) {
			t.Errorf("both have %s", part)
		}
	}
	if got := d.app.roles(); len(got) != 3 || !strings.Contains(got[0], "this one stands by") {
		t.Errorf("the second says %q", got)
	}
	if missing := d.app.missing(ctx); len(missing) > 0 && !strings.Contains(missing[0], "Slack") && !strings.Contains(missing[0], "not been read yet") {
		t.Errorf("who stands by misses %q", missing)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the first ended with %v", err)
	}
	if err := first.close(); err != nil {
		t.Error(err)
	}
	if err := <-opened; err != nil {
		t.Fatal(err)
	}
	desk := &desk{demo: d, t: t, ctx: ctx}
	desk.write(grandstream("new@shop.example", "new@shop.example"))
	if c := desk.onlyCase("new@shop.example"); c.Number != rules.Number(c.OpenedAt.Year(), 1) {
		t.Errorf("the case is %s", c.Number)
	}
	if mails := desk.received("new@shop.example"); len(mails) != 1 {
		t.Errorf("%d mails were sent, want 1", len(mails))
	}
	if err := d.app.book.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// Three processes of the real program work for one desk. Whoever has a part is killed,
// for each part, while customers write, and the database crashes in between: another
// one has the part within half a minute, and in the end every customer has his case,
// his answer and his card, once.
func TestThreeProcessesAreKilled(t *testing.T) {
	d := newDemo(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	w := newWatch(t, d, ownDatabase(t))
	for range 3 {
		w.begin()
	}
	w.watched()
	for _, part := range casebook.Parts() {
		w.writes()
		holder := w.holder(part, "")
		w.kill(holder)
		killed := time.Now()
		w.writes()
		crashDatabase(t, w.store)
		w.holder(part, holder)
		took := time.Since(killed)
		t.Logf("%s: another process has it after %s", part, took.Round(100*time.Millisecond))
		if took > 30*time.Second {
			t.Errorf("%s was taken over after %s", part, took)
		}
		w.begin()
	}
	w.writes()
	w.settled()
}

// watch is a desk in a database with several processes, seen from beside.
type watch struct {
	*demo
	t         *testing.T
	exe       string
	config    string
	store     string
	book      *casebook.Book
	processes map[string]*exec.Cmd // by what they say of themselves
	logs      []*logText
	wrote     int
	kills     int
}

func newWatch(t *testing.T, d *demo, store string) *watch {
	t.Helper()
	w := &watch{demo: d, t: t, exe: filepath.Join(t.TempDir(), "retour"), store: store + "&desk=watched", processes: map[string]*exec.Cmd{}}
	if out, err := exec.Command("go", "build", "-o", w.exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if err := d.startServers(); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.config, err = d.writeConfig(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(w.config)
	if err == nil {
		err = os.WriteFile(w.config, bytes.Replace(text, []byte("store: retour.db"), []byte("store: "+w.store), 1), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if w.book, err = casebook.Open(t.Context(), w.store); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.book.Close() })
	return w
}

func (w *watch) begin() {
	w.t.Helper()
	c := exec.Command(w.exe, "serve", "--config", w.config)
	log := new(logText)
	c.Stderr = log
	w.logs = append(w.logs, log)
	if err := c.Start(); err != nil {
		w.t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		w.t.Fatal(err)
	}
	w.processes[fmt.Sprintf("retour on %s, process %d", host, c.Process.Pid)] = c
	w.t.Cleanup(func() {
		_ = c.Process.Kill() // it may be dead
		_ = c.Wait()
		if w.t.Failed() {
			w.t.Log(log)
		}
	})
	waitFor(w.t, "the desk to be open", func() bool { return strings.Contains(log.String(), "the desk is open") })
}

// watched waits until mails are read: what lies in the mailbox before is left alone.
func (w *watch) watched() {
	w.t.Helper()
	waitFor(w.t, "the mailbox to be watched", func() bool {
		return slices.ContainsFunc(w.logs, func(l *logText) bool { return strings.Contains(l.String(), "the mailbox is watched") })
	})
}

func (w *watch) kill(holder string) {
	w.t.Helper()
	w.kills++
	if err := w.processes[holder].Process.Kill(); err != nil {
		w.t.Fatal(err)
	}
}

// ends lets a process end as it should.
func (w *watch) ends(holder string) {
	w.t.Helper()
	if err := w.processes[holder].Process.Signal(syscall.SIGTERM); err != nil {
		w.t.Fatal(err)
	}
}

// holder waits until a process has a part, but for one that is dead.
func (w *watch) holder(part casebook.Part, dead string) (name string) {
	w.t.Helper()
	waitFor(w.t, "somebody to have "+string(part), func() bool {
		members, err := w.book.Members(w.t.Context())
		if err != nil {
			return false // the database is not back yet
		}
		for _, m := range members {
			if slices.Contains(m.Parts, part) && m.Holder != dead {
				name = m.Holder
				return true
			}
		}
		return false
	})
	return name
}

// writes lets five customers write.
func (w *watch) writes() {
	w.t.Helper()
	for range 5 {
		w.wrote++
		from := fmt.Sprintf("buyer@customer%d.example", w.wrote)
		if err := w.imap.Deliver(demoMailbox, "INBOX", grandstream(from, from).raw()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// settled waits until all is done, and counts.
func (w *watch) settled() {
	w.t.Helper()
	waitFor(w.t, "all to be done", func() bool {
		counts, total, err := w.book.LedgerCounts(w.t.Context(), "")
		if err != nil {
			w.t.Fatal(err)
		}
		waiting, err := w.book.Outbox(w.t.Context(), casebook.OutboxFilter{Status: casebook.Pending})
		if err != nil {
			w.t.Fatal(err)
		}
		waiting = slices.DeleteFunc(waiting, func(r casebook.Row) bool { return r.Kind == "call" })
		return total >= w.wrote && counts[""] == 0 && len(waiting) == 0
	})
	cases, err := w.book.Cases(w.t.Context(), casebook.CaseFilter{Limit: 1000})
	if err != nil || len(cases) != w.wrote {
		w.t.Errorf("%d cases of %d customers: %v", len(cases), w.wrote, err)
	}
	answers, came := map[string]map[string]bool{}, 0
	stored, err := w.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range stored {
		m := ingest.Parse(s.Raw, ingest.DefaultLimits())
		to := strings.Join(m.InReplyTo, " ")
		if answers[to] == nil {
			answers[to] = map[string]bool{}
		}
		answers[to][m.MessageID] = true
		came++
	}
	for i := range w.wrote {
		if n := len(answers[fmt.Sprintf("buyer@customer%d.example", i+1)]); n != 1 {
			w.t.Errorf("customer %d has %d answers", i+1, n)
		}
	}
	if again := came - w.wrote; again > w.kills { // one that was taken and not yet booked at a kill
		w.t.Errorf("%d answers came again, and there were %d kills", again, w.kills)
	}
	if cards := len(w.slack.Messages(loopback.SlackChannel)); cards != w.wrote {
		w.t.Errorf("%d cards of %d cases", cards, w.wrote)
	}
	if err := w.book.Verify(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

// crashDatabase lets the server of a store end without a word and start again.
func crashDatabase(t *testing.T, store string) {
	t.Helper()
	u, err := url.Parse(store)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("../../.ci/postgres", "crash", filepath.Dir(u.Query().Get("host"))).CombinedOutput()
	if err != nil {
		t.Errorf("the database does not come back: %v\n%s", err, out)
	}
}

// waitFor looks until it is so.
func waitFor(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); {
		if time.Now().After(end) {
			t.Fatalf("waited for a minute for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
