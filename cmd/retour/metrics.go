package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/rules"
	"retour/rules/casebook"
)

// MetricsConfig is where a monitor reads the desk.
type MetricsConfig struct {
	Listen string `yaml:"listen"` // address to serve /metrics and /healthz on; a port alone is of this machine; empty: nowhere
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
	book   *casebook.Book
	policy func() *rules.Policy
	now    func() time.Time
	up     func() bool // the mailbox can be read
	deaf   func() bool // it could not for so long that people were told
	log    *slog.Logger
}

// handler serves /metrics in Prometheus' text format, version 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/), and /healthz:
// 200 while the desk can do its work, else 503 and why.
func (m monitor) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		text, err := m.metrics(r.Context())
		if err != nil {
			m.log.Error("metrics", "error", err)
			http.Error(w, "the casebook cannot be read", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprint(w, text)
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
	return mux
}

// metrics are the figures that stand and the running totals. Labels are states,
// fates, closings and manufacturers: never serial numbers, customers or cases.
func (m monitor) metrics(ctx context.Context) (string, error) {
	f, totals, err := m.book.Present(ctx, m.policy(), m.now())
	if err != nil {
		return "", err
	}
	e := &exposition{}
	e.gauge("retour_build_info", "The version of the program; always 1.", metric{labels("version", version()), 1})
	e.gauge("retour_mailbox_up", "1 while the mailbox can be read.", metric{"", truth(m.up())})
	caseMetrics(e, f)
	deskMetrics(e, f)
	totalMetrics(e, totals)
	return e.text.String(), nil
}

func caseMetrics(e *exposition, f rules.Figures) {
	var states, units, away []metric
	for _, s := range rules.States() {
		if s != rules.Closed {
			states = append(states, metric{labels("state", string(s)), float64(f.Flow.Open[s])})
		}
	}
	for _, maker := range f.Makers {
		units = append(units, metric{labels("manufacturer", maker.Manufacturer), float64(maker.Open)})
		away = append(away, metric{labels("manufacturer", maker.Manufacturer), float64(maker.AtVendor)})
	}
	e.gauge("retour_cases_open", "Open cases.", states...)
	e.gauge("retour_cases_late", "Open cases of which staff let a deadline pass.", metric{"", float64(len(f.Late))})
	e.gauge("retour_cases_undelivered", "Open cases whose last mail did not reach the customer.", metric{"", float64(len(f.Undelivered))})
	e.gauge("retour_cases_storage_ending", "Open cases whose storage ends within three working days, or has ended.", metric{"", float64(len(f.Storage))})
	e.gauge("retour_units_open", "Units in open cases that have not left the desk.", units...)
	e.gauge("retour_units_at_manufacturer", "Units that are with their manufacturer.", away...)
}

func deskMetrics(e *exposition, f rules.Figures) {
	e.gauge("retour_mails_held", "Mails that wait for a person.", metric{"", float64(f.Mails.Held)})
	e.gauge("retour_mails_unaccounted", "Mails that were seen more than ten minutes ago and of which nothing has become.", metric{"", float64(f.Mails.Unaccounted)})
	e.gauge("retour_outbox_waiting", "What is not sent yet.", metric{labels("to", "customer"), float64(f.Mails.Waiting)}, metric{labels("to", "staff"), float64(f.Health.StaffWaiting)})
	e.gauge("retour_outbox_failed", "What was given up and has not been sent again since.", metric{labels("to", "customer"), float64(f.Health.Failed)}, metric{labels("to", "staff"), float64(f.Health.StaffFailed)})
	e.moment("retour_outbox_oldest_timestamp_seconds", "When the oldest mail to a customer that waits was written.", f.Health.OldestWaiting)
	e.moment("retour_mail_seen_timestamp_seconds", "When the mailbox gave the last mail.", f.Mails.LastRead)
	e.moment("retour_mail_sent_timestamp_seconds", "When a mail last left.", f.Health.LastSent)
	e.moment("retour_register_imported_timestamp_seconds", "When sold units were last imported.", f.Health.Register)
	e.moment("retour_directory_imported_timestamp_seconds", "When customers were last imported.", f.Health.Directory)
	e.gauge("retour_casebook_size_bytes", "Size of the casebook's file.", metric{"", float64(f.Health.Size)})
}

func totalMetrics(e *exposition, t casebook.Totals) {
	var closed, moves, mails []metric
	for _, k := range slices.Sorted(maps.Keys(t.Closed)) {
		closed = append(closed, metric{labels("closing", string(k)), float64(t.Closed[k])})
	}
	for k, n := range t.Transitions {
		moves = append(moves, metric{labels("from", string(k.From), "to", string(k.To)), float64(n)})
	}
	slices.SortFunc(moves, func(a, b metric) int { return strings.Compare(a.labels, b.labels) })
	for _, k := range slices.Sorted(maps.Keys(t.Mails)) {
		mails = append(mails, metric{labels("fate", string(k)), float64(t.Mails[k])})
	}
	e.counter("retour_cases_opened_total", "Cases opened.", metric{"", float64(t.Opened)})
	e.counter("retour_cases_closed_total", "Cases closed, by how they ended.", closed...)
	e.counter("retour_case_transitions_total", "Changes of a case's state; from is empty where it was opened.", moves...)
	e.counter("retour_mails_total", "Mails by what became of them; one that was held and then dealt with is counted under both.", mails...)
}

// metric is one value under its labels.
type metric struct {
	labels string
	value  float64
}

// exposition is text of Prometheus' format in the making.
type exposition struct{ text strings.Builder }

func (e *exposition) gauge(name, help string, samples ...metric) {
	e.family(name, "gauge", help, samples)
}
func (e *exposition) counter(name, help string, samples ...metric) {
	e.family(name, "counter", help, samples)
}

// moment is a gauge of unix seconds; of what never was there is none.
func (e *exposition) moment(name, help string, at time.Time) {
	if !at.IsZero() {
		e.gauge(name, help, metric{"", float64(at.UnixMilli()) / 1000})
	}
}

func (e *exposition) family(name, kind, help string, samples []metric) {
	if len(samples) == 0 {
		return
	}
	fmt.Fprintf(&e.text, "# HELP %[1]s %[2]s\n# TYPE %[1]s %[3]s\n", name, strings.NewReplacer(`\`, `\\`, "\n", `\n`).Replace(help), kind)
	for _, s := range samples {
		fmt.Fprintf(&e.text, "%s%s %s\n", name, s.labels, strconv.FormatFloat(s.value, 'g', -1, 64))
	}
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
