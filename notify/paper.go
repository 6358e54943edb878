package notify

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"retour/templates"
)

// paper is a sheet that is being drawn on. Lengths are millimetres from the
// upper left corner, sizes of letters points; y of a text is its baseline.
type paper struct{ *fpdf.Fpdf }

// style is one of the three fonts that the sheet carries with it.
type style string

const (
	plain style = ""
	bold  style = "B"
	mono  style = "M" // serial numbers: 0 and O, 1 and l are told apart
)

const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 15.0
	textWidth  = pageWidth - 2*margin
	point      = 25.4 / 72 // millimetres
)

func newPaper() *paper {
	p := &paper{fpdf.New("P", "mm", "A4", "")}
	p.SetMargins(margin, margin, margin)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true) // or the fonts come in any order
	// A copy each: fpdf writes into the font when it takes the metrics of a
	// monospaced one.
	p.AddUTF8FontFromBytes("go", string(plain), slices.Clone(goregular.TTF))
	p.AddUTF8FontFromBytes("go", string(bold), slices.Clone(gobold.TTF))
	p.AddUTF8FontFromBytes("gomono", "", slices.Clone(gomono.TTF))
	p.AddPage()
	return p
}

func (p *paper) face(st style, size float64) {
	if st == mono {
		p.SetFont("gomono", "", size)
		return
	}
	p.SetFont("go", string(st), size)
}

// ink sets how dark letters, lines and areas are: 0 is black, 255 white.
func (p *paper) ink(grey int) {
	p.SetTextColor(grey, grey, grey)
	p.SetDrawColor(grey, grey, grey)
	p.SetFillColor(grey, grey, grey)
}

func (p *paper) right(x, y float64, s string)  { p.Text(x-p.GetStringWidth(s), y, s) }
func (p *paper) middle(x, y float64, s string) { p.Text(x-p.GetStringWidth(s)/2, y, s) }

// fit sets the largest size, down to least, at which a text is no wider than
// width, and returns the text: shortened where even that is too wide.
func (p *paper) fit(st style, s string, width, most, least float64) string {
	p.face(st, most)
	if w := p.GetStringWidth(s); w > width {
		p.SetFontSize(max(least, math.Floor(most*width/w*10)/10))
	}
	return p.shorten(s, width)
}

// fitAll returns the largest size, down to least, at which all texts are no
// wider than width: what stands in one column is set in one size.
func (p *paper) fitAll(st style, texts []string, width, most, least float64) float64 {
	widest := p.widest(st, texts, most)
	if widest <= width {
		return most
	}
	return max(least, math.Floor(most*width/widest*10)/10)
}

func (p *paper) widest(st style, texts []string, size float64) float64 {
	p.face(st, size)
	widest := 0.0
	for _, s := range texts {
		widest = max(widest, p.GetStringWidth(s))
	}
	return widest
}

// put writes a text that must stay within its width.
func (p *paper) put(st style, size, x, y, width float64, s string) {
	if s == "" {
		return
	}
	p.face(st, size)
	p.Text(x, y, p.shorten(s, width))
}

func (p *paper) shorten(s string, width float64) string {
	if p.GetStringWidth(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && p.GetStringWidth(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ") + "…"
}

// wrap breaks a text in the current font at spaces, and inside a word only
// where the word alone is too wide.
func (p *paper) wrap(s string, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(s, " ") {
		joined := strings.TrimPrefix(line+" "+word, " ")
		if p.GetStringWidth(joined) <= width {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		pieces := p.pieces(word, width)
		lines = append(lines, pieces[:len(pieces)-1]...)
		line = pieces[len(pieces)-1]
	}
	return append(lines, line)
}

// pieces breaks a word that is too wide for a line.
func (p *paper) pieces(word string, width float64) []string {
	var out []string
	piece := ""
	for _, r := range word {
		if piece != "" && p.GetStringWidth(piece+string(r)) > width {
			out, piece = append(out, piece), ""
		}
		piece += string(r)
	}
	return append(out, piece)
}

// paragraph writes a text at the largest size, down to three quarters of most, at
// which it takes no more than so many lines, and shortens it where it still does.
func (p *paper) paragraph(s string, x, y, width, most float64, lines int) {
	size := most
	p.face(plain, size)
	broken := p.wrap(s, width)
	for len(broken) > lines && size > most*0.75 {
		size -= 0.25
		p.face(plain, size)
		broken = p.wrap(s, width)
	}
	for i, l := range p.clip(broken, lines, width) {
		p.Text(x, y+float64(i)*leadOf(size), l)
	}
}

func leadOf(size float64) float64 { return size * point * 1.26 }

// clip keeps the first lines; the last of them shows that there was more.
func (p *paper) clip(lines []string, most int, width float64) []string {
	if len(lines) <= most {
		return lines
	}
	lines = append([]string{}, lines[:most]...)
	if most > 0 {
		lines[most-1] = p.shorten(lines[most-1]+" …", width)
	}
	return lines
}

// wrapRuns breaks a line of several styles. Each line that comes of it is a
// list of runs.
func (p *paper) wrapRuns(runs []templates.Run, size, width float64) [][]templates.Run {
	var lines [][]templates.Run
	var line []templates.Run
	x := 0.0
	for _, word := range p.words(runs, size, width) {
		inked, whole := p.widths(word, size)
		if x > 0 && x+inked > width {
			lines, line, x = append(lines, line), nil, 0
		}
		line, x = joinRuns(line, word), x+whole
	}
	return append(lines, line)
}

// joinRuns makes one run of neighbours in the same style.
func joinRuns(line, word []templates.Run) []templates.Run {
	for _, r := range word {
		if last := len(line) - 1; last >= 0 && line[last].Bold == r.Bold {
			line[last].Text += r.Text
			continue
		}
		line = append(line, r)
	}
	return line
}

// words cuts runs behind their spaces; a word may change its style.
func (p *paper) words(runs []templates.Run, size, width float64) [][]templates.Run {
	var words [][]templates.Run
	var word []templates.Run
	for _, r := range runs {
		p.face(weight(r), size)
		for i, part := range strings.SplitAfter(r.Text, " ") {
			if part == "" {
				continue
			}
			for j, piece := range p.pieces(part, width) {
				if i+j > 0 && len(word) > 0 {
					words, word = append(words, word), nil
				}
				word = append(word, templates.Run{Text: piece, Bold: r.Bold})
			}
			if strings.HasSuffix(part, " ") {
				words, word = append(words, word), nil
			}
		}
	}
	if len(word) > 0 {
		words = append(words, word)
	}
	return words
}

func weight(r templates.Run) style {
	if r.Bold {
		return bold
	}
	return plain
}

// widths measures a word without and with the space at its end, which may stand
// over the edge.
func (p *paper) widths(word []templates.Run, size float64) (inked, whole float64) {
	for _, r := range word {
		p.face(weight(r), size)
		inked = whole + p.GetStringWidth(strings.TrimRight(r.Text, " "))
		whole += p.GetStringWidth(r.Text)
	}
	return inked, whole
}

// line draws a line from left to right.
func (p *paper) line(x, y, width, thickness float64) {
	p.SetLineWidth(thickness)
	p.Line(x, y, x+width, y)
}

// box is to be ticked by hand.
func (p *paper) box(x, y, size float64) {
	p.SetLineWidth(0.25)
	p.Rect(x, y-size, size, size, "D")
}

// module is a length that stays exact in the file, which holds hundredths of a
// point: all bars of a width are equally wide.
func module(millimetres float64) float64 { return math.Floor(millimetres/point*100) / 100 * point }

// code128 draws the bars of a number, as wide as width allows and no module
// wider than most. Ten modules at either side must be kept free (ISO/IEC 15417).
func (p *paper) code128(number string, x, y, width, height, most float64) (drawn float64, err error) {
	bars, err := oned.NewCode128Writer().Encode(number, gozxing.BarcodeFormat_CODE_128, 0, 0,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		return 0, err
	}
	m := module(min(most, width/float64(bars.GetWidth())))
	p.darkRow(bars, 0, x, y, m, height)
	return m * float64(bars.GetWidth()), nil
}

// qr draws a QR code with error correction Q (a quarter may be soiled), and the
// number below the four modules that must be kept free around it (ISO/IEC 18004).
func (p *paper) qr(number string, x, y, size float64) error {
	code, err := qrcode.NewQRCodeWriter().Encode(number, gozxing.BarcodeFormat_QR_CODE, 0, 0,
		map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0, gozxing.EncodeHintType_ERROR_CORRECTION: "Q"})
	if err != nil {
		return err
	}
	m := module(size / float64(code.GetWidth()))
	const overlap = 0.02 // or a viewer shows light seams between the rows
	for row := range code.GetHeight() {
		p.darkRow(code, row, x, y+float64(row)*m, m, m+overlap)
	}
	p.fit(mono, number, size, 11, 4)
	letters, _ := p.GetFontSize()
	p.middle(x+size/2, y+size+4*m+letters*point*0.8, number)
	return nil
}

// darkRow draws each run of dark modules of a row as one rectangle.
func (p *paper) darkRow(code *gozxing.BitMatrix, row int, x, y, m, height float64) {
	start := -1
	for i := range code.GetWidth() + 1 {
		dark := i < code.GetWidth() && code.Get(i, row)
		switch {
		case dark && start < 0:
			start = i
		case !dark && start >= 0:
			p.Rect(x+float64(start)*m, y, float64(i-start)*m, height, "F")
			start = -1
		}
	}
}

// scissors draws open scissors of the given length that cut to the right along y.
func (p *paper) scissors(x, y, length float64) {
	p.SetLineWidth(0.4)
	r := length / 7
	for _, side := range []float64{-1, 1} {
		p.Circle(x+r, y+side*1.3*r, r, "D")
		p.Line(x+1.9*r, y+side*0.9*r, x+length, y-side*0.9*r)
	}
}

// letters knows what the fonts of the paper can draw. The three have the same
// repertoire: Latin, Greek and Cyrillic of the languages of Europe.
type letters struct{ font *sfnt.Font }

func newLetters() (letters, error) {
	f, err := sfnt.Parse(goregular.TTF)
	return letters{f}, err
}

// missing stands for a letter that cannot be drawn nor written in another way.
const missing = '□'

// others are letters that have no base, and ways to write them.
var others = map[rune]string{
	'\u202f': "\u00a0", '\u2007': "\u00a0", '\u2010': "-", '\u2011': "-", '\u2012': "–", '\u2212': "–", 'ẞ': "SS",
	'ʻ': "’", 'ʼ': "’", 'ə': "e", 'Ə': "E", '\u2033': "”", '\u2032': "’",
}

// legible returns one line that the fonts can draw: a letter that they lack is
// written without its marks, or else shown as missing.
func (l letters) legible(s string) string {
	var b strings.Builder
	var buf sfnt.Buffer
	for i, r := range []rune(norm.NFC.String(strings.ToValidUTF8(s, string(missing)))) {
		switch {
		case i >= maxLegible:
			return l.legible(b.String())
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			b.WriteByte(' ')
		case unicode.Is(unicode.Cf, r) || unicode.IsMark(r) || unicode.Is(unicode.Variation_Selector, r):
		case l.has(&buf, r):
			b.WriteRune(r)
		default:
			b.WriteString(l.instead(&buf, r))
		}
	}
	return strings.Join(strings.FieldsFunc(b.String(), func(r rune) bool { return r == ' ' }), " ")
}

// maxLegible bounds a text from outside, in runes: a page has no room for more.
const maxLegible = 2000

func (l letters) has(buf *sfnt.Buffer, r rune) bool {
	g, err := l.font.GlyphIndex(buf, r)
	return err == nil && g != 0 && r <= 0xFFFF
}

func (l letters) instead(buf *sfnt.Buffer, r rune) string {
	if s, ok := others[r]; ok {
		return s
	}
	if unicode.IsSpace(r) {
		return " "
	}
	base := strings.Map(func(r rune) rune {
		if unicode.IsMark(r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	for _, b := range base {
		if !l.has(buf, b) {
			return string(missing)
		}
	}
	if base == "" {
		return string(missing)
	}
	return base
}
