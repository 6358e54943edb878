package templates

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Digest is a digest to be laid out: finished texts, in the order in which they
// are read. All strings may hold what came from outside; none is taken for
// markup.
type Digest struct {
	Language string
	Subject  string
	Company  string
	Title    string // "Weekly digest"
	Span     string // the period in words
	Grade    string // how the verdict is coloured: bad, watch or good
	Verdict  string // the first line
	Tiles    []Tile
	Blocks   []DigestBlock
	Footer   []string
}

// Tile is one of the few figures that stand large at the top.
type Tile struct{ Figure, Label, Note string }

// DigestBlock is one piece of a digest. Exactly one of its fields is set.
type DigestBlock struct {
	Heading string
	Note    string
	Points  []Point
	Cases   []DigestCase
	Table   *DigestTable
	Picture *Picture
}

// Point is one sentence that stands out, with what it is about.
type Point struct{ Lead, Text string }

// DigestCase is one case of a list: two short pieces on its first line, and
// lines below.
type DigestCase struct {
	Number, State string
	When          string // at the right: how late, until when
	Lines         []string
}

// DigestTable is a table whose first column names the row; the others are
// figures. A row's note stands below it, over the whole width.
type DigestTable struct {
	Head []string
	Rows []DigestRow
}

// DigestRow is a row of a table.
type DigestRow struct {
	Cells []string
	Note  string
}

// Picture is a chart that goes with the mail. Alt carries its numbers.
type Picture struct {
	ContentID     string
	Width, Height int // as it is shown, in CSS pixels
	Caption, Alt  string
}

// Saying fills the places of a text of digest.txt. Numbers in it are written as
// the language writes them; Count and Of are what plural and num take.
type Saying struct {
	Count, Of              int
	Name, Other, Text      string
	Usual, Share           string
	Time, Past, Day, Until string
}

func (d Saying) quoted() Saying {
	for _, s := range []*string{&d.Name, &d.Other, &d.Text, &d.Usual, &d.Share, &d.Time, &d.Past, &d.Day, &d.Until} {
		*s = quote(*s)
	}
	return d
}

// digestKeys is what the keys of digest.txt begin with among the words.
const digestKeys = "digest."

// Say writes one text of digest.txt.
func (s *Set) Say(lang, key string, data Saying) (string, error) {
	t, err := s.language(lang)
	if err != nil {
		return "", err
	}
	w, err := t.word(digestKeys+key, data.quoted())
	return unquote(t.tidy(w)), err
}

// Says whether digest.txt has a key.
func (s *Set) Says(lang, key string) bool {
	t, err := s.language(lang)
	return err == nil && t.words[digestKeys+key] != nil
}

// tryDigest writes every text of digest.txt with sample data, and the frame.
func (s *Set) tryDigest(lang string) []error {
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(s.langs[lang].words)) {
		short, ok := strings.CutPrefix(key, digestKeys)
		if !ok {
			continue
		}
		for _, n := range []int{0, 1, 2} {
			sample := Saying{Count: n, Of: 2, Name: "A", Other: "B", Text: "C", Usual: "1", Share: "2%", Time: "3 h", Past: "4 h", Day: "5", Until: "6"}
			if _, err := s.Say(lang, short, sample); err != nil {
				faults = append(faults, err)
				break
			}
		}
	}
	_, err := s.RenderDigest(sampleDigest(lang))
	if err != nil {
		faults = append(faults, err)
	}
	return faults
}

func sampleDigest(lang string) Digest {
	return Digest{Language: lang, Subject: "S", Company: "C", Title: "T", Span: "D", Grade: "bad", Verdict: "V", Tiles: []Tile{{"1", "a", "b"}},
		Blocks: []DigestBlock{{Heading: "H"}, {Note: "N"}, {Points: []Point{{"L", "T"}}}, {Cases: []DigestCase{{"1", "s", "w", []string{"l"}}}},
			{Table: &DigestTable{Head: []string{"a", "b"}, Rows: []DigestRow{{Cells: []string{"1", "2"}, Note: "n"}}}},
			{Picture: &Picture{"a@b", 1, 1, "c", "d"}}}, Footer: []string{"F"}}
}

// RenderDigest makes both forms of a digest.
func (s *Set) RenderDigest(d Digest) (Rendered, error) {
	if _, err := s.language(d.Language); err != nil {
		return Rendered{}, err
	}
	d = d.washed()
	var html strings.Builder
	if err := s.digest.Execute(&html, d); err != nil {
		return Rendered{}, fmt.Errorf("render a digest in %s as HTML: %w", d.Language, err)
	}
	return Rendered{Subject: oneLine(d.Subject), Text: d.text(), HTML: html.String()}, nil
}

// wash takes out of a text what no reader sees and what could turn or end a line.
func wash(s string) string { return unquote(quote(s)) }

func washAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = wash(s)
	}
	return out
}

func (d Digest) washed() Digest {
	d.Subject, d.Company, d.Title, d.Span, d.Verdict = wash(d.Subject), wash(d.Company), wash(d.Title), wash(d.Span), wash(d.Verdict)
	d.Footer = washAll(d.Footer)
	tiles := make([]Tile, len(d.Tiles))
	for i, t := range d.Tiles {
		tiles[i] = Tile{wash(t.Figure), wash(t.Label), wash(t.Note)}
	}
	blocks := make([]DigestBlock, len(d.Blocks))
	for i, b := range d.Blocks {
		blocks[i] = b.washed()
	}
	d.Tiles, d.Blocks = tiles, blocks
	return d
}

func (b DigestBlock) washed() DigestBlock {
	out := DigestBlock{Heading: wash(b.Heading), Note: wash(b.Note)}
	for _, p := range b.Points {
		out.Points = append(out.Points, Point{wash(p.Lead), wash(p.Text)})
	}
	for _, c := range b.Cases {
		out.Cases = append(out.Cases, DigestCase{wash(c.Number), wash(c.State), wash(c.When), washAll(c.Lines)})
	}
	if b.Table != nil {
		out.Table = &DigestTable{Head: washAll(b.Table.Head)}
		for _, r := range b.Table.Rows {
			out.Table.Rows = append(out.Table.Rows, DigestRow{washAll(r.Cells), wash(r.Note)})
		}
	}
	if b.Picture != nil {
		p := *b.Picture
		p.Caption, p.Alt = wash(p.Caption), wash(p.Alt)
		out.Picture = &p
	}
	return out
}

// text is the plain form: the same pieces in the same order.
func (d Digest) text() string {
	var w strings.Builder
	wrap(&w, "", "", d.Verdict)
	w.WriteString("\n")
	wrap(&w, "", "", strings.Join(nonEmpty(d.Company, d.Title, d.Span), " · "))
	if len(d.Tiles) > 0 {
		w.WriteString("\n")
		var t DigestTable
		for _, tile := range d.Tiles {
			t.Rows = append(t.Rows, DigestRow{Cells: []string{tile.Label, tile.Figure, tile.Note}})
		}
		t.text(&w)
	}
	for i, b := range d.Blocks {
		if b.Heading != "" || i == 0 || d.Blocks[i-1].Heading == "" {
			w.WriteString("\n")
		}
		b.text(&w)
	}
	for _, line := range d.Footer {
		w.WriteString("\n")
		wrap(&w, "", "", line)
	}
	return w.String()
}

func nonEmpty(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

func (b DigestBlock) text(w *strings.Builder) {
	switch {
	case b.Heading != "":
		w.WriteString(b.Heading + "\n" + strings.Repeat("-", utf8.RuneCountInString(b.Heading)) + "\n")
	case b.Note != "":
		wrap(w, "", "", b.Note)
	case b.Table != nil:
		b.Table.text(w)
	case b.Picture != nil:
		wrap(w, "", "", b.Picture.Caption)
		wrap(w, "  ", "  ", b.Picture.Alt)
	}
	for _, p := range b.Points {
		wrap(w, "* ", "  ", p.Lead+": "+p.Text)
	}
	for _, c := range b.Cases {
		wrap(w, "* ", "  ", strings.Join(nonEmpty(c.Number, c.State, c.When), ", "))
		for _, l := range c.Lines {
			wrap(w, "  ", "  ", l)
		}
	}
}

// widest is how wide the first column of a table in the text part may be.
const widest = 38

// text writes the columns below each other: the first to the left, the others
// to the right.
func (t *DigestTable) text(w *strings.Builder) {
	rows := t.Rows
	if len(t.Head) > 0 {
		rows = append([]DigestRow{{Cells: t.Head}}, rows...)
	}
	widths := columnWidths(rows)
	for i, r := range rows {
		r.text(w, widths)
		if i == 0 && len(t.Head) > 0 {
			total := 2 * (len(widths) - 1)
			for _, n := range widths {
				total += n
			}
			w.WriteString(strings.Repeat("-", total) + "\n")
		}
	}
}

func columnWidths(rows []DigestRow) []int {
	var widths []int
	for _, r := range rows {
		for i, cell := range r.Cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	if len(widths) > 0 {
		widths[0] = min(widths[0], widest)
	}
	return widths
}

func (r DigestRow) text(w *strings.Builder, widths []int) {
	var b strings.Builder
	for i, cell := range r.Cells {
		if i == 0 {
			cell = shorten(cell, widths[0])
		}
		gap := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell)))
		switch i {
		case 0:
			b.WriteString(cell + gap)
		default:
			b.WriteString("  " + gap + cell)
		}
	}
	w.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	if r.Note != "" {
		wrap(w, "  ", "  ", r.Note)
	}
}
