package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"retour/cmd/internal/simulation"
	"retour/ingest/intake"
	"retour/rules/casebook"
)

// capacityCmd says what many desks need, by measuring a few.
type capacityCmd struct {
	Desks       int     `help:"How many desks there are to be."`
	MailsPerDay float64 `help:"Mails to each of them on a working day." default:"1000"`
	Store       string  `help:"An empty PostgreSQL database to measure on: postgres://user@host/database." placeholder:"URL"`
	BusiestHour float64 `help:"Share of a day's mails that comes in its busiest hour. Office hours of ten hours alone make 0.1." default:"0.2"`
	Busy        float64 `help:"How busy a processor may be in that hour." default:"0.6"`
	Cores       int     `help:"Processor cores of the machine that an instance runs on." default:"4"`
	DBCores     int     `name:"db-cores" help:"Processor cores of the database." default:"16"`
	DBSessions  int     `name:"db-sessions" help:"Connections that the database allows." default:"100"`
	WorkingDays int     `help:"Working days of a month." default:"22"`
	Sample      []int   `help:"How many desks are measured: two sizes, to be compared." default:"5,20"`
	SampleMails float64 `help:"Mails to each of them on each of two days." default:"60"`
	JSON        bool    `name:"json" help:"For programs: everything as JSON."`
}

func (k *capacityCmd) run(w *world, c *cli) error {
	if err := k.check(); err != nil {
		return err
	}
	cfg, err := configOrShipped(c.Config)
	if err != nil {
		return err
	}
	cfg.Mailbox.AuthServ = simulatedServer
	gauge, err := openGauge(w.ctx, k.Store)
	if err != nil {
		return err
	}
	defer gauge.close()
	report := capacityReport{Desks: k.Desks, MailsPerDay: k.MailsPerDay, Version: version(), Cores: runtime.NumCPU(), Server: gauge.version}
	for i, desks := range k.Sample {
		fmt.Fprintf(w.stderr, "measuring %s …\n", number(desks, "desk"))
		s, err := k.measure(w, cfg, gauge, fmt.Sprintf("sample%d", i+1), desks)
		if err != nil {
			return fmt.Errorf("measure %d desks: %w", desks, err)
		}
		report.Samples = append(report.Samples, s)
	}
	if err := k.extrapolate(&report); err != nil {
		return err
	}
	if k.JSON {
		return writeJSON(w.stdout, report)
	}
	return report.print(w.stdout, k)
}

func (k *capacityCmd) check() error {
	bad := func(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
	switch {
	case k.Store == "" || !casebook.IsServer(k.Store):
		return bad("--store: what many desks need is measured on a PostgreSQL; name an empty database, postgres://user@host/database")
	case k.MailsPerDay <= 0:
		return bad("--mails-per-day %g: it must be above 0", k.MailsPerDay)
	case k.BusiestHour <= 0 || k.BusiestHour > 1:
		return bad("--busiest-hour %g: it is a share, above 0 and at most 1", k.BusiestHour)
	case k.Busy <= 0 || k.Busy > 1:
		return bad("--busy %g: it is a share, above 0 and at most 1", k.Busy)
	case k.Cores < 1 || k.DBCores < 1 || k.DBSessions < 1 || k.WorkingDays < 1:
		return bad("--cores, --db-cores, --db-sessions and --working-days must be at least 1")
	case len(k.Sample) == 0 || k.SampleMails < 1 || k.SampleMails > 10000:
		return bad("--sample needs a number of desks, and --sample-mails between 1 and 10000")
	}
	for _, n := range k.Sample {
		if n < 1 || n > 500 {
			return bad("--sample %d: it must be between 1 and 500 desks", n)
		}
	}
	return nil
}

// sampled are the desks that are measured, in one process as `retour serve` has them.
type sampled struct {
	capacityCmd
	cfg   Config
	books casebook.Shared
	open  []*casebook.Book
	desks []simulation.Options

	warm  sync.WaitGroup // desks that have not lived through their first day
	start chan struct{}  // closed when what counts begins
	mu    sync.Mutex
	first []int // mails of each desk on the first day
	last  []int // and by the end
}

// measure lets desks live through three days. The first does not count: tables are
// empty then, and statements are new to the server.
func (k *capacityCmd) measure(w *world, cfg Config, g *gauge, name string, desks int) (sample capacitySample, err error) {
	s := &sampled{capacityCmd: *k, cfg: cfg, start: make(chan struct{}), first: make([]int, desks), last: make([]int, desks)}
	defer func() { err = errors.Join(err, s.close()) }()
	s.cfg.host = &host{sharing: &sharing{texts: newLibrary(), log: slog.New(slog.DiscardHandler)}}
	for i := range desks {
		if err := s.add(w.ctx, fmt.Sprintf("%s-%03d", name, i), uint64(i)); err != nil {
			return sample, err
		}
	}
	s.warm.Add(desks)
	lives, ctx := errgroup.WithContext(w.ctx)
	for _, o := range s.desks {
		lives.Go(func() error { _, err := simulation.Run(ctx, o); return err })
	}
	warmed := make(chan struct{})
	go func() { s.warm.Wait(); close(warmed) }()
	select {
	case <-warmed:
	case <-ctx.Done():
		return sample, lives.Wait()
	}
	if err := g.tidy(w.ctx); err != nil {
		return sample, err
	}
	before, err := g.read(w.ctx, &s.books)
	if err != nil {
		return sample, err
	}
	close(s.start)
	if err := lives.Wait(); err != nil {
		return sample, err
	}
	after, err := g.read(w.ctx, &s.books)
	if err != nil {
		return sample, err
	}
	sample = after.since(before)
	sample.Desks = desks
	for i := range s.first {
		sample.Mails += s.last[i] - s.first[i]
	}
	if sample.Mails == 0 {
		return sample, errors.New("no mail came in: try more --sample-mails")
	}
	sample.CommitsPerSecond, err = s.floor(w.ctx)
	return sample, err
}

// as is the store with the name of a desk, whichever it names.
func (s *sampled) as(desk string) (string, error) {
	plain, _, err := casebook.DeskOf(s.Store)
	if err != nil {
		return "", usageError{fmt.Errorf("--store: %w", err)}
	}
	return casebook.WithDesk(plain, desk)
}

// add opens one desk more.
func (s *sampled) add(ctx context.Context, name string, seed uint64) error {
	store, err := s.as(name)
	if err != nil {
		return err
	}
	book, err := s.books.Open(ctx, store)
	if err != nil {
		return err
	}
	s.open = append(s.open, book)
	secret, err := book.Secret(ctx)
	if err != nil {
		return err
	}
	b, err := newBrain(s.cfg, secret)
	if err != nil {
		return err
	}
	catalogue, err := b.judged.catalogue()
	if err != nil {
		return err
	}
	clock, log := &simulation.Clock{}, slog.New(slog.DiscardHandler)
	monday := time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)
	clock.Set(monday)
	in, err := intake.New(intake.Options{Book: book, Policy: b.policy, Catalogue: catalogue, Composer: b.composer, Desk: b.desk, Files: b.files, Secret: secret,
		Domain: b.domain, Language: string(s.cfg.Desk.Language), Slack: true, Now: clock.Now, Log: log})
	if err != nil {
		return err
	}
	at := len(s.desks)
	s.desks = append(s.desks, simulation.Options{Book: book, Intake: in, Policy: b.policy, Clock: clock, Address: s.cfg.Desk.Address, AuthServ: simulatedServer,
		From: monday, Days: 3, PerDay: s.SampleMails, Seed: seed + 1, Customers: 100, Slack: true, Log: log,
		Day: func(day time.Time, r simulation.Result) { s.lived(ctx, at, r.Mails) }})
	return nil
}

// lived is told after each day of a desk. After the first it waits for the others.
func (s *sampled) lived(ctx context.Context, desk, mails int) {
	s.mu.Lock()
	first := s.last[desk] == 0 && s.first[desk] == 0
	if first {
		s.first[desk] = mails
	}
	s.last[desk] = mails
	s.mu.Unlock()
	if !first {
		return
	}
	s.warm.Done()
	select {
	case <-s.start:
	case <-ctx.Done():
	}
}

// floorTime is how long the smallest commits are counted.
const floorTime = 2 * time.Second

// floor is how many of the smallest commits the database takes in a second, from as
// many desks at once as a process has writers: the disk's part of the cost of a mail.
func (s *sampled) floor(ctx context.Context) (float64, error) {
	var g errgroup.Group
	counts := make([]int, len(s.open))
	begin := time.Now()
	for i, book := range s.open {
		g.Go(func() error {
			for ; time.Since(begin) < floorTime; counts[i]++ {
				if err := book.SetPosted(ctx, "card/0", "C0SIMULATED", fmt.Sprintf("1700000000.%06d", counts[i])); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	n := 0
	for _, c := range counts {
		n += c
	}
	return float64(n) / time.Since(begin).Seconds(), err
}

func (s *sampled) close() error {
	var errs []error
	for _, b := range s.open {
		errs = append(errs, b.Close())
	}
	return errors.Join(append(errs, s.books.Close())...)
}

// capacitySample is what was measured with some desks.
type capacitySample struct {
	Desks            int     `json:"desks"`
	Mails            int     `json:"mails"`
	Seconds          float64 `json:"seconds"`
	CPU              float64 `json:"cpu_seconds"`          // of this process
	DBCPU            float64 `json:"database_cpu_seconds"` // of the server's processes; 0: it runs elsewhere and cannot be read
	WAL              int64   `json:"wal_bytes"`
	Kept             int64   `json:"kept_bytes"` // by which the database grew
	RoundTrips       int64   `json:"round_trips"`
	Transactions     int64   `json:"transactions"`
	Commits          int64   `json:"commits"`
	Sessions         int     `json:"sessions"`           // connections to the database
	CommitsPerSecond float64 `json:"commits_per_second"` // smallest ones, all desks at once
}

// perMail is what one mail costs, with all that follows from it: the answer, the
// card, the clicks of staff, reminders.
type perMail struct {
	CPU          float64 `json:"cpu_ms"`
	DBCPU        float64 `json:"database_cpu_ms"`
	WAL          float64 `json:"wal_bytes"`
	Kept         float64 `json:"kept_bytes"`
	RoundTrips   float64 `json:"round_trips"`
	Transactions float64 `json:"transactions"`
	Commits      float64 `json:"commits"`
}

func (s capacitySample) perMail() perMail {
	n := float64(s.Mails)
	return perMail{CPU: 1000 * s.CPU / n, DBCPU: 1000 * s.DBCPU / n, WAL: float64(s.WAL) / n, Kept: float64(s.Kept) / n,
		RoundTrips: float64(s.RoundTrips) / n, Transactions: float64(s.Transactions) / n, Commits: float64(s.Commits) / n}
}

// differs is by how much the costs of two samples differ at most, as a share.
func (p perMail) differs(q perMail) (most float64) {
	for _, pair := range [][2]float64{{p.CPU, q.CPU}, {p.DBCPU, q.DBCPU}, {p.WAL, q.WAL}, {p.Kept, q.Kept}, {p.RoundTrips, q.RoundTrips}} {
		if pair[0] > 0 && pair[1] > 0 {
			most = math.Max(most, math.Abs(pair[0]-pair[1])/math.Min(pair[0], pair[1]))
		}
	}
	return most
}
