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
	run := func(stmts ...string) error {
		for _, stmt := range stmts {
			if _, err := db.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("%s: %w", stmt, err)
			}
		}
		return nil
	}
	if err := run(append(drop, storeLives(n)...)...); err != nil {
		return err
	}
	for _, f := range storeFills() {
		stmt, err := f.sql(ctx, db)
		if err != nil {
			return err
		}
		if err := run(stmt); err != nil {
			return err
		}
		if f.table == "history" {
			err = run("CREATE TEMP TABLE following AS SELECT id, lead(at) OVER (PARTITION BY case_id ORDER BY id) AS next_at FROM history",
				"UPDATE history SET next_at = following.next_at FROM following WHERE following.id = history.id AND following.next_at IS NOT NULL")
		}
		if err != nil {
			return err
		}
	}
	return run(again...)
}

// storeLives are the cases to be made: made.h is a number that looks drawn.
func storeLives(n int) []string {
	const years = 5 * 365 * 24 * 3_600_000
	stmts := []string{
		"CREATE TEMP TABLE life (kind INTEGER, k INTEGER, after INTEGER, from_state TEXT, to_state TEXT, event TEXT, closing TEXT, PRIMARY KEY (kind, k))",
		fmt.Sprintf(`CREATE TEMP TABLE made AS WITH RECURSIVE seq (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < %d)
			SELECT i, (i * 2654435761) %% 4294967291 AS h, CASE (i * 2654435761) %% 4294967291 %% 10 WHEN 0 THEN 2 WHEN 1 THEN 1 WHEN 2 THEN 1 ELSE 0 END AS kind,
			%d - %d + CAST((i - 1) * %[3]d.0 / %[1]d AS INTEGER) AS opened FROM seq`, n, storeEnd.UnixMilli(), years),
	}
	for kind, text := range lifeOf {
		for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '|' || r == '\n' }) {
			f := append(strings.Fields(line), "", "", "", "", "")
			if f[0] != "" {
				stmts = append(stmts, fmt.Sprintf("INSERT INTO life SELECT %d, (SELECT count(*) FROM life WHERE kind = %[1]d), %s, '%s', '%s', '%s', '%s'",
					kind, f[0], strings.TrimPrefix(f[1], "."), f[2], f[3], f[4]))
			}
		}
	}
	return stmts
}

// filling is one table to be filled: what some of its columns are set to, and from
// where. All others are empty.
type filling struct {
	table string
	set   map[string]string
	from  string
}

func (f filling) sql(ctx context.Context, db *sql.DB) (string, error) {
	rows, err := db.QueryContext(ctx, "SELECT name, type, \"notnull\" FROM pragma_table_info($1)", f.table)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var columns, values []string
	for rows.Next() {
		var name, kind string
		var needed bool
		if err := rows.Scan(&name, &kind, &needed); err != nil {
			return "", err
		}
		value, ok := f.set[name]
		if !ok && !needed {
			continue
		}
		if !ok {
			value = map[string]string{"TEXT": "''", "INTEGER": "0", "BLOB": "x''"}[kind]
		}
		columns, values = append(columns, name), append(values, value)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", f.table, strings.Join(columns, ", "), strings.Join(values, ", "), f.from), rows.Err()
}

// storeFills are the tables in the order in which they are filled.
func storeFills() []filling {
	end := storeEnd.UnixMilli()
	const at, reason, null = "(m.opened + l.after * (3000000 + m.h % 1200000))", "CASE m.h % 8 WHEN 0 THEN 'order_error' WHEN 1 THEN '' ELSE 'defective' END", "'null'" // hours of 50 to 70 minutes
	state := fmt.Sprintf("(SELECT to_state FROM life l WHERE l.kind = m.kind AND %s < %d ORDER BY k DESC LIMIT 1)", at, end)
	later := func(hours int) string { return fmt.Sprintf("u.came_at + %d * 3600000", hours) }
	event := func(what, value string, hours int) filling {
		return filling{"unit_events", map[string]string{"unit": "u.id", "at": later(hours), "what": "'" + what + "'", "value": value, "covered": "u.id % 2"},
			fmt.Sprintf("units u WHERE %s < %d ORDER BY u.came_at", later(hours), end)}
	}
	clock := func(name string, hours int, events string) filling {
		return filling{"clocks", map[string]string{"case_id": "case_id", "clock": "'" + name + "'", "since": fmt.Sprintf("at - %d * 3600000", hours), "due": "at + 9 * 3600000", "at": "at"},
			"history WHERE event IN (" + events + ") ORDER BY at"}
	}
	return []filling{
		{"cases", map[string]string{"id": "i", "number": "printf('RMA-26-%07d', i)", "version": "10", "state": state, "closing": "CASE WHEN " + state + " = 'closed' THEN 'success' ELSE '' END",
			"reason": reason, "language": "'fr'", "customer_address": "'u' || (h % 5000) || '@shop.example'", "customer_name": "'Shop'", "refs": "'{}'", "missing": null, "confirmed": null, "notes": null,
			"fault": "'It does not start any more since Monday.'", "owner_id": "'U' || (h % 9)", "opened_at": "opened", "state_at": "opened", "late": "h % 50 = 0",
			"why": "'Ann approved the return: unit 1 in warranty.'", "search": "'rma u@shop.example ann yealink t46u'"}, "made m"},
		{"history", map[string]string{"case_id": "m.i", "at": at, "actor_kind": "'staff'", "actor_id": "'U1'", "actor_name": "'Ann'", "event": "l.event", "from_state": "l.from_state", "to_state": "l.to_state",
			"rule": "'staff_' || l.event", "why": "'Ann did something to the case, for a reason that stands here.'", "text": "'Words of the customer, or of the staff.'", "told": "'[]'", "version": "l.k + 1", "policy": "'1'",
			"closing": "l.closing", "late": "m.h % 50 = 0 AND l.k > 2", "undelivered": "m.h % 300 = 1", "owner_id": "'U' || (m.h % 9)", "owner_name": "'Ann'", "state_at": at,
			"due": "CASE WHEN l.to_state <> 'closed' THEN " + at + " + 172800000 END"}, fmt.Sprintf("made m JOIN life l ON l.kind = m.kind WHERE %s < %d ORDER BY %[1]s", at, end)},
		{"units", map[string]string{"first_case": "m.i", "case_id": "m.i", "came_at": "m.opened", "reason": reason, "manufacturer": "'maker' || (m.h % 40)", "model": "'model' || (m.h % 400)",
			"serial": "'S' || (m.h % 3000000)", "serial_key": "'S' || (m.h % 3000000)", "received": "1", "resolution": fmt.Sprintf("CASE WHEN m.opened + 520 * 3600000 < %d THEN 'repaired' ELSE '' END", end)},
			"made m JOIN (SELECT 1 AS unit UNION ALL SELECT 2) ON unit = 1 OR m.h % 2 = 0 ORDER BY m.opened, m.i"},
		{"items", map[string]string{"case_id": "u.case_id", "ordinal": "u.id % 2", "unit": "u.id", "position": "1 + u.id % 2", "manufacturer": "u.manufacturer", "model": "u.model", "serial": "u.serial",
			"serial_key": "u.serial_key", "received": "1", "resolution": "u.resolution"}, "units u"},
		event("ruled", "'in_warranty'", 30), event("received", "''", 150), event("tested", "CASE u.id % 5 WHEN 0 THEN 'no_fault_found' ELSE 'covered' END", 200), event("left", "'repaired'", 520),
		{"vendor_trips", map[string]string{"unit": "u.id", "manufacturer": "u.manufacturer", "sent_at": later(200), "back_at": fmt.Sprintf("CASE WHEN %s < %d THEN u.came_at + (400 + u.id %% 100) * 3600000 END", later(500), end)},
			fmt.Sprintf("units u WHERE u.id %% 3 = 0 AND %s < %d ORDER BY u.came_at", later(200), end)},
		clock("take_over", 3, "'take_charge'"), clock("ruling", 26, "'approve', 'refuse'"),
		{"money_events", map[string]string{"case_id": "case_id", "at": "at", "what": "CASE event WHEN 'quote' THEN 'quote_sent' ELSE 'quote_accepted' END", "cents": "5000 + id % 9000", "currency": "'EUR'"},
			"history WHERE event IN ('quote', 'quote_accepted')"},
		{"ledger", map[string]string{"mailbox": "'rma@desk.example/INBOX'", "uidvalidity": "1", "uid": "id", "size": "4000", "internal_date": "at", "seen_at": "at", "message_id": "'<' || id || '@shop.example>'",
			"hash": "printf('%064d', id)", "content": "printf('%064d', id)", "sender": "'u@shop.example'", "subject": "'Return'", "kind": "'request'", "language": "'fr'",
			"fate": "CASE WHEN event = 'request' THEN 'opened' ELSE 'updated' END", "fate_at": "at", "case_number": "printf('RMA-26-%07d', case_id)", "filed": "'done'"},
			"history WHERE event IN ('request', 'answer', 'question')"},
		{"outbox", map[string]string{"lane": "'mail/' || case_id", "kind": "'mail'", "key": "'mail/' || id", "case_id": "case_id", "recipient": "'u@shop.example'", "recipient_domain": "'shop.example'",
			"message_id": "id || '@desk.example'", "automatic": "event = 'request'", "status": "'sent'", "attempts": "1", "next_at": "at", "created_at": "at", "sent_at": "at", "receipt": "'250 ok'", "body": "zeroblob(300)"},
			"history WHERE event IN ('request', 'approve', 'receive', 'ship')"},
	}
}

// madeStore opens the store in the file path, or a new one, of n cases.
func madeStore(b testing.TB, path string, n int) *Book {
	if path == "" {
		path = filepath.Join(b.TempDir(), "made.db")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		start := time.Now()
		empty := must(Open(b.Context(), path))(b)
		must(0, empty.Close())(b)
		must(0, makeStore(b.Context(), path, n))(b)
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
	book := madeStore(b, *figuresStore, *figuresCases)
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
		{"a week half a year ago", rules.Period{From: to.AddDate(0, -6, -7), To: to.AddDate(0, -6, 0)}},
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

// BenchmarkPresent is one look of a monitoring system at the same store.
func BenchmarkPresent(b *testing.B) {
	book := madeStore(b, *figuresStore, *figuresCases)
	policy := must(rules.DefaultPolicy())(b)
	for b.Loop() {
		f, _, err := book.Present(b.Context(), policy, storeEnd)
		if err != nil || f.Flow.Open[rules.Validated] == 0 {
			b.Fatal(f.Flow.Open, err)
		}
	}
}
