package ingest

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// rtfSeed is what the window of compressed RTF begins with (MS-OXRTFCP 2.1.3.1).
const rtfSeed = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}` + `{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the compression of RTF bodies (MS-OXRTFCP); nil where it is
// none. No more is made of it than it says itself, and never more than 2 MB.
func unpackRTF(data []byte) []byte {
	const most = 2 << 20
	if len(data) < 16 {
		return nil
	}
	size := min(int(binary.LittleEndian.Uint32(data[4:])), most)
	kind := string(data[8:12])
	data = data[16:]
	if kind == "MELA" {
		return data[:min(size, len(data))]
	}
	if kind != "LZFu" {
		return nil
	}
	var window [4096]byte
	write := copy(window[:], rtfSeed)
	out := make([]byte, 0, min(size, 1<<16))
	put := func(c byte) {
		out = append(out, c)
		window[write] = c
		write = (write + 1) % len(window)
	}
	for len(data) > 0 && len(out) < size {
		flags := data[0]
		data = data[1:]
		for bit := 0; bit < 8 && len(out) < size; bit++ {
			if flags>>bit&1 == 0 {
				if len(data) == 0 {
					return out
				}
				put(data[0])
				data = data[1:]
				continue
			}
			if len(data) < 2 {
				return out
			}
			at, n := int(data[0])<<4|int(data[1])>>4, int(data[1]&15)+2
			data = data[2:]
			if at == write {
				return out
			}
			for ; n > 0 && len(out) < size; n-- {
				put(window[at])
				at = (at + 1) % len(window)
			}
		}
	}
	return out
}

// rtfText is the text of an RTF document, good enough to read serial numbers
// and sentences from: of one that holds HTML, the HTML's text without its tags.
func rtfText(rtf []byte) string {
	p := rtfReader{rest: rtf, wide: 1}
	for len(p.rest) > 0 {
		p.step()
	}
	return strings.TrimSpace(p.out.String())
}

// rtfReader goes through the document once; silent counts the groups that are
// not shown, around the one it is in.
type rtfReader struct {
	rest   []byte
	out    strings.Builder
	stack  []bool // whether the groups around are silent
	silent bool
	wide   int // characters that stand behind a \u for programs that know none
	skip   int
}

func (p *rtfReader) step() {
	const deepest = 1000
	c := p.rest[0]
	p.rest = p.rest[1:]
	switch c {
	case '{':
		if len(p.stack) < deepest {
			p.stack = append(p.stack, p.silent)
		}
	case '}':
		if n := len(p.stack); n > 0 {
			p.silent, p.stack = p.stack[n-1], p.stack[:n-1]
		}
	case '\\':
		p.control()
	case '\r', '\n', 0:
	default:
		p.put(string(rune(c)))
	}
}

func (p *rtfReader) put(s string) {
	if p.skip > 0 {
		p.skip--
		return
	}
	if !p.silent {
		p.out.WriteString(s)
	}
}

func (p *rtfReader) control() {
	if len(p.rest) == 0 {
		return
	}
	if c := p.rest[0]; c < 'a' || c > 'z' {
		p.symbol(c)
		return
	}
	n := 0
	for n < len(p.rest) && p.rest[n] >= 'a' && p.rest[n] <= 'z' {
		n++
	}
	word := string(p.rest[:n])
	m := n
	for m < len(p.rest) && m < n+11 && (p.rest[m] == '-' && m == n || p.rest[m] >= '0' && p.rest[m] <= '9') {
		m++
	}
	number, _ := strconv.Atoi(string(p.rest[n:m]))
	if m < len(p.rest) && p.rest[m] == ' ' {
		m++
	}
	p.rest = p.rest[m:]
	p.word(word, number, m > n)
}

func (p *rtfReader) symbol(c byte) {
	p.rest = p.rest[1:]
	switch c {
	case '\'':
		if len(p.rest) >= 2 {
			if b, err := strconv.ParseUint(string(p.rest[:2]), 16, 8); err == nil {
				s, _ := decodeAs("windows-1252", []byte{byte(b)})
				p.put(s)
			}
			p.rest = p.rest[2:]
		}
	case '*':
		p.silent = true
	case '~':
		p.put(" ")
	case '_', '-':
		p.put("-")
	case '\\', '{', '}':
		p.put(string(rune(c)))
	}
}

func (p *rtfReader) word(word string, number int, has bool) {
	switch word {
	case "par", "line", "sect", "row":
		p.put("\n")
	case "tab", "cell":
		p.put("\t")
	case "u":
		if number < 0 {
			number += 1 << 16
		}
		p.put(string(rune(number)))
		p.skip = p.wide
	case "uc":
		p.wide = max(0, min(number, 10))
	case "bin":
		p.rest = p.rest[min(max(number, 0), len(p.rest)):]
	case "htmlrtf": // shown by RTF readers only
		p.silent = !has || number != 0
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "themedata", "header", "footer":
		p.silent = true
	case "emdash", "endash":
		p.put("-")
	case "rquote", "lquote":
		p.put("'")
	case "rdblquote", "ldblquote":
		p.put(`"`)
	case "bullet":
		p.put("-")
	}
}
