// Package bench measures the desk against a floor: what the mail servers, the
// disk and nothing else would take for the same mails. It makes the mails,
// fills the mailbox, runs the floor, and relays connections to see when what
// went over them. It looks at the desk from outside only.
package bench

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// Profile says what mails are made.
type Profile struct {
	Name   string `json:"name"`
	Mails  int    `json:"mails"`
	Photos bool   `json:"photos"` // each mail has a photo and a PDF, about 5 MB
	Films  bool   `json:"films"`  // each mail has a film, about 5 MB; else all have 2 to 5 KB of text
}

// Desk is the address that the mails are written to; AuthServ is the server
// that vouches for their senders.
const (
	Desk     = "rma@retour.example"
	AuthServ = "mx.retour.example"
)

// Writer makes mails from a seed: the same seed and number make the same mail.
type Writer struct {
	seed  uint64
	begin time.Time // the mails' dates count from it
	files []file    // of big mails; nil: there are none
	kinds int       // of files: one of each in a mail
}

// file is an attachment.
type file struct {
	name, mediaType string
	data            []byte
}

// NewWriter makes a writer for a profile.
func NewWriter(p Profile, seed uint64, begin time.Time) (*Writer, error) {
	w := &Writer{seed: seed, begin: begin}
	var err error
	switch {
	case p.Films:
		w.kinds, w.files = 1, films(seed)
	case p.Photos:
		w.kinds = 2
		w.files, err = attachments(seed)
	}
	return w, err
}

// language is what a customer of a language writes.
type language struct {
	subject, hello, fault, serial, ticket, invoice, bye, note string
}

var languages = []language{
	{"Defective %s", "Hello,", "one of our customers has a Yealink %s that does not start any more. The display stays dark, also with another power supply and on another switch port.", "Serial number: %s", "Ticket of your support: %s", "Invoice: %s", "Best regards",
		"This message and its attachments are meant for the addressee alone. If you are not the addressee, please tell us and delete it. We take no responsibility for damage that is caused by malicious software."},
	{"%s en panne", "Bonjour,", "un Yealink %s est en panne chez notre client. Il ne démarre plus, l'écran reste noir, même avec une autre alimentation et sur un autre port du commutateur.", "Numéro de série : %s", "Numéro de ticket de votre support : %s", "Facture : %s", "Cordialement",
		"Ce message et ses pièces jointes sont destinés au seul destinataire. Si vous l'avez reçu par erreur, merci de nous en avertir et de le supprimer. Nous déclinons toute responsabilité en cas de logiciel malveillant."},
	{"%s defect", "Goedemiddag,", "bij een klant van ons is een Yealink %s defect. Het toestel start niet meer op, het scherm blijft zwart, ook met een andere voeding en op een andere poort van de switch.", "Serienummer: %s", "Ticketnummer van uw support: %s", "Factuur: %s", "Met vriendelijke groet",
		"Dit bericht en de bijlagen zijn alleen bestemd voor de geadresseerde. Hebt u het per vergissing ontvangen, laat het ons dan weten en verwijder het. Wij aanvaarden geen aansprakelijkheid voor schade door kwaadaardige software."},
	{"%s guasto", "Buongiorno,", "un Yealink %s del nostro cliente è guasto. Non si accende più, il display resta nero, anche con un altro alimentatore e su un'altra porta dello switch.", "Numero di serie: %s", "Numero del ticket del vostro supporto: %s", "Fattura: %s", "Cordiali saluti",
		"Questo messaggio e i suoi allegati sono destinati al solo destinatario. Chi lo avesse ricevuto per errore è pregato di avvisarci e di cancellarlo. Non rispondiamo di danni causati da programmi dannosi."},
	{"Defektes Gerät %s", "Guten Tag,", "bei unserem Kunden ist ein Yealink %s ausgefallen. Das Gerät startet nicht mehr, das Display bleibt dunkel, auch mit einem anderen Netzteil und an einem anderen Port des Switches.", "Seriennummer: %s", "Ticketnummer Ihres Supports: %s", "Rechnung: %s", "Mit freundlichen Grüßen",
		"Diese Nachricht und ihre Anhänge sind nur für den Empfänger bestimmt. Wenn Sie sie irrtümlich erhalten haben, sagen Sie uns bitte Bescheid und löschen Sie sie. Für Schäden durch Schadprogramme haften wir nicht."},
}

var models = []string{"T46U", "T54W", "T43U", "T33G", "T58W", "T31G", "T57W"}

// letter is a mail before it is written down.
type letter struct {
	n                         int
	from, person, subject, id string
	text, boundary            string
	date                      time.Time
	html                      bool
	random                    *rand.Rand
}

// Mail makes the n'th mail: a sender of its own wants to return one or two units
// that no other mail names.
func (w *Writer) Mail(n int) []byte {
	r := rand.New(rand.NewPCG(w.seed, uint64(n)))
	l := languages[n%len(languages)]
	model := models[r.IntN(len(models))]
	m := letter{n: n, random: r, person: fmt.Sprintf("Zoë Bauer %d", n), subject: fmt.Sprintf(l.subject, model), html: n%3 == 0,
		from: fmt.Sprintf("service%d@shop%d.example", n, n%997), date: w.begin.Add(time.Duration(n) * time.Second),
		id: fmt.Sprintf("%d.%d@shop%d.example", w.seed, n, n%997), boundary: fmt.Sprintf("part%d", n)}
	m.text = m.write(l, model)
	var files []file
	for kind := range w.kinds {
		files = append(files, w.files[n%(len(w.files)/w.kinds)*w.kinds+kind])
	}
	return m.render(files)
}

func (m *letter) write(l language, model string) string {
	r := m.random
	lines := []string{l.hello, "", fmt.Sprintf(l.fault, model), ""}
	for range 1 + r.IntN(2) {
		lines = append(lines, fmt.Sprintf(l.serial, fmt.Sprintf("31%02d0%02d%09d", r.IntN(90)+10, r.IntN(90)+10, r.IntN(1e9))))
	}
	lines = append(lines, fmt.Sprintf(l.ticket, fmt.Sprintf("SUP-%06d", r.IntN(1e6))), fmt.Sprintf(l.invoice, fmt.Sprintf("FA-2026-%05d", r.IntN(1e5))), "")
	lines = append(lines, l.bye, m.person, fmt.Sprintf("Shop %d, Tel. +32 2 555 %02d %02d", m.n, m.n/100%100, m.n%100), "-- ")
	for range 4 + r.IntN(5) {
		lines = append(lines, l.note)
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

func (m *letter) render(files []file) []byte {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	_, domain, _ := strings.Cut(m.from, "@")
	field("Return-Path", "<"+m.from+">")
	field("Authentication-Results", fmt.Sprintf("%s;\r\n\tdkim=pass header.d=%s; spf=pass smtp.mailfrom=%s;\r\n\tdmarc=pass header.from=%[2]s", AuthServ, domain, m.from))
	field("Received", fmt.Sprintf("from mail.%s (mail.%[1]s [192.0.2.%d])\r\n\tby %s with ESMTPS id %08x;\r\n\t%s", domain, m.n%250, AuthServ, m.random.Uint32(), m.date.Format(time.RFC1123Z)))
	field("From", mime.QEncoding.Encode("utf-8", m.person)+" <"+m.from+">")
	field("To", Desk)
	field("Subject", mime.QEncoding.Encode("utf-8", m.subject))
	field("Date", m.date.Format(time.RFC1123Z))
	field("Message-ID", "<"+m.id+">")
	field("MIME-Version", "1.0")
	if len(files) == 0 {
		m.body(&b)
		return b.Bytes()
	}
	field("Content-Type", fmt.Sprintf("multipart/mixed; boundary=%q", "mixed-"+m.boundary))
	fmt.Fprintf(&b, "\r\n--mixed-%s\r\n", m.boundary)
	m.body(&b)
	for _, f := range files {
		m.attach(&b, f)
	}
	fmt.Fprintf(&b, "\r\n--mixed-%s--\r\n", m.boundary)
	return b.Bytes()
}

// body is the text, and HTML beside it in every third mail.
func (m *letter) body(b *bytes.Buffer) {
	if !m.html {
		m.part(b, "text/plain", m.text)
		return
	}
	fmt.Fprintf(b, "Content-Type: multipart/alternative; boundary=%q\r\n\r\n--%s\r\n", m.boundary, m.boundary)
	m.part(b, "text/plain", m.text)
	fmt.Fprintf(b, "\r\n--%s\r\n", m.boundary)
	m.part(b, "text/html", "<html><body><p>"+strings.ReplaceAll(strings.TrimSpace(m.text), "\r\n", "<br>\r\n")+"</p></body></html>\r\n")
	fmt.Fprintf(b, "\r\n--%s--\r\n", m.boundary)
}

func (m *letter) part(b *bytes.Buffer, mediaType, text string) {
	fmt.Fprintf(b, "Content-Type: %s; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", mediaType)
	q := quotedprintable.NewWriter(b)
	_, _ = q.Write([]byte(text)) // a buffer takes everything
	_ = q.Close()
}

// attach adds a file; some bytes after its end make it another one in each mail.
func (m *letter) attach(b *bytes.Buffer, f file) {
	fmt.Fprintf(b, "\r\n--mixed-%s\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment; filename=%[3]q\r\nContent-Transfer-Encoding: base64\r\n\r\n", m.boundary, f.mediaType, f.name)
	text := base64.StdEncoding.EncodeToString(append(f.data[:len(f.data):len(f.data)], fmt.Sprintf("\n%% %s\n", m.id)...))
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text)
}

// Answer is a mail as long as the desk's own, for the floor to send.
func Answer(to, id string, now time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Date: %s\r\nFrom: Returns desk <%s>\r\nTo: <%s>\r\nSubject: Your return\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n",
		now.Format(time.RFC1123Z), Desk, to, id)
	for b.Len() < answerSize {
		b.WriteString("We have received your request for a return and will look at it within two working days.\r\n")
	}
	return b.Bytes()
}

// answerSize is the length of the desk's acknowledgement of such a mail.
const answerSize = 2600
