package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"retour/ingest/intake"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
)

// file is what the people around the desk know of one case.
type file struct {
	number   string
	customer *customer
	units    []*unit
	reason   rules.Reason
	product  product
	other    string // delivery error: the model that had been ordered
	order    string
	last     *notify.Mail // of the desk
	planned  int          // version of the case for which the next step is planned
	asked    int          // times that the desk asked
	shipped  bool         // the customer's parcel is on its way
	chased   bool         // he has asked how things stand
	quoted   bool
	worked   map[int]bool // positions that came back from their maker, or were repaired
}

// wish is a request before it is written.
type wish struct {
	customer *customer
	file     *file
	fault    string
	lacks    bool // something is missing in it
}

// draw makes a request with its units.
func (l *life) draw(s *Story) wish {
	f := &file{customer: pick(l, l.people), worked: map[int]bool{}, reason: rules.Defective, order: l.fill("PO-2######")}
	w := wish{customer: f.customer, file: f, fault: "usual", lacks: !l.chance(f.customer.careful)}
	f.product = l.choose()
	if s != nil {
		w.fault = s.Fault
		f.product = products[slices.IndexFunc(products, func(p product) bool { return p.maker == s.Maker && p.model == s.Model })]
	}
	switch at := l.rand.Float64(); {
	case s != nil:
	case at < 0.09:
		f.reason = rules.OrderError
	case at < 0.15:
		f.reason = rules.DeliveryError
		f.other = l.choose().model
	}
	for range l.quantity(f.reason) {
		u := l.newUnit(f.product)
		u.order = f.order
		if s != nil && u.truth != faulty && l.chance(0.7) {
			u.truth = sound // a reset and the next firmware cure it
		}
		f.units = append(f.units, u)
	}
	return w
}

// quantity is how many units come back at once: mostly one.
func (l *life) quantity(r rules.Reason) int {
	if r != rules.Defective || l.chance(0.72) {
		return 1
	}
	if l.chance(0.9) {
		return 2 + l.rand.IntN(3)
	}
	return 5 + l.rand.IntN(14)
}

// request writes the mail that opens a case.
func (l *life) request(w wish) func(context.Context) error {
	return func(ctx context.Context) error {
		f := w.file
		subject, text := l.requestText(w)
		row, err := l.send(ctx, letter{from: f.customer, subject: subject, text: text})
		if err != nil || row.CaseNumber == "" {
			return err
		}
		return l.attendAll(ctx, row, f)
	}
}

// attendAll knows the case, and its siblings, by the file from now on.
func (l *life) attendAll(ctx context.Context, row casebook.LedgerRow, f *file) error {
	f.number = row.CaseNumber
	if _, known := l.files[f.number]; !known {
		l.result.Cases++
		l.files[f.number] = f
	}
	return l.attend(ctx, f.number)
}

func (l *life) requestText(w wish) (subject, text string) {
	f, p := w.file, l.letters[w.customer.language]
	names := []string{"maker", l.brand(f.product.maker), "model", f.product.model, "order", f.order, "other", f.other, "n", fmt.Sprint(len(f.units))}
	fill := func(s string) string { return say(s, slices.Clone(names)...) }
	switch f.reason {
	case rules.OrderError, rules.DeliveryError:
		e := p.OrderError
		if f.reason == rules.DeliveryError {
			e = p.DeliveryError
		}
		text := fill(pick(l, e.Text))
		if l.chance(0.6) {
			text += "\n" + say(p.Serial, "serial", f.units[0].number)
		}
		return fill(pick(l, e.Subject)), text
	}
	lines := p.Defective.One
	if len(f.units) > 1 {
		lines = p.Defective.Many
	}
	names = append(names, "fault", pick(l, p.Faults[w.fault]))
	text = fill(pick(l, lines))
	lacks := ""
	if w.lacks {
		lacks = pick(l, []string{"serial", "ticket", "both"})
	}
	if facts := l.facts(f, lacks); facts != "" {
		text += "\n\n" + facts
	}
	return fill(pick(l, p.Defective.Subject)), text
}

// facts are the numbers of a defective return, but for what is left out.
func (l *life) facts(f *file, lacks string) string {
	p := l.letters[f.customer.language]
	var lines []string
	if lacks != "serial" && lacks != "both" {
		for _, u := range f.units {
			lines = append(lines, say(p.Serial, "serial", u.number))
		}
	}
	if lacks != "ticket" && lacks != "both" {
		label := p.Ticket
		if l.wantsTicket(f.product.maker) {
			label = p.Vendor
		}
		lines = append(lines, say(label, "ticket", f.units[0].tickets, "maker", l.brand(f.product.maker)))
	}
	return strings.Join(lines, "\n")
}

// send gives a mail to the desk's mailbox and files it, as the watcher would.
func (l *life) send(ctx context.Context, m letter) (casebook.LedgerRow, error) {
	raw := l.write(m)
	l.uid++
	l.result.Mails++
	row, err := l.Intake.Seen(ctx, casebook.LedgerRow{Mailbox: mailboxName, UIDValidity: 1, UID: l.uid, Size: int64(len(raw)), InternalDate: l.Clock.Now()})
	if err != nil {
		return row, err
	}
	fate, err := l.Intake.Mail(ctx, intake.Letter{LedgerID: row.ID, Raw: raw})
	if err != nil {
		return row, err
	}
	folder := "Done"
	if fate == casebook.FateHold {
		folder = "Hold"
	}
	if err := l.Intake.Filed(ctx, row.ID, folder); err != nil {
		return row, err
	}
	return l.Book.LedgerRow(ctx, row.ID)
}

// read is a customer who sees a mail of the desk: he answers below it.
func (l *life) read(m notify.Mail) {
	for _, number := range rules.FindNumber(m.Subject) {
		if f := l.files[number]; f != nil {
			f.last = &m
		}
	}
}

// reply writes to the desk below its last mail.
func (l *life) reply(ctx context.Context, f *file, text string) error {
	m := letter{from: f.customer, subject: "Re: " + f.number, text: text, answers: f.last}
	if f.last != nil {
		m.subject = "Re: " + f.last.Subject
	}
	if _, err := l.send(ctx, m); err != nil {
		return err
	}
	return l.attend(ctx, f.number)
}

// answer tells what the desk asked for.
func (l *life) answer(f *file) func(context.Context) error {
	return l.ifStill(f, rules.InfoNeeded, func(ctx context.Context, c rules.Case) error {
		p := l.letters[f.customer.language]
		f.asked++
		lines := []string{pick(l, p.Answer), ""}
		if c.Reason == rules.OrderError {
			lines = append(lines, p.Unused)
		}
		return l.reply(ctx, f, strings.Join(append(lines, l.facts(f, "")), "\n"))
	})
}

// shipUnits is the customer's parcel: he may tell its number, and some days
// later the desk has it.
func (l *life) shipUnits(f *file) func(context.Context) error {
	return l.ifStill(f, rules.Validated, func(ctx context.Context, c rules.Case) error {
		if f.shipped {
			return nil
		}
		f.shipped = true
		l.plan(l.after(8+l.between(10, 0.4)), l.receive(f))
		if !l.chance(0.45) {
			return nil
		}
		return l.reply(ctx, f, say(pick(l, l.letters[f.customer.language].Shipped), "tracking", l.fill("00340434#############")))
	})
}

// rule is what the customer says of a quote.
func (l *life) rule(f *file, accepts bool) func(context.Context) error {
	return l.ifStill(f, rules.Quoted, func(ctx context.Context, c rules.Case) error {
		p := l.letters[f.customer.language]
		if accepts {
			return l.reply(ctx, f, pick(l, p.Accept))
		}
		return l.reply(ctx, f, pick(l, p.Decline))
	})
}

// chase asks how things stand.
func (l *life) chase(f *file) func(context.Context) error {
	return func(ctx context.Context) error {
		c, err := l.Book.Case(ctx, f.number)
		if err != nil || c.State == rules.Closed || f.chased {
			return err
		}
		f.chased = true
		return l.reply(ctx, f, pick(l, l.letters[f.customer.language].Question))
	}
}

// writeNoise is a mail that has nothing to do with returns.
func (l *life) writeNoise(ctx context.Context) error {
	c := pick(l, l.people)
	p := l.letters[c.language]
	m := letter{from: c}
	switch at := l.rand.Float64(); {
	case at < 0.45:
		m.subject, m.text, m.unsaid = p.News.Subject, p.News.Text, true
		m.header = []string{"List-Unsubscribe: <https://news.example/stop>", "Precedence: bulk"}
	case at < 0.92:
		m.subject, m.text, m.header = p.Away.Subject, p.Away.Text, []string{"Auto-Submitted: auto-replied"}
	default:
		m.subject, m.text = pick(l, p.Other.Subject), pick(l, p.Other.Text)
	}
	_, err := l.send(ctx, m)
	return err
}
