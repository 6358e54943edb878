package intake

import (
	"testing"
	"time"

	"retour/rules"
)

// Cases of shadow mode say nothing of a real unit, and the other way round.
func TestCasesOfTheShadowCountForNoReturn(t *testing.T) {
	unit := rules.Item{Position: 1, Serial: "20EZ115N308C605F", Received: true, Resolution: rules.Repaired}
	others := []rules.Case{
		{ID: 1, Number: "one", State: rules.Closed, Items: []rules.Item{unit}, Shadow: true},
		{ID: 2, Number: "two", State: rules.New, Items: []rules.Item{unit}, Shadow: true},
		{ID: 3, Number: "three", State: rules.Closed, Items: []rules.Item{unit}},
	}
	for shadow, want := range map[bool]struct {
		open    string
		returns int
	}{false: {"", 1}, true: {"two", 1}} {
		r := rules.Records{Open: map[string]string{}, Returns: map[string]int{}, Repaired: map[string]time.Time{}}
		before(&r, rules.NumberKey(unit.Serial), others, rules.Case{Shadow: shadow})
		if r.Open[rules.NumberKey(unit.Serial)] != want.open || r.Returns[rules.NumberKey(unit.Serial)] != want.returns {
			t.Errorf("shadow %v: %+v", shadow, r)
		}
	}
}
