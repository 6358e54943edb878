package notify

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"retour/rules"
)

func testPolicy(t testing.TB) *rules.Policy {
	t.Helper()
	p, err := rules.DefaultPolicy() // Italy's holidays, Monday to Friday
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestLastDigest(t *testing.T) {
	tests := []struct {
		name     string
		zone     string
		at       TimeOfDay
		kind     DigestKind
		now      string
		due      string
		from, to string
	}{
		{"on the minute", "Europe/Rome", 420, Daily, "2026-05-20 07:00", "2026-05-20 07:00", "2026-05-19", "2026-05-20"},
		{"a minute before", "Europe/Rome", 420, Daily, "2026-05-20 06:59", "2026-05-19 07:00", "2026-05-18", "2026-05-19"},
		{"Monday tells of the weekend", "Europe/Rome", 420, Daily, "2026-05-18 12:00", "2026-05-18 07:00", "2026-05-15", "2026-05-18"},
		{"none on Sunday", "Europe/Rome", 420, Daily, "2026-05-17 12:00", "2026-05-15 07:00", "2026-05-14", "2026-05-15"},
		{"after a holiday", "Europe/Rome", 420, Daily, "2026-06-03 08:00", "2026-06-03 07:00", "2026-06-01", "2026-06-03"},
		{"week", "Europe/Rome", 420, Weekly, "2026-05-21 08:00", "2026-05-18 07:00", "2026-05-11", "2026-05-18"},
		{"week before Monday's hour", "Europe/Rome", 420, Weekly, "2026-05-18 06:00", "2026-05-11 07:00", "2026-05-04", "2026-05-11"},
		{"week that begins with a holiday", "Europe/Rome", 420, Weekly, "2026-04-08 08:00", "2026-04-07 07:00", "2026-03-30", "2026-04-06"},
		{"month", "Europe/Rome", 420, Monthly, "2026-06-20 08:00", "2026-06-01 07:00", "2026-05-01", "2026-06-01"},
		{"month that begins on a free day", "Europe/Rome", 420, Monthly, "2026-11-15 08:00", "2026-11-02 07:00", "2026-10-01", "2026-11-01"},
		{"new year", "Europe/Rome", 420, Monthly, "2027-01-03 08:00", "2026-12-01 07:00", "2026-11-01", "2026-12-01"},
		{"clocks go forward", "Europe/Rome", 150, Daily, "2026-03-30 08:00", "2026-03-30 02:30", "2026-03-27", "2026-03-30"},
		{"clocks go back", "Europe/Rome", 150, Weekly, "2026-10-26 08:00", "2026-10-26 02:30", "2026-10-19", "2026-10-26"},
		{"in another zone it is another day", "America/New_York", 420, Daily, "2026-05-18 06:00", "2026-05-15 07:00", "2026-05-14", "2026-05-15"},
	}
	p := testPolicy(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone := zoneOf(t, tt.zone)
			read := func(layout, s string) time.Time {
				at, err := time.ParseInLocation(layout, s, zone)
				if err != nil {
					t.Fatal(err)
				}
				return at
			}
			got := Timetable{Zone: zone, At: tt.at}.Last(p, tt.kind, read("2006-01-02 15:04", tt.now))
			want := Due{Kind: tt.kind, At: read("2006-01-02 15:04", tt.due),
				Period: rules.Period{From: read(time.DateOnly, tt.from), To: read(time.DateOnly, tt.to)}}
			if !got.At.Equal(want.At) || !got.Period.From.Equal(want.Period.From) || !got.Period.To.Equal(want.Period.To) {
				t.Errorf("got %s about %s to %s\nwant %s about %s to %s", got.At, got.Period.From, got.Period.To, want.At, want.Period.From, want.Period.To)
			}
		})
	}
}

// Over years, in zones with odd changes of clocks: the digests of a kind follow
// each other, and their periods leave no day out and tell none twice.
func TestDigestsTellEveryDayOnce(t *testing.T) {
	p := testPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Europe/Rome", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Beirut", "Pacific/Apia", "UTC"}).Draw(t, "zone")
		table := Timetable{Zone: zoneOf2(t, name), At: TimeOfDay(rapid.IntRange(0, 24*60-1).Draw(t, "at"))}
		kind := rapid.SampledFrom([]DigestKind{Daily, Weekly, Monthly}).Draw(t, "kind")
		now := time.Unix(rapid.Int64Range(1_300_000_000, 1_900_000_000).Draw(t, "now"), 0)
		due := table.Last(p, kind, now)
		if due.At.After(now) {
			t.Fatalf("at %s, the digest of %s was due", now, due.At)
		}
		if again := table.Last(p, kind, due.At); again != due {
			t.Fatalf("due at %s is %+v, and at that moment %+v", now, due, again)
		}
		before := table.Last(p, kind, due.At.Add(-time.Second))
		if !before.Period.To.Equal(due.Period.From) {
			t.Fatalf("%s tells to %s, and the next of %s from %s", before.At, before.Period.To, due.At, due.Period.From)
		}
		if due.Period.To.After(due.At) || before.Day() == due.Day() {
			t.Fatalf("%s tells to %s; the one before is of %s", due.At, due.Period.To, before.At)
		}
	})
}

func zoneOf2(t *rapid.T, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestTimeOfDay(t *testing.T) {
	for text, want := range map[string]TimeOfDay{"07:00": 420, "0:05": 5, "23:59": 1439} {
		var got TimeOfDay
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "7", "24:00", "7h", "07:60", "07:00:00"} {
		if err := new(TimeOfDay).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken for a time of day", text)
		}
	}
}
