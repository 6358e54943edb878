package casebook

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"retour/rules"
)

// A statement that is kept ready, which is so for a file, does what it does without: after an error of
// its own, after a transaction that was broken off, with other arguments, and
// when more statements come than are kept.
func TestStatementsAreKeptReady(t *testing.T) {
	b, ctx := newFile(t), t.Context()
	insert := func(number string, fail error) error {
		return b.Write(ctx, noon, func(tx *Tx) error {
			if err := tx.Insert(ctx, &rules.Case{Number: number, State: rules.New, Items: []rules.Item{{Position: 1, Serial: number}}}); err != nil {
				return err
			}
			return fail
		})
	}
	broken := errors.New("broken off")
	for i, step := range []struct {
		number string
		fail   error
		fails  bool
	}{{"A", nil, false}, {"B", nil, false}, {"B", nil, true}, {"C", broken, true}, {"C", nil, false}, {"A", nil, true}, {"D", nil, false}} {
		if err := insert(step.number, step.fail); (err != nil) != step.fails {
			t.Errorf("step %d, %s: %v", i, step.number, err)
		}
	}
	if len(b.known.ready) == 0 {
		t.Error("no statement is kept ready")
	}
	for _, number := range []string{"A", "B", "C", "D"} {
		if c, err := b.Case(ctx, number); err != nil || len(c.Items) != 1 || c.Items[0].Serial != number {
			t.Errorf("case %s: %+v, %v", number, c.Items, err)
		}
	}
	for i := range mostStatements + 50 {
		write(t, b, noon, func(ctx context.Context, tx *Tx) error {
			var got int
			if err := tx.tx.QueryRowContext(ctx, fmt.Sprintf("SELECT %d + $1", i), 1).Scan(&got); err != nil || got != i+1 {
				return fmt.Errorf("%d + 1 is %d: %w", i, got, err)
			}
			return nil
		})
	}
	if n := len(b.known.ready); n != mostStatements {
		t.Errorf("%d statements are kept, want %d", n, mostStatements)
	}
}
