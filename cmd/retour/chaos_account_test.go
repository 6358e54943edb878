//go:build chaos

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/notify"
	"retour/notify/courier"
	"retour/rules"
	"retour/rules/casebook"
)

// findings are all that can be seen when everything is over.
type findings struct {
	posted     []*posted
	folders    map[string]map[string]int // of the desk's account: folder, marker, how often
	inbox      int                       // mails that still lie in the watched folder
	renumbered bool
	refused    int           // commands of SMTP that were answered with 5xx about a mail
	lost       int           // answers that were lost after a mail had been accepted
	inFlight   map[int64]int // outbox row: how often the desk was killed with it in hand

	ledger   []casebook.LedgerRow
	markers  map[int64]string // of ledger rows
	cases    []rules.Case
	history  map[int64][]casebook.HistoryRow // by case
	outbox   []casebook.Row
	received []receipt
	slack    []loopback.Message
	attempts map[string]int // of staff, by case and event

	repeated int // mails that came once more; the accountant counts them
}

// receipt is one mail in a customer's mailbox.
type receipt struct {
	id, inReplyTo string
}

func (e *findings) String() string {
	sent := 0
	for _, p := range e.posted {
		sent += p.times
	}
	return fmt.Sprintf("%d mails sent in, %d ledger rows, %d cases, %d mails received, %d repeated with the same Message-ID (%d answers lost after DATA, %d rows in hand at a kill), %d messages in Slack, renumbered %t",
		sent, len(e.ledger), len(e.cases), len(e.received), e.repeated, e.lost, len(e.inFlight), len(e.slack), e.renumbered)
}

func (x *trial) findings() *findings {
	x.t.Helper()
	e := &findings{posted: x.posted, folders: map[string]map[string]int{}, renumbered: x.renumbered, refused: x.faults.refused, lost: x.faults.lost,
		inFlight: map[int64]int{}, markers: map[int64]string{}, history: map[int64][]casebook.HistoryRow{}, attempts: x.attempts,
		slack: x.slack.Messages(loopback.SlackChannel), inbox: x.count("rma", "INBOX")}
	for _, p := range e.posted {
		p.taken = x.taken[p.marker]
	}
	book := x.book()
	defer book.Close()
	x.readBook(e, book)
	for _, folder := range append([]string{"INBOX", "done", "hold", elsewhere}, x.archives...) {
		e.folders[folder] = map[string]int{}
		for _, raw := range x.rawsOf("rma", folder) {
			e.folders[folder][markerOf(raw)]++
		}
	}
	for _, user := range []string{"customer", "sink"} {
		for _, raw := range x.rawsOf(user, "INBOX") {
			m := ingest.Parse(raw, ingest.DefaultLimits())
			e.received = append(e.received, receipt{m.MessageID, strings.Join(m.InReplyTo, " ")})
		}
	}
	e.countInFlight(x.lives)
	return e
}

func (x *trial) readBook(e *findings, book *casebook.Book) {
	x.t.Helper()
	var err error
	must := func() {
		if err != nil {
			x.t.Fatal(err)
		}
	}
	err = book.Verify(x.ctx)
	must()
	e.ledger, err = book.Ledger(x.ctx, casebook.LedgerFilter{Limit: 1_000_000})
	must()
	slices.SortFunc(e.ledger, func(a, b casebook.LedgerRow) int { return int(a.ID - b.ID) })
	for _, row := range e.ledger {
		var raw []byte
		if row.Hash != "" {
			raw, err = book.Raw(x.ctx, row.Hash)
			must()
		}
		e.markers[row.ID] = e.marker(row, raw)
	}
	e.cases, err = book.Cases(x.ctx, casebook.CaseFilter{Limit: 1_000_000})
	must()
	for _, c := range e.cases {
		e.history[c.ID], err = book.History(x.ctx, c.ID)
		must()
	}
	e.outbox, err = book.Outbox(x.ctx, casebook.OutboxFilter{})
	must()
}

// marker finds out which mail a ledger row is about: by its bytes, its Message-ID,
// or by the one that it is a copy of.
func (e *findings) marker(row casebook.LedgerRow, raw []byte) string {
	if m := markerOf(raw); m != "" {
		return m
	}
	var twin int64
	if _, err := fmt.Sscanf(row.Why, "the same mail as ledger row %d", &twin); err == nil {
		return e.markers[twin]
	}
	if m := markerInID.FindStringSubmatch(row.MessageID); m != nil {
		return m[1]
	}
	return ""
}

// rawsOf are the mails of a folder; none where there is no such folder.
func (x *trial) rawsOf(user, folder string) (raws [][]byte) {
	x.t.Helper()
	c, err := x.dial(user)
	if err != nil {
		x.t.Fatal(err)
	}
	defer c.Close()
	selected, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil || selected.NumMessages == 0 {
		return nil
	}
	body := &imap.FetchItemBodySection{Peek: true}
	cmd := c.Fetch(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{body}})
	got, err := cmd.Collect()
	if err != nil {
		x.t.Fatal(err)
	}
	for _, m := range got {
		raws = append(raws, m.FindBodySection(body))
	}
	return raws
}

// countInFlight finds the mails that the desk had in hand when it died: the one
// that it was sending, and those that were accepted and not yet marked.
func (e *findings) countInFlight(lives []*life) {
	mails := map[int64]bool{}
	for _, row := range e.outbox {
		mails[row.ID] = row.Kind == string(notify.DeliverMail)
	}
	for _, l := range lives {
		told := l.steps()
		cuts := l.cuts
		if l.wasKilled() {
			cuts = append(slices.Clone(cuts), len(told))
		}
		for _, n := range cuts {
			e.countInHand(told[:n], mails)
		}
	}
}

// countInHand finds the mails that the desk had in hand after these steps.
func (e *findings) countInHand(told []toldStep, mails map[int64]bool) {
	var sending int64
	accepted := map[int64]bool{}
	for _, s := range told {
		switch {
		case s.name == courier.StepLeased && mails[s.id]:
			sending = s.id
		case s.name == courier.StepAccepted && mails[s.id]:
			sending, accepted[s.id] = 0, true
		case s.name == courier.StepMarked:
			delete(accepted, s.id)
		}
	}
	if sending != 0 {
		e.inFlight[sending]++
	}
	for id := range accepted {
		e.inFlight[id]++
	}
}

// account compares everything with everything; it returns what does not agree.
func account(e *findings) []string {
	a := &accountant{findings: e}
	a.mailsIn()
	a.strangeRows()
	a.lifeOfCases()
	a.mailsOut()
	a.inSlack()
	return a.faults
}

type accountant struct {
	*findings
	faults []string
}

func (a *accountant) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// seen says that a fate is that of a mail itself, and not of a copy of it or of
// a number that it no longer has.
func seen(f casebook.Fate) bool { return f != casebook.FateDuplicate && f != casebook.FateGone }

// mailsIn: each mail has one fate, and lies in one place.
func (a *accountant) mailsIn() {
	rows := map[string][]casebook.LedgerRow{}
	for _, row := range a.ledger {
		rows[a.markers[row.ID]] = append(rows[a.markers[row.ID]], row)
	}
	places := map[string]int{}
	for folder, markers := range a.folders {
		for marker, n := range markers {
			places[marker] += n
			if folder == "INBOX" {
				a.fault("lost: %s still lies in the mailbox", marker)
			}
		}
	}
	for _, p := range a.posted {
		a.oneMail(p, rows[p.marker], places[p.marker])
	}
	for _, row := range a.ledger {
		if row.Fate == "" {
			a.fault("lost: ledger row %d (%s) has no fate: %s", row.ID, a.markers[row.ID], row.Why)
		}
		if row.Fate == casebook.FateBeforeStart { // the mailbox was empty then
			a.fault("lost: ledger row %d passes for older than the desk and is never read", row.ID)
		}
		if row.Fate == casebook.FateGone && !a.renumbered && !slices.ContainsFunc(a.posted, func(p *posted) bool { return p.taken }) {
			a.fault("lost: ledger row %d is gone, and nobody took a mail away", row.ID)
		}
	}
}

func (a *accountant) oneMail(p *posted, rows []casebook.LedgerRow, places int) {
	name := p.marker + " (" + p.kind + ")"
	var own []casebook.LedgerRow
	copies := 0
	for _, row := range rows {
		if seen(row.Fate) {
			own = append(own, row)
		} else if row.Fate == casebook.FateDuplicate {
			copies++
		}
	}
	switch {
	case len(own) == 0 && !p.taken:
		a.fault("lost: %s has no ledger row of its own among %d", name, len(rows))
	case len(own) > 1:
		a.fault("doubled: %s was taken in %d times, ledger rows %d and %d", name, len(own), own[0].ID, own[1].ID)
	}
	if copies != p.times-1 && !p.taken && !a.renumbered {
		a.fault("%s was sent %d times and has %d copies in the ledger", name, p.times, copies)
	}
	if places > p.times {
		a.fault("doubled: %s was sent %d times and lies in the folders %d times", name, p.times, places)
	}
	if places < p.times && !p.taken {
		a.fault("lost: %s was sent %d times and lies in the folders %d times", name, p.times, places)
	}
	if len(own) == 1 {
		a.asMeant(p, own[0], name)
	}
}

// asMeant: what was to become of the mail has become of it.
func (a *accountant) asMeant(p *posted, row casebook.LedgerRow, name string) {
	if p.fate != "" && row.Fate != p.fate {
		a.fault("%s is %s and not %s: %s", name, row.Fate, p.fate, row.Why)
		return
	}
	if row.Fate == casebook.FateHold && a.folders["done"][p.marker] > 0 && !a.renumbered && p.times == 1 {
		a.fault("%s waits for a person and lies among the done", name)
	}
	opened := 0
	for _, h := range a.history {
		if h[0].LedgerID == row.ID {
			opened++
		}
	}
	if p.cases >= 0 && opened != p.cases {
		a.fault("%s opened %d cases, not %d", name, opened, p.cases)
	}
	if p.first != "" && !slices.ContainsFunc(a.ledger, func(r casebook.LedgerRow) bool {
		return a.markers[r.ID] == p.first && r.CaseNumber == row.CaseNumber && row.CaseNumber != ""
	}) {
		a.fault("%s answers %s and joined %q", name, p.first, row.CaseNumber)
	}
	answers := 0
	for _, r := range a.outbox {
		if r.Kind == string(notify.DeliverMail) && r.LedgerID == row.ID && r.Status != casebook.Cancelled {
			answers++
		}
	}
	if p.answer && answers != 1 {
		a.fault("%s is answered by %d mails", name, answers)
	}
	if p.silent && answers > 0 {
		a.fault("%s is a machine's mail, and was answered", name)
	}
}

// strangeRows: what nobody of ours sent is a report of the mail server.
func (a *accountant) strangeRows() {
	for _, row := range a.ledger {
		if a.markers[row.ID] == "" && row.Fate != casebook.FateGone && row.Kind != string(ingest.Bounce) {
			a.fault("ledger row %d is of a mail that nobody sent: %s %q from %s", row.ID, row.Kind, row.Subject, row.From)
		}
	}
}

// lifeOfCases: each case was opened once, and each of its states follows from the
// one before.
func (a *accountant) lifeOfCases() {
	for _, c := range a.cases {
		h := a.history[c.ID]
		if len(h) == 0 {
			a.fault("%s has no history", c.Number)
			continue
		}
		done := map[string]int{}
		for i, row := range h {
			if i > 0 && (row.From != h[i-1].To || row.Version != h[i-1].Version+1) && row.Event != rules.EvNote {
				a.fault("%s: %s leads from %s (version %d), and before it was %s (version %d)", c.Number, row.Event, row.From, row.Version, h[i-1].To, h[i-1].Version)
			}
			if row.Event == rules.EvRequest && i > 0 {
				a.fault("%s was opened again by ledger row %d", c.Number, row.LedgerID)
			}
			if row.LedgerID != 0 {
				done[fmt.Sprint("mail ", row.LedgerID, " ", row.Event)]++
			}
			if row.ActorKind == string(rules.ByStaff) {
				done[string(row.Event)]++
			}
		}
		for what, n := range done {
			if strings.HasPrefix(what, "mail ") && n > 1 {
				a.fault("doubled: %s: %s happened %d times", c.Number, what, n)
			}
			if tries := a.attempts[c.Number+" "+what]; !strings.HasPrefix(what, "mail ") && n > tries {
				a.fault("doubled: %s: the staff did %s %d times, and it happened %d times", c.Number, what, tries, n)
			}
		}
		if last := h[len(h)-1]; last.To != c.State || last.Version != c.Version {
			a.fault("%s is %s (version %d), its history ends with %s (version %d)", c.Number, c.State, c.Version, last.To, last.Version)
		}
	}
}

// mailsOut: what was promised came, and nothing else.
func (a *accountant) mailsOut() {
	came := map[string]int{}
	for _, r := range a.received {
		came[r.id]++
	}
	promised, byMail := map[string]bool{}, map[int64]int64{}
	unable, unexplained := 0, 0
	for _, row := range a.outbox {
		if row.Status == casebook.Pending && row.Kind != string(notify.DeliverCall) {
			a.fault("lost: %s %s still waits: %s", row.Kind, row.Key, row.LastError)
		}
		if row.Kind != string(notify.DeliverMail) {
			continue
		}
		promised[row.MessageID] = true
		if other := byMail[row.LedgerID]; other != 0 && row.LedgerID != 0 {
			a.fault("doubled: outbox rows %d and %d both answer ledger row %d", row.ID, other, row.LedgerID)
		}
		byMail[row.LedgerID] = row.ID
		n := came[row.MessageID]
		switch {
		case row.Status == casebook.Sent && n == 0:
			a.fault("lost: %s to %s is marked as sent and did not come", row.Key, row.Recipient)
		case row.Status == casebook.Failed:
			unable += a.failed(row)
		}
		if n > 1 {
			a.repeated += n - 1
			unexplained += max(0, n-1-a.inFlight[row.ID])
		}
	}
	if unexplained > a.lost {
		a.fault("doubled: %d mails came once more without a kill that explains it, and only %d answers were lost after DATA", unexplained, a.lost)
	}
	if unable > a.refused {
		a.fault("lost: %d mails were given up, and only %d were refused", unable, a.refused)
	}
	for _, id := range slices.Sorted(maps.Keys(came)) {
		if !promised[id] {
			a.fault("doubled: <%s> came %d times, and nobody promised it", id, came[id])
		}
	}
}

// failed: the case says that a mail could not be delivered. It counts those to
// customers who can get mail.
func (a *accountant) failed(row casebook.Row) int {
	told := slices.ContainsFunc(a.history[row.CaseID], func(h casebook.HistoryRow) bool { return h.Event == rules.EvDeliveryFailed })
	if !told {
		a.fault("lost: %s to %s was given up (%s), and its case does not say so", row.Key, row.Recipient, row.LastError)
	}
	if strings.HasPrefix(row.Recipient, "reject+") || strings.HasPrefix(row.Recipient, "vanished+") {
		return 0
	}
	return 1
}

// inSlack: each case has one card that agrees with it, each event one line.
func (a *accountant) inSlack() {
	stands := map[string][]loopback.Message{}
	for _, m := range a.slack {
		for _, one := range append([]loopback.Message{m}, m.Replies...) {
			if _, key, ok := strings.Cut(keyOf(one), ":"); ok {
				stands[key] = append(stands[key], one)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(stands)) {
		if n := len(stands[key]); n > 1 {
			a.fault("doubled: %s stands in Slack %d times", key, n)
		}
	}
	wanted, aside := map[string]bool{}, a.aside(stands)
	for _, c := range a.cases {
		wanted["card/"+c.Number] = true
		a.card(c, stands["card/"+c.Number])
		for _, h := range a.history[c.ID] {
			if key := fmt.Sprintf("entry/%d", h.ID); !aside[key] {
				wanted[key] = true
			}
		}
	}
	for _, row := range a.ledger {
		if row.Fate == casebook.FateHold {
			wanted[fmt.Sprintf("held/%d", row.ID)] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		if len(stands[key]) == 0 {
			a.fault("lost: %s does not stand in Slack", key)
		}
	}
	for key := range stands {
		kind, _, _ := strings.Cut(key, "/")
		if !wanted[key] && slices.Contains([]string{"card", "entry", "held"}, kind) {
			a.fault("%s stands in Slack, and the casebook does not know it", key)
		}
	}
}

// aside are the keys of what waits until its case's card has a thread of its own:
// that of a case whose card stands among others of a burst.
func (a *accountant) aside(stands map[string][]loopback.Message) map[string]bool {
	numbers, keys := map[int64]string{}, map[string]bool{}
	for _, c := range a.cases {
		numbers[c.ID] = c.Number
	}
	for _, row := range a.outbox {
		if row.Status != casebook.Aside {
			continue
		}
		keys[row.Key] = true
		for _, card := range stands["card/"+numbers[row.CaseID]] {
			if card.ThreadTS == "" {
				a.fault("lost: %s %s waits for a card that stands in the channel: %s", row.Kind, row.Key, row.LastError)
			}
		}
	}
	return keys
}

func (a *accountant) card(c rules.Case, cards []loopback.Message) {
	for _, card := range cards {
		if state := strings.ReplaceAll(string(c.State), "_", " "); !strings.HasPrefix(card.Text, state) && c.State != rules.InfoNeeded {
			a.fault("%s is %s, its card says %q", c.Number, c.State, card.Text)
		}
		for _, b := range card.Blocks {
			for _, e := range b.Elements {
				if e.Type == "button" && e.URL == "" && e.Value != fmt.Sprintf("%s/%d", c.Number, c.Version) {
					a.fault("%s has version %d, its button carries %s", c.Number, c.Version, e.Value)
				}
			}
		}
	}
}
