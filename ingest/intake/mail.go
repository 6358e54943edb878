package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"retour/ingest"
	"retour/rules"
	"retour/rules/casebook"
)

// Letter is one mail on its way in: its ledger row and its bytes.
type Letter struct {
	LedgerID   int64
	Raw        []byte
	HeaderOnly bool // it is over the size limit: Raw ends with the header
	Silent     bool // back-filled: booked, answered by nobody
}

// Mail takes one mail in and returns its fate, after the commit. An error means
// that nothing was stored and the mail must be tried again.
func (in *Intake) Mail(ctx context.Context, l Letter) (casebook.Fate, error) {
	m, err := in.read(ctx, l)
	if err != nil {
		return "", err
	}
	return m.book(ctx)
}

// read does with a mail all that needs no transaction.
func (in *Intake) read(ctx context.Context, l Letter) (*mailRun, error) {
	in = in.current().about(l.LedgerID)
	m := &mailRun{in: in, letter: l, reading: in.reader.Read(ctx, l.Raw, l.HeaderOnly, in.Now()), content: contentKey(l.Raw)}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read mail %d: %w", l.LedgerID, err) // its attachments were not read to the end
	}
	var err error
	if m.raw, err = casebook.PackRaw(l.Raw); err != nil {
		return nil, fmt.Errorf("mail %d: %w", l.LedgerID, err)
	}
	m.letter.Raw = nil
	shed(m.reading.Message)
	return m, nil
}

// shed lets go of the bytes of attachments, which have been read: what waits for
// its commit should not hold a mail three times. A piece stays to tell that there
// were any.
func shed(m *ingest.Message) {
	const piece = 512
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if len(a.Data) > piece {
			a.Data = bytes.Clone(a.Data[:piece])
		}
		if a.Message != nil {
			shed(a.Message)
		}
	}
}

// book stores what is decided on a mail.
func (m *mailRun) book(ctx context.Context) (casebook.Fate, error) {
	run := func(tx *casebook.Tx, v *live) error { m.live = v; return m.run(ctx, tx) }
	err := m.in.writeKnowing(ctx, run)
	var hopeless hopelessError
	if errors.As(err, &hopeless) {
		m.reading.Trouble = hopeless.Error() // a person must look
		err = m.in.writeKnowing(ctx, run)
	}
	if err != nil {
		return "", fmt.Errorf("take mail %d in: %w", m.letter.LedgerID, err)
	}
	return m.told(), nil
}

// told says what has become of a mail.
func (m *mailRun) told() casebook.Fate {
	m.in.Log.Info("mail taken in", "ledger", m.letter.LedgerID, "fate", m.fate, "kind", m.reading.Facts.Kind, "case", m.number)
	return m.fate
}

// mailRun is one mail inside its transaction.
type mailRun struct {
	in      *Intake
	letter  Letter
	reading Reading
	content string             // contentKey of the mail
	raw     casebook.PackedRaw // the mail as it is to be kept
	key     string             // of what the sender wrote, as the ledger has it
	hash    string             // of the raw mail: where it is kept
	row     casebook.LedgerRow
	live    *live // what a live system has answered
	vouched bool  // a person has looked at the mail and said what it is

	fate   casebook.Fate
	why    string
	number string      // of the case that it belongs to
	trust  rules.Trust // of its sender
	answer bool        // something was said to the customer
}

func (m *mailRun) run(ctx context.Context, tx *casebook.Tx) error {
	// A second try starts clean.
	m.fate, m.why, m.number, m.answer = "", "", "", false
	row, err := tx.LedgerRow(ctx, m.letter.LedgerID)
	if err != nil {
		return fmt.Errorf("ledger row: %w", err)
	}
	m.row, m.key, m.hash = row, m.content, ""
	if m.letter.HeaderOnly {
		// Two large mails may share a header's words: their size tells them apart.
		m.key += fmt.Sprintf("/%d", row.Size)
	}
	twin, same, err := tx.SameMail(ctx, row.Mailbox, m.reading.Message.MessageID, m.key, row.ID)
	if err != nil {
		return fmt.Errorf("look for the same mail: %w", err)
	}
	if same {
		m.end(casebook.FateDuplicate, fmt.Sprintf("the same mail as ledger row %d", twin.ID), twin.CaseNumber)
		return m.record(ctx, tx)
	}
	if err := tx.PutPacked(ctx, m.raw); err != nil {
		return fmt.Errorf("keep the raw mail: %w", err)
	}
	m.hash = m.raw.Hash
	if err := m.route(ctx, tx); err != nil {
		return err
	}
	if m.fate == casebook.FateHold {
		if err := m.in.heldInSlack(ctx, tx, m.held(), ""); err != nil {
			return err
		}
	}
	return m.record(ctx, tx)
}

// end names what becomes of the mail.
func (m *mailRun) end(fate casebook.Fate, why, number string) {
	m.fate, m.why, m.number = fate, why, number
}

// hold leaves the mail to a person.
func (m *mailRun) hold(why string, args ...any) error {
	m.end(casebook.FateHold, fmt.Sprintf(why, args...), m.number)
	return nil
}

// record writes the fate into the ledger.
func (m *mailRun) record(ctx context.Context, tx *casebook.Tx) error {
	row := m.known()
	if m.letter.Silent && m.fate != casebook.FateHold && m.fate != casebook.FateDuplicate {
		row.Fate = casebook.FateBackfilled
	}
	if m.in.Shadow && m.fate != casebook.FateDuplicate {
		row.Fate, row.Why = casebook.FateShadowed, fmt.Sprintf("shadow mode, would be %s: %s", m.fate, m.why)
	}
	if err := tx.SetFate(ctx, row); err != nil {
		return fmt.Errorf("write fate %s: %w", row.Fate, err)
	}
	return nil
}

// known is the ledger row with all that is known of the mail by now.
func (m *mailRun) known() casebook.LedgerRow {
	row := m.row
	row.Key, row.Hash, row.MessageID = m.key, m.hash, m.reading.Message.MessageID
	row.From, row.Subject = m.reading.Facts.From.Address, m.reading.Message.Subject
	row.Kind, row.Language = string(m.reading.Facts.Kind), m.reading.Facts.Language
	row.HeaderOnly = m.letter.HeaderOnly
	row.Fate, row.Why, row.CaseNumber, row.Answered = m.fate, m.why, m.number, m.answer
	return row
}

// route takes the mail in by its door.
func (m *mailRun) route(ctx context.Context, tx *casebook.Tx) error {
	d := doorOf(m.reading)
	if d.way == byPerson || d.way == held {
		if blocked, err := m.blocked(ctx, tx); blocked || err != nil {
			return err
		}
	}
	switch d.way {
	case byBounce:
		return m.bounce(ctx, tx)
	case byRobot:
		return m.robot(ctx, tx)
	case byPerson:
		return m.person(ctx, tx)
	}
	return m.hold("%s", d.why)
}

// robot notes a machine's mail, beside the case that it speaks of.
func (m *mailRun) robot(ctx context.Context, tx *casebook.Tx) error {
	c, ok, err := m.in.caseByToken(ctx, tx, m.reading.threadIDs())
	if err == nil && !ok {
		c, ok, err = m.in.caseByNews(ctx, tx, m.reading)
	}
	if err != nil {
		return err
	}
	why := fmt.Sprintf("%s: %s", m.reading.Facts.Kind, m.reading.Facts.KindWhy)
	if !ok {
		m.end(casebook.FateNoted, why, "")
		return nil
	}
	m.end(casebook.FateNoted, why, c.Number)
	return m.in.note(ctx, tx, c, casebook.HistoryRow{
		ActorKind: string(rules.ByCustomer), ActorID: m.reading.Facts.From.Address, ActorName: m.reading.Facts.From.Name,
		Event: rules.EvNote, Why: "an automatic mail; it was not answered", Text: shorten(m.reading.Facts.NewText), LedgerID: m.row.ID,
	})
}

// bounce ties a delivery report to the case whose mail came back.
func (m *mailRun) bounce(ctx context.Context, tx *casebook.Tx) error {
	report := m.reading.Message.Report
	if report == nil {
		report = &ingest.Report{}
	}
	cited := append([]string{report.OriginalID}, m.reading.threadIDs()...)
	if m.in.answersDigest(cited) {
		return m.digestBounce(ctx, tx, report)
	}
	c, ok, err := m.in.caseByToken(ctx, tx, cited)
	if err != nil {
		return err
	}
	if !ok {
		return m.strayBounce(ctx, tx, report)
	}
	if arrives(report.Action) {
		m.end(casebook.FateNoted, "a delivery report: "+report.Action, c.Number)
		return nil
	}
	if to := report.Recipient; to != c.Customer.Address && isParty(c, to) {
		m.end(casebook.FateNoted, "a delivery report for "+to+", to whom nothing is sent any more", c.Number)
		return nil
	}
	failure := bounceText(report)
	if err := m.in.undelivered(ctx, tx, c, failure, m.row.ID); err != nil {
		return err
	}
	if err := tx.Bounced(ctx, report.OriginalID, failure); err != nil {
		return fmt.Errorf("mark the mail that bounced: %w", err)
	}
	m.end(casebook.FateUpdated, "a mail of this case could not be delivered: "+failure, c.Number)
	return nil
}

// strayBounce is a report that names no mail of ours. When somebody with an open
// case did not get one, a person must look; all else is back-scatter.
func (m *mailRun) strayBounce(ctx context.Context, tx *casebook.Tx, report *ingest.Report) error {
	open, err := tx.OpenCasesOf(ctx, report.Recipient)
	if err != nil {
		return fmt.Errorf("open cases of %s: %w", report.Recipient, err)
	}
	if len(open) == 0 || arrives(report.Action) {
		m.end(casebook.FateNoted, "a delivery report for a mail that is not of this desk's cases", "")
		return nil
	}
	m.number = open[0].Number
	return m.hold("a mail to %s came back, and the report does not say which one", report.Recipient)
}

// arrives: the report is about a mail that arrived or still may (RFC 3464,
// section 2.3.3).
func arrives(action string) bool {
	return action == "delayed" || action == "delivered" || action == "relayed" || action == "expanded"
}

func bounceText(r *ingest.Report) string {
	text := r.Recipient
	if r.Status != "" {
		text += " " + r.Status
	}
	if r.Diagnostic != "" {
		text += ": " + r.Diagnostic
	}
	if text == "" {
		return "the receiving server sent it back without saying why"
	}
	return text
}
