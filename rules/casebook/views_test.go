package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"retour/rules"
)

// Every view can be read, is told of in the README, has a comment for whoever
// reads the schema, and shows nothing of a customer but his domain.
func TestViews(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	openCase(t, b, rules.Case{Customer: rules.Party{Address: "secret.ann@shop.example", Name: "Secret Ann"}, Fault: "secret fault",
		Parties: []rules.Party{{Address: "secret.bob@shop.example"}}, Items: []rules.Item{{Position: 1, Serial: "S1"}}})
	readme := string(must(os.ReadFile("../../README.md"))(t))
	schema := string(must(os.ReadFile("migrations/00001_casebook.sql"))(t))
	names := must(list(ctx, newFile(t).reader, "SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name", nil, scanOne[string]))(t)
	if len(names) != 11 {
		t.Errorf("%d views: %v", len(names), names)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "v_") || !strings.Contains(readme, "`"+name+"`") {
			t.Errorf("the README does not tell of %s", name)
		}
		if before, _, _ := strings.Cut(schema, "CREATE VIEW "+name+" AS"); !strings.HasSuffix(strings.TrimSpace(before[strings.LastIndex(before, "\n--"):]), ".") {
			t.Errorf("no comment says what a row of %s is", name)
		}
		if err := b.view(ctx, func(q querier) error { return tellsNoSecret(ctx, q, name) }); err != nil {
			t.Error(err)
		}
	}
}

func tellsNoSecret(ctx context.Context, q querier, view string) error {
	rows, err := q.QueryContext(ctx, "SELECT * FROM "+view)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	for err == nil && rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		err = rows.Scan(values...)
		for i, v := range values {
			if s, ok := (*v.(*any)).(string); ok && strings.Contains(strings.ToLower(s), "secret") {
				return fmt.Errorf("%s.%s tells %q", view, columns[i], s)
			}
		}
	}
	return errors.Join(err, rows.Err())
}

// recorder keeps the queries that are asked through it.
type recorder struct {
	querier
	asked map[string][]any
}

func (r *recorder) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	r.asked[query] = args
	return r.querier.QueryContext(ctx, query, args...)
}

func (r *recorder) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	r.asked[query] = args
	return r.querier.QueryRowContext(ctx, query, args...)
}

// The figures of a day touch rows of that day and what is open: no query of
// theirs, or of /metrics, reads a whole table of a store that grows for years.
func TestFiguresScanNoTable(t *testing.T) {
	b, ctx := madeStore(t, "", 300), t.Context()
	rec := &recorder{b.reader, map[string][]any{}}
	through := queries{engine: b.engine, view: func(_ context.Context, fn func(querier) error) error { return fn(rec) }}
	policy := must(rules.DefaultPolicy())(t)
	f := must(through.Figures(ctx, policy, rules.Period{From: storeEnd.AddDate(0, -1, 0), To: storeEnd}, storeEnd))(t)
	if _, _, err := through.Present(ctx, policy, storeEnd); err != nil || f.Flow.In == 0 {
		t.Fatalf("in %d, %v", f.Flow.In, err)
	}
	small := []string{"imports", "counters", "pragma", "CONSTANT ROW", "INDEX outbox_pending", "INDEX outbox_aside", "INDEX outbox_failed", "INDEX outbox_sent", "INDEX ledger_seen"}
	for query, args := range rec.asked {
		rows := must(b.reader.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...))(t)
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(detail, "SCAN") && !slices.ContainsFunc(small, func(s string) bool { return strings.Contains(detail, s) }) {
				t.Errorf("%s\n%s", query, detail)
			}
			if strings.Contains(detail, "(what=? AND at<?)") { // all that ever happened
				t.Errorf("%s\n%s", query, detail)
			}
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
	}
	if len(rec.asked) < 30 {
		t.Errorf("only %d queries were asked", len(rec.asked))
	}
}
