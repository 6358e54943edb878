package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// ErrStale is returned by [Tx.Save] when the case was changed since it was read.
var ErrStale = errors.New("the case was changed meanwhile")

// NextNumber gives the next case number of the transaction's year. A number
// whose transaction does not commit is given again, so there are no gaps.
func (tx *Tx) NextNumber(ctx context.Context) (string, error) {
	var seq int
	err := tx.tx.QueryRowContext(ctx, `INSERT INTO case_numbers (year, seq) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET seq = case_numbers.seq + 1 RETURNING seq`, tx.now.Year()).Scan(&seq)
	if err != nil {
		return "", fmt.Errorf("take the next case number: %w", err)
	}
	return rules.Number(tx.now.Year(), seq), nil
}

// caseColumns are the columns of a case, apart from id.
func caseColumns(c *rules.Case) []column {
	return []column{
		{"number", &c.Number},
		{"version", &c.Version},
		{"state", &c.State},
		{"closing", &c.Closing},
		{"reason", &c.Reason},
		{"language", &c.Language},
		{"customer_address", &c.Customer.Address},
		{"customer_name", &c.Customer.Name},
		{"customer_trust", &c.Customer.Trust},
		{"refs", encoded{&c.References}},
		{"purchase_date", &c.PurchaseDate},
		{"fault", &c.Fault},
		{"ordered", &c.Ordered},
		{"missing", encoded{&c.Missing}},
		{"confirmed", encoded{&c.Confirmed}},
		{"sibling_of", &c.Group},
		{"merged_into", &c.MergedInto},
		{"owner_id", &c.Owner.ID},
		{"owner_name", &c.Owner.Name},
		{"proposal_action", &c.Proposal.Action},
		{"proposal_rule", &c.Proposal.Rule},
		{"proposal_why", &c.Proposal.Why},
		{"opened_at", stamp{&c.OpenedAt}},
		{"state_at", stamp{&c.StateAt}},
		{"complete_at", stamp{&c.CompleteAt}},
		{"accepted_at", stamp{&c.AcceptedAt}},
		{"deadline", stamp{&c.Deadline}},
		{"reminders", &c.Reminders},
		{"late", &c.Late},
		{"notes", encoded{&c.Notes}},
		{"quote", &c.Quote},
		{"credit", &c.Credit},
		{"asked", encoded{&c.Asked}},
		{"disposal_id", &c.Disposal.ID},
		{"disposal_name", &c.Disposal.Name},
		{"promised", stamp{&c.Promised}},
		{"clock_at", stamp{&c.ClockAt}},
		{"until", stamp{&c.Until}},
		{"asked_from", &c.AskedFrom},
		{"time_left", &c.Left},
		{"unclear", &c.Unclear},
		{"undelivered", &c.Undelivered},
		{"rule", &c.Rule},
		{"why", &c.Why},
		{"policy", &c.Policy},
		{"shadow", &c.Shadow},
	}
}

// storedCase is a row of cases.
func storedCase(c *rules.Case) []column {
	return append([]column{{"id", &c.ID}}, caseColumns(c)...)
}

// Texts that are the same each time, of what is written and read for every mail.
var (
	selectCases   = "SELECT " + names(storedCase(&rules.Case{})) + " FROM cases"
	insertCase    = insertInto("cases", caseColumns(&rules.Case{})) + " RETURNING id"
	selectItems   = "SELECT " + names(itemColumns(&itemRow{})) + " FROM items"
	insertItem    = insertInto("items", newItem(&itemRow{}, new(int)))
	selectParties = "SELECT " + names(partyColumns(&partyRow{})) + " FROM parties"
	insertParty   = insertInto("parties", newParty(&partyRow{}, new(int)))
)

// partyRow is a row of parties.
type partyRow struct {
	caseID int64
	rules.Party
}

func partyColumns(p *partyRow) []column {
	return []column{
		{"case_id", &p.caseID},
		{"address", &p.Address},
		{"name", &p.Name},
		{"trust", &p.Trust},
	}
}

// itemRow is a row of items.
type itemRow struct {
	caseID int64
	rules.Item
}

func itemColumns(i *itemRow) []column {
	return []column{
		{"case_id", &i.caseID},
		{"unit", reference{&i.Unit}},
		{"position", &i.Position},
		{"manufacturer", &i.Manufacturer},
		{"model", &i.Model},
		{"serial", &i.Serial},
		{"mac", &i.MAC},
		{"found_in", &i.FoundIn},
		{"vendor_ticket", &i.VendorTicket},
		{"confidence", &i.Confidence},
		{"doubt", &i.Doubt},
		{"meant", &i.Meant},
		{"process", &i.Process},
		{"warranty_to", stamp{&i.WarrantyTo}},
		{"warranty_why", &i.WarrantyWhy},
		{"verdict", &i.Verdict},
		{"received", &i.Received},
		{"outcome", &i.Outcome},
		{"resolution", &i.Resolution},
		{"replaced_by", &i.ReplacedBy},
		{"vendor_rma", &i.VendorRMA},
		{"at_vendor", stamp{&i.AtVendor}},
	}
}

// Insert stores a new case and sets its ID, and its Version to 1. Times are
// kept in whole milliseconds and come back in UTC.
func (tx *Tx) Insert(ctx context.Context, c *rules.Case) error {
	c.Version = 1
	cols := caseColumns(c)
	err := tx.tx.QueryRowContext(ctx, insertCase, places(cols)...).Scan(&c.ID)
	if err == nil {
		_, err = tx.exec(ctx, "INSERT INTO case_search (rowid, text) VALUES ($1, $2)", c.ID, tx.engine.plain(searchText(*c)))
	}
	if err == nil {
		err = tx.keepUnits(ctx, c)
	}
	if err == nil {
		err = tx.insertLists(ctx, *c)
	}
	if err != nil {
		return fmt.Errorf("insert case %s: %w", c.Number, err)
	}
	return nil
}

// Save stores a case over the version that it was made from and adds one to
// its Version. It returns [ErrStale] when that version is not the stored one.
func (tx *Tx) Save(ctx context.Context, c *rules.Case) error {
	next := *c
	next.Version++
	cols := caseColumns(&next)
	n := len(cols)
	query := fmt.Sprintf("UPDATE cases SET %s WHERE id = $%d AND version = $%d", assignments(cols), n+1, n+2)
	changed, err := tx.exec(ctx, query, append(places(cols), c.ID, c.Version)...)
	if err != nil {
		return fmt.Errorf("save case %s: %w", c.Number, err)
	}
	if changed == 0 {
		return fmt.Errorf("save case %s, version %d: %w", c.Number, c.Version, ErrStale)
	}
	if err := tx.keepUnits(ctx, &next); err != nil {
		return fmt.Errorf("save case %s: %w", c.Number, err)
	}
	if err := tx.replaceLists(ctx, next); err != nil {
		return fmt.Errorf("save case %s: %w", c.Number, err)
	}
	c.Version = next.Version
	return nil
}

func (tx *Tx) replaceLists(ctx context.Context, c rules.Case) error {
	for _, table := range []string{"items", "parties", "case_refs"} {
		if _, err := tx.exec(ctx, "DELETE FROM "+table+" WHERE case_id = $1", c.ID); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, "UPDATE case_search SET text = $1 WHERE rowid = $2 AND text <> $1", tx.engine.plain(searchText(c)), c.ID); err != nil {
		return err
	}
	return tx.insertLists(ctx, c)
}

// newItem is a row of items as it is written.
func newItem(row *itemRow, ordinal *int) []column {
	serial, mac := keyOf(row.Serial), keyOf(row.MAC)
	return append(itemColumns(row), column{"ordinal", ordinal}, column{"serial_key", &serial}, column{"mac_key", &mac})
}

// newParty is a row of parties as it is written.
func newParty(row *partyRow, ordinal *int) []column {
	domain := domainOf(strings.ToLower(row.Address))
	return append(partyColumns(row), column{"ordinal", ordinal}, column{"domain", &domain})
}

func (tx *Tx) insertLists(ctx context.Context, c rules.Case) error {
	for i, item := range c.Items {
		if _, err := tx.exec(ctx, insertItem, places(newItem(&itemRow{c.ID, item}, &i))...); err != nil {
			return fmt.Errorf("item %d: %w", item.Position, err)
		}
	}
	for i, party := range c.Parties {
		if _, err := tx.exec(ctx, insertParty, places(newParty(&partyRow{c.ID, party}, &i))...); err != nil {
			return fmt.Errorf("party %s: %w", party.Address, err)
		}
	}
	return tx.insertRefs(ctx, c)
}

// keyOf is what a number is looked up by; none for what is too long to be one, and
// for an index of PostgreSQL.
func keyOf(number string) string {
	if key := rules.NumberKey(number); len(key) <= 200 {
		return key
	}
	return ""
}

// insertRefs keeps the numbers of a case where they can be looked up.
func (tx *Tx) insertRefs(ctx context.Context, c rules.Case) error {
	r := c.References
	for _, item := range c.Items {
		r.VendorTicket = append(slices.Clip(r.VendorTicket), item.VendorTicket)
	}
	for kind, numbers := range map[RefKind][]string{RefTracking: r.Tracking, RefVendorTicket: r.VendorTicket, RefSupportTicket: r.SupportTicket,
		RefOrder: r.Order, RefInvoice: r.Invoice, RefDeliveryNote: r.DeliveryNote, RefRMA: r.RMA} {
		for _, number := range numbers {
			key := keyOf(number)
			if key == "" {
				continue
			}
			_, err := tx.exec(ctx, "INSERT INTO case_refs (case_id, kind, ref_key) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", c.ID, string(kind), key)
			if err != nil {
				return fmt.Errorf("%s %s: %w", kind, number, err)
			}
		}
	}
	return nil
}

// Case returns the case with this number, or [ErrNotFound].
func (s *queries) Case(ctx context.Context, number string) (rules.Case, error) {
	c, err := s.oneCase(ctx, "number = ?", number)
	if err != nil {
		return c, fmt.Errorf("read case %s: %w", number, err)
	}
	return c, nil
}

// CaseByID returns the case with this ID, or [ErrNotFound].
func (s *queries) CaseByID(ctx context.Context, id int64) (rules.Case, error) {
	c, err := s.oneCase(ctx, "id = ?", id)
	if err != nil {
		return c, fmt.Errorf("read case with ID %d: %w", id, err)
	}
	return c, nil
}

func (s *queries) oneCase(ctx context.Context, cond string, arg any) (rules.Case, error) {
	var w where
	w.add(cond, arg)
	all, err := s.someCases(ctx, w, "")
	if err != nil {
		return rules.Case{}, err
	}
	if len(all) == 0 {
		return rules.Case{}, ErrNotFound
	}
	return all[0], nil
}

// CaseFilter says which cases are wanted; the zero filter wants all.
type CaseFilter struct {
	States []rules.State // one of these
	Party  string        // address of the customer or of another party
	Serial string        // serial or MAC of an item, however it is written
	Group  string        // of sibling cases: the number of the first
	Text   string        // words that must all occur in the number, people, items, references or fault
	Shadow *bool         // only those of shadow mode, or only the others
	Owner  string        // ID of who has charge of it
	Limit  int           // at most; 0: no limit
}

func (s *queries) filter(f CaseFilter) (w where) {
	oneOf(&w, "state", f.States)
	if f.Shadow != nil {
		w.add("shadow = ?", *f.Shadow)
	}
	if f.Party != "" {
		address := strings.ToLower(f.Party)
		w.add("(customer_address = ? OR id IN (SELECT case_id FROM parties WHERE address = ?))", address, address)
	}
	if f.Serial != "" {
		key := rules.NumberKey(f.Serial)
		w.add(`(id IN (SELECT case_id FROM items WHERE serial_key = ? AND serial_key <> '')
			OR id IN (SELECT case_id FROM items WHERE mac_key = ? AND mac_key <> ''))`, key, key)
	}
	if f.Owner != "" {
		w.add("owner_id = ? AND owner_id <> ''", f.Owner)
	}
	if f.Group != "" {
		w.add("sibling_of = ? AND sibling_of <> ''", f.Group)
	}
	if words := strings.Fields(f.Text); len(words) > 0 {
		s.engine.holding(&w, words, 0)
	}
	return w
}

// Cases returns the cases that pass the filter, the newest first.
func (s *queries) Cases(ctx context.Context, f CaseFilter) ([]rules.Case, error) {
	return s.listCases(ctx, s.filter(f), f.Limit)
}

// OpenCasesOf returns the cases of a party that are not closed, the newest first.
func (s *queries) OpenCasesOf(ctx context.Context, address string) ([]rules.Case, error) {
	if address == "" {
		return nil, nil
	}
	w := s.filter(CaseFilter{Party: address})
	w.add("state <> 'closed'")
	return s.listCases(ctx, w, 0)
}

// RefKind is a kind of number that a case is known by elsewhere.
type RefKind string

// The kinds, named as in explain's contract.
const (
	RefTracking      RefKind = "tracking"
	RefVendorTicket  RefKind = "vendor_ticket"
	RefSupportTicket RefKind = "support_ticket"
	RefOrder         RefKind = "order"
	RefInvoice       RefKind = "invoice"
	RefDeliveryNote  RefKind = "delivery_note"
	RefRMA           RefKind = "rma"
)

// OpenCasesByReference returns the cases that are not closed and name one of
// these numbers, however they are written, the newest first.
func (s *queries) OpenCasesByReference(ctx context.Context, kind RefKind, numbers []string) ([]rules.Case, error) {
	args := []any{string(kind)}
	for _, number := range numbers {
		if key := rules.NumberKey(number); key != "" {
			args = append(args, key)
		}
	}
	if len(args) == 1 {
		return nil, nil
	}
	var w where
	w.add("state <> 'closed'")
	w.add("id IN (SELECT case_id FROM case_refs WHERE kind = ? AND ref_key IN (?"+strings.Repeat(", ?", len(args)-2)+"))", args...)
	return s.listCases(ctx, w, 0)
}

func (s *queries) listCases(ctx context.Context, w where, most int) ([]rules.Case, error) {
	all, err := s.someCases(ctx, w, " ORDER BY id DESC"+limit(most))
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	return all, nil
}

// CasesBySerial returns the cases, closed ones too, that have an item with this
// serial or MAC, the newest first. Case and separators do not matter; a text
// without letters and digits has no cases.
func (s *queries) CasesBySerial(ctx context.Context, serialOrMAC string) ([]rules.Case, error) {
	if rules.NumberKey(serialOrMAC) == "" {
		return nil, nil
	}
	return s.Cases(ctx, CaseFilter{Serial: serialOrMAC})
}

// someCases reads cases with their items and parties from one snapshot.
func (s *queries) someCases(ctx context.Context, w where, tail string) (all []rules.Case, err error) {
	err = s.view(ctx, func(q querier) error {
		if all, err = list(ctx, q, selectCases+w.String()+tail, w.args, scanWith(storedCase)); err != nil {
			return err
		}
		// In portions: the number of parameters of a statement is bounded.
		for rest := all; len(rest) > 0; {
			n := min(len(rest), 500)
			if err := fillLists(ctx, q, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	})
	return all, err
}

func fillLists(ctx context.Context, q querier, cases []rules.Case) error {
	byID := make(map[int64]*rules.Case, len(cases))
	ids := make([]int64, len(cases))
	for i := range cases {
		byID[cases[i].ID], ids[i] = &cases[i], cases[i].ID
	}
	var w where
	oneOf(&w, "case_id", ids)
	tail := w.String() + " ORDER BY case_id, ordinal"
	items, err := list(ctx, q, selectItems+tail, w.args, scanWith(itemColumns))
	if err != nil {
		return fmt.Errorf("items: %w", err)
	}
	for _, i := range items {
		c := byID[i.caseID]
		c.Items = append(c.Items, i.Item)
	}
	parties, err := list(ctx, q, selectParties+tail, w.args, scanWith(partyColumns))
	if err != nil {
		return fmt.Errorf("parties: %w", err)
	}
	for _, p := range parties {
		c := byID[p.caseID]
		c.Parties = append(c.Parties, p.Party)
	}
	return nil
}

// Due returns the numbers of the open cases whose deadline has come, the most
// overdue first.
func (s *queries) Due(ctx context.Context, now time.Time) (numbers []string, err error) {
	err = s.ask(ctx, func(q querier) error {
		numbers, err = list(ctx, q, `SELECT number FROM cases
			WHERE state <> 'closed' AND deadline <= $1 ORDER BY deadline, id`, []any{now.UnixMilli()}, scanOne[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list due cases: %w", err)
	}
	return numbers, nil
}

// NextDeadline returns the earliest deadline of the open cases; ok is false
// when none has one.
func (s *queries) NextDeadline(ctx context.Context) (at time.Time, ok bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT min(deadline) FROM cases WHERE state <> 'closed'").Scan(stamp{&at})
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read next deadline: %w", err)
	}
	return at, !at.IsZero(), nil
}
