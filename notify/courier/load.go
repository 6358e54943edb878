package courier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// errCardFirst puts an entry off while its case's card is still on its way.
var errCardFirst = errors.New("the card of the case is not posted yet")

// errAside takes an entry out of its lane: its case's card came in a burst and has
// no thread of its own yet.
var errAside = errors.New("the card of the case stands among others, without a thread of its own")

// errOlderFirst puts an entry back into its lane, behind those that were set aside.
var errOlderFirst = errors.New("older entries go first")

// load makes of a row what its sender needs. Mails are in the row, finished;
// cards show the case as it is now.
func (c *Courier) load(ctx context.Context, row casebook.Row) (notify.Delivery, error) {
	d := notify.Delivery{ID: row.ID, Kind: notify.DeliveryKind(row.Kind), Key: row.Key, Attempt: row.Attempts}
	if notify.EndpointOf(row.Kind) != "" {
		d.Webhook = &notify.Request{ID: row.MessageID, Body: row.Body}
		return d, nil
	}
	var err error
	switch d.Kind {
	case notify.DeliverMail:
		d.Mail, err = mailOf(row)
	case notify.DeliverCard:
		d.Card, err = c.card(ctx, row.CaseID)
	case notify.DeliverEntry:
		d.Entry, d.Card, err = c.entry(ctx, row)
	case notify.DeliverCall:
		d.Text = string(row.Body)
		d.Entry, d.Card, err = c.entry(ctx, row)
	case notify.DeliverItems:
		d.Page, d.Posted, d.Card, err = c.items(ctx, row)
	case notify.DeliverFile:
		d.File, d.Card, err = c.file(ctx, row)
	case notify.DeliverHeld:
		d.Held, err = c.held(ctx, row)
	case notify.DeliverShadow:
		d.Mail, d.Card, err = c.shadow(ctx, row)
	case notify.DeliverErase:
		if d.Erase, err = decode[notify.Erasure](row); err == nil && row.CaseID != 0 {
			d.Card, err = c.card(ctx, row.CaseID)
		}
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
		return nil, unreadable(row, err)
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
	policy := c.opts.Policy()
	view := &notify.CardView{Case: found, Working: c.opts.Zone, Makers: policy.Makers, Terms: policy.Terms[found.Reason]}
	for _, row := range rows {
		view.History = append(view.History, entryOf(row))
	}
	if view.Siblings, err = c.siblings(ctx, found); err != nil {
		return nil, err
	}
	attached, err := c.book.Attachments(ctx, caseID)
	if err != nil {
		return nil, err
	}
	for _, a := range attached {
		view.Files = append(view.Files, notify.File{Name: a.Name, MediaType: a.MediaType, Size: a.Size})
	}
	view.Posted, err = c.cardPosted(ctx, caseID)
	return view, err
}

// cardPosted is where the card of a case stands.
func (c *Courier) cardPosted(ctx context.Context, caseID int64) (notify.Posted, error) {
	at, err := c.posted(ctx, cardKey(caseID))
	if err != nil {
		return at, err
	}
	rollup, err := c.posted(ctx, rollupKey(caseID))
	at.Thread = rollup.TS
	return at, err
}

// setCard remembers where the card of a case stands.
func (c *Courier) setCard(ctx context.Context, caseID int64, at notify.Posted) error {
	if err := c.setPosted(ctx, cardKey(caseID), at); err != nil || at == (notify.Posted{}) {
		return err
	}
	if at.Thread != "" {
		return c.book.SetPosted(ctx, rollupKey(caseID), at.Channel, at.Thread)
	}
	return c.book.ForgetPosted(ctx, rollupKey(caseID))
}

// items is one page of the units of a case, with the card of the case.
func (c *Courier) items(ctx context.Context, row casebook.Row) (page int, at notify.Posted, card *notify.CardView, err error) {
	if page, err = strconv.Atoi(string(row.Body)); err != nil {
		return 0, at, nil, unreadable(row, err)
	}
	if at, err = c.posted(ctx, postKey(row)); err != nil {
		return 0, at, nil, err
	}
	card, err = c.card(ctx, row.CaseID)
	return page, at, card, err
}

// file is an attachment of a mail, or its whole text, with the card of its case.
func (c *Courier) file(ctx context.Context, row casebook.Row) (*notify.Upload, *notify.CardView, error) {
	mail, err := c.book.LedgerRow(ctx, row.LedgerID)
	if err != nil {
		return nil, nil, fmt.Errorf("load the mail of a file: %w", err)
	}
	raw, err := c.book.Raw(ctx, mail.Hash)
	if errors.Is(err, casebook.ErrLost) {
		return nil, nil, unreadable(row, err)
	}
	if err != nil {
		return nil, nil, err
	}
	upload, err := partOf(c.opts.Read(raw), row)
	if err != nil {
		return nil, nil, err
	}
	card, err := c.card(ctx, row.CaseID)
	return upload, card, err
}

func partOf(l notify.Letter, row casebook.Row) (*notify.Upload, error) {
	if string(row.Body) == notify.WholeText {
		return &notify.Upload{Name: "mail.txt", Data: []byte(l.Text)}, nil
	}
	n, err := strconv.Atoi(string(row.Body))
	if err == nil && (n < 0 || n >= len(l.Files)) {
		err = fmt.Errorf("the mail has %d parts", len(l.Files))
	}
	if err != nil {
		return nil, unreadable(row, err)
	}
	return &l.Files[n], nil
}

// unreadable is the failure of a row that no later try can read.
func unreadable(row casebook.Row, err error) *notify.Failure {
	text := fmt.Sprintf("outbox row %d cannot be read: %v", row.ID, err)
	return &notify.Failure{Permanent: true, Text: text, Err: err}
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
	if entry.Posted, err = c.posted(ctx, entryKey(row)); err != nil {
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
	card, err := w.cardPosted(ctx, row.CaseID)
	switch {
	case err != nil:
		return err
	case card.Thread != "" && row.Kind == string(notify.DeliverCall):
		return nil // it stands in the thread of the others then
	case card.Thread != "":
		return w.ownThread(ctx, row)
	case card != (notify.Posted{}):
		return nil
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

// ownThread gives a card that came in a burst its own place, for the first thing
// that a person does after the opening of its case. What belongs to the opening,
// and what the clock does, waits for that: it would make the noise that the burst
// must not make, and the card shows it anyway.
func (w *worker) ownThread(ctx context.Context, row casebook.Row) error {
	d, err := w.load(ctx, casebook.Row{ID: row.ID, Kind: string(notify.DeliverCard), Key: row.Key, CaseID: row.CaseID, Attempts: row.Attempts})
	if err != nil {
		return err
	}
	if !row.CreatedAt.After(d.Card.Case.OpenedAt) || slices.ContainsFunc(d.Card.History, func(e notify.Entry) bool {
		return e.ID == row.HistoryID && e.Actor.Kind == rules.ByClock
	}) {
		return errAside
	}
	d.Lift = true
	receipt, err := w.senders[notify.DeliverCard].Send(ctx, d)
	if err != nil {
		return err
	}
	if err := w.setCard(ctx, row.CaseID, receipt.Posted); err != nil {
		return err
	}
	older, err := w.book.BringBack(ctx, row.CaseID, w.opts.Now())
	if err == nil && older > 0 {
		err = errOlderFirst
	}
	return err
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
	return w.setCard(ctx, row.CaseID, receipt.Posted)
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

func rollupKey(caseID int64) string { return fmt.Sprintf("rollup/%d", caseID) }

func entryKey(row casebook.Row) string { return fmt.Sprintf("entry/%d", row.HistoryID) }

// postKey is under which key the casebook remembers where a row was posted.
func postKey(row casebook.Row) string {
	switch notify.DeliveryKind(row.Kind) {
	case notify.DeliverCard:
		return cardKey(row.CaseID)
	case notify.DeliverEntry:
		return entryKey(row)
	case notify.DeliverItems:
		return fmt.Sprintf("items/%d/%s", row.CaseID, row.Body)
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
