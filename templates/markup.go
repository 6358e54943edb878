package templates

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// The markup of the texts. Blocks are separated by blank lines; a line break
// inside a block is a line break.
//
//	# heading
//	- list            1. numbered list      (continued on lines that begin with spaces)
//	> address block
//	| table | row     (the first row is the header; in text: one line a row)
//	**bold**          https://… becomes a link
type block struct {
	Kind  string // heading, paragraph, list, address, table
	Lines [][]span
	Items []listItem
	Head  [][]span
	Rows  [][][]span
}

type listItem struct {
	Mark  string // "1." or "–"
	Lines [][]span
}

// span is a piece of a line in one style.
type span struct {
	Text string
	Bold bool
	Link string // URL
}

// Short says whether a piece stays on one line: a number breaks at no hyphen.
func (s span) Short() bool { return utf8.RuneCountInString(s.Text) <= 24 }

var (
	listMark = regexp.MustCompile(`^(-|\d+\.) `)
	linkExpr = regexp.MustCompile(`https?://[^\s<>"*]*[^\s<>"*.,;:!?)]`)
)

func lineKind(l string) string {
	switch {
	case strings.HasPrefix(l, "# "):
		return "heading"
	case strings.HasPrefix(l, "> "):
		return "address"
	case strings.HasPrefix(l, "| "):
		return "table"
	case listMark.MatchString(l):
		return "list"
	}
	return "paragraph"
}

// readMarkup makes blocks of markup.
func readMarkup(src string) []block {
	var blocks []block
	open := false // the last block may take more lines
	for l := range strings.Lines(src) {
		l = strings.TrimRight(l, " \t\n")
		if strings.TrimSpace(l) == "" {
			open = false
			continue
		}
		kind := lineKind(l)
		last := len(blocks) - 1
		if open && kind == "paragraph" && blocks[last].Kind == "list" && strings.HasPrefix(l, " ") {
			kind = "list"
		}
		if !open || blocks[last].Kind != kind {
			blocks = append(blocks, block{Kind: kind})
			last++
		}
		blocks[last].add(l)
		open = kind != "heading"
	}
	return joinTables(joinLists(blocks))
}

func (b *block) add(l string) {
	switch b.Kind {
	case "list":
		b.addListLine(l)
	case "table":
		b.addRow(l)
	case "heading", "address":
		b.Lines = append(b.Lines, inline(l[2:]))
	default:
		b.Lines = append(b.Lines, inline(strings.TrimSpace(l)))
	}
}

func (b *block) addListLine(l string) {
	mark, rest, _ := strings.Cut(l, " ")
	if mark == "" {
		last := &b.Items[len(b.Items)-1]
		last.Lines = append(last.Lines, inline(strings.TrimSpace(l)))
		return
	}
	if mark == "-" {
		mark = "–"
	}
	b.Items = append(b.Items, listItem{Mark: mark, Lines: [][]span{inline(strings.TrimSpace(rest))}})
}

func (b *block) addRow(l string) {
	var row [][]span
	for _, cell := range strings.Split(strings.TrimSuffix(strings.TrimPrefix(l, "|"), "|"), "|") {
		row = append(row, inline(strings.TrimSpace(cell)))
	}
	if b.Head == nil {
		b.Head = row
		return
	}
	b.Rows = append(b.Rows, row)
}

// joinLists makes one list of numbered items between which a template left a
// blank line.
func joinLists(blocks []block) []block {
	var out []block
	for _, b := range blocks {
		if n := len(out); n > 0 && b.Kind == "list" && out[n-1].Kind == "list" {
			out[n-1].Items = append(out[n-1].Items, b.Items...)
			continue
		}
		out = append(out, b)
	}
	return out
}

// joinTables drops the columns that are empty in every row.
func joinTables(blocks []block) []block {
	for i := range blocks {
		if blocks[i].Kind == "table" {
			blocks[i].dropEmptyColumns()
		}
	}
	return blocks
}

func (b *block) dropEmptyColumns() {
	for col := len(b.Head) - 1; col > 0; col-- { // the first names the row
		empty := true
		for _, row := range b.Rows {
			empty = empty && (col >= len(row) || plain(row[col]) == "")
		}
		if !empty {
			continue
		}
		b.Head = append(b.Head[:col:col], b.Head[col+1:]...)
		for r, row := range b.Rows {
			if col < len(row) {
				b.Rows[r] = append(row[:col:col], row[col+1:]...)
			}
		}
	}
}

// inline reads bold and links of one line.
func inline(l string) []span {
	var spans []span
	for i, part := range strings.Split(l, "**") {
		bold := i%2 == 1
		for part != "" {
			at := linkExpr.FindStringIndex(part)
			if at == nil {
				spans = append(spans, span{Text: unquote(part), Bold: bold})
				break
			}
			if at[0] > 0 {
				spans = append(spans, span{Text: unquote(part[:at[0]]), Bold: bold})
			}
			link := part[at[0]:at[1]]
			spans = append(spans, span{Text: link, Bold: bold, Link: link})
			part = part[at[1]:]
		}
	}
	return spans
}

func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return strings.TrimSpace(b.String())
}

// textWidth is where the lines of the text part end: readable as it is, and
// still when quoted twice.
const textWidth = 74

// text writes the blocks as plain text.
func text(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		bl.text(&b)
	}
	return b.String()
}

func (b *block) text(w *strings.Builder) {
	switch b.Kind {
	case "heading":
		title := plain(b.Lines[0])
		w.WriteString(title + "\n" + strings.Repeat("-", utf8.RuneCountInString(title)) + "\n")
	case "list":
		for _, it := range b.Items {
			writeItem(w, it.Mark, it.Lines)
		}
	case "address":
		for _, l := range b.Lines {
			w.WriteString("    " + plain(l) + "\n")
		}
	case "table":
		b.textTable(w)
	default:
		for _, l := range b.Lines {
			wrap(w, "", "", plain(l))
		}
	}
}

// textTable writes a row as an item of a list: "1. product, serial, status".
func (b *block) textTable(w *strings.Builder) {
	for _, row := range b.Rows {
		var cells []string
		for _, c := range row[1:] {
			if s := plain(c); s != "" {
				cells = append(cells, s)
			}
		}
		wrap(w, plain(row[0])+". ", "   ", strings.Join(cells, ", "))
	}
}

func writeItem(w *strings.Builder, mark string, lines [][]span) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(mark)+1)
	first := mark + " "
	for _, l := range lines {
		wrap(w, first, indent, plain(l))
		first = indent
	}
}

// wrap breaks at plain spaces alone: no-break spaces stay together, and so do
// links.
func wrap(w *strings.Builder, first, indent, s string) {
	w.WriteString(first)
	col := utf8.RuneCountInString(first)
	for i, word := range strings.Split(s, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case col+1+n > textWidth:
			w.WriteString("\n" + indent)
			col = utf8.RuneCountInString(indent)
		default:
			w.WriteString(" ")
			col++
		}
		w.WriteString(word)
		col += n
	}
	w.WriteString("\n")
}
