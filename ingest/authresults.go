package ingest

import (
	"bytes"
	"strings"
)

// result is one result of an Authentication-Results field.
type result struct {
	method string            // lower case: dmarc, spf, dkim, …
	value  string            // lower case: pass, fail, …
	props  map[string]string // "header.d" → what the server saw; often the sender's own words
}

// parseResults reads an Authentication-Results field (RFC 8601, 2.2): the server
// that wrote it, and what it found. Whatever the sender may have chosen stands
// in comments and quoted strings, and is never read as a result. Whole is false
// where one of those has no end: then it cannot be told what is whose.
func parseResults(v string) (server string, results []result, whole bool) {
	stretches, whole := stretchesOf(v, true)
	if !whole {
		stretches, _ = stretchesOf(v, false)
	}
	if len(stretches[0]) > 0 {
		server = stretches[0][0]
	}
	for _, words := range stretches[1:] {
		if r, ok := resultOf(words); ok {
			results = append(results, r)
		}
	}
	return server, results, whole
}

// resultOf reads "dkim/1=pass reason=… header.d=…"; ok is false for "none".
func resultOf(words []string) (r result, ok bool) {
	if len(words) == 0 {
		return r, false
	}
	method, value, ok := strings.Cut(strings.ToLower(words[0]), "=")
	method, _, _ = strings.Cut(method, "/")
	r = result{method, value, map[string]string{}}
	for _, w := range words[1:] {
		key, v, _ := strings.Cut(w, "=")
		if key = strings.ToLower(key); r.props[key] == "" {
			r.props[key] = v
		}
	}
	return r, ok
}

// stretchesOf cuts a field at its semicolons and each stretch into words. With
// syntax, comments are left out, and a quoted string is a part of a word,
// whatever is in it; whole says that each of them has an end.
func stretchesOf(v string, syntax bool) (stretches [][]string, whole bool) {
	var w fieldWords
	depth, quoted := 0, false
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case syntax && c == '\\' && (quoted || depth > 0) && i+1 < len(v):
			if i++; quoted {
				w.add(v[i])
			}
		case depth > 0 && c == ')':
			depth--
		case depth > 0 && c != '(':
		case quoted && c != '"':
			w.add(c)
		case syntax && c == '"':
			quoted = !quoted
		case syntax && c == '(':
			depth++
			w.blank = true
		case c == ' ' || c == '\t':
			w.blank = true
		case c == ';':
			w.end()
		default:
			w.add(c)
		}
	}
	w.end()
	return w.stretches, depth == 0 && !quoted
}

// fieldWords are the words of a field as it is read.
type fieldWords struct {
	stretches [][]string
	words     []string
	word      []byte
	blank     bool // one came behind the word
}

// add puts a character to the word, or begins the next one. Around the equals
// sign of a pair blanks may stand.
func (w *fieldWords) add(c byte) {
	i := bytes.IndexByte(w.word, '=')
	if paired := i < 0 && c == '=' || i >= 0 && i == len(w.word)-1; w.blank && !paired {
		w.flush()
	}
	w.word, w.blank = append(w.word, c), false
}

func (w *fieldWords) flush() {
	if len(w.word) > 0 {
		w.words = append(w.words, string(w.word))
	}
	w.word = nil
}

// end ends a stretch.
func (w *fieldWords) end() {
	w.flush()
	w.stretches, w.words, w.blank = append(w.stretches, w.words), nil, false
}
