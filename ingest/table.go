package ingest

import (
	"slices"
	"strings"
	"unicode"
)

// column is what a table's column holds.
type column int

const (
	colOther column = iota
	colSerial
	colMAC
	colModel
	colMaker
	colQuantity
	colReturn
	colTicket
)

// table is a head that was understood; rows follow it.
type table struct {
	sep   string // "\t", ";", "|", ",", "  "
	cols  []column
	start []int // where the head's cells begin, of a fixed-width table
	flag  int   // from 1, the column that says by yes or no whether a unit is faulty, or works; 0 for none
	works bool  // that column says whether it works
}

var (
	colModelName  = newPattern(`(?i)^(?:\W*)(?:model|modell|poste|terminal|handset|téléphone|telefono|modèle|modele|modello|type|typ|tipo|artikel(?:bezeichnung|omschrijving)?|article|articolo|product|produkt|produit|prodotto|device|gerät|geraet|appareil|toestel|apparecchio|désignation|designation|bezeichnung|omschrijving|descrizione|description|item|hardware|matériel|materiaal|telefoon|telefon)`)
	colMakerName  = newPattern(`(?i)^(?:manufacturer|brand|make|vendor|hersteller|marke|fabricant|marque|merk|fabrikant|marca|produttore|costruttore)`)
	colCount      = newPattern(`(?i)^(?:qty|quantity|quantité|qté|menge|anzahl|stück|stk|aantal|quantità|q\.?t(?:à|a'?)|pcs|pz|stückzahl|hoeveelheid)(?:\P{L}|$)`)
	colReturnName = newPattern(`(?i)(?:^(?:return|retour|reso|rücksendung)$|to return|returning|return\?|à (?:retourner|reprendre|renvoyer)|retourner \?|zurückgeben|rückgabe|da (?:restituire|ritirare)|rücksenden|zurück|retour\?|terugsturen|retourneren|da rendere|reso\?|rientr)`)
	colTicketName = newPattern(`(?i)ticket|(?:^|\s)case\b`)
	tableLine     = newPattern(`^[\s|+=_-]*$`)
	no            = newPattern(`(?i)^\s*(?:no|non|nein|nee|neen|n|0|-)\s*(?:$|[(:;,–-])`)
)

func columnOf(cell string) column {
	cell = strings.TrimSpace(strings.Trim(cell, `"'* `))
	switch {
	case cell == "" || len(cell) > 45:
		return colOther
	case colReturnName.MatchString(cell):
		return colReturn
	case serialLabel.in(cell) || strings.EqualFold(cell, "serie"):
		return colSerial
	case macLabel.in(cell):
		return colMAC
	case colTicketName.MatchString(cell):
		return colTicket
	case colModelName.MatchString(cell):
		return colModel
	case colMakerName.MatchString(cell):
		return colMaker
	case colCount.MatchString(cell):
		return colQuantity
	}
	return colOther
}

// tableHead understands a line as a table's head: several cells, one of them a
// serial or a MAC, or a model and how many of it; none with a value in it.
func tableHead(line string) (table, bool) {
	for _, sep := range []string{"\t", ";", "|", "  ", ","} {
		cells, start := cellsOf(line, sep)
		if len(cells) < 2 {
			continue
		}
		t := table{sep: sep, start: start}
		useful, counted, named := false, false, false
		if sep == "," && len(line) > 30*len(cells) {
			continue
		}
		for _, c := range cells {
			if _, value := serialValue(strings.TrimSpace(c)); value {
				return table{}, false
			}
			col := columnOf(c)
			useful = useful || col == colSerial || col == colMAC
			counted = counted || col == colQuantity || col == colReturn && sep != ","
			named = named || col == colModel
			t.cols = append(t.cols, col)
		}
		t.withoutArticles(cells)
		t.flagIn(cells)
		if useful || counted && named && sep != "," {
			return t, true
		}
	}
	return table{}, false
}

// flagIn looks for the column that asks whether a unit is faulty, or works.
func (t *table) flagIn(heads []string) {
	for i, head := range heads {
		if t.cols[i] != colOther {
			continue
		}
		faulty := faultyHead.MatchString(head)
		if faulty || worksHead.MatchString(head) {
			t.flag, t.works = i+1, !faulty
			return
		}
	}
}

var (
	faultyHead = newPattern(`(?i)^\W*(?:faulty|defective|defect|broken|dead|failed|fault|defekt|kaputt|fehler(?:haft)?|défectueux|défaut|en panne|panne|hs|hors service|defect|kapot|stuk|storing|guast[oi]|difettos[oi]|difetto|rott[oi])\s*\??\W*$`)
	worksHead  = newPattern(`(?i)^\W*(?:ok(?:ay)?|works|working|functional|good|funktioniert|läuft|i\.?\s?o\.?|in ordnung|fonctionne(?:l)?|marche|bon|werkt|goed|in orde|funziona(?:nte)?|a posto)\s*\??\W*$`)
	yesCell    = newPattern(`(?i)^\s*(?:yes|y|ja|j|oui|o|sì|si|s|true|x|✓|✔)\s*$`)
	noCell     = newPattern(`(?i)^\s*(?:no|n|nein|non|nee|neen|false|-)?\s*$`)
)

// flagged gives a test of that column, where its cells say yes and no and nothing else;
// nil where it has none.
func (t table) flagged(rows []row) func(row) bool {
	if t.flag == 0 {
		return nil
	}
	cell := func(r row) string {
		if t.flag > len(r.cells) {
			return ""
		}
		return r.cells[t.flag-1]
	}
	yes := 0
	for _, r := range rows {
		switch c := cell(r); {
		case yesCell.MatchString(c):
			yes++
		case !noCell.MatchString(c):
			return nil
		}
	}
	if yes == 0 || yes == len(rows) {
		return nil
	}
	return func(r row) bool { return yesCell.MatchString(cell(r)) != t.works }
}

// withoutArticles takes the columns of order codes for nothing where another one has
// the models.
func (t table) withoutArticles(heads []string) {
	models := 0
	for _, c := range t.cols {
		if c == colModel {
			models++
		}
	}
	for i, head := range heads {
		if models > 1 && t.cols[i] == colModel && articleHead.MatchString(head) {
			t.cols[i] = colOther
			models--
		}
	}
}

var articleHead = newPattern(`(?i)(?:item|article|articolo|artikel|art|product|produkt|produit|prodotto|part|material)[. -]{0,2}(?:no|nr|num(?:ber|mer|ero|éro)?|code|id|#|n°)\b|^(?:codice|code|réf|ref)`)

// cellsOf cuts a line into cells and says where each begins.
func cellsOf(line, sep string) (cells []string, start []int) {
	at := 0
	add := func(end int) {
		if sep == "  " && strings.TrimSpace(line[at:end]) == "" {
			return
		}
		lead := len(line[at:end]) - len(strings.TrimLeft(line[at:end], " "))
		cells = append(cells, strings.Trim(strings.TrimSpace(line[at:end]), `"`))
		start = append(start, at+lead)
	}
	for i := 0; i+len(sep) <= len(line); {
		if line[i:i+len(sep)] != sep {
			i++
			continue
		}
		add(i)
		for i += len(sep); sep == "  " && i < len(line) && line[i] == ' '; i++ {
		}
		at = i
	}
	add(len(line))
	return cells, start
}

// row puts the cells of a line under the columns; ok is false when the line is
// no row of the table.
func (t table) row(line string) (cells []string, ok bool) {
	parts, start := cellsOf(line, t.sep)
	if len(parts) < 2 {
		return nil, false
	}
	if t.sep == "  " && len(parts) < len(t.cols) {
		if whole := t.cut(line); whole != nil {
			return whole, true
		}
	}
	cells = make([]string, len(t.cols))
	for i, p := range parts {
		k := i
		if t.sep == "  " && len(parts) != len(t.cols) {
			k = t.nearest(start[i])
		}
		if k < len(cells) {
			cells[k] = strings.TrimSpace(cells[k] + " " + p)
		}
	}
	if t.sep != "  " && len(parts) < len(cells) {
		cells = cells[:len(parts)]
	}
	return cells, true
}

// cut parts a line of a fixed-width table where the head's cells begin, nil where
// a word of the line stands across such a place.
func (t table) cut(line string) []string {
	cells := make([]string, len(t.start))
	for k, from := range t.start {
		to := len(line)
		if k+1 < len(t.start) {
			to = min(to, t.start[k+1])
		}
		switch {
		case from >= len(line):
			continue
		case k > 0 && line[from-1] != ' ', line[from] == ' ':
			return nil
		}
		cells[k] = strings.TrimSpace(line[from:to])
	}
	return cells
}

func (t table) nearest(at int) int {
	best, distance := 0, 1<<30
	for i, s := range t.start {
		if d := max(at-s, s-at); d < distance {
			best, distance = i, d
		}
	}
	return best
}

// row is one line of a table.
type row struct {
	line  int
	text  string
	cells []string
}

// readTable reads the table that begins on line n: below a head, or without
// one, or with a head that says nothing, by what its columns hold. It gives the
// units and the number of lines that were used, 0 when there is no table.
func (s *scanner) readTable(z zone, n int) (units []unit, used int) {
	line := z.lines[n]
	if !strings.ContainsAny(line, "\t|;,") && !strings.Contains(line, "  ") {
		return nil, 0
	}
	t, headed := tableHead(line)
	var rows []row
	if headed {
		rows, used = t.rows(z, n)
		if len(rows) == 0 {
			return s.readColumns(z, n)
		}
	} else if units, used = s.readColumns(z, n); used > 0 {
		return units, used
	} else if t, rows, used = s.headless(z, n); used == 0 {
		return nil, 0
	}
	s.byContent(&t, rows)
	units = s.tableUnits(t, rows)
	switch {
	case !hasNumber(units) && !headed:
		return nil, 0
	case len(units) == 0 && !s.anyUnit(t, rows):
		return nil, 0
	case staysBelow(z.lines, n):
		return nil, used
	}
	for i := range units {
		units[i].FoundIn = z.foundIn
	}
	return units, used
}

// rows gives the lines below the head as rows, to the third that is none.
func (t table) rows(z zone, n int) (rows []row, used int) {
	misses := 0
	for i := n + 1; i < len(z.lines) && misses < 3; i++ {
		line := z.lines[i]
		if tableLine.MatchString(line) {
			if strings.TrimSpace(line) == "" {
				misses++
			}
			continue
		}
		cells, ok := t.row(line)
		if ok && len(rows) > 0 && t.broken(rows[len(rows)-1], line) {
			last := &rows[len(rows)-1]
			last.text += " " + line
			last.cells, _ = t.row(last.text)
			used = i - n
			continue
		}
		if !ok || !hasNumberOrModel(cells) {
			misses++
			continue
		}
		misses = 0
		rows = append(rows, row{i, line, cells})
		used = i - n
	}
	if len(rows) == 0 {
		return nil, 0
	}
	return rows, used + 1
}

// broken tells that a line is the rest of the row above it: a cell had two lines.
func (t table) broken(last row, line string) bool {
	if t.sep != "\t" {
		return false
	}
	before, behind := strings.Count(last.text, t.sep)+1, strings.Count(line, t.sep)+1
	return before < len(t.cols) && behind < len(t.cols) && before+behind == len(t.cols)+1
}

func hasNumberOrModel(cells []string) bool {
	for _, c := range cells {
		if hasDigit(c) {
			return true
		}
	}
	return false
}

// headless takes lines that are cut in the same number of cells for a table
// whose head, if it has one, says nothing.
func (s *scanner) headless(z zone, n int) (t table, rows []row, used int) {
	for _, sep := range []string{"\t", "|", ";", "  "} {
		cells, start := cellsOf(z.lines[n], sep)
		if len(cells) < 2 || sep == "  " && len(cells) < 3 {
			continue
		}
		t = table{sep: sep, start: start, cols: make([]column, len(cells))}
		rows = nil
		for i := n; i < len(z.lines); i++ {
			if tableLine.MatchString(z.lines[i]) && strings.TrimSpace(z.lines[i]) != "" {
				continue
			}
			c, _ := cellsOf(z.lines[i], sep)
			if len(c) != len(cells) || i > n && serialLabel.in(z.lines[i]) && sep != "\t" {
				break
			}
			rows = append(rows, row{i, z.lines[i], c})
			used = i - n + 1
		}
		if len(rows) < 2 || isForm(rows) {
			continue
		}
		if !slices.ContainsFunc(rows[0].cells, func(c string) bool { return s.holds(c) != colOther }) {
			for k, c := range rows[0].cells {
				t.cols[k] = columnOf(c)
			}
			rows = rows[1:]
		}
		return t, rows, used
	}
	return table{}, nil, 0
}

// isForm tells lines of "label, value" from the rows of a table.
func isForm(rows []row) bool {
	labels := 0
	for _, r := range rows {
		if first := r.cells[0]; serialLabel.in(first) || macLabel.in(first) || otherLabel.in(first) || colModelName.MatchString(first) && !hasDigit(first) {
			labels++
		}
	}
	return labels > 1 || labels == 1 && len(rows[0].cells) == 2
}

// byContent says what the columns hold whose head does not tell.
func (s *scanner) byContent(t *table, rows []row) {
	has := map[column]bool{}
	for _, c := range t.cols {
		has[c] = true
	}
	for k := range t.cols {
		if t.cols[k] != colOther {
			continue
		}
		full, serials, macs, models := 0, 0, 0, 0
		for _, r := range rows {
			if k >= len(r.cells) || r.cells[k] == "" || r.cells[k] == "-" {
				continue
			}
			full++
			switch s.holds(r.cells[k]) {
			case colSerial:
				serials++
			case colMAC:
				macs++
			case colModel:
				models++
			}
		}
		switch {
		case macs > 0 && macs*2 >= full-1 && !has[colMAC]:
			t.cols[k] = colMAC
		case serials > 0 && serials*2 >= full-1 && !has[colSerial]:
			t.cols[k] = colSerial
		case models > 0 && models*2 >= full-1 && !has[colModel]:
			t.cols[k] = colModel
		}
		has[t.cols[k]] = true
	}
}

// holds tells what one cell is: a MAC, a serial of a maker's form, a model.
func (s *scanner) holds(cell string) column {
	cell = strings.TrimSpace(cell)
	up := upper(cell)
	if loc := macForm.FindStringIndex(cell); loc != nil && loc[0] == 0 && loc[1] == len(cell) {
		if mac := hexOnly(up); s.cat.maker(mac) >= 0 || strings.ContainsAny(cell, ":-") && len(cell) == 17 {
			return colMAC
		}
	}
	spans := words(cell)
	if len(spans) == 0 || len(cell) > 60 {
		return colOther
	}
	if v, used := s.group(cell, 0, spans); used == len(spans) && len(v) >= 8 && !lookalike(v) && (s.known(v) || s.formOf(v) >= 0) {
		return colSerial
	}
	if len(s.models(cell, 0, make([]bool, len(cell)+1))) > 0 {
		return colModel
	}
	return colOther
}

// tableUnits makes the units of the rows that come back.
func (s *scanner) tableUnits(t table, rows []row) []unit {
	returned := t.says(rows, colReturn, func(cell string) bool { return cell != "" && !no.MatchString(cell) })
	if returned == nil {
		returned = t.flagged(rows)
	}
	if returned == nil {
		returned = s.fates(t, rows)
	}
	state, crossed := stateColumn(t, rows), crossColumn(rows)
	var units []unit
	for i, r := range rows {
		if i > 0 {
			s.ditto(t, rows[i-1], &r)
			rows[i] = r
		}
		made, ok := s.tableRow(t.counting(rows), r)
		if !ok || returned != nil && !returned(r) || state >= 0 && state < len(r.cells) && saysWorking(r.cells[state]) {
			continue
		}
		if crossed >= 0 && !cross.MatchString(r.cells[crossed]) {
			continue
		}
		if last := r.cells[len(r.cells)-1]; kept.in(last) && reasonOf(last) != "defective" {
			continue
		}
		units = append(units, made...)
	}
	return units
}

// counting is the table with its column of what comes back taken for the quantity,
// where that has nothing but numbers.
func (t table) counting(rows []row) table {
	k := slices.Index(t.cols, colReturn)
	if k < 0 || slices.ContainsFunc(rows, func(r row) bool { return k < len(r.cells) && !onlyCount.MatchString(r.cells[k]) }) {
		return t
	}
	t.cols = slices.Clone(t.cols)
	for i, c := range t.cols {
		if c == colQuantity {
			t.cols[i] = colOther
		}
	}
	t.cols[k] = colQuantity
	return t
}

var onlyCount = newPattern(`^\s*(?:\d{0,3}|-)\s*(?:x|st\pL*|pcs|pz|pi\pL*)?\.?\s*$`)

func (s *scanner) anyUnit(t table, rows []row) bool {
	for _, r := range rows {
		if _, ok := s.tableRow(t, r); ok {
			return true
		}
	}
	return false
}

var sameAs = newPattern(`(?i)^\W*(?:"|''|″|,,|〃|-"-|dito|ditto|dto\.?|id\.?|idem|same(?: again)?|gleich|wie oben|s\.? ?o\.?|pareil|stesso|uguale|zelfde|hetzelfde|as above)\W*$`)

// ditto fills a cell for the model or the maker that refers to the row above,
// or is empty because the cell above spans both.
func (s *scanner) ditto(t table, above row, r *row) {
	if len(r.cells) == len(t.cols)-1 && len(above.cells) == len(t.cols) && !slices.ContainsFunc(r.cells, s.isModelCell) {
		for k, col := range t.cols {
			if (col == colModel || col == colMaker) && s.under(t.cols, k, r.cells) {
				r.cells = slices.Insert(slices.Clone(r.cells), k, above.cells[k])
				return
			}
		}
	}
	for k, col := range t.cols {
		if k >= len(r.cells) || k >= len(above.cells) || col != colModel && col != colMaker {
			continue
		}
		if sameAs.MatchString(r.cells[k]) || strings.TrimSpace(r.cells[k]) == "" && s.under(t.cols, len(t.cols), r.cells) {
			r.cells = slices.Clone(r.cells)
			r.cells[k] = above.cells[k]
		}
	}
}

func (s *scanner) isModelCell(cell string) bool { return s.holds(cell) == colModel }

// under tells that the cells stand under the right heads when that of column k
// is left out: a number where a serial is due.
func (s *scanner) under(cols []column, k int, cells []string) bool {
	for i, col := range cols {
		if i == k || col != colSerial && col != colMAC {
			continue
		}
		if i > k {
			i--
		}
		return i < len(cells) && digitsIn(cells[i]) >= 5 && s.holds(cells[i]) != colModel
	}
	return false
}

// says gives a test of a column, nil where the table has none or no row says yes.
func (t table) says(rows []row, col column, yes func(string) bool) func(row) bool {
	k := -1
	for i, c := range t.cols {
		if c == col {
			k = i
		}
	}
	if k < 0 {
		return nil
	}
	test := func(r row) bool { return k < len(r.cells) && yes(r.cells[k]) }
	for _, r := range rows {
		if test(r) {
			return test
		}
	}
	return nil
}

// fates gives a test of the column that decides what becomes of each unit: all
// its cells say to send back or to leave, or it has a word that the mail quotes
// for what comes back. It is nil where the table has none.
func (s *scanner) fates(t table, rows []row) func(row) bool {
	const longest = 30 // bytes of a decision
	for k, col := range t.cols {
		if col != colOther {
			continue
		}
		back, stay, quoted, other := 0, 0, 0, 0
		for _, r := range rows {
			cell := ""
			if k < len(r.cells) {
				cell = strings.TrimSpace(r.cells[k])
			}
			switch {
			case len(cell) > longest:
				other++
			case s.quotes(cell) && !fateStays.MatchString(cell):
				quoted++
			case fateBack.MatchString(cell):
				back++
			case fateStays.MatchString(cell):
				stay++
			default:
				other++
			}
		}
		switch {
		case quoted > 0 && quoted < len(rows):
			return func(r row) bool {
				return k < len(r.cells) && s.quotes(strings.TrimSpace(r.cells[k])) && !fateStays.MatchString(strings.TrimSpace(r.cells[k]))
			}
		case back > 0 && stay > 0 && other == 0 && quoted == 0:
			return func(r row) bool { return k < len(r.cells) && fateBack.MatchString(strings.TrimSpace(r.cells[k])) }
		}
	}
	return nil
}

// quotes tells that the mail's text has the words of a cell in quotation marks.
func (s *scanner) quotes(cell string) bool {
	const shortest = 2
	if len(cell) < shortest || hasDigit(cell) {
		return false
	}
	return slices.ContainsFunc(s.body, func(line string) bool {
		for from := 0; ; {
			at := strings.Index(strings.ToLower(line[from:]), strings.ToLower(cell))
			if at < 0 || len(strings.ToLower(line)) != len(line) {
				return false
			}
			at, from = from+at, from+at+len(cell)
			if quoteEnd.MatchString(line[:at]) && quoteBegin.MatchString(line[from:]) {
				return true
			}
		}
	})
}

var (
	quoteEnd   = newPattern(`["'«‹“”„‚‘’]\s?$`)
	quoteBegin = newPattern(`^\s?["'»›“”‘’]`)
	fateBack   = newPattern(`(?i)^\W*(?:(?:back|return|retour|renvoi|renvoyer|rma|sav|send|swap|repair|zurück|einsenden|einschicken|tauschen|reklamieren|rücksendung|terug|terugsturen|opsturen|inruilen|herstellen|reso|rendere|restituire|sostituire|riparare|échanger|réparer)(?:[^\pL]|$))`)
	fateStays  = newPattern(`(?i)^\W*(?:(?:scrap(?:ped)?|dispose|bin|discard|throw|ignore|staying|entsorg\pL*|verschrott\pL*|schrott|wegwerfen|ignorieren|jeter|rebut|benne|ignorer|weggooien|wegdoen|negeren|buttare|rottamare|smaltire|ignorare|leave|keep|kept|stays?|remains?|none|ok|behalten|bleibt|lassen|belassen|garder|laisser|conserver|reste|houden|laten|blijft|behouden|tenere|lasciare|resta)(?:[^\pL]|$)|\W*$)`)
)

// stateFine is a cell that says no more than that a unit works.
var stateFine = newPattern(`(?i)^\W*(?:(?:ok(?:ay|é|e)?|pass(?:ed)?|keep|kept|stays?|behalten|bleibt|garder|à garder|conserver|houden|behouden|blijft|tenere|resta|works?|working|fine|good|no fault|funktioniert|läuft|in ordnung|i\.?o\.?|gut|bestanden|geslaagd|réussi|conforme|(?:esito )?positivo|superato|keine?r?|fonctionne(?: bien)?|bon(?: état)?|ras|rien|werkt|goed|in orde|geen|funziona(?:nte)?|buono|a posto|nessun[oa]?)\W*){1,3}$`)

// saysWorking tells a state that is fine, or begins so and goes on in brackets or with
// what was done: "ok (only the bracket is broken)", "OK after a reset".
func saysWorking(cell string) bool {
	if stateFine.MatchString(cell) {
		return true
	}
	if i := strings.IndexAny(cell, "(,;"); i > 0 && stateFine.MatchString(cell[:i]) && !limited.MatchString(strings.TrimLeft(cell[i:], "(,; ")) {
		return cell[i] == '(' || reasonOf(cell[i:]) != "defective"
	}
	loc := sinceThen.FindStringIndex(cell)
	return loc != nil && stateFine.MatchString(nowWord.ReplaceAllString(cell[:loc[0]], " "))
}

// sinceThen begins what made a thing work again.
var sinceThen = newPattern(`(?i)\s(?:after|since|with|once|in the end|nach|seit|mit|letztlich|après|depuis|avec|finalement|na|sinds|met|uiteindelijk|dopo|da quando|con|alla fine)(?:[^\pL]|$)`)

// stateColumn is a column in which some units are said to work, and others not.
func stateColumn(t table, rows []row) int {
	for k, col := range t.cols {
		if col != colOther {
			continue
		}
		works, fails := 0, 0
		for _, r := range rows {
			if k >= len(r.cells) || strings.TrimSpace(r.cells[k]) == "" {
				continue
			}
			if saysWorking(r.cells[k]) {
				works++
			} else if reasonOf(r.cells[k]) == "defective" || broken.MatchString(r.cells[k]) {
				fails++
			}
		}
		if works > 0 && fails > 0 {
			return k
		}
	}
	return -1
}

// crossColumn is a column in which some rows have a cross and the others nothing,
// -1 for none.
func crossColumn(rows []row) int {
	for k := range rows[0].cells {
		crosses, empty := 0, 0
		for _, r := range rows {
			switch {
			case k >= len(r.cells):
				return -1
			case cross.MatchString(r.cells[k]):
				crosses++
			case strings.Trim(r.cells[k], " -") == "":
				empty++
			}
		}
		if crosses > 0 && empty > 0 && crosses+empty == len(rows) {
			return k
		}
	}
	return -1
}

var cross = newPattern(`(?i)^\W*(?:x|×|✓|✔|✗|✘)\W*$|^[✓✔✗✘×]$`)

var broken = newPattern(`(?i)^\W*(?:hs\b|nok\b|n\.?i\.?o|ko\b|defe[ck]?t|faulty|dead|broken|kaputt|tot\b|kapot|stuk|dood|guast|mort|panne|fail|retour|return|rma\b|zurück|einsenden|terug|reso\b|da rendere|rendere|(?:à )?renvoyer|back\b)`)

// staysBelow tells that the line above a table says that what it lists works or
// stays.
func staysBelow(lines []string, n int) bool {
	const short = 70
	for i := n - 1; i >= 0 && i >= n-2; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return len(line) < short && !strings.Contains(line, ".") && (kept.in(line) || works(line+" ")) && reasonOf(line) != "defective"
		}
	}
	return false
}

// tableRow makes the units of one row.
func (s *scanner) tableRow(t table, r row) (units []unit, ok bool) {
	u := unit{line: r.line, maker: -1, labelled: true}
	u.Line = strings.Join(strings.Fields(r.text), " ")
	quantity := 1
	var serials []string
	for i, cell := range r.cells {
		if cell == "" || i >= len(t.cols) {
			continue
		}
		col := t.cols[i]
		if col == colSerial || col == colMAC {
			cell, col = labelledCell(cell, col)
		}
		switch col {
		case colSerial, colMAC:
			serials = append(serials, s.idCell(&u, cell, col)...)
		case colModel, colMaker:
			s.modelCell(&u, cell, col)
		case colQuantity:
			quantity = max(1, s.quantityBefore(cell+" "))
		case colTicket:
			if v, ok := refValue(cell); ok {
				u.VendorTicket = v
			}
		}
	}
	if len(serials) == 0 && u.MAC == "" && (u.Model == "" || u.maker < 0) {
		return nil, false
	}
	for _, v := range serials {
		one := u
		one.Serial = v
		if m := s.formOf(v); m >= 0 && one.maker < 0 {
			one.maker = m
		}
		units = append(units, one)
	}
	if len(serials) == 0 {
		u.labelled = u.MAC != ""
		units = append(units, u)
	}
	for len(units) < quantity && (u.MAC == "" || len(serials) > 0) {
		u.Serial, u.MAC, u.labelled = "", "", false
		units = append(units, u)
	}
	return units, true
}

// labelledCell takes the label off a cell that has its own: it says more than the
// head of the column.
func labelledCell(cell string, col column) (string, column) {
	for _, l := range []struct {
		label *phrase
		col   column
	}{{macLabel, colMAC}, {serialLabel, colSerial}} {
		if at, end, ok := l.label.find(cell, 0); ok && strings.TrimSpace(cell[:at]) == "" && hasDigit(cell[end:]) {
			return strings.TrimLeft(cell[end:], " :.#=-"), l.col
		}
	}
	return cell, col
}

// idCell reads the MAC and the serials of a cell.
func (s *scanner) idCell(u *unit, cell string, col column) (serials []string) {
	up := upper(cell)
	mac := ""
	if loc := macForm.FindStringIndex(cell); loc != nil && loc[1]-loc[0] >= len(strings.TrimSpace(cell))-1 {
		mac = hexOnly(up[loc[0]:loc[1]])
	} else if col == colMAC && len(hexOnly(up)) == 12 && len(compact(cell)) == 12 {
		mac = hexOnly(up)
	}
	if known := s.cat.maker(mac); len(mac) == 12 && (col == colMAC || known >= 0) {
		u.MAC = mac
		u.maker = max(u.maker, known)
		if col == colSerial && mac == upper(strings.TrimSpace(cell)) {
			return []string{mac} // the maker numbers his units by their MAC
		}
		return nil
	}
	if col == colMAC && s.formOf(upper(compact(cell))) < 0 {
		return nil
	}
	if v := s.wholeCell(cell); v != "" {
		return []string{v}
	}
	spans := words(cell)
	for i := 0; i < len(spans); {
		v, used := s.group(cell, 0, spans[i:])
		if used == 0 || len(serials) > 0 && !listJoin.MatchString(cell[spans[i-1].end:spans[i].at]) {
			break
		}
		serials = append(serials, v)
		i += used
	}
	return serials
}

var codeCell = newPattern(`^[0-9A-Z]{2,8}(?:[ -][0-9A-Z]{1,8}){1,7}$`)

// wholeCell is the number of a cell that is written in groups.
func (s *scanner) wholeCell(cell string) string {
	const shortest, longest = 8, 20
	cell = strings.TrimSpace(upper(cell))
	if !codeCell.MatchString(cell) || digitsIn(cell) < 4 {
		return ""
	}
	for _, v := range []string{strings.ReplaceAll(cell, " ", "-"), compact(cell)} {
		if s.formOf(v) >= 0 {
			return v
		}
	}
	first := cell[:strings.IndexAny(cell, " -")]
	if v := compact(cell); len(v) >= shortest && len(v) <= longest && len(first) <= 6 && strings.Contains(cell, " ") {
		return v
	}
	return ""
}

// readColumns reads a table that stands on its side: a label in the first cell
// of each line, a unit in each of the other columns.
func (s *scanner) readColumns(z zone, n int) (units []unit, used int) {
	var heads []column
	var lines [][]string
	useful := false
	for i := n; i < len(z.lines); i++ {
		cells, _ := cellsOf(z.lines[i], "\t")
		if len(cells) < 3 || len(lines) > 0 && len(cells) != len(lines[0]) {
			break
		}
		col := columnOf(cells[0])
		value := 0
		for _, c := range cells[1:] {
			if s.holds(c) != colOther {
				value++
			}
		}
		if len(lines) == 0 && (col == colOther || value == 0) {
			return nil, 0
		}
		useful = useful || (col == colSerial || col == colMAC) && value > 0
		heads, lines = append(heads, col), append(lines, cells)
	}
	if !useful || len(lines) < 2 {
		return nil, 0
	}
	t := table{sep: "\t", cols: heads}
	for k := 1; k < len(lines[0]); k++ {
		r := row{line: n}
		for i := range lines {
			r.cells = append(r.cells, lines[i][k])
			if heads[i] == colSerial || heads[i] == colMAC {
				r.line, r.text = n+i, z.lines[n+i]
			}
		}
		if made, ok := s.tableRow(t, r); ok {
			units = append(units, made...)
		}
	}
	for i := range units {
		units[i].FoundIn = z.foundIn
	}
	return units, len(lines)
}

func (s *scanner) modelCell(u *unit, cell string, col column) {
	taken := make([]bool, len(cell)+1)
	for _, f := range s.models(cell, 0, taken) {
		if u.Model == "" {
			u.Model, u.maker = f.text, f.maker
		}
	}
	for _, f := range s.makers(cell, 0, nil) {
		u.maker = f.maker
	}
	if u.Model == "" && col == colModel && len(cell) < 40 && hasDigit(cell) {
		s.split(u, withoutGoods(strings.Fields(cell)), true)
	}
	if col == colMaker && u.maker < 0 && len(cell) < 30 && hasLetter(cell) {
		u.Manufacturer = strings.ToLower(strings.TrimSpace(cell))
	}
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// withoutGoods takes what a thing is off the front of a product's name.
func withoutGoods(fields []string) []string {
	for len(fields) > 1 && goods.MatchString(fields[0]) {
		fields = fields[1:]
	}
	return fields
}

// withoutMaker takes a maker's name off the front of a model that no pattern
// knows.
func (s *scanner) withoutMaker(cell string) string {
	for i := range s.cat.names {
		f := &s.cat.names[i]
		if len(cell) > len(f.name)+1 && strings.EqualFold(cell[:len(f.name)], f.name) && cell[len(f.name)] == ' ' {
			return strings.TrimSpace(cell[len(f.name):])
		}
	}
	return strings.TrimSpace(cell)
}
