package notify

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/rules"
	"retour/templates"
)

// slipNotices are the notices that ask for the goods: the return slip goes with
// them.
func slipNotices() []rules.NoticeKind {
	return []rules.NoticeKind{rules.NoticeValidated, rules.NoticeGoodsReminder}
}

// slipFile names the file of the return slip that goes with a notice; empty
// where none does: the goods are here already, or not asked for.
func slipFile(t Told) string {
	if t.Case.State != rules.Validated || !slices.Contains(slipNotices(), t.Notice.Kind) {
		return ""
	}
	return t.Case.Number + ".pdf"
}

// slips makes the return slips that go with a mail, one for each case.
func (c *Composer) slips(to rules.Party, lang string, told []Told) ([]Attachment, error) {
	var files []Attachment
	for _, t := range told {
		name := slipFile(t)
		if name == "" || slices.ContainsFunc(files, func(f Attachment) bool { return f.Name == name }) {
			continue
		}
		slip, err := c.Slip(to, lang, t.Case)
		if err != nil {
			return nil, err
		}
		files = append(files, slip)
	}
	return files, nil
}

// Slip makes the return slip of a case: one A4 page, as PDF. The upper half is
// for the outside of the parcel, the lower half is the delivery note. The same
// case gives the same bytes. To a party that is neither proven nor known nothing
// is repeated that came from outside.
func (c *Composer) Slip(to rules.Party, lang string, k rules.Case) (Attachment, error) {
	if !slices.Contains(templates.Languages(), lang) {
		lang = c.desk.Language
	}
	w := &writer{Composer: c, lang: lang, trusted: trusted(to), now: slipDate(k)}
	s, err := w.slip(to, k)
	if err != nil {
		return Attachment{}, fmt.Errorf("write the return slip of %s: %w", k.Number, err)
	}
	data, err := s.draw()
	if err != nil {
		return Attachment{}, fmt.Errorf("draw the return slip of %s: %w", k.Number, err)
	}
	return Attachment{Name: k.Number + ".pdf", MediaType: "application/pdf", Data: data}, nil
}

// slipDate is when the slip was made, as far as its file says: never the clock's
// time, or no two would be alike.
func slipDate(k rules.Case) time.Time {
	for _, t := range []time.Time{k.AcceptedAt, k.StateAt, k.OpenedAt} {
		if !t.IsZero() {
			return t.UTC()
		}
	}
	return time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
}

// slip is what stands on a return slip. The fonts can draw all of it.
type slip struct {
	lang, number, author    string
	made                    time.Time
	accepted, until, reason string
	to                      []string // lines of the warehouse's address
	customer, address       string
	items                   []slipItem
	ticks                   []string // accessories to be ticked
	advice                  []templates.Line
	contact                 string
	rest                    func(n int) (string, error) // what is written instead of the last n units
	word                    map[string]string           // labels of words.txt, without "slip."
}

type slipItem struct{ position, maker, model, serial string }

// slipWords are the labels of a slip; those without a dot stand under "slip.".
var slipWords = []string{"title", "fix", "to", "from", "number", "accepted", "until", "contents", "cut", "note", "enclose", "customer", "packed",
	"accessories", "power", "battery", "peripherals", "packaging", "complete", "other",
	"col.no", "col.manufacturer", "col.model", "col.serial", "label.reason", "unit"}

func (w *writer) slip(to rules.Party, k rules.Case) (*slip, error) {
	s := &slip{lang: w.lang, number: k.Number, author: w.desk.Company, made: w.now, word: map[string]string{}}
	var faults []error
	say := func(key string, data ...any) string {
		text, err := w.set.Word(w.lang, key, data...)
		faults = append(faults, err)
		return w.letters.legible(text)
	}
	for _, key := range slipWords {
		long := key
		if !strings.Contains(key, ".") && key != "unit" {
			long = "slip." + key
		}
		s.word[key] = say(long)
	}
	s.word["units"] = say("slip.units", len(k.Items))
	s.rest = func(n int) (string, error) {
		text, err := w.set.Word(w.lang, "slip.more", templates.Rest{Count: n, Date: w.local(k.AcceptedAt)})
		return w.letters.legible(text), err
	}
	if k.Reason != "" && w.trusted {
		s.reason = say("reason." + string(k.Reason))
	}
	w.slipParties(s, to)
	w.slipItems(s, k)
	faults = append(faults, w.slipTexts(s, k))
	return s, errors.Join(faults...)
}

func (w *writer) slipParties(s *slip, to rules.Party) {
	for _, l := range w.desk.ReturnAddress {
		s.to = append(s.to, w.letters.legible(l))
	}
	s.address = w.letters.legible(to.Address)
	if w.trusted {
		s.customer = w.letters.legible(headerText(to.Name, maxName))
	}
	var contact []string
	for _, part := range []string{w.desk.Company, w.desk.Phone, w.desk.Address, w.desk.Website} {
		if part != "" {
			contact = append(contact, w.letters.legible(part))
		}
	}
	s.contact = strings.Join(contact, "   |   ")
}

func (w *writer) slipItems(s *slip, k rules.Case) {
	for _, it := range k.Items {
		m, _ := w.policy.Manufacturer(it.Manufacturer)
		row := slipItem{position: strconv.Itoa(it.Position), maker: w.letters.legible(m.Name)}
		if w.trusted {
			row.model = w.letters.legible(it.Model)
			row.serial = w.letters.legible(cmp.Or(it.Serial, macText(it.MAC)))
		}
		if row == (slipItem{position: row.position}) {
			row.maker = s.word["unit"] + " " + row.position
		}
		s.items = append(s.items, row)
	}
	s.ticks = []string{s.word["power"], s.word["battery"], s.word["peripherals"]}
	if k.Reason == rules.OrderError || k.Reason == rules.DeliveryError {
		s.ticks = []string{s.word["packaging"], s.word["complete"]}
	}
}

// slipTexts writes the dates and the instructions as the mail has them.
func (w *writer) slipTexts(s *slip, k rules.Case) error {
	t := Told{Notice: rules.Notice{Kind: rules.NoticeValidated}, Case: k}
	t.Case.State = rules.Validated // the slip tells the way to the warehouse, wherever the case is by now
	m := w.mail(rules.Party{}, []Told{t}, Thread{})
	s.accepted, s.until = w.slipDay(k.AcceptedAt), w.slipDay(m.Sections[0].Until)
	lines, err := w.set.Slip(m)
	for i := range lines {
		for j, r := range lines[i].Runs {
			lines[i].Runs[j].Text = w.legibleRun(r.Text)
		}
	}
	s.advice = lines
	return err
}

// legibleRun keeps the spaces at the ends, which part a run from its neighbours.
func (w *writer) legibleRun(text string) string {
	body := w.letters.legible(text)
	if strings.HasPrefix(text, " ") {
		body = " " + body
	}
	if strings.HasSuffix(text, " ") && strings.TrimSpace(text) != "" {
		body += " "
	}
	return body
}

func (w *writer) slipDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return w.letters.legible(w.set.Date(w.lang, w.local(t)))
}

// draw makes the file.
func (s *slip) draw() ([]byte, error) {
	p := newPaper()
	p.SetTitle(s.word["title"]+" "+s.number, true)
	p.SetAuthor(s.author, true)
	p.SetCreator("Retour", true)
	p.SetProducer("Retour", true)
	p.SetLang(s.lang)
	p.SetCreationDate(s.made)
	p.SetModificationDate(s.made)
	if err := errors.Join(s.label(p), s.note(p)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// cut is where the page is cut: in the middle, so that each half is an A5 sheet,
// which the clear pouches for parcels take.
const cut = pageHeight / 2

// label draws the half for the outside of the parcel.
func (s *slip) label(p *paper) error {
	p.ink(0)
	p.face(bold, 13)
	p.Text(margin, 18, s.word["title"])
	hint := p.fit(plain, s.word["fix"], 130, 9, 7)
	p.right(margin+textWidth, 18, hint)
	p.line(margin, 21.5, textWidth, 0.8)
	number := p.fit(bold, s.number, textWidth, 62, 20)
	p.Text(margin, 42, number)
	if err := s.codes(p); err != nil {
		return err
	}
	s.destination(p)
	s.sender(p)
	return nil
}

// codes draws the number for machines: Code 128 for the scanners of the
// warehouse, QR for telephones.
func (s *slip) codes(p *paper) error {
	const top, height, square = 52.0, 31.0, 28.0
	width, err := p.code128(s.number, margin, top, 120, height, 0.6)
	if err != nil {
		return fmt.Errorf("code 128: %w", err)
	}
	p.face(mono, 11)
	p.middle(margin+width/2, top+height+5, s.number)
	if err := p.qr(s.number, margin+textWidth-square, top, square); err != nil {
		return fmt.Errorf("qr: %w", err)
	}
	return nil
}

// destination draws the warehouse's address as large as its box allows.
func (s *slip) destination(p *paper) {
	const top, width, height, pad = 93.0, 108.0, 46.0, 5.0
	p.SetLineWidth(0.6)
	p.Rect(margin, top, width, height, "D")
	p.face(plain, 9)
	p.Text(margin+pad, top+6.5, s.word["to"])
	room := height - 11
	size := 22.0
	first, others := s.addressLines(p, size, width-2*pad)
	for float64(len(first)+len(others))*addressLead(size) > room && size > 8 {
		size -= 0.5
		first, others = s.addressLines(p, size, width-2*pad)
	}
	lead := addressLead(size)
	first = p.clip(first, int(room/lead), width-2*pad)
	others = p.clip(others, int(room/lead)-len(first), width-2*pad)
	for i, l := range append(first, others...) {
		p.face(plain, size)
		if i < len(first) {
			p.face(bold, size)
		}
		p.Text(margin+pad, top+8.5+lead*(float64(i)+0.85), l)
	}
}

func addressLead(size float64) float64 { return size * point * 1.28 }

// addressLines breaks the warehouse's address: its name, and all else.
func (s *slip) addressLines(p *paper, size, width float64) (first, others []string) {
	for i, l := range s.to {
		if i == 0 {
			p.face(bold, size)
			first = p.wrap(l, width)
			p.face(plain, size)
			continue
		}
		others = append(others, p.wrap(l, width)...)
	}
	return first, others
}

// sender draws who sends, and what the warehouse asks first.
func (s *slip) sender(p *paper) {
	const x, width = margin + 115.0, textWidth - 115.0
	p.face(plain, 9)
	p.Text(x, 99.5, s.word["from"])
	y := 105.5
	if s.customer != "" {
		p.face(bold, 12)
		for _, l := range p.clip(p.wrap(s.customer, width), 2, width) {
			p.Text(x, y, l)
			y += 5.3
		}
	}
	p.paragraph(s.address, x, y, width, 9, 2)
	s.fact(p, x, 124, width, s.word["accepted"], s.accepted)
	s.fact(p, x, 134, width, s.word["contents"], s.word["units"])
}

// fact draws a label with its value under it; nothing where there is none.
func (s *slip) fact(p *paper, x, y, width float64, label, value string) {
	if value == "" {
		return
	}
	p.Text(x, y, p.fit(plain, label, width, 8, 6))
	p.Text(x, y+4.8, p.fit(bold, value, width, 11, 7))
}
