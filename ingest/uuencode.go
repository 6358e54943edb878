package ingest

import (
	"bytes"
	"regexp"
)

var uuBegin = regexp.MustCompile(`(?m)^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n`)

// takeUuencoded takes files out of a text that were written into it before
// there was MIME ("begin 644 photo.jpg"), and gives the text without them. A
// file that breaks off is taken as far as it goes; a line that only looks like
// the begin of one stays.
func takeUuencoded(text []byte, found func(name string, data []byte)) []byte {
	const most = 100 // files
	if !bytes.Contains(text, []byte("begin")) {
		return text
	}
	var rest []byte
	for range most {
		at := uuBegin.FindSubmatchIndex(text)
		if at == nil {
			break
		}
		decode := uuLine
		if bytes.HasPrefix(text[at[0]:], []byte("begin-")) {
			decode = base64Line
		}
		data, n := uuBody(text[at[1]:], decode)
		if len(data) == 0 {
			rest = append(rest, text[:at[1]]...)
			text = text[at[1]:]
			continue
		}
		found(string(text[at[2]:at[3]]), data)
		rest = append(rest, text[:at[0]]...)
		text = text[at[1]+n:]
	}
	return append(rest, text...)
}

// uuBody decodes the lines up to "end", or to the first that is none; n is
// their length.
func uuBody(text []byte, decode func(data, line []byte) ([]byte, bool)) (data []byte, n int) {
	end := bytes.Index(text, []byte("\nend"))
	if end < 0 {
		end = len(text)
	}
	if next, ok := decode(nil, bytes.TrimRight(text[:lineLength(text)], "\r\n")); !ok || len(next) == 0 {
		return nil, 0
	}
	data = make([]byte, 0, end/4*3) // at once: a large file is not held twice
	for n < len(text) {
		length := lineLength(text[n:])
		line := bytes.TrimRight(text[n:n+length], "\r\n")
		if string(line) == "end" || string(line) == "====" {
			return data, n + length
		}
		next, ok := decode(data, line)
		if !ok {
			return data, n
		}
		data, n = next, n+length
	}
	return data, n
}

// uuLine appends the bytes of one line: its first character says how many.
// Spaces at its end may have been cut off on the way.
func uuLine(data, line []byte) ([]byte, bool) {
	if len(line) == 0 || line[0] < ' ' || line[0] > '`' {
		return data, false
	}
	count := int(line[0]-' ') & 63
	line = line[1:]
	if full := (count + 2) / 3 * 4; len(line) > full+1 || len(line) < full-8 {
		return data, false
	}
	for i := 0; count > 0; i += 4 {
		var b [4]byte
		for k := range b {
			if i+k < len(line) {
				if line[i+k] < ' ' || line[i+k] > '`' {
					return data, false
				}
				b[k] = (line[i+k] - ' ') & 63
			}
		}
		three := []byte{b[0]<<2 | b[1]>>4, b[1]<<4 | b[2]>>2, b[2]<<6 | b[3]}
		data = append(data, three[:min(count, 3)]...)
		count -= 3
	}
	return data, true
}

func base64Line(data, line []byte) ([]byte, bool) {
	plain, _, problem := decodeBase64(line, len(line))
	return append(data, plain...), problem == "" && len(line) > 0 && len(plain) > 0
}
