package attached

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// bind bounds the process by the kernel: data, processor time, no files, no
// core. RLIMIT_DATA counts private writable memory (setrlimit(2), since Linux
// 4.7); RLIMIT_AS would count the address space as well, which the Go runtime
// reserves by the gigabyte without ever using it.
func bind(l Limits) error {
	taken, err := dataSize()
	if err != nil {
		return err
	}
	debug.SetMemoryLimit(l.Memory * 3 / 4)
	seconds := uint64(l.File/time.Second) + 2
	for _, b := range []struct {
		resource int
		most     uint64
	}{
		{syscall.RLIMIT_DATA, taken + uint64(l.Memory)},
		{syscall.RLIMIT_CPU, seconds},
		{syscall.RLIMIT_FSIZE, 0},
		{syscall.RLIMIT_CORE, 0},
	} {
		if err := syscall.Setrlimit(b.resource, &syscall.Rlimit{Cur: b.most, Max: b.most}); err != nil {
			return fmt.Errorf("setrlimit %d: %w", b.resource, err)
		}
	}
	return nil
}

// dataSize is what the process has of the memory that RLIMIT_DATA counts, in
// bytes: VmData of proc_pid_status(5).
func dataSize() (uint64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(status), "VmData:")
	kb, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	n, err := strconv.ParseUint(kb, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("VmData of /proc/self/status: %w", err)
	}
	return n << 10, nil
}
