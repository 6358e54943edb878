package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/rules"
	"retour/templates"
)

// writer turns the notices of one mail into the data of its texts.
type writer struct {
	*Composer
	lang     string
	trusted  bool // what the customer wrote may be repeated
	now      time.Time
	question int             // number of the last question in this mail
	linked   map[string]bool // links of questions that stand in this mail already
}

func (w *writer) mail(to rules.Party, told []Told, thr Thread) templates.Mail {
	m := templates.Mail{Language: w.lang, Desk: templates.Desk{
		Name: w.desk.Name, Company: w.desk.Company, Phone: w.desk.Phone, Website: w.desk.Website,
		ReturnAddress: w.desk.ReturnAddress, SupportLink: w.desk.SupportLink}}
	if w.trusted {
		m.Name, m.Subject = greetingName(to.Name), echo(thr.Subject)
	}
	w.linked = map[string]bool{}
	for _, t := range told {
		m.Sections = append(m.Sections, w.section(t))
	}
	return m
}

func (w *writer) section(t Told) templates.Section {
	c := t.Case
	s := templates.Section{
		Key: string(t.Notice.Kind), Number: c.Number,
		State: string(c.State), Closing: string(c.Closing), Reason: string(c.Reason),
		Text: t.Notice.Text, Tracking: t.Notice.Tracking, Quote: w.amount(c.Quote),
		Date: w.day(t.Notice.Date), Accepted: w.local(c.AcceptedAt), Promised: w.promised(c),
		Until: w.until(t), Storage: w.storage(), Fee: w.fee(c.Reason), FeeLeast: w.feeLeast(c.Reason), Slip: slipFile(t),
	}
	w.terms(&s, t)
	for _, it := range c.Items {
		if leaves := leaving(t.Notice.Kind); leaves == nil || slices.Contains(leaves, it.Resolution) {
			s.Items = append(s.Items, w.item(it, status(t.Notice.Kind, c, it)))
		}
	}
	s.Partial = leaving(t.Notice.Kind) != nil && c.State != rules.Closed
	s.Over = c.State == rules.Uncollected && c.Late
	s.Wait, s.Complete = mustWait(c), len(c.Missing) == 0
	if t.Notice.Kind == rules.NoticeAcknowledged && !w.trusted {
		s.Reason = ""
	}
	if t.Notice.Kind == rules.NoticeReceived {
		s.Absent = w.absent(c)
	}
	if t.Notice.Kind == rules.NoticeReferral && t.Notice.To == "" {
		s.Manufacturer, s.Link = w.referral(c, t.Notice.Link)
	}
	for _, m := range t.Notice.Missing {
		s.Questions = append(s.Questions, w.ask(c, m))
	}
	return s
}

// terms are the money, the people and the parcel that a notice speaks of.
func (w *writer) terms(s *templates.Section, t Told) {
	n, c := t.Notice, t.Case
	s.Services, s.ReferTo, s.Party, s.Contact = n.Services, string(n.To), n.Party, n.Contact
	s.Into, s.Label, s.Lacking = n.Into, n.Label, n.Lacking
	s.Credit, s.Charge = w.money(n.Amount), ""
	if n.Fee.Cents > 0 {
		s.Charge = w.money(n.Fee)
	}
	if vat := w.policy.Quotes.VAT; vat != rules.VATNone {
		s.VAT = string(vat)
	}
	for _, it := range c.Items {
		if slices.Contains(n.Extra, it.Position) {
			s.Extra = append(s.Extra, w.item(it, ""))
		}
	}
}

// amount writes a stored amount as the language does.
func (w *writer) amount(stored string) string {
	m, err := rules.ParseMoney(stored)
	if err != nil {
		return stored
	}
	return w.money(m)
}

// money writes 1.234,50 EUR, in English 1,234.50 EUR, in French 1 234,50 EUR.
func (w *writer) money(m rules.Money) string {
	if m.Currency == "" {
		return ""
	}
	thousands, point := ".", ","
	switch w.lang {
	case "en":
		thousands, point = ",", "."
	case "fr":
		thousands = "\u202f"
	}
	whole := strconv.FormatInt(m.Cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + thousands + whole[i:]
	}
	cents := strconv.FormatInt(100+m.Cents%100, 10)[1:]
	return whole + point + cents + "\u00a0" + m.Currency
}

// day is the date of a notice: today, or the day that staff named.
func (w *writer) day(named time.Time) time.Time {
	if named.IsZero() {
		return w.local(w.now)
	}
	y, m, d := named.Date()
	return time.Date(y, m, d, 12, 0, 0, 0, w.desk.TimeZone)
}

func (w *writer) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(w.desk.TimeZone)
}

// item describes a unit. The manufacturer's name is the catalogue's own word
// and may be told to anybody.
func (w *writer) item(it rules.Item, status string) templates.Item {
	m, _ := w.policy.Manufacturer(it.Manufacturer)
	out := templates.Item{Position: it.Position, Name: m.Name, Status: status, WarrantyTo: it.WarrantyTo}
	if w.trusted {
		out.Name, out.Serial, out.MAC = productName(m.Name, it.Model), it.Serial, macText(it.MAC)
	}
	return out
}

// productName puts the manufacturer before the model unless it stands there.
func productName(manufacturer, model string) string {
	if strings.HasPrefix(strings.ToLower(model), strings.ToLower(manufacturer)) {
		return model
	}
	return strings.TrimSpace(manufacturer + " " + model)
}

// macText writes a MAC as labels do: 00:0B:82:12:34:56.
func macText(mac string) string {
	if len(mac) != 12 {
		return mac
	}
	var pairs []string
	for i := 0; i < len(mac); i += 2 {
		pairs = append(pairs, mac[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// referral says who handles a return, and where. Only the manufacturer's own
// link, or none, names the manufacturer: staff may have sent the customer to a
// distributor.
func (w *writer) referral(c rules.Case, link string) (manufacturer, where string) {
	m, ok := w.onlyManufacturer(c)
	switch {
	case ok && (link == "" || link == m.Link):
		return m.Name, m.Link
	default:
		return "", link
	}
}

// leaving returns the resolutions of the units that a notice says have left;
// nil for a notice that says nothing of the kind.
func leaving(kind rules.NoticeKind) []rules.Resolution {
	switch kind {
	case rules.NoticeShipped:
		return []rules.Resolution{rules.Repaired, rules.Replaced, rules.ReturnedAsIs}
	case rules.NoticeCredited:
		return []rules.Resolution{rules.Credited}
	case rules.NoticeReturned:
		return []rules.Resolution{rules.ReturnedAsIs}
	case rules.NoticeClosedCollected:
		return []rules.Resolution{rules.Collected}
	case rules.NoticeClosedDisposed:
		return []rules.Resolution{rules.Disposed}
	}
	return nil
}

// mustWait says whether the customer must be told not to send the goods yet:
// nothing is approved, and nothing is here.
func mustWait(c rules.Case) bool {
	for _, it := range c.Items {
		if it.Received {
			return false
		}
	}
	state := c.State
	if state == rules.InfoNeeded {
		state = c.AskedFrom
	}
	return state == "" || state == rules.New || state == rules.InCharge
}

// status returns the label of an item that a notice is about, as a key of
// words.txt; empty where the notice says nothing of single items.
func status(kind rules.NoticeKind, c rules.Case, it rules.Item) string {
	switch kind {
	case rules.NoticeValidated, rules.NoticeRefused:
		return label("verdict.", it.Verdict)
	case rules.NoticeReceived:
		return receipt(c, it)
	case rules.NoticeQuote, rules.NoticeQuoteReminder, rules.NoticeInProcess, rules.NoticeUncollected, rules.NoticeCollectReminder:
		return label("outcome.", it.Outcome)
	case rules.NoticeShipped, rules.NoticeCredited, rules.NoticeReturned, rules.NoticeClosedCollected, rules.NoticeClosedDisposed:
		return label("resolution.", it.Resolution)
	case rules.NoticeStatus:
		return firstOf(label("resolution.", it.Resolution), label("outcome.", it.Outcome), label("verdict.", it.Verdict))
	}
	return ""
}

func label[T ~string](prefix string, value T) string {
	if value == "" {
		return ""
	}
	return prefix + string(value)
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// receipt labels the items of a partial receipt; a whole one needs no labels.
func receipt(c rules.Case, it rules.Item) string {
	switch {
	case !partial(c):
		return ""
	case it.Received:
		return "receipt.here"
	}
	return "receipt.absent"
}

func partial(c rules.Case) bool {
	here := 0
	for _, it := range c.Items {
		if it.Received {
			here++
		}
	}
	return here > 0 && here < len(c.Items)
}

func (w *writer) absent(c rules.Case) []templates.Item {
	if !partial(c) {
		return nil
	}
	var absent []templates.Item
	for _, it := range c.Items {
		if !it.Received {
			absent = append(absent, w.item(it, ""))
		}
	}
	return absent
}

// onlyManufacturer returns the manufacturer that all items of a case have.
func (w *writer) onlyManufacturer(c rules.Case) (rules.Manufacturer, bool) {
	if len(c.Items) == 0 {
		return rules.Manufacturer{}, false
	}
	for _, it := range c.Items[1:] {
		if it.Manufacturer != c.Items[0].Manufacturer {
			return rules.Manufacturer{}, false
		}
	}
	return w.policy.Manufacturer(c.Items[0].Manufacturer)
}

// ask makes the next question. A link is given with the first question that
// needs it.
func (w *writer) ask(c rules.Case, missing rules.Missing) templates.Question {
	w.question++
	q := templates.Question{No: w.question, Fact: string(missing.Fact)}
	m, _ := w.onlyManufacturer(c)
	for _, it := range c.Items {
		if it.Position != missing.Item {
			continue
		}
		m, _ = w.policy.Manufacturer(it.Manufacturer)
		if named := w.item(it, ""); named.Known() || len(c.Items) > 1 {
			q.Item = &named
			if missing.Fact == rules.FactNumber && named.Serial != "" {
				q.Meant = it.Meant
			}
		}
	}
	q.Manufacturer = m.Name
	if missing.Fact == rules.FactVendorTicket && w.trusted {
		q.Given = given(c, missing.Item)
	}
	link := ""
	switch missing.Fact {
	case rules.FactVendorTicket:
		link = m.Link
	case rules.FactSupportTicket:
		link = w.desk.SupportLink
	}
	if !w.linked[link] {
		q.Link, w.linked[link] = link, true
	}
	return q
}

// given are the ticket numbers that a question is about: they were given, and
// are asked for all the same.
func given(c rules.Case, position int) string {
	tickets := slices.Clone(c.References.VendorTicket)
	for _, it := range c.Items {
		if it.Position == position && it.VendorTicket != "" {
			tickets = append(tickets, it.VendorTicket)
		}
	}
	return strings.Join(slices.Compact(tickets), ", ")
}

// promised returns the day on which the goods are expected back: the one that
// staff named, else the end of the time that the policy gives to the work.
func (w *writer) promised(c rules.Case) time.Time {
	if c.State == rules.InProcess && c.Promised.IsZero() {
		return w.ahead(w.policy.End(c))
	}
	return w.local(c.Promised)
}

// until returns the last day of what a notice asks for or promises; zero
// where there is none.
func (w *writer) until(t Told) time.Time {
	switch c := t.Case; t.Notice.Kind {
	case rules.NoticeInCharge, rules.NoticeCompleted:
		if c.State == rules.InCharge {
			return w.ahead(c.Deadline)
		}
	case rules.NoticeQuestion, rules.NoticeQuestionReminder, rules.NoticeValidated, rules.NoticeGoodsReminder,
		rules.NoticeQuote, rules.NoticeQuoteReminder, rules.NoticeUncollected, rules.NoticeCollectReminder, rules.NoticeStatus, rules.NoticeParcelRefused:
		return w.customerUntil(c)
	}
	return time.Time{}
}

// customerUntil returns the last day that the customer has in a state.
func (w *writer) customerUntil(c rules.Case) time.Time {
	switch c.State {
	case rules.InfoNeeded, rules.Validated:
		return w.lastFullDay(w.policy.End(c))
	case rules.Quoted, rules.Uncollected: // which last to the end of their last day
		return w.ahead(w.policy.End(c))
	}
	return time.Time{}
}

// ahead drops a date that has passed: nobody is told to act yesterday.
func (w *writer) ahead(t time.Time) time.Time {
	if t.IsZero() || t.Before(w.now) {
		return time.Time{}
	}
	return w.local(t)
}

// lastFullDay returns the last day that ends before the clock closes a case:
// "by 20 December" must hold until midnight.
func (w *writer) lastFullDay(end time.Time) time.Time {
	if end.IsZero() {
		return end
	}
	y, m, d := w.local(end).Date()
	return w.ahead(time.Date(y, m, d, 0, 0, 0, 0, w.desk.TimeZone).Add(-time.Second))
}

func (w *writer) storage() int {
	if s := w.policy.Clocks.Storage; s.Unit == rules.Days {
		return s.N
	}
	return 0
}

// feeLeast writes the least that the restocking fee is.
func (w *writer) feeLeast(reason rules.Reason) string {
	least := w.policy.Reasons.Of(reason).Fee.Least()
	if least.Cents == 0 {
		return ""
	}
	return w.money(least)
}

// fee writes the restocking fee as the language writes percentages.
func (w *writer) fee(reason rules.Reason) string {
	percent := w.policy.Reasons.Of(reason).Fee.Percent
	if percent == 0 {
		return ""
	}
	n := strconv.FormatFloat(percent, 'f', -1, 64)
	if w.lang != "en" {
		n = strings.Replace(n, ".", ",", 1)
	}
	if w.lang == "fr" || w.lang == "de" {
		return n + "\u00a0%"
	}
	return n + "%"
}
