package intake

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"retour/ingest/dkim"
	"retour/rules"
	"retour/rules/casebook"
)

// The desk looks at signatures itself only where the receiving server says
// nothing, and a signature proves only the domain that stands behind the sender.
func TestSignersWhereTheServerIsSilent(t *testing.T) {
	for name, c := range map[string]struct {
		auth    string
		signers []string
		want    rules.Trust
		asked   int
	}{
		"signed by his domain":       {"", []string{"esp.example", "shop.example"}, rules.Proven, 1},
		"signed by another":          {"", []string{"esp.example"}, rules.Unknown, 1},
		"signed by a subdomain":      {"", []string{"mail.shop.example"}, rules.Unknown, 1},
		"not signed":                 {"", nil, rules.Unknown, 1},
		"the server has said pass":   {"pass", nil, rules.Proven, 0},
		"the server has said none":   {"none", []string{"shop.example"}, rules.Unknown, 0},
		"the server has said failed": {"fail", []string{"shop.example"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			b, asked := newBench(t), 0
			b.reader.signers = func(context.Context, []byte) []string { asked++; return c.signers }
			l := request(ann, "one@shop.example")
			l.auth = c.auth
			b.take(l)
			cases := b.cases()
			if c.want == "" && len(cases) > 0 || c.want != "" && (len(cases) != 1 || cases[0].Customer.Trust != c.want) {
				t.Errorf("%+v, want trust %q", cases, c.want)
			}
			if asked != c.asked {
				t.Errorf("the signatures were looked at %d times, want %d", asked, c.asked)
			}
		})
	}
}

// signingKey stands in the DNS of the tests for every domain.
var signingKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// signedBy is a mail with the real signature of a domain.
func signedBy(t *testing.T, raw, domain string) string {
	t.Helper()
	var out bytes.Buffer
	err := msgauth.Sign(&out, strings.NewReader(raw), &msgauth.SignOptions{Domain: domain, Selector: "s1", Signer: crypto.Signer(signingKey),
		HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID"}, HeaderCanonicalization: msgauth.CanonicalizationRelaxed, BodyCanonicalization: msgauth.CanonicalizationRelaxed})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func lookupKey(context.Context, string) ([]string, error) {
	public, _ := signingKey.Public().(ed25519.PublicKey)
	return []string{"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)}, nil
}

// Who says that a quote is accepted by the customer: the receiving server first,
// and the mail's own signatures, which are real here, where it leaves them open.
func TestServerFirstThenSignature(t *testing.T) {
	const accepted, held = rules.InProcess, rules.Quoted
	signed := func(domain string) func(*testing.T, string) string {
		return func(t *testing.T, raw string) string { return signedBy(t, raw, domain) }
	}
	change := func(old, new string) func(*testing.T, string) string {
		return func(t *testing.T, raw string) string {
			changed := strings.Replace(signedBy(t, raw, "shop.example"), old, new, 1)
			if changed == raw {
				t.Fatal("nothing was changed")
			}
			return changed
		}
	}
	unsigned := func(_ *testing.T, raw string) string { return raw }
	for name, tc := range map[string]struct {
		verdict string // empty: the server says nothing
		mail    func(*testing.T, string) string
		check   bool // the desk looks at signatures itself
		want    rules.State
	}{
		"nothing is configured":           {"", signed("shop.example"), false, held},
		"server alone, pass":              {"dmarc=pass header.from=shop.example", unsigned, false, accepted},
		"server alone, fail":              {"dmarc=fail header.from=shop.example", unsigned, false, held},
		"signature alone":                 {"", signed("shop.example"), true, accepted},
		"signature of another":            {"", signed("evil.example"), true, held},
		"no signature":                    {"", unsigned, true, held},
		"signature of another text":       {"", change("repair", "Repair"), true, held},
		"signature with a second subject": {"", change("Subject: ", "Subject: lunch\r\nSubject: "), true, held},
		"signature on a mail to somebody else": {"", func(t *testing.T, raw string) string {
			return signedBy(t, strings.Replace(raw, "To: "+deskAddress, "To: eve@evil.example", 1), "shop.example")
		}, true, held},
		"server pass, signature broken":         {"dmarc=pass header.from=shop.example", change("repair", "Repair"), true, accepted},
		"server fail, signature good":           {"dmarc=fail header.from=shop.example; dkim=pass header.d=shop.example", signed("shop.example"), true, held},
		"server cannot check it, it is good":    {"dkim=temperror header.d=shop.example; dmarc=none", signed("shop.example"), true, held},
		"server says the signature is bad":      {"dkim=fail header.d=shop.example", signed("shop.example"), true, held},
		"server looks at SPF alone":             {"spf=pass smtp.mailfrom=esp.example", signed("shop.example"), true, accepted},
		"server looks at SPF alone, not signed": {"spf=pass smtp.mailfrom=esp.example", unsigned, true, held},
		"SPF of the domain itself":              {"spf=pass smtp.mailfrom=ann@shop.example", unsigned, true, accepted},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c := b.quoted()
			if tc.check {
				b.reader.signers = (&dkim.Checker{Patience: time.Minute, LookupTXT: lookupKey}).Signers
			}
			raw := tc.mail(t, "From: Ann <"+ann+">\r\nTo: "+deskAddress+"\r\nSubject: Re: ["+c.Number+"] quote\r\nDate: Fri, 20 Nov 2026 09:00:00 +0000\r\nMessage-ID: <yes@shop.example>\r\n\r\n"+
				"We accept your quote of 85 EUR. Please repair the phone.\r\n")
			if tc.verdict != "" {
				raw = "Authentication-Results: " + authServ + "; " + tc.verdict + "\r\n" + raw
			}
			row := b.takeRaw([]byte(raw), Letter{})
			if now := b.one(); now.State != tc.want || tc.want == held && row.Fate != casebook.FateHold {
				t.Errorf("the case is %s, want %s; fate %s (%s)", now.State, tc.want, row.Fate, row.Why)
			}
		})
	}
}
