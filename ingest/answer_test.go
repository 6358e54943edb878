package ingest

import (
	"fmt"
	"strings"
	"testing"
)

// questionsOf is the desk's mail with numbered questions, as it is quoted.
const (
	askedEN = "On Mon, 9 Mar 2026 at 10:12, RMA Desk <rma@desk.example> wrote:\n> To continue, we still need a few details from you:\n>\n> 1. Grandstream GXP2170\n>    What is the serial number? You will find it on the label of the unit.\n>\n> 2. Grandstream GXP2170\n>    Which ticket number did Grandstream support give you? The fault must first be\n>    confirmed there.\n>\n> 3. What is the number of our order confirmation, invoice or delivery note? One of them is enough.\n"
	askedFR = "Le lun. 9 mars 2026 à 10:12, RMA <rma@desk.example> a écrit :\n> 1. Quel est le numéro de série ? Il figure sur l’étiquette de l’appareil.\n>\n> 2. Quel numéro de ticket vous a été attribué par notre support technique ?\n>\n> 3. Quelle est la date d’achat ?\n"
	askedDE = "Von: RMA <rma@desk.example>\nGesendet: Montag, 9. März 2026 10:12\nAn: Ada\nBetreff: Rückfragen\n\n1. Welche Ticketnummer haben Sie vom Support von Yealink erhalten?\n\n2. Wie lautet die Seriennummer? Sie steht auf dem Typenschild des Geräts.\n"
	askedNL = "Op ma 9 mrt 2026 om 10:12 schreef RMA <rma@desk.example>:\n> Graag 1) het serienummer en 2) het nummer van onze factuur.\n"
	askedIT = "Il giorno lun 9 mar 2026 alle ore 10:12 RMA <rma@desk.example> ha scritto:\n> 1. Qual è il numero di serie? È riportato sull’etichetta dell’apparecchio.\n>\n> 2. Che cosa non funziona esattamente?\n"
)

// TestNumberedAnswers: a row per way to answer a numbered question.
func TestNumberedAnswers(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ name, text, asked, want string }{
		{"on one line", "1) 20EZ115N308C605F 2) 20260110093422 3) 4500012377", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422 order=4500012377"},
		{"a line each", "1. 20EZ115N308C605F\n2. 20260110093422\n3. 4500012377", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422 order=4500012377"},
		{"with colons", "1: 20EZ115N308C605F\n3: 4500012377", askedEN, "serial=20EZ115N308C605F order=4500012377"},
		{"with words", "Ad 1) 20EZ115N308C605F\nAd 2) none yet, sorry", askedEN, "serial=20EZ115N308C605F vendor_ticket=none yet, sorry"},
		{"question words", "Question 1: 20EZ115N308C605F\nQuestion 3: see 4500012377", askedEN, "serial=20EZ115N308C605F order=see 4500012377"},
		{"number alone", "1 20EZ115N308C605F\n2 20260110093422", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422"},
		{"answer below its number", "1)\n20EZ115N308C605F\n2)\n20260110093422", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422"},
		{"commas", "1/ 20EZ115N308C605F, 2/ 20260110093422", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422"},
		{"French", "1 : 20EZ115N308C605F\n2 : 88123\n3 : 12/03/2025", askedFR, "serial=20EZ115N308C605F support_ticket=88123 purchase_date=12/03/2025"},
		{"German, Outlook", "zu 1: 530705\nzu 2: 3146019092605341", askedDE, "vendor_ticket=530705 serial=3146019092605341"},
		{"Dutch, asked on one line", "1) 20EZ115N308C605F 2) 20260117", askedNL, "serial=20EZ115N308C605F order=20260117"},
		{"Italian", "1) 20EZ115N308C605F\n2) non si accende più", askedIT, "serial=20EZ115N308C605F fault=non si accende più"},
		{"no numbers, a line each", "20EZ115N308C605F\n20260110093422\n4500012377", askedEN, "serial=20EZ115N308C605F vendor_ticket=20260110093422 order=4500012377"},
		{"below each question", "", "On Mon, 9 Mar 2026 at 10:12, RMA <rma@desk.example> wrote:\n> 1. What is the serial number?\n\n20EZ115N308C605F\n\n> 2. Which order?\n\n4500012377\n", "serial=20EZ115N308C605F order=4500012377"},
		{"behind each question", "see below in red", "From: RMA <rma@desk.example>\nSent: Monday\nTo: Ada\nSubject: Your return\n\n1. What is the serial number? 20EZ115N308C605F\n\n2. Which order? 4500012377\n", "serial=20EZ115N308C605F order=4500012377"},
		{"nothing answered", "We will look tomorrow, 2 phones are still in the store.", askedEN, ""},
		{"no question", "1) 20EZ115N308C605F", "On Mon, 9 Mar 2026 at 10:12, RMA <rma@desk.example> wrote:\n> Thank you.\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := &Message{Text: c.text + "\n\n" + c.asked, Subject: "Re: RMA"}
			var got []string
			for _, a := range newReading(cat, m, newText(m), desk).numberedAnswers() {
				got = append(got, fmt.Sprintf("%s=%s", a.asked, a.text))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
		})
	}
}
