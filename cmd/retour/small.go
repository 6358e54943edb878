package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"retour/ingest/mailbox"
	"retour/rules"
)

type statesCmd struct {
	Dot bool `help:"As Graphviz source: retour states --dot | dot -Tsvg."`
}

func (s *statesCmd) Run(w *world) error {
	text := rules.Table()
	if s.Dot {
		text = rules.Diagram()
	}
	_, err := fmt.Fprint(w.stdout, text)
	return err
}

type versionCmd struct{}

func (versionCmd) Run(w *world) error {
	_, err := fmt.Fprintln(w.stdout, "retour", version())
	return err
}

// version is what the Go toolchain knows of this build.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") && len(s.Value) >= 12 {
			v = s.Value[:12]
		}
	}
	return cmp.Or(v, "(devel)") + " " + info.GoVersion
}

type backfillCmd struct {
	Since time.Time `help:"Take in the mails that arrived on this day or later (YYYY-MM-DD)." required:"" format:"2006-01-02"`
}

// Help teaches that nobody is answered.
func (backfillCmd) Help() string {
	return `For mails that lay in the mailbox before the first start. They become cases and history; nobody
gets an answer. The desk must not be running.`
}

func (b *backfillCmd) Run(w *world, c *cli) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	cfg.alone = true
	a, err := newApp(w.ctx, cfg, time.Now, newLogger(w.stderr, LogConfig{Level: "warn"}))
	if err != nil {
		return err
	}
	defer a.close()
	bar := progress(w, "taking mails in", true)
	n := 0
	err = a.watcher.Backfill(w.ctx, b.Since, func(ctx context.Context, m mailbox.Mail) (mailbox.Place, error) {
		n++
		if err := bar.Add(1); err != nil {
			return mailbox.Stay, err
		}
		return a.backfill(ctx, m)
	})
	if err != nil {
		return fmt.Errorf("after %d mails: %w", n, err)
	}
	_, err = fmt.Fprintf(w.stdout, "%d mails taken in, nobody was answered\n", n)
	return err
}
