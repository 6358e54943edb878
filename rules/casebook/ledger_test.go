package casebook

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"retour/rules"
)

const desk = "rma@desk.example/INBOX"

// seen records a mail and returns its record.
func seen(t testing.TB, b *Book, uid uint32) (row LedgerRow) {
	t.Helper()
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		row, _, err = tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uid, Size: 2000})
		return err
	})
	return row
}

func setFate(b *Book, now time.Time, row LedgerRow) error {
	ctx := context.Background()
	return b.Write(ctx, now, func(tx *Tx) error { return tx.SetFate(ctx, row) })
}

func TestSeen(t *testing.T) {
	b := newBook(t)
	in := LedgerRow{Mailbox: desk, UIDValidity: math.MaxUint32, UID: math.MaxUint32, Size: 1 << 40, InternalDate: noon.Add(-time.Hour)}
	var id int64
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		row, existed, err := tx.Seen(ctx, in)
		want := in
		want.ID, want.SeenAt = row.ID, noon
		if diff := cmp.Diff(want, row); diff != "" || existed || row.ID == 0 {
			t.Errorf("first time: existed %v (-want +got):\n%s", existed, diff)
		}
		id = row.ID
		return err
	})
	in.Size = 1 // what the server says later changes nothing
	write(t, b, noon.Add(time.Hour), func(ctx context.Context, tx *Tx) error {
		row, existed, err := tx.Seen(ctx, in)
		if !existed || row.ID != id || row.SeenAt != noon || row.Size != 1<<40 {
			t.Errorf("second time: existed %v, %+v", existed, row)
		}
		in.UIDValidity-- // the mailbox was made anew: the UID names another mail
		other, existed, err2 := tx.Seen(ctx, in)
		if existed || other.ID == id {
			t.Errorf("after a new UIDVALIDITY: existed %v, ID %d", existed, other.ID)
		}
		return errors.Join(err, err2)
	})
}

func TestSetFateKeepsAllThatIsKnown(t *testing.T) {
	b := newBook(t)
	row := seen(t, b, 7)
	row.MessageID, row.Hash, row.Key, row.From, row.Subject = "<a@b>", "abc", "def", "ann@shop.example", "Défaut ☎"
	row.Kind, row.Language, row.Fate, row.Why = "request", "fr", FateOpened, "serial found"
	row.CaseNumber, row.HeaderOnly = "RMA-26-00001-0", true
	if err := setFate(b, noon.Add(time.Minute), row); err != nil {
		t.Fatal(err)
	}
	row.FateAt = noon.Add(time.Minute)
	if diff := cmp.Diff(row, must(b.LedgerRow(t.Context(), row.ID))(t)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// A fate is for good, apart from those that wait for somebody to decide.
func TestFateIsSetOnce(t *testing.T) {
	fates := []Fate{FateOpened, FateUpdated, FateNoted, FateHold, FateDuplicate, FateBackfilled, FateBeforeStart, FateGone}
	b, uid := newBook(t), uint32(0)
	for _, first := range fates {
		for _, second := range fates {
			uid++
			row := seen(t, b, uid)
			row.Fate, row.Why = first, "first"
			if err := setFate(b, noon, row); err != nil {
				t.Fatal(err)
			}
			row.Fate, row.Why = second, "second"
			err := setFate(b, noon.Add(time.Hour), row)
			has := must(b.LedgerRow(t.Context(), row.ID))(t)
			if first == FateHold || first == FateBeforeStart {
				if err != nil || has.Fate != second {
					t.Errorf("%s, then %s: %v; it is %s", first, second, err, has.Fate)
				}
				continue
			}
			if !errors.Is(err, ErrFate) || has.Fate != first || has.Why != "first" || has.FateAt != noon {
				t.Errorf("%s, then %s: %v; it is %s because %s", first, second, err, has.Fate, has.Why)
			}
		}
	}
}

func TestSetFateRefuses(t *testing.T) {
	b := newBook(t)
	if err := setFate(b, noon, seen(t, b, 1)); err == nil {
		t.Error("a mail was done with without a fate")
	}
	if err := setFate(b, noon, LedgerRow{ID: 99, Fate: FateNoted}); !errors.Is(err, ErrNotFound) {
		t.Errorf("fate of an unknown mail = %v, want ErrNotFound", err)
	}
}

func TestSameMail(t *testing.T) {
	b := newBook(t)
	original := seen(t, b, 1)
	original.MessageID, original.Key, original.Fate = "<a@b>", "abc", FateOpened
	if err := setFate(b, noon, original); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name                    string
		mailbox, messageID, key string
		except                  int64
		want                    bool
	}{
		{"the same", desk, "<a@b>", "abc", 2, true},
		{"itself", desk, "<a@b>", "abc", original.ID, false},
		{"same Message-ID, other content", desk, "<a@b>", "abd", 2, false},
		{"same content, other Message-ID", desk, "", "abc", 2, false},
		{"another mailbox", "rma@desk.example/Other", "<a@b>", "abc", 2, false},
		{"no key", desk, "<a@b>", "", 2, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row, ok, err := b.SameMail(t.Context(), tt.mailbox, tt.messageID, tt.key, tt.except)
			if err != nil || ok != tt.want || ok && row.ID != original.ID {
				t.Errorf("SameMail = %+v, %v, %v; want %v", row, ok, err, tt.want)
			}
		})
	}
}

// A mail without Message-ID is normal: two of other content are two mails, and
// an unread one is no duplicate of another unread one.
func TestSameMailWithoutMessageID(t *testing.T) {
	b := newBook(t)
	first, second := seen(t, b, 1), seen(t, b, 2)
	first.Key, first.Fate = "abc", FateNoted
	if err := setFate(b, noon, first); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.SameMail(t.Context(), desk, "", "abd", second.ID); ok || err != nil {
		t.Errorf("other content: %v, %v", ok, err)
	}
	if row, ok, err := b.SameMail(t.Context(), desk, "", "abc", second.ID); !ok || row.ID != first.ID || err != nil {
		t.Errorf("same content: %v, %v", ok, err)
	}
}

func TestWhatIsLeftToDo(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	fates := []Fate{"", FateOpened, FateHold, FateGone, FateDuplicate, FateBeforeStart}
	for i, fate := range fates {
		row := seen(t, b, uint32(i+1))
		if row.Fate = fate; fate == "" {
			continue
		}
		if err := setFate(b, noon, row); err != nil {
			t.Fatal(err)
		}
	}
	second := must(b.Ledger(ctx, LedgerFilter{Fate: FateOpened}))(t)[0].ID
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.Filed(ctx, second, "done") })
	uids := func(rows []LedgerRow) (all []uint32) {
		for _, r := range rows {
			all = append(all, r.UID)
		}
		return all
	}
	if got := uids(must(b.Unfinished(ctx, desk))(t)); !slices.Equal(got, []uint32{1}) {
		t.Errorf("unfinished: %v", got)
	}
	if got := uids(must(b.Unfiled(ctx, desk))(t)); !slices.Equal(got, []uint32{3, 5}) {
		t.Errorf("unfiled: %v, want the held one and the duplicate", got)
	}
	if got := uids(must(b.Unfiled(ctx, "other"))(t)); len(got) != 0 {
		t.Errorf("unfiled of another mailbox: %v", got)
	}
	if got := must(b.InFolder(ctx))(t); !maps.Equal(got, map[string]int{"": 4, "done": 1}) {
		t.Errorf("by folder: %v; a mail that is gone is in none", got)
	}
	if got := must(b.LedgerRow(ctx, second))(t); got.Filed != "done" {
		t.Errorf("filed in %q", got.Filed)
	}
	err := b.Write(ctx, noon, func(tx *Tx) error { return tx.Filed(ctx, 99, "done") })
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("Filed of an unknown mail = %v", err)
	}
}

func TestAttempt(t *testing.T) {
	b := newBook(t)
	row := seen(t, b, 1)
	for want := 1; want <= 3; want++ {
		write(t, b, noon, func(ctx context.Context, tx *Tx) error {
			got, err := tx.Attempt(ctx, row.ID, "server says NO")
			if got != want {
				t.Errorf("attempt %d is counted as %d", want, got)
			}
			return err
		})
	}
	if got := must(b.LedgerRow(t.Context(), row.ID))(t); got.Attempts != 3 || got.Why != "server says NO" || got.Fate != "" {
		t.Errorf("record: %+v", got)
	}
	row.Fate = FateHold
	if err := setFate(b, noon, row); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]error{row.ID: ErrFate, 99: ErrNotFound} {
		err := b.Write(t.Context(), noon, func(tx *Tx) error {
			_, err := tx.Attempt(t.Context(), id, "x")
			return err
		})
		if !errors.Is(err, want) {
			t.Errorf("attempt at mail %d = %v, want %v", id, err, want)
		}
	}
}

func TestLedgerFilter(t *testing.T) {
	b := newBook(t)
	for uid := uint32(1); uid <= 4; uid++ {
		write(t, b, noon.Add(time.Duration(uid)*time.Hour), func(ctx context.Context, tx *Tx) error {
			row, _, err := tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uid})
			if err != nil || uid == 4 {
				return err
			}
			row.Fate, row.CaseNumber = FateNoted, ""
			if uid == 2 {
				row.Fate, row.CaseNumber = FateOpened, "RMA-26-00001-0"
			}
			return tx.SetFate(ctx, row)
		})
	}
	tests := []struct {
		name   string
		filter LedgerFilter
		want   []uint32
	}{
		{"all, newest first", LedgerFilter{}, []uint32{4, 3, 2, 1}},
		{"fate", LedgerFilter{Fate: FateNoted}, []uint32{3, 1}},
		{"case", LedgerFilter{CaseNumber: "RMA-26-00001-0"}, []uint32{2}},
		{"since", LedgerFilter{Since: noon.Add(3 * time.Hour)}, []uint32{4, 3}},
		{"unfinished", LedgerFilter{Unfinished: true}, []uint32{4}},
		{"limit", LedgerFilter{Limit: 1}, []uint32{4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []uint32
			for _, r := range must(b.Ledger(t.Context(), tt.filter))(t) {
				got = append(got, r.UID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("UIDs %v, want %v", got, tt.want)
			}
		})
	}
}

// The ledger reconciles, whatever comes in which order: every UID ever seen is
// counted exactly once, under the fate that it got first.
func TestLedgerReconciles(t *testing.T) {
	type mail struct{ validity, uid uint32 }
	b, ctx := newBook(t), t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		empty(rt, b)
		model := map[mail]Fate{}
		rt.Repeat(map[string]func(*rapid.T){
			"see": func(rt *rapid.T) {
				m := mail{rapid.Uint32Range(1, 2).Draw(rt, "validity"), rapid.Uint32Range(1, 6).Draw(rt, "uid")}
				fate := rapid.SampledFrom([]Fate{"", FateOpened, FateHold, FateNoted}).Draw(rt, "fate")
				err := b.Write(ctx, noon, func(tx *Tx) error {
					row, existed, err := tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: m.validity, UID: m.uid})
					if has, known := model[m]; existed != known || row.Fate != has {
						rt.Errorf("%v: existed %v with fate %q, want %v, %q", m, existed, row.Fate, known, has)
					}
					if row.Fate == "" && fate != "" {
						row.Fate = fate
						err = errors.Join(err, tx.SetFate(ctx, row))
					}
					model[m] = row.Fate
					return err
				})
				if err != nil {
					rt.Fatal(err)
				}
			},
			"start": func(rt *rapid.T) {
				rows := []LedgerRow{}
				for uid := uint32(1); uid <= 3; uid++ {
					rows = append(rows, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uid})
					if _, known := model[mail{1, uid}]; !known {
						model[mail{1, uid}] = FateBeforeStart
					}
				}
				if err := b.Write(ctx, noon, func(tx *Tx) error { return tx.SeenBefore(ctx, rows) }); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				want, highest := map[Fate]int{}, uint32(0)
				for m, fate := range model {
					want[fate]++
					if m.validity == 1 {
						highest = max(highest, m.uid)
					}
				}
				got, total, err := b.LedgerCounts(ctx, desk)
				if err != nil || !maps.Equal(got, want) || total != len(model) {
					rt.Fatalf("counts %v, total %d, %v; want %v of %d", got, total, err, want, len(model))
				}
				if uid, err := b.HighestUID(ctx, desk, 1); err != nil || uid != highest {
					rt.Fatalf("highest UID %d, %v; want %d", uid, err, highest)
				}
			},
		})
	})
}

func TestMailbox(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	if _, ok, err := b.Mailbox(ctx, desk); ok || err != nil {
		t.Errorf("before the first start: %v, %v", ok, err)
	}
	row := MailboxRow{Name: desk, UIDValidity: 17, StartUID: 400, StartedAt: noon}
	for range 2 { // and over itself
		row.UIDValidity++
		write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.SetMailbox(ctx, row) })
		if got, ok, err := b.Mailbox(ctx, desk); !ok || err != nil || got != row {
			t.Errorf("Mailbox = %+v, %v, %v; want %+v", got, ok, err, row)
		}
	}
}

func TestRaw(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	for _, raw := range [][]byte{{}, []byte("From: a\r\n\r\nHi\x00\xff"), bytes.Repeat([]byte("serial 31090\r\n"), 1<<20)} {
		var first, second string
		write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
			if first, err = tx.PutRaw(ctx, raw); err == nil {
				second, err = tx.PutRaw(ctx, raw)
			}
			return err
		})
		if len(first) != 64 || first != second {
			t.Errorf("the same mail is at %q and at %q", first, second)
		}
		if got, err := b.Raw(ctx, first); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%d bytes came back as %d, %v", len(raw), len(got), err)
		}
	}
	if _, err := b.Raw(ctx, "no such hash"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Raw of nothing = %v", err)
	}
	var size int
	err := b.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT max(length(body)) FROM raw_mails").Scan(&size)
	})
	if err != nil || size > 1<<20 {
		t.Errorf("14 MB of repetition take %d bytes, %v: not compressed", size, err)
	}
}

// A mail in evidence is the mail that came, or an error.
func TestRawNoticesDamage(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	other := must(pack([]byte("quite another mail")))(t)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		hash, err := tx.PutRaw(ctx, []byte("the mail that came"))
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, "UPDATE raw_mails SET body = $1 WHERE hash = $2", other, hash)
		return err
	})
	if _, err := b.Raw(ctx, hashOf([]byte("the mail that came"))); err == nil {
		t.Error("another mail was returned")
	}
}

func TestHistory(t *testing.T) {
	b, ctx := newBook(t), t.Context()
	c, mail := openCase(t, b, rules.Case{}), seen(t, b, 1)
	full := HistoryRow{
		At: noon.Add(-time.Hour), ActorKind: "customer", ActorID: "ann@shop.example", ActorName: "Ann",
		Event: rules.EvRequest, From: rules.New, To: rules.InCharge, Rule: "r", Why: "w", Text: "t",
		Told: []string{"acknowledged", "question"}, LedgerID: mail.ID, Version: 1, Policy: "p",
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		if full.ID, err = tx.AddHistory(ctx, c.ID, full); err == nil {
			_, err = tx.AddHistory(ctx, c.ID, HistoryRow{Event: rules.EvNote})
		}
		return err
	})
	full.CaseID = c.ID
	want := []HistoryRow{full, {ID: full.ID + 1, CaseID: c.ID, At: noon, Event: rules.EvNote}}
	if diff := cmp.Diff(want, must(b.History(ctx, c.ID))(t)); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(full, must(b.HistoryRow(ctx, full.ID))(t)); diff != "" {
		t.Errorf("one entry (-want +got):\n%s", diff)
	}
	if _, err := b.HistoryRow(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown entry = %v", err)
	}
	err := b.Write(ctx, noon, func(tx *Tx) error {
		_, err := tx.AddHistory(ctx, 99, HistoryRow{})
		return err
	})
	if err == nil {
		t.Error("a case that is not there has a history")
	}
}
