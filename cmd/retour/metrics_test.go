package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"retour/rules"
	"retour/rules/casebook"
)

var monday = time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)

// monitored is a casebook with three cases, one of them of the shadow, and a
// monitor of it.
func monitored(t *testing.T) monitor {
	t.Helper()
	policy, err := rules.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Open(t.Context(), filepath.Join(t.TempDir(), "retour.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	err = book.Write(t.Context(), monday, func(tx *casebook.Tx) error {
		for i, maker := range []string{"yealink", "grandstream", "grandstream"} {
			cl := rules.Claim{Reason: rules.OrderError, Items: []rules.Item{{Manufacturer: maker, Model: "T46U", Serial: fmt.Sprint("SECRET", i)}}}
			c := rules.Draft(cl, rules.Party{Address: "ann@shop.example", Trust: rules.Known}, "en", rules.Number(2026, i+1), monday)
			c.Shadow = i == 2
			e := rules.Event{Kind: rules.EvRequest, Actor: rules.Actor{Kind: rules.ByCustomer}, Claim: cl}
			d := rules.Decide(policy, c, e, monday)
			c.State = ""
			if _, err := tx.Book(t.Context(), &casebook.Booking{Policy: policy, Event: e, Before: c, Decision: d}); err != nil {
				return err
			}
		}
		row, _, err := tx.Seen(t.Context(), casebook.LedgerRow{Mailbox: "rma", UID: 1, UIDValidity: 1})
		if err != nil {
			return err
		}
		row.Fate, row.From = casebook.FateHold, "ann@shop.example"
		return tx.SetFate(t.Context(), row)
	})
	if err != nil {
		t.Fatal(err)
	}
	return monitor{book: book, folder: t.TempDir(), policy: func() *rules.Policy { return policy }, now: func() time.Time { return monday.Add(time.Hour) }, log: testLogger(t),
		up: func() bool { return true }, deaf: func() bool { return false }, missing: func(context.Context) []string { return nil },
		slack: func() map[string]bool { return map[string]bool{"messages": true, "buttons": false} }, bucket: func() (error, bool) { return nil, true }, beat: func() time.Time { return monday },
		roles: func() []string { return nil }, has: func(casebook.Part) bool { return true }, started: monday, hooks: []string{"erp"}}
}

func ask(m monitor, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	m.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

var (
	helpLine   = regexp.MustCompile(`^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$`)
	typeLine   = regexp.MustCompile(`^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$`)
	sampleLine = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"(?:,|\}))+)? (\S+)$`)
)

// readExposition reads Prometheus' text format by its rules: HELP, then TYPE,
// then the samples of one family together; none twice; a counter's name ends
// with _total, and only a counter's; the last line ends.
func readExposition(t *testing.T, text string) map[string]float64 {
	t.Helper()
	values, families := map[string]float64{}, map[string]bool{}
	help, name := "", ""
	if !strings.HasSuffix(text, "\n") {
		t.Error("the last line does not end")
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if m := helpLine.FindStringSubmatch(line); m != nil {
			help = m[1]
			continue
		}
		if m := typeLine.FindStringSubmatch(line); m != nil {
			name = m[1]
			if help != name || families[name] || strings.HasSuffix(name, "_total") != (m[2] == "counter") {
				t.Errorf("family %s: HELP of %s, twice %v, %s", name, help, families[name], m[2])
			}
			families[name] = true
			continue
		}
		m := sampleLine.FindStringSubmatch(line)
		if m == nil || m[1] != name {
			t.Errorf("no line of family %s: %q", name, line)
			continue
		}
		v, err := strconv.ParseFloat(m[3], 64)
		if _, twice := values[m[1]+m[2]]; twice || err != nil {
			t.Errorf("%q: twice %v, %v", line, twice, err)
		}
		values[m[1]+m[2]] = v
	}
	return values
}

func TestMetrics(t *testing.T) {
	m := monitored(t)
	w := ask(m, "/metrics")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatalf("%d %s", w.Code, w.Header())
	}
	got := readExposition(t, w.Body.String())
	f, err := m.book.Figures(context.Background(), m.policy(), rules.Period{From: monday, To: monday.Add(24 * time.Hour)}, m.now())
	if err != nil {
		t.Fatal(err)
	}
	open := 0
	for state, n := range f.Flow.Open {
		open += n
		if got[`retour_cases_open{state="`+string(state)+`"}`] != float64(n) {
			t.Errorf("%d cases are %s, /metrics says otherwise", n, state)
		}
	}
	if open != 2 || f.Flow.In != 2 {
		t.Fatalf("the figures have %d open cases of %d", open, f.Flow.In)
	}
	for name, want := range map[string]float64{
		`retour_units_open{manufacturer="yealink"}`: 1, `retour_units_open{manufacturer="grandstream"}`: 1,
		"retour_cases_opened_total": 2, `retour_mails_total{fate="hold"}`: 1, "retour_mails_held": 1, "retour_mailbox_up": 1,
		`retour_outbox_waiting{to="customer"}`: 0, "retour_mail_seen_timestamp_seconds": float64(monday.Unix()),
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v (there: %v), want %v", name, v, ok, want)
		}
	}
	for _, secret := range []string{"SECRET", "ann@", "shop.example", "RMA-"} {
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("/metrics tells %s", secret)
		}
	}
}

// What a policy calls a manufacturer is no markup of the format.
func TestMetricsEscapeLabels(t *testing.T) {
	e := exposition{}
	e.add("retour_units_open", labels("manufacturer", "a\"b\\c\nd\xff"), 1)
	got := readExposition(t, e.text())
	if len(got) != 1 || got["retour_units_open{manufacturer=\"a\\\"b\\\\c\\nd�\"}"] != 1 {
		t.Errorf("%q is read as %v", e.text(), got)
	}
}

func TestHealthz(t *testing.T) {
	m := monitored(t)
	if w := ask(m, "/healthz"); w.Code != http.StatusOK || w.Body.String() != "ok\n" {
		t.Errorf("a sound desk: %d %s", w.Code, w.Body)
	}
	deaf := m
	deaf.deaf, deaf.up = func() bool { return true }, func() bool { return false }
	if w := ask(deaf, "/healthz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "mailbox") {
		t.Errorf("a deaf desk: %d %s", w.Code, w.Body)
	}
	if w := ask(deaf, "/metrics"); readExposition(t, w.Body.String())["retour_mailbox_up"] != 0 {
		t.Error("the mailbox of a deaf desk is up")
	}
	if w := ask(m, "/"); w.Code != http.StatusNotFound {
		t.Errorf("/ answers %d", w.Code)
	}
	if err := m.book.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/healthz", "/metrics"} {
		if w := ask(m, path); w.Code < 500 || strings.Contains(w.Body.String(), "sql") {
			t.Errorf("%s without casebook: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestMetricsAddress(t *testing.T) {
	for listen, want := range map[string]string{
		"9464": "127.0.0.1:9464", ":9464": "127.0.0.1:9464", "10.0.0.7:9464": "10.0.0.7:9464", "[::1]:9464": "[::1]:9464", "localhost:9464": "localhost:9464",
	} {
		var faults []string
		c := MetricsConfig{Listen: listen}
		c.validate(func(key, format string, args ...any) { faults = append(faults, key) })
		if got := c.address(); got != want || len(faults) > 0 {
			t.Errorf("%q listens on %q, %v", listen, got, faults)
		}
	}
	for _, listen := range []string{"here", "10.0.0.7", ":", "localhost:0", "localhost:http", "1:2:3", "70000"} {
		var faults []string
		MetricsConfig{Listen: listen}.validate(func(key, format string, args ...any) { faults = append(faults, key) })
		if len(faults) != 1 || faults[0] != "metrics.listen" {
			t.Errorf("%q: faults %v", listen, faults)
		}
	}
}
