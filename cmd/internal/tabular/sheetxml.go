package tabular

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// scanner cuts XML into tags and texts, quickly and without looking at what they
// mean: enough for the parts of a workbook that may be half a gigabyte long.
// Comments and declarations are left out; a document type is refused.
type scanner struct {
	r     io.Reader
	buf   []byte
	at    int
	eof   bool
	fault bool // the last error was of the XML, not of the reader's user
}

// token is a tag or a text; body is valid until the next.
type token struct {
	text    bool
	body    []byte // of a text, escaped unless it was CDATA
	name    string // of a tag, without prefix
	attrs   []byte
	closing bool // </name>
	single  bool // <name/>
}

// opens: what follows is inside.
func (t token) opens() bool { return !t.closing && !t.single }

// longestToken bounds one tag or text.
const longestToken = 4 << 20

var errXML = errors.New("it is not well-formed")

func newScanner(r io.Reader) *scanner { return &scanner{r: r, buf: make([]byte, 0, 256<<10)} }

// fill reads more behind what is not yet taken.
func (s *scanner) fill() error {
	if s.eof {
		return io.EOF
	}
	if s.at > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.at:])]
		s.at = 0
	}
	if len(s.buf) == cap(s.buf) {
		if len(s.buf) >= longestToken {
			return errXML
		}
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if err == io.EOF {
		s.eof = true
		err = nil
	}
	return err
}

// find returns where mark begins behind from, counted from s.at; more is read
// as needed.
func (s *scanner) find(mark string, from int) (int, error) {
	for {
		if i := bytes.Index(s.buf[s.at+from:], []byte(mark)); i >= 0 {
			return from + i, nil
		}
		from = max(from, len(s.buf)-s.at-len(mark)+1)
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// next returns the next tag or text; io.EOF at the end.
func (s *scanner) next() (token, error) {
	tok, err := s.token()
	s.fault = err != nil && err != io.EOF
	return tok, err
}

func (s *scanner) token() (token, error) {
	for {
		open, err := s.find("<", 0)
		if err != nil {
			return token{}, err // text behind the last tag is no text
		}
		if open > 0 {
			body := s.take(open)
			return token{text: true, body: body}, nil
		}
		switch {
		case s.begins("<!--"):
			err = s.skip("-->")
		case s.begins("<?"):
			err = s.skip("?>")
		case s.begins("<![CDATA["):
			return s.cdata()
		case s.begins("<!"):
			return token{}, errXML
		default:
			return s.tag()
		}
		if err != nil {
			return token{}, broken(err)
		}
	}
}

// broken: the end in the middle of something.
func broken(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (s *scanner) begins(mark string) bool {
	for len(s.buf)-s.at < len(mark) {
		if err := s.fill(); err != nil {
			break
		}
	}
	return bytes.HasPrefix(s.buf[s.at:], []byte(mark))
}

func (s *scanner) take(n int) []byte {
	b := s.buf[s.at : s.at+n]
	s.at += n
	return b
}

func (s *scanner) skip(mark string) error {
	i, err := s.find(mark, 0)
	if err == nil {
		s.at += i + len(mark)
	}
	return err
}

func (s *scanner) cdata() (token, error) {
	end, err := s.find("]]>", 0)
	if err != nil {
		return token{}, broken(err)
	}
	body := s.take(end)[len("<![CDATA["):]
	s.at += len("]]>")
	escaped := bytes.ReplaceAll(body, []byte("&"), []byte("&amp;"))
	return token{text: true, body: escaped}, nil
}

// tag takes a tag; a > in a quoted value does not end it.
func (s *scanner) tag() (token, error) {
	end := 0
	for {
		var err error
		if end, err = s.find(">", end+1); err != nil {
			return token{}, broken(err)
		}
		if !insideQuotes(s.buf[s.at : s.at+end]) {
			break
		}
	}
	inner := s.take(end)[1:]
	s.at++
	var t token
	if len(inner) > 0 && inner[0] == '/' {
		t.closing, inner = true, inner[1:]
	}
	if n := len(inner); n > 0 && inner[n-1] == '/' {
		t.single, inner = true, inner[:n-1]
	}
	name := inner
	if i := bytes.IndexAny(inner, " \t\r\n"); i >= 0 {
		name, t.attrs = inner[:i], inner[i:]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	t.name = known(name)
	return t, nil
}

// known spares a string for each of a million tags.
func known(name []byte) string {
	switch string(name) {
	case "c":
		return "c"
	case "v":
		return "v"
	case "t":
		return "t"
	case "row":
		return "row"
	case "si":
		return "si"
	}
	return string(name)
}

func insideQuotes(tag []byte) bool {
	if bytes.IndexByte(tag, '\'') < 0 {
		return bytes.Count(tag, []byte{'"'})%2 == 1
	}
	var open byte
	for _, b := range tag {
		switch {
		case open == 0 && (b == '"' || b == '\''):
			open = b
		case b == open:
			open = 0
		}
	}
	return open != 0
}

// attr is the value of an attribute; it is short and has no escapes where it is
// asked for.
func (t token) attr(name string) string {
	rest := t.attrs
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		i := bytes.IndexByte(rest, '=')
		if i < 0 {
			return ""
		}
		key := bytes.TrimSpace(rest[:i])
		rest = bytes.TrimLeft(rest[i+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		if string(key) == name {
			return string(rest[1 : 1+end])
		}
		rest = rest[end+2:]
	}
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'"}

// unescape resolves entities and Excel's own _x000D_ (ECMA-376, ST_Xstring).
func unescape(b []byte) []byte {
	if bytes.IndexByte(b, '&') < 0 && !bytes.Contains(b, []byte("_x")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); {
		if b[i] == '&' {
			if end := bytes.IndexByte(b[i:min(len(b), i+12)], ';'); end > 0 {
				if text, ok := entity(string(b[i+1 : i+end])); ok {
					out = append(out, text...)
					i += end + 1
					continue
				}
			}
		}
		if b[i] == '_' && len(b) >= i+7 && b[i+1] == 'x' && b[i+6] == '_' {
			if code, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16); err == nil {
				out = utf8.AppendRune(out, rune(code))
				i += 7
				continue
			}
		}
		out = append(out, b[i])
		i++
	}
	return out
}

func entity(name string) (string, bool) {
	if text, ok := entities[name]; ok {
		return text, true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return "", false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	code, err := strconv.ParseUint(digits, base, 21)
	if err != nil {
		return "", false
	}
	return string(rune(code)), true
}
