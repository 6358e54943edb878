package rules

import "time"

// EndShadow closes a case of shadow mode when the desk begins to work for real:
// its customer was never written to, so no clock may run on and no reminder may
// go out to him. It tells nobody.
func EndShadow(p *Policy, c Case, now time.Time) Decision {
	s := &step{p: p, before: c, c: c.clone(), e: Event{Kind: EvTick, Actor: Actor{Kind: ByClock}}, now: now}
	s.close(ClosedShadow)
	s.say(OutUpdate, "shadow_over", "Shadow mode has ended. Nothing of this case was ever sent to the customer.")
	return s.done()
}
