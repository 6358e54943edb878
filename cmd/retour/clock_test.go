package main

import (
	"strings"
	"testing"
	"time"
)

// What the clock says and what has passed are compared; what hangs on the clock
// rests for an hour where they differ.
func TestClockGuard(t *testing.T) {
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	type look struct {
		wall    time.Duration // since Monday
		elapsed time.Duration // since the program began
		rests   bool
		told    string
	}
	minute, day := time.Minute, 24*time.Hour
	for _, tc := range []struct {
		name  string
		last  time.Time
		looks []look
	}{
		{"it goes as it ought", monday.Add(-day), []look{{0, 0, false, ""}, {minute, minute, false, ""}, {300 * day, 300 * day, false, ""}}},
		{"the first start", time.Time{}, []look{{0, 0, false, ""}}},
		{"NTP puts it right", monday, []look{{0, 0, false, ""}, {5 * minute, minute, false, ""}, {0, 2 * minute, false, ""}}},
		{"it leaps, and goes on", monday, []look{{0, 0, false, ""}, {21*day + minute, minute, true, "went from 2026-11-23 09:01 UTC to 2026-12-14 09:01 UTC at once."},
			{21*day + 60*minute, 60 * minute, true, ""}, {21*day + 61*minute, 61 * minute, false, ""}, {22 * day, day, false, ""}}},
		{"it leaps, and is set right", monday, []look{{0, 0, false, ""}, {21 * day, minute, true, "at once"}, {11 * minute, 11 * minute, false, "was set back, to 2026-11-23 09:11 UTC."}}},
		{"it leaps twice", monday, []look{{0, 0, false, ""}, {2 * day, minute, true, "at once"}, {9 * day, 50 * minute, true, "at once"},
			{9*day + 20*minute, 70 * minute, true, ""}, {9*day + 60*minute, 110 * minute, false, ""}}},
		{"it is set back", monday, []look{{0, 0, false, ""}, {-day, minute, false, ""}}},
		{"closed over a weekend", monday.Add(-3 * day), []look{{0, 0, false, ""}}},
		{"closed for weeks, or the clock is wrong", monday.Add(-21 * day), []look{{0, 0, true, "has not worked since 2026-11-02 09:00 UTC."}, {60 * minute, 60 * minute, false, ""}}},
		{"closed for weeks by a clock that is set right", monday.Add(-21 * day), []look{{0, 0, true, "has not worked since"}, {-20 * day, minute, false, "was set back"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var g clockGuard
			for i, l := range tc.looks {
				var text string
				if i == 0 {
					_, text = g.opened(monday.Add(l.wall), l.elapsed, tc.last)
				} else {
					_, text = g.look(monday.Add(l.wall), l.elapsed)
				}
				if g.rests() != l.rests || !strings.Contains(text, l.told) || (l.told == "") != (text == "") {
					t.Errorf("look %d: rests %v, told %q", i+1, g.rests(), text)
				}
			}
		})
	}
}
