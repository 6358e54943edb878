package casebook

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"retour/rules"
)

// rawMail is a mail of about 2 KB that differs from others.
func rawMail(i int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(1, uint64(i)))
	fmt.Fprintf(&b, "Message-ID: <%d@shop.example>\r\nSubject: Return of a phone\r\n\r\n", i)
	for b.Len() < 2000 {
		fmt.Fprintf(&b, "The unit %08X does not start, order %d.\r\n", r.Uint32(), r.IntN(1e6))
	}
	return b.Bytes()
}

// takeIn does what intake does with one mail that opens a case: ledger row in a
// commit of its own, then the one transaction.
func takeIn(ctx context.Context, b *Book, i int) error {
	var row LedgerRow
	err := b.Write(ctx, noon, func(tx *Tx) (err error) {
		row, _, err = tx.Seen(ctx, LedgerRow{Mailbox: desk, UIDValidity: 1, UID: uint32(i + 1), Size: 2000, InternalDate: noon})
		return err
	})
	if err != nil {
		return err
	}
	return b.Write(ctx, noon, func(tx *Tx) error { return takeInto(ctx, tx, row, rawMail(i)) })
}

func takeInto(ctx context.Context, tx *Tx, row LedgerRow, raw []byte) (err error) {
	if row.Hash, err = tx.PutRaw(ctx, raw); err != nil {
		return err
	}
	row.MessageID, row.From, row.Fate = fmt.Sprintf("<%d@shop.example>", row.UID), fmt.Sprintf("u%d@shop.example", row.UID%100), FateOpened
	if _, _, err := tx.SameMail(ctx, row.Mailbox, row.MessageID, row.Hash, row.ID); err != nil {
		return err
	}
	if _, err := tx.CasesOfMessage(ctx, row.MessageID); err != nil {
		return err
	}
	serial := fmt.Sprintf("3109%08d", row.UID)
	if _, err := tx.CasesBySerial(ctx, serial); err != nil {
		return err
	}
	party := rules.Party{Address: row.From, Trust: rules.Known}
	c := rules.Case{State: rules.New, Reason: rules.Defective, Language: "fr", Customer: party, Parties: []rules.Party{party},
		Items:    []rules.Item{{Position: 1, Manufacturer: "yealink", Model: "T46U", Serial: serial}},
		OpenedAt: tx.Now(), StateAt: tx.Now(), Deadline: tx.Now().Add(12 * time.Hour)}
	if c.Number, err = tx.NextNumber(ctx); err != nil {
		return err
	}
	if err := tx.Insert(ctx, &c); err != nil {
		return err
	}
	row.CaseNumber = c.Number
	return report(ctx, tx, c, row)
}

func report(ctx context.Context, tx *Tx, c rules.Case, row LedgerRow) error {
	history, err := tx.AddHistory(ctx, c.ID, HistoryRow{Event: rules.EvRequest, To: rules.New, LedgerID: row.ID, Text: "It does not start."})
	if err != nil {
		return err
	}
	if _, err := tx.Answers(ctx, tx.Now().Add(-time.Hour), row.From, "shop.example", c.ID); err != nil {
		return err
	}
	for _, out := range []Row{
		{Lane: row.From, Kind: "mail", Key: fmt.Sprint("mail/", history), CaseID: c.ID, HistoryID: history, LedgerID: row.ID, Recipient: row.From, Automatic: true, Body: make([]byte, 4000)},
		{Lane: fmt.Sprint("card/", c.ID), Kind: KindCard, Key: fmt.Sprint("card/", c.ID, "/", c.Version), CaseID: c.ID},
	} {
		if _, _, err := tx.Enqueue(ctx, out); err != nil {
			return err
		}
	}
	for _, id := range []string{row.MessageID, fmt.Sprintf("<%s.out@desk.example>", c.Number)} {
		if err := tx.LinkMessage(ctx, id, c.ID, "in"); err != nil {
			return err
		}
	}
	if err := tx.Remember(ctx, row.From, "fr", rules.Known); err != nil {
		return err
	}
	return tx.SetFate(ctx, row)
}

// BenchmarkTakeIn is one mail that opens a case, from the first sight of its
// UID to the commit of its case, history, answer and card: two commits.
func BenchmarkTakeIn(b *testing.B) {
	book, i := newBook(b), 0
	for b.Loop() {
		if err := takeIn(b.Context(), book, i); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkSmallestCommit is the floor: one row, one commit.
func BenchmarkSmallestCommit(b *testing.B) {
	book, i := newBook(b), 0
	for b.Loop() {
		i++
		if err := book.SetPosted(b.Context(), fmt.Sprint("card/", i), "C1", "1700000000.000100"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(i)/b.Elapsed().Seconds(), "commits/s")
}

// fillOutbox enqueues n mails in a hundred lanes.
func fillOutbox(b testing.TB, book *Book, n int) {
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{Lane: fmt.Sprint(i % 100), Kind: "mail", Key: fmt.Sprint(i), Recipient: "a@b.example", Body: make([]byte, 4000)}
	}
	enqueue(b, book, noon, rows...)
}

// BenchmarkLeaseDone empties an outbox of 10,000 mails: lease 20, done one by one.
func BenchmarkLeaseDone(b *testing.B) {
	sent := 0
	var book *Book
	for b.Loop() {
		b.StopTimer()
		book = newBook(b)
		fillOutbox(b, book, 10_000)
		b.StartTimer()
		n, err := drain(b.Context(), book)
		if err != nil {
			b.Fatal(err)
		}
		sent += n
	}
	b.ReportMetric(float64(sent)/b.Elapsed().Seconds(), "mails/s")
}

func drain(ctx context.Context, book *Book) (sent int, err error) {
	for {
		rows, err := book.Lease(ctx, noon, []string{"mail"}, 20, hold)
		if err != nil || len(rows) == 0 {
			return sent, err
		}
		for _, r := range rows {
			if err := book.Done(ctx, r.ID, noon, "250 ok"); err != nil {
				return sent, err
			}
			sent++
		}
	}
}

// BenchmarkLeaseBlocked leases from 10,000 rows of which none can go, because
// the first of the one lane is in flight: Slack has been down for days.
func BenchmarkLeaseBlocked(b *testing.B) {
	book := newBook(b)
	rows := make([]Row, 10_000)
	for i := range rows {
		rows[i] = Row{Lane: "slack", Kind: "entry", Key: fmt.Sprint(i), Body: make([]byte, 400)}
	}
	enqueue(b, book, noon, rows...)
	lease(b, book, noon)
	for b.Loop() {
		if keys, _ := lease(b, book, noon); len(keys) != 0 {
			b.Fatal(keys)
		}
	}
}

// The outbox of a long outage is worked off in the order of its lanes, each row
// once.
func TestLongOutage(t *testing.T) {
	b, ctx, last := newBook(t), t.Context(), map[string]int64{}
	fillOutbox(t, b, 1000)
	for sent := 0; sent < 1000; {
		rows, err := b.Lease(ctx, noon, nil, 40, hold)
		if err != nil || len(rows) != 40 {
			t.Fatalf("after %d rows, leased %d of 40: %v", sent, len(rows), err)
		}
		for _, r := range rows {
			if r.ID <= last[r.Lane] {
				t.Errorf("row %d after row %d of lane %s", r.ID, last[r.Lane], r.Lane)
			}
			last[r.Lane] = r.ID
		}
		done(t, b, noon, rows...)
		sent += len(rows)
	}
	if _, ok, err := b.NextDue(ctx, nil); ok || err != nil {
		t.Errorf("rows remain: %v, %v", ok, err)
	}
}

var registerRows = flag.Int("rows", 10_000, "size of the register in BenchmarkRegister")

// saleOf is the i-th line of a large register file. Its number looks drawn, as
// serials of many manufacturers and years do, so that the index is hit all over.
func saleOf(i int) rules.Sale {
	x := uint64(i+1) * 0x9E3779B97F4A7C15
	return rules.Sale{Serial: fmt.Sprintf("20%013X", x>>12), MAC: fmt.Sprintf("000B82%06X", i&0xFFFFFF), Manufacturer: "grandstream", Model: "GXP2170",
		Customer: fmt.Sprint(1000 + i%5000), CustomerName: "Shop of telephones", Order: fmt.Sprint("SO", i/10), Invoice: fmt.Sprint("INV", i/10),
		Delivered: date(2020, 1, 1+i%2000)}
}

// BenchmarkRegister imports a register of -rows lines, and looks one serial up,
// as it is done for a mail: at ten million rows the median is to be under a
// millisecond.
func BenchmarkRegister(b *testing.B) {
	book, ctx := newBook(b), b.Context()
	start := time.Now()
	im := must(book.NewImport(ctx, noon, KindRegister, "sales.csv", "00ff", false))(b)
	for at := 0; at < *registerRows; at += 5000 {
		portion := make([]rules.Sale, min(5000, *registerRows-at))
		for i := range portion {
			portion[i] = saleOf(at + i)
		}
		must(im.Sales(ctx, noon, portion))(b)
	}
	must(im.Finish(ctx, noon))(b)
	rate := float64(*registerRows) / time.Since(start).Seconds()
	r := rand.New(rand.NewPCG(1, 2))
	var took []time.Duration
	for b.Loop() {
		want := saleOf(r.IntN(*registerRows))
		at := time.Now()
		found := must(book.Sales(ctx, []string{want.Serial}))(b)
		took = append(took, time.Since(at))
		if found[want.Serial].Serial != want.Serial {
			b.Fatalf("%s is not found", want.Serial)
		}
	}
	slices.Sort(took)
	b.ReportMetric(rate, "rows-imported/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}
