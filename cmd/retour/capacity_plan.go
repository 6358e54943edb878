package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"retour/rules/casebook"
)

// capacityReport is what many desks need. What is under Samples and PerMail was
// measured; what is under Plan is arithmetic.
type capacityReport struct {
	Desks       int              `json:"desks"`
	MailsPerDay float64          `json:"mails_per_day"` // to each
	Version     string           `json:"version"`
	Cores       int              `json:"cores"` // of the machine that measured
	Server      string           `json:"server"`
	Samples     []capacitySample `json:"measured"`
	PerMail     []perMail        `json:"measured_per_mail"` // of each sample
	Differs     float64          `json:"samples_differ_by"` // share; the extrapolation is no better than that
	Plan        capacityPlan     `json:"extrapolated"`
}

// capacityPlan is what the busiest hour needs, and a month.
type capacityPlan struct {
	MailsPerSecond float64 `json:"peak_mails_per_second"`
	ProcessCores   float64 `json:"process_cores"` // of all instances together, at the allowed load
	Instances      int     `json:"instances"`
	DBCores        float64 `json:"database_cores"`
	DBSessions     int     `json:"database_sessions"`
	RoundTrips     float64 `json:"peak_round_trips_per_second"`
	Commits        float64 `json:"peak_commits_per_second"`
	WALPerSecond   float64 `json:"peak_wal_bytes_per_second"`
	KeptPerMonth   float64 `json:"kept_bytes_per_month"`
	WALPerMonth    float64 `json:"wal_bytes_per_month"`
	Memory         float64 `json:"memory_mb_per_instance"`
	IMAP           int     `json:"imap_connections"`
	Limits         []limit `json:"limits"` // the first to be reached first
}

// limit is something that is used up by a share.
type limit struct {
	What string  `json:"what"`
	Used float64 `json:"used"` // share of what there is; above 1: it does not fit
	Todo string  `json:"todo"`
}

// What an instance takes of memory, as was measured with 200 desks open that did
// nothing, and doubled for what they do (MB). Every instance has all desks open.
const (
	memoryOfProcess = 80
	memoryOfDesk    = 0.4
)

// leastInstances: when one dies the other takes over.
const leastInstances = 2

// extrapolate goes by the largest sample.
func (k *capacityCmd) extrapolate(r *capacityReport) error {
	largest := 0
	for i, s := range r.Samples {
		r.PerMail = append(r.PerMail, s.perMail())
		if s.Desks > r.Samples[largest].Desks {
			largest = i
		}
	}
	for _, p := range r.PerMail {
		r.Differs = math.Max(r.Differs, p.differs(r.PerMail[largest]))
	}
	if r.PerMail[largest].CPU == 0 {
		return errors.New("the processor time of this process cannot be read here")
	}
	r.Plan = k.plan(r.Samples[largest], r.PerMail[largest])
	return nil
}

func (k *capacityCmd) plan(s capacitySample, each perMail) capacityPlan {
	day := float64(k.Desks) * k.MailsPerDay
	rate := day * k.BusiestHour / 3600
	p := capacityPlan{
		MailsPerSecond: rate, ProcessCores: rate * each.CPU / 1000 / k.Busy, DBCores: rate * each.DBCPU / 1000 / k.Busy,
		RoundTrips: rate * each.RoundTrips, Commits: rate * each.Commits, WALPerSecond: rate * each.WAL,
		KeptPerMonth: day * each.Kept * float64(k.WorkingDays), WALPerMonth: day * each.WAL * float64(k.WorkingDays),
		Memory: memoryOfProcess + memoryOfDesk*float64(k.Desks), IMAP: k.Desks,
	}
	p.Instances = max(leastInstances, int(math.Ceil(p.ProcessCores/float64(k.Cores))))
	p.DBSessions = p.Instances * casebook.ConnectionsOfInstance
	p.Limits = []limit{
		{"the database's processors", p.DBCores / float64(k.DBCores), "more cores; beyond one machine give half of the desks a database of their own: no query goes over two desks"},
		{"the database's connections", float64(p.DBSessions) / float64(k.DBSessions), "raise max_connections, or take fewer and larger instances"},
		{"commits that the database's disk takes", p.Commits / s.CommitsPerSecond, "a disk with a write cache that outlives a loss of power; then a second database for half of the desks"},
	}
	slices.SortFunc(p.Limits, func(a, b limit) int { return cmp.Compare(b.Used, a.Used) })
	return p
}

func (r *capacityReport) print(w io.Writer, k *capacityCmd) (err error) {
	say := func(format string, args ...any) {
		if err == nil {
			_, err = fmt.Fprintf(w, format+"\n", args...)
		}
	}
	say("Measured on this machine (%s, %s; %s), days of %g mails to each desk:", number(r.Cores, "core"), r.Version, r.Server, k.SampleMails)
	t := &table{header: []string{"DESKS", "MAILS", "MAILS/S", "CPU/MAIL", "DATABASE CPU", "WAL", "KEPT", "ROUND TRIPS", "COMMITS", "CONNECTIONS", "COMMITS/S AT MOST"}}
	for i, s := range r.Samples {
		p := r.PerMail[i]
		t.add(fmt.Sprint(s.Desks), fmt.Sprint(s.Mails), fmt.Sprintf("%.1f", float64(s.Mails)/s.Seconds), fmt.Sprintf("%.1f ms", p.CPU), dbCPU(p.DBCPU),
			fmt.Sprintf("%.0f KB", p.WAL/1e3), fmt.Sprintf("%.0f KB", p.Kept/1e3), fmt.Sprintf("%.0f", p.RoundTrips), fmt.Sprintf("%.1f", p.Commits),
			fmt.Sprint(s.Sessions), fmt.Sprintf("%.0f", s.CommitsPerSecond))
	}
	if err == nil {
		err = t.print(w)
	}
	if len(r.Samples) > 1 {
		say("The samples differ by up to %.0f %%: what follows is no better than that.", 100*r.Differs)
	}
	p := r.Plan
	say("\nExtrapolated to %s of %g mails a day, %.0f %% of them in the busiest hour, processors %.0f %% busy:", number(r.Desks, "desk"), r.MailsPerDay, 100*k.BusiestHour, 100*k.Busy)
	say("  mails              %.1f a second; %.2g a second at each desk", p.MailsPerSecond, p.MailsPerSecond/float64(r.Desks))
	say("  instances          %d of %s and %.0f MB (%.1f cores for the mails; two at least, so that one may die)", p.Instances, number(k.Cores, "core"), p.Memory, p.ProcessCores)
	if p.DBCores > 0 {
		say("  database           %.1f cores, %d connections, %.0f commits and %.0f round trips a second", p.DBCores, p.DBSessions, p.Commits, p.RoundTrips)
	} else {
		say("  database           cores not known: it runs elsewhere, look there while this measures; %d connections, %.0f commits and %.0f round trips a second", p.DBSessions, p.Commits, p.RoundTrips)
	}
	say("  disk               %.0f GB a month are kept (%d working days), until retention; %.1f MB a second of log at the peak, %.0f GB a month where it is archived",
		p.KeptPerMonth/1e9, k.WorkingDays, p.WALPerSecond/1e6, p.WALPerMonth/1e9)
	say("  IMAP               %d connections that stay open; SMTP and Slack: each desk's own", p.IMAP)
	say("\nWhat is used up first:")
	for _, l := range p.Limits {
		say("  %4.0f %%  %s%s", 100*l.Used, l.What, map[bool]string{true: ": does not fit"}[l.Used > 1])
	}
	say("To do there: %s.", p.Limits[0].Todo)
	say("Not in it: IMAP, SMTP and Slack with their encryption, attachments that are read, lookups, imports, digests, desks that are idle.")
	return err
}

func dbCPU(ms float64) string {
	if ms == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.1f ms", ms)
}
