package main

import (
	"math"
	"strings"
	"testing"
)

// What is extrapolated follows from what was measured and what was assumed, and
// from nothing else.
func TestCapacityIsArithmetic(t *testing.T) {
	k := capacityCmd{Desks: 1000, MailsPerDay: 1000, BusiestHour: 0.18, Busy: 0.5, Cores: 2, DBCores: 4, DBSessions: 100, WorkingDays: 20, SampleMails: 50}
	small := capacitySample{Desks: 5, Mails: 100, Seconds: 10, CPU: 2.2, DBCPU: 1, WAL: 5e6, Kept: 1e6, RoundTrips: 10_000, Commits: 1000, Sessions: 7, CommitsPerSecond: 1500}
	large := capacitySample{Desks: 20, Mails: 1000, Seconds: 60, CPU: 20, DBCPU: 10, WAL: 50e6, Kept: 10e6, RoundTrips: 100_000, Commits: 10_000, Sessions: 18, CommitsPerSecond: 2000}
	r := capacityReport{Desks: k.Desks, MailsPerDay: k.MailsPerDay, Samples: []capacitySample{large, small}}
	if err := k.extrapolate(&r); err != nil {
		t.Fatal(err)
	}
	p := r.Plan
	for what, pair := range map[string][2]float64{
		"mails a second":  {p.MailsPerSecond, 50}, // 1e6 * 0.18 / 3600
		"process cores":   {p.ProcessCores, 2},    // 50 * 20 ms / 0.5
		"instances":       {float64(p.Instances), 2},
		"database cores":  {p.DBCores, 1},
		"sessions":        {float64(p.DBSessions), 36},
		"commits":         {p.Commits, 500},
		"round trips":     {p.RoundTrips, 5000},
		"kept in a month": {p.KeptPerMonth, 1e6 * 1e4 * 20},
		"log a second":    {p.WALPerSecond, 50 * 5e4},
		"differs":         {r.Differs, 0.1},
		"IMAP":            {float64(p.IMAP), 1000},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-6*pair[1] {
			t.Errorf("%s: %g, want %g", what, pair[0], pair[1])
		}
	}
	if first := p.Limits[0]; first.What != "the database's connections" || math.Abs(first.Used-0.36) > 1e-9 {
		t.Errorf("first is used up %+v", first)
	}
	k.DBSessions = 30
	if err := k.extrapolate(&r); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := r.print(&b, &k); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The samples differ by up to 10 %", "   120 %  the database's connections: does not fit\n", "To do there: raise max_connections", "Extrapolated to 1000 desks of 1000 mails a day, 18 % of them in the busiest hour"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not said:\n%s", want, b.String())
		}
	}
}

// Without a database, and with numbers that cannot be, it is said what is wrong.
func TestCapacityIsAskedWell(t *testing.T) {
	good := capacityCmd{Desks: 2, MailsPerDay: 10, Store: "postgres://retour@/x", BusiestHour: 0.2, Busy: 0.6, Cores: 1, DBCores: 1, DBSessions: 1, WorkingDays: 1, Sample: []int{1}, SampleMails: 10}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*capacityCmd){
		"--store: what many desks need is measured on a PostgreSQL": func(k *capacityCmd) { k.Store = "retour.db" },
		"--mails-per-day 0":    func(k *capacityCmd) { k.MailsPerDay = 0 },
		"--busiest-hour 20":    func(k *capacityCmd) { k.BusiestHour = 20 },
		"--busy 60":            func(k *capacityCmd) { k.Busy = 60 },
		"must be at least 1":   func(k *capacityCmd) { k.DBCores = 0 },
		"--sample 0":           func(k *capacityCmd) { k.Sample = []int{0} },
		"--sample needs a num": func(k *capacityCmd) { k.Sample = nil },
	} {
		k := good
		change(&k)
		if err := k.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
