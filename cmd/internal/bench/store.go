package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Grow fills an empty casebook with cases of past years: each with ten entries of
// history and ten lines of the register, a customer, a unit, a mail that came and
// one that went. It is written by SQL alone, without indexes and without a log;
// no desk may work with the file.
func Grow(ctx context.Context, path string, cases int) error {
	name := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	db, err := sql.Open("sqlite", "file:"+name+"?_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=cache_size(-300000)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	g := grower{ctx: ctx, db: db}
	again := g.dropIndexes()
	for _, f := range fillings(cases) {
		g.run(g.insert(f))
	}
	g.run(fmt.Sprintf("INSERT INTO case_search (rowid, text) SELECT id, 'rma ' || number || ' u' || id %% 5000 || '@shop.example shop yealink t46u' FROM cases WHERE id > %d", cases/10*9))
	g.run(again...)
	g.run("PRAGMA journal_mode(WAL)")
	return g.err
}

// grower runs statements until one fails.
type grower struct {
	ctx context.Context
	db  *sql.DB
	err error
}

func (g *grower) run(statements ...string) {
	for _, s := range statements {
		if g.err != nil {
			return
		}
		if _, err := g.db.ExecContext(g.ctx, s); err != nil {
			g.err = fmt.Errorf("%.80s: %w", s, err)
		}
	}
}

// dropIndexes gives the statements that make them again.
func (g *grower) dropIndexes() (again []string) {
	rows, err := g.db.QueryContext(g.ctx, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
	if err != nil {
		g.err = err
		return nil
	}
	var drop []string
	for rows.Next() {
		var name, text string
		g.err = errors.Join(g.err, rows.Scan(&name, &text))
		drop, again = append(drop, "DROP INDEX "+name), append(again, text)
	}
	g.err = errors.Join(g.err, rows.Err(), rows.Close())
	g.run(drop...)
	return again
}

// filling is a table, how many rows it gets, numbered i from 1, and what of its
// columns is not empty.
type filling struct {
	table string
	rows  int
	set   map[string]string
}

// insert writes the statement: a column that nothing is said of is empty.
func (g *grower) insert(f filling) string {
	rows, err := g.db.QueryContext(g.ctx, "SELECT name, type, \"notnull\" FROM pragma_table_info($1)", f.table)
	if err != nil {
		g.err = errors.Join(g.err, err)
		return ""
	}
	defer rows.Close()
	var columns, values []string
	for rows.Next() {
		var name, kind string
		var needed bool
		g.err = errors.Join(g.err, rows.Scan(&name, &kind, &needed))
		value, ok := f.set[name]
		if !ok && !needed {
			continue
		}
		if !ok {
			value = map[string]string{"TEXT": "''", "INTEGER": "0", "BLOB": "x''"}[kind]
		}
		columns, values = append(columns, name), append(values, value)
	}
	g.err = errors.Join(g.err, rows.Err())
	return fmt.Sprintf("INSERT INTO %s (%s) WITH RECURSIVE seq (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < %d) SELECT %s FROM seq",
		f.table, strings.Join(columns, ", "), f.rows, strings.Join(values, ", "))
}

// fillings are the tables in an order that their references allow. The cases are
// spread over the five years before 2026; serial numbers look drawn, so that
// indexes are hit all over.
func fillings(cases int) []filling {
	const first, span = 1_609_459_200_000, 157_680_000_000 // 2021-01-01, five years, in milliseconds
	at := func(i string, n int) string { return fmt.Sprintf("(%d + %s * (%d / %d))", first, i, int64(span), n) }
	number := "printf('RMA-21-%07d', i)"
	const unit = "printf('20%013X', (i * 2654435761) % 4503599627370449)"
	return []filling{
		{"cases", cases, map[string]string{"id": "i", "number": number, "version": "10", "state": "CASE WHEN i % 50 = 0 THEN 'validated' ELSE 'closed' END",
			"closing": "CASE WHEN i % 50 = 0 THEN '' ELSE 'success' END", "reason": "'defective'", "language": "'fr'", "customer_address": "'u' || (i % 5000) || '@shop.example'",
			"customer_name": "'Shop'", "refs": "'{}'", "missing": "'null'", "confirmed": "'null'", "notes": "'null'", "fault": "'It does not start any more since Monday.'",
			"opened_at": at("i", cases), "state_at": at("i", cases), "why": "'Ann approved the return: unit 1 in warranty.'", "search": "''"}},
		{"parties", cases, map[string]string{"case_id": "i", "address": "'u' || (i % 5000) || '@shop.example'", "name": "'Shop'", "trust": "'proven'", "domain": "'shop.example'"}},
		{"units", cases, map[string]string{"id": "i", "first_case": "i", "case_id": "i", "came_at": at("i", cases), "reason": "'defective'", "manufacturer": "'yealink'", "model": "'T46U'",
			"serial": unit, "serial_key": unit, "received": "1", "resolution": "'repaired'"}},
		{"items", cases, map[string]string{"case_id": "i", "unit": "i", "position": "1", "manufacturer": "'yealink'", "model": "'T46U'", "serial": unit, "serial_key": unit,
			"received": "1", "resolution": "'repaired'"}},
		{"history", 10 * cases, map[string]string{"id": "i", "case_id": "1 + (i - 1) / 10", "at": at("i", 10*cases), "actor_kind": "'staff'", "actor_id": "'U1'", "actor_name": "'Ann'",
			"event": "CASE i % 10 WHEN 1 THEN 'request' WHEN 0 THEN 'ship' ELSE 'note' END", "from_state": "CASE i % 10 WHEN 1 THEN '' WHEN 0 THEN 'in_process' ELSE 'validated' END",
			"to_state": "CASE i % 10 WHEN 0 THEN 'closed' ELSE 'validated' END", "rule": "'staff'", "why": "'Ann did something to the case, for a reason that stands here.'",
			"text": "'Words of the customer, or of the staff.'", "told": "'[]'", "version": "1 + i % 10", "policy": "'1'", "state_at": at("i", 10*cases),
			"next_at": "CASE i % 10 WHEN 0 THEN NULL ELSE " + at("(i + 1)", 10*cases) + " END"}},
		{"ledger", cases, map[string]string{"id": "i", "mailbox": "'rma@old.example/INBOX'", "uidvalidity": "1", "uid": "i", "size": "4000", "internal_date": at("i", cases), "seen_at": at("i", cases),
			"message_id": "i || '@shop.example'", "hash": "printf('%064d', i)", "content": "printf('%064d', i)", "sender": "'u' || (i % 5000) || '@shop.example'", "subject": "'Return'",
			"kind": "'request'", "language": "'fr'", "fate": "'opened'", "fate_at": at("i", cases), "case_number": number, "filed": "'done'"}},
		{"raw_mails", cases, map[string]string{"hash": "printf('%064d', i)", "size": "4000", "body": "zeroblob(500)"}},
		{"messages", cases, map[string]string{"message_id": "i || '@shop.example'", "case_id": "i", "direction": "'in'"}},
		{"outbox", cases, map[string]string{"lane": "'mail/' || i", "kind": "'mail'", "key": "'mail/' || i", "case_id": "i", "ledger_id": "i", "recipient": "'u' || (i % 5000) || '@shop.example'",
			"recipient_domain": "'shop.example'", "message_id": "i || '@desk.example'", "automatic": "1", "status": "'sent'", "attempts": "1", "next_at": at("i", cases), "created_at": at("i", cases),
			"sent_at": at("i", cases), "receipt": "'250 ok'"}},
		{"outbox_bodies", cases, map[string]string{"id": "i", "body": "zeroblob(300)"}},
		{"register", 10 * cases, map[string]string{"serial": unit, "serial_key": unit, "manufacturer": "'yealink'", "model": "'T46U'",
			"customer": "i % 5000", "customer_name": "'Shop of telephones'", "invoice": "'INV' || (i / 10)", "delivered": at("i", 10*cases), "status": "'sold'"}},
	}
}
