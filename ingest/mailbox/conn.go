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
	closed  bool
	gone    chan struct{} // closed with the connection
}

func watch(c net.Conn) *watchedConn {
	w := &watchedConn{Conn: c, gone: make(chan struct{})}
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
	w.Close()
}

func (w *watchedConn) Close() error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.gone)
	}
	w.mu.Unlock()
	return w.Conn.Close()
}

// errStuck is why a command was given up that had not ended a while after its
// connection had.
var errStuck = errors.New("the client does not notice the end of the connection")

// outlive runs a command, and does not wait for it much longer than the connection
// lasts: the client library waits for ever for a server that ends a login without
// waiting for the answer to its challenge.
func (w *watchedConn) outlive(f func() error, patience time.Duration) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-w.gone:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return errStuck
	}
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
