package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SerialDate reads the day of manufacture in a serial number. It stands with a
// pattern only where the maker lets that day count for the warranty when no
// better one is known.
type SerialDate struct {
	Expr     string            `yaml:"expr"`     // RE2 with the group year, and month and day, or week: (?P<year>\d\d)(?P<week>\d\d)
	Base     int               `yaml:"base"`     // the year of 0, or of the first of Years; 0: 2000. Four digits are the year itself
	Years    string            `yaml:"years"`    // one character for each year from Base on, where letters stand for years
	Months   string            `yaml:"months"`   // one character for each month, where letters stand for months
	Examples map[string]string `yaml:"examples"` // serial: day, as 2017-11-18
	re       *regexp.Regexp
}

var dateGroups = []string{"year", "month", "week", "day"}

// check reports faults and makes the description ready for use.
func (d *SerialDate) check(tell teller) {
	re, err := regexp.Compile(d.Expr)
	if err != nil {
		tell("expr", explainRegexp(err), "")
		return
	}
	d.re = re
	for _, name := range re.SubexpNames()[1:] {
		if !slices.Contains(dateGroups, name) {
			tell("expr", fmt.Sprintf("%q is no part of a date", name), suggest(name, dateGroups))
		}
	}
	switch {
	case !slices.Contains(re.SubexpNames(), "year"):
		tell("expr", "no part of it is the year", `write (?P<year>\d\d) where it stands`)
		return
	case d.Months != "" && len(d.Months) != 12:
		tell("months", fmt.Sprintf("%q has not twelve characters", d.Months), "one for each month, such as 123456789ABC")
	case len(d.Examples) == 0:
		tell("examples", "there is no example that shows what is meant", "")
	}
	for _, serial := range keysOf(d.Examples) {
		got := "no date"
		if at, ok := d.of(serial); ok {
			got = at.Format(time.DateOnly)
		}
		if got != d.Examples[serial] {
			tell("examples."+serial, fmt.Sprintf("%s gives %s, not %s", serial, got, d.Examples[serial]), "a week or a month counts to its last day")
		}
	}
}

// of reads the day: of a week or a month the last one, since nobody knows which
// it was and the doubt is the customer's.
func (d *SerialDate) of(serial string) (time.Time, bool) {
	found := d.re.FindStringSubmatch(strings.ToUpper(serial))
	if found == nil {
		return time.Time{}, false
	}
	part := func(name string) string {
		if i := d.re.SubexpIndex(name); i >= 0 {
			return found[i]
		}
		return ""
	}
	year, ok := d.year(part("year"))
	if !ok {
		return time.Time{}, false
	}
	return lastDay(year, part("week"), d.month(part("month")), part("day"))
}

func (d *SerialDate) year(s string) (int, bool) {
	base := d.Base
	if base == 0 {
		base = 2000
	}
	if d.Years != "" {
		i := strings.Index(d.Years, s)
		return base + i, i >= 0 && len(s) == 1
	}
	n, err := strconv.Atoi(s)
	if len(s) == 4 {
		base = 0
	}
	return base + n, err == nil
}

func (d *SerialDate) month(s string) string {
	if d.Months == "" || s == "" {
		return s
	}
	return strconv.Itoa(strings.Index(d.Months, s) + 1)
}

// lastDay is the last day of what is known. Weeks are those of ISO 8601.
func lastDay(year int, week, month, day string) (time.Time, bool) {
	n := func(s string, most int) (int, bool) {
		i, err := strconv.Atoi(s)
		return i, err == nil && i >= 1 && i <= most
	}
	if week != "" {
		w, ok := n(week, 53)
		fourth := time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC) // always in week 1
		sunday := fourth.AddDate(0, 0, 7-(int(fourth.Weekday())+6)%7-1)
		return sunday.AddDate(0, 0, 7*(w-1)), ok
	}
	if month == "" {
		return time.Date(year, time.December, 31, 0, 0, 0, 0, time.UTC), true
	}
	m, ok := n(month, 12)
	if day == "" || !ok {
		return time.Date(year, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC), ok
	}
	dd, ok := n(day, 31)
	at := time.Date(year, time.Month(m), dd, 0, 0, 0, 0, time.UTC)
	return at, ok && at.Month() == time.Month(m)
}

// madeOn is the day of manufacture in a unit's serial, where its maker's rule
// lets it count; a day ahead is none.
func (p *Policy) madeOn(it Item, now time.Time) (time.Time, bool) {
	if it.Doubt != "" || it.Serial == "" {
		return time.Time{}, false
	}
	m, _ := p.Manufacturer(it.Manufacturer)
	for i := range m.Serials {
		s := &m.Serials[i]
		if s.Date == nil || s.Date.re == nil {
			continue
		}
		if at, ok := s.Date.of(it.Serial); ok && !at.After(now.AddDate(0, 0, 7)) {
			return at, true
		}
	}
	return time.Time{}, false
}
