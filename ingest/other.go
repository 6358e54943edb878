package ingest

// The words of persons' mails that are no return, though they may name units
// and speak of returns and repairs.
var (
	// wantsWork applies for a place.
	wantsWork = newSayings(`
		(my|our) (cv|resume|résumé|application)
		(cv|resume|résumé) (is )?(attached|enclosed)
		(apply|applying|application) (for|to|as) .. (position|role|job|post|technician|engineer|internship)
		(hiring|recruitment) (team|manager)
		(job|spontaneous|speculative) application
		(bewerbung|initiativbewerbung|bewerbe|lebenslauf|ausbildungsplatz|praktikum|stellenanzeige)
		(candidature|lettre de motivation|mon cv|poste de technicien*|offre d'emploi|stage de)
		(sollicitatie|solliciteer|solliciteren|vacature|open sollicitatie|mijn cv)
		(candidatura|curriculum|lettera di presentazione|mi candido|posizione di|offerta di lavoro|tirocinio)
	`)
	// keepsGoods says that nothing is to be sent back.
	keepsGoods = newSayings(`
		(not|don't|do not|no need to|nothing to) .. (return|send) .. (it|them|anything|back|yet|now)
		(nothing|none of them) (is )?(broken|wrong|faulty|to return|to send back)
		(only|just) (asking|wondering|curious|want to know|wanted to know|for information|a question)
		(no return|not a return|no rma) (is )?(needed|wanted|necessary|request)
		(is it|are they|it is|they are|it's) (still )?working (fine|perfectly|well)
		(works|work|working) (fine|perfectly|well|great)
		(nichts|nicht) .. (einschicken|einsenden|zurückschicken|zurücksenden|zurückgeben|retournieren)
		(nur|bloß|lediglich) (eine|mal eine|kurz eine) (frage|auskunft|information)
		(keine rücksendung|keine rma|rein informativ|nur zur info*|nur wissen)
		(läuft|funktioniert|laufen|funktionieren|geht) (noch )?(einwandfrei|tadellos|bestens|prima|super|gut)
		(ne|n'*) .. pas .. (retourner|renvoyer)
		rien à (retourner|renvoyer)
		(simple|juste une|seulement une) (question|information)
		(juste|simplement) (savoir|pour savoir|une question)
		(fonctionne|marche|fonctionnent|marchent) (très bien|parfaitement|bien|encore bien)
		(niks|niets|niet) .. (terugsturen|opsturen|retourneren|terugzenden)
		(alleen|enkel|gewoon) (even )?(weten|een vraag|vragen)
		(werkt|werken) (prima|perfect|nog goed|uitstekend|goed)
		(non|niente|nulla) .. (rendere|restituire|mandarvi|spedire|mandare|rispedire|da rendere)
		(solo|soltanto|semplice) (una |per )?(domanda|curiosità|informazione|sapere)
		una curiosità
		(funziona|funzionano) (benissimo|perfettamente|bene|ancora bene)
	`)
	// asksTerms asks about the warranty or the terms, of what nobody says that it
	// is broken.
	asksTerms = newSayings(`
		(is|are|still) .. (under|in) warranty
		how long .. (warranty|guarantee)
		(warranty|return) (period|terms|conditions|policy|question)
		(noch|in der) .. garantie
		wie lange .. (garantie|gewährleistung)
		(garantiezeit|garantiebedingungen|rückgabebedingungen|garantiefrage)
		(encore|toujours|sous) .. garantie
		(durée|conditions) .. (garantie|retour)
		(nog|onder|hoe lang) .. garantie
		(garantievraag|garantietermijn|retourvoorwaarden)
		(ancora|coperto|in) .. garanzia
		(durata|condizioni) .. (garanzia|reso)
	`)
	// buys asks for goods, parts or a price.
	buys = newSayings(`
		(how much|price|cost) .. (new|spare|for a|for the)
		(do you|could you|can you) (sell|supply|offer|stock)
		(spare part|spare parts|new power supply|buy a|purchase a|place an order|enquiry|inquiry|request for quotation|rfq)
		(was kostet|was kosten|preis*) .. (neu*|ersatzteil*|netzteil*)
		(bieten|bitte bieten) sie uns .. an
		(verkaufen|führen|haben) sie .. (einzeln|auf lager|im sortiment|lieferbar)
		(ersatzteil*|preisanfrage|angebotsanfrage|bestellanfrage)
		(combien coûte|prix) .. (neuf*|pièce*|neuve*)
		(vendez-vous|avez-vous en stock|proposez-vous|pièce détachée|pièces détachées|demande de devis pour|demande de prix)
		(wat kost|prijs) .. (nieuw*|los*)
		(verkopen jullie|hebben jullie .. op voorraad|los te koop|onderdeel bestellen|prijsaanvraag)
		(quanto (costa|costano|viene|verrebbe|vengono|verrebbero))
		(vendete|lo vendete|avete disponibil*|ricambio|ricambi|fareste un'offerta|richiesta (di )?(prezz*|offerta|preventivo))
	`)
	// duns asks for money; scams does it with a threat or a link.
	duns = newSayings(`
		(payment reminder|overdue|outstanding (invoice|balance|amount)|past due|final notice|remittance)
		(mahnung|zahlungserinnerung|offene rechnung|überfällig|zahlungsverzug|inkasso)
		(impayé*|relance .. facture|rappel .. facture|échéance|huissier|recouvrement|règlement sous)
		(betalingsherinnering|aanmaning|openstaande factuur|achterstallig|incasso|deurwaarder)
		(sollecito di pagamento|insoluto|insoluta|fattura scaduta|scaduta e non pagata|recupero crediti)
	`)
	scams = newSayings(`
		(click here|click the link|click below|verify your|confirm your (address|adress|account|identity)|pay now|unpaid .. fee|handling fee|within 24 hours|in 24h|account (is |has been )?(suspended|locked)|customs (fee|duty|duties)|release your (parcel|package)|on hold since|password (expires|will expire)|won a|prize|bitcoin)
		(hier klicken|klicken sie|jetzt (be)?zahlen|konto .. gesperrt|binnen 24 stunden|innerhalb von 24 stunden|zollgebühr*|bestätigen sie ihre (daten|adresse|identität)|verifizieren)
		(cliquer ici|cliquez|payer maintenant|cliquer ici pour payer|sous 24 ?(h|heures)|frais de douane|compte .. suspendu|confirmez (votre|vos)|nouveau rib)
		(klik hier|nu betalen|betaal nu|binnen 24 uur|invoerrechten|douanekosten|account .. geblokkeerd|bevestig uw)
		(clicca qui|clicchi qui|paga ora|paghi ora|entro 24 ore|diritti doganali|sblocc*|conto .. sospeso|confermi i suoi dati|confermare i dati)
	`)
	// thanks is a word of thanks for what is done.
	doneThanks = newSayings(`
		(just|only) (to|wanted to) .. (thank|thanks)
		(replacement|new one|it|phone) .. (arrived|turned up|came) .. (working|works|fine|perfect|thanks)
		(wollte|möchte) .. (danken|bedanken|danke sagen)
		(voulais|souhaitais|tenais à) .. remercier
		(wilde|wil) .. bedanken
		(volevo|vorrei|volevamo) .. ringraziar*
	`)
	// asAsked sends what the desk had asked for.
	asAsked = newSayings(`
		(as requested|as asked|as discussed on the phone|you asked for|you requested|the missing|requested serial*)
		(wie (gewünscht|angefordert|verlangt|erbeten)|die (fehlende|fehlenden|gewünschte|angeforderte)|hier noch die)
		(comme (demandé|convenu)|que vous (avez )?demand*|(numéro|informations?|élément*) (manquant*|demandé*))
		(zoals gevraagd|het gevraagde|de gevraagde|ontbrekende|zoals verzocht)
		(come (richiesto|da richiesta|da vostra richiesta)|richiest(o|a|i) da voi|mancant(e|i))
	`)
	// shipped says that goods are on their way to us.
	shipped = newSayings(`
		(sent|shipped|dispatched|posted|went out|on its way|on the way|left|handed over|picked up|collected) .. (today|yesterday|monday|tuesday|wednesday|thursday|friday|morning|ups|dhl|gls|dpd|fedex|tnt|courier|carrier)
		(heute|gestern|montag|dienstag|mittwoch|donnerstag|freitag|eben|soeben) .. (verschickt|versendet|abgeschickt|raus|abgeholt|rausgegangen|aufgegeben|versandt|übergeben)
		(ist|sind) .. (unterwegs|verschickt|abgeschickt|versandt)
		(parti*|expédié*|envoyé*|remis*|déposé*|enlevé*) .. (aujourd'hui|hier|matin|ups|dhl|gls|dpd|fedex|tnt|chronopost|colissimo|transporteur)
		(vandaag|gisteren|maandag|dinsdag|woensdag|donderdag|vrijdag) .. (verstuurd|verzonden|opgestuurd|meegegeven|opgehaald|vertrokken)
		(is|zijn) .. (onderweg|verstuurd|verzonden|opgestuurd)
		(spedit*|partit*|ritirat*|consegnat*|inviat*) .. (oggi|ieri|stamattina|ups|dhl|gls|dpd|fedex|tnt|brt|bartolini|sda|corriere)
	`)
)

// noReturn names the sort of a person's mail that is no return, "" for one that
// may be.
func noReturn(text string, named, faulty bool) string {
	switch {
	case wantsWork.in(text):
		return "asks for work"
	case len(scams.all(text)) >= 2, scams.in(text) && duns.in(text):
		return "reads like a fraud"
	case duns.in(text) && !named && !faulty:
		return "asks for a payment"
	case keepsGoods.in(text) && (asksTerms.in(text) || buys.in(text) || selling.in(text)) && !asksReturn.in(text):
		return "asks, and wants nothing taken back"
	case faulty:
		return ""
	case asksTerms.in(text) && !asksReturn.in(asksTerms.blanked(text)):
		return "asks about terms"
	case selling.in(text), buys.in(text):
		return "asks for a price or goods"
	case doneThanks.in(text):
		return "says thanks"
	}
	return ""
}
