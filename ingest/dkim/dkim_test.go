package dkim

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/google/go-cmp/cmp"
)

const plain = "From: Ann <ann@shop.example>\r\nTo: rma@desk.example\r\nSubject: Faulty phone\r\nDate: Fri, 20 Nov 2026 09:00:00 +0100\r\n" +
	"Message-ID: <1@shop.example>\r\n\r\nOur phone is dead.\r\n"

// signer signs with a key that the DNS of the tests has under each domain.
type signer struct {
	key    ed25519.PrivateKey
	record string
}

func newSigner(t *testing.T) signer {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("no public key")
	}
	return signer{key, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}
}

func (s signer) sign(t *testing.T, mail, domain string, keys ...string) string {
	t.Helper()
	if keys == nil {
		keys = []string{"From", "To", "Subject", "Date", "Message-ID"}
	}
	var out bytes.Buffer
	err := dkim.Sign(&out, strings.NewReader(mail), &dkim.SignOptions{Domain: domain, Selector: "s1", Signer: crypto.Signer(s.key), HeaderKeys: keys,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSigners(t *testing.T) {
	s := newSigner(t)
	signed := s.sign(t, plain, "shop.example")
	twice := s.sign(t, signed, "esp.example")
	many := signed
	for range 30 {
		many = "DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=x; h=from; bh=AA==; b=AA==\r\n" + many
	}
	for name, c := range map[string]struct {
		mail string
		want []string
	}{
		"one":                      {signed, []string{"shop.example"}},
		"two":                      {twice, []string{"esp.example", "shop.example"}},
		"none":                     {plain, nil},
		"another body":             {strings.Replace(signed, "dead", "fine", 1), nil},
		"another subject":          {strings.Replace(signed, "Faulty phone", "I accept the quote", 1), nil},
		"another sender":           {strings.Replace(signed, "From: Ann <ann@shop.example>", "From: Ann <bob@shop.example>", 1), nil},
		"a second sender":          {"From: Bob <bob@shop.example>\r\n" + signed, nil},
		"a second subject":         {"Subject: I accept the quote\r\n" + signed, nil},
		"a second recipient":       {"To: eve@evil.example\r\n" + signed, nil},
		"another field on top":     {"X-Spam: no\r\n" + signed, []string{"shop.example"}},
		"added to the body":        {signed + "And we accept the quote.\r\n", nil},
		"subject is not covered":   {s.sign(t, plain, "shop.example", "From", "To", "Date"), nil},
		"recipient is not covered": {s.sign(t, plain, "shop.example", "From", "Subject", "Date"), nil},
		"signatures without end":   {many, nil},
		"a domain without a key":   {s.sign(t, plain, "nokey.example"), nil},
		"a DNS that fails":         {s.sign(t, plain, "broken.example"), nil},
		"empty":                    {"", nil},
		"header only":              {"DKIM-Signature: v=1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			checker := &Checker{Patience: time.Minute, LookupTXT: func(_ context.Context, name string) ([]string, error) {
				asked++
				switch {
				case strings.HasSuffix(name, "broken.example"):
					return nil, errors.New("no answer")
				case strings.HasSuffix(name, "nokey.example"), strings.HasSuffix(name, "evil.example"):
					return nil, nil
				}
				return []string{s.record}, nil
			}}
			if diff := cmp.Diff(c.want, checker.Signers(t.Context(), []byte(c.mail))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if asked > most {
				t.Errorf("the DNS was asked %d times", asked)
			}
		})
	}
}

// byHand signs with tags that the library's signer does not write, both parts as
// they are (RFC 6376, 3.4.1 and 3.4.3). "BODY" is the hash of the body's first n
// bytes.
func (s signer) byHand(t *testing.T, tags string, n int) string {
	t.Helper()
	_, body, _ := strings.Cut(plain, "\r\n\r\n")
	hash := sha256.Sum256([]byte(body[:min(n, len(body))]))
	field := "DKIM-Signature: " + strings.Replace(tags, "BODY", base64.StdEncoding.EncodeToString(hash[:]), 1) + "; b="
	var signed strings.Builder
	for _, name := range []string{"From", "To", "Subject"} {
		for line := range strings.Lines(plain) {
			if strings.HasPrefix(line, name+":") {
				signed.WriteString(line)
			}
		}
	}
	sum := sha256.Sum256([]byte(signed.String() + field))
	return field + base64.StdEncoding.EncodeToString(ed25519.Sign(s.key, sum[:])) + "\r\n" + plain
}

// Signatures that are right by their own words, which are not believed.
func TestTagsThatAreNotBelieved(t *testing.T) {
	s := newSigner(t)
	const whole, tags = 1 << 20, "v=1; a=ed25519-sha256; c=simple/simple; d=shop.example; s=s1; h=From:To:Subject; bh=BODY"
	for name, c := range map[string]struct {
		mail string
		want []string
	}{
		"whole":                       {s.byHand(t, tags, whole), []string{"shop.example"}},
		"good for some years":         {s.byHand(t, tags+"; t=1700000000; x=4000000000", whole), []string{"shop.example"}},
		"of the domain's own address": {s.byHand(t, tags+"; i=ann@shop.example", whole), []string{"shop.example"}},
		"only a part of the body":     {s.byHand(t, tags+"; l=4", 4), nil},
		"a part that is all":          {s.byHand(t, tags+"; l=20", 20), nil},
		"a part, and more behind it":  {s.byHand(t, tags+"; l=4", 4) + "We accept the quote.\r\n", nil},
		"expired":                     {s.byHand(t, tags+"; t=1000000000; x=1000000001", whole), nil},
		"of another's address":        {s.byHand(t, tags+"; i=ann@evil.example", whole), nil},
		"weak hash":                   {s.byHand(t, strings.Replace(tags, "ed25519-sha256", "rsa-sha1", 1), whole), nil},
		"of another version":          {s.byHand(t, strings.Replace(tags, "v=1", "v=2", 1), whole), nil},
		"without the sender":          {s.byHand(t, strings.Replace(tags, "From:", "", 1), whole), nil},
	} {
		checker := &Checker{Patience: time.Minute, LookupTXT: func(context.Context, string) ([]string, error) { return []string{s.record}, nil }}
		if diff := cmp.Diff(c.want, checker.Signers(t.Context(), []byte(c.mail))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// A DNS that does not answer holds a mail up no longer than the patience.
func TestPatience(t *testing.T) {
	s := newSigner(t)
	checker := &Checker{Patience: time.Millisecond, LookupTXT: func(ctx context.Context, _ string) ([]string, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	if got := checker.Signers(t.Context(), []byte(s.sign(t, plain, "shop.example"))); got != nil {
		t.Errorf("%v", got)
	}
}

func FuzzSigners(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte("DKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=x; h=from; bh=AA==; b=AA==\r\n" + plain))
	key, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		f.Fatal(err)
	}
	checker := &Checker{Patience: time.Minute, LookupTXT: func(context.Context, string) ([]string, error) {
		return []string{"v=DKIM1; p=" + base64.StdEncoding.EncodeToString(key)}, nil
	}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got := checker.Signers(t.Context(), raw); len(got) > 0 {
			t.Errorf("a signature by nobody counts: %v", got)
		}
	})
}
