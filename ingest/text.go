package ingest

import "strings"

// unflow joins the lines of format=flowed (RFC 3676).
func unflow(s string, delsp bool) string {
	var out strings.Builder
	open := false // the last line ends in a soft break
	depth := 0
	first := true
	for line := range strings.SplitSeq(s, "\n") {
		d := len(line) - len(strings.TrimLeft(line, ">"))
		text := strings.TrimPrefix(line[d:], " ")
		soft := strings.HasSuffix(text, " ") && text != "-- "
		if soft && delsp {
			text = text[:len(text)-1]
		}
		if !open || d != depth || text == "-- " {
			if !first {
				out.WriteByte('\n')
			}
			if d > 0 {
				out.WriteString(strings.Repeat(">", d) + " ")
			}
		}
		out.WriteString(text)
		open, depth, first = soft, d, false
	}
	return out.String()
}

var spaces = strings.NewReplacer(
	"\u00a0", " ", "\u2007", " ", "\u202f", " ", "\u2009", " ", "\u2002", " ", "\u2003", " ", "\u3000", " ",
	"\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "", "\u00ad", "", "\r", "")

// tidySpaces makes plain spaces of the many, and takes out those of no width.
func tidySpaces(s string) string {
	if !ornate(s) {
		return s
	}
	return spaces.Replace(s)
}

var typography = strings.NewReplacer(
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-",
	"\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u00d7", "x", "\uff1a", ":", "\u2116", "n°", "\u00ba", "°",
	"a\u0300", "à", "e\u0301", "é", "e\u0300", "è", "u\u0308", "ü", "o\u0308", "ö", "a\u0308", "ä", "i\u0300", "ì", "o\u0300", "ò", "u\u0300", "ù", "c\u0327", "ç", "e\u0302", "ê",
	"U\u0308", "Ü", "O\u0308", "Ö", "A\u0308", "Ä", "E\u0301", "É")

// plain is the text that numbers and words are looked for in: one kind of
// space, dash and quotation mark, accents composed.
func plain(s string) string {
	if !ornate(s) {
		return s
	}
	return typography.Replace(spaces.Replace(s))
}

// ornate tells a text that may have a character which spaces or typography
// know, by the bytes that these begin with.
func ornate(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\r':
			return true
		case c < 0xc0: // ASCII, or within a character
		case c == 0xc3: // é and its like; × is one of them
			if i+1 < len(s) && s[i+1] == 0x97 {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// upper makes ASCII letters upper case and keeps every byte's place.
func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// lowerASCII makes ASCII letters lower case and keeps every byte's place.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c - 'A' + 'a'
		}
	}
	return string(b)
}

// linesOf cuts a text into plain lines. What has no line ends is cut at a space
// now and then: each line is looked through as a whole.
func linesOf(text string) []string {
	const longest = 4000
	var out []string
	for line := range strings.SplitSeq(plain(text), "\n") {
		for len(line) > longest {
			at := strings.LastIndexByte(line[:longest], ' ')
			if at <= 0 {
				at = len(cut(line, longest))
			}
			out = append(out, line[:at])
			line = line[at:]
		}
		out = append(out, line)
	}
	return out
}

// whiteSpace tells what \s is to an expression.
func whiteSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' && c != '\v' }

// squeezed makes one space of each run of white space.
func squeezed(s string) string {
	var out []byte
	done := 0 // what of s is in out
	for i := 0; i < len(s); i++ {
		if !whiteSpace(s[i]) {
			continue
		}
		end := i + 1
		for end < len(s) && whiteSpace(s[end]) {
			end++
		}
		if end-i > 1 || s[i] != ' ' {
			out = append(append(out, s[done:i]...), ' ')
			done = end
		}
		i = end - 1
	}
	if done == 0 {
		return s
	}
	return string(append(out, s[done:]...))
}
