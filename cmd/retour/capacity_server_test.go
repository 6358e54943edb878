//go:build postgres

package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// The sample desks live on a real database, every cost of a mail is measured, and a
// database in which desks are is left alone.
func TestCapacityIsMeasured(t *testing.T) {
	store := ownDatabase(t)
	var out, errs strings.Builder
	args := []string{"simulate", "--desks", "40", "--mails-per-day", "500", "--store", store, "--sample", "1,2", "--sample-mails", "12", "--json"}
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &errs}, args); code != exitOK {
		t.Fatalf("%d: %s", code, errs.String())
	}
	var r capacityReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Samples) != 2 || r.Samples[0].Desks != 1 || r.Samples[1].Desks != 2 || r.Desks != 40 || r.Plan.IMAP != 40 {
		t.Fatalf("%+v", r)
	}
	for i, s := range r.Samples {
		p := r.PerMail[i]
		if s.Mails < 10 || s.CPU <= 0 || s.WAL <= 0 || s.CommitsPerSecond <= 0 || p.Commits < 2 || p.RoundTrips < 2*p.Commits || p.Transactions < p.Commits || s.Sessions < 2 {
			t.Errorf("%+v %+v", s, p)
		}
	}
	if r.Samples[1].Mails <= r.Samples[0].Mails || r.Plan.DBCores <= 0 || len(r.Plan.Limits) != 3 {
		t.Errorf("%+v", r)
	}
	errs.Reset()
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &errs}, args); code != exitUsage || !strings.Contains(errs.String(), "desks are in this database already") {
		t.Errorf("%d: %s", code, errs.String())
	}
}
