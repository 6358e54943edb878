package slackdesk

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"

	"retour/rules"
)

func newSocketClient(t *testing.T) *client {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	return c
}

func (c *client) socket() *websocket.Conn {
	c.t.Helper()
	select {
	case conn := <-c.f.sockets:
		c.t.Cleanup(func() { _ = conn.Close() })
		return conn
	case <-time.After(20 * time.Second):
		c.t.Fatal("no connection")
		return nil
	}
}

// ask sends an envelope and returns the acknowledgement.
func (c *client) ask(conn *websocket.Conn, id string, payload any) map[string]any {
	c.t.Helper()
	if err := conn.WriteJSON(m{"type": "interactive", "envelope_id": id, "payload": payload, "accepts_response_payload": true}); err != nil {
		c.t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, b, err := conn.ReadMessage()
	if err != nil {
		c.t.Fatalf("no acknowledgement: %v", err)
	}
	var ack map[string]any
	if err := json.Unmarshal(b, &ack); err != nil || ack["envelope_id"] != id {
		c.t.Fatalf("acknowledgement %s, %v", b, err)
	}
	return ack
}

func TestTwoSocketsAndOneClick(t *testing.T) {
	c := newSocketClient(t)
	one, two := c.socket(), c.socket()
	p := c.payload("U0ANN", "block_actions")
	p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
	// The payload has a block element that the library cannot read; and the same
	// envelope comes on both sockets.
	for _, conn := range []*websocket.Conn{one, two} {
		if ack := c.ask(conn, "e1", p); ack["payload"] != nil {
			t.Errorf("a click is answered with %v", ack)
		}
	}
	if _, view := c.modal(1); view["callback_id"] != string(rules.EvTakeCharge) {
		t.Errorf("%v", view)
	}
	c.d.finish()
	if n := c.f.count("views.open"); n != 1 {
		t.Errorf("%d windows for one click", n)
	}
}

func TestEveryEnvelopeIsAcknowledged(t *testing.T) {
	c := newSocketClient(t)
	conn := c.socket()
	c.ask(conn, "bad-1", m{"type": 5})
	c.ask(conn, "bad-2", "text")
	c.ask(conn, "bad-3", m{"type": "shortcut"})
	for _, frame := range []string{"{", "5", `{"type":"brand_new"}`, `{"type":"disconnect"}`} { // the last makes way for another
		if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.WriteJSON(m{"type": "brand_new", "envelope_id": "e3"}); err != nil {
		t.Fatal(err)
	}
	if _, b, err := conn.ReadMessage(); err != nil || !says(json.RawMessage(b), "e3") {
		t.Errorf("%s %v", b, err)
	}
	if err := conn.WriteJSON(m{"type": "slash_commands", "envelope_id": "e4", "payload": m{"command": "/x"}}); err != nil {
		t.Fatal(err)
	}
	if _, b, err := conn.ReadMessage(); err != nil || !says(json.RawMessage(b), "e4") {
		t.Errorf("%s %v", b, err)
	}
	c.f.user("U0ANN", nil)
	answer := c.ask(conn, "e5", func() m {
		p := c.payload("U0ANN", "view_submission")
		p["view"] = m{"id": "V1", "callback_id": "refuse", "private_metadata": thisCard + "///", "state": m{"values": m{}}}
		return p
	}())
	if !says(answer, "Please choose one") {
		t.Errorf("a submission is answered with %v", answer)
	}
}

// shut reads a socket until the desk closes it, and says how.
func shut(t *testing.T, conn *websocket.Conn) error {
	t.Helper()
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return err
		}
	}
}

func TestNextSocketOpensBeforeTheOldOneCloses(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		c := newSocketClient(t)
		one, two := c.socket(), c.socket()
		if err := one.WriteJSON(m{"type": "disconnect", "reason": reason}); err != nil {
			t.Fatal(err)
		}
		three := c.socket()
		for i, conn := range []*websocket.Conn{one, two, three} { // the old one is still served
			p := c.payload("U0ANN", "block_actions")
			p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
			c.ask(conn, string(rune('a'+i)), p)
			c.modal(i + 1)
		}
	}
}

func TestBrokenSocketComesBack(t *testing.T) {
	c := newSocketClient(t)
	one, _ := c.socket(), c.socket()
	_ = one.Close()
	c.socket()
}

// The connection stands, but nobody is at the other end.
func TestHalfOpenSocketIsNoticed(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	c.d.beat = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	s, err := c.d.connect(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { s.read(ctx); close(ended) }()
	defer func() { cancel(); <-ended }()
	c.socket() // nobody reads it, so no ping is answered
	select {
	case err := <-s.leaving:
		if !strings.Contains(err.Error(), "timeout") {
			t.Errorf("it ended for another reason: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("a dead socket is taken for a live one")
	}
}

func TestAnsweredPingsKeepAQuietSocket(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	c.d.beat = 200 * time.Millisecond
	ctx, cancel := context.WithCancel(context.Background())
	s, err := c.d.connect(ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { s.read(ctx); close(ended) }()
	defer func() { cancel(); <-ended }()
	conn := c.socket()
	pings := make(chan struct{}, 100)
	conn.SetPingHandler(func(data string) error {
		pings <- struct{}{}
		return conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(time.Second))
	})
	go func() { _ = shut(t, conn) }()
	for range 3 * missedBeats {
		select {
		case <-pings:
		case err := <-s.leaving:
			t.Fatal(err)
		}
	}
}

// pauses runs one connection that Slack ends for a reason each time, and returns
// how long the desk waited before each new one.
func pauses(t *testing.T, n int, reason string) (*client, []time.Duration) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var list []time.Duration
	c.d.sleep = func(_ context.Context, d time.Duration) {
		if list = append(list, d); len(list) == n {
			cancel()
		}
	}
	go func() {
		for {
			select {
			case conn := <-c.f.sockets:
				_ = conn.WriteJSON(m{"type": "disconnect", "reason": reason})
				t.Cleanup(func() { _ = conn.Close() })
			case <-ctx.Done():
				return
			}
		}
	}()
	c.d.keep(ctx, 0)
	return c, list
}

// Slack sends every connection away at once, as it does when there are too many.
func TestTooManyConnectionsMakeNoStorm(t *testing.T) {
	c, list := pauses(t, 8, tooMany)
	if list[0] < firstPause || list[7] < time.Minute {
		t.Errorf("pauses %v", list)
	}
	if n := c.f.count("apps.connections.open"); n != 8 {
		t.Errorf("%d connects", n)
	}
	if st := c.d.Status(); st.Connections != 0 || !strings.Contains(st.Problem, "too many connections") {
		t.Errorf("%+v", st)
	}
	if _, list = pauses(t, 8, "refresh_requested"); list[0] != 0 || list[7] < 30*time.Second {
		t.Errorf("a refresh that comes again and again: pauses %v", list)
	}
}

func TestSwitchedOffAndRefusedAreRareTries(t *testing.T) {
	c, list := pauses(t, 1, linkDisabled)
	if list[0] != longestPause || !strings.Contains(c.d.Status().Problem, "switched off") {
		t.Errorf("%v, %+v", list, c.d.Status())
	}
	refused := &slack.SlackErrorResponse{Err: "invalid_auth"}
	for _, x := range []struct {
		failures int
		err      error
		least    time.Duration
	}{
		{1, *refused, longestPause}, {1, &slack.RateLimitedError{RetryAfter: 42 * time.Second}, 42 * time.Second},
		{0, errors.New("broken"), 0}, {1, errors.New("broken"), 0}, {2, errors.New("broken"), firstPause}, {99, errors.New("broken"), longestPause},
	} {
		if got := pauseAfter(x.failures, x.err); got != x.least {
			t.Errorf("%d failures, %v: %s, want %s", x.failures, x.err, got, x.least)
		}
	}
}

func TestDeskClosesItsSocketsAsTheProtocolWants(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.d.Run(ctx) }()
	one, two := c.socket(), c.socket()
	cancel()
	for _, conn := range []*websocket.Conn{one, two} {
		if err := shut(t, conn); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("closed with %v", err)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
