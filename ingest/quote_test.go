package ingest

import "testing"

// TestHistory: how mail programs introduce an older mail, in the languages that
// they are translated to. "Mine." is the new text of each.
func TestHistory(t *testing.T) {
	for name, history := range map[string]string{
		"Gmail":                      "On Tue, Mar 10, 2026 at 9:00 AM RMA Desk <rma@desk.example> wrote:\n\n> Old.",
		"Gmail without marks":        "On Tue, Mar 10, 2026 at 9:00 AM RMA Desk <rma@desk.example> wrote:\n\nOld.",
		"Gmail es":                   "El mar, 10 mar 2026 a las 9:00, RMA (<rma@desk.example>) escribió:\n\n> Old.",
		"Gmail pt":                   "Em ter., 10 de mar. de 2026 às 09:00, RMA <rma@desk.example> escreveu:\n\n> Old.",
		"Gmail pl":                   "wt., 10 mar 2026 o 09:00 RMA <rma@desk.example> napisał(a):\n\n> Old.",
		"Gmail sv":                   "Den tis 10 mars 2026 kl 09:00 skrev RMA <rma@desk.example>:\n\nOld.",
		"Gmail da":                   "Den tirs. 10. mar. 2026 kl. 09.00 skrev RMA <rma@desk.example>:\n\nOld.",
		"Gmail no":                   "tir. 10. mars 2026 kl. 09:00 skrev RMA <rma@desk.example>:\n\nOld.",
		"Gmail fi":                   "ti 10. maalisk. 2026 klo 9.00 RMA (rma@desk.example) kirjoitti:\n\nOld.",
		"Gmail cs":                   "út 10. 3. 2026 v 9:00 odesílatel RMA <rma@desk.example> napsal:\n\nOld.",
		"Gmail hu":                   "RMA <rma@desk.example> ezt írta (időpont: 2026. márc. 10., K, 9:00):\n\nOld.",
		"Gmail ro":                   "În mar., 10 mar. 2026 la 09:00, RMA <rma@desk.example> a scris:\n\nOld.",
		"Gmail ru":                   "вт, 10 мар. 2026 г. в 09:00, RMA <rma@desk.example>:\n\nOld.",
		"Gmail tr":                   "RMA <rma@desk.example>, 10 Mar 2026 Sal, 09:00 tarihinde şunu yazdı:\n\nOld.",
		"Gmail el":                   "Στις Τρί 10 Μαρ 2026 στις 9:00 π.μ., ο χρήστης RMA <rma@desk.example> έγραψε:\n\nOld.",
		"Gmail ja":                   "2026年3月10日(火) 9:00 RMA <rma@desk.example>:\n\nOld.",
		"Gmail zh":                   "RMA <rma@desk.example> 于2026年3月10日周二 09:00写道：\n\nOld.",
		"Gmail uk":                   "вт, 10 бер. 2026 р. о 09:00 RMA <rma@desk.example> пише:\n\nOld.",
		"Gmail sl":                   "V V tor., 10. mar. 2026 ob 09:00 je oseba RMA <rma@desk.example> napisala:\n\nOld.",
		"Gmail en, wrapped thrice":   "On Tue, Mar 10, 2026 at 9:00 AM\nRMA Desk of the Distributor with a Long Name\n<rma@desk.example>\nwrote:\n\n> Old.",
		"Apple fr":                   "Le 10 mars 2026 à 09:00, RMA <rma@desk.example> a écrit :\n\nOld.",
		"Apple de":                   "Am 10.03.2026 um 09:00 schrieb RMA <rma@desk.example>:\n\nOld.",
		"Apple it":                   "Il giorno 10 mar 2026, alle ore 09:00, RMA <rma@desk.example> ha scritto:\n\nOld.",
		"Apple it, iOS":              "Il giorno 10 mar 2026, alle ore 09:00, RMA ha scritto:\n\n> Old.",
		"Apple nl":                   "Op 10 mrt. 2026, om 09:00 heeft RMA <rma@desk.example> het volgende geschreven:\n\nOld.",
		"iOS en without colon":       "On 10 Mar 2026, at 09:00, RMA <rma@desk.example> wrote\n\n> Old.",
		"Thunderbird en":             "On 3/10/26 9:00 AM, RMA wrote:\n> Old.",
		"Thunderbird fr":             "Le 10/03/2026 à 09:00, RMA a écrit :\n> Old.",
		"Thunderbird it":             "Il 10/03/2026 09:00, RMA ha scritto:\n> Old.",
		"Thunderbird nl":             "Op 10-03-2026 om 09:00 schreef RMA:\n> Old.",
		"Thunderbird de, name first": "RMA <rma@desk.example> schrieb am 10.03.2026 um 09:00:\n> Old.",
		"K-9 de":                     "Am 10. März 2026 09:00:12 MEZ schrieb RMA <rma@desk.example>:\n>Old.",
		"GMX":                        "Gesendet: Dienstag, 10. März 2026 um 09:00 Uhr\nVon: RMA <rma@desk.example>\nAn: ada@customer.example\nBetreff: Ihre Retoure\nOld.",
		"web.de with separator":      "--\nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\n\nAm 10.03.26, 09:00 schrieb RMA <rma@desk.example>:\nOld.",
		"Orange fr":                  "> Message du 10/03/26 09:00\n> De : \"RMA\" <rma@desk.example>\n> A : ada@customer.example\n> Objet : Votre retour\n>\n> Old.",
		"Libero it":                  "----Messaggio originale----\nDa: rma@desk.example\nData: 10/03/2026 9.00\nA: <ada@customer.example>\nOgg: Reso\n\nOld.",
		"Yahoo en":                   "On Tuesday, March 10, 2026 at 09:00:00 AM GMT+1, RMA <rma@desk.example> wrote: \n\n Old.",
		"Yahoo it":                   "Il martedì 10 marzo 2026 alle ore 09:00:00 CET, RMA <rma@desk.example> ha scritto: \n\n Old.",
		"Yahoo old":                  "--- On Tue, 3/10/26, RMA <rma@desk.example> wrote:\n\nFrom: RMA <rma@desk.example>\nSubject: Your return\n\nOld.",
		"Zoho":                       "---- On Tue, 10 Mar 2026 09:00:00 +0100 RMA <rma@desk.example> wrote ----\n\nOld.",
		"Proton":                     "-------- Original Message --------\nOn Tuesday, 03/10/26 at 09:00 RMA <rma@desk.example> wrote:\n\n> Old.",
		"Proton de":                  "-------- Ursprüngliche Nachricht --------\nAm 10.03.26 09:00 schrieb RMA <rma@desk.example> :\n\n> Old.",
		"Samsung":                    "-------- Original message --------\nFrom: RMA <rma@desk.example>\nDate: 10/03/2026 09:00 (GMT+01:00)\nTo: ada@customer.example\nSubject: Your return\n\nOld.",
		"Samsung de":                 "-------- Ursprüngliche Nachricht --------\nVon: RMA <rma@desk.example>\nDatum: 10.03.26 09:00 (GMT+01:00)\nAn: ada@customer.example\nBetreff: Ihre Retoure\n\nOld.",
		"Samsung nl":                 "-------- Oorspronkelijk bericht --------\nVan: RMA <rma@desk.example>\nDatum: 10-03-2026 09:00 (GMT+01:00)\nAan: ada@customer.example\nOnderwerp: Uw retour\n\nOld.",
		"Huawei it":                  "-------- Messaggio originale --------\nDa: RMA <rma@desk.example>\nData: mar 10 mar 2026, 09:00\nA: ada@customer.example\nOggetto: Reso\nOld.",
		"Outlook es":                 "De: RMA <rma@desk.example>\nEnviado el: martes, 10 de marzo de 2026 9:00\nPara: Ada\nAsunto: Devolución\n\nOld.",
		"Outlook pl":                 "Od: RMA <rma@desk.example>\nWysłano: wtorek, 10 marca 2026 09:00\nDo: Ada\nTemat: Zwrot\n\nOld.",
		"Outlook da":                 "Fra: RMA <rma@desk.example>\nSendt: 10. marts 2026 09:00\nTil: Ada\nEmne: Retur\n\nOld.",
		"Outlook sv":                 "Från: RMA <rma@desk.example>\nSkickat: den 10 mars 2026 09:00\nTill: Ada\nÄmne: Retur\n\nOld.",
		"Outlook fi":                 "Lähettäjä: RMA <rma@desk.example>\nLähetetty: tiistai 10. maaliskuuta 2026 9.00\nVastaanottaja: Ada\nAihe: Palautus\n\nOld.",
		"Outlook cs":                 "Od: RMA <rma@desk.example>\nOdesláno: úterý 10. března 2026 9:00\nKomu: Ada\nPředmět: Vrácení\n\nOld.",
		"Outlook hu":                 "Feladó: RMA <rma@desk.example>\nElküldve: 2026. március 10., kedd 9:00\nCímzett: Ada\nTárgy: Visszáru\n\nOld.",
		"Outlook ru":                 "От: RMA <rma@desk.example>\nОтправлено: 10 марта 2026 г. 9:00\nКому: Ada\nТема: Возврат\n\nOld.",
		"Outlook zh":                 "发件人: RMA <rma@desk.example>\n发送时间: 2026年3月10日 9:00\n收件人: Ada\n主题: 退货\n\nOld.",
		"Outlook bold":               "*From:* RMA <rma@desk.example>\n*Sent:* Tuesday, March 10, 2026 9:00 AM\n*To:* Ada\n*Subject:* Your return\n\nOld.",
		"Outlook spaced":             "From: RMA <rma@desk.example>\n\nSent: Tuesday, March 10, 2026 9:00 AM\n\nTo: Ada\n\nSubject: Your return\n\nOld.",
		"Outlook folded To":          "From: RMA <rma@desk.example>\nSent: Tuesday, March 10, 2026 9:00 AM\nTo: Ada <ada@customer.example>; Bob of the Other Department\n <bob@customer.example>\nCc: Carla\nSubject: Your return\n\nOld.",
		"Outlook with importance":    "From: RMA [mailto:rma@desk.example]\nSent: Tuesday, March 10, 2026 9:00 AM\nTo: Ada\nSubject: Your return\nImportance: High\n\nOld.",
		"Outlook for Mac":            "From: RMA <rma@desk.example>\nDate: Tuesday, 10 March 2026 at 09:00\nTo: Ada <ada@customer.example>\nSubject: Your return\n\nOld.",
		"OWA rule":                   "________________________________________\nFrom: RMA\nSent: 10 March 2026 09:00\nTo: Ada\nSubject: Your return\n\nOld.",
		"unknown language's title":   "-----Izvorna poruka-----\nFrom: RMA\n\nOld.",
		"Notes":                      "\"RMA\" <rma@desk.example> wrote on 10/03/2026 09:00:12:\n\n> Old.",
		"GroupWise":                  ">>> RMA <rma@desk.example> 10-03-2026 09:00 >>>\nOld.",
		"Zendesk":                    "##- Please type your reply above this line -##\n\nOld.",
		"Zendesk de":                 "##- Bitte geben Sie Ihre Antwort über dieser Zeile ein. -##\n\nOld.",
		"Zendesk fr":                 "##- Veuillez saisir votre réponse au-dessus de cette ligne -##\n\nOld.",
		"Zendesk nl":                 "##- Typ uw antwoord boven deze regel -##\n\nOld.",
		"Zendesk it":                 "##- Inserire la risposta sopra questa riga -##\n\nOld.",
		"Freshdesk":                  "--- Reply above this line to respond ---\nOld.",
		"ticket system":              "Previous message (RMA, 10/03/2026 09:00):\nOld.",
	} {
		t.Run(name, func(t *testing.T) {
			m := &Message{Text: "Mine.\n\n" + history, Subject: "Re: RMA"}
			if got := newText(m).text; got != "Mine." {
				t.Errorf("new text is %q", got)
			}
		})
	}
}

// TestKeepsWords: what reads like history or a signature and is the sender's own.
func TestKeepsWords(t *testing.T) {
	for name, body := range map[string]string{
		"a form":                     "New return\n\nFrom: Ada <ada@customer.example>\nDate: 2026-03-10 09:00\nOrder: 4711\nSerial: CHNLB22061800415\nProblem: no tone",
		"a form with a phone":        "Return request\n\nName: Ada\nPhone: +32 2 555 01 02\nProblem: no tone",
		"a shipment":                 "The parcel went\n\nFrom: Brussels\nTo: Namur\nDate: 12.03.2026\n\nbut it never arrived.",
		"what a colleague wrote":     "Bob (bob@desk.example) wrote to us that we should fill in the following form and return it:\nModel D735\nproblem no tone",
		"a meeting before a verb":    "On 12/03/2026 we wrote to you about the phones.\nNobody answered.",
		"a colon after a date":       "We bought these on 10/03/2026:\nT46S\nT48S",
		"what you wrote":             "On 10 March 2026 you wrote:\nplease send the serials.\nHere they are: 4711 and 4712.",
		"an address to send to":      "Please send the phones back to\n\nCustomer Ltd\n1 Dock Street, 1000 Brussels\nTel. +32 2 555 01 02",
		"an address after a colon":   "Collect them at:\n\nCustomer Ltd\nDock Street 1\nTel. +32 2 555 01 02",
		"serials below the name":     "Two phones are dead.\n\nRegards,\nAda\n\n20EZ115N308C605F\n20EZ115N308C6060",
		"a MAC below the name":       "One phone is dead.\n\nThanks\nAda\n00:15:65:AA:10:B1",
		"a question below the name":  "One phone is dead.\n\nThanks\nAda\n\nCan you send a courier?",
		"a request below the name":   "One phone is dead.\n\nRegards\nAda\n\nPlease send the replacement to our new office.",
		"thanks in the middle":       "Hello,\n\nThank you\n\nWe still wait for the label.\nPlease send it.",
		"a pointer":                  "The menu path is\n> Settings > Network\nand then it hangs.",
		"a table with rules":         "Model    Serial\n-------- ----------------\nT46S     3146019051234567\nT48S     3148019051234567",
		"sent from the shop":         "These were sent from your shop in Ghent.\nThey do not work.\nTwo of them are new.\nWhat now?\nAda\nBob\nCarla",
		"a list with one line":       "The following is dead:\n\n-Snom",
		"date and address in a line": "Please send it on 12.03.2026 to ada@customer.example:\nthe label and the address.",
	} {
		t.Run(name, func(t *testing.T) {
			m := &Message{Text: body, Subject: "Return", From: []Address{{Name: "Ada Lovelace", Address: "ada@customer.example"}}}
			if got := newText(m).text; got != body {
				t.Errorf("got %q, want %q", got, body)
			}
		})
	}
}

// TestSignatures: what stands below a message without a "-- ". "It is dead." is
// the new text of each; the sender is Ada Lovelace.
func TestSignatures(t *testing.T) {
	for name, below := range map[string]string{
		"closing en":      "Kind regards,\nAda Lovelace\nCustomer Ltd\nTel. +44 20 5550 100",
		"closing de":      "Mit freundlichen Grüßen\n\ni. A. Ada Lovelace\nKunde GmbH · Hafenstraße 1 · 20095 Hamburg\nAmtsgericht Hamburg HRB 00000",
		"closing fr":      "Cordialement,\nAda Lovelace\nClient SARL\nTél. 01 99 00 00 12",
		"closing nl":      "Met vriendelijke groet,\nAda Lovelace\nKlant BV - KvK 01234567",
		"closing it":      "Cordiali saluti\nAda Lovelace\nCliente S.r.l. - P.IVA 01234567890",
		"closing pl":      "Z poważaniem\nAda Lovelace",
		"closing es":      "Un saludo,\nAda",
		"thanks, regards": "Thanks\n\nBest regards\nAda",
		"no closing":      "Ada Lovelace\nCustomer Ltd | Dock Street 1\nTel. +44 20 5550 100",
		"company line":    "Ada\n\nCustomer SA – Rue du Quai 1, 5000 Namur – TVA BE0123456789",
		"dashed name":     "-Ada Lovelace",
		"iPhone":          "Sent from my iPhone",
		"iPhone de":       "Von meinem iPhone gesendet",
		"iPhone it":       "Inviato da iPhone",
		"Android fr":      "Envoyé depuis mon appareil Android",
		"Samsung nl":      "Verzonden vanaf mijn Galaxy",
		"Outlook de":      "Outlook für Android<https://example.org> herunterladen",
		"Outlook en":      "Get Outlook for iOS<https://example.org>",
		"two of a kind":   "Regards\nAda\n\nSent from my iPad\n\nThis e-mail is confidential and intended for the addressee only.",
		"list":            "_______________________________________________\nphones mailing list\nphones@lists.example",
		"footer":          "You receive this e-mail because you are registered.\nUnsubscribe: https://example.org/u",
		"disclaimer de":   "Diese E-Mail enthält vertrauliche und/oder rechtlich geschützte Informationen.\nWenn Sie nicht der richtige Adressat sind, löschen Sie sie.",
	} {
		t.Run(name, func(t *testing.T) {
			m := &Message{Text: "It is dead.\n\n" + below, Subject: "Return", From: []Address{{Name: "Ada Lovelace", Address: "ada@customer.example"}}}
			if got := newText(m).text; got != "It is dead." {
				t.Errorf("new text is %q", got)
			}
		})
	}
}
