package attached

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"retour/ingest"
)

// zipped makes an archive of name, content, …
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// book is a workbook of one sheet.
func book(t testing.TB, sheet, strings string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return zipped(t,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+rel+`officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook `+ns+`><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="`+rel+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="`+rel+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", strings)
}

// lyingZip states fewer bytes than it unpacks to.
func lyingZip(t testing.TB) []byte {
	t.Helper()
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := f.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: "xl/workbook.xml", Method: zip.Deflate, UncompressedSize64: 1000, CompressedSize64: uint64(packed.Len())})
	if err == nil {
		_, err = w.Write(packed.Bytes())
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugePNG says that it is 60,000 pixels wide and high.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), 60_000)
	head = binary.BigEndian.AppendUint32(head, 60_000)
	head = append(head, 8, 6, 0, 0, 0)
	_ = binary.Write(&b, binary.BigEndian, uint32(13)) // a Buffer takes all
	b.Write(head)
	_ = binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(head))
	b.Write(make([]byte, 2000))
	return b.Bytes()
}

// pdfOf numbers objects from 1 and writes the cross-reference table; the first
// is the catalogue.
func pdfOf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, a := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", a)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// xrefOfBillions is the shortest file that takes an unbound process with it.
func xrefOfBillions() []byte {
	const body = "%PDF-1.5\n1 0 obj\n<</Type/XRef/Size 2000000000/W[1 1 1]/Length 0>>\nstream\n\nendstream\nendobj\n"
	return []byte(body + "startxref\n9\n%%EOF")
}

func content(s string) string { return fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(s), s) }

// endless is said in the end of what may go on for ever.
const endless = "PDF"

// hostile are files that are made to hurt, and a word of what is said of them.
func hostile(t testing.TB) map[string]struct {
	data []byte
	want string
} {
	sheet := func(rows string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + rows + `</sheetData></worksheet>`
	}
	var many strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&many, `<row r="%d"><c r="XFD%d" t="inlineStr"><is><t>x</t></is></c></row>`, i*26+1, i*26+1)
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&c;</t></si></sst>`
	long := strings.Repeat(`<si><t>`+strings.Repeat("A", 1000)+`</t></si>`, 30_000)
	pages := "<</Type/Catalog/Pages 2 0 R>>"
	photo := asJPEG(t, image.NewGray(image.Rect(0, 0, 800, 600)), 80)
	return map[string]struct {
		data []byte
		want string
	}{
		"billions.pdf":  {xrefOfBillions(), "could not be read"},
		"prev-loop.pdf": {[]byte("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Prev 9/Root 1 0 R>>\nstartxref\n9\n%%EOF"), "could not be read"},
		"page-loop.pdf": {pdfOf(pages, "<</Type/Pages/Count 1/Kids[2 0 R]>>"), endless},
		"many-pages.pdf": {pdfOf(pages, "<</Type/Pages/Count 2000000000/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
			content("BT ET")), endless},
		"self.pdf":       {pdfOf(pages, "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 3 0 R/Contents 4 0 R>>", content("BT /F 1 Tf (x) Tj ET")), endless},
		"deep.pdf":       {pdfOf(pages, strings.Repeat("[", 3_000_000)), endless},
		"garbage.pdf":    {[]byte("%PDF-1.4\n" + strings.Repeat("x", 5000)), "damaged"},
		"bomb.xlsx":      {zipped(t, "xl/workbook.xml", strings.Repeat("\x00", 100<<20)), "too large"},
		"lying.xlsx":     {lyingZip(t), "could not be read"},
		"wide.xlsx":      {book(t, sheet(many.String()), `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>`), "not read to its end"},
		"laughs.xlsx":    {book(t, sheet(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`), laughs), "damaged"},
		"strings.xlsx":   {book(t, sheet(strings.Repeat(`<row><c t="s"><v>7</v></c></row>`, 30_000)), `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+long+`</sst>`), "not read to its end"},
		"bomb.docx":      {zipped(t, "word/document.xml", strings.Repeat("<a>", 20<<20)), "Word document"},
		"huge.png":       {hugePNG(), "too many pixels"},
		"truncated.jpg":  {photo[:len(photo)*2/3], "damaged"},
		"no-picture.gif": {append([]byte("GIF89a\xff\xff\xff\xff\xf7\x00\x00"), make([]byte, 5000)...), "picture"},
	}
}

// TestHostile: each ends in a sentence, none takes the process with it.
func TestHostile(t *testing.T) {
	for name, c := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := patient()
			if c.want == endless {
				l.File = 3 * time.Second
			}
			m := &ingest.Message{Attachments: []ingest.Attachment{{Name: name, Data: c.data, Size: len(c.data)}}}
			newReader(t, l).Read(context.Background(), m)
			wantUnread(t, m.Attachments[0], c.want)
		})
	}
}

// TestChildThatDoesNotAnswer: what is started in the child's place hangs, says
// nothing, lies or is not there.
func TestChildThatDoesNotAnswer(t *testing.T) {
	data := hugePNG()
	for _, c := range []struct {
		name    string
		command []string
		want    string
	}{
		{"hangs", []string{os.Args[0], hangFlag}, "more time or memory"},
		{"writes without end", []string{os.Args[0], floodFlag}, "more time or memory"},
		{"answers rubbish", []string{os.Args[0], lieFlag}, "did not start"},
		{"is not there", []string{"/nowhere/retour"}, "did not start"},
		{"is not named", nil, "did not start"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := patient()
			if c.name == "hangs" {
				l.File = 300 * time.Millisecond
			}
			m := &ingest.Message{Attachments: []ingest.Attachment{{Name: "a.png", Data: data, Size: len(data)}}}
			NewReader(c.command, l).Read(context.Background(), m)
			wantUnread(t, m.Attachments[0], c.want)
		})
	}
}

// TestChildHasNoSecrets: what reads a stranger's file knows nothing of the desk's
// environment, where secrets may stand.
func TestChildHasNoSecrets(t *testing.T) {
	t.Setenv("SMTP_PASSWORD", "hush-7711")
	data := hugePNG()
	m := &ingest.Message{Attachments: []ingest.Attachment{{Name: "a.png", Data: data, Size: len(data)}}}
	NewReader([]string{os.Args[0], envFlag}, patient()).Read(context.Background(), m)
	if text := m.Attachments[0].Text; !strings.Contains(text, "and no more") || strings.Contains(text, "hush") || strings.Contains(text, "PATH=") {
		t.Errorf("the child sees %q", text)
	}
}

// TestWithin: mails within the mail are read too, and their number is bound.
func TestWithin(t *testing.T) {
	data := zipped(t, "word/document.xml", `<w:document xmlns:w="x"><w:p><w:t>SN 123</w:t></w:p></w:document>`)
	file := func() ingest.Attachment { return ingest.Attachment{Name: "a.docx", Data: data, Size: len(data)} }
	m := &ingest.Message{Attachments: []ingest.Attachment{
		{MediaType: "message/rfc822", Message: &ingest.Message{Attachments: []ingest.Attachment{file()}}}, file(), file()}}
	l := patient()
	l.Files = 2
	newReader(t, l).Read(context.Background(), m)
	wantText(t, m.Attachments[0].Message.Attachments[0], "SN 123")
	wantText(t, m.Attachments[1], "SN 123")
	wantUnread(t, m.Attachments[2], "too many attachments")
}

// TestNothingToDecode starts no child: the command is not there, and nobody
// notices.
func TestNothingToDecode(t *testing.T) {
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewGray(image.Rect(0, 0, 50, 30))); err != nil {
		t.Fatal(err)
	}
	small.Write(make([]byte, 2000))
	for name, data := range map[string][]byte{
		"list.csv": []byte("a,b\n"), "logo.png": small.Bytes(), "pixel.gif": []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), "empty.pdf": nil,
		"key.p7s": []byte("0\x80\x06\x09"),
	} {
		m := &ingest.Message{Attachments: []ingest.Attachment{{Name: name, Data: data, Size: len(data)}}}
		NewReader([]string{"/nowhere/retour"}, patient()).Read(context.Background(), m)
		wantUnread(t, m.Attachments[0], "")
	}
}

// TestForeign: what is not read is said, with what to do.
func TestForeign(t *testing.T) {
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	for _, c := range []struct{ name, data, want string }{
		{"list.xls", ole + string(utf16("Workbook")), "old Excel format (.xls)"},
		{"list.xlsx", ole + string(utf16("EncryptedPackage")), "protected by a password"},
		{"letter.doc", ole + string(utf16("WordDocument")), "old Word format (.doc)"},
		{"list.ods", string(zipped(t, "mimetype", "x")), ""},
		{"photos.zip", string(zipped(t, "a.jpg", "x")), "archive was not opened"},
		{"photos.rar", "Rar!\x1a\x07\x00", "archive was not opened"},
		{"scan.tif", "II*\x00\x08", "TIFF file"},
		{"photo.avif", "\x00\x00\x00\x20ftypavif\x00", "AVIF file"},
	} {
		if c.name == "list.ods" {
			c.data, c.want = string(stored(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet")), "OpenDocument format (.ods)"
		}
		wantUnread(t, read(t, c.name, []byte(c.data)), c.want)
	}
	big := ingest.Attachment{Name: "photo.jpg", Size: 99 << 20}
	m := &ingest.Message{Attachments: []ingest.Attachment{big}}
	newReader(t, patient()).Read(context.Background(), m)
	wantUnread(t, m.Attachments[0], "too large")
}

// stored makes an archive whose one file is not compressed.
func stored(t testing.TB, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDecoderThatPanics: a child answers also where a library does not. No file is
// known that any of them panics on today: a bound that nobody gives makes one.
func TestDecoderThatPanics(t *testing.T) {
	data := zipped(t, "word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>T46U</w:t></w:r></w:p></w:body></w:document>`)
	l := patient()
	if a := decode(request{Kind: word, Limits: l}, data); a.Text != "T46U" || a.Trouble != "" {
		t.Errorf("as it is: %+v", a)
	}
	l.Text = -1
	if a := decode(request{Kind: word, Limits: l}, data); a.Trouble != damaged {
		t.Errorf("after a panic: %+v", a)
	}
}
