//go:build poppler

// The return slip as a printer and a camera see it: rendered by poppler, a
// program that is not ours. `go test ./...` leaves it out; .ci/run does not,
// and there a missing pdftoppm is a failure.
package notify

import (
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"retour/rules"
	"retour/templates"
)

// rendered is the page as pixels.
func rendered(t *testing.T, data []byte, dpi int) image.Image {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "slip.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-png", file, filepath.Join(dir, "page")).CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Fatalf("pdftoppm: %v: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "page*.png"))
	if err != nil || len(pages) != 1 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	f, err := os.Open(pages[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// half is the page above or below the line of the scissors.
func half(img image.Image, upper bool) image.Image {
	b := img.Bounds()
	if upper {
		b.Max.Y = b.Min.Y + b.Dy()/2
	} else {
		b.Min.Y += b.Dy()/2 + 1
	}
	return img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(b)
}

// turned is the picture turned about its middle and enlarged, on a white ground:
// the greys at the edges of the bars tell more than black and white alone.
func turned(img image.Image, degrees, by float64) image.Image {
	b := img.Bounds()
	side := int(by*math.Hypot(float64(b.Dx()), float64(b.Dy()))) + 2
	out := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	sin, cos = by*sin, by*cos
	cx, cy, to := float64(b.Min.X+b.Max.X)/2, float64(b.Min.Y+b.Max.Y)/2, float64(side)/2
	m := f64.Aff3{cos, -sin, to - cos*cx + sin*cy, sin, cos, to - sin*cx - cos*cy}
	xdraw.CatmullRom.Transform(out, m, img, b, xdraw.Src, nil)
	return out
}

func TestSlipIsReadFromThePrintedPage(t *testing.T) {
	c := testComposer(t)
	for i, lang := range templates.Languages() {
		k := aCase(rules.NoticeValidated)
		k.Number, k.Items = rules.Number(26, []int{123, 0, 99999, 100000, 7654321}[i]), units([]int{1, 3, 12, 60, 200}[i])
		data := slipOf(t, c, customer(rules.Proven), lang, k)
		for dpi, angles := range map[int][]float64{100: {0, 4, -7, 90, 180}, 200: {0, 10}} {
			img := rendered(t, data, dpi)
			for _, degrees := range angles {
				by := 200 / float64(dpi)
				label, note := turned(half(img, true), degrees, by), turned(half(img, false), degrees, by)
				for what, code := range map[string]struct {
					img    image.Image
					reader gozxing.Reader
				}{"Code 128": {label, oned.NewCode128Reader()}, "QR": {label, qrcode.NewQRCodeReader()}, "QR below": {note, qrcode.NewQRCodeReader()}} {
					if got, err := decode(code.img, code.reader); err != nil || got != k.Number {
						t.Errorf("%s, %d dpi, %.0f degrees: %s says %q, %v; want %s", lang, dpi, degrees, what, got, err, k.Number)
					}
				}
			}
		}
	}
}

// What a reader for the blind or a search takes off the page is what was drawn.
func TestSlipTextByPoppler(t *testing.T) {
	c := testComposer(t)
	for _, lang := range templates.Languages() {
		k := aCase(rules.NoticeValidated)
		to := customer(rules.Proven)
		to.Name = "Łukasz Dvořák-Παπαδόπουλος"
		data := slipOf(t, c, to, lang, k)
		cmd := exec.Command("pdftotext", "-raw", "-", "-")
		cmd.Stdin = strings.NewReader(string(data))
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(string(out)), "")
		want := strings.Join(strings.Fields(slipText(t, data)), "")
		if got != want {
			t.Errorf("%s: taken off\n%s\nwant\n%s", lang, got, want)
		}
	}
}
