package ingest

import "strings"

// judge says how sure each unit's number is, and what is in doubt about it.
func (s *scanner) judge(z zone, units []unit) {
	for i := range units {
		u := &units[i]
		u.Confidence = s.confidence(z, u)
		if u.Serial == "" {
			continue
		}
		if u.Doubt == "" && u.sure < 2 {
			if meant := s.meantBy(u.Serial, u.maker); meant != "" {
				u.Doubt, u.Meant = Confusable, meant
			}
		}
		if u.Doubt == "" && s.tailDiffers(u) {
			u.Doubt = CheckDigit
		}
		if u.Doubt != "" && u.Confidence == Sure {
			u.Confidence = Likely
		}
	}
}

// confidence is as the type's comment has it.
func (s *scanner) confidence(z zone, u *unit) Confidence {
	form, shaped := s.formed(u.Serial, u.maker)
	prefix := u.MAC != "" && s.cat.maker(u.MAC) >= 0
	agrees := u.MAC != "" && u.Serial != "" && strings.HasSuffix(u.Serial, u.MAC[6:])
	switch {
	case z.foundIn == "quoted" || z.weak:
		return Weak
	case u.Serial == "" && u.MAC == "":
		return Likely
	case u.Serial == "" && prefix, form && (u.labelled || agrees || prefix):
		return Sure
	case u.labelled || form && shaped || prefix || u.Serial == "":
		return Likely
	}
	return Weak
}

// formed tells whether a serial has a form of its maker, and one with shape.
func (s *scanner) formed(v string, maker int) (form, shaped bool) {
	for k := range s.cat.serials {
		f := &s.cat.serials[k]
		if v != "" && (maker < 0 || f.maker == maker) && f.at(v, 0) == len(v) {
			form, shaped = true, shaped || solid(f)
		}
	}
	return form, shaped
}

// solid tells a form that stands alone and is well known.
func solid(f *serialForm) bool {
	return !f.NeedsContext && (f.Confidence == "high" || f.Confidence == "medium") && namesSerial(f.Kind)
}

func namesSerial(kind string) bool { return kind == "" || kind == "serial" || kind == "mac_id" }

// tailDiffers tells a serial that must end like the unit's MAC, and does not.
func (s *scanner) tailDiffers(u *unit) bool {
	return u.MAC != "" && s.tailIsMAC(u.Serial) && !strings.HasSuffix(u.Serial, u.MAC[6:])
}

// lookAlikes are the letters and digits that are taken for each other on
// labels: each with what it may stand for.
var lookAlikes = map[byte]string{
	'O': "0", '0': "O", 'Q': "0", 'D': "0", 'I': "1", 'L': "1", '1': "IL", 'S': "5", '5': "S", 'B': "8", '8': "B", 'Z': "2", '2': "Z", 'G': "6", '6': "G",
}

// meantBy gives the number of a maker's well-known form that a value would be
// with letters and digits that look alike exchanged; empty when it has such a
// form already, or would have none. Without a maker all are tried that the mail
// names.
func (s *scanner) meantBy(v string, maker int) string {
	const longest = 24
	if len(v) < 8 || len(v) > longest {
		return ""
	}
	var forms []*serialForm
	for k := range s.cat.serials {
		f := &s.cat.serials[k]
		if !solid(f) || f.maker != maker && (maker >= 0 || !s.named[f.maker]) {
			continue
		}
		if f.at(v, 0) == len(v) {
			return ""
		}
		forms = append(forms, f)
	}
	for _, candidate := range swaps(v, len(forms)) {
		for _, f := range forms {
			if f.at(candidate, 0) == len(candidate) {
				return candidate
			}
		}
	}
	return ""
}

// swaps are the ways to read a value otherwise: one sort of letter everywhere,
// then one place, then two.
func swaps(v string, wanted int) []string {
	if wanted == 0 {
		return nil
	}
	var out []string
	seen := map[byte]bool{}
	for i := range len(v) {
		for _, to := range []byte(lookAlikes[v[i]]) {
			if !seen[v[i]] {
				out = append(out, strings.ReplaceAll(v, string(v[i]), string(to)))
			}
		}
		seen[v[i]] = true
	}
	single := singleSwaps(v, 0)
	out = append(out, single...)
	for i := range len(v) {
		for _, to := range []byte(lookAlikes[v[i]]) {
			out = append(out, singleSwaps(v[:i]+string(to)+v[i+1:], i+1)...)
		}
	}
	return out
}

func singleSwaps(v string, from int) []string {
	var out []string
	for i := from; i < len(v); i++ {
		for _, to := range []byte(lookAlikes[v[i]]) {
			out = append(out, v[:i]+string(to)+v[i+1:])
		}
	}
	return out
}
