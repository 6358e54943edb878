package ingest

import (
	"slices"
	"strings"
)

// split is a body cut in what is new and what is older.
type split struct {
	text    string // what the sender wrote
	older   string // quoted or forwarded
	forward bool   // the older part is a forwarded mail
}

// newText separates what the sender wrote from quoted history, signature and
// disclaimer. It would rather leave a line too many than lose a word: whatever
// empties a mail is undone.
func newText(m *Message) split {
	lines := strings.Split(tidySpaces(m.Text), "\n")
	lines = aboveMarker(lines)
	s := cutHistory(lines, fwPrefix.MatchString(m.Subject))
	s.text = strings.TrimSpace(strings.Join(withoutSignature(strings.Split(s.text, "\n"), sender(m).Name), "\n"))
	if s.text != "" || s.older == "" {
		return s
	}
	inner := withoutHeader(strings.Split(s.older, "\n"))
	if !s.forward && sentOn(m, s.older) {
		s.forward, s.text = true, cleaned(inner)
	} else if s.forward {
		s.text = strings.TrimSpace(strings.Join(inner, "\n"))
	}
	if s.forward && s.text == "" {
		s.text = strings.TrimSpace(s.older)
	}
	return s
}

// cleaned is the text of a mail within a mail, without its own history.
func cleaned(lines []string) string {
	lines = withoutSignature(strings.Split(cutHistory(lines, true).text, "\n"), "")
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// handedOn adds the customer's text to a colleague's "can you take this one?":
// it was written to the desk. A colleague is who the configuration says, or who
// writes from the domain that he writes to.
func (s split) handedOn(m *Message, desk Desk) split {
	if !s.forward || s.older == "" {
		return s
	}
	inside := isStaff(m, desk)
	for _, a := range m.To {
		inside = inside || domainOf(a.Address) == domainOf(sender(m).Address)
	}
	if inner := cleaned(withoutHeader(strings.Split(s.older, "\n"))); inside && !strings.Contains(s.text, inner) {
		s.text = strings.TrimSpace(s.text + "\n\n" + inner)
	}
	return s
}

func isStaff(m *Message, desk Desk) bool {
	domain := domainOf(sender(m).Address)
	return slices.ContainsFunc(desk.Staff, func(d string) bool { return strings.EqualFold(d, domain) })
}

// sentOn tells a mail that is nothing but an older one and answers nobody: its
// sender hands it on. An empty answer to us is not that.
func sentOn(m *Message, older string) bool {
	if len(m.InReplyTo) > 0 || len(m.References) > 0 {
		return false
	}
	for line := range strings.SplitSeq(older, "\n") {
		if roleOf(line) != fromRole {
			continue
		}
		for _, a := range m.To {
			if strings.Contains(strings.ToLower(line), a.Address) {
				return false
			}
		}
		return true
	}
	return true
}

// withoutHeader takes the separator and the header lines off a forwarded mail.
func withoutHeader(lines []string) []string {
	for len(lines) > 0 {
		line := strings.TrimSpace(lines[0])
		if line != "" && !separator.MatchString(line) && !rule.MatchString(line) && roleOf(line) == 0 {
			break
		}
		lines = lines[1:]
	}
	return lines
}

var (
	markerWord  = newPhrase(`(?i)above|oberhalb|über|dessus|boven|sopra|encima|arriba|acima|ovanför|ovenfor|powyżej|yläpuolelle|выше`)
	replyMarker = newPattern(`(?i)^\W{0,12}.{0,60}(?:reply|respond|type|write|text|antwort\w*|schreib\w*|répon\w*|écri\w*|saisi\w*|reageer|reactie|antwoord\w*|typ|schrijf|rispo\w*|scriv\w*|respond[ae]|respuesta|escrib[ae]|svar\w*|skriv|odpowied\w*|ответ\w*).{0,60}(?:above|oberhalb|über|au[- ]dessus|boven|sopra|encima|arriba|acima|ovanför|ovenfor|powyżej|выше).{0,40}(?:line|linie|zeile|ligne|lijn|regel|linea|riga|línea|linha|rad\w*|lini\w*|строк\w*|this (?:e-?mail|message)|diese[rs]? (?:e-?mail|nachricht))`)
	rule        = newPattern(`^\s*(?:_{8,}|-{8,}|={8,}|\*{8,})\s*$`)
)

// aboveMarker honours "please reply above this line": the text stands above it,
// or, in a mail that a ticket system sent on, below.
func aboveMarker(lines []string) []string {
	for i, line := range lines[:min(len(lines), 400)] {
		if len(line) > 200 || !markerWord.in(line) || !replyMarker.MatchString(line) {
			continue
		}
		if strings.TrimSpace(strings.Join(lines[:i], "")) == "" {
			return lines[i+1:]
		}
		if strings.HasPrefix(strings.TrimSpace(line), ">") {
			return lines
		}
		return lines[:i]
	}
	return lines
}

// cutHistory takes quoted mails off. Lines with '>' go wherever they stand; an
// attribution or a header block ends the text unless an answer follows below
// the quoted lines.
func cutHistory(lines []string, forward bool) split {
	var mine, older []string
	s := split{forward: forward}
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if isQuoted(line) && !groupwise.MatchString(line) && (len(older) > 0 || quoteBlock(lines, i)) {
			s.forward = s.forward || forwards(line)
			older = append(older, strings.TrimLeft(line, " >"))
			continue
		}
		if own, rest := sharedLine(line, lines[i+1:]); rest != "" {
			mine = append(mine, own)
			line, lines[i] = rest, rest
		}
		n, ends := historyAt(lines, i)
		if n == 0 {
			mine = append(mine, line)
			continue
		}
		s.forward = s.forward || forwards(line)
		older = append(older, lines[i:i+n]...)
		i += n - 1
		if ends || !quotesFollow(lines[i+1:]) {
			older = append(older, lines[i+1:]...)
			break
		}
	}
	s.text, s.older = strings.Join(mine, "\n"), strings.Join(older, "\n")
	return s
}

func isQuoted(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " "), ">")
}

// quoteBlock tells quoted lines from a line that happens to begin with '>', a
// pointer in a list: those stand alone and nothing above announces them.
func quoteBlock(lines []string, i int) bool {
	return i == 0 || strings.TrimSpace(lines[i-1]) == "" || i+1 < len(lines) && isQuoted(lines[i+1]) ||
		attribution(strings.TrimSpace(lines[i-1]), lines[i:])
}

func quotesFollow(lines []string) bool {
	rest := skipBlank(lines)
	return len(rest) > 0 && isQuoted(rest[0])
}

func skipBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[0]) == "" {
		lines = lines[1:]
	}
	return lines
}

func trimBlank(lines []string) []string {
	lines = skipBlank(lines)
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
