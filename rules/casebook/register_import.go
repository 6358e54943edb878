package casebook

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// Sales brings lines of a register file in, in one transaction; the effects are
// in the order of the lines. A line that speaks of a sale which the register
// has fills and changes that row, an empty field changes nothing; any other
// line is a new sale, beside older ones of the same unit. A line that
// contradicts an earlier one of the same file is rejected.
func (im *Import) Sales(ctx context.Context, now time.Time, sales []rules.Sale) (effects []Effect, err error) {
	effects = make([]Effect, len(sales))
	err = im.write(ctx, now, func(tx *Tx) error {
		u, err := im.unitsOf(ctx, tx, sales)
		if err != nil {
			return err
		}
		for i, s := range sales {
			effects[i] = u.take(s)
			im.row.count(effects[i])
		}
		return u.save(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("import %d lines of %s: %w", len(sales), im.row.File, err)
	}
	return effects, nil
}

// units are the rows that a portion of lines may speak of.
type units struct {
	im    *Import
	byKey map[string][]*unit
	fresh []*unit
	dirty []*unit
}

type unit struct {
	saleRow
	pending bool // stands in fresh or dirty
	moved   bool // its keys have changed
}

func (im *Import) unitsOf(ctx context.Context, tx *Tx, sales []rules.Sale) (*units, error) {
	var keys []string
	for _, s := range sales {
		keys = append(keys, uniqueKeys(s)...)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if im.base != nil {
		if err := im.copySales(ctx, tx, keys); err != nil {
			return nil, err
		}
	}
	rows, err := tx.saleRows(ctx, keys)
	if err != nil {
		return nil, err
	}
	u := &units{im: im, byKey: make(map[string][]*unit, len(keys))}
	for i := range rows {
		u.index(&unit{saleRow: rows[i]})
	}
	return u, nil
}

// copySales brings the rows that a rehearsal needs.
func (im *Import) copySales(ctx context.Context, tx *Tx, keys []string) error {
	rows, err := im.base.saleRows(ctx, keys)
	if err != nil {
		return err
	}
	return insertSales(ctx, tx, rows, keepOld)
}

func (u *units) index(r *unit) {
	for _, key := range uniqueKeys(r.Sale) {
		if !slices.Contains(u.byKey[key], r) {
			u.byKey[key] = append(u.byKey[key], r)
		}
	}
}

// take brings one line in.
func (u *units) take(s rules.Sale) Effect {
	known := u.known(s)
	r, note := u.match(known, s)
	switch {
	case note != "":
		return Effect{Rejected, note}
	case r == nil:
		return Effect{Added, u.add(known, s)}
	}
	u.im.speak(r.id, s)
	merged, kept := merge(r.saleRow, s), keptByDesk(r.saleRow, s)
	if merged == r.saleRow {
		return Effect{Same, kept}
	}
	r.moved = r.moved || rules.NumberKey(merged.Serial) != rules.NumberKey(r.Serial) || rules.NumberKey(merged.MAC) != rules.NumberKey(r.MAC)
	r.saleRow = merged
	r.importID = u.im.row.ID
	u.index(r)
	if !r.pending {
		u.dirty = append(u.dirty, r)
		r.pending = true
	}
	return Effect{Changed, kept}
}

// known are the rows of the unit of a line.
func (u *units) known(s rules.Sale) []*unit {
	var known []*unit
	for _, key := range uniqueKeys(s) {
		for _, r := range u.byKey[key] {
			if sameUnit(r.Sale, s) && !slices.Contains(known, r) {
				known = append(known, r)
			}
		}
	}
	return known
}

// add makes a new row of a line. One that only seems to be a later sale, because
// a document was renumbered, must not hide what the desk has noted of the unit.
func (u *units) add(known []*unit, s rules.Sale) (note string) {
	fresh := saleRow{id: u.im.next, importID: u.im.row.ID, Sale: s}
	if fresh.Status == "" {
		fresh.Status = rules.Sold
	}
	for _, r := range known {
		if r.deskAt.IsZero() || differ(r.Manufacturer, s.Manufacturer) || !newer(fresh, r.saleRow) || day(s).After(r.deskAt) {
			continue
		}
		fresh.deskAt, fresh.Status, fresh.ReplacedBy, fresh.Replaces = r.deskAt, r.Status, r.ReplacedBy, r.Replaces
		note = fmt.Sprintf("the desk noted on %s that the unit is %s, and that stands", r.deskAt.Format(time.DateOnly), describe(r.Sale))
	}
	r := &unit{saleRow: fresh, pending: true}
	u.im.next++
	u.im.speak(r.id, s)
	u.fresh = append(u.fresh, r)
	u.index(r)
	return note
}

func describe(s rules.Sale) string {
	text := string(s.Status)
	if s.ReplacedBy != "" {
		text += " by " + s.ReplacedBy
	}
	if s.Replaces != "" {
		text += ", given for " + s.Replaces
	}
	return text
}

// match finds the row that a line speaks of: one that already says all of it,
// else the newest; of those that are older than a licence registration, the
// newest of these. The note says why the line cannot be right.
func (u *units) match(known []*unit, s rules.Sale) (best *unit, note string) {
	var says *unit
	for _, r := range known {
		switch {
		case !sameSale(r.saleRow, s):
		case merge(r.saleRow, s) == r.saleRow:
			u.im.speak(r.id, s)
			says = r
		default:
			if field := u.im.contradiction(r.saleRow, s); field != "" {
				note = "an earlier line of this file says otherwise about the same sale: " + field
			}
			if best == nil || fitter(r.saleRow, best.saleRow, s) {
				best = r
			}
		}
	}
	if says != nil {
		return says, ""
	}
	return best, note
}

// fitter: a licence is registered after the sale.
func fitter(a, b saleRow, s rules.Sale) bool {
	if !s.Licensed.IsZero() {
		if x, y := day(a.Sale).After(s.Licensed), day(b.Sale).After(s.Licensed); x != y {
			return y
		}
	}
	return newer(a, b)
}

// sameUnit says whether two sales with a common key are of one unit.
func sameUnit(a, b rules.Sale) bool {
	as, bs := rules.NumberKey(a.Serial), rules.NumberKey(b.Serial)
	return as == "" || bs == "" || as == bs || as == rules.NumberKey(b.MAC) || bs == rules.NumberKey(a.MAC)
}

// sameSale says whether a line about a unit speaks of a sale that the register
// has. A document that both name decides; else manufacturer, customer and days
// must agree, as far as both name them.
func sameSale(r saleRow, s rules.Sale) bool {
	shared := false
	for _, p := range [][2]string{{r.Invoice, s.Invoice}, {r.DeliveryNote, s.DeliveryNote}, {r.Order, s.Order}} {
		if differ(p[0], p[1]) {
			return false
		}
		shared = shared || p[0] != "" && p[0] == p[1]
	}
	if shared {
		return true
	}
	if differ(r.Manufacturer, s.Manufacturer) || differ(r.Customer, s.Customer) {
		return false
	}
	if r.importID == 0 { // the desk's own row of a replacement: the day is about right
		d := day(s)
		return d.IsZero() || r.Shipped.IsZero() || !d.Before(r.Shipped.AddDate(0, 0, -sameUnitDays))
	}
	for _, p := range [][2]time.Time{{r.Delivered, s.Delivered}, {r.Shipped, s.Shipped}, {r.Invoiced, s.Invoiced}, {r.Purchased, s.Purchased}} {
		if !p[0].IsZero() && !p[1].IsZero() && !p[0].Equal(p[1]) {
			return false
		}
	}
	return true
}

func differ(a, b string) bool { return a != "" && b != "" && a != b }

// merge is the row after a line: what the line leaves empty stays, and what the
// desk has noted.
func merge(r saleRow, s rules.Sale) saleRow {
	if rules.NumberKey(s.Serial) == rules.NumberKey(r.MAC) && r.Serial != "" {
		s.Serial = "" // the MAC stands in the serial's place
	}
	if !r.deskAt.IsZero() {
		s.Status, s.ReplacedBy, s.Replaces = "", "", ""
	}
	for _, f := range saleFields(&r.Sale, &s) {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	for _, f := range saleDays(&r.Sale, &s) {
		if !f.from.IsZero() && !f.from.Equal(*f.to) {
			*f.to = *f.from
		}
	}
	return r
}

// field is one field of two sales.
type field[T any] struct {
	name     string
	to, from *T
}

func saleFields(r, s *rules.Sale) []field[string] {
	return []field[string]{
		{"serial", &r.Serial, &s.Serial}, {"MAC", &r.MAC, &s.MAC}, {"manufacturer", &r.Manufacturer, &s.Manufacturer},
		{"model", &r.Model, &s.Model}, {"customer", &r.Customer, &s.Customer}, {"customer name", &r.CustomerName, &s.CustomerName},
		{"distributor", &r.Distributor, &s.Distributor}, {"order", &r.Order, &s.Order}, {"invoice", &r.Invoice, &s.Invoice},
		{"delivery note", &r.DeliveryNote, &s.DeliveryNote}, {"replaced by", &r.ReplacedBy, &s.ReplacedBy}, {"replaces", &r.Replaces, &s.Replaces},
		{"status", (*string)(&r.Status), (*string)(&s.Status)},
	}
}

func saleDays(r, s *rules.Sale) []field[time.Time] {
	return []field[time.Time]{
		{"delivered", &r.Delivered, &s.Delivered}, {"licensed", &r.Licensed, &s.Licensed}, {"shipped", &r.Shipped, &s.Shipped},
		{"invoiced", &r.Invoiced, &s.Invoiced}, {"purchased", &r.Purchased, &s.Purchased},
	}
}

// speak remembers which fields of a row a line of this file has stated.
func (im *Import) speak(id int64, s rules.Sale) {
	for i, f := range saleFields(&s, &s) {
		if *f.to != "" {
			im.spoken.add(fieldBit(id, i))
		}
	}
	for i, f := range saleDays(&s, &s) {
		if !f.to.IsZero() {
			im.spoken.add(fieldBit(id, firstDay+i))
		}
	}
}

// firstDay is the number of the first day among the fields; the texts are
// before it.
const firstDay = 16

// contradiction names the first field in which a line takes back what an
// earlier line of this file has said of the row; empty where there is none.
func (im *Import) contradiction(r saleRow, s rules.Sale) string {
	m := merge(r, s)
	for i, f := range saleFields(&r.Sale, &m.Sale) {
		if *f.to != *f.from && im.spoken.has(fieldBit(r.id, i)) {
			return fmt.Sprintf("%s is %q and %q", f.name, *f.to, *f.from)
		}
	}
	for i, f := range saleDays(&r.Sale, &m.Sale) {
		if !f.to.Equal(*f.from) && im.spoken.has(fieldBit(r.id, firstDay+i)) {
			return fmt.Sprintf("%s on %s and on %s", f.name, f.to.Format(time.DateOnly), f.from.Format(time.DateOnly))
		}
	}
	return ""
}

// keptByDesk says which of the desk's own notes stand against a line.
func keptByDesk(r saleRow, s rules.Sale) string {
	if r.deskAt.IsZero() {
		return ""
	}
	var kept []string
	for _, f := range []struct{ name, has, says string }{
		{"status", string(r.Status), string(s.Status)}, {"replaced by", r.ReplacedBy, s.ReplacedBy}, {"replaces", r.Replaces, s.Replaces}} {
		if f.says != "" && rules.NumberKey(f.says) != rules.NumberKey(f.has) {
			kept = append(kept, fmt.Sprintf("%s: the desk has noted %q on %s, and that stands", f.name, f.has, r.deskAt.Format(time.DateOnly)))
		}
	}
	return strings.Join(kept, "; ")
}

func (u *units) save(ctx context.Context, tx *Tx) error {
	if err := insertSales(ctx, tx, rowsOf(u.fresh), ""); err != nil {
		return err
	}
	// Most changes leave the numbers alone, and with them the indexes.
	var moved, stay []*unit
	for _, r := range u.dirty {
		if r.moved {
			moved = append(moved, r)
		} else {
			stay = append(stay, r)
		}
	}
	if err := insertSales(ctx, tx, rowsOf(moved), replaceOld()); err != nil {
		return err
	}
	return updateSales(ctx, tx, rowsOf(stay))
}

func rowsOf(us []*unit) []saleRow {
	rows := make([]saleRow, len(us))
	for i, u := range us {
		rows[i] = u.saleRow
	}
	return rows
}

// updateSales saves rows whose keys are as they were.
func updateSales(ctx context.Context, tx *Tx, rows []saleRow) error {
	var row saleRow
	cols := saleColumns(&row)
	set := make([]string, len(cols))
	for i, c := range cols {
		set[i] = c.name + " = ?"
	}
	stmt, err := tx.tx.PrepareContext(ctx, "UPDATE register SET "+strings.Join(set, ", ")+" WHERE id = ?")
	if err != nil {
		return err
	}
	defer stmt.Close()
	at := append(places(cols), &row.id)
	for _, row = range rows {
		if _, err := stmt.ExecContext(ctx, at...); err != nil {
			return err
		}
	}
	return nil
}

// replaceOld puts a row in the place of the one with its ID.
func replaceOld() string {
	cols := append(saleColumns(&saleRow{}), column{name: "serial_key"}, column{name: "mac_key"})
	set := make([]string, len(cols))
	for i, c := range cols {
		set[i] = c.name + " = excluded." + c.name
	}
	return " ON CONFLICT (id) DO UPDATE SET " + strings.Join(set, ", ")
}

// insertSales inserts rows that have their IDs.
func insertSales(ctx context.Context, tx *Tx, rows []saleRow, conflict string) error {
	var row saleRow
	var serialKey, macKey string
	cols := append(storedSale(&row), column{"serial_key", &serialKey}, column{"mac_key", &macKey})
	// A bare ? is bound without a search for its name.
	stmt, err := tx.tx.PrepareContext(ctx, "INSERT INTO register ("+names(cols)+") VALUES (?"+strings.Repeat(", ?", len(cols)-1)+")"+conflict)
	if err != nil {
		return err
	}
	defer stmt.Close()
	at := places(cols)
	for _, row = range rows {
		serialKey, macKey = rules.NumberKey(row.Serial), rules.NumberKey(row.MAC)
		if _, err := stmt.ExecContext(ctx, at...); err != nil {
			return err
		}
	}
	return nil
}
