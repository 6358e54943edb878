package attached

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"retour/ingest"
)

// childFlag makes the test binary the child of its own tests.
const childFlag = "read-attachment"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childFlag {
		if err := Child(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
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
