package main

import (
	"context"
	"fmt"
	"time"

	"retour/rules/casebook"
)

// Cases are closed, customers reminded and old data forgotten by the clock. Where it
// may be wrong, that waits until a person or NTP could put it right.
const (
	clockLeap  = time.Hour          // ahead of what has passed: more than NTP or a pause of the machine does
	clockRest  = time.Hour          // what hangs on deadlines rests so long
	longClosed = 7 * 24 * time.Hour // since the desk has last worked: the clock may be wrong

	clockWritten = time.Hour // between two entries that the desk works
)

// clockGuard watches whether the clock goes as time passes. The zero value is
// ready; it is used by one goroutine.
type clockGuard struct {
	wall    time.Time     // at the last look
	elapsed time.Duration // at the last look, by a clock that nobody sets
	leap    time.Duration // why it rests; zero: it does not
	until   time.Duration // of elapsed
	written time.Time     // when the casebook was last told that the desk works
}

// look compares the clock with what has passed since the last look, as a clock that
// cannot be set tells it; the first look is opened. It returns what people are to be told, under a key
// that is new each time; an empty text: nothing.
func (g *clockGuard) look(wall time.Time, elapsed time.Duration) (key, text string) {
	leap := wall.Sub(g.wall) - (elapsed - g.elapsed)
	g.wall, g.elapsed = wall, elapsed
	switch {
	case leap > clockLeap:
		return g.rest(leap, alertText("The clock of this machine went from %s to %s at once. If that is wrong, set it right: for an hour no deadline is acted on and nothing old is forgotten. If the machine had been asleep, all is well.", dayAndTime(wall.Add(-leap)), dayAndTime(wall)))
	case g.leap > 0 && leap < -g.leap/2:
		g.leap = 0
		return clockKey(wall) + "/back", alertText("The clock of this machine was set back, to %s. Deadlines are acted on again.", dayAndTime(wall))
	}
	return "", ""
}

// opened is the first look: last is when the desk has last worked, zero for never.
func (g *clockGuard) opened(wall time.Time, elapsed time.Duration, last time.Time) (key, text string) {
	g.wall, g.elapsed = wall, elapsed
	closed := wall.Sub(last)
	if last.IsZero() || closed < longClosed {
		return "", ""
	}
	return g.rest(closed, alertText("By the clock of this machine the desk has not worked since %s. If that is wrong, set the clock right: for an hour no deadline is acted on and nothing old is forgotten. If it is so, all is well.", dayAndTime(last.In(wall.Location()))))
}

func (g *clockGuard) rest(leap time.Duration, text string) (string, string) {
	g.leap, g.until = leap, g.elapsed+clockRest
	return clockKey(g.wall), text
}

// rests says whether nothing is to be done by the clock now.
func (g *clockGuard) rests() bool {
	if g.leap > 0 && g.elapsed >= g.until {
		g.leap = 0
	}
	return g.leap > 0
}

func clockKey(wall time.Time) string { return fmt.Sprintf("clock/%d", wall.Unix()) }

func dayAndTime(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// alertText is a sentence about the desk itself. Staff read it in their own language
// too: see the sentences of package slackdesk.
func alertText(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// lookAtClock looks whether the clock may be acted by, and tells people where it may not.
func (a *app) lookAtClock(ctx context.Context) {
	if err := a.compareClock(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("clock", "error", err)
	}
	a.steady.Store(!a.guard.wall.IsZero() && !a.guard.rests())
}

func (a *app) compareClock(ctx context.Context) error {
	now := a.now() // time.Time knows both the clock and, by Sub, what has passed
	wall, elapsed := now.Round(0).In(zone(a.cfg)), now.Sub(a.started)
	first := a.guard.wall.IsZero()
	var key, text string
	if first {
		last, err := a.book.LastDone(ctx, casebook.ChoreClock)
		if err != nil {
			return err
		}
		key, text = a.guard.opened(wall, elapsed, last)
	} else {
		key, text = a.guard.look(wall, elapsed)
	}
	if text != "" {
		a.log.Error(text)
		if err := a.intake.Alert(ctx, key, text, true); err != nil {
			return err
		}
	}
	if !a.guard.rests() && (first || wall.Sub(a.guard.written) >= clockWritten) {
		a.guard.written = wall
		return a.book.SetDone(ctx, casebook.ChoreClock, wall)
	}
	return nil
}
