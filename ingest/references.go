package ingest

import (
	"regexp"
	"slices"
	"strings"
)

// refKind is one sort of number that a label announces.
type refKind struct {
	label *regexp.Regexp
	into  func(*References) *[]string
}

var refKinds = []refKind{
	{regexp.MustCompile(`(?:\b(?i:rma|rma-?nummer|retournummer|rücksendenummer|numéro de retour|numero di reso)\b)`), func(r *References) *[]string { return &r.RMA }},
	{regexp.MustCompile(`(?:\b(?i:(?:purchase |sales |web ?)?order|p\.o\.|auftrag(?:snummer|snr)?|bestell(?:nummer|nr|ung)|bestell-nr|commande|bon de commande|bestelling|bestelbon|bestelnummer|bestelnr|inkooporder|ordernummer|(?:conferma d')?ordine|num\. ordine)\b|\bPO\b|\bBest\.|\bcde\b)`), func(r *References) *[]string { return &r.Order }},
	{regexp.MustCompile(`(?:\b(?i:invoice|inv\.|rechnung(?:snummer|snr|s-nr)?|factures?|fact\.|factuur(?:nummer|nr)?|fattur[ae](?: elettronica)?|fatt\.)\b|\bRE\b(?:[- ]?Nr\.?)?|\bFT\b)`), func(r *References) *[]string { return &r.Invoice }},
	{regexp.MustCompile(`(?:\b(?i:delivery note|packing slip|despatch note|dispatch note|lieferschein(?:nummer|nr|-nr)?|bon de livraison|pakbon(?:nummer|nr)?|leverbon|leveringsbon|verzendnota|ddt|d\.d\.t\.|documento di trasporto|bolla)|\bBL\b|\bLS\b)`), func(r *References) *[]string { return &r.DeliveryNote }},
	{regexp.MustCompile(`(?:\b(?i:tracking(?: ?(?:number|code|id|nummer|nr))?|track ?(?:&|and|en|\+) ?trace(?:code)?|consignment|waybill|awb|sendungsnummer|sendungsnr|sendungsverfolgung|paketnummer|sendung|(?:n° |numéro )?(?:de )?suivi|n° de colis|numéro de colis|colis|lettre de voiture|zending(?:snummer)?|verzendnummer|barcode|lettera di vettura|ldv|numero (?:di )?spedizione|spedizione n\.?|codice (?:di )?(?:tracciamento|spedizione))|\b(?:UPS|DHL|GLS|DPD|FedEx|TNT|SDA|BRT|bpost|PostNL|Colissimo|Chronopost)\b)`), func(r *References) *[]string { return &r.Tracking }},
}

var (
	ticketLabel = regexp.MustCompile(`(?i)\b(?:tickets?(?:nummer|nr|-nr|number)?|case|cas|helpdesk|help ?desk|request|sr|support[- ]?(?:id|nr|nummer|number|case)|supportfall|fallnummer|incident|segnalazione|demande)\b`)
	ourSupport  = regexp.MustCompile(`(?i)(?:your|ihre[mnr]?|eure[mnr]?|votre|vos|jullie|uw|vostr[ao]|vs\.?) (?:own )?(?:technical |technische[rnms]? )?(?:support|hotline|helpdesk|technik|assistenza|service|techniciens?|technische dienst)`)
	parcelForm  = regexp.MustCompile(`\b(?:1Z[0-9A-Z]{16}|JVGL[0-9]{10,24}|JJD[0-9]{12,24}|3S[A-Z0-9]{11,15}|[A-Z]{2}\d{9}[A-Z]{2})\b`)
	connector   = regexp.MustCompile(`(?i)^(?:n|no|nr|nrs|num|number|nummer|numero|numéro|n°|id|code|is|ist|war|was|est|è|are|die|der|das|the|le|la|il|our|your|unsere|ihre|eure|votre|notre|vostra|nostra|jullie|uw|vs|ns|van|von|vom|of|du|de|del|dell|per|for|für|pour|met|mit|und|and|et|en|e|rma|re|web|case|ticket|aperto|open|status|with|voor|twee|firewalls|switch|has|support|supporto|sda|dhl|ups|gls|dpd|brt|tnt|fedex|bartolini|postnl|bpost|express|chiuso|lautet|nummern|numbers|s)$`)
	capitals    = regexp.MustCompile(`^[A-Z]{3,4}$`)
	yearOnly    = regexp.MustCompile(`^(?:19|20)\d\d$`)
)

// references reads the labelled numbers of the lines. named are the makers of
// the mail, whose tickets are theirs.
func (s *scanner) references(lines []string) References {
	var r References
	context := "" // the lines just above
	for _, line := range lines {
		if strings.IndexAny(line, "0123456789") < 0 {
			context = line
			continue
		}
		for i := range refKinds {
			readRefs(line, refKinds[i], &r)
		}
		addAll(&r.Tracking, parcelForm.FindAllString(line, -1))
		s.ticketsOf(line, context, &r)
		context = line
	}
	r.Order = without(r.Order, r.RMA)
	return r
}

func without(list, taken []string) []string {
	return slices.DeleteFunc(list, func(v string) bool { return slices.Contains(taken, v) })
}

func readRefs(line string, k refKind, r *References) {
	for _, l := range k.label.FindAllStringIndex(line, -1) {
		if l[0] > 0 && (line[l[0]-1] == '-' || line[l[0]-1] == '_') || l[1] < len(line) && wordByte(line[l[1]]) && wordByte(line[l[1]-1]) {
			continue
		}
		addAll(k.into(r), valuesAfter(line, l[1]))
	}
}

// valuesAfter reads the numbers behind a label: at most a few joining words
// stand between, and several may be listed.
func valuesAfter(line string, at int) []string {
	const far = 6
	var values []string
	prefix, skipped := "", 0
	spans := words(line[at:])
	for i, w := range spans {
		word := line[at+w.at : at+w.end]
		between := line[at:][previousEnd(spans, i):w.at]
		if len(values) > 0 && !listJoin.MatchString(between) {
			return values
		}
		if strings.ContainsAny(between, ";!?") || strings.Contains(between, ". ") && len(strings.TrimSpace(between)) < 3 && skipped > 1 {
			return values
		}
		v, ok := refValue(word)
		if ok && dateish.MatchString(v) {
			ok = false
		}
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
			if skipped > far || !connector.MatchString(word) && !dateish.MatchString(word) {
				return values
			}
		}
	}
	return values
}

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

func addAll(list *[]string, values []string) {
	for _, v := range values {
		if v != "" && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

// ticketsOf reads ticket numbers. A number is the maker's when it has the form
// of his tickets, or when he is named beside it; "your support" makes it ours;
// any other is the customer's own and left alone.
func (s *scanner) ticketsOf(line, context string, r *References) {
	for _, w := range words(line) {
		v, ok := refValue(line[w.at:w.end])
		if ok && s.ownForm(v) {
			addAll(&r.VendorTicket, []string{v})
		}
	}
	for _, l := range ticketLabel.FindAllStringIndex(line, -1) {
		values := valuesAfter(line, l[1])
		switch {
		case ourSupport.MatchString(line):
			addAll(&r.SupportTicket, values)
		case s.makerNear(line) || s.makerNear(context):
			addAll(&r.VendorTicket, without(values, r.RMA))
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

func (s *scanner) makerNear(line string) bool { return len(s.makers(line, 0, nil)) > 0 }
