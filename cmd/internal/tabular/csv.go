package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// Bounds on one row of a CSV file.
const (
	longestLine = 1 << 20
	mostLines   = 50 // a quoted cell that goes on for more was never closed
)

// headSize is how much of a text is looked at to find its separator.
const headSize = 64 << 10

func (t *File) openCSV(c *census, o Options) error {
	head := make([]byte, headSize)
	n, err := t.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	name, enc, err := findEncoding(head[:n], c, o.Encoding)
	if err != nil {
		return err
	}
	start, err := io.ReadAll(io.LimitReader(t.text(enc), headSize))
	if err != nil {
		return err
	}
	oldMac := bytes.Contains(start, []byte("\r")) && !bytes.Contains(start, []byte("\n"))
	if t.Comma = o.Separator; t.Comma == 0 {
		t.Comma = findSeparator(start)
	}
	t.Kind = fmt.Sprintf("CSV, %s, separated by %s", name, separatorName(t.Comma))
	t.sheets = []Sheet{{rows: func(each func(Row) error) error {
		r := t.text(enc)
		if oldMac {
			r = transform.NewReader(r, newlines{})
		}
		return newReader(r, t.Comma).all(each)
	}}}
	return nil
}

// text is the whole file as UTF-8.
func (t *File) text(enc encoding.Encoding) io.Reader {
	raw := io.NewSectionReader(t.file, 0, 1<<62)
	if enc == nil {
		return raw // its mark and its broken bytes are left to tidy
	}
	return transform.NewReader(raw, enc.NewDecoder())
}

// newlines makes LF of CR.
type newlines struct{ transform.NopResetter }

// Transform implements transform.Transformer.
func (newlines) Transform(dst, src []byte, _ bool) (int, int, error) {
	n := copy(dst, src)
	for i := range dst[:n] {
		if dst[i] == '\r' {
			dst[i] = '\n'
		}
	}
	if n < len(src) {
		return n, n, transform.ErrShortDst
	}
	return n, n, nil
}

var separators = []rune{';', ',', '\t', '|'}

func separatorName(r rune) string {
	if r == '\t' {
		return "tabs"
	}
	return string(r)
}

// findSeparator takes the one that cuts most of the first rows into the same
// number of cells; of several such, the one that makes more of them. Excel's
// own first line "sep=;" decides.
func findSeparator(start []byte) rune {
	if line, ok := bytes.CutPrefix(start, []byte("sep=")); ok && len(line) > 1 && (line[1] == '\r' || line[1] == '\n') {
		return rune(line[0])
	}
	best, bestScore := ',', 0
	for _, sep := range separators {
		if score := agreement(start, sep); score > bestScore {
			best, bestScore = sep, score
		}
	}
	return best
}

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// agreement rates how well a separator cuts the first rows.
func agreement(start []byte, sep rune) int {
	widths, rows := map[int]int{}, 0
	if i := bytes.LastIndexByte(start, '\n'); i > 0 && len(start) == headSize {
		start = start[:i] // the last line is cut off
	}
	r := newReader(bytes.NewReader(start), sep)
	err := r.all(func(row Row) error {
		widths[len(row.Cells)]++
		if rows++; rows == 200 {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0
	}
	most, width := 0, 0
	for w, n := range widths {
		if w > 1 && (n > most || n == most && w > width) {
			most, width = n, w
		}
	}
	return most*1000/max(rows, 1)*100 + min(width, 99)
}

// reader takes CSV apart (RFC 4180), and forgives what exporters do: a quotation
// mark within a cell that is not doubled, one at the beginning of a cell that is
// never closed, rows of different lengths.
type reader struct {
	in      *bufio.Reader
	sep     byte
	line    int      // of the last physical line that was taken
	ahead   []string // physical lines that were read too far
	cells   []string
	started bool
}

func newReader(r io.Reader, sep rune) *reader {
	return &reader{in: bufio.NewReaderSize(r, 256<<10), sep: byte(sep)}
}

// all calls each with every row that is not empty.
func (r *reader) all(each func(Row) error) error {
	for {
		line, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		first := r.line
		if !r.started {
			r.started = true
			if strings.HasPrefix(line, "sep=") && len(line) == len("sep=")+1 {
				continue
			}
		}
		if err := r.row(line); err != nil {
			return err
		}
		row := Row{Line: first, Cells: r.cells}
		if row.empty() {
			continue
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// next returns the next physical line without its end.
func (r *reader) next() (string, error) {
	r.line++
	if len(r.ahead) > 0 {
		line := r.ahead[0]
		r.ahead = r.ahead[1:]
		return line, nil
	}
	var long []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			if long = append(long, part...); len(long) > longestLine {
				return "", fmt.Errorf("line %d is longer than %d bytes: this is no table", r.line, longestLine)
			}
			continue
		}
		if err != nil && (err != io.EOF || len(part)+len(long) == 0) {
			return "", err
		}
		if long != nil {
			part = append(long, part...)
		}
		return string(bytes.TrimRight(part, "\r\n")), nil
	}
}

// row cuts a line, and the lines that a quoted cell goes on in, into r.cells.
func (r *reader) row(line string) error {
	r.cells = r.cells[:0]
	for {
		start := strings.TrimLeft(line, " ")
		if !strings.HasPrefix(start, `"`) {
			at := strings.IndexByte(line, r.sep)
			if at < 0 {
				r.cells = append(r.cells, tidy(line))
				return nil
			}
			r.cells = append(r.cells, tidy(line[:at]))
			line = line[at+1:]
			continue
		}
		cell, rest, more, err := r.quoted(start[1:])
		if err != nil {
			return err
		}
		if r.cells = append(r.cells, tidy(cell)); !more {
			return nil
		}
		line = rest
	}
}

// quoted reads a quoted cell; s begins behind its first quotation mark. more
// says whether another cell follows in rest.
func (r *reader) quoted(s string) (cell, rest string, more bool, err error) {
	if cell, rest, more, closed := r.closeQuote(s); closed {
		return cell, rest, more, nil
	}
	whole, lines := s, []string(nil)
	for len(lines) < mostLines && len(whole) < longestLine {
		line, err := r.next()
		if err == io.EOF {
			r.line--
			break
		}
		if err != nil {
			return "", "", false, err
		}
		lines = append(lines, line)
		whole += "\n" + line
		if strings.IndexByte(line, '"') < 0 {
			continue
		}
		if cell, rest, more, closed := r.closeQuote(whole); closed {
			return cell, rest, more, nil
		}
	}
	// Never closed: it is a mark like any other, and the row ends with its line.
	r.ahead = append(lines, r.ahead...)
	r.line -= len(lines)
	cell, rest, more = strings.Cut(s, string(r.sep))
	return `"` + cell, rest, more, nil
}

// closeQuote looks for the end of a quoted cell: a single mark with a separator
// or nothing behind it.
func (r *reader) closeQuote(s string) (cell, rest string, more, closed bool) {
	doubled := false
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			doubled = true
			i++
			continue
		}
		rest := strings.TrimLeft(s[i+1:], " ")
		if rest != "" && rest[0] != r.sep {
			continue
		}
		cell := s[:i]
		if doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		if rest == "" {
			return cell, "", false, true
		}
		return cell, rest[1:], true, true
	}
	return "", "", false, false
}
