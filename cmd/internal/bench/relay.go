package bench

import (
	"context"
	"io"
	"net"
	"sync"
)

// Relay passes connections on to a server of this machine, and tells what goes
// over them.
type Relay struct {
	Port int

	listener net.Listener
	all      sync.WaitGroup
}

// Tap is told each piece as it passes; fromServer says which way.
type Tap func(fromServer bool, piece []byte)

// StartRelay listens on a free port of 127.0.0.1 and passes on to the address.
func StartRelay(ctx context.Context, address string, tap Tap) (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{Port: listener.Addr().(*net.TCPAddr).Port, listener: listener}
	r.all.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // closed
			}
			r.all.Go(func() { pass(ctx, client, address, tap) })
		}
	})
	return r, nil
}

// Close ends the listening, and waits until the connections have ended: the desk
// ends them, or the context.
func (r *Relay) Close() error {
	err := r.listener.Close()
	r.all.Wait()
	return err
}

func pass(ctx context.Context, client net.Conn, address string, tap Tap) {
	defer client.Close()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer server.Close()
	stop := context.AfterFunc(ctx, func() { client.Close(); server.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { copyTapped(server, client, func(p []byte) { tap(false, p) }); server.Close() })
	both.Go(func() { copyTapped(client, server, func(p []byte) { tap(true, p) }); client.Close() })
	both.Wait()
}

func copyTapped(to io.Writer, from io.Reader, tap func([]byte)) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			tap(buf[:n])
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
