//go:build race

package ingest

const bigBomb = 10 << 20 // bytes; the race detector is slow and needs memory of its own
