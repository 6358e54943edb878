package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"retour/cmd/internal/simulation"
	"retour/ingest/intake"
	"retour/notify"
	"retour/rules/casebook"
)

type simulateCmd struct {
	To        string    `arg:"" optional:"" help:"The casebook to make: a file that does not exist yet." type:"path"`
	From      time.Time `help:"First day." format:"2006-01-02" default:"2025-11-01"`
	Days      int       `help:"How many days." default:"365"`
	Mails     float64   `help:"Mails on an ordinary working day." default:"200"`
	Customers int       `help:"How many customers write." default:"300"`
	Seed      uint64    `help:"The same seed makes the same life." default:"1"`
	Plain     bool      `help:"Without stories: every day is an ordinary one."`

	capacityCmd `embed:"" group:"What a group of desks needs, in PostgreSQL"`

	endpoints []notify.Endpoint // that webhooks are written for; only in tests
}

// Help teaches what a simulation is for.
func (simulateCmd) Help() string {
	return `It fills a new casebook with the life of a desk, to look at digests and figures, to size a machine,
or to try a policy on. Nothing is sent and no server is needed, but the desk itself is the real one:
each mail is read and decided, each action of staff is a click, and the clock is set forward.

An ordinary year has its seasons, holidays, a bad firmware of one telephone in May and a manufacturer
that is slow in autumn. The policy and the texts are those of the configuration, or the shipped ones.

With --desks it says instead what so many desks need, and measures that on a PostgreSQL:

  createdb capacity
  retour simulate --desks 1000 --mails-per-day 1000 --store postgres://retour@/capacity
  dropdb capacity

Sample desks live through some days as fast as they can: intake, rules, courier and Slack's cards are the
real ones; IMAP, SMTP and Slack themselves are not asked ("retour bench" measures a desk with them). What
a mail costs in one sample is compared with the other, so that one sees how far to trust the rest, which
is arithmetic. Nobody else may work on that server meanwhile.`
}

// simulatedServer is the receiving server that a simulated desk believes.
const simulatedServer = "mx.simulation.example"

func (s *simulateCmd) Run(w *world, c *cli) error {
	if s.Desks > 0 {
		return s.capacityCmd.run(w, c)
	}
	if err := s.check(); err != nil {
		return err
	}
	cfg, err := configOrShipped(c.Config)
	if err != nil {
		return err
	}
	cfg.Mailbox.AuthServ = simulatedServer
	book, err := casebook.Open(w.ctx, s.To)
	if err != nil {
		return err
	}
	begin := time.Now()
	result, err := s.play(w, cfg, book)
	if err = errors.Join(err, book.Close()); err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: %s from %s: %s came in, %s went out, %s, %s of staff (%d refused), in %s\n", s.To,
		number(s.Days, "day"), s.From.Format(time.DateOnly), number(result.Mails, "mail"), number(result.Sent, "mail"),
		number(result.Cases, "case"), number(result.Clicks, "action"), result.Refused, time.Since(begin).Round(time.Second))
	return nil
}

func (s *simulateCmd) check() error {
	if s.To == "" {
		return usageError{errors.New("name the casebook to make, or say --desks: what do so many desks need")}
	}
	if _, err := os.Stat(s.To); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s is there already: a simulation makes a new casebook, so name a file that does not exist", s.To)}
	}
	switch {
	case s.Days < 1 || s.Days > 3660:
		return usageError{fmt.Errorf("--days %d: it must be between 1 and 3660", s.Days)}
	case s.Mails <= 0 || s.Mails > 10000:
		return usageError{fmt.Errorf("--mails %g: it must be above 0 and at most 10000", s.Mails)}
	case s.Customers < 1 || s.Customers > 2500:
		return usageError{fmt.Errorf("--customers %d: it must be between 1 and 2500", s.Customers)}
	}
	return nil
}

func (s *simulateCmd) play(w *world, cfg Config, book *casebook.Book) (simulation.Result, error) {
	secret, err := book.Secret(w.ctx)
	if err != nil {
		return simulation.Result{}, err
	}
	b, err := newBrain(cfg, secret)
	if err != nil {
		return simulation.Result{}, err
	}
	clock := &simulation.Clock{}
	clock.Set(s.From)
	log := slog.New(slog.DiscardHandler) // what goes wrong in a simulated life is part of it
	in, err := intake.New(intake.Options{Book: book, Policy: b.policy, Composer: b.composer, Desk: b.desk, Files: b.files, Secret: secret,
		Domain: b.domain, Language: string(cfg.Desk.Language), Now: clock.Now, Log: log, Endpoints: s.endpoints})
	if err != nil {
		return simulation.Result{}, err
	}
	bar := progress(w, "days", true)
	bar.ChangeMax(s.Days)
	o := simulation.Options{Book: book, Intake: in, Policy: b.policy, Clock: clock, Address: cfg.Desk.Address, AuthServ: simulatedServer,
		From: s.From, Days: s.Days, PerDay: s.Mails, Seed: s.Seed, Customers: s.Customers, Log: log,
		Day: func(time.Time, simulation.Result) { _ = bar.Add(1) }}
	if !s.Plain {
		o.Stories = simulation.Ordinary()
	}
	result, err := simulation.Run(w.ctx, o)
	_ = bar.Finish()
	return result, err
}
