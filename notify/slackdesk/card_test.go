package slackdesk

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"pgregory.net/rapid"

	"retour/notify"
	"retour/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	file := filepath.Join("testdata", name+".json")
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", file, diff)
	}
}

func shown(m message) any {
	return map[string]any{"text": m.text, "blocks": m.blocks}
}

// caseIn is a case as it stands in a state.
func caseIn(state rules.State, items int) rules.Case {
	c := testCase(items)
	c.State = state
	switch state {
	case rules.New, rules.InCharge:
		return c
	case rules.InfoNeeded:
		c.Late = true
		c.Missing = []rules.Missing{{Fact: rules.FactReason}, {Fact: rules.FactSerial, Item: 1}}
	case rules.Closed:
		c.Closing, c.Deadline = rules.Success, noon
	}
	c.Proposal = rules.Proposal{}
	for i := range c.Items {
		it := &c.Items[i]
		switch state {
		case rules.Validated:
			it.Verdict = rules.InWarranty
		case rules.Received:
			it.Verdict, it.Received = rules.OutOfWarranty, true
		case rules.Quoted, rules.Uncollected:
			it.Verdict, it.Received, it.Outcome = rules.OutOfWarranty, true, rules.Repairable
			c.Quote = "129.00 EUR"
		case rules.InProcess:
			it.Verdict, it.Received, it.Outcome, it.AtVendor, it.VendorRMA = rules.InWarranty, true, rules.Covered, noon, "V-77"
		case rules.Closed:
			it.Verdict, it.Received, it.Outcome, it.Resolution, it.ReplacedBy = rules.InWarranty, true, rules.Covered, rules.Replaced, "NEW-1"
		}
	}
	return c
}

func viewOf(c rules.Case) notify.CardView {
	return notify.CardView{Case: c, Working: "Europe/Brussels", Siblings: []string{"RMA-26-00124-5"},
		Files: []notify.File{{Name: "label.jpg", MediaType: "image/jpeg", Size: 1_240_000}, {Name: "invoice <!here>.pdf", MediaType: "application/pdf", Size: 80_400}},
		History: []notify.Entry{
			{At: noon, Actor: rules.Actor{Kind: rules.ByCustomer, Name: "Jan"}, Event: rules.EvRequest, Why: "A new request."}}}
}

func TestCardGolden(t *testing.T) {
	undelivered := testCase(1)
	undelivered.Undelivered = "550 5.1.1 no such user <!here>"
	undelivered.Owner = rules.Person{ID: "U0ANN", Name: "Ann " + nasty}
	disposal := caseIn(rules.Uncollected, 1)
	disposal.Proposal, disposal.Disposal = rules.Proposal{Action: rules.EvDispose, Why: "The time is over."}, rules.Person{ID: "U0ANN", Name: "Ann"}
	hostile := testCase(2)
	hostile.Customer.Name, hostile.Fault = strings.Repeat(nasty, 60), "\u202e\u200f"+strings.Repeat("<!channel> <@U1> ", 300)
	hostile.Items[0].Model, hostile.Items[0].Serial = strings.Repeat("مرحبا ", 600), "\u202e12345<!here>"
	hostile.Notes = []rules.Note{{Rule: "x", Why: strings.Repeat(nasty, 100)}}
	cards := map[string]rules.Case{"card_hostile": hostile, "card_10": testCase(10), "card_undelivered": undelivered, "card_disposal": disposal}
	for _, state := range rules.States() {
		for _, items := range []int{1, 60} {
			cards[fmt.Sprintf("card_%s_%d", state, items)] = caseIn(state, items)
		}
	}
	for name, c := range cards {
		t.Run(name, func(t *testing.T) { golden(t, name, shown(drawCard(english(), viewOf(c)))) })
	}
}

// texts are all that people read of a message.
func texts(m message) string {
	b, err := json.Marshal(m.blocks)
	if err != nil {
		return err.Error()
	}
	return m.text + string(b)
}

// In every language every card is drawn without a missing word: Sprintf shows a
// text that is not there, and a name without a word has its underscores.
func TestCardsInAllLanguages(t *testing.T) {
	for _, language := range languages() {
		w := wordsIn(t, language)
		for _, state := range rules.States() {
			for _, items := range []int{1, 60} {
				v := viewOf(caseIn(state, items))
				v.History[0].From, v.History[0].To, v.History[0].Told = rules.New, state, []string{"question"}
				for _, m := range []message{drawCard(w, v), drawEntry(w, v, v.History[0])} {
					if strings.Contains(texts(m), "%!") {
						t.Errorf("%s, %s: %s", language, state, texts(m))
					}
					checkBlocks(t, 50, m.blocks)
				}
				if head := w.of("state", string(state)); !strings.Contains(texts(drawCard(w, v)), head) {
					t.Errorf("%s: the card does not say %q", language, head)
				}
			}
		}
	}
}

func TestEntryHeldAlertGolden(t *testing.T) {
	entry := notify.Entry{ID: 7, At: noon, Actor: rules.Actor{Kind: rules.ByCustomer, Name: "Jan " + nasty}, Event: rules.EvAnswer,
		From: rules.InfoNeeded, To: rules.InCharge, Why: "All is there now & " + nasty, Text: nasty + strings.Repeat("\nand more", 300), Told: []string{"completed"}}
	held := notify.Held{LedgerID: 5, From: nasty, Subject: nasty, Why: "The sender is forged.", Text: nasty, Received: noon}
	golden(t, "entry", shown(drawEntry(english(), notify.CardView{Case: testCase(1)}, entry)))
	golden(t, "held", shown(drawHeld(english(), held)))
	golden(t, "alert", shown(drawAlert("The mailbox does not answer:\n"+nasty)))
}

// The limits of Block Kit, counted as Slack counts.
func checkBlocks(t rapid.TB, most int, blocks []slack.Block) {
	t.Helper()
	if len(blocks) == 0 || len(blocks) > most {
		t.Fatalf("%d blocks", len(blocks))
	}
	ids := map[string]bool{}
	for _, b := range blocks {
		if id := b.ID(); id != "" {
			if ids[id] {
				t.Fatalf("block_id %q twice", id)
			}
			ids[id] = true
		}
		switch b := b.(type) {
		case *slack.HeaderBlock:
			checkText(t, b.Text, 150)
		case *slack.SectionBlock:
			checkText(t, b.Text, 3000)
		case *slack.ActionBlock:
			checkActions(t, b.Elements.ElementSet)
		case *slack.ContextBlock:
			for _, e := range b.ContextElements.Elements {
				checkText(t, e.(*slack.TextBlockObject), 3000)
			}
		case *slack.InputBlock:
			checkText(t, b.Label, 2000)
			checkOptions(t, b.Element)
		}
	}
}

// checkActions: at most 25 elements, action_ids unique in their block.
func checkActions(t rapid.TB, elements []slack.BlockElement) {
	t.Helper()
	if len(elements) == 0 || len(elements) > 25 {
		t.Fatalf("%d elements", len(elements))
	}
	ids := map[string]bool{}
	for _, e := range elements {
		id := ""
		switch e := e.(type) {
		case *slack.ButtonBlockElement:
			id = e.ActionID
			checkText(t, e.Text, 75)
		case *slack.OverflowBlockElement:
			id = e.ActionID
			checkOptions(t, e)
		case *slack.SelectBlockElement:
			id = e.ActionID
			checkText(t, e.Placeholder, 150)
			checkOptions(t, e)
		}
		if id == "" || ids[id] {
			t.Fatalf("action_id %q", id)
		}
		ids[id] = true
	}
}

func checkOptions(t rapid.TB, e slack.BlockElement) {
	t.Helper()
	var options []*slack.OptionBlockObject
	most := 10
	switch e := e.(type) {
	case *slack.SelectBlockElement:
		options, most = e.Options, 100
		if e.Type == slack.OptTypeUser {
			return
		}
	case *slack.MultiSelectBlockElement:
		options, most = e.Options, 100
	case *slack.OverflowBlockElement:
		options, most = e.Options, 5
	case *slack.CheckboxGroupsBlockElement:
		options = e.Options
	case *slack.RadioButtonsBlockElement:
		options = e.Options
	default:
		return
	}
	if len(options) == 0 || len(options) > most {
		t.Fatalf("%d options", len(options))
	}
	for _, o := range options {
		checkText(t, o.Text, 75)
		if utf8.RuneCountInString(o.Value) > 75 {
			t.Fatalf("option value %q", o.Value)
		}
	}
}

var (
	ownDate   = regexp.MustCompile(`<!date\^\d+\^\{date_short_pretty\} \{time\}\|[0-9A-Za-z :+-]+>`)
	ownMarkup = regexp.MustCompile(`[<>]|&[^agl]`)
)

// checkText checks the length, and that nothing from outside is mark-up: in
// plain text everything is escaped, and mark-up holds no angle bracket but that
// of our dates.
func checkText(t rapid.TB, o *slack.TextBlockObject, most int) {
	t.Helper()
	if n := utf8.RuneCountInString(o.Text); n == 0 || n > most {
		t.Fatalf("%d characters: %q", n, o.Text)
	}
	s := o.Text
	if o.Type == slack.MarkdownType {
		s = ownDate.ReplaceAllString(s, "")
		if strings.Contains(s, "evil") || strings.Contains(s, "@") {
			t.Fatalf("text from outside in mark-up: %q", o.Text)
		}
	}
	if ownMarkup.MatchString(s) {
		t.Fatalf("not escaped: %q", o.Text)
	}
}

// anyText draws texts that are hard: long, empty, with everything Slack treats
// in its own way.
func anyText(t *rapid.T, label string) string {
	hard := rapid.SampledFrom([]string{"", " ", "\n\n", nasty, "&amp;", strings.Repeat("&", 4000), strings.Repeat("x<", 3000), "\u202eevil", "\x00\x1b[31m", "évil 日本", "\xff\xfe"})
	return rapid.OneOf(hard, rapid.String()).Draw(t, label)
}

func anyCase(t *rapid.T) rules.Case {
	c := rules.Case{
		Number: "RMA-26-00123-7", Version: rapid.IntRange(0, 9999).Draw(t, "version"),
		State:    rapid.SampledFrom(rules.States()).Draw(t, "state"),
		Reason:   rapid.SampledFrom([]rules.Reason{"", rules.OrderError, rules.Defective, "unheard_of"}).Draw(t, "reason"),
		Language: anyText(t, "language"), Fault: anyText(t, "fault"), Quote: anyText(t, "quote"), Undelivered: anyText(t, "undelivered"),
		Customer: rules.Party{Name: anyText(t, "name"), Address: anyText(t, "address")},
		Owner:    rules.Person{Name: anyText(t, "owner")},
		Proposal: rules.Proposal{Action: rapid.SampledFrom([]rules.EventKind{"", rules.EvAsk, rules.EvRefuse, rules.EvTick}).Draw(t, "action"), Why: anyText(t, "why")},
	}
	for i := range rapid.IntRange(0, 120).Draw(t, "items") {
		c.Items = append(c.Items, rules.Item{Position: i + 1, Model: nasty})
	}
	for i := range c.Items[:min(len(c.Items), 3)] {
		it := &c.Items[i]
		it.Manufacturer, it.Model, it.Serial = anyText(t, "manufacturer"), anyText(t, "model"), anyText(t, "serial")
		it.MAC, it.VendorTicket, it.WarrantyWhy = anyText(t, "mac"), anyText(t, "ticket"), anyText(t, "warranty")
		c.Missing = append(c.Missing, rules.Missing{Fact: rules.FactSerial, Item: i + 1})
	}
	return c
}

func TestCardAlwaysFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCase(t)
		e := notify.Entry{At: noon, Actor: rules.Actor{Kind: rules.ByStaff, Name: anyText(t, "actor")}, Event: rules.EvNote, Why: anyText(t, "entry why"), Text: anyText(t, "text")}
		v := notify.CardView{Case: c, History: []notify.Entry{e}, Siblings: []string{anyText(t, "sibling")}}
		h := notify.Held{From: anyText(t, "from"), Subject: anyText(t, "subject"), Why: anyText(t, "held why"), Text: anyText(t, "held"), Received: noon}
		for _, m := range []message{drawCard(english(), v), drawEntry(english(), v, e), drawHeld(english(), h), drawAlert(anyText(t, "alert"))} {
			checkBlocks(t, 50, m.blocks)
			if n := utf8.RuneCountInString(m.text); n > 4000 || ownMarkup.MatchString(m.text) {
				t.Fatalf("text %q", m.text)
			}
		}
	})
}

// offeredOn lists what can be done from a message: the events of its buttons
// and of its menus.
func offeredOn(t testing.TB, m message) (events []rules.EventKind, primary int) {
	t.Helper()
	for _, b := range m.blocks {
		actions, ok := b.(*slack.ActionBlock)
		if !ok {
			continue
		}
		for _, e := range actions.Elements.ElementSet {
			var options []*slack.OptionBlockObject
			switch e := e.(type) {
			case *slack.ButtonBlockElement:
				events = append(events, rules.EventKind(e.ActionID))
				if e.Style == slack.StylePrimary {
					primary++
				}
				if !strings.HasPrefix(e.Value, "RMA-26-00123-7/") {
					t.Errorf("value %q", e.Value)
				}
			case *slack.OverflowBlockElement:
				options = e.Options
			case *slack.SelectBlockElement:
				options = e.Options
			}
			for _, o := range options {
				kind, rest, _ := strings.Cut(o.Value, "/")
				events = append(events, rules.EventKind(kind))
				if rest != "RMA-26-00123-7/3" || len(o.Value) > 75 {
					t.Errorf("option %q", o.Value)
				}
			}
		}
	}
	return events, primary
}

func TestButtonsAreWhatTheStateAllows(t *testing.T) {
	for _, state := range rules.States() {
		for _, undelivered := range []string{"", "550"} {
			c := testCase(2)
			c.State, c.Undelivered = state, undelivered
			got, primary := offeredOn(t, drawCard(english(), notify.CardView{Case: c}))
			if primary > 1 || undelivered != "" && primary != 1 {
				t.Errorf("%s: %d primary buttons", state, primary)
			}
			for _, e := range rules.Events() {
				allowed := slices.Contains(rules.Actions(c), e) && hasForm(e)
				if slices.Contains(got, e) != allowed {
					t.Errorf("%s: %s offered %v, allowed %v", state, e, !allowed, allowed)
				}
			}
			if len(got) != len(slices.Compact(slices.Sorted(slices.Values(got)))) {
				t.Errorf("%s: offered twice: %v", state, got)
			}
		}
	}
}

func TestProposalComesFirst(t *testing.T) {
	c := testCase(1)
	c.Proposal.Action = rules.EvRefuse
	b := caseButtons(english(), c).(*slack.ActionBlock)
	if first := b.Elements.ElementSet[0].(*slack.ButtonBlockElement); first.ActionID != "refuse" || first.Style != slack.StylePrimary {
		t.Errorf("first button %s, style %q", first.ActionID, first.Style)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"abc", 3, "abc"},
		{"abcd", 3, "ab…"},
		{"a&b", 3, "a…"},
		{"a&b", 7, "a&amp;b"},
		{"a&bc", 7, "a&amp;…"},
		{"&&", 5, "…"},
		{"ab", 1, "…"},
		{"é\xff", 2, "é?"},
	} {
		if got := cut(c.in, c.limit); got != c.want || utf8.RuneCountInString(got) > c.limit {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}

func TestLineTakesControlAndDirectionOut(t *testing.T) {
	if got := line("a\x00\u202eb\r\n\tc\x1b[1m  d"); got != "ab c[1m d" {
		t.Errorf("got %q", got)
	}
	if got := shorten("a\n\n \n b\n"+strings.Repeat("x", 50), 8); got != "a\nb\nxxx…" {
		t.Errorf("got %q", got)
	}
}

func TestTarget(t *testing.T) {
	for _, bad := range []string{"", "/", "RMA", "RMA/", "RMA/x", "/3", "RMA/-1", "RMA/3/4"} {
		if got, ok := parseTarget(bad); ok {
			t.Errorf("%q is taken as %+v", bad, got)
		}
	}
	want := carried{target{"RMA-26-00123-7", 12}, "abc", "def", "0123"}
	if got, ok := parseCarried(want.String()); !ok || got != want {
		t.Errorf("got %+v, %v", got, ok)
	}
}

// What a guard found, and where a unit is, stands on the card until the case is closed.
func TestCardShowsWhatStaffMustKnow(t *testing.T) {
	c := testCase(1)
	c.Notes = []rules.Note{{Rule: "sold_to_other", Why: "Sold to *Other* <!channel>."}}
	c.Credit, c.Ordered, c.Disposal = "169.91 EUR", "GXP2170", rules.Person{ID: "U1", Name: "Ann"}
	c.Items[0].AtVendor, c.Items[0].VendorRMA, c.Items[0].ReplacedBy = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), "M-77", "S9"
	text := about(english(), c) + items(english(), c)
	for _, want := range []string{"Sold to *Other*", "169.91 EUR", "GXP2170", "Ann wants", "since 2026-11-02", "M-77", "S9"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the card:\n%s", want, text)
		}
	}
}
