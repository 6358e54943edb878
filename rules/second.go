package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Asked is what one person of the staff wants done that another one must
// confirm, because the policy sets a limit to what one person may do.
type Asked struct {
	By       Person    `json:"by"`
	At       time.Time `json:"at"`
	What     string    `json:"what"`              // in words: "credit 620.00 EUR"
	Event    Event     `json:"event"`             // done as it stands here when it is confirmed
	Proposal Proposal  `json:"proposal,omitzero"` // what was proposed before, and is again after a rejection
}

// secondNeeded is the rule of what waits for a second person.
const secondNeeded = "second_person"

// overLimit says in words what an event does that one person may not do alone;
// empty where he may, or where two stand behind it.
func (s *step) overLimit() string {
	limits, before := s.p.SecondPerson, s.before
	if s.second || s.d.Refusal != "" || s.c.Asked != before.Asked {
		return ""
	}
	switch {
	case s.e.Kind == EvCredit && exceeds(s.c.Credit, limits.Credit):
		return fmt.Sprintf("credit %s in all, which is not within %s", s.c.Credit, limits.Credit)
	case s.e.Kind == EvQuote && exceeds(s.c.Quote, limits.Quote):
		return fmt.Sprintf("quote %s, which is not within %s", s.c.Quote, limits.Quote)
	}
	if n := s.c.replaced(); s.e.Kind == EvShip && limits.Replaced > 0 && n > limits.Replaced && n > before.replaced() {
		return fmt.Sprintf("replace %d units, which is more than %d", n, limits.Replaced)
	}
	return ""
}

// exceeds: an amount is over a limit, or cannot be compared with it.
func exceeds(amount string, limit Money) bool {
	if limit == (Money{}) {
		return false
	}
	m, err := ParseMoney(amount)
	return err != nil || m.Currency != limit.Currency || m.Cents > limit.Cents
}

func (c Case) replaced() int {
	return len(c.positions(func(it Item) bool { return it.Resolution == Replaced }))
}

// ask2 leaves everything as it was and stores what was asked for.
func (s *step) ask2(what string) {
	asked := s.e
	asked.Actor = Actor{}
	before := s.before.Proposal
	if s.before.Asked != nil {
		before = s.before.Asked.Proposal
	}
	s.c, s.d = s.before.clone(), Decision{}
	s.c.Asked = &Asked{By: Person{ID: s.e.Actor.ID, Name: s.e.Actor.Name}, At: s.now, What: what, Event: asked, Proposal: before}
	s.say(OutUpdate, secondNeeded, "%s wants to %s; another person must confirm it.", s.who(), what)
}

// confirm does what somebody else asked for, as he asked for it.
func (s *step) confirm() {
	a := s.c.Asked
	switch {
	case a == nil:
		s.refuse("nothing waits for a second person")
		return
	case s.e.Actor.Kind != ByStaff || s.e.Actor.ID == "" || s.e.Actor.ID == a.By.ID:
		s.refuse("%s asked for it, so another person must confirm it", or(a.By.Name, a.By.ID))
		return
	}
	if _, refusal := Move(s.c.State, a.Event.Kind); refusal != "" {
		s.refuse("%s", refusal)
		return
	}
	confirming, second := s.e, s.who()
	s.e = a.Event
	s.e.Actor = Actor{Kind: ByStaff, ID: a.By.ID, Name: a.By.Name}
	s.e.Records, s.second = confirming.Records, true
	s.c.Asked, s.c.Proposal = nil, a.Proposal
	s.staff()
	s.e = confirming
	if s.d.Refusal == "" {
		s.say(s.d.Outcome, "staff_"+string(EvConfirm), "%s; %s confirmed it.", strings.TrimSuffix(s.d.Why, "."), second)
	}
}

// reject leaves undone what was asked for; who asked may take it back so, too.
func (s *step) reject() {
	a := s.c.Asked
	if a == nil {
		s.refuse("nothing waits for a second person")
		return
	}
	what := fmt.Sprintf("rejected what %s asked for, to %s", or(a.By.Name, a.By.ID), a.What)
	if s.e.Actor.ID == a.By.ID {
		what = "no longer wants to " + a.What
	}
	if why := strings.TrimSpace(s.e.Text); why != "" {
		what += ": " + strings.TrimSuffix(shorten(why, 300), ".")
	}
	s.did(OutUpdate, "%s", what)
	s.c.Asked, s.c.Proposal = nil, a.Proposal
}

// keepAsked keeps what waits for a second person before the staff, until
// something happens to the case that it was not asked for.
func (s *step) keepAsked() {
	was, now := s.before, &s.c
	a := now.Asked
	switch {
	case a == nil:
		return
	case a == was.Asked && (now.State != was.State || now.Quote != was.Quote || now.Credit != was.Credit || now.Reason != was.Reason || !slices.Equal(now.Items, was.Items)):
		now.Asked = nil
		if now.Proposal.Rule == secondNeeded {
			now.Proposal = a.Proposal
		}
		s.d.Why += fmt.Sprintf(" What %s asked for, to %s, must be asked for anew.", or(a.By.Name, a.By.ID), a.What)
		return
	}
	now.Proposal = Proposal{EvConfirm, secondNeeded, fmt.Sprintf("%s wants to %s; another person must confirm it.", or(a.By.Name, a.By.ID), a.What)}
}
