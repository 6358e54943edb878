package demopage

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"retour/cmd/internal/loopback"
)

var update = flag.Bool("update", false, "write the golden files")

var testClock = time.Date(2026, 11, 21, 10, 4, 0, 0, time.UTC)

// world is a page over a real Slack stand-in, with a desk of its own.
type world struct {
	slack    *loopback.Slack
	api      *slack.Client
	server   *httptest.Server
	mails    []Mail
	written  []Outgoing
	advanced time.Duration
}

const evil = `<script>alert("1")</script>`

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := loopback.StartSlack(loopback.SlackOptions{Now: func() time.Time { return testClock }})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{slack: s, api: slack.New(s.BotToken, slack.OptionAPIURL(s.URL))}
	w.mails = []Mail{
		{Sent: true, Mailbox: "ann@customer.example", From: "Ann " + evil + " <ann@customer.example>", To: "rma@retour.example",
			Subject: evil, Text: evil, Date: testClock.Add(-time.Hour), MessageID: "q@customer.example"},
		{Mailbox: "ann@customer.example", From: "rma@retour.example", To: "ann@customer.example", Subject: "Your return",
			Text: "We got it.", HTML: "<p>We got it.</p>" + evil, Date: testClock, MessageID: "a@retour.example",
			Attachments: []File{{"RMA-26-00123-7.pdf", "application/pdf", []byte("%PDF-1.3 slip")}, {evil, "text/html", []byte(evil)},
				{"no.pdf", "application/pdf", []byte(evil)}}},
	}
	h, err := New(Source{
		Slack: s, Channel: loopback.SlackChannel,
		Customers: []Customer{{"Ann", "ann@customer.example"}},
		Mails:     func() []Mail { return append([]Mail(nil), w.mails...) },
		Desk: func(context.Context) (DeskView, error) {
			return DeskView{Clock: testClock, Cases: []CaseRow{{Number: "RMA-26-00001-5", State: "new", Label: "received",
				Customer: evil, Why: evil, Items: []string{evil}, Deadline: testClock.Add(12 * time.Hour)}},
				Ledger: []Count{{"opened", 3}, {"hold", 1}}, Outbox: []OutboxRow{{Kind: "mail", To: evil, Status: "failed", Why: evil}}}, nil
		},
		Write: func(_ context.Context, m Outgoing) error {
			if m.Subject == "refused" {
				return errors.New("550 no")
			}
			w.written = append(w.written, m)
			return nil
		},
		Advance: func(_ context.Context, d time.Duration) error { w.advanced += d; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(h)
	t.Cleanup(func() {
		w.server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) post(t *testing.T, blocks ...slack.Block) string {
	t.Helper()
	_, ts, err := w.api.PostMessage(loopback.SlackChannel, slack.MsgOptionText("x", false), slack.MsgOptionBlocks(blocks...))
	if err != nil {
		t.Fatal(err)
	}
	return ts
}

func (w *world) get(t *testing.T, path string) (string, *http.Response) {
	t.Helper()
	r, err := http.Get(w.server.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), r
}

var tokenField = regexp.MustCompile(`name="token" value="([0-9a-f]+)"`)

// do posts a form with the page's token and returns the page that follows.
func (w *world) do(t *testing.T, path string, form url.Values) string {
	t.Helper()
	page, _ := w.get(t, "/")
	form.Set("token", tokenField.FindStringSubmatch(page)[1])
	r, err := http.PostForm(w.server.URL+path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", path, r.Status, err, body)
	}
	return string(body)
}

func TestNothingFromOutsideBecomesMarkup(t *testing.T) {
	w := newWorld(t)
	w.post(t, slack.NewSectionBlock(slack.NewTextBlockObject("plain_text", evil, false, false), nil, nil),
		slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", "*"+evil+"* <javascript:alert(1)|x> <https://a.example/\"onclick=|y>", false, false), nil, nil))
	page, r := w.get(t, "/")
	if strings.Contains(page, evil) || strings.Contains(page, "javascript:") || strings.Contains(page, `"onclick`) {
		t.Error("outside text became markup")
	}
	if n := strings.Count(page, "alert(&#34;1&#34;)"); n < 9 {
		t.Errorf("the text is shown %d times, want at least 9", n)
	}
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}

func TestHTMLPartIsServedInASandbox(t *testing.T) {
	w := newWorld(t)
	page, _ := w.get(t, "/")
	src := regexp.MustCompile(`<iframe[^>]* sandbox [^>]*src="(/mail/[0-9a-zm]+)"`).FindStringSubmatch(page)
	if src == nil {
		t.Fatal("no sandboxed frame")
	}
	body, r := w.get(t, src[1])
	policy := r.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "sandbox; default-src 'none';") || strings.Contains(policy, "script") || !strings.Contains(body, "We got it.") {
		t.Errorf("policy %q, body %q", policy, body)
	}
	if _, r := w.get(t, "/mail/m0000"); r.StatusCode != http.StatusNotFound {
		t.Error("unknown mail:", r.Status)
	}
}

func TestFilesOfAMail(t *testing.T) {
	w := newWorld(t)
	page, _ := w.get(t, "/")
	links := regexp.MustCompile(`<a class="file" href="(/mail/[0-9a-zm]+/file/)(\d)" target="_blank">([^<]*)</a>`).FindAllStringSubmatch(page, -1)
	if len(links) != 3 || links[0][3] != "RMA-26-00123-7.pdf" {
		t.Fatalf("links %q", links)
	}
	for i, want := range []struct{ kind, how, body string }{
		{"application/pdf", "inline; filename=RMA-26-00123-7.pdf", "%PDF-1.3 slip"},
		{"application/octet-stream", "attachment; ", evil},
		{"application/octet-stream", "attachment; filename=no.pdf", evil},
	} {
		body, r := w.get(t, links[i][1]+links[i][2])
		if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, want.how) || r.Header.Get("Content-Type") != want.kind || body != want.body {
			t.Errorf("file %d: %s, %s: %q", i, r.Header.Get("Content-Type"), got, body)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("file %d: the browser may take it for something else", i)
		}
	}
	for _, n := range []string{"3", "-1", "x", "99999999999999999999"} {
		if _, r := w.get(t, links[0][1]+n); r.StatusCode != http.StatusNotFound {
			t.Errorf("file %s: %s", n, r.Status)
		}
	}
}

func TestOnlyLoopbackHostsAreAnswered(t *testing.T) {
	w := newWorld(t)
	for host, want := range map[string]int{"localhost:8025": 200, "127.0.0.1": 200, "[::1]:8025": 200,
		"evil.example": 421, "127.0.0.1.evil.example:8025": 421, "192.168.0.1": 421, "": 421} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Host = host
		rec := httptest.NewRecorder()
		w.server.Config.Handler.ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("host %q: %d, want %d", host, rec.Code, want)
		}
	}
}

func TestFormsNeedTheToken(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/write", "/clock", "/click", "/say", "/submit", "/close", "/press", "/dismiss"} {
		for _, token := range []string{"", "0000"} {
			r, err := http.PostForm(w.server.URL+path, url.Values{"token": {token}, "by": {"1h"}, "from": {"a@b.example"}, "subject": {"x"}})
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			if r.StatusCode != http.StatusForbidden {
				t.Errorf("%s with token %q: %s", path, token, r.Status)
			}
		}
		if _, r := w.get(t, path); r.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET %s: %s", path, r.Status)
		}
	}
	if w.advanced != 0 || len(w.written) != 0 {
		t.Error("something was done")
	}
}

func TestClockGoesForward(t *testing.T) {
	w := newWorld(t)
	w.do(t, "/clock", url.Values{"by": {"24h"}})
	for _, by := range []string{"-1h", "0s", "x", "100000h"} {
		if page := w.do(t, "/clock", url.Values{"by": {by}}); !strings.Contains(page, "forward only") {
			t.Errorf("%s was not refused", by)
		}
	}
	if w.advanced != 24*time.Hour {
		t.Error("advanced", w.advanced)
	}
}

func TestMailIsWritten(t *testing.T) {
	w := newWorld(t)
	page, _ := w.get(t, "/")
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for k, v := range map[string]string{"token": tokenField.FindStringSubmatch(page)[1], "from": "Ann <ann@customer.example>", "subject": "Broken", "text": "a\r\nb"} {
		if err := form.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("attachment", "photo.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("jpeg")); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.Post(w.server.URL+"/write", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	want := []Outgoing{{From: "ann@customer.example", Subject: "Broken", Text: "a\nb",
		AttachmentName: "photo.jpg", AttachmentType: "application/octet-stream", Attachment: []byte("jpeg")}}
	if diff := cmp.Diff(want, w.written); diff != "" {
		t.Error(diff)
	}
}

func TestMailThatCannotBeSent(t *testing.T) {
	w := newWorld(t)
	for want, form := range map[string]url.Values{
		"is not a mail address": {"from": {"nobody"}, "text": {"x"}},
		"nothing in this mail":  {"from": {"a@b.example"}},
		"550 no":                {"from": {"a@b.example"}, "subject": {"refused"}},
	} {
		if page := w.do(t, "/write", form); !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if len(w.written) != 0 {
		t.Error("written:", w.written)
	}
}

func TestReplyBeginsLikeAMailProgram(t *testing.T) {
	w := newWorld(t)
	page, _ := w.get(t, "/")
	link := regexp.MustCompile(`href="(/\?as=[^"#]*reply=[^"#]*)#write"`).FindStringSubmatch(page)
	if link == nil {
		t.Fatal("no reply link")
	}
	page, _ = w.get(t, strings.ReplaceAll(link[1], "&amp;", "&"))
	for _, want := range []string{`name="in_reply_to" value="a@retour.example"`, `value="Re: Your return"`, "&gt; We got it.", `value="ann@customer.example"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
}

func TestMailboxesCanBeChosen(t *testing.T) {
	w := newWorld(t)
	w.mails = append(w.mails, Mail{Sent: true, Mailbox: "bob@other.example", From: "bob@other.example", Subject: "Bob's", Date: testClock})
	page, _ := w.get(t, "/?box=bob%40other.example")
	if n := strings.Count(page, `class="mail `); n != 1 || !strings.Contains(page, "Bob&#39;s") {
		t.Errorf("%d mails of Bob", n)
	}
}

func TestClickWithoutAppIsToldToThePerson(t *testing.T) {
	w := newWorld(t)
	ts := w.post(t, slack.NewActionBlock("act.1", slack.NewButtonBlockElement("take_charge", "1", slack.NewTextBlockObject("plain_text", "Take charge", false, false))))
	page, _ := w.get(t, "/")
	if !strings.Contains(page, `data-action="take_charge"`) || !strings.Contains(page, `class="card" data-ts="`+ts+`"`) {
		t.Error("no button")
	}
	page = w.do(t, "/click", url.Values{"as": {loopback.SlackBen}, "ts": {ts}, "block": {"act.1"}, "action": {"take_charge"}})
	if !strings.Contains(page, "the app is not connected") {
		t.Error("nobody is told")
	}
	if page, _ := w.get(t, "/?as="+loopback.SlackAnn); strings.Contains(page, "the app is not connected") {
		t.Error("the wrong person is told")
	}
}

// A person writes into the thread of a card, and the page shows it as his.
func TestSayInTheThread(t *testing.T) {
	w := newWorld(t)
	ts := w.post(t, slack.NewDividerBlock())
	page := w.do(t, "/say", url.Values{"as": {loopback.SlackAnn}, "ts": {ts}, "text": {"he called <b>twice</b>"}})
	m := w.slack.Messages(loopback.SlackChannel)[0]
	if len(m.Replies) != 1 || m.Replies[0].User != loopback.SlackAnn {
		t.Fatalf("replies %+v", m.Replies)
	}
	for _, want := range []string{"<b>Ann Peeters</b>", "he called &lt;b&gt;twice&lt;/b&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

func TestEventsTellOfChanges(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	event := make([]byte, len("data: changed\n\n"))
	for range 2 { // the first at once, the second because of the message
		if _, err := io.ReadFull(r.Body, event); err != nil {
			t.Fatal(err)
		}
		w.post(t, slack.NewDividerBlock())
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

var blankLines = regexp.MustCompile(`\n\s*\n+`)

// part cuts the drawing of one thing out of a page.
func part(t *testing.T, page, from, to string) string {
	t.Helper()
	i := strings.Index(page, from)
	if i < 0 {
		t.Fatalf("no %s in the page", from)
	}
	j := strings.Index(page[i:], to)
	if j < 0 {
		t.Fatalf("no %s after %s", to, from)
	}
	page = tokenField.ReplaceAllString(page[i:i+j], `name="token" value="TOKEN"`)
	return blankLines.ReplaceAllString(page, "\n") + "\n"
}

func TestCardGolden(t *testing.T) {
	w := newWorld(t)
	plain := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	mrkdwn := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("mrkdwn", s, false, false) }
	button := func(id, text string) *slack.ButtonBlockElement {
		return slack.NewButtonBlockElement(id, "RMA-26-00001-5/1", plain(text))
	}
	ts := w.post(t, slack.NewHeaderBlock(plain("RMA-26-00001-5 · defective")),
		slack.NewContextBlock("c", mrkdwn("*received* · due <!date^1795298640^{date_short_pretty} {time}|21 Nov>"), plain("Ann & <Co>")),
		slack.NewSectionBlock(nil, []*slack.TextBlockObject{mrkdwn("*Customer*"), plain("Ann & <Co>")}, nil, slack.SectionBlockOptionBlockID("f")),
		slack.NewDividerBlock(),
		slack.NewActionBlock("act.1", button("take_charge", "Take charge").WithStyle(slack.StylePrimary), button("refuse", "Refuse…").WithStyle(slack.StyleDanger)))
	if _, _, err := w.api.PostMessage(loopback.SlackChannel, slack.MsgOptionTS(ts), slack.MsgOptionText("opened by *Ann*", false)); err != nil {
		t.Fatal(err)
	}
	page, _ := w.get(t, "/")
	golden(t, "card.html", part(t, page, `<article id="c`, "</article>"))
}

// serve answers clicks with the modal, and every submission with an error at
// its text, until the test ends.
func (w *world) serve(t *testing.T, modal slack.ModalViewRequest) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	api := slack.New(w.slack.BotToken, slack.OptionAPIURL(w.slack.URL), slack.OptionAppLevelToken(w.slack.AppToken))
	client := socketmode.New(api)
	go func() { _ = client.RunContext(ctx) }()
	connected := make(chan struct{})
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-client.Events:
				in, ok := e.Data.(slack.InteractionCallback)
				switch {
				case e.Type == socketmode.EventTypeConnected:
					close(connected)
				case !ok:
				case in.Type == slack.InteractionTypeBlockActions:
					_, _ = api.OpenViewContext(ctx, in.TriggerID, modal)
					_ = client.AckCtx(ctx, e.Request.EnvelopeID, nil)
				default:
					_ = client.AckCtx(ctx, e.Request.EnvelopeID, slack.NewErrorsViewSubmissionResponse(map[string]string{"text": "Say <more>."}))
				}
			}
		}
	}()
	<-connected
	for w.slack.Connections() == 0 {
		<-w.slack.Changed()
	}
}

func TestModal(t *testing.T) {
	w := newWorld(t)
	plain := func(s string) *slack.TextBlockObject { return slack.NewTextBlockObject("plain_text", s, false, false) }
	option := func(v, s string) *slack.OptionBlockObject { return slack.NewOptionBlockObject(v, plain(s), nil) }
	optional := slack.NewInputBlock("link", plain("Link"), plain("The maker's page"), slack.NewURLTextInputBlockElement(plain("https://"), "v"))
	optional.Optional = true
	w.serve(t, slack.ModalViewRequest{Type: slack.VTModal, Title: plain("Refuse"), Submit: plain("Send"), Close: plain("Cancel"), CallbackID: "refuse",
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewSectionBlock(plain("RMA-26-00001-5"), nil, nil, slack.SectionBlockOptionBlockID("s")),
			slack.NewInputBlock("kind", plain("Why"), nil, slack.NewRadioButtonsBlockElement("v", option("commercial", "Commercial"), option("technical", "Technical"))),
			slack.NewInputBlock("item.1", plain("1. D785"), nil, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, "v", option("in", "In"), option("out", "Out"))),
			slack.NewInputBlock("ask", plain("Ask for"), nil, slack.NewCheckboxGroupsBlockElement("v", option("serial", "Serial"), option("ticket", "Ticket"))),
			slack.NewInputBlock("mail", plain("Address"), nil, slack.NewEmailTextInputBlockElement(nil, "v")),
			optional,
			slack.NewInputBlock("text", plain("Text"), nil, slack.NewPlainTextInputBlockElement(nil, "v").WithMultiline(true)),
		}}})
	ts := w.post(t, slack.NewActionBlock("act.1", slack.NewButtonBlockElement("refuse", "1", plain("Refuse…"))))
	page := w.do(t, "/click", url.Values{"as": {loopback.SlackAnn}, "ts": {ts}, "block": {"act.1"}, "action": {"refuse"}})
	view := regexp.MustCompile(`<dialog id="modal" open data-view="(V[0-9a-f]+)" data-callback="refuse"`).FindStringSubmatch(page)
	if view == nil {
		t.Fatal("no modal in the page")
	}
	if page, _ := w.get(t, "/?as="+loopback.SlackBen); strings.Contains(page, "<dialog") {
		t.Error("somebody else sees the modal")
	}
	form := url.Values{"as": {loopback.SlackAnn}, "view": {view[1]}, "v:kind/v": {"technical"}, "v:item.1/v": {"out"}, "v:ask/v": {"", "ticket"},
		"v:mail/v": {"nowhere"}, "v:link/v": {""}, "v:text/v": {"too \r\n<short>"}}
	if page := w.do(t, "/submit", form); !strings.Contains(page, "Please enter an email address.") {
		t.Error("the client's own check is not shown")
	}
	form.Set("v:mail/v", "a@b.example")
	page = w.do(t, "/submit", form)
	golden(t, "modal.html", strings.ReplaceAll(part(t, page, `<dialog id="modal"`, "</dialog>"), view[1], "VIEW"))
	if page := w.do(t, "/close", url.Values{"as": {loopback.SlackAnn}, "view": {view[1]}}); strings.Contains(page, "<dialog") {
		t.Error("the modal is still there")
	}
}

func TestMrkdwn(t *testing.T) {
	tt := texts{now: testClock, names: map[string]string{"U1": "Ann <A>", "C1": "returns"}}
	for in, want := range map[string]string{
		"a *b* _c_ ~d~ `e*f*`":                     "a <b>b</b> <i>c</i> <s>d</s> <code>e*f*</code>",
		"2*3*4 snake_case_name * a *":              "2*3*4 snake_case_name * a *",
		"&lt;b&gt; &amp;amp;":                      "&lt;b&gt; &amp;amp;",
		"<https://x.example/?a=1&amp;b=2|see it>":  `<a href="https://x.example/?a=1&amp;b=2" target="_blank" rel="noreferrer noopener">see it</a>`,
		"*<https://x.example|bold link>*":          `<b><a href="https://x.example" target="_blank" rel="noreferrer noopener">bold link</a></b>`,
		"<mailto:a@b.example>":                     `<a href="mailto:a@b.example" target="_blank" rel="noreferrer noopener">a@b.example</a>`,
		"<javascript:alert(1)|x>":                  "x",
		"<@U1> <#C1> <!here> <!channel|x>":         `<span class="mention">@Ann &lt;A&gt;</span> <span class="mention">#returns</span> <span class="mention">@here</span> <span class="mention">@x</span>`,
		"<!subteam^S1|@desk>":                      `<span class="mention">@desk</span>`,
		"&gt; one\n> two\nthree":                   "<blockquote>one<br>two</blockquote>three",
		":warning: `:warning:` :unknown:":          "⚠️ <code>:warning:</code> :unknown:",
		"a\nb":                                     "a<br>b",
		"```<b>```":                                "<pre>&lt;b&gt;</pre>",
		"<!date^1795255440^{date} {time}|old>":     `<time title="old">November 21st, 2026 10:04</time>`,
		"<!date^1795341840^{date_short_pretty}|f>": `<time title="f">tomorrow</time>`,
		"<!date^x^{date}|f>":                       "f",
		"\ue0000\ue001":                            "\ufffd0\ufffd",
	} {
		if got := string(tt.mrkdwn(in)); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

func FuzzMrkdwn(f *testing.F) {
	f.Add("*a* <https://x|y> `c` <!date^1^{date}|f>\n> q ```p```")
	f.Add("<<a|*b>*_~`")
	f.Add("<!date>")
	tags := regexp.MustCompile(`</?(?:b|i|s|code|pre|blockquote|br|time|span|a)(?: (?:title|class|href|target|rel)="[^"<>]*")*>`)
	f.Fuzz(func(t *testing.T, s string) {
		out := string(texts{now: testClock}.mrkdwn(s))
		if rest := tags.ReplaceAllString(out, ""); strings.ContainsAny(rest, "<>\"'") {
			t.Errorf("%q became %q", s, out)
		}
	})
}

func TestOutboxShowsFailuresFirstAndNotAll(t *testing.T) {
	rows := make([]OutboxRow, 10)
	rows[9] = OutboxRow{Kind: "mail", Status: "failed"}
	var d pageData
	d.takeOutbox(rows)
	if len(d.Outbox) != 6 || d.OutboxMore != 4 || d.Outbox[0].Status != "failed" {
		t.Errorf("%d rows, %d more, first %+v", len(d.Outbox), d.OutboxMore, d.Outbox[0])
	}
}

func TestWhenAndUntil(t *testing.T) {
	tt := texts{now: testClock}
	for d, want := range map[time.Duration]string{time.Minute: "in 1 minute", 90 * time.Minute: "in 2 hours", -24 * time.Hour: "24 hours ago", 72 * time.Hour: "in 3 days"} {
		if got := tt.until(testClock.Add(d)); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	for at, want := range map[time.Time]string{testClock: "10:04", testClock.AddDate(0, 0, 2): "23 Nov 10:04", testClock.AddDate(1, 0, 0): "21 Nov 2027 10:04", {}: ""} {
		if got := tt.when(at); got != want {
			t.Errorf("%v: %q, want %q", at, got, want)
		}
	}
}
