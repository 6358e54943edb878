package notify

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/ledongthuc/pdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"

	"retour/rules"
	"retour/templates"
)

// units makes n items of several manufacturers, some known by their MAC alone.
func units(n int) []rules.Item {
	makers := []string{"grandstream", "yealink", "snom", "gigaset"}
	models := []string{"GXP2170", "T46U", "D735", "N670 IP PRO"}
	var out []rules.Item
	for i := range n {
		it := rules.Item{Position: i + 1, Manufacturer: makers[i%4], Model: models[i%4], Serial: fmt.Sprintf("20EZ%02dAB%04dCD", i%37, i*7919%10000)}
		if i%9 == 4 {
			it.Serial, it.MAC = "", fmt.Sprintf("0004139A%04X", i)
		}
		out = append(out, it)
	}
	return out
}

func slipOf(t rapid.TB, c *Composer, to rules.Party, lang string, k rules.Case) []byte {
	t.Helper()
	a, err := c.Slip(to, lang, k)
	if err != nil {
		t.Fatal(err)
	}
	if a.Name != k.Number+".pdf" || a.MediaType != "application/pdf" {
		t.Fatalf("the slip is called %q, %s", a.Name, a.MediaType)
	}
	return a.Data
}

// slipText is what a reader that takes the text off the page gets, a drawn text
// on a line.
func slipText(t rapid.TB, data []byte) string {
	t.Helper()
	var lines []string
	for _, d := range readPage(t, data).texts {
		lines = append(lines, d.text)
	}
	return strings.Join(lines, "\n") + "\n"
}

func TestSlipSaysItInEachLanguage(t *testing.T) {
	c := testComposer(t)
	order := aCase(rules.NoticeValidated)
	order.Reason = rules.OrderError
	many := aCase(rules.NoticeValidated)
	many.Items = units(200)
	for name, k := range map[string]rules.Case{"three": aCase(rules.NoticeValidated), "order-error": order, "two-hundred": many} {
		for _, lang := range templates.Languages() {
			golden(t, lang+"/slip-"+name+".txt", slipText(t, slipOf(t, c, customer(rules.Proven), lang, k)))
		}
	}
}

// Another program reads the same text from the page, in the same order, and what
// the file says of itself.
func TestSlipTextCanBeTakenOff(t *testing.T) {
	c := testComposer(t)
	for lang, title := range map[string]string{"en": "Return slip", "fr": "Bon de retour", "nl": "Retourbon", "it": "Modulo di reso", "de": "Rücksendeschein"} {
		data := slipOf(t, c, customer(rules.Proven), lang, aCase(rules.NoticeValidated))
		r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Page(1).GetPlainText(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(lowBytes(slipText(t, data)), lowBytes(got)); diff != "" {
			t.Errorf("%s (-drawn +taken off):\n%s", lang, diff)
		}
		info, root := r.Trailer().Key("Info"), r.Trailer().Key("Root")
		said := []string{strconv.Itoa(r.NumPage()), info.Key("Title").Text(), info.Key("Author").Text(), info.Key("CreationDate").Text(), root.Key("Lang").Text()}
		if want := []string{"1", title + " RMA-26-00123-7", "Distri Telecom", "D:20261123100400", lang}; !slices.Equal(said, want) {
			t.Errorf("the file says %q of itself, want %q", said, want)
		}
	}
}

// lowBytes leaves out spaces and the upper byte of each letter, which this
// reader loses in a map of characters that begins at 0.
func lowBytes(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r & 0xFF
	}, s)
}

// page is what our own drawing puts on a page: filled rectangles and texts, in
// points from the lower left corner.
type page struct {
	rects []box
	texts []drawn
}

type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

func (b box) grown(by float64) box { return box{b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by} }

type drawn struct {
	box
	text string
	size float64
}

var (
	contents   = regexp.MustCompile(`/Contents (\d+) 0 R`)
	fontObject = regexp.MustCompile(`\n(\d+) 0 obj\n<</Type /Font\n/Subtype /Type0\n/BaseFont /utf8(\w+)\n`)
	fontName   = regexp.MustCompile(`/(F[0-9a-f]+) (\d+) 0 R`)
)

// readPage reads the one page of our own files, which hold no transformations.
func readPage(t rapid.TB, data []byte) page {
	t.Helper()
	at := contents.FindAllSubmatch(data, -1)
	if len(at) != 1 {
		t.Fatalf("the file has %d pages", len(at))
	}
	_, rest, _ := bytes.Cut(data, []byte("\n"+string(at[0][1])+" 0 obj\n<</Filter /FlateDecode /Length "))
	_, rest, _ = bytes.Cut(rest, []byte(">>\nstream\n"))
	z, err := zlib.NewReader(bytes.NewReader(rest))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	p := painter{t: t, fonts: map[string]*sfnt.Font{}}
	byObject := map[string]string{}
	for _, m := range fontObject.FindAllSubmatch(data, -1) {
		byObject[string(m[1])] = string(m[2])
	}
	for _, m := range fontName.FindAllSubmatch(data, -1) {
		if name, ok := byObject[string(m[2])]; ok {
			p.fonts[string(m[1])] = testFont(t, name)
		}
	}
	p.run(stream)
	return p.page
}

func testFont(t rapid.TB, name string) *sfnt.Font {
	t.Helper()
	f, err := sfnt.Parse(map[string][]byte{"go": goregular.TTF, "goB": gobold.TTF, "gomono": gomono.TTF}[name])
	if err != nil {
		t.Fatalf("font %q: %v", name, err)
	}
	return f
}

// painter runs the operators that we use and fails on any other.
type painter struct {
	page
	t     rapid.TB
	fonts map[string]*sfnt.Font
	buf   sfnt.Buffer
	stack []string
	path  []box
	font  *sfnt.Font
	size  float64
	x, y  float64
}

func (p *painter) run(stream []byte) {
	for len(stream) > 0 {
		var token string
		if stream[0] == '(' {
			token, stream = literal(stream)
		} else if i := bytes.IndexAny(stream, " \n"); i >= 0 {
			token, stream = string(stream[:i]), stream[i+1:]
		} else {
			token, stream = string(stream), nil
		}
		if token != "" {
			p.token(token)
		}
	}
}

// literal reads a string in parentheses, and keeps the first of them as a mark.
func literal(stream []byte) (string, []byte) {
	out := []byte{'('}
	for i := 1; i < len(stream); i++ {
		switch c := stream[i]; c {
		case ')':
			return string(out), stream[i+1:]
		case '\\':
			i++
			if c = stream[i]; c == 'r' {
				c = '\r'
			}
			out = append(out, c)
		default:
			out = append(out, c)
		}
	}
	return string(out), nil
}

func (p *painter) token(token string) {
	switch token {
	case "re":
		x, y, w, h := p.number(0), p.number(1), p.number(2), p.number(3)
		p.path = append(p.path, box{min(x, x+w), min(y, y+h), max(x, x+w), max(y, y+h)})
	case "f":
		p.rects, p.path = append(p.rects, p.path...), nil
	case "Tf":
		p.font, p.size = p.fonts[strings.TrimPrefix(p.stack[0], "/")], p.number(1)
	case "Td":
		p.x, p.y = p.number(0), p.number(1)
	case "Tj":
		p.show(p.stack[0][1:])
	case "S":
		p.path = nil
	case "BT", "ET", "w", "J", "j", "G", "g", "m", "l", "c", "d":
	case "q", "Q", "cm", "Tm", "Do":
		p.t.Fatalf("the test does not know the operator %s", token)
	default:
		p.stack = append(p.stack, token)
		return
	}
	p.stack = nil
}

func (p *painter) number(i int) float64 {
	f, err := strconv.ParseFloat(p.stack[i], 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return f
}

func (p *painter) show(raw string) {
	var codes []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		codes = append(codes, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	text := string(utf16.Decode(codes))
	width := 0.0
	for _, r := range text {
		g, err := p.font.GlyphIndex(&p.buf, r)
		if err != nil || g == 0 {
			p.t.Fatalf("the font has no %q, of %q", r, text)
		}
		advance, err := p.font.GlyphAdvance(&p.buf, g, fixed.I(1000), font.HintingNone)
		if err != nil {
			p.t.Fatal(err)
		}
		width += float64(advance) / 64 / 1000 * p.size
	}
	ink := box{p.x, p.y - 0.21*p.size, p.x + width, p.y + 0.74*p.size}
	p.texts = append(p.texts, drawn{box: ink, text: text, size: p.size})
}

// paint makes a picture of the filled rectangles between two heights, in points.
func (p page) paint(scale, low, high float64) image.Image {
	const width = pageWidth / point
	img := image.NewGray(image.Rect(0, 0, int(width*scale), int((high-low)*scale)))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	pixel := func(v float64) int { return int(math.Round(v * scale)) }
	for _, r := range p.rects {
		area := image.Rect(pixel(r.x0), pixel(high-r.y1), pixel(r.x1), pixel(high-r.y0))
		draw.Draw(img, area, image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	return img
}

const (
	cutHeight = cut / point
	topHeight = pageHeight / point
)

// decode reads a code of one kind from a picture.
func decode(img image.Image, reader gozxing.Reader) (string, error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return "", err
	}
	result, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return "", err
	}
	return result.GetText(), nil
}

func TestCodesCarryTheNumber(t *testing.T) {
	c := testComposer(t)
	for _, number := range []string{rules.Number(26, 123), rules.Number(26, 0), rules.Number(99, 99999), rules.Number(30, 100000), rules.Number(26, 7654321)} {
		k := aCase(rules.NoticeValidated)
		k.Number = number
		p := readPage(t, slipOf(t, c, customer(rules.Proven), "en", k))
		for _, scale := range []float64{2, 3} {
			label, note := p.paint(scale, cutHeight, topHeight), p.paint(scale, 0, cutHeight)
			for what, read := range map[string]func() (string, error){
				"Code 128":          func() (string, error) { return decode(label, oned.NewCode128Reader()) },
				"QR":                func() (string, error) { return decode(label, qrcode.NewQRCodeReader()) },
				"QR below the line": func() (string, error) { return decode(note, qrcode.NewQRCodeReader()) },
			} {
				if got, err := read(); err != nil || got != number {
					t.Errorf("%s at scale %.1f says %q, %v; want %s", what, scale, got, err, number)
				}
			}
		}
	}
}

// bars are the rectangles of the Code 128: the highest on the page.
func (p page) bars() (all box, narrowest float64) {
	narrowest = math.Inf(1)
	all = box{x0: math.Inf(1)}
	for _, r := range p.rects {
		if r.y1-r.y0 > 20/point {
			all = box{min(all.x0, r.x0), r.y0, max(all.x1, r.x1), r.y1}
			narrowest = min(narrowest, r.x1-r.x0)
		}
	}
	return all, narrowest
}

// squares are the two QR codes and the length of their modules.
func (p page) squares() (codes [2]box, modules [2]float64) {
	for i, half := range []box{{0, cutHeight, topHeight, topHeight}, {0, 0, topHeight, cutHeight}} {
		all := box{math.Inf(1), math.Inf(1), 0, 0}
		for _, r := range p.rects {
			if half.meets(r) && r.y1-r.y0 < 3/point {
				all = box{min(all.x0, r.x0), min(all.y0, r.y0), max(all.x1, r.x1), max(all.y1, r.y1)}
			}
		}
		codes[i], modules[i] = all, (all.x1-all.x0)/21
	}
	return codes, modules
}

func TestCodesCanBePrinted(t *testing.T) {
	c := testComposer(t)
	for _, seq := range []int{123, 9999999} {
		k := aCase(rules.NoticeValidated)
		k.Number = rules.Number(26, seq)
		p := readPage(t, slipOf(t, c, customer(rules.Proven), "de", k))
		all, narrowest := p.bars()
		if narrowest*point < 0.33 {
			t.Errorf("%s: a module of the Code 128 is %.2f mm wide", k.Number, narrowest*point)
		}
		quiet := []box{{all.x0 - 10*narrowest, all.y0, all.x1 + 10*narrowest, all.y1}}
		codes, modules := p.squares()
		for i := range codes {
			quiet = append(quiet, codes[i].grown(4*modules[i]))
			if modules[i]*point < 0.5 {
				t.Errorf("%s: a module of QR code %d is %.2f mm wide", k.Number, i, modules[i]*point)
			}
		}
		for _, zone := range quiet {
			if zone.x0 < 0 || zone.x1 > pageWidth/point {
				t.Errorf("%s: a quiet zone ends outside of the page: %v", k.Number, zone)
			}
			for _, d := range p.texts {
				if d.meets(zone) {
					t.Errorf("%s: %q %.1f stands in the quiet zone of a code, %.1f", k.Number, d.text, d.box, zone)
				}
			}
		}
		for _, r := range p.rects {
			if r.meets(quiet[0]) && r.y1-r.y0 < 20/point || r.meets(quiet[1]) && r.y1-r.y0 > 3/point {
				t.Errorf("%s: the codes come too near to each other: %v", k.Number, r)
			}
		}
	}
}

func TestTheNumberIsReadFromTwoMetres(t *testing.T) {
	c := testComposer(t)
	for _, seq := range []int{123, 9999999} {
		k := aCase(rules.NoticeValidated)
		k.Number = rules.Number(26, seq)
		capitals := 0.0
		for _, d := range readPage(t, slipOf(t, c, customer(rules.Proven), "en", k)).texts {
			if d.text == k.Number && d.y0 > cutHeight {
				capitals = max(capitals, d.size*0.72*point)
			}
		}
		if capitals < 12 { // a letter is read from 150 to 200 times its height
			t.Errorf("%s: the letters are %.1f mm high", k.Number, capitals)
		}
	}
}

func TestSlipIsTheSameForTheSameCase(t *testing.T) {
	c, k := testComposer(t), aCase(rules.NoticeValidated)
	k.Items = units(30)
	a := slipOf(t, c, customer(rules.Proven), "it", k)
	k.AcceptedAt = k.AcceptedAt.In(time.FixedZone("elsewhere", -5*3600))
	for range 5 {
		if !bytes.Equal(a, slipOf(t, testComposer(t), customer(rules.Proven), "it", k)) {
			t.Fatal("the same case gave two slips")
		}
	}
}

func TestSlipInAnUnknownLanguageIsInTheDesks(t *testing.T) {
	c := testComposer(t)
	if text := slipText(t, slipOf(t, c, customer(rules.Proven), "xx", aCase(rules.NoticeValidated))); !strings.HasPrefix(text, "Return slip\n") {
		t.Errorf("the slip says\n%s", text)
	}
}

func TestStrangersSlipRepeatsNothing(t *testing.T) {
	c, k := testComposer(t), aCase(rules.NoticeValidated)
	for i := range k.Items {
		k.Items[i].Model, k.Items[i].Serial, k.Items[i].MAC = "MODELX", "SERIALX", "AABBCCDDEEFF"
	}
	k.Fault, k.Customer.Name = "faultx", "Evil Name"
	for _, trust := range []rules.Trust{rules.Unknown, rules.Forged, ""} {
		for _, lang := range templates.Languages() {
			text := slipText(t, slipOf(t, c, rules.Party{Address: "victim@x.example", Name: "Evil Name", Trust: trust}, lang, k))
			for _, planted := range []string{"MODELX", "SERIALX", "AABB", "AA:BB", "Evil", "faultx"} {
				if strings.Contains(text, planted) {
					t.Errorf("%s: the slip repeats %q to a sender of trust %q:\n%s", lang, planted, trust, text)
				}
			}
			if !strings.Contains(text, "Grandstream") {
				t.Errorf("%s: the slip does not say what is to be sent:\n%s", lang, text)
			}
		}
	}
}

func TestWhatTheFontLacks(t *testing.T) {
	l, err := newLetters()
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"Œuvre à 12 € – naïve, Straße, IJsselmeer": "Œuvre à 12 € – naïve, Straße, IJsselmeer",
		"Łukasz Żółć, Dvořák, Ђорђе, Παπαδόπουλος": "Łukasz Żółć, Dvořák, Ђорђе, Παπαδόπουλος",
		"e\u0301te\u0301":        "été", // decomposed by a Mac
		"Nguyễn Thị Hạnh":        "Nguyen Thi Hanh",
		"ﬁnal ① ẞ":               "ﬁnal 1 SS",
		"株式会社 日本":                "□□□□ □□",
		"a\u202egnp.exe\u200b b": "agnp.exe b",
		"phone 📞 x":              "phone □ x",
		"a\r\nb\tc\u2028d":       "a b c d",
		"n°\u202f12\u00a0000":    "n°\u00a012\u00a0000",
		"\xff\xfe":               "□",
		"  ":                     "",
	} {
		if got := l.legible(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
	if got := l.legible(strings.Repeat("x", 3000)); len(got) != maxLegible {
		t.Errorf("%d letters are left", len(got))
	}
}

// The three fonts draw the same letters: legible asks one for all.
func TestFontsHaveTheSameLetters(t *testing.T) {
	var buf sfnt.Buffer
	fonts := []*sfnt.Font{testFont(t, "go"), testFont(t, "goB"), testFont(t, "gomono")}
	for r := rune(' '); r < 0x10000; r++ {
		var has [3]bool
		for i, f := range fonts {
			g, err := f.GlyphIndex(&buf, r)
			has[i] = err == nil && g != 0
		}
		if has[0] && !(has[1] && has[2]) {
			t.Errorf("%q: regular %v, bold %v, mono %v", r, has[0], has[1], has[2])
		}
	}
}

// checkLayout fails where something leaves the page, stands over something else
// or crosses the line of the scissors.
func checkLayout(t rapid.TB, data []byte) {
	t.Helper()
	if len(data) > 200_000 {
		t.Fatalf("the file has %d bytes", len(data))
	}
	p := readPage(t, data)
	const edge, slack = 5 / point, 0.25
	for i, d := range p.texts {
		if d.x0 < edge || d.x1 > pageWidth/point-edge+slack || d.y0 < edge || d.y1 > topHeight-edge {
			t.Fatalf("%q leaves the page: %.1f", d.text, d.box)
		}
		if d.y0 < cutHeight && d.y1 > cutHeight {
			t.Fatalf("%q stands on the line of the scissors: %.1f", d.text, d.box)
		}
		for _, o := range p.texts[:i] {
			if strings.TrimSpace(d.text) != "" && strings.TrimSpace(o.text) != "" && d.grown(-slack).meets(o.box) {
				t.Fatalf("%q %.1f stands over %q %.1f", d.text, d.box, o.text, o.box)
			}
		}
	}
}

func TestSlipsOfAllSizes(t *testing.T) {
	c := testComposer(t)
	for _, lang := range templates.Languages() {
		for _, n := range []int{0, 1, 3, 8, 12, 20, 31, 60, 61, 500} {
			k := aCase(rules.NoticeValidated)
			k.Items = units(n)
			data := slipOf(t, c, customer(rules.Proven), lang, k)
			checkLayout(t, data)
			text := slipText(t, data)
			if n <= 60 && n > 0 && !strings.Contains(text, k.Items[n-1].Serial+macText(k.Items[n-1].MAC)+"\n") {
				t.Errorf("%s: unit %d of %d is not on the slip:\n%s", lang, n, n, text)
			}
		}
	}
}

// Any case gives one page on which nothing stands over anything else.
func TestAnyCaseGivesOnePage(t *testing.T) {
	c := testComposer(t)
	words := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9À-ž Α-ω,.()/-]{0,60}`), rapid.StringMatching(`[A-Z0-9]{5,40}`),
		rapid.StringMatching(`([A-ZÀ-Ž][a-zß-ž]{2,24}[ -]){1,9}`), rapid.SampledFrom([]string{"", "W", strings.Repeat("W", 400), strings.Repeat("ab ", 300)}))
	item := rapid.Custom(func(t *rapid.T) rules.Item {
		return rules.Item{Manufacturer: rapid.SampledFrom([]string{"", "grandstream", "snom", "nobody"}).Draw(t, "maker"),
			Model: words.Draw(t, "model"), Serial: words.Draw(t, "serial"), MAC: rapid.SampledFrom([]string{"", "0004139A0B1C"}).Draw(t, "mac")}
	})
	rapid.Check(t, func(t *rapid.T) {
		k := aCase(rules.NoticeValidated)
		k.Number = rules.Number(rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(0, 9999999).Draw(t, "seq"))
		k.Reason = rapid.SampledFrom([]rules.Reason{"", rules.Defective, rules.OrderError, rules.DeliveryError}).Draw(t, "reason")
		k.Items = rapid.SliceOfN(item, 0, rapid.SampledFrom([]int{3, 20, 90}).Draw(t, "most")).Draw(t, "items")
		for i := range k.Items {
			k.Items[i].Position = i + 1
		}
		if rapid.Bool().Draw(t, "undated") {
			k.AcceptedAt, k.StateAt, k.OpenedAt, k.ClockAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		}
		desk := *c
		desk.desk.ReturnAddress = rapid.SliceOfN(words, 0, 9).Draw(t, "warehouse")
		desk.desk.Company, desk.desk.Website = words.Draw(t, "company"), words.Draw(t, "website")
		to := rules.Party{Address: "a@" + rapid.StringMatching(`[a-z.]{1,80}`).Draw(t, "domain"), Name: words.Draw(t, "name"),
			Trust: rapid.SampledFrom([]rules.Trust{rules.Proven, rules.Unknown}).Draw(t, "trust")}
		a, err := desk.Slip(to, rapid.SampledFrom(templates.Languages()).Draw(t, "language"), k)
		if err != nil {
			t.Fatal(err)
		}
		checkLayout(t, a.Data)
	})
}

func TestTheSlipGoesWithTheNoticesThatAskForTheGoods(t *testing.T) {
	c := testComposer(t)
	for _, kind := range rules.Notices() {
		m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(kind), aCase(kind)}}, Thread{})
		want := kind == rules.NoticeValidated || kind == rules.NoticeGoodsReminder
		if (len(m.Attachments) == 1) != want || strings.Contains(m.Text, "RMA-26-00123-7.pdf") != want {
			t.Errorf("%s carries %d files:\n%s", kind, len(m.Attachments), m.Text)
		}
	}
	here := aCase(rules.NoticeValidated)
	here.State = rules.Received
	if m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeValidated), here}}, Thread{}); len(m.Attachments) != 0 || strings.Contains(m.Text, ".pdf") {
		t.Errorf("the goods are here, and the mail carries %d files:\n%s", len(m.Attachments), m.Text)
	}
}

func TestSiblingsHaveASlipEach(t *testing.T) {
	c := testComposer(t)
	second := aCase(rules.NoticeValidated)
	second.Number = "RMA-26-00124-5"
	approved := func(k rules.Case) Told { return Told{aNotice(rules.NoticeValidated), k} }
	told := []Told{approved(aCase(rules.NoticeValidated)), approved(second), {aNotice(rules.NoticeStatus), second}, approved(second)}
	m := compose(t, c, customer(rules.Proven), "nl", told, Thread{})
	if len(m.Attachments) != 2 {
		t.Fatalf("%d files", len(m.Attachments))
	}
	for i, number := range []string{"RMA-26-00123-7", "RMA-26-00124-5"} {
		a := m.Attachments[i]
		if a.Name != number+".pdf" || !strings.Contains(m.Text, a.Name) || !strings.Contains(slipText(t, a.Data), "\n"+number+"\n") {
			t.Errorf("file %d is %s", i, a.Name)
		}
	}
}

// An operator's own instructions stand on the slip, and however long they are
// they leave it one page.
func TestOwnInstructions(t *testing.T) {
	c := testComposer(t)
	for name, advice := range map[string]string{
		"short":    "# Ours\n\nWe collect on {{date .Accepted}}.\n",
		"long":     "**Ours**\n\n" + strings.Repeat("- **Point:** "+strings.Repeat("collect ", 40)+"\n", 30),
		"one word": "- " + strings.Repeat("x", 4000) + "\n",
	} {
		set, err := templates.Load(fstest.MapFS{"en/slip.txt": {Data: []byte(advice)}})
		if err != nil {
			t.Fatal(name, err)
		}
		own := *c
		own.set = set
		k := aCase(rules.NoticeValidated)
		k.Items = units(40)
		data := slipOf(t, &own, customer(rules.Proven), "en", k)
		checkLayout(t, data)
		if text := slipText(t, data); name == "short" && !strings.Contains(text, "We collect on 23\u00a0November\u00a02026.") || strings.Contains(text, "Packaging") {
			t.Errorf("%s:\n%s", name, text)
		}
	}
}

func BenchmarkSlip(b *testing.B) {
	set, err := loadOnce()
	if err != nil {
		b.Fatal(err)
	}
	policy, err := rules.DefaultPolicy()
	if err != nil {
		b.Fatal(err)
	}
	c, err := NewComposer(Desk{Address: "rma@distri.example", ReturnAddress: []string{"Dock 7"}}, set, policy, secret)
	if err != nil {
		b.Fatal(err)
	}
	k := aCase(rules.NoticeValidated)
	for b.Loop() {
		if _, err := c.Slip(customer(rules.Proven), "en", k); err != nil {
			b.Fatal(err)
		}
	}
}
