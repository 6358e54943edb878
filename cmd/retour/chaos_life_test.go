//go:build chaos

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"retour/cmd/internal/loopback"
)

// life is one life of the desk: a process that is born and, mostly, killed.
type life struct {
	cmd    *exec.Cmd
	orders *os.File
	begun  time.Time
	opened chan struct{} // closed when it watches its mailbox
	took   time.Duration // until then
	gone   chan struct{} // closed when the process has ended, and all that it told is read
	err    error         // of the process; after gone

	mu      sync.Mutex
	told    []toldStep
	reports []string
	last    []string // lines of its log
	bad     []string // lines that a sound desk never writes
	cuts    []int    // how many steps it had told when others could begin with the rows in its hand
}

// toldStep is a step that the desk told of, or what happened to it from outside.
type toldStep struct {
	name string
	id   int64
}

// lostAnswer stands among the told steps where the answer to a mail was lost
// after it had been accepted.
const lostAnswer = "lost answer"

// born starts the desk with these orders. changed is called at each sign of life,
// with the step that it told, if it was one.
func born(exe, config string, orders []string, changed func(step string)) (*life, error) {
	l := &life{begun: time.Now(), opened: make(chan struct{}), gone: make(chan struct{})}
	steps, stepsEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	ordersEnd, ordersIn, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	l.orders = ordersIn
	l.cmd = exec.Command(exe, "serve", "--config", config)
	l.cmd.Env = append(os.Environ(), "RETOUR_CHAOS="+strings.Join(orders, ";"), "RETOUR_CHAOS_STEPS=3", "RETOUR_CHAOS_ORDERS=4")
	l.cmd.ExtraFiles = []*os.File{stepsEnd, ordersEnd}
	log, err := l.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := l.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the desk: %w", err)
	}
	_, _ = stepsEnd.Close(), ordersEnd.Close() // they are the child's
	var read sync.WaitGroup
	read.Go(func() { l.hear(steps, changed) })
	read.Go(func() { l.follow(log, changed) })
	go func() {
		read.Wait()
		l.err = l.cmd.Wait()
		_, _ = steps.Close(), ordersIn.Close()
		close(l.gone)
		changed("")
	}()
	return l, nil
}

// hear reads what the desk tells of its steps.
func (l *life) hear(steps io.Reader, changed func(string)) {
	lines := bufio.NewScanner(steps)
	for lines.Scan() {
		var s toldStep
		l.mu.Lock()
		if report, ok := strings.CutPrefix(lines.Text(), "report "); ok {
			l.reports = append(l.reports, report)
		} else {
			_, _ = fmt.Sscan(lines.Text(), &s.name, &s.id)
			l.told = append(l.told, s)
		}
		l.mu.Unlock()
		changed(s.name)
	}
}

// follow reads the log.
func (l *life) follow(log io.Reader, changed func(string)) {
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	var once sync.Once
	for lines.Scan() {
		line := lines.Text()
		l.mu.Lock()
		l.last = append(l.last[max(0, len(l.last)-1500):], line)
		if strings.Contains(line, "a part of the work is another's now") && strings.Contains(line, "does=outbox") {
			l.cuts = append(l.cuts, len(l.told))
		}
		if strings.Contains(line, "panic") || strings.Contains(line, "DATA RACE") || strings.Contains(line, "fatal error") || strings.Contains(line, "goroutine ") {
			l.bad = append(l.bad, line)
		}
		l.mu.Unlock()
		if strings.Contains(line, "mailbox is watched") {
			once.Do(func() { l.took = time.Since(l.begun); close(l.opened) })
		}
		changed("")
	}
}

// order gives an order while it lives.
func (l *life) order(format string, args ...any) {
	_, _ = fmt.Fprintf(l.orders, format+"\n", args...) // it may have died
}

// note puts something between the steps that were told.
func (l *life) note(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.told = append(l.told, toldStep{name: name})
}

// kill is kill -9.
func (l *life) kill() {
	_ = l.cmd.Process.Kill() // it may have ended
	<-l.gone
}

// stop asks politely, and says how it ended.
func (l *life) stop() error {
	if err := l.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-l.gone:
		return l.err
	case <-time.After(time.Minute):
		_ = l.cmd.Process.Signal(syscall.SIGQUIT) // where it stands goes into the log
		select {
		case <-l.gone:
		case <-time.After(5 * time.Second):
			l.kill()
		}
		return fmt.Errorf("the desk did not end within a minute: %s", l.tail())
	}
}

func (l *life) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.last[max(0, len(l.last)-60):], "\n")
}

// cut says that from now on others may begin with what it has in hand.
func (l *life) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cuts = append(l.cuts, len(l.told))
}

// wasKilled says that the process ended by SIGKILL.
func (l *life) wasKilled() bool {
	status, ok := l.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func (l *life) steps() []toldStep {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]toldStep(nil), l.told...)
}

func (l *life) reported() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.reports...)
}

// chaosConfig is the configuration of the desk, as an operator would write it for
// servers that stand behind the proxies.
func (r *rig) chaosConfig(imapPort, smtpPort int, tokenURL string) error {
	files := map[string]string{
		"refresh":     "the first refresh token",
		"policy.yaml": "version: chaos\nlimits: {per_address_hour: 100, per_domain_hour: 1000000, per_case_hour: 100, total_hour: 1000000}\n",
		"retour.yaml": fmt.Sprintf(`desk:
  address: rma@retour.example
  company: Retour Distribution
  return_address: [Retour Distribution, Dock 7, 1000 Brussels]
  time_zone: Europe/Brussels
policy: policy.yaml
mailbox:
  host: 127.0.0.1
  port: %d
  tls: none
  user: rma
  oauth: {mechanism: xoauth2, token_url: "%s", client_id: desk, refresh_token: {file: refresh}}
  poll: 5s
smtp:
  host: 127.0.0.1
  port: %d
  tls: none
  user: rma
  password: {file: password}
  timeout: 5s
slack:
  bot_token: {file: bot-token}
  app_token: {file: app-token}
  channel: %s
  groups: [%s]
  pace: 2ms
  burst: 5
  api_url: %s
`, imapPort, tokenURL, smtpPort, loopback.SlackChannel, loopback.SlackDesk, r.slack.URL),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
