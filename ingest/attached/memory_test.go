//go:build linux && !race

package attached

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"retour/ingest"
)

// TestMemory: no file, hostile or large, makes a child take 256 MB more than
// an idle one.
func TestMemory(t *testing.T) {
	files := hostile(t)
	var large bytes.Buffer
	if err := png.Encode(&large, image.NewRGBA(image.Rect(0, 0, 4000, 3000))); err != nil {
		t.Fatal(err)
	}
	type file = struct {
		data []byte
		want string
	}
	files["large.png"] = file{large.Bytes(), ""}
	files["large.jpg"] = file{asJPEG(t, image.NewYCbCr(image.Rect(0, 0, 6000, 4000), image.YCbCrSubsampleRatio420), 80), ""}
	idle := resident(t, file{[]byte("\x89PNG\r\n\x1a\n"), ""}, "idle.png")
	for name, f := range files {
		if name == "bomb.docx" || f.want == endless {
			continue // its time is tested elsewhere
		}
		t.Run(name, func(t *testing.T) {
			if got := resident(t, f, name) - idle; got > 256<<20 {
				t.Errorf("takes %d MB", got>>20)
			}
		})
	}
}

// resident is the most memory that a child had in use, in bytes.
func resident(t *testing.T, f struct {
	data []byte
	want string
}, name string) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient().File)
	defer cancel()
	head, err := json.Marshal(request{kindOf(&ingest.Attachment{Name: name, Data: f.data}), patient()})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, os.Args[0], childFlag)
	cmd.Stdin = bytes.NewReader(append(append(head, '\n'), f.data...))
	_ = cmd.Run() // it may well die
	return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
}
