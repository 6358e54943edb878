package templates

import (
	"strings"
	"unicode"
)

// source writes blocks so that a person can read and change them, and
// readMarkup understands them again: the markup of the texts, but for tables,
// whose rows become a numbered list, as they do in the text form of a mail.
func source(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, b.source())
	}
	return strings.Join(parts, "\n\n")
}

func (b *block) source() string {
	var lines []string
	switch b.Kind {
	case "heading":
		lines = append(lines, "# "+sourceLine(b.Lines[0]))
	case "address":
		for _, l := range b.Lines {
			lines = append(lines, "> "+sourceLine(l))
		}
	case "list":
		for _, it := range b.Items {
			lines = append(lines, it.source()...)
		}
	case "table":
		for _, row := range b.Rows {
			lines = append(lines, sourceRow(row))
		}
	default:
		for _, l := range b.Lines {
			lines = append(lines, sourceLine(l))
		}
	}
	return strings.Join(lines, "\n")
}

func (it listItem) source() []string {
	mark := it.Mark
	if mark == "–" {
		mark = "-"
	}
	var lines []string
	for i, l := range it.Lines {
		first := mark + " "
		if i > 0 {
			first = strings.Repeat(" ", len(first))
		}
		lines = append(lines, first+sourceLine(l))
	}
	return lines
}

func sourceRow(row [][]span) string {
	var cells []string
	for _, c := range row[1:] {
		if s := plain(c); s != "" {
			cells = append(cells, s)
		}
	}
	return plain(row[0]) + ". " + strings.Join(cells, ", ")
}

func sourceLine(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Bold && strings.TrimSpace(s.Text) != "" {
			b.WriteString("**" + s.Text + "**")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// rewritten makes a body harmless that a person wrote: it may use headings,
// lists, address blocks, bold and links, but no tables, whose first row would
// be taken for their head, and no characters that nobody sees.
func rewritten(body string) string {
	lines := strings.Split(lineEnds.Replace(strings.ToValidUTF8(body, "\uFFFD")), "\n")
	for i, l := range lines {
		l = strings.TrimRightFunc(strings.Map(visible, l), unicode.IsSpace)
		if strings.HasPrefix(l, "|") {
			l = quote(l)
		}
		lines[i] = l
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// visible is quoteRune for text whose punctuation may be markup.
func visible(r rune) rune {
	if r == '\t' {
		return ' '
	}
	if q := quoteRune(r); q < quoteBase || q >= quoteBase+0x7F {
		return q
	}
	return r
}
