package ingest

import (
	"slices"
	"strconv"
	"strings"
)

// What people say of a wrong delivery in as many ways as they buy: that one thing
// was asked for, and that another came. What the things are is told by codes, as
// models have them, and colours.

// tiers are the three places where a thing is named in a tale of a wrong
// delivery: on paper, on the box, in the box. Of two things the one of the lower
// tier was asked for, and the other came.
var tiers = newVocabulary(onPaper, onBox, inTheBox)

const (
	onPaper = `
		(ordered|asked for|requested|expected|expecting|wanted|on order|supposed to be|should have been|paid for|paying for|pay for|meant to be)
		(we|i) (run|use|only use|standardised on|settled on)
		(on|in) (the|our|my|your) (order|po|note|invoice|quote)
		(auf|in) (der|unserer|meiner|ihrer|eurer) (bestellung|rechnung|auftragsbestätigung)
		sur (la|notre|ma|votre|le) (commande|facture|devis|bon)( c'est| il y a| il y avait)?
		op (de|onze|mijn|jullie) (bestelling|order|factuur|bon)
		(sull'ordine|nell'ordine|sulla fattura|in fattura|in bolla)( c'è| c'era| ci sono| c'erano)?
		only (ever )?(take|buy|use|stock|order)
		as on (the|our|my) (order|po)
		(picked|chose|chosen|selected|clicked)
		(ausgewählt|gewählt|angeklickt)
		(sélectionné*|choisi*|cliqué*)
		(kozen|koos|gekozen|aangeklikt|factuur)
		(sceglie*|cliccat*|selezionat*)
		(bezahlt|bezahlen|zahlen|abgemacht|ausgesucht)
		(payé*|payons|paie|paye|réglé*|convenu)
		(avions|avait|avais) (pris|choisi|retenu|mis|convenu)
		(betaald|betalen|uitgekozen|aangerekend)
		(pagat*|paghiamo|pattuit*|scelt*)
		(avevamo|avevo) (preso|scelto|messo|indicato)
		mess* in ordine
		(order|po|confirmation|note|invoice|line|item|requisition) .. (for|says|said|was|were)
		(bestellung|auftrag|position|pos) .. (war|waren|lautete|steht|stehen|stand|standen)
		(commande|ligne|poste) .. (était|étaient)
		(bestelling|order|lijn|regel) .. (was|waren|staan)
		(ordine|riga|posizione) .. (era|erano)
		(was|were) for
		(delivery note|packing slip|packing list|paperwork)
		(docket|note|paper|papers|paperwork|invoice|order|po|slip|confirmation|list|listing|website|shop|quote) .. (say|says|said|state|states|stated|show|shows|showed|read|reads|list|lists|listed|has|had)
		(listed|as per|according to|per our|per the|per your) .. (order|po|note|docket|invoice|paperwork|confirmation|slip)
		(bestellt*|geordert*|gewünscht|erwartet*|angefragt|vereinbart|aufgeführt|ausgewiesen|aufgelistet|vermerkt|bestätigt|laut|gemäß|berechnet|fakturiert)
		(bestellung|auftrag) .. (über|lautet*|war)
		(lieferschein*|rechnung|auftragsbestätigung|papiere*)
		(schein|zettel|beleg) .. (steht|stand|stehen|sagt|lautet)
		(commandé*|commandions|demandé*|attend*|prévu*|souhait*|devait être|devait y avoir|commande portait sur|bon de livraison|facturé*|figure|figurait|d'après|selon|conformément)
		(bl|bon|facture|commande|confirmation|accusé) .. (indiqu*|mentionn*|dit|parle|annonce*|porte)
		(besteld*|gevraagd|verwacht*|gewenst|afgesproken|pakbon|volgens|vermeld*|gefactureerd|bevestigd)
		(bon|bestelling|order|factuur|leverbon|bevestiging) .. (staat|stond|zegt|vermeldt|spreekt)
		(ordinat*|chiest*|richiest*|aspettav*|attendev*|previst*|concordat*|bolla|ddt|fatturat*|secondo|confermat*|risultav*)
		(ordine|fattura|conferma|documento) .. (parla|dice|riporta|c'è|indica*|portava)
	`
	onBox = `
		(box|carton|boxes) (of|for) (a|the)
		(label|labels|sticker|stickers|box|boxes|carton|cartons|packaging|outside) .. (say|says|said|state|states|show|shows|read|reads|list|lists|marked|labelled|labeled)
		(on the|at the) (back|underside|bottom|rear|outside)
		(auf der|an der) (rückseite|unterseite)
		(au dos|à l'arrière|dessous|au-dessous)
		(achterop|onderaan|achteraan|op de (achterkant|onderkant))
		(sul retro|sul fondo|sotto c'è)
		(karton|schachtel|verpackung) (des|der|vom|für)
		(etikett|aufkleber|label|sticker) (mit|von|für|vom|with|for|of|met|van|con|del)
		(auf dem|auf den|am) (karton|etikett|kartons|aufkleber|typenschild|gerät)
		(on|outside) the (box|label|carton|boxes|cartons|sticker|type plate|rating plate|thing itself|unit itself)
		(plaque|plaquette) .. (dit|indiqu*|porte|mentionn*)
		(étiquette|autocollant) (avec|pour|de|du)
		sur (le carton|l'étiquette|la boîte|les cartons|l'emballage)
		op het (typeplaatje|naamplaatje|toestel zelf)
		(targhetta) .. (dice|riporta|indica*|c'è)
		op (de doos|het etiket|de dozen|de verpakking|het doosje)
		(etichetta|adesivo) (con|del|della|per)
		(sulla|sulle) (scatola|scatole|confezione)
		(etikett|aufkleber|karton|kartons|verpackung|typenschild) .. (steht|stehen|stand|sagt|sagen|lese|lautet)
		(carton|boîte) (du|de la|d'un|d'une)
		(étiquette*|carton*|boîte*|emballage*) .. (indiqu*|mentionn*|dit|disent|porte*|écrit|lit)
		(doos|verpakking) van (de|een)
		(etiket*|doos|dozen|sticker*|verpakking) .. (staat|stond|zegt|vermeldt)
		(scatola|confezione) (del|dello|della|di un|di una)
		(etichett*|scatol*|cartone|confezione|confezioni) .. (leggo|legge|scritto|dice|dicono|riporta|indica*|c'è)
		(sulla|sulle) (scatola|scatole|confezione|etichetta) .. (leggo|legge|scritto)
	`
	inTheBox = `
		(not ordered|never ordered|not on order|did not order|didn't order|not asked for)
		(nicht|nie) (bestellt*|geordert*|angefordert)
		(pas|non|jamais) (commandé*|demandé*)
		(niet|nooit) (besteld*|gevraagd)
		(non|mai) (ordinat*|chiest*|richiest*)
		(came|arrived|got|received|goods received|turned up|showed up|sent|shipped|delivered|supplied|found|unpacked)
		there (is|are|was|were)
		(aufgemacht|geöffnet|ouvert*|déballé*|opengedaan|opengemaakt|geopend|uitgepakt|apert*|aprendo|scartat*)
		(pulled|took|lifted|came) .. out of
		(on|in front of) (my|our|me|us)( desk| bench| table)?
		(auf (meinem|unserem) (tisch|schreibtisch)|vor mir|vor uns|herausgezogen|herausgeholt|rausgeholt|rausgezogen)
		(sur (mon|notre) (bureau|établi|table)|devant (moi|nous)|sorti)
		(op (mijn|ons|onze) (bureau|tafel|werkbank)|voor (mij|me|ons)|eruit (haal|haalde|gehaald)|uitgehaald)
		(sulla (mia|nostra) scrivania|sul (mio|nostro) (tavolo|banco)|davanti a (me|noi)|tirato fuori|estratto)
		in the (box|boxes|carton|cartons|parcel)
		(box|carton|parcel) (has|had|holds|held|contains|contained)
		you .. (gave|packed|put|threw|picked)
		(sind|ist|waren|war) .. (da|eingetroffen|hier)
		(ihr habt|habt ihr|sie haben|haben sie) .. (gegeben|eingepackt|gelegt|getan|mitgegeben)
		(vous|on) (m'|nous |me )?(avez|a) (mis|donné|remis|glissé|fourni|emballé)
		(vous m'avez|vous nous avez) (mis|donné|remis|glissé|fourni)
		(binnengekregen|binnengekomen|meegegeven|meegekregen|ingepakt)
		(jullie|u) (hebben|heeft|gaven|gaf) .. (gegeven|gestoken|gelegd|meegegeven)
		(avete|ci avete|mi avete) (dato|messo|fornito|imballato|infilato)
		(count|counted|counting|zählen|zählten|gezählt|compt*|tellen|telden|geteld|contat*|contiamo)
		(inside|contents|contains|contained|holding|opened|handed over|unloaded|dropped off)
		(driver|courier|carrier|postman|van) .. (left|brought|gave|handed|dropped)
		what (we|i|they|you) .. (got|have|found|unpacked|see|received)
		(bote|fahrer|kurier|paketdienst|spediteur) .. (gebracht|übergeben|abgegeben|brachte|hat)
		(livreur|transporteur|chauffeur|coursier) .. (remis|laissé|apporté|déposé|a)
		(koerier|chauffeur|bezorger) .. (bracht|gebracht|afgegeven|gaf)
		(corriere|autista|fattorino) .. (lasciato|portato|consegnato|ha)
		(but|only|however|yet) (they|it|these|those|this) (are|is|were|was|turn out|turned out)
		(aber|nur|jedoch|sondern) (es|das|dies) (sind|ist|waren|war)
		(mais|or|sauf que) (ce sont|c'est|c'étaient|c'était|il s'agit)
		(maar|alleen|echter) (het|dat|dit) (zijn|is|waren|was)
		(ma|però|invece) (sono|è|erano|era|si tratta)
		(übergeben|angeliefert|abgegeben|remis*|déposé*|afgegeven|overhandigd|afgeleverd|scaricat*|depositat*)
		(kam|kamen|gekommen|geliefert*|erhalten|bekommen|bekamen|drin|darin|liegt|lag|lagen|steckt|steckte|steckten|geschickt|ausgepackt|angekommen|eingegangen|eingetroffen|enthält|enthielt)
		(im|in den|in dem) (paket|paketen|karton|kartons)
		(reçu*|réceptionné*|arrivé*|livré*|envoyé*|expédié*|trouv*|contient|contenait|dedans|à l'intérieur)
		c'est (un|une|des)
		(dans|sur) (le|les|la|son|leur) (carton*|colis|boîte*|palette*)
		(auf|von) der palette
		on the pallet
		op (de|het) pallet
		(sul|nel) bancale
		(kreeg|kregen|gekregen|ontvangen|ontvingen|ontving|geleverd*|aangeleverd*|binnengekomen|kwam|kwamen|gestuurd|zit|zat|zitten|zaten|vonden|bevat|bevatte)
		in (de|het) (doos|doosje|doosjes|dozen|pakket|pakje)
		(arrivat*|ricevut*|consegnat*|pervenut*|spedit*|mandat*|trovat*|c'è|c'era|ci sono|c'erano|contiene|conteneva|dentro)
		(nel|nella|nelle) (collo|pacco|scatola|scatole)
	`
)

var (
	colours = newSayings(`
		(black|white|grey|gray|silver|red|blue)
		(schwarz*|weiß*|weiss*|grau*|silber*)
		(noir|noire|noirs|noires|blanc|blanche|blancs|blanches|gris|grise|grises)
		(zwart|zwarte|wit|witte|grijs|grijze)
		(nero|nera|neri|nere|bianco|bianca|bianchi|bianche|grigio|grigia|grigi)
	`)
)

// tierList is what one sentence names at each tier.
type tierList [3][]string

// askedAndCame tells that one thing is said to have been asked for and another
// to have come, in a sentence or two.
func askedAndCame(text string) bool {
	if !hasDigit(text) && !colours.in(text) {
		return false
	}
	text = undotted(text)
	hits := tiers.all(text)
	if len(hits) < 2 || hits[0].which == hits[len(hits)-1].which && !slices.ContainsFunc(hits, func(h hit) bool { return h.which != hits[0].which }) {
		return false
	}
	var before tierList
	for _, sentence := range stopEnd.Split(text, -1) {
		now := tiersIn(sentence)
		if now.differ(now) || before.differ(now) || now.differ(before) {
			return true
		}
		before = now
	}
	return false
}

// differ tells that a names what a higher tier of b does not, and neither is
// empty.
func (a tierList) differ(b tierList) bool {
	for low := range a {
		for high := low + 1; high < len(b); high++ {
			if len(a[low]) > 0 && len(b[high]) > 0 && !slices.ContainsFunc(a[low], func(v string) bool { return slices.Contains(b[high], v) }) {
				return true
			}
		}
	}
	return false
}

// tiersIn gives what a sentence names at each tier.
func tiersIn(sentence string) (list tierList) {
	if len(sentence) > 1000 {
		return list
	}
	marks := tiers.all(sentence)
	if len(marks) == 0 {
		return list
	}
	for _, t := range thingsIn(sentence) {
		k := tierOf(marks, t)
		if insteadOfIt(sentence[:t.at]) {
			k = 0
		}
		list[k] = append(list[k], strings.ToLower(compact(sentence[t.at:t.end])))
	}
	return list
}

// insteadOfIt tells that what stands before a thing makes it the one in the place of
// which another came.
func insteadOfIt(before string) bool {
	const near = 40
	before = tail(before, near)
	all := insteadMark.FindAllStringIndex(before, -1)
	return len(all) > 0 && !strings.Contains(before[all[len(all)-1][1]:], ",") && !otherInstead.MatchString(before[all[len(all)-1][1]:])
}

// tierOf is the tier of a thing: that of the last word before it, else of the
// first behind it.
func tierOf(marks []hit, t span) int {
	which := marks[0].which
	for _, m := range marks {
		if m.at < t.at {
			which = m.which
		}
	}
	return which
}

// byTier gives the models that were asked for and those that came, by the tier at
// which each is named; nothing where a model has two.
func byTier(z zone, finds []find) (low, high []string) {
	at := map[string]int{}
	for n, line := range z.lines {
		models := slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return !isModel(f) || f.line != n })
		if len(models) == 0 {
			continue
		}
		line = undotted(line)
		marks := tiers.all(line)
		for _, f := range models {
			begin, end := sentenceAround(line, f.at, f.end)
			within := slices.DeleteFunc(slices.Clone(marks), func(m hit) bool { return m.at < begin || m.at >= end })
			if len(within) == 0 {
				continue // nothing is said of it
			}
			tier := tierOf(within, span{f.at, f.end})
			if old, ok := at[f.text]; ok && old != tier && max(old, tier) == len(tierList{})-1 {
				return nil, nil // it was asked for, and came
			} else if ok {
				tier = min(old, tier)
			}
			at[f.text] = tier
		}
	}
	top := -1
	for _, t := range at {
		top = max(top, t)
	}
	for model, t := range at {
		if t < top {
			low = append(low, model)
		} else {
			high = append(high, model)
		}
	}
	if len(low) == 0 {
		return nil, nil
	}
	return low, high
}

// countsDiffer tells that so many were asked for and another number is there: "four
// on the note, and I count five".
func countsDiffer(text string) bool {
	sentences := stopEnd.Split(undotted(text), -1)
	for i, s := range sentences {
		if len(s) > 1000 {
			continue
		}
		verb, end, ok := counting.find(s, 0)
		if !ok {
			continue
		}
		if i > 0 && len(sentences[i-1]) < 500 {
			verb, end, s = verb+len(sentences[i-1])+1, end+len(sentences[i-1])+1, sentences[i-1]+" "+s
		}
		if there, asked := countsAround(s, verb, end); there > 0 && asked > 0 && there != asked {
			return true
		}
	}
	return false
}

// counting is how people say that they have counted.
var counting = newSayings(`
	(count|counted|counting)
	(there are|there were|i have|we have|i've got|we've got|i am left with|we ended up with) .. (in the (van|box|boxes|carton|cartons|parcel|pallet|delivery)|on (the|my|our) (bench|desk|pallet|table|shelf)|in front of me)
	(es sind|hier stehen|hier liegen|vor mir (liegen|stehen)) .. (im karton|auf der palette|auf dem tisch|im paket)
	(il y en a|j'en ai|nous en avons) .. (dans le (carton|colis)|sur (la palette|l'établi|le bureau)|devant moi)
	(er staan|er liggen|er zitten|hier staan|hier liggen) .. (in de doos|op de pallet|op de werkbank|in het pakket)
	(ce ne sono|ne ho|ne abbiamo) .. (nella scatola|nel collo|nel pacco|sul banco|sul bancale|davanti)
	(only|just) .. (find|found|unpacked|received|got|count|see)
	(find|found|unpacked|received|got) .. (only|just)
	nur .. (gefunden|ausgepackt|erhalten|bekommen|da|drin)
	(received|got|unpacked|delivered) ... (note|invoice|order|docket|slip) .. (say|says|show|shows|state|states|list|lists)
	(erhalten|bekommen|ausgepackt|geliefert) ... (lieferschein|rechnung|auftrag) .. (steht|stehen|sagt|sagen|lautet)
	(reçu|déballé|livré*) ... (bon|bl|facture|commande) .. (indique*|dit|disent|mentionne*)
	(ontvangen|gekregen|uitgepakt) ... (pakbon|factuur|bestelbon) .. (zegt|zeggen|staat|staan|vermeldt)
	(ricevut*|arrivat*|consegnat*) ... (bolla|ddt|fattura|ordine) .. (dice|dicono|riporta*|indica*)
	(zaten|zitten|zat|lagen|stonden) .. (in de doos|in het pakket|op de pallet)
	(there were|there are) .. in the (box|parcel|carton|delivery)
	(c'erano|ci sono) .. (nella scatola|nel collo|nel pacco)
	(il y en avait|il y avait) .. dans (le|la) (carton|colis|boîte)
	(es waren|waren|lagen) .. (im karton|im paket|in der lieferung)
	(carton|colis|boîte) (en|ne|n'en) (contient|contenait)
	(nella scatola|nel collo|nel pacco|dentro) (ce ne|ce n'|ci) ?(sono|erano)
	(trouvé|reçu|compté|sorti|déballé) que
	(vonden|vond|kregen|kreeg|zagen|telden) .. (maar|slechts)
	(maar|slechts) .. (gevonden|gekregen|ontvangen|uitgepakt)
	(trovat*|ricevut*|contat*|arrivat*) .. (solo|soltanto)
	(solo|soltanto) .. (trovat*|ricevut*|arrivat*)
	(zähle|zählen|gezählt|zählte|zählten)
	(compte|comptons|compté|comptés|dénombre|dénombrons)
	(tel|tellen|telde|telden|geteld)
	(conto|contiamo|contati|contate|contato)
`)

// countsAround gives the number that was counted, the nearest to the word for it,
// and the last one of the others that stands beside a paper or an order; zero
// where there is none.
func countsAround(s string, verb, end int) (there, asked int) {
	const behind, before = 40, 25 // bytes; the word for it may stand around the number
	numbers := countsOf(s)
	at := slices.IndexFunc(numbers, func(n counted) bool { return n.at >= verb && n.at < end+behind })
	for i := len(numbers) - 1; at < 0 && i >= 0; i-- {
		if numbers[i].at < verb && numbers[i].at > verb-before {
			at = i
		}
	}
	if at < 0 {
		return 0, 0
	}
	papers := onPapers.all(s)
	for i, n := range numbers {
		near := slices.ContainsFunc(papers, func(l [2]int) bool { return l[0] < n.at+behind && n.at < l[1]+behind })
		if i != at && near {
			asked = n.n
		}
	}
	return numbers[at].n, asked
}

// onPapers are papers, and orders.
var onPapers = newSayings(onPaper, `
	(order|po|note|invoice|docket|slip|list)
	(bestellung|auftrag|schein|liste)
	(commande|bon|facture|bl)
	(bon|factuur|bestelling|lijst|order)
	(ordine|fattura|documento|lista)
`)

// counted is a number of things, and where it stands.
type counted struct{ at, n int }

// countsOf gives the numbers of a sentence that may count things.
func countsOf(s string) []counted {
	var out []counted
	for _, l := range countWord.FindAllStringSubmatchIndex(s, -1) {
		n, ok := numerals[strings.ToLower(s[l[2]:l[3]])]
		if !ok {
			n, _ = strconv.Atoi(s[l[2]:l[3]])
		}
		if n > 0 && !ofTime.MatchString(strings.TrimSpace(s[l[3]:])) {
			out = append(out, counted{l[2], n})
		}
	}
	return out
}

// countWord is a number of up to three figures, or a word for two up to twelve,
// standing alone.
var countWord = newPattern(`(?i)(?:^|[\s(])(\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|twee|drie|vier|vijf|zes|zeven|negen|tien|twaalf|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|dodici)\b`)

// sentenceAround is the sentence of a line that a place is in.
func sentenceAround(line string, at, end int) (from, to int) {
	to = len(line)
	for _, l := range sentenceBreak.FindAllStringIndex(line, -1) {
		if l[1] <= at {
			from = l[1]
		} else if l[0] >= end {
			return from, l[0] + 1
		}
	}
	return from, to
}

// thingsIn gives the places of models and colours: words of letters and figures.
func thingsIn(sentence string) []span {
	const ofSerial = 6 // figures: no model has as many
	var out []span
	for _, w := range words(sentence) {
		if v := sentence[w.at:w.end]; hasDigit(v) && hasLetter(v) && len(v) <= 14 && digitsIn(v) < ofSerial && !ourNumber.MatchString(v) && !codeOfPaper.MatchString(v) {
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
