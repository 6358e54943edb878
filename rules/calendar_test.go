package rules

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func policy(t testing.TB, yaml string) *Policy {
	t.Helper()
	p, err := LoadPolicy("policy.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func rome(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestAfter(t *testing.T) {
	p := policy(t, "version: t")
	for _, c := range []struct{ from, span, want string }{
		{"2026-01-12 10:00", "12 hours", "2026-01-12 22:00"},
		{"2026-01-12 10:00", "2 working days", "2026-01-14 10:00"},
		{"2026-01-16 10:00", "1 working day", "2026-01-19 10:00"},   // over a week-end
		{"2026-01-17 23:00", "1 working day", "2026-01-20 09:00"},   // from a Saturday
		{"2025-12-24 17:00", "1 working day", "2025-12-29 17:00"},   // Christmas, St Stephen, week-end
		{"2026-12-24 17:00", "8 working hours", "2026-12-28 17:00"}, // Friday is Christmas
		{"2026-01-12 12:00", "2 working hours", "2026-01-12 15:00"}, // over lunch
		{"2026-03-27 16:00", "4 working hours", "2026-03-30 11:00"}, // the clocks go forward on Sunday
		{"2026-10-23 16:00", "4 working hours", "2026-10-26 11:00"}, // and back
		{"2026-03-28 10:00", "1 day", "2026-03-29 10:00"},           // 23 hours
		{"2026-10-02 10:00", "1 working day", "2026-10-05 10:00"},
		{"2027-10-01 10:00", "1 working day", "2027-10-05 10:00"}, // Monday 4 October 2027: San Francesco
	} {
		var span Span
		if err := span.UnmarshalText([]byte(c.span)); err != nil {
			t.Fatal(err)
		}
		if got := p.After(rome(t, c.from), span); !got.Equal(rome(t, c.want)) {
			t.Errorf("%s + %s = %s, want %s", c.from, c.span, got.In(p.Calendar.zone).Format("Mon 2006-01-02 15:04"), c.want)
		}
	}
}

// A holiday counts by the desk's own date, not by the date in the time's zone.
func TestHolidayIsTheDesksDate(t *testing.T) {
	p := policy(t, "version: t")
	at := time.Date(2026, 12, 24, 23, 30, 0, 0, time.UTC) // Christmas in Rome already
	if got, want := p.AddWorkingDays(at, 1), rome(t, "2026-12-29 09:00"); !got.Equal(want) {
		t.Errorf("%s, want %s", got, want)
	}
	if got := p.AddWorking(at, time.Minute); !got.Equal(rome(t, "2026-12-28 09:01")) {
		t.Errorf("%s", got)
	}
}

func TestAddedAndRemovedDays(t *testing.T) {
	p := policy(t, `
calendar:
  holidays: {country: it, add: ['2026-01-13', '08-14'], remove: ['12-26']}
`)
	for _, c := range []struct {
		day  time.Time
		free bool
	}{
		{rome(t, "2026-01-13 00:00"), true}, {rome(t, "2027-01-13 00:00"), false}, {rome(t, "2027-08-14 00:00"), true},
		{rome(t, "2026-12-25 00:00"), true}, {rome(t, "2026-12-26 00:00"), false},
	} {
		if got := p.Calendar.holiday(c.day.Date()); got != c.free {
			t.Errorf("%s free: %v", c.day.Format(time.DateOnly), got)
		}
	}
}

// bruteAdd walks minute by minute.
func bruteAdd(p *Policy, t time.Time, minutes int) time.Time {
	for minutes > 0 {
		if p.openAt(t) {
			minutes--
		}
		t = t.Add(time.Minute)
	}
	return t
}

// openAt is written apart from the calendar's own arithmetic, from the local
// clock alone.
func (p *Policy) openAt(t time.Time) bool {
	local := t.In(p.Calendar.zone)
	if p.Calendar.holiday(local.Date()) {
		return false
	}
	minute := local.Hour()*60 + local.Minute()
	return slices.ContainsFunc(p.Calendar.week[local.Weekday()], func(w window) bool { return w.from <= minute && minute < w.to })
}

// The clocks change at night: opening hours at night, on Sundays and across
// midnight's edge make the change matter.
const nightShift = `
calendar:
  time_zone: Europe/Rome
  holidays: {country: it}
  hours: {sunday: ['00:30-05:00', '20:00-24:00'], monday: ['00:00-03:30', '09:00-13:00', '13:00-17:15'], saturday: ['22:00-24:00']}
`

func TestWorkingTimeAgainstBruteForce(t *testing.T) {
	policies := []*Policy{policy(t, "version: t"), policy(t, nightShift)}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(policies).Draw(t, "policy")
		anchor := rapid.SampledFrom([]time.Time{
			time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 23, 0, 0, 0, 0, time.UTC),
			time.Date(2025, 12, 23, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC),
		}).Draw(t, "anchor")
		from := anchor.Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "minutes")) * time.Minute)
		n := rapid.IntRange(1, 20*60).Draw(t, "work")
		got := p.AddWorking(from, time.Duration(n)*time.Minute)
		if want := bruteAdd(p, from, n); !got.Equal(want) {
			t.Fatalf("%s + %d min = %s, want %s", from, n, got, want)
		}
		if back := p.WorkingBetween(from, got); back != time.Duration(n)*time.Minute {
			t.Fatalf("between %s and %s lie %s, want %d min", from, got, back, n)
		}
	})
}

func TestWorkingDaysAgainstBruteForce(t *testing.T) {
	p := policy(t, "version: t")
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 2*365*24*60).Draw(t, "minutes")) * time.Minute)
		n := rapid.IntRange(1, 20).Draw(t, "days")
		got := p.AddWorkingDays(from, n).In(p.Calendar.zone)
		worked := 0
		for day := from.In(p.Calendar.zone).AddDate(0, 0, 1); !day.After(got.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
			y, m, d := day.Date()
			weekday := day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
			if weekday && !p.Calendar.holiday(y, m, d) && !time.Date(y, m, d, 0, 0, 0, 0, p.Calendar.zone).After(got) {
				worked++
			}
		}
		want := n
		if len(p.Calendar.windows(from)) == 0 {
			want++ // from a free day, the next working day is where counting begins
		}
		if worked != want || len(p.Calendar.windows(got)) == 0 {
			t.Fatalf("%s + %d working days = %s, over %d working days", from, n, got, worked)
		}
	})
}
