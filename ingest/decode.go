package ingest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"github.com/gogs/chardet"
	"golang.org/x/text/encoding/charmap"
)

// decodeTransfer undoes a Content-Transfer-Encoding (RFC 2045, 6). It takes
// what is there: junk is passed over, a broken end is kept. No more than keep
// bytes are given; size is how many there were.
func decodeTransfer(encoding string, raw []byte, keep int) (data []byte, size int, problem string) {
	switch encoding {
	case "base64", "b", "base-64":
		return decodeBase64(raw, keep)
	case "x-uuencode", "x-uue", "uuencode":
		takeUuencoded(raw[:min(len(raw), 2*keep)], func(_ string, file []byte) { data = append(data, file...) })
	case "quoted-printable", "quotedprintable":
		data, size = decodeQuoted(raw, keep)
		return data, size, ""
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit":
		data = raw
	default:
		data, problem = raw, "unknown transfer encoding "+encoding
	}
	return data[:min(len(data), keep)], len(data), problem
}

func decodeBase64(raw []byte, keep int) (data []byte, size int, problem string) {
	if most := base64.StdEncoding.DecodedLen(len(raw)); most <= keep {
		// As it should be, which nearly all is: many times as fast as what forgives.
		data = make([]byte, most)
		if n, err := base64.StdEncoding.Decode(data, raw); err == nil {
			return data[:n], n, ""
		}
	}
	return forgiveBase64(raw, keep)
}

// forgiveBase64 decodes what is cut off, padded in the middle or mixed with junk.
func forgiveBase64(raw []byte, keep int) (data []byte, size int, problem string) {
	const chunk = 4096 // a multiple of four: a large part is not held twice
	clean, padded, ended := make([]byte, 0, chunk), false, false
	data = make([]byte, 0, min(len(raw)/4*3+3, keep+chunk))
	flush := func() {
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
			problem = "base64 is cut off"
		}
		size += base64.RawStdEncoding.DecodedLen(len(clean))
		if len(data) < keep {
			data, _ = base64.RawStdEncoding.AppendDecode(data, clean)
		}
		clean = clean[:0]
	}
	for _, c := range raw {
		switch {
		case ended && c != '\n':
			continue // a remark behind the padding
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			if clean = append(clean, c); len(clean) == chunk {
				flush()
			}
		case c == '=':
			flush() // the end, or the end of one of several encoded pieces
			padded = true
			continue
		case padded && (c == ' ' || c == '\t'):
			ended = true
		case c != '\r' && c != '\n' && c != ' ' && c != '\t':
			problem = "junk in base64"
		}
		padded, ended = false, ended && c != '\n'
	}
	flush()
	return data[:min(len(data), keep)], size, problem
}

func decodeQuoted(raw []byte, keep int) (data []byte, size int) {
	data = make([]byte, 0, min(len(raw), keep))
	put := func(c byte) {
		if size++; size <= keep {
			data = append(data, c)
		}
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '=' {
			put(raw[i])
			continue
		}
		var b [1]byte
		if i+2 < len(raw) {
			if _, err := hex.Decode(b[:], raw[i+1:i+3]); err == nil {
				put(b[0])
				i += 2
				continue
			}
		}
		if n := softBreak(raw[i+1:]); n >= 0 {
			i += n
			continue
		}
		put('=')
	}
	return data, size
}

// softBreak is the length of the blank end of a line that follows a '=', or -1.
func softBreak(rest []byte) int {
	for i, c := range rest {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return -1
		}
	}
	return len(rest)
}

// decodeText makes UTF-8 of data. The declared charset is believed when the
// data fits it; else it is guessed.
func decodeText(declared string, data []byte, html bool) (s, problem string) {
	name := charsetName(declared)
	if name == "" && html {
		name = charsetName(metaCharset(data))
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		name, data = "utf-8", data[3:]
	}
	switch {
	case name == "utf-8" || name == "" || name == "us-ascii":
		if utf8.Valid(data) && !bytes.Contains(data, []byte("\x1b$")) {
			return printable(string(data)), ""
		}
	default:
		if s, ok := decodeAs(name, data); ok {
			return printable(s), ""
		}
		if utf8.Valid(data) {
			return printable(string(data)), "unknown charset " + declared + ": read as utf-8"
		}
	}
	guess := guessCharset(data)
	s, ok := decodeAs(guess, data)
	if !ok {
		s = strings.ToValidUTF8(string(data), "\uFFFD")
	}
	return printable(s), "charset " + strings.TrimSpace(declared+" does not fit: read as ") + " " + guess
}

// charsetName brings the many spellings to one. Latin-1 is read as
// windows-1252, as every mail reader does.
func charsetName(s string) string {
	s = strings.ToLower(strings.Trim(strings.TrimSpace(s), `"'`))
	if i := strings.IndexAny(s, " ;*"); i >= 0 {
		s = s[:i]
	}
	switch s {
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "cp1252", "ansi", "windows1252":
		return "windows-1252"
	case "utf8", "utf-8", "unicode-1-1-utf-8", "x-unknown-utf-8":
		return "utf-8"
	case "ascii", "us-ascii", "ansi_x3.4-1968", "646", "7bit", "8bit", "unknown-8bit", "x-unknown", "unknown", "default", "x-user-defined":
		return "us-ascii"
	}
	return s
}

func decodeAs(name string, data []byte) (string, bool) {
	if name == "cp850" || name == "ibm850" {
		s, err := charmap.CodePage850.NewDecoder().Bytes(data)
		return string(s), err == nil
	}
	if strings.HasPrefix(name, "iso-2022-jp") && hasHigh(data) {
		name = "shift_jis" // the 7-bit charset has no such bytes; mailers mislabel the other
	}
	r, err := charset.Reader(name, bytes.NewReader(data))
	if err != nil {
		return "", false
	}
	s, err := io.ReadAll(r)
	return string(s), err == nil
}

// guessCharset tells the charset of data that is no UTF-8. A guess that is not
// sure is windows-1252: the desk's five languages are written in it.
func guessCharset(data []byte) string {
	const sample, sure = 4 << 10, 40
	r, err := chardet.NewTextDetector().DetectBest(data[:min(len(data), sample)])
	if err != nil || r.Confidence < sure {
		return "windows-1252"
	}
	switch r.Charset {
	case "UTF-8", "ISO-8859-1", "ISO-8859-2":
		return "windows-1252"
	case "ISO-8859-9": // differs in six letters that the desk's languages have not
		return "windows-1254"
	}
	return strings.ToLower(r.Charset)
}

func metaCharset(data []byte) string {
	head := bytes.ToLower(data[:min(len(data), 2048)])
	i := bytes.Index(head, []byte("charset="))
	if i < 0 {
		return ""
	}
	rest := bytes.TrimLeft(head[i+len("charset="):], `"' `)
	end := bytes.IndexAny(rest, `"'>; /`)
	if end < 0 {
		return ""
	}
	return string(rest[:end])
}

// printable takes out what no text has: NUL and other controls.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f || r == 0xfeff
}

// header8bit makes UTF-8 of raw 8-bit header text (RFC 6532 allows UTF-8; older
// software writes whatever the body is in).
func header8bit(v, bodyCharset string) string {
	if utf8.ValidString(v) {
		return printable(v)
	}
	if s, ok := decodeAs(charsetName(bodyCharset), []byte(v)); ok && charsetName(bodyCharset) != "utf-8" && bodyCharset != "" {
		return printable(s)
	}
	s, _ := decodeAs("windows-1252", []byte(v))
	return printable(s)
}

// word is one encoded word of RFC 2047, its bytes not yet in UTF-8.
type word struct {
	charset string
	data    []byte
}

// decodeWords decodes RFC 2047 in a header value. Words of one charset that
// follow each other are joined before decoding, since many mailers cut
// characters in two; broken words stay as they are.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var open word
	flush := func() {
		if len(open.data) > 0 {
			text, _ := decodeText(open.charset, open.data, false)
			out.WriteString(strings.NewReplacer("\r", " ", "\n", " ").Replace(text))
		}
		open = word{}
	}
	for s != "" {
		i := strings.Index(s, "=?")
		if i < 0 {
			break
		}
		w, n := scanWord(s[i:])
		if n == 0 {
			flush()
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		between := s[:i]
		if strings.TrimSpace(between) != "" || open.charset == "" {
			flush()
			out.WriteString(between)
		} else if !strings.EqualFold(open.charset, w.charset) {
			flush()
		}
		open = word{w.charset, append(open.data, w.data...)}
		s = s[i+n:]
	}
	flush()
	out.WriteString(s)
	return out.String()
}

func hasHigh(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= 0x80 }) >= 0
}

// scanWord reads the encoded word that s begins with; n is 0 when it is none.
func scanWord(s string) (w word, n int) {
	fields := strings.SplitN(s[2:], "?", 3)
	if len(fields) < 3 || fields[0] == "" || len(fields[0]) > 40 || len(fields[1]) != 1 {
		return w, 0
	}
	start := 2 + len(fields[0]) + 1 + 1 + 1
	end := strings.Index(s[start:], "?=")
	if end < 0 {
		return w, 0
	}
	text := []byte(s[start : start+end])
	w.charset, _, _ = strings.Cut(fields[0], "*")
	switch fields[1] {
	case "q", "Q":
		w.data, _ = decodeQuoted(bytes.ReplaceAll(text, []byte("_"), []byte(" ")), len(text))
		if hasHigh(text) && utf8.Valid(w.data) {
			w.charset = "utf-8" // raw letters within the word, decoded with the line
		}
	case "b", "B":
		w.data, _, _ = decodeBase64(text, len(text))
	default:
		return w, 0
	}
	return w, start + end + 2
}
