package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"retour/ingest/intake"
	"retour/rules/casebook"
)

const bareConfig = `desk: {address: rma@example.com, return_address: [Dock 1]}
mailbox: {host: imap.example.com, user: rma@example.com, password: {env: RMA_PASSWORD}}
smtp: {host: smtp.example.com}
slack: {mode: "off"}
`

// A mail that had not left when the copy was made may have left since: after a
// restore it is not sent by itself, and a person sees its case.
func TestRestoreSendsNothingTwice(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("RMA_PASSWORD", "x")
	config := filepath.Join(dir, "retour.yaml")
	if err := os.WriteFile(config, []byte(bareConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newApp(t.Context(), cfg, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	row, err := a.intake.Seen(t.Context(), casebook.LedgerRow{Mailbox: "rma", UIDValidity: 1, UID: 1})
	if err != nil {
		t.Fatal(err)
	}
	raw := "From: ann@shop.example\r\nTo: rma@example.com\r\nSubject: Faulty phone\r\nMessage-ID: <1@shop.example>\r\n\r\nOur Snom D735 is dead, serial 000413A1B2C3. Please open an RMA.\r\n"
	if fate, err := a.intake.Mail(t.Context(), intake.Letter{LedgerID: row.ID, Raw: []byte(raw)}); err != nil || fate != casebook.FateOpened {
		t.Fatal(fate, err)
	}
	copied := filepath.Join(dir, "copy.db")
	if _, err := a.book.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := a.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(cfg.store(), filepath.Join(dir, "lost.db")); err != nil {
		t.Fatal(err)
	}
	// A restore that does not come to its end leaves no casebook that a desk would
	// take up and send from.
	broken := filepath.Join(dir, "broken.yaml")
	if err := os.WriteFile(broken, []byte(bareConfig+"policy: none.yaml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &out}, []string{"--config", broken, "restore", copied}); code == exitOK || !strings.Contains(out.String(), "none.yaml") {
		t.Fatalf("%d %s", code, out.String())
	}
	if _, err := os.Stat(cfg.store()); !os.IsNotExist(err) {
		t.Fatalf("a half restored casebook is there: %v", err)
	}
	out.Reset()
	if os.Geteuid() == 0 { // as "sudo retour restore" is, in the folder of the desk's user
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &out}, []string{"--config", config, "restore", copied}); code != exitOK || !strings.Contains(out.String(), "1 mail held back") ||
		!strings.Contains(out.String(), "lie in done or hold are not in the copy: move them back into INBOX") {
		t.Fatalf("%d %s", code, out.String())
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.part*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	belongsToItsFolder(t, cfg.store())
	book, err := openBook(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cases, err := book.Cases(t.Context(), casebook.CaseFilter{})
	if err != nil || len(cases) != 1 || !strings.Contains(cases[0].Undelivered, "it may have left since") {
		t.Errorf("%+v %v", cases, err)
	}
	if rows, err := book.Outbox(t.Context(), casebook.OutboxFilter{Kind: "mail", Status: casebook.Pending}); err != nil || len(rows) > 0 {
		t.Errorf("%+v %v", rows, err)
	}
}

// belongsToItsFolder: the desk has a user of its own, and a file that root made in
// its folder would shut it out.
func belongsToItsFolder(t *testing.T, path string) {
	t.Helper()
	file, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if has, want := file.Sys().(*syscall.Stat_t).Uid, folder.Sys().(*syscall.Stat_t).Uid; has != want || file.Mode().Perm() != 0o600 {
		t.Errorf("%s is of user %d with mode %o, its folder of user %d", path, has, file.Mode().Perm(), want)
	}
}
