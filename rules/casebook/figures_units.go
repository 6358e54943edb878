package casebook

import (
	"cmp"
	"database/sql"
	"maps"
	"slices"
	"time"

	"retour/rules"
)

// units counts units by manufacturer and model.
func (c *counting) units(f *rules.Figures) error {
	for _, came := range []struct {
		period rules.Period
		units  *int
		add    func(*rules.MakerFigures, *rules.ModelFigures, int)
	}{
		{f.Period, &f.Flow.Units, func(maker *rules.MakerFigures, model *rules.ModelFigures, n int) { maker.In, model.In = maker.In+n, n }},
		{f.Past, &f.Before.Units, func(maker *rules.MakerFigures, model *rules.ModelFigures, n int) {
			maker.Past, model.Past = maker.Past+n, n
		}},
	} {
		err := c.rows("SELECT manufacturer, model, count(*) FROM v_items WHERE came_ms >= $1 AND came_ms < $2 GROUP BY manufacturer, model", between(came.period), func(r *sql.Rows) error {
			var maker, model string
			var n int
			err := r.Scan(&maker, &model, &n)
			came.add(c.maker(maker), c.modelOf(maker, model), n)
			*came.units += n
			return err
		})
		if err != nil {
			return err
		}
	}
	if err := c.openUnits(); err != nil {
		return err
	}
	return c.rulings(f.Period)
}

// unitPlace is where a unit was at the end, where that is not where it is now.
type unitPlace struct {
	caseID int64 // 0: where it is now
	left   *bool // nil: as it is now
}

// placesAtEnd are the units to which something happened since.
func (c *counting) placesAtEnd() (map[int64]unitPlace, error) {
	places := map[int64]unitPlace{}
	err := c.rows("SELECT unit_id, what, from_case FROM v_item_events WHERE what IN ('left', 'again', 'moved') AND ms >= $1 ORDER BY event_id DESC", []any{c.end}, func(r *sql.Rows) error {
		var unit int64
		var what rules.UnitEvent
		var from int64
		err := r.Scan(&unit, &what, reference{&from})
		place := places[unit] // the first that happened is the last that is read
		if what == rules.UnitMoved {
			place.caseID = from
		} else {
			left := what == rules.UnitAgain
			place.left = &left
		}
		places[unit] = place
		return err
	})
	return places, err
}

// openUnits counts the units that had not left the cases that were open at the
// end, and finds the oldest of those cases.
func (c *counting) openUnits() error {
	places, err := c.placesAtEnd()
	if err != nil {
		return err
	}
	opened, err := c.openedAt()
	if err != nil {
		return err
	}
	const columns = "SELECT unit_id, case_id, manufacturer, model, resolution <> '' FROM v_items WHERE came_ms < ? AND "
	read := func(which string, ids []int64) error {
		return inPortions(ids, func(marks string, args []any) error {
			return c.rows(columns+which+" IN ("+marks+")", append([]any{c.end}, args...), func(r *sql.Rows) error {
				return c.openUnit(r, which == "unit_id", places, opened)
			})
		})
	}
	if err := read("case_id", slices.Collect(maps.Keys(opened))); err != nil {
		return err
	}
	var moved []int64
	for unit, place := range places {
		if place.caseID != 0 {
			moved = append(moved, unit)
		}
	}
	return read("unit_id", moved)
}

// openUnit takes one unit in. Those that have moved since are read by
// themselves.
func (c *counting) openUnit(r *sql.Rows, moved bool, places map[int64]unitPlace, opened map[int64]time.Time) error {
	var unit, caseID int64
	var maker, model string
	var left bool
	if err := r.Scan(&unit, &caseID, &maker, &model, &left); err != nil {
		return err
	}
	place := places[unit]
	if (place.caseID != 0) != moved {
		return nil
	}
	if moved {
		caseID = place.caseID
	}
	if place.left != nil {
		left = *place.left
	}
	at, open := opened[caseID]
	if !open || left {
		return nil
	}
	m := c.maker(maker)
	m.Open++
	if m.Oldest.IsZero() || at.Before(m.Oldest) {
		m.Oldest = at
	}
	c.modelOf(maker, model).Open++
	return nil
}

// openedAt is when each case was opened that was open at the end.
func (c *counting) openedAt() (map[int64]time.Time, error) {
	ids := make([]int64, len(c.open))
	for i, o := range c.open {
		ids[i] = o.caseID
	}
	opened := make(map[int64]time.Time, len(ids))
	err := inPortions(ids, func(marks string, args []any) error {
		return c.rows("SELECT case_id, opened_ms FROM v_cases WHERE case_id IN ("+marks+")", args, func(r *sql.Rows) error {
			var id int64
			var at time.Time
			err := r.Scan(&id, stamp{&at})
			opened[id] = at
			return err
		})
	})
	return opened, err
}

// rulings counts verdicts and tests.
func (c *counting) rulings(p rules.Period) error {
	return c.rows(`SELECT u.manufacturer, e.what, e.value, count(*) FROM v_item_events e JOIN v_items u ON u.unit_id = e.unit_id
		WHERE e.what IN ('ruled', 'tested') AND e.ms >= $1 AND e.ms < $2 GROUP BY u.manufacturer, e.what, e.value`, between(p), func(r *sql.Rows) error {
		var maker, value string
		var what rules.UnitEvent
		var n int
		if err := r.Scan(&maker, &what, &value, &n); err != nil {
			return err
		}
		m := c.maker(maker)
		switch {
		case what == rules.UnitTested:
			m.Tested += n
			if value == string(rules.NoFaultFound) {
				m.NoFault += n
			}
		default:
			m.Ruled += n
			if value == string(rules.RefusedCommercial) || value == string(rules.RefusedTechnical) {
				m.Refused += n
			}
		}
		return nil
	})
}

// models says what is usual of each model, and which came in far more often
// than that.
func (c *counting) models(f *rules.Figures) error {
	since, err := c.since()
	if err != nil {
		return err
	}
	year, enough := f.Period.Base(c.zone, since)
	if !enough {
		return nil
	}
	const ofModel = " FROM v_items WHERE manufacturer = $1 AND model = $2 AND came_ms >= $3 AND came_ms < $4"
	for key, m := range c.model {
		units, err := c.number("SELECT count(*)"+ofModel, append([]any{key.maker, key.model}, between(year)...)...)
		if err != nil {
			return err
		}
		m.Usual = rules.Usual(float64(units), year, f.Period)
	}
	strange, err := c.manyReturns(f.Period)
	if err != nil {
		return err
	}
	for _, l := range strange {
		n, err := c.number("SELECT count(DISTINCT first_case)"+ofModel+" AND reason = 'defective'", append([]any{l.Manufacturer, l.Model}, between(year)...)...)
		if err != nil {
			return err
		}
		l.Usual = rules.Usual(float64(n), year, f.Period)
		if rules.IsLemon(l.Times, rules.Usual(float64(n)+0.5, year, f.Period)) {
			c.lemons = append(c.lemons, l)
		}
	}
	return nil
}

// since is when the first unit came in that the desk knows of; zero: none did.
func (c *counting) since() (time.Time, error) {
	var first sql.NullInt64
	err := c.rows("SELECT min(came_ms) FROM v_items", nil, func(r *sql.Rows) error { return r.Scan(&first) })
	if err != nil || !first.Valid {
		return time.Time{}, err
	}
	return time.UnixMilli(first.Int64), nil
}

// manyReturns are the models that enough defective cases of the period name to
// say something about them.
func (c *counting) manyReturns(p rules.Period) (list []lemonRow, err error) {
	err = c.rows(`SELECT manufacturer, model, count(DISTINCT first_case), max(first_case) FROM v_items
		WHERE came_ms >= $1 AND came_ms < $2 AND reason = 'defective' AND model <> '' GROUP BY manufacturer, model HAVING count(DISTINCT first_case) >= $3`,
		append(between(p), rules.LemonCases), func(r *sql.Rows) error {
			var l lemonRow
			err := r.Scan(&l.Manufacturer, &l.Model, &l.Times, &l.last)
			list = append(list, l)
			return err
		})
	return list, err
}

// turns says how long units were with their manufacturers.
func (c *counting) turns(f *rules.Figures) error {
	year := f.Period.Year(c.zone)
	_, _, months := f.Period.Charts(c.zone)
	from := min(year.From.UnixMilli(), months[0].From.UnixMilli())
	inPeriod, inYear, inMonth := map[string][]time.Duration{}, map[string][]time.Duration{}, make([]map[string][]time.Duration, len(months))
	err := c.rows("SELECT manufacturer, sent_ms, back_ms FROM v_turn_round WHERE back_ms >= $1 AND back_ms < $2 AND dropped = 0", []any{from, f.Period.To.UnixMilli()}, func(r *sql.Rows) error {
		var maker string
		var sent, back int64
		if err := r.Scan(&maker, &sent, &back); err != nil {
			return err
		}
		at, away := time.UnixMilli(back), time.Duration(back-sent)*time.Millisecond
		if f.Period.Has(at) {
			inPeriod[maker] = append(inPeriod[maker], away)
		}
		if year.Has(at) {
			inYear[maker] = append(inYear[maker], away)
		}
		if i := slices.IndexFunc(months, func(m rules.Period) bool { return m.Has(at) }); i >= 0 {
			if inMonth[i] == nil {
				inMonth[i] = map[string][]time.Duration{}
			}
			inMonth[i][maker] = append(inMonth[i][maker], away)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for maker, away := range inPeriod {
		c.maker(maker).Turn = rules.TurnOf(away)
	}
	for maker, away := range inYear {
		c.maker(maker).TurnUsual = rules.TurnOf(away)
	}
	for i, m := range months {
		for _, maker := range slices.Sorted(maps.Keys(inMonth[i])) {
			f.TurnByMonth = append(f.TurnByMonth, rules.MakerTurn{Month: m.From, Manufacturer: maker, Turn: rules.TurnOf(inMonth[i][maker])})
		}
	}
	return c.atVendor()
}

// atVendor counts the units that were with their manufacturer at the end.
func (c *counting) atVendor() error {
	for _, which := range []string{"back_ms IS NULL", "back_ms >= $1"} {
		n, err := tally[string](c.ctx, c.q, "SELECT manufacturer, count(*) FROM v_turn_round WHERE sent_ms < $1 AND "+which+" GROUP BY manufacturer", c.end)
		if err != nil {
			return err
		}
		for maker, units := range n {
			c.maker(maker).AtVendor += units
		}
	}
	return nil
}

// lemonRow is a lemon whose last case is not yet called by its number.
type lemonRow struct {
	rules.Lemon
	key  string // of the serial
	last int64
}

// returns finds the units that came back. What counts is that they had left the
// desk: a unit whose first return was refused comes for the first time.
func (c *counting) returns(f *rules.Figures) error {
	// CROSS JOIN: the few units of a serial number first, then what happened to them.
	const before = `(SELECT count(*) FROM v_items v CROSS JOIN v_item_events e
		WHERE e.unit_id = v.unit_id AND v.serial_key = u.serial_key AND v.serial_key <> '' AND v.manufacturer = u.manufacturer AND e.what = 'left' AND e.ms <= `
	found := map[modelKey]lemonRow{} // the last return of each unit, by manufacturer and serial
	for _, query := range []string{
		"SELECT manufacturer, model, serial, serial_key, case_id, times FROM (SELECT u.*, 1 + " + before + `u.came_ms) AS times FROM v_items u
			WHERE u.came_ms >= $1 AND u.came_ms < $2) AS came WHERE times > 1 ORDER BY came_ms, unit_id`,
		"SELECT u.manufacturer, u.model, u.serial, u.serial_key, u.case_id, 1 + " + before + `a.ms) AS times
			FROM v_item_events a JOIN v_items u ON u.unit_id = a.unit_id WHERE a.what = 'again' AND a.ms >= $1 AND a.ms < $2 ORDER BY a.event_id`,
	} {
		err := c.rows(query, between(f.Period), func(r *sql.Rows) error {
			var l lemonRow
			if err := r.Scan(&l.Manufacturer, &l.Model, &l.Serial, &l.key, &l.last, &l.Times); err != nil {
				return err
			}
			c.maker(l.Manufacturer).Repeats++
			if key := (modelKey{l.Manufacturer, l.key}); l.key != "" && found[key].Times < l.Times {
				found[key] = l
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, l := range slices.AppendSeq(c.lemons, maps.Values(found)) {
		if err := c.q.QueryRowContext(c.ctx, "SELECT number FROM v_cases WHERE case_id = $1", l.last).Scan(&l.Last); err != nil {
			return err
		}
		f.Lemons = append(f.Lemons, l.Lemon)
	}
	return nil
}

// finish puts the lists in order.
func (c *counting) finish(f *rules.Figures) {
	for _, m := range c.makers {
		f.Makers = append(f.Makers, *m)
	}
	for _, m := range c.model {
		f.Models = append(f.Models, *m)
	}
	slices.SortFunc(f.Makers, func(a, b rules.MakerFigures) int {
		return cmp.Or(cmp.Compare(b.In, a.In), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Manufacturer, b.Manufacturer))
	})
	slices.SortFunc(f.Models, func(a, b rules.ModelFigures) int {
		return cmp.Or(cmp.Compare(b.In, a.In), cmp.Compare(b.Open, a.Open), cmp.Compare(a.Manufacturer, b.Manufacturer), cmp.Compare(a.Model, b.Model))
	})
	// Models first, the strangest in front; then units, the most patient in front.
	slices.SortFunc(f.Lemons, func(a, b rules.Lemon) int {
		return cmp.Or(cmp.Compare(min(len(a.Serial), 1), min(len(b.Serial), 1)), cmp.Compare(float64(b.Times)-b.Usual, float64(a.Times)-a.Usual),
			cmp.Compare(a.Manufacturer, b.Manufacturer), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Serial, b.Serial))
	})
}
