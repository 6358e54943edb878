package ingest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// mailWith is a customer's plain mail with more header fields.
func mailWith(fields, body string) []byte {
	return []byte("From: Ada <ada@customer.example>\r\nTo: rma@desk.example\r\n" + fields + "\r\n" + body)
}

const request = "Our Snom D735 is broken, serial number CHNLB22061800415.\r\n"

// TestKindByHeader holds RFC 3834 and the habits of real servers, a row each.
func TestKindByHeader(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct {
		name, fields string
		kind         Kind
		answer       bool
	}{
		{"a person", "Subject: broken phone\r\n", Request, true},
		{"auto-replied", "Auto-Submitted: auto-replied\r\n", AutoReply, false},
		{"case and comment", "Auto-Submitted: (away) Auto-Replied (vacation)\r\n", AutoReply, false},
		{"parameter", "Auto-Submitted: auto-replied; owner-email=\"x@y.example\"\r\n", AutoReply, false},
		{"encoded", "Auto-Submitted: =?utf-8?q?auto-replied?=\r\n", AutoReply, false},
		{"auto-generated", "Auto-Submitted: auto-generated\r\n", News, false},
		{"auto-notified", "Auto-Submitted: auto-notified\r\n", News, false},
		{"explicit no", "Auto-Submitted: NO\r\n", Request, true},
		{"no with comment", "Auto-Submitted: no (I am a person)\r\n", Request, true},
		{"null return path", "Return-Path: <>\r\n", AutoReply, false},
		{"return path", "Return-Path: <ada@customer.example>\r\n", Request, true},
		{"X-Autoreply", "X-Autoreply: yes\r\n", AutoReply, false},
		{"X-Autoreply: no", "X-Autoreply: no\r\n", Request, true},
		{"X-Autorespond", "X-Autorespond: Re: your mail\r\n", AutoReply, false},
		{"Precedence auto_reply", "Precedence: auto_reply\r\n", AutoReply, false},
		{"Precedence bulk by a person", "Precedence: Bulk\r\n", Request, false},
		{"Precedence first-class", "Precedence: first-class\r\n", Request, true},
		{"suppress all is no proof", "X-Auto-Response-Suppress: All\r\n", Request, false},
		{"suppress DR only", "X-Auto-Response-Suppress: DR, RN\r\n", Request, true},
		{"list with a unit", "List-Id: <helpdesk.customer.example>\r\n", Request, false},
		{"a unit outweighs the list", "List-Id: <news.shop.example>\r\nList-Unsubscribe: <mailto:u@shop.example>\r\n", Request, false},
		{"our own group", "List-Id: <rma.desk.example>\r\nPrecedence: list\r\n", Request, true},
		{"new return in an old thread", "Subject: Re: your price list\r\nIn-Reply-To: <a@sales.example>\r\n", Request, true},
		{"answer in our thread", "Subject: Re: your return\r\nIn-Reply-To: <a@desk.example>\r\n", Reply, true},
		{"X-Loop", "X-Loop: ada@customer.example\r\n", Request, false},
		{"spam", "X-Spam-Flag: YES\r\n", Other, false},
		{"subject en", "Subject: Out of Office: Your RMA\r\n", AutoReply, false},
		{"subject en at zero", "Subject: Autoreply\r\n", AutoReply, false},
		{"subject de", "Subject: Abwesenheitsnotiz: RMA\r\n", AutoReply, false},
		{"subject fr", "Subject: =?utf-8?q?R=C3=A9ponse_automatique_:?= RMA\r\n", AutoReply, false},
		{"subject nl", "Subject: Automatisch antwoord: Re: RMA\r\n", AutoReply, false},
		{"answer to an automatic reply", "Subject: Re: Automatisch antwoord: RMA\r\n", Request, true},
		{"subject it", "Subject: Risposta automatica: RMA\r\n", AutoReply, false},
		{"read receipt", "Content-Type: multipart/report; report-type=disposition-notification; boundary=x\r\n", AutoReply, false},
		{"feedback report", "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n", News, false},
		{"PEC receipt", "X-Ricevuta: accettazione\r\n", News, false},
		{"PEC failure", "X-Ricevuta: errore-consegna\r\n", Bounce, false},
		{"PEC receipt by its title", "Subject: CONSEGNA: reso\r\nContent-Type: application/xml; name=daticert.xml\r\n", News, false},
		{"PEC failure by its title", "Subject: AVVISO DI MANCATA CONSEGNA: reso\r\nContent-Type: application/xml; name=daticert.xml\r\n", Bounce, false},
		{"a delivery announced by a person", "Subject: Consegna: reso guasto\r\n", Request, true},
		{"answers go to the desk", "Reply-To: RMA <rma@desk.example>\r\n", Request, false},
		{"answers go to nobody", "Reply-To: no-reply@customer.example\r\n", Request, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Extract(cat, Parse(mailWith(c.fields, request), DefaultLimits()), desk)
			if f.Kind != c.kind || f.MayAnswer != c.answer {
				t.Errorf("kind %s (%s), may answer %v (%s); want %s, %v", f.Kind, f.KindWhy, f.MayAnswer, f.NoAnswerWhy, c.kind, c.answer)
			}
			if f.MayAnswer == (f.NoAnswerWhy != "") {
				t.Errorf("may answer %v, yet %q", f.MayAnswer, f.NoAnswerWhy)
			}
		})
	}
}

// TestKindBySender: who takes no answers gets none.
func TestKindBySender(t *testing.T) {
	cat := catalogue(t)
	for from, want := range map[string]struct {
		kind   Kind
		answer bool
	}{
		"From: ada@customer.example":                                              {Request, true},
		"From: noreply@customer.example":                                          {News, false},
		"From: Shop <no-reply@shop.example>\r\nReply-To: Ada <ada@home.example>":  {Request, true},
		"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail Returned":    {Bounce, false},
		"From: rma@desk.example":                                                  {OwnMail, false},
		"From: \"RMA\" <RMA@Desk.example>":                                        {OwnMail, false},
		"Subject: no sender at all":                                               {Request, false},
		"From: owner-list@lists.example":                                          {News, false},
		"From: bounces+ada=customer.example@sender.example\r\nReturn-Path: <a@b>": {News, false},
	} {
		f := Extract(cat, Parse([]byte(from+"\r\n\r\n"+request), DefaultLimits()), desk)
		if f.Kind != want.kind || f.MayAnswer != want.answer {
			t.Errorf("%q: kind %s (%s), may answer %v (%s); want %s, %v", from, f.Kind, f.KindWhy, f.MayAnswer, f.NoAnswerWhy, want.kind, want.answer)
		}
	}
}

func TestAuthenticate(t *testing.T) {
	const ours, theirs = "Authentication-Results: mx.desk.example; ", "Authentication-Results: mx.evil.example; "
	for _, c := range []struct {
		name, fields, server string
		want                 Auth
	}{
		{"dmarc pass", ours + "dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "pass", Aligned: true}},
		{"dmarc fail beats dkim", ours + "dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example\r\n", "mx.desk.example", Auth{DMARC: "fail", DKIM: "pass"}},
		{"aligned dkim", ours + "dkim=pass header.d=customer.example\r\n", "MX.desk.example", Auth{DKIM: "pass", Aligned: true}},
		{"another's dkim", ours + "dkim=pass header.d=mailer.example\r\n", "mx.desk.example", Auth{DKIM: "pass"}},
		{"aligned spf", ours + "spf=pass smtp.mailfrom=ada@customer.example\r\n", "mx.desk.example", Auth{SPF: "pass", Aligned: true}},
		{"spf of a subdomain only", ours + "spf=pass smtp.mailfrom=x.customer.example\r\n", "mx.desk.example", Auth{SPF: "pass"}},
		{"softfail", ours + "spf=softfail smtp.mailfrom=customer.example\r\n", "mx.desk.example", Auth{SPF: "fail"}},
		{"foreign header", theirs + "dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{}},
		{"forged below", ours + "dmarc=fail header.from=customer.example\r\n" + ours + "dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "fail"}},
		{"foreign above ours", theirs + "dmarc=fail header.from=customer.example\r\n" + ours + "dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "pass", Aligned: true}},
		{"nobody trusted", ours + "dmarc=pass header.from=customer.example\r\n", "", Auth{}},
		{"none at all", ours + "none\r\n", "mx.desk.example", Auth{}},
		{"version, blanks and comments", "Authentication-Results: \"mx.desk.example\" 1 (ours);\r\n dmarc/1 = pass (p=none; dis=none) header.from = customer.example; arc=none\r\n",
			"mx.desk.example", Auth{DMARC: "pass", Aligned: true}},
		{"a value that ends in =", ours + "dkim=pass header.b=Zm8= header.d=customer.example\r\n", "mx.desk.example", Auth{DKIM: "pass", Aligned: true}},
		{"arc proves nothing", ours + "arc=pass header.oldest-pass=0; dmarc=none header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "none"}},
		{"dmarc of another From", ours + "dmarc=pass header.from=mailer.example\r\n", "mx.desk.example", Auth{DMARC: "pass"}},
		{"two bodies to sign", ours + "dkim=pass header.d=customer.example; dkim=none header.d=mailer.example\r\n", "mx.desk.example", Auth{DKIM: "pass", Aligned: true}},

		// The sender chooses his address, and the server repeats it.
		{"verdict in a quoted address", ours + "spf=pass smtp.mailfrom=\"x; dkim=pass header.d=customer.example; y=z\"@evil.example; dmarc=none\r\n",
			"mx.desk.example", Auth{DMARC: "none", SPF: "pass"}},
		{"verdict behind an escaped quote", ours + "spf=pass smtp.mailfrom=\"x\\\"; dkim=pass header.d=customer.example; y=z\"@evil.example; dmarc=none\r\n",
			"mx.desk.example", Auth{DMARC: "none", SPF: "pass"}},
		{"verdict in a comment", ours + "spf=none (no record of x; dkim=pass header.d=customer.example ) smtp.mailfrom=x@evil.example\r\n", "mx.desk.example", Auth{SPF: "none"}},
		{"verdict in a comment in a comment", ours + "spf=none (a (b) \\) ; dkim=pass header.d=customer.example ) smtp.mailfrom=x@evil.example\r\n", "mx.desk.example", Auth{SPF: "none"}},
		{"verdict in an encoded word", ours + "spf=pass smtp.mailfrom= =?us-ascii?q?=3B_dkim=3Dpass_header.d=3Dcustomer.example_;?= ; dmarc=none\r\n",
			"mx.desk.example", Auth{DMARC: "none", SPF: "pass"}},
		{"verdict that the server contradicts", ours + "spf=pass (x) ; dmarc=pass header.from=customer.example (y) smtp.mailfrom=x@evil.example; dmarc=none header.from=customer.example\r\n",
			"mx.desk.example", Auth{DMARC: "none", SPF: "pass"}},
		{"pass and fail of one domain", ours + "dkim=pass header.d=customer.example; dkim=fail header.d=customer.example\r\n", "mx.desk.example", Auth{DKIM: "pass"}},
		{"a quote without end hides no failure", ours + "spf=none smtp.mailfrom=\"x@evil.example; dmarc=fail header.from=customer.example\r\n",
			"mx.desk.example", Auth{DMARC: "fail", SPF: "none"}},
		{"a comment without end proves nothing", ours + "spf=none (x; dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "pass", SPF: "none"}},
		{"a word that is no pair hides no failure", ours + "spf=none smtp.mailfrom=x;y@evil.example; dmarc=fail\r\n", "mx.desk.example", Auth{DMARC: "fail", SPF: "none"}},

		// A signature holds wherever the mail is sent on to.
		{"a second subject", ours + "dmarc=pass header.from=customer.example\r\nSubject: I accept\r\nSubject: Lunch\r\n", "mx.desk.example", Auth{DMARC: "pass"}},
		{"a second recipient field", "To: eve@evil.example\r\n" + ours + "dmarc=pass header.from=customer.example\r\n", "mx.desk.example", Auth{DMARC: "pass"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Authenticate(Parse(mailWith(c.fields, ""), DefaultLimits()), Desk{Addresses: []string{"rma@desk.example"}, AuthServ: c.server})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A customer's signed mail to somebody else proves nothing when that other one
// sends it on to the desk; a colleague may, and so may the customer's own server.
func TestReplayedMailProvesNothing(t *testing.T) {
	desk := Desk{Addresses: []string{"rma@desk.example", "returns@desk.example"}, Staff: []string{"house.example"}, AuthServ: "mx.desk.example"}
	const dmarc, dkim, spf = "dmarc=pass header.from=customer.example", "dkim=pass header.d=customer.example", "spf=pass smtp.mailfrom=customer.example"
	for name, c := range map[string]struct {
		to, verdict string
		want        bool
	}{
		"to the desk":                       {"To: rma@desk.example", dmarc, true},
		"to its alias, in copy":             {"To: ada@customer.example\r\nCc: Returns <Returns@Desk.example>", dkim, true},
		"to a colleague, who redirects it":  {"To: support@house.example", dkim, true},
		"to somebody else":                  {"To: eve@evil.example", dmarc, false},
		"to somebody else, by signature":    {"To: eve@evil.example", dkim, false},
		"to a neighbour of the desk":        {"To: eve@desk.example", dkim, false},
		"to nobody who is named":            {"To: undisclosed-recipients:;", dkim, false},
		"blind copy from his own server":    {"To: eve@evil.example", dmarc + "; " + spf, true},
		"from another's server, by dmarc":   {"To: eve@evil.example", dmarc + "; spf=pass smtp.mailfrom=evil.example", false},
		"the desk only as the name of Eve":  {"To: \"rma@desk.example\" <eve@evil.example>", dkim, false},
		"the desk only in a comment of Eve": {"To: eve@evil.example (rma@desk.example)", dkim, false},
	} {
		t.Run(name, func(t *testing.T) {
			raw := "Authentication-Results: mx.desk.example; " + c.verdict + "\r\nFrom: Ada <ada@customer.example>\r\n" + c.to + "\r\nSubject: yes\r\n\r\nWe accept.\r\n"
			m := Parse([]byte(raw), DefaultLimits())
			if got := Authenticate(m, desk).Aligned; got != c.want {
				t.Errorf("proven: %v, want %v", got, c.want)
			}
			if c.verdict == dkim && Signed(m, desk, []string{"customer.example"}).Aligned != c.want {
				t.Errorf("by the desk's own check: %v, want %v", !c.want, c.want)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for field, want := range map[string][]Address{
		`Ada Lovelace <Ada@Example.org>`:                {{"Ada Lovelace", "ada@example.org"}},
		`"Lovelace, Ada" <ada@example.org>, b@x.org`:    {{"Lovelace, Ada", "ada@example.org"}, {"", "b@x.org"}},
		`Lovelace, Ada <ada@example.org>`:               {{"Lovelace, Ada", "ada@example.org"}},
		`ada@example.org (Ada Lovelace)`:                {{"Ada Lovelace", "ada@example.org"}},
		`=?utf-8?Q?J=C3=B6rg?= <j@example.org>`:         {{"Jörg", "j@example.org"}},
		`team: a@x.org, "B" <b@x.org>;`:                 {{"", "a@x.org"}, {"B", "b@x.org"}},
		`<@relay.org:ada@example.org>`:                  {{"", "ada@example.org"}},
		`undisclosed-recipients:;`:                      nil,
		`"broken <ada@example.org>`:                     {{`broken`, "ada@example.org"}},
		`=?utf-8?q?ada=40example=2Eorg?=`:               {{"", "ada@example.org"}},
		``:                                              nil,
		`Ada <ada@example.org`:                          {{"Ada", "ada@example.org"}},
		`'Ada' <mailto:ada@example.org>`:                {{"Ada", "ada@example.org"}},
		`"a@b.org via Desk" <list@example.org>, , <> ;`: {{"a@b.org via Desk", "list@example.org"}},
	} {
		if diff := cmp.Diff(want, addresses([]string{field})); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
	}
}

func TestDecodeWords(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                                  "plain",
		"=?utf-8?Q?caf=C3=A9?= bar":              "café bar",
		"=?utf-8?Q?a?= =?utf-8?Q?b?=":            "ab",
		"=?utf-8?Q?=C3?= =?UTF-8?Q?=A9?=":        "é", // one character in two words
		"=?iso-8859-1?Q?prix_12_=80?=":           "prix 12 €",
		"=?utf-8?B?w6k?=":                        "é", // no padding
		"=?utf-8?Q?with space?= x":               "with space x",
		"=?utf-8*fr?Q?=C3=A9t=C3=A9?=":           "été",
		"=?nonsense?Q?=E9?=":                     "é",
		"=?utf-8?X?zz?=":                         "=?utf-8?X?zz?=",
		"=?utf-8?Q?open":                         "=?utf-8?Q?open",
		"a =?utf-8?B?w6k=?=, =?utf-8?B?w6k=?= b": "a é, é b",
	} {
		if got := decodeWords(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestParams(t *testing.T) {
	for in, want := range map[string]map[string]string{
		`text/plain; charset=utf-8`:                                {"charset": "utf-8"},
		`a/b; name="x; y.pdf"; NAME=second`:                        {"name": "x; y.pdf"},
		`a/b; filename*=utf-8''caf%C3%A9.pdf`:                      {"filename": "café.pdf"},
		`a/b; filename*0="long "; filename*1="name.pdf"`:           {"filename": "long name.pdf"},
		`a/b; filename*0*=iso-8859-1'fr'%e9t; filename*1*=%e9.txt`: {"filename": "été.txt"},
		`a/b; filename*1=b.txt; filename*0=a`:                      {"filename": "ab.txt"},
		`a/b; filename="C:\dir\x.txt"`:                             {"filename": `C:\dir\x.txt`},
		`a/b; filename=two words.txt`:                              {"filename": "two words.txt"},
		`a/b; filename*=utf-8''50%25 %zz`:                          {"filename": "50%25 %zz"},
		`a/b;;; =x; y`:                                             {},
	} {
		if _, got := parseParams(in); !cmp.Equal(got, want) {
			t.Errorf("%s: %s", in, cmp.Diff(want, got))
		}
	}
}

func TestDate(t *testing.T) {
	want := time.Date(2026, 3, 10, 9, 15, 0, 0, time.UTC)
	for _, in := range []string{
		"Tue, 10 Mar 2026 10:15:00 +0100", "10 Mar 2026 09:15:00 GMT", "Tue, 10 Mar 2026 09:15 +0000", "Tue, 10 Mar 26 10:15:00 +0100 (CET)",
		"Tue, 10 Mar 2026 10:15:00 GMT+0100", "2026-03-10T10:15:00+01:00", "Tue Mar 10 09:15:00 2026", "10.03.2026 09:15:00",
	} {
		if got := parseDate(in); !got.Equal(want) {
			t.Errorf("%q: got %v", in, got)
		}
	}
	for _, in := range []string{"", "yesterday", "Tue, 99 Mar 2026 10:15:00 +0100"} {
		if got := parseDate(in); !got.IsZero() {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

// TestNoFalseSerial: what looks like a serial and is none.
func TestNoFalseSerial(t *testing.T) {
	cat := catalogue(t)
	for _, line := range []string{
		"EAN 4006381333931", "P/N 9620010915B", "IBAN DE02 1203 0000 0000 2020 51", "USt-IdNr. DE136695976", "TVA FR40303265045",
		"Tracking 1Z999AA10123456784", "firmware 1.0.11.64", "IMEI 490154203237518", "order 4500012377", "Tel +49 2871 912 912",
		"FCC ID SWX-U6PRO", "date 18.11.2025", "invoice INV-2025-000123", "https://shop.example/p/20EZ115N308C605F?x=1", "841885104823",
	} {
		f := Extract(cat, Parse(mailWith("Subject: broken\r\n", "Our Grandstream GXP2170 is broken.\r\n"+line+"\r\n"), DefaultLimits()), desk)
		for _, u := range f.Units {
			if u.Serial != "" || u.MAC != "" {
				t.Errorf("%q: took %q %q for a number of the unit", line, u.Serial, u.MAC)
			}
		}
	}
}

// TestQuoteAnswer: an acceptance is one only beyond doubt.
func TestQuoteAnswer(t *testing.T) {
	cat := catalogue(t)
	for text, want := range map[string]string{
		"We accept the quote, please go ahead.":                                    "accept_quote",
		"Wir nehmen das Angebot an.":                                               "accept_quote",
		"Nous acceptons le devis.":                                                 "accept_quote",
		"Wij gaan akkoord met de prijsopgave.":                                     "accept_quote",
		"Accettiamo il preventivo, procedete pure.":                                "accept_quote",
		"We do not accept the quote.":                                              "decline_quote",
		"Bitte nicht reparieren, das lohnt sich nicht.":                            "decline_quote",
		"Nous refusons le devis.":                                                  "decline_quote",
		"Niet akkoord met de offerte.":                                             "decline_quote",
		"Non accettiamo il preventivo.":                                            "decline_quote",
		"We accept the quote if you can do it by Friday.":                          "",
		"Wir nehmen das Angebot an, aber nur ohne Versandkosten.":                  "",
		"Nous acceptons le devis, mais le prix nous semble élevé.":                 "",
		"We gaan akkoord met de offerte mits de garantie geldt.":                   "",
		"Accettiamo il preventivo se la spedizione è compresa.":                    "",
		"Do you want us to accept the quote?":                                      "",
		"ok thanks":                                                                "",
		"Pos. 1 bitte reparieren, Pos. 2 bitte verschrotten (Angebot).":            "",
		"Please repair line one of the quote, we decline line two.":                "",
		"We accept the quote. Which address do we send the old unit to?":           "accept_quote",
		"We accept the quote. Does the price include the shipping?":                "",
		"We accept the quote. Could you put PO 7781 on the invoice?":               "accept_quote",
		"We accept the quote. When will it be ready?":                              "accept_quote",
		"We accept the quote. Would the invoice be lower if you skip the display?": "",
		"We accept the quote. Can you do it cheaper?":                              "",
		"Could you deliver by Friday? Then we accept the quote.":                   "accept_quote",
		"Can you repair it first and invoice later?":                               "",
		"Do we accept the quote before the delivery?":                              "",
	} {
		raw := mailWith("Subject: Re: quote\r\nIn-Reply-To: <x@desk.example>\r\nContent-Type: text/plain; charset=utf-8\r\n",
			text+"\r\n\r\nOn Mon, 9 Mar 2026 at 10:00, RMA <rma@desk.example> wrote:\r\n> We accept your return. Please accept the quote.\r\n")
		if got := Extract(cat, Parse(raw, DefaultLimits()), desk).Answer; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestLanguage(t *testing.T) {
	tongue := newTongue()
	for text, want := range map[string]string{
		"the phone is dead":               "en",
		"le poste ne marche plus":         "fr",
		"het toestel doet het niet":       "nl",
		"il telefono non si accende":      "it",
		"das Gerät startet nicht":         "de",
		"Merci beaucoup":                  "fr",
		"Vielen Dank!":                    "de",
		"Grazie mille":                    "it",
		"Alvast bedankt":                  "nl",
		"BUONGIORNO IL TELEFONO È GUASTO": "it",
		"20EZ115N308C605F":                "und",
		"":                                "und",
		"GXP2170 C0:74:AD:8C:60:5F":       "und",
	} {
		if got := tongue.of(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestCatalogueFaults(t *testing.T) {
	_, err := NewCatalogue([]Manufacturer{{ID: "one", Models: []ModelPattern{{Expr: "("}}}, {ID: "two", Serials: []SerialPattern{{Expr: "[z"}}}})
	if err == nil || !strings.Contains(err.Error(), "manufacturer one") || !strings.Contains(err.Error(), "manufacturer two") {
		t.Errorf("want both faults, got %v", err)
	}
}

// TestAccentedWords: to a phrase a letter with an accent is one: a word begins
// and ends with it as with any other.
func TestAccentedWords(t *testing.T) {
	for expr, texts := range map[string]map[string]bool{
		`(?i)\bécho\b`:            {"de l'écho": true, "Écho fort": true, "un écho": true, "réécho": false, "échos": false},
		`(?i)pas de tonalité\b`:   {"pas de tonalité": true, "pas de tonalité.": true, "pas de tonalitésà": false},
		`(?i)\brenvoyée?s?\b`:     {"l'appareil renvoyé en mai": true, "renvoyés": true, "RENVOYÉ": true, "renvoyéx": false, "prérenvoyé": false},
		`(?i)\bper\b`:             {"però": false, "è per": true, "–per–": true},
		`(?i)(?:ü|x)\b(?:-|×) ?è`: {"ü-è": true, "ü× è": true, "üaè": false},
	} {
		p := newPhrase(expr)
		for text, want := range texts {
			if got := p.in(text); got != want {
				t.Errorf("%s in %q: got %v, want %v", expr, text, got, want)
			}
		}
	}
}

// TestPhrase: sorting an expression's alternatives by their first bytes must not
// change what is found, nor where. Of the ends of words that package regexp does
// not know see TestAccentedWords.
func TestPhrase(t *testing.T) {
	for _, expr := range []string{
		`(?i)\b(?:é?tude|caf[ée]|s/n|ab?c|x\d+|[^a]q)\b`,
		`(?i)(?:dead\b|\bdoa\b|(?:no|kein) (?:ton|tone)|écran|[kc]aputt|a(?:b|\|)c|[|x]y)`,
		`(?i)^(?:on|le) |(?:q|\bx)?y$|a.{0,3}c|(?m:^\d)`,
	} {
		plain := regexp.MustCompile(expr)
		words := []string{"dead", "Doa", "no ", "KEIN ", "ton", "é", "É", "cran", "kaputt", "a|c", "abc", "|y", "xy", " ", "\n", "z", "s/n", "x1", "\u212a", "q", "On ", "Étude", "Café", "y"}
		if strings.Contains(expr, `\b`) {
			words = slices.DeleteFunc(words, func(w string) bool { return strings.ContainsFunc(w, accented) })
		}
		rapid.Check(t, func(t *rapid.T) {
			p := newPhrase(expr)
			s := strings.Join(rapid.SliceOf(rapid.SampledFrom(words)).Draw(t, "text"), "")
			at, end, ok := p.find(s, 0)
			want := plain.FindStringIndex(s)
			if ok != (want != nil) || ok && (at != want[0] || end != want[1]) {
				t.Errorf("%q: got %d to %d, %v, want %v", s, at, end, ok, want)
			}
		})
	}
}

// TestBombs: no mail may take five seconds. On a slow machine, and under the
// race detector, the measure is a long harmless mail: a bomb may take a few
// times as long, not hundreds of times.
func TestBombs(t *testing.T) {
	cat := catalogue(t)
	harmless := []byte("Subject: x\r\n\r\n" + strings.Repeat(request+"It was bought from you in June and has worked well until now.\r\n", 1<<12))
	begin := time.Now()
	Extract(cat, Parse(harmless, DefaultLimits()), desk)
	limit := max(5*time.Second, 15*time.Since(begin))
	for name, raw := range bombs() {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			m := Parse(raw, DefaultLimits())
			Extract(cat, m, desk)
			if took := time.Since(begin); took > limit {
				t.Errorf("%d bytes took %v, more than %v", len(raw), took, limit)
			}
			if m.Subject == "" && len(m.Problems) == 0 {
				t.Error("neither a subject nor a problem")
			}
		})
	}
}

func bombs() map[string][]byte {
	var deep, wide, nested bytes.Buffer
	deep.WriteString("Subject: deep\r\n")
	for i := range 1000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	deep.WriteString("\r\nat the bottom\r\n")
	wide.WriteString("Subject: wide\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for i := range 10000 {
		fmt.Fprintf(&wide, "--b\r\nContent-Type: text/plain\r\n\r\npart %d, S/N 20EZ115N30%06X\r\n", i, i)
	}
	for range 500 {
		nested.WriteString("Subject: nested\r\nContent-Type: message/rfc822\r\n\r\n")
	}
	many := func(head, s string, n int) []byte { return []byte(head + strings.Repeat(s, n)) }
	return map[string][]byte{
		"deep":           deep.Bytes(),
		"wide":           wide.Bytes(),
		"nested":         nested.Bytes(),
		"long header":    many("Subject: x\r\nX-Long: ", "a", 20<<20),
		"many fields":    many("Subject: x\r\n", "X-A: b\r\n", 1<<18),
		"many folds":     many("Subject: x", "\r\n y", 1<<17),
		"no line ends":   many("Subject: x\r\n\r\n", "S/N 20EZ115N308C605F ", 1<<14),
		"serials":        many("Subject: x\r\n\r\n", "S/N 20EZ115N308C605F GXP2170 MAC C0:74:AD:8C:60:5F\r\n", 1<<13),
		"labels":         many("Subject: x\r\n\r\n", "invoice order S/N MAC ", 1<<14),
		"encoded words":  many("Subject: ", "=?utf-8?q?", 1<<14),
		"recipients":     many("Subject: x\r\nTo: ", "Ada <ada@example.org>, ", 1<<17),
		"html nesting":   many("Subject: x\r\nContent-Type: text/html\r\n\r\n", "<div><table><tr><td>", 1<<15),
		"html open tags": many("Subject: x\r\nContent-Type: text/html\r\n\r\n", "<b>", 1<<18),
		"quotes":         many("Subject: x\r\n\r\n", ">>>>>>>> On Monday wrote:\r\n", 1<<15),
		"from lines":     many("Subject: x\r\n\r\n", "From: a\r\nSent: b\r\n", 1<<15),
		"boundaries":     many("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", "--b", 1<<20),
		"brackets":       many("Subject: x\r\nFrom: ", "(((<", 1<<14),
	}
}

// TestBase64 holds the lenient decoding to the strict one where that works.
func TestBase64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Byte(), 0, 9000).Draw(t, "data")
		width := rapid.IntRange(1, 80).Draw(t, "width")
		var folded strings.Builder
		for s := base64.StdEncoding.EncodeToString(want); s != ""; s = s[min(width, len(s)):] {
			folded.WriteString(s[:min(width, len(s))] + "\r\n")
		}
		got, size, problem := decodeTransfer("base64", []byte(folded.String()), len(want))
		if !bytes.Equal(got, want) || size != len(want) || problem != "" {
			t.Fatalf("%d bytes became %d: %s", len(want), len(got), problem)
		}
	})
	for in, want := range map[string]string{"aGVs!!bG8=": "hello", "aGVsbG8": "hello", "aGVs=bG8=": "hello", "aGVsbG8h====": "hello!", "a": ""} {
		if got, _, _ := decodeTransfer("base64", []byte(in), 100); string(got) != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestQuotedPrintable(t *testing.T) {
	for in, want := range map[string]string{"a=3Db": "a=b", "soft=\r\nbreak": "softbreak", "soft= \t\nbreak": "softbreak", "100=% =zz": "100=% =zz", "end=": "end", "=e9": "\xe9"} {
		if got, _, _ := decodeTransfer("quoted-printable", []byte(in), 100); string(got) != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzParse: no bytes may make Parse panic, and what it gives is clean UTF-8.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw, Limits{Depth: 5, Parts: 50, Header: 16 << 10, Text: 64 << 10, Attachment: 64 << 10})
		if fault := soundness(m, Facts{Kind: Other, Language: "und"}); fault != "" {
			t.Error(fault)
		}
	})
}

// FuzzExtract: no mail may make Extract panic; the new text stands in the mail,
// and cutting it again leaves something of it.
func FuzzExtract(f *testing.F) {
	seed(f)
	cat := catalogue(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw, Limits{Depth: 5, Parts: 50, Header: 16 << 10, Text: 64 << 10, Attachment: 64 << 10})
		facts := Extract(cat, m, desk)
		if fault := soundness(m, facts); fault != "" {
			t.Error(fault)
		}
		if again := newText(&Message{Text: facts.NewText, From: m.From}).text; facts.NewText != "" && again == "" {
			t.Errorf("nothing is left of %q", facts.NewText)
		}
	})
}
