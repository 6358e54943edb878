package simulation

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/ingest"
	"retour/ingest/intake"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
	"retour/templates"
)

const desk = "rma@desk.example"

// lived plays some days and returns the casebook that they left.
func lived(t *testing.T, days int, stories []Story) (*casebook.Book, Result, *Clock) {
	t.Helper()
	policy, err := rules.DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	book, err := casebook.Open(t.Context(), filepath.Join(t.TempDir(), "retour.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	secret := make([]byte, 32)
	composer, err := notify.NewComposer(notify.Desk{Name: "Returns", Address: desk, Company: "Desk", ReturnAddress: []string{"Dock 1"}}, set, policy, secret)
	if err != nil {
		t.Fatal(err)
	}
	clock, log := &Clock{}, slog.New(slog.DiscardHandler)
	from := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	clock.Set(from)
	in, err := intake.New(intake.Options{Book: book, Policy: policy, Composer: composer, Desk: ingest.Desk{Addresses: []string{desk}, AuthServ: "mx.desk.example"},
		Secret: secret, Domain: "desk.example", Language: "en", Now: clock.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), Options{Book: book, Intake: in, Policy: policy, Clock: clock, Address: desk, AuthServ: "mx.desk.example",
		From: from, Days: days, PerDay: 30, Seed: 7, Customers: 60, Stories: stories, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return book, r, clock
}

// A life leaves nothing undone that the desk could have done: every mail has
// its fate, every answer has left, and staff never meet a refusal.
func TestLife(t *testing.T) {
	book, r, clock := lived(t, 21, nil)
	if r.Mails < 200 || r.Cases < 60 || r.Clicks < 150 || r.Sent < r.Cases || r.Refused > 0 {
		t.Errorf("%+v", r)
	}
	stats, err := book.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if stats.Ledger[""] > 0 || stats.Outbox["pending"] > 0 {
		t.Errorf("unfinished: %+v", stats)
	}
	if due, err := book.Due(t.Context(), clock.Now()); err != nil || len(due) > 0 {
		t.Errorf("the clock has not acted on %v: %v", due, err)
	}
	for _, s := range rules.States() {
		if stats.Cases[s] == 0 {
			t.Errorf("no case is %s: %v", s, stats.Cases)
		}
	}
	cases, err := book.Cases(t.Context(), casebook.CaseFilter{})
	if err != nil {
		t.Fatal(err)
	}
	unread := 0
	for _, c := range cases {
		if len(c.Items) == 0 || c.Items[0].Manufacturer == "" || c.Reason == "" {
			unread++
		}
	}
	if unread*100 > len(cases)*2 {
		t.Errorf("%d of %d requests were not understood", unread, len(cases))
	}
}

// The same seed makes the same life, to the last word of its history.
func TestSameSeedSameLife(t *testing.T) {
	one, a, _ := lived(t, 4, Ordinary())
	two, b, _ := lived(t, 4, Ordinary())
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(histories(t.Context(), t, one), histories(t.Context(), t, two)); diff != "" {
		t.Error(diff)
	}
}

func histories(ctx context.Context, t *testing.T, book *casebook.Book) map[string][]casebook.HistoryRow {
	cases, err := book.Cases(ctx, casebook.CaseFilter{})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]casebook.HistoryRow{}
	for _, c := range cases {
		if all[c.Number], err = book.History(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// A story can be seen in what comes in.
func TestStory(t *testing.T) {
	bad := Story{Name: "a bad firmware", From: Day{time.May, 1}, To: Day{time.May, 31}, Maker: "yealink", Model: "SIP-T46U", Fault: "firmware", Units: 60}
	count := func(stories []Story) (n int) {
		book, _, _ := lived(t, 6, stories)
		cases, err := book.Cases(t.Context(), casebook.CaseFilter{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if len(c.Items) > 0 && c.Items[0].Model == "SIP-T46U" {
				n++
			}
		}
		return n
	}
	if usual, may := count(nil), count([]Story{bad}); may < usual*2 {
		t.Errorf("in May %d cases of the bad firmware came in, otherwise %d", may, usual)
	}
}

func TestStoryDays(t *testing.T) {
	turn := Story{From: Day{time.December, 21}, To: Day{time.January, 6}}
	for day, want := range map[string]bool{"2026-12-20": false, "2026-12-21": true, "2027-01-01": true, "2027-01-06": true, "2027-01-07": false, "2026-07-01": false} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if turn.on(at) != want {
			t.Errorf("%s: %v", day, !want)
		}
	}
}
