package attached

import (
	"testing"
	"unicode/utf8"

	"retour/ingest"
)

// FuzzParent: what the desk's own process looks at, without a child.
func FuzzParent(f *testing.F) {
	for name, c := range hostile(f) {
		if len(c.data) < 1<<20 {
			f.Add(name, c.data)
		}
	}
	r := NewReader(nil, DefaultLimits())
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		k := kindOf(&ingest.Attachment{Name: name, Data: data})
		isSmall(data)
		if a := r.believed(data); len(a.Text) > r.limits.Text || len(a.Barcodes) > mostBarcodes {
			t.Error("too much is believed")
		}
		if k != none && (sentence(damaged, k) == "" || sentence(foreign, k) == "") {
			t.Errorf("nothing is said of %q", k)
		}
	})
}

// FuzzOwnReaders: what this package reads itself, in the child.
func FuzzOwnReaders(f *testing.F) {
	f.Add([]byte("%PDF-2.0\nstream\n\xff\xd8\xffendstream%%EOF"))
	f.Add(zipped(f, "word/document.xml", "<w:p><w:t>a</w:t></w:p>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		wellFramed(data)
		pdfPhotos(data)
		quarterTurned(data)
		const most = 1000
		if text, _ := wordText(data, most); len(text) > most {
			t.Errorf("%d bytes", len(text))
		}
		if s := cutText(string(data), most); utf8.Valid(data) && !utf8.ValidString(s) {
			t.Error("cut within a character")
		}
	})
}
