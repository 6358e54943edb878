package ingest

import (
	"strings"
)

// advanceWords ask for another unit before the broken one is here; in five
// languages, as the trade has it.
var advanceWords = newPhrase(`(?i)(?:\badvanced? (?:hardware )?(?:replacement|exchange|swap|shipment|rma)|\bcross[- ]?ship|\b(?:replacement|exchange|swap|substitute|new) (?:\S+ ){0,6}(?:in advance|up ?front|beforehand|first|before (?:we|i) (?:return|send|ship))|\bpre-?(?:swap|exchange)|` +
	`\bvorab[- ]?(?:austausch|tausch|ersatz|lieferung|versand)|\bvorab (?:\S+ ){0,4}(?:austausch|ersatz|tausch)|\b(?:austausch|ersatz|neu)\S* (?:\S+ ){0,5}(?:vorab|im voraus)\b|\bvorgezogene[rn]? (?:austausch|ersatz)|` +
	`(?:échange|remplacement|envoi|remplacer|échanger) (?:\S+ ){0,5}(?:anticipée?s?|à l'avance|par anticipation|en avance|au préalable)|(?:échange|remplacement) standard anticipé|\bavance de phase|` +
	`\b(?:vooraf|van tevoren|op voorhand) (?:\S+ ){0,6}(?:vervang|omruil|omwissel|nieuw|ruil)|\b(?:vervang|omruil|omwissel|ruil|nieuw)\S* (?:\S+ ){0,6}(?:vooraf|van tevoren|op voorhand)\b|\bvoorruil|` +
	`\bsostitu\S+ (?:\S+ ){0,5}(?:anticipat[aoie]|in anticipo|anticipatamente|preventiva)|\banticip\S+ (?:\S+ ){0,5}(?:sostitu|prodotto nuovo|apparecchio)|\bscambio anticipato|\b(?:inviar|spedir|mandar)\S* (?:\S+ ){0,6}in anticipo)`)

// collectWords leave the carriage to the desk.
var collectWords = newPhrase(`(?i)(?:\bfreight[- ]collect|\bcarriage (?:forward|collect)|\b(?:charges|carriage|freight|postage) payable by (?:the )?(?:recipient|you)|\b(?:send|sent|sending|ship|shipped|shipping|return|returned|returning) (?:\S+ ){0,8}at your (?:cost|expense)|` +
	`\bunfrei(?:e[rnms]?)?\b|\bportopflichtig|\b(?:schick|send|versend|zurücksend)\S* (?:\S+ ){0,8}auf ihre kosten|` +
	`\bport d[uû](?:$|[^\pL])|\b(?:envo|retourn|expéd|renvo)\S* (?:\S+ ){0,8}à vos frais|` +
	`\bongefrankeerd|\b(?:stur|stuur|zend|verzend|retourner)\S* (?:\S+ ){0,8}op uw kosten|\bvracht (?:ten laste|voor rekening) van (?:u\b|de ontvanger)|` +
	`\bporto assegnato|\b(?:invi|sped|rend|restitu)\S* (?:\S+ ){0,8}a (?:vostro carico|vostre spese|spese vostre))`)

// wishes fills in what the sender wants beside the return, and where he bought.
func (r *reading) wishes(f *Facts) {
	const most = 20_000 // bytes: nobody hides a wish behind more
	text := plain(cut(f.NewText, most))
	f.BoughtFrom = boughtFrom(text)
	said := sentences(squeezed(text))
	f.AdvanceWanted, f.FreightCollect = wished(said, advanceWords), wished(said, collectWords)
	if f.Reason == "delivery_error" {
		f.Ordered = strings.Join(r.ordered, ", ")
	}
}

// negation takes back what stands behind it in the same sentence.
var negation = newPhrase(`(?i)\b(?:not|no|never|without|don't|doesn't|nicht|kein|keine|keinen|keinem|keiner|ohne|pas|aucun|aucune|sans|jamais|geen|niet|zonder|non|nessun|nessuna|senza|mai)\b`)

// wished tells whether a sentence says it and does not take it back, before it
// or right behind it.
func wished(sentences []string, what *phrase) bool {
	const near = 25
	for _, s := range sentences {
		at, end, ok := what.find(s, 0)
		if !ok || negation.in(s[:at]) {
			continue
		}
		behind, _, _ := strings.Cut(cut(s[end:], near), ",")
		if !negation.in(behind) {
			return true
		}
	}
	return false
}

var (
	buying = newPhrase(`(?i)\b(?:bought|purchased|acquired|ordered|supplied by|purchase|` +
		`gekauft|erworben|bezogen|bestellt|kauften|` +
		`achetée?s?|acquise?s?|commandée?s?|fournie?s? par|achat|` +
		`gekocht|aangeschaft|besteld|betrokken|aankoop|` +
		`acquistat[oaie]|comprat[oaie]|ordinat[oaie]|fornit[oaie] da|pres[oaie]|acquisto)(?:$|[^\pL])`)
	source = newPhrase(`(?i)\b(?:from|through|via|at|supplied by|bei|über|von|durch|chez|auprès d\S*|par|bij|door|da|dal|dalla|dall'|presso|tramite)\s`)
)

// boughtFrom gives the words behind "bought from" and the like, by which a
// distributor can be recognised; empty where the text says nothing of it.
func boughtFrom(text string) string {
	const most = 100
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		for _, s := range sentences(squeezed(line)) {
			if _, end, ok := source.find(s, 0); ok && buying.in(s) {
				out = append(out, strings.TrimSpace(cut(s[end:], most)))
			}
		}
	}
	return cut(strings.Join(out, " / "), 3*most)
}
