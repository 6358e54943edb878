package casebook

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"retour/rules"
)

// noon is when the tests begin.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// newBook opens a fresh casebook.
func newBook(t testing.TB) *Book {
	t.Helper()
	return openBook(t, newStore(t))
}

// newFile opens a fresh casebook in a file: for what is about the file.
func newFile(t testing.TB) *Book {
	t.Helper()
	return openBook(t, filepath.Join(t.TempDir(), "retour.db"))
}

// newStore is where a fresh casebook can be: in a file, or in the database that
// RETOUR_TEST_POSTGRES names, as a desk of its own beside those of all other
// tests. All tests but those of the file itself hold for both.
func newStore(t testing.TB) string {
	server := os.Getenv("RETOUR_TEST_POSTGRES")
	if server == "" {
		return filepath.Join(t.TempDir(), "retour.db")
	}
	return server + "&desk=test-" + strings.ToLower(rand.Text())
}

// empty makes a casebook as good as fresh for the next round of a property
// test: IDs begin at 1 again. It is much faster than a fresh one.
func empty(rt *rapid.T, b *Book) {
	err := b.Write(context.Background(), noon, func(tx *Tx) error {
		for _, table := range []string{"outbox", "ledger"} {
			if _, err := tx.exec(context.Background(), "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
}

func openBook(t testing.TB, path string) *Book {
	t.Helper()
	b, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// write runs fn in a transaction that must succeed.
func write(t testing.TB, b *Book, now time.Time, fn func(ctx context.Context, tx *Tx) error) {
	t.Helper()
	ctx := t.Context()
	if err := b.Write(ctx, now, func(tx *Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

// must returns a value that comes with an error that must be nil:
// must(b.Case(ctx, number))(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// openCase makes a case with one item.
func openCase(t testing.TB, b *Book, c rules.Case) rules.Case {
	t.Helper()
	write(t, b, noon, func(ctx context.Context, tx *Tx) (err error) {
		if c.Number == "" {
			if c.Number, err = tx.NextNumber(ctx); err != nil {
				return err
			}
		}
		if c.State == "" {
			c.State = rules.New
		}
		return tx.Insert(ctx, &c)
	})
	return c
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b%20?#é.db") // every character that a URI could trip over
	b := openBook(t, path)
	openCase(t, b, rules.Case{})
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", filepath.Base(name), info.Mode().Perm())
		}
	}
}

func TestOpenTightensTheModeOfAnOldFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	openBook(t, path)
	if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o, want 600", info.Mode().Perm())
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Sir or Madam, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, filepath.Join(dir, "nowhere", "retour.db"), dir} {
		_, err := Open(t.Context(), path)
		if err == nil || !strings.Contains(err.Error(), "open casebook "+path) {
			t.Errorf("Open(%s) = %v, want an error that names the file", path, err)
		}
	}
}

func TestPragmas(t *testing.T) {
	b := newFile(t)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"}
	for pragma, value := range want {
		var got string
		if err := b.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != value {
			t.Errorf("writer: %s = %s, want %s", pragma, got, value)
		}
	}
	if _, err := b.reader.ExecContext(t.Context(), "DELETE FROM meta"); err == nil {
		t.Error("a reader could write")
	}
}

func TestWriteRollsBack(t *testing.T) {
	b := newBook(t)
	boom := errors.New("boom")
	add := func(ctx context.Context, tx *Tx) error {
		c := rules.Case{State: rules.New}
		var err error
		if c.Number, err = tx.NextNumber(ctx); err != nil {
			return err
		}
		return tx.Insert(ctx, &c)
	}
	err := b.Write(t.Context(), noon, func(tx *Tx) error {
		return errors.Join(add(t.Context(), tx), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("Write returned %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = b.Write(t.Context(), noon, func(tx *Tx) error {
			if err := add(t.Context(), tx); err != nil {
				t.Error(err)
			}
			panic("in the middle")
		})
	}()
	if all := must(b.Cases(t.Context(), CaseFilter{}))(t); len(all) != 0 {
		t.Errorf("%d cases remain of transactions that did not commit", len(all))
	}
	write(t, b, noon, add) // and the next can write
	if all := must(b.Cases(t.Context(), CaseFilter{}))(t); len(all) != 1 || all[0].Number != rules.Number(2026, 1) {
		t.Errorf("got %v, want one case with the first number", all)
	}
}

func TestWriteTime(t *testing.T) {
	b := newBook(t)
	now := time.Date(2026, 3, 4, 12, 0, 0, 123_456_789, time.FixedZone("", 3600))
	write(t, b, now, func(_ context.Context, tx *Tx) error {
		if want := time.Date(2026, 3, 4, 11, 0, 0, 123_000_000, time.UTC); tx.Now() != want {
			t.Errorf("Now() = %v, want %v", tx.Now(), want)
		}
		return nil
	})
}

// Two processes on one casebook, as far as the database can tell: each Book has
// its own connections.
func TestTwoWriters(t *testing.T) {
	path := newStore(t)
	books := []*Book{openBook(t, path), openBook(t, path)}
	c := openCase(t, books[0], rules.Case{})
	const each = 50
	var wg sync.WaitGroup
	for _, b := range books {
		for range 2 {
			wg.Go(func() {
				for range each {
					if err := addReminder(t.Context(), b, c.Number); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	got := must(books[0].Case(t.Context(), c.Number))(t)
	if got.Reminders != 4*each || got.Version != 1+4*each {
		t.Errorf("%d reminders at version %d, want %d: an update was lost", got.Reminders, got.Version, 4*each)
	}
}

func addReminder(ctx context.Context, b *Book, number string) error {
	return b.Write(ctx, noon, func(tx *Tx) error {
		c, err := tx.Case(ctx, number)
		if err != nil {
			return err
		}
		c.Reminders++
		return tx.Save(ctx, &c)
	})
}

// A reader must never see the case of one version with the items of another.
func TestReadersSeeWholeCases(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{Items: []rules.Item{{Position: 1}}})
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := b.Case(t.Context(), c.Number)
				if err != nil || len(got.Items) != 1 || got.Items[0].Position != got.Version {
					t.Errorf("read %+v, %v", got, err)
					return
				}
			}
		})
	}
	for range 200 {
		write(t, b, noon, func(ctx context.Context, tx *Tx) error {
			c.Items[0].Position = c.Version + 1
			return tx.Save(ctx, &c)
		})
	}
	close(done)
	wg.Wait()
}

// What is committed is there after a kill: the second Book opens the files as
// the first left them, without Close.
func TestReopenWithoutClose(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "retour.db")
	b := openBook(t, path)
	c := openCase(t, b, rules.Case{Fault: "no dial tone"})
	killed := filepath.Join(dir, "killed.db")
	for _, suffix := range []string{"", "-wal"} {
		data := must(os.ReadFile(path + suffix))(t)
		if err := os.WriteFile(killed+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := openBook(t, killed)
	if got := must(again.Case(t.Context(), c.Number))(t); got.Fault != c.Fault {
		t.Errorf("after the kill: %+v", got)
	}
	if err := again.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "retour.db")
	b, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		openCase(t, b, rules.Case{Fault: strings.Repeat("it rattles ", 50)})
	}
	if err := errors.Join(b.Verify(t.Context()), b.Close()); err != nil {
		t.Fatal(err)
	}
	data := must(os.ReadFile(path))(t)
	for i := len(data) / 2; i < len(data)/2+8192; i++ {
		data[i] = 0xA5
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged, err := Open(t.Context(), path) // which already fails where the schema itself lies there
	if err == nil {
		err = errors.Join(damaged.Verify(t.Context()), damaged.Close())
	}
	if err == nil || !strings.Contains(err.Error(), "casebook") {
		t.Errorf("Verify of a damaged file = %v", err)
	}
}

func TestVerifyFindsOrphans(t *testing.T) {
	b := newFile(t)
	c := openCase(t, b, rules.Case{Items: []rules.Item{{Position: 1}}})
	conn := must(b.writer.Conn(t.Context()))(t)
	for _, stmt := range []string{"PRAGMA foreign_keys = 0", "DELETE FROM cases"} {
		if _, err := conn.ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "3 rows") { // the item, and its unit that names the case twice
		t.Errorf("Verify with the items of deleted case %s = %v", c.Number, err)
	}
}

func TestSecretAndInstance(t *testing.T) {
	path := newStore(t)
	b, other := openBook(t, path), newBook(t)
	secret := must(b.Secret(t.Context()))(t)
	if len(secret) != 32 {
		t.Fatalf("the secret has %d bytes", len(secret))
	}
	if again := must(openBook(t, path).Secret(t.Context()))(t); string(again) != string(secret) {
		t.Error("the secret changed at reopening")
	}
	if string(must(other.Secret(t.Context()))(t)) == string(secret) {
		t.Error("two casebooks share a secret")
	}
	id := must(b.Instance(t.Context()))(t)
	if id == "" || id != must(b.Instance(t.Context()))(t) || id == must(other.Instance(t.Context()))(t) {
		t.Errorf("instance %q does not name this casebook alone", id)
	}
}
