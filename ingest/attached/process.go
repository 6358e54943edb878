package attached

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"strings"
	"time"
	"unicode/utf8"

	"retour/ingest"
)

// request is the first line that a child reads; the file follows it.
type request struct {
	Kind   kind   `json:"kind"`
	Limits Limits `json:"limits"`
}

// answer is what a child writes.
type answer struct {
	Text     string           `json:"text,omitempty"`
	Barcodes []ingest.Barcode `json:"barcodes,omitempty"`
	Trouble  trouble          `json:"trouble,omitempty"`
}

// Bounds on what is believed of a child.
const (
	mostBarcodes = 50
	longBarcode  = 4 << 10
)

// ask starts a child for one file and waits for its answer, or ends it.
func (r *Reader) ask(ctx context.Context, k kind, data []byte) answer {
	ctx, cancel := context.WithTimeout(ctx, r.limits.File)
	defer cancel()
	head, err := json.Marshal(request{k, r.limits})
	if err != nil || len(r.command) == 0 {
		return answer{Trouble: noChild}
	}
	cmd := exec.CommandContext(ctx, r.command[0], r.command[1:]...)
	cmd.Env = []string{"GOTRACEBACK=none"} // none of the desk's own: secrets may stand there
	cmd.Stdin = bytes.NewReader(append(append(head, '\n'), data...))
	cmd.WaitDelay = time.Second
	out := &capped{most: 2*r.limits.Text + 1<<20, full: cancel}
	cmd.Stdout = out
	err = cmd.Run()
	var exited *exec.ExitError
	switch {
	case err != nil && cmd.Process == nil:
		return answer{Trouble: noChild}
	case errors.As(err, &exited) || ctx.Err() != nil || out.over:
		return answer{Trouble: killed}
	}
	return r.believed(out.kept)
}

// believed takes of an answer what can be one.
func (r *Reader) believed(raw []byte) answer {
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return answer{Trouble: noChild}
	}
	if len(a.Text) > r.limits.Text {
		a.Text, a.Trouble = cutText(a.Text, r.limits.Text), cut
	}
	a.Text = strings.ReplaceAll(a.Text, "\x00", "")
	if len(a.Barcodes) > mostBarcodes {
		a.Barcodes = a.Barcodes[:mostBarcodes]
	}
	for i := range a.Barcodes {
		a.Barcodes[i].Text = cutText(a.Barcodes[i].Text, longBarcode)
		a.Barcodes[i].Format = cutText(a.Barcodes[i].Format, 30)
	}
	return a
}

// cutText cuts at a character's border.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// capped keeps up to most bytes and ends the child that writes more. It is no
// bytes.Buffer itself, whose ReadFrom would read all there is.
type capped struct {
	kept []byte
	most int
	over bool
	full func()
}

func (c *capped) Write(p []byte) (int, error) {
	if len(c.kept)+len(p) > c.most {
		c.over = true
		c.full()
		return 0, errors.New("the child writes too much")
	}
	c.kept = append(c.kept, p...)
	return len(p), nil
}
