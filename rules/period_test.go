package rules

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zoneOf(t testing.TB, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestPeriodBefore(t *testing.T) {
	zone := zoneOf(t, "Europe/Rome")
	for _, c := range []struct{ name, from, to, want string }{
		{"a day", "2026-11-20T00:00", "2026-11-21T00:00", "2026-11-19T00:00"},
		{"the long day when the clocks go back", "2026-10-25T00:00", "2026-10-26T00:00", "2026-10-24T00:00"},
		{"the day after the short one", "2026-03-30T00:00", "2026-03-31T00:00", "2026-03-29T00:00"},
		{"a week with a change of the clocks", "2026-03-23T00:00", "2026-03-30T00:00", "2026-03-16T00:00"},
		{"a month", "2026-03-01T00:00", "2026-04-01T00:00", "2026-02-01T00:00"},
		{"January", "2026-01-01T00:00", "2026-02-01T00:00", "2025-12-01T00:00"},
		{"a quarter", "2026-04-01T00:00", "2026-07-01T00:00", "2026-01-01T00:00"},
		{"a year", "2024-01-01T00:00", "2025-01-01T00:00", "2023-01-01T00:00"},
		{"some hours", "2026-11-20T08:00", "2026-11-20T17:00", "2026-11-19T23:00"},
	} {
		at := func(s string) time.Time {
			v, err := time.ParseInLocation("2006-01-02T15:04", s, zone)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		got := Period{at(c.from), at(c.to)}.Before(zone)
		if !got.From.Equal(at(c.want)) || !got.To.Equal(at(c.from)) {
			t.Errorf("%s: before it is %s to %s, want from %s", c.name, got.From, got.To, c.want)
		}
	}
}

// A date begins at its first moment, also where there is no midnight or two.
func TestDayOf(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"Europe/Rome", "2026-11-21", "2026-11-20T23:00:00Z"},
		{"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z"}, // 00:00 does not exist
		{"Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"},      // nor here
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"},   // 00:00 comes twice
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := dayOf(day.Year(), day.Month(), day.Day(), zoneOf(t, c.zone)).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s begins in %s at %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

// The pieces of a chart lie end to end, begin with a day, and end with the period.
func TestChartsLieEndToEnd(t *testing.T) {
	zones := []string{"UTC", "Europe/Rome", "America/Santiago", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"}
	rapid.Check(t, func(rt *rapid.T) {
		zone := zoneOf(t, rapid.SampledFrom(zones).Draw(rt, "zone"))
		from := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(rt, "from"), 0)
		p := Period{from, from.Add(time.Duration(rapid.Int64Range(1, 40*24*3600).Draw(rt, "seconds")) * time.Second)}
		days, stretches, months := p.Charts(zone)
		for _, pieces := range [][]Period{days, stretches, months} {
			if last := pieces[len(pieces)-1]; !last.To.Equal(p.To) {
				rt.Fatalf("the last piece ends at %s, the period at %s", last.To, p.To)
			}
			for i, piece := range pieces {
				local := piece.From.In(zone)
				if y, m, d := local.Date(); !local.Equal(dayOf(y, m, d, zone)) || !piece.From.Before(piece.To) {
					rt.Fatalf("a piece from %s to %s", local, piece.To.In(zone))
				}
				if i > 0 && !pieces[i-1].To.Equal(piece.From) {
					rt.Fatalf("a gap: %s to %s", pieces[i-1].To, piece.From)
				}
			}
		}
		if past := p.Before(zone); !past.To.Equal(p.From) || !past.From.Before(past.To) {
			rt.Fatalf("before: %v", past)
		}
	})
}
