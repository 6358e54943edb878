package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"
)

// macBytes is how much of the HMAC stands in a Message-ID: 128 bits.
const macBytes = 16

// MessageID returns the Message-ID of a mail about a case, without angle
// brackets: "rma-26-00123-7.KEYHASH.MAC@domain". The key is that of the outbox
// row, so the same mail has the same ID however often it is composed. The MAC
// makes the ID a token: who cites it has had a mail about the case.
func MessageID(secret []byte, number, key, domain string) string {
	hash := sha256.Sum256([]byte(key))
	return token(secret, strings.ToLower(number), base32lower(hash[:10]), domain)
}

func token(secret []byte, number, keyHash, domain string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("retour message-id\x00" + number + "\x00" + keyHash + "\x00" + domain))
	return number + "." + keyHash + "." + base32lower(mac.Sum(nil)[:macBytes]) + "@" + domain
}

func base32lower(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// CaseOf returns the number of the case that the first genuine Message-ID
// among ids belongs to; pass In-Reply-To before References. Anything but the
// exact ID as it was sent is not genuine; only angle brackets and spaces
// around it are taken off.
func CaseOf(secret []byte, domain string, ids []string) (number string, ok bool) {
	for _, id := range ids {
		if n, ok := caseOf(secret, domain, bare(id)); ok {
			return n, true
		}
	}
	return "", false
}

func caseOf(secret []byte, domain, id string) (string, bool) {
	local, isOurs := strings.CutSuffix(id, "@"+domain)
	parts := strings.Split(local, ".")
	if !isOurs || len(parts) != 3 || parts[0] == "" || parts[1] == "" {
		return "", false
	}
	want := token(secret, parts[0], parts[1], domain)
	if subtle.ConstantTimeCompare([]byte(want), []byte(id)) != 1 {
		return "", false
	}
	return strings.ToUpper(parts[0]), true
}

// bare takes the angle brackets and the spaces around an ID off.
func bare(id string) string {
	id = strings.Trim(id, " \t\r\n")
	if strings.HasPrefix(id, "<") && strings.HasSuffix(id, ">") {
		id = strings.Trim(id[1:len(id)-1], " \t")
	}
	return id
}

// maxReferences bounds the References field (RFC 5322 section 3.6.4): the
// first, which a client hangs the thread on, and the newest.
const maxReferences = 20

// thread returns In-Reply-To and References of an answer to a mail. IDs that
// are none, which would break the header, are left out.
func thread(t Thread) (inReplyTo string, references []string) {
	seen := map[string]bool{}
	for _, id := range append(append([]string{}, t.References...), t.MessageID) {
		if id = bare(id); isMessageID(id) && !seen[id] {
			seen[id] = true
			references = append(references, id)
		}
	}
	if id := bare(t.MessageID); isMessageID(id) {
		inReplyTo = id
	}
	if n := len(references); n > maxReferences {
		references = append(references[:1:1], references[n-maxReferences+1:]...)
	}
	return inReplyTo, references
}

// isMessageID is lenient about what stands in an ID, as real ones are odd, and
// strict about what a header field can carry.
func isMessageID(id string) bool {
	if id == "" || len(id) > 250 {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' })
}
