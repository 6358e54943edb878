package attached

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// region is a part of a level that looks like a code.
type region struct {
	at        point   // its middle
	degrees   float64 // across its bars
	low, high float64 // its extent along the bars, from the middle
	width     float64 // across the bars
	weight    float64 // of its gradients
}

// cell is how many pixels share one direction.
const cell = 8

// tensor is the structure tensor of a cell: sums of products of gradients.
type tensor struct{ xx, yy, xy float64 }

func (t tensor) energy() float64 { return t.xx + t.yy }

// coherence is 1 where all gradients share a direction, 0 where they have none.
func (t tensor) coherence() float64 {
	return math.Hypot(t.xx-t.yy, 2*t.xy) / (t.energy() + 1)
}

// degrees is the direction across the bars, 0 to 180.
func (t tensor) degrees() float64 {
	d := math.Atan2(2*t.xy, t.xx-t.yy) * 90 / math.Pi
	return math.Mod(d+180, 180)
}

func (t tensor) plus(o tensor) tensor { return tensor{t.xx + o.xx, t.yy + o.yy, t.xy + o.xy} }

// grid holds a level's tensors, a cell each.
type grid struct {
	w, h  int
	cells []tensor
}

// tensors takes the gradients of a level and smooths them over three by three
// cells.
func tensors(g *image.Gray) grid {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	gr := grid{w: w / cell, h: h / cell}
	raw := make([]tensor, gr.w*gr.h)
	for y := 1; y < gr.h*cell-1; y++ {
		row := g.Pix[y*g.Stride:]
		up, down := g.Pix[(y-1)*g.Stride:], g.Pix[(y+1)*g.Stride:]
		for x := 1; x < gr.w*cell-1; x++ {
			dx := float64(int(row[x+1]) - int(row[x-1]))
			dy := float64(int(down[x]) - int(up[x]))
			t := &raw[y/cell*gr.w+x/cell]
			t.xx += dx * dx
			t.yy += dy * dy
			t.xy += dx * dy
		}
	}
	gr.cells = make([]tensor, len(raw))
	for y := range gr.h {
		for x := range gr.w {
			sum := tensor{}
			for j := max(0, y-1); j <= min(gr.h-1, y+1); j++ {
				for i := max(0, x-1); i <= min(gr.w-1, x+1); i++ {
					sum = sum.plus(raw[j*gr.w+i])
				}
			}
			gr.cells[y*gr.w+x] = sum
		}
	}
	return gr
}

// Thresholds of a cell of nine times 64 gradients: a mean of 12 shades a pixel
// at least, as in a dark or blurred photo.
const (
	leastEnergy   = 9 * cell * cell * 12 * 12
	mostRegions   = 12
	leastCoherent = 0.5
)

// stripedRegions finds where neighbouring cells share one direction, the
// heaviest first.
func stripedRegions(g *image.Gray) []region {
	gr := tensors(g)
	stripes := func(i int) bool {
		return gr.cells[i].energy() > leastEnergy && gr.cells[i].coherence() > leastCoherent
	}
	alike := func(i, j int) bool { return turn(gr.cells[i].degrees(), gr.cells[j].degrees()) < 15 }
	var out []region
	for _, group := range gr.groups(stripes, alike) {
		if r := gr.region(group); len(group) >= 4 && r.width >= 3*cell {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b region) int { return cmp.Compare(b.weight, a.weight) })
	return out[:min(len(out), mostRegions)]
}

// turn is the angle between two directions that have no sign.
func turn(a, b float64) float64 {
	d := math.Abs(a - b)
	return min(d, 180-d)
}

// groups joins neighbouring cells that are alike.
func (gr grid) groups(is func(int) bool, alike func(i, j int) bool) [][]int {
	seen := make([]bool, len(gr.cells))
	var out [][]int
	for start := range gr.cells {
		if seen[start] || !is(start) {
			continue
		}
		seen[start] = true
		group := []int{start}
		for k := 0; k < len(group); k++ {
			x, y := group[k]%gr.w, group[k]/gr.w
			for j := max(0, y-1); j <= min(gr.h-1, y+1); j++ {
				for i := max(0, x-1); i <= min(gr.w-1, x+1); i++ {
					if n := j*gr.w + i; !seen[n] && is(n) && alike(group[k], n) {
						seen[n] = true
						group = append(group, n)
					}
				}
			}
		}
		out = append(out, group)
	}
	return out
}

// region measures a group of cells.
func (gr grid) region(group []int) region {
	var sum tensor
	var r region
	for _, i := range group {
		sum = sum.plus(gr.cells[i])
		r.at.x += (float64(i%gr.w) + 0.5) * cell / float64(len(group))
		r.at.y += (float64(i/gr.w) + 0.5) * cell / float64(len(group))
	}
	r.degrees, r.weight = sum.degrees(), sum.energy()
	sin, cos := math.Sincos(r.degrees * math.Pi / 180)
	left, right := 0.0, 0.0
	for _, i := range group {
		dx, dy := (float64(i%gr.w)+0.5)*cell-r.at.x, (float64(i/gr.w)+0.5)*cell-r.at.y
		along, across := -dx*sin+dy*cos, dx*cos+dy*sin
		r.low, r.high = min(r.low, along), max(r.high, along)
		left, right = min(left, across), max(right, across)
	}
	r.width = right - left + cell
	return r
}
