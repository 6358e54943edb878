package ingest

import (
	"regexp"
	"slices"
	"strings"
)

// refKind is one sort of number that a label announces.
type refKind struct {
	label *phrase
	into  func(*References) *[]string
}

var refKinds = []refKind{
	{newPhrase(`(?:\b(?i:rma|rma-?nummer|retournummer|rücksendenummer|numéro de retour|numero di reso)\b)`), func(r *References) *[]string { return &r.RMA }},
	{newPhrase(`(?:\b(?i:(?:purchase |sales |web ?)?order|p\.o\.|auftrag(?:snummer|snr)?|bestell(?:nummer|nr|ung)|bestell-nr|commande|bon de commande|bestelling|bestelbon|bestelnummer|bestelnr|inkooporder|ordernummer|(?:conferma d')?ordine|num\. ordine)\b|\bPO\b|\bBest\.|\bcde\b)`), func(r *References) *[]string { return &r.Order }},
	{newPhrase(`(?:\b(?i:invoice|inv\.|rechnung(?:snummer|snr|s-nr)?|factures?|fact\.|factuur(?:nummer|nr)?|fattur[ae](?: elettronica)?|fatt\.)\b|\bRE\b(?:[- ]?Nr\.?)?|\bFT\b)`), func(r *References) *[]string { return &r.Invoice }},
	{newPhrase(`(?:\b(?i:delivery note|packing slip|despatch note|dispatch note|lieferschein(?:nummer|nr|-nr)?|bon de livraison|pakbon(?:nummer|nr)?|leverbon|leveringsbon|verzendnota|ddt|d\.d\.t\.|documento di trasporto|bolla)|\bBL\b|\bLS\b)`), func(r *References) *[]string { return &r.DeliveryNote }},
	{newPhrase(`(?:\b(?i:tracking(?: ?(?:number|code|id|nummer|nr))?|track ?(?:&|and|en|\+) ?trace(?:code)?|consignment|waybill|awb|sendungsnummer|sendungsnr|sendungsverfolgung|paketnummer|sendung|(?:n° |numéro )?(?:de )?suivi|n° de colis|numéro de colis|colis|lettre de voiture|zending(?:snummer)?|verzendnummer|barcode|lettera di vettura|ldv|numero (?:di )?spedizione|spedizione n\.?|codice (?:di )?(?:tracciamento|spedizione))|\b(?:UPS|DHL|GLS|DPD|FedEx|TNT|SDA|BRT|bpost|PostNL|Colissimo|Chronopost)\b)`), func(r *References) *[]string { return &r.Tracking }},
}

var (
	ticketLabel = newPhrase(`(?i)\b(?:tickets?(?:nummer|nr|-nr|number)?|case|cas|helpdesk|help ?desk|request|sr|support[- ]?(?:id|nr|nummer|number|case)|supportfall|fallnummer|incident|segnalazione|demande)\b`)
	parcelForm  = newPhrase(`\b(?:1Z[0-9A-Z]{16}|JVGL[0-9]{10,24}|JJD[0-9]{12,24}|3S[A-Z0-9]{11,15}|[A-Z]{2}\d{9}[A-Z]{2})\b`)
	connector   = regexp.MustCompile(`(?i)^(?:n|no|nr|nrs|num|number|nummer|numero|numéro|n°|id|code|is|ist|war|was|est|è|are|die|der|das|the|le|la|il|our|your|unsere|ihre|eure|votre|notre|vostra|nostra|jullie|uw|vs|ns|van|von|vom|of|du|de|del|dell|per|for|für|pour|met|mit|und|and|et|en|e|rma|re|web|case|ticket|aperto|open|status|with|voor|twee|firewalls|switch|has|support|supporto|sda|dhl|ups|gls|dpd|brt|tnt|fedex|bartolini|postnl|bpost|express|chiuso|lautet|chez|bei|bij|at|presso|nummern|numbers|s)$`)
	capitals    = regexp.MustCompile(`^[A-Z]{3,4}$`)
	yearOnly    = regexp.MustCompile(`^(?:19|20)\d\d$`)
)

// references reads the labelled numbers of the lines. from is the sender's
// name: a maker's own mail speaks of his tickets.
func (s *scanner) references(lines []string, from string) References {
	var r References
	context := "" // the line just above
	for i, line := range lines {
		if i+1 < len(lines) {
			line += s.carried(line, lines[i+1])
		}
		if !hasDigit(line) {
			context = line
			continue
		}
		for i := range refKinds {
			readRefs(line, refKinds[i], &r)
		}
		addAll(&r.Tracking, textsOf(line, parcelForm.all(line)))
		s.ticketsOf(line, context, from, &r)
		context = line
	}
	r.Order = without(r.Order, r.RMA)
	return r
}

func textsOf(s string, places [][2]int) []string {
	var out []string
	for _, p := range places {
		out = append(out, s[p[0]:p[1]])
	}
	return out
}

func without(list, taken []string) []string {
	return slices.DeleteFunc(list, func(v string) bool { return slices.Contains(taken, v) })
}

func readRefs(line string, k refKind, r *References) {
	for _, l := range k.label.all(line) {
		if l[0] > 0 && (line[l[0]-1] == '-' || line[l[0]-1] == '_') || l[1] < len(line) && wordByte(line[l[1]]) && wordByte(line[l[1]-1]) {
			continue
		}
		from := l[1]
		if shortLabel.MatchString(endOf(line, l[1])) && dashDigit.MatchString(line[l[1]:]) {
			from = l[0] // it is the begin of the number itself, as the PO of PO-77120
		}
		addAll(k.into(r), valuesAfter(line, from))
	}
}

var (
	shortLabel = regexp.MustCompile(`[^\pL\pN](?:RE|PO|BL|LS|FT|DDT)$`)
	dashDigit  = regexp.MustCompile(`^-[0-9]`)
)

// endOf is the end of a line up to a place, with a space where the line begins:
// enough to see a short label, however long the line is.
func endOf(line string, at int) string {
	const enough = 12
	if at <= enough {
		return " " + line[:at]
	}
	return line[at-enough : at]
}

// carried is the number that a line leaves to the next one: "invoice no." at
// the end of the one, the number at the begin of the other.
func (s *scanner) carried(line, next string) string {
	if t := strings.TrimSpace(line); t == "" || t[len(t)-1] >= '0' && t[len(t)-1] <= '9' {
		return ""
	}
	spans := words(next)
	if len(spans) == 0 || strings.TrimLeft(next[:spans[0].at], " #") != "" {
		return ""
	}
	word := next[spans[0].at:spans[0].end]
	if _, ok := refValue(word); !ok || s.formOf(upper(word)) >= 0 || s.cat.maker(upper(word)) >= 0 {
		return ""
	}
	return " " + word
}

// valuesAfter reads the numbers behind a label: at most a few joining words
// stand between, and several may be listed.
func valuesAfter(line string, at int) []string {
	const far, reach = 6, 200 // words skipped, bytes read
	var values []string
	prefix, skipped := "", 0
	line = line[:min(len(line), at+reach)]
	if at > reach { // what stands far before says nothing, and lines can be long
		line, at = line[at-reach:], reach
	}
	line = line[:at] + bracketed.ReplaceAllStringFunc(line[at:], blank)
	spans := words(line[at:])
	for i, w := range spans {
		word := line[at+w.at : at+w.end]
		between := line[at:][previousEnd(spans, i):w.at]
		if len(values) > 0 && !listJoin.MatchString(between) || strings.ContainsAny(between, ";!?") {
			return values
		}
		if strings.HasPrefix(between, ". ") && i > 0 && spans[i-1].end-spans[i-1].at > 5 {
			return values // a new sentence
		}
		v, ok := refValue(word)
		ok = ok && !dateish.MatchString(v) && !addressed(line, at+w.at, at+w.end)
		switch {
		case ok:
			if prefix != "" {
				v = prefix + " " + v
			}
			values = append(values, v)
			prefix = ""
		case len(values) > 0:
			if !connector.MatchString(word) {
				return values
			}
		default:
			skipped++
			if capitals.MatchString(word) && !connector.MatchString(word) {
				prefix = word
				continue
			}
			if skipped > far || !connector.MatchString(word) && !dateish.MatchString(word) && !announced(line[at+w.end:]) {
				return values
			}
		}
	}
	return values
}

// bracketed is a remark in brackets that holds no number alone.
var bracketed = regexp.MustCompile(`\([^()]*\pL[^()]*\)`)

func blank(s string) string { return strings.Repeat(" ", len(s)) }

// announced tells that a colon with a number comes soon: "our order for it:".
func announced(rest string) bool { return soon.MatchString(rest) }

var soon = regexp.MustCompile(`^(?: \pL+){0,2} ?: ?[A-Z]{0,4}[-/]?\d`)

func previousEnd(spans []span, i int) int {
	if i == 0 {
		return 0
	}
	return spans[i-1].end
}

// refValue tells a word that can be a reference number.
func refValue(w string) (string, bool) {
	v := strings.Trim(w, ".-_/!+,;:#")
	digits := 0
	for _, c := range []byte(v) {
		if c >= 128 || c == '@' {
			return "", false
		}
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	return v, digits >= 3 && digits*2 >= len(v)-4 && len(v) <= 34 && !yearOnly.MatchString(v)
}

// mostReferences bounds the numbers of one kind: no return names more, and a
// case keeps them all.
const mostReferences = 500

func addAll(list *[]string, values []string) {
	for _, v := range values {
		if v != "" && len(*list) < mostReferences && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

// ownForm tells a number whose form alone names the maker.
func (s *scanner) ownForm(v string) bool {
	for k := range s.cat.tickets {
		f := &s.cat.tickets[k]
		if !f.needsContext && f.at(v, 0) == len(v) && (s.named[f.maker] || len(v) >= 12) {
			return true
		}
	}
	return false
}
