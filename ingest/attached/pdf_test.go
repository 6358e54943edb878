package attached

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"retour/ingest"
)

// printed makes a PDF as an accounting program does.
func printed(t testing.TB, fill func(p *fpdf.Fpdf)) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.SetFont("Helvetica", "", 11)
	p.AddPage()
	fill(p)
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPDF(t *testing.T) {
	lines := func(p *fpdf.Fpdf) {
		p.Cell(60, 8, "Delivery note 4711")
		p.Ln(8)
		for _, row := range [][]string{{"Model", "Serial"}, {"T46U", "3146019123456"}, {"T43U", "3146019123457"}} {
			p.CellFormat(40, 8, row[0], "1", 0, "", false, 0, "")
			p.CellFormat(60, 8, row[1], "1", 1, "", false, 0, "")
		}
	}
	want := "Delivery note 4711\nModel\tSerial\nT46U\t3146019123456\nT43U\t3146019123457"
	plain := printed(t, lines)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"a table", plain, want},
		{"two pages", printed(t, func(p *fpdf.Fpdf) { p.Cell(10, 8, "one"); p.AddPage(); p.Cell(10, 8, "two") }), "one\n\ntwo"},
		{"written from the last line to the first", printed(t, func(p *fpdf.Fpdf) {
			for i, s := range []string{"third", "second", "first"} {
				p.Text(20, float64(60-10*i), s)
			}
		}), "first\nsecond\nthird"},
		{"rubbish before and behind", slices.Concat([]byte("--bound\r\n"), plain, bytes.Repeat([]byte("\r\n \x00"), 100)), want},
		{"header of version 2", bytes.Replace(plain, []byte("%PDF-1."), []byte("%PDF-2."), 1), want},
	} {
		t.Run(c.name, func(t *testing.T) { wantText(t, read(t, "note.pdf", c.data), c.want) })
	}
}

func TestPDFUnread(t *testing.T) {
	photo := asJPEG(t, photo(t, shot{width: 400, height: 300, scale: 3, dark: 1}), 80)
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"password", printed(t, func(p *fpdf.Fpdf) { p.SetProtection(0, "secret", "owner"); p.Cell(10, 8, "x") }), "protected by a password"},
		{"scan", printed(t, func(p *fpdf.Fpdf) { insert(p, photo) }), "holds no text, only pictures"},
		{"long", printed(t, func(p *fpdf.Fpdf) {
			for range mostPages {
				p.AddPage()
			}
			p.Cell(10, 8, "x")
		}), "not read to its end"},
	} {
		t.Run(c.name, func(t *testing.T) { wantUnread(t, read(t, "note.pdf", c.data), c.want) })
	}
}

func insert(p *fpdf.Fpdf, photo []byte) {
	p.RegisterImageOptionsReader("photo", fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(photo))
	p.ImageOptions("photo", 10, 10, 180, 0, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
}

// TestPDFPhoto: a code in a photo in a PDF.
func TestPDFPhoto(t *testing.T) {
	code := ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}
	img := asJPEG(t, photo(t, shot{width: 800, height: 600, scale: 7, dark: 1, degrees: 10}, label{code, 10, 8, 70, 10}), 80)
	a := read(t, "label.pdf", printed(t, func(p *fpdf.Fpdf) { insert(p, img) }))
	if !slices.Equal(a.Barcodes, []ingest.Barcode{code}) || a.Unread != "" {
		t.Errorf("barcodes %v, unread %q", a.Barcodes, a.Unread)
	}
}

// TestPDFForm: what was typed into a form stands in its fields.
func TestPDFForm(t *testing.T) {
	form := pdfOf("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R 6 0 R]>>>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>", "<</T(Device)/Kids[5 0 R]>>", "<</T(Serial)/FT/Tx/V(3146019123456)>>", "<</T(Box)/V/Yes>>")
	wantText(t, read(t, "form.pdf", form), "Serial: 3146019123456")
}

// TestPDFComposite: glyphs without a known width, as office programs write
// them, stay together, and columns apart.
func TestPDFComposite(t *testing.T) {
	var cmap strings.Builder
	cmap.WriteString("/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <00FF> <0000> endbfrange endcmap")
	hex := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, "%04X", c)
		}
		return "<" + b.String() + ">"
	}
	page := "BT /F 10 Tf 1 0 0 1 50 700 Tm " + hex("Serial") + " Tj 1 0 0 1 200 700 Tm [" + hex("31460") + " 20 " + hex("19123456") + "] TJ ET"
	doc := pdfOf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>", content(page),
		"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 6 0 R/DescendantFonts[]>>", content(cmap.String()))
	wantText(t, read(t, "note.pdf", doc), "Serial\t3146019123456")
}

func TestWord(t *testing.T) {
	document := func(body string) []byte {
		return zipped(t, "word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="w" xmlns:mc="mc"><w:body>`+body+`</w:body></w:document>`)
	}
	p := func(text string) string { return `<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p>` }
	tc := func(text string) string { return `<w:tc>` + p(text) + `</w:tc>` }
	for _, c := range []struct{ name, body, want string }{
		{"paragraphs", p("Serial") + p("AB &amp; 12"), "Serial\nAB & 12"},
		{"a word in pieces", `<w:p><w:r><w:t>31460</w:t></w:r><w:r><w:t>19123</w:t></w:r></w:p>`, "3146019123"},
		{"a table", `<w:tbl><w:tr>` + tc("Model") + tc("Serial") + `</w:tr><w:tr>` + tc("T46U") + tc("31") + `</w:tr></w:tbl>` + p("end"), "Model\tSerial\nT46U\t31\nend"},
		{"what was deleted", `<w:p><w:r><w:delText>old</w:delText></w:r><w:r><w:t>new</w:t></w:r></w:p>`, "new"},
		{"what stands twice", `<mc:AlternateContent><mc:Choice>` + p("once") + `</mc:Choice><mc:Fallback>` + p("once") + `</mc:Fallback></mc:AlternateContent>`, "once"},
		{"breaks and hyphens", `<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t></w:r></w:p>`, "a\nb-c"},
	} {
		t.Run(c.name, func(t *testing.T) { wantText(t, read(t, "letter.docx", document(c.body)), c.want) })
	}
}
