package slackdesk

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// aRemark is what Ann writes into the thread of the card, as Slack tells it.
func aRemark(change m) m {
	e := m{"type": "message", "channel": "C0DESK", "user": "U0ANN", "team": "T1", "ts": "1700000009.000100", "thread_ts": "1700000001.000100",
		"text": "he called: &lt;back&gt; tomorrow, <@U0ANN>"}
	for k, v := range change {
		if v == nil {
			delete(e, k)
		} else {
			e[k] = v
		}
	}
	return e
}

func takeRemark(t *testing.T, d *Desk, id string, e m) error {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return d.takeEvent(callback{Type: "event_callback", TeamID: "T1", EventID: id, Event: raw})
}

func newThread(t *testing.T) (*fakeSlack, *house, *Desk) {
	f, h, d := newSending(t)
	h.view.Posted = notify.Posted{Channel: "C0DESK", TS: "1700000001.000100"}
	return f, h, d
}

func TestAMessageInTheThreadIsANote(t *testing.T) {
	f, h, d := newThread(t)
	if err := takeRemark(t, d, "Ev1", aRemark(nil)); err != nil {
		t.Fatal(err)
	}
	click := <-h.clicks
	if click.Event.Kind != rules.EvNote || click.Event.Text != "he called: <back> tomorrow, @Ann <!channel>" || click.Event.Actor.ID != "U0ANN" {
		t.Errorf("event %+v", click.Event)
	}
	if click.Number != "RMA-26-00123-7" || click.Version != h.view.Case.Version || click.TS != "1700000009.000100" || click.Channel != "C0DESK" {
		t.Errorf("click %+v", click)
	}
	if a := f.last("reactions.add"); a.Get("name") != noteTaken || a.Get("timestamp") != "1700000009.000100" {
		t.Errorf("marked %v", a)
	}
	if err := takeRemark(t, d, "Ev1", aRemark(nil)); err != nil || len(h.clicks) > 0 {
		t.Error("the same event makes a second note")
	}
}

func TestWhatIsNoNote(t *testing.T) {
	f, h, d := newThread(t)
	for name, change := range map[string]m{
		"another channel":  {"channel": "C0OTHER"},
		"the channel":      {"thread_ts": nil},
		"the card itself":  {"thread_ts": "1700000009.000100"},
		"another thread":   {"thread_ts": "1700000002.000100"},
		"a bot":            {"bot_id": "B7"},
		"ourselves":        {"user": "UBOT"},
		"somebody joined":  {"subtype": "channel_join"},
		"nothing":          {"text": "  \n "},
		"a link unfurls":   {"subtype": "message_changed", "message": aRemark(nil), "previous_message": aRemark(nil)},
		"a bot's deletion": {"subtype": "message_deleted", "previous_message": aRemark(m{"bot_id": "B1"})},
	} {
		t.Run(name, func(t *testing.T) {
			if err := takeRemark(t, d, "Ev "+name, aRemark(change)); err != nil || len(h.clicks) > 0 {
				t.Errorf("a note of it, %v", err)
			}
		})
	}
	if n := f.count("chat.postEphemeral") + f.count("reactions.add"); n > 0 {
		t.Errorf("%d answers", n)
	}
}

func TestWhoMayNotNoteIsToldPrivately(t *testing.T) {
	f, h, d := newThread(t)
	f.user("U0GUEST", m{"is_restricted": true})
	f.user("U0FAR", nil)
	for user, change := range map[string]m{"U0GUEST": nil, "U0FAR": {"user_team": "T9"}} {
		e := aRemark(change)
		e["user"] = user
		if err := takeRemark(t, d, "Ev"+user, e); err != nil || len(h.clicks) > 0 {
			t.Errorf("%s: a note, %v", user, err)
		}
		if a := f.last("chat.postEphemeral"); a.Get("user") != user || a.Get("thread_ts") != "1700000001.000100" {
			t.Errorf("%s is told %v", user, a)
		}
	}
}

func TestAnEditIsANewNoteAndADeletionIsNot(t *testing.T) {
	f, h, d := newThread(t)
	edited := aRemark(m{"text": "he called twice", "edited": m{"ts": "1700000010.000100"}})
	event := m{"type": "message", "subtype": "message_changed", "channel": "C0DESK", "ts": "1700000010.000100", "message": edited, "previous_message": aRemark(nil)}
	if err := takeRemark(t, d, "Ev1", event); err != nil {
		t.Fatal(err)
	}
	if click := <-h.clicks; click.Event.Text != "he called twice" || click.TS != "1700000009.000100" {
		t.Errorf("note %+v", click)
	}
	if err := takeRemark(t, d, "Ev2", aRemark(nil)); err != nil {
		t.Fatal(err)
	}
	<-h.clicks
	if h.keys[0] == h.keys[1] {
		t.Error("the first words and the later ones are taken for the same")
	}
	gone := m{"type": "message", "subtype": "message_deleted", "channel": "C0DESK", "ts": "1700000011.000100", "previous_message": aRemark(nil)}
	if err := takeRemark(t, d, "Ev3", gone); err != nil || len(h.clicks) > 0 {
		t.Errorf("a note of a deletion, %v", err)
	}
	if a := f.last("chat.postEphemeral"); !strings.Contains(a.Get("text"), "stays in the history") {
		t.Errorf("told %q", a.Get("text"))
	}
}

// Slack's signed requests bring messages as the sockets do.
func TestAMessageByHTTPIsANote(t *testing.T) {
	c := newClient(t, nil)
	c.h.view.Posted = notify.Posted{Channel: "C0DESK", TS: "1700000001.000100"}
	body, err := json.Marshal(m{"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": aRemark(nil)})
	if err != nil {
		t.Fatal(err)
	}
	send := func() int {
		r := c.request(string(body))
		r.Header.Set("Content-Type", "application/json")
		return c.serve(r).StatusCode
	}
	c.h.err = errors.New("the disk is full")
	if got := send(); got != http.StatusServiceUnavailable {
		t.Errorf("a note that was not stored is answered with %d", got)
	}
	<-c.h.clicks
	c.h.err = nil
	if got := send(); got != http.StatusOK || len(c.h.clicks) != 1 {
		t.Errorf("answered with %d, %d notes", got, len(c.h.clicks))
	}
	if got := send(); got != http.StatusOK || len(c.h.clicks) != 1 {
		t.Errorf("the same again: answered with %d, %d notes", got, len(c.h.clicks))
	}
}

// What the casebook did not take is delivered again by Slack, and taken then.
func TestANoteThatFailedComesAgain(t *testing.T) {
	_, h, d := newThread(t)
	h.err = errors.New("the disk is full")
	if err := takeRemark(t, d, "Ev1", aRemark(nil)); err == nil {
		t.Fatal("acknowledged, though nothing was stored")
	}
	<-h.clicks
	h.err = nil
	if err := takeRemark(t, d, "Ev1", aRemark(nil)); err != nil || len(h.clicks) != 1 {
		t.Errorf("not taken the second time: %v", err)
	}
}

func TestReadable(t *testing.T) {
	_, _, d := newThread(t)
	for in, want := range map[string]string{
		"a <https://x.example/?a=1&amp;b|the page> b": "a the page (https://x.example/?a=1&b) b",
		"<https://x.example>":                         "https://x.example",
		"<mailto:a@b.it|a@b.it>":                      "a@b.it",
		"<#C012|returns> <!here> <!subteam^S1|@desk>": "#returns @here @desk",
		"<@U0ANN> <@U0GONE>":                          "@Ann <!channel> @U0GONE",
		"1 &lt; 2 &amp;&amp; 3 > 2":                   "1 < 2 && 3 > 2",
	} {
		if got := d.readable(t.Context(), in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestFileGoesIntoTheThreadOnce(t *testing.T) {
	f, h, d := newSending(t)
	h.view.Posted = mustSend(t, d, cardOf(h, 1)).Posted
	file := cardOf(h, 1)
	file.Kind, file.File = notify.DeliverFile, &notify.Upload{Name: "../la\nbel.jpg", Data: []byte("jpeg")}
	f.fail("files.completeUploadExternal", fault{drop: true, after: true})
	if failure := failSend(t, d, file); failure.Permanent || !failure.Maybe {
		t.Errorf("a lost answer: %+v", failure)
	}
	file.Attempt = 2
	mustSend(t, d, file)
	if n := f.count("files.completeUploadExternal"); n != 1 {
		t.Errorf("completed %d times", n)
	}
	if a := f.last("files.completeUploadExternal"); a.Get("channel_id") != "C0DESK" || a.Get("thread_ts") != h.view.Posted.TS {
		t.Errorf("shared in %v", a)
	}
}

func TestFileThatSlackDoesNotTakeIsGivenUp(t *testing.T) {
	f, h, d := newSending(t)
	h.view.Posted = mustSend(t, d, cardOf(h, 1)).Posted
	file := cardOf(h, 1)
	file.Kind, file.File = notify.DeliverFile, &notify.Upload{Name: "label.jpg", Data: []byte("jpeg")}
	f.fail("files.getUploadURLExternal", refuseWith("missing_scope"))
	if failure := failSend(t, d, file); !failure.Permanent {
		t.Errorf("tried for ever: %+v", failure)
	}
	file.File.Data = nil
	if failure := failSend(t, d, file); !failure.Permanent {
		t.Errorf("an empty file: %+v", failure)
	}
}

func TestLongListStandsInTheThreadAndIsRedrawn(t *testing.T) {
	f, h, d := newSending(t)
	h.view.Case.Items = testCase(60).Items
	h.view.Posted = mustSend(t, d, cardOf(h, 1)).Posted
	page := cardOf(h, 1)
	page.Kind, page.Page = notify.DeliverItems, 1
	at := mustSend(t, d, page).Posted
	posted := f.last("chat.postMessage")
	if posted.Get("thread_ts") != h.view.Posted.TS || !strings.Contains(posted.Get("blocks"), "60. yealink") || strings.Contains(posted.Get("blocks"), "50. yealink") {
		t.Errorf("page 2: %v", posted)
	}
	page.Posted = at
	page.Card.Case.Items[59].Serial = "NEW"
	if again := mustSend(t, d, page).Posted; again != at || !strings.Contains(f.last("chat.update").Get("blocks"), "NEW") {
		t.Errorf("redrawn at %v, was %v", again, at)
	}
	d.mustForget(f, at)
	if anew := mustSend(t, d, page).Posted; anew == at {
		t.Error("a deleted list is not posted anew")
	}
}

func (d *Desk) mustForget(f *fakeSlack, at notify.Posted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.remove(at.TS)
}

func TestListAlwaysFits(t *testing.T) {
	c := testCase(0)
	for i := range 170 {
		c.Items = append(c.Items, rules.Item{Position: i + 1, Manufacturer: strings.Repeat("&", 300), Model: nasty, Serial: strings.Repeat("x", 3000), WarrantyWhy: nasty})
	}
	if got := notify.Pages(len(c.Items)); got != 4 || notify.Pages(notify.CardItems) != 0 {
		t.Errorf("%d pages", got)
	}
	for page := range 5 {
		checkBlocks(t, 50, drawPage(english(), notify.CardView{Case: c}, page).blocks)
	}
}

// A customer's mail can be answered from the thread, whatever happened since.
func TestReplyFromTheThread(t *testing.T) {
	f, h, d := newThread(t)
	entry := notify.Entry{ID: 4, At: noon, Actor: rules.Actor{Kind: rules.ByCustomer, Name: "Jan"}, Event: rules.EvAnswer, Text: strings.Repeat("long ", 400)}
	blocks := drawEntry(d.words, h.view, entry).blocks
	actions, ok := blocks[len(blocks)-1].(*slack.ActionBlock)
	if !ok || !strings.Contains(texts(message{blocks: blocks}), d.words["entry.whole"]) {
		t.Fatalf("the entry: %s", texts(message{blocks: blocks}))
	}
	button := actions.Elements.ElementSet[0].(*slack.ButtonBlockElement)
	press := fmt.Sprintf(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U0ANN","team_id":"T1"},"trigger_id":"1.1","channel":{"id":"C0DESK"},"actions":[{"type":"button","action_id":%q,"value":%q}]}`, button.ActionID, button.Value)
	h.view.Case.Version += 5
	d.receive([]byte(press), func(any) {})
	if view := f.last("views.update").Get("json"); !strings.Contains(view, `"callback_id":"write"`) {
		t.Errorf("the window: %s", view)
	}
}

// A select shows what was chosen and cannot choose it again: the card is drawn
// anew, under another block_id.
func TestMenuIsDrawnAnew(t *testing.T) {
	f, h, d := newThread(t)
	h.view.Posted = mustSend(t, d, cardOf(h, 1)).Posted
	before := f.last("chat.postMessage").Get("blocks")
	option := picked{rules.EvAsk, target{h.view.Case.Number, h.view.Case.Version}}.String()
	press := fmt.Sprintf(`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U0ANN","team_id":"T1"},"trigger_id":"1.1","channel":{"id":"C0DESK"},"actions":[{"type":"static_select","action_id":"menu","selected_option":{"value":%q}}]}`, option)
	d.receive([]byte(press), func(any) {})
	if view := f.last("views.update").Get("json"); !strings.Contains(view, `"callback_id":"ask"`) {
		t.Errorf("the window: %s", view)
	}
	if blockID(t, f.last("chat.update")) == blockIDIn(t, before) {
		t.Error("the block_id is the same")
	}
}

func blockID(t *testing.T, call url.Values) string { return blockIDIn(t, call.Get("blocks")) }

func blockIDIn(t *testing.T, blocks string) string {
	t.Helper()
	var list []struct {
		Type string `json:"type"`
		ID   string `json:"block_id"`
	}
	if err := json.Unmarshal([]byte(blocks), &list); err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		if b.Type == "actions" {
			return b.ID
		}
	}
	t.Fatal("no buttons")
	return ""
}

// One message stands for a burst of cards: what is written into its thread is a
// note of the case that it names, and never of a guessed one.
func TestAMessageInTheThreadOfSeveralCases(t *testing.T) {
	f, h, d := newThread(t)
	h.others = []string{"RMA-26-00124-4"}
	for n, text := range []string{"he called back", "RMA-26-00123-7 and RMA-26-00124-4 are one", "see RMA-26-00001-2"} {
		if err := takeRemark(t, d, fmt.Sprint("Ev", n), aRemark(m{"text": text, "ts": fmt.Sprintf("1700000009.00010%d", n)})); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.clicks) != 0 || f.count("chat.postEphemeral") != 3 || !strings.Contains(f.last("chat.postEphemeral").Get("text"), "number of the case") {
		t.Errorf("%d notes, %d said, last %q", len(h.clicks), f.count("chat.postEphemeral"), f.last("chat.postEphemeral").Get("text"))
	}
	if err := takeRemark(t, d, "Ev9", aRemark(m{"text": "rma-26-00123-7: he called back"})); err != nil {
		t.Fatal(err)
	}
	if click := <-h.clicks; click.Number != "RMA-26-00123-7" || click.Event.Text != "rma-26-00123-7: he called back" {
		t.Errorf("click %+v", click)
	}
}
