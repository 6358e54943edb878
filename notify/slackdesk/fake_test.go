package slackdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"retour/notify"
	"retour/rules"
)

// fakeSlack is as much of Slack as the tests need: it keeps the messages and
// views, and answers a call otherwise when a fault is set for its method.
type fakeSlack struct {
	t      *testing.T
	server *httptest.Server

	mu       sync.Mutex
	calls    []call
	messages []*posted
	faults   map[string][]fault
	group    []string
	users    map[string]map[string]any
	views    map[string]map[string]any
	nextID   int
	sockets  chan *websocket.Conn
	changed  chan struct{} // one token per call
}

type call struct {
	method string
	args   url.Values // of a JSON body: "json" holds it
}

type posted struct {
	ts, thread, text string
	blocks, file     string
	metadata         map[string]any
}

// fault is an answer instead of the usual one. With after, the call has its
// effect first.
type fault struct {
	status int
	header http.Header
	body   string
	drop   bool
	after  bool
}

func newFakeSlack(t *testing.T) *fakeSlack {
	f := &fakeSlack{t: t, faults: map[string][]fault{}, users: map[string]map[string]any{}, views: map[string]map[string]any{},
		sockets: make(chan *websocket.Conn, 100), changed: make(chan struct{}, 10_000)}
	f.user("U0ANN", nil)
	f.server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.server.Close)
	return f
}

// setGroup replaces the members of every user group.
func (f *fakeSlack) setGroup(members ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.group = append([]string{}, members...)
}

func (f *fakeSlack) user(id string, more map[string]any) {
	u := map[string]any{"id": id, "team_id": "T1", "name": strings.ToLower(id), "profile": map[string]any{"display_name": "Ann <!channel>"}}
	for k, v := range more {
		u[k] = v
	}
	f.users[id] = u
}

func (f *fakeSlack) fail(method string, faults ...fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[method] = append(f.faults[method], faults...)
}

func refuseWith(code string) fault {
	return fault{status: 200, body: fmt.Sprintf(`{"ok":false,"error":%q,"response_metadata":{"messages":["[ERROR] because"]}}`, code)}
}

func (f *fakeSlack) serve(rw http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) {
		f.upgrade(rw, r)
		return
	}
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	body, _ := io.ReadAll(r.Body)
	args, _ := url.ParseQuery(string(body))
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		args = url.Values{"json": {string(body)}}
	}
	f.mu.Lock()
	f.calls = append(f.calls, call{method, args})
	var now *fault
	if list := f.faults[method]; len(list) > 0 {
		now, f.faults[method] = &list[0], list[1:]
	}
	var answer any
	if now == nil || now.after {
		answer = f.answer(method, args)
	}
	f.mu.Unlock()
	f.reply(rw, now, answer)
	f.changed <- struct{}{}
}

func (f *fakeSlack) reply(rw http.ResponseWriter, now *fault, answer any) {
	if now == nil {
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("x-oauth-scopes", strings.Join(scopes(), ","))
		_ = json.NewEncoder(rw).Encode(answer)
		return
	}
	if now.drop {
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
		return
	}
	for k, v := range now.header {
		rw.Header()[k] = v
	}
	rw.WriteHeader(now.status)
	_, _ = io.WriteString(rw, now.body)
}

type m = map[string]any

func (f *fakeSlack) answer(method string, a url.Values) any {
	switch method {
	case "auth.test":
		return m{"ok": true, "team_id": "T1", "user_id": "UBOT", "bot_id": "B1", "url": "https://desk.slack.example/"}
	case "users.info":
		if u, ok := f.users[a.Get("user")]; ok {
			return m{"ok": true, "user": u}
		}
		return m{"ok": false, "error": "user_not_found"}
	case "usergroups.users.list":
		return m{"ok": true, "users": f.group}
	case "conversations.info":
		return m{"ok": true, "channel": m{"id": "C0DESK", "name": "returns", "is_member": true}}
	case "conversations.history", "conversations.replies":
		return f.history(a)
	case "chat.postMessage":
		return f.postMessage(a)
	case "chat.update":
		if p := f.at(a.Get("ts")); p != nil {
			p.text, p.blocks = a.Get("text"), a.Get("blocks")
			_ = json.Unmarshal([]byte(a.Get("metadata")), &p.metadata)
			return m{"ok": true, "channel": "C0DESK", "ts": p.ts}
		}
		return m{"ok": false, "error": "message_not_found"}
	case "chat.delete":
		f.remove(a.Get("ts"))
		return m{"ok": true, "channel": "C0DESK", "ts": a.Get("ts")}
	case "files.getUploadURLExternal":
		f.nextID++
		return m{"ok": true, "file_id": fmt.Sprintf("F%d", f.nextID), "upload_url": f.server.URL + "/upload"}
	case "/upload":
		return m{"ok": true}
	case "files.completeUploadExternal":
		var files []struct{ ID, Title string }
		_ = json.Unmarshal([]byte(a.Get("files")), &files)
		f.nextID++
		p := &posted{ts: fmt.Sprintf("1700000000.%06d", f.nextID), thread: a.Get("thread_ts"), file: files[0].Title}
		f.messages = append(f.messages, p)
		return m{"ok": true, "files": []m{{"id": files[0].ID, "title": files[0].Title}}}
	case "views.open", "views.push", "views.update":
		return f.view(method, a.Get("json"))
	case "apps.connections.open":
		return m{"ok": true, "url": "ws" + strings.TrimPrefix(f.server.URL, "http") + "/socket"}
	}
	return m{"ok": true}
}

func (f *fakeSlack) history(a url.Values) any {
	var list []m
	for i := len(f.messages) - 1; i >= 0; i-- {
		if p := f.messages[i]; p.thread == a.Get("ts") || p.thread == "" && p.ts == a.Get("ts") {
			message := m{"type": "message", "ts": p.ts, "user": "UBOT", "bot_id": "B1", "text": p.text, "metadata": p.metadata}
			if p.file != "" {
				message["files"] = []m{{"id": "F1", "name": p.file, "title": p.file}}
			}
			list = append(list, message)
		}
	}
	return m{"ok": true, "messages": list}
}

func (f *fakeSlack) postMessage(a url.Values) any {
	f.nextID++
	p := &posted{ts: fmt.Sprintf("1700000000.%06d", f.nextID), text: a.Get("text"), blocks: a.Get("blocks")}
	_ = json.Unmarshal([]byte(a.Get("metadata")), &p.metadata)
	message := m{"ts": p.ts}
	if thread := a.Get("thread_ts"); thread != "" && f.at(thread) != nil {
		p.thread = thread
		message["thread_ts"] = thread
	}
	f.messages = append(f.messages, p)
	return m{"ok": true, "channel": "C0DESK", "ts": p.ts, "message": message}
}

func (f *fakeSlack) view(method, body string) any {
	var v struct {
		ViewID string         `json:"view_id"`
		View   map[string]any `json:"view"`
	}
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		f.t.Errorf("%s: %v", method, err)
	}
	if v.ViewID == "" {
		f.nextID++
		v.ViewID = fmt.Sprintf("V%d", f.nextID)
	}
	f.views[v.ViewID] = v.View
	return m{"ok": true, "view": m{"id": v.ViewID}}
}

// shown is the message at ts as it stands now; the caller does not hold mu.
func (f *fakeSlack) shown(ts string) posted {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.at(ts); p != nil {
		return *p
	}
	return posted{}
}

// at is the message itself, for those who hold mu; nil for none.
func (f *fakeSlack) at(ts string) *posted {
	for _, p := range f.messages {
		if p.ts == ts {
			return p
		}
	}
	return nil
}

func (f *fakeSlack) remove(ts string) {
	for i, p := range f.messages {
		if p.ts == ts {
			f.messages = append(f.messages[:i:i], f.messages[i+1:]...)
			return
		}
	}
}

// count counts the calls of a method.
func (f *fakeSlack) count(method string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if c.method == method {
			n++
		}
	}
	return n
}

// last is the newest call of a method.
func (f *fakeSlack) last(method string) url.Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.calls) - 1; i >= 0; i-- {
		if f.calls[i].method == method {
			return f.calls[i].args
		}
	}
	f.t.Fatalf("%s was not called", method)
	return nil
}

// waitFor waits until a method was called n times.
func (f *fakeSlack) waitFor(method string, n int) {
	f.t.Helper()
	deadline := time.After(20 * time.Second)
	for f.count(method) < n {
		select {
		case <-f.changed:
		case <-deadline:
			f.t.Fatalf("%s: %d calls, want %d", method, f.count(method), n)
		}
	}
}

// house is the rest of the desk, as the hooks show it.
type house struct {
	mu     sync.Mutex
	view   notify.CardView
	others []string // cases whose cards stand in the same thread
	clicks chan rules.Click
	keys   []string
	result Result
	err    error
	shown  notify.Preview
	now    func() time.Time
}

func newHouse(c rules.Case) *house {
	return &house{view: notify.CardView{Case: c, Working: "Europe/Brussels"}, clicks: make(chan rules.Click, 100), result: Result{Done: true}, now: func() time.Time { return noon },
		shown: notify.Preview{Body: "yes & <no>.", Head: "Dear Jan,", Foot: "The desk",
			Mail: &notify.Mail{To: "jan@example.com", Language: "fr", Subject: "Your return", Text: "Dear Jan,\n\nyes & <no>.\n\nThe desk"}}}
}

func (h *house) hooks() Hooks {
	return Hooks{
		Click: func(_ context.Context, c rules.Click, key string) (Result, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.keys = append(h.keys, key)
			h.clicks <- c
			return h.result, h.err
		},
		Preview: func(context.Context, rules.Click, string) (notify.Preview, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.shown, h.err
		},
		View: func(context.Context, string) (notify.CardView, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			return h.view, nil
		},
		CasesAt: func(_ context.Context, channel, ts string) ([]string, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			if channel != h.view.Posted.Channel || ts != h.view.Posted.TS {
				return nil, nil
			}
			return append([]string{h.view.Case.Number}, h.others...), nil
		},
		Now: h.now,
	}
}

// noon is when the tests happen.
var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func testConfig(f *fakeSlack) Config {
	return Config{Mode: ModeHTTP, BotToken: "xoxb-test", AppToken: "xapp-test", SigningSecret: "8f742231b10e8888abcd99yyyzzz85a5",
		Channel: "C0DESK", Users: []string{"U0ANN"}, APIURL: f.server.URL + "/api/", Instance: "i", Pace: time.Microsecond}
}

func newTestDesk(t *testing.T, cfg Config, h *house, now func() time.Time) *Desk {
	t.Helper()
	d, err := New(cfg, h.hooks(), slog.New(slog.NewTextHandler(testLog{t}, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testLog shows the log of a failed test.
type testLog struct{ t *testing.T }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Helper()
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// nasty is what a customer may write.
const nasty = "<!channel> *bold* <@U1> & <https://evil|Approve> `x`"

func testCase(items int) rules.Case {
	c := rules.Case{
		Number: "RMA-26-00123-7", Version: 3, State: rules.New, Reason: rules.Defective, Language: "fr",
		Customer: rules.Party{Address: "jan_de_boer@example.com", Name: "Jan " + nasty, Trust: rules.Known},
		Fault:    nasty + "\n\n> it is dead", Deadline: noon.Add(12 * time.Hour),
		Proposal: rules.Proposal{Action: rules.EvApprove, Rule: "in_warranty", Why: "All items are in warranty & " + nasty},
		OpenedAt: noon, StateAt: noon,
	}
	for i := 1; i <= items; i++ {
		it := rules.Item{Position: i, Manufacturer: "yealink", Model: "T54W", Serial: fmt.Sprintf("3145019%05d", i), MAC: "805EC0112233"}
		switch i % 3 {
		case 1:
			it.WarrantyTo, it.WarrantyWhy = noon.AddDate(0, 6, 0), "Delivered on 2025-05-20, 24 months."
		case 2:
			it.WarrantyTo, it.Model, it.Process = noon.AddDate(0, -6, 0), nasty, rules.VendorTicket
		}
		c.Items = append(c.Items, it)
	}
	return c
}

func (f *fakeSlack) upgrade(rw http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(rw, r, nil)
	if err != nil {
		f.t.Errorf("upgrade: %v", err)
		return
	}
	_ = conn.WriteJSON(m{"type": "hello", "num_connections": 1, "connection_info": m{"app_id": "A1"}})
	f.sockets <- conn
}
