package templates

import "testing"

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	s, err := Load(nil)
	if err != nil {
		b.Fatal(err)
	}
	m := sampleMail("de", "validated")
	for b.Loop() {
		if _, err := s.Render(m); err != nil {
			b.Fatal(err)
		}
	}
}
