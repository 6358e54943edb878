package tabular

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Order is how the three numbers of a date follow each other.
type Order string

// The orders; the empty one is not known.
const (
	DMY Order = "dmy"
	MDY Order = "mdy"
	YMD Order = "ymd"
)

// Values are the orders.
func (Order) Values() []string { return []string{string(DMY), string(MDY), string(YMD)} }

// Evidence is what the cells of one column tell of the order of its dates.
type Evidence struct {
	dayFirst, monthFirst, either sighting
}

// sighting is a cell that tells something.
type sighting struct {
	text string
	line int
}

// See takes one cell of the column in.
func (e *Evidence) See(cell string, line int) {
	if e.decided() {
		return
	}
	a, b, ok := ambiguous(cell)
	if !ok || a == b {
		return
	}
	where := &e.either
	switch {
	case a > 12:
		where = &e.dayFirst
	case b > 12:
		where = &e.monthFirst
	}
	if where.line == 0 {
		*where = sighting{cell, line}
	}
}

// decided: nothing that may follow changes what is said.
func (e *Evidence) decided() bool { return e.dayFirst.line > 0 && e.monthFirst.line > 0 }

// Matters says whether the order of the column's dates is in its cells.
func (e *Evidence) Matters() bool { return e.dayFirst.line > 0 || e.monthFirst.line > 0 }

// Order is the order of the column's dates; DMY where it does not matter. The
// error says why it cannot be known.
func (e *Evidence) Order() (Order, error) {
	switch {
	case e.dayFirst.line > 0 && e.monthFirst.line > 0:
		return "", fmt.Errorf("line %d has %q, with the day first, and line %d has %q, with the month first", e.dayFirst.line, e.dayFirst.text, e.monthFirst.line, e.monthFirst.text)
	case e.monthFirst.line > 0:
		return MDY, nil
	case e.dayFirst.line == 0 && e.either.line > 0:
		return "", fmt.Errorf("no day in it is above 12: %q in line %d may be two days", e.either.text, e.either.line)
	}
	return DMY, nil
}

// The forms of a date that consist of numbers.
var (
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$`)
	yearLast   = regexp.MustCompile(`^(\d{1,2})([-/. ])(\d{1,2})[-/. ](\d{4}|\d{2})$`)
	eightDigit = regexp.MustCompile(`^\d{8}$`)
	fiveDigit  = regexp.MustCompile(`^\d{5}$`)
	withName   = regexp.MustCompile(`^(?:(\d{1,2})(?:\.|er|st|nd|rd|th|º|°)?[-/. ]+(?:de |di )?(\p{L}+)[-/., ]+(?:de |di )?|(\p{L}+)[. ]+(\d{1,2})(?:st|nd|rd|th)?,? +)(\d{4}|\d{2})$`)
	clock      = regexp.MustCompile(`^(.*\d)[T ]+\d{1,2}[:.]\d{2}([:.]\d{2}([.,]\d+)?)?( ?[AaPp]\.?[Mm]\.?)?( ?(Z|[+-]\d{2}:?\d{2}))?$`)
)

// ambiguous returns the first two numbers of a date whose order is not plain:
// with dots the day is always first.
func ambiguous(cell string) (a, b int, ok bool) {
	m := yearLast.FindStringSubmatch(withoutClock(cell))
	if m == nil || m[2] == "." {
		return 0, 0, false
	}
	return atoi(m[1]), atoi(m[3]), true
}

func withoutClock(s string) string {
	if m := clock.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	return s
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// none are the ways to write that there is no date.
var none = []string{"", "-", "--", "n/a", "na", "null", "none", "0", "00/00/0000", "00.00.0000", "00-00-0000", "0000-00-00", "00000000",
	"31/12/9999", "31.12.9999", "9999-12-31", "12/31/9999", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "01/01/1900", "01.01.1900", "1/1/1900"}

var errDate = errors.New("is no date")

// ParseDate reads one date as the column's order has it: midnight in UTC, or the
// zero time where the cell says that there is none. A time of day is left out.
func ParseDate(cell string, order Order) (time.Time, error) {
	text := withoutClock(strings.TrimSpace(cell))
	if slices.Contains(none, strings.ToLower(text)) {
		return time.Time{}, nil
	}
	y, m, d := numbers(text, order)
	if y == 0 {
		return time.Time{}, fmt.Errorf("%q %w", cell, errDate)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || t.Day() != d || y < 1970 || y > 2200 {
		return time.Time{}, fmt.Errorf("%q %w", cell, errDate)
	}
	return t, nil
}

// numbers are year, month and day of a date; year 0 where it is none.
func numbers(text string, order Order) (y, m, d int) {
	if p := yearFirst.FindStringSubmatch(text); p != nil {
		return atoi(p[1]), atoi(p[2]), atoi(p[3])
	}
	if eightDigit.MatchString(text) {
		return atoi(text[:4]), atoi(text[4:6]), atoi(text[6:])
	}
	if fiveDigit.MatchString(text) { // a spreadsheet's count of days
		t := excelDay(atoi(text), false)
		return t.Year(), int(t.Month()), t.Day()
	}
	if p := withName.FindStringSubmatch(text); p != nil {
		return century(p[5]), monthOf(p[2] + p[3]), atoi(p[1] + p[4])
	}
	p := yearLast.FindStringSubmatch(text)
	if p == nil {
		return 0, 0, 0
	}
	a, b := atoi(p[1]), atoi(p[3])
	switch {
	case order == YMD && len(p[4]) == 2:
		return century(p[1]), b, atoi(p[4])
	case order == MDY && p[2] != ".":
		return century(p[4]), a, b
	}
	return century(p[4]), b, a
}

// century completes a year of two digits: 70 is 1970.
func century(year string) int {
	n := atoi(year)
	switch {
	case len(year) > 2:
		return n
	case n >= 70:
		return 1900 + n
	}
	return 2000 + n
}

// months in the five languages, by the beginnings that tell them apart.
var months = [12][]string{
	{"jan", "gen"}, {"feb", "fev"}, {"mar", "maa", "mrt"}, {"apr", "avr"}, {"may", "mai", "mei", "mag"}, {"jun", "juin", "giu"},
	{"jul", "juil", "lug"}, {"aug", "aou", "ago"}, {"sep", "set"}, {"oct", "okt", "ott"}, {"nov"}, {"dec", "dez", "dic"},
}

// monthOf is the number of a month by its name, 0 where it is none.
func monthOf(name string) int {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, Fold(name))
	best, length := 0, 0
	for i, starts := range months {
		for _, s := range starts {
			if strings.HasPrefix(name, s) && len(s) > length {
				best, length = i+1, len(s)
			}
		}
	}
	return best
}
