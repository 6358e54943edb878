package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"retour/rules"
)

// Figures counts what managers ask about a period, all on one state of the
// casebook. What stands is as of the end of the period, or of now when that is
// still to come; the policy says where days begin and what working time is.
func (s *queries) Figures(ctx context.Context, p *rules.Policy, period rules.Period, now time.Time) (f rules.Figures, err error) {
	if !period.From.Before(period.To) {
		return f, fmt.Errorf("figures from %s to %s: the period is empty", period.From.Format(time.RFC3339), period.To.Format(time.RFC3339))
	}
	err = s.view(ctx, func(q querier) error {
		c := newCounting(ctx, q, s.engine.size(), p, period, now)
		f = c.f
		for _, part := range []struct {
			name  string
			count func(*rules.Figures) error
		}{
			{"cases", c.cases}, {"flow", c.flow}, {"promises", c.clocks}, {"units", c.units}, {"models", c.models},
			{"turn-round", c.turns}, {"returns", c.returns}, {"money", c.money}, {"mails", c.mails}, {"desk", c.health}, {"series", c.series},
		} {
			if err := part.count(&f); err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
		}
		c.finish(&f)
		return nil
	})
	if err != nil {
		return rules.Figures{}, fmt.Errorf("figures from %s to %s: %w", period.From.Format(time.RFC3339), period.To.Format(time.RFC3339), err)
	}
	return f, nil
}

// counting is one count of the figures.
type counting struct {
	ctx    context.Context
	q      querier
	size   string // query for the room on disk
	policy *rules.Policy
	zone   *time.Location
	f      rules.Figures // as it begins
	now    time.Time
	end    int64 // what happened before it counts as what stands, unix milliseconds
	makers map[string]*rules.MakerFigures
	model  map[modelKey]*rules.ModelFigures
	open   []openRow  // what stood at end
	lemons []lemonRow // in the making
}

type modelKey struct{ maker, model string }

func newCounting(ctx context.Context, q querier, size string, p *rules.Policy, period rules.Period, now time.Time) *counting {
	zone := p.Location()
	c := &counting{ctx: ctx, q: q, size: size, policy: p, zone: zone, now: now,
		makers: map[string]*rules.MakerFigures{}, model: map[modelKey]*rules.ModelFigures{}}
	c.f = rules.Figures{Period: period, Past: period.Before(zone), At: period.To, Zone: zone.String()}
	c.end = period.To.UnixMilli()
	if now.Before(period.To) {
		c.f.At, c.end = now, now.UnixMilli()+1
	}
	return c
}

// between are the parameters of "ms >= $1 AND ms < $2".
func between(p rules.Period) []any { return []any{p.From.UnixMilli(), p.To.UnixMilli()} }

// rows reads the rows of a query one by one.
func (c *counting) rows(query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := c.q.QueryContext(c.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// number reads the one number of a query; NULL is 0.
func (c *counting) number(query string, args ...any) (n int64, err error) {
	var got sql.NullInt64
	err = c.q.QueryRowContext(c.ctx, query, args...).Scan(&got)
	return got.Int64, err
}

// moment reads the one time of a query; no row and NULL are the zero time.
func (c *counting) moment(query string, args ...any) (at time.Time, err error) {
	err = c.rows(query, args, func(r *sql.Rows) error { return r.Scan(stamp{&at}) })
	return at, err
}

// inPortions calls fn with as many of the ids as a statement may have parameters.
func inPortions(ids []int64, fn func(marks string, args []any) error) error {
	for len(ids) > 0 {
		n := min(len(ids), 500)
		args := make([]any, n)
		for i, id := range ids[:n] {
			args[i] = id
		}
		if err := fn(strings.TrimSuffix(strings.Repeat("?, ", n), ", "), args); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (c *counting) maker(id string) *rules.MakerFigures {
	m, ok := c.makers[id]
	if !ok {
		m = &rules.MakerFigures{Manufacturer: id}
		c.makers[id] = m
	}
	return m
}

func (c *counting) modelOf(maker, model string) *rules.ModelFigures {
	key := modelKey{maker, model}
	m, ok := c.model[key]
	if !ok {
		m = &rules.ModelFigures{Manufacturer: maker, Model: model}
		c.model[key] = m
	}
	return m
}
