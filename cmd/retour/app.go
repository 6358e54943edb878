package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"retour/ingest"
	"retour/ingest/intake"
	"retour/ingest/mailbox"
	"retour/notify"
	"retour/notify/courier"
	"retour/notify/mailout"
	"retour/notify/slackdesk"
	"retour/rules"
	"retour/rules/casebook"
)

// app is the whole desk as one value: newApp wires it, run serves until the
// context ends, close lets go of what newApp took.
type app struct {
	cfg      Config
	brain    atomic.Pointer[brain] // what decides and composes; replaced by a reload
	book     *casebook.Book
	instance string             // of the casebook: two desks on one mailbox tell each other apart by it
	crew     *casebook.Instance // this process among those that work for the desk
	on       onParts            // what of the work this process does now
	intake   *intake.Intake
	courier  *courier.Courier
	watcher  *mailbox.Watcher
	slack    atomic.Pointer[slackdesk.Desk] // nil where Slack is off; another one each time that this process gets the part
	log      *slog.Logger
	now      func() time.Time
	digests  digests
	heart    heart                 // of the clock
	guard    clockGuard            // of the goroutine that looks at the deadlines
	steady   atomic.Bool           // what is done by the clock may be done
	unwanted atomic.Pointer[error] // why the desk's file does not count beside others; nil: it does
	reloads  chan struct{}         // SIGHUP: read configuration, policy and texts again
	nudge    chan struct{}         // the clock was moved: look at the deadlines now
	news     chan struct{}         // another process has left something in the outbox
	refile   chan struct{}         // another process wants a mail to be moved
	onEvent  func(appEvent)        // may be nil; set before run
	cleanups []func() error

	neighbours *neighbours
	started    time.Time
	sending    atomic.Bool // the courier works

	healthMu                                               sync.Mutex // of the next line, and of the neighbours'
	mailboxHealth, slackHealth, buttonHealth, bucketHealth health
	ears                                                   health      // of the mailbox, where this process reads it
	deaf                                                   atomic.Bool // it could not for so long that people were told

	toBucket bucketNews
}

// appEvent is something that the demo and the tests wait for.
type appEvent int

const (
	mailboxOpen appEvent = iota // the mailbox was opened and is watched
	mailTaken                   // a mail has its fate
	booked                      // something was committed
	delivered                   // a mail was sent, or Slack took something
)

func (a *app) tell(e appEvent) {
	if a.onEvent != nil {
		a.onEvent(e)
	}
}

// moved says that the clock was set: deadlines and waiting mails are looked at.
func (a *app) moved() {
	a.courier.Moved()
	a.watcher.Kick()
	select {
	case a.nudge <- struct{}{}:
	default:
	}
}

// newApp opens the casebook and wires the parts. It talks to no server yet.
func newApp(ctx context.Context, cfg Config, now func() time.Time, log *slog.Logger) (_ *app, err error) {
	log = cfg.discreet(log)
	a := &app{cfg: cfg, log: log, now: now, nudge: make(chan struct{}, 1), reloads: make(chan struct{}, 1), news: make(chan struct{}, 1), refile: make(chan struct{}, 1),
		started: time.Now(), ears: healthOfMailbox(), mailboxHealth: healthOfMailbox(), slackHealth: healthOfSlack(), buttonHealth: healthOfButtons(), bucketHealth: healthOfBucket()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if err := a.openBook(ctx); err != nil {
		return nil, err
	}
	if err := a.openIntake(ctx); err != nil {
		return nil, err
	}
	if err := a.openDigests(ctx); err != nil {
		return nil, err
	}
	if err := a.openSlack(); err != nil {
		return nil, err
	}
	if err := a.openCourier(ctx); err != nil {
		return nil, err
	}
	return a, a.openMailbox(ctx)
}

func (a *app) onClose(fn func() error) { a.cleanups = append(a.cleanups, fn) }

// close lets go of everything, last taken first. It may be called twice.
func (a *app) close() error {
	var errs []error
	for i := len(a.cleanups) - 1; i >= 0; i-- {
		errs = append(errs, a.cleanups[i]())
	}
	a.cleanups = nil
	return errors.Join(errs...)
}

func (a *app) openBook(ctx context.Context) error {
	book, err := a.cfg.openStore(ctx)
	if err != nil {
		return err
	}
	a.book = book
	a.onClose(book.Close)
	if err := a.bucketNamed(ctx); err != nil {
		return err
	}
	if a.instance, err = book.Instance(ctx); err != nil {
		return err
	}
	if err := a.join(ctx); err != nil {
		return err
	}
	if a.cfg.heardFor > 0 {
		a.crew.HeardFor(a.cfg.heardFor)
	}
	end, err := a.serveBook(ctx)
	if err != nil {
		return err
	}
	a.onClose(end)
	return nil
}

// join makes this process one of those that work on the database, once for all of
// its desks.
func (a *app) join(ctx context.Context) (err error) {
	if a.cfg.host != nil {
		a.crew, err = a.cfg.host.books.Join(ctx, a.cfg.store(), holder(), a.cfg.host.log)
		return err
	}
	if a.crew, err = casebook.Join(ctx, a.cfg.store(), holder(), a.log.With("part", "instance")); err != nil {
		return err
	}
	a.onClose(a.crew.Leave)
	return nil
}

// lookAgain is how often an instance that stands by looks whether it is wanted.
const lookAgain = 2 * time.Second

// serveBook makes this process one of those that work for the desk, and of a file
// the only one. While a command must be alone with a desk in a database it waits.
func (a *app) serveBook(ctx context.Context) (end func() error, err error) {
	for told := false; ; told = true {
		if a.cfg.alone || a.cfg.shadow {
			end, err = a.crew.ServeAlone(ctx, a.book, a.heard)
		} else {
			end, err = a.crew.Serve(ctx, a.book, a.heard)
		}
		var locked casebook.ErrLocked
		if !errors.As(err, &locked) || !casebook.IsServer(a.cfg.Store) || a.cfg.standsBy == nil {
			return end, err
		}
		if !told {
			a.log.Info("another process must be alone with this desk: this one stands by", "holder", locked.Holder)
		}
		a.cfg.standsBy()
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lookAgain):
		}
	}
}

// holder names this process to whoever finds the desk already running.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	return fmt.Sprintf("retour on %s, process %d", host, os.Getpid())
}

func (a *app) openIntake(ctx context.Context) error {
	secret, err := a.book.Secret(ctx)
	if err != nil {
		return err
	}
	b, err := newBrain(a.cfg, secret)
	if err != nil {
		return err
	}
	catalogue, err := b.judged.catalogue()
	if err != nil {
		return err
	}
	a.brain.Store(b)
	live, err := a.cfg.asker()
	if err != nil {
		return err
	}
	a.intake, err = intake.New(intake.Options{
		Lookup: live, Signers: a.cfg.signers(),
		Book: a.book, Policy: b.policy, Catalogue: catalogue, Composer: b.composer, Desk: b.desk, Files: b.files, Secret: secret,
		Domain: b.domain, Language: string(a.cfg.Desk.Language), Slack: a.cfg.Slack.Mode != "off", Alerts: a.cfg.Desk.Alerts, Now: a.now,
		Kick: a.kick, Step: a.cfg.step, Log: a.log.With("part", "intake"), Shadow: a.cfg.shadow, LastRead: a.lastRead,
		Endpoints: a.cfg.endpoints(),
	})
	if err != nil {
		return err
	}
	err = a.intake.Begin(ctx)
	if errors.Is(err, intake.ErrLiveCases) {
		return usageError{fmt.Errorf("shadow mode would let their deadlines pass without a word: %w; try a changed policy with `retour explain --compare`, or name another database", err)}
	}
	return err
}

// told is a sender that says when it has delivered.
type told struct {
	notify.Sender
	tell func()
}

func (t told) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	r, err := t.Sender.Send(ctx, d)
	t.tell()
	return r, err
}

// inSlack is the sender of what is shown in Slack.
type inSlack struct{ *app }

// Send implements [notify.Sender].
func (s inSlack) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	return s.slack.Load().Send(ctx, d)
}

func (a *app) kick() {
	a.tell(booked)
	a.homesChanged()
	if a.courier != nil {
		a.courier.Kick()
	}
}

func (a *app) openSlack() error {
	if a.cfg.Slack.Mode == "off" {
		return nil
	}
	desk, err := a.newSlack(context.Background())
	if err != nil {
		return err
	}
	a.slack.Store(desk)
	return nil
}

// newSlack makes the desk in Slack, which works on clicks in this context.
func (a *app) newSlack(ctx context.Context) (*slackdesk.Desk, error) {
	c := a.cfg.Slack
	conf := slackdesk.Config{Mode: string(c.Mode), Instance: a.instance, Channel: c.Channel, Users: c.Users, Groups: c.Groups, Language: string(c.Language), Pace: time.Duration(c.Pace), APIURL: c.APIURL, May: map[slackdesk.Action][]string{}, Escalate: c.Escalate, Burst: c.Burst}
	for action, people := range c.May {
		conf.May[slackdesk.Action(action)] = people
	}
	for _, s := range []struct {
		key  string
		from Secret
		to   *string
	}{{"slack.bot_token", c.BotToken, &conf.BotToken}, {"slack.app_token", c.AppToken, &conf.AppToken},
		{"slack.signing_secret", c.SigningSecret, &conf.SigningSecret}} {
		v, err := a.cfg.secret(s.key, s.from)
		if err != nil {
			return nil, usageError{err}
		}
		*s.to = v
	}
	desk, err := slackdesk.New(conf, slackdesk.Hooks{
		Context: ctx,
		Click: func(ctx context.Context, click rules.Click, key string) (slackdesk.Result, error) {
			r, err := a.intake.Click(ctx, click, key)
			return slackdesk.Result{Done: r.Done, Message: r.Message}, err
		},
		Preview: func(ctx context.Context, click rules.Click, language string) (notify.Preview, error) {
			p, err := a.intake.Preview(ctx, click, language)
			if refused, ok := errors.AsType[intake.Refused](err); ok {
				err = slackdesk.Refused(refused)
			}
			return p, err
		},
		View: func(ctx context.Context, number string) (notify.CardView, error) {
			return a.courier.View(ctx, number)
		},
		CasesAt: a.casesAt,
		Now:     a.now,
		Office:  a.office(),
	}, a.log.With("part", "slack"), time.Now)
	if err != nil {
		return nil, usageError{err}
	}
	return desk, nil
}

// casesAt are the cases in whose thread a message is: of a card, or of the
// roll-up of a burst.
func (a *app) casesAt(ctx context.Context, channel, ts string) ([]string, error) {
	keys, err := a.book.PostedAt(ctx, channel, ts)
	if err != nil {
		return nil, err
	}
	var numbers []string
	for _, key := range keys {
		kind, id, _ := strings.Cut(key, "/")
		caseID, err := strconv.ParseInt(id, 10, 64)
		if kind != "card" && kind != "rollup" || err != nil {
			continue // something else of the desk's stands there
		}
		c, err := a.book.CaseByID(ctx, caseID)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, c.Number)
	}
	return numbers, nil
}

func (a *app) openCourier(ctx context.Context) error {
	tell := func() {
		a.tell(delivered)
		a.homesChanged()
	}
	senders := map[notify.DeliveryKind]notify.Sender{}
	if !a.cfg.shadow { // a shadow has nobody who could send a mail
		mailer, err := a.newMailer(ctx)
		if err != nil {
			return err
		}
		a.onClose(func() error { mailer.Close(); return nil })
		senders[notify.DeliverMail] = told{mailer, tell}
	}
	if a.slack.Load() != nil {
		for _, k := range []notify.DeliveryKind{notify.DeliverCard, notify.DeliverEntry, notify.DeliverItems, notify.DeliverFile, notify.DeliverHeld, notify.DeliverShadow, notify.DeliverAlert, notify.DeliverCall, notify.DeliverErase} {
			senders[k] = told{inSlack{a}, tell}
		}
	}
	if err := a.openNeighbours(senders); err != nil {
		return err
	}
	a.courier = courier.New(a.book, senders, courier.Options{
		Shut: a.book.IsShut, Gone: a.intake.NeighbourGone,
		Now: a.now, Rand: rand.Float64, Step: a.cfg.step, Log: a.log.With("part", "courier"), Failed: a.intake.DeliveryFailed, Open: func(t time.Time) time.Time { return a.brain.Load().policy.Open(t) },
		Zone: a.cfg.Desk.TimeZone, Read: readLetter,
		Policy: func() courier.Policy {
			p := a.brain.Load().policy
			return courier.Policy{Makers: makers(p), Terms: terms(p)}
		},
	})
	return nil
}

// terms are the conditions of each reason.
func terms(p *rules.Policy) map[rules.Reason]string {
	t := map[rules.Reason]string{}
	for _, reason := range []rules.Reason{rules.OrderError, rules.DeliveryError, rules.Defective} {
		t[reason] = p.Reasons.Of(reason).Conditions
	}
	return t
}

// parseWhole reads a mail whose files are handed on.
func parseWhole(raw []byte) *ingest.Message {
	limits := ingest.DefaultLimits()
	limits.Films = true
	return ingest.Parse(raw, limits)
}

// readLetter is what the thread shows of a customer's mail.
func readLetter(raw []byte) notify.Letter {
	m := parseWhole(raw)
	l := notify.Letter{Text: m.Text}
	for _, a := range m.Attachments {
		l.Files = append(l.Files, notify.Upload{Name: a.Name, Data: a.Data})
	}
	return l
}

// makers are the names of the manufacturers.
func makers(p *rules.Policy) map[string]string {
	names := make(map[string]string, len(p.Manufacturers))
	for _, m := range p.Manufacturers {
		names[m.ID] = m.Name
	}
	return names
}

func (a *app) newMailer(ctx context.Context) (*mailout.Mailer, error) {
	c := a.cfg.SMTP
	tlsConfig, err := a.cfg.tlsConfig(c.Host, c.CA)
	if err != nil {
		return nil, usageError{fmt.Errorf("smtp.ca: %w", err)}
	}
	token, refused, err := a.cfg.token(ctx, "smtp.oauth", c.OAuth, a.log)
	if err != nil {
		return nil, usageError{err}
	}
	conf := mailout.Config{Host: c.Host, Port: c.Port, TLS: string(c.TLS), User: c.User, Token: token, TokenRefused: refused,
		TLSConfig: tlsConfig, Timeout: time.Duration(c.Timeout)}
	if c.User != "" && token == nil {
		conf.Password = a.cfg.password("smtp.password", c.Password)
	}
	mailer, err := mailout.New(conf)
	if err != nil {
		return nil, fmt.Errorf("smtp: %w", err)
	}
	return mailer, nil
}

// run serves until the context ends or a part cannot go on.
func (a *app) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	part := func(name string, fn func(context.Context) error) {
		g.Go(func() error { return guarded(name, func() error { return fn(ctx) }) })
	}
	for _, d := range a.duties() {
		part(string(d.part), func(ctx context.Context) error { return a.standBy(ctx, d) })
	}
	part("desk", a.attend)
	if a.cfg.Metrics.Listen != "" && a.cfg.host == nil {
		part("metrics", a.monitored)
	}
	err := g.Wait()
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// guarded makes an error of a panic: the process may have other desks.
func guarded(part string, fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: a panic: %v\n%s", part, p, debug.Stack())
		}
	}()
	return fn()
}

// monitored serves a monitoring system.
func (a *app) monitored(ctx context.Context) error {
	m := a.monitor()
	server := &http.Server{Addr: a.cfg.Metrics.address(), Handler: m.handler(), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	return serveHTTP(ctx, server)
}

func (a *app) monitor() monitor {
	m := monitor{book: a.book, folder: a.cfg.folder(), policy: func() *rules.Policy { return a.brain.Load().policy }, now: a.now, log: a.log.With("part", "metrics"),
		up: func() bool { return a.mailboxNews().Trouble == "" }, deaf: a.deaf.Load, missing: a.missing, slack: a.slackWorks,
		bucket: a.toBucket.last, beat: a.lastBeat, roles: a.roles, has: a.on.has, started: a.started}
	for _, w := range a.cfg.Webhooks {
		m.hooks = append(m.hooks, w.Name)
	}
	return m
}

// runSlack serves the staff's clicks, over sockets or over HTTP.
func (a *app) runSlack(ctx context.Context) error {
	desk := a.slack.Load()
	if a.cfg.Slack.Mode == "socket" {
		return desk.Run(ctx)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return desk.Run(ctx) }) // ends the work that is under way
	g.Go(func() error {
		if a.cfg.host != nil {
			return a.cfg.host.doors.serve(ctx, a.cfg.Slack.Listen, a.cfg.name, desk.Handler())
		}
		return serveHTTP(ctx, slackServer(a.cfg.Slack.Listen, desk.Handler()))
	})
	return g.Wait()
}

// serveHTTP serves until the context ends.
func serveHTTP(ctx context.Context, server *http.Server) error {
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return fmt.Errorf("listen on %s: %w", server.Addr, err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return server.Shutdown(stop)
}

// tick looks at the deadlines every half minute, with many desks less often, and
// when the clock was moved.
func (a *app) tick(ctx context.Context) error {
	ticker := time.NewTicker(a.cfg.host.atLeast(lookEvery))
	defer ticker.Stop()
	for {
		a.heart.beat(time.Now())
		if err := a.lookAfter(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("health", "error", err)
		}
		if a.lookAtClock(ctx); a.steady.Load() {
			a.byTheClock(ctx)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-a.nudge:
		}
	}
}

// byTheClock does what is due.
func (a *app) byTheClock(ctx context.Context) {
	if _, err := a.intake.Tick(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("clock", "error", err)
	}
	if err := a.makeDigests(ctx); err != nil && ctx.Err() == nil {
		a.log.Error("digest", "error", err)
	}
}

// keepHouse does every hour what the store needs, until the context ends.
func (a *app) keepHouse(ctx context.Context) error {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if err := a.tidy(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("the store", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (a *app) tidy(ctx context.Context) error {
	if err := a.book.MakeMonths(ctx); err != nil {
		return err
	}
	stray, err := a.book.StrayRows(ctx)
	if err == nil && stray > 0 {
		a.log.Warn("rows lie in no part of their month, because it was not made in time", "rows", stray)
	}
	return err
}

// lookAfter tells people when the desk has been deaf or dumb for a while: in Slack
// as far as that works, and by mail.
func (a *app) lookAfter(ctx context.Context) error {
	now := time.Now().In(zone(a.cfg))
	errs := []error{a.look(ctx, now, &a.mailboxHealth, trouble(a.mailboxNews().Trouble), true)}
	if a.slack.Load() != nil {
		news := a.slackNews()
		sending, buttons := trouble(news.Trouble), trouble(news.Buttons)
		errs = append(errs, a.look(ctx, now, &a.slackHealth, sending, sending == nil), a.look(ctx, now, &a.buttonHealth, buttons, sending == nil))
	}
	if a.cfg.Raw.Bucket != "" {
		trouble, _ := a.toBucket.last()
		errs = append(errs, a.look(ctx, now, &a.bucketHealth, trouble, true))
	}
	return errors.Join(append(errs, a.lookAtNeighbours(ctx, now)...)...)
}

func (a *app) look(ctx context.Context, now time.Time, h *health, trouble error, inSlack bool) error {
	a.healthMu.Lock()
	key, text := h.look(now, trouble)
	a.healthMu.Unlock()
	if text == "" {
		return nil
	}
	a.log.Error(text)
	return a.intake.Alert(ctx, key, text, inSlack)
}
