package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// How long the figures of a desk are served without asking the database again, where
// something happens at the desk and where nothing does: the desks of a process are
// many, and are read every few seconds.
const (
	keptBusy = time.Minute
	keptIdle = 5 * time.Minute
)

// askedAtOnce bounds how many desks ask the database for their figures at once.
const askedAtOnce = 4

// keptMetrics are the figures of a desk as they were read last.
type keptMetrics struct {
	stale atomic.Bool // something was booked since

	mu     sync.Mutex
	of     *app
	at     time.Time
	figure exposition
}

// exposed are the figures of a desk under its label.
func (m *member) exposed(ctx context.Context) (exposition, error) {
	e := exposition{}
	a := m.app.Load()
	e.add("retour_desk_open", "", truth(a != nil))
	e.add("retour_ready", "", truth(a != nil && len(m.says()) == 0))
	if a == nil {
		return e.under("desk", m.name), nil
	}
	mon := a.monitor()
	mon.partMetrics(e)
	booked, err := m.kept.get(ctx, a, mon)
	if err != nil {
		return nil, fmt.Errorf("desk %s: %w", m.name, err)
	}
	e.take(booked)
	return e.under("desk", m.name), nil
}

// get are the figures of the casebook.
func (k *keptMetrics) get(ctx context.Context, a *app, mon monitor) (exposition, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	age := time.Since(k.at)
	if k.of == a && (age < keptBusy || age < keptIdle && !k.stale.Load()) {
		return k.figure, nil
	}
	k.stale.Store(false)
	e := exposition{}
	if err := mon.bookMetrics(ctx, e); err != nil {
		k.stale.Store(true)
		return nil, err
	}
	k.of, k.at, k.figure = a, time.Now(), e
	return e, nil
}

// handler serves what that of one desk does, for all of them: see [monitor.handler].
func (d *desks) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprint(w, d.expose(r.Context()).text())
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if open, err := d.oneAnswers(r.Context()); open > 0 && err != nil {
			d.log.Error("healthz", "error", err)
			http.Error(w, "no casebook can be read", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if missing := d.missing(r.Context()); len(missing) > 0 {
			http.Error(w, strings.Join(missing, "\n"), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux
}

// expose gathers the figures of all desks. Those of one that cannot be read are
// left out: the others are as good as before.
func (d *desks) expose(ctx context.Context) exposition {
	members := d.members()
	all := make([]exposition, len(members))
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	for i, m := range members {
		g.Go(func() error {
			err := guarded("metrics", func() (err error) { all[i], err = m.exposed(ctx); return err })
			if err != nil && ctx.Err() == nil {
				m.log.Error("metrics", "error", err)
			}
			return nil
		})
	}
	_ = g.Wait()
	e := exposition{}
	processMetrics(e)
	e.moment("process_start_time_seconds", "", d.started)
	for _, of := range all {
		e.take(of)
	}
	return e
}

// oneAnswers asks casebooks until one answers: they may lie in several databases, and
// what is wrong at all of them a new start may cure.
func (d *desks) oneAnswers(ctx context.Context) (open int, err error) {
	for _, m := range d.members() {
		a := m.app.Load()
		if a == nil {
			continue
		}
		open++
		if _, _, err = a.book.NextDeadline(ctx); err == nil {
			return open, nil
		}
	}
	return open, err
}

// missing is what the desks cannot do their work without, a line each that begins
// with the name of the desk.
func (d *desks) missing(ctx context.Context) (all []string) {
	if open, err := d.oneAnswers(ctx); open > 0 && err != nil {
		all = append(all, "no casebook can be read")
	}
	for _, m := range d.members() {
		for _, line := range m.says() {
			all = append(all, m.name+": "+line)
		}
	}
	return all
}
