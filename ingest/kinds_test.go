package ingest

import (
	"fmt"
	"strings"
	"testing"
)

const (
	gs1, gs2, gs3 = "20EZ115N308C605F", "20EZ115N308C6060", "20EZ115N308C6061"
	yl1, yl2      = "3146019092605341", "3146019092605342"
	sn1           = "CHNLB22061800415"
)

// kinds are hard mails, each a kind of its own: the body and the units in it as
// unitsOf has them.
type kindCase struct{ name, body, want string }

func tryKinds(t *testing.T, cases []kindCase) {
	t.Helper()
	cat := catalogue(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := unitsOf(cat, "Device", strings.ReplaceAll(c.body, "\n", "\r\n")); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestLabels: a label in each language, as people write and mistype it.
func TestLabels(t *testing.T) {
	var cases []kindCase
	for _, label := range []string{
		"serial numer", "seriel number", "serail no.", "S/N°", "SN#", "s.n.", "Ser.No.", "serialno", "Serialnumber", "Serial #", "S/N is", "SN =",
		"Serien Nr.", "Seriennumer", "Serien-Nummer", "SerNr.", "SNR", "S-Nr.", "die Seriennummer lautet",
		"numero de serie", "num série", "n°série", "No de série", "N/S", "numéro de série est le",
		"matr.", "matricola n.", "num. seriale", "codice seriale", "nr. seriale", "il seriale è",
		"serienr.", "serie nr", "SN-nummer", "serieel nummer", "de serienummer is",
	} {
		cases = append(cases, kindCase{label, "Yealink T46S defekt.\n" + label + " " + yl1, "yealink|T46S|" + yl1 + "|"})
	}
	for _, label := range []string{"MAC-Adresse", "adresse MAC :", "MAC adres", "indirizzo MAC", "mac address", "MAC ID", "@MAC :", "MAC addres"} {
		cases = append(cases, kindCase{label, "Yealink T46S defekt.\n" + label + " aabbcc112233", "yealink|T46S||AABBCC112233"})
	}
	tryKinds(t, cases)
}

// TestTables: columns in any order, without a head, on their side.
func TestTables(t *testing.T) {
	two := "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2135|" + gs2 + "|"
	tryKinds(t, []kindCase{
		{"serial first", "Serial\tModel\tIssue\n" + yl1 + "\tT46S\tdead\n" + yl2 + "\tT42S\tdead", "yealink|T46S|" + yl1 + "|\nyealink|T42S|" + yl2 + "|"},
		{"no head", "Defekt:\n\nGXP2170\t" + gs1 + "\tdead\nGXP2135\t" + gs2 + "\tno audio", two},
		{"a head that says nothing", "what\tsticker\twrong\nGXP2170\t" + gs1 + "\tdead\nGXP2135\t" + gs2 + "\tno audio", two},
		{"semicolons", "Modell;Seriennummer;Fehler\nGXP2170;" + gs1 + ";tot\nGXP2135;" + gs2 + ";tot", two},
		{"fixed width", "Pos  Modell      Seriennummer        Fehler\n---  ----------  ------------------  ------\n1    GXP2170     " + gs1 + "    tot\n2    GXP2135     " + gs2 + "    tot", two},
		{"pipes without a head", "| GXP2170 | " + gs1 + " | no power |\n| GXP2135 | " + gs2 + " | no audio |", two},
		{"on its side", "Model\tGXP2170\tGXP2135\nSerial\t" + gs1 + "\t" + gs2 + "\nFault\tdead\tno audio", two},
		{"blocks of key and value", "Gerät: GXP2170\nSeriennummer: " + gs1 + "\nFehler: tot\n\nGerät: GXP2135\nSeriennummer: " + gs2 + "\nFehler: tot", two},
		{"blocks, serial first", "Seriennummer: " + gs1 + "\nGerät: GXP2170\nSeriennummer: " + gs2 + "\nGerät: GXP2135", two},
		{"lines, serial first", "These died:\n- " + gs1 + " - GXP2170 - no boot\n- " + gs2 + " - GXP2135 - no audio", two},
		{"quantity and no serial", "Article\tQté\tN° série\nGXP2170\t1\t" + gs1 + "\nGXP2135\t2\t\n", "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2135||\ngrandstream|GXP2135||"},
		{"several serials in a cell", "Model\tQty\tSerials\nGXP2170\t2\t" + gs1 + ", " + gs2, "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2170|" + gs2 + "|"},
		{"a column says which come back", "Typ\tSerien-Nr.\tzurück\nGXP2170\t" + gs1 + "\t\nGXP2135\t" + gs2 + "\tx", "grandstream|GXP2135|" + gs2 + "|"},
		{"a column says which work", "N° série\tPoste\tÉtat\n" + gs1 + "\tGXP2170\tOK\n" + gs2 + "\tGXP2135\tHS - ne démarre plus", "grandstream|GXP2135|" + gs2 + "|"},
		{"the second table stays", "Te retourneren\nType\tSerienr\nGXP2170\t" + gs1 + "\n\nBlijft op locatie / werkt\nType\tSerienr\nGXP2135\t" + gs2, "grandstream|GXP2170|" + gs1 + "|"},
		{"a form is no table", "Order number\t2000018873\nProduct\tGXP2170\nSerial number\t" + gs1 + "\nQuantity\t1", "grandstream|GXP2170|" + gs1 + "|"},
		{"ditto", "Modell\tSeriennummer\nGXP2170\t" + gs1 + "\ndito\t" + gs2, "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2170|" + gs2 + "|"},
		{"a cell that spans rows", "Modell\tSeriennummer\tFehler\nGXP2170\t" + gs1 + "\ttot\n" + gs2 + "\ttot", "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2170|" + gs2 + "|"},
		{"a sum is no unit", "Modell\tSeriennummer\tStück\nGXP2170\t" + gs1 + "\t1\nSumme\t\t1", "grandstream|GXP2170|" + gs1 + "|"},
		{"a serial in groups", "Gerät\tSer.-Nr.\nABC-10 \tFKLN 2419 0067 31\nGXP2170\t" + gs1, "|ABC-10|FKLN2419006731|\ngrandstream|GXP2170|" + gs1 + "|"},
	})
}

// TestBrokenNumbers: numbers in pieces.
func TestBrokenNumbers(t *testing.T) {
	gxp := "grandstream|GXP2170|" + gs1 + "|"
	tryKinds(t, []kindCase{
		{"wrapped", "Mein Snom D735 mit der Seriennummer CHNLB2206\n1800415 ist leider defekt.", "snom|D735|" + sn1 + "|"},
		{"hyphenated", "GXP2170 broken, serial number 20EZ115N-\n308C605F, please advise", gxp},
		{"three lines", "GXP2170 faulty. The sticker prints it in three bits:\n\n   20EZ 115N\n   308C\n   60 5F\n\nThanks", gxp},
		{"letters first", "Snom D735 guasto\n  Seriale   CHNLB\n            22061\n            800415\n", "snom|D735|" + sn1 + "|"},
		{"label wrapped", "Le poste GXP2170 ne démarre plus, il porte le numéro de\nsérie " + gs1 + " merci", gxp},
		{"groups", "gxp2170 kaputt, sn 20ez 115n 308c 605f", gxp},
		{"dashes", "GXP2170 kaputt, sn 20EZ-115N-308C-605F", gxp},
		{"a gap near the end", "GXP2170 guasto, matricola 20EZ115N308C 605F", gxp},
		{"label glued to it", "GXP2170 kaputt, SN" + gs1 + " MAC" + "C074AD8C605F", "grandstream|GXP2170|" + gs1 + "|C074AD8C605F"},
		{"each character alone", "GXP2170 kaputt, sn 2 0 E Z 1 1 5 N 3 0 8 C 6 0 5 F", gxp},
		{"MAC wrapped", "Yealink T46S tot, MAC 80:5E:C0:\n11:22:33", "yealink|T46S||805EC0112233"},
		{"MAC with spaces", "Yealink T46S tot, MAC 80 5E C0 11 22 33", "yealink|T46S||805EC0112233"},
		{"MAC in odd groups", "Yealink T46S tot, mac 805EC0 11 22 33", "yealink|T46S||805EC0112233"},
		{"dashes left out that belong to it", "2N IP Verso broken, S/N 54 1234 5678", "2n|IP Verso|54-1234-5678|"},
		{"dashes that do not", "Our GXP2170 died, serial 1932-0704-118", "grandstream|GXP2170|19320704118|"},
		{"two short serials are not one", "Yealink T46S, serials:\n12345678\n23456789\n", "yealink|T46S|12345678|\nyealink|T46S|23456789|"},
	})
}

// TestRanges: counted only where both ends agree.
func TestRanges(t *testing.T) {
	row := func(from, to int) string {
		var out []string
		for n := from; n <= to; n++ {
			out = append(out, fmt.Sprintf("snom|D735|CHNLB22061800%03d|", n))
		}
		return strings.Join(out, "\n")
	}
	tryKinds(t, []kindCase{
		{"en", "4 x Snom D735 dead, S/N from CHNLB22061800415 to CHNLB22061800418", row(415, 418)},
		{"de", "Snom D735 defekt, Seriennummern CHNLB22061800415 bis CHNLB22061800418", row(415, 418)},
		{"fr", "3 Snom D735 en panne, n° de série de CHNLB22061800415 à CHNLB22061800417", row(415, 417)},
		{"it", "3 Snom D735 guasti, matricole da CHNLB22061800415 a CHNLB22061800417", row(415, 417)},
		{"nl", "3 Snom D735 defect, serienummers CHNLB22061800415 t/m CHNLB22061800417", row(415, 417)},
		{"short end", "3 Snom D735 defect, serienummers CHNLB22061800415 tot en met 417", row(415, 417)},
		{"dash", "3 Snom D735 defekt, S/N CHNLB22061800415 - CHNLB22061800417", row(415, 417)},
		{"short ends listed", "Snom D735 defekt, S/N CHNLB22061800415, 416 und 418", row(415, 416) + "\n" + row(418, 418)},
		{"a count is no end", "Snom D735 defekt, S/N CHNLB22061800415, 416 Stück im Haus", row(415, 415)},
		{"MACs", "Drie Yealink T46S defect, MAC 805EC0112209 t/m 805EC011220B", "yealink|T46S||805EC0112209\nyealink|T46S||805EC011220A\nyealink|T46S||805EC011220B"},
		{"serials that end like the MAC count in hexadecimal", "GXP2170 defekt, Seriennummern 20EZ115N308C6059 bis 20EZ115N308C605B", "grandstream|GXP2170|20EZ115N308C6059|\ngrandstream|GXP2170|20EZ115N308C605A|\ngrandstream|GXP2170|20EZ115N308C605B|"},
		{"too long", "Snom D735 defekt, S/N CHNLB22061800415 bis CHNLB22061800815", row(415, 415) + "\n" + row(815, 815)},
	})
}

// TestMachineTexts: logs and traces name other devices.
func TestMachineTexts(t *testing.T) {
	t46 := "yealink|T46S|" + yl1 + "|"
	tryKinds(t, []kindCase{
		{"syslog", "Yealink T46S broken, S/N " + yl1 + "\n\nMar 10 09:11:02 sw1 dhcpd[212]: DHCPDISCOVER from 00:15:65:aa:bb:cc via eth0\nMar 10 09:11:09 sw1 kernel: port 4 link down 80:5e:c0:aa:bb:dd", t46},
		{"syslog that was wrapped", "Yealink T46S broken, S/N " + yl1 + "\n\nMay 30 18:02:13 depot dnsmasq-dhcp[2210]: DHCPREQUEST(br-lan) 192.168.7.31\n80:5e:c0:11:9a:f2\nMay 30 18:02:40 depot hostapd: wlan0: STA 00:15:65:90:01:5d IEEE 802.11: associated", t46},
		{"SIP", "Yealink T46S broken, S/N " + yl1 + "\n\nINVITE sip:200@10.0.0.5 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.12:5060;branch=z9hG4bK1893458112\nCall-ID: 1893458112-5060-1@BA.A.A.BC\nUser-Agent: Grandstream GXP2135 1.0.11.64 c074ad111111", t46},
		{"neighbours", "Yealink T46S broken, S/N " + yl1 + "\n10.0.0.12 dev eth0 lladdr 00:15:65:aa:bb:cc REACHABLE", t46},
		{"with a stamp and a level", "Yealink T46S broken, S/N " + yl1 + "\n2026-03-10 09:11:02,113 ERROR [sip] registration of 805ec0aabbdd failed", t46},
		{"a stamp alone is a person's", "2026-03-10 09:11:02 the Yealink T46S died, S/N " + yl1, t46},
		{"Call-ID", "Yealink T46S broken, S/N " + yl1 + "\nlast call 7a1f33c0-5d7b-11f0-9b2c-805ec06d2c10@192.0.2.40", t46},
	})
}

// TestQuantities: a number of units, before and behind the model.
func TestQuantities(t *testing.T) {
	three := strings.TrimSuffix(strings.Repeat("yealink|T46S||\n", 3), "\n")
	two := strings.TrimSuffix(strings.Repeat("yealink|T46S||\n", 2), "\n")
	var cases []kindCase
	for _, body := range []string{
		"3 Stück T46S defekt (Yealink)", "trois Yealink T46S en panne", "3 Yealink T46S defect", "tre Yealink T46S guasti", "three Yealink T46S are dead",
		"Yealink T46S (3x) dead", "Yealink T46S x 3 dead", "Yealink T46S: 3 pcs, dead", "n. 3 Yealink T46S guasti", "Yealink T46S, 3 Stück, defekt", "Yealink T46S, qty 3, dead",
		"Quantité : 3\nModèle : Yealink T46S\nen panne", "Model: Yealink T46S\nQty: 3\nbroken", "3 of our 10 Yealink T46S are dead", "drei von zehn Yealink T46S sind tot",
	} {
		cases = append(cases, kindCase{body, body, three})
	}
	for _, body := range []string{"a pair of Yealink T46S is dead", "Ein Paar Yealink T46S ist defekt", "both Yealink T46S phones are dead", "un paio di Yealink T46S guasti", "une paire de Yealink T46S en panne"} {
		cases = append(cases, kindCase{body, body, two})
	}
	tryKinds(t, append(cases,
		kindCase{"what was bought", "We bought 10 Snom D735 last year. S/N " + sn1 + " is dead.", "snom|D735|" + sn1 + "|"},
		kindCase{"what is in use", "Wij hebben 12 Yealink T46S in gebruik. Defect: " + yl1, "yealink|T46S|" + yl1 + "|"},
		kindCase{"places are no quantities", "1. GXP2170 (" + gs1 + "): dead\n2. GXP2135 (" + gs2 + "): no audio\n3. HT812, no sticker any more", "grandstream|GXP2170|" + gs1 + "|\ngrandstream|GXP2135|" + gs2 + "|\ngrandstream|HT812||"},
		kindCase{"in a list without a number", "Kaputt:\n- GXP2170, S/N " + gs1 + "\n- Snom D735, Aufkleber ab", "grandstream|GXP2170|" + gs1 + "|\nsnom|D735||"},
	))
}

// TestChosen: only what is to be returned, told by its place or its state.
func TestChosen(t *testing.T) {
	list := "GXP2170:\n1) " + gs1 + "\n2) " + gs2 + "\n3) " + gs3 + "\n"
	unit := func(serials ...string) string {
		return "grandstream|GXP2170|" + strings.Join(serials, "|\ngrandstream|GXP2170|") + "|"
	}
	var cases []kindCase
	for _, s := range []string{
		"The first two are fine, the third is dead.", "Die ersten beiden funktionieren, das dritte ist tot.", "Les deux premiers fonctionnent, le troisième est mort.",
		"De eerste twee werken, de derde is dood.", "I primi due funzionano, il terzo è morto.", "Only the last one is broken, the others work fine.",
		"Nur das letzte ist defekt.", "Seul le dernier est en panne.", "Alleen de laatste is defect.", "Solo l'ultimo è guasto.", "Only number 3 is broken.", "Nur die lfd. Nr. 3 ist defekt.",
	} {
		cases = append(cases, kindCase{s, list + s, unit(gs3)})
	}
	for _, s := range []string{
		"All but the second are dead.", "Alle außer dem zweiten sind tot.", "Tous sauf le deuxième sont en panne.", "Allemaal behalve de tweede zijn kapot.", "Tutti tranne il secondo sono guasti.",
		"Number 2 works fine.",
	} {
		cases = append(cases, kindCase{s, list + s, unit(gs1, gs3)})
	}
	for _, s := range []string{"First of all, they worked until last week.", "All three are dead, the second sheet has the details.", "The last firmware works fine on others."} {
		cases = append(cases, kindCase{s, list + s, unit(gs1, gs2, gs3)})
	}
	tryKinds(t, append(cases, []kindCase{
		{"rows", "GXP2170:\n1) " + gs1 + "\n2) " + gs2 + "\n3) " + gs3 + "\nOnly lines 1 and 3 are broken.", unit(gs1, gs3)},
		{"two ordinals", "GXP2170:\n1) " + gs1 + "\n2) " + gs2 + "\n3) " + gs3 + "\nOnly the first and the third are broken.", unit(gs1, gs3)},
		{"in turn", "Defekt: 2x GXP2170 und 1x GXP2135, Seriennummern " + gs1 + ", " + gs2 + " und " + gs3, unit(gs1, gs2) + "\ngrandstream|GXP2135|" + gs3 + "|"},
		{"tested against another", "GXP2170 S/N " + gs1 + " is dead. Tested with another GXP2170, S/N " + gs2 + ", which works.", unit(gs1)},
		{"one paragraph", "GXP2170 mit S/N " + gs1 + " ist tot. Das GXP2170 mit S/N " + gs2 + " funktioniert einwandfrei.", unit(gs1)},
		{"the other one is fine", "GXP2170 S/N " + gs1 + " dead.\nThe other one in the dairy (S/N " + gs2 + ") is fine, I only looked at it first by mistake.", unit(gs1)},
		{"do not return", "GXP2170 (entrée)\n  s/n " + gs1 + "\n  -> écran mort\n\nGXP2170 (hall)\n  s/n " + gs2 + "\n  -> ok ne pas retourner !!", unit(gs1)},
		{"works, but", "GXP2170 S/N " + gs1 + " works fine for ten minutes, then it reboots.", unit(gs1)},
		{"does not work well", "Il GXP2170 S/N " + gs1 + " non funziona bene.", unit(gs1)},
		{"a replacement", "Our GXP2170 is dead, please send us a GXP2135 as replacement.", "grandstream|GXP2170||"},
		{"a replacement, de", "Unser GXP2170 ist tot, bitte schicken Sie ein GXP2135 als Ersatz.", "grandstream|GXP2170||"},
		{"what it is connected to", "Our GXP2170 is dead. It was connected to a UCM6302.", "grandstream|GXP2170||"},
	}...))
}

// TestUnknown: models and makers that the catalogue does not know.
func TestUnknown(t *testing.T) {
	tryKinds(t, []kindCase{
		{"a model", "Our intercom XYZ-900 is dead, S/N AB12345678", "|XYZ-900|AB12345678|"},
		{"a maker and a family", "Das Auerswald COMfortel 1400 IP ist defekt. SN: 1402873166", "auerswald|COMfortel 1400 IP|1402873166|"},
		{"a maker and a code", "Il nostro Escene ES620 non si accende, matricola 99887766AB", "escene|ES620|99887766AB|"},
		{"keys", "Manufacturer: Algo\nModel: 8180\nSerial: 8180G2110732", "algo|8180|8180G2110732|"},
		{"a known maker's unknown model", "Modell: Snom Z99X\nSeriennummer: " + sn1, "snom|Z99X|" + sn1 + "|"},
		{"a serial that begins like a model", "GXP2170 dead, S/N GXP2170-110732", "grandstream|GXP2170|GXP2170110732|"},
		{"beside a known one", "GXP2170 / 00:0B:82:7E:20:41 / dead\nAlgo 8180 loudspeaker / s.n. 8180-G2-110732 / full of water", "grandstream|GXP2170||000B827E2041\nalgo|8180|8180G2110732|"},
		{"the noun is no maker", "Das Telefon ABC400 ist tot, Seriennummer AB12345678", "|ABC400|AB12345678|"},
	})
}
