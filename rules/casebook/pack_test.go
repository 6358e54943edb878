package casebook

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// base64Lines is data in lines of base64.
func base64Lines(data []byte, line int, end string) string {
	var b strings.Builder
	for text := base64.StdEncoding.EncodeToString(data); text != ""; {
		n := min(line, len(text))
		b.WriteString(text[:n] + end)
		text = text[n:]
	}
	return b.String()
}

func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data) // never fails
	return data
}

func TestPackKeepsEveryByte(t *testing.T) {
	film, drawing := noise(200_000), bytes.Repeat([]byte("a line of a drawing "), 10_000)
	good := base64Lines(film, 76, "\r\n")
	for name, raw := range map[string]string{
		"nothing":             "",
		"a text":              "Subject: T46U\r\n\r\nIt is dead.\r\n",
		"a film":              "Subject: T46U\r\n\r\n" + good + "--x--\r\n",
		"LF":                  "Subject: T46U\n\n" + base64Lines(film, 76, "\n") + "--x--\n",
		"lines of 64":         base64Lines(film, 64, "\r\n"),
		"one line":            base64Lines(film, 1<<20, "\r\n"),
		"no end":              strings.TrimRight(good, "\r\n"),
		"two films":           good + "\r\n--x\r\n\r\n" + good,
		"a drawing":           "head\r\n\r\n" + base64Lines(drawing, 76, "\r\n") + "tail",
		"junk in the middle":  good[:78*1000] + "!" + good[78*1000+1:],
		"CR in a line":        good[:78*1000+5] + "\r" + good[78*1000+6:],
		"padding in a line":   good[:78*1000+74] + "==" + good[78*1000+76:],
		"LF among CRLF":       good[:78*1000+76] + "\n" + good[78*1001:],
		"bare CR at the end":  good[:78*1000+76] + "\r",
		"many equal lines":    strings.Repeat(strings.Repeat("no base64: ", 8)+"\r\n", 5000),
		"the mark of a stack": "S" + good,
		"only the mark":       "S",
		"bits beyond the end": strings.Repeat(strings.Repeat("A", 74)+"B=\r\n", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			body, err := pack([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			if got, err := unpack(body, len(raw)); err != nil || string(got) != raw {
				t.Errorf("%d bytes came back of %d: %v", len(got), len(raw), err)
			}
		})
	}
}

// What a mail is made of is drawn, so that each kind of section meets each other.
func TestPackKeepsEveryMail(t *testing.T) {
	piece := rapid.Custom(func(t *rapid.T) string {
		end := rapid.SampledFrom([]string{"\r\n", "\n", "\r"}).Draw(t, "end")
		data := noise(rapid.IntRange(0, 60_000).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "even") {
			clear(data)
		}
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			return string(data)
		case 1:
			return rapid.String().Draw(t, "text") + end
		}
		return base64Lines(data, rapid.IntRange(1, 300).Draw(t, "line"), end)
	})
	rapid.Check(t, func(t *rapid.T) {
		raw := strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), "")
		body, err := pack([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(body, len(raw)); err != nil || string(got) != raw {
			t.Fatalf("%d bytes came back of %d: %v", len(got), len(raw), err)
		}
	})
}

// A film takes a quarter less than its base64, a drawing much less.
func TestPackIsShort(t *testing.T) {
	film := "Subject: T46U\r\n\r\n" + base64Lines(noise(400_000), 76, "\r\n")
	drawing := base64Lines(bytes.Repeat([]byte("a line of a drawing "), 20_000), 76, "\r\n")
	for _, tt := range []struct {
		raw  string
		most int
	}{{film, 401_000}, {drawing, 10_000}, {film + drawing, 410_000}} {
		body, err := pack([]byte(tt.raw))
		if err != nil || len(body) > tt.most {
			t.Errorf("%d bytes became %d, want at most %d: %v", len(tt.raw), len(body), tt.most, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	for _, raw := range []string{"", "Subject: T46U\r\n", base64Lines(noise(30_000), 76, "\r\n") + "--x--"} {
		body, err := pack([]byte(raw))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		raw, err := unpack(body, 1<<20)
		if err != nil {
			return
		}
		again, err := pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(again, len(raw)); err != nil || !bytes.Equal(got, raw) {
			t.Fatalf("%d bytes came back of %d: %v", len(got), len(raw), err)
		}
	})
}

func BenchmarkStageStore(b *testing.B) {
	for _, bytes := range []int{3_000, 3_650_000} {
		raw := []byte("Subject: T46U\r\n\r\n" + base64Lines(noise(bytes), 76, "\r\n"))
		b.Run(fmt.Sprintf("pack/%d", len(raw)), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := PackRaw(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Bytes that somebody has changed do not unpack without end.
func TestUnpackKeepsToItsSize(t *testing.T) {
	zeros := string(make([]byte, 64<<20))
	for name, raw := range map[string]string{
		"a stream":  zeros,
		"a section": "Subject: T46U\r\n\r\n" + base64Lines([]byte(zeros)[:48<<20], 76, "\r\n"),
	} {
		body, err := pack([]byte(raw))
		if err != nil || len(body) > 1<<20 {
			t.Fatalf("%s: %d bytes, %v", name, len(body), err)
		}
		if got, err := unpack(body, 1<<20); !errors.Is(err, errTooLong) || len(got) > 1<<20+1 {
			t.Errorf("%s unpacks to %d bytes: %v", name, len(got), err)
		}
	}
}
