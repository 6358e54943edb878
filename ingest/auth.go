package ingest

import (
	"slices"
	"strings"
)

// Authenticate reads what the receiving server desk.AuthServ found out about the
// sender (RFC 8601). Only its own topmost field counts: anybody can write the
// others. With no server named nothing is believed.
func Authenticate(m *Message, desk Desk) Auth {
	if desk.AuthServ == "" || m == nil {
		return Auth{}
	}
	for _, v := range m.verdicts {
		server, results, whole := parseResults(v)
		if !strings.EqualFold(server, desk.AuthServ) {
			continue
		}
		a := authOf(results, m, desk)
		a.Aligned = a.Aligned && whole
		return a
	}
	return Auth{}
}

// Silent says that the receiving server told nothing of signatures: it looks at
// none, or is not ours. What it says of SPF alone leaves them open.
func (a Auth) Silent() bool { return a.DMARC == "" && a.DKIM == "" && !a.Aligned }

// Signed is what is known of the sender when the mail itself bears the valid
// signatures of these domains.
func Signed(m *Message, desk Desk, domains []string) Auth {
	results := make([]result, len(domains))
	for i, d := range domains {
		results[i] = result{method: "dkim", value: "pass", props: map[string]string{"header.d": d}}
	}
	return authOf(results, m, desk)
}

// authOf weighs results. Those that contradict each other prove nothing: a
// server says one thing of a mail, and a second may be the sender's own words.
func authOf(results []result, m *Message, desk Desk) Auth {
	var a Auth
	from := fromDomain(m)
	signed := map[string]string{} // domain → worst verdict on its signatures
	dmarc, spf := from != "", false
	for _, r := range results {
		v := verdict(r.value)
		switch r.method {
		case "dmarc":
			a.DMARC = worse(a.DMARC, v)
			dmarc = dmarc && (r.props["header.from"] == "" || sameDomain(r.props["header.from"], from))
		case "spf":
			if r.props["smtp.mailfrom"] != "" || a.SPF == "" {
				a.SPF = worse(a.SPF, v)
			}
			spf = spf || sameDomain(r.props["smtp.mailfrom"], from)
		case "dkim":
			if a.DKIM != "pass" {
				a.DKIM = v
			}
			d := strings.ToLower(r.props["header.d"])
			signed[d] = worse(signed[d], v)
		}
	}
	direct := spf && a.SPF == "pass"
	handed := dmarc && a.DMARC == "pass" || from != "" && signed[from] == "pass"
	// A signature holds for whoever the mail is sent on to: a mail to somebody
	// else that comes to the desk speaks to him, not to the desk (RFC 6376, 8.6).
	a.Aligned = (direct || handed && isTo(m, desk)) && a.DMARC != "fail" && !doubled(m)
	return a
}

// worse is the verdict that counts of two on one thing.
func worse(a, b string) string {
	for _, v := range []string{"fail", "none", "pass"} {
		if a == v || b == v {
			return v
		}
	}
	return ""
}

// doubled: a field that may stand once stands twice. A signature covers one of
// them, and it cannot be told which one is read (RFC 6376, 8.15).
func doubled(m *Message) bool {
	return slices.ContainsFunc([]string{"From", "To", "Cc", "Subject", "Content-Type", "Content-Transfer-Encoding"}, func(k string) bool { return len(m.Header[k]) > 1 })
}

// isTo: the mail names the desk, or somebody of its house who hands it on.
func isTo(m *Message, desk Desk) bool {
	return slices.ContainsFunc(slices.Concat(m.To, m.Cc), func(to Address) bool {
		return slices.Contains(desk.Addresses, to.Address) || slices.Contains(desk.Staff, domainOf(to.Address))
	})
}

// verdict: an error of the DNS, or a guess where the domain has no policy
// (Microsoft's "bestguesspass"), says nothing against the sender.
func verdict(v string) string {
	switch v {
	case "pass":
		return "pass"
	case "fail", "hardfail", "softfail":
		return "fail"
	}
	return "none"
}

func fromDomain(m *Message) string {
	if len(m.From) != 1 {
		return "" // several authors: none is proven
	}
	return domainOf(m.From[0].Address)
}

func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// sameDomain compares the domain of an address or a domain with want, exactly:
// without the public-suffix list nothing looser is safe.
func sameDomain(v, want string) bool {
	return want != "" && domainOf(strings.TrimSpace(v)) == want
}
