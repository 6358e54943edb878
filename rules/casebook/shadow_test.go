package casebook

import (
	"context"
	"errors"
	"testing"
	"time"

	"retour/rules"
)

// What was kept back in shadow mode is given to no sender, by nothing that is
// done with it later.
func TestShadowedRowNeverLeaves(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	var id int64
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		if id, _, err = tx.Enqueue(ctx, Row{Lane: "mail/1", Kind: "mail", Key: "mail/1", Recipient: "ann@shop.example"}); err != nil {
			return err
		}
		return tx.Shadow(ctx, id, "shadow mode")
	})
	for name, try := range map[string]func(tx *Tx) error{
		"resend":  func(tx *Tx) error { return tx.Resend(ctx, id, "") },
		"cancel":  func(tx *Tx) error { return tx.Cancel(ctx, id, "") },
		"give up": func(tx *Tx) error { return tx.GiveUp(ctx, Row{ID: id}, "") },
		"shadow":  func(tx *Tx) error { return tx.Shadow(ctx, id, "") },
	} {
		if err := b.Write(ctx, noon, try); !errors.Is(err, ErrNotPending) && !errors.Is(err, ErrNotFailed) {
			t.Errorf("%s of a shadowed row: %v", name, err)
		}
	}
	rows, err := b.Lease(ctx, noon.Add(365*24*time.Hour), nil, 10, time.Minute)
	row, rowErr := b.OutboxRow(ctx, id)
	if err != nil || rowErr != nil || len(rows) > 0 || row.Status != Shadowed || row.LastError != "shadow mode" {
		t.Errorf("leased %d rows; the row is %s, %s (%v, %v)", len(rows), row.Status, row.LastError, err, rowErr)
	}
	if _, due, err := b.NextDue(ctx, nil); due || err != nil {
		t.Errorf("something is due: %v", err)
	}
}

func TestCasesOfTheShadowAreToldApart(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for n, shadow := range []bool{true, false, true} {
			c := rules.Case{Number: rules.Number(2026, n+1), State: rules.New, Shadow: shadow}
			if err := tx.Insert(ctx, &c); err != nil {
				return err
			}
		}
		return nil
	})
	for shadow, want := range map[bool]int{true: 2, false: 1} {
		cases, err := b.Cases(ctx, CaseFilter{Shadow: &shadow})
		if err != nil || len(cases) != want || cases[0].Shadow != shadow {
			t.Errorf("shadow %v: %d cases, want %d (%v)", shadow, len(cases), want, err)
		}
	}
}
