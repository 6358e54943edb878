package ingest

import (
	"strings"
)

var (
	returning = newPhrase(`(?i)(?:\brma\b|\breturn(?:s|ed|ing)?\b|sent (?:\S+ ){0,3}(?:back|in)\b|\breturn (?:it|them|this|these|the|a|an)|send (?:it|them|these) (?:back|in)|replacement|warranty|repair|swaps?\b|` +
		`rücksend|retoure|reklam|umtausch|austausch|garantie|gewährleistung|einsend|einschick|eingeschickt|eingesandt|zurückschick|zurückge|reparatur|ersatzger|` +
		`retour|renvoy|échange|remplace|repren|reprise|sav\b|réparation|` +
		`terugstur|terugzend|terugge|opgestuurd|reparatie|omruil|herstel|vervang|` +
		`\breso\b|\bresi\b|rientro|restitu|sostitu|garanzia|riparazion|rispedit)`)
	selling = newPhrase(`(?i)(?:(?:send|give|make|quote) (?:me |us )?(?:a |your )?(?:best )?(?:price|quotation|quote|offer) (?:for|on)|price list|availability|in stock|lead time|interested in (?:buying|ordering|a quote)|would like to (?:order|buy)|` +
		`angebot (?:über|für)|preisanfrage|preis(?:e)? für|lieferzeit|verfügbar(?:keit)?|möchten? (?:\S+ ){0,6}bestellen|` +
		`offre de prix|devis pour|tarif\b|prix (?:pour|de)|disponibilité|souhait\S+ commander|` +
		`offerte voor|prijsaanvraag|prijs (?:voor|van)|leverbaar|levertijd|willen? (?:\S+ ){0,6}bestellen|` +
		`offerta per|un'offerta|richiesta prezz|prezz[oi] (?:per|di)|preventivo per (?:l'acquisto|la fornitura|n\.)|disponibilità|vorr\S+ ordinare)`)
)

// asksStanding tells a bare question how a return stands: one that tells of a
// fault is a return itself.
func asksStanding(text string) bool {
	return standing.in(text) && returning.in(text) && (gone.in(text) || !faulty(returning.blanked(text))) || strings.Contains(text, "?") && handedIn.in(text) && whenBack.in(text) && !cameToUs.in(text)
}

// handedIn says that a thing has been with the desk for some time, whenBack asks
// for its return. cameToUs says that it went the other way.
var (
	cameToUs = newSayings(`
		(you|they) .. (sent|shipped|gave|delivered) (us|me)
		(haben|hattet|habt|hatten) (sie|ihr) (uns|mir)
		(sie|ihr) (haben|habt|hatten) (uns|mir)
		vous (nous|m'|me) ?(avez|aviez)
		(stuurden|stuurde|hebben|hadden|leverden) (jullie|u) (ons|mij|me)
		(jullie|u) (hebben|stuurden|stuurde) (ons|mij|me)
		(ci|mi) (avete|avevate) (mandato|inviato|spedito|dato)
	`)
	handedIn = newSayings(`
		(weeks|week|days|months|month|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|since) ... (you took in|you took|you collected|you picked up|you received|you fetched|sent (you|it|them|in|off)|posted|dropped off|handed (in|over)|went (back|off) to you)
		(you took in|you took|you collected|you picked up|you received|you fetched|we sent you|i sent you|we sent (in|off)|with you|at your (place|workshop|end)|went (back|off) to you) ... (weeks|week|days|months|month|ago|since|already|last)
		(wochen|woche|tagen|monaten|monat|seit|vorige*|letzte*|anfang|mitte|ende) ... (geschickt|gesendet|geschickt bekommen|abgegeben|abgeholt|eingesandt|eingeschickt|bei ihnen|bei euch|mitgegeben|übergeben)
		(geschickt|abgegeben|abgeholt|eingeschickt|bei ihnen|bei euch) ... (wochen|woche|tagen|monaten|monat|seit|schon)
		(semaines|semaine|jours|mois|depuis|dernier|dernière) ... (envoyé|envoyés|remis|confié|confiés|repris|déposé|retourné|chez vous|expédié|parti|partie)
		(envoyé|remis|confié|repris|déposé|retourné|chez vous) ... (semaines|semaine|jours|mois|depuis|déjà)
		(weken|week|dagen|maanden|maand|sinds|vorige) ... (gestuurd|opgestuurd|binnengebracht|meegegeven|opgehaald|bij jullie|bij u|ingestuurd|verzonden)
		(gestuurd|opgestuurd|binnengebracht|meegegeven|opgehaald|bij jullie|bij u) ... (weken|week|dagen|maanden|maand|sinds|al)
		(settimane|settimana|giorni|mesi|mese|da|scorso|scorsa) ... (mandato|mandati|spedito|spediti|inviato|inviati|consegnato|ritirato|da voi|presso di voi|portato)
		(mandato|spedito|inviato|consegnato|ritirato|da voi|presso di voi|portato) ... (settimane|settimana|giorni|mesi|mese|fa|già)
	`)
	whenBack = newSayings(`
		(coming|come|comes|get it|get them|have it|see it|due|sent) .. (back|soon|again|any time|this week|next week) ... (\?|soon|when)
		(is|are|will) (it|they|the \S+) .. (coming|come|be|ready|back) .. (back|soon|ready|this week|any time|fixed|finished)
		(any|some) (idea|sign|word|eta|timescale) .. (when|of it|of them|yet|how)
		(when|how long) .. (back|ready|finished|get it|see it|expect|take|return*)
		(what became|what has become|what happened|whatever happened) (of|to|with)
		(kommt|kommen) (da|das|es|er|sie|die|der|denn) .. (zurück|wieder|bald|was)
		(wann|wie lange) .. (zurück|fertig|wieder|rechnen|dauert|dauern|bekommen)
		(was ist|was wurde|was wird) .. (geworden|draus|daraus|damit|passiert)
		(schon|bald) .. (fertig|repariert|zurück)
		(il|elle|ils|elles|on) .. (revien*|récupère*|arrive*|récupér*) .. (bientôt|quand|un jour)?
		(quand|combien de temps) .. (revien*|retour|récupérer|prêt*|reverr*|durer)
		(qu'en est-il|qu'est-il devenu|que devien*|où en est)
		(komt|komen) (die|dat|hij|ze|het|deze) .. (terug|binnenkort|nog)
		(wanneer|hoe lang) .. (terug|klaar|duurt|verwachten|krijgen)
		(wat is er|hoe zit het|hoe staat het) .. (mee|van geworden|gebeurd|met)
		(torna|tornano|rientra|rientrano|arriva|riavremo|rivedremo) .. (presto|quando|indietro|a breve)
		(quando|quanto) .. (torna|tornano|rientra|rientrano|riavere|riaverlo|pronto|ci vuole|rivedremo)
		(che fine|cosa ne è|a che punto)
	`)
)

// gone tells that the goods are on their way or with us already.
var gone = newPhrase(`(?i)(?:(?:sent|returned|shipped) (?:\S+ ){0,6}(?:weeks?|days?|months?|ago|back|last)\b|you have had|left us|waiting for (?:the|my|our|a) (?:replacement|repair)|` +
	`haben sie (?:\S+ ){0,3}seit|eingeschickt|eingesandt|zurückgeschickt|zurückgesandt|\bwarten? (?:\S+ ){0,5}(?:austausch|ersatz|rücksendung|reparatur)|` +
	`renvoyée?s?\b|retournée?s?\b|atten(?:d\S*|te) (?:\S+ ){0,4}(?:remplacement|retour|échange)|` +
	`teruggestuurd|opgestuurd|\bwacht(?:en)? (?:\S+ ){0,5}(?:vervang|retour|herstel)|` +
	`rispedit|restituit|in attesa (?:\S+ ){0,4}(?:sostituzion|reso|riparazion))`)

// ticked drops the choices of a form that are not ticked.
func ticked(text string) string {
	if !strings.Contains(text, "[ ]") && !strings.Contains(text, "☐") {
		return text
	}
	return unticked.ReplaceAllString(text, "")
}

var unticked = newPattern(`(?:\[ ?\]|☐)[^\[\]☐☑☒\n]*`)

// faultWords gives the sentences that speak of the fault, as the sender wrote
// them.
func faultWords(text string) string {
	const most = 600
	var out []string
	var prose []string
	flush := func() {
		for _, s := range sentences(strings.Join(strings.Fields(strings.Join(prose, " ")), " ")) {
			if faulty(s) {
				out = append(out, strings.TrimSpace(s))
			}
		}
		prose = nil
	}
	for line := range strings.SplitSeq(ticked(text), "\n") {
		line = strings.TrimSpace(line)
		cells := gaps.Split(line, -1)
		if line == "" || len(cells) > 2 {
			flush()
		}
		if len(cells) <= 2 {
			prose = append(prose, line)
			continue
		}
		for _, c := range cells {
			if _, head := faultHeads[strings.ToLower(c)]; !head && faulty(c) {
				out = append(out, c)
			}
		}
	}
	flush()
	return cut(strings.Join(out, " "), most)
}

// gaps are what parts the cells of a row; a row's words are no sentence.
var gaps = newPattern(`\t+| {2,}|\s*[|;]\s*`)

// faultHeads are the heads of the column that says what is wrong.
var faultHeads = map[string]struct{}{
	"fehler": {}, "fehlerbild": {}, "fehlerbeschreibung": {}, "defekt": {}, "fault": {}, "défaut": {}, "panne": {}, "storing": {}, "klacht": {}, "defect": {}, "guasto": {}, "difetto": {}, "störung": {}, "failure": {},
}

// sentences cuts a text behind a point and the white space there; what is too
// short for a sentence stays with the one behind it.
func sentences(s string) []string {
	const least = 12
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c != '.' && c != '!' && c != '?' {
			continue
		}
		end := i + 1
		for end < len(s) && whiteSpace(s[end]) {
			end++
		}
		if end > i+1 && end-from > least {
			out = append(out, s[from:end])
			from = end
		}
		i = end - 1
	}
	return append(out, s[from:])
}

var (
	withdraws = newPhrase(`(?i)(?:(?:cancel|withdraw|close) (?:the |this |our |my )?(?:rma|return|request|ticket|case)|no longer need (?:the |this )?(?:rma|return)|rma (?:is )?(?:no longer needed|not needed)|you can (?:close|cancel) (?:the|this|our)|please disregard|(?:works?|working) again|` +
		`(?:rma|anfrage|antrag|reklamation|rücksendung|vorgang) (?:\S+ ){0,5}(?:stornieren|zurückziehen|schließen|hinfällig|erledigt)|hat sich erledigt|ziehen (?:\S+ ){0,6}zurück|(?:läuft|funktioniert|geht) (?:jetzt |nun )?wieder|` +
		`annul(?:er|ez|ons|e) (?:\S+ ){0,3}(?:rma|retour|demande|dossier)|(?:refonctionne|remarche|fonctionne (?:à|de) nouveau)|plus besoin (?:du|de) (?:retour|rma)|vous pouvez (?:clôturer|fermer|clore)|` +
		`(?:rma|retour|aanvraag) (?:\S+ ){0,5}(?:annuleren|intrekken|sluiten|niet meer nodig)|werkt (?:nu |terug |opnieuw )?(?:weer|terug|opnieuw)\b|(?:mag|mogen) (?:\S+ ){0,4}(?:gesloten|geannuleerd)|` +
		`annull(?:are|ate|iamo|o) (?:\S+ ){0,3}(?:rma|reso|richiesta|pratica)|(?:ha ripreso|riprende) a funzionare|funziona di nuovo|non serve più (?:il reso|l'rma)|potete chiudere)`)
	status = newPhrase(`(?i)(?:any news|any update|status (?:of|on|update)|what(?:'s| is| has) (?:the status|happen|happened)|when (?:will|can|do) (?:\S+ ){0,4}(?:get|receive|expect|hear|come|back)|how long|still waiting|are waiting since|where is my|chasing|third time|` +
		`wie ist der stand|stand der dinge|aktueller stand|gibt es (?:schon |bereits |etwas )?neu|wann (?:\S+ ){0,5}(?:rechnen|zurück|erhalten|bekommen|fertig)|wie lange|sachstand|warte(?:n)? (?:noch |immer |seit )|` +
		`où en est|où ça en est|des nouvelles|avancement|quand (?:\S+ ){0,6}(?:recevoir|récupérer|retour|recevrons|prêt)|toujours (?:rien|en attente|pas (?:reçu|de))|(?:sans|aucune) nouvelle|relance|` +
		`wat is de (?:status|stand)|stand van zaken|wanneer (?:\S+ ){0,6}(?:terug|verwachten|klaar)|nog (?:steeds )?niets (?:gehoord|ontvangen)|al (?:iets|nieuws)|hoe ver (?:staat|is)|` +
		`a che punto|qualche (?:novità|aggiornamento)|(?:avete|ci sono) (?:novità|notizie|aggiornamenti)|stato (?:della|del|di) (?:pratica|rma|reso|riparazione)|quando (?:\S+ ){0,6}(?:rientr|riavr|pront|spedit|arriv)|sollecit)`)
	// standing asks how a return stands; status, in a running case, also how long
	// something takes.
	standing = newPhrase(`(?i)(?:atten(?:d|dons|ds|dent) (?:encore|toujours)|(?:encore|toujours) (?:en train d.|dans l.)?atten\S+|\bwacht(?:en)? (?:we |wij |ik )?(?:nog|al|nog steeds|nog altijd|nog immer) (?:\S+ )?op\b|any (?:news|updates?)\b|status (?:of|on|update)|what(?:'s| is) the (?:current )?status|how (?:\S+ ){1,5}stands?\b|where (?:do )?we stand|still waiting|where is (?:my|our) (?:return|rma|repair|replacement|device|phone|unit)|(?:not|n't) heard (?:anything|back|from you)|heard nothing|(?:had|got|without) (?:no |an |any )?(?:answer|reply) (?:yet|to my|since)|` +
		`wie ist der (?:aktuelle )?stand|stand der dinge|aktuelle[rn]? stand|bearbeitungsstand|sachstand|wie (?:weit|steht) (?:es|ist|sind)|gibt es (?:schon |bereits |etwas |inzwischen )*neu(?:es|igkeiten)|(?:noch|bisher|bislang|seitdem|seither) (?:gar )?nichts (?:mehr )?(?:von (?:ihnen|euch) )?gehört|warten? (?:noch immer|immer noch|noch auf|weiterhin)|` +
		`où en (?:est|sont|êtes)|où ça en est|(?:avez-vous|auriez-vous|y a-t-il|pas|avoir) (?:\S+ )?(?:des? )?nouvelles|état d'avancement|toujours (?:rien|en attente|pas (?:reçu|de nouvelle))|(?:sans|aucune|pas de|pas eu de|pas reçu de) (?:nouvelle|réponse)|` +
		`wat is de (?:status|stand)|stand van zaken|hoe (?:staat|zit) het met|hoe ver (?:staat|is|zijn)|is er al (?:nieuws|iets)|(?:al|enig) nieuws|nog (?:steeds )?niets (?:gehoord|ontvangen|vernomen)|` +
		`a che punto|qualche (?:novità|aggiornamento|notizia)|(?:avete|avreste|ci sono|abbiamo) (?:\S+ ){0,2}(?:novità|notizie|aggiornamenti)|stato (?:della|del|di) (?:\S+ )?(?:pratica|rma|reso|riparazione|sostituzione)|senza (?:notizie|risposta)|siamo ancora in attesa)`)
	unused = newPhrase(`(?i)(?:\bnooit (?:uitgepakt|geopend|gebruikt|aangesloten)\b|\b(?:kartons?|schachteln?) (?:ist |sind )?(?:alle )?noch zu\b|\bdo(?:os|zen) (?:nog )?niet (?:eens |meer )?open\b|\bstill in (?:the|their|its) (?:\S+ )?(?:carton|box)(?:e?s)?\b|\b(?:haven't|hasn't|not|never|have not|has not) (?:even )?left (?:the|their|its) (?:\S+ )?(?:cartons?|box|boxes|packaging)\b|\bmai tolt[oaie] (?:dal|dai|dalla|dalle) (?:carton|scatol|imball|confezion)|\bnever wired\b|\bnie verdrahtet\b|jamais câblée?s?|nooit (?:bedraad|bekabeld)|mai cablat\w|\bstill taped\b|\b(?:noch )?zugeklebt\b|\b(?:stay|stays|staying|remain|remains|left|sitting|sat|are|is) (?:\S+ )?in (?:its|their|the) (?:original )?(?:box|boxes|packaging|wrapp\S+)|\bin (?:its|their) (?:wrap|box)\S*|\bnot (?:even )?(?:out of|left) (?:its|their|the) (?:box|pack|wrap)\S*|\b(?:bleib|blieb|lieg|steh)(?:t|en)?\b (?:\S+ ){0,2}(?:im|in der|in ihrem|in ihren|in ihrer) (?:karton|kartons|verpackung|schachtel)|\b(?:blijf|blijft|blijven|bleven) (?:\S+ ){0,2}in (?:de|hun|zijn) (?:doos|dozen|verpakking)|\brest(?:a|ano|ato|ati) (?:\S+ ){0,2}(?:nella|nelle|nel) (?:loro )?(?:scatol\w|confezion\w|imball\w)|\bmai tolt\w|\bnever (?:went|got|made it|been put) (?:on|up|in|into)\b|\b(?:as good as|like|as) new\b|\b(?:wie|so gut wie) neu\b|comme neufs?\b|(?:zo goed )?als nieuw\b|come nuov[oaie]\b|nie an die wand|gar nicht erst an|jamais (?:été )?posée?s?|nooit aan de muur|mai stat[oaie] montat|\bni[ec]h?t? am strom|\bnie (?:\S+ ){0,2}(?:bestromt|in betrieb)|jamais (?:\S+ )?(?:alimentée?s?|sous tension)|nooit (?:\S+ )?(?:stroom|aan(?:gehad)? geweest)|mai (?:\S+ )?(?:alimentat|access|collegat)|unused|untouched|\bstill wrapped|(?:ist|sind|sei) noch zu\b|pas sortie?s? d(?:e|u)\b|seal(?:s)? (?:is |are )?(?:still )?(?:intact|unbroken)|not (?:been )?(?:plugged in|touched|unpacked)|eingeschweißt|verschweißt|unberührt|verschlossen|originalverschlossen|nicht (?:angerührt|angeschlossen|ausgepackt)|intacts?\b|(?:carton|emballage|boîte)s? intacte?s?|scellée?s?\b|sous (?:cellophane|blister)|pas (?:été )?(?:déballée?s?|touchée?s?|utilisée?s?|branchée?s?)|(?:restée?s?|encore) dans (?:son|leur|sa) (?:carton|emballage|boîte)|verzegeld|(?:nog|doos is nog) dicht\b|onaangeroerd|niet aangeraakt|nog in (?:de|het) (?:doos|verpakking|folie)|cellophane|(?:confezion\w|scatol\w|imball\w) (?:integr|chius|intatt)\w|intatt[oaie]\b|mai (?:toccat|collegat|acces|montat)|jamais (?:branchée?|allumée?)|nie (?:angeschlossen|eingeschaltet)|nooit (?:aangesloten|aangezet)|never (?:been )?(?:connected|plugged|powered|switched on)|non (?:\S+ )?toccat|ancora chius|shrink[- ]?wrap|\b(?:in|noch in der) folie\b|sous film\b|\bnever (?:\S+ ){0,4}(?:box|packaging)|\bnie (?:\S+ ){0,4}(?:karton|verpackung)|\bjamais (?:\S+ ){0,4}(?:carton|boîte|emballage)|\bnooit (?:\S+ ){0,4}(?:doos|verpakking)|\bmai (?:\S+ ){0,4}(?:scatola|imball)|unopened|un-opened|never (?:been )?(?:used|opened|installed)|not (?:been )?(?:opened|used|installed)|\bsealed\b|still (?:sealed|boxed|in (?:the|its|their) (?:original )?(?:box|packag))|(?:original|sealed) (?:box|packag)|` +
		`(?:not|never|hasn't|haven't) been (?:switched|plugged|powered|turned) (?:on|in|up)|\b(?:sind|ist) noch zu\b|still (?:all )?packed|(?:noch |alles )+eingepackt|encore emballée?s?|nog (?:allemaal |alles )?ingepakt|noch verschweißt|\bversiegelt|sous plastique|dans (?:le|leur) plastique|nog in (?:het )?(?:plastic|cellofaan)|nog (?:allemaal )?dicht\b|nel (?:cellophane|cellofan|cellofane)|tutto chiuso|` +
		`unbenutzt|ungeöffnet|ungebraucht|originalverpackt|originalverpackung|ovp|nicht (?:geöffnet|benutzt|ausgepackt)|unausgepackt|` +
		`non utilisé|jamais (?:été )?(?:utilisé|ouvert|installé|déballé|sorti|branché|servi)|emballage (?:d'origine|individuel)|non déballé|n'ont pas été ouverts|pas été ouvert|sous blister|(?:sont|est|état|reste|restent|restée?s?|encore|comme|entièrement|tout|strictement|appareils?|matériel|produits?) neufs?\b|neufs?,? (?:dans|sous|et non|et jamais|jamais|non|en (?:carton|boîte))|` +
		`seal (?:is |zit )?(?:\S+ )?(?:heel|intact|dicht)\b|in het plastic\b|in (?:de|het) folie\b|ongebruikt|ongeopend|niet (?:geopend|gebruikt|uitgepakt)|originele verpakking|in de doos|` +
		`mai (?:usat|apert|utilizzat|installat)|non (?:usat|apert|utilizzat)|inutilizzat|imball(?:o|aggio) original|ancora (?:imballat|sigillat)|sigillat)`)
)

// isUnused tells that goods are said to be as they came.
func isUnused(text string) bool { return unused.in(noBox.blanked(text)) }

// noBox says that the packaging is gone.
var noBox = newSayings(`
	(without|no|no longer|not) (have |has |got )?(the |its |their |an |any )?(original|sealed) (box|boxes|packag*)
	(ohne|keine|kein|nicht) (mehr )?(in |die |der |den )?(ovp|original*)
	(sans|pas|plus) (l'|d'|de |son |leur )?(emballage|carton|boîte) (d'origine|original*)
	(zonder|geen) (de |een )?(originele|oorspronkelijke) (doos|dozen|verpakking)
	(senza|non) (l'|la |più |abbiamo |ho |più l'|più la )*(imballo|imballaggio|scatola|confezione) original*
`)
