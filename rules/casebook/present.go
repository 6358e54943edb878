package casebook

import (
	"context"
	"fmt"
	"strings"
	"time"

	"retour/rules"
)

// Totals count what has happened since the file was made; they never go back.
// Cases of shadow mode are not counted.
type Totals struct {
	Opened      int64
	Closed      map[rules.Closing]int64 // by how they ended
	Transitions map[Transition]int64
	Mails       map[Fate]int64 // a mail that was held and then dealt with is counted under both
}

// Transition is a change of state; From is empty where a case was opened.
type Transition struct{ From, To rules.State }

// Present returns what stands now, counted as [Book.Figures] counts it, and the
// running totals, all on one state of the casebook. Of the figures only those
// are set that are of a moment and not of a period.
func (s *queries) Present(ctx context.Context, p *rules.Policy, now time.Time) (f rules.Figures, t Totals, err error) {
	err = s.view(ctx, func(q querier) error {
		c := newCounting(ctx, q, s.engine.size(), p, rules.Period{From: now, To: now.Add(time.Hour)}, now)
		f = c.f
		for _, count := range []func(*rules.Figures) error{c.cases, c.standingNow, c.mails, c.health} {
			if err := count(&f); err != nil {
				return err
			}
		}
		c.finish(&f)
		t, err = c.totals()
		return err
	})
	if err != nil {
		return rules.Figures{}, Totals{}, fmt.Errorf("count what stands: %w", err)
	}
	return f, t, nil
}

// standingNow counts open cases by state and units by manufacturer.
func (c *counting) standingNow(f *rules.Figures) error {
	f.Flow.Open = map[rules.State]int{}
	for _, o := range c.open {
		f.Flow.Open[o.state]++
	}
	if err := c.openUnits(); err != nil {
		return err
	}
	return c.atVendor()
}

func (c *counting) totals() (Totals, error) {
	t := Totals{Closed: map[rules.Closing]int64{}, Transitions: map[Transition]int64{}, Mails: map[Fate]int64{}}
	rows, err := list(c.ctx, c.q, "SELECT name, label, n FROM counters", nil, scanWith(func(r *counterRow) []column {
		return []column{{"name", &r.name}, {"label", &r.label}, {"n", &r.n}}
	}))
	for _, r := range rows {
		switch r.name {
		case counterOpened:
			t.Opened = r.n
		case counterClosed:
			t.Closed[rules.Closing(r.label)] = r.n
		case counterTransitions:
			from, to, _ := strings.Cut(r.label, " ")
			t.Transitions[Transition{rules.State(from), rules.State(to)}] = r.n
		case counterMails:
			t.Mails[Fate(r.label)] = r.n
		}
	}
	return t, err
}

type counterRow struct {
	name, label string
	n           int64
}
