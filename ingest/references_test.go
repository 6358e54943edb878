package ingest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// told writes references the way the tables of these tests do.
func told(r References) string {
	var out []string
	for _, l := range []struct {
		name   string
		values []string
	}{
		{"rma", r.RMA}, {"vendor", r.VendorTicket}, {"support", r.SupportTicket}, {"order", r.Order}, {"invoice", r.Invoice}, {"note", r.DeliveryNote}, {"parcel", r.Tracking},
	} {
		if len(l.values) > 0 {
			out = append(out, l.name+" "+strings.Join(l.values, ", "))
		}
	}
	return strings.Join(out, "; ")
}

type wording struct{ text, want string }

func checkReferences(t *testing.T, cases []wording) {
	t.Helper()
	cat := catalogue(t)
	for _, c := range cases {
		subject, body := "x", c.text
		if s, rest, ok := strings.Cut(c.text, " ## "); ok {
			subject, body = s, rest
		}
		if got := told(read(cat, subject, body).References); got != c.want {
			t.Errorf("%q:\n got  %s\n want %s", c.text, got, c.want)
		}
	}
}

// TestReferenceLabels: the labels that people put before a number, and how the
// number follows them.
func TestReferenceLabels(t *testing.T) {
	checkReferences(t, []wording{
		// order
		{"Our order number 4500123 of last week", "order 4500123"},
		{"order no. SO-2025-1188", "order SO-2025-1188"},
		{"Order #100093377", "order 100093377"},
		{"purchase order PO118822", "order PO118822"},
		{"PO# 118822", "order 118822"},
		{"P.O. no 118822", "order 118822"},
		{"your SO 77120, our PO 5512-A", "order 77120, 5512-A"},
		{"ordered under 2025-00417", "order 2025-00417"},
		{"Order ref: 24/1187", "order 24/1187"},
		{"Sales order: SO0041187", "order SO0041187"},
		{"Order confirmation AB-10339", "order AB-10339"},
		{"Order-ID: 900118", "order 900118"},
		{"Bestellnummer: 4711-22", "order 4711-22"},
		{"Bestell-Nr.: B250118", "order B250118"},
		{"unsere Best.-Nr. 45001188 vom 3.2.2025", "order 45001188"},
		{"Best.Nr 45001188", "order 45001188"},
		{"Auftragsnummer AU-2025-118", "order AU-2025-118"},
		{"Auftrags-Nr. 118822", "order 118822"},
		{"Ihr Auftrag Nr. 118822", "order 118822"},
		{"Auftragsbestätigung AB-2024-0551", "order AB-2024-0551"},
		{"AB-Nr. 20240551", "order 20240551"},
		{"AB 20240551", "order 20240551"},
		{"AB-Nr.: AB240551", "order AB240551"},
		{"Kommission 4711, Bestellung 90118", "order 90118"},
		{"commande n° 60412", "order 60412"},
		{"N° de commande : CF2025-118", "order CF2025-118"},
		{"numéro de commande: 60412", "order 60412"},
		{"cde n° 60412 du 14 mars", "order 60412"},
		{"CDE 60412", "order 60412"},
		{"notre cde : 60412", "order 60412"},
		{"bon de commande BC-2025-0033", "order BC-2025-0033"},
		{"BC n°2025-0033", "order 2025-0033"},
		{"BC 250033", "order 250033"},
		{"réf. commande 60412", "order 60412"},
		{"commandés sous le n° 60412", "order 60412"},
		{"ordernr. 25-0331", "order 25-0331"},
		{"ordernr 250331", "order 250331"},
		{"ordernummer: OR250331", "order OR250331"},
		{"onze bestelling 250331", "order 250331"},
		{"bestelnr 250331", "order 250331"},
		{"bestelbon BB-7712", "order BB-7712"},
		{"inkooporder 4500-KW-0912", "order 4500-KW-0912"},
		{"inkoopordernummer 4500912", "order 4500912"},
		{"verkooporder VO250331", "order VO250331"},
		{"jullie order 250331", "order 250331"},
		{"orderbevestiging 250331", "order 250331"},
		{"ordine n. 2025/118", "order 2025/118"},
		{"ordine nr 118/25", "order 118/25"},
		{"num. ordine 118822", "order 118822"},
		{"n° ordine: 118822", "order 118822"},
		{"numero d'ordine 118822", "order 118822"},
		{"numero ordine: WEB-118822", "order WEB-118822"},
		{"conferma d'ordine OC-2025-118", "order OC-2025-118"},
		{"ord. n. 118822", "order 118822"},
		{"ODA 4500118822", "order 4500118822"},
		{"ordine di acquisto 4500118822", "order 4500118822"},
		// invoice
		{"invoice 24-55190, 21 June 2024", "invoice 24-55190"},
		{"Invoice No: INV-10022", "invoice INV-10022"},
		{"INV-10022 attached", "invoice INV-10022"},
		{"inv. no. 10022", "invoice 10022"},
		{"inv 10022", "invoice 10022"},
		{"invoice number is 10022", "invoice 10022"},
		{"Rechnung 2025-10022", "invoice 2025-10022"},
		{"Rechnungsnr.: 10022", "invoice 10022"},
		{"Rechnungs-Nr. RE-10022", "invoice RE-10022"},
		{"Rechn.-Nr. 10022", "invoice 10022"},
		{"Rg. 10022", "invoice 10022"},
		{"Rg.-Nr. 10022", "invoice 10022"},
		{"Rg-Nr: 10022", "invoice 10022"},
		{"RgNr 10022", "invoice 10022"},
		{"RE-Nr. 2025-10022", "invoice 2025-10022"},
		{"RE-Nr.: RE2025-10022", "invoice RE2025-10022"},
		{"RE 2024-30518", "invoice 2024-30518"},
		{"laut Re.-Nr. 10022 vom 3.4.2025", "invoice 10022"},
		{"siehe RE-2024-30518", "invoice RE-2024-30518"},
		{"facture n° FA-2025-0774", "invoice FA-2025-0774"},
		{"facture FC118820 du 11/01/2024", "invoice FC118820"},
		{"n° de facture : 118820", "invoice 118820"},
		{"numéro de facture 118820", "invoice 118820"},
		{"fact. 118820", "invoice 118820"},
		{"fact n°118820", "invoice 118820"},
		{"Facture d'achat : 2025/10/0774", "invoice 2025/10/0774"},
		{"facturés le 3 mars (FA 118820)", "invoice 118820"},
		{"factuurnr. 2025118", "invoice 2025118"},
		{"factuurnummer VF25-00118", "invoice VF25-00118"},
		{"factuur: VF25-00118", "invoice VF25-00118"},
		{"fact.nr. 25118", "invoice 25118"},
		{"jullie factuur 25118 van 3 maart", "invoice 25118"},
		{"fattura n. 2214/25 del 18/03/2025", "invoice 2214/25"},
		{"fatt. 2214/25", "invoice 2214/25"},
		{"fatt. n. 2214", "invoice 2214"},
		{"ft. 2214 del 18.3.25", "invoice 2214"},
		{"FT 2214/A", "invoice 2214/A"},
		{"ft n. 2214", "invoice 2214"},
		{"numero fattura: 2214", "invoice 2214"},
		{"n. fattura 2214", "invoice 2214"},
		{"vs. fattura nr. 2214", "invoice 2214"},
		// delivery note
		{"delivery note 5503318", "note 5503318"},
		{"Delivery note no. DN-5503318", "note DN-5503318"},
		{"DN 5503318", "note 5503318"},
		{"packing slip #5503318", "note 5503318"},
		{"Lieferschein 5503318", "note 5503318"},
		{"Lieferscheinnummer: 5503318", "note 5503318"},
		{"Lieferschein-Nr. 5503318", "note 5503318"},
		{"Liefersch. 5503318", "note 5503318"},
		{"LS-Nr. 5503318", "note 5503318"},
		{"LS 5503318 vom 10.11.2025", "note 5503318"},
		{"Lieferschein 26-LS-40771 vom 17.08.2026", "note 26-LS-40771"},
		{"nell'ordine ORD/2026/1187 abbiamo indicato", "order ORD/2026/1187"},
		{"Order PO/2026/1187", "order PO/2026/1187"},
		{"LS-5503318", "note LS-5503318"},
		{"bon de livraison n° 250318-044", "note 250318-044"},
		{"BL n°250318-044", "note 250318-044"},
		{"BL : 250318", "note 250318"},
		{"bordereau de livraison 250318", "note 250318"},
		{"pakbon 7741903", "note 7741903"},
		{"pakbonnr. PB-7741903", "note PB-7741903"},
		{"pakbonnummer 7741903", "note 7741903"},
		{"leverbon 7741903", "note 7741903"},
		{"leveringsbon nr. 7741903", "note 7741903"},
		{"vrachtbrief 7741903", "parcel 7741903"},
		{"DDT n. 3307 del 2/4/2025", "note 3307"},
		{"ddt 45/2025", "note 45/2025"},
		{"D.D.T. n° 3307", "note 3307"},
		{"documento di trasporto n. 3307", "note 3307"},
		{"bolla n. 3307", "note 3307"},
		{"bolla di consegna 3307", "note 3307"},
		{"Vs. DDT nr. 3307", "note 3307"},
		// our number
		{"RMA-26-00123-7", "rma RMA-26-00123-7"},
		{"[RMA-2026-00417] ## ok", "rma RMA-2026-00417"},
		{"RMA 26-0017 please", "rma 26-0017"},
		{"RMA number: 250067", "rma 250067"},
		{"RMA# 250067", "rma 250067"},
		{"RMA no. 25-0713", "rma 25-0713"},
		{"[RMA 25-03811] Rückfrage ## Danke", "rma 25-03811"},
		{"Retourennummer 250067", "rma 250067"},
		{"RMA-Nr. 25-0713", "rma 25-0713"},
		{"numéro RMA : 25080017", "rma 25080017"},
		{"n° de retour 25080017", "rma 25080017"},
		{"RMA n° 25080017", "rma 25080017"},
		{"retournummer 25-03499", "rma 25-03499"},
		{"RMA-nummer: 25-03499", "rma 25-03499"},
		{"numero RMA 25-03588", "rma 25-03588"},
		{"n. RMA: 25-03588", "rma 25-03588"},
		{"pratica RMA 25-03588", "rma 25-03588"},
		{"RMA: 250067 and 250068", "rma 250067, 250068"},
	})
}

// TestReferenceLists: several numbers behind one label, over lines, in forms.
func TestReferenceLists(t *testing.T) {
	checkReferences(t, []wording{
		{"invoices 10022, 10023 and 10024", "invoice 10022, 10023, 10024"},
		{"Rechnungen 10022 und 10023", "invoice 10022, 10023"},
		{"factures FC-118820 et FC-120477", "invoice FC-118820, FC-120477"},
		{"Factures : FC-118820 (Patton, 11/01/2024) et FC-120477 (les autres, 05/07/2024).", "invoice FC-118820, FC-120477"},
		{"facturen 25118 en 25119", "invoice 25118, 25119"},
		{"fatture n. 2214 e 2215", "invoice 2214, 2215"},
		{"orders 4711001/4711002", "order 4711001, 4711002"},
		{"order 60412 / invoice 118820", "order 60412; invoice 118820"},
		{"Invoice no.:\n10022", "invoice 10022"},
		{"Rechnungsnummer\n10022", "invoice 10022"},
		{"N° de facture\n118820\n\nMerci", "invoice 118820"},
		{"Die Geräte stehen auf Rechnung\nRE-2026-01544.", "invoice RE-2026-01544"},
		{"Order: 100093377\nInvoice: 100093377-1\nSerial: AB12", "order 100093377; invoice 100093377-1"},
		{"Bestellung      | 4711001\nRechnung        | 10022", "order 4711001; invoice 10022"},
		{"Auftrag\t4711001\nLieferschein\t5503318", "order 4711001; note 5503318"},
		{"order_number=4711001\ninvoice_number=10022", "order 4711001; invoice 10022"},
		{"Order / PO number: 4711001", "order 4711001"},
		{"Return of order 4711001 ## Hello", "order 4711001"},
		{"Rechnung vom 14.03.2025: 10022", "invoice 10022"},
		{"Rechnung vom 14. März 2025, Nr. 10022", "invoice 10022"},
		{"facture du 14 mars 2025 n° 118820", "invoice 118820"},
		{"fattura del 18/03/2025 n. 2214", "invoice 2214"},
		{"factuur van 3 maart 2025 (nr. 25118)", "invoice 25118"},
		{"invoice dated 3 March 2025, number 10022", "invoice 10022"},
		{"Invoice is 10022, order was 4711001.", "order 4711001; invoice 10022"},
		{"die Rechnungsnummer lautet 10022", "invoice 10022"},
		{"le numéro de la facture est le 118820", "invoice 118820"},
		{"il numero della fattura è 2214", "invoice 2214"},
		{"het factuurnummer is 25118", "invoice 25118"},
		{"Bestellnummer bei Ihnen: 25 000 3317", "order 25 000 3317"},
		{"pour l'ordine aperto 2025/118", "order 2025/118"},
		{"hun pakbon zegt 88-10293, verder niks", "note 88-10293"},
		{"Order no. for the replacements stays WEB-20419.", "order WEB-20419"},
		{"Il DDT è il 33 del 30 novembre", "note 33"},
		{"ns. ordine 88/26, vs. DDT 1904) c'erano SEI", "order 88/26; note 1904"},
		{"[SD-44718] Re: Offerte ## RMA, 9 april 2026 15:20: bedankt", ""},
		{"[Ticket#2026070610000447] Yealink defekt ## Hallo", ""},
		{"Yealink T46S dead, manufacturer case 70113388", "vendor 70113388"},
		{"Yealink T46S tot, laut Hersteller-Portal Fall 5371880214", "vendor 5371880214"},
		{"order number 25 000 3317.", "order 25 000 3317"},
		{"Order\tInvoice\tModel\n4711001\t10022\tT46S\n4711002\t10023\tT42S", "order 4711001, 4711002; invoice 10022, 10023"},
		{"Modell;Rechnung;Fehler\nT46S;10022;tot\nT42S;10023;tot", "invoice 10022, 10023"},
	})
}

// TestNoReferences: numbers that are none of these.
func TestNoReferences(t *testing.T) {
	checkReferences(t, []wording{
		{"VAT BE 0412.555.123, phone +32 2 555 01 23", ""},
		{"IBAN DE02 1203 0000 0000 2020 51", ""},
		{"customer number 118822", ""},
		{"Kundennummer: 118822", ""},
		{"Kd.-Nr. 118822", ""},
		{"code client 118822", ""},
		{"n° client : 118822", ""},
		{"klantnummer 118822", ""},
		{"codice cliente 118822", ""},
		{"Artikelnummer 90074", ""},
		{"article no. 90074", ""},
		{"réf. article 90074", ""},
		{"cod. art. 90074", ""},
		{"EAN 4012345678901", ""},
		{"firmware 1.0.11.27", ""},
		{"We ordered 25 phones in 2024.", ""},
		{"the invoice of 14/03/2025", ""},
		{"facture du 14 mars 2025", ""},
		{"Rechnung über 118,00 EUR", ""},
		{"invoice of EUR 1180", ""},
		{"a facture de 1250 euros", ""},
		{"fattura di 1250,00 €", ""},
		{"the order for 250 units", ""},
		{"in order to get 100 % of the speed on port 8080", ""},
		{"delivery to 48231 Warendorf", ""},
		{"Lieferung an 48231 Warendorf", ""},
		{"livraison à 59100 Roubaix", ""},
		{"consegna a 12045 Fossano", ""},
		{"order was placed in 2025 by phone 0123 456789", ""},
		{"Commande passée le 14/03/2025 par téléphone 0472550190", ""},
		{"Bestellung vom 12.03.25", ""},
		{"call 0800 555 0199", ""},
		{"our internal reference 4711-22", ""},
		{"unser Zeichen 4711-22", ""},
		{"sinistre n° 2025-MRH-0088127", ""},
		{"Schaden-Nr. HR 25-118-440-12", ""},
		{"Meeting ID 312 884 120 554", ""},
		{"contract 7740918827365512", ""},
		{"numéro de série 20EZ1QFH30AF42E2", ""},
		{"in order, serial 4711001", ""},
		{"case closed in 2025", ""},
		{"we have 3 cases of 250 phones", ""},
		{"Our ticket 4711 is open since Monday.", ""},
		{"HRB 99817, Amtsgericht Münster", ""},
		{"port 5060 / 10.1.10.10", ""},
		{"Commande urgente : livrer au 12 rue 75011 Paris", ""},
		{"re: 10 phones", ""},
		{"Re 250 Telefone", ""},
		{"colis de 1250 g", ""},
		{"RMA procedure 2025", ""},
		{"in 2025 RMA: 3 phones, S/N CHNLB22061800415", ""},
	})
}

// TestParcels: the carriers' numbers, their checks, and their labels.
func TestParcels(t *testing.T) {
	checkReferences(t, []wording{
		{"sent today with UPS 1Z999AA10123456784", "parcel 1Z999AA10123456784"},
		{"1Z 999 AA1 01 2345 6784 is on its way", "parcel 1Z 999 AA1 01 2345 6784"},
		{"part 1Z999AA10123456785", ""},
		{"UPS 1Z999AA10123456785", "parcel 1Z999AA10123456785"},
		{"RR473124829FR parti ce matin", "parcel RR473124829FR"},
		{"part RR473124828FR", ""},
		{"3SABCD1234567 is verstuurd", "parcel 3SABCD1234567"},
		{"DHL JJD000390007882114477", "parcel JJD000390007882114477"},
		{"JVGL06123987001204557810", "parcel JVGL06123987001204557810"},
		{"Heute mit DHL verschickt, 00340434161094015902", "parcel 00340434161094015902"},
		{"DHL Sendungsnummer: 00340434161094015902", "parcel 00340434161094015902"},
		{"DHL 8812 4470 351 says delivered", "parcel 8812 4470 351"},
		{"GLS 50123456789 ist unterwegs", "parcel 50123456789"},
		{"GLS track ID: ZX12ABCD", "parcel ZX12ABCD"},
		{"Paketnummer 01505123456789 (DPD)", "parcel 01505123456789"},
		{"per DPD heute raus: 01505123456789", "parcel 01505123456789"},
		{"FedEx 7712 3456 7890", "parcel 7712 3456 7890"},
		{"FedEx tracking 771234567890", "parcel 771234567890"},
		{"Colissimo 6A12345678901", "parcel 6A12345678901"},
		{"n° de suivi : 8N00234567890", "parcel 8N00234567890"},
		{"numéro de suivi Chronopost XY473124829FR", "parcel XY473124829FR"},
		{"bpost 323211234567890123456789", "parcel 323211234567890123456789"},
		{"track & trace: 3SDEVC201834", "parcel 3SDEVC201834"},
		{"track en trace code 3SDEVC201834", "parcel 3SDEVC201834"},
		{"Track&Trace 3SDEVC201834", "parcel 3SDEVC201834"},
		{"barcode PostNL 3SDEVC201834", "parcel 3SDEVC201834"},
		{"zendingsnummer 3SDEVC201834", "parcel 3SDEVC201834"},
		{"spedito oggi con BRT, n. 2810Z334510797", "parcel 2810Z334510797"},
		{"lettera di vettura 2810Z334510797", "parcel 2810Z334510797"},
		{"LDV 123456789012", "parcel 123456789012"},
		{"corriere SDA, spedizione n. 388251K012345", "parcel 388251K012345"},
		{"codice di tracciamento: 388251K012345", "parcel 388251K012345"},
		{"Bartolini 123456789012", "parcel 123456789012"},
		{"con GLS, numero spedizione M1 550123456", "parcel M1 550123456"},
		{"waybill 1234567890", "parcel 1234567890"},
		{"AWB: 1234567890", "parcel 1234567890"},
		{"tracking no 1234567890 and 1234567891", "parcel 1234567890, 1234567891"},
		{"consignment note 4412345678", "parcel 4412345678"},
		{"Sendungsverfolgungsnummer 12345678901234", "parcel 12345678901234"},
		{"Die Sendung 12345678901234 kam an", "parcel 12345678901234"},
		{"Pakket is onderweg met DPD 05212345678901", "parcel 05212345678901"},
		{"Tracking: https://gls-group.eu/track/50123456789", "parcel 50123456789"},
		{"https://www.ups.com/track?tracknum=1Z999AA10123456784", "parcel 1Z999AA10123456784"},
		{"le colis part demain avec UPS", ""},
		{"GLS kommt am 14.03.2025", ""},
		{"please send with DHL, account 140556612", ""},
		{"DHL customer number 140556612", ""},
		{"the parcel weighs 1250 g", ""},
		{"TNT 0800 555 0199 anrufen", ""},
	})
}

// TestAnsweredReferences: a bare number below our question is what we asked for.
func TestAnsweredReferences(t *testing.T) {
	cat := catalogue(t)
	for body, want := range map[string]string{
		"1) CHNLB22061800415\n2) 2025/4471 del 9.12.2025\n\n> 1) Please send us the serial number\n> 2) invoice number and date\n": "invoice 2025/4471",
		"1) 530705\n2) 4711001\n\n> 1) Your Yealink ticket number?\n> 2) Your order number?\n":                                     "vendor 530705; order 4711001",
		"> 1) Your Yealink ticket number?\n\n530705\n\n> 2) Which delivery note?\n\n5503318\n":                                     "vendor 530705; note 5503318",
		"1) none yet\n2) invoice 10022\n\n> 1) Your Yealink ticket number?\n> 2) Your order number?\n":                             "invoice 10022",
		"1) 2 phones\n2) on 14/03/2025\n\n> 1) Your Yealink ticket number?\n> 2) Your order number?\n":                             "",
	} {
		raw := mailWith("Subject: Re: your return\r\nIn-Reply-To: <a@desk.example>\r\n", strings.ReplaceAll(body, "\n", "\r\n"))
		if got := told(Extract(cat, Parse(raw, DefaultLimits()), desk).References); got != want {
			t.Errorf("%q: got %s, want %s", body, got, want)
		}
	}
}

// TestFileNumber: in the subject of an answer the number of the case may be
// called otherwise.
func TestFileNumber(t *testing.T) {
	checkReferences(t, []wording{
		{"R: pratica 26-0633 - documenti ## ok", "rma 26-0633"},
		{"Re: Devis dossier n° 2025-1163 ## ok", "rma 2025-1163"},
		{"AW: Vorgang 260633 ## ok", "rma 260633"},
		{"pratica 26-0633 ## ok", ""},
		{"Re: case closed ## ok", ""},
	})
}

// TestNearbyLabels: the nearest label owns a number.
func TestNearbyLabels(t *testing.T) {
	checkReferences(t, []wording{
		{"order 60412, delivered with BL 250318, invoiced with FA 118820", "order 60412; invoice 118820; note 250318"},
		{"RMA for order 4711001", "order 4711001"},
		{"RMA 250067 (order 4711001)", "rma 250067; order 4711001"},
		{"Rechnung zur Bestellung 4711001", "order 4711001"},
		{"facture liée à la commande 60412", "order 60412"},
		{"Lieferschein 5503318 zu Auftrag 4711001", "order 4711001; note 5503318"},
		{"fattura 2214 con DDT 3307", "invoice 2214; note 3307"},
		{"invoice no. 10022 / customer no. 118822", "invoice 10022"},
		{"Rechnung 10022, Kundennummer 118822", "invoice 10022"},
		{"order by customer 118822", ""},
		{"facture 118820, tél. 0472550190", "invoice 118820"},
		{"invoice 10022, serial 20EZ1QFH30AF42E2", "invoice 10022"},
		{"order 4711001, art. 90074", "order 4711001"},
		{"Bestellung 4711001, Tel. 02581 555014", "order 4711001"},
	})
}

func TestReferencesAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "invoice %d\n", 100000+i)
	}
	if n := len(read(catalogue(t), "x", b.String()).References.Invoice); n != mostReferences {
		t.Errorf("%d invoices, want %d", n, mostReferences)
	}
}

// TestTableHeadsInRows: a line that could head a table is a row of the one above
// it; else each would read all that is below it.
func TestTableHeadsInRows(t *testing.T) {
	lines := slices.Repeat([]string{"order\tinvoice"}, 2000)
	lines = append(lines, "4711001\t10022")
	var r References
	s := scanner{cat: catalogue(t)}
	if used := s.columns(lines, 0, &r); used != len(lines) {
		t.Errorf("the table has %d lines, want %d", used, len(lines))
	}
	if got := told(s.references(lines, "")); got != "order 4711001; invoice 10022" {
		t.Errorf("got %s", got)
	}
}

// TestRMAInSubjectNamesNoNumber: a bare "RMA" as the subject does not take the
// model that the text begins with for its number.
func TestRMAInSubjectNamesNoNumber(t *testing.T) {
	for _, text := range []string{"GXP2170 defective, no display.", "T46S: écran noir.", "D785 zeigt nur noch das Logo.", "SPA112 non si accende"} {
		for _, subject := range []string{"RMA", "RMA:", "RMA request", "Retour"} {
			if got := read(catalogue(t), subject, text).References.RMA; len(got) > 0 {
				t.Errorf("%q, %q: the return %q", subject, text, got)
			}
		}
	}
}
