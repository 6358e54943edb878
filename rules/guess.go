package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// guessForm is what people type who look for a case: the letters RMA or not, the
// year or not, the check digit or not, anything between.
var guessForm = regexp.MustCompile(`^(?:RMA)?(?:(\d\d)[^0-9]+)?(\d{1,7})(?:[^0-9]+(\d))?$`)

// GuessNumber lists the case numbers that a person may mean by what he typed,
// the likeliest first, at a time in thisYear (in full). It is for looking a case
// up, never for taking a mail in: what is guessed must be seen by the person who
// typed it.
func GuessNumber(typed string, thisYear int) []string {
	var found []string
	if year, seq, err := ParseNumber(typed); err == nil {
		found = append(found, Number(year, seq))
	}
	m := guessForm.FindStringSubmatch(asDigits(strings.TrimSpace(typed)))
	if m == nil {
		return found
	}
	add := func(year, digits string) {
		y, errYear := strconv.Atoi(year)
		seq, errSeq := strconv.Atoi(digits)
		if n := Number(y, seq); errYear == nil && errSeq == nil && seq > 0 && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	this, last := strconv.Itoa(thisYear%100), strconv.Itoa((thisYear+99)%100)
	year, digits, check := m[1], m[2], m[3]
	switch {
	case year != "":
		add(year, digits)
		if n := len(digits); check == "" && n > 5 {
			add(year, digits[:n-1]) // the last one was the check digit
		}
	case check != "" && len(digits) > 6:
		add(digits[:2], digits[2:])
	case check != "":
		add(this, digits) // 123-7
	default:
		fromDigits(add, digits, this, last)
	}
	return found
}

// fromDigits reads digits alone: all of a number, all but its check digit, or
// what stands between year and check digit.
func fromDigits(add func(year, digits string), s, this, last string) {
	if len(s) > 6 {
		add(s[:2], s[2:])
		return
	}
	add(this, s)
	add(last, s)
}

// asDigits puts digits for the letters that are typed for them, outside of the
// letters RMA, and drops what stands around the number.
func asDigits(s string) string {
	s = strings.Trim(strings.ToUpper(s), "#.,;:()[]<>\"' ")
	rest, rma := strings.CutPrefix(s, "RMA")
	rest = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(strings.TrimLeft(rest, " -_./#:‐‑‒–—―\u00a0"))
	if rma {
		return "RMA" + rest
	}
	if !strings.ContainsAny(s, "0123456789") {
		return s // a word
	}
	return rest
}
