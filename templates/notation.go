package templates

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Notation writes numbers, amounts and days as the readers of a language do.
type Notation struct {
	language
	lang              string
	thousand, decimal string
	percent           string // behind the number
	short             [12]string
	weekdays          [7]string // by time.Weekday
}

// NotationOf is the notation of a language; of one that is none of ours, the
// English one.
func NotationOf(lang string) Notation {
	n := Notation{language: grammar(lang), lang: lang, thousand: ".", decimal: ",", percent: "%"}
	switch lang {
	case "fr":
		n.thousand, n.percent = "\u202f", "\u202f%"
		n.short = [12]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}
		n.weekdays = [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	case "nl":
		n.short = [12]string{"jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."}
		n.weekdays = [7]string{"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"}
	case "it":
		n.short = [12]string{"gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"}
		n.weekdays = [7]string{"domenica", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato"}
	case "de":
		n.percent = "\u202f%"
		n.short = [12]string{"Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."}
		n.weekdays = [7]string{"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"}
	default:
		n.lang, n.thousand, n.decimal = "en", ",", "."
		n.short = [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
		n.weekdays = [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	}
	return n
}

// Int groups the digits of a whole number by three.
func (n Notation) Int(v int) string {
	digits, sign := strconv.Itoa(v), ""
	if v < 0 {
		digits, sign = digits[1:], "−"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + n.thousand + digits[i:]
	}
	return sign + digits
}

// Decimal rounds to one place, and leaves the place out where it is nought.
func (n Notation) Decimal(v float64) string {
	tenths := int(math.Round(v * 10))
	sign := ""
	if tenths < 0 {
		tenths, sign = -tenths, "−"
	}
	if tenths%10 == 0 {
		return sign + n.Int(tenths/10)
	}
	return sign + n.Int(tenths/10) + n.decimal + strconv.Itoa(tenths%10)
}

// Percent is a share of a whole, in whole per cents; nothing of nothing is a dash.
func (n Notation) Percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return n.Int(int(math.Round(100*float64(part)/float64(whole)))) + n.percent
}

// signs are the currencies that have a sign of their own.
var signs = map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}

// Money writes an amount with its two decimals: "€1,234.50", "1.234,50 €".
func (n Notation) Money(cents int64, currency string) string {
	sign, short := signs[currency]
	if !short {
		sign = currency
	}
	minus := ""
	if cents < 0 {
		cents, minus = -cents, "−"
	}
	amount := n.Int(int(cents/100)) + n.decimal + string([]byte{byte('0' + cents%100/10), byte('0' + cents%10)})
	switch {
	case n.lang == "en" && short:
		return minus + sign + amount
	case n.lang == "en", n.lang == "nl":
		return sign + "\u00a0" + minus + amount
	}
	return minus + amount + "\u00a0" + sign
}

// Day is the long form of a day, "21 November 2026".
func (n Notation) Day(t time.Time) string { return n.date(t) }

// ShortDay is a day in a column: "21 Nov". Where it is not of this year, the year
// stands with it.
func (n Notation) ShortDay(t time.Time, year int) string {
	day := strconv.Itoa(t.Day())
	if n.lang == "de" {
		day += "."
	}
	s := day + "\u00a0" + n.short[t.Month()-1]
	if t.Year() != year {
		s += "\u00a0" + strconv.Itoa(t.Year())
	}
	return s
}

// ShortMonth is a month under a chart.
func (n Notation) ShortMonth(t time.Time) string { return n.short[t.Month()-1] }

// Span writes the days from first to last: one day with its weekday, a whole
// month by its name, else "16–22 November 2026".
func (n Notation) Span(first, last time.Time) string {
	y, m, d := first.Date()
	ly, lm, ld := last.Date()
	switch {
	case y == ly && m == lm && d == ld:
		return n.weekdays[first.Weekday()] + n.comma() + n.date(first)
	case d == 1 && last.AddDate(0, 0, 1).Day() == 1 && y == ly && m == lm:
		return n.months[m-1] + "\u00a0" + strconv.Itoa(y)
	case y == ly && m == lm:
		return n.day(d) + "–" + n.date(last)
	case y == ly:
		return n.day(d) + "\u00a0" + n.months[m-1] + " – " + n.date(last)
	}
	return n.date(first) + " – " + n.date(last)
}

// comma stands between a weekday and its date.
func (n Notation) comma() string {
	if n.lang == "de" {
		return ", "
	}
	return " "
}

// Sentence begins a text with a capital letter.
func Sentence(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) == 0 {
		return ""
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
