package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// errCardFirst puts an entry off while its case's card is still on its way.
var errCardFirst = errors.New("the card of the case is not posted yet")

// load makes of a row what its sender needs. Mails are in the row, finished;
// cards show the case as it is now.
func (c *Courier) load(ctx context.Context, row casebook.Row) (notify.Delivery, error) {
	d := notify.Delivery{ID: row.ID, Kind: notify.DeliveryKind(row.Kind), Key: row.Key, Attempt: row.Attempts}
	var err error
	switch d.Kind {
	case notify.DeliverMail:
		d.Mail, err = mailOf(row)
	case notify.DeliverCard:
		d.Card, err = c.card(ctx, row.CaseID)
	case notify.DeliverEntry:
		d.Entry, d.Card, err = c.entry(ctx, row)
	case notify.DeliverHeld:
		d.Held, err = c.held(ctx, row)
	case notify.DeliverShadow:
		d.Mail, d.Card, err = c.shadow(ctx, row)
	case notify.DeliverAlert:
		d.Text = string(row.Body)
	default:
		err = fmt.Errorf("kind %q is unknown", row.Kind)
	}
	if errors.Is(err, casebook.ErrNotFound) {
		return d, &notify.Failure{Permanent: true, Text: err.Error(), Err: err}
	}
	return d, err
}

// mailOf is the mail as it was written, but to the row's recipient: that is the
// one which staff may have put right.
func mailOf(row casebook.Row) (*notify.Mail, error) {
	m, err := decode[notify.Mail](row)
	if err == nil && row.Recipient != "" && !strings.EqualFold(row.Recipient, m.To) {
		m.To, m.ToName = row.Recipient, ""
	}
	return m, err
}

func decode[T any](row casebook.Row) (*T, error) {
	v := new(T)
	if err := json.Unmarshal(row.Body, v); err != nil {
		text := fmt.Sprintf("outbox row %d cannot be read: %v", row.ID, err)
		return nil, &notify.Failure{Permanent: true, Text: text, Err: err}
	}
	return v, nil
}

func (c *Courier) card(ctx context.Context, caseID int64) (*notify.CardView, error) {
	found, err := c.book.CaseByID(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("load case %d: %w", caseID, err)
	}
	rows, err := c.book.History(ctx, caseID)
	if err != nil {
		return nil, fmt.Errorf("load history of %s: %w", found.Number, err)
	}
	view := &notify.CardView{Case: found, Working: c.opts.Zone, Makers: c.opts.Makers, Terms: c.opts.Terms[found.Reason]}
	for _, row := range rows {
		view.History = append(view.History, entryOf(row))
	}
	if view.Siblings, err = c.siblings(ctx, found); err != nil {
		return nil, err
	}
	view.Posted, err = c.posted(ctx, cardKey(caseID))
	return view, err
}

// siblings are the numbers of the other cases that came of the same mail, and
// so of the same customer.
func (c *Courier) siblings(ctx context.Context, of rules.Case) (numbers []string, err error) {
	if of.Group == "" {
		return nil, nil
	}
	cases, err := c.book.Cases(ctx, casebook.CaseFilter{Party: of.Customer.Address})
	if err != nil {
		return nil, fmt.Errorf("load siblings of %s: %w", of.Number, err)
	}
	for _, other := range cases {
		if other.Group == of.Group && other.Number != of.Number {
			numbers = append(numbers, other.Number)
		}
	}
	return numbers, nil
}

func (c *Courier) entry(ctx context.Context, row casebook.Row) (*notify.Entry, *notify.CardView, error) {
	stored, err := c.book.HistoryRow(ctx, row.HistoryID)
	if err != nil {
		return nil, nil, fmt.Errorf("load history entry %d: %w", row.HistoryID, err)
	}
	entry := entryOf(stored)
	if entry.Posted, err = c.posted(ctx, postKey(row)); err != nil {
		return nil, nil, err
	}
	card, err := c.card(ctx, stored.CaseID)
	return &entry, card, err
}

// shadow is the mail that was kept back, with the card of its case.
func (c *Courier) shadow(ctx context.Context, row casebook.Row) (*notify.Mail, *notify.CardView, error) {
	mail, err := decode[notify.Mail](row)
	if err != nil {
		return nil, nil, err
	}
	card, err := c.card(ctx, row.CaseID)
	return mail, card, err
}

func entryOf(h casebook.HistoryRow) notify.Entry {
	return notify.Entry{
		ID: h.ID, At: h.At, Event: h.Event, From: h.From, To: h.To, Rule: h.Rule, Why: h.Why, Text: h.Text, Told: h.Told,
		Actor: rules.Actor{Kind: rules.ActorKind(h.ActorKind), ID: h.ActorID, Name: h.ActorName},
	}
}

// held is in the row, except for where it stands in Slack.
func (c *Courier) held(ctx context.Context, row casebook.Row) (*notify.Held, error) {
	held, err := decode[notify.Held](row)
	if err != nil {
		return nil, err
	}
	held.LedgerID = row.LedgerID
	held.Posted, err = c.posted(ctx, postKey(row))
	return held, err
}

// cardFirst sees to it that the card stands before an entry goes into its
// thread. The card's own row comes first in the outbox; when that was given
// up, the card is tried once more here.
func (w *worker) cardFirst(ctx context.Context, row casebook.Row) error {
	card, err := w.posted(ctx, cardKey(row.CaseID))
	if err != nil || card != (notify.Posted{}) {
		return err
	}
	waiting, err := w.book.Outbox(ctx, casebook.OutboxFilter{
		CaseID: row.CaseID, Kind: string(notify.DeliverCard), Status: casebook.Pending,
	})
	if err != nil {
		return fmt.Errorf("look for the card of case %d: %w", row.CaseID, err)
	}
	for _, other := range waiting {
		if other.ID < row.ID {
			return errCardFirst
		}
	}
	return w.postCard(ctx, row)
}

func (w *worker) postCard(ctx context.Context, entry casebook.Row) error {
	row := casebook.Row{ID: entry.ID, Kind: string(notify.DeliverCard), Key: entry.Key, CaseID: entry.CaseID, Attempts: entry.Attempts}
	sender := w.sender(row)
	if sender == nil {
		return errCardFirst
	}
	d, err := w.load(ctx, row)
	if err != nil {
		return err
	}
	receipt, err := sender.Send(ctx, d)
	if err != nil {
		return err
	}
	return w.setPosted(ctx, postKey(row), receipt.Posted)
}

func (c *Courier) posted(ctx context.Context, key string) (notify.Posted, error) {
	channel, ts, ok, err := c.book.Posted(ctx, key)
	if err != nil || !ok {
		return notify.Posted{}, err
	}
	return notify.Posted{Channel: channel, TS: ts}, nil
}

func (c *Courier) setPosted(ctx context.Context, key string, at notify.Posted) error {
	if key == "" || at == (notify.Posted{}) {
		return nil
	}
	return c.book.SetPosted(ctx, key, at.Channel, at.TS)
}

func cardKey(caseID int64) string { return fmt.Sprintf("card/%d", caseID) }

// postKey is under which key the casebook remembers where a row was posted.
func postKey(row casebook.Row) string {
	switch notify.DeliveryKind(row.Kind) {
	case notify.DeliverCard:
		return cardKey(row.CaseID)
	case notify.DeliverEntry:
		return fmt.Sprintf("entry/%d", row.HistoryID)
	case notify.DeliverHeld:
		return fmt.Sprintf("held/%d", row.LedgerID)
	}
	return ""
}

// View is a case as its card shows it, for who draws it outside a delivery.
func (c *Courier) View(ctx context.Context, number string) (notify.CardView, error) {
	found, err := c.book.Case(ctx, number)
	if err != nil {
		return notify.CardView{}, fmt.Errorf("load case %s: %w", number, err)
	}
	view, err := c.card(ctx, found.ID)
	if err != nil {
		return notify.CardView{}, err
	}
	return *view, nil
}
