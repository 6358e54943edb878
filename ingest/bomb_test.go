package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLimits: each bound holds, and it is that bound which does: with a wider one
// the same mail costs more.
func TestLimits(t *testing.T) {
	narrow := Limits{Depth: 5, Parts: 20, Header: 4 << 10, Text: 1 << 10, Attachment: 2 << 10}
	wide := Limits{Depth: 100, Parts: 1000, Header: 1 << 20, Text: 1 << 20, Attachment: 1 << 20}
	const head = "Subject: bomb\r\n"
	var deep, mails, parts, parts2, texts strings.Builder
	for i := range 40 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		mails.WriteString("Content-Type: message/rfc822\r\n\r\nSubject: within\r\n")
		fmt.Fprintf(&parts, "--b\r\nContent-Type: image/png; name=%d.png\r\n\r\nx\r\n", i)
		if i < 15 {
			fmt.Fprintf(&parts2, "--b\r\nContent-Type: multipart/mixed; boundary=c%d\r\n\r\n%s--c%d--\r\n", i, strings.Repeat(fmt.Sprintf("--c%d\r\nContent-Type: image/png\r\n\r\nx\r\n", i), 15), i)
		}
		fmt.Fprintf(&texts, "--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n", strings.Repeat("dead ", 40))
	}
	mixed := "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
	var files [][]byte
	for range 30 {
		files = append(files, attribute(attRendering, make([]byte, 14)), attribute(attTitle, []byte("A.TXT\x00")), attribute(attData, []byte("4711")))
	}
	winmail := "--b\r\nContent-Type: application/ms-tnef\r\n\r\n" + string(packed(files...)) + "\r\n"
	base64 := "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\r\n", 100)
	for name, c := range map[string]struct {
		mail string
		most int // what narrow allows
		cost func(*Message) int
	}{
		"depth of parts":  {head + deep.String() + "\r\nbottom\r\n", 0, func(m *Message) int { return strings.Count(m.Text, "bottom") }},
		"depth of mails":  {head + mails.String() + "\r\nbottom\r\n", narrow.Depth, mailsWithin},
		"parts":           {head + mixed + parts.String() + "--b--\r\n", narrow.Parts, func(m *Message) int { return len(m.Attachments) }},
		"parts in parts":  {head + mixed + parts2.String() + "--b--\r\n", narrow.Parts, func(m *Message) int { return len(m.Attachments) }},
		"behind packed":   {head + mixed + winmail + strings.Repeat("--b\r\nContent-Type: image/png\r\n\r\nx\r\n", 15) + "--b--\r\n", narrow.Parts, func(m *Message) int { return len(m.Attachments) }},
		"header":          {head + strings.Repeat("X-Field: value\r\n", 1000) + "\r\n", narrow.Header, headerBytes},
		"folded header":   {head + "X-Field: value" + strings.Repeat("\r\n more", 1000) + "\r\n\r\n", narrow.Header, headerBytes},
		"header of parts": {head + mixed + "--b\r\nContent-Type: message/rfc822\r\n\r\n" + strings.Repeat("X-Field: value\r\n", 1000) + "\r\nx\r\n--b--\r\n", narrow.Header, headerBytes},
		"text":            {head + "\r\n" + strings.Repeat("dead ", 1000), narrow.Text, func(m *Message) int { return len(m.Text) }},
		"base64 text":     {head + base64, narrow.Text, func(m *Message) int { return len(m.Text) }},
		"texts together":  {head + mixed + texts.String() + "--b--\r\n", narrow.Text, func(m *Message) int { return len(m.Text) }},
		"attachment":      {head + "Content-Type: image/png\r\n\r\n" + strings.Repeat("x", 5000), narrow.Attachment, attachedBytes},
		"base64":          {head + "Content-Type: image/png\r\n" + base64, narrow.Attachment, attachedBytes},
		"mail within":     {head + "Content-Type: message/rfc822\r\n\r\nSubject: within\r\n\r\n" + strings.Repeat("x", 5000), narrow.Attachment, attachedBytes},
	} {
		t.Run(name, func(t *testing.T) {
			if cost := c.cost(Parse([]byte(c.mail), narrow)); cost > c.most {
				t.Errorf("%d, the bound is %d", cost, c.most)
			}
			if cost := c.cost(Parse([]byte(c.mail), wide)); cost <= c.most {
				t.Errorf("%d without the bound of %d: the mail is no bomb", cost, c.most)
			}
		})
	}
}

// TestNoPartsLeft: a multipart for whose parts there is no room is not shown as it
// came: nobody can read that.
func TestNoPartsLeft(t *testing.T) {
	raw := []byte("Subject: bomb\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ndead\r\n--b--\r\n")
	lim := DefaultLimits()
	if m := Parse(raw, lim); m.Text != "dead" {
		t.Errorf("with room: %q", m.Text)
	}
	lim.Parts = 1
	if m := Parse(raw, lim); m.Text != "" || len(m.Attachments) != 0 || len(m.Problems) == 0 {
		t.Errorf("without room: %q, %d files, problems %v", m.Text, len(m.Attachments), m.Problems)
	}
}

// TestFixedLimits: what no configuration changes.
func TestFixedLimits(t *testing.T) {
	ids := strings.Repeat("<a@b.example> ", 5000)
	m := Parse([]byte("Subject: bomb\r\nTo: "+strings.Repeat("Ada <ada@customer.example>, ", 5000)+strings.Repeat("\r\nReferences: "+ids, 3)+"\r\nX-Long: "+strings.Repeat("x", 100_000)+
		"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"+strings.Repeat("--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: odd\r\n\r\nx\r\n", 500)), DefaultLimits())
	for name, c := range map[string]struct{ got, most int }{
		"recipients":          {len(m.To), 1000},
		"references":          {len(m.References), 200},
		"bytes of one field":  {len(m.first("X-Long")), longField},
		"problems":            {len(m.Problems), 100},
		"name of a recipient": {len(addresses([]string{strings.Repeat("Ada, ", 5000) + "<ada@customer.example>"})[0].Name), 1<<10 + len(", Ada")},
	} {
		if c.got > c.most || c.got < c.most/2 {
			t.Errorf("%s: %d, want up to %d", name, c.got, c.most)
		}
	}
}

// mailsWithin is how many mails stand one in the other.
func mailsWithin(m *Message) int {
	deepest := 0
	for _, a := range m.Attachments {
		if a.Message != nil {
			deepest = max(deepest, 1+mailsWithin(a.Message))
		}
	}
	return deepest
}

func headerBytes(m *Message) int {
	n := 0
	for _, values := range m.Header {
		n += len(strings.Join(values, ""))
	}
	for _, a := range m.Attachments {
		if a.Message != nil {
			n += headerBytes(a.Message)
		}
	}
	return n
}

// attachedBytes is what is kept of attachments; one over the bound is not kept in
// part.
func attachedBytes(m *Message) int {
	n := 0
	for _, a := range m.Attachments {
		n += len(a.Data)
		if a.Size > len(a.Data) && len(a.Data) > 0 {
			n += a.Size
		}
	}
	return n
}

// cost is what one large mail took, measured in a process of its own.
type cost struct {
	Bytes   int
	Took    time.Duration
	Memory  uint64 // bytes that the process had from the system, all in all
	Subject string
	Text    int
	Files   int
}

const bombVariable = "INGEST_TEST_BOMB"

// TestBigBombs: mails of 100 MB are parsed and understood within 256 MB, the
// mail itself included. Each runs in a process of its own, so that the memory
// is its own. The time is bounded too, with room for a slow and busy machine.
func TestBigBombs(t *testing.T) {
	const memory, longest = 256 << 20, 60 * time.Second
	if name := os.Getenv(bombVariable); name != "" {
		explode(t, name)
		return
	}
	for name := range bigBombs {
		t.Run(name, func(t *testing.T) {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBigBombs$", "-test.v")
			child.Env = append(os.Environ(), bombVariable+"="+name, "GOMEMLIMIT=220MiB")
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, lastOf(out))
			}
			_, line, _ := bytes.Cut(out, []byte("COST "))
			line, _, _ = bytes.Cut(line, []byte("\n"))
			var c cost
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatalf("%v\n%s", err, lastOf(out))
			}
			t.Logf("%d MB in %v with %d MB", c.Bytes>>20, c.Took.Round(time.Millisecond), c.Memory>>20)
			if bigBomb > 50<<20 && c.Memory > memory {
				t.Errorf("%d MB of memory, more than %d", c.Memory>>20, memory>>20)
			}
			if c.Took > longest {
				t.Errorf("took %v", c.Took)
			}
			if c.Subject != "bomb" {
				t.Errorf("subject %q", c.Subject)
			}
		})
	}
}

func lastOf(out []byte) []byte { return out[max(0, len(out)-2000):] }

func explode(t *testing.T, name string) {
	raw := bigBombs[name]()
	cat := catalogue(t)
	begin := time.Now()
	m := Parse(raw, DefaultLimits())
	Extract(cat, m, desk)
	c := cost{Bytes: len(raw), Took: time.Since(begin), Subject: m.Subject, Text: len(m.Text), Files: len(m.Attachments)}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	c.Memory = s.Sys
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("COST %s\n", line)
	runtime.KeepAlive(raw)
}

// filled is head and then piece after piece, up to the size of a big bomb.
func filled(head, piece string) []byte {
	raw := make([]byte, 0, bigBomb+len(head)+len(piece))
	raw = append(raw, strings.ReplaceAll(head, "\n", "\r\n")...)
	for len(raw) < bigBomb {
		raw = append(raw, piece...)
	}
	return raw
}

var bigBombs = map[string]func() []byte{
	"one line":    func() []byte { return filled("Subject: bomb\n\n", "S/N 20EZ115N308C605F ") },
	"many lines":  func() []byte { return filled("Subject: bomb\n\n", "the phone is dead\r\n") },
	"empty lines": func() []byte { return filled("Subject: bomb\n\n", "\r\n") },
	"base64": func() []byte {
		return filled("Subject: bomb\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n", strings.Repeat("QUJD", 19)+"\r\n")
	},
	"base64 text": func() []byte {
		return filled("Subject: bomb\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", strings.Repeat("QUJD", 19)+"\r\n")
	},
	"quoted": func() []byte {
		return filled("Subject: bomb\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n", "=3Cb=3E=20=\r\n")
	},
	"html":       func() []byte { return filled("Subject: bomb\nContent-Type: text/html\n\n", "<div><table><tr><td>x") },
	"header":     func() []byte { return filled("Subject: bomb\nX-Long: ", "a") },
	"fields":     func() []byte { return filled("Subject: bomb\n", "X-Field: value\r\n") },
	"folds":      func() []byte { return filled("Subject: bomb\nX-Folded: a", "\r\n b") },
	"recipients": func() []byte { return filled("Subject: bomb\nTo: ", "Ada <ada@customer.example>, ") },
	"parts": func() []byte {
		return filled("Subject: bomb\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\r\n\r\nS/N 20EZ115N308C605F\r\n")
	},
	"large parts": func() []byte {
		return filled("Subject: bomb\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\r\nContent-Type: image/png\r\n\r\n"+strings.Repeat("x", 5<<20)+"\r\n")
	},
	"mails in mails": func() []byte {
		return filled("Subject: bomb\n", "Content-Type: message/rfc822\r\n\r\nSubject: within\r\n")
	},
	"uuencode": func() []byte { return filled("Subject: bomb\n\nbegin 644 x\n", "M"+strings.Repeat("0", 60)+"\r\n") },
	"bare CR": func() []byte {
		return filled("Subject: bomb\r\r", "the phone is dead\r")
	},
	"nested base64": func() []byte {
		return filled("Subject: bomb\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n", "Q29udGVudC1UeXBlOiB0ZXh0L3BsYWluDQoN\r\n")
	},
	"flowed": func() []byte {
		return filled("Subject: bomb\nContent-Type: text/plain; format=flowed\n\n", "the phone is \r\n")
	},
	"utf-16": func() []byte {
		return filled("Subject: bomb\nContent-Type: text/plain; charset=utf-16le\n\n", "x\x00 \x00")
	},
}
