package rules

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// catalogued is one expression of the shipped catalogue as reading uses it:
// anchored where a word begins.
type catalogued struct {
	maker string
	Pattern
	re *regexp.Regexp
}

func shipped(t *testing.T, of func(Manufacturer) []Pattern) []catalogued {
	t.Helper()
	p, err := LoadPolicy("", nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []catalogued
	for _, m := range p.Manufacturers {
		for _, pattern := range of(m) {
			all = append(all, catalogued{m.ID, pattern, regexp.MustCompile("^(?:" + pattern.Expr + ")")})
		}
	}
	return all
}

func modelsOf(m Manufacturer) []Pattern  { return m.Models }
func serialsOf(m Manufacturer) []Pattern { return m.Serials }

// takes is what an expression takes off the front of a text.
func (c catalogued) takes(text string) string { return c.re.FindString(text) }

func TestModelExamplesAreWhole(t *testing.T) {
	for _, c := range shipped(t, modelsOf) {
		for _, example := range c.Examples {
			if got := c.takes(example); got != example {
				t.Errorf("%s: of %q only %q is read", c.maker, example, got)
			}
		}
	}
}

// TestNamedModelsAreWhole puts the maker's name before the model, as people do:
// an expression that begins with the name must not stop in the middle.
func TestNamedModelsAreWhole(t *testing.T) {
	all := shipped(t, modelsOf)
	p, err := LoadPolicy("", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		m, _ := p.Manufacturer(c.maker)
		for _, name := range []string{m.ID, m.Name} {
			for _, example := range c.Examples {
				text, longest := name+" "+example, ""
				for _, other := range all {
					if got := other.takes(text); other.maker == c.maker && len(got) > len(longest) {
						longest = got
					}
				}
				if len(longest) > len(name) && longest != text {
					t.Errorf("%s: of %q only %q is read", c.maker, text, longest)
				}
			}
		}
	}
}

// sameNames are the model names that two makers use. Which one is meant, the
// rest of the mail tells.
var sameNames = map[string]string{
	"CP700":         "yealink unify", // a conference loudspeaker, a desk telephone
	"DCS-7050TX-48": "arista dlink",  // a switch; D-Link's cameras are DCS and four digits
}

func TestModelsAreOfOneMaker(t *testing.T) {
	all := shipped(t, modelsOf)
	for _, c := range all {
		for _, example := range c.Examples {
			for _, other := range all {
				if other.maker == c.maker || other.takes(example) != example || strings.Contains(sameNames[example], other.maker) {
					continue
				}
				t.Errorf("%s's %q is a model of %s too: %s", c.maker, example, other.maker, other.Expr)
			}
		}
	}
}

func TestSameNamesAreStillShared(t *testing.T) {
	all := shipped(t, modelsOf)
	for model, makers := range sameNames {
		for maker := range strings.FieldsSeq(makers) {
			if !slices.ContainsFunc(all, func(c catalogued) bool { return c.maker == maker && c.takes(model) == model }) {
				t.Errorf("%s has no model %q any more", maker, model)
			}
		}
	}
}

// standsAlone tells a form of serial that is believed without any context.
func (c catalogued) standsAlone() bool {
	return !c.NeedsContext && (c.Kind == "" || c.Kind == KindSerial || c.Kind == KindMACID || c.Kind == KindMACAsSerial)
}

func TestSerialsAreOfOneMaker(t *testing.T) {
	all := shipped(t, serialsOf)
	for _, c := range all {
		for _, example := range c.Examples {
			for _, other := range all {
				if other.maker != c.maker && other.standsAlone() && other.takes(strings.ToUpper(example)) == strings.ToUpper(example) {
					t.Errorf("%s's serial %q has the form of %s too: %s", c.maker, example, other.maker, other.Expr)
				}
			}
		}
	}
}

func TestModelsAreNoSerials(t *testing.T) {
	serials := shipped(t, serialsOf)
	for _, c := range shipped(t, modelsOf) {
		for _, example := range c.Examples {
			for _, s := range serials {
				if s.standsAlone() && s.takes(strings.ToUpper(example)) == strings.ToUpper(example) {
					t.Errorf("%s's model %q has the form of a serial of %s: %s", c.maker, example, s.maker, s.Expr)
				}
			}
		}
	}
}

func TestSerialsAreNoModels(t *testing.T) {
	models := shipped(t, modelsOf)
	for _, c := range shipped(t, serialsOf) {
		for _, example := range c.Examples {
			for _, m := range models {
				if m.takes(example) == example && c.Kind != KindProductCode {
					t.Errorf("%s's serial %q is read as a model of %s: %s", c.maker, example, m.maker, m.Expr)
				}
			}
		}
	}
}

// TestOrdinaryTextNamesNoModel holds sentences of the kind that stand in every
// mail beside the goods: addresses, amounts, numbers of papers, networks, people.
func TestOrdinaryTextNamesNoModel(t *testing.T) {
	models := shipped(t, modelsOf)
	for _, text := range ordinary {
		for i := range text {
			if !wordByte(text[i]) || i > 0 && wordByte(text[i-1]) {
				continue
			}
			for _, m := range models {
				if got := m.takes(text[i:]); got != "" {
					t.Errorf("%q: %q is read as a model of %s: %s", text, got, m.maker, m.Expr)
				}
			}
		}
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

var ordinary = []string{
	"Total HT 1250,00 EUR, TVA 20 % 250,00, TTC 1500,00; 120 HT par pièce, HT 350.00",
	"Château de la Tour, 12 rue du Chateau, 69003 Lyon; une audience de 20 personnes",
	"Nous aimons voyager; le cap est bon, voir la map; perle rare; algorithme",
	"Bullet points: rocket science, knot, groove, cube, metal, disc, cap, map, hex, sync, edge, link, pro, speak",
	"Invoice RE1234, RE 20260114, RN12345, RN 2041, BR123456, BL 60217744, LS 4471, AB-260881, DN-118803, PO 4500118822",
	"Rechnung RE450123, Auftrag AU1042, Lieferschein LS60217744, Bestellung PW-0188, Kunde K1042, Angebot AN2301",
	"USt-IdNr. DE123456789, BE0123.456.789, BE 0876.543.210, NL001234567B01, IT01234567890, FR11123456782, CHE-123.456.789",
	"8005 Zürich, CH-8005 Zürich, CH 8048 Zürich, D-70173 Stuttgart, L-1855 Luxembourg, B-1000 Bruxelles, A-1010 Wien, 1011 AB Amsterdam",
	"IP 192.168.1.20, IP 10.0.0.1, IP 62.4.11.9, ip 65.20.1.1, gateway 192.168.178.1, VLAN 20, port 8080, IP65, IP54, IP 67",
	"Firmware 1.0.11.64, 10.1.64.14, 66.86.0.15, V2.00(AAHI.2), 7.20A.258, 2.49.0.75.4, 154.07.55, LCOS 10.32.0176, RUTX_R_00.07.17.3",
	"Windows 11 Pro 23H2, Windows 10 Pro 64, Office 365, Chrome 128, iPhone 15 Pro, Galaxy S23, Pixel 8, Teams 2025, Excel 2019",
	"The web UI shows SIP 408 and 503, RTP, RFC 3261, G.711, G722, H.264, PoE 802.3af, TLS 1.2, SHA256, UTF-8, ISO 9001, Cat 6, RJ45",
	"Our 3CX and FreePBX work; the phone is registered to Microsoft Teams and Zoom, and a MiCollab client of the PBX",
	"Rossi SpA 20100 Milano, Bianchi S.p.A., via Roma 12, dell'azienda, nell'ufficio; fattura FT 2024/118, DDT 1182, ordine OR 4471",
	"IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX, HRB 00992, SIRET 12345678200019, KvK 12345678, EAN 4006381333931, UPC 841885104823",
	"Tel. +49 711 123456-78, +33 3 20 00 00 14, +31 20 123 4567, +39 02 1234567, Fax 0711/123457, Mobil 0171 1234567",
	"P/N 2200-48450-025, 74-12075-03, S30852-H2728-R331, 9620010915B, 6593-823-309, 26599-989-999, 203475-01, 1000209, 504157, 1301048",
	"Sendung 1Z999AA10123456784, JJD000390007882041234, 3SABCD1234567, Ticket 20240115093422, Case 06912345, #530705, RMA-2026-00271, RMA 801234567",
	"Ich sende 5 Stück zurück, 3 davon am 17.08.2026 um 14:30 Uhr, Raum A 203, Gebäude B 12, Halle T 20, Etage 3, Büro E 17, Block C 14",
	"The neat dell has a commend for an extreme axis on the planet; buffalo, juniper, ruckus, insight, catalyst, nebula",
	"Wij hebben 24 toestellen in het magazijn, waarvan 2 defect; order 7004518, pakbon 26-4471, factuur F2026-118, klant 10422",
	"Il telefono non si accende; 48 V, 12V 1A, 230 V, 500 mA, 15 W, 802.11ax, 5 GHz, 2.4 GHz, 1000BASE-T, SFP 10G, USB 3.0, M.2, AA 1.2V, AAA 750 mAh",
	"Batch 0024, Charge L2304, Lot A1234, Rev. B2, Rev 1.3, HW V2.1, BOM 4, MDN 12345, CE 0678, FCC ID ABC-T123, Model year 2024, DIN 41494, EN 60950, IEC 62368",
	"Meeting-ID: 312 445 667 89, Passcode: T4x9Qz, Microsoft Teams, tel:+4971112345, Conference ID 811 223 445#, sip:3001@pbx.example, ext. 4711, Nst. 201",
	"We ordered ten in March, engage 12 people, speak 2 languages, perform 3 tests, link 14, impact 5 users, adapt 4 rules, expand 3 rooms",
	"Savoir faire, rallye, studio 54, voyager 1, style, force, solo, base, clip, family, life, fusion, premium, comfort, smart, touch, talk, view",
}
