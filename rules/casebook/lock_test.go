package casebook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	b, second := openBook(t, path), openBook(t, path)
	unlock, err := b.Lock("retour serve, process 17 on desk1")
	if err != nil {
		t.Fatal(err)
	}
	var locked ErrLocked
	if _, err := second.Lock("another"); !errors.As(err, &locked) || locked.Holder != "retour serve, process 17 on desk1" {
		t.Fatalf("second Lock = %v", err)
	}
	if err := errors.Join(unlock(), unlock()); err != nil {
		t.Fatalf("unlock, twice: %v", err)
	}
	unlock, err = second.Lock("me")
	if err != nil {
		t.Fatalf("Lock after unlock = %v", err)
	}
	if _, err := b.Lock("x"); !errors.As(err, &locked) || locked.Holder != "me" {
		t.Errorf("a shorter holder over a longer one reads %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

// TestMain is also the helper process of TestLockEndsWithTheProcess, which takes
// the lock and waits to be killed.
func TestMain(m *testing.M) {
	path := os.Getenv("CASEBOOK_TEST_LOCK")
	if path == "" {
		os.Exit(m.Run())
	}
	b, err := Open(context.Background(), path)
	if err == nil {
		_, err = b.Lock("the killed one")
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("locked")
	bufio.NewReader(os.Stdin).ReadString('\n') // for ever
}

func TestLockEndsWithTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	b := openBook(t, path)
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), "CASEBOOK_TEST_LOCK="+path)
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "locked\n" {
		t.Fatalf("the helper said %q, %v", line, err)
	}
	var locked ErrLocked
	if _, err := b.Lock("us"); !errors.As(err, &locked) || locked.Holder != "the killed one" {
		t.Errorf("Lock beside another process = %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // "signal: killed"
	unlock, err := b.Lock("us")
	if err != nil {
		t.Fatalf("Lock after kill -9 = %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}
