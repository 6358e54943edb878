//go:build postgres

package casebook

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"retour/rules"
)

// joins makes an instance that goes its rounds only when it is told to, and serves.
func joins(t *testing.T, b *Book, holder string, lasts time.Duration) *Instance {
	t.Helper()
	in := newInstance(holder, slog.New(slog.DiscardHandler))
	s, ok := b.engine.(*server)
	if !ok {
		t.Fatalf("the casebook is in %T", b.engine)
	}
	in.server = s
	in.times.Store(&times{lasts, time.Hour})
	if err := in.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Leave() }) // some tests take its session away
	must(in.Serve(t.Context(), b, nil))(t)
	in.look()
	return in
}

// gets waits for a part, in rounds without a pause.
func gets(t *testing.T, in *Instance, b *Book, part Part) *Hold {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			in.look()
			time.Sleep(time.Millisecond)
		}
	}()
	return must(in.Await(ctx, b, part, nil))(t)
}

func insertAs(ctx context.Context, b *Book, number string) error {
	return b.Write(ctx, noon, func(tx *Tx) error { return tx.Insert(ctx, &rules.Case{Number: number}) })
}

// An instance that slept writes nothing more on behalf of a part, from the moment in
// which another has it; and learns of it. What it does on behalf of no part, or of one
// that it has, goes on.
func TestWhoSleptWritesNothing(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, other := openBook(t, store), openBook(t, store)
	slept := joins(t, b, "the first", time.Second)
	clock, mailbox := gets(t, slept, b, PartClock), gets(t, slept, b, PartMailbox)
	inClock, end := clock.Context(ctx)
	defer end()
	if err := insertAs(inClock, b, "1"); err != nil {
		t.Fatal(err)
	}
	next := joins(t, other, "the next", time.Hour)
	second := gets(t, next, other, PartClock)
	if second.fence <= clock.fence {
		t.Errorf("fence %d after %d", second.fence, clock.fence)
	}
	for what, ctx := range map[string]context.Context{"in its context": inClock, "with a lost end": context.WithoutCancel(inClock)} {
		if err := insertAs(ctx, b, "2"); err == nil {
			t.Errorf("who slept could write %s", what)
		}
	}
	if err := insertAs(context.WithoutCancel(inClock), b, "2"); !errors.Is(err, ErrTakenOver) {
		t.Errorf("who slept got %v", err)
	}
	if err := b.SetDone(context.WithoutCancel(inClock), ChoreBackup, noon); !errors.Is(err, ErrTakenOver) {
		t.Errorf("who slept could write: %v", err)
	}
	<-inClock.Done()
	if cause := context.Cause(inClock); !errors.Is(cause, ErrTakenOver) {
		t.Errorf("the context ended by %v", cause)
	}
	if err := insertAs(ctx, b, "3"); err != nil { // a command, a click without a part
		t.Error(err)
	}
	inMailbox, end := mailbox.Context(context.WithoutCancel(ctx))
	defer end()
	if err := insertAs(context.WithoutCancel(inMailbox), b, "4"); err != nil && !errors.Is(err, ErrTakenOver) {
		t.Error(err) // nobody has taken that part; or a round has dropped it
	}
	if err := clock.GiveBack(); err != nil {
		t.Error(err)
	}
	inSecond, end := second.Context(ctx)
	defer end()
	if err := insertAs(inSecond, other, "5"); err != nil {
		t.Errorf("the late giving back of the first took it from the second: %v", err)
	}
}

// What is given back is had at once, with what was said of it; and its fence counts
// no more.
func TestWhatIsGivenBack(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, other := openBook(t, store), openBook(t, store)
	first := joins(t, b, "the first", time.Hour)
	h := gets(t, first, b, PartSlack)
	h.says = func() string { return "all is well" }
	next := joins(t, other, "the next", time.Hour)
	for {
		first.look()
		next.look()
		if text, ok := next.Said(other, PartSlack); ok && text == "all is well" {
			break
		}
		time.Sleep(time.Millisecond)
	}
	want := []Role{{PartClock, false, ""}, {PartMailbox, false, ""}, {PartSlack, false, "the first"}}
	if roles := next.Roles(other); !slices.Equal(roles, want) {
		t.Errorf("the next sees %v", roles)
	}
	if members := must(b.Members(ctx))(t); len(members) != 2 || !slices.Equal(members[0].Parts, []Part{PartSlack}) || members[1].Parts != nil {
		t.Errorf("the members are %v", members)
	}
	inSlack, end := h.Context(ctx)
	defer end()
	if err := h.GiveBack(); err != nil {
		t.Fatal(err)
	}
	if err := insertAs(context.WithoutCancel(inSlack), b, "1"); !errors.Is(err, ErrTakenOver) {
		t.Errorf("who gave it back could write: %v", err)
	}
	if second := gets(t, next, other, PartSlack); second.Before() != "all is well" {
		t.Errorf("the next hears %q", second.Before())
	}
}

// Who joins gets his share: the first gives some of its parts back when it has come to
// an end with what it does there.
func TestWhoJoinsGetsHisShare(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	var books, others []*Book
	for _, desk := range []string{"a", "b", "c", "d"} {
		books, others = append(books, openBook(t, store+"&desk="+desk)), append(others, openBook(t, store+"&desk="+desk))
	}
	first := joins(t, books[0], "the first", time.Hour)
	var all []context.Context
	for i, b := range books {
		if i > 0 {
			must(first.Serve(ctx, b, nil))(t)
		}
		h := gets(t, first, b, PartClock)
		work, end := h.Context(ctx)
		defer end()
		all = append(all, work)
		context.AfterFunc(work, func() {
			if err := h.GiveBack(); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		})
	}
	next := joins(t, others[0], "the next", time.Hour)
	for _, b := range others[1:] {
		must(next.Serve(ctx, b, nil))(t)
	}
	waits, cancel := context.WithCancel(ctx)
	defer cancel()
	got := make(chan *Hold, len(others))
	for _, b := range others {
		go func() {
			if h, err := next.Await(waits, b, PartClock, nil); err == nil {
				got <- h
			}
		}()
	}
	for n := 0; n < 2; {
		first.look()
		next.look()
		select {
		case <-got:
			n++
		case <-time.After(time.Millisecond):
		}
	}
	kept := 0
	for _, work := range all {
		if work.Err() == nil {
			kept++
		} else if cause := context.Cause(work); !errors.Is(cause, ErrAskedBack) {
			t.Errorf("it ended by %v", cause)
		}
	}
	if kept != 2 {
		t.Errorf("the first kept %d of 4, want 2", kept)
	}
}

// A session that broke is made anew, and what is held is kept.
func TestHoldOutlivesItsSession(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b := openBook(t, store)
	in := joins(t, b, "the first", time.Hour)
	h := gets(t, in, b, PartClock)
	before := in.pid.Load()
	sqlOn(t, store, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'the first'")
	for in.pid.Load() == before {
		in.look()
		time.Sleep(time.Millisecond)
	}
	inClock, end := h.Context(ctx)
	defer end()
	if err := b.SetDone(inClock, ChoreBackup, noon); err != nil {
		t.Error(err)
	}
}

// Who cannot say that he lives for as long as he is believed to ends what he does,
// before others begin.
func TestWhoCannotBeHeardStops(t *testing.T) {
	b := openBook(t, newDatabase(t))
	in := joins(t, b, "the first", 500*time.Millisecond)
	for _, part := range []Part{PartMailbox, PartOutbox} {
		inPart, end := gets(t, in, b, part).Context(t.Context())
		defer end()
		<-inPart.Done() // it goes no rounds
		if cause := context.Cause(inPart); !errors.Is(cause, ErrTakenOver) {
			t.Errorf("%s ended by %v", part, cause)
		}
	}
}

// What one instance has left to do the others hear at once, and a command's word too.
func TestInstancesHearOfWork(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, other := openBook(t, store), openBook(t, store)
	heard := make(chan string, 100)
	first, next := joins(t, b, "the first", time.Hour), joins(t, other, "the next", time.Hour)
	next.mu.Lock()
	next.desks["main"] = served{other, func(what string) { heard <- what }, false}
	next.mu.Unlock()
	for _, from := range []*Book{b, openBook(t, store)} {
		for ok := false; !ok; { // until it listens
			enqueue(t, from, noon, Row{Lane: "a", Kind: "mail", Key: rand.Text()})
			select {
			case what := <-heard:
				ok = what == HeardOutbox
			case <-time.After(10 * time.Millisecond):
			}
		}
		for len(heard) > 0 {
			<-heard
		}
	}
	b.Signal(ctx, HeardMailbox)
	for <-heard != HeardMailbox {
	}
	_ = first
}

// A command that must be alone with a desk finds nobody at work, and nobody begins
// meanwhile.
func TestAloneWithADesk(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, other := openBook(t, store), openBook(t, store)
	unlock := must(b.Lock("a command"))(t)
	in := newInstance("an instance", slog.New(slog.DiscardHandler))
	in.server = other.engine.(*server)
	if err := in.begin(ctx); err != nil {
		t.Fatal(err)
	}
	var locked ErrLocked
	if _, err := in.Serve(ctx, other, nil); !errors.As(err, &locked) || locked.Holder != "a command" {
		t.Errorf("it could work beside a command: %v", err)
	}
	if _, err := other.Lock("another"); !errors.As(err, &locked) || locked.Holder != "a command" {
		t.Errorf("two commands are alone: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	end := must(in.Serve(ctx, other, nil))(t)
	if _, err := b.Lock("a command"); !errors.As(err, &locked) || locked.Holder != "an instance" {
		t.Errorf("a command is alone with a desk at work: %v", err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(must(b.Lock("a command"))(t)(), in.Leave()); err != nil {
		t.Error(err)
	}
}

// A desk that is closed and opened again meanwhile, as when its file is renamed, is
// not taken from the one that opens it by the end of the one that closes.
func TestADeskIsOpenedWhileItCloses(t *testing.T) {
	store, ctx := newDatabase(t), t.Context()
	b, again := openBook(t, store), openBook(t, store)
	in := joins(t, b, "this process", time.Hour)
	second := func() error {
		end, err := in.Serve(ctx, again, nil)
		if err == nil {
			t.Cleanup(func() { _ = end() })
		}
		return err
	}
	isLocked := func(when string) {
		t.Helper()
		var locked ErrLocked
		if err := second(); !errors.As(err, &locked) || locked.Holder != "this process" {
			t.Errorf("%s the desk could be served twice: %v", when, err)
		}
	}
	isLocked("while it is served")
	slow := must(openBook(t, store).writer.BeginTx(ctx, nil))(t)
	must(slow.ExecContext(ctx, "SELECT FROM retour.instances FOR UPDATE"))(t)
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		in.unserve(b, b.engine.(*server))
	}()
	for serves := true; serves; time.Sleep(time.Millisecond) {
		in.mu.Lock()
		_, serves = in.desks[b.engine.(*server).desk]
		in.mu.Unlock()
	}
	isLocked("while it closes")
	if err := slow.Rollback(); err != nil {
		t.Fatal(err)
	}
	<-closed
	if err := second(); err != nil {
		t.Fatal(err)
	}
	gets(t, in, again, PartClock)
}
