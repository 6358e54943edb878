package ingest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	numericDate  = regexp.MustCompile(numericExpr)
	wordDate     = regexp.MustCompile(wordExpr)
	numericPlace = newPhrase(numericExpr)
	wordPlace    = newPhrase(wordExpr)
	bought       = newPhrase(`(?i)\b(?:bought|purchase\w*|date of (?:sale|purchase)|gekauft|kauf(?:datum)?|erworben|bezogen|ach[ae]t\w*|gekocht|aankoop\w*|aangekocht|acquist\w*|comprat\w*)`)
	invoiced     = newPhrase(`(?i)\b(?:invoice\w*|rechnung\w*|facture\w*|facturé\w*|factuur\w*|fattur\w*|re\b|delivered|supplied|delivery|geliefert\w*|lieferschein|lieferung|ls\b|livr\w*|bl\b|geleverd|levering|pakbon|consegn\w*|ddt|fornit\w*|commande\w*|besteld|bestellt|ordered|order\w*|ordinat\w*)`)
	notBought    = newPhrase(`(?i)\b(?:licen[sz]\w*|registr\w*|seit|since|depuis|sinds|dal|storm|orage|gewitter|temporale|ticket|meeting)\b`)
)

const (
	numericExpr = `\b(?:((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})|(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)?\d\d))\b`
	wordExpr    = `(?i)\b(\d{1,2})(?:\.|st|nd|rd|th|er|°)?\s+(?:of |de |di )?(` + monthNames + `)\.?(?:,?\s+(?:de |del )?((?:19|20)\d\d))?\b|\b(` + monthNames + `)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b`
)

const monthNames = `january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|` +
	`januar|jänner|februar|märz|maerz|mai|juni|juli|oktober|dezember|` +
	`janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|` +
	`januari|februari|maart|mei|augustus|` +
	`gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|dicembre`

// months by the letters that tell them apart in five languages.
var monthStems = []struct {
	stem  string
	month time.Month
}{
	{"jan", 1}, {"jän", 1}, {"gen", 1}, {"fe", 2}, {"fé", 2}, {"mar", 3}, {"mär", 3}, {"mae", 3}, {"maa", 3}, {"ap", 4}, {"av", 4},
	{"may", 5}, {"mai", 5}, {"mei", 5}, {"mag", 5}, {"juin", 6}, {"jun", 6}, {"giu", 6}, {"juil", 7}, {"jul", 7}, {"lug", 7},
	{"ag", 8}, {"au", 8}, {"ao", 8}, {"s", 9}, {"o", 10}, {"n", 11}, {"d", 12},
}

func monthOf(name string) time.Month {
	name = strings.ToLower(name)
	for _, m := range monthStems {
		if strings.HasPrefix(name, m.stem) {
			return m.month
		}
	}
	return 0
}

// purchaseDate finds the day of purchase or delivery that the sender states:
// one beside a word of buying before one beside a word of invoice or delivery.
// now places days without a year.
func purchaseDate(lines []string, now time.Time) string {
	second := ""
	for i, line := range lines {
		if !hasDigit(line) {
			continue
		}
		for _, d := range datesIn(line, now) {
			near := beside(line, d)
			wrapped := near
			if i > 0 && d.at < 15 {
				wrapped = tail(lines[i-1], 40) + " " + near
			}
			switch {
			case bought.in(wrapped):
				return d.day
			case second == "" && invoiced.in(wrapped) && !notBought.in(near):
				second = d.day
			}
		}
	}
	return second
}

// beside is what stands before a date, and a little after it.
func beside(line string, d datePlace) string {
	const before, after = 70, 25
	return tail(line[:d.at], before) + " | " + cut(line[d.end:], after)
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

type datePlace struct {
	at, end int
	day     string
}

func datesIn(line string, now time.Time) []datePlace {
	var out []datePlace
	add := func(loc [2]int, year string, month time.Month, day string) {
		if s, ok := dayString(year, month, day, now); ok {
			out = append(out, datePlace{loc[0], loc[1], s})
		}
	}
	for _, l := range numericPlace.all(line) {
		g := numericDate.FindStringSubmatch(line[l[0]:l[1]])
		if g[1] != "" {
			add(l, g[1], time.Month(number(g[2])), g[3])
		} else if month := number(g[5]); month > 12 {
			add(l, g[6], time.Month(number(g[4])), g[5]) // the American order
		} else {
			add(l, g[6], time.Month(month), g[4])
		}
	}
	for _, l := range wordPlace.all(line) {
		g := wordDate.FindStringSubmatch(line[l[0]:l[1]])
		if g[2] != "" {
			add(l, g[3], monthOf(g[2]), g[1])
		} else {
			add(l, g[6], monthOf(g[4]), g[5])
		}
	}
	return out
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// dayString makes YYYY-MM-DD. A day without a year is the last one before now.
func dayString(year string, month time.Month, day string, now time.Time) (string, bool) {
	y, d := number(year), number(day)
	if len(year) == 2 {
		y += 2000
	}
	if year == "" {
		if now.IsZero() {
			return "", false
		}
		y = now.Year()
		if time.Date(y, month, d, 0, 0, 0, 0, now.Location()).After(now) {
			y--
		}
	}
	t := time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	if month < 1 || month > 12 || t.Day() != d || y < 1990 || y > 2100 || !now.IsZero() && t.After(now.AddDate(0, 0, 2)) {
		return "", false
	}
	return t.Format(time.DateOnly), true
}
