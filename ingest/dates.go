package ingest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	numericDate  = newPattern(numericExpr)
	wordDate     = newPattern(wordExpr)
	numericPlace = newPhrase(numericExpr)
	wordPlace    = newPhrase(wordExpr)
	monthWord    = newPhrase(`(?i)\b(?:` + monthNames + `)\b`)
)

const (
	numericExpr = `\b(?:((?:19|20)\d\d)[-./](\d{1,2})[-./](\d{1,2})\b|(\d{1,2})[./-]\s?(\d{1,2})[./-]\s?((?:19|20)?\d\d)\b|(\d{1,2})\.\s?(\d{1,2})\.(?:[\s,;)]|$))`
	wordExpr    = `(?i)\b(\d{1,2})(?:\.|st|nd|rd|th|er|°)?\s+(?:of |de |di )?(` + monthNames + `)\.?(?:,?\s+(?:de |del )?((?:19|20)\d\d))?\b|\b(` + monthNames + `)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b`
)

const monthNames = `january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mrz|mrt|okt|dez|janv|févr|fevr|avr|juil|déc|gen|mag|giu|lug|ago|set|ott|dic|` +
	`januar|jänner|februar|märz|maerz|mai|juni|juli|oktober|dezember|` +
	`janvier|février|fevrier|mars|avril|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|` +
	`januari|februari|maart|mei|augustus|` +
	`gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|dicembre`

// months by the letters that tell them apart in five languages.
var monthStems = []struct {
	stem  string
	month time.Month
}{
	{"jan", 1}, {"jän", 1}, {"gen", 1}, {"fe", 2}, {"fé", 2}, {"mar", 3}, {"mär", 3}, {"mae", 3}, {"maa", 3}, {"mr", 3}, {"ap", 4}, {"av", 4},
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

// dayOf is what a day is of.
type dayOf int

// The later is the better witness of a purchase.
const (
	otherDay dayOf = iota
	orderDay
	deliveryDay
	invoiceDay
	boughtDay
)

// dayWords tell what the day beside them is of. The nearest one counts.
var dayWords = newVocabulary(
	// otherDay: nothing that a warranty begins with
	`
	(licence|license|registered|registration|activated|activation|installed|commissioned|expires|expiry|until|since|storm|lightning|ticket|meeting|call|called|opened|confirmed|reported|failed|sent|shipped|collected|arrived back|deadline|before|by|firmware|started|appointment|migration)
	(lizenz*|registrier*|aktivier*|installiert|in betrieb*|seit|bis|ablauf|gewitter|blitz*|ticket|termin|anruf|telefonat|eröffnet|bestätigt|gemeldet|ausgefallen|verschickt|versandt|umstellung|firmware|begonnen|spätestens)
	(licence|enregistr*|activ*|installé*|mis en service|depuis|jusqu'*|orage|foudre|ticket|réunion|appel|ouvert|confirmé*|signalé*|expédié*|envoyé*|avant|firmware|panne)
	(licentie*|geregistreerd|geactiveerd|geïnstalleerd|geplaatst|sinds|tot|onweer|bliksem|ticket|vergadering|gebeld|geopend|bevestigd|gemeld|verstuurd|verzonden|begon|storing|voor)
	(licenza|registrat*|attivat*|installat*|dal|dall*|fino|entro|temporale|fulmine|ticket|riunione|chiamat*|aperto|confermat*|segnalat*|spedit*|guasto)
	`,
	// orderDay
	`
	(order*|po)
	(bestell*|auftrag*)
	(command*|cde)
	(besteld*|bestelling*|order*)
	(ordin*|ordinat*)
	`,
	// deliveryDay
	`
	(delivered|delivery|supplied|supply|received|came|sold|sale)
	(geliefert*|lieferung|lieferschein*|ls|lieferdatum|erhalten|bekommen|verkauft)
	(livré*|livraison*|bl|reçu*|fourni*|vendu*)
	(geleverd*|levering*|pakbon*|ontvangen|leverdatum|verkocht)
	(consegn*|ddt|bolla|fornit*|ricevut*|vendut*|fornitura)
	`,
	// invoiceDay
	`
	(invoice*|receipt|bill|billed)
	(rechnung*|rg|re|kaufbeleg|beleg|kassenbon|quittung|fakturiert|berechnet)
	(facture*|facturé*|ticket de caisse|fact)
	(factuur*|gefactureerd|kassabon|aankoopbon|aankoopbewijs|bon)
	(fattur*|fatt|ft|scontrino|ricevuta)
	`,
	// boughtDay
	`
	(bought|purchase*|purchased|date of (sale|purchase)|acquired|got it from you)
	(gekauft|kauf|kaufdatum|kaufte*|erworben|bezogen|angeschafft|anschaffung*|gekauftes)
	(achat*|acheté*|acquis*|date d'achat)
	(gekocht|aankoop*|aangekocht|aangeschaft|aanschaf*|kochten)
	(acquist*|comprat*|pres(o|i|a) da voi|data (di |d')?acquisto)
	`,
)

// purchase is the best witness of the day of purchase that a text has.
type purchase struct {
	day string
	of  dayOf
}

// purchaseDay finds the day of purchase, of the invoice or of the delivery that
// the sender states: the best witness, the first of its kind. now places days
// without a year.
func purchaseDay(lines []string, now time.Time) purchase {
	var best purchase
	text := strings.Join(lines, "\n")
	for _, d := range datesIn(text, now) {
		of := dayBeside(text, d)
		if d.loose && of != boughtDay {
			continue
		}
		if of > best.of {
			best = purchase{d.day, of}
		}
	}
	return best
}

// dayBeside tells what a day is of by the nearest word before it in its
// sentence, or else the first one behind it.
func dayBeside(text string, d datePlace) dayOf {
	const reach, behind = 90, 30
	before := text[max(0, d.at-reach):d.at]
	if cuts := sentenceCut.FindAllStringIndex(before, -1); len(cuts) > 0 {
		before = before[cuts[len(cuts)-1][1]:]
	}
	hits := dayWords.all(before)
	if n := len(hits); n > 0 {
		of := dayOf(hits[n-1].which)
		if of == otherDay || n == 1 || of == boughtDay {
			return of
		}
		for _, h := range hits { // "bought with invoice 47 of": the better of the two
			if dayOf(h.which) == boughtDay {
				of = boughtDay
			}
		}
		return of
	}
	after := cut(text[d.end:], behind)
	if strings.HasPrefix(after, ". ") || strings.HasPrefix(after, ".\n") {
		return otherDay
	}
	if c := sentenceCut.FindStringIndex(after + " "); c != nil {
		after = after[:min(c[0]+1, len(after))]
	}
	if hits := dayWords.all(after); len(hits) > 0 {
		return dayOf(hits[0].which)
	}
	return otherDay
}

// sentenceCut ends a sentence, or a paragraph; the full stop of an abbreviation
// does not.
var sentenceCut = newPattern(`[\pL)]{5,}[.!?;]\s|\d{4}[.!?;]\s|\n\s*\n|\)\s*\.\s|\n\s*[-*•]\s`)

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// statedPurchase is the day of purchase, "" where the mail states none. In a
// running case, and where the wrong thing came, only a day that is called one
// of purchase or of an invoice counts: parcels and visits have their days too.
func (r *reading) statedPurchase(reason string) string {
	p := r.purchaseDate()
	if (r.answers() || reason == "delivery_error") && p.of < invoiceDay {
		return ""
	}
	return p.day
}

// purchaseDate gives the day of purchase that the mail states: as the answer to
// our question, in the new text, or in what is forwarded.
func (r *reading) purchaseDate() purchase {
	for _, a := range r.numberedAnswers() {
		if a.asked == "purchase_date" || a.asked == "order" {
			if days := datesIn(a.text, r.now()); len(days) > 0 {
				return purchase{days[0].day, boughtDay}
			}
		}
	}
	p := purchaseDay(r.newLines, r.now())
	if p.day == "" && r.parts.forward {
		p = purchaseDay(withoutHeader(linesOf(r.parts.older)), r.now())
		if p.of < invoiceDay {
			p = purchase{}
		}
	}
	return p
}

// datePlace is a day in a text. A loose one has no year and only its digits:
// other numbers look so too.
type datePlace struct {
	at, end int
	day     string
	loose   bool
}

func datesIn(line string, now time.Time) []datePlace {
	var out []datePlace
	add := func(loc [2]int, year string, month time.Month, day string, loose bool) {
		if year == "" && !now.IsZero() && lastYear.MatchString(cut(line[loc[1]:], nearYear)) {
			year, loose = strconv.Itoa(now.Year()-1), false
		}
		if s, ok := dayString(year, month, day, now); ok {
			out = append(out, datePlace{loc[0], loc[1], s, loose})
		}
	}
	for _, l := range numericPlace.all(line) {
		g := numericDate.FindStringSubmatch(line[l[0]:l[1]])
		switch month := number(g[5]); {
		case g[1] != "":
			add(l, g[1], time.Month(number(g[2])), g[3], false)
		case g[7] != "":
			add(l, "", time.Month(number(g[8])), g[7], true)
		case month > 12:
			add(l, g[6], time.Month(number(g[4])), g[5], false) // the American order
		default:
			add(l, g[6], time.Month(month), g[4], false)
		}
	}
	if !monthWord.in(line) { // most numbers have no month beside them
		return out
	}
	for _, l := range wordPlace.all(line) {
		g := wordDate.FindStringSubmatch(line[l[0]:l[1]])
		if g[2] != "" {
			add(l, g[3], monthOf(g[2]), g[1], false)
		} else {
			add(l, g[6], monthOf(g[4]), g[5], false)
		}
	}
	slices.SortStableFunc(out, func(a, b datePlace) int { return a.at - b.at })
	return out
}

// lastYear stands behind a day and gives its year.
var lastYear = newPattern(`(?i)^[ ,)\n]*(?:(?:of|im|in|de|d'|du|van|het|dell'|del|nell')\s?)?(?:last year|(?:letzte[nsm]?|vorige[nsm]?|vergangene[nsm]?) jahr(?:es)?|vorjahr(?:es)?|l'(?:an(?:née)?) (?:dernier|dernière|passée?)|(?:vorig|verleden|afgelopen) jaar|(?:l'|nell'|dell')?anno scorso|(?:lo |dello |nello )?scorso anno)(?:[^\pL]|$)`)

// nearYear is how far behind a day its year is looked for, in bytes.
const nearYear = 32

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// dayString makes YYYY-MM-DD. A day without a year is the last one before now.
func dayString(year string, month time.Month, day string, now time.Time) (string, bool) {
	const soon = 2 // months
	y, d := number(year), number(day)
	if len(year) == 2 {
		y += 2000
	}
	if year == "" {
		if now.IsZero() {
			return "", false
		}
		y = now.Year()
		switch t := time.Date(y, month, d, 0, 0, 0, 0, now.Location()); {
		case t.After(now.AddDate(0, soon, 0)):
			y--
		case t.After(now.AddDate(0, 0, 1)):
			return "", false // a day that comes
		}
	}
	t := time.Date(y, month, d, 0, 0, 0, 0, time.UTC)
	if month < 1 || month > 12 || t.Day() != d || y < 1990 || y > 2100 || !now.IsZero() && t.After(now.AddDate(0, 0, 2)) {
		return "", false
	}
	return t.Format(time.DateOnly), true
}
