package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// doors are the addresses on which Slack's requests come in. Desks that name the
// same one share it: each has the path that begins with its name. The zero value is
// ready for use.
type doors struct {
	mu sync.Mutex
	at map[string]*door
}

// door is one address with who is behind it.
type door struct {
	mu     sync.Mutex
	desks  map[string]http.Handler
	server *http.Server
	failed chan struct{} // closed when it can serve no more
	err    error         // why, then
}

// serve lets requests for a desk in until the context ends.
func (d *doors) serve(ctx context.Context, address, desk string, h http.Handler) error {
	open, err := d.enter(address, desk, h)
	if err != nil {
		return err
	}
	defer d.leave(address, desk, open)
	select {
	case <-open.failed:
		return open.err
	case <-ctx.Done():
		return nil
	}
}

// enter listens on the address, unless that is done already.
func (d *doors) enter(address, desk string, h http.Handler) (*door, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if open := d.at[address]; open != nil {
		open.set(desk, h)
		return open, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	open := &door{desks: map[string]http.Handler{desk: h}, failed: make(chan struct{})}
	open.server = slackServer(address, open)
	go func() {
		if err := open.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			open.err = fmt.Errorf("listen on %s: %w", address, err)
		}
		close(open.failed)
	}()
	if d.at == nil {
		d.at = map[string]*door{}
	}
	d.at[address] = open
	return open, nil
}

// leave closes the address with the last desk.
func (d *doors) leave(address, desk string, open *door) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if left := open.set(desk, nil); left > 0 {
		return
	}
	if d.at[address] == open {
		delete(d.at, address)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = open.server.Shutdown(ctx) // what is under way then is asked again by Slack
}

// set puts a desk behind the door, or takes it away, and says how many there are.
func (d *door) set(desk string, h http.Handler) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h == nil {
		delete(d.desks, desk)
	} else {
		d.desks[desk] = h
	}
	return len(d.desks)
}

// ServeHTTP implements [http.Handler].
func (d *door) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	desk, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	d.mu.Lock()
	h := d.desks[desk]
	d.mu.Unlock()
	if h == nil {
		http.Error(rw, "no desk is called that: the path begins with the name of the desk's file", http.StatusNotFound)
		return
	}
	h.ServeHTTP(rw, r)
}

// slackServer has the limits that strangers' requests need.
func slackServer(address string, h http.Handler) *http.Server {
	return &http.Server{Addr: address, Handler: h, ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}
