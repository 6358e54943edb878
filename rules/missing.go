package rules

import (
	"fmt"
	"slices"
	"strings"
)

// perItem are the facts that are asked of each unit.
var perItem = []Fact{FactManufacturer, FactModel, FactSerial, FactNumber, FactVendorTicket}

// missing lists what the policy requires and the case does not have: the
// reason first, then unit by unit, then the rest.
func (p *Policy) missing(c Case) []Missing {
	if c.Reason == "" {
		return slices.Concat([]Missing{{Fact: FactReason}}, p.missingOfItems(c, func(Item) []Fact { return []Fact{FactManufacturer} }))
	}
	general := p.Reasons.Of(c.Reason).Requires
	list := p.missingOfItems(c, func(it Item) []Fact { return p.required(it, c.Reason) })
	for _, f := range general {
		if !slices.Contains(perItem, f) {
			list = p.lacking(list, c, Item{}, f)
		}
	}
	for _, it := range p.units(c) {
		for _, f := range p.required(it, c.Reason) {
			if !slices.Contains(perItem, f) {
				list = p.lacking(list, c, Item{}, f)
			}
		}
	}
	return list
}

func (p *Policy) missingOfItems(c Case, required func(Item) []Fact) []Missing {
	var list []Missing
	for _, it := range p.units(c) {
		for _, f := range perItem {
			if slices.Contains(required(it), f) {
				list = p.lacking(list, c, it, f)
			}
		}
	}
	return list
}

// units are the items, or, of a case that names none, one that nothing is
// known of: its facts are asked of the whole case.
func (p *Policy) units(c Case) []Item {
	if len(c.Items) == 0 {
		return []Item{{}}
	}
	return slices.DeleteFunc(slices.Clone(c.Items), func(it Item) bool { return it.Verdict != "" })
}

// required lists what one unit needs. A unit of unknown make needs its maker
// named and its serial; what its process needs comes when that is known.
func (p *Policy) required(it Item, reason Reason) []Fact {
	facts := slices.Clone(p.Reasons.Of(reason).Requires)
	if it.Doubt != "" {
		facts = append(facts, FactNumber)
	}
	if reason != Defective {
		return facts
	}
	m, known := p.Manufacturer(it.Manufacturer)
	if !known {
		return append(facts, FactManufacturer, FactSerial)
	}
	return slices.Concat(facts, m.Requires, p.Processes.Of(p.processOf(it, reason)).Requires)
}

func (p *Policy) lacking(list []Missing, c Case, it Item, f Fact) []Missing {
	m := Missing{Fact: f, Item: it.Position}
	if p.has(c, it, f) || slices.Contains(list, m) {
		return list
	}
	return append(list, m)
}

// has says whether the case has a fact, or one that does for it.
func (p *Policy) has(c Case, it Item, f Fact) bool {
	r := c.References
	switch f {
	case FactReason:
		return c.Reason != ""
	case FactManufacturer:
		return it.Manufacturer != ""
	case FactModel:
		return it.Model != "" || it.Serial != "" // a serial number says which model it is
	case FactSerial:
		m, _ := p.Manufacturer(it.Manufacturer)
		return it.Serial != "" || m.MACIsID && it.MAC != ""
	case FactNumber:
		return it.Doubt == ""
	case FactFault:
		return c.Fault != ""
	case FactVendorTicket:
		tickets := c.tickets(it)
		return len(tickets) > 0 && (p.plausible(it, tickets) || slices.Contains(c.Confirmed, FactVendorTicket))
	case FactOrdered:
		return c.Ordered != "" || slices.Contains(c.Confirmed, FactOrdered)
	case FactSupportTicket:
		return len(r.SupportTicket) > 0 || len(r.VendorTicket) > 0 || slices.ContainsFunc(c.Items, func(it Item) bool { return it.VendorTicket != "" })
	case FactOrder:
		return len(r.Order)+len(r.Invoice)+len(r.DeliveryNote) > 0
	case FactPurchaseDate:
		return c.PurchaseDate != "" || len(r.Invoice) > 0
	}
	return slices.Contains(c.Confirmed, f)
}

// tickets are the manufacturer's ticket numbers that are given for a unit.
func (c Case) tickets(it Item) []string {
	list := slices.Clone(c.References.VendorTicket)
	if it.VendorTicket != "" {
		list = append(list, it.VendorTicket)
	}
	return list
}

// plausible: one of the tickets has a form that the manufacturer's support
// gives out; of a maker whose forms are not known, any will do. A form with its
// label in it says nothing of the bare number.
func (p *Policy) plausible(it Item, tickets []string) bool {
	m, _ := p.Manufacturer(it.Manufacturer)
	forms := 0
	for _, form := range m.Tickets {
		if form.re == nil || form.Confidence == Guess || form.Confidence == "" || !form.bare() {
			continue
		}
		forms++
		if slices.ContainsFunc(tickets, func(t string) bool { return form.re.FindString(t) == t }) {
			return true
		}
	}
	return forms == 0
}

// ticketDoubted is the note on a ticket number of an unlikely form.
const ticketDoubted = "ticket_form"

// noteTicket tells staff why a ticket is asked for that was given: its form is
// not the manufacturer's.
func (s *step) noteTicket(missing []Missing) {
	for _, m := range missing {
		it, _ := s.c.item(m.Item)
		if tickets := s.c.tickets(it); m.Fact == FactVendorTicket && len(tickets) > 0 {
			maker, _ := s.p.Manufacturer(it.Manufacturer)
			s.c.note(ticketDoubted, fmt.Sprintf("The ticket number %s has not the form of those of %s.", listed(tickets), maker.Name))
		}
	}
}

// ticketAgain takes whatever ticket the customer names when asked a second
// time: what is wrong with it is for a person to find out.
func (s *step) ticketAgain() {
	named := len(s.e.Claim.References.VendorTicket) > 0 ||
		slices.ContainsFunc(s.e.Claim.Items, func(it Item) bool { return it.VendorTicket != "" })
	if named && s.c.noted(ticketDoubted) {
		s.c.Confirmed = union(s.c.Confirmed, []Fact{FactVendorTicket})
	}
}

// still keeps of what was asked what the case does not have yet.
func (p *Policy) still(c Case, asked []Missing) []Missing {
	var list []Missing
	for _, m := range asked {
		it, found := c.item(m.Item)
		if m.Item == 0 && len(c.Items) > 0 && slices.Contains(perItem, m.Fact) {
			it, found = c.Items[0], true // asked when no unit was known
		}
		if m.Item > 0 && !found {
			continue // the unit has left the case
		}
		if m.Fact != FactSmallerMail && !p.has(c, it, m.Fact) { // this mail could be read
			list = append(list, m)
		}
	}
	return list
}

func (c Case) item(position int) (Item, bool) {
	for _, it := range c.Items {
		if it.Position == position {
			return it, true
		}
	}
	return Item{}, false
}

// merge takes over what a mail adds: it fills gaps and adds units, and never
// replaces what is known. grow says whether units may still be added.
func (c *Case) merge(cl Claim, grow bool) {
	if c.Reason == "" {
		c.Reason = cl.Reason
	}
	for _, it := range cl.Items {
		if it.FoundIn == "quoted" && len(c.Items) > 0 {
			continue // our own words coming back
		}
		c.mergeItem(it, grow)
	}
	r := &c.References
	r.RMA = union(r.RMA, cl.References.RMA)
	r.VendorTicket = union(r.VendorTicket, cl.References.VendorTicket)
	r.SupportTicket = union(r.SupportTicket, cl.References.SupportTicket)
	r.Order = union(r.Order, cl.References.Order)
	r.Invoice = union(r.Invoice, cl.References.Invoice)
	r.DeliveryNote = union(r.DeliveryNote, cl.References.DeliveryNote)
	r.Tracking = union(r.Tracking, cl.References.Tracking)
	c.PurchaseDate = or(c.PurchaseDate, cl.PurchaseDate)
	c.Fault = or(c.Fault, cl.Fault)
	c.Ordered = or(c.Ordered, cl.Ordered)
	c.Confirmed = union(c.Confirmed, cl.Confirmed)
	c.noteMail(cl)
}

// noteMail tells staff which attachments nobody has read yet, and that a mail
// wants to be answered elsewhere: that is how somebody else would get to know of
// the case, so it is left to a person.
func (c *Case) noteMail(cl Claim) {
	for _, what := range cl.Unread {
		c.note("attachment_unread", what)
	}
	if cl.ReplyTo != "" {
		c.note("reply_to", fmt.Sprintf("The mail wants to be answered at %s (Reply-To); the desk answers the address that it came from.", cl.ReplyTo))
	}
}

// mergeItem finds the unit that is meant: the one with this serial or MAC,
// else the first that still lacks one and does not contradict, else a new one.
func (c *Case) mergeItem(it Item, grow bool) {
	named := it.Serial != "" || it.MAC != ""
	for i := range c.Items {
		if c.Items[i].same(it) {
			c.Items[i].confirm(it)
			c.Items[i].fill(it)
			return
		}
	}
	for i := range c.Items {
		if named && c.Items[i].corrected(it) {
			return
		}
	}
	for i := range c.Items {
		open := c.Items[i].Serial == "" && c.Items[i].MAC == "" && c.Items[i].Verdict == ""
		if c.Items[i].agrees(it) && (!named || open) {
			c.Items[i].fill(it)
			return
		}
	}
	if grow && (named || it.Model != "") {
		last := 0
		for _, known := range c.Items {
			last = max(last, known.Position)
		}
		it.Position = last + 1
		it.Verdict, it.Outcome, it.Resolution, it.Received = "", "", "", false
		c.Items = append(c.Items, it)
	}
}

func (it Item) same(other Item) bool {
	return it.Serial != "" && strings.EqualFold(it.Serial, other.Serial) || it.MAC != "" && strings.EqualFold(it.MAC, other.MAC)
}

// confirm takes a number out of doubt that the customer wrote a second time.
func (it *Item) confirm(other Item) {
	if it.Doubt != "" && other.FoundIn != "quoted" {
		it.Doubt, it.Meant, it.Confidence = "", "", other.Confidence
	}
}

// corrected replaces a number in doubt by the one that was meant, or by one that
// reads nearly the same: what the customer wrote when he was asked to look again.
// Any other number is another unit's.
func (it *Item) corrected(other Item) bool {
	if it.Doubt == "" || it.Verdict != "" || !it.agrees(other) || other.Serial == "" ||
		other.Serial != it.Meant && !alike(other.Serial, it.Serial) {
		return false
	}
	it.Serial, it.FoundIn = other.Serial, other.FoundIn
	it.Doubt, it.Meant, it.Confidence = other.Doubt, other.Meant, other.Confidence
	it.MAC = or(other.MAC, it.MAC)
	it.fill(other)
	return true
}

// alike tells two numbers of one length that differ in a few places.
func alike(a, b string) bool {
	const few = 3
	if len(a) != len(b) || len(a) <= 2*few {
		return false
	}
	differ := 0
	for i := range len(a) {
		if a[i] != b[i] {
			differ++
		}
	}
	return differ <= few
}

// agrees says that two descriptions can be of one unit.
func (it Item) agrees(other Item) bool {
	fits := func(a, b string) bool { return a == "" || b == "" || strings.EqualFold(a, b) }
	return fits(it.Manufacturer, other.Manufacturer) && fits(it.Model, other.Model)
}

func (it *Item) fill(other Item) {
	it.Manufacturer = or(it.Manufacturer, other.Manufacturer)
	it.Model = or(it.Model, other.Model)
	it.Serial = or(it.Serial, other.Serial)
	it.MAC = or(it.MAC, other.MAC)
	it.FoundIn = or(it.FoundIn, other.FoundIn)
	it.VendorTicket = or(it.VendorTicket, other.VendorTicket)
}

// takeWords accepts a written answer as what was asked where no program can
// tell what it says: the fault, and what had been ordered. Where the same mail
// already answered something else, a few words are not taken for it.
func (c *Case) takeWords(asked []Missing, cl Claim, elsewhere bool) {
	words := len(strings.Fields(cl.Text))
	if words == 0 || elsewhere && words < 5 {
		return
	}
	for _, m := range asked {
		switch {
		case m.Fact == FactFault && c.Fault == "":
			c.Fault = shorten(cl.Text, 300)
		case m.Fact == FactOrdered:
			c.Ordered = or(c.Ordered, shorten(cl.Text, 200))
		}
	}
}

func shorten(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

func or(known, news string) string {
	if known != "" {
		return known
	}
	return news
}

func union[T comparable](known, more []T) []T {
	for _, m := range more {
		if !slices.Contains(known, m) {
			known = append(known, m)
		}
	}
	return known
}

// sayMissing puts facts into words: "the serial number of unit 1 and the fault".
func sayMissing(list []Missing) string {
	var parts []string
	for _, m := range list {
		text := factWords[m.Fact]
		if text == "" {
			text = string(m.Fact)
		}
		if m.Item > 0 {
			text += fmt.Sprintf(" of unit %d", m.Item)
		}
		parts = append(parts, text)
	}
	return listed(parts)
}

var factWords = map[Fact]string{
	FactManufacturer: "the manufacturer", FactModel: "the model", FactSerial: "the serial number",
	FactNumber: "a second look at the serial number",
	FactReason: "the reason for the return", FactFault: "a description of the fault",
	FactVendorTicket: "the ticket number of the manufacturer's support", FactSupportTicket: "the ticket number of our support",
	FactOrder: "the order, invoice or delivery note number", FactPurchaseDate: "the date of purchase",
	FactUnused:  "the confirmation that the goods are unused and in their original packaging",
	FactOrdered: "what had been ordered instead", FactSmallerMail: "a smaller mail: this one was too large to be read",
}

// listed joins parts as a sentence does: a, b and c.
func listed(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}
