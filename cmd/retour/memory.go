package main

import "runtime/debug"

// A desk lives from a small heap that changes slowly, and makes half a megabyte of
// garbage with each mail: it is collected at half of what lives, and more often
// when mails of many megabytes are in hand. `retour bench` measures what that costs
// (a tenth more processor time) and saves (a fifth of the memory).
const (
	garbagePercent = 50
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
