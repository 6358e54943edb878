package notify

import (
	"cmp"
	"math"
	"slices"
	"time"

	"retour/rules"
	"retour/templates"
)

// What stands out is chosen by the rules below, and by no others; the digest
// names them at its foot. A count stands out when it is larger than what chance
// does: by three times the root of what was to be expected, as counts of
// independent events scatter (Poisson). The other bounds keep small numbers and
// small changes out.
const (
	mostStories   = 4    // a reader remembers no more
	mostOfAKind   = 2    // so that one cause does not hide the others
	leastUnits    = 5    // of a reason, silent quotes
	leastMaker    = 8    // units of a manufacturer
	leastPiled    = 10   // cases in a state
	leastTurned   = 3    // units that came back from a manufacturer
	leastDone     = 10   // cases that reached a promise
	surprise      = 3.0  // roots of what was to be expected
	twice         = 2.0  // a manufacturer or a reason against the period before
	halfAgain     = 1.5  // a model, a turn-round or a state against its usual
	quarterMore   = 1.25 // all cases against the period before
	keptWell      = 0.8  // share of promises kept, below which it is said
	faultless     = 0.4  // share of tested units without a fault, from which on it is said
	lemonTimes    = 3    // cases of one unit
	slowerBy      = 3 * 24 * time.Hour
	leastBaseDays = 5 // days before the period that a state is compared with
)

// story is a sentence that stands out, and how far.
type story struct {
	kind  string
	score float64 // in roots of the expected number, or made alike
	templates.Point
}

// stories are the few things that a manager should know first: the most
// surprising, and no more than two of a kind.
func (w *digester) stories() []story {
	all := slices.Concat(w.modelStories(), w.makerStories(), w.turnStories(), w.pileStories(), w.flowStories(),
		w.reasonStories(), w.clockStories(), w.testStories(), w.lemonStories(), w.quoteStories())
	slices.SortStableFunc(all, func(a, b story) int { return cmp.Compare(b.score, a.score) })
	kinds := map[string]int{}
	var chosen []story
	for _, s := range all {
		if kinds[s.kind]++; kinds[s.kind] <= mostOfAKind && len(chosen) < mostStories {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// points shows the stories.
func (w *digester) points(stories []story) []templates.DigestBlock {
	if len(stories) == 0 {
		return nil
	}
	var b templates.DigestBlock
	for _, s := range stories {
		b.Points = append(b.Points, s.Point)
	}
	return []templates.DigestBlock{heading(w.word("head.stories")), b}
}

func (w *digester) story(kind string, score float64, lead, key string, s templates.Saying) story {
	return story{kind: kind, score: score, Point: templates.Point{Lead: lead, Text: w.say("story."+key, s)}}
}

// above is how far a number lies above what was to be expected, in roots of that.
func above(n int, expected float64) float64 {
	return (float64(n) - expected) / math.Sqrt(max(1, expected))
}

// modelStories: models that the figures call lemons, and at least half as many
// cases again as usual.
func (w *digester) modelStories() (found []story) {
	for _, l := range w.f.Lemons {
		if l.Serial == "" && float64(l.Times) >= halfAgain*l.Usual {
			found = append(found, w.story("model", above(l.Times, l.Usual), clipped(w.model(l.Manufacturer, l.Model), 50), "model",
				templates.Saying{Count: l.Times, Usual: w.n.Decimal(l.Usual)}))
		}
	}
	return found
}

// makerStories: manufacturers with at least twice the units of the period
// before, where no single model explains it.
func (w *digester) makerStories() (found []story) {
	for _, m := range w.f.Makers {
		score := float64(m.In-m.Past) / math.Sqrt(float64(max(1, m.In+m.Past)))
		if m.In < leastMaker || float64(m.In) < twice*float64(m.Past) || score < surprise || w.explained(m) {
			continue
		}
		found = append(found, w.story("maker", score, clipped(w.maker(m.Manufacturer), 50), "maker", templates.Saying{Count: m.In, Of: m.Past}))
	}
	return found
}

// explained: one model makes half of what the manufacturer has more.
func (w *digester) explained(m rules.MakerFigures) bool {
	return slices.ContainsFunc(w.f.Models, func(one rules.ModelFigures) bool {
		return one.Manufacturer == m.Manufacturer && 2*(float64(one.In)-one.Usual) >= float64(m.In-m.Past)
	})
}

// turnStories: manufacturers from which units came back half as late again as
// in the year before, and three days later.
func (w *digester) turnStories() (found []story) {
	for _, m := range w.f.Makers {
		now, usual := m.Turn, m.TurnUsual
		if now.Done < leastTurned || usual.Done < leastTurned || now.Median-usual.Median < slowerBy || float64(now.Median) < halfAgain*float64(usual.Median) {
			continue
		}
		score := surprise * float64(now.Median) / float64(max(usual.Median, time.Hour))
		found = append(found, w.story("turn", score, clipped(w.maker(m.Manufacturer), 50), "turn",
			templates.Saying{Count: now.Done, Time: w.days(now.Median), Past: w.days(usual.Median)}))
	}
	return found
}

// pileStories: states in which half as many cases again stand as on average
// before the period.
func (w *digester) pileStories() (found []story) {
	for _, s := range rules.States() {
		n := w.f.Flow.Open[s]
		usual, ok := w.usualOpen(s)
		score := above(n, usual)
		if !ok || n < leastPiled || float64(n) < halfAgain*usual || score < surprise {
			continue
		}
		found = append(found, w.story("pile", score, templates.Sentence(w.name("state", string(s))), "pile",
			templates.Saying{Count: n, Usual: w.n.Decimal(usual)}))
	}
	return found
}

// usualOpen is how many cases stood in a state on average, on the days before the
// period that the figures hold.
func (w *digester) usualOpen(s rules.State) (mean float64, ok bool) {
	sum, days := 0, 0
	for _, d := range w.f.OpenByDay {
		if d.Day.Before(w.f.Period.From) {
			sum += d.Counts[string(s)]
			days++
		}
	}
	return float64(sum) / float64(max(1, days)), days >= leastBaseDays
}

// flowStories: clearly more or clearly fewer cases than in the period before.
func (w *digester) flowStories() []story {
	now, before := w.f.Flow.In, w.f.Before.In
	score := math.Abs(float64(now-before)) / math.Sqrt(float64(max(1, now+before)))
	s := templates.Saying{Count: now, Of: before, Share: w.n.Percent(int(math.Abs(float64(now-before))), before)}
	switch {
	case before == 0 || score < surprise:
	case float64(now) >= quarterMore*float64(before):
		return []story{w.story("flow", score, w.word("story.more.lead"), "more", s)}
	case float64(before) >= quarterMore*float64(now):
		return []story{w.story("flow", score, w.word("story.fewer.lead"), "fewer", s)}
	}
	return nil
}

// reasonStories: reasons that are given at least twice as often as in the period before.
func (w *digester) reasonStories() (found []story) {
	past := map[string]int{}
	for _, c := range w.f.ReasonsPast {
		past[c.Name] = c.N
	}
	for _, c := range w.f.Reasons {
		was := past[c.Name]
		score := float64(c.N-was) / math.Sqrt(float64(max(1, c.N+was)))
		if c.N >= leastUnits && c.Name != "" && len(past) > 0 && float64(c.N) >= twice*float64(was) && score >= surprise {
			found = append(found, w.story("reason", score, templates.Sentence(w.reason(c.Name)), "reason", templates.Saying{Count: c.N, Of: was}))
		}
	}
	return found
}

// clockStories: promises of which less than four in five were kept.
func (w *digester) clockStories() (found []story) {
	for key, k := range map[string]rules.Clock{"taken": w.f.TakenOver, "ruled": w.f.Ruled} {
		share := float64(k.Kept) / float64(max(1, k.Done))
		if k.Done >= leastDone && share < keptWell {
			found = append(found, w.story("clock", surprise+10*(keptWell-share), w.word("clock."+key), "clock",
				templates.Saying{Count: k.Kept, Of: k.Done, Share: w.n.Percent(k.Kept, k.Done)}))
		}
	}
	slices.SortFunc(found, func(a, b story) int { return cmp.Compare(a.Lead, b.Lead) })
	return found
}

// testStories: manufacturers of whose tested units two in five had no fault.
func (w *digester) testStories() (found []story) {
	for _, m := range w.f.Makers {
		share := float64(m.NoFault) / float64(max(1, m.Tested))
		if m.Tested >= leastMaker && share >= faultless {
			found = append(found, w.story("nofault", surprise+share, clipped(w.maker(m.Manufacturer), 50), "nofault",
				templates.Saying{Count: m.NoFault, Of: m.Tested}))
		}
	}
	return found
}

// lemonStories: units that came back three times or more.
func (w *digester) lemonStories() (found []story) {
	for _, l := range w.f.Lemons {
		if l.Serial != "" && l.Times >= lemonTimes {
			found = append(found, w.story("lemon", float64(l.Times), clipped(w.model(l.Manufacturer, l.Model), 50), "lemon",
				templates.Saying{Count: l.Times, Name: clipped(l.Serial, 40)}))
		}
	}
	return found
}

// quoteStories: at least half of the quotes were never answered.
func (w *digester) quoteStories() []story {
	m := w.f.Money
	answered := m.Accepted + m.Declined
	if m.Silent < leastUnits || m.Silent < answered {
		return nil
	}
	return []story{w.story("quotes", surprise, w.word("story.silent.lead"), "silent", templates.Saying{Count: m.Silent, Of: m.Silent + answered})}
}
