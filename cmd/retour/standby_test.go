//go:build postgres

package main

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

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
