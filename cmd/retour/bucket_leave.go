package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/schollz/progressbar/v3"

	"retour/rules/casebook"
)

type bucketCmd struct {
	Status bucketStatusCmd `cmd:"" default:"withargs" help:"How many raw mails lie where, and whether they are brought to the bucket."`
	Leave  bucketLeaveCmd  `cmd:"" help:"Bring all raw mails back into the casebook, while the desk works."`
	Use    bucketUseCmd    `cmd:"" help:"Bring raw mails to the bucket again."`
	Strays bucketStraysCmd `cmd:"" help:"Find objects that the casebook does not know of, as after a restored copy; remove them."`
}

// Help says where a bucket comes from.
func (bucketCmd) Help() string {
	return `With raw: in the configuration the running desk brings raw mails, with their attachments, to a bucket
of S3-compatible storage. These commands say how they lie, and bring them back.`
}

type bucketStatusCmd struct {
	JSON bool `help:"As JSON." name:"json"`
}

// bucketReport is what `retour bucket --json` prints.
type bucketReport struct {
	Bucket  string `json:"bucket,omitempty"` // that of the configuration
	There   int    `json:"in_the_bucket"`
	Bytes   int64  `json:"bytes_in_the_bucket"`
	Here    int    `json:"in_the_casebook"`
	Going   int    `json:"objects_to_be_removed"`
	Leaving bool   `json:"leaving"`
}

func (s *bucketStatusCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		n, err := book.Objects(w.ctx)
		if err != nil {
			return err
		}
		r := bucketReport{cfg.Raw.Bucket, n.There, n.Bytes, n.Here, n.Going, n.Leaving}
		if s.JSON {
			return writeJSON(w.stdout, r)
		}
		_, err = fmt.Fprintf(w.stdout, "%s\n%s (%s) in the bucket, %d in the casebook, %s to be removed\n",
			r.says(), number(r.There, "raw mail"), sizeText(r.Bytes), r.Here, number(r.Going, "object"))
		return err
	})
}

func (r bucketReport) says() string {
	switch {
	case r.Bucket == "" && r.There+r.Going > 0:
		return "the configuration names no bucket, and some lie in one: put raw: back into it"
	case r.Bucket == "":
		return "raw mails stay in the casebook: the configuration names no bucket"
	case r.Leaving && r.There+r.Going > 0:
		return r.Bucket + ": is being left; retour bucket leave goes on with it, retour bucket use brings mails there again"
	case r.Leaving:
		return r.Bucket + ": was left; take raw: out of the configuration, or bring mails there again with retour bucket use"
	}
	return r.Bucket + ": raw mails are brought there"
}

type bucketUseCmd struct {
	This bool `help:"Take the bucket of the configuration for the right one though its mark is not there: objects were copied to it without the mark, or all are lost."`
}

func (u *bucketUseCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		if cfg.Raw.Bucket == "" {
			return errNoBucket
		}
		var err error
		if u.This {
			err = book.MarkBucket(w.ctx)
		}
		if err == nil {
			err = book.UseBucket(w.ctx)
		}
		if err == nil {
			_, err = fmt.Fprintf(w.stdout, "%s: the running desk brings raw mails there\n", cfg.Raw.Bucket)
		}
		return err
	})
}

var errNoBucket = usageError{errors.New("the configuration names no bucket (raw:)")}

type bucketStraysCmd struct {
	Remove bool `help:"Remove them, for good."`
}

// Help says whose they can be.
func (bucketStraysCmd) Help() string {
	return `A casebook that was restored from a copy does not know what was brought to the bucket after the copy
was made: those objects hold mails of people, and neither retention nor retour forget finds them. This
lists the bucket (the keys need s3:ListBucket for that) and names what lies there under the name of this
casebook and is not in it.

Look first whether another copy of the same casebook works with the bucket: what is a stray to one is a
mail to the other.`
}

func (s *bucketStraysCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		raw, err := cfg.bucket()
		if err == nil && raw == nil {
			err = errNoBucket
		}
		if err != nil {
			return err
		}
		instance, err := book.Instance(w.ctx)
		if err != nil {
			return err
		}
		found := 0
		err = raw.List(w.ctx, instance+"/", func(names []string) error {
			strays, err := book.Strays(w.ctx, names)
			for _, name := range strays {
				if s.Remove && err == nil {
					err = raw.Remove(w.ctx, name)
				}
				if err == nil {
					found++
					_, err = fmt.Fprintln(w.stdout, clean(name))
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s that the casebook does not know of%s\n", number(found, "object"), map[bool]string{true: ": removed"}[s.Remove && found > 0])
		return err
	})
}

type bucketLeaveCmd struct {
	GiveUp bool `help:"Count no more on raw mails whose objects are lost or damaged: first look whether the bucket has older versions of them."`
}

// Help says how it goes.
func (bucketLeaveCmd) Help() string {
	return `The desk may go on working. From now on no process brings anything to the bucket; then mail by mail is
read from there, compared with the hash that it came with, and written into the casebook; its object is
removed after that. Broken off, it goes on where it was when it is said again; retour bucket use takes it
back. A mail whose object is missing or damaged is named, and the others are brought back all the same.

When nothing is left there, take raw: out of the configuration and restart the desk. Older copies of the
casebook (retour backup) count on the objects that are removed now: make a new one.`
}

func (l *bucketLeaveCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		if cfg.Raw.Bucket == "" {
			return errNoBucket
		}
		n, err := book.Objects(w.ctx)
		if err == nil {
			err = enoughRoom(cfg, n.Bytes)
		}
		if err == nil {
			err = book.LeaveBucket(w.ctx)
		}
		if err != nil {
			return err
		}
		run := &leaving{w: w, cfg: cfg, book: book, giveUp: l.GiveUp}
		return run.run(n.There)
	})
}

// enoughRoom makes sure that so many bytes more have room on the casebook's disk; that
// of a server is not known here.
func enoughRoom(cfg Config, bytes int64) error {
	if casebook.IsServer(cfg.Store) {
		return nil
	}
	free, err := casebook.RoomIn(cfg.folder())
	if err != nil {
		return err
	}
	if need := bytes + bytes/10 + 64<<20; free < need {
		return fmt.Errorf("the raw mails in the bucket need %s on the casebook's disk, which has %s free: make room first", sizeText(need), sizeText(free))
	}
	return nil
}

// leaving is a bucket on its way out.
type leaving struct {
	w      *world
	cfg    Config
	book   *casebook.Book
	giveUp bool

	bar                             *progressbar.ProgressBar
	back, missed, lost, given, gone int
	unremoved                       error
}

func (l *leaving) run(there int) error {
	l.bar = progress(l.w, "bringing raw mails back", true)
	err := l.all(there)
	_ = l.bar.Finish() // it only shows how far it is
	if l.back > 0 || err == nil {
		fmt.Fprintf(l.w.stdout, "%s brought back, with the hash that each came with; %s removed\n", number(l.back, "raw mail"), number(l.gone, "object"))
	}
	if l.given > 0 {
		fmt.Fprintf(l.w.stdout, "%s given up\n", number(l.given, "raw mail"))
	}
	switch {
	case errors.Is(err, casebook.ErrOtherBucket):
		return fmt.Errorf("%w. Name the right one under raw: in the configuration; if it was emptied, see whether it has older versions. If it is the right one all the same, say retour bucket use --this", err)
	case err != nil:
		return fmt.Errorf("%w; say it again to go on", err)
	}
	return l.end()
}

// all goes once through what lies in the bucket: nothing is brought there any more.
func (l *leaving) all(there int) error {
	l.bar.ChangeMax(there)
	for after := ""; ; {
		got, err := l.book.BringRaw(l.w.ctx, time.Now(), after)
		if err != nil {
			return err
		}
		for _, m := range got.Missed {
			if err := l.miss(m); err != nil {
				return err
			}
		}
		l.back, after = l.back+got.Mails, got.Last
		_ = l.bar.Set(l.back + l.missed + l.given) // as above
		if l.unremoved == nil {
			var n int
			n, l.unremoved = l.book.RemoveObjects(l.w.ctx, time.Now())
			l.gone += n
		}
		if after == "" {
			return nil
		}
	}
}

// miss names the mail that did not come back, and gives it up where that is wanted.
// Of one that is here, or has another object, there is nothing to be missed.
func (l *leaving) miss(m casebook.Missed) error {
	if m.IsLost() {
		if _, err := l.book.Raw(l.w.ctx, m.Hash); err == nil {
			return l.book.GiveUpRaw(l.w.ctx, time.Now(), m.Place)
		}
	}
	rows, err := l.book.MailsOfRaw(l.w.ctx, m.Hash)
	if err != nil {
		return err
	}
	_ = l.bar.Clear() // as above
	fmt.Fprintf(l.w.stdout, "%s: %s\n", nameMails(rows, m.Hash, l.cfg), clean(m.Err.Error()))
	if l.giveUp && m.IsLost() {
		l.given++
		return l.book.GiveUpRaw(l.w.ctx, time.Now(), m.Place)
	}
	l.missed++
	if m.IsLost() {
		l.lost++
	}
	return nil
}

// nameMails says which mails have these bytes.
func nameMails(rows []casebook.LedgerRow, hash string, cfg Config) string {
	if len(rows) == 0 {
		return "a raw mail that no record names (" + hash + ")"
	}
	first := rows[0]
	text := fmt.Sprintf("mail %d, seen %s", first.ID, stamp(first.SeenAt, zone(cfg)))
	if first.CaseNumber != "" {
		text += ", of " + first.CaseNumber
	}
	if len(rows) > 1 {
		text += fmt.Sprintf(", and %s of the same bytes", number(len(rows)-1, "mail"))
	}
	return text
}

// end says what is left to do.
func (l *leaving) end() error {
	left, err := l.book.BucketLeft(l.w.ctx)
	if err != nil {
		return err
	}
	n, err := l.book.Objects(l.w.ctx)
	switch {
	case err != nil:
		return err
	case left:
		_, err := fmt.Fprintln(l.w.stdout, "Nothing of this casebook lies in the bucket any more: take raw: out of the configuration and restart the desk. Older copies of the casebook count on what was removed: make a new one with retour backup.")
		return err
	case l.lost > 0:
		return fmt.Errorf("%s could not be brought back: bring the bucket back to an earlier state by its own means and say it again, or give up what is lost with --give-up", number(l.missed, "raw mail"))
	case l.missed > 0:
		return fmt.Errorf("%s could not be brought back; say it again when the bucket gives them", number(l.missed, "raw mail"))
	case l.unremoved != nil:
		return fmt.Errorf("all raw mails are back, but objects are left in the bucket: %w; the running desk goes on to remove them, or say it again", l.unremoved)
	}
	return fmt.Errorf("all raw mails are back, but %s may still be written by a process that brought mails there: say it again in an hour", number(n.Coming+n.Going, "object"))
}
