package ingest

import (
	"bytes"
	"fmt"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// DefaultLimits are the bounds that the desk runs with.
func DefaultLimits() Limits {
	return Limits{Depth: 20, Parts: 1000, Header: 512 << 10, Text: 512 << 10, Attachment: 30 << 20}
}

// Parse reads a mail (RFC 5322, RFC 2045). It never fails and never panics:
// what cannot be understood is kept as text or attachment and named in
// Problems. The attachments' data may share memory with raw.
func Parse(raw []byte, lim Limits) *Message {
	w := &walker{lim: lim}
	return w.message(w.lineEnds(raw), 0, "")
}

// walker carries the bounds through one mail and the mails within it.
type walker struct {
	lim   Limits
	parts int // seen so far, those of nested mails too
}

// piece is one stretch of the body: a text, or the forms of one alternative.
type piece struct {
	plain, html string
	hasPlain    bool
}

// part is one MIME part on its way into a Message.
type part struct {
	path      string // "1.2", "" for the mail itself
	header    textproto.Header
	mediaType string
	params    map[string]string
	body      []byte // not decoded
}

// body collects what the parts of one Message give.
type body struct {
	msg    *Message
	pieces []piece
	spare  []piece // texts that count only where there is no other: named ones, Outlook's packed one
}

func (w *walker) message(raw []byte, depth int, path string) *Message {
	m := &Message{}
	h, rest := m.readHeader(raw, w.lim.Header, path)
	m.fillHeader(h)
	b := &body{msg: m}
	w.part(b, newPart(h, rest, path, "text/plain"), depth)
	b.finish(w.lim.Text)
	m.finishReport()
	return m
}

func newPart(h textproto.Header, raw []byte, path, fallback string) part {
	t, params := parseParams(fieldOf(h, "Content-Type"))
	if !strings.Contains(t, "/") {
		t = fallback
	}
	return part{path: path, header: h, mediaType: t, params: params, body: raw}
}

func (w *walker) part(b *body, p part, depth int) {
	w.parts++
	switch {
	case depth >= w.lim.Depth && !p.isText():
		b.msg.problem(p.path, "nested too deeply: kept as it came")
		w.attach(b, p)
	case strings.HasPrefix(p.mediaType, "multipart/"):
		w.multipart(b, p, depth)
	case p.mediaType == "message/rfc822" || p.mediaType == "message/global":
		w.nested(b, p, depth)
	case p.mediaType == "message/partial":
		w.partial(b, p, depth)
	case p.isBody():
		b.pieces = append(b.pieces, w.text(b, p))
	case p.isText() && !p.isFile():
		b.spare = append(b.spare, w.text(&body{msg: &Message{}}, p))
		w.attach(b, p)
	default:
		w.attach(b, p)
	}
}

func (p part) isText() bool {
	return p.mediaType == "text/plain" || p.mediaType == "text/html"
}

// isBody tells a body text from an attached file. A text with a file name is a
// file, unless it is all that the mail has.
func (p part) isBody() bool {
	return p.isText() && !p.isFile() && (p.path == "" || p.name() == "")
}

// isFile tells a part that its sender calls an attachment.
func (p part) isFile() bool {
	disposition, _ := parseParams(fieldOf(p.header, "Content-Disposition"))
	return disposition == "attachment"
}

func (p part) name() string {
	_, params := parseParams(p.header.Get("Content-Disposition"))
	name := params["filename"]
	if name == "" {
		name = p.params["name"]
	}
	return fileName(decodeWords(header8bit(name, p.params["charset"])))
}

// fileName makes a name safe to show and to store: without folders, without
// control characters and without those that turn the direction of writing
// round, which make "exe.jpg" of "gpj.exe".
func fileName(s string) string {
	const longest = 255 // bytes
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, header8bit(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if strings.Trim(s, ". ") == "" {
		return ""
	}
	if len(s) > longest {
		ext := cut(path.Ext(s), 20)
		s = cut(s, longest-len(ext)) + ext
	}
	return s
}

func (w *walker) multipart(b *body, p part, depth int) {
	raw := p.body
	boundary := p.params["boundary"]
	if boundary == "" || !bytes.Contains(raw, []byte("--"+boundary)) {
		raw, boundary = w.repairMultipart(p, boundary)
	}
	var parts [][]byte
	closed := false
	if boundary != "" {
		parts, closed = splitParts(raw, boundary, w.lim.Parts-w.parts)
	}
	if len(parts) == 0 && !closed && w.parts < w.lim.Parts {
		b.msg.problem(p.path, "multipart without its boundary: read as text")
		p.mediaType = "text/plain"
		b.pieces = append(b.pieces, w.text(b, p))
		return
	}
	if !closed {
		b.msg.problem(p.path, "the closing boundary is missing, or there are too many parts")
	}
	var forms []piece
	for i, raw := range parts {
		if w.parts >= w.lim.Parts {
			break
		}
		mark := len(b.pieces)
		w.child(b, p, raw, i+1, depth)
		if p.mediaType == "multipart/alternative" {
			forms = append(forms, joined(b.pieces[mark:])...)
			b.pieces = b.pieces[:mark]
		}
	}
	b.pieces = append(b.pieces, oneOf(forms)...)
}

// joined makes one form of the pieces of one child: a text with pictures
// between its paragraphs is several.
func joined(pieces []piece) []piece {
	if len(pieces) < 2 {
		return pieces
	}
	var one piece
	for _, p := range pieces {
		if p.hasPlain {
			one.plain, one.hasPlain = strings.TrimPrefix(one.plain+"\n"+p.plain, "\n"), true
		}
		if p.html != "" {
			one.html = strings.TrimPrefix(one.html+"\n"+p.html, "\n")
		}
	}
	return []piece{one}
}

func (w *walker) child(b *body, parent part, raw []byte, n, depth int) {
	path := strconv.Itoa(n)
	if parent.path != "" {
		path = parent.path + "." + path
	}
	fallback := "text/plain"
	if parent.mediaType == "multipart/digest" {
		fallback = "message/rfc822"
	}
	h, rest := b.msg.readHeader(raw, w.lim.Header, path)
	w.part(b, newPart(h, rest, path, fallback), depth+1)
}

// oneOf reduces the forms of an alternative to one piece: the plain text and
// the last HTML that are not empty. Two plain texts that differ are no
// alternatives, whatever the mail says: both are kept.
func oneOf(forms []piece) []piece {
	var one piece
	for _, f := range forms {
		text := strings.TrimSpace(f.plain)
		switch {
		case !f.hasPlain || text == "" && one.hasPlain:
		case strings.TrimSpace(one.plain) == "" || strings.Contains(text, strings.TrimSpace(one.plain)):
			one.plain, one.hasPlain = f.plain, true
		case !strings.Contains(one.plain, text):
			one.plain += "\n" + f.plain
		}
		if f.html != "" {
			one.html = f.html
		}
	}
	if !one.hasPlain && one.html == "" {
		return nil
	}
	return []piece{one}
}

// repairMultipart finds the boundary where none is declared or the declared
// one does not occur, also when the whole multipart is encoded.
func (w *walker) repairMultipart(p part, declared string) ([]byte, string) {
	raw := p.body
	if e := p.encoding(); e == "base64" || e == "quoted-printable" {
		raw, _, _ = decodeTransfer(e, raw, w.lim.Attachment)
		if declared != "" && bytes.Contains(raw, []byte("--"+declared)) {
			return raw, declared
		}
	}
	for rest := raw; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		line = bytes.TrimRight(line, " \t\r")
		next, _, _ := bytes.Cut(after, []byte("\n"))
		if len(line) > 4 && bytes.HasPrefix(line, []byte("--")) && bytes.HasPrefix(bytes.ToLower(next), []byte("content-")) {
			return raw, string(line[2:])
		}
		rest = after
	}
	return raw, ""
}

// splitParts cuts a multipart body at its boundary lines. The closing boundary
// may be missing; at most limit parts are given.
func splitParts(raw []byte, boundary string, limit int) (parts [][]byte, closed bool) {
	delim := []byte("--" + boundary)
	start := -1 // of the part that is open
	for at := 0; ; {
		i := bytes.Index(raw[at:], delim)
		if i < 0 {
			break
		}
		i += at
		at = i + len(delim)
		end := at + lineLength(raw[at:])
		tail := bytes.TrimSpace(raw[at:end])
		last := bytes.HasPrefix(tail, []byte("--"))
		if i > 0 && raw[i-1] != '\n' || len(tail) > 0 && !last {
			continue
		}
		if start >= 0 {
			parts = append(parts, trimBreak(raw[start:max(i, start)]))
		}
		if last || len(parts) >= limit {
			return parts, last
		}
		start, at = end, end
	}
	if start >= 0 && start < len(raw) {
		parts = append(parts, raw[start:])
	}
	return parts, false
}

// lineLength is the length of the first line, its end included.
func lineLength(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

func trimBreak(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

func (p part) encoding() string {
	v, _, _ := strings.Cut(fieldOf(p.header, "Content-Transfer-Encoding"), ";")
	return strings.ToLower(strings.TrimSpace(v))
}

// decode gives what may be kept of a part, and how large it is.
func (w *walker) decode(b *body, p part) (data []byte, size int) {
	data, size, problem := decodeTransfer(p.encoding(), p.body, w.lim.Attachment)
	if problem != "" {
		b.msg.problem(p.path, problem)
	}
	return data, size
}

func (w *walker) text(b *body, p part) piece {
	data, size := w.decode(b, p)
	if p.mediaType == "text/plain" {
		data = takeUuencoded(data, func(name string, file []byte) {
			b.msg.Attachments = append(b.msg.Attachments, w.file(fileName(name), "application/octet-stream", file, len(file)))
		})
	}
	if len(data) > w.lim.Text {
		b.msg.problem(p.path, fmt.Sprintf("text of %d bytes, the first %d are read", size, w.lim.Text))
		data = data[:w.lim.Text]
	}
	s, problem := decodeText(p.params["charset"], data, p.mediaType == "text/html")
	if problem != "" {
		b.msg.problem(p.path, problem)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	if p.mediaType == "text/html" {
		return piece{html: s}
	}
	if strings.EqualFold(p.params["format"], "flowed") {
		s = unflow(s, strings.EqualFold(p.params["delsp"], "yes"))
	}
	return piece{plain: s, hasPlain: true}
}

func (w *walker) nested(b *body, p part, depth int) {
	raw, size := w.decode(b, p)
	if size > len(raw) {
		b.msg.problem(p.path, fmt.Sprintf("mail of %d bytes, the first %d are read", size, len(raw)))
	}
	a := w.attachment(p, raw, size)
	a.Message = w.message(raw, depth+1, p.path)
	if a.Name == "" {
		a.Name = "message.eml"
	}
	b.msg.Attachments = append(b.msg.Attachments, a)
}

// partial is one piece of a mail that was sent in several (RFC 2046, 5.2.2).
// The first has the header and the begin of the text; what a later one holds
// cannot be told without the others.
func (w *walker) partial(b *body, p part, depth int) {
	b.msg.problem(p.path, "piece "+p.params["number"]+" of "+p.params["total"]+" of a mail that was cut up: the others are needed to read it")
	if p.params["number"] == "1" {
		w.nested(b, p, depth)
		return
	}
	w.attach(b, p)
}

func (w *walker) attach(b *body, p part) {
	data, size, isFilm := w.film(p)
	if !isFilm {
		data, size = w.decode(b, p)
	}
	if p.mediaType == "application/ms-tnef" || p.mediaType == "application/vnd.ms-tnef" || strings.EqualFold(p.name(), "winmail.dat") {
		if t, ok := parseTNEF(data, 0); ok {
			w.unpack(b, t)
			return
		}
	}
	a := w.attachment(p, data, size)
	if strings.HasSuffix(strings.ToLower(a.Name), ".eml") && p.mediaType == "application/octet-stream" {
		a.Message = w.message(data, w.lim.Depth, p.path)
	}
	b.msg.Attachments = append(b.msg.Attachments, a)
	switch p.mediaType {
	case "message/delivery-status", "message/global-delivery-status":
		b.msg.Report = parseStatus(data, b.msg.Report)
	case "message/disposition-notification":
		b.msg.Report = parseReceipt(data)
	case "text/rfc822-headers", "message/rfc822-headers":
		b.msg.Attachments[len(b.msg.Attachments)-1].Message = headerOnly(data, w.lim.Header)
	}
}

// unpack puts what Outlook packed where it belongs. The body counts only where
// the mail brings none of its own.
func (w *walker) unpack(b *body, t *tnef) {
	if strings.TrimSpace(t.body) != "" {
		b.spare = append(b.spare, piece{plain: cut(strings.ReplaceAll(t.body, "\r\n", "\n"), w.lim.Text), hasPlain: true})
	} else if len(t.html) > 0 {
		s, _ := decodeText("", t.html[:min(len(t.html), w.lim.Text)], true)
		b.spare = append(b.spare, piece{html: s})
	}
	for _, f := range t.files {
		if w.parts++; w.parts > w.lim.Parts {
			b.msg.problem("", "too many parts in winmail.dat")
			return
		}
		if f.message != nil {
			w.unpack(b, f.message)
			continue
		}
		mediaType, _ := parseParams(header8bit(f.mediaType, ""))
		if !strings.Contains(mediaType, "/") {
			mediaType = "application/octet-stream"
		}
		a := w.file(fileName(f.name), mediaType, f.data, len(f.data))
		a.ContentID = strings.Trim(header8bit(f.contentID, ""), "<>")
		b.msg.Attachments = append(b.msg.Attachments, a)
	}
}

func (w *walker) attachment(p part, data []byte, size int) Attachment {
	disposition, _ := parseParams(fieldOf(p.header, "Content-Disposition"))
	id := strings.Trim(strings.TrimSpace(fieldOf(p.header, "Content-Id")), "<>")
	a := w.file(p.name(), p.mediaType, data, size)
	a.ContentID = id
	a.Inline = disposition == "inline" || disposition == "" && id != ""
	return a
}

func (w *walker) file(name, mediaType string, data []byte, size int) Attachment {
	a := Attachment{Name: name, MediaType: mediaType, Size: size}
	if size <= w.lim.Attachment {
		a.Data = data
	}
	return a
}

// finish makes the body text of the pieces; of the spare ones where those say
// nothing: nothing that was written is left unread.
func (b *body) finish(limit int) {
	if b.write(b.pieces, limit); b.msg.Text == "" && len(b.spare) > 0 {
		b.write(append(b.pieces, b.spare...), limit)
	}
}

func (b *body) write(pieces []piece, limit int) {
	var text, html []string
	for _, p := range pieces {
		if strings.TrimSpace(p.plain) == "" && p.html != "" {
			p.plain = htmlText(p.html)
		}
		if strings.TrimSpace(p.plain) != "" {
			text = append(text, p.plain)
		}
		if p.html != "" {
			html = append(html, p.html)
		}
	}
	m := b.msg
	m.Text = strings.Join(text, "\n")
	if len(m.Text) > limit {
		m.problem("", fmt.Sprintf("texts of %d bytes, the first %d are read", len(m.Text), limit))
		m.Text = cut(m.Text, limit)
	}
	m.HTML = strings.Join(html, "\n")
}

// cut shortens s to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func (m *Message) problem(where, what string) {
	const most = 100
	if len(m.Problems) < most {
		m.Problems = append(m.Problems, Problem{Where: where, What: what})
	}
}

// lineEnds turns a mail that knows only bare CR into one with LF, as much of it
// as may be held twice.
func (w *walker) lineEnds(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	return bytes.ReplaceAll(raw[:min(len(raw), w.lim.Header+w.lim.Attachment)], []byte("\r"), []byte("\n"))
}
