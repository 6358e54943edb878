package casebook

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// saleRow is one row of the register.
type saleRow struct {
	id       int64
	importID int64     // the last one that wrote it; 0: the desk made it
	deskAt   time.Time // when the desk itself set status or replacement
	rules.Sale
}

func saleColumns(r *saleRow) []column {
	return []column{
		{"serial", &r.Serial},
		{"mac", &r.MAC},
		{"manufacturer", &r.Manufacturer},
		{"model", &r.Model},
		{"customer", &r.Customer},
		{"customer_name", &r.CustomerName},
		{"distributor", &r.Distributor},
		{"order_number", &r.Order},
		{"invoice", &r.Invoice},
		{"delivery_note", &r.DeliveryNote},
		{"delivered", stamp{&r.Delivered}},
		{"licensed", stamp{&r.Licensed}},
		{"shipped", stamp{&r.Shipped}},
		{"invoiced", stamp{&r.Invoiced}},
		{"purchased", stamp{&r.Purchased}},
		{"status", &r.Status},
		{"replaced_by", &r.ReplacedBy},
		{"replaces", &r.Replaces},
		{"desk_at", stamp{&r.deskAt}},
		{"import_id", reference{&r.importID}},
	}
}

// storedSale are the columns that a select reads.
func storedSale(r *saleRow) []column {
	return append(saleColumns(r), column{"id", &r.id})
}

// day is what tells the newer of two sales.
func day(s rules.Sale) time.Time {
	for _, t := range []time.Time{s.Delivered, s.Shipped, s.Invoiced, s.Purchased, s.Licensed} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// newer: of two sales on the same day, the one that came in later.
func newer(a, b saleRow) bool {
	if x, y := day(a.Sale), day(b.Sale); !x.Equal(y) {
		return x.After(y)
	}
	return a.id > b.id
}

// Sales looks units up in the register by the [rules.NumberKey] of their serial
// or MAC. The newest sale of a unit counts. Keys that the register lacks are
// not in the answer. Where units of several manufacturers have the same number,
// the newest of all stands under the key, and that of each manufacturer under
// [rules.SaleKey] too.
func (s *queries) Sales(ctx context.Context, keys []string) (map[string]rules.Sale, error) {
	rows, err := s.saleRows(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("look up %d numbers in the register: %w", len(keys), err)
	}
	found := make(map[string]saleRow, len(rows))
	keep := func(key string, r saleRow) {
		if old, ok := found[key]; !ok || newer(r, old) {
			found[key] = r
		}
	}
	wanted := make(map[string]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	makers := map[string]string{} // of each key: "" where there are several
	for _, r := range rows {
		for _, key := range uniqueKeys(r.Sale) {
			if !wanted[key] {
				continue
			}
			keep(key, r)
			keep(rules.SaleKey(r.Manufacturer, key), r)
			if maker, ok := makers[key]; ok && maker != r.Manufacturer {
				makers[key] = ""
			} else {
				makers[key] = r.Manufacturer
			}
		}
	}
	sales := make(map[string]rules.Sale, len(keys))
	for key, r := range found {
		number, maker, qualified := strings.Cut(key, "/")
		if !qualified || makers[number] != maker {
			sales[key] = r.Sale
		}
	}
	return sales, nil
}

// uniqueKeys are the keys that a sale is found by: its serial's and its MAC's.
func uniqueKeys(s rules.Sale) []string {
	var keys []string
	for _, n := range []string{s.Serial, s.MAC} {
		if key := rules.NumberKey(n); key != "" && (len(keys) == 0 || keys[0] != key) {
			keys = append(keys, key)
		}
	}
	return keys
}

var (
	saleNames   = names(storedSale(&saleRow{}))
	selectSales = "SELECT " + saleNames + " FROM register WHERE serial_key <> '' AND serial_key IN (SELECT value FROM json_each($1))" +
		" UNION ALL SELECT " + saleNames + " FROM register WHERE mac_key <> '' AND mac_key IN (SELECT value FROM json_each($1))"
)

// saleRows returns every row with one of these keys, each once.
func (s *queries) saleRows(ctx context.Context, keys []string) (all []saleRow, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	// One parameter, however many keys there are.
	text, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	err = s.ask(ctx, func(q querier) error {
		all, err = list(ctx, q, selectSales, []any{string(text)}, scanWith(storedSale))
		return err
	})
	slices.SortFunc(all, func(a, b saleRow) int { return cmp.Compare(a.id, b.id) })
	return slices.CompactFunc(all, func(a, b saleRow) bool { return a.id == b.id }), err
}

// HasRegister says whether a register was ever imported whole: only then is a
// unit that it lacks one that the desk has not sold.
func (s *queries) HasRegister(ctx context.Context) (bool, error) {
	return s.Imported(ctx, KindRegister)
}

// StoredSale is one row of the register with where it comes from.
type StoredSale struct {
	rules.Sale
	NotedAt time.Time // when the desk itself set status or replacement; zero: never
	File    string    // the last import that wrote it; empty: the desk did
}

// SalesOf returns every sale of a unit, by serial or MAC, the newest first: that
// is the one that counts.
func (s *queries) SalesOf(ctx context.Context, number string) (all []StoredSale, err error) {
	key := rules.NumberKey(number)
	if key == "" {
		return nil, nil
	}
	rows, err := s.saleRows(ctx, []string{key})
	if err != nil {
		return nil, fmt.Errorf("look up %s in the register: %w", number, err)
	}
	slices.SortFunc(rows, func(a, b saleRow) int {
		if newer(a, b) {
			return -1
		}
		return 1
	})
	err = s.view(ctx, func(q querier) error {
		for _, r := range rows {
			one := StoredSale{Sale: r.Sale, NotedAt: r.deskAt}
			err := q.QueryRowContext(ctx, "SELECT coalesce((SELECT file FROM imports WHERE id = $1), '')", r.importID).Scan(&one.File)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up %s in the register: %w", number, err)
	}
	return all, nil
}

// sameUnitDays is how much older than the desk's own row of a replacement the
// sale in an import may be to be taken for the same.
const sameUnitDays = 31

// SetReplaced notes that the customer has the unit newSerial instead of
// oldSerial: the chain is kept on both, and no import undoes it. A unit that
// the register lacks, or that was last sold to somebody else, gets a row of its
// own with the old unit's customer, shipped today.
func (tx *Tx) SetReplaced(ctx context.Context, oldSerial, newSerial string) error {
	if err := tx.setReplaced(ctx, oldSerial, newSerial); err != nil {
		return fmt.Errorf("note that %s is replaced by %s: %w", oldSerial, newSerial, err)
	}
	return nil
}

func (tx *Tx) setReplaced(ctx context.Context, oldSerial, newSerial string) error {
	if rules.NumberKey(oldSerial) == rules.NumberKey(newSerial) {
		return errors.New("a unit does not replace itself")
	}
	before, err := tx.newestSale(ctx, oldSerial)
	if err != nil {
		return err
	}
	after, err := tx.newestSale(ctx, newSerial)
	if err != nil {
		return err
	}
	if after.id == 0 || after.Customer != "" && before.Customer != "" && after.Customer != before.Customer {
		after = saleRow{Sale: rules.Sale{Serial: after.Serial, MAC: after.MAC, Manufacturer: before.Manufacturer, Model: before.Model,
			Customer: before.Customer, CustomerName: before.CustomerName, Distributor: before.Distributor, Shipped: midnight(tx.now)}}
	}
	before.Status, before.ReplacedBy = rules.SaleReplaced, newSerial
	after.Status, after.Replaces = rules.Sold, oldSerial
	return errors.Join(tx.saveByDesk(ctx, before), tx.saveByDesk(ctx, after))
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// SetStatus notes what became of a unit, by serial or MAC; no import undoes it.
// A unit that the register lacks gets a row of its own.
func (tx *Tx) SetStatus(ctx context.Context, serial string, status rules.SaleStatus) error {
	r, err := tx.newestSale(ctx, serial)
	if err == nil {
		r.Status = status
		err = tx.saveByDesk(ctx, r)
	}
	if err != nil {
		return fmt.Errorf("note that %s is %s: %w", serial, status, err)
	}
	return nil
}

// newestSale is the row that Sales would give for a number; one with ID 0 and
// nothing but the number where there is none.
func (tx *Tx) newestSale(ctx context.Context, number string) (saleRow, error) {
	key := rules.NumberKey(number)
	if key == "" {
		return saleRow{}, fmt.Errorf("%q is no number of a unit", number)
	}
	rows, err := tx.saleRows(ctx, []string{key})
	if err != nil {
		return saleRow{}, err
	}
	if len(rows) == 0 {
		return saleRow{Sale: rules.Sale{Serial: strings.ToUpper(number)}}, nil
	}
	best := rows[0]
	for _, r := range rows[1:] {
		if newer(r, best) {
			best = r
		}
	}
	return best, nil
}

func (tx *Tx) saveByDesk(ctx context.Context, r saleRow) error {
	r.deskAt = tx.now
	return tx.saveSale(ctx, &r)
}

// saveSale inserts a row without ID and updates one with.
func (tx *Tx) saveSale(ctx context.Context, r *saleRow) error {
	serialKey, macKey := rules.NumberKey(r.Serial), rules.NumberKey(r.MAC)
	cols := append(saleColumns(r), column{"serial_key", &serialKey}, column{"mac_key", &macKey})
	if r.id != 0 {
		n := len(cols)
		_, err := tx.exec(ctx, fmt.Sprintf("UPDATE register SET %s WHERE id = $%d", assignments(cols), n+1), append(places(cols), r.id)...)
		return err
	}
	return tx.tx.QueryRowContext(ctx, insertInto("register", cols)+" RETURNING id", places(cols)...).Scan(&r.id)
}
