package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// filledIn is what "retour print config" prints, with what must be written into it:
// where parcels go.
func filledIn(t *testing.T, args ...string) string {
	t.Helper()
	text := string(printed(t, append([]string{"config"}, args...)...))
	if !strings.Contains(text, "return_address: [] ") {
		t.Fatalf("it has an address already:\n%s", text)
	}
	return strings.Replace(text, "return_address: [] ", "return_address: [Dock 7] ", 1)
}

// The configuration to begin with needs an address for parcels and nothing else, and
// has what was asked for.
func TestConfigToBeginWith(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.yaml")
	if err := os.WriteFile(path, []byte(filledIn(t, "--address", "rma@firm.example", "--imap", "in.firm.example", "--smtp", "out.firm.example")), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Desk.Address != "rma@firm.example" || cfg.Mailbox.Host != "in.firm.example" || cfg.SMTP.Host != "out.firm.example" || cfg.Mailbox.User != "rma@firm.example" {
		t.Errorf("%+v", cfg)
	}
	// It fits the unit: where the casebook may lie, and which secrets are handed over.
	unit := string(printed(t, "systemd"))
	if !strings.HasPrefix(cfg.Store, "/var/lib/retour/") || !strings.Contains(unit, "StateDirectory=retour\n") ||
		filepath.Dir(cfg.Mailbox.Password.File) != "/etc/retour/secrets" || !strings.Contains(unit, "LoadCredential=secrets:/etc/retour/secrets\n") ||
		!strings.Contains(unit, "--config "+systemConfig+" serve") {
		t.Errorf("%s %s\n%s", cfg.Store, cfg.Mailbox.Password.File, unit)
	}
}

// What systemd hands over is found by the name of the file; all else stays where it is.
func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	given := filepath.Join(dir, "secrets_mailbox")
	if err := os.WriteFile(given, []byte("handed over\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	cfg := Config{dir: "/nowhere"}
	if v, err := cfg.secret("mailbox.password", Secret{File: "/etc/retour/secrets/mailbox"}); v != "handed over" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	own := filepath.Join(t.TempDir(), "mailbox")
	if err := os.WriteFile(own, []byte("own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err := cfg.secret("mailbox.password", Secret{File: own}); v != "own" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	// The files that the URL of a database names are found in the same way.
	if err := os.WriteFile(filepath.Join(dir, "secrets_pgpass"), []byte("*:*:*:*:x"), 0o400); err != nil {
		t.Fatal(err)
	}
	cfg = Config{dir: "/nowhere", Store: "postgres://retour@db.example.com/retour?sslmode=verify-full&passfile=/etc/retour/secrets/pgpass&sslrootcert=ca.pem"}
	at, err := url.Parse(cfg.store())
	if err != nil {
		t.Fatal(err)
	}
	if q := at.Query(); q.Get("passfile") != filepath.Join(dir, "secrets_pgpass") || q.Get("sslrootcert") != "/nowhere/ca.pem" || q.Get("sslmode") != "verify-full" || at.Host != "db.example.com" {
		t.Errorf("%s", cfg.store())
	}
	if got := credentialOf("", "/etc/retour/secrets/mailbox"); got != "/etc/retour/secrets/mailbox" {
		t.Errorf("without credentials: %s", got)
	}
}

// Each fault of an endpoint says what is wrong, and no address is shown: it may hold
// a secret.
func TestWebhookFaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.yaml")
	text := filledIn(t) + `webhooks:
  - name: ERP 1
    url: http://erp.example.com/SECRET
    secrets: [{env: A}]
    events: [case.opend]
  - name: erp
    url: ftp://erp.example.com/SECRET
    timeout: 5m
  - name: erp
    url: http://127.0.0.1:8080/
    secrets: [{env: A}, {env: B, file: C}]
    fields: [costumer]
  - {name: safe, url: "http://erp.internal/", plain_http: true, secrets: [{env: A}], events: 'items.*', fields: [customer, texts]}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := loadConfig(path)
	if err == nil {
		t.Fatal("it is taken")
	}
	for _, want := range []string{`webhooks[0].name: "ERP 1" is no name`, "webhooks[0].url: is http: everybody on the way could read", "case.opened", "webhooks[1].url: is no https address",
		"webhooks[1].secrets: is missing", "webhooks[1].timeout: 5m0s is too long", `webhooks[2].name: "erp" is the name of two endpoints`, "webhooks[2].secrets[1]: names both env and file", "customer"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("not said: %s\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "SECRET") || strings.Contains(err.Error(), "webhooks[3]") || strings.Contains(err.Error(), "webhooks[2].url") {
		t.Errorf("%v", err)
	}
}
