package ingest

import (
	"strings"
	"testing"
)

// TestStrangers: what is no return though it speaks of goods, faults and returns,
// and beside each the mail of a customer in like words.
func TestStrangers(t *testing.T) {
	cat := catalogue(t)
	for body, want := range map[string]Kind{
		// offers
		"Hello, my name is Tess and I look after electronics accounts at Swift Parcels. We collect faulty units from your customers from EUR 5.40 a box. Would you be open to a quick call?": Other,
		"Guten Tag, ich bin Key Account bei Kurierfix. Beim Besuch Ihrer Webseite fiel mir auf, wie viele Rücksendungen Sie haben. Defekte Geräte holen wir ab 4,80 EUR ab.":                 Other,
		"Bonjour, je me permets de vous contacter : nous aidons les distributeurs à réparer leurs retours SAV. Seriez-vous disponible pour un échange de 15 minutes ?":                       Other,
		"Goedendag, ik zag op uw website dat u veel kapotte toestellen terugkrijgt. Onze klanten besparen 30% op retouren. Kort gesprek?":                                                    Other,
		"Buongiorno, visitando il vostro sito ho visto la pagina resi e guasti. Offriamo un audit gratuito della procedura.":                                                                 Other,
		"Hello, my name is Ada and I work at the town hall. Our Snom D735 does not boot any more. Please send an RMA number.":                                                                Request,
		"Bonjour, je me permets de vous contacter au sujet de notre Yealink T46U, il ne démarre plus. Quelle est la procédure de retour ?":                                                   Request,
		"Salve, sul vostro sito non trovo il modulo: il nostro Yealink T46U non si accende più, come lo mandiamo in riparazione?":                                                            Request,
		"We buy untested returns and dead phones by the pallet. Most resellers we work with are glad of the room. Worth a quick chat?":                                                       Other,
		"Wir übernehmen Rückläufer und defekte Geräte ohne Vertragsbindung. Darf ich Ihnen unser Verfahren vorstellen?":                                                                      Other,
		"Nous rachetons les retours, même en panne, sans contrat. Puis-je passer vous présenter la formule ?":                                                                                Other,
		"Ritiriamo resi e apparecchi guasti presso i vostri clienti. Posso passare a presentarmi?":                                                                                           Other,
		// what would be if
		"Trade price for 40 Grandstream GWN7665, please. And if one fails in year three, is it swapped? None is dead yet.":  Other,
		"Was wäre euer Händlerpreis für 20 Yealink T54W? Und falls eins kaputt geht, tauscht ihr direkt?":                   Other,
		"Quel tarif pour 20 Yealink T54W ? Et si un poste tombe en panne, c'est un échange ? Jamais eu de panne jusqu'ici.": Other,
		"Welke prijs voor 20 Yealink T54W? En als er een stuk gaat, wordt die omgeruild?":                                   Other,
		"Che prezzo per 20 Yealink T54W? E se uno si guasta, lo sostituite? Mai avuto un guasto finora.":                    Other,
		"Our Yealink T54W is dead. If it cannot be repaired, what is the price of a new one?":                               Request,
		"Unser Yealink T54W ist kaputt. Falls es sich nicht lohnt: was wäre der Preis für ein neues?":                       Request,
		"Do you have two places left in the Snom training? Should we bring a faulty phone?":                                 Other,
		"Gibt es im Snom-Workshop noch Plätze? Wird dort auch die Reparatur geübt?":                                         Other,
		"Zijn er nog plaatsen in de opleiding, en moeten we een kapot toestel meebrengen?":                                  Other,
		// loans
		"Could we have a Yealink W73P on loan for two weeks? What if we keep it or give it back?":                           Other,
		"Gibt es bei Ihnen eine Snom M400 als Teststellung? Wie lange dürften wir sie behalten, bevor wir sie zurückgeben?": Other,
		"Serait-il possible d'avoir deux Yealink T58W à l'essai, et de vous les retourner ensuite ?":                        Other,
		"Kunnen we een Yealink W73P op proef krijgen en daarna eventueel retour doen?":                                      Other,
		"Sarebbe possibile avere due Yealink T58W in prova per un mese e poi restituirli?":                                  Other,
		"Our Yealink W73P does not charge any more. Could we have one on loan while you repair it?":                         Request,
		"Unsere Snom M400 startet nicht mehr. Gibt es eine Leihstellung, solange sie bei Ihnen in Reparatur ist?":           Request,
		"Notre Yealink T58W ne démarre plus. Un prêt de matériel est-il possible pendant la réparation ?":                   Request,
		// purchases
		"We'd want 60 of the Yealink T46U for a new call centre. What's the lead time, and is there a trade-in for old ones? Nothing is faulty.":    Other,
		"Wir bräuchten 25 Yealink T46U für einen Neubau. Sind die lieferbar oder schon abgekündigt? Keine defekten Geräte diesmal.":                 Other,
		"Il nous faudrait 30 Yealink T46U. Quel délai de livraison, et le modèle est-il encore commercialisé ? Aucun appareil en panne cette fois.": Other,
		"Wij hebben 15 Yealink T46U nodig, zijn die nog leverbaar en is er een opvolger? Geen kapotte toestellen deze keer.":                        Other,
		"Ci servono 20 Yealink T46U: tempi di consegna? O sono fuori produzione? Nessun apparecchio guasto, stavolta.":                              Other,
		"Our Yealink T46U is dead, no lights. What's the lead time of a repair? Is there a successor you would send instead?":                       Request,
	} {
		if f := read(cat, "question", body); f.Kind != want {
			t.Errorf("%q\n got %q (%s), want %q", body, f.Kind, f.KindWhy, want)
		}
	}
}

// TestRobotsWithoutHeader: devices and newsletters that write as persons do, and
// persons and forms that write like them.
func TestRobotsWithoutHeader(t *testing.T) {
	const from = "From: Box <box@customer.example>\nTo: rma@desk.example\n"
	const bulk = from + "List-Unsubscribe: <https://news.maker.example/u/1>\n"
	const group = from + "List-Id: <it.customer.example>\nList-Post: <mailto:it@customer.example>\nList-Unsubscribe: <mailto:it-leave@customer.example>\n"
	for mail, want := range map[string]Kind{
		from + "Subject: [ALARM] cellar\n\nEvent: temperature above limit\nDevice: Snom M900\nSerial: CHNLB22061800415\nTime: 02:10\n\nThis message was generated by the monitor.":                               News,
		from + "Subject: USV Keller\n\nAutomatische Meldung\nEreignis: Akku tauschen\nModell: SMT1500IC\nSeriennummer: AS2147260913\nUhrzeit: 03:00":                                                             News,
		from + "Subject: onduleur\n\nMessage automatique\nÉvénement : batterie à remplacer\nModèle : SMT1500IC\nAdresse : 10.0.0.3\nHeure : 04:00":                                                               News,
		from + "Subject: return\n\nHello, the box sent this at night:\nEvent: temperature above limit\nDevice: Snom M900\nSerial: CHNLB22061800415\nIt was generated by the monitor. It is dead, please advise.": Request,
		from + "Subject: return form\n\nThis e-mail was generated by the return form.\nCustomer: Ada\nWarning: none\nModel: Snom D735\nSerial: CHNLB22061800415\nStatus: does not boot":                          Request,
		bulk + "Subject: exchange of chargers\n\nDear partners, the chargers of the Snom D735 with the numbers CHNLB22061800415 to CHNLB22061800419 may crack. You receive this mail as a partner. Unsubscribe":  News,
		bulk + "Subject: Tausch\n\nSehr geehrte Partner, Netzteile des Snom D735 ab CHNLB22061800415 können reißen. Sie erhalten diese Nachricht als Partner. Abmelden":                                          News,
		bulk + "Subject: D735\n\nHello, our Snom D735 is dead, serial CHNLB22061800415. Please send an RMA number.\n\nAda\nTo unsubscribe from our CRM click here":                                               Request,
		group + "Subject: D735\n\nHello, our Snom D735 is dead, serial CHNLB22061800415. Please send an RMA number.\n\nAda\n-- \nTo unsubscribe from this group send a mail":                                     Request,
		from + "Subject: Re: RMA\n\nThank you for writing to us. We are closed until 6 January. We will answer your mail as soon as we are back.":                                                                AutoReply,
		from + "Subject: AW: RMA\n\nVielen Dank für Ihre Nachricht. Unser Betrieb ist bis 6. Januar geschlossen, dieses Postfach wird in der Zeit nicht gelesen.":                                                AutoReply,
		from + "Subject: RE: RMA\n\nMerci pour votre message. Nos bureaux sont fermés jusqu'au 6 janvier, nous vous répondrons dès la réouverture.":                                                              AutoReply,
		from + "Subject: RE: RMA\n\nBedankt voor uw bericht. Ons kantoor is gesloten tot 6 januari, deze mailbox wordt niet gelezen.":                                                                            AutoReply,
		from + "Subject: Re: RMA\n\nGrazie per averci scritto. Siamo chiusi fino al 6 gennaio, la casella non è presidiata.":                                                                                     AutoReply,
		from + "Subject: return\n\nOur Snom D735 is dead, S/N CHNLB22061800415. We are closed from 24 December and nobody reads this mailbox then, so please be quick. Messages are not read until January.":     Request,
		from + "Subject: Retoure\n\nUnser Snom D735 ist defekt. Wir haben am Freitag geschlossen, bitte holen Sie es am Montag ab.":                                                                              Request,
		from + "Subject: retour\n\nNotre Snom D735 est en panne. Nous sommes fermés lundi, merci de nous envoyer un bon de retour.":                                                                              Request,
	} {
		f := Extract(catalogue(t), parseText(mail+"\n"), Desk{Addresses: []string{"rma@desk.example"}})
		if f.Kind != want {
			t.Errorf("%q\n got %q (%s), want %q", mail, f.Kind, f.KindWhy, want)
		}
	}
}

// TestReasonsInOtherWords: a purchase that went wrong as purchasing systems,
// lawyers and installers have it, and the same words of a broken thing.
func TestReasonsInOtherWords(t *testing.T) {
	for text, want := range map[string]string{
		"Defect text: goods supplied do not conform to item 10. Cartons unopened.":                                                "delivery_error",
		"Mangel: Die gelieferte Ware entspricht nicht der Bestellung.":                                                            "delivery_error",
		"Es liegt eine Mehrlieferung von zwei Stück vor.":                                                                         "delivery_error",
		"Article non commandé, à reprendre.":                                                                                      "delivery_error",
		"De goederen komen niet overeen met de bestelling.":                                                                       "delivery_error",
		"Merce non ordinata, da ritirare.":                                                                                        "delivery_error",
		"Six on the order, but I counted seven on the bench.":                                                                     "delivery_error",
		"Auf dem Lieferschein stehen drei, wir haben vier gezählt.":                                                               "delivery_error",
		"Trois sur le bon de livraison, et j'en compte quatre.":                                                                   "delivery_error",
		"Twee besteld, maar we tellen er drie.":                                                                                   "delivery_error",
		"Cinque sulla bolla, ma ne conto sei.":                                                                                    "delivery_error",
		"Six on the order, and I counted six on the bench.":                                                                       "",
		"We ordered six, I counted to ten and two were dead.":                                                                     "defective",
		"The office move fell through, so the box is still taped.":                                                                "order_error",
		"Der Bauherr hat alles abgeblasen, die Anlage braucht niemand.":                                                           "order_error",
		"Le maître d'ouvrage a tout annulé, la platine ne sera pas posée.":                                                        "order_error",
		"De verbouwing is afgeblazen, het paneel blijft in de doos.":                                                              "order_error",
		"Il condominio ha rinunciato, il citofono resta nella scatola.":                                                           "order_error",
		"Instead of the two LANCOM 1926VAG that our client bought, two LANCOM 1800EF from another batch were supplied on 2 June.": "delivery_error",
		"Ordered article: SNOM D735\nGoods received: SNOM D717":                                                                   "delivery_error",
		"Bestellter Artikel: SNOM D735\nEingegangen: SNOM D717":                                                                   "delivery_error",
		"Five on the note, and I have six of them in the van.":                                                                    "delivery_error",
		"The driver brought a second identical one today with the same order number.":                                             "delivery_error",
		"Le livreur a déposé un autre poste identique avec le même numéro de commande.":                                           "delivery_error",
		"The developer went under, so the panel stays in its sealed box. Can you credit it?":                                      "order_error",
		"Der Bauträger ist pleite, die Anlage ist noch originalverpackt. Gutschrift?":                                             "order_error",
		"The developer went under, and the panel is dead.":                                                                        "defective",
		"The phones are here and now the customer insists on cordless ones.":                                                      "order_error",
		"Jetzt will der Kunde unbedingt ein schnurloses, die Folie ist noch drauf.":                                               "order_error",
		"Shrink-wrapped still. Would you have them back on your shelf?":                                                           "order_error",
		"92 euros, c'est le prix du neuf. Un geste sur le RMA ?":                                                                  "",
		"Testé avec un câble neuf, retour SAV : toujours pas de tonalité":                                                         "defective",
		"Les postes sont neufs, jamais sortis, pouvez-vous les reprendre ?":                                                       "order_error",
		"Een basis die haar handsets elk kwartier verliest.":                                                                      "defective",
		"Eine Basis, die ihre Mobilteile ständig verliert.":                                                                       "defective",
		"Carton label reads EAN 6938818305953.\n\nThe keys stick on all of them.\n\n" + strings.Repeat("They left you last spring as every parcel of ours does. ", 8) + "So well inside the year.": "defective",
	} {
		if got := reasonOf(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestAnswerAndMore: an acceptance in which another unit is brought up stays one,
// and only that unit is new.
func TestAnswerAndMore(t *testing.T) {
	cat := catalogue(t)
	for lang, byText := range map[string]map[string]string{
		"en": {
			"We accept the quote.\n\nBy the way, we have another one: a Snom D735, S/N CHNLB22061800415, the rest of it works but the display stays dark. Can you add it?": "accept_quote CHNLB22061800415",
			"We accept the quote for S/N CHNLB22061800415.":                                            "accept_quote ",
			"We accept the quote. By the way, we have another one, it is dead. Would both be cheaper?": " ",
			"Please repair. Another thing: the second phone is dead, please scrap it.":                 " ",
		},
		"de": {
			"Den Kostenvoranschlag nehmen wir an.\n\nÜbrigens liegt hier noch ein Snom D735, SN CHNLB22061800415, Display dunkel, Rest geht. Nehmen Sie das mit auf?": "accept_quote CHNLB22061800415",
			"Den Kostenvoranschlag nehmen wir nicht an.": "decline_quote ",
		},
		"fr": {"Nous acceptons le devis.\n\nAu passage, un autre Snom D735 est en panne, n° de série CHNLB22061800415. Le premier aussi d'ailleurs. Pouvez-vous l'ajouter ?": "accept_quote CHNLB22061800415"},
		"nl": {"Wij gaan akkoord met de offerte.\n\nTrouwens, een ander toestel doet het niet: Snom D735, serienummer CHNLB22061800415. Kan dat erbij?": "accept_quote CHNLB22061800415"},
		"it": {"Accettiamo il preventivo.\n\nA proposito, un altro telefono è guasto: Snom D735, matricola CHNLB22061800415. Lo potete aggiungere?": "accept_quote CHNLB22061800415"},
	} {
		for text, want := range byText {
			f := answerFacts(cat, lang, text)
			got := f.Answer + " "
			for _, u := range f.Units {
				got += u.Serial
			}
			if f.Answer == "" {
				got = " "
			}
			if got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
	}
}

// TestFates: a column decides what comes back, in words of its own or of the mail.
func TestFates(t *testing.T) {
	one := "grandstream|GXP2135|" + gs2 + "|"
	tryKinds(t, []kindCase{
		{"en", "Model\tSerial\tFate\nGXP2170\t" + gs1 + "\tleave\nGXP2135\t" + gs2 + "\tback to supplier", one},
		{"de", "Modell\tSeriennummer\tWas tun\nGXP2170\t" + gs1 + "\tbleibt\nGXP2135\t" + gs2 + "\teinschicken", one},
		{"fr", "Modèle;N° de série;Décision\nGXP2170;" + gs1 + ";garder\nGXP2135;" + gs2 + ";SAV", one},
		{"nl", "Type\tSerienr\tActie\nGXP2170\t" + gs1 + "\thouden\nGXP2135\t" + gs2 + "\tterugsturen", one},
		{"it", "Modello\tMatricola\tEsito\nGXP2170\t" + gs1 + "\tresta\nGXP2135\t" + gs2 + "\treso", one},
		{"quoted", "Please take back what says \"red\" in the last column.\n\nModel\tSerial\tList\nGXP2170\t" + gs1 + "\tgreen\nGXP2135\t" + gs2 + "\tred", one},
		{"no, and why", "Model\tSerial\tReturn\nGXP2170\t" + gs1 + "\tno (shop floor)\nGXP2135\t" + gs2 + "\tyes", one},
		{"all of one word", "Model\tSerial\tRoom\nGXP2170\t" + gs1 + "\tback\nGXP2135\t" + gs2 + "\tback", "grandstream|GXP2170|" + gs1 + "|\n" + one},
		{"other words", "Model\tSerial\tRoom\nGXP2170\t" + gs1 + "\tback office\nGXP2135\t" + gs2 + "\tkitchen", "grandstream|GXP2170|" + gs1 + "|\n" + one},
	})
}

// TestPlurals: models in the plural, and what ends in an s of its own.
func TestPlurals(t *testing.T) {
	tryKinds(t, []kindCase{
		{"one word", "One of our GRP2614s. is dead", "grandstream|GRP2614||"},
		{"behind a bracket", "The GXP2170s (S/N " + gs1 + ") is dead", "grandstream|GXP2170|" + gs1 + "|"},
		{"no plural", "Yealink T46S is dead, S/N " + yl1, "yealink|T46S|" + yl1 + "|"},
	})
}

// TestListsInStep: as many MACs as serials, each list under its label: the first
// belongs to the first.
func TestListsInStep(t *testing.T) {
	both := "snom|D735|" + sn1 + "|000413AA0011\nsnom|D735|CHNLB22061800416|000413AA0012"
	tryKinds(t, []kindCase{
		{"below", "Two Snom D735 dead.\nS/N: " + sn1 + ", CHNLB22061800416\nMAC: 000413AA0011, 000413AA0012", both},
		{"with a line between", "Zwei Snom D735 tot.\nSeriennummern " + sn1 + " und CHNLB22061800416\n\nMAC 00:04:13:AA:00:11 / 00:04:13:AA:00:12", both},
		{"the labels say so", "Due Snom D735 guasti.\nSeriali: " + sn1 + ", CHNLB22061800416\nMAC (stesso ordine): 0004.13aa.0011 / 0004.13aa.0012", both},
	})
	if f := read(catalogue(t), "x", "Due Snom D735 guasti.\nSeriali: "+sn1+", CHNLB22061800416\nMAC nello stesso ordine: 0004.13aa.0011, 0004.13aa.0012"); len(f.References.Order) > 0 {
		t.Errorf("got the orders %q", f.References.Order)
	}
}

// TestWithdrawnUnits: a unit of which an answer says that it does not come is no
// unit of it; one whose number is only given is.
func TestWithdrawnUnits(t *testing.T) {
	cat := catalogue(t)
	for text, want := range map[string]int{
		"Das Telefon CHNLB22061800415 schicke ich doch nicht ein. Das andere kommt.":           0,
		"Please take CHNLB22061800415 off the list, it was the cable. The other leaves today.": 0,
		"Le CHNLB22061800415 est à rayer de la liste, merci.":                                  0,
		"CHNLB22061800415 mag van de lijst.":                                                   0,
		"Togliete il CHNLB22061800415 dalla lista.":                                            0,
		"The serial is CHNLB22061800415. It is not on the list yet, sorry.":                    1,
		"Die Seriennummer ist CHNLB22061800415.":                                               1,
	} {
		raw := mailWith("Subject: Re: RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n", text+"\r\n")
		if f := Extract(cat, Parse(raw, DefaultLimits()), desk); len(f.Units) != want {
			t.Errorf("%q: got %d units, want %d", text, len(f.Units), want)
		}
	}
}

// TestInlineWithoutQuote: a price and a question in line are a quote, whatever it
// is called; "yes or no" below asks for nothing else.
func TestInlineWithoutQuote(t *testing.T) {
	cat := catalogue(t)
	for body, want := range map[string]string{
		"> The repair would come to GBP 70.\n> Shall we proceed? Please answer yes or no.\n\nYes please.\n\n> It takes ten days.\n\nFine.":                          "accept_quote",
		"> Die Reparatur kostet 70,00 EUR.\n> Sollen wir sie durchführen? Bitte antworten Sie mit ja oder nein.\n\nJa, bitte.\n\n> Dauer: zehn Tage.\n\nPasst.":     "accept_quote",
		"> La réparation revient à 70 €.\n> Pouvons-nous la lancer ? Répondez par oui ou par non.\n\nNon, merci.\n\n> Délai : dix jours.\n\nSans objet.":            "decline_quote",
		"> De herstelling kost 70 euro.\n> Mogen we ze uitvoeren? Antwoord met ja of nee.\n\nJa, als het voor vrijdag klaar is.\n\n> Duur: tien dagen.\n\nTe lang.": "",
		"> La riparazione costa 70 euro.\n> Possiamo procedere? Risponda sì o no.\n\nSì.\n\n> Tempi: dieci giorni.\n\nBene.":                                        "accept_quote",
		"> The parcel costs GBP 7.\n> Is the address still right? Please answer yes or no.\n\nYes.\n\n> It takes ten days.\n\nFine.":                                "",
		"> The repair would come to GBP 70.\n> Is the unit registered? Please answer yes or no.\n\nYes.\n\n> It takes ten days.\n\nFine.":                           "",
	} {
		raw := mailWith("Subject: Re: RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n", strings.ReplaceAll(body, "\n", "\r\n")+"\r\n")
		if f := Extract(cat, Parse(raw, DefaultLimits()), desk); f.Answer != want {
			t.Errorf("%q: got %q, want %q", body, f.Answer, want)
		}
	}
}

// TestForwardedArticle: ticket systems head what they hand on by the article's
// number.
func TestForwardedArticle(t *testing.T) {
	cat := catalogue(t)
	for _, head := range []string{"---- Article n°2 transféré de \"Accueil\" <a@town.example> ----", "---- Article #2 forwarded from \"Desk\" ----", "---- Artikel 3 weitergeleitet von \"Empfang\" ----"} {
		f := read(cat, "[Ticket#4711] device", "Please open a return for this.\n\n-- \nThe desk\n\n"+head+"\nFrom: Desk <a@town.example>\nSubject: phone\n\nThe Snom D735 is dead, S/N CHNLB22061800415.")
		if len(f.Units) != 1 || f.Units[0].Serial != "CHNLB22061800415" {
			t.Errorf("%s: got %+v", head, f.Units)
		}
	}
}
