package rules

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseMoney(t *testing.T) {
	for written, want := range map[string]string{
		"96.50 EUR": "96.50 EUR", "96,50 €": "96.50 EUR", "€ 1.234,50": "1234.50 EUR", "EUR 1,234.50": "1234.50 EUR", "1'200 CHF": "1200.00 CHF",
		"1 234 567,89 eur": "1234567.89 EUR", "1\u202f234,00 EUR": "1234.00 EUR", "85 EUR": "85.00 EUR", "0.00 EUR": "0.00 EUR", "96.- Fr.": "96.00 CHF",
		"1.234.567 EUR": "1234567.00 EUR", "£12.00": "12.00 GBP",
	} {
		if got, err := ParseMoney(written); err != nil || got.String() != want {
			t.Errorf("%q: %s %v, want %s", written, got, err, want)
		}
	}
	for written, want := range map[string]string{
		"": "empty", "EUR": "no number", "96.50": "no currency", "-5 EUR": "below zero", "96.5 EUR": "two digits", "1.234 EUR": "can mean", "96,505 EUR": "can mean",
		"12.34.56 EUR": "no amount", "1,234.567,00 EUR": "mixes", "about 20 EUR": "no currency", "20 EUR plus VAT": "no currency", "5 Euro or so": "no currency",
		"20 EURO 30": "no currency", "12345678901 EUR": "no amount", "900 HUF": "no cents", "1e5 EUR": "no amount",
	} {
		if got, err := ParseMoney(written); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s %v, want an error with %q", written, got, err, want)
		}
	}
}

func TestMoneyIsReadAsItIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money{Cents: rapid.Int64Range(0, 99999999999).Draw(t, "cents"), Currency: rapid.SampledFrom([]string{"EUR", "CHF"}).Draw(t, "currency")}
		for _, written := range []string{m.String(), strings.Replace(m.String(), ".", ",", 1), fmt.Sprintf("%s %d,%02d", m.Currency, m.Cents/100, m.Cents%100)} {
			if got, err := ParseMoney(written); err != nil || got != m {
				t.Fatalf("%q: %v %v", written, got, err)
			}
		}
	})
}

func FuzzParseMoney(f *testing.F) {
	for _, s := range []string{"96.50 EUR", "€ 1.234,50", "1'200.00 CHF", "1.234 EUR", ". EUR", "1 EUR\x00", "٣ EUR"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMoney(s)
		if err != nil {
			return
		}
		again, err := ParseMoney(m.String())
		if err != nil || again != m || m.Cents < 0 {
			t.Errorf("%q: %+v, and again %+v %v", s, m, again, err)
		}
	})
}

func TestFeeOfAPrice(t *testing.T) {
	fifteen := Fee{Percent: 15, Minimum: 10, Currency: "EUR"}
	for _, c := range []struct {
		fee   Fee
		price string
		want  string
	}{
		{fifteen, "200.00 EUR", "30.00 EUR"},
		{fifteen, "33.33 EUR", "10.00 EUR"},
		{fifteen, "99.97 EUR", "15.00 EUR"}, // 14.9955
		{fifteen, "99.90 EUR", "14.99 EUR"}, // 14.985, half up
		{fifteen, "8.00 EUR", "8.00 EUR"},
		{Fee{Percent: 12.5}, "0.04 CHF", "0.01 CHF"}, // half a cent
		{Fee{}, "20.00 EUR", "0.00 EUR"},
	} {
		price, err := ParseMoney(c.price)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.fee.Of(price); err != nil || got.String() != c.want {
			t.Errorf("%+v of %s: %s %v, want %s", c.fee, c.price, got, err, c.want)
		}
	}
	if _, err := fifteen.Of(Money{10000, "CHF"}); err == nil {
		t.Error("a minimum in EUR was taken of a price in CHF")
	}
}

// An acceptance that names another amount than the quote's accepts something else.
func TestOtherAmountIsNoticed(t *testing.T) {
	for text, want := range map[string]string{
		"We accept your quote.":                           "",
		"We accept the quote of 85 EUR.":                  "",
		"85,00 € sind in Ordnung, bitte reparieren":       "",
		"OK pour 85 euros HT":                             "",
		"va bene €85.-":                                   "",
		"akkoord met EUR 85,-":                            "",
		"We accept 85.00EUR (102.85 EUR with VAT).":       "",
		"Ticket 4711 from 12.03.2026, 3 phones, accepted": "",
		"We accept the quote of 45 EUR.":                  "45.00 EUR",
		"Ich nehme das Angebot über 58 € an":              "58.00 EUR",
		"accepted: USD 85":                                "85.00 USD",
		"D'accord pour 1 085,00 €":                        "1085.00 EUR",
		"va bene € 850":                                   "850.00 EUR",
		"ok, 8,5 EUR":                                     "8.50 EUR",
		"agreed, $85.00":                                  "85.00 USD",
		"1'085.00 Fr. sind gut":                           "1085.00 CHF",
	} {
		got, differs := Money{8500, "EUR"}.otherThan(text)
		if got.String() != want || differs != (want != "") {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}
