package ingest

import (
	"strings"
	"testing"
	"time"
)

// TestPurchaseDays: the formats of days, and which of several days is the
// purchase's. Now is the 20th of May 2026.
func TestPurchaseDays(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		// en
		"bought on 14/03/2025":                                       "2025-03-14",
		"purchased 14 March 2025":                                    "2025-03-14",
		"Date of purchase: March 14th, 2025":                         "2025-03-14",
		"We bought it from you on the 14th of March 2025.":           "2025-03-14",
		"purchase date 2025-03-14":                                   "2025-03-14",
		"purchase date 2025/03/14":                                   "2025-03-14",
		"invoice 10022 dated 14 Mar 2025":                            "2025-03-14",
		"delivered on 14.03.25":                                      "2025-03-14",
		"on 14/03/2025 we bought ten of them":                        "2025-03-14",
		"bought on 3 February":                                       "2026-02-03",
		"bought on 3 December":                                       "2025-12-03",
		"delivered 2 May 2025, bought 28 April 2025":                 "2025-04-28",
		"Invoice of 14 March 2025, order of 1 March 2025.":           "2025-03-14",
		"The fault began on 3 May 2026. Bought on 14/03/2025.":       "2025-03-14",
		"Purchased on:\n14 March 2025":                               "2025-03-14",
		"Licence registered 1 April 2025, unit bought 14 March 2025": "2025-03-14",
		"bought in March 2025":                                       "",
		"bought 3 weeks ago":                                         "",
		"since last March":                                           "",
		"broken since 14 March 2025":                                 "",
		"ticket opened on 14/03/2025":                                "",
		"We need it before 14 June.":                                 "",
		"lightning on 14 May 2026":                                   "",
		"bought on 31/02/2025":                                       "",
		"firmware of 14/03/2025":                                     "",
		"Teams call on 14 May 2026":                                  "",
		"parcel sent on 14 May 2026":                                 "",
		"The order was late. The customer moves on 7 June.":          "",
		"Version 1.2. does not boot":                                 "",
		"Bought 2 Sept last year if that matters.":                   "2025-09-02",
		"gekauft am 2.9. letzten Jahres":                             "2025-09-02",
		"gekauft am 2. September im vergangenen Jahr":                "2025-09-02",
		"acheté le 2 septembre de l'année dernière":                  "2025-09-02",
		"acheté le 2 septembre l'an dernier":                         "2025-09-02",
		"gekocht op 2 september vorig jaar":                          "2025-09-02",
		"aangekocht op 2 februari van vorig jaar":                    "2025-02-02",
		"acquistato il 2 settembre dell'anno scorso":                 "2025-09-02",
		"comprato il 2 marzo dello scorso anno":                      "2025-03-02",
		// de
		"gekauft am 14.03.2025":              "2025-03-14",
		"Kaufdatum: 14.3.25":                 "2025-03-14",
		"am 14. März 2025 bei Ihnen bezogen": "2025-03-14",
		"Rechnung 10022 vom 14. 3. 2025":     "2025-03-14",
		"Rechnung vom 14.03.2025, Nr. 10022": "2025-03-14",
		"LS 5503318 vom 14.03.2025":          "2025-03-14",
		"geliefert am 14. Mrz 2025":          "2025-03-14",
		"gekauft am 03.02.":                  "2026-02-03",
		"Rechnung vom 3.6.2024, Nr. R-24-05519, Lieferschein 24/88102 vom 31.05.2024": "2024-06-03",
		"seit dem 14.03.2025 defekt":    "",
		"im März 2025 gekauft":          "",
		"die Umstellung ist am 7. Juni": "",
		"Ticket vom 14.03.2025":         "",
		// fr
		"acheté le 14/03/2025":                  "2025-03-14",
		"Date d'achat : 14 mars 2025":           "2025-03-14",
		"facture du 1er octobre 2024":           "2024-10-01",
		"facture n° 118820 du 14/03/25":         "2025-03-14",
		"livrés le 14 mars 2025":                "2025-03-14",
		"facturée par vous le 14 novembre 2025": "2025-11-14",
		"achat du 14 févr. 2026":                "2026-02-14",
		"en panne depuis le 14 mars 2025":       "",
		"mars 2025":                             "",
		"orage du 14 mai 2026":                  "",
		// nl
		"gekocht op 14-3-2025":      "2025-03-14",
		"aankoopdatum: 14 mrt 2025": "2025-03-14",
		"factuur van 14 maart 2025": "2025-03-14",
		"geleverd op 14 maart":      "2026-03-14",
		"Factuur is van 14-3-2025 (geplaatst pas op 2-5-2025, en de storing begon rond 20-11)": "2025-03-14",
		"defect sinds 14 maart 2025":    "",
		"in januari vorig jaar gekocht": "",
		// it
		"acquistato il 14/03/2025":            "2025-03-14",
		"Data di acquisto: 14 marzo 2025":     "2025-03-14",
		"Acquisto del 02/03/2026, DDT 4471":   "2026-03-02",
		"fattura n. 2214/25 del 18/03/2025":   "2025-03-18",
		"DDT 3307 del 2 apr 2025":             "2025-04-02",
		"comprato il 1° marzo 2025":           "2025-03-01",
		"marzo 2025":                          "",
		"guasto dal 14 marzo 2025":            "",
		"licenza registrata il 14 marzo 2025": "",
	} {
		if got := purchaseDay(strings.Split(plain(text), "\n"), now).day; got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestPurchaseDayOfCase: which days count in a running case and in a wrong
// delivery.
func TestPurchaseDayOfCase(t *testing.T) {
	cat := catalogue(t)
	for _, c := range []struct{ subject, body, want string }{
		{"Re: your return", "The invoice is of 14 March 2025.", "2025-03-14"},
		{"Re: your return", "The parcel was delivered on 14 March 2025.", ""},
		{"Re: your return", "1) CHNLB22061800415\n2) 14 March 2025\n\n> 1) The serial number?\n> 2) When did you buy it?", "2025-03-14"},
		{"wrong phones", "You delivered the wrong phones on 14 March 2025, Snom D735 instead of D785.", ""},
		{"wrong phones", "You delivered the wrong phones, bought on 14 March 2025, Snom D735 instead of D785.", "2025-03-14"},
		{"broken", "Our Snom D735 is dead, delivered on 14 March 2025.", "2025-03-14"},
		{"Fwd: broken", "see below\n\n---------- Forwarded message ---------\nFrom: Bob <bob@x.example>\nDate: Mon, 4 May 2026\nSubject: broken\nTo: Ada\n\nSnom D735 dead, bought on 14 March 2025.", "2025-03-14"},
	} {
		if got := read(cat, c.subject, c.body).PurchaseDate; got != c.want {
			t.Errorf("%q: got %q, want %q", c.body, got, c.want)
		}
	}
}
