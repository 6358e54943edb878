package slackdesk

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/slack-go/slack"
)

// Limits of Block Kit, in characters:
// https://docs.slack.dev/reference/block-kit/blocks
const (
	maxHeader   = 150
	maxSection  = 3000
	maxFallback = 3000 // of the text beside the blocks; chat.update refuses above 4000
	maxLabel    = 150  // ours: Slack allows 2000, but nobody reads it
	maxOption   = 75
	maxInput    = 3000
)

// escape makes text from outside safe for Slack: the three characters from
// which mentions and links are made.
// https://docs.slack.dev/messaging/formatting-message-text#escaping
func escape(s string) string { return entities.Replace(s) }

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// cut escapes s and shortens it to at most limit characters, escapes counted,
// never within one. A shortened text ends in an ellipsis.
func cut(s string, limit int) string {
	var b strings.Builder
	n, fits := 0, 0 // fits: bytes that leave room for the ellipsis
	for _, r := range strings.ToValidUTF8(s, "?") {
		e := escape(string(r))
		n += len([]rune(e))
		if n > limit {
			return strings.TrimRight(b.String()[:fits], " \n") + "…"
		}
		b.WriteString(e)
		if n < limit {
			fits = b.Len()
		}
	}
	return b.String()
}

// line makes one line of s: no control or invisible formatting characters
// (which can turn the reading direction), no runs of spaces.
func line(s string) string {
	return strings.Join(strings.Fields(clean(s)), " ")
}

// clean drops control and formatting characters but keeps line ends.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// shorten cleans s, drops its empty lines and keeps at most n characters.
func shorten(s string, n int) string {
	var lines []string
	for l := range strings.SplitSeq(clean(s), "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	r := []rune(strings.Join(lines, "\n"))
	if len(r) <= n {
		return string(r)
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

// plain is text that Slack shows as it is: no mentions, no links, no emphasis,
// no emoji. Everything from outside goes through it.
func plain(s string, limit int) *slack.TextBlockObject {
	emoji := false
	if s = cut(s, limit); strings.TrimSpace(s) == "" {
		s = "–" // Slack refuses an empty text
	}
	return &slack.TextBlockObject{Type: slack.PlainTextType, Text: s, Emoji: &emoji}
}

// marked is our own text in Slack's mark-up; nothing from outside may be in it.
func marked(s string) *slack.TextBlockObject {
	return &slack.TextBlockObject{Type: slack.MarkdownType, Text: s, Verbatim: true}
}

func plainSection(s string) slack.Block {
	return slack.NewSectionBlock(plain(s, maxSection), nil, nil)
}

func markedSection(s string) slack.Block {
	return slack.NewSectionBlock(marked(s), nil, nil)
}

func note(elements ...slack.MixedElement) slack.Block {
	return slack.NewContextBlock("", elements...)
}

// date is a time in Slack's own format: each reader sees his own time zone.
func date(t time.Time, zone *time.Location) string {
	return fmt.Sprintf("<!date^%d^{date_short_pretty} {time}|%s>", t.Unix(), t.In(zone).Format("2 Jan 2006 15:04 MST"))
}

// zoneOf is the desk's time zone, for readers whose client cannot make dates.
func zoneOf(name string) *time.Location {
	if zone, err := time.LoadLocation(name); err == nil {
		return zone
	}
	return time.UTC
}
