package notify

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// canvas is a picture that is being drawn on. Lengths are CSS pixels from the
// upper left corner; it has density times as many pixels each way.
type canvas struct {
	img         *image.RGBA
	plain, bold font.Face
}

// density is for screens that show two or three pixels for one.
const density = 2

// letterSize is that of all letters: on a telephone the picture is shown at two
// thirds of its width.
const letterSize = 15

// The inks. All are told apart by people who see colours otherwise than most
// (Okabe and Ito's set), and on paper by their lightness.
var (
	white  = color.RGBA{0xff, 0xff, 0xff, 0xff}
	black  = color.RGBA{0x22, 0x29, 0x2f, 0xff}
	quiet  = color.RGBA{0x5b, 0x66, 0x70, 0xff}
	faint  = color.RGBA{0xdd, 0xe2, 0xe7, 0xff}
	past   = color.RGBA{0xb4, 0xbd, 0xc6, 0xff}
	blue   = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	sky    = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	ice    = color.RGBA{0x9a, 0xd0, 0xf2, 0xff}
	green  = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	rust   = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	orange = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	sand   = color.RGBA{0xf0, 0xbe, 0x52, 0xff}
	cream  = color.RGBA{0xf5, 0xd7, 0x90, 0xff}
	purple = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
)

func newCanvas(width, height int) (*canvas, error) {
	c := &canvas{img: image.NewRGBA(image.Rect(0, 0, width*density, height*density))}
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(white), image.Point{}, draw.Src)
	var err error
	if c.plain, err = face(goregular.TTF); err != nil {
		return nil, err
	}
	c.bold, err = face(gobold.TTF)
	return c, err
}

func face(ttf []byte) (font.Face, error) {
	f, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read the font of the charts: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: letterSize * density, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, fmt.Errorf("size the font of the charts: %w", err)
	}
	return face, nil
}

// dot is a point in CSS pixels.
type dot struct{ x, y float64 }

// fill paints the area within the points.
func (c *canvas) fill(ink color.RGBA, points ...dot) {
	if len(points) < 3 {
		return
	}
	box := around(points).Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	r := vector.NewRasterizer(box.Dx(), box.Dy())
	at := func(p dot) (x, y float32) {
		return float32(p.x*density - float64(box.Min.X)), float32(p.y*density - float64(box.Min.Y))
	}
	r.MoveTo(at(points[0]))
	for _, p := range points[1:] {
		r.LineTo(at(p))
	}
	r.ClosePath()
	r.Draw(c.img, box, image.NewUniform(ink), image.Point{})
}

// around is the smallest box of whole pixels that holds the points.
func around(points []dot) image.Rectangle {
	least, most := points[0], points[0]
	for _, p := range points {
		least = dot{min(least.x, p.x), min(least.y, p.y)}
		most = dot{max(most.x, p.x), max(most.y, p.y)}
	}
	return image.Rect(int(math.Floor(least.x*density)), int(math.Floor(least.y*density)),
		int(math.Ceil(most.x*density))+1, int(math.Ceil(most.y*density))+1)
}

func (c *canvas) box(ink color.RGBA, x, y, width, height float64) {
	c.fill(ink, dot{x, y}, dot{x + width, y}, dot{x + width, y + height}, dot{x, y + height})
}

// stroke draws a line through the points, with round joints.
func (c *canvas) stroke(ink color.RGBA, width float64, points ...dot) {
	for i, p := range points {
		if i > 0 {
			c.segment(ink, width, points[i-1], p)
		}
		if i > 0 && i < len(points)-1 {
			c.disc(ink, p, width/2)
		}
	}
}

func (c *canvas) segment(ink color.RGBA, width float64, a, b dot) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return
	}
	dx, dy := (b.y-a.y)/length*width/2, (a.x-b.x)/length*width/2
	c.fill(ink, dot{a.x + dx, a.y + dy}, dot{b.x + dx, b.y + dy}, dot{b.x - dx, b.y - dy}, dot{a.x - dx, a.y - dy})
}

func (c *canvas) disc(ink color.RGBA, at dot, radius float64) {
	const corners = 24
	var points []dot
	for i := range corners {
		angle := 2 * math.Pi * float64(i) / corners
		points = append(points, dot{at.x + radius*math.Cos(angle), at.y + radius*math.Sin(angle)})
	}
	c.fill(ink, points...)
}

func (c *canvas) width(f font.Face, s string) float64 {
	return float64(font.MeasureString(f, s)) / 64 / density
}

// write sets a text; y is the middle of its small letters. align is where x is:
// -1 at its left, 0 in its middle, 1 at its right.
func (c *canvas) write(f font.Face, ink color.RGBA, x, y float64, align int, s string) {
	x -= c.width(f, s) * float64(align+1) / 2
	d := font.Drawer{Dst: c.img, Src: image.NewUniform(ink), Face: f,
		Dot: fixed.Point26_6{X: fixed.Int26_6(x * density * 64), Y: fixed.Int26_6((y + letterSize*0.34) * density * 64)}}
	d.DrawString(s)
}

// fit shortens a text to a width.
func (c *canvas) fit(f font.Face, s string, width float64) string {
	if c.width(f, s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && c.width(f, string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// inks is how many colours a picture has: the eye sees no difference to all of
// them, and it is a quarter of the bytes.
const inks = 64

// png is the finished picture.
func (c *canvas) png() ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, c.paletted()); err != nil {
		return nil, fmt.Errorf("write a chart: %w", err)
	}
	return b.Bytes(), nil
}

// paletted keeps the colours that are used most and takes the nearest of
// them for the others: those are single pixels at edges.
func (c *canvas) paletted() *image.Paletted {
	counts := map[color.RGBA]int{}
	for p := range slices.Chunk(c.img.Pix, 4) {
		counts[color.RGBA{p[0], p[1], p[2], p[3]}]++
	}
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(rgb(a), rgb(b)))
	})
	var palette color.Palette
	for _, ink := range colours[:min(inks, len(colours))] {
		palette = append(palette, ink)
	}
	index := make(map[color.RGBA]uint8, len(colours))
	for i, ink := range colours {
		if i >= len(palette) {
			i = palette.Index(ink)
		}
		index[ink] = uint8(i)
	}
	out := image.NewPaletted(c.img.Bounds(), palette)
	for i := range out.Pix {
		p := c.img.Pix[4*i:]
		out.Pix[i] = index[color.RGBA{p[0], p[1], p[2], p[3]}]
	}
	return out
}

func rgb(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }
