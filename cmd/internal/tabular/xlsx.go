package tabular

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds on a workbook: a sheet has at most 2^20 rows of 2^14 columns.
const (
	unzippedMost = 8 << 30
	stringsMost  = 1 << 30
	partMost     = 64 << 20
	mostColumns  = 1 << 14
)

// workbook is an open XLSX file (ECMA-376, SpreadsheetML). It is read here and
// not with a library that holds a sheet's cells as objects: a million rows are
// to pass in seconds.
type workbook struct {
	zip     *zip.Reader
	styles  []numberStyle // of cells, by index
	shared  sharedStrings
	date904 bool // days count from 1904
}

func (t *File) openXLSX() error {
	z, err := zip.NewReader(t.file, t.Size)
	if err != nil {
		return fmt.Errorf("the workbook is damaged: %w", err)
	}
	var sum uint64
	for _, f := range z.File {
		if sum += f.UncompressedSize64; sum > unzippedMost {
			return errors.New("the workbook unpacks to more than 8 GB")
		}
	}
	w := &workbook{zip: z}
	t.Kind = "XLSX"
	t.sheets, err = w.open()
	return err
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// related reads where a part refers to.
func (w *workbook) related(part string) ([]relation, error) {
	var rels struct {
		All []relation `xml:"Relationship"`
	}
	dir, base := path.Split(part)
	err := w.part(dir+"_rels/"+base+".rels", &rels)
	for i, r := range rels.All {
		if !strings.HasPrefix(r.Target, "/") {
			rels.All[i].Target = path.Join(dir, r.Target)
		} else {
			rels.All[i].Target = r.Target[1:]
		}
	}
	return rels.All, err
}

// part reads a small part whole.
func (w *workbook) part(name string, into any) error {
	f, err := w.zip.Open(name)
	if err != nil {
		return fmt.Errorf("the workbook is damaged: %w", err)
	}
	defer f.Close()
	if err := xml.NewDecoder(io.LimitReader(f, partMost)).Decode(into); err != nil {
		return fmt.Errorf("the workbook is damaged: %s: %w", name, err)
	}
	return nil
}

func (w *workbook) open() ([]Sheet, error) {
	top, err := w.related("")
	if err != nil {
		return nil, err
	}
	main := slices.IndexFunc(top, func(r relation) bool { return strings.HasSuffix(r.Type, "/officeDocument") })
	if main < 0 {
		return nil, errors.New("this is no workbook")
	}
	var book struct {
		Properties struct {
			Date1904 bool `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.part(top[main].Target, &book); err != nil {
		return nil, err
	}
	rels, err := w.related(top[main].Target)
	if err != nil {
		return nil, err
	}
	w.date904 = book.Properties.Date1904
	if err := w.readRelated(rels); err != nil {
		return nil, err
	}
	var sheets []Sheet
	for _, s := range book.Sheets {
		id := slices.IndexFunc(s.Attrs, func(a xml.Attr) bool { return a.Name.Local == "id" })
		for _, r := range rels {
			if id >= 0 && r.ID == s.Attrs[id].Value && strings.HasSuffix(r.Type, "/worksheet") {
				sheets = append(sheets, Sheet{Name: s.Name, rows: func(each func(Row) error) error { return w.sheet(r.Target, each) }})
			}
		}
	}
	if len(sheets) == 0 {
		return nil, errors.New("the workbook has no sheet")
	}
	return sheets, nil
}

func (w *workbook) readRelated(rels []relation) error {
	for _, r := range rels {
		var err error
		switch {
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = w.readShared(r.Target)
		case strings.HasSuffix(r.Type, "/styles"):
			err = w.readStyles(r.Target)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// numberStyle is what matters of how a cell shows its number.
type numberStyle struct {
	date  bool
	zeros int // digits to which zeros are put before
}

func (w *workbook) readStyles(name string) error {
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := w.part(name, &sheet); err != nil {
		return err
	}
	custom := map[int]numberStyle{}
	for _, f := range sheet.Formats {
		custom[f.ID] = styleOf(f.Code)
	}
	for _, c := range sheet.Cells {
		style, ok := custom[c.Format]
		if !ok {
			// The built-in formats: 14 to 22 are dates and times, 27 to 36 and
			// 50 to 58 those of East Asia, 45 to 47 times.
			f := c.Format
			style.date = f >= 14 && f <= 22 || f >= 27 && f <= 36 || f >= 45 && f <= 47 || f >= 50 && f <= 58
		}
		w.styles = append(w.styles, style)
	}
	return nil
}

var (
	unread    = regexp.MustCompile(`"[^"]*"|\\.|\[[^\]]*\]|_.|\*.`) // of a format: literal text, colours, locales
	allZeros  = regexp.MustCompile(`^0+$`)
	dateSigns = regexp.MustCompile(`(?i)[ymdhs]`)
)

func styleOf(code string) numberStyle {
	code, _, _ = strings.Cut(unread.ReplaceAllString(code, ""), ";")
	if allZeros.MatchString(code) {
		return numberStyle{zeros: len(code)}
	}
	return numberStyle{date: dateSigns.MatchString(code) && !strings.EqualFold(code, "General")}
}

// sharedStrings are the texts of a workbook, end to end.
type sharedStrings struct {
	text []byte
	ends []int
}

func (s *sharedStrings) at(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := 0
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

// readShared reads the table of texts. Text of phonetic runs is left out.
func (w *workbook) readShared(name string) error {
	f, err := w.zip.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	x := newScanner(f)
	inText, phonetic := false, false
	for {
		tok, err := x.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the workbook is damaged: %s: %w", name, err)
		}
		switch {
		case tok.text && inText && !phonetic:
			w.shared.text = append(w.shared.text, unescape(tok.body)...)
		case tok.text:
		case tok.name == "t":
			inText = tok.opens()
		case tok.name == "rPh":
			phonetic = tok.opens()
		case tok.name == "si" && !tok.opens():
			w.shared.ends = append(w.shared.ends, len(w.shared.text))
		}
		if len(w.shared.text) > stringsMost {
			return errors.New("the workbook has more than 1 GB of text")
		}
	}
}

// cell is a cell while it is read.
type cell struct {
	column int
	style  int
	kind   string
	value  []byte
}

// sheet reads a sheet row by row.
func (w *workbook) sheet(name string, each func(Row) error) error {
	f, err := w.zip.Open(name)
	if err != nil {
		return fmt.Errorf("the workbook is damaged: %w", err)
	}
	defer f.Close()
	s := &sheetReader{book: w, x: newScanner(f)}
	switch err = s.read(each); {
	case err == errEnough:
		return nil
	case s.x.fault || err == io.EOF:
		return fmt.Errorf("the workbook is damaged: %s: %w", name, broken(err))
	}
	return err
}

type sheetReader struct {
	book  *workbook
	x     *scanner
	row   Row
	cell  cell
	value bool // inside a value
	rPh   bool
}

func (s *sheetReader) read(each func(Row) error) error {
	for {
		tok, err := s.x.next()
		if err != nil {
			return err
		}
		if tok.text {
			if s.value && !s.rPh {
				s.cell.value = append(s.cell.value, unescape(tok.body)...)
			}
			continue
		}
		switch tok.name {
		case "row":
			if !tok.closing {
				s.beginRow(tok)
			}
			if !tok.opens() && !s.row.empty() {
				if err := each(s.row); err != nil {
					return err
				}
			}
		case "c":
			if !tok.closing {
				s.beginCell(tok)
			}
			if !tok.opens() {
				s.endCell()
			}
		case "v", "t":
			s.value = tok.opens()
		case "rPh":
			s.rPh = tok.opens()
		case "sheetData":
			if !tok.opens() {
				return errEnough // what follows are no cells
			}
		}
	}
}

func (s *sheetReader) beginRow(tok token) {
	s.row.Cells = s.row.Cells[:0]
	s.row.Line++
	if n, err := strconv.Atoi(tok.attr("r")); err == nil && n > 0 {
		s.row.Line = n
	}
	s.cell.column = -1
}

func (s *sheetReader) beginCell(tok token) {
	at := columnOf(tok.attr("r"))
	if at < 0 {
		at = s.cell.column + 1 // the place may be left out
	}
	style, err := strconv.Atoi(tok.attr("s"))
	if err != nil {
		style = -1
	}
	s.cell = cell{column: at, style: style, kind: tok.attr("t"), value: s.cell.value[:0]}
}

func (s *sheetReader) endCell() {
	if s.cell.column < 0 || s.cell.column >= mostColumns {
		return
	}
	text := s.book.text(s.cell)
	for len(s.row.Cells) <= s.cell.column {
		s.row.Cells = append(s.row.Cells, "")
	}
	s.row.Cells[s.cell.column] = tidy(text)
}

// columnOf is the column of a cell's place: 0 of "A17"; -1 where there is none.
func columnOf(place string) int {
	n := 0
	for i := range len(place) {
		c := place[i] &^ 0x20
		if c < 'A' || c > 'Z' || n > mostColumns {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}

// text is what a cell says: dates as 2006-01-02, numbers with all their digits.
func (w *workbook) text(c cell) string {
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(string(c.value))
		if err != nil {
			return ""
		}
		text, _ := w.shared.at(i)
		return text
	case "str", "inlineStr":
		return string(c.value)
	case "b":
		return string(c.value)
	case "e": // #N/A and the like
		return ""
	case "d":
		return string(c.value)
	}
	if len(c.value) == 0 {
		return ""
	}
	var style numberStyle
	if c.style >= 0 && c.style < len(w.styles) {
		style = w.styles[c.style]
	}
	if style.date {
		if day, ok := w.day(string(c.value)); ok {
			return day
		}
	}
	n := inFull(string(c.value))
	if len(n) < style.zeros && !strings.ContainsAny(n, "-.E") {
		n = strings.Repeat("0", style.zeros-len(n)) + n
	}
	return n
}

// day is the date of a number of days; false for a time of day.
func (w *workbook) day(value string) (string, bool) {
	days, err := strconv.ParseFloat(value, 64)
	if err != nil || days < 1 || days > 2958465 { // 9999-12-31
		return "", false
	}
	return excelDay(int(days), w.date904).Format(time.DateOnly), true
}

// excelDay counts as Excel does, which takes 1900 for a leap year.
func excelDay(days int, from1904 bool) time.Time {
	if from1904 {
		return time.Date(1904, 1, 1+days, 0, 0, 0, 0, time.UTC)
	}
	if days < 60 {
		days++
	}
	return time.Date(1899, 12, 30+days, 0, 0, 0, 0, time.UTC)
}

// exactDigits is how many digits Excel keeps of a number: of a longer one the
// last are zeros that nobody typed.
const exactDigits = 15

// inFull gives a number with all its digits. One that Excel itself has rounded
// keeps its exponent, so that nobody takes it for a number of anything.
func inFull(value string) string {
	if len(value) <= exactDigits && !strings.ContainsAny(value, ".eE") {
		return value
	}
	n, ok := new(big.Rat).SetString(value)
	if !ok || len(value) > 40 {
		return value
	}
	if !n.IsInt() {
		f, _ := n.Float64()
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	digits := n.Num().String()
	if len(strings.TrimPrefix(digits, "-")) > exactDigits {
		rounded, _ := n.Float64()
		return strconv.FormatFloat(rounded, 'E', 2, 64)
	}
	return digits
}
