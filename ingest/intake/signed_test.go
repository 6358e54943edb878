package intake

import (
	"context"
	"testing"

	"retour/rules"
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
