//go:build chaos

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"retour/ingest/intake"
	"retour/ingest/mailbox"
	"retour/notify/courier"
)

// The faults that only the program itself can make. They are ordered in
// RETOUR_CHAOS, divided by semicolons, and while it runs by lines on the file
// descriptor that RETOUR_CHAOS_ORDERS names:
//
//	kill STEP N          end by SIGKILL at the N-th time that STEP is reached from now on
//	hold STEP DURATION   wait each time that STEP is reached, as a slow disk makes it; 0s: no more
//	clock DURATION       the desk's clock runs so much before the machine's
//	disk BYTES           no file may grow beyond it (RLIMIT_FSIZE): "disk 0" is a disk that
//	                     takes nothing; "disk -1" is one with room
//	heard DURATION       be believed to live so long after it was last heard of; at the start alone
//	report               tell "report GOROUTINES BYTES", of the heap after a collection
//
// Each step that is reached is told on the descriptor RETOUR_CHAOS_STEPS, as
// "STEP ID", before the program is ended there.

// chaosSteps are all steps, in the order in which a mail meets them.
var chaosSteps = []string{
	mailbox.StepLedger, mailbox.StepFetched, intake.StepCommit, intake.StepCommitted,
	courier.StepLeased, courier.StepAccepted, courier.StepMarked, mailbox.StepMove, mailbox.StepMoved,
}

// chaos is what was ordered.
type chaos struct {
	tell io.Writer // may be nil

	mu     sync.Mutex
	kills  map[string]int
	holds  map[string]time.Duration
	ahead  time.Duration
	heard  time.Duration
	killed bool
}

func insidesOf(getenv func(string) string) (insides, error) {
	c := &chaos{kills: map[string]int{}, holds: map[string]time.Duration{}}
	signal.Ignore(syscall.SIGXFSZ) // what is over RLIMIT_FSIZE fails with EFBIG
	for order := range strings.SplitSeq(getenv("RETOUR_CHAOS"), ";") {
		if err := c.obey(order); err != nil {
			return insides{}, usageError{fmt.Errorf("RETOUR_CHAOS: %w", err)}
		}
	}
	steps, err := inherited(getenv, "RETOUR_CHAOS_STEPS")
	if err != nil {
		return insides{}, err
	}
	if steps != nil {
		c.tell = steps
	}
	orders, err := inherited(getenv, "RETOUR_CHAOS_ORDERS")
	if err != nil {
		return insides{}, err
	}
	if orders != nil {
		go c.listen(orders)
	}
	return insides{step: c.step, now: c.now, heardFor: c.heard}, nil
}

// inherited is the file whose descriptor a variable names; nil where it is empty.
func inherited(getenv func(string) string, name string) (*os.File, error) {
	if getenv(name) == "" {
		return nil, nil
	}
	fd, err := strconv.Atoi(getenv(name))
	if err != nil {
		return nil, usageError{fmt.Errorf("%s: %w", name, err)}
	}
	syscall.CloseOnExec(fd) // it is not for the readers of attachments
	return os.NewFile(uintptr(fd), name), nil
}

// listen obeys until the other side closes.
func (c *chaos) listen(orders io.Reader) {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		if err := c.obey(lines.Text()); err != nil {
			fmt.Fprintln(os.Stderr, "chaos:", err)
		}
	}
}

var errOrder = errors.New("want kill STEP N, hold STEP DURATION, clock DURATION, disk BYTES, heard DURATION or report")

func (c *chaos) obey(order string) error {
	words := strings.Fields(order)
	if len(words) == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	switch {
	case words[0] == "kill" && len(words) == 3 && slices.Contains(chaosSteps, words[1]):
		c.kills[words[1]], err = strconv.Atoi(words[2])
	case words[0] == "hold" && len(words) == 3 && slices.Contains(chaosSteps, words[1]):
		c.holds[words[1]], err = time.ParseDuration(words[2])
	case words[0] == "clock" && len(words) == 2:
		c.ahead, err = time.ParseDuration(words[1])
	case words[0] == "heard" && len(words) == 2:
		c.heard, err = time.ParseDuration(words[1])
	case words[0] == "disk" && len(words) == 2:
		err = limitFiles(words[1])
	case words[0] == "report":
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.say("report", runtime.NumGoroutine(), m.HeapAlloc)
	default:
		err = errOrder
	}
	if err != nil {
		return fmt.Errorf("order %q: %w", order, err)
	}
	return nil
}

// limitFiles sets how long a file may become. The hard limit stays, so that it
// can be taken back.
func limitFiles(bytes string) error {
	n, err := strconv.ParseInt(bytes, 10, 64)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	if n >= 0 {
		limit.Cur = uint64(n)
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// step reports a step, and ends the program there where that was ordered: in the
// middle of whatever the other goroutines do.
func (c *chaos) step(name string, id int64) {
	c.mu.Lock()
	c.say(name, id)
	hold := c.holds[name]
	if n := c.kills[name]; n > 0 {
		c.kills[name] = n - 1
		c.killed = n == 1
	}
	if c.killed {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing more is done on this way, with the lock held
	}
	c.mu.Unlock()
	if hold > 0 {
		time.Sleep(hold)
	}
}

// say tells on the other descriptor. Who listened may have gone.
func (c *chaos) say(words ...any) {
	if c.tell != nil {
		_, _ = fmt.Fprintln(c.tell, words...)
	}
}

func (c *chaos) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}
