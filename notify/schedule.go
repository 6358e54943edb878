package notify

import (
	"fmt"
	"time"

	"retour/rules"
)

// DigestKind is how often a digest comes, and what period it is about.
type DigestKind string

// The kinds: each is about the days, the week or the month that has ended.
const (
	Daily   DigestKind = "daily"   // on each working day, about the days since the working day before
	Weekly  DigestKind = "weekly"  // on the first working day of a week, about the week before
	Monthly DigestKind = "monthly" // on the first working day of a month, about the month before
)

// Values are the kinds.
func (DigestKind) Values() []string { return []string{string(Daily), string(Weekly), string(Monthly)} }

// TimeOfDay is an hour of the day, in minutes.
type TimeOfDay int

// UnmarshalText reads 07:00.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	at, err := time.Parse("15:04", string(text))
	if err != nil {
		return fmt.Errorf("%q is no time of day: write 07:00", text)
	}
	*t = TimeOfDay(at.Hour()*60 + at.Minute())
	return nil
}

// Timetable says when the digests of a list are due.
type Timetable struct {
	Zone *time.Location
	At   TimeOfDay
}

// Due is one digest that is or was due.
type Due struct {
	Kind   DigestKind
	At     time.Time // when it goes out
	Period rules.Period
}

// Day is the day on which it goes out, 2026-11-23: with list and kind, the name
// of this digest.
func (d Due) Day() string { return d.At.Format(time.DateOnly) }

// Last is the digest of a kind that was due last, at now or before. Where the
// clocks change and the time of day does not exist, it is due an hour beside.
func (t Timetable) Last(p *rules.Policy, kind DigestKind, now time.Time) Due {
	day := civil(now.In(t.Zone))
	if t.at(day).After(now) {
		day = day.AddDate(0, 0, -1)
	}
	day = lastDue(p, kind, day)
	first, last := period(p, kind, day)
	return Due{Kind: kind, At: t.at(day), Period: rules.Period{From: t.midnight(first), To: t.midnight(last)}}
}

// lastDue is the date of the digest that goes out on a date or before. A desk
// that has not worked for a year has no working days to go by.
func lastDue(p *rules.Policy, kind DigestKind, day time.Time) time.Time {
	const year = 366
	for i := range year {
		if d := day.AddDate(0, 0, -i); due(p, kind, d) {
			return d
		}
	}
	return day
}

// civil is a date as noon in UTC, so that no change of clocks touches it.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
}

func (t Timetable) at(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, int(t.At), 0, 0, t.Zone)
}

func (t Timetable) midnight(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Zone)
}

// due says whether a digest of a kind goes out on a date.
func due(p *rules.Policy, kind DigestKind, day time.Time) bool {
	switch kind {
	case Weekly:
		return firstWorking(p, monday(day), 7).Equal(day)
	case Monthly:
		return firstWorking(p, day.AddDate(0, 0, 1-day.Day()), 28).Equal(day)
	}
	return p.WorkingDate(day.Date())
}

// firstWorking is the first working day of so many from a date on; where none of
// them is one, the date itself: what happened before the holidays is told anyway.
func firstWorking(p *rules.Policy, day time.Time, days int) time.Time {
	for i := range days {
		if next := day.AddDate(0, 0, i); p.WorkingDate(next.Date()) {
			return next
		}
	}
	return day
}

func monday(day time.Time) time.Time { return day.AddDate(0, 0, -(int(day.Weekday())+6)%7) }

// period is the days that a digest is about: the first, and the one after the last.
func period(p *rules.Policy, kind DigestKind, day time.Time) (from, to time.Time) {
	switch kind {
	case Weekly:
		return monday(day).AddDate(0, 0, -7), monday(day)
	case Monthly:
		first := day.AddDate(0, 0, 1-day.Day())
		return first.AddDate(0, -1, 0), first
	}
	return lastDue(p, Daily, day.AddDate(0, 0, -1)), day
}
