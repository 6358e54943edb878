package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// contentKey is the same for the copies of one mail that came by different
// roads (an alias, a group, a Bcc): the hash of the body and of the fields that
// the author wrote. Servers and lists add fields on the way, and no list of
// theirs is ever complete.
//
// A mail with neither Message-ID nor Date has nothing of its own but its words,
// and two people may write the same: there the envelope's sender counts too.
func contentKey(raw []byte) string {
	h := sha256.New()
	var envelope []byte
	marked := false
	for len(raw) > 0 {
		end := fieldEnd(raw)
		if end == 0 {
			break
		}
		name := fieldName(raw[:end])
		if isAuthored(name) {
			h.Write(raw[:end])
		}
		marked = marked || name == "message-id" || name == "date"
		if name == "return-path" && envelope == nil {
			envelope = raw[:end]
		}
		raw = raw[end:]
	}
	h.Write(raw)
	if !marked {
		h.Write(envelope)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fieldEnd is the length of the first header field with its folded lines; 0
// where the header ends.
func fieldEnd(raw []byte) int {
	end := 0
	for {
		n := bytes.IndexByte(raw[end:], '\n')
		if n < 0 {
			return 0
		}
		if line := bytes.TrimRight(raw[end:end+n], "\r"); end == 0 && len(line) == 0 {
			return 0
		}
		end += n + 1
		if end == len(raw) || raw[end] != ' ' && raw[end] != '\t' {
			return end
		}
	}
}

var authoredFields = map[string]bool{
	"from": true, "reply-to": true, "to": true, "cc": true, "subject": true, "date": true, "message-id": true,
	"in-reply-to": true, "references": true, "mime-version": true, "auto-submitted": true,
}

// fieldName is the name of a header field in small letters; empty for a line that
// is none.
func fieldName(field []byte) string {
	name, _, ok := bytes.Cut(field, []byte(":"))
	if !ok {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(string(name)))
}

func isAuthored(name string) bool {
	return authoredFields[name] || strings.HasPrefix(name, "content-")
}
