package postgres

import (
	"strings"
	"unicode/utf8"
)

// PostgreSQL takes no NUL and nothing but UTF-8 in a text
// (https://www.postgresql.org/docs/15/datatype-character.html); mails hold both.
// Such a byte b is stored as the code point stand+b, of the last private ones of
// Unicode. One of these that stands in a text itself is stored byte by byte too,
// so that every text comes back as it was and two texts never become one.
const stand = 0x10FF00

// lead is how those code points begin in UTF-8, and a few others.
const lead = "\xf4\x8f"

// escape makes a text one that PostgreSQL takes.
func escape(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) && !strings.Contains(s, lead) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == 0 || r >= stand || r == utf8.RuneError && n == 1 {
			for _, c := range []byte(s[i : i+n]) {
				b.WriteRune(stand + rune(c))
			}
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}

// unescape is the text that escape was given.
func unescape(s string) string {
	if !strings.Contains(s, lead) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if r >= stand {
			b.WriteByte(byte(r - stand))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
