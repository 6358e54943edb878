package ingest

import (
	"slices"
	"strings"
)

// What a list marks with a cross or a tick beside a number.

var (
	// markBehind and markBefore are a cross or a tick that stands alone at the end or at
	// the begin of a line.
	markBehind = newPattern(`^[ \t]*(?:\([xX*✓✔✗✘]\)|[xX*✓✔✗✘!]{1,3}|<-?[xX]?)[ \t.]*$`)
	markBefore = newPattern(`^[ \t]*(?:\([xX✓✔✗✘]\)|[xX✓✔✗✘])[ \t.:]+(?:\S+[ \t]+){0,4}$`)
	// boxTicked and boxEmpty are the boxes of a list, right before a number.
	boxTicked = newPattern(`(?:\[ ?[xX✓✔] ?\]|[☑☒])[ \t]*(?:[^\s\[\]☐☑☒]+[ \t]+){0,4}$`)
	boxEmpty  = newPattern(`(?:\[ {0,3}\]|☐)[ \t]*(?:[^\s\[\]☐☑☒]+[ \t]+){0,4}$`)
	// struck is what was crossed out, as plain text shows it.
	struck = newPattern(`~~[^~\n]{1,80}~~`)
)

// legend says what the marks of a list mean.
var legend = newSayings(`
	(with|marked|has|have|by|an|a|the|put|set) (an |a |with )?(an |a )?(x|cross|crosses|tick|ticks|asterisk|star|check ?mark|check)
	(ticked|crossed|starred|checked|marked) (=|are|ones|is|units|phones|serials|lines|with|have|were|mean*)
	(x|\*) (=|means|stands for|marks|are|is|:)
	(mit|durch|ein|einem|das|die) (einem |ein )?(x|kreuz|kreuzchen|haken|häkchen|stern|sternchen|kreuze)
	(angekreuzt*|angehakt*|markiert*|abgehakt*)
	(x|\*) (bedeutet|heißt|steht für|sind|ist)
	(d'une|avec une|une|par une|la) (croix|coche|étoile|astérisque)
	(d'un|avec un|un|le|les) (x|astérisque)
	(marqué*|coché*|croix|cochés)
	(met|een|de) (een )?(x|kruis|kruisje|kruisjes|vinkje|vinkjes|ster|sterretje)
	(aangekruist*|aangevinkt*|gemarkeerd*|afgevinkt*)
	(con|segnat*|una|la|contrassegnat*) (la |una |con |un |l')?(x|croce|crocetta|crocette|spunta|asterisco)
	(spuntat*|barrat*|contrassegnat*|segnat*) (=|sono|con|da)
`)

// crossesOff keeps the numbers that a list marks where the text says that these come back, or
// the others where it says that these are fine. Boxes need no words.
func crossesOff(z zone, finds []find) (zone, []find) {
	z, finds = withoutStruck(z, finds)
	var with, without, empty []int
	for i, f := range finds {
		if !isNumber(f) || f.line >= len(z.lines) || f.end > len(z.lines[f.line]) {
			continue
		}
		before, behind := z.lines[f.line][:f.at], z.lines[f.line][f.end:]
		switch {
		case boxTicked.MatchString(before), markBehind.MatchString(behind), markBefore.MatchString(before):
			with = append(with, i)
		case boxEmpty.MatchString(before):
			empty = append(empty, i)
		default:
			without = append(without, i)
		}
	}
	boxes := len(empty) > 0
	if boxes {
		without = empty
	}
	if len(with) == 0 || len(without) == 0 {
		return z, finds
	}
	text := strings.Join(z.lines, "\n")
	at, _, said := legend.find(text, 0)
	if !boxes && !said {
		return z, finds
	}
	drop := without
	if said {
		if words := legendLine(text, at); saysFine(words) && reasonOf(words) != "defective" {
			drop = with
		}
	}
	return z, withoutLines(finds, drop)
}

// legendLine is the line of the text around a place.
func legendLine(text string, at int) string {
	from := strings.LastIndexByte(text[:at], '\n') + 1
	line, _, _ := strings.Cut(text[from:], "\n")
	return line
}

// withoutLines drops the numbers at the places, and what else stands on their lines.
func withoutLines(finds []find, drop []int) []find {
	lines := map[int]bool{}
	for _, i := range drop {
		lines[finds[i].line] = true
	}
	return slices.DeleteFunc(slices.Clone(finds), func(f find) bool { return lines[f.line] })
}

// withoutStruck drops the numbers that are crossed out, and blanks what is said in their
// place. One number must be left.
func withoutStruck(z zone, finds []find) (zone, []find) {
	if !slices.ContainsFunc(z.lines, func(l string) bool { return strings.Contains(l, "~~") }) {
		return z, finds
	}
	lines := slices.Clone(z.lines)
	out := slices.DeleteFunc(slices.Clone(finds), func(f find) bool {
		if f.line >= len(z.lines) {
			return false
		}
		gone := slices.ContainsFunc(struck.FindAllStringIndex(z.lines[f.line], -1), func(l []int) bool { return l[0] < f.end && f.at < l[1] })
		if gone {
			lines[f.line] = blank(lines[f.line])
		}
		return gone
	})
	if len(out) == len(finds) || !slices.ContainsFunc(out, isNumber) {
		return z, finds
	}
	out = slices.DeleteFunc(out, func(f find) bool { return strings.TrimSpace(lines[f.line]) == "" })
	z.lines = lines
	return z, out
}
