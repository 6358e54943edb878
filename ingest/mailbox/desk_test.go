package mailbox

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk is the ledger and the intake behind the hooks, in memory.
type desk struct {
	t testing.TB

	mu       sync.Mutex
	changed  chan struct{}
	began    bool
	started  [][]Ref
	rows     map[[2]uint32]*row
	handled  map[string]int // by subject
	order    []string
	known    map[string]bool // subjects that have a fate
	placed   func(subject string) Place
	fail     func(subject string) error
	inHandle func(mail Mail)
	seen     int

	misplaced map[int64]Misplaced // settled by a person, still in the folder for held mails
	replaced  map[int64][]string  // where each was moved to
}

type row struct {
	subject string
	place   Place
	done    bool
	filed   string
	gone    bool
	refused int
	why     string
	header  bool
}

func newDesk(t testing.TB) *desk {
	return &desk{t: t, changed: make(chan struct{}), rows: map[[2]uint32]*row{}, handled: map[string]int{}, known: map[string]bool{},
		misplaced: map[int64]Misplaced{}, replaced: map[int64][]string{}}
}

// begunDesk knows the mailbox already: what lies there is to be taken in.
func begunDesk(t testing.TB) *desk {
	d := newDesk(t)
	d.began = true
	return d
}

func (d *desk) note(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f()
	close(d.changed)
	d.changed = make(chan struct{})
}

// until waits for a state of the desk.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	limit := time.NewTimer(30 * time.Second)
	defer limit.Stop()
	for {
		d.mu.Lock()
		now, changed := ok(), d.changed
		d.mu.Unlock()
		if now {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			d.mu.Lock()
			defer d.mu.Unlock()
			d.t.Fatalf("never: %s; handled %d mails, rows %d", what, len(d.handled), len(d.rows))
		}
	}
}

// untilFiled waits until n mails have left the folder.
func (d *desk) untilFiled(n int) {
	d.t.Helper()
	d.until(fmt.Sprintf("%d mails filed", n), func() bool { return d.filedCount() >= n })
}

func (d *desk) filedCount() int {
	n := 0
	for _, r := range d.rows {
		if r.filed != "" {
			n++
		}
	}
	return n
}

// once fails the test unless each of the mails was handled exactly once.
func (d *desk) once(subjects ...string) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.handled) != len(subjects) {
		d.t.Errorf("handled %d mails, want %d: %v", len(d.handled), len(subjects), d.order)
	}
	for _, s := range subjects {
		if d.handled[s] != 1 {
			d.t.Errorf("%s was handled %d times", s, d.handled[s])
		}
	}
}

func (d *desk) row(ref Ref) *row {
	key := [2]uint32{ref.UIDValidity, ref.UID}
	if d.rows[key] == nil {
		d.rows[key] = &row{}
	}
	return d.rows[key]
}

func (d *desk) hooks() Hooks {
	return Hooks{
		Started: func(_ context.Context, _ string, _ uint32, refs []Ref) (first bool, err error) {
			d.note(func() {
				first = !d.began
				d.began = true
				d.started = append(d.started, refs)
			})
			return first, nil
		},
		Seen: func(_ context.Context, refs []Ref) (known []Known, err error) {
			d.note(func() {
				for _, ref := range refs {
					d.seen++
					todo := Fetch
					if r := d.row(ref); r.done {
						todo = map[Place]Todo{Stay: Skip, Done: FileDone, Hold: FileHold}[r.place]
					}
					known = append(known, Known{ID: int64(ref.UID), Todo: todo})
				}
			})
			return known, nil
		},
		Handle: func(ctx context.Context, mail Mail, done func(Place, error)) {
			if mail.ID != int64(mail.UID) {
				d.t.Errorf("UID %d: handed over as ledger row %d", mail.UID, mail.ID)
			}
			done(d.handle(ctx, mail))
		},
		Filed: func(_ context.Context, refs []Ref, folder string) error {
			d.note(func() {
				for _, ref := range refs {
					d.row(ref).filed = folder
				}
			})
			return nil
		},
		Gone:    func(_ context.Context, ref Ref) error { d.note(func() { d.row(ref).gone = true }); return nil },
		Refused: d.refused,
		Misplaced: func(context.Context, string) (list []Misplaced, err error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			for _, m := range d.misplaced {
				list = append(list, m)
			}
			return list, nil
		},
		Replaced: func(_ context.Context, id int64, folder string) error {
			d.note(func() {
				delete(d.misplaced, id)
				d.replaced[id] = append(d.replaced[id], folder)
			})
			return nil
		},
	}
}

func (d *desk) refused(_ context.Context, ref Ref, why string) (n int, err error) {
	d.note(func() {
		r := d.row(ref)
		r.refused++
		r.why = why
		n = r.refused
	})
	return n, nil
}

func (d *desk) handle(_ context.Context, mail Mail) (place Place, err error) {
	raw, err := os.ReadFile(mail.Path)
	if err != nil {
		return Stay, err
	}
	if !mail.HeaderOnly && int64(len(raw)) != mail.Size {
		d.t.Errorf("UID %d: file has %d bytes, the server says %d", mail.UID, len(raw), mail.Size)
	}
	if info, err := os.Stat(mail.Path); err == nil && info.Mode().Perm() != 0o600 {
		d.t.Errorf("spool file has mode %o", info.Mode().Perm())
	}
	subject := subjectOf(raw)
	if d.inHandle != nil {
		d.inHandle(mail)
	}
	d.note(func() {
		place = Done
		if d.placed != nil {
			place = d.placed(subject)
		}
		if d.fail != nil {
			if err = d.fail(subject); err != nil {
				return
			}
		}
		r := d.row(mail.Ref)
		r.subject, r.place, r.done, r.header = subject, place, true, mail.HeaderOnly
		if d.known[subject] {
			return // the same content again, under another UID: the ledger knows it
		}
		d.known[subject] = true
		d.handled[subject]++
		d.order = append(d.order, subject)
	})
	return place, err
}

func subjectOf(raw []byte) string {
	for line := range strings.Lines(string(raw)) {
		if s, ok := strings.CutPrefix(line, "Subject: "); ok {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// letter makes a mail of at least size bytes.
func letter(subject string, size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: ann@reseller.example\r\nTo: desk@shop.example\r\nSubject: %s\r\n\r\n", subject)
	line := []byte(strings.Repeat("x", 76) + "\r\n")
	for b.Len() < size {
		b.Write(line)
	}
	return b.Bytes()
}

func subjects(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("mail-%04d", i+1))
	}
	return out
}

func quickTiming() timing {
	t := defaultTiming()
	t.idle = 100 * time.Millisecond
	t.backoffMin, t.backoffMax = 5*time.Millisecond, 50*time.Millisecond
	t.retryMin, t.retryMax, t.ownMin, t.ownMax = 20*time.Millisecond, 200*time.Millisecond, 20*time.Millisecond, 100*time.Millisecond
	t.grace = time.Second
	return t
}

// newWatcher fills the configuration for a test.
func newWatcher(t testing.TB, cfg Config, d *desk) *Watcher {
	t.Helper()
	if cfg.Done == "" {
		cfg.Done, cfg.Hold = "Retour/Done", "Retour/Hold"
	}
	if cfg.Instance == "" {
		cfg.Instance, cfg.Holder = "instance-1", "test (1)"
	}
	cfg.SpoolDir = t.TempDir()
	w, err := New(cfg, d.hooks(), testLog(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	w.timing = quickTiming()
	return w
}

func testLog(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// start runs a watcher; the returned function stops it and gives Run's error.
func start(t testing.TB, w *Watcher) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() {
			cancel()
			select {
			case err = <-done:
			case <-time.After(20 * time.Second):
				t.Error("Run does not end with its context")
			}
		})
		return err
	}
	t.Cleanup(func() { _ = stop() })
	return stop
}
