package ingest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A unit of a list is spoken of again by what stands beside its number: "the one
// at reception", "celui de la salle 2", "das aus der Küche", or by its model.

// mostHandled bounds the lists that are looked through: of more units nobody
// speaks one by one.
const mostHandled = 12

// mostTold bounds the lines that are looked through for such words.
const mostTold = 300

// byHandle writes the places of units where the text speaks of them by the words
// of their own lines, or only some of them by their numbers. The lines of the
// units stay as they are, and what is before the line told, which is a list, or
// short, as the heads of other entries are.
func byHandle(lines []string, units []unit, told int) string {
	const fewest = 4
	handles := handlesOf(lines, units)
	own := map[int]bool{}
	for _, u := range units {
		own[u.line] = true
	}
	var b strings.Builder
	for n, line := range lines {
		if n > 0 {
			b.WriteByte('\n')
		}
		if n >= told && n < told+mostTold && len(handles) > 0 {
			list := 0 // what of the line is the list itself
			if own[n] {
				list = behindNumbers(line, n, units)
			}
			if len(strings.Fields(line[list:])) >= fewest {
				line = line[:list] + placed(line[list:], handles)
			}
		}
		if own[n] && strings.Contains(line, "\t") {
			continue // a row of a table: its cells are no sentences
		}
		if onlyWord.MatchString(line) {
			line = numbersPlaced(line, units)
		}
		b.WriteString(line)
	}
	return samePlace.ReplaceAllString(b.String(), "$1")
}

// behindNumbers is where the list on a line ends: behind the last number and the few
// words that say where its unit stands.
func behindNumbers(line string, n int, units []unit) int {
	last := 0
	for _, u := range units {
		if before, behind := aroundNumber(line, u); u.line == n && before+behind != "" {
			last = max(last, len(line)-len(behind))
		}
	}
	if last == 0 {
		return len(line)
	}
	return last + len(fewBehind(line[last:]))
}

// fewBehind is what stands behind a number and names its place: words in brackets,
// or a few up to the next comma.
func fewBehind(behind string) string {
	const few = 3
	if m := asideBehind.FindString(behind); m != "" {
		return m
	}
	if end := strings.IndexAny(behind+".", ",;)."); end > 0 && len(strings.Fields(behind[:end])) <= few {
		return behind[:end]
	}
	return ""
}

// samePlace is a place that was named by two words.
var samePlace = newPattern(`(number \d{1,2})(?:\s(?:de|du|of|van|vom|von|di|del|der|in|im|d'|dell')?\s?number \d{1,2}){1,3}\b`)

// handlesOf gives the words by which each unit alone is called: those before its
// number on its line, or the few behind it, and its model. A word and a number
// behind it count together.
func handlesOf(lines []string, units []unit) map[string]int {
	if len(units) < 2 || len(units) > mostHandled {
		return nil
	}
	handles := map[string]int{}
	shared := map[string]bool{}
	add := func(word string, place int) {
		if old, ok := handles[word]; ok && old != place {
			shared[word] = true
		}
		handles[word] = place
	}
	names, nameless := namesOf(lines, units)
	for i, u := range units {
		if model := strings.ToLower(u.Model); len(model) > 2 {
			add(model, i)
		}
		if nameless[u.line] {
			continue
		}
		for _, w := range names[i] {
			add(w, i)
		}
	}
	for w := range handles {
		if shared[w] {
			delete(handles, w)
		}
	}
	addSides(handles)
	return handles
}

// namesOf gives the words beside the number of each unit, and the lines with several
// units of which one has none: what leads such a list is of all.
func namesOf(lines []string, units []unit) (names [][]string, nameless map[int]bool) {
	onLine := map[int]int{}
	for _, u := range units {
		onLine[u.line]++
	}
	names, nameless = make([][]string, len(units)), map[int]bool{}
	for i, u := range units {
		if u.line >= len(lines) {
			continue
		}
		line := lines[u.line]
		if onLine[u.line] > 1 {
			line = ownPart(line, u, units)
		}
		names[i] = callNames(line, u)
		nameless[u.line] = nameless[u.line] || onLine[u.line] > 1 && len(names[i]) == 0
	}
	return names, nameless
}

// sides are the words for left and right.
var sides = [2][]string{
	{"left", "links", "linke", "linker", "linkes", "linken", "linkse", "gauche", "sinistra", "sinistro"},
	{"right", "rechts", "rechte", "rechter", "rechtes", "rechten", "rechtse", "droite", "destra", "destro"},
}

// addSides adds all the words for left and right where one unit stands left and
// another right; a side alone names nothing.
func addSides(handles map[string]int) {
	place := [2]int{-1, -1}
	for k, words := range sides {
		for _, w := range words {
			if p, ok := handles[w]; ok {
				place[k] = p
				delete(handles, w)
			}
		}
	}
	if place[0] < 0 || place[1] < 0 || place[0] == place[1] {
		return
	}
	for k, words := range sides {
		for _, w := range words {
			handles[w] = place[k]
		}
	}
}

// ownPart is the part of a line with several numbers that is one unit's: from the
// number before it, or what brings the list in, to the end of its own and what is
// in brackets behind it.
func ownPart(line string, u unit, units []unit) string {
	before, behind := aroundNumber(line, u)
	if before == "" && behind == "" {
		return ""
	}
	own := line[len(before) : len(line)-len(behind)]
	for _, o := range units {
		if b, rest := aroundNumber(before, o); o.line == u.line && (b != "" || rest != "") {
			before = rest[len(fewBehind(rest)):]
		}
	}
	if i := strings.LastIndexAny(before, ":;,"); i >= 0 && strings.TrimSpace(before[i+1:]) != "" {
		before = before[i+1:]
	}
	if i := strings.LastIndexByte(before, ')'); i >= 0 {
		before = before[i+1:]
	}
	return before + own + fewBehind(behind)
}

var asideBehind = newPattern(`^\s*\([^()]{1,40}\)`)

// callNames are the words, and pairs of a word and a number, of a unit's line
// that name where it stands or what it is.
func callNames(line string, u unit) []string {
	const most, fewBehind = 6, 4
	before, behind := aroundNumber(line, u)
	names := wordsToCall(macLabel.blanked(serialLabel.blanked(before)))
	if len(names) > most || stopEnd.MatchString(before) {
		names = nil // running text
	}
	if more := wordsToCall(behind); len(more) <= fewBehind && !faulty(behind) && !works(behind+" ") && !troubled(behind) {
		names = append(names, more...)
	}
	var out []string
	for i, w := range names {
		switch {
		case callable(w):
			out = append(out, w)
		case i > 0 && len(w) <= 4 && (allDigits(w) || len(w) == 1) && hasLetter(names[i-1]) && len(names[i-1]) > 2:
			out = append(out, names[i-1]+" "+w)
		}
	}
	return out
}

// aroundNumber gives what stands before and behind the number of a unit, without
// labels.
func aroundNumber(line string, u unit) (before, behind string) {
	const longestLine, most = 600, 60
	number := compact(cmp.Or(u.Serial, u.MAC))
	if number == "" || len(line) > longestLine {
		return "", ""
	}
	for at := range len(line) {
		if line[at]&^0x20 != number[0]&^0x20 || at > 0 && wordByte(line[at-1]) {
			continue
		}
		end, left := at, len(number)
		for ; end < len(line) && left > 0 && end-at < most; end++ {
			if wordByte(line[end]) {
				left--
			}
		}
		if upper(compact(line[at:end])) == number {
			return line[:at], line[end:]
		}
	}
	return "", ""
}

// wordsToCall are the words of a stretch, in lower case.
func wordsToCall(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return strings.ContainsRune(" \t,;:.()[]/|=-–*•>#\"'!?", r)
	})
}

// callable tells a word that can name a thing or a place by itself.
func callable(w string) bool {
	const shortest, number = 4, 4
	if digitsIn(w) >= number {
		return false // it has its own
	}
	return shortPlace.MatchString(w) || len(w) >= shortest && hasLetter(upper(w)) && !commonWord.MatchString(w) && placeOf(w) == 0 ||
		len(w) == 3 && hasLetter(upper(w)) && hasDigit(w)
}

// shortPlace are the letters for a floor.
var shortPlace = newPattern(`^(?:eg|[1-9]?\.?og|ug|dg|kg|rdc|rez|bg)$`)

// commonWord stands in a list and in the text behind it without naming any unit
// of the list.
var commonWord = newPattern(`^(?:with|from|this|that|these|those|have|here|there|also|only|number|unit|units|model|type|port|ports|dead|broken|faulty|works?|working|fine|avec|dans|pour|cette|celui|celle|aussi|modèle|numéro|appareil|appareils|poste|postes|mort|panne|mit|vom|dies\pL*|auch|nummer|modell|gerät|geräte|defekt|kaputt|tot|met|deze|toestel|toestellen|ook|kapot|stuk|defect|con|dalla|della|dello|questo|questa|anche|numero|modello|apparecchio|guasto|guasta|telefono|telefoni|telefon|telefone|phone|phones|telefoon|téléphone|téléphones|bought|purchased|gekauft|acheté|gekocht|acquistato|error|screen|display|écran|scherm|schermo|audio|power|boot|bootet|reboots?)$`)

// placed writes the places of units for the words that name them.
func placed(line string, handles map[string]int) string {
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		return line
	}
	type found struct{ at, end, place int }
	var all []found
	for w, place := range handles {
		for from := 0; ; {
			i := strings.Index(lower[from:], w)
			if i < 0 {
				break
			}
			at, end := from+i, from+i+len(w)
			if wordStart(lower, at) && wordEnd(lower, end) && !anotherOne.MatchString(tail(lower[:at], 30)) {
				all = append(all, found{at, end, place})
			}
			from = end
		}
	}
	slices.SortFunc(all, func(a, b found) int { return a.at - b.at })
	var b strings.Builder
	done := 0
	for _, f := range all {
		if f.at < done {
			continue
		}
		b.WriteString(line[done:f.at])
		b.WriteString("number " + strconv.Itoa(f.place+1))
		done = f.end
	}
	return b.String() + line[done:]
}

// anotherOne stands before what is not the unit of the list.
var anotherOne = newPattern(`(?:^|[^\pL])(?:another|other|different|ander\pL*|autres?|altr\pL|second|zweite\pL*|deuxième|tweede)\s(?:\pL+\s)?$`)

// wordEnd tells that no letter or digit stands at i.
func wordEnd(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return i >= len(s) || !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// numbersPlaced writes the places of units for their own numbers.
func numbersPlaced(line string, units []unit) string {
	var b strings.Builder
	done := 0
	for _, w := range words(line) {
		v := upper(line[w.at:w.end])
		i := slices.IndexFunc(units, func(u unit) bool { return len(v) >= 8 && (u.Serial == v || u.MAC == v) })
		if i < 0 {
			continue
		}
		b.WriteString(line[done:w.at])
		b.WriteString("number " + strconv.Itoa(i+1))
		done = w.end
	}
	return b.String() + line[done:]
}
