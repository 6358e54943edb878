package casebook

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"retour/rules"
)

// deskDay leaves five mails in the ledger, one of the day before, and seven rows
// in the outbox.
func deskDay(t *testing.T, b *Book) {
	t.Helper()
	at := func(minutes int, fn func(ctx context.Context, tx *Tx) error) {
		write(t, b, noon.Add(time.Duration(minutes)*time.Minute), fn)
	}
	see := func(uid uint32, fate Fate) func(ctx context.Context, tx *Tx) error {
		return func(ctx context.Context, tx *Tx) error {
			row, _, err := tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uid})
			if err != nil || fate == "" {
				return err
			}
			row.Fate = fate
			return tx.SetFate(ctx, row)
		}
	}
	at(-1500, see(1, FateOpened)) // the day before
	at(0, see(2, FateOpened))
	at(10, see(3, FateHold))
	at(20, see(4, ""))  // forgotten
	at(175, see(5, "")) // in work
	rows := map[string]int64{}
	at(60, func(ctx context.Context, tx *Tx) (err error) {
		for _, r := range []Row{{Lane: "1", Kind: "mail", Key: "sent"}, {Lane: "2", Kind: "mail", Key: "failed"}, {Lane: "3", Kind: "mail", Key: "again"},
			{Lane: "4", Kind: "mail", Key: "waits"}, {Lane: "5", Kind: "card", Key: "card waits"}, {Lane: "6", Kind: "entry", Key: "entry failed"}, {Lane: "7", Kind: "entry", Key: "entry aside"}} {
			if rows[r.Key], _, err = tx.Enqueue(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	at(70, func(ctx context.Context, tx *Tx) error {
		for _, key := range []string{"failed", "again", "entry failed"} {
			if err := tx.GiveUp(ctx, must(tx.OutboxRow(ctx, rows[key]))(t), "550"); err != nil {
				return err
			}
		}
		return nil
	})
	at(75, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE outbox SET status = 'aside' WHERE id = $1", rows["entry aside"])
		return err
	})
	at(80, func(ctx context.Context, tx *Tx) error { return tx.Resend(ctx, rows["again"], "") })
	must(0, b.Done(t.Context(), rows["sent"], noon.Add(90*time.Minute), "250 ok"))(t)
}

func TestFiguresOfMailsAndDesk(t *testing.T) {
	b, policy := newBook(t), must(rules.DefaultPolicy())(t)
	deskDay(t, b)
	now := noon.Add(3 * time.Hour)
	y, m, d := noon.In(policy.Location()).Date()
	day := rules.Period{From: time.Date(y, m, d, 0, 0, 0, 0, policy.Location()), To: time.Date(y, m, d+1, 0, 0, 0, 0, policy.Location())}
	f := must(b.Figures(t.Context(), policy, day, now))(t)
	want := rules.MailFigures{Seen: 4, Fates: map[string]int{"opened": 1, "hold": 1}, Unread: 2, Held: 1, Unaccounted: 1, Undelivered: 1, Waiting: 2, LastRead: noon.Add(175 * time.Minute)}
	if diff := cmp.Diff(want, f.Mails); diff != "" {
		t.Errorf("mails (-want +got):\n%s", diff)
	}
	health := rules.Health{Failed: 1, OldestWaiting: noon.Add(time.Hour), LastSent: noon.Add(90 * time.Minute), StaffWaiting: 2, StaffFailed: 1}
	if diff := cmp.Diff(health, f.Health, cmpopts.IgnoreFields(rules.Health{}, "Size")); diff != "" || f.Health.Size < 4096 {
		t.Errorf("health, %d bytes (-want +got):\n%s", f.Health.Size, diff)
	}
	if !f.At.Equal(now) {
		t.Errorf("the figures of a day that is not over are as of %s", f.At)
	}
	next := must(b.Figures(t.Context(), policy, rules.Period{From: day.To, To: day.To.AddDate(0, 0, 1)}, now))(t)
	if next.Mails.Seen != 0 || next.Mails.Undelivered != 0 || next.Mails.Held != 1 {
		t.Errorf("the next day: %+v", next.Mails)
	}
	_, totals, err := b.Present(t.Context(), policy, now)
	if diff := cmp.Diff(map[Fate]int64{FateOpened: 2, FateHold: 1}, totals.Mails); diff != "" || err != nil {
		t.Errorf("totals of mails (-want +got):\n%s%v", diff, err)
	}
}

func TestFiguresOfNoTime(t *testing.T) {
	b, policy := newBook(t), must(rules.DefaultPolicy())(t)
	if _, err := b.Figures(t.Context(), policy, rules.Period{From: noon, To: noon}, noon); err == nil {
		t.Error("figures of an empty period")
	}
	f, err := b.Figures(t.Context(), policy, rules.Period{From: noon, To: noon.Add(time.Hour)}, noon)
	if err != nil || len(f.OpenByDay) == 0 || f.Flow.In != 0 {
		t.Errorf("figures of an empty casebook: %+v, %v", f, err)
	}
}

// A bad firmware: a model that hardly came in comes in a dozen times in a week.
// A customer with twenty units is one case, and no lemon.
func TestLemonModel(t *testing.T) {
	b, policy := newBook(t), must(rules.DefaultPolicy())(t)
	open := func(at time.Time, model string, units int) {
		c := rules.Case{State: rules.New, Reason: rules.Defective}
		for i := range units {
			c.Items = append(c.Items, rules.Item{Position: i + 1, Manufacturer: "yealink", Model: model})
		}
		write(t, b, at, func(ctx context.Context, tx *Tx) (err error) {
			if c.Number, err = tx.NextNumber(ctx); err != nil {
				return err
			}
			return tx.Insert(ctx, &c)
		})
	}
	for week := range 50 {
		open(noon.AddDate(0, 0, -7*week-8), "T46U", 1)
		open(noon.AddDate(0, 0, -7*week-8), "T58W", 1)
	}
	for hour := range 12 {
		open(noon.Add(time.Duration(hour)*time.Hour), "T46U", 1)
	}
	open(noon, "T58W", 20)
	f := must(b.Figures(t.Context(), policy, rules.Period{From: noon, To: noon.AddDate(0, 0, 7)}, noon.AddDate(0, 0, 7)))(t)
	if len(f.Lemons) != 1 || f.Lemons[0].Model != "T46U" || f.Lemons[0].Times != 12 || f.Lemons[0].Usual < 0.9 || f.Lemons[0].Usual > 1 || f.Lemons[0].Last == "" {
		t.Errorf("lemons: %+v", f.Lemons)
	}
}
