package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"retour/rules/casebook"
)

type ledgerCmd struct {
	Fate    string        `help:"Only mails with this fate: opened, updated, noted, hold, duplicate, backfilled, before_start, shadowed, blocked, gone; none for mails not done." enum:"opened,updated,noted,hold,duplicate,backfilled,before_start,shadowed,blocked,gone,none," default:""`
	Since   time.Duration `help:"Only mails of the last while, such as 24h."`
	Limit   int           `help:"At most so many lines." default:"50"`
	Offline bool          `help:"Do not ask the server how many mails it holds."`
	JSON    bool          `help:"As JSON." name:"json"`
}

// Help teaches what the ledger proves.
func (ledgerCmd) Help() string {
	return `Every mail ever seen in the mailbox has a line with what became of it. The last lines compare with
the server: what lies there and is not in the ledger is "unaccounted". The exit code is 1 if that is
not 0 or a mail waits without a fate.`
}

// ledgerReport is what `retour ledger --json` prints.
type ledgerReport struct {
	Mails       []casebook.LedgerRow  `json:"mails"`
	Counts      map[casebook.Fate]int `json:"counts"`
	Total       int                   `json:"total"`
	Server      map[string]int        `json:"server,omitempty"` // mails by folder
	Unfinished  int                   `json:"unfinished"`
	Unaccounted *int                  `json:"unaccounted,omitempty"` // absent when the server was not asked
}

func (l *ledgerCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		r, err := l.report(w.ctx, cfg, book)
		if err != nil {
			return err
		}
		if l.JSON {
			err = writeJSON(w.stdout, r)
		} else {
			err = r.print(w.stdout, zone(cfg))
		}
		if err == nil && (r.Unfinished > 0 || r.Unaccounted != nil && *r.Unaccounted > 0) {
			return errors.New("there are mails without a fate")
		}
		return err
	})
}

func (l *ledgerCmd) report(ctx context.Context, cfg Config, book *casebook.Book) (ledgerReport, error) {
	filter := casebook.LedgerFilter{Limit: l.Limit}
	switch l.Fate {
	case "":
	case "none":
		filter.Unfinished = true
	default:
		filter.Fate = casebook.Fate(l.Fate)
	}
	if l.Since > 0 {
		filter.Since = time.Now().Add(-l.Since)
	}
	r := ledgerReport{}
	var err error
	if r.Mails, err = book.Ledger(ctx, filter); err != nil {
		return r, err
	}
	if r.Counts, r.Total, err = book.LedgerCounts(ctx, ""); err != nil {
		return r, err
	}
	r.Unfinished = r.Counts[""]
	if l.Offline {
		return r, nil
	}
	return r, l.reconcile(ctx, cfg, book, &r)
}

// onTheWay is how long a mail may lie in the mailbox before the desk has seen it.
const onTheWay = time.Minute

// reconcile asks the server for the mails that it holds and looks each up.
func (l *ledgerCmd) reconcile(ctx context.Context, cfg Config, book *casebook.Book, r *ledgerReport) error {
	watcher, err := cfg.bareWatcher(ctx)
	if err != nil {
		return err
	}
	if r.Server, err = watcher.Count(ctx); err != nil {
		return fmt.Errorf("count the mails on the server (or say --offline): %w", err)
	}
	lying, err := watcher.Older(ctx, time.Time{})
	if err != nil {
		return fmt.Errorf("list the mails on the server (or say --offline): %w", err)
	}
	unaccounted := 0
	if len(lying) > 0 {
		known, err := book.UIDs(ctx, lying[0].Mailbox, lying[0].UIDValidity)
		if err != nil {
			return err
		}
		for _, ref := range lying {
			if !known[ref.UID] && time.Since(ref.InternalDate) > onTheWay {
				unaccounted++
			}
		}
	}
	r.Unaccounted = &unaccounted
	return nil
}

func (r ledgerReport) print(out io.Writer, loc *time.Location) error {
	t := &table{header: []string{"SEEN", "UID", "FROM", "SUBJECT", "FATE", "CASE", "WHY"}}
	for _, m := range r.Mails {
		t.add(stamp(m.SeenAt, loc), fmt.Sprint(m.UID), m.From, m.Subject, cmp.Or(string(m.Fate), "none yet"), m.CaseNumber, m.Why)
	}
	if err := t.print(out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s seen:", number(r.Total, "mail"))
	for _, f := range slices.Sorted(maps.Keys(r.Counts)) {
		fmt.Fprintf(out, " %d %s", r.Counts[f], cmp.Or(string(f), "without a fate"))
	}
	fmt.Fprintln(out)
	if r.Unaccounted != nil {
		for _, folder := range slices.Sorted(maps.Keys(r.Server)) {
			fmt.Fprintf(out, "on the server: %d in %s\n", r.Server[folder], folder)
		}
		fmt.Fprintf(out, "%d unaccounted\n", *r.Unaccounted)
	}
	return nil
}
