package ingest

import (
	"regexp"
	"strings"
)

// split is a body cut in what is new and what is older.
type split struct {
	text    string // what the sender wrote
	older   string // quoted or forwarded
	forward bool   // the older part is a forwarded mail
}

// newText separates what the sender wrote from quoted history, signature and
// disclaimer. It would rather leave a line too many than lose a word: whatever
// empties a mail is undone.
func newText(m *Message) split {
	lines := strings.Split(tidySpaces(m.Text), "\n")
	lines = aboveMarker(lines)
	s := cutHistory(lines, fwPrefix.MatchString(m.Subject))
	body := trimBlank(strings.Split(s.text, "\n"))
	for _, shorten := range []func([]string) []string{cutDelimiter, cutDevice, cutDisclaimer, cutClosing} {
		if shorter := trimBlank(shorten(body)); len(shorter) > 0 {
			body = shorter
		}
	}
	s.text = strings.TrimSpace(strings.Join(body, "\n"))
	if s.text == "" && s.forward {
		s.text = strings.TrimSpace(strings.Join(withoutHeader(strings.Split(s.older, "\n")), "\n"))
	}
	return s
}

// withoutHeader takes the separator and the header lines off a forwarded mail.
func withoutHeader(lines []string) []string {
	for len(lines) > 0 {
		line := strings.TrimSpace(lines[0])
		if line != "" && !separator.MatchString(line) && !rule.MatchString(line) && !fieldLine.MatchString(line) {
			break
		}
		lines = lines[1:]
	}
	return lines
}

var (
	markerWord      = newPhrase(`(?i)above|oberhalb|über|dessus|boven|sopra`)
	wroteWord       = newPhrase(`(?i)wrote|writes|écri|schri?e[bf]|geschreven|scritto|escri|escreveu|skrev|napisa`)
	replyMarker     = regexp.MustCompile(`(?i)^\W{0,12}.{0,40}(?:reply|type|write|antwort\w*|schreib\w*|répond\w*|écri\w*|reageer|antwoord\w*|typ|rispond\w*|scriv\w*).{0,30}(?:above|oberhalb|über|au[- ]dessus|boven|sopra).{0,20}(?:line|linie|zeile|ligne|lijn|regel|linea|riga)`)
	attributionLead = regexp.MustCompile(`(?i)^\W{0,3}(?:on|le|am|op|il|den|el|em|w|dne|alle|in)\b|[<@]|wrote|écrit|schrieb|schreef|scritto`)
	attribution     = regexp.MustCompile(`(?i)^\W{0,3}(?:(?:on|le|am|op|il(?: giorno)?|den|el|em|w dniu|dne|alle|in data)\b.{4,200}(?:wrote|writes|a écrit|écrivait|schrieb(?:en)?|schreef|heeft .{0,120}(?:het volgende )?geschreven|ha scritto|escribió|escreveu|skrev|napisał\(?a?\)?|napsal)\b.{0,100}:?\s*$|` +
		`.{3,160}(?:<[^<>\s]+@[^<>\s]+>|@[a-z0-9.-]+\)?)\s*(?:wrote|a écrit|schrieb|schreef|ha scritto)\s*:?\s*$|` +
		`.{2,80}\b(?:schrieb|schreef|wrote|a écrit|ha scritto)\b.{0,80}\d{1,2}[./:-]\d{1,2}.{0,60}:\s*$|` +
		`.{3,100}\s(?:wrote|schrieb|schreef|a écrit|ha scritto)\s?:\s*$)`)
	separator = regexp.MustCompile(`(?i)^[>\s]*(?:-{2,}\s?|_{5,}\s*|\*{3,}\s*)?(?:original message|original-nachricht|originalnachricht|original appointment|message d'origine|message original|message transféré|ursprüngliche nachricht|weitergeleitete nachricht|weitergeleitete mail|forwarded message|forwarded by .*|begin forwarded message:|anfang der (?:weitergeleiteten )?(?:nachricht|e-mail):|début du message (?:transféré|réexpédié) ?:|oorspronkelijk bericht|doorgestuurd bericht|begin doorgestuurd bericht:|messaggio originale|messaggio inoltrato|inizio messaggio inoltrato:|mail original|e-mail d'origine|mensaje original)\s?(?:-{2,}|:)?[\s-]*$`)
	forwarded = regexp.MustCompile(`(?i)forwarded|weitergeleitet|transféré|réexpédié|doorgestuurd|inoltrato`)
	fromLine  = regexp.MustCompile(`(?i)^[>\s]*\*?(?:from|von|de|van|da|expéditeur|mittente|afzender|absender)\s?\*?:\*?\s*\S`)
	fieldLine = regexp.MustCompile(`(?i)^[>\s]*\*?(?:from|sent|date|to|cc|subject|reply-to|importance|von|gesendet|datum|an|betreff|kopie|priorität|de|envoyé|envoyée|date|à|copie à|message du|sujet|pièces? jointes?|objet|van|verzonden|verstuurd|aan|onderwerp|da|inviato|data|a|oggetto|per|importanza|attachments|anlagen)(?: le)?\s?\*?:`)
	rule      = regexp.MustCompile(`^\s*(?:_{8,}|-{8,}|={8,}|\*{8,})\s*$`)
)

// aboveMarker honours "please reply above this line": the text stands above it,
// or, in a mail that a ticket system sent on, below.
func aboveMarker(lines []string) []string {
	for i, line := range lines[:min(len(lines), 400)] {
		if len(line) > 160 || !markerWord.in(line) || !replyMarker.MatchString(line) {
			continue
		}
		if strings.TrimSpace(strings.Join(lines[:i], "")) == "" {
			return lines[i+1:]
		}
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			return lines
		}
		return lines[:i]
	}
	return lines
}

// cutHistory takes quoted mails off. Lines with '>' go wherever they stand; an
// attribution or a header block ends the text unless an answer follows below
// the quoted lines.
func cutHistory(lines []string, forward bool) split {
	var mine, older []string
	s := split{forward: forward}
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(strings.TrimLeft(line, " "), ">") && (len(older) > 0 || quoteBlock(lines, i)) {
			if separator.MatchString(line) && forwarded.MatchString(line) {
				s.forward = true
			}
			older = append(older, strings.TrimLeft(line, " >"))
			continue
		}
		n, ends := historyAt(lines, i)
		if n == 0 {
			mine = append(mine, line)
			continue
		}
		if forwarded.MatchString(line) && separator.MatchString(line) {
			s.forward = true
		}
		older = append(older, lines[i:i+n]...)
		i += n - 1
		if ends || !quotesFollow(lines[i+1:]) {
			older = append(older, lines[i+1:]...)
			break
		}
	}
	s.text, s.older = strings.Join(mine, "\n"), strings.Join(older, "\n")
	return s
}

// quoteBlock tells quoted lines from a line that happens to begin with '>', a
// pointer in a list: those stand alone and nothing above announces them.
func quoteBlock(lines []string, i int) bool {
	if i > 0 && attribution.MatchString(strings.TrimSpace(lines[i-1])) {
		return true
	}
	return i == 0 || strings.TrimSpace(lines[i-1]) == "" || i+1 < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i+1], " "), ">")
}

// historyAt tells whether an older mail begins on line i: by how many lines it
// is announced, and whether all that follows belongs to it.
func historyAt(lines []string, i int) (n int, ends bool) {
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > 400 {
		return 0, false
	}
	if separator.MatchString(line) {
		return 1, true
	}
	if fieldLine.MatchString(line) && headerBlock(lines[i:]) {
		return 1, true
	}
	if rule.MatchString(line) && i+1 < len(lines) && headerBlock(skipBlank(lines[i+1:])) {
		return 1, true
	}
	wrote := false
	for n := 1; n <= 4 && i+n <= len(lines); n++ {
		last := strings.TrimSpace(lines[i+n-1])
		joined := strings.Join(trimAll(lines[i:i+n]), " ")
		if last == "" || strings.HasPrefix(last, ">") || len(joined) > 400 || n == 2 && !attributionLead.MatchString(line) {
			break
		}
		wrote = wrote || wroteWord.in(last)
		if wrote && attribution.MatchString(joined) && attributed(joined, lines[i+n:]) {
			return n, false
		}
	}
	return 0, false
}

// attributed guards against a customer's own sentence that reads like an
// attribution: one has a date or an address, or quoted lines after it.
func attributed(line string, after []string) bool {
	return strings.Contains(line, "@") || yearOrTime.MatchString(line) || quotesFollow(after)
}

var yearOrTime = regexp.MustCompile(`\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\d{1,2}[./]\d{1,2}[./]\d{2}`)

func headerBlock(lines []string) bool {
	fields, from := 0, false
	for _, line := range lines[:min(len(lines), 12)] {
		if fieldLine.MatchString(line) {
			fields++
			from = from || fromLine.MatchString(line)
		}
	}
	return fields >= 3 && from && len(lines) > 0 && fieldLine.MatchString(lines[0])
}

func quotesFollow(lines []string) bool {
	rest := skipBlank(lines)
	return len(rest) > 0 && strings.HasPrefix(strings.TrimLeft(rest[0], " "), ">")
}

func skipBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	return lines
}

func trimBlank(lines []string) []string {
	lines = skipBlank(lines)
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func trimAll(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimSpace(l)
	}
	return out
}

// cutDelimiter cuts at the signature delimiter, "-- " (RFC 3676, 4.3), or the
// "--" and underscores that stand in for it.
func cutDelimiter(lines []string) []string {
	for i, line := range lines {
		bare := strings.TrimSpace(line)
		if line == "-- " || (bare == "--" || bare == "---" || rule.MatchString(line)) && len(lines)-i <= 15 && i > 0 && !tableRule(lines, i) {
			return lines[:i]
		}
	}
	return lines
}

// tableRule tells the line under a table's head.
func tableRule(lines []string, i int) bool {
	return i+1 < len(lines) && (strings.Contains(lines[i+1], "\t") || strings.Contains(lines[i+1], "  ") || strings.Contains(lines[i+1], "|"))
}

var link = regexp.MustCompile(`<https?:[^<>]*>`)

var device = regexp.MustCompile(`(?i)^\W{0,3}(?:sent from (?:my |a |the )?\S.{0,40}|sent (?:via|using|with) .{2,40}|get outlook for .{2,20}|von meinem .{2,40} gesendet|gesendet (?:mit|von) .{2,40}|diese nachricht wurde von meinem .{2,60}|envoyé (?:de|depuis|à partir de|avec) .{2,50}|télécharger outlook .{0,20}|obtenir outlook .{0,20}|obtenez outlook .{0,20}|verzonden (?:vanaf|met|vanuit|via) .{2,40}|verstuurd (?:vanaf|met|vanuit) .{2,40}|outlook voor .{2,20}downloaden|inviato (?:da|dal|con|tramite) .{2,40}|ottieni outlook .{0,20}|scarica outlook .{0,20}|holen sie sich outlook .{0,20}|laden sie outlook .{0,20}|download outlook .{0,20})$`)

// cutDevice takes "Sent from my phone" off, and what stands below it.
func cutDevice(lines []string) []string {
	for i, line := range lines {
		line = strings.TrimSpace(link.ReplaceAllString(line, ""))
		if i > 0 && len(line) < 90 && device.MatchString(line) && len(skipBlank(lines[i+1:])) <= 3 {
			return lines[:i]
		}
	}
	return lines
}

var disclaimer = newPhrase(`(?i)(?:this (?:e-?mail|message|communication).{0,80}(?:confidential|intended|privileged)|confidential(?:ity notice| information)|if you (?:have received|are not the intended)|contents of this e-?mail|subject to contract|please consider the environment|think before you print|` +
	`diese (?:e-?mail|nachricht).{0,80}(?:vertraulich|rechtlich geschützt)|vertrauliche (?:und|informationen)|nicht der (?:richtige|beabsichtigte) (?:adressat|empfänger)|denken sie an die umwelt|bitte prüfen sie.{0,40}ausdruck|` +
	`ce (?:message|courriel|mail).{0,120}(?:confidentiel|destinataire)|avant d'imprimer|pensez à l'environnement|si vous n'êtes pas (?:le )?destinataire|` +
	`(?:dit|deze) (?:e-?mail|bericht|mail).{0,120}(?:vertrouwelijk|uitsluitend (?:bestemd|bedoeld))|uitsluitend bestemd|niet de (?:bedoelde )?(?:geadresseerde|ontvanger)|denk aan het milieu|` +
	`(?:questo|presente) (?:messaggio|e-?mail|mail|comunicazione).{0,160}(?:riservat|confidenzial|destinatari)|ai sensi del (?:d\.? ?lgs|regolamento|gdpr)|d\.lgs\.? ?(?:n\.? ?)?196|regolamento (?:ue|eu) 2016/679|informazioni (?:contenute|riservate)|rispetta l'ambiente|pensa all'ambiente)`)

// cutDisclaimer cuts from the first line of a disclaimer, when it stands in
// the last part of the mail.
func cutDisclaimer(lines []string) []string {
	for i, line := range lines {
		if i > 0 && disclaimer.in(line) && len(lines)-i <= 25 && !asks(lines[i+1:]) {
			return lines[:i]
		}
	}
	return lines
}

var closing = regexp.MustCompile(`(?i)^\W{0,3}(?:(?:best|kind|kindest|warm|many)? ?regards|rgds|best wishes|yours (?:sincerely|faithfully|truly)|sincerely|cheers|with (?:kind|best) regards|many thanks|pozdrawiam|saludos|(?:un )?cordial saludo|(?:med )?(?:vennlig|venlig|vänlig)(?:e|a)? hil?s\w*|üdvözlettel|s pozdravem|thanks(?: and (?:best |kind )?regards)?|thank you|thx|ta|all the best|br|` +
	`mit freundlichen gr(?:ü|ue)(?:ß|ss)en|freundliche gr(?:ü|ue)(?:ß|ss)e|viele(?:n)? (?:liebe )?(?:gr(?:ü|ue)(?:ß|ss)e|dank)|beste gr(?:ü|ue)(?:ß|ss)e|liebe(?:n)? gr(?:u|ü|ue)(?:ß|ss)e?|sch(?:ö|oe)ne gr(?:ü|ue)(?:ß|ss)e|herzliche gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)|hochachtungsvoll|danke(?: und gru(?:ß|ss))?|vielen dank(?: und .{0,30})?|` +
	`(?:bien )?cordialement|bien (?:à vous|cordialement)|salutations (?:distinguées|cordiales)|(?:meilleures|sincères) salutations|cdt|cdlt|bonne (?:journée|soirée|fin de .{0,12})|(?:veuillez|je vous prie|nous vous prions) .{0,80}(?:salutations|sentiments).{0,20}|merci(?: d'avance| beaucoup| et bonne .{0,12})?|respectueusement|` +
	`met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|hartelijke groet(?:en)?|mvg|groet(?:en|jes)?|gr|hoogachtend|met (?:hartelijke |beste )?groet(?:en)?|alvast (?:bedankt|dank)|bedankt(?: alvast)?|dank u|beste groeten|` +
	`cordiali saluti|distinti saluti|(?:un )?(?:cordiale )?salut[oi]|(?:i )?migliori saluti|in attesa.{0,60}saluti|cordialmente|grazie(?: mille)?(?: e (?:buon|saluti|cordiali).{0,20})?|buon (?:lavoro|a giornata)|buona giornata|ciao)` +
	`(?: (?:und|and|et|en|e|aus|from|de|van|da|/) .{0,40}| ?/ ?.{0,40})?\s?[,.!;:-]*\s*$`)

// cutClosing takes the closing formula off with the name and address below it,
// as long as nothing there reads like a part of the message.
func cutClosing(lines []string) []string {
	const longest = 18 // lines of a signature
	for i := len(lines) - 1; i > 0 && len(lines)-i <= longest; i-- {
		line := strings.TrimSpace(lines[i])
		if len(line) > 90 || !closing.MatchString(line) {
			continue
		}
		if rest := lines[i+1:]; !asks(rest) {
			if j := earlierClosing(lines, i); j > 0 {
				i = j
			}
			return lines[:i]
		}
	}
	return lines
}

// earlierClosing finds a closing formula in the two lines above: "Thanks" and
// then "Regards".
func earlierClosing(lines []string, i int) int {
	for j := i - 1; j > 0 && j >= i-2; j-- {
		if line := strings.TrimSpace(lines[j]); len(line) > 0 && len(line) < 90 && closing.MatchString(line) {
			return j
		}
	}
	return 0
}

var content = regexp.MustCompile(`(?i)^\W{0,3}(?:p\.? ?s\.?\b|n\.?b\.?\b|edit\b|nachtrag\b)|\bs/?n\b ?[:.]|serial|seriennr|seriennummer|serienummer|matricola|n° de série|numéro de série|\bmac\b|\?\s*$`)

// asks tells lines below a closing that belong to the message: a postscript, a
// question, serial numbers.
func asks(lines []string) bool {
	for _, line := range lines {
		if content.MatchString(line) {
			return true
		}
	}
	return false
}
