package main

import (
	"slices"

	"retour/cmd/internal/tabular"
)

// RegisterField is a column of the register, as the configuration names it.
type RegisterField string

// Values are the fields.
func (RegisterField) Values() []string { return fieldNames(registerFields) }

// DirectoryField is a column of the directory, as the configuration names it.
type DirectoryField string

// Values are the fields.
func (DirectoryField) Values() []string { return fieldNames(directoryFields) }

func fieldNames(fields []tabular.Field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	return names
}

// The headers under which ERP systems export what a register needs, in English,
// French, Dutch, Italian and German; accents, case and punctuation do not
// matter. What stands first is taken first. A column that is only called
// customer mostly holds a name, so it is never taken for the customer's number.
var registerFields = []tabular.Field{
	{Name: "serial", Headers: []string{
		"serial number", "serial no", "serial nr", "serial", "serial numbers", "s/n", "snr", "serial num", "lot/serial number", "lot/serial", "device serial", "unit serial",
		"numéro de série", "n° de série", "n° série", "no de série", "no série", "num série", "numéros de série", "série", "lot/numéro de série",
		"serienummer", "serienr", "serienummers", "serie nr", "lot/serienummer", "partij/serienummer",
		"numero di serie", "numero seriale", "n. di serie", "n. serie", "seriale", "matricola", "numero matricola", "n. matricola", "lotto/numero seriale",
		"seriennummer", "seriennr", "serien nr", "seriennummern", "serialnummer", "sernr", "gerätenummer", "geräte-nr", "geraetenummer", "fabriknummer", "los-/seriennummer"}},
	{Name: "mac", Headers: []string{"mac", "mac address", "mac addr", "mac id", "ethernet address", "lan mac",
		"adresse mac", "mac adres", "mac-adres", "indirizzo mac", "mac-adresse", "mac adresse"}},
	{Name: "manufacturer", Headers: []string{"manufacturer", "manufacturer name", "brand", "make", "maker", "fabricant", "marque", "constructeur",
		"fabrikant", "merk", "produttore", "marca", "costruttore", "hersteller", "herstellername", "marke"}},
	{Name: "model", Headers: []string{"model", "model name", "model number", "product", "product name", "item", "article", "item code", "product code", "sku", "part number", "item number", "item no", "article no", "material", "description", "item description",
		"modèle", "produit", "nom du produit", "désignation", "code article", "référence article", "article n°", "libellé",
		"productnaam", "artikel", "artikelnummer", "artikelcode", "artikelnr", "omschrijving", "artikelomschrijving",
		"modello", "prodotto", "articolo", "codice articolo", "descrizione", "descrizione articolo",
		"modell", "produkt", "produktname", "artikelbezeichnung", "artikel-nr", "bezeichnung", "materialnummer"}},
	{Name: "customer", Headers: customerNumber},
	{Name: "customer_name", Headers: customerName},
	{Name: "distributor", Headers: []string{"distributor", "distributor name", "wholesaler", "sold through", "distributeur", "grossiste", "groothandel", "via distributeur",
		"distributore", "grossista", "großhändler", "grosshaendler", "distributor name"}},
	{Name: "order", Headers: []string{"order number", "order no", "order nr", "order id", "sales order", "sales order number", "so number", "order",
		"numéro de commande", "n° commande", "n° de commande", "no commande", "bon de commande", "commande",
		"ordernummer", "ordernr", "verkooporder", "verkoopordernummer", "bestelnummer", "bestelbon",
		"numero ordine", "n. ordine", "ordine", "ordine di vendita", "ordine cliente",
		"auftragsnummer", "auftragsnr", "auftrags-nr", "auftrag", "bestellnummer", "bestellnr", "bestellung", "verkaufsbeleg"}},
	{Name: "invoice", Headers: []string{"invoice number", "invoice no", "invoice nr", "invoice id", "invoice", "billing document",
		"numéro de facture", "n° facture", "n° de facture", "no facture", "facture", "pièce",
		"factuurnummer", "factuurnr", "factuur",
		"numero fattura", "n. fattura", "fattura", "nr fattura",
		"rechnungsnummer", "rechnungsnr", "rechnungs-nr", "rechnung", "re-nr", "fakturanummer", "faktura"}},
	{Name: "delivery_note", Headers: []string{"delivery note", "delivery note number", "delivery number", "delivery no", "delivery", "packing slip", "shipment number",
		"bon de livraison", "n° bl", "n° bon de livraison", "numéro de bl", "bl",
		"leverbon", "leverbonnummer", "leveringsbon", "pakbon", "pakbonnummer", "vrachtbrief",
		"ddt", "numero ddt", "n. ddt", "bolla", "numero bolla", "documento di trasporto",
		"lieferschein", "lieferscheinnummer", "lieferscheinnr", "lieferschein-nr", "lieferung"}},
	{Name: "delivered", Headers: []string{"delivery date", "date of delivery", "delivered", "delivered on", "date delivered", "delivery note date", "actual delivery date",
		"date de livraison", "date livraison", "livré le", "date bl", "date du bl",
		"leverdatum", "leveringsdatum", "datum levering", "geleverd op", "datum leverbon",
		"data consegna", "data di consegna", "data ddt", "data bolla", "consegnato il",
		"lieferdatum", "lieferscheindatum", "auslieferungsdatum", "geliefert am", "datum lieferschein"}},
	{Name: "licensed", Headers: []string{"licence registration", "license registration", "licence registration date", "license registration date", "licence date", "license date",
		"registration date", "activation date", "activated on", "registered on", "licensed on",
		"date d'enregistrement", "date d'enregistrement de la licence", "enregistrement de la licence", "date de licence", "date d'activation", "activé le",
		"licentiedatum", "registratiedatum", "datum licentieregistratie", "activeringsdatum", "activatiedatum", "geactiveerd op",
		"data licenza", "data registrazione", "data registrazione licenza", "data attivazione", "data di attivazione", "attivato il",
		"lizenzdatum", "lizenzregistrierung", "registrierungsdatum", "aktivierungsdatum", "aktiviert am", "datum der lizenzregistrierung"}},
	{Name: "shipped", Headers: []string{"ship date", "shipping date", "shipment date", "shipped", "shipped on", "date shipped", "goods issue date", "dispatch date",
		"date d'expédition", "date expédition", "date d'envoi", "expédié le",
		"verzenddatum", "verzendingsdatum", "datum verzending", "verzonden op",
		"data spedizione", "data di spedizione", "spedito il",
		"versanddatum", "versendet am", "warenausgang", "warenausgangsdatum"}},
	{Name: "invoiced", Headers: []string{"invoice date", "date of invoice", "billing date", "invoiced on",
		"date de facture", "date facture", "date de facturation", "facturé le",
		"factuurdatum", "datum factuur", "data fattura", "data di fatturazione", "fatturato il",
		"rechnungsdatum", "fakturadatum", "datum rechnung", "re-datum"}},
	{Name: "purchased", Headers: []string{"purchase date", "date of purchase", "purchased on", "sale date", "sales date", "sold on",
		"date d'achat", "date achat", "date de vente", "vendu le", "aankoopdatum", "verkoopdatum", "verkocht op",
		"data acquisto", "data di acquisto", "data vendita", "venduto il", "kaufdatum", "verkaufsdatum", "verkauft am"}},
	{Name: "status", Headers: []string{"unit status", "serial status", "status", "statut", "état", "stato", "zustand"}},
	{Name: "replaced_by", Headers: []string{"replaced by", "replacement serial", "new serial", "new serial number", "remplacé par", "nouveau numéro de série",
		"vervangen door", "nieuw serienummer", "sostituito da", "nuovo numero di serie", "ersetzt durch", "neue seriennummer"}},
	{Name: "replaces", Headers: []string{"replaces", "replacement for", "old serial", "old serial number", "remplace", "ancien numéro de série",
		"vervangt", "oud serienummer", "sostituisce", "vecchio numero di serie", "ersetzt", "alte seriennummer"}},
}

// registerDays are the fields that are dates.
var registerDays = []string{"delivered", "licensed", "shipped", "invoiced", "purchased"}

// registerNeeds: a row must name its unit.
var registerNeeds = [][]string{{"serial", "mac"}}

var customerNumber = []string{"customer number", "customer no", "customer nr", "customer id", "customer code", "account number", "account no", "account id", "account code", "customer account", "bill-to customer no", "sold-to party", "sell-to customer no",
	"numéro client", "numéro de client", "n° client", "no client", "code client", "id client", "compte client", "réf client", "référence client",
	"klantnummer", "klantnr", "klantcode", "klant-id", "debiteurnummer", "debiteurnr", "debiteur", "relatienummer", "relatiecode",
	"codice cliente", "cod. cliente", "numero cliente", "n. cliente", "id cliente",
	"kundennummer", "kundennr", "kunden-nr", "kd-nr", "kdnr", "kunden-id", "debitor", "debitorennummer", "debitoren-nr", "debitornr"}

var customerName = []string{"customer name", "company name", "company", "account name", "sold-to name", "bill-to name", "customer", "partner", "contact/company",
	"nom du client", "nom client", "raison sociale", "société", "client",
	"klantnaam", "naam klant", "bedrijfsnaam", "bedrijf", "klant",
	"ragione sociale", "nome cliente", "intestatario", "azienda", "cliente",
	"kundenname", "firmenname", "firma", "kunde", "name des kunden"}

// In a list of customers shorter headers are clear.
var directoryFields = []tabular.Field{
	{Name: "number", Headers: append(slices.Clip(customerNumber), "number", "no", "nr", "code", "id", "account", "internal reference", "reference", "ref",
		"numéro", "n°", "compte", "référence", "référence interne", "nummer", "referentie", "numero", "codice", "riferimento", "konto", "nr.")},
	{Name: "name", Headers: append(slices.Clip(customerName), "name", "display name", "nom", "naam", "nome", "name 1", "denominazione", "bezeichnung")},
	{Name: "address", Many: true, Headers: []string{"email", "e-mail", "mail", "email address", "e-mail address", "contact email", "mail address", "emails", "email addresses", "invoice email", "email invoice",
		"adresse email", "adresse e-mail", "adresse mail", "courriel", "adresse électronique", "email facturation", "e-mail contact",
		"emailadres", "e-mailadres", "mailadres", "e-mail adres", "indirizzo email", "indirizzo e-mail", "posta elettronica", "pec",
		"e-mail-adresse", "emailadresse", "mailadresse"}},
	{Name: "domain", Many: true, Headers: []string{"domain", "email domain", "mail domain", "domains", "domaine", "domaine email", "domein", "maildomein", "dominio", "dominio email", "domäne", "mail-domain"}},
	{Name: "language", Headers: []string{"language", "language code", "lang", "langue", "code langue", "taal", "taalcode", "lingua", "codice lingua", "sprache", "sprachcode", "sprachschlüssel"}},
	{Name: "role", Headers: []string{"role", "customer type", "account type", "customer group", "type", "rôle", "type de client", "type client", "catégorie", "rol", "klanttype", "klantgroep", "klantsoort",
		"ruolo", "tipo cliente", "tipo", "categoria", "rolle", "kundentyp", "kundengruppe", "kundenart"}},
	{Name: "representative", Headers: []string{"representative", "sales representative", "sales rep", "salesperson", "account manager", "sales contact", "owner",
		"représentant", "commercial", "vendeur", "responsable commercial", "vertegenwoordiger", "accountmanager", "verkoper",
		"rappresentante", "agente", "commerciale", "venditore", "vertreter", "außendienst", "kundenbetreuer", "verkäufer", "ansprechpartner vertrieb"}},
}

var directoryNeeds = [][]string{{"number"}}
