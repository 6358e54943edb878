package ingest

import (
	"strings"
	"testing"
)

// TestKindByContent: persons' mails to the returns desk that have no thread and
// no number of ours.
func TestKindByContent(t *testing.T) {
	cat := catalogue(t)
	for kind, texts := range map[Kind][]string{
		Request: {
			"Hello, our Snom D735 is dead. What do we do?", "Phone broken, please help.", "Hi, need an RMA for a Yealink T46S, no display.", "We received the wrong phones, please collect them.", "Can you take back five unopened T46U? We ordered too many.",
			"My router does not start any more, it is under warranty.", "Snom D785, S/N CHNLB22061800415, keys stuck.", "Please find attached the list of faulty units.", "The switch you sold us in May died last night. How do I send it in?", "One of our handsets has stopped ringing.",
			"Guten Tag, unser Telefon Snom D735 ist kaputt.", "Ich möchte ein defektes Gerät einschicken.", "Bitte um RMA-Nummer für ein Yealink T46S.", "Falschlieferung, bitte abholen.", "Das Headset geht nicht mehr, was nun?", "Router startet nicht, Garantiefall.", "Wie kann ich das defekte Netzteil umtauschen?",
			"Bonjour, notre poste Yealink T46S ne démarre plus.", "Je souhaite retourner un téléphone défectueux.", "Demande de RMA pour une borne en panne.", "Erreur de livraison, merci de reprendre les postes.", "Le switch est en panne, que faire ?", "Combiné HS, comment l'échanger ?",
			"Hallo, ons toestel is kapot.", "Graag een RMA-nummer voor een defecte Yealink T46S.", "De router start niet meer, hoe kan ik hem terugsturen?", "Verkeerd geleverd, wanneer halen jullie het op?", "Mijn headset doet het niet meer.",
			"Buongiorno, il nostro telefono è guasto.", "Chiedo autorizzazione al reso per un T46S che non si accende.", "Vorrei spedire in riparazione un centralino.", "Materiale errato ricevuto, come lo rendiamo?", "La base DECT non funziona più, è in garanzia.",
		},
		Other: {
			"How much is a Yealink T46U, and do you have ten in stock?", "Please find our invoice attached.", "I would like to apply for the position of repair technician. My CV is attached; I have repaired Snom D735 and Yealink T46S.", "Is the Snom D735 CHNLB22061800415 still under warranty? It works fine, I am only asking.",
			"What are your return conditions?", "Thank you for the quick help, have a nice weekend!", "Your parcel is on hold. Click here and pay the handling fee within 24 hours.", "We are an SEO agency and can help you get more customers.", "Could you send me your price list?", "How long is the warranty on Yealink phones?",
			"Payment reminder: invoice 10022 is overdue.", "Do you sell spare power supplies for the T46S?", "I'd like to invite you to our webinar on VoIP security.",
			"Was kostet ein Snom D785? Wir brauchen zehn Stück.", "Anbei unsere Rechnung 10022.", "Hiermit bewerbe ich mich als Techniker; ich habe defekte Telefone repariert.", "Hat das Telefon CHNLB22061800415 noch Garantie? Es läuft einwandfrei, nur zur Info.", "Wie lange ist die Garantie auf Yealink?", "Mahnung: Rechnung 10022 ist überfällig.", "Vielen Dank für die schnelle Hilfe!",
			"Bitte bieten Sie uns 12 Yealink T54W an.", "Ich wollte nur Danke sagen.",
			"Combien coûte un Yealink T46U neuf ?", "Veuillez trouver ci-joint notre facture.", "Candidature au poste de technicien SAV, mon CV est joint.", "Le poste CHNLB22061800415 est-il encore sous garantie ? Il fonctionne très bien, simple question.", "Relance : facture 10022 impayée.", "Merci beaucoup pour votre aide, bonne journée.", "Demande de prix pour 20 Yealink T46U.",
			"Wat kost een nieuwe T46U?", "In bijlage onze factuur.", "Sollicitatie als technicus, mijn cv in bijlage.", "Heeft dit toestel nog garantie? Het werkt prima, ik wil niets terugsturen.", "Betalingsherinnering factuur 10022.", "Bedankt voor de snelle hulp!", "Hoe lang is de garantie op Yealink?",
			"Quanto costa un Yealink T46U?", "In allegato la nostra fattura.", "Invio la mia candidatura come tecnico, in allegato il curriculum.", "Il telefono è ancora in garanzia? Funziona benissimo, non dobbiamo restituire nulla.", "Sollecito di pagamento fattura 10022.", "Grazie mille per l'aiuto!", "Vendete ricambi per il T46S?",
		},
		Reply: {
			"Here is the serial number as requested: CHNLB22061800415", "We shipped the phone today with UPS, tracking 1Z999AA10123456784.", "Where is our return? Any news?", "wie gewünscht die Seriennummer CHNLB22061800415", "Paket ist heute mit DHL raus, Sendungsnummer 00340434161094015902", "Gibt es etwas Neues zu unserer Rücksendung?",
			"Voici le numéro de série demandé : CHNLB22061800415, comme convenu.", "Colis expédié hier avec UPS 1Z999AA10123456784", "Où en est notre retour ?", "Zoals gevraagd het serienummer CHNLB22061800415", "Vandaag verstuurd, 3SDEVC201834", "Wat is de stand van zaken van onze retour?",
			"Come richiesto, la matricola è CHNLB22061800415", "Spedito oggi con UPS 1Z999AA10123456784", "A che punto è il nostro reso?", "Status of RMA-26-00017-4?", "Re RMA 26-0017: parcel left",
		},
	} {
		for _, text := range texts {
			if f := read(cat, "hello", strings.ReplaceAll(text, "; ", ";\n")); f.Kind != kind {
				t.Errorf("%q: got %s (%s), want %s", text, f.Kind, f.KindWhy, kind)
			}
		}
	}
}
