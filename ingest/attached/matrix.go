package attached

import (
	"cmp"
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/aztec"
	"github.com/makiuchi-d/gozxing/datamatrix"
	multiqr "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// frame is a piece of a level, in the place that it has in the picture.
type frame struct {
	g      *image.Gray
	origin point // of its first pixel, in the picture
	scale  float64
	at     look
}

// whole is a level with a white margin, which codes that fill a picture lack.
func (s *search) whole(level int) frame {
	const margin = 12
	scale := float64(int(1) << level)
	return frame{pad(s.levels[level], margin), point{-margin * scale, -margin * scale}, scale, look{level: level}}
}

func pad(g *image.Gray, margin int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, w+2*margin, h+2*margin))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	for y := range h {
		copy(out.Pix[(y+margin)*out.Stride+margin:][:w], g.Pix[y*g.Stride:])
	}
	return out
}

// inverted is white for black.
func (f frame) inverted() frame {
	g := image.NewGray(f.g.Rect)
	for i, p := range f.g.Pix {
		g.Pix[i] = 255 - p
	}
	f.g = g
	return f
}

// binaries are the two ways of gozxing to make black and white.
func (f frame) binaries() []gozxing.Binarizer {
	w, h := f.g.Rect.Dx(), f.g.Rect.Dy()
	src, err := gozxing.NewPlanarYUVLuminanceSource(f.g.Pix, f.g.Stride, h, 0, 0, w, h, false)
	if err != nil {
		return nil // the measures are the picture's own
	}
	return []gozxing.Binarizer{gozxing.NewHybridBinarizer(src), gozxing.NewGlobalHistgramBinarizer(src)}
}

var harder = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}

// quick looks for QR codes, several in one frame.
func (s *search) quick(f frame) bool {
	for _, b := range f.binaries() {
		bitmap, err := gozxing.NewBinaryBitmap(b)
		if err != nil || s.ended() {
			continue
		}
		if s.severalQR(f, bitmap) {
			return true
		}
	}
	return false
}

func (s *search) severalQR(f frame, bitmap *gozxing.BinaryBitmap) bool {
	found := false
	unlessPanics(func() (*gozxing.Result, error) {
		results, err := multiqr.NewQRCodeMultiReader().DecodeMultiple(bitmap, harder)
		for _, res := range results {
			s.matrix(f, res)
			found = true
		}
		return nil, err
	})
	return found
}

// matrix notes a matrix code: its error correction vouches for it.
func (s *search) matrix(f frame, res *gozxing.Result) {
	if res.GetText() == "" {
		return
	}
	var mid point
	points := res.GetResultPoints()
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range points {
		mid.x += p.GetX() / float64(len(points))
		mid.y += p.GetY() / float64(len(points))
		low, high = min(low, p.GetX(), p.GetY()), max(high, p.GetX(), p.GetY())
	}
	size := 0.0
	for _, p := range points {
		size = max(size, 2*math.Hypot(p.GetX()-mid.x, p.GetY()-mid.y))
	}
	s.result(res, f.at, place{point{f.origin.x + mid.x*f.scale, f.origin.y + mid.y*f.scale}, 0}, size*f.scale, true)
}

// squares looks for matrix codes of all formats in the regions that are as
// high as wide, and then for QR codes at the levels where none was looked for.
func (s *search) squares(start int) {
	for _, r := range squareRegions(s.levels[start]) {
		scale := float64(int(1) << start)
		if s.ended() || s.covered(point{r.at.x * scale, r.at.y * scale}) {
			continue
		}
		s.square(start, r)
	}
	if len(s.levels) == 1 {
		s.anyMatrix(s.whole(0))
	}
	for l := range s.levels {
		if l != start && !s.ended() {
			s.quick(s.whole(l))
		}
	}
	if !s.ended() {
		s.quick(s.whole(start).inverted())
	}
}

// square looks into one region, at the sizes at which the detectors work best.
func (s *search) square(level int, r region) {
	for l := level; l >= 0; l-- {
		factor := float64(int(1)<<level) / float64(int(1)<<l)
		f := s.crop(l, point{r.at.x * factor, r.at.y * factor}, r.width*factor)
		side := f.g.Rect.Dx()
		if side > 700 || s.ended() {
			return
		}
		if side >= 60 && s.anyMatrix(f) {
			return
		}
	}
}

// crop cuts a square piece, with a margin, out of a level.
func (s *search) crop(level int, at point, width float64) frame {
	const margin = 12
	g := s.levels[level]
	half := int(width*0.6) + 4
	box := image.Rect(int(at.x)-half, int(at.y)-half, int(at.x)+half, int(at.y)+half).Intersect(g.Rect)
	piece := g.SubImage(box).(*image.Gray)
	flat := image.NewGray(image.Rect(0, 0, box.Dx(), box.Dy()))
	for y := range box.Dy() {
		copy(flat.Pix[y*flat.Stride:][:box.Dx()], piece.Pix[y*piece.Stride:])
	}
	scale := float64(int(1) << level)
	origin := point{float64(box.Min.X-margin) * scale, float64(box.Min.Y-margin) * scale}
	return frame{pad(flat, margin), origin, scale, look{level: level}}
}

// anyMatrix tries every matrix format on a frame.
func (s *search) anyMatrix(f frame) bool {
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	for _, b := range f.binaries() {
		bitmap, err := gozxing.NewBinaryBitmap(b)
		if err != nil {
			continue
		}
		for _, try := range []struct {
			reader gozxing.Reader
			hints  map[gozxing.DecodeHintType]any
		}{
			{datamatrix.NewDataMatrixReader(), nil},
			{datamatrix.NewDataMatrixReader(), pure},
			{qrcode.NewQRCodeReader(), harder},
			{aztec.NewAztecReader(), nil},
		} {
			res := unlessPanics(func() (*gozxing.Result, error) { return try.reader.Decode(bitmap, try.hints) })
			if res != nil {
				s.matrix(f, res)
				return true
			}
		}
	}
	return false
}

// squareRegions finds textured regions about as high as wide, the densest
// first.
func squareRegions(g *image.Gray) []region {
	gr := tensors(g)
	textured := func(i int) bool { return gr.cells[i].energy() > 4*leastEnergy }
	var out []region
	for _, group := range gr.groups(textured, func(int, int) bool { return true }) {
		r, ok := gr.box(group)
		if ok && len(group) >= 9 {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b region) int { return cmp.Compare(b.weight/(b.width*b.width), a.weight/(a.width*a.width)) })
	return out[:min(len(out), mostRegions)]
}

// box measures a group of cells as an upright square; false where it is none.
func (gr grid) box(group []int) (region, bool) {
	x0, y0, x1, y1 := gr.w, gr.h, 0, 0
	var r region
	for _, i := range group {
		x, y := i%gr.w, i/gr.w
		x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x+1), max(y1, y+1)
		r.weight += gr.cells[i].energy()
	}
	w, h := float64(x1-x0)*cell, float64(y1-y0)*cell
	r.at = point{float64(x0+x1) / 2 * cell, float64(y0+y1) / 2 * cell}
	r.width = max(w, h)
	return r, max(w, h) <= 2.2*min(w, h)
}
