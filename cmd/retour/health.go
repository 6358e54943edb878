package main

import (
	"fmt"
	"time"
)

// silence is how long the mailbox may be out of reach before the staff are told.
const silence = 5 * time.Minute

// health watches that mails are still read: nobody notices a desk that is deaf.
type health struct {
	since time.Time // when the mailbox was first found out of reach; zero while all is well
	told  bool
}

// look compares with the last look. It returns what the staff are to be told,
// under a key that is new for each outage: once when the mailbox has been out of
// reach for long, and once when it is back. An empty text: nothing.
func (h *health) look(now time.Time, trouble error) (key, text string) {
	switch {
	case trouble == nil && h.told:
		key = fmt.Sprintf("mailbox/%d/back", h.since.Unix())
		text = fmt.Sprintf("The mailbox is read again. It was out of reach for %s.", now.Sub(h.since).Round(time.Minute))
		*h = health{}
	case trouble == nil:
		*h = health{}
	case h.since.IsZero():
		h.since = now
	case !h.told && now.Sub(h.since) > silence:
		h.told = true
		key = fmt.Sprintf("mailbox/%d", h.since.Unix())
		text = fmt.Sprintf("No mail can be read since %s: %v", h.since.Format("2 January 15:04 MST"), trouble)
	}
	return key, text
}
