package ingest

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var mutants = flag.Int("mutants", 3000, "mails that TestMutants makes and reads")

// TestMutants reads the mails of testdata with all that happens to mails on
// their way: bits flipped, cut off, lines doubled, two mails mixed, junk in the
// header. None may make it panic or lose what was written. CI and whoever
// changes the parser run it with -mutants=100000.
func TestMutants(t *testing.T) {
	var originals [][]byte
	for _, name := range mails(t) {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		originals = append(originals, raw)
	}
	cat := catalogue(t)
	for seed := range *mutants {
		r := rand.New(rand.NewPCG(1, uint64(seed)))
		raw := mutated(r, originals)
		m := Parse(raw, DefaultLimits())
		f := Extract(cat, m, desk)
		if fault := soundness(m, f); fault != "" {
			t.Fatalf("mutant %d: %s\n%q", seed, fault, raw[:min(len(raw), 4000)])
		}
		if fault := lost(raw, m); fault != "" {
			t.Fatalf("mutant %d: %s\n%q", seed, fault, raw[:min(len(raw), 4000)])
		}
	}
}

// mutated damages one of the mails in one to four ways.
func mutated(r *rand.Rand, originals [][]byte) []byte {
	raw := bytes.Clone(originals[r.IntN(len(originals))])
	for range 1 + r.IntN(4) {
		if len(raw) == 0 {
			break
		}
		at := r.IntN(len(raw))
		to := min(len(raw), at+r.IntN(200))
		switch r.IntN(9) {
		case 0:
			raw[at] ^= 1 << r.IntN(8)
		case 1:
			raw = raw[:at]
		case 2:
			raw = append(raw[:at:at], raw[to:]...)
		case 3:
			raw = append(raw[:to:to], raw[at:]...)
		case 4:
			other := originals[r.IntN(len(originals))]
			raw = append(raw[:at:at], other[r.IntN(len(other)):]...)
		case 5:
			junk := []string{"junk without a colon\r\n", ": no name\r\n", "X-\xe4: \xff\r\n", "Subject: =?utf-8?q?broken\r\n", "Content-Type: ;;=\r\n", " a fold out of nowhere\r\n", "Content-Transfer-Encoding: base64\r\n", "Content-Type: multipart/mixed\r\n"}
			raw = append([]byte(junk[r.IntN(len(junk))]), raw...)
		case 6:
			raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte([]string{"\n", "\r", "\r\r\n"}[r.IntN(3)]))
		case 7:
			raw = append(raw[:at:at], append([]byte{0, 0xff, 0xfe, 0x80}[:1+r.IntN(4)], raw[at:]...)...)
		case 8:
			raw = append(raw[:at:at], append([]byte(strings.Repeat(string(raw[at:to]), r.IntN(5))), raw[to:]...)...)
		}
	}
	return raw
}

// lost tells a mail of which nothing is left though something stands in it
// beside boundaries and fields.
func lost(raw []byte, m *Message) string {
	if m.Text != "" || m.HTML != "" || len(m.Attachments) > 0 || len(m.Problems) > 0 {
		return ""
	}
	_, body, _ := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r"), nil), []byte("\n\n"))
	words := 0
	for line := range bytes.Lines(body) {
		if !bytes.HasPrefix(line, []byte("--")) && !isField(line) && !isFolded(line) {
			words += len(bytes.Fields(line))
		}
	}
	if words < 3 {
		return ""
	}
	return "neither text nor attachment, and no problem"
}

// soundness holds what was read to what must be so of any mail.
func soundness(m *Message, f Facts) string {
	for what, v := range map[string]any{"mail": m, "facts": f} {
		if where := unclean(reflect.ValueOf(v)); where != "" {
			return what + where
		}
	}
	if strings.ContainsAny(m.Subject+m.MessageID, "\r\n") {
		return "a line break in a header value"
	}
	if !within(f.NewText, m) {
		return "new text that does not stand in the mail: " + f.NewText
	}
	for _, a := range m.Attachments {
		if strings.ContainsAny(a.Name, "/\\\x00\r\n") || len(a.Name) > 255 {
			return "a name that is no file's: " + a.Name
		}
	}
	for _, u := range f.Units {
		if u.Serial != strings.ToUpper(u.Serial) || u.MAC != "" && (len(u.MAC) != 12 || strings.Trim(u.MAC, "0123456789ABCDEF") != "") {
			return "an ill-formed unit: " + u.Serial + " " + u.MAC
		}
	}
	if f.Kind == "" || f.Language == "" {
		return "no kind or no language"
	}
	if f.MayAnswer && (f.Kind == Bounce || f.Kind == AutoReply || f.Kind == News || f.Kind == OwnMail) {
		return "would answer a " + string(f.Kind)
	}
	return ""
}

// unclean names a text that is no UTF-8 or has a NUL, which no database and no
// JSON takes as it is.
func unclean(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return unclean(v.Elem())
		}
	case reflect.String:
		if !utf8.ValidString(v.String()) || strings.ContainsRune(v.String(), 0) {
			return fmt.Sprintf(" has %q", v.String())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if where := unclean(v.Field(i)); where != "" {
				return "." + v.Type().Field(i).Name + where
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "" // the data of an attachment
		}
		for i := range v.Len() {
			if where := unclean(v.Index(i)); where != "" {
				return where
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if where := unclean(it.Key()) + unclean(it.Value()); where != "" {
				return where
			}
		}
	}
	return ""
}

// within tells whether the lines of the new text stand in the mail's text, or
// in that of a mail within it, in their order. A line may be the front or the
// rest of one; a colleague's remark may stand below what he hands on, so that
// the order begins anew once.
func within(text string, m *Message) bool {
	texts := []string{m.Text}
	for _, a := range m.Attachments {
		if a.Message != nil {
			texts = append(texts, a.Message.Text)
		}
	}
	return slices.ContainsFunc(texts, func(whole string) bool {
		whole, restarts := tidySpaces(whole), 0
		rest := whole
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.TrimSpace(line)
			i := strings.Index(rest, line)
			if i < 0 && restarts == 0 {
				restarts, rest = 1, whole
				i = strings.Index(rest, line)
			}
			if i < 0 {
				return false
			}
			rest = rest[i+len(line):]
		}
		return true
	})
}
