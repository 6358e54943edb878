package ingest

import (
	"strconv"
	"strings"
)

var (
	// through stands between the first and the last number of a range.
	through = newPattern(`(?i)^(?:\s*[,;]?\s*(?:(?:bis(?: einschließlich| inkl\.?| und mit)?|to|thru|through|until|up to|t/m|tm|tot(?: en met| & met|/met)?|à|a|al|jusqu'(?:à|au)|fino (?:a|al)|-{1,3}|–|\.{2,4}|…|->|=>|→|>)\s*(?:(?:and|und|et|en|e) )?(?:including|incl\.?|inclus|met|compreso|(?:s/?n|nr\.?|no\.?|n°|serial|mac)\s?:?)?\s*)|\s*-{1,2}\s*)$`)
	// shortTail is the last digits of a further number of a list or a range.
	shortTail = newPattern(`(?i)^(\s*(?:,|;|/|&|\+|-|–|\.{2,4}|…|bis|to|through|t/m|tot(?: en met)?|à|a|al|fino al?|und|and|et|en|e|sowie|resp\.?)\s*(?:(?:und|and|et|en|e)\s+)?(?:[-.…*]{1,3}\s?)?)([0-9A-Fa-f]{2,6})\b`)
	// eitherOr stands between two readings of one label.
	eitherOr  = newPattern(`(?i)^[\s,(]*(?:or|oder|ou|oppure|ofwel|of|o)\s+(?:(?:maybe|perhaps|possibly|vielleicht|evtl\.?|peut-être|misschien|forse|is it|ist es)\s+)?$`)
	countNoun = newPattern(`(?i)^(?:\pL|[./:]\d)|^\s*(?:x\b|%|°|€|eur|uhr|h\b|st(?:ü|ue)ck|stk|pcs|pieces|units|stuks|pz|pezzi|pi[eè]ces|unit|days?|tage?|jours?|dagen|giorni|years?|jahr|min|mal|fois|keer|volte|phones?|telef|geräte?|toestel)`)
)

// mostRange is how many units a range may mean when nobody says how many.
const mostRange = 50

// ranges marks the numbers of a line that end a range, and completes short
// ones: "…415, 416 und 417", "…415 bis 418".
func (s *scanner) ranges(line string, found []find) []find {
	last := -1 // index of the number before
	for i := 0; i < len(found); i++ {
		f := &found[i]
		if f.kind != aSerial && f.kind != aMAC {
			continue
		}
		if last >= 0 && found[last].kind == f.kind && found[last].end <= f.at && through.MatchString(line[found[last].end:f.at]) {
			f.range_ = true
		}
		if last >= 0 && found[last].kind == f.kind && found[last].end <= f.at && eitherOr.MatchString(line[found[last].end:f.at]) {
			f.instead = true
		}
		last = i
		if tails := s.tails(line, *f); len(tails) > 0 && (i+1 == len(found) || found[i+1].at >= tails[len(tails)-1].end) {
			found = append(found[:i+1], append(tails, found[i+1:]...)...)
			i += len(tails)
			last = i
		}
	}
	return found
}

// tails reads the short ends behind a number.
func (s *scanner) tails(line string, f find) []find {
	var tails []find
	whole, at := f.text, f.end
	for len(tails) < mostRange {
		m := shortTail.FindStringSubmatchIndex(line[at:])
		if m == nil {
			return tails
		}
		join, tail := line[at+m[2]:at+m[3]], upper(line[at+m[4]:at+m[5]])
		v, ok := completed(whole, tail, f.kind == aMAC)
		if !ok || countNoun.MatchString(line[at+m[5]:]) || len(tail) < 3 && strings.TrimSpace(join) == "," {
			return tails
		}
		t := f
		t.text, t.at, t.end = v, at+m[4], at+m[5]
		t.range_ = through.MatchString(join)
		tails = append(tails, t)
		whole, at = v, t.end
	}
	return tails
}

// completed puts a short end in the place of another number's.
func completed(whole, tail string, isHex bool) (string, bool) {
	if len(tail) >= len(whole)-2 {
		return "", false
	}
	old := whole[len(whole)-len(tail):]
	from, err := strconv.ParseUint(old, 16, 64)
	to, err2 := strconv.ParseUint(tail, 16, 64)
	if err != nil || err2 != nil || to <= from || to-from > 0x200 {
		return "", false
	}
	if !isHex && digitsIn(old) != len(old) != (digitsIn(tail) != len(tail)) && digitsIn(old) == len(old) {
		return "", false
	}
	return whole[:len(whole)-len(tail)] + tail, true
}

// expanded puts the numbers between the ends of each range. stated is the
// number of units that the text speaks of, 0 when it does not: a range that
// disagrees, or is too long, is left as its two ends, to be asked about.
func (s *scanner) expanded(finds []find, stated int) []find {
	var out []find
	for _, f := range finds {
		n := len(out) - 1
		if f.instead && n >= 0 && out[n].kind == f.kind && out[n].line == f.line {
			out[n].doubt, out[n].meant = Conflict, f.text // one unit, two readings of its label
			continue
		}
		if !f.range_ || n < 0 || out[n].kind != f.kind {
			out = append(out, f)
			continue
		}
		between, ok := s.between(out[n], f)
		total := len(between) + 2
		if !ok || total > mostRange && total != stated || stated > 2 && total != stated && total > stated {
			out[n].doubt, f.doubt = Conflict, Conflict
			out = append(out, f)
			continue
		}
		first := out[n]
		for _, v := range between {
			g := first
			g.text, g.counted, g.range_ = v, true, false
			out = append(out, g)
		}
		out = append(out, f)
	}
	return out
}

// between counts from one number to another of the same form. MACs, and
// serials that end in one, count in hexadecimal.
func (s *scanner) between(a, b find) ([]string, bool) {
	const most = 400
	if len(a.text) != len(b.text) {
		return nil, false
	}
	k := 0
	for k < len(a.text) && a.text[k] == b.text[k] {
		k++
	}
	head, from, to := a.text[:k], a.text[k:], b.text[k:]
	base := 10
	if a.kind == aMAC || s.tailIsMAC(a.text) || hexOnly(a.text) == a.text && len(a.text) == 12 && s.cat.maker(a.text) >= 0 {
		base = 16
	}
	x, err := strconv.ParseUint(from, base, 40)
	y, err2 := strconv.ParseUint(to, base, 40)
	if err != nil || err2 != nil || y < x || y-x > most {
		return nil, false
	}
	var out []string
	for v := x + 1; v < y; v++ {
		digits := strings.ToUpper(strconv.FormatUint(v, base))
		out = append(out, head+strings.Repeat("0", max(0, len(from)-len(digits)))+digits)
	}
	return out, true
}

// tailIsMAC tells a serial whose last six digits are those of the unit's MAC.
func (s *scanner) tailIsMAC(v string) bool {
	for k := range s.cat.serials {
		f := &s.cat.serials[k]
		if f.TailIsMAC && (!f.NeedsContext || s.named[f.maker] || s.proven[f.maker]) && f.at(v, 0) == len(v) {
			return true
		}
	}
	return false
}
