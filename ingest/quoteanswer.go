package ingest

import (
	"strings"
)

// The words of an answer to a quote. Each table says one thing, in the five
// languages.
var (
	// quoteWords name a quote, or what one is about.
	quoteWords = newSayings(`
		(quote|quotes|quoted|quotation|estimate|repair cost*|repair price|repair charge*|repair fee*|cost of (the )?repair)
		(kostenvoranschlag*|voranschlag*|kva*|kv-*|kv|angebot*|reparaturangebot*|reparaturkosten)
		devis
		(offerte*|prijsopgave*|bestek|reparatiekosten|herstelkosten|geoffreerd*|kostenraming)
		preventiv*
	`)
	// takesQuote accepts and names what.
	takesQuote = newSayings(`
		// en
		(we|i) (hereby |do |fully |gladly |happily )?(accept|approve|agree to|agree with|confirm|authorise|authorize) .. (quote|quotation|estimate|price|cost|costs|repair|offer)
		(quote|quotation|estimate|offer|repair|price) (is |are |has been |was )?(hereby )?(accepted|approved|agreed|confirmed|authorised|authorized)
		(accepted|approved|agreed) (as quoted|per quote|the quote|the estimate)
		happy (with|to accept|to go ahead with) .. (quote|quotation|estimate|price|repair)
		// de
		(nehmen|nehme) .. (angebot|kostenvoranschlag|kva|kv|voranschlag*) .. an
		akzeptier* .. (angebot|kostenvoranschlag|kva|kv|preis|kosten)
		(angebot|kostenvoranschlag|kva|kv|voranschlag*) .. (nehmen wir|nehme ich) .. an
		(angebot|kostenvoranschlag|kva|kv|voranschlag*) .. (akzeptieren|akzeptiere|bestätigen|bestätige|genehmigen|genehmige) (wir|ich)
		(angebot|kostenvoranschlag|kva|kv|reparatur|kosten) .. (angenommen|freigegeben|genehmigt|akzeptiert|bestätigt|beauftragt)
		(genehmigen|genehmige|bestätigen|bestätige|beauftragen|beauftrage|geben|gebe) .. (angebot|kostenvoranschlag|kva|kv|reparatur)( frei)?
		(freigabe|reparaturfreigabe) (ist |wird |hiermit |hiermit ist )?(erteilt|gegeben)
		(erteilen|erteile|geben|gebe) .. (freigabe|reparaturfreigabe|reparaturauftrag|auftrag zur reparatur|auftrag für die reparatur)
		(mit|dem) .. (angebot|kostenvoranschlag|kva|kv|preis|reparatur|kosten) .. einverstanden
		einverstanden mit .. (angebot|kostenvoranschlag|kva|kv|preis|reparatur|kosten)
		// fr
		(nous acceptons|j'accepte|on accepte|j'approuve|nous approuvons|je valide|nous validons|on valide|je confirme|nous confirmons) .. (devis|réparation|montant|prix|tarif)
		(accord|ok) (pour|sur) .. (devis|réparation|montant|prix)
		devis .. (accepté|validé|approuvé|signé)
		bon pour accord
		(ci-joint|voici) (le |notre |votre )?devis signé
		// nl
		(wij|we|ik) (gaan|ga) (hierbij |hiermee )?akkoord met .. (offerte|prijsopgave|bestek|herstelling|reparatie|prijs|bedrag|kosten)
		akkoord (met|voor|op) .. (offerte|prijsopgave|bestek|herstelling|reparatie|prijs|bedrag|kosten)
		(offerte|prijsopgave|bestek|reparatie|herstelling) .. (goedgekeurd|akkoord|aanvaard|geaccepteerd)
		(aanvaard|aanvaarden|accepteer|accepteren|goedkeuren) .. (offerte|prijsopgave|bestek|reparatie|herstelling)
		// it
		(accettiamo|accetto|approviamo|approvo|confermiamo|confermo|autorizziamo|autorizzo) .. (preventivo|riparazione|offerta|costo|prezzo|importo)
		(preventivo|riparazione|offerta) .. (accettato|accettata|approvato|approvata|confermato|confermata|autorizzata|autorizzato)
		(ok|va bene|d'accordo) (per |con )?(il |la |al |col )?(vostro )?(preventivo|riparazione)
		per accettazione del preventivo
	`)
	// ordersRepair asks for the repair that a quote offered.
	ordersRepair = newSayings(`
		// en
		please (do |go ahead and |just )?(repair|fix|mend)
		(go ahead|proceed|carry on) (with|and) .. (repair|repairs|fix|it)
		(carry out|do|start|perform) the (repair|repairs)
		// de
		bitte .. (reparieren|instandsetzen)
		bitte richten (und|lassen)
		(reparatur|instandsetzung) .. (durchführen|ausführen|starten|machen)
		(reparieren|repariert) (sie |ihr )?(bitte|es|das)
		// fr
		(vous pouvez|merci de|veuillez|pouvez) (donc )?(procéder|lancer|effectuer|réaliser|faire|démarrer) .. (réparation|réparations|travaux)
		(vous pouvez|merci de|veuillez) (le |la |les |nous le )?réparer
		(lancez|procédez|faites) .. (réparation|réparations)
		réparez( (le|la|les))?
		// nl
		(mag|mogen|gelieve|graag|wil|willen) .. (herstellen|repareren|hersteld worden|gerepareerd worden|reparatie uitvoeren)
		(herstel|repareer|repareren|herstellen) maar
		(voer|start) .. (reparatie|herstelling) .. uit
		(reparatie|herstelling) (mag|kan) .. (door|uitgevoerd|starten)
		// it
		(procedete|procedi|proceda|procedere|proceda) .. riparazione
		(riparate|riparatelo|riparateli|riparatela|potete ripararlo|potete riparare)
		(fate|eseguite|effettuate) .. riparazione
	`)
	// goesAhead says yes and that it is to be done, without saying what.
	goesAhead = newSayings(`
		(please )?(go ahead|proceed|carry on)
		(yes|ok|okay),? (please )?(do|do it|do so)
		(fine|ok|okay|good|alright) (with|by|for) (us|me)
		(ja|ok|okay|gut|passt),? (bitte |gerne )?(machen|richten|reparieren|instandsetzen|herrichten) lassen
		(yes|ok|okay|fine),? (please )?(go ahead|proceed|carry on|get it done|have it done)
		(oui|ok),? (on y va|allez-y|faites|faites-le|lancez|on part (sur|là-dessus))
		(ja|ok|oké|goed),? (laat maar (doen|herstellen|repareren)|doe maar|ga maar)
		(sì|ok|bene|va bene),? (fate pure|fate|procedete|andate)
		(ja|ok|okay|passt),? (bitte |gerne )?(so )?(machen|umsetzen|durchführen|loslegen|ausführen)
		(bitte|so) (so )?(machen|umsetzen|durchführen|ausführen)
		(passt|geht) (so |für uns |in ordnung)
		geht in ordnung
		(allez-y|vous pouvez y aller|c'est bon pour (nous|moi)|ok pour (nous|moi)|feu vert|c'est ok)
		(doe maar|ga je gang|ga maar door|gaat uw gang|ga maar verder|voer maar uit|is goed|prima zo|gaan jullie maar door)
		(procedete|procedete pure|procedi pure|proceda pure|andate pure avanti|andate avanti|va bene così|fate pure|per noi va bene|per me va bene)
		(geben|gebe) .. frei
	`)
	// saysYes counts when it is all that the mail says.
	saysYes = newSayings(`
		(yes|yes please|ok|okay|agreed|accepted|approved|confirmed|i accept|we accept|i agree|we agree)
		(ja|ja bitte|ja gerne|einverstanden|genehmigt|freigegeben|akzeptiert|angenommen|wir sind einverstanden|ich bin einverstanden|bin einverstanden|wir nehmen an)
		(oui|d'accord|entendu|accepté|j'accepte|nous acceptons|c'est d'accord|on accepte|validé)
		(akkoord|oké|ik ga akkoord|wij gaan akkoord|we gaan akkoord|geaccepteerd|goedgekeurd|mee eens|ga akkoord|is akkoord)
		(sì|si|accetto|accettiamo|d'accordo|va bene|confermo|confermiamo|approvato|accettato)
	`)
	// refusesQuote declines and leaves no doubt.
	refusesQuote = newSayings(`
		// en
		(won't|will not|not) (be )?(taking|take) (you )?up .. (offer|quote|quotation|estimate)
		(we|i|they|customer) (do not|don't|cannot|can't|won't|will not|would not|does not|doesn't) (want to |wish to |intend to |be able to )?(accept|agree|approve|go ahead|proceed|repair|have it repaired|want the repair|want it repaired|going ahead)
		(we|i|they) (hereby |must |have to |would like to |will )?(decline|reject|refuse|turn down)
		(customer|client|they) (has |have )?(declined|rejected|refused|turned)
		(please )?(do not|don't) (repair|proceed|go ahead|carry out|bother)
		(quote|quotation|estimate|repair) (is |was |has been )?(declined|rejected|refused|not accepted|not approved)
		not (going ahead|proceeding|going to go ahead|accepting|accepted|approved)
		(please )?(scrap|dispose of|recycle|bin|destroy) (it|them|the|this)
		(return|send) .. (unrepaired|as it is|as is|without repair)
		no (thanks|thank you|repair)
		// de
		(gehen|gehe) .. nicht (weiter )?(auf|drauf|darauf) .. (ein|angebot|kostenvoranschlag|kva)
		(lehnen|lehne) .. ab
		(angebot|kostenvoranschlag|kva|kv|reparatur) .. (abgelehnt|nicht angenommen|nicht akzeptiert|nicht freigegeben|nicht gewünscht)
		(nehmen|nehme) .. nicht an
		nicht (mehr )?(reparieren|instandsetzen|repariert werden)
		keine reparatur
		(verzichten|verzichte) .. (reparatur|instandsetzung)
		bitte .. (entsorgen|verschrotten)
		(entsorgen|verschrotten) (sie|bitte)
		unrepariert .. (zurück*|zusenden|schicken)
		nein,? danke
		nicht einverstanden
		// fr
		ne (retenons|retiens|retenez) pas .. (devis|offre|proposition)
		ne (donnons|donne|donnerons|donnerai) pas suite
		(sans suite|pas donner suite)
		(nous refusons|je refuse|on refuse|nous déclinons|je décline|refusons le)
		n'accept* pas
		devis .. (refusé|décliné|non accepté)
		ne (souhait*|voul*|veut|veux|désir*) pas .. (répar*|donner suite|accepter)
		ne pas (réparer|procéder|lancer|donner suite)
		(vous pouvez|merci de|veuillez) (le |la |les |l')?(recycler|détruire|jeter|mettre au (recyclage|rebut))
		(recycler|détruire|jeter|recyclez|jetez) (celle-ci|celui-ci|ceux-ci|l'appareil|le poste|le matériel)
		non,? merci
		pas de réparation
		(renvoyer|retourner|renvoyez|retournez) .. (en l'état|sans réparation|non réparé)
		// nl
		(gaan|ga|gaat) .. niet (verder )?(in )?op .. (offerte|prijsopgave|aanbod|voorstel|bestek)
		(gaan|ga|gaat) (dus |hier |er |dan )*niet (op )?in op
		ongerepareerd .. (meesturen|terugsturen|teruggeven|meegeven)
		niet akkoord
		(gaan|ga|gaat) .. niet akkoord
		laat maar( zitten)?
		(offerte|prijsopgave|bestek|reparatie|herstelling) .. (geweigerd|afgewezen|niet goedgekeurd|afgekeurd|niet nodig)
		(niet|geen) (laten |te )?(herstellen|repareren|herstelling|reparatie)
		(wijzen|wijs|slaan|sla) .. (af|over)
		(weigeren|weiger) .. (offerte|prijsopgave|bestek|reparatie|herstelling)
		gooi .. weg
		(mag|mogen|kan) .. (weg|weggegooid|gerecycleerd|gerecycled|afgevoerd|vernietigd)( worden)?
		zien (we |wij )?(er )?van af
		(nee|neen),? (bedankt|dank je|dank u)
		ongerepareerd (terug|retour)
		// it
		non (se ne fa|ne facciamo|facciamo) (niente|nulla)
		(non accettiamo|non accetto|rifiutiamo|rifiuto|decliniamo|declino)
		preventivo .. (rifiutato|non accettato|respinto)
		non (procedete|procedere|proceda|riparate|riparatelo|vogliamo riparar*|intendiamo (procedere|riparare*|accettare))
		(rottamate*|rottamatelo|smaltite*|smaltitelo|buttatelo|buttate*)
		(potete|può|puoi) (smaltirlo|smaltire|rottamarlo|buttarlo)
		lasci(ate|a|amo) (stare|perdere)
		no,? grazie
		senza (ripararlo|riparazione)
		non (conviene|vale la pena)
	`)
	// tooMuch complains of the price: it declines where the goods are then sent
	// back, or another is bought.
	tooMuch = newSayings(`
		(too (much|expensive|high|dear|pricey)|not worth (it|the|that)|not economical|uneconomical)
		(zu (teuer|viel|hoch)|lohnt (sich )?(das |es )?(für uns |sich |dann )?nicht|nicht wirtschaftlich|unwirtschaftlich)
		(trop (cher|chère|élevé|élevée)|pas raisonnable|pas la peine|n'en vaut pas|ça n'a pas de sens|aucun intérêt)
		(te (duur|veel|hoog)|niet de moeite|niet rendabel|loont niet)
		(troppo (caro|cara|alto|elevato)|non (ne )?vale|costa troppo)
	`)
	sendsBack = newSayings(`
		((send|ship|return) (it|them|everything) back|return (it|them|the unit|the phone|the device))
		(zurückschicken|zurücksenden|zurücksendung|retournieren|schicken .. zurück|senden .. zurück)
		(renvoyer|renvoyez|retourner|retournez|nous le renvoyer|nous la renvoyer)
		(terugsturen|terugzenden|stuur .. terug|retourneren|retour)
		(rispedi*|restitui*|rimanda*|rendete*|rendere)
		(buy|get|order|purchase) (a |another )?(new|other|replacement)
		(kaufen|bestellen|nehmen|holen) .. neu*
		(neues|neue|neuen) .. (kaufen|bestellen|holen|nehmen)
		(racheter|rachetons|racheter une|en reprendre|achetons|acheter) .. (neuf|neuve|autre|une|un)
		(bestel|koop|kopen|bestellen) .. (nieuw*|ander*)
		(ne )?(prendo|compro|prendiamo|compriamo|compro) .. (nuov*|usat*|altr*)
	`)
	// conditions make an answer depend on something, or put it off.
	conditions = newByLanguage(`
		// en
		(if|unless|provided|providing|as long as|on condition|subject to|assuming|only|as soon as|once|until|before|first|in principle|not yet|let you know|get back to you|come back to you|think about|discuss|ask|check with|waiting for|would|could|might|perhaps|maybe|discount|cheaper|lower|otherwise|depends|depending)
		// de
		(wenn|falls|sofern|soweit|solange|vorausgesetzt|unter der (bedingung|voraussetzung)|nur|erst|sobald|bevor|bis|vorher|zuerst|zunächst|vorbehaltlich|grundsätzlich|prinzipiell|im prinzip|noch nicht|überleg*|rücksprache|melde* (mich|uns)|gebe* .. bescheid|abklären|klären|rabatt|nachlass|günstiger|billiger|würde*|könnte*|eventuell|vielleicht|ansonsten|sonst)
		// fr
		(si|à condition|sous réserve|sous condition|pourvu que|à moins|uniquement|seulement|dès que|avant|d'abord|une fois|tant que|en principe|pas encore|réfléchi*|reviens vers|revenons vers|reviendr*|tiens au courant|tiendr*|attend*|remise|geste commercial|moins cher|serait|serions|pourr*|peut-être|éventuellement|sinon|selon)
		// nl
		(mits|indien|als|tenzij|zolang|op voorwaarde|enkel|alleen|slechts|zodra|voordat|voor zover|eerst|in principe|nog niet|overleg*|nadenken|laat .. weten|hoor je|horen jullie|kom .. terug|wacht*|korting|goedkoper|zou|zouden|zou kunnen|misschien|eventueel|anders)
		// it
		(se|purché|a condizione|a patto|salvo|solo|soltanto|appena|prima|finché|una volta|in linea di massima|in principio|non ancora|ci penso|pensarci|faccio sapere|facciamo sapere|farò sapere|faremo sapere|devo sentire|dobbiamo sentire|(aspett*|attend*) .. (client*|conferma|risposta|ok|capo|titolare)|sconto|meno|scendete|sarebbe|potrebbe|potreste|vorremmo|forse|eventualmente|altrimenti)
	`)
	// polite conditions mean none.
	polite = newSayings(`
		if (you|there) .. (question*|problem*|need)
		(let|please let) (me|us) know (if|when|once)
		if (possible|you like|necessary|needed)
		(as soon as possible|once again|first thing)
		wenn (sie|ihr|es) .. (fragen|probleme)
		(falls|bei) .. (fragen|rückfragen)
		(wenn|falls|sofern) (möglich|nötig)
		(sobald|so bald|so schnell) (wie )?möglich
		si (besoin|possible|nécessaire|vous avez .. question*)
		(dès que possible|avant tout|s'il vous plaît)
		(als|indien|zodra) (mogelijk|nodig|dat kan)
		(als|indien|mocht) .. vragen
		zo snel mogelijk
		se (possibile|necessario|serve|avete domande|avete bisogno|ci sono (problemi|domande))
		(prima possibile|appena possibile|quanto prima)
	`)
	// reasons tell why, and bind nothing: "else the whole rack must be rebuilt".
	reasons = newSayings(`
		(auch wenn|obwohl|sonst (müssen|müsste|müssten|muss|steht|stehen|schickt|geht|fehlt))
		(even if|even though|although it|otherwise (we|i|the|our))
		(même si|bien que|sinon (on|nous|je|la|le))
		(ook al|hoewel|anders (moeten|moet|staat|staan|stuurt|gaat))
		(anche se|benché|altrimenti (dobbiamo|devo|la|il|ci))
		if (you|they) (find|see|spot|discover) (anything|something) (else|more|further) .. (ring|call|phone|tell|ask|contact|let) (me|us)( first| know| know first| before)?
		(wenn|falls|sollten|sollte) (sie|ihr|euch|ihnen) .. (noch|sonst|weiter*) .. (finden|findet|auffällt|auffallen) .. (anruf*|ruft|meld*|bescheid)
		si vous (trouvez|voyez) (autre chose|quelque chose d'autre|encore) .. (appel*|prévenez|dites|tenez)
		(als|mochten) (u|jullie) .. nog (iets|wat) .. (vindt|vinden|ziet|zien) .. (bel|belt|laat|meld)
		se (trovate|vedete) (altro|qualcos'altro|dell'altro) .. (chiamat*|avvisat*|sentit*|ditemi)
	`)
	// hurry wishes that it be soon.
	hurry = newSayings(`
		(if|could) you .. (could|can|manage|do) .. (by|before|this week|next week|soon|quickly|asap|end of)
		(sooner|faster|earlier|quicker) .. (better|great|good)
		(can|could|will|would) (it|that|they) .. (before|by) .. (christmas|easter|holidays|weekend|end of|monday|tuesday|wednesday|thursday|friday)
		(klappt|klappt's|klappts|schafft|reicht|geht|geht's|gehts|ginge|ginge's) .. (noch|auch|schon) (vor|bis) .. (weihnachten|ostern|ferien|wochenende|ende|montag|dienstag|mittwoch|donnerstag|freitag)
		(possible|faisable|jouable|passe) .. (avant|d'ici) .. (noël|pâques|vacances|week-end|fin|lundi|mardi|mercredi|jeudi|vendredi)
		(lukt|gaat|haal*|kan) (het|dat|je|jullie|we) .. (voor|tegen) .. (kerst|pasen|vakantie|weekend|eind|maandag|dinsdag|woensdag|donderdag|vrijdag)
		(riuscite|fate|possibile|si fa) .. (entro|prima di|per) .. (natale|pasqua|ferie|weekend|fine|lunedì|martedì|mercoledì|giovedì|venerdì)
		(wenn|falls) .. (bis|vor|diese woche|nächste woche|schnell|zügig|zeitnah|ende) .. (ginge|geht|klappt|klappen|schafft|schaffen|könnt*|möglich|hinbek*|wäre)
		je (schneller|eher|früher) .. (besser|lieber)
		si vous (pouvez|pouviez|pourriez) .. (avant|d'ici|vite|rapidement|cette semaine|la semaine)
		(plus vite|au plus vite|au plus tôt) .. mieux
		als (het|jullie|u) .. (voor|tegen|deze week|volgende week|snel|vlug|eind) .. (kan|kunnen|kunt|lukt|kon|konden)?
		hoe (sneller|eerder) hoe (beter|liever)
		se (riuscite|potete|ce la fate|riesce|può) .. (entro|prima|presto|in settimana|questa settimana|fine)
		(prima è|prima arriva|quanto prima) .. meglio
	`)
	// widens lets more be done than was offered, unasked: it takes nothing back.
	widens = newSayings(`
		(if|should) ... (also|too,?|as well,?|else,?|anything) ... (without asking|no need to (ask|check|ring|call)|just do (it|that|them) (too|as well))
		(wenn|falls|sollte|sollten) ... (auch|noch|sonst|zusätzlich) ... (ohne (rückfrage|nachfrage|rücksprache|zu fragen|nachzufragen|weitere rückfrage)|gleich mitmachen|einfach mitmachen)
		(si|s'il|s'ils) ... (aussi|également|autre chose) ... (sans (me |nous )?(demander|consulter|prévenir)|inutile de (me |nous )?(demander|rappeler))
		(als|indien|mocht|mochten) ... (ook|nog|iets anders) ... (zonder (het )?(te )?(vragen|overleg)|hoeft u niet te vragen|hoef je niet te vragen)
		(se|qualora|dovesse) ... (anche|altro|pure) ... (senza (chiedere|chiederci|chiedermi|avvisare|avvisarci|consultarci)|non serve chiedere)
	`)
	// objections take back what was said before them, in part at least.
	objections = newByLanguage(`
		// en
		(but|however|although|except|excluding|apart from)
		// de
		(aber|jedoch|allerdings|außer|ausgenommen|hingegen)
		// fr
		(mais|cependant|toutefois|sauf|hormis|excepté|par contre)
		// nl
		(echter|behalve|uitgezonderd|wel graag)
		maar (alleen|dan|wel|niet|als|eerst|enkel|wat|is|de|het|kan|kunnen|ik|we|wij|zou|voor|met|geen|graag|wanneer|hoe|dit|dat|onder|zonder)
		// it
		(ma|però|tranne|eccetto|invece|tuttavia)
	`)
	// parts tell that the units are answered one by one.
	parts = newByLanguage(`
		// en
		(line one|line two|first|second|third|other|others|rest|one of|two of|three of|both|former|latter|pos|pos.|position*|item*)
		// de
		(erste*|zweite*|dritte*|andere*|übrige*|rest|eine der|eines der|beide*|letzte*)
		// fr
		(premier*|première*|deuxième*|second*|troisième*|autre*|reste|l'autre|l'un|l'une)
		// nl
		(eerste|tweede|derde|andere|overige|rest|een van|beide)
		// it
		(prim(o|a|i)|second(o|a|i)|terz(o|a|i)|altr(o|a|i|e)|resto|entrambi)
	`)
	// refusal is a bare no.
	refusal = newSayings(`(no|nein|nee|neen|non|nicht|not|niet|pas|geen|kein*|nope)`)
)

// quoteAnswer reads the answer to a quote. What a forward says is another's.
func (r *reading) quoteAnswer(lang string) string {
	if r.parts.forward || fwPrefix.MatchString(r.msg.Subject) {
		return ""
	}
	if len(r.parts.text) > mostMeant {
		return "" // no answer is so long
	}
	return answerOf(plain(r.parts.text), r.subject+"\n"+cut(plain(r.parts.older), mostMeant), lang, inlineAnswers(plain(r.msg.Text)))
}

// answerBreak parts the sentences of a mail; an empty line parts them too.
var answerBreak = newPattern(`[.!?;]+(?:\s+|$)|\n\s*\n|\n\s*(?:[-*•>]|\d+[.)])\s*`)

// sentencesOf cuts a text into sentences, each in one line with its end mark.
func sentencesOf(text string) []string {
	var out []string
	from := 0
	add := func(s string) {
		if s = strings.Join(strings.Fields(s), " "); s != "" {
			out = append(out, s)
		}
	}
	for _, l := range answerBreak.FindAllStringIndex(text, -1) {
		add(text[from:l[1]])
		from = l[1]
	}
	add(text[from:])
	return out
}

// answerOf tells whether a quote is accepted or declined. It says so only
// beyond doubt: a condition, a question, an answer in parts or both at once is
// no answer. context is the subject and the mail that is answered; asked are the
// questions that were answered in line.
func answerOf(text, context, lang string, asked []inlineAnswer) string {
	text = quotedWords.ReplaceAllString(text, " ")
	quoted := quoteWords.in(context)
	if quoted || pricedRepair.in(context) {
		if a := answeredInLine(asked, lang); a != "" {
			return a
		}
	}
	if !quoted && (!quoteWords.in(text) || wantsQuote.in(text)) {
		return ""
	}
	sentences := withoutFurther(sentencesOf(text), lang)
	if declined(sentences, lang, quoted) {
		return "decline_quote"
	}
	if accepted(sentences, lang, quoted) {
		return "accept_quote"
	}
	return ""
}

// pricedRepair names what a repair costs, without a word for a quote.
var pricedRepair = newPhrase(`(?i)\b(?:repair|reparatur|instandsetzung|réparation|reparatie|herstel|riparazion)\pL*[^.!?]{0,120}(?:(?:£|€|\beur|\bgbp|\bchf)\s?\d|\d\s?(?:€|(?:eur|euros?|chf|gbp|pounds)\b))`)

// withoutFurther leaves out a matter that is added to an answer: another unit,
// and what is wrong with it. Where it speaks of the quote or its price again, it
// stays.
func withoutFurther(sentences []string, lang string) []string {
	for i, s := range sentences {
		if i == 0 || !oneMore.in(s) {
			continue
		}
		rest := strings.Join(sentences[i:], " ")
		if quoteWords.in(rest) || takesQuote.in(rest) || ordersRepair.in(rest) || refusesQuote.in(rest) || aboutPrice.in(rest) || postponed.in(rest) || tooMuch.in(rest) || conditions.in(lang, polite.blanked(rest)) {
			return sentences
		}
		if faulty(rest) || troubled(rest) {
			return sentences[:i]
		}
	}
	return sentences
}

// oneMore brings up another thing than was spoken of.
var oneMore = newSayings(`
	(another|one more|a further|a second|a new) (one|thing|matter|unit|phone|device|case|return|switch|router|headset|handset|gateway)
	(while (i'm|we're|i am|we are) at it|by the way|separately|on another note|different matter|also have|also got|new one|next one)
	(noch|auch) (ein|eine|einen|einer|eins|was|etwas) .. (anderes|weiteres|neues|defekt*|liegen*|liegt|gefunden|aufgetaucht|dazu|dazugekommen|gekommen|hier)
	(hier|dann|nun|jetzt) (ist|wäre|hätte|hätten|habe|haben|kommt|liegt) .. noch (ein|eine|einen)
	(bei der gelegenheit|nebenbei|übrigens|außerdem|davon unabhängig|anderes thema|neuer fall|ein weiteres|einen weiteren|eine weitere)
	(encore|aussi) (un|une) .. (autre|panne|poste|appareil|switch|borne|casque|téléphone)
	(au passage|par ailleurs|autre (chose|sujet|souci)|nouveau dossier|nouvelle demande|un (second|deuxième|autre)|une (seconde|deuxième|autre))
	(nog|ook) (een|eentje) .. (ander*|extra|defect*|toestel|stuk|liggen|erbij)
	(trouwens|overigens|los daarvan|nu een (nieuw|nieuwe|ander|andere)|nieuwe zaak|nieuw geval|een (tweede|nieuwe|ander|andere))
	(ancora|anche) (un|uno|una|un') .. (altr*|guast*|telefono|apparecchio|switch)
	(già che ci siamo|a proposito|a parte|altra (cosa|questione)|nuovo caso|nuova pratica|un (altro|secondo|nuovo)|un'altra|una (seconda|nuova))
`)

// wantsQuote tells who asks for a quote: he has none to answer.
var wantsQuote = newSayings(`
	(send|make|give|prepare|need|want|like|provide|request) .. (a|your) (repair )?(quote|quotation|estimate)
	(quote|quotation|estimate) (please|would do|is enough)
	(bitte|bitten|brauche|brauchen|möchte|möchten|erstellen|schicken|senden|machen|wünschen) .. (kostenvoranschlag|angebot|kva)
	(demand*|envoy*|établi*|voudr*|souhait*|fair*|besoin|merci de|prépar*) .. (un|d'un|le) devis
	un devis (suffit|svp|s'il)
	(graag|stuur*|maak|maken|willen|wil|vragen|vraag|ontvangen) .. (offerte|prijsopgave)
	offerte (graag|aub|a.u.b.)
	(chied*|richied*|vorr*|mand*|invi*|far*|fate|serv*|prepar*) .. (un|il vostro) preventivo
`)

// quotedWords is what stands in quotation marks: the words of another.
var quotedWords = newPattern(`["«][^"«»\n]{1,60}["»]`)

func accepted(sentences []string, lang string, quoted bool) bool {
	yes := -1
	for i, s := range sentences {
		says := acceptsIn(s, lang, quoted)
		limits := conditions.in(lang, reasons.blanked(polite.blanked(s))) || parts.in(lang, reasons.blanked(s))
		if !says && yes >= 0 && hurry.in(s) && !refuses(s) && !aboutPrice.in(s) && !quoteWords.in(s) {
			continue
		}
		if !says && yes >= 0 && widens.in(s) && !refuses(s) && !aboutPrice.in(s) && !hasDigit(s) {
			continue
		}
		if !says && strings.HasSuffix(s, "?") && asksBeside(s) {
			continue
		}
		switch {
		case strings.HasSuffix(s, "?"), refuses(s), leftBroken.in(s), limits && (says || !delivery.in(s)):
			return false
		case yes < 0 && says:
			yes = i
		case refusal.in(s) && !delivery.in(s) && yes < 0:
			return false
		}
	}
	if yes < 0 {
		return quoted && shortYes(sentences)
	}
	return yes+1 >= len(sentences) || !objects(sentences[yes+1], lang)
}

// leftBroken says of goods that they stay as they are: who says so may go ahead with
// their way back.
var leftBroken = newSayings(`
	(unrepaired|unmended|not repaired|without (a |the |any |being )?repair*)
	(unrepariert|nicht repariert|ohne reparatur)
	(non réparé*|pas réparé*|sans (la |être )?répar*|en l'état)
	(ongerepareerd|onhersteld|niet (gerepareerd|hersteld)|zonder (reparatie|herstelling))
	(non riparat*|senza (la )?ripar*)
	(proceed|go ahead|carry on) (with|and) .. (return|returning|send it back|sending|shipping|disposal|scrapping|recycling|cancellation)
	(procéd*|allez-y) .. (retour|renvoi|renvoyer|destruction|recyclage|annulation)
	(ga|gaat|doe|doet) .. (terugsturen|terugzending|retour|recyclage|annulatie)
	(proced*|andate avanti) .. (restituzione|rispedizione|rientro|smaltimento|annullamento)
	(fahren sie|fahrt|machen sie|macht) .. (rücksendung|rückversand|entsorgung|stornierung) .. (fort|weiter)
`)

// asksBeside tells a question that leaves an acceptance as it is: about the
// parcel, the invoice or the time, and not about the price.
func asksBeside(s string) bool {
	return (delivery.in(s) || whenReady.in(s)) && !aboutPrice.in(s) && !quoteWords.in(s) && !postponed.in(s)
}

var (
	whenReady = newSayings(`
		(when|how soon|how long) .. (ready|back|done|get|expect|take|take)
		wann .. (fertig|zurück|rechnen|erhalten|bekommen)
		wie lange .. (dauert|dauern)
		quand .. (prêt|prête|prêts|récupérer|recevoir|retour|recevrons)
		(dans combien de temps|quel délai|quels délais)
		wanneer .. (klaar|terug|verwachten|gereed)
		quando .. (pront*|riavr*|rientr*|arriv*)
		(reference|referenz|bestellnummer|référence|referentie|inkoopnummer|riferimento)
	`)
	// aboutPrice says that the question is about what was offered.
	aboutPrice = newSayings(`
		(price|prices|cost|costs|fee|fees|charge|charges|charged|extra|included|includes|including|free|warranty|vat|discount|eur|euro|euros|pounds)
		(preis*|kosten|kostet|gebühr*|berechn*|zusätzlich|inklusive|inkl|enthalten|kostenlos|garantie|mwst|rabatt)
		(prix|coût*|coûte*|frais|compris*|inclu*|gratuit*|supplément*|facturé*|tva|remise)
		(prijs|kost|kosten|inbegrepen|inclusief|incl|gratis|korting|btw|extra)
		(prezzo|costo|costi|costa|spese|compres*|inclus*|gratis|sconto|iva|garanzia)
	`)
)

// refuses tells a sentence that declines; "do not scrap it yet" does not.
func refuses(s string) bool {
	at, end, ok := refusesQuote.find(s, 0)
	if !ok {
		return false
	}
	const near = 14 // bytes, two short words
	before := tail(s[:at], near)
	before = before[strings.LastIndexAny(before, ",:")+1:] // another clause denies nothing here
	return !(negator.in(before) && !negator.in(s[at:end]))
}

var negator = newSayings(`(not|don't|never|nicht|pas|ne|niet|non|mai)`)

// delivery tells a sentence about the way of the goods or the invoice: what it
// restricts is not the answer.
var delivery = newSayings(`
	(deliver*|address*|invoice*|ship*|courier|pick*)
	(liefer*|rücklieferung*|anlieferung*|adresse*|rechnung*|abhol*|uhr|versand*|zustell*)
	(livr*|livraison*|adresse*|facture*|expédi*|enlèvement*|transporteur*|commande*)
	(lever*|afleveren|adres*|factuur*|verzend*|ophal*|bezorg*|meldingsnummer)
	(consegn*|indirizzo|fattura*|spedi*|corriere|ritir*|ordine)
`)

// objects tells a sentence that begins by taking something back.
func objects(s, lang string) bool {
	at, _, ok := objections.find(lang, s)
	return ok && at < 3
}

// acceptsIn tells a sentence that accepts. What comes behind the words may not
// take them back; what comes before them may complain.
func acceptsIn(s, lang string, quoted bool) bool {
	for _, l := range []struct {
		words *phrase
		ok    bool
	}{{takesQuote, true}, {ordersRepair, quoted}, {goesAhead, quoted}} {
		at, end, found := l.words.find(s, 0)
		if !found || !l.ok {
			continue
		}
		if refusal.in(s[:at]) && !resigned.in(s[:at]) {
			return false
		}
		if l.words == goesAhead && otherMatter.MatchString(s[end:]) && !quoteWords.in(s[end:]) {
			continue
		}
		return !objections.in(lang, s[at:])
	}
	return false
}

// resigned says no to any other way, and so yes.
var resigned = newSayings(`
	(no|not any|nothing) .. (choice|option|alternative)
	(keine|nichts) .. (wahl|andere wahl|anderes übrig)
	(pas|plus) .. choix
	geen (andere )?keus*
	non .. (scelta|alternativ*)
	no problem*
	kein problem
	pas de (problème|souci)
	geen probleem
	nessun problema
`)

// otherMatter is what a yes is about when it says so.
var otherMatter = newPattern(`(?i)^\s*(?:with|mit|avec|pour|met|con|for|für|voor|per|und|and|et|en|e) (?:the |der |dem |die |das |den |la |le |l'|de |het |il |lo )?(?:return|collection|pick|credit|rücksendung|abholung|gutschrift|retour|enlèvement|avoir|ophal|reso|ritiro|nota|replacement|austausch|échange|omruil|sostituzione|closing|closure)`)

// shortYes tells a mail that says yes and nothing else. A bare "ok, thanks" only
// says that the quote has come.
func shortYes(sentences []string) bool {
	const name = 3 // words of a signature that was left
	yes := false
	for _, s := range sentences {
		rest := strings.Trim(courtesy.blanked(s), " ,.!-")
		left := strings.Trim(saysYes.blanked(rest), " ,.!-")
		switch {
		case greetingLine.MatchString(s) && left != "":
			if _, after, ok := strings.Cut(s, ","); !ok || !shortYes([]string{after}) {
				continue
			}
			yes = true
		case left == "" && rest != "":
			yes = yes || rest == strings.TrimRight(s, " .!") || !bareOK.MatchString(rest)
		case left != "" && len(strings.Fields(left)) > name, left != "" && rest != left:
			return false
		}
	}
	return yes
}

var (
	bareOK   = newPattern(`(?i)^ok(?:ay|é)?$`)
	courtesy = newSayings(`
		(please|thanks|thank you|many thanks|kind regards|regards|best regards|cheers|ta)
		(bitte|danke|vielen dank|besten dank|gerne|gruß|viele grüße|mit freundlichen grüßen|mfg|lg|vg)
		(merci|merci beaucoup|cordialement|cdt|bien à vous|bonne journée|svp|s'il vous plaît)
		(bedankt|dank je|dank u|dank|graag|alvast bedankt|aub|mvg|groet|groeten|met vriendelijke groet)
		(grazie|grazie mille|saluti|cordiali saluti|per favore|prego)
	`)
)

var greetingLine = newPattern(`(?i)^(?:hi|hello|dear|hallo|guten|sehr geehrte|moin|servus|bonjour|bonsoir|dag|beste|goede|geachte|hoi|buongiorno|buonasera|gentile|salve|ciao|spett)\b[^.!?]{0,40}[,.!]?$`)

// declined tells that a quote is refused. A price that is called too high does
// so where the goods go back or a new one is bought.
func declined(sentences []string, lang string, quoted bool) bool {
	no, back := false, false
	for _, s := range sentences {
		bare := refusesQuote.blanked(s)
		switch {
		case takesQuote.in(bare), goesAhead.in(bare) && !tooMuch.in(s), ordersRepair.in(bare) && !sendsBack.in(bare), postponed.in(s):
			return false
		case refuses(s):
			if parts.in(lang, s) {
				return false
			}
			no = no || quoted || quoteWords.in(s)
		case tooMuch.in(s) && !strings.HasSuffix(s, "?") && !conditions.in(lang, polite.blanked(s)):
			back = true
		}
	}
	if back && quoted {
		for _, s := range sentences {
			no = no || sendsBack.in(s) && !strings.HasSuffix(s, "?")
		}
	}
	return no && !answersApart(sentences)
}

// postponed tells that the answer comes later, or hangs on a better price.
var postponed = newSayings(`
	(before|until|please wait|not sure|yet|let you know|get back to you|come back to you|not yet|think about|discount|cheaper|still discussing|unless|if you)
	(bevor|solange|melde* (mich|uns)|noch (nicht|kein*)|überlege*|rabatt|nachlass|günstiger|rücksprache|es sei denn|wenn (sie|ihr))
	(avant de|tant que|reviens vers|revenons vers|pas encore|attendons|j'attends|en attente|réfléchi*|remise|geste commercial|à moins|si vous)
	(voordat|zolang|wacht|wachten|laat .. weten|nog niet|nadenken|korting|overleg*|hoor je|tenzij|als (je|jullie|u))
	(prima di|finché|ancora|aspetto|aspettiamo|faccio sapere|facciamo sapere|farò sapere|non ancora|ci penso|sconto|a meno che|se (mi|ci|scendete|fate))
`)

// answersApart tells a yes and a no for different units.
func answersApart(sentences []string) bool {
	yes, no := false, false
	for _, s := range sentences {
		y, n := bareYes.in(s), bareNo.in(s)
		yes, no = yes || y, no || n
	}
	return yes && no
}

var (
	bareYes = newSayings(`(yes|ja|oui|sì|ok|akkoord|d'accord|einverstanden)`)
	bareNo  = newSayings(`(no|nein|nee|neen|non)`)
)

// inlineAnswer is an answer that stands right below a question that it quotes.
type inlineAnswer struct{ question, answer string }

// inlineAnswers gives the answers that were written between the lines of the
// mail that is answered; nil where only one stands below it all.
func inlineAnswers(text string) []inlineAnswer {
	var out []inlineAnswer
	var question, answer []string
	flush := func() {
		if len(question) > 0 && len(answer) > 0 {
			out = append(out, inlineAnswer{lastSentence(question), strings.Join(answer, " ")})
		}
		if len(answer) > 0 {
			question, answer = nil, nil
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		t := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(t, ">"):
			if len(answer) > 0 {
				flush()
			}
			question = append(question, strings.TrimLeft(t, "> "))
		case t != "" && len(question) > 0:
			answer = append(answer, t)
		}
	}
	flush()
	if len(out) < 2 {
		return nil
	}
	return out
}

// lastSentence is what was asked last. "Please answer yes or no" asks nothing of
// itself.
func lastSentence(lines []string) string {
	all := sentencesOf(strings.Join(lines, "\n"))
	if n := len(all); n > 1 && bareYes.in(all[n-1]) && bareNo.in(all[n-1]) && strings.HasSuffix(all[n-2], "?") {
		all = all[:n-1]
	}
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// answeredInLine tells the answer to the question for the repair, where it
// stands below that question and is as plain as it.
func answeredInLine(asked []inlineAnswer, lang string) string {
	for _, a := range asked {
		first := sentencesOf(a.answer)
		if len(first) == 0 || !strings.HasSuffix(a.question, "?") || !aboutRepair.in(a.question) {
			continue
		}
		s := first[0]
		inverse := aboutRefusal.in(a.question)
		yes := (bareYes.in(s) || goesAhead.in(s) || ordersRepair.in(s) || takesQuote.in(s)) && !refusal.in(s)
		no := bareNo.in(s) || refusesQuote.in(s)
		if strings.HasSuffix(s, "?") || conditions.in(lang, polite.blanked(a.answer)) || objections.in(lang, a.answer) || parts.in(lang, a.answer) {
			return ""
		}
		switch {
		case yes && !no && !inverse && !aboutMore.in(a.question):
			return "accept_quote"
		case no && !yes && !inverse, yes && !no && inverse:
			return "decline_quote"
		}
	}
	return ""
}

var (
	aboutRepair = newSayings(`
		(repair*|quote*|quotation|estimate|proceed|go ahead|carry (it|this) out|accept*|decline)
		(reparatur*|reparieren|kostenvoranschlag*|angebot*|einverstanden|ablehnen|annehmen|durchführen|beauftragen|freigeben|(sie|es) machen)
		(répar*|devis|accept*|accord|refus*|lancer|procéder|l'effectuer)
		(repar*|herstel*|offerte|prijsopgave|bestek|akkoord|weiger*|uitvoeren|doorgaan|verdergaan)
		(ripar*|preventivo|accett*|procedere|procediamo|eseguirla|rifiut*)
	`)
	aboutRefusal = newSayings(`
		(decline|refuse|unrepaired|scrap|dispose)
		(ablehnen|unrepariert|entsorgen|verschrotten)
		(refus*|non réparé|en l'état|recycl*|détrui*)
		(weiger*|ongerepareerd|weggooien|recycleren)
		(rifiut*|smaltire|rottamare|non riparato)
	`)
	aboutMore = newSayings(`
		(address|invoice|or|oder|ou|of|o|adresse|adres|indirizzo|rechnung|facture|factuur|fattura)
	`)
)
