package ingest

import (
	"strings"
)

// historyAt tells whether an older mail begins on line i: by how many lines it
// is announced, and whether all that follows belongs to it.
func historyAt(lines []string, i int) (n int, ends bool) {
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > longAttribution {
		return 0, false
	}
	if notesMark.MatchString(line) {
		return 1, !quotesFollow(lines[i+1:])
	}
	if groupwise.MatchString(line) && dated.MatchString(line) {
		return 1, !quotesFollow(lines[i+1:])
	}
	if strings.HasSuffix(line, ":") && len(line) < 120 && earlier.MatchString(line) && (dated.MatchString(line) || len(strings.Fields(line)) < 4) {
		return 1, true
	}
	if strings.ContainsAny(line[:min(2, len(line))], "-_*>") || strings.HasSuffix(line, ":") || len(line) < 60 {
		if separator.MatchString(line) || titled(line) && roleOf(firstLine(lines[i+1:])) != 0 {
			return 1, true
		}
	}
	if n := headerBlock(lines[i:]); n > 0 {
		return n, !quotesFollow(lines[i+n:])
	}
	return attributionAt(lines, i), false
}

func firstLine(lines []string) string {
	if rest := skipBlank(lines); len(rest) > 0 {
		return rest[0]
	}
	return ""
}

// separator is the line that clients set above an older mail.
var separator = newPattern(`(?i)^[>\s]*(?:-{2,}\s?|_{5,}\s*|\*{3,}\s*)?(?:original (?:message|mail|appointment)|original-nachricht|originalnachricht|urspr(?:ü|ue)ngliche (?:nachricht|e-?mail)|message d'origine|message original|e-mail d'origine|oorspronkelijk(?: |e )(?:bericht|e-?mail)|messaggio originale|mail original|mensaje original|mensagem original|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|(?:wiadomość oryginalna|oryginalna wiadomość)|původní zpráva|eredeti üzenet|исходное сообщение|` +
	`(?:article|note|notiz|nachricht|artikel|bericht|articolo|nota)\s?(?:n°|#|nr\.?|no\.?)?\s?\d+ (?:transféré|weitergeleitet|forwarded|doorgestuurd|inoltrat).*|(?:forwarded|resent) message|forwarded by .*|begin forwarded message:|message transféré|début du message (?:transféré|réexpédié) ?:|weitergeleitete (?:nachricht|mail|e-mail)|anfang der (?:weitergeleiteten )?(?:nachricht|e-mail):|doorgestuurd bericht|begin doorgestuurd bericht:|messaggio inoltrato|inizio messaggio inoltrato:|mensaje reenviado|mensagem encaminhada|przekazana wiadomość|vidarebefordrat meddelande|videresendt (?:meddelelse|melding)|пересылаемое сообщение)\s?(?:-{2,}|_{5,}|:)?[\s-]*$`)

// groupwise is the attribution of Novell's client: it looks like a quoted line.
var groupwise = newPattern(`^>>> .{4,150} >>>$`)

// notesMark is the first line of a mail that Notes quotes: who, when, and how
// it begins.
var notesMark = newPattern(`^.{2,80}?\s?---\s?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}[ ,]+\d{1,2}[:.]\d{2}.{0,12}---`)

// earlier is how ticket systems head what was written before.
var earlier = newPattern(`(?i)^\W{0,3}(?:previous|earlier) (?:repl|respon|message|comment|update|correspondence|conversation)|^\W{0,3}(?:vorherige|frühere|bisherige)[rs]? (?:antwort|nachricht|kommentar|verlauf|korrespondenz)|^\W{0,3}(?:réponse|message|commentaire|échange)s? précédente?s?\b|^\W{0,3}(?:vorige|eerdere) (?:reactie|bericht|antwoord|correspondentie)|^\W{0,3}(?:risposta|messaggio|commento|conversazione) precedente\b`)

var forwarded = newPattern(`(?i)forwarded|weitergeleitet|transféré|réexpédié|doorgestuurd|inoltrato|reenviado|encaminhad|przekazan|vidarebefordra|videresendt|пересыла`)

// forwards tells the separator of a mail that was sent on.
func forwards(line string) bool { return separator.MatchString(line) && forwarded.MatchString(line) }

// titled tells a few words between dashes: a separator in a language that
// nobody foresaw, when a header field stands below.
func titled(line string) bool {
	if !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "___") || len(line) > 90 {
		return false
	}
	return strings.HasSuffix(line, "--") && strings.Trim(line, "-_ ") != ""
}

// role is what a line of a quoted header says.
type role byte

// The roles that tell a header; otherRole is a field that any header may have.
const (
	fromRole  role = 1 << iota // who wrote it
	dateRole                   // when
	toRole                     // to whom
	titleRole                  // about what
	otherRole
)

// roles are the field names by which clients introduce a quoted mail, lower
// case, in the languages that they are translated to.
var roles = func() map[string]role {
	all := map[string]role{}
	for r, names := range map[role]string{
		fromRole:  "from|von|de|van|da|fra|från|od|от|от кого|від|kimden|gönderen|feladó|lähettäjä|expéditeur|mittente|afzender|absender|remitente|remetente|expeditor|de la|odesílatel|odosielateľ|pošiljatelj|από|发件人|寄件者|差出人|보낸 사람|מאת|من",
		dateRole:  "sent|date|sent at|sent on|gesendet|gesendet am|datum|envoyé|envoyé le|envoyée|message du|verzonden|verstuurd|inviato|data|data invio|enviado|enviado el|enviada em|fecha|dato|sendt|skickat|skickat den|wysłano|wysłane|odesláno|odoslané|poslano|отправлено|дата|дата отправки|надіслано|tarih|gönderildi|gönderme tarihi|küldve|elküldve|dátum|lähetetty|päivämäärä|päiväys|trimis|trimis la|dată|στάλθηκε|ημερομηνία|发送时间|日期|送信日時|日時|日付|보낸 날짜|날짜|נשלח|תאריך|تاريخ",
		toRole:    "to|an|à|a|aan|per|til|till|do|komu|para|кому|kime|címzett|vastaanottaja|destinataire|destinatario|către|za|prima|προς|收件人|宛先|받는 사람|אל|إلى",
		titleRole: "subject|betreff|betr|betrifft|sujet|objet|onderwerp|betreft|oggetto|emne|ämne|temat|předmět|predmet|asunto|assunto|тема|konu|tárgy|aihe|subiect|θέμα|主题|主旨|件名|제목|נושא|الموضوع",
		otherRole: "cc|bcc|kopie|kopie (cc)|cópia|copie à|copia a|copie|kopi|kopia|dw|udw|копия|bilgi|másolatot kap|kopio|reply-to|antwort an|antworten an|répondre à|rispondi a|risposta|responder a|beantwoorden|importance|priorität|wichtigkeit|importanza|prioriteit|urgentie|priority|attachments|attachment|anlagen|anlage|pièces jointes|pièce jointe|allegati|allegato|bijlage|bijlagen|organisation|organization|mailed-by|signed-by|sensitivity|newsgroups|抄送|副本|참조|message-id|list-id",
	} {
		for name := range strings.SplitSeq(names, "|") {
			all[name] = r
		}
	}
	return all
}()

// fieldName gives the name before the colon of a line that may be a field,
// lower case, without the marks of bold type or quotation; "" where none is.
func fieldName(line string) (name, value string) {
	const longest = 45 // bytes, marks and all
	head := line[:min(len(line), longest)]
	i := strings.IndexByte(head, ':')
	if i < 0 {
		i = strings.Index(head, "：")
	}
	if i < 0 {
		return "", ""
	}
	name = strings.Trim(head[:i], ">*_ \t|")
	return strings.ToLower(name), strings.Trim(line[i:], ":：* \t")
}

func roleOf(line string) role {
	name, _ := fieldName(line)
	return roles[name]
}

// headerBlock counts the lines of a quoted header; 0 where there is none. It
// is one when three different fields stand together and one is the subject, or
// two of which one has an address or a time. A foreign field among them makes it a form that
// somebody filled in.
func headerBlock(lines []string) int {
	const longest = 16 // lines, folded ones and empty ones too
	if len(lines) == 0 || roleOf(lines[0])&(fromRole|dateRole|toRole|titleRole) == 0 {
		return 0
	}
	var seen role
	proven, size, folds := false, 0, 0
	for i, line := range lines[:min(len(lines), longest)] {
		name, value := fieldName(line)
		r := roles[name]
		if strings.TrimSpace(line) == "" {
			if roleOf(firstLine(lines[i+1:])) == 0 {
				break
			}
			continue
		}
		if r == 0 {
			if seen != 0 && foreignField(name, value) && distinct(seen) < 4 {
				return 0
			}
			if folds++; folds > 3 {
				break
			}
			continue
		}
		size, folds = i+1, 0
		seen |= r
		proven = proven || r == fromRole && strings.Contains(value, "@") || r == dateRole && clock.MatchString(value)
	}
	enough := proven || seen&titleRole != 0 && distinct(seen) > 2
	if distinct(seen) < 2 || !enough || seen&(fromRole|dateRole) == 0 {
		return 0
	}
	return size
}

// distinct counts the roles that make a header.
func distinct(r role) int {
	n := 0
	for _, one := range []role{fromRole, dateRole, toRole, titleRole} {
		if r&one != 0 {
			n++
		}
	}
	return n
}

// foreignField tells a field that no mail header has: "Order: 4711".
func foreignField(name, value string) bool {
	return name != "" && value != "" && len(strings.Fields(name)) <= 3 && !strings.ContainsAny(name, "<@/\"'.,") && !strings.HasPrefix(name, "http")
}

const longAttribution = 400 // bytes of an attribution, all its lines

var (
	wroteWord = newPhrase(`(?i)wrote|writes|écri(?:t|vait|vit)|schr(?:ie|ee)[bf]|schrijft|geschreven|scri(?:tto|ve)\b|escri(?:bió|to)|escreveu|skrev|kirjoitti|napisa[lł]|napsal|napísal|напис|пише|írta|yazdı|έγραψε|写道|寫道|書きました|작성|a scris|rakstīja|rašė|kirjutas|skrifaði|menulis|đã viết|כתב|كتب`)
	leadWord  = newPattern(`(?i)^(?:on|at|le|am|op|il|em|el|den|dne|dana|w dniu|w|în|in data|vào)\b`)
	dateLead  = newPattern(`^(?:\p{L}{2,12}[.,]?,? ?){0,2}\d`)
	clock     = newPattern(`\d{1,2}:\d{2}|\b\d{1,2}\.\d{2}(?:[^./\d]|$)`)
	dated     = newPattern(`\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}|(?:19|20)\d\d\s?年`)
	beginLead = newPattern(`(?i)^(?:(?:on|le|am|op|il|el|em|den|dne|w dniu)\b|\d{1,4}[./: -]|\p{L}{2,12}\.?, ?\d)`)
	toAddress = newPattern(`@[^\s<>]+[>)\]"']*\s*(?:<[^<>]*>*)?\s*:?$`)
	youWrote  = newPattern(`(?i)\b(?:you wrote|i wrote|we wrote|(?:schrieben|haben) sie|schrieb(?:en)? (?:ich|wir)|sie schrieben|(?:vous|tu) (?:m'|nous )?(?:avez|as|écriv\w+)|j'ai|nous avons|(?:schreef|schreven) (?:u|je|jullie|ik|wij)|(?:u|je|jullie|ik) schree?f)\b`)
)

// attributionAt counts the lines of the attribution that begins on line i.
func attributionAt(lines []string, i int) int {
	const most = 4
	joined := ""
	for n := 1; n <= most && i+n <= len(lines); n++ {
		last := strings.TrimSpace(lines[i+n-1])
		if n == 2 && !opens(joined) || last == "" || isQuoted(last) || len(joined)+len(last) > longAttribution {
			return 0
		}
		joined = strings.TrimSpace(joined + " " + last)
		if attribution(joined, lines[i+n:]) {
			if n > 1 && beginsLater(lines[i+1:i+n], lines[i+n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}

// opens tells the first line of an attribution that goes on below: it begins
// as one and ends no sentence.
func opens(line string) bool {
	bare := strings.TrimLeft(line, "-*_ ")
	if strings.Contains(line, "@") && wroteWord.in(line) {
		return true
	}
	return (leadWord.MatchString(bare) || dateLead.MatchString(bare)) && !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, "!") && !strings.HasSuffix(line, "?")
}

// beginsLater tells that the last of the lines are an attribution of their own:
// those above it are what the sender wrote.
func beginsLater(lines, after []string) bool {
	for k := range lines {
		joined := strings.Join(trimAll(lines[k:]), " ")
		if beginLead.MatchString(joined) && attribution(joined, after) {
			return true
		}
	}
	return false
}

// attribution tells a line such as "On Monday, Ada <ada@example.org> wrote:"
// in any language and word order, by what all have: a verb of writing, a date
// and an address, a colon at the end. A customer's own sentence may read like
// one: then it needs quoted lines below.
func attribution(line string, after []string) bool {
	if len(line) < 6 || len(line) > longAttribution {
		return false
	}
	bare := strings.Trim(line, "-*_ ")
	colon := strings.HasSuffix(bare, ":") || strings.HasSuffix(bare, "：")
	address := strings.Contains(bare, "@") || strings.Contains(bare, "<mailto")
	if !colon && !address && !strings.HasPrefix(line, "-") && !leadWord.MatchString(bare) {
		return false
	}
	verb := wroteWord.in(bare)
	if !verb {
		return address && (colon || quotesFollow(after)) && dateLead.MatchString(bare) && toAddress.MatchString(bare) && dated.MatchString(bare)
	}
	date := dated.MatchString(bare)
	switch {
	case colon && quotesFollow(after):
		return true
	case youWrote.MatchString(bare) && !address:
		return false
	case colon && address && !date:
		return endsInVerb(bare) || toAddress.MatchString(bare)
	case colon:
		return date && (address || leadWord.MatchString(bare) || dateLead.MatchString(bare) || datedVerb.MatchString(bare))
	case strings.HasPrefix(line, "--") && strings.HasSuffix(line, "--"):
		return address || date
	default:
		return date && leadWord.MatchString(bare) && (address || endsInVerb(bare)) && (len(after) == 0 || strings.TrimSpace(after[0]) == "" || isQuoted(after[0]))
	}
}

// endsInVerb tells "Ada <ada@example.org> wrote:" from a sentence that only has
// the verb in it.
func endsInVerb(line string) bool {
	const tail = 36 // bytes: "het volgende geschreven", "napisał(a):"
	return wroteWord.in(line[max(0, len(line)-tail):])
}

// datedVerb tells "Ada wrote on 10.03.2026:".
var datedVerb = newPattern(`(?i)^(?:\S+ ){1,5}(?:wrote|schrieb|schreef|a écrit|ha scritto|skrev|napisał\S*)[ ,].{0,30}\d{1,2}[./:-]\d{1,2}.{0,60}:$`)

var sharedLead = newPattern(`(?:[.!?)] |\s?-{2,} ?| {2,}|\S )((?:On|Am|Le|Op|Il|El|Em|Den) \S{1,14} )`)

// sharedLine cuts a line on which the attribution stands behind the answer.
func sharedLine(line string, after []string) (own, rest string) {
	if len(line) > 2*longAttribution || !strings.HasSuffix(strings.TrimRight(line, " -"), ":") || !wroteWord.in(line) {
		return line, ""
	}
	for _, at := range sharedLead.FindAllStringSubmatchIndex(line, 4) {
		if attribution(line[at[2]:], after) {
			return strings.TrimRight(line[:at[2]], " -"), line[at[2]:]
		}
	}
	return line, ""
}

func trimAll(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.TrimSpace(l)
	}
	return out
}
