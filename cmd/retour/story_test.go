package main

import (
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"retour/cmd/internal/loopback"
	"retour/ingest"
	"retour/rules"
	"retour/rules/casebook"
)

// TestStories runs whole returns, from the first mail to the last, through the
// running desk: testdata/stories has a file for each. What happens stands in its
// part story, what came of it in its part want, which -update writes.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d stories, %v", len(files), err)
	}
	languages := map[string]bool{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := openStory(t, archive)
			s.run(s.part("story"))
			s.end()
			languages[s.language] = true
			s.compare(file)
		})
	}
	if len(languages) < 4 {
		t.Errorf("the stories are told in %d languages, want 4", len(languages))
	}
}

// story is one return at a desk whose clock stands still unless the story moves it.
type story struct {
	*desk
	archive  *txtar.Archive
	zone     *time.Location
	customer mail.Address
	language string
	log      strings.Builder
	mails    int                                     // of the customer's, that have come to the desk
	read     int                                     // of the desk's, that the customer has seen
	shown    int                                     // entries of the history that the log has
	clicks   int                                     // of staff, beside those on buttons
	acted    []func(h casebook.HistoryRow) (ok bool) // what the history must tell, in this order
}

func openStory(t *testing.T, archive *txtar.Archive) *story {
	zone, err := time.LoadLocation("Europe/Brussels")
	if err != nil {
		t.Fatal(err)
	}
	s := &story{archive: archive, zone: zone}
	first, _, _ := strings.Cut(s.text("story"), "\n")
	start, err := time.ParseInLocation("it is "+moment, first, zone)
	if err != nil {
		t.Fatalf("the first line tells the time: %v", err)
	}
	s.desk = openDeskAt(t, func() time.Time { return start })
	return s
}

const moment = "Mon 2006-01-02 15:04"

func (s *story) text(name string) string {
	for _, f := range s.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func (s *story) part(name string) string {
	s.t.Helper()
	text := s.text(name)
	if text == "" {
		s.t.Fatalf("the story has no part %s", name)
	}
	return text
}

// line is a sentence that a story can be told with.
type line struct {
	form *regexp.Regexp
	do   func(s *story, w []string, text string)
}

// staffLine is a sentence about what a person of the desk does, in Slack.
type staffLine struct {
	form  *regexp.Regexp
	event func(w []string, text string) rules.Event
}

func sentence(form string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + form + `)$`) }

func storyLines() []line {
	return []line{
		{sentence(`it is .*`), func(*story, []string, string) {}},
		{sentence(`the customer is (.*), who writes (\w\w)`), (*story).introduce},
		{sentence(`the (register|directory) is (\S+)`), (*story).bring},
		{sentence(`the customer writes: (.*)`), (*story).writes},
		{sentence(`the customer answers`), (*story).answers},
		{sentence(`the mail says: (.*)`), (*story).says},
		{sentence(`the mail has the return slip`), (*story).hasSlip},
		{sentence(`the history keeps: (.*)`), (*story).keeps},
		{sentence(`the clock moves to the deadline`), (*story).toDeadline},
		{sentence(`the clock moves to (.*)`), (*story).toTime},
		{sentence(`(Ann|Ben) (.*)`), (*story).staff},
	}
}

func staffLines() []staffLine {
	return []staffLine{
		{sentence(`takes charge`), func([]string, string) rules.Event { return rules.Event{Kind: rules.EvTakeCharge} }},
		{sentence(`approves`), func([]string, string) rules.Event { return rules.Event{Kind: rules.EvApprove} }},
		{sentence(`approves as (\w+)`), func(w []string, _ string) rules.Event {
			return rules.Event{Kind: rules.EvApprove, Verdicts: map[int]rules.Verdict{1: rules.Verdict(w[1])}}
		}},
		{sentence(`receives the goods`), func([]string, string) rules.Event { return rules.Event{Kind: rules.EvReceive} }},
		{sentence(`tests: (\w+)(?:, ready on (\S+))?`), func(w []string, text string) rules.Event {
			return rules.Event{Kind: rules.EvTest, Outcomes: map[int]rules.TestOutcome{1: rules.TestOutcome(w[1])}, Date: dayOf(w[2]), Text: text}
		}},
		{sentence(`quotes (.*)`), func(w []string, text string) rules.Event {
			return rules.Event{Kind: rules.EvQuote, Amount: w[1], Text: text}
		}},
		{sentence(`ships on (\S+), tracking number (\S+)`), func(w []string, text string) rules.Event {
			return rules.Event{Kind: rules.EvShip, Date: dayOf(w[1]), Tracking: w[2], Text: text}
		}},
		{sentence(`credits (.*)`), func(w []string, text string) rules.Event {
			return rules.Event{Kind: rules.EvCredit, Amount: w[1], Text: text}
		}},
		{sentence(`disposes`), func([]string, string) rules.Event { return rules.Event{Kind: rules.EvDispose} }},
	}
}

func dayOf(s string) time.Time {
	day, _ := time.Parse(time.DateOnly, s) // a wrong one is no date, and the want part tells
	return day
}

// run reads the sentences one by one; indented lines are the text that belongs
// to the sentence above.
func (s *story) run(script string) {
	s.t.Helper()
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for len(lines) > 0 {
		said := strings.TrimSpace(lines[0])
		lines = lines[1:]
		var text []string
		for len(lines) > 0 && (lines[0] == "" || strings.HasPrefix(lines[0], "    ")) {
			text = append(text, strings.TrimPrefix(lines[0], "    "))
			lines = lines[1:]
		}
		s.sentence(said, strings.TrimSpace(strings.Join(text, "\n")))
	}
}

func (s *story) sentence(said, text string) {
	s.t.Helper()
	for _, l := range storyLines() {
		if w := l.form.FindStringSubmatch(said); w != nil {
			l.do(s, w, text)
			return
		}
	}
	s.t.Fatalf("no story is told with %q", said)
}

func (s *story) introduce(w []string, _ string) {
	a, err := mail.ParseAddress(w[1])
	if err != nil {
		s.t.Fatal(err)
	}
	s.customer, s.language = *a, w[2]
}

// bring imports a list beside the running desk.
func (s *story) bring(w []string, _ string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), w[2])
	if err := os.WriteFile(path, []byte(s.part(w[2])), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if out, code := s.command(w[1], "import", path); code != exitOK {
		s.t.Fatalf("%s import: exit code %d\n%s", w[1], code, out)
	}
}

func (s *story) now() time.Time { return s.clock.now().In(s.zone) }

func (s *story) writes(w []string, text string) { s.mail(w[1], text, "") }

// answers answers the desk's last mail as people do: under its subject, above
// its text.
func (s *story) answers(_ []string, text string) {
	s.t.Helper()
	m := s.lastMail()
	quoted := strings.ReplaceAll("\n"+strings.TrimSpace(m.Text), "\n", "\n> ")
	attribution := map[string]string{"de": "Am %s schrieb %s:", "fr": "Le %s, %s a écrit :", "it": "Il %s %s ha scritto:", "nl": "Op %s schreef %s:"}[s.language]
	s.mail("Re: "+m.Subject, text+"\n\n"+fmt.Sprintf(attribution, s.now().Format("02.01.2006 15:04"), demoDesk)+quoted, m.MessageID)
}

func (s *story) mail(subject, text, inReplyTo string) {
	s.t.Helper()
	s.mails++
	var b strings.Builder
	fmt.Fprintf(&b, "From: %s\nTo: %s\nSubject: %s\nDate: %s\nMessage-ID: <%d.story@shop.example>\n", &s.customer, demoDesk,
		mime.QEncoding.Encode("utf-8", subject), s.now().Format(time.RFC1123Z), s.mails)
	if inReplyTo != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\nReferences: <%[1]s>\n", inReplyTo)
	}
	fmt.Fprintf(&b, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", text)
	s.happens("the customer writes: " + subject)
	s.expect(rules.ByCustomer, "")
	s.deliver(s.customer.Address, []byte(strings.ReplaceAll(b.String(), "\n", "\r\n")))
	s.wait()
	s.tellOf()
}

// happens begins a paragraph of the log.
func (s *story) happens(what string) {
	fmt.Fprintf(&s.log, "%s  %s\n", s.now().Format(moment), what)
}

// expect says that the history must tell of something.
func (s *story) expect(by rules.ActorKind, kind rules.EventKind) {
	at := s.clock.now()
	s.acted = append(s.acted, func(h casebook.HistoryRow) bool {
		return h.ActorKind == string(by) && (kind == "" || h.Event == kind) && h.At.Equal(at)
	})
}

func (s *story) onlyCase() rules.Case { return s.desk.onlyCase(s.customer.Address) }

func (s *story) received() []*ingest.Message { return s.desk.received(s.customer.Address) }

func (s *story) lastMail() *ingest.Message {
	s.t.Helper()
	mails := s.received()
	if len(mails) == 0 {
		s.t.Fatal("the customer has got no mail yet")
	}
	return mails[len(mails)-1]
}

// tellOf writes down what the last event brought about: what the history says,
// what the customer got, where the case stands and until when.
func (s *story) tellOf() {
	s.t.Helper()
	c := s.onlyCase()
	history := s.history(c)
	for _, h := range history[s.shown:] {
		fmt.Fprintf(&s.log, "    %s (%s)\n", h.Why, h.Rule)
	}
	s.shown = len(history)
	mails := s.received()
	for _, m := range mails[s.read:] {
		fmt.Fprintf(&s.log, "    mail: %s\n", m.Subject)
		s.t.Logf("%s\n%s\n%s", m.Subject, strings.Repeat("-", len(m.Subject)), m.Text)
		for _, a := range m.Attachments {
			fmt.Fprintf(&s.log, "          with %s\n", a.Name)
		}
	}
	s.read = len(mails)
	fmt.Fprintf(&s.log, "    %s\n", s.standing(c))
}

// standing is where a case stands, in one line.
func (s *story) standing(c rules.Case) string {
	text := string(c.State)
	if c.Closing != "" {
		text += ", " + string(c.Closing)
	}
	if !c.Deadline.IsZero() {
		text += ", until " + c.Deadline.In(s.zone).Format(moment)
	}
	if c.Proposal.Action != "" {
		text += ", proposed: " + string(c.Proposal.Action)
	}
	return text
}

func (s *story) history(c rules.Case) []casebook.HistoryRow {
	s.t.Helper()
	history, err := s.app.book.History(s.ctx, c.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return history
}

// says checks a phrase of the last mail, however its lines are broken.
func (s *story) says(w []string, _ string) {
	s.t.Helper()
	text := strings.Join(strings.Fields(s.lastMail().Text), " ")
	if !strings.Contains(text, w[1]) {
		s.t.Errorf("%s: the mail does not say %q:\n%s", s.now().Format(moment), w[1], s.lastMail().Text)
	}
}

// keeps checks that the history has somebody's own words.
func (s *story) keeps(w []string, _ string) {
	s.t.Helper()
	history := s.history(s.onlyCase())
	if last := history[len(history)-1]; !strings.Contains(last.Text, w[1]) {
		s.t.Errorf("%s: the history keeps %q, not %q", s.now().Format(moment), last.Text, w[1])
	}
}

func (s *story) hasSlip([]string, string) {
	s.t.Helper()
	s.slip(s.onlyCase().Number, s.lastMail())
}

func (s *story) toDeadline([]string, string) {
	s.t.Helper()
	c := s.onlyCase()
	if c.Deadline.IsZero() {
		s.t.Fatal("the case has no deadline")
	}
	s.moveTo(c.Deadline)
}

func (s *story) toTime(w []string, _ string) {
	s.t.Helper()
	at, err := time.ParseInLocation(moment, w[1], s.zone)
	if err != nil {
		s.t.Fatal(err)
	}
	s.moveTo(at)
}

// moveTo sets the clock and waits until the desk has done what is due. A story
// goes from deadline to deadline: it skips none.
func (s *story) moveTo(at time.Time) {
	s.t.Helper()
	if !at.After(s.clock.now()) {
		s.t.Fatalf("the clock stands at %s and cannot go back to %s", s.now().Format(moment), at.In(s.zone).Format(moment))
	}
	due := s.onlyCase().Deadline
	s.later(at.Sub(s.clock.now()))
	if due.IsZero() || due.After(at) {
		return
	}
	s.happens("the clock")
	s.expect(rules.ByClock, rules.EvTick)
	s.until("what is due is done", func() bool {
		numbers, err := s.app.book.Due(s.ctx, s.clock.now())
		return err == nil && len(numbers) == 0
	})
	s.tellOf()
}

func (s *story) staff(w []string, text string) {
	s.t.Helper()
	for _, l := range staffLines() {
		if v := l.form.FindStringSubmatch(w[2]); v != nil {
			s.happens(w[0])
			e := l.event(v, text)
			e.Actor = rules.Actor{Kind: rules.ByStaff, ID: map[string]string{"Ann": loopback.SlackAnn, "Ben": loopback.SlackBen}[w[1]], Name: w[1]}
			s.act(e)
			s.tellOf()
			return
		}
	}
	s.t.Fatalf("staff do nothing that is called %q", w[2])
}

// act does what a person does: by the form of the event where the card offers
// it, else through the door behind the forms, which says why not.
func (s *story) act(e rules.Event) {
	s.t.Helper()
	c := s.onlyCase()
	if slices.Contains(rules.Actions(c), e.Kind) {
		s.expect(rules.ByStaff, e.Kind)
		s.do(e.Actor.ID, c.Number, e.Kind, fieldsOf(e, c)...)
		s.until("the form is done", func() bool { return s.onlyCase().Version > c.Version })
		return
	}
	s.clicks++
	result, err := s.app.intake.Click(s.ctx, rules.Click{Number: c.Number, Version: c.Version, Event: e}, fmt.Sprintf("story/%d", s.clicks))
	if err != nil || result.Done {
		s.t.Fatalf("%s is done in %s, though no button offers it: %v", e.Kind, c.State, err)
	}
	fmt.Fprintf(&s.log, "    not done: %s\n", result.Message)
}

// fieldsOf are the names and values with which a person fills a form in so that
// it says an event.
func fieldsOf(e rules.Event, c rules.Case) (fields []string) {
	fill := func(block, value string) {
		if value != "" {
			fields = append(fields, block, value)
		}
	}
	for position, v := range e.Verdicts {
		fill(fmt.Sprintf("item.%d", position), string(v))
	}
	for position, o := range e.Outcomes {
		fill(fmt.Sprintf("item.%d", position), string(o))
	}
	for _, it := range c.Items {
		if e.Kind == rules.EvShip && it.Received && it.Resolution == "" {
			fill(fmt.Sprintf("item.%d", it.Position), string(rules.Repaired))
		}
	}
	if !e.Date.IsZero() {
		fill("date", e.Date.Format(time.DateOnly))
	}
	fill("amount", e.Amount)
	fill("tracking", e.Tracking)
	fill("text", e.Text)
	return fields
}

// end checks what is true of every story that has come to its end.
func (s *story) end() {
	s.t.Helper()
	c := s.onlyCase()
	if c.State != rules.Closed || !c.Deadline.IsZero() || c.Proposal.Action != "" {
		s.t.Errorf("the story ends with the case %s", s.standing(c))
	}
	s.checkLanguage(c)
	s.checkHistory(c)
	s.checkNothingTwice(c)
	s.checkBooks()
}

// checkLanguage: every mail is in the customer's language. The desk's own ear
// hears it.
func (s *story) checkLanguage(c rules.Case) {
	s.t.Helper()
	if c.Language != s.language {
		s.t.Errorf("the case is in %q, the customer writes %q", c.Language, s.language)
	}
	ear, err := ingest.NewCatalogue(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range s.received() {
		if got := ingest.Extract(ear, m, ingest.Desk{}).Language; got != s.language {
			s.t.Errorf("the mail %q is in %q, the customer writes %q", m.Subject, got, s.language)
		}
	}
}

// checkHistory: what happened is told in order and without a gap, each entry
// going on where the last one ended; and every mail belongs to an entry.
func (s *story) checkHistory(c rules.Case) {
	s.t.Helper()
	history := s.history(c)
	if len(history) != len(s.acted) {
		s.t.Errorf("the history has %d entries, the story %d events", len(history), len(s.acted))
	}
	told, from := 0, rules.New
	for i, h := range history {
		if i < len(s.acted) && !s.acted[i](h) {
			s.t.Errorf("entry %d of the history is %s by %s at %s", i, h.Event, h.ActorKind, h.At)
		}
		if i > 0 && h.From != from || h.Version != i+1 || h.Rule == "" || h.Why == "" || h.Policy == "" {
			s.t.Errorf("entry %d of the history goes on from %s, not from %s, or lacks something: %+v", i, h.From, from, h)
		}
		if (h.ActorKind == string(rules.ByCustomer)) != (h.LedgerID != 0) {
			s.t.Errorf("entry %d of the history, by %s, names mail %d", i, h.ActorKind, h.LedgerID)
		}
		if len(h.Told) > 0 {
			told++
		}
		from = h.To
	}
	if mails := len(s.received()); mails != told || from != c.State {
		s.t.Errorf("the customer got %d mails, the history tells of %d; it ends %s, the case is %s", mails, told, from, c.State)
	}
}

// checkNothingTwice: beside reminders, no notice goes out twice, and no two
// mails say the same.
func (s *story) checkNothingTwice(c rules.Case) {
	s.t.Helper()
	seen := map[string]bool{}
	once := func(what string) {
		if seen[what] {
			s.t.Errorf("the customer was told twice: %s", what)
		}
		seen[what] = true
	}
	mails := s.received()
	for _, h := range s.history(c) {
		if len(h.Told) == 0 || len(mails) == 0 {
			continue
		}
		m := mails[0]
		mails = mails[1:]
		once("mail " + m.MessageID)
		if len(m.References)+len(m.InReplyTo) == 0 {
			s.t.Errorf("the mail %q stands in no thread", m.Subject)
		}
		if strings.HasSuffix(h.Told[0], "_reminder") {
			continue
		}
		once(strings.Join(strings.Fields(m.Text), " "))
		for _, notice := range h.Told {
			once("notice " + notice)
		}
	}
}

// checkBooks: every mail has its fate and left the inbox, and nothing waits to go out.
func (s *story) checkBooks() {
	s.t.Helper()
	out, code := s.command("ledger")
	want := number(s.mails, "mail") + " seen: 1 opened"
	if code != exitOK || !strings.Contains(out, want) || !strings.Contains(out, "\n0 unaccounted") || strings.Contains(out, "without a fate") {
		s.t.Errorf("ledger: exit code %d\n%s", code, out)
	}
	var errs []error
	for _, status := range []string{casebook.Pending, casebook.Failed} {
		rows, err := s.app.book.Outbox(s.ctx, casebook.OutboxFilter{Status: status})
		errs = append(errs, err)
		for _, row := range rows {
			s.t.Errorf("the outbox still has %s, %s", row.Key, status)
		}
	}
	if err := errors.Join(errs...); err != nil {
		s.t.Fatal(err)
	}
}

// compare sets the log against the part want.
func (s *story) compare(file string) {
	s.t.Helper()
	got := s.log.String()
	if *update {
		i := slices.IndexFunc(s.archive.Files, func(f txtar.File) bool { return f.Name == "want" })
		if i < 0 {
			s.archive.Files, i = append(s.archive.Files, txtar.File{Name: "want"}), len(s.archive.Files)
		}
		s.archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(s.archive), 0o644); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(s.text("want"), got); diff != "" {
		s.t.Errorf("the story goes otherwise (-want +got):\n%s", diff)
	}
}
