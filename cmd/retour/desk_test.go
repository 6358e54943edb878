package main

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tokenEndpoint answers as a token endpoint does (RFC 6749 section 5).
func tokenEndpoint(t *testing.T, answer func(r *http.Request) (int, string)) OAuth {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code, body := answer(r)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return OAuth{TokenURL: server.URL, ClientID: "desk", RefreshToken: Secret{File: "refresh"}}
}

func TestRefreshTokenIsKept(t *testing.T) {
	cfg := Config{dir: t.TempDir()}
	file := filepath.Join(cfg.dir, "refresh")
	if err := os.WriteFile(file, []byte("old-refresh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := tokenEndpoint(t, func(r *http.Request) (int, string) {
		if got := r.FormValue("refresh_token"); got != "old-refresh" {
			return http.StatusBadRequest, `{"error":"invalid_grant"}`
		}
		return http.StatusOK, `{"access_token":"access","token_type":"Bearer","expires_in":3600,"refresh_token":"new-refresh"}`
	})
	token, _, err := cfg.token(t.Context(), "mailbox.oauth", o, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second comes from memory: the endpoint would refuse it
		if got, err := token(t.Context()); err != nil || got != "access" {
			t.Fatalf("token %q, %v", got, err)
		}
	}
	if b, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(b)) != "new-refresh" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v, %v", info.Mode(), err)
	}
}

// A token that the server takes no more is not given again until it expires.
func TestRefusedTokenIsReplaced(t *testing.T) {
	cfg := Config{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(cfg.dir, "refresh"), []byte("refresh"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	o := tokenEndpoint(t, func(*http.Request) (int, string) {
		n++
		return http.StatusOK, fmt.Sprintf(`{"access_token":"access-%d","token_type":"Bearer","expires_in":3600}`, n)
	})
	token, refused, err := cfg.token(t.Context(), "mailbox.oauth", o, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ refuse, want string }{{"", "access-1"}, {"another", "access-1"}, {"access-1", "access-2"}, {"access-1", "access-2"}} {
		refused(step.refuse)
		if got, err := token(t.Context()); err != nil || got != step.want {
			t.Errorf("after %q was refused: %q, %v; want %s", step.refuse, got, err, step.want)
		}
	}
}

// A secret that cannot be rewritten must not keep the desk from its mailbox.
func TestRefreshTokenThatCannotBeKept(t *testing.T) {
	t.Setenv("RETOUR_TEST_REFRESH", "old-refresh")
	o := tokenEndpoint(t, func(*http.Request) (int, string) {
		return http.StatusOK, `{"access_token":"access","token_type":"Bearer","expires_in":3600,"refresh_token":"new-refresh"}`
	})
	o.RefreshToken = Secret{Env: "RETOUR_TEST_REFRESH"}
	var log bytes.Buffer
	token, _, err := (&Config{}).token(t.Context(), "mailbox.oauth", o, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got, err := token(t.Context()); err != nil || got != "access" {
			t.Fatalf("token %q, %v", got, err)
		}
	}
	if n := strings.Count(log.String(), "is not kept"); n != 1 || strings.Contains(log.String(), "new-refresh") {
		t.Errorf("the log says it %d times, or tells the secret:\n%s", n, log.String())
	}
}

func TestRefusedTokenTellsNoSecret(t *testing.T) {
	cfg := Config{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(cfg.dir, "refresh"), []byte("very-secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := tokenEndpoint(t, func(r *http.Request) (int, string) {
		return http.StatusBadRequest, fmt.Sprintf(`{"error":"invalid_grant","error_description":"%s has expired"}`, r.FormValue("refresh_token"))
	})
	token, _, err := cfg.token(t.Context(), "mailbox.oauth", o, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = token(t.Context())
	if err == nil || !strings.Contains(err.Error(), "mailbox.oauth: the token endpoint refused") || strings.Contains(err.Error(), "very-secret") {
		t.Errorf("the error is %v", err)
	}
}

func TestSecretsAreNamedNotShown(t *testing.T) {
	cfg := Config{dir: t.TempDir()}
	if _, err := cfg.secret("smtp.password", Secret{Env: "RETOUR_TEST_UNSET"}); err == nil || !strings.Contains(err.Error(), "smtp.password: the environment variable RETOUR_TEST_UNSET is not set") {
		t.Errorf("unset variable: %v", err)
	}
	if _, err := cfg.secret("smtp.password", Secret{File: "none"}); err == nil || !strings.Contains(err.Error(), "smtp.password") {
		t.Errorf("missing file: %v", err)
	}
	for _, s := range []Secret{{Env: "hunter2"}, {Env: "Hunter 2!"}, {Env: "xoxb-12-hunter2"}, {File: "xoxb-12-hunter2"}} {
		if _, err := cfg.secret("smtp.password", s); err == nil || strings.Contains(err.Error(), "unter") || !strings.Contains(err.Error(), "smtp.password") {
			t.Errorf("a secret in the place of its name: %v", err)
		}
	}
}

// Whatever is wrong in the configuration, a secret that somebody has written into
// it is not repeated.
func TestWrongConfigurationTellsNoSecret(t *testing.T) {
	const whole = "desk: {name: R, address: rma@example.com, return_address: [R]}\nstore: retour.db\nmailbox:\n  host: h.example\n  user: u\n  password: %s\n" +
		"smtp: {host: s.example, user: u, password: %[1]s}\nslack:\n  mode: socket\n  bot_token: %[1]s\n  app_token: %[1]s\n  channel: C0123456789\n  users: [U0123456789]\n"
	for _, secret := range []string{"hunter2", `"hunter2"`, "[hunter2]", "{value: hunter2}", "{password: hunter2}", "{env: [hunter2]}", "{file: {hunter2: x}}", "!!binary hunter2", "&a hunter2",
		"|\n    hunter2", `"hunter2`, "{env: hunter2", "{env: hunter2, file: hunter2}", "hunter2\n  passwrod: hunter2", "{env: hunter2}", "{env: xoxb-hunter2}", "{file: xoxb-hunter2}"} {
		path := filepath.Join(t.TempDir(), "retour.yaml")
		if err := os.WriteFile(path, fmt.Appendf(nil, whole, secret), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		for _, command := range [][]string{{"check"}, {"serve"}, {"doctor", "--offline"}, {"ledger"}} {
			if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &out}, append([]string{"--config", path}, command...)); code == exitOK {
				t.Errorf("%s: %v finds nothing wrong", secret, command)
			}
		}
		if strings.Contains(out.String(), "unter2") {
			t.Errorf("%s is told:\n%s", secret, out.String())
		}
	}
}

func TestTableFitsAndIsHarmless(t *testing.T) {
	tab := &table{header: []string{"A", "B"}}
	tab.add(strings.Repeat("ä", 90), "\x1b[31mred\u202e\nline "+strings.Repeat("b", 90))
	var out strings.Builder
	if err := tab.print(&out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for _, l := range lines {
		if n := len([]rune(l)); n > tableWidth {
			t.Errorf("%d wide: %s", n, l)
		}
		if strings.ContainsAny(l, "\x1b\u202e") {
			t.Errorf("a terminal could obey %q", l)
		}
	}
}
