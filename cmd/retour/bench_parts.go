package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"retour/cmd/internal/bench"
	"retour/cmd/internal/loopback"
)

// benchPartCmd is one of the bench's processes: the servers, or the floor.
type benchPartCmd struct {
	Part string `arg:"" enum:"servers,floor"`
}

// benchServers are all servers that a desk needs.
type benchServers struct {
	bench.Servers
	Slack, BotToken, AppToken string
}

// floorOrder is what the floor is told.
type floorOrder struct {
	Servers bench.Servers
	Dir     string
}

// Run writes one line of JSON, and ends with its input.
func (b *benchPartCmd) Run(w *world) error {
	if b.Part == "servers" {
		return runBenchServers(w)
	}
	in := bufio.NewReader(w.stdin)
	var order floorOrder
	if err := json.NewDecoder(in).Decode(&order); err != nil {
		return fmt.Errorf("read what to do: %w", err)
	}
	result, err := bench.Floor(w.ctx, order.Servers, order.Dir)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w.stdout).Encode(result); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in) // its memory is looked at before it ends
	return err
}

func runBenchServers(w *world) (err error) {
	s := benchServers{Servers: bench.Servers{User: "rma", Customers: "sink", Password: "secret"}}
	imap, err := loopback.StartIMAP(loopback.IMAPOptions{Users: []loopback.User{{Name: s.User, Password: s.Password}, {Name: s.Customers, Password: s.Password}}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, imap.Close()) }()
	smtp, err := loopback.StartSMTP(loopback.SMTPOptions{IMAP: imap, Route: map[string]string{bench.Desk: s.User, "@": s.Customers}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, smtp.Close()) }()
	slack, err := loopback.StartSlack(loopback.SlackOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, slack.Close()) }()
	s.Host, s.IMAP, s.SMTP = imap.Host, imap.Port, smtp.Port
	s.Slack, s.BotToken, s.AppToken = slack.URL, slack.BotToken, slack.AppToken
	if err := json.NewEncoder(w.stdout).Encode(s); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, w.stdin)
	return err
}

// part is a child process.
type part struct {
	cmd     *exec.Cmd
	input   io.WriteCloser // nil for a desk, which ends by a signal
	output  *json.Decoder
	log     *tail
	stopped chan struct{} // closed when it has ended
	err     error         // how it ended, then
	ending  sync.Once
}

// startPart starts one of the bench's own processes.
func startPart(w *world, name string) (*part, error) {
	p, err := newPart("bench-part", name)
	if err != nil {
		return nil, err
	}
	if p.input, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	output, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.output = json.NewDecoder(output)
	p.cmd.Stderr = w.stderr
	return p, p.start()
}

// startDesk starts the desk as an operator does.
func startDesk(w *world, config string) (*part, error) {
	p, err := newPart("serve", "--config", config)
	if err != nil {
		return nil, err
	}
	p.log = &tail{found: make(chan struct{})}
	p.cmd.Stderr = p.log
	return p, p.start()
}

func newPart(args ...string) (*part, error) {
	self, err := exec.LookPath(os.Args[0])
	if err != nil {
		return nil, err
	}
	return &part{cmd: exec.Command(self, args...), stopped: make(chan struct{})}, nil
}

func (p *part) start() error {
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() {
		state, err := p.cmd.Process.Wait()
		p.cmd.ProcessState = state
		if err == nil && !state.Success() {
			err = errors.New(state.String())
		}
		p.err = err
		close(p.stopped)
	}()
	return nil
}

func (p *part) ask(order any) error { return json.NewEncoder(p.input).Encode(order) }

func (p *part) answer(into any) error {
	if err := p.output.Decode(into); err != nil {
		return fmt.Errorf("%s gave no answer: %w", p.cmd.Args[len(p.cmd.Args)-1], err)
	}
	return nil
}

// end lets the process come to its end.
func (p *part) end() error {
	p.ending.Do(func() {
		if p.input != nil {
			_ = p.input.Close()
		} else {
			_ = p.cmd.Process.Signal(syscall.SIGTERM)
		}
		select {
		case <-p.stopped:
		case <-time.After(30 * time.Second):
			_ = p.cmd.Process.Kill()
			<-p.stopped
		}
	})
	return p.err
}

// cpu is the processor time of a process that has ended, and of its children.
func (p *part) cpu() float64 {
	return (p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()).Seconds()
}

// peak is the most memory that a running process has had (proc_pid_status(5)),
// in MB; 0 where the system does not say.
func (p *part) peak() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return 0
	}
	return kb / 1024
}

// said is the end of what a desk has logged.
func (p *part) said() string {
	if p.log == nil {
		return ""
	}
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return string(p.log.text)
}

// open waits until a desk watches its mailbox.
func (p *part) open(ctx context.Context) error {
	select {
	case <-p.log.found:
		return nil
	case <-p.stopped:
		return errors.New("the desk has ended before it watched the mailbox")
	case <-ctx.Done():
		return fmt.Errorf("the desk does not watch the mailbox: %w", ctx.Err())
	}
}

// tail keeps the end of a log, and notices when the mailbox is watched.
type tail struct {
	found chan struct{}

	mu   sync.Mutex
	text []byte
	seen bool
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 4000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if !t.seen && bytes.Contains(t.text, []byte("the mailbox is watched")) {
		t.seen = true
		close(t.found)
	}
	if len(t.text) > most {
		t.text = append([]byte{}, t.text[len(t.text)-most:]...)
	}
	return len(p), nil
}
