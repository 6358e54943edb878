package main

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"retour/ingest/intake"
)

// askReload says that the files are to be read again. It does not wait.
func (a *app) askReload() {
	select {
	case a.reloads <- struct{}{}:
	default: // it is going to be done anyway
	}
}

// reload reads configuration, policy and texts again. What has a fault is refused
// with all its faults in the log, and what counted before goes on. Decisions that
// are under way end by what they began with.
func (a *app) reload(ctx context.Context) {
	notYet, err := a.reloaded(ctx)
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	a.log.Info("reloaded", "policy", a.brain.Load().policy.Version)
	switch {
	case len(notYet) > 0 && a.cfg.host != nil:
		a.log.Info("changed too: the desk is opened anew", "sections", strings.Join(notYet, ", "))
		a.cfg.host.reopen()
	case len(notYet) > 0:
		a.log.Warn("changed too, and counts after a restart", "sections", strings.Join(notYet, ", "))
	}
}

// refuse tells why what has changed does not count: in the log all faults, and the
// first of them to staff.
func (a *app) refuse(ctx context.Context, err error) {
	lines := faultsOf(err)
	for _, line := range lines {
		a.log.Error("fault", "at", line)
	}
	a.log.Error("not reloaded, the desk goes on as before", "faults", len(lines))
	first := discretion{secrets: a.cfg.secrets(), addresses: true}.clean(lines[0])
	key := fmt.Sprintf("configuration/%d", a.now().Unix())
	if err := a.intake.Alert(ctx, key, alertText("The changed configuration has a fault, and the desk goes on as before: %s", first), true); err != nil {
		a.log.Error("alert", "error", err)
	}
}

// reloaded takes over what a working desk can take over, and names the sections
// of the configuration that have changed beside that.
func (a *app) reloaded(ctx context.Context) (notYet []string, err error) {
	if unwanted := a.unwanted.Load(); unwanted != nil && *unwanted != nil {
		return nil, *unwanted
	}
	cfg, err := loadConfig(a.cfg.path)
	if err != nil {
		return nil, err
	}
	cfg.host = a.cfg.host
	b, err := newBrain(cfg, a.brain.Load().secret)
	if err != nil {
		return nil, err
	}
	if _, err := composeAll(b); err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	lists, err := cfg.digestLists()
	if err != nil {
		return nil, err
	}
	catalogue, err := b.judged.catalogue()
	if err != nil {
		return nil, err
	}
	a.intake.Reload(intake.Changes{Policy: b.policy, Catalogue: catalogue, Composer: b.composer, Desk: b.desk, Alerts: cfg.Desk.Alerts})
	a.brain.Store(b)
	a.digests.lists.Store(&lists)
	return changedSections(a.cfg, cfg), a.beginDigests(ctx, lists)
}

// changedSections are the keys of the configuration that differ and are read only
// at the start.
func changedSections(before, after Config) (names []string) {
	live := map[string]bool{"policy": true, "templates": true, "digests": true}
	// Of the desk all is taken over but these.
	if before.Desk.TimeZone != after.Desk.TimeZone || before.Desk.Language != after.Desk.Language {
		names = append(names, "desk.time_zone and desk.language")
	}
	live["desk"] = true
	old, now := reflect.ValueOf(before), reflect.ValueOf(after)
	for i := range old.NumField() {
		name, _, _ := strings.Cut(old.Type().Field(i).Tag.Get("yaml"), ",")
		if name != "" && !live[name] && !reflect.DeepEqual(old.Field(i).Interface(), now.Field(i).Interface()) {
			names = append(names, name)
		}
	}
	return names
}
