package ingest

import (
	"strings"
	"time"
)

// Extract says what a mail is and what it asks for. It is a pure function: the
// same mail, catalogue and desk give the same facts.
func Extract(cat *Catalogue, m *Message, desk Desk) Facts {
	f := Facts{From: sender(m)}
	kind, why := machine(m, desk)
	inner := m
	if kind == "" {
		inner = unwrap(m)
	}
	if inner != m {
		f.From = sender(inner)
		kind, why = machine(inner, desk)
	}
	parts := newText(inner)
	f.NewText = parts.text
	r := newReading(cat, inner, parts, desk)
	r.fill(&f, kind)
	f.Kind, f.KindWhy = kind, why
	if kind == "" {
		f.Kind, f.KindWhy = r.kindByContent(&f)
	}
	r.settle(&f)
	credit(&f, inner, parts, desk)
	f.NoAnswerWhy = noAnswer(m, desk, f.Kind)
	if f.NoAnswerWhy == "" && inner != m {
		f.NoAnswerWhy = noAnswer(inner, desk, f.Kind)
	}
	f.MayAnswer = f.NoAnswerWhy == ""
	return f
}

// unwrap gives the mail inside of an Italian certified one (PEC), or the mail
// itself.
func unwrap(m *Message) *Message {
	if m.first("X-Trasporto") == "" {
		return m
	}
	for i := range m.Attachments {
		a := &m.Attachments[i]
		if a.Message != nil && (strings.EqualFold(a.Name, "postacert.eml") || len(a.Message.From) > 0) {
			return a.Message
		}
	}
	return m
}

// reading is one mail with all its text at hand.
type reading struct {
	scanner
	msg      *Message
	parts    split
	desk     Desk
	subject  string
	newLines []string
	zones    []zone // best evidence first
	all      string // subject and text, for the makers' names and the reason
}

func newReading(cat *Catalogue, m *Message, parts split, desk Desk) *reading {
	r := &reading{msg: m, parts: parts, desk: desk, subject: plain(m.Subject)}
	r.newLines = linesOf(parts.text)
	r.zones = []zone{{"body", r.newLines}}
	if t := tableText(m); t != "" {
		r.zones = append(r.zones, zone{"body", linesOf(t)})
	}
	r.zones = append(r.zones, zone{"subject", []string{rePrefix.ReplaceAllString(fwPrefix.ReplaceAllString(r.subject, ""), "")}})
	r.zones = append(r.zones, attachedZones(m, 0)...)
	if parts.forward {
		r.zones = append(r.zones, zone{"quoted", linesOf(parts.older)})
	}
	var all strings.Builder
	for _, z := range r.zones {
		all.WriteString(strings.Join(z.lines, "\n"))
		all.WriteByte('\n')
	}
	r.all = all.String()
	r.scanner = scanner{cat: cat, named: cat.namedIn(r.all + "\n" + sender(m).Name), proven: map[int]bool{}}
	for maker := range r.named {
		r.formless = r.formless || !cat.formed[maker]
	}
	return r
}

// tableText gives the tables of the HTML body where the plain body, made by
// the sender's program, has lost their rows.
func tableText(m *Message) string {
	if !strings.Contains(m.HTML, "<t") || !strings.Contains(lowerASCII(m.HTML), "<table") {
		return ""
	}
	text := htmlText(m.HTML)
	if strings.TrimSpace(text) == strings.TrimSpace(m.Text) {
		return ""
	}
	var rows []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "\t") && !strings.HasPrefix(line, ">") {
			rows = append(rows, line)
		}
	}
	return strings.Join(rows, "\n")
}

// attachedZones gives the texts of attached lists and of mails within the mail.
func attachedZones(m *Message, depth int) []zone {
	const most, deepest = 20, 3
	var zones []zone
	for i := range m.Attachments {
		a := &m.Attachments[i]
		name := strings.ToLower(a.Name)
		switch {
		case len(zones) >= most:
			return zones
		case a.Message != nil && depth < deepest && m.Report == nil:
			zones = append(zones, zone{a.Name, linesOf(a.Message.Text)})
			zones = append(zones, attachedZones(a.Message, depth+1)...)
		case strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".txt") || a.MediaType == "text/csv":
			text, _ := decodeText("", a.Data[:min(len(a.Data), 1<<20)], false)
			zones = append(zones, zone{a.Name, linesOf(strings.ReplaceAll(text, "\r", "\n"))})
		}
	}
	return zones
}

// fill reads what the text says, whatever the kind turns out to be.
func (r *reading) fill(f *Facts, kind Kind) {
	f.Language = r.cat.tongue.of(f.NewText)
	if f.Language == "und" {
		f.Language = r.cat.tongue.of(r.subject + " " + f.NewText)
	}
	f.References = r.references(r.referenceLines(), plain(sender(r.msg).Name))
	if kind == Bounce || kind == OwnMail {
		return
	}
	text := r.subject + "\n" + strings.Join(r.newLines, "\n")
	f.Reason = reasonOf(text)
	if f.Reason == "" {
		f.Reason = reasonOf(r.all)
	}
	r.reason = f.Reason
	f.Units = r.allUnits()
	f.PurchaseDate = purchaseDate(r.newLines, r.now())
	f.Answer = answerOf(plain(f.NewText), r.subject+"\n"+r.parts.older)
	f.Withdrawal = withdraws.in(plain(f.NewText))
	f.Question = status.in(text) || standing.in(text)
	f.Unused = unused.in(text)
	f.Fault = faultWords(f.NewText)
	if f.Fault == "" && r.parts.forward {
		f.Fault = faultWords(strings.Join(withoutHeader(strings.Split(r.parts.older, "\n")), "\n"))
	}
}

func (r *reading) now() time.Time {
	if !r.desk.Now.IsZero() && (r.msg.Date.IsZero() || r.msg.Date.After(r.desk.Now)) {
		return r.desk.Now
	}
	return r.msg.Date
}

// referenceLines are the lines whose numbers are the sender's: quoted history
// is not, a forwarded mail is.
func (r *reading) referenceLines() []string {
	lines := append([]string{bareSubject(fwPrefix.ReplaceAllString(r.subject, ""))}, r.newLines...)
	if r.parts.forward {
		lines = append(lines, linesOf(r.parts.older)...)
	}
	for i := range r.msg.Attachments {
		if a := r.msg.Attachments[i]; a.Message != nil && r.msg.Report == nil {
			lines = append(lines, linesOf(a.Message.Text)...)
		}
	}
	return lines
}

// allUnits reads the zones, best evidence first. A zone that gives numbers
// makes units without one from other zones needless.
func (r *reading) allUnits() []Unit {
	var numbered, bare []unit
	for _, z := range r.zones {
		found := r.units(z)
		if hasNumber(found) {
			numbered = merge(numbered, found)
		} else if len(found) > len(bare) {
			bare = found
		}
	}
	units := numbered
	if len(units) == 0 {
		units = bare
	}
	r.nameFromElsewhere(units, bare)
	out := make([]Unit, 0, len(units))
	for _, u := range units {
		u.Manufacturer = r.cat.id(u.maker)
		u.VendorTicket = r.ticketOf(u)
		u.Line = cut(u.Line, 200)
		out = append(out, u.Unit)
	}
	return out
}

// merge adds a zone's numbered units to those of better evidence. Units
// without a number count only in the zone that was read first.
func merge(units, found []unit) []unit {
	if len(units) == 0 {
		return found
	}
	for _, u := range found {
		if u.Serial != "" || u.MAC != "" {
			units = append(units, u)
		}
	}
	return dedupe(units)
}

func hasNumber(units []unit) bool {
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			return true
		}
	}
	return false
}

// nameFromElsewhere lends the only model of another zone, such as the subject,
// to units that have none.
func (r *reading) nameFromElsewhere(units, bare []unit) {
	if len(bare) == 0 {
		return
	}
	for _, b := range bare {
		if !strings.EqualFold(b.Model, bare[0].Model) {
			return
		}
	}
	for i := range units {
		u := &units[i]
		if u.Model == "" && (u.maker < 0 || u.maker == bare[0].maker || r.cat.maker(u.MAC) < 0) {
			u.Model, u.maker = bare[0].Model, bare[0].maker
		}
	}
}

// ticketOf gives the ticket that stands on the unit's own line.
func (r *reading) ticketOf(u unit) string {
	if u.VendorTicket != "" {
		return u.VendorTicket
	}
	var refs References
	r.ticketsOf(u.Line, "", "", &refs)
	for _, t := range refs.VendorTicket {
		if t != u.Serial {
			return t
		}
	}
	return ""
}

// kindByContent tells a person's mails apart.
func (r *reading) kindByContent(f *Facts) (Kind, string) {
	m := r.msg
	withNumber := false
	for _, u := range f.Units {
		withNumber = withNumber || u.Serial != "" || u.MAC != ""
	}
	if why := listMail(m); why != "" && !withNumber && !strings.HasPrefix(why, "Precedence") && !ourList(m, r.desk) {
		return News, why
	}
	if robotSender(m) {
		return News, "comes from " + sender(m).Address
	}
	if spam(m) {
		return Other, "marked as spam"
	}
	if k, why := r.running(f, withNumber); k != "" {
		return k, why
	}
	text := r.subject + "\n" + r.all
	switch {
	case withNumber:
		return Request, "names a unit"
	case asksStanding(r.subject + "\n" + plain(f.NewText)):
		return Reply, "asks how a return stands"
	case selling.in(text) && f.Fault == "":
		return Other, "asks for a price or goods"
	case len(f.Units) > 0 && (f.Reason != "" || returning.in(text)):
		return Request, "names a unit to return"
	case f.Reason != "" && returning.in(text):
		return Request, "speaks of a return and why"
	case asksReturn.in(text):
		return Request, "asks for a return"
	case f.Reason != "" && f.Fault != "" && len(m.Attachments) > 0:
		return Request, "speaks of a fault, with something attached"
	}
	return Other, "nothing of a return in it"
}

var asksReturn = newPhrase(`(?i)(?:\brma\b|rma-?(?:nummer|number|antrag|request)|(?:return|rma) (?:number|request|form|authori[sz]ation)|rücksendung|retourenschein|reklamation|numéro de retour|demande de retour|retournummer|retouraanvraag|richiesta (?:di )?reso|autorizzazione (?:al )?reso)`)

func spam(m *Message) bool {
	return strings.EqualFold(firstWord(m.first("X-Spam-Flag")), "yes") || strings.HasPrefix(strings.ToLower(m.first("X-Spam-Status")), "yes")
}

// running tells a mail in a case that runs already: it names our number, it
// answers a mail of ours, or it answers a quote.
func (r *reading) running(f *Facts, withNumber bool) (Kind, string) {
	m := r.msg
	answers := len(m.InReplyTo) > 0 || rePrefix.MatchString(m.Subject)
	switch {
	case len(f.References.RMA) > 0 && !fwPrefix.MatchString(m.Subject):
		return Reply, "names RMA " + f.References.RMA[0]
	case f.Answer != "" && answers:
		return Reply, "answers a quote"
	case answers && withNumber && !r.oursBefore():
		return "", "" // a new return, written as an answer to something else
	case answers && !fwPrefix.MatchString(m.Subject):
		return Reply, "answers an earlier mail"
	case f.Answer != "" || f.Withdrawal && len(f.Units) == 0:
		return Reply, "answers without the thread"
	}
	return "", ""
}

// oursBefore tells whether the mail that is answered was the desk's. Where the
// desk's addresses are not known it is taken for ours.
func (r *reading) oursBefore() bool {
	if len(r.desk.Addresses) == 0 {
		return true
	}
	older := strings.ToLower(r.parts.older)
	for _, a := range r.desk.Addresses {
		if strings.Contains(older, a) {
			return true
		}
		for _, id := range r.msg.InReplyTo {
			if domainOf(strings.ToLower(id)) == domainOf(a) {
				return true
			}
		}
	}
	return false
}

// settle drops what a mail of this kind cannot mean.
func (r *reading) settle(f *Facts) {
	switch f.Kind {
	case Bounce, OwnMail, AutoReply, News, Other:
		f.Units, f.Reason, f.Answer, f.Fault, f.PurchaseDate = nil, "", "", "", ""
		f.Withdrawal, f.Question, f.Unused = false, false, false
	case Reply:
		if f.Answer != "" {
			f.Units = nil
		}
		f.Units = withNumbers(f.Units)
		if !r.saysBought() {
			f.PurchaseDate = ""
		}
		f.Question = f.Question && len(f.Units) == 0 && f.Answer == ""
	case Request:
		f.Answer, f.Question = "", false
	}
}

// saysBought: in a running case a day counts as that of purchase only when it
// is called so; parcels and visits have their days too.
func (r *reading) saysBought() bool { return bought.in(strings.Join(r.newLines, " ")) }

// withNumbers keeps the units that are told apart by a number: a running case
// knows its models already.
func withNumbers(units []Unit) []Unit {
	var out []Unit
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			out = append(out, u)
		}
	}
	return out
}

// credit gives a colleague's forward to the person whose mail it was.
func credit(f *Facts, m *Message, parts split, desk Desk) {
	domain := domainOf(f.From.Address)
	staff := false
	for _, d := range desk.Staff {
		staff = staff || domain == strings.ToLower(d)
	}
	if !staff || !parts.forward {
		return
	}
	for line := range strings.SplitSeq(parts.older, "\n") {
		if roleOf(line) != fromRole {
			continue
		}
		_, value, _ := strings.Cut(line, ":")
		value = strings.NewReplacer("[mailto:", "<", "]", ">", "*", "").Replace(value)
		for _, a := range addresses([]string{value}) {
			if strings.Contains(a.Address, "@") {
				f.From = a
				return
			}
		}
		return
	}
}
