package tabular

import (
	"bytes"
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
)

// findEncoding says how a text file is encoded: by its byte order mark, by the
// zeros of UTF-16, by being UTF-8; what is not is Windows-1252, of which Latin-1
// is a part. The decoder is nil for UTF-8.
func findEncoding(head []byte, c *census, named string) (string, encoding.Encoding, error) {
	utf16 := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.UseBOM) }
	switch {
	case named != "":
		e, err := ianaindex.IANA.Encoding(named)
		if err != nil || e == nil {
			return "", nil, fmt.Errorf("the encoding %q is not known; usual ones are UTF-8, windows-1252, IBM850, macintosh", named)
		}
		return named, e, nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "UTF-8", nil, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "UTF-16", utf16(unicode.LittleEndian), nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "UTF-16", utf16(unicode.BigEndian), nil
	}
	if big, little := zeros(head); big > len(head)/4 && little < len(head)/40+1 {
		return "UTF-16", utf16(unicode.BigEndian), nil
	} else if little > len(head)/4 && big < len(head)/40+1 {
		return "UTF-16", utf16(unicode.LittleEndian), nil
	}
	// A few broken bytes do not make another encoding of a file full of UTF-8.
	if c.bad == 0 || c.good > 10*c.bad {
		return "UTF-8", nil, nil
	}
	return "Windows-1252", charmap.Windows1252, nil
}

// zeros counts the zero bytes at even and at odd places.
func zeros(head []byte) (even, uneven int) {
	for i, b := range head {
		if b == 0 && i%2 == 0 {
			even++
		} else if b == 0 {
			uneven++
		}
	}
	return even, uneven
}
