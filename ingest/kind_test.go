package ingest

import (
	"strings"
	"testing"
)

// TestAutomaticText: automatic replies that only their text gives away, and
// persons who write something like it.
func TestAutomaticText(t *testing.T) {
	for text, want := range map[string]bool{
		"Thank you for your message. I am out of the office until Monday. In urgent cases call Bob.":                                 true,
		"This is an automated reply. We will come back to you.":                                                                      true,
		"Your request has been received and a ticket has been created. Please do not reply to this mail.":                            true,
		"We have received your request. Our team will answer within two days. Ticket number: 4711":                                   true,
		"Ich bin vom 10. bis 20. März nicht im Büro. Ihre E-Mail wird nicht weitergeleitet.":                                         true,
		"Vielen Dank für Ihre Anfrage. Wir werden sie schnellstmöglich bearbeiten. Ihre Ticket-Nummer: 4711":                         true,
		"Je suis absent jusqu'au 20 mars. En cas d'urgence, vous pouvez contacter Bob.":                                              true,
		"Nous avons bien reçu votre demande et y répondrons dans les meilleurs délais.":                                              true,
		"Ik ben momenteel met vakantie. Voor dringende vragen kunt u Bob bellen.":                                                    true,
		"Wij hebben uw bericht goed ontvangen. Gelieve niet te antwoorden op deze mail.":                                             true,
		"Sono assente fino al 20 marzo. In caso di urgenza contattare il collega Bob.":                                               true,
		"Questa è una risposta automatica.":                                                                                          true,
		"This account is protected by a filter. Please click on the following link to have your address added: http://x.example/abc": true,

		"I am out of the office until Monday, please send the label after that.":                         false,
		"We have received the device, thank you. It works again.":                                        false,
		"I received your message. The serial is 4711, please do not wait for the other one.":             false,
		"Please do not reply to my colleague, he has left. My phone is dead.":                            false,
		"Ich bin bis Freitag nicht im Büro, danach können Sie die Geräte abholen.":                       false,
		"Nous avons bien reçu le colis. Le téléphone ne fonctionne toujours pas.":                        false,
		"Ik ben tot vrijdag afwezig, stuur het label dus maar naar Bob.":                                 false,
		"Abbiamo ricevuto il telefono ma non si accende.":                                                false,
		"The phone shows \"automatic reply\" on its display and hangs. Can I return it?":                 false,
		"Click on the following link: http://photos.example/1, there you see the broken display.":        false,
		"Your message said the case is open. When will I get the replacement? I need it in urgent need.": false,
	} {
		m := parseText("From: ada@customer.example\nTo: rma@desk.example\nSubject: Re: RMA\nMessage-ID: <1@customer.example>\n\n" + text + "\n")
		if kind, why := machine(m, desk); (kind == AutoReply) != want {
			t.Errorf("%q: %q (%s)", text, kind, why)
		}
	}
}

// TestBounceForms: what servers without RFC 3464 write, and whom it is about.
func TestBounceForms(t *testing.T) {
	const from = "From: Mail Delivery System <mailer-daemon@mx.customer.example>\nTo: rma@desk.example\n"
	for name, c := range map[string]struct{ mail, recipient, status, original string }{
		"Postfix":       {from + "Subject: Undelivered Mail Returned to Sender\n\nThis is the mail system at host mx.customer.example.\n\n<ada@customer.example>: host mx said: 550 5.1.1\n    User unknown (in reply to RCPT TO command)\n", "ada@customer.example", "5.1.1", ""},
		"Exim":          {from + "X-Failed-Recipients: ada@customer.example\nSubject: Mail delivery failed: returning message to sender\n\nA message that you sent could not be delivered.\n\n  ada@customer.example\n    Unrouteable address\n\n------ This is a copy of the message ------\n\nMessage-ID: <rma-1@desk.example>\n", "ada@customer.example", "", "rma-1@desk.example"},
		"Exchange 2003": {"From: System Administrator <postmaster@customer.example>\nTo: rma@desk.example\nSubject: Undeliverable: Your return\n\nYour message\n\n  To: Ada\n  Subject: Your return\n\ndid not reach the following recipient(s):\n\nada@customer.example on Tue, 10 Mar 2026 09:00\n    The e-mail account does not exist. <#5.1.1>\n", "ada@customer.example", "5.1.1", ""},
		"Italian":       {from + "Subject: Mancata consegna\n\nIl suo messaggio non è stato recapitato a ada@customer.example\n", "ada@customer.example", "", ""},
		"no daemon":     {"From: gateway@customer.example\nTo: rma@desk.example\nSubject: Your return\n\nVotre message n'a pas pu être remis à\nada@customer.example\n", "ada@customer.example", "", ""},
		"header only": {from + "Subject: Delivery Status Notification (Failure)\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nFailed.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ada@customer.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 no\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <rma-2@desk.example>\nTo: ada@customer.example\n--b--\n",
			"ada@customer.example", "5.7.1", "rma-2@desk.example"},
		"refused by rule": {"From: postmaster@customer.example\nTo: rma@desk.example\nSubject: Rejected\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nNo.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ada@customer.example\nOriginal-Message-ID: <rma-3@desk.example>\nDisposition: automatic-action/MDN-sent-automatically; deleted\n--b--\n",
			"ada@customer.example", "", "rma-3@desk.example"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parseText(c.mail)
			if kind, why := machine(m, desk); kind != Bounce {
				t.Fatalf("kind %q (%s)", kind, why)
			}
			r := m.Report
			if r.Recipient != c.recipient || r.Status != c.status || r.OriginalID != c.original {
				t.Errorf("got %+v", r)
			}
		})
	}
}

// TestAllFailed: a report about several recipients names them all.
func TestAllFailed(t *testing.T) {
	m := parseText("From: mailer-daemon@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nx\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; bob@x.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; ada@x.example\nAction: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; eve@x.example\nAction: failed\nStatus: 5.2.2\n--b--\n")
	if r := m.Report; r == nil || r.Recipient != "ada@x.example" || len(r.Failed) != 2 || r.Failed[1] != "eve@x.example" {
		t.Errorf("got %+v", m.Report)
	}
}

// TestKindsByShape: mails of which the header says as much as the text: receipts
// of ticket systems, posts on lists, questions after a return that goes on.
func TestKindsByShape(t *testing.T) {
	const from = "From: Kim Berg <kim@customer.example>\nTo: rma@desk.example\nMessage-ID: <1@customer.example>\n"
	const ours = "In-Reply-To: <rma-1@desk.example>\n"
	const list = "From: Ada via voip-talk <voip-talk@lists.club.example>\nTo: rma@desk.example\nList-Id: <voip-talk.lists.club.example>\nList-Post: <mailto:voip-talk@lists.club.example>\nPrecedence: list\n"
	const tagged = "From: Ada <ada@home.example>\nTo: voip-talk@lists.club.example\nList-Id: VoIP people <voip-talk.lists.club.example>\nList-Post: <mailto:voip-talk@lists.club.example>\nPrecedence: list\nSubject: [voip-talk] "
	const group = "From: Ada <ada@customer.example>\nTo: rma@desk.example\nList-Id: <support.customer.example>\n"
	const program = "Auto-Submitted: auto-generated\n"
	for mail, want := range map[string]Kind{
		from + ours + program + "Subject: Re: your return [KB-5519]\n\nDear user, your request has been registered as KB-5519. You will get an answer within 8 working hours.":                AutoReply,
		from + ours + program + "Subject: Re: Ihre Rücksendung [KB-5519]\n\nGuten Tag, Ihre Anfrage ist unter KB-5519 erfasst. Sie erhalten innerhalb von 8 Stunden Antwort.":                 AutoReply,
		from + ours + program + "Subject: Re: votre retour [KB-5519]\n\nBonjour, votre demande a bien été enregistrée sous le numéro KB-5519. Réponse sous 8 heures.":                         AutoReply,
		from + ours + program + "Subject: Re: uw retour [KB-5519]\n\nBeste, uw melding is geregistreerd onder nummer KB-5519. U krijgt antwoord binnen 8 werkuren.":                           AutoReply,
		from + program + "Subject: Stock report\n\nWeekly report of stock. 12 items.":                                                                                                         News,
		"From: noreply@maker.example\nTo: rma@desk.example\n" + program + "Subject: Re: ticket 4711\n\nYour request has been received.":                                                       News,
		list + "Subject: Re: HT818 hums\n\nTwo of my HT818 died within a month, serial 20EZ115N308C605F. Sent them back to the dealer, no trouble.":                                           News,
		tagged + "HT818 brummt\n\nBei mir sind auch zwei HT818 kaputt, Seriennummer 20EZ115N308C605F. Hab sie eingeschickt.":                                                                  News,
		group + "Subject: GXP2170 dead\n\nOur GXP2170 does not boot any more, serial 20EZ115N308C605F. Please send an RMA number.":                                                            Request,
		from + ours + "Subject: FW: RE: [#KB5519] case\n\nI come back to this case as I had no answer to my mail of Thursday. Is the phone repaired, replaced, lost?":                         Reply,
		from + ours + "Subject: WG: AW: [KB5519] Vorgang\n\nIch komme auf den Vorgang zurück, auf meine Mail vom Donnerstag kam keine Antwort. Ist das Gerät repariert, getauscht, verloren?": Reply,
		from + "In-Reply-To: <2@enduser.example>\nSubject: FW: phone broken\n\nSee below, the GXP2170 does not boot, serial 20EZ115N308C605F.":                                                Request,
		from + "Subject: our return\n\nHello, you have had our phone since January and we have heard nothing. Is it repaired or replaced?":                                                    Reply,
		from + "Subject: unser Gerät\n\nHallo, wir haben Ihnen das Telefon im Januar eingeschickt und seitdem nichts gehört. Ist es repariert oder getauscht?":                                Reply,
		from + "Subject: notre appareil\n\nBonjour, je reviens vers vous, toujours pas de réponse à propos du téléphone renvoyé en janvier. Est-il réparé ?":                                  Reply,
		from + "Subject: ons toestel\n\nDag, wij hebben het toestel in januari opgestuurd en nog niets gehoord. Is het hersteld of vervangen?":                                                Reply,
		from + "Subject: il nostro telefono\n\nBuongiorno, vi abbiamo spedito il telefono a gennaio e non abbiamo notizie. È stato riparato o sostituito?":                                    Reply,
	} {
		f := Extract(catalogue(t), parseText(mail+"\n"), Desk{Addresses: []string{"rma@desk.example"}})
		if f.Kind != want {
			_, text, _ := strings.Cut(mail, "Subject: ")
			t.Errorf("%q\n got %q (%s), want %q", text, f.Kind, f.KindWhy, want)
		}
	}
}
