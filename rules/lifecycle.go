package rules

import (
	"fmt"
	"slices"
	"strings"
)

// States lists the states in the order of a case's life.
func States() []State {
	return []State{New, InfoNeeded, InCharge, Validated, Received, Quoted, InProcess, Uncollected, Closed}
}

// Events lists every event: the customer's, the staff's, the clock's and the
// courier's.
func Events() []EventKind {
	return slices.Concat(customerEvents(), StaffEvents(), []EventKind{EvTick, EvDeliveryFailed})
}

func customerEvents() []EventKind {
	return []EventKind{EvRequest, EvAnswer, EvTracking, EvQuoteAccepted, EvQuoteDeclined, EvWithdrawal, EvQuestion}
}

// StaffEvents lists the events by staff.
func StaffEvents() []EventKind {
	return []EventKind{EvTakeCharge, EvAsk, EvApprove, EvRefuse, EvRefer, EvReceive, EvTest, EvQuote, EvAcceptOnBehalf,
		EvSendToVendor, EvBackFromVendor, EvCredit, EvShip, EvReturnAsIs, EvCollected, EvDispose, EvExtend, EvEdit,
		EvSplit, EvMerge, EvAssign, EvNote, EvWrite, EvReopen, EvResend, EvFixAddress, EvConfirm, EvReject}
}

// row is one event of the lifecycle: where it leads from each state that
// allows it, and why the other states refuse it.
type row struct {
	moves   map[State][]State
	refusal string           // of every state that is not in moves
	special map[State]string // refusals that deserve their own words
}

// Shorthands of the table.
func to(states ...State) []State { return states }

// stay is a move of each of the states to itself.
func stay(states ...State) map[State][]State {
	moves := map[State][]State{}
	for _, s := range states {
		moves[s] = to(s)
	}
	return moves
}

// with adds moves to a map; later ones replace.
func with(moves, more map[State][]State) map[State][]State {
	for s, t := range more {
		moves[s] = t
	}
	return moves
}

func open() []State { return States()[:len(States())-1] }

// lifecycle is the one table of the life of a case. Every pair of state and
// event is either a move here or refused with a reason.
func lifecycle() map[EventKind]row {
	table := map[EventKind]row{}
	addMailRows(table)
	addRulingRows(table)
	addGoodsRows(table)
	addDeskRows(table)
	return table
}

// addMailRows: what the customer's mails do.
func addMailRows(table map[EventKind]row) {
	table[EvRequest] = row{
		moves:   map[State][]State{New: to(New, InfoNeeded, Validated, Closed)},
		refusal: "a request opens a case, and this case is open already",
	}
	table[EvAnswer] = row{moves: with(stay(States()...), map[State][]State{
		New:        to(New, InfoNeeded, Validated, Closed),
		InfoNeeded: to(InfoNeeded, New, InCharge, Received, Validated, Closed),
		Closed:     to(Closed, New, InfoNeeded, Validated), // opened again only where it was closed for want of an answer
	})}
	table[EvTracking] = row{moves: stay(States()...)}
	table[EvQuestion] = row{moves: stay(States()...)}
	table[EvQuoteAccepted] = row{
		moves:   map[State][]State{Quoted: to(InProcess)},
		refusal: "no quote waits for an answer",
		special: map[State]string{Uncollected: "the quote was declined or has run out; staff can still accept on the customer's behalf"},
	}
	table[EvQuoteDeclined] = row{
		moves:   map[State][]State{Quoted: to(Uncollected)},
		refusal: "no quote waits for an answer",
	}
	table[EvWithdrawal] = row{
		moves: map[State][]State{
			New: to(Closed, New), InfoNeeded: to(Closed, InfoNeeded), InCharge: to(Closed, InCharge), Validated: to(Closed, Validated),
			Received: to(Received), Quoted: to(Uncollected), InProcess: to(InProcess), Uncollected: to(Uncollected),
		},
		refusal: "the case is closed already",
	}
}

// addRulingRows: what staff rule before the goods come.
func addRulingRows(table map[EventKind]row) {
	table[EvTakeCharge] = row{
		moves:   map[State][]State{New: to(InCharge), InfoNeeded: to(InCharge)},
		refusal: "the case is in charge already",
		special: map[State]string{Closed: "the case is closed; reopen it first"},
	}
	table[EvAsk] = row{
		moves: map[State][]State{New: to(InfoNeeded), InfoNeeded: to(InfoNeeded), InCharge: to(InfoNeeded), Received: to(InfoNeeded)},
		special: map[State]string{
			Validated: "the request is approved, so nothing is missing for a ruling", Closed: "the case is closed; reopen it first"},
		refusal: "the customer's decision or goods are waited for, and a second question would stop that clock",
	}
	ruling := func(next ...State) row {
		return row{
			moves:   map[State][]State{New: next, InfoNeeded: next, InCharge: next},
			refusal: "the request was approved already and the goods are here",
			special: map[State]string{Validated: "the request was approved already", Closed: "the case is closed; reopen it first"},
		}
	}
	table[EvApprove] = ruling(Validated, Received, Closed)
	table[EvRefer] = ruling(Closed)
	refuse := ruling(Closed)
	refuse.moves[Validated] = to(Closed)
	table[EvRefuse] = refuse
}

// addGoodsRows: what happens to the goods.
func addGoodsRows(table map[EventKind]row) {
	before := map[State]string{
		New: "the return is not approved yet", InfoNeeded: "the return is not approved yet", InCharge: "the return is not approved yet",
		Closed: "the case is closed; reopen it first",
	}
	notHere := map[State]string{
		New: "the goods are not here yet", InfoNeeded: "the goods are not here yet", InCharge: "the goods are not here yet",
		Validated: "the goods are not here yet", Closed: "the case is closed; reopen it first",
	}
	table[EvReceive] = row{special: before, refusal: "all goods of this case have left the test",
		moves: map[State][]State{Validated: to(Received, Validated), Received: to(Received), Quoted: to(Quoted), InProcess: to(InProcess)}}
	table[EvTest] = row{special: notHere, refusal: "a quote was sent on the outcome of the test; send a new quote instead",
		moves: map[State][]State{Received: to(Received, InProcess), InProcess: to(InProcess)}}
	table[EvQuote] = row{special: notHere,
		moves: map[State][]State{Received: to(Quoted, Received), Quoted: to(Quoted), InProcess: to(Quoted, InProcess), Uncollected: to(Quoted, Uncollected)}}
	table[EvAcceptOnBehalf] = row{special: notHere, refusal: "no quote was sent",
		moves: map[State][]State{Quoted: to(InProcess), Uncollected: to(InProcess)}}
	table[EvSendToVendor] = row{special: notHere, refusal: "the customer has not accepted the quote",
		moves: map[State][]State{Received: to(InProcess), InProcess: to(InProcess)}}
	table[EvBackFromVendor] = row{special: notHere, refusal: "the goods are not with the manufacturer", moves: stay(InProcess, Quoted, Uncollected)}
	table[EvCredit] = row{special: notHere, refusal: "the customer has not accepted the quote",
		moves: map[State][]State{Received: to(Received, Closed), InProcess: to(InProcess, Closed)}}
	table[EvShip] = row{special: notHere, refusal: "the customer has not accepted the quote: send the goods back as they are instead",
		moves: map[State][]State{Received: to(Received, Closed), InProcess: to(InProcess, Closed)}}
	table[EvReturnAsIs] = row{special: notHere, moves: map[State][]State{
		Received: to(Received, Closed), Quoted: to(Quoted, Closed), InProcess: to(InProcess, Closed), Uncollected: to(Uncollected, Closed)}}
	table[EvCollected] = row{special: notHere, refusal: "the goods are being repaired or replaced",
		moves: map[State][]State{Received: to(Received, Closed), Quoted: to(Quoted, Closed), Uncollected: to(Uncollected, Closed)}}
	table[EvDispose] = row{special: notHere, refusal: "only goods that the customer did not collect may be disposed of",
		moves: map[State][]State{Uncollected: to(Uncollected, Closed)}}
}

// addDeskRows: what changes the case, not the goods; the clock and the courier.
func addDeskRows(table map[EventKind]row) {
	closed := "the case is closed; reopen it first"
	table[EvExtend] = row{moves: stay(InfoNeeded, Validated, Quoted, InProcess, Uncollected), refusal: "this deadline is the desk's own, and is not extended",
		special: map[State]string{Closed: closed}}
	table[EvEdit] = row{refusal: closed, moves: with(stay(open()...), map[State][]State{InfoNeeded: to(InfoNeeded, New, InCharge, Received)})}
	table[EvSplit] = row{refusal: closed, moves: with(stay(open()...), map[State][]State{ // closed where all that stays has left the desk
		Received: to(Received, Closed), Quoted: to(Quoted, Closed), InProcess: to(InProcess, Closed), Uncollected: to(Uncollected, Closed)})}
	merged := map[State][]State{}
	for _, s := range open() {
		merged[s] = to(Closed)
	}
	table[EvMerge] = row{moves: merged, refusal: closed}
	table[EvAssign] = row{moves: stay(open()...), refusal: closed}
	table[EvNote] = row{moves: stay(States()...)}
	table[EvWrite] = row{moves: stay(States()...)}
	table[EvReopen] = row{moves: map[State][]State{Closed: to(InCharge, Received)}, refusal: "the case is not closed"}
	table[EvResend] = row{moves: stay(States()...)}
	table[EvFixAddress] = row{moves: stay(States()...)}
	nothing := "nothing waits for a second person"
	table[EvConfirm] = row{refusal: nothing, moves: map[State][]State{ // a quote, a credit or a shipment
		Received: to(Received, Quoted, Closed), Quoted: to(Quoted), InProcess: to(InProcess, Quoted, Closed), Uncollected: to(Quoted)}}
	table[EvReject] = row{refusal: nothing, moves: stay(Received, Quoted, InProcess, Uncollected)}
	table[EvTick] = row{refusal: "nothing is waited for in a closed case", moves: with(stay(open()...), map[State][]State{
		InfoNeeded: to(InfoNeeded, Closed), Validated: to(Validated, Closed), Quoted: to(Quoted, Uncollected)})}
	table[EvDeliveryFailed] = row{moves: stay(States()...)}
}

var life = lifecycle()

// Move says where an event may lead from a state. Where it may not happen, to
// is empty and refusal says why.
func Move(s State, e EventKind) (to []State, refusal string) {
	r, ok := life[e]
	if !ok {
		return nil, fmt.Sprintf("%q is no event", e)
	}
	if to, ok := r.moves[s]; ok {
		return slices.Clone(to), ""
	}
	if !slices.Contains(States(), s) {
		return nil, fmt.Sprintf("%q is no state", s)
	}
	if text, ok := r.special[s]; ok {
		return nil, text
	}
	return nil, r.refusal
}

// likely is the order in which staff want the buttons of each state.
func likely(s State) []EventKind {
	return map[State][]EventKind{
		New:         {EvTakeCharge, EvApprove, EvAsk, EvRefuse, EvRefer},
		InfoNeeded:  {EvAsk, EvApprove, EvRefuse, EvTakeCharge, EvRefer, EvExtend},
		InCharge:    {EvApprove, EvAsk, EvRefuse, EvRefer},
		Validated:   {EvReceive, EvExtend, EvRefuse},
		Received:    {EvTest, EvQuote, EvReceive, EvSendToVendor, EvShip, EvCredit, EvReturnAsIs, EvAsk, EvCollected},
		Quoted:      {EvAcceptOnBehalf, EvCollected, EvExtend, EvQuote, EvReturnAsIs, EvReceive},
		InProcess:   {EvShip, EvCredit, EvSendToVendor, EvBackFromVendor, EvExtend, EvQuote, EvTest, EvReturnAsIs, EvReceive},
		Uncollected: {EvCollected, EvExtend, EvAcceptOnBehalf, EvReturnAsIs, EvQuote, EvDispose},
		Closed:      {EvReopen},
	}[s]
}

// Actions lists what staff may do with a case, the likeliest first: what
// repairs an undelivered mail, what waits for a second person, what the rules
// propose, what the state asks for, and the rest.
func Actions(c Case) []EventKind {
	var first []EventKind
	if c.Undelivered != "" {
		first = append(first, EvResend, EvFixAddress)
	}
	if c.Asked != nil {
		first = append(first, EvConfirm, EvReject)
	}
	if c.Proposal.Action != "" {
		first = append(first, c.Proposal.Action)
	}
	var actions []EventKind
	for _, e := range slices.Concat(first, likely(c.State), StaffEvents()) {
		_, refusal := Move(c.State, e)
		mails := e == EvResend || e == EvFixAddress
		if refusal != "" || slices.Contains(actions, e) || mails && c.Undelivered == "" || !slices.Contains(StaffEvents(), e) {
			continue
		}
		if e == EvReopen && c.Closing == Merged || e == EvSplit && len(c.Items) < 2 || (e == EvConfirm || e == EvReject) && c.Asked == nil {
			continue
		}
		actions = append(actions, e)
	}
	return actions
}

// waitsFor is what each state waits for, in the words of the design.
func waitsFor(s State) string {
	return map[State]string{
		New: "staff to take charge", InfoNeeded: "the customer's answer; other clocks stand still",
		InCharge: "validation, approval or refusal", Validated: "the goods", Received: "the test",
		Quoted: "the customer's written acceptance", InProcess: "repair, replacement, credit, or the manufacturer",
		Uncollected: "collection at the customer's cost", Closed: "nothing",
	}[s]
}

// Diagram is the lifecycle as Graphviz: one arrow for each pair of states, with
// the events that lead along it. Events that change no state are left out.
func Diagram() string {
	var b strings.Builder
	b.WriteString("digraph lifecycle {\n\trankdir=LR;\n\tnode [shape=box, style=rounded, fontname=\"Helvetica\"];\n\tedge [fontname=\"Helvetica\", fontsize=10];\n")
	for _, s := range States() {
		fmt.Fprintf(&b, "\t%s [label=\"%s\"];\n", s, strings.ReplaceAll(string(s), "_", " "))
	}
	b.WriteString("\tstart [shape=point];\n\tstart -> new [label=\"request\"];\n")
	for _, from := range States() {
		for _, next := range States() {
			if events := between(from, next); from != next && len(events) > 0 {
				fmt.Fprintf(&b, "\t%s -> %s [label=\"%s\"];\n", from, next, strings.Join(events, "\\n"))
			}
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func between(from, next State) []string {
	var events []string
	for _, e := range Events() {
		if to, _ := Move(from, e); slices.Contains(to, next) {
			events = append(events, strings.ReplaceAll(string(e), "_", " "))
		}
	}
	return events
}

// Table is the lifecycle as text of at most 100 columns: each state, what it
// waits for, where each event leads, and which events it refuses and why.
func Table() string {
	var b strings.Builder
	for i, s := range States() {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: waits for %s\n", s, waitsFor(s))
		var same []string
		for _, e := range Events() {
			to, refusal := Move(s, e)
			switch {
			case refusal != "":
				continue
			case len(to) == 1 && to[0] == s:
				same = append(same, string(e))
			default:
				fmt.Fprintf(&b, "  %-24s -> %s\n", e, strings.Join(words(to...), ", "))
			}
		}
		b.WriteString(wrapped("stays at", same))
		for _, r := range refusals(s) {
			b.WriteString(r)
		}
	}
	return b.String()
}

// refusals groups the events that a state refuses by the reason.
func refusals(s State) []string {
	var reasons []string
	events := map[string][]string{}
	for _, e := range Events() {
		if _, refusal := Move(s, e); refusal != "" {
			if len(events[refusal]) == 0 {
				reasons = append(reasons, refusal)
			}
			events[refusal] = append(events[refusal], string(e))
		}
	}
	for i, r := range reasons {
		reasons[i] = wrapped("refuses", events[r]) + wrapped("", strings.Fields("  because "+r))
	}
	return reasons
}

// wrapped sets words under a heading in at most 100 columns.
func wrapped(heading string, list []string) string {
	const indent = "                              "
	var b strings.Builder
	line := fmt.Sprintf("  %-28s", heading)
	for _, w := range list {
		if len(line)+1+len(w) > 100 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += w + " "
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}
