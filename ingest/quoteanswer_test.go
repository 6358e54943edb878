package ingest

import (
	"strings"
	"testing"
)

// quoteMails are our words that the answers below stand above.
var quoteMails = map[string]string{
	"en": "Dear customer, the repair costs EUR 89.00 plus VAT. Do you accept the quote?",
	"de": "Guten Tag, die Reparatur kostet 89,00 EUR zzgl. MwSt. Sollen wir sie durchführen oder lehnen Sie den Kostenvoranschlag ab?",
	"fr": "Bonjour, la réparation coûte 89,00 € HT. Acceptez-vous le devis ou le refusez-vous ?",
	"nl": "Beste klant, de reparatie kost 89,00 euro excl. btw. Gaat u akkoord met de offerte?",
	"it": "Gentile cliente, la riparazione costa 89,00 euro + IVA. Accetta o rifiuta il preventivo?",
}

func answerTo(cat *Catalogue, lang, text string) string { return answerFacts(cat, lang, text).Answer }

func answerFacts(cat *Catalogue, lang, text string) Facts {
	body := text + "\n\nOn 3 March 2026 at 10:00, RMA <rma@desk.example> wrote:\n> " + quoteMails[lang] + "\n"
	raw := mailWith("Subject: Re: RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n", strings.ReplaceAll(body, "\n", "\r\n"))
	return Extract(cat, Parse(raw, DefaultLimits()), desk)
}

func TestQuoteAnswers(t *testing.T) {
	cat := catalogue(t)
	for lang, byAnswer := range map[string]map[string][]string{
		"en": {
			"accept_quote": {
				"We accept the quote.", "Please go ahead with the repair.", "Yes, please repair.", "Hi,\n\nYes please.\n\nRegards\nAnn", "OK", "Approved.", "Agreed, please proceed.",
				"Quote accepted, our PO is 118822.", "Fine with us, please go ahead.", "Hello Jo,\nyes go ahead. Please deliver to our Leeds branch only.", "It's a lot of money, but please go ahead with the repair.",
				"The customer has approved the quote. Thanks!", "We accept your quotation 4711. If you have any questions, call me.", "I approve the repair.", "We have no choice: please repair it.", "Please repair as quoted.",
			},
			"decline_quote": {
				"We do not accept the quote. Please return the phone.", "No thanks, please scrap it.", "Too expensive, please send it back.", "Please don't repair it.", "We decline.", "The customer has declined the quote.",
				"Not worth it, we'll buy a new one.", "We won't go ahead with the repair. Could you dispose of it?", "Not going ahead, please return it unrepaired.",
			},
			"": {
				"OK, but only if it is done by Friday.", "Ok, but what about the freight?", "We would accept EUR 70.", "We accept if you pay the freight.", "Yes for the first one, no for the second.", "Is the VAT included?",
				"Please go ahead with the credit note.", "I will ask the customer and let you know.", "Thanks, we are thinking about it.", "Once the customer has approved the quote we will tell you.", "We cannot accept the quote before our customer has paid, please wait.",
				"Too expensive. Can you do it for 60?", "Please repair only the switch.", "In principle we accept the quote, subject to a call with the customer.", "You wrote that we should answer \"I accept\". What does it cost?",
				"Yes, the address is still right.", "Please do not scrap it yet, I have no answer.", "Please send the quote again.", "We accept the quote for the first unit, the other one you may scrap.", "When will we get the quote?",
				"Yes, we sent it on Monday with UPS.", "Yes, our VAT number is right, and no, we have no account with GLS. The parcel left today.",
			},
		},
		"de": {
			"accept_quote": {
				"Wir nehmen das Angebot an.", "Bitte reparieren.", "Freigabe erteilt.", "Einverstanden.", "Ja, bitte.", "Hallo,\n\nja, bitte machen.\n\nGruß\nJan", "Hiermit geben wir die Reparatur frei.", "Wir sind mit dem Kostenvoranschlag einverstanden.",
				"Der KVA ist genehmigt, Bestellnummer 4711001.", "Passt, bitte Reparatur durchführen.", "Geht in Ordnung, bitte so machen.", "Teuer, aber bitte reparieren.", "Kostenvoranschlag akzeptiert. Bei Rückfragen bitte melden.", "Wir beauftragen die Reparatur gemäß Angebot.",
				"Reparatur bitte durchführen. Anlieferung nur bis 14 Uhr.",
			},
			"decline_quote": {
				"Wir lehnen das Angebot ab.", "Bitte nicht reparieren.", "Das ist uns zu teuer, bitte zurückschicken.", "Keine Reparatur, bitte entsorgen.", "Nein danke, wir kaufen ein neues Gerät.", "Wir verzichten auf die Reparatur.", "Lohnt sich nicht, wir bestellen ein neues Telefon.",
				"Mit dem Kostenvoranschlag sind wir nicht einverstanden, bitte unrepariert zurück.", "Nein, lehnen wir ab. Können Sie das Gerät entsorgen?",
			},
			"": {
				"Ok, aber nur wenn es bis Freitag fertig ist.", "Wenn der Preis inklusive Versand ist, sind wir einverstanden.", "Wir würden das Angebot annehmen, wenn es billiger wäre.", "Einverstanden mit der Abholung.", "Ich kläre das mit dem Kunden und melde mich.",
				"Das erste Gerät bitte reparieren, das zweite verschrotten.", "Was kostet die Reparatur ohne Versand?", "Bitte reparieren Sie nur das Telefon.", "Zu teuer. Geht da noch was?", "Grundsätzlich einverstanden, muss aber noch die Freigabe vom Chef holen.",
				"Bitte noch nicht entsorgen, wir überlegen noch.", "Sobald der Kunde den KVA freigegeben hat, geben wir Bescheid.", "Ja, die Adresse stimmt.", "Pos. 1 reparieren, Pos. 2 nicht.",
			},
		},
		"fr": {
			"accept_quote": {
				"Bon pour accord.", "Nous acceptons le devis.", "D'accord, vous pouvez lancer la réparation.", "Oui, merci.", "Devis accepté, commande n° 60412.", "Je valide le devis.", "OK pour la réparation.", "C'est cher mais on n'a pas le choix : bon pour accord.", "Allez-y.", "Veuillez procéder à la réparation, s'il vous plaît.",
				"Ci-joint le devis signé.", "Nous validons votre devis. Livraison le matin uniquement.",
			},
			"decline_quote": {
				"Nous refusons le devis.", "Nous ne donnons pas suite.", "Trop cher, merci de nous le renvoyer.", "Non merci, vous pouvez le recycler.", "Nous n'acceptons pas ce devis.", "Ne pas réparer.", "Le client ne souhaite pas faire réparer, merci de retourner l'appareil en l'état.",
				"Trop élevé pour nous, on va racheter un neuf.",
			},
			"": {
				"OK mais le port est-il compris ?", "Nous acceptons sous réserve d'une remise de 10 %.", "D'accord si c'est fait avant vendredi.", "Oui pour le premier, non pour le second.", "Je reviens vers vous après accord du client.", "D'accord pour l'enlèvement.", "Avant d'accepter le devis, nous voudrions des photos.",
				"C'est trop cher, pouvez-vous faire un geste ?", "Le devis est bien arrivé, merci.", "Nous pourrions accepter à 70 €.", "Merci de ne pas le recycler, nous attendons la réponse du client.", "Oui, c'est la bonne adresse de livraison.",
			},
		},
		"nl": {
			"accept_quote": {
				"Akkoord.", "Wij gaan akkoord met de offerte.", "Graag herstellen.", "Ja, doe maar.", "Offerte goedgekeurd, ordernr. 250331.", "Repareer maar.", "Akkoord met de prijs, jullie mogen herstellen.", "Wij gaan hierbij akkoord met de reparatie.", "Prima, ga maar door met de reparatie.",
				"Het is duur, maar ga maar door met de reparatie.",
			},
			"decline_quote": {
				"Niet akkoord.", "Laat maar zitten.", "Te duur, stuur maar terug.", "Nee bedankt, gooi maar weg.", "Wij gaan niet akkoord met de offerte.", "Niet herstellen aub.", "Te duur, we kopen een nieuwe.", "We zien er van af.",
			},
			"": {
				"Akkoord, maar alleen als het voor vrijdag klaar is.", "In principe akkoord, mits de verzendkosten inbegrepen zijn.", "Voor het eerste toestel akkoord, het tweede niet.", "Is dat inclusief btw?", "Ik overleg met de klant en laat het weten.", "Akkoord met het ophalen.",
				"Als de klant akkoord is laat ik het weten.", "Te duur, kan het voor 60?", "Nog niet weggooien aub, ik wacht op de klant.", "Graag eerst een nieuwe offerte.",
			},
		},
		"it": {
			"accept_quote": {
				"Accettiamo il preventivo.", "Procedete pure.", "Ok, procedete con la riparazione.", "Sì, grazie.", "Va bene, procedete.", "Preventivo accettato, ordine n. 118822.", "Confermo la riparazione.", "Autorizziamo la riparazione.", "Caro, ma procedete con la riparazione.", "Accetto.",
				"Approviamo il vostro preventivo, attendiamo la fattura.",
			},
			"decline_quote": {
				"Non accettiamo il preventivo.", "Rifiutiamo.", "Troppo caro, rispeditelo.", "No grazie, rottamatelo.", "Lasciate perdere, ne prendo uno nuovo.", "Non conviene, potete smaltirlo.", "Non procedete con la riparazione.",
			},
			"": {
				"Ok ma solo se la spedizione è inclusa.", "Se scendete a 70 procedete pure.", "Va bene per il primo, il secondo no.", "È compresa l'IVA?", "Sento il cliente e vi faccio sapere.", "Va bene per il ritiro.", "Troppo caro, potete fare uno sconto?", "Non buttatelo ancora, aspetto il cliente.",
				"Prima di accettare il preventivo vorremmo una foto.", "In linea di massima va bene, attendo conferma dal cliente.",
			},
		},
	} {
		for want, texts := range byAnswer {
			for _, text := range texts {
				if got := answerTo(cat, lang, text); got != want {
					t.Errorf("%s %q: got %q, want %q", lang, text, got, want)
				}
			}
		}
	}
}

// TestNoQuoteAnswer: words of acceptance that accept no quote.
func TestNoQuoteAnswer(t *testing.T) {
	cat := catalogue(t)
	for name, c := range map[string]struct{ fields, body string }{
		"only in the history":  {"Subject: Re: quote\r\n", "Thanks, we will see.\r\n\r\nOn 3 March 2026 at 10:00, RMA <rma@desk.example> wrote:\r\n> We accept the quote.\r\n"},
		"a forward":            {"Subject: Fwd: quote\r\n", "FYI\r\n\r\n---------- Forwarded message ---------\r\nFrom: Bob <bob@x.example>\r\nDate: Mon, 2 Mar 2026\r\nSubject: quote\r\nTo: Ada\r\n\r\nWe accept the quote.\r\n"},
		"out of office":        {"Subject: Automatic reply: quote\r\nAuto-Submitted: auto-replied\r\n", "I am away. We accept the quote.\r\n"},
		"a new request":        {"Subject: broken phone\r\n", "Our Snom D735 CHNLB22061800415 is dead. Please repair it.\r\n"},
		"yes to a question":    {"Subject: Re: RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\n", "Yes.\r\n\r\nOn 3 March 2026 at 10:00, RMA <rma@desk.example> wrote:\r\n> Is the power supply in the box?\r\n"},
		"two questions inline": {"Subject: Re: RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\n", "> Is the address right?\r\n\r\nYes.\r\n\r\n> Do you accept the quote if it comes to EUR 70?\r\n\r\nMaybe.\r\n"},
	} {
		raw := mailWith(c.fields, c.body)
		if f := Extract(cat, Parse(raw, DefaultLimits()), desk); f.Answer != "" {
			t.Errorf("%s: got %q", name, f.Answer)
		}
	}
}

// TestInlineAnswer: a yes or no below the question is an answer to that one.
func TestInlineAnswer(t *testing.T) {
	cat := catalogue(t)
	for body, want := range map[string]string{
		"> Is the address right?\n\nYes.\n\n> Shall we carry out the repair for EUR 89?\n\nNo.":                      "decline_quote",
		"> Is the address right?\n\nNo, see below.\n\n> Shall we carry out the repair for EUR 89?\n\nYes, go ahead.": "accept_quote",
		"> Sollen wir reparieren?\n\nja\n\n> Oder ablehnen und unrepariert zurück?\n\nnein\n":                        "accept_quote",
		"> Sollen wir reparieren?\n\nja, wenn es schnell geht\n\n> Rücksendung an die alte Anschrift?\n\nja\n":       "",
	} {
		raw := mailWith("Subject: Re: quote RMA-26-00017-4\r\nIn-Reply-To: <a@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n", strings.ReplaceAll(body, "\n", "\r\n"))
		if f := Extract(cat, Parse(raw, DefaultLimits()), desk); f.Answer != want {
			t.Errorf("%q: got %q, want %q", body, f.Answer, want)
		}
	}
}

// TestQuoteAmbiguous: who sets a condition, haggles, asks somebody first, or wants his goods
// as they are, accepts no quote.
func TestQuoteAmbiguous(t *testing.T) {
	cat := catalogue(t)
	for lang, texts := range map[string][]string{
		"en": {
			"Fine if you throw in the new cable for free.",
			"OK but only the second one. What would that cost?",
			"Looks fine to me, let me check with my boss first.",
			"We'd accept it provided that the repair comes with a year's warranty.",
			"Yes, if it's done by Friday. Otherwise no.",
			"I can go along with 80 euros, not 95.",
			"OK, received, thanks. You'll hear from us.",
			"Go ahead only once our purchase order has reached you.",
			"Agreed in principle. Finance has to sign.",
			"Please proceed - with the return, unrepaired, I mean.",
			"Go ahead and send it back to us as it is.",
			"Please proceed with the return of the goods.",
		},
		"de": {
			"Ja, sofern die Garantie dadurch neu beginnt.",
			"Einverstanden, aber bitte ohne Versandkosten.",
			"Klingt ok, ich muss das noch mit dem Chef klären.",
			"Freigabe erteilen wir, sobald die Bestellung von unserem Einkauf kommt.",
			"In Ordnung wäre es bei 80 Euro.",
			"Ja gut, und was kostet ein neues?",
			"Bitte fahren Sie mit der Rücksendung fort, ohne Reparatur.",
		},
		"fr": {
			"Ok mais à condition que le port soit offert.",
			"D'accord sur le principe, je vois avec ma direction.",
			"Oui si c'est fait avant vendredi, sinon laissez tomber.",
			"Bon pour accord si vous enlevez les frais de dossier.",
			"Bien reçu, ça me paraît correct, je vous redis demain.",
			"On accepterait à 80 euros.",
			"Procédez au renvoi s'il vous plaît.",
		},
		"nl": {
			"Akkoord, maar dan zonder verzendkosten.",
			"Goed, mits het voor vrijdag klaar is.",
			"Lijkt me ok, ik leg het nog even voor aan de directie.",
			"Als jullie er 80 euro van maken, doen we het.",
			"Akkoord zodra onze bestelbon er is.",
			"Ga maar door met terugsturen.",
		},
		"it": {
			"Va bene ma senza le spese di spedizione.",
			"Procedete solo se la garanzia riparte da zero.",
			"Mi sembra ok, sento il titolare e vi dico.",
			"Accettiamo a 80 euro, non di più.",
			"Sì, purché sia pronto entro venerdì.",
			"Procedete con la restituzione.",
		},
	} {
		for _, text := range texts {
			if got := answerTo(cat, lang, text); got == "accept_quote" {
				t.Errorf("%s: %q is taken for an acceptance", lang, text)
			}
		}
	}
}

// TestQuoteWidened: who takes the quote and lets more be done unasked, or wishes that it be
// soon, accepts it; who names a price for the rest, or wants to be asked, does not.
func TestQuoteWidened(t *testing.T) {
	cat := catalogue(t)
	for lang, texts := range map[string][]string{
		"en": {"Please go ahead with the repair. If the lead is worn too, change it without asking.", "Go ahead. Can it be done before Christmas?"},
		"de": {"Passt, bitte reparieren. Falls auch das Kabel getauscht werden muss, bitte ohne Rückfrage machen.", "Passt, bitte machen.\n\nGeht's auch vor Weihnachten? Wäre super.", "Bitte richten und die Rechnung auf die Betriebs GmbH ausstellen."},
		"fr": {"Allez-y. S'il faut aussi changer le cordon, faites-le sans nous demander.", "Bon pour accord. Ce serait possible avant Noël ?"},
		"nl": {"Doe maar. Als het snoer ook vervangen moet worden, doe dat gerust zonder te vragen.", "Ga je gang. Lukt dat nog voor Kerst?"},
		"it": {"Va bene così, riparatelo pure. Se ci fosse da cambiare anche il cavetto fatelo senza chiedere.", "Procedete pure. Riuscite entro Natale?"},
	} {
		for _, text := range texts {
			if got := answerTo(cat, lang, text); got != "accept_quote" {
				t.Errorf("%s %q: got %q", lang, text, got)
			}
		}
	}
	for lang, texts := range map[string][]string{
		"en": {"Go ahead. If anything else costs more than 20 pounds, don't do it without asking.", "If the lead is worn too, change it without asking.", "Go ahead if it is also covered, without asking for more money."},
		"de": {"Bitte reparieren, falls auch das Netzteil unter 20 Euro ohne Rückfrage geht.", "Bitte richten Sie Rückfragen an Frau Maier.", "Geht's auch vor Weihnachten?"},
		"fr": {"Allez-y si le port est aussi compris, sans nous demander plus.", "Ce serait possible avant Noël ?"},
		"nl": {"Doe maar als het snoer ook inbegrepen is, zonder te vragen.", "Lukt dat nog voor Kerst?"},
		"it": {"Procedete se anche il cavetto è compreso, senza chiedere altro.", "Riuscite entro Natale?"},
	} {
		for _, text := range texts {
			if got := answerTo(cat, lang, text); got == "accept_quote" {
				t.Errorf("%s: %q is taken for an acceptance", lang, text)
			}
		}
	}
}
