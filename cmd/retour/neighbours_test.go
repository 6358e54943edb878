package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retour/cmd/internal/loopback"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// neighbour is a system that follows the desk: it checks signatures as the
// specification says, and answers as it is told.
type neighbour struct {
	*httptest.Server
	t      *testing.T
	secret string

	mu     sync.Mutex
	status int
	got    []notify.Webhook
	ids    []string
	asked  int // requests, also those that were refused
}

func startNeighbour(t *testing.T, secret string) *neighbour {
	n := &neighbour{t: t, secret: secret, status: http.StatusNoContent}
	n.Server = httptest.NewServer(n)
	t.Cleanup(n.Close)
	return n
}

// ServeHTTP implements [http.Handler].
func (n *neighbour) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked++
	body, err := io.ReadAll(r.Body)
	if err != nil || !n.signed(r.Header, body) {
		n.t.Errorf("a webhook that is not signed: %v %s", err, r.Header)
	}
	w.WriteHeader(n.status)
	if n.status != http.StatusNoContent {
		return
	}
	var hook notify.Webhook
	if err := json.Unmarshal(body, &hook); err != nil {
		n.t.Error(err)
	}
	n.got, n.ids = append(n.got, hook), append(n.ids, r.Header.Get("webhook-id"))
}

func (n *neighbour) signed(h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(n.secret, "whsec_"))
	if err != nil {
		n.t.Error(err)
	}
	mac := hmac.New(sha256.New, key)
	io.WriteString(mac, h.Get("webhook-id")+"."+h.Get("webhook-timestamp")+"."+string(body))
	return slices.Contains(strings.Fields(h.Get("webhook-signature")), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (n *neighbour) answer(status int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.status = status
}

func (n *neighbour) counts() (taken, asked int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.got), n.asked
}

// types are those that it has of a case, in the order in which they came.
func (n *neighbour) types(number string) (list []notify.WebhookType) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, w := range n.got {
		if w.Data.Case.Number == number {
			list = append(list, w.Type)
		}
	}
	return list
}

func (n *neighbour) last() notify.Webhook {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.got[len(n.got)-1]
}

func secretOf(name string) string {
	hash := sha256.Sum256([]byte(name))
	return "whsec_" + base64.StdEncoding.EncodeToString(hash[:])
}

// openFollowedDesk opens a desk that neighbours follow, the shadow of one where
// shadow is true; more is written behind each endpoint.
func openFollowedDesk(t *testing.T, shadow bool, more map[string]string, neighbours map[string]*neighbour) *desk {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	d := newDemo(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.startServers(); err != nil {
		t.Fatal(err)
	}
	path, err := d.writeConfig()
	if err != nil {
		t.Fatal(err)
	}
	text := "webhooks:\n"
	for _, name := range slices.Sorted(maps.Keys(neighbours)) {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(neighbours[name].secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf("  - name: %s\n    url: %s/hook\n    secrets: [{file: %s}, {file: rotated}]\n%s", name, neighbours[name].URL, name, more[name])
	}
	config, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(d.dir, "rotated"), []byte(secretOf("rotated")), 0o600)
	}
	if err == nil {
		err = os.WriteFile(path, append(config, text...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	cfg.shadow = shadow
	if d.app, err = newApp(ctx, cfg, d.clock.now, testLogger(t)); err != nil {
		t.Fatal(err)
	}
	if err := d.open(ctx); err != nil {
		t.Fatal(err)
	}
	return &desk{demo: d, t: t, ctx: ctx}
}

// staff does something as a person of the desk.
func (d *desk) staff(number string, e rules.Event) {
	d.t.Helper()
	c, err := d.app.book.Case(d.ctx, number)
	if err != nil {
		d.t.Fatal(err)
	}
	e.Actor = rules.Actor{Kind: rules.ByStaff, ID: "U1", Name: "Bert Staff"}
	r, err := d.app.intake.Click(d.ctx, rules.Click{Number: number, Version: c.Version, Event: e}, fmt.Sprint(number, c.Version, e.Kind))
	if err != nil || !r.Done {
		d.t.Fatalf("%s on %s: %v %v", e.Kind, number, r, err)
	}
}

// What happens to cases goes to who follows them, in order, with what he asked for.
func TestNeighboursFollow(t *testing.T) {
	all, few := startNeighbour(t, secretOf("all")), startNeighbour(t, secretOf("rotated"))
	d := openFollowedDesk(t, false, map[string]string{
		"all": "    fields: [items, references, money, staff, why, customer, texts]\n",
		"few": "    events: [case.closed, 'items.*']\n    fields: items\n",
	}, map[string]*neighbour{"all": all, "few": few})
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	c := d.onlyCase("ann@shop.example")
	first := all.types(c.Number)
	if !slices.Equal(first, []notify.WebhookType{notify.HookOpened, notify.HookState}) {
		t.Errorf("of a new case is told %v", first)
	}
	if w := all.last(); w.Data.Case.Customer == nil || w.Data.Case.Customer.Address != "ann@shop.example" || w.Data.Text == "" || w.Data.Actor.ID != "ann@shop.example" {
		t.Errorf("who is told everything has %+v", w)
	}
	d.staff(c.Number, rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.InWarranty}})
	d.wait()
	if got := all.types(c.Number)[2:]; !slices.Equal(got, []notify.WebhookType{notify.HookRuled, notify.HookState}) {
		t.Errorf("of an approval is told %v", got)
	}
	w := few.last()
	if got := few.types(c.Number); !slices.Equal(got, []notify.WebhookType{notify.HookRuled}) || !slices.Equal(w.Data.Items, []int{1}) || w.Data.Case.Items[0].Verdict != rules.InWarranty {
		t.Errorf("who wants little has %v, %+v", got, w)
	}
	if w.Data.Case.Customer != nil || w.Data.Why != "" || w.Data.Actor.Name != "" || w.Data.Case.References != nil {
		t.Errorf("who wants little is told %+v", w)
	}
	d.livesOn(all)
	all.mu.Lock()
	defer all.mu.Unlock()
	schema, seen := compiled(t), map[string]bool{}
	for i, w := range all.got {
		if seen[all.ids[i]] || !strings.HasPrefix(all.ids[i], "msg_") || strings.Contains(all.ids[i], ".") {
			t.Errorf("the ID %s", all.ids[i])
		}
		seen[all.ids[i]] = true
		validate(t, schema, []byte(asJSON(t, w)))
	}
}

// livesOn brings what a simulated life has not: a split, a merge, a case that is
// opened again, an undelivered mail, a customer who is forgotten.
func (d *desk) livesOn(all *neighbour) {
	d.t.Helper()
	two := letter{from: "bob@shop.example", id: "two@shop.example", subject: "Two defective phones", text: `Hello,

two of our Grandstream GXP2170 phones are defective, the display stays dark.
Serial number: 20EZ115N308C6A11
Serial number: 20EZ115N308C7F13
Grandstream helpdesk ticket: 20261115093422

Kind regards
Bob Buyer`}
	d.write(two)
	c := d.onlyCase("bob@shop.example")
	if len(c.Items) != 2 {
		d.t.Fatalf("%d units", len(c.Items))
	}
	d.staff(c.Number, rules.Event{Kind: rules.EvSplit, Items: c.Items[1:]})
	d.wait()
	off := all.last()
	if off.Data.SplitFrom != c.Number || !slices.Contains(all.types(off.Data.Case.Number), notify.HookSplit) || slices.Contains(all.types(off.Data.Case.Number), notify.HookOpened) {
		d.t.Errorf("of a split is told %+v", off)
	}
	d.staff(off.Data.Case.Number, rules.Event{Kind: rules.EvMerge, Into: c.Number})
	d.wait()
	if got := all.types(off.Data.Case.Number); !slices.Contains(got, notify.HookMerged) || !slices.Contains(got, notify.HookClosed) {
		d.t.Errorf("of a merge is told %v", got)
	}
	if w := all.last(); w.Type != notify.HookUpdated || len(w.Data.Case.Items) != 2 {
		d.t.Errorf("of the case that takes the units is told %+v", w)
	}
	d.staff(c.Number, rules.Event{Kind: rules.EvRefuse, Refusal: rules.RefusedTechnical, Text: "It works."})
	d.staff(c.Number, rules.Event{Kind: rules.EvReopen, Text: "It does not."})
	row := casebook.Row{Kind: string(notify.DeliverMail), Key: "mail/lost", CaseID: c.ID}
	err := d.app.book.Write(d.ctx, d.app.now(), func(tx *casebook.Tx) (err error) {
		row.Lane, row.NextAt = "mail/lost", d.app.now().Add(time.Hour)
		row.ID, _, err = tx.Enqueue(d.ctx, row)
		return err
	})
	if err == nil {
		err = d.app.intake.DeliveryFailed(d.ctx, row, "550 no such user bob@shop.example")
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.wait()
	got := all.types(c.Number)
	for _, want := range []notify.WebhookType{notify.HookReopened, notify.HookUndelivered, notify.HookClosed} {
		if !slices.Contains(got, want) {
			d.t.Errorf("%s is not told: %v", want, got)
		}
	}
	if code, out := d.cli("forget", "bob@shop.example", "--yes", "--force"); code != exitOK {
		d.t.Fatalf("%d %s", code, out)
	}
	d.app.courier.Kick()
	d.wait()
	if w := all.last(); w.Data.Case.Customer != nil || strings.Contains(asJSON(d.t, w), "bob@shop") || !slices.Contains(all.types(c.Number), notify.HookForgotten) {
		d.t.Errorf("of who was forgotten is told %+v", w)
	}
}

// For scripts a case has the shape that it has in webhooks.
func TestCaseForScripts(t *testing.T) {
	d := openDesk(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	c := d.onlyCase("ann@shop.example")
	schema := compiledPart(t, "#/$defs/case")
	var list []json.RawMessage
	code, out := d.cli("cases", "--json")
	if err := json.Unmarshal([]byte(out), &list); code != exitOK || err != nil || len(list) != 1 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	validate(t, schema, list[0])
	var one struct {
		Case    json.RawMessage
		History []map[string]any
	}
	code, out = d.cli("case", c.Number, "--json")
	if err := json.Unmarshal([]byte(out), &one); code != exitOK || err != nil || len(one.History) != 1 {
		t.Fatalf("%d %v\n%s", code, err, out)
	}
	validate(t, schema, one.Case)
	if h := one.History[0]; h["event"] != "request" || h["to"] != "new" || h["actor"].(map[string]any)["id"] != "ann@shop.example" || h["entry"] == nil || h["rule"] == nil {
		t.Errorf("%v", h)
	}
	if string(list[0]) == "" || !strings.Contains(string(one.Case), `"address": "ann@shop.example"`) {
		t.Errorf("%s", one.Case)
	}
}

// A shadow tells nobody anything.
func TestShadowTellsNoNeighbour(t *testing.T) {
	n := startNeighbour(t, secretOf("erp"))
	d := openFollowedDesk(t, true, nil, map[string]*neighbour{"erp": n})
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	standing, err := d.app.book.Neighbours(d.ctx)
	if _, asked := n.counts(); asked != 0 || len(standing) != 0 || err != nil {
		t.Errorf("%d requests, %v waiting, %v", asked, standing, err)
	}
}

// An endpoint that is down delays neither mails nor another endpoint; it gets
// everything in order when it is back. What it does not take within the schedule is
// dead, people are told, and it can be sent again by hand.
func TestNeighbourIsDown(t *testing.T) {
	erp, up := startNeighbour(t, secretOf("erp")), startNeighbour(t, secretOf("up"))
	d := openFollowedDesk(t, false, nil, map[string]*neighbour{"erp": erp, "up": up})
	erp.answer(http.StatusServiceUnavailable)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	c := d.onlyCase("ann@shop.example")
	if taken, _ := up.counts(); taken != 2 || len(d.received("ann@shop.example")) != 1 {
		t.Errorf("beside an endpoint that is down, %d webhooks of another and %d mails arrived", taken, len(d.received("ann@shop.example")))
	}
	if code, out := d.cli("webhooks"); code != exitOK || !strings.Contains(out, "erp       2        0") || !strings.Contains(out, "503 Service Unavailable") {
		t.Errorf("%d\n%s", code, out)
	}
	kind := string(notify.Endpoint{Name: "erp"}.Kind())
	for tries := 2; tries <= 10; tries++ {
		if err := d.advance(d.ctx, 31*time.Hour); err != nil {
			t.Fatal(err)
		}
		d.until(fmt.Sprintf("try %d", tries), func() bool {
			rows, err := d.app.book.Outbox(d.ctx, casebook.OutboxFilter{Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			first := rows[len(rows)-1]
			return first.Attempts >= tries && (tries < 10 || first.Status == casebook.Failed)
		})
	}
	if code, out := d.cli("webhooks", "dead", "erp"); code != exitOK || !strings.Contains(out, "case.opened") || !strings.Contains(out, c.Number) || !strings.Contains(out, "webhook given up") && !strings.Contains(out, "webhooks given up") {
		t.Errorf("%d\n%s", code, out)
	}
	alerted := slices.ContainsFunc(d.slack.Messages(loopback.SlackChannel), func(m loopback.Message) bool {
		return strings.Contains(m.Text, "A webhook for erp was given up")
	})
	if !alerted {
		t.Error("nobody was told in Slack")
	}
	erp.answer(http.StatusNoContent)
	if code, out := d.cli("webhooks", "retry", "--all"); code != exitOK || !strings.Contains(out, "in the outbox again") {
		t.Errorf("%d\n%s", code, out)
	}
	if err := d.advance(d.ctx, 31*time.Hour); err != nil {
		t.Fatal(err)
	}
	d.until("all has arrived", func() bool {
		got, _ := erp.counts()
		want, _ := up.counts()
		return got == want
	})
	if standing, err := d.app.book.Neighbours(d.ctx); err != nil || len(standing) > 0 {
		t.Errorf("still waiting: %v, %v", standing, err)
	}
	got, want := erp.types(c.Number), up.types(c.Number)
	if len(got) < 2 || got[0] != notify.HookOpened || !slices.Equal(got, want) {
		t.Errorf("it got %v, the other one %v", got, want)
	}
}

// An endpoint that is gone is left alone until somebody says otherwise; nothing is
// lost meanwhile.
func TestNeighbourIsGone(t *testing.T) {
	n := startNeighbour(t, secretOf("erp"))
	d := openFollowedDesk(t, false, nil, map[string]*neighbour{"erp": n})
	n.answer(http.StatusGone)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	other := grandstream("bob@shop.example", "two@shop.example")
	other.text = strings.Replace(other.text, "20EZ115N308C605F", "20EZ115N308C7F13", 1)
	d.write(other)
	if _, asked := n.counts(); asked != 1 {
		t.Errorf("it was asked %d times", asked)
	}
	if code, out := d.cli("webhooks"); code != exitOK || !strings.Contains(out, "410 Gone: retour webhooks enable erp") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := d.cli("webhooks", "enable", "erb"); code != exitUsage || !strings.Contains(out, "did you mean erp?") {
		t.Errorf("%d\n%s", code, out)
	}
	n.answer(http.StatusNoContent)
	if code, out := d.cli("webhooks", "enable", "erp"); code != exitOK || !strings.Contains(out, "gets webhooks again") {
		t.Errorf("%d\n%s", code, out)
	}
	if err := d.advance(d.ctx, 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	d.until("what waited has arrived", func() bool { taken, _ := n.counts(); return taken == 4 })
}

// A test by hand says what the endpoint answers.
func TestWebhookByHand(t *testing.T) {
	n := startNeighbour(t, secretOf("erp"))
	d := openFollowedDesk(t, false, nil, map[string]*neighbour{"erp": n})
	if code, out := d.cli("webhooks", "send-test"); code != exitOK || !strings.Contains(out, "ok    erp          204 No Content, in ") {
		t.Errorf("%d\n%s", code, out)
	}
	n.answer(http.StatusForbidden)
	if code, out := d.cli("webhooks", "send-test", "erp"); code != exitFailed || !strings.Contains(out, "FAIL  erp          403 Forbidden") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := d.cli("webhooks", "send-test", "arp"); code != exitUsage || !strings.Contains(out, "did you mean erp?") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := d.cli("webhooks", "retry"); code != exitUsage || !strings.Contains(out, "say which") {
		t.Errorf("%d\n%s", code, out)
	}
	if code, out := d.cli("webhooks", "retry", "99"); code != exitUsage || !strings.Contains(out, "99 is no webhook that was given up") {
		t.Errorf("%d\n%s", code, out)
	}
}
