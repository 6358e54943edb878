package attached

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"retour/ingest"
)

// label is one code on a printed label: its corner and measure in millimetres.
type label struct {
	code       ingest.Barcode
	x, y, w, h float64
}

// shot is how a photo of a box with labels was taken.
type shot struct {
	width, height int
	degrees       float64
	scale         float64 // pixels to the millimetre
	perspective   float64 // how much smaller the far side is
	blur          float64 // pixels
	noise         float64 // shades
	dark          float64 // the light's share, 1 is daylight
	uneven        float64 // how much darker one corner is
	quality       int     // of the JPEG; 0 for none
}

// writers draw a code with one pixel to the module where they can.
func drawn(t testing.TB, c ingest.Barcode) *gozxing.BitMatrix {
	t.Helper()
	formats := map[string]struct {
		gozxing.Writer
		gozxing.BarcodeFormat
	}{
		"CODE_128":    {oned.NewCode128Writer(), gozxing.BarcodeFormat_CODE_128},
		"CODE_39":     {oned.NewCode39Writer(), gozxing.BarcodeFormat_CODE_39},
		"EAN_13":      {oned.NewEAN13Writer(), gozxing.BarcodeFormat_EAN_13},
		"UPC_A":       {oned.NewUPCAWriter(), gozxing.BarcodeFormat_UPC_A},
		"ITF":         {oned.NewITFWriter(), gozxing.BarcodeFormat_ITF},
		"QR_CODE":     {qrcode.NewQRCodeWriter(), gozxing.BarcodeFormat_QR_CODE},
		"DATA_MATRIX": {datamatrix.NewDataMatrixWriter(), gozxing.BarcodeFormat_DATA_MATRIX},
	}
	f := formats[c.Format]
	m, err := f.Encode(c.Text, f.BarcodeFormat, 1, 1, map[gozxing.EncodeHintType]any{gozxing.EncodeHintType_MARGIN: 0})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// photo takes the shot: a cardboard box in the picture's middle with a white
// paper, the codes on it, and lines of text beside them.
func photo(t testing.TB, s shot, labels ...label) *image.Gray {
	t.Helper()
	const paperW, paperH = 100, 60 // mm
	codes := make([]*gozxing.BitMatrix, len(labels))
	for i, l := range labels {
		codes[i] = drawn(t, l.code)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	sin, cos := math.Sincos(s.degrees * math.Pi / 180)
	shade := func(px, py float64) float64 {
		dx, dy := (px-float64(s.width)/2)/s.scale, (py-float64(s.height)/2)/s.scale
		near := 1 + s.perspective*dx/paperW
		dx, dy = dx*near, dy*near
		x, y := dx*cos+dy*sin+paperW/2, -dx*sin+dy*cos+paperH/2
		if x < 0 || y < 0 || x >= paperW || y >= paperH {
			return 120 + 25*math.Sin(px/17)*math.Cos(py/23) + 12*math.Sin((px+py)/5)
		}
		for i, l := range labels {
			u, v := (x-l.x)/l.w, (y-l.y)/l.h
			if u >= 0 && u < 1 && v >= 0 && v < 1 {
				m := codes[i]
				if m.Get(int(u*float64(m.GetWidth())), int(v*float64(m.GetHeight()))) {
					return 40
				}
				return 225
			}
		}
		if y > paperH-8 && int(x*2.5)%3 != 0 && int(y*2)%4 != 0 && int(x*7+y*13)%5 < 3 {
			return 60 // small print
		}
		return 225
	}
	img := image.NewGray(image.Rect(0, 0, s.width, s.height))
	for y := range s.height {
		for x := range s.width {
			px, py := float64(x), float64(y)
			v := (shade(px+.25, py+.25) + shade(px+.75, py+.25) + shade(px+.25, py+.75) + shade(px+.75, py+.75)) / 4
			v *= s.dark * (1 - s.uneven*px/float64(s.width))
			img.Pix[y*img.Stride+x] = uint8(v)
		}
	}
	blurred(img, s.blur)
	for i, v := range img.Pix {
		img.Pix[i] = uint8(max(0, min(255, float64(v)+rnd.NormFloat64()*s.noise)))
	}
	return compressed(t, img, s.quality)
}

// blurred smooths by three box filters, which is near to a Gaussian.
func blurred(img *image.Gray, sigma float64) {
	r := int(math.Round(sigma))
	if r < 1 {
		return
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pass := func(n, stride int, at func(i int) int) {
		line := make([]int, n+1)
		for k := range n {
			line[k+1] = line[k] + int(img.Pix[at(0)+k*stride])
		}
		for k := range n {
			a, b := max(0, k-r), min(n, k+r+1)
			img.Pix[at(0)+k*stride] = uint8((line[b] - line[a]) / (b - a))
		}
	}
	for range 3 {
		for y := range h {
			pass(w, 1, func(int) int { return y * img.Stride })
		}
		for x := range w {
			pass(h, img.Stride, func(int) int { return x })
		}
	}
}

func compressed(t testing.TB, img *image.Gray, quality int) *image.Gray {
	t.Helper()
	if quality == 0 {
		return img
	}
	decoded, err := jpeg.Decode(bytes.NewReader(asJPEG(t, img, quality)))
	if err != nil {
		t.Fatal(err)
	}
	return gray(decoded)
}

func asJPEG(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
