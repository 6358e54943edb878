package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"retour/rules"
	"retour/rules/casebook"
)

// Every figure that is served stands in the table, and every one of the table is
// served by a desk that has everything.
func TestMetricsAreThoseOfTheTable(t *testing.T) {
	m := monitored(t)
	err := m.book.Write(t.Context(), monday, func(tx *casebook.Tx) error {
		for _, row := range []casebook.Row{{Lane: "a", Kind: "mail", Key: "a"}, {Lane: "b", Kind: "mail", Key: "b"}, {Lane: "webhook/erp/1", Kind: "webhook/erp", Key: "c"}} {
			if _, _, err := tx.Enqueue(t.Context(), row); err != nil {
				return err
			}
		}
		c, err := tx.Case(t.Context(), rules.Number(2026, 1))
		if err != nil {
			return err
		}
		e := rules.Event{Kind: rules.EvRefuse, Refusal: rules.RefusedTechnical, Text: "It works.", Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1"}}
		if _, err := tx.Book(t.Context(), &casebook.Booking{Policy: m.policy(), Event: e, Before: c, Decision: rules.Decide(m.policy(), c, e, monday)}); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.book.Done(t.Context(), 2, monday, "ok"); err != nil {
		t.Fatal(err)
	}
	if err := m.book.SetDone(t.Context(), casebook.ChoreBackup, monday); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []casebook.ImportKind{casebook.KindRegister, casebook.KindDirectory} {
		im, err := m.book.NewImport(t.Context(), monday, kind, "list.csv", string(kind), false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := im.Finish(t.Context(), monday); err != nil {
			t.Fatal(err)
		}
	}
	e, err := m.expose(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	several := &desks{all: map[string]*member{}}
	several.all["antwerp"] = &member{desks: several, name: "antwerp"}
	e["retour_desk_open"] = several.expose(t.Context())["retour_desk_open"]
	known := map[string]metricDoc{}
	for _, doc := range metricDocs {
		if len(doc.says) < 10 || !strings.HasSuffix(doc.says, ".") || doc.kind != "gauge" && doc.kind != "counter" || known[doc.name].name != "" {
			t.Errorf("the table has %+v", doc)
		}
		known[doc.name] = doc
	}
	label := regexp.MustCompile(`([a-z_]+)="`)
	for name, samples := range e {
		for _, s := range samples {
			var has []string
			for _, l := range label.FindAllStringSubmatch(s.labels, -1) {
				has = append(has, l[1])
			}
			if known[name].name == "" || strings.Join(has, " ") != known[name].labels {
				t.Errorf("%s%s is served; the table says %+v", name, s.labels, known[name])
			}
		}
	}
	for name := range known {
		if len(e[name]) == 0 {
			t.Errorf("%s stands in the table and is not served", name)
		}
	}
}

var metricName = regexp.MustCompile(`\b(?:retour|process)_[a-z_]+\b`)

// asksWhatThereIs checks that an expression asks for figures that there are, with
// labels that they have.
func asksWhatThereIs(t *testing.T, where, expr string) {
	t.Helper()
	names := metricName.FindAllString(expr, -1)
	if len(names) == 0 && !strings.HasPrefix(expr, "up{") {
		t.Errorf("%s asks for nothing: %s", where, expr)
	}
	for _, name := range names {
		if !slices.ContainsFunc(metricDocs, func(d metricDoc) bool { return d.name == name }) {
			t.Errorf("%s asks for %s, which there is not", where, name)
		}
	}
}

// labelsOf are the labels of the figures that an expression asks for.
func labelsOf(expr string) (all []string) {
	for _, name := range metricName.FindAllString(expr, -1) {
		i := slices.IndexFunc(metricDocs, func(d metricDoc) bool { return d.name == name })
		all = append(all, strings.Fields(metricDocs[i].labels)...)
	}
	return all
}

var labelUse = regexp.MustCompile(`\{\{ *(?:\$labels\.)?([a-z]+) *\}\}`)

func TestAlertRules(t *testing.T) {
	out := printed(t, "alerts")
	var file struct {
		Groups []struct {
			Rules []struct {
				Alert       string
				Expr        string
				For         string
				Labels      map[string]string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(out, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Groups) != 1 || len(file.Groups[0].Rules) != len(alerts) {
		t.Fatalf("%+v", file)
	}
	for i, r := range file.Groups[0].Rules {
		if a := alerts[i]; r.Alert != a.name || r.Expr != a.expr || r.For != a.lasts || r.Labels["severity"] != a.severity || r.Annotations["summary"] != a.says {
			t.Errorf("%+v is read as %+v", a, r)
		}
		asksWhatThereIs(t, r.Alert, r.Expr)
		for _, l := range labelUse.FindAllStringSubmatch(r.Annotations["summary"], -1) {
			if !slices.Contains(labelsOf(r.Expr), l[1]) {
				t.Errorf("%s names the label %s, which %s has not", r.Alert, l[1], r.Expr)
			}
		}
		if _, err := time.ParseDuration(r.For); err != nil || r.Labels["severity"] != "critical" && r.Labels["severity"] != "warning" {
			t.Errorf("%+v", r)
		}
	}
}

func TestGrafanaBoard(t *testing.T) {
	var b struct {
		UID    string
		Panels []struct {
			ID      int
			Type    string
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal(printed(t, "grafana"), &b); err != nil {
		t.Fatal(err)
	}
	if b.UID != "retour" || len(b.Panels) != len(board) {
		t.Errorf("%d panels", len(b.Panels))
	}
	taken := map[[2]int]string{}
	for _, p := range b.Panels {
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %q", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
		for _, target := range p.Targets {
			asksWhatThereIs(t, p.Title, target.Expr)
			for _, l := range labelUse.FindAllStringSubmatch(target.LegendFormat, -1) {
				if !slices.Contains(labelsOf(target.Expr), l[1]) {
					t.Errorf("%s names the label %s", p.Title, l[1])
				}
			}
		}
	}
}

func printed(t *testing.T, what ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &errs}, append([]string{"print"}, what...)); code != exitOK {
		t.Fatalf("%d %s", code, errs.String())
	}
	return out.Bytes()
}

// What is not ready says what is missing, in plain words.
func TestReadyz(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example")) // then all has been used once
	m := monitor{book: d.app.book, missing: d.app.missing, roles: d.app.roles, log: testLogger(t)}
	if w := ask(m, "/readyz"); w.Code != 200 || w.Body.String() != "ready\n" {
		t.Errorf("a desk that works: %d %s", w.Code, w.Body)
	}
	d.app.sending.Store(false)
	if w := ask(m, "/readyz"); w.Code != 503 || w.Body.String() != "nothing is sent: the courier does not run\n" {
		t.Errorf("without a courier: %d %s", w.Code, w.Body)
	}
	// Before it runs, a desk is not ready: nothing is read and no button works.
	path := filepath.Join(d.dir, "retour.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "retour.yaml")
	if err := os.WriteFile(second, bytes.ReplaceAll(text, []byte("file: "), []byte("file: "+d.dir+"/")), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(second)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newApp(t.Context(), cfg, time.Now, testLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	missing := a.missing(t.Context())
	want := []string{"the mailbox has not been read yet", "nothing is sent: the courier does not run", "buttons in Slack do nothing: no socket is open yet"}
	if !slices.Equal(missing, want) {
		t.Errorf("%q", missing)
	}
}
