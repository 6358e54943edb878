package notify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"retour/rules"
)

func TestEndpointWants(t *testing.T) {
	for _, tc := range []struct {
		events []string
		t      WebhookType
		want   bool
	}{
		{nil, HookOpened, true}, {[]string{"items.*"}, HookRuled, true}, {[]string{"items.*"}, HookOpened, false},
		{[]string{"case.opened"}, HookOpened, true}, {[]string{"case.opened"}, HookClosed, false}, {[]string{"quote.*", "case.closed"}, HookClosed, true},
	} {
		if got := (Endpoint{Events: tc.events}).Wants(tc.t); got != tc.want {
			t.Errorf("%v wants %s: %v", tc.events, tc.t, got)
		}
	}
}

// The schedule is the specification's, and ends.
func TestWebhookSchedule(t *testing.T) {
	total := time.Duration(0)
	for attempt := 1; ; attempt++ {
		wait, over := WebhookBackoff(attempt, 0)
		if over {
			if attempt != 10 || total != 75*time.Hour+35*time.Minute+5*time.Second {
				t.Errorf("given up after attempt %d, %s after the first", attempt, total)
			}
			break
		}
		if most, _ := WebhookBackoff(attempt, 1); most != wait+wait/4 {
			t.Errorf("attempt %d: %s to %s", attempt, wait, most)
		}
		total += wait
	}
}

func aHappening() Happening {
	before := rules.Case{Number: "RMA-26-00001-2", Version: 1, State: rules.InCharge, Fault: "Secretly broken by Ann",
		Customer: rules.Party{Address: "ann@shop.example", Name: "Ann Shopper"}, Parties: []rules.Party{{Address: "zoe@shop.example", Name: "Zoë"}},
		Items: []rules.Item{{Unit: 7, Position: 1, Serial: "S1"}, {Unit: 8, Position: 2, Serial: "S2"}}}
	after := before
	after.Version, after.State = 2, rules.Validated
	after.Items = []rules.Item{{Unit: 8, Position: 1, Serial: "S2"}, {Unit: 7, Position: 2, Serial: "S1", Verdict: rules.InWarranty, WarrantyWhy: "Sold to Ann Shopper."}}
	return Happening{Entry: 3, At: time.Date(2026, 11, 21, 12, 0, 0, 0, time.FixedZone("", 3600)), Before: before, Text: "Dear Ann",
		Event:    rules.Event{Kind: rules.EvApprove, Actor: rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Bert"}},
		Decision: rules.Decision{Rule: "staff_approve", Why: "Bert approved it for ann@shop.example and Zoë.", Case: after},
		Money:    []rules.MoneyMark{{What: rules.QuoteSilent, Money: rules.Money{Cents: 9650, Currency: "EUR"}}}}
}

// Units are told from each other by what they are, not by where they stand.
func TestWebhooksOfAHappening(t *testing.T) {
	var types []WebhookType
	for _, w := range aHappening().Webhooks() {
		types = append(types, w.Type)
		if w.Type == HookRuled && !slices.Equal(w.Data.Items, []int{2}) {
			t.Errorf("ruled: %v", w.Data.Items)
		}
		if w.Timestamp.Location() != time.UTC || w.Timestamp.Hour() != 11 {
			t.Errorf("it happened at %s", w.Timestamp)
		}
	}
	if !slices.Equal(types, []WebhookType{HookRuled, HookQuoteSilent, HookState}) {
		t.Errorf("%v", types)
	}
	h := aHappening()
	h.Decision.Case, h.Money = h.Before, nil
	h.Decision.Case.Version, h.Decision.Case.Rule, h.Decision.Case.Deadline = 9, "other", time.Now()
	if got := h.Webhooks(); len(got) != 0 {
		t.Errorf("nothing has changed, and is told as %v", got)
	}
	h.Decision.Case.Owner = rules.Person{ID: "U1"}
	if got := h.Webhooks(); len(got) != 1 || got[0].Type != HookUpdated {
		t.Errorf("a new owner is told as %v", got)
	}
}

// Each part is there exactly where it is asked for, and people stand in no sentence.
func TestBodyHasWhatIsAskedFor(t *testing.T) {
	marks := map[WebhookField]string{FieldItems: `"serial":"S1"`, FieldMoney: `"cents":9650`, FieldStaff: `"name":"Bert"`, FieldWhy: "Bert approved it",
		FieldCustomer: `"address":"ann@shop.example"`, FieldTexts: "Dear Ann"}
	h := aHappening()
	w := h.Webhooks()[1]
	ordinary, personal := WebhookFields()
	for field, mark := range marks {
		for _, other := range append(slices.Clone(ordinary), personal...) {
			fields := []WebhookField{field}
			if field != other {
				fields = append(fields, other)
			}
			without := slices.DeleteFunc(append(slices.Clone(ordinary), personal...), func(f WebhookField) bool { return f == field })
			has, err := Endpoint{Fields: fields}.Body(w, h.People())
			if err != nil || !strings.Contains(string(has), mark) {
				t.Errorf("%v: no %s in %s, %v", fields, mark, has, err)
			}
			lacks, err := Endpoint{Fields: without}.Body(w, h.People())
			if err != nil || strings.Contains(string(lacks), mark) {
				t.Errorf("%v: %s in %s, %v", without, mark, lacks, err)
			}
		}
	}
	body, err := Endpoint{Fields: ordinary}.Body(w, h.People())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"ann@", "Ann", "Zoë", "Secretly"} {
		if strings.Contains(string(body), secret) {
			t.Errorf("who is told nothing personal is told %s: %s", secret, body)
		}
	}
	if w.Data.Case.Items[1].WarrantyWhy != "Sold to Ann Shopper." {
		t.Error("what another endpoint gets was changed")
	}
}

// Who was forgotten is in nothing that still waits.
func TestImpersonal(t *testing.T) {
	h := aHappening()
	h.Event.Actor = rules.Actor{Kind: rules.ByCustomer, ID: "ann@shop.example", Name: "Ann Shopper"}
	ordinary, personal := WebhookFields()
	body, err := Endpoint{Fields: append(ordinary, personal...)}.Body(h.Webhooks()[0], h.People())
	if err != nil {
		t.Fatal(err)
	}
	f := rules.Forgotten{Address: "ann@shop.example", Names: []string{"Ann Shopper", "Ann"}}
	own, err := Impersonal(body, f, true)
	if err != nil || strings.Contains(string(own), "Ann") || strings.Contains(string(own), "ann@") || !strings.Contains(string(own), `"in_warranty"`) {
		t.Errorf("%s, %v", own, err)
	}
	var w Webhook
	if err := json.Unmarshal(own, &w); err != nil || w.Type != HookRuled || len(w.Data.Case.Items) != 2 {
		t.Errorf("%s, %v", own, err)
	}
	other, err := Impersonal(body, rules.Forgotten{Address: "zoe@shop.example", Names: []string{"Zoë"}}, false)
	if err != nil || strings.Contains(string(other), "Zoë") || strings.Contains(string(other), "Dear Ann") || !strings.Contains(string(other), "Secretly") {
		t.Errorf("%s, %v", other, err)
	}
	if _, err := Impersonal([]byte("{"), f, true); err == nil {
		t.Error("half a webhook is read")
	}
}

// An ID says nothing, is the same at every attempt, and another in another casebook
// or after another past.
func TestWebhookID(t *testing.T) {
	w := aHappening().Webhooks()[0]
	id := WebhookID([]byte("secret"), w)
	later := w
	later.Timestamp = w.Timestamp.Add(time.Millisecond)
	if id != WebhookID([]byte("secret"), w) || id == WebhookID([]byte("other"), w) || id == WebhookID([]byte("secret"), later) {
		t.Errorf("%s", id)
	}
	if len(id) != len("msg_")+24 || strings.ContainsAny(id, ". ") {
		t.Errorf("%s", id)
	}
}
