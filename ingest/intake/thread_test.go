package intake

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// withFiles is a request with attachments: name, type, size.
func withFiles(l letter, files ...[3]string) []byte {
	raw := string(l.raw())
	raw = strings.Replace(raw, "Content-Type: text/plain; charset=utf-8\r\n", "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=zz\r\n", 1)
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	var b strings.Builder
	b.WriteString(head + "\r\n\r\n--zz\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body)
	for i, f := range files {
		var size int
		_, _ = fmt.Sscan(f[2], &size)
		disposition := "attachment"
		if strings.HasPrefix(f[0], "inline-") {
			disposition = fmt.Sprintf("inline\r\nContent-ID: <c%d@x>", i)
		}
		fmt.Fprintf(&b, "\r\n--zz\r\nContent-Type: %s; name=%q\r\nContent-Disposition: %s; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s",
			f[1], f[0], disposition, f[0], base64.StdEncoding.EncodeToString(slices.Repeat([]byte{0xA5}, size)))
	}
	b.WriteString("\r\n--zz--\r\n")
	return []byte(strings.Replace(b.String(), "inline\r\nContent-ID: <c", "inline\r\nContent-ID: <c", 1))
}

func (b *bench) rowsOf(kind notify.DeliveryKind) []casebook.Row {
	b.t.Helper()
	rows, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(kind), Limit: 1000})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Reverse(rows)
	return rows
}

func TestFilesOfAMailGoToTheThread(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	l.text += "\n" + strings.Repeat("It rings and rings and nobody answers. ", 60)
	row := b.takeRaw(withFiles(l, [3]string{"label.jpg", "image/jpeg", "30000"}, [3]string{"setup.exe", "application/octet-stream", "100"},
		[3]string{"IMG_1", "image/png", "300"}, [3]string{"scan.PDF", "application/octet-stream", "300"}, [3]string{"books.xlsm", "application/vnd.ms-excel", "100"}), Letter{})
	c := b.one()
	files, err := b.Book.Attachments(b.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, fmt.Sprintf("%d %s %d", f.Part, f.Name, f.Size))
		if f.LedgerID != row.ID {
			t.Errorf("%s is of mail %d", f.Name, f.LedgerID)
		}
	}
	if want := []string{"0 label.jpg 30000", "1 setup.exe 100", "2 IMG_1 300", "3 scan.PDF 300", "4 books.xlsm 100"}; !slices.Equal(names, want) {
		t.Errorf("attachments %q", names)
	}
	var shown []string
	for _, r := range b.rowsOf(notify.DeliverFile) {
		shown = append(shown, string(r.Body))
		if r.CaseID != c.ID || r.LedgerID != row.ID {
			t.Errorf("row %+v", r)
		}
	}
	if want := []string{notify.WholeText, "0", "2", "3"}; !slices.Equal(shown, want) {
		t.Errorf("shown %q, want %q: no program, no office file with macros", shown, want)
	}
}

// Ten thousand attachments are no reason for ten thousand messages.
func TestAFloodOfFilesIsBounded(t *testing.T) {
	b := newBench(t)
	var files [][3]string
	for i := range 200 {
		files = append(files, [3]string{fmt.Sprintf("f%d.txt", i), "text/plain", "10"})
	}
	b.takeRaw(withFiles(request(ann, "one@shop.example"), files...), Letter{})
	named, err := b.Book.Attachments(b.ctx, b.one().ID)
	if err != nil || len(named) != mostNamed || len(b.rowsOf(notify.DeliverFile)) != mostShown {
		t.Errorf("%d named, %d shown, %v", len(named), len(b.rowsOf(notify.DeliverFile)), err)
	}
}

func TestAShortMailWithoutFilesLeavesNone(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	if rows := b.rowsOf(notify.DeliverFile); len(rows) > 0 {
		t.Errorf("%d files", len(rows))
	}
}

func TestLongListIsRenewedWhereItChanges(t *testing.T) {
	b := newBench(t)
	l := request(ann, "one@shop.example")
	l.text = "Hello,\n\nthese Grandstream GXP2170 are defective, the display stays dark.\nGrandstream helpdesk ticket: 20261115093422\nSerial numbers:\n"
	for i := range 60 {
		l.text += fmt.Sprintf("20EZ115N3%02dC605F\n", i)
	}
	b.take(l)
	c := b.one()
	if len(c.Items) != 60 {
		t.Fatalf("%d units", len(c.Items))
	}
	pages := func() (keys []string) {
		for _, r := range b.rowsOf(notify.DeliverItems) {
			keys = append(keys, r.Key)
		}
		return keys
	}
	first := pages()
	if len(first) != 2 {
		t.Fatalf("pages %q", first)
	}
	act := func(e rules.Event) {
		t.Helper()
		e.Actor = rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Ann"}
		r, err := b.Click(b.ctx, rules.Click{Number: c.Number, Version: b.one().Version, Event: e}, fmt.Sprint(e.Kind))
		if err != nil || !r.Done {
			t.Fatal(r, err)
		}
	}
	act(rules.Event{Kind: rules.EvNote, Text: "looked at it"})
	if got := pages(); !slices.Equal(got, first) {
		t.Errorf("a note renews the list: %q", got)
	}
	act(rules.Event{Kind: rules.EvEdit, Items: []rules.Item{{Position: 60, Serial: "20EZ115N399C605F"}}})
	if got := pages(); len(got) != 4 {
		t.Errorf("a corrected number does not renew the list: %q", got)
	}
}

// A note that stands in the thread already is not posted again.
func TestANoteFromTheThreadIsPostedAlready(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	click := rules.Click{Number: c.Number, Version: c.Version, Channel: "C1", TS: "1700000000.000200",
		Event: rules.Event{Kind: rules.EvNote, Text: "he called", Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Ann"}}}
	for range 2 { // delivered twice, it is one note
		if r, err := b.Click(b.ctx, click, "slack/said/1"); err != nil || !r.Done {
			t.Fatal(r, err)
		}
	}
	history, err := b.Book.History(b.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	last := history[len(history)-1]
	if len(history) != 2 || last.Event != rules.EvNote || last.Text != "he called" {
		t.Fatalf("history %+v", history)
	}
	channel, ts, ok, err := b.Book.Posted(b.ctx, fmt.Sprintf("entry/%d", last.ID))
	if !ok || channel != "C1" || ts != "1700000000.000200" || err != nil {
		t.Errorf("posted %s %s %v %v", channel, ts, ok, err)
	}
}

func TestStaffWriteToTheCustomer(t *testing.T) {
	b := newBench(t)
	b.take(request(ann, "one@shop.example"))
	c := b.one()
	e := rules.Event{Kind: rules.EvWrite, Text: "We have found your second parcel, too.", Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Ann"}}
	if r, err := b.Click(b.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: e}, "k"); err != nil || !r.Done {
		t.Fatal(r, err)
	}
	mails, _ := b.outbox()
	m := mails[len(mails)-1]
	if m.To != ann || m.InReplyTo != "one@shop.example" || m.Automatic || !strings.Contains(m.Text, e.Text) || !strings.Contains(m.Subject, c.Number) {
		t.Errorf("mail %+v", m)
	}
	if now := b.one(); now.State != c.State || !now.Deadline.Equal(c.Deadline) {
		t.Errorf("the case has moved: %s %s", now.State, now.Deadline)
	}
}
