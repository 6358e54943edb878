package slackdesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// Slack closes a socket every few hours, and what it sends in the gap is lost:
// with a second socket open it goes there.
const connections = 2

// How the sockets are kept.
const (
	pingInterval = 12 * time.Second // a dead socket is noticed after at most twice that
	handshake    = 10 * time.Second
	tooMany      = 5 // connects within tooSoon: Slack sends us away each time
	tooSoon      = 10 * time.Second
	firstPause   = 2 * time.Second
	longestPause = 5 * time.Minute
	alarmAfter   = time.Minute // without any socket
)

// lineState is the state of the sockets together.
type lineState struct {
	mu      sync.Mutex
	live    int
	since   time.Time
	problem string
}

// Status says how the desk in Slack is doing.
func (d *Desk) Status() Status {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	return Status{Connections: d.line.live, Since: d.line.since, Problem: d.line.problem}
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

// keep runs one connection again and again, with growing pauses when Slack does
// not let it live.
func (d *Desk) keep(ctx context.Context, i int) {
	first := firstPause + time.Duration(i)*time.Second // apart, so that one is live while the other pauses
	pause := first
	for ctx.Err() == nil {
		s := &socket{desk: d, number: i}
		err := s.run(ctx)
		if ctx.Err() != nil {
			return
		}
		if s.lived {
			pause = first
		}
		d.log.Error("slack: socket ended", "socket", i, "again_in", pause, "err", explained(err))
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, longestPause)
	}
}

// watch raises its voice when no socket is live for a while: buttons are dead
// then, and nobody in Slack can see why.
func (d *Desk) watch(ctx context.Context) {
	tick := time.NewTicker(alarmAfter)
	defer tick.Stop()
	dead := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s := d.Status()
		if dead++; s.Connections > 0 {
			dead = 0
		}
		if dead > 0 {
			d.log.Error("slack: not connected, buttons do nothing", "minutes", dead, "problem", s.Problem)
		}
	}
}

// socket is one client of the library for as long as it is left alone.
type socket struct {
	desk     *Desk
	number   int
	client   *socketmode.Client
	on       bool        // connected, as far as we heard
	lived    bool        // it got a hello and was not thrown out at once
	connects []time.Time // the last ones; the library's goroutine alone uses them
}

// run connects and handles what comes until ctx ends, the token is refused, or
// Slack throws the connection out too often: the library would then connect
// again at once, for ever.
func (s *socket) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if err := s.count(s.desk.now()); err != nil {
			cancel(err)
			return nil, err
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	s.client = socketmode.New(s.desk.api, socketmode.OptionPingInterval(pingInterval),
		socketmode.OptionDialer(&websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: handshake, NetDialContext: dial}),
		socketmode.OptionReadLimit(8<<20), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ended := make(chan error, 1)
	go func() {
		defer s.desk.recovered("socket", func() { ended <- fmt.Errorf("panic in the socket") })
		ended <- s.client.RunContext(ctx)
	}()
	defer s.off("")
	for {
		select {
		case e := <-s.client.Events: // always drained: the library stands still otherwise
			s.handle(e)
		case err := <-ended:
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			s.lived = s.lived && !errors.As(err, new(thrownOutError))
			s.off(explained(err))
			return err
		}
	}
}

// handle handles one event of the library.
func (s *socket) handle(e socketmode.Event) {
	switch e.Type {
	case socketmode.EventTypeConnecting:
		s.off("connecting")
	case socketmode.EventTypeConnectionError:
		if c, ok := e.Data.(*slack.ConnectionErrorEvent); ok {
			s.off(explained(c.ErrorObj))
			s.desk.log.Warn("slack: connect", "socket", s.number, "attempt", c.Attempt, "again_in", c.Backoff, "err", explained(c.ErrorObj))
		}
	case socketmode.EventTypeHello:
		s.hello(e.Request.NumConnections)
	case socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand, socketmode.EventTypeEventsAPI:
		s.envelope(e.Request.EnvelopeID, e.Request.Type, e.Request.Payload)
	case socketmode.EventTypeErrorBadMessage:
		s.badMessage(e)
	case socketmode.EventTypeErrorWriteFailed:
		s.desk.log.Error("slack: an acknowledgement was not written", "socket", s.number)
	}
}

// thrownOutError ends a socket that Slack sends away each time it connects.
type thrownOutError struct{}

func (thrownOutError) Error() string {
	return fmt.Sprintf("thrown out %d times within %s: too many connections, or Socket Mode is switched off", tooMany, tooSoon)
}

// count counts the connects, before each is made: what the library tells of them
// afterwards may come late, and it connects again without waiting.
func (s *socket) count(now time.Time) error {
	if n := len(s.connects); n >= tooMany && now.Sub(s.connects[n-tooMany]) < tooSoon {
		return thrownOutError{}
	}
	s.connects = append(s.connects, now)
	s.connects = s.connects[max(0, len(s.connects)-tooMany):]
	return nil
}

func (s *socket) hello(others int) {
	s.lived = true
	s.set(true, "")
	s.desk.log.Info("slack: connected", "socket", s.number, "connections_of_the_app", others)
	if others > connections {
		s.desk.log.Warn("slack: the app has more connections than ours; each takes a part of the clicks. Is a second desk running with this token?",
			"connections", others, "ours", connections)
	}
}

func (s *socket) off(problem string) { s.set(false, problem) }

// set notes whether this socket is live.
func (s *socket) set(on bool, problem string) {
	l := &s.desk.line
	l.mu.Lock()
	defer l.mu.Unlock()
	if on != s.on {
		l.live, l.since = l.live+delta(on), s.desk.now()
	}
	s.on = on
	if problem != "" || l.live == connections {
		l.problem = problem
	}
}

func delta(on bool) int {
	if on {
		return 1
	}
	return -1
}

// envelope acknowledges and handles what Slack sent.
func (s *socket) envelope(id, kind string, payload json.RawMessage) {
	ack := func(answer any) { s.ack(id, answer) }
	if kind == socketmode.RequestTypeEventsAPI {
		s.desk.spawn("event", func() { // not acknowledged: Slack delivers it again
			if s.desk.eventually(payload) == nil {
				ack(nil)
			}
		})
		return
	}
	if kind != socketmode.RequestTypeInteractive {
		s.desk.spawn("envelope", func() { ack(nil) })
		return
	}
	s.desk.spawn("envelope", func() { s.desk.receive(payload, ack) })
}

// badMessage handles what the library could not read. It would never be
// acknowledged; most of it we can read ourselves.
func (s *socket) badMessage(e socketmode.Event) {
	bad, ok := e.Data.(*socketmode.ErrorBadMessage)
	if !ok {
		return
	}
	var envelope struct {
		ID      string          `json:"envelope_id"`
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload"`
	}
	err := json.Unmarshal(bad.Message, &envelope)
	s.desk.log.Warn("slack: a message that the library cannot read", "type", envelope.Type, "readable", err == nil)
	if err == nil && envelope.ID != "" {
		s.envelope(envelope.ID, envelope.Type, envelope.Payload)
	}
}

// ack acknowledges an envelope. The library only queues it, and blocks for ever
// when the queue is full and nothing is connected.
func (s *socket) ack(id string, answer any) {
	ctx, cancel := context.WithTimeout(context.Background(), ackWithin)
	defer cancel()
	if err := s.client.AckCtx(ctx, id, answer); err != nil {
		s.desk.log.Error("slack: acknowledge", "socket", s.number, "err", err)
	}
}
