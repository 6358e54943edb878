package slackdesk

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

func TestShadowMailIsShownWhole(t *testing.T) {
	w, err := wordsOf("en")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for range 300 {
		text.WriteString("A line of the answer with <!channel> and *stars*.\n")
	}
	m := drawShadow(w, notify.CardView{Case: rules.Case{Number: "RMA-26-00001-2"}}, notify.Mail{To: "ann@shop.example", Subject: "s", Text: text.String()})
	if len(m.blocks) < 8 || len(m.blocks) > 2+shadowSections {
		t.Errorf("%d blocks", len(m.blocks))
	}
	shown := allText(m)
	if n := strings.Count(shown, "A line of the answer"); n != 300 {
		t.Errorf("%d of 300 lines are shown", n)
	}
	if strings.Contains(shown, "<!channel>") {
		t.Error("a text from outside became markup")
	}
	long := sections(strings.Repeat("x\n", 100), 4, 3)
	if len(long) != 3 || !strings.HasSuffix(long[2], "…") {
		t.Errorf("%q", long)
	}
}

func TestCardAndEntryOfTheShadowSaySo(t *testing.T) {
	w, err := wordsOf("en")
	if err != nil {
		t.Fatal(err)
	}
	v := notify.CardView{Case: rules.Case{Number: "RMA-26-00001-2", State: rules.New, Shadow: true}}
	if text := allText(drawCard(w, v)); !strings.Contains(text, "nothing of this case is sent") {
		t.Error(text)
	}
	e := notify.Entry{Event: rules.EvRequest, Told: []string{"acknowledged"}}
	if text := allText(drawEntry(w, v, e)); !strings.Contains(text, "would have got") {
		t.Error(text)
	}
	v.Case.Shadow = false
	if text := allText(drawCard(w, v)) + allText(drawEntry(w, v, e)); strings.Contains(text, "hadow") || strings.Contains(text, "would have got") {
		t.Error(text)
	}
}

// allText is what people read of a message.
func allText(m message) string {
	var b strings.Builder
	b.WriteString(m.text + "\n")
	for _, block := range m.blocks {
		switch block := block.(type) {
		case *slack.SectionBlock:
			b.WriteString(block.Text.Text + "\n")
		case *slack.ContextBlock:
			for _, e := range block.ContextElements.Elements {
				if text, ok := e.(*slack.TextBlockObject); ok {
					b.WriteString(text.Text + "\n")
				}
			}
		}
	}
	return b.String()
}
