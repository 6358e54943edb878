package intake

import (
	"net/mail"
	"strings"

	"retour/ingest"
)

// way is how a mail comes in, as far as it alone can tell.
type way int

const (
	held     way = iota // a person must look before anything is made of it
	byBounce            // a delivery report
	byRobot             // a machine's mail: noted, never answered
	byPerson
)

// door is a mail's way in, and why it is held.
type door struct {
	way  way
	rule string
	why  string
}

// doorOf judges a mail before any case is looked up. The order matters: what
// cannot be read is never judged, a machine is never answered, a forged name
// moves nothing.
func doorOf(r Reading) door {
	f := r.Facts
	switch {
	case r.Trouble != "":
		return door{held, "unreadable", "it could not be taken in: " + r.Trouble}
	case f.Kind == ingest.Bounce:
		return door{way: byBounce}
	case f.Kind == ingest.AutoReply, f.Kind == ingest.News, f.Kind == ingest.OwnMail:
		return door{way: byRobot}
	case f.From.Address == "":
		return door{held, "no_sender", "it names no sender"}
	case !answerable(f.From.Address):
		return door{held, "bad_sender", "its sender's address cannot be answered: " + f.From.Address}
	case r.Auth.DMARC == "fail":
		return door{held, "forged", "the sender is not who he says: DMARC failed for " + f.From.Address}
	}
	return door{way: byPerson}
}

// answerable is true of an address that a mail can be sent to (RFC 5322
// addr-spec, nothing around it).
func answerable(address string) bool {
	a, err := mail.ParseAddress(address)
	return err == nil && strings.EqualFold(a.Address, address)
}
