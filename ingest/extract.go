package ingest

import (
	"slices"
	"strings"
	"time"
)

// Extract says what a mail is and what it asks for. It is a pure function: the
// same mail, catalogue and desk give the same facts.
func Extract(cat *Catalogue, m *Message, desk Desk) Facts {
	f := Facts{From: sender(m)}
	kind, why := machine(m, desk)
	inner := m
	if kind == "" {
		inner = unwrap(m)
	}
	if inner != m {
		f.From = sender(inner)
		kind, why = machine(inner, desk)
	}
	parts := newText(inner).handedOn(inner, desk)
	f.NewText = parts.text
	r := newReading(cat, inner, parts, desk)
	r.fill(&f, kind)
	f.Kind, f.KindWhy = kind, why
	if kind == "" {
		f.Kind, f.KindWhy = r.kindByContent(&f)
	}
	r.settle(&f)
	credit(&f, inner, parts, desk)
	f.NoAnswerWhy = noAnswer(m, desk, f.Kind)
	if f.NoAnswerWhy == "" && inner != m {
		f.NoAnswerWhy = noAnswer(inner, desk, f.Kind)
	}
	f.MayAnswer = f.NoAnswerWhy == ""
	return f
}

// orderPaper names a paper of a sale, in the subject of the mail that is answered.
var orderPaper = newSayings(`
	(order (confirmation|acknowledgement)|confirmation of (your )?order|(delivery|despatch|dispatch) (note|confirmation|advice)|your order|invoice)
	(auftragsbestätigung|bestellbestätigung|versandbestätigung|lieferschein|ihre bestellung|rechnung)
	(confirmation de (votre )?commande|accusé de réception|bon de livraison|votre commande|facture)
	(orderbevestiging|bestelbevestiging|verzendbevestiging|pakbon|(uw|je) bestelling|factuur)
	(conferma (d'|di |dell')?ordine|documento di trasporto|il (suo|vostro|tuo) ordine|fattura)
`)

// returnsOrder tells an answer to a paper of a sale that would give back what the paper
// lists, and names nothing itself.
func (r *reading) returnsOrder() bool {
	return r.parts.older != "" && !r.parts.forward && r.answers() && orderPaper.in(r.subject) && claims(strings.Join(r.newLines, "\n"))
}

// orderedUnits gives what the paper lists, where that is of one model: of several nothing
// tells which come back.
func (r *reading) orderedUnits() []unit {
	found := r.units(zone{foundIn: "quoted", lines: linesOf(r.parts.older)})
	for _, u := range found {
		if !sameModel(u.Model, found[0].Model) {
			return nil
		}
	}
	return found
}

// unwrap gives the mail inside of an Italian certified one (PEC), or the mail
// itself.
func unwrap(m *Message) *Message {
	if m.first("X-Trasporto") == "" {
		return m
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Message != nil && (strings.EqualFold(a.Name, "postacert.eml") || len(a.Message.From) > 0) {
			return a.Message
		}
	}
	return m
}

// reading is one mail with all its text at hand.
type reading struct {
	scanner
	msg      *Message
	parts    split
	desk     Desk
	subject  string
	newLines []string
	zones    []zone // best evidence first
	all      string // subject and text, for the makers' names and the reason
}

func newReading(cat *Catalogue, m *Message, parts split, desk Desk) *reading {
	r := &reading{msg: m, parts: parts, desk: desk, subject: plain(m.Subject)}
	r.newLines = linesOf(parts.text)
	r.zones = r.textZones()
	var all strings.Builder
	for _, z := range r.zones {
		if z.second {
			continue
		}
		all.WriteString(strings.Join(z.lines, "\n"))
		all.WriteByte('\n')
	}
	r.all = all.String()
	r.scanner = scanner{cat: cat, named: cat.namedIn(r.all + "\n" + sender(m).Name + "\n" + parts.older), body: r.newLines, proven: map[int]bool{}, modelled: map[int]bool{}}
	r.language = cat.tongue.of(unspoken(parts.text))
	if r.language == "und" {
		r.language = cat.tongue.of(parts.text)
	}
	if r.language == "und" {
		r.language = cat.tongue.of(r.subject + " " + parts.text)
	}
	r.askedSerial = !parts.forward && (asksSerial.in(parts.older) || r.answers() && asksSerial.in(r.subject))
	r.nameByModels()
	for maker := range r.named {
		r.formless = r.formless || !cat.formed[maker]
	}
	return r
}

// nameByModels takes the makers of the models in the text for named: a model
// that is long enough says whose it is.
func (r *reading) nameByModels() {
	const most = 300 // lines; longer texts are lists, whose makers the first lines name
	r.seen = map[string][]find{}
	for _, z := range r.zones {
		for _, line := range z.lines[:min(len(z.lines), most)] {
			if _, ok := r.seen[line]; ok || z.second && z.foundIn != "quoted" || !hasDigit(line) || len(line) > 2000 {
				continue
			}
			r.seen[line] = r.lookForModels(line, 0, make([]bool, len(line)+1))
			for _, f := range r.seen[line] {
				if !f.article && f.trust > inCompany && len(f.text) >= 4 && digitsIn(f.text) >= 2 && hasLetter(f.text) {
					r.named[f.maker] = true
				}
			}
		}
	}
}

// textZones are the stretches of the mail that units are looked for in, the
// best evidence first. Of the history only a forwarded mail counts, and what the
// sender points to.
func (r *reading) textZones() []zone {
	m := r.msg
	body, elsewhere := r.answered(zone{foundIn: "body", lines: r.newLines})
	zones := []zone{body}
	if t := tableText(m); t != "" {
		zones = append(zones, zone{foundIn: "body", lines: linesOf(t)})
	}
	zones = append(zones, zone{foundIn: "subject", lines: []string{rePrefix.ReplaceAllString(fwPrefix.ReplaceAllString(r.subject, ""), "")}})
	zones = append(zones, attachedZones(m, 0)...)
	switch {
	case r.parts.forward:
		zones = append(zones, zone{foundIn: "quoted", lines: linesOf(r.parts.older)})
	case len(elsewhere.lines) > 0:
		zones = append(zones, elsewhere)
	case r.parts.older != "" && pointsDown.in(strings.Join(r.newLines, "\n")):
		zones = append(zones, zone{foundIn: "quoted", lines: linesOf(r.parts.older), second: true})
	case r.parts.older != "" && pointsAt.in(strings.Join(r.newLines, "\n")):
		zones = append(zones, zone{foundIn: "quoted", lines: linesOf(r.parts.older), second: true, picked: true})
	}
	return zones
}

// tableText gives the tables of the HTML body where the plain body, made by
// the sender's program, has lost their rows.
func tableText(m *Message) string {
	if !strings.Contains(m.HTML, "<t") || !strings.Contains(lowerASCII(m.HTML), "<table") {
		return ""
	}
	text := htmlText(m.HTML)
	if strings.TrimSpace(text) == strings.TrimSpace(m.Text) {
		return ""
	}
	var rows []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "\t") && !strings.HasPrefix(line, ">") {
			rows = append(rows, line)
		}
	}
	return strings.Join(rows, "\n")
}

// fill reads what the text says, whatever the kind turns out to be.
func (r *reading) fill(f *Facts, kind Kind) {
	f.Language = r.language
	f.References = r.allReferences()
	if kind == Bounce || kind == OwnMail {
		return
	}
	text := r.subject + "\n\n" + strings.Join(r.newLines, "\n")
	f.Reason = reasonOf(text)
	if f.Reason == "" && len(r.zones) > 2 { // more than the text and the subject
		f.Reason = reasonOf(r.all)
	}
	if f.Reason != "defective" {
		plain, soft := ownFault(text)
		other := !plain && !soft && r.otherCame()
		if !plain && (f.Reason != "delivery_error" || !other) {
			r.extra = r.surplus(r.newLines)
		}
		if r.extra > 0 || other {
			f.Reason = "delivery_error"
		}
	}
	r.reason = f.Reason
	f.Units = r.allUnits()
	f.PurchaseDate = r.statedPurchase(f.Reason)
	f.Answer = r.quoteAnswer(f.Language)
	f.Withdrawal = withdraws.in(plain(f.NewText))
	f.Question = status.in(text) || standing.in(text)
	f.Unused = isUnused(text)
	r.wishes(f)
	f.Fault = faultWords(f.NewText)
	if f.Fault == "" && r.parts.forward {
		f.Fault = faultWords(strings.Join(withoutHeader(strings.Split(r.parts.older, "\n")), "\n"))
	}
}

// otherCame tells that the text names one model on paper and another in the box.
func (r *reading) otherCame() bool {
	const most = 40 // lines
	z := zone{lines: r.newLines[:min(len(r.newLines), most)]}
	var finds []find
	for n, line := range z.lines {
		if hasDigit(line) && len(line) < 2000 {
			finds = append(finds, r.models(line, n, make([]bool, len(line)+1))...)
		}
	}
	finds = slices.DeleteFunc(finds, func(f find) bool { return !r.trusted(&f) })
	low, _ := byTier(z, finds)
	return len(low) > 0
}

func (r *reading) now() time.Time {
	if !r.desk.Now.IsZero() && (r.msg.Date.IsZero() || r.msg.Date.After(r.desk.Now)) {
		return r.desk.Now
	}
	return r.msg.Date
}

// allUnits reads the zones, best evidence first. A zone that gives numbers
// makes units without one from other zones needless; papers and pictures
// complete what the text gives, see join.
func (r *reading) allUnits() []Unit {
	var numbered, bare []unit
	for _, z := range r.zones {
		found := r.units(z)
		if z.foundIn == "quoted" && len(numbered) > 0 && corrects.in(strings.Join(r.newLines, "\n")) {
			found = slices.DeleteFunc(found, func(u unit) bool { return corrected(u, numbered) })
		}
		if z.picked && (len(numbered) > 0 || !r.picks) {
			continue
		}
		switch {
		case z.second && len(numbered) > 0:
			numbered = r.join(numbered, found)
		case z.second && (!hasNumber(found) || z.bill && count(found) > max(1, len(bare))):
		case z.second && len(bare) >= count(found):
			numbered = r.join(bare, found)
		case hasNumber(found):
			numbered = merge(numbered, found)
		case len(found) > len(bare):
			bare = found
		}
	}
	units := numbered
	if len(units) == 0 {
		units = bare
	}
	if len(units) == 0 && r.returnsOrder() {
		units = r.orderedUnits()
	}
	r.nameFromElsewhere(units, bare)
	r.nameFromHistory(units)
	out := make([]Unit, 0, len(units))
	for _, u := range units {
		if id := r.cat.id(u.maker); id != "" {
			u.Manufacturer = id
		}
		u.VendorTicket = r.ticketOf(u)
		u.Line = cut(u.Line, 200)
		out = append(out, u.Unit)
	}
	return out
}

// corrects says that a number given before was wrong.
var corrects = newSayings(`
	(correct|right) (serial|number|one|sn) .. (is|should)
	(typo|mistyped|misread|misprint|correction)
	(richtig|korrekt) (ist|lautet|wäre|muss)
	(tippfehler|vertippt|zahlendreher|korrektur)
	(nummer|seriennummer) .. (falsch|stimmt nicht)
	(le bon|la bonne|le vrai) .. est
	(erreur de saisie|faute de frappe|coquille|rectification|rectificatif)
	(juiste|correcte) .. is
	(tikfout|typfout|typefout|correctie)
	(nummer|serienummer) .. (klopt niet|fout)
	(giusto|giusta|corretto|corretta|esatto|esatta) è
	(refuso|errore di battitura|rettifica|correzione)
`)

// corrected tells a unit whose number is, but for a slip, one that was given
// since.
func corrected(u unit, given []unit) bool {
	const slips = 2
	old := u.Serial + u.MAC
	return slices.ContainsFunc(given, func(g unit) bool {
		now := g.Serial + g.MAC
		if len(now) != len(old) {
			return false
		}
		differ := 0
		for i := range len(old) {
			if old[i] != now[i] {
				differ++
			}
		}
		return differ > 0 && differ <= slips
	})
}

// count is how many units have a number.
func count(units []unit) int {
	n := 0
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			n++
		}
	}
	return n
}

// nameFromHistory lends the only model of the mail that is answered to units
// that have none.
func (r *reading) nameFromHistory(units []unit) {
	if r.parts.older == "" || !slices.ContainsFunc(units, func(u unit) bool { return u.Model == "" }) {
		return
	}
	var finds []find
	for n, line := range linesOf(r.parts.older) {
		finds = append(finds, r.models(line, n, make([]bool, len(line)+1))...)
	}
	m := onlyModel(slices.DeleteFunc(finds, func(f find) bool { return !r.trusted(&f) }))
	if m == nil {
		return
	}
	for i := range units {
		u := &units[i]
		if u.Model == "" && (u.maker < 0 || u.maker == m.maker) && r.fits(u, m) {
			u.Model, u.maker = m.text, m.maker
		}
	}
}

// merge adds a zone's numbered units to those of better evidence. Units
// without a number count only in the zone that was read first.
func merge(units, found []unit) []unit {
	if len(units) == 0 {
		return found
	}
	for _, u := range found {
		if u.Serial != "" || u.MAC != "" {
			units = append(units, u)
		}
	}
	return dedupe(units)
}

func hasNumber(units []unit) bool {
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			return true
		}
	}
	return false
}

// nameFromElsewhere lends the only model of another zone, such as the subject,
// to units that have none.
func (r *reading) nameFromElsewhere(units, bare []unit) {
	if len(bare) == 0 {
		return
	}
	for _, b := range bare {
		if !strings.EqualFold(b.Model, bare[0].Model) {
			return
		}
	}
	for i := range units {
		u := &units[i]
		if u.Model == "" && (u.maker < 0 || u.maker == bare[0].maker || r.cat.maker(u.MAC) < 0) {
			u.Model, u.maker = bare[0].Model, bare[0].maker
		}
	}
}

// ticketOf gives the ticket that stands on the unit's own line.
func (r *reading) ticketOf(u unit) string {
	if u.VendorTicket != "" {
		return u.VendorTicket
	}
	var refs References
	r.ticketsOf(u.Line, labelsOf(u.Line), "", "", &refs)
	for _, t := range refs.VendorTicket {
		if t != u.Serial {
			return t
		}
	}
	return ""
}

// credit gives a colleague's forward to the person whose mail it was.
func credit(f *Facts, m *Message, parts split, desk Desk) {
	if !isStaff(m, desk) || !parts.forward {
		return
	}
	for line := range strings.SplitSeq(parts.older, "\n") {
		if roleOf(line) != fromRole {
			continue
		}
		_, value, _ := strings.Cut(line, ":")
		value = strings.NewReplacer("[mailto:", "<", "]", ">", "*", "").Replace(value)
		for _, a := range addresses([]string{value}) {
			if strings.Contains(a.Address, "@") {
				f.From = a
				return
			}
		}
		return
	}
}
