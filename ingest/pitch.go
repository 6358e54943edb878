package ingest

// Mails of strangers who would sell something, and of customers who would borrow
// or buy: they name models, faults and returns, and nothing comes back.

// pitches are the turns of a seller who writes to somebody for the first time,
// one table for each sort of turn. One alone is said by customers too.
var pitches = newVocabulary(
	// who he is
	`
		(my name is|i am|i'm) .. (account manager|key account|sales manager|business development|and i (work|help|look after|represent))
		(i'm|i am) (writing|reaching out|getting in touch) (on behalf|from|because)
		(mein name ist|ich bin) .. (vertrieb|key account|kundenberater*|und (ich )?(betreue|berate|arbeite|vertrete))
		(je m'appelle|je suis) .. (commercial*|chargé* d'affaires|et je (m'occupe|suis|travaille|représente|gère))
		je me permets de vous (contacter|écrire|solliciter)
		(mijn naam is|ik ben) .. (accountmanager|verkoop*|en ik (werk|help|begeleid|vertegenwoordig))
		(mi chiamo|sono) .. (commerciale|key account|e (seguo|lavoro|rappresento|mi occupo))
		mi permetto di (scriver*|contattar*)
	`,
	// what he thinks of the reader
	`
		(i|we) (imagine|guess|assume|noticed|saw|understand|see) .. (you|your)
		(visiting|looking at|browsing|came across|on) your (site|website|web site|web page|shop|page)
		(sicher|vermutlich|bestimmt) (haben|erhalten|bearbeiten|kennen) (sie|auch sie)
		(auf|beim besuch) (ihrer|ihre|ihren) (website|webseite|internetseite|seite|homepage|shop)
		(j'imagine|j'ai (remarqué|vu|constaté|noté)) .. (vous|votre|vos)
		(en visitant|sur|en parcourant) votre (site|page|boutique)
		(ik (zag|las|neem aan|merkte|begrijp)) .. (u|uw|jullie)
		(op|bezoek aan) (uw|jullie) (website|site|webshop|pagina)
		(immagino|suppongo|ho (visto|notato)) .. (vostr*|suo|voi|gestiate|abbiate|riceviate)
		(visitando|sul|sulla|visto) (il |la )?(vostro|vostra|suo) (sito|pagina|negozio)
	`,
	// whom he has won already
	`
		our (clients|customers|partners|users) (have |already )?(save*|saved|see|gained|cut|reduced|report*|enjoy*|achieve*)
		(most|many|other|several|dozens of) (distributors|companies|resellers|retailers|firms|businesses|wholesalers) (we|i|that|like|have|already|who|use)
		(your|your own) (customers|clients|end users)
		(viele|die meisten|andere|zahlreiche) (distributoren|händler|unternehmen|firmen|großhändler)
		(ihre|ihren|ihrer|eure|euren) (kunden|endkunden)
		(beaucoup|la plupart|nombre) de(s)? (distributeurs|entreprises|revendeurs|sociétés|grossistes)
		(vos|votre) (clients|clientèle)
		(veel|de meeste|andere|tal van) (distributeurs|bedrijven|leveranciers|groothandels|resellers)
		(uw|jullie) (klanten|eindklanten)
		(molti|tanti|altri|quasi tutti i) (distributori|rivenditori|fornitori|grossisti)
		(i vostri|vostri|ai vostri|dei vostri) clienti
		(we|i) (help|helped|support|work with) .. (companies|businesses|distributors|resellers|retailers|firms|shops)
		unsere kunden (sparen|senken|haben|erzielen|konnten)
		(wir|ich) (helfen|helfe|unterstützen|unterstütze) .. (unternehmen|firmen|händler*|distributoren)
		nos clients (ont (obtenu|gagné|réduit|économisé)|économisent|gagnent|obtiennent)
		nous (aidons|accompagnons) .. (entreprises|distributeurs|sociétés|revendeurs|marques)
		onze klanten (besparen|hebben|verlagen|zien)
		(wij|we|ik) (helpen|help|ondersteunen) .. (bedrijven|distributeurs|webshops|ondernemers|resellers)
		i nostri clienti (risparmiano|hanno|ottengono)
		(aiutiamo|affianchiamo|supportiamo) .. (aziende|imprese|distributori|rivenditori)
	`,
	// what he has
	`
		(clearing|selling off|liquidating|clear out|clearance|overstock) .. (warehouse|stock|inventory|lot|lots)
		(refurbished|reconditioned|ex-lease|end-of-line|surplus) .. (phones|handsets|units|switches|routers|stock|*)
		(räumen|auflösung|räumungsverkauf|lagerräumung|restposten|sonderposten|postenware)
		(generalüberholt*|refurbished|gebrauchte|aufgearbeitet*|leasingrückläufer)
		(déstock*|liquidons|liquidation|fin de série*|lot de)
		(reconditionné*|d'occasion|remis à neuf)
		(ruimen|opruiming|uitverkoop|restpartij*|partij)
		(refurbished|tweedehands|gereviseerd*)
		(svuotiamo|svuotare|svendita|svendiamo|liquidiamo|rimanenze|fine serie)
		(ricondizionat*|rigenerat*|usat*|refurbished)
	`,
	// how one gets no more of it
	`
		(to (stop|not) receiv*|unsubscribe|remove me|if you (no longer|do not) wish to (receive|hear))
		(keine weiteren (mails|nachrichten|informationen|e-mails)|nicht mehr (erhalten|angeschrieben)|abbestellen|austragen)
		(ne plus (recevoir|être sollicité)|désabonn*|désinscri*|votre adresse est publique)
		(geen (verdere )?(mails|berichten|e-mails) meer|uitschrijven|afmelden)
		(per non ricever*|cancellami|cancellatemi|indirizzo è pubblicat*|non desidera (più )?ricever*)
	`,
	// what it costs
	`
		(from|ab|dès|vanaf|da) (€ |€|eur |euro )?\d{1,4}(,|.)\d{2}
		(from|starting at|only|at) \d{1,4} (euro|euros|eur|€|pounds|dollars)
		(ab|schon ab|nur) \d{1,4} (euro|eur|€)
		(dès|à|seulement) \d{1,4} (euro|euros|eur|€)
		(vanaf|voor|slechts) \d{1,4} (euro|eur|€)
		(da|a|solo) \d{1,4} (euro|eur|€)
		(from|starting at|as little as|for only|for just) (just |only )?(€|£|eur|gbp|usd|\$) ?\d
		(already|bereits|schon) ab (nur )?(€ ?|eur )?\d
		ab (nur |lediglich )(€ ?|eur )?\d
		ab (€ ?|eur )?\d .. (pro|je) (paket|gerät|stück|sendung|karton|monat)
		(à partir de|dès|pour seulement) \d .. (€|eur|euro|euros)
		(à partir de|pour seulement) \d
		(vanaf|al vanaf|voor slechts) (€ ?|eur |euro )?\d
		a partire da (€ ?|eur |euro )?\d
		(free|no-obligation|complimentary) (trial|audit|quote|demo|sample|consultation|assessment|analysis)
		(kostenlos*|unverbindlich*|gratis) .. (audit|analyse|test|demo|beratung|muster|angebot|probe*|gespräch)
		(audit|essai|démonstration|diagnostic|devis|échantillon) (gratuit|offert|sans engagement)
		(gratis|vrijblijvend*) .. (audit|analyse|proef*|demo|gesprek|offerte|adviesgesprek)
		(audit|prova|demo|consulenza|analisi|preventivo) (gratuit*|senza impegno|omaggio)
		(no obligation|sans engagement|senza impegno|geheel vrijblijvend|völlig unverbindlich)
		(without|no) (contract|strings|setup fee|minimum volume|upfront cost*)
		(ohne|keine) (vertragsbindung|mindestmenge|grundgebühr|vertrag)
		(sans) (contrat|abonnement|minimum de commande|frais fixes)
		(zonder|geen) (contract|abonnement|minimumafname|vaste kosten)
		(senza) (contratto|canone|costi fissi|vincoli)
		(we|i) (take|buy|purchase|pay for) (the lot|everything|all|any|your|it all|surplus|used|returned|untested)
		(wir|ich) (kaufen|nehmen|übernehmen) .. (restposten|lagerbestände|rückläufer|gebrauchte|altgeräte)
		(nous|on) (rachetons|reprenons|achetons) .. (stocks|invendus|retours|lots|surplus)
		(wij|we) (kopen|nemen) .. (restpartijen|voorraden|retouren|partijen) .. (op|over)
		(acquistiamo|ritiriamo|compriamo) .. (stock|giacenze|resi|rimanenze|lotti)
	`,
	// what he wants to be answered
	`
		(reply|answer|respond) .. (with|and) .. (your|we) .. (address|send|sample|samples)
		(antworten sie|antwort) .. (adresse|mail) .. (senden|schicken|erhalten|muster)
		(répondez|il suffit de répondre) .. (adresse|mail|message)
		(antwoord|reageer) .. (op deze mail|adres)
		(risponda|rispondete|basta rispondere) .. (mail|e-mail|indirizzo|messaggio)
		(free|two|three|\d) samples
		(kostenlose|gratis|\d) (muster|proben)
		(échantillons|stalen|campioni|campionatura) (gratuit*|gratis|offert*|senza)
		(shall|can|may|should) i (reserve|hold|put (some|a few|them) aside|set aside)
		(soll|darf|kann) ich .. (reservieren|zurücklegen|zurückhalten)
		(je vous (en|les|le)|puis-je vous) .. (réserve|réserver|mets|mettre)
		(zal|mag|kan) ik .. (reserveren|opzij|apart)
		(gliene|ve ne|le|vi) (riservo|metto da parte|tengo)
		posso .. (riservar*|mettere da parte)
		(quick|short|brief|ten-minute|10-minute|15-minute|fifteen-minute) (call|chat|meeting|demo)
		(worth|up for|fancy|time for|open to) (a|an|grabbing a) (quick |short )?(chat|call|coffee|meeting|conversation)
		(can|could|may|shall) i (send|show|call|pop|come) .. (over|by|you|round)
		(darf|dürfte|soll) ich .. (vorbeikommen|anrufen|vorstellen|zusenden|zuschicken|melden)
		(puis-je|pourrais-je) .. (passer|appeler|envoyer|présenter)
		(zal|mag|kan) ik .. (langskomen|bellen|toesturen|voorstellen|laten zien)
		(posso|potrei) .. (passare|chiamar*|inviar*|presentar*|mandar*)
		(call|chat|meeting|demo) of (ten|fifteen|10|15|20) minutes
		(would you be (available|open|free)|do you have (10|15|ten|fifteen) minutes|who .. (responsible|in charge) .. (logistics|purchasing|marketing|it))
		reply (with )?(stop|yes|remove|unsubscribe)
		(kurzes|zehnminütiges|unverbindliches) (telefonat|gespräch|kennenlerngespräch|online-meeting)
		(hätten|haben) sie .. (zeit|minuten) .. (gespräch|telefonat|termin|vorstellung)
		(antworten sie|antwort) .. (stopp|stop|ja genügt)
		(échange|appel|rendez-vous|entretien|démo) .. (téléphonique )?(de )?(dix|quinze|10|15|20) minutes
		(seriez-vous|êtes-vous) (disponible|intéressé*|ouvert*)
		(répondez|réponse) .. (oui|stop)
		(kort|vrijblijvend) (gesprek|belafspraak|kennismaking|telefoontje)
		(antwoord|reageer) .. stop
		(sarebbe|sareste|è|siete) (disponibil*|interessat*)
		(breve|veloce) (chiamata|call|telefonata|incontro)
		(chiamata|call|incontro) di (dieci|quindici|10|15) minuti
		(rispond*) .. (sì|stop|no grazie)
	`,
)

// pitching tells a mail with two sorts of a seller's turns.
func pitching(text string) bool {
	first := -1
	for _, h := range pitches.all(text) {
		switch {
		case first < 0:
			first = h.which
		case h.which != first:
			return true
		}
	}
	return false
}

// borrows asks for goods on trial or on loan.
var borrows = newSayings(`
	(try|test|trial) .. (day|days|week|weeks|fortnight|month|months) .. (and|then) .. back
	(testen|ausprobieren|probieren) .. (und|dann) .. (zurück*|wieder)
	(essayer|tester) .. (et|puis) .. (rendre|retourner|renvoyer)
	(testen|proberen|uitproberen) .. (en|dan) .. (terug*)
	(provare|testare|provarl*) .. e .. (render*|restituir*)
	(on loan|on trial|on approval|for evaluation|loan (kit|set)|sale or return|demo (unit*|kit|set|stock)|evaluation (unit*|kit|sample*)|trial (unit*|kit)|test (unit*|sample*)|sample unit*)
	(borrow|lend|loan) .. (us|me|a|an|one|two|three|some)
	(zur (probe|ansicht|erprobung)|teststellung*|probestellung*|leihstellung*|leihweise|leihgerät*|testgerät*|demogerät*|mustergerät*|zum (testen|ausprobieren|probieren))
	(en prêt|en démonstration|à l'essai|matériel de (prêt|démonstration|démo|test)|prêt de (matériel|postes|téléphones)|pour (essai|essayer|évaluation)|en évaluation)
	(op proef|op zicht|op proef|in bruikleen|proefopstelling|bruikleen*|leen(toestel*|set*)|demo(toestel*|set*|exempla*)|testtoestel*|om (te testen|uit te proberen|eens te testen))
	(hire|rent|rental) .. (day|days|week|weeks|kit|case|set)
	(ausleihen|leihen|mieten|mietweise|messkoffer|pro tag|tagesmiete)
	(louer|location) .. (jour|jours|semaine|valise|kit)
	(huren|lenen|per dag|huurprijs|meetkoffer)
	(noleggi*|a nolo|al giorno)
	(in prova|in prestito|in visione|conto visione|in comodato|per (una prova|provarl*|valutazione)|(apparecchi*|unità|kit) (demo|dimostrativ*))
`)

// attends asks for a place in a course.
var attends = newSayings(`
	(training|course|workshop|seminar|certification|webinar|academy|class) .. (place|places|seat*|date|dates|register|enrol*|attend*|book|spot|spots|available)
	(place|places|seat|seats|spot|spots) .. (training|course|workshop|seminar|certification|webinar|academy)
	(attend|join|register|enrol*|sign up|book) .. (training|course|workshop|seminar|certification|webinar|academy|class|day)
	(schulung*|kurs*|workshop*|seminar*|zertifizierung*|lehrgang*) .. (platz|plätze|termin*|anmeld*|teilnehm*|frei|buchen)
	(platz|plätze|termin*|anmeld*|teilnehm*) .. (schulung*|kurs*|workshop*|seminar*|zertifizierung*|lehrgang*)
	(formation*|session*|atelier*|journée*|stage|certification*|cursus) .. (place*|inscri*|date*|suivre|particip*|réserv*)
	(suivre|particip*|inscri*|assister) .. (formation*|session*|atelier*|journée*|stage|certification*|cursus)
	(opleiding*|cursus*|training*|workshop*|certificering*) .. (plaats*|inschrijv*|aanmeld*|data|datum|deelnem*|vrij)
	(plaats*|inschrijv*|aanmeld*|deelnem*) .. (opleiding*|cursus*|training*|workshop*|certificering*)
	(corso|corsi|formazione|certificazione|giornata) .. (post*|iscri*|date|data|partecip*|disponibil*)
	(iscri*|partecip*|seguire|frequentare) .. (corso|corsi|formazione|certificazione|giornata)
`)

// buysMore asks what one asks before an order, and not of a thing that one has.
var buysMore = newSayings(`
	(trade price|best price|unit price|price (at|per|for|on|of)|prices (at|per|for|on|of)|quote (for|on|me)|pricing|lead time|lead times|current model|end of (life|sale)|eol|successor|trade in|trading in|trade-in|volume (price|discount)|project price|special price|in production|discontinued)
	(ek-preis*|händlerpreis*|stückpreis*|preis (für|bei|pro|über)|preise (für|bei|pro|über)|angebot (für|über|zu)|lieferzeit*|lieferbar|auslaufmodell|abgekündigt|nachfolgemodell|nachfolger|staffelpreis*|projektpreis*|sonderpreis*|inzahlungnahme|mengenrabatt)
	((votre|quel|meilleur) (prix|tarif)|prix (pour|par|unitaire|de gros)|un prix|tarif* (pour|par|revendeur)|délai* de livraison|disponible en stock|fin de (vie|commercialisation)|encore (commercialisé*|fabriqué*)|successeur|prix (projet|de volume|dégressif*)|tarif (projet|revendeur))
	((jullie|beste|een|welke) (prijs|prijzen)|prijs (voor|per|van)|prijzen (voor|per|van)|stukprijs|levertijd*|leverbaar|uitlopend|opvolger|staffelprijs|staffelprijzen|projectprijs|projectkorting|inruil*)
	((un|il|miglior|vostro|che) prezzo|prezzo (per|di|unitario)|prezzi (per|di)|un'offerta|tempi di consegna|fuori produzione|ancora (in produzione|a listino)|fine vita|successore|prezzo (progetto|scontato|rivenditore)|listino|sconto quantità|permuta)
`)

// dealing tells a mail of who buys up used goods: he says so, and how he pays or
// what he wants to be told.
func dealing(text string) bool { return buysUp.in(text) && paysFor.in(text) }

var (
	buysUp = newSayings(`
		(we|i) (buy|purchase|are buying|are purchasing|take over) ... (used|returned|surplus|refurbished|faulty|defective|excess|redundant|stock)
		(broker|dealer|trader|recycler|buyer|buyers) ... (used|refurbished|surplus|second-hand|secondhand)
		(currently|always|urgently) (looking for|seeking|in the market for|buying)
		(wir|ich) (suchen|kaufen|übernehmen) ... (gebraucht*|rückläufer*|restposten|defekte|überbestände|ausgemusterte)
		(ankauf|aufkauf|aufkäufer|händler für gebraucht*)
		(suchen|kaufen) (laufend|ständig|derzeit|aktuell|dringend)
		(nous|on) (recherchons|rachetons|achetons|cherchons) ... (d'occasion|usagé*|retours|surplus|stock*|même en panne)
		(rachat|reprise) de (matériel|téléphones|stocks|lots)
		(wij|we) (zoeken|kopen) ... (gebruikte|tweedehands|retouren|overstock|partijen|defecte)
		(opkoper|opkoop) ... (gebruikte|telecom|toestellen|partijen)
		(cerchiamo|compriamo|acquistiamo) ... (usat*|guast*|resi|stock|ricondizionat*)
	`)
	paysFor = newSayings(`
		(we|i) .. pay .. (cash|same day|immediately|upfront|up front|promptly|top|in advance|per)
		(quantity|quantities|qty|stock list|list) .. (your|asking|best) price*
		(your|asking|best|top) price*
		(zahlen|bezahlen|zahlung) .. (sofort|bar|umgehend|per vorkasse|vorab|höchstpreise|fair*)
		(menge|mengen|stückzahl|stückzahlen|liste|anzahl) .. (preis|preise|preisvorstellung*)
		(paiement|règlement|enlèvement) .. (immédiat*|comptant|rapide)
		(quantité|quantités|liste|nombre) .. (prix|tarif)
		(betalen|betaling) .. (dezelfde dag|contant|direct|meteen|vooraf)
		(aantal|aantallen|lijst) .. (prijs|prijzen)
		(paghiamo|pagamento) .. (subito|immediat*|in contanti|anticipato|contanti)
		(quantità|elenco|lista) .. (prezzo|prezzi)
	`)
)

// carting tells a mail of who takes broken things off our hands: he says so, and at what
// terms.
func carting(text string) bool { return cartsOff.in(text) && onTerms.in(text) && !claims(text) }

var (
	cartsOff = newSayings(`
		(we|i) (run .. and |are .. and )?(collect|take|recycle|pick up|clear|dispose of|grade|remarket|refurbish|accept|process)*,? ... (used|returned|surplus|faulty|defective|broken|dead|old|scrap|untested) (phones|handsets|units|devices|equipment|kit|gear|electronics|stock|goods|routers|switches)
		(wir|ich) (entsorgen|sammeln|verwerten|recyceln|holen|nehmen|übernehmen|bereiten) ... (defekte|kaputte|gebrauchte|alte|ausgediente|ungeprüfte) (telefone|geräte|apparate|ware|technik|hardware|elektronik)
		(nous|on) (récupér*|collect*|recycl*|enlev*|débarrass*|valoris*|repren*) ... (téléphones|appareils|postes|matériel*|équipements) (en panne|usagé*|défectueux|hs|cassés|hors d'usage)
		(wij|we) (halen|verzamelen|recycleren|recyclen|verwerken|nemen) ... (kapotte|defecte|gebruikte|oude|afgedankte) (telefoons|toestellen|apparaten|apparatuur|elektronica)
		(ritiriamo|raccogliamo|ricicliamo|smaltiamo|recuperiamo) ... (telefoni|apparecchi|dispositivi|apparati|apparecchiature) (guasti|usati|difettosi|rotti|vecchi|dismessi)
	`)
	onTerms = newSayings(`
		(free of charge|at no cost|by the pallet|by the pallet load|pallet loads|so (that )?you (don't|do not) have to|make you an offer|(ten|fifteen|10|15) minutes|a proposal)
		(kostenlos|kostenfrei|gratis|unentgeltlich|palettenweise|ein (angebot|konzept) (machen|unterbreiten|vorstellen))
		(gratuit*|sans frais|par palette*|(une|notre) (proposition|offre)|dix minutes|quinze minutes)
		(gratis|kosteloos|per pallet|een (voorstel|aanbod) (doen|maken))
		(gratis|gratuit*|senza spese|a bancali|a pallet|una (proposta|offerta))
	`)
)

// wantsPapers asks for an invoice or another paper of a purchase.
var wantsPapers = newSayings(`
	(copy|duplicate|pdf) of .. (invoice|bill|credit note|statement|delivery note)
	(statement of account|account statement|invoice copy|duplicate invoice|supplier statement)
	(send|resend|mail|email|e-mail|forward|let|need|lack|missing|get) .. (invoice|bill|statement)
	(never had|never received|not received|haven't received|have not received|not had|haven't had|without) .. (invoice|bill)
	(invoice|bill) .. (copy|duplicate|again|pdf)
	(rechnungskopie|rechnungsduplikat|kontoauszug|saldenbestätigung|offene-posten-liste)
	(kopie|duplikat|zweitschrift) .. (rechnung|gutschrift|lieferschein*)
	rechnung .. (kopie|pdf|nochmal*|noch einmal|erneut|zusenden|schicken|mailen|senden|fehlt)
	(fehlt|fehlen|brauche|brauchen|benötige|benötigen) .. (rechnung|rechnungen|rechnungskopie)
	(duplicata|copie|double) .. (facture*|avoir|bl|bon de livraison)
	(facture|factures) .. (duplicata|copie|pdf)
	(manque|reçu|besoin|envoyer|adresser|transmettre|renvoyer) .. facture
	(relevé de compte|extrait de compte)
	(factuurkopie|rekeningoverzicht|rekeninguittreksel)
	(kopie|duplicaat) .. (factuur|creditnota|pakbon)
	factuur .. (kopie|duplicaat|pdf|nodig|mailen|sturen|ontbreekt|niet ontvangen)
	(ontbreekt|mis|missen|nodig) .. factuur
	(copia|duplicato) .. (fattura|nota di credito|ddt|bolla)
	fattura .. (copia|duplicato|pdf|pervenut*|inviar*|mandar*)
	(manca|serve|inviar*|mandar*|ricevuto) .. (la |una |vostra )?fattura
	estratto conto
`)
