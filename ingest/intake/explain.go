package intake

import (
	"cmp"
	"context"
	"time"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
)

// Explanation is what the desk would make of one mail.
type Explanation struct {
	Reading   Reading
	Decisions []rules.Decision // one for each sibling case; of a mail that opens none, one that says why
	Reply     *notify.Mail     // nil where none would be sent
	Withheld  string           // why an answer that the rules want would not go out
}

// Explainer says what the desk would make of a mail, touching nothing: no
// case is looked up, so an answer in a running case is always `update`.
type Explainer struct {
	Reader   *Reader
	Policy   *rules.Policy
	Composer *notify.Composer
	Language string // where nothing else tells

	Records func(context.Context, rules.Case) (rules.Records, error) // nil: no register, no directory, no other cases
}

// Explain reads a mail and judges it.
func (x *Explainer) Explain(ctx context.Context, raw []byte, undated time.Time) (Explanation, error) {
	return x.Judge(ctx, x.Reader.Read(ctx, raw, false, time.Time{}), undated)
}

// Judge decides on a mail as of its own date, so that the answer is the same
// tomorrow; of a mail without a date, as of undated.
func (x *Explainer) Judge(ctx context.Context, r Reading, undated time.Time) (Explanation, error) {
	e := Explanation{Reading: r}
	now := e.Reading.Message.Date
	if now.IsZero() {
		now = undated
	}
	if d, settled := settle(e.Reading); settled {
		e.Decisions = []rules.Decision{d}
		return e, nil
	}
	trust := rules.Unknown
	if e.Reading.Auth.Aligned && !e.Reading.credited() {
		trust = rules.Proven
	}
	customer := e.Reading.party(trust)
	language := cmp.Or(known(e.Reading.Facts.Language), x.Language)
	var told []notify.Told
	for i, cl := range rules.Split(x.Policy, e.Reading.Claim) {
		c := rules.Draft(cl, customer, language, rules.Number(now.Year(), i+1), now)
		actor := rules.Actor{Kind: rules.ByCustomer, ID: customer.Address, Name: customer.Name, Trust: trust}
		event := rules.Event{Kind: rules.EvRequest, Actor: actor, Claim: cl}
		if x.Records != nil {
			var err error
			if event.Records, err = x.Records(ctx, c); err != nil {
				return e, err
			}
		}
		d := rules.Decide(x.Policy, c, event, now)
		e.Decisions = append(e.Decisions, d)
		told = append(told, tell(d)...)
	}
	if len(told) == 0 {
		return e, nil
	}
	if !e.Reading.Facts.MayAnswer {
		e.Withheld = cmp.Or(e.Reading.Facts.NoAnswerWhy, "the mail forbids an automatic answer")
		return e, nil
	}
	mail, err := x.Composer.Compose(customer, language, told, thread(e.Reading), "explain", now, true)
	if err != nil {
		return e, err
	}
	e.Reply = &mail
	return e, nil
}

// settle decides on a mail that opens no case, as intake does, told without a
// casebook.
func settle(r Reading) (rules.Decision, bool) {
	f := r.Facts
	decide := func(o rules.Outcome, rule, why string) (rules.Decision, bool) {
		return rules.Decision{Outcome: o, Rule: rule, Why: why}, true
	}
	switch d := doorOf(r); d.way {
	case held:
		return decide(rules.OutHold, d.rule, "A person must look at the mail: "+d.why+".")
	case byBounce:
		return decide(rules.OutUpdate, "bounce", "A delivery report: if it is about a mail of a case, that case is put before staff.")
	case byRobot:
		return decide(rules.OutIgnore, "robot", "A machine wrote it ("+f.KindWhy+"): it is recorded and not answered.")
	}
	switch {
	case f.Kind == ingest.Reply && (len(f.Units) == 0 || hasThread(r)):
		return decide(rules.OutUpdate, "reply", "An answer in a running case: it is news for that case.")
	case f.Kind == ingest.Other:
		return decide(rules.OutHold, "no_return", "No return was recognised in the mail: a person must look.")
	}
	return rules.Decision{}, false
}

func hasThread(r Reading) bool {
	return len(r.threadIDs()) > 0 || len(r.Claim.References.RMA) > 0
}
