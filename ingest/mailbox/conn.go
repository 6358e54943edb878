package mailbox

import (
	"errors"
	"net"
	"sync"
	"time"
)

// errSilent is why a connection was given up on which nothing came any more.
var errSilent = errors.New("the server has been silent for too long")

// watchedConn closes itself when an answer is awaited and nothing comes. The
// client library sets no read deadline while it waits, so that a dead
// connection would be waited on for ever; its own deadlines are ignored here,
// because they would also cut off a large mail on a slow line.
type watchedConn struct {
	net.Conn

	mu      sync.Mutex
	timer   *time.Timer
	silence time.Duration // 0: nothing is awaited
	expired bool
}

func watch(c net.Conn) *watchedConn {
	w := &watchedConn{Conn: c}
	w.timer = time.AfterFunc(time.Hour, w.expire)
	w.timer.Stop()
	return w
}

// arm says that an answer is awaited: silence for so long means the end.
func (w *watchedConn) arm(silence time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silence = silence
	w.timer.Reset(silence)
}

// disarm says that nothing is awaited.
func (w *watchedConn) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.silence = 0
	w.timer.Stop()
}

func (w *watchedConn) expire() {
	w.mu.Lock()
	w.expired = true
	w.mu.Unlock()
	w.Conn.Close()
}

func (w *watchedConn) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if n > 0 && w.silence > 0 {
		w.timer.Reset(w.silence)
	}
	if err != nil && w.expired {
		err = errSilent
	}
	return n, err
}

func (w *watchedConn) isExpired() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.expired
}

func (w *watchedConn) SetReadDeadline(time.Time) error { return nil }

// SetDeadline sets the deadline for writing alone.
func (w *watchedConn) SetDeadline(t time.Time) error { return w.SetWriteDeadline(t) }
