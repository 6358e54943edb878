package casebook

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
)

// ErrLocked says that another process works on this casebook.
type ErrLocked struct {
	Holder string // what that process said of itself; may be empty
}

// Error names the holder.
func (e ErrLocked) Error() string {
	if e.Holder == "" {
		return "the casebook is in use by another process"
	}
	return "the casebook is in use by " + e.Holder
}

// Lock makes this process the only one that works on the casebook; reading, and
// small writes by commands, need no lock. holder says who it is (host, process
// ID, since when) and is what the second one gets in an [ErrLocked]. The lock
// ends with the process, however that ends; in a database soon after. Desks in a
// database are worked for by several processes: those use [Instance.Serve].
func (b *Book) Lock(holder string) (unlock func() error, err error) {
	return b.engine.lock(context.Background(), b, holder)
}

// lock is an flock on the file path.lock, which the kernel releases.
func (f file) lock(_ context.Context, _ *Book, holder string) (unlock func() error, err error) {
	return flock(f.path+".lock", holder)
}

func (f file) lockSchema(_ context.Context, holder string) (unlock func() error, err error) {
	return flock(f.path+".lock", holder)
}

func flock(path, holder string) (unlock func() error, err error) {
	f, err := NewFile(path)
	if errors.Is(err, fs.ErrExist) {
		f, err = os.OpenFile(path, os.O_RDWR, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("lock casebook: %w", err)
	}
	if err := acquire(f, holder); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return sync.OnceValue(func() error {
		// The file stays: removing it would let two processes lock two files.
		return errors.Join(f.Truncate(0), f.Close())
	}), nil
}

func acquire(f *os.File, holder string) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		text, err := os.ReadFile(f.Name())
		if err != nil {
			return fmt.Errorf("read holder of the lock: %w", err)
		}
		return ErrLocked{Holder: strings.TrimSpace(string(text))}
	}
	if err != nil {
		return fmt.Errorf("lock casebook: %w", err)
	}
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("write holder of the lock: %w", err)
	}
	if _, err := f.WriteAt([]byte(holder+"\n"), 0); err != nil {
		return fmt.Errorf("write holder of the lock: %w", err)
	}
	return nil
}
