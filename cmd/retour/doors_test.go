package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// addressForLater is one on which nobody listens. It is not of those that systems
// give to whoever connects somewhere, and which may be taken before it is wanted.
func addressForLater(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
		if l, err := net.Listen("tcp", address); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// Desks that name the same address share it, each behind the path with its name;
// with the last one it is closed. A desk whose address is another's says so.
func TestDoorsAreShared(t *testing.T) {
	address := addressForLater(t)
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	var d doors
	if err := d.serve(t.Context(), address, "a", http.NotFoundHandler()); err == nil || !strings.Contains(err.Error(), "listen on "+address) {
		t.Errorf("an address that is taken: %v", err)
	}
	l.Close()
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name, " ", r.URL.Path) })
	}
	first, err := d.enter(address, "a", named("a"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	second, err := d.enter(address, "b", named("b"))
	if err != nil || first != second {
		t.Fatalf("two doors on one address, %v", err)
	}
	stop()
	if err := d.serve(ctx, address, "c", named("c")); err != nil { // comes and goes
		t.Error(err)
	}
	get := func(path string) string {
		r, err := http.Get("http://" + address + path)
		if err != nil {
			return "closed"
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		return fmt.Sprint(r.StatusCode, " ", strings.TrimSpace(string(body)))
	}
	for path, want := range map[string]string{"/a": "200 a /a", "/b/slack/events": "200 b /b/slack/events", "/ab": "404 no desk", "/c": "404 no desk", "/": "404 no desk"} {
		if got := get(path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	d.leave(address, "a", first)
	if a, b := get("/a"), get("/b"); !strings.HasPrefix(a, "404") || b != "200 b /b" {
		t.Errorf("without a: %s, %s", a, b)
	}
	d.leave(address, "b", second)
	if got := get("/b"); got != "closed" {
		t.Errorf("without desks: %s", got)
	}
}

// What is equal is made once, whatever the file is called; what differs is not
// mixed up; and what nobody uses any more is let go.
func TestLibraryKeepsEqualThingsOnce(t *testing.T) {
	dir, l := t.TempDir(), newLibrary()
	cfg := func(policy, text string) Config {
		c := defaultConfig()
		c.dir = dir
		if policy != "" {
			c.Policy = policy
			if err := os.WriteFile(filepath.Join(dir, policy), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	judged := func(c Config) *judgement {
		t.Helper()
		j, err := l.judgement(c)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	shipped, one, same := judged(cfg("", "")), judged(cfg("one.yaml", "version: x\n")), judged(cfg("same.yaml", "version: x\n"))
	empty, other := judged(cfg("empty.yaml", "")), judged(cfg("other.yaml", "version: y\n"))
	if one != same || one == shipped || one == other || empty == shipped || one.policy.Version != "x" || other.policy.Version != "y" {
		t.Errorf("%p %p %p %p %p", shipped, one, same, empty, other)
	}
	a, err := one.catalogue()
	if b, again := same.catalogue(); err != nil || again != nil || a != b {
		t.Error("the patterns of a policy are compiled twice")
	}
	if _, err := l.judgement(cfg("bad.yaml", "clocks: {validate: soon}\n")); err == nil {
		t.Error("a bad policy is taken")
	}
	runtime.KeepAlive(other)
	other = nil
	runtime.GC()
	runtime.GC()
	judged(cfg("third.yaml", "version: z\n"))
	alive := 0
	for _, p := range l.policies {
		if p.Value() != nil {
			alive++
		}
	}
	if alive > 4 { // shipped, one, empty, third
		t.Errorf("%d policies are kept", alive)
	}
	runtime.KeepAlive([]*judgement{shipped, one, same, empty})
}

func TestAPanicIsAnError(t *testing.T) {
	err := guarded("mailbox", func() error { panic("boom") })
	if err == nil || !strings.HasPrefix(err.Error(), "mailbox: a panic: boom\n") {
		t.Error(err)
	}
	if err := guarded("mailbox", func() error { return nil }); err != nil {
		t.Error(err)
	}
}
