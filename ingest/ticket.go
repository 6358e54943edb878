package ingest

import (
	"slices"
	"strings"
)

// owner is whose ticket a number is.
type owner int

const (
	nobodys owner = iota // the customer's own, or not to be told
	ours
	ofMaker
)

var (
	// supportTicket is a ticket that is called one of support; where no maker is
	// named beside it, it is that of our own.
	supportTicket = newPhrase(`(?i)\b(?:(?:technical |technischer |technisch )?(?:support|hotline|helpdesk|assistance|assistenza|sav|service|technik|servicedesk)[- ]?(?:tickets?|case|fall|anfrage|vorgang|verzoek|aanvraag)(?:[- ]?(?:nummer|nr|number|no|id))?\b|support[- ]?(?:nummer|nr|number|no|id)\b|` +
		`(?:n° |numéro )?(?:de )?tickets?(?:nummer|nr|-nr)? (?:(?:de|du|di|del|dell|della|van|von|vom|of|from|des|der|de la|l|d|aus|by)[ '])?(?:(?:il|le|la|l|lo)[ '])?(?:your |ihre[mnrs]? |eure[mnrs]? |votre |vos |vostr[aio] |jullie |uw )?(?:technische[nr]? |equipe |équipe )?(?:support\w*|assistance|assistenza|hotline|helpdesk|sav|service technique|servizio tecnico|technik|servicedesk)\b)`)
	ourSupport = newPhrase(`(?i)\b(?:your|ihre?[mnrs]?|eure?[mnrs]?|votre|vos|jullie|uw|vostr[aio]|vs\.?) (?:own |(?:équipe|equipe|team) (?:de |du |d')?)?(?:technical |tech |technische[rnms]? |technisch )?(?:support\w*|hotline|help ?desk|technik\w*|assistenza|assistance|supporto|service|servizio|kundendienst|sav|technici(?:ens?|an|ans)|techniek|engineers?|équipe technique|tecnic[oi]|technische dienst|servicedesk)`)
	// withUs is a ticket that the customer calls ours.
	withUs   = newPhrase(`(?i)\b(?:(?:your|ihre?[mnrs]?|eure?[mnrs]?|votre|jullie|uw|vostr[ao]) (?:n° (?:de )?|numéro (?:de )?|numero (?:di )?)?ticket|tickets?(?:nummer|nr|-nr)? (?:(?:number|no\.?|nr\.?|nummer|is|ist) )?(?:bei ihnen|bei euch|chez vous|bij jullie|bij u|presso di voi|presso voi|da voi|with you))\b`)
	internal = newPhrase(`(?i)\b(?:intern\w*|own|eigene[rnms]?|propre|eigen|proprio)\b|\b(?:our|unser|unsere[rnms]?|notre|nos|ons|onze|nostr[oa])\s+$`)
)

// ticketsOf reads ticket numbers: those of the form of a maker's tickets, and
// those behind a label, as ticketOwner has it.
func (s *scanner) ticketsOf(line string, labels []refLabel, context, from string, r *References) {
	for _, w := range words(line) {
		v, ok := refValue(line[w.at:w.end])
		if ok && s.ownForm(v) {
			addAll(&r.VendorTicket, []string{v})
		}
	}
	addAll(&r.VendorTicket, s.confirmedUnder(line, labels))
	addAll(&r.VendorTicket, s.hashed(line, labels))
	for i, l := range labels {
		if l.kind != ticketNumber && l.kind != supportNumber {
			continue
		}
		region := s.nameless(line, l.end)[l.end:regionEnd(line, labels, i)]
		values := without(without(s.valuesIn(line[l.at:l.end], region, l), r.RMA), r.VendorTicket)
		values = slices.DeleteFunc(values, s.namesGoods)
		if len(values) == 0 {
			continue
		}
		if anyFile.in(line[l.at:l.end]) && !s.makerSupport(context+" "+line) {
			continue // "dossier", "pratica": a file of anybody's
		}
		switch s.ticketOwner(line, context, from, [2]int{l.at, l.end}, l.kind == supportNumber) {
		case ours:
			addAll(&r.SupportTicket, values)
		case ofMaker:
			addAll(&r.VendorTicket, values)
		}
	}
}

// confirming is what a maker's support did, where its ticket stands beside it
// without a word for it: "Yealink confirmed the fault (530891)".
var (
	confirming = newSayings(`
		(confirmed|confirms|validated|approved|accepted|acknowledged|authorised|authorized|agreed|agrees|told us|advised)
		(bestätigt|bestätigen|freigegeben|zugesagt|genehmigt|autorisiert|anerkannt|meint|meinte|sagt|rät)
		(confirmé*|confirme|validé*|valide|accepté*|approuvé*|autorisé*|accordé*|reconnu*)
		(bevestigd|bevestigt|bevestigde|goedgekeurd|erkend|geaccepteerd|akkoord)
		(confermat*|conferma|approvat*|autorizzat*|riconosciut*|accettat*|validat*)
	`)
	besideTicket = newPattern(`(?i)(?:[(\[#]|(?:^|\s)(?:under|see|ref\.?|unter|siehe|s\.|sous|voir|cf\.?|onder|zie|con|sotto|vedi|no\.?|nr\.?|n°|n\.))\s?#?$`)
)

// confirmedUnder gives the numbers in a sentence in which a maker confirms a
// fault, that stand in brackets or behind "under".
func (s *scanner) confirmedUnder(line string, labels []refLabel) []string {
	const shortest, longest, most = 5, 9, 8
	if !s.makerNear(line) || !confirming.in(line) {
		return nil
	}
	var out []string
	tried := 0
	for _, w := range words(line) {
		v := line[w.at:w.end]
		if len(v) < shortest || len(v) > longest || !allDigits(v) || !besideTicket.MatchString(tail(line[:w.at], 12)) || amount.behind(line[w.end:]) {
			continue
		}
		if tried++; tried > most {
			break
		}
		labelled := slices.ContainsFunc(labels, func(l refLabel) bool { return l.end <= w.at && w.at-l.end < 20 })
		sentence := line[:w.at]
		if loc := stopEnd.FindAllStringIndex(sentence, -1); len(loc) > 0 {
			sentence = sentence[loc[len(loc)-1][1]:]
		}
		if !labelled && s.makerNear(sentence) {
			out = append(out, v)
		}
	}
	return out
}

// hashed gives the numbers behind '#' that have the form of a maker's tickets and
// stand on a line that names him.
func (s *scanner) hashed(line string, labels []refLabel) []string {
	const near, most = 12, 20
	if !strings.Contains(line, "#") {
		return nil
	}
	named := map[int]bool{}
	for _, m := range s.makers(line, 0, nil) {
		named[m.maker] = true
	}
	var out []string
	for i := range len(line) {
		if len(named) == 0 || len(out) > most {
			break
		}
		if line[i] != '#' && !strings.HasPrefix(line[i:], "[#") || i > 0 && (line[i-1] == '[' || wordByte(line[i-1])) {
			continue
		}
		if slices.ContainsFunc(labels, func(l refLabel) bool { return l.end <= i && i-l.end < near }) {
			continue
		}
		for k := range s.cat.tickets {
			f := &s.cat.tickets[k]
			if !named[f.maker] {
				continue
			}
			if size := f.at(line, i); size > 0 {
				out = append(out, strings.Trim(line[i:i+size], "[#]"))
			}
		}
	}
	return out
}

// makerWord speaks of the maker without his name.
var makerWord = newSayings(`
	(manufacturer|manufacturer's|vendor|vendor's|maker|factory)
	(hersteller*|werk)
	(constructeur|fabricant|éditeur)
	(fabrikant|producent)
	(costruttore|produttore|casa madre)
	(tac|portal|portail|portale)
`)

// withoutOwnTicket takes a ticket number in brackets off a subject: the system
// of the sender put it there, unless the brackets name a maker.
func (s *scanner) withoutOwnTicket(subject string) string {
	return bracketTicket.ReplaceAllStringFunc(subject, func(b string) string {
		if s.makerNear(b) {
			return b
		}
		return blank(b)
	})
}

// anyFile are words for a file of anybody's.
var anyFile = newSayings(`
	(pratica|pratiche|dossier)~
	(their|deren|leur|hun|loro) (reference|referenz|référence|referentie|kenmerk|riferimento|ref|réf|rif)~
`)

var bracketTicket = newPattern(`(?i)^\s*\[[^\]]*(?:ticket|case|#)[^\]]*\]`)

// ticketOwner tells whose the ticket behind the label at l is. A maker's name
// right beside it counts most, then "your support", then a maker who is named
// near. A ticket of support, with no maker's support about, is that of ours; any
// other is the customer's own.
func (s *scanner) ticketOwner(line, context, from string, l [2]int, ofSupport bool) owner {
	if field.MatchString(context) {
		context = "" // a field of its own, not the sentence before
	}
	passage := context + " " + line
	switch {
	case s.makerNear(from), s.makerBeside(line, l):
		return ofMaker
	case ourSupport.in(passage) || withUs.in(line):
		return ours
	case internal.in(tail(line[:l[0]], 25)):
		return nobodys
	case makerWord.in(line) && len(s.named) > 0:
		return ofMaker
	case ofSupport && !s.makerSupport(passage):
		return ours
	case ofSupport, s.makerNear(line), s.makerNear(context):
		return ofMaker
	}
	return nobodys
}

// field is a line that gives one value: "Invoice: 4711".
var field = newPattern(`^[^:]{2,30} ?:\s*\S+(?:\s+\S+){0,3}\s*$`)

// makerBeside tells a maker's name in the same breath as a ticket's label: a
// word before it, or behind it or its number.
func (s *scanner) makerBeside(line string, l [2]int) bool {
	const few = 40
	for _, m := range s.makers(line, 0, nil) {
		gap := ""
		switch {
		case m.at >= l[0] && m.end <= l[1]:
			return true
		case m.end <= l[0]:
			gap = line[m.end:l[0]]
		default:
			gap = line[l[1]:m.at]
		}
		if len(gap) > few || strings.ContainsAny(gap, ",;.!?") {
			continue
		}
		if beside := strings.Fields(gap); len(beside) <= 1 || m.at >= l[1] && len(beside) <= 3 && strings.Count(gap, "\t") == 0 {
			return true
		}
	}
	return false
}

// makerSupport tells that a maker's support is spoken of: his name beside such
// a word.
func (s *scanner) makerSupport(text string) bool {
	for {
		last := 0
		for _, m := range s.makers(text, 0, nil) {
			if supportOf.MatchString(text[:m.at]) || supportBehind.MatchString(text[m.end:]) {
				return true
			}
			last = max(last, m.end)
		}
		if last == 0 {
			return false
		}
		text = text[last:] // each name is found once
	}
}

var (
	supportOf     = newPattern(`(?i)(?:support\w*|help ?desk|hotline|assistance|assistenza|supporto|tickets?|portal\w*|portail)(?: (?:de|di|von|van|bei|chez|bij|at|from|of|by|du|del|della|technique|tecnico|tecnica)){0,2} ?$`)
	supportBehind = newPattern(`(?i)^(?:'?s)?[ -](?:technical |technische[rn]? |(?:uk|us|eu|de|fr|nl|be|it|at|ch|europe|emea|deutschland|germany|france|italia|benelux|nederland)[ -])?(?:support|help ?desk|hotline|assistance|assistenza|supporto|ticket|portal|portail)`)
)

// namesGoods tells a serial or a model from a ticket's number.
func (s *scanner) namesGoods(v string) bool {
	if s.ownForm(v) {
		return false
	}
	if s.formOf(upper(v)) >= 0 && mixed(upper(v)) {
		return true
	}
	return mixed(upper(v)) && slices.ContainsFunc(s.cat.models, func(f form) bool { return f.at(v, 0) == len(v) })
}

// nameless is a line with the maker's name behind a label made spaces: it may
// stand between the label and its number.
func (s *scanner) nameless(line string, label int) string {
	for _, m := range s.makers(line, 0, nil) {
		if m.at > label && line[m.at-1] == ' ' && (m.end == len(line) || strings.IndexByte(" :,", line[m.end]) >= 0) && len(strings.Fields(line[label:m.at])) <= 1 {
			return line[:m.at] + strings.Repeat(" ", m.end-m.at) + line[m.end:]
		}
	}
	return line
}

func (s *scanner) makerNear(line string) bool { return len(s.makers(line, 0, nil)) > 0 }
