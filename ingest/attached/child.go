package attached

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// longHead bounds the first line of a request.
const longHead = 64 << 10

// Child is the other side of a Reader: it binds its own process, reads one
// request and one file from r, and writes what it made of it to w. The bounds
// cannot be taken off again, so nothing else may run in the process.
func Child(r io.Reader, w io.Writer) error {
	in := bufio.NewReaderSize(r, longHead)
	line, err := in.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	if err := bind(req.Limits); err != nil {
		return fmt.Errorf("binding the process: %w", err)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	return json.NewEncoder(w).Encode(decode(req, data))
}

// decode reads a file by its kind. A library's panic means that the file is
// not what it should be.
func decode(req request, data []byte) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{Trouble: damaged}
		}
	}()
	switch {
	case req.Kind == sheet:
		a.Text, a.Trouble = sheetText(data, req.Limits.Text)
	case req.Kind == word:
		a.Text, a.Trouble = wordText(data, req.Limits.Text)
	case req.Kind == pdfFile:
		return pdfAnswer(data, req.Limits)
	case req.Kind.picture():
		return pictureAnswer(data, req.Limits)
	}
	return a
}

// searchTime is the context in which codes are looked for.
func searchTime(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d)
}
