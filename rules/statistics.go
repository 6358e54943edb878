package rules

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// ClockOf says how well a promise was kept, by the marks of a period and when
// each came to its end.
func ClockOf(p *Policy, kind ClockKind, marks []ClockMark, ended []time.Time) Clock {
	c := Clock{Promised: p.Promised(kind), Done: len(marks)}
	took := make([]time.Duration, len(marks))
	for i, m := range marks {
		if !ended[i].After(m.Due) {
			c.Kept++
		}
		took[i] = p.WorkingBetween(m.Since, ended[i])
	}
	c.Median, c.Ninetieth = percentiles(took)
	return c
}

// TurnOf is the turn-round of units that were away for so long.
func TurnOf(away []time.Duration) Turn {
	t := Turn{Done: len(away)}
	t.Median, t.Ninetieth = percentiles(away)
	return t
}

// percentiles are the least values that half and nine tenths of all do not
// exceed (nearest rank); zero of none. It sorts what it is given.
func percentiles(of []time.Duration) (median, ninetieth time.Duration) {
	if len(of) == 0 {
		return 0, 0
	}
	slices.Sort(of)
	rank := func(tenths int) time.Duration { return of[(len(of)*tenths+9)/10-1] }
	return rank(5), rank(9)
}

// LemonCases is the least number of defective cases in a period that can make a
// lemon of a model.
const LemonCases = 5

// lemonChance is the greatest chance of as many, if all were as usual, that
// still makes one.
const lemonChance = 1e-4

// IsLemon says of a model that n defective cases name, where usual are usual,
// whether that is too many to be chance. Of a model that nobody returned before,
// half a case over the year is taken for usual, which the caller adds.
func IsLemon(n int, usual float64) bool {
	return n >= LemonCases && float64(n) > usual && poissonTail(n, usual) < lemonChance
}

// poissonTail is the chance of n or more events where mean are expected.
func poissonTail(n int, mean float64) float64 {
	if n <= 0 {
		return 1
	}
	if mean <= 0 {
		return 0
	}
	// Summed upwards from n, where the terms fall: no small difference of large
	// numbers is taken.
	lgamma, _ := math.Lgamma(float64(n) + 1)
	term := math.Exp(float64(n)*math.Log(mean) - mean - lgamma)
	if float64(n) < mean { // the terms still rise: the lower side is summed instead
		return 1 - poissonBelow(n, mean)
	}
	sum := 0.0
	for k := n; term > sum*1e-16 && k < n+1_000_000; k++ {
		sum += term
		term *= mean / float64(k+1)
	}
	return math.Min(1, sum)
}

func poissonBelow(n int, mean float64) (sum float64) {
	for k := range n {
		lgamma, _ := math.Lgamma(float64(k) + 1)
		sum += math.Exp(float64(k)*math.Log(mean) - mean - lgamma)
	}
	return math.Min(1, sum)
}

// Usual is how many of n events in one period another one has on average, by
// their lengths.
func Usual(n float64, of, in Period) float64 {
	if of.To.Sub(of.From) <= 0 {
		return 0
	}
	return n * float64(in.To.Sub(in.From)) / float64(of.To.Sub(of.From))
}

// CountsOf lists counts, the largest first, then by name.
func CountsOf(n map[string]int) []Count {
	list := make([]Count, 0, len(n))
	for name, count := range n {
		list = append(list, Count{name, count})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return list
}

// Amounts adds up money by currency, sorted by its name.
func Amounts(of map[string]int64) []Money {
	var list []Money
	for currency, cents := range of {
		list = append(list, Money{cents, currency})
	}
	slices.SortFunc(list, func(a, b Money) int { return cmp.Compare(a.Currency, b.Currency) })
	return list
}
