package attached

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"retour/ingest"
)

func search1(t testing.TB, g *image.Gray) []ingest.Barcode {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	return findCodes(ctx, g)
}

// Conditions that photos of labels come in.
var (
	clean  = shot{width: 900, height: 700, scale: 7, dark: 1}
	camera = shot{width: 1600, height: 1200, scale: 9, dark: 0.8, uneven: 0.3, blur: 1, noise: 7, perspective: 0.1, quality: 60}
	dim    = shot{width: 1000, height: 750, scale: 7, dark: 0.45, uneven: 0.3, noise: 6, quality: 50}
	afar   = shot{width: 1600, height: 1200, scale: 6, dark: 0.7, uneven: 0.2, noise: 4, quality: 70}
)

func TestCodesOnPhotos(t *testing.T) {
	for _, l := range []label{
		{ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}, 10, 8, 70, 9},
		{ingest.Barcode{Format: "CODE_39", Text: "AC12345678"}, 10, 8, 76, 9},
		{ingest.Barcode{Format: "EAN_13", Text: "4006381333931"}, 10, 8, 38, 15},
		{ingest.Barcode{Format: "UPC_A", Text: "012345678905"}, 10, 8, 38, 15},
		{ingest.Barcode{Format: "ITF", Text: "30712345000010"}, 10, 8, 60, 12},
		{ingest.Barcode{Format: "QR_CODE", Text: "https://example.com/SN:AC12345678"}, 10, 8, 24, 24},
	} {
		for name, s := range map[string]shot{"clean": clean, "camera": camera, "dim": dim, "afar": afar} {
			for _, s.degrees = range []float64{17, 205} {
				t.Run(fmt.Sprint(l.code.Format, name, s.degrees), func(t *testing.T) {
					t.Parallel()
					if got := search1(t, photo(t, s, l)); !slices.Equal(got, []ingest.Barcode{l.code}) {
						t.Errorf("read %v, want %v", got, l.code)
					}
				})
			}
		}
	}
}

// TestSeveralCodes: the label of a device has its serial number, its MAC and
// the article's number, and a QR code beside them.
func TestSeveralCodes(t *testing.T) {
	labels := []label{
		{ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}, 5, 4, 60, 8},
		{ingest.Barcode{Format: "CODE_128", Text: "000B82AABBCC"}, 5, 18, 60, 8},
		{ingest.Barcode{Format: "EAN_13", Text: "4006381333931"}, 5, 32, 38, 14},
		{ingest.Barcode{Format: "QR_CODE", Text: "SN:20EZXABCD123456"}, 72, 6, 22, 22},
	}
	for _, d := range []float64{0, 8, 75} {
		s := camera
		s.degrees = d
		got := search1(t, photo(t, s, labels...))
		for _, l := range labels {
			if !slices.Contains(got, l.code) {
				t.Errorf("at %g degrees %v is missing in %v", d, l.code, got)
			}
		}
		if len(got) != len(labels) {
			t.Errorf("at %g degrees %d codes: %v", d, len(got), got)
		}
	}
}

// TestNoCode: noise, stripes, print and grilles are no codes. A wrong number is
// worse than none.
func TestNoCode(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	pictures := map[string]func(x, y int) uint8{
		"noise":   func(x, y int) uint8 { return uint8(rnd.UintN(256)) },
		"stripes": func(x, y int) uint8 { return uint8(x / 3 % 2 * 200) },
		"grille":  func(x, y int) uint8 { return uint8(x/4%2*y/4%2) * 220 },
		"fields":  func(x, y int) uint8 { return uint8(x/9*7919+y/9*104729) % 2 * 230 },
	}
	bars := make([]uint8, 900)
	for i := range bars {
		bars[i] = uint8(rnd.UintN(2) * 220)
	}
	pictures["bars"] = func(x, y int) uint8 { return bars[x/3] }
	for name, at := range pictures {
		g := image.NewGray(image.Rect(0, 0, 900, 600))
		for y := range 600 {
			for x := range 900 {
				g.Pix[y*g.Stride+x] = at(x, y)
			}
		}
		if got := search1(t, g); len(got) != 0 {
			t.Errorf("%s: read %v", name, got)
		}
	}
	if got := search1(t, photo(t, camera)); len(got) != 0 {
		t.Errorf("a label with print only: read %v", got)
	}
}

// TestSearchEnds: what was found in time is kept, and a search whose time is
// over looks no further.
func TestSearchEnds(t *testing.T) {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	g := photo(t, clean, label{ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}, 10, 8, 70, 9})
	if got := findCodes(over, g); len(got) != 0 {
		t.Errorf("read %v after the end", got)
	}
}

// TestPicture: files of pictures, through a child.
func TestPicture(t *testing.T) {
	code := ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}
	img := photo(t, clean, label{code, 10, 8, 70, 9})
	data := asJPEG(t, img, 85)
	upright := slices.Concat(data[:2], exif(6), data[2:])
	for name, d := range map[string][]byte{"label.jpg": data, "label.JPG": upright, "no-name": data} {
		a := read(t, name, d)
		if !slices.Equal(a.Barcodes, []ingest.Barcode{code}) || a.Unread != "" {
			t.Errorf("%s: barcodes %v, unread %q", name, a.Barcodes, a.Unread)
		}
	}
	if !quarterTurned(upright) || quarterTurned(data) || quarterTurned(slices.Concat(data[:2], exif(3), data[2:])) {
		t.Error("the camera's orientation is not read")
	}
}

// exif is the block in which a camera says how it was held.
func exif(orientation byte) []byte {
	block := slices.Concat([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), []byte{orientation}, make([]byte, 6))
	return slices.Concat([]byte{0xff, 0xe1, 0, byte(len(block) + 2)}, block)
}

// TestKnownPicture: a small picture is read once.
func TestKnownPicture(t *testing.T) {
	data := asJPEG(t, photo(t, shot{width: 200, height: 150, scale: 2, dark: 1}), 80)
	r := newReader(t, patient())
	m := &ingest.Message{Attachments: []ingest.Attachment{{Data: data, Size: len(data)}}}
	r.Read(context.Background(), m)
	r.command = []string{"/nowhere/retour"}
	r.Read(context.Background(), m)
	wantUnread(t, m.Attachments[0], "")
}

func BenchmarkLogo(b *testing.B) {
	g := photo(b, shot{width: 300, height: 120, scale: 2, dark: 1})
	for b.Loop() {
		search1(b, g)
	}
}

func BenchmarkStagePhoto(b *testing.B) {
	s := camera
	s.width, s.height, s.scale = 4000, 3000, 20
	g := photo(b, s, label{ingest.Barcode{Format: "CODE_128", Text: "20EZXABCD123456"}, 10, 8, 70, 9})
	for b.Loop() {
		search1(b, g)
	}
}

func BenchmarkPhotoWithoutCode(b *testing.B) {
	s := camera
	s.width, s.height, s.scale = 4000, 3000, 20
	g := photo(b, s)
	for b.Loop() {
		search1(b, g)
	}
}
