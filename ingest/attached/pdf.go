package attached

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/ledongthuc/pdf"
)

// Bounds on a PDF.
const (
	mostPages    = 100
	mostPictures = 6
	mostFields   = 500
)

// pdfAnswer gives a PDF's text, the values of its form's fields, and the codes
// in its photos.
func pdfAnswer(data []byte, l Limits) answer {
	var a answer
	a.Text, a.Trouble = pdfText(data, l.Text)
	ctx, cancel := searchTime(l.Photo)
	defer cancel()
	for _, photo := range pdfPhotos(data) {
		img, t := decodePicture(photo, l.Pixels)
		if t == "" {
			a.Barcodes = merge(a.Barcodes, findCodes(ctx, img))
		}
	}
	if a.Trouble == noText && len(a.Barcodes) > 0 {
		a.Trouble = ""
	}
	return a
}

func pdfText(data []byte, most int) (text string, t trouble) {
	data = wellFramed(data)
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	broken := damaged
	if bytes.Contains(data, []byte("/Encrypt")) {
		broken = password // what the library does not decrypt it takes for broken
	}
	if err != nil {
		return "", broken
	}
	var b strings.Builder
	pages := r.NumPage()
	for i := 1; i <= min(pages, mostPages) && b.Len() <= most; i++ {
		page, ok := pageText(r, i)
		if !ok {
			t = broken
		}
		b.WriteString(page)
		b.WriteByte('\n')
	}
	b.WriteString(formText(r))
	text = strings.TrimSpace(b.String())
	switch {
	case len(text) > most || pages > mostPages:
		return cutText(text, most), cut
	case t == "" && text == "":
		return "", noText
	}
	return text, t
}

// wellFramed takes off what stands before the header and behind the end, where
// mail programs and scanners leave things, and which the library does not
// tolerate. Offsets count from the header (ISO 32000-1, 7.5.2, annex H).
func wellFramed(data []byte) []byte {
	if i := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")); i > 0 {
		data = data[i:]
	}
	if i := bytes.LastIndex(data, []byte("%%EOF")); i >= 0 {
		data = data[:i+5]
	}
	if len(data) < 10 {
		return data
	}
	data = bytes.Clone(data)
	if data[5] == '2' {
		copy(data[5:], "1.7")
	}
	if data[8] != '\r' && data[8] != '\n' {
		data[8] = '\n'
	}
	return data
}

// pageText lays one page's text out; false where the page is damaged.
func pageText(r *pdf.Reader, number int) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	page := r.Page(number)
	if page.V.IsNull() {
		return "", true
	}
	return layout(page.Content().Text), true
}

// run is text that stands together on one line.
type run struct {
	x, y, size float64
	last       float64 // where its last glyph begins
	end        float64
	slack      float64 // by how much end may be wrong
	text       strings.Builder
}

// layout makes lines of glyphs: a gap within a line is a space, a wide one a
// tab.
func layout(glyphs []pdf.Text) string {
	runs := runsOf(glyphs)
	slices.SortStableFunc(runs, func(a, b *run) int {
		if math.Abs(a.y-b.y) > 0.4*max(a.size, b.size) {
			return cmp.Compare(b.y, a.y)
		}
		return 0
	})
	var out strings.Builder
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && math.Abs(runs[n].y-runs[0].y) <= 0.4*max(runs[n].size, runs[0].size) {
			n++
		}
		writeLine(&out, runs[:n])
		runs = runs[n:]
	}
	return out.String()
}

func writeLine(out *strings.Builder, line []*run) {
	slices.SortStableFunc(line, func(a, b *run) int { return cmp.Compare(a.x, b.x) })
	for i, r := range line {
		if i > 0 {
			switch gap := (r.x - line[i-1].end - line[i-1].slack) / max(r.size, 1); {
			case gap > 1:
				out.WriteByte('\t')
			case gap > 0.15:
				out.WriteByte(' ')
			}
		}
		out.WriteString(r.text.String())
	}
	out.WriteByte('\n')
}

// runsOf joins glyphs that follow each other. The library knows no width of
// glyphs in composite fonts (Type 0) and leaves those of one string all in one
// place: the mean width of digits is taken for each.
func runsOf(glyphs []pdf.Text) []*run {
	const digit, doubt = 0.55, 0.25
	var runs []*run
	var r *run
	for _, g := range glyphs {
		if g.S == "" || g.S[0] < ' ' || g.S == "\uFFFD" {
			continue
		}
		size := math.Abs(g.FontSize)
		if r == nil || !r.goesOn(g, size) {
			r = &run{x: g.X, y: g.Y, end: g.X, size: size}
			runs = append(runs, r)
		}
		r.text.WriteString(g.S)
		r.last = g.X
		if g.W > 0 {
			r.end = g.X + g.W
		} else {
			r.end += digit * size
			r.slack += doubt * digit * size
		}
	}
	return runs
}

// goesOn says whether a glyph continues a run: it stands at its end, or, of
// unknown width, where the one before it stands but for kerning.
func (r *run) goesOn(g pdf.Text, size float64) bool {
	if math.Abs(g.Y-r.y) > 0.1*max(size, 1) {
		return false
	}
	if g.W <= 0 {
		return math.Abs(g.X-r.last) < 0.3*size
	}
	gap := g.X - r.end
	return gap > -0.3*size && gap < 0.15*size
}

// formText gives the fields of a filled form, "name: value" a line: what was
// typed into them does not stand in the page's own text.
func formText(r *pdf.Reader) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	var b strings.Builder
	left := mostFields
	form := r.Trailer().Key("Root").Key("AcroForm").Key("Fields")
	for i := range min(form.Len(), mostFields) {
		fieldText(&b, form.Index(i), 0, &left)
	}
	return b.String()
}

func fieldText(b *strings.Builder, field pdf.Value, depth int, left *int) {
	const deepest = 8
	*left--
	if *left < 0 || depth > deepest {
		return
	}
	if value := strings.TrimSpace(field.Key("V").Text()); value != "" && field.Key("V").Kind() == pdf.String {
		b.WriteString(strings.TrimSpace(field.Key("T").Text()))
		b.WriteString(": ")
		b.WriteString(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(value))
		b.WriteByte('\n')
	}
	kids := field.Key("Kids")
	for i := range min(kids.Len(), mostFields) {
		fieldText(b, kids.Index(i), depth+1, left)
	}
}

// pdfPhotos finds the JPEG files that stand in a PDF as they are (filter
// DCTDecode, ISO 32000-1, 7.4.8), without the library.
func pdfPhotos(data []byte) [][]byte {
	var photos [][]byte
	for len(photos) < mostPictures {
		i := bytes.Index(data, []byte("stream"))
		if i < 0 {
			break
		}
		dict := data[max(0, i-1000):i]
		data = data[i+len("stream"):]
		body := bytes.TrimLeft(data[:min(len(data), 8)], "\r\n")
		if !bytes.HasPrefix(body, []byte("\xff\xd8\xff")) || !bytes.Contains(dict, []byte("DCTDecode")) {
			continue
		}
		end := bytes.Index(data, []byte("endstream"))
		if end < 0 {
			break
		}
		if photo := bytes.TrimLeft(data[:end], "\r\n"); !isSmall(photo) {
			photos = append(photos, photo)
		}
		data = data[end+len("endstream"):]
	}
	return photos
}
