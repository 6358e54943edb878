package attached

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	_ "image/gif"  // registers the format
	_ "image/jpeg" // registers the format
	_ "image/png"  // registers the format
	"slices"

	_ "golang.org/x/image/bmp"  // registers the format
	_ "golang.org/x/image/webp" // registers the format

	"retour/ingest"
)

// pictureAnswer gives the codes in a picture.
func pictureAnswer(data []byte, l Limits) answer {
	img, t := decodePicture(data, l.Pixels)
	if t != "" {
		return answer{Trouble: t}
	}
	ctx, cancel := searchTime(l.Photo)
	defer cancel()
	a := answer{Barcodes: findCodes(ctx, img)}
	if len(a.Barcodes) == 0 && ctx.Err() != nil {
		a.Trouble = noTime
	}
	return a
}

// decodePicture decodes to grey, after the header has said that there are not
// too many pixels.
func decodePicture(data []byte, most int) (*image.Gray, trouble) {
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, damaged
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > most/c.Height {
		return nil, pixels
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, damaged
	}
	g := gray(img)
	if format == "jpeg" && quarterTurned(data) {
		g = turned(g)
	}
	return g, ""
}

// gray takes the brightness. Where a picture is transparent it is white.
func gray(img image.Image) *image.Gray {
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch p := img.(type) {
	case *image.Gray:
		for y := range b.Dy() {
			copy(g.Pix[y*g.Stride:][:b.Dx()], p.Pix[y*p.Stride:])
		}
		return g
	case *image.YCbCr:
		for y := range b.Dy() {
			copy(g.Pix[y*g.Stride:][:b.Dx()], p.Y[y*p.YStride:])
		}
		return g
	}
	for y := range b.Dy() {
		row := g.Pix[y*g.Stride:][:b.Dx()]
		for x := range row {
			row[x] = brightness(img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return g
}

// brightness is that of Rec. 601, over white.
func brightness(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	lum := (299*r + 587*g + 114*b) / 1000
	return uint8((lum + 0xffff - a) >> 8)
}

// quarterTurned reads from a JPEG's Exif block whether the camera was held
// upright (orientation 5 to 8). Nothing else of the orientation matters to a
// search that tries all angles; this only makes that the cheap ones come first.
func quarterTurned(data []byte) bool {
	i := bytes.Index(data[:min(len(data), 4<<10)], []byte("Exif\x00\x00"))
	if i < 0 {
		return false
	}
	tiff := data[i+6 : min(len(data), i+6+64<<10)]
	if len(tiff) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return false
	}
	const orientation, entry = 0x0112, 12
	for n := range int(order.Uint16(tiff[at:])) {
		p := at + 2 + n*entry
		if p+entry > len(tiff) {
			return false
		}
		if order.Uint16(tiff[p:]) == orientation {
			o := order.Uint16(tiff[p+8:])
			return o >= 5 && o <= 8
		}
	}
	return false
}

// turned is a quarter turn.
func turned(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*h+h-1-y] = g.Pix[y*g.Stride+x]
		}
	}
	return out
}

// merge joins lists of codes, each code once.
func merge(a, b []ingest.Barcode) []ingest.Barcode {
	for _, code := range b {
		if !slices.Contains(a, code) {
			a = append(a, code)
		}
	}
	return a
}
