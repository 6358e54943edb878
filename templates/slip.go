package templates

import (
	"errors"
	"fmt"
	"strings"
)

// Line is a paragraph or an entry of a list, to be broken where it is shown.
type Line struct {
	Mark string // "–" or "1." before an entry of a list
	Runs []Run
}

// Run is a piece of a line in one style.
type Run struct {
	Text string
	Bold bool
}

// Slip returns the instructions that stand on the return slip of the mail's
// first section.
func (s *Set) Slip(m Mail) ([]Line, error) {
	t, err := s.language(m.Language)
	if err != nil {
		return nil, err
	}
	if len(m.Sections) == 0 {
		return nil, errors.New("write a return slip: it is about no case")
	}
	m = m.quoted()
	var b strings.Builder
	if err := t.tmpl.ExecuteTemplate(&b, t.file(slipFile), View{m.Sections[0], m.Desk}); err != nil {
		return nil, fmt.Errorf("write the return slip in %s: %w", m.Language, err)
	}
	var lines []Line
	for _, bl := range readMarkup(t.tidy(b.String())) {
		lines = append(lines, bl.slipLines()...)
	}
	return lines, nil
}

// slipLines leaves out what a table says: the slip has its own.
func (b *block) slipLines() []Line {
	var lines []Line
	for _, l := range b.Lines {
		lines = append(lines, Line{Runs: runs(l, b.Kind == "heading")})
	}
	for _, it := range b.Items {
		entry := Line{Mark: it.Mark}
		for i, l := range it.Lines {
			if i > 0 {
				entry.Runs = append(entry.Runs, Run{Text: " "})
			}
			entry.Runs = append(entry.Runs, runs(l, false)...)
		}
		lines = append(lines, entry)
	}
	return lines
}

func runs(spans []span, bold bool) []Run {
	var out []Run
	for _, s := range spans {
		out = append(out, Run{Text: s.Text, Bold: s.Bold || bold})
	}
	return out
}
