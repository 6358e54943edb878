package rules

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Forgotten is a person of whom nothing may be kept.
type Forgotten struct {
	Address string   // lower case
	Names   []string // as he wrote them, and others wrote him
}

// ForgottenRule is the rule of the history entry that says so.
const ForgottenRule = "forgotten"

// gap stands where something about him stood.
const gap = "[forgotten]"

// shortName is the least length of a name that is looked for in texts: a
// shorter one would be found in everything.
const shortName = 3

// Scrub takes the person's address out of a text, however it is written, and his
// names where they stand as words of their own.
func (f Forgotten) Scrub(text string) string {
	if text == "" {
		return text
	}
	for _, word := range append([]string{f.Address}, f.Names...) {
		text = scrubWord(text, word)
	}
	return text
}

// In says whether a text names the person.
func (f Forgotten) In(text string) bool { return f.Scrub(text) != text }

func scrubWord(text, word string) string {
	if utf8.RuneCountInString(word) < shortName || len(text) < len(word)/2 {
		return text
	}
	pattern := regexp.MustCompile(`(?i)` + strings.Join(strings.Fields(regexp.QuoteMeta(word)), `\s+`))
	var b strings.Builder
	end := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		if at[0] < end || !alone(text, at[0], at[1]) {
			continue
		}
		b.WriteString(text[end:at[0]])
		b.WriteString(gap)
		end = at[1]
	}
	if end == 0 {
		return text
	}
	return b.String() + text[end:]
}

// alone says whether what lies between two bytes of a text is no part of a
// longer word.
func alone(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[to:])
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return !letter(before) && !letter(after)
}

// Forget takes a person out of a case. Of his own case remains what the books
// need: number, dates, units, verdicts, amounts, and the numbers of its papers;
// everybody who took part in it goes with him, and all that was written. From a
// case of somebody else he goes alone. A case of his must be closed before; see
// [ForgetRefused].
func Forget(p *Policy, c Case, f Forgotten, now time.Time) Decision {
	s := &step{p: p, before: c, c: c.clone(), e: Event{Kind: EvNote, Actor: Actor{Kind: ByStaff}}, now: now}
	if c.Customer.Address == f.Address {
		s.c.bare(f)
		s.say(OutUpdate, ForgottenRule, "The customer of this case was forgotten. His address, his name and all that was written are deleted.")
	} else {
		s.c.leave(f)
		s.say(OutUpdate, ForgottenRule, "A person who took part in this case was forgotten. His address, his name and what he wrote are deleted.")
	}
	return s.done()
}

// ForgetRefused says why the customer of a case cannot be forgotten yet; empty
// where he can.
func ForgetRefused(c Case) string {
	switch {
	case c.State == Closed:
		return ""
	case c.goodsHere():
		return "it is open and his goods are here: send them back, or dispose of them, and close it"
	}
	return "it is open: close it, or say that it is to be closed"
}

// IsForgotten says whether the customer of a case was forgotten.
func (c Case) IsForgotten() bool { return c.Customer.Address == "" }

// bare leaves of a case what the books need.
func (c *Case) bare(f Forgotten) {
	c.Customer, c.Parties = Party{}, nil
	c.Fault, c.Ordered, c.Undelivered = "", "", ""
	c.Notes, c.Missing, c.Asked, c.Proposal = nil, nil, nil, Proposal{}
	c.References.Tracking, c.References.SupportTicket = nil, nil
	c.scrub(f)
}

// leave takes a party out of somebody else's case.
func (c *Case) leave(f Forgotten) {
	var others []Party
	for _, p := range c.Parties {
		if p.Address != f.Address {
			others = append(others, p)
		}
	}
	c.Parties = others
	c.Customer.Name = f.Scrub(c.Customer.Name)
	c.Fault, c.Ordered, c.Undelivered = f.Scrub(c.Fault), f.Scrub(c.Ordered), f.Scrub(c.Undelivered)
	for i := range c.Notes {
		c.Notes[i].Why = f.Scrub(c.Notes[i].Why)
	}
	c.Proposal.Why = f.Scrub(c.Proposal.Why)
	if c.Asked != nil {
		asked := *c.Asked
		asked.What, asked.Event.Text, asked.Event.Mail = f.Scrub(asked.What), f.Scrub(asked.Event.Text), f.Scrub(asked.Event.Mail)
		asked.Event.Justification, asked.Proposal.Why = f.Scrub(asked.Event.Justification), f.Scrub(asked.Proposal.Why)
		c.Asked = &asked
	}
	c.scrub(f)
}

// fullNames leaves out the names of one word: a model may be called the same.
func (f Forgotten) fullNames() Forgotten {
	full := Forgotten{Address: f.Address}
	for _, name := range f.Names {
		if strings.Contains(strings.TrimSpace(name), " ") {
			full.Names = append(full.Names, name)
		}
	}
	return full
}

// scrub takes the person out of what stays in every case.
func (c *Case) scrub(f Forgotten) {
	c.Why = f.Scrub(c.Why)
	f = f.fullNames()
	for i := range c.Items {
		it := &c.Items[i]
		if it.FoundIn != "body" && it.FoundIn != "subject" && it.FoundIn != "quoted" && c.Customer.Address == "" {
			it.FoundIn = "" // the name of a file of his
		}
		for _, text := range []*string{&it.Model, &it.Serial, &it.MAC, &it.Meant, &it.FoundIn, &it.VendorTicket, &it.WarrantyWhy, &it.VendorRMA} {
			*text = f.Scrub(*text)
		}
	}
	r := &c.References
	for _, list := range []*[]string{&r.RMA, &r.VendorTicket, &r.SupportTicket, &r.Order, &r.Invoice, &r.DeliveryNote, &r.Tracking} {
		for i := range *list {
			(*list)[i] = f.Scrub((*list)[i])
		}
	}
}
