package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"retour/notify"
	"retour/rules/casebook"
)

const eva = "eva@management.example"

// managers is a list that gets every kind of digest at seven in the morning.
func managers(t testing.TB, name string, kinds ...notify.DigestKind) DigestList {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return DigestList{Name: name, To: []mail.Address{{Name: "Eva Maes", Address: eva}, {Address: "boss@management.example"}}, Kinds: kinds,
		Times: notify.Timetable{Zone: zone, At: 7 * 60}, Language: "en", Sheet: true}
}

// tick lets the clock of the digests act.
func (b *bench) tick(lists ...DigestList) int {
	b.t.Helper()
	n, err := b.Digests(b.ctx, lists)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// digests are the digests in the outbox, the oldest first.
func (b *bench) digests() (rows []casebook.Row) {
	b.t.Helper()
	all, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverMail)})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, r := range slices.Backward(all) {
		if isDigest(r) {
			rows = append(rows, r)
		}
	}
	return rows
}

func (b *bench) alerts() (texts []string) {
	b.t.Helper()
	rows, err := b.Book.Outbox(b.ctx, casebook.OutboxFilter{Kind: string(notify.DeliverAlert)})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, r := range rows {
		texts = append(texts, string(r.Body))
	}
	return texts
}

func mailIn(t *testing.T, row casebook.Row) (m notify.Mail) {
	t.Helper()
	if err := json.Unmarshal(row.Body, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDigestGoesOutOnceToEveryReader(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily)
	if n := b.tick(list); n != 0 || len(b.digests()) != 0 {
		t.Fatalf("a new list got %d digests of before its time", n)
	}
	b.take(request(ann, "one@shop.example"))
	b.at = time.Date(2026, 11, 23, 6, 1, 0, 0, time.UTC) // Monday, a minute past seven in Rome
	for range 3 {
		b.tick(list)
	}
	rows := b.digests()
	if len(rows) != 2 || rows[0].Recipient != eva || rows[1].Recipient != "boss@management.example" || rows[0].Automatic {
		t.Fatalf("%d digests: %+v", len(rows), rows)
	}
	m := mailIn(t, rows[0])
	if m.MessageID != rows[0].MessageID || m.MessageID == mailIn(t, rows[1]).MessageID || m.ToName != "Eva Maes" || m.Automatic {
		t.Errorf("addressed to %q, id %s", m.ToName, m.MessageID)
	}
	if !strings.Contains(m.Text, "20–22\u00a0November\u00a02026") || !strings.Contains(m.Text, "came in  1") {
		t.Errorf("the digest is\n%s", m.Text)
	}
}

func TestMissedDigestsGoOutOnce(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily, notify.Weekly, notify.Monthly)
	b.tick(list)
	b.at = time.Date(2026, 12, 9, 15, 0, 0, 0, time.UTC) // nearly three weeks later
	if n := b.tick(list); n != 3 {
		t.Errorf("%d digests after a long silence, want the last of each kind", n)
	}
	var keys []string
	for _, r := range b.digests() {
		keys = append(keys, r.Key)
	}
	want := []string{"digest/management/daily/2026-12-09/" + eva, "digest/management/weekly/2026-12-07/" + eva, "digest/management/monthly/2026-12-01/" + eva}
	for _, k := range want {
		if !slices.Contains(keys, k) {
			t.Errorf("%s is missing in %q", k, keys)
		}
	}
	if n := b.tick(list); n != 0 {
		t.Errorf("%d digests again", n)
	}
}

func TestNoNewsIsALineOrNothing(t *testing.T) {
	b := newBench(t)
	line, nothing := managers(t, "line", notify.Daily), managers(t, "nothing", notify.Daily)
	nothing.Unneeded = true
	b.tick(line, nothing)
	b.at = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	if n := b.tick(line, nothing); n != 1 {
		t.Errorf("%d digests, want the line", n)
	}
	rows := b.digests()
	if len(rows) != 2 || !strings.HasPrefix(rows[0].Key, "digest/line/") {
		t.Fatalf("%+v", rows)
	}
	if m := mailIn(t, rows[0]); !strings.HasPrefix(m.Text, "Nothing new:") || len(m.Attachments) != 0 {
		t.Errorf("%d files, and\n%s", len(m.Attachments), m.Text)
	}
	b.take(request(ann, "one@shop.example"))
	b.at = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	if n := b.tick(nothing); n != 1 {
		t.Errorf("%d digests with news, want 1", n)
	}
}

func TestShadowWritesNoDigest(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily)
	b.tick(list)
	b.Shadow = true
	b.at = b.at.AddDate(0, 0, 7)
	if n := b.tick(list); n != 0 || len(b.digests()) != 0 {
		t.Errorf("%d digests in shadow mode", n)
	}
}

func TestUndeliveredDigestAlertsTheStaff(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily)
	b.tick(list)
	b.at = b.at.AddDate(0, 0, 7)
	b.tick(list)
	rows := b.digests()
	if err := b.DeliveryFailed(b.ctx, rows[0], "550 no such user"); err != nil {
		t.Fatal(err)
	}
	if a := b.alerts(); len(a) != 1 || !strings.Contains(a[0], eva) || !strings.Contains(a[0], "550 no such user") {
		t.Errorf("alerts %q", a)
	}
	if err := b.Book.Done(b.ctx, rows[1].ID, b.at, "250 ok"); err != nil {
		t.Fatal(err)
	}
	report := b.takeRaw(dsn(rows[1].MessageID, "boss@management.example", "failed"), Letter{})
	if a := b.alerts(); len(a) != 2 || !strings.Contains(strings.Join(a, "\n"), "boss@management.example") {
		t.Errorf("alerts after the bounce %q", a)
	}
	row, err := b.Book.OutboxRow(b.ctx, rows[1].ID)
	if err != nil || row.Status != casebook.Failed || report.Fate != casebook.FateNoted {
		t.Errorf("the row is %s, the report %s (%s), %v", row.Status, report.Fate, report.Why, err)
	}
	if row := b.takeRaw(append([]byte("Message-ID: <2@mx.example>\r\n"), dsn(rows[1].MessageID, eva, "delayed")...), Letter{}); len(b.alerts()) != 2 {
		t.Errorf("a delay raised an alert: %s", row.Why)
	}
}

func TestAnswerToADigestIsBeforeAPerson(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily)
	b.tick(list)
	b.at = b.at.AddDate(0, 0, 7)
	b.tick(list)
	l := request(eva, "reply@management.example") // it reads like a return
	l.reply = "<" + b.digests()[0].MessageID + ">"
	row := b.take(l)
	if row.Fate != casebook.FateHold || len(b.cases()) != 0 {
		t.Errorf("%s (%s), %d cases", row.Fate, row.Why, len(b.cases()))
	}
}

func TestDigestByHandComesBesideTheOthers(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Weekly)
	b.tick(list)
	b.at = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	due := list.Times.Last(b.Policy, notify.Weekly, b.at)
	for range 2 {
		if err := b.SendDigest(b.ctx, list, due); err != nil {
			t.Fatal(err)
		}
		b.at = b.at.Add(time.Second)
	}
	if n := b.tick(list); n != 1 || len(b.digests()) != 6 {
		t.Errorf("%d by itself, %d mails in all: want 1 and 6", n, len(b.digests()))
	}
}

// Whatever the clock does, and however often the desk is started anew: each
// digest that is due while the desk runs goes out exactly once.
func TestEachDueDigestExactlyOnce(t *testing.T) {
	b := newBench(t)
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		list := managers(b.t, fmt.Sprintf("list%d", run), rapid.SampledFrom([]notify.DigestKind{notify.Daily, notify.Daily, notify.Weekly, notify.Monthly}).Draw(t, "kind"))
		list.To, list.Sheet = list.To[:1], false
		list.Times.At = notify.TimeOfDay(rapid.IntRange(0, 24*60-1).Draw(t, "at"))
		b.at = time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "begin"), 0).UTC()
		begun, want := map[notify.DigestKind]string{}, map[string]bool{}
		for i := range rapid.IntRange(2, 6).Draw(t, "ticks") {
			if rapid.Bool().Draw(t, "restart") {
				in, err := New(b.Options)
				if err != nil {
					t.Fatal(err)
				}
				b.Intake = in
			}
			for _, kind := range list.Kinds {
				due := list.Times.Last(b.Policy, kind, b.at)
				if i == 0 {
					begun[kind] = due.Day()
				}
				if due.Day() > begun[kind] {
					want[fmt.Sprintf("digest/%s/%s/%s/%s", list.Name, kind, due.Day(), eva)] = true
				}
			}
			if _, err := b.Digests(b.ctx, []DigestList{list}); err != nil {
				t.Fatal(err)
			}
			b.at = b.at.Add(time.Duration(rapid.SampledFrom([]int{1, 30, 600, 1439, 1440, 3 * 1440, 9 * 1440, 40 * 1440, -60, -1440, -5 * 1440}).Draw(t, "minutes")) * time.Minute)
		}
		got := 0
		for _, r := range b.digests() {
			if strings.HasPrefix(r.Key, "digest/"+list.Name+"/") {
				got++
				if !want[r.Key] {
					t.Fatalf("%s went out and was never due", r.Key)
				}
			}
		}
		if got != len(want) {
			t.Fatalf("%d digests went out, %d were due: %v", got, len(want), want)
		}
	})
}

func TestDigestIsNotMadeTwiceAtOnce(t *testing.T) {
	b := newBench(t)
	list := managers(t, "management", notify.Daily)
	b.tick(list)
	b.at = b.at.AddDate(0, 0, 7)
	due := list.Times.Last(b.Policy, notify.Daily, b.at)
	if _, err := b.makeDigest(b.ctx, list, due, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.makeDigest(b.ctx, list, due, ""); !errors.Is(err, casebook.ErrDigestMade) {
		t.Errorf("a second one at the same time: %v", err)
	}
	if n := len(b.digests()); n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
}
