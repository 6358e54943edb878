package courier

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// freshStore is where a casebook can be: a file, or a desk of its own in the
// database that RETOUR_TEST_POSTGRES names.
func freshStore(t testing.TB) string {
	if server := os.Getenv("RETOUR_TEST_POSTGRES"); server != "" {
		return server + "&desk=test-" + strings.ToLower(rand.Text())
	}
	return filepath.Join(t.TempDir(), "retour.db")
}

// desk is a casebook with a courier and a clock that the test moves.
type desk struct {
	t       testing.TB
	path    string
	book    *casebook.Book
	courier *Courier
	stop    func()
	senders map[notify.DeliveryKind]notify.Sender
	opts    Options
	log     *syncBuffer

	mu    sync.Mutex
	now   time.Time
	given []string // "<row id> <why>", by the Failed hook
}

type syncBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{} // has something after a Write
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.written <- struct{}{}:
	default:
	}
	return s.b.Write(p)
}

// until waits until something was written.
func (s *syncBuffer) until(t *testing.T, text string) {
	t.Helper()
	for limit := time.After(time.Minute); !strings.Contains(s.String(), text); {
		select {
		case <-s.written:
		case <-limit:
			t.Fatalf("nobody wrote %q:\n%s", text, s)
		}
	}
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newDesk(t testing.TB, senders map[notify.DeliveryKind]notify.Sender) *desk {
	t.Helper()
	return newDeskOn(t, freshStore(t), senders)
}

// newDeskOn is a desk on a casebook of the test's own choice.
func newDeskOn(t testing.TB, store string, senders map[notify.DeliveryKind]notify.Sender) *desk {
	t.Helper()
	d := &desk{
		t: t, path: store, senders: senders, log: &syncBuffer{written: make(chan struct{}, 1)},
		now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC),
	}
	d.opts = Options{
		Now: d.clock, Rand: func() float64 { return 0 }, Zone: "Europe/Rome", Failed: d.failed,
		Log: slog.New(slog.NewTextHandler(d.log, nil)),
		Read: func(raw []byte) notify.Letter { // "text|file"
			text, file, _ := strings.Cut(string(raw), "|")
			return notify.Letter{Text: text, Files: []notify.Upload{{Name: file, Data: []byte(file)}}}
		},
	}
	d.open()
	t.Cleanup(func() { d.close() })
	return d
}

func (d *desk) open() {
	d.t.Helper()
	book, err := casebook.Open(context.Background(), d.path)
	if err != nil {
		d.t.Fatal(err)
	}
	d.book = book
	d.courier = New(book, d.senders, d.opts)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var both sync.WaitGroup
		both.Go(func() { _ = d.courier.RunSlack(ctx) })
		_ = d.courier.Run(ctx)
		both.Wait()
	}()
	d.stop = func() { cancel(); <-ended }
}

func (d *desk) close() {
	d.stop()
	if err := d.book.Close(); err != nil {
		d.t.Error(err)
	}
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// pass moves the clock and lets the courier do what is due then.
func (d *desk) pass(by time.Duration) {
	d.t.Helper()
	d.mu.Lock()
	d.now = d.now.Add(by)
	d.mu.Unlock()
	d.courier.Moved()
	d.settle()
}

func (d *desk) settle() {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := d.courier.Idle(ctx); err != nil {
		d.t.Fatalf("the courier does not come to rest: %v\n%s", err, d.log)
	}
}

func (d *desk) failed(ctx context.Context, row casebook.Row, why string) error {
	d.mu.Lock()
	d.given = append(d.given, fmt.Sprintf("%d %s", row.ID, why))
	d.mu.Unlock()
	return d.book.Write(ctx, d.clock(), func(tx *casebook.Tx) error { return tx.GiveUp(ctx, row, why) })
}

func (d *desk) givenUp() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.given...)
}

func (d *desk) write(fn func(ctx context.Context, tx *casebook.Tx) error) {
	d.t.Helper()
	err := d.book.Write(context.Background(), d.clock(), func(tx *casebook.Tx) error {
		return fn(context.Background(), tx)
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.courier.Kick()
}

func (d *desk) enqueue(rows ...casebook.Row) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *casebook.Tx) error {
		for _, row := range rows {
			if _, created, err := tx.Enqueue(ctx, row); err != nil || !created {
				return errors.Join(err, fmt.Errorf("row %s created: %v", row.Key, created))
			}
		}
		return nil
	})
}

func (d *desk) newCase(group string) rules.Case {
	d.t.Helper()
	c := rules.Case{
		State: rules.New, Language: "en", Customer: rules.Party{Address: "anna@kunde.example"},
		Parties: []rules.Party{{Address: "anna@kunde.example"}}, Group: group, OpenedAt: d.clock(), StateAt: d.clock(),
	}
	d.write(func(ctx context.Context, tx *casebook.Tx) (err error) {
		if c.Number, err = tx.NextNumber(ctx); err != nil {
			return err
		}
		if c.Group == "first" {
			c.Group = c.Number
		}
		return tx.Insert(ctx, &c)
	})
	return c
}

func (d *desk) history(caseID int64, why string) (id int64) {
	d.t.Helper()
	d.write(func(ctx context.Context, tx *casebook.Tx) (err error) {
		id, err = tx.AddHistory(ctx, caseID, casebook.HistoryRow{Event: rules.EvRequest, Why: why, Told: []string{"question"}})
		return err
	})
	return id
}

func (d *desk) rows(status string) []casebook.Row {
	d.t.Helper()
	rows, err := d.book.Outbox(context.Background(), casebook.OutboxFilter{Status: status})
	if err != nil {
		d.t.Fatal(err)
	}
	return rows
}

func mailRow(n int) casebook.Row {
	to, id := fmt.Sprintf("c%d@kunde.example", n), fmt.Sprintf("m%d@retour.example", n)
	body, _ := json.Marshal(notify.Mail{To: to, ToName: "C", MessageID: id, Subject: "x"})
	return casebook.Row{Lane: "mail/" + to, Kind: "mail", Key: "mail/" + id, Recipient: to, MessageID: id, Body: body}
}

func alertRow(n int, lane string) casebook.Row {
	return casebook.Row{Lane: lane, Kind: "alert", Key: fmt.Sprintf("alert/%d", n), Body: fmt.Appendf(nil, "alert %d", n)}
}

// post records what it is asked to send, and fails on demand.
type post struct {
	mu    sync.Mutex
	sent  []notify.Delivery // with success
	tried int
	fail  func(d notify.Delivery) error
	ts    int
}

func (p *post) Send(_ context.Context, d notify.Delivery) (notify.Receipt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tried++
	if p.fail != nil {
		if err := p.fail(d); err != nil {
			return notify.Receipt{}, err
		}
	}
	p.sent = append(p.sent, d)
	p.ts++
	return notify.Receipt{Text: "taken", Posted: notify.Posted{Channel: "C1", TS: fmt.Sprintf("1.%d", p.ts)}}, nil
}

func (p *post) failing(fail func(d notify.Delivery) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

func always(err error) func(notify.Delivery) error {
	return func(notify.Delivery) error { return err }
}

func (p *post) got() (what []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.sent {
		switch d.Kind {
		case notify.DeliverMail:
			what = append(what, d.Mail.MessageID)
		case notify.DeliverAlert:
			what = append(what, d.Text)
		default:
			what = append(what, string(d.Kind)+" "+d.Key)
		}
	}
	return what
}

func (p *post) attempts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tried
}

func mailOnly(p *post) map[notify.DeliveryKind]notify.Sender {
	return map[notify.DeliveryKind]notify.Sender{notify.DeliverMail: p}
}

func slackOnly(p *post) map[notify.DeliveryKind]notify.Sender {
	return map[notify.DeliveryKind]notify.Sender{
		notify.DeliverCard: p, notify.DeliverEntry: p, notify.DeliverHeld: p, notify.DeliverAlert: p,
		notify.DeliverItems: p, notify.DeliverFile: p,
	}
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

var refusedConnection = &notify.Failure{Text: "connect to mx: connection refused"}

func TestServerDownForHours(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	smtp.failing(always(refusedConnection))
	var want []string
	for n := range 20 {
		d.enqueue(mailRow(n))
		want = append(want, fmt.Sprintf("m%d@retour.example", n))
	}
	d.settle()
	if n := smtp.attempts(); n != 1 {
		t.Errorf("%d attempts at a server that is down, want 1 and a pause", n)
	}
	for range 300 {
		d.pass(time.Minute)
	}
	if n := smtp.attempts(); n > 320 {
		t.Errorf("%d attempts in five hours", n)
	}
	if failures := strings.Count(d.log.String(), "level=ERROR"); failures != 1 {
		t.Errorf("%d loud lines for one outage, want 1", failures)
	}
	smtp.failing(nil)
	for range 130 {
		d.pass(time.Minute)
	}
	check(t, "mails", counted(smtp.got()), counted(want))
	check(t, "pending", len(d.rows(casebook.Pending)), 0)
	check(t, "given up", d.givenUp(), []string(nil))
}

// counted is a list without its order.
func counted(s []string) map[string]int {
	counts := map[string]int{}
	for _, v := range s {
		counts[v]++
	}
	return counts
}

func TestRestartBetweenLeaseAndDone(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	d.stop()
	d.enqueue(mailRow(1))
	// What a killed program leaves behind: a row in flight.
	if rows, err := d.book.Lease(t.Context(), d.clock(), nil, 1, d.courier.opts.Hold); err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if err := d.book.Close(); err != nil {
		t.Fatal(err)
	}
	d.open()
	d.settle()
	check(t, "sent while in flight", smtp.got(), []string(nil))
	d.pass(21 * time.Second)
	check(t, "sent after the hold", smtp.got(), []string{"m1@retour.example"})
	d.pass(time.Hour)
	check(t, "sent once", len(smtp.got()), 1)
	check(t, "attempts", d.rows(casebook.Sent)[0].Attempts, 2)
}

// A full disk keeps what was sent from being booked, for longer than its lease:
// it is not sent again.
func TestSentWhileNothingCanBeBooked(t *testing.T) {
	smtp := &post{}
	d := newDeskOn(t, filepath.Join(t.TempDir(), "retour.db"), mailOnly(smtp))
	full, err := sql.Open("sqlite", "file:"+d.path+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	if _, err := full.Exec(`CREATE TRIGGER full BEFORE UPDATE ON outbox WHEN NEW.status = 'sent' BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`); err != nil {
		t.Fatal(err)
	}
	d.enqueue(mailRow(1))
	d.log.until(t, "try=7")
	d.mu.Lock()
	d.now = d.now.Add(time.Minute) // its lease is over
	d.mu.Unlock()
	d.courier.Moved()
	if _, err := full.Exec("DROP TRIGGER full"); err != nil {
		t.Fatal(err)
	}
	d.settle()
	d.pass(time.Hour)
	check(t, "sent", smtp.got(), []string{"m1@retour.example"})
	check(t, "booked", len(d.rows(casebook.Sent)), 1)
}

// A clock that ran a year ahead is set right: what it had put off, and what it had
// in hand when the program was killed, does not wait for a year.
func TestClockSetBack(t *testing.T) {
	smtp := &post{}
	smtp.failing(always(&notify.Failure{Code: 451, Text: "later"}))
	d := newDesk(t, mailOnly(smtp))
	d.pass(365 * 24 * time.Hour)
	d.enqueue(mailRow(1))
	d.settle()
	smtp.failing(nil)
	d.close()
	d.open()
	d.stop()
	d.enqueue(mailRow(2))
	rows, err := d.book.Lease(t.Context(), d.clock(), nil, 1, d.courier.opts.Hold)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if err := d.book.Close(); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.now = d.now.Add(-365 * 24 * time.Hour)
	d.mu.Unlock()
	d.open()
	d.pass(time.Second)
	d.pass(time.Second)
	check(t, "sent", smtp.got(), []string{"m1@retour.example", "m2@retour.example"})
	check(t, "booked", len(d.rows(casebook.Sent)), 2)
}

// Several mails are leased by one commit. What becomes of one while those before it
// are sent counts: a person who was forgotten gets no mail any more.
func TestMailWithdrawnWhileOthersAreSent(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	d.stop()
	d.enqueue(mailRow(1), mailRow(2), mailRow(3))
	second := d.rows(casebook.Pending)[1]
	smtp.failing(func(m notify.Delivery) error {
		if m.Mail.MessageID != "m1@retour.example" {
			return nil
		}
		return d.book.Write(context.Background(), d.clock(), func(tx *casebook.Tx) error {
			now, err := tx.OutboxRow(context.Background(), second.ID)
			return errors.Join(err, tx.GiveUp(context.Background(), now, "withdrawn"))
		})
	})
	if err := d.book.Close(); err != nil {
		t.Fatal(err)
	}
	d.open()
	d.settle()
	check(t, "sent", smtp.got(), []string{"m1@retour.example", "m3@retour.example"})
	check(t, "withdrawn", len(d.rows(casebook.Failed)), 1)
}

// A webhook waits for hours between its last attempts, and that is no clock that
// ran ahead.
func TestWebhookKeepsItsSchedule(t *testing.T) {
	const kind = "webhook/erp"
	erp := &post{}
	erp.failing(always(&notify.Failure{Code: 500, Text: "later"}))
	d := newDesk(t, map[notify.DeliveryKind]notify.Sender{kind: erp})
	d.enqueue(casebook.Row{Lane: kind + "/1", Kind: kind, Key: kind + "/w1", MessageID: "w1", Body: []byte("{}")})
	d.settle()
	for attempt := 1; ; attempt++ {
		wait, over := notify.WebhookBackoff(attempt, 0)
		if over {
			break
		}
		check(t, "attempts", erp.attempts(), attempt)
		soon := min(wait/2, 10*time.Minute) // the endpoint may be down no more: the outbox is looked at
		d.pass(soon)
		check(t, "attempts soon after", erp.attempts(), attempt)
		d.pass(wait - soon - time.Second)
		check(t, "attempts a second too early", erp.attempts(), attempt)
		d.pass(time.Second)
	}
	check(t, "given up", len(d.rows(casebook.Failed)), 1)
}

func TestRunEndsWithTheDeliveryInProgress(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	smtp := &post{}
	smtp.failing(func(notify.Delivery) error { close(entered); <-release; return nil })
	d := newDesk(t, mailOnly(smtp))
	d.enqueue(mailRow(1))
	<-entered
	ended := make(chan struct{})
	go func() { d.stop(); close(ended) }()
	close(release)
	<-ended
	check(t, "booked", len(d.rows(casebook.Sent)), 1)
}

// hanging never answers until its context ends.
type hanging struct{ entered chan struct{} }

func (h hanging) Send(ctx context.Context, _ notify.Delivery) (notify.Receipt, error) {
	close(h.entered)
	<-ctx.Done()
	return notify.Receipt{}, &notify.Failure{Permanent: true, Text: "interrupted"}
}

func TestRunEndsAfterTheGrace(t *testing.T) {
	h := hanging{make(chan struct{})}
	d := newDesk(t, nil)
	d.stop()
	d.opts.Grace = time.Millisecond
	d.senders = map[notify.DeliveryKind]notify.Sender{notify.DeliverMail: h}
	if err := d.book.Close(); err != nil {
		t.Fatal(err)
	}
	d.open()
	d.enqueue(mailRow(1))
	<-h.entered
	d.stop()
	check(t, "still to be sent", len(d.rows(casebook.Pending)), 1)
	check(t, "given up", d.givenUp(), []string(nil))
}

func TestPermanentFailureGoesToAPerson(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	smtp.failing(func(m notify.Delivery) error {
		if m.Mail.To == "c1@kunde.example" {
			return &notify.Failure{Permanent: true, Code: 550, Text: "no such user"}
		}
		return nil
	})
	d.enqueue(mailRow(1), mailRow(2))
	d.settle()
	check(t, "given up", d.givenUp(), []string{"1 no such user"})
	check(t, "others", smtp.got(), []string{"m2@retour.example"})
	check(t, "status", d.rows(casebook.Failed)[0].LastError, "no such user")

	smtp.failing(nil)
	d.write(func(ctx context.Context, tx *casebook.Tx) error { return tx.Resend(ctx, 1, "right@kunde.example") })
	d.settle()
	last := smtp.sent[len(smtp.sent)-1].Mail
	check(t, "resent to", last.To+"|"+last.ToName, "right@kunde.example|")
	check(t, "same id", last.MessageID, "m1@retour.example")
}

func TestOldRowIsGivenUp(t *testing.T) {
	smtp := &post{}
	smtp.failing(always(&notify.Failure{Code: 451, Text: "greylisted for ever"}))
	d := newDesk(t, mailOnly(smtp))
	d.enqueue(mailRow(1))
	d.settle()
	for range 5 * 24 {
		d.pass(time.Hour)
	}
	check(t, "given up", d.givenUp(), []string{"1 greylisted for ever"})
}

func TestGivingUpIsTriedAgainUntilItIsBooked(t *testing.T) {
	smtp := &post{}
	smtp.failing(always(&notify.Failure{Permanent: true, Code: 550, Text: "no"}))
	d := newDesk(t, mailOnly(smtp))
	book, refusals := d.courier.opts.Failed, 1
	d.courier.opts.Failed = func(ctx context.Context, row casebook.Row, why string) error {
		if refusals > 0 {
			refusals--
			return errors.New("the case is busy")
		}
		return book(ctx, row, why)
	}
	d.enqueue(mailRow(1))
	d.settle()
	check(t, "pending", len(d.rows(casebook.Pending)), 1)
	d.pass(time.Minute)
	check(t, "failed", len(d.rows(casebook.Failed)), 1)
}

func TestOneRecipientsTroubleIsHisOwn(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	smtp.failing(func(m notify.Delivery) error {
		switch m.Mail.To {
		case "c1@kunde.example":
			return &notify.Failure{Code: 451, Text: "greylisted"}
		case "c2@kunde.example":
			panic("a sender's mistake")
		}
		return nil
	})
	d.enqueue(mailRow(1), mailRow(2), mailRow(3))
	d.settle()
	check(t, "others", smtp.got(), []string{"m3@retour.example"})
	smtp.failing(nil)
	d.pass(31 * time.Second)
	check(t, "in the end", counted(smtp.got()), counted([]string{"m1@retour.example", "m2@retour.example", "m3@retour.example"}))
}

func TestSlackDownDoesNotDelayMail(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	slack, smtp := &post{}, &post{}
	slack.failing(func(notify.Delivery) error { close(entered); <-release; return nil })
	senders := slackOnly(slack)
	senders[notify.DeliverMail] = smtp
	d := newDesk(t, senders)
	d.enqueue(alertRow(1, "a"))
	<-entered
	sent := make(chan struct{})
	smtp.failing(func(notify.Delivery) error { close(sent); return nil })
	d.enqueue(mailRow(1))
	<-sent
	close(release)
	d.settle()
	check(t, "mail", smtp.got(), []string{"m1@retour.example"})
	check(t, "slack", slack.got(), []string{"alert 1"})
}

func TestTooManyRequestsKeepsTheOrder(t *testing.T) {
	slack := &post{}
	slack.failing(always(&notify.Failure{Code: 429, RetryAfter: 40 * time.Second, Text: "ratelimited"}))
	d := newDesk(t, slackOnly(slack))
	d.enqueue(alertRow(1, "a"), alertRow(2, "a"), alertRow(3, "b"))
	d.settle()
	check(t, "attempts", slack.attempts(), 1)
	slack.failing(nil)
	d.pass(39 * time.Second)
	check(t, "before the time", slack.got(), []string(nil))
	d.pass(time.Second)
	check(t, "then in order", slack.got(), []string{"alert 1", "alert 2", "alert 3"})
	if strings.Contains(d.log.String(), "level=ERROR") {
		t.Errorf("a rate limit is no outage:\n%s", d.log)
	}
}

func TestLaneWaitsForItsHead(t *testing.T) {
	slack := &post{}
	slack.failing(func(a notify.Delivery) error {
		if a.Text == "alert 1" {
			return &notify.Failure{Code: 451, Text: "not now"}
		}
		return nil
	})
	d := newDesk(t, slackOnly(slack))
	d.enqueue(alertRow(1, "a"), alertRow(2, "a"), alertRow(3, "b"))
	d.settle()
	check(t, "the other lane", slack.got(), []string{"alert 3"})
	slack.failing(nil)
	d.pass(time.Minute)
	check(t, "all", slack.got(), []string{"alert 3", "alert 1", "alert 2"})
}

func TestCardIsDrawnAsTheCaseIsNow(t *testing.T) {
	slack := &post{}
	d := newDesk(t, slackOnly(slack))
	first := d.newCase("first")
	d.newCase("")
	sibling := d.newCase(first.Number)
	slack.failing(always(&notify.Failure{Text: "slack is down"}))
	lane := fmt.Sprintf("card/%d", first.ID)
	d.enqueue(casebook.Row{Lane: lane, Kind: "card", Key: "card 1", CaseID: first.ID})
	d.settle()

	d.history(first.ID, "taken in charge")
	first.State = rules.InCharge
	d.write(func(ctx context.Context, tx *casebook.Tx) error { return tx.Save(ctx, &first) })
	slack.failing(nil)
	d.pass(time.Minute)
	if len(slack.sent) != 1 {
		t.Fatalf("%d cards sent\n%s", len(slack.sent), d.log)
	}
	card := slack.sent[0].Card
	check(t, "state", card.Case.State, rules.InCharge)
	check(t, "siblings", card.Siblings, []string{sibling.Number})
	check(t, "zone", card.Working, "Europe/Rome")
	check(t, "history", card.History[0].Why, "taken in charge")
	check(t, "not posted before", card.Posted, notify.Posted{})

	d.enqueue(casebook.Row{Lane: lane, Kind: "card", Key: "card 2", CaseID: first.ID})
	d.settle()
	check(t, "redrawn in place", slack.sent[1].Card.Posted, notify.Posted{Channel: "C1", TS: "1.1"})
}

func TestEntryGoesIntoTheCardsThread(t *testing.T) {
	slack := &post{}
	d := newDesk(t, slackOnly(slack))
	c := d.newCase("")
	h := d.history(c.ID, "asked for the serial")
	lane := fmt.Sprintf("slack/%d", c.ID)
	d.enqueue(
		casebook.Row{Lane: lane, Kind: "card", Key: "card 1", CaseID: c.ID},
		casebook.Row{Lane: lane, Kind: "entry", Key: "entry 1", CaseID: c.ID, HistoryID: h},
	)
	d.settle()
	check(t, "order", slack.got(), []string{"card card 1", "entry entry 1"})
	entry := slack.sent[1]
	check(t, "card", entry.Card.Posted, notify.Posted{Channel: "C1", TS: "1.1"})
	check(t, "entry", entry.Entry.Why+"|"+strings.Join(entry.Entry.Told, ","), "asked for the serial|question")
	channel, ts, ok, err := d.book.Posted(t.Context(), fmt.Sprintf("entry/%d", h))
	if err != nil || !ok || channel != "C1" || ts != "1.2" {
		t.Errorf("entry is posted at %s %s %v, %v", channel, ts, ok, err)
	}
}

func TestEntryWhoseCardWasGivenUpBringsTheCard(t *testing.T) {
	slack := &post{}
	slack.failing(func(n notify.Delivery) error {
		if n.Kind == notify.DeliverCard {
			return &notify.Failure{Permanent: true, Text: "invalid_blocks"}
		}
		return nil
	})
	d := newDesk(t, slackOnly(slack))
	c := d.newCase("")
	first, second := d.history(c.ID, "first"), d.history(c.ID, "second")
	lane := fmt.Sprintf("slack/%d", c.ID)
	d.enqueue(
		casebook.Row{Lane: lane, Kind: "card", Key: "card 1", CaseID: c.ID},
		casebook.Row{Lane: lane, Kind: "entry", Key: "entry 1", CaseID: c.ID, HistoryID: first},
	)
	d.settle()
	check(t, "both are given up, loudly", d.givenUp(), []string{"1 invalid_blocks", "2 invalid_blocks"})
	slack.failing(nil)
	d.enqueue(casebook.Row{Lane: lane, Kind: "entry", Key: "entry 2", CaseID: c.ID, HistoryID: second})
	d.settle()
	check(t, "the card comes with the next entry", slack.got(), []string{"card entry 2", "entry entry 2"})
	check(t, "in its thread", slack.sent[1].Card.Posted, notify.Posted{Channel: "C1", TS: "1.1"})
}

func TestEntryWaitsForACardOfAnotherLane(t *testing.T) {
	slack := &post{}
	slack.failing(func(n notify.Delivery) error {
		if n.Kind == notify.DeliverCard {
			return &notify.Failure{Code: 451, Text: "not now"}
		}
		return nil
	})
	d := newDesk(t, slackOnly(slack))
	c := d.newCase("")
	h := d.history(c.ID, "first")
	d.enqueue(
		casebook.Row{Lane: "x", Kind: "card", Key: "card 1", CaseID: c.ID},
		casebook.Row{Lane: "y", Kind: "entry", Key: "entry 1", CaseID: c.ID, HistoryID: h},
	)
	d.settle()
	check(t, "nothing yet", slack.got(), []string(nil))
	slack.failing(nil)
	d.pass(time.Minute)
	check(t, "in order", slack.got(), []string{"card card 1", "entry entry 1"})
}

func TestFilesAndListsGoIntoTheCardsThread(t *testing.T) {
	slack := &post{}
	d := newDesk(t, slackOnly(slack))
	c := d.newCase("")
	var mail casebook.LedgerRow
	d.write(func(ctx context.Context, tx *casebook.Tx) error {
		row, _, err := tx.Seen(ctx, casebook.LedgerRow{Mailbox: "m", UIDValidity: 1, UID: 1, SeenAt: tx.Now()})
		if err != nil {
			return err
		}
		mail = row
		if mail.Hash, err = tx.PutRaw(ctx, []byte("the text|label.jpg")); err != nil {
			return err
		}
		mail.Fate = casebook.FateOpened
		if err := tx.AddAttachments(ctx, c.ID, []casebook.Attachment{{LedgerID: mail.ID, Name: "label.jpg", MediaType: "image/jpeg", Size: 9}}); err != nil {
			return err
		}
		return tx.SetFate(ctx, mail)
	})
	d.enqueue(
		casebook.Row{Lane: "f", Kind: "file", Key: "file 1", CaseID: c.ID, LedgerID: mail.ID, Body: []byte("0")},
		casebook.Row{Lane: "f", Kind: "file", Key: "file 2", CaseID: c.ID, LedgerID: mail.ID, Body: []byte(notify.WholeText)},
		casebook.Row{Lane: "f", Kind: "file", Key: "file 3", CaseID: c.ID, LedgerID: mail.ID, Body: []byte("7")},
		casebook.Row{Lane: "l", Kind: "items", Key: "items 1", CaseID: c.ID, Body: []byte("1")},
		casebook.Row{Lane: "l", Kind: "items", Key: "items 2", CaseID: c.ID, Body: []byte("1")},
	)
	d.settle()
	check(t, "order", slack.got(), []string{"card file 1", "file file 1", "file file 2", "items items 1", "items items 2"})
	check(t, "the card comes first", slack.sent[1].Card.Posted, notify.Posted{Channel: "C1", TS: "1.1"})
	check(t, "attachment", *slack.sent[1].File, notify.Upload{Name: "label.jpg", Data: []byte("label.jpg")})
	check(t, "text", *slack.sent[2].File, notify.Upload{Name: "mail.txt", Data: []byte("the text")})
	check(t, "what the card names", slack.sent[1].Card.Files, []notify.File{{Name: "label.jpg", MediaType: "image/jpeg", Size: 9}})
	check(t, "a part that is not there", len(d.givenUp()), 1)
	check(t, "page", slack.sent[3].Page, 1)
	check(t, "posted, then redrawn in place", slack.sent[4].Posted, notify.Posted{Channel: "C1", TS: "1.4"})
}

func TestHeldMail(t *testing.T) {
	slack := &post{}
	d := newDesk(t, slackOnly(slack))
	var id int64
	d.write(func(ctx context.Context, tx *casebook.Tx) error {
		row, _, err := tx.Seen(ctx, casebook.LedgerRow{Mailbox: "m", UIDValidity: 1, UID: 1, SeenAt: tx.Now()})
		id = row.ID
		return err
	})
	body, _ := json.Marshal(notify.Held{From: "x@y.example", Why: "cannot be read"})
	for n := range 2 {
		d.enqueue(casebook.Row{Lane: "held", Kind: "held", Key: fmt.Sprintf("held %d", n), LedgerID: id, Body: body})
		d.settle()
	}
	check(t, "first", *slack.sent[0].Held, notify.Held{LedgerID: id, From: "x@y.example", Why: "cannot be read"})
	check(t, "again, in place", slack.sent[1].Held.Posted, notify.Posted{Channel: "C1", TS: "1.1"})
}

func TestRowsThatCannotBeLoaded(t *testing.T) {
	smtp, slack := &post{}, &post{}
	senders := slackOnly(slack)
	senders[notify.DeliverMail] = smtp
	d := newDesk(t, senders)
	broken := mailRow(1)
	broken.Body = []byte("{")
	d.enqueue(broken, casebook.Row{Lane: "x", Kind: "entry", Key: "entry"}, casebook.Row{Lane: "y", Kind: "card", Key: "card"})
	d.settle()
	check(t, "given up", len(d.givenUp()), 3)
	check(t, "attempts at the senders", smtp.attempts()+slack.attempts(), 0)
}

func TestKindWithoutASenderStays(t *testing.T) {
	smtp := &post{}
	d := newDesk(t, mailOnly(smtp))
	d.enqueue(alertRow(1, "a"), mailRow(1))
	d.settle()
	check(t, "sent", smtp.got(), []string{"m1@retour.example"})
	check(t, "waits", len(d.rows(casebook.Pending)), 1)
}

func TestWhatCountsAsDown(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{refusedConnection, true},
		{&notify.Failure{Maybe: true, Text: "lost after the mail"}, true},
		{&notify.Failure{Code: 421}, true},
		{&notify.Failure{Code: 535, Text: "log in: refused"}, true},
		{&notify.Failure{Code: 429}, true},
		{&notify.Failure{Code: 503}, true},
		{&notify.Failure{RetryAfter: time.Second, Code: 200}, true},
		{&notify.Failure{Code: 451}, false},
		{&notify.Failure{Code: 550, Permanent: true}, false},
		{&notify.Failure{Permanent: true, Text: "invalid_blocks"}, false},
		{errors.New("a bug"), false},
		{fmt.Errorf("send: %w", refusedConnection), true},
	} {
		if got := isDown(tc.err); got != tc.want {
			t.Errorf("isDown(%#v) = %v, want %v", tc.err, got, tc.want)
		}
	}
}

func TestIdleEndsWithItsContext(t *testing.T) {
	c := New(nil, mailOnly(&post{}), Options{Log: slog.New(slog.DiscardHandler)}) // not running
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Idle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Idle = %v", err)
	}
}

// When the server goes down within the mails that were leased together, those that
// were not tried lose no attempt, and each is sent once when it is back.
func TestMailsThatWereNotTriedAreGivenBack(t *testing.T) {
	p := &post{}
	d := newDesk(t, map[notify.DeliveryKind]notify.Sender{notify.DeliverMail: p})
	var once sync.Once
	p.fail = func(dl notify.Delivery) (err error) {
		if dl.Mail.To == "c3@kunde.example" {
			once.Do(func() { err = &notify.Failure{Text: "connection refused", Err: errors.New("down")} })
		}
		return err
	}
	d.enqueue(mailRow(1), mailRow(2), mailRow(3), mailRow(4), mailRow(5))
	d.settle()
	if sent := d.rows(casebook.Sent); len(sent) != 2 {
		t.Fatalf("%d mails were sent before the server was down", len(sent))
	}
	for _, row := range d.rows(casebook.Pending) {
		want := 0
		if row.Recipient == "c3@kunde.example" {
			want = 1
		}
		if row.Attempts != want || row.InFlight(d.clock()) {
			t.Errorf("mail to %s: %d attempts, in flight %v", row.Recipient, row.Attempts, row.InFlight(d.clock()))
		}
	}
	d.pass(time.Hour)
	if sent := d.rows(casebook.Sent); len(sent) != 5 || len(p.sent) != 5 {
		t.Errorf("%d mails are marked as sent, %d were", len(sent), len(p.sent))
	}
}

// BenchmarkStageDeliver measures the way of a mail from the outbox to its mark,
// without the server.
func BenchmarkStageDeliver(b *testing.B) {
	d := newDesk(b, map[notify.DeliveryKind]notify.Sender{notify.DeliverMail: &post{}})
	rows := make([]casebook.Row, b.N)
	for i := range rows {
		rows[i] = mailRow(i)
	}
	b.ReportAllocs()
	b.ResetTimer()
	d.enqueue(rows...)
	d.settle()
}
