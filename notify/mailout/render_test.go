package mailout

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gomail "github.com/emersion/go-message/mail"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"retour/notify"
)

var update = flag.Bool("update", false, "write the golden files")

func samples() map[string]notify.Mail {
	zone := time.FixedZone("", 3600)
	full := notify.Mail{
		FromName: "Retouren – Müller & Söhne", FromAddr: "rma@retour.example",
		To: "anna.grün@kunde.example", ToName: "Anna Grün",
		Subject:   "[RMA-26-00123-7] Ihre Rücksendung: Grandstream GXP2170 – bitte senden Sie uns noch die Seriennummer",
		MessageID: "rma-26-00123-7.kq3xw5c2v7ab.aaaaaaaabbbbbbbbccccccccdd@retour.example",
		InReplyTo: "2026112.4711@kunde.example",
		References: []string{
			"first.mail.of.the.thread@kunde.example", "rma-26-00123-7.x.y@retour.example", "2026112.4711@kunde.example",
		},
		Date: time.Date(2026, 11, 21, 10, 4, 5, 0, zone), Language: "de", Automatic: true,
		Text: "Guten Tag,\n\nwir brauchen noch:\n\n1. die Seriennummer\n.\nFrom here on all is well.\n" + strings.Repeat("lang ", 60) + "\n",
		HTML: "<p>Guten Tag,</p>\r\n<ol><li>die Seriennummer</li></ol>\n<p>Grüße</p>",
	}
	full.To = "anna.gruen@kunde.example"
	plain := full
	plain.HTML, plain.Automatic, plain.References, plain.InReplyTo = "", false, nil, ""
	plain.Language, plain.FromName, plain.ToName, plain.Subject = "fr", "", "", "Votre retour"
	plain.Text = "Pas de retour à la ligne à la fin"
	idn := plain
	idn.To, idn.Subject = "jan@bücher.example", "IDN"
	slip, note := full, plain
	slip.Attachments = []notify.Attachment{
		{Name: "RMA-26-00123-7.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.3\n" + strings.Repeat("\x00\xff\r\n.\r\n", 20))},
		{Name: "Rücksendeschein – zweites Paket.pdf", MediaType: "application/pdf", Data: []byte("%PDF-1.3\n")},
	}
	note.Attachments = slip.Attachments[:1]
	digest, bare := full, plain
	digest.HTML = `<p>Guten Tag,</p><img src="cid:turn.abc@retour.example" alt="Durchlauf: 12 Tage">`
	digest.Attachments = []notify.Attachment{
		{Name: "turn.png", MediaType: "image/png", Data: []byte("\x89PNG\r\n"), ContentID: "turn.abc@retour.example"},
		{Name: "digest.xlsx", MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Data: []byte("PK")},
		{Name: "odd.png", MediaType: "image/png", Data: []byte("\x89PNG"), ContentID: "no id\r\nBcc: a@b.example"},
	}
	bare.Attachments = digest.Attachments[:1] // without HTML nothing shows the picture
	return map[string]notify.Mail{"answer": full, "plain": plain, "idn": idn, "slips": slip, "plain-slip": note, "digest": digest, "plain-picture": bare}
}

func TestRenderGolden(t *testing.T) {
	for name, m := range samples() {
		got, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		again, _ := Render(m)
		if !bytes.Equal(got, again) {
			t.Errorf("%s: two renderings differ", name)
		}
		file := filepath.Join("testdata", name+".eml")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// parsed is what a mail reader makes of the bytes.
type parsed struct {
	Subject, FromName, From, ToName, To, ID string
	InReplyTo, References                   []string
	Date                                    time.Time
	Types, Texts                            []string
	Files                                   []notify.Attachment
	Fields                                  []string
}

func parse(raw []byte) (p parsed, err error) {
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		return p, err
	}
	from, err1 := r.Header.AddressList("From")
	to, err2 := r.Header.AddressList("To")
	if err := errors.Join(err1, err2); err != nil {
		return p, err
	}
	p.FromName, p.From, p.ToName, p.To = from[0].Name, from[0].Address, to[0].Name, to[0].Address
	var errs [3]error
	p.Subject, errs[0] = r.Header.Subject()
	p.ID, errs[1] = r.Header.MessageID()
	p.Date, errs[2] = r.Header.Date()
	p.InReplyTo, _ = r.Header.MsgIDList("In-Reply-To") // stricter than mail programs are
	p.References, _ = r.Header.MsgIDList("References")
	if err := errors.Join(errs[:]...); err != nil {
		return p, err
	}
	for f := r.Header.Fields(); f.Next(); {
		p.Fields = append(p.Fields, f.Key())
	}
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		text, err := io.ReadAll(part.Body)
		if err != nil {
			return p, err
		}
		if h, ok := part.Header.(*gomail.AttachmentHeader); ok {
			if err := p.addFile(h, text); err != nil {
				return p, err
			}
			continue
		}
		p.Types = append(p.Types, part.Header.Get("Content-Type"))
		p.Texts = append(p.Texts, strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
}

// addFile takes the two places of a file's name for one, or fails.
func (p *parsed) addFile(h *gomail.AttachmentHeader, data []byte) error {
	name, err := h.Filename()
	if err != nil {
		return err
	}
	mediaType, params, err := h.ContentType()
	if err != nil {
		return err
	}
	beside, err := new(mime.WordDecoder).DecodeHeader(params["name"])
	if err == nil && mediaType != "application/octet-stream" && beside != name {
		err = fmt.Errorf("the file is %q and %q", name, beside)
	}
	p.Files = append(p.Files, notify.Attachment{Name: name, MediaType: mediaType, Data: data})
	return err
}

func TestRenderReadsBack(t *testing.T) {
	for _, name := range []string{"answer", "slips"} {
		readsBack(t, samples()[name])
	}
}

func readsBack(t *testing.T, m notify.Mail) {
	t.Helper()
	raw, err := Render(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	want := parsed{
		Subject: m.Subject, FromName: m.FromName, From: m.FromAddr, ToName: m.ToName, To: m.To, ID: m.MessageID,
		InReplyTo: []string{m.InReplyTo}, References: m.References, Date: m.Date,
		Types: []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"},
		Texts: []string{m.Text, strings.ReplaceAll(m.HTML, "\r\n", "\n")}, Files: m.Attachments,
		Fields: []string{"Date", "From", "To", "Subject", "Message-Id", "In-Reply-To", "References",
			"Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language", "Mime-Version", "Content-Type"},
	}
	// The line end before a boundary belongs to the boundary; the sender's own
	// last one may be one more.
	for i := range got.Texts {
		got.Texts[i] = strings.TrimRight(got.Texts[i], "\n")
		want.Texts[i] = strings.TrimRight(want.Texts[i], "\n")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAutoSubmittedSaysWhoActed(t *testing.T) {
	m := samples()["answer"]
	for automatic, want := range map[bool]string{true: "auto-replied", false: "auto-generated"} {
		m.Automatic = automatic
		raw, err := Render(m)
		if err != nil || !strings.Contains(string(raw), "\r\nAuto-Submitted: "+want+"\r\n") {
			t.Errorf("Automatic %v: no %q in\n%s", automatic, want, raw)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*notify.Mail){
		"no recipient":         func(m *notify.Mail) { m.To = "" },
		"two recipients":       func(m *notify.Mail) { m.To = "a@b.example, c@d.example" },
		"recipient with name":  func(m *notify.Mail) { m.To = "Anna <a@b.example>" },
		"recipient with break": func(m *notify.Mail) { m.To = "a@b.example\r\nBcc: all@b.example" },
		"recipient with space": func(m *notify.Mail) { m.To = "a b@c.example" },
		"recipient of no end":  func(m *notify.Mail) { m.To = "a@" + strings.Repeat("b.", 124) + "example" },
		"recipient turned":     func(m *notify.Mail) { m.To = "a\u202eb@c.example" },
		"recipient in Latin-1": func(m *notify.Mail) { m.To = "zo\xeb@c.example" },
		"bracket in recipient": func(m *notify.Mail) { m.To = "a@b.example>\r\nDATA" },
		"no sender":            func(m *notify.Mail) { m.FromAddr = "" },
		"no message id":        func(m *notify.Mail) { m.MessageID = "" },
		"message id in <>":     func(m *notify.Mail) { m.MessageID = "<a@b.example>" },
		"message id broken":    func(m *notify.Mail) { m.MessageID = "a@b.example>\r\nBcc: x@y.example" },
		"no date":              func(m *notify.Mail) { m.Date = time.Time{} },
	} {
		m := samples()["plain"]
		spoil(&m)
		if raw, err := Render(m); err == nil {
			t.Errorf("%s: rendered\n%s", name, raw)
		}
		if _, err := envelopeOf(m); err == nil {
			t.Errorf("%s: has an envelope", name)
		}
	}
}

// TestNoAddressEndsItself: what is taken for an address has no character that
// could end it in a field or a command. All short strings of such are tried.
func TestNoAddressEndsItself(t *testing.T) {
	const letters, longest = "a@. \"\\(),;<>\t\r\n", 5
	var try func(addr string)
	try = func(addr string) {
		if spec, err := addrSpec(addr); err == nil && strings.ContainsAny(spec, letters[3:]) {
			t.Errorf("%q is taken for an address", addr)
		}
		for i := 0; i < len(letters) && len(addr) < longest; i++ {
			try(addr + letters[i:i+1])
		}
	}
	try("")
}

// TestNothingTurnsTheWriting: no character that turns the direction of writing
// round comes into a header, where it would make "exe.pdf" of "fdp.exe".
func TestNothingTurnsTheWriting(t *testing.T) {
	const turned = "a\u202eb\u2066c\u200fd"
	m := samples()["answer"]
	m.Subject, m.FromName, m.ToName = turned, turned, turned
	m.Attachments = []notify.Attachment{{Name: turned + ".pdf", MediaType: "application/pdf", Data: []byte("x")}}
	raw, err := Render(m)
	if err != nil {
		t.Fatal(err)
	}
	read, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	seen := []string{}
	for _, field := range []string{"Subject", "From", "To"} {
		text, err := read.Header.Text(field)
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, text)
	}
	for part, err := read.NextPart(); err == nil; part, err = read.NextPart() {
		if h, ok := part.Header.(*gomail.AttachmentHeader); ok {
			name, _ := h.Filename()
			seen = append(seen, name)
		}
	}
	if len(seen) != 4 {
		t.Fatalf("%q", seen)
	}
	for _, s := range seen {
		if !strings.Contains(s, "a b c d") {
			t.Errorf("%q, want a b c d", s)
		}
	}
}

func TestLongThreadKeepsItsEnds(t *testing.T) {
	m := samples()["answer"]
	m.References = nil
	for range 300 {
		m.References = append(m.References, "middle@kunde.example", "no id", "in<jected>@kunde.example")
	}
	m.References[0], m.References[897] = "first@kunde.example", "last@kunde.example"
	raw, err := Render(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	refs := got.References
	if len(refs) != 20 || refs[0] != "first@kunde.example" || refs[19] != "last@kunde.example" {
		t.Errorf("%d references: %q", len(refs), refs)
	}
}

// Whatever stands in a mail, it makes no header field and no line of its own
// that is too long, and what is rendered can be read.
// What a customer wrote like an encoded word stays what he wrote: it is not decoded
// by whoever reads the answer.
func TestWordsThatLookEncodedStayWords(t *testing.T) {
	const like = "=?utf-8?q?Your_account=0D=0ABcc=3A_eve=40evil.example?="
	for _, beside := range []string{"", " für Sie"} {
		m := samples()["answer"]
		m.Subject, m.FromName, m.ToName = "Re: "+like+beside, like+beside, like+beside
		m.Attachments = []notify.Attachment{{Name: like + ".pdf", MediaType: "application/pdf", Data: []byte("x")}}
		raw, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		read, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"Subject", "From", "To"} {
			text, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get(field))
			if err != nil || strings.Contains(text, "account\r\n") || strings.Contains(text, "eve@evil.example") {
				t.Errorf("%s is read as %q, %v", field, text, err)
			}
		}
	}
}

func TestNoFieldCanBeInjected(t *testing.T) {
	hostile := rapid.OneOf(rapid.String(),
		rapid.StringMatching(`[a-z =?\r\n\t:<>@,;"\\]{0,40}(\r\n|\r|\n)(Bcc|X-Evil|Subject): [a-z@.]{1,20}`),
		rapid.StringMatching(`=\?utf-8\?[qb]\?[A-Za-z0-9=]{0,30}\?=`),
		rapid.Map(rapid.IntRange(60, 1100), func(n int) string { return strings.Repeat("x", n) }))
	rapid.Check(t, func(t *rapid.T) {
		m := samples()["answer"]
		m.Subject = hostile.Draw(t, "subject")
		m.FromName = hostile.Draw(t, "from name")
		m.ToName = hostile.Draw(t, "to name")
		m.InReplyTo = hostile.Draw(t, "in-reply-to")
		m.References = rapid.SliceOfN(hostile, 0, 5).Draw(t, "references")
		m.Language = rapid.SampledFrom([]string{"de", "", "de\r\nX-Evil: 1"}).Draw(t, "language")
		m.Text = hostile.Draw(t, "text")
		m.HTML = rapid.OneOf(hostile, rapid.Just("--"+boundary("alternative", m.MessageID)+"--\nX-Evil: 1\n\n")).Draw(t, "html")
		file := notify.Attachment{Name: hostile.Draw(t, "file"), Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
			MediaType: rapid.OneOf(hostile, rapid.SampledFrom([]string{"application/pdf", "multipart/mixed", "message/rfc822"})).Draw(t, "type")}
		m.Attachments = rapid.SampledFrom([][]notify.Attachment{nil, {file}, {file, file}}).Draw(t, "files")
		raw, err := Render(m)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("bad line %q", line)
			}
		}
		got, err := parse(raw)
		if err != nil {
			t.Fatalf("cannot be read: %v\n%s", err, raw)
		}
		for _, key := range got.Fields {
			if key == "Bcc" || key == "X-Evil" {
				t.Fatalf("injected %s:\n%s", key, raw)
			}
		}
		if len(got.Files) != len(m.Attachments) {
			t.Fatalf("%d files of %d:\n%s", len(got.Files), len(m.Attachments), raw)
		}
		for _, f := range got.Files {
			if !bytes.Equal(f.Data, file.Data) || f.Name == "" || strings.ContainsAny(f.Name, "/\\\r\n") {
				t.Fatalf("file %q with %x, sent %q with %x", f.Name, f.Data, file.Name, file.Data)
			}
		}
		if want := 1 + min(len(m.HTML), 1); len(got.Types) != want || got.To != m.To || got.From != m.FromAddr {
			t.Fatalf("parts %q, to %s:\n%s", got.Types, got.To, raw)
		}
	})
}
