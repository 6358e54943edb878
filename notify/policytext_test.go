package notify

import (
	"strings"
	"testing"
	"time"

	"retour/rules"
	"retour/templates"
)

// inAll is one phrase a language, in the order en, fr, nl, it, de.
type inAll [5]string

// What the policy makes the customer's duty, or promises him, he is told in his
// own language. Each row is one rule of the table in the README.
func TestTextsSayThePolicy(t *testing.T) {
	composer := testComposer(t)
	approved, quoted := rules.NoticeValidated, rules.NoticeQuote
	for _, c := range []struct {
		rule string
		kind rules.NoticeKind
		say  inAll
	}{
		{"packaging", approved, inAll{"pack the goods so that they cannot be damaged in transit", "emballez soigneusement la marchandise", "verpak de goederen zo dat", "imballare la merce in modo da evitare danni", "so, dass sie beim Transport nicht beschädigt werden kann"}},
		{"tracking_is_the_customers", approved, inAll{"tracking the shipment is your responsibility", "le suivi de l’envoi vous incombe", "het volgen van de zending is uw verantwoordelijkheid", "il monitoraggio della spedizione è a cura del mittente", "Die Verfolgung der Sendung liegt bei Ihnen"}},
		{"tell_the_delivery", approved, inAll{"as soon as your carrier confirms delivery", "dès que votre transporteur confirme la livraison", "zodra uw vervoerder de aflevering bevestigt", "non appena il corriere conferma la consegna", "sobald Ihr Versanddienst die Zustellung bestätigt"}},
		{"number_on_the_parcel", approved, inAll{"visible on the outside of the parcel; write RMA-26-00123-7", "à l’extérieur du colis ; inscrivez RMA-26-00123-7", "op de buitenkant van het pakket; vermeld RMA-26-00123-7", "all’esterno del collo; riportare RMA-26-00123-7", "gut sichtbar außen auf dem Paket. Jedes weitere Paket beschriften Sie mit RMA-26-00123-7"}},
		{"delivery_note", approved, inAll{"the number RMA-26-00123-7 and the date of acceptance, 23 November 2026", "le numéro RMA-26-00123-7 et la date d’acceptation, le 23 novembre 2026", "het nummer RMA-26-00123-7 en de datum van goedkeuring, 23 november 2026", "il numero RMA-26-00123-7 e la data di accettazione, 23 novembre 2026", "der Nummer RMA-26-00123-7 und dem Datum der Annahme (23. November 2026)"}},
		{"complete_if_possible", approved, inAll{"return the equipment complete (power supply, battery, peripherals)", "le matériel complet (alimentation, batterie, périphériques)", "compleet terug (voeding, batterij, randapparatuur)", "il prodotto completo (alimentatore, batteria, periferiche)", "vollständig ein (Netzteil, Akku, Peripherie)"}},
		{"accessories_at_least", approved, inAll{"everything needed to diagnose the fault", "tout ce qui est nécessaire au diagnostic de la panne", "alles bij wat nodig is om het defect vast te stellen", "quanto serve per diagnosticare il guasto", "alles, was zur Diagnose des Fehlers nötig ist"}},
		{"carriage", approved, inAll{"the shipping costs are borne by you", "les frais d’expédition sont à votre charge", "de verzendkosten zijn voor uw rekening", "le spese di spedizione sono a Suo carico", "Die Versandkosten tragen Sie"}},
		{"no_freight_collect", approved, inAll{"parcels sent freight collect cannot be accepted", "les envois en port dû ne sont pas acceptés", "ongefrankeerde zendingen worden niet aangenomen", "non si accettano spedizioni in porto assegnato", "Unfreie Sendungen nehmen wir nicht an"}},
		{"to_the_warehouse", approved, inAll{"Please send the goods to: Distri Telecom – RMA Havenstraat 12", "à l’adresse suivante : Distri Telecom – RMA Havenstraat 12", "sturen naar: Distri Telecom – RMA Havenstraat 12", "spedita a: Distri Telecom – RMA Havenstraat 12", "senden Sie die Ware an: Distri Telecom – RMA Havenstraat 12"}},
		{"acceptance_is_no_warranty", approved, inAll{"not yet a confirmation of warranty cover", "ne vaut pas encore prise en charge sous garantie", "nog geen erkenning van de garantie", "non comporta ancora l’attivazione della garanzia", "noch keine Garantiezusage"}},
		{"improper_use_is_charged", approved, inAll{"or external causes are not covered and will be charged", "ou à des causes externes ne sont pas couvertes et seront facturées", "of oorzaken van buitenaf vallen niet onder de garantie en worden in rekening gebracht", "o a cause esterne non sono coperti e saranno addebitati", "oder äußere Einwirkung sind nicht gedeckt und werden berechnet"}},
		{"improper_use_or_installation", approved, inAll{"Faults due to improper use or installation", "une utilisation ou à une installation non conforme", "onjuist gebruik of onjuiste installatie", "uso o installazione impropri", "unsachgemäße Verwendung oder Installation"}},
		{"beyond_the_specifications", approved, inAll{"use beyond the specifications", "un usage hors spécifications", "gebruik buiten de specificaties", "un impiego oltre le specifiche", "Einsatz außerhalb der Spezifikationen"}},
		{"repairs_by_others", approved, inAll{"repairs by others", "des réparations par des tiers", "reparaties door derden", "riparazioni di terzi", "Reparaturen durch Dritte"}},
		{"unauthorised_modifications", approved, inAll{"modifications without written authorisation", "des modifications sans autorisation écrite", "wijzigingen zonder schriftelijke toestemming", "modifiche senza autorizzazione scritta", "Änderungen ohne schriftliche Genehmigung"}},
		{"no_liability", approved, inAll{"no liability for data lost or for consequential damage", "déclinons toute responsabilité en cas de perte de données ou de dommages indirects", "gegevensverlies of gevolgschade tijdens reparatie of omruiling aanvaarden wij geen aansprakelijkheid", "decliniamo ogni responsabilità per la perdita di dati o per danni indiretti", "Für Datenverlust oder Folgeschäden bei Reparatur oder Austausch übernehmen wir keine Haftung"}},
		{"estimate_first", approved, inAll{"out of warranty you will receive a quote after the test", "hors garantie, vous recevrez un devis après le test", "buiten garantie ontvangt u na de test een offerte", "fuori garanzia riceverà un preventivo dopo il test", "außerhalb der Garantie erhalten Sie nach dem Test einen Kostenvoranschlag"}},
		{"wait_for_the_approval", rules.NoticeAcknowledged, inAll{"Please do not send the goods yet", "ne pas encore expédier la marchandise", "Stuur de goederen nog niet op", "non spedire ancora la merce", "senden Sie die Ware noch nicht ein"}},
		{"decision_by", rules.NoticeInCharge, inAll{"You will have our decision by 25 November 2026", "notre décision au plus tard le 25 novembre 2026", "onze beslissing uiterlijk 25 november 2026", "la nostra decisione entro il 25 novembre 2026", "Unsere Entscheidung erhalten Sie bis zum 25. November 2026"}},
		{"state_in_charge", rules.NoticeInCharge, inAll{"Status: in charge", "Statut : prise en charge", "Status: in behandeling genomen", "Stato: presa in carico", "Status: in Prüfung"}},
		{"state_validated", approved, inAll{"Status: validated", "Statut : validée", "Status: goedgekeurd", "Stato: approvata", "Status: genehmigt"}},
		{"state_refused", rules.NoticeRefused, inAll{"Status: closed – refused", "Statut : clôturée – refus", "Status: afgesloten – afgewezen", "Stato: chiusa – respinta", "Status: abgeschlossen – abgelehnt"}},
		{"state_in_process", rules.NoticeInProcess, inAll{"Status: in process", "Statut : en cours de traitement", "Status: in verwerking", "Stato: in lavorazione", "Status: in Bearbeitung"}},
		{"state_success", rules.NoticeShipped, inAll{"Status: closed – with success", "Statut : clôturée – avec succès", "Status: afgesloten – met succes", "Stato: chiusa – con esito positivo", "Status: abgeschlossen – erfolgreich"}},
		{"outcome_in_warranty", rules.NoticeInProcess, inAll{"fault covered by warranty", "panne couverte par la garantie", "defect valt onder de garantie", "guasto coperto da garanzia", "Fehler durch Garantie gedeckt"}},
		{"outcome_improper_use", quoted, inAll{"improper use, not covered by warranty", "utilisation non conforme, hors garantie", "onjuist gebruik, valt niet onder de garantie", "uso improprio, non coperto da garanzia", "unsachgemäße Verwendung, keine Garantie"}},
		{"outcome_repairable", quoted, inAll{"repairable at cost", "réparable à titre payant", "tegen betaling te repareren", "riparabile a pagamento", "kostenpflichtig reparierbar"}},
		{"outcome_not_repairable", rules.NoticeUncollected, inAll{"not repairable", "non réparable", "niet te repareren", "non riparabile", "nicht reparierbar"}},
		{"cost", quoted, inAll{"Cost of repair or replacement: 96.50 EUR", "Coût de la réparation ou du remplacement : 96,50 EUR", "Kosten van reparatie of vervanging: 96,50 EUR", "Costo della riparazione o della sostituzione: 96,50 EUR", "Kosten für Reparatur oder Ersatz: 96,50 EUR"}},
		{"written_acceptance", quoted, inAll{"only after your written acceptance", "qu’après votre accord écrit", "pas na uw schriftelijk akkoord", "solo dopo la Sua accettazione scritta", "erst nach Ihrer schriftlichen Zustimmung"}},
		{"collection_at_own_cost", quoted, inAll{"available for collection at your expense until the same date", "pour enlèvement à vos frais jusqu’à cette même date", "op uw kosten worden afgehaald, tot diezelfde datum", "per il ritiro a Sue spese fino alla stessa data", "bis zum selben Tag auf Ihre Kosten zur Abholung bereit"}},
		{"storage_until", quoted, inAll{"by 8 December 2026", "au plus tard le 8 décembre 2026", "uiterlijk 8 december 2026", "entro il 8 dicembre 2026", "bis zum 8. Dezember 2026"}},
		{"disposal", rules.NoticeUncollected, inAll{"After that they are disposed of, unless otherwise agreed in writing", "elle est mise au rebut, sauf accord écrit contraire", "Daarna worden ze afgevoerd, tenzij schriftelijk anders is afgesproken", "viene smaltita, salvo diverso accordo scritto", "Danach wird sie entsorgt, sofern nichts anderes schriftlich vereinbart ist"}},
		{"shipment_date", rules.NoticeShipped, inAll{"were shipped on 23 November 2026", "a été expédiée le 23 novembre 2026", "zijn op 23 november 2026 verzonden", "è stata spedita in data 23 novembre 2026", "wurde am 23. November 2026 versandt"}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			for i, lang := range []string{"en", "fr", "nl", "it", "de"} {
				m := compose(t, composer, customer(rules.Proven), lang, []Told{{aNotice(c.kind), aCase(c.kind)}}, Thread{})
				if text := oneLine(m); !strings.Contains(text, c.say[i]) {
					t.Errorf("%s does not say %q:\n%s", lang, c.say[i], text)
				}
			}
		})
	}
}

// oneLine is the text of a mail without its line breaks.
func oneLine(m Mail) string { return strings.Join(strings.Fields(m.Text), " ") }

// With the outcome of the test the customer is told when he gets his goods back:
// on the day that staff named, else at the end of the time for the work, unless
// that is over.
func TestExpectedDeliveryIsTold(t *testing.T) {
	c := testComposer(t)
	for name, tt := range map[string]struct {
		since time.Time
		named time.Time
		want  string
	}{
		"named by staff": {opened, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), "Expected delivery date: 1 December 2026"},
		"by the policy":  {opened, time.Time{}, "Expected delivery date: 7 December 2026"},
		"over already":   {opened.AddDate(0, -1, 0), time.Time{}, ""},
	} {
		k := aCase(rules.NoticeInProcess)
		k.ClockAt, k.StateAt, k.Promised = tt.since, tt.since, tt.named
		m := compose(t, c, customer(rules.Proven), "en", []Told{{aNotice(rules.NoticeInProcess), k}}, Thread{})
		text := oneLine(m)
		if got := strings.Contains(text, "Expected delivery"); !strings.Contains(text, tt.want) || got != (tt.want != "") {
			t.Errorf("%s: want %q in\n%s", name, tt.want, m.Text)
		}
	}
}

// The five languages are all that there are.
func TestPolicyIsCheckedInEveryLanguage(t *testing.T) {
	if n := len(templates.Languages()); n != len(inAll{}) {
		t.Errorf("%d languages, and the policy's words are checked in %d", n, len(inAll{}))
	}
}
