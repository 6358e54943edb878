package ingest

import (
	"strings"
)

// prepared is the zone as its numbers are looked for: without logs and traces,
// numbers that were broken over lines put together again on the first of them.
// A line keeps its place, so that the evidence is the line as it was written.
func (s *scanner) prepared(z zone) zone {
	lines := z.lines
	change := func(n int, line string) {
		if &lines[0] == &z.lines[0] {
			lines = append([]string(nil), z.lines...)
		}
		lines[n] = line
	}
	logs := logLines(z.lines)
	for n, line := range z.lines {
		if l := inTurn.FindStringIndex(line); l != nil {
			line = line[:l[0]] + blank(line[l[0]:l[1]]) + line[l[1]:]
			change(n, line)
		}
		if m := keyOfForm.FindString(line); m != "" {
			line = strings.ReplaceAll(m, "_", " ") + line[len(m):]
			change(n, line)
		}
		if logs[n] {
			change(n, "")
		} else if spaced := s.unglued(s.unspaced(line)); spaced != line {
			change(n, spaced)
		}
	}
	for n := range lines {
		s.mend(lines, n, change)
	}
	z.lines = lines
	return z
}

var (
	// aLog is a line that a machine wrote: syslog, kernel, SIP, SDP, DHCP, ARP and
	// bridge tables. RFC 3164 and 5424 (syslog), 3261 (SIP), 4566 (SDP).
	aLog = newPattern(`^[\s>|]*(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d[. ]|<\d{1,3}>|\[ *\d+\.\d{3,}\]|\d\d:\d\d:\d\d[.,]\d{3,}\b|` +
		`(?:INVITE|REGISTER|OPTIONS|ACK|BYE|SUBSCRIBE|NOTIFY|CANCEL|REFER|PUBLISH) sips?:|SIP/2\.0\b|(?i:via: ?SIP|cseq|call-id|max-forwards|record-route|session-expires|www-authenticate|user-agent) ?:|(?i:from|to|contact|p-asserted-identity|remote-party-id|authorization)\s*:.*\bsips?:|` +
		`[vosctma]=(?:\d|-|\S+ \d|IN |audio|rtpmap|fmtp)|\d{1,4}\s+[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\s+(?i:dynamic|static|all)|` +
		`\? \(\d+\.\d+\.\d+\.\d+\) at |\d+\.\d+\.\d+\.\d+\s+(?:dev|ether|0x\d|\(|[0-9a-fA-F]{2}[:-]).*|(?i:received|sent|sending|transmit\S*) (?i:packet|sip|frame)\b)`)
	aStamp = newPattern(`^[\s>|]*[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})[T ,]+\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[\])]?\s`)
	// aTag is the program behind a day and a second, or the sender's address: few persons
	// write either.
	aTag      = newPattern(`^[\s>|]*[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d|\d{1,2}[-./]\d{1,2}(?:[-./](?:\d{2,4})?)?|\d{1,2}[-. ][A-Z]\pL{2,3}\.?(?:[- ]\d{2,4})?)[T ,]+\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[\])]?\s+(?:\d{1,3}(?:\.\d{1,3}){3}\s|[A-Za-z][\w/-]*:\s|\[[\w/-]+\]\s)`)
	ofMachine = newPattern(`[\w/-]+\[\d+\]:|\b(?:INFO|WARN(?:ING)?|ERR(?:OR)?|DEBUG|NOTICE|CRIT(?:ICAL)?|TRACE)\b|<\d+>|\b\w+=\S+ \w+=\S|\blladdr\b|(?i:\bdhcp\w*|\bvlan ?\d|\barp\b|\bhostapd|\bkernel:|\bassociated\b|\bwlan\d|\beth\d|\bsip:|\bport \d+ (?:up|down|link)|\blink (?:up|down))`)
	aServer   = newPhrase(`\b(?i:lldp|cdp)\b.*(?i:[0-9a-f]{2}[:-]){3}|` +
		`\blladdr\b|\bDHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|INFORM)\b|^\s*(?:Internet|IP)\s+\d+\.\d+\.\d+\.\d+\s+\S+\s+[0-9a-f]{4}\.`)
)

// macLabelled gives a unit's address as a person does.
var macLabelled = newPattern(`(?i)\bmac(?:[- ]?ad\pL+)?\s?[:=]`)

// logLines tells the lines of logs and traces. What a mail program wrapped
// belongs to the line above it.
func logLines(lines []string) map[int]bool {
	var logs map[int]bool
	mark := func(n int) {
		if logs == nil {
			logs = map[int]bool{}
		}
		logs[n] = true
	}
	for n, line := range lines {
		if hasDigit(line) && isLog(line) {
			mark(n)
		}
	}
	for n := range logs {
		for k := n + 1; k < min(len(lines), n+8) && !logs[k] && continues(lines, k, logs); k++ {
			mark(k)
		}
	}
	return logs
}

func isLog(line string) bool {
	if !strings.ContainsAny(line, ":=.") || len(line) > 1000 {
		return false
	}
	if aLog.MatchString(line) || aServer.in(line) {
		return true
	}
	return (aTag.MatchString(line) && !macLabelled.MatchString(line) || aStamp.MatchString(line) && ofMachine.MatchString(line)) && !serialLabel.in(line)
}

// continues tells a line that belongs to the log above it: the rest of a long
// line, or one of a few that stand between two lines of the log.
func continues(lines []string, k int, logs map[int]bool) bool {
	const full = 62 // a mail program wraps from about here
	if strings.TrimSpace(lines[k]) == "" || serialLabel.in(lines[k]) {
		return false
	}
	if logs[k-1] && len(lines[k-1]) >= full && len(lines[k]) < full && !strings.HasSuffix(strings.TrimSpace(lines[k-1]), ".") {
		return true
	}
	for j := k + 1; j < min(len(lines), k+3); j++ {
		if logs[j] {
			return true
		}
		if strings.TrimSpace(lines[j]) == "" {
			return false
		}
	}
	return false
}

// spelled tells a line in which three characters stand alone, side by side.
func spelled(line string) bool {
	alone := 0
	for i := range len(line) {
		switch {
		case !wordByte(line[i]):
			if line[i] != ' ' || i > 0 && line[i-1] == ' ' {
				alone = 0
			}
		case boundary(line, i) && boundary(line, i+1):
			if alone++; alone >= 3 {
				return true
			}
		default:
			alone = 0
		}
	}
	return false
}

// inTurn says that a list is in some order: no number of an order follows.
var inTurn = newPattern(`(?i)\b(?:in (?:the )?(?:same )?order(?: of (?:\pL+ ){0,2}\pL+)?|in ordine(?: di (?:\pL+ ){0,2}\pL+)?|dans l'ordre(?: (?:\pL+ ){0,3}\pL+)?)\s?:`)

// keyOfForm is the name of a field as programs write it: "item_1_serial =".
var keyOfForm = newPattern(`^\s*[A-Za-z]\w*_\w+\s*[:=]`)

var singles = newPattern(`(?:\b[0-9A-Za-z] ){7,31}[0-9A-Za-z]\b`)

var spelledModel = newPattern(`(?:\b[0-9A-Za-z] ){2,6}[0-9A-Za-z]\b`)

// ownGroups is a line of even groups and nothing else, as numbers are printed on a label.
var ownGroups = newPattern(`^[0-9A-Z]{3,5}(?: [0-9A-Z]{3,5}){2,6}$`)

// unspaced joins a number of which every character stands alone, and a model, as
// who dictates a mail spells them.
func (s *scanner) unspaced(line string) string {
	if v := strings.TrimSpace(line); ownGroups.MatchString(v) {
		if joined := strings.ReplaceAll(v, " ", ""); mixed(upper(joined)) && s.formOf(upper(joined)) >= 0 && s.known(upper(joined)) {
			return joined
		}
	}
	if len(line) < 5 || !hasDigit(line) || !spelled(line) {
		return line
	}
	line = spelledModel.ReplaceAllStringFunc(line, func(m string) string {
		joined := strings.ReplaceAll(m, " ", "")
		if digitsIn(joined) < 2 || !hasLetter(joined[:1]) || !s.isModel(joined) {
			return m
		}
		return joined
	})
	return singles.ReplaceAllStringFunc(line, func(m string) string {
		joined := strings.ReplaceAll(m, " ", "")
		if digitsIn(joined) < 3 || (s.formOf(upper(joined)) < 0 && s.cat.maker(upper(joined)) < 0) {
			return m
		}
		return joined
	})
}

var glued = newPattern(`(?i)\b(s/?n|mac|ser)([0-9a-f]{12}\b|[0-9a-z]{10,20}\b)`)

// unglued parts a label from the number that it was written to.
func (s *scanner) unglued(line string) string {
	if !glued.MatchString(line) {
		return line
	}
	var out strings.Builder
	last := 0
	for _, m := range glued.FindAllStringSubmatchIndex(line, -1) {
		whole, v := upper(line[m[0]:m[1]]), upper(line[m[4]:m[5]])
		labelled := lastLabel(line[:m[0]]) == "serial" // then the letters are the number's own
		if !labelled && (s.known(v) || s.formOf(v) >= 0 && s.formOf(whole) < 0 || s.cat.maker(v) >= 0) {
			out.WriteString(line[last:m[4]])
			out.WriteByte(' ')
			last = m[4]
		}
	}
	out.WriteString(line[last:])
	return out.String()
}

var (
	endGroups = newPattern(`(?:[0-9A-Za-z]{1,16}[ -]){0,4}[0-9A-Za-z]{1,16}-?\s*$`)
	someGroup = newPattern(`[0-9A-Za-z]+`)
	headGroup = newPattern(`^[ -]*[0-9A-Za-z]{1,16}`)
	macTail   = newPattern(`(?:^|[^0-9A-Za-z:.-])((?:[0-9A-Fa-f]{2}[:-]){1,5}(?:[0-9A-Fa-f]{2})?)$`)
	macHead   = newPattern(`^[\s>]*((?:[:-]?[0-9A-Fa-f]{2}){1,5})(?:\W|$)`)
)

// mend pulls the rest of a number up to the line where it begins.
func (s *scanner) mend(lines []string, n int, change func(int, string)) {
	line := strings.TrimRight(lines[n], " ")
	if n+1 >= len(lines) || line == "" || !codeByte(line[len(line)-1]) {
		return
	}
	next := strings.TrimLeft(lines[n+1], " >")
	if next == "" || !wordByte(next[0]) && next[0] != ':' && next[0] != '-' {
		return
	}
	if t := macTail.FindStringSubmatch(line); t != nil {
		if h := macHead.FindStringSubmatch(lines[n+1]); h != nil && len(hexOnly(upper(t[1]+h[1]))) == 12 {
			rest := strings.Replace(lines[n+1], h[1], blank(h[1]), 1)
			change(n, line[:len(line)-len(t[1])]+t[1]+h[1])
			change(n+1, rest)
			return
		}
	}
	s.mendSerial(lines, n, line, change)
}

func codeByte(c byte) bool { return wordByte(c) || c == '-' || c == ':' }

// mendSerial tries the last groups of a line with the first of the next ones.
func (s *scanner) mendSerial(lines []string, n int, line string, change func(int, string)) {
	const mostLines = 4
	if !firstHasDigit(lines[n+1]) || countLead.MatchString(lines[n+1]) {
		return
	}
	ends := endGroups.FindStringIndex(line[max(0, len(line)-90):])
	if ends == nil {
		return
	}
	from := max(0, len(line)-90) + ends[0]
	groups := someGroup.FindAllStringIndex(line[from:], -1)
	for _, g := range groups {
		at := from + g[0]
		have := compact(line[at:])
		if word := line[at : from+g[1]]; !hasDigit(word) && word != upper(word) {
			continue // a name, or another word of the sentence
		}
		if len(have) < 3 || !hasDigit(have) && have != upper(have) || len(have) > 20 || s.formOf(upper(have)) >= 0 || at > 0 && wordByte(line[at-1]) {
			continue
		}
		if k, rest, whole := s.gather(lines, n, line, at, mostLines); k > 0 {
			change(n, line[:at]+whole)
			for j := n + 1; j < k; j++ {
				change(j, "")
			}
			change(k, blank(lines[k][:len(lines[k])-len(rest)])+rest)
			return
		}
	}
}

// gather puts groups of the next lines behind what stands at the end of line n,
// until that is a number. It gives the line on which the number ends, what
// follows it there, and the number; 0 when there is none.
func (s *scanner) gather(lines []string, n int, line string, at, most int) (k int, rest, whole string) {
	const mostGroups = 4
	have, width := compact(line[at:]), len(line)
	label := lastLabel(line[:at])
	if m := fewDigits.FindStringSubmatch(lines[n+1]); m != nil && label == "serial" && width+len(m[1]) > full && len(have) >= 8 && allDigits(have) && allDigits(line[at:]) {
		return n + 1, lines[n+1][len(m[0]):], have + m[1]
	}
	// Whole numbers stand below a label, too; one in groups has not all of them.
	announced := strings.TrimSpace(line[:at]) == "" && strings.Contains(line[at:], " ") && labelAbove(lines, n)
	if announced {
		label = "serial"
	}
	for k := n + 1; k < min(len(lines), n+1+most); k++ {
		rest := strings.TrimLeft(lines[k], " >")
		for range mostGroups {
			h := headGroup.FindString(rest)
			if h == "" || !hasDigit(h) && !(announced && h == rest && compact(h) == upper(compact(h))) || s.known(upper(compact(h))) {
				break
			}
			have, rest = have+compact(h), rest[len(h):]
			if s.whole(label, upper(have), announced || width+len(h) > full) && (rest == "" || !wordByte(rest[0])) {
				return k, rest, have
			}
		}
		if strings.TrimSpace(rest) != "" {
			return 0, "", ""
		}
	}
	return 0, "", ""
}

// countLead is a count at the begin of a line: "80 x".
var countLead = newPattern(`(?i)^[\s>*•-]*\d{1,3}\s?(?:x|×|pcs|pieces|units|st(?:ü|ue)ck|stk|stuks|pièces|pz|pezzi)[\s.]`)

// fewDigits are the last digits of a number that a mail program broke: no word stands
// behind them that would make them a count.
var fewDigits = newPattern(`^[ >]*(\d{3,8})(?:$|[,.;)])`)

func firstHasDigit(line string) bool {
	h := headGroup.FindString(strings.TrimLeft(line, " >"))
	return hasDigit(h)
}

func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && wordByte(byte(r)) {
			return r
		}
		return -1
	}, s)
}

// known tells a number that stands for itself.
func (s *scanner) known(v string) bool {
	maker, sure := s.strong(v)
	return len(v) >= 8 && (maker >= 0 || sure)
}

// full is how long a line is that a mail program breaks.
const full = 60

// labelAbove tells that the text before a line ends in a serial label.
func labelAbove(lines []string, n int) bool {
	for n--; n >= 0; n-- {
		if line := strings.TrimSpace(lines[n]); line != "" {
			return strings.HasSuffix(line, ":") && serialLabel.in(line)
		}
	}
	return false
}

// whole tells that a number that was put together is one: it has a form that
// stands alone, or a label stands before it and something says that the number
// goes on: the line was full, or had only the number's begin.
func (s *scanner) whole(label, v string, goesOn bool) bool {
	if len(v) < 8 || len(v) > 24 {
		return false
	}
	if s.known(v) && (mixed(v) || label == "serial") || len(v) == 12 && label != "" && label != "other" && s.cat.maker(v) >= 0 && hexOnly(v) == v {
		return true
	}
	return goesOn && label == "serial" && s.formOf(v) >= 0
}
