package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// numberForm is loose on purpose: people retype numbers with spaces, slashes
// and long dashes. The check digit decides.
var numberForm = regexp.MustCompile(`(?i)\bRMA[\s\x{2010}-\x{2015}\x{00A0}_./#:-]{0,3}(\d{2})[\s\x{2010}-\x{2015}\x{00A0}_./-]{0,3}(\d{5,7})[\s\x{2010}-\x{2015}\x{00A0}_./-]{0,3}(\d)(?:\D|$)`)

// Number writes the number of the seq-th case of a year, RMA-26-00123-7: year,
// sequence, check digit. Of the year only the last two digits are kept.
func Number(year, seq int) string {
	digits := fmt.Sprintf("%02d%05d", year%100, seq)
	return fmt.Sprintf("RMA-%s-%s-%d", digits[:2], digits[2:], checkDigit(digits))
}

// ParseNumber reads a number, whatever the case and with spaces for dashes.
// The year is returned in full. A mistyped number is an error that says so.
func ParseNumber(s string) (year, seq int, err error) {
	s = strings.TrimSpace(s)
	m := numberForm.FindStringSubmatchIndex(s)
	if m == nil || m[0] != 0 || m[7] != len(s) {
		return 0, 0, fmt.Errorf("%q is not an RMA number: it looks like %s", s, Number(2026, 123))
	}
	yy, digits, check := s[m[2]:m[3]], s[m[4]:m[5]], s[m[6]:m[7]]
	if strconv.Itoa(checkDigit(yy+digits)) != check {
		return 0, 0, fmt.Errorf("RMA number %q is mistyped: the check digit does not fit", s)
	}
	year, errYear := strconv.Atoi(yy)
	seq, errSeq := strconv.Atoi(digits)
	if err := errors.Join(errYear, errSeq); err != nil {
		return 0, 0, fmt.Errorf("read RMA number: %w", err)
	}
	return 2000 + year, seq, nil
}

// FindNumber returns the valid numbers in a text in canonical form, each once,
// in order. Mistyped ones are left out.
func FindNumber(text string) []string {
	var found []string
	seen := map[string]bool{}
	for len(text) > 0 {
		m := numberForm.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		year, seq, err := ParseNumber(text[m[0]:m[7]])
		text = text[m[7]:]
		if err != nil {
			continue
		}
		if n := Number(year, seq); !seen[n] {
			seen[n] = true
			found = append(found, n)
		}
	}
	return found
}

// verhoeffTarget is what the digits of a valid number come to. Plain Verhoeff
// takes 0, under which 00-00000-0 would be valid.
const verhoeffTarget = 7

// verhoeffTimes is multiplication in the dihedral group D5, verhoeffTurn the
// permutation by position: together Verhoeff's scheme (1969), which catches
// every single wrong digit and every swap of two neighbours.
var (
	verhoeffTimes = [10][10]int{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
		{2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
		{4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
		{6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
		{8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
	}
	verhoeffTurn = [8][10]int{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
		{5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
		{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
		{2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
	}
	verhoeffInverse = [10]int{0, 4, 3, 2, 1, 5, 6, 7, 8, 9}
)

func checkDigit(digits string) int {
	c := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		c = verhoeffTimes[c][verhoeffTurn[(i+1)%8][d]]
	}
	return verhoeffTimes[verhoeffTarget][verhoeffInverse[c]]
}
