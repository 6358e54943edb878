package rules

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Scan is one line of a barcode scanner: what was read, and the numbers of
// units or of a case that it may be.
type Scan struct {
	Text   string   // as it was scanned, one line
	Keys   []string // as NumberKey writes them, the likeliest first
	Number string   // of a case: the label on a parcel; Keys is empty then
}

// scanLabel is what some labels have in front of a number within the barcode.
var scanLabel = regexp.MustCompile(`(?i)^\s*(?:s/?n|ser(?:ial)?(?:\s*(?:no|number|nr))?|mac(?:\s*(?:id|addr(?:ess)?))?)\s*[.:#=]+\s*`)

// ReadScans reads scanned lines: one code on each, empty ones and repeated ones
// left out.
func ReadScans(text string) []Scan {
	var scans []Scan
	seen := map[string]bool{}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\t' || r == ';' }) {
		line = strings.TrimSpace(line)
		s := readScan(line)
		if id := s.Number + "/" + strings.Join(s.Keys, " "); id != "/" && !seen[id] {
			seen[id] = true
			scans = append(scans, s)
		}
	}
	return scans
}

// readScan reads one code. Barcodes of the trade may begin with the data
// identifier S for a serial (ANSI MH10.8.2) or with 21 for one (GS1).
func readScan(line string) Scan {
	if found := FindNumber(line); len(found) == 1 {
		return Scan{Text: line, Number: found[0]}
	}
	key := NumberKey(scanLabel.ReplaceAllString(line, ""))
	s := Scan{Text: line}
	if key == "" {
		return s
	}
	s.Keys = []string{key}
	for _, identifier := range []string{"S", "21"} {
		if rest, ok := strings.CutPrefix(key, identifier); ok && len(rest) >= 6 {
			s.Keys = append(s.Keys, rest)
		}
	}
	return s
}

// Unloading is what a list of scanned numbers means at the loading dock.
type Unloading struct {
	Arrivals []Arrival
	Unknown  []string        // scanned, and in no case
	Doubtful []DoubtfulUnit  // scanned, and in several open cases
	Labels   []ScannedNumber // numbers of cases whose units were not scanned
}

// Arrival is what came of one case.
type Arrival struct {
	Case    Case
	Units   []int         // positions that have arrived now
	Missing []int         // positions that are still to come after that
	Surplus []SurplusUnit // scanned, and not to be booked
	Refusal string        // why the case takes no goods in now; empty where it does
}

// SurplusUnit is a unit of a case that cannot arrive.
type SurplusUnit struct {
	Position int
	Left     Resolution // how it left the desk; empty: it is here already
}

// DoubtfulUnit is a scanned number that several open cases have.
type DoubtfulUnit struct {
	Text    string
	Numbers []string // of the cases
}

// ScannedNumber is the number of a case that was scanned, and why nothing is
// booked on it.
type ScannedNumber struct {
	Number string
	Known  bool // there is such a case
}

// Unload sorts what was scanned. cases holds for each key of a scan the cases
// that have a unit with it; labels the cases of the scanned numbers.
func Unload(scans []Scan, cases map[string][]Case, labels map[string]Case) Unloading {
	var u Unloading
	arrived := map[string]*Arrival{}
	var order []string
	for _, s := range scans {
		if s.Number != "" {
			continue
		}
		key, found := s.pick(cases, labels)
		switch {
		case len(found) == 0:
			u.Unknown = append(u.Unknown, s.Text)
			continue
		case len(found) > 1:
			u.Doubtful = append(u.Doubtful, DoubtfulUnit{s.Text, numbersOf(found)})
			continue
		}
		c := found[0]
		if arrived[c.Number] == nil {
			_, refusal := Move(c.State, EvReceive)
			arrived[c.Number] = &Arrival{Case: c, Refusal: refusal}
			order = append(order, c.Number)
		}
		arrived[c.Number].take(key)
	}
	slices.Sort(order)
	for _, number := range order {
		u.Arrivals = append(u.Arrivals, arrived[number].counted())
	}
	for _, s := range scans {
		if _, known := labels[s.Number]; s.Number != "" && arrived[s.Number] == nil {
			u.Labels = append(u.Labels, ScannedNumber{s.Number, known})
		}
	}
	return u
}

// pick finds the cases that a scan may mean: of those that have the unit, the
// ones that take goods in, else the open ones, else the newest. A label that was
// scanned too decides between several.
func (s Scan) pick(cases map[string][]Case, labels map[string]Case) (key string, found []Case) {
	for _, key = range s.Keys {
		if found = cases[key]; len(found) > 0 {
			break
		}
	}
	for _, better := range []func(Case) bool{
		func(c Case) bool { return c.State != Closed },
		func(c Case) bool { _, refusal := Move(c.State, EvReceive); return refusal == "" },
		func(c Case) bool { return c.awaits(key) },
		func(c Case) bool { _, labelled := labels[c.Number]; return labelled },
	} {
		if some := slices.DeleteFunc(slices.Clone(found), func(c Case) bool { return !better(c) }); len(some) > 0 {
			found = some
		}
	}
	if len(found) > 1 && found[0].State == Closed {
		found = []Case{slices.MaxFunc(found, func(a, b Case) int { return cmp.Compare(a.ID, b.ID) })}
	}
	return key, found
}

// awaits: the unit of the key has not arrived yet.
func (c Case) awaits(key string) bool {
	it, ok := c.unit(key)
	return ok && !it.Received && it.Resolution == ""
}

func (c Case) unit(key string) (Item, bool) {
	i := slices.IndexFunc(c.Items, func(it Item) bool { return slices.Contains(it.keys(), key) })
	if i < 0 {
		return Item{}, false
	}
	return c.Items[i], true
}

func numbersOf(cases []Case) []string {
	var list []string
	for _, c := range cases {
		list = append(list, c.Number)
	}
	return list
}

// take counts one scanned unit. Its serial and its MAC are the same unit.
func (a *Arrival) take(key string) {
	it, ok := a.Case.unit(key)
	same := func(s SurplusUnit) bool { return s.Position == it.Position }
	switch {
	case !ok, slices.Contains(a.Units, it.Position), slices.ContainsFunc(a.Surplus, same):
	case it.Received || it.Resolution != "":
		a.Surplus = append(a.Surplus, SurplusUnit{it.Position, it.Resolution})
	default:
		a.Units = append(a.Units, it.Position)
	}
}

func (a Arrival) counted() Arrival {
	slices.Sort(a.Units)
	slices.SortFunc(a.Surplus, func(x, y SurplusUnit) int { return cmp.Compare(x.Position, y.Position) })
	for _, it := range a.Case.Items {
		if !it.Received && it.Resolution == "" && !it.refused() && !slices.Contains(a.Units, it.Position) {
			a.Missing = append(a.Missing, it.Position)
		}
	}
	return a
}

// Bookable lists the arrivals of which something can be booked.
func (u Unloading) Bookable() []Arrival {
	return slices.DeleteFunc(slices.Clone(u.Arrivals), func(a Arrival) bool { return a.Refusal != "" || len(a.Units) == 0 })
}
