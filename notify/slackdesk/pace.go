package slackdesk

import (
	"context"
	"net/http"
	"sync"
	"time"

	"retour/notify"
)

// pacer lets one call through at a time and keeps a distance between them.
// Slack allows about one post a second and channel:
// https://docs.slack.dev/apis/web-api/rate-limits
type pacer struct {
	every time.Duration
	now   func() time.Time
	free  chan struct{} // holds one token while a call may go

	mu    sync.Mutex
	until time.Time // until when Slack told us to be silent
}

func newPacer(every time.Duration, now func() time.Time) *pacer {
	p := &pacer{every: every, now: now, free: make(chan struct{}, 1)}
	p.free <- struct{}{}
	return p
}

// do calls call in its turn. While Slack wants silence for longer than a
// moment, nothing is called and nobody waits: the answer is a Failure that says
// when to come back.
func (p *pacer) do(ctx context.Context, call func() error) error {
	if wait := p.silence(); wait > 2*p.every {
		return &notify.Failure{Text: "ratelimited, not asked again yet", Code: 429, RetryAfter: wait}
	}
	select {
	case <-p.free:
	case <-ctx.Done():
		return &notify.Failure{Text: "waiting for a turn to post", RetryAfter: p.every, Err: ctx.Err()}
	}
	err := call()
	rest := p.every
	if asked := retryAfter(err); asked > 0 {
		rest = max(rest, asked)
		p.hush(p.now().Add(rest))
	}
	time.AfterFunc(rest, func() {
		p.hush(time.Time{})
		p.free <- struct{}{}
	})
	return err
}

// retryAfter is how long Slack wants no more of these calls.
func retryAfter(err error) time.Duration {
	if err == nil {
		return 0
	}
	if f := failure(err, false); f.Code == http.StatusTooManyRequests {
		return max(f.RetryAfter, time.Second)
	}
	return 0
}

func (p *pacer) hush(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = until
}

func (p *pacer) silence() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until.Sub(p.now())
}
