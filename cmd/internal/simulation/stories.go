package simulation

import (
	"context"
	"math"
	"time"
)

// Story is something out of the ordinary that a digest ought to tell. Its days
// are those of any year: January 2 to January 5 happens every year.
type Story struct {
	Name     string
	From, To Day

	Maker, Model string  // of the units it is about
	Fault        string  // key of the letters: what its customers complain of
	Units        float64 // returns of that model more than usual on a working day, where PerDay is 200
	Turn         float64 // the maker's time is so many times the usual
	Staff        float64 // the staff's time is so many times the usual
	Mails        float64 // so many times the usual mails come
}

// Day is a day of any year.
type Day struct {
	Month time.Month
	Day   int
}

func (d Day) key() int { return int(d.Month)*100 + d.Day }

// on says whether a story happens on a day.
func (s Story) on(t time.Time) bool {
	key, from, to := int(t.Month())*100+t.Day(), s.From.key(), s.To.key()
	if from <= to {
		return from <= key && key <= to
	}
	return key >= from || key <= to // over the turn of the year
}

// Ordinary are the stories of an ordinary year: seasons and holidays, a bad
// firmware in May, and a manufacturer that is slow in autumn.
func Ordinary() []Story {
	return []Story{
		{Name: "a firmware of the Yealink SIP-T46U that loses its registration", From: Day{time.May, 5}, To: Day{time.May, 29},
			Maker: "yealink", Model: "SIP-T46U", Fault: "firmware", Units: 9},
		{Name: "Snom's repair centre moves", From: Day{time.September, 14}, To: Day{time.November, 20}, Maker: "snom", Turn: 3.5},
		{Name: "summer holidays", From: Day{time.August, 3}, To: Day{time.August, 23}, Mails: 0.55, Staff: 1.6},
		{Name: "half the desk is away in August", From: Day{time.August, 10}, To: Day{time.August, 18}, Staff: 4},
		{Name: "the turn of the year", From: Day{time.December, 21}, To: Day{time.January, 6}, Mails: 0.4, Staff: 2},
		{Name: "schools and offices are fitted out", From: Day{time.August, 31}, To: Day{time.October, 9}, Mails: 1.25},
		{Name: "before the summer", From: Day{time.June, 15}, To: Day{time.July, 10}, Mails: 1.15},
	}
}

// factor multiplies what the stories of a day say.
func (l *life) factor(t time.Time, of func(Story) float64) float64 {
	f := 1.0
	for _, s := range l.Stories {
		if v := of(s); v > 0 && s.on(t.In(l.zone)) {
			f *= v
		}
	}
	return f
}

// staffTime, turnTime are how much longer everything takes on a day.
func (l *life) staffTime() float64 {
	return l.factor(l.Clock.Now(), func(s Story) float64 { return s.Staff })
}

func (l *life) turnTime(maker string) float64 {
	return l.factor(l.Clock.Now(), func(s Story) float64 {
		if s.Maker != maker {
			return 0
		}
		return s.Turn
	})
}

// weekday is how much is written on each day of the week.
var weekday = [7]float64{0.08, 1.25, 1.1, 1, 0.95, 0.8, 0.12} // from Sunday

// planDay plans what begins on a day: new requests, and mails that have nothing
// to do with returns. All else follows from these.
func (l *life) planDay(ctx context.Context, day time.Time) error {
	noon := day.Add(12 * time.Hour)
	load := weekday[day.Weekday()] * l.factor(noon, func(s Story) float64 { return s.Mails })
	if l.holiday(noon) {
		load *= 0.1
	}
	// A request is followed by about this many mails of its customer.
	const mailsPerRequest, noise = 1.75, 0.15
	requests := l.count(l.PerDay * (1 - noise) / mailsPerRequest * load)
	var wishes []wish
	for range requests {
		wishes = append(wishes, l.draw(nil))
	}
	for range l.count(l.PerDay * noise * load) {
		l.plan(l.moment(day), l.writeNoise)
	}
	for _, s := range l.Stories {
		if s.Units > 0 && s.on(noon) {
			for range l.count(s.Units * l.PerDay / 200 * weekday[day.Weekday()]) {
				wishes = append(wishes, l.draw(&s))
			}
		}
	}
	for _, w := range wishes {
		l.plan(l.moment(day), l.request(w))
	}
	return l.sell(ctx, wishes)
}

// holiday: nobody works in the middle of this day.
func (l *life) holiday(noon time.Time) bool {
	wd := noon.Weekday()
	return wd != time.Saturday && wd != time.Sunday && l.Policy.WorkingBetween(noon.Add(-3*time.Hour), noon.Add(5*time.Hour)) == 0
}

// count is a number of independent things of which there are so many on average
// (Poisson's distribution, by Knuth's method).
func (l *life) count(mean float64) int {
	n, limit := 0, math.Exp(-mean)
	for p := l.rand.Float64(); p > limit; p *= l.rand.Float64() {
		n++
	}
	return n
}

// moment is a time of a day at which people write.
func (l *life) moment(day time.Time) time.Time {
	hour := 13 + l.rand.NormFloat64()*3.2
	hour = min(max(hour, 0.1), 23.8)
	return day.Add(time.Duration(hour * float64(time.Hour)))
}

// turnDays are the calendar days that a manufacturer usually has a unit.
var turnDays = map[string]float64{"yealink": 12, "snom": 10, "grandstream": 15, "fanvil": 14, "cisco": 7, "mikrotik": 20, "zyxel": 9, "poly": 13, "fortinet": 6}

func (l *life) turn(maker string) time.Duration {
	days := turnDays[maker]
	if days == 0 {
		days = 14
	}
	return time.Duration(l.between(days, 0.3) * l.turnTime(maker) * 24 * float64(time.Hour))
}
