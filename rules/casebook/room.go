package casebook

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// ErrNoRoom says that a casebook could not be worked with because its disk is full.
// Nothing in it is damaged.
var ErrNoRoom = errors.New("the disk is full")

// leastRoom is what SQLite needs beside a file to open it, in bytes, with a margin.
const leastRoom = 1 << 20

// RoomIn is how many bytes the disk under a folder has left for this process.
func RoomIn(folder string) (int64, error) {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil {
		return 0, err
	}
	return int64(fs.Bavail) * int64(fs.Bsize), nil
}

// explained puts the cause beside the error of a file whose disk has less than least
// bytes left: SQLite then speaks of an I/O error, as of a disk that breaks.
func explained(store string, err error, least int64) error {
	if err == nil || IsServer(store) {
		return err
	}
	path, absErr := filepath.Abs(store)
	free, statErr := RoomIn(filepath.Dir(path))
	if absErr != nil || statErr != nil || free >= least {
		return err
	}
	return fmt.Errorf("%w (%d KB are left in %s): %w", ErrNoRoom, free>>10, filepath.Dir(path), err)
}
