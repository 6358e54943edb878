package main

import (
	"testing"
	"time"
)

func TestNightly(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		last, now string
		want      bool
	}{
		{"2026-11-20 03:05", "2026-11-21 02:59", false},
		{"2026-11-20 03:05", "2026-11-21 03:00", true},
		{"2026-11-21 03:05", "2026-11-21 23:00", false},
		{"2026-11-18 03:05", "2026-11-21 01:00", true}, // it was switched off
		{"2026-03-28 03:05", "2026-03-29 03:00", true}, // a night without two o'clock
	} {
		if got := nightly(at(c.last), at(c.now)); got != c.want {
			t.Errorf("after %s at %s: %v", c.last, c.now, got)
		}
	}
	if !nightly(time.Time{}, at("2026-11-21 12:00")) {
		t.Error("the first is not made")
	}
}
