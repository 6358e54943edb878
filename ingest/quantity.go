package ingest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

var quantityForm = newPattern(`(?i)(?:^|[\s(\[,;:.-])(\d{1,3}|both|beide|beiden|les deux|entrambi|entrambe|dozen|douzaine|dutzend|dozijn|dozzina|one|two|three|four|five|six|seven|eight|nine|ten|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|un|une|deux|trois|quatre|cinq|sept|huit|neuf|dix|uno|una|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|ein|eine|einen|zwei|drei|fünf|sechs|sieben|neun|zehn|acht|six|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|onze|douze|treize|quatorze|quinze|seize|dix-sept|dix-huit|dix-neuf|vingt|undici|dodici|tredici|quattordici|quindici|sedici|diciassette|diciotto|diciannove|venti|zwölf|dreizehn|vierzehn|fünfzehn|sechzehn|siebzehn|achtzehn|neunzehn|zwanzig)(?:\s?x|\s?×|\s?\*)?[\s.]+(?:(?:pair|couple|paire|paio|pcs|pieces|units?|st(?:ü|ue)ck|stk|st|stuks?|pz|pezzi|unit[ée]s?|pièces|pi[èe]ces|no|of|de|di|van|von)\.?\s+)?(?:\pL[\pL'!-]*\s+){0,4}$`)

var numerals = map[string]int{
	"both": 2, "beide": 2, "beiden": 2, "les deux": 2, "entrambi": 2, "entrambe": 2,
	"dozen": 12, "douzaine": 12, "dutzend": 12, "dozijn": 12, "dozzina": 12,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8, "negen": 9, "tien": 10,
	"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9, "dix": 10,
	"uno": 1, "una": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7, "otto": 8, "nove": 9, "dieci": 10,
	"ein": 1, "eine": 1, "einen": 1, "eines": 1, "eins": 1, "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "fünf": 5, "sechs": 6, "sieben": 7, "neun": 9, "zehn": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
	"elf": 11, "twaalf": 12, "dertien": 13, "veertien": 14, "vijftien": 15, "zestien": 16, "zeventien": 17, "achttien": 18, "negentien": 19, "twintig": 20,
	"onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19, "vingt": 20,
	"undici": 11, "dodici": 12, "tredici": 13, "quattordici": 14, "quindici": 15, "sedici": 16, "diciassette": 17, "diciotto": 18, "diciannove": 19, "venti": 20,
	"zwölf": 12, "dreizehn": 13, "vierzehn": 14, "fünfzehn": 15, "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19, "zwanzig": 20,
}

var (
	pairForm = newPattern(`(?:(?i:a |one |une |un )?(?i:pair|couple|paire|paio)(?i: of| de| d'| di)?|(?:^|\s)(?i:ein) Paar)\s+(?:\pL+\s+){0,3}$`)
	partForm = newPattern(`(?i)(?:^|[\s(]|l')(\d{1,3}|\pL+)\s(?:out of|of|von|der|des|de|dei|delle|van|su|sur|aus|parmi|unserer|meiner)\s(?:(?:the|our|my|unseren?|den|de|onze|nos|mes|les|dei|nostri|nostre)\s)?(?:\d{1,3}|\pL+)\s+(?:\pL+\s+){0,3}$`)
	// afterForm reads "T46S (3x)", "T46S x 3", "T46S, 3 Stück", "T46S qty: 3".
	afterForm = newPattern(`(?i)^[\s(\[,:;/-]*(?:(?:qty|quantity|menge|anzahl|stückzahl|aantal|hoeveelheid|quantité|qté|qte|quantità|q\.?tà)\.?\s*[:=]?\s*(\d{1,3})(?:\D|$)|(?:x|×|\*)\s?(\d{1,3})(?:[^\d\pL]|$)|(\d{1,3})\s?(?:x|×|pcs|pieces|units|st(?:ü|ue)ck|stk|stuks?|pz|pezzi|pi[èe]ces|unités|unità|exemplaires|esemplari|exemplaren)(?:\P{L}|$))`)
	countLine = newPattern(`(?i)^[\s>*•-]*(?:qty|quantity|number of units|menge|anzahl|stückzahl|aantal|hoeveelheid|quantité|qté|nombre|quantità|q\.?tà|numero pezzi)\.?\s*[:=\t]\s*(\d{1,3})\s*(?:x|st\pL*|pcs|pz|pi\pL*|units?)?\.?\s*$`)
)

// inUse is said of all that somebody has, of which few come back.
var inUse = newPattern(`(?i)^[^.!?;:]{0,20}\s(?:in use|in service|deployed|installed|im einsatz|in betrieb|in gebruik|en service|en production|in uso|in servizio)(?:[^\pL]|$)`)

// mostUnits bounds a quantity: more is a number of something else.
const mostUnits = 200

// quantityAt is how many of the model at a place the text speaks of, 0 when it
// does not say.
func (s *scanner) quantityAt(line string, at, end int) int {
	if n := s.quantityBefore(line[:at]); n > 0 {
		if part := s.partBehind(line[:at], line[end:], n); part > 0 {
			return part
		}
		if inUse.MatchString(line[end:min(len(line), end+60)]) {
			return s.ofThem(line[end:])
		}
		return n
	}
	m := afterForm.FindStringSubmatch(line[end:min(len(line), end+60)])
	if m == nil {
		return 0
	}
	return sane(m[1] + m[2] + m[3])
}

var (
	// wholeForm is the number of all of a thing, of which some are spoken of.
	wholeForm = newPattern(`(?i)(?:^|[\s(,.])(?:(?:out of|of|von|aus|bei|van|parmi) (?:the|our|those|these|den|unseren|de|die|onze|les|nos|ces)|sur(?: les| nos| ces)?|su(?: i| le)?|dei|delle|degli|tra i|tra le)\s+(?:nostri |nostre )?(?:\d{1,3}|\pL+)\s+(?:\pL+\s+){0,3}$`)
	somePart  = newPattern(`(?i)[\s,:(](\d{1,2}|\pL{2,8})\s(\pL+)`)
	ofTime    = newPattern(`(?i)^(?:minu|min$|hour|day|week|month|year|stund|tag|woche|monat|jahr|heure|jour|semaine|mois|an$|ans$|année|uur|dag|maand|jaar|ore$|ora$|giorn|settiman|mes[ei]|ann[oi]|times?$|mal$|fois|keer|volt[ae]|port|kanal|kanäl|channel|uhr)`)
)

// ofThem is how many of all that are in use a text speaks of: "two of them".
func (s *scanner) ofThem(after string) int {
	if m := ofAll.FindStringSubmatch(after); m != nil {
		return s.numberOf(m[1] + m[2])
	}
	return 0
}

var ofAll = newPattern(`(?i)(?:^|[\s,(])(?:(\d{1,3}|\pL{2,9})\s(?:of (?:them|these|those)|davon|von (?:ihnen|denen)|d'entre (?:eux|elles)|ervan|daarvan|di (?:essi|questi|loro))|` +
	`(?:l')?(one|une?|eines|eine[rn]?|één|een|uno|una)\s(?:of the (?:two|three|four|five|pair)|des (?:deux|trois|quatre|cinq)|der (?:beiden|zwei|drei|vier)|von (?:beiden|zweien)|van de (?:twee|drie|vier)|dei (?:due|tre|quattro)|delle (?:due|tre|quattro)))(?:[^\pL]|$)`)

// partBehind reads "of the 4 D735 we got 1 is dead": the number behind, smaller
// than that of all, is the one that counts.
func (s *scanner) partBehind(before, after string, all int) int {
	if all < 2 || !wholeForm.MatchString(before[max(0, len(before)-60):]) {
		return 0
	}
	after = after[:min(len(after), 90)]
	if i := strings.IndexAny(after, ".!?"); i >= 0 {
		after = after[:i]
	}
	for at := 0; at < len(after); {
		m := somePart.FindStringSubmatchIndex(after[at:])
		if m == nil {
			return 0
		}
		if n := s.numberOf(after[at+m[2] : at+m[3]]); n > 0 && n < all && !ofTime.MatchString(after[at+m[4]:at+m[5]]) {
			return n
		}
		at += m[3]
	}
	return 0
}

// quantityBefore reads "3x", "5 Stück", "n. 3 apparecchi" in front of a model.
func (s *scanner) quantityBefore(before string) int {
	const reach = 60
	before = strings.TrimRight(before[max(0, len(before)-reach):], `*_"'`) // of bold print and quotation marks
	if pairForm.MatchString(before) {
		return 2
	}
	if m := partForm.FindStringSubmatch(before); m != nil {
		if n := s.numberOf(m[1]); n > 0 {
			return n
		}
	}
	n := 0
	for m := quantityForm.FindStringSubmatchIndex(before); m != nil; m = quantityForm.FindStringSubmatchIndex(before) {
		n = s.numberOf(before[m[2]:m[3]])
		if m[2] > 1 && strings.IndexByte(":./-", before[m[2]-1]) >= 0 && hasDigit(before[m[2]-2:m[2]-1]) {
			n = 0 // the end of a time or a date
		}
		if m[3] < len(before) && before[m[3]] == '.' || ofTime.MatchString(wordBehind(before[m[3]:])) {
			n = 0 // a place in a list, or "three times the same T46S"
		}
		before = before[m[3]:] // the last number counts
	}
	if apartFrom.MatchString(before) {
		return 0 // "the other two and the T46S"
	}
	return n
}

// apartFrom stands between a number of things and a model that is not of them.
var apartFrom = newPattern(`(?i)^\s*(?:und|and|et|en|e)\s(?:the|der|die|das|den|ein|eine|einen|le|la|un|une|de|het|een|il|lo|uno|una|a|an)\s`)

func wordBehind(s string) string {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ' '); i >= 0 {
		s = s[:i]
	}
	return s
}

// numberOf reads a number in digits or in words.
func (s *scanner) numberOf(word string) int {
	word = strings.ToLower(word)
	if only, ok := numberIn[word]; ok && s.language != only {
		return 0
	}
	if n, ok := numerals[word]; ok {
		return n
	}
	return sane(word)
}

// numberIn are the words that are a number in one language and something else,
// and common, in another: Dutch "onze" is our, English "due to", German "es sei",
// Otto.
var numberIn = map[string]string{"onze": "fr", "sept": "fr", "due": "it", "sei": "it", "otto": "it"}

func sane(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > mostUnits {
		return 0
	}
	return n
}

var (
	eachBefore = newPattern(`(?i)(?:^|[^\pL])(?:je|jeweils|each|chaque|telkens|elk|ciascuno)[^\pL][^.!?;:]{0,25}$|\d\s(?:each of|van elk)[^.!?;:]{0,15}$`)
	eachBehind = newPattern(`(?i)^[\s,:(-]*(?:(?:je|jeweils|elk|telkens)\s(\d{1,3})|(\d{1,3})\s(?:x\s|pcs\s|st(?:ü|ue)ck\s|stuks\s)?(?:each|chacun|de chaque|ciascuno|per tipo|per stuk|van elk|pro typ))(?:[^\pL\d]|$)`)
)

// distributed gives "two each of A and B", "A and B, two each" to every model of
// the list.
func (s *scanner) distributed(line string, models []find) {
	joined := func(i int) bool { return i+1 < len(models) && s.listed(line[models[i].end:models[i+1].at]) }
	for i := range models {
		f := &models[i]
		if f.quantity > 1 && eachBefore.MatchString(line[max(0, f.at-60):f.at]) {
			for k := i; joined(k) && models[k+1].quantity == 0; k++ {
				models[k+1].quantity = f.quantity
			}
		}
		if m := eachBehind.FindStringSubmatch(line[f.end:min(len(line), f.end+60)]); m != nil {
			f.quantity = sane(m[1] + m[2])
			for k := i - 1; k >= 0 && joined(k) && models[k].quantity == 0; k-- {
				models[k].quantity = f.quantity
			}
		}
	}
}

// goingBack is how many of the only model go back, where more of it are spoken
// of: "we ordered 12, 10 pcs are to return".
var goingBack = newPattern(`(?i)(?:^|[\s,(])(\d{1,3}|\pL{2,9})\s(?:(?:extra|pcs|pieces|units|of them|phones|st(?:ü|ue)ck|stk\.?|davon|geräte|telefone|stuks|ervan|toestellen|pièces|d'entre eux|postes|pezzi|pz|telefoni)\s)?` +
	`(?:(?:are|will be|have to|should|can|may|could|gehen|kommen|sollen|können|gaan|komen|moeten|mogen|sont|doivent|seront|vanno|devono|sono da)\s)?(?:coming back|going back|go back|come back|(?:to )?(?:be )?returned|to return|zurück|retour\b|terug|à (?:retourner|renvoyer|reprendre)|(?:da )?(?:rendere|restituire))|` +
	`(?:return|send back|zurück(?:geben|senden|schicken)|retourneren|terugsturen|retourner|renvoyer|renderne|restituirne)\s(?:the |only |die |de |les |nur |alleen |solo )?(?:extra |other |surplus )?(\d{1,3}|\pL{2,9})(?:\s(?:of them|davon|ervan|d'entre eux|stuks|pcs|pezzi))?\s*(?:[.,;!?)\n]|$)`)

// leftOver is how many of what was ordered, or came, are not wanted.
var leftOver = newPattern(`(?i)(?:^|[\s,(])(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|zwei|drei|vier|fünf|sechs|sieben|acht|deux|trois|quatre|cinq|huit|twee|drie|vijf|zes|zeven|due|tre|quattro|cinque|sei|sette|otto)\s(?:spare|surplus|extra|unused|unopened|left ?over|remaining|übrig\pL*|überzählig\pL*|restlich\pL*|unbenutzt\pL*|restante?s|en trop|overige|overgebleven|ongebruikte|too many|too much|zu viel|zuviel|zu viele|de trop|te veel|teveel|di troppo|in più|in eccesso|avanzat\pL|rimanent\pL|rimast\pL|others?|autres|anderen?|altr[ei])(?:[^\pL]|$)|` +
	`(?:^|[\s,(])(?:spare|surplus|extra|overtollige|überzählige)\s(one|two|three|ones|\d{1,2})(?:[^\pL\d]|$)|` +
	`(?:left with|il (?:nous|en|m'en) reste|blijven er|ci (?:restano|avanzano|rimangono)|ne (?:restano|avanzano))\s(\d{1,3}|\pL{2,9})(?:[^\pL\d]|$)`)

// backOf is the number that the text says goes back, 0 where it says none that
// is smaller than all.
func (s *scanner) backOf(lines []string, all int) int {
	if all < 2 {
		return 0
	}
	if n := s.faultyOf(strings.Join(lines, "\n")); n > 0 && n < all {
		return n
	}
	forms := []*pattern{goingBack}
	if s.reason == "order_error" || s.reason == "delivery_error" {
		forms = append(forms, leftOver)
	}
	for _, form := range forms {
		for _, m := range form.FindAllStringSubmatch(strings.Join(lines, "\n"), 8) {
			if n := s.numberOf(strings.Join(m[1:], "")); n > 0 && n < all {
				return n
			}
		}
	}
	return 0
}

// othersBack is how many "the other ten" are, of a wrong order or delivery that asks to
// return them; one where nothing is said of others.
func (s *scanner) othersBack(lines []string) int {
	if s.reason != "order_error" && s.reason != "delivery_error" {
		return 1
	}
	for _, sentence := range stopEnd.Split(undotted(strings.Join(lines, "\n")), -1) {
		m := theOthers.FindStringSubmatch(sentence)
		if m == nil || saysFine(sentence) || !backMark.MatchString(sentence) && !bringBack.MatchString(sentence) && !takeBack.in(sentence) && !wantsHelp.in(sentence) && !isUnused(sentence) {
			continue
		}
		if n := s.numberOf(strings.Join(m[1:], "")); n > 1 {
			return n
		}
	}
	return 1
}

// bringBack is a verb of sending, and "back" not far behind it.
var bringBack = newPattern(`(?i)(?:^|[^\pL])(?:(?:send|ship|bring|give|take|get|put|hand)\s[^.!?]{0,30}\sback|(?:schick|send|geb|bring|nehm)\pL*\s[^.!?]{0,30}\szurück|(?:stur|zend|gev|nem)\pL*\s[^.!?]{0,30}\sterug|(?:mand|rimand|port)\pL*\s[^.!?]{0,30}\sindietro)(?:[^\pL]|$)`)

// theOthers is a number of others: "the other ten", "les dix autres".
var theOthers = newPattern(`(?i)(?:^|[^\pL])(?:(?:the|all|those|my|our) (?:other|remaining|extra|surplus|spare|excess) (\d{1,3}|\pL{3,9})|(?:die|den) (?:anderen|übrigen|restlichen|überzähligen|überschüssigen) (\d{1,3}|\pL{3,9})|les (\d{1,3}|\pL{3,9}) (?:autres|restants|restantes|en trop|de trop)|de (?:andere|overige|resterende|overtollige) (\d{1,3}|\pL{3,9})|(?:gli|le) (?:altri|altre|restanti|rimanenti) (\d{1,3}|\pL{3,9})|(?:i|le) (\d{1,3}|\pL{3,9}) (?:in più|di troppo|restanti|rimanenti))(?:[^\pL]|$)`)

// faultyOf is how many of all units a text calls broken: "one of the two does not
// register".
func (s *scanner) faultyOf(text string) int {
	n := 0
	for _, m := range brokenCount.FindAllStringSubmatch(text, 8) {
		n += s.numberOf(m[1])
	}
	for _, m := range lackingCount.FindAllStringSubmatch(text, 8) {
		if faulty(m[0]) {
			n += s.numberOf(m[1])
		}
	}
	if n > 0 || !ofAll.MatchString(text) {
		return n
	}
	for _, sentence := range stopEnd.Split(text, -1) {
		if m := ofAll.FindStringSubmatch(sentence); m != nil && !saysFine(sentence) && reasonOf(sentence) == "defective" {
			n += s.numberOf(m[1] + m[2])
		}
	}
	return n
}

// lackingCount is a number of units that have not what a whole one has: "two without
// sound".
var lackingCount = newPattern(`(?i)(?:^|[\s,(])(\d{1,3}|\pL{2,9})\s(?:without|with no|ohne|sans|zonder|senza)\s[^.,;!?\n]{1,30}`)

var (
	// countedGoods is a number of things that come back, without their model.
	countedGoods = newPattern(`(?i)(?:^|[^\pL\pN.,:/-])(\d{1,2}|` + numeralWords() + `) (?:(?:\pL{3,12}|IP-?|of (?:the|our|my)) ){0,2}?((?:ip-?|desk-?|tisch|dect-?|schnurlos|system)?(?:phones|telephones|handsets|headsets|devices|units|pieces|sets|switches|routers|gateways|access points|aps|boxes|cartons|parcels|items|telefone|telefonen|geräte|geräten|apparate|mobilteile|endgeräte|stück|stk|hörer|kartons|pakete|postes|téléphones|appareils|combinés|casques|bornes|unités|pièces|exemplaires|cartons|colis|toestellen|telefoons|stuks|apparaten|dozen|hoofdtelefoons|telefoni|apparecchi|cordless|cuffie|pezzi|unità|dispositivi|scatole|colli))(?:[^\pL]|$)`)
	// notAll stands before the number of all that somebody has.
	notAll    = newPattern(`(?i)(?:^|\s)(?:of|von|aus|sur|van|di|su|dei|delle|parmi|among|unter|another|other|weitere[rn]?|andere|autres|altr[ei]|every|alle)(?:\s(?:the|our|my|den|unseren|nos|les|de|onze|i|le|nostri|nostre))?\s*$`)
	eachOfAll = newPattern(`(?i)(?:^|[^\pL])(?:all|both|each|every one|alle|beide|jeweils|sämtlich\pL*|tous|toutes|les deux|chacun|chaque|allemaal|allebei|telkens|elk|tutt[ei]|entramb[ei]|ciascun\pL*)(?:[^\pL]|$)`)
	sibling   = newPattern(`(?i)(?:^|\s)(?:and|und|et|en|e|ed|plus|sowie)\s(?:(?:a|an|the|our|one|ein|eine|einen|das|der|die|un|une|le|la|een|het|de|uno|una|il|lo)\s)?(?:\pL+\s)?$`)
)

// asOrdered is how many came of a model of which the text says that all are it, where
// as many of another were ordered: "6 x T31P, all of them are T31G".
func (s *scanner) asOrdered(lines []string, f *find) int {
	if s.many < 2 || f.line >= len(lines) {
		return 1
	}
	line := undotted(lines[f.line])
	from, to := sentenceAround(line, f.at, f.end)
	if !eachOfAll.MatchString(line[from:to]) {
		return 1
	}
	return s.many
}

// surplus is how many more came of a thing than were asked for, by the numbers that
// the text gives of both: "we ordered three and counted four in the parcel".
func (s *scanner) surplus(lines []string) int {
	const most = 40 // lines
	asked, came := map[int]bool{}, map[int]bool{}
	text := undotted(strings.Join(lines[:min(len(lines), most)], "\n"))
	for _, sentence := range stopEnd.Split(text, -1) {
		marks := tiers.all(sentence)
		if len(marks) == 0 || len(sentence) > 600 {
			continue
		}
		for _, m := range aCount.FindAllStringSubmatchIndex(sentence, 12) {
			n := s.numberOf(sentence[m[2]:m[3]])
			if n < 1 || n > 60 || notGoods(sentence[:m[2]], sentence[m[3]:]) {
				continue
			}
			switch tierOf(marks, span{m[2], m[3]}) {
			case 0:
				asked[n] = true
			case 2:
				came[n] = true
			}
		}
	}
	if len(asked) != 1 || len(came) != 1 {
		return 0
	}
	for a := range asked {
		for c := range came {
			return max(0, c-a)
		}
	}
	return 0
}

// notGoods tells by what stands around a number that it counts no goods: it is of
// times, parcels, or the day of a date.
func notGoods(before, behind string) bool {
	return ofTime.MatchString(wordBehind(behind)) || ofMonth.MatchString(behind) || ofParcels.MatchString(behind) || behind == "" && aDay.MatchString(before)
}

// aDay stands before a German day, behind the point of which a sentence seems to end.
var aDay = newPattern(`(?i)(?:^|\s)(?:am|vom|zum|bis|ab|den|dem)\s$`)

// ofMonth is the month behind a day.
var ofMonth = newPattern(`(?i)^[.\s]{1,3}(?:jan(?:uary|uar|vier|uari)?|genn?(?:aio)?|feb(?:ruary|ruar|ruari|braio|br)?|fév(?:rier)?|march|mar|märz|mär|mars|maart|mrt|marzo|apr(?:il|ile)?|avr(?:il)?|may|mai|mei|mag(?:gio)?|june?|juni|juin|giu(?:gno)?|july?|juli|juil(?:let)?|lug(?:lio)?|aug(?:ust|ustus)?|août|ago(?:sto)?|sept?(?:ember|embre)?|set(?:tembre)?|o[ck]t(?:ober|obre)?|ott(?:obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|déc(?:embre)?|dic(?:embre)?)(?:[^\pL]|$)`)

// ofParcels follows the number of the parcels that goods come in.
var ofParcels = newPattern(`(?i)^\s(?:\pL+\s)?(?:parcels?|packages?|pallets?|pakete?n?|paletten?|colis|palettes?|pakketten|pallets|colli|pacchi|pacco|bancali)(?:[^\pL]|$)`)

// aCount is a small number that stands alone.
var aCount = newPattern(`(?i)(?:^|[\s(])(\d{1,2}|` + numeralWords() + `)(?:\s?x)?(?:[\s,;)]|$)`)

// numeralWords are the words for two and more, the longest first.
func numeralWords() string {
	var words []string
	for w, n := range numerals {
		if n > 1 {
			words = append(words, w)
		}
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return strings.Join(words, "|")
}

// countApart is how many of the only model come back where the number stands by
// another word for it: "three phones are dead, all of them T46S".
func (s *scanner) countApart(lines []string, f *find) int {
	if f.line >= len(lines) || anyOne.MatchString(f.before) || sibling.MatchString(tail(lines[f.line][:min(f.at, len(lines[f.line]))], 40)) {
		return 1
	}
	text := undotted(strings.Join(lines[max(0, f.line-2):min(len(lines), f.line+3)], "\n"))
	n := 0
	for _, sentence := range stopEnd.Split(text, -1) {
		m := countedGoods.FindStringSubmatchIndex(sentence)
		if m == nil || notAll.MatchString(sentence[:m[2]]) || boughtOf.MatchString(sentence[:m[2]]) || inUse.MatchString(sentence[m[5]:]) {
			continue
		}
		wrong := s.reason == "order_error" || s.reason == "delivery_error" || eachOfAll.MatchString(text)
		if !wrong && reasonOf(sentence) == "" && !backMark.MatchString(sentence) {
			continue
		}
		k := s.numberOf(sentence[m[2]:m[3]])
		if n > 0 && k > 0 && k != n {
			return 1 // several are counted
		}
		n = max(n, k)
	}
	return max(1, n)
}

// brokenCount is a number of broken units: "eleven fine, one dead on arrival".
var brokenCount = newPattern(`(?i)(?:^|[\s,(])(\d{1,3}|\pL{2,9})\s(?:of (?:them|these) |davon |ervan |d'entre eux )?(?:is |are |ist |sind |est |sont |zijn |è |sono )?(?:dead|faulty|defective|broken|doa|defekte?|kaputte?|tote?|kapot|stuk|defect|hs|morte?s?|en panne|défectueu\pL+|guast[oaie]|difettos[oaie]|mort[oaie])(?:[^\pL]|$)`)

// quantities gives "Quantity: 3" on a line of its own to the model beside it.
func (s *scanner) quantities(lines []string, finds []find) {
	const near = 3
	for n, line := range lines {
		if len(line) > 60 || !hasDigit(line) {
			continue
		}
		m := countLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		best, distance := -1, near+1
		for i, f := range finds {
			if d := max(f.line-n, n-f.line); isModel(f) && f.quantity == 0 && d < distance {
				best, distance = i, d
			}
		}
		if best >= 0 {
			finds[best].quantity = sane(m[1])
		}
	}
}
