package ingest

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// desk is the desk of the tests.
var desk = Desk{
	Addresses: []string{"rma@desk.example"},
	Staff:     []string{"desk.example"},
	AuthServ:  "mx.desk.example",
	Now:       time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC),
}

// makers are a few manufacturers, enough for the mails of the tests.
func makers() []Manufacturer {
	return []Manufacturer{
		{
			ID: "grandstream", Names: []string{"Grandstream", "Grandstream Networks", "GS"}, MACs: []string{"000B82", "C074AD"}, MACIsID: true,
			Serials: []SerialPattern{
				{Expr: `\b20[A-Z]{2}[0-9A-Z]{6}[0-9A-F]{6}\b`, Confidence: "high", TailIsMAC: true, Kind: "serial"},
				{Expr: `\b[0-9A-Z]{10}[0-9A-F]{6}\b`, NeedsContext: true, Confidence: "medium", Kind: "serial"},
			},
			Models:  []ModelPattern{{Expr: `(?i)\b(?:GXP|GRP|GXW|HT|WP|UCM)[ -]?\d{3,4}[A-Z]{0,2}\b`}},
			Tickets: []TicketPattern{{Expr: `\b20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\d\b`}},
		},
		{
			ID: "snom", Names: []string{"Snom"}, MACs: []string{"000413"}, MACIsID: true,
			Serials: []SerialPattern{{Expr: `\b[A-Z]{3}[A-Z0-9]{2}(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}\d{5}\b`, Confidence: "high", Kind: "serial"}},
			Models:  []ModelPattern{{Expr: `(?i)\b(?:snom[ -]?)?D(?:7[0-9]{2}|8[0-9]{2})[A-Z]?\b`}},
		},
		{
			ID: "yealink", Names: []string{"Yealink"}, MACs: []string{"001565", "805EC0"}, MACIsID: true,
			Serials: []SerialPattern{{Expr: `\b[0-9A-Z]{16}\b`, NeedsContext: true, Confidence: "medium", Kind: "serial"}},
			Models:  []ModelPattern{{Expr: `(?i)\b(?:SIP[ -]?)?T(?:2\d|3\d|4\d|5[2-8])[A-Z]{0,2}\b`}},
			Tickets: []TicketPattern{{Expr: `#\d{6}\b`, NeedsContext: true}},
		},
		{
			ID: "zyxel", Names: []string{"Zyxel"}, MACs: []string{"5CE28C"},
			Serials: []SerialPattern{{Expr: `\bS\d{3}[A-Z]\d{8}\b`, Confidence: "high", Kind: "serial"}},
			Models:  []ModelPattern{{Expr: `(?i)\b(?:X?M?GS\d{4}(?:-\d{1,2}[A-Z]{0,3})?|NWA\d{2,4}[A-Z]{0,3})\b`}},
		},
		{ID: "fanvil", Names: []string{"Fanvil"}, MACs: []string{"0C383E"}, Models: []ModelPattern{{Expr: `(?i)\bX[1-7][A-Z]{0,3}\b`, NeedsContext: true}}},
		{ID: "innovaphone", Names: []string{"innovaphone"}, MACs: []string{"009033"}, MACIsID: true, Models: []ModelPattern{{Expr: `(?i)\bIP[ -]?(?:111|112|222|811)\b`}}},
		{ID: "ubiquiti", Names: []string{"Ubiquiti", "UniFi"}, MACs: []string{"788A20"}, MACIsID: true, Models: []ModelPattern{{Expr: `(?i)\bUAP(?:-[A-Z0-9]+)+\b`}}},
		{
			ID: "cisco", Names: []string{"Cisco"},
			Serials: []SerialPattern{{Expr: `\b[A-Z]{3}(?:0[1-9]|[1-4]\d)(?:0[1-9]|[1-4]\d|5[0-3])[0-9A-HJ-NP-Z]{4}\b`, Confidence: "high", Kind: "serial"}},
			Models:  []ModelPattern{{Expr: `(?i)\bSPA[ -]?\d{3}[A-Z]?\b`}},
		},
		{ID: "voismart", Names: []string{"VoiSmart"}, Models: []ModelPattern{{Expr: `(?i)\bOrchestra\b`}}},
		{
			ID: "2n", Names: []string{"2N"},
			Serials: []SerialPattern{{Expr: `\b\d{2}-\d{4}-\d{4}\b`, NeedsContext: true, Confidence: "medium", Kind: "serial"}},
			Models:  []ModelPattern{{Expr: `(?i)\b2N[ ]IP[ ](?:Verso|Solo)\b`}},
		},
	}
}

func catalogue(t testing.TB) *Catalogue {
	t.Helper()
	c, err := NewCatalogue(makers())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// understood is what a golden file holds.
type understood struct {
	MessageID   string
	Subject     string
	Date        string
	Text        string
	Attachments []attached `json:",omitempty"`
	Problems    []Problem  `json:",omitempty"`
	Report      *Report    `json:",omitempty"`
	Facts       Facts
}

type attached struct {
	Name, MediaType string
	Size            int
	Message         bool
}

func understand(cat *Catalogue, raw []byte) understood {
	m := Parse(raw, DefaultLimits())
	u := understood{MessageID: m.MessageID, Subject: m.Subject, Text: m.Text, Problems: m.Problems, Report: m.Report, Facts: Extract(cat, m, desk)}
	if !m.Date.IsZero() {
		u.Date = m.Date.Format(time.RFC3339)
	}
	for _, a := range m.Attachments {
		u.Attachments = append(u.Attachments, attached{a.Name, a.MediaType, a.Size, a.Message != nil})
	}
	return u
}

func mails(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/mail/*.eml")
	if err != nil || len(names) < 30 {
		t.Fatalf("%d mails in testdata: %v", len(names), err)
	}
	return names
}

// TestMails reads every mail of testdata and compares with its golden file.
func TestMails(t *testing.T) {
	cat := catalogue(t)
	for _, name := range mails(t) {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".eml"), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(understand(cat, raw), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(name, ".eml") + ".json"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("understood differently (-want +got):\n%s", diff)
			}
		})
	}
}

// seed gives a fuzzer the mails of testdata.
func seed(f *testing.F) {
	f.Helper()
	for _, name := range mails(f) {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
}
