//go:build rig

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"retour/cmd/internal/loopback"
	"retour/rules/casebook"
)

func TestRigTwoHundredMailsAndFiveKills(t *testing.T) {
	const mails, kills = 200, 5
	r := openRig(t)
	d := r.serve()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := range mails {
			r.post(request(i))
		}
	}()
	for k := range kills {
		// Somewhere in the middle of the work, another place each time.
		want := mails * (k + 1) / (kills + 2)
		r.until(fmt.Sprintf("%d answers", want), time.Minute, func() bool { return r.count("customer", "INBOX") >= want })
		d.kill()
		d = r.serve()
	}
	<-sent
	// What was in flight at a kill is sent again when its lease has ended.
	r.until("all answers", 2*time.Minute, func() bool { return len(r.answers()) >= mails })
	r.until("the mailbox is empty", time.Minute, func() bool { return r.count("rma", "INBOX") == 0 })
	out, err := r.command("ledger", "--limit", "1")
	if err != nil || !strings.Contains(out, "200 mails seen") || !strings.Contains(out, "\n0 unaccounted") {
		t.Errorf("ledger: %v\n%s", err, out)
	}
	r.checkAnswers(mails, kills)
	d.stop(t)
}

// answers are the Message-IDs of the answers, and how often each came, by the
// customer's mail that they answer.
func (r *rig) answers() map[string]map[string]int {
	r.t.Helper()
	answers := map[string]map[string]int{}
	for _, m := range r.mails("customer", "INBOX") {
		for _, to := range m.InReplyTo {
			if answers[to] == nil {
				answers[to] = map[string]int{}
			}
			answers[to][m.MessageID]++
		}
	}
	return answers
}

// checkAnswers: each customer has his one answer. A kill between the server's
// 250 and the mark in the outbox may repeat a mail, with the same Message-ID;
// two different answers are a fault.
func (r *rig) checkAnswers(mails, kills int) {
	r.t.Helper()
	answers := r.answers()
	repeated := -len(answers)
	for _, ids := range answers {
		for _, times := range ids {
			repeated += times
		}
	}
	for i := range mails {
		if n := len(answers[fmt.Sprintf("rig-%d@kunde.example", i)]); n != 1 {
			r.t.Errorf("customer %d has %d different answers, want 1", i, n)
		}
	}
	// A kill may repeat the mails that were in hand together, and no more.
	const inHand = 16
	if repeated > kills*inHand {
		r.t.Errorf("%d mails came twice; %d kills explain %d at the most", repeated, kills, kills*inHand)
	}
	book, err := casebook.Open(r.t.Context(), filepath.Join(r.dir, "retour.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer book.Close()
	cases, err := book.Cases(r.t.Context(), casebook.CaseFilter{Limit: 10 * mails})
	if err != nil || len(cases) != mails {
		r.t.Errorf("%d cases, want %d (%v)", len(cases), mails, err)
	}
	r.t.Logf("%d mails, %d cases, %d answers repeated with the same Message-ID", mails, len(cases), repeated)
}

// TestRigLatency: from the moment Postfix has taken a lone mail until it has taken
// the answer. Dovecot holds its IDLE notice back for 500 ms.
func TestRigLatency(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	var took []time.Duration
	for i := range 15 {
		l := request(1000 + i)
		r.post(l)
		start := time.Now()
		r.until("the answer", 10*time.Second, func() bool { return r.count("customer", "INBOX") > i })
		took = append(took, r.answerAccepted(l.from).Sub(start))
	}
	d.stop(t)
	slices.Sort(took)
	median := took[len(took)/2]
	t.Logf("mail taken → answer taken, Postfix and Dovecot, %d lone mails: median %s, worst %s", len(took), median, took[len(took)-1])
	if median > 3*time.Second {
		t.Errorf("median %s, want under 3 s: a poll, not a notice", median)
	}
}

// answerAccepted is when the SMTP server took the mail to an address.
func (r *rig) answerAccepted(address string) time.Time {
	r.t.Helper()
	book, err := casebook.Open(r.t.Context(), filepath.Join(r.dir, "retour.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.Outbox(r.t.Context(), casebook.OutboxFilter{Kind: "mail"})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, row := range rows {
		if row.Recipient == address && !row.SentAt.IsZero() {
			return row.SentAt
		}
	}
	r.t.Fatalf("no mail to %s was sent", address)
	return time.Time{}
}

func TestRigBounceComesBackToTheCase(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	r.post(grandstream("vanished@kunde.example", "bounce-1@kunde.example"))
	r.until("the case knows that its mail came back", 15*time.Second, func() bool {
		out, err := r.command("cases", "--json")
		if err != nil {
			return false
		}
		var cases []struct {
			Undelivered bool `json:"undelivered"`
		}
		return json.Unmarshal([]byte(out), &cases) == nil && len(cases) == 1 && cases[0].Undelivered
	})
	d.stop(t)
}

func TestRigSecondDaemonRefusesToStart(t *testing.T) {
	r := openRig(t)
	d := r.serve()
	out, err := r.command("serve")
	if err == nil || !strings.Contains(out, strconv.Itoa(d.cmd.Process.Pid)) {
		t.Errorf("a second daemon on the same files: %v\n%s", err, out)
	}
	other := *r
	other.dir = t.TempDir()
	other.configure()
	if out, err = other.command("serve"); err == nil || !strings.Contains(out, strconv.Itoa(d.cmd.Process.Pid)) {
		t.Errorf("a second daemon with other files on the same mailbox: %v\n%s", err, out)
	}
	d.stop(t)
}

func TestRigCheckOnline(t *testing.T) {
	r := openRig(t)
	out, err := r.command("check", "--online")
	if err != nil || strings.Contains(out, "FAIL") || strings.Count(out, "ok    IMAP") < 3 || !strings.Contains(out, "ok    SMTP") || !strings.Contains(out, "ok    Slack") {
		t.Errorf("check --online: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "password"), []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = r.command("check", "--online")
	if err == nil || !strings.Contains(out, "FAIL  IMAP") || strings.Contains(out, "wrong") {
		t.Errorf("check --online with a wrong password: %v\n%s", err, out)
	}
}

// A digest goes through Postfix into a real mailbox and is read back part by
// part. Who could not get it, at once or by a later report, is told to the staff.
func TestRigDigest(t *testing.T) {
	r := openRig(t)
	config := filepath.Join(r.dir, "retour.yaml")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	lists := "digests:\n  - list: management\n    to: [Eva Maes <customer+eva@kunde.example>, reject@kunde.example, vanished@kunde.example]\n    period: daily\n    language: it\n"
	if err := os.WriteFile(config, append(text, lists...), 0o600); err != nil {
		t.Fatal(err)
	}
	d := r.serve()
	r.post(letter{from: "info@kunde.example", id: "held@kunde.example", subject: "Hello", text: "What are your opening hours?"})
	r.until("the mail is held, and so there is news", 20*time.Second, func() bool { return r.count("rma", "hold") == 1 })
	d.stop(t)
	if out, err := r.command("digest", "--for", "management", "--send"); err != nil || !strings.Contains(out, "3 mails in the outbox") {
		t.Fatalf("%s%v", out, err)
	}
	d = r.serve()
	r.until("the digest is in the mailbox", 30*time.Second, func() bool { return r.count("customer", "INBOX") == 1 })
	header, parts := leaves(t, r.raws("customer", "INBOX")[0])
	if got := header.Get("Auto-Submitted"); got != "auto-generated" {
		t.Errorf("Auto-Submitted is %q", got)
	}
	if len(parts) < 3 || !strings.HasSuffix(parts[0].path, "text/plain") || !strings.Contains(strings.Join(strings.Fields(string(parts[0].body)), " "), "1 e-mail attende una persona") ||
		!strings.HasSuffix(parts[1].path, "text/html") || !strings.HasSuffix(parts[len(parts)-1].path, "spreadsheetml.sheet") {
		t.Fatalf("%d parts; the first is\n%s", len(parts), parts[0].body)
	}
	if _, err := excelize.OpenReader(bytes.NewReader(parts[len(parts)-1].body)); err != nil {
		t.Errorf("the spreadsheet: %v", err)
	}
	r.until("the staff know who did not get it", 30*time.Second, func() bool {
		said := fmt.Sprint(r.slack.Messages(loopback.SlackChannel))
		return strings.Contains(said, "The digest for reject@kunde.example could not be delivered") &&
			strings.Contains(said, "The digest for vanished@kunde.example could not be delivered")
	})
	d.stop(t)
}
