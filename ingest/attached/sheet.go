package attached

import (
	"archive/zip"
	"bytes"
	"errors"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds on a spreadsheet. What a customer sends is a list of units; a price
// list of a hundred thousand rows is cut.
const (
	mostSheets   = 30
	mostRows     = 20_000 // with anything in them, over all sheets
	mostColumns  = 200
	mostCells    = 4_000_000 // also the empty ones before a filled one
	longCell     = 4 << 10
	unzippedMost = 64 << 20
)

// sheetText gives the rows of a workbook's sheets, hidden ones too: cells
// parted by tabs, rows by LF, sheets by an empty line.
func sheetText(data []byte, most int) (string, trouble) {
	if t := checkZip(data); t != "" {
		return "", t
	}
	// Both limits are one, so that nothing is unpacked to the disk.
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: unzippedMost, UnzipXMLSizeLimit: unzippedMost,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return "", damaged
	}
	defer f.Close()
	out := &rows{most: most}
	for i, name := range f.GetSheetList() {
		if i == mostSheets {
			out.full = true
		}
		if out.full {
			break
		}
		out.part()
		if err := out.sheet(f, name); err != nil {
			return out.text(), damaged
		}
	}
	if out.full {
		return out.text(), cut
	}
	return out.text(), ""
}

// checkZip refuses a bomb before anything is unpacked. The sizes that an
// archive states are held by archive/zip while it unpacks.
func checkZip(data []byte) trouble {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damaged
	}
	var sum uint64
	for _, f := range z.File {
		sum += f.UncompressedSize64
		if f.Flags&1 != 0 {
			return password
		}
		if sum > unzippedMost || f.UncompressedSize64 > unzippedMost {
			return tooLarge
		}
	}
	return ""
}

// rows collects text within bounds.
type rows struct {
	strings.Builder
	most  int
	count int
	cells int
	blank bool // an empty line is due before the next row
	full  bool
}

// part says that what follows stands apart from what was.
func (r *rows) part() { r.blank = r.Len() > 0 }

func (r *rows) text() string { return strings.TrimRight(r.String(), "\n") }

func (r *rows) add(line string) {
	if r.full || r.count >= mostRows || r.Len()+len(line)+2 > r.most {
		r.full = true
		return
	}
	if r.blank {
		r.WriteByte('\n')
		r.blank = false
	}
	r.WriteString(line)
	r.WriteByte('\n')
	r.count++
}

// sheet reads one sheet twice in step: as it is displayed, and raw, for the
// numbers whose display loses digits.
func (r *rows) sheet(f *excelize.File, name string) error {
	shown, err := f.Rows(name)
	if err != nil {
		var chart excelize.ErrSheetNotExist
		if errors.As(err, &chart) {
			return nil
		}
		return err
	}
	defer shown.Close()
	raw, err := f.Rows(name)
	if err != nil {
		return err
	}
	defer raw.Close()
	for shown.Next() && raw.Next() && !r.full {
		cells, err := shown.Columns()
		if err != nil {
			return err
		}
		values, err := raw.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return err
		}
		if r.cells += len(cells); r.cells > mostCells {
			r.full = true
		}
		if line := rowLine(cells, values); line != "" {
			r.add(line)
		} else {
			r.part()
		}
	}
	return nil
}

// rowLine is one row; empty where nothing stands in it.
func rowLine(cells, values []string) string {
	var b strings.Builder
	anything := false
	for i, c := range cells[:min(len(cells), mostColumns)] {
		if i > 0 {
			b.WriteByte('\t')
		}
		if i < len(values) {
			c = inFull(c, values[i])
		}
		c = cellText(c)
		anything = anything || c != ""
		b.WriteString(c)
	}
	if !anything {
		return ""
	}
	return strings.TrimRight(b.String(), "\t")
}

// cellText makes one line of a cell. Lines within one are mostly a list.
func cellText(c string) string {
	c = strings.TrimSpace(cutText(c, longCell))
	c = strings.NewReplacer("\r\n", "; ", "\n", "; ", "\r", "; ", "\t", " ").Replace(c)
	return c
}

var scientific = regexp.MustCompile(`^-?\d(?:[.,]\d+)?E[+-]?\d+$`)

// exactDigits is how many digits Excel keeps of a number: of a longer one the
// last are zeros that nobody typed.
const exactDigits = 15

// inFull gives a long number that is displayed as 1.23E+11 with all its
// digits. One that Excel itself has rounded is left as short as Excel shows it,
// so that nobody takes it for a serial number.
func inFull(shown, raw string) string {
	if !scientific.MatchString(shown) {
		return shown
	}
	n, ok := new(big.Rat).SetString(strings.Replace(raw, ",", ".", 1))
	if !ok || !n.IsInt() {
		return shown
	}
	digits := n.Num().String()
	if len(strings.TrimPrefix(digits, "-")) > exactDigits {
		rounded, _ := n.Float64()
		return strconv.FormatFloat(rounded, 'E', 2, 64)
	}
	return digits
}
