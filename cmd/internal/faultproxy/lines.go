package faultproxy

import (
	"bufio"
	"io"
	"strings"
)

// up carries what the client says.
func (l *link) up(r *bufio.Reader) {
	var talk func(line string) bool
	if l.p.dialect == IMAP {
		talk = (&imapTalk{link: l, from: r}).line
	} else {
		talk = (&smtpTalk{link: l}).line
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil || !talk(line) {
			return
		}
	}
}

// down carries what the server says, and loses the answer that is to be lost.
func (l *link) down(r *bufio.Reader) {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if l.loses(line) {
			return
		}
		if l.toClient([]byte(line)) != nil {
			return
		}
		if n, _, ok := literal(strings.TrimRight(line, "\r\n")); ok && l.p.dialect == IMAP {
			if !l.carry(r, n, l.toClient) {
				return
			}
		}
	}
}

// loses says whether the connection is to end with this line.
func (l *link) loses(line string) bool {
	l.mu.Lock()
	a, tag := l.losing, l.tag
	l.mu.Unlock()
	line = strings.TrimRight(line, "\r\n")
	last := l.p.dialect == IMAP && strings.HasPrefix(line, tag+" ") || l.p.dialect == SMTP && (len(line) < 4 || line[3] == ' ')
	if a == nil || !last {
		return false
	}
	if a.Lost != nil {
		a.Lost(line)
	}
	return true
}

// carry passes n bytes on in portions, so that a slow connection is slow all the
// time.
func (l *link) carry(r io.Reader, n int64, pass func([]byte) error) bool {
	portion := make([]byte, 4096)
	for n > 0 {
		b := portion[:min(n, int64(len(portion)))]
		if _, err := io.ReadFull(r, b); err != nil || pass(b) != nil {
			return false
		}
		n -= int64(len(b))
	}
	return true
}

// decide asks the filter. It says whether the command is passed on, and whether
// the connection goes on.
func (l *link) decide(c Command) (a Action, pass, goOn bool) {
	a = l.p.filter(c)
	if a.Challenge != "" {
		l.say(a.Challenge, c.Tag)
		return a, false, true
	}
	if a.Answer != "" {
		l.say(a.Answer, c.Tag)
	}
	if a.Lose {
		l.mu.Lock()
		l.losing, l.tag = &a, c.Tag
		l.mu.Unlock()
	}
	return a, a.Answer == "", !a.Hang
}

// imapTalk is the client's half of an IMAP connection.
type imapTalk struct {
	*link
	from   *bufio.Reader
	owed   Command // a challenge was said, and this is answered when the client has
	answer string
	inside bool // the command goes on after a literal
}

// imapVerbs are the commands of RFC 3501 and of the extensions that a client of
// a mailbox uses. Other lines go on with a command: DONE, a response of SASL.
var imapVerbs = map[string]bool{
	"CAPABILITY": true, "NOOP": true, "LOGOUT": true, "STARTTLS": true, "AUTHENTICATE": true, "LOGIN": true, "ENABLE": true, "ID": true,
	"SELECT": true, "EXAMINE": true, "CREATE": true, "DELETE": true, "RENAME": true, "SUBSCRIBE": true, "UNSUBSCRIBE": true, "LIST": true, "LSUB": true,
	"NAMESPACE": true, "STATUS": true, "APPEND": true, "IDLE": true, "CHECK": true, "CLOSE": true, "UNSELECT": true, "EXPUNGE": true,
	"SEARCH": true, "FETCH": true, "STORE": true, "COPY": true, "MOVE": true, "UID": true,
}

func (t *imapTalk) command(line string) (Command, bool) {
	words := strings.Fields(line)
	if t.inside || len(words) < 2 {
		return Command{}, false
	}
	verb := strings.ToUpper(words[1])
	if !imapVerbs[verb] {
		return Command{}, false
	}
	if verb == "UID" && len(words) > 2 {
		verb += " " + strings.ToUpper(words[2])
	}
	return Command{Tag: words[0], Verb: verb, Line: line}, true
}

func (t *imapTalk) line(raw string) bool {
	if t.answer != "" {
		t.say(t.answer, t.owed.Tag)
		t.answer = ""
		return true
	}
	line, pass := strings.TrimRight(raw, "\r\n"), true
	if c, ok := t.command(line); ok {
		a, passed, goOn := t.decide(c)
		if !goOn {
			return false
		}
		pass = passed
		if a.Challenge != "" {
			t.owed, t.answer = c, a.Answer
		}
		if a.Pass != "" {
			raw = a.Pass + "\r\n"
		}
	}
	n, waits, has := literal(line)
	if !pass && (!has || waits) {
		return true // where the client waits to be asked for a literal it sends none
	}
	if !pass {
		_, err := io.CopyN(io.Discard, t.from, n)
		_, err2 := t.from.ReadString('\n')
		return err == nil && err2 == nil
	}
	t.inside = has
	if t.toServer([]byte(raw)) != nil {
		return false
	}
	return !has || t.carry(t.from, n, t.toServer)
}

// smtpTalk is the client's half of an SMTP connection.
type smtpTalk struct {
	*link
	inData bool
}

func (t *smtpTalk) line(raw string) bool {
	line := strings.TrimRight(raw, "\r\n")
	var c Command
	switch {
	case t.inData && line != ".":
		return t.toServer([]byte(raw)) == nil
	case t.inData:
		c = Command{Verb: Dot, Line: line}
	default:
		verb, _, _ := strings.Cut(line, " ")
		c = Command{Verb: strings.ToUpper(verb), Line: line}
	}
	a, pass, goOn := t.decide(c)
	if !goOn {
		return false
	}
	if !pass && c.Verb == Dot {
		return false // the server must not take what the client was told is not taken
	}
	t.inData = pass && c.Verb == "DATA"
	if !pass {
		return true
	}
	if a.Pass != "" {
		raw = a.Pass + "\r\n"
	}
	return t.toServer([]byte(raw)) == nil
}
