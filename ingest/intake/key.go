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
func contentKey(raw []byte) string {
	h := sha256.New()
	for len(raw) > 0 {
		end := fieldEnd(raw)
		if end == 0 {
			break
		}
		if isAuthored(raw[:end]) {
			h.Write(raw[:end])
		}
		raw = raw[end:]
	}
	h.Write(raw)
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

func isAuthored(field []byte) bool {
	before, _, ok := bytes.Cut(field, []byte(":"))
	name := strings.ToLower(strings.TrimSpace(string(before)))
	return ok && (authoredFields[name] || strings.HasPrefix(name, "content-"))
}
