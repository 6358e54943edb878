package ingest

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// TestFileNames: a name is for showing and storing, never a path.
func TestFileNames(t *testing.T) {
	for in, want := range map[string]string{
		"photo.jpg":                        "photo.jpg",
		"../../etc/passwd":                 "passwd",
		`C:\Users\Ada\label.jpg`:           "label.jpg",
		"..":                               "",
		"a\x00b\x1f.pdf":                   "ab.pdf",
		"line\r\nbreak.txt":                "line break.txt",
		"photo\u202egpj.exe":               "photogpj.exe",
		"caf\xe9.pdf":                      "café.pdf",
		strings.Repeat("x", 400) + ".xlsx": strings.Repeat("x", 250) + ".xlsx",
	} {
		if got := fileName(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func parseText(s string) *Message {
	return Parse([]byte(strings.ReplaceAll(s, "\n", "\r\n")), DefaultLimits())
}

// TestBodies: which text of a mail is its body.
func TestBodies(t *testing.T) {
	const head = "From: ada@customer.example\nSubject: x\nMIME-Version: 1.0\n"
	for name, c := range map[string]struct {
		mail, want string
		files      []string
	}{
		"a named text is the body where there is no other": {
			"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=mail.txt\n\nIt is dead.\n--b--\n", "It is dead.", []string{"mail.txt"}},
		"a named text beside a body": {
			"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the list.\n--b\nContent-Type: text/plain; name=list.txt\n\n4711\n--b--\n", "See the list.", []string{"list.txt"}},
		"two texts that are no alternatives": {
			"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nIt is dead.\n--b\nContent-Type: text/plain\n\nSerial 4711.\n--b--\n", "It is dead.\nSerial 4711.", nil},
		"a photo between two paragraphs of an alternative": {
			"Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>One.</p>\n--c\nContent-Type: image/png; name=p.png\n\nx\n--c\nContent-Type: text/html\n\n<p>Two.</p>\n--c--\n--b--\n", "One.\n\nTwo.", []string{"p.png"}},
		"a file in the text": {
			"\nIt is dead.\nbegin 644 list.txt\n$-#<Q,0``\n`\nend\nRegards\n", "It is dead.\nRegards", []string{"list.txt"}},
		"a sentence that begins like a file": {
			"\nbegin 644 now\nand then it hangs.\n", "begin 644 now\nand then it hangs.", nil},
		"boundaries that are others": {
			"Content-Type: multipart/mixed; boundary=a\n\n--ab\n\nIt is dead.\n--ab--\n", "--ab\n\nIt is dead.\n--ab--", nil},
		"the first piece of a mail in pieces": {
			"Content-Type: message/partial; number=1; total=2; id=x\n\nSubject: y\n\nIt is dead.\n", "", []string{"message.eml"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := parseText(head + c.mail)
			if got := strings.TrimSpace(m.Text); got != c.want {
				t.Errorf("text %q, want %q", got, c.want)
			}
			var names []string
			for _, a := range m.Attachments {
				names = append(names, a.Name)
			}
			if strings.Join(names, ",") != strings.Join(c.files, ",") {
				t.Errorf("files %q, want %q", names, c.files)
			}
		})
	}
	m := Parse([]byte("    \r\n \r\nSubject: late\r\n\r\nbody"), DefaultLimits())
	if m.Subject != "late" || m.Text != "body" {
		t.Errorf("spaces before the header: subject %q, text %q", m.Subject, m.Text)
	}
}

// packed builds a winmail.dat out of attributes.
func packed(attributes ...[]byte) []byte {
	out := binary.LittleEndian.AppendUint32(nil, tnefSignature)
	out = append(out, 1, 0)
	for _, a := range attributes {
		out = append(out, a...)
	}
	return out
}

func attribute(id uint32, value []byte) []byte {
	b := append([]byte{1}, binary.LittleEndian.AppendUint32(nil, id)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(value)))
	return append(append(b, value...), 0, 0)
}

// properties packs properties of one kind: text in UTF-16, or bytes.
func properties(kind uint16, values map[uint16][]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(values)))
	for id, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(id)<<16|uint32(kind))
		b = binary.LittleEndian.AppendUint32(b, 1)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(v)))
		b = append(b, v...)
		b = append(b, make([]byte, (4-len(v)%4)%4)...)
	}
	return b
}

func wide(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return append(b, 0, 0)
}

// TestWinmail: text and files come out of Outlook's own package.
func TestWinmail(t *testing.T) {
	data := packed(
		attribute(attBody, []byte("Das Telefon ist tot.\x00")),
		attribute(attRendering, make([]byte, 14)),
		attribute(attTitle, []byte("KURZ~1.TXT\x00")),
		attribute(attData, []byte("4711")),
		attribute(attAttachment, properties(0x1F, map[uint16][]byte{propLongName: wide("Seriennummern für Köln.txt")})),
	)
	mail := "From: ada@customer.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n"
	m := Parse(append([]byte(mail), data...), DefaultLimits())
	if m.Text != "Das Telefon ist tot." || len(m.Attachments) != 1 || m.Attachments[0].Name != "Seriennummern für Köln.txt" || string(m.Attachments[0].Data) != "4711" {
		t.Errorf("text %q, files %+v", m.Text, m.Attachments)
	}
	for n := range data { // cut off anywhere
		parseTNEF(data[:n], 0)
	}
	m = Parse(append([]byte(mail), "no package"...), DefaultLimits())
	if len(m.Attachments) != 1 || m.Attachments[0].Name != "winmail.dat" {
		t.Errorf("what is no package stays as it came: %+v", m.Attachments)
	}
}

// TestWinmailHasSoManyFiles: what is packed counts as the mail's other parts do.
func TestWinmailHasSoManyFiles(t *testing.T) {
	pieces := [][]byte{attribute(attBody, []byte("See the files.\x00"))}
	for range 30 {
		pieces = append(pieces, attribute(attRendering, make([]byte, 14)), attribute(attTitle, []byte("A.TXT\x00")), attribute(attData, []byte("4711")))
	}
	mail := append([]byte("From: ada@customer.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n"), packed(pieces...)...)
	for _, most := range []int{10, 1000} {
		lim := DefaultLimits()
		lim.Parts = most
		m := Parse(mail, lim)
		if want := min(30, most-1); len(m.Attachments) != want || m.Text != "See the files." {
			t.Errorf("of %d parts: %d files, text %q", most, len(m.Attachments), m.Text)
		}
	}
}

// TestRTF: a body that Outlook has only as compressed RTF.
func TestRTF(t *testing.T) {
	rtf := `{\rtf1\ansi{\fonttbl{\f0 Arial;}}\pard It is {\b dead}.\par S/N 4711\'e9\u8364 ?\par}`
	if got := rtfText([]byte(rtf)); got != "It is dead.\nS/N 4711é€" {
		t.Errorf("got %q", got)
	}
	// "abc" as it is, then six more of it out of the window.
	var body []byte
	seed := len(rtfSeed)
	body = append(body, 0b1000, 'a', 'b', 'c', byte(seed>>4), byte(seed&15)<<4|4)
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(body)+12))
	head = binary.LittleEndian.AppendUint32(head, 9)
	head = append(head, "LZFu\x00\x00\x00\x00"...)
	if got := unpackRTF(append(head, body...)); !bytes.Equal(got, []byte("abcabcabc")) {
		t.Errorf("got %q", got)
	}
}
