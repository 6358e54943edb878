package intake

import (
	"cmp"
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

// Settle does what a person decided about a held mail: it becomes a case or an
// answer of one by the way that all mails take, or it is filed as nothing. key
// names the envelope, as of Click. A mail that somebody else has dealt with is
// left alone, and Result says by whom.
func (in *Intake) Settle(ctx context.Context, a rules.HeldAction, key string) (Result, error) {
	in = in.current().about(a.LedgerID)
	m, err := in.heldMail(ctx, a)
	if errors.Is(err, casebook.ErrNotFound) {
		return Result{Message: "There is no such mail."}, nil
	}
	if err != nil {
		return Result{}, err
	}
	var result Result
	err = in.writeKnowing(ctx, func(tx *casebook.Tx, v *live) error {
		m.live = v
		var err error
		result, err = m.settle(ctx, tx, a, key)
		if err == nil && !result.Done {
			return errRefused
		}
		return err
	})
	if err != nil && !errors.Is(err, errRefused) {
		return Result{}, fmt.Errorf("%s of held mail %d: %w", a.Do, a.LedgerID, err)
	}
	in.Log.Info("held mail", "ledger", a.LedgerID, "do", a.Do, "by", a.By.ID, "done", result.Done, "case", m.number)
	return result, nil
}

// heldMail reads the mail again that a person decides about.
func (in *Intake) heldMail(ctx context.Context, a rules.HeldAction) (*mailRun, error) {
	row, err := in.Book.LedgerRow(ctx, a.LedgerID)
	if err != nil {
		return nil, err
	}
	m := &mailRun{in: in, letter: Letter{LedgerID: row.ID, HeaderOnly: row.HeaderOnly}, row: row, key: row.Key, hash: row.Hash, vouched: true,
		reading: Reading{Message: &ingest.Message{}}}
	if row.Hash == "" || a.Do != rules.HeldCase && a.Do != rules.HeldJoin {
		return m, nil
	}
	if m.letter.Raw, err = in.Book.Raw(ctx, row.Hash); err != nil {
		return nil, err
	}
	m.reading = in.reader.Read(ctx, m.letter.Raw, row.HeaderOnly, in.Now())
	return m, ctx.Err()
}

// settle is Settle inside its transaction.
func (m *mailRun) settle(ctx context.Context, tx *casebook.Tx, a rules.HeldAction, key string) (Result, error) {
	m.fate, m.why, m.number, m.answer = "", "", "", false
	once, err := tx.Once(ctx, "held/"+key)
	if err != nil {
		return Result{}, fmt.Errorf("look whether the click is doubled: %w", err)
	}
	if !once {
		return Result{Done: true, Message: "That was done already."}, nil
	}
	row, err := tx.LedgerRow(ctx, a.LedgerID)
	if err != nil {
		return Result{}, err
	}
	m.row = row
	if no := m.in.unsettled(row); no != "" {
		return Result{Message: no}, nil
	}
	settled := rules.Settled{Do: a.Do, By: rules.Person{ID: a.By.ID, Name: a.By.Name}, At: tx.Now()}
	no, err := m.act(ctx, tx, a, &settled)
	if err != nil || no != "" {
		return Result{Message: no}, err
	}
	return Result{Done: true}, m.settled(ctx, tx, settled)
}

// unsettled says why nothing can be decided about a mail.
func (in *Intake) unsettled(row casebook.LedgerRow) string {
	switch {
	case row.Fate == casebook.FateShadowed:
		return "This mail came in shadow mode: it is only to be looked at."
	case row.Fate != casebook.FateHold:
		return fmt.Sprintf("Nothing was done: this mail is dealt with already (%s: %s).", row.Fate, row.Why)
	case in.Shadow:
		return "The desk is in shadow mode: nothing is done about mails from before."
	}
	return ""
}

// act does what was decided; no says why it cannot be done.
func (m *mailRun) act(ctx context.Context, tx *casebook.Tx, a rules.HeldAction, s *rules.Settled) (no string, err error) {
	why := m.row.Why
	switch a.Do {
	case rules.HeldCase:
		no, err = m.makeCase(ctx, tx)
	case rules.HeldJoin:
		no, err = m.joinTo(ctx, tx, a.Number)
	case rules.HeldDismiss:
		m.end(casebook.FateNoted, "not a return, says "+who(a.By), "")
	case rules.HeldBlock:
		s.Sender, no, err = m.block(ctx, tx, a)
	default:
		return fmt.Sprintf("%q is nothing that can be done with a mail.", a.Do), nil
	}
	if err != nil || no != "" {
		return no, err
	}
	if m.fate == casebook.FateHold { // the rules will not have it
		return m.why, nil
	}
	if m.number != "" {
		s.Number = m.number
		m.why += fmt.Sprintf(" (held at first: %s; %s decided)", why, who(a.By))
		return "", m.noteWho(ctx, tx, a, why)
	}
	return "", nil
}

func who(a rules.Actor) string { return cmp.Or(a.Name, a.ID, "the staff") }

// noteWho keeps in the case's history by whose hand the mail came to it.
func (m *mailRun) noteWho(ctx context.Context, tx *casebook.Tx, a rules.HeldAction, why string) error {
	c, err := tx.Case(ctx, m.number)
	if err != nil {
		return err
	}
	did := "made a case of the mail"
	if a.Do == rules.HeldJoin {
		did = "put the mail to this case"
	}
	return m.in.note(ctx, tx, c, casebook.HistoryRow{ActorKind: string(rules.ByStaff), ActorID: a.By.ID, ActorName: a.By.Name, Event: rules.EvNote,
		Why: fmt.Sprintf("%s %s, which was held: %s.", who(a.By), did, strings.TrimSuffix(why, ".")), LedgerID: m.row.ID})
}

// settled writes the fate and redraws the mail before the staff.
func (m *mailRun) settled(ctx context.Context, tx *casebook.Tx, s rules.Settled) error {
	row := m.row
	if len(m.letter.Raw) > 0 {
		row = m.known()
	}
	row.Fate, row.Why, row.CaseNumber = m.fate, m.why, m.number
	return m.in.settleRow(ctx, tx, row, m.row.Why, s)
}

func (in *Intake) settleRow(ctx context.Context, tx *casebook.Tx, row casebook.LedgerRow, heldWhy string, s rules.Settled) error {
	if err := tx.Settle(ctx, row); err != nil {
		return err
	}
	row.Why = heldWhy
	h, err := in.heldOf(ctx, tx, row)
	if err != nil {
		return err
	}
	h.Settled = &s
	return in.heldInSlack(ctx, tx, h, fmt.Sprintf("/settled/%d", s.At.UnixMilli()))
}

// heldOf is a held mail as it was put before the staff; of one that never was,
// what the ledger knows.
func (in *Intake) heldOf(ctx context.Context, tx *casebook.Tx, row casebook.LedgerRow) (notify.Held, error) {
	h := notify.Held{LedgerID: row.ID, From: row.From, Subject: row.Subject, Why: row.Why, Received: row.InternalDate}
	rows, err := tx.Outbox(ctx, casebook.OutboxFilter{LedgerID: row.ID, Kind: string(notify.DeliverHeld), Limit: 1})
	if err != nil {
		return h, fmt.Errorf("how mail %d was shown: %w", row.ID, err)
	}
	if len(rows) == 0 {
		h.Text, err = in.textOf(ctx, tx, row)
		return h, err
	}
	if err := json.Unmarshal(rows[0].Body, &h); err != nil {
		return h, fmt.Errorf("how mail %d was shown: %w", row.ID, err)
	}
	h.LedgerID, h.Why, h.Settled = row.ID, row.Why, nil
	return h, nil
}

// textOf is what a mail says, shortened, without a look into its attachments.
func (in *Intake) textOf(ctx context.Context, tx *casebook.Tx, row casebook.LedgerRow) (string, error) {
	if row.Hash == "" {
		return "", nil
	}
	raw, err := tx.Raw(ctx, row.Hash)
	if errors.Is(err, casebook.ErrNotFound) || errors.Is(err, casebook.ErrElsewhere) { // its time was over; or a bucket would have to be asked
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return shorten(ingest.Parse(raw, ingest.DefaultLimits()).Text), nil
}

// makeCase opens a case as if the mail had been understood as a request.
func (m *mailRun) makeCase(ctx context.Context, tx *casebook.Tx) (no string, err error) {
	d := doorOf(m.reading)
	if f := m.reading.Facts; m.reading.Trouble != "" || d.way == byBounce || !answerable(f.From.Address) {
		return "No case can be made of it: " + cmp.Or(d.why, "it is a delivery report") + ". Open one by hand instead.", nil
	}
	trust, err := m.in.trust(ctx, tx, m.reading)
	if err != nil {
		return "", err
	}
	return "", m.open(ctx, tx, joined{trust: vouchedFor(trust)})
}

// vouchedFor: a mail that its sender's domain disowns is a stranger's, once a
// person has looked at it.
func vouchedFor(t rules.Trust) rules.Trust {
	if t == rules.Forged {
		return rules.Unknown
	}
	return t
}

// joinTo makes the mail an answer of the case that a person named, with no more
// trust than it has.
func (m *mailRun) joinTo(ctx context.Context, tx *casebook.Tx, written string) (no string, err error) {
	if m.reading.Trouble != "" {
		return "It cannot be put to a case: " + m.reading.Trouble + ".", nil
	}
	c, no, err := m.in.meant(ctx, tx, written)
	if err != nil || no != "" {
		return no, err
	}
	if c.Shadow != m.in.Shadow {
		return otherTime(c), nil
	}
	j, err := m.in.findCase(ctx, tx, m.reading)
	if err != nil {
		return "", err
	}
	if !j.found || j.c.ID != c.ID { // what the mail proves, it proves of another case
		j = joined{}
		if j.trust, err = m.in.trust(ctx, tx, m.reading); err != nil {
			return "", err
		}
	}
	j.c, j.found, j.byUnit, j.trust = c, true, false, vouchedFor(j.trust)
	return "", m.join(ctx, tx, j)
}

// meant finds the case that a person names, through merges.
func (in *Intake) meant(ctx context.Context, tx caseReader, written string) (c rules.Case, no string, err error) {
	for _, number := range rules.GuessNumber(written, in.Now().Year()) {
		c, ok, err := follow(ctx, tx, number)
		if err != nil || ok {
			return c, "", err
		}
	}
	return rules.Case{}, fmt.Sprintf("There is no case %q.", strings.TrimSpace(written)), nil
}

// blocked ends a mail whose sender is blocked. Whoever answers a mail of ours in
// an open case of his is heard all the same: nobody may be cut off in the middle
// of his return.
func (m *mailRun) blocked(ctx context.Context, tx *casebook.Tx) (bool, error) {
	from := strings.ToLower(m.reading.Facts.From.Address)
	entry, ok, err := tx.IsBlocked(ctx, from)
	if err != nil || !ok {
		return false, err
	}
	c, found, err := m.in.caseByToken(ctx, tx, m.reading.threadIDs())
	if err != nil || found && c.State != rules.Closed && isParty(c, from) {
		return false, err
	}
	m.end(casebook.FateBlocked, fmt.Sprintf("%s blocked %s", cmp.Or(entry.By.Name, entry.By.ID, "somebody"), entry.Sender), "")
	return true, nil
}

// block blocks the sender of the mail, or his domain, and ends the mails of his
// that are held.
func (m *mailRun) block(ctx context.Context, tx *casebook.Tx, a rules.HeldAction) (sender, no string, err error) {
	sender, no = m.in.blockable(m.row.From, a.Domain)
	if no != "" {
		return "", no, nil
	}
	b := casebook.BlockedSender{Sender: sender, By: rules.Person{ID: a.By.ID, Name: a.By.Name}, LedgerID: m.row.ID}
	if _, err := tx.Block(ctx, b); err != nil {
		return "", "", err
	}
	why := fmt.Sprintf("%s blocked %s", who(a.By), sender)
	m.end(casebook.FateBlocked, why, "")
	others, err := tx.Ledger(ctx, casebook.LedgerFilter{Fate: casebook.FateHold, Sender: sender})
	if err != nil {
		return "", "", err
	}
	for _, row := range others {
		if row.ID == m.row.ID {
			continue
		}
		heldWhy := row.Why
		row.Fate, row.Why = casebook.FateBlocked, why
		if err := m.in.settleRow(ctx, tx, row, heldWhy, rules.Settled{Do: a.Do, By: b.By, At: tx.Now(), Sender: sender}); err != nil {
			return "", "", err
		}
	}
	return sender, "", nil
}

// blockable is what of a sender may be blocked: never ourselves, never all who
// share a provider.
func (in *Intake) blockable(address string, whole bool) (sender, no string) {
	sender = strings.ToLower(address)
	_, domain, ok := strings.Cut(sender, "@")
	switch {
	case !ok || domain == "":
		return "", "The mail names no sender who could be blocked."
	case slices.Contains(in.Desk.Addresses, sender) || in.isStaff(sender) || whole && domain == in.Domain:
		return "", fmt.Sprintf("%s is of our own house and is not blocked.", sender)
	case whole && slices.Contains(in.Policy.MailProviders, domain):
		return "", fmt.Sprintf("%s is a mail provider with many customers: block the address alone.", domain)
	case whole:
		return domain, ""
	}
	return sender, ""
}

// mostHeldAgain bounds the mails that come back when a sender is let in again:
// the ledger has the rest.
const mostHeldAgain = 50

// Unblock lets a sender in again. What he wrote meanwhile is put before a
// person; n is how many mails that are.
func (in *Intake) Unblock(ctx context.Context, sender string, by rules.Actor) (was bool, n int, err error) {
	in = in.current()
	err = in.write(ctx, func(tx *casebook.Tx) error {
		was, n = false, 0
		entries, err := tx.Blocked(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(entries, func(b casebook.BlockedSender) bool { return strings.EqualFold(b.Sender, sender) })
		if i < 0 {
			return errRefused
		}
		if was, err = tx.Unblock(ctx, sender); err != nil {
			return err
		}
		n, err = in.holdAgain(ctx, tx, entries[i], by)
		return err
	})
	if errors.Is(err, errRefused) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, fmt.Errorf("unblock %s: %w", sender, err)
	}
	in.Log.Info("sender unblocked", "sender", sender, "by", by.ID, "held_again", n)
	return was, n, nil
}

// holdAgain puts the mails before a person that came from a blocked sender.
func (in *Intake) holdAgain(ctx context.Context, tx *casebook.Tx, b casebook.BlockedSender, by rules.Actor) (int, error) {
	rows, err := tx.HoldAgain(ctx, b.Sender, fmt.Sprintf("it came while %s was blocked; %s let him in again", b.Sender, who(by)), mostHeldAgain)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		h, err := in.heldOf(ctx, tx, row)
		if err != nil {
			return 0, err
		}
		if err := in.heldInSlack(ctx, tx, h, fmt.Sprintf("/again/%d", tx.Now().UnixMilli())); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
