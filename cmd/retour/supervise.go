package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"retour/rules/casebook"
)

// supervisor is who has started the desk and watches over it: systemd, by the
// protocol of sd_notify(3). Without one it does nothing.
type supervisor struct {
	socket string        // of NOTIFY_SOCKET; a leading @ is the abstract name space
	every  time.Duration // how often it wants to hear that the desk lives; zero: never
}

// supervisorOf reads what the supervisor has put into the environment.
func supervisorOf(getenv func(string) string, pid int) supervisor {
	s := supervisor{socket: getenv("NOTIFY_SOCKET")}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if whose := getenv("WATCHDOG_PID"); err == nil && usec > 0 && (whose == "" || whose == strconv.Itoa(pid)) {
		s.every = time.Duration(usec) * time.Microsecond / 2 // as sd_watchdog_enabled(3) advises
	}
	return s
}

func (s supervisor) tell(state string) error {
	if s.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell the supervisor: %w", err)
	}
	_, err = conn.Write([]byte(state))
	return errors.Join(err, conn.Close())
}

// heart says when the desk's clock has last looked at the deadlines.
type heart struct{ at atomic.Int64 }

func (h *heart) beat(now time.Time) { h.at.Store(now.UnixNano()) }

// last is when it last beat; zero: not yet.
func (h *heart) last() time.Time {
	if ns := h.at.Load(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// stopped says whether it has not beaten for so long that the desk hangs.
func (h *heart) stopped(now time.Time) bool {
	return now.UnixNano()-h.at.Load() > int64(heartStops)
}

// heartStops is many times what the clock takes for a round.
const heartStops = 5 * time.Minute

// standingBy is what the supervisor hears of a process that waits for its turn: it
// has started, and it lives.
const standingBy = "READY=1\nSTATUS=another process must be alone with this desk: this one stands by\nWATCHDOG=1"

// supervised tells the supervisor that the desk is ready, that it lives, and that
// it ends, and reads the files again on SIGHUP, until the context ends.
func (a *app) supervised(ctx context.Context, s supervisor) {
	s.watch(ctx, a.log, "the desk is open", a.askReload, a.hangs)
}

// hangs says whether the clock stands, where this process has it.
func (a *app) hangs() bool { return a.on.has(casebook.PartClock) && a.heart.stopped(time.Now()) }

// watch tells the supervisor that the process is ready, that it lives until it is
// found to hang, and that it ends; and calls reload on SIGHUP.
func (s supervisor) watch(ctx context.Context, log *slog.Logger, ready string, reload func(), hangs func() bool) {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	said := func(state string) {
		if err := s.tell(state); err != nil {
			log.Warn("supervisor", "error", err)
		}
	}
	said("READY=1\nSTATUS=" + ready)
	var beat <-chan time.Time
	if s.every > 0 {
		ticker := time.NewTicker(s.every)
		defer ticker.Stop()
		beat = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			said("STOPPING=1\nSTATUS=closing")
			return
		case <-hup:
			reload()
		case <-beat:
			if !hangs() {
				said("WATCHDOG=1")
			}
		}
	}
}
