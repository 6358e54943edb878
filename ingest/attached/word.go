package attached

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// wordText gives the text of a Word document's body (ECMA-376, part 1,
// section 17): paragraphs by LF, a table's cells by tabs, its rows by LF.
func wordText(data []byte, most int) (string, trouble) {
	if t := checkZip(data); t != "" {
		return "", t
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return "", damaged
	}
	body, err := z.Open("word/document.xml")
	if err != nil {
		return "", damaged
	}
	defer body.Close()
	w := &wordWriter{}
	d := xml.NewDecoder(body)
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return w.text(), ""
		}
		if err != nil {
			return w.text(), damaged
		}
		w.token(d, t)
		if len(w.out) > most {
			return cutText(w.text(), most), cut
		}
	}
}

// wordWriter follows the elements of a document.
type wordWriter struct {
	out    []byte
	inText bool // within w:t
	cells  int  // depth of table cells
}

func (w *wordWriter) token(d *xml.Decoder, t xml.Token) {
	switch e := t.(type) {
	case xml.StartElement:
		w.start(d, e.Name.Local)
	case xml.EndElement:
		w.end(e.Name.Local)
	case xml.CharData:
		if w.inText {
			w.out = append(w.out, e...)
		}
	}
}

func (w *wordWriter) start(d *xml.Decoder, name string) {
	switch name {
	case "Fallback": // the same content again, for older programs
		if err := d.Skip(); err != nil {
			return // the next token says the same
		}
	case "t":
		w.inText = true
	case "tab":
		w.out = append(w.out, ' ')
	case "br", "cr":
		w.line()
	case "noBreakHyphen":
		w.out = append(w.out, '-')
	case "tc":
		w.cells++
	}
}

func (w *wordWriter) end(name string) {
	switch name {
	case "t":
		w.inText = false
	case "p":
		w.line()
	case "tc":
		w.cells--
		if w.cells == 0 {
			w.trim(" ")
			w.out = append(w.out, '\t')
		}
	case "tr":
		if w.cells == 0 {
			w.trim("\t")
			w.out = append(w.out, '\n')
		}
	}
}

// line ends a line; within a cell, whose lines stay in one row, it is a space.
func (w *wordWriter) line() {
	if w.cells > 0 {
		w.out = append(w.out, ' ')
		return
	}
	w.out = append(w.out, '\n')
}

// trim takes trailing ones of c off.
func (w *wordWriter) trim(c string) { w.out = bytes.TrimRight(w.out, c) }

func (w *wordWriter) text() string { return strings.TrimSpace(string(w.out)) }
