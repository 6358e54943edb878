package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Manufacturer is one entry of the catalogue: how to recognise its units and
// numbers, and what it requires before a defective unit may come back.
type Manufacturer struct {
	ID       string           `yaml:"id"`
	Name     string           `yaml:"name"`
	Aliases  []string         `yaml:"aliases"` // as customers write it, misspellings too
	Domains  []string         `yaml:"domains"`
	Process  Process          `yaml:"process"`  // empty: the policy's default_process
	Link     string           `yaml:"link"`     // where the customer opens a ticket or the manufacturer's own return
	Requires []Fact           `yaml:"requires"` // of a defective unit, beyond what the process requires
	Warranty ManufacturerTerm `yaml:"warranty"` // empty: the policy's
	Serials  []Pattern        `yaml:"serials"`  // matched on upper-cased text
	Models   []Pattern        `yaml:"models"`
	Tickets  []Pattern        `yaml:"tickets"`   // of the manufacturer's support
	MACs     []string         `yaml:"macs"`      // prefixes, six to nine upper-case hex digits
	MACIsID  bool             `yaml:"mac_is_id"` // a MAC does for a serial
}

// Names returns the name and the aliases.
func (m Manufacturer) Names() []string { return append([]string{m.Name}, m.Aliases...) }

// Pattern is one form of a number (RE2), with examples that must match and
// counter-examples that must not; both are tried when the policy is loaded.
type Pattern struct {
	Expr         string     `yaml:"expr"`
	Examples     []string   `yaml:"examples"`
	Counter      []string   `yaml:"counter_examples"`
	NeedsContext bool       `yaml:"needs_context"` // only near a label, a model or the name of the manufacturer
	Confidence   Confidence `yaml:"confidence"`
	TailIsMAC    bool       `yaml:"tail_is_mac"` // serials: the last six hex digits are the MAC's
	Kind         SerialKind `yaml:"kind"`        // serials

	Date *SerialDate `yaml:"date"` // serials: the day of manufacture in it
	re   *regexp.Regexp
}

// Confidence says how well a pattern is founded.
type Confidence string

// The degrees of confidence; a guess is never acted on without a person.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
	Guess  Confidence = "guess"
)

// SerialKind says what sort of number a serial pattern describes.
type SerialKind string

// The kinds of serial numbers; the empty kind is an ordinary serial.
const (
	KindSerial      SerialKind = "serial"
	KindMACID       SerialKind = "mac_id"
	KindMACAsSerial SerialKind = "mac_as_serial"
	KindDECT        SerialKind = "dect_id"
	KindDateCode    SerialKind = "date_code"
	KindQRURL       SerialKind = "qr_url"
	KindProductCode SerialKind = "product_code"
)

// ManufacturerTerm is a manufacturer's own warranty.
type ManufacturerTerm struct {
	Months  int   `yaml:"months"` // 0: the policy's
	Start   Start `yaml:"start"`
	DOADays int   `yaml:"doa_days"` // dead on arrival: replaced, not repaired; 0: no such rule
}

var (
	idForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	macForm = regexp.MustCompile(`^[0-9A-F]{6,9}$`)
)

// check reports what is wrong with one entry; paths are below the entry.
func (m Manufacturer) check(tell teller, byDefault Process, ids []string) {
	switch {
	case m.ID == "":
		tell("id", "the manufacturer has no id", "")
	case !idForm.MatchString(m.ID):
		tell("id", fmt.Sprintf("%q is no id", m.ID), "lower-case letters, digits, - and _")
	case m.Name == "":
		tell("id", fmt.Sprintf("%s is not in the shipped catalogue and has no name", m.ID), suggest(m.ID, ids))
	}
	process := m.Process
	if process == "" {
		process = byDefault
	}
	switch {
	case m.Link != "" && !isWeb(m.Link):
		tell("link", fmt.Sprintf("%q is no web address", m.Link), "write it with https://")
	case m.Link == "" && process == VendorDirect:
		tell("link", "customers are sent to the manufacturer, but not told where", "")
	}
	if m.Warranty.Months != 0 {
		checkTerm(tell.below("warranty"), m.Warranty.Months, m.Warranty.DOADays)
	}
	for i, mac := range m.MACs {
		if !macForm.MatchString(mac) {
			tell(fmt.Sprintf("macs[%d]", i), fmt.Sprintf("%q is no MAC prefix", mac), "six to nine upper-case hex digits")
		}
	}
	checkPatterns(tell, "serials", m.Serials)
	checkPatterns(tell, "models", m.Models)
	checkPatterns(tell, "tickets", m.Tickets)
}

func checkPatterns(tell teller, key string, patterns []Pattern) {
	for i, p := range patterns {
		patterns[i].re, _ = regexp.Compile(p.Expr) // a fault is reported by check
		below := tell.below(fmt.Sprintf("%s[%d]", key, i))
		p.check(below, key == "serials")
		if p.Date != nil {
			p.Date.check(below.below("date"))
		}
	}
}

// check tries the examples as ingest will: serials on upper-cased text.
func (p Pattern) check(tell teller, upper bool) {
	re, err := regexp.Compile(p.Expr)
	switch {
	case p.Expr == "":
		tell("expr", "the expression is empty", "")
		return
	case err != nil:
		tell("expr", explainRegexp(err), "")
		return
	case re.MatchString(""):
		tell("expr", "the expression fits everything, even an empty text", "")
	case len(p.Examples) == 0:
		tell("examples", "there is no example that shows what is meant", "")
	}
	for i, example := range p.Examples {
		if !re.MatchString(fold(example, upper)) {
			tell(fmt.Sprintf("examples[%d]", i), fmt.Sprintf("%q does not fit %s", example, p.Expr), "")
		}
	}
	for i, counter := range p.Counter {
		if found := re.FindString(fold(counter, upper)); found != "" {
			tell(fmt.Sprintf("counter_examples[%d]", i), fmt.Sprintf("%q fits %s, and must not", counter, p.Expr), "")
		}
	}
}

// bare: the form is that of the number alone, as references are kept.
func (p Pattern) bare() bool {
	return !slices.ContainsFunc(p.Examples, func(s string) bool { return strings.ContainsAny(s, " #[]():") })
}

func fold(s string, upper bool) string {
	if upper {
		return strings.ToUpper(s)
	}
	return s
}
