package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Start is the event from which a warranty counts.
type Start string

// The starts of a warranty.
const (
	FromLicence  Start = "licence_registration"
	FromDelivery Start = "delivery"
	FromShipment Start = "shipment"
	FromPurchase Start = "purchase"
	FromInvoice  Start = "invoice"
	// FromManufacture is read from a serial number, or is the rule of a maker.
	FromManufacture Start = "manufacture"
)

// Warranty holds the desk's warranty terms.
type Warranty struct {
	Months  int             `yaml:"months"`
	Start   Start           `yaml:"start"`
	DOADays int             `yaml:"doa_days"`
	Classes []WarrantyClass `yaml:"classes"`

	Replaced        Replacement `yaml:"replaced"`          // whose term a unit has that was given for another
	AfterRepairDays int         `yaml:"after_repair_days"` // at least so many days after a repair; 0: the rest of the term
	Exclusions      []Exclusion `yaml:"exclusions"`
}

// Replacement says whose term a unit has that was given for another.
type Replacement string

// The terms of a replacement unit.
const (
	TermRest   Replacement = "rest"   // the first unit's
	TermLonger Replacement = "longer" // the first unit's, or its own if that ends later
	TermNew    Replacement = "new"    // its own
)

// Exclusion is what no warranty covers.
type Exclusion struct {
	Name          string   `yaml:"name"`
	Manufacturers []string `yaml:"manufacturers"` // ids; none: all
	Models        []string `yaml:"models"`        // RE2; none: all
	Why           string   `yaml:"why"`           // one sentence that the customer may read
	models        []*regexp.Regexp
}

func (w Warranty) excluded(it Item) (Exclusion, bool) {
	for _, x := range w.Exclusions {
		if (WarrantyClass{Manufacturers: x.Manufacturers, models: x.models}).fits(it) {
			return x, true
		}
	}
	return Exclusion{}, false
}

// WarrantyClass is a class of products with terms of its own.
type WarrantyClass struct {
	Name          string   `yaml:"name"`
	Manufacturers []string `yaml:"manufacturers"` // ids; none: all
	Models        []string `yaml:"models"`        // RE2; none: all
	Months        int      `yaml:"months"`
	Start         Start    `yaml:"start"`
	DOADays       int      `yaml:"doa_days"`
	models        []*regexp.Regexp
}

func (c WarrantyClass) fits(it Item) bool {
	if len(c.Manufacturers) > 0 && !slices.Contains(c.Manufacturers, it.Manufacturer) {
		return false
	}
	return len(c.models) == 0 || slices.ContainsFunc(c.models, func(re *regexp.Regexp) bool { return re.MatchString(it.Model) })
}

// Term is the warranty that counts for a unit: how long, and from when.
type Term struct {
	Class   string // of the policy; empty: the manufacturer's or the general term
	Months  int
	Start   Start
	DOADays int
}

// TermOf returns the term of a unit: its class's, else its manufacturer's,
// else the policy's.
func (p *Policy) TermOf(it Item) Term {
	general := Term{Months: p.Warranty.Months, Start: p.Warranty.Start, DOADays: p.Warranty.DOADays}
	for _, c := range p.Warranty.Classes {
		if c.fits(it) {
			return Term{Class: c.Name, Months: c.Months, Start: c.Start, DOADays: c.DOADays}
		}
	}
	m, ok := p.Manufacturer(it.Manufacturer)
	if !ok {
		return general
	}
	if m.Warranty.Months > 0 {
		general.Months = m.Warranty.Months
	}
	if m.Warranty.Start != "" {
		general.Start = m.Warranty.Start
	}
	if m.Warranty.DOADays > 0 {
		general.DOADays = m.Warranty.DOADays
	}
	return general
}

// Dates are the days on which things happened to a unit; zero where unknown.
type Dates map[Start]time.Time

// startWords names the starts.
var startWords = map[Start]string{
	FromLicence: "licence registration", FromDelivery: "delivery", FromShipment: "shipment",
	FromPurchase: "purchase", FromInvoice: "the invoice", FromManufacture: "manufacture",
}

// standIns are the days that stand in for the one from which a warranty counts,
// the nearest first: with no better date known, the desk counts from one that
// it has, and says so.
var standIns = []Start{FromDelivery, FromShipment, FromInvoice, FromPurchase, FromManufacture}

// Evidence is one source of dates, and how far it can be relied on.
type Evidence struct {
	Dates  Dates
	Source string // in words: register, invoice 1234
	Weak   bool   // only a hint: nothing is decided by it without a person
}

// Cover is what is known of a unit's warranty.
type Cover struct {
	Until time.Time // the last day, midnight UTC; zero where it cannot be told, or there is none
	None  bool      // no warranty covers such a unit
	Weak  bool
	Why   string // one sentence
}

// over: the warranty has ended, or there never was one.
func (c Cover) over(today time.Time) bool { return c.None || !c.Until.IsZero() && today.After(c.Until) }

// InForce says until which day a unit is in warranty, and why in one dated
// sentence. The first evidence that has a date counts.
func (p *Policy) InForce(it Item, evidence []Evidence, now time.Time) Cover {
	if x, ok := p.Warranty.excluded(it); ok {
		return Cover{None: true, Why: x.Why}
	}
	term := p.TermOf(it)
	for _, e := range evidence {
		if from, used := e.start(term.Start); !from.IsZero() {
			return p.cover(term, e, from, used, now)
		}
	}
	return Cover{Why: fmt.Sprintf("The warranty cannot be told: it runs %s from %s, and that date is not known.", Span{term.Months, "months"}, startWords[term.Start])}
}

// start is the day that a warranty counts from, or the one that stands in.
func (e Evidence) start(wanted Start) (from time.Time, used Start) {
	from, used = e.Dates[wanted], wanted
	for _, s := range standIns {
		if from.IsZero() {
			from, used = e.Dates[s], s
		}
	}
	return from, used
}

func (p *Policy) cover(term Term, e Evidence, from time.Time, used Start, now time.Time) Cover {
	until := addMonths(day(from), term.Months)
	state, local := "In warranty until", today(now, p.Calendar.zone)
	if local.After(until) {
		state = "Out of warranty since"
	}
	notes := []string{e.Source}
	if used != term.Start {
		notes = append(notes, fmt.Sprintf("the date of %s, from which it counts, is not known", startWords[term.Start]))
	}
	why := fmt.Sprintf("%s %s: %s from %s on %s", state, until.Format(time.DateOnly), Span{term.Months, "months"}, startWords[used], from.Format(time.DateOnly))
	if text := strings.TrimPrefix(strings.Join(notes, "; "), "; "); text != "" {
		why += " (" + text + ")"
	}
	if doa := day(from).AddDate(0, 0, term.DOADays); term.DOADays > 0 && !local.After(doa) {
		why += fmt.Sprintf("; dead on arrival until %s", doa.Format(time.DateOnly))
	}
	return Cover{Until: until, Weak: e.Weak, Why: why + "."}
}

// repaired adds what a repair before gives: the rest of the term, or so many
// days at least as the policy says.
func (p *Policy) repaired(c Cover, on, now time.Time) Cover {
	days := p.Warranty.AfterRepairDays
	until := day(on).AddDate(0, 0, days)
	switch {
	case on.IsZero() || c.None:
		return c
	case days == 0 || !until.After(c.Until):
		if !c.Until.IsZero() {
			c.Why = strings.TrimSuffix(c.Why, ".") + fmt.Sprintf("; repaired on %s, which leaves the rest of the term.", on.Format(time.DateOnly))
		}
		return c
	}
	state := "In warranty until"
	if today(now, p.Calendar.zone).After(until) {
		state = "Out of warranty since"
	}
	return Cover{Until: until, Why: fmt.Sprintf("%s %s: %d days from its repair on %s.", state, until.Format(time.DateOnly), days, on.Format(time.DateOnly))}
}

// evidence gathers what is known of a unit's dates, the best first: the
// register, the customer's word, the serial number.
func (s *step) evidence(it Item) []Evidence {
	var list []Evidence
	sale, sold := s.e.Records.sale(it)
	if sold {
		list = append(list, Evidence{Dates: sale.Dates(), Source: sale.source()})
	}
	if bought, err := time.Parse(time.DateOnly, s.c.PurchaseDate); err == nil && !bought.After(s.now.AddDate(0, 0, 1)) {
		list = append(list, Evidence{Dates: Dates{FromPurchase: bought}, Source: "as the customer says"})
	}
	if made, ok := s.p.madeOn(it, s.now); ok {
		list = append(list, Evidence{Dates: Dates{FromManufacture: made}, Source: "read from the serial number", Weak: true})
	}
	return list
}

// source names the register's paper.
func (s Sale) source() string {
	switch {
	case s.Invoice != "":
		return "register, invoice " + s.Invoice
	case s.DeliveryNote != "":
		return "register, delivery note " + s.DeliveryNote
	case s.Order != "":
		return "register, order " + s.Order
	}
	return "register"
}

// coverOf is the warranty of one unit: its own, or, where it was given for
// another, that one's.
func (s *step) coverOf(it Item) Cover {
	own := s.p.InForce(it, s.evidence(it), s.now)
	sale, ok := s.e.Records.sale(it)
	if ok && sale.Replaces != "" && !own.None && s.p.Warranty.Replaced != TermNew {
		first := s.e.Records.firstOf(sale)
		source := first.source() + ", of unit " + first.Serial + " that it was given for"
		if from := (Evidence{Dates: first.Dates(), Source: source}); first.Serial != sale.Serial {
			inherited := s.p.InForce(it, []Evidence{from}, s.now)
			if !inherited.Until.IsZero() && (s.p.Warranty.Replaced != TermLonger || inherited.Until.After(own.Until)) {
				own = inherited
			}
		}
	}
	var last time.Time
	for _, key := range it.keys() {
		if on := s.e.Records.Repaired[key]; on.After(last) {
			last = on
		}
	}
	return s.p.repaired(own, last, s.now)
}

// addMonths keeps to the end of a shorter month: 31 January and one month is
// the last of February.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

func day(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// today is the desk's local date as a midnight in UTC, to compare with days.
func today(now time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	return day(now.In(zone))
}

// judge writes into each item what the known dates say of its warranty. Only
// defective units are judged.
func (s *step) judge() {
	if s.c.Reason != Defective {
		return
	}
	for i, it := range s.c.Items {
		if it.Verdict == "" {
			cover := s.coverOf(it)
			s.c.Items[i].WarrantyTo, s.c.Items[i].WarrantyWhy = cover.Until, cover.Why
		}
	}
}
