package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/us"
)

// Calendar says when the desk works.
type Calendar struct {
	TimeZone string      `yaml:"time_zone"` // IANA
	Holidays Holidays    `yaml:"holidays"`
	Hours    WorkingWeek `yaml:"hours"`
	zone     *time.Location
	week     [7][]window      // by time.Weekday
	free     map[dateKey]bool // holidays
}

// dateKey is a date as a number, 20261224; 1224 is the date of every year.
type dateKey int

func keyOf(y int, m time.Month, d int) dateKey { return dateKey(y*10000 + int(m)*100 + d) }

// Holidays are the days on which nobody works: the public ones of a country,
// and what the desk adds or takes away.
type Holidays struct {
	Country string `yaml:"country"`
	Add     []Day  `yaml:"add"`
	Remove  []Day  `yaml:"remove"`
}

// Day is one date, 2026-12-24, or the same date of every year, 12-24.
type Day string

var dayForm = regexp.MustCompile(`^(\d{4}-)?\d{2}-\d{2}$`)

// UnmarshalText reads 2026-12-24 or 12-24.
func (d *Day) UnmarshalText(text []byte) error {
	s := string(text)
	full := s
	if len(s) == 5 {
		full = "2024-" + s // a leap year, so that 02-29 may be named
	}
	if _, err := time.Parse(time.DateOnly, full); err != nil || !dayForm.MatchString(s) {
		return fmt.Errorf("%q is no date: write 2026-12-24, or 12-24 for every year", s)
	}
	*d = Day(s)
	return nil
}

// WorkingWeek holds the opening hours of each weekday; an empty one is free.
type WorkingWeek struct {
	Monday    []Hour `yaml:"monday"`
	Tuesday   []Hour `yaml:"tuesday"`
	Wednesday []Hour `yaml:"wednesday"`
	Thursday  []Hour `yaml:"thursday"`
	Friday    []Hour `yaml:"friday"`
	Saturday  []Hour `yaml:"saturday"`
	Sunday    []Hour `yaml:"sunday"`
}

func (w WorkingWeek) days() [7][]Hour {
	return [7][]Hour{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}
}

// Hour is one stretch of opening hours, "09:00-13:00".
type Hour string

// UnmarshalText reads 09:00-13:00.
func (h *Hour) UnmarshalText(text []byte) error {
	if _, err := parseWindow(string(text)); err != nil {
		return err
	}
	*h = Hour(text)
	return nil
}

// window is an Hour in minutes of the local day.
type window struct{ from, to int }

func parseWindow(s string) (window, error) {
	var h1, m1, h2, m2 int
	n, err := fmt.Sscanf(strings.ReplaceAll(s, " ", ""), "%d:%d-%d:%d", &h1, &m1, &h2, &m2)
	w := window{h1*60 + m1, h2*60 + m2}
	if err != nil || n != 4 || min(h1, m1, h2, m2) < 0 || m1 > 59 || m2 > 59 || w.to > 24*60 || w.from >= w.to {
		return window{}, fmt.Errorf("%q are no opening hours: write 09:00-13:00", s)
	}
	return w, nil
}

// publicHolidays is rickar/cal's data, by country. Germany, Switzerland and
// Spain are the nation-wide days; regional ones are added in the policy.
func publicHolidays() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"at": at.Holidays, "be": be.Holidays, "ch": ch.Holidays, "de": de.Holidays, "es": es.Holidays,
		"fr": fr.Holidays, "gb": gb.Holidays, "it": it.Holidays, "nl": nl.Holidays, "us": us.Holidays,
	}
}

// prepare reads the calendar once; problems are told by path below "calendar".
func (c *Calendar) prepare(fault func(path, text, hint string)) {
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil || c.TimeZone == "" || c.TimeZone == "Local" {
		fault("time_zone", fmt.Sprintf("unknown time zone %q", c.TimeZone), "use a name of the IANA list, such as Europe/Rome")
		zone = time.UTC
	}
	c.zone = zone
	holidays := publicHolidays()
	public, ok := holidays[c.Holidays.Country]
	if !ok && c.Holidays.Country != "" && c.Holidays.Country != "none" {
		names := append(keysOf(holidays), "none")
		fault("holidays.country", fmt.Sprintf("no public holidays are known for %q", c.Holidays.Country), suggest(c.Holidays.Country, names))
	}
	c.free = holidayTable(public, c.Holidays)
	c.prepareWeek(fault)
}

// The years for which public holidays are worked out beforehand.
const firstYear, lastYear = 2000, 2100

func holidayTable(public []*cal.Holiday, desk Holidays) map[dateKey]bool {
	table := map[dateKey]bool{}
	for y := firstYear; y <= lastYear; y++ {
		for _, h := range public {
			actual, observed := h.Calc(y)
			for _, at := range []time.Time{actual, observed} {
				if !at.IsZero() {
					table[keyOf(at.Date())] = true
				}
			}
		}
	}
	for _, d := range desk.Remove {
		if key := d.key(); key > 9999 {
			table[key] = false
		} else {
			for y := firstYear; y <= lastYear; y++ {
				table[dateKey(y*10000)+key] = false
			}
		}
	}
	for _, d := range desk.Add {
		table[d.key()] = true
	}
	return table
}

func (c *Calendar) prepareWeek(fault func(path, text, hint string)) {
	open := 0
	for day, hours := range c.Hours.days() {
		c.week[day] = nil
		for i, h := range hours {
			w, err := parseWindow(string(h))
			if err != nil {
				continue // told when it was read
			}
			if n := len(c.week[day]); n > 0 && c.week[day][n-1].to > w.from {
				path := fmt.Sprintf("hours.%s[%d]", strings.ToLower(time.Weekday(day).String()), i)
				fault(path, fmt.Sprintf("%s begins before the hours named before it end", h), "")
				continue
			}
			c.week[day] = append(c.week[day], w)
			open += w.to - w.from
		}
	}
	if open == 0 {
		fault("hours", "the desk is never open, so no working time passes", "")
	}
}

// key is 0 for what is no date, which was told when it was read.
func (d Day) key() dateKey {
	n, err := strconv.Atoi(strings.ReplaceAll(string(d), "-", ""))
	if err != nil {
		return 0
	}
	return dateKey(n)
}

// holiday says whether a local date is free.
func (c *Calendar) holiday(y int, m time.Month, d int) bool {
	return c.free[keyOf(y, m, d)] || c.free[keyOf(0, m, d)]
}

// windows returns the opening hours of the local date of t, as instants.
// Hours that a change of the clocks swallows are left out by themselves.
func (c *Calendar) windows(t time.Time) [][2]time.Time {
	y, m, d := t.In(c.zone).Date()
	day := time.Date(y, m, d, 12, 0, 0, 0, c.zone)
	if len(c.week[day.Weekday()]) == 0 || c.holiday(y, m, d) {
		return nil
	}
	var open [][2]time.Time
	for _, w := range c.week[day.Weekday()] {
		from := time.Date(y, m, d, 0, w.from, 0, 0, c.zone)
		to := time.Date(y, m, d, 0, w.to, 0, 0, c.zone)
		if from.Before(to) {
			open = append(open, [2]time.Time{from, to})
		}
	}
	return open
}

// nextDay is noon of the following local date: noon exists on every date.
func (c *Calendar) nextDay(t time.Time) time.Time {
	y, m, d := t.In(c.zone).Date()
	return time.Date(y, m, d+1, 12, 0, 0, 0, c.zone)
}

// addDays moves n calendar days on, at the same local time of day.
func (c *Calendar) addDays(t time.Time, n int) time.Time {
	local := t.In(c.zone)
	return time.Date(local.Year(), local.Month(), local.Day()+n, local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), c.zone).In(t.Location())
}

// horizon bounds the search for opening hours: with none for so long, the
// holidays have eaten the year and the clock runs on without them.
const horizon = 3 * 366

// AddWorking returns the moment when d of opening hours have passed since t.
func (p *Policy) AddWorking(t time.Time, d time.Duration) time.Time {
	c := &p.Calendar
	at := t
	for range horizon {
		for _, w := range c.windows(at) {
			from := w[0]
			if from.Before(t) {
				from = t
			}
			open := w[1].Sub(from)
			if open <= 0 {
				continue
			}
			if d <= open {
				return from.Add(d).In(t.Location())
			}
			d -= open
		}
		at = c.nextDay(at)
	}
	return t.Add(d)
}

// Open returns the first moment from t on at which the desk works: t itself
// within opening hours.
func (p *Policy) Open(t time.Time) time.Time { return p.AddWorking(t, 0) }

// AddWorkingDays moves on by whole working days, at the same local time of
// day. From a free day, counting begins at the opening of the next working day.
func (p *Policy) AddWorkingDays(t time.Time, days int) time.Time {
	c := &p.Calendar
	clock, at := t.In(c.zone), t.In(c.zone)
	if w := c.windows(at); len(w) == 0 {
		at = c.nextWorkingDay(at)
		if w = c.windows(at); len(w) > 0 {
			clock = w[0][0]
		}
	}
	for range days {
		at = c.nextWorkingDay(at)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), clock.Hour(), clock.Minute(), clock.Second(), clock.Nanosecond(), c.zone).In(t.Location())
}

func (c *Calendar) nextWorkingDay(t time.Time) time.Time {
	next := c.nextDay(t)
	for range horizon {
		if len(c.windows(next)) > 0 {
			return next
		}
		next = c.nextDay(next)
	}
	return c.nextDay(t)
}

// WorkingBetween is how much opening time lies between two moments; 0 where b
// is not after a.
func (p *Policy) WorkingBetween(a, b time.Time) time.Duration {
	c := &p.Calendar
	var sum time.Duration
	for at := a; ; at = c.nextDay(at) {
		for _, w := range c.windows(at) {
			from, to := w[0], w[1]
			if from.Before(a) {
				from = a
			}
			if to.After(b) {
				to = b
			}
			sum += max(0, to.Sub(from))
		}
		if y, m, d := c.nextDay(at).In(c.zone).Date(); !time.Date(y, m, d, 0, 0, 0, 0, c.zone).Before(b) {
			return sum
		}
	}
}

func keysOf[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Location is the time zone in which the desk works.
func (p *Policy) Location() *time.Location { return p.Calendar.zone }

// WorkingDate says whether the desk works on a date of the calendar.
func (p *Policy) WorkingDate(y int, m time.Month, d int) bool {
	return len(p.Calendar.windows(time.Date(y, m, d, 12, 0, 0, 0, p.Calendar.zone))) > 0
}

// WorkingDay is how long a working day is, on average over the week.
func (p *Policy) WorkingDay() time.Duration {
	var minutes, days int
	for _, windows := range p.Calendar.week {
		for _, w := range windows {
			minutes += w.to - w.from
		}
		days += min(1, len(windows))
	}
	return time.Duration(minutes) * time.Minute / time.Duration(max(1, days))
}
