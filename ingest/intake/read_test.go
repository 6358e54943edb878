package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retour/ingest"
)

// reading is one mail of testdata/read and what a clerk takes from it: "=" and
// a name, the fields, "--", the text. A unit is maker|model|serial|mac, "none"
// where none comes back; a ref is a kind and a number; what is not named is not
// looked at, but for units and refs, of which all must be there and no others.
type reading struct {
	name, subject, kind, reason string
	units, refs                 []string
	text                        string
}

// TestRead: which units come back and what papers are named, in short everyday
// mails.
func TestRead(t *testing.T) {
	policy, err := shippedPolicy()
	if err != nil {
		t.Fatal(err)
	}
	cat, err := ingest.NewCatalogue(manufacturers(policy))
	if err != nil {
		t.Fatal(err)
	}
	paths, _ := filepath.Glob("../testdata/read/*.txt")
	n := 0
	for _, path := range paths {
		for _, r := range readings(t, path) {
			n++
			t.Run(filepath.Base(path)+"/"+r.name, func(t *testing.T) { r.check(t, cat) })
		}
	}
	if n < 110 {
		t.Errorf("%d mails", n)
	}
}

func readings(t *testing.T, path string) (all []reading) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for part := range strings.SplitSeq("\n"+strings.TrimSpace(string(text)), "\n= ") {
		head, body, ok := strings.Cut(part, "\n--\n")
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, fields, _ := strings.Cut(head, "\n")
		if !ok {
			t.Fatalf("%s: %q has no text", path, name)
		}
		all = append(all, readingOf(t, name, fields, strings.TrimSpace(body)))
	}
	return all
}

func readingOf(t *testing.T, name, fields, body string) reading {
	t.Helper()
	r := reading{name: name, text: body}
	for line := range strings.SplitSeq(fields, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "subject":
			r.subject = value
		case "kind":
			r.kind = value
		case "reason":
			r.reason = value
		case "unit":
			r.units = append(r.units, value)
		case "ref":
			r.refs = append(r.refs, value)
		default:
			t.Fatalf("%s: field %q", name, key)
		}
	}
	slices.Sort(r.units)
	slices.Sort(r.refs)
	return r
}

func (r reading) check(t *testing.T, cat *ingest.Catalogue) {
	raw := "From: Kim Berg <kim@customer.example>\r\nTo: " + deskAddress + "\r\nDate: Tue, 10 Mar 2026 09:00:00 +0000\r\nMessage-ID: <s@customer.example>\r\nSubject: " + r.subject +
		"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + strings.ReplaceAll(r.text, "\n", "\r\n") + "\r\n"
	f := ingest.Extract(cat, ingest.Parse([]byte(raw), ingest.DefaultLimits()), ingest.Desk{Addresses: []string{deskAddress}, AuthServ: authServ})
	if r.kind != "" && string(f.Kind) != r.kind {
		t.Errorf("kind %q (%s), want %q", f.Kind, f.KindWhy, r.kind)
	}
	if r.reason != "" && r.reason != "-" && string(f.Reason) != r.reason {
		t.Errorf("reason %q, want %q", f.Reason, r.reason)
	}
	if got := unitLines(f.Units); r.units != nil && !slices.Equal(got, r.units) {
		t.Errorf("units\n got %q\nwant %q", got, r.units)
	}
	if got := refLines(f.References); !slices.Equal(got, r.refs) {
		t.Errorf("references %q, want %q", got, r.refs)
	}
}

func unitLines(units []ingest.Unit) []string {
	var out []string
	for _, u := range units {
		out = append(out, strings.Join([]string{u.Manufacturer, u.Model, u.Serial, u.MAC}, "|"))
	}
	if out == nil {
		return []string{"none"}
	}
	slices.Sort(out)
	return out
}

func refLines(refs ingest.References) []string {
	var out []string
	for _, of := range []struct {
		kind    string
		numbers []string
	}{{"rma", refs.RMA}, {"vendor_ticket", refs.VendorTicket}, {"order", refs.Order}, {"invoice", refs.Invoice}, {"delivery_note", refs.DeliveryNote}, {"tracking", refs.Tracking}} {
		for _, n := range of.numbers {
			out = append(out, fmt.Sprintf("%s %s", of.kind, n))
		}
	}
	slices.Sort(out)
	return out
}
