package ingest

import "strings"

// The words of persons' mails that are no return, though they may name units
// and speak of returns and repairs.
var (
	// wantsWork applies for a place.
	wantsWork = newSayings(`
		(are you hiring|looking for (a job|work)|cv on request)
		(work|working|job|start|starting|place|position) (in|at) your (workshop|repair workshop|repair shop|lab|warehouse|company|service)
		(any|have|are there) (openings|vacancies|jobs|open positions)
		(in|bei) (ihrer|eurer|ihnen|euch) (werkstatt )?(zu )?(arbeiten|anfangen|mitarbeiten|einsteigen)
		(ihrer|eurer) (werkstatt|reparaturabteilung) .. (arbeiten|anfangen|mitarbeiten|einsteigen)
		(intégrer|rejoindre|travailler (dans|chez|pour)) (votre|vos|vous) ?(atelier|équipe*|entreprise|société|sav|service)?
		(in|bij) (jullie|uw) (werkplaats|hersteldienst|magazijn|team|bedrijf) .. (werken|beginnen|starten|aan de slag)
		(lavorare|collaborare|entrare) .. (nel|nella|presso il|presso la|con il) (vostro|vostra|suo|sua) (laboratorio|officina|team|azienda|magazzino)
		(suche|sucht) (eine |einen )?(stelle|arbeit|job|anstellung)
		(cherche|recherche) (un |une )?(emploi|travail|poste|stage|alternance)
		(zoek|zoekt) (naar )?(werk|een baan|een job|een stage)
		cerco (un )?(lavoro|impiego)
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
		(nothing|none of (it|them)) .. (coming|going) back
		(they|these|those|all|which) (are|is) (all )?(still )?(working|in use|fine)
		zurück (kommt|kommen|geht|gehen) (auch |hier |da |gar )*(nichts|keins|keiner|keine)
		(kaputt|defekt) (ist|sind) (da |hier |auch |noch |davon |gar )*(nichts|keins|keine|keiner)
		rien (ne revient|à reprendre|n'est à renvoyer)
		er (komt|gaat) niets (terug|retour)
		non (torna|rientra) (nulla|niente)
		(only|just) (asking|wondering|curious|want to know|wanted to know|for information|a question)
		(no return|not a return|no rma) (is )?(needed|wanted|necessary|request)
		(is it|are they|it is|they are|it's) (still )?working (fine|perfectly|well)
		(everything|all) (works|is working)
		(works|work|working) (fine|perfectly|well|great)
		(nichts|nicht) .. (einschicken|einsenden|zurückschicken|zurücksenden|zurückgeben|retournieren)
		(zurückschicken|einschicken|zurückgeben|einsenden) .. (nichts|nicht)
		(nur|bloß|lediglich) (eine|mal eine|kurz eine) (kurze |allgemeine )?(frage|auskunft|information)
		(keine rücksendung|keine rma|rein informativ|nur zur info*|nur wissen)
		(läuft|funktioniert|laufen|funktionieren|geht) (noch |aber |ja |derzeit |alles |aber alles )?(einwandfrei|tadellos|bestens|prima|super|gut)
		(ne|n'*) .. pas .. (retourner|renvoyer)
		rien à (retourner|renvoyer)
		(simple|juste une|seulement une) (question|information)
		(juste|simplement) (savoir|pour savoir|une question)
		tout (fonctionne|marche)
		(fonctionne|marche|fonctionnent|marchent) (très bien|parfaitement|bien|encore bien)
		(niks|niets|niet) .. (terugsturen|opsturen|retourneren|terugzenden)
		(alleen|enkel|gewoon) (even )?(weten|een vraag|vragen)
		(alles|hij|ze) (werkt|werken|doet het)
		(terugsturen|opsturen) .. (niks|niets|niet)
		(werkt|werken) (nog |alles )?(prima|perfect|nog goed|uitstekend|goed)
		(non|niente|nulla) .. (rendere|restituire|mandarvi|spedire|mandare|rispedire|da rendere)
		(solo|soltanto|semplice) (una |per )?(domanda|curiosità|informazione|sapere)
		una curiosità
		(wollte|wollten) (nur|bloß|lediglich) .. (fragen|wissen|erkundigen)
		(voulais|voulions|souhaitais) (juste|simplement|seulement) .. (savoir|demander)
		(wou|wilde|wilden) (enkel|alleen|even|gewoon|maar) .. (weten|vragen)
		(volevo|volevamo) (solo|soltanto) .. (sapere|chiedere)
		funziona tutto
		tutto funziona
		(funziona|funzionano) (benissimo|perfettamente|bene|ancora bene)
	`)
	// notYet says that a thing is not sent in now, or that the request will come later.
	notYet = newSayings(`
		(for now|for the moment|for the time being|at the moment|so far) .. (not|doesn't|does not|don't|won't) .. (return|send|part|give|hand|lose|want)
		(not|doesn't|don't|won't) .. (return|send|part with|give|hand) .. (yet|for now|for the moment|for the time being)
		(when|if) (the time comes|it comes to (it|that)|it gets worse) .. (request|rma|form|get in touch|come back|let you know)
		(vorerst|vorläufig|im moment|noch|zurzeit|derzeit) .. (nicht|kein*) .. (hergeben|abgeben|einschicken|einsenden|weggeben|zurück*)
		(wenn es so weit ist|wenn es soweit ist|wenn es schlimmer wird) .. (melde*|anmeld*|stelle*|antrag|rma)
		(pour l'instant|pour le moment) .. (pas|ne) .. (renvoyer|s'en séparer|séparer|retourner|donner)
		(le moment venu|le cas échéant|si ça empire) .. (demande|formulaire|reviens|reviendr*|ferai|ferons)
		(voorlopig|voorlopig nog|op dit moment|momenteel|nu) .. (niet|nog niet) .. (kwijt|missen|opsturen|terugsturen|afgeven|wegdoen)
		(als het zover (komt|is)|te zijner tijd|als het erger wordt) .. (aanvraag|formulier|laat|meld*|maak)
		(per ora|per il momento|al momento) .. non .. (vuole|vogliamo|mandare|darlo|darci|privarsene|restituir*|spedir*)
		(quando sarà il momento|a tempo debito|se peggiora) .. (richiesta|modulo|faremo|farò|vi (scriv*|avvis*))
	`)
	// asksTerms asks about the warranty or the terms, of what nobody says that it
	// is broken.
	asksTerms = newSayings(`
		(is|are|still) .. (under|in|within) (warranty|guarantee)
		(end|expiry|expiration) (date )?of (the |its )?(warranty|guarantee)
		(garantieende|garantieablauf|ende der garantie|ablauf der garantie)
		(fin|échéance|expiration) de (la |sa )?garantie
		(einde|einddatum|afloop) (van )?(de )?garantie
		(fine|scadenza|termine) (della )?garanzia
		(until when|when does|how many years|how much|which|what) .. (warranty|guarantee)
		how long ... (warranty|guarantee)
		(warranty|guarantee) (end|ends|expiry|until|dates?|end dates?|status)
		(warranty|return) (period|terms|conditions|policy|question)
		(noch|in der) .. garantie
		wie lange ... (garantie|gewährleistung)
		(bis wann|wann (läuft|endet)|wie viele jahre|welche) .. (garantie|gewährleistung)
		(garantiezeit|garantiebedingungen|rückgabebedingungen|garantiefrage)
		(encore|toujours|sous) .. garantie
		(durée|conditions) .. (garantie|retour)
		(jusqu'à quand|jusqu'à quelle date|combien (de temps|d'années)|quelle) .. garantie
		(nog|onder|hoe lang) .. garantie
		(tot wanneer|wanneer (loopt|eindigt|verloopt)|hoeveel jaar|welke) .. garantie
		(garantievraag|garantietermijn|retourvoorwaarden)
		(ancora|coperto|in) .. garanzia
		(durata|condizioni) .. (garanzia|reso)
		anni (di )?garanzia
		years (of )?(warranty|guarantee)
		jahre garantie
		ans (de )?garantie
		jaar garantie
		(fino a quando|quando scade|quanti anni|quanto dura|che) .. garanzia
	`)
	// buys asks for goods, parts or a price.
	buys = newSayings(`
		(when|wann|quand|wanneer|quando) .. (back in stock|in stock|wieder (da|lieferbar|auf lager|verfügbar)|en stock|disponible*|op voorraad|leverbaar|disponibil*|a magazzino)
		(supplier of parts|new account|new accounts|open an account|become (a|your) (dealer|reseller|partner|customer))
		(händler werden|kundenkonto eröffnen|neukunde*|lieferant für ersatzteile)
		(devenir (revendeur|partenaire|client)|ouvrir un compte|fournisseur de pièces)
		(dealer worden|reseller worden|klant worden|account openen|leverancier van onderdelen)
		(diventare (rivenditor*|partner|client*)|aprire un conto|fornitore di ricambi)
		(would like to order|we hereby order|please (supply|deliver))
		(hiermit bestellen|bestellen (wir|hiermit)|bitte liefern sie)
		(nous (commandons|passons commande)|merci de livrer)
		((wij|we) bestellen|gelieve te leveren)
		(ordiniamo|vogliate fornir*)
		(warranty extension|extended warranty|garantieverlängerung|extension de garantie|garantieverlenging|estensione (di |della )?garanzia)
		(declaration of conformity|declarations|rohs|konformitätserklärung*|déclaration de conformité|conformiteitsverklaring|dichiarazione di conformità)
		(schulung|formation|opleiding|corso di formazione|training course)
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
		(log in|login|sign in|signing in) .. (with|using|to keep|to avoid|password|here)
		(mailbox password|e-mail password|confirm your identity|credit will be voided|review and sign|your mailbox|mailbox is (almost )?full|storage (is )?full|quota|secure document|action required|(act|respond) (with)?in 24|will be (cancelled|canceled|deleted|deactivated|suspended)|account will be|bank details have changed|new bank details|(is|are) on hold until)
		(postfach|mailbox) .. (voll|gesperrt|läuft ab)
		(melden sie sich .. an|anmelden um|kontodaten|bankverbindung hat sich|passwort (läuft|abgelaufen)|handeln sie)
		(votre (boîte|messagerie|compte) .. (pleine|saturée|suspendu|bloqué|expire)|connectez-vous|mot de passe .. expire|coordonnées bancaires .. chang*)
		(uw (mailbox|account|postvak) .. (vol|geblokkeerd|verloopt)|log (hier )?in|wachtwoord .. verloopt|rekeningnummer is gewijzigd)
		(la (sua|tua|vostra) (casella|mailbox) .. (piena|sospesa)|acceda (qui|subito)|password .. scad*|nuovo iban)
		(click here|click the link|click below|verify your|confirm your (address|adress|account|identity)|pay now|unpaid .. fee|handling fee|within 24 hours|in 24h|account (is |has been )?(suspended|locked)|customs (fee|duty|duties)|release your (parcel|package)|on hold since|password (expires|will expire)|won a|prize|bitcoin)
		(hier klicken|klicken sie|jetzt (be)?zahlen|konto .. gesperrt|binnen 24 stunden|innerhalb von 24 stunden|zollgebühr*|bestätigen sie ihre (daten|adresse|identität)|verifizieren)
		(cliquer ici|cliquez|payer maintenant|cliquer ici pour payer|sous 24 ?(h|heures)|frais de douane|compte .. suspendu|confirmez (votre|vos)|nouveau rib)
		(klik hier|nu betalen|betaal nu|binnen 24 uur|invoerrechten|douanekosten|account .. geblokkeerd|bevestig uw)
		(clicca qui|clicchi qui|paga ora|paghi ora|entro 24 ore|diritti doganali|sblocc*|conto .. sospeso|confermi i suoi dati|confermare i dati)
	`)
	// bills sends an invoice, payTerms says when it is to be paid. Who sends the
	// invoice of a broken thing says the first alone.
	bills = newSayings(`
		(find|attached|enclosed|here is) .. (our|my|this month's|monthly) .. (invoice|bill|statement)
		(our|my) (invoice|bill)
		(anbei|beigefügt|anliegend|im anhang) .. (rechnung|abrechnung)
		(unsere|meine) (rechnung|abrechnung)
		(notre|nos) .. (facture*|relevé)
		(bijgaand|hierbij|in bijlage|bijgevoegd|onze) .. factuur
		(nostra|nostre) .. fattur*
	`)
	payTerms = newSayings(`
		(pay|payable|payment|bank transfer) .. (within|due|net|terms|by|to)
		(zahlbar|zahlung|begleichen|überweis*|zahlungsziel|skonto) .. (innerhalb|binnen|netto|bis|auf|tage*|abzug)
		(règlement|paiement|payable|régler|virement) .. (à|sous|jours|réception|net)
		(betalen|betaling|overmaken|te voldoen) .. (binnen|op|dagen|naar)
		(pagamento|pagare|bonifico|scadenza) .. (entro|giorni|a|su|vista)
	`)
	// offers would sell us something, or invites.
	offers = newSayings(`
		(best price|best prices|höchstpreise*|bestpreis*|meilleur prix|meilleurs prix|beste prijs*|scherpe prijs*|miglior prezzo|migliori prezzi)
		(interested|interesse|intéressé*|interessiert|geïnteresseerd|interessat*)
		(we|i) (are|am) .. (manufacturer|supplier|factory|wholesaler|agency|recruiter)
		(our|your) (purchasing|procurement|buying|marketing) (dept|department|team|manager)
		(we|i) (offer|provide|supply|specialise|specialize|buy|purchase) .. (used|services|service|prices|parts|solutions|quality|surplus|stock)
		(would you be|are you) interested in
		(satisfaction|customer|short|brief|quick|online|minute|reader|market) survey*
		(take|complete|fill in|fill out|answer|participate in|take part in) .. survey*
		(webinar|trade fair|exhibition|newsletter|unsubscribe|feedback form|black friday|promotion|partnership|cooperation|seo)
		(wir bieten|wir kaufen|wir liefern|wir sind (hersteller|anbieter|lieferant|spezialist*))
		(umfrage|newsletter|messe|webinar|gewinnspiel|abmelden|einladung|sonderangebot|wie zufrieden|rabattaktion|jetzt sichern)
		(nous (proposons|fabriquons|sommes fabricant*|rachetons|vendons|fournissons))
		(salon|webinaire|invitation|enquête de satisfaction|se désabonner|désinscri*|promotion|offre spéciale)
		(wij|we) (leveren|bieten|kopen .. op|zijn leverancier)
		(vrijblijvend|beurs|uitnodiging|nieuwsbrief|tevredenheidsonderzoek|afmelden|enquête)
		(siamo (produttori|fornitori|un'azienda)|offriamo|proponiamo|forniamo|produciamo)
		(fiera|invito|biglietto omaggio|newsletter|sondaggio|disiscri*|promozione)
	`)
	// tenders are the words of a tender, which stand in a mail about what was bought by
	// one, too; bids those of who asks several sellers for a bid.
	tenders = newSayings(`
		(invitation to tender|tender|tenders|procurement|framework (agreement|contract)|contracting authority)
		(ausschreibung*|vergabe*|leistungsverzeichnis|auftraggeberin)
		(appel d'offres|marchés? publics?|cahier des charges|dossier de consultation|mise en concurrence|accord-cadre|consulte|consultation)
		(aanbesteding*|bestek|raamovereenkomst|gunning)
		(gara|bando|capitolato|aggiudicazione|stazione appaltante|accordo quadro|indice)
	`)
	bids = newSayings(`
		(invitation to (bid|quote)|bids|bidders|rfp|rfq|itt|or (equal|equivalent))
		(submission|bid|closing|tender) (deadline|date)
		(bids|offers|quotations|proposals) .. (until|by|before|due)
		(angebotsabgabe|angebotsfrist|abgabefrist|oder gleichwertig*|bieter*|bietergemeinschaft)
		(abgabe|angebote|angebot|frist) .. bis (zum )?\d
		(remise des (plis|offres)|ou équivalent*|soumissionnaire*)
		(plis|offres) .. (avant|jusqu'au)
		(inschrijving*|of gelijkwaardig*|offerteaanvraag|inschrijver*|indienen)
		(o equivalent*|offerente|offerenti|manifestazione d'interesse)
		offerte .. (entro|scadenza)
	`)
	// doneThanks is a word of thanks for what is done.
	doneThanks = newSayings(`
		(just|only) .. (say|know|tell) .. (replacement*|everything|all|new) .. (arrived|works|working|running|up)
		(nur|kurz) .. (bescheid|sagen|mitteilen|melden) .. (ersatz*|austausch*|alles|neuen?) .. (läuft|angekommen|da|funktioniert|geklappt)
		(petit|juste|simplement) .. (mot|dire|informer|signaler) .. (remplacement*|tout|nouveaux?) .. (arrivé*|fonctionne|tourne|marche)
		(even|gewoon|ter info) .. (weten|melden|zeggen) .. (vervang*|nieuwe|alles) .. (aangekomen|draait|werkt|binnen)
		(solo|volevo) .. (dire|dirvi|avvisar*|far* sapere) .. (sostitu*|nuov*|tutto) .. (arrivat*|funziona*)
		(top|super|prima|snel|goed) geholpen
		(replacement|new one|it|phone|unit|everything|all) .. (works|working|running|runs) .. (fine|perfectly|treat|dream|again|well|great|charm)
		(replacement|repair|swap|new unit) .. (perfect|great|brilliant|super|excellent)
		(great|excellent|brilliant|fantastic|quick) (service|help|support|turnaround|job)
		(austauschgerät|ersatzgerät|ersatz|gerät|austausch|reparatur) .. (läuft|funktioniert|angekommen|geklappt|super|prima|einwandfrei)
		(vielen|herzlichen|besten|lieben|tausend) dank für .. (hilfe|unterstützung|abwicklung|bearbeitung|austausch|reparatur|ersatz|service|lieferung)
		(danke|dankeschön) für .. (hilfe|unterstützung|abwicklung|bearbeitung|austausch|reparatur|ersatz|service)
		(petit mot|vous|te) .. remercier
		(remplacement|échange|réparation|nouveau|nouvelle) .. (arrivé*|fonctionne|marche|parfait*|impeccable|nickel|reçu*)
		(merci|remerci*) (beaucoup |encore |infiniment )?pour .. (remplacement|réparation|échange|aide|rapidité|réactivité|efficacité|service|intervention)
		tout (remarche|refonctionne|fonctionne)
		(bedankt|dank|dankjewel|dank u|dank je) (wel )?voor .. (hulp|service|afhandeling|omruiling|vervanging|reparatie|herstelling)
		(vervang*|nieuwe|toestel|herstelling) .. (aangekomen|werkt|werken) .. (perfect|prima|goed|uitstekend|als een)
		(grazie|ringrazi*) .. per .. (sostituzione|riparazione|aiuto|assistenza|rapidità|velocità|disponibilità|servizio)
		(sostitu*|nuovo|riparato) .. (arrivat*|funziona) .. (perfett*|benissimo|bene)
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

// grateful is a word of thanks, goodNews what it is for.
var (
	grateful = newSayings(`
		(lovely|great|brilliant|excellent|top|superb|quick) (service|job|work|stuff)
		(all good|hats off|spot on|much appreciated|appreciate it|good job|happy)
		(top|klasse|super|spitze|prima|toll|perfekt|hervorragend)
		(impeccable|nickel|chapeau|génial|parfait)
		(chapeau|prachtig|fantastisch)
		(ottimo|perfetto|impeccabil*|bravissim*|tutto bene|eccellente)
		(thank*|cheers|great job|well done|kudos|compliment*)
		(danke*|dank|lob|kompliment)
		(merci|remerci*|bravo|félicitations)
		(bedankt|dank*|dankjewel|complimenten)
		(grazie|ringrazi*|compliment*|bravi)
	`)
	goodNews = newSayings(`
		(swapped|exchanged|replaced|repaired|mended|fixed|new|replacement) .. (is|are|hangs|rings|works|runs|sits|does|back) .. (wall|desk|place|service|rings|again|up|running|fine|line|air|well|stable)
		(getauschte*|ausgetauschte*|reparierte*|neue*|ersetzte*|instandgesetzte*) .. (hängt|klingelt|läuft|steht|funktioniert|tut|sind|ist) .. (wieder|wand|dran|platz|betrieb|super|prima|einwandfrei|stabil)
		(échangé*|réparé*|remplacé*|nouveau|nouvelle|neuf) .. (est|sont|sonne|marche|tourne|fonctionne|refonctionne) .. (mur|place|service|sonne|nouveau|bien|bonheur|ligne|parfait*)
		(geruilde|omgeruilde|herstelde|vervangen|gerepareerde|nieuwe) .. (hangt|rinkelt|werkt|draait|staat|doet|zijn|is) .. (weer|terug|muur|plaats|het|prima|perfect|stabiel)
		(sostituit*|riparat*|cambiat*|nuov*) .. (è|sono|squilla|funziona|va|gira) .. (muro|posto|servizio|squilla|bene|meraviglia|linea|perfett*|nuovo)
		(arrived|received|got|replaced|repaired|fixed|new|replacement|it|all|everything) .. (works|working|perfect*|fine|well|again|running)
		(arrived|received|replaced|repaired|fixed) .. (safely|today|yesterday|days|quickly|fast)
		(läuft|funktioniert|angekommen|eingetroffen|geklappt|getauscht worden|repariert worden)
		(bien reçu|bien arrivé*|fonctionne|marche|remarche|réparé*|remplacé*) .. (merveille|bien|parfait*|impeccable*|nickel|hier|jours|nouveau)
		(goed ontvangen|goed aangekomen|werkt|doet het weer|gerepareerd) .. (perfect|prima|goed|weer|uitstekend|gekregen|snel)
		(arrivat*|ricevut*|sostituit*|riparat*|funziona) .. (giorni|ieri|oggi|bene|benissimo|perfettamente|perfett*|velocità|subito)
	`)
)

// asking tells a text with a question in it.
func asking(text string) bool { return strings.Contains(text, "?") || wantsToKnow.in(text) }

var wantsToKnow = newSayings(`(know|wondering|wissen|frage|savoir|weten|vraag|sapere|domanda)`)

// offering tells a mail that would sell us something. One that speaks of a fault
// must say so more than once: people repair things in trade fairs, too.
func offering(text string, faulty bool) bool {
	n := len(offers.all(text))
	return n > 1 || n == 1 && !faulty && !mine.in(text)
}

// noReturn names the sort of a person's mail that is no return, "" for one that
// may be. named tells a unit by its number, f what was read so far.
func noReturn(text string, named, faulty bool, f *Facts) string {
	wrong := f.Reason == "order_error" || f.Reason == "delivery_error"
	if wrong && !named && (selling.in(text) || buys.in(text) || buysMore.in(text)) && asking(text) && supposedWrong(text) {
		return "asks for a price or goods, and puts the case of a return"
	}
	faulty = faulty && (named || !supposed(sound.blanked(text), fault))
	back := wrong && (takeBack.in(text) || wantsHelp.in(text))
	switch {
	case wantsWork.in(text):
		return "asks for work"
	case !named && !wrong && asking(text) && studies.in(text) && !claims(text):
		return "asks for a study"
	case dealing(text), !named && !wrong && carting(text):
		return "would buy used goods"
	case !named && !faulty && !wrong && wantsPapers.in(text) && !returning.in(text) && !repairing.in(text) && !asksReturn.in(text):
		return "asks for a paper"
	case asking(text) && asksTerms.in(text) && (notYet.in(text) || keepsGoods.in(text) && !supposedFault(text)):
		return "asks about terms, and returns nothing yet"
	case named && faulty:
		return "" // a unit and what is wrong with it: whatever else is said
	case len(scams.all(text)) >= 2, scams.in(text) && duns.in(text):
		return "reads like a fraud"
	case len(f.Units) == 0 && (!faulty && duns.in(text) || bills.in(text) && payTerms.in(text)):
		return "asks for a payment"
	case !named && !wrong && bids.in(text) && len(bids.all(text))+len(tenders.all(text)) >= 2:
		return "asks for bids"
	case !named && !back && offering(text, faulty) && !(faulty && claims(text)), !named && !hasReferences(f.References) && pitching(text):
		return "offers something"
	case keepsGoods.in(text) && (asksTerms.in(text) || buys.in(text) || selling.in(text) || !named && !wrong && asking(text) && !wantsReturn.in(text) && !supposedFault(text)) && !asksReturn.in(text):
		return "asks, and wants nothing taken back"
	case faulty:
		return ""
	case !named && !wrong && nothingBroken.in(text):
		return "says that nothing is broken"
	case !named && asking(text) && borrows.in(text) && (!wrong || supposedWrong(text)):
		return "asks for a loan"
	case !named && !wrong && asking(text) && attends.in(text):
		return "asks for a course"
	}
	if wrong && len(f.Units) > 0 && returning.in(text) {
		return ""
	}
	return noFault(text, named, wrong, back)
}

// supposedWrong tells a text that speaks of a wrong order or delivery only to put a case.
func supposedWrong(text string) bool {
	r := reasonOf(withoutCase(text))
	return r != "order_error" && r != "delivery_error"
}

// supposedFault tells a text that speaks of a fault that is there.
func supposedFault(text string) bool {
	text = sound.blanked(keepsGoods.blanked(text))
	return fault.in(text) && !supposed(text, fault)
}

// supposed tells a text in which each of the words for a fault stands in a question
// or behind an "if": nothing is broken yet.
func supposed(text string, words *phrase) bool {
	found := false
	for _, s := range sentencesOf(text) {
		at, end, ok := words.find(s, 0)
		if !ok {
			continue
		}
		found = true
		if !ifWord.in(s[:at]) && !generally.in(s) && !(strings.HasSuffix(s, "?") && !mine.in(s) && !thenAsks(s[end:])) {
			return false
		}
	}
	return found
}

// thenAsks tells words behind a fault that ask what to do about it: "one is deaf, do you
// swap it?".
func thenAsks(behind string) bool {
	_, rest, ok := strings.Cut(behind, ",")
	return ok && (wantsHelp.in(rest) || asksSwap.in(rest) || asksWay.in(rest))
}

// withoutCase gives the text without the questions that only put a case.
func withoutCase(text string) string {
	var out []string
	for _, s := range sentencesOf(text) {
		if !ifWord.in(s) || !strings.HasSuffix(s, "?") {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

var (
	// ifWord puts a case.
	ifWord = newSayings(`
		(if|in case|should|when|suppose|what happens)
		(wenn|falls|sollte|sollten|im falle|was passiert)
		(si|s'il|s'ils|s'elle|au cas où|en cas de|quand|lorsqu'*)
		(als|indien|mocht|mochten|wanneer|stel dat|in geval)
		(se|qualora|nel caso|in caso|quando|caso mai)
	`)
	// generally speaks of things that are nobody's.
	generally = newSayings(`
		(faulty|defective|broken|dead) (equipment|kit|gear|stock|goods|devices|units|phones)
		(defekte|kaputte) (geräte|ware|telefone|technik)
		(matériel*|appareils|équipements|postes) (défectueux|en panne|hs)
		(defecte|kapotte) (apparatuur|toestellen|apparaten|spullen|goederen)
		(apparati|apparecchi|prodotti|dispositivi|telefoni) (guasti|difettosi|rotti)
	`)
)

// studies asks for figures or material to learn or write with.
var studies = newSayings(`
	(thesis|dissertation|term paper|our study|a study|research project|school project|an article|our magazine|our training|fault tree)
	(masterarbeit|bachelorarbeit|diplomarbeit|hausarbeit|abschlussarbeit|studienarbeit|forschungsprojekt|schulprojekt|fachartikel|für unsere ausbildung)
	((un|mon|notre|son) mémoire|mémoire de (fin|master|licence)|une thèse|ma thèse|projet de recherche|un article sur|notre revue|pour notre formation)
	(scriptie|thesis|eindwerk|afstudeer*|onderzoeksproject|schoolproject|een artikel over|voor onze opleiding)
	((la|una|mia|nostra) tesi|tesina|progetto di ricerca|un articolo su*|per la nostra formazione)
`)

// noFault is noReturn, of a mail that has no plain word for a fault.
func noFault(text string, named, wrong, back bool) string {
	broken := troubled(doneThanks.blanked(text)) && (named || !supposed(text, trouble))
	switch {
	case !broken && (doneThanks.in(text) || !wrong && grateful.in(text) && goodNews.in(text)):
		return "says thanks"
	case asksTerms.in(text) && asking(text) && !(named && takeBack.in(text)) && !asksReturn.in(asksTerms.blanked(text)) && !wrong && !broken:
		return "asks about terms"
	case back:
		return ""
	case selling.in(text), buys.in(text), !broken && buysMore.in(text):
		return "asks for a price or goods"
	}
	return ""
}
