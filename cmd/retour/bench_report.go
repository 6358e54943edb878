package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"retour/cmd/internal/bench"
)

// benchReport is what the bench has found, as it is written into the file.
type benchReport struct {
	Profile bench.Profile        `json:"profile"`
	Servers string               `json:"servers"` // address of real ones; empty: those of the demo
	Cores   int                  `json:"cores"`
	Load    []string             `json:"load"` // of the machine, before and after
	Version string               `json:"version"`
	Desk    []benchRound         `json:"desk,omitempty"`
	Floor   []benchRound         `json:"floor,omitempty"`
	Alone   map[string][]float64 `json:"alone_ms,omitempty"` // stages of the desk, each by itself: milliseconds of each mail
	Big     []benchRound         `json:"big,omitempty"`      // the desk with a million cases
	Idle    []float64            `json:"idle,omitempty"`     // milliseconds from notice to answer
}

// benchRound is one run of desk or floor.
type benchRound struct {
	Seconds float64            `json:"seconds"`
	CPU     float64            `json:"cpu_seconds"`
	Memory  float64            `json:"memory_mb"` // at most
	Mails   int                `json:"mails"`
	Answers int                `json:"answers"`
	Held    int                `json:"held"`
	Stages  map[string]float64 `json:"stages,omitempty"` // seconds
}

func (r *benchReport) print(w io.Writer) {
	kind := "the servers of the demo"
	if r.Servers != "" {
		kind = "the servers at " + r.Servers
	}
	defer fmt.Fprintf(w, "\n%d cores, load %s; %s; %s\n", r.Cores, strings.Join(r.Load, " to "), kind, r.Version)
	switch {
	case len(r.Idle) > 0:
		fmt.Fprintf(w, "mail to answer when idle: median %.1f ms, p99 %.1f ms, %d mails\n", quantile(r.Idle, 0.5), quantile(r.Idle, 0.99), len(r.Idle))
	case len(r.Big) > 0:
		fmt.Fprintf(w, "throughput with a million cases: %.0f %% of that with few (%s)\n\n", 100/median(ratios(r.Big, r.Desk)), spread(ratios(r.Desk, r.Big)))
		printRounds(w, "few cases", r.Desk)
		printRounds(w, "a million", r.Big)
	default:
		fmt.Fprintf(w, "desk / floor: %.2f (%s)\n\n", median(ratios(r.Desk, r.Floor)), spread(ratios(r.Desk, r.Floor)))
		printRounds(w, "desk", r.Desk)
		printRounds(w, "floor", r.Floor)
		r.printStages(w)
	}
}

func printRounds(w io.Writer, name string, rounds []benchRound) {
	var seconds, each, cpu, memory []float64
	for _, r := range rounds {
		seconds, cpu, memory = append(seconds, r.Seconds), append(cpu, r.CPU), append(memory, r.Memory)
		each = append(each, r.Seconds/float64(r.Mails)*1000)
	}
	last := rounds[len(rounds)-1]
	fmt.Fprintf(w, "%-10s %7.2f s (%s), %.2f ms a mail, %.1f mails a second, %.2f s of processor, at most %.0f MB; %d mails, %d answers, %d held\n",
		name, median(seconds), spread(seconds), median(each), 1000/median(each), median(cpu), slices.Max(memory), last.Mails, last.Answers, last.Held)
}

// printStages tells how long the stages took, in milliseconds a mail: of the desk
// those that are its own, each by itself.
func (r *benchReport) printStages(w io.Writer) {
	for _, stage := range []string{"parse", "extract", "decide"} {
		if each := r.Alone[stage]; len(each) > 0 {
			fmt.Fprintf(w, "desk       %-8s %8.3f ms a mail (%s), by itself\n", stage, median(each), spread(each))
		}
	}
	for _, stage := range []string{"fetch", "commit", "send"} {
		var each []float64
		for _, round := range r.Floor {
			each = append(each, round.Stages[stage]/float64(round.Mails)*1000)
		}
		fmt.Fprintf(w, "floor      %-8s %8.3f ms a mail (%s)\n", stage, median(each), spread(each))
	}
}

func ratios(a, b []benchRound) []float64 {
	var all []float64
	for i := range a {
		all = append(all, a[i].Seconds/b[i].Seconds)
	}
	return all
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// quantile is the value below which that share of the others lies.
func quantile(values []float64, share float64) float64 {
	sorted := slices.SortedFunc(slices.Values(values), cmp.Compare[float64])
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

func spread(values []float64) string {
	return fmt.Sprintf("%.2f to %.2f", slices.Min(values), slices.Max(values))
}
