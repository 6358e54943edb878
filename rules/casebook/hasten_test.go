package casebook

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// What a clock that ran ahead has put off, or had in hand, is due at once; what
// is late for a reason stays.
func TestHasten(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	ahead := noon.AddDate(1, 0, 0)
	for _, key := range []string{"put off", "in hand"} {
		enqueue(t, b, ahead, Row{Lane: key, Kind: "mail", Key: key})
	}
	if _, rows := lease(t, b, ahead); len(rows) != 2 {
		t.Fatalf("%d rows leased", len(rows))
	}
	put, err := b.Outbox(ctx, OutboxFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Later(ctx, put[1], ahead.Add(time.Hour), "later"); err != nil {
		t.Fatal(err)
	}
	enqueue(t, b, noon, Row{Lane: "call", Kind: "call", Key: "call", NextAt: noon.Add(48 * time.Hour)})
	enqueue(t, b, noon, Row{Lane: "soon", Kind: "mail", Key: "soon", NextAt: noon.Add(time.Hour)})
	for _, want := range []int64{2, 0} {
		if n, err := b.Hasten(ctx, noon, []string{"mail"}, 3*time.Hour); err != nil || n != want {
			t.Errorf("%d rows, %v; want %d", n, err, want)
		}
	}
	due, err := b.Lease(ctx, noon, nil, 10, time.Minute)
	var keys []string
	for _, r := range due {
		keys = append(keys, r.Key)
	}
	if slices.Sort(keys); err != nil || !slices.Equal(keys, []string{"in hand", "put off"}) {
		t.Errorf("due are %q, %v", keys, err)
	}
}

// A mail whose customer was forgotten while it was sent does not keep those that
// were sent with it from being marked: they would be sent again.
func TestDoneAllWithoutOne(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	id := enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "k"})
	lease(t, b, noon)
	if err := b.DoneAll(ctx, SentRow{ID: 4711, At: noon}, SentRow{ID: id, At: noon}); !errors.Is(err, ErrNotFound) {
		t.Errorf("the missing row: %v", err)
	}
	if row, err := b.OutboxRow(ctx, id); err != nil || row.Status != Sent {
		t.Errorf("the other is %s, %v", row.Status, err)
	}
}
