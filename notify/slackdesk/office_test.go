package slackdesk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"retour/notify"
	"retour/rules"
)

// counter is what stands behind Office in the tests.
type counter struct {
	mu      sync.Mutex
	cases   []rules.Case
	asked   []string
	held    []notify.Held
	blocked []notify.Blocked
	plan    rules.Unloading
	hands   []rules.Handmade
	next    string // number of the case that is opened next; empty: the usual one
	acts    []rules.HeldAction
	result  Result
	err     error
	health  notify.Health
}

func (c *counter) note(what string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, fmt.Sprintf(what, args...))
}

func (c *counter) list(offset, limit int) []Listed {
	var list []Listed
	for _, cs := range c.cases[min(offset, len(c.cases)):min(offset+limit, len(c.cases))] {
		list = append(list, Listed{Case: cs, Posted: notify.Posted{Channel: "C0DESK", TS: "1700000000.000100"}})
	}
	return list
}

func (c *counter) office() Office {
	return Office{
		Find: func(_ context.Context, typed string, offset, limit int) (Listing, error) {
			c.note("find %s %d", typed, offset)
			return Listing{Cases: c.list(offset, limit), By: "words", More: offset+limit < len(c.cases)}, c.err
		},
		List: func(_ context.Context, which List, user string, offset, limit int) (Listing, error) {
			c.note("list %s %s %d", which, user, offset)
			return Listing{Cases: c.list(offset, limit), Total: len(c.cases)}, c.err
		},
		Foresee: func(_ context.Context, h rules.Handmade, _ string) (Foreseen, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			first := testCase(2)
			first.Number = cmp.Or(c.next, first.Number)
			f := Foreseen{Cases: []rules.Case{first}}
			if h.Tell {
				body := "Votre dossier est le " + first.Number + ". " + nasty
				f.Preview.Mail = &notify.Mail{To: h.Customer.Address, Subject: "[" + first.Number + "]", Text: "Bonjour,\n\n" + body, Language: "fr"}
				f.Preview.Head, f.Preview.Body, f.Preview.Foot, f.Preview.Reading = "Bonjour,", body, "The desk", "Good morning"
			}
			if strings.Contains(h.Mail, "nothing") {
				f.Refusal = "the mail says nothing any more"
			}
			return f, c.err
		},
		Open: func(_ context.Context, h rules.Handmade, _ string) (Opened, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.hands = append(c.hands, h)
			return Opened{Result: c.result, Numbers: []string{"RMA-26-00124-9"}}, c.err
		},
		Unload: func(_ context.Context, text string) (rules.Unloading, error) {
			c.note("unload %s", text)
			c.mu.Lock()
			defer c.mu.Unlock()
			u := c.plan
			u.Arrivals = slices.Clone(u.Arrivals)
			return u, c.err
		},
		Held: func(_ context.Context, limit int) ([]notify.Held, int, error) {
			return slices.Clone(c.held[:min(limit, len(c.held))]), len(c.held), c.err
		},
		Mail: func(_ context.Context, id int64) (notify.WholeMail, error) {
			return notify.WholeMail{LedgerID: id, Sender: "eve@evil.example", From: "Eve <eve@evil.example>", To: "rma@desk.example", Subject: nasty, Date: noon,
				Text: strings.Repeat("A line & "+nasty+"\n", 300), Attachments: []string{"label.jpg (120 kB)"}}, c.err
		},
		Settle: func(_ context.Context, a rules.HeldAction, _ string) (Result, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.acts = append(c.acts, a)
			return c.result, c.err
		},
		Blocked: func(context.Context) ([]notify.Blocked, error) { return c.blocked, c.err },
		Unblock: func(_ context.Context, sender string, by rules.Actor) (bool, int, error) {
			c.note("unblock %s by %s", sender, by.ID)
			return true, 2, c.err
		},
		Health: func(context.Context) (notify.Health, error) { return c.health, c.err },
	}
}

// newOffice is a client of a desk with a counter behind it.
func newOffice(t *testing.T, change func(*Config)) (*client, *counter) {
	c := newClient(t, change)
	k := &counter{result: Result{Done: true}, health: notify.Health{LastRead: noon, Waiting: 2, LastSent: noon.Add(-time.Hour)}}
	c.d.hooks.Office = k.office()
	return c, k
}

func listOf(n int) (list []rules.Case) {
	for i := range n {
		c := testCase(1 + i%4)
		c.Number = rules.Number(2026, i+1)
		list = append(list, c)
	}
	return list
}

// run runs a command and returns the body that was posted to its response_url.
func (c *client) run(user, text string) map[string]any {
	c.t.Helper()
	bodies := make(chan []byte, 1)
	s := newResponses(c.t, bodies)
	c.next++
	form := url.Values{"command": {"/rma"}, "text": {text}, "user_id": {user}, "team_id": {"T1"}, "channel_id": {"C0OTHER"},
		"trigger_id": {fmt.Sprintf("9.9.%d", c.next)}, "response_url": {s}}
	if resp := c.serve(c.request(form.Encode())); resp.StatusCode != http.StatusOK {
		c.t.Fatalf("/rma %s: %d", text, resp.StatusCode)
	}
	select {
	case b := <-bodies:
		var answer map[string]any
		if err := json.Unmarshal(b, &answer); err != nil {
			c.t.Fatalf("%s: %v", b, err)
		}
		if answer["response_type"] != "ephemeral" {
			c.t.Errorf("/rma %s answers %v in public", text, answer["response_type"])
		}
		return answer
	case <-time.After(20 * time.Second):
		c.t.Fatalf("/rma %s was not answered", text)
	}
	return nil
}

// pressIn presses a button of an answer or a view, and returns what was posted to
// its response_url.
func (c *client) pressIn(user, action, value string, bodies chan []byte) {
	c.t.Helper()
	p := c.payload(user, "block_actions")
	p["actions"] = []m{{"action_id": action, "value": value, "type": "button"}}
	if bodies != nil {
		p["response_url"] = newResponses(c.t, bodies)
	}
	if resp := c.serve(c.request(form1(p))); resp.StatusCode != http.StatusOK {
		c.t.Errorf("%s: %d", action, resp.StatusCode)
	}
}

// hear waits for what is posted to a response_url.
func (c *client) hear(bodies chan []byte) string {
	c.t.Helper()
	select {
	case b := <-bodies:
		return string(b)
	case <-time.After(20 * time.Second):
		c.t.Fatal("nothing was answered")
	}
	return ""
}

// A command that is delivered again, by Slack, a proxy or somebody who has listened,
// is done once.
func TestCommandOnceHoweverOftenItComes(t *testing.T) {
	c, k := newOffice(t, nil)
	bodies := make(chan []byte, 3)
	form := url.Values{"command": {"/rma"}, "text": {"mine"}, "user_id": {"U0ANN"}, "team_id": {"T1"}, "channel_id": {"C0OTHER"},
		"trigger_id": {"9.9.9"}, "response_url": {newResponses(t, bodies)}}
	for range 3 {
		if resp := c.serve(c.request(form.Encode())); resp.StatusCode != http.StatusOK {
			t.Errorf("%d", resp.StatusCode)
		}
	}
	c.d.finish()
	if len(k.asked) != 1 || len(bodies) != 1 {
		t.Errorf("asked %q, %d answers", k.asked, len(bodies))
	}
}

func TestCommandWords(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(3)
	for typed, want := range map[string]string{
		"find  snom  ":                          "find snom 0",
		"FIND d785":                             "find d785 0",
		"26-00123":                              "find 26-00123 0",
		"buyer@shop.org":                        "find buyer@shop.org 0",
		"find <mailto:a@b.example|a@b.example>": "find a@b.example 0",
		"mine":                                  "list mine U0ANN 0",
		"late now":                              "list late U0ANN 0",
	} {
		k.asked = nil
		if a := c.run("U0ANN", typed); !slices.Contains(k.asked, want) || !says(a, "RMA-26-00001-2") {
			t.Errorf("%q asked %q, want %q: %v", typed, k.asked, want, a)
		}
	}
	k.cases = nil
	for typed, want := range map[string]string{
		"": "What /rma can do", "help": "/rma find TEXT", "shw 3": "Did you mean /rma show 3?", "fidn": "Did you mean /rma find?", "recieve": "/rma receive",
		"mien": "/rma mine", "xyzzy": "is no command", "find": "Say what to look for", "show": "Say which case", "find zzz": "No case fits", "show 26-1": "No case fits",
		"mine": "You have no open case", "late": "No case is late", "held": "No mail waits", "blocked": "Nobody is blocked", "<!channel> *x*": "is no command", nasty: "No case fits",
	} {
		a := c.run("U0ANN", typed)
		if !says(a, want) || strings.Contains(fmt.Sprint(a), "<!channel>") {
			t.Errorf("%q: %v", typed, a)
		}
	}
	k.err = context.DeadlineExceeded
	if a := c.run("U0ANN", "find x"); !says(a, "could not look it up") || says(a, "deadline") {
		t.Errorf("trouble: %v", a)
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"fnd": "find", "shwo": "show", "hlep": "help", "blokced": "blocked", "Recive": "receive", "x": "", "find": "find", "open!": "open", "a": "", "mi": "mine", "abc": ""} {
		if got := nearest(word); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

func TestCommandFromThoseWhoMayNot(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(3)
	c.f.user("U0EVE", nil)
	c.f.user("U0GUEST", m{"is_restricted": true})
	for user, want := range map[string]string{"U0EVE": "You may not act on returns", "U0GUEST": "Guests may not act"} {
		for _, typed := range []string{"find x", "show 1", "mine", "late", "held", "blocked", "help", ""} {
			if a := c.run(user, typed); !says(a, want) || says(a, "RMA-26") {
				t.Errorf("%s %q: %v", user, typed, a)
			}
		}
	}
	if len(k.asked) != 0 {
		t.Errorf("asked %q", k.asked)
	}
}

// Who may look may not open, receive, block or judge where that is left to others.
func TestActionsOfTheOffice(t *testing.T) {
	c, k := newOffice(t, func(cfg *Config) {
		cfg.May = map[Action][]string{OpenCase: {"U0BOB"}, JudgeHeld: {"U0BOB"}, BlockSender: {"U0BOB"}, Action(rules.EvReceive): {"U0BOB"}}
	})
	if _, err := c.d.whoami(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.d.staff.people.of(t.Context(), "U0ANN", true); err != nil { // who is known is told without a window
		t.Fatal(err)
	}
	heard := make(chan []byte, 10)
	for action, value := range map[string]string{"held.case": "5", "held.dismiss": "5", "desk.unblock": "x.example", "held.join": "5", "held.block": "5", "desk.open": "", "desk.receive": ""} {
		c.pressIn("U0ANN", action, value, heard)
		if b := c.hear(heard); !strings.Contains(b, "ephemeral") || strings.Contains(b, "let in again") {
			t.Errorf("%s: %s", action, b)
		}
	}
	for callback, meta := range map[string]string{"desk.open": "", "desk.receive": "", "held.join": "5", "held.block": "5"} {
		a := c.submit("U0ANN", "V1", map[string]any{"callback_id": callback, "private_metadata": meta}, m{"address": text("a@b.example"), "text": text("x"), "number": text("1"), "scans": text("A12345")})
		if a["response_action"] != "update" || !says(a, "Nothing was done") {
			t.Errorf("%s: %v", callback, a)
		}
	}
	if len(k.acts)+len(k.hands)+len(k.asked) != 0 {
		t.Errorf("%v %v %v", k.acts, k.hands, k.asked)
	}
}

func TestPagesOfAList(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(23)
	a := c.run("U0ANN", "find snom")
	if !says(a, "desk.page.next") || says(a, "desk.page.back") || !says(a, "RMA-26-00010") || says(a, "RMA-26-00011") {
		t.Fatalf("the first page: %v", a)
	}
	heard := make(chan []byte, 1)
	c.pressIn("U0ANN", "desk.page.next", page{"find", "snom", 20}.String(), heard)
	if b := c.hear(heard); !strings.Contains(b, `"replace_original":true`) || !strings.Contains(b, "RMA-26-00021") || strings.Contains(b, "desk.page.next") || !strings.Contains(b, "find/10/snom") {
		t.Errorf("the last page: %s", b)
	}
	c.pressIn("U0ANN", "desk.page.next", "mine/10/", heard)
	if b := c.hear(heard); !strings.Contains(b, "mine/20/") || !strings.Contains(b, "mine/0/") {
		t.Errorf("a page of mine: %s", b)
	}
	for _, bad := range []string{"", "x", "find/-1/x", "find/x/y", "find/99999999999/x", "evil/0/x"} {
		c.pressIn("U0ANN", "desk.page.next", bad, heard)
		if b := c.hear(heard); !strings.Contains(b, "not one of ours") {
			t.Errorf("%q: %s", bad, b)
		}
	}
}

func TestShowIsForOneReader(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(1)
	c.h.view.Posted = notify.Posted{Channel: "C0DESK", TS: "1700000000.000100"}
	a := c.run("U0ANN", "show 26-1")
	if !says(a, "RMA-26-00123-7") || says(a, `"type":"actions"`) || !says(a, "To the card") {
		t.Errorf("%v", a)
	}
	if len(c.f.messages) != 0 {
		t.Error("it stands in the channel")
	}
}

func TestOpenByHandForm(t *testing.T) {
	c, k := newOffice(t, nil)
	if a := c.run2("U0ANN", "open"); !says(a, "Customer's mail address") {
		t.Fatalf("%v", a)
	}
	view := map[string]any{"callback_id": "desk.open", "private_metadata": ""}
	a := c.submit("U0ANN", "V1", view, m{"address": text("no address"), "text": text(" ")})
	if a["response_action"] != "errors" || !says(a, "address") || !says(a, "name a unit") {
		t.Errorf("%v", a)
	}
	state := m{"address": text(" Jean@Client.example "), "name": text("Jean " + nasty), "language": choice("fr"), "reason": choice("defective"), "units": text("Yealink T46U 1\nx 2"), "text": text("dead"),
		"tell": choice("no")}
	a = c.submit("U0ANN", "V1", view, state)
	if !says(a, "No mail goes out") || len(k.hands) != 0 {
		t.Fatalf("it is not shown first: %v", a)
	}
	silent := a["view"].(map[string]any)
	state["tell"] = choice("yes")
	a = c.submit("U0ANN", "V1", silent, state)
	if !says(a, "You have changed something") || !says(a, "Bonjour") || !says(a, "Good morning") || len(k.hands) != 0 {
		t.Fatalf("the mail is not shown: %v", a)
	}
	state["tell"] = choice("no")
	a = c.submit("U0ANN", "V1", silent, state)
	if !says(a, "Opened: RMA-26-00124-9.") || says(a, "is being told") {
		t.Errorf("%v", a)
	}
	want := rules.Handmade{Customer: rules.Party{Address: "jean@client.example", Name: shorten("Jean "+nasty, personName)}, Language: "fr", Reason: rules.Defective,
		Units: "Yealink T46U 1\nx 2", Text: "dead", By: rules.Actor{Kind: rules.ByStaff, ID: "U0ANN", Name: "Ann <!channel>"}}
	if len(k.hands) != 1 || k.hands[0] != want {
		t.Errorf("%+v", k.hands)
	}
	k.result = Result{Message: "The desk is closed."}
	if a = c.submit("U0ANN", "V2", silent, state); !says(a, "The desk is closed.") {
		t.Errorf("%v", a)
	}
}

// The mail that tells of a case that is opened by hand can be rewritten as any
// other. A number that was given to somebody else meanwhile does not go out.
func TestMailOfACaseByHandIsRewritten(t *testing.T) {
	c, k := newOffice(t, nil)
	state := m{"address": text("jean@client.example"), "language": choice("fr"), "text": text("dead"), "tell": choice("yes")}
	a := c.submit("U0ANN", "V1", map[string]any{"callback_id": "desk.open", "private_metadata": ""}, state)
	shown, _ := a["view"].(map[string]any)
	piece := ""
	for _, b := range shown["blocks"].([]any) {
		if id, _ := b.(map[string]any)["block_id"].(string); strings.HasPrefix(id, "mail.0") {
			piece = id
		}
	}
	if piece == "" {
		t.Fatalf("the mail is not there to be rewritten: %v", a)
	}
	state[piece] = text("nothing")
	if a = c.submit("U0ANN", "V1", shown, state); !says(a["errors"], "says nothing any more") || len(k.hands) != 0 {
		t.Fatalf("%v", a)
	}
	state[piece] = text("Vu au téléphone: RMA-26-00123-7.")
	k.next = "RMA-26-00124-4"
	a = c.submit("U0ANN", "V1", shown, state)
	if !says(a, "You have changed something") || !says(a, "Vu au téléphone: RMA-26-00124-4.") || len(k.hands) != 0 {
		t.Fatalf("%v", a)
	}
	again, _ := a["view"].(map[string]any)
	state[piece] = text("Vu au téléphone: RMA-26-00124-4.")
	c.submit("U0ANN", "V1", again, state)
	if len(k.hands) != 1 || k.hands[0].Mail != "Vu au téléphone: RMA-26-00124-4." || k.hands[0].Number != "RMA-26-00124-4" {
		t.Fatalf("%+v", k.hands)
	}
	delete(state, piece)
	state["mail.0n.x"] = text("Votre dossier est le RMA-26-00124-4. " + nasty) // as it was shown
	c.submit("U0ANN", "V1", again, state)
	if len(k.hands) != 2 || k.hands[1].Mail != "" {
		t.Errorf("words that nobody touched are sent as a person's: %+v", k.hands)
	}
}

// run2 runs a command that opens a window, and returns what the window is filled
// with.
func (c *client) run2(user, text string) map[string]any {
	c.t.Helper()
	n := c.f.count("views.update")
	c.next++
	form := url.Values{"command": {"/rma"}, "text": {text}, "user_id": {user}, "team_id": {"T1"}, "channel_id": {"C0OTHER"}, "trigger_id": {fmt.Sprintf("8.8.%d", c.next)}}
	c.serve(c.request(form.Encode()))
	_, view := c.modal(n + 1)
	return view
}

// plan is what was scanned of three cases.
func plan() rules.Unloading {
	one, two, three := testCase(4), testCase(2), testCase(1)
	one.State, two.State = rules.Validated, rules.Received
	two.Number, three.Number = rules.Number(2026, 124), rules.Number(2026, 125)
	return rules.Unloading{
		Arrivals: []rules.Arrival{
			{Case: one, Units: []int{1, 2, 3}, Missing: []int{4}},
			{Case: two, Units: []int{2}, Surplus: []rules.SurplusUnit{{Position: 1}}},
			{Case: three, Units: []int{1}, Refusal: "the return is not approved yet"},
		},
		Unknown:  []string{"NOBODY " + nasty},
		Doubtful: []rules.DoubtfulUnit{{Text: "AA1", Numbers: []string{one.Number, two.Number}}},
		Labels:   []rules.ScannedNumber{{Number: "RMA-26-00009-8"}, {Number: rules.Number(2026, 7), Known: true}},
	}
}

func TestDockBooksWhatWasShown(t *testing.T) {
	c, k := newOffice(t, nil)
	k.plan = plan()
	view := c.run2("U0ANN", "receive")
	if !says(view, "Scanned units") || !says(view, "Look up") {
		t.Fatalf("%v", view)
	}
	scans := m{"scans": text("A1\nA2")}
	if a := c.submit("U0ANN", "V1", view, m{"scans": text(" \n--")}); a["response_action"] != "errors" {
		t.Errorf("nothing scanned: %v", a)
	}
	a := c.submit("U0ANN", "V1", view, scans)
	for _, want := range []string{"To be booked: 4 units, in 2 cases", "Still to come (1)", "Here already", "Nothing is booked here: the return is not approved yet", "In no case (1)", "is in several cases", "there is no such case", "Book it"} {
		if !says(a, want) {
			t.Errorf("the plan lacks %q: %v", want, a)
		}
	}
	if len(c.h.clicks) != 0 {
		t.Fatal("booked before it was confirmed")
	}
	shown := a["view"].(map[string]any)
	// Somebody else books meanwhile.
	k.mu.Lock()
	k.plan.Arrivals[1].Case.Version++
	k.mu.Unlock()
	if a = c.submit("U0ANN", "V1", shown, scans); !says(a, "Something has changed") || len(c.h.clicks) != 0 {
		t.Fatalf("%v", a)
	}
	a = c.submit("U0ANN", "V1", a["view"].(map[string]any), scans)
	if !says(a, "booked 3, still to come 1") || !says(a, "booked 1, still to come 0") || len(c.h.clicks) != 2 {
		t.Fatalf("%d clicks: %v", len(c.h.clicks), a)
	}
	for _, want := range []rules.Click{{Number: "RMA-26-00123-7", Version: 3}, {Number: rules.Number(2026, 124), Version: 4}} {
		got := <-c.h.clicks
		if got.Number != want.Number || got.Version != want.Version || got.Event.Kind != rules.EvReceive || got.Event.Actor.ID != "U0ANN" {
			t.Errorf("%+v", got)
		}
	}
	if c.h.keys[0] == c.h.keys[1] {
		t.Error("two cases share the key of one click: the second would not be booked")
	}
	// A changed list of units is looked up anew, whatever the window carries.
	if a = c.submit("U0ANN", "V1", shown, m{"scans": text("B9")}); !says(a, "Something has changed") || len(c.h.clicks) != 0 {
		t.Errorf("%v", a)
	}
}

func TestHeldButtons(t *testing.T) {
	c, k := newOffice(t, nil)
	c.pressIn("U0ANN", "held.case", "5", nil)
	c.pressIn("U0ANN", "held.dismiss", "6", nil)
	for _, bad := range []string{"", "x", "-1", "0", "99999999999999999999"} {
		c.pressIn("U0ANN", "held.case", bad, nil)
	}
	c.pressIn("U0ANN", "held.burn", "5", nil)
	c.d.finish()
	slices.SortFunc(k.acts, func(a, b rules.HeldAction) int { return int(a.LedgerID - b.LedgerID) })
	if len(k.acts) != 2 || k.acts[0].Do != rules.HeldCase || k.acts[0].LedgerID != 5 || k.acts[1].Do != rules.HeldDismiss || k.acts[0].By.Name != "Ann <!channel>" {
		t.Errorf("%+v", k.acts)
	}
	if n := c.f.count("chat.postEphemeral"); n != 6 {
		t.Errorf("%d answers", n)
	}
}

func TestHeldWindows(t *testing.T) {
	c, k := newOffice(t, nil)
	c.pressIn("U0ANN", "held.read", "5", nil)
	if _, v := c.modal(1); !says(v, "label.jpg") || !says(v, "eve@evil.example") || says(v, "<!channel>") || v["submit"] != nil {
		t.Errorf("the mail: %v", v)
	}
	c.pressIn("U0ANN", "held.join", "5", nil)
	id, v := c.modal(2)
	if a := c.submit("U0ANN", id, v, m{"number": text(" 26-00123 ")}); a != nil {
		t.Errorf("join: %v", a)
	}
	k.result = Result{Message: "There is no case \"7\"."}
	if a := c.submit("U0ANN", "V9", v, m{"number": text("7")}); a["response_action"] != "errors" || !says(a["errors"], "There is no case") {
		t.Errorf("join: %v", a)
	}
	k.result = Result{Done: true}
	c.pressIn("U0ANN", "held.block", "5", nil)
	id, v = c.modal(3)
	if !says(v, "All of evil.example") {
		t.Errorf("block: %v", v)
	}
	if a := c.submit("U0ANN", id, v, m{"what": choice("domain")}); a != nil {
		t.Errorf("block: %v", a)
	}
	if a := c.submit("U0ANN", "V8", map[string]any{"callback_id": "held.block", "private_metadata": "evil"}, m{"what": choice("domain")}); !says(a, "not one of ours") {
		t.Errorf("forged: %v", a)
	}
	if len(k.acts) != 3 || k.acts[0].Number != "26-00123" || k.acts[0].Do != rules.HeldJoin || !k.acts[2].Domain || k.acts[2].Do != rules.HeldBlock || k.acts[2].LedgerID != 5 {
		t.Errorf("%+v", k.acts)
	}
}

// A button in a window opens the next one on top of it.
func TestWindowOnAWindow(t *testing.T) {
	c, _ := newOffice(t, nil)
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "held.join", "value": "5"}}
	p["view"] = m{"id": "V7", "type": "modal"}
	delete(p, "channel")
	c.serve(c.request(form1(p)))
	c.f.waitFor("views.push", 1)
	if c.f.count("views.open") != 0 {
		t.Error("it was opened beside")
	}
}

func TestUnblock(t *testing.T) {
	c, k := newOffice(t, nil)
	k.blocked = []notify.Blocked{{Sender: "pills.example", By: rules.Person{ID: "U1", Name: nasty}, Mails: 3}, {Sender: "a@b.example", By: rules.Person{ID: "U1"}}}
	if a := c.run("U0ANN", "blocked"); !says(a, "pills.example") || !says(a, "confirm") || strings.Contains(fmt.Sprint(a), "<!channel>") {
		t.Errorf("%v", a)
	}
	heard := make(chan []byte, 1)
	c.pressIn("U0ANN", "desk.unblock", "pills.example", heard)
	if b := c.hear(heard); !strings.Contains(b, "pills.example is let in again. Mails that wait for a person because of it: 2.") || !slices.Contains(k.asked, "unblock pills.example by U0ANN") {
		t.Errorf("%s %q", b, k.asked)
	}
}

func (c *client) openHome(user, tab string) *http.Response {
	c.next++
	body := fmt.Sprintf(`{"type":"event_callback","team_id":"T1","event_id":"Ev%d","event":{"type":"app_home_opened","user":%q,"tab":%q}}`, c.next, user, tab)
	r := c.request(body)
	r.Header.Set("Content-Type", "application/json")
	return c.serve(r)
}

func (c *client) home() map[string]any {
	c.t.Helper()
	var v struct {
		UserID string         `json:"user_id"`
		View   map[string]any `json:"view"`
	}
	if err := json.Unmarshal([]byte(c.f.last("views.publish").Get("json")), &v); err != nil {
		c.t.Fatal(err)
	}
	return v.View
}

func TestHomeIsDrawnByRights(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(30)
	for i := range 20 {
		k.held = append(k.held, notify.Held{LedgerID: int64(i + 1), From: "eve@evil.example", Subject: nasty, Why: "no return was recognised in it", Received: noon})
	}
	k.health.Mailbox, k.health.MailProblem = "connection refused "+nasty, "421 busy"
	c.openHome("U0ANN", "home")
	c.f.waitFor("views.publish", 1)
	v := c.home()
	if !says(v, "My cases: 30") || !says(v, "Waiting for the desk: 30") || !says(v, "Mails that wait for a person: 20") || !says(v, "and 20 more") || !says(v, "421 busy") || says(v, "<!channel>") {
		t.Errorf("%v", v)
	}
	if n := len(v["blocks"].([]any)); n > 100 {
		t.Errorf("%d blocks", n)
	}
	c.f.user("U0EVE", nil)
	c.openHome("U0EVE", "home")
	c.f.waitFor("views.publish", 2)
	if v := c.home(); len(v["blocks"].([]any)) != 1 || !says(v, "may not act") || says(v, "RMA-26") {
		t.Errorf("%v", v)
	}
	c.openHome("U0ANN", "messages")
	c.d.finish()
	if n := c.f.count("views.publish"); n != 2 {
		t.Errorf("%d tabs drawn", n)
	}
}

// The tabs that were opened follow what happens, in rounds, and nothing is
// published that is there already.
func TestHomeFollows(t *testing.T) {
	c, k := newOffice(t, nil)
	rounds := make(chan struct{})
	c.d.sleep = func(ctx context.Context, _ time.Duration) {
		select {
		case rounds <- struct{}{}:
		case <-ctx.Done():
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go c.d.keepHomes(ctx)
	c.d.Changed() // nobody looks
	c.openHome("U0ANN", "home")
	c.f.waitFor("views.publish", 1)
	c.d.Changed()
	<-rounds
	if n := c.f.count("views.publish"); n != 1 {
		t.Errorf("the same tab is published again: %d", n)
	}
	k.cases = listOf(2)
	for range 10 {
		c.d.Changed()
	}
	<-rounds
	c.f.waitFor("views.publish", 2)
	if !says(c.home(), "RMA-26-00002") {
		t.Error("the tab does not follow")
	}
	if n := c.f.count("views.publish"); n != 2 {
		t.Errorf("%d publications for one change", n)
	}
}

// What could not be published is published with the next round.
func TestHomeAfterTrouble(t *testing.T) {
	c, _ := newOffice(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go c.d.keepHomes(ctx)
	c.f.fail("views.publish", refuseWith("internal_error"))
	c.openHome("U0ANN", "home")
	c.f.waitFor("views.publish", 2)
}

func TestHomesForget(t *testing.T) {
	h := newHomes()
	for i := range homesMost + 20 {
		h.opened(caller{user: fmt.Sprint("U", i)}, noon.Add(time.Duration(i)*time.Second))
	}
	if len(h.tabs) != homesMost || h.tabs["U0"] != nil || h.tabs[fmt.Sprint("U", homesMost+19)] == nil {
		t.Errorf("%d tabs", len(h.tabs))
	}
	h.opened(caller{user: "new"}, noon.Add(48*time.Hour))
	if len(h.tabs) != 1 {
		t.Errorf("%d tabs after two days", len(h.tabs))
	}
}

func TestOfficeGolden(t *testing.T) {
	c, k := newOffice(t, nil)
	k.cases = listOf(3)
	k.cases[1].State, k.cases[1].Closing = rules.Closed, rules.Success
	k.cases[2].State, k.cases[2].Late, k.cases[2].Owner = rules.Received, true, rules.Person{ID: "U1", Name: nasty}
	k.held = []notify.Held{{LedgerID: 5, From: "eve@evil.example", Subject: nasty, Why: "no return was recognised in it", Received: noon}}
	ctx := t.Context()
	list, err := c.d.found(ctx, "snom "+nasty, 0)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "command_list", list.blocks)
	golden(t, "command_help", c.d.help("shwo "+nasty).blocks)
	golden(t, "form_open", c.d.openForm(handForm{}))
	hand := rules.Handmade{Customer: rules.Party{Address: "jean@client.example"}, Language: "fr", Units: "Yealink T46U 1", Tell: true}
	seen, err := k.office().Foresee(ctx, hand, "en")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "form_open_seen", c.d.openForm(handForm{hand: hand, seen: &seen}))
	p := plan()
	golden(t, "form_dock", c.d.dockForm(dockForm{text: "A1", plan: &p}))
	home, err := c.d.homeBlocks(ctx, caller{user: "U0ANN", team: "T1"}, true)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "home", home)
	for _, s := range []rules.Settled{{Do: rules.HeldCase, Number: "RMA-26-00124-9"}, {Do: rules.HeldBlock, Sender: "evil.example"}, {Do: rules.HeldDismiss}} {
		s.By, s.At = rules.Person{ID: "U1", Name: "Ann " + nasty}, noon
		h := k.held[0]
		h.Settled, h.Text = &s, "Hello"
		golden(t, "held_"+string(s.Do), drawHeld(c.d.words, h).blocks)
	}
}

// What is drawn in any language fits Slack.
func TestOfficeFitsInEveryLanguage(t *testing.T) {
	for _, language := range languages() {
		c, k := newOffice(t, func(cfg *Config) { cfg.Language = language })
		k.cases = listOf(30)
		p := plan()
		for i := range 40 {
			a := p.Arrivals[0]
			a.Case.Number = rules.Number(2026, 500+i)
			p.Arrivals = append(p.Arrivals, a)
			p.Unknown = append(p.Unknown, strings.Repeat("X", 100))
		}
		for name, v := range map[string]any{"dock": c.d.dockForm(dockForm{text: strings.Repeat("A12345\n", 400), plan: &p}), "open": c.d.openForm(handForm{}), "help": c.d.help("fnd").blocks} {
			b, err := json.Marshal(v)
			if err != nil || len(b) > 250_000 {
				t.Errorf("%s %s: %d bytes, %v", language, name, len(b), err)
			}
		}
		if v := c.d.dockForm(dockForm{plan: &p}); len(v.Blocks.BlockSet) > 100 {
			t.Errorf("%s: the dock has %d blocks", language, len(v.Blocks.BlockSet))
		}
	}
}

// newResponses is a response_url whose bodies are heard.
func newResponses(t *testing.T, bodies chan []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies <- b
	}))
	t.Cleanup(s.Close)
	return s.URL
}
