package ingest

import (
	"strings"
	"testing"
)

func read(cat *Catalogue, subject, body string) Facts {
	raw := mailWith("Subject: "+subject+"\r\nContent-Type: text/plain; charset=utf-8\r\n", strings.ReplaceAll(body, "\n", "\r\n"))
	return Extract(cat, Parse(raw, DefaultLimits()), desk)
}

// TestModelsToReturn: of a wrong order and a wrong delivery only what goes back
// is a unit, not what was ordered or is wanted instead.
func TestModelsToReturn(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ body, reason, models string }{
		{"We ordered two Yealink T46U but received two T43U.", "delivery_error", "T43U T43U"},
		{"We ordered a Yealink T46U, got a T43U. The box is unopened.", "delivery_error", "T43U"},
		{"You delivered the wrong phones: Yealink T43U. We had ordered the T46U.", "delivery_error", "T43U"},
		{"Instead of the Yealink T46U you sent us a T43U, please swap it.", "delivery_error", "T43U"},
		{"Wrong delivery.\nOrdered: 2x Yealink T46U\nReceived: 2x Yealink T43U", "delivery_error", "T43U T43U"},
		{"Wrong items received: one Yealink T43U and one T31G. Please send us the correct T46U.", "delivery_error", "T43U T31G"},
		{"We ordered the wrong model, a Yealink T43U, we need the T46U.", "order_error", "T43U"},
		{"By mistake we ordered the wrong phone: a Yealink T43U; it should have been a T46U.", "order_error", "T43U"},
		{"I ordered the wrong item. Can I exchange the Yealink T43U for a T46U?", "order_error", "T43U"},
		{"Yealink T43U ordered by mistake. We need to return it.", "order_error", "T43U"},
		{"We ordered the wrong phone and need to return the Yealink T43U.", "order_error", "T43U"},
		{"Nous avons commandé par erreur un Yealink T43U alors\nqu'il nous fallait un T46U.", "order_error", "T43U"},
		{"Erreur de commande : nous aurions dû commander des Yealink T46U et non des T43U.", "order_error", "T43U"},
		{"Nous avions commandé trois Yealink T46U et nous avons\nreçu trois T43U.", "delivery_error", "T43U T43U T43U"},
		{"Erreur de livraison : un Yealink T43U livré à la place d'un T46U.", "delivery_error", "T43U"},
		{"Verkeerde levering: twee\nYealink T46U besteld (order 4711), maar er zitten twee T43U in de doos.", "delivery_error", "T43U T43U"},
		{"We kregen een Yealink T43U geleverd in plaats van een T46U.", "delivery_error", "T43U"},
		{"Verkeerd besteld: een Yealink T43U, we hebben een T46U nodig.", "order_error", "T43U"},
		{"Falsch bestellt: Wir haben ein Yealink T43U bestellt, brauchen aber ein T46U.", "order_error", "T43U"},
		{"Wir haben versehentlich zwei Yealink T43U statt\nzwei T46U bestellt.", "order_error", "T43U T43U"},
		{"Falschlieferung: statt des bestellten Yealink T46U haben wir ein T43U bekommen.", "delivery_error", "T43U"},
		{"Falsch geliefert: bestellt waren Yealink T46U, gekommen sind T43U.", "delivery_error", "T43U"},
		{"Falsch bestellt, das Yealink T43U würden wir gern gegen ein T46U tauschen.", "order_error", "T43U"},
		{"Falsch bestellt: Wir möchten das Yealink T43U zurückgeben.", "order_error", "T43U"},
		{"Per un nostro errore abbiamo ordinato un Yealink T43U al posto di un\nT46U.", "order_error", "T43U"},
		{"Consegna errata: ordinati due Yealink T46U, arrivati due T43U.", "delivery_error", "T43U T43U"},
		{"Abbiamo ricevuto un Yealink T43U invece di un T46U.", "delivery_error", "T43U"},
		{"Ordinato per errore un Yealink T43U, ci serviva un T46U.", "order_error", "T43U"},
		{"Commandé par erreur.\nModèle : Yealink SIP-T43U\nNous voulions un T46U.", "order_error", "SIP-T43U"},
		{"Instead of the Yealink T46U and the T48U we received T43U.", "delivery_error", "T43U"},
		{"Ik heb een verkeerde levering ontvangen. Besteld was: Yealink T46U. Ontvangen: Yealink T43U.", "delivery_error", "T43U"},
		{"Nous avons reçu un T43U alors que la commande portait sur un Yealink T46U.", "delivery_error", "T43U"},
		{"È arrivato un T43U ma avevamo ordinato un Yealink T46U.", "delivery_error", "T43U"},
		{"Twelve phones too many: we ordered the wrong dozen. Return of eleven Yealink T43U.", "order_error", strings.TrimSpace(strings.Repeat("T43U ", 11))},
		// Who has a broken unit orders and needs in other senses.
		{"The Yealink T43U we ordered in May does not boot. We need the T43U urgently.", "defective", "T43U"},
		{"We need an RMA for a Yealink T43U, it is dead.", "defective", "T43U"},
		{"Les trois Yealink T43U commandés en mars ne démarrent plus.", "defective", "T43U T43U T43U"},
	} {
		f := read(cat, "return", c.body)
		var models []string
		for _, u := range f.Units {
			models = append(models, u.Model)
		}
		if got := strings.Join(models, " "); got != c.models || f.Reason != c.reason {
			t.Errorf("%q: got %s of %q, want %s of %q", c.body, got, f.Reason, c.models, c.reason)
		}
	}
}

// TestWantedIsNoSerialsModel: the number belongs to what came.
func TestWantedIsNoSerialsModel(t *testing.T) {
	const body = "Wrong delivery: we received a Snom D735 instead of a Snom D785.\nS/N CHNLB22061800415"
	if got, want := unitsOf(catalogue(t), "return", strings.ReplaceAll(body, "\n", "\r\n")), "snom|D735|CHNLB22061800415|"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestFaults: what installers write of faults, and what sounds like one.
func TestFaults(t *testing.T) {
	for reason, texts := range map[string][]string{
		"defective": {
			"It loses its registration every hour.", "The phone keeps restarting.", "It crashes during calls.", "Stuck at the logo.", "It goes offline after ten minutes.",
			"The screen stays black.", "There is a loud hissing on the line: buzz, hiss.", "It shuts down by itself.", "The battery won't charge.", "One-way audio only.",
			"Die Basis verliert ständig die Verbindung.", "Das Gerät stürzt mehrmals am Tag ab.", "Es geht nach zehn Minuten einfach aus.", "Bleibt beim Booten hängen.", "Kein Ton im Hörer.",
			"Der Hörer rauscht.", "Das Display flackert.", "Meldet sich dauernd ab, meldet sich nicht mehr an.", "Friert ein.", "Der Switch hat keinen Link, keine Verbindung.", "Startet immer wieder neu.",
			"Geht garnicht mehr an.", "Wird sehr heiß.", "Verliert mehrmals am Tag alle Mobilteile.",
			"La borne perd sans arrêt la connexion.", "Le poste se fige.", "Il plante tous les jours.", "Écran noir.", "Le combiné est muet.", "Aucun voyant ne s'allume.", "Redémarre en boucle.", "Coupures de son.",
			"Het basisstation valt elk uur uit.", "Het toestel loopt steeds vast.", "De handset verliest de verbinding.", "Het scherm blijft zwart.", "De lijn ruist.", "Gaat vanzelf uit.", "Wil niet meer opstarten.", "Geen geluid.",
			"La base perde la connessione.", "Si blocca ogni giorno.", "Non si registra al centralino.", "Nessun suono dalla cornetta.", "Il display è nero.", "Si riavvia da solo.", "Fruscio forte sulla linea.", "Si spegne dopo un minuto.",
		},
		"delivery_error": {
			"You sent us the wrong phones, the screen size is not what we need. They are not defective.", "Falsch geliefert, das Gerät ist nicht defekt.", "Erreur de livraison : le poste n'est pas en panne.",
			"Verkeerd geleverd, het toestel is niet defect.", "Consegna errata, il telefono non è guasto.", "Wir hatten ein schwarzes Gerät bestellt und ein weißes erhalten.",
		},
		"order_error": {
			"Falsch bestellt, die Geräte sind nicht kaputt.", "Per nostro errore abbiamo ordinato il modello nero.", "Wir hätten das größere Modell bestellen sollen.", "We ordered the black one instead of the white one.",
		},
		"": {
			"Wir gehen davon aus, dass die Sendung unterwegs ist.", "De klant gaat ervan uit dat het pakket onderweg is.", "Scusate il disturbo, quando arriva il corriere?",
			"Nous le renvoyons sans son carton.", "The units are not faulty.", "Die Geräte sind nicht defekt.", "Il n'est pas en panne.", "Het toestel is niet kapot.", "Non è guasto.",
			"We ship with the carrier that you name.", "Il profumo del caffè.",
		},
	} {
		for _, text := range texts {
			if got := reasonOf(text); got != reason {
				t.Errorf("%q: got %q, want %q", text, got, reason)
			}
		}
	}
}

// TestTicketOwner: whose ticket a number is.
func TestTicketOwner(t *testing.T) {
	cat := catalogue(t)
	for text, want := range map[string]string{
		"Support-Ticket 4711":                                                               "ours 4711",
		"Support-Ticket bei Ihnen: 60912":                                                   "ours 60912",
		"Euer Support kennt den Fall, Support-Ticket 61033.":                                "ours 61033",
		"Ihr Ticket 60912 dazu":                                                             "ours 60912",
		"Ticket de votre support : 60177":                                                   "ours 60177",
		"Votre support a confirmé la panne, ticket support n° 61904.":                       "ours 61904",
		"vostro ticket di assistenza n. 60338":                                              "ours 60338",
		"Il vostro supporto tecnico ha confermato il guasto: ticket supporto\n60338":        "ours 60338",
		"uw supportticket 59044":                                                            "ours 59044",
		"Jullie support heeft het bevestigd, supportticket 59044.":                          "ours 59044",
		"Your support has looked at the Yealink T46S with us, support ticket number 58231.": "ours 58231",
		"Snom D735, support ticket no. 58231":                                               "ours 58231",
		"Snom D735 defekt\nRechnung: RE-2026-20871\nSupport-Ticket: 60912":                  "ours 60912",
		"Yealink support ticket 530705":                                                     "vendor 530705",
		"Support-Ticket bei Yealink: 530705":                                                "vendor 530705",
		"Your support asked us to open a Yealink ticket: 530705":                            "vendor 530705",
		"ticket chez Snom n° 88123":                                                         "vendor 88123",
		"Grandstream support confirmed the fault, helpdesk ticket number 20261029104512.":   "vendor 20261029104512",
		"Il guasto è stato confermato dal supporto Snom,\nticket n. 88123.":                 "vendor 88123",
		"Our internal support ticket is 4711.":                                              "",
		"unser internes Support-Ticket 4711":                                                "",
		"Ticket 60991 was opened with your helpdesk for the Snom D785 CHNLB22061800415.":    "ours 60991",
		"our ticket 4711":                      "",
		"Support-Ticket:\nRechnung: 2026-4711": "",
	} {
		r := read(cat, "x", text).References
		got := ""
		if len(r.SupportTicket) > 0 {
			got += "ours " + strings.Join(r.SupportTicket, ",")
		}
		if len(r.VendorTicket) > 0 {
			got += "vendor " + strings.Join(r.VendorTicket, ",")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestNumbersWithPrefix: the letters that begin a number are no label of it.
func TestNumbersWithPrefix(t *testing.T) {
	cat := catalogue(t)
	for text, want := range map[string]string{
		"purchase order PO-77120":               "order PO-77120",
		"see PO-77120":                          "order PO-77120",
		"PO 77120":                              "order 77120",
		"Lieferschein LS-118834":                "note LS-118834",
		"Rechnung\nRE-2026-01544 vom 22.1.2026": "invoice RE-2026-01544",
		"siehe Rechnung\nCHNLB22061800415":      "",
	} {
		r := read(cat, "x", text).References
		var got []string
		for what, values := range map[string][]string{"order": r.Order, "invoice": r.Invoice, "note": r.DeliveryNote} {
			if len(values) > 0 {
				got = append(got, what+" "+strings.Join(values, ","))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q: got %v, want %s", text, got, want)
		}
	}
}

// TestMakerOfSerial: a form that fits many makers' serials tells nothing beside
// the name of a maker whose serials have no known form.
func TestMakerOfSerial(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ name, body, want string }{
		{"named maker", "Un gateway VoiSmart non parte. Matricola VSG24070052", "voismart||VSG24070052|"},
		{"named maker, no label", "Gateway VoiSmart guasto: VSG24070052", "voismart||VSG24070052|"},
		{"the form's maker named too", "Cisco phone behind a VoiSmart PBX is dead, S/N DNI210803Z9", "cisco||DNI210803Z9|"},
		{"nobody named", "telefono guasto, matricola DNI210803Z9", "cisco||DNI210803Z9|"},
		{"a model of the form's maker", "The SPA504G behind the VoiSmart PBX is dead, S/N DNI210803Z9", "cisco|SPA504G|DNI210803Z9|"},
		{"a form that begins with fixed characters", "Phone behind the VoiSmart PBX dead, S/N 20EZ115N308C605F", "grandstream||20EZ115N308C605F|"},
		{"a named maker with forms of his own", "Dead Yealink and this one, S/N DNI210803Z9", "cisco||DNI210803Z9|"},
	} {
		if got := unitsOf(cat, "guasto", c.body); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestStanding: a bare question how a return stands is news for a case, and no
// return; a return that also asks something stays one.
func TestStanding(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct {
		body     string
		kind     Kind
		question bool
	}{
		{"Could you tell me how our return stands? The parcel left us two weeks ago.", Reply, true},
		{"Any news on our RMA?", Reply, true},
		{"Gibt es schon etwas Neues zu unserer Rücksendung? Gibt es Neuigkeiten?", Reply, true},
		{"Wie ist der Stand unserer Reparatur?", Reply, true},
		{"Où en est notre retour ?", Reply, true},
		{"Wat is de stand van zaken van onze retour?", Reply, true},
		{"A che punto è il nostro reso?", Reply, true},
		{"Any news on the two Snom D735 that we returned?", Reply, true},
		{"Ich warte immer noch auf das Austauschgerät, das defekte Telefon haben Sie seit drei Wochen.", Reply, true},
		{"Our Snom D735 is dead, S/N CHNLB22061800415. Any news when we can get a replacement?", Request, false},
		{"The phone is dead. Please send us an RMA number. How long does it take?", Request, false},
		{"What is the status of your price list, are T46S in stock?", Other, false},
		{"Any news from the trade fair?", Other, false},
	} {
		if f := read(cat, "hello", c.body); f.Kind != c.kind || f.Question != c.question {
			t.Errorf("%q: got %s (%s), question %v; want %s, %v", c.body, f.Kind, f.KindWhy, f.Question, c.kind, c.question)
		}
	}
}
