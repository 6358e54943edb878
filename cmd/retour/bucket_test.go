//go:build s3

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"retour/rules/casebook"
)

// sluice is a way to a server that can be shut.
type sluice struct {
	net.Listener
	to   string
	shut atomic.Bool
}

func openSluice(t *testing.T, to string) *sluice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &sluice{Listener: l, to: to}
	go g.serve()
	t.Cleanup(func() { _ = l.Close() })
	return g
}

func (g *sluice) serve() {
	for {
		in, err := g.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", g.to)
		if err != nil || g.shut.Load() {
			_ = in.Close()
			continue
		}
		for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
			go func() {
				piece := make([]byte, 32<<10)
				for {
					n, err := way[0].Read(piece)
					if g.shut.Load() {
						err = net.ErrClosed
					}
					if err == nil {
						_, err = way[1].Write(piece[:n])
					}
					if err != nil {
						_ = in.Close()
						_ = out.Close()
						return
					}
				}
			}()
		}
	}
}

// withBucket is a desk that keeps its raw mails in the bucket that .ci/s3 serves,
// and the folder in which its objects lie.
func withBucket(t *testing.T) (d *desk, way *sluice, objects string) {
	t.Helper()
	at, dir := strings.TrimPrefix(os.Getenv("RETOUR_TEST_S3"), "https://"), os.Getenv("RETOUR_TEST_S3_DIR")
	if at == "" || dir == "" {
		t.Fatal("RETOUR_TEST_S3 names no server: see .ci/s3")
	}
	way = openSluice(t, at)
	prefix, ctx, demo := strings.ToLower(rand.Text()), t.Context(), newDemo(t.TempDir(), time.Now)
	t.Cleanup(func() {
		if err := demo.close(); err != nil {
			t.Error(err)
		}
	})
	if err := demo.startServers(); err != nil {
		t.Fatal(err)
	}
	path, err := demo.writeConfig()
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"access": "tests", "secret": "tests-secret"} {
		if err := os.WriteFile(filepath.Join(demo.dir, name), []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(f, "\nraw:\n  bucket: s3://mails/%s\n  endpoint: https://%s\n  path_style: true\n  ca: %s\n  access_key: {file: access}\n  secret_key: {file: secret}\n",
		prefix, way.Addr(), filepath.Join(dir, "cert.pem"))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	if demo.app, err = newApp(ctx, cfg, demo.clock.now, testLogger(t)); err != nil {
		t.Fatal(err)
	}
	if err := demo.open(ctx); err != nil {
		t.Fatal(err)
	}
	return &desk{demo: demo, t: t, ctx: ctx}, way, filepath.Join(dir, "data", "mails", prefix)
}

// filesIn are the files of a folder and of those in it.
func filesIn(t *testing.T, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !e.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// mailObjects are the objects of raw mails, without the mark of the bucket.
func mailObjects(t *testing.T, folder string) []string {
	return slices.DeleteFunc(filesIn(t, folder), func(path string) bool { return filepath.Base(path) == "bucket" })
}

// The desk takes mails in whether the bucket can be reached or not; they go there
// when it can, are read from there, and are removed when a person is forgotten.
func TestRawMailsGoToTheBucket(t *testing.T) {
	d, way, folder := withBucket(t)
	const zed = "zed@quixano.example"
	way.shut.Store(true)
	d.write(grandstream(zed, "one@quixano.example"))
	number := d.onlyCase(zed).Number
	if mails := d.received(zed); len(mails) != 1 {
		t.Errorf("%d mails went out while the bucket was out of reach", len(mails))
	}
	ctx, cancel := context.WithTimeout(d.ctx, time.Minute)
	defer cancel()
	if err := d.app.emptied(ctx); err == nil {
		t.Error("mails were moved to a bucket that is out of reach")
	}
	if code, out := d.cli("check", "--online"); code != exitFailed || !strings.Contains(out, "FAIL  bucket") {
		t.Errorf("%d %s", code, out)
	}
	if got, err := d.app.book.Objects(d.ctx); err != nil || got.Here != 1 || got.There != 0 || len(filesIn(t, folder)) != 0 {
		t.Errorf("%+v, %v; %d objects", got, err, len(filesIn(t, folder)))
	}
	way.shut.Store(false)
	if err := d.app.emptied(d.ctx); err != nil {
		t.Fatal(err)
	}
	d.write(grandstream("bea@other.example", "two@other.example"))
	if err := d.app.emptied(d.ctx); err != nil {
		t.Fatal(err)
	}
	names := mailObjects(t, folder)
	if got, err := d.app.book.Objects(d.ctx); err != nil || got.There != 2 || got.Here+got.Going+got.Coming != 0 || len(names) != 2 || strings.Contains(fmt.Sprint(names), "quixano") {
		t.Errorf("%+v, %v; objects %v", got, err, names)
	}
	if code, out := d.cli("check", "--online"); code != exitOK || !strings.Contains(out, "ok    bucket            it takes, gives back and removes") {
		t.Errorf("%d %s", code, out)
	}
	if _, out := d.cli("doctor"); !strings.Contains(out, "2 in the bucket, of which 2 were read, and 0 in the casebook") {
		t.Errorf("the doctor says %s", out)
	}
	to := filepath.Join(d.dir, "zed.zip")
	if code, out := d.cli("export", zed, "--to", to); code != exitOK {
		t.Fatalf("%d %s", code, out)
	}
	if given := unzip(t, to); !strings.Contains(given["mails/received/00000001.eml"], "Message-ID: <one@quixano.example>") {
		t.Errorf("the export has %v", given)
	}
	way.shut.Store(true)
	if code, out := d.cli("export", zed, "--to", filepath.Join(d.dir, "again.zip")); code != exitFailed || !strings.Contains(out, "in s3://mails/") {
		t.Errorf("an export without the bucket: %d %s", code, out)
	}
	way.shut.Store(false)
	if code, out := d.cli("forget", zed, "--yes", "--force"); code != exitOK || !strings.Contains(out, "older versions of objects") {
		t.Fatalf("%d %s", code, out)
	}
	if left := mailObjects(t, folder); len(left) != 1 {
		t.Errorf("after he was forgotten there are %v", left)
	}
	if c, err := d.app.book.Case(d.ctx, number); err != nil || !c.IsForgotten() {
		t.Errorf("%+v %v", c, err)
	}
	for _, name := range mailObjects(t, folder) { // somebody takes an object away
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, out := d.cli("doctor"); !strings.Contains(out, "its object is not in the bucket any more") {
		t.Errorf("the doctor says %s", out)
	}
	if code, out := d.cli("export", "bea@other.example", "--to", filepath.Join(d.dir, "bea.zip")); code != exitOK || !strings.Contains(fmt.Sprint(unzip(t, filepath.Join(d.dir, "bea.zip"))), "lost.txt") {
		t.Errorf("the export of a lost mail: %d %s", code, out)
	}
}

// A desk does not begin without the bucket that it has mails in.
func TestBucketIsMissed(t *testing.T) {
	d, _, _ := withBucket(t)
	d.write(grandstream("bea@other.example", "two@other.example"))
	if err := d.app.emptied(d.ctx); err != nil {
		t.Fatal(err)
	}
	cfg := d.app.cfg
	cfg.Raw = BucketConfig{}
	if _, err := newApp(d.ctx, cfg, time.Now, testLogger(t)); err == nil || !strings.Contains(err.Error(), "the bucket with 1 raw mail of this casebook") {
		t.Errorf("it begins: %v", err)
	}
}

// A desk at work leaves its bucket: what lies there comes back, what is lost is named,
// and in the end nothing is there and raw: can be taken out of the configuration.
func TestBucketIsLeft(t *testing.T) {
	d, way, folder := withBucket(t)
	for i := range 4 {
		d.write(grandstream(fmt.Sprintf("bea@other%d.example", i), fmt.Sprintf("%d@other.example", i)))
	}
	if err := d.app.emptied(d.ctx); err != nil {
		t.Fatal(err)
	}
	said := func(want int, args []string, texts ...string) {
		t.Helper()
		code, out := d.cli(args...)
		for _, text := range texts {
			if code != want || !strings.Contains(out, text) {
				t.Errorf("retour %s ended with %d and without %q:\n%s", strings.Join(args, " "), code, text, out)
			}
		}
	}
	leave := []string{"bucket", "leave"}
	said(exitOK, []string{"bucket"}, "raw mails are brought there", "4 raw mails (", "in the bucket, 0 in the casebook, 0 objects")
	said(exitOK, []string{"backup", filepath.Join(d.dir, "copy.db")}, "not in it: 4 raw mails in the bucket")
	said(exitOK, []string{"migrate", "--from", filepath.Join(d.dir, "copy.db"), "--to", filepath.Join(d.dir, "new.db")}, "Not copied: 4 raw mails, which stay in their bucket")

	way.shut.Store(true)
	said(exitFailed, leave, "say it again to go on")
	way.shut.Store(false)
	other := filepath.Join(d.dir, "other.yaml")
	text, err := os.ReadFile(filepath.Join(d.dir, "retour.yaml"))
	if err == nil {
		err = os.WriteFile(other, []byte(strings.Replace(string(text), "s3://mails/", "s3://mails/other-", 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	said(exitFailed, append([]string{"--config", other}, leave...), "this is not the bucket", "Name the right one under raw:")
	said(exitFailed, []string{"--config", other, "doctor"}, "this is not the bucket", "retour bucket leave first")
	said(exitOK, []string{"--config", other, "bucket", "use", "--this"}, "the running desk brings raw mails there")
	said(exitFailed, []string{"--config", other, "doctor"}, "its object is not in the bucket any more")

	lost := mailObjects(t, folder)[0]
	if err := os.Remove(lost); err != nil {
		t.Fatal(err)
	}
	said(exitFailed, leave, "3 raw mails brought back, with the hash that each came with; 3 objects removed", "of RMA-", "its object is not in the bucket any more", "1 raw mail could not be brought back")
	d.write(grandstream("bea@last.example", "last@other.example"))
	if err := d.app.emptied(d.ctx); err != nil {
		t.Fatal(err)
	}
	said(exitFailed, []string{"doctor"}, "the bucket is being left: 1 lie in it still, 4 in the casebook")
	said(exitOK, append(leave, "--give-up"), "1 raw mail given up", "take raw: out of the configuration")
	said(exitOK, []string{"bucket"}, "was left; take raw: out", "0 raw mails (0 KB) in the bucket, 4 in the casebook")
	if left := filesIn(t, folder); len(left) != 0 {
		t.Errorf("in the bucket there are %v", left)
	}
	without := &app{cfg: d.app.cfg, book: d.app.book}
	without.cfg.Raw = BucketConfig{}
	if err := without.bucketNamed(d.ctx); err != nil {
		t.Errorf("it does not begin without the bucket: %v", err)
	}
	if n, err := d.app.book.Objects(d.ctx); err != nil || n != (casebook.ObjectCounts{Here: 4}) {
		t.Errorf("%+v, %v", n, err)
	}
	mails, err := d.app.book.Ledger(d.ctx, casebook.LedgerFilter{})
	if err != nil || len(mails) != 5 {
		t.Fatalf("%d mails, %v", len(mails), err)
	}
	missing := 0
	for _, m := range mails {
		if _, err := d.app.book.Raw(d.ctx, m.Hash); errors.Is(err, casebook.ErrNotFound) {
			missing++
		} else if err != nil {
			t.Error(err)
		}
	}
	if missing != 1 {
		t.Errorf("%d mails are missing", missing)
	}
}

// People are told once when the bucket has taken nothing for a while, and once when it
// takes mails again; a monitor sees it at once.
func TestBucketOutOfReachIsTold(t *testing.T) {
	d, way, _ := withBucket(t)
	a := &app{cfg: d.app.cfg, book: d.app.book, now: d.app.now, log: d.app.log, intake: d.app.intake, watcher: d.app.watcher, neighbours: d.app.neighbours,
		mailboxHealth: healthOfMailbox(), bucketHealth: healthOfBucket()} // whose clock nobody else looks at
	try := func(want float64) {
		t.Helper()
		if err := a.tryBucket(d.ctx); err != nil {
			t.Fatal(err)
		}
		e := exposition{}
		a.monitor().partMetrics(e)
		if got := e["retour_bucket_up"]; len(got) != 1 || got[0].value != want {
			t.Fatalf("served: %v, want %v", got, want)
		}
		for range 3 {
			if err := a.lookAfter(d.ctx); err != nil {
				t.Fatal(err)
			}
			a.bucketHealth.since = time.Now().Add(-silence - time.Minute)
		}
	}
	way.shut.Store(true)
	d.write(grandstream("bea@other.example", "one@other.example"))
	try(0)
	way.shut.Store(false)
	try(1)
	d.wait()
	for _, text := range []string{"Raw mails stay in the casebook, which grows; nothing is lost", "The bucket takes raw mails again."} {
		if n := len(d.messages(text)); n != 1 {
			t.Errorf("Slack says %d times: %s", n, text)
		}
	}
}

// A restored desk does not know what was brought to the bucket after its copy was
// made; that is found, and removed when it is said, and nothing else is.
func TestBucketStrays(t *testing.T) {
	d, _, folder := withBucket(t)
	said := func(text string, args ...string) {
		t.Helper()
		if code, out := d.cli(args...); code != exitOK || !strings.Contains(out, text) {
			t.Errorf("retour %s ended with %d and without %q:\n%s", strings.Join(args, " "), code, text, out)
		}
	}
	bring := func(from, id string) {
		t.Helper()
		d.write(grandstream(from, id))
		if err := d.app.emptied(d.ctx); err != nil {
			t.Fatal(err)
		}
	}
	bring("ann@shop.example", "one@shop.example")
	copied := filepath.Join(d.dir, "copy.db")
	said("not in it: 1 raw mail in the bucket", "backup", copied)
	bring("bea@other.example", "two@other.example")
	said("0 objects that the casebook does not know of", "bucket", "strays")

	text, err := os.ReadFile(filepath.Join(d.dir, "retour.yaml"))
	if err == nil {
		err = os.WriteFile(filepath.Join(d.dir, "old.yaml"), []byte(strings.Replace(string(text), "store: retour.db", "store: copy.db", 1)), 0o600)
	}
	if err != nil || !strings.Contains(string(text), "store: retour.db") {
		t.Fatalf("%v in %s", err, text)
	}
	old := []string{"--config", filepath.Join(d.dir, "old.yaml"), "bucket"}
	said("\n1 object that the casebook does not know of\n", append(old, "strays")...)
	if n := len(mailObjects(t, folder)); n != 2 {
		t.Errorf("looking left %d objects", n)
	}
	said("1 object that the casebook does not know of: removed", append(old, "strays", "--remove")...)
	said(`"in_the_bucket": 1`, append(old, "--json")...)
	hashes, err := d.app.book.NewestObjects(d.ctx, 2)
	if err != nil || len(hashes) != 2 {
		t.Fatal(hashes, err)
	}
	lost := 0
	for _, hash := range hashes {
		if _, err := d.app.book.Raw(d.ctx, hash); errors.Is(err, casebook.ErrLost) {
			lost++
		} else if err != nil {
			t.Error(err)
		}
	}
	if left := filesIn(t, folder); lost != 1 || len(left) != 2 {
		t.Errorf("%d are lost; the mail that the copy knows, and the mark, are %v", lost, left)
	}
}

// A mail that came again after it had been moved lies in the bucket twice: when one of
// its objects is lost, nothing is missed.
func TestBucketHasAMailTwice(t *testing.T) {
	d, _, folder := withBucket(t)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	for again := range 2 {
		if err := d.app.emptied(d.ctx); err != nil {
			t.Fatal(err)
		}
		if again == 1 {
			break
		}
		hashes, err := d.app.book.NewestObjects(d.ctx, 1)
		if err != nil || len(hashes) != 1 {
			t.Fatal(hashes, err)
		}
		raw, err := d.app.book.Raw(d.ctx, hashes[0])
		if err == nil {
			err = d.app.book.Write(d.ctx, time.Now(), func(tx *casebook.Tx) error { _, err := tx.PutRaw(d.ctx, raw); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	objects := mailObjects(t, folder)
	if len(objects) != 2 {
		t.Fatalf("there are %v", objects)
	}
	if err := os.Remove(objects[0]); err != nil {
		t.Fatal(err)
	}
	if code, out := d.cli("bucket", "leave"); code != exitOK || !strings.Contains(out, "1 raw mail brought back") || !strings.Contains(out, "Nothing of this casebook lies in the bucket any more") {
		t.Errorf("it ended with %d:\n%s", code, out)
	}
}
