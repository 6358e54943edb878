package main

import (
	"context"
	"errors"
	"os"
	"time"
)

type serveCmd struct {
	Shadow bool `help:"Read, decide and show in Slack what would be answered; send nothing, leave the mailbox as it is."`
}

// Help teaches what serve needs.
func (serveCmd) Help() string {
	return `Start with "retour check --online". At the first start the mails that lie in the mailbox are
left alone; "retour backfill --since DATE" takes them in without answering anybody.

On SIGHUP it reads the configuration, the policy and the texts again and checks them: what has a fault
is refused, and the desk goes on as before. The addresses of servers, secrets and what concerns Slack
count after a restart. "retour print systemd" writes a unit for systemd.

With a folder as --config, such as "retour --config desks/ serve", each file NAME.yaml in it is a
desk, over what common.yaml says for all of them (the database, the servers, log, metrics). What is
wrong at one desk stops no other. SIGHUP then opens the desks of new files, closes those whose files
are gone, and opens a desk anew where more has changed than a working desk can take over.

With --shadow the desk works and nobody outside notices: it reads new mails (the mailbox is opened
read-only: nothing is moved, no flag is set), decides, keeps its casebook, and puts each mail that it
would have sent into the thread of its case in Slack, marked as not sent. To end it, stop the desk
and start it without --shadow: the cases of the shadow are closed, their mails are never sent, the
mails that they came of stay where they lie, and what arrives from then on is answered. Shadow mode
does not start while cases of real customers are open.`
}

// insides are what only the tests replace, from inside the running program.
type insides struct {
	step func(step string, id int64) // see Config.step
	now  func() time.Time            // the desk's clock
	// heardFor is that of Config.
	heardFor time.Duration
}

func (s serveCmd) Run(w *world, c *cli) error {
	frugal(os.Getenv)
	inner, err := insidesOf(os.Getenv)
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.Config); err == nil && info.IsDir() {
		return s.several(w, c.Config, inner)
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	cfg.shadow, cfg.step, cfg.heardFor = s.Shadow, inner.step, inner.heardFor
	return s.one(w, cfg, inner.now)
}

// one serves the desk of a file.
func (s serveCmd) one(w *world, cfg Config, now func() time.Time) error {
	log := newLogger(w.stderr, cfg.Log)
	superior := supervisorOf(os.Getenv, os.Getpid())
	cfg.standsBy = func() {
		if err := superior.tell(standingBy); err != nil {
			log.Warn("supervisor", "error", err)
		}
	}
	a, err := newApp(w.ctx, cfg, now, log)
	if errors.Is(err, context.Canceled) && w.ctx.Err() != nil {
		log.Info("the desk was told to end before it was open")
		return nil
	}
	if err != nil {
		return err
	}
	if s.Shadow {
		log.Warn("shadow mode: nothing is sent to customers and the mailbox is left as it is")
	}
	log.Info("the desk is open", "mailbox", cfg.Mailbox.User, "folder", cfg.Mailbox.Folder, "smtp", cfg.SMTP.Host,
		"slack", cfg.Slack.Mode, "policy", a.brain.Load().policy.Version, "shadow", s.Shadow, "version", version())
	a.heart.beat(time.Now())
	runErr := meanwhile(w.ctx, func(ctx context.Context) { a.supervised(ctx, superior) }, a.run)
	log.Info("the desk is closed")
	if err := a.close(); runErr == nil {
		return err
	}
	return runErr
}

// several serves the desks of a folder.
func (s serveCmd) several(w *world, folder string, inner insides) error {
	if s.Shadow {
		return usageError{errors.New("--shadow is for one desk: name its file, with --config")}
	}
	common, err := commonOf(folder)
	if err != nil {
		return err
	}
	d := newDesks(folder, common, inner.now, newLogger(w.stderr, common.Log))
	if inner.step != nil {
		d.step = func(_, step string, id int64) { inner.step(step, id) }
	}
	d.log.Info("the desks are opened", "folder", folder, "version", version())
	superior := supervisorOf(os.Getenv, os.Getpid())
	err = meanwhile(w.ctx, func(ctx context.Context) { d.supervised(ctx, superior) }, d.run)
	d.log.Info("the desks are closed")
	return err
}

// meanwhile runs a function, and another as long as that.
func meanwhile(ctx context.Context, other func(context.Context), fn func(context.Context) error) error {
	during, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { other(during); close(done) }()
	err := fn(ctx)
	stop()
	<-done
	return err
}
