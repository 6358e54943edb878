package ingest

// The words that tell why goods come back where nobody calls it by its name.
var (
	// ownMistake says that the sender got the order wrong.
	ownMistake = newSayings(`
		// en
		(our|my) (own )?(mistake|fault|error|bad)
		(mistake|error|fault) (on|at) (our|my) (side|end|part)
		(wrong|incorrect) .. (ordered|on our side|on our end)
		(clicked|picked|chose|chosen|selected|took|entered|typed) .. (wrong|twice|by mistake|by accident)
		(should|ought to) have (ordered|taken|bought|chosen)
		(only|just) (need|needed|wanted)
		(bought|ordered) .. (but|and) .. only need*
		ordered the (one|ones|version|model) without
		(cancelled|canceled) .. (project|order|contract)
		project .. (was |got )?(cancelled|canceled|stopped)
		(surplus|left over|no longer needed)
		// de
		(verklickt|vertan|vertippt|verbestellt|verschrieben|vergriffen)
		(unser|mein|eigener) (eigener )?fehler
		(fehler|versehen|irrtum) (von uns|unsererseits|auf unserer seite|bei uns)
		falsch* .. (erwischt|genommen|gewählt|ausgewählt|angeklickt|geordert|eingegeben|warenkorb|herausgesucht)
		(versehentlich|irrtümlich|aus versehen) .. (bestellt|geordert|gewählt|genommen|angeklickt|warenkorb)
		(irrtümlich|versehentlich|aus versehen) .. geordert
		(vom auftrag|vom kauf|vom projekt) zurückgetreten
		(auftrag|projekt|bestellung) .. (storniert|geplatzt|abgesagt)
		(wird|werden) .. nicht (mehr )?(benötigt|gebraucht)
		(überzählig|übrig geblieben)
		// fr
		(c'est |c'était )?(notre|ma) (faute|erreur)
		(erreur|faute) (de notre part|chez nous|de ma part|de saisie|de notre côté)
		(nous (nous )?sommes|je me suis|on s'est|s'est) (trompés?|trompée|plantés?|gourés?)
		(pris|choisi|saisi|sélectionné|cliqué) .. (mauvais|mauvaise)
		(commande|commandé*) (passée |passé )?(en double|en trop|deux fois)
		(annulé|abandonné) .. (projet|commande|chantier)
		(projet|chantier) .. (annulé|abandonné)
		(n'en avons|n'avons|n'ai) plus besoin
		// nl
		(onze|mijn) (eigen )?(fout|vergissing)
		(fout|foutje|vergissing) (van|aan) (onze|mijn) kant
		(vergist|vergissing)
		(verkeerde|foute) .. (aangeklikt|gekozen|doorgegeven|ingevoerd|besteld|genomen|geselecteerd)
		(per abuis|per ongeluk|per vergissing|abusievelijk) .. (besteld|gekozen|aangeklikt)
		(project|opdracht|bestelling) .. (geannuleerd|afgeblazen|gaat niet door)
		(ziet|zien) ervan af
		niet (meer )?nodig
		(heeft|hadden|had) .. alleen .. nodig
		niet goed nagevraagd
		// it
		(errore|sbaglio|svista) (nostr*|mio|da parte nostra|di chi)
		(nostro|mio) (errore|sbaglio)
		per una svista
		(abbiamo|ho) sbagliato
		(abbiamo|ho) .. (ordinato|preso|scelto|inserito|messo) .. (sbagliat*|errat*)
		(cliente|progetto|ordine|commessa) .. (annullat*|saltat*)
		non (ci )?(serve|servono|occorre|occorrono) più
		ordinat* .. (in più|in eccesso|due volte)
	`)
	// theirMistake says that the delivery was wrong, or was harmed on its way.
	theirMistake = newSayings(`
		// en
		(your|supplier's|warehouse) (mistake|error)
		not what (we|i) (ordered|had ordered|have ordered|asked for|wanted)
		(somebody|someone) else's (order|parcel|delivery)
		(wrong|incorrect|different) .. (delivered|received|sent|shipped|supplied|arrived)
		(sent|shipped|delivered|received|got|supplied) .. (wrong|incorrect|somebody|someone)
		(one|two|three|four|five|six|seven|eight|nine|ten) (items |units |phones |switches? |pieces |more )?(switch |phone |unit |piece )?(too many|more than (we )?ordered|more than)
		(received|got|sent|delivered|shipped) .. (too many|more than)
		(missing|were missing|was missing) .. (parcel|box|delivery|shipment|order)
		(damaged|crushed|broken|harmed|wet) .. (in transit|by the carrier|during transport|during shipping|by the courier|on arrival of the parcel)
		(parcel|box|package|pallet|carton) .. (arrived|came) (damaged|crushed|wet|open|torn)
		(does not|doesn't|did not) (match|correspond) .. (order|delivery note|packing)
		// de
		(war|ist) (ihr|euer) fehler
		(das|die|dies) .. (haben|hatten) wir (so )?nicht bestellt
		falsch* .. (geliefert|erhalten|bekommen|geschickt|gesendet|gekommen|verschickt|versendet|geliefert worden)
		(geliefert|erhalten|bekommen|geschickt|gesendet) .. falsch*
		ander* .. (geliefert|erhalten|bekommen|geschickt) .. (als bestellt)
		(zu viel|zu viele|zuviel) .. (geliefert|erhalten|bekommen|geschickt|gekommen)
		(lieferung|ware|artikel) .. (stimmt|stimmen|passt) .. nicht .. (bestellung|lieferschein|überein)
		(stimmt|stimmen) nicht .. (bestellung|lieferschein) .. überein
		(paket|karton|sendung|ware) .. (beschädigt|zerdrückt|nass|offen|aufgerissen) .. (an|angekommen|geliefert)
		(paket|karton|sendung) (kam|ist) (beschädigt|zerdrückt|nass|aufgerissen)
		(fehlt|fehlten|fehlen) .. (lieferung|paket|sendung|karton)
		// fr
		votre erreur
		(trompés?|erreur) (dans|sur|lors de|de) (la |votre )?(livraison|envoi|préparation|expédition)
		pas ce que .. command*
		ce n'est pas ce (que|qu')
		(mauvais|mauvaise|mauvaises) .. (reçu*|livré*|envoyé*|expédié*)
		(reçu*|livré*|envoyé*|expédié*) .. (mauvais|mauvaise|mauvaises|erroné*|différent*)
		(ne correspond|ne correspondent|non conforme*) .. (commande|bl|bon|livraison)
		de trop .. (colis|carton|livraison|livré*)
		(livré*|reçu*|colis|carton) .. (de|en) trop
		(endommagé*|abîmé*|écrasé*|cassé*) .. (pendant le transport|lors du transport|par le transporteur|durant le transport|à la livraison)
		(colis|carton|palette) .. (endommagé*|abîmé*|écrasé*|éventré*)
		(manque|manquait|manquaient) .. (colis|livraison|carton)
		// nl
		(jullie|uw) vergissing
		(verkeerde|foute) (levering|zending)
		(dit|dat) (hebben|hadden|heb) (wij|we|ik) niet besteld
		(verkeerd*|fout|foute|foutief|ander*) .. (ontvangen|gekregen|geleverd|gestuurd|verzonden|toegestuurd|dan besteld)
		(gestuurd|geleverd|ontvangen|kregen|gekregen) .. (verkeerd*|foute|dan besteld)
		(te veel|teveel) .. (geleverd|ontvangen|in de doos|in het pakket|gestuurd)
		(zat|zaten) .. (te veel|teveel)
		(levering|pakbon) .. (klopt|kloppen) niet
		(pakket|doos) .. (beschadigd|gescheurd|nat|geplet)
		(ontbrak|ontbraken|ontbreekt|ontbreken) .. (levering|pakket|doos)
		// it
		(vostro|vs.) (errore|sbaglio)
		non è (quello|quanto|ciò) .. ordinat*
		(sbagliat*|errat*|divers*) .. (ricevut*|consegnat*|arrivat*|spedit*|inviat*|mandat*)
		(mandato|spedito|consegnato|inviato|ricevuto|arrivato|arrivata|arrivati) .. (sbagliat*|errat*|non corrispond*)
		(non corrisponde|non corrispondono|non corrispondente|non conforme) .. (ordin*|bolla|ddt)
		(pacco|consegna|scatola) .. (in più|di troppo|in eccesso)
		(pacco|collo|scatola|imballo) .. (danneggiat*|schiacciat*|bagnat*|aperto)
		(manca|mancava|mancano|mancavano) .. (pacco|consegna|spedizione|collo)
	`)
	// inBox tells what lay in a box, paperSays what the papers say of it: where
	// both are told, they do not agree.
	inBox = newSayings(`
		(in|inside) the (box|boxes|parcel|carton|wrap|pallet)
		(box|boxes|carton|parcel) .. (hold|holds|contain|contains|contained|held)
		there (are|were|was) .. in the
		(im|in den|in der|in dem) (karton|kartons|paket|pakete|box|boxen|schachtel)
		(lag|lagen|steckte|steckten) .. drin*
		dans .. (colis|carton|cartons|boîte*)
		(le carton|le colis|les cartons) (contient|contenait|contiennent)
		(in de|in het) (doos|dozen|pakket)
		(zit|zitten|zat|zaten) .. (in de|in het) (doos|dozen|pakket)
		(nelle|nella|nel) (scatole|scatola|pacco|collo)
	`)
	paperSays = newSayings(`
		(label|packing (list|slip)|delivery note|note|order|confirmation|invoice) .. (says|say|said|states|shows|reads)
		although .. (label|order|note|says)
		(bestell*|angenommen|auftragsbestätigung|lieferschein)
		(commandé*|commande|bl|bon de livraison)
		(pakbon|order|bestelbon) .. (staat|stond|zegt)
		op de (pakbon|factuur|doos) (staat|stond)
		(bolla|ddt|ordine) .. (scritto|c'è|indicat*)
		(ordinat*|volevamo)
	`)
	// butNot says that one thing came, and not the other.
	butNot = newSayings(`
		(got|received|sent) .. not (the|a|what)
		(bestellt|geordert) (war|waren) .. (gekommen|geliefert|kam|kamen|erhalten)
		(kregen|ontvingen) .. (niet de|niet het)
		(reçu|livré) .. et non
		(ricevut*|arrivat*) .. e non
	`)
	// trouble are words for a fault that mean other things too.
	trouble = newSayings(`
		// en
		(problem|problems|issue|issues|symptom*|error|errors|warning)
		(stopped|gone|disappear*|drops?|dropping|lost|loses|stuck|beep*|lines|stripes|pixel*|noise|noisy|hot|smell*|smoke|leak*|wet|rattl*|loose|bent|snapped|torn|scratch*)
		(not|doesn't|don't|won't|can't|cannot|no longer|never) .. (any more|anymore|any longer|properly|correctly|at all|respond*|see|hear)
		(down|out of action|playing up|on the blink|given up|gave up|packed in|conked out|acting up|unusable|useless)
		(tried|tested|swapped|replaced) .. (cable|psu|power supply|port|reset|firmware)
		(factory reset|hardware fault|reset)
		no (sound|power|link|light|response|registration|network|connection)
		// de
		(problem*|fehlermeldung*|macke|mucken|mucks)
		(kratzt|krächzt|quietscht|piept|surrt|wackelt|klemmt|hakt|spinnt|lahmt|leckt|riecht|stinkt|raucht|qualmt|zickt|streikt|blockiert|down)
		(nicht|nichts|keinen|keine|kein|kaum|nur) .. (mehr|noch)
		(nur noch|gar nicht|überhaupt nicht|nichts mehr|nicht richtig|nicht mehr)
		(ohne strom|ohne ton|ohne bild|ohne funktion|werksreset|zurückgesetzt|netzteil getauscht|streifen)
		reagier* .. (nicht|nur|manchmal|nichts)
		(versteht|hört|sieht) (man )?nichts
		// fr
		(problème*|souci|soucis|anomalie*|erreur)
		ne .. (plus|jamais)
		n'* .. plus
		n'* plus
		plus (d'*|aucun*)
		(rend|rendu|rendre) l'âme
		(grince|siffle|chauffe|clignote|fume|coince|répond|marche) (plus|pas|mal|trop)
		(enfoncée?|coincée?|bloquée?|lignes?|rayures?|taches?)
		signe de vie
		// nl
		(probleem|problemen|foutmelding*|storing*)
		(nergens|niet|niks|niets|geen) .. meer
		(doet|doen|werkt) .. (niks|niets|niet|raar|vreemd)
		(strepen|lijnen|kraakt|kraken|piept|bromt|zoemt|lekt|ruikt|rookt|leeg|lawaai|herstarten|teken van leven)
		(dood|uit|down) .. (gegaan|gevallen)
		// it
		(problem*|anomali*|errore)
		non .. (più|niente|nessun*|nulla)
		(sganci*|stacc*|fermo|fermi|ferma|ferme|bloccat*|righe|strisce|ronz*|fischi*|scald*|perd*)
		non .. (tiene|sente|vede|chiama|risponde|segni di vita|accende|carica)
		segni di vita
	`)
	// repairing asks for what one asks for a broken thing.
	repairing = newSayings(`
		(warranty|repair*|guarantee|rma|swap|swaps)
		(garantie*|gewährleistung|reparatur*|reparier*|rekla*|reklam*|austausch|tausch|rma*)
		(garantie|sav|répar*|échange|remplacement)
		(garantie|reparatie|repareren|herstell*|omruil*|vervang*)
		(garanzia|riparazion*|ripar*|sostitu*)
	`)
)

// mostMeant is how much of a mail is looked through for what it means, in
// bytes: what comes behind is lists and logs.
const mostMeant = 32 << 10

// reasonOf tells why the goods come back, "" when the text does not say. What
// is called by its name counts before what sounds like it, and a fault before
// what may be one.
func reasonOf(text string) string {
	text = blanks.ReplaceAllString(ticked(cut(text, mostMeant)), " ")
	switch {
	case theirMistake.in(text) && !orderError.in(text), deliveryError.in(text):
		return "delivery_error"
	case orderError.in(text), ownMistake.in(text):
		return "order_error"
	case inBox.in(text) && paperSays.in(text) && !faulty(text), butNot.in(text):
		return "delivery_error"
	case faulty(text):
		return "defective"
	case otherCame.in(text), cameNotAsOrdered.in(text):
		return "delivery_error"
	case otherOrdered.in(text), sealedReturn(text):
		return "order_error"
	case trouble.in(sound.blanked(text)):
		return "defective"
	}
	return ""
}

// sealedReturn tells goods that were never opened and are to be taken back.
func sealedReturn(text string) bool {
	return unused.in(text) && (returning.in(text) || takeBack.in(text))
}

var takeBack = newSayings(`
	(take|taking) .. back
	(credit|credit note|refund|restocking)
	(nehmen|nehmt|nimmt) .. zurück
	(gutschrift|rückgabe|wiedereinlagerung*|erstattung)
	(reprendre|reprise|reprenez|avoir|remboursement)
	(terugnemen|terug|creditnota|creditering|terugbetaling|inhouden)
	(riprendere|riprendete|renderl*|rendere|nota di credito|rimborso)
`)

// defectiveByNature tells a request that gives no reason and asks for what one
// asks for a broken thing.
func defectiveByNature(text string) bool {
	return repairing.in(text) && !unused.in(text)
}
