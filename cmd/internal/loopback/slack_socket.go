package loopback

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// slackAnswerLimit is the size from which on Slack drops an acknowledgement
// without a word.
const slackAnswerLimit = 20 << 10

// slackConn is one Socket Mode connection of the app.
type slackConn struct {
	ws    *websocket.Conn
	write sync.Mutex
	deaf  atomic.Bool // half-open: nothing gets through, and nobody is told
}

func (c *slackConn) send(v any) error {
	if c.deaf.Load() {
		return nil
	}
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(5 * time.Second)) // fails at the write, if it fails
	return c.ws.WriteJSON(v)
}

func (c *slackConn) ping() error {
	if c.deaf.Load() {
		return nil
	}
	return c.ws.WriteControl(websocket.PingMessage, []byte("retour"), time.Now().Add(time.Second))
}

func (c *slackConn) drop() { _ = c.ws.Close() } // what is wanted is that it ends

// serveSocket takes a ticket of apps.connections.open, once.
func (s *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.PathValue("ticket")
	s.mu.Lock()
	fresh := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !fresh {
		http.Error(w, "ticket unknown or used", http.StatusNotFound)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // the ticket is the proof
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &slackConn{ws: ws}
	pong := ws.PingHandler()
	ws.SetPingHandler(func(data string) error {
		if c.deaf.Load() {
			return nil
		}
		return pong(data)
	})
	if n := s.remember(c); n > 0 {
		s.talk(c, n)
		s.done.Done()
	}
	s.forget(c)
}

// talk serves one connection, the nth that is open, until it ends.
func (s *Slack) talk(c *slackConn, n int) {
	ended := make(chan struct{})
	defer close(ended)
	s.done.Go(func() { s.keepAlive(c, ended) })
	hello := map[string]any{"type": "hello", "num_connections": n,
		"connection_info": map[string]any{"app_id": slackApp},
		"debug_info":      map[string]any{"host": "loopback", "approximate_connection_time": 18060}}
	if c.send(hello) == nil {
		s.readAnswers(c)
	}
}

// remember takes the connection in and counts those that are open; 0 means
// that the workspace is closing.
func (s *Slack) remember(c *slackConn) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0
	}
	s.done.Add(1)
	s.conns = append(s.conns, c)
	s.touch()
	return len(s.conns)
}

func (s *Slack) forget(c *slackConn) {
	c.drop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = slices.DeleteFunc(s.conns, func(x *slackConn) bool { return x == c })
	s.touch()
}

// keepAlive pings as Slack does: clients take silence for a dead connection.
func (s *Slack) keepAlive(c *slackConn, ended <-chan struct{}) {
	tick := time.NewTicker(s.opts.PingInterval)
	defer tick.Stop()
	for {
		if c.ping() != nil {
			c.drop()
			return
		}
		select {
		case <-tick.C:
		case <-ended:
			return
		}
	}
}

// readAnswers reads acknowledgements until the connection ends.
func (s *Slack) readAnswers(c *slackConn) {
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if c.deaf.Load() {
			continue
		}
		switch err := json.Unmarshal(raw, &ack); {
		case len(raw) >= slackAnswerLimit:
			s.refused("socket", refuse("answer_too_big"))
		case err != nil || ack.EnvelopeID == "":
			s.refused("socket", refuse("answer_without_envelope_id"))
		default:
			s.acknowledged(ack.EnvelopeID, ack.Payload)
		}
	}
}

// acknowledged wakes the delivery that waits for the envelope, if it still does.
func (s *Slack) acknowledged(id string, payload json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch, ok := s.waiting[id]; ok {
		delete(s.waiting, id)
		ch <- payload // has room for one
	}
}

// DeliveryStatus is what became of an interaction.
type DeliveryStatus string

// The ends of an interaction.
const (
	Acked        DeliveryStatus = "acked"
	Timeout      DeliveryStatus = "timeout"       // no acknowledgement within AckTimeout
	NoConnection DeliveryStatus = "no_connection" // the app has no socket open
	Invalid      DeliveryStatus = "invalid"       // the client itself refused the form; nothing was sent
	Trouble      DeliveryStatus = "trouble"       // the app's answer was not one that Slack takes
	NotSent      DeliveryStatus = "not_sent"      // nothing to send: the app did not ask to be told
)

// Delivery is what became of a click, a submission or a command.
type Delivery struct {
	Status   DeliveryStatus
	Envelope string
	Payload  json.RawMessage   // the app's answer
	Errors   map[string]string // at the fields, by block_id: the app's, or the client's
	Sees     string            // what the person is told, when it did not go well
}

// OK says that the interaction went as the person meant it.
func (d Delivery) OK() bool {
	return (d.Status == Acked || d.Status == NotSent) && len(d.Errors) == 0
}

// slackTries is how often Slack delivers an event that is not acknowledged; an
// interaction or a command it delivers once.
const slackTries = 3

// deliver sends a payload to the app and waits for its acknowledgement.
func (s *Slack) deliver(kind string, payload any) (d Delivery) {
	tries := 1
	if kind == "events_api" {
		tries = slackTries
	}
	s.mu.Lock()
	requests, double := s.requests, s.double
	s.mu.Unlock()
	for ; tries > 0; tries-- {
		if requests != nil {
			d = s.request(requests, kind, payload, double)
		} else if d = s.envelope(kind, payload); double && d.Status == Acked {
			_ = s.envelope(kind, payload) // the app's answer to the second is nobody's
		}
		if d.Status == Acked {
			return d
		}
	}
	return d
}

func (s *Slack) request(to *slackRequests, kind string, payload any, double bool) Delivery {
	answer, ok := to.post(kind, payload, double)
	if !ok {
		s.refused(kind, refuse("not_acknowledged"))
		return Delivery{Status: Timeout, Sees: "the app did not answer in time"}
	}
	return Delivery{Status: Acked, Payload: answer}
}

// envelope sends an envelope to one of the connections, in turn.
func (s *Slack) envelope(kind string, payload any) Delivery {
	d := Delivery{Status: NoConnection, Envelope: slackRandom(16), Sees: "the app is not connected"}
	answer := make(chan json.RawMessage, 1)
	c := s.nextConn(d.Envelope, answer)
	if c == nil {
		return d
	}
	d.Status, d.Sees = Timeout, "the app did not answer in time"
	if c.deaf.Load() {
		s.unwait(d.Envelope)
		return d // nobody is to blame, and nobody need wait
	}
	timer := time.NewTimer(s.opts.AckTimeout)
	defer timer.Stop()
	if c.send(map[string]any{"envelope_id": d.Envelope, "type": kind, "payload": payload,
		"accepts_response_payload": kind != "events_api"}) != nil {
		s.unwait(d.Envelope)
		return d
	}
	select {
	case d.Payload = <-answer:
		d.Status, d.Sees = Acked, ""
	case <-timer.C:
		s.unwait(d.Envelope)
		s.refused(kind, refuse("not_acknowledged"))
	}
	return d
}

func (s *Slack) nextConn(envelope string, answer chan json.RawMessage) *slackConn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) == 0 {
		return nil
	}
	s.waiting[envelope] = answer
	s.turn++
	return s.conns[s.turn%len(s.conns)]
}

func (s *Slack) unwait(envelope string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, envelope)
}

// Connections says how many sockets the app has open.
func (s *Slack) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Disconnect tells all connections to go, with Slack's reason: warning,
// refresh_requested, link_disabled, too_many_websockets. The app is expected
// to close them.
func (s *Slack) Disconnect(reason string) {
	s.mu.Lock()
	conns := slices.Clone(s.conns)
	s.mu.Unlock()
	for _, c := range conns {
		_ = c.send(map[string]any{"type": "disconnect", "reason": reason,
			"debug_info": map[string]any{"host": "loopback"}}) // it is going anyway
	}
}

// Drop cuts all connections without a word. They are none any more when it returns.
func (s *Slack) Drop() {
	s.mu.Lock()
	conns := s.conns
	s.conns = nil
	s.mu.Unlock()
	for _, c := range conns {
		c.drop()
	}
}
