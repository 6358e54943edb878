package rules

import "time"

// HeldDo is what a person makes of a mail that was held for him.
type HeldDo string

// What can be made of a held mail.
const (
	HeldCase    HeldDo = "case"    // a new case, as if it had been understood as a request
	HeldJoin    HeldDo = "join"    // an answer of a case
	HeldDismiss HeldDo = "dismiss" // nothing: it is no return
	HeldBlock   HeldDo = "block"   // nothing, and nothing of this sender again
)

// HeldAction is what a person decides about a held mail.
type HeldAction struct {
	LedgerID int64
	Do       HeldDo
	Number   string // join: of the case, as it was written
	Domain   bool   // block: everybody of the sender's domain
	By       Actor
}

// Settled is what became of a held mail, and by whose hand.
type Settled struct {
	Do     HeldDo
	By     Person
	At     time.Time
	Number string // case, join: of the case
	Sender string // block: who is blocked
}

// Handmade is a case that a person opens himself: the customer telephoned, or
// stands at the counter.
type Handmade struct {
	Customer Party
	Language string // en, fr, nl, it, de
	Reason   Reason // empty: what the words say
	Units    string // one on each line, as it stands on the label
	Text     string // what the customer said
	Tell     bool   // he is written to, as if he had sent a mail; else nothing happens that a person does not do
	By       Actor

	Mail   string // the words that he gets, where the person wrote others than the desk's
	Number string // of the first case, as they name it; where another has it by now, nothing is done
}
