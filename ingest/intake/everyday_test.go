package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"retour/ingest"
)

// everyday are ordinary mails, and the units that a careful reader takes from
// each: "maker model serial MAC", with _ for what the mail does not say,
// parted by semicolons; a model may have several spellings, parted by |, and
// has _ for a space within. "3x" before a unit is that many of it.
var everyday = []struct{ name, subject, text, want string }{
	{"en sentence", "RMA request", "Hello,\n\nOne of our Yealink T54W phones has a dead display since Monday. Serial number is 3105021110012345.\nPlease advise.\n\nThanks,\nMark", "yealink T54W|SIP-T54W 3105021110012345 _"},
	{"en two makers", "faulty kit", "Hi team,\n\nwe have two faulty items:\n\n- Grandstream GXP2135, S/N 20EZ12LH50B1C2D3, no power\n- Snom D785, MAC 000413A1B2C3, handset dead\n\nCheers\nPaul", "grandstream GXP2135 20EZ12LH50B1C2D3 _; snom D785 _ 000413A1B2C3"},
	{"de quantity", "Falschlieferung", "Guten Tag,\n\nstatt der bestellten 5 Snom D717 haben wir 5 Snom D713 erhalten. Bitte um Abholung.\n\nMfG\nK. Brandt", "5x snom D713 _ _"},
	{"fr sentence", "Retour SAV", "Bonjour,\n\nNotre switch Netgear GS724TP ne démarre plus. N° de série : 4XD2187KA02F1\n\nCordialement,\nLuc Martin", "netgear GS724TP 4XD2187KA02F1 _"},
	{"nl sentence", "defecte telefoon", "Hallo,\n\nOnze Gigaset N670 IP PRO start niet meer op. Kunnen we die terugsturen? MAC: 7C:2F:80:AB:12:34\n\nGroet,\nJoost", "gigaset N670_IP_PRO _ 7C2F80AB1234"},
	{"it list", "reso materiale", "Buongiorno,\n\ndobbiamo rendere i seguenti apparati guasti:\n\n1) Mikrotik RB4011iGS+RM matricola HF109A8KQ2C\n2) Fanvil X4U MAC 0C383E4455AA\n\nSaluti\nGiulia", "mikrotik RB4011iGS+RM|RB4011IGS+RM HF109A8KQ2C _; fanvil X4U _ 0C383E4455AA"},
	{"en serial asked for", "Re: RMA 26-00071", "The serial you asked for: 20EZ17RH30C0FFEE", "grandstream _ 20EZ17RH30C0FFEE _"},
	{"en short s/n is", "Re: your RMA", "Hi,\n\nS/N is FCH21430A1B\n\nregards\nSam", "cisco _ FCH21430A1B _"},
	{"de webform", "Neue RMA-Anfrage", "Firma: Elektro Huber\nAnsprechpartner: J. Huber\nHersteller: Mitel\nModell: 6930\nSeriennummer: 00085DAA1B2C\nFehler: Display dunkel\nKaufdatum: 04.02.2026", "mitel 6930|6930_IP 00085DAA1B2C _|00085DAA1B2C"},
	{"en webform", "RMA form submission", "Company: Brightside Ltd\nContact: Anne\nProduct: Poly VVX 411\nSerial Number: 0004F2AB34CD\nProblem description: reboots every hour", "poly VVX_411 0004F2AB34CD _|0004F2AB34CD"},
	{"subject only", "Defective: Ubiquiti USW-24-PoE, MAC 74ACB9112233", "see subject please\n\nTom", "ubiquiti USW-24-PoE _ 74ACB9112233"},
	{"fr quantity", "erreur de commande", "Bonjour,\n\nj'ai commandé par erreur 3 Yealink W73H, je voudrais les retourner. Les emballages sont fermés.\n\nMerci\nSophie", "3x yealink W73H _ _"},
	{"it quantity words", "reso", "Salve,\nabbiamo ricevuto due Grandstream GRP2614 difettosi, non si accendono. Come procediamo?\n\nMarco", "2x grandstream GRP2614 _ _"},
	{"nl two", "RMA aanvraag", "Beste,\n\nTwee toestellen defect:\nYealink T46S - serienr. 3106019021234567\nYealink T42S - serienr. 3106018051234568\n\nMvg Karel", "yealink T46S|SIP-T46S 3106019021234567 _; yealink T42S|SIP-T42S 3106018051234568 _"},
	{"en csv in text", "returns list", "Please raise an RMA for these:\n\nmodel,serial,fault\nGXW4216,20EZ11AB12C34D5E,port 3 dead\nHT814,20EZ33CD56E78F90,no ringing\n", "grandstream GXW4216 20EZ11AB12C34D5E _; grandstream HT814 20EZ33CD56E78F90 _"},
	{"de bullets", "Rücksendung", "Hallo Team,\n\nfolgende Geräte sind defekt:\n\n* LANCOM 1790VA, SN 4003551234000815\n* LANCOM LW-600, SN 4006112234000777\n\nGruß, Peter", "lancom 1790VA 4003551234000815 _; lancom LW-600 4006112234000777 _"},
	{"en forward", "Fwd: broken phone", "Please handle.\n\n---------- Forwarded message ---------\nFrom: Joe End <joe@end.example>\nDate: Mon, 16 Nov 2026 at 10:02\nSubject: broken phone\nTo: Ann <ann@shop.example>\n\nHi Ann, our Snom D385 (serial QLAA0120619001234... sorry the label is scratched) stopped working.\nMAC is 00:04:13:9F:00:1A\n\nJoe", "snom D385 _|QLAA0120619001234 0004139F001A"},
	{"fr bullet dashes", "matériel HS", "Bonjour\n\nVoici le matériel en panne :\n- 1 x Cisco SPA112 (CCQ1843A2B3)\n- 1 x Patton SN4120/2BIS4V/EUI MAC 00A0BA0F12AB\n\nCdt", "cisco SPA112 CCQ1843A2B3 _; patton SN4120/2BIS4V/EUI _ 00A0BA0F12AB"},
	{"de fritzbox", "Fritzbox defekt", "Sehr geehrte Damen und Herren,\n\nunsere FRITZ!Box 7530 hat nach einem Gewitter kein WLAN mehr. Seriennummer L123.456.00.789.012\n\nFreundliche Grüße\nE. Maier", "avm FRITZ!Box_7530|7530 L123.456.00.789.012|L12345600789012 _"},
	{"en ups", "UPS battery fault", "Hello\n\nAPC SMT1500IC, serial AS2134123456, bought in March, shows battery fault right out of the box.\n\nDean", "apc SMT1500IC AS2134123456 _"},
	{"it frase", "guasto centralino", "Buongiorno, il centralino Yeastar S50 (S/N 3691B5170012) del nostro cliente non parte più.\nAttendo RMA.\nGrazie\nDavide", "yeastar S50 3691B5170012 _"},
	{"nl kleurrijk", "verkeerd besteld", "Dag,\n\nwe hebben per ongeluk de Draytek Vigor 2865ax besteld, moest de 2866ax zijn. Ongeopend. Mag hij retour?\n\nGroetjes Lies", "draytek Vigor_2865ax|Vigor2865ax|2865ax _ _"},
	{"en tp-link", "AP failed", "Morning,\n\nThe TP-Link EAP245 in the lobby died. S/N 2197K03001234, MAC AC-84-C6-12-34-56.\n\nTa\nLiz", "tplink EAP245 2197K03001234 AC84C6123456"},
	{"de zyxel", "RMA Zyxel", "Hallo, ein Zyxel NWA50AX ist defekt (S212L45012345). Bitte RMA-Nummer.\n\nVG Tim", "zyxel NWA50AX S212L45012345 _"},
	{"fr aruba", "borne wifi HS", "Bonjour,\nla borne Aruba AP-505 n° de série CNKMK9T0AB ne s'allume plus du tout.\nMerci de me donner un numéro RMA.\nHugo", "aruba AP-505 CNKMK9T0AB _"},
	{"en fortinet", "dead firewall", "FortiGate 60F serial FGT60FTK20012345 does not boot. Fortinet ticket 8123456. Please send us an RMA.\n\nIvan", "fortinet FortiGate_60F FGT60FTK20012345 _"},
	{"de jabra", "Headsets", "Moin,\n\nzwei Jabra Evolve2 65 gehen nicht mehr an, Seriennummern 0A1B2C3D4E5 und 0A1B2C3D4F6.\n\nBjörn", "jabra Evolve2_65 0A1B2C3D4E5 _; jabra Evolve2_65 0A1B2C3D4F6 _"},
	{"en epos headset", "headset", "Hi, my EPOS IMPACT SC 660 has no sound on the left ear. Serial 2107001234.\nRgds Ola", "epos IMPACT_SC_660|SC_660 2107001234 _"},
	{"nl 2n", "2N deurintercom", "Goedemorgen,\n\nDe 2N IP Verso met serienummer 54-1234-5678 reageert niet meer op knoppen.\n\nMet vriendelijke groet,\nS. de Wit", "2n IP_Verso 54-1234-5678 _"},
	{"it akuvox", "videocitofono guasto", "Gentili,\nl'Akuvox R29C non legge più le tessere. MAC 0C:11:05:0A:1B:2C.\nGrazie, Elena", "akuvox R29C _ 0C11050A1B2C"},
	{"en teltonika", "Router RMA", "Hi,\n\nTeltonika RUT241, SN 6001234567, MAC 00:1E:42:AA:BB:CC - LTE modem not detected.\n\nPiotr", "teltonika RUT241 6001234567 001E42AABBCC"},
	{"de audiocodes", "Gateway defekt", "Guten Morgen,\n\nAudioCodes Mediant 500L, SN 10123456, bootet nicht. \n\nGruß\nR. Wolf", "audiocodes Mediant_500L 10123456 _"},
	{"fr panasonic", "postes DECT", "Bonjour, deux combinés Panasonic KX-TPA60 en panne, ils ne chargent plus. Numéros de série 7EBCA001234 et 7EBCA001235.\nBonne journée\nNadia", "panasonic KX-TPA60 7EBCA001234 _; panasonic KX-TPA60 7EBCA001235 _"},
	{"en sangoma", "P320 phones", "Hello, 4 Sangoma P320 arrived with broken screens. None has been used. Can we swap them?\n\nGreg", "4x sangoma P320 _ _"},
	{"de spectralink", "Spectralink", "Hallo,\nein Spectralink 7522 (S/N 00907A1234567) lässt sich nicht mehr laden.\nDanke, Jens", "spectralink 7522 00907A1234567 _"},
	{"en dinstar", "gateway", "Our Dinstar UC2000-VE gateway lost 2 of 8 ports. Serial number: DB12-3456-7890-1234\n\nOmar", "dinstar UC2000-VE DB12-3456-7890-1234|DB12345678901234 _"},
	{"en innovaphone", "IP112 broken", "Hello,\nan innovaphone IP112 does not power up over PoE, mac 009033112233.\nBest, Kai", "innovaphone IP112 _ 009033112233"},
	{"de beronet", "beronet", "Guten Tag, beroNet BF4004E1box defekt, MAC D8:DF:0D:00:12:34. Bitte prüfen.\nMfG", "beronet BF4004E1box|BF4004E1BOX _ D8DF0D001234"},
	{"fr alcatel", "poste 8068s", "Bonjour, un poste Alcatel-Lucent 8068s est en panne (écran noir), MAC 00:80:9F:12:34:56\nMerci", "alcatel 8068s|8068S _ 00809F123456"},
	{"en digium", "Digium D65", "Hi,\nOne Digium D65 with bad speakerphone, s/n 1D65A12345.\nThanks Bo", "sangoma D65 1D65A12345 _"},
	{"it cisco", "Cisco 7841", "Buongiorno,\nun Cisco 7841, seriale FCH2110ABCD, non si avvia.\nDistinti saluti", "cisco 7841|CP-7841 FCH2110ABCD _"},
	{"en snom typo", "phone", "hi, snom d735 broken, sn 00041390aabb, pls rma. thx", "snom D735 00041390AABB _|00041390AABB"},
	{"nl reply serial", "Re: RMA-2026-118", "Beste,\n\nHet serienummer is 20EZ22PH40AABBCC.\n\nGroeten\nWim\n\nOp di 17 nov. 2026 om 09:12 schreef RMA <rma@retour.example>:\n> Kunt u ons het serienummer van de Grandstream GXP2140 bezorgen?", "grandstream GXP2140|_ 20EZ22PH40AABBCC _"},
	{"de reply list", "AW: RMA 26-00099", "Hallo,\n\nhier die gewünschten Seriennummern:\n\n3105021110012345\n3105021110012346\n3105021110012347\n\nGruß\nUlf\n\nAm 17.11.2026 um 09:12 schrieb RMA:\n> bitte senden Sie uns die Seriennummern der drei Yealink T54W.", "yealink|_ T54W|SIP-T54W|_ 3105021110012345 _; yealink|_ T54W|SIP-T54W|_ 3105021110012346 _; yealink|_ T54W|SIP-T54W|_ 3105021110012347 _"},
	{"fr wrapped", "SAV", "Bonjour,\n\nNous avons un téléphone Yealink SIP-T57W dont l'écran tactile ne répond plus\n(numéro de série 3108021090054321, acheté chez vous en mai). Pouvez-vous nous\nenvoyer un bon de retour ?\n\nBien à vous,\nClaire Dubois", "yealink SIP-T57W|T57W 3108021090054321 _"},
	{"en wrap in serial label", "Faulty switch", "Good afternoon,\n\nThe switch we got from you last year, a Netgear GS308T, has died. The serial\nnumber is 5KL31A7B0012C and it is still under warranty as far as I know.\n\nKate", "netgear GS308T 5KL31A7B0012C _"},
	{"de three models quantity", "Retoure falsch bestellt", "Hallo,\n\nwir haben zu viel bestellt und möchten zurückgeben:\n2x Yealink T43U\n1x Yealink W76P\n3x Yealink EXP43\n\nalles OVP. Danke!\nSven", "2x yealink T43U|SIP-T43U _ _; yealink W76P _ _; 3x yealink EXP43 _ _"},
	{"en qty colon", "Return unused", "Item: Poly Edge E220\nQty: 3\nReason: ordered wrong model\n\nAll sealed.", "3x poly Edge_E220 _ _"},
	{"it tabella", "RMA", "Ciao,\n\nModello\tMatricola\tDifetto\nGXP1630\t20EZ13XH60A1A1A1\tmicrotelefono\nGXP1630\t20EZ13XH60A1A1B2\tnon parte\n\nCiao Leo", "grandstream GXP1630 20EZ13XH60A1A1A1 _; grandstream GXP1630 20EZ13XH60A1A1B2 _"},
	{"nl voip", "kapotte basis", "Hoi,\n\nons Yealink W70B basisstation valt steeds uit. Mac adres 80:5E:C0:12:AB:CD. Handsets zijn ok.\n\nRob", "yealink W70B _ 805EC012ABCD"},
	{"en unifi", "UniFi APs", "Hi there,\n\nTwo U6-Pro access points keep rebooting:\n\nE063DA11AA22\nE063DA11AA33\n\nRegards\nNico", "ubiquiti U6-Pro _ E063DA11AA22; ubiquiti U6-Pro _ E063DA11AA33"},
	{"de bintec", "bintec Router", "Guten Tag,\n\nunser bintec RS353jv (SN RS3A1C0123456789) synchronisiert nicht mehr.\n\nFreundliche Grüße", "bintec-elmeg|bintec RS353jv|RS353JV RS3A1C0123456789 _"},
	{"en unknown brand", "Faulty intercom", "Hello,\n\nour Zenitel TCIV-3 has stopped working, serial number 1802123456. Please RMA.\n\nHelga", "zenitel TCIV-3 1802123456 _"},
	{"de auerswald", "COMfortel", "Hallo,\n\nein Auerswald COMfortel D-210 ist defekt. Seriennummer: 1234567890\n\nDanke\nUwe", "auerswald COMfortel_D-210 1234567890 _"},
	{"de agfeo", "AGFEO", "Guten Tag, das AGFEO ST 45 IP, Seriennr. 2120012345, zeigt nichts mehr an. VG Mia", "agfeo ST_45_IP 2120012345 _"},
	{"fr synology", "NAS", "Bonjour, le Synology DS220+ que vous avez livré la semaine dernière est mort. S/N 2150SJR123456.\nMerci de procéder à l'échange.", "synology DS220+ 2150SJR123456 _"},
	{"en hikvision", "camera RMA", "Hikvision DS-2CD2143G2-I camera, serial K12345678, image is all pink. Please RMA. Thanks, Jo", "hikvision DS-2CD2143G2-I K12345678 _"},
	{"nl engenius", "accesspoint stuk", "Hallo, de EnGenius ECW220 met s/n 201A12345678 is stuk. Graag RMA.\nGr. Eva", "engenius ECW220 201A12345678 _"},
	{"it dlink", "switch guasto", "Salve,\nil D-Link DGS-1210-28P seriale R3YT1K1000123 ha l'alimentazione bruciata.\nSaluti", "dlink DGS-1210-28P R3YT1K1000123 _"},
	{"en sonicwall", "firewall RMA", "SonicWall TZ370, serial 2CB8EDAABBCC - constant reboots.\n\nRegards, Finn", "sonicwall TZ370 2CB8EDAABBCC _|2CB8EDAABBCC"},
	{"en two with locations", "2 phones", "Hi,\n\nReception: Yealink T58W, 3111021090011111\nWarehouse: Yealink T33G, 3112021090022222\n\nBoth dead after power cut.\n\nJim", "yealink T58W|SIP-T58W 3111021090011111 _; yealink T33G|SIP-T33G 3112021090022222 _"},
	{"de serial below", "Defekt", "Hallo zusammen,\n\nGXP2160 defekt, Hörer knackt.\n\nS/N:\n20EZ14QH10D2E3F4\n\nGruß Anna", "grandstream GXP2160 20EZ14QH10D2E3F4 _"},
	{"fr parenthèses", "retour", "Bonjour,\nje souhaite retourner un routeur MikroTik hAP ac3 (HEX09A1B2C3) qui redémarre en boucle.\nMerci", "mikrotik hAP_ac3 HEX09A1B2C3 _"},
	{"en mixed no number", "return", "Hi,\n\nFaulty:\n- Snom D717, S/N 00041399AA01\n- Snom D717 (no label any more)\n- Fanvil X5U\n\nThanks", "snom D717 00041399AA01 _|00041399AA01; snom D717 _ _; fanvil X5U _ _"},
	{"de satz zwei geräte", "Reklamation", "Sehr geehrte Damen und Herren,\n\ndas Snom D865 (MAC 000413C0FFEE) lässt sich nicht registrieren, und beim Snom D862 (MAC 000413C0FFAA) ist der Hörer defekt.\n\nMit freundlichen Grüßen\nDr. Koch", "snom D865 _ 000413C0FFEE; snom D862 _ 000413C0FFAA"},
	{"en cambium", "cnPilot", "Hello, cnPilot e410 AP (MAC 58:C1:7A:01:02:03, MSN: W8TL0ABC1234) is down hard.\nCheers, Rae", "cambium cnPilot_e410 W8TL0ABC1234|_ 58C17A010203"},
	{"fr huit", "Erreur de livraison", "Bonjour,\n\nVous nous avez livré huit Fanvil X3U au lieu de huit Fanvil X4U. Merci d'organiser l'enlèvement.\n\nPaul", "8x fanvil X3U _ _"},
	{"it errore consegna", "consegna errata", "Buongiorno, abbiamo ricevuto 2 Snom D712 invece di 2 Snom D735. Quando potete ritirarli?\nGrazie", "2x snom D712 _ _"},
	{"en avaya", "J179", "Hi there, an Avaya J179 with serial 18WZ123456AB keeps freezing.\nBr Tess", "avaya J179 18WZ123456AB _"},
	{"nl watchguard", "Firebox", "Dag, onze WatchGuard Firebox T45 (serienummer 801A0123456AB) start niet. Groet", "watchguard Firebox_T45|T45 801A0123456AB _"},
	{"de mac only nothing else", "RMA für MAC 805EC0778899", "Hallo,\n\nanbei die Anfrage zum Gerät im Betreff. Es bleibt beim Booten hängen.\n\nGruß", "yealink _ _ 805EC0778899"},
	{"en ruckus", "Ruckus AP", "Ruckus R550 serial 132102001234, no LEDs. Please RMA.\nTim", "ruckus R550 132102001234 _"},
	{"fr yealink dect", "DECT", "Bonjour,\n\nSuite à notre appel, voici les références :\nModèle : W56H\nN/S : 7056118101234567\nPanne : ne charge plus\n\nMerci\nOlivier", "yealink W56H 7056118101234567 _"},
	{"en key dash", "RMA", "Model - GRP2612P\nSerial - 20EZ2ABC10112233\nFault - no display\nPurchased - 3 March 2026", "grandstream GRP2612P 20EZ2ABC10112233 _"},
	{"de siedle", "Türstation", "Guten Tag,\ndie Siedle BTLM 750-0 von Bestellung 4711 ist ohne Funktion, eine Seriennummer finde ich nicht.\nGruß", "siedle BTLM_750-0 _ _"},
	{"en peplink", "Peplink", "Our Peplink Balance 20X (S/N 1934-ABCD-1234) lost its LTE. Need RMA. Moe", "peplink Balance_20X 1934-ABCD-1234|1934ABCD1234 _"},
	{"nl drie stuks", "retour", "Beste,\n\nGraag retour: drie stuks Poly CCX 400, verkeerd besteld, nog in de doos.\n\nMvg", "3x poly CCX_400 _ _"},
	{"it due modelli quantità", "reso per errore ordine", "Buongiorno,\n\nper errore abbiamo ordinato n. 2 Yealink CP925 e n. 4 Yealink T31P. Possiamo restituirli?\n\nCordiali saluti\nSara", "2x yealink CP925 _ _; 4x yealink T31P|SIP-T31P _ _"},
	{"en gateway slash", "HT802", "HT802 / 20EZ19AA20ABCDEF / no dial tone\n\nthx", "grandstream HT802 20EZ19AA20ABCDEF _"},
	{"fr list two lines each", "SAV 2 appareils", "Bonjour,\n\nTéléphone Yealink T46U\nSN: 3106021120033333\nMAC: 80:5E:0C:33:33:33\nDéfaut: écran\n\nTéléphone Yealink T48U\nSN: 3106021120044444\nMAC: 80:5E:0C:44:44:44\nDéfaut: wifi\n\nCordialement", "yealink T46U|SIP-T46U 3106021120033333 805E0C333333; yealink T48U|SIP-T48U 3106021120044444 805E0C444444"},
	{"de openscape", "Unify", "Hallo, ein OpenScape Desk Phone CP400 ist kaputt, MAC 00:1A:E8:11:22:33. Gruß", "unify CP400|Desk_Phone_CP400|OpenScape_Desk_Phone_CP400|OpenScape_CP400 _ 001AE8112233"},
	{"en voyager", "headset", "Poly Voyager Focus 2 won't pair any more, S/N A123BC. Please advise. Mo", "poly Voyager_Focus_2 A123BC|_ _"},
	{"en meraki", "MR36", "Meraki MR36, Q3AB-CDEF-1234, dead on arrival. Regards Lin", "meraki MR36 Q3AB-CDEF-1234 _"},
	{"nl axis", "camera", "De AXIS P3245-V met serienummer ACCC8E123456 geeft geen beeld. Graag een RMA. Gr Jan", "axis P3245-V|AXIS_P3245-V ACCC8E123456 _|ACCC8E123456"},
	{"en serial first", "broken handset", "Serial 3105019110055667, a T53 from Yealink, speaker crackles badly. Please arrange RMA.\n\nHazel", "yealink T53|SIP-T53 3105019110055667 _"},
	{"de zwei marken satz", "Rücksendung 2 Geräte", "Hallo,\n\nwir müssen ein Grandstream HT812 (S/N 20EZ31AB40C0D1E2) und ein Gigaset Maxwell 3 (MAC 7C2F80123456) einschicken, beide ohne Funktion.\n\nGruß\nIngo", "grandstream HT812 20EZ31AB40C0D1E2 _; gigaset Maxwell_3 _ 7C2F80123456"},
	{"fr formulaire", "Demande RMA via site", "Société : Télécom Sud\nContact : Jean Petit\nMarque : Snom\nModèle : D717\nNuméro de série : 00041398BEEF\nDate d'achat : 12/03/2026\nDescription : haut-parleur HS", "snom D717 00041398BEEF _|00041398BEEF"},
	{"it modulo", "Richiesta RMA", "Ragione sociale: Telefonia Blu srl\nReferente: Carla\nMarca: Fanvil\nModello: X3SG\nMAC: 0C:38:3E:01:02:03\nMatricola: FV2023010455\nDifetto: tasti bloccati", "fanvil X3SG FV2023010455 0C383E010203"},
	{"nl formulier", "RMA formulier", "Bedrijf: Netwerk Noord\nMerk: Zyxel\nType: GS1920-24HPv2\nSerienummer: S210L12345678\nKlacht: poort 5 dood", "zyxel GS1920-24HPv2 S210L12345678 _"},
	{"en colon lines no label", "RMA", "Faulty phones:\n\nSNOM D785: 0004139A0001\nSNOM D785: 0004139A0002\nSNOM D735: 0004139A0003\n\nAll boot-looping after update.", "snom D785 _ 0004139A0001; snom D785 _ 0004139A0002; snom D735 _ 0004139A0003"},
	{"de je", "Falsch bestellt", "Hallo,\n\nwir haben versehentlich je 2 Stück Snom D735 und Snom D785 bestellt. Können wir die zurückgeben?\n\nDanke", "2x snom D735 _ _; 2x snom D785 _ _"},
	{"en qty after", "Return", "Hi,\n\nplease take back (unopened, ordered too many):\n\nYealink T31G x 5\nYealink T33G x 2\n\nRegards", "5x yealink T31G|SIP-T31G _ _; 2x yealink T33G|SIP-T33G _ _"},
	{"fr pcs", "retour matériel neuf", "Bonjour,\nà retourner (erreur de commande de notre part) :\nGrandstream GWN7660 : 4 pièces\nGrandstream GWN7664 : 1 pièce\nMerci", "4x grandstream GWN7660 _ _; grandstream GWN7664 _ _"},
	{"it reply matricola", "Re: RMA 26-00140", "Buongiorno,\nla matricola è 20EZ14KK30FEDCBA.\n\nSaluti\n\nIl giorno mar 17 nov 2026 alle ore 09:10 RMA <rma@retour.example> ha scritto:\n> può inviarci la matricola del GXP2130?", "grandstream GXP2130|_ 20EZ14KK30FEDCBA _"},
	{"fr reply sn", "RE: votre demande de retour", "Voici le n° de série demandé : FOC2210L0AB\n\nLe mar. 17 nov. 2026 à 10:00, RMA <rma@retour.example> a écrit :\n> Merci de nous transmettre le numéro de série du switch Cisco.", "cisco _ FOC2210L0AB _"},
	{"en reply two serials", "Re: RMA-26-00200", "Hi, serials are FCH2301A1B2 and FCH2301A1B3.\n\nOn Tue, Nov 17, 2026 at 9:00 AM RMA <rma@retour.example> wrote:\n> Please send us the serial numbers of the two Cisco 8845.", "cisco 8845|CP-8845|_ FCH2301A1B2 _; cisco 8845|CP-8845|_ FCH2301A1B3 _"},
	{"de antwort mac", "AW: AW: Ihr Fall 26-00201", "Die MAC lautet 80-5E-C0-AA-BB-01.\n\nVon: RMA <rma@retour.example>\nGesendet: Dienstag, 17. November 2026 10:00\nAn: Ann\nBetreff: AW: Ihr Fall\n\nBitte nennen Sie uns Seriennummer oder MAC.", "yealink _ _ 805EC0AABB01"},
	{"en pipe table", "RMA list", "| Model | S/N | Issue |\n|-------|-----|-------|\n| GRP2615 | 20EZ32AA50112233 | no WiFi |\n| GRP2634 | 20EZ35AA50112244 | screen |\n", "grandstream GRP2615 20EZ32AA50112233 _; grandstream GRP2634 20EZ35AA50112244 _"},
	{"de semikolon", "Liste defekter Geräte", "Hersteller;Modell;Seriennummer\nMitel;6867i;00085D112233\nMitel;6865i;00085D112244\n", "mitel 6867i|6867I 00085D112233 _|00085D112233; mitel 6865i|6865I 00085D112244 _|00085D112244"},
	{"nl lijst zonder label", "rma 3 stuks", "Hoi,\n\nHierbij 3 defecte Yealink T41S toestellen:\n001565AABB01\n001565AABB02\n001565AABB03\n\nGroet Kees", "yealink T41S|SIP-T41S _ 001565AABB01; yealink T41S|SIP-T41S _ 001565AABB02; yealink T41S|SIP-T41S _ 001565AABB03"},
	{"en iphone short", "Phone dead", "T46U dead. SN 3106020110099887\n\nSent from my iPhone", "yealink T46U|SIP-T46U 3106020110099887 _"},
	{"de handy", "defekt", "D785 tot, 000413AA77CC\n\nVon meinem iPhone gesendet", "snom D785 _ 000413AA77CC"},
	{"fr deux phrases", "panne", "Bonjour,\n\nLe téléphone de l'accueil est un Yealink T48S. Il redémarre sans arrêt depuis hier. Le numéro au dos est le SN 3107019051234500.\n\nCordialement,\nMarie", "yealink T48S|SIP-T48S 3107019051234500 _"},
	{"it lunga", "apparato difettoso", "Gentile assistenza,\n\nil nostro cliente ci segnala che il router Draytek Vigor2866 acquistato da voi ad aprile non aggancia più la portante. Abbiamo già provato un reset senza esito. Il seriale riportato sull'etichetta è 2112345678901.\n\nRestiamo in attesa.\nUfficio tecnico", "draytek Vigor2866|Vigor_2866 2112345678901 _"},
	{"en forward end customer", "FW: Broken router", "Can you open an RMA for this one?\n\nThanks\nAnn\n\nFrom: Will Smithers <will@cafe.example>\nSent: Monday, November 16, 2026 2:15 PM\nTo: Ann\nSubject: Broken router\n\nHi Ann,\n\nThe DrayTek Vigor 2762n you fitted is not powering on any more. The label says serial no. 19A512345678.\n\nWill", "draytek Vigor_2762n|Vigor2762n|Vigor_2762N 19A512345678 _"},
	{"de weiterleitung", "WG: Telefon kaputt", "Bitte RMA. Danke!\n\nVon: Empfang <info@hotel.example>\nGesendet: Montag, 16. November 2026 08:11\nAn: Ann\nBetreff: Telefon kaputt\n\nHallo,\n\ndas Telefon in Zimmer 12 (Gigaset N530 IP PRO Basis) geht nicht mehr, Seriennummer 7C2F80998877-AB12.\n\nEmpfang", "gigaset N530_IP_PRO|N530_IP_Pro 7C2F80998877-AB12|_ _|7C2F80998877"},
	{"nl doorgestuurd", "Fwd: toestel", "Zie hieronder, graag retournummer.\n\n-------- Doorgestuurd bericht --------\nOnderwerp: toestel\nDatum: Mon, 16 Nov 2026 09:00:00 +0100\nVan: Bakker <bakker@brood.example>\nAan: Ann <ann@shop.example>\n\nHet toestel (Yealink T42U, serienr 3105220110011223) blijft zwart.", "yealink T42U|SIP-T42U 3105220110011223 _"},
	{"en order and invoice noise", "Faulty unit order 45001", "Hello,\n\nunder order 4500123987 / invoice INV-88123 (12 May 2026) we got a Ubiquiti UDM-Pro. It fails to boot, fw 3.2.7. MAC 78:45:58:01:02:03. Phone me on +44 20 7946 0958.\n\nDes", "ubiquiti UDM-Pro _ 784558010203"},
	{"de rechnung rauschen", "Reklamation zu RE-2026-0815", "Sehr geehrte Damen und Herren,\n\nzur Rechnung RE-2026-0815 vom 03.09.2026, Kundennr. 10456: Der LANCOM GS-3510XP (Seriennummer 4006541234000123) hat einen defekten SFP-Port.\n\nMit freundlichen Grüßen\nA. Vogt\nTel. 030 1234567", "lancom GS-3510XP 4006541234000123 _"},
	{"it due con elenco", "guasti", "Buongiorno, due apparati da rendere:\na) Teltonika RUTX09 sn 1123456789\nb) Mikrotik hEX S sn HCQ0123ABCD\nMotivo: non si accendono.", "teltonika RUTX09 1123456789 _; mikrotik hEX_S HCQ0123ABCD _"},
	{"en no serial at all", "faulty conference phone", "Hi, our Poly Trio 8500 conference phone stopped working yesterday; what do you need from me to start an RMA?\n\nPhil", "poly Trio_8500 _ _"},
	{"fr sans série", "panne borne", "Bonjour, une borne Ubiquiti UAP-AC-PRO ne répond plus. Je n'ai pas le numéro de série sous la main, je vous l'envoie demain.\nMerci", "ubiquiti UAP-AC-PRO _ _"},
	{"de drei satz", "defekte Headsets", "Hallo, drei defekte Jabra Engage 65 (rechte Seite stumm) sollen getauscht werden. Seriennummern liefere ich nach.\nVG", "3x jabra Engage_65 _ _"},
	{"nl verkeerde levering", "verkeerd geleverd", "Goedemiddag,\n\nWij bestelden 6 Gigaset R700H PRO maar kregen 6 Gigaset S700H PRO. Graag omruilen.\n\nMvg Ans", "6x gigaset S700H_PRO _ _"},
	{"en lower case", "rma pls", "hi got a dead mikrotik crs328-24p-4s+rm sn d4f10e8c1234 can u rma it\n\ncheers", "mikrotik CRS328-24P-4S+RM D4F10E8C1234 _"},
	{"de netgear", "Netgear defekt", "Guten Tag, unser Netgear GS108Ev3 zeigt keine Link-LEDs. SN: 4FB20A1R01234. MfG Rolf", "netgear GS108Ev3|GS108EV3|GS108E_v3 4FB20A1R01234 _"},
	{"en apc", "Back-UPS", "Our APC Back-UPS BX1600MI (S/N: 9B2145A12345) beeps non-stop. Bought October 2025. Can it be replaced? Al", "apc BX1600MI|Back-UPS_BX1600MI 9B2145A12345 _"},
	{"it aruba", "switch aruba", "Salve, switch Aruba 2530-24G (J9776A) s/n CN63FP1234 guasto: non accende. Grazie", "aruba 2530-24G|Aruba_2530-24G CN63FP1234 _"},
	{"fr grandstream ucm", "IPBX HS", "Bonjour, IPBX Grandstream UCM6302 n/s 20EZ2C3D4E5F6A7B : plus de démarrage. Ticket Grandstream 20261110101530. Merci, Sam", "grandstream UCM6302 20EZ2C3D4E5F6A7B _"},
	{"en grouped serial", "SMC", "Hi,\nfaulty Yealink CP960. Serial number on the sticker: 7016 1180 2123 4567.\nThanks, Ned", "yealink CP960 7016118021234567 _"},
	{"de mac mit punkten", "Cisco Telefon", "Hallo, ein Cisco CP-8851 mit MAC 0c75.bd11.2233 bleibt hängen. Bitte RMA. Jo", "cisco CP-8851 _ 0C75BD112233"},
	{"en snom m-series", "DECT handset", "Hello, snom M70 handset, IPEI 02884 1234567, S/N M70A12345678 - battery door broken on arrival.\n\nKim", "snom M70 M70A12345678 _"},
	{"de alcatel", "Alcatel Telefone", "Hallo,\n2x ALE-300 defekt:\nSN ALE3A1234567\nSN ALE3A1234568\nGruß", "alcatel ALE-300 ALE3A1234567 _; alcatel ALE-300 ALE3A1234568 _"},
	{"en htek", "Htek", "Htek UC924E, MAC 00:1F:C1:AA:BB:CC, display lines. RMA please. Vic", "htek UC924E|UC924e _ 001FC1AABBCC"},
	{"en algo", "Algo speaker", "Hi, our Algo 8180 SIP alerter (MAC 00:22:EE:01:02:03) is silent. Steve", "algo 8180 _ 0022EE010203"},
	{"de avm ohne marke", "FRITZ!Fon", "Hallo, ein FRITZ!Fon C6 lädt nicht mehr, Seriennummer F123.456.78.901.234. Bitte um Austausch. Eva", "avm FRITZ!Fon_C6 F123.456.78.901.234|F1234567890123A|F12345678901234 _"},
	{"fr dlink", "switch", "Bonjour, D-Link DGS-1100-08V2, SN S3AB1L1000123, alimentation morte. Merci. Théo", "dlink DGS-1100-08V2 S3AB1L1000123 _"},
	{"en juniper", "EX2300", "Juniper EX2300-24P serial JW3621010123 keeps alarming. Please RMA it. Noor", "juniper EX2300-24P JW3621010123 _"},
	{"nl tplink", "deco", "Hallo, TP-Link TL-SG108PE (serienummer 2206041001234) geeft geen PoE meer. Grt Bas", "tplink TL-SG108PE 2206041001234 _"},
	{"en stacked labels", "info for RMA", "Make: AudioCodes\nModel: MP-114\nS/N: 12345678\nMAC: 00:90:8F:12:34:56\nFault: FXS port 2 dead", "audiocodes MP-114 12345678 00908F123456"},
	{"de patton", "SmartNode", "Guten Tag, Patton SN5530/4B/EUI, Seriennummer 00A0BA123456, kein Boot. Grüße, Tom", "patton SN5530/4B/EUI 00A0BA123456 _|00A0BA123456"},
	{"en two same model", "2x T54W", "Hi,\n\ntwo T54W both with broken hook switch, SNs 3105021110011111 / 3105021110011112.\n\nMo", "yealink T54W|SIP-T54W 3105021110011111 _; yealink T54W|SIP-T54W 3105021110011112 _"},
	{"fr et l'autre", "2 postes", "Bonjour,\n\nDeux Snom D765 en panne. L'un porte le numéro de série 00041365AA10, l'autre 00041365AA11.\n\nBien cordialement", "snom D765 00041365AA10 _|00041365AA10; snom D765 00041365AA11 _|00041365AA11"},
	{"de erstes zweites", "Zwei Router", "Hallo,\n\nerster Router: Teltonika RUT955, SN 1112223334\nzweiter Router: Teltonika RUT956, SN 1112223335\n\nbeide ohne LTE. Danke!", "teltonika RUT955 1112223334 _; teltonika RUT956 1112223335 _"},
	{"en mac and serial reversed", "T57W", "MAC 80:5E:C0:12:00:99 / SN 3108021090000001 / Yealink T57W, touch panel dead", "yealink T57W|SIP-T57W 3108021090000001 805EC0120099"},
	{"it tre", "reso 3 telefoni", "Ciao,\nti rimando tre Yealink T40G guasti:\n- 3104018061112223\n- 3104018061112224\n- 3104018061112225\nCiao!", "yealink T40G|SIP-T40G 3104018061112223 _; yealink T40G|SIP-T40G 3104018061112224 _; yealink T40G|SIP-T40G 3104018061112225 _"},
	{"en wanted instead", "Wrong model ordered", "Hello,\n\nI ordered a Yealink W79P by mistake, I need the W76P. Unopened. Can I return it?\n\nLou", "yealink W79P _ _"},
	{"de wollte", "Fehlbestellung", "Hallo, ich habe ein Snom M900 bestellt, brauche aber ein M700. Noch originalverpackt. Rückgabe möglich? Eli", "snom M900 _ _"},
	{"en subject has model", "RMA: Grandstream WP820 not charging", "Serial number: 20EZ1WPQ30ABC123\nPurchased: Feb 2026\n\nregards\nIan", "grandstream WP820 20EZ1WPQ30ABC123 _"},
	{"de betreff modell quantity", "3x Yealink W53H defekt", "Seriennummern:\n7053119051111111\n7053119051111112\n7053119051111113\n\nLG", "yealink W53H 7053119051111111 _; yealink W53H 7053119051111112 _; yealink W53H 7053119051111113 _"},
	{"en unknown maker list", "Return of faulty goods", "Hi\n\nBrand: Vtech\nModel: ET605\nSerial: 605A20190001234\nFault: no audio", "vtech ET605 605A20190001234 _"},
	{"de telekom", "Digitalisierungsbox", "Guten Tag, eine bintec be.IP plus (SN BEP1A2012345678) startet ständig neu. MfG", "bintec-elmeg|bintec be.IP_plus BEP1A2012345678 _"},
	{"fr wifi", "Zyxel WAX630S", "Bonjour, WAX630S S/N S222L33001122 : LED rouge fixe. Merci de votre retour. Ludo", "zyxel WAX630S S222L33001122 _"},
	{"en sophos", "Sophos AP", "Sophos XGS 87, serial X1A01A2B3C4D5E6, PSU failed. Thanks, Jay", "sophos XGS_87 X1A01A2B3C4D5E6 _"},
	{"de qnap", "NAS defekt", "Hallo, QNAP TS-453D, SN Q21AB12345 fährt nicht hoch. Danke, Karl", "qnap TS-453D Q21AB12345 _"},
	{"it vivotek", "telecamera", "Buongiorno, telecamera VIVOTEK FD9389-EHTV-v2 mac 0002D1123456 guasta. Grazie", "vivotek FD9389-EHTV-v2|FD9389-EHTV-V2 _ 0002D1123456"},
	{"en moxa", "NPort", "Moxa NPort 5110A serial TBBDB1012345 is not reachable. RMA? Ed", "moxa NPort_5110A TBBDB1012345 _"},
	{"nl synology twee", "2 NAS kapot", "Beste, twee Synology DS923+ met serienummers 2270SQRABC123 en 2270SQRABC124 starten niet. Mvg", "synology DS923+ 2270SQRABC123 _; synology DS923+ 2270SQRABC124 _"},
	{"en cisco spa long", "SPA504G", "Dear RMA desk,\n\nOne Cisco SPA504G with serial CCQ16280ABC has stuck keys 4 and 7. It was bought from you (invoice 20-4471, January 2025).\n\nKind regards,\nOscar Bell\nBell IT Services\n12 High Street, AB1 2CD", "cisco SPA504G CCQ16280ABC _"},
	{"de mehrere mit mac und sn", "RMA 2x D735", "Hallo,\n\n1. Snom D735 / SN: QLAB11205210012345 / MAC: 000413AB0001\n2. Snom D735 / SN: QLAB11205210012346 / MAC: 000413AB0002\n\nBeide ohne Ton.", "snom D735 QLAB11205210012345 000413AB0001; snom D735 QLAB11205210012346 000413AB0002"},
	{"fr quantité ligne", "Retour produits neufs", "Produit : Yealink T53W\nQuantité : 2\nMotif : surplus, commandé en trop", "2x yealink T53W|SIP-T53W _ _"},
	{"en accessories", "Missing parts", "Hi, the power adapters of our two Snom D862 do not work: the phones stay dark even on other adapters. MACs 0004139E0101 and 0004139E0102.\nBea", "snom D862 _ 0004139E0101; snom D862 _ 0004139E0102"},
	{"it swap", "cambio", "Buongiorno, vorrei restituire un Gigaset SL800H PRO perché ho sbagliato modello. Non aperto.", "gigaset SL800H_PRO _ _"},
	{"nl apart", "defect modem", "FRITZ!Box 5590 Fiber, serienummer N123.456.00.111.222, valt telkens uit. Vriendelijke groet, Tine", "avm FRITZ!Box_5590_Fiber N123.456.00.111.222|N12345600111222 _"},
	{"en yeastar cloud", "Yeastar P560", "Hello, Yeastar P560 SN 3690A1234567 drops all calls every night; Yeastar support says replace. Gus", "yeastar P560 3690A1234567 _"},
	{"de digium", "A30", "Hallo, ein Digium A30 (SN 1A30A123456) hat kein Display mehr. Gruß, Nina", "sangoma A30 1A30A123456 _"},
	{"en doorbird", "DoorBird", "Hi, DoorBird D2101V, MAC 1C:CA:E3:70:11:22, motion sensor defective. Flo", "doorbird D2101V _ 1CCAE3701122"},
	{"fr hikvision", "caméra", "Bonjour, la caméra Hikvision DS-2CD2347G2-LU (n° série G12345678) n'a plus d'image. Merci", "hikvision DS-2CD2347G2-LU G12345678 _"},
	{"en teltonika batch", "2 routers", "Two RUT240 units, no signal:\nSN 1107654321, MAC 001E42334455\nSN 1107654322, MAC 001E42334466\n\nArt", "teltonika RUT240 1107654321 001E42334455; teltonika RUT240 1107654322 001E42334466"},
	{"de wahl ohne marke", "GXP2170", "GXP2170 mit der Nummer 20EZ15PP70C0DE01 ist hin. Bitte RMA-Schein. Gruß Lars", "grandstream GXP2170 20EZ15PP70C0DE01 _"},
	{"en long with signature", "RMA for switch", "Good morning,\n\nWe have an issue with one of the switches you supplied for the Harbour project (our job 22817).\nIt is a Zyxel GS2220-10HP and since last Thursday it only powers 3 of the 8 PoE ports. We tried another\npower cord and reset it to factory, firmware V4.80(ABRZ.2), no change.\n\nSerial: S220L31004567\n\nPlease let us know where to send it.\n\nKind regards\n\nFiona Clarke\nProject Engineer\nHarbour Networks Ltd\nUnit 4, Dock Road, Hull HU1 2AB\nT: 01482 555 0123 | M: 07700 900123\nCompany No. 08812345 VAT GB 123 4567 89", "zyxel GS2220-10HP S220L31004567 _"},
	{"de lang mit signatur", "Gerät defekt, Kunde 20334", "Sehr geehrte Damen und Herren,\n\nbei unserem Kunden ist ein Snom D385 ausgefallen, das Display flackert und bleibt anschließend schwarz. Netzteil und PoE\nwurden getestet. Das Gerät wurde im Juli bei Ihnen gekauft (Rechnung 2026/44120).\n\nMAC-Adresse: 00:04:13:A4:55:6E\n\nBitte teilen Sie uns eine RMA-Nummer mit.\n\nMit freundlichen Grüßen\n\ni.A. Dennis Krause\nIT-Systemhaus Nord GmbH\nHafenstr. 12 · 24103 Kiel\nTel. 0431 / 99 88 77-12\nAmtsgericht Kiel HRB 12345 · USt-IdNr. DE123456789", "snom D385 _ 000413A4556E"},
	{"fr long", "Poste défectueux - dossier 5521", "Bonjour Madame,\n\nNous revenons vers vous concernant le dossier 5521. Après vérification par notre technicien, le poste Yealink SIP-T46U\nde la salle de réunion présente un défaut de la prise combiné : aucun son dans le combiné, alors que le mains libres\nfonctionne parfaitement. Le numéro de série relevé est le 3106021080077665.\n\nPouvez-vous nous faire parvenir un numéro de retour ainsi que l'adresse ?\n\nBien cordialement,\n\nSandrine Lefort\nAssistante technique\n04 72 00 00 00", "yealink SIP-T46U|T46U 3106021080077665 _"},
	{"it lunga con firma", "Richiesta RMA centralino", "Buongiorno,\n\ncon la presente richiediamo l'apertura di una RMA per il seguente prodotto acquistato presso di voi con fattura 1187/2026 del 04/06/2026:\n\nProdotto: Grandstream UCM6301\nS/N: 20EZ2XYZ10A1B2C3\nDifetto riscontrato: la porta WAN non negozia il link\n\nIn attesa di un vostro riscontro porgiamo cordiali saluti.\n\nMatteo Riva\nRiva Impianti S.n.c.\nVia Roma 12 - 20025 Legnano (MI)\nP.IVA 01234567890", "grandstream UCM6301 20EZ2XYZ10A1B2C3 _"},
	{"nl lang", "RMA verzoek telefooncentrale", "Goedemiddag,\n\nVorige week is bij een klant van ons (tandartspraktijk De Linde) de telefoonlijn uitgevallen. Na onderzoek blijkt dat de\nGrandstream HT813 geen spanning meer geeft op de FXO-poort. Wij hebben de laatste firmware (1.0.17.5) geïnstalleerd en het apparaat\ngereset, zonder resultaat.\n\nSerienummer: 20EZ30KL60DD11EE\nMAC-adres: C0:74:AD:DD:11:EE\n\nGraag ontvangen wij een RMA-nummer.\n\nMet vriendelijke groet,\n\nSander Visser\nVisser Telecom\nKvK 12345678", "grandstream HT813 20EZ30KL60DD11EE C074ADDD11EE"},
	{"en power supply", "PSU", "Hi,\n\nThe power supply of our Yealink W60B base (MAC 805EC0445566) failed, the base itself won't start with any other. So I'd like to return the base.\n\nCheers\nOlly", "yealink W60B _ 805EC0445566"},
	{"de ersatz", "Vorabaustausch", "Hallo,\n\nunser Cisco CBS350-24P-4G (Seriennummer DNI2512A0BC) ist heute ausgefallen. Könnt ihr uns bitte vorab ein Ersatzgerät schicken?\n\nDanke\nPeer", "cisco CBS350-24P-4G DNI2512A0BC _"},
	{"en tried to swap", "no dial tone", "We replaced the handset and the cord on our Mitel 6869i, still no dial tone. Serial no: 00085D5F6A7B. Please arrange a repair.\n\nCarol", "mitel 6869i|6869I 00085D5F6A7B _|00085D5F6A7B"},
	{"de kunde zwei geräte je nr", "2 defekte HT801", "Moin moin,\n\nhab hier zwei HT801 vom Kunden zurückbekommen.\nEins mit SN 20EZ19AA60010203, das andere mit SN 20EZ19AA60010304.\nBeide tot.\n\nGruß ausm Norden\nHauke", "grandstream HT801 20EZ19AA60010203 _; grandstream HT801 20EZ19AA60010304 _"},
	{"fr plusieurs marques tirets", "Retours SAV novembre", "Bonjour,\n\nVoici nos retours de la semaine :\n\n- Yealink W52P, s/n 7052116041234567 : base HS\n- Grandstream DP750, s/n 20EZ1DP7500A1B2C : pas d'alimentation\n- Gigaset SL450H PRO : écran cassé à réception\n\nMerci pour votre retour.\nKarim", "yealink W52P 7052116041234567 _; grandstream DP750 20EZ1DP7500A1B2C _; gigaset SL450H_PRO|SL450H_Pro _ _"},
	{"en customer chatter", "Phone gone bad", "Hi there\n\nHope you had a good weekend! So the boss dropped coffee over his phone... kidding, it just died on its own on Friday evening. It's the big one with the colour touch screen, Yealink T58A I think, sticker says SN 3058018040012399.\n\nCan we get it swapped please? He is very grumpy.\n\nxx Debs", "yealink T58A|SIP-T58A 3058018040012399 _"},
	{"de adresse mit zahlen", "Abholung Retoure", "Hallo,\n\nbitte die 4 Fanvil X7A aus Lieferschein LS-30918 abholen lassen, falsche Farbe bestellt (schwarz statt weiß). Abholadresse: Gewerbepark 7841, 93059 Regensburg, Tor 6, werktags 8-16 Uhr.\n\nMfG Lagerteam", "4x fanvil X7A _ _"},
	{"en postcode noise", "Return of T42U", "Hi,\n\nPlease collect one Yealink T42U, ordered by mistake, from:\nAcme, 8841 Mill Lane, 6940 Town.\n\nLen", "yealink T42U|SIP-T42U _ _"},
	{"fr liste numérotée", "RMA x3", "Bonjour,\n\n1/ Cisco SG250-10P - DNI2301X1Y2 - ports PoE HS\n2/ Cisco SG250-10P - DNI2301X1Y3 - ne boote pas\n3/ Netgear GS110TP - 2XH1234A00B1C - ventilation\n\nCdt\nFabrice", "cisco SG250-10P DNI2301X1Y2 _; cisco SG250-10P DNI2301X1Y3 _; netgear GS110TP 2XH1234A00B1C _"},
	{"de tabelle fest", "Defektliste", "Hallo,\n\nModell        Seriennummer        Fehler\nT54W          3105022010001111    Display\nT54W          3105022010001112    Hörer\nW73P          7073122010002222    lädt nicht\n\nGrüße", "yealink T54W|SIP-T54W 3105022010001111 _; yealink T54W|SIP-T54W 3105022010001112 _; yealink W73P 7073122010002222 _"},
	{"en mixed brands webshop", "RMA Request #10293 from webshop", "Order number: 10293\nCustomer: J. Doe\n\nItem 1\nProduct: Ubiquiti USW-Lite-8-PoE\nSerial/MAC: 602232A1B2C3\nReason: defective\n\nItem 2\nProduct: TP-Link EAP610\nSerial/MAC: 2221234567890\nReason: defective", "ubiquiti USW-Lite-8-PoE _|602232A1B2C3 602232A1B2C3; tplink EAP610 2221234567890 _"},
	{"it tabella prezzi", "reso 2 switch", "Salve,\n\nreso di 2 switch Netgear GS305EP acquistati per errore (ordine 99812, € 89,90 cad.). Imballi integri.\n\nGrazie\nPaola", "2x netgear GS305EP _ _"},
	{"nl mac lijst", "defecte ap's", "Hallo,\n\nDe volgende UniFi U6-Lite ap's zijn defect:\n\n* 70:A7:41:01:02:03 (kantine)\n* 70:A7:41:01:02:04 (hal)\n\nGr. Bram", "ubiquiti U6-Lite _ 70A741010203; ubiquiti U6-Lite _ 70A741010204"},
	{"en one works", "Two phones", "Hi,\n\nI received two Yealink T33G. SN 3112022010001234 works fine, but SN 3112022010001235 has a dead speaker. I want to return that one.\n\nBill", "yealink T33G|SIP-T33G 3112022010001235 _"},
	{"de bestellnr ähnlich", "RMA Anfrage", "Guten Tag,\n\nArtikel: Gigaset N610 IP PRO\nArtikelnr.: S30852-H2717-R101\nSeriennummer: 7C2F80A1B2C3\nIhre Auftragsnr.: 3005512\nFehler: bootet nicht\n\nMfG Petersen", "gigaset N610_IP_PRO 7C2F80A1B2C3|_ 7C2F80A1B2C3|_"},
	{"fr pn", "demande retour", "Bonjour,\nAxis M3065-V, P/N 01707-001, S/N B8A44F123456, image floue. Merci de nous indiquer la marche à suivre.\nLouis", "axis M3065-V|AXIS_M3065-V B8A44F123456 _|B8A44F123456"},
	{"en forward chain", "Fwd: Re: phone issue", "See below, please raise RMA.\n\nBegin forwarded message:\n\nFrom: Tracy <tracy@nursery.example>\nSubject: Re: phone issue\nDate: 16 November 2026 at 09:41:03 GMT\nTo: Ann <ann@shop.example>\n\nHi Ann,\nit's a Grandstream GRP2616 and the serial is 20EZ2616AA0B0C0D. Thanks!\nTracy", "grandstream GRP2616 20EZ2616AA0B0C0D _"},
	{"de reply fragt modell", "AW: Ihre Anfrage 26-00311", "Hallo,\n\nes ist ein Mitel 6920, Seriennummer 1400E9123456.\n\nGruß\nSusi\n\n> Bitte teilen Sie uns Modell und Seriennummer mit.", "mitel 6920|6920_IP 1400E9123456 _|1400E9123456"},
	{"en wrong colour", "wrong delivered", "Hello,\nYou sent us 3 Poly VVX 150 although we ordered 3 Poly VVX 250 on PO 88123. Please collect them and send the right ones.\nThanks\nMira", "3x poly VVX_150 _ _"},
	{"fr livré mauvais", "Erreur de livraison commande 7781", "Bonjour,\n\nNotre commande portait sur 2 Yealink T57W, nous avons reçu 2 Yealink T53W. Comment procéder à l'échange ?\n\nCordialement\nÉric", "2x yealink T53W|SIP-T53W _ _"},
	{"it consegnato", "Articolo errato", "Buongiorno,\nci sono stati consegnati n.1 Mikrotik hEX invece di n.1 Mikrotik hEX S. Restiamo in attesa di istruzioni per il reso.\nSaluti\nIvana", "mikrotik hEX _ _"},
	{"nl te veel", "te veel besteld", "Beste,\nWe hebben 2 stuks Yealink EXP50 te veel besteld. Mogen die retour? Ongeopend.\nMvg Dirk", "2x yealink EXP50 _ _"},
	{"de akku", "Akku", "Guten Tag,\ndie Akkus von zwei Spectralink 7742 sind aufgebläht, wir möchten die Geräte einsenden: SN 00907A2223334 und 00907A2223335.\nMfG", "spectralink 7742 00907A2223334 _; spectralink 7742 00907A2223335 _"},
	{"en ascom", "Ascom handset", "Hello, one Ascom d63 Talker with serial 13170AB12CD will not charge. Regards, Ward 7", "ascom Ascom_d63_Talker|d63_Talker|D63_TALKER 13170AB12CD _"},
	{"de agfeo zwei", "AGFEO DECT", "Hallo, 2 AGFEO DECT 78 IP defekt, Serien-Nr. 7820001111 u. 7820001112. Gruß Ott", "agfeo DECT_78_IP 7820001111 _; agfeo DECT_78_IP 7820001112 _"},
	{"fr peplink", "routeur", "Bonjour,\n\nrouteur Peplink MAX BR1 Mini\nSN 2934-A1B2-C3D4\nplus de réseau 4G\n\nMerci", "peplink MAX_BR1_Mini|MAX_BR1_MINI 2934-A1B2-C3D4|2934A1B2C3D4 _"},
	{"en fortiap", "FortiSwitch", "Hi, FortiSwitch 124F-POE (S124FPTF21001234) fan failure. RMA?\nThx Pat", "fortinet FortiSwitch_124F-POE S124FPTF21001234 _"},
	{"de lancom ap", "LANCOM AP", "Hallo, ein LANCOM LN-1700B (SN 4004451234001234) sendet kein 5 GHz mehr. VG Jo", "lancom LN-1700B 4004451234001234 _"},
	{"en dect base plus handsets", "DECT kit", "Hello,\n\nReturning the following, ordered in error and unopened:\n1 x Snom M500\n4 x Snom M55\n\nCheers Kay", "snom M500 _ _; 4x snom M55 _ _"},
	{"de wort zahlen", "Retoure", "Hallo, wir schicken euch sechs Yealink T31P und eine Yealink W76P zurück, beides doppelt bestellt. Gruß Mo", "6x yealink T31P|SIP-T31P _ _; yealink W76P _ _"},
	{"en typo brand", "Granstream ATA", "Hi, faulty Granstream HT818 s/n 20EZ33MM70AABB01 no dialtone on any port. Al", "grandstream HT818 20EZ33MM70AABB01 _"},
	{"fr snom mac tirets", "Snom", "Bonjour, snom D862 (00-04-13-B1-00-2F) ne s'enregistre plus, port réseau HS. Merci", "snom D862 _ 000413B1002F"},
	{"en sn with hash", "warranty", "Yealink MP56\nSN# 2056021110012345\nscreen delaminating\n\nBR Zed", "yealink MP56 2056021110012345 _"},
	{"it con garanzia", "garanzia", "Buongiorno, ho un Fritz!Box 7590 (matricola J123.456.78.901.234) comprato a gennaio che perde la connessione. È in garanzia? Vorrei mandarlo in assistenza.\nGrazie, Aldo", "avm FRITZ!Box_7590 J123.456.78.901.234|J12345678901234 _"},
	{"de unbekannt", "Defekter Türsprecher", "Hallo,\nder Türsprecher Behnke 20-0001 SIP (Seriennr. BH2020-4711) ist defekt.\nGruß", "behnke 20-0001_SIP|20-0001 BH2020-4711|BH20204711 _"},
	{"en tiptel", "tiptel", "Hi, tiptel 3320 phone, S/N TP33201234567, no audio. Best Joe", "tiptel 3320 TP33201234567 _"},
	{"nl poly headset", "headset", "Hoi, mijn Poly Savi 7220 Office laadt niet meer op. Serienummer S/N 4ABCD7. Groet Fleur", "poly Savi_7220_Office|Savi_7220 4ABCD7|_ _"},
	{"fr jabra", "Jabra", "Bonjour, Jabra Speak 510 (S/N 0123ABC4567) ne se connecte plus en USB. Merci, Léa", "jabra Speak_510 0123ABC4567 _"},
	{"en two macs text", "innovaphone phones", "Two innovaphone IP222 with faulty keys: 00-90-33-40-50-60 and 00-90-33-40-50-61.\nBest regards\nRalf", "innovaphone IP222 _ 009033405060; innovaphone IP222 _ 009033405061"},
	{"de plantronics", "CS540", "Hallo, ein Plantronics CS540 lädt nicht mehr. SN: 1A2B3C4D5E. Gruß Tanja", "poly CS540 1A2B3C4D5E _"},
	{"en edgemax", "EdgeRouter", "EdgeRouter X (ER-X) MAC 18E829AABBCC bricked after upgrade, please RMA.\nTed", "ubiquiti EdgeRouter_X|ER-X _ 18E829AABBCC"},
	{"de ohne leerzeichen label", "T41U", "Yealink T41U SN:3104121090012345 MAC:805E0C998877 Display defekt", "yealink T41U|SIP-T41U 3104121090012345 805E0C998877"},
	{"en hpe", "switch dead", "HPE OfficeConnect 1820 24G (J9980A), serial CN65FP9876, no power. Sid", "hpe|aruba OfficeConnect_1820_24G|1820_24G|1820-24G|OfficeConnect_1820|J9980A CN65FP9876 _"},
	{"fr ligne unique", "RMA", "Yealink T54W / 3105021110077777 / HS / acheté le 12/01/2026", "yealink T54W|SIP-T54W 3105021110077777 _"},
	{"de reaktion", "AW: RMA 26-00400", "Guten Morgen,\n\nanbei noch ein weiteres Gerät zur bestehenden RMA:\nSnom D735, MAC 000413C9D9E9\n\nDanke\nFrau Lehmann", "snom D735 _ 000413C9D9E9"},
	{"en eaton", "UPS RMA", "Hello,\n\nEaton 5PX 2200 (serial G345L12345) shuts down under 20 % load. Batteries are new.\n\nGreg", "eaton 5PX_2200|Eaton_5PX_2200 G345L12345 _"},
	{"de konftel", "Konftel 800", "Guten Tag,\nunser Konftel 800 (SN 9100001234) hat ein Mikrofon ohne Funktion. Bitte um RMA.\nMfG", "konftel 800|Konftel_800 9100001234 _"},
	{"fr logitech", "Rally Bar", "Bonjour, une Logitech Rally Bar Mini, n° de série 2206LZ0ABCD8, ne démarre plus. Merci.", "logitech Rally_Bar_Mini 2206LZ0ABCD8 _"},
	{"en yamaha", "YVC", "Hi, Yamaha YVC-330 speakerphone, S/N Y1A2345678, no USB audio. Ray", "yamaha YVC-330 Y1A2345678 _"},
	{"it mediatrix", "gateway", "Buongiorno, gateway Mediatrix 4102 MAC 00:90:F8:12:34:56 non si registra. Saluti", "mediatrix Mediatrix_4102|4102 _ 0090F8123456"},
	{"en openvox", "gsm gateway", "Two channels of our OpenVox VS-GW1600 are dead. Serial number VSGW1600123456. Please RMA.", "openvox VS-GW1600 VSGW1600123456 _"},
	{"it wildix", "wildix", "Salve, due telefoni Wildix WP480G con tasti rotti, mac 9C7514010203 e 9C7514010204.\nGrazie", "wildix WP480G _ 9C7514010203; wildix WP480G _ 9C7514010204"},
	{"en flyingvoice", "FIP15G", "Flyingvoice FIP15G x2, both no network. MAC 00:21:F2:0A:0B:0C, 00:21:F2:0A:0B:0D", "flyingvoice FIP15G _ 0021F20A0B0C; flyingvoice FIP15G _ 0021F20A0B0D"},
	{"fr ruijie", "Reyee", "Bonjour, borne Ruijie Reyee RG-RAP2260(G), SN G1QH4AB001234, HS. Merci", "ruijie RG-RAP2260(G)|RG-RAP2260 G1QH4AB001234 _"},
	{"de keenetic", "Router", "Hallo, Keenetic Hero 4G (SN S2123WF012345) verliert ständig LTE. Gruß Ole", "keenetic Keenetic_Hero_4G|Hero_4G S2123WF012345 _"},
	{"de devolo", "devolo", "Hallo, drei devolo Magic 2 WiFi next verbinden sich nicht mehr. Seriennummern: 2105123456001234, 2105123456001235, 2105123456001236. Danke", "devolo Magic_2_WiFi_next 2105123456001234 _; devolo Magic_2_WiFi_next 2105123456001235 _; devolo Magic_2_WiFi_next 2105123456001236 _"},
	{"it dahua", "telecamere", "Buongiorno,\nrendiamo 2 telecamere Dahua IPC-HDBW3441E-AS guaste:\nS/N 7L0A1B2PAG00123\nS/N 7L0A1B2PAG00124\nSaluti", "dahua IPC-HDBW3441E-AS 7L0A1B2PAG00123 _; dahua IPC-HDBW3441E-AS 7L0A1B2PAG00124 _"},
	{"de commend", "Sprechstelle", "Guten Tag, die Commend WS 201V CM ist stumm, Seriennummer 1912001234. Gruß", "commend WS_201V_CM 1912001234 _"},
	{"it bticino", "videocitofono", "Salve, il BTicino Classe 300X13E (matricola 21W301234) non si collega al wifi. Grazie", "bticino Classe_300X13E 21W301234 _"},
	{"it comelit", "Comelit", "Buongiorno, monitor Comelit 6741W senza immagine, s/n 4421AB0123. Saluti", "comelit 6741W|Comelit_6741W 4421AB0123 _"},
	{"en cyberpower", "UPS", "CyberPower PR1500ELCDRT2U, serial PTRGY2012345, won't hold charge. Please advise. Kim", "cyberpower PR1500ELCDRT2U PTRGY2012345 _"},
	{"it riello", "UPS Riello", "Buongiorno, UPS Riello SEP 1500 matricola MC12UP41234567 in allarme dal primo giorno. Grazie", "riello SEP_1500 MC12UP41234567 _"},
	{"en nec", "NEC phone", "Hi, one NEC ITL-12D-1P(BK) with sn 12A345678 has a broken LCD. Best", "nec ITL-12D-1P(BK)|ITL-12D-1P|ITL-12D 12A345678 _"},
	{"fr huawei", "switch huawei", "Bonjour, switch Huawei S5735-L24P4S-A SN 2102353HRV10L1001234, ventilateur bloqué. Cdt", "huawei S5735-L24P4S-A 2102353HRV10L1001234 _"},
	{"en zte", "router", "ZTE MF286R, IMEI 866123045678901, S/N 329F12345678, no SIM detected. Moe", "zte MF286R 329F12345678 _"},
	{"de securepoint", "Black Dwarf", "Hallo, Black Dwarf G5 von Securepoint, Seriennummer 21BDG50012, startet nicht. VG", "securepoint Black_Dwarf_G5 21BDG50012 _"},
	{"fr stormshield", "firewall", "Bonjour, pare-feu Stormshield SN210 S/N SN210A12C0123A7, alimentation HS. Merci", "stormshield SN210|Stormshield_SN210 SN210A12C0123A7 _"},
	{"en edimax", "extender", "Edimax EW-7438RPn Air, bought two weeks ago, dead. SN E12345678. Dan", "edimax EW-7438RPn_Air|EW-7438RPn E12345678 _"},
	{"nl trendnet", "switch", "Hallo, de TRENDnet TPE-TG80g (s/n CA12345678901) geeft geen PoE. Gr Piet", "trendnet TPE-TG80g CA12345678901 _"},
	{"en planet", "PLANET switch", "Hello, PLANET GS-4210-24P2S serial AF12345600123 fans loud then dead. Regards", "planettechnology GS-4210-24P2S AF12345600123 _"},
	{"en allied", "AT switch", "Allied Telesis AT-GS950/8PS, s/n A05050G123456789 - no PoE. Please RMA", "alliedtelesis AT-GS950/8PS A05050G123456789 _"},
	{"de extreme", "Extreme", "Hallo, Extreme X435-8P-4S, SN 2011G-12345, bootet nicht. Gruß Ina", "extremenetworks X435-8P-4S 2011G-12345|2011G12345 _"},
	{"en dell", "switch", "Dell N2024P switch, service tag 7ABC123, two dead ports. Please help. Art", "dell-technologies N2024P|Dell_N2024P 7ABC123|_ _"},
	{"en reolink", "NVR", "Hi, Reolink RLN8-410 S/N 192RLN8410012345 doesn't see HDD. Sue", "reolink RLN8-410 192RLN8410012345 _"},
	{"en paloalto", "PA-440", "Palo Alto PA-440, serial 021201012345, PSU noise and reboot. Please RMA. Lee", "paloalto PA-440 021201012345 _"},
	{"de milesight", "Milesight", "Hallo, Milesight UR32-L04EU (SN 6221A1234567) kein WAN. Danke", "milesight UR32-L04EU 6221A1234567 _"},
	{"en shure", "mic", "Shure MXA920 ceiling mic, serial 3FC1234567, one channel noisy. Thanks Al", "shure MXA920|MXA920W 3FC1234567 _"},
	{"it fermax", "citofono", "Buongiorno, Fermax VEO WiFi guasto, matr. 9449-123456. Grazie", "fermax VEO_WiFi|Fermax_VEO_WiFi 9449-123456|9449123456 _"},
	{"it urmet", "Urmet", "Salve, Urmet 1722/83 non suona più. Seriale UR1722830012. Grazie", "urmet 1722/83|Urmet_1722/83 UR1722830012 _"},
	{"en lifesize", "Icon 450", "Lifesize Icon 450 (SN LS4501234567) camera dead. Rgds", "lifesize Icon_450 LS4501234567 _"},
	{"en crestron", "touch panel", "Crestron TSW-1070-B-S, serial 2105CBN01234, unresponsive touch. Jo", "crestron TSW-1070-B-S 2105CBN01234 _"},
	{"de starface", "Starface", "Guten Tag, die STARFACE Compact V3 (Seriennr. SFC3001234) piept nur noch. Gruß", "starface STARFACE_Compact_V3|Compact_V3|STARFACE_Compact|Compact SFC3001234 _"},
	{"en rtx", "RTX", "RTX8660 base station, RFPI 02A1B2C3D4, MAC 00087B1A2B3C, offline. Ned", "rtx RTX8660 _ 00087B1A2B3C"},
	{"de voismart", "Orchestra", "Hallo, eure Orchestra Appliance (SN VSM-2023-0042) bootet nicht mehr. Gruß Sabine", "voismart Orchestra|Orchestra_Appliance VSM-2023-0042|VSM20230042 _"},
	{"none sales question", "Price request", "Hello,\n\nwhat is your price for 10 Yealink T54W and 2 Grandstream UCM6304? Delivery to 8841 AB.\n\nThanks", ""},
	{"none thanks", "Re: RMA 26-00087", "Hi, the replacement T46S arrived today, thank you very much! Case can be closed.\n\nBob", ""},
	{"none invoice", "Invoice 2026-7841", "Dear Sirs, please find our invoice 2026-7841 for 3105.50 EUR, IBAN DE89370400440532013000, VAT DE123456789.", ""},
	{"none newsletter", "New: Snom D8 series", "Discover the new Snom D862 and D865! Up to 30 % off on D735. Unsubscribe here.", ""},
	{"de status", "RMA 26-00112 Status?", "Hallo, wie ist der Stand bei der RMA 26-00112 (Snom D785)? Wir warten seit zwei Wochen.\n\nGruß", ""},
	{"en other numbers beside", "Faulty phone", "Order 4500123456, PO 20261105, customer 30012345, ticket INC0045678, UPS 1Z999AA10123456784.\n\nYealink T46U, serial 3106021120012345, fw 108.86.0.20, EAN 6938818306004.", "yealink T46U|SIP-T46U 3106021120012345 _"},
	{"de zubehör", "Fehlteil", "Hallo, beim Snom D785 (MAC 000413AABB11) fehlt der Standfuß; außerdem ist das Display verkratzt angekommen. Bitte tauschen.\nGruß Ron", "snom D785 _ 000413AABB11"},
	{"fr téléphone signature", "Panne switch", "Bonjour,\n\nLe switch Ubiquiti USW-Pro-24-PoE (MAC 245A4C112233) est en panne.\n\nPaul Durand\n12 rue de la Paix 75002 Paris\nTél. 01 42 00 11 22 - SIRET 123 456 789 00012", "ubiquiti USW-Pro-24-PoE _ 245A4C112233"},
	{"en log lines", "AP reboots", "Hi,\n\nUniFi U6-LR with MAC 68D79A010203 reboots. Log:\n\nNov 16 09:00:01 u6lr kernel: [  12.345678] wlan0: STA aa:bb:cc:dd:ee:ff associated\nNov 16 09:00:05 u6lr hostapd: ath0: STA 11:22:33:44:55:66 IEEE 802.11: disassociated\n\nRegards", "ubiquiti U6-LR _ 68D79A010203"},
	{"it pbx collegata", "telefono guasto", "Buongiorno,\nun Yealink T43U collegato a un Yeastar P550 non riceve alimentazione. Seriale 3104321090011122.\nGrazie", "yealink T43U|SIP-T43U 3104321090011122 _"},
	{"de an switch", "D717", "Hallo, das Snom D717 (000413DD0011) hängt an einem Netgear GS308EP und bekommt keinen Strom; an anderen Switches ebenso wenig. Bitte RMA.", "snom D717 _ 000413DD0011"},
	{"en three of five", "Defects", "Hi, three of our five Yealink T33G have failed: 3112022010002001, 3112022010002002 and 3112022010002003. Please replace.", "yealink T33G|SIP-T33G 3112022010002001 _; yealink T33G|SIP-T33G 3112022010002002 _; yealink T33G|SIP-T33G 3112022010002003 _"},
	{"nl bij uitzondering", "retour", "Dag, van de 4 Snom D735 die we kregen is er 1 defect: MAC 000413EE0022. De rest werkt.\nMvg", "snom D735 _ 000413EE0022"},
	{"fr un sur deux", "SAV", "Bonjour, sur les 10 Yealink T31P livrés, 2 ne démarrent pas : SN 3112021110007001 et 3112021110007002. Merci", "yealink T31P|SIP-T31P 3112021110007001 _; yealink T31P|SIP-T31P 3112021110007002 _"},
	{"de ein von", "Lieferung", "Hallo, eines der 3 gelieferten Gigaset S700H PRO ist defekt (kein Display). Bitte Austausch. Gruß", "gigaset S700H_PRO _ _"},
	{"en date like", "return", "On 12/03/2026 we bought a Poly CCX 505 (invoice 20-2026-118). It fails since 05.11.2026 14:30. Serial 482567AB12CD.", "poly CCX_505 482567AB12CD _|482567AB12CD"},
	{"en html-like bold", "RMA", "Please RMA 3 *Yealink T53* phones, all with *bad displays*.\n\nSN *3105319110001001*\nSN *3105319110001002*\nSN *3105319110001003*", "yealink T53|SIP-T53 3105319110001001 _; yealink T53|SIP-T53 3105319110001002 _; yealink T53|SIP-T53 3105319110001003 _"},
	{"de vs version", "DECT", "Hallo, zwei W73H an einer W70B: die Mobilteile (7073221110001111, 7073221110001112) sind defekt. Die Basis läuft.", "yealink W73H 7073221110001111 _; yealink W73H 7073221110001112 _"},
	{"en due", "Downtime", "Due to a faulty Cisco CBS250-8T-E-2G (SN DNI2602B1CD) our shop was offline. We want it replaced.", "cisco CBS250-8T-E-2G DNI2602B1CD _"},
	{"it sei", "reso sei telefoni", "Buongiorno, sei Fanvil X3S arrivati con schermo rotto. Come procediamo con il reso?", "6x fanvil X3S _ _"},
	{"en returns desk ltd", "RMA needed", "Hi all,\n\nWe've a Draytek VigorAP 906 (s/n 22B612345678) which has gone offline for good. Also a Yealink W59R handset, s/n 7059121030004321, with a cracked screen out of the box.\n\nRegards, Mo", "draytek VigorAP_906|VigorAP906 22B612345678 _; yealink W59R 7059121030004321 _"},
	{"de zwei zeilen pro gerät", "Reparatur", "Hallo,\n\nGerät 1: Gigaset Maxwell Basic\nSN: 7C2F80BB0001\n\nGerät 2: Gigaset Maxwell C\nSN: 7C2F80BB0002\n\nFehler bei beiden: kein Netzwerk.", "gigaset Maxwell_Basic 7C2F80BB0001 _|7C2F80BB0001; gigaset Maxwell_C 7C2F80BB0002 _|7C2F80BB0002"},
	{"fr quantité devant", "Retour", "Bonjour,\n\nÀ reprendre : 3 × Snom D717, 2 × Snom D785 et 1 × Snom M300, tous neufs, commandés en double.\n\nMerci", "3x snom D717 _ _; 2x snom D785 _ _; snom M300 _ _"},
	{"it elenco puntato", "RMA 3 pezzi", "Ciao,\n\n• Zyxel NWA1123ACv3 S202L12340001\n• Zyxel NWA1123ACv3 S202L12340002\n• Zyxel GS1200-8 S190Z12340003\n\nTutti guasti. Grazie", "zyxel NWA1123ACv3|NWA1123AC_v3|NWA1123ACV3 S202L12340001 _; zyxel NWA1123ACv3|NWA1123ACV3 S202L12340002 _; zyxel GS1200-8 S190Z12340003 _"},
	{"nl antwoord serienummers", "RE: RMA 26-00500", "Goedemorgen,\n\nDe gevraagde gegevens:\nModel: Grandstream GXP1625\nS/N: 20EZ13ZZ10A0B0C0\nAankoopdatum: 2 februari 2026\n\nMvg Ilse", "grandstream GXP1625 20EZ13ZZ10A0B0C0 _"},
	{"en serials follow", "8 faulty phones", "Hi, 8 x Yealink T33G failed after the firmware update. Serials to follow.\nRgds Abe", "8x yealink T33G|SIP-T33G _ _"},
	{"de liste mit zähler", "Defekte Telefone", "1 Stk. Snom D717 - 00041355AA01 - Display\n1 Stk. Snom D717 - 00041355AA02 - Hörer\n1 Stk. Snom D785 - 00041355AA03 - LAN-Port", "snom D717 _|00041355AA01 _|00041355AA01; snom D717 _|00041355AA02 _|00041355AA02; snom D785 _|00041355AA03 _|00041355AA03"},
	{"en mac label id", "AP RMA", "AP: Ubiquiti UAP-AC-LR\nMAC ID: fcecda112233\nProblem: 5GHz radio dead", "ubiquiti UAP-AC-LR _ FCECDA112233"},
	{"fr le n/s", "HT802 HS", "Bonjour,\n\nLe HT802 ayant le n/s 20EZ19BB20CCDDEE n'a plus de tonalité sur les deux ports.\n\nMerci d'avance\nRémi", "grandstream HT802 20EZ19BB20CCDDEE _"},
	{"de mit typ und snr", "Reklamation", "Typ: Mitel 6867i\nSNr.: A1B2C3D4E5F6G\nFehler: Tasten ohne Funktion", "mitel 6867i|6867I A1B2C3D4E5F6G _"},
	{"en lost label", "RMA", "Hello, Grandstream GXP2170, the label is worn so I cannot read the serial, MAC from the menu is C0:74:AD:11:22:33. Screen has lines.\nLucy", "grandstream GXP2170 _ C074AD112233"},
	{"it numero seriale", "guasto", "Buongiorno, il numero seriale del Cisco CP-8845 guasto è FCH2233C4D5. Saluti, Anna", "cisco CP-8845|8845 FCH2233C4D5 _"},
	{"nl sn met spaties", "toestel", "Hallo, serienummer 20EZ 14QH 10D2 E3F4, een GXP2160. Hoorn kraakt. Groet", "grandstream GXP2160 20EZ14QH10D2E3F4 _"},
	{"en slash list models", "Unopened returns", "Hi, can we return 2 Poly VVX 250 / 3 Poly VVX 350? We ordered too many. Boxes sealed.", "2x poly VVX_250 _ _; 3x poly VVX_350 _ _"},
	{"de unter dem text", "Fwd: Störung", "Hallo, könnt ihr das als RMA aufnehmen?\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Störung\nDatum: Mon, 16 Nov 2026 10:00:00 +0100\nVon: Kita <kita@ort.example>\nAn: ann@shop.example\n\nHallo Ann,\n\nunser Telefon im Büro (Yealink T46S) geht nicht mehr an.\nAuf der Rückseite steht: MAC 805EC0ABCDEF, SN 3106019021239999.\n\nLG Kita", "yealink T46S|SIP-T46S 3106019021239999 805EC0ABCDEF"},
	{"fr client final", "TR: téléphone en panne", "Bonjour, merci d'ouvrir un RMA.\n\nDe : Accueil <accueil@mairie.example>\nEnvoyé : lundi 16 novembre 2026 09:12\nÀ : Ann\nObjet : téléphone en panne\n\nBonjour,\nLe Yealink T31G de l'accueil ne sonne plus. Numéro de série : 3112121080005555\nCordialement", "yealink T31G|SIP-T31G 3112121080005555 _"},
	{"en second unit in ps", "RMA T53W", "Hi,\n\nYealink T53W SN 3105321110001111 won't boot.\n\nThanks,\nPat\n\nPS: a second one, SN 3105321110002222, has the same problem.", "yealink T53W|SIP-T53W 3105321110001111 _; yealink T53W|SIP-T53W 3105321110002222 _"},
	{"de gleiches modell nochmal", "Noch ein Gerät", "Hallo,\n\nuns ist noch ein LANCOM 1793VAW ausgefallen: 4005991234000456. Bitte wie beim letzten Mal tauschen.\n\nGruß", "lancom 1793VAW 4005991234000456 _"},
	{"en comma row", "return", "GRP2612W, 20EZ2B1230ABCDEF, wifi dead, bought 01/2026", "grandstream GRP2612W 20EZ2B1230ABCDEF _"},
	{"it seriali in riga", "2 router", "Salve, due Mikrotik hAP ax2 non si accendono, seriali HFB09ABCDE1 e HFB09ABCDE2. Grazie", "mikrotik hAP_ax2 HFB09ABCDE1 _; mikrotik hAP_ax2 HFB09ABCDE2 _"},
	{"de dell servicetag", "Headset", "Hallo, zwei EPOS ADAPT 165 USB II Headsets knistern (SN 2203AB12345, 2203AB12346). Bitte tauschen.", "epos ADAPT_165_USB_II|ADAPT_165|ADAPT_165_USB 2203AB12345 _; epos ADAPT_165_USB_II|ADAPT_165|ADAPT_165_USB 2203AB12346 _"},
	{"en no maker word", "dead T29G", "T29G dead, s/n 3029016070001234, two years old. Ok to send? Sal", "yealink T29G|SIP-T29G 3029016070001234 _"},
	{"fr avec ean", "retour borne", "Borne TP-Link EAP225, EAN 6935364097219, S/N 2186543210987, réf. commande 4500998877. Ne répond plus.", "tplink EAP225 2186543210987 _"},
	{"nl order error aantal", "Foutieve bestelling", "Beste,\n\nDoor een typfout bestelden we 12 Yealink T31P in plaats van 2. Graag 10 stuks retour sturen (dicht).\n\nMvg Luc", "10x yealink T31P|SIP-T31P _ _"},
	{"en got extra", "Extra items delivered", "Hello, you delivered 5 Snom D735 but we only ordered 3, so 2 are coming back. Please send a label.", "2x snom D735 _ _"},
}

func TestEveryday(t *testing.T) {
	policy, err := shippedPolicy()
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := Catalogue(policy)
	if err != nil {
		t.Fatal(err)
	}
	reader := NewReader(catalogue, ingest.Desk{Addresses: []string{deskAddress}, AuthServ: authServ}, nil)
	for _, c := range everyday {
		t.Run(c.name, func(t *testing.T) {
			mail := "From: Ann <ann@shop.example>\r\nTo: <" + deskAddress + ">\r\nSubject: " + c.subject + "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + c.text
			m := ingest.Parse([]byte(mail), ingest.DefaultLimits())
			got := ingest.Extract(reader.catalogue, m, reader.desk).Units
			if !sameUnits(got, wantedUnits(c.want)) {
				var all []string
				for _, u := range got {
					all = append(all, fmt.Sprintf("%s %s %s %s", u.Manufacturer, u.Model, u.Serial, u.MAC))
				}
				t.Errorf("got %q, want %q", strings.Join(all, "; "), c.want)
			}
		})
	}
}

// wantedUnits reads the table's form: of each unit the four fields, each with
// the values that are right.
func wantedUnits(text string) (units [][4][]string) {
	for part := range strings.SplitSeq(text, ";") {
		if part == "" {
			continue
		}
		fields := strings.Fields(part)
		count := 1
		if n, _ := fmt.Sscanf(fields[0], "%dx", &count); n == 1 && strings.HasSuffix(fields[0], "x") {
			fields = fields[1:]
		} else {
			count = 1
		}
		var u [4][]string
		for i := range u {
			for v := range strings.SplitSeq(fields[i], "|") {
				u[i] = append(u[i], strings.ReplaceAll(v, "_", " "))
			}
		}
		for range count {
			units = append(units, u)
		}
	}
	return units
}

func sameUnits(got []ingest.Unit, want [][4][]string) bool {
	if len(got) != len(want) {
		return false
	}
	for _, u := range got {
		i := slices.IndexFunc(want, func(w [4][]string) bool {
			for k, v := range []string{u.Manufacturer, u.Model, u.Serial, u.MAC} {
				if v == "" {
					v = " "
				}
				if !slices.ContainsFunc(w[k], func(right string) bool { return strings.EqualFold(right, v) }) {
					return false
				}
			}
			return true
		})
		if i < 0 {
			return false
		}
		want = slices.Delete(slices.Clone(want), i, i+1)
	}
	return true
}
