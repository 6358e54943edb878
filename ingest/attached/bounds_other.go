//go:build !linux

package attached

import "runtime/debug"

// bind asks the Go runtime to keep to the memory, which it does as far as it
// can; time is the parent's to keep. The hard bounds are Linux's.
func bind(l Limits) error {
	debug.SetMemoryLimit(l.Memory)
	return nil
}
