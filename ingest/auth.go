package ingest

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
)

// Authenticate reads what the receiving server authServ found out about the
// sender (RFC 8601). Only its own topmost field counts: anybody can write the
// others. With authServ empty nothing is believed.
func Authenticate(m *Message, authServ string) Auth {
	var a Auth
	if authServ == "" || m == nil {
		return a
	}
	for _, v := range m.Header["Authentication-Results"] {
		id, results, err := authres.Parse(v)
		if err != nil || !strings.EqualFold(id, authServ) {
			continue
		}
		a.read(results, fromDomain(m))
		break
	}
	return a
}

// Silent says that the receiving server told nothing about the sender.
func (a Auth) Silent() bool { return a == Auth{} }

// Signed is what is known of the sender when the mail itself bears the valid
// signatures of these domains.
func Signed(m *Message, domains []string) Auth {
	var a Auth
	if len(domains) > 0 {
		a.DKIM = "pass"
	}
	for _, d := range domains {
		a.Aligned = a.Aligned || sameDomain(d, fromDomain(m))
	}
	return a
}

func (a *Auth) read(results []authres.Result, from string) {
	for _, r := range results {
		switch r := r.(type) {
		case *authres.DMARCResult:
			a.DMARC = verdict(r.Value)
			a.Aligned = a.Aligned || a.DMARC == "pass" && (r.From == "" || sameDomain(r.From, from))
		case *authres.SPFResult:
			a.SPF = verdict(r.Value)
			a.Aligned = a.Aligned || a.SPF == "pass" && sameDomain(r.From, from)
		case *authres.DKIMResult:
			v := verdict(r.Value)
			if a.DKIM != "pass" {
				a.DKIM = v
			}
			a.Aligned = a.Aligned || v == "pass" && sameDomain(r.Domain, from)
		}
	}
	if a.DMARC == "fail" {
		a.Aligned = false
	}
}

// verdict: an error of the DNS, or a guess where the domain has no policy
// (Microsoft's "bestguesspass"), says nothing against the sender.
func verdict(v authres.ResultValue) string {
	switch v {
	case authres.ResultPass:
		return "pass"
	case authres.ResultFail, authres.ResultHardFail, authres.ResultSoftFail:
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
