package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		year, seq int
		want      string
	}{{2026, 123, "RMA-26-00123-7"}, {2026, 1, Number(2026, 1)}, {2105, 1234567, Number(2105, 1234567)}} {
		if got := Number(c.year, c.seq); got != c.want {
			t.Errorf("Number(%d, %d) = %s, want %s", c.year, c.seq, got, c.want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for _, s := range []string{"RMA-26-00123-7", "rma-26-00123-7", " RMA 26 00123 7 ", "Rma26001237", "RMA–26–00123–7", "RMA: 26/00123/7", "RMA#26-00123-7"} {
		if year, seq, err := ParseNumber(s); err != nil || year != 2026 || seq != 123 {
			t.Errorf("%q: %d %d %v", s, year, seq, err)
		}
	}
	if _, _, err := ParseNumber("RMA-26-00123-6"); err == nil || !strings.Contains(err.Error(), "check digit") {
		t.Errorf("mistyped: %v", err)
	}
	for _, s := range []string{"", "RMA", "RMA-26-00123", "XRMA-26-00123-7", "RMA-26-00123-7 and", "RMA-26-00123-71"} {
		if _, _, err := ParseNumber(s); err == nil {
			t.Errorf("%q is taken for a number", s)
		}
	}
}

func TestNumberRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year, seq := rapid.IntRange(2000, 2099).Draw(t, "year"), rapid.IntRange(0, 9999999).Draw(t, "seq")
		gotYear, gotSeq, err := ParseNumber(Number(year, seq))
		if err != nil || gotYear != year || gotSeq != seq {
			t.Fatalf("%s: %d %d %v", Number(year, seq), gotYear, gotSeq, err)
		}
	})
}

// Every wrong digit and every swap of two different neighbours is caught, of
// every number of a year's first thousand and of some large ones.
func TestCheckDigitCatchesEverySlip(t *testing.T) {
	for seq := range 1100 {
		if seq >= 1000 {
			seq = seq * 8997
		}
		number := Number(2026, seq)
		digits := strings.ReplaceAll(strings.TrimPrefix(number, "RMA-"), "-", "")
		for i := range digits {
			for d := '0'; d <= '9'; d++ {
				if wrong := digits[:i] + string(d) + digits[i+1:]; wrong != digits {
					mustBeWrong(t, number, wrong)
				}
			}
			if i > 0 && digits[i] != digits[i-1] {
				mustBeWrong(t, number, digits[:i-1]+digits[i:i+1]+digits[i-1:i]+digits[i+1:])
			}
		}
	}
}

func mustBeWrong(t *testing.T, number, digits string) {
	t.Helper()
	n := len(digits)
	s := fmt.Sprintf("RMA-%s-%s-%s", digits[:2], digits[2:n-1], digits[n-1:])
	if _, _, err := ParseNumber(s); err == nil {
		t.Fatalf("%s passes for %s", s, number)
	}
}

func TestFindNumber(t *testing.T) {
	text := "Re: [rma-26-00123-7] your return; not RMA-26-00123-8, but " + Number(2025, 77) + " and again RMA 26 00123 7."
	want := []string{"RMA-26-00123-7", Number(2025, 77)}
	if got := FindNumber(text); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func FuzzFindNumber(f *testing.F) {
	f.Add("RMA-26-00123-7 RMA")
	f.Add("RMA–26–00123–7\x00RMA26001237")
	f.Fuzz(func(t *testing.T, text string) {
		for _, n := range FindNumber(text) {
			year, seq, err := ParseNumber(n)
			if err != nil || Number(year, seq) != n {
				t.Errorf("%q in %q is not canonical: %v", n, text, err)
			}
		}
	})
}
