package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Unit is what a Span counts in.
type Unit string

// The units. Working ones count by the policy's calendar.
const (
	Hours        Unit = "hours"
	Days         Unit = "days"
	WorkingHours Unit = "working hours"
	WorkingDays  Unit = "working days"
)

// Span is a length of time as a policy writes it: "12 hours", "15 days",
// "2 working days". The zero Span means that there is no limit.
type Span struct {
	N    int
	Unit Unit
}

// String writes the span as a policy does.
func (s Span) String() string {
	unit := string(s.Unit)
	if s.N == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strconv.Itoa(s.N) + " " + unit
}

// UnmarshalText reads "12 hours", "1 day", "2 working days".
func (s *Span) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(strings.Join(strings.Fields(string(text)), " "), " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 10000 {
		return fmt.Errorf("%q is no length of time: write a number and a unit, such as 12 hours or 2 working days", text)
	}
	if !strings.HasSuffix(unit, "s") {
		unit += "s"
	}
	for _, u := range []Unit{Hours, Days, WorkingHours, WorkingDays} {
		if string(u) == unit {
			*s = Span{N: n, Unit: u}
			return nil
		}
	}
	return fmt.Errorf("%q is no length of time: the unit is hours, days, working hours or working days", text)
}

// After returns the moment that lies one span after t.
func (p *Policy) After(t time.Time, s Span) time.Time {
	switch s.Unit {
	case Hours:
		return t.Add(time.Duration(s.N) * time.Hour)
	case Days:
		return p.Calendar.addDays(t, s.N)
	case WorkingHours:
		return p.AddWorking(t, time.Duration(s.N)*time.Hour)
	case WorkingDays:
		return p.AddWorkingDays(t, s.N)
	}
	return t
}

func (s Span) working() bool { return s.Unit == WorkingHours || s.Unit == WorkingDays }
