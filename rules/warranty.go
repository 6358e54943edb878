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
)

// Warranty holds the desk's warranty terms.
type Warranty struct {
	Months  int             `yaml:"months"`
	Start   Start           `yaml:"start"`
	DOADays int             `yaml:"doa_days"`
	Classes []WarrantyClass `yaml:"classes"`
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

// words names the start and its stand-ins, the nearest first: with no better
// date known, the desk counts from one that it has, and says so.
var startWords = map[Start]string{
	FromLicence: "the licence registration", FromDelivery: "the delivery", FromShipment: "the shipment",
	FromPurchase: "the purchase", FromInvoice: "the invoice",
}

var standIns = []Start{FromDelivery, FromShipment, FromInvoice, FromPurchase}

// InForce says until which day (the last one, midnight UTC) a unit is in
// warranty, and why in one sentence. The day is zero where no date is known.
func (p *Policy) InForce(it Item, dates Dates, now time.Time) (until time.Time, why string) {
	term := p.TermOf(it)
	from, used := dates[term.Start], term.Start
	for _, s := range standIns {
		if from.IsZero() {
			from, used = dates[s], s
		}
	}
	if from.IsZero() {
		return time.Time{}, fmt.Sprintf("The warranty cannot be told: it runs %s from %s, and that date is not known.", Span{term.Months, "months"}, startWords[term.Start])
	}
	until = addMonths(day(from), term.Months)
	state := "in warranty until"
	if today(now, p.Calendar.zone).After(until) {
		state = "out of warranty since"
	}
	why = fmt.Sprintf("%s %s: %s from %s on %s", state, until.Format(time.DateOnly), Span{term.Months, "months"}, startWords[used], from.Format(time.DateOnly))
	if used != term.Start {
		why += fmt.Sprintf(" (the date of %s, from which it counts, is not known)", startWords[term.Start])
	}
	if doa := day(from).AddDate(0, 0, term.DOADays); term.DOADays > 0 && !today(now, p.Calendar.zone).After(doa) {
		why += fmt.Sprintf("; dead on arrival until %s", doa.Format(time.DateOnly))
	}
	return until, strings.ToUpper(why[:1]) + why[1:] + "."
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
// defective units are judged, and only the purchase date is known to a mail.
func (p *Policy) judge(c *Case, now time.Time) {
	if c.Reason != Defective {
		return
	}
	bought, err := time.Parse(time.DateOnly, c.PurchaseDate)
	dates := Dates{}
	if err == nil && !bought.After(now.AddDate(0, 0, 1)) {
		dates[FromPurchase] = bought
	}
	for i, it := range c.Items {
		if it.Verdict == "" {
			c.Items[i].WarrantyTo, c.Items[i].WarrantyWhy = p.InForce(it, dates, now)
		}
	}
}
