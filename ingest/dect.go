package ingest

import (
	"slices"
)

// Cordless systems come in two parts, and people say which of them is broken
// after having named both.

var (
	// aBase and aHandset are models of the makers' DECT ranges.
	aBase    = newPattern(`(?i)^(?:N[5-8]\d0\b.*|W(?:52|56|60|70|80|90)B|W[89]0DM|DP7[56]\d|M(?:100|110|200|300|400|430|700|900)\b.*|RFP.*|KWS.*|IP1202)$`)
	aHandset = newPattern(`(?i)^(?:W(?:52|53|56|57|59|73|74|75|78)[HR]|DP7[1-4]\d|M(?:15|18|25|30|55|56|58|65|70|80|85|90)\b.*|S(?:650|700|810|820|850)H.*|SL\d{3}.*|R(?:630|650|700)H.*|IP6[1-5])$`)
	aSet     = newPattern(`(?i)^W(?:52|56|60|73|76|78|79)P$`) // of both
	ofBase   = newPhrase(`(?i)\bbase(?: station| unit)?\b|\bbasis(?:station)?\b|\bborne\b`)
	// lies begins to say where the fault was found; what is said last counts.
	lies      = `(?:(?:it|this)(?:'s| is| must be| was)|es|(?:also|dann) am|liegt (?:es )?(?:also |wohl )?(?:am|an der|an dem)|ist es|es ist|c'est|vient|het is|is het|ligt (?:\pL+ )?aan|è|dipende) (?:\pL+ ){0,2}(?:the |das |die |der |le |la |l'|du |de la |de |het |il |lo |dalla |dal )?`
	isBase    = newPhrase(`(?i)\b` + lies + `(?:base(?: station| unit)?|basis(?:station)?|basisstation|borne|station de base|stazione base)\b`)
	isHandset = newPhrase(`(?i)\b` + lies + `(?:(?:handset|handgerät|mobilteil|handheld|handtoestel|draagbare|cordless|portatile|ricevitore)\b|combiné)`)
)

// brokenPart keeps the parts of a cordless system of which the text says that the
// fault lies in them.
func (s *scanner) brokenPart(text string, units []unit) []unit {
	bases := slices.ContainsFunc(units, func(u unit) bool { return aBase.MatchString(u.Model) })
	handsets := slices.ContainsFunc(units, func(u unit) bool { return aHandset.MatchString(u.Model) })
	if handsets {
		units = withoutSet(text, units)
	}
	if s.reason == "order_error" || s.reason == "delivery_error" || !bases || !handsets {
		return units
	}
	at := func(p *phrase) int {
		if all := p.all(text); len(all) > 0 {
			return all[len(all)-1][0]
		}
		return -1
	}
	base, handset := at(isBase), at(isHandset)
	other := aHandset
	switch {
	case base == handset: // neither is said
		return units
	case handset > base:
		other = aBase
	}
	return slices.DeleteFunc(units, func(u unit) bool { return other.MatchString(u.Model) })
}

// withoutSet drops the name of a set, without a number, of which the base is said
// to work: the handsets come back, which are named, too.
func withoutSet(text string, units []unit) []unit {
	isSet := func(u unit) bool { return u.Serial == "" && u.MAC == "" && aSet.MatchString(u.Model) }
	if !slices.ContainsFunc(units, isSet) {
		return units
	}
	for _, clause := range clauseEnd.Split(text, -1) {
		if ofBase.in(clause) && saysFine(clause) {
			return slices.DeleteFunc(units, isSet)
		}
	}
	return units
}
