package notify

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"retour/templates"
)

// note draws the half that is enclosed with the goods.
func (s *slip) note(p *paper) error {
	s.cutLine(p)
	if err := s.noteHead(p); err != nil {
		return err
	}
	f := s.choose(p)
	y := s.units(p, f, noteTop)
	if f.left > 0 {
		text, err := s.rest(f.left)
		if err != nil {
			return err
		}
		p.Text(margin, y+4, p.fit(bold, text, textWidth, 8, 6))
		y += restRow
	}
	y = s.tickLine(p, f, y+noteGap, true)
	s.drawAdvice(p, f, y+noteGap)
	p.ink(90)
	p.face(plain, 7.5)
	p.middle(pageWidth/2, pageHeight-9, p.shorten(s.contact, textWidth))
	p.ink(0)
	return nil
}

func (s *slip) cutLine(p *paper) {
	p.SetLineWidth(0.3)
	p.SetDashPattern([]float64{2.5, 1.5}, 0)
	p.Line(0, cut, pageWidth, cut)
	p.SetDashPattern([]float64{}, 0)
	p.scissors(margin-9, cut, 8)
	p.face(plain, 7.5)
	p.Text(margin+1, cut-1.2, s.word["cut"])
}

func (s *slip) noteHead(p *paper) error {
	const code, right = 16.8, 157.0 // size of the QR code; width of the text beside it
	p.face(bold, 15)
	p.Text(margin, cut+13, s.word["note"])
	at := margin + p.GetStringWidth(s.word["note"]) + 5
	p.Text(at, cut+13, p.fit(plain, s.word["enclose"], margin+right-at, 9, 6))
	for i, f := range [][2]string{{s.word["number"], s.number}, {s.word["accepted"], s.accepted}, {s.word["until"], s.until}, {s.word["label.reason"], s.reason}} {
		s.fact(p, margin+float64(i)*right/4, cut+20, right/4-3, f[0], f[1])
	}
	if err := p.qr(s.number, margin+textWidth-code, cut+7.5, code); err != nil {
		return fmt.Errorf("qr: %w", err)
	}
	s.parties(p)
	return nil
}

// parties draws who sends the goods to whom.
func (s *slip) parties(p *paper) {
	const y, second, width = cut + 36.3, 85.0, 80.0
	p.face(plain, 8)
	p.Text(margin, cut+32, s.word["customer"])
	if s.customer == "" {
		p.paragraph(s.address, margin, y, width, 9, 2)
	} else {
		p.Text(margin, y, p.fit(plain, s.customer, width, 9, 7))
		p.Text(margin, y+leadOf(9), p.fit(plain, s.address, width, 9, 6))
	}
	p.face(plain, 8)
	p.Text(margin+second, cut+32, s.word["to"])
	p.paragraph(strings.Join(s.to, ", "), margin+second, y, textWidth-second, 9, 2)
}

// The part of the page that units and instructions share.
const (
	noteTop    = cut + 44
	noteBottom = pageHeight - 13
	noteGap    = 4.5
	headRow    = 5.5  // of the table of units
	restRow    = 5.0  // says how many units are left
	fewestRows = 20.0 // room that instructions of any length leave to the units
)

// form is how the lower part of the note is set: units in so many columns with
// rows of this height, letters of this size, and the size of the instructions.
// left are the units that it has no room for.
type form struct {
	columns           int
	row, size, advice float64
	left              int
}

// forms lists the ways to set the note, the most comfortable first.
func forms() []form {
	return []form{
		{columns: 1, row: 7, size: 10, advice: 9}, {columns: 1, row: 6, size: 9.5, advice: 8.5}, {columns: 1, row: 5, size: 9, advice: 8},
		{columns: 1, row: 4.5, size: 8.5, advice: 7.5}, {columns: 1, row: 4, size: 8.5, advice: 7.5},
		{columns: 2, row: 4.6, size: 8, advice: 7.5}, {columns: 2, row: 4.1, size: 8, advice: 7.5},
		{columns: 3, row: 3.9, size: 7.5, advice: 7.5}, {columns: 3, row: 3.5, size: 7, advice: 7}, {columns: 4, row: 3.4, size: 6.5, advice: 7},
		{columns: 4, row: 3, size: 6.5, advice: 7}, {columns: 4, row: 2.9, size: 6.5, advice: 6.5},
	}
}

// choose returns the first form in which everything has room, or the last with
// as many units as it holds.
func (s *slip) choose(p *paper) form {
	var f form
	for _, f = range forms() {
		if len(s.items) <= f.columns*s.rows(p, f) {
			return f
		}
	}
	rows := s.rows(p, f) - int(math.Ceil(restRow/f.row))
	f.left = len(s.items) - f.columns*rows
	return f
}

// rows returns how many rows of units a form has room for.
func (s *slip) rows(p *paper, f form) int {
	used := headRow + noteGap + s.tickLine(p, f, 0, false) + noteGap + min(s.adviceHeight(p, f), s.adviceRoom(p, f))
	return int(math.Floor((noteBottom - noteTop - used) / f.row))
}

// adviceRoom is how high the instructions may be.
func (s *slip) adviceRoom(p *paper, f form) float64 {
	return noteBottom - noteTop - headRow - fewestRows - 2*noteGap - s.tickLine(p, f, 0, false)
}

// units draws the items and returns where they end.
func (s *slip) units(p *paper, f form, y float64) float64 {
	shown := s.items[:len(s.items)-f.left]
	if f.columns == 1 {
		return s.unitTable(p, f, shown, y)
	}
	p.Text(margin, y+2.5, p.fit(bold, s.word["units"]+" – "+s.makers(), textWidth, 8.5, 6.5))
	p.line(margin, y+headRow-1.3, textWidth, 0.3)
	y += headRow
	return s.unitList(p, f, shown, y)
}

// makers counts the units by manufacturer, the most frequent first.
func (s *slip) makers() string {
	counts := map[string]int{}
	var names []string
	for _, it := range s.items {
		if counts[it.maker]++; counts[it.maker] == 1 {
			names = append(names, it.maker)
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	for i, n := range names {
		if len(names) > 1 {
			names[i] = strconv.Itoa(counts[n]) + " × " + n
		}
	}
	return strings.Join(names, ", ")
}

// unitList draws the units in several columns: box, position, model and serial.
// The serial is the last to be shortened.
func (s *slip) unitList(p *paper, f form, items []slipItem, y float64) float64 {
	const gutter = 4.5
	gap := f.size * point * 0.48
	width := (textWidth - gutter*float64(f.columns-1)) / float64(f.columns)
	box := f.size * point * 0.8
	digits := p.widest(plain, column(items, func(it slipItem) string { return it.position }), f.size)
	room := width - box - gap - digits - gap
	serials := column(items, slipItem.number)
	serialSize := p.fitAll(mono, serials, room*0.8, f.size, f.size-1.5)
	serialWidth := min(p.widest(mono, serials, serialSize), room*0.8)
	models := column(items, slipItem.product)
	if p.widest(plain, models, f.size) > room-serialWidth-gap {
		models = column(items, slipItem.what)
	}
	modelSize := p.fitAll(plain, models, room-serialWidth-gap, f.size, f.size-0.5)
	modelWidth := min(p.widest(plain, models, modelSize)+5*gap, room-serialWidth)
	perColumn := (len(items) + f.columns - 1) / f.columns
	for i, it := range items {
		x := margin + float64(i/perColumn)*(width+gutter)
		base := y + float64(i%perColumn)*f.row + f.row*0.72
		p.box(x, base, box)
		p.face(plain, f.size)
		x += box + gap + digits
		p.right(x, base, it.position)
		p.put(plain, modelSize, x+gap, base, modelWidth-gap, models[i])
		p.put(mono, serialSize, x+gap+modelWidth, base, serialWidth+0.01, serials[i])
	}
	return y + float64(perColumn)*f.row
}

func column(items []slipItem, of func(slipItem) string) []string {
	var out []string
	for _, it := range items {
		out = append(out, of(it))
	}
	return out
}

func (it slipItem) number() string { return it.serial }

func (it slipItem) product() string { return productName(it.maker, it.model) }

// what is the model, or the manufacturer where nobody knows the model.
func (it slipItem) what() string { return cmp.Or(it.model, it.maker) }

// unitColumn is a column of the table of units.
type unitColumn struct {
	x, width float64
	label    string
	style    style
	of       func(slipItem) string
	give     float64 // points by which its letters may be smaller before a text is shortened
	size     float64 // of its letters
}

func (s *slip) unitColumns() []unitColumn {
	return []unitColumn{
		{0, 9, s.word["col.no"], plain, func(it slipItem) string { return it.position }, 2, 0},
		{10, 36, s.word["col.manufacturer"], plain, func(it slipItem) string { return it.maker }, 1.5, 0},
		{48, 58, s.word["col.model"], plain, func(it slipItem) string { return it.model }, 1.5, 0},
		{108, 54, s.word["col.serial"], mono, slipItem.number, 3.5, 0},
	}
}

// unitTable is the table of few units, a row for each.
func (s *slip) unitTable(p *paper, f form, items []slipItem, y float64) float64 {
	y += headRow - 1.3
	for _, c := range s.unitColumns() {
		p.Text(margin+c.x, y-1.7, p.fit(bold, c.label, c.width, 8.5, 6))
	}
	p.right(margin+textWidth, y-1.7, p.fit(bold, s.word["packed"], 16, 8.5, 6))
	p.line(margin, y, textWidth, 0.3)
	columns := s.unitColumns()
	for i, c := range columns {
		columns[i].size = p.fitAll(c.style, column(items, c.of), c.width, f.size, f.size-c.give)
	}
	box := f.size * point * 0.9
	for i, it := range items {
		base := y + (float64(i)+0.5)*f.row + f.size*point*0.36
		for _, c := range columns {
			p.put(c.style, c.size, margin+c.x, base, c.width, c.of(it))
		}
		p.box(margin+textWidth-box, base+0.2, box)
		p.ink(190)
		p.line(margin, y+float64(i+1)*f.row, textWidth, 0.15)
		p.ink(0)
	}
	return y + float64(len(items))*f.row + 1.3
}

// tickLine draws the accessories to be ticked, or only measures them, and
// returns where they end. A free line follows for what is not foreseen.
func (s *slip) tickLine(p *paper, f form, y float64, draw bool) float64 {
	size := max(f.advice, 7.5)
	lead := size * point * 1.75
	x, y := margin, y+size*point
	put := func(st style, text string, box bool) {
		p.face(st, size)
		side := 0.0
		if box {
			side = size*point*0.85 + 1.2
		}
		width := side + p.GetStringWidth(text)
		if x > margin && x+width > margin+textWidth {
			x, y = margin, y+lead
		}
		if draw && box {
			p.box(x, y+0.2, side-1.2)
		}
		if draw {
			p.Text(x+side, y, text)
		}
		x += width + 5
	}
	put(bold, s.word["accessories"], false)
	for _, t := range s.ticks {
		put(plain, t, true)
	}
	put(plain, s.word["other"], true)
	if draw {
		p.line(x-3.5, y+0.5, max(0, margin+textWidth-x+3.5), 0.2)
	}
	return y + 0.5
}

// passage is an entry of the instructions, broken into lines.
type passage struct {
	mark  string
	lines [][]templates.Run
}

const (
	adviceGutter = 7.0
	adviceIndent = 3.5
	adviceWidth  = (textWidth - adviceGutter) / 2
)

// adviceColumns breaks the instructions into two columns of about the same
// height; what stands before the first entry of the list goes over both.
func (s *slip) adviceColumns(p *paper, size float64) (head, left, right []passage) {
	var entries []passage
	total := 0
	for _, l := range s.advice {
		if l.Mark == "" && entries == nil {
			head = append(head, passage{lines: p.wrapRuns(l.Runs, size, textWidth)})
			continue
		}
		e := passage{mark: l.Mark, lines: p.wrapRuns(l.Runs, size, adviceWidth-adviceIndent)}
		entries, total = append(entries, e), total+len(e.lines)
	}
	split, sum := 0, 0
	for split < len(entries) && 2*sum+len(entries[split].lines) <= total {
		sum += len(entries[split].lines)
		split++
	}
	if split == 0 && len(entries) > 0 {
		split = 1
	}
	return head, entries[:split], entries[split:]
}

// entryGap parts the entries, in lines.
const entryGap = 0.25

func heightOf(entries []passage, size float64) float64 {
	lines := 0.0
	for _, e := range entries {
		lines += float64(len(e.lines)) + entryGap
	}
	return lines * leadOf(size)
}

func (s *slip) adviceHeight(p *paper, f form) float64 {
	head, left, right := s.adviceColumns(p, f.advice)
	return heightOf(head, f.advice) + max(heightOf(left, f.advice), heightOf(right, f.advice))
}

func (s *slip) drawAdvice(p *paper, f form, y float64) {
	head, left, right := s.adviceColumns(p, f.advice)
	y = p.entries(head, f.advice, margin, 0, y)
	p.entries(left, f.advice, margin, adviceIndent, y)
	p.entries(right, f.advice, margin+adviceWidth+adviceGutter, adviceIndent, y)
}

// entries draws a column of instructions down to the end of the page's room.
func (p *paper) entries(list []passage, size, x, indent, y float64) float64 {
	lead := leadOf(size)
	for _, e := range list {
		for i, line := range e.lines {
			if y+lead > noteBottom+0.01 {
				return y
			}
			p.face(plain, size)
			if i == 0 && e.mark != "" {
				p.Text(x, y+lead*0.75, e.mark)
			}
			p.runs(line, size, x+indent, y+lead*0.75)
			y += lead
		}
		y += lead * entryGap
	}
	return y
}

func (p *paper) runs(runs []templates.Run, size, x, y float64) {
	for _, r := range runs {
		p.face(weight(r), size)
		p.Text(x, y, r.Text)
		x += p.GetStringWidth(r.Text)
	}
}
