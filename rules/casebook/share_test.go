package casebook

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestShare(t *testing.T) {
	five := []string{"a", "b", "c", "d", "e"}
	for _, tt := range []struct {
		name  string
		ready map[string][]string
		want  map[string]int
	}{
		{"alone", map[string][]string{"x": five}, map[string]int{"x": 5}},
		{"two", map[string][]string{"x": five, "y": five}, map[string]int{"x": 3, "y": 3}},
		{"more instances than desks", map[string][]string{"x": {"a"}, "y": {"a"}, "z": {"a"}}, map[string]int{"x": 1, "y": 1, "z": 1}},
		{"desks of their own", map[string][]string{"x": {"a", "b"}, "y": {"c"}}, map[string]int{"x": 2, "y": 1}},
		{"one that works for none", map[string][]string{"x": five, "y": nil}, map[string]int{"x": 5, "y": 0}},
	} {
		for instance, want := range tt.want {
			if got := newCrew(tt.ready, nil).shares[instance]; got != want {
				t.Errorf("%s: the share of %s is %d, want %d", tt.name, instance, got, want)
			}
		}
	}
}

func TestGrants(t *testing.T) {
	a, b := place{"a", PartClock}, place{"b", PartClock}
	both := map[string][]string{"x": {"a", "b"}, "y": {"a", "b"}}
	for _, tt := range []struct {
		name   string
		leases map[place]string
		free   time.Duration
		want   []place
	}{
		{"its share of what is free", map[place]string{}, 0, []place{a}},
		{"not what another has", map[place]string{a: "y"}, 0, []place{b}},
		{"not more than its share", map[place]string{a: "x"}, 0, nil},
		{"but what nobody else wants", map[place]string{a: "x"}, patience, []place{b}},
		{"rather one that does less", map[place]string{{"a", PartMailbox}: "x"}, 0, nil},
		{"who does not come", map[place]string{{"a", PartMailbox}: "x"}, patience, []place{a, b}},
	} {
		got := newCrew(both, tt.leases).grants("x", []place{b, a}, func(place) time.Duration { return tt.free })
		if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(place{})); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

// Instances join and leave. Round by round each takes and gives back by what it
// sees; in the end every part is held, by nobody more than his share, and nothing
// moves any more.
func TestLeasesComeToRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ready, leases := map[string][]string{}, map[place]string{}
		var desks []string
		for i := range rapid.IntRange(1, 12).Draw(t, "desks") {
			desks = append(desks, fmt.Sprint("desk", i))
		}
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			name := fmt.Sprint("instance", rapid.IntRange(1, 4).Draw(t, "instance"))
			if ready[name] == nil {
				ready[name] = desks
			} else if len(ready) > 1 {
				delete(ready, name)
				maps.DeleteFunc(leases, func(_ place, by string) bool { return by == name })
			}
			comeToRest(t, ready, leases, desks)
		}
	})
}

func comeToRest(t *rapid.T, ready map[string][]string, leases map[place]string, desks []string) {
	var all []place
	for _, d := range desks {
		for _, p := range Parts() {
			all = append(all, place{d, p})
		}
	}
	still := 0
	for round := 0; still < 10; round++ {
		if round > 100 {
			t.Fatal("leases wander for ever")
		}
		before := maps.Clone(leases)
		for _, name := range slices.Sorted(maps.Keys(ready)) {
			given := newCrew(ready, leases).surplus(name)
			for _, at := range given {
				delete(leases, at)
			}
			for _, at := range newCrew(ready, leases).grants(name, all, func(at place) time.Duration {
				if slices.Contains(given, at) {
					return 0
				}
				return time.Duration(round) * time.Second
			}) {
				leases[at] = name
			}
		}
		still++
		if !maps.Equal(before, leases) {
			still = 0
		}
	}
	for _, at := range all {
		if leases[at] == "" {
			t.Fatalf("nobody has %v", at)
		}
	}
	c := newCrew(ready, leases)
	for name := range ready {
		for _, p := range Parts() {
			if c.counts[name][p] > c.shares[name] {
				t.Fatalf("%s has %d of %s, its share is %d", name, c.counts[name][p], p, c.shares[name])
			}
		}
	}
}
