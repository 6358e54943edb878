package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// WebhookType names what a neighbour's system is told of. The names and the frame
// are those of the Standard Webhooks specification
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
type WebhookType string

// The types, in the order in which one happening tells several of them.
const (
	HookOpened      WebhookType = "case.opened"
	HookSplit       WebhookType = "case.split"
	HookReopened    WebhookType = "case.reopened"
	HookRuled       WebhookType = "items.ruled"
	HookReceived    WebhookType = "items.received"
	HookTested      WebhookType = "items.tested"
	HookAway        WebhookType = "items.sent_to_manufacturer"
	HookBack        WebhookType = "items.back_from_manufacturer"
	HookQuoteSent   WebhookType = "quote.sent"
	HookQuoteYes    WebhookType = "quote.accepted"
	HookQuoteNo     WebhookType = "quote.declined"
	HookQuoteSilent WebhookType = "quote.expired"
	HookCredit      WebhookType = "credit.given"
	HookFee         WebhookType = "fee.charged"
	HookLeft        WebhookType = "items.left"
	HookUndelivered WebhookType = "mail.undelivered"
	HookMerged      WebhookType = "case.merged"
	HookForgotten   WebhookType = "case.forgotten"
	HookUpdated     WebhookType = "case.updated"
	HookState       WebhookType = "case.state_changed"
	HookClosed      WebhookType = "case.closed"
	HookTest        WebhookType = "webhook.test" // only by hand
)

// WebhookTypes lists every type with what it says, as the schema tells it.
func WebhookTypes() []WebhookDoc {
	return []WebhookDoc{
		{HookOpened, "A case was opened, by a mail or by hand."},
		{HookSplit, "Staff made this new case of units of another one; split_from names that."},
		{HookReopened, "A closed case goes on."},
		{HookRuled, "The desk has ruled on units: items names them, case.items has the verdicts."},
		{HookReceived, "Units have come: items names them."},
		{HookTested, "Units were tested: items names them, case.items has the outcomes."},
		{HookAway, "Units left for their manufacturer: items names them."},
		{HookBack, "Units came back from their manufacturer: items names them."},
		{HookQuoteSent, "A quote was sent: money has the amount."},
		{HookQuoteYes, "The customer accepted the quote in writing, or staff on his behalf."},
		{HookQuoteNo, "The customer declined the quote, or had his goods back without an answer."},
		{HookQuoteSilent, "The time for an answer to the quote has passed."},
		{HookCredit, "The customer was credited: money has the amount, and the fee that was kept."},
		{HookFee, "A restocking fee was kept or a test was charged: money has it."},
		{HookLeft, "Units left the desk, repaired, replaced, credited, returned as they are, collected or disposed of: items names them, case.items says how."},
		{HookUndelivered, "A mail did not reach the customer."},
		{HookMerged, "The case ended because its units go on in another one: case.merged_into."},
		{HookForgotten, "The customer was forgotten: delete his address, his name and what he wrote."},
		{HookUpdated, "Something about the case has changed that no other type tells of: its units, numbers, owner, a longer deadline."},
		{HookState, "The state has changed: from and to. Of a new case from is absent."},
		{HookClosed, "The case is closed: case.closing says how."},
		{HookTest, "A test by hand (retour webhooks send-test). It means nothing."},
	}
}

// WebhookDoc is one type of the catalogue.
type WebhookDoc struct {
	Type WebhookType
	Says string
}

// Webhook is what is sent: the body of the request, as JSON.
type Webhook struct {
	Type      WebhookType `json:"type" doc:"what happened"`
	Timestamp time.Time   `json:"timestamp" doc:"when it happened, UTC; the time of the attempt is in the header"`
	Data      WebhookData `json:"data"`
}

// WebhookData tells of one thing that happened to a case.
type WebhookData struct {
	Entry     int64           `json:"entry" doc:"of the case's history; several webhooks may tell of the same entry, and a later entry has a higher number"`
	Event     rules.EventKind `json:"event" doc:"what the desk calls it; see retour states"`
	From      rules.State     `json:"from,omitempty" doc:"the state before"`
	To        rules.State     `json:"to" doc:"the state after; the same as from where it did not change"`
	Actor     ActorJSON       `json:"actor"`
	Rule      string          `json:"rule" doc:"id of the rule that decided"`
	Why       string          `json:"why,omitempty" doc:"the reason, one sentence in English"`
	Items     []int           `json:"items,omitempty" doc:"positions of the units that it is about, where it is about units"`
	Money     []MoneyJSON     `json:"money,omitempty" doc:"what happened to amounts"`
	Tracking  string          `json:"tracking,omitempty" doc:"of a parcel that left the desk"`
	SplitFrom string          `json:"split_from,omitempty" doc:"number of the case that the units were in"`
	Text      string          `json:"text,omitempty" doc:"personal: what the customer or staff wrote"`
	Case      CaseJSON        `json:"case" doc:"as it is after it"`
}

// ActorJSON is whose hand it comes from.
type ActorJSON struct {
	Kind rules.ActorKind `json:"kind" doc:"customer, staff, clock or courier"`
	ID   string          `json:"id,omitempty" doc:"of staff the user ID in Slack; of a customer his address, which is personal"`
	Name string          `json:"name,omitempty" doc:"of a customer it is personal"`
}

// MoneyJSON is one thing that happened to an amount.
type MoneyJSON struct {
	What rules.MoneyKind `json:"what" doc:"what happened to it"`
	AmountJSON
}

// WebhookField is a part of the data that an endpoint may get or not.
type WebhookField string

// The parts. Number, version, state and dates of the case are always told.
const (
	FieldItems      WebhookField = "items"
	FieldReferences WebhookField = "references"
	FieldMoney      WebhookField = "money"
	FieldStaff      WebhookField = "staff"    // who of the staff
	FieldWhy        WebhookField = "why"      // the reasons
	FieldCustomer   WebhookField = "customer" // personal: address and name
	FieldTexts      WebhookField = "texts"    // personal: what was written
)

// WebhookFields lists them; those of the second list are personal and never told
// unless they are asked for.
func WebhookFields() (ordinary, personal []WebhookField) {
	return []WebhookField{FieldItems, FieldReferences, FieldMoney, FieldStaff, FieldWhy}, []WebhookField{FieldCustomer, FieldTexts}
}

// Endpoint is a system that webhooks are sent to.
type Endpoint struct {
	Name   string
	Events []string // types, or the beginning of some, items.*; none: all
	Fields []WebhookField
}

// Kind is the kind of the outbox rows for an endpoint: each has a courier's worker
// of its own, so that none waits for another.
func (e Endpoint) Kind() DeliveryKind { return DeliveryKind(webhookPrefix + e.Name) }

const webhookPrefix = "webhook/"

// EndpointOf is the name of the endpoint whose rows are of a kind; empty for all
// other kinds.
func EndpointOf(kind string) string {
	name, ok := strings.CutPrefix(kind, webhookPrefix)
	if !ok {
		return ""
	}
	return name
}

// Wants says whether an endpoint gets webhooks of a type.
func (e Endpoint) Wants(t WebhookType) bool {
	return len(e.Events) == 0 || slices.ContainsFunc(e.Events, func(p string) bool {
		group, all := strings.CutSuffix(p, "*")
		return p == string(t) || all && strings.HasPrefix(string(t), group)
	})
}

func (e Endpoint) has(f WebhookField) bool { return slices.Contains(e.Fields, f) }

// Happening is a decision that was committed, with what it changed.
type Happening struct {
	Entry     int64 // of the history
	At        time.Time
	Before    rules.Case // zero where it was opened
	Event     rules.Event
	Decision  rules.Decision
	Money     []rules.MoneyMark
	SplitFrom string
	Text      string // that was written
}

// Webhooks are what a happening is told as, all that there is to know included;
// see [Endpoint.Body].
func (h Happening) Webhooks() (all []Webhook) {
	marks := h.itemMarks()
	data := h.data()
	add := func(t WebhookType, items []int) {
		d := data
		d.Items = items
		all = append(all, Webhook{Type: t, Timestamp: h.At.UTC(), Data: d})
	}
	for _, doc := range WebhookTypes() {
		if items, ok := marks[doc.Type]; ok {
			add(doc.Type, items)
		} else if h.is(doc.Type) {
			add(doc.Type, nil)
		}
	}
	if len(all) == 0 && (h.Event.Kind == rules.EvExtend || !same(NewCaseJSON(h.Before), NewCaseJSON(h.Decision.Case))) {
		add(HookUpdated, nil)
	}
	return all
}

// same compares two cases but for what every decision changes.
func same(a, b CaseJSON) bool {
	for _, c := range []*CaseJSON{&a, &b} {
		c.Version, c.Rule, c.Deadline = 0, "", time.Time{}
	}
	return reflect.DeepEqual(a, b)
}

// is says whether a happening is of a type that concerns the whole case.
func (h Happening) is(t WebhookType) bool {
	from, to := h.Before.State, h.Decision.Case.State
	split := from == "" && h.Event.Kind == rules.EvSplit
	switch t {
	case HookOpened:
		return from == "" && !split
	case HookSplit:
		return split
	case HookReopened:
		return from == rules.Closed && to != rules.Closed
	case HookMerged:
		return from != rules.Closed && to == rules.Closed && h.Decision.Case.Closing == rules.Merged
	case HookForgotten:
		return h.Decision.Rule == rules.ForgottenRule && h.Decision.Case.IsForgotten()
	case HookUndelivered:
		return h.Event.Kind == rules.EvDeliveryFailed
	case HookState:
		return from != to
	case HookClosed:
		return from != rules.Closed && to == rules.Closed
	}
	return slices.ContainsFunc(h.Money, func(m rules.MoneyMark) bool { return moneyTypes[m.What] == t })
}

var moneyTypes = map[rules.MoneyKind]WebhookType{
	rules.QuoteSent: HookQuoteSent, rules.QuoteAccepted: HookQuoteYes, rules.QuoteDeclined: HookQuoteNo, rules.QuoteSilent: HookQuoteSilent,
	rules.CreditGiven: HookCredit, rules.RestockingFee: HookFee, rules.FeeForTest: HookFee,
}

var unitTypes = map[rules.UnitEvent]WebhookType{
	rules.UnitRuled: HookRuled, rules.UnitReceived: HookReceived, rules.UnitTested: HookTested, rules.UnitLeft: HookLeft,
}

// itemMarks are the positions of units by what happened to them. Units that a
// split or a merge has brought into the case are as they were.
func (h Happening) itemMarks() map[WebhookType][]int {
	marks := map[WebhookType][]int{}
	note := func(t WebhookType, it rules.Item) {
		if t != "" {
			marks[t] = append(marks[t], it.Position)
		}
	}
	for _, it := range h.Decision.Case.Items {
		was, known := h.was(it)
		if !known && (h.Event.Kind == rules.EvSplit || h.Event.Kind == rules.EvMerge) {
			continue
		}
		for _, m := range rules.UnitMarks(was, it) {
			note(unitTypes[m.What], it)
		}
		switch {
		case was.AtVendor.Equal(it.AtVendor):
		case it.AtVendor.IsZero():
			note(HookBack, it)
		default:
			note(HookAway, it)
		}
	}
	return marks
}

// was is a unit as it was before.
func (h Happening) was(it rules.Item) (rules.Item, bool) {
	i := slices.IndexFunc(h.Before.Items, func(b rules.Item) bool { return b.Unit != 0 && b.Unit == it.Unit })
	if i < 0 {
		return rules.Item{}, false
	}
	return h.Before.Items[i], true
}

func (h Happening) data() WebhookData {
	a, d := h.Event.Actor, h.Decision
	data := WebhookData{
		Entry: h.Entry, Event: h.Event.Kind, From: h.Before.State, To: d.Case.State, Actor: ActorJSON{a.Kind, a.ID, a.Name},
		Rule: d.Rule, Why: d.Why, SplitFrom: h.SplitFrom, Text: h.Text, Case: NewCaseJSON(d.Case),
	}
	for _, m := range h.Money {
		data.Money = append(data.Money, MoneyJSON{m.What, AmountJSON{m.Cents, m.Currency}})
	}
	for _, n := range d.Notices {
		if n.Tracking != "" {
			data.Tracking = n.Tracking
		}
	}
	return data
}

// Body is the webhook as an endpoint gets it: what its configuration does not name
// is taken out, and the people of the happening out of the sentences that remain.
func (e Endpoint) Body(w Webhook, people []rules.Party) ([]byte, error) {
	d := w.Data
	d.Case.Items = slices.Clone(d.Case.Items)
	e.prune(&d)
	if !e.has(FieldCustomer) {
		scrub(&d, people)
	}
	w.Data = d
	body, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("write webhook %s: %w", w.Type, err)
	}
	return body, nil
}

// prune takes out the parts that an endpoint does not get.
func (e Endpoint) prune(d *WebhookData) {
	c := &d.Case
	if !e.has(FieldItems) {
		c.Items, c.Missing = nil, nil
	}
	if !e.has(FieldReferences) {
		c.References, d.Tracking = nil, ""
	}
	if !e.has(FieldMoney) {
		c.Quote, c.Credit, d.Money = nil, nil, nil
	}
	if !e.has(FieldStaff) {
		c.Owner = nil
	}
	if !e.has(FieldTexts) {
		c.Texts, d.Text = nil, ""
	}
	if !e.has(FieldCustomer) {
		c.Customer = nil
	}
	if d.Actor.Kind == rules.ByStaff && !e.has(FieldStaff) || d.Actor.Kind != rules.ByStaff && !e.has(FieldCustomer) {
		d.Actor.ID, d.Actor.Name = "", ""
	}
	e.pruneWhy(d)
}

// pruneWhy takes the sentences out; they name members of the staff now and then.
func (e Endpoint) pruneWhy(d *WebhookData) {
	if e.has(FieldWhy) {
		return
	}
	d.Why = ""
	for i := range d.Case.Items {
		d.Case.Items[i].WarrantyWhy = ""
	}
	if p := d.Case.Proposal; p != nil {
		d.Case.Proposal = &ProposalJSON{Action: p.Action, Rule: p.Rule}
	}
}

// People are those outside the desk whom a happening may name.
func (h Happening) People() []rules.Party {
	people := slices.Concat(h.Before.Parties, h.Decision.Case.Parties, []rules.Party{h.Before.Customer, h.Decision.Case.Customer})
	if a := h.Event.Actor; a.Kind != rules.ByStaff {
		people = append(people, rules.Party{Address: a.ID, Name: a.Name})
	}
	return people
}

// scrub takes people out of the sentences.
func scrub(d *WebhookData, people []rules.Party) {
	for _, p := range people {
		f := rules.Forgotten{Address: p.Address, Names: []string{p.Name}}
		d.Why = f.Scrub(d.Why)
		for i := range d.Case.Items {
			d.Case.Items[i].WarrantyWhy = f.Scrub(d.Case.Items[i].WarrantyWhy)
		}
		if p := d.Case.Proposal; p != nil {
			d.Case.Proposal = &ProposalJSON{p.Action, p.Rule, f.Scrub(p.Why)}
		}
	}
}

// Impersonal is a webhook that still waits, without a person who was forgotten. Of
// his own case all goes that was his; of a case of others what a customer wrote
// goes too, for it may be his.
func Impersonal(body []byte, f rules.Forgotten, own bool) ([]byte, error) {
	var w Webhook
	if err := json.Unmarshal(body, &w); err != nil {
		return nil, fmt.Errorf("read webhook: %w", err)
	}
	d := &w.Data
	if d.Actor.Kind != rules.ByStaff {
		d.Actor.ID, d.Actor.Name, d.Text = "", "", ""
	}
	if own {
		d.Text, d.Case.Customer, d.Case.Texts, d.Case.Missing, d.Case.Proposal = "", nil, nil, nil, nil
	}
	if r := d.Case.References; own && r != nil {
		r.Tracking, r.SupportTicket = nil, nil
	}
	people := []rules.Party{{Address: f.Address}}
	for _, n := range f.Names {
		people = append(people, rules.Party{Name: n})
	}
	scrub(d, people)
	return json.Marshal(w)
}

// WebhookID names a webhook: the same for every attempt and every endpoint, and
// never given by another casebook, or by a copy of this one that went another way.
// secret is the casebook's.
func WebhookID(secret []byte, w Webhook) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "webhook %s %d %s %d %d", w.Type, w.Data.Entry, w.Data.Case.Number, w.Data.Case.Version, w.Timestamp.UnixMilli())
	return "msg_" + base32lower(mac.Sum(nil)[:15])
}

// TestOnly is what is sent by hand to see whether an endpoint takes it.
type TestOnly struct {
	Type      WebhookType `json:"type" doc:"what happened"`
	Timestamp time.Time   `json:"timestamp" doc:"when it was sent, UTC"`
	Data      TestData    `json:"data"`
}

// TestData says from which desk a test comes.
type TestData struct {
	Desk string `json:"desk" doc:"name of the desk"`
}

// TestWebhook is a webhook that means nothing.
func TestWebhook(desk string, now time.Time) TestOnly {
	return TestOnly{HookTest, now.UTC().Truncate(time.Millisecond), TestData{desk}}
}
