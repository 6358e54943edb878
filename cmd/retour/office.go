package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"retour/ingest"
	"retour/ingest/intake"
	"retour/notify"
	"retour/notify/slackdesk"
	"retour/rules"
	"retour/rules/casebook"
)

// office are the ways from Slack to lists, held mails and the loading dock.
func (a *app) office() slackdesk.Office {
	return slackdesk.Office{
		Find:    a.findCases,
		List:    a.listCases,
		Foresee: a.foresee,
		Open: func(ctx context.Context, h rules.Handmade, key string) (slackdesk.Opened, error) {
			r, numbers, err := a.intake.Open(ctx, h, key)
			return slackdesk.Opened{Result: result(r), Numbers: numbers}, err
		},
		Unload: a.intake.Unload,
		Held:   a.heldMails,
		Mail:   func(ctx context.Context, id int64) (notify.WholeMail, error) { return wholeMail(ctx, a.book, id) },
		Settle: func(ctx context.Context, action rules.HeldAction, key string) (slackdesk.Result, error) {
			r, err := a.intake.Settle(ctx, action, key)
			if err == nil && r.Done {
				a.watcher.Kick() // the mail is to be moved
				a.book.Signal(ctx, casebook.HeardMailbox)
			}
			return result(r), err
		},
		Blocked: a.blocked,
		Unblock: a.intake.Unblock,
		Health:  a.deskHealth,
	}
}

// foresee is what opening a case by hand would do.
func (a *app) foresee(ctx context.Context, h rules.Handmade, language string) (slackdesk.Foreseen, error) {
	cases, preview, no, err := a.intake.PreviewOpen(ctx, h, language)
	f := slackdesk.Foreseen{Preview: preview, Refusal: no}
	names := makers(a.brain.Load().policy)
	for _, c := range cases {
		view := notify.CardView{Case: c, Makers: names}
		f.Cases = append(f.Cases, view.Named())
	}
	return f, err
}

// homesChanged has the Home tabs in Slack drawn anew, soon.
func (a *app) homesChanged() {
	if desk := a.slack.Load(); desk != nil {
		desk.Changed()
	}
}

func result(r intake.Result) slackdesk.Result {
	return slackdesk.Result{Done: r.Done, Message: r.Message}
}

func (a *app) findCases(ctx context.Context, typed string, offset, limit int) (slackdesk.Listing, error) {
	cases, by, more, err := a.book.Find(ctx, typed, a.now().In(zone(a.cfg)).Year(), offset, limit)
	if err != nil {
		return slackdesk.Listing{}, err
	}
	l := slackdesk.Listing{By: string(by), More: more}
	l.Cases, err = a.listed(ctx, cases)
	return l, err
}

func (a *app) listCases(ctx context.Context, which slackdesk.List, user string, offset, limit int) (slackdesk.Listing, error) {
	var cases []rules.Case
	var total int
	var err error
	switch which {
	case slackdesk.ListMine:
		cases, total, err = a.book.OwnedBy(ctx, user, offset, limit)
	case slackdesk.ListLate:
		cases, total, err = a.book.Late(ctx, a.now(), offset, limit)
	case slackdesk.ListQueue:
		cases, total, err = a.book.Queue(ctx, user, limit)
	default:
		err = fmt.Errorf("there is no list %q", which)
	}
	if err != nil {
		return slackdesk.Listing{}, err
	}
	l := slackdesk.Listing{Total: total}
	l.Cases, err = a.listed(ctx, cases)
	return l, err
}

// listed are cases with what a list shows beside them.
func (a *app) listed(ctx context.Context, cases []rules.Case) ([]slackdesk.Listed, error) {
	names := makers(a.brain.Load().policy)
	var list []slackdesk.Listed
	for _, c := range cases {
		channel, ts, _, err := a.book.Posted(ctx, fmt.Sprintf("card/%d", c.ID))
		if err != nil {
			return nil, err
		}
		view := notify.CardView{Case: c, Makers: names}
		list = append(list, slackdesk.Listed{Case: view.Named(), Posted: notify.Posted{Channel: channel, TS: ts}})
	}
	return list, nil
}

func (a *app) heldMails(ctx context.Context, limit int) ([]notify.Held, int, error) {
	rows, err := a.book.Ledger(ctx, casebook.LedgerFilter{Fate: casebook.FateHold})
	if err != nil {
		return nil, 0, err
	}
	slices.Reverse(rows) // the oldest first
	var list []notify.Held
	for _, row := range rows[:min(len(rows), limit)] {
		list = append(list, notify.Held{LedgerID: row.ID, From: row.From, Subject: row.Subject, Why: row.Why, Received: row.InternalDate})
	}
	return list, len(rows), nil
}

// wholeMail is a mail of the ledger with its text and the names of what is
// attached.
func wholeMail(ctx context.Context, book *casebook.Book, id int64) (notify.WholeMail, error) {
	row, err := book.LedgerRow(ctx, id)
	if err != nil {
		return notify.WholeMail{}, err
	}
	m := notify.WholeMail{LedgerID: id, Sender: row.From, From: row.From, Subject: row.Subject, Cut: row.HeaderOnly}
	if row.Hash == "" {
		return m, nil
	}
	raw, err := book.Raw(ctx, row.Hash)
	if errors.Is(err, casebook.ErrNotFound) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	parsed := ingest.Parse(raw, ingest.DefaultLimits())
	m.From, m.To, m.Date = cmp.Or(addressed(parsed.From), row.From), addressed(parsed.To), parsed.Date
	m.Subject, m.Text = cmp.Or(parsed.Subject, row.Subject), parsed.Text
	for _, f := range parsed.Attachments {
		m.Attachments = append(m.Attachments, fmt.Sprintf("%s (%d kB)", cmp.Or(f.Name, f.MediaType), (f.Size+1023)/1024))
	}
	return m, nil
}

// addressed are addresses as people write them.
func addressed(list []ingest.Address) string {
	var parts []string
	for _, a := range list {
		parts = append(parts, written([]ingest.Address{a}))
	}
	return strings.Join(parts, ", ")
}

func (a *app) blocked(ctx context.Context) ([]notify.Blocked, error) {
	entries, err := a.book.Blocked(ctx)
	var list []notify.Blocked
	for _, b := range entries {
		list = append(list, notify.Blocked{Sender: b.Sender, At: b.At, By: b.By, Mails: b.Mails})
	}
	return list, err
}

func (a *app) deskHealth(ctx context.Context) (notify.Health, error) {
	d, err := a.book.Delivery(ctx)
	if err != nil {
		return notify.Health{}, err
	}
	mailbox := a.mailboxNews()
	return notify.Health{LastRead: mailbox.Read, Mailbox: mailbox.Trouble, Waiting: d.Waiting, Failed: d.Undelivered, MailProblem: d.Problem, LastSent: d.LastSent}, nil
}
