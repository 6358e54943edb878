package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Guards look at who writes and at what became of the unit before, after the
// operator's free rules and before the manufacturer's process. Each is a named
// rule with a switch.
type Guards struct {
	UnknownCustomer UnknownCustomer    `yaml:"unknown_customer"` // the directory lacks the sender
	Distributor     Guard              `yaml:"distributor"`      // the unit was bought from a distributor
	NotSold         Guard              `yaml:"not_sold"`         // the register lacks the unit
	SoldToOther     Guard              `yaml:"sold_to_other"`    // the register has it with another customer
	Gone            Guard              `yaml:"gone"`             // it was replaced or scrapped
	OpenCase        Guard              `yaml:"open_case"`        // somebody else has an open case about it
	ManyReturns     ManyReturns        `yaml:"many_returns"`     // it comes back again and again
	Advance         AdvanceReplacement `yaml:"advance_replacement"`
	FreightCollect  Guard              `yaml:"freight_collect"` // in a request, and of a parcel that arrives
}

// Guard is one switch: what is done where it fits, and the sentence that says why.
type Guard struct {
	Do  Act    `yaml:"do"`
	Ask []Fact `yaml:"ask"` // of do: ask
	Why string `yaml:"why"` // one sentence that the customer may read
}

// UnknownCustomer refers to the sales representative.
type UnknownCustomer struct {
	Guard   `yaml:",inline"`
	Contact string `yaml:"contact"` // told to the customer; without one, staff are asked
}

// ManyReturns counts the returns of one unit, the new one included.
type ManyReturns struct {
	Guard `yaml:",inline"`
	Count int `yaml:"count"`
}

// AdvanceReplacement is for desks whose policy has none: the customer is told
// of the services that there are instead.
type AdvanceReplacement struct {
	Guard    `yaml:",inline"`
	Services []string `yaml:"services"` // by name
}

// Act is what a guard does.
type Act string

// What a guard can do. What depends on the register is never done to a stranger
// in a way that he could see: he is asked and answered as if it had not fired,
// and staff find it on the case.
const (
	ActOff    Act = "off"
	ActNote   Act = "note"            // the case goes on, with a note for staff
	ActOpen   Act = "open"            // to staff, with a note: nothing is asked or proposed
	ActHold   Act = "hold"            // a person looks first: no case is opened
	ActAsk    Act = "ask"             // the customer is asked for the guard's facts
	ActRefer  Act = "refer"           // to the distributor, or to the sales representative
	ActRefuse Act = "refuse_proposed" // staff are asked to refuse
)

// Distributor is somebody who sells the desk's goods on: his customers return
// to him.
type Distributor struct {
	Name    string   `yaml:"name"`
	Aliases []string `yaml:"aliases"`
	Contact string   `yaml:"contact"` // told to the customer: an address, a link, a telephone number
}

// is tells whether a name of the register means this distributor.
func (d Distributor) is(name string) bool {
	return slices.ContainsFunc(append([]string{d.Name}, d.Aliases...), func(n string) bool {
		return strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(name))
	})
}

// distributor finds one of the policy by a name of the register; any other has
// nothing but that name.
func (p *Policy) distributor(name string) Distributor {
	for _, d := range p.Distributors {
		if d.is(name) {
			return d
		}
	}
	return Distributor{Name: name}
}

// distributorIn finds the distributor whom the customer's words name as the one
// that he bought from.
func (p *Policy) distributorIn(words string) (Distributor, bool) {
	text := " " + wordsOnly(words) + " "
	for _, d := range p.Distributors {
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			if plain := wordsOnly(name); plain != "" && strings.Contains(text, " "+plain+" ") {
				return d, true
			}
		}
	}
	return Distributor{}, false
}

// wordsOnly is a text in lower case with one space for all that is no letter or digit.
func wordsOnly(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return r < 0x80 && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}), " ")
}

// finding is a guard that fits.
type finding struct {
	Guard
	rule   string
	why    string
	secret bool        // it depends on what the register or other cases hold
	some   bool        // it fits some of the units, not all
	party  Distributor // refer: to whom
	to     ReferredTo
}

// findings are the guards that fit, the weightiest first.
func (s *step) findings() []finding {
	g, r := s.p.Guards, s.e.Records
	var list []finding
	add := func(f finding) {
		if f.Do != ActOff && f.Do != "" {
			f.why = sentence(f.Why, f.why)
			list = append(list, f)
		}
	}
	if r.Directory && r.stranger() {
		u := g.UnknownCustomer
		add(finding{Guard: u.Guard, rule: "unknown_customer", party: Distributor{Contact: u.Contact}, to: ToSales})
	}
	if f, ok := s.boughtElsewhere(); ok {
		add(f)
	}
	for _, one := range []struct {
		rule  string
		guard Guard
		fits  func(Item) (string, bool)
	}{
		{"not_sold", g.NotSold, s.notSold}, {"sold_to_other", g.SoldToOther, s.soldToOther}, {"gone", g.Gone, s.gone},
		{"open_case", g.OpenCase, s.inOpenCase}, {"many_returns", g.ManyReturns.Guard, s.cameBefore},
	} {
		if why, some, ok := s.unitsThat(one.fits); ok {
			add(finding{Guard: one.guard, rule: one.rule, why: why, some: some, secret: true})
		}
	}
	return append(list, s.wishes()...)
}

// wishes are the guards on what the mail itself says.
func (s *step) wishes() []finding {
	g, cl := s.p.Guards, s.e.Claim
	var list []finding
	if cl.AdvanceWanted && s.c.Reason != OrderError && s.c.Reason != DeliveryError && g.Advance.Do != ActOff {
		list = append(list, finding{Guard: g.Advance.Guard, rule: "advance_replacement", why: g.Advance.Why})
	}
	if cl.FreightCollect && g.FreightCollect.Do != ActOff {
		list = append(list, finding{Guard: g.FreightCollect, rule: "freight_collect", why: g.FreightCollect.Why})
	}
	return list
}

func sentence(why, more string) string {
	if more == "" {
		return why
	}
	return strings.TrimSpace(why + " " + more)
}

// unitsThat names the units that a guard fits, with what staff should know.
func (s *step) unitsThat(fits func(Item) (string, bool)) (why string, some, ok bool) {
	var parts []string
	for _, it := range s.c.Items {
		if what, yes := fits(it); yes && it.Verdict == "" {
			parts = append(parts, fmt.Sprintf("unit %d", it.Position)+what)
		}
	}
	return "(" + strings.Join(parts, "; ") + ")", len(parts) < len(s.c.Items), len(parts) > 0
}

// notSold: a number in doubt was perhaps only misread, and is asked again first.
func (s *step) notSold(it Item) (string, bool) {
	_, sold := s.e.Records.sale(it)
	return "", s.e.Records.Register && !sold && it.Doubt == "" && len(it.keys()) > 0
}

func (s *step) soldToOther(it Item) (string, bool) {
	r := s.e.Records
	sale, sold := r.sale(it)
	if !sold || !r.Directory || r.stranger() || sale.Customer == "" || r.owns(sale) || s.sellsOn(sale) {
		return "", false
	}
	return ": sold to " + or(sale.CustomerName, sale.Customer), true
}

// sellsOn: the sender is the distributor through whom the unit went.
func (s *step) sellsOn(sale Sale) bool {
	return sale.Distributor != "" && slices.ContainsFunc(s.e.Records.Accounts, func(a Account) bool {
		return a.Name != "" && (strings.EqualFold(a.Name, sale.Distributor) || s.p.distributor(sale.Distributor).is(a.Name))
	})
}

func (s *step) gone(it Item) (string, bool) {
	sale, _ := s.e.Records.sale(it)
	switch {
	case sale.Status == Scrapped:
		return " was scrapped", true
	case sale.Status == SaleReplaced && sale.ReplacedBy != "":
		return " was replaced by " + sale.ReplacedBy, true
	case sale.Status == SaleReplaced:
		return " was replaced", true
	}
	return "", false
}

func (s *step) inOpenCase(it Item) (string, bool) {
	for _, key := range it.keys() {
		if number := s.e.Records.Open[key]; number != "" && number != s.c.Number {
			return " is in " + number, true
		}
	}
	return "", false
}

func (s *step) cameBefore(it Item) (string, bool) {
	most := 0
	for _, key := range it.keys() {
		most = max(most, s.e.Records.Returns[key])
	}
	count := s.p.Guards.ManyReturns.Count
	return fmt.Sprintf(": return number %d", most+1), count > 0 && most+1 >= count
}

// boughtElsewhere finds the distributor whom all units were bought from: in the
// register's words, where the sender is the one who bought there, or in his own.
func (s *step) boughtElsewhere() (finding, bool) {
	f := finding{Guard: s.p.Guards.Distributor, rule: "distributor", to: ToDistributor}
	r := s.e.Records
	if slices.ContainsFunc(r.Accounts, func(a Account) bool { return a.Role == RoleDistributor }) {
		return f, false
	}
	said, named := s.p.distributorIn(s.e.Claim.BoughtFrom)
	through, direct := map[string]bool{}, 0
	for _, it := range s.c.Items {
		switch sale, sold := r.sale(it); {
		case sold && sale.Distributor != "" && !s.sellsOn(sale):
			f.party = s.p.distributor(sale.Distributor)
			through[f.party.Name] = true
			f.secret = f.secret || !r.owns(sale)
		case sold && r.owns(sale):
			direct++
		}
	}
	switch {
	case len(through) == 0 && named && direct == 0:
		f.party, f.why = said, fmt.Sprintf("(the customer names %s)", said.Name)
		return f, true
	case len(through) == 0:
		return f, false
	}
	if named && through[said.Name] { // he said so himself: no secret of the register's
		f.party, f.secret = said, false
	}
	f.some = len(through) > 1 || direct > 0
	f.why = fmt.Sprintf("(register: sold through %s)", listed(keysOf(through)))
	return f, true
}

// guards applies the first guard that decides, and leaves what all found on the
// case for staff.
func (s *step) guards(thanks NoticeKind) bool {
	if s.e.Records.Down != "" {
		const rule = "register_down"
		why := fmt.Sprintf("What was sold and to whom cannot be looked up now (%s), so a person must look.", s.e.Records.Down)
		if s.e.Vouched {
			s.c.note(rule, why)
			s.toStaff(finding{rule: rule, why: why}, thanks)
			return true
		}
		s.hold(rule, why)
		return true
	}
	found := s.findings()
	s.noteAll(found)
	for i := range found {
		if s.guard(&found[i], thanks) {
			return true
		}
	}
	return false
}

// noteAll puts what was found on the case: anew what the records say, and beside
// it what was noted of a mail or a parcel before.
func (s *step) noteAll(found []finding) {
	s.c.Notes = slices.DeleteFunc(s.c.Notes, func(n Note) bool { return slices.Contains(recordGuards, n.Rule) })
	for _, f := range found {
		if f.rule == "advance_replacement" && !s.c.noted(f.rule) {
			s.services = s.p.Guards.Advance.Services
		}
		s.c.note(f.rule, f.why)
	}
}

// recordGuards are looked up anew each time.
var recordGuards = []string{"unknown_customer", "distributor", "not_sold", "sold_to_other", "gone", "open_case", "many_returns"}

func (c Case) noted(rule string) bool {
	return slices.ContainsFunc(c.Notes, func(n Note) bool { return n.Rule == rule })
}

// note says something to staff that stays on the card; the same thing once.
func (c *Case) note(rule, why string) {
	if n := (Note{Rule: rule, Why: why}); !slices.Contains(c.Notes, n) {
		c.Notes = append(c.Notes, n)
	}
}

// guard does what one guard says; false where the case goes on.
func (s *step) guard(f *finding, thanks NoticeKind) bool {
	switch f.Do {
	case ActHold:
		if s.e.Vouched {
			s.toStaff(*f, thanks)
			return true
		}
		s.hold(f.rule, f.why)
		return true
	case ActRefer:
		if !f.some && !f.secret { // what the register says of others' units is told to nobody
			s.referParty(*f, thanks)
			return true
		}
	case ActAsk:
		if missing := s.lackingOf(f.Ask); len(missing) > 0 && !(f.secret && s.stranger()) {
			s.ask(missing, f.rule, f.why)
			return true
		}
		return false
	}
	if f.Do != ActOpen && f.Do != ActRefuse && f.Do != ActRefer {
		return false
	}
	if f.secret && s.stranger() {
		if s.quietly == nil {
			s.quietly = f
		}
		return false
	}
	s.toStaff(*f, thanks)
	return true
}

// stranger: the answer must not tell what the records know.
func (s *step) stranger() bool {
	return s.e.Records.stranger() || s.c.Customer.Trust != Proven && s.c.Customer.Trust != Known
}

// toStaff leaves the case to staff with what a guard found.
func (s *step) toStaff(f finding, thanks NoticeKind) {
	s.c.Proposal = f.proposal()
	s.open(f.rule, f.why, thanks)
}

// proposal is what staff are asked to do: nothing where only some units are
// meant, since a refusal is of all.
func (f finding) proposal() Proposal {
	switch {
	case f.some:
	case f.Do == ActRefuse:
		return Proposal{EvRefuse, f.rule, f.why}
	case f.Do == ActRefer:
		return Proposal{EvRefer, f.rule, f.why}
	}
	return Proposal{}
}

// referParty sends the customer to somebody of the trade. Where nobody is
// named, staff must say who it is.
func (s *step) referParty(f finding, thanks NoticeKind) {
	if !s.p.Automatic.Refer || f.to == ToSales && f.party.Contact == "" {
		s.propose(EvRefer, f.rule, f.why)
		s.open(f.rule, f.why, thanks)
		return
	}
	s.say(OutRefer, f.rule, f.why)
	s.close(Referred)
	s.tell(Notice{Kind: NoticeReferral, To: f.to, Party: f.party.Name, Contact: f.party.Contact})
}

// proposed is what the rules would do with a complete request: first what a
// guard says, then the policy's terms.
func (s *step) proposed() Proposal {
	if s.e.Records.Down != "" {
		return Proposal{}
	}
	found := s.findings()
	s.noteAll(found)
	for _, f := range found {
		switch f.Do {
		case ActOpen, ActRefuse, ActRefer, ActHold:
			return f.proposal()
		}
	}
	return s.p.proposal(s.c, s.now)
}
