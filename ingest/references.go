package ingest

import (
	"slices"
	"sort"
	"strings"
	"unicode"
)

// refLabel is a label in a line. The numbers behind it, up to the next label,
// are of its kind.
type refLabel struct {
	at, end int
	kind    refKind
	short   bool
}

// labelsOf gives the labels of a line from left to right.
func labelsOf(line string) []refLabel {
	var out []refLabel
	for _, h := range refWords.all(line) {
		out = append(out, refLabel{h.at, h.end, refTables[h.which].kind, refTables[h.which].short})
	}
	for _, p := range supportTicket.all(line) {
		out = append(out, refLabel{p[0], p[1], supportNumber, false})
	}
	for _, l := range []*phrase{serialLabel, macLabel} {
		for _, p := range l.all(line) {
			out = append(out, refLabel{p[0], p[1], notReference, false})
		}
	}
	out = slices.DeleteFunc(out, func(l refLabel) bool { return withinNumber(line, l) })
	sort.SliceStable(out, func(i, j int) bool {
		return out[i].at < out[j].at || out[i].at == out[j].at && out[i].end > out[j].end
	})
	kept := out[:0]
	for _, l := range out {
		if len(kept) > 0 && l.at < kept[len(kept)-1].end {
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

// withinNumber tells letters that are no label but the middle of a number, as
// the LS of 26-LS-40771.
func withinNumber(line string, l refLabel) bool {
	before, behind := tail(line[:l.at], 2), line[l.end:]
	return len(before) == 2 && wordByte(before[0]) && strings.IndexByte("-/_.", before[1]) >= 0 && ownPrefix.MatchString(behind)
}

// list is where the numbers of a kind belong.
func (r *References) list(k refKind) *[]string {
	switch k {
	case rmaNumber:
		return &r.RMA
	case orderNumber:
		return &r.Order
	case invoiceNumber:
		return &r.Invoice
	case noteNumber:
		return &r.DeliveryNote
	case parcelNumber:
		return &r.Tracking
	}
	return nil
}

// allReferences reads the numbers that the mail names.
func (r *reading) allReferences() References {
	refs := r.references(r.referenceLines(), plain(sender(r.msg).Name))
	if r.answers() && len(refs.RMA) == 0 {
		addAll(&refs.RMA, fileNumbers(bareSubject(r.subject)))
	}
	r.addAnswered(&refs)
	refs.Order = slices.DeleteFunc(refs.Order, isMAC)                                                                               // "MAC, in the same order"
	refs.Order = slices.DeleteFunc(refs.Order, func(v string) bool { return r.known(upper(v)) && mixed(upper(v)) && len(v) >= 12 }) // "in order: ..."
	return refs
}

// isMAC tells a value that is a MAC and nothing else.
func isMAC(v string) bool {
	l := macForm.FindStringIndex(v)
	return l != nil && l[0] == 0 && l[1] == len(v)
}

// addAnswered adds the numbers that answer our numbered questions without a
// label of their own.
func (r *reading) addAnswered(refs *References) {
	answers := r.numberedAnswers()
	if len(answers) == 0 {
		return
	}
	kinds := askedKinds(questions(strings.Split(plain(r.parts.older), "\n")))
	for _, a := range answers {
		list := refs.list(kinds[a.asked])
		switch {
		case len(labelsOf(a.text)) > 0, a.asked == "serial", a.asked == "mac":
			continue
		case a.asked == "vendor_ticket":
			list = &refs.VendorTicket
		case a.asked == "support_ticket":
			list = &refs.SupportTicket
		}
		if list != nil && len(*list) == 0 {
			addAll(list, r.valuesIn("number", a.text, refLabel{kind: kinds[a.asked]}))
		}
	}
}

// askedKinds tells what number each question asks for first.
func askedKinds(asked []question) map[string]refKind {
	kinds := map[string]refKind{}
	for _, q := range asked {
		for _, l := range labelsOf(strings.ReplaceAll(q.text, "\n", " ")) {
			if _, known := kinds[q.asked]; !known && l.kind > rmaNumber && l.kind < carrierName {
				kinds[q.asked] = l.kind
			}
		}
	}
	return kinds
}

// fileNumbers are the numbers that the subject of our own mail calls the case.
func fileNumbers(subject string) []string {
	var out []string
	for _, p := range fileWords.all(subject) {
		if m := fileNumber.FindString(strings.TrimLeft(numberSigns.Replace(subject[p[1]:]), " :no")); m != "" {
			out = append(out, m)
		}
	}
	return out
}

var (
	fileWords = newSayings(`
		(case|file|return)~
		(vorgang|vorgangs|fall|akte)~
		dossier~
		(pratica|reso|rientro)~
	`)
	fileNumber = newPattern(`^(?:\d{2,4}[-/]\d{3,6}|\d{5,9})\b`)
)

// returnForm is a number that says of itself that it is of a return: R, the year
// and a running number, as many desks have it.
var (
	returnForm = newPattern(`\bR(?:A|T|ET|MA|SV)?-?(?:20)?2\d[-/]\d{3,6}\b`)
	ofSender   = newPattern(`(?i)(?:^|[^\pL])(?:our|my|unser\pL*|mein\pL*|notre|nos|ons|onze|mijn|nostr\pL|ns\.?|mi[oa]|intern\pL*)(?:[^\pL][^.;]{0,24})?$`)
	withSender = newPattern(`(?i)^[^.;]{0,12}(?:with us|chez nous|bei uns|bij ons|da noi|presso di noi)`)
)

// addReturnForms adds such numbers in a mail of a running case that names none
// by a label: those of the subject, and those of the text.
func (r *reading) addReturnForms(f *Facts) {
	if len(f.References.RMA) > 0 || f.Kind == Request || f.Kind == Bounce || f.Kind == OwnMail {
		return
	}
	addAll(&f.References.RMA, r.returnForms())
}

func (r *reading) returnForms() (out []string) {
	for _, line := range append([]string{bareSubject(r.subject)}, r.newLines...) {
		for _, l := range returnForm.FindAllStringIndex(line, 4) {
			if !ofSender.MatchString(tail(line[:l[0]], 40)) && !withSender.MatchString(line[l[1]:]) {
				out = append(out, line[l[0]:l[1]])
			}
		}
	}
	return out
}

// addNoticed adds the ticket in the subject of a helpdesk's notice about a maker's
// unit.
func (r *reading) addNoticed(f *Facts) {
	if f.Kind != News || len(f.References.VendorTicket) > 0 || len(r.named) == 0 {
		return
	}
	if m := ticketTitle.FindStringSubmatch(r.subject); m != nil {
		addAll(&f.References.VendorTicket, []string{m[1]})
	}
}

var ticketTitle = newPattern(`(?i)\[(?:ticket|case|request)(?: id)?[ :]*#?\s?(\d{5,14})\]`)

// references reads the labelled numbers of the lines. from is the sender's
// name: a maker's own mail speaks of his tickets.
func (s *scanner) references(lines []string, from string) References {
	var r References
	context := "" // the line just above
	tableEnd := 0 // the first line behind the table that was read last
	rowsEnd := 0  // the same of a table whose heads name no reference
	lines = withPurpose(lines)
	for i, line := range lines {
		if i == 0 && !s.makerNear(from) {
			line = s.withoutOwnTicket(line)
		}
		if i >= tableEnd {
			tableEnd = i + s.columns(lines, i, &r)
		}
		if i >= max(tableEnd, rowsEnd) {
			rowsEnd = i + rowsBelow(lines, i)
		}
		if i >= tableEnd {
			line += s.carried(line, lines[i+1:])
		}
		if !hasDigit(line) {
			context = line
			continue
		}
		labels := labelsOf(line)
		if i < rowsEnd {
			labels = slices.DeleteFunc(labels, func(l refLabel) bool { return beginsNumber(line[l.at:l.end], line[l.end:]) })
		}
		s.lineReferences(line, labels, &r)
		s.ticketsOf(line, labels, context, from, &r)
		context = line
	}
	r.Order = without(without(r.Order, r.RMA), r.VendorTicket)
	return r
}

// withPurpose blanks what a number is for, where that reads like another label: the
// "for the invoice" of "order number for the invoice: 4711". The rest of a line that a
// mail program broke there comes with it.
func withPurpose(lines []string) []string {
	var out []string
	for i, line := range lines {
		joined := false
		if l := purposeTail.FindStringIndex(line); l != nil && i+1 < len(lines) {
			if m := purposeHead.FindStringIndex(lines[i+1]); m != nil && len(labelsOf(line[:l[0]])) > 0 {
				line, joined = line+" "+lines[i+1], true
			}
		}
		if m := purpose.FindStringIndex(line); m != nil && len(labelsOf(line[:m[0]+1])) > 0 {
			line = line[:m[0]] + blank(line[m[0]:m[1]-1]) + line[m[1]-1:]
			if out == nil {
				out = slices.Clone(lines)
			}
			out[i] = line
			if joined {
				out[i+1] = ""
			}
		}
	}
	if out == nil {
		return lines
	}
	return out
}

const paperFor = `(?:(?:the|your|our|die|ihre|eure|der|den|la|votre|notre|le|de|jullie|uw|het|vostra|il|una)\s)?(?:invoice|delivery note|credit note|rechnung|gutschrift|lieferschein|facture|avoir|factuur|creditnota|pakbon|fattura|nota di credito|bolla)`

var (
	purpose     = newPattern(`(?i)\s(?:for|on|für|auf|zur|pour|sur|voor|op|per|sulla|in)\s` + paperFor + `\s*[:=]`)
	purposeTail = newPattern(`(?i)\s(?:for|on|für|auf|zur|pour|sur|voor|op|per|sulla|in)(?:\s(?:the|die|la|de|il))?\s*$`)
	purposeHead = newPattern(`(?i)^\s*` + paperFor + `\s*[:=]`)
)

// referenceLines are the lines whose numbers are the sender's: quoted history
// is not; a forwarded mail is, and what was pasted into
// a mail that answers none.
func (r *reading) referenceLines() []string {
	lines := append([]string{bareSubject(fwPrefix.ReplaceAllString(r.subject, ""))}, r.newLines...)
	if r.parts.forward || !r.answers() {
		for _, line := range linesOf(r.parts.older) {
			if roleOf(line) == titleRole { // its "RE:" announces no invoice
				_, title, _ := strings.Cut(line, ":")
				line = bareSubject(fwPrefix.ReplaceAllString(title, ""))
			}
			lines = append(lines, line)
		}
	}
	for i := range r.msg.Attachments {
		if a := r.msg.Attachments[i]; a.Message != nil && r.msg.Report == nil {
			lines = append(lines, linesOf(a.Message.Text)...)
		}
	}
	return lines
}

// lineReferences reads the numbers of one line, tickets aside.
func (s *scanner) lineReferences(line string, labels []refLabel, r *References) {
	addAll(&r.Tracking, parcelsIn(line))
	named := carrierNames.all(line)
	var forms []*pattern
	for _, h := range named {
		forms = append(forms, carriers[h.which].form)
	}
	for _, h := range named {
		addAll(&r.Tracking, s.besideCarrier(line, h, labels))
	}
	for _, m := range namedBehind.FindAllStringSubmatch(line, 4) {
		value, ok := refValue(m[1])
		behind := labelsOf(m[2])
		if !ok || len(behind) != 1 || r.list(behind[0].kind) == nil || s.namesGoods(value) {
			continue
		}
		addAll(r.list(behind[0].kind), []string{value})
	}
	if digitsIn(line) >= 12 {
		for _, m := range thisParcel.FindAllStringSubmatch(line, 4) {
			if !s.namesGoods(m[1]) && !s.known(m[1]) && !partOfAny(m[1], r.Tracking) {
				addAll(&r.Tracking, []string{m[1]})
			}
		}
	}
	for i, l := range labels {
		region := line[l.end:regionEnd(line, labels, i)]
		if list := r.list(l.kind); list != nil {
			values := s.valuesIn(line[l.at:l.end], region, l)
			if l.kind == parcelNumber && len(values) == 0 {
				values = inForm(region, forms)
			}
			if l.kind == parcelNumber {
				values = slices.DeleteFunc(values, func(v string) bool { return partOfAny(v, r.Tracking) || s.formOf(upper(v)) >= 0 && s.namesGoods(v) })
			}
			addAll(list, values)
		}
	}
}

// thisParcel is a parcel and, right behind it, digits as many as only a carrier gives it.
var thisParcel = newPattern(`(?i)(?:^|[^\pL])(?:paket|päckchen|sendung|pakket|zending|pacco|collo|spedizione|parcel|package|shipment|consignment|colis|envoi)\s(?:n[ro°]?\.?\s?|#\s?)?([0-9]{12,20})(?:[^0-9A-Za-z]|$)`)

// namedBehind is a number behind which brackets say what it is: "4500081734 (our PO)".
var namedBehind = newPattern(`(?:^|[\s:])([0-9A-Z][0-9A-Za-z/.-]{3,24})\s?\((\pL[\pL .'°-]{1,30})\)`)

// besideCarrier gives the numbers of a carrier's form behind his name, up to a
// label that says otherwise.
func (s *scanner) besideCarrier(line string, h hit, labels []refLabel) []string {
	end := len(line)
	for _, l := range labels {
		if l.at >= h.end && l.kind != parcelNumber {
			end = min(end, l.at)
		}
		if l.at < h.at && l.kind == notReference && h.at-l.end < 20 && !hasDigit(line[l.end:h.at]) {
			return nil // "account with DHL: 140556612"
		}
	}
	return inForm(withoutDates(line[h.end:end]), []*pattern{carriers[h.which].form})
}

func partOfAny(v string, longer []string) bool {
	return slices.ContainsFunc(longer, func(l string) bool { return l != v && strings.Contains(l, v) })
}

// beginsNumber tells a label that is the begin of the number itself, as the PO
// of PO-77120 and the RMA of RMA-26-00123-7.
func beginsNumber(label, region string) bool {
	return len(label) <= 4 && label == upper(label) && ownPrefix.MatchString(region)
}

var (
	ownPrefix = newPattern(`^[-/_]?\d`)
	// numberLabel is a label that itself ends in a word for "number".
	numberLabel = newPattern(`(?i)(?:nummer[ns]?|number|numéro|numero|\bno|\bnum|nrs?|\bid|n°|#)\.?$`)
)

// regionEnd is where the numbers behind a label end: at the next label.
func regionEnd(line string, labels []refLabel, i int) int {
	const reach = 200
	end := min(len(line), labels[i].end+reach)
	if i+1 < len(labels) {
		end = min(end, labels[i+1].at)
	}
	return end
}

// valuesIn reads the numbers of the region behind a label.
func (s *scanner) valuesIn(label, region string, l refLabel) []string {
	if beginsNumber(label, region) {
		region = label + region
	}
	v := valueReader{scanner: s, short: l.short, kind: l.kind, named: numberLabel.MatchString(label)}
	v.marked = v.named || datedPaper.MatchString(region)
	v.text = withoutDates(numberSigns.Replace(region))
	v.text = bracketed.ReplaceAllStringFunc(v.text, blank)
	return v.read()
}

// datedPaper is a number of few figures right behind its label, and the date of the
// paper: "DDT 31 del 03/03/2026".
var datedPaper = newPattern(`(?i)^\s\d{2,3}(?:/\pL{1,3})?\s(?:del|dell'|in data|vom|von|v\.|du|daté\pL*|of|dated|from|van|d\.?d\.?|gedateerd)\s{0,2}\d{1,2}[./ -]`)

// numberSigns writes the signs for "number" as the word, each as long as it was.
var numberSigns = strings.NewReplacer("n°", "no ", "N°", "no ", "#", " no ", "№", "no ")

// withoutDates blanks the dates of a text, and the word that leads to one.
func withoutDates(text string) string {
	for _, p := range [][][2]int{numericPlace.all(text), wordPlace.all(text)} {
		for _, l := range p {
			if partOfNumber(text, l) {
				continue
			}
			lead := len(dateLabel.FindString(tail(text[:l[0]], 20)))
			at := l[0] - lead
			text = text[:at] + strings.Repeat(" ", l[1]-at) + text[l[1]:]
		}
	}
	return text
}

// dateLabel is the word before a date.
var dateLabel = newPattern(`(?i)(?:\b(?:vom|von|v\.|du|del|dell'|of|van|from|dated|datée? du|d\.d\.|dd\.?|on|am|le|op|den|il|in data|de date du)\s)?\s*$`)

// partOfNumber tells digits that only look like a date: more follow at once.
func partOfNumber(text string, l [2]int) bool {
	joins := func(i int) bool { return i >= 0 && i < len(text) && strings.IndexByte("-/_", text[i]) >= 0 }
	return joins(l[0]-1) || l[0] > 0 && wordByte(text[l[0]-1]) || joins(l[1]) && l[1]+1 < len(text) && wordByte(text[l[1]+1])
}

// valueReader goes over a region word by word.
type valueReader struct {
	*scanner
	text   string
	short  bool // the label is an abbreviation: the number follows at once
	spans  []span
	values []string
	prefix string
	named  bool // the label itself says "number"
	marked bool // a colon or a word for "number" stands just before
	kind   refKind
	others int // words that join nothing since the label
}

func (v *valueReader) read() []string {
	v.spans = words(v.text)
	for i := 0; i < len(v.spans); {
		n, goOn := v.step(i)
		if !goOn {
			break
		}
		i += n
	}
	return v.values
}

// step reads one word, or a number in several groups. It tells how many words
// it took, and whether another may follow.
func (v *valueReader) step(i int) (taken int, goOn bool) {
	w := v.spans[i]
	between := v.text[previousEnd(v.spans, i):w.at]
	if strings.ContainsAny(between, ";!?") || newSentence(v.text, v.spans, i, between) {
		return 0, false
	}
	if len(v.values) > 0 && (!refJoin.MatchString(between) || strings.Contains(between, "\t")) {
		return 0, false
	}
	v.marked = v.marked || strings.ContainsAny(between, ":=(|\t") || strings.Contains(between, "è") || strings.Contains(between, "È")
	value, n, ok := v.valueAt(i)
	switch {
	case ok && (v.others == 0 || v.marked && v.kind != rmaNumber || v.others <= 2 && v.named || v.named && len(value[0]) >= 8 && strings.Contains(value[0], "-") || v.others == 1 && v.strong(value[0])):
		v.values = append(v.values, value...)
		v.marked, v.others = false, 0
		return n, true
	case ok:
		return 0, false
	}
	return 1, v.skip(v.text[w.at:w.end])
}

// valueAt tells the number that begins at a word.
func (v *valueReader) valueAt(i int) (values []string, n int, ok bool) {
	w := v.spans[i]
	word := lastSegment(v.text[w.at:w.end])
	value, ok := refValue(word)
	if !ok && v.marked {
		value, ok = shortValue(word)
	}
	if ok && (v.kind == rmaNumber && len(value) < 4 || timeOfDay.MatchString(v.text[w.at:min(len(v.text), w.end+3)])) || w.at > 0 && clockTail.MatchString(tail(v.text[:w.at], 3)) {
		return nil, 0, false
	}
	if !ok || dateish.MatchString(value) || strings.Contains(at(v.text, w.at-1)+at(v.text, w.end), "@") || amount.before(v.text[:w.at]) {
		return nil, 0, false
	}
	if s := v.namesGoods(value); s && (!v.marked || v.isModel(value)) {
		return nil, 0, false
	}
	value, n = v.grouped(i, value)
	if amount.behind(v.text[v.spans[i+n-1].end:]) {
		return nil, 0, false
	}
	if v.prefix != "" {
		value, v.prefix = v.prefix+" "+value, ""
	}
	if a, b, ok := strings.Cut(value, "/"); ok && len(a) >= 5 && len(a) == len(b) && allDigits(a) && allDigits(b) {
		return []string{a, b}, n, true // two of one length, not a number and its year
	}
	return []string{value}, n, true
}

// strong tells a number that another word may stand before: long, or with parts.
func (v *valueReader) strong(value string) bool {
	return v.kind != rmaNumber && (len(value) >= 5 || strings.ContainsAny(value, "/-"))
}

func at(s string, i int) string {
	if i < 0 || i >= len(s) {
		return ""
	}
	return s[i : i+1]
}

// grouped joins the groups of a long number: "25 000 3317".
func (v *valueReader) grouped(i int, value string) (string, int) {
	n := 1
	for allDigits(value[:2]) && i+n < len(v.spans) {
		w := v.spans[i+n]
		group := v.text[w.at:w.end]
		if v.text[v.spans[i+n-1].end:w.at] != " " || !allDigits(group) || len(group) < 3 || len(v.text[v.spans[i+n-1].at:v.spans[i+n-1].end]) > 4 || yearOnly.MatchString(group) {
			break
		}
		value += " " + group
		n++
	}
	return value, n
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// skip tells whether a word may stand between a label and its number.
func (v *valueReader) skip(word string) bool {
	const most = 4
	lower := strings.ToLower(strings.Trim(word, ".-_°"))
	if len(v.values) > 0 {
		return listWords[lower]
	}
	switch {
	case numberWords[lower]:
		v.marked = true
	case refConnectors[lower] && !v.short:
	case capitals.MatchString(word) && !v.short && v.prefix == "" && v.kind != parcelNumber:
		v.prefix = word
	default:
		v.prefix, v.marked = "", false
		if v.others++; v.short || v.others > most {
			return false
		}
	}
	return true
}

// newSentence: a full stop ended a word that is no abbreviation.
func newSentence(text string, spans []span, i int, between string) bool {
	if !strings.HasPrefix(between, ". ") || i == 0 {
		return false
	}
	word := text[spans[i-1].at:spans[i-1].end]
	return len(word) > 5 || !unicode.IsLetter(rune(word[0])) && word[0] < 128
}

// lastSegment is the end of a web address: the number of a parcel stands there.
func lastSegment(word string) string {
	if i := strings.LastIndexAny(word, "/="); i >= 0 && strings.Contains(word[:i], ".") && strings.ContainsAny(word[:i], "abcdefghijklmnopqrstuvwxyz") {
		return word[i+1:]
	}
	return word
}

var (
	timeOfDay = newPattern(`^\d{1,2}:\d\d`) // a time of day
	clockTail = newPattern(`\d:$`)
	refJoin   = newPattern(`^\s*[,/&+|]?\s*$`)
	capitals  = newPattern(`^[A-Z]{3,4}$`)
	yearOnly  = newPattern(`^(?:199\d|20[0-3]\d)$`)
	bracketed = newPattern(`\([^()\d]*\)|\([^()]*\pL{4}[^()]*\)`)
)

func blank(s string) string { return strings.Repeat(" ", len(s)) }

// amounts tell sums and quantities by what stands beside them.
type amounts struct{ lead, unit *pattern }

var amount = amounts{
	newPattern(`(?i)(?:€|\beur|\bchf|\busd|\bgbp|£|\$|\bport|\bà|\bau) ?$`),
	newPattern(`(?i)^(?:[.,]\d\d?(?:\D|$)|[.,]-|\s?(?:€|£|\$|%|(?:eur|euros?|chf|usd|gbp|units?|pcs|pieces|phones?|devices?|stück|stk|st|stuks?|geräte[n]?|telefone|pz|pezzi|apparecchi|telefoni|pièces|postes|téléphones|appareils|toestellen|telefoons|g|kg|gr|km|mm|cm|w|v|mah|mbit|gb|mb|days|tage|jours|dagen|giorni)(?:[^\pL]|$)))`),
}

func (a amounts) before(text string) bool { return a.lead.MatchString(tail(text, 8)) }
func (a amounts) behind(text string) bool { return a.unit.MatchString(text) }

// wordSet is a set of words, in lower case.
func wordSet(tables ...string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(strings.Join(tables, " ")) {
		set[w] = true
	}
	return set
}

var (
	// numberWords say that a number follows.
	numberWords = wordSet(`lis lit leggo legge riporta steht lese lesen staat lees lezen reads says states n no nr nrs num number numbers nummer nummern numero numeri numéro numéros id code is are was ist lautet lauten war sind est sont è sono était nummers luidt betreft ref`)
	// refConnectors may stand between a label and its number.
	refConnectors = wordSet(
		`i we see read je j nous on ich ik we wij man io`,
		`the of for your our my from dated on under with to at and`,
		`der die das dem den vom von für zu zur zum unsere unser unserer ihre ihrer ihr eure eurer mit bei ihnen und`,
		`le la les de du des pour votre notre nos vos sur avec chez vous et l d`,
		`de het van voor onze ons uw jullie met bij en`,
		`il lo la i del della dell per vostra vostro nostra nostro vs ns con e di`,
		`rma web online shop`)
	listWords = wordSet(`and und et en e sowie plus sowie ed also auch as well resp`)
)

// carried is the number that a line leaves to the next one: "invoice no." at
// the end of the one, the number at the begin of the other. A line that is a
// label alone may have an empty one below it.
func (s *scanner) carried(line string, rest []string) string {
	const label = 40
	t := strings.TrimSpace(line)
	if t == "" || t[len(t)-1] >= '0' && t[len(t)-1] <= '9' || len(rest) == 0 {
		return ""
	}
	next := rest[0]
	if strings.TrimSpace(next) == "" && len(rest) > 1 && len(t) < label && len(strings.Fields(t)) <= 4 {
		next = rest[1]
	}
	next = strings.TrimPrefix(numberSigns.Replace(strings.TrimLeft(next, " #|\t")), "no ")
	spans := words(next)
	if len(spans) == 0 || strings.TrimLeft(next[:spans[0].at], " #:") != "" {
		return ""
	}
	word := next[spans[0].at:spans[0].end]
	if _, ok := refValue(word); !ok || s.formOf(upper(word)) >= 0 || s.cat.maker(upper(word)) >= 0 || amount.behind(next[spans[0].end:]) {
		return ""
	}
	if carriesOn(next[spans[0].end:]) {
		return " " + word
	}
	return ""
}

// carriesOn tells that what follows a number at the begin of a line does not
// make it a house number or a post code: no name comes behind it.
func carriesOn(rest string) bool { return !placeName.MatchString(rest) }

var placeName = newPattern(`^ [A-ZÄÖÜ]\pL{2,}`)

func without(list, taken []string) []string {
	return slices.DeleteFunc(list, func(v string) bool { return slices.Contains(taken, v) })
}

func previousEnd(spans []span, i int) int {
	if i == 0 {
		return 0
	}
	return spans[i-1].end
}

// refValue tells a word that can be a reference number.
func refValue(w string) (string, bool) { return valueWith(w, 3) }

// shortValue is the same where the label leaves no doubt that a number follows.
func shortValue(w string) (string, bool) { return valueWith(w, 2) }

func valueWith(w string, least int) (string, bool) {
	v := strings.Trim(w, ".-_/!+,;:#")
	digits := 0
	for _, c := range []byte(v) {
		if c >= 128 || c == '@' {
			return "", false
		}
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return v, digits >= least && digits*2 >= len(v)-4 && len(v) <= 34 && !yearOnly.MatchString(v)
}

// mostReferences bounds the numbers of one kind: no return names more, and a
// case keeps them all.
const mostReferences = 500

func addAll(list *[]string, values []string) {
	for _, v := range values {
		if v != "" && len(*list) < mostReferences && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

// ownForm tells a number whose form alone names the maker.
func (s *scanner) ownForm(v string) bool {
	for k := range s.cat.tickets {
		f := &s.cat.tickets[k]
		if !f.needsContext && f.at(v, 0) == len(v) && (s.named[f.maker] || len(v) >= 12) {
			return true
		}
	}
	return false
}

func (s *scanner) isModel(v string) bool {
	return mixed(upper(v)) && slices.ContainsFunc(s.cat.models, func(f form) bool { return f.at(v, 0) == len(v) })
}

// columns reads a table whose head, on line i, has the labels of references. It
// tells how many lines the table has, 0 when the line is no such head.
func (s *scanner) columns(lines []string, i int, r *References) (used int) {
	head := cellsIn(lines[i])
	if len(head) < 2 || hasDigit(lines[i]) {
		return 0
	}
	kinds := make([]refKind, len(head))
	any := false
	for k, cell := range head {
		kinds[k] = kindOfHead(cell)
		any = any || kinds[k] != notReference
	}
	if !any {
		return 0
	}
	rows := 0
	for n, line := range lines[i+1:] {
		cells := cellsIn(line)
		if len(cells) != len(head) {
			if strings.Trim(line, " -+=|_") == "" && rows == 0 {
				continue
			}
			break
		}
		rows++
		used = n + 2
		for k, cell := range cells {
			list := r.list(kinds[k])
			if list == nil {
				continue
			}
			if value, ok := shortValue(withoutLead(cell, kinds[k])); ok && !dateish.MatchString(value) {
				addAll(list, []string{value})
			}
		}
	}
	return used
}

// rowsBelow counts the lines of a table that begins on line i with heads, none of
// which is a label of references. What stands in its cells must say of itself
// what it is.
func rowsBelow(lines []string, i int) int {
	const fewest = 3
	head := strings.Count(lines[i], "\t")
	if head+1 < fewest || hasDigit(lines[i]) {
		return 0
	}
	n := i + 1
	for n < len(lines) && strings.Count(lines[n], "\t") == head {
		n++
	}
	if n == i+1 {
		return 0
	}
	return n - i
}

// withoutLead takes a short label off the begin of a cell: FT 2025/117.
func withoutLead(cell string, kind refKind) string {
	if l := labelsOf(cell); len(l) > 0 && l[0].at == 0 && l[0].kind == kind && strings.HasPrefix(cell[l[0].end:], " ") {
		return strings.TrimLeft(cell[l[0].end:], " .:#")
	}
	return cell
}

func cellsIn(line string) []string {
	if !strings.ContainsAny(line, "\t;|") && !strings.Contains(line, "  ") {
		return nil
	}
	var cells []string
	for _, c := range cellGap.Split(strings.Trim(line, " |\t;"), -1) {
		cells = append(cells, strings.Trim(c, ` "`))
	}
	return cells
}

var cellGap = newPattern(`\t|;|\s*\|\s*| {2,}`)

// kindOfHead is what a column's head announces when it is a label and nothing
// else.
func kindOfHead(cell string) refKind {
	labels := labelsOf(cell)
	if len(labels) == 0 || labels[0].at > 0 {
		return notReference
	}
	for w := range strings.FieldsFuncSeq(strings.ToLower(cell[labels[0].end:]), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if !numberWords[w] {
			return notReference
		}
	}
	return labels[0].kind
}
