package ingest

import (
	"regexp"
	"strings"
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
}

var (
	colModelName  = regexp.MustCompile(`(?i)^(?:\W*)(?:model|modell|modèle|modele|modello|type|typ|tipo|artikel(?:bezeichnung|omschrijving)?|article|articolo|product|produkt|produit|prodotto|device|gerät|geraet|appareil|toestel|apparecchio|désignation|designation|bezeichnung|omschrijving|descrizione|description|item|hardware|matériel|materiaal|telefoon|telefon)`)
	colMakerName  = regexp.MustCompile(`(?i)^(?:manufacturer|brand|make|vendor|hersteller|marke|fabricant|marque|merk|fabrikant|marca|produttore|costruttore)`)
	colCount      = regexp.MustCompile(`(?i)^(?:qty|quantity|quantité|qté|menge|anzahl|stück|stk|aantal|quantità|q\.?t(?:à|a'?)|pcs|pz|stückzahl|hoeveelheid)(?:\P{L}|$)`)
	colReturnName = regexp.MustCompile(`(?i)(?:^(?:return|retour|reso|rücksendung)$|to return|returning|return\?|à retourner|retourner \?|rücksenden|zurück|retour\?|terugsturen|retourneren|da rendere|reso\?|rientr)`)
	colTicketName = regexp.MustCompile(`(?i)ticket|(?:^|\s)case\b`)
	tableLine     = regexp.MustCompile(`^[\s|+=_-]*$`)
	no            = regexp.MustCompile(`(?i)^\s*(?:no|non|nein|nee|n|0|-)\s*$`)
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
// serial or a MAC, none with a value in it.
func tableHead(line string) (table, bool) {
	for _, sep := range []string{"\t", ";", "|", "  ", ","} {
		cells, start := cellsOf(line, sep)
		if len(cells) < 2 {
			continue
		}
		t := table{sep: sep, start: start}
		useful := false
		for _, c := range cells {
			if _, value := serialValue(strings.TrimSpace(c)); value {
				return table{}, false
			}
			col := columnOf(c)
			useful = useful || col == colSerial || col == colMAC
			t.cols = append(t.cols, col)
		}
		if useful {
			return t, true
		}
	}
	return table{}, false
}

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
	return cells, true
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

// readTable reads the rows below the head on line n. It gives the units and
// the number of lines that were used; 0 when the head had no rows.
func (s *scanner) readTable(z zone, n int) (units []unit, used int) {
	t, ok := tableHead(z.lines[n])
	if !ok {
		return nil, 0
	}
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
		if !ok {
			misses++
			continue
		}
		row, wanted, ok := s.tableRow(t, cells, line, i)
		if !ok {
			misses++
			continue
		}
		misses = 0
		if wanted {
			units = append(units, row...)
		}
		used = i - n
	}
	if used == 0 {
		return nil, 0
	}
	for i := range units {
		units[i].FoundIn = z.foundIn
	}
	return units, used + 1
}

// tableRow makes the units of one row; wanted is false for a row that says the
// unit stays with the customer.
func (s *scanner) tableRow(t table, cells []string, line string, n int) (units []unit, wanted, ok bool) {
	u := unit{line: n, maker: -1}
	u.Line = strings.Join(strings.Fields(line), " ")
	quantity, wanted := 1, true
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		switch t.cols[i] {
		case colSerial, colMAC:
			s.idCell(&u, cell, t.cols[i])
		case colModel, colMaker:
			s.modelCell(&u, cell, t.cols[i])
		case colQuantity:
			quantity = max(1, quantityBefore(cell+" "))
		case colReturn:
			wanted = !no.MatchString(cell)
		case colTicket:
			if v, ok := refValue(cell); ok {
				u.VendorTicket = v
			}
		}
	}
	if u.Serial == "" && u.MAC == "" && (u.Model == "" || u.maker < 0) {
		return nil, false, false
	}
	units = append(units, u)
	for len(units) < quantity && u.Serial == "" && u.MAC == "" {
		units = append(units, u)
	}
	return units, wanted, true
}

func (s *scanner) idCell(u *unit, cell string, col column) {
	up := upper(cell)
	if loc := macForm.FindStringIndex(cell); loc != nil {
		mac := hexOnly(up[loc[0]:loc[1]])
		known := s.cat.maker(mac)
		if len(mac) == 12 && loc[1]-loc[0] >= len(strings.TrimSpace(cell))-1 && (col == colMAC || known >= 0) {
			u.MAC = mac
			u.maker = max(u.maker, known)
			return
		}
	}
	spans := words(cell)
	if len(spans) == 0 {
		return
	}
	if v, used := s.group(cell, 0, spans); used > 0 {
		u.Serial = v
		if m := s.formOf(v); m >= 0 && u.maker < 0 {
			u.maker = m
		}
	}
}

func (s *scanner) modelCell(u *unit, cell string, col column) {
	taken := make([]bool, len(cell)+1)
	for _, f := range s.models(cell, 0, taken) {
		if u.Model == "" {
			u.Model, u.maker = f.text, f.maker
		}
	}
	if u.Model == "" && col == colModel && len(cell) < 40 && hasDigit(cell) {
		u.Model = s.withoutMaker(cell)
	}
	for _, f := range s.makers(cell, 0, nil) {
		u.maker = f.maker
	}
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
