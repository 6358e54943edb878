package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"retour/ingest"
	"retour/ingest/intake"
)

type explainCmd struct {
	JSON    bool     `help:"One JSON object a line." name:"json"`
	Policy  string   `help:"Explain under this policy, not under the configured one; shipped: under the shipped one." placeholder:"FILE"`
	Compare string   `help:"Show only what would be decided otherwise than under this policy (or shipped)." placeholder:"OLD"`
	Texts   bool     `help:"With --compare: show how the answers differ where nothing but their text does."`
	Score   string   `help:"Score the mails of a labelled folder: NAME.eml with NAME.gold.json beside it." placeholder:"DIR" type:"path"`
	Paths   []string `arg:"" optional:"" name:"path" help:"An .eml file, an mbox, a Maildir, a folder, - for standard input, or casebook for the mails that the desk has kept."`
}

// Help teaches what explain is for.
func (explainCmd) Help() string {
	return `Run it after changing the policy or a text, on mails you keep: nothing is sent or stored.
Without a configuration file the shipped policy and texts are used.
The path "casebook" stands for the mails that the desk has kept in its own store; it is only read.
The exit code is 0 where every path could be opened, 2 otherwise.

With --policy FILE the mails are judged by that policy. With --compare OLD they are judged by both,
and the ones that would be decided otherwise are listed, with the old and the new decision and how
many there are of each kind of change; --texts adds how the answers differ
where nothing else does, --json prints one object
a line for each. The exit code is then 3 where anything differs, 0 where nothing does. Every mail is
judged as the first of its sender, as of its own date, and without the cases of the casebook.

With --score DIR each mail is compared with its label, a table of what was
understood right is printed and every miss below it. Where DIR holds
at-least.json ({"kind": 99, ...}, per cent), a figure below it is exit code 1.`
}

func (e *explainCmd) Run(w *world, c *cli) error {
	cfg, err := configOrShipped(c.Config)
	if err != nil {
		return err
	}
	x, err := cfg.explainerOf(e.Policy)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w.stdout)
	defer out.Flush()
	switch {
	case e.Score != "" && (len(e.Paths) > 0 || e.JSON):
		return usageError{errors.New("--score takes its mails from the labelled folder: leave --json and the paths away")}
	case e.Score != "":
		return printScore(w.ctx, out, x, e.Score)
	case e.Texts && e.Compare == "":
		return usageError{errors.New("--texts shows how answers differ: it needs --compare")}
	case len(e.Paths) == 0:
		return usageError{errors.New("which mails? Give an .eml file, an mbox, a Maildir, a folder, or - for standard input, or casebook for the mails that the desk has kept")}
	}
	if e.Compare != "" {
		old, err := cfg.explainerOf(e.Compare)
		if err != nil {
			return err
		}
		return e.compare(w, cfg, out, old, x)
	}
	print := printReport
	if e.JSON {
		print = printJSON
	}
	return eachInOrder(w, cfg, e.Paths, func(m archived) explained { return explainMail(w.ctx, x, m) },
		func(line explained) error { return print(out, line) })
}

// configOrShipped loads the configuration, or a neutral one where the default
// file does not exist: explain, check of the shipped texts and states need none.
func configOrShipped(path string) (Config, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == "retour.yaml" {
		cfg := defaultConfig()
		cfg.Desk.Address, cfg.Desk.Company = "rma@example.com", "Example Distribution"
		cfg.Desk.ReturnAddress = []string{"Example Distribution", "Returns", "1 Dock Street", "1000 Brussels"}
		return cfg, nil
	}
	return loadConfig(path)
}

// explained is one line of `retour explain --json`.
type explained struct {
	Source       string                `json:"source"`
	Error        string                `json:"error,omitempty"`
	MessageID    string                `json:"message_id"`
	From         string                `json:"from"`
	FromName     string                `json:"from_name"`
	Subject      string                `json:"subject"`
	Date         string                `json:"date"`
	Kind         string                `json:"kind"`
	Language     string                `json:"language"`
	NewText      string                `json:"new_text"`
	Attachments  []explainedAttachment `json:"attachments"`
	Reason       *string               `json:"reason"`
	Items        []explainedItem       `json:"items"`
	References   explainedReferences   `json:"references"`
	PurchaseDate *string               `json:"purchase_date"`
	Answer       *string               `json:"answer"`
	Decision     explainedDecision     `json:"decision"`
	Reply        *explainedReply       `json:"reply"`
}

type explainedAttachment struct {
	Name      string   `json:"name"`
	MediaType string   `json:"media_type"`
	Size      int      `json:"size"`
	Barcodes  []string `json:"barcodes"`

	text   int    // characters that were read of it
	unread string // why it could not be read
}

type explainedItem struct {
	Manufacturer *string `json:"manufacturer"`
	Model        *string `json:"model"`
	Serial       *string `json:"serial"`
	MAC          *string `json:"mac"`
	FoundIn      string  `json:"found_in"`

	unit ingest.Unit // the evidence, for the report
}

type explainedReferences struct {
	RMA          []string `json:"rma"`
	VendorTicket []string `json:"vendor_ticket"`
	Order        []string `json:"order"`
	Invoice      []string `json:"invoice"`
	DeliveryNote []string `json:"delivery_note"`
	Tracking     []string `json:"tracking"`
}

type explainedDecision struct {
	Outcome string   `json:"outcome"`
	Rule    string   `json:"rule"`
	Missing []string `json:"missing"`
	Why     string   `json:"why"`
}

type explainedReply struct {
	Language string `json:"language"`
	Subject  string `json:"subject"`
	Text     string `json:"text"`
}

// undated is when a mail without a date is taken to have been written.
var undated = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func explainMail(ctx context.Context, x *intake.Explainer, m archived) explained {
	if m.fault != nil {
		return explained{Source: m.source, Error: m.fault.Error(), Kind: string(ingest.Other), Language: "und",
			Attachments: []explainedAttachment{}, Items: []explainedItem{}, References: explainReferences(ingest.References{}),
			Decision: explainedDecision{Outcome: "hold", Rule: "unreadable", Missing: []string{}, Why: "The mail could not be read."}}
	}
	e, err := x.Judge(ctx, x.Reader.Read(ctx, m.raw, m.headerOnly, time.Time{}), undated)
	line := explainReading(m.source, e)
	if err != nil {
		line.Error = err.Error()
	}
	return line
}

func explainReading(source string, e intake.Explanation) explained {
	m, f := e.Reading.Message, e.Reading.Facts
	line := explained{
		Source: source, Error: e.Reading.Trouble, MessageID: m.MessageID, From: f.From.Address, FromName: f.From.Name,
		Subject: m.Subject, Kind: string(f.Kind), Language: f.Language, NewText: f.NewText,
		Attachments: []explainedAttachment{}, Items: []explainedItem{}, Reason: null(f.Reason),
		References: explainReferences(f.References), PurchaseDate: null(f.PurchaseDate), Answer: null(f.Answer),
		Decision: explainDecision(e),
	}
	if !m.Date.IsZero() {
		line.Date = m.Date.Format(time.RFC3339)
	}
	for _, a := range m.Attachments {
		line.Attachments = append(line.Attachments, explainAttachment(a))
	}
	for _, u := range f.Units {
		line.Items = append(line.Items, explainedItem{Manufacturer: null(u.Manufacturer), Model: null(u.Model),
			Serial: null(u.Serial), MAC: null(u.MAC), FoundIn: u.FoundIn, unit: u})
	}
	if e.Reply != nil {
		line.Reply = &explainedReply{Language: e.Reply.Language, Subject: e.Reply.Subject, Text: e.Reply.Text}
	}
	return line
}

func explainAttachment(a ingest.Attachment) explainedAttachment {
	out := explainedAttachment{Name: a.Name, MediaType: a.MediaType, Size: a.Size, Barcodes: []string{},
		text: utf8.RuneCountInString(a.Text), unread: a.Unread}
	for _, b := range a.Barcodes {
		out.Barcodes = append(out.Barcodes, b.Text)
	}
	return out
}

// explainDecision is the one decision of a mail; siblings differ, so the one
// that needs most from somebody stands for all, and missing facts are joined.
func explainDecision(e intake.Explanation) explainedDecision {
	d := explainedDecision{Missing: []string{}}
	rank := map[string]int{"hold": 6, "ask": 5, "open": 4, "approve": 3, "refuse": 2, "refer": 1}
	seen := map[string]bool{}
	best := -1
	for _, one := range e.Decisions {
		if r := rank[string(one.Outcome)]; r > best {
			best = r
			d.Outcome, d.Rule, d.Why = string(one.Outcome), one.Rule, one.Why
		}
		for _, missing := range one.Missing {
			if !seen[string(missing.Fact)] {
				seen[string(missing.Fact)] = true
				d.Missing = append(d.Missing, string(missing.Fact))
			}
		}
	}
	return d
}

func explainReferences(r ingest.References) explainedReferences {
	return explainedReferences{RMA: list(r.RMA), VendorTicket: list(r.VendorTicket), Order: list(r.Order),
		Invoice: list(r.Invoice), DeliveryNote: list(r.DeliveryNote), Tracking: list(r.Tracking)}
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func printJSON(out io.Writer, line explained) error {
	return encodeJSON(out, "", line)
}

// printReport is for a person.
func printReport(out io.Writer, l explained) error {
	var b strings.Builder
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", label, clean(text))
		}
	}
	fmt.Fprintf(&b, "%s\n", clean(l.Source))
	row("error", l.Error)
	row("from", strings.TrimSpace(l.FromName+" <"+l.From+">"))
	row("subject", l.Subject)
	row("kind", l.Kind+", "+l.Language)
	if l.Reason != nil {
		row("reason", *l.Reason)
	}
	for _, a := range l.Attachments {
		row("attached", describeAttachment(a))
	}
	for i, item := range l.Items {
		row(fmt.Sprintf("item %d", i+1), describeItem(item))
		row("", evidence(item.unit))
		row("", doubtOf(item.unit))
	}
	for _, r := range []struct {
		label string
		nums  []string
	}{{"rma", l.References.RMA}, {"ticket", l.References.VendorTicket}, {"order", l.References.Order},
		{"invoice", l.References.Invoice}, {"del. note", l.References.DeliveryNote}, {"tracking", l.References.Tracking}} {
		row(r.label, strings.Join(r.nums, ", "))
	}
	if l.PurchaseDate != nil {
		row("bought", *l.PurchaseDate)
	}
	row("decision", fmt.Sprintf("%s (rule %s): %s", l.Decision.Outcome, l.Decision.Rule, l.Decision.Why))
	row("missing", strings.Join(l.Decision.Missing, ", "))
	if l.Reply != nil {
		row("reply", l.Reply.Subject)
		for _, text := range strings.Split(strings.TrimRight(l.Reply.Text, "\n"), "\n") {
			fmt.Fprintf(&b, "  %-10s | %s\n", "", clean(text))
		}
	}
	b.WriteByte('\n')
	_, err := io.WriteString(out, b.String())
	return err
}

func describeAttachment(a explainedAttachment) string {
	parts := []string{cmp.Or(a.Name, "without a name"), a.MediaType}
	if a.text > 0 {
		parts = append(parts, fmt.Sprintf("%d characters read", a.text))
	}
	if len(a.Barcodes) > 0 {
		parts = append(parts, "codes "+strings.Join(a.Barcodes, " | "))
	}
	if a.unread != "" {
		parts = append(parts, a.unread)
	}
	return strings.Join(parts, "; ")
}

func describeItem(i explainedItem) string {
	var parts []string
	for _, p := range []struct {
		label string
		v     *string
	}{{"", i.Manufacturer}, {"", i.Model}, {"serial ", i.Serial}, {"MAC ", i.MAC}} {
		if p.v != nil {
			parts = append(parts, p.label+*p.v)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "a unit without a number")
	}
	return strings.Join(parts, " ")
}

// evidence says where a unit was found and how sure the number is.
func evidence(u ingest.Unit) string {
	if u.Line == "" {
		return ""
	}
	where := u.FoundIn
	if u.LineNumber > 0 {
		where = fmt.Sprintf("%s, line %d", u.FoundIn, u.LineNumber)
	}
	if u.Confidence != "" {
		where += ", " + string(u.Confidence)
	}
	return fmt.Sprintf("%s: %s", where, cut(u.Line, 70))
}

// doubtOf says why the number is asked again.
func doubtOf(u ingest.Unit) string {
	why := map[ingest.Doubt]string{
		ingest.Confusable: "a letter and a digit seem to be mixed up in the number",
		ingest.Conflict:   "two sources do not say the same number",
		ingest.CheckDigit: "the number's check does not come out right",
	}[u.Doubt]
	if why != "" && u.Meant != "" {
		why += "; perhaps " + u.Meant + " is meant"
	}
	return why
}

// maxExplain bounds one mail that explain reads.
const maxExplain = 100 << 20

// eachMail calls fn for every mail of a path; a mail that cannot be read is
// given as its fault. The error is of the path itself.
func eachMail(w *world, path string, fn func(source string, raw []byte, fault error) error) error {
	if path == "-" {
		return eachOf(w.stdin, "-", fn)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return eachInFile(path, path, fn)
	}
	return filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return fn(p, nil, err)
		}
		if d.IsDir() && d.Name() == "tmp" && isMaildir(filepath.Dir(p)) {
			return filepath.SkipDir
		}
		if !d.Type().IsRegular() || !looksLikeMail(p) {
			return nil
		}
		if err := eachInFile(p, p, fn); err != nil {
			return fn(p, nil, err)
		}
		return nil
	})
}

func isMaildir(dir string) bool {
	for _, sub := range []string{"cur", "new", "tmp"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

// looksLikeMail leaves out what lies beside mails in a folder.
func looksLikeMail(path string) bool {
	if base := filepath.Base(filepath.Dir(path)); base == "cur" || base == "new" {
		return true
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".eml", ".mbox", ".mbx", ".msg", ".mail", ".txt", "":
		return !strings.HasPrefix(filepath.Base(path), ".")
	}
	return false
}

func eachInFile(path, source string, fn func(string, []byte, error) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return eachOf(f, source, fn)
}

// eachOf reads one mail, or the mails of an mbox: it starts with a "From "
// line (RFC 4155) and more follow, each after an empty line.
func eachOf(r io.Reader, source string, fn func(string, []byte, error) error) error {
	raw, err := readAtMost(r, maxExplain)
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(raw, []byte("From ")) {
		return fn(source, raw, nil)
	}
	mails := splitMbox(raw)
	if len(mails) == 1 && strings.EqualFold(filepath.Ext(source), ".eml") {
		return fn(source, raw, nil)
	}
	for i, m := range mails {
		if err := fn(fmt.Sprintf("%s#%d", source, i+1), m, nil); err != nil {
			return err
		}
	}
	return nil
}

// readAtMost reads the first n bytes. A file is read into the space that it
// needs: growing step by step would take three times as much.
func readAtMost(r io.Reader, n int64) ([]byte, error) {
	var size int64
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			size = min(info.Size(), n)
		}
	}
	b := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	_, err := b.ReadFrom(io.LimitReader(r, n))
	return b.Bytes(), err
}

func splitMbox(raw []byte) [][]byte {
	var mails [][]byte
	var current []byte
	blank := true
	for line := range bytes.Lines(raw) {
		if blank && bytes.HasPrefix(line, []byte("From ")) {
			if current != nil {
				mails = append(mails, current)
			}
			current, blank = []byte{}, false
			continue
		}
		blank = len(bytes.TrimRight(line, "\r\n")) == 0
		if q := bytes.TrimLeft(line, ">"); len(q) < len(line) && bytes.HasPrefix(q, []byte("From ")) {
			line = line[1:]
		}
		current = append(current, line...)
	}
	return append(mails, current)
}
