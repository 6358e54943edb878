package slackdesk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Slack closes a socket every few hours, and a click that it would send in a gap
// is lost: with a second socket open it goes there. Of up to ten sockets each
// payload goes to one, any of them.
// https://docs.slack.dev/apis/events-api/using-socket-mode
const connections = 2

// How the sockets are kept.
const (
	heartbeat    = 8 * time.Second // between two pings of ours
	missedBeats  = 3               // without a word from Slack: the socket is dead
	connectIn    = 15 * time.Second
	writeWithin  = 5 * time.Second
	lingers      = 30 * time.Second // a socket that Slack is going to close is still read
	settled      = time.Minute      // a socket that lived so long was no failure
	firstPause   = time.Second
	longestPause = 5 * time.Minute
	alarmAfter   = time.Minute // without any socket
	largestFrame = 8 << 20
)

// The reasons for which Slack ends a socket that need more than a new one. The
// others, warning and refresh_requested, only announce it.
const (
	linkDisabled = "link_disabled"       // Socket Mode was switched off in the settings of the app
	tooMany      = "too_many_websockets" // more than ten
)

// lineState is the state of the sockets together.
type lineState struct {
	mu      sync.Mutex
	open    int // with their hello or on the way to it
	live    int
	since   time.Time
	problem string
	others  int
}

// Status says how the desk in Slack is doing.
func (d *Desk) Status() Status {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	return Status{Connections: d.line.live, Since: d.line.since, Problem: d.line.problem, Others: d.line.others}
}

// sockets keeps the connections of Socket Mode until ctx ends.
func (d *Desk) sockets(ctx context.Context) {
	var all sync.WaitGroup
	for i := range connections {
		all.Go(func() { d.keep(ctx, i) })
	}
	all.Go(func() { d.watch(ctx) })
	all.Wait()
}

// keep keeps one connection alive. When Slack says that it is going to close
// it, the next one is opened first, and the old one is read to its end.
func (d *Desk) keep(ctx context.Context, number int) {
	var reading sync.WaitGroup
	defer reading.Wait()
	failures := 0 // connections in a row that did not last
	for ctx.Err() == nil {
		s, err := d.connect(ctx, number)
		began := d.now()
		if err == nil {
			reading.Go(func() { s.read(ctx) })
			select {
			case err = <-s.leaving:
			case <-ctx.Done():
				return
			}
		}
		if failures++; s != nil && d.now().Sub(began) >= settled {
			failures = 0
		}
		pause := pauseAfter(failures, err)
		d.lost(err)
		d.log.Warn("slack: a socket ends", "socket", number, "again_in", pause, "why", explained(err))
		d.sleep(ctx, pause+time.Duration(number)*pause/2) // apart, so that one is live while the other waits
	}
}

// sleep waits for a while, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// pauseAfter is how long to wait before the next connection. A good one is
// replaced at once, and so is the first that failed; then the pause doubles:
// neither a network that is down nor an app with too many connections may make
// a storm.
func pauseAfter(failures int, err error) time.Duration {
	var away disconnectError
	if errors.As(err, &away) && away.reason == linkDisabled || badAuth(code(err)) {
		return longestPause
	}
	if errors.As(err, &away) && away.reason == tooMany {
		failures = max(failures+1, 3)
	}
	if failures < 2 {
		return retryAfter(err)
	}
	return max(retryAfter(err), min(firstPause<<min(failures-2, 10), longestPause))
}

// watch raises its voice when no socket is live for a while: buttons are dead
// then, and nobody in Slack can see why.
func (d *Desk) watch(ctx context.Context) {
	tick := time.NewTicker(alarmAfter)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s := d.Status(); s.Connections == 0 {
			d.log.Error("slack: not connected, buttons do nothing", "since", s.Since, "problem", s.Problem)
		}
	}
}

// socket is one WebSocket.
type socket struct {
	desk    *Desk
	number  int
	conn    *websocket.Conn
	write   sync.Mutex
	live    bool       // it got its hello; the reading goroutine alone uses it
	leaving chan error // gets one: why it has ended, or is going to
}

// disconnectError is Slack's notice that a socket is going to end.
type disconnectError struct{ reason string }

func (e disconnectError) Error() string {
	switch e.reason {
	case linkDisabled:
		return "Socket Mode is switched off in the settings of the app"
	case tooMany:
		return "Slack sends us away: the app has too many connections. Does another desk run with this token?"
	}
	return "Slack asks for a new connection: " + e.reason
}

// connect opens a socket.
func (d *Desk) connect(ctx context.Context, number int) (s *socket, err error) {
	ctx, cancel := context.WithTimeout(ctx, connectIn)
	defer cancel()
	d.opened(1) // before Slack counts it
	defer func() {
		if err != nil {
			d.opened(-1)
		}
	}()
	_, url, err := d.api.StartSocketModeContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for a socket: %w", err)
	}
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: connectIn}
	conn, answer, err := dialer.DialContext(ctx, url, nil)
	if answer != nil && answer.Body != nil {
		_ = answer.Body.Close() // it was read by the handshake
	}
	if err != nil {
		return nil, fmt.Errorf("open a socket: %w", err)
	}
	s = &socket{desk: d, number: number, conn: conn, leaving: make(chan error, 1)}
	conn.SetReadLimit(largestFrame)
	conn.SetPongHandler(func(string) error { return s.heard() })
	conn.SetPingHandler(func(data string) error {
		// A pong that cannot be written shows at the next read.
		_ = conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWithin))
		return s.heard()
	})
	return s, nil
}

// heard notes a sign of life: without one for a while, reading ends.
func (s *socket) heard() error {
	return s.conn.SetReadDeadline(time.Now().Add(missedBeats * s.desk.beat))
}

// read handles what comes until the socket ends.
func (s *socket) read(ctx context.Context) {
	defer s.desk.recovered("socket", func() { s.leave(errors.New("a panic in the socket")) })
	defer s.end()
	stop := context.AfterFunc(ctx, s.bye)
	defer stop()
	beating, still := context.WithCancel(ctx)
	defer still()
	go s.beat(beating)
	err := s.heard()
	for err == nil {
		var raw []byte
		if _, raw, err = s.conn.ReadMessage(); err == nil {
			err = s.heard()
			s.frame(raw)
		}
	}
	s.leave(fmt.Errorf("the socket broke: %w", err))
}

// beat pings Slack, which must answer: a connection that is dead at the other
// end looks alive otherwise.
func (s *socket) beat(ctx context.Context) {
	tick := time.NewTicker(s.desk.beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) // no pong ends the reading
		}
	}
}

// bye ends the socket as the protocol wants it, so that Slack does not count it
// any more.
func (s *socket) bye() {
	_ = s.conn.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)) // it may be gone already
	_ = s.conn.Close()
}

func (s *socket) end() {
	s.bye()
	s.desk.opened(-1)
	if s.live {
		s.desk.count(-1)
	}
}

// leave says once that the socket has ended or is going to.
func (s *socket) leave(why error) {
	select {
	case s.leaving <- why:
	default:
	}
}

// frame is what Slack sends on a socket.
type frame struct {
	Type        string          `json:"type"`
	EnvelopeID  string          `json:"envelope_id"`
	Payload     json.RawMessage `json:"payload"`
	Reason      string          `json:"reason"`          // disconnect
	Connections int             `json:"num_connections"` // hello
}

func (s *socket) frame(raw []byte) {
	var f frame
	if err := json.Unmarshal(raw, &f); err != nil {
		s.desk.log.Warn("slack: a frame that cannot be read", "socket", s.number, "bytes", len(raw))
		return
	}
	switch {
	case f.Type == "hello":
		s.hello(f.Connections)
	case f.Type == "disconnect":
		s.dismissed(f.Reason)
	case f.EnvelopeID != "":
		s.envelope(f)
	default:
		s.desk.log.Warn("slack: a frame that nobody expects", "socket", s.number, "type", f.Type)
	}
}

func (s *socket) hello(all int) {
	if s.live {
		return
	}
	s.live = true
	s.desk.count(1)
	others := all - s.desk.opened(0)
	s.desk.log.Info("slack: connected", "socket", s.number, "connections_of_the_app", all)
	s.desk.line.mu.Lock()
	s.desk.line.others = max(others, 0)
	s.desk.line.mu.Unlock()
	if others > 0 {
		s.desk.log.Warn("slack: the app has connections that are not ours; each takes a part of the clicks. Is a second desk running with this token?", "others", others)
	}
}

// dismissed makes way for the next socket. This one is read on for a while:
// what was on its way must not be lost.
func (s *socket) dismissed(reason string) {
	s.leave(disconnectError{cmp.Or(reason, "no reason given")})
	if reason == linkDisabled || reason == tooMany {
		s.bye()
		return
	}
	time.AfterFunc(lingers, s.bye)
}

// opened adds to the number of sockets that Slack may count, and returns it.
func (d *Desk) opened(by int) int {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	d.line.open += by
	return d.line.open
}

// count adds to the number of live sockets.
func (d *Desk) count(by int) {
	l := &d.line
	l.mu.Lock()
	defer l.mu.Unlock()
	l.live, l.since = l.live+by, d.now()
	if l.live >= connections {
		l.problem = ""
	}
}

// lost notes why a socket ended.
func (d *Desk) lost(err error) {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	d.line.problem = explained(err)
	if d.line.since.IsZero() {
		d.line.since = d.now()
	}
}

// envelope acknowledges and handles what Slack sent. Nothing here may wait: the
// next frame may be a ping.
func (s *socket) envelope(f frame) {
	ack := func(answer any) { s.ack(f.EnvelopeID, answer) }
	s.desk.spawn("envelope", func() {
		switch f.Type {
		case "interactive":
			s.desk.receive(f.Payload, ack)
		case "slash_commands":
			ack(nil)
			var c slashCommand
			if err := json.Unmarshal(f.Payload, &c); err == nil {
				s.desk.takeCommand(c)
			}
		case "events_api":
			var e callback
			if err := json.Unmarshal(f.Payload, &e); err != nil || s.desk.takeEvent(e) == nil {
				ack(nil)
			}
		default:
			s.desk.log.Warn("slack: an envelope of a kind that is not ours", "type", f.Type)
			ack(nil)
		}
	})
}

// ack acknowledges an envelope on the socket on which it came.
func (s *socket) ack(id string, answer any) {
	type reply struct {
		EnvelopeID string `json:"envelope_id"`
		Payload    any    `json:"payload,omitempty"`
	}
	s.write.Lock()
	defer s.write.Unlock()
	err := s.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if err == nil {
		err = s.conn.WriteJSON(reply{id, answer})
	}
	if err != nil {
		s.desk.log.Error("slack: acknowledge; the person sees a warning, though what he asked for is done", "socket", s.number, "err", err)
	}
}
