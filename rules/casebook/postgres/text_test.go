package postgres

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Every text, of whatever bytes, is stored as one that PostgreSQL takes, and
// comes back; ordinary ones are stored as they are.
func TestTextsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
			rapid.Custom(func(t *rapid.T) string {
				return string(rapid.SliceOf(rapid.Int32Range(0x10FE00, 0x10FFFF)).Draw(t, "high"))
			})).Draw(t, "text")
		stored := escape(s)
		if !utf8.ValidString(stored) || strings.Contains(stored, "\x00") {
			t.Fatalf("%q is stored as %q", s, stored)
		}
		if back := unescape(stored); back != s {
			t.Fatalf("%q comes back as %q", s, back)
		}
	})
	for _, s := range []string{"", "Zoë", "\U0010FE00", "\ufffd"} {
		if escape(s) != s {
			t.Errorf("%q is stored as %q", s, escape(s))
		}
	}
	if got := escape("a\x00b"); got != "a\U0010FF00b" {
		t.Errorf("NUL is stored as %q", got)
	}
}

func TestTranslate(t *testing.T) {
	for query, want := range map[string]string{
		"SELECT id FROM cases WHERE number = $1":                     "SELECT id FROM cases WHERE number = $1",
		"INSERT INTO t VALUES (?, ?, 1) ON CONFLICT DO NOTHING":      "INSERT INTO t VALUES ($1, $2, 1) ON CONFLICT DO NOTHING",
		"ON CONFLICT (name, label) DO UPDATE SET n = counters.n + 1": "ON CONFLICT (desk, name, label) DO UPDATE SET n = counters.n + 1",
		"serial_key IN (SELECT value FROM json_each($1))":            "serial_key IN (SELECT value FROM json_array_elements_text(CAST($1 AS json)) AS value)",
		"instr(lower(CAST(b.body AS TEXT)), $1) > 0":                 "instr(lower(words(b.body)), $1) > 0",
	} {
		if got := translate(query); got != want {
			t.Errorf("%s\nbecame %s\nwant   %s", query, got, want)
		}
	}
}
