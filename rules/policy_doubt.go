package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// doubt tells what a policy can be used with, but hardly means. Only what the
// file names is told: the shipped rest is not the operator's.
func (p *Policy) doubt(d *decoder) {
	p.doubtRules(d)
	p.doubtClasses(d)
	p.doubtExclusions(d)
	p.doubtHolidays(d)
	p.doubtLimits(d)
	p.doubtRequired(d)
	p.doubtPrefixes(d)
	p.doubtPatterns(d)
}

// doubt reports a warning, of a path that the file names.
func (d *decoder) doubt(path, text, hint string) {
	d.at(path, text, hint)
	d.faults[len(d.faults)-1].Warning = true
}

func (d *decoder) named(path string) bool {
	_, ok := d.places[path]
	return ok
}

// doubtRules finds the rules that no case ever reaches. A rule that asks lets
// the next ones decide where nothing is missing, so it stands before none.
func (p *Policy) doubtRules(d *decoder) {
	l := newLogic()
	var earlier []earlierRule
	for i, r := range p.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		f, ok := l.condition(r.When)
		wrong := slices.ContainsFunc(d.faults, func(f Fault) bool { return f.Path == path+".when" && !f.Warning })
		if !ok || wrong {
			continue
		}
		if text, hint := l.unreached(f, earlier); text != "" {
			d.doubt(path+".when", text, hint)
		}
		if r.Then != ThenAsk {
			earlier = append(earlier, earlierRule{r.ID, d.places[path].line, f})
		}
	}
}

type earlierRule struct {
	id   string
	line int
	when *formula
}

// unreached says why no case gets as far as a rule; empty where one may.
func (l *logic) unreached(f *formula, earlier []earlierRule) (text, hint string) {
	if !l.possible(f) {
		return "no case fits this condition: it contradicts itself", "write or where one of several is meant"
	}
	others := []*formula{f}
	for _, e := range earlier {
		if !l.possible(f, not(e.when)) {
			text = fmt.Sprintf("the rule never decides: %s in line %d comes first and fits whenever this one does", e.id, e.line)
			if !l.possible(not(e.when)) {
				text = fmt.Sprintf("the rule never decides: %s in line %d comes first and fits every case", e.id, e.line)
			}
			return text, "put this one before it, or remove one"
		}
		others = append(others, not(e.when))
	}
	if !l.possible(others...) {
		return "the rule never decides: wherever it fits, one of those before it does", "put it before them, or remove it"
	}
	return "", ""
}

// checkNamed wants the makers, reasons, languages and so on that a condition
// names to exist.
func (p *Policy) checkNamed(d *decoder, path, when string) {
	tree, err := parser.Parse(when)
	if err != nil {
		return // told already
	}
	ast.Walk(&tree.Node, visitor(func(n ast.Node) {
		b, ok := n.(*ast.BinaryNode)
		if !ok {
			return
		}
		for _, pair := range [][2]ast.Node{{b.Left, b.Right}, {b.Right, b.Left}} {
			if what, known := p.knownOf(fieldOf(pair[0]), b.Operator); what != "" {
				p.checkWords(d, path, what, known, pair[1])
			}
		}
	}))
}

type visitor func(n ast.Node)

// Visit implements ast.Visitor.
func (v visitor) Visit(n *ast.Node) { v(*n) }

// knownOf is what the field of a case may be: what it is called, and its values.
func (p *Policy) knownOf(field, operator string) (what string, known []string) {
	if operator == "in" && field == "confirmed" {
		return "fact", Fact("").Values()
	}
	if operator != "==" && operator != "!=" && operator != "in" {
		return "", nil
	}
	if field == "manufacturer" {
		return field, p.ids()
	}
	if known = closedValues[field]; known != nil {
		return field, known
	}
	return "", nil
}

// checkWords looks at a constant, or at those of a list.
func (p *Policy) checkWords(d *decoder, path, what string, known []string, n ast.Node) {
	if list, ok := n.(*ast.ArrayNode); ok {
		for _, one := range list.Nodes {
			p.checkWords(d, path, what, known, one)
		}
		return
	}
	s, ok := n.(*ast.StringNode)
	if !ok || s.Value == "" || slices.Contains(known, s.Value) {
		return
	}
	hint := suggest(s.Value, known)
	if i := slices.IndexFunc(p.Manufacturers, func(m Manufacturer) bool { return hasName(m, s.Value) }); what == "manufacturer" && i >= 0 {
		hint = "conditions name the id: write " + p.Manufacturers[i].ID
	}
	d.inside(path, fmt.Sprintf("no %s is called %q, so no case ever has it", what, s.Value), hint, s.Location().From)
}

func hasName(m Manufacturer, name string) bool {
	return slices.ContainsFunc(m.Names(), func(n string) bool { return strings.EqualFold(n, name) })
}

// doubtClasses finds the warranty classes that no unit ever falls into.
func (p *Policy) doubtClasses(d *decoder) {
	for i, c := range p.Warranty.Classes {
		path := fmt.Sprintf("warranty.classes[%d]", i)
		if !d.named(path) {
			return
		}
		for j, model := range c.Models {
			doubtWidth(d, fmt.Sprintf("%s.models[%d]", path, j), model, "model", modelProbes)
		}
		for j, e := range p.Warranty.Classes[:i] {
			if e.covers(c) {
				line := d.places[fmt.Sprintf("warranty.classes[%d]", j)].line
				d.doubt(path, fmt.Sprintf("no unit gets here: %s in line %d comes first and takes all of them", orNothing(e.Name), line), "put this class before it")
				break
			}
		}
	}
}

// doubtExclusions finds the exclusions that take every model.
func (p *Policy) doubtExclusions(d *decoder) {
	for i, x := range p.Warranty.Exclusions {
		for j, model := range x.Models {
			if path := fmt.Sprintf("warranty.exclusions[%d].models[%d]", i, j); d.named(path) {
				doubtWidth(d, path, model, "model", modelProbes)
			}
		}
	}
}

// covers says that every unit of the other class is of this one too.
func (c WarrantyClass) covers(other WarrantyClass) bool {
	return within(other.Manufacturers, c.Manufacturers) && within(other.Models, c.Models)
}

// within says that a list names no more than another; an empty one names all.
func within(part, whole []string) bool {
	if len(whole) == 0 {
		return true
	}
	return len(part) > 0 && !slices.ContainsFunc(part, func(s string) bool { return !slices.Contains(whole, s) })
}

// doubtHolidays finds days that change nothing.
func (p *Policy) doubtHolidays(d *decoder) {
	h := p.Calendar.Holidays
	table := holidayTable(publicHolidays()[h.Country], Holidays{})
	for i, day := range h.Remove {
		path := fmt.Sprintf("calendar.holidays.remove[%d]", i)
		switch {
		case !d.named(path) || day == "":
		case slices.Contains(h.Add, day):
			d.doubt(path, fmt.Sprintf("%s is added and removed", day), "keep one of the two")
		case !free(table, day):
			d.doubt(path, fmt.Sprintf("%s is no public holiday (%s), so there is nothing to remove", day, or(h.Country, "none")), "")
		}
	}
	for i, day := range h.Add {
		path := fmt.Sprintf("calendar.holidays.add[%d]", i)
		if d.named(path) && slices.Contains(h.Add[:i], day) && day != "" {
			d.doubt(path, fmt.Sprintf("%s is added twice", day), "")
		}
	}
}

// free says whether a day, or a day of every year in any year, is free.
func free(table map[dateKey]bool, day Day) bool {
	key := day.key()
	for k, isFree := range table {
		if isFree && (k == key || key <= 9999 && k%10000 == key) {
			return true
		}
	}
	return false
}

// doubtLimits finds caps that a wider one never lets be reached.
func (p *Policy) doubtLimits(d *decoder) {
	caps := map[string]int{
		"per_address_hour": p.Limits.PerAddressHour, "per_domain_hour": p.Limits.PerDomainHour,
		"per_case_hour": p.Limits.PerCaseHour, "per_case_day": p.Limits.PerCaseDay, "total_hour": p.Limits.TotalHour,
	}
	for _, pair := range [][2]string{{"per_address_hour", "per_domain_hour"}, {"per_domain_hour", "total_hour"}, {"per_case_hour", "per_case_day"}} {
		narrow, wide := caps[pair[0]], caps[pair[1]]
		path := "limits." + pair[0]
		if !d.named(path) {
			path = "limits." + pair[1]
		}
		if d.named(path) && wide > 0 && narrow > wide {
			d.doubt(path, fmt.Sprintf("%s (%d) is never reached: %s is %d", pair[0], narrow, pair[1], wide), "")
		}
	}
}

// doubtRequired finds facts that nobody is ever asked for, or can give.
func (p *Policy) doubtRequired(d *decoder) {
	for i, f := range p.Reasons.Defective.Requires {
		doubtFact(d, fmt.Sprintf("reasons.defective.requires[%d]", i), f)
	}
	for _, process := range []Process{Own, VendorTicket, VendorDirect, SupportFirst} {
		for i, f := range p.Processes.Of(process).Requires {
			path := fmt.Sprintf("processes.%s.requires[%d]", process, i)
			if process == VendorDirect && d.named(path) {
				d.doubt(path, fmt.Sprintf("%s is never asked for: the customer is sent to the manufacturer at once", f), "")
				continue
			}
			doubtFact(d, path, f)
		}
	}
	for _, m := range p.Manufacturers {
		path, ok := d.makers[m.ID]
		if !ok {
			continue
		}
		for i, f := range m.Requires {
			doubtFact(d, fmt.Sprintf("%s.requires[%d]", path, i), f)
		}
		p.doubtTicket(d, path, m)
	}
}

// doubtFact wants of a defective unit what there can be of one.
func doubtFact(d *decoder, path string, f Fact) {
	if (f == FactUnused || f == FactOrdered) && d.named(path) {
		d.doubt(path, fmt.Sprintf("nobody can give %s of a defective unit", f), "it belongs below reasons.order_error or reasons.delivery_error")
	}
}

// doubtTicket wants a customer who must have a ticket to know where to get it.
func (p *Policy) doubtTicket(d *decoder, path string, m Manufacturer) {
	required := slices.Concat(m.Requires, p.Processes.Of(p.processOf(Item{Manufacturer: m.ID}, Defective)).Requires)
	if slices.Contains(required, FactVendorTicket) && m.Link == "" && len(m.Tickets) == 0 {
		d.doubt(path, fmt.Sprintf("a ticket of %s is required, but the catalogue says neither where to open one nor how it looks", m.Name), "name a link, or tickets with their form")
	}
}

// doubtPrefixes finds the MAC prefixes of two manufacturers. Of two in the
// file, the later one is told.
func (p *Policy) doubtPrefixes(d *decoder) {
	owners := map[string][]string{}
	for _, m := range p.Manufacturers {
		for _, mac := range m.MACs {
			owners[mac] = append(owners[mac], m.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.makers)) {
		m, _ := p.Manufacturer(id)
		for i, mac := range m.MACs {
			path := fmt.Sprintf("%s.macs[%d]", d.makers[id], i)
			for n := 6; n <= len(mac) && d.named(path); n++ {
				d.doubtOwner(path, id, owners[mac[:n]])
			}
		}
	}
}

func (d *decoder) doubtOwner(path, id string, owners []string) {
	for _, other := range owners {
		where, inFile := d.makers[other]
		if other != id && (!inFile || d.places[where].line < d.places[path].line) {
			d.doubt(path, fmt.Sprintf("this MAC prefix belongs to %s too", other), "a unit would be taken for one of either")
			return
		}
	}
}

// doubtPatterns finds patterns that take what is no number of the manufacturer.
func (p *Policy) doubtPatterns(d *decoder) {
	for _, id := range slices.Sorted(maps.Keys(d.makers)) {
		m, ok := p.Manufacturer(id)
		if !ok {
			continue
		}
		for _, sort := range patternSorts {
			for i, pattern := range sort.of(m) {
				path := fmt.Sprintf("%s.%s[%d]", d.makers[id], sort.key, i)
				if !d.named(path) {
					continue
				}
				if !doubtWidth(d, path+".expr", pattern.Expr, sort.what, wordProbes) {
					p.doubtOverlap(d, path, m, pattern, sort)
				}
			}
		}
	}
}

type patternSort struct {
	key, what string
	upper     bool
	of        func(Manufacturer) []Pattern
}

var patternSorts = []patternSort{
	{"serials", "serial number", true, func(m Manufacturer) []Pattern { return m.Serials }},
	{"tickets", "ticket number", false, func(m Manufacturer) []Pattern { return m.Tickets }},
}

// The probes are what no expression means.
var (
	wordProbes  = []string{"THE", "DISPLAY", "PHONE"}
	modelProbes = []string{"GXP2170", "D785", "switch", "T46S"}
)

// doubtWidth says whether an expression fits all of the probes.
func doubtWidth(d *decoder, path, expr, what string, probes []string) bool {
	re, err := regexp.Compile(expr)
	if err != nil || expr == "" || re.MatchString("") && what != "model" {
		return false // told already
	}
	if slices.ContainsFunc(probes, func(s string) bool { return !re.MatchString(s) }) {
		return false
	}
	d.doubt(path, fmt.Sprintf("the expression fits everything: %s would each be a %s", strings.Join(probes, ", "), what), "say more closely what is meant")
	return true
}

// doubtOverlap finds patterns whose examples are all numbers of another
// manufacturer, by a pattern of his that needs nothing beside it.
func (p *Policy) doubtOverlap(d *decoder, path string, m Manufacturer, pattern Pattern, sort patternSort) {
	for _, o := range p.Manufacturers {
		if o.ID == m.ID {
			continue
		}
		for _, other := range sort.of(o) {
			if !other.NeedsContext && other.takesAll(pattern, sort.upper) {
				d.doubt(path, fmt.Sprintf("every example is a %s of %s too: it fits %s", sort.what, o.ID, other.Expr), overlapHint)
				return
			}
			if _, told := d.makers[o.ID]; !told && !pattern.NeedsContext && pattern.takesAll(other, sort.upper) {
				d.doubt(path, fmt.Sprintf("it fits every %s that is an example of %s: %s", sort.what, o.ID, strings.Join(other.Examples, ", ")), overlapHint)
				return
			}
		}
	}
}

const overlapHint = "say it more closely, or set needs_context"

// takesAll says that every example of another pattern fits this one as a whole.
func (p Pattern) takesAll(other Pattern, upper bool) bool {
	re, err := regexp.Compile(p.Expr)
	return err == nil && len(other.Examples) > 0 && !slices.ContainsFunc(other.Examples, func(s string) bool {
		s = fold(s, upper)
		return re.FindString(s) != s
	})
}
