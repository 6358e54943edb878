package intake

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// FieldMail is the field of a click that holds the rewritten mail.
const FieldMail rules.Field = "mail"

// Preview shows what a click would send and changes nothing. language is the
// one that the staff read.
func (in *Intake) Preview(ctx context.Context, click rules.Click, language string) (notify.Preview, error) {
	in = in.current()
	p, err := in.preview(ctx, click, language)
	if err != nil {
		return notify.Preview{}, fmt.Errorf("preview: %w", err)
	}
	return p, nil
}

func (in *Intake) preview(ctx context.Context, click rules.Click, language string) (p notify.Preview, err error) {
	c, err := in.Book.Case(ctx, click.Number)
	if err != nil {
		return p, err
	}
	if err := complete(ctx, in.Book, c, &click.Event); err != nil {
		return p, err
	}
	if err := in.lookBeside(ctx, in.liveFor(click.Event.Kind), c, &click.Event); err != nil {
		return p, err
	}
	d := rules.Decide(in.Policy, c, click.Event, in.Now())
	if d.Case.Asked != nil && d.Case.Asked != c.Asked {
		p.Second = d.Case.Asked.What
		d = rules.Foresee(in.Policy, c, click.Event, in.Now())
	}
	if d.Refusal != "" {
		return p, Refused{d.Refusal, d.Field}
	}
	if click.Event.Kind == rules.EvResend || click.Event.Kind == rules.EvFixAddress {
		p.Again, err = in.undeliveredMails(ctx, c, d.Case.Customer.Address)
		return p, err
	}
	if len(d.Notices) == 0 {
		return p, nil
	}
	p.Words = rewrittenBy(click.Event, c)
	return p, in.compose(&p, d, language)
}

// compose fills in the mail of a decision, in both languages.
func (in *Intake) compose(p *notify.Preview, d rules.Decision, language string) error {
	return in.composeTold(p, d.Case.Customer, d.Case.Language, tell(d), language)
}

// composeTold fills in the mail that tells of some cases, in both languages.
func (in *Intake) composeTold(p *notify.Preview, to rules.Party, own string, told []notify.Told, language string) error {
	draft, err := in.Composer.Draft(to, own, told, notify.Thread{}, "preview", in.Now(), false)
	if err != nil {
		return err
	}
	p.Mail, p.Body, p.Head, p.Foot = &draft.Mail, draft.Body, draft.Head, draft.Foot
	if language != draft.Language {
		reading, err := in.Composer.Draft(to, language, told, notify.Thread{}, "preview", in.Now(), false)
		if err != nil {
			return err
		}
		p.Reading = reading.Body
	}
	_, err = rewritten(draft, p.Words)
	return err
}

// undeliveredMails are the mails that a click sends again, as they are.
func (in *Intake) undeliveredMails(ctx context.Context, c rules.Case, to string) ([]notify.Mail, error) {
	group := []rules.Case{c}
	if c.Group != "" {
		var err error
		if group, err = in.Book.Cases(ctx, casebook.CaseFilter{Group: c.Group}); err != nil {
			return nil, fmt.Errorf("siblings of %s: %w", c.Number, err)
		}
	}
	var mails []notify.Mail
	for _, sibling := range group {
		rows, err := in.Book.Outbox(ctx, casebook.OutboxFilter{CaseID: sibling.ID, Kind: string(notify.DeliverMail), Status: casebook.Failed})
		if err != nil {
			return nil, fmt.Errorf("the mails that did not arrive: %w", err)
		}
		for _, row := range rows {
			var m notify.Mail
			if err := json.Unmarshal(row.Body, &m); err != nil {
				return nil, fmt.Errorf("read mail %s: %w", row.Key, err)
			}
			m.To = to
			mails = append(mails, m)
		}
	}
	return mails, nil
}

// rewrittenBy are the words that go out instead of the composed ones: the
// person's own, or those of the one whose event he confirms.
func rewrittenBy(e rules.Event, c rules.Case) string {
	if e.Kind == rules.EvConfirm && c.Asked != nil {
		return cmp.Or(e.Mail, c.Asked.Event.Mail)
	}
	return e.Mail
}

// rewritten is the mail with a person's words, where there are any.
func rewritten(d notify.Draft, words string) (notify.Mail, error) {
	if words == "" {
		return d.Mail, nil
	}
	mail, err := d.Rewritten(words)
	if lost, ok := errors.AsType[notify.LostError](err); ok {
		return mail, Refused{lost.Error(), FieldMail}
	}
	if errors.Is(err, notify.ErrNoWords) {
		return mail, Refused{err.Error(), FieldMail}
	}
	return mail, err
}
