package casebook

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
)

// hold records a held mail of a sender, filed in the folder for held mails.
func hold1(t *testing.T, b *Book, uid uint32, from string) (row LedgerRow) {
	t.Helper()
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		if row, _, err = tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uid, Size: 10}); err != nil {
			return err
		}
		row.From, row.Fate, row.Why = from, FateHold, "no return was recognised in it"
		if err = tx.SetFate(ctx, row); err != nil {
			return err
		}
		return tx.Filed(ctx, row.ID, "hold")
	})
	return row
}

func TestSettledOnce(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	row := hold1(t, b, 1, "ann@shop.example")
	row.Fate, row.Why, row.CaseNumber = FateOpened, "Eve made a case of it", "RMA-26-00001-0"
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Settle(ctx, row) })
	if err := b.Write(ctx, noon, func(tx *Tx) error { return tx.Settle(ctx, row) }); !errors.Is(err, ErrFate) {
		t.Errorf("settled twice: %v", err)
	}
	out := must(b.Misplaced(ctx, desk))(t)
	if len(out) != 1 || out[0].ID != row.ID || out[0].Fate != FateOpened || out[0].Filed != "hold" {
		t.Fatalf("to be moved: %+v", out)
	}
	if other := must(b.Misplaced(ctx, "other"))(t); len(other) != 0 {
		t.Errorf("of another mailbox: %+v", other)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Replaced(ctx, row.ID, "done") })
	if out = must(b.Misplaced(ctx, desk))(t); len(out) != 0 {
		t.Errorf("still to be moved: %+v", out)
	}
	if got := must(b.LedgerRow(ctx, row.ID))(t); got.Filed != "done" || got.Misplaced {
		t.Errorf("after the move: %+v", got)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Replaced(ctx, row.ID, "") })
	if got := must(b.LedgerRow(ctx, row.ID))(t); got.Filed != "done" {
		t.Errorf("not found in the folder: filed %q", got.Filed)
	}
}

func TestBlockedSenders(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	first := hold1(t, b, 1, "spam@pills.example")
	eve := rules.Person{ID: "U1", Name: "Eve"}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, s := range []BlockedSender{{Sender: "Spam@Pills.example", By: eve, LedgerID: first.ID}, {Sender: "junk.example", By: eve}} {
			if isNew, err := tx.Block(ctx, s); err != nil || !isNew {
				return fmt.Errorf("block %s: new %v, %w", s.Sender, isNew, err)
			}
		}
		isNew, err := tx.Block(ctx, BlockedSender{Sender: "junk.example", By: rules.Person{Name: "Bob"}})
		if isNew {
			t.Error("blocked twice")
		}
		return err
	})
	for address, want := range map[string]string{
		"SPAM@pills.example": "spam@pills.example", "bob@pills.example": "", "x@junk.example": "junk.example",
		"x@sub.junk.example": "", "x@notjunk.example": "", "junk.example": "junk.example", "": "",
	} {
		got, ok, err := b.IsBlocked(ctx, address)
		if err != nil || ok != (want != "") || got.Sender != want {
			t.Errorf("%s: %q %v %v, want %q", address, got.Sender, ok, err, want)
		}
	}
	for i, from := range []string{"spam@pills.example", "x@junk.example", "x@notjunk.example"} {
		row := hold1(t, b, uint32(10+i), from)
		row.Fate = FateBlocked
		write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.SetFate(ctx, row) })
	}
	var said []string
	for _, s := range must(b.Blocked(ctx))(t) {
		said = append(said, fmt.Sprint(s.Sender, " ", s.Mails, " ", s.By.Name))
	}
	if diff := cmp.Diff([]string{"junk.example 1 Eve", "spam@pills.example 1 Eve"}, said); diff != "" {
		t.Errorf("blocked (-want +got):\n%s", diff)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		if was, err := tx.Unblock(ctx, "JUNK.example"); err != nil || !was {
			t.Errorf("unblock: %v %v", was, err)
		}
		if was, err := tx.Unblock(ctx, "junk.example"); err != nil || was {
			t.Errorf("unblocked twice: %v %v", was, err)
		}
		rows, err := tx.HoldAgain(ctx, "junk.example", "let in again", 50)
		if len(rows) != 1 || rows[0].From != "x@junk.example" || rows[0].Fate != FateHold {
			t.Errorf("held again: %+v", rows)
		}
		return err
	})
	if held := must(b.Ledger(ctx, LedgerFilter{Fate: FateHold, Sender: "junk.example"}))(t); len(held) != 1 || held[0].Why != "let in again" {
		t.Errorf("held of the domain: %+v", held)
	}
}
