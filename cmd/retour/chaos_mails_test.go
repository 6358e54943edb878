//go:build chaos

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/textproto"
	"regexp"
	"strings"

	"retour/rules/casebook"
)

// posted is one mail that a customer, or a machine, has sent to the desk, and
// what must become of it.
type posted struct {
	marker string // stands in the raw mail, in a field X-Chaos or in the text
	kind   string
	from   string
	id     string // Message-ID, empty where it has none
	raw    []byte
	times  int // how often it was sent

	fate   casebook.Fate // that it must have; empty: any
	cases  int           // that it opens; -1: any number
	answer bool          // exactly one mail must answer it
	silent bool          // nobody may answer it
	failed bool          // its answer cannot be delivered
	first  string        // marker of the request whose case it must join; empty: none
	taken  bool          // somebody else deleted it, or moved it, in the mailbox
}

var markerIn = regexp.MustCompile(`(?m)^X-Chaos: (m[0-9]+x)|\[chaos (m[0-9]+x)\]`)

// markerOf finds the marker of a mail as it lies anywhere.
func markerOf(raw []byte) string {
	m := markerIn.FindSubmatch(raw)
	if m == nil {
		return ""
	}
	return string(bytes.Join(m[1:], nil))
}

var markerInID = regexp.MustCompile(`^(m[0-9]+x)@`)

// customers write to the desk: what they write is drawn, and so the same for the
// same seed.
type customers struct {
	rand    *rand.Rand
	samples []sample
	n       int
	sent    []*posted // that may be sent again
}

// next draws the next mail.
func (c *customers) next() *posted {
	kinds := []struct {
		weight int
		draw   func() *posted
	}{
		{40, c.request}, {12, c.incomplete}, {8, c.several}, {8, c.again}, {5, c.sameID}, {5, c.withoutID},
		{6, c.robot}, {8, c.broken}, {12, c.sample}, {4, c.rejected}, {3, c.vanished}, {4, c.heavy},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	at := c.rand.IntN(total)
	for _, k := range kinds {
		if at -= k.weight; at < 0 {
			return k.draw()
		}
	}
	return nil
}

// fresh is a mail of a customer who has never written.
func (c *customers) fresh(kind string) *posted {
	c.n++
	marker := fmt.Sprintf("m%dx", c.n)
	return &posted{marker: marker, kind: kind, from: fmt.Sprintf("customer+%d@kunde.example", c.n), id: marker + "@kunde.example", times: 1}
}

// write fills in the mail.
func (p *posted) write(subject, contentType, body string, fields ...string) *posted {
	var b strings.Builder
	fmt.Fprintf(&b, "X-Chaos: %s\nFrom: %s\nTo: rma@retour.example\nDate: Fri, 20 Nov 2026 09:00:00 +0100\nSubject: %s\n", p.marker, p.from, subject)
	if p.id != "" {
		fmt.Fprintf(&b, "Message-ID: <%s>\n", p.id)
	}
	for _, f := range fields {
		b.WriteString(f + "\n")
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\nContent-Type: %s\n\n%s\n", contentType, body)
	p.raw = []byte(strings.ReplaceAll(b.String(), "\n", "\r\n"))
	return p
}

const plain = "text/plain; charset=utf-8"

func (c *customers) serial() string { return fmt.Sprintf("20EZ115N3%07X", 0x8C00000+c.n) }

// requestTexts are a complete request in the five languages.
var requestTexts = []struct{ subject, text string }{
	{"Defective phone", "Hello,\n\none of our Grandstream GXP2170 phones is defective, the display stays dark.\nSerial number: %s\nGrandstream helpdesk ticket: 20261115093422\n\nKind regards\nAnn Buyer"},
	{"Poste en panne", "Bonjour,\n\nun de nos postes Grandstream GXP2170 est en panne, l'écran reste noir.\nNuméro de série : %s\nTicket du support Grandstream : 20261115093422\n\nCordialement,\nAnne Acheteur"},
	{"Defect toestel", "Goedendag,\n\neen van onze Grandstream GXP2170 toestellen is defect, het scherm blijft zwart.\nSerienummer: %s\nGrandstream ticket: 20261115093422\n\nMet vriendelijke groeten\nAnna Koper"},
	{"Telefono guasto", "Buongiorno,\n\nuno dei nostri telefoni Grandstream GXP2170 è guasto, lo schermo resta nero.\nNumero di serie: %s\nTicket Grandstream: 20261115093422\n\nCordiali saluti\nAnna Compratore"},
	{"Defektes Telefon", "Guten Tag,\n\neines unserer Grandstream GXP2170 ist defekt, das Display bleibt dunkel.\nSeriennummer: %s\nGrandstream-Ticket: 20261115093422\n\nMit freundlichen Grüßen\nAnna Käufer"},
}

func (p *posted) opens(cases int) *posted {
	p.fate, p.cases, p.answer = casebook.FateOpened, cases, true
	return p
}

func (c *customers) request() *posted {
	p := c.fresh("request").opens(1)
	text := requestTexts[c.rand.IntN(len(requestTexts))]
	c.sent = append(c.sent, p)
	return p.write(text.subject, plain, fmt.Sprintf(text.text, c.serial()))
}

// incomplete lacks the ticket of the manufacturer's support: it is asked for.
func (c *customers) incomplete() *posted {
	p := c.fresh("incomplete").opens(1)
	text := requestTexts[c.rand.IntN(len(requestTexts))]
	body := fmt.Sprintf(text.text, c.serial())
	lines := strings.Split(body, "\n")
	for i, l := range lines {
		if strings.Contains(l, "20261115093422") {
			lines[i] = ""
		}
	}
	return p.write(text.subject, plain, strings.Join(lines, "\n"))
}

// answer is what a customer writes to a question of the desk.
func (c *customers) answer(to *posted, question string) *posted {
	p := c.fresh("answer")
	p.from, p.fate, p.first = to.from, casebook.FateUpdated, to.marker
	return p.write("Re: your return", plain, "The Grandstream ticket is 20261115093422.",
		"In-Reply-To: <"+question+">", "References: <"+question+">")
}

func (c *customers) several() *posted {
	p := c.fresh("several").opens(1)
	var b strings.Builder
	for i := range 3 + c.rand.IntN(20) {
		fmt.Fprintf(&b, "Grandstream GXP2170, serial number 20EZ2%02dN3%07X: no picture\n", i%100, 0x8C00000+c.n)
	}
	return p.write("Several defective phones", plain, "Hello,\n\nthese phones are defective:\n\n"+b.String()+"\nGrandstream helpdesk ticket: 20261115093422\n\nAnn")
}

// again is a mail that was sent before.
func (c *customers) again() *posted {
	if len(c.sent) == 0 {
		return c.request()
	}
	i := c.rand.IntN(len(c.sent))
	p := c.sent[i]
	c.sent = append(c.sent[:i], c.sent[i+1:]...)
	return p
}

// sameID is another mail that has the Message-ID of an earlier one.
func (c *customers) sameID() *posted {
	if len(c.sent) == 0 {
		return c.request()
	}
	i := c.rand.IntN(len(c.sent))
	earlier := c.sent[i]
	c.sent = append(c.sent[:i], c.sent[i+1:]...) // a copy of it would not be told from this one
	p := c.fresh("same id").opens(1)
	p.id = earlier.id
	return p.write("Other phone", plain, fmt.Sprintf(requestTexts[0].text, c.serial()))
}

func (c *customers) withoutID() *posted {
	p := c.fresh("without id").opens(1)
	p.id, p.answer = "", true
	return p.write("Defective phone", plain, fmt.Sprintf(requestTexts[0].text, c.serial()))
}

// robot is a mail that no person wrote: nobody answers it.
func (c *customers) robot() *posted {
	p := c.fresh("robot")
	p.fate, p.silent = casebook.FateNoted, true
	switch c.rand.IntN(3) {
	case 0:
		return p.write("Out of office", plain, "I am away until Monday.", "Auto-Submitted: auto-replied (vacation)")
	case 1:
		return p.write("Weekly news", plain, "30% off all headsets.", "List-Id: <weekly.kunde.example>", "List-Unsubscribe: <https://kunde.example/off>", "Precedence: bulk")
	}
	p.from = ""
	p.write("Undelivered Mail Returned to Sender", `multipart/report; report-type=delivery-status; boundary="x"`,
		"--x\nContent-Type: text/plain\n\nIt could not be delivered.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.kunde.example\n\nFinal-Recipient: rfc822; nobody@kunde.example\nAction: failed\nStatus: 5.1.1\n--x--",
		"Auto-Submitted: auto-replied")
	p.raw = bytes.Replace(p.raw, []byte("From: \r\n"), []byte("From: MAILER-DAEMON@kunde.example\r\n"), 1)
	return p
}

// broken is what no parser likes. Whatever becomes of it, it has one fate.
func (c *customers) broken() *posted {
	p := c.fresh("broken")
	p.cases, p.id = -1, ""
	mark := "[chaos " + p.marker + "]"
	switch c.rand.IntN(6) {
	case 0: // no header at all
		p.raw = []byte(mark + "\r\njust text\r\n")
	case 1: // a multipart that never ends
		p.raw = []byte("From: " + p.from + "\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n" + mark + " my phone is broken")
	case 2: // bytes that are no text
		p.raw = []byte("From: \xff\xfe <" + p.from + ">\r\nSubject: =?utf-8?q?=FF=FE?=\r\nContent-Type: text/plain; charset=unknown-8bit\r\n\r\n" + mark + " \x00\x01\xff\xfe\r\n")
	case 3: // two contradictory fields of everything
		p.raw = []byte("From: " + p.from + "\r\nFrom: other@kunde.example\r\nSubject: a\r\nSubject: b\r\nContent-Type: text/html\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nX-Chaos: " + p.marker + "\r\n\r\n!!!! not base64 !!!!\r\n")
	case 4: // a hundred levels
		var b strings.Builder
		fmt.Fprintf(&b, "From: %s\r\nSubject: deep\r\nX-Chaos: %s\r\n", p.from, p.marker)
		for i := range 100 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=\"b%d\"\r\n\r\n--b%d\r\n", i, i)
		}
		p.raw = []byte(b.String() + "\r\nend\r\n")
	default: // without a sender
		p.raw = []byte("Subject: Defective phone\r\nX-Chaos: " + p.marker + "\r\n\r\nMy phone is broken.\r\n")
	}
	return p
}

var senderField = regexp.MustCompile(`(?i)^(From|Reply-To):`)

// sample is one of the demo's mails, by another sender.
func (c *customers) sample() *posted {
	s := c.samples[c.rand.IntN(len(c.samples))]
	p := c.fresh("sample " + s.name)
	p.cases = -1
	if s.from == "" {
		p.from = ""
	}
	head, body, _ := strings.Cut(string(s.raw), "\r\n\r\n")
	var out []string
	out = append(out, "X-Chaos: "+p.marker)
	skip, hasID := false, false
	for _, line := range strings.Split(head, "\r\n") {
		folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		if folded && skip {
			continue
		}
		skip = false
		name := textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(strings.SplitN(line, ":", 2)[0]))
		switch {
		case folded:
		case senderField.MatchString(line) && p.from != "":
			line, skip = name+": "+p.from, true
		case name == "Message-Id":
			line, skip, hasID = "Message-ID: <"+p.id+">", true, true
		}
		out = append(out, line)
	}
	if !hasID {
		p.id = ""
	}
	p.raw = []byte(strings.Join(out, "\r\n") + "\r\n\r\n" + body)
	return p
}

// rejected writes from an address that takes no mail: the case must say so.
func (c *customers) rejected() *posted {
	p := c.fresh("rejected").opens(1)
	p.from, p.failed = strings.Replace(p.from, "customer+", "reject+", 1), true
	return p.write("Defective phone", plain, fmt.Sprintf(requestTexts[0].text, c.serial()))
}

// vanished writes from an address whose mail comes back later.
func (c *customers) vanished() *posted {
	p := c.fresh("vanished").opens(1)
	p.from, p.failed = strings.Replace(p.from, "customer+", "vanished+", 1), true
	return p.write("Defective phone", plain, fmt.Sprintf(requestTexts[0].text, c.serial()))
}

// heavy has a list and a picture.
func (c *customers) heavy() *posted {
	p := c.fresh("heavy").opens(1)
	picture := make([]byte, 50_000+c.rand.IntN(300_000))
	for i := range picture {
		picture[i] = byte(c.rand.Uint32())
	}
	encoded := base64.StdEncoding.EncodeToString(picture)
	var lines []string
	for len(encoded) > 0 {
		n := min(76, len(encoded))
		lines, encoded = append(lines, encoded[:n]), encoded[n:]
	}
	return p.write("Defective phone", `multipart/mixed; boundary="b"`, "--b\nContent-Type: text/plain; charset=utf-8\n\n"+fmt.Sprintf(requestTexts[0].text, c.serial())+
		"\n--b\nContent-Type: text/csv; name=list.csv\nContent-Disposition: attachment; filename=list.csv\n\nmodel;serial\nGXP2170;"+c.serial()+
		"\n--b\nContent-Type: image/jpeg; name=photo.jpg\nContent-Disposition: attachment; filename=photo.jpg\nContent-Transfer-Encoding: base64\n\n"+strings.Join(lines, "\n")+"\n--b--")
}
