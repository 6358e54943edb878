package mailbox

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestConfigFaults(t *testing.T) {
	good := Config{Host: "imap.shop.example", User: "desk", Password: func() (string, error) { return "", nil }, Done: "Done", Hold: "Hold", Instance: "i"}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"good":                   {func(*Config) {}, ""},
		"none to another host":   {func(c *Config) { c.TLS = TLSNone }, "tls none would send the password in the clear to imap.shop.example"},
		"none to this machine":   {func(c *Config) { c.TLS, c.Host = TLSNone, "127.0.0.1" }, ""},
		"none to localhost":      {func(c *Config) { c.TLS, c.Host = TLSNone, "localhost" }, ""},
		"none to a lookalike":    {func(c *Config) { c.TLS, c.Host = TLSNone, "localhost.evil.example" }, "in the clear"},
		"unknown TLS":            {func(c *Config) { c.TLS = "ssl" }, `tls "ssl": want implicit, starttls or none`},
		"no secret":              {func(c *Config) { c.Password = nil }, "neither a password nor a token"},
		"done is the folder":     {func(c *Config) { c.Done = "inbox" }, "must not be the watched folder"},
		"unknown mechanism":      {func(c *Config) { c.Mechanism = "cram" }, `mechanism "cram"`},
		"several faults at once": {func(c *Config) { c.Host, c.Instance = "", "" }, "host is empty\ninstance is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := good
			c.change(&cfg)
			_, err := New(cfg, newDesk(t).hooks(), slog.Default(), time.Now)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := New(good, Hooks{}, slog.Default(), time.Now); err == nil {
		t.Error("missing hooks were taken")
	}
}

func TestFolderNames(t *testing.T) {
	for _, c := range []struct{ delim, prefix, name, want string }{
		{"/", "", "Retour/Done", "Retour/Done"},
		{".", "INBOX.", "Retour/Done", "INBOX.Retour.Done"},
		{".", "INBOX.", "INBOX/Done", "INBOX.Done"},
		{".", "INBOX.", "inbox", "INBOX"},
		{"", "", "Done", "Done"},
	} {
		s := &session{delim: c.delim, prefix: c.prefix}
		if got := s.resolve(c.name); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestLockMailIsReadBack(t *testing.T) {
	w := newWatcher(t, Config{Host: "h", User: "u", Password: func() (string, error) { return "", nil }, Instance: "i-1", Holder: "host (1)\r\nX-Evil: 1"}, newDesk(t))
	at := time.Date(2026, 3, 1, 10, 0, 0, 5, time.UTC)
	w.now = func() time.Time { return at }
	m, ok := parseLock(9, w.lockText(4))
	if !ok || m.uid != 9 || m.claim != 4 || m.instance != "i-1" || m.holder != "host (1)  X-Evil: 1" || m.watched != "INBOX" || !m.at.Equal(at) {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := parseLock(1, letter("not a lock", 0)); ok {
		t.Error("a common mail was taken for a lock")
	}
}

func TestRunOnlyOnceAtATime(t *testing.T) {
	w := newWatcher(t, Config{Host: "127.0.0.1", Port: 1, User: "u", Password: func() (string, error) { return "", nil }}, newDesk(t))
	w.gate.Lock()
	defer w.gate.Unlock()
	if err := w.Run(context.Background()); err == nil {
		t.Error("a second Run was let in")
	}
	if err := w.Backfill(context.Background(), time.Time{}, nil); err == nil {
		t.Error("Backfill was let in beside Run")
	}
}

// What lies in the lock folder comes from outside.
func FuzzParseLock(f *testing.F) {
	f.Add([]byte("X-Retour-Lock-Instance: i\r\nX-Retour-Lock-Time: 2026-03-01T10:00:00Z\r\nX-Retour-Lock-Claim: 3\r\n\r\n"))
	f.Add([]byte("X-Retour-Lock-Time: \x00\r\n"))
	f.Fuzz(func(t *testing.T, header []byte) {
		if m, ok := parseLock(7, header); ok && (m.uid != 7 || m.claim == 0 || m.instance == "") {
			t.Errorf("%+v", m)
		}
	})
}
