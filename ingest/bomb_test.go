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
