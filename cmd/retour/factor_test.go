//go:build postgres

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/rules/casebook"
)

var factorMails = flag.Int("factor.mails", 150, "mails to each desk")

// factorDesks is how many desks there are in the measurement.
const factorDesks = 6

// What a second instance brings. Both share one machine here, and the servers and the
// test run on it too: so it is counted how many mails are handled in a second of the
// processor by the instance that needs most of it, which on machines of their own
// would be the one that all wait for.
//
//	go test -tags postgres -count=1 -v -run '^TestTwoInstancesHandleMore$' ./cmd/retour
func TestTwoInstancesHandleMore(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "retour")
	if out, err := exec.Command("go", "build", "-o", exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	one, two := mailsPerSecond(t, exe, 1), mailsPerSecond(t, exe, 2)
	t.Logf("one instance %.0f, two instances %.0f mails in a second of the processor of the busiest: factor %.2f", one, two, two/one)
	if two < 1.7*one {
		t.Errorf("the factor is %.2f, want 1.7", two/one)
	}
}

// mailsPerSecond lets so many instances handle the mails.
func mailsPerSecond(t *testing.T, exe string, instances int) float64 {
	h := newFactory(t)
	var all []*exec.Cmd
	for range instances {
		all = append(all, h.instance(t, exe))
	}
	h.balanced(t, instances)
	before := times(t, all)
	begun := time.Now()
	for i := range *factorMails {
		for _, name := range h.names {
			from := fmt.Sprintf("buyer%d@%s-customer%d.example", i, name, i)
			if err := h.imap.Deliver(name, "INBOX", grandstream(from, from).raw()); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.answered(t)
	wall := time.Since(begun)
	var used []float64
	for i, at := range times(t, all) {
		used = append(used, (at - before[i]).Seconds())
	}
	mails := float64(*factorMails * len(h.names))
	t.Logf("%d instances: %.0f mails in %s, seconds of the processor by instance: %.1f", instances, mails, wall.Round(time.Second), used)
	for _, c := range all {
		if err := c.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("an instance ended with %v\n%s", err, c.Stderr)
		}
	}
	return mails / slices.Max(used)
}

// factory are several desks, for processes that run beside the test.
type factory struct {
	imap  *loopback.IMAP
	dir   string
	names []string
	books []*casebook.Book
}

func newFactory(t *testing.T) *factory {
	t.Helper()
	h := &factory{dir: t.TempDir()}
	users, route := []loopback.User{{Name: demoOthers, Password: "demo"}}, map[string]string{"@": demoOthers}
	for i := range factorDesks {
		name := fmt.Sprintf("desk%d", i)
		h.names = append(h.names, name)
		users, route[name+"@retour.example"] = append(users, loopback.User{Name: name, Password: "demo"}), name
	}
	var err error
	if h.imap, err = loopback.StartIMAP(loopback.IMAPOptions{Users: users, UIDValidity: 1}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.imap.Close() })
	smtp, err := loopback.StartSMTP(loopback.SMTPOptions{IMAP: h.imap, Route: route})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { smtp.Close() })
	store := ownDatabase(t)
	files := map[string]string{"password": "demo",
		"policy.yaml": "version: factor\nlimits: {per_address_hour: 100, per_domain_hour: 1000000, per_case_hour: 100, total_hour: 1000000}\n",
		commonFile:    fmt.Sprintf(houseCommon, store, h.imap.Host, h.imap.Port, smtp.Host, smtp.Port) + "policy: policy.yaml\n"}
	for _, name := range h.names {
		files[name+".yaml"] = fmt.Sprintf("desk: {name: %s desk, address: %[1]s@retour.example}\n%s", name, mailboxOf(name))
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range h.names {
		book, err := casebook.Open(t.Context(), store+"&desk="+name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { book.Close() })
		h.books = append(h.books, book)
	}
	return h
}

// instance starts a process for all desks.
func (h *factory) instance(t *testing.T, exe string) *exec.Cmd {
	t.Helper()
	c := exec.Command(exe, "serve", "--config", h.dir)
	c.Stderr = new(logText)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // where the test has failed
	return c
}

// balanced waits until every instance has its share of the mailboxes, and has read
// them.
func (h *factory) balanced(t *testing.T, instances int) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		has := map[string]int{}
		for _, b := range h.books {
			members, err := b.Members(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range members {
				if slices.Contains(m.Parts, casebook.PartMailbox) {
					has[m.Holder]++
				}
			}
		}
		even := len(has) == instances
		for _, n := range has {
			even = even && n == len(h.names)/instances
		}
		if even {
			time.Sleep(5 * time.Second) // they are being opened
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the mailboxes are shared out as %v", has)
		}
	}
}

// answered waits until every mail has its answer, and it is booked.
func (h *factory) answered(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(5 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		sent := 0
		for _, b := range h.books {
			rows, err := b.Outbox(t.Context(), casebook.OutboxFilter{Status: casebook.Sent})
			if err != nil {
				t.Fatal(err)
			}
			sent += len(rows)
		}
		if sent >= *factorMails*len(h.names) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d answers were sent", sent)
		}
	}
}

// times are what the processes have had of the processor (proc_pid_stat(5)), with
// their children that have ended.
func times(t *testing.T, all []*exec.Cmd) (used []time.Duration) {
	t.Helper()
	for _, c := range all {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
		if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		ticks := 0
		for _, f := range fields[11:15] { // utime, stime, cutime, cstime
			n, err := strconv.Atoi(f)
			if err != nil {
				t.Fatal(err)
			}
			ticks += n
		}
		used = append(used, time.Duration(ticks)*time.Second/100) // USER_HZ is 100 on Linux
	}
	return used
}
