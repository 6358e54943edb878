package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"retour/rules/casebook"
)

// Several processes can work for one desk in a database. Each part of the work (see
// casebook.Part) is done by one of them at a time; this file is about having a part,
// standing by for it, and knowing what the others say of theirs.

// duty is a part of the work.
type duty struct {
	part casebook.Part
	says func() string // what the others are to know of it; nil: nothing
	// work does it until the context ends. before is what the process that had the
	// part last has said of it.
	work func(ctx context.Context, before string) error
}

func (a *app) duties() []duty {
	all := []duty{
		{casebook.PartMailbox, a.sayMailbox, a.workMailbox},
		{casebook.PartClock, a.sayClock, a.workClock},
		{casebook.PartOutbox, a.neighbours.say, a.workOutbox},
	}
	if a.slack.Load() != nil {
		all = append(all, duty{casebook.PartSlack, a.saySlack, a.workSlack})
	}
	return all
}

// standBy does a part of the work whenever this process has it, until the context ends.
func (a *app) standBy(ctx context.Context, d duty) error {
	for ctx.Err() == nil {
		hold, err := a.crew.Await(ctx, a.book, d.part, d.says)
		if ctx.Err() != nil {
			break
		}
		if err == nil {
			err = a.onDuty(ctx, d, hold)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// onDuty does a part of the work while this process has it.
func (a *app) onDuty(ctx context.Context, d duty, hold *casebook.Hold) error {
	work, stop := hold.Context(ctx)
	defer stop()
	a.on.set(d.part, true)
	a.log.Log(ctx, a.partLevel(d.part), "this process has a part of the work", "does", string(d.part))
	err := guarded(string(d.part), func() error { return d.work(work, hold.Before()) }) // the part is given back in any case
	a.on.set(d.part, false)
	if cause := context.Cause(work); ctx.Err() == nil && cause != nil {
		a.log.Warn("a part of the work is another's now", "does", string(d.part), "why", cause)
		err = nil // what fails without its fence is no fault of this process
	}
	if back := hold.GiveBack(); back != nil {
		a.log.Warn("a part of the work is another's only when this process is not heard of any more", "does", string(d.part), "error", back)
	}
	return err
}

// onParts are the parts that this process has.
type onParts struct {
	mu    sync.Mutex
	parts map[casebook.Part]bool
}

func (o *onParts) set(part casebook.Part, has bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.parts == nil {
		o.parts = map[casebook.Part]bool{}
	}
	o.parts[part] = has
}

func (o *onParts) has(part casebook.Part) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.parts[part]
}

// partLevel: that one process does everything for a file is no news, nor that each
// sends mails.
func (a *app) partLevel(part casebook.Part) slog.Level {
	if part == casebook.PartOutbox || !casebook.IsServer(a.cfg.Store) {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

func (a *app) workMailbox(ctx context.Context, _ string) error { return a.watcher.Run(ctx) }

// workClock looks at deadlines, digests, health and what is old.
func (a *app) workClock(ctx context.Context, before string) error {
	a.lookAtClock(ctx) // before anything old is forgotten
	a.healthAsOf(before)
	g, ctx := errgroup.WithContext(ctx)
	part := func(name string, fn func(context.Context) error) {
		g.Go(func() error { return guarded(name, func() error { return fn(ctx) }) })
	}
	part("clock", a.tick)
	part("the store", a.keepHouse)
	if a.cfg.Raw.Bucket != "" {
		part("the bucket", a.moveRaw)
	}
	if len(a.cfg.Retention.on()) > 0 {
		part("retention", a.runRetention)
	}
	return g.Wait()
}

// workSlack shows the staff what there is and takes their clicks. What another
// process did meanwhile the desk in Slack does not know: it begins anew.
func (a *app) workSlack(ctx context.Context, _ string) error {
	desk, err := a.newSlack(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	a.slack.Store(desk)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return guarded("slack", func() error { return a.runSlack(ctx) }) })
	g.Go(func() error { return guarded("slack", func() error { return a.courier.RunSlack(ctx) }) })
	return g.Wait()
}

// workOutbox sends mails and webhooks, as every process does that is heard of.
func (a *app) workOutbox(ctx context.Context, _ string) error {
	a.sending.Store(true)
	defer a.sending.Store(false)
	return a.courier.Run(ctx)
}

// heard is told what another process has left to do. It does not wait.
func (a *app) heard(what string) {
	c := a.news
	if what == casebook.HeardMailbox {
		c = a.refile
	}
	select {
	case c <- struct{}{}:
	default:
	}
}

// How often a process looks by itself for what it was not told of: in a file a
// command beside the desk has left it.
const (
	lookInFile     = 30 * time.Second
	lookInDatabase = 10 * time.Second
)

// helpAfter is how long mails and webhooks that another process has left are its own to
// send: it begins at once, and what it is done with by then needs no second look.
const helpAfter = time.Second

// attend does what every process does that works for the desk, whatever its parts.
func (a *app) attend(ctx context.Context) error {
	every := lookInFile
	if casebook.IsServer(a.cfg.Store) {
		every = a.cfg.host.atLeast(lookInDatabase)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	help := time.NewTimer(0)
	defer help.Stop()
	for helping := true; ; {
		a.listenIn(time.Now())
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			a.courier.Kick()
		case <-a.news:
			a.homesChanged()
			a.courier.KickSlack()
			if !helping {
				help.Reset(helpAfter)
			}
			helping = true
		case <-help.C:
			a.courier.Kick()
			helping = false
		case <-a.refile:
			a.watcher.Kick()
		case <-a.reloads:
			a.reload(ctx)
		}
	}
}

// listenIn looks whether this process, which is to read the mailbox, is deaf.
func (a *app) listenIn(now time.Time) {
	var trouble error
	if a.on.has(casebook.PartMailbox) {
		trouble = a.watcher.Trouble()
	}
	a.ears.look(now, trouble)
	a.deaf.Store(a.ears.told)
}

// partNews is what others know of a part.
type partNews struct {
	Read    time.Time `json:"read,omitzero"`     // when the mailbox was last read
	Trouble string    `json:"trouble,omitempty"` // why the mailbox cannot be read, or nothing be shown in Slack
	Buttons string    `json:"buttons,omitempty"` // why buttons do nothing
}

func (n partNews) text() string { return jsonText(n) }

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "" // unreachable: texts and times
	}
	return string(text)
}

func trouble(text string) error {
	if text == "" {
		return nil
	}
	return errors.New(text)
}

func whyNot(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// errNobody is what is wrong with a part that no process has.
const errNobody = "no process does this now"

// elsewhere is what another process says of a part, unless this one has it.
func (a *app) elsewhere(part casebook.Part) (n partNews, other bool) {
	if a.on.has(part) || !casebook.IsServer(a.cfg.Store) {
		return n, false
	}
	text, ok := a.crew.Said(a.book, part)
	if !ok {
		return partNews{Trouble: errNobody, Buttons: errNobody}, true
	}
	if text != "" && json.Unmarshal([]byte(text), &n) != nil {
		n = partNews{} // of another version of this program
	}
	return n, true
}

// mailboxNews is how the mailbox does, whoever reads it.
func (a *app) mailboxNews() partNews {
	if n, other := a.elsewhere(casebook.PartMailbox); other {
		return n
	}
	return a.ownMailbox()
}

func (a *app) ownMailbox() partNews {
	return partNews{Read: a.watcher.LastRead(), Trouble: whyNot(a.watcher.Trouble())}
}

func (a *app) sayMailbox() string { return a.ownMailbox().text() }

// slackNews is how Slack does, whoever speaks to it.
func (a *app) slackNews() partNews {
	if n, other := a.elsewhere(casebook.PartSlack); other {
		return n
	}
	return a.ownSlack()
}

func (a *app) ownSlack() partNews {
	sending, buttons := a.slack.Load().Trouble()
	return partNews{Trouble: whyNot(sending), Buttons: whyNot(buttons)}
}

func (a *app) saySlack() string { return a.ownSlack().text() }

// outage is what the next one with the clock must know, so that people are told of
// an outage once, and of its end.
type outage struct {
	Since time.Time `json:"since"`
	Told  bool      `json:"told,omitempty"`
}

func (a *app) sayClock() string {
	a.healthMu.Lock()
	defer a.healthMu.Unlock()
	all := map[string]outage{}
	for _, h := range a.healths() {
		if !h.since.IsZero() {
			all[h.name] = outage{h.since, h.told}
		}
	}
	return jsonText(all)
}

// healthAsOf goes on from what the last one with the clock has said.
func (a *app) healthAsOf(before string) {
	var all map[string]outage
	if before == "" || json.Unmarshal([]byte(before), &all) != nil {
		return
	}
	a.healthMu.Lock()
	defer a.healthMu.Unlock()
	for _, h := range a.healths() {
		o := all[h.name]
		h.since, h.told = o.Since.In(zone(a.cfg)), o.Told
		if o.Since.IsZero() {
			h.since = time.Time{}
		}
	}
}

// healths are those that the clock looks after.
func (a *app) healths() []*health {
	all := []*health{&a.mailboxHealth, &a.slackHealth, &a.buttonHealth, &a.bucketHealth}
	for _, h := range a.neighbours.health {
		all = append(all, h)
	}
	return all
}

// lastBeat is when the clock last looked at the deadlines, where this process has it.
func (a *app) lastBeat() time.Time {
	if !a.on.has(casebook.PartClock) {
		return time.Time{}
	}
	return a.heart.last()
}

// roles say who does what, a line for each part; none of a file, where one process
// does everything.
func (a *app) roles() (lines []string) {
	if !casebook.IsServer(a.cfg.Store) {
		return nil
	}
	for _, r := range a.crew.Roles(a.book) {
		switch {
		case r.Mine:
			lines = append(lines, fmt.Sprintf("%s: this process", r.Part))
		case r.Holder == "":
			lines = append(lines, fmt.Sprintf("%s: nobody", r.Part))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s; this one stands by", r.Part, r.Holder))
		}
	}
	return lines
}

// partsText names parts.
func partsText(parts []casebook.Part) string {
	var names []string
	for _, p := range parts {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}
