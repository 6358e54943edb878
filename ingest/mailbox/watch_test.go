package mailbox

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

// These tests run against the memory server and, with the build tag rig,
// against a real one.

func TestFirstStartLeavesOldMailAlone(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, s := range []string{"old-1", "old-2"} {
		r.append("INBOX", letter(s, 0))
	}
	d := newDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.until("started", func() bool { return len(d.started) == 1 })
	r.append("INBOX", letter("new", 0))
	d.untilFiled(1)
	d.once("new")
	if n := len(d.started[0]); n != 2 {
		t.Errorf("told of %d existing mails, want 2", n)
	}
	for _, ref := range d.started[0] {
		if ref.Size == 0 || ref.InternalDate.IsZero() || ref.UIDValidity == 0 {
			t.Errorf("existing mail without its facts: %+v", ref)
		}
	}
	if got := r.count("INBOX"); got != 2 {
		t.Errorf("%d mails in INBOX, want the two old ones", got)
	}
}

func TestWaitingMailsOldestFirst(t *testing.T) {
	r := newRig(t, rigOptions{})
	all := subjects(200)
	for _, s := range all {
		r.append("INBOX", letter(s, 500))
	}
	d := begunDesk(t)
	d.placed = func(s string) Place {
		if s < "mail-0101" {
			return Hold
		}
		return Done
	}
	stop := start(t, newWatcher(t, r.config(), d))
	d.untilFiled(200)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	d.once(all...)
	if !slices.Equal(d.order, all) {
		t.Error("not oldest first")
	}
	if a, b, c := r.count("INBOX"), r.count("Retour/Done"), r.count("Retour/Hold"); a != 0 || b != 100 || c != 100 {
		t.Errorf("INBOX %d, Done %d, Hold %d", a, b, c)
	}
	if n := r.count("Retour-Lock"); n != 0 {
		t.Errorf("%d lock mails left behind", n)
	}
}

func TestIdleHearsOfNewMail(t *testing.T) {
	r := newRig(t, rigOptions{})
	d := begunDesk(t)
	w := newWatcher(t, r.config(), d)
	w.timing.idle = time.Hour // no polling: IDLE alone
	start(t, w)
	d.until("started", func() bool { return len(d.started) == 1 })
	r.untilIdle()
	r.append("INBOX", letter("pushed", 0))
	d.untilFiled(1)
	d.once("pushed")
	if w.LastRead().IsZero() || w.Trouble() != nil {
		t.Errorf("health: last read %s, trouble %v", w.LastRead(), w.Trouble())
	}
}

func TestRestartHandlesNothingTwice(t *testing.T) {
	r := newRig(t, rigOptions{})
	d := begunDesk(t)
	all := subjects(60)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	stopAt := 0
	ctx, cancel := context.WithCancel(t.Context())
	d.inHandle = func(Mail) {
		if stopAt++; stopAt == 25 {
			cancel() // between the commit of a mail and its move
		}
	}
	if err := newWatcher(t, r.config(), d).Run(ctx); err != nil {
		t.Fatal(err)
	}
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(60)
	d.once(all...)
}

func TestDeletedMailsAreLeftAlone(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.append("INBOX", letter("deleted", 0), imap.FlagDeleted)
	r.append("INBOX", letter("kept", 0))
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(1)
	d.once("kept")
	if n := r.count("INBOX"); n != 1 {
		t.Errorf("%d mails in INBOX: somebody else's deleted mail was expunged", n)
	}
}

func TestUIDValidityChange(t *testing.T) {
	r := newRig(t, rigOptions{})
	folder := r.folder("Watched")
	cfg := r.config()
	cfg.Folder = folder
	d := begunDesk(t)
	d.placed = func(string) Place { return Stay }
	start(t, newWatcher(t, cfg, d))
	d.until("started", func() bool { return len(d.started) == 1 })
	r.append(folder, letter("one", 0))
	d.until("one", func() bool { return d.handled["one"] == 1 })
	r.remove(folder)
	r.create(folder)
	r.append(folder, letter("one", 0)) // known by its content, under a UID of the new numbering
	r.append(folder, letter("two", 0))
	d.until("two", func() bool { return d.handled["two"] == 1 })
	d.once("one", "two")
	if n := len(d.started); n != 2 {
		t.Errorf("Started was told %d times, want once for each UIDVALIDITY", n)
	}
}

func TestAboveMaxMailSizeOnlyTheHeader(t *testing.T) {
	r := newRig(t, rigOptions{})
	cfg := r.config()
	cfg.MaxMailSize = 10_000
	r.append("INBOX", letter("large", 20_000))
	r.append("INBOX", letter("small", 5_000))
	d := begunDesk(t)
	start(t, newWatcher(t, cfg, d))
	d.untilFiled(2)
	d.once("large", "small")
	for _, row := range d.rows {
		if row.header != (row.subject == "large") {
			t.Errorf("%s: header only: %v", row.subject, row.header)
		}
	}
}

func TestSecondDaemonIsRefused(t *testing.T) {
	r := newRig(t, rigOptions{})
	d := begunDesk(t)
	stop := start(t, newWatcher(t, r.config(), d))
	d.until("started", func() bool { return len(d.started) == 1 })

	cfg := r.config()
	cfg.Instance, cfg.Holder = "instance-2", "other (2)"
	second := newWatcher(t, cfg, newDesk(t))
	err := second.Run(t.Context())
	locked, ok := err.(*LockedError)
	if !ok || locked.Holder != "test (1)" {
		t.Fatalf("second daemon: %v, want to be told of the first", err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	other := begunDesk(t)
	start(t, newWatcher(t, cfg, other)) // the first has given the lock back
	other.until("started", func() bool { return len(other.started) == 1 })
}

func TestTwoDaemonsAtOnce(t *testing.T) {
	r := newRig(t, rigOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const n = 4
	errs := make(chan error, n)
	desks := newDesk(t)
	desks.began = true
	for i := range n {
		cfg := r.config()
		cfg.Instance = string(rune('a' + i))
		cfg.Holder = "daemon " + cfg.Instance
		w := newWatcher(t, cfg, desks)
		go func() { errs <- w.Run(ctx) }()
	}
	for range n - 1 {
		if err, ok := (<-errs).(*LockedError); !ok {
			t.Fatalf("a daemon that lost the race: %v", err)
		}
	}
	r.append("INBOX", letter("answered once", 0))
	desks.untilFiled(1)
	cancel()
	if err := <-errs; err != nil {
		t.Fatalf("the daemon that won: %v", err)
	}
	desks.once("answered once")
}

func TestBackfillIsInOrderAndExact(t *testing.T) {
	r := newRig(t, rigOptions{})
	base := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for i, s := range subjects(6) {
		r.appendAt("INBOX", letter(s, 0), base.Add(time.Duration(i-3)*time.Hour))
	}
	d := begunDesk(t)
	w := newWatcher(t, r.config(), d)
	refs, err := w.Older(t.Context(), base)
	if err != nil || len(refs) != 3 {
		t.Fatalf("older: %d mails, %v", len(refs), err)
	}
	var got []string
	err = w.Backfill(t.Context(), base, func(ctx context.Context, m Mail) (Place, error) {
		_, err := d.handle(ctx, m)
		got = append(got, d.row(m.Ref).subject)
		return Done, err
	})
	if want := []string{"mail-0004", "mail-0005", "mail-0006"}; err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %v, %v; want %v", got, err, want)
	}
	counts, err := w.Count(t.Context())
	if err != nil || counts["INBOX"] != 3 || counts["Retour/Done"] != 3 || counts["Retour/Hold"] != 0 {
		t.Errorf("counts %v, %v", counts, err)
	}
}

func TestCheckTellsEachStep(t *testing.T) {
	r := newRig(t, rigOptions{})
	w := newWatcher(t, r.config(), newDesk(t))
	if err := w.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range w.Probe(t.Context()) {
		names = append(names, s.Name)
	}
	want := []string{"connect", "login", "capabilities", "folder INBOX", "folder Retour/Done", "folder Retour/Hold", "folder Retour-Lock"}
	if !slices.Equal(names, want) {
		t.Errorf("steps %q", names)
	}
}
