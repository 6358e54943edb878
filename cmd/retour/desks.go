package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"retour/rules"
	"retour/rules/casebook"
)

// sharing is what the desks of one process share.
type sharing struct {
	books casebook.Shared
	doors doors
	texts *library
	desks atomic.Int64 // how many there are
	log   *slog.Logger
}

// host is the process, as one desk of several sees it.
type host struct {
	*sharing
	reopen func() // ends the desk and opens it by what its file says now
}

// How often a desk looks at its deadlines and its outbox by itself. Deadlines are
// days, and of the outbox desks are told, so that many may look less often: 1,000 of
// them look 8 times a second.
const (
	lookEvery   = 30 * time.Second
	lookPerDesk = 300 * time.Millisecond
	lookAtLeast = 2 * time.Minute
)

func (h *host) library() *library {
	if h == nil {
		return nil
	}
	return h.texts
}

// atLeast is how often one of several desks looks at something that a desk alone
// looks at so often.
func (h *host) atLeast(alone time.Duration) time.Duration {
	if h == nil {
		return alone
	}
	return min(max(alone, time.Duration(h.desks.Load())*lookPerDesk), max(alone, lookAtLeast))
}

// desks are the desks of a folder in one process. What goes wrong at one of them is
// that one's own.
type desks struct {
	folder  string
	common  Config // what stands in the common file
	now     func() time.Time
	log     *slog.Logger
	shared  *sharing
	started time.Time
	opening *semaphore.Weighted            // how many are opened at once
	tell    func(desk string, e deskEvent) // what the tests wait for, as happens
	happens func(desk string, e appEvent)
	step    func(desk, step string, id int64) // see Config.step; nil: nobody is told

	mu      sync.Mutex
	all     map[string]*member // by name
	running sync.WaitGroup
}

// deskEvent is something that the tests wait for.
type deskEvent int

const (
	deskOpen deskEvent = iota
	deskRefused
	deskClosed // it was removed
)

// openedAtOnce bounds what a start of many desks takes of the processor.
const openedAtOnce = 8

// newDesks opens none yet.
func newDesks(folder string, common Config, now func() time.Time, log *slog.Logger) *desks {
	return &desks{folder: folder, common: common, now: now, log: log, shared: &sharing{log: log, texts: newLibrary()}, started: time.Now(), opening: semaphore.NewWeighted(openedAtOnce),
		tell: func(string, deskEvent) {}, happens: func(string, appEvent) {}, all: map[string]*member{}}
}

// read reads the folder again: new files are opened, those that are gone are closed,
// and the others are read again by their desks.
func (d *desks) read(ctx context.Context) error {
	files, err := readDesks(d.folder, d.has)
	if err != nil {
		return err
	}
	d.shared.desks.Store(int64(len(files)))
	roomFor(os.Getenv, len(files))
	for m, f := range d.seated(ctx, files) {
		m.order(f)
	}
	return nil
}

// seated begins the desks of new files and ends those whose files are gone. It
// returns the others, with their files.
func (d *desks) seated(ctx context.Context, files []deskFile) map[*member]deskFile {
	d.mu.Lock()
	defer d.mu.Unlock()
	there, stay := map[string]bool{}, map[*member]deskFile{}
	for _, f := range files {
		there[f.name] = true
		if m := d.all[f.name]; m != nil {
			stay[m] = f
		} else {
			d.begin(ctx, f)
		}
	}
	for name, m := range d.all {
		if !there[name] {
			delete(d.all, name)
			m.stop()
		}
	}
	return stay
}

// has says whether a desk works with something.
func (d *desks) has(name, claim string) bool {
	d.mu.Lock()
	m := d.all[name]
	d.mu.Unlock()
	if m == nil {
		return false
	}
	a := m.app.Load()
	return a != nil && slices.Contains(slices.Collect(maps.Values(a.cfg.claims())), claim)
}

// begin starts a desk; seated holds the lock.
func (d *desks) begin(ctx context.Context, f deskFile) {
	ctx, stop := context.WithCancel(ctx)
	m := &member{desks: d, name: f.name, file: f, log: d.log.With("desk", f.name), again: make(chan struct{}, 1), stop: stop}
	d.all[f.name] = m
	d.running.Go(func() {
		m.run(ctx)
		stop()
		if d.member(f.name) != m {
			m.log.Info("the desk is closed: its file is gone")
			d.tell(f.name, deskClosed)
		}
	})
}

func (d *desks) member(name string) *member {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.all[name]
}

// members are all desks, by name.
func (d *desks) members() (list []*member) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(d.all)) {
		list = append(list, d.all[name])
	}
	return list
}

// reload is SIGHUP.
func (d *desks) reload(ctx context.Context) {
	if now, err := commonOf(d.folder); err == nil && (now.Log != d.common.Log || now.Metrics != d.common.Metrics) {
		d.log.Warn("changed too, and counts after a restart", "sections", "log or metrics of "+commonFile)
	}
	if err := d.read(ctx); err != nil {
		for _, line := range faultsOf(err) {
			d.log.Error("fault", "at", line)
		}
		d.log.Error("not reloaded, all desks go on as before")
	}
}

// run serves all desks until the context ends.
func (d *desks) run(ctx context.Context) error {
	if err := d.read(ctx); err != nil {
		return err
	}
	failed := make(chan error, 1)
	if address := d.common.Metrics; address.Listen != "" {
		server := &http.Server{Addr: address.address(), Handler: d.handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute}
		go func() { failed <- serveHTTP(ctx, server) }()
	}
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	for _, m := range d.members() {
		m.stop()
	}
	d.running.Wait()
	return errors.Join(err, d.shared.books.Close())
}

// supervised is that of one desk: see [app.supervised]. The supervisor is told that
// the process hangs only when no desk's clock goes any more.
func (d *desks) supervised(ctx context.Context, s supervisor) {
	s.watch(ctx, d.log, "the desks of "+d.folder, func() { d.reload(ctx) }, func() bool {
		open, stopped := 0, 0
		for _, m := range d.members() {
			if a := m.app.Load(); a != nil {
				open++
				if a.hangs() {
					stopped++
				}
			}
		}
		return open > 0 && stopped == open
	})
}

// member is one desk of several. Only its own goroutine opens and closes it.
type member struct {
	desks *desks
	name  string
	log   *slog.Logger
	app   atomic.Pointer[app] // nil while it is not open
	again chan struct{}       // the files were read again
	stop  context.CancelFunc
	kept  keptMetrics

	mu      sync.Mutex
	file    deskFile // as it was read last
	trouble string   // why it is not open, or goes on as before; empty: nothing
	standby bool     // another process works for it
}

// order gives a desk its file, as it is now.
func (m *member) order(f deskFile) {
	m.mu.Lock()
	m.file = f
	m.mu.Unlock()
	a := m.app.Load()
	if a == nil {
		select {
		case m.again <- struct{}{}:
		default:
		}
		return
	}
	m.note("", false)
	if f.err != nil {
		m.note("the changed configuration has a fault, and the desk goes on as before: "+strings.Join(m.discreet(f.err), "; "), false)
		m.desks.tell(m.name, deskRefused)
	}
	a.unwanted.Store(&f.err)
	a.askReload()
}

// note keeps what is to be told of the desk.
func (m *member) note(trouble string, standby bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trouble, m.standby = trouble, standby
}

// refuse tells why a file does not count.
func (m *member) refuse(err error, what string) {
	lines := m.discreet(err)
	for _, line := range lines {
		m.log.Error("fault", "at", line)
	}
	m.log.Error(what, "faults", len(lines))
	m.note(what+": "+strings.Join(lines, "; "), false)
	m.desks.tell(m.name, deskRefused)
}

// discreet are the faults of an error without the desk's secrets.
func (m *member) discreet(err error) []string {
	m.mu.Lock()
	d := discretion{secrets: m.file.cfg.secrets()}
	m.mu.Unlock()
	lines := faultsOf(err)
	for i := range lines {
		lines[i] = d.clean(lines[i])
	}
	return lines
}

// The pauses until a desk that could not be opened, or whose part could not go on,
// is opened again. SIGHUP ends a pause, and is what a file with a fault waits for.
const (
	firstReopening   = time.Second
	longestReopening = 5 * time.Minute
)

// run keeps the desk open until the context ends.
func (m *member) run(ctx context.Context) {
	for failures := 0; ctx.Err() == nil; failures++ {
		began := time.Now()
		err := guarded("desk", func() error { return m.once(ctx) })
		m.app.Store(nil)
		switch {
		case ctx.Err() != nil:
			if err != nil {
				m.log.Error("the desk was not closed well", "error", err)
			}
			return
		case err == nil:
			failures = -1
			continue // its file has changed
		}
		if time.Since(began) > longestReopening {
			failures = 0
		}
		m.refuse(err, "the desk is closed")
		m.rest(ctx, failures, err)
	}
}

func (m *member) rest(ctx context.Context, failures int, err error) {
	pause := min(firstReopening<<min(failures, 20), longestReopening)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	if errors.As(err, new(rules.Faults)) {
		timer.Stop()
	}
	select {
	case <-ctx.Done():
	case <-m.again:
	case <-timer.C:
	}
}

// once opens the desk and serves until the context ends, a part cannot go on, or
// the desk is to be opened anew, which is no error.
func (m *member) once(ctx context.Context) error {
	m.mu.Lock()
	f := m.file
	m.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a, err := m.open(ctx, f.cfg, stop)
	if err != nil {
		return err
	}
	m.note("", false)
	a.onEvent = func(e appEvent) {
		if e == booked {
			m.kept.stale.Store(true)
		}
		m.desks.happens(m.name, e)
	}
	a.heart.beat(time.Now())
	m.app.Store(a)
	m.log.Info("the desk is open", "mailbox", a.cfg.Mailbox.User, "folder", a.cfg.Mailbox.Folder, "slack", a.cfg.Slack.Mode, "policy", a.brain.Load().policy.Version)
	m.desks.tell(m.name, deskOpen)
	err = guarded("desk", func() error { return a.run(ctx) })
	m.app.Store(nil)
	return errors.Join(err, a.close())
}

// open opens the desk, when it is its turn.
func (m *member) open(ctx context.Context, cfg Config, reopen func()) (*app, error) {
	cfg.host = &host{m.desks.shared, reopen}
	if step := m.desks.step; step != nil {
		cfg.step = func(at string, id int64) { step(m.name, at, id) }
	}
	turn := sync.OnceFunc(func() { m.desks.opening.Release(1) })
	if err := m.desks.opening.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer turn()
	cfg.standsBy = func() {
		turn() // others need not wait until the other process ends
		m.note("", true)
	}
	return newApp(ctx, cfg, m.desks.now, m.log)
}

// softPerDesk is what a desk more may take of what Go manages.
const softPerDesk = 1 << 20

// roomFor lets the memory grow with the number of desks, unless GOMEMLIMIT says it.
func roomFor(getenv func(string) string, desks int) {
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory + int64(desks)*softPerDesk)
	}
}

// says is what is missing at a desk, a line each.
func (m *member) says() (lines []string) {
	m.mu.Lock()
	trouble, standby := m.trouble, m.standby
	m.mu.Unlock()
	if trouble != "" {
		lines = append(lines, trouble)
	}
	a := m.app.Load()
	switch {
	case a != nil:
		lines = append(lines, a.lacking()...)
	case !standby:
		lines = append(lines, cmp.Or(trouble, "the desk is not open yet"))
	}
	return slices.Compact(lines)
}
