package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"retour/ingest/intake"
	"retour/ingest/mailbox"
	"retour/notify"
	"retour/notify/courier"
	"retour/rules/casebook"
)

// What ends the desk at a step, or measures the time until one, needs all of
// them, in their order, with what they are about.
func TestStepsAreToldInOrder(t *testing.T) {
	d := openDesk(t)
	d.halt()
	cfg := d.app.cfg
	var mu sync.Mutex
	var steps []string
	cfg.step = func(step string, id int64) {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, fmt.Sprint(step, " ", id))
	}
	d.resumeBy(cfg)
	d.write(phone(1))
	d.until("the mail is filed", func() bool { return d.lastFate().Filed != "" })
	row := d.lastFate()
	d.halt()
	rows, err := casebook.Open(d.ctx, cfg.store())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	outbox, err := rows.Outbox(d.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail)})
	if err != nil || len(outbox) != 1 {
		t.Fatalf("%d mails in the outbox, %v", len(outbox), err)
	}
	for _, want := range [][]string{
		{fmt.Sprint(mailbox.StepLedger, " ", row.UID), fmt.Sprint(mailbox.StepFetched, " ", row.UID),
			fmt.Sprint(intake.StepCommit, " ", row.ID), fmt.Sprint(intake.StepCommitted, " ", row.ID),
			fmt.Sprint(mailbox.StepMove, " ", row.UID), fmt.Sprint(mailbox.StepMoved, " ", row.UID)},
		{fmt.Sprint(intake.StepCommitted, " ", row.ID), fmt.Sprint(courier.StepLeased, " ", outbox[0].ID),
			fmt.Sprint(courier.StepAccepted, " ", outbox[0].ID), fmt.Sprint(courier.StepMarked, " ", outbox[0].ID)},
	} {
		at := -1
		for _, w := range want {
			i := slices.Index(steps, w)
			if i <= at {
				t.Fatalf("%q is not told, or not in its place: %q", w, steps)
			}
			at = i
		}
	}
}

// systemd stops what it has just started: that is an orderly end too.
func TestToldToEndWhileItStarts(t *testing.T) {
	d := openDesk(t)
	d.halt()
	ctx, cancel := context.WithCancel(d.ctx)
	cancel()
	var out bytes.Buffer
	if code := run(&world{ctx: ctx, stdout: &out, stderr: &out}, []string{"serve", "--config", filepath.Join(d.dir, "retour.yaml")}); code != exitOK {
		t.Errorf("exit code %d\n%s", code, out.String())
	}
}
