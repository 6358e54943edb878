//go:build postgres

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"retour/rules"
	"retour/rules/casebook"
)

// signalled says on a channel that a text was logged.
type signalled struct {
	mu   sync.Mutex
	text string
	seen chan struct{}
}

func (s *signalled) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Contains(p, []byte(s.text)) && s.seen != nil {
		close(s.seen)
		s.seen = nil
	}
	return len(p), nil
}

// The whole desk works in a database. A second process stands by; when the first
// is heard of no more it takes over and goes on, and the first, which only slept,
// ends without having done anything more.
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
	ended := make(chan error, 1)
	go func() { err := first.run(ctx); ended <- errors.Join(err, first.close()) }()

	standsBy, opened, alive := make(chan struct{}), make(chan error, 1), make(chan struct{}, 1)
	waits := cfg
	waits.standsBy = func() {
		select {
		case alive <- struct{}{}:
		default:
		}
	}
	go func() {
		var err error
		d.app, err = newApp(ctx, waits, d.clock.now, slog.New(slog.NewTextHandler(&signalled{text: "stands by", seen: standsBy}, nil)))
		opened <- err
	}()
	<-standsBy
	<-alive                         // and says so to whoever started it
	for waiting := true; waiting; { // the first renews its lease every few seconds: here each renewal is undone
		endLease(t, store, name)
		select {
		case err := <-opened:
			if err != nil {
				t.Fatal(err)
			}
			waiting = false
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := <-ended; !errors.Is(err, casebook.ErrTakenOver) {
		t.Errorf("the first ended with %v", err)
	}
	if err := d.open(ctx); err != nil {
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

func endLease(t *testing.T, store, desk string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, store)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SELECT set_config('retour.desk', $1, false)", desk); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "UPDATE retour.leases SET until = clock_timestamp()"); err != nil {
		t.Fatal(err)
	}
}
