package main

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"retour/notify"
	"retour/rules"
)

type printWebhookSchemaCmd struct{}

// Help says what it is for.
func (printWebhookSchemaCmd) Help() string {
	return `JSON Schema (2020-12) of all webhooks, with an example of each type. Members may be added in later
versions and none is taken away: let what you do not know stand. "retour case NUMBER --json" has the
same "case", and "retour cases --json" a list of them.`
}

func (printWebhookSchemaCmd) Run(w *world) error { return writeJSON(w.stdout, webhookSchema()) }

// object keeps its members in order.
type object = map[string]any

// webhookSchema is the catalogue of events, made from the types that are sent.
func webhookSchema() object {
	s := schema{defs: object{}}
	var oneOf []any
	for _, doc := range notify.WebhookTypes() {
		name := string(doc.Type)
		var payload any = notify.Webhook{}
		if doc.Type == notify.HookTest {
			payload = notify.TestOnly{}
		}
		def := s.object(reflect.TypeOf(payload))
		def["description"] = doc.Says
		def["properties"].(object)["type"] = object{"const": name}
		def["examples"] = []any{exampleOf(doc.Type)}
		s.defs[name] = def
		oneOf = append(oneOf, object{"$ref": "#/$defs/" + name})
	}
	return object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"$id":         "urn:retour:webhooks:1",
		"title":       "Webhooks of Retour",
		"description": "The body of a request. Headers and signature: https://www.standardwebhooks.com. An endpoint gets the parts of the data that its configuration names; customer, texts and text are personal.",
		"oneOf":       oneOf,
		"$defs":       s.defs,
	}
}

// schema describes Go types as their JSON.
type schema struct{ defs object }

// vocabulary are the values that a type of strings can have.
var vocabulary = map[reflect.Type][]string{
	reflect.TypeFor[rules.State]():       valuesOf(rules.States()...),
	reflect.TypeFor[rules.EventKind]():   valuesOf(rules.Events()...),
	reflect.TypeFor[rules.ActorKind]():   valuesOf(rules.ByCustomer, rules.ByStaff, rules.ByClock, rules.ByCourier),
	reflect.TypeFor[rules.Reason]():      valuesOf(rules.OrderError, rules.DeliveryError, rules.Defective),
	reflect.TypeFor[rules.Process]():     valuesOf(rules.Own, rules.VendorTicket, rules.VendorDirect, rules.SupportFirst),
	reflect.TypeFor[rules.Verdict]():     valuesOf(rules.InWarranty, rules.OutOfWarranty, rules.RefusedCommercial, rules.RefusedTechnical),
	reflect.TypeFor[rules.TestOutcome](): valuesOf(rules.Covered, rules.ImproperUse, rules.Repairable, rules.NotRepairable, rules.NoFaultFound),
	reflect.TypeFor[rules.Resolution]():  valuesOf(rules.Repaired, rules.Replaced, rules.Credited, rules.ReturnedAsIs, rules.Collected, rules.Disposed),
	reflect.TypeFor[rules.Trust]():       valuesOf(rules.Proven, rules.Known, rules.Unknown, rules.Forged),
	reflect.TypeFor[rules.MoneyKind](): valuesOf(rules.QuoteSent, rules.QuoteAccepted, rules.QuoteDeclined, rules.QuoteSilent, rules.CreditGiven,
		rules.RestockingFee, rules.FeeForTest),
	reflect.TypeFor[rules.Closing](): valuesOf(rules.Success, rules.ClosedRefusedCommercial, rules.ClosedRefusedTechnical, rules.Referred, rules.NoAnswer,
		rules.NotShipped, rules.Withdrawn, rules.ClosedCollected, rules.ClosedDisposed, rules.Merged, rules.ClosedShadow),
	reflect.TypeFor[rules.Fact](): valuesOf(rules.FactManufacturer, rules.FactModel, rules.FactSerial, rules.FactNumber, rules.FactReason, rules.FactFault,
		rules.FactVendorTicket, rules.FactSupportTicket, rules.FactOrder, rules.FactPurchaseDate, rules.FactUnused, rules.FactOrdered, rules.FactSmallerMail),
}

func valuesOf[T ~string](values ...T) (list []string) {
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

// of describes a type; structs become definitions of their own.
func (s schema) of(t reflect.Type) object {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case vocabulary[t] != nil:
		return object{"enum": vocabulary[t]}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		name := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(t.Name(), "Webhook"), "JSON"))
		if s.defs[name] == nil {
			s.defs[name] = object{} // it may hold itself
			s.defs[name] = s.object(t)
		}
		return object{"$ref": "#/$defs/" + name}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	}
	return object{"type": "string"}
}

// object describes a struct. What may be left out is not required.
func (s schema) object(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || f.Anonymous {
			continue
		}
		p := s.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		properties[name] = p
		if options == "" {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

// exampleOf is a webhook of a type, as an endpoint gets it that is told everything.
func exampleOf(t notify.WebhookType) any {
	at := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	if t == notify.HookTest {
		return notify.TestWebhook("Returns desk", at)
	}
	h := exampleHappening(t, at)
	for _, w := range h.Webhooks() {
		if w.Type == t {
			return w
		}
	}
	return fmt.Sprintf("no example of %s", t) // a test finds it
}

// exampleHappening is something that is told as a type.
func exampleHappening(t notify.WebhookType, at time.Time) notify.Happening {
	before := exampleCase(at.AddDate(0, 0, -4))
	h := notify.Happening{Entry: 4711, At: at, Before: before, Event: rules.Event{Kind: exampleEvents[t],
		Actor: rules.Actor{Kind: rules.ByStaff, ID: "U0123456789", Name: "Bert"}}}
	after := before
	after.Version, after.Items = before.Version+1, []rules.Item{before.Items[0]}
	it := &after.Items[0]
	enter := func(from, to rules.State) { h.Before.State, after.State, after.StateAt = from, to, at }
	money := func(what rules.MoneyKind, cents int64) {
		h.Money = append(h.Money, rules.MoneyMark{What: what, Money: rules.Money{Cents: cents, Currency: "EUR"}})
	}
	switch t {
	case notify.HookOpened, notify.HookSplit:
		h.Before, after.Version, after.State = rules.Case{}, 1, rules.New
		if t == notify.HookOpened {
			h.Event.Actor = rules.Actor{Kind: rules.ByCustomer, ID: after.Customer.Address, Name: after.Customer.Name}
		}
		h.SplitFrom = map[notify.WebhookType]string{notify.HookSplit: rules.Number(2026, 122)}[t]
	case notify.HookReopened:
		enter(rules.Closed, rules.InCharge)
	case notify.HookRuled:
		it.Verdict, it.WarrantyTo, it.WarrantyWhy = rules.InWarranty, at.AddDate(0, 5, 0), "12 months from the delivery on 2026-04-23."
		enter(rules.InCharge, rules.Validated)
	case notify.HookReceived:
		it.Received = true
		enter(rules.Validated, rules.Received)
	case notify.HookTested:
		it.Outcome = rules.Repairable
	case notify.HookAway:
		it.AtVendor, it.VendorRMA = at, "GS-99120"
	case notify.HookBack:
		h.Before.Items[0].AtVendor = at.AddDate(0, 0, -9)
	case notify.HookQuoteSent:
		after.Quote = "96.50 EUR"
		money(rules.QuoteSent, 9650)
		enter(rules.Received, rules.Quoted)
	case notify.HookQuoteYes, notify.HookQuoteNo, notify.HookQuoteSilent:
		what := map[notify.WebhookType]rules.MoneyKind{notify.HookQuoteYes: rules.QuoteAccepted, notify.HookQuoteNo: rules.QuoteDeclined, notify.HookQuoteSilent: rules.QuoteSilent}[t]
		after.Quote = "96.50 EUR"
		money(what, 9650)
	case notify.HookCredit, notify.HookFee:
		after.Credit, it.Resolution = "170.00 EUR", rules.Credited
		money(rules.CreditGiven, 17000)
		money(rules.RestockingFee, 3000)
	case notify.HookLeft:
		it.Resolution, it.ReplacedBy = rules.Replaced, "20EZ1AB9C0D4"
		h.Decision.Notices = []rules.Notice{{Kind: rules.NoticeShipped, Tracking: "1Z999AA10123456784"}}
	case notify.HookUndelivered:
		h.Event.Actor = rules.Actor{Kind: rules.ByCourier}
		after.Undelivered, h.Text = "550 5.1.1 no such user", "550 5.1.1 no such user"
	case notify.HookMerged:
		after.MergedInto, after.Closing = rules.Number(2026, 120), rules.Merged
		enter(rules.InCharge, rules.Closed)
	case notify.HookForgotten:
		h.Decision.Rule, after.Customer, after.Fault = rules.ForgottenRule, rules.Party{}, ""
	case notify.HookUpdated:
		after.Owner = rules.Person{ID: "U0123456789", Name: "Bert"}
	case notify.HookClosed, notify.HookState:
		after.Closing = rules.Success
		enter(rules.InProcess, rules.Closed)
	}
	h.Decision.Case = after
	if h.Decision.Rule == "" {
		h.Decision.Rule = "staff_" + string(h.Event.Kind)
	}
	h.Decision.Why = "Bert recorded it."
	return h
}

// exampleEvents are what the desk calls them.
var exampleEvents = map[notify.WebhookType]rules.EventKind{
	notify.HookOpened: rules.EvRequest, notify.HookSplit: rules.EvSplit, notify.HookReopened: rules.EvReopen, notify.HookRuled: rules.EvApprove,
	notify.HookReceived: rules.EvReceive, notify.HookTested: rules.EvTest, notify.HookAway: rules.EvSendToVendor, notify.HookBack: rules.EvBackFromVendor,
	notify.HookQuoteSent: rules.EvQuote, notify.HookQuoteYes: rules.EvAcceptOnBehalf, notify.HookQuoteNo: rules.EvReturnAsIs, notify.HookQuoteSilent: rules.EvTick,
	notify.HookCredit: rules.EvCredit, notify.HookFee: rules.EvCredit, notify.HookLeft: rules.EvShip, notify.HookUndelivered: rules.EvDeliveryFailed,
	notify.HookMerged: rules.EvMerge, notify.HookForgotten: rules.EvNote, notify.HookUpdated: rules.EvAssign, notify.HookState: rules.EvShip, notify.HookClosed: rules.EvShip,
}

func exampleCase(at time.Time) rules.Case {
	return rules.Case{
		ID: 123, Number: rules.Number(2026, 123), Version: 6, State: rules.Received, Reason: rules.Defective, Language: "en", Fault: "No sound on handset.",
		Customer: rules.Party{Address: "ann@shop.example", Name: "Ann Shopper", Trust: rules.Proven}, OpenedAt: at, StateAt: at,
		References: rules.References{Invoice: []string{"FA-25-0118"}},
		Items: []rules.Item{{Unit: 1, Position: 1, Manufacturer: "grandstream", Model: "GXP2170", Serial: "20EZ1AB9C0D3", MAC: "C074AD123456",
			VendorTicket: "20260423110255", Process: rules.VendorTicket}},
	}
}
