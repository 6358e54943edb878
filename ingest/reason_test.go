package ingest

import "testing"

// TestReasons: why goods come back, as people put it without the word for it.
func TestReasons(t *testing.T) {
	for reason, texts := range map[string][]string{
		"order_error": {
			"My colleague picked the wrong version in the web shop. The boxes are still sealed, can we send them back?", "We bought six but only need four, the two spare ones are unopened. Do you take them back?", "Customer cancelled the project, ten phones are left in their boxes. Can we return them for credit?",
			"I clicked the wrong article, sorry. Not opened.", "Entered the quantity twice by mistake, so we now have 20 instead of 10.", "We should have taken the version with Wi-Fi. The box has not been opened.", "Wrong model ordered on our side.", "Turns out the customer needs the PoE version, we ordered the one without.",
			"Wir haben uns bei der Bestellung vertan.", "Da habe ich leider das falsche Modell erwischt, die Kartons sind noch zu.", "Wir haben zwei Geräte zu viel bestellt, originalverpackt. Nehmen Sie die zurück?", "Der Kunde ist vom Auftrag zurückgetreten, die Ware ist ungeöffnet. Gutschrift möglich?", "Im Shop verklickt, statt der PoE-Variante die ohne genommen.",
			"Leider doppelt bestellt.", "Irrtümlich das größere Modell geordert.", "Die Telefone passen nicht zur Anlage des Kunden, war unser Fehler. Ungeöffnet.", "Mein Kollege hat aus Versehen die falsche Variante in den Warenkorb gelegt.",
			"Nous nous sommes trompés de modèle.", "Je me suis trompé en passant la commande, les cartons sont scellés.", "Commande passée en double, pouvez-vous reprendre un lot ? Jamais ouvert.", "Le client a annulé son projet, matériel neuf sous blister : reprise possible ?", "Nous avons pris la mauvaise référence.", "Erreur de saisie chez nous : 12 au lieu de 2.",
			"On s'est planté de référence, c'est notre faute, rien n'a été déballé.",
			"We hebben ons vergist in het model.", "Ik heb de verkeerde aangeklikt, doos is nog dicht.", "Twee stuks te veel besteld, ongeopend. Mogen die terug?", "De klant ziet ervan af, toestellen zitten nog in de originele verpakking. Kunnen we ze retourneren voor een creditnota?", "Per abuis de versie zonder PoE besteld.",
			"Foutje van onze kant: verkeerde artikelnummer doorgegeven.",
			"Abbiamo sbagliato modello.", "Purtroppo abbiamo sbagliato noi: nell'ordine abbiamo indicato i T43U ma il cliente voleva i T46U. Scatole sigillate.", "Ho ordinato il codice sbagliato, scatola mai aperta.", "Il cliente ha annullato, i telefoni sono ancora imballati. Possiamo renderli con nota di credito?", "Abbiamo ordinato due pezzi in più, mai aperti.",
			"Per una svista ho messo dieci invece di uno.", "Errore nostro nell'ordine.",
		},
		"delivery_error": {
			"Two phones were missing from yesterday's parcel.", "You sent twelve instead of ten.", "In the box there was a T43U although the label says T46U.", "The packing list says T46U, but the boxes hold T43U.", "We received two more than we ordered.", "The pallet came with one switch too many.", "This is not what we ordered.", "You shipped us somebody else's order.",
			"Our order says ten, there are twelve in the wrap. We don't want to pay for the extra pair.", "The parcel arrived crushed and the phone inside is broken by the carrier.", "Wrong colour delivered.", "You sent the US version instead of the EU one.", "I got a T43U, not the T46U on the order confirmation.",
			"Es wurden zwei Geräte zu viel geliefert.", "Im Karton lagen acht D335, auf dem Lieferschein stehen acht D735.", "Wir haben die falsche Ware bekommen.", "Bestellt war weiß, gekommen ist schwarz.", "Sie haben uns versehentlich das falsche Modell geschickt.", "Die Lieferung stimmt nicht mit der Bestellung überein.", "Das haben wir nicht bestellt.", "Das Paket kam beschädigt an, Transportschaden.",
			"Uns wurde ein anderes Modell geliefert als bestellt.", "Falsches Gerät erhalten.",
			"Vous nous avez livré un modèle différent de celui commandé.", "Il y avait deux postes de trop dans le colis.", "Le carton contient des T43U alors que le BL indique T46U.", "Ce n'est pas ce que nous avons commandé.", "Mauvais article reçu.", "Vous vous êtes trompés dans la livraison.", "Nous avons reçu un article qui ne correspond pas à la commande.", "Colis endommagé pendant le transport.",
			"Jullie hebben ons het verkeerde model gestuurd.", "Er zaten twee toestellen te veel in de doos.", "Op de pakbon staat T46U maar er zitten T43U in de doos.", "Dit hebben wij niet besteld.", "Verkeerd artikel ontvangen.", "We kregen een ander model dan besteld.", "De levering klopt niet met onze bestelling.",
			"Ci avete mandato il modello sbagliato.", "Nel pacco c'erano due telefoni in più.", "Sulla bolla c'è scritto T54W ma nelle scatole ci sono T53W.", "Non è quello che avevamo ordinato.", "Abbiamo ricevuto merce non corrispondente all'ordine.", "Materiale errato ricevuto.", "Il pacco è arrivato danneggiato dal corriere.", "Avete spedito sei telefoni invece di cinque.",
		},
		"defective": {
			"The modem disappears from the USB bus every 20 minutes. We ordered it in March.", "Port 3 is gone after the thunderstorm, still under warranty.", "The handset has no sound on the left ear.", "It got stuck in a boot loop after the update.", "Display shows vertical lines.", "The phone we received last week is dead on arrival.", "PoE stopped on four ports.", "It keeps beeping.",
			"Lautsprecher kratzt, im Freisprechen versteht man nichts.", "Das Gerät gibt keinen Mucks mehr von sich.", "Seit gestern ohne Strom, Netzteil getauscht.", "Die Tasten reagieren nur noch manchmal.", "5-GHz-Radio down, Lüfter blockiert.", "Nach dem Update lässt es sich nicht mehr starten.", "Von den gelieferten Telefonen ist eines defekt.",
			"Le combiné ne donne plus signe de vie.", "La touche haut-parleur reste enfoncée.", "Il affiche une erreur au démarrage.", "L'écran tactile ne répond plus.", "Plus d'alimentation PoE.", "Le poste que vous nous avez livré en mars est en panne.", "La borne a rendu l'âme.",
			"De luidspreker kraakt.", "Hij geeft geen teken van leven meer.", "Het scherm heeft strepen.", "Een UDM die nergens meer op reageert, ook een reset doet niks.", "Poort 4 is dood.", "Hij blijft maar herstarten.", "De batterij is na een uur leeg.",
			"Si sganciano dal controller ogni ora circa, problema su tutti.", "Da lunedì sono fermi, tastiera illuminata ma non chiama nessuno.", "Il display mostra righe verticali.", "Non dà segni di vita.", "La porta LAN è bruciata.", "Il microfono non si sente.", "La batteria non tiene la carica.",
		},
		"": {
			"Where is my parcel?", "Thanks for the quick help.", "Die Seriennummer lautet CHNLB22061800415.", "Merci pour votre réponse, bonne journée.", "Het serienummer volgt morgen.", "Vi mando il DDT domani.", "Nous acceptons le devis de réparation.", "Bitte reparieren.", "Akkoord met de herstelling.", "Procedete con la riparazione.",
			"We ordered 60 units for next month.", "Wir haben gestern 20 Telefone bestellt.",
		},
	} {
		for _, text := range texts {
			if got := reasonOf(text); got != reason {
				t.Errorf("%q: got %q, want %q", text, got, reason)
			}
		}
	}
}

// TestNoLongerIsNoFault: what a person no longer has, finds or knows breaks
// nothing; the same words of a thing do.
func TestNoLongerIsNoFault(t *testing.T) {
	for text, want := range map[string]string{
		"Die Rechnung finde ich nicht mehr.":          "",
		"Ich habe den Karton nicht mehr.":             "",
		"Je ne retrouve plus la facture.":             "",
		"We vinden de pakbon niet meer.":              "",
		"Non trovo più la fattura.":                   "",
		"De garantie loopt tot maart 2027.":           "",
		"De prijs is 12 euro per stuk.":               "",
		"For our audit we need a RoHS declaration.":   "",
		"Der Hörer nimmt nichts mehr an.":             "defective",
		"Port 3 ist tot.":                             "defective",
		"Le poste n'a plus de tonalité.":              "defective",
		"Het toestel krijgt geen stroom meer.":        "defective",
		"Non sento più chi chiama.":                   "defective",
		"SPA112, my fault: it was dropped. No LEDs.":  "defective",
		"My mistake, I took the black one. Unopened.": "order_error",
	} {
		if got := reasonOf(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
