package casebook

import (
	"context"
	"fmt"
	"time"

	"retour/rules"
)

// unitRow is a row of units: a unit as it was last stored, whatever case it is in.
type unitRow struct {
	rules.Item
	firstCase, caseID int64
	cameAt            time.Time
	reason            rules.Reason
	key               string
}

func unitColumns(u *unitRow) []column {
	return []column{
		{"first_case", &u.firstCase},
		{"case_id", &u.caseID},
		{"came_at", stamp{&u.cameAt}},
		{"reason", &u.reason},
		{"manufacturer", &u.Manufacturer},
		{"model", &u.Model},
		{"serial", &u.Serial},
		{"serial_key", &u.key},
		{"verdict", &u.Verdict},
		{"received", &u.Received},
		{"outcome", &u.Outcome},
		{"resolution", &u.Resolution},
		{"at_vendor", stamp{&u.AtVendor}},
	}
}

func storedUnit(u *unitRow) []column {
	return append([]column{{"id", &u.Unit}}, unitColumns(u)...)
}

var (
	selectUnits = "SELECT " + names(storedUnit(&unitRow{})) + " FROM units"
	insertUnit  = insertInto("units", unitColumns(&unitRow{})) + " RETURNING id"
)

// unitOf is a unit as its case now has it.
func unitOf(c rules.Case, it rules.Item) unitRow {
	return unitRow{caseID: c.ID, reason: c.Reason, key: keyOf(it.Serial),
		Item: rules.Item{Unit: it.Unit, Manufacturer: it.Manufacturer, Model: it.Model, Serial: it.Serial,
			Verdict: it.Verdict, Received: it.Received, Outcome: it.Outcome, Resolution: it.Resolution, AtVendor: it.AtVendor}}
}

// keepUnits writes what became of the units of a case, and gives new ones their
// Unit. Units of cases of shadow mode are not kept.
func (tx *Tx) keepUnits(ctx context.Context, c *rules.Case) error {
	if c.Shadow {
		return nil
	}
	if c.Closing == rules.Merged {
		return tx.parkUnits(ctx, c.ID)
	}
	stored, err := tx.storedUnits(ctx, c.Items)
	if err != nil {
		return fmt.Errorf("read units: %w", err)
	}
	for i := range c.Items {
		it := &c.Items[i]
		now := unitOf(*c, *it)
		before, known := stored[it.Unit]
		if !known {
			before.firstCase, before.caseID, before.cameAt = c.ID, c.ID, tx.now
		}
		now.firstCase, now.cameAt = before.firstCase, before.cameAt
		if it.Unit, err = tx.keepUnit(ctx, now, before); err != nil {
			return fmt.Errorf("unit %d: %w", it.Position, err)
		}
	}
	return nil
}

// parkUnits takes the units of a case that is merged from their manufacturers.
// Those that the other case takes go back there as if nothing had been; a unit
// that both cases have is counted once from now on.
func (tx *Tx) parkUnits(ctx context.Context, caseID int64) error {
	_, err := tx.exec(ctx, `UPDATE vendor_trips SET back_at = $2, dropped = 1
		WHERE back_at IS NULL AND unit IN (SELECT id FROM units WHERE case_id = $1)`, caseID, tx.now.UnixMilli())
	if err == nil {
		_, err = tx.exec(ctx, "UPDATE units SET at_vendor = NULL WHERE case_id = $1 AND at_vendor IS NOT NULL", caseID)
	}
	return err
}

func (tx *Tx) storedUnits(ctx context.Context, items []rules.Item) (map[int64]unitRow, error) {
	var ids []int64
	for _, it := range items {
		if it.Unit != 0 {
			ids = append(ids, it.Unit)
		}
	}
	stored := make(map[int64]unitRow, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), 500) // the number of parameters of a statement is bounded
		var w where
		oneOf(&w, "id", ids[:n])
		rows, err := list(ctx, tx.tx, selectUnits+w.String(), w.args, scanWith(storedUnit))
		if err != nil {
			return nil, err
		}
		for _, u := range rows {
			stored[u.Unit] = u
		}
		ids = ids[n:]
	}
	return stored, nil
}

// keepUnit writes one unit, where anything of it has changed, and what happened
// to it.
func (tx *Tx) keepUnit(ctx context.Context, now, before unitRow) (id int64, err error) {
	now.AtVendor = now.AtVendor.UTC().Truncate(time.Millisecond)
	cols := unitColumns(&now)
	switch {
	case now.Unit == 0:
		err = tx.tx.QueryRowContext(ctx, insertUnit, places(cols)...).Scan(&now.Unit)
	case now == before:
		return now.Unit, nil
	default:
		query := fmt.Sprintf("UPDATE units SET %s WHERE id = $%d", assignments(cols), len(cols)+1)
		_, err = tx.exec(ctx, query, append(places(cols), now.Unit)...)
	}
	if err != nil {
		return 0, err
	}
	return now.Unit, tx.unitEvents(ctx, now, before)
}

func (tx *Tx) unitEvents(ctx context.Context, now, before unitRow) error {
	marks := rules.UnitMarks(before.Item, now.Item)
	var from int64
	if now.caseID != before.caseID {
		marks, from = append(marks, rules.UnitMark{What: rules.UnitMoved}), before.caseID
	}
	for _, m := range marks {
		_, err := tx.exec(ctx, "INSERT INTO unit_events (unit, at, what, value, covered, case_id) VALUES ($1, $2, $3, $4, $5, $6)",
			now.Unit, tx.now.UnixMilli(), string(m.What), m.Value, m.Covered, reference{&from})
		if err != nil {
			return fmt.Errorf("%s: %w", m.What, err)
		}
	}
	if now.Manufacturer != before.Manufacturer && before.Unit != 0 {
		if _, err := tx.exec(ctx, "UPDATE vendor_trips SET manufacturer = $2 WHERE unit = $1", now.Unit, now.Manufacturer); err != nil {
			return err
		}
	}
	return tx.vendorTrip(ctx, now, before)
}

// vendorTrip notes that a unit went to its manufacturer, or came from there.
func (tx *Tx) vendorTrip(ctx context.Context, now, before unitRow) error {
	switch {
	case now.AtVendor.Equal(before.AtVendor):
		return nil
	case now.AtVendor.IsZero():
		_, err := tx.exec(ctx, "UPDATE vendor_trips SET back_at = $2 WHERE unit = $1 AND back_at IS NULL", now.Unit, tx.now.UnixMilli())
		return err
	}
	n, err := tx.exec(ctx, "UPDATE vendor_trips SET back_at = NULL, dropped = 0 WHERE unit = $1 AND dropped = 1 AND sent_at = $2", now.Unit, stamp{&now.AtVendor})
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.exec(ctx, "INSERT INTO vendor_trips (unit, sent_at, dropped, manufacturer) VALUES ($1, $2, 0, $3)", now.Unit, stamp{&now.AtVendor}, now.Manufacturer)
	return err
}
