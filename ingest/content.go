package ingest

import (
	"cmp"
	"slices"
	"strings"
)

// kindByContent tells a person's mails apart.
func (r *reading) kindByContent(f *Facts) (Kind, string) {
	m := r.msg
	withNumber := false
	for _, u := range f.Units {
		withNumber = withNumber || u.Serial != "" || u.MAC != ""
	}
	if why := listMail(m); why != "" && (!withNumber || discussion(m)) && !strings.HasPrefix(why, "Precedence") && !ourList(m, r.desk) {
		return News, why
	}
	if robotSender(m) {
		if said := oneLine(cut(r.subject+"\n\n"+r.all, mostMeant)); !withNumber && len(scams.all(said)) >= 2 {
			return Other, "reads like a fraud"
		}
		return News, "comes from " + sender(m).Address
	}
	if spam(m) {
		return Other, "marked as spam"
	}
	if said := plain(m.Text); massMail(m, said) {
		return News, "written to many"
	} else if reportsEvent(said) {
		return News, "reports an event, and asks for nothing"
	}
	if k, why := r.running(f, withNumber); k != "" {
		return k, why
	}
	text := oneLine(cut(r.subject+"\n\n"+r.all, mostMeant))
	if why := noReturn(text, withNumber, f.Fault != "" || faulty(text), f); why != "" {
		return Other, why
	}
	return r.newOrNot(f, text, withNumber)
}

// newOrNot tells a new return from a mail without its thread and from what is
// none of ours. text is the mail in one line.
func (r *reading) newOrNot(f *Facts, text string, withNumber bool) (Kind, string) {
	wrong := f.Reason == "delivery_error" || f.Reason == "order_error"
	switch {
	case asksStanding(r.subject + "\n" + plain(f.NewText)):
		return Reply, "asks how a return stands"
	case f.Fault == "" && !wrong && !r.parts.forward && asAsked.in(outstanding.blanked(plain(f.NewText))) && (withNumber || hasReferences(f.References)):
		return Reply, "sends what was asked for"
	case f.Fault == "" && !wrong && !withNumber && len(f.References.Tracking) > 0 && shipped.in(text):
		return Reply, "says that goods are on their way"
	case withNumber:
		return Request, "names a unit"
	}
	return r.unnumbered(f, text, wrong)
}

// unnumbered is newOrNot, of a mail that names no unit by its number.
func (r *reading) unnumbered(f *Facts, text string, wrong bool) (Kind, string) {
	back := returning.in(text) || repairing.in(text) || takeBack.in(text) || wantsHelp.in(text)
	goods := len(r.named) > 0 || ourGoods.in(text) || ourKinds.in(text)
	switch {
	case len(f.Units) > 0 && (f.Reason != "" || back):
		return Request, "names a unit to return"
	case wrong && (back || f.Reason == "delivery_error" || isUnused(text)):
		return Request, "speaks of a wrong " + strings.TrimSuffix(f.Reason, "_error")
	case f.Fault != "" && (back || goods || mine.in(text) || witnessed.in(text) || len(r.msg.Attachments) > 0):
		return Request, "speaks of a fault"
	case asksReturn.in(deskWords.blanked(text)), claims(text), (goods || f.Fault != "") && asksWay.in(text):
		return Request, "asks for a return"
	case goods && (repairing.in(text) || f.Reason == "defective" && (back || mine.in(text) || broughtBefore.in(text) || witnessed.in(text))):
		return Request, "speaks of goods that need a repair"
	case len(f.Units) > 0 && !asking(text) && !toDeliver.in(text):
		return Request, "tells of a unit, and asks for nothing else"
	}
	return Other, "nothing of a return in it"
}

// toDeliver asks that goods be brought.
var toDeliver = newSayings(`
	(please|kindly|could|can|would) .. (deliver|ship|send|dispatch) .. order .. (to|instead|not)
	(delivery|shipping) address .. (order|change*|new|wrong)
	(bitte|sollen|können|könnten) ... (liefern|ausliefern|anliefern|zustellen)
	(lieferadresse|lieferanschrift)
	(merci de|veuillez|pouvez|pourriez) .. livrer
	adresse de livraison
	(graag|gelieve|kunnen|kunt|mogen|mag) ... (leveren|afleveren|geleverd worden)
	leveradres
	(chiedo|prego|potete|potreste|vogliate) .. (consegnare|recapitare)
	indirizzo di consegna
`)

// outstanding is said of goods that have not come yet.
var outstanding = newSayings(`
	(rest|remaining|remainder|outstanding|missing|back order*|backorder*) .. (order|po)
	(restliche*|ausstehende*|fehlende*) .. (auftrag|bestellung)
	(restant*|manquant*|reliquat) .. commande
	(resterende|ontbrekende|openstaande) .. (order|bestelling)
	(mancant*|rimanent*|restant*|saldo) .. (ordine|dell'ordine|dall'ordine)
`)

func hasReferences(r References) bool {
	return len(r.VendorTicket)+len(r.SupportTicket)+len(r.Order)+len(r.Invoice)+len(r.DeliveryNote) > 0
}

// mine tells whose the goods are that are spoken of.
var mine = newSayings(`
	(our|my|we have)
	(unser*|mein*|wir haben)
	(notre|nos|mon|ma|mes|nous avons)
	(ons|onze|mijn|wij hebben|we hebben)
	(nostr*|mio|mia|miei|abbiamo)
`)

// ourGoods are the things that come back to this desk, as people call them.
var ourGoods = newSayings(`
	(phone*|telephone*|handset*|headset*|router*|switch|switches|gateway*|access point*|base station*|pbx|firewall*|intercom*|charger*|power supply|power supplies|plug*|injector*|antenna*|camera*|adapter*|device*|unit|units)
	(telefon*|apparat*|handgerät*|mobilteil*|hörer|basisstation*|anlage|türsprech*|netzteil*|gerät*|ladeschale*)
	(téléphone*|poste*|combiné*|casque*|routeur*|commutateur*|borne*|passerelle*|alimentation|interphone*|appareil*|centrale)
	(telefoon*|toestel*|handset*|koptelefoon*|basisstation*|centrale|voeding|adapter*|apparaat|oplader)
	(telefon*|cordless|cuffi*|centralin*|alimentator*|videocitofon*|citofon*|apparat*|dispositiv*)
`)

// ourKinds are the ends of the words for such things in Dutch and German, and what
// people call a thing whose name they do not know.
var ourKinds = newLexicon(`
	\b(?:goods|ware|marchandises?|goederen|merce|artikel|articolo|panels?|bells?)\b
	telefon|telefoon|toestel|gerät|apparat|apparaat|sprechanlage|anlage\b|station\b|zentrale\b|kamera|konsole|spinne\b|lader\b|hörer\b|klingel\b
	\b(?:base|box|kit|thing|cordless|wifi|repeater|amplifier|doorbell|door (?:station|phone|entry|panel)|console|dect|screen|display|bits?)\b
	\b(?:teil|ding|kiste|kasten|kästchen|dose|basis|repeater|schnurlos\w*|wlan)\b
	\b(?:machin|truc|boîtier|box|base|répéteur|platine|portier|visiophone|sans[- ]fil)\b
	\b(?:ding|kastje|doosje|basis|bakje|versterker|deurbel|deurpost)\b
	\b(?:aggeggio|coso|scatoletta|scatolotto|base|ripetitore|apparecchi\w*|pulsantiera|posto (?:interno|esterno))\b
`)

// witnessed says who has seen the trouble, or looked into it.
var witnessed = newSayings(`
	(electrician|technician|installer|engineer|plumber|caretaker|janitor|it (guy|department|man)|user*|tenant*|resident*|guest*|colleague*|staff|customer*) .. (say*|said|report*|complain*|checked|confirm*|tested|reckon*|think*|found)
	(elektriker*|techniker*|installateur*|monteur*|hausmeister*|mieter*|bewohner*|gäste|kollege*|kollegin|mitarbeiter*|anwender*|kunde*) .. (sagt|sagen|meldet|melden|beschwer*|klag*|geprüft|bestätig*|meint|meinen|getestet|festgestellt)
	(laut|nach auskunft) .. (elektriker*|techniker*|installateur*|monteur*|hausmeister*)
	(électricien*|technicien*|installateur*|gardien*|locataire*|résident*|client*|collègue*|utilisateur*|personnel) .. (dit|disent|signal*|plaign*|plaint|vérifi*|confirm*|testé|constat*|pense*)
	(d'après|selon) .. (électricien|technicien|installateur|l'électricien|l'installateur)
	(elektricien*|technicus|technieker*|installateur*|huismeester|huurder*|bewoner*|gasten|collega*|gebruiker*|klant*|personeel) .. (zegt|zeggen|meldt|melden|klaagt|klagen|nagekeken|bevestig*|getest|vastgesteld|denkt)
	(volgens) .. (elektricien|technicus|technieker|installateur)
	(elettricista|tecnico|installatore|custode|inquilin*|condomin*|ospiti|collega|colleghi|utent*|client*|personale) .. (dice|dicono|segnala*|lament*|verificat*|conferma*|provato|controllat*)
	(secondo) .. (elettricista|tecnico|installatore|l'elettricista|l'installatore)
`)

// broughtBefore says that a thing was bought, or how old it is.
var broughtBefore = newSayings(`
	(bought|purchased|delivered|supplied|sold|last (delivery|order|batch)|(day|days|week|weeks|month|months|year|years) old|you sent)
	(gekauft|geliefert|erworben|bezogen|letzte* (lieferung|bestellung)|(tage|wochen|monate|jahre|jahr) alt|ihr mir|sie mir|sie uns|ihr uns)
	(acheté*|livré*|fourni*|dernière (livraison|commande)|(jours|semaines|mois|ans|an) .. (d'âge|d'existence)|vous (m'|nous ))
	(gekocht|geleverd|aangekocht|vorige (levering|bestelling)|(dagen|weken|maanden|jaar|jaren) oud|jullie (mij|ons))
	(acquistat*|comprat*|consegnat*|fornit*|ultima (consegna|ordinazione)|(giorni|settimane|mesi|anni|anno) di vita|(mi|ci) avete)
`)

var asksReturn = newPhrase(`(?i)(?:\brma\b|rma-?(?:nummer|number|antrag|request)|(?:return|rma) (?:number|request|form|authori[sz]ation)|rücksendung|retourenschein|reklamation|numéro de retour|demande de retour|retournummer|retouraanvraag|richiesta (?:di )?reso|autorizzazione (?:al )?reso)`)

// deskWords name the desk, its team or its figures, and ask nothing of it.
var deskWords = newSayings(`
	(rma|return|returns)(-| )(team|desk|department|process|rate|quota|statistics|figures|policy)
	(dear|hello|hi|hallo|liebes|bonjour|beste|gentile) rma
	(rma|retouren)(-| )(team|abteilung|quote|prozess|statistik|liste|kollegen)
	(équipe|service|département|taux) rma
	(rma|retour)(-| )(afdeling|team|proces|cijfers)
	kostenplaats rma
	(return|returns|rma) (form|page|portal) .. (website|web site|site|link|click|browser)
	(retouren|rma-|rücksende)(formular|portal|seite) .. (webseite|website|seite|link|klick*|browser)
	formulaire (de retour|rma) .. (site|lien|clique*|navigateur)
	(retour|rma-)(formulier|pagina) .. (website|site|link|klik*|browser)
	modulo (di reso|rma|resi) .. (sito|link|clicc*|browser)
	(ufficio|reparto) rma
`)

func spam(m *Message) bool {
	return strings.EqualFold(firstWord(m.first("X-Spam-Flag")), "yes") || strings.HasPrefix(strings.ToLower(m.first("X-Spam-Status")), "yes")
}

// running tells a mail in a case that runs already: it names our number, it
// answers a mail of ours, or it answers a quote.
func (r *reading) running(f *Facts, withNumber bool) (Kind, string) {
	m := r.msg
	answers := r.answers()
	switch {
	case withNumber && !answers && (f.Fault != "" && r.mentionsRMA(f) || asksAnew.in(strings.Join(r.newLines, "\n")) && len(f.References.RMA) > 0 && !strings.Contains(r.subject, f.References.RMA[0])):
		return "", "" // a new return, which asks at its end after another
	case len(f.References.RMA) > 0 && !fwPrefix.MatchString(m.Subject):
		return Reply, "names the return " + f.References.RMA[0]
	case f.Question && f.Reason == "" && len(r.returnForms()) > 0:
		return Reply, "asks how a return stands"
	case f.Answer != "" && answers:
		return Reply, "answers a quote"
	case answers && r.answersElse(f, withNumber):
		return "", "" // a new return, written as an answer to something else
	case answers && (!fwPrefix.MatchString(m.Subject) || r.toOurs()):
		return Reply, "answers an earlier mail"
	case f.Answer != "" || f.Withdrawal && len(f.Units) == 0:
		return Reply, "answers without the thread"
	}
	return "", ""
}

// asksAnew asks for a return of its own.
var asksAnew = newSayings(`
	(new|another|fresh|separate|second) (rma|return|case|ticket)
	(neue|neuen|neuer|weitere|eigene|weiteren|zweite) (rücksendung|rma|retoure|vorgang|reklamation|rma-nummer)
	(nouveau|nouvelle|autre|second) (retour|dossier|rma|demande|numéro de retour)
	(nieuwe|nieuw|aparte|apart|andere|tweede) (retour|rma|retournummer|zaak|aanvraag)
	(nuovo|nuova|altra|altro|secondo|seconda) (reso|rma|pratica|richiesta|rientro)
`)

// mentionsRMA tells a mail in which our number stands behind all units: it is not
// what the mail is about.
func (r *reading) mentionsRMA(f *Facts) bool {
	text := upper(compact(strings.Join(r.newLines, "\n")))
	last := 0
	for _, u := range f.Units {
		number := compact(cmp.Or(u.Serial, u.MAC))
		at := strings.LastIndex(text, number)
		if number == "" || at < 0 {
			return false
		}
		last = max(last, at)
	}
	for _, number := range f.References.RMA {
		if at := strings.Index(text, upper(compact(number))); at < last || strings.Contains(upper(compact(r.subject)), upper(compact(number))) {
			return false
		}
	}
	return true
}

// answersElse tells a mail that has words for a new return and answers no mail
// of a return: a confirmation of an order or a shipment, a mail that was not
// ours, or none at all.
func (r *reading) answersElse(f *Facts, withNumber bool) bool {
	tells := f.Reason != ""
	older := plain(r.parts.older)
	if asksReturn.in(older) || asksReturn.in(rePrefix.ReplaceAllString(r.subject, "")) && !r.bare() {
		return false
	}
	switch {
	case r.bare(), ofSale.in(r.subject + "\n" + cut(older, mostMeant)):
		return tells
	case withNumber && !r.oursBefore() && !returning.in(older):
		return tells || returning.in(plain(f.NewText)) || asksReturn.in(plain(f.NewText))
	}
	return false
}

// bare tells an answer to nothing: only its subject calls it one.
func (r *reading) bare() bool {
	return len(r.msg.InReplyTo) == 0 && len(r.msg.References) == 0 && strings.TrimSpace(r.parts.older) == ""
}

// ofSale are the titles of what is mailed when goods are sold.
var ofSale = newSayings(`
	(order|shipping|shipment|dispatch|delivery) (confirmation|confirmed|notification|acknowledgement|acknowledgment)
	your order (has|is|was)
	(versand|auftrags|bestell|liefer)(bestätigung|bestätigungen|avis)
	(ihre sendung|sendungsankündigung|lieferavis)
	(confirmation|accusé) (de |d')?(réception de )?(commande|expédition|livraison|envoi)
	avis d'expédition
	(order|bestel|verzend|lever|leverings)bevestiging
	(uw bestelling|uw zending)
	conferma (d'ordine|di ordine|ordine|di spedizione|spedizione)
	avviso di spedizione
`)

// answers tells a mail that answers another.
func (r *reading) answers() bool {
	return len(r.msg.InReplyTo) > 0 || rePrefix.MatchString(r.msg.Subject)
}

// oursBefore tells whether the mail that is answered was the desk's. Where the
// desk's addresses are not known it is taken for ours.
func (r *reading) oursBefore() bool {
	if len(r.desk.Addresses) == 0 {
		return true
	}
	older := strings.ToLower(r.parts.older)
	return r.toOurs() || slices.ContainsFunc(r.desk.Addresses, func(a string) bool { return strings.Contains(older, a) })
}

// toOurs tells a mail that answers one of the desk's by its header, whatever its
// subject says: who looks for an answer sends the last mail on.
// Where it goes to no address that is known for the desk's, the one that it goes
// to is taken for it.
func (r *reading) toOurs() bool {
	var to []string
	for _, a := range r.msg.To {
		to = append(to, a.Address)
	}
	if slices.ContainsFunc(slices.Concat(r.msg.To, r.msg.Cc), func(a Address) bool { return slices.Contains(r.desk.Addresses, a.Address) }) {
		to = nil
	}
	for _, a := range append(to, r.desk.Addresses...) {
		for _, id := range r.msg.InReplyTo {
			if domainOf(strings.ToLower(id)) == domainOf(a) {
				return true
			}
		}
	}
	return false
}

// settle drops what a mail of this kind cannot mean.
func (r *reading) settle(f *Facts) {
	r.addReturnForms(f)
	r.addNoticed(f)
	switch f.Kind {
	case Bounce, OwnMail, AutoReply, News, Other:
		f.Units, f.Reason, f.Answer, f.Fault, f.PurchaseDate = nil, "", "", "", ""
		f.Withdrawal, f.Question, f.Unused = false, false, false
	case Reply:
		if len(f.References.RMA) > 0 && len(withNumbers(f.Units)) == 0 && !plainlyWrong(strings.Join(r.newLines, "\n")) && f.Reason != "defective" {
			f.Reason = "" // of a case that runs no more is told than how it goes on
		}
		if f.Answer != "" {
			f.Units = r.further(f.Units)
		}
		if f.Reason == "defective" && f.Fault == "" {
			f.Reason = "" // the case knows it; what only may be a fault tells nothing new
		}
		f.Units = r.withoutWithdrawn(withNumbers(f.Units), f.Fault)
		f.Question = f.Question && len(f.Units) == 0 && f.Answer == ""
	case Request:
		f.Answer, f.Question = "", false
		if f.Reason == "" && defectiveByNature(r.subject+"\n"+r.all, len(f.Units)) {
			f.Reason = "defective"
		}
	}
}

// plainlyWrong tells that a text calls an order or a delivery wrong by the words for it.
func plainlyWrong(text string) bool {
	text = oneLine(text)
	return wrongOrder.in(text) || wrongDelivery.in(text) || theirMistake.in(text) || twice.in(text)
}

// withoutWithdrawn drops the units of an answer of which its sentences say that
// they do not come after all, and nothing of a fault.
func (r *reading) withoutWithdrawn(units []Unit, fault string) []Unit {
	if len(units) == 0 || fault != "" {
		return units
	}
	said := sentencesOf(strings.Join(r.newLines, "\n"))
	return slices.DeleteFunc(units, func(u Unit) bool {
		number := compact(cmp.Or(u.Serial, u.MAC))
		return slices.ContainsFunc(said, func(s string) bool {
			return strings.Contains(upper(compact(s)), number) && (takenBack.in(s) || kept.in(s) || withdraws.in(s))
		})
	})
}

// takenBack says of a unit that it does not come after all.
var takenBack = newSayings(`
	(won't|will not|not|don't|no longer) (be )?(send|sending|sent|return|returning|coming|come) .. (after all|back|in)
	(off|from) (the|this|that|your) (list|rma|return)
	doch nicht .. (ein|zurück|mit|los)
	(schicke|schicken|sende|senden|kommt|kommen) .. doch nicht
	(von|aus) der (liste|rma|meldung)
	(finalement|tout compte fait) .. pas
	(ne|n'*) .. (envoie|renvoie|enverrai|renverrai|envoyons|renvoyons|vient|viendra) .. (pas|plus) .. (finalement)?
	de la liste
	(toch niet|niet meer) .. (op|terug|mee|in)
	(van|uit) de lijst
	(alla fine|invece) .. non .. (mando|mandiamo|spedisco|spediamo|invio|rendo)
	(dalla|fuori dalla) lista
`)

// further gives of the units of an answer to a quote those that it adds: they
// stand behind the words for another one, and the quote does not name them.
func (r *reading) further(units []Unit) []Unit {
	text := upper(compact(strings.Join(r.newLines, "\n")))
	at, _, ok := oneMore.find(strings.Join(r.newLines, "\n"), 0)
	if !ok {
		return nil
	}
	before := upper(compact(strings.Join(r.newLines, "\n")[:at]))
	older := upper(compact(r.subject + "\n" + r.parts.older))
	var out []Unit
	for _, u := range units {
		number := compact(cmp.Or(u.Serial, u.MAC))
		if number != "" && strings.Contains(text, number) && !strings.Contains(before, number) && !strings.Contains(older, number) {
			out = append(out, u)
		}
	}
	return out
}

// withNumbers keeps the units that are told apart by a number: a running case
// knows its models already.
func withNumbers(units []Unit) []Unit {
	var out []Unit
	for _, u := range units {
		if u.Serial != "" || u.MAC != "" {
			out = append(out, u)
		}
	}
	return out
}
