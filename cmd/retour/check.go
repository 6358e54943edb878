package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"retour/ingest/lookup"
	"retour/notify"
	"retour/rules"
)

type checkCmd struct {
	Online bool `help:"Log in to IMAP, SMTP and Slack too."`
}

// Help teaches what is checked.
func (checkCmd) Help() string {
	return `Reads the configuration, the policy with all its patterns and their examples, and composes every
text in every language with sample data. With --online it also logs in to the servers and says what
works; it sends and changes nothing.`
}

func (k *checkCmd) Run(w *world, c *cli) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	report := &checkReport{out: w.stdout}
	report.line("configuration", nil, c.Config)
	b, err := newBrain(cfg, make([]byte, 32))
	if err != nil {
		return err
	}
	report.line("policy", nil, fmt.Sprintf("version %s, %d manufacturers", b.policy.Version, len(b.policy.Manufacturers)))
	n, err := composeAll(b)
	report.line("texts", err, fmt.Sprintf("%d composed", n))
	report.parts(w.ctx, cfg, k.Online)
	if report.failed > 0 {
		return fmt.Errorf("%d of the checks failed", report.failed)
	}
	return nil
}

type checkReport struct {
	out    io.Writer
	failed int
}

func (r *checkReport) line(what string, err error, detail string) {
	mark := "ok  "
	if err != nil {
		r.failed++
		mark, detail = "FAIL", err.Error()
	}
	fmt.Fprintf(r.out, "%s  %-17s %s\n", mark, what, clean(detail))
}

// parts makes what serve would make, without a casebook; online, it also logs in
// everywhere.
func (r *checkReport) parts(ctx context.Context, cfg Config, online bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	a := &app{cfg: cfg, log: newLogger(io.Discard, cfg.Log), now: time.Now}
	r.mailbox(ctx, cfg, online)
	r.smtp(ctx, a, online)
	r.slack(ctx, a, online)
	r.lookup(ctx, cfg, online)
}

func (r *checkReport) lookup(ctx context.Context, cfg Config, online bool) {
	live, err := cfg.lookup()
	if err == nil && live == nil {
		return
	}
	if err == nil && online {
		// A unit that nobody has sold: the answer is an empty list.
		_, err = live.Ask(ctx, lookup.Question{Serials: []string{"RETOUR-CHECK-0000"}})
	}
	r.line("live look-up", err, map[bool]string{false: "configured", true: "it answers"}[online])
}

func (r *checkReport) mailbox(ctx context.Context, cfg Config, online bool) {
	watcher, err := cfg.bareWatcher(ctx)
	if err != nil || !online {
		r.line("IMAP", err, "configured")
		return
	}
	for _, step := range watcher.Probe(ctx) {
		r.line("IMAP "+step.Name, step.Err, step.Note)
	}
}

func (r *checkReport) smtp(ctx context.Context, a *app, online bool) {
	mailer, err := a.newMailer(ctx)
	if err != nil || !online {
		r.line("SMTP", err, "configured")
		return
	}
	defer mailer.Close()
	r.line("SMTP", mailer.Check(ctx), fmt.Sprintf("%s takes mails", a.cfg.SMTP.Host))
}

func (r *checkReport) slack(ctx context.Context, a *app, online bool) {
	if a.cfg.Slack.Mode == "off" {
		r.line("Slack", nil, "switched off: what needs a person is only in `retour case list`")
		return
	}
	err := a.openSlack()
	if err != nil || !online {
		r.line("Slack", err, "configured")
		return
	}
	r.line("Slack", a.slack.Check(ctx), fmt.Sprintf("token, scopes and channel %s are good", a.cfg.Slack.Channel))
}

// composeAll composes every notice in every language with a sample case.
func composeAll(b *brain) (int, error) {
	var errs []error
	n := 0
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, lang := range []string{"en", "fr", "nl", "it", "de"} {
		for _, kind := range rules.Notices() {
			c := sampleCase(lang, now)
			notice := rules.Notice{Kind: kind, Missing: c.Missing, Text: "…", Link: "https://example.com/rma", Tracking: "1Z999AA10123456784"}
			_, err := b.composer.Compose(c.Customer, lang, []notify.Told{{Notice: notice, Case: c}}, notify.Thread{}, "check", now, true)
			if err != nil {
				errs = append(errs, fmt.Errorf("%s in %s: %w", kind, lang, err))
				continue
			}
			n++
		}
	}
	return n, errors.Join(errs...)
}

func sampleCase(lang string, now time.Time) rules.Case {
	return rules.Case{
		Number: rules.Number(2026, 123), State: rules.InfoNeeded, Reason: rules.Defective, Language: lang,
		Customer: rules.Party{Address: "buyer@example.com", Name: "A. Buyer", Trust: rules.Proven},
		Items: []rules.Item{
			{Position: 1, Manufacturer: "grandstream", Model: "GXP2170", Serial: "20EZ115N308C605F", Verdict: rules.InWarranty},
			{Position: 2, Manufacturer: "snom", Model: "D785", Verdict: rules.OutOfWarranty},
		},
		Missing: []rules.Missing{{Fact: rules.FactVendorTicket, Item: 1}, {Fact: rules.FactSerial, Item: 2}},
		Quote:   "120.00 EUR", OpenedAt: now, StateAt: now, AcceptedAt: now, Deadline: now.AddDate(0, 0, 15), Promised: now.AddDate(0, 0, 10),
	}
}
