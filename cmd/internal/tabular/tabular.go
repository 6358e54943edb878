// Package tabular reads the tables that other systems export: CSV in any usual
// encoding and with any usual separator, and XLSX. It finds the header, tells
// which column is which and how dates are written. A file is read row by row
// and may be read several times, so that its size does not matter.
package tabular

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is one row of a table.
type Row struct {
	Line  int      // in the file, from 1; of a CSV row that spans lines, the first
	Cells []string // trimmed; valid until the next row
}

// Cell returns a cell, empty where the row is shorter or at is negative.
func (r Row) Cell(at int) string {
	if at < 0 || at >= len(r.Cells) {
		return ""
	}
	return r.Cells[at]
}

func (r Row) empty() bool {
	for _, c := range r.Cells {
		if c != "" {
			return false
		}
	}
	return true
}

// File is a file with tables, open for reading.
type File struct {
	Hash  string // SHA-256 of its bytes, hex
	Size  int64
	Kind  string // "CSV, UTF-8, separated by ;" or "XLSX"
	Comma rune   // CSV: the separator; else ','

	file   *os.File
	sheets []Sheet
}

// Sheet is one table of a file.
type Sheet struct {
	Name string // empty for CSV
	rows func(each func(Row) error) error
}

// Rows calls each with every row that is not empty, until one returns an error.
func (s Sheet) Rows(each func(Row) error) error { return s.rows(each) }

// Options say what is not to be found out.
type Options struct {
	Encoding  string // name in the registry of IANA, such as IBM850
	Separator rune
}

// Open opens a file. The content decides what it is, not the name.
func Open(path string, o Options) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t := &File{file: f, Comma: ','}
	if err := t.open(o); err != nil {
		f.Close() // it was only read
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return t, nil
}

func (t *File) open(o Options) error {
	text, err := t.look()
	if err != nil {
		return err
	}
	head := make([]byte, 8)
	n, err := t.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	switch head = head[:n]; {
	case n == 0:
		return fmt.Errorf("the file is empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return t.openXLSX()
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return fmt.Errorf("this is the old Excel format (.xls), or a workbook with a password: save it as .xlsx or .csv")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return fmt.Errorf("this is a PDF; export the table as .csv or .xlsx")
	}
	return t.openCSV(text, o)
}

// Sheets are the tables of the file.
func (t *File) Sheets() []Sheet { return t.sheets }

// Close closes the file.
func (t *File) Close() error { return t.file.Close() }

// look reads the whole file once, for its hash and its encoding.
func (t *File) look() (*census, error) {
	hash, text := sha256.New(), &census{}
	n, err := io.Copy(io.MultiWriter(hash, text), io.NewSectionReader(t.file, 0, 1<<62))
	if err != nil {
		return nil, err
	}
	t.Size, t.Hash = n, hex.EncodeToString(hash.Sum(nil))
	return text, nil
}

// census counts what tells UTF-8 from other encodings.
type census struct {
	good, bad int    // sequences of several bytes that are UTF-8, bytes that are not
	rest      []byte // the beginning of a character at the end of the last portion
}

// Write implements io.Writer.
func (c *census) Write(p []byte) (int, error) {
	n := len(p)
	if len(c.rest) > 0 {
		p = append(c.rest, p...)
		c.rest = nil
	}
	for len(p) > 0 {
		if p[0] < utf8.RuneSelf {
			p = p[asciiPrefix(p):]
			continue
		}
		if !utf8.FullRune(p) {
			c.rest = append([]byte{}, p...)
			break
		}
		r, size := utf8.DecodeRune(p)
		if r == utf8.RuneError && size == 1 {
			c.bad++
		} else {
			c.good++
		}
		p = p[size:]
	}
	return n, nil
}

func asciiPrefix(p []byte) int {
	for i, b := range p {
		if b >= utf8.RuneSelf {
			return i
		}
	}
	return len(p)
}

// tidy is the text of a cell: without space around it and control characters in
// it (but line breaks), and out of Excel's ="…", which keeps leading zeros.
func tidy(s string) string {
	if !plain(s) {
		s = strings.Map(func(r rune) rune {
			if r != '\n' && !unicode.IsSpace(r) && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
				return -1
			}
			return r
		}, s)
	}
	s = strings.TrimSpace(s)
	if len(s) >= 3 && strings.HasPrefix(s, `="`) && s[len(s)-1] == '"' {
		s = strings.TrimSpace(s[2 : len(s)-1])
	}
	return s
}

// plain says whether there is nothing but printable ASCII.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
