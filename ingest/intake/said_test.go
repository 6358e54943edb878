package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"retour/ingest"
)

// TestSaid: what short mails mean, as persons of all sorts write them, often
// without any of the standard words. A line of testdata/said is the kind, the
// reason (of a reply: its answer to a quote), the subject and the text.
func TestSaid(t *testing.T) {
	policy, err := shippedPolicy()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := ingest.NewCatalogue(manufacturers(policy))
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob("../testdata/said/*.tsv")
	n := 0
	for _, path := range paths {
		table, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			f := strings.Split(strings.TrimSpace(line), "\t")
			if len(f) != 4 {
				t.Fatalf("%s: %d fields in %q", path, len(f), line)
			}
			n++
			said(t, cat, f[0], f[1], f[2], f[3])
		}
	}
	if n < 150 {
		t.Errorf("%d texts", n)
	}
}

func said(t *testing.T, cat *ingest.Catalogue, kind, meant, subject, text string) {
	t.Helper()
	raw := "From: Kim Berg <kim@customer.example>\r\nTo: " + deskAddress + "\r\nDate: Tue, 10 Mar 2026 09:00:00 +0000\r\nMessage-ID: <s@customer.example>\r\nSubject: " + subject + "\r\n"
	if kind == "reply" {
		raw += "In-Reply-To: <q@" + deskAddress[strings.Index(deskAddress, "@")+1:] + ">\r\n"
	}
	raw += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text + "\r\n"
	f := ingest.Extract(cat, ingest.Parse([]byte(raw), ingest.DefaultLimits()), ingest.Desk{Addresses: []string{deskAddress}, AuthServ: authServ})
	got, want := fmt.Sprint(f.Kind), kind
	switch kind {
	case "request":
		got, want = got+" "+string(f.Reason), want+" "+meant
	case "reply":
		got, want = got+" "+f.Answer, want+" "+map[string]string{"accept": "accept_quote", "decline": "decline_quote"}[meant]
	}
	if got != want {
		t.Errorf("%s | %s\n got %s (%s), want %s", subject, text, got, f.KindWhy, want)
	}
}
