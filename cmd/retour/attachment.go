package main

import (
	"os"
	"runtime"

	"retour/ingest/attached"
)

// readAttachmentCmd is the child of attachmentReader.
type readAttachmentCmd struct{}

func (readAttachmentCmd) Run(w *world) error { return attached.Child(w.stdin, w.stdout) }

// attachmentReader reads attachments by children of this binary. On Linux it is
// named by /proc/self/exe (proc_pid_exe(5)), which is still this binary when an
// upgrade has replaced or removed its file under a running desk.
func attachmentReader() *attached.Reader {
	self := "/proc/self/exe"
	if runtime.GOOS != "linux" {
		var err error
		if self, err = os.Executable(); err != nil {
			self = os.Args[0]
		}
	}
	return attached.NewReader([]string{self, "read-attachment"}, attached.DefaultLimits())
}
