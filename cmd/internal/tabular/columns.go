package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Field is something that a table may have a column for.
type Field struct {
	Name    string
	Headers []string // what the column may be called; the first that is there is taken
	Many    bool     // several columns may give it: E-mail 1, E-mail 2
}

// Columns are the places of the fields of a table.
type Columns struct {
	Line   int      // of the header
	Header []string // as it stands there
	Sheet  Sheet
	at     map[string][]int
}

// At is the place of a field, -1 where the table has no column for it.
func (c Columns) At(field string) int {
	if at := c.at[field]; len(at) > 0 {
		return at[0]
	}
	return -1
}

// All are the places of a field that several columns may give.
func (c Columns) All(field string) []int { return c.at[field] }

// Has says whether there is a column for a field.
func (c Columns) Has(field string) bool { return len(c.at[field]) > 0 }

// Unread are the headers that no field has taken.
func (c Columns) Unread() []string {
	taken := map[int]bool{}
	for _, places := range c.at {
		for _, at := range places {
			taken[at] = true
		}
	}
	var rest []string
	for i, h := range c.Header {
		if h != "" && !taken[i] {
			rest = append(rest, h)
		}
	}
	return rest
}

// headerWithin is how far down the header may stand: exports begin with a title
// and the filters that were set.
const headerWithin = 30

// FindColumns finds the header in the first rows of the first sheet that has
// one, and tells which column is which. oneOf are groups of fields of each of
// which one must be there. The error names the columns that were found and what
// may have been meant.
func FindColumns(sheets []Sheet, fields []Field, oneOf [][]string) (Columns, error) {
	var near Columns
	for _, s := range sheets {
		c, err := bestHeader(s, fields)
		if err != nil {
			return c, err
		}
		if len(c.missing(oneOf)) == 0 {
			return c, nil
		}
		if near.Header == nil || len(c.at) > len(near.at) {
			near = c
		}
	}
	return near, near.explain(fields, oneOf)
}

func bestHeader(s Sheet, fields []Field) (best Columns, err error) {
	n := 0
	err = s.Rows(func(r Row) error {
		if c := match(r, fields); best.Header == nil || len(c.at) > len(best.at) || len(best.at) == 0 && len(c.Header) > len(best.Header) {
			best = c
			best.Sheet = s
		}
		if n++; n == headerWithin {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return best, err
}

// match reads a row as a header.
func match(r Row, fields []Field) Columns {
	c := Columns{Line: r.Line, Header: slices.Clone(r.Cells), at: map[string][]int{}}
	folded := make([]string, len(c.Header))
	for i, h := range c.Header {
		folded[i] = Fold(h)
	}
	taken := map[int]bool{}
	for _, f := range fields {
		for _, name := range f.Headers {
			if !f.Many && len(c.at[f.Name]) > 0 {
				break
			}
			for i, h := range folded {
				if taken[i] || h == "" || h != Fold(name) && !(f.Many && strings.TrimRight(h, "0123456789") == Fold(name)) {
					continue
				}
				taken[i] = true
				c.at[f.Name] = append(c.at[f.Name], i)
				if !f.Many {
					break
				}
			}
		}
	}
	return c
}

func (c Columns) missing(oneOf [][]string) (groups [][]string) {
	for _, group := range oneOf {
		if !slices.ContainsFunc(group, c.Has) {
			groups = append(groups, group)
		}
	}
	return groups
}

// explain says what is missing, what there is, and what may have been meant.
func (c Columns) explain(fields []Field, oneOf [][]string) error {
	if len(c.Header) == 0 {
		return errors.New("there is no header: the table is empty")
	}
	var b strings.Builder
	for _, group := range c.missing(oneOf) {
		fmt.Fprintf(&b, "no column for %s", strings.Join(group, " or "))
		if near := c.nearest(fields, group); len(near) > 0 {
			fmt.Fprintf(&b, "; did you mean %s?", strings.Join(near, " or "))
		}
		b.WriteString("\n")
	}
	var quoted []string
	for _, h := range c.Header {
		if h != "" {
			quoted = append(quoted, fmt.Sprintf("%q", h))
		}
	}
	fmt.Fprintf(&b, "the columns in line %d are %s", c.Line, strings.Join(quoted, ", "))
	return errors.New(b.String())
}

// nearest are the headers that are most like one that is looked for.
func (c Columns) nearest(fields []Field, group []string) []string {
	type near struct {
		header   string
		distance int
	}
	var all []near
	for _, h := range c.Unread() {
		folded, best := Fold(h), 1<<30
		for _, f := range fields {
			if !slices.Contains(group, f.Name) {
				continue
			}
			for _, name := range f.Headers {
				best = min(best, unlike(folded, Fold(name)))
			}
		}
		if best <= 40 {
			all = append(all, near{h, best})
		}
	}
	slices.SortStableFunc(all, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, n := range all[:min(3, len(all))] {
		names = append(names, fmt.Sprintf("%q", n.header))
	}
	return names
}

// unlike rates two headers: 0 the same, 100 nothing in common.
func unlike(a, b string) int {
	if len(b) >= 4 && strings.Contains(a, b) || len(a) >= 4 && strings.Contains(b, a) {
		return 20
	}
	return editDistance(a, b) * 100 / max(len(a), len(b), 1)
}

// editDistance counts the bytes to insert, delete or change (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := before
			if a[i-1] != b[j-1] {
				cost++
			}
			before = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

// Fold is a header as headers are compared: letters and digits, lower case,
// without accents.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(ligatures.Replace(s)))
}

// ligatures are letters that Unicode does not take apart.
var ligatures = strings.NewReplacer("ß", "ss", "ø", "o", "Ø", "o", "æ", "ae", "œ", "oe", "№", "no", "º", "", "°", "")
