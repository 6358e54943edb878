package attached

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// TestPixel: within a picture the short way gives what the careful one does.
func TestPixel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	g := image.NewGray(image.Rect(0, 0, 13, 7))
	for i := range g.Pix {
		g.Pix[i] = uint8(r.UintN(256))
	}
	for range 20_000 {
		x, y := r.Float64()*17-2, r.Float64()*11-2
		if r.UintN(4) == 0 {
			x, y = math.Round(x), math.Round(y)
		}
		if got, want := pixel(g, x, y), edgePixel(g, x, y); math.Abs(got-want) > 1e-9 {
			t.Fatalf("at %g, %g: %g, want %g", x, y, got, want)
		}
	}
}
