package templates

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestDoubts(t *testing.T) {
	text := func(lang string) string {
		src, err := fs.ReadFile(shipped, lang+"/shipped.txt")
		if err != nil {
			t.Fatal(err)
		}
		return string(src)
	}
	whole := fstest.MapFS{}
	for _, lang := range Languages() {
		whole[lang+"/shipped.txt"] = &fstest.MapFile{Data: []byte(text(lang))}
	}
	for _, c := range []struct {
		name    string
		overlay fstest.MapFS
		want    []string
	}{
		{"nothing of one's own", fstest.MapFS{}, nil},
		{"all five as they are", whole, nil},
		{"two of five", fstest.MapFS{"en/shipped.txt": whole["en/shipped.txt"], "nl/shipped.txt": whole["nl/shipped.txt"]}, []string{
			"en/shipped.txt:1: only en, nl has this text of yours; in fr, it, de customers still read the shipped one (write it in all five, or in none)"}},
		{"without its places", fstest.MapFS{"en/withdrawn.txt": {Data: []byte("Subject: x\n\nNo number here.\n")}}, []string{
			"en/withdrawn.txt:1: only en has this text of yours; in fr, nl, it, de customers still read the shipped one (write it in all five, or in none)",
			"en/withdrawn.txt:1: the shipped text has {{.Number}}, {{template \"staff\" .}}, {{template \"status\" .}}, and yours has not (the customer is not told)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Doubts(c.overlay)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
