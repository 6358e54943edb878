package mailout

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"retour/notify"
)

// envelope is a mail ready for the wire.
type envelope struct {
	from, to string
	utf8     bool // an address needs SMTPUTF8 (RFC 6531)
	raw      []byte
}

// envelopeOf renders the mail. The sender of the envelope is the desk, so that
// bounces come back to it.
func envelopeOf(m notify.Mail) (envelope, error) {
	raw, err := Render(m)
	if err != nil {
		return envelope{}, err
	}
	from, err := addrSpec(m.FromAddr)
	if err != nil {
		return envelope{}, err
	}
	to, err := addrSpec(m.To)
	if err != nil {
		return envelope{}, err
	}
	return envelope{from: from, to: to, utf8: !ascii(from) || !ascii(to), raw: raw}, nil
}

// Render makes the bytes of a mail (RFC 5322, MIME), always the same for the
// same mail. It fails when an address, the Message-ID or the date is not one.
func Render(m notify.Mail) ([]byte, error) {
	fields, err := header(m)
	if err != nil {
		return nil, fmt.Errorf("render mail %s: %w", printable(m.MessageID), err)
	}
	var b bytes.Buffer
	for _, f := range fields {
		b.WriteString(fold(f.name + ": " + f.value))
	}
	writeBody(&b, m)
	return b.Bytes(), nil
}

type field struct{ name, value string }

func header(m notify.Mail) ([]field, error) {
	from, err := address(m.FromName, m.FromAddr)
	if err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	to, err := address(m.ToName, m.To)
	if err != nil {
		return nil, fmt.Errorf("recipient: %w", err)
	}
	if !validID(m.MessageID) {
		return nil, errors.New("the Message-ID is not one (RFC 5322, 3.6.4)")
	}
	if m.Date.IsZero() {
		return nil, errors.New("it has no date")
	}
	fields := []field{
		{"Date", m.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700")},
		{"From", from},
		{"To", to},
		{"Subject", subject(m.Subject)},
		{"Message-ID", "<" + m.MessageID + ">"},
	}
	fields = append(fields, thread(m)...)
	fields = append(fields, manners(m)...)
	return append(fields, field{"MIME-Version", "1.0"}), nil
}

// thread links the mail to what it answers. Ids come from customers' mails:
// what is no Message-ID is left out.
func thread(m notify.Mail) []field {
	var fields []field
	if validID(m.InReplyTo) {
		fields = append(fields, field{"In-Reply-To", "<" + m.InReplyTo + ">"})
	}
	var refs []string
	for _, id := range m.References {
		if validID(id) {
			refs = append(refs, "<"+id+">")
		}
	}
	if len(refs) > 0 {
		fields = append(fields, field{"References", strings.Join(bounded(refs), " ")})
	}
	return fields
}

// bounded keeps the first reference and the newest, as RFC 5537 advises.
func bounded(refs []string) []string {
	const most = 20
	if len(refs) <= most {
		return refs
	}
	return append([]string{refs[0]}, refs[len(refs)-most+1:]...)
}

// manners says to machines that a machine wrote (RFC 3834; Exchange reads the
// X- field).
func manners(m notify.Mail) []field {
	submitted := "auto-generated"
	if m.Automatic {
		submitted = "auto-replied"
	}
	fields := []field{{"Auto-Submitted", submitted}, {"X-Auto-Response-Suppress", "All"}}
	if lang := printable(m.Language); lang != "" {
		fields = append(fields, field{"Content-Language", lang})
	}
	return fields
}

// writeBody writes the text in its forms, and the attached files after it (RFC
// 2046: multipart/alternative inside of multipart/mixed).
func writeBody(b *bytes.Buffer, m notify.Mail) {
	files := files(m, func(a notify.Attachment) bool { return !shown(m, a) })
	if len(files) == 0 {
		writeForms(b, m)
		return
	}
	w := parts(b, "mixed", m.MessageID)
	nested(b, w, func() { writeForms(b, m) })
	for _, a := range files {
		writeFile(b, w, a, "attachment")
	}
	_ = w.Close()
}

// shown is true of a picture that stands in the HTML.
func shown(m notify.Mail, a notify.Attachment) bool { return m.HTML != "" && validID(a.ContentID) }

func files(m notify.Mail, keep func(notify.Attachment) bool) (kept []notify.Attachment) {
	for _, a := range m.Attachments {
		if keep(a) {
			kept = append(kept, a)
		}
	}
	return kept
}

// parts begins a multipart of its own boundary.
func parts(b *bytes.Buffer, kind, id string) *multipart.Writer {
	w := multipart.NewWriter(b)
	_ = w.SetBoundary(boundary(kind, id)) // always a valid one
	param := ""
	if kind == "related" {
		param = " type=\"text/html\";\r\n"
	}
	fmt.Fprintf(b, "Content-Type: multipart/%s;\r\n%s boundary=%q\r\n\r\n", kind, param, w.Boundary())
	return w
}

// nested writes a part that is a multipart itself and brings its own fields.
func nested(b *bytes.Buffer, w *multipart.Writer, write func()) {
	_, _ = w.CreatePart(nil) // writes to memory only, like all here
	b.Truncate(b.Len() - len("\r\n"))
	write()
}

func writeForms(b *bytes.Buffer, m notify.Mail) {
	if m.HTML == "" {
		b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
		writeText(b, m.Text)
		return
	}
	w := parts(b, "alternative", m.MessageID)
	writePart(b, w, "text/plain", m.Text)
	writeHTML(b, w, m)
	_ = w.Close()
}

// writeHTML writes the HTML form, and with it the pictures that it shows (RFC
// 2387: multipart/related, the HTML first).
func writeHTML(b *bytes.Buffer, w *multipart.Writer, m notify.Mail) {
	pictures := files(m, func(a notify.Attachment) bool { return shown(m, a) })
	if len(pictures) == 0 {
		writePart(b, w, "text/html", m.HTML)
		return
	}
	nested(b, w, func() {
		related := parts(b, "related", m.MessageID)
		writePart(b, related, "text/html", m.HTML)
		for _, a := range pictures {
			writeFile(b, related, a, "inline")
		}
		_ = related.Close()
	})
}

// writeFile writes an attached file. Its name stands in the field where it
// belongs as RFC 2231 has it, and beside the type as an encoded word (RFC 2047)
// for the readers that look there.
func writeFile(b *bytes.Buffer, w *multipart.Writer, a notify.Attachment, disposition string) {
	name := fileName(a.Name)
	mediaType := "application/octet-stream"
	if fileType.MatchString(a.MediaType) {
		mediaType = a.MediaType
	}
	fields := textproto.MIMEHeader{
		"Content-Type":              {withParam(mediaType, "name", mime.QEncoding.Encode("utf-8", name))},
		"Content-Disposition":       {withParam(disposition, "filename", name)},
		"Content-Transfer-Encoding": {"base64"},
	}
	if disposition == "inline" {
		fields["Content-ID"] = []string{"<" + a.ContentID + ">"}
	}
	_, _ = w.CreatePart(fields)
	const line = 57 // bytes that make 76 characters
	for chunk := range slices.Chunk(a.Data, line) {
		b.WriteString(base64.StdEncoding.EncodeToString(chunk) + "\r\n")
	}
}

// fileType is a type that has no parts of its own, in the letters and the length
// that RFC 6838 (4.2) allows; nothing of ours needs the others.
var fileType = regexp.MustCompile(`^(application|image|text|audio|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$`)

// withParam is a value with a parameter on a line of its own.
func withParam(value, param, content string) string {
	return strings.Replace(mime.FormatMediaType(value, map[string]string{param: content}), "; ", ";\r\n ", 1)
}

// fileName is a name without folders, that no system takes for something else.
func fileName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, words(name, 60)), ". ")
	return cmp.Or(name, "attachment")
}

func writePart(b *bytes.Buffer, w *multipart.Writer, mediaType, text string) {
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {mediaType + "; charset=utf-8"},
		"Content-Transfer-Encoding": {"quoted-printable"},
	})
	writeText(b, text)
}

func writeText(b *bytes.Buffer, text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	w := quotedprintable.NewWriter(b)
	_, _ = w.Write([]byte(strings.ToValidUTF8(text, "\uFFFD")))
	_ = w.Close()
	if !strings.HasSuffix(text, "\n") {
		b.WriteString("\r\n")
	}
}

// boundary cannot occur in a quoted-printable part, because of its "=_", nor in
// base64. Each multipart of a mail has another.
func boundary(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + " " + id))
	return "=_retour_" + hex.EncodeToString(sum[:12])
}

// address is "Name <local@domain>", the name encoded where it must be.
func address(name, addr string) (string, error) {
	spec, err := addrSpec(addr)
	if err != nil {
		return "", err
	}
	// net/mail leaves a backslash in an encoded word, where RFC 2047 (5.3) forbids it.
	name = strings.ReplaceAll(words(name, 100), `\`, "")
	return (&mail.Address{Name: name, Address: spec}).String(), nil
}

// addrSpec checks an address and writes its domain as the DNS knows it.
func addrSpec(addr string) (string, error) {
	parsed, err := mail.ParseAddress("<" + addr + ">")
	if err != nil || parsed.Address != addr || len(addr) > 254 || printable(addr) != addr {
		return "", fmt.Errorf("%q is not a mail address", words(addr, 254))
	}
	at := strings.LastIndexByte(addr, '@') + 1
	if ascii(addr[at:]) {
		return addr, nil
	}
	domain, err := idna.Lookup.ToASCII(addr[at:])
	if err != nil {
		return "", fmt.Errorf("%q is not a mail address: %w", addr, err)
	}
	return addr[:at] + domain, nil
}

// messageID is wider than RFC 5322, 3.6.4: an id of a customer's mail goes back
// as it came, or his mail program does not find the thread. What could end the
// id or begin a comment or a quoted string is not in it.
var messageID = regexp.MustCompile(`^[!#-'*+\--:=?A-\[\]-~]{1,200}@[!#-'*+\--:=?A-\[\]-~]{1,200}$`)

func validID(id string) bool { return messageID.MatchString(id) }

func subject(s string) string {
	return mime.QEncoding.Encode("utf-8", words(s, 250))
}

// words is a line of text for a field. What looks like an encoded word but is
// not one of ours is broken, so that no reader decodes it.
func words(s string, most int) string {
	return strings.ReplaceAll(clip(printable(s), most), "=?", "= ?")
}

// printable is one line of text without controls, so that no value can become
// a header field of its own or turn the direction of what stands after it.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(s), " ")
}

func clip(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// fold breaks a field at spaces to lines of 76, and never inside a word: a
// Message-ID that is broken off its name is lost on some servers.
func fold(line string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Split(line, " ") {
		if i > 1 && width+1+len(word) > 76 {
			b.WriteString("\r\n")
			width = 0
		}
		if i > 0 {
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String() + "\r\n"
}
