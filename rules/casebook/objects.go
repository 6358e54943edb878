package casebook

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"golang.org/x/sync/errgroup"
)

// Objects keeps bytes under names, elsewhere.
type Objects interface {
	Put(ctx context.Context, name string, body []byte) error        // returns when they are safe
	Get(ctx context.Context, name string, most int) ([]byte, error) // at most so many bytes; fs.ErrNotExist when there is none
	Remove(ctx context.Context, name string) error                  // one that is not there is no error
}

// The states of an object. It is known before it is made and until it is removed,
// so that none is left behind, whatever happens.
const (
	coming = "coming" // being written; the raw mail is still in the casebook
	there  = "there"  // the raw mail is there, and nowhere else
	gone   = "gone"   // to be removed
)

// ErrElsewhere is returned for a raw mail that lies in a bucket, where none may be
// asked: inside a transaction, or because the configuration names none.
var ErrElsewhere = errors.New("the raw mail lies in a bucket, which is not to be asked here")

// ErrLost is returned for a raw mail that should be in a bucket and is not.
var ErrLost = errors.New("its object is not in the bucket any more")

// KeepRawIn has [Book.MoveRaw] bring raw mails there, and reads them from there.
// It is called before anything else is done with the Book.
func (b *Book) KeepRawIn(o Objects) { b.objects = o }

// object is a raw mail in a bucket, or on its way there.
type object struct {
	place        string
	hash         string
	size, packed int // bytes of the raw mail, and of the object
	confirmed    bool
}

const selectObject = "SELECT place, hash, size, packed FROM raw_objects"

func scanObject(rows *sql.Rows) (o object, err error) {
	err = rows.Scan(&o.place, &o.hash, &o.size, &o.packed)
	return o, err
}

// far reads a raw mail that is not in the casebook. One that came again after it had
// been moved has more objects than one: any that is sound will do.
func (s *queries) far(ctx context.Context, hash string) (PackedRaw, error) {
	var found []object
	err := s.view(ctx, func(q querier) (err error) {
		found, err = list(ctx, q, selectObject+" WHERE hash = $1 AND state = 'there' ORDER BY at, place", []any{hash}, scanObject)
		return err
	})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	var p PackedRaw
	for i, o := range found {
		if p, err = s.fetch(ctx, o); err == nil && i < len(found)-1 {
			_, err = p.raw()
		}
		if err == nil || !isLost(err) {
			break
		}
	}
	return p, err
}

// fetch reads the bytes of an object, no more of them than were written.
func (s *queries) fetch(ctx context.Context, o object) (p PackedRaw, err error) {
	if s.objects == nil {
		return p, ErrElsewhere
	}
	body, err := s.objects.Get(ctx, o.place, o.packed+1)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if right, err := s.marked(ctx, o.instance()); err != nil || !right {
			return p, cmp.Or(err, ErrOtherBucket)
		}
		return p, fmt.Errorf("%w: %w", ErrLost, err)
	case err != nil:
		return p, err
	case len(body) != o.packed:
		return p, fmt.Errorf("%w: the object %s has another size than it was given", ErrDamaged, o.place)
	}
	return PackedRaw{Hash: o.hash, Size: o.size, Body: body}, nil
}

// A portion of raw mails goes to a bucket, or comes back, side by side, and shares
// transactions.
const (
	portionMails = 8
	portionBytes = 16 << 20 // of raw mails; one alone may be bigger
)

// portion is what of these goes or comes at once.
func portion(few []object) []object {
	bytes := 0
	for i, o := range few {
		if bytes += o.size; bytes > portionBytes && i > 0 {
			return few[:i]
		}
	}
	return few
}

// Moved is what became of a few raw mails on their way to the bucket.
type Moved struct {
	Mails   int      // that lie there now, and nowhere else
	Refused []Missed // that the bucket did not take, though it takes others
	Last    string   // the hash after which to go on; empty: there were none
}

// MoveRaw brings a few raw mails out of the casebook into objects, side by side: those
// after a hash in the order of these. A raw mail leaves the casebook
// when its object is confirmed. So no mail waits for the bucket, and while that is
// out of reach all of them stay in the casebook; nor does it bring any to a bucket
// that is being left. A bucket that takes nothing is an error.
func (b *Book) MoveRaw(ctx context.Context, now time.Time, after string) (out Moved, err error) {
	few, err := b.nextRaw(ctx, after)
	if err != nil || len(few) == 0 {
		return Moved{}, err
	}
	var uploads []*object
	instance, err := b.Instance(ctx)
	if err == nil {
		err = b.mark(ctx, instance)
	}
	if err == nil {
		uploads, err = b.announce(ctx, now, instance, few)
	}
	if err == nil {
		out = Moved{Refused: b.upload(ctx, uploads), Last: few[len(few)-1].hash}
		out.Mails, err = b.arrived(context.WithoutCancel(ctx), now, uploads)
		if n := len(out.Refused); n > 0 && n == len(uploads) && b.MarkBucket(ctx) != nil {
			err = errors.Join(err, out.Refused[0].Err)
		}
	}
	if err != nil {
		return Moved{Mails: out.Mails}, fmt.Errorf("move raw mails: %w", err)
	}
	return out, nil
}

// nextRaw are those that go to the bucket at once.
func (b *Book) nextRaw(ctx context.Context, after string) (few []object, err error) {
	err = b.view(ctx, func(q querier) error {
		few, err = list(ctx, q, "SELECT '', hash, size, 0 FROM raw_mails WHERE hash > $1 AND NOT "+leaving+" ORDER BY hash"+limit(portionMails), []any{after}, scanObject)
		return err
	})
	return portion(few), err
}

// announce records what is going to be written. The names are of this casebook
// alone and never used twice, so that removing one object harms no other; nothing of
// a person is in them.
func (b *Book) announce(ctx context.Context, now time.Time, instance string, few []object) (uploads []*object, err error) {
	err = b.Write(ctx, now, func(tx *Tx) error {
		uploads = nil
		for _, next := range few {
			fresh := make([]byte, 6)
			rand.Read(fresh) // never fails: the program would have been stopped
			o := &object{hash: next.hash, place: instance + "/" + next.hash[:2] + "/" + next.hash + "-" + hex.EncodeToString(fresh)}
			n, err := tx.exec(ctx, `INSERT INTO raw_objects (place, hash, size, packed, at, state)
				SELECT $1, hash, size, length(body), $3, 'coming' FROM raw_mails WHERE hash = $2`, o.place, o.hash, tx.now.UnixMilli())
			if err != nil {
				return err
			}
			if n > 0 { // else it was forgotten meanwhile
				uploads = append(uploads, o)
			}
		}
		return nil
	})
	return uploads, err
}

// upload writes objects side by side, and says which were refused.
func (b *Book) upload(ctx context.Context, uploads []*object) (refused []Missed) {
	errs := make([]error, len(uploads))
	var g errgroup.Group
	for i, o := range uploads {
		g.Go(func() error {
			p, err := b.near(ctx, o.hash)
			if errors.Is(err, ErrNotFound) { // forgotten meanwhile
				return nil
			}
			if err == nil {
				err = b.objects.Put(ctx, o.place, p.Body)
			}
			o.confirmed, errs[i] = err == nil, err
			return nil
		})
	}
	_ = g.Wait() // each has its own
	for i, o := range uploads {
		if errs[i] != nil {
			refused = append(refused, Missed{o.hash, o.place, errs[i]})
		}
	}
	return refused
}

// arrived takes the raw mails out of the casebook whose objects were confirmed. One
// that was forgotten while it was uploaded goes, and so does what was not confirmed.
func (b *Book) arrived(ctx context.Context, now time.Time, uploads []*object) (moved int, err error) {
	err = b.Write(ctx, now, func(tx *Tx) error {
		moved = 0
		// When its object is removed one day nothing is to be left here of the mail either.
		if err := tx.engine.shred(ctx, tx); err != nil {
			return err
		}
		for _, o := range uploads {
			is, err := tx.arrived(ctx, o)
			if err != nil {
				return err
			}
			if is {
				moved++
			}
		}
		return nil
	})
	return moved, err
}

func (tx *Tx) arrived(ctx context.Context, o *object) (is bool, err error) {
	if o.confirmed {
		// One that has been given up, since nothing was heard of it, is being removed.
		n, err := tx.exec(ctx, "UPDATE raw_objects SET state = $2, at = $3 WHERE place = $1 AND state = 'coming' AND NOT "+leaving, o.place, there, tx.now.UnixMilli())
		if err == nil && n > 0 {
			n, err = tx.exec(ctx, "DELETE FROM raw_mails WHERE hash = $1", o.hash)
		}
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	_, err = tx.exec(ctx, "UPDATE raw_objects SET state = $2, at = $3 WHERE place = $1", o.place, gone, tx.now.UnixMilli())
	return false, err
}

// uploadTime is after how long an upload of which nothing was heard has ended with
// the process that made it.
const uploadTime = time.Hour

// RemoveObjects removes the objects of raw mails that were forgotten or brought
// back, and of uploads that were broken off. It returns how many.
func (b *Book) RemoveObjects(ctx context.Context, now time.Time) (removed int, err error) {
	err = b.giveUp(ctx, now)
	for err == nil {
		var places []string
		err = b.view(ctx, func(q querier) error {
			places, err = list(ctx, q, "SELECT place FROM raw_objects WHERE state = 'gone'"+limit(removedAtOnce), nil, scanOne[string])
			return err
		})
		if err != nil || len(places) == 0 {
			break
		}
		var n int
		n, err = b.removeAll(ctx, places)
		removed += n
	}
	if err != nil {
		return removed, fmt.Errorf("remove objects: %w", err)
	}
	return removed, nil
}

// removedAtOnce is how many objects are removed side by side.
const removedAtOnce = 8

// giveUp says of uploads that nobody is to count on them any more.
func (b *Book) giveUp(ctx context.Context, now time.Time) error {
	old := []any{now.Add(-uploadTime).UnixMilli()}
	var some bool
	err := b.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM raw_objects WHERE state = 'coming' AND at < $1)", old...).Scan(&some)
	})
	if err != nil || !some {
		return err
	}
	return b.Write(ctx, now, func(tx *Tx) error {
		_, err := tx.exec(ctx, "UPDATE raw_objects SET state = 'gone' WHERE state = 'coming' AND at < $1", old...)
		return err
	})
}

// removeAll removes objects side by side, and then their rows.
func (b *Book) removeAll(ctx context.Context, places []string) (removed int, err error) {
	if b.objects == nil {
		return 0, ErrElsewhere
	}
	if err := b.isMarked(ctx, places[0]); err != nil {
		return 0, err
	}
	errs := make([]error, len(places))
	var g errgroup.Group
	for i, place := range places {
		g.Go(func() error {
			errs[i] = b.objects.Remove(ctx, place)
			return errs[i]
		})
	}
	err = g.Wait()
	bookErr := b.Write(context.WithoutCancel(ctx), time.Time{}, func(tx *Tx) error {
		removed = 0
		for i, place := range places {
			if errs[i] != nil {
				continue
			}
			n, err := tx.exec(ctx, "DELETE FROM raw_objects WHERE place = $1 AND state = 'gone'", place)
			if err != nil {
				return err
			}
			removed += int(n)
		}
		return nil
	})
	return removed, errors.Join(err, bookErr)
}

// ForgetUploads forgets those that were under way: in a copy of a casebook, whose
// original goes on to use them.
func (b *Book) ForgetUploads(ctx context.Context) error {
	err := b.Write(ctx, time.Time{}, func(tx *Tx) error {
		_, err := tx.exec(ctx, "DELETE FROM raw_objects WHERE state = 'coming'")
		return err
	})
	if err != nil {
		return fmt.Errorf("forget uploads that were under way: %w", err)
	}
	return nil
}

// ObjectCounts are how many raw mails lie where.
type ObjectCounts struct {
	Here    int   // in the casebook
	There   int   // in objects
	Bytes   int64 // of these objects
	Coming  int   // objects that are being written
	Going   int   // objects that are to be removed
	Leaving bool  // see [Book.LeaveBucket]
}

// Objects counts them.
func (s *queries) Objects(ctx context.Context) (c ObjectCounts, err error) {
	err = s.view(ctx, func(q querier) error {
		return q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM raw_mails), count(*), CAST(coalesce(sum(packed), 0) AS BIGINT),
			(SELECT count(*) FROM raw_objects WHERE state = 'coming'), (SELECT count(*) FROM raw_objects WHERE state = 'gone'),
			`+leaving+` FROM raw_objects WHERE state = 'there'`).Scan(&c.Here, &c.There, &c.Bytes, &c.Coming, &c.Going, &c.Leaving)
	})
	if err != nil {
		return c, fmt.Errorf("count raw mails: %w", err)
	}
	return c, nil
}

// NewestObjects returns the hashes of the raw mails that were brought to objects
// last.
func (s *queries) NewestObjects(ctx context.Context, n int) (hashes []string, err error) {
	err = s.view(ctx, func(q querier) error {
		hashes, err = list(ctx, q, "SELECT hash FROM raw_objects WHERE state = 'there' ORDER BY at DESC"+limit(n), nil, scanOne[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list raw mails in objects: %w", err)
	}
	return hashes, nil
}
