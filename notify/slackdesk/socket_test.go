package slackdesk

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"

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
	if got := <-c.h.clicks; got.Event.Kind != rules.EvTakeCharge {
		t.Errorf("%+v", got)
	}
	c.d.finish()
	if len(c.h.clicks) != 0 {
		t.Error("done twice")
	}
}

func TestEveryEnvelopeIsAcknowledged(t *testing.T) {
	c := newSocketClient(t)
	conn := c.socket()
	c.ask(conn, "bad-1", m{"type": 5})
	c.ask(conn, "bad-2", "text")
	c.ask(conn, "bad-3", m{"type": "shortcut"})
	if err := conn.WriteJSON(m{"type": "slash_commands", "envelope_id": "e4", "payload": m{"command": "/x"}}); err != nil {
		t.Fatal(err)
	}
	if _, b, err := conn.ReadMessage(); err != nil || !says(json.RawMessage(b), "e4") {
		t.Errorf("%s %v", b, err)
	}
	c.f.user("U0ANN", nil)
	answer := c.ask(conn, "e5", func() m {
		p := c.payload("U0ANN", "view_submission")
		p["view"] = m{"id": "V1", "callback_id": "refuse", "private_metadata": thisCard + "/", "state": m{"values": m{}}}
		return p
	}())
	if !says(answer, "Please choose one") {
		t.Errorf("a submission is answered with %v", answer)
	}
}

func TestSocketComesBack(t *testing.T) {
	c := newSocketClient(t)
	one, two := c.socket(), c.socket()
	_ = one.WriteJSON(m{"type": "disconnect", "reason": "refresh_requested"})
	three := c.socket()
	for i, conn := range []*websocket.Conn{two, three} {
		p := c.payload("U0ANN", "block_actions")
		p["actions"] = []m{{"action_id": "take_charge", "value": thisCard}}
		c.ask(conn, string(rune('a'+i)), p)
		<-c.h.clicks
	}
}

// Slack sends every connection away at once, as it does when there are too many:
// the library would connect again without a pause, for ever.
func TestTooManyConnectionsMakeNoStorm(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	gone := make(chan struct{})
	go func() {
		for {
			select {
			case conn := <-c.f.sockets:
				_ = conn.WriteJSON(m{"type": "disconnect", "reason": "too_many_websockets"})
				_ = conn.Close()
			case <-gone:
				return
			}
		}
	}()
	defer close(gone)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := &socket{desk: c.d}
	if err := s.run(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("run: %v", err)
	}
	if n := c.f.count("apps.connections.open"); n < tooMany || n > tooMany+1 {
		t.Errorf("%d connects", n)
	}
	if s.lived {
		t.Error("the next try would come without a longer pause")
	}
	if st := c.d.Status(); st.Connections != 0 || st.Problem == "" {
		t.Errorf("%+v", st)
	}
}

func TestRefusedTokenIsNoticed(t *testing.T) {
	c := newClient(t, func(cfg *Config) { cfg.Mode = ModeSocket })
	c.f.fail("apps.connections.open", refuseWith("invalid_auth"))
	s := &socket{desk: c.d}
	if err := s.run(context.Background()); code(err) != "invalid_auth" {
		t.Errorf("run: %v", err)
	}
	if st := c.d.Status(); st.Problem == "" {
		t.Errorf("%+v", st)
	}
}
