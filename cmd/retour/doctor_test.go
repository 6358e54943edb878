package main

import (
	"strings"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/rules/casebook"
)

// Beside a running desk all is well but for the backup that nobody makes; what is
// wrong is told with what to do.
func TestDoctorBesideADesk(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	code, out := d.cli("doctor")
	for _, want := range []string{"ok    desk              it runs: retour on ", "ok    ledger            1 mail seen", "ok    outbox            0 waiting", "ok    clock",
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
		return tx.GiveUp(d.ctx, casebook.Row{ID: id}, "cant_delete")
	})
	if err != nil {
		t.Fatal(err)
	}
	if code, out := d.cli("doctor", "--offline"); code != exitFailed || !strings.Contains(out, "somebody who was forgotten: cant_delete") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// What is wrong outside is found, and the line below it says what to do.
func TestDoctorFindsWhatIsWrongOutside(t *testing.T) {
	for _, tc := range []struct {
		name string
		harm func(d *desk)
		want []string
	}{
		{"clock an hour behind", func(d *desk) { d.slack.SetAhead(time.Hour + 30*time.Second) }, []string{"FAIL  clock             it is 1h0m", " off Slack's", "→ keep it by NTP"}},
		{"clock an hour ahead", func(d *desk) { d.slack.SetAhead(-time.Hour - 30*time.Second) }, []string{"FAIL  clock             it is 1h0m", "→ keep it by NTP"}},
		{"token revoked", func(d *desk) { d.slack.Fail("auth.test", 9, loopback.SlackFault{Error: "token_revoked"}) }, []string{"FAIL  Slack             slack: bot token: token_revoked", "install the app"}},
		{"bot taken out of the workspace", func(d *desk) { d.slack.Fail("auth.test", 9, loopback.SlackFault{Error: "account_inactive"}) }, []string{"FAIL  Slack             slack: bot token: account_inactive", "install the app"}},
		{"app-level token revoked", func(d *desk) {
			d.slack.Fail("apps.connections.open", 9, loopback.SlackFault{Error: "invalid_auth"})
		}, []string{"FAIL  Slack             slack: app-level token: invalid_auth", "→ "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := openDesk(t)
			tc.harm(d)
			code, out := d.cli("doctor")
			for _, want := range tc.want {
				if !strings.Contains(out, want) {
					t.Errorf("not said: %s\n%s", want, out)
				}
			}
			if code != exitFailed {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
