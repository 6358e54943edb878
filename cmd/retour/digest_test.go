package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-smtp"
	"github.com/xuri/excelize/v2"

	"retour/cmd/internal/loopback"
	"retour/notify"
	"retour/rules/casebook"
)

const (
	digestReader = "eva@management.example"
	digestLists  = `
digests:
  - list: management
    to: [Eva Maes <eva@management.example>, gone@management.example]
    period: [daily, weekly]
    at: 07:30
    language: fr
  - list: warehouse
    to: dock@management.example
    period: daily
    no_news: nothing
    spreadsheet: no
`
)

// openDigestDesk opens a desk that has lists of readers.
func openDigestDesk(t *testing.T, clock func() time.Time) *desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	d := &desk{demo: newDemo(t.TempDir(), clock), t: t, ctx: ctx}
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.startServers(); err != nil {
		t.Fatal(err)
	}
	path, err := d.writeConfig()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(digestLists); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	d.start()
	return d
}

// start starts the desk on its servers, as a restart would.
func (d *desk) start() {
	d.t.Helper()
	cfg, err := loadConfig(filepath.Join(d.dir, "retour.yaml"))
	if err != nil {
		d.t.Fatal(err)
	}
	if d.app, err = newApp(d.ctx, cfg, d.clock.now, testLogger(d.t)); err != nil {
		d.t.Fatal(err)
	}
	if err := d.open(d.ctx); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) restart() {
	d.t.Helper()
	d.stop()
	if err := <-d.done; err != nil {
		d.t.Fatal(err)
	}
	d.stop = nil
	if err := d.app.close(); err != nil {
		d.t.Fatal(err)
	}
	d.start()
}

// moveTo sets the clock and lets the desk act until something has come about.
func (d *desk) moveTo(at time.Time, what string, done func() bool) {
	d.t.Helper()
	if err := d.advance(d.ctx, at.Sub(d.clock.now())); err != nil {
		d.t.Fatal(err)
	}
	for {
		changed := d.waitChange()
		if done() {
			return
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond): // the mailbox is read again without a word
			d.app.moved()
		case <-d.ctx.Done():
			d.t.Fatalf("still not: %s", what)
		}
	}
}

// rawMails are the mails that an address got, as they came.
func (d *desk) rawMails(address string) (raws [][]byte) {
	d.t.Helper()
	stored, err := d.imap.Messages(demoOthers, "INBOX")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, s := range stored {
		m, err := mail.ReadMessage(bytes.NewReader(s.Raw))
		if err != nil {
			d.t.Fatal(err)
		}
		if strings.Contains(m.Header.Get("To"), address) {
			raws = append(raws, s.Raw)
		}
	}
	return raws
}

// leaf is one part of a mail that has none of its own.
type leaf struct {
	path     string // "mixed/related/image/png"
	id, name string
	body     []byte
	isShown  bool // inline
}

// leaves reads a mail back part by part.
func leaves(t *testing.T, raw []byte) (header message.Header, parts []leaf) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(e *message.Entity, path string)
	walk = func(e *message.Entity, path string) {
		mediaType, _, err := e.Header.ContentType()
		if err != nil {
			t.Fatal(err)
		}
		if r := e.MultipartReader(); r != nil {
			for {
				part, err := r.NextPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(part, path+strings.TrimPrefix(mediaType, "multipart/")+"/")
			}
		}
		body, err := io.ReadAll(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		disposition, dparams, _ := e.Header.ContentDisposition()
		parts = append(parts, leaf{path: path + mediaType, id: strings.Trim(e.Header.Get("Content-Id"), "<>"), name: dparams["filename"], body: body, isShown: disposition == "inline"})
	}
	walk(e, "")
	return e.Header, parts
}

func TestDigestArrivesPartByPart(t *testing.T) {
	d := openDigestDesk(t, func() time.Time { return time.Date(2026, time.November, 18, 9, 0, 0, 0, time.UTC) })
	d.smtp.SetFault(func(stage, arg string) error {
		if stage == "rcpt" && strings.HasPrefix(arg, "gone@") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
		}
		return nil
	})
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	number := d.onlyCase("ann@shop.example").Number
	d.moveTo(time.Date(2026, time.November, 20, 9, 0, 0, 0, time.UTC), "the case is late, and Friday's digest there", func() bool {
		return d.onlyCase("ann@shop.example").Late && len(d.rawMails(digestReader)) == 1
	})
	d.moveTo(time.Date(2026, time.November, 23, 6, 31, 0, 0, time.UTC), "Monday's digests are there", func() bool {
		return len(d.rawMails(digestReader)) == 3 && len(d.rawMails("dock@")) > 0
	})
	raw := d.rawMails(digestReader)[1]
	header, parts := leaves(t, raw)
	d.checkDigest(header, parts)
	if len(raw) > 200_000 {
		t.Errorf("it has %d bytes", len(raw))
	}
	text := string(parts[0].body)
	if !strings.HasPrefix(text, "1 dossier est en retard") || !strings.Contains(text, number) {
		t.Errorf("the text is\n%s", text)
	}
	if _, plain := leaves(t, d.rawMails("dock@")[0]); slices.ContainsFunc(plain, func(l leaf) bool { return strings.Contains(l.path, "sheet") }) {
		t.Error("a list without spreadsheet got one")
	}
	d.untilSlack("the staff know who did not get his", func() bool {
		return strings.Contains(fmt.Sprint(d.slack.Messages(loopback.SlackChannel)), "The digest for gone@management.example could not be delivered")
	})
	d.restart()
	d.moveTo(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC), "the desk has rested", func() bool { return true })
	d.moveTo(time.Date(2026, time.November, 24, 6, 31, 0, 0, time.UTC), "the next day's is there", func() bool { return len(d.rawMails(digestReader)) >= 4 })
	d.wait()
	if n := len(d.rawMails(digestReader)); n != 4 {
		t.Errorf("%d digests after a restart and a day, want 4", n)
	}
}

// checkDigest: the forms of the text, the pictures that the HTML shows, and the
// spreadsheet, each of which can be read.
func (d *desk) checkDigest(header message.Header, parts []leaf) {
	t := d.t
	t.Helper()
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", "Content-Language": "fr"} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail)})
	if err != nil {
		t.Fatal(err)
	}
	if id := strings.Trim(header.Get("Message-Id"), "<>"); !slices.ContainsFunc(rows, func(r casebook.Row) bool { return r.MessageID == id }) {
		t.Errorf("the Message-ID %s is none of the outbox", id)
	}
	var paths []string
	for _, p := range parts {
		paths = append(paths, p.path)
	}
	const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if len(parts) < 4 || paths[0] != "mixed/alternative/text/plain" || paths[1] != "mixed/alternative/related/text/html" || paths[len(paths)-1] != "mixed/"+sheet {
		t.Fatalf("the parts are %q", paths)
	}
	html := string(parts[1].body)
	for _, p := range parts[2 : len(parts)-1] {
		if _, err := png.Decode(bytes.NewReader(p.body)); err != nil || !p.isShown || strings.Count(html, `src="cid:`+p.id+`"`) != 1 {
			t.Errorf("%s (%s): shown in its place %v, %v", p.path, p.id, p.isShown, err)
		}
	}
	file := parts[len(parts)-1]
	book, err := excelize.OpenReader(bytes.NewReader(file.body))
	if err != nil || file.name != "rapport-daily-2026-11-22.xlsx" {
		t.Fatalf("%s: %v", file.name, err)
	}
	defer book.Close()
	if v, err := book.GetCellValue("En retard", "A2"); err != nil || !strings.HasPrefix(v, "RMA-26-") {
		t.Errorf("the first late case is %q, %v", v, err)
	}
}

func TestDigestConfiguration(t *testing.T) {
	base := strings.Join([]string{"desk:", "  address: rma@example.com", "  return_address: [x]", "mailbox:", "  host: h", "  user: u", "  password: {env: X}",
		"smtp:", "  host: h", "slack:", "  mode: off", "digests:", ""}, "\n")
	tests := []struct{ name, list, want string }{
		{"whole", "  - {list: a, to: [x@example.com], period: [daily, monthly], at: '00:00', time_zone: America/New_York, no_news: nothing, spreadsheet: no}", ""},
		{"one of each", "  - {list: a, to: Eva <x@example.com>, period: weekly}", ""},
		{"no name", "  - {to: x@example.com, period: daily}", `digests[0].list: "" is no name`},
		{"a name with a slash", "  - {list: a/b, to: x@example.com, period: daily}", `digests[0].list: "a/b" is no name`},
		{"the same name", "  - {list: a, to: x@example.com, period: daily}\n  - {list: A, to: x@example.com, period: daily}", `digests[1].list: "A" is the name of two lists`},
		{"nobody", "  - {list: a, period: daily}", "digests[0].to: is missing"},
		{"no address", "  - {list: a, to: [x@example.com, Eva], period: daily}", `digests[0].to[1]: "Eva" is not a mail address`},
		{"no period", "  - {list: a, to: x@example.com}", "digests[0].period: is missing"},
		{"misspelt period", "  - {list: a, to: x@example.com, period: weakly}", "did you mean weekly?"},
		{"no time", "  - {list: a, to: x@example.com, period: daily, at: '25:00'}", `"25:00" is no time of day: write 07:00`},
		{"no zone", "  - {list: a, to: x@example.com, period: daily, time_zone: Bruxelles}", `"Bruxelles" is not a time zone`},
		{"unknown key", "  - {list: a, to: x@example.com, period: daily, recipients: x}", "unknown key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "retour.yaml")
			if err := os.WriteFile(path, []byte(base+tt.list+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := loadConfig(path)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				lists, err := cfg.digestLists()
				if err != nil || len(lists) != 1 || lists[0].To[0].Address != "x@example.com" {
					t.Errorf("%+v, %v", lists, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestDigestByHand(t *testing.T) {
	d := openDigestDesk(t, time.Now)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	config := filepath.Join(d.dir, "retour.yaml")
	retour := func(args ...string) (code int, out, errs string) {
		var stdout, stderr bytes.Buffer
		w := &world{ctx: d.ctx, stdout: &stdout, stderr: &stderr, stdin: strings.NewReader("")}
		code = run(w, append([]string{"--config", config, "digest"}, args...))
		return code, stdout.String(), stderr.String()
	}
	tests := []struct {
		args []string
		want string
	}{
		{nil, "say where it goes: --to FILE, or --send"},
		{[]string{"--send", "--to", "x.html"}, "say where it goes"},
		{[]string{"--to", "x.pdf"}, "must end in .eml, .html, .txt or .xlsx"},
		{[]string{"--send"}, "say for which list: --for management or --for warehouse"},
		{[]string{"--for", "manager", "--send"}, "there is management, warehouse"},
		{[]string{"--for", "ware", "--send"}, "did you mean warehouse?"},
		{[]string{"--for", "warehouse", "--period", "month", "--send"}, "did you mean monthly?"},
		{[]string{"--for", "warehouse", "--at", "1.6.2026", "--send"}, "write it like 2026-06-01"},
		{[]string{"--for", "warehouse", "--at", "2999-01-01", "--send"}, "has not come yet"},
	}
	for _, tt := range tests {
		if code, _, errs := retour(tt.args...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("digest %s: code %d, %s; want %s", strings.Join(tt.args, " "), code, errs, tt.want)
		}
	}
	for _, name := range []string{"d.eml", "d.html", "d.txt"} {
		file := filepath.Join(d.dir, name)
		code, out, errs := retour("--for", "management", "--period", "weekly", "--at", "2026-06-03", "--to", file)
		data, err := os.ReadFile(file)
		if code != exitOK || err != nil || !strings.HasPrefix(out, file+" (") {
			t.Fatalf("%s: code %d, %s%s%v", name, code, out, errs, err)
		}
		if name == "d.eml" {
			_, parts := leaves(t, data)
			data = parts[0].body
		}
		if want := "25–31 mai"; !strings.Contains(strings.ReplaceAll(string(data), "\u00a0", " "), want) {
			t.Errorf("%s does not tell of %s:\n%.600s", name, want, data)
		}
	}
	if code, out, errs := retour("--for", "management", "--send"); code != exitOK || !strings.Contains(out, "2 mails in the outbox") {
		t.Fatalf("code %d, %s%s", code, out, errs)
	}
	d.app.moved()
	d.until("it was sent", func() bool { return len(d.rawMails(digestReader)) == 1 })
}
