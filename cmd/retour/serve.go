package main

import (
	"time"
)

type serveCmd struct{}

// Help teaches what serve needs.
func (serveCmd) Help() string {
	return `Start with "retour check --online". At the first start the mails that lie in the mailbox are
left alone; "retour backfill --since DATE" takes them in without answering anybody.`
}

func (serveCmd) Run(w *world, c *cli) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	log := newLogger(w.stderr, cfg.Log)
	a, err := newApp(w.ctx, cfg, time.Now, log)
	if err != nil {
		return err
	}
	log.Info("the desk is open", "mailbox", cfg.Mailbox.User, "folder", cfg.Mailbox.Folder, "smtp", cfg.SMTP.Host,
		"slack", cfg.Slack.Mode, "policy", a.brain.policy.Version, "version", version())
	runErr := a.run(w.ctx)
	log.Info("the desk is closed")
	if err := a.close(); runErr == nil {
		return err
	}
	return runErr
}
