package casebook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// broughtAll brings back what the bucket gives, once through.
func broughtAll(ctx context.Context, b *Book, now time.Time) (mails int, missed []Missed, err error) {
	for after := ""; ; {
		got, err := b.BringRaw(ctx, now, after)
		mails, missed, after = mails+got.Mails, append(missed, got.Missed...), got.Last
		if err != nil || after == "" {
			return mails, missed, err
		}
	}
}

// putMails keeps raw mails in a casebook and returns their hashes.
func putMails(t *testing.T, b *Book, raws ...string) (hashes []string) {
	t.Helper()
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for _, raw := range raws {
			hash, err := tx.PutRaw(ctx, []byte(raw))
			if err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		return nil
	})
	return hashes
}

func numbered(n int) (raws []string) {
	for i := range n {
		raws = append(raws, fmt.Sprintf("From: ann@shop.example\r\n\r\nmail %d", i))
	}
	return raws
}

// What lies in the bucket comes back as it came, whatever else is lost there; what is
// lost is named, and can be given up. Meanwhile nothing goes there, and what was under
// way stays.
func TestBucketIsLeft(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hashes := putMails(t, b, numbered(30)...)
	movedAll(t, b, noon)
	late := putMails(t, b, "on its way")
	uploads := must(b.announce(ctx, noon, must(b.Instance(ctx))(t), []object{{hash: late[0]}}))(t)
	refused := b.upload(ctx, uploads)
	if err := b.LeaveBucket(ctx); err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	if n := must(b.arrived(ctx, noon, uploads))(t); n != 0 {
		t.Error("a mail went to a bucket that is being left")
	}
	if n := movedAll(t, b, noon); n != 0 {
		t.Errorf("%d mails went to a bucket that is being left", n)
	}
	gone, spoilt := must(placeOf(b, hashes[7]))(t), must(placeOf(b, hashes[8]))(t)
	delete(s.objects, gone)
	s.objects[spoilt] = slices.Concat(s.objects[spoilt][:20], []byte("?"), s.objects[spoilt][21:])
	mails, missed, err := broughtAll(ctx, b, noon)
	if mails != 28 || err != nil || len(missed) != 2 {
		t.Fatalf("%d came back, missed %v, %v", mails, missed, err)
	}
	for _, m := range missed {
		if !m.IsLost() || (m.Hash != hashes[7] || !errors.Is(m.Err, ErrLost)) && (m.Hash != hashes[8] || !errors.Is(m.Err, ErrDamaged)) {
			t.Errorf("missed %+v", m)
		}
	}
	for i, hash := range hashes {
		raw, err := b.Raw(ctx, hash)
		if i == 7 || i == 8 {
			continue
		}
		if want := fmt.Sprint("mail ", i); err != nil || !strings.HasSuffix(string(raw), want) {
			t.Errorf("%s is %q, %v", want, raw, err)
		}
	}
	if n := must(b.RemoveObjects(ctx, noon))(t); n != 29 || len(s.names()) != 1 {
		t.Errorf("%d objects were removed, there are %v", n, s.names())
	}
	if left := must(b.BucketLeft(ctx))(t); left || len(s.objects) != 2 {
		t.Errorf("left, with %d objects", len(s.objects))
	}
	for _, m := range missed {
		if err := b.GiveUpRaw(ctx, noon, m.Place); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Raw(ctx, m.Hash); !errors.Is(err, ErrNotFound) {
			t.Errorf("what was given up = %v", err)
		}
	}
	if n := must(b.RemoveObjects(ctx, noon))(t); n != 2 {
		t.Errorf("%d objects were removed of two that were given up", n)
	}
	if left := must(b.BucketLeft(ctx))(t); !left || len(s.objects) != 0 {
		t.Errorf("not left: %d objects", len(s.objects))
	}
	if err := b.UseBucket(ctx); err != nil {
		t.Fatal(err)
	}
	if n := movedAll(t, b, noon); n != 29 || len(s.objects) != 30 {
		t.Errorf("%d mails went to a bucket that is used again, with %d objects", n, len(s.objects))
	}
}

// A bucket that gives nothing is not asked for every mail, and one of whose mails it
// gives none is no reason to stop.
func TestLeavingABucketOutOfReach(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	putMails(t, b, numbered(40)...)
	movedAll(t, b, noon)
	asked := 0
	s.refuse = func(what, _ string) (error, error) { asked++; return errUnreachable, nil }
	if mails, _, err := broughtAll(ctx, b, noon); mails != 0 || !errors.Is(err, errUnreachable) || asked != portionMails+1 { // and for the mark
		t.Errorf("%d came back, %v, asked %d times", mails, err, asked)
	}
	s.refuse = func(_, name string) (error, error) {
		if !strings.HasSuffix(name, markName("")) {
			return errUnreachable, nil
		}
		return nil, nil
	}
	if mails, missed, err := broughtAll(ctx, b, noon); mails != 0 || err != nil || len(missed) != 40 {
		t.Errorf("of a bucket that gives the mark alone %d came back, missed %d, %v", mails, len(missed), err)
	}
	archived := s.names()[11]
	s.refuse = func(_, name string) (error, error) {
		if name == archived {
			return errUnreachable, nil
		}
		return nil, nil
	}
	mails, missed, err := broughtAll(ctx, b, noon)
	if mails != 39 || err != nil || len(missed) != 1 || missed[0].Place != archived || missed[0].IsLost() {
		t.Errorf("%d came back, missed %v, %v", mails, missed, err)
	}
}

// Mails that a bucket refuses, as one with a scanner of viruses does, keep no other
// from it, however many they are; one that takes nothing is not offered all of them.
func TestRefusedMailsKeepNoOthersBack(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hashes := putMails(t, b, numbered(40)...)
	bad := slices.Sorted(slices.Values(hashes))[:20]
	s.refuse = func(_, name string) (error, error) {
		if slices.ContainsFunc(bad, func(hash string) bool { return strings.Contains(name, hash) }) {
			return errUnreachable, nil
		}
		return nil, nil
	}
	for round, want := range []int{20, 0} {
		if n, refused, err := moved(ctx, b, noon); n != want || len(refused) != 20 || err != nil {
			t.Errorf("round %d: %d were moved, %d refused, %v", round, n, len(refused), err)
		}
	}
	offered := 0
	s.refuse = func(string, string) (error, error) { offered++; return errUnreachable, nil }
	if n, _, err := moved(ctx, b, noon); n != 0 || !errors.Is(err, errUnreachable) || offered != portionMails+1 {
		t.Errorf("%d were moved, %v, offered %d", n, err, offered)
	}
	s.refuse = nil
	if n := movedAll(t, b, noon); n != 20 {
		t.Errorf("in the end %d were moved", n)
	}
}

// However big they are, few lie in memory at once.
func TestBigMailsComeBackOneByOne(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	for i := range 3 {
		putMails(t, b, strings.Repeat(fmt.Sprint(i), portionBytes*2/3))
	}
	movedAll(t, b, noon)
	for after, n := "", 0; ; n++ {
		got := must(b.BringRaw(ctx, noon, after))(t)
		if after = got.Last; after == "" {
			if n != 3 {
				t.Errorf("they came in %d portions", n)
			}
			break
		}
		if got.Mails != 1 {
			t.Errorf("%d at once", got.Mails)
		}
	}
}

// In another bucket nothing is lost, removed or written: its configuration was
// changed, or somebody has emptied it.
func TestOtherBucket(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hashes := putMails(t, b, numbered(2)...)
	movedAll(t, b, noon)
	other := newShelf()
	b.KeepRawIn(other)
	b.bucketKnown.Store(false) // another process
	if _, err := b.Raw(ctx, hashes[0]); !errors.Is(err, ErrOtherBucket) || errors.Is(err, ErrLost) {
		t.Errorf("read: %v", err)
	}
	putMails(t, b, "the newest mail")
	if _, err := b.MoveRaw(ctx, noon, ""); !errors.Is(err, ErrOtherBucket) || len(other.objects) != 0 {
		t.Errorf("moved: %v, %d objects", err, len(other.objects))
	}
	if _, _, err := broughtAll(ctx, b, noon); !errors.Is(err, ErrOtherBucket) {
		t.Errorf("brought back: %v", err)
	}
	if err := b.GiveUpRaw(ctx, noon, must(placeOf(b, hashes[0]))(t)); err != nil {
		t.Fatal(err)
	}
	if n, err := b.RemoveObjects(ctx, noon); n != 0 || !errors.Is(err, ErrOtherBucket) {
		t.Errorf("removed %d, %v", n, err)
	}
	if err := b.MarkBucket(ctx); err != nil { // somebody says that it is the right one
		t.Fatal(err)
	}
	if _, err := b.Raw(ctx, hashes[1]); !errors.Is(err, ErrLost) {
		t.Errorf("read from a bucket that was said to be it: %v", err)
	}
	b.KeepRawIn(s)
	if n := must(b.RemoveObjects(ctx, noon))(t); n != 1 || len(s.names()) != 1 {
		t.Errorf("removed %d, there are %v", n, s.names())
	}
	if n := movedAll(t, b, noon); n != 1 {
		t.Errorf("%d were moved", n)
	}
}

// A mail that comes back while it is read is found where it is then.
func TestMailThatComesBackWhileItIsRead(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hash := putMails(t, b, "a mail")[0]
	movedAll(t, b, noon)
	reads := 0
	s.refuse = func(what, name string) (error, error) {
		if reads++; what != "get" || reads != 1 {
			return nil, nil
		}
		s.mu.Unlock()
		defer s.mu.Lock()
		if _, _, err := broughtAll(ctx, b, noon); err != nil {
			t.Error(err)
		}
		if n, err := b.RemoveObjects(ctx, noon); n != 1 || err != nil {
			t.Errorf("%d removed, %v", n, err)
		}
		return nil, nil
	}
	if raw, err := b.Raw(ctx, hash); err != nil || string(raw) != "a mail" {
		t.Errorf("it is %q, %v", raw, err)
	}
}

// Two desks may have one bucket: what is brought back, given up or left at one is
// nothing to the other, though both had the same mail.
func TestTwoCasebooksShareABucket(t *testing.T) {
	a, b, s, ctx := newBook(t), newBook(t), newShelf(), t.Context()
	a.KeepRawIn(s)
	b.KeepRawIn(s)
	hash := putMails(t, a, numbered(3)...)[0]
	putMails(t, b, numbered(3)...)
	movedAll(t, a, noon)
	movedAll(t, b, noon)
	if len(s.names()) != 6 || len(s.objects) != 8 {
		t.Fatalf("there are %v", s.names())
	}
	if err := errors.Join(a.LeaveBucket(ctx), a.GiveUpRaw(ctx, noon, must(placeOf(a, hash))(t))); err != nil {
		t.Fatal(err)
	}
	if n, _, err := broughtAll(ctx, a, noon); n != 2 || err != nil {
		t.Errorf("%d came back, %v", n, err)
	}
	n, err := a.RemoveObjects(ctx, noon)
	if left := must(a.BucketLeft(ctx))(t); n != 3 || err != nil || !left {
		t.Errorf("%d removed, %v, left %v", n, err, left)
	}
	if raw, err := b.Raw(ctx, hash); err != nil || !strings.HasSuffix(string(raw), "mail 0") || len(s.names()) != 3 {
		t.Errorf("the other has %q, %v, and objects %v", raw, err, s.names())
	}
	putMails(t, b, "one more")
	b.bucketKnown.Store(false) // another process
	if n := movedAll(t, b, noon); n != 1 {
		t.Errorf("%d were moved", n)
	}
}

// A mail that is forgotten while it is on its way back does not come back.
func TestForgottenWhileItComesBack(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hash := putMails(t, b, "a mail")[0]
	movedAll(t, b, noon)
	place := must(placeOf(b, hash))(t)
	s.refuse = func(_, name string) (error, error) {
		if name == place {
			return nil, b.GiveUpRaw(ctx, noon, place) // as Forget and Expire do
		}
		return nil, nil
	}
	if n, missed, err := broughtAll(ctx, b, noon); n != 0 || len(missed) != 0 || err != nil {
		t.Errorf("%d came back, missed %v, %v", n, missed, err)
	}
	if _, err := b.Raw(ctx, hash); !errors.Is(err, ErrNotFound) {
		t.Errorf("it is there: %v", err)
	}
}

// Of two objects of the same mail one may be lost or spoilt.
func TestSecondObjectOfAMail(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	hash := putMails(t, b, "a mail")[0]
	movedAll(t, b, noon)
	putMails(t, b, "a mail") // again
	movedAll(t, b, noon.Add(time.Minute))
	first := must(placeOf(b, hash))(t)
	if len(s.names()) != 2 {
		t.Fatalf("there are %v", s.names())
	}
	second := s.names()[1-slices.Index(s.names(), first)]
	whole := s.objects[first]
	for _, spoil := range []func(place string){func(place string) { delete(s.objects, place) }, func(place string) { s.objects[place] = make([]byte, len(whole)) }} {
		for _, place := range []string{first, second} {
			spoil(place)
			if raw, err := b.Raw(ctx, hash); err != nil || string(raw) != "a mail" {
				t.Errorf("without %s it is %q, %v", place, raw, err)
			}
			s.objects[place] = whole
		}
		spoil(first)
		spoil(second)
		if _, err := b.Raw(ctx, hash); !isLost(err) {
			t.Errorf("without both: %v", err)
		}
		s.objects[first], s.objects[second] = whole, whole
	}
}
