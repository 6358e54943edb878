package casebook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"retour/rules"
)

// shelf is a bucket that fails as it is told.
type shelf struct {
	mu      sync.Mutex
	objects map[string][]byte
	refuse  func(what, name string) (before, after error) // before anything is done, and after it was
}

func newShelf() *shelf { return &shelf{objects: map[string][]byte{}} }

func (s *shelf) do(what, name string, fn func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var before, after error
	if s.refuse != nil {
		before, after = s.refuse(what, name)
	}
	if before != nil {
		return before
	}
	fn()
	return after
}

func (s *shelf) Put(_ context.Context, name string, body []byte) error {
	return s.do("put", name, func() { s.objects[name] = bytes.Clone(body) })
}

func (s *shelf) Get(_ context.Context, name string, most int) (body []byte, err error) {
	has := false
	err = s.do("get", name, func() { body, has = s.objects[name] })
	if err == nil && !has {
		err = fs.ErrNotExist
	}
	return body[:min(most, len(body))], err
}

func (s *shelf) Remove(_ context.Context, name string) error {
	return s.do("remove", name, func() { delete(s.objects, name) })
}

// names are those of its objects, without the mark of the bucket.
func (s *shelf) names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.objects)), func(name string) bool { return strings.HasSuffix(name, markName("")) })
}

var errUnreachable = errors.New("the bucket cannot be reached")

// movedAll brings everything to the bucket.
func movedAll(t testing.TB, b *Book, now time.Time) (mails int) {
	t.Helper()
	mails, refused, err := moved(t.Context(), b, now)
	if err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	return mails
}

// moved brings to the bucket what that takes, once through.
func moved(ctx context.Context, b *Book, now time.Time) (mails int, refused []Missed, err error) {
	for after := ""; ; {
		got, err := b.MoveRaw(ctx, now, after)
		mails, refused, after = mails+got.Mails, append(refused, got.Refused...), got.Last
		if err != nil || after == "" {
			return mails, refused, err
		}
	}
}

// Raw mails go to the bucket and are read from there; what nothing may be asked of
// inside a transaction, and what is lost, is called so; a copy knows of it all.
func TestRawMailsInABucket(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	var hashes []string
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		for i := range 20 {
			hash, err := tx.PutRaw(ctx, fmt.Appendf(nil, "From: ann@shop.example\r\n\r\nmail %d", i))
			if err != nil {
				return err
			}
			hashes = append(hashes, hash)
		}
		return nil
	})
	if n := movedAll(t, b, noon); n != 20 || len(s.names()) != 20 {
		t.Errorf("%d mails were moved, %d objects made", n, len(s.names()))
	}
	if got := must(b.Objects(ctx))(t); got.Bytes < 20*28 || got != (ObjectCounts{There: 20, Bytes: got.Bytes}) {
		t.Errorf("counted %+v", got)
	}
	for _, name := range s.names() {
		if !regexp.MustCompile(`^[0-9a-f]{16}/[0-9a-f]{2}/[0-9a-f]{64}-[0-9a-f]{12}$`).MatchString(name) {
			t.Errorf("the name %s is more than random and a hash", name)
		}
	}
	if raw := must(b.Raw(ctx, hashes[7]))(t); !bytes.HasSuffix(raw, []byte("mail 7")) {
		t.Errorf("mail 7 came back as %q", raw)
	}
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Raw(ctx, hashes[0]); !errors.Is(err, ErrElsewhere) {
			t.Errorf("a transaction asked the bucket: %v", err)
		}
		_, err := tx.PutRaw(ctx, []byte("From: ann@shop.example\r\n\r\nmail 7")) // again
		return err
	})
	copied := newFile(t)
	if err := b.CopyTo(ctx, copied, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := copied.Raw(ctx, hashes[3]); !errors.Is(err, ErrElsewhere) {
		t.Errorf("a casebook without a bucket gave %v", err)
	}
	copied.KeepRawIn(s)
	if raw := must(copied.Raw(ctx, hashes[3]))(t); !bytes.HasSuffix(raw, []byte("mail 3")) {
		t.Errorf("a copy has mail 3 as %q", raw)
	}
	if n := movedAll(t, b, noon); n != 1 {
		t.Errorf("%d mails were moved that came again", n)
	}
	place := must(placeOf(b, hashes[1]))(t)
	s.objects[place] = must(pack([]byte("another mail")))(t)
	if _, err := b.Raw(ctx, hashes[1]); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a spoilt object = %v", err)
	}
	s.objects[place] = s.objects[must(placeOf(b, hashes[4]))(t)] // another mail of the same size
	if _, err := b.Raw(ctx, hashes[1]); !errors.Is(err, ErrDamaged) {
		t.Errorf("another mail in its place = %v", err)
	}
	s.objects[place] = []byte("no gzip")
	if _, err := b.Raw(ctx, hashes[1]); err == nil {
		t.Error("an object of other bytes was read")
	}
	delete(s.objects, place)
	if _, err := b.Raw(ctx, hashes[1]); !errors.Is(err, ErrLost) || errors.Is(err, ErrNotFound) {
		t.Errorf("a lost object = %v", err)
	}
	s.refuse = func(string, string) (error, error) { return errUnreachable, nil }
	if _, err := b.Raw(ctx, hashes[2]); !errors.Is(err, errUnreachable) || errors.Is(err, ErrLost) {
		t.Errorf("a bucket out of reach = %v", err)
	}
	if _, err := b.Raw(ctx, "no such hash"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an unknown mail = %v", err)
	}
}

func placeOf(b *Book, hash string) (place string, err error) {
	err = b.view(context.Background(), func(q querier) error {
		return q.QueryRowContext(context.Background(), "SELECT place FROM raw_objects WHERE hash = $1 AND state = 'there'", hash).Scan(&place)
	})
	return place, err
}

// Mails come, are moved, forgotten and expire in any order, while the bucket fails
// before and after it does what it is told, and processes die between their steps:
// every mail that is kept can be read, and in the end there are objects for these
// and no others.
func TestBucketFollowsItsModel(t *testing.T) {
	b := newBook(t)
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		s, ctx, now, uid := newShelf(), t.Context(), noon, uint32(0)
		round++
		b.KeepRawIn(s)
		b.bucketKnown.Store(false)
		kept := map[string][]byte{} // by hash
		var asleep [][]*object
		rows := map[string]int64{}
		check := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		do := func(fn func(tx *Tx) error) { rt.Helper(); check(b.Write(ctx, now, fn)) }
		failing := rapid.SampledFrom([]int{0, 0, 20, 60}).Draw(rt, "failing of 100")
		unsure := func() {
			draws := rapid.SliceOfN(rapid.IntRange(0, 99), 12, 12).Draw(rt, "luck")
			next := 0
			s.refuse = func(string, string) (before, after error) {
				next++
				switch luck := draws[next%len(draws)]; {
				case luck < failing/2:
					return errUnreachable, nil
				case luck < failing:
					return nil, errUnreachable
				}
				return nil, nil
			}
		}
		sure := func() { s.refuse = nil }
		pickKept := func() string {
			return rapid.SampledFrom(slices.Sorted(maps.Keys(kept))).Draw(rt, "mail")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"comes": func(*rapid.T) {
				uid++
				text := fmt.Appendf(nil, "round %d mail %d", round, rapid.IntRange(0, 5).Draw(rt, "text"))
				row := LedgerRow{Mailbox: fmt.Sprint("m", round), UIDValidity: 1, UID: uid}
				do(func(tx *Tx) (err error) {
					if row, _, err = tx.Seen(ctx, row); err != nil {
						return err
					}
					if row.Hash, err = tx.PutRaw(ctx, text); err != nil {
						return err
					}
					row.Key, row.Fate, row.From = fmt.Sprint(uid), FateNoted, "ann@shop.example"
					return tx.SetFate(ctx, row)
				})
				kept[row.Hash], rows[row.Hash] = text, row.ID
			},
			"moves": func(*rapid.T) {
				unsure()
				_, err := b.MoveRaw(ctx, now, "")
				if err != nil && !errors.Is(err, errUnreachable) {
					rt.Fatal(err)
				}
				sure()
			},
			"dies": func(*rapid.T) {
				few, err := b.nextRaw(ctx, "")
				check(err)
				instance, err := b.Instance(ctx)
				check(err)
				check(b.mark(ctx, instance))
				uploads, err := b.announce(ctx, now, instance, few)
				check(err)
				if rapid.Bool().Draw(rt, "after the upload") {
					b.upload(ctx, uploads)
				}
				asleep = append(asleep, uploads)
			},
			"wakes up": func(*rapid.T) { // it was only asleep, for however long
				if len(asleep) > 0 {
					_, err := b.arrived(ctx, now, asleep[0])
					check(err)
					asleep = asleep[1:]
				}
			},
			"is forgotten": func(*rapid.T) {
				if len(kept) == 0 {
					return
				}
				hash := pickKept()
				do(func(tx *Tx) error {
					_, err := tx.Forget(ctx, Traces{Person: rules.Forgotten{Address: "ann@shop.example"}, Written: []int64{rows[hash]}})
					return err
				})
				delete(kept, hash)
			},
			"time passes": func(*rapid.T) { now = now.Add(40 * time.Minute) },
			"is left": func(*rapid.T) { // as far as the bucket lets it
				check(b.LeaveBucket(ctx))
				unsure()
				_, missed, err := broughtAll(ctx, b, now)
				if err != nil && !errors.Is(err, errUnreachable) {
					rt.Fatal(err)
				}
				for _, m := range missed {
					if !errors.Is(m.Err, errUnreachable) {
						rt.Fatal(m.Err)
					}
				}
				sure()
			},
			"is used again": func(*rapid.T) { check(b.UseBucket(ctx)) },
			"is tidied": func(*rapid.T) {
				unsure()
				if _, err := b.RemoveObjects(ctx, now); err != nil && !errors.Is(err, errUnreachable) {
					rt.Fatal(err)
				}
				sure()
			},
			"": func(*rapid.T) {
				for hash, text := range kept {
					if raw, err := b.Raw(ctx, hash); err != nil || !bytes.Equal(raw, text) {
						rt.Fatalf("%s came back as %q, %v", text, raw, err)
					}
				}
			},
		})
		now = now.Add(2 * time.Hour)
		leaves := rapid.Bool().Draw(rt, "leaves in the end")
		if leaves {
			check(b.LeaveBucket(ctx))
			_, missed, err := broughtAll(ctx, b, now)
			check(err)
			if len(missed) > 0 {
				rt.Fatalf("missed %v", missed)
			}
		} else {
			check(b.UseBucket(ctx))
			_, refused, err := moved(ctx, b, now)
			check(err)
			if len(refused) > 0 {
				rt.Fatalf("refused %v", refused)
			}
		}
		_, err := b.RemoveObjects(ctx, now)
		check(err)
		left := s.names()
		places, err := allPlaces(b)
		check(err)
		if !slices.Equal(left, places) || !leaves && len(left) < len(kept) || leaves && len(left) > 0 {
			rt.Fatalf("objects %v, in the casebook %v, of %d mails", left, places, len(kept))
		}
		if leaves {
			is, err := b.BucketLeft(ctx)
			check(err)
			here, err := rawHashes(b)
			check(err)
			if !is || len(s.objects) > 0 || !slices.Equal(slices.Sorted(slices.Values(here)), slices.Sorted(maps.Keys(kept))) {
				rt.Fatalf("left %v with %d objects; here are %v, kept %v", is, len(s.objects), here, kept)
			}
		}
		do(func(tx *Tx) error { // for the next round
			for _, table := range []string{"raw_objects", "raw_mails", "ledger", "meta WHERE key = 'leaving'"} {
				if _, err := tx.exec(ctx, "DELETE FROM "+table); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func rawHashes(b *Book) (hashes []string, err error) {
	err = b.view(context.Background(), func(q querier) error {
		hashes, err = list(context.Background(), q, "SELECT hash FROM raw_mails", nil, scanOne[string])
		return err
	})
	return hashes, err
}

func allPlaces(b *Book) (places []string, err error) {
	err = b.view(context.Background(), func(q querier) error {
		places, err = list(context.Background(), q, "SELECT place FROM raw_objects ORDER BY place", nil, scanOne[string])
		return err
	})
	return places, err
}

// A mail whose time is over goes from the bucket too, unless another of the same
// bytes is kept.
func TestRetentionEmptiesTheBucket(t *testing.T) {
	b, s, ctx := newBook(t), newShelf(), t.Context()
	b.KeepRawIn(s)
	var rows []LedgerRow
	for i, fate := range []Fate{FateNoted, FateNoted, FateHold} {
		row := seen(t, b, uint32(i+1))
		write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
			if row.Hash, err = tx.PutRaw(ctx, []byte([]string{"old", "twice", "twice"}[i])); err != nil {
				return err
			}
			row.Fate, row.Key = fate, []string{"old", "twice", "twice"}[i]
			return tx.SetFate(ctx, row)
		})
		rows = append(rows, row)
	}
	movedAll(t, b, noon)
	if _, n, err := b.Expire(ctx, KeepRawMails, noon.Add(time.Hour), -1, 100); n != 2 || err != nil {
		t.Fatalf("%d expired, %v", n, err)
	}
	if got := must(b.Objects(ctx))(t); got != (ObjectCounts{There: 1, Bytes: got.Bytes, Going: 1}) {
		t.Errorf("counted %+v", got)
	}
	s.refuse = func(string, string) (error, error) { return errUnreachable, nil }
	if n, err := b.RemoveObjects(ctx, noon); n != 0 || !errors.Is(err, errUnreachable) {
		t.Errorf("removed %d, %v", n, err)
	}
	s.refuse = nil
	if n := must(b.RemoveObjects(ctx, noon))(t); n != 1 || len(s.names()) != 1 {
		t.Errorf("removed %d, left %d", n, len(s.names()))
	}
	if raw := must(b.Raw(ctx, rows[2].Hash))(t); string(raw) != "twice" {
		t.Errorf("the held mail is %q", raw)
	}
}

// What has gone to the bucket leaves no byte in the file: who is forgotten later is
// forgotten there alone.
func TestMovedMailLeavesNoByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	b, ctx := openBook(t, path), t.Context()
	b.KeepRawIn(newShelf())
	p := must(PackRaw(noise(50_000)))(t)
	write(t, b, noon, func(ctx context.Context, tx *Tx) error { return tx.PutPacked(ctx, p) })
	piece := p.Body[30_000:30_064]
	holds := func() bool {
		if _, err := b.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(must(os.ReadFile(path))(t), piece)
	}
	if !holds() {
		t.Fatal("the test does not find it where it is")
	}
	movedAll(t, b, noon)
	if holds() {
		t.Error("its bytes are still in the file")
	}
}
