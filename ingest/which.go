package ingest

import (
	"slices"
	"strconv"
	"strings"
)

// What a mail says of some of the units it names: that they work, or stay where
// they are, and are named for comparison only.

var (
	// fine says that something works; a negation near it takes that back.
	fine = newPhrase(`(?i)(?:\b(?:the (?:others?|rest)|the other \S+) (?:all )?(?:ok|okay|fine|good|all right|alright)\b|\b(?:die (?:anderen|übrigen|restlichen)(?: \S+)?|der rest) (?:alle )?(?:ok|okay|gut|passen|passt|in ordnung)\b|\bles (?:\S+ )?autres (?:tous )?(?:ok|nickel|rien à (?:dire|signaler))|\bde (?:andere|rest|overige)(?: \S+)? (?:allemaal )?(?:ok|oké|prima|in orde|goed)\b|\b(?:gli altri|le altre|il resto)(?: \S+)? (?:tutt[ie] )?(?:a posto|ok|bene|perfett[ie])\b|\b(?:looks?|seems?|sounds?) (?:perfectly |quite )?(?:fine|ok|okay|good|intact|undamaged)\b|\b(?:sieht|sehen) (?:\pL+ )?(?:gut|heil|ok|unbeschädigt|intakt) aus\b|\b(?:a|ont) l'air (?:\pL+ )?(?:bon|bons|bien|ok|intacte?s?|normale?s?)\b|\b(?:ziet|zien) er (?:\pL+ )?(?:goed|ok|oké|prima|heel|onbeschadigd) uit\b|\bsembra(?:no)? (?:\pL+ )?(?:a posto|ok|bene|integr[oaie]|buon[oaie])\b|\b(?:works?|working|runs?|running|behav(?:es?|ing)) (?:\pL+ ){0,3}(?:fine|well|perfectly|ok|okay|normally|great|properly|correctly|flawlessly|happily)\b|\b(?:works?|working|runs?|running|behaves?) (?:again|as (?:it should|expected)|without (?:problems?|issues?))|\b(?:is|are|seems?) (?:still |all |both |perfectly |otherwise |absolutely |now |completely )?(?:flawless|ok|okay|fine|working|good|alright|healthy)\b|\bsurvived\b|\bas good as (?:gold|new)\b|\b(?:all (?:is )?(?:good|fine|ok|okay|well)|alles (?:ist )?(?:gut|in ordnung|ok|prima|bestens|goed|normaal)|tout (?:va bien|est ok|est normal|roule)|tutto (?:regolare|ok|bene|a posto|normale))\b|\bright as rain\b|\bas (?:it|they) should(?: be)?\b|\bbehav(?:es?|ing) (?:itself|themselves|as it should)\b|\b(?:is|are) (?:\pL+ )?(?:happy|in perfect order|unaffected|untouched|in good order|sound)\b|\bback to normal\b|\bno (?:problems?|issues?) with\b|\bstill works?\b|\bworks? (?:now|since|after)\b|\b(?:has|have) (?:\S+ )?recovered\b|\bpassed\b|\b(?:back|came back|sprang back) to life\b|\b(?:has|have) revived\b|\b(?:could|managed to|able to) (?:\S+ )?(?:revive|rescue|save|fix|mend|repair)\b|konnten wir (?:\S+ )?(?:retten|reparieren)|(?:pu|réussi à) (?:le |la |les )?(?:sauver|réparer|ranimer)|konden we (?:\S+ )?(?:redden|herstellen)|riuscit[oi] a (?:salvar|recuperar|riparar)\w+|wiederbelebt|ranimée?s?\b|ressuscitée?s?|gereanimeerd|rianimat[oaie]|\brevived\b|wieder zum leben|reparti(?:e|es|s)?\b|(?:est|sont) revenue?s? à la vie|tot leven gekomen|tornat[oaie] in vita|ripartit[oaie]\b|\b(?:is|are|was|were) (?:both |all )?innocent\b|\b(?:unschuldig|konnten nichts dafür|können nichts dafür|n'y (?:sont|est|étai\w+) pour rien|treffen geen schuld|treft geen schuld|hebben er niets mee te maken|non c'entra(?:no|va|vano)?)\b|\b(?:sorted|solved|resolved)\b|` +
		`\b(?:funktionier(?:t|en)|läuft|laufen|geht|gehen|tut|tun|arbeite[nt]+|spielt|spielen) (?:\pL+ ){0,4}(?:noch|einwandfrei|gut|super|problemlos|tadellos|normal|weiterhin|bestens|prima|fehlerfrei|ohne probleme|reibungslos|stabil|klaglos)\b|\bmach(?:t|en) (?:\pL+ ){0,2}kein(?:en|e)? (?:ärger|probleme|mucken)|\b(?:ist|sind) (?:\S+ ){0,4}(?:ok|okay|in ordnung|heil|gesund|einwandfrei|unauffällig)\b|(?:funktionier(?:t|en)|läuft|laufen|tut|tun) (?:(?:ja|aber|jetzt|nun|inzwischen|mittlerweile|seitdem|seither|auch) )*wieder\b|\b(?:erledigt|gelöst|behoben)\b|résolue?s?\b|\bopgelost\b|\bverholpen\b|\brisolt[oaie]\b|überlebt|survécu|overleefd|sopravvissut[oaie]|gegengeprüft|gegengetestet|` +
		`rentrée?s? dans l'ordre|\b(?:fonctionne(?:nt)?|marche(?:nt)?|tourne(?:nt)?) (?:\pL+ ){0,3}(?:bien|nickel|impeccable|normalement|parfaitement|correctement|encore|toujours|sans (?:souci|problème))|\b(?:est|sont) (?:\S+ ){0,2}(?:ok|en bon état|opérationnels?|impeccables?|nickel)\b|\bvo?nt? (?:très |parfaitement |tout à fait )?bien\b|\bva (?:très |parfaitement |tout à fait )?bien\b|remarche(?:nt)?\b|refonctionne(?:nt)?\b|(?:marche|fonctionne)(?:nt)? (?:à|de) nouveau|` +
		`\bwerk(?:t|en) (?:\pL+ ){0,3}(?:nog|wel|prima|goed|perfect|gewoon|naar behoren|uitstekend|vlekkeloos)\b|\bdraai(?:t|en) (?:\pL+ ){0,3}(?:prima|goed|perfect|gewoon)\b|\bterug in orde\b|geen schade\b|\bdoe(?:t|n) het (?:nog|wel|weer|nu|opnieuw|terug|prima|goed|gewoon|perfect)|\bwerk(?:t|en) (?:weer|terug|opnieuw)|\bnog goed\b|\b(?:is|zijn) (?:\S+ ){0,4}(?:prima|in orde|ok|oké|goed)\b|` +
		`\b(?:funziona|va|gira|lavora)(?:no|nno)? (?:\pL+ ){0,3}(?:bene|benissimo|perfettamente|alla grande|regolarmente)\b|tornat[oaie] (?:tutt[oa] )?(?:a posto|alla normalità)|\bfunziona(?:no)? (?:dopo|di nuovo|adesso|ora|bene|regolarmente|ancora|perfettamente|correttamente|benissimo|normalmente)|\b(?:invece|però) funziona(?:no)?\b|\bva(?:nno)? (?:bene|benissimo)\b|\b(?:è|sono) (?:\S+ ){0,2}(?:ok|a posto|perfett[oaie]|impeccabil[ei])\b|` +
		`\b(?:works?|runs?|funktionier(?:t|en)|läuft|laufen|tourne(?:nt)?|draai(?:t|en)|fonctionne(?:nt)?|marche(?:nt)?|werk(?:t|en)|funziona(?:no)?)\s*(?:[.,;!)\n]|$))`)
	negated = newPattern(`(?i)(?:^|[^\pL])(?:not|never|no longer|hardly|barely|rarely|seldom|kaum|selten|rarement|zelden|nauwelijks|amper|raramente|nicht|nie|kein\pL*|pas|plus|jamais|niet|nooit|geen|non|mai|\pL+n't|only|nur|alleen|solo|seulement|if|whether|wenn|ob|si|als|se)(?:[^\pL]|$)`)
	limited = newPattern(`(?i)^\s*(?:only|nur|alleen|solo|seulement|until|bis|jusqu|but|aber|mais|maar|ma\s|però|for|when|if|wenn|quand|als|se|nicht|pas|niet|non|except|außer|sauf|behalve|tranne)`)
	// kept says that something does not come back, whatever state it is in.
	kept = newPhrase(`(?i)(?:nicht (?:einschicken|zurück\pL*|retour\pL*)|(?:wird|werden|soll|sollen) nicht (?:zurück|eingeschickt|retourniert)|\bbleib(?:t|en) (?:\pL+ ){0,2}(?:hier|bei uns|beim kunden|vor ort|im (?:einsatz|betrieb)|in betrieb|drin)|\bbehalten wir\b|bitte (?:\S+ ){0,2}(?:stehen|hängen|liegen) ?lassen\b|von der liste (?:nehmen|streichen|runter)|aus der liste (?:nehmen|streichen)|behält der kunde|\bnicht (?:mit )?dabei\s*[:(]|gehör(?:t|en) nicht dazu|nicht (?:teil|bestandteil) (?:der|des|dieser)|\bdurchgestrichen\b|\b(?:schon|bereits) (?:\S+ )?(?:eingeschickt|eingesandt|zurückgeschickt|zurückgesandt|retourniert)\b|\bein(?:e|es|er)? (?:funktionierend|heil|intakt|laufend)\pL* (?:\S+ ){0,6}(?:ist|hat|:)|\bwir behalten\b|zum vergleich|zur info\b|(?:dürfen|darf|können|kann) bleiben\b|\bleihgeräte?\b|(?:haben|hatten|habt|hattet) (?:sie|ihr) (?:\S+ ){0,9}(?:getauscht|ersetzt|ausgetauscht)|\b(?:you(?:'ve| have)? (?:already )?had|you got) (?:\S+ ){1,3}back\b|\b(?:went|gone|sent|came) (?:\S+ ){0,2}back (?:to you )?(?:in|last) (?:january|february|march|april|may|june|july|august|september|october|november|december|year|month|spring|summer|autumn|winter)|` +
		`(?:häng(?:t|en)|steh(?:t|en)|komm(?:t|en)) (?:\S+ ){0,2}wieder (?:an|in|auf) (?:der|die|ihre[nrm]?|den|dem|im)\b|\b(?:go(?:es|ing)?|went|are|is|put|hung) (?:\S+ )?back (?:on|up on|in|into) (?:the |their |its )?(?:walls?|desks?|service|use|place|rack)\b|remis(?:es?)? (?:au mur|en place|en service|sur les bureaux)|\b(?:hang(?:t|en)|sta(?:at|an)) (?:weer |terug )+(?:aan|op) (?:de|hun|zijn|het)\b|\b(?:tornat\w|rimess\w|tornano|torna) (?:al|in|sul|alla) (?:muro|parete|servizio|loro posto|posto|uso)\b|` +
		`\b(?:do not|don't|not) return(?:ing)?\b|\balready (?:on (?:the |their )?desks?|in use|deployed|installed|back in service)|\bstay(?:s|ing)? (?:put|on|behind|where|here|with|in (?:use|place|service|stock))|\b(?:customer|client) (?:is )?keep(?:s|ing)\b|\bkunde behält|\bklant houdt|\bcliente (?:si )?tiene|\bkeep(?:ing)? (?:it|this|that|them|these|those|the)\b|\bnot (?:to be )?(?:returned|part of|included|coming back|going back)|\bfor (?:comparison|reference only)|\b(?:strike|scratch|remove|forget|ignore|leave) (?:out )?(?:that|this|the other|the first|the second) one\b|\bstrike (?:that|it|this)\b|(?:bitte|können sie) (?:\S+ ){0,3}(?:streichen|ausbuchen|rausnehmen|herausnehmen)|(?:rayez|retirez|enlevez)(?:-l[ae]s?)?\b|(?:mag|mogen) (?:eruit|eraf|geschrapt)|\bschrap(?:pen)?\b|\b(?:togliet\w+|toglier\w+|stralci\w+|depenna\w+)\b|\bknown[- ]good\b|\b(?:ignore|disregard|ignorier(?:t|en sie)|ignorez|negeer|ignorate) (?:\S+ ){0,2}[A-Za-z0-9]*\d{6}|\bleave (?:\S+ ){1,4}where (?:it|they)\b|\b(?:take|strike|cross|remove|delete) (?:\S+ ){1,3}(?:off|from) (?:the|my|our|this) list\b|\brma'?d in (?:19|20)\d\d\b|\bkept (?:as (?:a |our )?(?:spare|reserve|backup|back-up)s?|by (?:the|our|my) (?:customer|client|user)|here|back)\b|\b(?:crossed|struck) (?:out|off|through)\b|\b(?:line|number|item|unit|one|it|position|pos\.?) (?:\S+ )?(?:is|was|has been) withdrawn\b|\b(?:sent (?:in|back|off)|returned) (?:\S+ ){0,5}(?:already|last (?:year|month|week|spring|summer|autumn|winter)|in (?:january|february|march|april|may|june|july|august|september|october|november|december))\b|already (?:sent|returned|posted|shipped) (?:in|back|off)\b|\bnot (?:concerned|affected|involved)\b|\b(?:a|the|one) (?:working|good|healthy) (?:one|unit|phone|set|device|sample)(?: \S+){0,6}?(?: is| has|:)|\b(?:hanging|hang|holding|hold) on to (?:it|that|this|them|those|these)\b|with (?:a|our|the) spare\b|\bour (?:own )?spare\b|\bon (?:the|a|our) spare\b|auf (?:dem|der|unserem|unserer|einem) (?:ersatz|reserve)\pL*|sur (?:le|la|un|une|notre) (?:poste |appareil |borne )?de (?:secours|réserve|rechange)|\bop (?:de|het|ons|onze|een) reserve\w*|sul(?:la)? (?:riserva|scorta)|\byou (?:already )?replaced\b|\bloan(?:er)? (?:unit|phone)|(?:can|may) stay\b|(?:out of|leave out of|not in) (?:the|this) rma\b|` +
		`\b(?:client|cliente) (?:\S+ )?gardes?\b|\breste(?:nt)? (?:\pL+ ){0,1}(?:chez|en[ _]place|sur (?:place|site)|ici|au)|\b(?:on|nous) (?:le|la|les) gard(?:e|ons)|à titre de comparaison|laiss(?:ez|er|ons) (?:\S+ ){0,4}(?:en[ _]place|sur place)|(?:retirer|enlever|rayer|ôter|retirez|enlevez|rayez) (?:\S+ )?de la liste|pour comparaison|en comparaison|pour référence|ne fai(?:t|sait) pas partie|\bbarrée?s?\b|déjà (?:\S+ )?(?:renvoyée?s?|retournée?s?|expédiée?s?)\b|gardée?s? (?:en|comme|pour|par|chez)\b|peu(?:t|vent) rester|de prêt\b|avez (?:déjà )?(?:remplacé|échangé)|\bprêtée?s?\b|pas (?:à )?(?:reprendre|retourner|renvoyer)|ne (?:revien\w+|sont pas à)|` +
		`\b(?:laat|laten) (?:we|ik) (?:\pL+ )?(?:hangen|staan|zitten)|\bblijf(?:t|ven) (?:\pL+ ){0,2}(?:hier|staan|bij|hangen|in gebruik|ter plaatse|ter plekke|op (?:locatie|kantoor|zijn plaats|hun plaats))|\bhouden we\b|laten (?:staan|hangen|liggen),? (?:aub|a\.u\.b|svp|graag)|(?:graag|gelieve|mogen jullie|mag u) (?:\S+ ){0,3}laten (?:staan|hangen|liggen)\b|van de lijst (?:halen|schrappen|af)|haal (?:\S+ )?van de lijst|hoor(?:t|en) er niet bij|maakt geen deel uit|\b(?:doorgestreept|doorgehaald)\b|\b(?:al|reeds) (?:\S+ )?(?:opgestuurd|teruggestuurd|ingestuurd|geretourneerd)\b|\bhou(?:d)? ik\b|ter vergelijking|(?:mogen|mag|kunnen|kan) blijven\b|leentoestel\w*|hebben (?:jullie|u) (?:\S+ ){0,3}(?:vervangen|omgeruild)|reservetoestel\w*|(?:gaat|gaan|komt|komen|hoeft|hoeven) niet (?:mee|retour|terug)|` +
		`\bresta(?:no)? (?:\pL+ ){0,1}(?:qui|da noi|in (?:uso|sede|servizio)|dal cliente)|\b(?:lo|la|li|le) (?:tengo|teniamo|lascio|lasciamo)\b|\bnon (?:rendere|restituire|ritirare)|non (?:va|vanno|è da|sono da) (?:reso|resi|restituit\w+|rispedit\w+)|per confronto|lasciatel[oaie]\b|lasci(?:are|ate) (?:\S+ ){0,4}(?:dov'è|dove sono|sul posto|in sede)|(?:toglier\w+|togliete\w*) (?:\S+ )?dalla lista|non fa parte|non fanno parte|esclus[oaie] dal|\b(?:barrat|depennat)[oaie]\b|già (?:\S+ )?(?:rispedit|restituit|rimandat|spedit)[oaie]\b|tenut[oaie] (?:come|di|per)\b|(?:può|possono) restare|avete (?:già )?sostituito|\bmuletto\b|nostra scorta|di scorta\b|in prestito)`)
	clauseEnd = newPattern(`(?i)(?:,|;|\s[-–]\s|\s(?:und|aber|sondern|während|and|but|while|whereas|et|mais|tandis que|en|maar|terwijl|e|ed|ma|mentre|invece)\s)`)
	stopEnd   = newPattern(`[.!?;]["')\]]*\s|\n\s*\n|\n\s*(?:[-*•]|\d{1,2}[.)])\s`)
)

// cluster is a run of finds that are spoken of together.
type cluster struct {
	first, last int // of the finds
	from, to    int // bytes of the text that speaks of it
	joined      bool
}

// withoutStaying drops the numbers, and the models beside them, of which the
// text says that they work or stay. If that would leave nothing, it was said in
// another sense.
func (s *scanner) withoutStaying(z zone, finds []find) []find {
	z, finds = underHeads(z, finds)
	finds = withoutNew(z, finds)
	finds = withoutReplacements(z, finds)
	text := undotted(strings.Join(z.lines, "\n"))
	state := func(f find) bool { return isNumber(f) && statedFine(z.lines[f.line], f.end) }
	numbers := slices.ContainsFunc(finds, isNumber)
	several := numbers && severalNumbers(finds)
	serving := several && inService.in(text) && isUnused(text) && !faulty(text)
	again := several && thisTime.in(text)
	if !serving && !again && !fine.in(text) && !kept.in(text) && !anothers.in(text) && !slices.ContainsFunc(finds, state) && !(several && faultless.in(text)) {
		return finds
	}
	says := func(c cluster) bool {
		seg := text[c.from:c.to]
		if again && wasDone.in(seg) && !thisTime.in(seg) && reasonOf(seg) != "defective" {
			return true
		}
		return c.said(text) || serving && inService.in(seg) && !isUnused(seg) || isNumber(finds[c.last]) && faultless.in(seg) && reasonOf(seg) != "defective"
	}
	starts := lineStarts(z.lines)
	text = enService.ReplaceAllString(hangsUp.blanked(text), "${1}_${2}") // no Dutch "and"
	clusters := clustersOf(text, starts, finds)
	drop := make([]bool, len(finds))
	left := false
	stay, text := keptBehind(text, finds)
	only := onlyModel(finds) != nil
	for i, c := range clusters {
		stays := says(c) || isNumber(finds[c.last]) && anothers.in(text[c.from:c.to]) || state(finds[c.last])
		for j := i + 1; !stays && j < len(clusters) && clusters[j].joined; j++ {
			if last := finds[clusters[j].last]; last.line != finds[c.last].line && (state(last) || arrowInside.MatchString(z.lines[last.line])) {
				break // its own line says it of itself
			}
			stays = says(clusters[j]) // "A, B and C work"
		}
		for k := c.first; k <= c.last; k++ {
			if isNumber(finds[k]) && (kept.in(text[c.from:c.to]) || stays && soundElsewhere(text, clusters, finds, k)) {
				stay = append(stay, finds[k].text) // wherever else it is named
			}
			drop[k] = stays && finds[k].kind != aMaker && !(numbers && only && isModel(finds[k]))
			left = left || !stays && !slices.Contains(stay, finds[k].text) && (!numbers || isNumber(finds[k]))
		}
	}
	if !left {
		return finds
	}
	var out []find
	for i, f := range finds {
		if !drop[i] && !slices.Contains(stay, f.text) {
			out = append(out, f)
		}
	}
	return out
}

// withoutNew drops the numbers of units of which only a part was borrowed for a test, or
// that are a colleague's, and of what was put in, where others are named as taken out:
// "old unit: A, new unit: B". Numbers must be left.
func withoutNew(z zone, finds []find) []find {
	const near = 70
	old := false
	fresh, theirs := map[int]bool{}, map[int]bool{}
	for i, f := range finds {
		if !isNumber(f) || f.line >= len(z.lines) || f.end > len(z.lines[f.line]) {
			continue
		}
		line := z.lines[f.line]
		before := serialLabel.blanked(line[max(0, f.at-near):f.at])
		old = old || oldUnit.MatchString(before)
		fresh[i] = newUnit.MatchString(before) && reasonOf(line[f.end:]) != "defective"
		theirs[i] = borrowed.MatchString(before)
	}
	var out []find
	for i, f := range finds {
		if !(old && fresh[i]) && !theirs[i] {
			out = append(out, f)
		}
	}
	if !slices.ContainsFunc(out, isNumber) {
		return finds
	}
	return out
}

// oldUnit and newUnit stand before the number of what was taken out, and of what was put
// in; borrowed before that of one that lent a part, or is a colleague's.
var (
	oldUnit  = newPattern(`(?i)(?:^|[^\pL])(?:(?:old|faulty|defective|broken|dead|original|removed|returned) (?:unit|phone|device|one|set|serial|handset|switch|router)?|out|removed|alt(?:gerät|es gerät|es|e)?|defekt(?:gerät|es gerät)?|ausgebaut|ausbau|raus|ancien(?:ne)?(?: \pL+)?|déposée?|sortie?|retirée?|oude?(?: \pL+)?|defecte?(?: \pL+)?|uitgebouwd|eruit|vecchi[oa](?: \pL+)?|smontat[oa]|rimoss[oa]|fuori)\s*[:=-]?\s*(?:[\pL]+ ?[\pL\d-]*)?[ ,:]*$`)
	newUnit  = newPattern(`(?i)(?:^|[^\pL])(?:(?:new|replacement|substitute|swap) (?:unit|phone|device|one|set|serial|handset|switch|router)?|installed|neu(?:gerät|es gerät)?|ersatz(?:gerät)?|eingebaut|einbau|(?:nouvel|nouveau|nouvelle)(?: \pL+)?|posée?|remplaçante?|nieuwe?(?: \pL+)?|vervang\pL*|ingebouwd|nuov[oa](?: \pL+)?|montat[oa]|sostitutiv[oa])\s*[:=-]\s*[, ]*$|(?:^|[,;/])\s*(?:in|rein|erin|dentro|entrée?)\s*[:=]?\s*$`)
	borrowed = newPattern(`(?i)\b(?:with|using|mit|avec|met|con) (?:\S+ |l'){0,2}(?:psu|power supply|adapter|cable|cord|handset|netzteil|kabel|hörer|alimentation|bloc|câble|combiné|voeding|hoorn|snoer|alimentatore|cavo|cornetta) (?:of|from|von|vom|du|de|van|di|del|d'|dell')\s*$|(?:colleague|neighbour|neighbor)'?s'?(?: one)? ?[(:]?\s*$|\b(?:des|vom|beim) (?:kollegen|nachbarn) ?[(:]?\s*$|(?:celui|celle) (?:du|de la|d'un) (?:collègue|voisine?) ?[(:]?\s*$|\bdie van (?:de|een|mijn) (?:collega|buur\pL*) ?[(:]?\s*$|\bquell[oa] (?:del|della|di un) (?:collega|vicin[oa]) ?[(:]?\s*$`)
)

// soundElsewhere tells a number that is named several times, and nowhere with a fault.
func soundElsewhere(text string, clusters []cluster, finds []find, k int) bool {
	named := 0
	for _, c := range clusters {
		for i := c.first; i <= c.last; i++ {
			if finds[i].text != finds[k].text {
				continue
			}
			if named++; reasonOf(text[c.from:c.to]) == "defective" {
				return false
			}
		}
	}
	return named > 1
}

// withoutReplacements drops the numbers of what was put in the place of a broken
// unit, and of earlier returns that it is compared with. Numbers must be left.
func withoutReplacements(z zone, finds []find) []find {
	if !slices.ContainsFunc(z.lines, func(l string) bool { return anyReplaced.in(l) }) {
		return finds
	}
	const reach = 110
	text := undotted(strings.Join(z.lines, "\n"))
	starts := lineStarts(z.lines)
	out := slices.DeleteFunc(slices.Clone(finds), func(f find) bool {
		at, end := starts[f.line]+f.at, starts[f.line]+f.end
		if !isNumber(f) || end > len(text) {
			return false
		}
		before, behind := text[max(0, at-reach):at], text[end:min(len(text), end+reach)]
		return putInPlace.MatchString(before) || inPlaceOfIt.MatchString(before) && replacedBehind.MatchString(behind) || earlierOne.MatchString(before) || earlierBehind.MatchString(behind) || givenBehind.MatchString(behind)
	})
	if !slices.ContainsFunc(out, isNumber) {
		return finds
	}
	return out
}

var (
	anyReplaced = newPhrase(`(?i)donné|transmis|communiqué|gave|mailed|quoted|gegeben|genannt|geschickt|doorg|gegeven|gestuurd| dato|mandato|comunicato|replac|swapp|exchang|repair|same |tausch|ersetz|gewechsel|repari|wie |rempla|échang|répar|comme |même |vervang|omgeruild|gewisseld|herstel|zoals |zelfde |sostitui|scambia|cambiat|ripara|come |stess`)
	// putInPlace stands before the number of a replacement.
	putInPlace = newPattern(`(?i)(?:^|[^\pL])(?:(?:replaced|swapped|exchanged)[^.;!?\n]{0,60}\s(?:with|by|for|against)|(?:getauscht|ausgetauscht|ersetzt|gewechselt)[^.;!?\n]{0,40}\s(?:gegen|durch|mit)|(?:remplacée?s?|échangée?s?)[^.;!?\n]{0,60}\s(?:par|contre|avec)|(?:vervangen|omgeruild|gewisseld)[^.;!?\n]{0,40}\s(?:door|met|voor|tegen)|(?:sostituit[oaie]|cambiat[oaie]|scambiat[oaie])[^.;!?\n]{0,40}\s(?:con|da|dal))\s?:?\s[^.;!?:\n]{0,60}$`)
	// inPlaceOfIt does so where the verb stands behind: "gegen ... getauscht".
	inPlaceOfIt    = newPattern(`(?i)(?:^|[^\pL])(?:gegen|durch|door|tegen)\s[^.;!?:\n]{0,40}$`)
	replacedBehind = newPattern(`(?i)^[^.;!?\n]{0,60}(?:getauscht|ausgetauscht|ersetzt|gewechselt|vervangen|omgeruild|gewisseld)`)
	// earlierOne and earlierBehind stand beside the number of an earlier return,
	// givenBehind behind one that was given before.
	earlierOne    = newPattern(`(?i)(?:^|[^\pL])(?:same (?:\S+ ){0,2}as|(?:genau ?so |genau )?wie (?:schon |damals |zuletzt |bereits |auch )*(?:beim|bei)|(?:même|mêmes) (?:\S+ ){1,2}que|comme (?:pour|avec|sur)|zelfde (?:\S+ ){1,2}als|zoals (?:bij|met)|stess[oa] (?:\S+ ){1,2}(?:di|del|della)|come (?:per|con))\s[^.;!?:\n]{0,70}$|(?:^|[^\pL])you (?:\S+ )?(?:repaired|swapped|exchanged|fixed|credited)\s[^.;!?:,\n]{0,40}$`)
	givenBehind   = newPattern(`(?i)^["']?\s*(?:que je vous (?:ai|avais) (?:donné|transmis|envoyé|communiqué)|(?:that|which) (?:i|we) (?:gave|sent|mailed|quoted)|(?:die|den|das) (?:ich|wir) [^.;!?\n]{0,25}(?:geschickt|gegeben|genannt|durchgegeben)|(?:dat|die) (?:ik|we|wij) [^.;!?\n]{0,20}(?:doorgaf|gaf|gegeven|gestuurd|doorgegeven)|che (?:vi )?(?:ho|abbiamo|avevo) (?:dato|mandato|inviato|comunicato))`)
	earlierBehind = newPattern(`(?i)^[^.;!?\n\pL]{0,5}(?:das|den|die|welches|der) (?:sie|ihr) [^.;!?\n]{0,50}(?:getauscht|repariert|ersetzt|ausgetauscht)|^[^.;!?\n\pL]{0,5}(?:which|that) you [^.;!?\n]{0,20}(?:repaired|replaced|swapped|exchanged|fixed)|^[^.;!?\n\pL]{0,5}que vous (?:nous )?(?:aviez|avez) [^.;!?\n]{0,20}(?:réparé|remplacé|échangé)|^[^.;!?\n\pL]{0,5}(?:die|dat) (?:jullie|u) [^.;!?\n]{0,30}(?:hersteld|vervangen|omgeruild)|^[^.;!?\n\pL]{0,5}che (?:ci )?avete [^.;!?\n]{0,20}(?:riparato|sostituito|cambiato)`)
)

// underHeads drops the numbers below a head that says that what it lists works,
// stays, or is done with: "February (handled)". Numbers must be left. The zone that
// it gives is without those heads.
func underHeads(z zone, finds []find) (zone, []find) {
	head := func(line string) bool {
		return len(line) <= longestHead && (doneHead.in(line) || (strings.HasSuffix(strings.TrimSpace(line), ":") || len(strings.Fields(line)) <= 6 && !hasDigit(line)) && (kept.in(line) || works(strings.TrimRight(line, " :")+" ")))
	}
	if !slices.ContainsFunc(z.lines, head) {
		return z, finds
	}
	numbered := map[int]bool{}
	for _, f := range finds {
		numbered[f.line] = numbered[f.line] || isNumber(f)
	}
	under := make([]bool, len(z.lines))
	lines := slices.Clone(z.lines)
	done := false
	for n, line := range z.lines {
		if !numbered[n] && headsList(z.lines, n, numbered) {
			if done = head(line) && (kept.in(line) || reasonOf(line) != "defective"); done {
				lines[n] = blank(line)
			}
		}
		under[n] = done
	}
	out := slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return under[f.line] })
	if !slices.ContainsFunc(out, isNumber) {
		return z, finds
	}
	z.lines = lines
	return z, out
}

// longestHead is how long the head of a list may be, in bytes.
const longestHead = 70

// headsList tells a short line right above lines with numbers, a rule between
// them or not, that begins a paragraph.
func headsList(lines []string, n int, numbered map[int]bool) bool {
	line := strings.TrimSpace(lines[n])
	if line == "" || len(line) > longestHead || n > 0 && strings.TrimSpace(lines[n-1]) != "" && !strings.HasSuffix(line, ":") {
		return false
	}
	for k := n + 1; k < len(lines) && k <= n+2; k++ {
		if numbered[k] {
			return true
		}
		if strings.Trim(lines[k], " -=_*~#") != "" {
			return false
		}
	}
	return false
}

// doneHead says of a list that it is done with, or of what stays.
var doneHead = newSayings(`
	(done|handled|closed|completed|settled|already (returned|replaced|handled|sent|with you)|for (info|information|reference)|working|keep|stays|(to )?remain|remains|remaining (here|on site))
	(erledigt|abgeschlossen|abgewickelt|bereits (getauscht|zurück|eingeschickt|bei ihnen)|zur (info|kenntnis)|bleibt|bleiben|funktioniert|in ordnung)
	(traité*|réglé*|clos|clôturé*|terminé*|déjà (renvoyé*|remplacé*|retourné*|chez vous)|pour (info|information|mémoire)|à garder|fonctionne*)
	(afgehandeld|afgerond|klaar|reeds (vervangen|terug|bij jullie)|al (vervangen|terug)|ter (info|informatie)|blijft|blijven|werkt)
	(evas*|chius*|conclus*|già (sostituit*|resi|rientrat*|inviat*)|per (info|conoscenza)|resta|restano|funzionant*)
`)

// An arrow beside a number: at the end of its line with a few words, or at the
// begin.
var (
	arrowBehind = newPattern(`^[\s,;.)]*(?:<(?:[-=]{1,8}|<{1,8})|[←⇐])\s*(.{0,60})$`)
	arrowInside = newPattern(`\d.*(?:<[-=<]|[←⇐])`)
	arrowBefore = newPattern(`^\s*(?:[-=]{1,8}>{1,8}|>>+|[→⇒])\s*(?:\S+[ :]+){0,2}$`)
)

// arrowed keeps the numbers to which an arrow points, where it does not point to
// those that are fine. Without an arrow it keeps all.
func arrowed(z zone, finds []find) []find {
	points := func(f find) bool {
		line := z.lines[f.line]
		if f.at > len(line) || f.end > len(line) {
			return false
		}
		if m := arrowBehind.FindStringSubmatch(line[f.end:]); m != nil {
			return !kept.in(m[1]) && !works(m[1]+" ") && !stateFine.MatchString(m[1]) && !anothers.in(m[1])
		}
		return arrowBefore.MatchString(line[:f.at])
	}
	if !slices.ContainsFunc(z.lines, func(l string) bool { return strings.ContainsAny(l, "<>←→⇐⇒") }) {
		return finds
	}
	lines := map[int]bool{}
	others := false
	for _, f := range finds {
		if isNumber(f) && f.line < len(z.lines) {
			if points(f) {
				lines[f.line] = true
			} else {
				others = true
			}
		}
	}
	if len(lines) == 0 || !others {
		return finds
	}
	return slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return isNumber(f) && !lines[f.line] })
}

// keptBehind gives the numbers that stand right behind the words that they stay,
// and the text without those words.
func keptBehind(text string, finds []find) (stay []string, rest string) {
	const reach, most = 70, 50
	const full, number = 55, 6 // bytes of a line that a mail program wraps; digits
	rest = text
	places := kept.all(text)
	for _, l := range places[:min(len(places), most)] {
		clause := upper(text[l[1]:min(len(text), l[1]+reach)])
		if line := text[strings.LastIndexByte(text[:l[0]], '\n')+1 : l[0]]; arrowInside.MatchString(line) || len(line) < full && digitsIn(line) >= number {
			clause, _, _ = strings.Cut(clause, "\n") // they are of the number on their own line
		}
		for _, end := range []*pattern{clauseEnd, stopEnd} {
			if loc := end.FindStringIndex(clause); loc != nil {
				clause = clause[:loc[0]]
			}
		}
		for _, f := range finds {
			if isNumber(f) && len(f.text) >= 8 && strings.Contains(clause, f.text) {
				stay = append(stay, f.text)
				rest = rest[:l[0]] + blank(rest[l[0]:l[1]]) + rest[l[1]:]
			}
		}
	}
	return stay, rest
}

// anothers stands before the number of a unit of which a part was borrowed.
var anothers = newPhrase(`(?i)\b(?:of|from) the (?:phone|unit|set|one|device|switch|neighbour\pL*) (?:next|beside|opposite)|\bfrom (?:its|the) neighbour|\bvo[nm] (?:einem |dem )?(?:nachbar|kolleg)\pL*|\bdu (?:poste|téléphone|voisin) ?(?:voisin|d'à côté)?|\bvan (?:het toestel ernaast|de buur\pL*|het buur\pL*)|\bdel(?:l'apparecchio| telefono| vicino)? ?(?:accanto|vicino)|\b(?:of|from) (?:another|a different|a working)\b|\b(?:eines|einer|von einem|von einer) anderen\b|\bd'une? autre\b|\bvan een andere?\b|\b(?:di un|di un'|d'un) ?altr[oa]\b`)

// statedFine tells that a number is followed on its line by words that end in
// "ok", and have no fault.
func statedFine(line string, end int) bool {
	const short, longest = 24, 70
	if end >= len(line) || len(line)-end > longest {
		return false
	}
	rest := line[end:]
	if m := asideState.FindStringSubmatch(rest); m != nil && stateFine.MatchString(m[1]) {
		return true
	}
	if len(rest) < short && stateFine.MatchString(rest) || statesFirst(rest) {
		return true
	}
	if endsFine.MatchString(rest) && !negated.MatchString(rest) && !hardly.MatchString(rest) && reasonOf(rest) != "defective" {
		return true
	}
	last := rest[strings.LastIndexAny(rest, ",;:")+1:]
	return len(last) < len(rest) && stateFine.MatchString(nowWord.ReplaceAllString(last, " ")) && !onlyNumbers(rest)
}

// asideState is what stands in brackets right behind a number.
var asideState = newPattern(`^[ \t]*\(([^()\n]{1,30})\)`)

// endsFine is a few words that end in a state, as the lines of an inventory do.
var endsFine = newPattern(`(?i)^[ \t][^.;,]{0,36}[ \t](?:working|works|happy|zufrieden|content|tevreden|contento|ok(?:ay)?|functional|läuft|funktioniert|in ordnung|i\.o\.|marche|fonctionne|en ordre|werkt|in orde|funziona|a posto)[ \t.!]*$`)

// hardly takes back that something works.
var hardly = newPattern(`(?i)\b(?:rarely|hardly|barely|sometimes|seldom|partly|half|kaum|selten|manchmal|teilweise|halb|rarement|parfois|à moitié|zelden|soms|amper|half|raramente|a volte|poco)\b`)

// statesFirst tells that a list's line goes on, behind the number and a dash or the like,
// with a word that its unit works.
func statesFirst(rest string) bool {
	state := strings.TrimLeft(rest, " \t")
	parted := strings.TrimLeft(state, ":-–=>,;|(")
	if len(parted) == len(state) && len(state)+2 > len(rest) {
		return false
	}
	return !onlyNumbers(rest) && saysWorking(strings.TrimSpace(nowWord.ReplaceAllString(" "+strings.TrimSpace(parted), " ")))
}

var nowWord = newPattern(`(?i)(?:^|\s)(?:now|again|all|since|jetzt|nun|wieder|alles|seitdem|maintenant|à nouveau|tout|désormais|nu|weer|alles|ora|adesso|di nuovo|tutto)\b`)

// onlyNumbers tells the rest of a list of numbers.
func onlyNumbers(s string) bool { return digitsIn(s) > len(compact(s))/2 }

// severalNumbers tells that more than one number was found.
func severalNumbers(finds []find) bool {
	first := slices.IndexFunc(finds, isNumber)
	return first >= 0 && slices.ContainsFunc(finds[first+1:], isNumber)
}

func isNumber(f find) bool { return f.kind == aSerial || f.kind == aMAC }

func lineStarts(lines []string) []int {
	starts := make([]int, len(lines))
	for i := 1; i < len(starts); i++ {
		starts[i] = starts[i-1] + len(lines[i-1]) + 1
	}
	return starts
}

func (c cluster) said(text string) bool {
	seg := text[c.from:c.to]
	if kept.in(seg) {
		return true
	}
	return works(seg) && reasonOf(seg) != "defective"
}

// thisTime tells what is returned now from what was before, which wasDone says.
var (
	thisTime = newSayings(`
		(this time|now it is|now it's|today it is|today it's)
		(diesmal|dieses mal|jetzt ist es|nun ist es|heute ist es)
		(cette fois|maintenant c'est|aujourd'hui c'est)
		(deze keer|ditmaal|nu is het|vandaag is het)
		(stavolta|questa volta|adesso è|ora è|ora tocca)
	`)
	wasDone = newSayings(`
		(was|were|been|got) (already )?(replaced|swapped|exchanged|repaired|credited|fixed)
		(wurde|wurden|sind|ist) .. (getauscht|ausgetauscht|ersetzt|repariert|gutgeschrieben|umgetauscht)
		(a|ont) (déjà )?été (échangé*|remplacé*|réparé*|remboursé*)
		(is|zijn|werd|werden) .. (omgeruild|vervangen|hersteld|gerepareerd|gecrediteerd)
		(è|sono) (già )?stat* (sostituit*|riparat*|cambiat*|rimborsat*)
	`)
)

// enService is French.
var enService = newPattern(`(?i)(\sen)\s(service|place|fonction)`)

// inService says that a thing is used: of a purchase that is too large it stays.
var inService = newSayings(`
	(are|is) (already |now |all |both )?(in use|in service|deployed|installed|mounted|hung|needed)
	(sind|ist) (schon |bereits |jetzt |alle |beide )?(im einsatz|in betrieb|verbaut|montiert|installiert|angeschlossen)
	(est|sont) (déjà |bien |tous |désormais )?(en service|en_service|en place|en_place|installé*|posé*|utilisé*|montés|monté|branché*)
	(is|zijn) (al |reeds |nu |allebei )?(in gebruik|geïnstalleerd|opgehangen|gemonteerd|aangesloten)
	(è|sono) (già |ora |tutti |entrambi )?(in uso|in funzione|installat*|montat*|collegat*)
`)

// hangsUp says of a thing that it comes no further, in words that say of another that
// it stays on the wall.
var hangsUp = newSayings(`(blijft|blijven) hangen (bij|tijdens|na|op het|op de|op logo)`)

// works tells that a text says of something that it works, and takes nothing
// of it back right before or behind.
func works(seg string) bool {
	const near = 24
	for _, l := range fine.all(seg) {
		before, after := seg[max(0, l[0]-near):l[0]], seg[l[1]:min(len(seg), l[1]+near)]
		if i := strings.LastIndexAny(before, ".!?;,"); i >= 0 {
			before = before[i+1:]
		}
		if i := strings.IndexAny(after, ".!?;,"); i >= 0 {
			after = after[:i]
		}
		if !negated.MatchString(before+" "+seg[l[0]:l[1]]) && !limited.MatchString(after) {
			return true
		}
	}
	return false
}

// clustersOf parts the text among the things it names: each has what stands
// around it, to the end of the sentence or the clause of the next one.
func clustersOf(text string, starts []int, finds []find) []cluster {
	const reach = 300
	var out []cluster
	for i, f := range finds {
		if f.kind == aMaker {
			continue
		}
		at, end := starts[f.line]+f.at, starts[f.line]+f.end
		if n := len(out) - 1; n >= 0 {
			before := out[n].to
			gap := text[min(before, at):at]
			switch cut := lastBreak(gap); {
			case finds[i-1].kind != f.kind && strings.Trim(macLabel.blanked(serialLabel.blanked(gap)), " ,:;/-()#\t\n") == "" && !strings.Contains(gap, "\n\n"):
				out[n].last, out[n].to = i, end
				continue
			case cut < 0:
				out[n].last, out[n].to = i, end
				continue
			case listJoin.MatchString(serialLabel.blanked(gap)) && finds[out[n].last].kind == f.kind:
				out = append(out, cluster{i, i, at, end, true})
				continue
			default:
				out[n].to = min(before+cut, before+reach)
				out = append(out, cluster{i, i, max(before+cut, at-reach), end, false})
				continue
			}
		}
		from := max(0, at-reach)
		if cut := lastStop(text[from:at]); cut > 0 {
			from += cut
		}
		out = append(out, cluster{i, i, from, end, false})
	}
	if n := len(out) - 1; n >= 0 {
		rest := text[out[n].to:min(len(text), out[n].to+reach)]
		if loc := stopEnd.FindStringIndex(rest); loc != nil {
			rest = rest[:loc[0]+1]
		}
		out[n].to += itsOwn(rest)
	}
	return out
}

// itsOwn is how much of the text behind the last find belongs to it: its line,
// what a mail program wrapped, and indented lines.
func itsOwn(rest string) int {
	const full = 55
	for at := 0; ; {
		i := strings.IndexByte(rest[at:], '\n')
		if i < 0 {
			return len(rest)
		}
		next := rest[at+i+1:]
		if i < full && (next == "" || strings.IndexByte(" \t-=>(", next[0]) < 0) {
			return at + i
		}
		at += i + 1
	}
}

func lastStop(gap string) int {
	if all := stopEnd.FindAllStringIndex(gap, -1); len(all) > 0 {
		return all[len(all)-1][1]
	}
	if i := shortLineEnd(gap); i >= 0 {
		return i
	}
	return -1
}

// lastBreak is where the words before a find begin to speak of it: behind the
// last full stop, else the last line end or joint of clauses.
func lastBreak(gap string) int {
	if i := lastStop(gap); i >= 0 {
		return i
	}
	if all := clauseEnd.FindAllStringIndex(gap, -1); len(all) > 0 {
		return all[len(all)-1][0]
	}
	return strings.LastIndexByte(gap, '\n')
}

// shortLineEnd is behind the last line end that no mail program made, -1 for none.
func shortLineEnd(gap string) int {
	const full = 55
	for i := len(gap) - 1; i >= 0; i-- {
		if gap[i] == '\n' && i-strings.LastIndexByte(gap[:i], '\n') < full {
			return i + 1
		}
	}
	return -1
}

// ordinals are the words for a unit by its place in the list, in five languages.
var ordinals = []struct {
	place int // from 1; -1 the last one
	words string
}{
	{1, `upper|topmost|top|ober(?:e|es|en|er|ste[nrs]?)|haut|bovenste|former|erstere[nrs]?|eerstgenoemde|first|1st|erste[nrs]?|premi[eè]re?s?|1er|1re|1ère|eerste|prim[oaie]`},
	{2, `second|2nd|zweite[nrs]?|deuxième|second[oaie]?|seconde|2e|2ème|tweede`},
	{3, `third|3rd|dritte[nrs]?|troisième|derde|terz[oa]|3e|3ème`},
	{4, `fourth|4th|vierte[nrs]?|quatrième|vierde|quart[oa]|4e|4ème`},
	{5, `fifth|5th|fünfte[nrs]?|cinquième|vijfde|quint[oa]|5e|5ème`},
	{6, `sixth|6th|sechste[nrs]?|sixième|6e|6ème|zesde|sest[oa]`},
	{7, `seventh|7th|siebte[nrs]?|septième|7e|7ème|zevende|settim[oa]`},
	{8, `eighth|8th|achte[nrs]?|huitième|8e|8ème|achtste|ottav[oa]`},
	{9, `ninth|9th|neunte[nrs]?|neuvième|9e|9ème|negende|non[oa]`},
	{10, `tenth|10th|zehnte[nrs]?|dixième|10e|10ème|tiende|decim[oa]`},
	{-1, `lower|bottom|unter(?:e|es|en|er|ste[nrs]?)|bas|onderste|last|latter|letzte[nrs]?|letztere[nrs]?|laatstgenoemde|derni[eè]re?s?|laatste|ultim[oaie]`},
}

var (
	ordinalWord = newPattern(`(?i)(?:^|[^\pL\pN])(?:` + ordinalWords() + `)(?:$|[^\pL\pN])`)
	nounBehind  = newPattern(`(?i)^\s*(?:(?:two|three|four|zwei|drei|vier|beiden|deux|trois|quatre|twee|drie|due|tre|quattro|\d)\s+)?(?:one|ones|phones?|units?|devices?|handsets?|gerät\w*|telefon\w*|stück|poste?s?|appareils?|téléphones?|toestel\w*|stuks?|telefoon\w*|telefoni?|apparecch\w+|pezz\w+|dispositiv\w+|of (?:them|these|the list)|davon|d'entre eux|van de lijst)?\s*(?:(?:on|in|of|auf|in|aus|de|der|della|dalla|van|sur|nella)\s+(?:the |my |der |la |le |de )?(?:list|liste|lijst|lista)\s*)?(?:[,.;:!)+]|$|(?:dead|broken|faulty|failed|bad|defekt|kaputt|tot|hs|ko|en panne|morte?s?|kapot|defect|stuk|guast[oaie]|rott[oaie]|mort[oaie]|is|are|was|has|have|does|do|works?|seems?|died|won't|can|must|ist|sind|hat|war|haben|funktion\S*|geht|läuft|tut|est|sont|a|ont|ne|n'|fonctionn\S*|marche\S*|werk\S*|doe\S*|heeft|zijn|è|sono|ha|hanno|non|funzion\S*|invece|kaputt|defekt|mort|dood|kapot|stuk|guast\S+|dead|broken|faulty|ok|fine|still|noch|nog|encore|toujours|ancora|no|with|without|keine?|kein|ohne|mit|pas|aucun\S*|sans|avec|geen|zonder|met|nessun\S*|senza|con|soll\S*|muss|müssen|should|needs?|goes|geht|kommt|komt|gaat|moet|va|vanno|goes|comes)(?:[^\pL]|$))`)
	countBefore = newPattern(`(?i)(?:^|\s)(two|three|four|zwei|drei|vier|beiden?|deux|trois|quatre|twee|drie|due|tre|quattro|2|3|4)\s*$`)
	countBehind = newPattern(`(?i)^\s*(two|three|four|zwei|drei|vier|beiden?|deux|trois|quatre|twee|drie|due|tre|quattro|2|3|4)\b`)
	determiner  = newPattern(`(?i):\s+$|(?:^|[^\pL])(?:the|only|and|beim|vom|zum|bij de|bij het|bij|nel|nello|nella|sul|sulla|al|die|der|das|den|dem|des|nur|und|le|la|les|du|des|au|seule?s?|et|de|het|alleen|en|il|lo|i|gli|del|solo|e|l'|dell'|all'|quest'|ce|cette|\+)(?:\s+(?:the|das|die|der|le|la|les|de|het|il|l'))?(?:\s+(?:two|three|four|zwei|drei|vier|beiden?|deux|trois|quatre|twee|drie|due|tre|quattro|\d))?\s*$`)
	placeNumber = newPattern(`(?i)(?:\b(?:number|no\.?|nr\.?|nummer|numero|numéro|pos\.?|position|posizione|positie|items?|units?|gerät|telefon|poste|appareil|toestel|device|phone|rows?|lines?|zeilen?|lignes?|righ[aei]|rig[ae]|regels?|numbers|nos\.?|nrn?\.?|nummern|positionen|numéros|nummers|numeri|posizioni|posities|appareils|postes|toestellen|apparecchi|geräte|telefone)|n°s?|#)\s?(\d{1,2}(?:\s?(?:,|&|\+|and|und|et|en|e)\s?\d{1,2}){0,8})(?:[^\d.:/]|[.:]?\s|$)`)
	exceptFor   = newPattern(`(?i)(?:(?:all|everything|alle?s?|alle|tous|toutes|allemaal|tutti|tutte)\s+(?:\S+\s+){0,3})?(?:all but|but not|except(?: for)?|apart from|other than|außer|ausser|bis auf|ausgenommen|nicht aber|sauf|hormis|excepté|à part|behalve|uitgezonderd|op\s+\S+\s+na|tranne|eccetto|salvo|a parte|ad eccezione)\s`)
	onlyWord    = newPattern(`(?i)(?:^|[^\pL])(?:only|just|namely|nämlich|und zwar|à savoir|namelijk|cioè|ossia|vale a dire|nur|lediglich|ausschließlich|seule?s?|seulement|uniquement|ne .{0,30}que|alleen|enkel|slechts|solo|soltanto|solamente|unicamente)(?:[^\pL]|$)`)
	otherWord   = newPattern(`(?i)(?:^|[^\pL])(?:the (?:others?|rest|second one)|die anderen?|der andere|das andere|der rest|(?:alle )?(?:übrigen|anderen)|les autres|l'autre|le reste|de anderen?|de andere|de rest|gli altri|l'altro|le altre|il resto)(?:[^\pL]|$)`)
)

// pointsAt is how a reply speaks of a line of the list that it answers.
var pointsAt = newPhrase(`(?i)\b(?:pos\.?|position|positie|posizione|posten|item|line|zeile|ligne|regel|riga|rigo) ?(?:n°|nr\.?|no\.?)? ?\d{1,2}\b`)

// anyPlace finds out fast whether a text speaks of places at all.
var anyPlace = newPhrase(`(?i)\b(?:` + ordinalWords() + `|(?:number|no|nr|nummer|numero|pos|position|posizione|positie|item|unit|gerät|telefon|poste|appareil|toestel|device|phone|rows?|lines?|zeilen?|lignes?|righ[aei]|rig[ae]|regels?|numbers|nos|nrn|nummern|positionen|items|units|nummers|numeri|posizioni|posities|appareils|postes|toestellen|apparecchi|geräte|telefone)\.? ?\d)|numéros? \d|n°s? ?\d|#\d`)

// ordinalForms are the words of ordinals, each alone.
var ordinalForms = func() (forms []*pattern) {
	for _, o := range ordinals {
		forms = append(forms, newPattern(`^(?:`+o.words+`)$`))
	}
	return forms
}()

func ordinalWords() string {
	var all []string
	for _, o := range ordinals {
		all = append(all, o.words)
	}
	return strings.Join(all, "|")
}

// chosen keeps the units that come back where the text tells them by their
// place: "the first two are fine", "all but the second", "only the last one". The
// lines from told on are no list.
func chosen(lines []string, units []unit, picked bool, told int) []unit {
	if len(units) < 2 {
		return units
	}
	rest := withoutRows(lines, units)
	keep := make([]bool, len(units))
	for i := range keep {
		keep[i] = true
	}
	if again := namedAgain(lines, units); len(again) > 0 {
		keepOnly(keep, again)
		return thoseOf(units, keep)
	}
	plainly := leading.ReplaceAllString(byEnding(strings.Join(rest, "\n")+"\n", units), "${1}number $2 $3")
	text := leading.ReplaceAllString(byEnding(byHandle(lines, units, told)+"\n", units), "${1}number $2 $3")
	if !anyPlace.in(text) {
		return units
	}
	text = abbreviation.ReplaceAllString(text, "$1")
	if lineOfPaper.MatchString(text) {
		text, plainly = paperLine.ReplaceAllString(text, "paper"), paperLine.ReplaceAllString(plainly, "paper")
	}
	changed := chooseAll(text, keep, picked)
	if !changed {
		changed = pointed(abbreviation.ReplaceAllString(plainly, "$1"), keep) || pointedByName(lines, text, units, keep)
	}
	if !changed || !slices.Contains(keep, true) {
		return units
	}
	return thoseOf(units, keep)
}

// withoutRows gives the lines without the rows of tables that units stand in: their
// cells have been read, and are no sentences.
func withoutRows(lines []string, units []unit) []string {
	rest := lines
	for _, u := range units {
		if u.line < len(lines) && strings.Contains(lines[u.line], "\t") {
			if &rest[0] == &lines[0] {
				rest = slices.Clone(lines)
			}
			rest[u.line] = ""
		}
	}
	return rest
}

// thoseOf gives the units that are kept.
func thoseOf(units []unit, keep []bool) []unit {
	var out []unit
	for i, u := range units {
		if keep[i] {
			out = append(out, u)
		}
	}
	return out
}

// namedAgain gives the places of the units that are named a second time, by their
// number, in a sentence about a fault, where another sentence says of the others, or of
// as many, that they work: "A, B and C came. Two of them run. C stays dark."
func namedAgain(lines []string, units []unit) (again []int) {
	const most = 12
	if len(units) > most || !anyTwice(lines[:min(len(lines), mostTold)], units) {
		return nil
	}
	times := make([]int, len(units))
	others := 0 // how many are said to work
	for _, sentence := range saidOfSome(undotted(strings.Join(lines[:min(len(lines), mostTold)], "\n")), units) {
		places := numbersIn(sentence, units)
		if len(places) == 0 && saysFine(sentence) {
			if others = countOfSome(sentence); otherWord.MatchString(sentence) {
				others = len(units)
			}
		}
		for _, i := range places {
			if times[i]++; times[i] == 1 {
				continue
			}
			if saysFine(sentence) || reasonOf(sentence) != "defective" {
				return nil
			}
			if !slices.Contains(again, i) {
				again = append(again, i)
			}
		}
	}
	if others == 0 || others < len(units)-len(again) || len(again) == len(units) {
		return nil
	}
	return again
}

// anyTwice tells lines that may name the number of a unit twice, by its end.
func anyTwice(lines []string, units []unit) bool {
	text := strings.Join(lines, "\n")
	twice := func(number string, end int) bool {
		if len(number) < end {
			return false
		}
		number = number[len(number)-end:]
		return strings.Count(text, number) > 1 || strings.Count(text, strings.ToLower(number)) > 1
	}
	return slices.ContainsFunc(units, func(u unit) bool {
		return twice(u.Serial, 4) || twice(u.MAC, 2) // a MAC is written with colons
	})
}

// saidOfSome parts a text into sentences, and at its first joint one that says first of
// some that they work, and then of another that it does not.
func saidOfSome(text string, units []unit) (out []string) {
	for _, s := range stopEnd.Split(text, -1) {
		if loc := clauseEnd.FindStringIndex(s); loc != nil && saysFine(s[:loc[0]]) && len(numbersIn(s[:loc[0]], units)) == 0 && !saysFine(s[loc[1]:]) {
			out = append(out, s[:loc[0]], s[loc[1]:])
			continue
		}
		out = append(out, s)
	}
	return out
}

// numbersIn gives the places of the units whose numbers a sentence names.
func numbersIn(sentence string, units []unit) (places []int) {
	for _, w := range words(sentence) {
		v := upper(compact(sentence[w.at:w.end]))
		if i := slices.IndexFunc(units, func(u unit) bool { return len(v) >= 8 && (u.Serial == v || u.MAC == v) }); i >= 0 && !slices.Contains(places, i) {
			places = append(places, i)
		}
	}
	return places
}

// countOfSome is the first number of things in a sentence, 0 for none.
func countOfSome(sentence string) int {
	if all := countsOf(sentence); len(all) > 0 {
		return all[0].n
	}
	return 0
}

// chooseAll reads the sentences of a text one by one.
func chooseAll(text string, keep []bool, picked bool) (changed bool) {
	const longest = 2000
	var broken []int // the places that the sentence before calls so
	for _, sentence := range stopEnd.Split(text, -1) {
		if len(sentence) > longest || ofPaper.MatchString(sentence) && behindExcept(sentence) == "" {
			continue
		}
		if !anyPlace.in(sentence) {
			if len(broken) > 0 && otherFine(sentence) {
				keepOnly(keep, broken)
				changed = true
			}
			continue
		}
		changed = choose(sentence, keep, picked) || changed
		if broken = nil; reasonOf(sentence) == "defective" && !saysFine(sentence) {
			broken = placesIn(sentence, len(keep))
		}
	}
	return changed
}

func keepOnly(keep []bool, places []int) {
	for i := range keep {
		keep[i] = slices.Contains(places, i)
	}
}

var (
	abbreviation = newPattern(`(?i)\b((?:lfd|nr|no|num|pos|art|n)\.?)\.`)
	// lineOfPaper is a line of an order or a note; where one is spoken of, lines are
	// no places of the list.
	lineOfPaper = newPattern(`(?i)\b(?:line|pos\.?|position|posten|item|zeile|ligne|poste|regel|lijn|riga|posizione) ?\d{1,2} (?:of|on|in|der|des|auf|von|im|de|du|sur|van|op|della|del|dell|nell)[ '](?:\S+ )?(?:confirmation|order|note|invoice|po|docket|slip|bestellung|auftrag\pL*|lieferschein\pL*|rechnung|commande|bon|bl|facture|accusé|bestelling|pakbon|factuur|order\pL*|ordine|bolla|ddt|fattura|conferma)`)
	paperLine   = newPattern(`(?i)\b(?:line|pos\.?|position|posten|item|zeile|ligne|poste|regel|lijn|riga|posizione) ?\d{1,2}\b`)
	// ofPaper are things that have places of their own.
	ofPaper = newPattern(`(?i)\b(?:sheet|tab|tabblad|blatt|reiter|feuille|onglet|foglio|scheda|page|seite|pagina|bladzijde|floor|etage|étage|verdieping|piano|port|kanal|kanaal|account|line key)s?\b`)
)

// dotted are abbreviations whose full stop ends no sentence.
var dotted = wordSet(`st stk stck pc pcs pz qty ca approx inkl incl exkl excl zzgl evtl bzw resp lfd nr no num pos art réf ref cod rif matr vs ns bijv z.b d.h e.g i.e`)

// undotted blanks the full stops of abbreviations, each in its place.
func undotted(text string) string {
	var b []byte
	for i := strings.IndexByte(text, '.'); i >= 0 && i+1 < len(text); {
		if whiteSpace(text[i+1]) && dotted[strings.ToLower(wordBefore(text, i))] {
			if b == nil {
				b = []byte(text)
			}
			b[i] = ' '
		}
		next := strings.IndexByte(text[i+1:], '.')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	if b == nil {
		return text
	}
	return string(b)
}

// wordBefore is the word that ends at i, with the dots in it; longer ones are cut.
func wordBefore(text string, i int) string {
	const longest = 8
	at := i
	for at > 0 && i-at < longest && (wordByte(text[at-1]) || text[at-1] >= 0x80 || text[at-1] == '.') {
		at--
	}
	return text[at:i]
}

// ending is how people point to a number by its end: "the one ending in 734",
// "all but ...C003".
var (
	ending    = newPattern(`(?i)(?:(?:ending|ends?|end) (?:in|with|on)|last (?:digits|four|three)|mit (?:der )?(?:endung|endnummer|ende|endziffern?)|endet (?:auf|mit)|(?:qui )?(?:finit|finissent|finissant|se termine|se terminant|terminant) (?:par|en)|(?:die )?(?:eindigt|eindigend) (?:op|met)|(?:che )?(?:finisce|finiscono|terminante|termina|finale) (?:per|con|in)?|(?:\.{2,}|…|\*{2,}))[ :-]{0,2}["'«]?([0-9a-z]{2,8})\b`)
	anyEnding = newPhrase(`(?i)(?:ending|ends?|digits|endung|endnummer|endziffern?|endet|ende|finit|finissent|finissant|termin\S+|eindig\S+|finisc\S+|finale) |\.\.|…|\*\*`)
)

// leading is a sentence that begins with places: "1 and 3 are fine".
var leading = newPattern(`(?i)((?:^|[.!?;]\s|\n)\s*)(\d{1,2}(?:\s?(?:,|&|and|und|et|en|e)\s?\d{1,2}){0,6})\s((?:is|are|works?|have|has|ist|sind|läuft|laufen|funktionier(?:t|en)|geht|gehen|hat|haben|est|sont|marchent?|fonctionnent?|a|ont|zijn|werkt|werken|doet|doen|heeft|hebben|è|sono|funziona|funzionano|va|vanno|ha|hanno)\s)`)

// byEnding writes the place of a unit where the text names the end of its number.
func byEnding(text string, units []unit) string {
	if !anyEnding.in(text) {
		return text
	}
	return ending.ReplaceAllStringFunc(text, func(s string) string {
		end := upper(ending.FindStringSubmatch(s)[1])
		place := 0
		for i, u := range units {
			if !strings.HasSuffix(u.Serial, end) && !strings.HasSuffix(u.MAC, end) {
				continue
			}
			if place > 0 {
				return s
			}
			place = i + 1
		}
		if place == 0 || place > 99 || !hasDigit(end) {
			return s
		}
		return "number " + strconv.Itoa(place)
	})
}

// pointed keeps the units of which alone something is said: "the one ending in
// 734 does not boot". What is said of all, or of another too, tells nothing.
func pointed(text string, keep []bool) bool {
	var places []int
	for _, sentence := range stopEnd.Split(text, -1) {
		at := placesIn(sentence, len(keep))
		switch {
		case len(places) > 0 && anyPlace.in(sentence), len(at) > 0 && (ofPaper.MatchString(sentence) || behindExcept(sentence) != "" || tooWord.MatchString(sentence) || reasonOf(sentence) != "defective"):
			return false
		case len(at) > 0:
			places = at
		case reasonOf(sentence) == "defective":
			return false
		}
	}
	keepOnly(keep, places)
	return len(places) > 0
}

// pointedByName is pointed by the words beside the numbers: of three units or more,
// of which nothing is said in the list itself.
func pointedByName(lines []string, text string, units []unit, keep []bool) bool {
	const fewest = 3
	if len(units) < fewest || eachOfAll.MatchString(text) {
		return false
	}
	for _, u := range units {
		if u.line >= len(lines) || reasonOf(lines[u.line][:behindNumbers(lines[u.line], u.line, units)]) != "" || aloneOn(u, units) && reasonOf(lines[u.line]) == "defective" {
			return false
		}
	}
	before := slices.Clone(keep)
	if !pointed(text, keep) {
		copy(keep, before)
		return false
	}
	return true
}

// aloneOn tells a unit that has its line for itself.
func aloneOn(u unit, units []unit) bool {
	n := 0
	for _, o := range units {
		if o.line == u.line {
			n++
		}
	}
	return n == 1
}

var tooWord = newPattern(`(?i)(?:^|[^\pL])(?:also|too|additionally|auch|zusätzlich|außerdem|aussi|également|en plus|ook|bovendien|anche|inoltre|pure)(?:[^\pL]|$)`)

// Joints within a list of places do not part clauses.
var (
	numberPair  = newPattern(`(?i)(\d)\s?(?:,|and|und|et|en|e|&)\s?(?:(?:and|und|et|en|e)\s)?(\d)`)
	placePair   = newPattern(`(?i)(number \d{1,2}(?:\+\d{1,2})*)(?:'s)?(?:\s*,|\s*/|\s*\+|\s+(?:and|und|et|en|e|ed|&|as well as|sowie|ainsi que))\s*(?:(?:the|that|one|ones|of|from|in|at|die|das|der|dem|den|vom|von|aus|im|am|le|la|les|l'|celle|celui|ceux|de|du|des|d'|het|van|uit|op|il|lo|la|i|gli|quell[oai]|del|della|dello|dell'|nel|nella|in|bei)\s?){0,4}number (\d{1,2})`)
	ordinalPair = newPattern(`(?i)((?:^|\s)(?:` + ordinalWords() + `))\s+(?:and|und|et|en|e|ed|&)\s+((?:(?:the|die|das|der|den|beim|am|vom|le|la|les|de|het|bij de|bij het|il|l'|nel|al)\s?)?(?:` + ordinalWords() + `))`)
)

// choose reads one sentence; it gives whether it told anything. picked tells that
// the list is another's: what comes back is said of a few of it.
func choose(sentence string, keep []bool, picked bool) bool {
	if places := placesIn(behindExcept(sentence), len(keep)); len(places) > 0 {
		works := saysFine(sentence)
		for i := range keep {
			keep[i] = keep[i] && slices.Contains(places, i) == works
		}
		return true
	}
	changed := false
	sentence = numberPair.ReplaceAllString(numberPair.ReplaceAllString(sentence, "$1+$2"), "$1+$2")
	sentence = ordinalPair.ReplaceAllString(sentence, "$1 + $2")
	for placePair.MatchString(sentence) {
		sentence = placePair.ReplaceAllString(sentence, "$1+$2")
	}
	for _, clause := range clausesOf(sentence, len(keep)) {
		places := placesIn(clause, len(keep))
		works := saysFine(clause) || inService.in(clause) && isUnused(sentence)
		switch {
		case len(places) == 0:
		case (onlyPlace(clause) || picked && (backMark.MatchString(sentence) || reasonOf(sentence) == "defective")) && !works:
			keepOnly(keep, behindOnly(clause, places, len(keep)))
			return true
		case works:
			for _, i := range places {
				keep[i] = false
			}
			changed = true
		case len(places) < len(keep) && comeBack.in(clause) && !tooWord.MatchString(clause):
			keepOnly(keep, places)
			changed = true
		case otherWord.MatchString(sentence) && otherFine(sentence):
			keepOnly(keep, places)
			changed = true
		}
	}
	return changed
}

// clausesOf parts a sentence at its joints. What follows a clause that names places
// and says nothing of them belongs to it: "the one in the yard, however, works".
func clausesOf(sentence string, n int) []string {
	var out []string
	open := false
	for _, clause := range clauseEnd.Split(sentence, -1) {
		places := len(placesIn(clause, n)) > 0
		if open && !places && !otherWord.MatchString(clause) {
			clause = out[len(out)-1] + ", " + clause
			out = out[:len(out)-1]
			places = true
		}
		open = places && len(strings.Fields(clause)) <= 8 && !saysFine(clause) && reasonOf(clause) == ""
		out = append(out, clause)
	}
	return out
}

// onlyPlace tells "only" before a place, and not of what a unit does: "the second
// only shows a logo".
func onlyPlace(clause string) bool {
	const near = 50
	loc := onlyWord.FindStringIndex(clause)
	if loc == nil {
		return false
	}
	behind := clause[loc[1]-1:]
	return len(placesIn(behind[:min(len(behind), near)]+" ", mostHandled)) > 0 || onlyBehind.MatchString(clause)
}

// behindOnly gives the places behind "only", of a clause that names the whole list before:
// "of 1, 2 and 3 only 2". Where none is behind it, it gives all.
func behindOnly(clause string, places []int, n int) []int {
	if loc := onlyWord.FindStringIndex(clause); loc != nil {
		if behind := placesIn(clause[loc[1]-1:]+" ", n); len(behind) > 0 {
			return behind
		}
	}
	return places
}

// onlyBehind is a place of which "only" is said behind it.
var onlyBehind = newPattern(`(?i)^[^.!?;]{0,50}\s(?:only|seule?s?|seulement|uniquement|solo|soltanto)\s*[.,;!)]?\s*$`)

func saysFine(s string) bool {
	return kept.in(s) || works(onlyWord.ReplaceAllString(s, " ")+" ") || faultless.in(s)
}

// comeBack says what is to come back: who names some of a list keeps the others.
var comeBack = newSayings(`
	(are|is|will be) (the one|the ones) (coming|going|to come|to go|to be) (back|returned)
	(comes|come|goes|go|coming|going) (back )?to you
	(please )?(take|collect|fetch) (only |just )
	(kommt|kommen|geht|gehen) .. (zu (euch|ihnen)|zurück|an (euch|sie))
	(goes|go|going) back
	(repart|repartent)
	(torna|tornano|rientra|rientrano) (indietro|in sede|da voi)
	(is|are|was|were) .. (surplus|extra|superfluous|too many|one too many)
	(ist|sind|war|waren) .. (zu viel|zuviel|überzählig|übrig)
	(est|sont|était|étaient) .. (en trop|de trop|en surplus)
	(is|zijn|was|waren) .. (te veel|teveel|overtollig)
	(è|sono|era|erano) .. (di troppo|in più|in eccesso)
	(sollen|soll|darf|dürfen|müssen|muss) .. (zurück|zu (euch|ihnen))
	(est|sont) à (reprendre|renvoyer|retourner)
	(revien*|part|partent) (chez|vers) vous
	(mag|mogen|moet|moeten|gaat|gaan|komt|komen) .. (jullie kant op|terug|retour|naar (jullie|u))
	(va|vanno|è da|sono da) (reso|resa|resi|rese|rendere|rispedire|restituire|restituito)
	(torna|tornano|rientra|rientrano) (da|a) voi
`)

// faultless says of units that nothing is wrong with them.
var faultless = newSayings(`
	(no|without|without any) (problem|problems|issue|issues|fault|faults|trouble|complaints)
	nothing wrong
	(are|is|sit|sits|hang|hangs|stand|went) (happily |already |now |both |all |straight )*(on|onto|in) (the |their |its |our |people's )?(desk*|wall*|place|service|rack*|use|tables|production)
	(carries|carry|carried|soldiers|soldier) on( as (before|normal|ever|usual))?
	(came|got|come) (through|away|out) .. (unscathed|unharmed|fine|ok|well|undamaged)
	(unscathed|unharmed|spared|none the worse)
	hat (es|das|ihm|dem anderen|den anderen) .. (nichts|nix) (getan|gemacht|ausgemacht|angetan)
	(unbeschadet|unversehrt|verschont|davongekommen|heil geblieben)
	(läuft|laufen|macht|machen) (einfach |brav |ganz normal )?weiter
	(s'en|s'est|se) (est|sont)? ?(bien |mieux )?(sorti*|tiré*)
	(indemne*|épargné*)
	(n'a|n'ont) rien (eu|subi|senti)
	(niks|niets) (aan overgehouden|gehad|van gemerkt|aan de hand)
	(hangen|hangt|staan|staat) (inmiddels|ondertussen|intussen|al|reeds) (in|op|aan) (het|de)
	(ongedeerd|gespaard|ongeschonden)
	(draait|draaien|werkt|werken) (gewoon )?(door|verder)
	(se l'è|se la sono|se l'è) cavat*
	(cavat*|illes*|indenn*|risparmiat*)
	(continua|continuano) a (funzionare|andare|lavorare)
	(do|does|doing) (exactly )?what (it|they) (should|is supposed|are supposed|must)
	(do|does|doing) (their|its) (job|jobs|duty|work)
	(tut|tun|macht|machen|verrichte*) (ihren|seinen) (dienst|job)
	(doet|doen) (zijn|hun|haar) (werk|dienst|job)
	(steht|stehen|hängt|hängen|sitzt|sitzen) (schon |bereits |längst |inzwischen )+(auf|an|im|in)
	(tut|tun|macht|machen) .. was (er|sie|es) (soll|sollen|muss|müssen)
	(est|sont) (déjà |bien |désormais )*(sur les bureaux|en place|au mur|posé*|installé*|en service)
	(rien à (dire|redire)|fait son travail|font leur travail|font ce qu'*)
	(hangt|hangen|staat|staan) (al|reeds|ondertussen|intussen)
	(doet|doen) .. wat (het|hij|ze|die) (moet|moeten)
	(è|sono) (già |ormai )*(sulle scrivanie|sulla scrivania|al loro posto|al muro|a parete|montat*|in funzione)
	(fa|fanno) (il (loro|suo) dovere|quello che dev*)
	(keine|kein|ohne) (problem|probleme|fehler|befund|auffälligkeiten|beanstandung*|mängel)
	(aucun|aucune|sans|pas de|rien à) (problème|problèmes|souci|soucis|défaut|panne|signaler)
	(geen|zonder) (probleem|problemen|fout|fouten|storing|klachten)
	(niets|niks) (mis|op aan te merken)
	(nessun|nessuna|senza|nessun altro) (problema|problemi|difetto|difetti|anomalia|guasto)
`)

// otherFine tells "the others work" in a sentence.
func otherFine(sentence string) bool {
	loc := otherWord.FindStringIndex(sentence)
	return loc != nil && saysFine(sentence[loc[0]:])
}

func behindExcept(sentence string) string {
	if loc := exceptFor.FindStringIndex(sentence); loc != nil {
		return " except" + sentence[loc[1]-1:]
	}
	return ""
}

// placesIn gives the places, from 0, that a text names of n.
func placesIn(text string, n int) []int {
	var places []int
	add := func(i int) {
		if i >= 0 && i < n && !slices.Contains(places, i) {
			places = append(places, i)
		}
	}
	lower := goedPrima.Replace(strings.ToLower(text))
	for _, loc := range ordinalWord.FindAllStringIndex(lower, 8) {
		word := strings.TrimFunc(lower[loc[0]:loc[1]], func(r rune) bool { return strings.ContainsRune(" \n,.;:()'\"", r) })
		place := placeOf(word)
		rest := lower[loc[1]-min(1, len(lower)-loc[1]):]
		if loc[1] == len(lower) {
			rest = ""
		}
		first := strings.TrimSpace(lower[:loc[0]]) == "" && countBehind.MatchString(rest) // "First two are fine"
		first = first || strings.TrimSpace(lower[:loc[0]]) == "" && pairBehind.MatchString(rest)
		if place == 0 || !first && !determiner.MatchString(lower[:loc[0]+1]) || !nounBehind.MatchString(rest) && !pairBehind.MatchString(rest) && !(freePlace.MatchString(lower[:loc[0]+1]) && !ofTimeBehind.MatchString(rest)) && countBehind.FindString(rest) == "" && countBefore.FindString(lower[:loc[0]+1]) == "" {
			continue
		}
		count := countIn(countBehind.FindStringSubmatch(rest), countBefore.FindStringSubmatch(lower[:loc[0]+1]))
		for k := range count {
			if place > 0 {
				add(place - 1 + k)
			} else {
				add(n + place - k)
			}
		}
	}
	for _, m := range placeNumber.FindAllStringSubmatch(lower, 8) {
		for _, n := range someDigits.FindAllString(m[1], -1) {
			add(atoi(n) - 1)
		}
	}
	return places
}

// pairBehind joins a place to the next: "second and fifth".
var pairBehind = newPattern(`^\s*(?:\+|,|and|&|und|et|en|e)\s*(?:` + ordinalWords() + `)`)

// goedPrima takes Dutch praise out, which is an Italian "first": "het prima".
var goedPrima = strings.NewReplacer("het prima", "het goed ", "en prima", "en goed ")

// freePlace stands before a place whatever follows: the second of two, one behind
// "except" or "only"; ofTimeBehind stands behind what is no place of a unit.
var (
	freePlace    = newPattern(`(?:\+|\b(?:but|except|except for|apart from|only|just|außer|auf|nur|sauf|hormis|seule?|que|behalve|alleen|enkel|tranne|eccetto|salvo|solo|soltanto))\s(?:(?:for|for the|bis auf)\s)?(?:(?:the|die|das|der|den|le|la|les|de|het|il|lo)\s|l')?\s*$`)
	ofTimeBehind = newPattern(`^\s*(?:times?|weeks?|days?|months?|years?|hours?|minutes?|calls?|attempts?|mal|wochen?|tagen?|monaten?|jahren?|stunden?|minuten?|anruf\pL*|versuch\pL*|fois|semaines?|jours?|mois|années?|heures?|appels?|essais?|keer|weken|dagen|maanden|jaren|uren|uur|volt[ae]|settiman[ae]|giorn[oi]|mes[ei]|ann[oi]|or[ae]|chiamat[ae]|tentativ[oi])(?:[^\pL]|$)`)
)

var someDigits = newPattern(`\d+`)

func placeOf(word string) int {
	for i, re := range ordinalForms {
		if re.MatchString(word) {
			return ordinals[i].place
		}
	}
	return 0
}

func countIn(matches ...[]string) int {
	for _, m := range matches {
		if m == nil {
			continue
		}
		if strings.HasPrefix(m[1], "beide") {
			return 2
		}
		if n, ok := numerals[m[1]]; ok {
			return n
		}
		return max(1, atoi(m[1]))
	}
	return 1
}

func atoi(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' && n < 1000 {
			n = n*10 + int(c-'0')
		}
	}
	return n
}
