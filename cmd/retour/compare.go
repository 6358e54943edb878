package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"retour/ingest/intake"
)

// errDiffers is the exit code of a comparison that found something.
var errDiffers = errors.New("mails would be decided otherwise")

// compared is one mail under two policies.
type compared struct {
	Source    string `json:"source"`
	MessageID string `json:"message_id"`
	From      string `json:"from"`
	Subject   string `json:"subject"`
	Change    string `json:"change"` // the kind of change; empty: none
	Old       judged `json:"old"`
	New       judged `json:"new"`
}

// judged is what a policy makes of a mail.
type judged struct {
	Verdict  string            `json:"verdict"` // outcome and rule of each case that the mail would open
	Decision explainedDecision `json:"decision"`
	Reply    *explainedReply   `json:"reply"`
	reading  string            // what was understood, to compare
}

// compare judges the mails by the old policy and by the new one and shows where
// they part.
func (e *explainCmd) compare(w *world, cfg Config, out io.Writer, old, now *intake.Explainer) error {
	same := intake.SameCatalogue(old.Policy, now.Policy)
	report := &comparison{out: out, json: e.JSON, texts: e.Texts, kinds: map[string]int{}}
	err := eachInOrder(w, cfg, e.Paths, func(m archived) compared { return compareMail(w.ctx, old, now, same, m) }, report.add)
	if err == nil {
		err = report.end(old.Policy.Version, now.Policy.Version)
	}
	if err == nil && len(report.differ) > 0 {
		err = errDiffers
	}
	return err
}

// compareMail reads the mail once. It is understood twice only where the
// catalogues differ.
func compareMail(ctx context.Context, old, now *intake.Explainer, same bool, m archived) compared {
	if m.fault != nil {
		return compared{Source: m.source} // under both
	}
	reading := old.Reader.Read(ctx, m.raw, m.headerOnly, time.Time{})
	again := reading
	if !same {
		again = now.Reader.Reread(ctx, reading, time.Time{})
	}
	c := compared{Source: m.source, MessageID: reading.Message.MessageID, From: reading.Facts.From.Address, Subject: reading.Message.Subject,
		Old: judge(ctx, old, reading), New: judge(ctx, now, again)}
	c.Change = changeOf(c.Old, c.New)
	return c
}

func judge(ctx context.Context, x *intake.Explainer, r intake.Reading) judged {
	e, err := x.Judge(ctx, r, undated)
	line := explainReading("", e)
	j := judged{Decision: line.Decision, Reply: line.Reply}
	var all []string
	for _, d := range e.Decisions {
		all = append(all, fmt.Sprintf("%s (%s)", d.Outcome, d.Rule))
	}
	if err != nil {
		all = append(all, "error: "+err.Error())
	}
	j.Verdict = strings.Join(all, " + ")
	understood, err := json.Marshal([]any{line.Kind, line.Language, line.Reason, line.Items, line.References, line.PurchaseDate, line.Answer})
	if err != nil {
		understood = []byte(err.Error())
	}
	j.reading = string(understood)
	return j
}

// onlyText ends the change of a mail of which nothing else differs.
const onlyText = ", only the text of the answer"

// changeOf names the weightiest difference; empty where there is none.
func changeOf(old, now judged) string {
	was, is := outcomes(old.Verdict), outcomes(now.Verdict)
	answered := func(j judged) explainedReply {
		if j.Reply == nil {
			return explainedReply{}
		}
		return *j.Reply
	}
	switch {
	case was != is:
		return was + " → " + is
	case (old.Reply == nil) != (now.Reply == nil):
		return map[bool]string{true: is + ", answered now", false: is + ", not answered now"}[now.Reply != nil]
	case old.Verdict != now.Verdict:
		return is + ", by another rule"
	case !slices.Equal(old.Decision.Missing, now.Decision.Missing):
		return is + ", other facts are asked for"
	case old.reading != now.reading:
		return is + ", understood otherwise"
	case answered(old) != answered(now):
		return is + onlyText
	case old.Decision.Why != now.Decision.Why:
		return is + ", only the reason that staff are told"
	}
	return ""
}

// outcomes is a verdict without its rules.
func outcomes(verdict string) string {
	parts := strings.Split(verdict, " + ")
	for i, p := range parts {
		parts[i], _, _ = strings.Cut(p, " (")
	}
	return strings.Join(parts, " + ")
}

// comparison gathers what differs.
type comparison struct {
	out         io.Writer
	json, texts bool
	mails       int
	differ      []compared
	kinds       map[string]int
}

func (r *comparison) add(c compared) error {
	r.mails++
	if c.Change == "" {
		return nil
	}
	r.kinds[c.Change]++
	if r.json {
		r.differ = append(r.differ, compared{})
		return encodeJSON(r.out, "", c)
	}
	r.differ = append(r.differ, c)
	return nil
}

// end prints the table, the answers that differ, and the counts.
func (r *comparison) end(old, now string) error {
	if r.json {
		return nil
	}
	if len(r.differ) > 0 {
		t := &table{header: []string{"MAIL", "OLD", "NEW"}}
		for _, c := range r.differ {
			is := c.New.Verdict
			if is == c.Old.Verdict {
				_, is, _ = strings.Cut(c.Change, ", ")
			}
			t.add(c.Source, c.Old.Verdict, is)
		}
		if err := t.print(r.out); err != nil {
			return err
		}
	}
	for _, c := range r.differ {
		if r.texts && strings.HasSuffix(c.Change, onlyText) {
			printTextDiff(r.out, c)
		}
	}
	fmt.Fprintf(r.out, "\n%d mails under %s and %s: %d differ\n", r.mails, clean(old), clean(now), len(r.differ))
	kinds := make([]string, 0, len(r.kinds))
	for k := range r.kinds {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b string) int {
		if r.kinds[a] != r.kinds[b] {
			return r.kinds[b] - r.kinds[a]
		}
		return strings.Compare(a, b)
	})
	for _, k := range kinds {
		fmt.Fprintf(r.out, "%6d  %s\n", r.kinds[k], k)
	}
	return nil
}

// printTextDiff shows the lines of an answer that are gone and those that are new.
func printTextDiff(out io.Writer, c compared) {
	lines := func(j judged) []string {
		if j.Reply == nil {
			return nil
		}
		return append([]string{"Subject: " + j.Reply.Subject}, strings.Split(strings.TrimRight(j.Reply.Text, "\n"), "\n")...)
	}
	diff := lineDiff(lines(c.Old), lines(c.New))
	if len(diff) == 0 {
		return
	}
	fmt.Fprintf(out, "\n%s\n", clean(c.Source))
	for _, line := range diff {
		fmt.Fprintf(out, "  %s\n", clean(line))
	}
}

// lineDiff lists the lines that only one of two texts has, "- " or "+ " before
// them, by their longest common subsequence.
func lineDiff(a, b []string) []string {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var diff []string
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			diff, i = append(diff, "- "+a[i]), i+1
		default:
			diff, j = append(diff, "+ "+b[j]), j+1
		}
	}
	return diff
}
