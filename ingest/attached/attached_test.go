package attached

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"retour/ingest"
)

// The flags make the test binary the child of its own tests, or a bad one.
const (
	childFlag = "read-attachment"
	hangFlag  = "hang"
	floodFlag = "flood"
	lieFlag   = "lie"
	envFlag   = "environment"
	eatFlag   = "eat"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		beChild(os.Args[1])
	}
	os.Exit(m.Run())
}

func beChild(flag string) {
	switch flag {
	case childFlag:
		if err := Child(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case hangFlag:
		time.Sleep(time.Hour)
	case floodFlag:
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				os.Exit(0)
			}
		}
	case lieFlag:
		fmt.Println("I read it all.")
	case envFlag:
		if err := json.NewEncoder(os.Stdout).Encode(answer{Text: strings.Join(os.Environ(), "\n") + "\nand no more"}); err != nil {
			os.Exit(1)
		}
	case eatFlag:
		eat()
	default:
		return
	}
	os.Exit(0)
}

// eat binds itself as a child does and takes much more memory than it may.
func eat() {
	var req request
	if err := json.NewDecoder(os.Stdin).Decode(&req); err != nil {
		os.Exit(1)
	}
	if err := bind(req.Limits); err != nil {
		os.Exit(1)
	}
	var eaten [][]byte
	for range 64 {
		b := make([]byte, 16<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		eaten = append(eaten, b)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer{Text: fmt.Sprint(len(eaten), " pieces")}); err != nil {
		os.Exit(1)
	}
}

// patient are limits that a busy machine under the race detector keeps.
func patient() Limits {
	l := DefaultLimits()
	l.Mail, l.File, l.Photo = 5*time.Minute, 2*time.Minute, time.Minute
	return l
}

func newReader(t testing.TB, l Limits) *Reader {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return NewReader([]string{self, childFlag}, l)
}

// read has one file read by a child.
func read(t testing.TB, name string, data []byte) ingest.Attachment {
	t.Helper()
	m := &ingest.Message{Attachments: []ingest.Attachment{{Name: name, Data: data, Size: len(data)}}}
	newReader(t, patient()).Read(context.Background(), m)
	return m.Attachments[0]
}

func wantText(t *testing.T, a ingest.Attachment, want string) {
	t.Helper()
	if a.Text != want || a.Unread != "" {
		t.Errorf("%s: text %q, unread %q; want text %q", a.Name, a.Text, a.Unread, want)
	}
}

func wantUnread(t *testing.T, a ingest.Attachment, part string) {
	t.Helper()
	if part == "" && a.Unread != "" || !strings.Contains(a.Unread, part) {
		t.Errorf("%s: unread %q, want one with %q", a.Name, a.Unread, part)
	}
}
