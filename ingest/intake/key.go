package intake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// contentKey is the same for the copies of one mail that came by different
// roads (an alias, a list, a Bcc): the hash of the mail without the fields that
// servers write on the way (RFC 5321 section 4.4, RFC 8601, RFC 8617).
func contentKey(raw []byte) string {
	h := sha256.New()
	for len(raw) > 0 {
		end := fieldEnd(raw)
		if end == 0 {
			break
		}
		if !isTrace(raw[:end]) {
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

var traceFields = map[string]bool{
	"received": true, "return-path": true, "delivered-to": true, "x-original-to": true, "envelope-to": true,
	"authentication-results": true, "received-spf": true, "arc-seal": true, "arc-message-signature": true,
	"arc-authentication-results": true, "x-received": true, "x-spam-status": true, "x-spam-score": true,
	"x-spam-flag": true, "x-spam-level": true, "x-spamd-result": true, "x-rspamd-server": true,
}

func isTrace(field []byte) bool {
	name, _, ok := bytes.Cut(field, []byte(":"))
	return ok && traceFields[strings.ToLower(strings.TrimSpace(string(name)))]
}
