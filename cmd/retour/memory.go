package main

import "runtime/debug"

// A desk lives from a small heap that changes slowly, and makes half a megabyte of
// garbage with each mail: it is collected at three tenths of what lives, and more
// often when mails of many megabytes are in hand. On a machine busy with
// other things `retour bench` measured 82 MB with five tenths for 77, and a sixth
// less processor time.
const (
	garbagePercent = 30
	softMemory     = 64 << 20 // bytes that Go manages; the program's own pages and SQLite's come on top
)

// frugal sets how much memory the desk takes, unless GOGC or GOMEMLIMIT say it.
func frugal(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
}
