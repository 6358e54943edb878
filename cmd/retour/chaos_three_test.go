//go:build chaos && postgres

package main

import (
	"crypto/rand"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"retour/rules/casebook"
)

// The desk under faults once more, worked for by three processes over one PostgreSQL
// that fails too:
//
//	eval "$(.ci/mailservers up DIR)"; eval "$(.ci/postgres up DIR2)"; export what they print
//	go test -tags chaos,postgres -count=1 -v -run '^TestInstancesUnderChaos$' ./cmd/retour -chaos.for 5m

// heardInChaos is short, so that much is taken over.
const heardInChaos = 3 * time.Second

func TestInstancesUnderChaos(t *testing.T) {
	seed := *chaosSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	t.Logf("chaos.seed %d", seed)
	x := openTrial(t, seed)
	x.inDatabase()
	if err := x.openCalm(); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(*chaosFor)
	kills := x.whileStormy(everyFault, func() int {
		var all sync.WaitGroup
		for i := range 3 {
			r := x.stream(uint64(10 + i))
			all.Go(func() {
				for n := i; time.Now().Before(end); n++ {
					x.oneOfThree(r, n)
				}
			})
		}
		all.Go(func() { x.crashes(x.stream(20), end) })
		all.Wait()
		return x.countKills()
	})
	x.phase("%d kills", kills)
	x.settle()
	x.phase("settled")
	x.conclude()
	took := x.takenOver()
	t.Logf("parts taken over by another process: %v", took)
	for _, part := range casebook.Parts() {
		if took[string(part)] == 0 {
			t.Errorf("%s was never taken over: this run has shown nothing", part)
		}
	}
}

// inDatabase lets the trial's desk have its casebook in PostgreSQL.
func (x *trial) inDatabase() {
	x.t.Helper()
	x.store = env(x.t, "RETOUR_TEST_POSTGRES") + "&desk=chaos-" + strings.ToLower(rand.Text())
	path := filepath.Join(x.dir, "retour.yaml")
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(text, "store: "+x.store+"\n"...), 0o600)
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

// oneOfThree is one life of one of the processes, as short as it draws.
func (x *trial) oneOfThree(r *mathrand.Rand, n int) {
	orders := []string{fmt.Sprintf("heard %s", heardInChaos)}
	random := time.Duration(500+r.IntN(5000)) * time.Millisecond
	fate := n % 4
	if fate == 0 {
		orders = append([]string{fmt.Sprintf("kill %s %d", chaosSteps[r.IntN(len(chaosSteps))], 1+r.IntN(5))}, orders...)
	}
	l := x.begin(orders...)
	switch fate {
	case 2: // it sleeps until others have its work, and wakes up
		if x.goesOn(l, random) && l.freeze(heardInChaos+2*time.Second) {
			x.goesOn(l, time.Second)
		}
		l.kill()
	case 3:
		if x.goesOn(l, random) {
			if err := l.stop(); err != nil {
				x.complain("the desk did not end well: %v\n%s", err, l.tail())
			}
			x.mu.Lock()
			x.kills["politely"]++
			x.mu.Unlock()
			return
		}
	default:
		x.await(l, random, 6*time.Second)
	}
	if l.databaseAway() {
		x.mu.Lock()
		x.kills["did not start without its database"]++
		x.mu.Unlock()
		time.Sleep(time.Second) // as a supervisor does
		return
	}
	x.ended(l, orders)
}

// goesOn waits so long, and says whether the process still lives.
func (x *trial) goesOn(l *life, long time.Duration) bool {
	select {
	case <-l.gone:
		return false
	case <-time.After(long):
		return true
	}
}

// freeze lets the process sleep, as a machine does that is moved to another host.
func (l *life) freeze(long time.Duration) bool {
	if l.cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return false
	}
	time.Sleep(200 * time.Millisecond) // what it told is read
	l.cut()
	time.Sleep(long)
	return l.cmd.Process.Signal(syscall.SIGCONT) == nil
}

// databaseAway says that a process ended at its start, since it could not reach its
// database, and said so.
func (l *life) databaseAway() bool {
	if l.wasKilled() || l.err == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	opened := slices.ContainsFunc(l.last, func(line string) bool { return strings.Contains(line, "the desk is open") })
	return !opened && slices.ContainsFunc(l.last, func(line string) bool { return strings.HasPrefix(line, "retour:") })
}

// crashes lets the database fail, twice at least.
func (x *trial) crashes(r *mathrand.Rand, end time.Time) {
	for pause := *chaosFor / 3; time.Now().Add(pause).Before(end); pause = *chaosFor/4 + time.Duration(r.IntN(10))*time.Second {
		time.Sleep(pause)
		crashDatabase(x.t, x.store)
		x.logf("the database crashed and is back")
		x.mu.Lock()
		x.kills["of the database"]++
		x.mu.Unlock()
	}
}

func (x *trial) countKills() (n int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for how, k := range maps.All(x.kills) {
		if strings.HasPrefix(how, "at ") {
			n += k
		}
	}
	return n
}

// takenOver counts how often a process got each part after another one had had it.
func (x *trial) takenOver() map[string]int {
	took := map[string]int{}
	for i, l := range x.lives {
		if i == 0 {
			continue
		}
		for _, line := range l.last {
			if _, part, ok := strings.Cut(line, "this process has a part of the work\" does="); ok {
				took[strings.Fields(part)[0]]++
			}
		}
	}
	return took
}
