package tabular

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// file writes a file and opens it.
func file(t testing.TB, content []byte, o Options) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// rows are the rows of a sheet, each as "line: cell|cell".
func rows(t testing.TB, s Sheet) []string {
	t.Helper()
	var all []string
	err := s.Rows(func(r Row) error {
		all = append(all, fmt.Sprintf("%d: %s", r.Line, strings.Join(r.Cells, "|")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func encoded(t *testing.T, e encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every usual encoding, with every usual separator, gives the same rows.
func TestEncodingsAndSeparators(t *testing.T) {
	utf16 := func(e unicode.Endianness, b unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(e, b) }
	for name, tc := range map[string]struct {
		enc    encoding.Encoding
		prefix string
		kind   string
		o      Options
	}{
		"UTF-8":                  {encoding.Nop, "", "UTF-8", Options{}},
		"UTF-8 with mark":        {encoding.Nop, "\xef\xbb\xbf", "UTF-8", Options{}},
		"UTF-16LE with mark":     {utf16(unicode.LittleEndian, unicode.UseBOM), "", "UTF-16", Options{}},
		"UTF-16BE with mark":     {utf16(unicode.BigEndian, unicode.UseBOM), "", "UTF-16", Options{}},
		"UTF-16LE":               {utf16(unicode.LittleEndian, unicode.IgnoreBOM), "", "UTF-16", Options{}},
		"UTF-16BE":               {utf16(unicode.BigEndian, unicode.IgnoreBOM), "", "UTF-16", Options{}},
		"Windows-1252":           {charmap.Windows1252, "", "Windows-1252", Options{}},
		"Latin-1":                {charmap.ISO8859_1, "", "Windows-1252", Options{}},
		"DOS, as the desk named": {charmap.CodePage850, "", "IBM850", Options{Encoding: "IBM850"}},
	} {
		for _, sep := range separators {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				t.Run(fmt.Sprintf("%s%q%q", name, sep, end), func(t *testing.T) {
					text := strings.NewReplacer(";", string(sep), "\n", end).Replace("Série;Société;Note\nS1;Café Zürich;à l'été\n\nS2;Müller & Söhne;\"a;b\"\n")
					f := file(t, append([]byte(tc.prefix), encoded(t, tc.enc, text)...), tc.o)
					want := []string{"1: Série|Société|Note", "2: S1|Café Zürich|à l'été", "4: S2|Müller & Söhne|a" + string(sep) + "b"}
					got := rows(t, f.Sheets()[0])
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("rows (-want +got):\n%s", diff)
					}
					if f.Comma != sep || !strings.Contains(f.Kind, tc.kind) {
						t.Errorf("taken for %s", f.Kind)
					}
				})
			}
		}
	}
}

// What exporters do to CSV.
func TestCSV(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       []string
	}{
		{"quotes", "a;\"b;c\";\"d \"\"e\"\"\"\nf;;\n", []string{`1: a|b;c|d "e"`, "2: f||"}},
		{"a cell over lines", "a;\"b\nc\"\nd;e\n", []string{"1: a|b\nc", "3: d|e"}},
		{"an inch", "a;24\" screen\nb;\"24\" screen\"\n", []string{`1: a|24" screen`, `2: b|24" screen`}},
		{"a mark that is never closed", "a;\"24 inch;x\nb;c\nd;e\n", []string{`1: a|"24 inch|x`, "2: b|c", "3: d|e"}},
		{"a mark that is never closed, far from the end", "a;\"24 inch\n" + strings.Repeat("b;c\n", 100), append([]string{`1: a|"24 inch`}, numbered(2, 100, "b|c")...)},
		{"Excel's own separator line", "sep=;\na;b,c\n", []string{"2: a|b,c"}},
		{"zeros that Excel must keep", "a;=\"00123\";\"=\"\"00456\"\"\"\n", []string{"1: a|00123|00456"}},
		{"rows of different lengths", "a;b;c\nd\ne;f\n", []string{"1: a|b|c", "2: d", "3: e|f"}},
		{"empty rows", "\n;;\na;b\n  ;\t\n", []string{"3: a|b"}},
		{"spaces", " a ; \"b\" ;\u00a0c\u00a0\n", []string{"1: a|b|c"}},
		{"one column", "serial\nS1\nS2\n", []string{"1: serial", "2: S1", "3: S2"}},
		{"no end of the last line", "a;b\nc;d", []string{"1: a|b", "2: c|d"}},
		{"zero bytes and direction marks", "a\x00;\u202eb\u200b\n", []string{"1: a|b"}},
		{"decimal commas", "serial;price\nS1;1,50\nS2;2,75\n", []string{"1: serial|price", "2: S1|1,50", "3: S2|2,75"}},
		{"a broken byte in UTF-8", strings.Repeat("é;è\n", 20) + "a\xff;b\n", append(numbered(1, 20, "é|è"), "21: a\ufffd|b")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, rows(t, file(t, []byte(tc.text), Options{}).Sheets()[0])); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

func numbered(from, n int, text string) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("%d: %s", from+i, text))
	}
	return all
}

func TestOpenRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	for content, want := range map[string]string{
		"":                             "empty",
		"\xd0\xcf\x11\xe0\xa1\xb1":     "save it as .xlsx",
		"%PDF-1.7":                     "PDF",
		"PK\x03\x04 but no zip":        "damaged",
		strings.Repeat("x", 3<<20):     "", // found when it is read
		"PK\x03\x04" + string(notXLSX): "damaged",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path, Options{})
		if want == "" {
			if err == nil {
				err = f.Sheets()[0].Rows(func(Row) error { return nil })
			}
			want = "no table"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.10q: %v, want %q", content, err, want)
		}
	}
	if _, err := Open(path, Options{Encoding: "klingon"}); err == nil {
		t.Error("an unknown encoding was taken")
	}
}

var notXLSX = func() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.Create("readme.txt")
	z.Close()
	return b.Bytes()
}()

// A CSV that is written by the rules comes back as it was.
func TestCSVIsLossless(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		cellText := rapid.StringOfN(rapid.SampledFrom([]rune(`ab"';,|=é€ `+"\n")), 1, 8, -1)
		width := rapid.IntRange(2, 5).Draw(t, "width")
		sep := rapid.SampledFrom(separators).Draw(t, "separator")
		table := rapid.SliceOfN(rapid.SliceOfN(cellText, width, width), 1, 10).Draw(t, "table")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = sep
		if err := w.WriteAll(table); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "x.csv")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := Open(path, Options{Separator: sep})
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var got, want [][]string
		err = f.Sheets()[0].Rows(func(r Row) error {
			got = append(got, append([]string{}, r.Cells...))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range table {
			tidied := make([]string, len(row))
			for i, c := range row {
				tidied[i] = tidy(c)
			}
			if !(Row{Cells: tidied}).empty() {
				want = append(want, tidied)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", b.String(), diff)
		}
	})
}

// workbookOf makes a real workbook.
func workbookOf(t testing.TB, fill func(*excelize.File)) []byte {
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

func TestXLSX(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	book := workbookOf(t, func(f *excelize.File) {
		style := func(s excelize.Style) int {
			id, err := f.NewStyle(&s)
			must(err)
			return id
		}
		set := func(cell string, v any, styles ...int) {
			must(f.SetCellValue("Sheet1", cell, v))
			for _, s := range styles {
				must(f.SetCellStyle("Sheet1", cell, cell, s))
			}
		}
		german, zeros, digits := "dd/mm/yyyy", "00000000", `#,##0 "pcs"`
		set("A1", "Serial")
		set("B1", "Delivered")
		set("A3", 310901234567)
		set("B3", time.Date(2025, 4, 3, 0, 0, 0, 0, time.UTC), style(excelize.Style{CustomNumFmt: &german}))
		set("C3", 12345, style(excelize.Style{CustomNumFmt: &zeros}))
		set("D3", 1234567, style(excelize.Style{CustomNumFmt: &digits}))
		set("A4", 1234567890123456789.0)
		set("B4", time.Date(2025, 4, 3, 17, 30, 0, 0, time.UTC), style(excelize.Style{NumFmt: 22}))
		set("C4", 1.5)
		set("D4", true)
		set("A5", " 20EZ & <115> ")
		set("B5", "03.04.2025")
		set("D5", "line\nbreak")
		_, err := f.NewSheet("Other")
		must(err)
		must(f.SetCellValue("Other", "B2", "x"))
	})
	f := file(t, book, Options{})
	sheets := f.Sheets()
	if len(sheets) != 2 || sheets[0].Name != "Sheet1" || sheets[1].Name != "Other" {
		t.Fatalf("sheets: %+v", sheets)
	}
	want := []string{"1: Serial|Delivered", "3: 310901234567|2025-04-03|00012345|1234567", "4: 1.23E+18|2025-04-03|1.5|1", "5: 20EZ & <115>|03.04.2025||line\nbreak"}
	for range 2 { // and a second time
		if diff := cmp.Diff(want, rows(t, sheets[0])); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"2: |x"}, rows(t, sheets[1])); diff != "" {
		t.Errorf("rows of the other sheet (-want +got):\n%s", diff)
	}
}

// zipped makes a workbook of parts.
func zipped(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="/xl/book.xml"/></Relationships>`,
		"xl/book.xml":                `<x:workbook xmlns:x="m" xmlns:r="r"><x:workbookPr date1904="1"/><x:sheets><x:sheet name="S" sheetId="1" r:id="b"/><x:sheet name="Chart" r:id="d"/></x:sheets></x:workbook>`,
		"xl/_rels/book.xml.rels":     `<Relationships><Relationship Id="b" Type="http://x/worksheet" Target="s.xml"/><Relationship Id="c" Type="http://x/sharedStrings" Target="t.xml"/><Relationship Id="d" Type="http://x/chartsheet" Target="c.xml"/><Relationship Id="e" Type="http://x/styles" Target="st.xml"/></Relationships>`,
		"xl/st.xml":                  `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>`,
		"xl/t.xml":                   `<sst><si><r><t>rich </t></r><r><t xml:space="preserve">text</t></r><rPh><t>furigana</t></rPh></si><si/><si><t>a&amp;b&#233;&#xE9;_x0041_&unknown;</t></si></sst>`,
		"[Content_Types].xml":        `<Types/>`,
		"xl/worksheets/ignored.data": "",
	}
	for name, text := range parts {
		all[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Sheets as other programs than Excel write them.
func TestSheetXML(t *testing.T) {
	for _, tc := range []struct {
		name, xml string
		want      []string
	}{
		{"shared texts", `<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>9</v></c></row></sheetData></worksheet>`,
			[]string{"2: rich text||a&béé" + "A&unknown;|"}},
		{"prefixes, no places", `<?xml version="1.0"?><!-- > --><x:worksheet><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is><x:t>in</x:t></x:is></x:c></x:row><x:row/><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
			[]string{"1: 1|in", "3: 2"}},
		{"days from 1904, times", `<worksheet><sheetData><row r="1"><c r="A1" s="1"><v>40000</v></c><c r="B1" s="2"><v>0.5</v></c><c r="C1" s="77"><v>40000</v></c></row></sheetData></worksheet>`,
			[]string{"1: 2013-07-07|0.5|40000"}},
		{"errors, formulas, CDATA, quotes", `<worksheet><sheetData><row r="1" spans='1:"3'><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="str"><f>A1&gt;"x"</f><v>text</v></c><c r="C1" t="str" x="a>b"><v><![CDATA[<&]]></v></c></row></sheetData></worksheet>`,
			[]string{"1: |text|<&"}},
		{"cells out of order and far away", `<worksheet><sheetData><row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="ZZZZZZZZ1"><v>9</v></c></row></sheetData></worksheet>`, []string{"1: 1||3"}},
		{"nothing", `<worksheet><sheetData/></worksheet>`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := file(t, zipped(t, map[string]string{"xl/s.xml": tc.xml}), Options{})
			if len(f.Sheets()) != 1 {
				t.Fatalf("sheets: %v", f.Sheets())
			}
			if diff := cmp.Diff(tc.want, rows(t, f.Sheets()[0])); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
	for name, xml := range map[string]string{
		"cut off": `<worksheet><sheetData><row><c><v>1</v></c></row>`, "cut off in a tag": `<worksheet><sheetData><row`, "a document type": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`,
		"no sheet": `<html></html>`, "a tag without end": `<worksheet><sheetData><row ` + strings.Repeat("x", 5<<20),
	} {
		f := file(t, zipped(t, map[string]string{"xl/s.xml": xml}), Options{})
		if err := f.Sheets()[0].Rows(func(Row) error { return nil }); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := file(t, zipped(t, map[string]string{"xl/s.xml": `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`}), Options{}).Sheets()[0].Rows(func(Row) error { return os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("the reader's own error became %v", err)
	}
}

func TestFindColumns(t *testing.T) {
	fields := []Field{
		{Name: "serial", Headers: []string{"serial number", "N° de série", "S/N"}}, {Name: "mac", Headers: []string{"MAC"}},
		{Name: "model", Headers: []string{"model", "product"}}, {Name: "mail", Headers: []string{"e-mail"}, Many: true},
	}
	needs := [][]string{{"serial", "mac"}}
	sheet := func(text string) []Sheet { return file(t, []byte(text), Options{}).Sheets() }
	c, err := FindColumns(sheet("Sales of 2025;;\n;;\nProduct;n de SERIE;Price;Model;E-mail 2;E Mail\nP;S;1;M;x;y\n"), fields, needs)
	if err != nil {
		t.Fatal(err)
	}
	if c.Line != 3 || c.At("serial") != 1 || c.At("model") != 3 || c.At("mac") != -1 || !cmp.Equal(c.All("mail"), []int{4, 5}) || !cmp.Equal(c.Unread(), []string{"Product", "Price"}) {
		t.Errorf("columns: %+v, unread %v", c, c.Unread())
	}
	for text, want := range map[string]string{
		"Seral numbr;Model\n1;2\n":                   "no column for serial or mac; did you mean \"Seral numbr\"?\nthe columns in line 1 are \"Seral numbr\", \"Model\"",
		"title\nDevice serial number;x;Model\n1;2;3": "no column for serial or mac; did you mean \"Device serial number\"?\nthe columns in line 2 are \"Device serial number\", \"x\", \"Model\"",
		"\n\n\n": "there is no header: the table is empty",
	} {
		if _, err := FindColumns(sheet(text), fields, needs); err == nil || err.Error() != want {
			t.Errorf("%q:\n%v\nwant:\n%s", text, err, want)
		}
	}
	book := workbookOf(t, func(f *excelize.File) {
		f.SetCellValue("Sheet1", "A1", "Cover")
		f.NewSheet("Data")
		f.SetCellValue("Data", "B2", "S/N")
	})
	if c, err = FindColumns(file(t, book, Options{}).Sheets(), fields, needs); err != nil || c.Sheet.Name != "Data" || c.At("serial") != 1 || c.Line != 2 {
		t.Errorf("second sheet: %+v, %v", c, err)
	}
}

func TestParseDate(t *testing.T) {
	for _, tc := range []struct {
		order Order
		text  string
		want  string // "" for none, "!" for an error
	}{
		{DMY, "2025-04-03", "2025-04-03"}, {MDY, "2025-04-03", "2025-04-03"}, {DMY, "2025/4/3", "2025-04-03"}, {DMY, "20250403", "2025-04-03"},
		{DMY, "03/04/2025", "2025-04-03"}, {MDY, "03/04/2025", "2025-03-04"}, {DMY, "3-4-25", "2025-04-03"}, {MDY, "3.4.2025", "2025-04-03"}, {DMY, "03 04 2025", "2025-04-03"},
		{YMD, "25-04-03", "2025-04-03"}, {DMY, "1/2/71", "1971-02-01"}, {DMY, "2025-04-03T10:11:12Z", "2025-04-03"}, {DMY, "2025-04-03 10:11:12.123+02:00", "2025-04-03"},
		{DMY, "03.04.2025 00:00", "2025-04-03"}, {MDY, "4/13/2025 12:00:00 AM", "2025-04-13"}, {DMY, "45750", "2025-04-03"},
		{DMY, "3 avr. 2025", "2025-04-03"}, {DMY, "3 août 2025", "2025-08-03"}, {DMY, "1er juillet 2025", "2025-07-01"}, {DMY, "3. März 2025", "2025-03-03"}, {DMY, "3-DEZ-25", "2025-12-03"},
		{DMY, "3 mrt 2025", "2025-03-03"}, {DMY, "3 mei 2025", "2025-05-03"}, {DMY, "3 maggio 2025", "2025-05-03"}, {DMY, "3 gennaio 2025", "2025-01-03"}, {MDY, "April 3, 2025", "2025-04-03"},
		{DMY, "3 juin 2025", "2025-06-03"}, {DMY, "Oct 3rd 2025", "2025-10-03"}, {DMY, "29/02/2024", "2024-02-29"},
		{DMY, "", ""}, {DMY, "-", ""}, {DMY, "00/00/0000", ""}, {DMY, "31.12.9999", ""}, {DMY, "N/A", ""}, {DMY, "1900-01-01", ""},
		{DMY, "31/02/2025", "!"}, {DMY, "29/02/2025", "!"}, {DMY, "04/13/2025", "!"}, {MDY, "13/04/2025", "!"}, {DMY, "soon", "!"}, {DMY, "2025", "!"}, {DMY, "3 foo 2025", "!"},
		{DMY, "20251303", "!"}, {DMY, "12345", "!"}, {DMY, "03/04/0025", "!"}, {DMY, "1,5", "!"},
	} {
		got, err := ParseDate(tc.text, tc.order)
		text := ""
		if err != nil {
			text = "!"
		} else if !got.IsZero() {
			text = got.Format(time.DateOnly)
		}
		if text != tc.want {
			t.Errorf("%s %q = %q (%v), want %q", tc.order, tc.text, text, err, tc.want)
		}
	}
}

func TestEvidence(t *testing.T) {
	for _, tc := range []struct {
		cells string
		want  Order
		err   string
	}{
		{"03/04/2025 13/04/2025", DMY, ""}, {"03/04/2025 04/13/2025", MDY, ""}, {"03.04.2025 04.05.2025", DMY, ""}, {"2025-04-03", DMY, ""}, {"04/04/2025 5-5-25", DMY, ""}, {"", DMY, ""},
		{"03/04/2025 05/06/2025", "", `no day in it is above 12: "03/04/2025" in line 1 may be two days`},
		{"13/04/2025 04/13/2025", "", `line 1 has "13/04/2025", with the day first, and line 2 has "04/13/2025", with the month first`},
		{"13/04/2025 03/04/2025 nonsense", DMY, ""},
	} {
		var e Evidence
		for i, c := range strings.Fields(tc.cells) {
			e.See(c, i+1)
		}
		got, err := e.Order()
		if got != tc.want || err != nil && err.Error() != tc.err || err == nil && tc.err != "" {
			t.Errorf("%s: %q, %v", tc.cells, got, err)
		}
	}
}

// A date that a country writes comes back, whatever the others in the column are.
func TestDatesInAColumn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layout := rapid.SampledFrom([]string{"02/01/2006", "2/1/2006", "01/02/2006", "1/2/06", "02-01-2006", "02.01.2006", "2006-01-02", "02/01/2006 15:04:05", "2 Jan 2006", "20060102"}).Draw(t, "layout")
		days := rapid.SliceOfN(rapid.IntRange(0, 20000), 1, 30).Draw(t, "days")
		var e Evidence
		var dates []time.Time
		for i, d := range days {
			date := time.Date(1971, 1, 1+d, 0, 0, 0, 0, time.UTC)
			dates = append(dates, date)
			e.See(date.Format(layout), i+1)
		}
		order, err := e.Order()
		if err != nil {
			return // ambiguous: nothing is guessed
		}
		for _, d := range dates {
			got, err := ParseDate(d.Format(layout), order)
			if err != nil || !got.Equal(d) {
				t.Fatalf("%s in %s: %v, %v", d.Format(time.DateOnly), layout, got, err)
			}
		}
	})
}

// Whatever a file holds, it is read to its end or refused.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a;b\n\"c\"\"\nd\";e\n", "sep=,\n\"\n\n", "\xff\xfea\x00;\x00", "a\rb\r", "\"", "a;\"b\"c;\"\n\"", "=\"\"", "\xef\xbb\xbf\"a\"\t|"} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "x")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		table, err := Open(path, Options{})
		if err != nil {
			return
		}
		defer table.Close()
		last := 0
		for _, s := range table.Sheets() {
			err := s.Rows(func(r Row) error {
				if r.Line <= last || len(r.Cells) == 0 {
					t.Errorf("row in line %d after line %d: %q", r.Line, last, r.Cells)
				}
				last = r.Line
				for _, c := range r.Cells {
					if c != tidy(c) && !strings.HasPrefix(c, `="`) {
						t.Errorf("untidy cell %q", c)
					}
				}
				return nil
			})
			if err != nil && !strings.Contains(err.Error(), "no table") && table.Kind != "XLSX" {
				t.Error(err)
			}
		}
	})
}

// A sheet's XML from outside never breaks anything.
func FuzzSheet(f *testing.F) {
	f.Add([]byte(`<sheetData><row r="1"><c r="A1" t="s"><v>1</v></c></row></sheetData>`))
	f.Add([]byte(`<a b='>'><![CDATA[x]]><!-- --><?x?></a>&#x;`))
	f.Fuzz(func(t *testing.T, xml []byte) {
		s := &sheetReader{book: &workbook{}, x: newScanner(bytes.NewReader(xml))}
		if err := s.read(func(Row) error { return nil }); err == nil {
			t.Error("a sheet without an end and without an error")
		}
	})
}
