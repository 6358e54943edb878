package ingest

import (
	"slices"
	"sort"
	"strings"
)

// zone is one stretch of text that units are looked for in.
type zone struct {
	foundIn string // body, subject, quoted, or the attachment's name
	lines   []string
	as      []string // the lines as they were written, where lines are not
	list    bool     // an attached list
	codes   bool     // codes on a picture, or a file's name: only what has a maker's form counts
	weak    bool     // says little
	second  bool     // goes behind the text: see join
	picked  bool     // counts only where the sender names places in its list
	bill    bool     // a paper about a whole delivery
}

type findKind int

const (
	aSerial findKind = iota
	aMAC
	aModel
	aMaker
)

// find is one thing that a line names.
type find struct {
	kind     findKind
	text     string // normalised
	maker    int    // -1 unknown
	line     int
	at, end  int // bytes of the line
	quantity int // of a model: how many are spoken of; 0 when the text does not say
	labelled bool
	trust    trust  // of a model
	article  bool   // of a model: stands behind "P/N" or "SKU"
	before   string // what stands before it on its line, the last bytes
	evidence string // the line, or what is around it
	range_   bool   // ends a range that the find before it begins
	counted  bool   // stands in no line: counted between the ends of a range
	isMAC    bool   // of a serial: it is the unit's MAC, too
	instead  bool   // is another reading of the number before it
	doubt    Doubt
	meant    string
}

// scanner looks through one mail. named are the makers that the mail speaks of
// anywhere, which is what patterns of little form need for company.
type scanner struct {
	cat      *Catalogue
	named    map[int]bool
	proven   map[int]bool // makers of serials and MACs that were found
	formless bool         // names a maker whose serials have no known form
	language string       // of the mail, as Facts has it
	reason   string       // why the goods come back, as reasonOf has it
	ordered  []string     // models that were ordered and are not to be returned
	extra    int          // how many more came than were ordered, 0 where the text does not say
	many     int          // how many of them were ordered, 0 unknown

	modelled    map[int]bool      // makers of models that were found
	seen        map[string][]find // the models of lines that were looked through already
	askedSerial bool              // the mail that is answered asked for serials
	body        []string          // what the sender wrote, where a list may be spoken of
	picks       bool              // the sender told units by their place in a list
	staying     int               // numbers of this zone that were left out: those units work or stay
	series      map[string]int    // numbers of the zone that are like others of it, as ones of one lot are: how many those are
	underOther  bool              // the line above ends in the label of another kind of number
}

var (
	serialLabel = newPhrase(`(?i)(?:\bs[ ]?/[ ]?n(?:r|o)?\b|\bs\.?-nr\b|\bn/s\b|\bsn(?:r|s)?\b|\bs\.[ ]?n\.?|\bser(?:ial)?\.?[ ]?-?(?:number|nummer|numero|num|no|nr|n°|#)s?\b\.?(?:\(s\))?|\bserials?\b|\bs(?:eri|ere|era|ira|eir)[aeil]{1,3}l?[- ]?(?:n[ou]m\pL*|no|nr)\b|\bser(?:ieel|ieele|iele|iales?) ?(?:nummers?|nr)|` +
		`\bn(?:[°o]\.?|um[ée]ros?|um\.?|os?\.?|r\.?|\.)? ?(?:de )?s[ée]ries?\b|s[ée]rie[ ]?n[°o]|\bs[ée]rie ?:|` +
		`\bserie[- ]?(?:num+ers?|nrs?\b\.?|no\b\.?)|\b(?:numer[oi]|num\.?|nr\.?|n[°.]|codice|cod\.?)[ ]*(?:di[ ]+)?(?:serie|serial[ei]|matricol[ae]|matr\.?)|\bmatricol[ae]\b|\bmatr\.|\bserial[ei]\b|` +
		`\bserien?[-. ]?(?:num+ern?|nrn?\b\.?|no\b\.?)|\bser\.?[- ]?nr\b\.?|\bger[äa]tenummern?\b|\bfabrik(?:ations)?-?(?:nummer|nr)\b\.?|\bnummer (?:vom|auf dem|am) (?:aufkleber|etikett|typenschild|boden)|\bnumber (?:on|at|under|from|off) (?:the|its) (?:back|bottom|underside|sticker|label|rear|base|plate)|\bnummer (?:auf|an) der (?:rückseite|unterseite)|\bnum[ée]ro (?:au dos|dessous|sur (?:l'étiquette|la plaque)|sous (?:l'appareil|le poste|le socle))|\bnummer (?:achterop|onderop|onderaan|op de (?:achterkant|onderkant|sticker))|\bnumero (?:sul (?:retro|fondo)|sotto|sull'etichetta|sulla targhetta)|étiquettes?(?: \pL+){0,3} ?:|\b(?:etiketten?|stickers?|aufkleber|etichett[ae]|labels?|typenschild)(?: \pL+){0,3} ?:)`)
	macLabel   = newPhrase(`(?i)\bmac(?:[- ]?(?:ids?|add?res(?:s|se|ses|sen|si|sses)?|addr|indirizz[oi]))?\b|\b(?:add?res(?:s|se|ses|sen)?|indirizz[oi])[ ]+mac\b`)
	otherLabel = newPhrase(`(?i)(?:\b(?:p/n|pn|part(?: ?(?:no|number|nr))|sku|art(?:ikel)?\.?-?(?: ?(?:nr|nummer|code|no))|cod(?:ice)?\.? ?art(?:icolo)?|ean|upc|gtin|fcc(?: ?id)?|imei|ipei|ipui|rfpi|firmware|fw|hw|version|versie|versione|` +
		`order|po|bestell?(?:nummer|nr|ung)|best|auftrag\w*|commande|cde|bestelling|ordine|invoice|factuur|facture|fact|rechnung\w*|re|fattura|ft|lieferschein\w*|ls|bl|bon de livraison|ddt|pakbon|tracking|colis|sendung\w*|ticket\w*|case|rma|` +
		`iban|vat|tva|btw|p\.? ?iva|ust-?id\w*|tel|t[ée]l|phone|fax|mobil(?:e|nr|nummer|funk|tel\w*)?|cell?|gsm|hrb|rcs|siret|siren|kvk|sinistre|schaden\w*|contract|contrat|vertrag\w*|meeting id|passcode|call-?id|licen[sc]e|lizenz\w*|licenza|licence|cig|ref|réf|référence|vorgang\w*|dossier|kundennr|kundennummer|client no|customer no|account|inventar\w*|inv\.?-?nr|asset(?: ?(?:tag|no|id))?|inventaris\w*|inventaire|inventario|iccid|sim|puk|pin|batch|lot|passcode|password|passwort|durchwahl|nebenstelle|extension|kostenstelle|projekt\w*|angebot\w*|offerte|devis|preventivo|cwmp\S*|conference id|id riunione|besprechungs-?id)\b\.?)`)
	macForm = newPattern(`(?i)(?:[0-9a-f]{2}(?:[:\-. ]?[0-9a-f]{2}){5}|[0-9a-f]{4}[.:\-][0-9a-f]{4}[.:\-][0-9a-f]{4}|[0-9a-f]{6}[:\-. ][0-9a-f]{6})`)
	dateish = newPattern(`^(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})$`)
)

// lineAround is the line that a find stands on, its middle when it is long.
func lineAround(line string, at int) string {
	const most = 200
	if len(line) > most {
		from := max(0, at-most/2)
		line = strings.ToValidUTF8(line[from:min(len(line), from+most)], "")
	}
	return strings.Join(strings.Fields(line), " ")
}

// scan gives what a line names, from left to right. pending says that the line
// above ended in a serial label, label that this one does.
func (s *scanner) scan(line string, n int, pending bool) (found []find, label bool) {
	taken := make([]bool, len(line)+1)
	if !hasDigit(line) {
		return s.makers(line, n, s.models(line, n, taken)), serialLabel.in(line)
	}
	up := upper(line)
	found = s.macs(line, up, n, taken)
	found = append(found, s.models(line, n, taken)...)
	more, label := s.labelled(line, n, taken, pending, behindModel(line, found))
	found = append(found, more...)
	found = append(found, s.patterned(line, up, n, taken, found)...)
	found = withoutCorrected(line, s.makers(line, n, found))
	sort.SliceStable(found, func(i, j int) bool { return found[i].at < found[j].at })
	return s.ranges(line, found), label
}

// withoutCorrected drops a number that the line itself takes back for another that
// is much like it: "... 77 (and not ... 71)".
func withoutCorrected(line string, found []find) []find {
	if !anyNot.in(line) {
		return found
	}
	return slices.DeleteFunc(slices.Clone(found), func(f find) bool {
		return isNumber(f) && notThis.MatchString(tail(line[:f.at], 30)) && slices.ContainsFunc(found, func(o find) bool { return isNumber(o) && o.text != f.text && slips(o.text, f.text) <= 3 })
	})
}

// notThis stands right before a number that is not the one.
var notThis = newPattern(`(?i)(?:^|[^\pL])(?:(?:and |und |et |en |e )?(?:not|nicht|non|pas|niet)|instead of|rather than|statt|anstatt|au lieu de|in plaats van|invece di|anziché)\s(?:the |le |la |il |die |das |de )?["']?$`)

// anyNot finds out fast whether a line has such words.
var anyNot = newPhrase(`(?i)(?:not|nicht|non|pas|niet|instead of|rather than|statt|au lieu de|plaats van|invece di|anziché)\s(?:\pL+\s)?["']?[0-9A-Z]{4}`)

// slips counts the characters in which two numbers differ; numbers of two lengths
// differ in all.
func slips(a, b string) int {
	if len(a) != len(b) {
		return len(a) + len(b)
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func boundary(s string, i int) bool {
	return i == 0 || i == len(s) || !wordByte(s[i-1]) || !wordByte(s[i])
}

func take(taken []bool, at, end int) {
	for i := at; i < end; i++ {
		taken[i] = true
	}
}

func (s *scanner) macs(line, up string, n int, taken []bool) []find {
	found := s.groupedMACs(line, up, n, taken)
	for from := 0; from < len(line); {
		loc := macForm.FindStringIndex(line[from:])
		if loc == nil {
			break
		}
		at, end := from+loc[0], from+loc[1]
		mac := hexOnly(up[at:end])
		if taken[at] || len(mac) != 12 || !boundary(line, at) || !boundary(line, end) || !evenly(line[at:end]) || inToken(line, at, end) || !s.isMAC(line, at, end, mac) {
			for from = at + 1; from < len(line) && wordByte(line[from-1]); from++ {
			}
			continue
		}
		f := find{kind: aMAC, text: mac, maker: s.cat.maker(mac), line: n, at: at, end: end, before: tail(line[:at], 80), evidence: lineAround(line, at)}
		if before := lastLabel(line[:at]); before == "serial" && !strings.ContainsAny(line[at:end], ":. ") {
			f.kind, f.labelled, f.isMAC = aSerial, true, f.maker >= 0
		}
		f.labelled = f.labelled || lastLabel(line[:at]) == "mac"
		found = append(found, f)
		// Ubiquiti prints a set-up code behind the MAC; it belongs to no number.
		if whole := end + 5; f.kind == aSerial && whole <= len(line) && line[end] == '-' && boundary(line, whole) && s.formOf(up[at:whole]) == f.maker && f.maker >= 0 {
			f.text, end = up[at:whole], whole
			found[len(found)-1].text = f.text
		}
		end = codeBehind(line, end)
		take(taken, at, end)
		from = end
	}
	return found
}

// groupedMACs reads MACs behind their label that are written in uneven groups.
func (s *scanner) groupedMACs(line, up string, n int, taken []bool) []find {
	var found []find
	for _, l := range macLabel.all(line) {
		loc := hexGroups.FindStringSubmatchIndex(line[l[1]:])
		if loc == nil {
			continue
		}
		at := l[1] + loc[2]
		end := at
		for count := 0; count < 12 && end < l[1]+loc[3]; end++ {
			if wordByte(line[end]) {
				count++
			}
		}
		mac := hexOnly(up[at:end])
		if len(mac) != 12 || evenly(line[at:end]) && macForm.MatchString(line[at:end]) || !boundary(line, end) || s.cat.maker(mac) < 0 {
			continue
		}
		found = append(found, find{kind: aMAC, text: mac, maker: s.cat.maker(mac), line: n, at: at, end: end, labelled: true, before: tail(line[:at], 80), evidence: lineAround(line, at)})
		take(taken, at, end)
	}
	return found
}

var hexGroups = newPattern(`(?i)^(?:\s(?:is|ist|lautet|est|è|address|adres))?[\s:=.#-]{0,6}((?:[0-9a-f]{1,8}[ :.-]){1,8}[0-9a-f]{1,8})`)

// inToken tells digits that are part of something longer: a Call-ID, a UUID.
func inToken(line string, at, end int) bool {
	return at > 1 && (line[at-1] == '-' || line[at-1] == '_') && wordByte(line[at-2]) || end < len(line) && line[end] == '@' ||
		end+1 < len(line) && line[end] == '-' && wordByte(line[end+1]) && strings.IndexByte(line[at:end], '-') > 0
}

// evenly tells a MAC whose digits are parted by one sign throughout.
func evenly(mac string) bool {
	var sep byte
	for i := range len(mac) {
		if wordByte(mac[i]) {
			continue
		}
		if sep != 0 && mac[i] != sep {
			return false
		}
		sep = mac[i]
	}
	return true
}

func codeBehind(line string, end int) int {
	if end+7 <= len(line) && line[end] == '-' && boundary(line, end+7) {
		for _, c := range []byte(line[end+1 : end+7]) {
			if !wordByte(c) {
				return end
			}
		}
		return end + 7
	}
	return end
}

// isMAC wants more than twelve hex digits: separators that only MACs have, a
// known prefix, or a label.
func (s *scanner) isMAC(line string, at, end int, mac string) bool {
	if s.cat.maker(mac) >= 0 {
		return true
	}
	if strings.ContainsAny(line[at:end], ":-") && end-at == 17 {
		return true
	}
	return lastLabel(line[:at]) == "mac"
}

func hexOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'F' {
			return r
		}
		return -1
	}, s)
}

var labels = []struct {
	name   string
	phrase *phrase
}{{"serial", serialLabel}, {"mac", macLabel}, {"other", otherLabel}}

// lastLabel names the label that stands closest before a value.
func lastLabel(before string) string {
	before = before[max(0, len(before)-40):]
	best, name := -1, ""
	for _, l := range labels {
		if all := l.phrase.all(before); len(all) > 0 && all[len(all)-1][1] > best {
			best, name = all[len(all)-1][1], l.name
		}
	}
	return name
}

func (s *scanner) models(line string, n int, taken []bool) []find {
	if seen, ok := s.seen[line]; ok && !slices.Contains(taken, true) {
		found := slices.DeleteFunc(slices.Clone(seen), func(f find) bool { return s.ofLot(line[f.at:f.end]) })
		for i := range found {
			found[i].line = n
			take(taken, found[i].at, found[i].end)
		}
		return found
	}
	return s.lookForModels(line, n, taken)
}

func (s *scanner) lookForModels(line string, n int, taken []bool) []find {
	var found []find
	for i := 0; i < len(line); i++ {
		if taken[i] || !wordByte(line[i]) || i > 0 && wordByte(line[i-1]) {
			continue
		}
		best, form := s.longestModel(line, i)
		if best == 0 {
			best, form = s.plural(line, i)
		}
		if best == 0 || anyTaken(taken, i, i+best) {
			continue
		}
		if s.ofMany(line, i, i+best, form) {
			best--
		}
		if rest := line[i+best:]; !strings.HasPrefix(rest, "s") || len(rest) > 1 && wordByte(rest[1]) {
			best += suffix(rest)
		}
		if ourNumber.MatchString(line[i : i+best]) {
			continue // a number of ours or of the customer's that begins like a model
		}
		if digitsIn(line[i:i+best]) >= 6 && lastLabel(line[:i]) == "serial" || s.ofLot(line[i:i+best]) {
			continue // a serial that begins like a model
		}
		best = bracketsClosed(line, i, best)
		best += s.letterBehind(line, i, i+best, form.maker)
		maker := form.maker
		text, bare := s.bareModel(line[i:i+best], maker)
		found = append(found, find{kind: aModel, text: text, maker: maker, trust: form.trust, line: n, at: i, end: i + best,
			quantity: s.quantityAt(line, i, i+best), labelled: bare, before: tail(line[:i], 80), evidence: lineAround(line, i), article: articleLabel.MatchString(tail(line[:i], 20)) || articleForm.MatchString(line[i:i+best])})
		take(taken, i, i+best)
		s.modelled[maker] = s.modelled[maker] || len(text) > 4 || s.named[maker] || form.trust == unmistaken && len(text) == 4
		i += best - 1
	}
	if len(found) > 1 {
		s.distributed(line, found)
		asideArticles(line, found)
	}
	return found
}

// ofLot tells a number that begins like a model, and is one of several that are alike.
func (s *scanner) ofLot(v string) bool { return s.series[upper(v)] > 0 && manyDigits.MatchString(v) }

var manyDigits = newPattern(`\d{6}`)

// ofMany tells a model with the s of many things where its form takes letters:
// "the D735s", but not "T46s", which is a model of its own.
func (s *scanner) ofMany(line string, at, end int, form *form) bool {
	text := line[at:end]
	if len(text) < 4 || text[len(text)-1] != 's' || !hasDigit(text) || !boundary(line, end) {
		return false
	}
	if word := text[strings.LastIndexAny(text, " -")+1:]; word == lowerASCII(word) {
		return false // nothing tells this letter from those of the model
	}
	return s.cat.spelling[form.maker].whole[upper(text)] == "" && form.at(line[:end-1], at) == len(text)-1
}

// asideArticles takes what stands in brackets right behind a model of the same
// maker for his order code.
func asideArticles(line string, models []find) {
	for i := 1; i < len(models); i++ {
		a, b := models[i-1], &models[i]
		if a.maker == b.maker && strings.TrimSpace(line[a.end:b.at]) == "(" {
			b.article = true
		}
	}
}

// longestModel is the form that takes most of a line from a place; of several the
// one of a maker that the mail names, then the one that needs least company.
func (s *scanner) longestModel(line string, i int) (best int, longest *form) {
	try := func(f *form, size int) {
		if size > best || size == best && size > 0 && s.before(f, longest) {
			best, longest = size, f
		}
	}
	for _, k := range s.cat.index.models[pairAt(line, i)] {
		try(&s.cat.models[k], s.cat.models[k].at(line, i))
	}
	for _, k := range s.cat.index.shortened {
		if f := &s.cat.models[k]; s.named[f.maker] {
			try(f, withName(f, line[i:]))
		}
	}
	return best, longest
}

func (s *scanner) before(a, b *form) bool {
	if s.named[a.maker] != s.named[b.maker] {
		return s.named[a.maker]
	}
	return a.trust > b.trust
}

// withName is the length of a model before which its maker's name was left out.
// What is left must be a name of its own.
func withName(f *form, rest string) int {
	const letters = 5
	size := f.at(f.name+rest[:min(len(rest), longest-len(f.name))], 0) - len(f.name)
	if size <= 0 || len(strings.Trim(rest[:size], "0123456789 -+")) < letters {
		return 0
	}
	return size
}

var hardwareVersion = newPattern(`(?i)v\d{1,2}$`)

// plural reads a model with the s of many things, as in "six IP222s", or with
// the version of its hardware.
func (s *scanner) plural(line string, i int) (size int, form *form) {
	end := i
	for end < len(line) && (wordByte(line[end]) || line[end] == '-') {
		end++
	}
	if size, form = s.oneOfMany(line, i, end); size > 0 || end+1 >= len(line) || line[end] != ' ' || !wordByte(line[end+1]) {
		return size, form
	}
	for end++; end < len(line) && (wordByte(line[end]) || line[end] == '-'); end++ {
	}
	if line[end-1] != 's' {
		return 0, nil
	}
	return s.oneOfMany(line, i, end) // "U6 Pros"
}

// oneOfMany is the model that stands in the plural, or with its hardware version.
func (s *scanner) oneOfMany(line string, i, end int) (size int, form *form) {
	if end-i < 4 || !hasDigit(line[i:end]) {
		return 0, nil
	}
	word := hardwareVersion.ReplaceAllString(line[i:end], "")
	if line[end-1] == 's' {
		word = strings.TrimSuffix(line[i:end-1], "'")
	}
	if len(word) == end-i || len(word) < 3 {
		return 0, nil
	}
	for k := range s.cat.models {
		if f := &s.cat.models[k]; f.at(word, 0) == len(word) && (s.named[f.maker] || len(word) > 4) {
			return len(word), f
		}
	}
	return 0, nil
}

// suffix is the length of what follows a model without a space and belongs to
// it: a hardware version, a power-over-ethernet variant.
func suffix(rest string) int {
	n := 0
	for n < len(rest) && (wordByte(rest[n]) || (rest[n] == '-' || rest[n] == '/') && n+1 < len(rest) && wordByte(rest[n+1])) {
		n++
	}
	if n < len(rest) && n > 0 && rest[n] == '+' {
		n++
	}
	tail := strings.Trim(rest[:n], "-/+")
	if n > 16 || !hasDigit(tail) && (len(tail) > 4 || tail == lowerASCII(tail)) {
		return 0
	}
	return n
}

// ourNumber is a year, or a letter and a year, and a running number: "R26-00412".
var ourNumber = newPattern(`^[A-Z]{0,3}(?:20)?[23]\d[-/]\d{4,6}$`)

// articleForm is the order code of HPE for a model.
var articleForm = newPattern(`^[JQRS]\d[A-Z0-9]\d{2}[A-Z]$`)

var articleLabel = newPattern(`(?i)(?:p/n|\bpn|sku|art(?:ikel)?\.?-?(?:nr|nummer|code|no)\.?|\bart\.?|ean|part (?:no|number)|\bcod(?:ice)?\.?|\bréf(?:érence)?\.?|\bref\.?|\bbest(?:ell)?\.?-?nr\.?)\W{0,3}$`)

func anyTaken(taken []bool, at, end int) bool {
	for _, t := range taken[at:min(end, len(taken))] {
		if t {
			return true
		}
	}
	return false
}

// afterModel is the word of a sentence behind a model, where an expression takes
// short words for a part of it.
var afterModel = newPattern(`(?:\s(?:von|vom|und|ist|war|mit|der|die|das|hat|bei|für|of|and|is|was|are|has|for|the|in|on|at|to|de|du|des|et|est|a|en|sur|van|met|het|een|op|is|e|ed|di|da|con|ha|il|la|le))+$`)

// bareModel takes the maker's name off the front of a model; named tells that
// it stood there.
func (s *scanner) bareModel(text string, maker int) (model string, named bool) {
	m := s.cat.makers[maker]
	for i, name := range append([]string{m.ID}, m.Names...) {
		if len(text) <= len(name)+1 || !strings.EqualFold(text[:len(name)], name) || text[len(name)] != ' ' {
			continue
		}
		rest := strings.TrimSpace(text[len(name):])
		if i < 2 || strings.HasPrefix(lowerASCII(name), m.ID) || s.isModelOf(rest, maker) || s.isModelOf(m.Names[0]+" "+rest, maker) && inPlaceOf(m, name) {
			text, named = rest, true
		}
	}
	text = afterModel.ReplaceAllString(text, "")
	return s.cat.asWritten(strings.TrimRight(text, " -/"), maker), named
}

// letterBehind is the length of a blank and the letter that belongs to a model:
// the S of "T46 S".
func (s *scanner) letterBehind(line string, at, end, maker int) int {
	if end+2 > len(line) || line[end] != ' ' || line[end+1] < 'A' || line[end+1] > 'Z' || !boundary(line, end+2) || !hasDigit(line[end-1:end]) {
		return 0
	}
	last := line[at+strings.LastIndexAny(line[at:end], " -")+1 : end]
	if s.cat.spelling[maker].whole[upper(last)+line[end+1:end+2]] == "" {
		return 0
	}
	return 2
}

// bracketsClosed is the length of a model with the bracket closed that it opens;
// without it where it stays open.
func bracketsClosed(line string, at, size int) int {
	text := line[at : at+size]
	open := strings.LastIndexByte(text, '(')
	if open < 0 || strings.IndexByte(text[open:], ')') >= 0 {
		return size
	}
	if at+size < len(line) && line[at+size] == ')' {
		return size + 1
	}
	return len(strings.TrimRight(text[:open], " "))
}

// inPlaceOf tells a name that the maker's expressions take as well as his first.
func inPlaceOf(m Manufacturer, name string) bool {
	return slices.ContainsFunc(m.Models, func(p ModelPattern) bool {
		return strings.Contains(p.Expr, m.Names[0]+"|"+name) || strings.Contains(p.Expr, name+"|"+m.Names[0])
	})
}

// isModelOf tells that a text is a model of a maker without his name: names of
// families stand among his own, and belong to the model.
func (s *scanner) isModelOf(text string, maker int) bool {
	return slices.ContainsFunc(s.cat.models, func(f form) bool { return f.maker == maker && f.at(text, 0) == len(text) })
}

// span is a word of a line with its place.
type span struct{ at, end int }

// words cuts a line into what may be numbers: letters and digits, joined by
// dots, dashes, slashes and underscores.
func words(line string) []span {
	var out []span
	for i := 0; i < len(line); {
		if !wordByte(line[i]) {
			i++
			continue
		}
		at := i
		for i < len(line) && (wordByte(line[i]) || line[i] >= 128 || strings.IndexByte("./_-!+", line[i]) >= 0 && i+1 < len(line) && wordByte(line[i+1])) {
			i++
		}
		out = append(out, span{at, i})
	}
	return out
}

// labelled takes the values behind serial labels. pending is true when the
// line above ended in a label, label when this one does.
func (s *scanner) labelled(line string, n int, taken []bool, pending bool, sign []int) (found []find, label bool) {
	places := serialLabel.all(line)
	if len(places) == 0 {
		for _, l := range barelySerial.FindAllStringSubmatchIndex(line, 8) {
			places = append(places, [2]int{l[2], l[3]})
		}
	}
	if len(places) == 0 && sign != nil {
		places = append(places, [2]int(sign))
	}
	if pending {
		places = append([][2]int{{0, 0}}, places...)
	}
	for i, l := range places {
		end := len(line)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		if l[1] < len(line) && l[1] > l[0] && wordByte(line[l[1]]) && wordByte(line[l[1]-1]) {
			continue
		}
		values := s.values(line, l[1], end, n, taken)
		found = append(found, values...)
		label = len(values) == 0 && i == len(places)-1 && l[1] > 0 && !hasDigit(line[l[1]:])
	}
	return found, label
}

// behindModel is the place of a sign for "number" right behind a model, before a
// word that is long enough for a serial: "X3U n° FX3U22080201".
func behindModel(line string, found []find) []int {
	for _, f := range found {
		if !isModel(f) || f.end >= len(line) {
			continue
		}
		if l := signNumber.FindStringSubmatchIndex(line[f.end:]); l != nil && digitsIn(line[f.end+l[4]:f.end+l[5]]) >= 5 {
			return []int{f.end + l[2], f.end + l[3]}
		}
	}
	return nil
}

var signNumber = newPattern(`(?i)^\s((?:n°|nº|nr\.?|no\.?|num\.?)\s?:?\s?)([0-9A-Z]{8,20})(?:[^0-9A-Za-z]|$)`)

// barelySerial is a word that is a label only right before a number.
var barelySerial = newPattern(`(?i)(?:^|[^\pL])((?:s[ée]rie|serie|sticker|étiquette|etichetta|label) ?:? ?)(?:[0-9]{4}|[A-Z0-9]{2,6}\d{4})`)

var (
	version  = newPattern(`^[VR]?_?\d{1,3}(?:\.\d{1,5}){2,4}(?:-\d+)?$`)
	listJoin = newPattern(`(?i)^\s*(?:[,;/&+|]|and|et|und|u\.?|en|e|sowie|bzw\.?|resp\.?|ainsi que|as well as|evenals|alsook|nonché|plus|y)?\s*(?:and|et|und|en|e|also|auch|aussi|ook|anche)?\s*$`)
)

// skipWords is how many words may stand between a label and its value.
const skipWords = 5

func (s *scanner) values(line string, at, end, n int, taken []bool) []find {
	var found []find
	skipped := 0
	last := at
	spans := words(line[at:end])
	for i := 0; i < len(spans); i++ {
		from, to := at+spans[i].at, at+spans[i].end
		between := line[last:from]
		if len(found) > 0 && !listJoin.MatchString(between) {
			break
		}
		if taken[from] {
			if len(found) > 0 || otherLabelIn(between) {
				break
			}
			last = to
			continue
		}
		value, used := s.group(line, at, spans[i:])
		if value == "" {
			if len(found) > 0 && listJoin.MatchString(line[last:to]) {
				continue // "A and B"
			}
			if skipped++; skipped > skipWords || len(found) > 0 || otherLabelIn(line[last:to]) {
				break
			}
			last = from
			continue
		}
		if len(found) == 0 && otherLabelIn(line[last:from]) {
			break
		}
		if len(found) > 0 && s.besideForm(found[0], value) {
			break
		}
		i += used - 1
		to = at + spans[i].end
		found = append(found, find{kind: aSerial, text: value, maker: s.formOf(value), line: n, at: from, end: to, labelled: true, before: tail(line[:from], 80), evidence: lineAround(line, from)})
		take(taken, from, to)
		last = to
	}
	return found
}

// besideForm tells a few digits that stand behind a serial of a known form, in a
// mail that names no other maker: a batch or an article, whatever it is.
func (s *scanner) besideForm(first find, value string) bool {
	if first.maker < 0 || len(s.named) > 1 || !s.named[first.maker] || !allDigits(value) || s.formOf(value) >= 0 {
		return false
	}
	return len(value) < 8 && len(value) < len(first.text)-2
}

func otherLabelIn(s string) bool { return otherLabel.in(s) || macLabel.in(s) }

// group reads a serial at the first of the spans; digits that are written in
// groups are one serial.
func (s *scanner) group(line string, base int, spans []span) (value string, used int) {
	first := line[base+spans[0].at : base+spans[0].end]
	joined, dashed := first, first
	letters := !hasDigit(first) && len(first) <= 5 && !labelish.MatchString(first)
	small := letters && first != upper(first)
	for k := 1; k < min(len(spans), 6) && len(first) <= 16 && (hasDigit(first) || letters); k++ {
		if gap := line[base+spans[k-1].end : base+spans[k].at]; gap != " " && gap != "-" && gap != "." {
			break
		}
		next := line[base+spans[k].at : base+spans[k].end]
		if len(next) > 8 || !hasDigit(next) && (next != upper(next) || len(next) > 4) {
			break
		}
		joined, dashed = joined+next, dashed+"-"+next
		if v := s.fitting(first, joined, dashed, len(first) <= 6); v != "" && (!small || s.solidForm(v)) {
			value, used = v, k+1
		}
	}
	if value != "" {
		return value, used
	}
	if v, n := s.evenGroups(line, base, spans); n > 0 {
		return v, n
	}
	if v, n := s.shortTail(line, base, spans); n > 0 {
		return v, n
	}
	if v, ok := serialValue(first); ok {
		return s.undashed(v), 1
	}
	return "", 0
}

// labelish are short words in capitals that stand before numbers of other kinds.
var labelish = newPattern(`^(?i:mac|pin|puk|ean|upc|gtin|imei|ipei|lan|wan|eth|wlan|fw|hw|sw|rev|ver|ref|art|pos|no|nr|sn|pn|tel|fax|plz|eg|og|id|rma|po|wo|so|inv|re|ft|bl|ls|ddt|iban|bic|bis|und|and|or|et|en|to)$`)

// fitting is the serial that some groups make, with the dashes that belong to
// it; empty for none. Long or odd groups must make one beyond doubt.
func (s *scanner) fitting(first, joined, dashed string, short bool) string {
	short = short || s.onlyWhole(first, upper(joined))
	for _, v := range []string{upper(joined), upper(dashed)} {
		if len(v) >= 8 && (s.known(v) && mixed(v) || short && s.formOf(v) >= 0 || s.known(v) && s.solidForm(v)) {
			return v
		}
	}
	return ""
}

// onlyWhole tells a number that has a form of a maker whom the mail names, while its
// first group alone has none.
func (s *scanner) onlyWhole(first, v string) bool {
	maker := s.formOf(v)
	return maker >= 0 && s.named[maker] && s.formOf(upper(first)) < 0
}

// shortTail joins long digits and the few that stand apart behind them, where nothing
// else follows that would make a count or a year of those.
func (s *scanner) shortTail(line string, base int, spans []span) (string, int) {
	const shortest = 8
	if len(spans) < 2 {
		return "", 0
	}
	first, next := line[base+spans[0].at:base+spans[0].end], line[base+spans[1].at:base+spans[1].end]
	behind := strings.TrimSpace(line[base+spans[1].end:])
	if len(first) < shortest || !allDigits(first) || !allDigits(next) || len(next) < 3 || len(next) > 4 || line[base+spans[0].end:base+spans[1].at] != " " || s.formOf(first) >= 0 {
		return "", 0
	}
	if behind != "" && strings.IndexByte(",;.)", behind[0]) < 0 || strings.HasPrefix(next, "20") && len(next) == 4 {
		return "", 0
	}
	return first + next, 2
}

// solidForm tells a value of a form that is well known.
func (s *scanner) solidForm(v string) bool {
	_, shaped := s.formed(v, -1)
	return shaped
}

// evenGroups joins a number of no known form that is written in short groups.
func (s *scanner) evenGroups(line string, base int, spans []span) (string, int) {
	const shortest, longest = 8, 20
	v, used := "", 0
	for k, w := range spans {
		word := line[base+w.at : base+w.end]
		size := len(word)
		if size > 5 || size < 2 || labelish.MatchString(word) || word != upper(word) || compact(word) != word || k > 0 && (!hasDigit(word) || line[base+spans[k-1].end:base+w.at] != " ") || k == 0 && s.formOf(word) >= 0 {
			break
		}
		v, used = v+word, k+1
	}
	if used < 2 || len(v) < shortest || len(v) > longest || digitsIn(v) < 5 {
		return "", 0
	}
	return v, used
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// serialValue tells whether a word may be a serial number at all.
func serialValue(w string) (string, bool) {
	const shortest, longest = 5, 32
	v := strings.Trim(upper(w), ".-_/!+")
	digits := 0
	for _, c := range []byte(v) {
		if c >= 128 {
			return "", false
		}
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if len(v) < shortest || len(v) > longest || digits < 2 || dateish.MatchString(v) || version.MatchString(v) {
		return "", false
	}
	return v, true
}

// undashed takes dashes out that do not belong to the serial: in a known form
// they do.
func (s *scanner) undashed(v string) string {
	if !strings.Contains(v, "-") || s.formOf(v) >= 0 {
		return v
	}
	return strings.ReplaceAll(v, "-", "")
}

// formOf gives the maker whose serial form a value fits as a whole: one that
// stands alone first, then one that the mail names. -1 for none.
func (s *scanner) formOf(v string) int {
	weak := -1
	if v == "" {
		return -1
	}
	for k := range s.cat.serials {
		f := &s.cat.serials[k]
		if f.at(v, 0) != len(v) || s.outranked(f) {
			continue
		}
		if !f.NeedsContext && (f.Confidence == "high" || f.Confidence == "medium") {
			return f.maker
		}
		if s.named[f.maker] {
			weak = f.maker
		}
	}
	return weak
}

// outranked tells a form of little shape whose maker the mail does not name,
// while it names one whose serials have no known form: the number may well be
// his, and the form a look-alike.
func (s *scanner) outranked(f *serialForm) bool {
	return f.shapeless && s.formless && !s.named[f.maker]
}

// patterned finds serials without a label by the makers' forms.
func (s *scanner) patterned(line, up string, n int, taken []bool, known []find) []find {
	var found []find
	spans := words(line)
	if f, ok := s.groupsAlone(line, n, spans, taken); ok {
		take(taken, f.at, f.end)
		return []find{f}
	}
	for i, w := range spans {
		if v, used := s.grouped(line, spans[i:], known, taken); used > 0 {
			end := spans[i+used-1].end
			found = append(found, find{kind: aSerial, text: v, maker: s.formOf(v), line: n, at: w.at, end: end, before: tail(line[:w.at], 80), evidence: lineAround(line, w.at)})
			take(taken, w.at, end)
			continue
		}
		if w.end-w.at < 8 || taken[w.at] || !hasDigit(line[w.at:w.end]) {
			continue
		}
		v := up[w.at:w.end]
		maker, sure := s.strong(v)
		m := modelBefore(line, w.at, known)
		if maker < 0 && m >= 0 && (s.formOf(v) == m || mixed(v) && s.meantBy(v, m) != "") {
			maker = m
		}
		if maker < 0 && len(v) >= 11 && mixed(v) && s.formOf(v) < 0 && s.meantBy(v, -1) != "" {
			sure = true
		}
		if m := s.formOf(v); maker < 0 && m >= 0 && (s.modelled[m] || s.askedSerial) && !s.underOther && len(v) >= 10 && (alone(line, w) || onlyInBrackets(line, w)) {
			maker = m
		}
		if f := s.formOf(v); maker < 0 && f >= 0 && s.series[v] > 0 && s.modelled[f] {
			maker = f
		}
		if maker < 0 && !sure && s.series[v] > 0 && (serialOfLot(line, w, known, m, v) || s.ownLineOfLot(line, w, v)) {
			maker, sure = m, m < 0
		}
		if m >= 0 && maker < 0 && !sure && s.askedSerial && endsLine(line, w) && mixed(v) && digitsIn(v) >= 6 && compact(v) == v && !lookalike(v) && !ourNumber.MatchString(v) {
			maker = m // "6930: 1FNE24081177", as was asked
		}
		if m := inBrackets(line, w, known); maker < 0 && !sure && m != nil && mixed(v) && digitsIn(v) >= 5 && compact(v) == v && !strings.HasPrefix(v, upper(compact(m.text))) {
			maker = m.maker
		}
		if maker < 0 && !sure || s.ofGoods(v) || addressed(line, w.at, w.end) {
			continue
		}
		if label := lastLabel(line[:w.at]); label == "other" && m < 0 && (!sure || nearLabel(line, w.at)) {
			continue
		}
		found = append(found, find{kind: aSerial, text: v, maker: maker, line: n, at: w.at, end: w.end, before: tail(line[:w.at], 80), evidence: lineAround(line, w.at)})
		take(taken, w.at, w.end)
		found = append(found, s.likeIt(line, n, spans[i+1:], found[len(found)-1], taken)...)
	}
	return found
}

// groupsAlone reads a number in groups that has a line to itself, where the mail
// answers one that asks for serials. What begins like a telephone number is none.
func (s *scanner) groupsAlone(line string, n int, spans []span, taken []bool) (find, bool) {
	const shortest, longest = 10, 20
	if !s.askedSerial || len(spans) < 2 || anyTaken(taken, 0, len(line)) {
		return find{}, false
	}
	at, end := spans[0].at, spans[len(spans)-1].end
	if strings.TrimSpace(listLead.ReplaceAllString(line[:at], "")+strings.Trim(line[end:], " .,")) != "" || line[at] == '0' {
		return find{}, false
	}
	for k, w := range spans {
		if word := line[w.at:w.end]; len(word) < 2 || len(word) > 6 || compact(word) != word || word != upper(word) || k > 0 && line[spans[k-1].end:w.at] != " " {
			return find{}, false
		}
	}
	v := compact(line[at:end])
	if len(v) < shortest || len(v) > longest || digitsIn(v) < shortest*2/3 {
		return find{}, false
	}
	return find{kind: aSerial, text: v, maker: s.formOf(v), line: n, at: at, end: end, evidence: lineAround(line, at)}, true
}

// grouped reads a number in groups right behind a model of its maker.
func (s *scanner) grouped(line string, spans []span, known []find, taken []bool) (string, int) {
	w := spans[0]
	if size := w.end - w.at; size < 3 || size > 6 || taken[w.at] || !hasDigit(line[w.at:w.end]) || len(spans) < 2 {
		return "", 0
	}
	m := modelBefore(line, w.at, known)
	if m < 0 {
		return "", 0
	}
	v, used := s.group(line, 0, spans)
	if used < 2 || s.formOf(v) != m || lookalike(v) {
		return "", 0
	}
	return v, used
}

// likeIt takes the numbers that are listed behind one, of the same form.
func (s *scanner) likeIt(line string, n int, spans []span, f find, taken []bool) []find {
	var found []find
	last := f.end
	for _, w := range spans {
		v := upper(line[w.at:w.end])
		if !hasDigit(v) && listJoin.MatchString(line[last:w.end]) {
			continue
		}
		if taken[w.at] || len(v) != len(f.text) || !listJoin.MatchString(line[last:w.at]) || s.formOf(v) != s.formOf(f.text) || s.ofGoods(v) {
			break
		}
		g := f
		g.text, g.at, g.end = v, w.at, w.end
		found = append(found, g)
		take(taken, w.at, w.end)
		last = w.end
	}
	return found
}

// numberSign is the word for a number between a model and its serial.
var numberSign = newPattern(`(?i)\s(?:n°|nº|no\.?|nr\.?|num\.?|numéro|numero|nummer|number|#)\s?`)

// unitNoun is the word for a unit between its model and its number: "W73P base 3146...".
var unitNoun = newPattern(`(?i)^\s(?:base|handset|phone|unit|set|device|basis|basisstation|telefon|gerät|mobilteil|poste|combiné|borne|appareil|toestel|telefoon|telefono|apparecchio|cordless|headset|casque|cuffia|router|switch|gateway)\s`)

// modelBefore is the maker of a model that stands right before a value, -1 for
// none.
func modelBefore(line string, at int, known []find) int {
	for _, f := range known {
		if !isModel(f) || f.end >= at {
			continue
		}
		gap := line[f.end:at]
		if len(gap) > 3 {
			gap = unitNoun.ReplaceAllString(gap, " ")
		}
		if strings.Trim(numberSign.ReplaceAllString(gap, " "), " ,:-(\t|/;") == "" || len(gap) < 40 && announcing.MatchString(gap) && !hasDigit(gap) && !otherLabelIn(gap) {
			return f.maker
		}
	}
	return -1
}

// serialOfLot tells a number, of a lot of numbers alike, that stands right behind a
// model in a row, or beside another of the lot.
func serialOfLot(line string, w span, known []find, maker int, v string) bool {
	if !mixed(v) || digitsIn(v) < 5 || lookalike(v) || paperPrefix.MatchString(v) || ourNumber.MatchString(v) {
		return false
	}
	if maker >= 0 && (strings.Contains(line[:w.at], "  ") || strings.Contains(line[:w.at], "\t")) {
		return true
	}
	return listedWith(line, w, v)
}

// ownLineOfLot tells a number of a lot of three or more that is the only one of its
// line, or stands at its begin.
func (s *scanner) ownLineOfLot(line string, w span, v string) bool {
	const shortest, mates = 10, 2
	if s.series[v] < mates || len(v) < shortest || !mixed(v) || digitsIn(v) < 6 || lookalike(v) || paperPrefix.MatchString(v) || ourNumber.MatchString(v) {
		return false
	}
	if lastLabel(line[:w.at]) == "other" && nearLabel(line, w.at) {
		return false
	}
	for _, o := range words(line) {
		if word := upper(line[o.at:o.end]); o != w && len(word) >= 8 && digitsIn(word) >= 5 && (s.known(word) || s.formOf(word) >= 0 || s.cat.maker(word) >= 0) {
			return false
		}
	}
	return true
}

// listedWith tells a number beside which, with no more than a list's joint between,
// stands another one of its lot.
func listedWith(line string, w span, v string) bool {
	last := -1 // where the one before ends
	for _, o := range words(line) {
		word := upper(line[o.at:o.end])
		if len(word) != len(v) || word[:len(v)/2] != v[:len(v)/2] {
			continue
		}
		if last >= 0 && (o == w || last == w.end) && listJoin.MatchString(line[last:o.at]) {
			return true
		}
		last = o.end
	}
	return false
}

// paperPrefix begins the numbers of cases, orders and notes.
var paperPrefix = newPattern(`^[A-Z]{1,4}[-/]`)

// inBrackets is the model right behind which a word stands alone in brackets.
func inBrackets(line string, w span, known []find) *find {
	if w.end >= len(line) || line[w.end] != ')' {
		return nil
	}
	for i := range known {
		if f := &known[i]; isModel(*f) && f.end < w.at && strings.TrimSpace(line[f.end:w.at]) == "(" {
			return f
		}
	}
	return nil
}

// onlyInBrackets tells a number that stands in brackets with nothing but others.
func onlyInBrackets(line string, w span) bool {
	open, shut := strings.LastIndexByte(line[:w.at], '('), strings.IndexByte(line[w.end:], ')')
	if open < 0 || shut < 0 || strings.IndexByte(line[open:w.at], ')') >= 0 {
		return false
	}
	inside := line[open+1 : w.end+shut]
	for _, word := range words(inside) {
		if v := inside[word.at:word.end]; digitsIn(v) < 5 && len(v) > 3 {
			return false
		}
	}
	return true
}

// alone tells a word that has its line, or its cell of a row, to itself.
func alone(line string, w span) bool {
	before := listLead.ReplaceAllString(line[:w.at], "")
	if i := strings.LastIndexAny(before, "\t|;"); i >= 0 {
		before = before[i+1:]
	}
	after := line[w.end:]
	if i := strings.IndexAny(after, "\t|;"); i >= 0 {
		after = after[:i]
	}
	return strings.TrimSpace(before) == "" && strings.Trim(after, " ,.") == ""
}

// endsLine tells a word behind which its line has no other.
func endsLine(line string, w span) bool { return strings.Trim(line[w.end:], " ,.;") == "" }

// announcing is the end of words that lead to a number: "the one in the hall:".
var announcing = newPattern(`(?::|\s[-–=]|->|=>)\s*$`)

// nearLabel tells that the label stands right before the value.
func nearLabel(line string, at int) bool {
	before := line[max(0, at-22):at]
	locs := otherLabel.all(before)
	if len(locs) == 0 {
		return false
	}
	return len(strings.Fields(before[locs[len(locs)-1][1]:])) <= 2
}

// strong is the maker of a serial that needs no label; -1 and sure when it has
// the form of a serial, but not surely of its maker. Forms of little shape
// count only when the mail names their maker.
func (s *scanner) strong(v string) (maker int, sure bool) {
	maker = -1
	for k := range s.cat.serials {
		f := &s.cat.serials[k]
		if f.Kind != "serial" && f.Kind != "mac_id" && f.Kind != "" || f.at(v, 0) != len(v) {
			continue
		}
		switch {
		case !f.NeedsContext && f.Confidence != "guess" && f.Confidence != "low" && s.outranked(f):
			sure = true
		case !f.NeedsContext && f.Confidence != "guess" && f.Confidence != "low":
			return f.maker, true
		case s.named[f.maker] && f.Confidence == "medium" && mixed(v):
			maker = f.maker
		}
	}
	return maker, sure
}

// mixed tells letters and digits in one word.
func mixed(v string) bool {
	return hasDigit(v) && strings.ContainsAny(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

// addressed tells a word that is part of a mail address or a link.
func addressed(line string, at, end int) bool {
	return at > 0 && (line[at-1] == '@' || line[at-1] == '/' || line[at-1] == '=') || end < len(line) && line[end] == '@'
}

var notSerial = newPattern(`^(?:96\d{8}[A-Z]|S3085\d-[A-Z]\d{3,4}-[A-Z0-9]{1,5}|\d{2,3}-\d{4,6}-\d{2}|(?:1725|3725|2200)-\d{5}-\d{3}[A-Z]?\d?|41-\d{6}-\d{2}|990-\d{4}[A-Z]?|1Z[0-9A-Z]{16}|` +
	`(?:FR[0-9A-Z]{2}\d{9}|BE[01]\d{9}|NL\d{9}B\d{2}|IT\d{11}|DE\d{9}|LU\d{8}|ES[0-9A-Z]\d{7}[0-9A-Z]|ATU\d{8})|[A-Z]{2}\d{2}[A-Z0-9]{11,30}|(?:[0-9A-F]{4}-){4}[0-9A-F]{4}|JVGL\d+|JJD\d+|(?:INC|REQ|TCK|TKT|CAS|RITM|SR|TASK|CHG|PRB|SCTASK)-?\d{4,10}|20\d{12})$`)

// lookalike tells numbers of other kinds: part numbers, VAT and bank numbers,
// parcels, EAN and IMEI by their check digits.
func lookalike(v string) bool {
	if strings.Trim(v, "0123456789") == "" {
		return len(v) == 12 || len(v) == 13 && gtin(v) || len(v) == 15
	}
	return notSerial.MatchString(v) && !strings.HasPrefix(v, "CN") || strings.Count(v, ".") > 1 && !mixed(v)
}

// ofGoods is lookalike for a number of this zone: by chance one in ten of a lot has
// the check digit of an EAN.
func (s *scanner) ofGoods(v string) bool {
	return lookalike(v) && !(len(v) == 13 && s.series[noGoods+v] > 0)
}

// gtin checks the last digit of an EAN or UPC (GS1, modulo 10).
func gtin(v string) bool {
	sum := 0
	for i := range len(v) - 1 {
		d := int(v[len(v)-2-i] - '0')
		if i%2 == 0 {
			d *= 3
		}
		sum += d
	}
	return (10-sum%10)%10 == int(v[len(v)-1]-'0')
}

// makers adds the makers' names to what a line has.
func (s *scanner) makers(line string, n int, found []find) []find {
	lower := lowerASCII(line)
	named := make([]bool, len(s.cat.makers))
	for maker, is := range s.named {
		named[maker] = is
	}
	for i := range s.cat.names {
		name := &s.cat.names[i]
		if !named[name.maker] {
			continue
		}
		if at, end, ok := name.in(line, lower); ok {
			found = append(found, find{kind: aMaker, maker: name.maker, line: n, at: at, end: end})
		}
	}
	return found
}

// at tells whether the name stands at i, where a word begins.
func (f *nameForm) at(line, lower string, i int) bool {
	end := i + len(f.lower)
	if !strings.HasPrefix(lower[i:], f.lower) || f.exact && line[i:end] != f.name {
		return false
	}
	return boundary(line, end) || manyOf(f.name, lower[end:])
}

// manyOf tells the s behind a name that makes things of it: "the two Mitels".
func manyOf(name, rest string) bool {
	const shortest = 4
	return len(name) >= shortest && strings.HasPrefix(rest, "s") && boundary(rest, 1)
}

func (f *nameForm) in(line, lower string) (at, end int, ok bool) {
	for from := 0; ; {
		i := strings.Index(lower[from:], f.lower)
		if i < 0 {
			return 0, 0, false
		}
		at, end = from+i, from+i+len(f.lower)
		if boundary(line, at) && f.at(line, lower, at) {
			return at, end, true
		}
		from = end
	}
}

// namedIn gives the makers that a text speaks of by name.
func (c *Catalogue) namedIn(text string) map[int]bool {
	named := map[int]bool{}
	lower := lowerASCII(text)
	for i := range len(lower) {
		if !boundary(text, i) {
			continue
		}
		for _, k := range c.index.names[pairAt(lower, i)] {
			if c.names[k].at(text, lower, i) {
				named[c.names[k].maker] = true
			}
		}
	}
	return named
}
