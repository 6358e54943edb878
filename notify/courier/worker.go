package courier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

const (
	longestPause = time.Minute            // between two attempts at a server that is down
	firstHurry   = 2 * time.Second        // until the second attempt, where people wait before a screen
	shortestWait = 100 * time.Millisecond // between two looks into the outbox

	longestBooking = 5 * time.Second // between two tries to book a delivery

	longestWait        = 3 * time.Hour  // of a row between two attempts: more than any backoff
	longestWebhookWait = 36 * time.Hour // the same for webhooks, whose schedule goes on for days
)

// worker delivers the rows of one group, one after the other. Only its own
// goroutine touches its fields.
type worker struct {
	*Courier
	name    string
	hurry   bool
	kinds   []string
	soon    []string // the kinds that never wait longer by design than longest
	longest time.Duration
	kick    chan struct{}
	ask     chan chan struct{} // closed at the next rest: see Idle
	paused  time.Time          // the other side is down; nothing is tried before
	downs   int                // failures in a row that showed it to be down
	errs    int                // failures in a row of the casebook
	busy    bool               // there was something to deliver
	marks   marks
	log     *slog.Logger
}

func newWorker(c *Courier, name string, hurry bool, kinds []string) *worker {
	soon := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == string(notify.DeliverCall) })
	longest := longestWait
	if notify.EndpointOf(name) != "" {
		longest = longestWebhookWait
	}
	return &worker{
		Courier: c, name: name, hurry: hurry, kinds: kinds, soon: soon, longest: longest, log: c.opts.Log.With("courier", name),
		kick: make(chan struct{}, 1), ask: make(chan chan struct{}),
	}
}

func (w *worker) run(ctx context.Context) {
	var asked []chan struct{}
	for ctx.Err() == nil {
		wait, worked := w.step(ctx)
		if worked {
			continue
		}
		for _, rested := range asked {
			close(rested)
		}
		asked = w.rest(ctx, wait)
	}
}

// rest waits until there may be something to do. It returns who asked to be
// told when there is nothing.
func (w *worker) rest(ctx context.Context, wait time.Duration) (asked []chan struct{}) {
	timer := time.NewTimer(max(wait, shortestWait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-w.kick:
	case rested := <-w.ask:
		asked = append(asked, rested)
	}
	return asked
}

// step delivers the next due row, if there is one, or says how long to wait.
func (w *worker) step(ctx context.Context) (wait time.Duration, worked bool) {
	now := w.opts.Now()
	if now.Before(w.paused) {
		return w.paused.Sub(now), false
	}
	if shut, err := w.shut(ctx); shut || err != nil {
		return longestPause, false
	}
	rows, next, err := w.next(ctx, now)
	switch {
	case ctx.Err() != nil:
		return 0, false
	case err != nil:
		w.errs++
		w.log.Error("outbox cannot be read", "err", err)
		return w.pause(w.errs), false
	case len(rows) == 0:
		w.errs = 0
		return next.Sub(now), false
	}
	w.errs = 0
	w.deliverAll(ctx, rows)
	return 0, true
}

// inSlack says whether it shows things in Slack.
func (w *worker) inSlack() bool { return w.name == slackGroup }

// shut says whether the worker's endpoint wants nothing now.
func (w *worker) shut(ctx context.Context) (bool, error) {
	if w.opts.Shut == nil || w.endpoint() == "" {
		return false, nil
	}
	shut, err := w.opts.Shut(ctx, w.kinds[0])
	if err != nil && ctx.Err() == nil {
		w.log.Error("outbox cannot be read", "err", err)
	}
	return shut, err
}

// next leases the next due rows; when there are none it says when there will be.
// The lease writes the attempts before anything is dialled.
func (w *worker) next(ctx context.Context, now time.Time) (rows []casebook.Row, next time.Time, err error) {
	if w.busy { // where there was one there may be more: a look first would cost as much
		if rows, err = w.lease(ctx, now); err != nil || len(rows) > 0 {
			return rows, next, err
		}
	}
	next, some, err := w.book.NextDue(ctx, w.kinds)
	if err != nil {
		return nil, next, err
	}
	if some && !next.After(now) {
		if rows, err = w.lease(ctx, now); err != nil || len(rows) > 0 {
			return rows, next, err
		}
	}
	if n, err := w.book.Hasten(ctx, now, w.soon, w.longest); err != nil || n > 0 {
		return nil, now, err
	}
	if !some {
		next = now.Add(time.Hour)
	}
	return nil, next, nil
}

func (w *worker) lease(ctx context.Context, now time.Time) (rows []casebook.Row, err error) {
	rows, err = w.book.Lease(ctx, now, w.kinds, w.atOnce(), w.opts.Hold)
	w.busy = len(rows) > 0
	return rows, err
}

// mailsAtOnce is how many mails are leased by one commit.
const mailsAtOnce = 16

// atOnce is how many rows are leased together. What is drawn from a case as it is
// at sending, or needs what was posted before it, goes alone.
func (w *worker) atOnce() int {
	if w.kinds[0] == string(notify.DeliverMail) {
		return mailsAtOnce
	}
	return 1
}

// deliverAll sends rows one after the other. Those that are not tried, since the
// other side is down or the program ends, are given back; one that was withdrawn
// while those before it were sent, since its customer was forgotten, stays here.
func (w *worker) deliverAll(ctx context.Context, rows []casebook.Row) {
	defer w.marks.wait()
	for i, row := range rows {
		wanted, able := true, true
		if i > 0 {
			wanted, able = w.goesOn(ctx, row)
		}
		if !able {
			now := w.opts.Now()
			w.insist(ctx, row, func(ctx context.Context) error { return w.book.GiveBack(ctx, now, rows[i:]...) })
			return
		}
		if wanted {
			w.deliver(ctx, row)
		}
	}
}

// goesOn says whether a row that was leased with others is still to be sent, and
// whether anything can be sent now.
func (w *worker) goesOn(ctx context.Context, row casebook.Row) (wanted, able bool) {
	now := w.opts.Now()
	if ctx.Err() != nil || now.Before(w.paused) || !row.InFlight(now) {
		return false, false
	}
	wanted, err := w.book.Holds(ctx, row)
	if err != nil && ctx.Err() == nil {
		w.log.Error("outbox cannot be read", "err", err)
	}
	return wanted, err == nil
}

// deliver sends one row and books what became of it, also when the program is
// ending: a sent mail that is not booked is sent again.
func (w *worker) deliver(ctx context.Context, row casebook.Row) {
	if w.asleep(ctx, row) {
		return
	}
	w.opts.Step(StepLeased, row.ID)
	sending, stop := graceful(ctx, w.opts.Grace)
	defer stop()
	receipt, err := w.send(sending, row)
	if err == nil {
		w.opts.Step(StepAccepted, row.ID)
		w.sent(ctx, row, receipt)
		return
	}
	w.failed(ctx, row, err, sending.Err() != nil)
}

// asleep puts a call off that comes due while the desk does not work, as it does
// when Slack was away.
func (w *worker) asleep(ctx context.Context, row casebook.Row) bool {
	if row.Kind != string(notify.DeliverCall) || w.opts.Open == nil {
		return false
	}
	now := w.opts.Now()
	open := w.opts.Open(now)
	if !open.After(now) {
		return false
	}
	w.insist(ctx, row, func(ctx context.Context) error {
		return w.book.Later(ctx, row, open, "the desk does not work now")
	})
	return true
}

// graceful is a context that outlives ctx by the grace; but not, when others may have
// begun with the same.
func graceful(ctx context.Context, grace time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if errors.Is(context.Cause(ctx), casebook.ErrTakenOver) {
			cancel()
			return
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}

// send hands the row to its sender. A panic there is a failure of this row, and
// of no other.
func (w *worker) send(ctx context.Context, row casebook.Row) (receipt notify.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("sender panicked", "row", row.ID, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the sender panicked: %v", p)
		}
	}()
	if threaded(row) {
		if err := w.cardFirst(ctx, row); err != nil {
			return receipt, err
		}
	}
	d, err := w.load(ctx, row)
	if err != nil {
		return receipt, err
	}
	return w.sender(row).Send(ctx, d)
}

// threaded says whether a row goes into the thread of its case's card.
func threaded(row casebook.Row) bool {
	switch notify.DeliveryKind(row.Kind) {
	case notify.DeliverEntry, notify.DeliverItems, notify.DeliverFile, notify.DeliverShadow, notify.DeliverCall:
		return true
	}
	return false
}

func (w *worker) sender(row casebook.Row) notify.Sender {
	return w.senders[notify.DeliveryKind(row.Kind)]
}

func (w *worker) sent(ctx context.Context, row casebook.Row, receipt notify.Receipt) {
	if w.downs > 0 {
		w.log.Info("delivers again", "failures", w.downs)
	}
	w.downs, w.paused = 0, time.Time{}
	mark := casebook.SentRow{ID: row.ID, At: w.opts.Now(), Receipt: receipt.Text}
	if row.Kind == string(notify.DeliverMail) {
		w.marks.add(mark, func(rows []casebook.SentRow) { w.mark(ctx, rows) })
		return
	}
	w.insist(ctx, row, func(ctx context.Context) error {
		if err := w.remember(ctx, row, receipt.Posted); err != nil {
			return err
		}
		return w.book.DoneAll(ctx, mark)
	})
	w.opts.Step(StepMarked, row.ID)
}

// mark records mails as sent.
func (w *worker) mark(ctx context.Context, rows []casebook.SentRow) {
	w.insist(ctx, casebook.Row{ID: rows[0].ID}, func(ctx context.Context) error { return w.book.DoneAll(ctx, rows...) })
	for _, r := range rows {
		w.opts.Step(StepMarked, r.ID)
	}
}

// remember keeps where a row was posted.
func (w *worker) remember(ctx context.Context, row casebook.Row, at notify.Posted) error {
	if row.Kind == string(notify.DeliverCard) {
		return w.setCard(ctx, row.CaseID, at)
	}
	return w.setPosted(ctx, postKey(row), at)
}

// failed puts the row off or gives it up. A row that was interrupted by the end
// of the program is never given up for that.
func (w *worker) failed(ctx context.Context, row casebook.Row, err error, interrupted bool) {
	now, f := w.opts.Now(), failure(err)
	switch {
	case errors.Is(err, errAside):
		w.insist(ctx, row, func(ctx context.Context) error { return w.book.SetAside(ctx, row, err.Error()) })
		return
	case errors.Is(err, errOlderFirst):
		w.insist(ctx, row, func(ctx context.Context) error { return w.book.Later(ctx, row, now, err.Error()) })
		return
	}
	if f.Gone && w.opts.Gone != nil {
		w.gone(ctx, row, f)
		return
	}
	wait, late := w.backoff(row, f, now)
	if !interrupted && (f.Permanent || late) {
		w.giveUp(ctx, row, f)
		return
	}
	if isDown(err) && !interrupted {
		w.down(now, f, wait)
	}
	w.log.Warn("put off", "row", row.ID, "kind", row.Kind, "attempt", row.Attempts, "wait", wait, "maybe_arrived", f.Maybe, "why", unnamed(row, f.Error()))
	w.insist(ctx, row, func(ctx context.Context) error { return w.book.Later(ctx, row, now.Add(wait), f.Error()) })
}

// unnamed is what a server said without whom a mail is for: it goes into the log,
// and customers do not.
func unnamed(row casebook.Row, text string) string {
	local, _, ok := strings.Cut(row.Recipient, "@")
	if !ok || local == "" {
		return text
	}
	return rules.Forgotten{Address: row.Recipient, Names: []string{local}}.Scrub(text)
}

// down stops the worker for a while: the other rows would only fail the same
// way, and use up their attempts.
//
// Where people wait, the row itself is the next that is tried, so that the order
// is kept; one that fails for long waits longer than the pause.
func (w *worker) down(now time.Time, f *notify.Failure, rowWaits time.Duration) {
	w.downs++
	wait := f.RetryAfter
	if wait <= 0 && w.hurry {
		wait = min(rowWaits, longestPause)
	} else if wait <= 0 {
		wait = w.pause(w.downs)
	}
	w.paused = now.Add(wait)
	if w.downs == 1 && f.Code != http.StatusTooManyRequests {
		w.log.Error("cannot deliver; goes on trying", "why", f.Error())
	}
}

// backoff is how long a row waits after a failure, and whether it was the last
// that it may have.
func (w *worker) backoff(row casebook.Row, f *notify.Failure, now time.Time) (wait time.Duration, late bool) {
	if w.endpoint() != "" {
		wait, late = notify.WebhookBackoff(row.Attempts, w.opts.Rand())
		return max(wait, f.RetryAfter), late
	}
	// What is for staff waits as long as Slack is away: nobody else is told that
	// it did not come.
	late = row.Kind == string(notify.DeliverMail) && notify.GiveUp(row.Attempts, now.Sub(row.CreatedAt))
	switch {
	case f.RetryAfter > 0:
		return f.RetryAfter, late
	case w.hurry && row.Attempts <= 5:
		return firstHurry << max(row.Attempts-1, 0), late
	}
	return notify.Backoff(row.Attempts, w.opts.Rand()), late
}

func (w *worker) pause(failures int) time.Duration {
	wait := notify.Backoff(failures, w.opts.Rand())
	if w.endpoint() != "" {
		wait, _ = notify.WebhookBackoff(min(failures, 2), w.opts.Rand())
	}
	return min(wait, longestPause)
}

// endpoint is the name of the endpoint whose webhooks the worker sends; empty: it
// sends something else.
func (w *worker) endpoint() string { return notify.EndpointOf(w.kinds[0]) }

// gone lets the rows of an endpoint wait that wants no webhooks any more: a person
// must look whether it means that.
func (w *worker) gone(ctx context.Context, row casebook.Row, f *notify.Failure) {
	now := w.opts.Now()
	w.log.Error("wants no webhooks any more", "row", row.ID, "why", f.Error())
	w.insist(ctx, row, func(ctx context.Context) error { return w.opts.Gone(ctx, row, f.Error()) })
	w.insist(ctx, row, func(ctx context.Context) error { return w.book.Later(ctx, row, now, f.Error()) })
}

// giveUp hands the row to a person.
func (w *worker) giveUp(ctx context.Context, row casebook.Row, f *notify.Failure) {
	w.log.Error("given up", "row", row.ID, "kind", row.Kind, "attempt", row.Attempts, "why", unnamed(row, f.Error()))
	err := w.bookFailed(context.WithoutCancel(ctx), row, f.Error())
	if errors.Is(err, casebook.ErrNotPending) {
		return // cancelled in the meantime, or the case has been told
	}
	if err != nil {
		w.log.Error("cannot book what was given up; it is tried again", "row", row.ID, "err", err)
		next := w.opts.Now().Add(notify.Backoff(row.Attempts, w.opts.Rand()))
		w.insist(ctx, row, func(ctx context.Context) error { return w.book.Later(ctx, row, next, f.Error()) })
	}
}

func (w *worker) bookFailed(ctx context.Context, row casebook.Row, why string) error {
	if w.opts.Failed != nil {
		return w.opts.Failed(ctx, row, why)
	}
	return w.book.Write(ctx, w.opts.Now(), func(tx *casebook.Tx) error { return tx.GiveUp(ctx, row, why) })
}

// insist books until it is booked, however long the database is busy or its disk
// full: a row that was sent and is not booked would be sent again when its lease
// ends. When the program is to end, it tries for some seconds more.
func (w *worker) insist(ctx context.Context, row casebook.Row, book func(context.Context) error) {
	left := 5 // tries, from when the program is to end
	for try := 1; ; try++ {
		err := book(context.WithoutCancel(ctx))
		if err == nil {
			return
		}
		w.log.Error("cannot book a delivery", "row", row.ID, "try", try, "err", err)
		if errors.Is(err, casebook.ErrNotFound) || errors.Is(err, casebook.ErrNotPending) || errors.Is(err, casebook.ErrTakenOver) {
			return // somebody else has dealt with the row
		}
		ended := ctx.Done()
		if ctx.Err() != nil {
			left, ended = left-1, nil
		}
		if left == 0 {
			return
		}
		select {
		case <-time.After(min(time.Duration(try)*200*time.Millisecond, longestBooking)):
		case <-ended:
		}
	}
}

// failure reads any error as a Failure: temporary unless it says otherwise.
func failure(err error) *notify.Failure {
	if f, ok := errors.AsType[*notify.Failure](err); ok {
		return f
	}
	return &notify.Failure{Text: err.Error(), Err: err}
}

// isDown says that the other side as a whole does not work for us: no answer,
// "too many requests", "service not available", or a refusal that is not
// permanent and so not about the row (a login). An ordinary 4xx of SMTP is
// about one recipient.
func isDown(err error) bool {
	f, ok := errors.AsType[*notify.Failure](err)
	switch {
	case !ok || f.Permanent:
		return false
	case f.RetryAfter > 0, f.Code == 421, f.Code == 429:
		return true
	}
	return f.Code < 400 || f.Code >= 500
}
