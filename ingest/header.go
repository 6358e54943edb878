package ingest

import (
	"bufio"
	"bytes"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// longField is the most that is kept of one header field, in bytes.
const longField = 64 << 10

// readHeader takes the header block off raw and gives it with the rest. It
// lives with stray lines, an mbox "From " line, 8-bit text and bare CR.
func (m *Message) readHeader(raw []byte, limit int, where string) (textproto.Header, []byte) {
	block, body, problem := splitHeader(raw, limit)
	if problem != "" {
		m.problem(where, problem)
	}
	h, err := textproto.ReadHeader(bufio.NewReaderSize(bytes.NewReader(block), min(len(block)+1, 4096)))
	if err != nil {
		m.problem(where, "header: "+err.Error())
	}
	return h, body
}

// splitHeader gives a clean header block, ended by an empty line, and the body.
func splitHeader(raw []byte, limit int) (block, body []byte, problem string) {
	rest := skipLead(raw)
	for len(rest) > 0 {
		n := lineLength(rest)
		line := bytes.TrimRight(rest[:n], "\r\n")
		switch {
		case len(bytes.TrimSpace(line)) == 0 && (len(line) == 0 || len(block) == 0 || !isFolded(rest[n:])):
			return append(block, "\r\n"...), rest[n:], problem
		case isFolded(line) && len(block) > 0:
			if len(block)+len(line) < limit {
				block = appendField(block[:len(block)-2], line, true)
			}
		case isField(line):
			if len(block)+len(line) < limit {
				block = appendField(block, line, false)
			} else {
				problem = "the header is too long: only its beginning is read"
			}
		case !fieldsFollow(rest[n:]):
			return append(block, "\r\n"...), rest, "no empty line between header and body"
		default:
			problem = "a line in the header is no field"
		}
		rest = rest[n:]
	}
	return append(block, "\r\n"...), nil, problem
}

// skipLead passes over empty lines and an mbox "From " line.
func skipLead(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	trimmed := bytes.TrimLeft(raw, "\r\n \t")
	if len(trimmed) < len(raw) && isField(trimmed[:lineLength(trimmed)]) {
		raw = trimmed
	}
	if bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		return raw[lineLength(raw):]
	}
	return raw
}

func appendField(block, line []byte, folded bool) []byte {
	if folded {
		block = append(block, "\r\n"...)
	}
	line = line[:min(len(line), longField)]
	for _, c := range line {
		if c == '\r' || c == 0 {
			c = ' '
		}
		block = append(block, c)
	}
	return append(block, "\r\n"...)
}

func isFolded(line []byte) bool {
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && len(bytes.TrimSpace(line[:lineLength(line)])) > 0
}

// isField tells a line that begins with a field name and a colon.
func isField(line []byte) bool {
	i := bytes.IndexByte(line[:min(len(line), 200)], ':')
	if i <= 0 {
		return false
	}
	for _, c := range line[:i] {
		if c <= ' ' || c >= 127 {
			return false
		}
	}
	return true
}

// fieldsFollow tells whether a field comes before the next empty line, so that
// a stray line is in the middle of a header and not the begin of a body.
func fieldsFollow(rest []byte) bool {
	for range 20 {
		n := lineLength(rest)
		line := bytes.TrimRight(rest[:n], "\r\n")
		if len(line) == 0 {
			return false
		}
		if isField(line) && knownField(line) {
			return true
		}
		rest = rest[n:]
	}
	return false
}

func knownField(line []byte) bool {
	name, _, _ := strings.Cut(strings.ToLower(string(line[:min(len(line), 60)])), ":")
	switch name {
	case "from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "reply-to", "sender", "in-reply-to", "references":
		return true
	}
	return strings.HasPrefix(name, "x-") || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "mime-") || strings.HasPrefix(name, "list-")
}

func (m *Message) fillHeader(h textproto.Header) {
	m.Header = map[string][]string{}
	_, params := parseParams(fieldOf(h, "Content-Type"))
	raw := map[string][]string{}
	for f := h.Fields(); f.Next(); {
		v := header8bit(f.Value(), params["charset"])
		raw[f.Key()] = append(raw[f.Key()], v)
		m.Header[f.Key()] = append(m.Header[f.Key()], decodeWords(v))
	}
	first := func(k string) string { return strings.Join(raw[k][:min(1, len(raw[k]))], "") }
	m.MessageID = messageID(first("Message-Id"))
	m.InReplyTo = messageIDs(raw["In-Reply-To"])
	m.References = messageIDs(raw["References"])
	m.From = addresses(raw["From"])
	m.Sender = addresses(raw["Sender"])
	m.ReplyTo = addresses(raw["Reply-To"])
	m.To = addresses(raw["To"])
	m.Cc = addresses(raw["Cc"])
	_, m.HasReturn = raw["Return-Path"]
	m.ReturnPath = strings.ToLower(strings.Trim(strings.TrimSpace(first("Return-Path")), "<> "))
	m.Subject = strings.Join(strings.Fields(decodeWords(first("Subject"))), " ")
	m.Date = parseDate(first("Date"))
	m.verdicts = raw["Authentication-Results"]
	m.missing(raw)
}

func (m *Message) missing(raw map[string][]string) {
	if m.MessageID == "" {
		m.problem("Message-Id", "missing or empty")
	}
	if len(m.From) == 0 {
		m.problem("From", "missing or without an address")
	}
	if m.Date.IsZero() {
		m.problem("Date", "missing or unreadable")
	}
	for _, k := range []string{"From", "Subject", "Date", "Message-Id"} {
		if len(raw[k]) > 1 {
			m.problem(k, "more than once: the first counts")
		}
	}
}

// fieldOf is a field of a part or of a report, in UTF-8.
func fieldOf(h textproto.Header, key string) string { return header8bit(h.Get(key), "") }

var (
	angled  = newPattern(`<\s*([^<>]*?)\s*>`)
	blanks  = newPattern(`\s+`)
	comment = newPattern(`\([^()]*\)`)
)

// messageID gives an id without angle brackets. Folding inside of an id is
// undone; text beside the brackets is ignored.
func messageID(v string) string {
	if m := angled.FindStringSubmatch(v); m != nil {
		v = m[1]
	}
	id := blanks.ReplaceAllString(strings.Trim(v, "<> \t"), "")
	if len(id) > longestLine {
		return "" // it fits into no line, so nobody can refer to it
	}
	return id
}

// longestLine is how long a line of a mail may be (RFC 5322 section 2.1.1).
const longestLine = 998

// messageIDs reads In-Reply-To and References; only what has an @ or stands in
// brackets is an id, and an empty one is none.
func messageIDs(values []string) []string {
	const most = 200
	var ids []string
	for _, v := range values {
		for _, m := range angled.FindAllStringSubmatch(v, most) {
			if id := blanks.ReplaceAllString(m[1], ""); id != "" {
				ids = append(ids, id)
			}
		}
		if len(ids) == 0 {
			for f := range strings.FieldsSeq(v) {
				if strings.Contains(f, "@") && utf8.ValidString(f) {
					ids = append(ids, strings.Trim(f, `<>",;`))
				}
			}
		}
	}
	return ids[:min(len(ids), most)]
}

// parseDate reads a Date field, in the standard's form or one of those that
// old and careless software writes; zero when none fits.
func parseDate(v string) time.Time {
	v = strings.TrimSpace(v)
	if t, err := mail.ParseDate(v); err == nil && t.Year() > 1970 {
		return t
	}
	v = comment.ReplaceAllString(v, "")
	if i := strings.IndexByte(v, ','); i >= 0 && i < 12 {
		v = v[i+1:]
	}
	v = strings.Join(strings.Fields(strings.NewReplacer("GMT+", "+", "GMT-", "-", "UTC+", "+").Replace(v)), " ")
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, v); err == nil && t.Year() > 1970 {
			return t
		}
	}
	return time.Time{}
}

var dateLayouts = []string{
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05 -07:00", "2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04 -0700", "2 Jan 2006 15:04", "2 Jan 06 15:04:05 -0700", "2 Jan 06 15:04:05 MST",
	"2 January 2006 15:04:05 -0700", "2-Jan-2006 15:04:05 -0700", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 MST 2006",
	"Jan 2 15:04:05 2006", "Jan 2, 2006 15:04:05", time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05",
	"02.01.2006 15:04:05", "02/01/2006 15:04:05", "2 Jan 2006",
}
