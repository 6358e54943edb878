package ingest

import (
	"strings"
	"testing"
)

// unitsOf gives the units of a body as "maker model serial mac", one a line.
func unitsOf(cat *Catalogue, subject, body string) string {
	raw := mailWith("Subject: "+subject+"\r\nContent-Type: text/plain; charset=utf-8\r\n", body)
	var out []string
	for _, u := range Extract(cat, Parse(raw, DefaultLimits()), desk).Units {
		out = append(out, strings.Join([]string{u.Manufacturer, u.Model, u.Serial, u.MAC}, "|"))
	}
	return strings.Join(out, "\n")
}

// TestUnits: a row per way in which people write numbers.
func TestUnits(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ name, subject, body, want string }{
		{"label en", "broken", "GXP2170 broken, serial number 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"label fr", "panne", "GXP2170 en panne, n° de série : 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"label nl", "defect", "GXP2170 defect, serienummer 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"label it", "guasto", "GXP2170 guasto, n. di matricola 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"label de", "defekt", "GXP2170 defekt, Serien-Nr.: 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"no label", "broken", "my Snom D735 is broken: CHNLB22061800415", "snom|D735|CHNLB22061800415|"},
		{"in the subject", "RMA Snom D735 s/n CHNLB22061800415", "As above, no sound.", "snom|D735|CHNLB22061800415|"},
		{"label above the value", "broken", "Grandstream GXP2170, broken\nS/N:\n20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"lower case", "broken", "gxp2170 broken sn 20ez115n308c605f", "grandstream|GXP2170|20EZ115N308C605F|"},
		{"in groups", "broken", "Yealink T46S broken, sn 3146 0190 9260 5341", "yealink|T46S|3146019092605341|"},
		{"digits alone, right behind the model", "broken", "Yealink T46S 3146019092605341, no audio", "yealink|T46S|3146019092605341|"},
		{"digits alone, elsewhere", "broken", "Yealink T46S broken. Paid with 3146019092605341", "yealink|T46S||"},
		{"list on one line", "broken", "3 Snom D735 broken, S/N: CHNLB22061800415, CHNLB22061800416 and CHNLB22061800417",
			"snom|D735|CHNLB22061800415|\nsnom|D735|CHNLB22061800416|\nsnom|D735|CHNLB22061800417|"},
		{"list below a label", "broken", "Yealink T46S, all dead. Serial numbers:\n3146019092605341\n3146019092605342\n\nRegards\nAda",
			"yealink|T46S|3146019092605341|\nyealink|T46S|3146019092605342|"},
		{"MAC forms", "broken", "innovaphone IP112 defekt:\n1) 00-90-33-51-0c-a8\n2) 009033510CB3\n3) 0090.3351.0cb4",
			"innovaphone|IP112||009033510CA8\ninnovaphone|IP112||009033510CB3\ninnovaphone|IP112||009033510CB4"},
		{"serial and MAC", "broken", "GXP2170 broken\nS/N 20EZ115N308C605F\nMAC C0:74:AD:8C:60:5F", "grandstream|GXP2170|20EZ115N308C605F|C074AD8C605F"},
		{"MAC first", "broken", "GXP2170 broken\nMAC C0:74:AD:8C:60:5F\nS/N 20EZ115N308C605F", "grandstream|GXP2170|20EZ115N308C605F|C074AD8C605F"},
		{"MAC of another unit", "broken", "Two dead units:\nGXP2170, MAC C0:74:AD:8C:60:5F\nZyxel NWA50AX, S/N S212L41002877",
			"grandstream|GXP2170||C074AD8C605F\nzyxel|NWA50AX|S212L41002877|"},
		{"two makers", "broken", "Defective: Snom D735 CHNLB22061800415 and Zyxel GS1900-24HP S212L41002877",
			"snom|D735|CHNLB22061800415|\nzyxel|GS1900-24HP|S212L41002877|"},
		{"quantity", "RMA", "5 x GXP1630 defect", strings.TrimSuffix(strings.Repeat("grandstream|GXP1630||\n", 5), "\n")},
		{"quantity in words", "RMA", "zwei Snom D735 sind defekt", "snom|D735||\nsnom|D735||"},
		{"more than numbers", "RMA", "3x Snom D735 defekt, S/N CHNLB22061800415, die anderen folgen", "snom|D735|CHNLB22061800415|\nsnom|D735||\nsnom|D735||"},
		{"tab table", "RMA defect", "Model\tSerial number\tFault\nSnom D735\tCHNLB22061800415\tdead\nSnom D785\tCHNLC09052100733\tno sound",
			"snom|D735|CHNLB22061800415|\nsnom|D785|CHNLC09052100733|"},
		{"pipe table", "RMA defect", "| Modell | Seriennummer | MAC |\n|---|---|---|\n| D735 | CHNLB22061800415 | 000413112233 |", "snom|D735|CHNLB22061800415|000413112233"},
		{"set-up code behind the MAC", "dead", "UniFi UAP-AC-PRO dead, 788A205C71D0-w5LLbT", "ubiquiti|UAP-AC-PRO||788A205C71D0"},
		{"dashes that belong to it", "broken", "2N IP Verso broken, S/N 54-1234-5678", "2n|IP Verso|54-1234-5678|"},
		{"another unit stays", "broken", "Snom D735 CHNLB22061800415 is dead.\nThe Snom D735 CHNLB22061800416 works fine.", "snom|D735|CHNLB22061800415|"},
		{"signature numbers", "broken", "Snom D735 broken, S/N CHNLB22061800415\n\nKind regards\nAda\nVAT BE0417497106 Tel +32 2 555 01 40", "snom|D735|CHNLB22061800415|"},
		{"a short model of a maker not named", "question", "The meeting is in room X4, return the keys please.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := unitsOf(cat, c.subject, strings.ReplaceAll(c.body, "\n", "\r\n")); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestNewText: the clients' ways to quote, in five languages. What the sender
// wrote must stay, whatever else does.
func TestNewText(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"nothing to cut", "My phone is dead.\nCan I return it?", "My phone is dead.\nCan I return it?"},
		{"Gmail en", "Yes.\n\nOn Tue, 10 Mar 2026 at 09:00, RMA <rma@desk.example> wrote:\n> Is it dead?", "Yes."},
		{"Gmail wrapped", "Yes.\n\nOn Tue, 10 Mar 2026 at 09:00, A Very Long Name Indeed\n<rma@desk.example> wrote:\n> Is it dead?", "Yes."},
		{"Gmail fr", "Oui.\n\nLe mar. 10 mars 2026 à 09:00, RMA <rma@desk.example> a écrit :\n> Est-il mort ?", "Oui."},
		{"Thunderbird de", "Ja.\n\nAm 10.03.26 um 09:00 schrieb RMA:\n> Ist es kaputt?", "Ja."},
		{"Apple nl", "Ja.\n\nOp 10 mrt. 2026 om 09:00 heeft RMA <rma@desk.example> het volgende geschreven:\n\nIs het stuk?", "Ja."},
		{"Gmail it", "Sì.\n\nIl giorno mar 10 mar 2026 alle ore 09:00 RMA <rma@desk.example> ha scritto:\n> È guasto?", "Sì."},
		{"Outlook en", "Yes.\n\nFrom: RMA <rma@desk.example>\nSent: Tuesday\nTo: Ada\nSubject: Your return\n\nIs it dead?", "Yes."},
		{"Outlook de", "Ja.\n\n________________________________\nVon: RMA <rma@desk.example>\nGesendet: Dienstag\nAn: Ada\nBetreff: RMA\n\nIst es kaputt?", "Ja."},
		{"Outlook fr", "Oui.\n\nDe : RMA <rma@desk.example>\nEnvoyé : mardi\nÀ : Ada\nObjet : RMA\n\nEst-il mort ?", "Oui."},
		{"Outlook nl", "Ja.\n\nVan: RMA <rma@desk.example>\nVerzonden: dinsdag\nAan: Ada\nOnderwerp: RMA\n\nIs het stuk?", "Ja."},
		{"Outlook it", "Sì.\n\nDa: RMA <rma@desk.example>\nInviato: martedì\nA: Ada\nOggetto: RMA\n\nÈ guasto?", "Sì."},
		{"old Outlook", "Yes.\n-----Original Message-----\nFrom: RMA\nIs it dead?", "Yes."},
		{"answers below the quote", "On Tue, 10 Mar 2026 at 09:00, RMA <rma@desk.example> wrote:\n> Serial?\n\n4711-A\n\n> Model?\n\nD735", "4711-A\n\n\nD735"},
		{"signature", "It is dead.\n-- \nAda\nCustomer Ltd", "It is dead."},
		{"closing and address", "It is dead.\n\nKind regards,\nAda Lovelace\nCustomer Ltd\nTel. 555", "It is dead."},
		{"postscript", "It is dead.\n\nKind regards,\nAda\n\nPS: S/N: CHNLB22061800415", "It is dead.\n\nKind regards,\nAda\n\nPS: S/N: CHNLB22061800415"},
		{"phone", "kapot\n\nVerstuurd vanaf mijn iPhone", "kapot"},
		{"disclaimer", "Il est mort.\n\nCe message est confidentiel et destiné à son seul destinataire.", "Il est mort."},
		{"only a closing", "Thanks", "Thanks"},
		{"only a signature", "-- \nAda", "-- \nAda"},
		{"own sentence with wrote", "I wrote: it is dead.\nPlease help.", "I wrote: it is dead.\nPlease help."},
		{"own sentence with from", "From: the desk in the hall.\nIt is dead.", "From: the desk in the hall.\nIt is dead."},
		{"reply marker", "Yes.\n\n##- Please type your reply above this line -##\nold", "Yes."},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &Message{Text: c.body, Subject: "Re: RMA"}
			if got := newText(m).text; got != strings.TrimSpace(c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	cat := catalogue(t)
	for text, want := range map[string]References{
		"our invoice INV-2025-118":                       {Invoice: []string{"INV-2025-118"}},
		"Rechnung RE-2025-118 vom 3.2.2026":              {Invoice: []string{"RE-2025-118"}},
		"facture n° 2025/10/0774":                        {Invoice: []string{"2025/10/0774"}},
		"Vs. fattura n. FPA 118/24 del 2/12/2024":        {Invoice: []string{"FPA 118/24"}},
		"factuurnummer: 20260117":                        {Invoice: []string{"20260117"}},
		"order 4500012377 and RMA 26-00123-7":            {Order: []string{"4500012377"}, RMA: []string{"26-00123-7"}},
		"your RMA-26-00123-7":                            {RMA: []string{"RMA-26-00123-7"}},
		"Unsere Bestellnr. dafür: 4500071882":            {Order: []string{"4500071882"}},
		"BL 250318-044":                                  {DeliveryNote: []string{"250318-044"}},
		"DDT n. 1590 del 27/02/2026":                     {DeliveryNote: []string{"1590"}},
		"UPS 1Z999AA10123456784":                         {Tracking: []string{"1Z999AA10123456784"}},
		"Grandstream ticket 20240115093422":              {VendorTicket: []string{"20240115093422"}},
		"Yealink Ticket #530705 says hardware":           {VendorTicket: []string{"530705"}},
		"our internal ticket KW#2025118830":              {},
		"your support opened ticket 88123 for us":        {SupportTicket: []string{"88123"}},
		"we ordered 25 phones in 2024, call 0032 2 5550": {},
	} {
		got := Extract(cat, Parse(mailWith("Content-Type: text/plain; charset=utf-8\r\n", text), DefaultLimits()), desk).References
		for what, pair := range map[string][2][]string{
			"rma": {got.RMA, want.RMA}, "order": {got.Order, want.Order}, "invoice": {got.Invoice, want.Invoice}, "delivery note": {got.DeliveryNote, want.DeliveryNote},
			"tracking": {got.Tracking, want.Tracking}, "vendor ticket": {got.VendorTicket, want.VendorTicket}, "support ticket": {got.SupportTicket, want.SupportTicket},
		} {
			if strings.Join(pair[0], ",") != strings.Join(pair[1], ",") {
				t.Errorf("%q: %s: got %v, want %v", text, what, pair[0], pair[1])
			}
		}
	}
}

func TestReason(t *testing.T) {
	for text, want := range map[string]string{
		"the phone does not boot": "defective", "das Gerät startet nicht": "defective", "le poste ne s'allume plus": "defective",
		"het toestel doet niks meer": "defective", "il telefono non si accende": "defective", "Hardwaredefekt am Switch": "defective",
		"we ordered the wrong model": "order_error", "versehentlich falsch bestellt": "order_error", "commandé par erreur": "order_error",
		"verkeerd besteld": "order_error", "ordinato per errore": "order_error",
		"you delivered the wrong phones": "delivery_error", "Falschlieferung": "delivery_error", "nous avons reçu des D717 au lieu des D785": "delivery_error",
		"verkeerde toestellen geleverd": "delivery_error", "consegna errata": "delivery_error",
		"[ ] faulty [x] I ordered the wrong item": "order_error", "good morning": "",
	} {
		if got := reasonOf(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestPurchaseDate(t *testing.T) {
	for text, want := range map[string]string{
		"bought on 12 June 2025": "2025-06-12", "gekauft am 3. März 2025": "2025-03-03", "acheté le 14 mars 2025": "2025-03-14",
		"gekocht op 6 juni 2025": "2025-06-06", "acquistato il 18/03/2025": "2025-03-18", "Rechnung vom 04.11.2025": "2025-11-04",
		"purchased 2025-11-30": "2025-11-30", "commande du 14 février": "2026-02-14", "bestellt am 24. Dezember": "2025-12-24",
		"broken since 12 June 2025": "", "bought on 31/02/2025": "", "bought 12/25/2025": "2025-12-25", "invoice of 1 May 2030": "",
	} {
		if got := purchaseDay([]string{text}, desk.Now).day; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestHTMLText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>a</p><p>b</p>": "a\n\nb\n",
		"<table><tr><td>Serial</td><td>A1</td></tr><tr><td>MAC</td><td>B2</td></tr></table>": "Serial\tA1\nMAC\tB2\n",
		"a<br>b<br/>c": "a\nb\nc\n",
		"a<span style='display: none'>hidden</span>b":                        "ab\n",
		"<head><title>t</title><style>x{}</style></head>a<script>1</script>": "a\n",
		"<blockquote type=cite>old<br>older</blockquote>new":                 "> old\n> older\nnew\n",
		"yes<div class=gmail_signature>Ada</div>":                            "yes\n-- \nAda\n",
		"a&nbsp;b &amp; c":                     "a b & c\n",
		strings.Repeat("<div>", 2000) + "deep": "deep\n",
		"<pre>a  b\nc</pre>":                   "a  b\nc\n",
	} {
		if got := htmlText(in); got != want {
			t.Errorf("%.60q: got %q, want %q", in, got, want)
		}
	}
}
