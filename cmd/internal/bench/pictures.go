package bench

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"

	"codeberg.org/go-pdf/fpdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// The attachments of a big mail: a photo as a telephone takes it, twelve million
// points and the label of a box in it, and an invoice with a scan.
const (
	photoWidth, photoHeight = 4000, 3000
	scanWidth, scanHeight   = 1700, 2400
	kinds                   = 3 // so many of each
)

// attachments are photos and PDFs in turn.
func attachments(seed uint64) ([]file, error) {
	var files []file
	for i := range kinds {
		r := rand.New(rand.NewPCG(seed, uint64(1000+i)))
		photo, err := photo(r, fmt.Sprintf("693893%06d", r.IntN(1e6)))
		if err != nil {
			return nil, err
		}
		invoice, err := invoice(r, i)
		if err != nil {
			return nil, err
		}
		files = append(files, file{fmt.Sprintf("IMG_%04d.jpg", i), "image/jpeg", photo}, file{fmt.Sprintf("invoice-%d.pdf", i), "application/pdf", invoice})
	}
	return files, nil
}

// photo is a grained picture with the product's bar code in the middle.
func photo(r *rand.Rand, code string) ([]byte, error) {
	bars, err := oned.NewEAN13Writer().Encode(code, gozxing.BarcodeFormat_EAN_13, 0, 0, nil)
	if err != nil {
		return nil, fmt.Errorf("draw a bar code: %w", err)
	}
	img := grain(r, photoWidth, photoHeight, 10)
	const module, height = 10, 500
	width := bars.GetWidth() * module
	left, top := (photoWidth-width)/2, (photoHeight-height)/2
	for y := -100; y < height+100; y++ {
		for x := -100; x < width+100; x++ {
			shade := uint8(235)
			if y >= 0 && y < height && x >= 0 && x < width && bars.Get(x/module, 0) {
				shade = 25
			}
			img.Pix[(top+y)*img.Stride+left+x] = shade + uint8(r.IntN(10))
		}
	}
	return encode(img, 93)
}

// grain is a picture of soft shades with noise.
func grain(r *rand.Rand, width, height, noise int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Pix[y*img.Stride+x] = uint8(90 + (x+y)*60/(width+height) + r.IntN(noise))
		}
	}
	return img
}

func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("make a picture: %w", err)
	}
	return b.Bytes(), nil
}

func invoice(r *rand.Rand, n int) ([]byte, error) {
	scan, err := encode(grain(r, scanWidth, scanHeight, 70), 75)
	if err != nil {
		return nil, err
	}
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	doc.Cell(0, 10, fmt.Sprintf("Invoice FA-2026-9%04d", n))
	doc.RegisterImageOptionsReader("scan", fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(scan))
	doc.ImageOptions("scan", 20, 40, 170, 0, false, fpdf.ImageOptions{ImageType: "JPG"}, 0, "")
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		return nil, fmt.Errorf("make an invoice: %w", err)
	}
	return b.Bytes(), nil
}

// films are what a customer sends to show the fault, and nobody here can read.
func films(seed uint64) []file {
	var files []file
	for i := range kinds {
		r := rand.New(rand.NewPCG(seed, uint64(2000+i)))
		data := append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 3_650_000)...)
		for at := 24; at < len(data); at++ {
			data[at] = byte(r.Uint32())
		}
		files = append(files, file{fmt.Sprintf("film%d.mp4", i), "video/mp4", data})
	}
	return files
}
