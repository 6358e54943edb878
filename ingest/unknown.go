package ingest

import (
	"slices"
	"strings"
)

// Models that the catalogue does not know, and makers that it does not know.

var (
	modelKey = newPattern(`(?i)^[\s>*•-]*(?:(?:device|product|geräte?|artikel|produkt)?[- ]?(?:model|modell|modèle|modele|modello|typ|type|tipo)(?:[- ]?(?:name|number|nummer|no\.?|nr\.?|bezeichnung))?|modellbezeichnung|gerät|geraet|device|product|produkt|produit|prodotto|appareil|toestel|apparecchio|artikel|article|articolo|dispositivo)\s*[:=\t]\s*(\S.*)$`)
	makerKey = newPattern(`(?i)^[\s>*•-]*(?:manufacturer|brand|make|vendor|hersteller|marke|fabricant|marque|merk|fabrikant|marca|produttore|costruttore)\s*[:=\t]\s*(\S.*)$`)
	// goods are words before a model that are no maker's name: what the thing is,
	// and how a sentence begins.
	goods = newPattern(`(?i)^(?:(?:ip|sip|voip|dect|wlan|wifi|lan|usb|poe|gsm|lte|isdn|tk|ups|usv|onduleur|nvr|pbx|ata|ap|rma|sav|s/?n|sn|mac|nr|no|pos|doa|ps|re|art)|` +
		`(?:\pL*(?:telefon|phone|telephone|téléphone|gerät|geräte|telefono|telefoon|toestel|switch|router|gateway|station|anlage|zentrale|kamera|camera|headset|modem|modul|module|adapter|netzteil|firewall|server|teil|sprechstelle|sprecher|hörer|lizenz|tür|box|centrale|intercom|citofono|videocitofono|centralino|casque|borne|poste|postes|appareil|apparecchio|apparecchi|dispositivo|device|devices|unit|units|handset|base|basis|accesspoint|point|access|converter|alimentatore|alimentation|routeur|commutateur|serie|série|series|modell|model|models|modèle|modello|typ|type|tipo|artikel|article|produkt|product|produit|prodotto|firmware|version|windows|ticket|order|bestellung|rechnung|invoice|case|kunde|kunden|firma|etage|raum|zimmer|room|floor|port|slot|kanal|channel|line|line|linie|seite|page|punkt|point|etichetta|seriale|matricola|numero|nummer|number|serial|seriennummer|serienummer))|` +
		`(?:the|a|an|our|my|your|this|that|one|two|hi|hello|dear|please|it|is|we|i|das|die|der|den|dem|ein|eine|einen|einem|unser|unsere|unserer|mein|meine|ihr|ihre|hallo|guten|bitte|es|wir|ich|am|im|mit|von|vom|zum|für|le|la|les|l|un|une|des|du|de|notre|nos|mon|ma|votre|vos|ce|cet|cette|bonjour|merci|nous|je|il|elle|en|het|een|onze|ons|mijn|uw|dit|deze|dag|beste|graag|wij|ik|lo|gli|i|uno|una|nostro|nostra|mio|mia|vostro|questo|questa|buongiorno|salve|ho|abbiamo|and|und|et|e|or|oder|ou|of|from|with|avec|met|con|per|pour|voor|january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|subject|betreff|objet|onderwerp|oggetto))$`)
	nameWord  = newPattern(`^[A-ZÄÖÜÉÈ][\pL&!]{2,}$`)
	codeWord  = newPattern(`^(?:[A-Z][A-Za-z]{0,9}-?\d[0-9A-Za-z]*(?:[-/+][0-9A-Za-z]+)*\+?|[A-Z]{1,6}-[0-9A-Z]*\d[0-9A-Z]*(?:[-/][0-9A-Za-z]+)*|\d{1,4}[A-Z][0-9A-Za-z]*)$`)
	digitWord = newPattern(`^\d{2,5}(?:-\d{2,5})?[A-Za-z]{0,2}$`)
	extraWord = newPattern(`^(?:HD|LR|FXS|FXO|IP|VI|PRO|Pro|Plus|UC|MS|II|III|SE|XL|Lite|Mini|Max|V\d|v\d|AC|AX|PoE|LTE|5G)$`)
)

// nameUnknown gives a unit with a number but without a model the model that is
// written beside it, though no pattern knows it; and its maker, by name, where
// one is written before that model.
func (s *scanner) nameUnknown(lines []string, units []unit) {
	for i := range units {
		u := &units[i]
		if u.Model != "" || u.Serial == "" && u.MAC == "" || !u.labelled && u.Serial != "" {
			continue
		}
		from := 0
		if i > 0 && units[i-1].line < u.line {
			from = units[i-1].line + 1
		}
		s.nameFrom(u, lines, max(from, u.line-6), min(len(lines)-1, u.line+3))
	}
	only, maker, name := "", -1, ""
	for _, u := range units {
		if u.Model != "" {
			if only != "" && only != u.Model {
				return
			}
			only, maker, name = u.Model, u.maker, u.Manufacturer
		}
	}
	for i := range units {
		if u := &units[i]; u.Model == "" && only != "" && u.labelled && (u.maker < 0 || u.maker == maker) {
			u.Model, u.maker, u.Manufacturer = only, maker, name
		}
	}
}

// nameFrom looks at the lines around a unit, the nearest above first.
func (s *scanner) nameFrom(u *unit, lines []string, from, to int) {
	for n := u.line; n >= from; n-- {
		if s.nameByLine(u, lines, n) {
			return
		}
	}
	for n := u.line + 1; n <= to; n++ {
		if serialLabel.in(lines[n]) {
			return
		}
		if m := modelKey.FindStringSubmatch(lines[n]); m != nil && s.nameByLine(u, lines, n) {
			return
		}
	}
}

func (s *scanner) nameByLine(u *unit, lines []string, n int) bool {
	line := lines[n]
	if m := modelKey.FindStringSubmatch(line); m != nil && len(m[1]) < 40 && hasDigit(m[1]) && !serialLabel.in(m[1]) {
		s.split(u, strings.Fields(strings.Trim(m[1], " .,;*")), true)
		s.makerByKey(u, lines, n)
		return u.Model != ""
	}
	end := len(line)
	if n == u.line {
		if at := strings.Index(upper(line), u.Serial); at > 0 && u.Serial != "" {
			end = at
		}
	}
	if l := serialLabel.all(line[:end]); len(l) > 0 && l[0][0] > 0 {
		end = l[0][0]
	}
	run := s.run(strings.ReplaceAll(line[:end], "\t", " | "), u.Serial)
	s.split(u, run, false)
	return u.Model != ""
}

// makerByKey reads "Manufacturer: Auerswald" on a line beside that of the model.
func (s *scanner) makerByKey(u *unit, lines []string, n int) {
	for k := max(0, n-2); k <= min(len(lines)-1, n+2); k++ {
		m := makerKey.FindStringSubmatch(lines[k])
		if m == nil || u.maker >= 0 || u.Manufacturer != "" {
			continue
		}
		if f := s.makers(m[1], 0, nil); len(f) > 0 {
			u.maker = f[0].maker
		} else if len(m[1]) < 30 {
			u.Manufacturer = strings.ToLower(strings.Trim(m[1], " .,;*"))
		}
	}
}

// run is the last run of words before a number that reads like a product's
// name: names and codes side by side, with a digit in one of them.
func (s *scanner) run(text, serial string) []string {
	var run, best []string
	end := func() {
		if hasDigit(strings.Join(run, "")) {
			best = run
		}
		run = nil
	}
	fields := strings.Fields(text)
	for i, w := range fields {
		bare := strings.Trim(w, ",.;:()\"'!?")
		like := nameWord.MatchString(bare) || codeWord.MatchString(bare) && serialLike(bare, serial) || len(run) > 0 && (digitWord.MatchString(bare) || extraWord.MatchString(bare))
		if !like || len(run) == 0 && goods.MatchString(bare) || otherLabel.in(bare) || i > 0 && otherLabelIn(" "+fields[i-1]+" ") {
			end()
			continue
		}
		run = append(run, bare)
		if bare != strings.TrimLeft(w, "(\"'") {
			end()
		}
	}
	end()
	return best
}

// serialLike keeps out of a product's name what is another number.
func serialLike(w, serial string) bool {
	return len(w) <= 14 && !strings.EqualFold(w, serial) && digitsIn(w) <= 5 && !dateish.MatchString(w) && !version.MatchString(upper(w))
}

// simpleName is a name with no capital inside, as makers have it more often
// than families of models do.
var simpleName = newPattern(`^[A-Z][a-zäöüéè]+$`)

// split parts a product's name in maker and model: a maker that the catalogue
// knows; else the first of several names, or the only one before a code.
func (s *scanner) split(u *unit, run []string, keyed bool) {
	if len(run) == 0 {
		return
	}
	text := strings.Join(run, " ")
	if bare := s.withoutMaker(text); bare != text {
		f := s.makers(text[:len(text)-len(bare)], 0, nil)
		if len(f) > 0 && (u.maker < 0 || u.maker == f[0].maker) {
			u.maker = f[0].maker
		}
		u.Model = bare
		return
	}
	names := 0
	for names < len(run) && !hasDigit(run[names]) {
		names++
	}
	if names == len(run) {
		return
	}
	switch {
	case u.maker >= 0 && !keyed:
		return // whose model it is must be told by his name or a label
	case names >= 2, names == 1 && codeWord.MatchString(run[1]) && !extraWord.MatchString(run[1]), names == 1 && simpleName.MatchString(run[0]):
		if u.maker < 0 {
			u.Manufacturer, run = strings.ToLower(run[0]), run[1:]
		}
	}
	u.Model = strings.Join(run, " ")
}

// namedAlone tells that a unit's line names a maker and a model of its own,
// while the model that it would get stands on the line of another unit.
func (s *scanner) namedAlone(z zone, units []unit, i int, m *find) bool {
	u := &units[i]
	if m.line >= u.line || u.line >= len(z.lines) || u.Serial == "" {
		return false
	}
	used := false
	for k := range units {
		used = used || k != i && units[k].line == m.line
	}
	if !used {
		return false
	}
	return s.ownName(z, find{text: u.Serial, line: u.line})
}

// ownName tells that the line of a number names a maker and a model, though no
// pattern knows them.
func (s *scanner) ownName(z zone, f find) bool {
	if f.line >= len(z.lines) {
		return false
	}
	var probe unit
	probe.maker, probe.Serial, probe.line = -1, f.text, f.line
	return s.nameByLine(&probe, z.lines, f.line) && (probe.Manufacturer != "" || probe.maker >= 0)
}

var (
	bulleted  = newPattern(`(?i)^\s*(?:[-*•·–>]+\s|\(?\d{1,2}\s?[.)/]\s|\(?[a-h]\)\s|\d{1,3}\s?(?:x|×|st\.?|stk\.?|pcs|pz\.?|n\.)\s|n\.? ?\d{1,2}\s)`)
	unlabeled = newPhrase(`(?i)(?:\b(?:no|missing|without|illegible|unreadable) (?:\pL+ ){0,2}(?:label|sticker|serial)|\b(?:label|sticker) (?:\pL+ ){0,2}(?:missing|gone|illegible|unreadable|faded|scuffed|off)|aufkleber (?:\pL+ ){0,2}(?:ab|fehlt|unleserlich|weg)|(?:kein|ohne) (?:aufkleber|typenschild|etikett)|unleserlich|(?:plus|pas) (?:de |l'|d')étiquette|étiquette (?:\pL+ ){0,2}(?:illisible|noircie|effacée|absente|arrachée)|illisible|` +
		`geen (?:sticker|etiket|label)|(?:sticker|etiket) (?:\pL+ ){0,3}(?:weg|onleesbaar)|onleesbaar|(?:senza|manca l'|non c'è (?:più )?l') ?etichetta|etichetta (?:\pL+ ){0,2}(?:illeggibile|assente|rovinata|staccata)|illeggibile)`)
	afterMaker = newPattern(`^\s+((?:\pL[\pL\d+-]{1,15}\s)?[\pL\d+-]{0,12}\d[\pL\d/+-]{0,12}(?:\s(?:DECT|IP|HD|PRO|Pro))?)(?:$|[\s,.;:)])`)
)

// unnumberedInList adds the units without a number that stand in a list beside others
// that have one, and those of which the text says that their label is gone.
func (s *scanner) unnumberedInList(z zone, units []unit, finds []find) []unit {
	numbered := map[int]bool{}
	for _, u := range units {
		numbered[u.line] = true
	}
	inList := false
	for n := range numbered {
		inList = inList || n < len(z.lines) && bulleted.MatchString(z.lines[n])
	}
	for n := 0; n < len(z.lines); n++ {
		line := z.lines[n]
		bullet := bulleted.MatchString(line)
		if numbered[n] || len(line) > 400 || !(bullet && inList) && !unlabeled.in(line) {
			continue
		}
		end := n + 1
		for end < len(z.lines) && strings.TrimSpace(z.lines[end]) != "" && !bulleted.MatchString(z.lines[end]) {
			end++
		}
		if bullet && anyNumbered(numbered, n, end) || s.topical(line) {
			continue
		}
		if f := s.firstNamed(z, finds, n); f != nil && (!hasModelUnit(units, f.text) || bullet && unlabeled.in(line)) {
			for range max(1, f.quantity) {
				units = append(units, modelUnit(z, f))
			}
		}
	}
	return s.brokenToo(z, units, finds)
}

// brokenToo adds the units without a number of which the text says beside one with
// a number that they are broken, too: "a base (serial ...) and a handset M70 with a
// swollen battery".
func (s *scanner) brokenToo(z zone, units []unit, finds []find) []unit {
	const reach = 90
	if s.reason != "defective" || z.list || z.codes {
		return units
	}
	for _, f := range finds {
		if !isModel(f) || f.quantity < 1 && !anyOne.MatchString(f.before) || f.article || partner.MatchString(f.before) || f.line >= len(z.lines) || hasModelUnit(units, f.text) || slices.ContainsFunc(s.ordered, func(o string) bool { return sameModel(o, f.text) }) {
			continue
		}
		clause := strings.Join(z.lines[f.line:min(len(z.lines), f.line+2)], "\n")[f.end:]
		clause = clause[:min(len(clause), reach)]
		if loc := sentenceBreak.FindStringIndex(clause); loc != nil {
			clause = clause[:loc[0]]
		}
		if numberWithin(finds, f.line, f.end, len(clause)) {
			continue // that one is the broken one
		}
		if faulty(clause) || troubled(clause) && itsFault.MatchString(clause) {
			for range max(1, f.quantity) {
				units = append(units, modelUnit(z, &f))
			}
		}
	}
	return units
}

// numberWithin tells that a number stands within a reach of a place.
func numberWithin(finds []find, line, at, reach int) bool {
	return slices.ContainsFunc(finds, func(f find) bool { return isNumber(f) && f.line == line && f.at >= at && f.at < at+reach })
}

// partner stands before what the broken unit works with.
var partner = newPattern(`(?i)(?:^|\s)(?:on|to|with|at|behind|for|an|am|mit|hinter|für|bei|à|sur|avec|derrière|pour|aan|op|met|achter|voor|bij|a|su|con|dietro|per)\s(?:a|an|un|une|ein|eine|einen|einem|einer|een|uno|una|our|my|the)\s(?:\pL+\s){0,2}$`)

// anyOne stands before a thing that was not named before.
var anyOne = newPattern(`(?i)(?:^|\s)(?:a|an|un|une|ein|eine|einen|einem|een|uno|una)\s(?:\pL+\s){0,2}$`)

// itsFault begins to tell the fault of the model before it.
var itsFault = newPattern(`(?i)^\s*(?:with|that|which|whose|mit|deren|dessen|avec|dont|qui|met|waarvan|die|con|che|il cui|la cui|,|:|-|–|\()`)

// topical tells a line that gives numbers of other kinds, and no unit.
func (s *scanner) topical(line string) bool { return kept.in(line) || works(line+" ") }

func anyNumbered(numbered map[int]bool, from, to int) bool {
	for n := from; n < to; n++ {
		if numbered[n] {
			return true
		}
	}
	return false
}

func hasModelUnit(units []unit, model string) bool {
	for _, u := range units {
		if sameModel(u.Model, model) {
			return true
		}
	}
	return false
}

// firstNamed is the model that a line names first, or what stands behind a
// maker's name on it.
func (s *scanner) firstNamed(z zone, finds []find, n int) *find {
	for i := range finds {
		if f := &finds[i]; f.line == n && isModel(*f) {
			return f
		}
	}
	for i := range finds {
		f := finds[i]
		if f.line != n || f.kind != aMaker || f.end > len(z.lines[n]) {
			continue
		}
		if m := afterMaker.FindStringSubmatch(z.lines[n][f.end:]); m != nil {
			f.kind, f.text, f.quantity, f.evidence = aModel, m[1], s.quantityBefore(z.lines[n][:f.at]), lineAround(z.lines[n], f.at)
			return &f
		}
	}
	return nil
}
