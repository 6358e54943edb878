//go:build !rig

package mailbox

import (
	"slices"
	"testing"
)

// Who only reads makes progress by UID, through a restart too, and gives no
// command that changes anything; not even a lock or a folder is left.
func TestReadOnlyLeavesTheAccountAsItIs(t *testing.T) {
	r := newRig(t, rigOptions{})
	d := begunDesk(t)
	cfg := r.config()
	cfg.ReadOnly = true
	r.append("INBOX", letter("one", 0))
	r.append("INBOX", letter("two", 0))
	stop := start(t, newWatcher(t, cfg, d))
	d.until("two are handled", func() bool { return len(d.order) == 2 })
	r.append("INBOX", letter("three", 0))
	d.until("the third is handled", func() bool { return len(d.order) == 3 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	r.append("INBOX", letter("four", 0))
	start(t, newWatcher(t, cfg, d))
	d.until("the fourth is handled", func() bool { return len(d.order) == 4 })
	d.note(func() {
		if want := []string{"one", "two", "three", "four"}; !slices.Equal(d.order, want) {
			t.Errorf("handled %v, want %v", d.order, want)
		}
	})
	for _, command := range []string{"move", "copy", "store", "expunge"} {
		if n := r.calledTimes(command); n > 0 {
			t.Errorf("%d times %s", n, command)
		}
	}
	for _, folder := range []string{cfg.LockFolder, "Retour-Lock", "Retour/Done", "Retour/Hold", "Retour"} {
		if folder != "" && r.count(folder) >= 0 {
			t.Errorf("the folder %s was made", folder)
		}
	}
	if n := r.count("INBOX"); n != 4 || d.filedCount() != 0 {
		t.Errorf("%d mails in the folder, %d filed", n, d.filedCount())
	}
}
