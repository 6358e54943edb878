package casebook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A bucket is left by bringing its raw mails back into the casebook, while the desk
// works. And it is known again by an object that lies beside the others, the mark:
// where that is not, it is another bucket, or somebody has emptied it, and nothing is
// said to be lost or removed.

// leaving is a condition: the bucket is being left.
const leaving = "EXISTS (SELECT 1 FROM meta WHERE key = 'leaving')"

// ErrOtherBucket is returned where nothing of this casebook lies.
var ErrOtherBucket = errors.New("this is not the bucket that raw mails of this casebook were brought to, or somebody has emptied it: its mark is not there")

// markName is the name of the object that a bucket is known by.
func markName(instance string) string { return instance + "/bucket" }

const markText = "The objects beside this one are raw mails of a returns desk (Retour), whose casebook counts on them.\n"

// instance is the casebook that an object belongs to; see announce.
func (o object) instance() string { return instanceOf(o.place) }

func instanceOf(place string) string {
	instance, _, _ := strings.Cut(place, "/")
	return instance
}

// marked says whether this is the bucket of a casebook.
func (s *queries) marked(ctx context.Context, instance string) (bool, error) {
	_, err := s.objects.Get(ctx, markName(instance), 1<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// mark makes sure that this is the bucket of this casebook, and marks one in which
// nothing of it can lie. It asks once.
func (b *Book) mark(ctx context.Context, instance string) error {
	if b.bucketKnown.Load() {
		return nil
	}
	is, err := b.marked(ctx, instance)
	if err == nil && !is {
		var c ObjectCounts
		c, err = b.Objects(ctx)
		switch {
		case err == nil && c.There+c.Going > 0:
			err = ErrOtherBucket
		case err == nil:
			err = b.objects.Put(ctx, markName(instance), []byte(markText))
		}
	}
	b.bucketKnown.Store(err == nil)
	return err
}

// isMarked is mark where something lies already.
func (b *Book) isMarked(ctx context.Context, place string) error {
	if b.bucketKnown.Load() {
		return nil
	}
	is, err := b.marked(ctx, instanceOf(place))
	if err == nil && !is {
		err = ErrOtherBucket
	}
	b.bucketKnown.Store(err == nil)
	return err
}

// MarkBucket makes this the bucket of the casebook, whatever lies in it.
func (b *Book) MarkBucket(ctx context.Context) error {
	instance, err := b.Instance(ctx)
	if err == nil {
		err = b.objects.Put(ctx, markName(instance), []byte(markText))
	}
	if err != nil {
		return fmt.Errorf("mark the bucket: %w", err)
	}
	return nil
}

// LeaveBucket has all processes bring nothing more to the bucket, from now on.
func (b *Book) LeaveBucket(ctx context.Context) error {
	return b.setLeaving(ctx, "INSERT INTO meta (key, value) VALUES ('leaving', $1) ON CONFLICT (key) DO NOTHING", []byte("1"))
}

// UseBucket takes LeaveBucket back.
func (b *Book) UseBucket(ctx context.Context) error {
	return b.setLeaving(ctx, "DELETE FROM meta WHERE key = 'leaving'")
}

func (b *Book) setLeaving(ctx context.Context, statement string, args ...any) error {
	err := b.Write(ctx, time.Time{}, func(tx *Tx) error {
		_, err := tx.exec(ctx, statement, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("leave or use the bucket: %w", err)
	}
	return nil
}

// Brought is what became of a few raw mails on their way back.
type Brought struct {
	Mails  int      // that are in the casebook now; fewer than were looked at where some were forgotten just now
	Missed []Missed //
	Last   string   // the place after which to go on; empty: there were none
}

// Missed is a raw mail that could not be brought there, or back.
type Missed struct {
	Hash  string
	Place string
	Err   error // ErrLost, ErrDamaged, or what the bucket says
}

// IsLost says that no later try will find it.
func (m Missed) IsLost() bool { return isLost(m.Err) }

func isLost(err error) bool { return errors.Is(err, ErrLost) || errors.Is(err, ErrDamaged) }

// BringRaw brings a few raw mails back, those after a place in the order of their
// names. Each is compared with its hash first; then one transaction puts it into the
// casebook and says of its object that it is to be removed. A bucket that gives
// nothing is an error: not every mail is tried in one that is out of reach.
func (b *Book) BringRaw(ctx context.Context, now time.Time, after string) (Brought, error) {
	few, err := b.nextObjects(ctx, after)
	if err != nil || len(few) == 0 {
		return Brought{}, err
	}
	mails, missed := b.fetchAll(ctx, few)
	out := Brought{Missed: missed, Last: few[len(few)-1].place}
	if err := b.hopeless(ctx, few, missed); err != nil {
		return Brought{}, fmt.Errorf("bring raw mails back: %w", err)
	}
	err = b.Write(ctx, now, func(tx *Tx) error {
		out.Mails = 0
		for place, p := range mails {
			n, err := tx.exec(ctx, "UPDATE raw_objects SET state = $2, at = $3 WHERE place = $1 AND state = $4", place, gone, tx.now.UnixMilli(), there)
			if err == nil && n > 0 { // else it was forgotten meanwhile
				out.Mails++
				err = tx.PutPacked(ctx, p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Brought{}, fmt.Errorf("bring raw mails back: %w", err)
	}
	return out, nil
}

// nextObjects are those that are brought back at once.
func (b *Book) nextObjects(ctx context.Context, after string) (few []object, err error) {
	err = b.view(ctx, func(q querier) error {
		few, err = list(ctx, q, selectObject+" WHERE state = 'there' AND place > $1 ORDER BY place"+limit(portionMails), []any{after}, scanObject)
		return err
	})
	return portion(few), err
}

// fetchAll reads them side by side.
func (b *Book) fetchAll(ctx context.Context, few []object) (mails map[string]PackedRaw, missed []Missed) {
	found, errs := make([]PackedRaw, len(few)), make([]error, len(few))
	var g errgroup.Group
	for i, o := range few {
		g.Go(func() error {
			if found[i], errs[i] = b.fetch(ctx, o); errs[i] == nil {
				_, errs[i] = found[i].raw()
			}
			return nil
		})
	}
	_ = g.Wait() // each has its own
	mails = map[string]PackedRaw{}
	for i, o := range few {
		if errs[i] == nil {
			mails[o.place] = found[i]
		} else {
			missed = append(missed, Missed{o.hash, o.place, errs[i]})
		}
	}
	return mails, missed
}

// hopeless is the error after which no other mail need be tried.
func (b *Book) hopeless(ctx context.Context, few []object, missed []Missed) error {
	lost := 0
	for _, m := range missed {
		if errors.Is(m.Err, ErrOtherBucket) || errors.Is(m.Err, ErrElsewhere) {
			return m.Err
		}
		if m.IsLost() {
			lost++
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(missed) == len(few) && lost == 0 {
		if is, err := b.marked(ctx, few[0].instance()); err != nil || !is {
			return missed[0].Err
		}
	}
	return nil
}

// GiveUpRaw has the casebook count no more on a raw mail that is lost; what lies in
// its place is removed.
func (b *Book) GiveUpRaw(ctx context.Context, now time.Time, place string) error {
	err := b.Write(ctx, now, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE raw_objects SET state = $2, at = $3 WHERE place = $1 AND state = $4", place, gone, tx.now.UnixMilli(), there)
		return err
	})
	if err != nil {
		return fmt.Errorf("give a raw mail up: %w", err)
	}
	return nil
}

// BucketLeft takes the mark away from a bucket in which nothing of this casebook
// lies any more, and says whether it was so.
func (b *Book) BucketLeft(ctx context.Context) (bool, error) {
	c, err := b.Objects(ctx)
	if err != nil || !c.Leaving || c.There+c.Coming+c.Going > 0 {
		return false, err
	}
	instance, err := b.Instance(ctx)
	if err == nil {
		b.bucketKnown.Store(false)
		err = b.objects.Remove(ctx, markName(instance))
	}
	if err != nil {
		return false, fmt.Errorf("take the mark out of the bucket: %w", err)
	}
	return true, nil
}

// MailsOfRaw are the records of the mails with these bytes.
func (s *queries) MailsOfRaw(ctx context.Context, hash string) ([]LedgerRow, error) {
	var w where
	w.add("hash = ? AND hash <> ''", hash)
	return s.listLedger(ctx, w, " ORDER BY id")
}

// Strays are those of the names of objects that this casebook does not know of. One
// that is being written is known before it is there.
func (b *Book) Strays(ctx context.Context, names []string) (strays []string, err error) {
	err = b.view(ctx, func(q querier) error {
		strays = nil
		for _, name := range names {
			known := name == markName(instanceOf(name))
			if !known {
				if err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM raw_objects WHERE place = $1)", name).Scan(&known); err != nil {
					return err
				}
			}
			if !known {
				strays = append(strays, name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for objects that are not known: %w", err)
	}
	return strays, nil
}
