package ingest

import (
	"strconv"
	"strings"
)

// numbered is the answer to one numbered question of the mail that is answered.
type numbered struct {
	asked   string // what the question wants: see askedFor; empty when that is not known
	text    string // the answer, without the number before it
	line    int    // of newLines; -1 when it stands inside of the history
	at, end int    // bytes of that line
}

// question is one numbered question of the history.
type question struct {
	no    int
	asked string
	text  string
}

// wants are the words by which a question tells what it asks for, as the desk's
// own questions and people's have it. The first that is there counts: the line
// about the unit, with its serial number, stands in the question too.
var wants = []struct {
	asked string
	word  *phrase
}{
	{"support_ticket", newPhrase(`(?i)ticket.{0,60}(?:\bour\b|\bnotre\b|\bunser\w*|\bonze\b|\bnostr[ao]\b)|(?:\bour\b|\bnotre\b|\bunser\w*|\bonze\b|\bnostr[ao]\b).{0,40}ticket`)},
	{"vendor_ticket", newPhrase(`(?i)ticket|\bcase (?:number|no)|fallnummer|vorgangsnummer`)},
	{"fault", newPhrase(`(?i)\bfault\b|not working|\bpanne\b.{0,90}(?:précis|décrire)|(?:précis|décri).{0,60}\bpanne|funktioniert nicht|\bfehler(?:beschreibung|bild)?\b|werkt er|beschrijf|\bdefect\b.{0,30}beschrij|non funziona|descri(?:va|vere|zione)|describe|décri(?:re|vez)|beschreib`)},
	{"reason", newPhrase(`(?i)why would you|\breason\b|\bmotif\b|\bgrund\b|\breden\b|\bmotivo\b`)},
	{"unused", newPhrase(`(?i)\bunused\b|pas été utilisée|\bunbenutzt\b|\bongebruikt\b|non è stata utilizzata|original(?:ly)? pack|emballage d.origine|originalverpackung|originele verpakking|imballo originale`)},
	{"purchase_date", newPhrase(`(?i)when did you buy|(?:when|quand|wann|wanneer|quando)\b.{0,24}(?:bought|purchased|achet|gekauft|erworben|gekocht|acquistat|comprat)|(?:purchase|invoice|delivery) date|date (?:of (?:purchase|delivery)|d.achat|de (?:facture|livraison))|kaufdatum|lieferdatum|rechnungsdatum|wann .{0,20}gekauft|aankoopdatum|leverdatum|factuurdatum|data (?:di |d.)?(?:acquisto|consegna|fattura)`)},
	{"ordered", newPhrase(`(?i)which (?:product|model) did you order|aviez-vous command|welches (?:produkt|modell) hatten|welk (?:product|model|toestel) had|quale prodotto aveva`)},
	{"order", newPhrase(`(?i)\border|invoice|delivery note|commande|facture|bon de livraison|auftrag|bestell|rechnung|lieferschein|\bfactuur|pakbon|bestelnummer|ordin[ei]|fattura|\bddt\b`)},
	{"model", newPhrase(`(?i)\bmodel\b|\bmodels\b|\bmodèles?\b|\bmodell|\bmodello|\bmodelli|\btype (?:of|number)|typenbezeichnung`)},
	{"mac", newPhrase(`(?i)\bmac\b`)},
	{"serial", newPhrase(`(?i)\bserial|\bs/?n\b|s[ée]rie|\bserien?-?n|\bmatricol`)},
	{"manufacturer", newPhrase(`(?i)manufacturer|fabricant|hersteller|fabrikant|produttore|\bbrand\b|\bmarque\b|\bmarke\b|\bmerk\b|\bmarca\b`)},
}

// askedFor tells what a question asks for, by the field's name in the case.
func askedFor(text string) string {
	for _, w := range wants {
		if w.word.in(text) {
			return w.asked
		}
	}
	return ""
}

var (
	questionMark = newPattern(`^[\s>*•]{0,8}\(?(\d{1,2})\s?(?:[.):]|\.\))\s+(\S.*)$`)
	inlineMark   = newPattern(`(?:^|[\s(])(\d{1,2})[.)]\s+`)
)

// questions reads the numbered questions of the newest mail of the history
// that asks any.
func questions(older []string) []question {
	var all []question
	for i := 0; i < len(older); i++ {
		m := questionMark.FindStringSubmatch(older[i])
		if m == nil {
			if run := questionsOfLine(passage(older[i:])); len(all) == 0 && run != nil {
				return run
			}
			continue
		}
		no, _ := strconv.Atoi(m[1])
		if len(all) > 0 && no <= all[len(all)-1].no {
			if anyAsked(all) {
				return all
			}
			all = nil
		}
		text := m[2]
		for i+1 < len(older) && strings.TrimSpace(older[i+1]) != "" && !questionMark.MatchString(older[i+1]) && len(text) < 600 {
			i++
			text += "\n" + strings.TrimSpace(older[i])
		}
		all = append(all, question{no, askedFor(strings.ReplaceAll(text, "\n", " ")), text})
	}
	if anyAsked(all) {
		return all
	}
	return nil
}

// passage is a line with those that follow it, to the next empty one.
func passage(lines []string) string {
	const most = 6
	if !inlineMark.MatchString(lines[0]) {
		return ""
	}
	n := 1
	for n < min(len(lines), most) && strings.TrimSpace(lines[n]) != "" {
		n++
	}
	return strings.Join(trimAll(lines[:n]), " ")
}

// questionsOfLine reads "please send 1) the serial number 2) the ticket".
func questionsOfLine(line string) []question {
	marks := inlineMark.FindAllStringSubmatchIndex(line, 12)
	if len(marks) < 2 {
		return nil
	}
	var all []question
	for i, m := range marks {
		no, _ := strconv.Atoi(line[m[2]:m[3]])
		if no != i+1 {
			return nil
		}
		end := len(line)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		all = append(all, question{no, askedFor(line[m[1]:end]), line[m[1]:end]})
	}
	if !anyAsked(all) {
		return nil
	}
	return all
}

func anyAsked(all []question) bool {
	for _, q := range all {
		if q.asked != "" {
			return true
		}
	}
	return false
}

// numberedAnswers reads the answers to the numbered questions that the mail
// answers: numbered as they are, one a line in their order, or written below
// each of them.
func (r *reading) numberedAnswers() []numbered {
	if r.parts.older == "" || r.parts.forward {
		return nil
	}
	asked := questions(strings.Split(plain(r.parts.older), "\n"))
	if len(asked) == 0 {
		return r.belowPoints()
	}
	if found := r.byNumber(asked); len(found) > 0 {
		return found
	}
	if found := r.belowQuestion(asked); len(found) > 0 {
		return found
	}
	return r.inOrder(asked)
}

var answerMark = newPattern(`(?i)(?:^|[\s;,|(])(?:(?:ad|zu|re|on|sur|op|su|question|frage|vraag|domanda|risposta|antwort|answer|réponse|reponse|antwoord|point|punto|punt|punkt|pkt\.?|pos\.?|q|a|n°|nr\.?|no\.?|#)\s?)?[(\[]?(\d{1,2})(?:\s?(?:\.?\)|\]|:|=|/|°|>)\s*:?\s*|\.\s*:?\s*|\s?-\s+|\s+)`)

// byNumber reads "1) 4711 2) 4712", on one line or on many.
func (r *reading) byNumber(asked []question) []numbered {
	var found []numbered
	last := 0
	for n, line := range r.newLines {
		marks := answerMarks(line, asked, last)
		for i, m := range marks {
			end := len(line)
			if i+1 < len(marks) {
				end = marks[i+1].from
			}
			a := numbered{asked: m.q.asked, line: n, at: m.at, end: end}
			if strings.TrimSpace(line[m.at:end]) == "" && n+1 < len(r.newLines) {
				a.line, a.at, a.end = n+1, 0, len(r.newLines[n+1])
			}
			a.text = strings.Trim(r.newLines[a.line][a.at:a.end], " \t,;-")
			found = append(found, a)
			last = m.q.no
		}
	}
	return found
}

// place is a number before an answer: from where, the answer's begin, and the
// question.
type place struct {
	from, at int
	q        question
}

// answerMarks gives the numbers of questions on a line, each greater than the
// one before: other numbers are part of an answer.
func answerMarks(line string, asked []question, last int) []place {
	const most = 1000 // a longer line is no short answer
	var marks []place
	if len(line) > most || !hasDigit(line) {
		return nil
	}
	for at := 0; at < len(line); {
		m := answerMark.FindStringSubmatchIndex(line[at:])
		if m == nil {
			break
		}
		no, _ := strconv.Atoi(line[at+m[2] : at+m[3]])
		from, end := at+m[0], at+m[1]
		begins := strings.TrimLeft(line[:from], " \t-*•(") == ""
		q, ok := questionNo(asked, no)
		if ok && no > last && (begins || len(marks) > 0) && bareMarkFits(line[at+m[3]:end], line[end:]) {
			marks = append(marks, place{from, end, q})
			last = no
		}
		at = end
		if at > 0 && at < len(line) && line[at-1] == ' ' {
			at-- // the blank is the one before the next number, too
		}
	}
	return marks
}

// bareMarkFits wants, behind a number that nothing but a blank closes, a value
// and nothing else: "2 phones" is no answer. A full stop wants a blank or a
// letter behind it.
func bareMarkFits(mark, rest string) bool {
	word := strings.TrimSpace(rest)
	if i := strings.IndexByte(word, ' '); i > 0 {
		word = word[:i]
	}
	switch strings.TrimSpace(mark) {
	case "":
		return len(word) >= 5 && hasDigit(word)
	case ".":
		return mark != "." || len(rest) == 0 || !hasDigit(rest[:1])
	}
	return true
}

func questionNo(asked []question, no int) (question, bool) {
	for _, q := range asked {
		if q.no == no {
			return q, true
		}
	}
	return question{}, false
}

// belowQuestion reads the answers that stand between the quoted questions, or
// behind the question mark of one, where the new text says to look there.
func (r *reading) belowQuestion(asked []question) []numbered {
	var found []numbered
	current, answered := -1, false
	for line := range strings.SplitSeq(plain(r.msg.Text), "\n") {
		quoted := strings.HasPrefix(strings.TrimLeft(line, " "), ">")
		switch {
		case quoted:
			if m := questionMark.FindStringSubmatch(line); m != nil {
				no, _ := strconv.Atoi(m[1])
				current, answered = no, false
			}
		case current >= 0 && !answered && strings.TrimSpace(line) != "":
			if q, ok := questionNo(asked, current); ok {
				n := lineWith(r.newLines, line)
				found = append(found, numbered{asked: q.asked, text: strings.TrimSpace(line), line: n, at: 0, end: len(line)})
			}
			answered = true
		}
	}
	if len(found) > 0 || !pointsDown.in(strings.Join(r.newLines, "\n")) {
		return found
	}
	for _, q := range asked {
		i := strings.LastIndexAny(q.text, "?:")
		if i < 0 || !hasDigit(q.text[i:]) {
			continue
		}
		found = append(found, numbered{asked: q.asked, text: strings.Trim(q.text[i+1:], " \t\n*"), line: -1})
	}
	return found
}

// pointsDown tells that the answers, or the numbers, stand in the history.
var pointsDown = newPhrase(`(?i)\b(?:below|beneath|in ?-?line (?:answers?|replies|comments?)|in (?:red|blue|bold)\b|my (?:previous|earlier|first|last) (?:e-?)?mail|` +
	`unten\b|unten(?:stehend|genannt)\w*|im text (?:rot|blau)|in rot\b|rot markiert|(?:meine|vorige|letzte|erste)[rn]? (?:e-?)?mail|` +
	`ci-dessous|ci-après|plus bas|en rouge|en bleu|mon (?:précédent|premier|dernier) (?:mail|message|courriel)|mail précédent|` +
	`hieronder|onderstaand\w*|onderaan|in het rood|in rood|mijn (?:vorige|eerdere|eerste|laatste) (?:e-?)?mail|` +
	`qui sotto|sottostant\w|di seguito|in calce|in rosso|(?:mia|mio) (?:precedente|prima|ultima) (?:e-?)?(?:mail|messaggio)|mail precedente)`)

// asksSerial is a mail that asks for the serial numbers.
var asksSerial = newPhrase(`(?i)(?:need|send|provide|what|which|missing|give|transmettre|envoyer|communiquer|indiquer|manqu\pL*|quel\pL*|merci de|fournir|senden|nennen|mitteilen|angeben|benötigen|fehl\pL*|brauchen|wie lautet|bezorgen|doorgeven|sturen|ontbre\pL*|graag|nodig|inviar\pL*|mandar\pL*|comunicar\pL*|fornir\pL*|manca\pL*|qual)(?:[\s,]+[^\s.?!]+){0,8}[\s,]+(?:les |le |la |il |l')?(?:serial|s/n|num[ée]ros? de s[ée]rie|n° de s[ée]rie|seriennummer\pL*|serienummers?|numer[oi] di serie|matricol\pL*|serial[ei])`)

func lineWith(lines []string, text string) int {
	for n, line := range lines {
		if strings.TrimSpace(line) == strings.TrimSpace(text) {
			return n
		}
	}
	return -1
}

// belowPoints reads the answers that stand right below questions in a list without
// numbers: "> - the serial number".
func (r *reading) belowPoints() []numbered {
	var found []numbered
	asked := ""
	for line := range strings.SplitSeq(plain(r.msg.Text), "\n") {
		switch t := strings.TrimSpace(line); {
		case strings.HasPrefix(t, ">"):
			if m := questionPoint.FindStringSubmatch(t); m != nil {
				asked = askedFor(m[1])
			}
		case t != "" && asked != "":
			if n := lineWith(r.newLines, line); n >= 0 {
				found = append(found, numbered{asked: asked, text: t, line: n, at: 0, end: len(line)})
			}
			asked = ""
		}
	}
	return found
}

var questionPoint = newPattern(`^[\s>]*>\s*[-*•–]\s+(\S.*)$`)

// inOrder reads answers without numbers: as many bare values as questions that
// want one, in their order.
func (r *reading) inOrder(asked []question) []numbered {
	var open []question
	for _, q := range asked {
		switch q.asked {
		case "serial", "mac", "vendor_ticket", "support_ticket", "order":
			open = append(open, q)
		}
	}
	var found []numbered
	for n, line := range r.newLines {
		spans := words(line)
		if len(spans) > len(open)+1 {
			continue
		}
		for _, w := range spans {
			if digitsIn(line[w.at:w.end]) >= 4 && len(found) < len(open) {
				found = append(found, numbered{open[len(found)].asked, line[w.at:w.end], n, w.at, w.end})
			}
		}
	}
	if len(found) != len(open) {
		return nil
	}
	return found
}

func digitsIn(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// answered is the body with each numbered answer under the label of what was
// asked, so that a serial is read as one and a ticket is not. elsewhere are the
// answers that were written into the history.
func (r *reading) answered(body zone) (labelled, elsewhere zone) {
	answers := r.numberedAnswers()
	if len(answers) == 0 {
		return body, zone{}
	}
	elsewhere.foundIn = "quoted"
	lines := append([]string(nil), body.lines...)
	fresh := map[int]bool{}
	for _, a := range answers {
		text := "- " + labelFor(a.asked) + a.text
		switch {
		case a.line < 0:
			elsewhere.lines = append(elsewhere.lines, text)
		case fresh[a.line]:
			lines[a.line] += " ; " + text
		default:
			lines[a.line], fresh[a.line] = text, true
		}
	}
	return zone{foundIn: body.foundIn, lines: lines, as: body.lines}, elsewhere
}

// labelFor is the label that makes an answer what was asked for.
func labelFor(asked string) string {
	switch asked {
	case "serial":
		return "S/N: "
	case "mac":
		return "MAC: "
	case "vendor_ticket", "support_ticket":
		return "ticket: "
	case "order":
		return "order: "
	}
	return ""
}
