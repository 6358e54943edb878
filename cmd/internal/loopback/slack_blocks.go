package loopback

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Block is one Block Kit block. Only the fields of its type are set.
type Block struct {
	Type     string    `json:"type"`
	BlockID  string    `json:"block_id,omitempty"`
	Text     *Text     `json:"text,omitempty"`
	Fields   []Text    `json:"fields,omitempty"`
	Elements []Element `json:"elements,omitempty"`

	Accessory *Element `json:"accessory,omitempty"` // section
	Expand    bool     `json:"expand,omitempty"`

	Label          *Text    `json:"label,omitempty"` // input
	Hint           *Text    `json:"hint,omitempty"`
	Element        *Element `json:"element,omitempty"`
	Optional       bool     `json:"optional,omitempty"`
	DispatchAction bool     `json:"dispatch_action,omitempty"`

	ImageURL string `json:"image_url,omitempty"` // image
	AltText  string `json:"alt_text,omitempty"`
	Title    *Text  `json:"title,omitempty"`
}

// Text is a text object; inside a context element it is a bare string and Type
// is empty.
type Text struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim *bool  `json:"verbatim,omitempty"`
}

// Element is a button, an input, a text of a context block, or a run of a rich
// text. Only the fields of its type are set.
type Element struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id,omitempty"`
	Text     *Text  `json:"text,omitempty"`
	Value    string `json:"value,omitempty"`
	URL      string `json:"url,omitempty"`
	Style    Style  `json:"style,omitzero"`

	Confirm            *Confirm `json:"confirm,omitempty"`
	AccessibilityLabel string   `json:"accessibility_label,omitempty"`

	Placeholder    *Text    `json:"placeholder,omitempty"`
	Options        []Option `json:"options,omitempty"`
	InitialOption  *Option  `json:"initial_option,omitempty"`
	InitialOptions []Option `json:"initial_options,omitempty"`
	InitialValue   string   `json:"initial_value,omitempty"`
	InitialDate    string   `json:"initial_date,omitempty"`
	InitialUser    string   `json:"initial_user,omitempty"`

	Multiline        bool            `json:"multiline,omitempty"`
	MinLength        int             `json:"min_length,omitempty"`
	MaxLength        int             `json:"max_length,omitempty"`
	IsDecimalAllowed *bool           `json:"is_decimal_allowed,omitempty"`
	MinValue         string          `json:"min_value,omitempty"`
	MaxValue         string          `json:"max_value,omitempty"`
	MaxSelectedItems int             `json:"max_selected_items,omitempty"`
	FocusOnLoad      bool            `json:"focus_on_load,omitempty"`
	DispatchConfig   json.RawMessage `json:"dispatch_action_config,omitempty"`

	ImageURL string `json:"image_url,omitempty"`
	AltText  string `json:"alt_text,omitempty"`
	Emoji    *bool  `json:"emoji,omitempty"`
	Verbatim *bool  `json:"verbatim,omitempty"`

	Elements    []Element `json:"elements,omitempty"` // rich text
	Indent      int       `json:"indent,omitempty"`
	Offset      int       `json:"offset,omitempty"`
	Border      int       `json:"border,omitempty"`
	Name        string    `json:"name,omitempty"`
	UserID      string    `json:"user_id,omitempty"`
	UsergroupID string    `json:"usergroup_id,omitempty"`
	ChannelID   string    `json:"channel_id,omitempty"`
	Range       string    `json:"range,omitempty"`
	Timestamp   int64     `json:"timestamp,omitempty"`
	Format      string    `json:"format,omitempty"`
	Fallback    string    `json:"fallback,omitempty"`
}

// Style is the colour of a button, or the marks of a run of rich text.
type Style struct {
	Name                       string // primary, danger; bullet, ordered
	Bold, Italic, Strike, Code bool
}

// Option is one choice of a select, of radio buttons or of checkboxes.
type Option struct {
	Text        *Text  `json:"text"`
	Value       string `json:"value"`
	Description *Text  `json:"description,omitempty"`
	URL         string `json:"url,omitempty"`
}

// Confirm is the question that a button asks before it acts.
type Confirm struct {
	Title   *Text  `json:"title"`
	Text    *Text  `json:"text"`
	Confirm *Text  `json:"confirm"`
	Deny    *Text  `json:"deny"`
	Style   string `json:"style,omitempty"`
}

// ViewRequest is a modal or a Home tab as the app sent it.
type ViewRequest struct {
	Type            string  `json:"type"`
	Title           *Text   `json:"title,omitempty"`
	Submit          *Text   `json:"submit,omitempty"`
	Close           *Text   `json:"close,omitempty"`
	Blocks          []Block `json:"blocks"`
	PrivateMetadata string  `json:"private_metadata,omitempty"`
	CallbackID      string  `json:"callback_id,omitempty"`
	ExternalID      string  `json:"external_id,omitempty"`
	ClearOnClose    bool    `json:"clear_on_close,omitempty"`
	NotifyOnClose   bool    `json:"notify_on_close,omitempty"`
}

// UnmarshalJSON takes a text object or a bare string.
func (t *Text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &t.Text)
	}
	type plain Text
	return slackStrict(b, (*plain)(t))
}

// MarshalJSON writes what UnmarshalJSON took.
func (t Text) MarshalJSON() ([]byte, error) {
	if t.Type == "" {
		return json.Marshal(t.Text)
	}
	type plain Text
	return json.Marshal(plain(t))
}

// UnmarshalJSON takes the name of a colour or an object of marks.
func (s *Style) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &s.Name)
	}
	type marks Style
	return slackStrict(b, (*marks)(s))
}

// MarshalJSON writes what UnmarshalJSON took.
func (s Style) MarshalJSON() ([]byte, error) {
	if s.Name != "" {
		return json.Marshal(s.Name)
	}
	return json.Marshal(map[string]bool{"bold": s.Bold, "italic": s.Italic, "strike": s.Strike, "code": s.Code})
}

// slackStrict decodes JSON and refuses fields that nobody reads: Slack does.
func slackStrict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// blockCheck collects what Slack would refuse, in its wording.
type blockCheck struct {
	surface string // message, modal, home
	errs    []string
	ids     map[string]bool
}

func (c *blockCheck) add(pointer, format string, args ...any) {
	c.errs = append(c.errs, fmt.Sprintf(format, args...)+" [json-pointer:"+pointer+"]")
}

func (c *blockCheck) length(pointer, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	if n > most {
		c.add(pointer, "must be less than %d characters", most+1)
	}
	if n < least || (least > 0 && strings.TrimSpace(s) == "") {
		c.add(pointer, "must be more than %d characters", least-1)
	}
}

// text checks a text object that must be there.
func (c *blockCheck) text(pointer string, t *Text, most int, kinds ...string) {
	switch {
	case t == nil:
		c.add(pointer, "must provide an object")
	case !slices.Contains(kinds, t.Type):
		c.add(pointer+"/type", "unsupported type: %s", t.Type)
	default:
		c.length(pointer+"/text", t.Text, 1, most)
	}
}

const (
	slackPlain  = "plain_text"
	slackMrkdwn = "mrkdwn"
)

// checkMessageBlocks returns what Slack refuses about the blocks of a message.
func checkMessageBlocks(blocks []Block) []string {
	c := &blockCheck{surface: "message"}
	c.blocks("/blocks", blocks, 50)
	return c.errs
}

// checkView returns what Slack refuses about a modal or a Home tab.
func checkView(v ViewRequest, want string) []string {
	c := &blockCheck{surface: want}
	if v.Type != want {
		c.add("/view/type", "expected view of type %s", want)
	}
	if v.Blocks == nil {
		c.add("/view/blocks", "must provide an array")
	}
	c.length("/view/private_metadata", v.PrivateMetadata, 0, 3000)
	c.length("/view/callback_id", v.CallbackID, 0, 255)
	c.length("/view/external_id", v.ExternalID, 0, 255)
	if want == "modal" {
		c.modal(v)
	} else if v.Title != nil || v.Submit != nil || v.Close != nil {
		c.add("/view", "invalid additional property: title, submit or close")
	}
	c.blocks("/view/blocks", v.Blocks, 100)
	return c.errs
}

func (c *blockCheck) modal(v ViewRequest) {
	c.text("/view/title", v.Title, 24, slackPlain)
	if v.Submit != nil {
		c.text("/view/submit", v.Submit, 24, slackPlain)
	}
	if v.Close != nil {
		c.text("/view/close", v.Close, 24, slackPlain)
	}
	isInput := func(b Block) bool { return b.Type == "input" }
	if i := slices.IndexFunc(v.Blocks, isInput); i >= 0 && v.Submit == nil {
		c.add(fmt.Sprintf("/view/blocks/%d/input", i), "must define `submit` to use an `input` block in modals")
	}
}

func (c *blockCheck) blocks(pointer string, blocks []Block, most int) {
	if len(blocks) > most {
		c.add(pointer, "no more than %d items allowed", most)
	}
	c.ids = map[string]bool{}
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", pointer, i)
		c.length(at+"/block_id", b.BlockID, 0, 255)
		if b.BlockID != "" && c.ids[b.BlockID] {
			c.add(at+"/block_id", "`block_id` %q already exists", b.BlockID)
		}
		c.ids[b.BlockID] = true
		c.block(at, b)
	}
}

func (c *blockCheck) block(at string, b Block) {
	switch b.Type {
	case "divider":
	case "section":
		c.section(at, b)
	case "header":
		c.text(at+"/text", b.Text, 150, slackPlain)
	case "context":
		c.context(at, b)
	case "actions":
		c.actions(at, b)
	case "input":
		c.input(at, b)
	case "image":
		c.image(at, b.ImageURL, b.AltText)
	case "rich_text":
		if len(b.Elements) == 0 {
			c.add(at+"/elements", "must provide at least 1 items")
		}
	default:
		c.add(at+"/type", "unsupported type: %s", b.Type)
	}
}

func (c *blockCheck) section(at string, b Block) {
	if b.Text == nil && len(b.Fields) == 0 {
		c.add(at+"/type", "must define either `text` or `fields`")
	}
	if b.Text != nil {
		c.text(at+"/text", b.Text, 3000, slackPlain, slackMrkdwn)
	}
	if len(b.Fields) > 10 {
		c.add(at+"/fields", "no more than 10 items allowed")
	}
	for i := range b.Fields {
		c.text(fmt.Sprintf("%s/fields/%d", at, i), &b.Fields[i], 2000, slackPlain, slackMrkdwn)
	}
	if b.Accessory != nil {
		c.element(at+"/accessory", *b.Accessory)
	}
}

func (c *blockCheck) context(at string, b Block) {
	if n := len(b.Elements); n < 1 || n > 10 {
		c.add(at+"/elements", "must provide 1 to 10 items")
	}
	for i, e := range b.Elements {
		here := fmt.Sprintf("%s/elements/%d", at, i)
		switch e.Type {
		case slackPlain, slackMrkdwn:
			if e.Text == nil {
				c.add(here+"/text", "must provide a string")
				continue
			}
			c.length(here+"/text", e.Text.Text, 1, 3000)
		case "image":
			c.image(here, e.ImageURL, e.AltText)
		default:
			c.add(here+"/type", "unsupported type: %s", e.Type)
		}
	}
}

func (c *blockCheck) actions(at string, b Block) {
	if n := len(b.Elements); n < 1 || n > 25 {
		c.add(at+"/elements", "must provide 1 to 25 items")
	}
	seen := map[string]bool{}
	for i, e := range b.Elements {
		here := fmt.Sprintf("%s/elements/%d", at, i)
		if e.ActionID != "" && seen[e.ActionID] {
			c.add(here+"/action_id", "`action_id` %q already exists", e.ActionID)
		}
		seen[e.ActionID] = true
		if strings.HasSuffix(e.Type, "_input") {
			c.add(here+"/type", "unsupported type: %s", e.Type)
			continue
		}
		c.element(here, e)
	}
}

func (c *blockCheck) input(at string, b Block) {
	c.text(at+"/label", b.Label, 2000, slackPlain)
	if b.Hint != nil {
		c.text(at+"/hint", b.Hint, 2000, slackPlain)
	}
	switch {
	case b.Element == nil:
		c.add(at+"/element", "must provide an object")
	case b.Element.Type == "button" || b.Element.Type == "overflow":
		c.add(at+"/element/type", "unsupported type: %s", b.Element.Type)
	default:
		c.element(at+"/element", *b.Element)
	}
}

func (c *blockCheck) image(at, src, alt string) {
	c.length(at+"/alt_text", alt, 1, 2000)
	c.length(at+"/image_url", src, 1, 3000)
}

var slackDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func (c *blockCheck) element(at string, e Element) {
	c.length(at+"/action_id", e.ActionID, 0, 255)
	if e.Placeholder != nil {
		c.text(at+"/placeholder", e.Placeholder, 150, slackPlain)
	}
	switch e.Type {
	case "button":
		c.button(at, e)
	case "static_select", "multi_static_select":
		c.options(at, e, 100, slackPlain)
	case "overflow":
		c.options(at, e, 5, slackPlain)
	case "radio_buttons", "checkboxes":
		c.options(at, e, 10, slackPlain, slackMrkdwn)
	case "plain_text_input":
		c.length(at+"/initial_value", e.InitialValue, 0, 3000)
		if e.MaxLength > 3000 || e.MinLength > 3000 || (e.MaxLength > 0 && e.MinLength > e.MaxLength) {
			c.add(at+"/max_length", "must be less than 3001")
		}
	case "number_input":
		if e.IsDecimalAllowed == nil {
			c.add(at, "missing required field: is_decimal_allowed")
		}
	case "datepicker":
		if e.InitialDate != "" && !slackDate.MatchString(e.InitialDate) {
			c.add(at+"/initial_date", "input must match regex pattern: %s", slackDate)
		}
	case "email_text_input", "url_text_input", "users_select":
	case "image":
		c.image(at, e.ImageURL, e.AltText)
	default:
		c.add(at+"/type", "unsupported type: %s", e.Type)
	}
}

func (c *blockCheck) button(at string, e Element) {
	c.text(at+"/text", e.Text, 75, slackPlain)
	c.length(at+"/value", e.Value, 0, 2000)
	c.length(at+"/accessibility_label", e.AccessibilityLabel, 0, 75)
	if !slices.Contains([]string{"", "primary", "danger"}, e.Style.Name) {
		c.add(at+"/style", "must be a valid enum value")
	}
	if e.URL != "" {
		if u, err := url.Parse(e.URL); err != nil || u.Scheme == "" {
			c.add(at+"/url", "must be a valid URL")
		}
		c.length(at+"/url", e.URL, 0, 3000)
	}
	if e.Confirm != nil {
		c.text(at+"/confirm/title", e.Confirm.Title, 100, slackPlain)
		c.text(at+"/confirm/text", e.Confirm.Text, 300, slackPlain, slackMrkdwn)
		c.text(at+"/confirm/confirm", e.Confirm.Confirm, 30, slackPlain)
		c.text(at+"/confirm/deny", e.Confirm.Deny, 30, slackPlain)
	}
}

func (c *blockCheck) options(at string, e Element, most int, kinds ...string) {
	if n := len(e.Options); n < 1 || n > most {
		c.add(at+"/options", "must provide 1 to %d items", most)
	}
	for i, o := range e.Options {
		here := fmt.Sprintf("%s/options/%d", at, i)
		c.text(here+"/text", o.Text, 75, kinds...)
		c.length(here+"/value", o.Value, 1, 150)
		if o.Description != nil {
			c.text(here+"/description", o.Description, 75, kinds...)
		}
	}
	initial := e.InitialOptions
	if e.InitialOption != nil {
		initial = append(initial[:len(initial):len(initial)], *e.InitialOption)
	}
	for _, o := range initial {
		if !slices.ContainsFunc(e.Options, o.same) {
			c.add(at+"/initial_option", "initial option was not found in the list of options")
		}
	}
}

func (o Option) same(p Option) bool {
	return o.Value == p.Value && o.Text != nil && p.Text != nil && o.Text.Text == p.Text.Text
}

// store fills in what Slack fills in: missing ids, and the escaping of every
// text. The blocks are the app's own copy already.
func storeBlocks(blocks []Block) []Block {
	for i := range blocks {
		b := &blocks[i]
		if b.BlockID == "" {
			b.BlockID = slackRandom(3)
		}
		storeTexts(b.Text, b.Label, b.Hint, b.Title)
		for j := range b.Fields {
			storeTexts(&b.Fields[j])
		}
		for j := range b.Elements {
			storeElement(&b.Elements[j], b.Type == "context")
		}
		storeElement(b.Element, false)
		storeElement(b.Accessory, false)
	}
	return blocks
}

func storeElement(e *Element, context bool) {
	if e == nil {
		return
	}
	if e.ActionID == "" && e.interactive() {
		e.ActionID = slackRandom(3)
	}
	if context && e.Text != nil {
		e.Text.Text = slackEscape(e.Text.Text, e.Type)
		return
	}
	storeTexts(e.Text, e.Placeholder)
	for i := range e.Options {
		storeTexts(e.Options[i].Text, e.Options[i].Description)
	}
	if e.InitialOption != nil {
		storeTexts(e.InitialOption.Text, e.InitialOption.Description)
	}
	for i := range e.InitialOptions {
		storeTexts(e.InitialOptions[i].Text, e.InitialOptions[i].Description)
	}
}

func storeTexts(texts ...*Text) {
	for _, t := range texts {
		if t != nil && t.Type != "" {
			t.Text = slackEscape(t.Text, t.Type)
		}
	}
}

var (
	slackBareAmp = regexp.MustCompile(`&(amp;|lt;|gt;)?`)
	slackMarkup  = regexp.MustCompile(`<(?:[@#!][^<>\n]*|[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\n]*)>`)
)

// slackEscape returns the text as Slack keeps it: a bare &, < or > escaped,
// what is escaped or is markup left alone.
func slackEscape(s, kind string) string {
	s = slackBareAmp.ReplaceAllStringFunc(s, func(m string) string {
		if m == "&" {
			return "&amp;"
		}
		return m
	})
	angle := strings.NewReplacer("<", "&lt;", ">", "&gt;")
	if kind == slackPlain {
		return angle.Replace(s)
	}
	var out strings.Builder
	last := 0
	for _, at := range slackMarkup.FindAllStringIndex(s, -1) {
		out.WriteString(escapeOutside(s[last:at[0]]))
		out.WriteString(s[at[0]:at[1]])
		last = at[1]
	}
	out.WriteString(escapeOutside(s[last:]))
	return out.String()
}

// escapeOutside escapes angles outside of markup, but for the > that starts a
// line: it is a quote.
func escapeOutside(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "<", "&lt;"), "\n")
	for i, l := range lines {
		quote := len(l) - len(strings.TrimLeft(l, ">"))
		lines[i] = l[:quote] + strings.ReplaceAll(l[quote:], ">", "&gt;")
	}
	return strings.Join(lines, "\n")
}

// interactive says whether a person can press the element or enter something.
func (e Element) interactive() bool {
	switch e.Type {
	case "", "image", slackPlain, slackMrkdwn:
		return false
	}
	return !strings.HasPrefix(e.Type, "rich_text_") && e.Type != "text" && e.Type != "link"
}
