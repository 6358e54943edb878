//go:build postgres

package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/ingest/mailbox"
	"retour/rules/casebook"
)

// house are several desks in one process with everything around them on loopback.
type house struct {
	*desks
	t      *testing.T
	ctx    context.Context
	store  string
	imap   *loopback.IMAP
	smtp   *loopback.SMTP
	slacks map[string]*loopback.Slack
	log    *logText

	mu      sync.Mutex
	changed chan struct{}
	closed  map[string]bool
	opened  map[string]int // mailboxes that are watched
	refused map[string]int
}

// houseNames are whose mailboxes there are.
var houseNames = []string{"alpha", "beta", "gamma", "broken", "locked"}

func newHouse(t *testing.T) *house {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	h := &house{t: t, ctx: ctx, store: ownDatabase(t), slacks: map[string]*loopback.Slack{}, log: &logText{}, changed: make(chan struct{}),
		closed: map[string]bool{}, opened: map[string]int{}, refused: map[string]int{}}
	users, route := []loopback.User{{Name: demoOthers, Password: "demo"}}, map[string]string{"@": demoOthers}
	for _, name := range houseNames {
		users, route[name+"@retour.example"] = append(users, loopback.User{Name: name, Password: "demo"}), name
	}
	var err error
	if h.imap, err = loopback.StartIMAP(loopback.IMAPOptions{Users: users, UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.imap.Close() })
	if h.smtp, err = loopback.StartSMTP(loopback.SMTPOptions{IMAP: h.imap, Route: route}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.smtp.Close() })
	dir := t.TempDir()
	h.file(filepath.Join(dir, commonFile), fmt.Sprintf(houseCommon, h.store, h.imap.Host, h.imap.Port, h.smtp.Host, h.smtp.Port))
	h.file(filepath.Join(dir, "password"), "demo")
	h.file(filepath.Join(dir, "wrong"), "wrong")
	common, err := commonOf(dir)
	if err != nil {
		t.Fatal(err)
	}
	h.desks = newDesks(dir, common, time.Now, slog.New(slog.NewTextHandler(h.log, nil)))
	h.desks.tell = func(name string, e deskEvent) {
		h.note(func() {
			switch e { // opened counts mailboxes that are watched, not this
			case deskRefused:
				h.refused[name]++
			case deskClosed:
				h.closed[name] = true
			}
		})
	}
	h.desks.happens = func(name string, e appEvent) {
		h.note(func() {
			if e == mailboxOpen {
				h.opened[name]++ // what lies in it before that is left alone
			}
		})
	}
	return h
}

const houseCommon = `store: %s
desk: {company: Retour Distribution, return_address: ["Dock 7, Brussels"], alerts: [operator@example.com]}
mailbox: {host: %s, port: %d, tls: none, password: {file: password}}
smtp: {host: %s, port: %d, tls: none}
slack: {mode: "off"}
`

// ownDatabase is a database that no other test sees.
func ownDatabase(t *testing.T) string {
	t.Helper()
	store := os.Getenv("RETOUR_TEST_POSTGRES")
	if store == "" {
		t.Fatal("RETOUR_TEST_POSTGRES names no database: see .ci/postgres")
	}
	name := "test_" + strings.ToLower(rand.Text())
	sqlIn(t, store, "CREATE DATABASE "+name)
	t.Cleanup(func() { sqlIn(t, store, "DROP DATABASE "+name+" WITH (FORCE)") })
	u, err := url.Parse(store)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func sqlIn(t *testing.T, store, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, store)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// logText is what was logged.
type logText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (h *house) file(path, text string) {
	h.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// desk writes the file of a desk: its own name in the mailbox and the address, and
// what else differs.
func (h *house) desk(name, more string) {
	h.t.Helper()
	h.file(filepath.Join(h.folder, name+".yaml"), fmt.Sprintf("desk: {name: %s desk, address: %[1]s@retour.example}\n%s", name, more))
}

func mailboxOf(name string) string { return fmt.Sprintf("mailbox: {user: %s}\n", name) }

func (h *house) note(fn func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	fn()
	close(h.changed)
	h.changed = make(chan struct{})
}

// until waits for something that a desk does.
func (h *house) until(what string, done func() bool) {
	h.t.Helper()
	for {
		h.mu.Lock()
		changed := h.changed
		ok := done()
		h.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-h.ctx.Done():
			h.t.Fatalf("still not: %s\n%s", what, h.log)
		}
	}
}

// start runs the desks until the test ends.
func (h *house) start() {
	ctx, stop := context.WithCancel(h.ctx)
	done := make(chan error, 1)
	go func() { done <- h.run(ctx) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			h.t.Error(err)
		}
		if strings.Contains(h.log.String(), "DATA RACE") || strings.Contains(h.log.String(), "not closed well") {
			h.t.Error(h.log)
		}
	})
}

// writes lets a customer write to a desk.
func (h *house) writes(desk, from string) {
	h.t.Helper()
	if err := h.imap.Deliver(desk, "INBOX", grandstream(from, from).raw()); err != nil {
		h.t.Fatal(err)
	}
}

// answers are the senders of the mails that a customer got, each once he has one.
func (h *house) answers(to string) (from []string) {
	stored, err := h.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range stored {
		if m := ingest.Parse(s.Raw, ingest.DefaultLimits()); m.To[0].Address == to {
			from = append(from, m.From[0].Address)
		}
	}
	return from
}

// mailTo is the text of the first mail to an address.
func (h *house) mailTo(to string) string {
	stored, err := h.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		h.t.Fatal(err)
	}
	for _, s := range stored {
		if m := ingest.Parse(s.Raw, ingest.DefaultLimits()); m.To[0].Address == to {
			return strings.Join(strings.Fields(m.Text), " ")
		}
	}
	return ""
}

// parties are the addresses of the cases of a desk.
func (h *house) parties(desk string) (list []string) {
	h.t.Helper()
	cases, err := h.member(desk).app.Load().book.Cases(h.ctx, casebook.CaseFilter{})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range cases {
		list = append(list, c.Number+" "+c.Customer.Address)
	}
	return list
}

func (h *house) get(path string) (code int, body string) {
	rec := httptest.NewRecorder()
	h.handler().ServeHTTP(rec, httptest.NewRequestWithContext(h.ctx, "GET", path, nil))
	return rec.Code, rec.Body.String()
}

func (h *house) slack(name, mode, more string) string {
	s, err := loopback.StartSlack(loopback.SlackOptions{})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	h.slacks[name] = s
	for file, secret := range map[string]string{"bot": s.BotToken, "app": s.AppToken, "signing": "signing of " + name} {
		h.file(filepath.Join(h.folder, name+"-"+file), secret)
	}
	return fmt.Sprintf("slack: {mode: %[2]s, bot_token: {file: %[1]s-bot}, app_token: {file: %[1]s-app}, signing_secret: {file: %[1]s-signing}, channel: %[3]s, groups: [%[4]s], burst: 0, pace: 10ms, api_url: %[5]q%[6]s}\n",
		name, mode, loopback.SlackChannel, loopback.SlackDesk, s.URL, more)
}

// The desks of a folder work in one process, each with its mailbox, cases, numbers,
// customers and Slack workspace, and nothing of one is seen at another. A file with
// a fault, and one that takes what another has, concern their desk alone, as do a
// wrong password and a panic; all of that is told.
func TestManyDesksInOneProcess(t *testing.T) {
	h := newHouse(t)
	h.desk("alpha", mailboxOf("alpha")+h.slack("alpha", "socket", ""))
	h.desk("beta", mailboxOf("beta")+h.slack("beta", "socket", ""))
	h.desk("broken", mailboxOf("broken")+"policy: broken-policy.txt\n")
	h.file(filepath.Join(h.folder, "broken-policy.txt"), "clocks: {validate: soon}\n")
	h.desk("locked", "mailbox: {user: locked, password: {file: wrong}}\n")
	h.desk("twin", mailboxOf("alpha"))
	h.desk("alone", mailboxOf("gamma")+"store: alone.db\n")
	h.desk("typo", mailboxOf("gamma")+"mailbx: {}\nlog: {level: debug}\n")
	h.start()
	h.until("the good ones are open and the others refused", func() bool {
		for _, name := range []string{"broken", "twin", "alone", "typo"} {
			if h.refused[name] == 0 {
				return false
			}
		}
		return h.opened["alpha"]+h.opened["beta"] == 2 && h.member("locked").app.Load() != nil
	})
	h.writes("alpha", "ann@a-shop.example")
	h.writes("beta", "ben@b-shop.example")
	h.until("both are answered", func() bool {
		return len(h.answers("ann@a-shop.example")) == 1 && len(h.answers("ben@b-shop.example")) == 1 && h.shows("alpha") != "" && h.shows("beta") != ""
	})
	year := time.Now().Year() % 100
	for desk, want := range map[string]string{"alpha": "ann@a-shop.example", "beta": "ben@b-shop.example"} {
		if got := h.parties(desk); len(got) != 1 || !strings.HasPrefix(got[0], fmt.Sprintf("RMA-%02d-00001-", year)) || !strings.HasSuffix(got[0], " "+want) {
			t.Errorf("%s has %v", desk, got)
		}
		if got := h.answers(want); !slices.Equal(got, []string{desk + "@retour.example"}) {
			t.Errorf("%s is answered by %v", want, got)
		}
		if shows := h.shows(desk); !strings.Contains(shows, want) || strings.Contains(shows, map[string]string{"alpha": "b-shop", "beta": "a-shop"}[desk]) {
			t.Errorf("Slack of %s shows %s", desk, shows)
		}
	}
	h.told()
}

// shows is what stands in the Slack workspace of a desk.
func (h *house) shows(desk string) string {
	var b strings.Builder
	for _, m := range h.slacks[desk].Messages(loopback.SlackChannel) {
		fmt.Fprintf(&b, "%+v\n", m)
	}
	return b.String()
}

// told checks what an operator learns of the desks that do not work.
func (h *house) told() {
	h.t.Helper()
	code, ready := h.get("/readyz")
	for _, want := range []string{
		"broken: the desk is closed: ", "clocks.validate",
		"twin: the desk is closed: ", "twin.yaml:2:1: mailbox: the mailbox alpha at 127.0.0.1, folder INBOX is that of alpha.yaml already",
		"alone: the desk is closed: ", "alone.yaml:3:1: store: alone.db is a file: several desks in one process need a PostgreSQL database",
		"typo.yaml:3:1: mailbx: unknown key (did you mean mailbox?)", "log: is that of the whole process: it stands in common.yaml alone",
	} {
		if code != 503 || !strings.Contains(ready, want) {
			h.t.Errorf("/readyz says %d without %q:\n%s", code, want, ready)
		}
		if logged := strings.TrimSuffix(want, ": the desk is closed: "); !strings.Contains(h.log.String(), logged) {
			h.t.Errorf("the log does not say %q:\n%s", want, h.log)
		}
	}
	for _, name := range []string{"alpha", "beta"} {
		if strings.Contains(ready, "\n"+name+": ") || strings.HasPrefix(ready, name) {
			h.t.Errorf("/readyz says of %s, too:\n%s", name, ready)
		}
	}
	if code, body := h.get("/healthz"); code != 200 {
		h.t.Errorf("/healthz says %d %s", code, body)
	}
	_, metrics := h.get("/metrics")
	for _, want := range []string{
		`retour_desk_open{desk="alpha"} 1`, `retour_desk_open{desk="broken"} 0`, `retour_ready{desk="twin"} 0`,
		`retour_cases_open{desk="alpha",state="new"} 1`, `retour_cases_open{desk="beta",state="new"} 1`, `retour_cases_open{desk="locked",state="new"} 0`,
		`retour_cases_opened_total{desk="alpha"} 1`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			h.t.Errorf("/metrics has no %s:\n%s", want, metrics)
		}
	}
	if n := strings.Count(metrics, "\nprocess_resident_memory_bytes"); n != 1 {
		h.t.Errorf("the memory of the process stands %d times in the metrics", n)
	}
}

// SIGHUP opens the desk of a new file, closes that of a file that is gone, opens one
// anew whose servers have changed, and leaves one with a fault as it was. The others
// notice nothing.
func TestDesksComeAndGo(t *testing.T) {
	h := newHouse(t)
	h.desk("alpha", mailboxOf("alpha"))
	h.desk("beta", mailboxOf("beta"))
	h.desk("broken", "mailbox: {}\n")
	h.start()
	h.until("two are open and one is not", func() bool { return h.opened["alpha"]+h.opened["beta"] == 2 && h.refused["broken"] == 1 })
	if err := os.Remove(filepath.Join(h.folder, "alpha.yaml")); err != nil {
		t.Fatal(err)
	}
	h.desk("gamma", mailboxOf("gamma"))
	h.desk("broken", mailboxOf("broken"))
	h.desk("beta", mailboxOf("beta")+"polcy: x\n")
	beta := h.member("beta").app.Load()
	h.reload(h.ctx)
	h.until("gamma and the mended one are open, alpha is closed", func() bool {
		return h.opened["gamma"] == 1 && h.opened["broken"] == 1 && h.closed["alpha"] && h.refused["beta"] == 1
	})
	h.writes("alpha", "nobody@a-shop.example")
	for _, desk := range []string{"beta", "gamma", "broken"} {
		h.writes(desk, desk+"@shop.example")
	}
	h.until("all that are open answer", func() bool {
		return len(h.answers("beta@shop.example"))+len(h.answers("gamma@shop.example"))+len(h.answers("broken@shop.example")) == 3 &&
			len(h.answers("operator@example.com")) == 1
	})
	if alert := h.mailTo("operator@example.com"); !strings.Contains(alert, "The changed configuration has a fault, and the desk goes on as before") || !strings.Contains(alert, "polcy: unknown key") {
		t.Errorf("people are told: %s", alert)
	}
	if _, ready := h.get("/readyz"); !strings.Contains(ready, "beta: the changed configuration has a fault, and the desk goes on as before: ") {
		t.Errorf("/readyz says: %s", ready)
	}
	if h.opened["beta"] != 1 || h.member("beta").app.Load() != beta || !strings.Contains(h.log.String(), "not reloaded, the desk goes on as before") {
		t.Errorf("beta was opened %d times", h.opened["beta"])
	}
	if lying, err := h.imap.Messages("alpha", "INBOX"); err != nil || len(lying) != 1 || len(h.answers("nobody@a-shop.example")) != 0 {
		t.Errorf("%d mails lie in the mailbox of a desk that is no more, %v", len(lying), err)
	}
	h.desk("beta", mailboxOf("beta")+"smtp: {timeout: 50s}\n") // counts for a desk that is opened anew
	h.reload(h.ctx)
	h.until("beta is open again", func() bool { return h.opened["beta"] == 2 })
	h.writes("beta", "again@shop.example")
	h.until("it answers", func() bool { return len(h.answers("again@shop.example")) == 1 })
	if h.opened["gamma"] != 1 || h.opened["broken"] != 1 {
		t.Error("another desk was opened anew, too")
	}
}

// A panic at one desk closes it for a moment; the mail that was in hand is dealt with
// afterwards, and the others notice nothing.
func TestAPanicIsOneDesksOwn(t *testing.T) {
	h := newHouse(t)
	h.desk("alpha", mailboxOf("alpha"))
	h.desk("beta", mailboxOf("beta"))
	var once sync.Once
	h.step = func(desk, step string, _ int64) {
		if desk == "beta" && step == mailbox.StepFetched {
			once.Do(func() { panic("boom") })
		}
	}
	h.start()
	h.until("both are open", func() bool { return h.opened["alpha"] == 1 && h.opened["beta"] == 1 })
	h.writes("beta", "ben@b-shop.example")
	h.until("beta has been closed and is open again", func() bool { return h.refused["beta"] == 1 && h.opened["beta"] == 2 })
	h.writes("alpha", "ann@a-shop.example")
	h.until("both are answered", func() bool {
		return len(h.answers("ann@a-shop.example")) == 1 && len(h.answers("ben@b-shop.example")) == 1
	})
	if h.opened["alpha"] != 1 || !strings.Contains(h.log.String(), "mailbox: a panic: boom") {
		t.Errorf("alpha was opened %d times\n%s", h.opened["alpha"], h.log)
	}
}

// Sixty desks have no more connections to the database than a process may have, and
// take less than a megabyte each beyond the first.
func TestManyDesksAreSmall(t *testing.T) {
	const many = 60
	h := newHouse(t)
	for i := range many {
		name := fmt.Sprintf("d%03d", i)
		h.desk(name, mailboxOf(name)) // there is no such mailbox: that of each is tried again and again
	}
	h.start()
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc + m.StackInuse)
	}
	open := func() (n int) {
		for _, m := range h.members() {
			if m.app.Load() != nil {
				n++
			}
		}
		return n
	}
	h.until("the first is open", func() bool { return open() > 0 })
	first, had := heap(), open()
	h.until("all are open", func() bool { return open() == many })
	if each := (heap() - first) / int64(many-had); each > 1<<20 {
		t.Errorf("a desk takes %d KB", each>>10)
	}
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, h.store)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var n int
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	if n == 0 || n > casebook.ConnectionsOfInstance {
		t.Errorf("%d connections, want at most %d", n, casebook.ConnectionsOfInstance)
	}
}
