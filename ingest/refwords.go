package ingest

// refKind is what a label announces.
type refKind int

const (
	notReference  refKind = iota // a number of another sort: customer, article, phone
	rmaNumber                    // of a return, ours where the sender says no more
	orderNumber                  // the customer's order or our confirmation of it
	invoiceNumber                //
	noteNumber                   // of a delivery
	parcelNumber                 // the carrier's
	carrierName                  // only a number of his form is one
	ticketNumber                 // of some helpdesk; ticketOwner tells whose
	supportNumber                // of a helpdesk that is called support
)

// refTables are the labels. A short one is an abbreviation that means other
// things too: its number must follow at once.
var refTables = [...]struct {
	kind  refKind
	short bool
	words string
}{
	{rmaNumber, false, `
		rma~
		(return|returns) (number|no|nr|id|authori*)
		retouren~
		(retoure|rücksende|rücksendungs|rücksendungs-|reklamations|reparatur)(nummer|nr)
		(n°|numéro|no) (de )?retour
		retour~
		bon de retour
		(numero|num.|n.) (di )?reso
		reso n
	`},
	{orderNumber, false, `
		// en
		(purchase|sales|web|online|shop|customer|our|your)?( )?orders?~
		order (confirmation|acknowledgement|reference)~
		(p.o.|our po|your po|your so|our so|po (no|nr|number|ref*))
		ordered under
		ordered .. under (number|no|no.|nr|ref|ref.|reference)
		(ordered|bought) (it|them|this|these|that|those) (under|on)
		(your|the) (order )?confirmation~
		// de
		(auftrags|bestell|order|einkaufs|besteller)(nummer*|nr|nrn)
		(auftrags|bestell)-(nummer*|nr)
		(auftrag|aufträge|bestellung|bestellungen|einkaufsbestellung|auftragsbestätigung|bestellbestätigung|auftragsbest)~
		(best|auftr|bst)(.-| |. |.|-)(nr|nummer)
		=Best.
		=Auftr.
		(ab|po)(-|.-| |. )nr
		bestellt unter
		bestellt* .. unter (der )?(nummer|nr|nr.)
		(ihre|ihrer|eure|eurer) bestätigung~
		// fr
		(n°|num|num.|numéro|no|nr|réf|réf.|ref) (de )?(commande|cde)
		commandes?~
		(bon|bons|confirmation|accusé de réception) de (commande|cde)~
		cdes?~
		command* .. sous (le |la )?(n°|numéro|référence|réf)
		(votre|vos) confirmation~
		commandée?s? (sous|avec) (le |la )?(n°|numéro|référence|réf)
		// nl
		(inkoop|verkoop|web|klant)?order(nummer*|nrs?|bevestiging)~
		(inkoop|verkoop|web|klant)orders?~
		(bestelling|bestellingen|bestelbon|bestelbonnen|bestel)~
		orderbon~
		besteld onder
		bestel* .. onder (nummer|nr|nr.|ordernummer)
		(uw|jullie) bevestiging~
		// it
		(n.|n°|num|num.|numero|nr|nr.|rif.) (d'|di )?ordine
		(ordine|ordini)~
		ordine (d'acquisto|di acquisto|cliente|web)~
		(conferma|conferme) (d'|di )?ordine~
		ord. (n|nr|num)
		(oda|o.d.a.)~
		ordinat* con
		ordinat* .. con (il )?(numero|n.|n°|nr)
		(vs|vs.|vostra|la vostra) conferma~
	`},
	{orderNumber, true, `
		=PO
		=SO
		=AB
		=BC
		=CMD
		=ORD
		=OC n
	`},
	{invoiceNumber, false, `
		// en
		(invoices?|pro-?forma|proforma invoice)~
		inv (no|nr|number|#)
		inv.
		invoiced (under|with|as)
		// de
		(rechnung|rechnungen|rechnungs|re|rg|rech|rechn|ausgangsrechnung)(nr|nummer*|-nr|-nummer|.-nr|. nr|. -nr|-nr.|nr.| nr)
		(rechnung|rechnungen|rechn.|rg.)
		// fr
		(n°|num|num.|numéro|no|nr|réf|réf.) (de )?(la )?(facture|fact|fac)
		(factures?|fact.|facture d'achat|facture proforma)~
		(fact|fac|fa) (n|no|nr|num)
		// nl
		(factuur|facturen|verkoopfactuur)~
		(factuur|fact)(nr|nummer*|.nr|-nr|. nr)
		// it
		(n.|n°|num|num.|numero|nr|nr.|rif.) (di )?(fattura|fatt.|ft.)
		(fattura|fatture)~
		(fattura|fatture) (elettronic*|accompagnatori*|di acquisto|d'acquisto|di vendita)~
		fatt.
		(fatt|ft|fat) (n|nr|num|n°)
		ft.
	`},
	{invoiceNumber, true, `
		=RE
		=Re.
		=RG
		=INV
		inv
		=FA
		=FT
		=Rg
	`},
	{noteNumber, false, `
		// en
		(delivery|despatch|dispatch|shipping|goods) (note|notes|docket|ticket|slip|advice)~
		packing (slip|list|note)~
		// de
		(lieferschein|lieferscheine|liefersch.|lieferscheins|warenbegleitschein)~
		lieferschein(nr|nummer|-nr|.nr)
		(ls|lfs)(-|.-| |. |.)(nr|nummer)
		// fr
		(bon|bons|bordereau|bordereaux) de (livraison|transport|expédition)~
		(bl|b.l.) (n|no|nr|num)
		(le|du|au|votre|notre) bl~
		// nl
		(op )?(mijn|onze|jullie|uw|de) bon
		(pakbon|pakbonnen|leverbon|leveringsbon|afleverbon|leveringsnota|verzendnota|verzendbon|paklijst|pakbonnr|pakbonnummer)~
		// it
		(ddt|d.d.t.|d.d.t)~
		documento di trasporto~
		bolla (di )?(consegna|accompagnamento|trasporto)?~
		bolla~
	`},
	{noteNumber, true, `
		=LS
		=Lfs.
		=BL
		=DN
	`},
	{parcelNumber, false, `
		// en
		tracking~
		tracking (code|reference|link)
		(track ids?|parcel (number|no|id)|shipment (number|no|id)|consignment|consignment (note|number|no)|waybill|way bill|airway bill|awb|air waybill|pod)~
		track ?(&|and|en|und|et|+) ?trace( ?code| ?nummer| ?number| ?nr)?
		// de
		(sendung|sendungs|sendungsverfolgung|sendungsverfolgungs|paket|paketschein|trackingnummer|frachtbrief|paketverfolgungs)(nummer*|nr|nrn|code|id|-id|-nr|-nummer)
		(sendung|sendungsverfolgung|frachtbrief)
		// fr
		(n°|num|num.|numéro|no|code) (de )?(suivi|colis|colissimo|chronopost|l'envoi|bordereau|tracking)
		(suivi|colis|lettre de voiture|récépissé|expédition n°)~
		// nl
		(zending|zendings|pakket|verzend|trackings?|barcode|vrachtbrief|volg)(nummer*|nr|code|-nr)
		(zending|vrachtbrief|t&t|t&t-code|tt-code)
		barcode (postnl|bpost|dhl|dpd|gls|ups|van|pakket|zending)
		// it
		(lettera di vettura|ldv|l.d.v.)~
		(numero|num.|n.|codice) (di )?(spedizione|tracciamento|tracking|tracciatura|pacco|collo|ldv|vettura)
		(spedizione|collo) (n|nr|num)
		(segnacollo|borderò)~
	`},
	{ticketNumber, false, `
		tickets?~
		(ticket|tickets)(nummer|nr|-nr|number|-id|id)
		(case|cas)~
		(helpdesk|help desk|request|incident)~
		(sr|tac|tac case|tac sr)~
		(fall|vorgang|vorgangs|störungs|fall-)(nummer|nr)?
		(support|support-)(id|nr|nummer|number|case|fall)~
		(their|deren|leur|hun|loro) (reference|referenz|référence|referentie|kenmerk|riferimento|ref|réf|rif)~
		support (id|nr|nummer|number|no|case)~
		(pratica|pratiche)~
		(fallnummer|fall-nr|case-nr|casenummer|dossier support|segnalazione|demande)
	`},
	{notReference, false, `
		// a form's own number
		(return|returns|rma|web|online|request|contact|warranty)( request)? form~
		(retouren|rücksende|rma-|web|online-|online|kontakt|rückgabe)?formular~
		formulaire (de |d'|en ligne )?(retour|rma|sav|demande|contact|garantie)?~
		(retour|web|rma-|contact|aanvraag)?formulier~
		modulo (di |web |online )?(reso|rma|richiesta|contatto|rientro|garanzia)?~
		// no order of goods
		in (the |this |that |same )?order(:| of)
		in (quest'|lo stesso )?ordine(:| di)
		(dans|selon) (l'|cet )ordre(:| de| des)
		// who
		(customer|client|account|debtor|debitor|vendor|supplier|partner|dealer|reseller|user|member) (number|no|nr|id|ref*|code|#)
		(account|acct)
		(kunden|kunden-|debitoren|kd.-|kd-|kd. |kdnr|lieferanten|partner|händler|mitglieds|konto)(nummer|nr)?
		(n°|num|numéro|no|code|réf|réf.|compte) (de )?(client|compte|adhérent|fournisseur|partenaire|affaire|contrat|contact)
		(compte|client) (n|no|nr)
		(klant|klanten|debiteur|relatie|leverancier|dealer|account)(nummer*|nr|code|-nr)
		(codice|cod.|cod|n.|numero|num.) (cliente|fornitore|partner|contratto|fiscale|univoco|sdi)
		(cig|cup|codice sdi|protocollo|prot.|sdi)
		// what
		(article|item|part|product|material|sku|stock) (number|no|nr|code|#|id)
		(artikel|artikel-|art.-|art.|art |material|produkt|teile|sach)(nummer|nr|code|no|-nr|n)
		(art.|p/n|pn|sku|ean|gtin|upc|mpn|ref. art*|réf. art*|référence (article|produit))
		(réf|réf.|référence|code|ref.) (de )?(l'|du )?(article|produit|fabricant)
		(cod.|codice|cod) (art*|prodotto)
		(firmware|fw|hw|software|version|versie|versione|release|build|rev|revision)
		(imei|ipei|rfpi|fcc|fcc id|call-?id|serial*|seriennummer*|matricola|pin|license|lizenz*|licence|licenza|licentie*)
		// where and how to be reached
		(phone|telephone|tel|tél|tel.|téléphone|telefon|telefono|telefoon|fax|mobile|mobil|handy|cell|gsm|portable|hotline|extension|ext|durchwahl|nebenstelle|poste n*|interno)
		(iban|bic|vat|vat no|tva|btw|p.iva|p. iva|partita iva|ust*|steuernummer|hrb|hra|rcs|siret|siren|kvk|kbo|registered|company no)
		(po box|p.o. box|postfach|postbus|bp|cap|cp|plz|zip|rue|via|straße|strasse|str.)
		(port|ip|vlan|udp|tcp|http)
		// whose
		(sinistre|schaden*|claim|policy|police|schade*|polis*|pratica assicurativa|insurance)
		(meeting|conference|passcode|teams)~
		(contract|contrat|vertrag*|contratto|contractnummer|wartungsvertrag|project|projekt*|projet|progetto|projectnummer|kommission|commission|chantier|cantiere|werf)
		(our|unser|notre|ons|nostro|internal|interne*) (reference|ref|ref.|zeichen|aktenzeichen|référence|réf|réf.|kenmerk|referentie|riferimento|rif|rif.)
		(inventory|inventar*|inventaire|inventaris*|inventario|asset) (number|nr|no|tag|n°)?
		kostenstelle
	`},
}

var refWords = func() *vocabulary {
	var tables []string
	for _, t := range refTables {
		tables = append(tables, t.words)
	}
	return newVocabulary(tables...)
}()
