package rules

import "time"

// Period is a stretch of time: From belongs to it, To does not.
type Period struct{ From, To time.Time }

// Has says whether a moment lies in the period.
func (p Period) Has(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

// Before is the period of the same length and kind that ends where this one
// begins: to whole months of the time zone so many months before, to whole days
// so many days, and otherwise the same length of time.
func (p Period) Before(zone *time.Location) Period {
	from, to := p.From.In(zone), p.To.In(zone)
	if months := monthOf(to) - monthOf(from); months > 0 && isMonth(from) && isMonth(to) {
		return Period{dayOf(from.Year(), from.Month()-time.Month(months), 1, zone), p.From}
	}
	if days := daysBetween(from, to); days > 0 && isDay(from) && isDay(to) {
		return Period{dayOf(from.Year(), from.Month(), from.Day()-days, zone), p.From}
	}
	return Period{p.From.Add(-p.To.Sub(p.From)), p.From}
}

// lastDays are the last n local days to the end of the period, the oldest first.
// One that has not wholly passed ends with the period.
func (p Period) lastDays(n int, zone *time.Location) []Period {
	return p.last(n, zone, func(last time.Time, i int) time.Time {
		return dayOf(last.Year(), last.Month(), last.Day()-i, zone)
	})
}

// lastWeeks are the last n stretches of seven local days to the end of the
// period, the oldest first.
func (p Period) lastWeeks(n int, zone *time.Location) []Period {
	return p.last(n, zone, func(last time.Time, i int) time.Time {
		return dayOf(last.Year(), last.Month(), last.Day()-6-7*i, zone)
	})
}

// lastMonths are the last n calendar months to the end of the period, the oldest
// first.
func (p Period) lastMonths(n int, zone *time.Location) []Period {
	return p.last(n, zone, func(last time.Time, i int) time.Time {
		return dayOf(last.Year(), last.Month()-time.Month(i), 1, zone)
	})
}

// last cuts the time before the end of the period into n pieces. start is the
// beginning of the i-th before the one that holds the day last.
func (p Period) last(n int, zone *time.Location, start func(last time.Time, i int) time.Time) []Period {
	last := p.To.Add(-time.Millisecond).In(zone)
	pieces := make([]Period, n)
	to := p.To
	for i := range n {
		from := start(last, i)
		pieces[n-1-i] = Period{from, to}
		to = from
	}
	return pieces
}

// Charts are the stretches that the series of the figures are cut into.
func (p Period) Charts(zone *time.Location) (days, stretches, months []Period) {
	days, months = p.lastDays(84, zone), p.lastMonths(12, zone)
	if daysBetween(p.From.In(zone), p.To.In(zone)) > 7 {
		return days, months, months
	}
	return days, p.lastWeeks(12, zone), months
}

// Year is the year before the period.
func (p Period) Year(zone *time.Location) Period {
	from := p.From.In(zone)
	return Period{from.AddDate(-1, 0, 0), p.From}
}

// Base is the part of the year before a period that the desk has known, to tell
// by what is usual. A desk that has not yet known twice the period cannot tell.
func (p Period) Base(zone *time.Location, since time.Time) (base Period, enough bool) {
	base = p.Year(zone)
	if since.After(base.From) {
		base.From = since
	}
	return base, !since.IsZero() && base.To.Sub(base.From) >= 2*p.To.Sub(p.From)
}

// dayOf is the first moment of a date. Where the clocks go forward at midnight
// there is no 00:00, and where they go back to it there are two.
func dayOf(y int, m time.Month, d int, zone *time.Location) time.Time {
	t, noon := time.Date(y, m, d, 0, 0, 0, 0, zone), time.Date(y, m, d, 12, 0, 0, 0, zone)
	start, end := t.ZoneBounds()
	if t.YearDay() != noon.YearDay() {
		return end
	}
	if start.IsZero() {
		return t
	}
	_, now := t.Zone()
	_, past := start.Add(-time.Second).Zone()
	if first := t.Add(time.Duration(now-past) * time.Second); first.Before(start) && first.Before(t) && first.YearDay() == noon.YearDay() {
		return first
	}
	return t
}

func monthOf(t time.Time) int { return t.Year()*12 + int(t.Month()) }

func isDay(t time.Time) bool {
	return t.Equal(dayOf(t.Year(), t.Month(), t.Day(), t.Location()))
}

func isMonth(t time.Time) bool { return t.Day() == 1 && isDay(t) }

// daysBetween counts the dates from a to b, whatever the clocks do.
func daysBetween(a, b time.Time) int {
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}
