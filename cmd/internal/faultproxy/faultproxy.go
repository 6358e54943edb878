// Package faultproxy stands between a client and a mail server in a test and
// makes their connection fail as networks and servers do: cut, slow, half-open,
// with commands refused and answers lost. It reads IMAP (RFC 3501) and SMTP
// (RFC 5321) line by line, in the clear.
package faultproxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Dialect is what is spoken on the connections.
type Dialect int

// The dialects.
const (
	IMAP Dialect = iota
	SMTP
)

// The stages of SMTP at which no command is sent.
const (
	Connect = "CONNECT" // the server's banner is awaited
	Dot     = "."       // the end of DATA: the mail is about to be taken
)

// Command is one command of the client on its way to the server.
type Command struct {
	Tag  string // of IMAP
	Verb string // in capitals: "UID FETCH", "MAIL"; or Connect, Dot
	Line string // the whole first line, without its end
}

// Action is what becomes of a command. The zero Action passes it on.
type Action struct {
	// Answer is said to the client in the server's place: one or more lines. In
	// IMAP "$" stands for the tag. The server does not hear of the command.
	Answer string
	// Challenge is said first, and Answer only when the client has answered it.
	Challenge string
	// Pass is passed on in the place of the command's first line.
	Pass string
	// Hang ends the connection, after Answer where there is one.
	Hang bool
	// Lose passes the command on and ends the connection when the server has
	// answered, before the client hears of it. Lost, where it is set, is told the
	// server's last line first.
	Lose bool
	Lost func(answer string)
}

// Proxy is one way to a server on 127.0.0.1.
type Proxy struct {
	dialect Dialect
	target  string
	filter  func(Command) Action
	ln      net.Listener
	done    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	shut   bool
	silent bool
	pace   int // bytes a second; 0: at once
	conns  map[*link]bool
}

// Start opens a way to the server at target (host:port). filter is asked about
// each command, from several goroutines; nil passes all.
func Start(target string, dialect Dialect, filter func(Command) Action) (*Proxy, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the proxy of %s: %w", target, err)
	}
	if filter == nil {
		filter = func(Command) Action { return Action{} }
	}
	p := &Proxy{dialect: dialect, target: target, filter: filter, ln: ln, conns: map[*link]bool{}}
	p.done.Go(p.accept)
	return p, nil
}

// Port is where clients connect.
func (p *Proxy) Port() int { return p.ln.Addr().(*net.TCPAddr).Port }

// Close ends all connections and waits for them.
func (p *Proxy) Close() error {
	err := p.ln.Close()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Cut()
	p.done.Wait()
	return err
}

// Cut ends all connections that are open now. It says how many they were.
func (p *Proxy) Cut() int {
	return p.each(func(l *link) { l.end() })
}

// Shut closes the way for new connections, or opens it again.
func (p *Proxy) Shut(shut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = shut
}

// Silence accepts new connections from now on and says nothing on them, as a
// firewall does that has lost its state; false ends it, for new ones.
func (p *Proxy) Silence(silent bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = silent
}

// Slow lets so many bytes a second pass in each direction of each connection;
// 0 is as fast as it goes.
func (p *Proxy) Slow(bytesPerSecond int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pace = bytesPerSecond
}

// Deafen lets one or both directions of the connections that are open now die:
// what is sent there is lost, and nobody hears of it. It says how many they were.
func (p *Proxy) Deafen(toServer, toClient bool) int {
	return p.each(func(l *link) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.deafUp, l.deafDown = l.deafUp || toServer, l.deafDown || toClient
	})
}

func (p *Proxy) each(do func(*link)) int {
	p.mu.Lock()
	var all []*link
	for l := range p.conns {
		all = append(all, l)
	}
	p.mu.Unlock()
	for _, l := range all {
		do(l)
	}
	return len(all)
}

func (p *Proxy) accept() {
	for {
		c, err := p.ln.Accept()
		if err != nil {
			return
		}
		l := &link{p: p, client: c, gone: make(chan struct{})}
		p.mu.Lock()
		refused := p.shut || p.closed
		if !refused {
			p.conns[l] = true
		}
		silent := p.silent
		p.mu.Unlock()
		if refused {
			_ = c.Close()
			continue
		}
		p.done.Go(func() { l.serve(silent) })
	}
}

// link is one connection.
type link struct {
	p      *Proxy
	client net.Conn
	server net.Conn
	gone   chan struct{} // closed by end
	once   sync.Once

	mu       sync.Mutex // also of writing to the client
	deafUp   bool
	deafDown bool
	losing   *Action // the answer that comes next is lost
	tag      string  // of the command whose answer it is
}

func (l *link) end() {
	l.once.Do(func() {
		close(l.gone)
		_ = l.client.Close()
		l.mu.Lock()
		server := l.server
		l.mu.Unlock()
		if server != nil {
			_ = server.Close()
		}
	})
}

func (l *link) serve(silent bool) {
	defer func() {
		l.end()
		l.p.mu.Lock()
		delete(l.p.conns, l)
		l.p.mu.Unlock()
	}()
	if silent {
		_, _ = io.Copy(io.Discard, l.client) // until the client has had enough
		return
	}
	if l.p.dialect == SMTP && !l.obey(Command{Verb: Connect}) {
		return
	}
	server, err := net.Dial("tcp", l.p.target)
	if err != nil {
		return
	}
	l.mu.Lock()
	l.server = server
	l.mu.Unlock()
	select {
	case <-l.gone: // it was cut meanwhile
		_ = server.Close()
		return
	default:
	}
	l.p.done.Go(func() {
		defer l.end()
		l.down(bufio.NewReader(server))
	})
	l.up(bufio.NewReader(l.client))
}

// obey does what the filter wants before a server is asked; it says whether to
// go on.
func (l *link) obey(c Command) bool {
	a := l.p.filter(c)
	if a.Answer != "" {
		l.say(a.Answer, c.Tag)
	}
	return a.Answer == "" && !a.Hang
}

// say answers in the server's place.
func (l *link) say(text, tag string) {
	text = strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\r\n") + "\r\n"
	if l.p.dialect == IMAP {
		text = strings.ReplaceAll(text, "$", tag)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.client, text) // he may have gone
}

// wait lets n bytes take their time.
func (l *link) wait(n int) {
	l.p.mu.Lock()
	pace := l.p.pace
	l.p.mu.Unlock()
	if pace == 0 {
		return
	}
	select {
	case <-time.After(time.Duration(n) * time.Second / time.Duration(pace)):
	case <-l.gone:
	}
}

// toServer passes bytes on, unless this direction is dead.
func (l *link) toServer(b []byte) error {
	l.wait(len(b))
	l.mu.Lock()
	deaf := l.deafUp
	l.mu.Unlock()
	if deaf {
		return nil
	}
	_, err := l.server.Write(b)
	return err
}

func (l *link) toClient(b []byte) error {
	l.wait(len(b))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deafDown {
		return nil
	}
	_, err := l.client.Write(b)
	return err
}

// literal is the number of bytes that follow a line of IMAP (RFC 3501 section
// 4.3, RFC 7888); waits says that the client waits to be asked for them.
func literal(line string) (n int64, waits, ok bool) {
	open := strings.LastIndexByte(line, '{')
	if open < 0 || !strings.HasSuffix(line, "}") {
		return 0, false, false
	}
	inner := line[open+1 : len(line)-1]
	number := strings.TrimSuffix(inner, "+")
	n, err := strconv.ParseInt(number, 10, 64)
	return n, number == inner, err == nil
}
