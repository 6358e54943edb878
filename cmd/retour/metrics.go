package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// MetricsConfig is where a monitor reads the desk.
type MetricsConfig struct {
	Listen string `yaml:"listen"` // address to serve /metrics, /healthz and /readyz on; a port alone is of this machine; empty: nowhere
}

// address is what is listened on: without a host, this machine alone.
func (m MetricsConfig) address() string {
	host, port, err := net.SplitHostPort(m.Listen)
	if err != nil {
		host, port = "", m.Listen
	}
	return net.JoinHostPort(cmp.Or(host, "127.0.0.1"), port)
}

func (m MetricsConfig) validate(bad faultFunc) {
	if m.Listen == "" {
		return
	}
	_, port, err := net.SplitHostPort(m.address())
	if n, portErr := strconv.Atoi(port); err != nil || portErr != nil || n < 1 || n > 65535 {
		bad("metrics.listen", "%q is no address: write a port such as 9464, for this machine alone, or host and port such as 10.0.0.7:9464", m.Listen)
	}
}

// monitor answers a monitoring system.
type monitor struct {
	book    *casebook.Book
	policy  func() *rules.Policy
	now     func() time.Time
	missing func(context.Context) []string     // what the desk cannot do its work without; empty: it is ready
	slack   func() map[string]bool             // which parts of Slack work; empty where Slack is off
	up      func() bool                        // the mailbox can be read
	deaf    func() bool                        // it could not for so long that people were told
	bucket  func() (trouble error, tried bool) // how it went when raw mails were last brought to the bucket; not tried: here none are
	beat    func() time.Time                   // when the clock last looked at the deadlines; zero: not yet, or in another process
	roles   func() []string                    // who does what, a line each; none: this process does everything
	has     func(casebook.Part) bool           // what this process does
	started time.Time
	folder  string   // that the desk writes to
	hooks   []string // the endpoints of webhooks
	log     *slog.Logger
}

// handler serves /metrics in Prometheus' text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/); /healthz: 200
// while the desk need not be started again, else 503 and why; and /readyz: 200
// while it can do all its work, with who does which part of it where several
// processes share it, else 503 and what is missing, a line each.
func (m monitor) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		e, err := m.expose(r.Context())
		if err != nil {
			m.log.Error("metrics", "error", err)
			http.Error(w, "the casebook cannot be read", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprint(w, e.text())
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := m.book.NextDeadline(r.Context()); err != nil {
			m.log.Error("healthz", "error", err)
			http.Error(w, "the casebook cannot be read", http.StatusServiceUnavailable)
			return
		}
		if m.deaf() {
			http.Error(w, "the mailbox has been out of reach for more than "+silence.String(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if missing := m.missing(r.Context()); len(missing) > 0 {
			http.Error(w, strings.Join(missing, "\n"), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, strings.Join(append([]string{"ready"}, m.roles()...), "\n"))
	})
	return mux
}

// expose gathers the figures that stand and the running totals. Labels are states,
// fates, closings, manufacturers and endpoints: never serial numbers, customers or
// cases.
func (m monitor) expose(ctx context.Context) (exposition, error) {
	e := exposition{}
	processMetrics(e)
	e.moment("process_start_time_seconds", "", m.started)
	e.add("retour_ready", "", truth(len(m.missing(ctx)) == 0))
	m.partMetrics(e)
	return e, m.bookMetrics(ctx, e)
}

// bookMetrics are about what stands in the casebook.
func (m monitor) bookMetrics(ctx context.Context, e exposition) error {
	f, totals, err := m.book.Present(ctx, m.policy(), m.now())
	if err != nil {
		return err
	}
	neighbours, err := m.book.Neighbours(ctx)
	if err != nil {
		return err
	}
	backup, err := m.book.LastDone(ctx, casebook.ChoreBackup)
	if err != nil {
		return err
	}
	caseMetrics(e, f)
	mailMetrics(e, f)
	m.webhookMetrics(e, neighbours)
	e.moment("retour_backup_timestamp_seconds", "", backup)
	totalMetrics(e, totals)
	return nil
}

// processMetrics are about the process.
func processMetrics(e exposition) {
	e.add("retour_build_info", labels("version", version()), 1)
	if n, err := residentMemory(); err == nil {
		e.add("process_resident_memory_bytes", "", float64(n))
	}
}

// partMetrics are about the parts of a desk and what it talks to.
func (m monitor) partMetrics(e exposition) {
	e.add("retour_mailbox_up", "", truth(m.up()))
	works := m.slack()
	for _, part := range slices.Sorted(maps.Keys(works)) {
		e.add("retour_slack_up", labels("part", part), truth(works[part]))
	}
	if trouble, tried := m.bucket(); tried {
		e.add("retour_bucket_up", "", truth(trouble == nil))
	}
	for _, part := range casebook.Parts() {
		e.add("retour_part_held", labels("part", string(part)), truth(m.has(part)))
	}
	e.moment("retour_clock_timestamp_seconds", "", m.beat())
	if free, err := casebook.RoomIn(m.folder); err == nil {
		e.add("retour_casebook_free_bytes", "", float64(free))
	}
}

func caseMetrics(e exposition, f rules.Figures) {
	for _, s := range rules.States() {
		if s != rules.Closed {
			e.add("retour_cases_open", labels("state", string(s)), float64(f.Flow.Open[s]))
		}
	}
	for _, maker := range f.Makers {
		e.add("retour_units_open", labels("manufacturer", maker.Manufacturer), float64(maker.Open))
		e.add("retour_units_at_manufacturer", labels("manufacturer", maker.Manufacturer), float64(maker.AtVendor))
	}
	e.add("retour_cases_late", "", float64(len(f.Late)))
	e.add("retour_cases_undelivered", "", float64(len(f.Undelivered)))
	e.add("retour_cases_storage_ending", "", float64(len(f.Storage)))
}

func mailMetrics(e exposition, f rules.Figures) {
	customer, staff := labels("to", "customer"), labels("to", "staff")
	e.add("retour_mails_held", "", float64(f.Mails.Held))
	e.add("retour_mails_unaccounted", "", float64(f.Mails.Unaccounted))
	e.add("retour_outbox_waiting", customer, float64(f.Mails.Waiting))
	e.add("retour_outbox_waiting", staff, float64(f.Health.StaffWaiting))
	e.add("retour_outbox_failed", customer, float64(f.Health.Failed))
	e.add("retour_outbox_failed", staff, float64(f.Health.StaffFailed))
	e.moment("retour_outbox_oldest_timestamp_seconds", "", f.Health.OldestWaiting)
	e.moment("retour_mail_seen_timestamp_seconds", "", f.Mails.LastRead)
	e.moment("retour_mail_sent_timestamp_seconds", "", f.Health.LastSent)
	e.moment("retour_register_imported_timestamp_seconds", "", f.Health.Register)
	e.moment("retour_directory_imported_timestamp_seconds", "", f.Health.Directory)
	e.add("retour_casebook_size_bytes", "", float64(f.Health.Size))
}

// webhookMetrics are about every endpoint of the configuration, and others that
// something waits for.
func (m monitor) webhookMetrics(e exposition, standing []casebook.Neighbour) {
	all := map[string]casebook.Neighbour{}
	for _, name := range m.hooks {
		all[name] = casebook.Neighbour{}
	}
	for _, n := range standing {
		all[notify.EndpointOf(n.Kind)] = n
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n, endpoint := all[name], labels("endpoint", name)
		e.add("retour_webhooks_waiting", endpoint, float64(n.Waiting))
		e.add("retour_webhooks_dead", endpoint, float64(n.Dead))
		e.moment("retour_webhooks_oldest_timestamp_seconds", endpoint, n.Oldest)
		e.add("retour_webhooks_shut", endpoint, truth(!n.ShutAt.IsZero()))
	}
}

func totalMetrics(e exposition, t casebook.Totals) {
	e.add("retour_cases_opened_total", "", float64(t.Opened))
	for _, k := range slices.Sorted(maps.Keys(t.Closed)) {
		e.add("retour_cases_closed_total", labels("closing", string(k)), float64(t.Closed[k]))
	}
	for k, n := range t.Transitions {
		e.add("retour_case_transitions_total", labels("from", string(k.From), "to", string(k.To)), float64(n))
	}
	slices.SortFunc(e["retour_case_transitions_total"], func(a, b metric) int { return strings.Compare(a.labels, b.labels) })
	for _, k := range slices.Sorted(maps.Keys(t.Mails)) {
		e.add("retour_mails_total", labels("fate", string(k)), float64(t.Mails[k]))
	}
}

// residentMemory is the memory of this process, as Linux tells it (proc_pid_statm(5)).
func residentMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, errors.New("/proc/self/statm has another form")
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// metric is one value under its labels.
type metric struct {
	labels string
	value  float64
}

// exposition are the samples by the name of their metric.
type exposition map[string][]metric

func (e exposition) add(name, labels string, value float64) {
	e[name] = append(e[name], metric{labels, value})
}

// moment is a gauge of unix seconds; of what never was there is none.
func (e exposition) moment(name, labels string, at time.Time) {
	if !at.IsZero() {
		e.add(name, labels, float64(at.UnixMilli())/1000)
	}
}

// take adds the samples of another one.
func (e exposition) take(other exposition) {
	for name, samples := range other {
		e[name] = append(e[name], samples...)
	}
}

// under are the same samples with one label more.
func (e exposition) under(name, value string) exposition {
	label, all := strings.TrimSuffix(labels(name, value), "}"), exposition{}
	for of, samples := range e {
		for _, s := range samples {
			end := "}"
			if s.labels != "" {
				end = "," + strings.TrimPrefix(s.labels, "{")
			}
			all[of] = append(all[of], metric{label + end, s.value})
		}
	}
	return all
}

// text is Prometheus' format, in the order of metricDocs.
func (e exposition) text() string {
	var b strings.Builder
	for _, m := range metricDocs {
		if len(e[m.name]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "# HELP %[1]s %[2]s\n# TYPE %[1]s %[3]s\n", m.name, strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(m.says), m.kind)
		for _, s := range e[m.name] {
			fmt.Fprintf(&b, "%s%s %s\n", m.name, s.labels, strconv.FormatFloat(s.value, 'g', -1, 64))
		}
	}
	return b.String()
}

// labels writes names and values, {a="1",b="2"}.
func labels(pairs ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, pairs[i]+`="`+strings.ToValidUTF8(escape.Replace(pairs[i+1]), "�")+`"`)
	}
	return "{" + strings.Join(list, ",") + "}"
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
