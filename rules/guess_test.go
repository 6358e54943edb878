package rules

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestGuessNumber(t *testing.T) {
	n123, old, long := Number(2026, 123), Number(2025, 123), Number(2026, 123456)
	check := n123[len(n123)-1:]
	for typed, want := range map[string][]string{
		n123:                    {n123},
		"rma 26 00123 " + check: {n123},
		"RMA-26-00123":          {n123},
		"rma26-123":             {n123},
		"RMA–26–00123–" + check: {n123},
		"#26/00123":             {n123},
		"26-OO123":              {n123},
		"26-0012E":              nil,
		"RMA-26-00123-" + string('0'+(check[0]-'0'+1)%10): {n123}, // mistyped: the person sees which case he gets
		"26-00123" + check: {Number(2026, 1230+int(check[0]-'0')), n123},
		"2600123":          {n123},
		"123":              {n123, old},
		"00123-" + check:   {n123},
		"26-123456":        {long, Number(2026, 12345)},
		"RMA":              nil,
		"Lili":             nil,
		"T46U":             nil,
		"":                 nil,
		"0":                nil,
	} {
		if got := GuessNumber(typed, 2026); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// Whatever is left out of a number, it is among the guesses.
func TestGuessNumberFindsEveryWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year, seq := rapid.IntRange(2000, 2099).Draw(t, "year"), rapid.IntRange(1, 9_999_999).Draw(t, "seq")
		n := Number(year, seq)
		for _, typed := range []string{n, n[:len(n)-2], n[4:], n[4 : len(n)-2]} {
			if got := GuessNumber(typed, year); !slices.Contains(got, n) {
				t.Fatalf("%q: %q lacks %q", typed, got, n)
			}
		}
	})
}
