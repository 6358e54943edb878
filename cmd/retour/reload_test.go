package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A changed policy and changed texts count for the next mail; a bad file is
// refused with its faults, and what counted goes on.
func TestReload(t *testing.T) {
	d, out := openLoggedDesk(t)
	file := func(name, text string) {
		if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logged := func(want string) {
		t.Helper()
		d.app.askReload()
		for !strings.Contains(out.String(), want) {
			select {
			case <-d.ctx.Done():
				t.Fatalf("not in the log: %s\n%s", want, out.String())
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	config, err := os.ReadFile(filepath.Join(d.dir, "retour.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	file("policy.yaml", "version: second\n")
	file("retour.yaml", strings.Replace(string(config), "name: Retour returns desk", "name: Night desk", 1)+"policy: policy.yaml\nlog: {level: warn}\n")
	logged("msg=reloaded policy=second")
	logged("sections=log")
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	if c := d.onlyCase("ann@shop.example"); c.Policy != "second" {
		t.Errorf("the policy is %s still", c.Policy)
	}
	if m := d.received("ann@shop.example")[0]; m.From[0].Name != "Night desk" {
		t.Errorf("the mail is from %q", m.From[0].Name)
	}
	file("policy.yaml", "version: third\nmanufactures: []\nclocks: {validate: soon}\n")
	logged("not reloaded, the desk goes on as before\" faults=2")
	if got := out.String(); !strings.Contains(got, "policy.yaml:2:1: manufactures: unknown key (did you mean manufacturers?)") {
		t.Error(got)
	}
	d.write(grandstream("ben@shop2.example", "two@shop2.example"))
	if c := d.onlyCase("ben@shop2.example"); c.Policy != "second" {
		t.Errorf("the policy is %s now", c.Policy)
	}
}

func TestSupervisor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	env := map[string]string{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "7"}
	s := supervisorOf(func(k string) string { return env[k] }, 7)
	if s.every != time.Millisecond || supervisorOf(func(k string) string { return env[k] }, 8).every != 0 {
		t.Fatalf("%+v", s)
	}
	a := &app{log: slog.New(slog.DiscardHandler), reloads: make(chan struct{}, 1)}
	a.heart.beat(time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { a.supervised(ctx, s); close(done) }()
	read := func() string {
		b := make([]byte, 1000)
		n, err := conn.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:n])
	}
	if got := read(); !strings.HasPrefix(got, "READY=1\n") {
		t.Error(got)
	}
	if got := read(); got != "WATCHDOG=1" {
		t.Error(got)
	}
	cancel()
	<-done
	var last []string
	for !slices.ContainsFunc(last, func(s string) bool { return strings.HasPrefix(s, "STOPPING=1") }) {
		last = append(last, read())
	}
	a.heart.beat(time.Now().Add(-time.Hour))
	if !a.heart.stopped(time.Now()) {
		t.Error("a desk that hangs is said to live")
	}
}
