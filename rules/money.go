package rules

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Money is an amount in the cents of a currency. The zero Money is no amount.
type Money struct {
	Cents    int64
	Currency string // ISO 4217, upper case
}

// currencySigns are the signs and names that staff write for a currency.
var currencySigns = map[string]string{"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "£": "GBP", "FR.": "CHF", "SFR": "CHF", "SFR.": "CHF", "ZŁ": "PLN"}

// centless currencies have no hundredths (ISO 4217), so an amount of theirs in
// cents would be wrong by a factor of a hundred.
var centless = []string{"JPY", "KRW", "ISK", "HUF", "CLP", "VND"}

var (
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
	amountForm   = regexp.MustCompile(`^(?:\d{1,9}|\d{1,3}(?:[.,' ]\d{3})+)(?:[.,]\d{2})?$`)
)

// ParseMoney reads an amount as staff write it: "96.50 EUR", "€ 1.234,50",
// "1'200 CHF". The currency must stand there, and cents are two digits or none.
// What can be read in two ways is an error and never guessed.
func ParseMoney(s string) (Money, error) {
	text := strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ", "’", "'").Replace(s)), " ")
	if text == "" {
		return Money{}, errors.New("the amount is empty: write it with its currency, such as 96.50 EUR")
	}
	number, currency, err := cutCurrency(text)
	if err != nil {
		return Money{}, err
	}
	if !amountForm.MatchString(number) {
		return Money{}, fmt.Errorf("%q is no amount: write digits, and cents with two digits, such as 96.50 %s", number, currency)
	}
	cents, err := centsOf(number)
	if err != nil {
		return Money{}, fmt.Errorf("%s: write it as 1234.50 %s", err, currency)
	}
	return Money{Cents: cents, Currency: currency}, nil
}

// written is an amount in running text, its currency before or behind it.
var written = regexp.MustCompile(`(?i)(€|\$|£|\b(?:euros?|eur|usd|gbp|chf|pln|sfr\.?|fr\.))?[ \x{00a0}\x{202f}]?(\d{1,9}(?:[.,'’ \x{00a0}\x{202f}]\d{3})*(?:[.,]\d{1,2})?)(?:[.,][-–])?[ \x{00a0}\x{202f}]?(€|\$|£|(?:euros?|eur|usd|gbp|chf|pln|sfr|zł)(?:[^\pL]|$)|fr\.)?`)

// moneyIn finds the amounts in a text that stand with a currency.
func moneyIn(text string) (found []Money) {
	for _, m := range written.FindAllStringSubmatch(text, 50) {
		sign := strings.ToUpper(strings.TrimRight(or(m[3], m[1]), " ,;:!?)-–\n\t\u00a0"))
		if sign == "" {
			continue
		}
		if c, ok := currencySigns[sign]; ok {
			sign = c
		}
		found = append(found, Money{Cents: centsIn(m[2]), Currency: strings.TrimRight(sign, ".")})
	}
	return found
}

// centsIn reads a number as people write it: one or two digits behind the last
// sign are decimals, all other signs part thousands.
func centsIn(number string) int64 {
	whole, decimals := number, "00"
	if i := strings.LastIndexAny(number, ".,"); i >= 0 && len(number)-i <= 3 {
		whole, decimals = number[:i], (number[i+1:] + "0")[:2]
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, whole)
	n, err := strconv.ParseInt(digits+decimals, 10, 64)
	if err != nil {
		return -1 // more than any quote
	}
	return n
}

// OtherThanQuoted is an amount that a customer names where he does not name the
// one that was quoted. A quote of an older case is perhaps in words: then nothing
// can be compared.
func (c Case) OtherThanQuoted(text string) (Money, bool) {
	quote, err := ParseMoney(c.Quote)
	if err != nil {
		return Money{}, false
	}
	return quote.otherThan(text)
}

// otherThan is an amount in a text that names amounts, but not this one.
func (m Money) otherThan(text string) (Money, bool) {
	found := moneyIn(text)
	if len(found) == 0 || slices.Contains(found, m) {
		return Money{}, false
	}
	return found[0], true
}

// cutCurrency parts "EUR 12" and "12 EUR" into number and currency.
func cutCurrency(text string) (number, currency string, err error) {
	start := strings.IndexAny(text, "0123456789")
	end := strings.LastIndexAny(text, "0123456789") + 1
	if start < 0 {
		return "", "", fmt.Errorf("%q has no number: write an amount with its currency, such as 96.50 EUR", text)
	}
	before, after := strings.TrimSpace(text[:start]), strings.TrimSpace(text[end:])
	after = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(after, ".-"), ".–")) // 96.- of the Swiss
	sign := strings.ToUpper(before + after)
	if known, ok := currencySigns[sign]; ok {
		sign = known
	}
	switch {
	case sign == "":
		return "", "", fmt.Errorf("%q has no currency: write it behind the amount, such as %s EUR", text, text)
	case strings.HasPrefix(before, "-") || strings.HasPrefix(before, "−"):
		return "", "", fmt.Errorf("%q is below zero", text)
	case before != "" && after != "", !currencyForm.MatchString(sign):
		return "", "", fmt.Errorf("%q names no currency: write its three letters, such as EUR, CHF or GBP", text)
	}
	for _, c := range centless {
		if c == sign {
			return "", "", fmt.Errorf("%s has no cents, and amounts are counted in cents here: use another currency", sign)
		}
	}
	return text[start:end], sign, nil
}

// centsOf reads a number of the right form. One sign with three digits behind
// it, such as 1.234, can mean two things.
func centsOf(number string) (int64, error) {
	whole, cents := number, "00"
	if n := len(number); n > 3 && strings.ContainsRune(".,", rune(number[n-3])) {
		whole, cents = number[:n-3], number[n-2:]
	} else if i := strings.IndexAny(number, ".,"); i >= 0 && strings.LastIndexAny(number, ".,") == i {
		return 0, fmt.Errorf("%q can mean %s thousand or a number with decimals", number, number[:i])
	}
	digits, signs := "", ""
	for _, r := range whole {
		if r >= '0' && r <= '9' {
			digits += string(r)
		} else {
			signs += string(r)
		}
	}
	if signs != "" && strings.Trim(signs, signs[:1]) != "" {
		return 0, fmt.Errorf("%q mixes the signs between thousands", number)
	}
	n, err := strconv.ParseInt(digits+cents, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is too much", number)
	}
	return n, nil
}

// String writes the amount as ParseMoney reads it: 1234.50 EUR.
func (m Money) String() string {
	if m.Currency == "" {
		return ""
	}
	return fmt.Sprintf("%d.%02d %s", m.Cents/100, m.Cents%100, m.Currency)
}

// UnmarshalText reads an amount of a policy file.
func (m *Money) UnmarshalText(text []byte) (err error) {
	*m, err = ParseMoney(string(text))
	return err
}

// Least is the least that the fee is; the zero Money where there is no minimum.
func (f Fee) Least() Money {
	return Money{Cents: int64(math.Round(f.Minimum * 100)), Currency: f.Currency}
}

// Of is the fee on a price, exact to the cent: the share is rounded half up and
// never less than the minimum. The fee is never more than the price.
func (f Fee) Of(price Money) (Money, error) {
	least := f.Least().Cents
	if least > 0 && f.Currency != "" && f.Currency != price.Currency {
		return Money{}, fmt.Errorf("the fee is at least %.2f %s, and the price is in %s", f.Minimum, f.Currency, price.Currency)
	}
	const whole = 100 * 10000 // a share of 100 % in ten-thousandths of a per cent
	share := int64(math.Round(f.Percent * 10000))
	if share > 0 && price.Cents > math.MaxInt64/share {
		return Money{}, fmt.Errorf("%s is too much", price)
	}
	fee := max((price.Cents*share+whole/2)/whole, least)
	return Money{Cents: min(fee, price.Cents), Currency: price.Currency}, nil
}
