//go:build !rig

package mailbox

import (
	"testing"
	"time"
)

// BenchmarkStageFetch measures the way of waiting mails: fetched, handed over,
// moved.
func BenchmarkStageFetch(b *testing.B) {
	r := newRig(b, rigOptions{})
	for _, s := range subjects(b.N) {
		r.append("INBOX", letter(s, 5000))
	}
	d := begunDesk(b)
	w := newWatcher(b, r.config(), d)
	b.ReportAllocs()
	b.ResetTimer()
	start(b, w)
	d.untilFiled(b.N)
}

// BenchmarkNotice measures the time from the arrival of a mail to its Handle.
func BenchmarkNotice(b *testing.B) {
	r := newRig(b, rigOptions{})
	d := begunDesk(b)
	w := newWatcher(b, r.config(), d)
	w.timing.idle = time.Minute
	start(b, w)
	d.until("started", func() bool { return len(d.started) == 1 })
	for i, s := range subjects(b.N) {
		r.untilCalled("idle", i+1)
		r.append("INBOX", letter(s, 5000))
		d.untilFiled(i + 1)
	}
}
