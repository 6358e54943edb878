//go:build !rig

package mailbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// numbered is a letter with a Message-ID.
func numbered(id, text string) []byte {
	return []byte("From: ann@reseller.example\r\nMessage-ID: <" + id + ">\r\nSubject: " + text + "\r\n\r\n" + text + "\r\n")
}

// settled is what the ledger knows of a mail that a person has dealt with.
func settled(id int64, messageID string, raw []byte, at time.Time) Misplaced {
	sum := sha256.Sum256(raw)
	return Misplaced{ID: id, MessageID: messageID, Size: int64(len(raw)), InternalDate: at, Hash: hex.EncodeToString(sum[:])}
}

func TestSettledMailsLeaveTheHoldFolder(t *testing.T) {
	for name, caps := range map[string]imap.CapSet{"MOVE": nil, "COPY": capsWithout(imap.CapMove), "no UIDPLUS": capsWithout(imap.CapMove, imap.CapUIDPlus)} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, rigOptions{caps: caps})
			r.create("Retour/Done")
			r.create("Retour/Hold")
			at := time.Date(2026, 11, 20, 23, 30, 0, 0, time.FixedZone("", 3600))
			mine, twin, bare := numbered("a@x", "mine"), numbered("a@x", "twin"), letter("bare", 0)
			for _, raw := range [][]byte{twin, mine, bare, numbered("other@x", "stays")} {
				r.appendAt("Retour/Hold", raw, at)
			}
			d := begunDesk(t)
			d.misplaced[1], d.misplaced[2] = settled(1, "a@x", mine, at), settled(2, "", bare, at)
			d.misplaced[3] = settled(3, "gone@x", numbered("gone@x", "somebody has deleted it"), at)
			w := newWatcher(t, r.config(), d)
			stop := start(t, w)
			d.until("all three are settled", func() bool { return len(d.replaced) == 3 && len(d.misplaced) == 0 })
			// The folder that is watched is heard again.
			r.append("INBOX", letter("new", 0))
			d.untilFiled(1)
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(d.replaced[1], d.replaced[2], d.replaced[3]); got != "[Retour/Done] [Retour/Done] []" {
				t.Errorf("replaced: %s", got)
			}
			left := 2
			if name == "no UIDPLUS" {
				left = 4 // marked as deleted, nothing else is expunged
			}
			if done, hold := r.count("Retour/Done"), r.count("Retour/Hold"); done != 3 || hold != left {
				t.Errorf("done %d, hold %d", done, hold)
			}
		})
	}
}

// A move that the server refuses is tried again, and what it copied is not copied
// twice.
func TestSettledMailIsMovedOnce(t *testing.T) {
	r := newRig(t, rigOptions{caps: capsWithout(imap.CapMove)})
	r.create("Retour/Done")
	r.create("Retour/Hold")
	raw := numbered("a@x", "mine")
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	r.appendAt("Retour/Hold", raw, at)
	refused := 0
	r.fault("store", func(imap.NumSet, *imapserver.Conn) error {
		if refused++; refused > 2 {
			return nil
		}
		return refusalOf("no", "")
	})
	d := begunDesk(t)
	d.misplaced[1] = settled(1, "a@x", raw, at)
	stop := start(t, newWatcher(t, r.config(), d))
	d.until("moved", func() bool { return len(d.replaced[1]) == 1 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if done, hold := r.count("Retour/Done"), r.count("Retour/Hold"); done != 1 || hold != 0 || refused < 3 {
		t.Errorf("done %d, hold %d, refused %d times", done, hold, refused)
	}
}

// Who only reads moves nothing.
func TestSettledMailStaysWhereOneOnlyReads(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.create("Retour/Hold")
	raw := numbered("a@x", strings.Repeat("x", 10))
	r.append("Retour/Hold", raw)
	d := begunDesk(t)
	d.misplaced[1] = settled(1, "a@x", raw, time.Time{})
	cfg := r.config()
	cfg.ReadOnly = true
	start(t, newWatcher(t, cfg, d))
	d.until("started", func() bool { return len(d.started) == 1 })
	r.append("INBOX", letter("new", 0))
	d.until("handled", func() bool { return d.handled["new"] == 1 })
	if hold := r.count("Retour/Hold"); hold != 1 {
		t.Errorf("hold %d", hold)
	}
}
