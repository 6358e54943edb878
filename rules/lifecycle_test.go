package rules

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryPairIsAMoveOrANamedRefusal(t *testing.T) {
	for _, s := range States() {
		for _, e := range Events() {
			to, refusal := Move(s, e)
			switch {
			case len(to) > 0 && refusal != "":
				t.Errorf("%s × %s both moves and refuses", s, e)
			case len(to) == 0 && len(refusal) < 10:
				t.Errorf("%s × %s neither moves nor says why not: %q", s, e, refusal)
			}
			for _, next := range to {
				if !slices.Contains(States(), next) {
					t.Errorf("%s × %s leads to %q", s, e, next)
				}
			}
		}
	}
	if len(life) != len(Events()) {
		t.Errorf("the table has %d rows, there are %d events", len(life), len(Events()))
	}
}

func TestMoveOfTheUnknown(t *testing.T) {
	for _, pair := range []struct {
		s State
		e EventKind
	}{{"lost", EvNote}, {New, "dance"}} {
		if to, refusal := Move(pair.s, pair.e); len(to) > 0 || refusal == "" {
			t.Errorf("%s × %s: %v %q", pair.s, pair.e, to, refusal)
		}
	}
}

func TestEveryStateIsReachedAndLeft(t *testing.T) {
	entered := map[State]bool{New: true}
	for _, s := range States() {
		left := false
		for _, e := range Events() {
			to, _ := Move(s, e)
			for _, next := range to {
				entered[next] = true
				left = left || next != s
			}
		}
		if !left {
			t.Errorf("nothing leads out of %s", s)
		}
	}
	for _, s := range States() {
		if !entered[s] {
			t.Errorf("nothing leads to %s", s)
		}
	}
}

// Mail and clock never do what only staff may: approve by the customer's word,
// receive, ship or dispose of goods.
func TestMailAndClockNeverTouchGoods(t *testing.T) {
	for _, e := range append(customerEvents(), EvTick, EvDeliveryFailed) {
		for _, s := range []State{Received, InProcess, Uncollected} {
			to, _ := Move(s, e)
			if slices.Contains(to, Closed) {
				t.Errorf("%s closes a case in %s, where the goods are here", e, s)
			}
		}
	}
}

func TestActions(t *testing.T) {
	c := Case{State: InCharge, Items: []Item{{Position: 1}}, Proposal: Proposal{Action: EvRefuse}}
	got := Actions(c)
	if got[0] != EvRefuse || got[1] != EvApprove || slices.Contains(got, EvSplit) || slices.Contains(got, EvResend) || slices.Contains(got, EvTick) {
		t.Errorf("in charge: %v", got)
	}
	c.Undelivered = "550"
	if got := Actions(c); got[0] != EvResend || got[1] != EvFixAddress {
		t.Errorf("undelivered: %v", got)
	}
	if got := Actions(Case{State: Closed, Closing: Merged}); slices.Contains(got, EvReopen) {
		t.Errorf("a merged case can be reopened: %v", got)
	}
	for _, s := range States() {
		for _, e := range Actions(Case{State: s}) {
			if _, refusal := Move(s, e); refusal != "" {
				t.Errorf("%s offers %s, which it refuses: %s", s, e, refusal)
			}
		}
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	table := Table()
	for i, line := range strings.Split(table, "\n") {
		if len(line) > 100 {
			t.Errorf("line %d has %d columns: %s", i+1, len(line), line)
		}
	}
	for _, s := range States() {
		if !strings.Contains(table, string(s)+": waits for") {
			t.Errorf("%s is missing", s)
		}
		for _, e := range Events() {
			if !strings.Contains(table, string(e)) {
				t.Errorf("%s is missing", e)
			}
		}
	}
}

func TestDiagram(t *testing.T) {
	d := Diagram()
	for _, want := range []string{"digraph", "start -> new", "quoted -> in_process", "quote accepted"} {
		if !strings.Contains(d, want) {
			t.Errorf("%q is missing in\n%s", want, d)
		}
	}
	if strings.Contains(d, "new -> new") {
		t.Error("the diagram draws loops")
	}
}
