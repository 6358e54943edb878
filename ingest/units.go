package ingest

import (
	"slices"
	"strings"
)

// unit is a Unit in the making.
type unit struct {
	Unit
	maker    int // index in the catalogue, -1 unknown
	line     int
	labelled bool // its number stands under a label
	sure     int  // how far its number is beyond doubt: 2 when it was read twice
}

// mostFinds bounds what one zone may give; a list longer than that is a table.
const mostFinds = 1500

// units reads the units of one zone.
func (s *scanner) units(written zone) []unit {
	if len(written.lines) == 0 {
		return nil
	}
	z := s.prepared(written)
	s.series = seriesIn(z.lines)
	rows, finds := s.readLines(z)
	finds = s.withCompany(rows, finds)
	finds = s.expanded(finds, stated(finds))
	if z.codes {
		finds = s.ownForms(finds)
	} else {
		all := finds
		finds = s.withoutStaying(crossesOff(z, arrowed(z, finds)))
		s.staying = len(numbersOf(all)) - len(numbersOf(finds))
		if s.staying > 0 {
			z.lines = withoutStayingLines(z.lines, all, finds)
		}
	}
	units := dedupe(s.assemble(z, rows, s.withoutWanted(z, withoutArticles(finds))))
	s.nameUnknown(z.lines, units)
	lines, told := z.lines, 0
	if z.list {
		told = len(lines)
	}
	if z.foundIn != "body" {
		lines = append(slices.Clone(z.lines), s.body...)
	}
	all := len(units)
	units = chosen(lines, units, z.picked, told)
	s.picks = len(units) < all
	units = s.brokenPart(strings.Join(lines, "\n"), units)
	for i := range units {
		s.evidence(written, &units[i])
	}
	s.judge(z, units)
	return units
}

// withoutStayingLines blanks the short lines whose numbers all stay: what they say is of
// no unit that is left.
func withoutStayingLines(lines []string, all, left []find) []string {
	const longest = 90 // bytes: a line of a list
	out := slices.Clone(lines)
	for _, f := range all {
		on := func(o find) bool { return o.line == f.line && isNumber(o) }
		if isNumber(f) && f.line < len(out) && len(out[f.line]) <= longest && !slices.ContainsFunc(left, on) {
			out[f.line] = ""
		}
	}
	return out
}

// readLines gives the rows of tables, and what the other lines name.
func (s *scanner) readLines(z zone) (rows []unit, finds []find) {
	pending := false
	for n := 0; n < len(z.lines); n++ {
		if table, used := s.readTable(z, n); used > 0 {
			rows = append(rows, table...)
			n += used - 1
			pending = false
			continue
		}
		line := z.lines[n]
		if strings.TrimSpace(line) == "" {
			continue
		}
		found, label := s.scan(line, n, pending || goesOn(line, n, finds))
		pending = label && !(ofSticker.MatchString(line) && labelBelow(z.lines, n))
		s.underOther = otherLabel.in(line) && strings.HasSuffix(strings.TrimSpace(line), ":")
		finds = append(finds, found[:min(len(found), mostFinds-len(finds))]...)
	}
	s.quantities(z.lines, finds)
	return rows, finds
}

// ofSticker is a label that may lead to all that stands on a sticker.
var ofSticker = newPattern(`(?i)(?:étiquettes?|etiketten?|stickers?|aufkleber|etichett[ae]|labels?|typenschild)[^:]{0,30}:\s*$`)

// labelBelow tells that one of the lines below names the serial itself.
func labelBelow(lines []string, n int) bool {
	const few = 5
	for _, line := range lines[n+1 : min(len(lines), n+1+few)] {
		if serialLabel.in(line) {
			return true
		}
	}
	return false
}

// seriesIn gives, with the number of those, the long numbers of which the first half is that of another
// number, too: those of one lot.
func seriesIn(lines []string) map[string]int {
	const shortest, longest = 10, 20
	var series map[string]int
	var seen []string
	for _, line := range lines {
		if len(line) < shortest || !hasDigit(line) {
			continue
		}
		for _, w := range words(line) {
			if size := w.end - w.at; size < shortest || size > longest || digitsIn(line[w.at:w.end]) < size/2 || len(seen) >= mostFinds {
				continue
			}
			v := upper(line[w.at:w.end])
			for _, o := range seen[max(0, len(seen)-inSight):] {
				if o != v && len(o) == len(v) && o[:len(o)/2] == v[:len(v)/2] {
					if series == nil {
						series = map[string]int{}
					}
					series[o]++
					series[v]++
					if allDigits(v) && gtin(o) != gtin(v) {
						series[noGoods+o], series[noGoods+v] = 1, 1
					}
				}
			}
			seen = append(seen, v)
		}
	}
	return series
}

// noGoods stands before a number of a lot in which some have the check digit of
// goods and some have not: it is there by chance.
const noGoods = "not EAN "

// inSight is how many numbers before one are compared with it.
const inSight = 8

// evidence says where a unit was found, as it was written.
func (s *scanner) evidence(written zone, u *unit) {
	if u.line >= len(written.lines) {
		return
	}
	line := written.lines[u.line]
	if written.as != nil {
		line = written.as[u.line]
	}
	u.Line = lineAround(line, max(0, strings.Index(upper(line), u.Serial+u.MAC)))
	u.LineNumber = u.line + 1
	if written.foundIn == "subject" || written.codes {
		u.LineNumber = 0
	}
}

// stated is how many units the text speaks of, where it speaks of one model.
func stated(finds []find) int {
	n := 0
	for _, f := range finds {
		if isModel(f) {
			n = max(n, f.quantity)
		}
	}
	return n
}

// withoutArticles drops the models that are only the maker's order codes, as
// long as the text names a model otherwise.
func withoutArticles(finds []find) []find {
	if !slices.ContainsFunc(finds, func(f find) bool { return isModel(f) && !f.article }) {
		return finds
	}
	return slices.DeleteFunc(finds, func(f find) bool { return isModel(f) && f.article })
}

// goesOn tells a line that continues the list of serials of the line above:
// its first number has the length of the last one there.
func goesOn(line string, n int, finds []find) bool {
	if len(finds) == 0 {
		return false
	}
	last := finds[len(finds)-1]
	first := listLead.ReplaceAllString(line, "")
	spans := words(first)
	return last.kind == aSerial && last.labelled && n-last.line == 1 && len(spans) > 0 && spans[0].at == 0 &&
		spans[0].end == len(last.text) && hasDigit(first[:spans[0].end])
}

var listLead = newPattern(`(?i)^\s*(?:[-*•,/&+]|\d{1,2}[.)])?\s*(?:(?:and|et|und|en|e|plus|sowie)\s)?\s*`)

// assemble makes units of what was found in running text: each serial or MAC
// is one, the two together when they stand by each other; models and makers
// are handed to them.
func (s *scanner) assemble(z zone, rows []unit, finds []find) []unit {
	units := s.numbered(z, finds)
	s.nameUnits(z, units, finds)
	single := onlyModel(finds)
	for i := range rows {
		if m := single; rows[i].Model == "" && m != nil && s.fits(&rows[i], m) {
			rows[i].Model, rows[i].maker = m.text, m.maker
		}
	}
	if units = append(rows, units...); len(units) == 0 {
		return s.unnumbered(z, finds)
	}
	return s.unnumberedInList(z, s.topUp(z, units, finds), finds)
}

// inStep puts a list of serials and the list of as many MACs below it together,
// each with the one at its place.
func inStep(finds []find) []find {
	const apart = 3 // lines
	var at []int
	for i, f := range finds {
		if isNumber(f) {
			at = append(at, i)
		}
	}
	ofLine := func(from int, kind findKind) int {
		n := 0
		for from+n < len(at) && finds[at[from+n]].line == finds[at[from]].line {
			if finds[at[from+n]].kind != kind {
				return 0
			}
			n++
		}
		return n
	}
	out := finds
	for i := 0; i < len(at); {
		n := ofLine(i, aSerial)
		if n < 2 || i+n >= len(at) || ofLine(i+n, aMAC) != n || finds[at[i+n]].line > finds[at[i]].line+apart {
			i += max(n, 1)
			continue
		}
		if &out[0] == &finds[0] {
			out = slices.Clone(finds)
		}
		for k := range n {
			out[at[i+2*k]], out[at[i+2*k+1]] = finds[at[i+k]], finds[at[i+n+k]]
		}
		i += 2 * n
	}
	return out
}

// numbered makes the units that have a serial or a MAC.
func (s *scanner) numbered(z zone, finds []find) []unit {
	var units []unit
	add := func(f find) *unit {
		u := unit{maker: f.maker, line: f.line, labelled: f.labelled}
		u.FoundIn, u.Line, u.Doubt, u.Meant = z.foundIn, f.evidence, f.doubt, f.meant
		units = append(units, u)
		return &units[len(units)-1]
	}
	finds = inStep(finds)
	leads := macLeads(finds)
	lastAt := -1 // of the find that was used last
	for i, f := range finds {
		var last *unit
		if len(units) > 0 {
			last = &units[len(units)-1]
		}
		near := last != nil && (f.line-last.line <= 2 || oneBlock(z.lines, last.line, f.line)) && !newModel(finds[:i], last.line, f.line) && !otherModel(finds[:i], lastAt)
		if isNumber(f) {
			lastAt = i
		}
		switch f.kind {
		case aSerial:
			if near && last.Serial == "" && last.MAC != "" && leads && (f.line == last.line || !s.ownName(z, f)) {
				last.Serial = f.text
				s.claim(last, f.maker)
				continue
			}
			u := add(f)
			u.Serial = f.text
			if f.isMAC {
				u.MAC = f.text[:min(12, len(f.text))]
			}
		case aMAC:
			if i := endsLike(s, units, f.text); i >= 0 {
				units[i].MAC = f.text
				s.claim(&units[i], f.maker)
				units[i].line = max(units[i].line, f.line)
				continue
			}
			if near && last.MAC == "" && last.Serial != "" {
				last.MAC = f.text
				s.claim(last, f.maker)
				last.line = f.line
				continue
			}
			if last != nil && last.MAC != "" && portMAC(f) {
				continue
			}
			add(f).MAC = f.text
		}
	}
	return units
}

// oneBlock tells that only a few short lines, none of them empty, stand between
// two: the lines about one unit.
func oneBlock(lines []string, from, to int) bool {
	const most, short = 5, 60
	if to >= len(lines) {
		return false
	}
	if block := undoubled(lines[from : to+1]); len(block) > 0 {
		lines, from, to = block, 0, len(block)-1
	}
	if to-from > most {
		return false
	}
	return !slices.ContainsFunc(lines[from:to+1], func(l string) bool { return strings.TrimSpace(l) == "" || len(l) > short })
}

// undoubled gives the lines of a text in which every second one is empty, as programs
// leave it that make a paragraph of each line; nothing of another text.
func undoubled(lines []string) []string {
	if len(lines) < 3 || len(lines)%2 == 0 {
		return nil
	}
	var out []string
	for i, l := range lines {
		if (strings.TrimSpace(l) == "") != (i%2 == 1) {
			return nil
		}
		if i%2 == 0 {
			out = append(out, l)
		}
	}
	return out
}

// endsLike finds the unit whose serial ends in the MAC, as some makers' do.
func endsLike(s *scanner, units []unit, mac string) int {
	return slices.IndexFunc(units, func(u unit) bool {
		return u.MAC == "" && u.Serial != "" && strings.HasSuffix(u.Serial, mac[6:]) && s.tailIsMAC(u.Serial)
	})
}

// newModel tells that another model is named on a later line than the last
// number: what follows it is another unit's.
func newModel(before []find, last, line int) bool {
	for i := len(before) - 1; i >= 0 && before[i].line > last; i-- {
		if before[i].kind == aModel && before[i].line <= line {
			return true
		}
	}
	return false
}

// otherModel tells that another model than the one before the last number stands
// behind it: "A (serial) and B (MAC)".
func otherModel(before []find, last int) bool {
	if last < 0 {
		return false
	}
	k := last - 1
	for k >= 0 && before[k].kind == aMaker {
		k--
	}
	if k < 0 || !isModel(before[k]) {
		return false
	}
	return slices.ContainsFunc(before[last:], func(f find) bool { return isModel(f) && !sameModel(f.text, before[k].text) && !f.article })
}

// claim lets the better evidence name the maker: a MAC's prefix is certain, a
// serial's form is not.
func (s *scanner) claim(u *unit, maker int) {
	if maker >= 0 && (u.maker < 0 || s.cat.maker(u.MAC) == maker) {
		u.maker = maker
	}
}

// macLeads tells whether a serial belongs to the MAC before it: a list that
// puts the MAC first does so for every unit.
func macLeads(finds []find) bool {
	serials, macs, firstMAC := 0, 0, false
	for _, f := range finds {
		switch f.kind {
		case aSerial:
			serials++
		case aMAC:
			firstMAC = firstMAC || serials == 0
			macs++
		}
	}
	return firstMAC && serials <= macs
}

var port = newPattern(`(?i)\b(?:E\d{2}|ETH\d{1,2}|W\d{2}): *$`)

// portMAC tells one of the many MACs of a router's ports.
func portMAC(f find) bool { return port.MatchString(f.before) }

// nameUnits gives models and makers to the units: from their own line, the
// lines above, at last the only one that the text names.
func (s *scanner) nameUnits(z zone, units []unit, finds []find) {
	single := onlyModel(finds)
	follows := modelFollows(units, finds)
	inTurn := respective(finds)
	for i := range units {
		u := &units[i]
		m := s.modelFor(u, finds)
		if follows {
			m = s.modelBehind(u, finds)
		}
		if r := inTurn[u.Serial]; r != nil && u.Serial != "" {
			m = r
		}
		if m == nil {
			m = single
		}
		if m != nil && s.namedAlone(z, units, i, m) {
			u.maker = max(u.maker, s.cat.maker(u.MAC))
			continue // its own line names it, in words that no pattern knows
		}
		if m != nil && s.fits(u, m) {
			u.Model = m.text
			if u.maker < 0 || s.cat.maker(u.MAC) < 0 {
				u.maker = m.maker
			}
		}
		if u.maker < 0 {
			u.maker = makerFor(u, finds)
		}
	}
}

// fits keeps a model from a unit whose MAC belongs to another maker.
func (s *scanner) fits(u *unit, m *find) bool {
	if maker := s.cat.maker(u.MAC); maker >= 0 {
		return maker == m.maker
	}
	return true
}

// modelFor takes the last model before the unit's number, on its line or above;
// else the first one behind it on the same line.
func (s *scanner) modelFor(u *unit, finds []find) *find {
	var before, behind *find
	at := numberAt(u, finds)
	for i := range finds {
		f := &finds[i]
		if f.kind != aModel || f.article && articleOfOther(f, finds) {
			continue
		}
		if f.line < at.line || f.line == at.line && f.at < at.at {
			if s.fits(u, f) {
				before = f
			}
		} else if behind == nil && s.fits(u, f) && f.line <= at.line+2 {
			behind = f
		}
	}
	switch {
	case before != nil && behind != nil && behind.line == at.line && before.line < at.line:
		return behind
	case before != nil:
		return before
	}
	return behind
}

// articleOfOther tells an article's number that looks like a model of another maker than
// the models that the mail names.
func articleOfOther(f *find, finds []find) bool {
	return slices.ContainsFunc(finds, func(o find) bool {
		return isModel(o) && !o.article && o.maker != f.maker && o.trust > inCompany
	})
}

// respective reads "two A and one B, serials 1, 2 and 3": as many numbers as
// units of the models before them, given in the same order.
func respective(finds []find) map[string]*find {
	var models, numbers []*find
	var of map[string]*find
	close := func() {
		count := 0
		for _, m := range models {
			count += max(1, m.quantity)
		}
		if len(models) > 1 && count == len(numbers) {
			of = map[string]*find{}
			for _, m := range models {
				for range max(1, m.quantity) {
					of[numbers[0].text], numbers = m, numbers[1:]
				}
			}
		} else if m := asMany(models, len(numbers)); m != nil {
			of = map[string]*find{}
			for _, n := range numbers {
				of[n.text] = m
			}
		}
		models, numbers = nil, nil
	}
	for i := range finds {
		f := &finds[i]
		switch f.kind {
		case aModel:
			if len(numbers) > 0 {
				close()
			}
			models = append(models, f)
		case aSerial:
			numbers = append(numbers, f)
		}
	}
	close()
	return of
}

// asMany is the one of several models of which there are as many as numbers:
// "two A at one B, serials 1 and 2".
func asMany(models []*find, n int) (only *find) {
	for _, m := range models {
		if max(1, m.quantity) != n {
			continue
		}
		if only != nil {
			return nil
		}
		only = m
	}
	if n < 2 || len(models) < 2 {
		return nil
	}
	return only
}

// modelFollows tells a list that gives each unit's number first and its model
// below it, one of each in turn.
func modelFollows(units []unit, finds []find) bool {
	if len(units) < 2 || onlyModel(finds) != nil {
		return false
	}
	open, turns := false, 0
	for _, f := range finds {
		switch {
		case f.kind == aModel && !open && turns == 0:
			return false
		case f.kind == aModel:
			open = false
		case f.kind == aSerial && open:
			return false
		case f.kind == aSerial:
			open, turns = true, turns+1
		}
	}
	return !open && turns >= 2
}

// modelBehind is the first model behind a unit's number.
func (s *scanner) modelBehind(u *unit, finds []find) *find {
	at := numberAt(u, finds)
	for i := range finds {
		f := &finds[i]
		if f.kind == aModel && (f.line > at.line || f.line == at.line && f.at > at.at) && s.fits(u, f) {
			return f
		}
	}
	return nil
}

func numberAt(u *unit, finds []find) find {
	for _, f := range finds {
		if f.kind == aSerial && f.text == u.Serial || f.kind == aMAC && f.text == u.MAC {
			return f
		}
	}
	return find{line: u.line}
}

// trusted tells whether a model stands for itself; one that other things are
// called, too, needs its maker named in the mail, or a number of his in it.
func (s *scanner) trusted(f *find) bool {
	const short = 4
	switch {
	case f.labelled || s.named[f.maker] || s.proven[f.maker]:
		return true
	case f.trust == inCompany || strings.Trim(f.text, "0123456789") == "":
		return false
	case f.trust == unmistaken && len(f.text) >= short:
		return true
	}
	return len(f.text) > short || f.quantity > 1 || s.reason != "" && len(f.text) == short && digitsIn(f.text) >= 2
}

// withCompany drops the models that cannot be taken for models here: other
// numbers, such as a postcode, look so, too.
func (s *scanner) withCompany(rows []unit, finds []find) []find {
	for _, u := range rows {
		if u.maker >= 0 {
			s.proven[u.maker] = true
		}
	}
	for _, f := range finds {
		if f.maker >= 0 && isNumber(f) {
			s.proven[f.maker] = true
		}
	}
	return slices.DeleteFunc(finds, func(f find) bool { return isModel(f) && !s.trusted(&f) && !beginsSerial(&f, finds) })
}

// beginsSerial tells a model with which a labelled serial begins.
func beginsSerial(f *find, finds []find) bool {
	const shortest = 3
	return len(f.text) >= shortest && slices.ContainsFunc(finds, func(o find) bool {
		return o.kind == aSerial && o.labelled && len(o.text) > len(f.text)+4 && strings.HasPrefix(o.text, upper(f.text))
	})
}

// onlyModel is the model of a text that names a single one.
func onlyModel(finds []find) *find {
	var only *find
	for i := range finds {
		f := &finds[i]
		if f.kind != aModel {
			continue
		}
		if only != nil && !strings.EqualFold(only.text, f.text) {
			return nil
		}
		only = f
	}
	return only
}

// makerFor takes the maker that is named closest above the unit, or the only one.
func makerFor(u *unit, finds []find) int {
	maker, all := -1, map[int]bool{}
	for _, f := range finds {
		if f.kind != aMaker {
			continue
		}
		all[f.maker] = true
		if f.line <= u.line {
			maker = f.maker
		}
	}
	if maker < 0 && len(all) == 1 {
		for m := range all {
			maker = m
		}
	}
	return maker
}

// unnumbered makes units of models that are named without any number.
func (s *scanner) unnumbered(z zone, finds []find) []unit {
	var units []unit
	for i := range finds {
		f := &finds[i]
		if f.kind != aModel || slices.ContainsFunc(finds[:i], func(b find) bool { return isModel(b) && sameModel(b.text, f.text) }) {
			continue
		}
		n := quantityOf(finds, f.text)
		if n == 1 && onlyModel(finds) != nil {
			n = s.othersBack(z.lines)
		}
		if n == 1 && f.quantity == 0 && onlyModel(finds) != nil {
			n = max(s.countApart(z.lines, f), s.asOrdered(z.lines, f))
		}
		if back := s.backOf(z.lines, n); back > 0 && onlyModel(finds) != nil {
			n = back
		}
		if s.extra > 0 && onlyModel(finds) != nil {
			n = s.extra
		}
		for range n {
			units = append(units, modelUnit(z, f))
		}
	}
	return units
}

func modelUnit(z zone, f *find) unit {
	u := unit{maker: f.maker, line: f.line}
	u.Model, u.FoundIn, u.Line = f.text, z.foundIn, f.evidence
	return u
}

// quantityOf is the greatest number of a model that is spoken of, at least one.
func quantityOf(finds []find, model string) int {
	n := 1
	for _, f := range finds {
		if isModel(f) && sameModel(f.text, model) {
			n = max(n, f.quantity)
		}
	}
	return n
}

// topUp adds units without a number where the text speaks of more of a model
// than it gives numbers for.
func (s *scanner) topUp(z zone, units []unit, finds []find) []unit {
	if s.reason == "delivery_error" {
		return units // what was ordered and what came are counted, too
	}
	if s.reason == "order_error" {
		finds = s.withOthers(z, units, finds)
	} else {
		finds = withoutBought(finds)
	}
	if !slices.ContainsFunc(finds, func(f find) bool { return isModel(f) && f.quantity > 1 }) || s.oneIsFine(z) {
		return units // nothing is counted, or one is, too, that has no number and is fine
	}
	seen := map[string]bool{}
	staying := s.staying
	for i := range finds {
		f := &finds[i]
		key := strings.ToUpper(f.text)
		if f.kind != aModel || seen[key] {
			continue
		}
		seen[key] = true
		have := 0
		for _, u := range units {
			if strings.EqualFold(u.Model, f.text) {
				have++
			}
		}
		if have > 0 {
			have, staying = have+staying, 0 // those that work are counted, too
		}
		for n := s.wholeNumber(z, quantityOf(finds, f.text), have); have > 0 && have < n; have++ {
			units = append(units, modelUnit(z, f))
		}
	}
	return units
}

// withOthers gives the only model of a wrong order, of which one unit is numbered, the
// number of all where the text speaks of the others: "two of them; one I unpacked, the
// other is sealed".
func (s *scanner) withOthers(z zone, units []unit, finds []find) []find {
	m := onlyModel(finds)
	if m == nil || len(units) != 1 || quantityOf(finds, m.text) > 1 {
		return finds
	}
	others := slices.ContainsFunc(stopEnd.Split(undotted(strings.Join(z.lines, "\n")), -1), func(sentence string) bool {
		loc := otherWord.FindStringIndex(sentence)
		return loc != nil && isUnused(sentence[loc[0]:])
	})
	if !others {
		return finds
	}
	finds = slices.Clone(finds)
	for i := range finds {
		if isModel(finds[i]) {
			finds[i].quantity = max(2, s.countApart(z.lines, m))
		}
	}
	return finds
}

// wholeNumber is how many of a model come back of which n are spoken of and have are
// numbered: all of them, or as many as the text says go back or are left over. Of a
// wrong order that names as many as are numbered the others stay.
func (s *scanner) wholeNumber(z zone, n, have int) int {
	if back := s.backOf(z.lines, n); back > 0 {
		return back
	}
	if slices.ContainsFunc(stopEnd.Split(undotted(strings.Join(z.lines, "\n")), -1), othersWork) {
		return have
	}
	if s.reason != "order_error" && s.reason != "delivery_error" && !kept.in(strings.Join(z.lines, "\n")) || have < 2 {
		return n
	}
	for _, m := range aCount.FindAllStringSubmatchIndex(strings.Join(z.lines, "\n"), 24) {
		text := strings.Join(z.lines, "\n")
		if s.numberOf(text[m[2]:m[3]]) == have && !ofTime.MatchString(wordBehind(text[m[3]:])) {
			return have
		}
	}
	return n
}

// othersWork tells a sentence that says of the others that they work or stay.
func othersWork(sentence string) bool { return otherWord.MatchString(sentence) && otherFine(sentence) }

// oneIsFine tells that the text says of one of several units that it works again or
// stays, where it gives no number of it.
func (s *scanner) oneIsFine(z zone) bool {
	if s.staying > 0 || z.list {
		return false
	}
	lines := z.lines
	if z.foundIn != "body" {
		lines = append(slices.Clone(lines), s.body...)
	}
	for _, sentence := range stopEnd.Split(undotted(strings.Join(lines, "\n")), -1) {
		if oneOfThem.MatchString(sentence) && saysFine(sentence) && reasonOf(sentence) != "defective" {
			return true
		}
	}
	return false
}

// oneOfThem speaks of one unit of several.
var oneOfThem = newPattern(`(?i)(?:^|[^\pL])(?:one of (?:them|the)|the (?:other|first|second|one)|das (?:andere|erste|zweite|eine)|die (?:andere|erste|zweite|eine)|ein(?:e|er|es|s) (?:davon|der|von)|celui|celle|l'autre|l'un|l'une|die (?:van|in|op|aan|bij|met)|the (?:front|back|rear|upper|lower|left|right|old|new|older|newer|bigger|smaller) one|(?:der|die|das) (?:vordere|hintere|obere|untere|linke|rechte|alte|neue|größere|kleinere|vom|von der|am|an der|im|in der)|(?:le|la) (?:gauche|droite|premier|première|plus)|de (?:voorste|achterste|bovenste|onderste|linkse|rechtse|oude|nieuwe|grote|kleine|eerste|tweede)|die met|il (?:primo|secondo)|de andere|het andere|het eerste|een ervan|quello|quella|l'altr[oa]|uno dei|una delle)(?:[^\pL]|$)`)

func numbersOf(finds []find) []find {
	return slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return !isNumber(f) })
}

// boughtOf stands before the number of what was ordered, bought or is in use: of
// them only some come back.
var boughtOf = newPattern(`(?i)(?:^|[^\pL])(?:bought|ordered|purchased|deliver(?:ed|y)|installed|(?:order|note|invoice|delivery) (?:\S+ ){0,4}says?|of our|gekauft|bestellt|geliefert|verbaut|installiert|im einsatz|insgesamt|acheté\S*|commandé\S*|livré\S*|installé\S*|parc de|gekocht|besteld|geleverd|geïnstalleerd|in gebruik|acquistat\S+|comprat\S+|ordinat\S+|consegnat\S+|installat\S+)(?:[^.!?;:]{0,40})$`)

// withoutBought takes the numbers of what was bought from the models: with
// numbers of units given, they do not count.
func withoutBought(finds []find) []find {
	finds = slices.Clone(finds)
	for i := range finds {
		if f := &finds[i]; isModel(*f) && f.quantity > 1 && boughtOf.MatchString(f.before) {
			f.quantity = 0
		}
	}
	return finds
}

// dedupe makes one unit of those with the same serial or MAC; what the later
// one knows more is kept.
func dedupe(units []unit) []unit {
	var out []unit
next:
	for _, u := range units {
		for i := range out {
			o := &out[i]
			if u.Serial != "" && u.Serial == o.Serial || u.MAC != "" && u.MAC == o.MAC {
				fill(o, u)
				continue next
			}
		}
		out = append(out, u)
	}
	return out
}

func fill(o *unit, u unit) {
	o.labelled = o.labelled || u.labelled
	if o.Serial != "" && o.Serial == u.Serial {
		o.sure++
	}
	if o.Serial == "" {
		o.Serial = u.Serial
	}
	if o.MAC == "" {
		o.MAC = u.MAC
	}
	if o.Model == "" {
		o.Model = u.Model
	}
	if o.maker < 0 {
		o.maker = u.maker
	}
	if o.VendorTicket == "" {
		o.VendorTicket = u.VendorTicket
	}
}
