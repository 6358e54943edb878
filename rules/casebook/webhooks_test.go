package casebook

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
)

// What waits for endpoints is counted by endpoint, and never among what waits for
// staff; what is given up can be sent again, or withdrawn.
func TestNeighbours(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{})
	ids := map[string]int64{}
	enqueue := func(at time.Time, kind, key string) {
		write(t, b, at, func(ctx context.Context, tx *Tx) (err error) {
			ids[key], _, err = tx.Enqueue(ctx, Row{Lane: kind, Kind: kind, Key: key, CaseID: c.ID, MessageID: "msg_" + key, Body: []byte(`{}`)})
			return err
		})
	}
	enqueue(noon, "webhook/erp", "one")
	enqueue(noon.Add(time.Hour), "webhook/erp", "two")
	enqueue(noon, "webhook/desk", "three")
	enqueue(noon, "alert", "four")
	enqueue(noon, "webhooks", "five") // of no endpoint
	if err := b.Later(t.Context(), Row{ID: ids["one"]}, noon, "503"); err != nil {
		t.Fatal(err)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		return errors.Join(tx.GiveUp(ctx, Row{ID: ids["three"]}, "400"), tx.Shut(ctx, "webhook/gone"), tx.Shut(ctx, "webhook/gone"))
	})
	want := []Neighbour{
		{Kind: "webhook/desk", Dead: 1},
		{Kind: "webhook/erp", Waiting: 2, Oldest: noon, Problem: "503"},
		{Kind: "webhook/gone", ShutAt: noon},
	}
	if diff := cmp.Diff(want, must(b.Neighbours(t.Context()))(t)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	f, _, err := b.Present(t.Context(), must(rules.DefaultPolicy())(t), noon)
	if err != nil || f.Health.StaffWaiting != 2 || f.Health.StaffFailed != 0 || f.Mails.Waiting != 0 {
		t.Errorf("%+v, %v", f.Health, err)
	}
	if d := must(b.Delivery(t.Context()))(t); d.Waiting != 2 {
		t.Errorf("%d mails and posts wait", d.Waiting)
	}
	if rows := must(b.WaitingOf(t.Context(), c.ID))(t); len(rows) != 3 || rows[0].MessageID != "msg_one" {
		t.Errorf("%v", rows)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		was := must(tx.Unshut(ctx, "webhook/gone"))(t)
		is := must(tx.Unshut(ctx, "webhook/gone"))(t)
		if !was || is {
			t.Errorf("it was shut %v, and is %v", was, is)
		}
		if n := must(tx.Drop(ctx, "webhook/desk", "by hand"))(t); n != 1 {
			t.Errorf("%d rows dropped", n)
		}
		return errors.Join(tx.Rewrite(ctx, ids["one"], []byte(`{"a":1}`)), tx.Rewrite(ctx, ids["two"], []byte(`{}`)))
	})
	if shut := must(b.IsShut(t.Context(), "webhook/gone"))(t); shut {
		t.Error("it is shut still")
	}
	if err := b.Done(t.Context(), ids["one"], noon.Add(time.Minute), "204"); err != nil {
		t.Fatal(err)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		if err := tx.Rewrite(ctx, ids["one"], nil); !errors.Is(err, ErrNotPending) {
			t.Errorf("what was sent is rewritten: %v", err)
		}
		return nil
	})
	if at := must(b.LastSentOf(t.Context(), "webhook/erp"))(t); !at.Equal(noon.Add(time.Minute)) {
		t.Errorf("last sent %s", at)
	}
	if at := must(b.LastSentOf(t.Context(), "webhook/desk"))(t); !at.IsZero() {
		t.Errorf("last sent %s", at)
	}
	if got := must(b.Neighbours(t.Context()))(t); len(got) != 1 || got[0].Waiting != 1 {
		t.Errorf("%+v", got)
	}
}
