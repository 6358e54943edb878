package ingest

import "testing"

// TestShortLanguage: the language of what people write in a word or two, and of
// what has none of the five.
func TestShortLanguage(t *testing.T) {
	tongue := newTongue()
	for lang, texts := range map[string][]string{
		"en": {"see subject :)", "Yes please", "Thanks", "Done.", "See attached", "Please find attached", "Go ahead", "As requested", "Serial below", "Any news?", "ok, thanks", "Sent today", "Attached.", "will do", "Cheers", "Not yet", "Here you go", "Shipped yesterday", "It is dead", "Faulty unit", "need RMA", "2x T46S dead", "Sorry, wrong file", "Approved", "hi, serial number is 4711", "Agreed, please proceed"},
		"de": {"siehe Betreff", "Ja bitte", "Danke", "Erledigt", "Siehe Anhang", "anbei die Liste", "Wie gewünscht", "Gibt es Neuigkeiten?", "ist unterwegs", "Heute verschickt", "Einverstanden", "geht klar", "Noch nicht", "Gerät defekt", "Kein Display", "Vielen Dank", "Bitte reparieren", "MfG", "Freigabe erteilt", "Nachtrag", "Hallo, Seriennummer 4711", "passt so", "mach ich"},
		"fr": {"voir objet", "Oui merci", "Merci", "C'est fait", "Ci-joint", "Voir pièce jointe", "Comme demandé", "Des nouvelles ?", "expédié ce matin", "D'accord", "Bon pour accord", "Pas encore", "Poste HS", "Merci beaucoup", "Voici", "Bonjour, n° de série 4711", "en panne", "Je valide", "Bien reçu", "Cordialement", "le numéro de série est 4711"},
		"nl": {"zie onderwerp", "Ja graag", "Bedankt", "Klaar", "Zie bijlage", "Zoals gevraagd", "Al nieuws?", "vandaag verstuurd", "Akkoord", "Doe maar", "Nog niet", "Toestel defect", "Geen beeld", "Dank je wel", "Hierbij", "in bijlage", "mvg", "Goedgekeurd", "laat maar zitten", "Hoi, serienummer 4711", "komt eraan", "Met vriendelijke groet"},
		"it": {"vedi oggetto", "Sì grazie", "Grazie", "Fatto", "In allegato", "Vedi allegato", "Come richiesto", "Ci sono novità?", "spedito oggi", "D'accordo, procedete", "Procedete pure", "Non ancora", "Telefono guasto", "Grazie mille", "Ecco", "Va bene", "Accetto", "Buongiorno, matricola 4711", "tutto ok, grazie", "Saluti", "non funziona"},
		"und": {"", "4711", "CHNLB22061800415", "20EZ1QFH30AF42E2 00:0B:82:11:22:33", "OK", "RMA-26-00017-4", ":-)", "---", "1) 4711\n2) 4712",
			"Buenos días, el teléfono no funciona y quisiera devolverlo. Gracias.", "Dzień dobry, telefon nie działa, proszę o numer RMA.", "Bom dia, o telefone não funciona e queria devolver. Obrigado.", "Dobrý den, telefon nefunguje, prosím o reklamaci.", "Здравствуйте, телефон не работает.",
			"Hej, telefonen fungerar inte, jag vill gärna returnera den.", "您好，电话坏了。", "Merhaba, telefon çalışmıyor."},
	} {
		for _, text := range texts {
			if got := tongue.of(text); got != lang {
				t.Errorf("%q: got %s, want %s", text, got, lang)
			}
		}
	}
}
