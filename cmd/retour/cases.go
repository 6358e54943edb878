package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"retour/ingest/intake"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

type caseCmd struct {
	Show   caseShowCmd   `cmd:"" default:"withargs" help:"Show a case with its history: retour case NUMBER."`
	Resend caseResendCmd `cmd:"" help:"Send the last mail of a case again that did not arrive."`
	Slip   caseSlipCmd   `cmd:"" help:"Write the return slip of an approved case, to print it again."`
}

// openBook opens the casebook of a configuration beside a running daemon.
func openBook(ctx context.Context, cfg Config) (*casebook.Book, error) {
	path := cfg.store()
	_, err := os.Stat(path)
	switch {
	case err == nil || casebook.IsServer(path):
		return cfg.openStore(ctx)
	case errors.Is(err, fs.ErrPermission):
		return nil, usageError{fmt.Errorf("this user may not read the casebook %s: only the desk's own user and root (sudo) may", path)}
	}
	return nil, usageError{fmt.Errorf("there is no casebook %s yet: `retour serve` makes it", path)}
}

// withBook runs fn on the casebook of the configuration file.
func withBook(w *world, c *cli, fn func(Config, *casebook.Book) error) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	book, err := openBook(w.ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fn(cfg, book), book.Close())
}

type casesCmd struct {
	State []string `help:"Only cases in these states (see retour states)." sep:","`
	Find  string   `help:"Only cases with this serial, MAC, address or word."`
	All   bool     `help:"Closed ones too."`
	Limit int      `help:"At most so many." default:"200"`
	JSON  bool     `help:"As JSON, each case as webhooks have it (retour print webhook-schema)." name:"json"`

	AtManufacturer bool `help:"Only units that are with their manufacturer: a list for each, the longest away first."`
}

func (l *casesCmd) Run(w *world, c *cli) error {
	filter := casebook.CaseFilter{Text: l.Find, Limit: l.Limit}
	if l.AtManufacturer {
		filter.Limit = 0 // the units of all cases are sorted together
	}
	for _, name := range l.State {
		s := rules.State(name)
		if !isState(s) {
			return usageError{fmt.Errorf("there is no state %q; the states are %s", name, joinStates())}
		}
		filter.States = append(filter.States, s)
	}
	if len(filter.States) == 0 && !l.All {
		for _, s := range rules.States() {
			if s != rules.Closed {
				filter.States = append(filter.States, s)
			}
		}
	}
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		cases, err := book.Cases(w.ctx, filter)
		if err != nil {
			return err
		}
		if l.AtManufacturer {
			cases = slices.DeleteFunc(cases, func(c rules.Case) bool { return len(awayOf([]rules.Case{c})) == 0 })
		}
		if l.JSON {
			return writeJSON(w.stdout, casesJSON(cases))
		}
		if l.AtManufacturer {
			return printAway(w.stdout, awayOf(cases), time.Now(), zone(cfg))
		}
		if err := printCases(w.stdout, cases, zone(cfg)); err != nil {
			return err
		}
		held, err := book.Ledger(w.ctx, casebook.LedgerFilter{Fate: casebook.FateHold})
		if len(held) > 0 {
			fmt.Fprintf(w.stdout, "%s for a person: retour hold list\n", number(len(held), "mail waits", "mails wait"))
		}
		return err
	})
}

func isState(s rules.State) bool {
	for _, known := range rules.States() {
		if s == known {
			return true
		}
	}
	return false
}

func joinStates() string {
	var names []string
	for _, s := range rules.States() {
		names = append(names, string(s))
	}
	return strings.Join(names, ", ")
}

func zone(cfg Config) *time.Location {
	loc, err := time.LoadLocation(cfg.Desk.TimeZone)
	if err != nil {
		return time.UTC
	}
	return loc
}

func printCases(out io.Writer, cases []rules.Case, loc *time.Location) error {
	t := &table{header: []string{"NUMBER", "STATE", "DEADLINE", "CUSTOMER", "UNITS", "OWNER"}}
	for _, c := range cases {
		state := string(c.State)
		if c.Closing != "" {
			state += " (" + string(c.Closing) + ")"
		}
		if c.Shadow {
			state += ", shadow"
		}
		t.add(c.Number, state, stamp(c.Deadline, loc), c.Customer.Address, units(c.Items), c.Owner.Name)
	}
	if err := t.print(out); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, number(len(cases), "case"))
	return err
}

func stamp(t time.Time, loc *time.Location) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(loc).Format("2006-01-02 15:04")
}

func units(items []rules.Item) string {
	var names []string
	for _, i := range items {
		names = append(names, strings.TrimSpace(cmp.Or(i.Model, i.Manufacturer, "unit")+" "+cmp.Or(i.Serial, i.MAC)))
	}
	return strings.Join(names, ", ")
}

// casesJSON are cases as webhooks have them, all of each.
func casesJSON(cases []rules.Case) []notify.CaseJSON {
	list := []notify.CaseJSON{}
	for _, c := range cases {
		list = append(list, notify.NewCaseJSON(c))
	}
	return list
}

// caseJSON is a case with its history, for scripts. Its names are those of the
// webhooks, and as stable.
type caseJSON struct {
	Case    notify.CaseJSON `json:"case"`
	History []entryJSON     `json:"history"`
}

// entryJSON is one thing that happened to a case.
type entryJSON struct {
	Entry int64            `json:"entry"`
	At    time.Time        `json:"timestamp"`
	Event rules.EventKind  `json:"event"`
	From  rules.State      `json:"from,omitempty"`
	To    rules.State      `json:"to"`
	Actor notify.ActorJSON `json:"actor"`
	Rule  string           `json:"rule"`
	Why   string           `json:"why,omitempty"`
	Text  string           `json:"text,omitempty"`
	Told  []string         `json:"told,omitempty"` // notices to the customer
}

func entriesJSON(history []casebook.HistoryRow) []entryJSON {
	list := []entryJSON{}
	for _, h := range history {
		list = append(list, entryJSON{h.ID, h.At.UTC(), h.Event, h.From, h.To,
			notify.ActorJSON{Kind: rules.ActorKind(h.ActorKind), ID: h.ActorID, Name: h.ActorName}, h.Rule, h.Why, h.Text, h.Told})
	}
	return list
}

type caseShowCmd struct {
	Number string `arg:"" help:"RMA number, such as RMA-26-00123-7."`
	JSON   bool   `help:"As JSON, with the names of the webhooks (retour print webhook-schema)." name:"json"`
}

func (s *caseShowCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		found, err := findCase(w.ctx, book, s.Number)
		if err != nil {
			return err
		}
		history, err := book.History(w.ctx, found.ID)
		if err != nil {
			return err
		}
		if s.JSON {
			return writeJSON(w.stdout, caseJSON{notify.NewCaseJSON(found), entriesJSON(history)})
		}
		return printCase(w.stdout, found, history, zone(cfg))
	})
}

// findCase reads a number as people write it and says what is wrong with it.
func findCase(ctx context.Context, book *casebook.Book, written string) (rules.Case, error) {
	year, seq, err := rules.ParseNumber(written)
	if err != nil {
		return rules.Case{}, usageError{err}
	}
	c, err := book.Case(ctx, rules.Number(year, seq))
	if errors.Is(err, casebook.ErrNotFound) {
		return c, usageError{fmt.Errorf("there is no case %s", rules.Number(year, seq))}
	}
	return c, err
}

func printCase(out io.Writer, c rules.Case, history []casebook.HistoryRow, loc *time.Location) error {
	var b strings.Builder
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", label, clean(text))
		}
	}
	row("case", fmt.Sprintf("%s, version %d", c.Number, c.Version))
	if c.Shadow {
		row("shadow", "nothing of this case was ever sent to the customer")
	}
	row("state", strings.TrimSpace(string(c.State)+" "+string(c.Closing)))
	row("deadline", stamp(c.Deadline, loc))
	row("customer", strings.TrimSpace(c.Customer.Name+" <"+c.Customer.Address+">")+", "+string(c.Customer.Trust)+", "+c.Language)
	row("reason", string(c.Reason))
	row("owner", c.Owner.Name)
	for _, i := range c.Items {
		row(fmt.Sprintf("unit %d", i.Position), strings.Join(nonEmpty(i.Manufacturer, i.Model, i.Serial, i.MAC, string(i.Process), string(i.Verdict), i.WarrantyWhy), " · "))
	}
	for _, n := range c.Notes {
		row("note", n.Why)
	}
	for _, m := range c.Missing {
		row("missing", fmt.Sprintf("%s (unit %d)", m.Fact, m.Item))
	}
	row("proposal", strings.TrimSpace(string(c.Proposal.Action)+" "+c.Proposal.Why))
	row("warning", c.Undelivered)
	b.WriteByte('\n')
	for _, h := range history {
		who := cmp.Or(h.ActorName, h.ActorID, h.ActorKind)
		fmt.Fprintf(&b, "%s  %s by %s: %s\n", stamp(h.At, loc), h.Event, clean(who), clean(h.Why))
		if len(h.Told) > 0 {
			told := "customer told"
			if c.Shadow {
				told = "not sent, only shown"
			}
			fmt.Fprintf(&b, "%18s%s: %s\n", "", told, strings.Join(h.Told, ", "))
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func nonEmpty(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

type caseResendCmd struct {
	Number string `arg:"" help:"RMA number."`
	To     string `help:"Send it to this address instead, and use it from now on."`
}

func (r *caseResendCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		found, err := findCase(w.ctx, book, r.Number)
		if err != nil {
			return err
		}
		in, err := commandIntake(w.ctx, cfg, book, newLogger(w.stderr, LogConfig{Level: "warn"}))
		if err != nil {
			return err
		}
		event := rules.Event{Kind: rules.EvResend, Actor: rules.Actor{Kind: rules.ByStaff, ID: "command line", Name: "command line"}}
		if r.To != "" {
			event.Kind, event.Address = rules.EvFixAddress, r.To
		}
		key := fmt.Sprintf("command/%s/%d", found.Number, found.Version)
		result, err := in.Click(w.ctx, rules.Click{Number: found.Number, Version: found.Version, Event: event}, key)
		if err != nil {
			return err
		}
		if !result.Done {
			return errors.New(result.Message)
		}
		_, err = fmt.Fprintf(w.stdout, "%s: the mail is in the outbox again; the running desk sends it within a minute\n", found.Number)
		return err
	})
}

// commandIntake is an intake beside a running daemon: it books, and the
// daemon's courier sends.
func commandIntake(ctx context.Context, cfg Config, book *casebook.Book, log *slog.Logger) (*intake.Intake, error) {
	secret, err := book.Secret(ctx)
	if err != nil {
		return nil, err
	}
	b, err := newBrain(cfg, secret)
	if err != nil {
		return nil, err
	}
	live, err := cfg.asker()
	if err != nil {
		return nil, err
	}
	return intake.New(intake.Options{Lookup: live, Book: book, Policy: b.policy, Composer: b.composer, Desk: b.desk, Files: b.files, Secret: secret,
		Domain: b.domain, Language: string(cfg.Desk.Language), Slack: cfg.Slack.Mode != "off", Now: time.Now, Log: log, Endpoints: cfg.endpoints()})
}
