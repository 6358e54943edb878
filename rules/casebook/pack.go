package casebook

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"
)

// How a raw mail is kept. A small one is a gzip stream. One with long stretches of
// base64 (RFC 2045, section 6.8), which attachments are, begins with the byte
// sectioned, which no gzip stream begins with; sections follow:
//
//	kind 1 byte, line 2 bytes, end 1 byte, length 8 bytes, then so many bytes
//
// The numbers are big-endian. A text is a gzip stream. Lines of base64, each of
// line characters and with a line end of end bytes (LF or CRLF), are kept as the
// bytes that they stand for, a quarter shorter without any compressing: pictures
// and films cannot be compressed, and to try it costs more than all else that is
// done with such a mail. Bytes that can are a gzip stream again.
const (
	sectioned = 'S'

	sectionText   = 't'
	sectionLines  = 'b'
	sectionPacked = 'z' // lines whose bytes are compressed

	sectionHead = 1 + 2 + 1 + 8
)

const (
	leastStretch = 16 << 10 // bytes that lines stand for; fewer are text
	shortestLine = 40       // characters of a line of base64; most have 76
	longestLine  = 1000
)

// packer compresses, fast before small. It takes a megabyte, so that all mails
// share one: nearly all that is compressed is text, and takes no time.
var packer = struct {
	sync.Mutex
	*gzip.Writer
}{}

// compressed appends data as a gzip stream.
func compressed(out, data []byte) (_ []byte, err error) {
	packer.Lock()
	defer packer.Unlock()
	buf := bytes.NewBuffer(out)
	if packer.Writer == nil {
		packer.Writer, err = gzip.NewWriterLevel(buf, gzip.BestSpeed)
	} else {
		packer.Reset(buf)
	}
	if err == nil {
		_, err = packer.Write(data)
	}
	if err == nil {
		err = packer.Close()
	}
	return buf.Bytes(), err
}

func pack(raw []byte) ([]byte, error) {
	p := packing{raw: raw}
	if len(raw) > leastStretch {
		for at := 0; at < len(raw); {
			n, err := p.lines(at)
			if err != nil {
				return nil, err
			}
			at += n
		}
	}
	if len(p.out) == 0 {
		return compressed(make([]byte, 0, len(raw)/2), raw)
	}
	err := p.text(len(raw))
	return p.out, err
}

// packing is a mail on its way into sections.
type packing struct {
	raw  []byte
	done int // bytes of it that stand in sections
	out  []byte
	try  []byte // for the bytes of lines that may come to nothing
}

// lines puts the lines of base64 that begin at a place into a section, and the
// text before them into another. It gives how many bytes were looked at, whatever
// they are.
func (p *packing) lines(at int) (n int, err error) {
	rest := p.raw[at:]
	f, first := formOf(rest)
	if f.line == 0 {
		return first, nil
	}
	p.try, n = f.decode(p.try[:0], rest, leastStretch)
	if len(p.try) < leastStretch {
		return max(n, first), nil
	}
	if len(p.out) == 0 {
		p.out = append(make([]byte, 0, len(p.raw)/4*3+8<<10), sectioned)
	}
	if err := p.text(at); err != nil {
		return 0, err
	}
	head := p.begin(sectionLines, f)
	p.out, n = f.decode(p.out, rest, len(rest))
	p.done = at + n
	if data := p.out[head:]; shrinks(data) {
		packed, err := compressed(nil, data)
		if err != nil {
			return 0, err
		}
		p.out = append(p.out[:head], packed...)
		p.out[head-sectionHead] = sectionPacked
	}
	p.end(head)
	return n, nil
}

// text puts what is not yet in a section into one of text.
func (p *packing) text(to int) (err error) {
	if p.done == to {
		return nil
	}
	head := p.begin(sectionText, form{})
	if p.out, err = compressed(p.out, p.raw[p.done:to]); err != nil {
		return err
	}
	p.done = to
	p.end(head)
	return nil
}

func (p *packing) begin(kind byte, f form) (head int) {
	p.out = append(p.out, kind)
	p.out = binary.BigEndian.AppendUint16(p.out, uint16(f.line))
	p.out = append(p.out, byte(f.end), 0, 0, 0, 0, 0, 0, 0, 0)
	return len(p.out)
}

func (p *packing) end(head int) {
	binary.BigEndian.PutUint64(p.out[head-8:], uint64(len(p.out)-head))
}

// shrinks says of bytes whether a piece of their middle can be compressed.
func shrinks(data []byte) bool {
	const sample = 16 << 10
	piece := data[len(data)/2:]
	piece = piece[:min(len(piece), sample)]
	packed, err := compressed(nil, piece)
	return err == nil && len(packed) < len(piece)/10*9
}

// form is that of lines: how many characters each has, and its end.
type form struct{ line, end int }

var lineEnds = [][]byte{1: []byte("\n"), 2: []byte("\r\n")}

// formOf is the form of the first line, if it may be base64, and the length of
// that line with its end.
func formOf(raw []byte) (f form, first int) {
	n := bytes.IndexByte(raw, '\n')
	if n < 0 {
		return f, len(raw)
	}
	f = form{n, 1}
	if n > 0 && raw[n-1] == '\r' {
		f = form{n - 1, 2}
	}
	if f.line%4 != 0 || f.line < shortestLine || f.line > longestLine {
		f = form{}
	}
	return f, n + 1
}

// decode appends what lines of this form stand for, from the first on, until one
// is another or least bytes have come; n is how much of raw that was. A line is
// taken only when encoding gives it again: it is whole, without padding.
func (f form) decode(out, raw []byte, least int) (_ []byte, n int) {
	each, start := f.line/4*3, len(out)
	for len(out)-start < least && len(raw)-n >= f.line+f.end && bytes.HasPrefix(raw[n+f.line:], lineEnds[f.end]) {
		out = slices.Grow(out, each)
		got, err := base64.StdEncoding.Decode(out[len(out):len(out)+each], raw[n:n+f.line])
		if err != nil || got != each {
			break
		}
		out, n = out[:len(out)+each], n+f.line+f.end
	}
	return out, n
}

var (
	errSections = errors.New("its sections are damaged")
	errTooLong  = errors.New("it is longer than it was")
)

// unpack gives the raw mail, of at most so many bytes: what somebody has changed may
// unpack without end.
func unpack(body []byte, most int) (raw []byte, err error) {
	if len(body) == 0 || body[0] != sectioned {
		return unzip(body, most)
	}
	raw = make([]byte, 0, min(most, len(body)/3*4+8<<10))
	for body = body[1:]; len(body) > 0; {
		if len(body) < sectionHead {
			return nil, errSections
		}
		kind, f := body[0], form{int(binary.BigEndian.Uint16(body[1:])), int(body[3])}
		n := binary.BigEndian.Uint64(body[4:])
		if body = body[sectionHead:]; n > uint64(len(body)) {
			return nil, errSections
		}
		if raw, err = unpackSection(raw, kind, f, body[:n], most); err != nil {
			return nil, err
		}
		body = body[n:]
	}
	return raw, nil
}

func unpackSection(raw []byte, kind byte, f form, data []byte, most int) (_ []byte, err error) {
	if kind == sectionText || kind == sectionPacked {
		if data, err = unzip(data, most-len(raw)); err != nil {
			return nil, err
		}
	}
	if kind == sectionText {
		return append(raw, data...), nil
	}
	if f.line < 4 || f.line%4 != 0 || f.end < 1 || f.end > 2 || kind != sectionLines && kind != sectionPacked {
		return nil, errSections
	}
	for line := range slices.Chunk(data, f.line/4*3) {
		raw = base64.StdEncoding.AppendEncode(raw, line)
		if raw = append(raw, lineEnds[f.end]...); len(raw) > most {
			return nil, errTooLong
		}
	}
	return raw, nil
}

func unzip(body []byte, most int) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(z, int64(most)+1))
	if err == nil && len(data) > most {
		err = errTooLong
	}
	return data, err
}
