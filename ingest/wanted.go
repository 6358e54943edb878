package ingest

import (
	"slices"
	"strings"
)

// mark is what the words around a model say of it.
type mark int

const (
	unmarked mark = iota
	wanted        // was ordered and did not come, or is wanted instead
	goesBack      // came, or was ordered by mistake
)

// withoutWanted drops the models that are not to be returned: of a wrong
// delivery what had been ordered, of a wrong order what was needed instead. A
// model that is spoken of both ways stays. Who has a broken unit orders and
// needs in other senses: his models all stay.
func (s *scanner) withoutWanted(z zone, finds []find) []find {
	if !slices.ContainsFunc(finds, isModel) {
		return finds
	}
	finds = withoutAside(z, finds)
	if s.reason == "delivery_error" {
		finds = withoutBoxNumbers(z, finds)
	}
	if s.reason == "defective" || onlyModel(finds) != nil && slices.ContainsFunc(finds, isNumber) {
		return finds // numbers are given: what else could they be of
	}
	marks := s.marks(z, finds)
	if s.reason == "delivery_error" {
		marks = tiered(z, finds, exchanged(finds, marks))
	}
	if s.reason == "delivery_error" && onlyModel(finds) != nil {
		return finds // another of the same came, or one that differs in little
	}
	return slices.DeleteFunc(finds, func(f find) bool {
		drop := isModel(f) && isWanted(f, marks)
		if drop {
			s.many = max(s.many, f.quantity)
		}
		if drop && !slices.ContainsFunc(s.ordered, func(o string) bool { return sameModel(o, f.text) }) {
			s.ordered = append(s.ordered, f.text)
		}
		return drop
	})
}

var (
	// asReplacement stands behind, or before, what is to come instead.
	asReplacement = newPattern(`(?i)^\s*(?:\(?(?:as (?:a |the )?(?:replacement|substitute)|als (?:ersatz|austausch|vervanging)|en (?:remplacement|échange)|comme remplacement|ter vervanging|in sostituzione|come sostitu\pL+|in cambio|al suo posto|(?:instead|stattdessen|à la place|in (?:de )?plaats)\s*(?:[.,;!)]|$)))`)
	// accessory stands before what only lies beside the unit.
	accessory = newPattern(`(?i)(?:^|[^\pL])(?:dongle|usb[- ]stick|receiver|netzteil|steckernetzteil|alimentation|alimentatore|voeding|psu|power supply|power adapter|wandhalterung|wall mount|support mural|muurbeugel|étui|housse|hülle|custodia|docking ?station|ladeschale|charging (?:base|cradle|stand)|chargeur|lader|caricatore)\s$`)
	// triedWith stands before what something was tried or tested with.
	triedWith = newPattern(`(?i)(?:^|[^\pL])(?:tried|tested)(?: (?:it|them|this))?(?: (?:also|even))? (?:a|an|another|on|with|at|behind|via)\s+(?:[^\s.!?;]+\s+){0,7}$|(?:^|[^\pL])(?:getestet|probiert|ausprobiert|versucht) (?:an|am|mit|auf)\s+(?:[^\s.!?;]+\s+){0,7}$|(?:^|[^\pL])(?:essayé|testé)(?:e?s?) (?:avec|sur|derrière)\s+(?:[^\s.!?;]+\s+){0,7}$|(?:^|[^\pL])(?:getest|geprobeerd) (?:op|met|aan)\s+(?:[^\s.!?;]+\s+){0,7}$|(?:^|[^\pL])(?:provat[oaie]|testat[oaie]) (?:con|su|sul|sulla)\s+(?:[^\s.!?;]+\s+){0,7}$`)
	// carries stands behind what the broken unit is part of.
	carries = newPattern(`(?i)^\s*(?:hängt|steckt|sitzt)\s(?:ein|eine|das|die|unser|unsere)\s`)
	// hookedOn stands behind what is only fastened to the unit.
	hookedOn = newPattern(`(?i)^\s*(?:is |ist |est |is |è )?(?:hooked|attached|clipped|fitted|mounted|plugged|bolted|sitting)(?: (?:on|in|to it|beside it|next to it|up))|^\s*(?:daneben|angesteckt|angebaut|dran|accroché|branché à côté|à côté|eraan|ernaast|aangekoppeld|attaccat[oa]|accanto|a fianco)(?:[^\pL]|$)`)
	// ofWhole stands behind a set of which only a part is spoken of.
	ofWhole        = newPattern(`(?i)^\s*,?\s*(?:whose|of which (?:the|only)|(?:la|il|le|i|lo) cui|del quale|della quale|waarvan|wiens|dessen|deren|bei de(?:m|nen) (?:nur )?(?:die|das|der)|dont)\s`)
	forReplacement = newPattern(`(?i)(?:as (?:a )?(?:replacement|substitute)|als (?:ersatz|austausch|vervanging)|en remplacement|ter vervanging|in sostituzione)[ ,:]*(?:\S+\s){0,3}$`)
	// anyAside finds out fast whether a line speaks of either.
	anyAside = newPhrase(`(?i)hook|clip|fitted|mounted|beside|daneben|anges|angeb|dran|accroch|côté|eraan|ernaast|aangek|accanto|fianco|attacc|replac|substitut|ersatz|austausch|vervang|rempla|échange|sostitu|cambio|instead|stattdessen|à la place|plaats|posto|whose|which|cui|quale|waarvan|wiens|dessen|deren|denen|bei dem|dont|connect|attach|plugged|regist|linked|wired|angeschl|hängt|hängen|verbund|verbond|branch|raccord|enregist|aangesl|colleg|lent|loan|prêt|gelee?n|lieh|prest|tried|dongle|stick|receiver|netzteil|aliment|voeding|psu|supply|adapter|halterung|mount|beugel|étui|housse|hülle|custodia|docking|charg|lade|caricat|test|probiert|versucht|essay|geprob|prova|selben|same|même|zelfde|stess`)
	// besideIt stands before what the broken unit is connected to.
	besideIt = newPattern(`(?i)(?:(?:connected|attached|plugged|registered|linked|wired)(?: up)?(?: \S+)? (?:to|on|with|into)|angeschlossen (?:an|am)|registriert (?:an|am|auf)|registrierung (?:an|am|auf)|registration (?:on|to|with)|enregistrement (?:sur|auprès)|registratie (?:op|bij)|registrazione (?:su|sul|sulla|a)|(?:on|to|at) the same|(?:an|auf) (?:der|dem)selben|sur (?:le|la) même|op (?:de|het)zelfde|sull[oa] stess[oa]|hängen? (?:an|am)|verbunden mit|connectée?s? (?:à|au|aux|sur)|branchée?s? (?:sur|à|au)|raccordée?s? (?:à|au)|enregistrée?s? (?:sur|auprès)|aangesloten op|verbonden met|geregistreerd op|(?:lent|loaned)(?: \S+)?|prêtée?s?|geleend|uitgeleend|ausgeliehen|geliehen|prestat[oa]|collegat[oaie] (?:a|al|alla|ad)|registrat[oaie] (?:su|sul|sulla|a))\s+(?:\S+\s+){0,4}$`)
)

// withoutAside drops the models that are named beside the units that come back:
// what is wanted as a replacement, and what they are connected to. One model
// must be left.
func withoutAside(z zone, finds []find) []find {
	if !slices.ContainsFunc(z.lines, func(l string) bool { return strings.IndexByte(l, '(') >= 0 || anyAside.in(l) }) {
		return finds
	}
	aside := func(f find) bool {
		if !isModel(f) || f.line >= len(z.lines) || f.end > len(z.lines[f.line]) {
			return false
		}
		before, after := tail(z.lines[f.line][:f.at], 90), z.lines[f.line][f.end:]
		if before == "" && f.line > 0 {
			before = tail(z.lines[f.line-1], 90) + " "
		}
		return inAside(z.lines[f.line], f, finds) || asReplacement.MatchString(after) || accessory.MatchString(before) || triedWith.MatchString(before) || hookedOn.MatchString(after) || carries.MatchString(after) || ofWhole.MatchString(after) && numberBehind(finds, f) || forReplacement.MatchString(before) || besideIt.MatchString(before)
	}
	names := asideOf(z, finds, aside)
	drop := func(f find) bool { return aside(f) || isModel(f) && slices.Contains(names, f.text) }
	if !slices.ContainsFunc(finds, func(f find) bool { return isModel(f) && !drop(f) }) {
		return finds
	}
	return slices.DeleteFunc(finds, drop)
}

// numberBehind tells that another model stands behind f, with a number: a part of it.
func numberBehind(finds []find, f find) bool {
	other := false
	for _, o := range finds {
		if o.line < f.line || o.line == f.line && o.at <= f.at {
			continue
		}
		if isNumber(o) {
			return other
		}
		other = other || isModel(o) && !sameModel(o.text, f.text)
	}
	return false
}

// inAside tells a model within words in brackets behind another model: "the T46S
// (the one with an EXP40 beside it)".
func inAside(line string, f find, finds []find) bool {
	const fewest = 4
	open, shut := strings.LastIndexByte(line[:f.at], '('), strings.IndexByte(line[f.end:], ')')
	if open < 0 || shut < 0 || strings.IndexByte(line[open:f.at], ')') >= 0 {
		return false
	}
	inside := strings.Fields(line[open+1:f.at] + " " + line[f.end:f.end+shut])
	if len(inside) < fewest || reasonOf(line[open:f.end+shut]) != "" {
		return false
	}
	other, number := false, false
	for _, o := range finds {
		other = other || isModel(o) && o.line == f.line && o.end <= open && !sameModel(o.text, f.text)
		number = number || isNumber(o) && o.line == f.line && o.at > open && o.end < f.end+shut
	}
	return other && !number
}

// asideOf gives the models that stand in a list with one that is aside: "a D385
// or a D785 as a replacement".
func asideOf(z zone, finds []find, aside func(find) bool) (names []string) {
	for i := len(finds) - 1; i > 0; i-- {
		f, before := finds[i], finds[i-1]
		if !isModel(f) || !isModel(before) || f.line >= len(z.lines) || f.line != before.line || before.end > f.at || !aside(f) && !slices.Contains(names, f.text) {
			continue
		}
		if orJoin.MatchString(z.lines[f.line][before.end:f.at]) {
			names = append(names, before.text)
		}
	}
	return names
}

var orJoin = newPattern(`(?i)^\s*(?:,|/|or|ou|oder|of|o)\s*(?:a|an|the|un|une|le|la|ein|eine|einen|der|die|das|een|de|het|uno|una|il)?\s*(?:\pL+\s)?$`)

// ofBox stands on the line before a number that is on the packaging, ofUnit before one
// that is on the unit.
var (
	ofBox  = newPattern(`(?i)(?:^|[^\pL])(?:box|boxes|carton|packaging|packag\pL+|karton|umkarton|schachtel|verpackung|doos|verpakking|boîte|emballage|étiquette du carton|scatola|confezione|imballo|cartone)(?:[^\pL]|$)`)
	ofUnit = newPattern(`(?i)(?:^|[^\pL])(?:phone|unit|device|itself|gerät|telefon|apparat|toestel|apparaat|poste|appareil|téléphone|telefono|apparecchio|dispositivo)(?:[^\pL]|$)`)
)

// withoutBoxNumbers drops the serial of the packaging where another came in it than it
// says, and the serial of what came is given too.
func withoutBoxNumbers(z zone, finds []find) []find {
	from, line := 0, -1
	inBoxOnly := make([]bool, len(finds))
	unitToo := false
	for i, f := range finds {
		if f.kind != aSerial || f.line >= len(z.lines) || f.at > len(z.lines[f.line]) {
			continue
		}
		if f.line != line {
			from, line = 0, f.line
		}
		before := z.lines[f.line][min(from, f.at):f.at]
		from = f.end
		inBoxOnly[i] = ofBox.MatchString(before) && !ofUnit.MatchString(before)
		unitToo = unitToo || ofUnit.MatchString(before)
	}
	if !unitToo {
		return finds
	}
	var out []find
	for i, f := range finds {
		if !inBoxOnly[i] {
			out = append(out, f)
		}
	}
	return out
}

// tiered lets the tier at which a model is named count before the words around it.
func tiered(z zone, finds []find, marks []marked) []marked {
	low, high := byTier(z, finds)
	for i, m := range marks {
		same := func(o string) bool { return sameModel(o, m.model) || strings.HasPrefix(o, m.model+" ") }
		switch {
		case slices.ContainsFunc(high, same):
			marks[i].mark = goesBack
		case slices.ContainsFunc(low, same):
			marks[i].mark = wanted
		}
	}
	return marks
}

func isModel(f find) bool { return f.kind == aModel }

// marked is one mention of a model and what is said of it.
type marked struct {
	model string
	mark  mark
}

func isWanted(f find, marks []marked) bool {
	want := false
	for _, m := range marks {
		if !sameModel(m.model, f.text) {
			continue
		}
		if m.mark == goesBack {
			return false
		}
		want = want || m.mark == wanted
	}
	return want
}

// exchanged marks the other model of a wrong delivery of which only one is said
// to have come, as many of the one as of the other: it was ordered.
func exchanged(finds []find, marks []marked) []marked {
	var came, other *find
	for i := range finds {
		f := &finds[i]
		if !isModel(*f) || f.quantity == 0 {
			continue
		}
		back := slices.ContainsFunc(marks, func(m marked) bool { return sameModel(m.model, f.text) && m.mark == goesBack })
		switch {
		case back && (came == nil || sameModel(came.text, f.text)):
			came = f
		case !back && (other == nil || sameModel(other.text, f.text)):
			other = f
		default:
			return marks
		}
	}
	if came != nil && other != nil && came.quantity == other.quantity {
		marks = append(marks, marked{other.text, wanted})
	}
	return marks
}

// sameModel tells two ways to write one model: "T54W" is the SIP-T54W.
func sameModel(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, end := b[:len(b)-len(a)], b[len(b)-len(a):]
	return strings.EqualFold(a, end) && (rest == "" || strings.HasSuffix(rest, "-") || strings.HasSuffix(rest, " "))
}

// mention is a model in the running text of its zone.
type mention struct {
	before string // from the model before it, or the begin of the sentence
	clause string // the part of before that is its own
	after  string // to the end of its clause, or the next model
	later  string // to the next model, or the end of the sentence
	other  string // what stands before the model before it in this sentence
	second bool   // another model stands before it in this sentence
	joined bool   // only a list's joint is between the two
	runsOn bool   // after goes as far as the next model
}

func (s *scanner) marks(z zone, finds []find) []marked {
	text := undotted(strings.Join(z.lines, "\n"))
	starts := make([]int, len(z.lines))
	for i := 1; i < len(starts); i++ {
		starts[i] = starts[i-1] + len(z.lines[i-1]) + 1
	}
	var out []marked
	var last mention
	previous := -1
	models := slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return !isModel(f) })
	for i, f := range models {
		at, end, next := starts[f.line]+f.at, starts[f.line]+f.end, len(text)
		if i+1 < len(models) {
			next = starts[models[i+1].line] + models[i+1].at
		}
		m := mentionAt(text, previous, at, end, max(end, next))
		m.other = last.before
		m.joined = m.second && s.listed(m.before)
		mark := s.markOf(m)
		if mark == unmarked && m.joined {
			mark = out[len(out)-1].mark
		}
		out = append(out, marked{f.text, mark})
		last, previous = m, end
	}
	return out
}

// around is how many bytes on each side of a model are looked at.
const around = 160

func mentionAt(text string, previous, at, end, next int) mention {
	begin := max(0, at-around)
	m := mention{second: previous >= begin && previous <= at}
	if m.second {
		begin = previous
	}
	before := text[begin:at]
	if all := sentenceBreak.FindAllStringIndex(before, -1); len(all) > 0 {
		before, m.second = before[all[len(all)-1][1]:], false
	}
	m.before, m.clause = before, before
	if all := clauseBreak.FindAllStringIndex(before, -1); len(all) > 0 && m.second {
		m.clause = before[all[len(all)-1][1]:]
	}
	m.later = text[end:min(next, end+around)]
	if loc := sentenceBreak.FindStringIndex(m.later); loc != nil {
		m.later = m.later[:loc[0]]
	}
	m.after = m.later
	if loc := clauseBreak.FindStringIndex(m.after); loc != nil {
		m.after = m.after[:loc[0]]
	}
	m.runsOn = len(m.after) == next-end && next < len(text)
	if head, _, ok := strings.Cut(m.after, ":"); ok { // what stands before a colon speaks of what follows it
		m.after = head[:max(0, strings.LastIndexByte(head, '\n'))]
	}
	return m
}

var (
	sentenceBreak = newPattern(`[.!?;]\s|\n\s*\n`)
	clauseBreak   = newPattern(`(?i)[(,]|\s(?:und|aber|sondern|jedoch|doch|and|but|yet|et|mais|or|en|maar|e|ed|ma|però|while|während|terwijl|mentre)\s`)

	insteadWords = `instead of|rather than|in place of|in lieu of|au lieu d\S*|à la place d\S*|plutôt qu\S*|in (?:de )?plaats van|i\.?p\.?v\.?|anstelle|an stelle|(?:an)?statt|invece d\S*|anziché|al posto d\S*|in luogo d\S*`
	rightWords   = `(?:correct|right|richtigen?|korrekten?|bons?|bonnes?|juiste|correcte|giust[oiae]|corrett[oiae])(?: (?:model|models|modell|modelle|modèles?|modellen|modello|modelli))?[ :]*(?:\S+ ){0,1}$`
	pleaseWords  = `(?:please|kindly) (?:send|ship|deliver)|(?:quote|send|ship|supply|get|invoice|bill) (?:me|us)|(?:schicken|senden|liefern|bieten) sie (?:mir|uns)|(?:schickt|sendet|liefert|bietet) (?:mir|uns) (?:bitte|dafür|lieber|stattdessen|gleich)|(?:envoyez|livrez|chiffrez|proposez|facturez)-(?:nous|moi)|(?:stuur|stuurt|lever|bezorg) (?:ons|me|mij) (?:dan|liever|maar|wel|in plaats)|stuur (?:dan|maar)|(?:mandate|spedite|inviate|quotate|fatturate)(?:ci|mi)|bitte (?:\S+ ){0,3}(?:liefern|senden|schicken)|(?:nous )?(?:envoyer|livrer|expédier)|faire parvenir|(?:graag|gelieve) (?:\S+ ){0,3}(?:sturen|leveren|toesturen)|inviarci|spedirci|mandarci|inviare|spedire|mandare|consegnare`
	needWords    = `(?:a|ai|avons|ont|avait|aurait|aura|avons) besoin|needs?|needed|wants?|wanted|required?|should have (?:been|ordered|received|got|come|picked|chosen|taken|bought|gone for)|(?:meant|intended|supposed) to (?:order|get|have|receive|be)|fallait|faut|avions besoin|voulions|voulais|voulait|souhait(?:ions|ais|ait)|(?:aurait|aurions|aurais|auraient) dû(?: être)?|devait être|` +
		`(?:gebraucht|benötigt|gewünscht|gewollt) (?:wird|werden|wurden?|waren?|hätten|haben)|hätten|hätte|wollten|wollte|bräuchten?|brauche?n?|brauchten?|benötigt?e?n?|gemeint|sollten|sollte|gedacht|` +
		`moesten?|wilden?|bedoeld\S*|hadden moeten|nodig|` +
		`sarebbe(?:ro)? bastat\S*|bastav\S+|serv(?:e|iva|ono|ivano)|abbiamo bisogno|avevamo bisogno|volevamo|volevo|voleva|dovevamo|dovevo|doveva(?:no)?|avremmo (?:dovuto|voluto)`
	orderedWords = `leggo|si legge|(?:karton|schachtel) (?:des|der|vom)|(?:box|carton) (?:of|for) (?:a|the)|carton (?:du|de la|de)|doos van (?:de|een)|scatola del\S*|asked for|requested|expected|expecting|on order|(?:was|were) for|geordert\S*|gewünscht|erwartet\S*|demandée?s?|attendai\S+|gevraagd|verwacht\S*|chiest[oiae]|richiest[oiae]|aspettava\S*|clicked|picked|chose|chosen|selected|angeklickt|ausgewählt|gewählt|choisie?|sélectionnée?|gekozen|aangeklikt|scelt[oa]|cliccat[oa]|marked|labelled|labeled|beschriftet|etikettiert|marquée?s?|étiquetée?s?|c'è scritto|riporta\S*|stand|steht|stehen|stond(?:en)?|staat|staan|states?|says?|(?:dit|disent) (?:pourtant|bien|clairement)|indiqu\S+|mentionn\S+|(?:pre)?ordered|order (?:was |is )?(?:for|of)|bestellt\S*|bestellung (?:war |lautete )?(?:über|auf)|command[ée]e?s?|commande (?:\S+ )?(?:portait sur|était de)|besteld\S*|bestelling (?:was|betrof)|ordinat[oiae]|ordinammo|ordine (?:era )?(?:per|di)`
	gotWords     = `there(?: (?:was|were|is|are)|'s)|turned up|showed up|c'est (?:une?|des)|à l'intérieur|dedans|drin|dentro|nel collo|ci sono|ci siamo trovati|c'erano|c'era|il y a|il y avait|lag|lagen|liegen|liegt|steckt\S*|in the box(?:es)?|inside|nelle scatole|nella scatola|im karton|in den kartons|dans les? cartons?|in de (?:doos|dozen)|received|got|delivered|shipped|sent|arrived|came|supplied|contains?|contained|erhielten|erhalten\S*|bekommen|bekamen|geliefert\S*|gekommen|kam|kamen|angekommen|zugeschickt\S*|geschickt\S*|zugesandt|reçu\S*|recevons|livrée?s?|livré|envoyée?s?|arrivée?s?|trouv\S+|contenait|contient|ontvangen|ontvingen|gekregen|kregen|geleverd\S*|gestuurd\S*|toegestuurd|zit|zitten|zat|zaten|kwam|kwamen|binnengekomen|ricevut\S+|arrivat\S+|arrivano|consegnat\S+|spedit\S+|inviat\S+|trovat\S+|mandat\S+`
	backWords    = `return\S*|send back|rücksend\S*|retournier\S*|zurück\S*|retour\S*|renvoy\S*|reprendre|reprise|terug\S*|retourneren|rendere|renderl\S+|restitu\S+|reso|resi|umtausch\S*`
	insteadMark  = before(insteadWords)
	rightMark    = newPattern(`(?i)(?:^|[^\pL\pN])` + rightWords)
	needMark     = before(needWords + `|` + pleaseWords)
	orderedMark  = before(orderedWords)
	gotMark      = before(gotWords)
	backMark     = before(backWords)
	lateMark     = before(`(?:dringend |eigentlich |unbedingt )?(?:braucht|brauchen|bräuchte|bräuchten)|haben (?:will|wollen|wollte|muss|müssen|müsste|sollte)|(?:moet|moeten|moest|moesten|wil|wilde|zou) (?:\S+ )?hebben|nodig (?:heeft|hebben|had|hadden)|(?:had(?:den)? )?(?:ge)?moeten(?: zijn| worden| wezen)|had(?:den)? (?:ge)?moeten|hätten? (?:es )?sein (?:sollen|müssen)|aurai(?:t|ent) (?:dû être|fallu)|(?:doveva|dovevano) essere|should have (?:been|gone)|ought to have been|(?:would|could) have (?:done|sufficed|been (?:enough|sufficient|plenty|fine|right))|(?:hätte|hätten) (?:ja |schon |völlig |auch )?(?:gereicht|genügt|ausgereicht)|(?:gereicht|genügt|ausgereicht) (?:hätte|hätten)|aurai(?:t|ent) (?:bien |largement )?(?:suffi|convenu)|(?:was|waren) (?:ruim )?(?:genoeg|voldoende) geweest|(?:had|hadden) volstaan|sarebbe(?:ro)? bastat[oaie]|(?:bastava|bastavano)|nodig|gebraucht|benötigt|gewünscht|gewollt|gemeint|bedoeld|sein sollen|(?:quell[ie]|quest[ie]) (?:noi )?volevamo|haben wollten|ceux(?:-là)? que nous voulions|die wilden we|souhaitée?s?|voulue?s?|wanted|needed`)
	needOther    = newPattern(`(?i)(?:^|\s)(?:to|for|with|about|help|pour|avec|für|mit|zu|voor|over|met|per|con|rma|ersatz\S*|replac\S*|return\S*|retour\S*|remplac\S*|vervang\S*|sostitu\S*)\s`)
	swapFor      = newPattern(`(?i)(?:exchang\S*|swap\S*) (?:\S+\s+){0,5}(?:towards?|into|to)\s(?:\S+\s+){0,2}$|tausch\S* (?:\S+\s+){0,5}(?:auf|in|zu)\s(?:\S+\s+){0,2}$|échang\S* (?:\S+\s+){0,5}(?:vers|pour)\s(?:\S+\s+){0,2}$|(?:omruil\S*|omwissel\S*|ruilen) (?:\S+\s+){0,5}naar\s(?:\S+\s+){0,2}$|(?:exchang\S*|swap\S*|replac\S*) (?:\S+\s+){0,5}(?:for|with|by|against)\s(?:\S+\s+){0,4}$|(?:tausch\S*|getauscht|ersetz\S*|ersetzt) (?:\S+\s+){0,5}(?:gegen|durch)\s(?:\S+\s+){0,4}$|(?:échang\S*|remplac\S*) (?:\S+\s+){0,5}(?:contre|par)\s(?:\S+\s+){0,4}$|(?:omruil\S*|ruil\S*|wissel\S*|vervang\S*) (?:\S+\s+){0,5}(?:voor|tegen|door)\s(?:\S+\s+){0,4}$|(?:cambi\S*|scambi\S*|sostitu\S*) (?:\S+\s+){0,5}con\s(?:\S+\s+){0,4}(?:l'|un')?$`)
	swapVerb     = newPattern(`(?i)exchang|swap|tausch|échang|omruil|omwissel|sostitu|cambi`)
	swapJoin     = newPattern(`(?i)(?:^|\s)(?:for|gegen|contre|voor|tegen|con)\s(?:\S+\s+){0,3}$`)
)

// otherInstead stands between "instead of" and a model that came: "in place of the
// third one a ...".
var otherInstead = newPattern(`(?i)^\s*(?:[\pL\d'’]+\s+){0,3}(?:one|that|it|them|third|second|first|last|terzo|secondo|primo|quello|quelli|ultimo|troisième|deuxième|premier|celui-ci|celui-là|dritten|zweiten|ersten|letzten|dessen|deren|derde|tweede|eerste|laatste|die|dat)\s+(?:(?:there|was|were|c'era|lag|war|zat|il y avait)\s+){0,2}(?:a|an|one|un|une|uno|una|ein|eine|einen|een)\s*$`)

// before compiles words that speak of the model behind them. They stand as
// whole words; letters beyond ASCII count as letters.
func before(words string) *pattern {
	return newPattern(`(?i)(?:^|[^\pL\pN])(?:` + words + `)(?:$|[^\pL\pN])`)
}

// markOf weighs the words around a mention; those nearest before it count most.
func (s *scanner) markOf(m mention) mark {
	clause := squeezed(m.clause)
	after := squeezed(m.after)
	if swapFor.MatchString(clause) || m.second && swapJoin.MatchString(clause) && swapVerb.MatchString(m.other+m.before+m.later) {
		return wanted
	}
	if backMark.MatchString(after) {
		return goesBack
	}
	if before := squeezed(m.before); wantsIt.MatchString(before) && !deniesIt.MatchString(before) && !deniedBehind.MatchString(after) {
		return wanted
	}
	if neededBehind.MatchString(after) {
		return wanted
	}
	if found := s.said(clause, false); found != unmarked {
		return found
	}
	if m.joined && m.runsOn { // the verb behind it belongs to the model that follows
		return unmarked
	}
	if found := s.said(after, true); found != unmarked {
		return found
	}
	return s.said(squeezed(m.before), false)
}

// wantsIt stands right before what a customer wants: "the client wants them as T31G".
// What he does not want, or wants to give back, is no such thing. neededBehind stands right
// behind what is needed.
var (
	wantsIt      = newPattern(`(?i)(?:^|[^\pL])(?:vuole|vogliono|veut|veulent|will|wollen|möchte|möchten|wil|willen)(?:\s(?:sie|es|li|le|la|lo|i|il|gli|les|ze|het|de|die|das|den|jetzt|nun|ora|nu|maintenant|doch|nur|in|en|als|een|ein|eine|einen|un|une|una)){0,3}\s*$`)
	neededBehind = newPattern(`(?i)^\s*(?:nodig|gebraucht|benötigt)\s*(?:$|[,.;:]|gehad|hätten|hatten|haben|hebben|gehabt)`)
	deniesIt     = newPattern(`(?i)(?:^|[^\pL])(?:non|ne|n'|plus|pas)(?:\s(?:\S+\s){0,2}|)(?:vuole|vogliono|veut|veulent|en veut)`)
	deniedBehind = newPattern(`(?i)^\s*(?:\S+\s){0,4}?(?:nicht|niet|pas|plus|non|mehr|meer|zurück\S*|terug\S*|kwijt|loswerden|tauschen|ruilen|umtauschen)(?:[^\pL]|$)`)
)

// said is what the last telling word of a stretch of text makes of its model.
// behind tells that the text stands behind it: fewer words tell there.
func (s *scanner) said(text string, behind bool) mark {
	if !behind && orderAnew.MatchString(text) {
		return wanted
	}
	if behind && anew.MatchString(text) && !reorderedByMistake.in(text) {
		return wanted
	}
	text = notOrdered.ReplaceAllString(text, " delivered ")
	best, end, found := -1, 0, unmarked
	note := func(re *pattern, m mark) {
		if all := re.FindAllStringIndex(text, -1); len(all) > 0 && all[len(all)-1][0] > best {
			best, end, found = all[len(all)-1][0], all[len(all)-1][1], m
		}
	}
	ordered := goesBack
	if s.reason == "delivery_error" {
		ordered = wanted
	}
	note(gotMark, goesBack)
	note(orderedMark, ordered)
	if behind {
		note(lateMark, wanted)
		return found
	}
	note(backMark, goesBack)
	note(rightMark, wanted)
	if all := insteadMark.FindAllStringIndex(text, -1); len(all) > 0 {
		switch behind := text[all[len(all)-1][1]:]; {
		case otherInstead.MatchString(behind):
			note(insteadMark, goesBack)
		case !hasCode(behind) && !strings.Contains(behind, ","):
			note(insteadMark, wanted)
		}
	}
	if all := needMark.FindAllStringIndex(text, -1); len(all) > 0 {
		const near = 30
		if l := all[len(all)-1]; (l[0] > best || l[1] >= end) && len(text)-l[1] < near && !needOther.MatchString(text[l[1]-1:]) && !strings.Contains(text[l[1]-1:], ",") {
			found = wanted
		}
	}
	return found
}

// notOrdered is said of what came instead of what was ordered.
var notOrdered = newPattern(`(?i)(?:^|[^\pL])(?:not (?:on )?order(?:ed)?|never ordered|nicht bestellt|nie bestellt|(?:non|pas|jamais) commandée?s?|(?:niet|nooit) besteld|(?:non|mai) ordinat[oaie])(?:$|[^\pL])`)

// orderAnew says that what follows is, or will be, ordered instead.
var orderAnew = newPattern(`(?i)(?:^|[^\pL])(?:(?:new|fresh|another|separate|second|replacement|neuen?|weitere|separate|nouvelle|autre|nieuwe|andere|aparte|nuovo|altro) (?:purchase )?(?:order|bestellung|auftrag|commande|bestelling|ordine) (?:(?:today|tomorrow|heute|morgen|aujourd'hui|vandaag|oggi) )?(?:for|of|über|für|de|pour|voor|van|di|per)|` +
	`(?:i'll|we'll|i'd|we'd|(?:i|we) (?:will|would|shall|can)|going to) (?:(?:then|also|just|gladly|rather) )?(?:re-?order|order|buy|take)|(?:bestellen|ordern|nehmen) (?:wir|ich) (?:(?:dann|dafür|stattdessen|gleich|neu|heute|lieber) )+|(?:bestellen|nemen) (?:we|wij|ik) (?:(?:dan|opnieuw|wel|liever|apart) )+|(?:commanderons|commanderai|recommand(?:e|ons|erons)|prendrons|prendrai)|(?:ordineremo|ordinerò|riordin\pL+|prenderemo|prenderò)|(?:like|want|wish|prefer) to (?:\S+ (?:it|them) and )?(?:get|have|take|buy|order|receive))\s(?:\S+\s){0,3}$`)

// anew stands behind what is, or was, ordered in place of the other.
var anew = newPattern(`(?i)(?:^|[^\pL])(?:(?:neu|separat|gesondert|extra|stattdessen) (?:\S+ ){0,2}?(?:bestellt|geordert|beauftragt)|nachbestellt|re-?ordered|ordered (?:\S+ ){0,3}?(?:separately|anew|afresh|instead)|(?:on|in) a (?:new|separate|fresh) order|(?:re)?commandée?s? (?:\S+ ){0,2}?(?:séparément|à part|à la place)|recommandée?s?|(?:opnieuw|apart|afzonderlijk) (?:\S+ ){0,2}?besteld|bijbesteld|riordinat[oaie]|ordinat[oaie] (?:\S+ ){0,2}?(?:a parte|separatamente|al (?:suo|loro) posto))(?:$|[^\pL])`)

// reorderedByMistake takes that back: the same was ordered again.
var reorderedByMistake = newSayings(`
	(mistake|error|accident*|twice|versehen*|irrtüm*|doppelt|zweimal|erreur|deux fois|vergis*|ongeluk|dubbel|error*|sbagli*|due volte)
`)

// hasCode tells that something with a number, such as a model that no pattern
// knows, is named in a stretch of text: what stands before it speaks of that.
func hasCode(text string) bool {
	return slices.ContainsFunc(strings.Fields(text), func(w string) bool { return digitsIn(w) >= 2 && len(w) > 2 })
}

// listed tells that only a list's joint stands between two models: what is
// said of the one is said of the other.
func (s *scanner) listed(between string) bool {
	if !strings.ContainsAny(between, ",/&+") && !clauseBreak.MatchString(between) {
		return false
	}
	lower := lowerASCII(between)
	for i := range s.cat.names {
		if name := &s.cat.names[i]; s.named[name.maker] {
			if at, end, ok := name.in(between, lower); ok {
				between = between[:at] + between[end:]
				lower = lowerASCII(between)
			}
		}
	}
	for _, w := range strings.FieldsFunc(lower, func(r rune) bool { return strings.ContainsRune(" \n\t,/&+x", r) }) {
		if _, number := numerals[w]; !number && !joint.MatchString(w) {
			return false
		}
	}
	return true
}

var joint = newPattern(`^(?:\d{1,3}|und|and|et|en|e|ed|or|plus|sowie|a|an|the|der|die|das|den|einem|einer|le|la|les|des|du|il|lo|i|gli|un'|het|de|pcs|stk|stück|pz|stuks|x)$`)
