package ingest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// lines is base64 as mail programs write it.
func lines(data []byte, end string) string {
	text := base64.StdEncoding.EncodeToString(data)
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + end)
		text = text[76:]
	}
	return b.String() + text + end
}

// Of a film the beginning is decoded, and its size is known all the same. What only
// says that it is one is decoded to its end.
func TestFilmIsNotDecoded(t *testing.T) {
	film := func(first string, n int) []byte {
		return append([]byte(first), bytes.Repeat([]byte("\x01\x80\xfe"), n)...)
	}
	mp4, pdf := film("\x00\x00\x00\x18ftypmp42\x00\x00", 70_001), film("%PDF-1.7\n", 70_001)
	for name, c := range map[string]struct {
		mediaType, body string
		whole           bool
		size            int
	}{
		"film":                {"video/mp4", lines(mp4, "\r\n"), false, len(mp4)},
		"film, LF":            {"video/mp4", lines(mp4, "\n"), false, len(mp4)},
		"film, other padding": {"video/quicktime", lines(mp4[:len(mp4)-1], "\r\n"), false, len(mp4) - 1},
		"film, no padding":    {"video/3gpp", lines(mp4[:len(mp4)-2], "\r\n"), false, len(mp4) - 2},
		"sound":               {"audio/ogg", lines(film("OggS", 60_000), "\r\n"), false, 180_004},
		"a paper":             {"video/mp4", lines(pdf, "\r\n"), true, len(pdf)},
		"a short film":        {"video/mp4", lines(mp4[:3000], "\r\n"), true, 3000},
		"a film as a file":    {"application/octet-stream", lines(mp4, "\r\n"), true, len(mp4)},
		"a film cut off":      {"video/mp4", strings.TrimRight(lines(mp4, "\r\n"), "\r\n=")[:190_001], true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			raw := fmt.Sprintf("From: a@shop.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+
				"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: %s; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", c.mediaType, c.body)
			all := DefaultLimits()
			all.Films = true
			if a := Parse([]byte(raw), all).Attachments[0]; len(a.Data) != a.Size {
				t.Errorf("%d bytes of %d for who hands them on", len(a.Data), a.Size)
			}
			m := Parse([]byte(raw), DefaultLimits())
			if len(m.Attachments) != 1 {
				t.Fatalf("%d attachments", len(m.Attachments))
			}
			a := m.Attachments[0]
			if whole := len(a.Data) == a.Size; whole != c.whole || c.size != 0 && a.Size != c.size || len(a.Data) == 0 {
				t.Errorf("%d bytes of %d, want %d; all of them: %v", len(a.Data), a.Size, c.size, c.whole)
			}
		})
	}
}
