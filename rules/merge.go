package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// merge moves the units of a case, and all that it knows, to another one. Its
// number leads there from now on.
func (s *step) merge() {
	year, seq, err := ParseNumber(s.e.Into)
	if err != nil {
		s.refuseAt(FieldInto, "%s", err)
		return
	}
	into := Number(year, seq)
	switch {
	case into == s.c.Number:
		s.refuseAt(FieldInto, "a case cannot be merged into itself")
		return
	case s.e.Other == nil || s.e.Other.Number != into:
		s.refuseAt(FieldInto, "there is no case %s", into)
		return
	}
	if why := s.cannotMerge(*s.e.Other); why != "" {
		s.refuseAt(FieldInto, "%s", why)
		return
	}
	other := s.absorb(s.e.Other.clone())
	s.did(OutUpdate, "merged the case into %s", into)
	other.Rule, other.Why, other.Policy = "staff_absorb", fmt.Sprintf("%s merged %s into this case.", s.who(), s.c.Number), s.p.Version
	other.Deadline = s.p.deadline(other)
	s.close(Merged)
	s.c.MergedInto = into
	s.c.Items = nil
	s.d.Absorbed = &other
	s.tell(Notice{Kind: NoticeMerged, Text: s.e.Text, Into: into})
}

// cannotMerge says why two cases must stay two; empty where they need not.
func (s *step) cannotMerge(other Case) string {
	here, there := stage(s.c.State), stage(other.State)
	switch {
	case other.State == Closed:
		return fmt.Sprintf("%s is closed; reopen it first", other.Number)
	case !s.p.sameHouse(s.c.Customer.Address, other.Customer.Address):
		return fmt.Sprintf("%s is of another customer", other.Number)
	case s.c.Reason != "" && other.Reason != "" && s.c.Reason != other.Reason:
		return fmt.Sprintf("%s is a return for another reason", other.Number)
	case here == there && (here != withGoods || s.c.State == other.State):
		return ""
	case here == approved && there == withGoods && other.State != Uncollected:
		return "" // these goods are still to come
	case here == withGoods && there == approved && s.c.State != Uncollected:
		return fmt.Sprintf("the goods of this case are here already: merge %s into %s instead", other.Number, s.c.Number)
	}
	return fmt.Sprintf("this case is %s and %s is %s: their units cannot go on as one", phraseOf(s.c.State), other.Number, phraseOf(other.State))
}

func phraseOf(s State) string { return strings.ReplaceAll(string(s), "_", " ") }

// Stages of a case: what its units need next.
const (
	unruled = iota
	approved
	withGoods
)

func stage(s State) int {
	switch s {
	case New, InfoNeeded, InCharge:
		return unruled
	case Validated:
		return approved
	}
	return withGoods
}

// sameHouse: one address, or two of one domain that is not a mail provider's.
func (p *Policy) sameHouse(a, b string) bool {
	_, mine, ok := strings.Cut(a, "@")
	_, his, _ := strings.Cut(b, "@")
	return a == b || ok && mine == his && !slices.Contains(p.MailProviders, mine)
}

// absorb puts this case's units, numbers and people to another one.
func (s *step) absorb(other Case) Case {
	before := len(other.Items)
	other.Asked = nil      // it was asked for the units as they were
	moved := map[int]int{} // position here → there
	for _, it := range s.c.Items {
		if i := slices.IndexFunc(other.Items, it.same); i >= 0 {
			old := &other.Items[i]
			old.fill(it)
			old.Received = old.Received || it.Received
			moved[it.Position] = old.Position
			continue
		}
		from := it.Position
		it.Position = other.lastPosition() + 1
		moved[from] = it.Position
		other.Items = append(other.Items, it)
	}
	other.merge(Claim{Reason: s.c.Reason, References: s.c.References, PurchaseDate: s.c.PurchaseDate, Fault: s.c.Fault, Ordered: s.c.Ordered, Confirmed: s.c.Confirmed}, false)
	for _, p := range s.c.Parties {
		if !slices.ContainsFunc(other.Parties, func(q Party) bool { return q.Address == p.Address }) {
			other.Parties = append(other.Parties, p)
		}
	}
	for _, n := range s.c.Notes {
		other.note(n.Rule, n.Why)
	}
	for _, m := range s.c.Missing {
		m.Item = moved[m.Item]
		if m.Item > 0 || len(s.c.Items) == 0 {
			other.Missing = union(other.Missing, []Missing{m})
		}
	}
	return s.afterAbsorbing(other, before)
}

// afterAbsorbing looks at the other case anew: what it waits for may have changed.
func (s *step) afterAbsorbing(other Case, before int) Case {
	other.Missing = s.p.still(other, other.Missing)
	if stage(other.State) == unruled {
		sub := &step{p: s.p, before: other, c: other, e: Event{Kind: EvEdit, Records: s.e.Records}, now: s.now}
		sub.prepare()
		if other.State != InfoNeeded {
			sub.c.Proposal = sub.next()
		}
		return sub.c
	}
	if other.State == InProcess && len(other.Items) > before && other.Late {
		other.Late, other.ClockAt, other.Until = false, s.now, time.Time{}
	}
	return other
}
