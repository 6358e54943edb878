package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/rules/casebook"
)

type backupCmd struct {
	To   string `arg:"" help:"A folder: the copy gets a name with the time. Or a file that does not exist yet." type:"path"`
	Keep int    `help:"With a folder: keep so many copies and remove older ones; 0 keeps all." default:"0"`
}

// Help teaches when.
func (backupCmd) Help() string {
	return `The desk may go on working: the copy is one moment of the casebook, with every case, mail, history
and outgoing mail. It is checked before it counts, and before an older copy is removed.

  retour backup /var/backups/retour --keep 14     # every night

Copy the configuration, the policy and the files with secrets too: they are not in the casebook. Raw
mails that lie in a bucket (raw: in the configuration) are not in the copy either, and are counted: keep
the bucket's older versions for as long as the copies.`
}

const copyName = "retour-20060102-150405.000.db"

func (b *backupCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(_ Config, book *casebook.Book) error {
		path, folder := b.To, false
		if info, err := os.Stat(b.To); err == nil && info.IsDir() {
			path, folder = filepath.Join(b.To, time.Now().UTC().Format(copyName)), true
		}
		if b.Keep != 0 && !folder {
			return usageError{fmt.Errorf("--keep %d: %s is no folder; name one that exists", b.Keep, b.To)}
		}
		made, err := book.Backup(w.ctx, path)
		if errors.Is(err, fs.ErrExist) {
			return usageError{fmt.Errorf("%s is there already: name a folder, or a new file", path)}
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(w.stdout, "%s: %s\n", path, describeCopy(made))
		if err := book.SetDone(w.ctx, casebook.ChoreBackup, time.Now()); err != nil {
			return err
		}
		return b.prune(w)
	})
}

// prune removes the oldest copies of a folder: only files that have the name of
// a copy.
func (b *backupCmd) prune(w *world) error {
	if b.Keep <= 0 {
		return nil
	}
	names, err := filepath.Glob(filepath.Join(b.To, "retour-*.db"))
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		_, err := time.Parse(copyName, filepath.Base(n))
		return err != nil
	})
	slices.Sort(names) // their names are their times
	for _, name := range names[:max(0, len(names)-b.Keep)] {
		if err := os.Remove(name); err != nil {
			return fmt.Errorf("remove an old copy: %w", err)
		}
		fmt.Fprintf(w.stdout, "%s: removed\n", name)
	}
	return nil
}

func describeCopy(c casebook.Copy) string {
	text := fmt.Sprintf("sound, %s, %s, %s", sizeText(c.Bytes), number(c.Cases, "case"), number(c.Mails, "mail"))
	if !c.LastAt.IsZero() {
		text += ", the last thing in it happened " + c.LastAt.Format("2006-01-02 15:04 UTC")
	}
	if c.Remote > 0 {
		text += "; not in it: " + number(c.Remote, "raw mail") + " in the bucket"
	}
	return text
}

func sizeText(n int64) string {
	if n < 10<<20 {
		return fmt.Sprintf("%d KB", (n+1023)/1024)
	}
	if n < 10<<30 {
		return fmt.Sprintf("%d MB", n>>20)
	}
	return fmt.Sprintf("%d GB", n>>30)
}

type restoreCmd struct {
	From  string `arg:"" help:"A copy that retour backup made." type:"existingfile"`
	Check bool   `help:"Only say whether the copy is sound and what it holds."`
}

// Help says what a restored desk does not know.
func (restoreCmd) Help() string {
	return `Puts a copy in the place of a casebook that is lost. The casebook of the configuration must not be
there: move it away first, if only to have it. The desk must not be running.

What happened after the copy was made is not in it:
- Mails that arrived since then are read again where they still lie in the mailbox. Those that the
  desk had moved lie in its folders done and hold: move them back into the mailbox.
- Mails of the desk that had not left when the copy was made may have left since. They are not sent
  by themselves: each of their cases is put before the staff, who can send the mail again.
- Raw mails in a bucket that were forgotten or brought back since are gone there, unless the bucket has
  older versions. What was brought there since is in the copy, or read again; its objects stay in the
  bucket, and the casebook does not know of them: retour bucket strays finds them.`
}

func (r *restoreCmd) Run(w *world, c *cli) error {
	held, err := casebook.Inspect(w.ctx, r.From)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(w.stdout, "%s: %s\n", r.From, describeCopy(held))
	if r.Check {
		return nil
	}
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	if casebook.IsServer(cfg.Store) {
		return usageError{errors.New("a copy is put in the place of a file, and the store of this configuration is a database: restore that with the means of the server")}
	}
	to := cfg.store()
	stopped, err := restore(w, cfg, r.From, to, held)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.stdout, "%s: restored; %s held back for the staff\n", to, number(stopped, "mail"))
	if held.Remote > 0 {
		fmt.Fprintf(w.stdout, "%s of it lie in the bucket, as far as they have not been removed since: retour doctor reads the newest\n", number(held.Remote, "raw mail"))
	}
	since := "since then"
	if !held.LastAt.IsZero() {
		since = "after " + held.LastAt.Format("2006-01-02 15:04 UTC")
	}
	fmt.Fprintf(w.stdout, "Mails that came %s and lie in %s or %s are not in the copy: move them back into %s, and the desk reads them again.\n",
		since, cfg.Mailbox.Done, cfg.Mailbox.Hold, cfg.Mailbox.Folder)
	return nil
}

// restore puts a copy where no casebook is. It gets its name when it is ready:
// however this ends, a desk never finds one whose mails it would send again.
func restore(w *world, cfg Config, from, to string, held casebook.Copy) (stopped int, err error) {
	if err := missing(to); err != nil {
		return 0, err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil { // a new machine has none yet
		return 0, fmt.Errorf("restore: %w", err)
	}
	part := to + ".part"
	defer func() { err = errors.Join(err, remove(part)) }()
	if err := errors.Join(remove(part), copyFile(from, part)); err != nil {
		return 0, fmt.Errorf("restore: %w", err)
	}
	if _, err := casebook.Inspect(w.ctx, part); err != nil {
		return 0, err
	}
	cfg.Store = part
	if stopped, err = holdBack(w, cfg, held); err != nil {
		return 0, err
	}
	if _, err := os.Stat(part + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return 0, fmt.Errorf("restore: somebody else has %s open", part)
	}
	if err := os.Rename(part, to); err != nil {
		return 0, fmt.Errorf("restore: %w", err)
	}
	return stopped, nil
}

// beside are the ends of the names of a casebook's files.
var beside = []string{"", "-wal", "-shm", ".lock"}

// remove takes a casebook away with the files beside it, as far as they are there.
func remove(path string) error {
	for _, end := range beside {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// missing makes sure that nothing of a casebook is there.
func missing(to string) error {
	for _, end := range beside[:3] {
		if _, err := os.Stat(to + end); !errors.Is(err, fs.ErrNotExist) {
			return usageError{fmt.Errorf("%s is there: move it away first, together with the files of its name that end in -wal and -shm", to+end)}
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := casebook.NewFile(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// holdBack gives up the mails that were waiting when the copy was made: nobody
// knows whether they have left since. Their cases are put before the staff.
func holdBack(w *world, cfg Config, held casebook.Copy) (stopped int, err error) {
	cfg.alone = true
	a, err := newApp(w.ctx, cfg, time.Now, newLogger(w.stderr, LogConfig{Level: "error"}))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.close()) }() // it folds the write-ahead log into the file
	if err := a.book.ForgetUploads(w.ctx); err != nil {
		return 0, err
	}
	rows, err := a.book.Outbox(w.ctx, casebook.OutboxFilter{Kind: "mail", Status: casebook.Pending})
	if err != nil {
		return 0, err
	}
	why := "the desk was restored from a copy of " + strings.TrimSpace(held.LastAt.Format("2 January 2006 15:04 UTC")) + ", in which this mail had not left yet; it may have left since"
	for _, row := range rows {
		if err := a.intake.DeliveryFailed(w.ctx, row, why); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
