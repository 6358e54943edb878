package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutSignature takes off what stands below a message without belonging to
// it: what a phone adds, a company's disclaimer, a list's footer, the signature.
// The first three follow each other in any order. A step that would leave
// nothing is undone.
func withoutSignature(lines []string, name string) []string {
	const rounds = 3
	lines = trimBlank(lines)
	for range rounds {
		before := len(lines)
		lines = shortened(lines, cutDelimiter, cutFooter, cutDevice, cutDisclaimer)
		if len(lines) == before {
			break
		}
	}
	return shortened(lines, cutClosing, func(l []string) []string { return cutName(l, name) }, cutRules)
}

func shortened(lines []string, steps ...func([]string) []string) []string {
	for _, cutOff := range steps {
		if shorter := trimBlank(cutOff(lines)); len(shorter) > 0 {
			lines = shorter
		}
	}
	return lines
}

// cutDelimiter cuts at the signature delimiter, "-- " (RFC 3676, 4.3), or the
// "--" and underscores that stand in for it.
func cutDelimiter(lines []string) []string {
	const longest = 15
	for i, line := range lines {
		if i > 0 && line == "-- " {
			return lines[:i]
		}
		bare := strings.TrimSpace(line)
		if i == 0 || len(lines)-i > longest || tableRule(lines, i) {
			continue
		}
		if bare == "--" || bare == "---" || bare == "—" || bare == "__" || rule.MatchString(line) {
			if asks(lines[i+1:]) {
				continue
			}
			return lines[:i]
		}
	}
	return lines
}

// tableRule tells the line under a table's head.
func tableRule(lines []string, i int) bool {
	columns := func(s string) bool {
		return strings.Contains(s, "\t") || strings.Contains(strings.TrimSpace(s), "  ") || strings.Contains(s, "|")
	}
	return i > 0 && i+1 < len(lines) && columns(lines[i-1]) && columns(lines[i+1])
}

// cutRules takes lines that are drawn, not written, off the end.
func cutRules(lines []string) []string {
	for len(lines) > 0 {
		last := strings.TrimSpace(lines[len(lines)-1])
		if strings.Trim(last, "-_=*~#—– ") != "" || len(last) == 1 {
			break
		}
		lines = lines[:len(lines)-1]
	}
	return lines
}

var link = newPattern(`<https?:[^<>]*>|\(https?:[^()\s]*\)`)

// device is what phones and apps add below a mail.
var device = newPattern(`(?i)^\W{0,4}(?:sent (?:from|via|using|with|by|on) \S.{0,80}|.{0,20}\bfrom (?:my )?(?:mobile|iphone|ipad|phone|android)\b.{0,12}|get (?:the )?outlook for .{2,20}|download outlook .{0,20}|composed (?:on|with) .{2,40}|typed on .{2,40}|` +
	`von (?:meinem|meiner|unterwegs|mobil) .{0,40}(?:gesendet|verschickt|gesandt)\W?|gesendet (?:mit|von|über|via|aus) .{2,60}|verschickt (?:mit|von) .{2,40}|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) (?:meinem|einem) .{2,60}|holen sie sich outlook .{0,20}|laden sie outlook .{0,20}|outlook für .{2,20}(?:beziehen|herunterladen|abrufen)|` +
	`envoyé (?:de|depuis|à partir de|d'|avec|par|via|à l'aide) ?.{2,60}|télécharge[rz] outlook .{0,20}|obte(?:nir|nez) outlook .{0,20}|provenance : .{2,40}|` +
	`(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|vanuit|via|van) .{2,50}|outlook voor .{2,20}(?:downloaden|ophalen)|download outlook voor .{2,20}|` +
	`inviat[oa] (?:da|dal|dall[oa']|con|tramite|via) ?.{2,50}|(?:ottieni|scarica) outlook .{0,20}|` +
	`enviado (?:desde|con|do|de|pelo|a partir|via) .{2,50}|obt(?:ener|enha|én) (?:o )?outlook .{0,20}|skickat från .{2,40}|sendt fra .{2,40}|lähetetty .{2,40}|wysłan[eo] (?:z|za) .{2,40}|odesláno (?:z|ze) .{2,40}|odoslané z .{2,40}|отправлено (?:с|из) .{2,60}|надіслано з .{2,40}|изпратено от .{2,40}|trimis de pe .{2,40}|elküldve .{2,40}|poslano (?:z|s) .{2,40}|στάλθηκε από .{2,40}|.{2,30}(?:umdan|imden|dan|den) gönderildi|.{2,40}から送信|发自.{2,40}|從我的.{2,30}傳送|.{2,40}에서 보냄|נשלח מ.{2,40}|أرسلت من .{2,40})$`)

func isDevice(line string) bool {
	if len(line) > 200 {
		return false
	}
	line = strings.TrimSpace(link.ReplaceAllString(line, ""))
	return len(line) < 100 && device.MatchString(line)
}

// cutDevice takes "Sent from my phone" off, and the little that may stand below.
func cutDevice(lines []string) []string {
	const little = 4 // lines, its own too
	end := len(lines)
	for i := len(lines) - 1; i > 0 && written(lines[i:end]) <= little; i-- {
		if isDevice(lines[i]) && !asks(lines[i+1:end]) {
			end = i
		}
	}
	return lines[:end]
}

// written counts the lines that are not empty.
func written(lines []string) int {
	n := 0
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

var disclaimer = newPhrase(`(?i)(?:this (?:e-?mail|message|communication|transmission).{0,80}(?:confidential|intended|privileged?|solely|scanned)|the information (?:contained |transmitted )?in this (?:e-?mail|message)|the information (?:contained|transmitted).{0,60}(?:confidential|intended|privileged)|confidential(?:ity notice| information)|if you (?:have received (?:this|it)|are not the (?:intended|named))|contents of this e-?mail|subject to contract|please consider the environment|think before you print|e-?mail disclaimer|virus-free\.|` +
	`diese (?:e-?mail|nachricht|mail).{0,80}(?:vertraulich|rechtlich geschützt|ausschließlich|geheimnis)|vertrauliche (?:und|informationen)|nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)|in dieser (?:e-?mail|nachricht) enthaltenen? |denken sie an die umwelt|bitte prüfen sie.{0,40}ausdruck|virenfrei\.|informationen zum datenschutz|unsere datenschutz(?:hinweise|erklärung)|` +
	`ce (?:message|courriel|mail|courrier électronique).{0,120}(?:confidentiel|destinataire|exclusi|secret professionnel)|les? informations? contenues? dans c|avant d'imprimer|pensez à l'environnement|si vous n'êtes pas (?:le )?destinataire|` +
	`(?:dit|deze) (?:e-?mail|bericht|mail|e-?mailbericht).{0,120}(?:vertrouwelijk|beroepsgeheim|uitsluitend (?:bestemd|bedoeld))|uitsluitend bestemd|de informatie (?:verzonden|in dit|in deze)|niet de (?:bedoelde |beoogde )?(?:geadresseerde|ontvanger)|denk aan het milieu|op al onze (?:leveringen|offertes|transacties|overeenkomsten)|` +
	`(?:questo|presente) (?:messaggio|e-?mail|mail|comunicazione).{0,160}(?:riservat|confidenzial|destinatari)|le informazioni contenute|ai sensi del (?:d\.? ?lgs|regolamento|gdpr)|d\.lgs\.? ?(?:n\.? ?)?196|regolamento (?:ue|eu) 2016/679|informazioni (?:contenute|riservate)|rispetta l'ambiente|pensa all'ambiente|prima di stampare)`)

// cutDisclaimer cuts from the first line of a disclaimer, when it stands in
// the last part of the mail.
func cutDisclaimer(lines []string) []string {
	const longest = 30
	for i := max(1, len(lines)-longest); i < len(lines); i++ {
		if disclaimer.in(lines[i]) && !asks(lines[i+1:]) && !addressesDesk(lines[i+1:]) {
			return lines[:i]
		}
	}
	return lines
}

// footer is what lists, newsletters and robots end with.
var footer = newPhrase(`(?i)(?:to )?unsubscribe|you (?:are receiving|receive|received|get|got) this (?:e-?mail|message|newsletter)|(?:view|read) (?:this|it) (?:e-?mail )?in your browser|manage (?:your )?(?:subscription|preferences|e-?mail)|(?:please )?do not (?:reply|respond) to this|this (?:e-?mail|message) (?:was|is) (?:sent )?(?:automatically|from an? (?:unmonitored|notification))|all rights reserved|(?:keep|leave|include|retain) [^.]{0,50}(?:in|from) the subject|` +
	`(?:vom )?newsletter (?:abbestellen|abmelden)|abmelden|sie erhalten diese (?:e-?mail|nachricht)|(?:bitte )?antworten sie nicht auf diese|bitte nicht (?:auf diese|antworten)|diese (?:e-?mail|nachricht) wurde automatisch|im browser (?:ansehen|anzeigen)|alle rechte vorbehalten|(?:lassen|belassen|behalten) sie [^.]{0,60}(?:im|in der) betreff|` +
	`se désabonner|désinscri|vous recevez ce(?:t| )|merci de ne pas répondre|ne pas répondre à ce|veuillez ne pas répondre|(?:ce|cet) (?:message|e-?mail|courriel) (?:a été|est) (?:envoyé |généré )?automatique|tous droits réservés|(?:conserver|laisser|garder) [^.]{0,60}dans l'objet|` +
	`uitschrijven|afmelden|u ontvangt (?:dit|deze)|je ontvangt (?:dit|deze)|(?:gelieve |reageer )?niet (?:te (?:antwoorden|reageren)|op (?:deze|dit))|dit (?:is een )?automatisch|alle rechten voorbehouden|(?:laat|vermeld|behoud) [^.]{0,60}in (?:het|de) onderwerp|` +
	`(?:annulla|cancella).{0,12}iscrizion|disiscri|ricevi questa|(?:si prega di )?non rispondere a (?:questa|questo)|(?:messaggio|e-?mail) (?:generat[oa]|inviat[oa]) automaticamente|tutti i diritti riservati|(?:lasciare|mantenere|conservare) [^.]{0,60}nell'oggetto`)

// cutFooter cuts at a footer that has little below it.
func cutFooter(lines []string) []string {
	const longest = 15
	for i := max(1, len(lines)-longest); i < len(lines); i++ {
		if footer.in(lines[i]) && !asks(lines[i+1:]) && !addressesDesk(lines[i:]) {
			return lines[:i]
		}
	}
	return lines
}

var closing = newPattern(`(?i)^\W{0,3}(?:(?:(?:with )?(?:my |our )?(?:best|kind|kindest|warm|warmest|many) )?regards|rgds|(?:with )?best wishes|yours (?:sincerely|faithfully|truly)|sincerely(?: yours)?|respectfully|cheers|(?:many |kind )?thanks(?: again| so much| very much| a lot| in advance)?(?: (?:and|&) (?:best |kind )?regards)?|thank you(?: again| so much| very much| kindly| in advance)?(?: (?:and|&) (?:best |kind )?regards)?|thx|ta|all the best|best|see you(?: soon)?|looking forward.{0,40}|br|kr|` +
	`mit (?:freundlichen?|besten|vielen|lieben|herzlichen|sonnigen) (?:gr(?:ü|ue)(?:ß|ss)en?|gru(?:ß|ss)|empfehlungen)|freundliche gr(?:ü|ue)(?:ß|ss)e|viele(?:n)? (?:liebe )?(?:gr(?:ü|ue)(?:ß|ss)e|dank)|beste(?:n)? (?:gr(?:ü|ue)(?:ß|ss)e|dank)|liebe(?:n)? gr(?:u|ü|ue)(?:ß|ss)e?|sch(?:ö|oe)ne(?:n)? (?:gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)|tag)|herzliche gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|bg|gr(?:ü|ue)(?:ß|ss)(?:e|le)|gru(?:ß|ss)|(?:mit )?(?:vorzüglicher )?hochachtung(?:svoll)?|danke(?: (?:und|&) (?:viele )?gr(?:u|ü|ue)(?:ß|ss)e?| im voraus| vorab)?|bis (?:bald|dann)|vielen dank(?: (?:und|&|im|vorab).{0,30})?|danke|` +
	`(?:bien )?(?:cordialement|amicalement|sincèrement)|bien (?:à vous|à toi|cordialement)|(?:salutations|meilleures salutations|sincères salutations|avec (?:mes|nos) (?:meilleures )?salutations)(?: (?:distinguées|cordiales|les meilleures))?|cdt|cdlt|crdt|bonne (?:journée|soirée|réception|fin de .{0,12})|(?:(?:dans l'attente|en vous) .{0,60})?(?:veuillez|je vous prie|nous vous prions|recevez|agréez) .{0,80}(?:salutations|sentiments).{0,20}|merci(?: d'avance| beaucoup| bien| par avance| à vous| et bonne .{0,12}| pour votre .{0,20})?|respectueusement|à bientôt|` +
	`met (?:vriendelijke|hartelijke|beste|collegiale) groet(?:en|jes)?|(?:vriendelijke|hartelijke|beste|veel|collegiale) groet(?:en|jes)?|mvg|met vr\.? gr\.?|groet(?:en|jes)?|gr\.?|hoogachtend|alvast (?:bedankt|dank|hartelijk dank).{0,20}|bedankt(?: alvast)?|(?:hartelijk )?dank(?: u| je| voor uw .{0,20})?(?: wel)?|` +
	`(?:(?:un )?(?:cordial[ei]|distinti|migliori|gentili|tanti) salut[oi]|salut[oi](?: cordiali)?|i (?:migliori|nostri) saluti|(?:porgo|porgiamo|con i) .{0,30}saluti|in attesa.{0,60}saluti|cordialmente|grazie(?: mille| ancora| anticipatamente)?(?: e (?:buon|saluti|cordiali).{0,20})?|ringrazi(?:o|ando).{0,40}|buon (?:lavoro|a giornata)|buona (?:giornata|serata)|a presto|a risentirci|(?:resto|restiamo|rimango|rimaniamo) (?:in attesa|a disposizione).{0,40}|ciao|cordialità)|` +
	`(?:serdecznie )?pozdrawiam(?: serdecznie)?|pozdrowienia|z (?:poważaniem|powazaniem|wyrazami .{0,20})|dziękuję|(?:un |muchos )?(?:cordial(?:es)? )?saludos?(?: cordiales)?|atentamente|atte|un abrazo|(?:muchas )?gracias(?: y .{0,20})?|(?:com os )?(?:melhores )?cumprimentos|atenciosamente|(?:muito )?obrigad[oa]|abraços?|(?:med )?(?:vennlig|venlig|vänlig)\S* (?:hils\S*|hälsning\S*)|mvh|vh|(?:bästa|beste|bedste|mange|många|hjertelig\S*|de bedste) (?:hils\S*|hälsning\S*)|hilsen|hälsning\S*|tack(?: på förhand)?|tak(?: på forhånd)?|takk|(?:ystävällisin |parhain )?terveisin|kiitos|s (?:pozdravem|pozdravom|úctou)|děkuji|díky|ďakujem|lepi? pozdrav|lijep pozdrav|srdačan pozdrav|hvala|üdvözlettel|tisztelettel|köszönettel|üdv|cu (?:stimă|respect|drag)|mulțumesc|с уважением|с наилучшими пожеланиями|всего доброго|з повагою|с поздрави|поздрави|спасибо|дякую|saygılarım(?:la|ızla)|iyi (?:çalışmalar|günler)|teşekkürler|με εκτίμηση|ευχαριστώ|בברכה|תודה|مع (?:أطيب )?التحيات?|تحياتي|شكرا|此致|敬礼|祝好|谢谢|謝謝|よろしく.{0,48}|敬具|以上|감사합니다)` +
	`(?: (?:und|and|et|en|e|aus|from|de|van|da|/|&) .{0,40}| ?/ ?.{0,40}|,? ?[-–] ?.{1,30})?\s?[,.!;:-]*\s*(?:[:;]-?\))?$`)

// cutClosing takes the closing formula off with the name and address below it,
// as long as nothing there reads like a part of the message. A formula that
// ends the mail is the sender's own word and stays.
func cutClosing(lines []string) []string {
	const longest = 18 // lines of a signature
	for i := len(lines) - 1; i > 0 && len(lines)-i <= longest; i-- {
		line := strings.TrimSpace(lines[i])
		if len(line) > 110 || !closing.MatchString(line) || thanksToDo.MatchString(line) {
			continue
		}
		rest := lines[i+1:]
		if written(rest) == 0 {
			continue
		}
		if asks(rest) || addressesDesk(rest) || isSentence(firstLine(rest)) {
			return lines
		}
		if j := earlierClosing(lines, i); j > 0 {
			i = j
		}
		return lines[:i]
	}
	return lines
}

// isSentence tells a whole sentence from a name or a place.
func isSentence(line string) bool {
	line = strings.TrimSpace(line)
	return len(strings.Fields(line)) > 3 && strings.HasSuffix(line, ".") && !companyForm.MatchString(line) && !official.in(line)
}

// thanksToDo asks for something in words of thanks: "merci de rectifier".
var thanksToDo = newPattern(`(?i)^\W{0,3}(?:merci (?:de |d')(?:me |nous |le |la |les |l'|bien vouloir |ne pas )*\pL+(?:er|ir|re)\b|grazie (?:di|per|se) \pL+(?:are|ere|ire|ate|ete|ite)\b)`)

// earlierClosing finds a closing formula in the two lines above: "Thanks" and
// then "Regards".
func earlierClosing(lines []string, i int) int {
	for j := i - 1; j > 0 && j >= i-2; j-- {
		if line := strings.TrimSpace(lines[j]); len(line) > 0 && len(line) < 90 && closing.MatchString(line) && !thanksToDo.MatchString(line) {
			return j
		}
	}
	return 0
}

var (
	postscript = newPattern(`(?i)^\W{0,3}(?:p\.? ?s\.?\b|n\.?b\.?\b|edit\b|nachtrag\b|post scriptum)`)
	numberWord = newPhrase(`(?i)\bs/?n\b ?[:.#]|serial|seriennr|seriennummer|serienummer|matricola|n° de série|numéro de série|\bmac\b|\bimei\b|modell?\b|modello|modèle`)
	macLike    = newPattern(`(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b`)
	taxNumber  = newPattern(`^[A-Z]{2}\d{8,12}(?:B\d\d)?$`)
	longNumber = newPattern(`\b[A-Z0-9]{10,24}\b`)
	official   = newPhrase(`(?i)\b(?:iban|bic|vat|btw|tva|mwst|ust|p\.? ?iva|partita|c\.? ?f\.|siret|siren|kvk|hrb?|nip|regon|cui|cif|nif|oib|dič|ičo|krs|uid|steuernr|rcs|rpr|kbo|bce|tel|tél|tlf|telefon\w*|téléphone|fax|phone|mob|mobile?|cell|gsm|sdi|rea|eori|weee|duns|http|www)\b|@|voorwaarden van toepassing|(?:es gelten|gemäß) unsere|geschäftsbedingungen|conditions générales de vente|condizioni generali di`)
)

// asks tells lines below a closing that belong to the message: a postscript, a
// question, serial numbers.
func asks(lines []string) bool {
	for _, line := range lines {
		if strings.HasSuffix(strings.TrimSpace(line), "?") || postscript.MatchString(line) || numberWord.in(line) || macLike.MatchString(line) {
			return true
		}
		if !official.in(line) && mixedNumber(line) {
			return true
		}
	}
	return false
}

// mixedNumber tells a word of letters and digits that is long enough for a
// serial number.
func mixedNumber(line string) bool {
	for _, word := range longNumber.FindAllString(line, 8) {
		digits := 0
		for _, c := range []byte(word) {
			if c <= '9' {
				digits++
			}
		}
		if digits >= 4 && digits < len(word) && !taxNumber.MatchString(word) {
			return true
		}
	}
	return false
}

var deskWord = newPhrase(`(?i)\b(?:please (?:send|call|let|tell|note|find|use|contact me|return|also)|can you|could you|we need|i need|i will|we will|attached|bitte (?:senden|schicken|rufen|melden|beachten|um)|können sie|ich (?:brauche|bin|habe|werde)|wir (?:brauchen|haben|werden)|anbei|im anhang|s'il vous plaît|pouvez-vous|pourriez-vous|je (?:suis|serai|reste|vous)|nous (?:sommes|avons|vous)|ci-joint|en pièce jointe|kunt u|kunnen jullie|kan je|graag|ik (?:ben|heb|zal|kan)|wij hebben|in bijlage|als bijlage|potete|può|vorrei|abbiamo|in allegato|allego|si prega di (?:inviare|contattare))\b`)

// addressesDesk tells sentences below a closing that speak to the reader.
func addressesDesk(lines []string) bool {
	for _, line := range lines {
		if len(strings.Fields(line)) >= 4 && deskWord.in(line) && !disclaimer.in(line) && !footer.in(line) {
			return true
		}
	}
	return false
}

var dashedName = newPattern(`^[-–—]{1,2}\p{Lu}\p{L}+(?: \p{Lu}[\p{L}.'-]*){0,2}$`)

// cutName takes off a signature that no mark sets apart: the last paragraph or
// the last two, when they hold only what signatures have, and among it the
// sender's name, a number to call or a company's register; or "-Ada" at the end.
func cutName(lines []string, name string) []string {
	const most = 3 // paragraphs
	end := len(lines)
	for range most {
		begin := paragraph(lines[:end])
		if begin < 2 || !isContact(lines[begin:end], name) || announces(lastWritten(lines[:begin])) {
			break
		}
		end = begin
	}
	if end < len(lines) {
		return lines[:end]
	}
	begin := paragraph(lines)
	if begin > 0 && begin == end-1 && dashedName.MatchString(strings.TrimSpace(lines[begin])) && !announces(lastWritten(lines[:begin])) {
		return lines[:begin]
	}
	return lines[:contactTail(lines, begin, name)]
}

// contactTail finds a signature that follows the text without an empty line:
// where the lines above it end a sentence.
func contactTail(lines []string, begin int, name string) int {
	const most = 6 // lines
	for i := max(begin+1, len(lines)-most); i < len(lines)-1; i++ {
		above := strings.TrimSpace(lines[i-1])
		if strings.HasSuffix(above, ".") && len(strings.Fields(above)) > 2 && isContact(lines[i:], name) {
			return i
		}
	}
	return len(lines)
}

// paragraph is where the last paragraph begins.
func paragraph(lines []string) int {
	i := len(trimEnd(lines))
	for i > 0 && strings.TrimSpace(lines[i-1]) != "" {
		i--
	}
	return i
}

func trimEnd(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// announces tells a line that ends no sentence, so that what stands below may
// belong to it: an address to send to.
func announces(line string) bool {
	r, _ := utf8.DecodeLastRuneInString(line)
	return r == ':' || !strings.ContainsRune(".!?,;)…", r) && len(strings.Fields(line)) > 3
}

// isContact tells a paragraph of a signature: short lines, none of them a
// sentence, one of them the sender's name or what only a company writes.
func isContact(lines []string, name string) bool {
	const most, wordy = 10, 12
	lines = trimBlank(lines)
	if len(lines) > most || asks(lines) || addressesDesk(lines) {
		return false
	}
	proof := false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		words := len(strings.FieldsFunc(line, notLetter))
		if words > wordy && !official.in(line) || strings.HasPrefix(line, "-") || strings.Contains(line, "\t") || strings.HasSuffix(line, ":") {
			return false
		}
		if i == 0 && isProse(line) || isFormField(line) {
			return false
		}
		proof = proof || isName(line, name) || (len(lines) > 1 || separated.MatchString(line) || companyForm.MatchString(line) && strings.Count(line, ",") > 1) && (official.in(line) || phoneNumber.MatchString(line))
	}
	return proof
}

// isFormField tells a line of a form that somebody filled in, "Problem: no
// tone", from "Tel: 555".
func isFormField(line string) bool {
	name, value := fieldName(line)
	return foreignField(name, value) && !official.in(name)
}

// separated tells a company's whole address on one line.
var separated = newPattern(`\S.* [-–—|•·] .+(?: [-–—|•·] |, )\S`)

// companyForm is how companies of Europe end their names.
var companyForm = newPattern(`\b(?:B\.?V|N\.?V|GmbH|AG|SA|SAS|SARL|S\.?[rR]\.?[lL]|S\.?[pP]\.?A|Ltd|Limited|Inc|LLC|LLP|BVBA|SRL|KG|OHG|UG|PartG|mbB|eG|Sp\. z o\.o|S\.?n\.?c|ApS|AB|Oy)\b`)

var phoneNumber = newPattern(`(?:\+\d{2}|\b0)[\d /().-]{7,18}\d\b`)

// isProse tells a line of running text from one that begins a signature: that
// has a capital letter in front, few words and no full stop.
func isProse(line string) bool {
	first, _ := utf8.DecodeRuneInString(line)
	words := len(strings.Fields(line))
	return !unicode.IsUpper(first) || words > 4 && strings.HasSuffix(line, ".") && !companyForm.MatchString(line) || words > 6 && !official.in(line) && !(separated.MatchString(line) && phoneNumber.MatchString(line))
}

func lastWritten(lines []string) string {
	lines = trimBlank(lines)
	if len(lines) == 0 {
		return ""
	}
	return strings.TrimSpace(lines[len(lines)-1])
}

// isName tells a line that is the sender's name, or a part of it.
func isName(line, name string) bool {
	words := strings.FieldsFunc(line, notLetter)
	if name == "" || len(words) == 0 || len(words) > 5 || len(line) > 60 {
		return false
	}
	first, _ := utf8.DecodeRuneInString(line)
	if !unicode.IsUpper(first) {
		return false
	}
	known := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(name), notLetter) {
		known[w] = len(w) > 2
	}
	hits := 0
	for _, w := range words {
		if known[strings.ToLower(w)] {
			hits++
		}
	}
	return hits > 0 && hits*2 >= len(words)
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' }
