package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/ingest/lookup"
	"retour/notify"
	"retour/rules"
	"retour/templates"
)

type checkCmd struct {
	Online bool   `help:"Log in to IMAP, SMTP and Slack too."`
	Policy string `help:"Check this policy alone, before it is put in the place of the old one." placeholder:"FILE"`
	Strict bool   `help:"Warnings are faults too: the exit code is 2."`
}

// Help teaches what is checked.
func (checkCmd) Help() string {
	return `Reads the configuration, the policy with all its patterns and their examples, and composes every
text in every language with sample data. All faults are told at once, each with its file, line and
column, and with what was probably meant. A warning is something that works and is hardly meant so:
a rule that never decides, a class that no unit falls into, a pattern that takes the numbers of
another manufacturer, a text that is changed in one language only. With --online it also logs in to
the servers and says what works; it sends and changes nothing.

Exit codes: 0 all is well, or there are only warnings; 1 a check failed; 2 there are faults.`
}

func (k *checkCmd) Run(w *world, c *cli) error {
	if k.Policy != "" {
		return k.policyAlone(w)
	}
	if info, err := os.Stat(c.Config); err == nil && info.IsDir() {
		return k.folder(w, c.Config)
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	report := &checkReport{out: w.stdout}
	report.line("configuration", nil, c.Config)
	faults, err := report.policy(cfg.policyPath())
	if err != nil {
		return err
	}
	if err := report.texts(cfg, len(faults) == 0); err != nil {
		return err
	}
	if len(faults) > 0 {
		return faults
	}
	report.parts(w.ctx, cfg, k.Online)
	return report.end(k.Strict)
}

// folder checks the desks of a folder, each by itself and all together.
func (k *checkCmd) folder(w *world, path string) error {
	if k.Online {
		return usageError{fmt.Errorf("--online looks at one desk: name it, such as --config %s", filepath.Join(path, "NAME.yaml"))}
	}
	files, err := readDesks(path, func(string, string) bool { return false })
	if err != nil {
		return err
	}
	books := &sharing{texts: newLibrary()}
	var faults rules.Faults
	for _, f := range files {
		if f.err == nil {
			f.cfg.host = &host{sharing: books}
			f.err = f.cfg.composed()
		}
		var own rules.Faults
		switch {
		case errors.As(f.err, &own):
			faults = append(faults, own...)
		case f.err != nil:
			faults = append(faults, rules.Fault{File: f.path, Text: f.err.Error()})
		default:
			fmt.Fprintf(w.stdout, "ok    %-17s %s\n", f.name, f.cfg.Desk.Address)
		}
	}
	if len(faults) > 0 {
		return faults
	}
	_, err = fmt.Fprintln(w.stdout, number(len(files), "desk"))
	return err
}

// composed composes every text by the policy.
func (c *Config) composed() error {
	b, err := newBrain(*c, make([]byte, 32))
	if err == nil {
		_, err = composeAll(b)
	}
	return err
}

func (k *checkCmd) policyAlone(w *world) error {
	report := &checkReport{out: w.stdout}
	faults, err := report.policy(k.Policy)
	if err == nil && len(faults) > 0 {
		err = faults
	}
	if err != nil {
		return err
	}
	return report.end(k.Strict)
}

// policy checks the policy of a file; of no file, the shipped one. Where it has
// faults, they are returned with its warnings, in the order of the lines.
func (r *checkReport) policy(path string) (rules.Faults, error) {
	if path == "" {
		p, err := rules.DefaultPolicy()
		if err == nil {
			r.line("policy", nil, policyLine(p))
		}
		return nil, err
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("policy: %w", err)}
	}
	p, faults, err := rules.CheckPolicy(path, src)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(faults, func(f rules.Fault) bool { return !f.Warning }) {
		return faults, nil
	}
	r.line("policy", nil, policyLine(p))
	for _, f := range faults {
		r.warn("policy", f.String())
	}
	return nil, nil
}

func policyLine(p *rules.Policy) string {
	return fmt.Sprintf("version %s, %d manufacturers", p.Version, len(p.Manufacturers))
}

// texts composes every text, where there is a policy to do it by; without one
// the operator's texts are read at least.
func (r *checkReport) texts(cfg Config, composed bool) error {
	if cfg.Templates != "" {
		doubts, err := templates.Doubts(os.DirFS(cfg.at(cfg.Templates)))
		for _, d := range doubts {
			r.warn("texts", filepath.Join(cfg.at(cfg.Templates), d))
		}
		if err != nil {
			r.line("texts", err, "")
			return nil
		}
	}
	if !composed {
		return nil
	}
	b, err := newBrain(cfg, make([]byte, 32))
	if err != nil {
		return err
	}
	n, err := composeAll(b)
	r.line("texts", err, fmt.Sprintf("%d composed", n))
	r.desk(cfg.Desk, b.policy)
	return nil
}

// desk looks for what customers are told of, or should be, and the configuration
// does not say.
func (r *checkReport) desk(d DeskConfig, p *rules.Policy) {
	if d.Company == "" {
		r.warn("desk", "desk.company is empty: no company's name stands under the mails")
	}
	if n := supportFirst(p); n > 0 && d.Support == "" {
		r.warn("desk", fmt.Sprintf("desk.support is empty: customers are asked for the ticket number of your technical support (units of %s), and not told where to get one", number(n, "manufacturer")))
	}
}

// supportFirst counts the manufacturers of whose units the desk's own technical
// support must have seen the fault.
func supportFirst(p *rules.Policy) (n int) {
	for _, m := range p.Manufacturers {
		if slices.Contains(p.Processes.Of(cmp.Or(m.Process, p.DefaultProcess)).Requires, rules.FactSupportTicket) {
			n++
		}
	}
	return n
}

type checkReport struct {
	out      io.Writer
	failed   int
	warnings int
}

// warn prints a warning.
func (r *checkReport) warn(what, text string) {
	r.warnings++
	fmt.Fprintf(r.out, "warn  %-17s %s\n", what, clean(strings.Replace(text, " warning:", "", 1)))
}

// end says how the check ended.
func (r *checkReport) end(strict bool) error {
	switch {
	case r.failed > 0:
		return fmt.Errorf("%d of the checks failed", r.failed)
	case strict && r.warnings > 0:
		return usageError{fmt.Errorf("%s, and --strict was said", number(r.warnings, "warning"))}
	}
	return nil
}

func (r *checkReport) line(what string, err error, detail string) {
	mark := "ok  "
	if err != nil {
		r.failed++
		mark, detail = "FAIL", err.Error()
	}
	fmt.Fprintf(r.out, "%s  %-17s %s\n", mark, what, clean(detail))
	section := map[string]string{"IMAP": "mailbox", "SMTP": "smtp"}[strings.Fields(what + " ")[0]]
	if err == nil || section == "" {
		return
	}
	if todo := advice(section, err); todo != "" {
		fmt.Fprintf(r.out, "      %-17s → %s\n", "", todo)
	}
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
	r.bucket(ctx, cfg, online)
	r.digests(cfg)
	r.webhooks(ctx, cfg, online)
}

// webhooks sends a test to each endpoint.
func (r *checkReport) webhooks(ctx context.Context, cfg Config, online bool) {
	for i, w := range cfg.Webhooks {
		what, answer, err := "webhooks "+w.Name, "configured", error(nil)
		if online {
			answer, _, err = cfg.sendTest(ctx, i)
		} else {
			_, err = cfg.webhookSecrets(i)
		}
		r.line(what, err, answer)
	}
}

// digests says who gets which digests, and when.
func (r *checkReport) digests(cfg Config) {
	lists, err := cfg.digestLists()
	if err != nil {
		r.line("digests", err, "")
	}
	for _, l := range lists {
		var kinds []string
		for _, k := range l.Kinds {
			kinds = append(kinds, string(k))
		}
		r.line("digest", nil, fmt.Sprintf("%s: %s at %02d:%02d %s, to %s", l.Name, strings.Join(kinds, ", "),
			l.Times.At/60, l.Times.At%60, l.Times.Zone, number(len(l.To), "reader")))
	}
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
	r.line("SMTP", mailer.Check(ctx, a.cfg.Desk.Address), fmt.Sprintf("%s takes mails", a.cfg.SMTP.Host))
}

func (r *checkReport) slack(ctx context.Context, a *app, online bool) {
	if a.cfg.Slack.Mode == "off" {
		r.line("Slack", nil, "switched off: what needs a person is only in `retour cases`")
		return
	}
	err := a.openSlack()
	if err != nil || !online {
		r.line("Slack", err, "configured")
		return
	}
	r.line("Slack", a.slack.Load().Check(ctx), fmt.Sprintf("token, scopes and channel %s are good", a.cfg.Slack.Channel))
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
