package casebook

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// openRow is a case as it stood at one moment.
type openRow struct {
	entry, caseID int64 // entry: of the history, that says how it stood
	state         rules.State
	late, lost    bool
}

// standing are the cases that were open just before a moment, in unix
// milliseconds. What still stands so and what has changed since are two indexes.
func (c *counting) standing(end int64) (open []openRow, err error) {
	const columns = "SELECT history_id, case_id, state, late, undelivered FROM v_open WHERE from_ms < $1 AND "
	for _, which := range []string{"to_ms IS NULL", "to_ms IS NOT NULL AND to_ms >= $1"} {
		err := c.rows(columns+which, []any{end}, func(r *sql.Rows) error {
			var o openRow
			err := r.Scan(&o.entry, &o.caseID, &o.state, &o.late, &o.lost)
			open = append(open, o)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return open, nil
}

// standingStates counts them by state.
func (c *counting) standingStates(end int64) (map[rules.State]int, error) {
	const query = "SELECT state, count(*) FROM v_open WHERE from_ms < $1 AND "
	open, err := tally[rules.State](c.ctx, c.q, query+"to_ms IS NULL GROUP BY state", end)
	if err != nil {
		return nil, err
	}
	since, err := tally[rules.State](c.ctx, c.q, query+"to_ms IS NOT NULL AND to_ms >= $1 GROUP BY state", end)
	for state, n := range since {
		open[state] += n
	}
	return open, err
}

// cases lists what somebody should look at.
func (c *counting) cases(f *rules.Figures) (err error) {
	if c.open, err = c.standing(c.end); err != nil {
		return err
	}
	var entries []int64
	for _, o := range c.open {
		if o.late || o.lost || o.state == rules.Quoted || o.state == rules.Uncollected {
			entries = append(entries, o.entry)
		}
	}
	rows, err := c.openCases(entries)
	if err != nil {
		return err
	}
	soon := c.policy.After(f.At, rules.Span{N: 3, Unit: rules.WorkingDays})
	for _, o := range c.open {
		row, ok := rows[o.entry]
		if !ok {
			continue
		}
		if o.late {
			f.Late = append(f.Late, row)
		}
		if o.lost {
			f.Undelivered = append(f.Undelivered, row)
		}
		if stored := o.state == rules.Quoted || o.state == rules.Uncollected; stored && !row.Due.IsZero() && !row.Due.After(soon) {
			f.Storage = append(f.Storage, row)
		}
	}
	byTime(f.Late, func(o rules.OpenCase) time.Time { return o.Due })
	byTime(f.Undelivered, func(o rules.OpenCase) time.Time { return o.Since })
	byTime(f.Storage, func(o rules.OpenCase) time.Time { return o.Due })
	return nil
}

func byTime(list []rules.OpenCase, at func(rules.OpenCase) time.Time) {
	slices.SortFunc(list, func(a, b rules.OpenCase) int {
		return cmp.Or(at(a).Compare(at(b)), cmp.Compare(a.Number, b.Number))
	})
}

// openCases are the cases of these entries of the history, as the entries say
// that they stood.
func (c *counting) openCases(entries []int64) (map[int64]rules.OpenCase, error) {
	found := make(map[int64]rules.OpenCase, len(entries))
	err := inPortions(entries, func(marks string, args []any) error {
		return c.rows(`SELECT o.history_id, o.state, o.owner_id, o.owner, o.state_ms, o.due_ms,
			c.number, c.customer_address, c.customer_name, c.customer_trust, c.reason, c.opened_at, c.why,
			(SELECT count(*) FROM v_items u WHERE u.case_id = o.case_id),
			(SELECT coalesce(string_agg(m, ','), '') FROM (SELECT DISTINCT u.manufacturer AS m FROM v_items u WHERE u.case_id = o.case_id AND u.manufacturer <> '') AS makers)
			FROM v_open o JOIN cases c ON c.id = o.case_id WHERE o.history_id IN (`+marks+")", args, func(r *sql.Rows) error {
			var o rules.OpenCase
			var entry int64
			var makers string
			err := r.Scan(&entry, &o.State, &o.Owner.ID, &o.Owner.Name, stamp{&o.Since}, stamp{&o.Due},
				&o.Number, &o.Customer.Address, &o.Customer.Name, &o.Customer.Trust, &o.Reason, stamp{&o.OpenedAt}, &o.Waits, &o.Items, &makers)
			if makers != "" {
				o.Makers = strings.Split(makers, ",")
				slices.Sort(o.Makers)
			}
			found[entry] = o
			return err
		})
	})
	return found, err
}

// flow counts what came and went, in the period and before.
func (c *counting) flow(f *rules.Figures) (err error) {
	if f.Flow, err = c.moves(f.Period); err != nil {
		return err
	}
	if f.Before, err = c.moves(f.Past); err != nil {
		return err
	}
	f.Flow.Open = map[rules.State]int{}
	for _, o := range c.open {
		f.Flow.Open[o.state]++
	}
	if f.Before.Open, err = c.standingStates(min(f.Past.To.UnixMilli(), c.end)); err != nil {
		return err
	}
	if f.Reasons, err = c.reasons(f.Period); err != nil {
		return err
	}
	f.ReasonsPast, err = c.reasons(f.Past)
	return err
}

func (c *counting) moves(p rules.Period) (rules.Flow, error) {
	flow := rules.Flow{Closed: map[rules.Closing]int{}}
	err := c.rows(`SELECT from_state, to_state, event, closing, count(*) FROM v_transitions
		WHERE ms >= $1 AND ms < $2 AND (from_state IN ('', 'closed') OR to_state = 'closed')
		GROUP BY from_state, to_state, event, closing`, between(p), func(r *sql.Rows) error {
		var from, to rules.State
		var event rules.EventKind
		var closing rules.Closing
		var n int
		if err := r.Scan(&from, &to, &event, &closing, &n); err != nil {
			return err
		}
		switch {
		case from == rules.Closed:
			flow.Reopened += n
		case from == "" && event == rules.EvSplit:
			flow.SplitOff += n
		case from == "":
			flow.In += n
		}
		if to == rules.Closed {
			flow.Closed[closing] += n
		}
		return nil
	})
	return flow, err
}

// reasons are those of the cases that came in, as they are known now.
func (c *counting) reasons(p rules.Period) ([]rules.Count, error) {
	n, err := tally[string](c.ctx, c.q, `SELECT c.reason, count(*) FROM v_transitions t JOIN v_cases c ON c.case_id = t.case_id
		WHERE t.ms >= $1 AND t.ms < $2 AND t.from_state = '' AND t.event <> 'split' GROUP BY c.reason`, between(p)...)
	return rules.CountsOf(n), err
}

// clocks says how promises were kept, in the period and before.
func (c *counting) clocks(f *rules.Figures) error {
	for _, k := range []struct {
		kind   rules.ClockKind
		period rules.Period
		into   *rules.Clock
	}{
		{rules.ClockTakeOver, f.Period, &f.TakenOver}, {rules.ClockTakeOver, f.Past, &f.TakenPast},
		{rules.ClockRuling, f.Period, &f.Ruled}, {rules.ClockRuling, f.Past, &f.RuledPast},
	} {
		var marks []rules.ClockMark
		var ended []time.Time
		err := c.rows("SELECT since_ms, due_ms, ms FROM v_clocks WHERE ms >= $1 AND ms < $2 AND clock = $3", append(between(k.period), string(k.kind)), func(r *sql.Rows) error {
			var m rules.ClockMark
			var at time.Time
			err := r.Scan(stamp{&m.Since}, stamp{&m.Due}, stamp{&at})
			marks, ended = append(marks, m), append(ended, at)
			return err
		})
		if err != nil {
			return err
		}
		*k.into = rules.ClockOf(c.policy, k.kind, marks, ended)
	}
	return nil
}

// series are the charts that show days, weeks and months.
func (c *counting) series(f *rules.Figures) error {
	days, stretches, _ := f.Period.Charts(c.zone)
	if err := c.openByDay(f, days); err != nil {
		return err
	}
	for _, piece := range stretches {
		n, err := tally[string](c.ctx, c.q, "SELECT manufacturer, count(*) FROM v_items WHERE came_ms >= $1 AND came_ms < $2 GROUP BY manufacturer", between(piece)...)
		if err != nil {
			return err
		}
		f.InByMaker = append(f.InByMaker, rules.DayCount{Day: piece.From, Counts: n})
	}
	return nil
}

// openByDay counts back from what stands: each move of a day is taken back.
// Days that have not begun are left out.
func (c *counting) openByDay(f *rules.Figures, days []rules.Period) error {
	open := map[string]int{}
	for state, n := range f.Flow.Open {
		open[string(state)] = n
	}
	for _, day := range slices.Backward(days) {
		if day.From.UnixMilli() >= c.end {
			continue
		}
		counts := map[string]int{}
		for state, n := range open {
			if n != 0 {
				counts[state] = n
			}
		}
		f.OpenByDay = append(f.OpenByDay, rules.DayCount{Day: day.From, Counts: counts})
		err := c.rows("SELECT from_state, to_state, count(*) FROM v_transitions WHERE ms >= $1 AND ms < $2 GROUP BY from_state, to_state", between(day), func(r *sql.Rows) error {
			var from, to string
			var n int
			err := r.Scan(&from, &to, &n)
			if from != "" && from != string(rules.Closed) {
				open[from] += n
			}
			if to != string(rules.Closed) {
				open[to] -= n
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	slices.Reverse(f.OpenByDay)
	return nil
}
