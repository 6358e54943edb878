package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"retour/rules/casebook"
)

func TestLineDiff(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"", "", ""},
		{"a b c", "a b c", ""},
		{"a b c", "a c", "-b"},
		{"a c", "a b c", "+b"},
		{"a b", "x y", "-a -b +x +y"},
		{"a b c d", "b x d e", "-a -c +x +e"},
	} {
		got := strings.ReplaceAll(strings.Join(lineDiff(strings.Fields(c.a), strings.Fields(c.b)), "|"), " ", "")
		if want := strings.ReplaceAll(c.want, " ", "|"); got != want {
			t.Errorf("%s → %s: %s, want %s", c.a, c.b, got, want)
		}
	}
}

func TestChangeOf(t *testing.T) {
	one := func(change func(*judged)) judged {
		j := judged{Verdict: "ask (facts_missing)", Decision: explainedDecision{Missing: []string{"serial"}, Why: "w"}, Reply: &explainedReply{Text: "t"}, reading: "r"}
		change(&j)
		return j
	}
	for want, change := range map[string]func(*judged){
		"":                                         func(*judged) {},
		"ask → hold":                               func(j *judged) { j.Verdict = "hold (mine)" },
		"ask → ask + refer":                        func(j *judged) { j.Verdict = "ask (facts_missing) + refer (vendor_direct)" },
		"ask, by another rule":                     func(j *judged) { j.Verdict = "ask (mine)" },
		"ask, not answered now":                    func(j *judged) { j.Reply = nil },
		"ask, other facts are asked for":           func(j *judged) { j.Decision.Missing = []string{"model"} },
		"ask, understood otherwise":                func(j *judged) { j.reading = "other" },
		"ask, only the text of the answer":         func(j *judged) { j.Reply = &explainedReply{Text: "u"} },
		"ask, only the reason that staff are told": func(j *judged) { j.Decision.Why = "v" },
	} {
		if got := changeOf(one(func(*judged) {}), one(change)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// The results come in the order of the mails, however long each takes.
func TestEachInOrder(t *testing.T) {
	var mbox strings.Builder
	var want []string
	for i := range 200 {
		fmt.Fprintf(&mbox, "From a@b.example Fri Nov 20 09:00:00 2026\nSubject: %d\n\ntext\n\n", i)
		want = append(want, fmt.Sprintf("-#%d", i+1))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w := &world{ctx: ctx, stdin: strings.NewReader(mbox.String()), stderr: testWriter{t}}
	var got []string
	err := eachInOrder(w, Config{}, []string{"-"}, func(m archived) string {
		x := 0
		for range rand.IntN(100000) {
			x++
		}
		return m.source
	}, func(s string) error { got = append(got, s); return nil })
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	w.stdin = strings.NewReader(mbox.String())
	shown := 0
	err = eachInOrder(w, Config{}, []string{"-"}, func(archived) int { return 0 }, func(int) error {
		if shown++; shown == 3 {
			return fmt.Errorf("the disk is full")
		}
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "disk is full") || shown != 3 {
		t.Errorf("%v after %d", err, shown)
	}
}

// The mails that the desk has kept are an archive too, and are only read.
func TestCompareReadsTheCasebook(t *testing.T) {
	d := openDesk(t)
	d.write(phone(1), phone(2))
	before := d.outboxKeys()
	out, code := d.command("explain", "--json", "--compare", "shipped", "casebook")
	if code != exitOK || out != "" {
		t.Errorf("nothing is to differ: %d\n%s", code, out)
	}
	out, code = d.command("explain", "--json", "casebook")
	if code != exitOK || strings.Count(out, "\"source\":\"casebook#") != 2 || strings.Index(out, phone(1).from) > strings.Index(out, phone(2).from) {
		t.Errorf("%d\n%s", code, out)
	}
	if after := d.outboxKeys(); !slices.Equal(before, after) {
		t.Errorf("explain left something in the outbox:\n%s", cmp.Diff(before, after))
	}
}

func (d *desk) outboxKeys() []string {
	d.t.Helper()
	rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	var keys []string
	for _, r := range rows {
		keys = append(keys, r.Key+" "+r.Status)
	}
	return keys
}
