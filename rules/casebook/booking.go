package casebook

import (
	"context"
	"fmt"
	"strings"

	"retour/rules"
)

// Booking is one decision that is to be stored.
type Booking struct {
	Policy   *rules.Policy // that decided
	Event    rules.Event
	Before   rules.Case // the zero Case where the event opens one
	Decision rules.Decision
	Told     []string // notices that go out because of it
	Text     string   // for the history: the customer's words, staff's, or a failure
	LedgerID int64    // the mail that it came from; 0: none

	Marks rules.Marks // set by Book: what the figures count of it
}

// Book stores a decision: the case as it now is, its history, and what the
// figures are counted from. It sets the ID, the Version and the units of
// b.Decision.Case, and b.Marks, and returns the ID of the history entry. It is the only way
// in which cases are stored.
func (tx *Tx) Book(ctx context.Context, b *Booking) (history int64, err error) {
	c := &b.Decision.Case
	c.Rule, c.Why, c.Policy = b.Decision.Rule, b.Decision.Why, b.Policy.Version
	if c.ID == 0 {
		err = tx.Insert(ctx, c)
	} else {
		err = tx.Save(ctx, c)
	}
	if err != nil {
		return 0, err
	}
	history, err = tx.AddHistory(ctx, c.ID, HistoryRow{
		ActorKind: string(b.Event.Actor.Kind), ActorID: b.Event.Actor.ID, ActorName: b.Event.Actor.Name,
		Event: b.Event.Kind, From: b.Before.State, To: c.State, Rule: b.Decision.Rule, Why: b.Decision.Why,
		Text: b.Text, Told: b.Told, LedgerID: b.LedgerID, Version: c.Version, Policy: b.Policy.Version,
		Standing: rules.StandingOf(b.Policy, *c),
	})
	if err != nil || c.Shadow {
		return history, err
	}
	b.Marks = rules.MarksOf(b.Policy, b.Before, b.Event, b.Decision, tx.now)
	if err := tx.mark(ctx, *c, b.Marks); err != nil {
		return 0, fmt.Errorf("count what happened to %s: %w", c.Number, err)
	}
	return history, tx.countMove(ctx, b.Event.Kind, b.Before.State, *c)
}

// mark stores what a decision adds to the figures.
func (tx *Tx) mark(ctx context.Context, c rules.Case, m rules.Marks) error {
	for _, k := range m.Clocks {
		_, err := tx.exec(ctx, "INSERT INTO clocks (case_id, clock, since, due, at) VALUES ($1, $2, $3, $4, $5)",
			c.ID, string(k.Clock), k.Since.UnixMilli(), k.Due.UnixMilli(), tx.now.UnixMilli())
		if err != nil {
			return fmt.Errorf("%s: %w", k.Clock, err)
		}
	}
	for _, k := range m.Money {
		_, err := tx.exec(ctx, "INSERT INTO money_events (case_id, at, what, cents, currency) VALUES ($1, $2, $3, $4, $5)",
			c.ID, tx.now.UnixMilli(), string(k.What), k.Cents, k.Currency)
		if err != nil {
			return fmt.Errorf("%s: %w", k.What, err)
		}
	}
	return nil
}

// Names of running totals.
const (
	counterOpened      = "cases_opened"
	counterClosed      = "cases_closed" // by closing
	counterTransitions = "transitions"  // by from and to state
	counterMails       = "mails"        // by fate
)

// countMove adds a booking to the running totals.
func (tx *Tx) countMove(ctx context.Context, event rules.EventKind, from rules.State, c rules.Case) error {
	if from == c.State {
		return nil
	}
	counts := []any{counterTransitions, string(from) + " " + string(c.State)}
	if from == "" && event != rules.EvSplit {
		counts = append(counts, counterOpened, "")
	}
	if c.State == rules.Closed {
		counts = append(counts, counterClosed, string(c.Closing))
	}
	return tx.count(ctx, counts...)
}

// count adds one to each of the running totals, pairs of name and label.
func (tx *Tx) count(ctx context.Context, of ...any) error {
	values := strings.TrimSuffix(strings.Repeat("(?, ?, 1), ", len(of)/2), ", ")
	_, err := tx.exec(ctx, "INSERT INTO counters (name, label, n) VALUES "+values+" ON CONFLICT (name, label) DO UPDATE SET n = counters.n + 1", of...)
	if err != nil {
		return fmt.Errorf("count %v: %w", of, err)
	}
	return nil
}
