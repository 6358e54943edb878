package intake

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"retour/ingest"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// person takes a person's mail in: into his case, into a new one, or on hold.
func (m *mailRun) person(ctx context.Context, tx *casebook.Tx) error {
	if m.in.answersDigest(m.reading.threadIDs()) {
		return m.hold("it answers a digest of this desk")
	}
	j, err := m.in.findCase(ctx, tx, m.reading)
	if err != nil {
		return err
	}
	f := m.reading.Facts
	switch {
	case j.doubt != "":
		return m.hold("%s", j.doubt)
	case j.found && j.c.Shadow != m.in.Shadow:
		return m.hold("%s", otherTime(j.c))
	case j.found && !m.newMatter(j.c):
		return m.join(ctx, tx, j)
	case j.found, f.Kind == ingest.Request, m.letter.HeaderOnly, f.Kind == ingest.Reply && len(f.Units) > 0:
		return m.open(ctx, tx, j)
	case f.Kind == ingest.Reply:
		return m.hold("an answer that belongs to no case of this desk")
	}
	return m.hold("no return was recognised in it")
}

// newMatter tells a new return written into the thread of a closed case from
// news about that case.
func (m *mailRun) newMatter(c rules.Case) bool {
	return c.State == rules.Closed && otherUnits(m.reading.Claim, c)
}

// otherUnits: the claim names units, and none of them is in the case.
func otherUnits(cl rules.Claim, c rules.Case) bool {
	for _, item := range cl.Items {
		for _, old := range c.Items {
			if item.Serial != "" && item.Serial == old.Serial || item.MAC != "" && item.MAC == old.MAC {
				return false
			}
		}
	}
	return len(cl.Items) > 0
}

// join decides on a customer's mail about a running case.
func (m *mailRun) join(ctx context.Context, tx *casebook.Tx, j joined) error {
	m.trust = j.trust
	event := rules.Event{Kind: m.eventKind(j), Actor: m.actor(j.trust), Claim: m.reading.Claim, Joined: j.byUnit, Vouched: m.vouched}
	targets, err := m.targets(ctx, tx, j.c, event.Kind)
	if err != nil {
		return err
	}
	var acts []*booking
	for i, c := range targets {
		e := event
		if len(targets) > 1 {
			e.Claim = share(event.Claim, c)
		}
		if err := m.in.look(ctx, tx, m.live, c, &e); err != nil {
			return err
		}
		d := rules.Decide(m.in.Policy, c, e, tx.Now())
		if i == 0 && (d.Refusal != "" || d.Outcome == rules.OutHold) {
			m.number = c.Number
			return m.hold("%s", cmp.Or(d.Refusal, d.Why))
		}
		if d.Refusal != "" || d.Outcome == rules.OutHold {
			continue
		}
		d.Case.Parties = withParty(d.Case.Parties, m.reading.party(j.trust), j.addParty)
		acts = append(acts, &booking{event: e, before: c, decision: d, text: m.words(e.Kind), ledger: m.row.ID})
	}
	m.end(casebook.FateUpdated, acts[0].decision.Why, j.c.Number)
	return m.finish(ctx, tx, acts, acts[0].decision.Case.Customer, acts[0].decision.Case.Language)
}

// words is what stands in the history: a yes or no to a quote word for word.
func (m *mailRun) words(kind rules.EventKind) string {
	if kind == rules.EvQuoteAccepted || kind == rules.EvQuoteDeclined {
		return m.reading.Facts.NewText
	}
	return shorten(m.reading.Facts.NewText)
}

// targets are the cases that one mail concerns: the one it names, and, for an
// answer, its siblings that wait for one too, since one mail asked for all.
func (m *mailRun) targets(ctx context.Context, tx *casebook.Tx, c rules.Case, kind rules.EventKind) ([]rules.Case, error) {
	targets := []rules.Case{c}
	if kind != rules.EvAnswer || c.Group == "" {
		return targets, nil
	}
	siblings, err := tx.Cases(ctx, casebook.CaseFilter{Group: c.Group, States: []rules.State{rules.InfoNeeded}})
	if err != nil {
		return nil, fmt.Errorf("siblings of %s: %w", c.Number, err)
	}
	for _, s := range siblings {
		if s.Number != c.Number {
			targets = append(targets, s)
		}
	}
	return targets, nil
}

// share is the part of an answer that speaks of one sibling's units.
func share(cl rules.Claim, c rules.Case) rules.Claim {
	makers := map[string]bool{"": true}
	for _, item := range c.Items {
		makers[item.Manufacturer] = true
	}
	items := cl.Items
	cl.Items = nil
	for _, item := range items {
		if makers[item.Manufacturer] {
			cl.Items = append(cl.Items, item)
		}
	}
	return cl
}

// open makes the case, or the sibling cases, of a new return.
func (m *mailRun) open(ctx context.Context, tx *casebook.Tx, j joined) error {
	m.trust = j.trust
	customer := m.reading.party(j.trust)
	language, err := m.language(ctx, tx)
	if err != nil {
		return err
	}
	acts, refusal, err := m.in.newCases(ctx, tx, m.live, m.in.Policy, newReturn{
		claim: m.reading.Claim, customer: customer, language: language, actor: m.actor(j.trust), vouched: m.vouched,
		text: shorten(m.reading.Facts.NewText), ledger: m.row.ID,
	})
	if err != nil {
		return err
	}
	if refusal != "" {
		return m.hold("%s", refusal)
	}
	m.end(casebook.FateOpened, acts[0].decision.Why, acts[0].decision.Case.Number)
	return m.finish(ctx, tx, acts, customer, language)
}

// newReturn is what a case, or several sibling cases, are opened from.
type newReturn struct {
	claim    rules.Claim
	customer rules.Party
	language string
	actor    rules.Actor
	vouched  bool   // a person wants it: no rule holds it for one
	text     string // for the history
	ledger   int64  // the mail it came from, 0 without one
}

// newCases decides on a new return: a booking for each sibling case, or why a
// person must look first.
func (in *Intake) newCases(ctx context.Context, tx *casebook.Tx, v *live, policy *rules.Policy, n newReturn) (acts []*booking, refusal string, err error) {
	group := ""
	claims := rules.Split(policy, n.claim)
	for _, cl := range claims {
		number, err := tx.NextNumber(ctx)
		if err != nil {
			return nil, "", fmt.Errorf("next case number: %w", err)
		}
		c := rules.Draft(cl, n.customer, n.language, number, tx.Now())
		c.Parties, c.Shadow = withParty(c.Parties, n.customer, true), in.Shadow
		if len(claims) > 1 {
			group = cmp.Or(group, number)
			c.Group = group
		}
		event := rules.Event{Kind: rules.EvRequest, Actor: n.actor, Claim: cl, Vouched: n.vouched}
		if err := in.look(ctx, tx, v, c, &event); err != nil {
			return nil, "", err
		}
		d := rules.Decide(policy, c, event, tx.Now())
		if d.Outcome == rules.OutHold || d.Refusal != "" {
			return nil, cmp.Or(d.Refusal, d.Why), nil
		}
		before := c
		before.State = ""
		acts = append(acts, &booking{event: event, before: before, decision: d, text: n.text, ledger: n.ledger})
	}
	return acts, "", nil
}

// finish stores what was decided and leaves the one mail that tells it.
func (m *mailRun) finish(ctx context.Context, tx *casebook.Tx, acts []*booking, to rules.Party, language string) error {
	withheld, err := m.withheld(ctx, tx, acts)
	if err != nil {
		return err
	}
	if m.letter.Silent {
		silence(acts)
	}
	var told []notify.Told
	var history int64
	for i, b := range acts {
		notices := b.decision.Notices
		if withheld != "" && len(notices) > 0 {
			b.decision.Case.Undelivered = "not sent: " + withheld
		}
		id, err := m.in.book(ctx, tx, b, noticeKinds(notices))
		if err != nil {
			return err
		}
		if i == 0 {
			history = id
		}
		if err := m.files(ctx, tx, b.decision.Case.ID, id); err != nil {
			return err
		}
		if err := tx.LinkMessage(ctx, m.reading.Message.MessageID, b.decision.Case.ID, "in"); err != nil {
			return fmt.Errorf("link the mail to %s: %w", b.decision.Case.Number, err)
		}
		told = append(told, tell(b.decision)...)
	}
	if err := tx.Remember(ctx, m.reading.Facts.From.Address, known(m.reading.Facts.Language), m.trust); err != nil {
		return fmt.Errorf("remember the sender: %w", err)
	}
	if len(told) == 0 {
		return nil
	}
	m.answer = withheld == ""
	thread := thread(m.reading)
	if m.trust != rules.Proven { // else anybody could write to our customers in our name
		thread.Subject = notify.Harmless(thread.Subject)
	}
	return m.in.post(ctx, tx, posting{
		to: to, language: language, told: told, thread: thread, key: fmt.Sprintf("mail/%d", history),
		caseID: acts[0].decision.Case.ID, history: history, ledger: m.row.ID, automatic: true, withheld: withheld,
	})
}

// silence takes the mails from decisions about back-filled mails. The clocks of
// a case that such a mail opens stand until somebody acts: a customer who was
// not asked is not reminded.
func silence(acts []*booking) {
	for _, b := range acts {
		b.decision.Notices = nil
		if b.decision.Case.ID == 0 {
			b.decision.Case.Deadline = time.Time{}
		}
	}
}

// withheld says why no automatic answer may go out; empty when one may.
func (m *mailRun) withheld(ctx context.Context, tx *casebook.Tx, acts []*booking) (string, error) {
	f := m.reading.Facts
	switch {
	case !f.MayAnswer:
		return cmp.Or(f.NoAnswerWhy, "the mail forbids an automatic answer"), nil
	case m.reading.Auth.DMARC == "fail":
		return "the sender's own domain says that the mail is not from " + f.From.Address, nil
	}
	_, domain, _ := strings.Cut(f.From.Address, "@")
	caseID := acts[0].decision.Case.ID
	counts, err := tx.Answers(ctx, tx.Now().Add(-time.Hour), f.From.Address, domain, caseID)
	if err != nil {
		return "", fmt.Errorf("count automatic answers: %w", err)
	}
	ofDay := 0
	if caseID != 0 { // a new case had none
		if ofDay, err = tx.AnswersAbout(ctx, tx.Now().Add(-24*time.Hour), caseID); err != nil {
			return "", err
		}
	}
	l := m.in.Policy.Limits
	switch {
	case counts.Address >= l.PerAddressHour:
		return fmt.Sprintf("%s had %d automatic answers within the hour", f.From.Address, counts.Address), nil
	case counts.Domain >= l.PerDomainHour:
		return fmt.Sprintf("%s had %d automatic answers within the hour", domain, counts.Domain), nil
	case caseID != 0 && counts.Case >= l.PerCaseHour:
		return fmt.Sprintf("this case had %d automatic answers within the hour", counts.Case), nil
	case caseID != 0 && ofDay >= l.PerCaseDay:
		return fmt.Sprintf("this case had %d automatic answers within a day", ofDay), nil
	}
	return m.flood(ctx, tx, counts.Total)
}

// flood says why nothing more may go out to anybody, or to a stranger; total is
// how many answers the hour has seen, those that were withheld too.
func (m *mailRun) flood(ctx context.Context, tx *casebook.Tx, total int) (string, error) {
	l, stranger := m.in.Policy.Limits, m.trust != rules.Proven && m.trust != rules.Known
	if total < l.TotalHour && (!stranger || total < l.StrangersHour()) {
		return "", nil
	}
	all, strangers, err := tx.AnswersLetOut(ctx, tx.Now().Add(-time.Hour))
	switch {
	case err != nil:
		return "", err
	case all >= l.TotalHour:
		return fmt.Sprintf("%d automatic answers went out within the hour", all), nil
	case stranger && strangers >= l.StrangersHour():
		return fmt.Sprintf("%d automatic answers went out within the hour to senders whom nothing proves", strangers), nil
	}
	return "", nil
}

func (m *mailRun) actor(trust rules.Trust) rules.Actor {
	from := m.reading.Facts.From
	return rules.Actor{Kind: rules.ByCustomer, ID: from.Address, Name: from.Name, Trust: trust}
}

// language is what the sender is answered in: what he writes now, else what he
// wrote before, else what the directory says of the customer, else the desk's.
func (m *mailRun) language(ctx context.Context, tx *casebook.Tx) (string, error) {
	if l := known(m.reading.Facts.Language); l != "" {
		return l, nil
	}
	a, ok, err := tx.Address(ctx, m.reading.Facts.From.Address)
	if err != nil {
		return "", fmt.Errorf("what is known of the sender: %w", err)
	}
	if ok && a.Language != "" {
		return a.Language, nil
	}
	account, _, err := tx.AccountOf(ctx, m.reading.Facts.From.Address, m.in.Policy.MailProviders...)
	if err != nil {
		return "", err
	}
	return cmp.Or(account.Language, m.in.Language), nil
}

// eventKind names what the mail does to the case that it joins. A mail that a
// person has joined to it by hand is an answer, whatever it says that only a
// proven sender may say, or of another amount than was quoted.
func (m *mailRun) eventKind(j joined) rules.EventKind {
	kind := eventKind(m.reading, j.c)
	_, differs := j.c.OtherThanQuoted(m.reading.Claim.Text)
	if m.vouched && (j.trust != rules.Proven && kind != rules.EvTracking || kind == rules.EvQuoteAccepted && differs) {
		return rules.EvAnswer
	}
	return kind
}

// eventKind names what a customer's mail does to a running case.
func eventKind(r Reading, c rules.Case) rules.EventKind {
	f := r.Facts
	switch {
	case f.Withdrawal:
		return rules.EvWithdrawal
	case f.Answer == "accept_quote" && c.State == rules.Quoted:
		return rules.EvQuoteAccepted
	case f.Answer == "decline_quote" && c.State == rules.Quoted:
		return rules.EvQuoteDeclined
	case len(f.References.Tracking) > 0 && c.State == rules.Validated:
		return rules.EvTracking
	case f.Question:
		return rules.EvQuestion
	}
	return rules.EvAnswer
}

func thread(r Reading) notify.Thread {
	refs := append([]string{}, r.Message.References...)
	if len(refs) == 0 {
		refs = append(refs, r.Message.InReplyTo...)
	}
	return notify.Thread{Subject: r.Message.Subject, MessageID: r.Message.MessageID, References: refs}
}

// withParty adds somebody to those whose mails may join, or raises his trust.
func withParty(parties []rules.Party, p rules.Party, add bool) []rules.Party {
	out := append([]rules.Party{}, parties...)
	for i := range out {
		if out[i].Address == p.Address {
			if p.Trust == rules.Proven {
				out[i].Trust = rules.Proven
			}
			return out
		}
	}
	if add {
		out = append(out, p)
	}
	return out
}

// shorten keeps a history entry readable; the raw mail has the rest.
func shorten(text string) string {
	const most = 8000
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most]) + " …"
}

func known(language string) string {
	if language == "und" {
		return ""
	}
	return language
}
