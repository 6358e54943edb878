package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// Open opens a case, or sibling cases, that a person entered by hand: by the
// same rules as a mail that says the same. Where the customer is not to be told,
// nothing happens that a person does not do: what the rules would do alone they
// propose. key names the envelope, as of Click.
func (in *Intake) Open(ctx context.Context, h rules.Handmade, key string) (result Result, numbers []string, err error) {
	in = in.current()
	h, no := in.byHand(h)
	if no != "" {
		return Result{Message: no}, nil, nil
	}
	claim := in.reader.Typed(h, in.Now())
	err = in.writeKnowing(ctx, func(tx *casebook.Tx, v *live) error {
		var err error
		result, numbers, err = in.openByHand(ctx, tx, v, h, claim, key)
		if err == nil && !result.Done {
			return errRefused
		}
		return err
	})
	if refused, ok := errors.AsType[Refused](err); ok {
		return Result{Message: refused.Message}, nil, nil
	}
	if err != nil && !errors.Is(err, errRefused) {
		return Result{}, nil, fmt.Errorf("open a case by hand: %w", err)
	}
	in.Log.Info("case opened by hand", "cases", numbers, "by", h.By.ID, "done", result.Done, "told", h.Tell)
	return result, numbers, nil
}

func (in *Intake) openByHand(ctx context.Context, tx *casebook.Tx, v *live, h rules.Handmade, claim rules.Claim, key string) (Result, []string, error) {
	once, err := tx.Once(ctx, "open/"+key)
	if err != nil {
		return Result{}, nil, fmt.Errorf("look whether the click is doubled: %w", err)
	}
	if !once {
		return Result{Done: true, Message: "That was done already."}, nil, nil
	}
	acts, refusal, err := in.handCases(ctx, tx, v, h, claim)
	if err != nil || refusal != "" {
		return Result{Message: refusal}, nil, err
	}
	numbers, err := in.bookByHand(ctx, tx, acts, h)
	if err != nil {
		return Result{}, nil, err
	}
	return Result{Done: true}, numbers, tx.Remember(ctx, h.Customer.Address, h.Language, rules.Known)
}

// byHand completes what was entered; no says what is wrong with it.
func (in *Intake) byHand(h rules.Handmade) (_ rules.Handmade, no string) {
	h.Customer.Address = strings.ToLower(strings.TrimSpace(h.Customer.Address))
	if !answerable(h.Customer.Address) {
		return h, fmt.Sprintf("%q is no mail address.", h.Customer.Address)
	}
	h.Customer.Trust = rules.Known // the person who enters it vouches for it
	h.Language = cmp.Or(h.Language, in.Language)
	return h, ""
}

// handCases decides on what was entered by hand. Who enters it has charge of it.
func (in *Intake) handCases(ctx context.Context, tx *casebook.Tx, v *live, h rules.Handmade, claim rules.Claim) ([]*booking, string, error) {
	acts, refusal, err := in.newCases(ctx, tx, v, in.policyFor(h), newReturn{
		claim: claim, customer: h.Customer, language: h.Language, actor: h.By, vouched: true, text: handText(h),
	})
	for _, b := range acts {
		if !h.Tell {
			b.decision.Notices = nil
		}
		b.decision.Case.Owner = rules.Person{ID: h.By.ID, Name: h.By.Name}
	}
	return acts, refusal, err
}

// PreviewOpen shows what [Intake.Open] would do, and changes nothing: the cases,
// with numbers that may yet be given to others, and the mail that would tell of
// them. Where only the person's own words for it are refused, no says why and the
// mail is there. language is the one that the staff read.
func (in *Intake) PreviewOpen(ctx context.Context, h rules.Handmade, language string) (cases []rules.Case, p notify.Preview, no string, err error) {
	in = in.current()
	if h, no = in.byHand(h); no != "" {
		return nil, p, no, nil
	}
	claim := in.reader.Typed(h, in.Now())
	var acts []*booking
	err = in.writeKnowing(ctx, func(tx *casebook.Tx, v *live) error {
		var err error
		if acts, no, err = in.handCases(ctx, tx, v, h, claim); err != nil {
			return err
		}
		return errRefused
	})
	if !errors.Is(err, errRefused) {
		return nil, p, "", fmt.Errorf("preview of a case by hand: %w", err)
	}
	var told []notify.Told
	for _, b := range acts {
		cases, told = append(cases, b.decision.Case), append(told, tell(b.decision)...)
	}
	if no != "" || len(told) == 0 {
		return cases, p, no, nil
	}
	p.Words = h.Mail
	err = in.composeTold(&p, h.Customer, h.Language, told, language)
	if refused, ok := errors.AsType[Refused](err); ok {
		return cases, p, refused.Message, nil
	}
	if err != nil {
		return nil, p, "", fmt.Errorf("preview of a case by hand: %w", err)
	}
	return cases, p, "", nil
}

// policyFor is the policy by which a case is opened by hand: without the
// customer's knowledge the desk does nothing alone.
func (in *Intake) policyFor(h rules.Handmade) *rules.Policy {
	if h.Tell {
		return in.Policy
	}
	quiet := *in.Policy
	quiet.Automatic = rules.Automatic{}
	return &quiet
}

func handText(h rules.Handmade) string {
	return shorten(strings.TrimSpace(strings.TrimSpace(h.Text) + "\n\n" + strings.TrimSpace(h.Units)))
}

// bookByHand stores the cases and leaves the one mail that tells of them.
func (in *Intake) bookByHand(ctx context.Context, tx *casebook.Tx, acts []*booking, h rules.Handmade) (numbers []string, err error) {
	var told []notify.Told
	var first int64
	for _, b := range acts {
		history, err := in.book(ctx, tx, b, noticeKinds(b.decision.Notices))
		if err != nil {
			return nil, err
		}
		first = cmp.Or(first, history)
		told = append(told, tell(b.decision)...)
		numbers = append(numbers, b.decision.Case.Number)
	}
	if len(told) == 0 {
		return numbers, nil
	}
	c := acts[0].decision.Case
	if h.Mail != "" && c.Number != h.Number {
		return nil, errReadsOtherwise
	}
	return numbers, in.post(ctx, tx, posting{to: h.Customer, language: c.Language, told: told, key: fmt.Sprintf("mail/%d", first), caseID: c.ID, history: first, words: h.Mail})
}

// Typed is what a person entered about a return, understood as if it stood in a
// mail. Each line of the units is one unit, also where no manufacturer's form is
// recognised in it; what a person typed is not doubted as what was read is.
func (r *Reader) Typed(h rules.Handmade, now time.Time) rules.Claim {
	reading := r.guarded(false, func(reading *Reading) {
		reading.Message = &ingest.Message{From: []ingest.Address{{Address: h.Customer.Address, Name: h.Customer.Name}},
			Text: strings.TrimSpace(h.Text) + "\n\n" + strings.TrimSpace(h.Units) + "\n"}
		r.understand(reading, now)
	})
	cl := reading.Claim
	cl.Reason = rules.Reason(cmp.Or(string(h.Reason), string(cl.Reason)))
	cl.Fault = cmp.Or(cl.Fault, strings.TrimSpace(h.Text))
	cl.Text = handText(h)
	for line := range strings.Lines(h.Units) {
		if it, ok := typedUnit(line); ok && !slices.ContainsFunc(cl.Items, func(known rules.Item) bool { return inLine(known, line) }) {
			cl.Items = append(cl.Items, it)
		}
	}
	for i := range cl.Items {
		cl.Items[i].Position, cl.Items[i].FoundIn = i+1, "by hand"
		if cl.Items[i].Confidence != "weak" {
			cl.Items[i].Confidence = ""
		}
	}
	return cl
}

// inLine: the unit was found in the line.
func inLine(it rules.Item, line string) bool {
	key := rules.NumberKey(line)
	for _, number := range []string{it.Serial, it.MAC} {
		if n := rules.NumberKey(number); n != "" && strings.Contains(key, n) {
			return true
		}
	}
	return it.Serial == "" && it.MAC == "" && it.Model != "" && strings.Contains(key, rules.NumberKey(it.Model))
}

// typedUnit reads a line in which nothing was recognised: its last word is the
// number if it can be one, the words before it are the model.
func typedUnit(line string) (rules.Item, bool) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return rules.Item{}, false
	}
	last := words[len(words)-1]
	if key := rules.NumberKey(last); len(key) >= 5 && strings.ContainsAny(key, "0123456789") {
		return rules.Item{Model: strings.Join(words[:len(words)-1], " "), Serial: strings.ToUpper(last)}, true
	}
	return rules.Item{Model: strings.Join(words, " ")}, true
}

// Unload says what a list of scanned units means, and books nothing.
func (in *Intake) Unload(ctx context.Context, text string) (rules.Unloading, error) {
	in = in.current()
	scans := rules.ReadScans(text)
	cases, labels := map[string][]rules.Case{}, map[string]rules.Case{}
	for _, s := range scans[:min(len(scans), mostUnits)] {
		if s.Number != "" {
			c, ok, err := follow(ctx, in.Book, s.Number)
			if err != nil {
				return rules.Unloading{}, err
			}
			if ok {
				labels[s.Number] = c
			}
		}
		for _, key := range s.Keys {
			found, err := in.Book.CasesBySerial(ctx, key)
			if err != nil {
				return rules.Unloading{}, fmt.Errorf("cases of scanned unit %s: %w", key, err)
			}
			cases[key] = slices.DeleteFunc(found, func(c rules.Case) bool { return c.Shadow != in.Shadow })
		}
	}
	return rules.Unload(scans, cases, labels), nil
}
