package ingest

import (
	"slices"
	"strings"
)

// attachedZones gives the texts of what is attached: lists and mails first,
// then papers, what stands in codes on pictures, and the files' names.
func attachedZones(m *Message, depth int) []zone {
	const most, deepest = 20, 3
	var lists, papers []zone
	for i := range m.Attachments {
		a := &m.Attachments[i]
		name := strings.ToLower(a.Name)
		if len(lists)+len(papers) >= most {
			break
		}
		switch {
		case a.Message != nil && depth < deepest && m.Report == nil:
			lists = append(lists, zone{foundIn: a.Name, lines: linesOf(a.Message.Text)})
			for _, z := range attachedZones(a.Message, depth+1) {
				if z.second {
					papers = append(papers, z)
				} else {
					lists = append(lists, z)
				}
			}
		case strings.HasSuffix(name, ".csv") || strings.HasSuffix(name, ".txt") || a.MediaType == "text/csv":
			text, _ := decodeText("", a.Data[:min(len(a.Data), 1<<20)], false)
			lists = append(lists, zone{foundIn: a.Name, lines: linesOf(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")), list: true})
		case a.Text != "" && !isPaper(a):
			lists = append(lists, zone{foundIn: a.Name, lines: linesOf(a.Text), list: true})
		case a.Text != "":
			papers = append(papers, zone{foundIn: a.Name, lines: linesOf(a.Text), second: true, bill: billed.MatchString(a.Name + "\n" + cut(a.Text, 600))})
		}
		if codes := codesOf(a); len(codes) > 0 {
			papers = append(papers, zone{foundIn: a.Name, lines: codes, codes: true, second: true})
		}
		if z, ok := nameZone(a); ok {
			papers = append(papers, z)
		}
	}
	return append(lists, papers...)
}

// isPaper tells a document for people from a list.
func isPaper(a *Attachment) bool {
	return a.MediaType == "application/pdf" || strings.HasSuffix(strings.ToLower(a.Name), ".pdf")
}

// billed tells the papers of a whole delivery: they name all its units, of
// which few come back.
var billed = newPattern(`(?i)invoice|rechnung|fact(?:ure|uur)|fattura|lieferschein|delivery[ _-]?note|packing|pakbon|bon[ _-]de[ _-]livraison|\bddt\b|order|auftrag|commande|bestelling|ordine|quot(?:e|ation)|angebot|offert[ae]|devis|preventivo`)

// codesOf are the texts of the codes on a picture that can name a unit: those
// of goods (EAN, UPC, ITF-14) cannot.
func codesOf(a *Attachment) []string {
	var texts []string
	for _, b := range a.Barcodes {
		format := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToUpper(b.Format))
		if strings.HasPrefix(format, "EAN") || strings.HasPrefix(format, "UPC") || strings.HasPrefix(format, "ITF") {
			continue
		}
		for line := range strings.SplitSeq(cut(b.Text, 600), "\n") {
			texts = append(texts, codeBreak.ReplaceAllString(plain(line), " "))
		}
	}
	return texts
}

var (
	codeBreak = newPattern(`[;,|&?\x1c-\x1f]`)
	nameBreak = strings.NewReplacer("_", " ", "(", " ", ")", " ", "+", " ", "[", " ", "]", " ", "%20", " ")
	camera    = newPattern(`(?i)^(?:img|image|dsc|pxl|scan|received|screenshot|whatsapp|signal|photo|foto|vid|mvimg|p\d)[-_ ]?\d`)
	extension = newPattern(`\.[A-Za-z0-9]{2,5}$`)
)

// nameZone is the name of a file that people gave it: they call a photo by the
// serial that is on it.
func nameZone(a *Attachment) (zone, bool) {
	name := extension.ReplaceAllString(a.Name, "")
	if a.Inline || a.Message != nil || len(name) < 8 || len(name) > 120 || !hasDigit(name) || camera.MatchString(name) || billed.MatchString(name) {
		return zone{}, false
	}
	return zone{foundIn: a.Name, lines: []string{nameBreak.Replace(plain(name))}, codes: true, second: true, weak: true}, true
}

// ownForms keeps of what a code or a file's name holds the numbers that have a
// maker's form.
func (s *scanner) ownForms(finds []find) []find {
	return slices.DeleteFunc(finds, func(f find) bool {
		switch f.kind {
		case aSerial:
			return !s.known(f.text) && !(s.formOf(f.text) >= 0 && (f.labelled || mixed(f.text) || len(f.text) >= 10)) || lookalike(f.text)
		case aMAC:
			return s.cat.maker(f.text) < 0
		}
		return false
	})
}

// join adds what a paper, a picture or a file's name gives to the units of the
// text. The text goes first: a number in both is one unit, one that only the
// picture has completes a unit without a number, and where the only unit has
// another number in the text than in the picture, that is a conflict.
func (s *scanner) join(units, found []unit) []unit {
	var rest []unit
	for _, f := range found {
		if f.Serial == "" && f.MAC == "" {
			continue
		}
		if i := slices.IndexFunc(units, func(u unit) bool { return sameUnit(u, f) }); i >= 0 {
			fill(&units[i], f)
			continue
		}
		rest = append(rest, f)
	}
	for _, f := range rest {
		i := slices.IndexFunc(units, func(u unit) bool { return s.takes(u, f) })
		switch {
		case i >= 0 && (units[i].Serial == "" && units[i].MAC == "" || len(units) == 1 && len(rest) == 1):
			model, line, number, foundIn := units[i].Model, units[i].Line, units[i].LineNumber, units[i].FoundIn
			had := units[i].Serial != "" || units[i].MAC != ""
			fill(&units[i], f)
			if model == "" {
				model = f.Model
			}
			units[i].Model = model
			if had {
				units[i].Line, units[i].LineNumber, units[i].FoundIn = line, number, foundIn
			} else {
				units[i].FoundIn, units[i].Line, units[i].LineNumber, units[i].Confidence = f.FoundIn, f.Line, f.LineNumber, f.Confidence
			}
		case len(units) == 1 && len(rest) == 1 && units[0].Doubt == "" && f.Confidence != Weak:
			units[0].Doubt, units[0].Meant, units[0].Confidence = Conflict, f.Serial, Likely
		}
	}
	return units
}

func sameUnit(a, b unit) bool {
	return a.Serial != "" && a.Serial == b.Serial || a.MAC != "" && a.MAC == b.MAC
}

// takes tells that a unit of the text can be the one of the picture: what the
// one knows the other does not, and the makers agree.
func (s *scanner) takes(u, f unit) bool {
	if u.maker >= 0 && f.maker >= 0 && u.maker != f.maker || u.Model != "" && f.Model != "" && !sameModel(u.Model, f.Model) {
		return false
	}
	if u.Serial != "" && f.Serial != "" || u.MAC != "" && f.MAC != "" {
		return false
	}
	if u.Serial != "" && f.MAC != "" && s.tailIsMAC(u.Serial) {
		return strings.HasSuffix(u.Serial, f.MAC[6:])
	}
	return true
}
