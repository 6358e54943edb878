package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRulesThatAreNeverReached(t *testing.T) {
	for _, c := range []struct {
		name string
		when []string // the last one is looked at
		want string   // part of the message; empty: it may decide
	}{
		{"alone", []string{`reason == "defective"`}, ""},
		{"constant", []string{`1 == 2`}, ""}, // constants among each other are left alone
		{"false", []string{`false`}, "contradicts itself"},
		{"two values of one name", []string{`reason == "defective" and reason == "order_error"`}, "contradicts itself"},
		{"two values, one denied", []string{`reason == "defective" and reason != "order_error"`}, ""},
		{"denied whole", []string{`oversize and not oversize`}, "contradicts itself"},
		{"an opaque text denied", []string{`text contains "x" and not (text contains "x")`}, "contradicts itself"},
		{"all that a name can be", []string{`reason in ["defective", "order_error", "delivery_error", ""]`, `oversize`}, "fits every case"},
		{"not all of it", []string{`reason in ["defective", "order_error", "delivery_error"]`, `oversize`}, ""},
		{"part of a known name", []string{`reason endsWith "error"`, `reason == "order_error"`}, "fits whenever"},
		{"an empty interval", []string{`age_days > 30 and age_days < 31`}, "contradicts itself"},
		{"a narrow interval", []string{`age_days > 30 and age_days < 32`}, ""},
		{"below the least", []string{`age_days < -1`}, "contradicts itself"},
		{"a wider number", []string{`age_days > 30`, `31 < age_days`}, "fits whenever"},
		{"a narrower number", []string{`age_days > 30`, `age_days >= 30`}, ""},
		{"the same", []string{`domain == "a.example"`, `domain == "a.example"`}, "fits whenever"},
		{"wider by or", []string{`domain == "a.example" or oversize`, `domain == "a.example"`}, "fits whenever"},
		{"wider by and", []string{`domain == "a.example" and oversize`, `domain == "a.example"`}, ""},
		{"true", []string{`true`, `oversize`}, "fits every case"},
		{"together", []string{`trust == "proven"`, `trust != "proven"`, `oversize`}, "one of those before"},
		{"one unit", []string{`any(items, .manufacturer in ["snom", "yealink"])`, `any(items, .manufacturer == "snom")`}, "fits whenever"},
		{"one unit, narrower", []string{`any(items, .manufacturer == "snom")`, `any(items, .manufacturer in ["snom", "yealink"])`}, ""},
		{"one unit that cannot be", []string{`any(items, .process == "own" and .process == "vendor_direct")`}, "contradicts itself"},
		{"two units", []string{`any(items, .process == "own") and any(items, .process == "vendor_direct")`}, ""},
		{"none is not any", []string{`none(items, .model == "x")`, `not any(items, .model == "x")`}, "fits whenever"},
		{"all is none without", []string{`all(items, .model == "x")`, `none(items, .model != "x")`}, "fits whenever"},
		{"other lists", []string{`any(orders, # == "x")`, `any(invoices, # == "x")`}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLogic()
			var got string
			var earlier []earlierRule
			for i, when := range c.when {
				if err := (&Rule{When: when}).compile(); err != nil {
					t.Fatal(err)
				}
				f, ok := l.condition(when)
				if !ok {
					t.Fatalf("%s is not read", when)
				}
				if got, _ = l.unreached(f, earlier); got != "" && i < len(c.when)-1 {
					t.Fatalf("rule %d: %s", i, got)
				}
				earlier = append(earlier, earlierRule{fmt.Sprint("r", i), i, f})
			}
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// A rule of which it is said that it never decides decides no case.
func TestWhatIsCalledUnreachedIsSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLogic()
		var earlier []earlierRule
		var compiled []Rule
		var dead []int
		for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
			r := Rule{ID: fmt.Sprint("r", i), When: drawCondition(t, 3)}
			if err := r.compile(); err != nil {
				t.Fatalf("%s: %v", r.When, err)
			}
			f, _ := l.condition(r.When)
			if text, _ := l.unreached(f, earlier); text != "" {
				dead = append(dead, i)
			}
			earlier, compiled = append(earlier, earlierRule{r.ID, i, f}), append(compiled, r)
		}
		for range 20 {
			env := drawEnv(t)
			first := slices.IndexFunc(compiled, func(r Rule) bool {
				fits, err := r.fits(env)
				return err == nil && fits
			})
			if slices.Contains(dead, first) {
				t.Fatalf("rule %d is called dead and decides %+v", first, env)
			}
		}
	})
}

func drawCondition(t *rapid.T, depth int) string {
	if depth > 0 && rapid.Bool().Draw(t, "composed") {
		left, right := drawCondition(t, depth-1), drawCondition(t, depth-1)
		return rapid.SampledFrom([]string{"(" + left + ") and (" + right + ")", "(" + left + ") or (" + right + ")", "not (" + left + ")"}).Draw(t, "how")
	}
	return rapid.SampledFrom([]string{
		`reason == "defective"`, `reason != "order_error"`, `reason in ["defective", "order_error"]`, `reason contains "error"`,
		`age_days > 2`, `age_days <= 3`, `3 > age_days`, `age_days == 2`, `len(items) > 1`, `len(items) == 0`, `oversize`, `oversize == false`,
		`trust == "proven"`, `domain == "a"`, `domain != "b"`, `domain contains "a"`, `true`, `false`,
		`any(items, .model == "x")`, `all(items, .model == "x")`, `none(items, .model == "x" or .process == "own")`, `any(items, .process in ["own", "vendor_direct"])`,
		`any(items, .model == "x" and .model == "y")`, `any(items, .process == "own" and .model != "x")`,
	}).Draw(t, "leaf")
}

func drawEnv(t *rapid.T) condition {
	env := condition{
		Reason: rapid.SampledFrom(append(Reason("").Values(), "")).Draw(t, "reason"), Trust: rapid.SampledFrom([]string{"proven", "known", ""}).Draw(t, "trust"),
		Domain: rapid.SampledFrom([]string{"a", "b", "ab", ""}).Draw(t, "domain"), AgeDays: rapid.IntRange(-1, 5).Draw(t, "age"), Oversize: rapid.Bool().Draw(t, "oversize"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "items") {
		env.Items = append(env.Items, conditionItem{Model: rapid.SampledFrom([]string{"x", "y", ""}).Draw(t, "model"), Process: rapid.SampledFrom(append(Process("").Values(), "")).Draw(t, "process")})
	}
	return env
}

// What is shipped is not doubted, however an operator's file names it.
func TestShippedPolicyIsBeyondDoubt(t *testing.T) {
	_, faults, err := CheckPolicy("policy.yaml", shippedPolicy)
	if err != nil || len(faults) > 0 {
		t.Errorf("%v\n%v", err, faults)
	}
	_, faults, err = CheckPolicy("manufacturers.yaml", shippedCatalogue)
	if err != nil || len(faults) > 0 {
		t.Errorf("%v\n%v", err, faults)
	}
}
