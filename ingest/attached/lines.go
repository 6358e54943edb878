package attached

import (
	"image"
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// line samples one line through p at an angle, cuts it into stretches that may
// be a code, and has each decoded. It says whether anything was read.
func (s *search) line(level int, degrees float64, p point) bool {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	values, from := sample(s.levels[level], p, point{cos, sin})
	if len(values) < 100 {
		return false
	}
	scale := float64(int(1) << level)
	at := look{level, int(math.Round(degrees))}
	any := false
	seen := map[reading]bool{}
	for _, edges := range [][]float64{edgesOfExtremes(values), edgesOfMean(values)} {
		for _, stretch := range stretches(edges) {
			for _, res := range append(s.decodeBars(stretch), s.decodeBars(balanced(stretch))...) {
				key := reading{res.GetBarcodeFormat(), res.GetText()}
				if seen[key] {
					continue
				}
				seen[key], any = true, true
				a, b := stretch[0], stretch[len(stretch)-1]
				mid := (a + b) / 2
				m := place{point{(from.x + cos*mid) * scale, (from.y + sin*mid) * scale}, degrees}
				s.result(res, at, m, (b-a)*scale, false)
			}
		}
	}
	return any
}

type reading struct {
	format gozxing.BarcodeFormat
	text   string
}

// sample takes the brightness along a line, a value a pixel, each the mean of
// three beside each other across it, between white margins, which a code that
// fills the picture lacks. The line begins at from.
func sample(g *image.Gray, p, dir point) (values []float64, from point) {
	w, h := float64(g.Rect.Dx()-1), float64(g.Rect.Dy()-1)
	low, high := math.Inf(-1), math.Inf(1)
	clip := func(at, d, most float64) {
		if math.Abs(d) < 1e-9 {
			if at < 0 || at > most {
				high = low
			}
			return
		}
		a, b := -at/d, (most-at)/d
		low, high = max(low, min(a, b)), min(high, max(a, b))
	}
	clip(p.x, dir.x, w)
	clip(p.y, dir.y, h)
	if !(high > low) {
		return nil, p
	}
	n := int(high - low)
	margin := 40 + n/6
	low -= float64(margin)
	from = point{p.x + dir.x*low, p.y + dir.y*low}
	values = make([]float64, n+2*margin)
	for i := range values {
		if i < margin || i >= n+margin {
			values[i] = 255
			continue
		}
		x, y := from.x+dir.x*float64(i), from.y+dir.y*float64(i)
		values[i] = (pixel(g, x, y) + pixel(g, x-dir.y, y+dir.x) + pixel(g, x+dir.y, y-dir.x)) / 3
	}
	return values, from
}

// pixel interpolates between four.
func pixel(g *image.Gray, x, y float64) float64 {
	if ix, iy := int(x), int(y); x >= 0 && y >= 0 && ix < g.Rect.Max.X-1 && iy < g.Rect.Max.Y-1 {
		fx, fy := x-float64(ix), y-float64(iy)
		top, low := g.Pix[iy*g.Stride+ix:], g.Pix[(iy+1)*g.Stride+ix:]
		return (float64(top[0])*(1-fx)+float64(top[1])*fx)*(1-fy) + (float64(low[0])*(1-fx)+float64(low[1])*fx)*fy
	}
	return edgePixel(g, x, y)
}

// edgePixel is one at the edge, or beyond it, where the next within counts.
func edgePixel(g *image.Gray, x, y float64) float64 {
	x = max(0, min(x, float64(g.Rect.Dx()-1)-1e-6))
	y = max(0, min(y, float64(g.Rect.Dy()-1)-1e-6))
	ix, iy := int(x), int(y)
	fx, fy := x-float64(ix), y-float64(iy)
	i := iy*g.Stride + ix
	j := min(i+g.Stride, len(g.Pix)-2)
	top := float64(g.Pix[i])*(1-fx) + float64(g.Pix[min(i+1, len(g.Pix)-1)])*fx
	low := float64(g.Pix[j])*(1-fx) + float64(g.Pix[j+1])*fx
	return top*(1-fy) + low*fy
}

// block is over how many samples light and dark are taken as even.
const block = 32

// localRange gives, for each block, the darkest and the brightest of it and
// its neighbours.
func localRange(values []float64) (low, high []float64) {
	n := (len(values) + block - 1) / block
	lows, highs := make([]float64, n), make([]float64, n)
	for i := range n {
		part := values[i*block : min(len(values), (i+1)*block)]
		lows[i], highs[i] = slices.Min(part), slices.Max(part)
	}
	low, high = make([]float64, n), make([]float64, n)
	for i := range n {
		a, b := max(0, i-1), min(n, i+2)
		low[i], high[i] = slices.Min(lows[a:b]), slices.Max(highs[a:b])
	}
	return low, high
}

// edgesOfExtremes puts an edge half way in brightness between each darkest and
// the next brightest place, so that a narrow bar which blur has made grey keeps
// its width. Turns of less than an eighth of the local contrast are noise. The
// edges alternate; the first is one into the dark.
func edgesOfExtremes(values []float64) []float64 {
	const least, part = 8, 0.16
	low, high := localRange(values)
	var edges []float64
	rising := true // looking for a bright place
	top := 0       // index of the extreme so far
	last := -1     // the extreme before it
	for i, v := range values {
		turn := max(least, part*(high[i/block]-low[i/block]))
		switch {
		case rising && v >= values[top], !rising && v <= values[top]:
			top = i
		case math.Abs(v-values[top]) >= turn:
			if last >= 0 {
				edges = append(edges, crossing(values, last, top))
			}
			last, top, rising = top, i, !rising
		}
	}
	if last >= 0 && top > last {
		edges = append(edges, crossing(values, last, top))
	}
	return edges
}

// crossing is where values pass the middle between two extremes.
func crossing(values []float64, a, b int) float64 {
	mid := (values[a] + values[b]) / 2
	for i := a; i < b; i++ {
		if v, w := values[i], values[i+1]; v != w && (v-mid)*(w-mid) <= 0 {
			return float64(i) + (mid-v)/(w-v)
		}
	}
	return float64(a+b) / 2
}

// edgesOfMean puts edges where the brightness crosses the middle between the
// darkest and the brightest of the surroundings.
func edgesOfMean(values []float64) []float64 {
	const least = 12
	low, high := localRange(values)
	var edges []float64
	dark := false
	for i := 1; i < len(values); i++ {
		k := i / block
		if high[k]-low[k] < least {
			continue
		}
		mid := (low[k] + high[k]) / 2
		if isDark := values[i] < mid; isDark != dark {
			dark = isDark
			at := float64(i)
			if d := values[i] - values[i-1]; d != 0 {
				at = float64(i-1) + max(0, min(1, (mid-values[i-1])/d))
			}
			edges = append(edges, at)
		}
	}
	return edges
}

// A code has at least that many edges: Code 128 with one character.
const fewestEdges = 26

// stretches cuts a line at its quiet zones: white of some times the mean width
// of the bars and gaps beside it. A stretch begins and ends with a bar's edge.
// Narrow quiet zones are tried as well as the wide ones that the standards ask
// for, since labels are printed with text close to the code.
func stretches(edges []float64) [][]float64 {
	var out [][]float64
	for _, quiet := range []float64{4, 2.4} {
		start := 0
		for i := 1; i+1 <= len(edges); i += 2 {
			last := i+1 == len(edges)
			if !last && !isQuiet(edges, i, quiet) {
				continue
			}
			if part := edges[start : i+1]; len(part) >= fewestEdges && len(part) <= 600 && uneven(part) &&
				!slices.ContainsFunc(out, func(o []float64) bool { return len(o) == len(part) && o[0] == part[0] }) {
				out = append(out, part)
			}
			start = i + 1
		}
	}
	return out
}

// uneven says that there are narrow and wide bars: the even rhythm of cardboard,
// cloth and grilles is no code.
func uneven(edges []float64) bool {
	mean := (edges[len(edges)-1] - edges[0]) / float64(len(edges)-1)
	sum := 0.0
	for i := 1; i < len(edges); i++ {
		d := edges[i] - edges[i-1] - mean
		sum += d * d
	}
	return sum > 0.06*mean*mean*float64(len(edges)-1)
}

// isQuiet says whether the white between edge i and the next is a quiet zone
// for what stands on one of its sides.
func isQuiet(edges []float64, i int, times float64) bool {
	const beside = 8
	white := edges[i+1] - edges[i]
	before := max(0, i-beside)
	after := min(len(edges)-1, i+1+beside)
	mean := math.Inf(1)
	if i-before >= 4 {
		mean = (edges[i] - edges[before]) / float64(i-before)
	}
	if after-i-1 >= 4 {
		mean = min(mean, (edges[after]-edges[i+1])/float64(after-i-1))
	}
	return white > times*mean
}

// balanced takes from the bars what ink and blur have added to them, so that
// the narrow bars are as wide as the narrow gaps; nil where they are already.
func balanced(edges []float64) []float64 {
	if len(edges) < fewestEdges {
		return nil
	}
	var bars, gaps []float64
	for i := 0; i+1 < len(edges); i++ {
		if width := edges[i+1] - edges[i]; i%2 == 0 {
			bars = append(bars, width)
		} else {
			gaps = append(gaps, width)
		}
	}
	slices.Sort(bars)
	slices.Sort(gaps)
	bar, gap := bars[len(bars)/4], gaps[len(gaps)/4]
	if math.Abs(bar-gap) < 0.15*(bar+gap)/2 {
		return nil
	}
	out := make([]float64, len(edges))
	shift := (bar - gap) / 4
	for i, e := range edges {
		if i%2 == 0 {
			out[i] = e + shift
		} else {
			out[i] = e - shift
		}
	}
	return out
}

// decoder is one linear format. It fits a number of bars and gaps: what is not
// that many is not tried, which is what makes noise cheap.
type decoder struct {
	oned.RowDecoder
	fits func(n int) bool
}

// newDecoders makes the decoders of one search: they keep state.
func newDecoders() []decoder {
	return []decoder{
		{oned.NewCode128Reader().(oned.RowDecoder), func(n int) bool { return n%6 == 1 }},
		{oned.NewMultiFormatUPCEANReader(nil).(oned.RowDecoder), func(n int) bool { return n == 33 || n == 43 || n >= 59 && n <= 75 }},
		{oned.NewCode39Reader().(oned.RowDecoder), func(n int) bool { return n%10 == 9 }},
		{oned.NewCode93Reader().(oned.RowDecoder), func(n int) bool { return n%6 == 1 }},
		{oned.NewITFReader().(oned.RowDecoder), func(n int) bool { return n%10 == 7 }},
		{oned.NewCodaBarReader().(oned.RowDecoder), func(n int) bool { return n%8 == 7 }},
	}
}

// decodeBars has one stretch decoded, forward and backward. What is read must
// be the whole stretch, and not a piece of another code.
func (s *search) decodeBars(edges []float64) []*gozxing.Result {
	if len(edges) < fewestEdges {
		return nil
	}
	row, length, margin := bits(edges)
	if row == nil {
		return nil
	}
	var out []*gozxing.Result
	for range 2 {
		for _, d := range s.decoders {
			if !d.fits(len(edges) - 1) {
				continue
			}
			res := unlessPanics(func() (*gozxing.Result, error) { return d.DecodeRow(0, row, nil) })
			if res != nil && covers(res, length, margin) {
				out = append(out, res)
			}
		}
		row.Reverse()
	}
	return out
}

// unlessPanics gives what a decoder read, or nil: a code that breaks one must
// not cost the others of the picture.
func unlessPanics(decode func() (*gozxing.Result, error)) (res *gozxing.Result) {
	defer func() {
		if recover() != nil {
			res = nil
		}
	}()
	res, err := decode()
	if err != nil {
		return nil
	}
	return res
}

// bits draws a stretch with about four pixels to the narrow bar, between white
// margins.
func bits(edges []float64) (row *gozxing.BitArray, length, margin int) {
	first, span := edges[0], edges[len(edges)-1]-edges[0]
	mean := span / float64(len(edges)-1)
	if !(mean > 0) {
		return nil, 0, 0
	}
	unit := 8 / mean
	length = int(span * unit)
	margin = 200
	row = gozxing.NewBitArray(length + 2*margin)
	for i := 0; i+1 < len(edges); i += 2 {
		a := margin + int(math.Round((edges[i]-first)*unit))
		b := margin + int(math.Round((edges[i+1]-first)*unit))
		for x := a; x < max(b, a+1) && x < row.GetSize(); x++ {
			row.Set(x)
		}
	}
	return row, length, margin
}

func covers(res *gozxing.Result, length, margin int) bool {
	points := res.GetResultPoints()
	if len(points) < 2 {
		return false
	}
	low, high := points[0].GetX(), points[0].GetX()
	for _, p := range points {
		low, high = min(low, p.GetX()), max(high, p.GetX())
	}
	return (high - low) > 0.8*float64(length)
}
