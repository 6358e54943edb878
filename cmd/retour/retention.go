package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"retour/rules"
	"retour/rules/casebook"
)

// RetentionConfig is how long each kind of data is kept; what is left out is kept
// for good. Nothing of an open case goes, and no mail that waits for a person.
type RetentionConfig struct {
	RawMails     rules.Span `yaml:"raw_mails"`     // the mails as they came, with their attachments, from the closing of their case on
	HistoryTexts rules.Span `yaml:"history_texts"` // what customers and staff wrote, in the histories of closed cases, from the closing on
	Addresses    rules.Span `yaml:"addresses"`     // language and trust of an address, from its last mail on
	Clicks       rules.Span `yaml:"clicks"`        // which clicks were taken in
	SentMails    rules.Span `yaml:"sent_mails"`    // the text of mails and posts that have left, of closed cases
	NotedMails   rules.Span `yaml:"noted_mails"`   // sender, subject and text of mails that concern no case
}

// kept is a kind of data with how long it is kept.
type kept struct {
	kind casebook.Keeping
	span rules.Span
	min  int // days
	why  string
}

// all are the kinds, also those that are kept for good.
func (r RetentionConfig) all() []kept {
	return []kept{
		{casebook.KeepRawMails, r.RawMails, 1, "what is read again may be needed tomorrow"},
		{casebook.KeepHistoryTexts, r.HistoryTexts, 1, "what is read again may be needed tomorrow"},
		{casebook.KeepAddresses, r.Addresses, 1, "he may answer tomorrow"},
		{casebook.KeepClicks, r.Clicks, 7, "a click that Slack sends again is known by them"},
		{casebook.KeepSentMails, r.SentMails, 14, "a mail may still come back, and is then sent again from there"},
		{casebook.KeepNotedMails, r.NotedMails, 1, "somebody may ask for it tomorrow"},
	}
}

// validate: strict, in hours and days only: working time is for deadlines.
func (r RetentionConfig) validate(bad faultFunc) {
	for _, k := range r.all() {
		key := "retention." + string(k.kind)
		switch {
		case k.span == rules.Span{}:
		case k.span.Unit != rules.Days:
			bad(key, "%q: data is kept for whole days, such as 365 days", k.span)
		case k.span.N < k.min:
			bad(key, "%q is too short, at least %d days: %s", k.span, k.min, k.why)
		}
	}
}

// on are the kinds that are kept for a time only.
func (r RetentionConfig) on() (list []kept) {
	for _, k := range r.all() {
		if k.span != (rules.Span{}) {
			list = append(list, k)
		}
	}
	return list
}

// before is up to when something is forgotten now.
func (k kept) before(now time.Time) time.Time { return now.AddDate(0, 0, -k.span.N) }

// A portion is written at once; the desk comes in between.
const (
	retentionPortion = 200
	retentionPause   = 100 * time.Millisecond
	retentionHour    = 3 // of the night
)

// forgetOld forgets what is older than the configuration says, and returns how
// much of each kind.
func forgetOld(ctx context.Context, book *casebook.Book, keeps []kept, now time.Time, pause time.Duration) (map[casebook.Keeping]int, error) {
	counts := map[casebook.Keeping]int{}
	for _, k := range keeps {
		if k.kind == casebook.KeepRawMails {
			n, err := book.ExpireMonths(ctx, k.before(now))
			if err != nil {
				return counts, err
			}
			counts[k.kind] = n
		}
		for after := int64(-1); ; {
			last, n, err := book.Expire(ctx, k.kind, k.before(now), after, retentionPortion)
			if err != nil {
				return counts, err
			}
			counts[k.kind] += n
			if n < retentionPortion {
				break
			}
			after = last
			select {
			case <-ctx.Done():
				return counts, ctx.Err()
			case <-time.After(pause):
			}
		}
	}
	return counts, book.SetDone(ctx, casebook.ChoreRetention, now)
}

// nightly says whether the night's forgetting is due: once a day from the hour
// on, or as soon as the desk works again.
func nightly(last, now time.Time) bool {
	night := time.Date(now.Year(), now.Month(), now.Day(), retentionHour, 0, 0, 0, now.Location())
	if now.Before(night) {
		night = night.AddDate(0, 0, -1)
	}
	return last.Before(night)
}

// runRetention forgets what is old once a night, until the context ends.
func (a *app) runRetention(ctx context.Context) error {
	ticker := time.NewTicker(10 * time.Minute)
	defer ticker.Stop()
	for {
		if err := a.retain(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("retention", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (a *app) retain(ctx context.Context) error {
	if !a.steady.Load() {
		return nil
	}
	last, err := a.book.LastDone(ctx, casebook.ChoreRetention)
	now := a.now().In(zone(a.cfg))
	if err != nil || !nightly(last.In(now.Location()), now) {
		return err
	}
	counts, err := forgetOld(ctx, a.book, a.cfg.Retention.on(), now, retentionPause)
	for kind, n := range counts {
		if n > 0 {
			a.log.LogAttrs(ctx, slog.LevelInfo, "old data forgotten", slog.String("kind", string(kind)), slog.Int("rows", n))
		}
	}
	return err
}

type retentionCmd struct {
	DryRun bool `help:"Only count what would go."`
}

// Help says what it needs.
func (retentionCmd) Help() string {
	return `The running desk does this every night at three; the command does it at once. How long each kind is
kept stands in the configuration:

  retention:
    raw_mails: 365 days        # from the closing of their case on
    history_texts: 730 days
    sent_mails: 365 days
    noted_mails: 90 days
    addresses: 730 days
    clicks: 30 days

What is not named is kept. Nothing of an open case goes, and no mail that waits for a person. The
room in the file is used again; it does not become smaller.`
}

func (r *retentionCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		now := time.Now()
		counts := map[casebook.Keeping]int{}
		var err error
		for _, k := range cfg.Retention.on() {
			if counts[k.kind], err = book.Overdue(w.ctx, k.kind, k.before(now)); err != nil {
				return err
			}
		}
		verb := "would go"
		if !r.DryRun {
			verb = "gone"
			if counts, err = forgetOld(w.ctx, book, cfg.Retention.on(), now, 0); err != nil {
				return err
			}
		}
		t := &table{header: []string{"KIND", "KEPT FOR", "ROWS"}}
		for _, k := range cfg.Retention.all() {
			if k.span == (rules.Span{}) {
				t.add(string(k.kind), "good", "–")
				continue
			}
			t.add(string(k.kind), k.span.String(), fmt.Sprintf("%d %s", counts[k.kind], verb))
		}
		return t.print(w.stdout)
	})
}
