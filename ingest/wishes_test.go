package ingest

import (
	"strings"
	"testing"
)

func TestAdvanceReplacementIsWanted(t *testing.T) {
	for text, want := range map[string]bool{
		"Could you do an advance replacement for this phone?":                   true,
		"Please send us a replacement unit before we return the defective one.": true,
		"Is cross-shipping possible?":                                           true,
		"Bitte um Vorabaustausch, der Kunde steht ohne Telefon da.":             true,
		"Können Sie uns vorab ein Ersatzgerät schicken?":                        true,
		"Wir bräuchten ein neues Gerät vorab.":                                  true,
		"Merci de prévoir un échange anticipé de l'appareil.":                   true,
		"Pouvez-vous nous envoyer le remplacement à l'avance ?":                 true,
		"Kunt u het toestel vooraf vervangen? De klant zit zonder.":             true,
		"Graag een nieuw toestel op voorhand.":                                  true,
		"Chiediamo la sostituzione anticipata del prodotto.":                    true,
		"Potete inviarci in anticipo un apparecchio nuovo?":                     true,
		"We do not need an advance replacement.":                                false,
		"Ein Vorabaustausch ist nicht nötig.":                                   false,
		"Wir brauchen keinen Vorabaustausch.":                                   false,
		"Nous n'avons pas besoin d'un échange anticipé.":                        false,
		"Geen vervanging vooraf nodig.":                                         false,
		"Non serve la sostituzione anticipata.":                                 false,
		"Thank you in advance for a quick repair.":                              false,
		"Vielen Dank im Voraus!":                                                false,
		"Merci d'avance pour votre réponse.":                                    false,
		"Bij voorbaat dank.":                                                    false,
		"Grazie in anticipo per la risposta.":                                   false,
		"Please replace the phone under warranty.":                              false,
	} {
		if got := wished(sentences(squeezed(text)), advanceWords); got != want {
			t.Errorf("%v: %s", got, text)
		}
	}
}

func TestFreightCollect(t *testing.T) {
	for text, want := range map[string]bool{
		"We will send it freight collect.":                     true,
		"We are returning the phone at your expense.":          true,
		"Wir senden das Gerät unfrei zurück.":                  true,
		"Wir schicken die Ware auf Ihre Kosten zurück.":        true,
		"Nous renvoyons l'appareil en port dû.":                true,
		"Nous retournons le produit à vos frais.":              true,
		"Wij sturen het toestel ongefrankeerd.":                true,
		"We sturen het pakket op uw kosten terug.":             true,
		"Spediamo in porto assegnato.":                         true,
		"Vi inviamo l'apparecchio a vostro carico.":            true,
		"Of course we do not send it freight collect.":         false,
		"Nicht unfrei, wir zahlen den Versand.":                false,
		"We ship at our expense.":                              false,
		"Der Anschluss ist frei, das Gerät ist einwandfrei.":   false,
		"The repair shall not be at your expense.":             false,
		"Lo spediamo a nostre spese.":                          false,
		"La marchandise est arrivée au port, à vos risques.":   false,
		"Het toestel is op uw adres bezorgd, kosten onbekend.": false,
	} {
		if got := wished(sentences(squeezed(text)), collectWords); got != want {
			t.Errorf("%v: %s", got, text)
		}
	}
}

func TestBoughtFrom(t *testing.T) {
	for text, want := range map[string]string{
		"We bought the gateway from Alias S.p.A. in May 2025.":     "Alias",
		"It was purchased through GFO Europe.":                     "GFO Europe",
		"Das Gerät haben wir bei Alias gekauft.":                   "Alias",
		"Acheté chez Fiore, facture 12.":                           "Fiore",
		"Het toestel is gekocht bij Alias.":                        "Alias",
		"Il prodotto è stato acquistato da Fiore S.r.l.":           "Fiore",
		"Acquistato presso GFO nel 2025.":                          "GFO",
		"The phone is dead.\n\nBest regards,\nMario Fiore":         "",
		"Bought in May 2025, invoice 12.\nMario Fiore from Napoli": "",
	} {
		if got := boughtFrom(text); got == "" && want != "" || !strings.Contains(got, want) || want == "" && strings.Contains(got, "Fiore") {
			t.Errorf("%q: %q", text, got)
		}
	}
}
