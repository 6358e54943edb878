package ingest

import (
	"slices"
	"strings"
)

// What people say of a wrong delivery in as many ways as they buy: that one thing
// was asked for, and that another came. What the things are is told by codes, as
// models have them, and colours.

var (
	asked = newSayings(`
		(ordered|asked for|requested|expected|expecting|wanted|on order|supposed to be|should have been|paid for|meant to be)
		(order|po) .. (for|says|said)
		(was|were) for
		(box|carton|boxes) (of|for) (a|the)
		(delivery note|packing slip|packing list)
		(bestellt*|geordert*|gewünscht|erwartet*|angefragt|vereinbart)
		(bestellung|auftrag) .. (über|lautet*|war)
		(karton|schachtel|verpackung) (des|der|vom|für)
		(lieferschein*|rechnung)
		(commandé*|commandions|demandé*|attend*|prévu*|souhait*|devait être|devait y avoir|commande portait sur|bon de livraison)
		(carton|boîte) (du|de la|d'un|d'une)
		(besteld*|gevraagd|verwacht*|gewenst|afgesproken|pakbon)
		(doos|verpakking) van (de|een)
		(ordinat*|chiest*|richiest*|aspettav*|attendev*|previst*|concordat*|bolla|ddt)
		(scatola|confezione) (del|dello|della|di un|di una)
		(sulla|nella) (scatola|confezione|etichetta) .. (leggo|legge|scritto)
	`)
	came = newSayings(`
		(came|arrived|got|received|turned up|showed up|sent|shipped|delivered|supplied|found|unpacked)
		there (is|are|was|were)
		in the (box|carton|parcel)
		(kam|kamen|gekommen|geliefert*|erhalten|bekommen|bekamen|drin|liegt|lag|lagen|steckt|steckte|steckten|geschickt|ausgepackt|angekommen|eingetroffen)
		(reçu*|arrivé*|livré*|envoyé*|expédié*|trouv*)
		c'est (un|une|des)
		dans (le|les|son|leur) (carton*|colis|boîte*)
		(kreeg|kregen|gekregen|ontvangen|ontvingen|ontving|geleverd*|kwam|kwamen|gestuurd|zit|zat|zitten|zaten|vonden)
		(arrivat*|ricevut*|consegnat*|spedit*|mandat*|trovat*|c'è|c'era|ci sono|c'erano)
	`)
	colours = newSayings(`
		(black|white|grey|gray|silver|red|blue)
		(schwarz*|weiß*|weiss*|grau*|silber*)
		(noir|noire|noirs|noires|blanc|blanche|blancs|blanches|gris|grise|grises)
		(zwart|zwarte|wit|witte|grijs|grijze)
		(nero|nera|neri|nere|bianco|bianca|bianchi|bianche|grigio|grigia|grigi)
	`)
)

// askedAndCame tells that one thing is said to have been asked for and another
// to have come, in a sentence or two.
func askedAndCame(text string) bool {
	if !asked.in(text) || !came.in(text) {
		return false
	}
	var asks, comes []string
	for _, sentence := range stopEnd.Split(text, -1) {
		a, c := askedIn(sentence)
		if differ(a, c) || differ(asks, c) || differ(a, comes) {
			return true
		}
		asks, comes = a, c
	}
	return false
}

// differ tells that the one list names what the other does not, and neither is
// empty.
func differ(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// askedIn gives what a sentence says was asked for, and what it says came: by the
// word before a thing, else the one behind it.
func askedIn(sentence string) (asks, comes []string) {
	marks := append(sayingsAt(asked, sentence, 0), sayingsAt(came, sentence, 1)...)
	if len(marks) == 0 || len(sentence) > 1000 {
		return nil, nil
	}
	for _, t := range thingsIn(sentence) {
		best, which := -1, -1
		for _, m := range marks {
			if m.at < t.at && m.at > best {
				best, which = m.at, m.which
			}
		}
		for _, m := range marks {
			if which < 0 && m.at >= t.end {
				which = m.which
			}
		}
		what := strings.ToLower(compact(sentence[t.at:t.end]))
		if which == 0 {
			asks = append(asks, what)
		} else {
			comes = append(comes, what)
		}
	}
	return asks, comes
}

func sayingsAt(p *phrase, text string, which int) []hit {
	var out []hit
	for _, l := range p.all(text) {
		out = append(out, hit{l[0], l[1], which})
	}
	return out
}

// thingsIn gives the places of models and colours: words of letters and figures.
func thingsIn(sentence string) []span {
	var out []span
	for _, w := range words(sentence) {
		if v := sentence[w.at:w.end]; hasDigit(v) && hasLetter(v) && len(v) <= 14 && !ourNumber.MatchString(v) && !codeOfPaper.MatchString(v) {
			out = append(out, w)
		}
	}
	for _, l := range colours.all(sentence) {
		out = append(out, span{l[0], l[1]})
	}
	return out
}

// codeOfPaper are the numbers of orders and notes, and counts: "PO-7741", "3x".
var codeOfPaper = newPattern(`(?i)^(?:(?:po|so|ab|ls|bl|re|rg|ddt|ord|cmd|fa|inv|ov|cm|pb|rma|auf|best)[-/]?\d|\d{1,3}(?:x|st|stk|er|mal|fach|th|nd|rd|st|e|ème|eme)$|\d+[-/])`)
