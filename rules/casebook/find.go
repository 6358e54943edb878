package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"retour/rules"
)

// searchText is what [CaseFilter].Text and [Book.Find] look for words in.
func searchText(c rules.Case) string {
	words := []string{c.Number, c.Customer.Address, c.Customer.Name, c.Owner.Name, c.Fault}
	for _, p := range c.Parties {
		words = append(words, p.Address, p.Name)
	}
	for _, i := range c.Items {
		words = append(words, i.Manufacturer, i.Model, i.Serial, i.MAC, i.VendorTicket, i.VendorRMA, i.ReplacedBy)
	}
	r := c.References
	for _, refs := range [][]string{r.RMA, r.VendorTicket, r.SupportTicket, r.Order, r.Invoice, r.DeliveryNote, r.Tracking} {
		words = append(words, refs...)
	}
	return strings.Join(words, "\n")
}

// like is the pattern for what holds a text, with the escape character \.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

// FoundBy says what of a case a query named.
type FoundBy string

// What a case is found by, the surest first.
const (
	ByNumber    FoundBy = "number"
	ByUnit      FoundBy = "unit"      // serial or MAC
	ByReference FoundBy = "reference" // a number that the case is known by elsewhere
	ByCustomer  FoundBy = "customer"  // address, or the domain of one
	ByWords     FoundBy = "words"     // anywhere: names, models, parts of numbers
)

// Find returns the cases that a person may mean by what he typed: a case number,
// with or without its check digit; a serial or MAC; a ticket, order or parcel
// number; a customer's address or domain; else words that all occur in the case.
// The first of these that finds something counts. Cases come newest first, from
// the offset-th on, at most limit; more says that there are others behind them.
func (s *queries) Find(ctx context.Context, typed string, thisYear, offset, limit int) (cases []rules.Case, by FoundBy, more bool, err error) {
	typed = strings.Join(strings.Fields(typed), " ")
	if typed == "" || limit <= 0 {
		return nil, "", false, nil
	}
	for _, way := range []struct {
		by   FoundBy
		find func() ([]rules.Case, error)
	}{
		{ByNumber, func() ([]rules.Case, error) { return s.guessed(ctx, typed, thisYear) }},
		{ByUnit, func() ([]rules.Case, error) { return s.CasesBySerial(ctx, typed) }},
		{ByReference, func() ([]rules.Case, error) { return s.byAnyReference(ctx, typed) }},
		{ByCustomer, func() ([]rules.Case, error) { return s.byCustomer(ctx, typed, offset+limit+1) }},
		{ByWords, func() ([]rules.Case, error) { return s.byWords(ctx, typed, offset+limit+1) }},
	} {
		found, err := way.find()
		if err != nil {
			return nil, "", false, fmt.Errorf("find by %s: %w", way.by, err)
		}
		if len(found) > 0 {
			page := found[min(offset, len(found)):]
			return page[:min(limit, len(page))], way.by, len(page) > limit, nil
		}
	}
	return nil, "", false, nil
}

// guessed are the cases of the numbers that may be meant.
func (s *queries) guessed(ctx context.Context, typed string, thisYear int) (cases []rules.Case, err error) {
	for _, number := range rules.GuessNumber(typed, thisYear) {
		c, err := s.Case(ctx, number)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// byAnyReference returns the cases, closed ones too, that name a number of any
// kind, however it is written.
func (s *queries) byAnyReference(ctx context.Context, number string) ([]rules.Case, error) {
	key := rules.NumberKey(number)
	if !strings.ContainsAny(key, "0123456789") {
		return nil, nil
	}
	var w where
	w.add("id IN (SELECT case_id FROM case_refs WHERE ref_key = ?)", key)
	return s.listCases(ctx, w, 0)
}

// byCustomer returns the cases of an address, or of the addresses of a domain.
func (s *queries) byCustomer(ctx context.Context, typed string, most int) ([]rules.Case, error) {
	typed = strings.ToLower(typed)
	local, domain, isAddress := strings.Cut(typed, "@")
	switch {
	case strings.Contains(typed, " "):
		return nil, nil
	case isAddress && local != "":
		return s.Cases(ctx, CaseFilter{Party: typed, Limit: most})
	case !isAddress:
		domain = typed
	}
	if !strings.Contains(domain, ".") {
		return nil, nil
	}
	var w where
	w.add(`id IN (SELECT case_id FROM parties WHERE domain = ? AND domain <> '')`, domain)
	return s.listCases(ctx, w, most)
}

// byWords returns the newest cases in which all words occur. The index is walked
// from its newest row, so that a word of half the cases costs no more than one
// of a few.
func (s *queries) byWords(ctx context.Context, typed string, most int) ([]rules.Case, error) {
	words := slices.DeleteFunc(strings.Fields(typed), func(w string) bool {
		return !strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	})
	if len(words) == 0 {
		return nil, nil
	}
	if cases, err := s.holdingAll(ctx, words, most); err != nil || len(cases) > 0 {
		return cases, err
	}
	if key := rules.NumberKey(typed); len(key) >= 4 && strings.ContainsAny(key, "0123456789") {
		return s.holdingAll(ctx, []string{key}, most) // part of a number, with separators
	}
	return nil, nil
}

func (s *queries) holdingAll(ctx context.Context, words []string, most int) ([]rules.Case, error) {
	var w where
	s.engine.holding(&w, words[:min(len(words), 20)], most)
	return s.listCases(ctx, w, most)
}

// Queue returns the open cases whose next step is the desk's own, but those of
// one owner, the nearest deadline first, at most so many; total is how many there
// are.
func (s *queries) Queue(ctx context.Context, except string, most int) (cases []rules.Case, total int, err error) {
	var w where
	// What waits for the customer is not the desk's move, unless he never got the mail.
	w.add("(state IN ('new', 'in_charge', 'received', 'in_process') OR undelivered <> '')")
	w.add("(owner_id <> ? OR owner_id = '')", except)
	return s.byDeadline(ctx, w, 0, most)
}

// Late returns the open cases whose deadline has passed, or that passed one in
// this state, the longest overdue first, from the offset-th on; total is how many
// there are.
func (s *queries) Late(ctx context.Context, now time.Time, offset, most int) (cases []rules.Case, total int, err error) {
	var w where
	w.add("(late = 1 OR deadline <= ?)", now.UnixMilli())
	return s.byDeadline(ctx, w, offset, most)
}

// OwnedBy returns the open cases of an owner by their deadline, from the
// offset-th on; total is how many there are.
func (s *queries) OwnedBy(ctx context.Context, owner string, offset, most int) (cases []rules.Case, total int, err error) {
	return s.byDeadline(ctx, s.filter(CaseFilter{Owner: owner}), offset, most)
}

func (s *queries) byDeadline(ctx context.Context, w where, offset, most int) (cases []rules.Case, total int, err error) {
	w.add("state <> 'closed'")
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT count(*) FROM cases"+w.String(), w.args...).Scan(&total)
	})
	if err == nil {
		cases, err = s.someCases(ctx, w, fmt.Sprintf(" ORDER BY deadline IS NULL, deadline, id LIMIT %d OFFSET %d", most, offset))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("list cases by deadline: %w", err)
	}
	return cases, total, nil
}
