package ingest

import (
	"os"
	"testing"
)

// BenchmarkExtract reads the mails of testdata, parsed before.
func BenchmarkStageParse(b *testing.B) {
	var raws [][]byte
	for _, name := range mails(b) {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		raws = append(raws, raw)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Parse(raws[i%len(raws)], DefaultLimits())
	}
}

func BenchmarkStageExtract(b *testing.B) {
	cat := catalogue(b)
	var parsed []*Message
	for _, name := range mails(b) {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		parsed = append(parsed, Parse(raw, DefaultLimits()))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Extract(cat, parsed[i%len(parsed)], desk)
	}
}
