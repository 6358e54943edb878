package ingest

import (
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
		if n >= told && len(handles) > 0 {
			list := 0 // what of the line is the list itself
			if own[n] {
				list = behindNumbers(line, n, units)
			}
			if len(strings.Fields(line[list:])) >= fewest {
				line = line[:list] + placed(line[list:], handles)
			}
		}
		if onlyWord.MatchString(line) {
			line = numbersPlaced(line, units)
		}
		b.WriteString(line)
	}
	return samePlace.ReplaceAllString(b.String(), "$1")
}

// behindNumbers is where the sentence ends that has the last number of a line.
func behindNumbers(line string, n int, units []unit) int {
	last := 0
	for _, u := range units {
		if before, behind := aroundNumber(line, u); u.line == n && before+behind != "" {
			last = max(last, len(line)-len(behind))
		}
	}
	if loc := stopEnd.FindStringIndex(line[last:]); loc != nil {
		return last + loc[1]
	}
	return len(line)
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
	onLine := map[int]int{}
	for _, u := range units {
		onLine[u.line]++
	}
	for i, u := range units {
		if model := strings.ToLower(u.Model); len(model) > 2 {
			add(model, i)
		}
		if u.line >= len(lines) {
			continue
		}
		line := lines[u.line]
		if onLine[u.line] > 1 {
			line = ownPart(line, u, units)
		}
		for _, w := range callNames(line, u) {
			add(w, i)
		}
	}
	for w := range handles {
		if shared[w] {
			delete(handles, w)
		}
	}
	return handles
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
			before = rest
		}
	}
	if i := strings.LastIndexAny(before, ":;"); i >= 0 && strings.TrimSpace(before[i+1:]) != "" {
		before = before[i+1:]
	}
	if i := strings.LastIndexByte(before, ')'); i >= 0 {
		before = before[i+1:]
	}
	aside := ""
	if m := asideBehind.FindString(behind); m != "" {
		aside = m
	}
	return before + own + aside
}

var asideBehind = newPattern(`^\s*\([^()]{1,40}\)`)

// callNames are the words, and pairs of a word and a number, of a unit's line
// that name where it stands or what it is.
func callNames(line string, u unit) []string {
	const most, fewBehind = 6, 4
	before, behind := aroundNumber(line, u)
	names := wordsToCall(macLabel.blanked(serialLabel.blanked(before)))
	if len(names) > most || stopEnd.MatchString(before) {
		return nil // running text
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
	number := u.Serial
	if number == "" {
		number = u.MAC
	}
	for at := range len(line) {
		if !wordByte(line[at]) || at > 0 && wordByte(line[at-1]) {
			continue
		}
		end, left := at, len(compact(number))
		for ; end < len(line) && left > 0 && end-at < window; end++ {
			if wordByte(line[end]) {
				left--
			}
		}
		if upper(compact(line[at:end])) == compact(number) {
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
	const shortest = 4
	return len(w) >= shortest && hasLetter(upper(w)) && !commonWord.MatchString(w) && placeOf(w) == 0 ||
		len(w) == 3 && hasLetter(upper(w)) && hasDigit(w)
}

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
			if wordStart(lower, at) && wordEnd(lower, end) {
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
