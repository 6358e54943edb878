package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"retour/rules"
)

// Traces are the places in the casebook where a person is found.
type Traces struct {
	Person     rules.Forgotten
	Own        []int64  // IDs of the cases of which he is the customer
	Others     []int64  // of cases of others in which he takes part, or that name him
	Written    []int64  // ledger IDs of his mails, and of all mails of his cases
	Naming     []int64  // of mails of others that name him
	Entries    []int64  // history IDs, in cases of others, of what he did or that name him
	Sent       []int64  // outbox IDs of what was written to him or about his cases
	Mentions   []int64  // of rows of the outbox that name him beside that
	Directory  []string // numbers of customers to whom the directory gives his address
	Sales      []int64  // register IDs of what was sold to somebody of exactly his name
	Remembered bool     // language and trust of his address
	Blocked    bool     // he is one of the blocked senders

	upTo upTo
}

// upTo are the last rows that were looked at.
type upTo struct{ ledger, history, outbox int64 }

// LastMail is the ledger ID of the last mail that was looked at.
func (t Traces) LastMail() int64 { return t.upTo.ledger }

// Empty says whether nothing was found.
func (t Traces) Empty() bool {
	return len(t.Own)+len(t.Others)+len(t.Written)+len(t.Naming)+len(t.Entries)+len(t.Sent)+len(t.Mentions)+len(t.Directory)+len(t.Sales) == 0 &&
		!t.Remembered && !t.Blocked
}

// Traces looks for a person everywhere but in the raw mails of others, which
// only [ingest.Parse] can read: see [Traces.Naming] and [queries.MailsAfter].
// found is what an earlier look has found; only what was written since is then
// looked through. The zero Traces but for the Person is the first.
func (s *queries) Traces(ctx context.Context, found Traces) (Traces, error) {
	found.Person.Address = strings.ToLower(strings.TrimSpace(found.Person.Address))
	err := s.view(ctx, func(q querier) error {
		look := tracer{ctx: ctx, q: q, t: &found, address: found.Person.Address}
		for _, step := range []func() error{look.cases, look.history, look.mails, look.outbox, look.lists, look.marks} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return found, fmt.Errorf("look for %s: %w", found.Person.Address, err)
	}
	return found, nil
}

// tracer is one look.
type tracer struct {
	ctx     context.Context
	q       querier
	t       *Traces
	address string
}

// ids adds what a query finds to a list, once each.
func (l tracer) ids(to *[]int64, query string, args ...any) error {
	more, err := list(l.ctx, l.q, query, args, scanOne[int64])
	*to = union(*to, more)
	return err
}

func union(a, b []int64) []int64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

func without(a, b []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(a), func(id int64) bool { _, in := slices.BinarySearch(b, id); return in })
}

func (l tracer) names(query string, args ...any) error {
	more, err := list(l.ctx, l.q, query, args, scanOne[string])
	l.t.AddNames(more...)
	return err
}

// AddNames adds names by which the person is known.
func (t *Traces) AddNames(names ...string) {
	for _, n := range names {
		n = strings.Trim(strings.TrimSpace(n), `"'`)
		if n != "" && !strings.Contains(n, "@") && !slices.ContainsFunc(t.Person.Names, func(has string) bool { return strings.EqualFold(has, n) }) {
			t.Person.Names = append(t.Person.Names, n)
		}
	}
}

func (l tracer) cases() error {
	// A case that was changed since the last look has a new entry in its history.
	const named = `SELECT id FROM cases WHERE (CAST($2 AS BIGINT) = 0 OR id IN (SELECT case_id FROM history WHERE id > $2))
		AND instr(lower(fault || ordered || notes || why || undelivered || asked || proposal_why || refs || customer_name), $1) > 0`
	err := l.ids(&l.t.Own, "SELECT id FROM cases WHERE customer_address = $1", l.address)
	if err == nil {
		err = l.ids(&l.t.Others, "SELECT case_id FROM parties WHERE address = $1", l.address)
	}
	if err == nil {
		err = l.ids(&l.t.Others, named, l.address, l.t.upTo.history)
	}
	if err == nil {
		err = l.ids(&l.t.Others, "SELECT case_id FROM items WHERE instr(lower(model || found_in || warranty_why), $1) > 0", l.address)
	}
	if err == nil {
		err = l.names(`SELECT customer_name FROM cases WHERE customer_address = $1
			UNION SELECT name FROM parties WHERE address = $1`, l.address)
	}
	return err
}

func (l tracer) history() error {
	const cond = `FROM history WHERE id > $2 AND (actor_id = $1 OR instr(lower(text), $1) > 0 OR instr(lower(why), $1) > 0)`
	err := l.ids(&l.t.Entries, "SELECT id "+cond, l.address, l.t.upTo.history)
	if err == nil {
		err = l.ids(&l.t.Others, "SELECT DISTINCT case_id "+cond, l.address, l.t.upTo.history)
	}
	if err == nil {
		err = l.names("SELECT DISTINCT actor_name FROM history WHERE id > $2 AND actor_kind = 'customer' AND actor_id = $1", l.address, l.t.upTo.history)
	}
	l.t.Others = without(l.t.Others, l.t.Own)
	var own []int64
	for _, id := range l.t.Own {
		if err == nil {
			err = l.ids(&own, "SELECT id FROM history WHERE case_id = $1", id)
		}
	}
	l.t.Entries = without(l.t.Entries, own)
	return err
}

func (l tracer) mails() error {
	err := l.ids(&l.t.Written, "SELECT id FROM ledger WHERE id > $2 AND sender = $1", l.address, l.t.upTo.ledger)
	for _, id := range l.t.Own {
		if err == nil {
			err = l.ids(&l.t.Written, "SELECT l.id FROM cases c JOIN ledger l ON l.case_number = c.number WHERE c.id = $1", id)
		}
	}
	if err == nil {
		err = l.ids(&l.t.Naming, "SELECT id FROM ledger WHERE id > $2 AND (instr(lower(subject), $1) > 0 OR instr(lower(why), $1) > 0)", l.address, l.t.upTo.ledger)
	}
	l.t.Naming = without(l.t.Naming, l.t.Written)
	return err
}

func (l tracer) outbox() error {
	err := l.ids(&l.t.Sent, "SELECT id FROM outbox WHERE id > $2 AND recipient = $1", l.address, l.t.upTo.outbox)
	for _, id := range l.t.Own {
		if err == nil {
			err = l.ids(&l.t.Sent, "SELECT id FROM outbox WHERE case_id = $1", id)
		}
	}
	for _, id := range l.t.Written {
		if err == nil {
			err = l.ids(&l.t.Sent, "SELECT id FROM outbox WHERE ledger_id = $1", id)
		}
	}
	for _, id := range l.t.Others {
		if err == nil {
			err = l.ids(&l.t.Mentions, "SELECT o.id FROM outbox o LEFT JOIN outbox_bodies b ON b.id = o.id WHERE o.case_id = $2 AND (instr(lower(CAST(b.body AS TEXT)), $1) > 0 OR instr(lower(last_error || receipt), $1) > 0)", l.address, id)
		}
	}
	if err == nil { // what is about no case: held mails, digests
		err = l.ids(&l.t.Mentions, `SELECT o.id FROM outbox o LEFT JOIN outbox_bodies b ON b.id = o.id WHERE o.id > $2 AND o.case_id IS NULL
			AND (instr(lower(CAST(b.body AS TEXT)), $1) > 0 OR instr(lower(last_error || receipt), $1) > 0)`, l.address, l.t.upTo.outbox)
	}
	l.t.Mentions = without(l.t.Mentions, l.t.Sent)
	return err
}

// lists are those that others than the desk's mails fill.
func (l tracer) lists() error {
	var err error
	if l.t.Directory, err = list(l.ctx, l.q, "SELECT a.number FROM account_mails m JOIN accounts a ON a.id = m.account_id WHERE m.address = $1 ORDER BY a.number", []any{l.address}, scanOne[string]); err != nil {
		return err
	}
	err = l.q.QueryRowContext(l.ctx, `SELECT EXISTS (SELECT 1 FROM addresses WHERE address = $1),
		EXISTS (SELECT 1 FROM blocked_senders WHERE sender = $1)`, l.address).Scan(&l.t.Remembered, &l.t.Blocked)
	if l.t.upTo != (upTo{}) {
		return err // an import does not run in a few seconds
	}
	for _, name := range l.t.Person.Names {
		if err == nil && strings.Contains(name, " ") {
			err = l.ids(&l.t.Sales, "SELECT id FROM register WHERE lower(customer_name) = lower($1)", name)
		}
	}
	return err
}

func (l tracer) marks() error {
	at := &l.t.upTo
	return l.q.QueryRowContext(l.ctx, `SELECT (SELECT coalesce(max(id), 0) FROM ledger), (SELECT coalesce(max(id), 0) FROM history),
		(SELECT coalesce(max(id), 0) FROM outbox)`).Scan(&at.ledger, &at.history, &at.outbox)
}

// MailsAfter returns up to n records of mails whose raw mail is kept, from the
// first after an ID on, the oldest first.
func (s *queries) MailsAfter(ctx context.Context, id int64, n int) ([]LedgerRow, error) {
	var w where
	w.add("id > ? AND hash <> ''", id)
	return s.listLedger(ctx, w, " ORDER BY id"+limit(n))
}

// Forget deletes what Traces found, all but the rows of cases, which only
// [Tx.Book] stores, and the raw mails of others that are still to be decided on.
// It returns the keys of the posts in Slack that show what was deleted.
func (tx *Tx) Forget(ctx context.Context, t Traces) (posts []string, err error) {
	own, err := tx.idsIn(ctx, "SELECT id FROM history WHERE case_id = ", t.Own)
	if err != nil {
		return nil, fmt.Errorf("forget %s: %w", t.Person.Address, err)
	}
	others, err := tx.idsIn(ctx, "SELECT id FROM history WHERE case_id = ", t.Others)
	if err != nil {
		return nil, fmt.Errorf("forget %s: %w", t.Person.Address, err)
	}
	e := eraser{ctx, tx, t}
	var changed []int64
	for _, step := range []func() error{
		func() error { _, err := e.entries(own, true); return err },
		func() (err error) { changed, err = e.entries(others, false); return err },
		func() error { return e.letters(t.Written, true) },
		func() error { return e.letters(t.Naming, false) },
		e.sent, e.mentions, e.others,
	} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("forget %s: %w", t.Person.Address, err)
		}
	}
	for _, id := range append(own, changed...) {
		posts = append(posts, fmt.Sprintf("entry/%d", id))
	}
	for _, id := range t.Written {
		posts = append(posts, fmt.Sprintf("held/%d", id))
	}
	return posts, nil
}

func (tx *Tx) idsIn(ctx context.Context, query string, of []int64) (all []int64, err error) {
	for _, id := range of {
		more, err := list(ctx, tx.tx, query+"$1", []any{id}, scanOne[int64])
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// eraser deletes within one transaction.
type eraser struct {
	ctx context.Context
	tx  *Tx
	t   Traces
}

func (e eraser) each(ids []int64, query string) error {
	for _, id := range ids {
		if _, err := e.tx.exec(e.ctx, query, id); err != nil {
			return err
		}
	}
	return nil
}

// entries empties what was written in the history. In the cases of others only
// what is his goes, and his address and name out of the rest. It returns the IDs
// of those that read otherwise now.
func (e eraser) entries(ids []int64, own bool) (changed []int64, err error) {
	for _, id := range ids {
		h, err := oneByID(e.ctx, &e.tx.queries, selectHistory, id, storedHistory)
		if err != nil {
			return nil, err
		}
		f, before := e.t.Person, [4]string{h.Text, h.Why, h.ActorID, h.ActorName}
		if own || h.ActorID == f.Address {
			h.Text = ""
		}
		if h.ActorKind == string(rules.ByCustomer) && (own || h.ActorID == f.Address) {
			h.ActorID, h.ActorName = "", ""
		}
		after := [4]string{f.Scrub(h.Text), f.Scrub(h.Why), h.ActorID, f.Scrub(h.ActorName)}
		if after == before {
			continue
		}
		changed = append(changed, id)
		_, err = e.tx.exec(e.ctx, "UPDATE history SET text = $2, why = $3, actor_id = $4, actor_name = $5 WHERE id = $1",
			id, after[0], after[1], after[2], after[3])
		if err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// whyForgotten stands in the ledger for a mail of somebody who was forgotten.
const whyForgotten = "who wrote it was forgotten"

// letters empties what is known of mails, and deletes the raw ones. Of each
// remains that it came, and what became of it.
func (e eraser) letters(ids []int64, his bool) error {
	err := e.each(ids, "DELETE FROM raw_mails WHERE hash = (SELECT hash FROM ledger WHERE id = $1)")
	if err == nil {
		err = e.each(ids, "UPDATE raw_objects SET state = 'gone' WHERE hash <> '' AND hash = (SELECT hash FROM ledger WHERE id = $1) AND state = 'there'")
	}
	if err == nil {
		err = e.each(ids, "DELETE FROM attachments WHERE ledger_id = $1")
	}
	if err == nil && his {
		err = e.each(ids, `DELETE FROM messages WHERE direction = 'in' AND message_id <> ''
			AND message_id = (SELECT trim(message_id, '<> ') FROM ledger WHERE id = $1)`)
	}
	for _, id := range ids {
		if err != nil {
			return err
		}
		err = e.letter(id, his)
	}
	return err
}

func (e eraser) letter(id int64, his bool) error {
	row, err := e.tx.LedgerRow(e.ctx, id)
	if err != nil {
		return err
	}
	if his && row.Fate == FateHold {
		row.Fate = FateNoted
		if err := e.tx.Settle(e.ctx, row); err != nil {
			return err
		}
	}
	if his {
		row.From, row.Subject, row.MessageID, row.Why = "", "", "", whyForgotten
	}
	f := e.t.Person
	_, err = e.tx.exec(e.ctx, "UPDATE ledger SET hash = '', sender = $2, subject = $3, message_id = $4, why = $5 WHERE id = $1",
		id, row.From, f.Scrub(row.Subject), f.Scrub(row.MessageID), f.Scrub(row.Why))
	return err
}

// sent empties what was written to him and withdraws what was to be. Webhooks that
// have not left tell others what became of goods and money: they stay, for the
// caller to take the person out of them.
func (e eraser) sent() error {
	err := e.each(e.t.Sent, `UPDATE outbox SET status = 'cancelled', automatic = 0, failed_at = NULL WHERE id = $1 AND status IN ('pending', 'failed', 'aside') AND kind <> '`+KindCard+`' AND NOT (`+webhookKinds+`)`)
	if err == nil {
		err = e.each(e.t.Sent, `DELETE FROM outbox_bodies WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.id = $1 AND o.status IN ('pending', 'failed') AND `+webhookKinds+`)`)
	}
	if err == nil {
		err = e.each(e.t.Sent, `UPDATE outbox SET recipient = '', recipient_domain = '', last_error = '', receipt = ''
			WHERE id = $1 AND NOT (status IN ('pending', 'failed') AND `+webhookKinds+`)`)
	}
	if err == nil {
		err = e.each(e.t.Own, "DELETE FROM messages WHERE direction = 'in' AND case_id = $1")
	}
	return err
}

// mentions takes him out of what was written to others: what has left is emptied
// where it has files, which nobody can take a name out of.
func (e eraser) mentions() error {
	rows, err := e.tx.idsIn(e.ctx, "SELECT id FROM outbox WHERE case_id = ", e.t.Others)
	if err != nil {
		return err
	}
	for _, id := range union(e.t.Mentions, rows) {
		row, err := e.tx.OutboxRow(e.ctx, id)
		if err != nil {
			return err
		}
		body := scrubBody(row.Body, e.t.Person)
		if row.Status != Pending && row.Status != Aside && row.CaseID == 0 {
			body = nil
		}
		_, err = e.tx.exec(e.ctx, "UPDATE outbox SET last_error = $2, receipt = $3 WHERE id = $1", id,
			e.t.Person.Scrub(row.LastError), e.t.Person.Scrub(row.Receipt))
		if err == nil {
			err = e.tx.setBody(e.ctx, id, body)
		}
		if err != nil {
			return err
		}
	}
	// A sheet of a digest that has gone out may list him, and cannot be searched. CROSS
	// has SQLite look at the rows first: there are few digests, and many bodies.
	_, err = e.tx.exec(e.ctx, `DELETE FROM outbox_bodies WHERE id IN (SELECT o.id FROM outbox o CROSS JOIN outbox_bodies b
		WHERE b.id = o.id AND o.kind = 'mail' AND o.case_id IS NULL AND o.status = 'sent' AND instr(CAST(b.body AS TEXT), '"attachments"') > 0)`)
	return err
}

// scrubBody takes a person out of the texts of a body, and leaves the files in it
// as they are.
func scrubBody(body []byte, f rules.Forgotten) []byte {
	var v map[string]any
	if json.Unmarshal(body, &v) != nil {
		return []byte(f.Scrub(string(body)))
	}
	scrubbed, changed := scrubValue(v, f)
	if !changed {
		return body
	}
	out, err := json.Marshal(scrubbed)
	if err != nil {
		return []byte{}
	}
	return out
}

func scrubValue(v any, f rules.Forgotten) (_ any, changed bool) {
	switch v := v.(type) {
	case string:
		s := f.Scrub(v)
		return s, s != v
	case []any:
		for i := range v {
			s, c := scrubValue(v[i], f)
			v[i], changed = s, changed || c
		}
	case map[string]any:
		for key := range v {
			if key == "data" {
				continue
			}
			s, c := scrubValue(v[key], f)
			v[key], changed = s, changed || c
		}
	}
	return v, changed
}

// others are the lists.
func (e eraser) others() error {
	for _, query := range []string{
		"DELETE FROM addresses WHERE address = $1",
		"DELETE FROM blocked_senders WHERE sender = $1",
		"DELETE FROM account_mails WHERE address = $1",
	} {
		if _, err := e.tx.exec(e.ctx, query, e.t.Person.Address); err != nil {
			return err
		}
	}
	return e.each(e.t.Sales, "UPDATE register SET customer_name = '' WHERE id = $1")
}

// TakePosts forgets where messages stand in Slack, and returns the places of
// those that were posted.
func (tx *Tx) TakePosts(ctx context.Context, keys []string) (places [][2]string, err error) {
	for _, key := range keys {
		var p [2]string
		err := tx.tx.QueryRowContext(ctx, "DELETE FROM posts WHERE key = $1 RETURNING channel, ts", key).Scan(&p[0], &p[1])
		if err == sql.ErrNoRows {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("take post %s: %w", key, err)
		}
		places = append(places, p)
	}
	return places, nil
}

// Compact sees to it that nothing can be read any more of what was deleted. A
// file is written anew: that needs as much room on disk as it has, and who
// writes waits. A server lets go of deleted rows; their bytes may lie in free
// room of its files, and in its log, until they are written over.
func (b *Book) Compact(ctx context.Context) error {
	if err := b.engine.compact(ctx, b); err != nil {
		return fmt.Errorf("compact the casebook: %w", err)
	}
	return nil
}
