package casebook

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retour/rules"
)

var (
	figuresCases = flag.Int("cases", 5_000, "cases of the store of BenchmarkFigures, each with ten entries of history")
	figuresStore = flag.String("store", "", "file of that store, kept and used again; empty: made anew")
)

// storeEnd is when the years of a made store end.
var storeEnd = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

// lifeOf are the lives of made cases: what happens, how many hours after the
// case was opened, and where the case stands then. The first is of seven cases in
// ten, the others of two and of one.
var lifeOf = []string{`
	0 . new request | 1 new new answer | 4 new in_charge take_charge | 30 in_charge validated approve | 100 validated validated note
	150 validated received receive | 200 received in_process send_to_manufacturer | 470 in_process in_process back_from_manufacturer
	480 in_process in_process note | 520 in_process closed ship success`, `
	0 . info_needed request | 20 info_needed new answer | 24 new in_charge take_charge | 60 in_charge validated approve | 150 validated received receive
	200 received received test_outcome | 220 received quoted quote | 300 quoted in_process quote_accepted | 310 in_process in_process note | 400 in_process closed ship success`, `
	0 . new request | 1 new new answer | 2 new new note | 9 new in_charge take_charge | 10 in_charge in_charge note | 11 in_charge in_charge assign
	50 in_charge in_charge note | 70 in_charge closed refuse refused_technical | 71 closed closed note | 90 closed closed question`}

// makeStore fills a casebook with n cases over five years, as if they had been
// booked one by one. It is written by SQL alone, without indexes, in a minute or
// two for a million.
func makeStore(ctx context.Context, path string, n int) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-400000)&_pragma=temp_store(FILE)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	indexes, err := db.QueryContext(ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name NOT LIKE 'goose%'")
	if err != nil {
		return err
	}
	var again []string
	var drop []string
	for indexes.Next() {
		var name, text string
		if err := indexes.Scan(&name, &text); err != nil {
			return err
		}
		drop, again = append(drop, "DROP INDEX "+name), append(again, text)
	}
	if err := errors.Join(indexes.Err(), indexes.Close()); err != nil {
		return err
	}
	for _, stmt := range append(append(drop, storeSQL(n)...), again...) {
		if _, err := db.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%s: %w", stmt, err)
		}
	}
	return nil
}

// storeSQL are the statements. h is a number that looks drawn, from the case's.
func storeSQL(n int) []string {
	const years = 5 * 365 * 24 * 3_600_000
	end := storeEnd.UnixMilli()
	stmts := []string{
		"CREATE TEMP TABLE life (kind INTEGER, k INTEGER, after INTEGER, from_state TEXT, to_state TEXT, event TEXT, closing TEXT, PRIMARY KEY (kind, k))",
		fmt.Sprintf(`CREATE TEMP TABLE made AS WITH RECURSIVE seq (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < %d)
			SELECT i, (i * 2654435761) %% 4294967291 AS h, CASE (i * 2654435761) %% 4294967291 %% 10 WHEN 0 THEN 2 WHEN 1 THEN 1 WHEN 2 THEN 1 ELSE 0 END AS kind,
			%d - CAST(%d AS INTEGER) + CAST((i - 1) * %d.0 / %[1]d AS INTEGER) AS opened FROM seq`, n, end, years, years),
	}
	for kind, text := range lifeOf {
		for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == '\n' }) {
			f := append(strings.Fields(line), "", "", "", "", "")
			if f[0] == "" {
				continue
			}
			stmts = append(stmts, fmt.Sprintf("INSERT INTO life SELECT %d, (SELECT count(*) FROM life WHERE kind = %[1]d), %s, '%s', '%s', '%s', '%s'",
				kind, f[0], strings.TrimPrefix(f[1], "."), f[2], f[3], f[4]))
		}
	}
	at := "(m.opened + l.after * (3000000 + m.h % 1200000))" // hours of 50 to 70 minutes
	state := "(SELECT to_state FROM life l WHERE l.kind = m.kind AND " + at + fmt.Sprintf(" < %d ORDER BY k DESC LIMIT 1)", end)
	return append(stmts,
		"INSERT INTO cases SELECT i, printf('RMA-26-%07d', i), 10, "+state+", CASE WHEN "+state+` = 'closed' THEN 'success' ELSE '' END,
			CASE h % 8 WHEN 0 THEN 'order_error' WHEN 1 THEN '' ELSE 'defective' END, 'fr', 'u' || (h % 5000) || '@shop.example', 'Shop', 'known', '{}', '', 'It does not start any more since Monday.', '', 'null', 'null', '', '',
			'U' || (h % 9), 'Ann', '', '', '', opened, opened, opened, NULL, NULL, 0, h % 50 = 0, 'null', '', '', '', '', NULL, opened, NULL, '', 0, 0, '',
			'approve', 'Ann approved the return: unit 1 in warranty.', '1', 0, 'rma u@shop.example ann yealink t46u' FROM made m`,
		`INSERT INTO history (case_id, at, actor_kind, actor_id, actor_name, event, from_state, to_state, rule, why, text, told, ledger_id, version, policy,
			closing, late, undelivered, owner_id, owner_name, state_at, due, shadow, next_at)
			SELECT m.i, `+at+`, 'staff', 'U1', 'Ann', l.event, l.from_state, l.to_state, 'staff_' || l.event, 'Ann did something to the case, for a reason that stands here.',
			'Words of the customer, or of the staff.', '[]', NULL, l.k + 1, '1', l.closing, m.h % 50 = 0 AND l.k > 2, m.h % 300 = 1, 'U' || (m.h % 9), 'Ann', `+at+`,
			CASE WHEN l.to_state <> 'closed' THEN `+at+` + 172800000 END, 0, NULL
			FROM made m JOIN life l ON l.kind = m.kind WHERE `+at+fmt.Sprintf(" < %d ORDER BY 2", end),
		`CREATE TEMP TABLE following AS SELECT id, lead(at) OVER (PARTITION BY case_id ORDER BY id) AS next_at FROM history`,
		`UPDATE history SET next_at = following.next_at FROM following WHERE following.id = history.id AND following.next_at IS NOT NULL`,
		`INSERT INTO units (id, first_case, case_id, came_at, reason, manufacturer, model, serial, serial_key, verdict, received, outcome, resolution, at_vendor)
			SELECT NULL, i, i, opened, CASE h % 8 WHEN 0 THEN 'order_error' WHEN 1 THEN '' ELSE 'defective' END, 'maker' || (h % 40), 'model' || (h % 400), 'S' || (h % 3000000), 'S' || (h % 3000000), '', 1, '',
			CASE WHEN opened + 520 * 3600000 < `+fmt.Sprint(end)+` THEN 'repaired' ELSE '' END, NULL
			FROM made m JOIN (SELECT 1 AS unit UNION ALL SELECT 2) ON unit = 1 OR h % 2 = 0 ORDER BY opened, i`,
		`INSERT INTO items SELECT case_id, id % 2, id, 1, manufacturer, model, serial, '', '', '', '', '', '', '', NULL, '', '', 1, '', resolution, '', '', NULL, serial_key, '' FROM units`,
		eventSQL("ruled", "'in_warranty'", 30, end), eventSQL("received", "''", 150, end), eventSQL("tested", "CASE id % 5 WHEN 0 THEN 'no_fault_found' ELSE 'covered' END", 200, end), eventSQL("left", "'repaired'", 520, end),
		fmt.Sprintf(`INSERT INTO vendor_trips (unit, sent_at, back_at, dropped) SELECT id, came_at + 200 * 3600000, CASE WHEN came_at + 470 * 3600000 < %d THEN came_at + (400 + id %% 100) * 3600000 END, 0
			FROM units WHERE id %% 3 = 0 AND came_at + 200 * 3600000 < %[1]d ORDER BY 2`, end),
		`INSERT INTO clocks (case_id, clock, since, due, at) SELECT case_id, 'take_over', at - 3 * 3600000, at + 9 * 3600000, at FROM history WHERE event = 'take_charge'`,
		`INSERT INTO clocks (case_id, clock, since, due, at) SELECT case_id, 'ruling', at - 26 * 3600000, at + 9 * 3600000, at FROM history WHERE event IN ('approve', 'refuse')`,
		`INSERT INTO money_events (case_id, at, what, cents, currency) SELECT case_id, at, CASE event WHEN 'quote' THEN 'quote_sent' ELSE 'quote_accepted' END, 5000 + id % 9000, 'EUR' FROM history WHERE event IN ('quote', 'quote_accepted')`,
		`INSERT INTO ledger (mailbox, uidvalidity, uid, size, internal_date, seen_at, message_id, hash, content, sender, subject, kind, language, fate, why, fate_at, case_number, header_only, attempts, filed)
			SELECT 'rma@desk.example/INBOX', 1, id, 4000, at, at, '<' || id || '@shop.example>', printf('%064d', id), printf('%064d', id), 'u@shop.example', 'Return', 'request', 'fr',
			CASE WHEN event = 'request' THEN 'opened' ELSE 'updated' END, 'A new request.', at, printf('RMA-26-%07d', case_id), 0, 0, 'done' FROM history WHERE event IN ('request', 'answer', 'question')`,
		`INSERT INTO outbox (lane, kind, key, case_id, recipient, recipient_domain, message_id, automatic, status, attempts, next_at, created_at, sent_at, last_error, receipt, body)
			SELECT 'mail/' || case_id, 'mail', 'mail/' || id, case_id, 'u@shop.example', 'shop.example', id || '@desk.example', event = 'request', 'sent', 1, at, at, at, '', '250 ok', zeroblob(300) FROM history WHERE event IN ('request', 'approve', 'receive', 'ship')`,
	)
}

func eventSQL(what, value string, hours int, end int64) string {
	at := fmt.Sprintf("came_at + %d * 3600000", hours)
	return fmt.Sprintf("INSERT INTO unit_events (unit, at, what, value, covered) SELECT id, %s, '%s', %s, id %% 2 FROM units WHERE %[1]s < %[4]d ORDER BY 2", at, what, value, end)
}

// madeStore opens a store of -cases cases.
func madeStore(b *testing.B) *Book {
	path := *figuresStore
	if path == "" {
		path = filepath.Join(b.TempDir(), "made.db")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		start := time.Now()
		empty := must(Open(b.Context(), path))(b)
		must(0, empty.Close())(b)
		must(0, makeStore(b.Context(), path, *figuresCases))(b)
		b.Logf("the store was made in %s", time.Since(start).Round(time.Second))
	}
	return openBook(b, path)
}

// peak is the most memory that the process had, in MB, and begins to look for it
// again; 0 where the system does not tell.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kB float64
	if _, err := fmt.Sscan(after, &kB); err != nil || os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) != nil {
		return 0
	}
	return kB / 1024
}

// BenchmarkFigures counts the figures of a day, a week and a month that have just
// ended, in a store of -cases cases. At a million, a day is to take less than
// two seconds and a hundred megabytes, a week less than five seconds.
func BenchmarkFigures(b *testing.B) {
	book := madeStore(b)
	policy := must(rules.DefaultPolicy())(b)
	zone := policy.Location()
	y, m, d := storeEnd.In(zone).Date()
	to := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for _, kind := range []struct {
		name   string
		period rules.Period
	}{
		{"daily", rules.Period{From: to.AddDate(0, 0, -1), To: to}},
		{"weekly", rules.Period{From: to.AddDate(0, 0, -7), To: to}},
		{"monthly", rules.Period{From: time.Date(y, m-1, 1, 0, 0, 0, 0, zone), To: time.Date(y, m, 1, 0, 0, 0, 0, zone)}},
	} {
		b.Run(kind.name, func(b *testing.B) {
			peak()
			var f rules.Figures
			for b.Loop() {
				f = must(book.Figures(b.Context(), policy, kind.period, storeEnd))(b)
			}
			b.ReportMetric(peak(), "MB-peak")
			if f.Flow.In == 0 || len(f.OpenByDay) == 0 {
				b.Fatalf("nothing was counted: %+v", f.Flow)
			}
		})
	}
}
