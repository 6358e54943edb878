package main

import (
	"strings"
	"testing"

	"retour/rules/casebook"
)

// Beside a running desk all is well but for the backup that nobody makes; what is
// wrong is told with what to do.
func TestDoctorBesideADesk(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	code, out := d.cli("doctor")
	for _, want := range []string{"ok    desk              it runs: retour on ", "ok    ledger            1 mails seen", "ok    outbox            0 waiting", "ok    clock",
		"ok    Slack", "ok    SMTP", "ok    secrets", "warn  backup            none was ever made", "→ let this run every night"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %s\n%s", want, out)
		}
	}
	if code != exitOK || strings.Contains(out, "FAIL") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	// Slack has refused to delete; a person must.
	err := d.app.book.Write(d.ctx, d.app.now(), func(tx *casebook.Tx) error {
		id, _, err := tx.Enqueue(d.ctx, casebook.Row{Lane: "nobody/1", Kind: "erase", Key: "erase/1", Body: []byte("{}")})
		if err != nil {
			return err
		}
		return tx.GiveUp(d.ctx, id, "cant_delete")
	})
	if err != nil {
		t.Fatal(err)
	}
	if code, out := d.cli("doctor", "--offline"); code != exitFailed || !strings.Contains(out, "somebody who was forgotten: cant_delete") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
