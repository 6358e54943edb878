package slackdesk

import (
	"sync"
	"time"
)

// rememberFor is longer than a signed request can be replayed.
const rememberFor = 15 * time.Minute

// mostRemembered bounds the memory; the casebook remembers the clicks that did
// something for longer.
const mostRemembered = 10_000

// recent remembers the payloads of the last minutes, because Slack, a proxy or
// an attacker may deliver one twice.
type recent struct {
	now    func() time.Time
	mu     sync.Mutex
	seenAt map[string]time.Time
	old    []string // keys of seenAt, oldest first
}

func newRecent(now func() time.Time) *recent {
	return &recent{now: now, seenAt: map[string]time.Time{}}
}

// first says whether the key comes for the first time.
func (r *recent) first(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.seenAt[key]; ok {
		return false
	}
	now := r.now()
	for len(r.old) > 0 && (len(r.old) >= mostRemembered || now.Sub(r.seenAt[r.old[0]]) > rememberFor) {
		delete(r.seenAt, r.old[0])
		r.old = r.old[1:]
	}
	r.seenAt[key] = now
	r.old = append(r.old, key)
	return true
}

// seen says whether the key has come before.
func (r *recent) seen(key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.seenAt[key]
	return ok
}
