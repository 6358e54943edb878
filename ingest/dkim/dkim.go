// Package dkim finds out by itself who has signed a mail (RFC 6376), for desks
// whose receiving server says nothing about it. The keys stand in the DNS.
package dkim

import (
	"bytes"
	"context"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// Checker checks signatures. It is safe for concurrent use.
type Checker struct {
	// LookupTXT asks the DNS for the TXT records of a name.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
	// Patience bounds the check of one mail, the DNS included.
	Patience time.Duration
}

// NewChecker asks the system's resolver.
func NewChecker() *Checker {
	return &Checker{LookupTXT: net.DefaultResolver.LookupTXT, Patience: 5 * time.Second}
}

// covered are the fields that a signature must cover, else the same signature
// could be put on a mail with another sender, subject or recipient.
var covered = []string{"from", "to", "subject"}

// most is how many signatures of one mail are looked at: each costs a question
// to the DNS of somebody's choice.
const most = 4

// Signers returns the domains, lower case, whose valid signature covers the
// mail: its body, From, To and Subject. A signature that cannot be checked, for
// whatever reason, counts as none.
func (c *Checker) Signers(ctx context.Context, raw []byte) []string {
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	fields := signatures(raw)
	for _, name := range covered {
		if count(raw, name) > 1 {
			return nil // the second may stand outside of what was signed
		}
	}
	var domains []string
	for _, f := range fields[:min(len(fields), most)] {
		if d := c.signer(ctx, without(raw, fields, f)); d != "" && !slices.Contains(domains, d) {
			domains = append(domains, d)
		}
	}
	return domains
}

// signer checks a mail with one signature. A mail with several is never given
// to the library: it would check them in goroutines of its own, where a panic
// ends the program.
func (c *Checker) signer(ctx context.Context, raw []byte) string {
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{
		LookupTXT: func(name string) ([]string, error) { return c.LookupTXT(ctx, name) },
	})
	if err != nil || len(found) != 1 || found[0].Err != nil {
		return ""
	}
	for _, name := range covered {
		if !slices.ContainsFunc(found[0].HeaderKeys, func(k string) bool { return strings.EqualFold(k, name) }) {
			return ""
		}
	}
	return strings.ToLower(strings.TrimSuffix(found[0].Domain, "."))
}

// span is where a header field stands in a mail.
type span struct{ from, to int }

// signatures are the fields that hold one.
func signatures(raw []byte) []span { return fieldsOf(raw, "dkim-signature") }

func count(raw []byte, name string) int { return len(fieldsOf(raw, name)) }

// fieldsOf finds the header fields of a name, with their folded lines.
func fieldsOf(raw []byte, name string) []span {
	var found []span
	for at := 0; at < len(raw); {
		end := fieldEnd(raw, at)
		line := raw[at:end]
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break // the body begins
		}
		if key, _, ok := bytes.Cut(line, []byte(":")); ok && strings.EqualFold(string(bytes.TrimSpace(key)), name) {
			found = append(found, span{at, end})
		}
		at = end
	}
	return found
}

// fieldEnd is behind the field that begins at a place: the next line that is not
// folded.
func fieldEnd(raw []byte, at int) int {
	for {
		n := bytes.IndexByte(raw[at:], '\n')
		if n < 0 {
			return len(raw)
		}
		blank := len(bytes.TrimRight(raw[at:at+n], "\r")) == 0
		at += n + 1
		if at >= len(raw) || blank || raw[at] != ' ' && raw[at] != '\t' {
			return at
		}
	}
}

// without is the mail with only one of its signatures.
func without(raw []byte, all []span, keep span) []byte {
	var b bytes.Buffer
	at := 0
	for _, s := range all {
		if s != keep {
			b.Write(raw[at:s.from])
			at = s.to
		}
	}
	b.Write(raw[at:])
	return b.Bytes()
}
