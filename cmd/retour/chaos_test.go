//go:build chaos

// The desk under faults: a real process against real Postfix and Dovecot (see
// rigtools_test.go) and the Slack stand-in, killed at every step and at random,
// while connections, servers, disk and clock fail. At the end an accountant
// compares all that can be seen: lost 0, doubled 0.
//
//	eval "$(.ci/mailservers up DIR)"; export what it prints
//	go test -tags chaos -count=1 -v -run '^TestChaos' ./cmd/retour -chaos.for 60s
//	go test -tags chaos -count=1 -v -timeout 3h -run '^TestChaosDesk$' ./cmd/retour -chaos.kills 1000 -chaos.seed 7
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"retour/cmd/internal/faultproxy"
	"retour/ingest/mailbox"
	"retour/notify"
	"retour/notify/courier"
	"retour/rules/casebook"
)

var (
	chaosFor   = flag.Duration("chaos.for", time.Minute, "how long the desk is killed and its servers fail")
	chaosKills = flag.Int("chaos.kills", 0, "go on until the desk was killed so often, whatever chaos.for says")
	chaosSeed  = flag.Uint64("chaos.seed", 0, "what is drawn; 0: another each time")
)

// trial is one desk with everything around it.
type trial struct {
	*rig
	ctx       context.Context
	seed      uint64
	env       map[string]string
	password  string
	imap      *faultproxy.Proxy
	smtp      *faultproxy.Proxy
	faults    *faults
	customers *customers
	staff     *rand.Rand
	begun     time.Time
	base      time.Duration // of the desk's clock: before the machine's

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced when something happened
	living     []*life       // all that were begun and have not ended
	store      string        // that is not the file beside the configuration
	lives      []*life       // all, but for what they told in the log
	kills      map[string]int
	ahead      time.Duration // of the desk's clock, beyond base
	farthest   time.Duration
	posted     []*posted
	filed      int             // mails that the desk has moved
	marked     int             // rows of the outbox that it has sent
	steps      int             // of all kinds
	taken      map[string]bool // markers of mails that somebody else took
	renumbered bool
	archives   []string
	attempts   map[string]int // of staff, by case and event
	log        []string
	faulty     []string // complaints
}

// stream is a source of randomness of its own for each part.
func (x *trial) stream(n uint64) *rand.Rand { return rand.New(rand.NewPCG(x.seed, n)) }

func openTrial(t *testing.T, seed uint64) *trial {
	t.Helper()
	x := &trial{rig: openRig(t, "-tags", "chaos"), ctx: t.Context(), seed: seed, env: map[string]string{}, begun: time.Now(), changed: make(chan struct{}),
		kills: map[string]int{}, taken: map[string]bool{}, attempts: map[string]int{}}
	for _, name := range []string{"MAILSERVERS_IMAP", "MAILSERVERS_SMTP", "MAILSERVERS_LOG"} {
		x.env[name] = env(t, name)
	}
	x.password = env(t, "MAILSERVERS_PASSWORD")
	x.faults = &faults{trial: x, rand: x.stream(1), commands: map[string][]thrown{}, counts: map[string]int{}, tokens: tokens{valid: map[string]bool{}}}
	x.base = clockBase(x.stream(2), x.begun)
	x.clear()
	samples, err := loadSamples()
	if err != nil {
		t.Fatal(err)
	}
	x.customers, x.staff = &customers{rand: x.stream(4), samples: samples}, x.stream(5)
	if x.imap, err = faultproxy.Start(net.JoinHostPort("127.0.0.1", x.env["MAILSERVERS_IMAP"]), faultproxy.IMAP, x.faults.imapFilter); err != nil {
		t.Fatal(err)
	}
	if x.smtp, err = faultproxy.Start(net.JoinHostPort("127.0.0.1", x.env["MAILSERVERS_SMTP"]), faultproxy.SMTP, x.faults.smtpFilter); err != nil {
		t.Fatal(err)
	}
	endpoint := x.faults.endpoint()
	t.Cleanup(func() {
		endpoint.Close()
		for _, p := range []*faultproxy.Proxy{x.imap, x.smtp} {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	if err := x.chaosConfig(x.imap.Port(), x.smtp.Port(), endpoint.URL); err != nil {
		t.Fatal(err)
	}
	return x
}

// clockBase lets the desk begin now, or so that the clocks change for summer or
// winter while it runs: a third of the runs each.
func clockBase(r *rand.Rand, now time.Time) time.Duration {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		return 0
	}
	which := r.IntN(3)
	if which == 0 {
		return 0
	}
	changes := 0
	for at := now.Truncate(time.Hour); ; at = at.Add(-time.Hour) {
		_, before := at.Add(-time.Hour).In(zone).Zone()
		_, after := at.In(zone).Zone()
		if before != after {
			if changes++; changes == which {
				return at.Add(-20 * time.Second).Sub(now)
			}
		}
	}
}

// clear empties what other tests have left on the servers.
func (x *trial) clear() {
	x.t.Helper()
	for _, user := range []string{"rma", "customer", "sink"} {
		c, err := x.dial(user)
		if err != nil {
			x.t.Fatal(err)
		}
		folders, err := c.List("", "*", nil).Collect()
		if err != nil {
			x.t.Fatal(err)
		}
		for _, f := range folders {
			parent := slices.Contains(f.Attrs, imap.MailboxAttrNonExistent) || slices.Contains(f.Attrs, imap.MailboxAttrNoSelect)
			if f.Mailbox != "INBOX" && !parent { // what only holds others goes with them
				if err := c.Delete(f.Mailbox).Wait(); err != nil {
					x.t.Fatal(err)
				}
			}
		}
		if user == "rma" {
			if err := c.Create(elsewhere, nil).Wait(); err != nil {
				x.t.Fatal(err)
			}
		}
		_ = c.Close()
		x.empty(user, "INBOX")
	}
}

func (x *trial) logf(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.log = append(x.log, fmt.Sprintf("%8.3f ", time.Since(x.begun).Seconds())+fmt.Sprintf(format, args...))
}

func (x *trial) complain(format string, args ...any) {
	x.logf("FAULTY: "+format, args...)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.faulty = append(x.faulty, fmt.Sprintf(format, args...))
}

// bump says that something happened, such as a step of the desk.
func (x *trial) bump(step string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	defer func() {
		close(x.changed)
		x.changed = make(chan struct{})
	}()
	switch step {
	case "":
		return // of the log: it says nothing of progress
	case mailbox.StepMoved:
		x.filed++
	case courier.StepMarked:
		x.marked++
	}
	x.steps++
}

func (x *trial) change() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.changed
}

func (x *trial) order(format string, args ...any) {
	for _, l := range x.alive() {
		l.order(format, args...)
	}
}

// alive are the processes that have not ended.
func (x *trial) alive() []*life {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.living = slices.DeleteFunc(x.living, func(l *life) bool {
		select {
		case <-l.gone:
			return true
		default:
			return false
		}
	})
	return slices.Clone(x.living)
}

func (x *trial) note(name string) {
	for _, l := range x.alive() {
		l.note(name)
	}
}

func (x *trial) setClock(ahead time.Duration) {
	x.mu.Lock()
	x.ahead, x.farthest = ahead, max(x.farthest, ahead)
	x.mu.Unlock()
	x.order("clock %s", x.base+ahead)
}

func (x *trial) walSize() int64 {
	info, err := os.Stat(filepath.Join(x.dir, "retour.db-wal"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// begin starts the desk.
func (x *trial) begin(orders ...string) *life {
	x.t.Helper()
	x.mu.Lock()
	orders = append(orders, fmt.Sprintf("clock %s", x.base+x.ahead))
	x.mu.Unlock()
	l, err := born(x.exe, filepath.Join(x.dir, "retour.yaml"), orders, x.bump)
	if err != nil {
		x.t.Fatal(err)
	}
	x.mu.Lock()
	x.living = append(x.living, l)
	x.lives = append(x.lives, l)
	x.mu.Unlock()
	return l
}

// Storm: one short life after the other, each ended by a kill.
func (x *trial) storm(until func(kills int) bool) int {
	r := x.stream(3)
	kills := 0
	for !until(kills) {
		orders, random := deathOf(r, kills)
		l := x.begin(orders...)
		x.await(l, random, 2*time.Second)
		if x.ended(l, orders) {
			if kills++; kills%100 == 0 {
				x.phase("%d kills, %d mails sent in, a start takes %s", kills, len(x.posted), x.medianStart())
			}
		}
		l.mu.Lock()
		l.last = l.last[max(0, len(l.last)-15):]
		l.mu.Unlock()
	}
	return kills
}

// deathOf draws how a life is to end: at a step, or after a while.
func deathOf(r *rand.Rand, n int) (orders []string, random time.Duration) {
	random = time.Duration(r.IntN(1000)) * time.Millisecond
	step, nth := chaosSteps[(n/2)%len(chaosSteps)], 1+r.IntN(3)
	if n%2 == 0 {
		return []string{fmt.Sprintf("kill %s %d", step, nth)}, 0
	}
	if r.IntN(12) == 0 {
		orders = []string{"disk 0"} // and it must say so, or go on when there is room
	}
	return orders, random
}

// await waits until the life ends by itself, and kills it when it has lasted
// long enough.
func (x *trial) await(l *life, random, longest time.Duration) {
	if random == 0 {
		random = longest
	}
	select {
	case <-l.gone:
	case <-time.After(random):
		l.kill()
	}
}

// ended counts how a life ended, and says whether it was a kill.
func (x *trial) ended(l *life, orders []string) bool {
	how := "at random"
	steps := l.steps()
	switch {
	case !l.wasKilled() && (slices.Contains(orders, "disk 0") || l.withoutRoom()):
		how = "did not start without room on the disk"
		if !strings.Contains(l.tail(), "retour:") {
			x.complain("it did not start, and did not say why: %v: %s", l.err, l.tail())
		}
	case !l.wasKilled():
		x.complain("the desk ended by itself: %v\n%s", l.err, l.tail())
		how = "by itself"
	case len(orders) > 0 && strings.HasPrefix(orders[0], "kill") && len(steps) > 0 && steps[len(steps)-1].name == strings.Fields(orders[0])[1]:
		how = "at " + steps[len(steps)-1].name
	}
	x.mu.Lock()
	x.kills[how]++
	x.mu.Unlock()
	x.logf("life ended %s (%d steps)", how, len(steps))
	return l.wasKilled()
}

// withoutRoom says that a life ended since it could not begin on a full disk.
func (l *life) withoutRoom() bool {
	select {
	case <-l.opened:
		return false
	default:
		return strings.Contains(l.tail(), "file too large") || strings.Contains(l.tail(), "disk I/O error")
	}
}

// post hands a mail to Postfix, which gives it to Dovecot. What is not taken was
// not sent.
func (x *trial) post(p *posted, again bool) {
	c, err := smtp.Dial("127.0.0.1:" + x.env["MAILSERVERS_SMTP"])
	if err == nil {
		defer c.Close()
		err = submitRaw(c, p.from, "rma@retour.example", p.raw)
	}
	if err != nil {
		x.complain("post %s (%s): %v", p.marker, p.kind, err)
		return
	}
	_ = c.Quit()
	x.mu.Lock()
	defer x.mu.Unlock()
	if again {
		p.times++
	} else {
		x.posted = append(x.posted, p)
	}
}

func submitRaw(c *smtp.Client, from, to string, raw []byte) error {
	if err := c.Hello("localhost"); err != nil {
		return err
	}
	// By hand: the library asks for SMTPUTF8 (RFC 6531), which Dovecot's LMTP has not.
	id, err := c.Text.Cmd("MAIL FROM:<%s> BODY=8BITMIME", from)
	if err != nil {
		return err
	}
	c.Text.StartResponse(id)
	_, _, err = c.Text.ReadResponse(250)
	c.Text.EndResponse(id)
	if err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// moved is how many mails have left the mailbox, as far as it was told.
func (x *trial) moved() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.filed + len(x.taken)
}

// behind says that the desk has more before it than is good for a test: mails to
// read, or what it has to send because of them.
func (x *trial) behind(sent, backlog int) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	const rows = 3 // for a mail, at least: answer, card, line in its thread
	return sent-x.filed-len(x.taken) >= backlog || rows*x.filed-x.marked > 10*backlog
}

// write lets the customers write, not faster than the desk reads, until done is
// closed.
func (x *trial) write(done <-chan struct{}, backlog int) {
	c := x.customers
	sent := x.moved()
	for {
		for patience := time.Now().Add(time.Second); x.behind(sent, backlog) && time.Now().Before(patience); {
			select {
			case <-done:
				return
			case <-x.change():
			case <-time.After(100 * time.Millisecond):
			}
		}
		select {
		case <-done:
			return
		default:
		}
		sent++
		if sent%4 == 0 {
			if answer := x.answers(c); answer != nil {
				x.post(answer, false)
				continue
			}
		}
		p := c.next()
		x.mu.Lock()
		again := slices.Contains(x.posted, p)
		x.mu.Unlock()
		x.post(p, again)
	}
}

// answers is a customer's answer to a question that lies in his mailbox; nil
// when there is none.
func (x *trial) answers(c *customers) *posted {
	x.mu.Lock()
	var asked *posted
	for _, p := range x.posted {
		if p.kind == "incomplete" {
			asked = p
			p.kind = "asked"
			break
		}
	}
	x.mu.Unlock()
	if asked == nil {
		return nil
	}
	question := x.questionTo(asked)
	if question == "" {
		x.mu.Lock()
		asked.kind = "incomplete"
		x.mu.Unlock()
		return nil
	}
	return c.answer(asked, question)
}

// questionTo is the Message-ID of the mail in the customers' mailbox that answers
// this one.
func (x *trial) questionTo(p *posted) string {
	c, err := x.dial("customer")
	if err != nil {
		return ""
	}
	defer c.Close()
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		return ""
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "In-Reply-To", Value: "<" + p.id + ">"}}}, nil).Wait()
	if err != nil || len(found.AllUIDs()) == 0 {
		return ""
	}
	got, err := c.Fetch(imap.UIDSetNum(found.AllUIDs()[0]), &imap.FetchOptions{Envelope: true}).Collect()
	if err != nil || len(got) == 0 {
		return ""
	}
	return got[0].Envelope.MessageID
}

// book opens the casebook beside the desk.
func (x *trial) book() *casebook.Book {
	x.t.Helper()
	book, err := casebook.Open(x.t.Context(), cmp.Or(x.store, filepath.Join(x.dir, "retour.db")))
	if err != nil {
		x.t.Fatal(err)
	}
	return book
}

// settle lets the desk do what is left, without faults: it moves the clock to
// when something is due, and ends when nothing is left to do.
func (x *trial) settle() {
	x.t.Helper()
	x.faults.off()
	x.mu.Lock()
	x.ahead = x.farthest + 2*time.Minute
	x.mu.Unlock()
	left := "it was not looked"
	for round := range 30 {
		l := x.beginOpen()
		_, left = x.rest(l, 30*time.Second)
		if err := l.stop(); err != nil {
			x.t.Fatalf("round %d: the desk did not end well: %v\n%s", round, err, l.tail())
		}
		if left == "" {
			return
		}
		x.logf("round %d: %s", round, left)
		x.mu.Lock()
		x.ahead += 20 * time.Minute
		x.mu.Unlock()
	}
	x.t.Errorf("the desk does not come to rest: %s", left)
}

// lookAgainEvery is the pause between two looks at what is left.
const lookAgainEvery = 300 * time.Millisecond

// rest waits until the desk has nothing to do that is due, or has done nothing for
// so long; it says what is left: of that, and at all.
func (x *trial) rest(l *life, longest time.Duration) (due, all string) {
	x.t.Helper()
	book := x.book()
	defer book.Close()
	begun, steps, since := time.Now(), -1, time.Now()
	for {
		changed := x.change()
		if due, all = x.left(book); due == "" {
			return due, all
		}
		x.mu.Lock()
		if x.steps != steps {
			steps, since = x.steps, time.Now()
		}
		x.mu.Unlock()
		if time.Since(since) > longest || time.Since(begun) > 10*time.Minute {
			return due, all
		}
		select {
		case <-changed:
			wait(x.ctx.Done(), lookAgainEvery) // much happens at once, and to look is work too
		case <-time.After(time.Second): // what only the servers know
		case <-l.gone:
			x.t.Fatalf("the desk ended while it should come to rest: %v\n%s", l.err, l.tail())
		}
	}
}

// left says what is still to be done: due now, and at all.
func (x *trial) left(book *casebook.Book) (due, all string) {
	x.t.Helper()
	counts, _, err := book.LedgerCounts(x.ctx, "")
	if err != nil {
		x.t.Fatal(err)
	}
	rows, err := book.Outbox(x.ctx, casebook.OutboxFilter{Status: casebook.Pending})
	if err != nil {
		x.t.Fatal(err)
	}
	if n := counts[""]; n > 0 {
		due = fmt.Sprintf("%d mails without a fate", n)
	}
	if n := x.count("rma", "INBOX"); n > 0 {
		due = fmt.Sprintf("%d mails in the mailbox", n)
	}
	all = due
	x.mu.Lock()
	now := time.Now().Add(x.base + x.ahead)
	x.mu.Unlock()
	for _, r := range rows {
		if r.Kind == string(notify.DeliverCall) {
			continue
		}
		all = fmt.Sprintf("%s %s waits until %s: %s", r.Kind, r.Key, r.NextAt.Sub(now), r.LastError)
		if !r.NextAt.After(now) {
			due = all
		}
	}
	return due, all
}

func TestChaosDesk(t *testing.T) {
	seed := *chaosSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	t.Logf("chaos.seed %d", seed)
	x := openTrial(t, seed)
	if err := x.openCalm(); err != nil {
		t.Fatal(err)
	}
	stormy := *chaosFor / 2
	kills := x.whileStormy(everyFault, func() int {
		end := time.Now().Add(stormy)
		return x.storm(func(n int) bool {
			return *chaosKills > 0 && n >= *chaosKills || *chaosKills == 0 && time.Now().After(end)
		})
	})
	x.phase("%d kills, a start takes %s", kills, x.medianStart())
	x.steady(stormy)
	x.phase("steady")
	x.settle()
	x.phase("settled")
	x.conclude()
	x.phase("accounted")
}

// phase says in the test's log how far it is.
func (x *trial) phase(format string, args ...any) {
	x.t.Helper()
	x.t.Logf("after %s: "+format, append([]any{time.Since(x.begun).Round(time.Second)}, args...)...)
}

// medianStart is how long the desk takes from its start until it watches its
// mailbox, in the lives that came so far.
func (x *trial) medianStart() time.Duration {
	var took []time.Duration
	for _, l := range x.lives {
		select {
		case <-l.opened:
			took = append(took, l.took)
		default:
		}
	}
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2].Round(time.Millisecond)
}

// openCalm is the first start: the mailbox is empty, and everything works.
func (x *trial) openCalm() error {
	return x.beginOpen().stop()
}

// beginOpen starts the desk and waits until it watches its mailbox.
func (x *trial) beginOpen() *life {
	x.t.Helper()
	l := x.begin()
	select {
	case <-l.opened:
		return l
	case <-l.gone:
	case <-time.After(time.Minute):
		l.kill()
	}
	x.t.Fatalf("the desk does not open: %v\n%s", l.err, l.tail())
	return nil
}

// whileStormy runs do while customers write, staff act and faults are thrown.
func (x *trial) whileStormy(which []fault, do func() int) int {
	done := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() { x.write(done, 12) })
	all.Go(func() { x.act(done) })
	all.Go(func() { x.faults.throwAll(done, which) })
	n := do()
	close(done)
	all.Wait()
	return n
}

// steady is one long life under all faults: it must neither end nor grow.
func (x *trial) steady(long time.Duration) {
	x.t.Helper()
	x.faults.off()
	l := x.beginOpen()
	_, _ = x.rest(l, 30*time.Second)
	before := x.report(l)
	x.whileStormy(everyFault, func() int {
		select {
		case <-l.gone:
		case <-time.After(long):
		}
		return 0
	})
	x.faults.off()
	l.order("disk -1")
	x.setClock(x.farthest + 2*time.Minute)
	if due, _ := x.rest(l, 90*time.Second); due != "" {
		x.complain("without faults the desk has done nothing for 90 seconds, and this is left: %s\n%s", due, l.tail())
	}
	after := x.report(l)
	x.t.Logf("a life of %s under faults: %s before, %s after", long, before, after)
	if after.goroutines > before.goroutines+8 || after.heap > before.heap+(20<<20) {
		x.complain("the desk grows: %s before, %s after", before, after)
	}
	if err := l.stop(); err != nil {
		x.complain("the desk did not end well: %v\n%s", err, l.tail())
	}
}

type vitals struct{ goroutines, heap int }

func (v vitals) String() string {
	return fmt.Sprintf("%d goroutines and %.1f MB", v.goroutines, float64(v.heap)/1e6)
}

func (x *trial) report(l *life) (v vitals) {
	x.t.Helper()
	n := len(l.reported())
	l.order("report")
	for limit := time.After(time.Minute); ; {
		changed := x.change()
		if r := l.reported(); len(r) > n {
			_, _ = fmt.Sscan(r[n], &v.goroutines, &v.heap)
			return v
		}
		select {
		case <-changed:
		case <-limit:
			x.t.Fatalf("the desk does not report\n%s", l.tail())
		case <-l.gone:
			x.t.Fatalf("the desk ended: %v\n%s", l.err, l.tail())
		}
	}
}

// conclude lets the accountant speak.
func (x *trial) conclude() {
	x.t.Helper()
	out, err := x.command("ledger", "--limit", "1")
	if err != nil || !strings.Contains(out, "\n0 unaccounted") {
		x.complain("retour ledger: %v\n%s", err, out)
	}
	if left, err := filepath.Glob(filepath.Join(x.dir, "spool", "*")); err != nil || len(left) > 0 {
		x.complain("files of mails in work are left behind: %v %v", left, err)
	}
	e := x.findings()
	complaints := append(account(e), x.faulty...)
	for _, l := range x.lives {
		for _, line := range l.bad {
			complaints = append(complaints, "the desk's log: "+line)
		}
	}
	x.t.Logf("%s", e)
	x.t.Logf("lives ended: %v", x.kills)
	x.t.Logf("faults thrown: %v", x.faults.counts)
	for i, c := range complaints {
		if i < 40 {
			x.t.Error(c)
		}
	}
	if len(complaints) > 0 {
		x.keep(complaints)
	}
}

// keep leaves what a person needs to find the cause.
func (x *trial) keep(complaints []string) {
	dir, err := os.MkdirTemp("", "retour-chaos-")
	if err != nil {
		x.t.Fatal(err)
	}
	text := strings.Join(x.log, "\n") + "\n\n" + strings.Join(complaints, "\n")
	for i, l := range x.lives {
		text += fmt.Sprintf("\n\nlife %d: %v\n%s", i, l.err, strings.Join(l.last, "\n"))
	}
	if err := os.WriteFile(filepath.Join(dir, "story.txt"), []byte(text), 0o600); err != nil {
		x.t.Error(err)
	}
	if err := x.copyBook(dir); err != nil {
		x.t.Error(err)
	}
	x.t.Logf("%d complaints; the story and the casebook are in %s (seed %d)", len(complaints), dir, x.seed)
}

func (x *trial) copyBook(dir string) error {
	book := x.book()
	if x.store != "" {
		_, err := book.Backup(x.ctx, filepath.Join(dir, "retour.db"))
		return errors.Join(err, book.Close())
	}
	err := book.Close()
	raw, err2 := os.ReadFile(filepath.Join(x.dir, "retour.db"))
	if err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "retour.db"), raw, 0o600)
}
