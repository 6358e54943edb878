package rules

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The values are from a table of the Poisson distribution.
func TestPoissonTail(t *testing.T) {
	for _, c := range []struct {
		n    int
		mean float64
		want float64
	}{
		{0, 3, 1}, {1, 1, 0.632121}, {2, 1, 0.264241}, {5, 1, 0.00365985}, {5, 0.5, 0.000172116},
		{10, 10, 0.542070}, {20, 10, 0.00345434}, {3, 10, 0.997231}, {150, 100, 1.88421e-6}, {5, 0, 0},
	} {
		if got := poissonTail(c.n, c.mean); math.Abs(got-c.want) > c.want*0.01 {
			t.Errorf("chance of %d or more where %g are expected: %g, want %g", c.n, c.mean, got, c.want)
		}
	}
}

func TestIsLemon(t *testing.T) {
	for _, c := range []struct {
		n     int
		usual float64
		want  bool
	}{
		{4, 0.001, false}, // too few to say anything
		{5, 0.01, true},
		{5, 1, false}, // once in 270 such periods
		{14, 2.3, true},
		{7, 2.3, false},
		{60, 50, false},
		{100, 50, true},
		{40, 50, false},
	} {
		if got := IsLemon(c.n, c.usual); got != c.want {
			t.Errorf("%d where %g are usual: a lemon is %v, want %v", c.n, c.usual, got, c.want)
		}
	}
}

// A percentile is one of the values; as many as it says do not exceed it, and of
// the next smaller value that is not true.
func TestPercentiles(t *testing.T) {
	if a, b := percentiles(nil); a != 0 || b != 0 {
		t.Errorf("of nothing: %s, %s", a, b)
	}
	rapid.Check(t, func(rt *rapid.T) {
		of := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(0, 50).Draw(rt, "d"))
		}), 1, 40).Draw(rt, "of")
		median, ninetieth := percentiles(slices.Clone(of))
		for share, got := range map[float64]time.Duration{0.5: median, 0.9: ninetieth} {
			within, less := 0, 0
			for _, d := range of {
				if d <= got {
					within++
				}
				if d < got {
					less++
				}
			}
			n := float64(len(of))
			if !slices.Contains(of, got) || float64(within) < share*n-1e-9 || float64(less) >= share*n {
				rt.Fatalf("%g of %v is %d", share, of, got)
			}
		}
	})
}
