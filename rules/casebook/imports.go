package casebook

import "time"

// ImportKind says what a file was imported into.
type ImportKind string

// The kinds.
const (
	KindRegister  ImportKind = "register"
	KindDirectory ImportKind = "directory"
)

// ImportRow is one import of a file.
type ImportRow struct {
	ID         int64
	Kind       ImportKind
	File       string // its name
	Hash       string // SHA-256 of its bytes, hex
	StartedAt  time.Time
	FinishedAt time.Time // zero: it was broken off
	Tally
}

// Tally is what an import made of the lines of a file. Each line is one of
// added, changed, same and rejected; kept ones are among the others.
type Tally struct {
	Lines    int
	Added    int
	Changed  int
	Same     int
	Kept     int // where what the desk had noted stands against the file
	Rejected int
}
