package intake

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"retour/rules"
)

// shelf is a bucket in memory.
type shelf struct {
	mu      sync.Mutex
	objects map[string][]byte
}

func (s *shelf) Put(_ context.Context, name string, body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name] = bytes.Clone(body)
	return nil
}

func (s *shelf) Get(_ context.Context, name string, most int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, ok := s.objects[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return body[:min(most, len(body))], nil
}

func (s *shelf) Remove(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.objects, name)
	return nil
}

// names are those of its raw mails: the mark of the bucket has a shorter one.
func (s *shelf) names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.objects)), func(name string) bool { return strings.Count(name, "/") < 2 })
}

// Who is forgotten goes from the bucket too, also out of a mail of another that came
// after everything had been looked through, and was brought to the bucket since; and
// a mail that is lost there stands against nothing.
func TestForgottenOutOfTheBucket(t *testing.T) {
	b, s := newBench(t), &shelf{objects: map[string][]byte{}}
	b.Book.KeepRawIn(s)
	moved := func() {
		if _, err := b.Book.MoveRaw(b.ctx, b.at, ""); err != nil {
			t.Fatal(err)
		}
	}
	lost := b.take(request("eve@third.example", "0@third.example"))
	moved()
	delete(s.objects, s.names()[0])
	b.take(request(ann, "1@shop.example"))
	moved()
	traces, err := b.Traces(b.ctx, rules.Forgotten{Address: ann}, nil)
	if err != nil || len(traces.Written) != 1 || len(traces.Naming) != 0 {
		t.Fatalf("%+v, %v", traces, err)
	}
	about := request("bea@other.example", "2@other.example")
	about.text += "\n\nAsk " + ann + " about it."
	late := b.take(about)
	moved()
	if len(s.names()) != 2 {
		t.Fatalf("objects %v", s.names())
	}
	traces, err = b.Forget(b.ctx, traces, true, janitor)
	if err != nil || len(traces.Naming) != 1 || traces.Naming[0] != late.ID {
		t.Fatalf("found naming %v, %v", traces.Naming, err)
	}
	if n, err := b.Book.RemoveObjects(b.ctx, b.at); n != 2 || err != nil || len(s.names()) != 0 {
		t.Errorf("%d removed, %v left, %v", n, s.names(), err)
	}
	if row, err := b.Book.LedgerRow(b.ctx, lost.ID); err != nil || row.Hash == "" {
		t.Errorf("the mail of another: %+v %v", row, err)
	}
}
