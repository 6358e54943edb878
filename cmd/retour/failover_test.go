//go:build postgres

package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"retour/rules/casebook"
)

// Three processes work for one desk while customers write. Their database server fails
// without a word, and the one that copies it is promoted: they go on there. Then the
// old one comes back as a primary, first in the list and ready to take writes, and a
// process starts that knows nothing of what happened: nobody writes there. In the end
// every customer has his case, his answer and his card, once.
func TestThreeProcessesFailOver(t *testing.T) {
	dir, store := twoServers(t)
	d := newDemo(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	w := newWatch(t, d, store)
	for range 3 {
		w.begin()
	}
	w.watched()
	for range 3 {
		w.writes()
	}
	failed := time.Now()
	failOver(t, "failover", dir)
	w.writes()
	waitFor(t, "the desk to go on", func() bool {
		counts, total, err := w.book.LedgerCounts(t.Context(), "")
		return err == nil && total == w.wrote && counts[""] == 0
	})
	t.Logf("all mails are dealt with %s after the failure", time.Since(failed).Round(100*time.Millisecond))
	failOver(t, "back", dir)
	old := "postgres://postgres@/retour?host=" + dir + "/socket"
	before := writtenOn(t, old)
	w.begin()
	w.ends(w.holder(casebook.PartMailbox, "")) // another one takes its parts at once
	w.writes()
	w.settled()
	if after := writtenOn(t, old); after != before {
		t.Errorf("somebody wrote on the old primary: %s, before %s", after, before)
	}
	if last := writtenOn(t, strings.Replace(old, "/socket", "/socket2", 1)); last == before {
		t.Error("nobody wrote on the new primary either, so nothing is proven")
	}
}

// twoServers starts a server and one that copies it, for one test.
func twoServers(t *testing.T) (dir, store string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "retour-pg") // the server has a user of its own, which must get there
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		failOver(t, "down", dir)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	failOver(t, "up", dir)
	failOver(t, "standby", dir)
	return dir, "postgres://retour@/retour?host=" + dir + "/socket," + dir + "/socket2&target_session_attrs=read-write"
}

func failOver(t *testing.T, what, dir string) {
	t.Helper()
	c := exec.Command("../../.ci/postgres", what, dir)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("postgres %s: %v\n%s", what, err, out)
	}
}

// writtenOn is what every instance that works changes on a server, and what it is for.
func writtenOn(t *testing.T, server string) (state string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT concat_ws(' ', (SELECT max(until) FROM retour.instances), (SELECT count(*) FROM retour.ledger), (SELECT count(*) FROM retour.history))").Scan(&state)
	if err != nil {
		t.Fatal(err)
	}
	return state
}
