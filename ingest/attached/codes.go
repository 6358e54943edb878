package attached

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
	"strings"

	"github.com/makiuchi-d/gozxing"

	"retour/ingest"
)

// findCodes looks for barcodes and matrix codes, cheap ways first, until the
// context ends: most pictures in mails are logos, and some are photos of a box
// with four labels.
//
//  1. Straight lines across, at 0 and 90 degrees, and QR codes, at a small size:
//     scans, screenshots, clean labels.
//  2. Regions of stripes, by the gradient's direction, at each size: codes at
//     any angle that fill a small part of a photo.
//  3. Regions of anything square, for the matrix codes that have no finder
//     pattern like the QR code's, and QR codes at the other sizes.
//  4. Lines at all angles, where nothing was found.
func findCodes(ctx context.Context, g *image.Gray) []ingest.Barcode {
	s := newSearch(ctx, g)
	s.run()
	return s.codes()
}

func (s *search) run() {
	start := s.levelOf(1200)
	s.sweep(start, 0, 90)
	s.quick(s.whole(start))
	for l := len(s.levels) - 1; l >= 0; l-- {
		s.stripes(l)
	}
	s.squares(start)
	if len(s.accepted()) == 0 {
		s.anyAngle(start)
	}
}

// search is one picture being searched. Level 0 is the picture, each further
// one half of the size of that before it.
type search struct {
	ctx      context.Context
	levels   []*image.Gray
	decoders []decoder
	finds    []*find
	tried    []trial
}

func newSearch(ctx context.Context, g *image.Gray) *search {
	return &search{ctx: ctx, levels: pyramid(g), decoders: newDecoders()}
}

// find is one reading of a code in a place.
type find struct {
	code   ingest.Barcode
	size   float64       // its length, in the picture's pixels
	lines  int           // that read the same
	middle []place       // of each
	looks  map[look]bool // sizes and angles at which they did
	exact  bool          // a matrix code: its error correction vouches for it
}

// place is where the middle of a line was that read a code, in the picture.
type place struct {
	point
	degrees float64
}

// near says that p lies across the bars at most across away, and along them at
// most along: codes on labels stand close above each other.
func (m place) near(p point, across, along float64) bool {
	sin, cos := math.Sincos(m.degrees * math.Pi / 180)
	dx, dy := p.x-m.x, p.y-m.y
	return math.Abs(dx*cos+dy*sin) <= across && math.Abs(dy*cos-dx*sin) <= along
}

type point struct{ x, y float64 }

// look is one way to look at a place.
type look struct {
	level int
	angle int // degrees
}

func (s *search) ended() bool { return s.ctx.Err() != nil }

// pyramid halves a picture until it is small.
func pyramid(g *image.Gray) []*image.Gray {
	const smallest = 220
	levels := []*image.Gray{g}
	for max(g.Rect.Dx(), g.Rect.Dy()) > 2*smallest && min(g.Rect.Dx(), g.Rect.Dy()) >= 40 {
		g = half(g)
		levels = append(levels, g)
	}
	return levels
}

// half averages areas of two by two pixels: what makes a noisy photo readable.
func half(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx()/2, g.Rect.Dy()/2
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := g.Pix[2*y*g.Stride:], g.Pix[(2*y+1)*g.Stride:]
		row := out.Pix[y*out.Stride:][:w]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return out
}

// small is a picture that has no pixels to spare, and costs little.
func (s *search) small() bool { return len(s.levels) <= 2 }

// levelOf gives the largest level whose longer side is at most n pixels.
func (s *search) levelOf(n int) int {
	for i, g := range s.levels {
		if max(g.Rect.Dx(), g.Rect.Dy()) <= n {
			return i
		}
	}
	return len(s.levels) - 1
}

// need says how often a format must be read to be believed. Code 128 and Code
// 93 have strong check characters, EAN and UPC one digit of ten; the others
// have none, and must be read at two sizes or angles as well.
var need = map[string]struct {
	lines, looks, length int
}{
	"CODE_128": {2, 1, 2},
	"CODE_93":  {2, 1, 3},
	"EAN_13":   {4, 1, 13},
	"UPC_A":    {4, 1, 12},
	"EAN_8":    {6, 2, 8},
	"UPC_E":    {6, 2, 8},
	"CODE_39":  {4, 2, 6},
	"ITF":      {5, 2, 6},
	"CODABAR":  {6, 2, 6},
}

// believed says whether a find has been read often enough.
func (f *find) believed() bool {
	if f.exact {
		return true
	}
	n, ok := need[f.code.Format]
	return ok && f.lines >= n.lines && len(f.looks) >= n.looks && len(f.code.Text) >= n.length
}

// note counts a reading.
func (s *search) note(code ingest.Barcode, at look, m place, size float64, exact bool) {
	i := slices.IndexFunc(s.finds, func(f *find) bool { return f.code == code })
	if i < 0 {
		i = len(s.finds)
		s.finds = append(s.finds, &find{code: code, size: size, looks: map[look]bool{}})
	}
	f := s.finds[i]
	f.lines++
	f.looks[at] = true
	f.exact = f.exact || exact
	const enough = 300
	if len(f.middle) < enough {
		f.middle = append(f.middle, m)
	}
}

// accepted are the finds that are believed and that nothing contradicts: of
// two different readings of one place only one that was read three times as
// often as the other.
func (s *search) accepted() []*find {
	var out []*find
	for _, f := range s.finds {
		if f.believed() && !slices.ContainsFunc(s.finds, f.contradicted) {
			out = append(out, f)
		}
	}
	return out
}

func (f *find) contradicted(by *find) bool {
	if by == f || f.exact || !f.overlaps(by) {
		return false
	}
	switch {
	case by.exact:
		return true
	case by.code.Format == f.code.Format && strings.Contains(f.code.Text, by.code.Text):
		return false // a piece of it: ITF may begin and end anywhere
	case by.code.Format == f.code.Format && strings.Contains(by.code.Text, f.code.Text):
		return by.lines > 1
	case need[by.code.Format].lines > need[f.code.Format].lines:
		return by.lines > f.lines // noise often passes for a weak format
	}
	return by.lines*3 > f.lines
}

// overlaps says that two finds were read in one place.
func (f *find) overlaps(o *find) bool {
	size := max(f.size, o.size)
	for _, a := range f.middle {
		for _, b := range o.middle {
			if a.near(b.point, 0.4*size, max(3, 0.02*size)) {
				return true
			}
		}
	}
	return false
}

// covered says that a believed code stands at a place already.
func (s *search) covered(p point) bool {
	for _, f := range s.finds {
		along := 0.08 * f.size
		if f.exact {
			along = 0.35 * f.size
		}
		if f.believed() && slices.ContainsFunc(f.middle, func(m place) bool { return m.near(p, 0.35*f.size, along) }) {
			return true
		}
	}
	return false
}

// codes lists what was found from top to bottom, each once.
func (s *search) codes() []ingest.Barcode {
	found := s.accepted()
	slices.SortStableFunc(found, func(a, b *find) int { return cmp.Compare(a.middle[0].y, b.middle[0].y) })
	var out []ingest.Barcode
	for _, f := range found {
		out = merge(out, []ingest.Barcode{f.code})
	}
	return out
}

// sweep reads lines across the whole of a level.
func (s *search) sweep(level int, degrees ...float64) {
	const lines = 64
	g := s.levels[level]
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	for _, d := range degrees {
		sin, cos := math.Sincos(d * math.Pi / 180)
		extent := math.Abs(w*sin) + math.Abs(h*cos)
		step := max(1, extent/lines)
		for t := step / 2; t < extent && !s.ended(); t += step {
			off := t - extent/2
			s.line(level, d, point{w/2 - sin*off, h/2 + cos*off})
		}
	}
}

// anyAngle is the last resort.
func (s *search) anyAngle(level int) {
	for _, l := range []int{level, level + 1, level - 1} {
		if l < 0 || l >= len(s.levels) {
			continue
		}
		for d := 7.5; d < 180; d += 7.5 {
			s.sweep(l, d)
			if s.ended() || len(s.accepted()) > 0 {
				return
			}
		}
	}
}

// stripes reads the regions of a level that look like bars.
func (s *search) stripes(level int) {
	for _, r := range stripedRegions(s.levels[level]) {
		if s.ended() {
			return
		}
		scale := float64(int(1) << level)
		if !s.covered(point{r.at.x * scale, r.at.y * scale}) {
			s.region(level, r)
		}
	}
}

// region reads one region at its own size and its neighbours', at its angle
// and beside it, until a code in it is believed.
func (s *search) region(level int, r region) {
	scale := float64(int(1) << level)
	at := point{r.at.x * scale, r.at.y * scale}
	tilts := []float64{0, -3, 3}
	if s.small() {
		tilts = append(tilts, -1.5, 1.5, -5, 5)
	}
	for _, tilt := range tilts {
		for _, l := range []int{level - 1, level, level + 1, level - 2} {
			if l < 0 || l >= len(s.levels) || s.ended() || s.triedBefore(l, at, r.degrees+tilt, r.width*scale) {
				continue
			}
			s.across(l, r, scale/float64(int(1)<<l), tilt)
			if s.covered(at) {
				return
			}
		}
	}
}

// trial is a look at a place.
type trial struct {
	level         int
	at            point
	degrees, size float64
}

// triedBefore notes a look and says whether there was one like it: a code is a
// region at several levels.
func (s *search) triedBefore(level int, at point, degrees, size float64) bool {
	for _, t := range s.tried {
		if t.level == level && turn(t.degrees, degrees) < 1 && math.Hypot(t.at.x-at.x, t.at.y-at.y) < 0.1*min(t.size, size) {
			return true
		}
	}
	s.tried = append(s.tried, trial{level, at, degrees, size})
	return false
}

// across reads lines through a region, whose measures are those of another
// level by a factor: a few first, and all where these have read anything.
func (s *search) across(level int, r region, factor, tilt float64) {
	const most = 25
	few := 4
	if s.small() {
		few = 1
	}
	height := max(4, (r.high-r.low)*factor)
	n := int(min(most, height))
	degrees := r.degrees + tilt
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	mid := (r.high + r.low) / 2 * factor
	one := func(i int) bool {
		off := mid + height*((float64(i)+0.5)/float64(n)-0.5)*0.9
		return s.line(level, degrees, point{r.at.x*factor - sin*off, r.at.y*factor + cos*off})
	}
	any := false
	for i := few / 2; i < n; i += few {
		any = one(i) || any
	}
	for i := 0; i < n && any; i++ {
		if i%few != few/2 {
			one(i)
		}
	}
}

// result notes what gozxing read. A UPC-A code is an EAN-13 code that begins
// with 0, and the field writes it without.
func (s *search) result(res *gozxing.Result, at look, m place, size float64, exact bool) {
	code := ingest.Barcode{Format: res.GetBarcodeFormat().String(), Text: res.GetText()}
	if upc, ok := strings.CutPrefix(code.Text, "0"); ok && code.Format == "EAN_13" {
		code = ingest.Barcode{Format: "UPC_A", Text: upc}
	}
	s.note(code, at, m, size, exact)
}
