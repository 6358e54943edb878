package ingest

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// filmHead is how much of a film or a sound is decoded: what it is stands in its
// first bytes, and nothing here looks further.
const filmHead = 48 << 10 // characters of base64, with their line ends

// film gives the beginning of a film or a sound, and how large it is. ok is false
// for everything that does not begin as what its type says, and for base64 that has
// a fault: all of that is decoded, since somebody may want to read it.
func (w *walker) film(p part) (head []byte, size int, ok bool) {
	if w.lim.Films || !strings.HasPrefix(p.mediaType, "video/") && !strings.HasPrefix(p.mediaType, "audio/") || p.encoding() != "base64" || len(p.body) <= filmHead {
		return nil, 0, false
	}
	characters := len(p.body) - bytes.Count(p.body, []byte("\n")) - bytes.Count(p.body, []byte("\r"))
	start := p.body[:bytes.LastIndexByte(p.body[:filmHead], '\n')+1]
	whole := len(start) - bytes.Count(start, []byte("\n")) - bytes.Count(start, []byte("\r"))
	if characters%4 != 0 || whole == 0 || whole%4 != 0 {
		return nil, 0, false
	}
	head = make([]byte, base64.StdEncoding.DecodedLen(len(start)))
	n, err := base64.StdEncoding.Decode(head, start)
	if err != nil || !beginsAsFilm(head[:n]) {
		return nil, 0, false
	}
	end := bytes.TrimRight(p.body, "\r\n")
	padding := len(end) - len(bytes.TrimRight(end, "="))
	return head[:n], characters/4*3 - padding, true
}

// beginsAsFilm knows ISO/IEC 14496-12 (MP4, QuickTime, 3GP), Matroska (RFC 9559),
// Ogg (RFC 3533), RIFF (AVI, WAVE), MP3 and AMR (RFC 4867).
func beginsAsFilm(d []byte) bool {
	if len(d) > 12 && (string(d[4:8]) == "ftyp" || string(d[4:8]) == "moov" || string(d[4:8]) == "mdat") {
		return true
	}
	if len(d) > 12 && string(d[:4]) == "RIFF" {
		return string(d[8:12]) == "AVI " || string(d[8:12]) == "WAVE"
	}
	for _, first := range []string{"\x1aE\xdf\xa3", "OggS", "ID3", "\xff\xfb", "\xff\xf3", "#!AMR"} {
		if bytes.HasPrefix(d, []byte(first)) {
			return true
		}
	}
	return false
}
