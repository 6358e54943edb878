package intake

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/ingest"
	"retour/rules"
)

// BenchmarkUnderstand parses, extracts and decides the project's labelled mails
// that carry nothing but text, with the shipped catalogue. The median of one
// mail is what is promised: under a millisecond on an idle core.
func BenchmarkUnderstand(b *testing.B) {
	policy, err := shippedPolicy()
	if err != nil {
		b.Fatal(err)
	}
	catalogue, err := Catalogue(policy)
	if err != nil {
		b.Fatal(err)
	}
	reader := NewReader(catalogue, ingest.Desk{Addresses: []string{deskAddress}, AuthServ: authServ}, nil)
	var mails [][]byte
	paths, _ := filepath.Glob("../testdata/labelled/*.eml")
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if text := strings.ToLower(string(raw)); !strings.Contains(text, "attachment") && !strings.Contains(text, "image/") {
			mails = append(mails, raw)
		}
	}
	if len(mails) < 30 {
		b.Fatalf("%d mails", len(mails))
	}
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	understand := func(raw []byte) {
		r := reader.Read(b.Context(), raw, false, now)
		c := rules.Draft(r.Claim, r.party(rules.Known), "en", rules.Number(2026, 1), now)
		rules.Decide(policy, c, rules.Event{Kind: rules.EvRequest, Claim: r.Claim}, now)
	}
	for _, raw := range mails {
		understand(raw)
	}
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		understand(mails[i%len(mails)])
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds()), "median-µs")
}
