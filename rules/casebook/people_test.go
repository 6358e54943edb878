package casebook

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/rules"
)

func TestMessages(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	first, second := openCase(t, b, rules.Case{}), openCase(t, b, rules.Case{})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, link := range []struct {
			id   string
			c    rules.Case
			what string
		}{{"<both@x>", second, "in"}, {"both@x", first, "out"}, {"both@x", first, "out"}, {" <one@x> ", first, "in"}, {"", first, "in"}, {"<>", first, "in"}} {
			if err := tx.LinkMessage(ctx, link.id, link.c.ID, link.what); err != nil {
				return err
			}
		}
		return nil
	})
	for id, want := range map[string][]int64{
		"both@x": {first.ID, second.ID}, "<both@x>": {first.ID, second.ID}, "one@x": {first.ID},
		"": nil, "<>": nil, "ONE@x": nil, "none@x": nil,
	} {
		if got := must(b.CasesOfMessage(ctx, id))(t); !slices.Equal(got, want) {
			t.Errorf("cases of %q: %v, want %v", id, got, want)
		}
	}
}

func TestMessagesOf(t *testing.T) {
	b := newBook(t)
	c, other := openCase(t, b, rules.Case{}), openCase(t, b, rules.Case{})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, id := range []string{"<z@x>", "<m@x>", "<a@x>", "<m@x>"} {
			if err := tx.LinkMessage(ctx, id, c.ID, "in"); err != nil {
				return err
			}
		}
		return tx.LinkMessage(ctx, "<out@desk>", c.ID, "out")
	})
	want := []Message{{"z@x", "in"}, {"m@x", "in"}, {"a@x", "in"}, {"out@desk", "out"}}
	if got := must(b.MessagesOf(t.Context(), c.ID))(t); !slices.Equal(got, want) {
		t.Errorf("messages %v, want %v", got, want)
	}
	if got := must(b.MessagesOf(t.Context(), other.ID))(t); len(got) != 0 {
		t.Errorf("messages of another case: %v", got)
	}
}

func TestRemember(t *testing.T) {
	b := newBook(t)
	steps := []struct {
		address, language string
		trust             rules.Trust
		want              AddressRow
	}{
		{"Ann@Shop.example", "fr", rules.Known, AddressRow{Language: "fr", Trust: rules.Known, Seen: 1}},
		{"ann@shop.example", "nl", rules.Proven, AddressRow{Language: "nl", Trust: rules.Proven, Seen: 2}},
		{"ann@shop.example", "", rules.Unknown, AddressRow{Language: "nl", Trust: rules.Proven, Seen: 3}},
		{"ann@shop.example", "en", rules.Forged, AddressRow{Language: "nl", Trust: rules.Proven, Seen: 3}}, // not her mail
	}
	for i, s := range steps {
		now := noon.Add(time.Duration(i) * time.Hour)
		write(t, b, now, func(ctx context.Context, tx *Tx) error {
			return tx.Remember(ctx, s.address, s.language, s.trust)
		})
		got, ok, err := b.Address(t.Context(), "ANN@shop.example")
		s.want.Address, s.want.LastAt = "ann@shop.example", noon.Add(time.Duration(min(i, 2))*time.Hour)
		if diff := cmp.Diff(s.want, got); diff != "" || !ok || err != nil {
			t.Errorf("step %d: %v, %v (-want +got):\n%s", i, ok, err, diff)
		}
	}
	if _, ok, err := b.Address(t.Context(), "bob@shop.example"); ok || err != nil {
		t.Errorf("an unknown address: %v, %v", ok, err)
	}
}

func TestOnce(t *testing.T) {
	b := newBook(t)
	once := func(key string, at time.Time) (isFirst bool) {
		write(t, b, at, func(ctx context.Context, tx *Tx) (err error) {
			isFirst, err = tx.Once(ctx, key)
			return err
		})
		return isFirst
	}
	week := 7 * 24 * time.Hour
	for _, tt := range []struct {
		key  string
		at   time.Time
		want bool
	}{
		{"e1", noon, true}, {"e1", noon, false}, {"e2", noon, true},
		{"e1", noon.Add(week), false}, {"e1", noon.Add(week + time.Millisecond), true},
	} {
		if got := once(tt.key, tt.at); got != tt.want {
			t.Errorf("%s at %v: first %v, want %v", tt.key, tt.at, got, tt.want)
		}
	}
}

// A click whose transaction fails was not there: the same envelope may come again.
func TestOnceOfAFailedTransaction(t *testing.T) {
	b := newBook(t)
	_ = b.Write(t.Context(), noon, func(tx *Tx) error {
		if _, err := tx.Once(t.Context(), "e1"); err != nil {
			t.Error(err)
		}
		return context.Canceled
	})
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		isFirst, err := tx.Once(ctx, "e1")
		if !isFirst {
			t.Error("the click is taken for doubled")
		}
		return err
	})
}

func TestPosted(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	check := func(channel, ts string, want bool) {
		t.Helper()
		c, s, ok, err := b.Posted(ctx, "card/1")
		if c != channel || s != ts || ok != want || err != nil {
			t.Errorf("Posted = %q, %q, %v, %v", c, s, ok, err)
		}
	}
	set := func(channel, ts string) {
		t.Helper()
		if err := b.SetPosted(ctx, "card/1", channel, ts); err != nil {
			t.Fatal(err)
		}
	}
	check("", "", false)
	set("C1", "1700000000.000100")
	check("C1", "1700000000.000100", true)
	set("C2", "1700000000.000200")
	check("C2", "1700000000.000200", true)
	for at, want := range map[string]string{"1700000000.000200": "card/1", "1700000000.000100": ""} {
		if keys, err := b.PostedAt(ctx, "C2", at); strings.Join(keys, " ") != want || err != nil {
			t.Errorf("at %s stands %q, %v", at, keys, err)
		}
	}
	if keys, _ := b.PostedAt(ctx, "C1", "1700000000.000200"); len(keys) > 0 {
		t.Error("the same ts in another channel is the same message")
	}
	for _, key := range []string{"rollup/2", "rollup/3"} {
		if err := b.SetPosted(ctx, key, "C1", "1700000000.000300"); err != nil {
			t.Fatal(err)
		}
	}
	if keys, err := b.PostedAt(ctx, "C1", "1700000000.000300"); strings.Join(keys, " ") != "rollup/2 rollup/3" || err != nil {
		t.Errorf("a roll-up stands for %q, %v", keys, err)
	}
	if err := b.ForgetPosted(ctx, "card/1"); err != nil {
		t.Fatal(err)
	}
	check("", "", false)
}

func TestStats(t *testing.T) {
	b := newBook(t)
	openCase(t, b, rules.Case{})
	openCase(t, b, rules.Case{})
	openCase(t, b, rules.Case{State: rules.Closed, Closing: rules.Withdrawn})
	seen(t, b, 1)
	held := seen(t, b, 2)
	held.Fate = FateHold
	if err := setFate(b, noon, held); err != nil {
		t.Fatal(err)
	}
	enqueue(t, b, noon, Row{Lane: "l", Kind: "mail", Key: "k"})
	want := Stats{
		Cases:  map[rules.State]int{rules.New: 2, rules.Closed: 1},
		Outbox: map[string]int{Pending: 1},
		Ledger: map[Fate]int{"": 1, FateHold: 1},
	}
	if diff := cmp.Diff(want, must(b.Stats(t.Context()))(t)); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}
