package main

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"retour/rules"
)

// The whole desk goes on in the casebook of every release: what waited is sent, an
// old case is acted on, a new one is opened, and all is accounted for.
func TestDeskGoesOnInOldCasebooks(t *testing.T) {
	files, err := filepath.Glob("../../rules/casebook/testdata/schema_*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d := newDemo(t.TempDir(), time.Now)
			db, err := sql.Open("sqlite", "file:"+filepath.Join(d.dir, "retour.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(string(script)); err != nil {
				t.Fatal(err)
			}
			// The bucket that one of its mails lay in is not there any more.
			if _, err := db.Exec("DELETE FROM raw_objects"); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			goesOn(t, d)
		})
	}
}

func goesOn(t *testing.T, old *demo) {
	t.Helper()
	t.Cleanup(func() {
		if err := old.close(); err != nil {
			t.Error(err)
		}
	})
	if err := old.startServers(); err != nil {
		t.Fatal(err)
	}
	if err := old.openDesk(t.Context(), testLogger(t)); err != nil {
		t.Fatal(err)
	}
	d := &desk{demo: old, t: t, ctx: t.Context(), sent: 1} // one mail stands in the old ledger
	d.write(grandstream("new@shop.example", "new@shop.example"))
	if mails := d.received("ann@shop.example"); len(mails) == 0 || mails[0].Subject != "[RMA-26-00001-2] Votre demande" {
		t.Errorf("what waited in the old casebook is %d mails", len(mails))
	}
	if c := d.onlyCase("new@shop.example"); c.Number != rules.Number(2026, 2) {
		t.Errorf("the new case is %s", c.Number)
	}
	d.staff("RMA-26-00001-2", rules.Event{Kind: rules.EvTakeCharge})
	d.wait()
	if err := old.app.book.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if code, out := d.cli("case", "RMA-26-00001-2"); code != exitOK {
		t.Errorf("%d %s", code, out)
	}
}
