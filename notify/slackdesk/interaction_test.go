package slackdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"retour/notify"
	"retour/rules"
)

// client presses buttons over HTTP, as Slack does.
type client struct {
	t    *testing.T
	f    *fakeSlack
	h    *house
	d    *Desk
	clk  *clock
	next int
}

func newClient(t *testing.T, change func(*Config)) *client {
	f := newFakeSlack(t)
	cfg := testConfig(f)
	if change != nil {
		change(&cfg)
	}
	clk := &clock{at: noon}
	h := newHouse(testCase(2))
	h.now = clk.now
	c := &client{t: t, f: f, h: h, d: newTestDesk(t, cfg, h, clk.now), clk: clk}
	t.Cleanup(c.d.finish)
	return c
}

func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":" + body))
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

func (c *client) request(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/slack", strings.NewReader(body))
	stamp := fmt.Sprint(c.clk.now().Unix())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", sign(c.d.cfg.SigningSecret, stamp, body))
	return r
}

func (c *client) serve(r *http.Request) *http.Response {
	rec := httptest.NewRecorder()
	c.d.Handler().ServeHTTP(rec, r)
	return rec.Result()
}

func form1(payload any) string {
	b, _ := json.Marshal(payload)
	return url.Values{"payload": {string(b)}}.Encode()
}

func (c *client) payload(user, kind string) m {
	c.next++
	return m{"type": kind, "team": m{"id": "T1"}, "user": m{"id": user, "team_id": "T1"}, "trigger_id": fmt.Sprintf("1.2.%d", c.next),
		"channel": m{"id": "C0DESK"}, "message": m{"blocks": []m{{"type": "actions", "elements": []m{{"type": "brand_new_element"}}}}}}
}

func (c *client) press(user string, kind rules.EventKind, value string) *http.Response {
	p := c.payload(user, "block_actions")
	p["actions"] = []m{{"action_id": string(kind), "value": value}}
	return c.serve(c.request(form1(p)))
}

// modal waits until the n-th view was filled, and is that view.
func (c *client) modal(n int) (id string, view map[string]any) {
	c.t.Helper()
	c.f.waitFor("views.update", n)
	var v struct {
		ViewID string         `json:"view_id"`
		View   map[string]any `json:"view"`
	}
	if err := json.Unmarshal([]byte(c.f.last("views.update").Get("json")), &v); err != nil {
		c.t.Fatal(err)
	}
	return v.ViewID, v.View
}

// submit submits a view and returns Slack's answer to it.
func (c *client) submit(user, id string, view map[string]any, state m) map[string]any {
	c.t.Helper()
	p := c.payload(user, "view_submission")
	p["view"] = m{"id": id, "callback_id": view["callback_id"], "private_metadata": view["private_metadata"], "state": m{"values": state}}
	resp := c.serve(c.request(form1(p)))
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 {
		c.t.Fatalf("submission: %d %s", resp.StatusCode, b)
	}
	if len(b) == 0 {
		return nil
	}
	var answer map[string]any
	if err := json.Unmarshal(b, &answer); err != nil {
		c.t.Fatalf("answer %q: %v", b, err)
	}
	return answer
}

func text(s string) m   { return m{input: m{"type": "plain_text_input", "value": s}} }
func choice(s string) m { return m{input: m{"selected_option": m{"value": s}}} }

func says(v any, want string) bool {
	b, _ := json.Marshal(v)
	return strings.Contains(string(b), want)
}

const thisCard = "RMA-26-00123-7/3"

func TestSignatureOfTheDocumentation(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	h := http.Header{}
	h.Set("X-Slack-Request-Timestamp", "1531420618")
	h.Set("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")
	at := time.Unix(1531420618, 0)
	if !verified("8f742231b10e8888abcd99yyyzzz85a5", h, []byte(body), at.Add(5*time.Minute)) {
		t.Error("the documented signature is refused")
	}
	if verified("8f742231b10e8888abcd99yyyzzz85a5", h, []byte(body), at.Add(5*time.Minute+time.Second)) {
		t.Error("an old signature is accepted")
	}
	h.Set("X-Slack-Signature", sign("", "1531420618", body))
	if verified("", h, []byte(body), at) {
		t.Error("without a secret everybody can sign")
	}
}

func TestRequestsThatSlackDidNotSign(t *testing.T) {
	c := newClient(t, nil)
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
	body := form1(p)
	for name, change := range map[string]func(*http.Request){
		"no signature": func(r *http.Request) { r.Header.Del("X-Slack-Signature") },
		"no timestamp": func(r *http.Request) { r.Header.Del("X-Slack-Request-Timestamp") },
		"other secret": func(r *http.Request) {
			r.Header.Set("X-Slack-Signature", sign("x", r.Header.Get("X-Slack-Request-Timestamp"), body))
		},
		"other version": func(r *http.Request) {
			r.Header.Set("X-Slack-Signature", "v1"+strings.TrimPrefix(r.Header.Get("X-Slack-Signature"), "v0"))
		},
		"empty signature": func(r *http.Request) { r.Header.Set("X-Slack-Signature", "v0=") },
		"other body":      func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(body + "&x=1")) },
		"old":             func(r *http.Request) { c.clk.add(301 * time.Second) },
		"future":          func(r *http.Request) { c.clk.add(-700 * time.Second) },
	} {
		r := c.request(body)
		change(r)
		if resp := c.serve(r); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
	if resp := c.serve(httptest.NewRequest(http.MethodGet, "/slack?payload=x", nil)); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", resp.StatusCode)
	}
	if resp := c.serve(c.request(strings.Repeat("x", largestBody+1))); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", resp.StatusCode)
	}
	c.d.finish()
	if len(c.h.clicks) != 0 || c.f.count("views.open") != 0 {
		t.Error("a forged request did something")
	}
}

func TestPayloadInTheQueryIsIgnored(t *testing.T) {
	c := newClient(t, nil)
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
	r := c.request("x=1")
	r.URL.RawQuery = form1(p)
	if resp := c.serve(r); resp.StatusCode != 200 {
		t.Errorf("%d", resp.StatusCode)
	}
	c.d.finish()
	if len(c.h.clicks) != 0 || c.f.count("views.open") != 0 {
		t.Error("the query did something")
	}
}

func TestAddressChecks(t *testing.T) {
	c := newClient(t, nil)
	r := c.request(`{"type":"url_verification","challenge":"abc"}`)
	r.Header.Set("Content-Type", "application/json")
	b, _ := io.ReadAll(c.serve(r).Body)
	if string(b) != "abc" {
		t.Errorf("challenge answered with %q", b)
	}
	if resp := c.serve(c.request("ssl_check=1&token=x")); resp.StatusCode != 200 {
		t.Errorf("ssl_check: %d", resp.StatusCode)
	}
}

func TestClickOnceHoweverOftenItComes(t *testing.T) {
	c := newClient(t, nil)
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
	for range 3 {
		if resp := c.serve(c.request(form1(p))); resp.StatusCode != 200 {
			t.Errorf("%d", resp.StatusCode)
		}
	}
	id, view := c.modal(1)
	if n := c.f.count("views.open"); n != 1 {
		t.Fatalf("%d windows", n)
	}
	p = c.payload("U0ANN", "view_submission")
	p["view"] = m{"id": id, "callback_id": view["callback_id"], "private_metadata": view["private_metadata"], "state": m{"values": m{}}}
	for range 3 {
		if resp := c.serve(c.request(form1(p))); resp.StatusCode != 200 {
			t.Errorf("%d", resp.StatusCode)
		}
	}
	c.d.finish()
	if len(c.h.clicks) != 1 {
		t.Fatalf("%d clicks", len(c.h.clicks))
	}
	got := <-c.h.clicks
	want := rules.Actor{Kind: rules.ByStaff, ID: "U0ANN", Name: "Ann <!channel>"}
	if got.Number != "RMA-26-00123-7" || got.Version != 3 || got.Event.Kind != rules.EvTakeCharge || got.Event.Actor != want {
		t.Errorf("%+v", got)
	}
}

// A person who has closed the window before it could be filled is told all the
// same, and nobody else.
func TestStaleClickIsToldPrivately(t *testing.T) {
	c := newClient(t, nil)
	c.h.view.Case.Version = 4
	c.h.view.History = []notify.Entry{{Actor: rules.Actor{Kind: rules.ByStaff, Name: "Ben <!channel>"}, Event: rules.EvApprove}}
	c.f.fail("views.update", refuseWith("not_found"))
	c.press("U0ANN", rules.EvTakeCharge, thisCard)
	c.d.finish()
	a := c.f.last("chat.postEphemeral")
	if a.Get("user") != "U0ANN" || !strings.Contains(a.Get("text"), "Ben &lt;!channel&gt; approved") {
		t.Errorf("told %v", a)
	}
	if len(c.f.messages) != 0 {
		t.Error("told in public")
	}
}

func TestResponseURLIsPreferred(t *testing.T) {
	c := newClient(t, nil)
	c.f.fail("views.open", refuseWith("expired_trigger_id"))
	heard := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		heard <- string(b)
	}))
	defer s.Close()
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
	p["response_url"] = s.URL
	c.serve(c.request(form1(p)))
	if b := <-heard; !strings.Contains(b, "ephemeral") || !strings.Contains(b, "too slow") {
		t.Errorf("heard %s", b)
	}
}

func TestButtonsThatAreNotOurs(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", "launch", thisCard)
	c.press("U0ANN", rules.EvTakeCharge, "nonsense")
	c.d.finish()
	if len(c.h.clicks) != 0 || c.f.count("chat.postEphemeral") != 2 {
		t.Errorf("%d clicks, %d answers", len(c.h.clicks), c.f.count("chat.postEphemeral"))
	}
}

func TestApproveFromClickToSend(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvApprove, thisCard)
	id, view := c.modal(1)
	if !says(view, "This mail goes out") || !says(view, `yes \u0026amp; \u0026lt;no\u0026gt;.`) && !says(view, "yes") || !says(view, "Dear Jan,") {
		t.Fatal("the form is complete as it opens, and shows no mail")
	}
	state := m{"every": m{input: m{"selected_option": nil}}, "item.1": choice("in_warranty"), "item.2": m{}, "text": text("")}
	if a := c.submit("U0ANN", id, view, state); a["response_action"] != "errors" || !says(a, "item.2") || says(a, "item.1") {
		t.Fatalf("a missing verdict: %v", a)
	}
	state["every"] = choice("out_of_warranty")
	state["text"] = text("One word more.")
	a := c.submit("U0ANN", id, view, state)
	if !says(a, "You have changed something") || len(c.h.clicks) != 0 {
		t.Fatalf("a change after the mail was shown must be shown: %v", a)
	}
	view = a["view"].(map[string]any)
	if a = c.submit("U0ANN", id, view, state); a != nil {
		t.Fatalf("the modal must close: %v", a)
	}
	got := <-c.h.clicks
	if e := got.Event; e.Verdicts[1] != rules.InWarranty || e.Verdicts[2] != rules.OutOfWarranty || e.Text != "One word more." || e.Actor.ID != "U0ANN" || e.Mail != "" {
		t.Errorf("%+v", e)
	}
	if got.Seen != c.h.shown.Mail.Seen() {
		t.Errorf("the click names the mail %q", got.Seen)
	}
}

func TestSecondPersonWasFaster(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.h.mu.Lock()
	c.h.view.Case.Version, c.h.view.Case.State = 4, rules.Validated
	c.h.mu.Unlock()
	state := m{"kind": choice("refused_technical"), "text": text("It was wet inside.")}
	a := c.submit("U0ANN", id, view, state)
	if !says(a, "has changed since") || !says(a, "validated") || !says(a, "It was wet inside.") || !says(a, "still here") {
		t.Errorf("%v", a)
	}
	if a = c.submit("U0ANN", id, a["view"].(map[string]any), state); a != nil || (<-c.h.clicks).Version != 4 {
		t.Errorf("after he has seen what happened: %v", a)
	}
	c.h.mu.Lock()
	c.h.view.Case.Version, c.h.view.Case.State = 5, rules.Received
	c.h.mu.Unlock()
	if a = c.submit("U0ANN", id, view, state); !says(a, "not possible any more") || !says(a, "What you wrote") || !says(a, "It was wet inside.") {
		t.Errorf("what he wrote is lost: %v", a)
	}
	c.press("U0ANN", rules.EvRefuse, thisCard)
	if _, view = c.modal(2); !says(view, "has changed since") || view["submit"] != nil {
		t.Errorf("an old card opens %v", view)
	}
	c.press("U0ANN", rules.EvApprove, "RMA-26-00123-7/5")
	if _, view = c.modal(3); !says(view, "not possible any more") {
		t.Errorf("a state that does not allow it opens %v", view)
	}
}

func TestRefusedBetweenPreviewAndSend(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	state := m{"kind": choice("refused_technical"), "text": text("no")}
	a := c.submit("U0ANN", id, view, state)
	c.h.mu.Lock()
	c.h.result = Result{Message: "Already approved by Bob."}
	c.h.mu.Unlock()
	if a = c.submit("U0ANN", id, a["view"].(map[string]any), state); !says(a, "Already approved by Bob.") {
		t.Errorf("%v", a)
	}
}

func TestForgedMetadataOfAModal(t *testing.T) {
	c := newClient(t, nil)
	for _, meta := range []string{"", "x", "RMA-26-00123-7/3"} {
		a := c.submit("U0ANN", "V1", map[string]any{"callback_id": "refuse", "private_metadata": meta}, m{"kind": choice("refused_technical"), "text": text("no")})
		if !says(a, "not one of ours") {
			t.Errorf("%q: %v", meta, a)
		}
	}
	a := c.submit("U0ANN", "V1", map[string]any{"callback_id": "launch", "private_metadata": thisCard + "/"}, nil)
	if !says(a, "not one of ours") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
}

func TestLargePreviewComesAfterTheAnswer(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.h.mu.Lock()
	c.h.shown.Body = strings.Repeat("A long line & more.\n", 1000)
	c.h.mu.Unlock()
	a := c.submit("U0ANN", id, view, m{"kind": choice("refused_technical"), "text": text("no")})
	if !says(a, "One moment") {
		t.Fatalf("%v", a)
	}
	if _, view = c.modal(2); !says(view, "This mail goes out") || !says(view, "(8/8)") {
		t.Error("the preview did not follow")
	}
}

func TestPreviewMayRefuse(t *testing.T) {
	c := newClient(t, nil)
	c.h.err = Refused{Message: "There is no link for this manufacturer."}
	c.press("U0ANN", rules.EvRefer, thisCard)
	id, view := c.modal(1)
	if says(view, "no link") || says(view, "mail goes out") {
		t.Errorf("the form opens with %v", view)
	}
	if a := c.submit("U0ANN", id, view, m{"link": text(""), "text": text("Write to us.")}); !says(a, "no link for this manufacturer") || !says(a, "Write to us.") {
		t.Errorf("%v", a)
	}
}

func TestPanicBecomesAWord(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefer, thisCard)
	id, view := c.modal(1)
	c.d.hooks.Click = nil
	if a := c.submit("U0ANN", id, view, m{"link": text(""), "text": text("")}); !says(a, "could not do it") {
		t.Errorf("%v", a)
	}
	c.d.hooks.Preview = nil
	if resp := c.press("U0ANN", rules.EvTakeCharge, thisCard); resp.StatusCode != 200 {
		t.Errorf("%d", resp.StatusCode)
	}
	c.d.finish()
}

// What goes wrong loses nothing that was written, and the log's words stay in
// the log.
func TestTroubleKeepsTheForm(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.h.mu.Lock()
	c.h.err = errors.New("disk full")
	c.h.mu.Unlock()
	state := m{"kind": choice("refused_technical"), "text": text("It was wet inside.")}
	if a := c.submit("U0ANN", id, view, state); !says(a, "It was wet inside.") || !says(a, "could not be made") || says(a, "disk full") {
		t.Errorf("%v", a)
	}
}

// Slack or the casebook may be away when a form is sent: what was written is
// given back.
func TestWhatWasWrittenIsGivenBack(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvRefuse, thisCard)
	id, view := c.modal(1)
	c.f.fail("users.info", refuseWith("user_not_found"))
	a := c.submit("U0ANN", id, view, m{"kind": choice("refused_technical"), "text": text("It was wet inside."), "mail.0n.x": text("Dear Jan, it was wet.")})
	if !says(a, "does not tell at the moment who you are") || !says(a, "What you wrote") || !says(a, "It was wet inside.") || !says(a, "Dear Jan, it was wet.") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
}

// A refusal of the rules stands at the field that it is about, if the form has
// it, else above the form.
func TestRefusalStandsAtItsField(t *testing.T) {
	c := newClient(t, nil)
	c.h.view.Case.State = rules.Received
	c.press("U0ANN", rules.EvQuote, thisCard)
	id, view := c.modal(1)
	state := m{"amount": text("12 EUR"), "date": date1("2026-11-21"), "text": text("Board.")}
	for field, want := range map[rules.Field]string{rules.FieldDate: "date", rules.FieldInto: "", "": ""} {
		c.h.mu.Lock()
		c.h.err = Refused{Message: "Choose that day or a later one.", Field: field}
		c.h.mu.Unlock()
		a := c.submit("U0ANN", id, view, state)
		if !says(a, "Choose that day or a later one.") || (a["response_action"] == "errors") != (want != "") || want != "" && !says(a, `"date":`) {
			t.Errorf("%q: %v", field, a)
		}
	}
}

// pieceOf is the block_id of the first input of the mail.
func pieceOf(t *testing.T, view map[string]any) string {
	t.Helper()
	for _, b := range view["blocks"].([]any) {
		if id, _ := b.(map[string]any)["block_id"].(string); strings.HasPrefix(id, "mail.0") {
			return id
		}
	}
	t.Fatal("no mail is there to be rewritten")
	return ""
}

// The mail can be rewritten: the person's words go out, and stay when the form
// must be shown again.
func TestMailIsRewritten(t *testing.T) {
	c := newClient(t, nil)
	c.press("U0ANN", rules.EvTakeCharge, thisCard)
	id, view := c.modal(1)
	piece := pieceOf(t, view)
	state := m{"text": text(""), piece: text("My own words.")}
	if a := c.submit("U0ANN", id, view, state); a != nil {
		t.Fatalf("%v", a)
	}
	if got := <-c.h.clicks; got.Event.Mail != "My own words." || got.Seen != c.h.shown.Mail.Seen() {
		t.Errorf("%+v", got)
	}
	state["text"] = text("Something more.") // the mail is another one now, and his words are kept
	a := c.submit("U0ANN", id, view, state)
	if !says(a, "You have changed something") || !says(a, "My own words.") || !says(a, "The desk's own words") || len(c.h.clicks) != 0 {
		t.Fatalf("%v", a)
	}
	view = a["view"].(map[string]any)
	state[pieceOf(t, view)] = text("  ") // he would rather have the desk's
	delete(state, piece)
	if a = c.submit("U0ANN", id, view, state); a != nil || (<-c.h.clicks).Event.Mail != "" {
		t.Errorf("%v", a)
	}
	c.h.mu.Lock()
	c.h.result = Result{Message: "The mail reads differently now."}
	c.h.shown.Body = "new words"
	c.h.mu.Unlock()
	delete(state, pieceOf(t, view))
	state[piece] = text("My own words.")
	if a = c.submit("U0ANN", id, view, state); !says(a, "reads differently") || !says(a, "new words") || !says(a, "My own words.") {
		t.Errorf("%v", a)
	}
}

// A client may change spaces and escapes of a text that nobody touched: it is
// the desk's own all the same.
func TestUntouchedMailIsNotRewritten(t *testing.T) {
	c := newClient(t, nil)
	c.h.shown.Body = "yes\u00a0& <no>.\n\n- one"
	c.press("U0ANN", rules.EvTakeCharge, thisCard)
	id, view := c.modal(1)
	if a := c.submit("U0ANN", id, view, m{pieceOf(t, view): text(" yes &amp; &lt;no&gt;. \r\n\r\n- one\n")}); a != nil {
		t.Fatalf("%v", a)
	}
	if got := <-c.h.clicks; got.Event.Mail != "" {
		t.Errorf("he is said to have written %q", got.Event.Mail)
	}
}

// What needs a second person says so, with the mail that goes out later.
func TestSecondPersonIsAskedFor(t *testing.T) {
	c := newClient(t, nil)
	c.h.view.Case.State = rules.Received
	c.press("U0ANN", rules.EvCredit, thisCard)
	id, view := c.modal(1)
	c.h.mu.Lock()
	c.h.shown.Second = "credit 620.00 EUR in all"
	c.h.view.Case.Items[0].Received = true
	c.h.mu.Unlock()
	a := c.submit("U0ANN", id, view, m{"units": ticks("1"), "amount": text("620 EUR"), "text": text("")})
	if !says(a, "This needs a second person: to credit 620.00 EUR in all") || !says(a, "goes out when it is confirmed") || !says(a, "Ask a second person") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
}

// Where nobody is written to there is nothing to look at first.
func TestWithoutAMailOneClickIsEnough(t *testing.T) {
	c := newClient(t, nil)
	c.h.shown = notify.Preview{}
	c.press("U0ANN", rules.EvNote, thisCard)
	id, view := c.modal(1)
	if a := c.submit("U0ANN", id, view, m{"text": text("He called.")}); a != nil || (<-c.h.clicks).Event.Text != "He called." {
		t.Errorf("%v", a)
	}
}

// A case is given only to somebody who may act on it.
func TestAssign(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Users = append(cfg.Users, "U0BEN") })
	c.h.shown = notify.Preview{}
	c.f.user("U0BEN", map[string]any{"profile": m{"display_name": "Ben"}})
	c.f.user("U0EVE", nil)
	c.press("U0ANN", rules.EvAssign, thisCard)
	id, view := c.modal(1)
	if a := c.submit("U0ANN", id, view, m{"person": user1("U0EVE")}); a["response_action"] != "errors" || !says(a, "may not act") {
		t.Errorf("%v", a)
	}
	if a := c.submit("U0ANN", id, view, m{"person": user1("U0BEN")}); a != nil {
		t.Fatalf("%v", a)
	}
	if got := (<-c.h.clicks).Event.Person; got != (rules.Person{ID: "U0BEN", Name: "Ben"}) {
		t.Errorf("%+v", got)
	}
}

// Who may not credit may not confirm a credit either.
func TestWhoConfirmsNeedsTheRightHimself(t *testing.T) {
	c := newClient(t, func(cfg *Config) {
		cfg.Users, cfg.May = []string{"U0ANN", "U0BEN"}, map[Action][]string{Action(rules.EvCredit): {"U0BEN"}}
	})
	c.f.user("U0BEN", nil)
	c.h.view.Case.State = rules.Received
	c.h.view.Case.Asked = &rules.Asked{By: rules.Person{ID: "U0CARL", Name: "Carl"}, What: "credit 620.00 EUR", Event: rules.Event{Kind: rules.EvCredit}}
	c.press("U0ANN", rules.EvConfirm, thisCard)
	if _, view := c.modal(1); !says(view, "left to others") || view["submit"] != nil {
		t.Errorf("%v", view)
	}
	c.press("U0BEN", rules.EvConfirm, thisCard)
	id, view := c.modal(2)
	if a := c.submit("U0ANN", id, view, m{}); !says(a, "left to others") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
	if a := c.submit("U0BEN", id, view, m{}); a != nil || (<-c.h.clicks).Event.Kind != rules.EvConfirm {
		t.Errorf("%v", a)
	}
}

// The window opens at once, whatever the form waits for.
func TestWindowOpensBeforeAnythingSlow(t *testing.T) {
	c := newClient(t, nil)
	c.h.mu.Lock() // the casebook does not answer
	c.press("U0ANN", rules.EvApprove, thisCard)
	c.f.waitFor("views.open", 1)
	if n := c.f.count("views.update"); n != 0 {
		t.Errorf("filled %d times from nothing", n)
	}
	c.h.mu.Unlock()
	if _, view := c.modal(1); view["callback_id"] != string(rules.EvApprove) {
		t.Errorf("%v", view)
	}
}
