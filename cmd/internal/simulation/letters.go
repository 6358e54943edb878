package simulation

import (
	"bytes"
	_ "embed"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"retour/notify"
)

//go:embed letters.yaml
var lettersFile []byte

// letters are the words that customers use, by language.
type letters map[string]phrases

type phrases struct {
	Hello, Bye      []string
	Defective       struct{ Subject, One, Many []string }
	Faults          map[string][]string
	Serial          string
	Ticket          string
	Vendor          string
	OrderError      errand `yaml:"order_error"`
	DeliveryError   errand `yaml:"delivery_error"`
	Answer          []string
	Unused          string
	Shipped         []string
	Accept, Decline []string
	Question        []string
	Wrote           string
	Away, News      struct{ Subject, Text string }
	Other           errand
}

type errand struct{ Subject, Text []string }

func loadLetters() (letters, error) {
	var all letters
	d := yaml.NewDecoder(bytes.NewReader(lettersFile))
	d.KnownFields(true)
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("read what customers write: %w", err)
	}
	return all, nil
}

// letter is a mail before it is written down.
type letter struct {
	from    *customer
	subject string
	text    string
	answers *notify.Mail // the desk's mail that is answered
	header  []string     // more header fields
	unsaid  bool         // without greeting and name
}

// say fills the {name}s of a phrase: pairs of name and value.
func say(phrase string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(phrase)
}

// write makes the bytes of a mail, as a server hands them over: signed by its
// sender's domain.
func (l *life) write(m letter) []byte {
	l.seq++
	now := l.Clock.Now().In(l.zone)
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	field("Authentication-Results", fmt.Sprintf("%s; dkim=pass header.d=%s; spf=pass smtp.mailfrom=%s; dmarc=pass header.from=%s", l.AuthServ, m.from.domain, m.from.address, m.from.domain))
	field("From", mime.QEncoding.Encode("utf-8", m.from.person)+" <"+m.from.address+">")
	field("To", l.Address)
	field("Subject", mime.QEncoding.Encode("utf-8", m.subject))
	field("Date", now.Format(time.RFC1123Z))
	field("Message-ID", fmt.Sprintf("<%d.%d@%s>", l.seq, now.Unix(), m.from.domain))
	if m.answers != nil {
		field("In-Reply-To", "<"+m.answers.MessageID+">")
		field("References", "<"+strings.Join(append(append([]string{}, m.answers.References...), m.answers.MessageID), "> <")+">")
	}
	for _, h := range m.header {
		b.WriteString(h + "\r\n")
	}
	field("MIME-Version", "1.0")
	field("Content-Type", `text/plain; charset="utf-8"`)
	field("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	_, _ = q.Write([]byte(strings.ReplaceAll(l.body(m), "\n", "\r\n"))) // a buffer takes everything
	_ = q.Close()
	return b.Bytes()
}

func (l *life) body(m letter) string {
	p := l.letters[m.from.language]
	text := m.text
	if !m.unsaid {
		text = pick(l, p.Hello) + "\n\n" + text + "\n\n" + pick(l, p.Bye) + "\n" + m.from.person + "\n" + m.from.name + "\n"
	}
	if m.answers == nil || l.chance(0.3) {
		return text
	}
	quoted := "> " + strings.ReplaceAll(strings.TrimSpace(m.answers.Text), "\n", "\n> ")
	return text + "\n" + say(p.Wrote, "date", m.answers.Date.Format("02.01.2006 15:04"), "who", m.answers.FromName) + "\n" + quoted + "\n"
}
