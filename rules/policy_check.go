package rules

import (
	"crypto/sha256"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// DefaultPolicy returns the shipped policy with the shipped catalogue.
func DefaultPolicy() (*Policy, error) {
	p := &Policy{}
	for _, f := range []struct {
		name string
		src  []byte
	}{{"rules/policy.yaml", shippedPolicy}, {"rules/manufacturers.yaml", shippedCatalogue}} {
		d := newDecoder(f.name)
		d.policy(f.src, p)
		if err := d.err(); err != nil {
			return nil, fmt.Errorf("shipped policy: %w", err)
		}
	}
	if err := p.addPrefixes(shippedPrefixes); err != nil {
		return nil, fmt.Errorf("shipped MAC prefixes: %w", err)
	}
	d := newDecoder("rules/policy.yaml")
	p.check(d)
	if err := d.err(); err != nil {
		return nil, fmt.Errorf("shipped policy: %w", err)
	}
	return p, nil
}

// LoadPolicy reads an operator's policy over the shipped one: what it does not
// name stays as shipped, and manufacturers are merged by id. All faults are
// reported at once, as Faults.
func LoadPolicy(name string, src []byte) (*Policy, error) {
	p, d, err := readPolicy(name, src)
	if err != nil {
		return nil, err
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// CheckPolicy reads a policy as LoadPolicy does and looks harder: beside the
// faults, for which it cannot be used, it tells what is hardly meant so, as
// warnings. The error is of the shipped policy alone.
func CheckPolicy(name string, src []byte) (*Policy, Faults, error) {
	p, d, err := readPolicy(name, src)
	if err != nil {
		return nil, nil, err
	}
	p.doubt(d)
	return p, d.sorted(), nil
}

// readPolicy reads an operator's policy over the shipped one; what is wrong
// with it stands in the decoder.
func readPolicy(name string, src []byte) (*Policy, *decoder, error) {
	p, err := DefaultPolicy()
	if err != nil {
		return nil, nil, err
	}
	d := newDecoder(name)
	d.policy(src, p)
	if _, named := d.places["version"]; !named {
		// Two policies must not go by one version: decisions name it.
		p.Version = fmt.Sprintf("%s+%.4x", p.Version, sha256.Sum256(src))
	}
	p.check(d)
	return p, d, nil
}

// policy decodes a policy file over p.
func (d *decoder) policy(src []byte, p *Policy) {
	root := d.parse(src)
	if root == nil {
		return
	}
	if root.Kind != yaml.MappingNode {
		d.wrongKind(root, "", "keys with values")
		return
	}
	rest, catalogue := withoutKey(root, "manufacturers")
	d.value(rest, reflectOf(p), "")
	if catalogue != nil {
		d.manufacturers(catalogue, p)
	}
}

// withoutKey splits a mapping into the value of one key and the rest. A key
// named twice stays in the rest, where it is reported.
func withoutKey(root *yaml.Node, key string) (rest, value *yaml.Node) {
	copied := *root
	copied.Content = nil
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == key && value == nil {
			value = root.Content[i+1]
			continue
		}
		copied.Content = append(copied.Content, root.Content[i], root.Content[i+1])
	}
	return &copied, value
}

// manufacturers merges the entries of a file by id into the catalogue and
// checks each as it is then.
func (d *decoder) manufacturers(list *yaml.Node, p *Policy) {
	d.places["manufacturers"] = placeOf(list)
	if list.Kind != yaml.SequenceNode {
		d.wrongKind(list, "manufacturers", "a list")
		return
	}
	seen := map[string]int{}
	for i, n := range list.Content {
		path := fmt.Sprintf("manufacturers[%d]", i)
		m, at := Manufacturer{}, -1
		if id := idOf(n); id != "" {
			if first, doubled := seen[id]; doubled {
				d.fault(n, path, fmt.Sprintf("manufacturer %s is named twice, first in line %d", id, first), "")
				continue
			}
			seen[id], d.makers[id] = n.Line, path
			if at = slices.IndexFunc(p.Manufacturers, func(m Manufacturer) bool { return m.ID == id }); at >= 0 {
				m = p.Manufacturers[at]
			}
		}
		d.value(n, reflectOf(&m), path)
		m.check(func(below, text, hint string) { d.at(join(path, below), text, hint) }, p.DefaultProcess, p.ids())
		if at >= 0 {
			p.Manufacturers[at] = m
		} else {
			p.Manufacturers = append(p.Manufacturers, m)
		}
	}
}

func idOf(n *yaml.Node) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "id" {
			return n.Content[i+1].Value
		}
	}
	return ""
}

func (p *Policy) ids() []string {
	ids := make([]string, len(p.Manufacturers))
	for i, m := range p.Manufacturers {
		ids[i] = m.ID
	}
	return ids
}

// teller reports a fault at a path.
type teller func(path, text, hint string)

func (t teller) below(prefix string) teller {
	return func(path, text, hint string) {
		if path == "" {
			t(prefix, text, hint)
			return
		}
		t(join(prefix, path), text, hint)
	}
}

// check looks at what a decoder cannot see: the sense of it. It also makes the
// policy ready for use.
func (p *Policy) check(d *decoder) {
	tell := teller(d.at)
	if strings.TrimSpace(p.Version) == "" {
		tell("version", "the policy has no version", "give it a name or a date: it stands in every decision")
	}
	if p.DefaultProcess == "" {
		tell("default_process", "nothing is named", suggest("", Process("").Values()))
	}
	p.Calendar.prepare(tell.below("calendar"))
	p.checkReasons(tell)
	p.checkWarranty(tell.below("warranty"))
	p.checkClocks(tell.below("clocks"))
	p.checkLimits(tell.below("limits"))
	p.checkGuards(tell.below("guards"))
	if p.SecondPerson.Replaced < 0 {
		tell("second_person.replaced", fmt.Sprintf("%d units are out of range", p.SecondPerson.Replaced), "write how many units one person may replace, or 0 for all")
	}
	p.checkDistributors(tell)
	p.checkRules(d)
	p.checkNames(d)
}

func (p *Policy) checkReasons(tell teller) {
	for _, r := range []Reason{OrderError, DeliveryError, Defective} {
		fee := p.Reasons.Of(r).Fee
		path := "reasons." + string(r) + ".restocking_fee"
		if fee.Percent < 0 || fee.Percent > 100 {
			tell(path+".percent", fmt.Sprintf("%v is no share in per cent", fee.Percent), "write a number from 0 to 100")
		}
		if fee.Minimum < 0 {
			tell(path+".minimum", "is below zero", "")
		}
		if fee.Minimum > 0 && fee.Currency == "" {
			tell(path+".currency", "the minimum has no currency", "write EUR, CHF, GBP, …")
		}
	}
}

func (p *Policy) checkWarranty(tell teller) {
	checkTerm(tell, p.Warranty.Months, p.Warranty.DOADays)
	if p.Warranty.Start == "" {
		tell("start", "nothing is named", suggest("", Start("").Values()))
	}
	for i := range p.Warranty.Classes {
		c := &p.Warranty.Classes[i]
		below := tell.below(fmt.Sprintf("classes[%d]", i))
		checkTerm(below, c.Months, c.DOADays)
		if c.Start == "" {
			below("start", "nothing is named", suggest("", Start("").Values()))
		}
		p.checkMakers(below, c.Manufacturers)
		c.models = compiled(below, c.Models)
	}
	if p.Warranty.Replaced == "" {
		tell("replaced", "nothing is named", suggest("", Replacement("").Values()))
	}
	if days := p.Warranty.AfterRepairDays; days < 0 || days > 3660 {
		tell("after_repair_days", fmt.Sprintf("%d days are out of range", days), "write a number from 0 to 3660")
	}
	for i := range p.Warranty.Exclusions {
		p.checkExclusion(tell.below(fmt.Sprintf("exclusions[%d]", i)), &p.Warranty.Exclusions[i])
	}
}

func (p *Policy) checkExclusion(tell teller, x *Exclusion) {
	p.checkMakers(tell, x.Manufacturers)
	x.models = compiled(tell, x.Models)
	if len(x.Models)+len(x.Manufacturers) == 0 {
		tell("models", "every unit would be excluded", "name models or manufacturers")
	}
	if strings.TrimSpace(x.Why) == "" {
		tell("why", "the exclusion does not say why", "one sentence that the customer may read")
	}
}

func (p *Policy) checkMakers(tell teller, ids []string) {
	for i, id := range ids {
		if _, ok := p.Manufacturer(id); !ok {
			tell(fmt.Sprintf("manufacturers[%d]", i), fmt.Sprintf("no manufacturer %q is in the catalogue", id), suggest(id, p.ids()))
		}
	}
}

func compiled(tell teller, models []string) []*regexp.Regexp {
	var list []*regexp.Regexp
	for i, model := range models {
		re, err := regexp.Compile(model)
		if err != nil {
			tell(fmt.Sprintf("models[%d]", i), explainRegexp(err), "")
			continue
		}
		list = append(list, re)
	}
	return list
}

func checkTerm(tell teller, months, doa int) {
	if months < 1 || months > 240 {
		tell("months", fmt.Sprintf("%d months are no warranty", months), "write a number from 1 to 240")
	}
	if doa < 0 || doa > 366 {
		tell("doa_days", fmt.Sprintf("%d days are out of range", doa), "write a number from 0 to 366")
	}
}

func explainRegexp(err error) string {
	return "the expression is wrong: " + strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

func (p *Policy) checkClocks(tell teller) {
	c := p.Clocks
	for _, one := range []struct {
		key  string
		span Span
	}{{"take_charge", c.TakeCharge}, {"validate", c.Validate}, {"ask_close", c.AskClose}, {"ship_close", c.ShipClose},
		{"test", c.Test}, {"storage", c.Storage}, {"repair", c.Repair}, {"escalate", c.Escalate}} {
		if one.span.N == 0 {
			tell(one.key, "nothing is named, so nobody would ever act", "write a time such as 12 hours or 2 working days")
		}
	}
	p.checkOrder(tell, "ask_reminders", c.AskReminders, "ask_close", c.AskClose)
	p.checkOrder(tell, "ship_reminders", c.ShipReminders, "ship_close", c.ShipClose)
	p.checkOrder(tell, "quote_reminders", c.QuoteRemind, "storage", c.Storage)
}

// checkOrder wants each reminder after the last one and all before the end. It
// measures from a Monday morning, as good as any.
func (p *Policy) checkOrder(tell teller, key string, reminders []Span, endKey string, end Span) {
	monday := time.Date(2026, 1, 12, 10, 0, 0, 0, p.Calendar.zone)
	last := monday
	for i, r := range reminders {
		at, path := p.After(monday, r), fmt.Sprintf("%s[%d]", key, i)
		if !at.After(last) {
			tell(path, fmt.Sprintf("%s is not later than the reminder before it", r), "")
		}
		if end.N > 0 && !at.Before(p.After(monday, end)) {
			tell(path, fmt.Sprintf("%s is not before %s (%s)", r, endKey, end), "")
		}
		last = at
	}
}

func (p *Policy) checkLimits(tell teller) {
	for _, one := range []struct {
		key string
		n   int
	}{{"per_address_hour", p.Limits.PerAddressHour}, {"per_domain_hour", p.Limits.PerDomainHour},
		{"per_case_hour", p.Limits.PerCaseHour}, {"per_case_day", p.Limits.PerCaseDay}, {"total_hour", p.Limits.TotalHour}} {
		if one.n < 1 {
			tell(one.key, fmt.Sprintf("%d would let no answer out", one.n), "write at least 1")
		}
	}
}

func (p *Policy) checkGuards(tell teller) {
	g := p.Guards
	for _, one := range []struct {
		name   string
		guard  Guard
		refers bool
	}{{"unknown_customer", g.UnknownCustomer.Guard, true}, {"distributor", g.Distributor, true}, {"not_sold", g.NotSold, false},
		{"sold_to_other", g.SoldToOther, false}, {"gone", g.Gone, false}, {"open_case", g.OpenCase, false},
		{"many_returns", g.ManyReturns.Guard, false}, {"advance_replacement", g.Advance.Guard, false}, {"freight_collect", g.FreightCollect, false}} {
		one.guard.check(tell.below(one.name), one.refers)
	}
	if n := g.ManyReturns.Count; n < 2 && g.ManyReturns.Do != ActOff {
		tell("many_returns.count", fmt.Sprintf("%d would fit every return", n), "write at least 2")
	}
}

func (p *Policy) checkDistributors(tell teller) {
	owner := map[string]int{}
	for i, d := range p.Distributors {
		path := fmt.Sprintf("distributors[%d]", i)
		for _, name := range append([]string{d.Name}, d.Aliases...) {
			key := wordsOnly(name)
			if first, taken := owner[key]; key == "" || taken && first != i {
				tell(path, fmt.Sprintf("%q is no name of one distributor alone", name), "")
			}
			owner[key] = i
		}
	}
}

func (g Guard) check(tell teller, refers bool) {
	switch {
	case g.Do == "":
		tell("do", "nothing is named", suggest("", Act("").Values()))
	case g.Do == ActRefer && !refers:
		tell("do", "this guard knows nobody to refer to", "write open, note or refuse_proposed")
	case g.Do != ActOff && strings.TrimSpace(g.Why) == "":
		tell("why", "the guard does not say why", "one sentence that the customer may read")
	}
	if (g.Do == ActAsk) != (len(g.Ask) > 0) {
		tell("ask", "do: ask and a list of facts to ask for belong together", "")
	}
}

func (p *Policy) checkRules(d *decoder) {
	seen := map[string]bool{}
	for i := range p.Rules {
		r := &p.Rules[i]
		path := fmt.Sprintf("rules[%d]", i)
		tell := teller(d.at).below(path)
		if r.ID == "" {
			tell("id", "the rule has no id", "it stands in every decision that the rule makes")
		} else if seen[r.ID] {
			tell("id", fmt.Sprintf("another rule is called %s too", r.ID), "")
		}
		seen[r.ID] = true
		if err := r.compile(); err != nil {
			text, hint, column := explainExpr(err)
			d.inside(path+".when", text, hint, column)
		} else {
			p.checkNamed(d, path+".when", r.When)
		}
		r.checkThen(tell)
	}
}

// inside reports a fault within a text: column counts from 0 in the text.
func (d *decoder) inside(path, text, hint string, column int) {
	d.at(path, text, hint)
	if p, ok := d.places[path]; ok && !p.block {
		d.faults[len(d.faults)-1].Column += column + p.quote
	}
}

func (r *Rule) checkThen(tell teller) {
	if strings.TrimSpace(r.Why) == "" {
		tell("why", "the rule does not say why", "one sentence that the customer may read")
	}
	want := map[Then][]Verdict{
		ThenApprove: {InWarranty, OutOfWarranty},
		ThenRefuse:  {RefusedCommercial, RefusedTechnical},
	}[r.Then]
	switch {
	case r.Then == "":
		tell("then", "nothing is named", suggest("", Then("").Values()))
	case len(want) > 0 && !slices.Contains(want, r.Verdict):
		tell("verdict", fmt.Sprintf("%s does not go with %s", orNothing(string(r.Verdict)), r.Then), fmt.Sprintf("write %s or %s", want[0], want[1]))
	case len(want) == 0 && r.Verdict != "":
		tell("verdict", fmt.Sprintf("has no sense with then: %s", r.Then), "")
	}
	if (r.Then == ThenAsk) != (len(r.Ask) > 0) {
		tell("ask", "then: ask and a list of facts to ask for belong together", "")
	}
	if r.Link != "" && !isWeb(r.Link) {
		tell("link", fmt.Sprintf("%q is no web address", r.Link), "write it with https://")
	}
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

func isWeb(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// checkNames wants no name to stand for two manufacturers.
func (p *Policy) checkNames(d *decoder) {
	owner := map[string]string{}
	for _, m := range p.Manufacturers {
		for i, name := range m.Names() {
			key := strings.ToLower(name)
			if other, taken := owner[key]; taken && other != m.ID {
				d.at(d.nameOf(m.ID, i, other), fmt.Sprintf("%q is a name of both %s and %s", name, other, m.ID), "take it away from one of them")
			}
			owner[key] = m.ID
		}
	}
}

// nameOf is where the file gives a manufacturer its i-th name, or where it has
// the other one, whose name is shipped.
func (d *decoder) nameOf(id string, i int, other string) string {
	path, ok := d.makers[id]
	switch {
	case !ok:
		return or(d.makers[other], "manufacturers")
	case i == 0:
		return path + ".name"
	}
	return fmt.Sprintf("%s.aliases[%d]", path, i-1)
}
