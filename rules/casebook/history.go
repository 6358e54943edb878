package casebook

import (
	"context"
	"fmt"
	"time"

	"retour/rules"
)

// HistoryRow is one thing that happened to a case. Rows are only ever added.
type HistoryRow struct {
	ID, CaseID int64
	At         time.Time // zero when added: the time of the transaction
	ActorKind  string    // a rules.ActorKind
	ActorID    string
	ActorName  string
	Event      rules.EventKind
	From, To   rules.State
	Rule       string
	Why        string
	Text       string         // the customer's new text, staff's words, or a failure
	Told       []string       // notices that went out because of it
	LedgerID   int64          // the mail that caused it; 0: none
	Version    int            // of the case after it
	Policy     string         // version of the policy
	Standing   rules.Standing // of the case after it
}

func historyColumns(h *HistoryRow) []column {
	return []column{
		{"case_id", &h.CaseID},
		{"at", stamp{&h.At}},
		{"actor_kind", &h.ActorKind},
		{"actor_id", &h.ActorID},
		{"actor_name", &h.ActorName},
		{"event", &h.Event},
		{"from_state", &h.From},
		{"to_state", &h.To},
		{"rule", &h.Rule},
		{"why", &h.Why},
		{"text", &h.Text},
		{"told", encoded{&h.Told}},
		{"ledger_id", reference{&h.LedgerID}},
		{"version", &h.Version},
		{"policy", &h.Policy},
		{"closing", &h.Standing.Closing},
		{"late", &h.Standing.Late},
		{"undelivered", &h.Standing.Undelivered},
		{"owner_id", &h.Standing.Owner.ID},
		{"owner_name", &h.Standing.Owner.Name},
		{"state_at", stamp{&h.Standing.StateAt}},
		{"due", stamp{&h.Standing.Due}},
		{"shadow", &h.Standing.Shadow},
	}
}

func storedHistory(h *HistoryRow) []column {
	return append([]column{{"id", &h.ID}}, historyColumns(h)...)
}

var (
	selectHistory = "SELECT " + names(storedHistory(&HistoryRow{})) + " FROM history"
	insertHistory = insertInto("history", historyColumns(&HistoryRow{})) + " RETURNING id"
)

// AddHistory adds an entry to the history of a case and returns its ID.
func (tx *Tx) AddHistory(ctx context.Context, caseID int64, h HistoryRow) (id int64, err error) {
	h.CaseID = caseID
	if h.At.IsZero() {
		h.At = tx.now
	}
	if h.From != "" { // it is not the first
		_, err = tx.exec(ctx, "UPDATE history SET next_at = $2 WHERE id = (SELECT max(id) FROM history WHERE case_id = $1)", caseID, h.At.UnixMilli())
	}
	if err != nil {
		return 0, fmt.Errorf("end the last entry of the history of case with ID %d: %w", caseID, err)
	}
	err = tx.tx.QueryRowContext(ctx, insertHistory, places(historyColumns(&h))...).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("add %s to history of case with ID %d: %w", h.Event, caseID, err)
	}
	return id, nil
}

// History returns what happened to a case, the oldest first.
func (s *queries) History(ctx context.Context, caseID int64) (all []HistoryRow, err error) {
	err = s.ask(ctx, func(q querier) error {
		query := selectHistory + " WHERE case_id = $1 ORDER BY id"
		all, err = list(ctx, q, query, []any{caseID}, scanWith(storedHistory))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read history of case with ID %d: %w", caseID, err)
	}
	return all, nil
}

// HistoryRow returns one entry, or [ErrNotFound].
func (s *queries) HistoryRow(ctx context.Context, id int64) (HistoryRow, error) {
	h, err := oneByID(ctx, s, selectHistory, id, storedHistory)
	if err != nil {
		return h, fmt.Errorf("read history entry %d: %w", id, err)
	}
	return h, nil
}

// oneByID returns a row of what is selected by its ID, or ErrNotFound.
func oneByID[T any](ctx context.Context, s *queries, selected string, id int64, columns func(*T) []column) (v T, err error) {
	err = s.ask(ctx, func(q querier) error {
		var ok bool
		if v, ok, err = first(ctx, q, selected+" WHERE id = $1", []any{id}, columns); err == nil && !ok {
			return ErrNotFound
		}
		return err
	})
	return v, err
}
