package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// said gives the units of a mail with what is thought of their numbers.
func said(cat *Catalogue, m *Message) string {
	var out []string
	for _, u := range Extract(cat, m, desk).Units {
		s := strings.Join([]string{u.Model, u.Serial, u.MAC, u.FoundIn, string(u.Confidence)}, "|")
		if u.Doubt != "" {
			s += fmt.Sprintf(" %s %s", u.Doubt, u.Meant)
		}
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func defective(subject, body string, attached ...Attachment) *Message {
	return &Message{Subject: subject, Text: body, From: []Address{{Address: "ada@customer.example"}}, Attachments: attached}
}

// TestDoubt: what is in doubt is named, and never changed.
func TestDoubt(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ name, body, want string }{
		{"label and form", "GXP2170 dead, S/N " + gs1, "GXP2170|" + gs1 + "||body|sure"},
		{"form alone", "GXP2170 dead " + gs1, "GXP2170|" + gs1 + "||body|likely"},
		{"label alone", "GXP2170 dead, S/N AB12345678", "GXP2170|AB12345678||body|likely"},
		{"MAC of the maker", "GXP2170 dead, MAC C0:74:AD:8C:60:5F", "GXP2170||C074AD8C605F|body|sure"},
		{"no number", "GXP2170 dead", "GXP2170|||body|likely"},
		{"O for 0", "GXP2170 dead, S/N 2OEZ115N3O8C6O5F", "GXP2170|2OEZ115N3O8C6O5F||body|likely confusable " + gs1},
		{"O for 0, without a label", "GXP2170 2OEZ115N3O8C6O5F dead", "GXP2170|2OEZ115N3O8C6O5F||body|weak confusable " + gs1},
		{"I for 1", "Snom D735 tot, Serien-Nr. CHNLB2206I800415", "D735|CHNLB2206I800415||body|likely confusable " + sn1},
		{"another maker's number is no slip", "Our Zyxel NWA50AX is dead, S/N AB12345678", "NWA50AX|AB12345678||body|likely"},
		{"tail and MAC agree", "GXP2170 dead, S/N " + gs1 + ", MAC C074AD8C605F", "GXP2170|" + gs1 + "|C074AD8C605F|body|sure"},
		{"tail and MAC differ", "GXP2170 dead, S/N " + gs1 + ", MAC C074AD8C6099", "GXP2170|" + gs1 + "|C074AD8C6099|body|likely check "},
		{"two readings", "GXP2170 dead, S/N " + gs1 + " or maybe " + gs2, "GXP2170|" + gs1 + "||body|likely conflict " + gs2},
		{"a range that is too long", "Snom D735 tot, S/N CHNLB22061800415 bis CHNLB22061800815", "D735|CHNLB22061800415||body|likely conflict \nD735|CHNLB22061800815||body|likely conflict "},
		{"a range that disagrees", "3 Snom D735 tot, S/N CHNLB22061800415 bis CHNLB22061800425", "D735|CHNLB22061800415||body|likely conflict \nD735|CHNLB22061800425||body|likely conflict \nD735|||body|likely"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := said(cat, defective("RMA request", c.body)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestAttached: lists, papers, codes and names of files.
func TestAttached(t *testing.T) {
	cat := catalogue(t)
	photo := func(name string, texts ...string) Attachment {
		a := Attachment{Name: name, MediaType: "image/jpeg"}
		for _, text := range texts {
			a.Barcodes = append(a.Barcodes, Barcode{Format: "CODE_128", Text: text})
		}
		return a
	}
	sheet := func(name, text string) Attachment { return Attachment{Name: name, Text: text} }
	one := "GXP2170|" + gs1 + "||body|sure"
	for _, c := range []struct {
		name, body string
		attached   Attachment
		want       string
	}{
		{"a photo", "My GXP2170 is dead, see the photo.", photo("IMG_1.jpg", gs1, "C074AD8C605F"), "GXP2170|" + gs1 + "|C074AD8C605F|IMG_1.jpg|sure"},
		{"QR code of many fields", "My GXP2170 is dead, see the photo.", photo("IMG_1.jpg", "SN:"+gs1+";MAC:C074AD8C605F;PN:9620010915B"), "GXP2170|" + gs1 + "|C074AD8C605F|IMG_1.jpg|sure"},
		{"the same in text and photo", "My GXP2170 is dead, S/N " + gs1, photo("IMG_1.jpg", gs1), one},
		{"the photo knows the MAC", "My GXP2170 is dead, S/N " + gs1, photo("IMG_1.jpg", gs1, "C074AD8C605F"), "GXP2170|" + gs1 + "|C074AD8C605F|body|sure"},
		{"the photo says another", "My GXP2170 is dead, S/N " + gs1, photo("IMG_1.jpg", gs2), "GXP2170|" + gs1 + "||body|likely conflict " + gs2},
		{"other codes", "My GXP2170 is dead, see the photo.", photo("IMG_1.jpg", "9620010915B", "https://shop.example/4711", "ABC"), "GXP2170|||body|likely"},
		{"goods' codes", "My Yealink T46S is dead, see the photo.", Attachment{Name: "x.jpg", Barcodes: []Barcode{{Format: "UPC_A", Text: "841885104823"}}}, "T46S|||body|likely"},
		{"name of a file", "My GXP2170 is dead, see the photo.", photo(gs1 + ".jpg"), "GXP2170|" + gs1 + "||" + gs1 + ".jpg|weak"},
		{"name with a label", "My Yealink T46S is dead.", photo("T46S_SN_" + yl1 + ".jpg"), "T46S|" + yl1 + "||T46S_SN_" + yl1 + ".jpg|weak"},
		{"a camera's name", "My Yealink T46S is dead.", photo("IMG_20260310_1015223333.jpg"), "T46S|||body|likely"},
		{"a sheet", "List attached.", sheet("list.xlsx", "Typ\tSeriennummer\nGXP2170\t"+gs1+"\nGXP2170\t"+gs2), "GXP2170|" + gs1 + "||list.xlsx|sure\nGXP2170|" + gs2 + "||list.xlsx|sure"},
		{"a second sheet that stays", "List attached, defective.", sheet("list.xlsx", "Typ\tSeriennummer\nGXP2170\t"+gs1+"\n\nBleibt beim Kunden\nTyp\tSeriennummer\nGXP2170\t"+gs2), "GXP2170|" + gs1 + "||list.xlsx|sure"},
		{"a text file of numbers", "Yealink T46S guasti, seriali nel file.", Attachment{Name: "s.txt", Data: []byte(yl1 + "\r\n" + yl2 + "\r\n")}, "T46S|" + yl1 + "||s.txt|weak\nT46S|" + yl2 + "||s.txt|weak"},
		{"the invoice of all", "My GXP2170 is dead, S/N " + gs1 + ", invoice attached.", sheet("invoice.pdf", "Invoice 4711\nGXP2170 S/N "+gs1+"\nGXP2170 S/N "+gs2+"\nGXP2170 S/N "+gs3), one},
		{"the invoice, and no number", "My GXP2170 is dead, invoice attached.", sheet("invoice.pdf", "Invoice 4711\nGXP2170 S/N "+gs2+"\nGXP2170 S/N "+gs3), "GXP2170|||body|likely"},
		{"a form as PDF", "My phone is dead, see the form.", sheet("rma.pdf", "RMA form\nModel: GXP2170\nSerial: "+gs1), "GXP2170|" + gs1 + "||rma.pdf|sure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := said(cat, defective("Defective device", c.body, c.attached)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestEvidence: the line as it was written, and its number.
func TestEvidence(t *testing.T) {
	body := "Hello,\n\nMein Snom D735 mit der Seriennummer CHNLB2206\n1800415 ist leider defekt."
	u := Extract(catalogue(t), defective("RMA", body), desk).Units[0]
	if u.LineNumber != 3 || u.Line != "Mein Snom D735 mit der Seriennummer CHNLB2206" {
		t.Errorf("line %d %q", u.LineNumber, u.Line)
	}
}

// TestQuotedNumbers: quoted numbers count only where the new text points to them.
func TestQuotedNumbers(t *testing.T) {
	cat := catalogue(t)
	quote := "\n\nOn Mon, 9 Mar 2026 at 10:12, Ada <ada@customer.example> wrote:\n> My GXP2170 is dead, S/N " + gs1 + "\n"
	for text, want := range map[string]string{
		"Any news?":                                        "",
		"Please see the serial number below.":              gs1,
		"Siehe unten, bitte RMA.":                          gs1,
		"Numéro de série ci-dessous.":                      gs1,
		"Zie hieronder.":                                   gs1,
		"Vedi sotto, grazie.":                              "",
		"Il seriale è qui sotto.":                          gs1,
		"Another one: S/N " + gs2 + ", not the one below.": gs2,
	} {
		var got []string
		for _, u := range newReading(cat, defective("Re: phone", text+quote), newText(defective("Re: phone", text+quote)), desk).allUnits() {
			got = append(got, u.Serial)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: got %q, want %q", text, s, want)
		}
	}
}
