package ingest

import "strings"

// Robots that write without a header which says so: devices that watch
// themselves, and newsletters that name numbers.

var (
	// byItself says that no person wrote a mail.
	byItself = newSayings(`
		(automatic|automated|system) (alert|notification|notice|warning|message|alarm)
		(alert|notification|message|notice|mail|e-mail|email|report) .. (generated|created|sent|raised) (automatically )?(by|from)
		(automatically|auto-) ?(generated|created|sent)
		automatisch (erzeugt*|generiert*|erstellt*|versandt*|versendet*|gesendet*)
		automatische? (meldung|benachrichtigung|warnung|nachricht|alarmmeldung|mitteilung)
		(meldung|nachricht|mail|e-mail|benachrichtigung) (wurde|wird) .. (automatisch|vom|von|durch)
		(alerte|notification|message|avis|avertissement) automatique
		(message|alerte|courriel|notification|mail) .. (généré*|envoyé*|émis*) .. (automatiquement|par)
		automatisch* (melding|bericht|waarschuwing|notificatie|alarm)
		(bericht|melding|mail|e-mail) .. automatisch (verzonden|verstuurd|gegenereerd|aangemaakt)
		(bericht|melding|mail|e-mail) .. (automatisch|gegenereerd|verzonden) door
		(avviso|notifica|messaggio|allarme|segnalazione) automatic*
		(messaggio|avviso|notifica|e-mail|mail) .. (generat*|inviat*|creat*) .. (automaticamente|da|dal|dalla)
	`)
	// eventHead is the begin of a line that tells an event, and otherHead of one
	// that tells about it.
	eventHead = newPattern(`(?im)^\s*(?:event(?:o| id| type| time|code)?|ereignis|événement|gebeurtenis|alarm\w*|allarme|trigger|severity|schweregrad|gravité|gravità|ernst|threshold|schwelle|soglia|seuil|drempel|warning|warnung|waarschuwing|avvertimento)\b[^:\n]{0,20}:`)
	otherHead = newPattern(`(?im)^\s*(?:date|data|datum|time|ora|uhrzeit|heure|tijd|host(?:name)?|device|gerät|dispositivo|équipement|toestel|apparaat|modell?o?|modèle|model|serial|seriennummer|matricola|firmware|ip|indirizzo|adresse|adres|address|location|standort|luogo|emplacement|locatie|uptime|sensor|status|stato|état|contact|contatto|kontakt|name|nome|nom|value|wert|valore|valeur|waarde|item|site)\b[^:\n]{0,20}:`)
	// ofForm names what a person filled in, which is then his mail.
	ofForm = newSayings(`
		(form|web form|contact form|request|customer*|shop|return*|rma|ordered by|requested by)
		(formular*|kontaktformular|webformular|kunde*|antrag*|anfrage*|rückgabe*|rücksend*|retoure*|reklamation*)
		(formulaire*|demande*|client*|boutique|retour*|sav)
		(formulier*|aanvraag*|klant*|verzoek*|retour*|webwinkel)
		(modulo|richiesta|cliente|clienti|negozio|reso|resi)
	`)
	// speaksTo is what persons say to each other.
	speaksTo = newSayings(`
		(hello|hi|dear|regards|please|thanks|thank you|could you|can you|cheers)
		(hallo|guten|sehr geehrte*|liebe|moin|servus|grüße*|gruß|bitte|danke|können sie|könnt ihr)
		(bonjour|madame|monsieur|cordialement|merci|pouvez-vous|svp|salutations)
		(dag|beste|geachte|groet|groeten|graag|bedankt|gelieve|kunnen jullie|kunt u|aub)
		(buongiorno|salve|gentile|gentili|ciao|saluti|grazie|per favore|potete|vi chiedo|vi prego|spett*)
	`)
)

// reportsEvent tells the mail of a device or of a program that watches it: lines
// of what happened, which say that they were sent by themselves and speak to
// nobody.
func reportsEvent(text string) bool {
	const most, fewest = 4 << 10, 2
	return len(text) <= most && byItself.in(text) && len(eventHead.FindAllStringIndex(text, -1)) > 0 &&
		len(otherHead.FindAllStringIndex(text, -1)) >= fewest && !speaksTo.in(noReply.blanked(text)) && !ofForm.in(text) && !strings.Contains(text, "?")
}

// massMail tells a newsletter by two of what its programs put in: how to be
// taken off the list, in the header and in the text. Groups of persons, whose
// mails are posted to a list, have a place to post to.
func massMail(m *Message, text string) bool {
	return m.first("List-Unsubscribe") != "" && m.first("List-Post") == "" && leavesList.in(tail(text, 4<<10)) && toMany.in(text)
}

var (
	// leavesList is the line on how to be taken off.
	leavesList = newSayings(`
		(unsubscribe|opt out|opt-out|manage (your )?(subscription*|preferences)|email preferences|view (this email )?in (your )?browser)
		(abmelden|abbestellen|austragen|newsletter-abmeldung|im browser (ansehen|anzeigen|öffnen))
		(se désabonner|désabonnement|désinscri*|me désinscrire|désabonner|version en ligne)
		(uitschrijven|afmelden|afmeldlink|bekijk .. browser)
		(cancella* .. (iscrizione|newsletter)|disiscri*|annulla .. iscrizione|cancellarsi|cancellati|visualizza .. browser)
	`)
	// toMany greets all readers, or says why they are written to.
	toMany = newSayings(`
		dear (partner|partners|customer|customers|reseller|resellers|subscriber|subscribers|colleagues|all)
		you (are receiving|receive|received|get) this (e-mail|email|mail|message|newsletter|notice|notification)
		(liebe|sehr geehrte|werte) (partner|kunden|kundinnen|fachhandelspartner|fachhändler|leser|abonnenten|damen und herren)
		sie (erhalten|bekommen) diese (nachricht|e-mail|mail|information)
		(chers|cher|chères) (partenaire|partenaires|clients|client|abonnés|revendeurs|revendeur)
		vous recevez (ce|cet|cette) (message|e-mail|mail|courriel|lettre|information)
		(beste|geachte) (partner|partners|klant|klanten|reseller|resellers|relatie|relaties|abonnee)
		(u|je) ontvangt (deze|dit) (nieuwsbrief|e-mail|mail|bericht|mailing)
		(gentili|gentile|cari|spettabili) (partner|clienti|cliente|rivenditori|rivenditore|abbonati)
		(ricevi|ricevete|riceve) (questa|questo|la presente) (e-mail|email|mail|messaggio|newsletter|comunicazione)
	`)
)
