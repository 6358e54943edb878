package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever two cases become one, every unit, number and person of both is in it,
// and the clock of the one goes on.
func TestMergeLosesNothing(t *testing.T) {
	p := policy(t, "version: t")
	merged := 0
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)
		c, other := *drawOther(t, p, now), *drawOther(t, p, now)
		c.Number, c.References.Order, c.Parties = Number(2026, 1), []string{"A9"}, []Party{{Address: "z@b.example", Trust: Proven}}
		d := Decide(p, c, Event{Kind: EvMerge, Actor: Actor{Kind: ByStaff, ID: "U1"}, Into: other.Number, Other: &other, Records: drawRecords(t, now)}, now)
		if d.Refusal != "" {
			if d.Absorbed != nil || len(d.Notices) > 0 {
				t.Fatalf("refused, and yet something is done: %+v", d)
			}
			return
		}
		merged++
		into := d.Absorbed
		if d.Case.MergedInto != other.Number || len(d.Case.Items) != 0 || into.Number != other.Number || into.Version != other.Version || into.State != other.State {
			t.Fatalf("%+v into %+v", d.Case, into)
		}
		positions, distinct := map[int]bool{}, 0
		for i, it := range into.Items {
			if positions[it.Position] {
				t.Fatalf("position %d is doubled", it.Position)
			}
			positions[it.Position] = true
			if i < len(other.Items) && it.Position != other.Items[i].Position {
				t.Fatalf("unit %d of %s is now %d", other.Items[i].Position, other.Number, it.Position)
			}
		}
		for _, it := range c.Items {
			if !slices.ContainsFunc(other.Items, it.same) {
				distinct++
			}
			named := it.Serial != "" || it.MAC != ""
			if named && !slices.ContainsFunc(into.Items, it.same) {
				t.Fatalf("unit %s %s is lost", it.Serial, it.MAC)
			}
		}
		if len(into.Items) < len(other.Items) || len(into.Items) > len(other.Items)+distinct {
			t.Fatalf("%d and %d units, of which %d are new, make %d", len(other.Items), len(c.Items), distinct, len(into.Items))
		}
		if !slices.Contains(into.References.Order, "A9") || !slices.ContainsFunc(into.Parties, func(q Party) bool { return q.Address == "z@b.example" }) {
			t.Fatalf("%+v %+v", into.References, into.Parties)
		}
		if !into.Deadline.Equal(p.deadline(*into)) || into.Deadline.IsZero() {
			t.Fatalf("the clock of %s in %s stands at %s", into.Number, into.State, into.Deadline)
		}
	})
	if merged == 0 {
		t.Error("no two cases were merged")
	}
}

func TestMergeIsRefused(t *testing.T) {
	p := policy(t, "version: t")
	now := rome(t, "2026-01-12 10:00")
	base := func(state State, customer string, reason Reason) Case {
		return Case{Number: Number(2026, 2), Version: 1, State: state, Reason: reason, Customer: Party{Address: customer}, Items: []Item{{Position: 1, Serial: "S1"}}}
	}
	for _, c := range []struct {
		name   string
		from   State
		other  Case
		into   string
		refuse string
	}{
		{"another customer", New, base(New, "x@other.example", Defective), Number(2026, 2), "another customer"},
		{"the same provider makes no colleagues", New, base(New, "x@gmail.com", Defective), Number(2026, 2), "another customer"},
		{"another reason", New, base(New, "a@gmail.com", OrderError), Number(2026, 2), "another reason"},
		{"closed", New, base(Closed, "a@gmail.com", Defective), Number(2026, 2), "is closed"},
		{"itself", New, base(New, "a@gmail.com", Defective), Number(2026, 1), "into itself"},
		{"none", New, base(New, "a@gmail.com", Defective), Number(2026, 3), "there is no case"},
		{"no number", New, base(New, "a@gmail.com", Defective), "seven", "RMA number"},
		{"unruled into approved", New, base(Validated, "a@gmail.com", Defective), Number(2026, 2), "cannot go on as one"},
		{"goods into what waits for goods", Received, base(Validated, "a@gmail.com", Defective), Number(2026, 2), "instead"},
		{"two stages of goods", Received, base(Quoted, "a@gmail.com", Defective), Number(2026, 2), "cannot go on as one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := base(c.from, "a@gmail.com", Defective)
			from.Number = Number(2026, 1)
			d := Decide(p, from, Event{Kind: EvMerge, Actor: Actor{Kind: ByStaff, ID: "U1"}, Into: c.into, Other: &c.other}, now)
			if !strings.Contains(d.Refusal, c.refuse) {
				t.Errorf("%q, want %q", d.Refusal, c.refuse)
			}
		})
	}
}
