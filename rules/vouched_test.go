package rules

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever is held for a person is not held once a person has said that it is a
// request; and for what is not held his word changes nothing.
func TestVouchedRequestIsNeverHeld(t *testing.T) {
	p := policy(t, `
guards: {not_sold: {do: hold, why: Not sold by us.}, open_case: {do: hold, why: Open elsewhere}}
rules:
  - {id: broken, when: 'len(items) > 2 and items[9].mac == ""', then: hold, why: Looks odd.}
  - {id: all, when: 'reason == "defective"', then: hold, why: A person looks at each.}
`)
	held := 0
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
		cl := drawClaim(t)
		c := Draft(cl, Party{Address: "ann@shop.example", Trust: Known}, "en", Number(2026, 1), now)
		e := Event{Kind: EvRequest, Claim: cl, Records: drawRecords(t, now), Actor: Actor{Kind: ByCustomer, ID: "ann@shop.example", Trust: Known}}
		if rapid.IntRange(0, 4).Draw(t, "down") == 0 {
			e.Records.Down = "no answer"
		}
		before := Decide(p, c, e, now)
		e.Vouched = true
		after := Decide(p, c, e, now)
		if after.Outcome == OutHold || after.Refusal != "" {
			t.Fatalf("held all the same: %s %s", after.Rule, after.Why)
		}
		if before.Outcome == OutHold {
			held++
		} else if before.Rule != after.Rule || before.Case.State != after.Case.State {
			t.Fatalf("%s became %s", before.Rule, after.Rule)
		}
	})
	if held == 0 {
		t.Error("nothing was held, so nothing was tested")
	}
}
