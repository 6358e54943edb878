package ingest

import (
	"net/url"
	"sort"
	"strconv"
	"strings"
)

// parseParams reads a value with parameters such as Content-Type (RFC 2045,
// RFC 2231), leniently: unquoted values with spaces, encoded words, missing
// semicolons at the end, broken continuations. Names are lower case.
func parseParams(v string) (value string, params map[string]string) {
	pieces := splitParams(v)
	value = strings.ToLower(strings.TrimSpace(comment.ReplaceAllString(pieces[0], "")))
	if i := strings.IndexAny(value, " \t"); i >= 0 {
		value = value[:i]
	}
	params = map[string]string{}
	long := map[string][]segment{}
	for _, p := range pieces[1:] {
		k, val, ok := strings.Cut(p, "=")
		k = strings.ToLower(strings.TrimSpace(k))
		if !ok || k == "" {
			continue
		}
		val = unquote(strings.TrimSpace(val))
		if base, rest, ok := strings.Cut(k, "*"); ok {
			long[base] = append(long[base], newSegment(rest, val))
		} else if _, seen := params[k]; !seen {
			params[k] = val
		}
	}
	for k, segments := range long {
		params[k] = join(segments)
	}
	return value, params
}

// segment is one piece of a long or encoded parameter (RFC 2231).
type segment struct {
	n       int
	encoded bool
	value   string
}

func newSegment(rest, value string) segment {
	number, encoded := strings.CutSuffix(rest, "*")
	n, err := strconv.Atoi(number)
	if err != nil {
		n, encoded = 0, true
	}
	return segment{n: n, encoded: encoded, value: value}
}

func join(segments []segment) string {
	sort.SliceStable(segments, func(i, j int) bool { return segments[i].n < segments[j].n })
	var b strings.Builder
	charset := ""
	for i, s := range segments {
		if !s.encoded {
			b.WriteString(s.value)
			continue
		}
		v := s.value
		if parts := strings.SplitN(v, "'", 3); i == 0 && len(parts) == 3 {
			charset, v = parts[0], parts[2]
		}
		if raw, err := url.PathUnescape(v); err == nil {
			v = raw
		}
		b.WriteString(v)
	}
	if charset == "" && strings.Contains(b.String(), "=?") {
		return decodeWords(b.String())
	}
	s, _ := decodeText(charset, []byte(b.String()), false)
	return s
}

func splitParams(v string) []string {
	var out []string
	start, quoted := 0, false
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && quoted:
			i++
		case v[i] == '"':
			quoted = !quoted
		case v[i] == ';' && !quoted:
			out = append(out, v[start:i])
			start = i + 1
		}
	}
	return append(out, v[start:])
}

func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	s = s[1:]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			break
		}
		// A backslash before anything else is a path of Windows, not an escape.
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
