package notify

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		in, want string
		cut      bool
	}{
		{"", "", false},
		{"a\n\n \nb\r\n", "a\nb", false},
		{strings.Repeat("x\n", ThreadRows), strings.TrimSpace(strings.Repeat("x\n", ThreadRows)), false},
		{strings.Repeat("x\n", ThreadRows+1), strings.TrimSpace(strings.Repeat("x\n", ThreadRows)) + "…", true},
		{strings.Repeat("é", ThreadText), strings.Repeat("é", ThreadText), false},
		{strings.Repeat("é", ThreadText+1), strings.Repeat("é", ThreadText-1) + "…", true},
	} {
		got, cut := Excerpt(c.in)
		if got != c.want || cut != c.cut || utf8.RuneCountInString(got) > ThreadText+1 {
			t.Errorf("%.20q…: %d characters, cut %v; want %d, %v", c.in, utf8.RuneCountInString(got), cut, utf8.RuneCountInString(c.want), c.cut)
		}
	}
}
