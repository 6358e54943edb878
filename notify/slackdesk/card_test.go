package slackdesk

import (
	"encoding/json"
	"flag"
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

func TestCardGolden(t *testing.T) {
	undelivered := testCase(1)
	undelivered.Undelivered = "550 5.1.1 no such user <!here>"
	undelivered.Owner = rules.Person{ID: "U0ANN", Name: "Ann " + nasty}
	closed := testCase(2)
	closed.State, closed.Closing, closed.Proposal, closed.Deadline = rules.Closed, rules.Success, rules.Proposal{}, noon
	asked := testCase(2)
	asked.State, asked.Late = rules.InfoNeeded, true
	asked.Missing = []rules.Missing{{Fact: rules.FactReason}, {Fact: rules.FactSerial, Item: 2}}
	for name, c := range map[string]rules.Case{
		"card_1": testCase(1), "card_10": testCase(10), "card_60": testCase(60),
		"card_undelivered": undelivered, "card_closed": closed, "card_info_needed": asked,
	} {
		v := notify.CardView{Case: c, Working: "Europe/Brussels", Siblings: []string{"RMA-26-00124-5"}, History: []notify.Entry{
			{At: noon, Actor: rules.Actor{Kind: rules.ByCustomer, Name: "Jan"}, Event: rules.EvRequest, Why: "A new request."}}}
		t.Run(name, func(t *testing.T) { golden(t, name, shown(drawCard(english(), v))) })
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

func checkOptions(t rapid.TB, e slack.BlockElement) {
	t.Helper()
	var options []*slack.OptionBlockObject
	most := 10
	switch e := e.(type) {
	case *slack.SelectBlockElement:
		options, most = e.Options, 100
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

func TestButtonsAreWhatTheStateAllows(t *testing.T) {
	for _, state := range rules.States() {
		c := testCase(1)
		c.State, c.Undelivered = state, "550"
		primary := 0
		var got []rules.EventKind
		for _, b := range drawCard(english(), notify.CardView{Case: c}).blocks {
			actions, ok := b.(*slack.ActionBlock)
			if !ok {
				continue
			}
			for _, e := range actions.Elements.ElementSet {
				button := e.(*slack.ButtonBlockElement)
				got = append(got, rules.EventKind(button.ActionID))
				if button.Style == slack.StylePrimary {
					primary++
				}
				if button.Value != "RMA-26-00123-7/3" {
					t.Errorf("value %q", button.Value)
				}
			}
		}
		if primary != 1 {
			t.Errorf("%s: %d primary buttons", state, primary)
		}
		for _, e := range append(caseActions(), mailActions()...) {
			if slices.Contains(got, e) != slices.Contains(rules.Actions(c), e) {
				t.Errorf("%s: button %s shown %v", state, e, slices.Contains(got, e))
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
