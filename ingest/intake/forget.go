package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// ForgetRefused says why a person cannot be forgotten yet, a reason a line.
type ForgetRefused []string

func (r ForgetRefused) Error() string { return strings.Join(r, "\n") }

// mailsAtOnce is how many raw mails are looked through in one read of the casebook.
const mailsAtOnce = 100

// Traces finds a person wherever the desk has him, in the raw mails of others too.
// Names are those that he is known by beside what stands with his address. seen,
// which may be nil, is called for each mail that is looked through.
func (in *Intake) Traces(ctx context.Context, person rules.Forgotten, seen func()) (casebook.Traces, error) {
	in = in.current()
	t, err := in.Book.Traces(ctx, casebook.Traces{Person: person})
	if err != nil {
		return t, err
	}
	return t, traceMails(ctx, in.Book, &t, 0, seen)
}

// mailBook is the casebook, in a transaction or beside one.
type mailBook interface {
	caseReader
	MailsAfter(ctx context.Context, id int64, n int) ([]casebook.LedgerRow, error)
	Raw(ctx context.Context, hash string) ([]byte, error)
}

// traceMails looks through the raw mails from the first after an ID on for the
// person's address, and for the names that stand beside it.
func traceMails(ctx context.Context, book mailBook, t *casebook.Traces, after int64, seen func()) error {
	for {
		rows, err := book.MailsAfter(ctx, after, mailsAtOnce)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			if err := traceMail(ctx, book, t, row); err != nil {
				return err
			}
			if seen != nil {
				seen()
			}
			after = row.ID
		}
	}
}

func traceMail(ctx context.Context, book mailBook, t *casebook.Traces, row casebook.LedgerRow) error {
	raw, err := book.Raw(ctx, row.Hash)
	if errors.Is(err, casebook.ErrLost) {
		return nil // there is nothing left to look through
	}
	if err != nil {
		return fmt.Errorf("look through mail %d: %w", row.ID, err)
	}
	known := slices.Contains(t.Written, row.ID) || slices.Contains(t.Naming, row.ID)
	if !known && !names(raw, t.Person.Address) {
		return nil
	}
	m := ingest.Parse(raw, ingest.DefaultLimits())
	for _, a := range slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc) {
		if a.Address == t.Person.Address {
			t.AddNames(a.Name)
		}
	}
	if known {
		return nil
	}
	t.Naming = append(t.Naming, row.ID)
	if row.CaseNumber == "" {
		return nil
	}
	c, err := book.Case(ctx, row.CaseNumber)
	if errors.Is(err, casebook.ErrNotFound) || slices.Contains(t.Own, c.ID) || slices.Contains(t.Others, c.ID) {
		return nil
	}
	if err == nil {
		t.Others = append(t.Others, c.ID)
	}
	return err
}

// names says whether a mail names an address, in its header, its text or a mail
// within it.
func names(raw []byte, address string) bool {
	person := rules.Forgotten{Address: address}
	lower := bytes.ToLower(raw)
	if bytes.Contains(lower, []byte(address)) && person.In(string(lower)) {
		return true
	}
	if !bytes.Contains(lower, []byte("base64")) && !bytes.Contains(lower, []byte("quoted-printable")) && !bytes.Contains(lower, []byte("?q?")) && !bytes.Contains(lower, []byte("?b?")) {
		return false
	}
	return inMessage(ingest.Parse(raw, ingest.DefaultLimits()), person)
}

func inMessage(m *ingest.Message, person rules.Forgotten) bool {
	if m == nil {
		return false
	}
	for _, a := range slices.Concat(m.From, m.Sender, m.ReplyTo, m.To, m.Cc) {
		if a.Address == person.Address {
			return true
		}
	}
	return person.In(m.Subject) || person.In(m.Text) || person.In(m.HTML) || slices.ContainsFunc(m.Attachments, func(a ingest.Attachment) bool {
		return inMessage(a.Message, person) || strings.HasPrefix(a.MediaType, "text/") && person.In(string(a.Data))
	})
}

// Forget deletes what Traces found of a person, and what has come since. Of his
// cases remains what the books need; from cases of others he goes alone. A case
// of his that is open is closed before, as withdrawn, where force is true; what
// stands against it is returned as [ForgetRefused], and then nothing is done. It
// cannot be undone.
func (in *Intake) Forget(ctx context.Context, t casebook.Traces, force bool, by rules.Actor) (casebook.Traces, error) {
	in = in.current()
	run := &forgetRun{in: in, by: by, force: force}
	forget := func(tx *casebook.Tx) error {
		run.t = t
		run.t.Naming, run.t.Others = slices.Clone(t.Naming), slices.Clone(t.Others)
		return run.run(ctx, tx)
	}
	err := in.write(ctx, forget)
	for tries := 0; tries < 5 && errors.Is(err, casebook.ErrElsewhere); tries++ {
		// What came since lies in the bucket already, which no transaction asks.
		last := t.LastMail()
		if t, err = in.Book.Traces(ctx, t); err == nil {
			err = traceMails(ctx, in.Book, &t, last, nil)
		}
		if err == nil {
			err = in.write(ctx, forget)
		}
	}
	var refused ForgetRefused
	if err != nil && !errors.As(err, &refused) {
		return run.t, fmt.Errorf("forget a person: %w", err)
	}
	if err == nil {
		in.Log.Info("person forgotten", "cases", len(run.t.Own), "of_others", len(run.t.Others), "mails", len(run.t.Written)+len(run.t.Naming), "by", by.ID)
	}
	return run.t, err
}

// forgetRun is one person's forgetting, within its transaction.
type forgetRun struct {
	in    *Intake
	by    rules.Actor
	force bool
	t     casebook.Traces
}

func (r *forgetRun) run(ctx context.Context, tx *casebook.Tx) error {
	last := r.t.LastMail()
	t, err := tx.Traces(ctx, r.t)
	if err != nil {
		return err
	}
	r.t = t
	if err := traceMails(ctx, tx, &r.t, last, nil); err != nil {
		return err
	}
	if err := r.allowed(ctx, tx); err != nil {
		return err
	}
	posts, err := tx.Forget(ctx, r.t)
	if err != nil {
		return err
	}
	for _, id := range slices.Concat(r.t.Own, r.t.Others) {
		if err := r.one(ctx, tx, id); err != nil {
			return err
		}
	}
	return r.unpost(ctx, tx, posts)
}

// allowed closes what is open, where that was asked for, and gathers all that
// stands against it.
func (r *forgetRun) allowed(ctx context.Context, tx *casebook.Tx) error {
	var refused ForgetRefused
	for _, id := range r.t.Own {
		c, err := tx.CaseByID(ctx, id)
		if err != nil {
			return err
		}
		why := rules.ForgetRefused(c)
		if why != "" && r.force {
			why, err = r.close(ctx, tx, c)
		}
		if err != nil {
			return err
		}
		if why != "" {
			refused = append(refused, c.Number+": "+why)
		}
	}
	for _, id := range r.t.Naming {
		row, err := tx.LedgerRow(ctx, id)
		if err != nil {
			return err
		}
		if row.Fate == casebook.FateHold {
			refused = append(refused, fmt.Sprintf("mail %d of %s names him and is held: a person must deal with it first", id, row.From))
		}
	}
	for _, id := range r.t.Sent {
		row, err := tx.OutboxRow(ctx, id)
		if err != nil {
			return err
		}
		if row.InFlight(tx.Now()) && row.Kind == string(notify.DeliverMail) {
			refused = append(refused, "a mail to him is just being sent: try again in a few minutes")
		}
	}
	if len(refused) > 0 {
		return refused
	}
	return nil
}

// close ends a case as its customer could; why says what stands against that.
func (r *forgetRun) close(ctx context.Context, tx *casebook.Tx, c rules.Case) (why string, err error) {
	actor := r.by
	actor.Trust = rules.Proven // who answers for forgetting him answers for this
	event := rules.Event{Kind: rules.EvWithdrawal, Actor: actor}
	d := rules.Decide(r.in.Policy, c, event, tx.Now())
	if d.Refusal != "" {
		return d.Refusal, nil
	}
	if d.Case.State != rules.Closed {
		return rules.ForgetRefused(c) + " (" + strings.TrimSuffix(d.Why, ".") + ")", nil
	}
	d.Notices = nil
	_, err = r.in.book(ctx, tx, &booking{event: event, before: c, decision: d}, nil)
	return "", err
}

// one takes the person out of a case.
func (r *forgetRun) one(ctx context.Context, tx *casebook.Tx, id int64) error {
	c, err := tx.CaseByID(ctx, id)
	if err != nil {
		return err
	}
	if slices.Contains(r.t.Own, id) {
		if err := r.erase(ctx, tx, fmt.Sprintf("slack/%d", id), fmt.Sprintf("case/%d/%d", id, c.Version), id, notify.Erasure{Thread: true}); err != nil {
			return err
		}
	}
	b := &booking{event: rules.Event{Kind: rules.EvNote, Actor: r.by}, before: c, decision: rules.Forget(r.in.Policy, c, r.t.Person, tx.Now())}
	if _, err = r.in.book(ctx, tx, b, nil); err != nil {
		return err
	}
	return r.impersonal(ctx, tx, id)
}

// unpost takes single messages away in Slack.
func (r *forgetRun) unpost(ctx context.Context, tx *casebook.Tx, keys []string) error {
	places, err := tx.TakePosts(ctx, keys)
	if err != nil || len(places) == 0 {
		return err
	}
	var e notify.Erasure
	for _, p := range places {
		e.Messages = append(e.Messages, notify.Posted{Channel: p[0], TS: p[1]})
	}
	return r.erase(ctx, tx, "slack/erase", fmt.Sprintf("posts/%d", tx.Now().UnixMilli()), 0, e)
}

func (r *forgetRun) erase(ctx context.Context, tx *casebook.Tx, lane, key string, caseID int64, e notify.Erasure) error {
	if !r.in.Slack {
		return nil
	}
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("describe what is to go from Slack: %w", err)
	}
	_, _, err = tx.Enqueue(ctx, casebook.Row{Lane: lane, Kind: string(notify.DeliverErase), Key: "erase/" + key, CaseID: caseID, Body: body})
	return err
}
