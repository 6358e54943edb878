//go:build !race

package ingest

const bigBomb = 100 << 20 // bytes
