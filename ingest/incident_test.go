package ingest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// What other desks fell over; see cmd/retour/INCIDENTS.md.

// A charset that cannot be told costs letters, never the mail.
func TestOddCharsetsLoseNoMail(t *testing.T) {
	const serial = "20EZ115N308C605F"
	text := func(charset, body string) string {
		return "From: Ada <ada@customer.example>\r\nSubject: broken\r\nContent-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + "\r\nGrandstream, S/N " + serial + "\r\n"
	}
	for name, c := range map[string]struct{ mail, want string }{
		"Vietnamese":         {text("windows-1258", "m\xe1y b\xec h\xe9ng"), "máy b"},
		"Japanese":           {text("ISO-2022-JP", "\x1b$B8N>c\x1b(B"), "故障"},
		"unknown to all":     {text("x-klingon", "d\xe9fectueux"), "défectueux"},
		"unknown-8bit":       {text("unknown-8bit", "d\xe9fectueux"), "défectueux"},
		"says ASCII":         {text("us-ascii", "d\xe9fectueux"), "défectueux"},
		"says UTF-8":         {text("utf-8", "d\xe9fectueux"), "défectueux"},
		"UTF-7":              {text("utf-7", "d+AOk-fectueux"), ""},
		"nothing":            {text(`""`, "d\xc3\xa9fectueux"), "défectueux"},
		"a path":             {text("../../etc/passwd", "plain"), "plain"},
		"raw header":         {strings.Replace(text("iso-8859-1", "x"), "broken", "d\xe9fectueux", 1), "défectueux"},
		"binary copy field":  {strings.Replace(text("utf-8", "plain"), "Subject", "Cc: \x80\xff\x00\x01 <\xfe@\xfd>\r\nSubject", 1), "plain"},
		"half a word":        {strings.Replace(text("utf-8", "plain"), "broken", "=?utf-8?B?w6k", 1), "plain"},
		"word of no charset": {strings.Replace(text("utf-8", "plain"), "broken", "=?x-klingon?Q?d=E9fectueux?=", 1), "défectueux"},
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse([]byte(c.mail), DefaultLimits())
			f := Extract(catalogue(t), m, desk)
			if all := m.Subject + "\n" + m.Text; !strings.Contains(all, c.want) || strings.ContainsRune(all, 0) {
				t.Errorf("%q is not in %q", c.want, all)
			}
			if f.From.Address != "ada@customer.example" || len(f.Units) != 1 || f.Units[0].Serial != serial {
				t.Errorf("from %+v, units %+v", f.From, f.Units)
			}
		})
	}
}

// Names of files that break the rules of RFC 2231 are names all the same.
func TestOddFileNamesLoseNoFile(t *testing.T) {
	for field, want := range map[string]string{
		`filename*=utf-8''d%C3%A9faut.pdf`:                  "défaut.pdf",
		`filename*0*=utf-8''d%C3%A9; filename*1=faut.pdf`:   "défaut.pdf",
		`filename*=utf-8'de'%ZZ.pdf`:                        "%ZZ.pdf",
		`filename*=nonsense''d%E9faut.pdf`:                  "défaut.pdf",
		`filename="=?utf-8?Q?d=C3=A9faut.pdf?="`:            "défaut.pdf",
		"filename=\"d\xe9faut.pdf\"":                        "défaut.pdf",
		`filename=no quotes here.pdf`:                       "no quotes here.pdf",
		`filename="open.pdf`:                                "open.pdf",
		`filename*1=lost.pdf`:                               "",
		`filename*=utf-8''..%2F..%2Fetc%2Fpasswd`:           "passwd",
		`filename*0=a; filename*1=b; filename*1=c; name=.d`: "ab",
	} {
		m := Parse([]byte("From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "+field+"\r\n\r\nx\r\n--b--\r\n"), DefaultLimits())
		if len(m.Attachments) != 1 || want != "" && !strings.HasPrefix(m.Attachments[0].Name, want) {
			t.Errorf("%s: %+v, want %q", field, m.Attachments, want)
		}
	}
}

// The history is looked for in the text, not in what the text is packed in.
func TestHistoryIsFoundInEncodedMails(t *testing.T) {
	const answer, old = "Das Display bleibt dunkel.", "Welcher Fehler ist es?"
	plain := answer + "\r\n\r\nAm 10.03.2026 um 09:00 schrieb Rücksendungen <rma@desk.example>:\r\n> " + old + "\r\n> Grüße\r\n"
	html := "<p>" + answer + "</p><div>Von: Rücksendungen &lt;rma@desk.example&gt;<br>Gesendet: Dienstag, 10. März 2026 09:00<br>An: Ada<br>Betreff: Ihre Rücksendung</div><p>" + old + "</p>"
	quoted := func(s string) string {
		return strings.NewReplacer("=", "=3D", "ü", "=C3=BC", "ß", "=C3=9F", "ä", "=C3=A4", "schrieb", "schr=\r\nieb").Replace(s)
	}
	packed := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for name, c := range map[string]struct{ kind, encoding, body string }{
		"as it is":         {"text/plain; charset=utf-8", "8bit", plain},
		"quoted-printable": {"text/plain; charset=utf-8", "quoted-printable", quoted(plain)},
		"base64":           {"text/plain; charset=utf-8", "base64", packed(plain)},
		"HTML":             {"text/html; charset=utf-8", "8bit", html},
		"HTML, quoted":     {"text/html; charset=utf-8", "quoted-printable", quoted(html)},
		"HTML, base64":     {"text/html; charset=utf-8", "base64", packed(html)},
	} {
		m := Parse(fmt.Appendf(nil, "From: ada@customer.example\r\nTo: rma@desk.example\r\nSubject: Re: x\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n", c.kind, c.encoding, c.body), DefaultLimits())
		if got := Extract(catalogue(t), m, desk).NewText; !strings.Contains(got, answer) || strings.Contains(got, old) || strings.Contains(got, "schrieb") {
			t.Errorf("%s: new is %q", name, got)
		}
	}
}

// Of the addresses in a forwarded mail none but its sender's becomes the customer,
// and only where a colleague has forwarded it.
func TestAddressesInAForwardedMailAreNoCustomers(t *testing.T) {
	const text = "---------- Forwarded message ----------\r\nFrom: Ada <ada@customer.example>\r\nDate: Tue, 10 Mar 2026\r\nSubject: broken\r\nTo: help@desk.example\r\nCc: eve@evil.example\r\n\r\n" +
		"Our Snom D735 is broken, serial number CHNLB22061800415. Ask bob@other.example or <mailto:spam@evil.example>.\r\n@font-face {font-family: \\@Malgun}\r\n"
	staffed := desk
	staffed.Staff = []string{"desk.example"}
	for from, want := range map[string]string{"colleague@desk.example": "ada@customer.example", "reseller@shop.example": "reseller@shop.example"} {
		m := Parse([]byte("From: "+from+"\r\nTo: rma@desk.example\r\nSubject: Fwd: broken\r\n\r\n"+text), DefaultLimits())
		if f := Extract(catalogue(t), m, staffed); f.From.Address != want || len(f.Units) != 1 {
			t.Errorf("of %s: credited to %+v, want %s; units %+v", from, f.From, want, f.Units)
		}
	}
}

// Two authors of one mail prove nothing of either, nor does one who hides another.
func TestSeveralAuthorsProveNothing(t *testing.T) {
	for _, from := range []string{"Ada <ada@customer.example>, eve@evil.example", "eve@evil.example, Ada <ada@customer.example>", "ada@customer.example: eve@evil.example;",
		`"ada@customer.example" <eve@evil.example>`, "ada@customer.example <eve@evil.example>", "=?utf-8?q?ada=40customer.example=00?= <eve@evil.example>",
		"=?utf-8?q?ada=40customer.example=3E?= <eve@evil.example>", "", "<>", "undisclosed-recipients:;"} {
		m := Parse([]byte("Authentication-Results: mx.desk.example; dmarc=pass header.from=customer.example; spf=pass smtp.mailfrom=ada@customer.example\r\nFrom: "+from+"\r\nSender: ada@customer.example\r\nTo: rma@desk.example\r\n\r\nx\r\n"), DefaultLimits())
		if a := Authenticate(m, Desk{Addresses: []string{"rma@desk.example"}, AuthServ: "mx.desk.example"}); a.Aligned {
			t.Errorf("%s: proven, from %+v", from, m.From)
		}
	}
}
