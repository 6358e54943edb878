package attached

import (
	"context"
	"os"
	"testing"

	"retour/ingest"
)

// TestChildKeepsToItsMemory: a child that takes a gigabyte is ended by the kernel.
func TestChildKeepsToItsMemory(t *testing.T) {
	data := hugePNG()
	m := &ingest.Message{Attachments: []ingest.Attachment{{Name: "a.png", Data: data, Size: len(data)}}}
	NewReader([]string{os.Args[0], eatFlag}, patient()).Read(context.Background(), m)
	wantUnread(t, m.Attachments[0], "more time or memory")
}
