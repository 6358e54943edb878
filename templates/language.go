package templates

import (
	"strconv"
	"strings"
	"time"
)

// language is the grammar that a text file cannot hold.
type language struct {
	months   [12]string
	day      func(int) string
	singular func(n int) bool
	tidy     func(string) string // typography of the finished markup
}

func isOne(n int) bool { return n == 1 }

func asIs(s string) string { return s }

// Languages lists the languages that customers are written in.
func Languages() []string { return []string{"en", "fr", "nl", "it", "de"} }

func grammar(lang string) language {
	switch lang {
	case "fr":
		return language{singular: func(n int) bool { return n < 2 }, day: first("1er"), tidy: frenchSpaces,
			months: [12]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}}
	case "nl":
		return language{singular: isOne, day: strconv.Itoa, tidy: asIs,
			months: [12]string{"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"}}
	case "it":
		return language{singular: isOne, day: first("1º"), tidy: asIs,
			months: [12]string{"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"}}
	case "de":
		return language{singular: isOne, day: func(n int) string { return strconv.Itoa(n) + "." }, tidy: asIs,
			months: [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}}
	}
	return language{singular: isOne, day: strconv.Itoa, tidy: asIs,
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}}
}

func first(one string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return one
		}
		return strconv.Itoa(n)
	}
}

// frenchSpaces puts the narrow no-break space where French wants one. The
// files are written with plain spaces, which every editor can type; what comes
// from outside is quoted and not touched.
func frenchSpaces(s string) string { return french.Replace(s) }

var french = strings.NewReplacer(" :", "\u202f:", " ;", "\u202f;", " !", "\u202f!", " ?", "\u202f?",
	"« ", "«\u202f", " »", "\u202f»", "n° ", "n°\u00a0")

// date writes the national long form, "21 November 2026". The spaces do not
// break.
func (l language) date(t time.Time) string {
	return l.day(t.Day()) + "\u00a0" + l.months[t.Month()-1] + "\u00a0" + strconv.Itoa(t.Year())
}

func (l language) plural(n int, one, other string) string {
	if l.singular(n) {
		return one
	}
	return other
}
