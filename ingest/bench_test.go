package ingest

import (
	"os"
	"testing"
)

// BenchmarkExtract reads the mails of testdata, parsed before.
func BenchmarkExtract(b *testing.B) {
	cat := catalogue(b)
	var parsed []*Message
	for _, name := range mails(b) {
		raw, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		parsed = append(parsed, Parse(raw, DefaultLimits()))
	}
	b.ResetTimer()
	for i := range b.N {
		Extract(cat, parsed[i%len(parsed)], desk)
	}
}
