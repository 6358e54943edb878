package notify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/mail"
	"slices"
	"strings"
	"time"

	"retour/rules"
	"retour/templates"
)

// DigestOrder says what digest is wanted, and how its readers read.
type DigestOrder struct {
	List     string // name of the list that it is for
	Kind     DigestKind
	Language string         // one of ours; any other: the desk's
	Zone     *time.Location // of the days and hours in it
	Sheet    bool           // with the spreadsheet of the underlying rows
	Read     time.Time      // when the mailbox was last read with success; zero: not known here
	Key      string         // of this digest: the same key gives the same names of its pictures
	Now      time.Time
}

// Digest is a finished digest before it is addressed.
type Digest struct {
	News bool // false: nothing happened and nothing is wrong; it is one line then
	mail Mail
	desk Desk
	mac  []byte
}

// Digest writes a digest of the figures: the verdict first, then what is late,
// what stands out, and all the rest. It counts nothing; it only chooses and words.
func (c *Composer) Digest(o DigestOrder, f rules.Figures) (Digest, error) {
	w := c.digester(o, f)
	page, news := w.page()
	rendered, err := c.set.RenderDigest(page)
	if err = errors.Join(append(w.faults, err)...); err != nil {
		return Digest{}, fmt.Errorf("write the %s digest for %s: %w", o.Kind, o.List, err)
	}
	d := Digest{News: news, desk: c.desk, mac: c.secret, mail: Mail{
		FromName: headerText(c.desk.Name, maxName), FromAddr: c.desk.Address, Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML,
		Date: o.Now.In(w.zone), Language: w.lang, Attachments: w.pictures,
	}}
	d.mail.From = (&mail.Address{Name: d.mail.FromName, Address: d.mail.FromAddr}).String()
	if o.Sheet && news {
		sheet, err := w.sheet()
		if err != nil {
			return Digest{}, fmt.Errorf("make the spreadsheet of the %s digest for %s: %w", o.Kind, o.List, err)
		}
		d.mail.Attachments = append(d.mail.Attachments, sheet)
	}
	return d, nil
}

// For addresses a digest. key is the outbox row's: the same key gives the same
// Message-ID, which answers and delivery reports are known by.
func (d Digest) For(to mail.Address, key string) Mail {
	m := d.mail
	m.To, m.ToName = to.Address, headerText(to.Name, maxName)
	m.MessageID = MessageID(d.mac, DigestNumber, key, d.desk.Domain)
	return m
}

// Page is the HTML of a mail as a page of its own, to be opened in a browser: its
// pictures stand in it.
func (m Mail) Page() string {
	page := m.HTML
	for _, a := range m.Attachments {
		if a.ContentID != "" {
			data := "data:" + a.MediaType + ";base64," + base64.StdEncoding.EncodeToString(a.Data)
			page = strings.ReplaceAll(page, `src="cid:`+a.ContentID+`"`, `src="`+data+`"`)
		}
	}
	return page
}

// DigestNumber stands in the Message-ID of a digest where other mails have the
// number of their case.
const DigestNumber = "DIGEST"

// digester writes one digest.
type digester struct {
	*Composer
	order    DigestOrder
	f        rules.Figures
	lang     string
	n        templates.Notation
	zone     *time.Location
	pictures []Attachment
	faults   []error
}

func (c *Composer) digester(o DigestOrder, f rules.Figures) *digester {
	w := &digester{Composer: c, order: o, f: f, lang: o.Language, zone: o.Zone}
	if !slices.Contains(templates.Languages(), w.lang) {
		w.lang = c.desk.Language
	}
	if w.zone == nil {
		w.zone = c.desk.TimeZone
	}
	w.n = templates.NotationOf(w.lang)
	return w
}

// say writes a text of digest.txt.
func (w *digester) say(key string, s templates.Saying) string {
	text, err := w.set.Say(w.lang, key, s)
	if err != nil {
		w.faults = append(w.faults, err)
	}
	return text
}

func (w *digester) word(key string) string { return w.say(key, templates.Saying{}) }

// name is the word for a thing of the rules, or the thing itself where the texts
// know none.
func (w *digester) name(group, id string) string {
	if key := group + "." + id; w.set.Says(w.lang, key) {
		return w.word(key)
	}
	return id
}

// maker is the name of a manufacturer.
func (w *digester) maker(id string) string {
	if m, ok := w.policy.Manufacturer(id); ok {
		return m.Name
	}
	if id == "" {
		return w.word("maker.unknown")
	}
	return id
}

// model is what a model is called, its maker first.
func (w *digester) model(maker, model string) string {
	if model == "" {
		return w.maker(maker) + " " + w.word("model.unknown")
	}
	if maker == "" {
		return model
	}
	return w.maker(maker) + " " + model
}

// page is the whole digest.
func (w *digester) page() (templates.Digest, bool) {
	stories := w.stories()
	p := templates.Digest{Language: w.lang, Company: w.desk.Company, Title: w.word("title." + string(w.order.Kind)), Span: w.span(),
		Grade: w.grade(), Verdict: w.verdict()}
	p.Subject = w.say("subject", templates.Saying{Name: w.desk.Name, Time: w.span(), Text: w.brief()})
	news := w.isNews() || len(stories) > 0
	if !news {
		p.Verdict = w.quiet()
		return p, false
	}
	p.Tiles = w.tiles()
	add := func(blocks ...templates.DigestBlock) { p.Blocks = append(p.Blocks, blocks...) }
	add(w.lateTop()...)
	add(w.points(stories)...)
	add(w.caseList("undelivered", w.f.Undelivered, w.undeliveredCase, 6)...)
	add(w.flow()...)
	add(w.clocks()...)
	add(w.makers()...)
	add(w.models()...)
	add(w.reasons()...)
	add(w.money()...)
	add(w.caseList("storage", w.f.Storage, w.storageCase, 10)...)
	add(w.lemons()...)
	add(w.lateRest()...)
	add(w.mails()...)
	if len(stories) > 0 {
		p.Footer = append(p.Footer, w.word("how"))
	}
	p.Footer = append(p.Footer, w.say("foot", templates.Saying{Name: w.order.List, Time: w.moment(w.f.At), Text: w.zone.String()}))
	return p, true
}

// isNews says whether anything happened or is wrong.
func (w *digester) isNews() bool {
	m := w.f.Mails
	return len(w.f.Late)+len(w.f.Undelivered)+len(w.f.Storage)+w.f.Flow.In+total(w.f.Flow.Closed)+m.Held+m.Unaccounted+m.Undelivered > 0 || w.deaf() || w.stuck()
}

func total[K comparable](counts map[K]int) int {
	sum := 0
	for _, n := range counts {
		sum += n
	}
	return sum
}

// span is the period in words: its first and its last day.
func (w *digester) span() string {
	return w.n.Span(w.f.Period.From.In(w.zone), w.f.Period.To.Add(-time.Nanosecond).In(w.zone))
}

// moment is a day with its hour.
func (w *digester) moment(t time.Time) string {
	return w.day(t) + " " + t.In(w.zone).Format("15:04")
}

// day is a day in a column: with its year only where that is not the digest's.
func (w *digester) day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return w.n.ShortDay(t.In(w.zone), w.f.At.In(w.zone).Year())
}

// The verdict ------------------------------------------------------------------

// stale is after how long an unread mailbox, or a mail that is not sent, is an
// alarm.
const stale = time.Hour

// current: the figures are of now, or nearly; of a period long past nothing is
// told about how the desk is.
func (w *digester) current() bool { return w.order.Now.Sub(w.f.At) < 4*24*time.Hour }

// deaf: the mailbox was not read for long.
func (w *digester) deaf() bool {
	return w.current() && !w.order.Read.IsZero() && w.order.Now.Sub(w.order.Read) > stale
}

// stuck: a mail of the desk waits for long to be sent.
func (w *digester) stuck() bool {
	oldest := w.f.Health.OldestWaiting
	return w.current() && !oldest.IsZero() && w.order.Now.Sub(oldest) > stale
}

// read says when the mailbox was read; where that is not known, when the last
// mail came.
func (w *digester) read() string {
	at, key := w.order.Read, "verdict.read"
	if at.IsZero() {
		at, key = w.f.Mails.LastRead, "verdict.last"
	}
	if at.IsZero() || !w.current() {
		return ""
	}
	return w.say(key, templates.Saying{Time: w.ago(max(0, w.order.Now.Sub(at)))})
}

func (w *digester) grade() string {
	m := w.f.Mails
	switch {
	case len(w.f.Late)+len(w.f.Undelivered)+m.Unaccounted > 0 || w.deaf():
		return "bad"
	case len(w.f.Storage)+m.Held+m.Undelivered > 0 || w.stuck():
		return "watch"
	}
	return "good"
}

// verdict is the first line: what is wrong, and that nothing else is.
func (w *digester) verdict() string {
	parts := []string{w.count("verdict.late", len(w.f.Late)), w.count("verdict.undelivered", len(w.f.Undelivered))}
	if n := w.f.Mails.Held; n > 0 && w.current() {
		parts = append(parts, w.count("verdict.held", n))
	}
	if text := w.read(); text != "" {
		parts = append(parts, text)
	}
	parts = append(parts, w.count("verdict.unaccounted", w.f.Mails.Unaccounted))
	return templates.Sentence(strings.Join(parts, ", ")) + "."
}

// quiet is all that a digest says when there is no news.
func (w *digester) quiet() string {
	text := w.count("quiet", total(w.f.Flow.Open))
	if read := w.read(); read != "" {
		text += " " + templates.Sentence(read) + "."
	}
	return text
}

// brief is what the subject tells of the verdict.
func (w *digester) brief() string {
	var parts []string
	add := func(key string, n int) {
		if n > 0 {
			parts = append(parts, w.count(key, n))
		}
	}
	add("brief.late", len(w.f.Late))
	add("brief.undelivered", len(w.f.Undelivered))
	add("brief.unaccounted", w.f.Mails.Unaccounted)
	if w.deaf() {
		parts = append(parts, w.word("brief.deaf"))
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case w.isNews():
		return w.word("brief.well")
	}
	return w.word("brief.quiet")
}

func (w *digester) count(key string, n int) string { return w.say(key, templates.Saying{Count: n}) }

// ago is how long something is past: "2 minutes ago".
func (w *digester) ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.word("ago.now")
	case d < 2*time.Hour:
		return w.count("ago.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return w.count("ago.hours", int(d.Hours()))
	}
	return w.count("ago.days", int(d.Hours()/24))
}

// length is a stretch of calendar time: hours up to two days, then whole days.
func (w *digester) length(d time.Duration) string {
	switch {
	case d < time.Hour:
		return w.count("length.minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return w.measure("length.hours", d.Round(time.Hour).Hours())
	}
	return w.measure("length.days", math.Floor(d.Hours()/24))
}

// days is a stretch of calendar time in days, for columns that are compared.
func (w *digester) days(d time.Duration) string { return w.measure("length.days", d.Hours()/24) }

// working is a stretch of working time: hours up to two working days.
func (w *digester) working(d time.Duration) string {
	day := w.policy.WorkingDay()
	if d < 2*day || day == 0 {
		return w.measure("length.hours", d.Hours())
	}
	return w.measure("length.workdays", float64(d)/float64(day))
}

// measure writes a number with a place behind the point and its unit. What is no
// whole number is more than one, but in French below two.
func (w *digester) measure(key string, v float64) string {
	text := w.n.Decimal(v)
	count := int(v)
	if w.n.Int(count) != text && w.lang != "fr" {
		count = 2
	}
	return w.say(key, templates.Saying{Count: count, Text: text})
}

// change is a difference with its sign; nothing where there is none.
func (w *digester) change(now, before int) string {
	switch {
	case now > before:
		return "+" + w.n.Int(now-before)
	case now < before:
		return w.n.Int(now - before)
	}
	return "="
}

func (w *digester) tiles() []templates.Tile {
	tile := func(key string, n int, note string) templates.Tile {
		return templates.Tile{Figure: w.n.Int(n), Label: w.word("tile." + key), Note: note}
	}
	now, before := w.f.Flow, w.f.Before
	return []templates.Tile{
		tile("in", now.In, w.change(now.In, before.In)),
		tile("closed", total(now.Closed), w.change(total(now.Closed), total(before.Closed))),
		tile("open", total(now.Open), w.change(total(now.Open), total(before.Open))),
		tile("late", len(w.f.Late), ""),
	}
}

func heading(text string) templates.DigestBlock { return templates.DigestBlock{Heading: text} }

func note(text string) templates.DigestBlock { return templates.DigestBlock{Note: text} }
