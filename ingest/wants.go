package ingest

import "strings"

// What a customer asks for who tells little of the goods: to give something back, or
// to have another for it.

// wantsReturn asks, in one's own name, to give something back, or for the papers
// of it.
var wantsReturn = newSayings(`
	// en
	(would like|i'd like|we'd like|i'd love|want|wants|wish|wishes|need|needs|have|hoping|love|trying) to (return|give back|hand back|ship back|send back|bring back)
	(would like|i'd like|we'd like|want|wants|wish|need|needs|have) to (send|give|ship|bring|hand) (it|them|this|these|that|the|one|two|three|some*|my|our) .. back
	how (do|can|should|would|could|shall|does|to) (i|we|one)? ?(go about )?(return|returning|(send|ship|give|get|hand) (it|them|this|these|the \S+|\S+) .. back)
	(can|could|may) (i|we) (return|give .. back|send .. back|ship .. back|bring .. back|hand .. back)
	(need|send|get|have|give|provide|mail|email|issue|want|request|require|generate|create|receive) .. (return|returns|rma) (label|labels|slip|number|form|forms|authorisation|authorization|instructions|docket|note|paperwork)
	(return|returns|rma) (label|slip|number|form|authorisation|authorization|instructions) .. (please|pls|plz|needed|required|wanted)
	// de
	(möchte|möchten|will|wollen|wollte|wollten|würde|würden|muss|müssen|müsste|müssten|kann|können|könnte|könnten|darf|dürfen|dürfte) .. (zurückgeben|zurückschicken|zurücksenden|zurückbringen|retournieren|einschicken|einsenden|umtauschen|reklamieren)
	(retouren|rücksende|rücksendungs|retour|rma)-?(schein|etikett|label|aufkleber|nummer|formular|unterlagen|papiere|beleg|marke)*
	(rma|retoure|rücksendung|umtausch|reklamation) (eröffnen|anlegen|anmelden|einleiten|veranlassen|beantragen)
	// fr
	(souhait*|voudr*|aimer*|désir*|veux|veut|voulons|besoin|dois|devons|devrais|vais|allons|compte|comptons) .. (retourner|renvoyer|rendre|restituer|échanger|réexpédier)
	(comment|procédure|marche à suivre|modalités|démarche*) .. vous (retourner|renvoyer|rendre|restituer|réexpédier)
	(comment|quelle|quelles|connaître|indiquer|préciser|communiquer|expliquer|savoir) .. (procédure|marche à suivre|modalités|démarche*) .. (retour|retourner|renvoyer|renvoi|rendre|échange|reprise)
	(étiquette*|bon|bordereau|formulaire|numéro|n°|autorisation) de (retour|renvoi|reprise)
	(peut-on|puis-je|pouvons-nous|pourrais-je|pourrions-nous|possible de) .. (retourner|renvoyer|rendre|restituer|échanger)
	// nl
	als (ik|we|wij) .. (wil|willen) (terugsturen|retourneren|ruilen|omruilen|teruggeven)
	(wil|willen|wou|wilde|wilden|zou|zouden|moet|moeten|kan|kunnen|mag|mogen|graag|wens|wensen) .. (terugsturen|retourneren|terugzenden|terugbrengen|omruilen|teruggeven|inleveren)
	(retour|rma)-?(label|labels|bon|formulier|nummer|etiket|sticker|document|aanvraag)*
	hoe .. (stuur|sturen|zend|zenden|breng|krijg) .. terug
	// it
	(vorrei|vorremmo|voglio|vogliamo|devo|dobbiamo|desider*|posso|possiamo|potrei|potremmo|intend*|chiedo di|chiediamo di) .. (restituir*|render*|rendervi|rispedir*|rimandar*|mandar* indietro|fare (un|il) reso)
	(qual è|quale|quali|come|indicar*|conoscere|sapere|spiegar*) .. (procedura|modalità|iter|prassi) .. (reso|resi|restituir*|restituzione|rientro|render*)
	come .. (restituisc*|restituiam*|rendiamo|rendo|rispedi*|rimando|rimandiamo)
	(etichetta|modulo|numero|autorizzazione|bolla|lettera di vettura|documento) (di |per il |per |del |d'|al )?(reso|rientro|restituzione|rma)
	(aprire|aprite|apriamo|avviare|attivare) .. (un reso|il reso|una rma|un rma|un rientro|la pratica di reso)
`)

// wantsNew asks for another thing, or for the money, in the place of what was bought.
var wantsNew = newSayings(`
	// en
	(want|wants|would like|i'd like|we'd like|need|expect|demand|insist on|send|get|give|deserve|waiting for|owe) (me |us |you )?(a|an|another|the) (new|different|working|replacement|brand new|proper|decent) (one|ones|unit|phone|handset|headset|switch|router|base|box|\S+)
	(want|wants|like|need|expect) (it|them|this|these|one) (swapped|exchanged|replaced|changed|refunded|repaired|fixed)
	(want|wants|like|need|have|get|give) .. (my|our|the|their) money (back|returned)
	(want|demand|expect|request|claim|would like|i'd like|we'd like|asking for|entitled to) .. (replacement|refund|exchange|reimbursement)
	// de
	(will|wollen|möchte|möchten|hätte gern*|hätten gern*|hätt gern*|brauche|brauchen|verlange|verlangen|erwarte|erwarten|fordere|schick*|sendet|senden sie|gebt|geben sie) .. (ein neues|einen neuen|eine neue|ein anderes|einen anderen|ersatz|mein geld|unser geld|geld zurück|das geld|funktionierend*|tauschgerät|austausch)
	(tausch*|ersetz*) (sie|ihr|ihnen)? ?(mir|uns) .. (das|den|die|es|ihn|sie|um|aus)
	(was (ich|wir) (brauche|brauchen|will|wollen)),? .. (funktionierend*|ersatz|neu*)
	// fr
	(veux|veut|voulons|voudr*|souhait*|attend*|exige*|demande*|réclam*|envoyez*|mérit*) .. (un neuf|une neuve|des neufs|un nouveau|une nouvelle|un autre|une autre|un échange|un remplacement|l'échange|le remplacement|être remboursé*|un remboursement|le remboursement)
	(remplac*|échang*|chang*)-(le|la|les|nous|moi)
	// nl
	(wil|willen|eis|eisen|verwacht|verwachten|graag|stuur|stuurt|sturen|bezorg) .. (een nieuwe|een nieuw|een ander|een andere|nieuwe exemplaren|mijn geld|ons geld|geld terug|vervanging|vervangtoestel|omruiling)
	(vervang|vervangt|ruil|ruilt) (jullie|u|je|hem|haar|het|dit|deze|die) .. (om|hem|haar|het|dit|deze|die)
	// it
	(voglio|vogliamo|vorrei|vorremmo|pretend*|esig*|aspett*|attend*|mandate*|mandatemi|mandateci|chied*|mi aspetto) .. (uno nuovo|una nuova|un altro|un'altra|quello nuovo|la sostituzione|il cambio|i soldi|il rimborso|un rimborso|il denaro)
	(me|ce|mi|ci) (lo|la|li|le) (cambi*|sostitu*|riparat*)
`)

// asksSwap asks for what a desk of returns does, in plain words.
var asksSwap = newSayings(`
	// en
	(can|could|may|will|would|shall|should|does|do) (it|they|these|this|those|that|that one|this one|the \S+) .. (go back|come back|be (returned|swapped|exchanged|replaced|repaired|fixed|put right|taken back|sent back))
	(swap|exchange|replace|repair|fix|mend|take back|put right) (it|them|this|that|these|those|one|that one|this one)
	(swap|exchange|replacement|refund|repair|return) ?\?
	(any|what|is there a|is there any) (chance|possibility|hope|way) (of|for|to) (a )?(swap*|exchange*|replac*|refund*|return*|get* .. back)
	(gibt es|besteht|hätte|hätten) .. (möglichkeit|chance) .. (tausch*|umtausch*|rückgabe|zurück*)
	(possibilité|moyen) .. (échang*|reprendre|reprise|rendre|retourner|renvoyer)
	(kans|mogelijkheid|mogelijk) .. (ruil*|omruil*|terug*|te ruilen)
	(possibilità|modo|possibile) .. (cambi*|rend*|sostitu*|reso|restituir*)
	(swap|exchange|replacement|refund|repair) .. (please|pls|possible|asap)
	how (we|i|to|one|does one|do we|do i) (go about|proceed with) (sending|returning|a return)
	(make|making|file|raise|raising|submit|lodge|start|have) (a|another|our|my) (warranty|guarantee|return) claim
	(claim|claiming) (on|under) .. (warranty|guarantee)
	// de
	(tauscht|tauschen|ersetzt|ersetzen|repariert|reparieren|behebt|nehmt|nehmen) (ihr|sie) (das|den|die|es|ihn|mir|uns|so|sowas|so was|dies*)
	(könnt|könnten|können|kann|würdet|würden) (ihr|sie|man|ich|wir) .. (tauschen|ersetzen|reparieren|austauschen|umtauschen|zurücknehmen|zurückgeben|beheben|richten)
	(geht|ginge|wäre|ist) .. (rückgabe|umtausch|tausch|retoure|kulanz|austausch|rücknahme)
	(rückgabe|umtausch|tausch|retoure|austausch|rücknahme|ersatz|rücksendung) (möglich|machbar|bitte|wie|wohin)
	(tausch|umtausch|rückgabe|ersatz|reparatur|rücknahme) ?\?
	(gewährleistung|garantie|garantiefall|mangel) .. (geltend|in anspruch|anmelden|melden|einfordern|beanspruchen|einlösen)
	(mache|machen|melde|melden) .. (gewährleistung|garantiefall|garantieanspruch)
	(an welche adresse|wohin|wo) .. (zurücksenden|zurückschicken|einschicken|einsenden|retournieren)
	// fr
	(échange|reprise|remplacement|retour) (possible|svp|s'il vous plaît|envisageable)
	(échange|reprise|remplacement) ?\?
	(changer|échanger|remplacer|reprendre|réparer) (le|la|les|l'|ce|cet|cette|ces) 
	(le|la|les|l') ?(changez|échangez|remplacez|reprenez|reprendre|échanger|remplacer|changer|réparer|réparez)
	vous (reprenez|échangez|changez|remplacez|réparez)
	(on|nous) (peut|pouvons|pourrait|pourrions) .. (rendre|renvoyer|retourner|échanger)
	(à quelle adresse|où|comment) .. (renvoyer|retourner|rendre|réexpédier)
	(faire jouer|faire valoir|activer|actionner|bénéficier de|invoquer) (la|ma|notre|de la) garantie
	// nl
	(ruilen|omruilen|terugnemen|terugsturen|vervangen|herstellen|omwisselen) ?\?
	(ruilen|nemen|vervangen|herstellen|wisselen|repareren) (jullie|u|ze) (die|dat|dit|deze|hem|ze|het|zoiets)
	(kan|kunnen|mag|mogen) (die|dat|dit|deze|hij|ze|het) .. (terug|geruild|omgeruild|vervangen|hersteld|retour|gewisseld)
	(naar welk adres|waar|hoe) .. (terugsturen|terugzenden|retourneren|terugbezorgen)
	hoe (krijgen|krijg|raken|raak) (we|wij|ik) (die|dat|dit|deze|hem|ze|het) .. (bij jullie|bij u|terug)
	(aanspraak|beroep|gebruik) .. garantie
	(garantie|waarborg) (inroepen|inroep|claimen|aanvragen)
	// it
	(cambio|reso|sostituzione|rimborso|riparazione) ?\?
	(me lo|ce lo|me la|ce la|me li|ce li|me le|ce le|lo|la|li|le) (cambiate|sostituite|riparate|riprendete|ritirate|riprendereste|cambiereste)
	(fate|accettate|gestite|si può fare) .. (il reso|i resi|resi|il cambio|la sostituzione)
	si (possono|può|potrebbe|potrebbero) (rendere|cambiare|restituire|sostituire|riparare)
	(a quale indirizzo|dove|come) .. (rispedir*|rispedisco|restituir*|rimandar*|rimando)
	(come|dove) (ve|te|glie) ?(lo|la|li|le) (mando|mandiamo|spedisco|spediamo|invio|rendo|restituisco|porto)
	(far valere|attivare|usufruire|avvalerci|avvalermi|utilizzare) .. garanzia
`)

// asksWay asks what is to be done with a thing, or where it is to be sent; of goods it
// asks for a return.
var asksWay = newSayings(`
	(where|how) (shall|should|do|can|must|to|would) (we|i)? ?(send|post|ship|mail|bring|drop|deliver) (it|them|this|that|these|those|one)
	what (do|should|shall|can|must|are) (we|i) (to )?do with (it|this|that|them|these|those|that one)
	what should happen (to|with) (it|this|that|them|these)
	(would appreciate|awaiting|expecting|suggest|propose|offer|find) .. (solution|remedy)
	(please|kindly) (instruct|advise|arrange|collect)
	(soll|sollen) (ich|wir) (das|den|die|es|ihn|sie|ihnen) .. (schicken|senden|bringen|einschicken)
	was (sollen|soll|machen|mache|tun) (wir|ich|tun) ?(wir|ich)? .. (damit|nun|jetzt)
	was (sollen|soll) (wir|ich) .. (machen|tun)
	was (tun|nun|jetzt) ?\?
	(bitte|bitten) .. um (anweisung*|instruktion*|abhilfe|lösung|anleitung|mitteilung)
	(weiteres|weiteren|weitere) (vorgehen|vorgehensweise)
	(on|nous) (en|vous les|vous le) .. (fait|faisons) quoi
	(que|quoi) (en )?(faire|fait-on|proposez-vous|pouvez-vous proposer)
	(merci de nous|merci de me|veuillez nous|veuillez me) .. (procéder|indiquer la marche|renseigner)
	wat (doen|moeten|moet|kunnen) (we|wij|ik) .. (mee|ermee)
	graag (instructies|een oplossing|advies|jullie advies)
	(che|cosa) (ne|me ne|ce ne|dobbiamo|devo) (facciamo|faccio|fare|farne)
	(attendiamo|attendo|resto in attesa di|in attesa di) (istruzioni|indicazioni|vostre istruzioni|disposizioni)
`)

// howTo asks how a thing is done: what is behind its "if" is meant.
var howTo = newSayings(`
	(how does (it|this|that|one|a return)|how do (i|we)|what (do|should|must) (i|we) do|what is the (procedure|process|way))
	(wie (läuft|geht|funktioniert|verläuft|verfahre|mache|gehe)|was muss (ich|man)|was müssen wir|was ist zu tun)
	(comment (ça|cela|faire|procéder|se passe)|que (faire|dois-je|faut-il)|quelle est la (procédure|marche))
	(hoe (werkt|gaat|doe|pak|verloopt)|wat moet (ik|je)|wat moeten (we|wij)|wat is de (procedure|werkwijze))
	(come (funziona|si fa|faccio|facciamo|devo|dobbiamo)|cosa (devo|dobbiamo|bisogna)|qual è la (procedura|prassi))
`)

// claims tells a customer who would give something back, or have another for it. Who
// only puts a case, or says that nothing comes now, does not.
func claims(text string) bool {
	if !wantsReturn.in(text) && !wantsNew.in(text) && !asksSwap.in(text) || notYet.in(text) {
		return false
	}
	for _, s := range sentencesOf(text) {
		if (plainlySaid(s, wantsReturn) || plainlySaid(s, wantsNew) || plainlySaid(s, asksSwap)) && (!ifWord.in(s) || !strings.HasSuffix(s, "?") || howTo.in(s)) {
			return true
		}
	}
	return false
}

// plainlySaid tells a sentence that says it without a "not".
func plainlySaid(s string, what *phrase) bool {
	const near = 14 // bytes: "do not", "nous ne"
	at, end, ok := what.find(s, 0)
	return ok && !negated.MatchString(s[max(0, at-near):at]) && !negation.in(s[at:end])
}
