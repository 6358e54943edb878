package loopback

import (
	"net/http"
	"time"
)

// What goes wrong between Slack and an app, beside what Fail makes of its calls.

// Double makes Slack deliver everything twice, as a proxy or an attacker may:
// over sockets on two connections, over HTTP with the same body.
func (s *Slack) Double(twice bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.double = twice
}

// ExpireTriggers makes the next n trigger_ids come too late.
func (s *Slack) ExpireTriggers(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = n
}

// Mend ends all faults that are left of Fail, Double and ExpireTriggers.
func (s *Slack) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.double, s.stale = nil, false, 0
}

// HalfOpen makes the connections that are open now half-open, all but the newest:
// what is sent on them is lost, and nothing that the app sends arrives, but
// neither side hears of it.
func (s *Slack) HalfOpen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns[:max(0, len(s.conns)-1)] {
		c.deaf.Store(true)
	}
}

// triggerBorn is when a new trigger_id is said to be made. The caller holds mu.
func (s *Slack) triggerBorn() time.Time {
	if s.stale > 0 {
		s.stale--
		return time.Time{}
	}
	return time.Now()
}

// SetAhead has Slack's clock, as the field Date tells it, go before the machine's.
func (s *Slack) SetAhead(ahead time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead = ahead
}

// dated writes Date where Slack's clock is another than the machine's.
func (s *Slack) dated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		ahead := s.ahead
		s.mu.Unlock()
		if ahead != 0 {
			w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
		}
		next.ServeHTTP(w, r)
	})
}
