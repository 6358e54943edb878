package attached

import (
	"bytes"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// workbook makes an XLSX file.
func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// set sets cells, "A1", value, …
func set(t testing.TB, f *excelize.File, sheet string, cells ...any) {
	t.Helper()
	for i := 0; i < len(cells); i += 2 {
		if err := f.SetCellValue(sheet, cells[i].(string), cells[i+1]); err != nil {
			t.Fatal(err)
		}
	}
}

func style(t testing.TB, f *excelize.File, cell string, s *excelize.Style) {
	t.Helper()
	id, err := f.NewStyle(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
		t.Fatal(err)
	}
}

func TestSheet(t *testing.T) {
	zeros := "000000000000"
	for _, c := range []struct {
		name string
		fill func(f *excelize.File)
		want string
	}{
		{"rows and cells", func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", "Model", "B1", "Serial", "A2", "T46U", "B2", "ABC123", "C2", "dead", "A3", "T43U")
		}, "Model\tSerial\nT46U\tABC123\tdead\nT43U"},
		{"an empty cell between", func(f *excelize.File) { set(t, f, "Sheet1", "A1", "a", "C1", "c") }, "a\t\tc"},
		{"empty rows part", func(f *excelize.File) { set(t, f, "Sheet1", "A1", "a", "A9", "b") }, "a\n\nb"},
		{"long numbers in full", func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", 123456789012345, "B1", 805123456789, "C1", 42, "D1", 1.5)
		}, "123456789012345\t805123456789\t42\t1.5"},
		{"a number that Excel rounded is no number", func(f *excelize.File) { set(t, f, "Sheet1", "A1", 1234567890123456789) }, "1.23E+18"},
		{"leading zeros by format", func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", 12345678)
			style(t, f, "A1", &excelize.Style{CustomNumFmt: &zeros})
		}, "000012345678"},
		{"dates", func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", time.Date(2025, 3, 4, 0, 0, 0, 0, time.UTC))
			style(t, f, "A1", &excelize.Style{NumFmt: 14})
		}, "2025-03-04"},
		{"lines in a cell", func(f *excelize.File) { set(t, f, "Sheet1", "A1", "one\r\ntwo\tx", "B1", "y") }, "one; two x\ty"},
		{"hidden sheets and rows", func(f *excelize.File) {
			set(t, f, "Sheet1", "A1", "seen", "A2", "row")
			if _, err := f.NewSheet("Other"); err != nil {
				t.Fatal(err)
			}
			set(t, f, "Other", "A1", "hidden")
			if err := f.SetSheetVisible("Other", false); err != nil {
				t.Fatal(err)
			}
			if err := f.SetRowVisible("Sheet1", 2, false); err != nil {
				t.Fatal(err)
			}
		}, "seen\nrow\n\nhidden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantText(t, read(t, "list.xlsx", workbook(t, c.fill)), c.want)
		})
	}
}
