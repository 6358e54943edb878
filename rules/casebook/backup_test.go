package casebook

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"retour/rules"
)

// A copy that is made while others write is one sound moment of the casebook.
func TestBackupWhileOthersWrite(t *testing.T) {
	b := newBook(t)
	openCase(t, b, rules.Case{})
	ctx, stop := context.WithCancel(t.Context())
	var written atomic.Int64
	done := make(chan error, 1)
	go func() {
		for ctx.Err() == nil {
			err := b.Write(context.WithoutCancel(ctx), noon, func(tx *Tx) error {
				number, err := tx.NextNumber(ctx)
				if err != nil {
					return err
				}
				return tx.Insert(ctx, &rules.Case{Number: number, State: rules.New, Items: []rules.Item{{Position: 1, Serial: number}}})
			})
			if err != nil && ctx.Err() == nil {
				done <- err
				return
			}
			written.Add(1)
		}
		done <- nil
	}()
	for i := range 3 {
		for before := written.Load(); written.Load() < before+5; {
			select {
			case err := <-done:
				t.Fatal(err)
			default:
			}
		}
		path := filepath.Join(t.TempDir(), "copy.db")
		low := int(written.Load())
		c, err := b.Backup(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if high := int(written.Load()) + 2; c.Cases < low || c.Cases > high {
			t.Errorf("copy %d holds %d cases, written were %d to %d", i, c.Cases, low, high)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 || info.Size() != c.Bytes {
			t.Errorf("%v %v", info, err)
		}
		copied := openBook(t, path)
		if cases := must(copied.Cases(t.Context(), CaseFilter{}))(t); len(cases) != c.Cases {
			t.Errorf("the copy holds %d cases, and said %d", len(cases), c.Cases)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestBackupTouchesNoFileThatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "there")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := newBook(t).Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("%v", err)
	}
	if text := must(os.ReadFile(path))(t); string(text) != "mine" {
		t.Errorf("%q", text)
	}
}

func TestInspect(t *testing.T) {
	b := newBook(t)
	c := openCase(t, b, rules.Case{})
	err := b.Write(t.Context(), noon, func(tx *Tx) error {
		_, err := tx.AddHistory(t.Context(), c.ID, HistoryRow{At: noon, Event: rules.EvRequest})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	good, cut, other := filepath.Join(dir, "good.db"), filepath.Join(dir, "cut.db"), filepath.Join(dir, "other.db")
	if _, err := b.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	raw := must(os.ReadFile(good))(t)
	if err := errors.Join(os.WriteFile(cut, raw[:len(raw)/2], 0o600), os.WriteFile(other, []byte("text, not a database at all, but long enough"), 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := Inspect(t.Context(), good)
	if err != nil || got.Cases != 1 || !got.LastAt.Equal(noon.Truncate(time.Millisecond)) {
		t.Errorf("%+v %v", got, err)
	}
	for path, want := range map[string]string{cut: "malformed", other: "not a database", filepath.Join(dir, "none.db"): "no such file"} {
		if _, err := Inspect(t.Context(), path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

// A row without a body, as cards are, goes over too.
func TestCopyKeepsEmptyBodies(t *testing.T) {
	b, ctx := newFile(t), t.Context()
	write(t, b, noon, func(ctx context.Context, tx *Tx) error {
		_, _, err := tx.Enqueue(ctx, Row{Lane: "card/1", Kind: "card", Key: "card/1"})
		return err
	})
	copied := newBook(t)
	if err := b.CopyTo(ctx, copied, func(Progress) {}); err != nil {
		t.Fatal(err)
	}
	if row := must(copied.OutboxRow(ctx, 1))(t); row.Kind != "card" || len(row.Body) != 0 {
		t.Errorf("it came as %+v", row)
	}
}
