package demopage

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"retour/cmd/internal/loopback"
)

// texts draws Slack's texts for one moment of the desk's clock.
type texts struct {
	now   time.Time // in the zone in which times are shown
	names map[string]string
}

// text draws a text object, nil included.
func (t texts) text(o *loopback.Text) template.HTML {
	if o == nil {
		return ""
	}
	if o.Type == "mrkdwn" {
		return t.mrkdwn(o.Text)
	}
	s := html.EscapeString(unescape(o.Text))
	if o.Emoji != nil && *o.Emoji {
		s = emoji.Replace(s)
	}
	return template.HTML(s) // escaped
}

// emoji are the few that a desk uses; others stay as they are written.
var emoji = strings.NewReplacer(":envelope:", "✉️", ":hourglass:", "⌛", ":raised_hand:", "✋", ":warning:", "⚠️",
	":white_check_mark:", "✅", ":x:", "❌", ":bell:", "🔔", ":package:", "📦", ":lock:", "🔒", ":eyes:", "👀")

// unescape undoes Slack's escaping, which knows three characters only.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

// mrkdwn draws Slack's markup: https://docs.slack.dev/messaging/formatting-message-text.
// Everything in it that is not markup is escaped.
func (t texts) mrkdwn(s string) template.HTML {
	var out strings.Builder
	for i, part := range strings.Split(strings.Map(noMarks, s), "```") {
		if i%2 == 1 {
			out.WriteString("<pre>" + html.EscapeString(unescape(strings.Trim(part, "\n"))) + "</pre>")
			continue
		}
		t.lines(&out, part)
	}
	return template.HTML(out.String()) // every piece was escaped
}

// lines draws lines, those that start with > as one quote.
func (t texts) lines(out *strings.Builder, s string) {
	quoting, first := false, true
	for line := range strings.SplitSeq(s, "\n") {
		rest, quoted := strings.CutPrefix(line, ">")
		if !quoted {
			rest, quoted = strings.CutPrefix(line, "&gt;")
		}
		switch {
		case quoted && !quoting:
			out.WriteString("<blockquote>")
		case !quoted && quoting:
			out.WriteString("</blockquote>")
		case !first:
			out.WriteString("<br>")
		}
		quoting, first = quoted, false
		out.WriteString(t.inline(strings.TrimSpace(rest)))
	}
	if quoting {
		out.WriteString("</blockquote>")
	}
}

// Private-use characters stand for pieces of finished HTML while the marks
// around them are drawn. Nothing from outside may contain them.
const (
	pieceOpen  = '\uE000'
	pieceClose = '\uE001'
)

func noMarks(r rune) rune {
	if r == pieceOpen || r == pieceClose {
		return utf8.RuneError
	}
	return r
}

var (
	angles   = regexp.MustCompile(`<([^<>\n]+)>`)
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	pieceRef = regexp.MustCompile(`\x{E000}(\d+)\x{E001}`)
)

// inline draws one line: links, mentions and dates, code, and the three marks.
func (t texts) inline(s string) string {
	var pieces []string
	put := func(finished string) string {
		pieces = append(pieces, finished)
		return string(pieceOpen) + strconv.Itoa(len(pieces)-1) + string(pieceClose)
	}
	s = codeSpan.ReplaceAllStringFunc(s, func(m string) string {
		return put("<code>" + html.EscapeString(unescape(strings.Trim(m, "`"))) + "</code>")
	})
	s = angles.ReplaceAllStringFunc(s, func(m string) string {
		if strings.ContainsRune(m, pieceOpen) {
			return m
		}
		return put(t.reference(m[1 : len(m)-1]))
	})
	s = emoji.Replace(html.EscapeString(unescape(s)))
	for _, mark := range []struct{ sign, tag string }{{"*", "b"}, {"_", "i"}, {"~", "s"}} {
		s = marked(s, mark.sign, mark.tag)
	}
	return pieceRef.ReplaceAllStringFunc(s, func(m string) string {
		i, err := strconv.Atoi(strings.Trim(m, string(pieceOpen)+string(pieceClose)))
		if err != nil || i >= len(pieces) {
			return ""
		}
		return pieces[i]
	})
}

// marked wraps what stands between two signs at the edges of words.
func marked(s, sign, tag string) string {
	var out strings.Builder
	for {
		from := strings.Index(s, sign)
		if from < 0 || from+1 >= len(s) {
			break
		}
		to := strings.Index(s[from+1:], sign)
		if to < 0 {
			break
		}
		to += from + 1
		inner := s[from+1 : to]
		if inner == "" || strings.TrimSpace(inner) != inner || inWord(s[:from], false) || inWord(s[to+1:], true) {
			out.WriteString(s[:to])
			s = s[to:]
			continue
		}
		out.WriteString(s[:from] + "<" + tag + ">" + inner + "</" + tag + ">")
		s = s[to+1:]
	}
	return out.String() + s
}

// inWord says whether a sign beside this text stands inside a word.
func inWord(s string, before bool) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	if before {
		r, n = utf8.DecodeRuneInString(s)
	}
	return n > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// reference draws what stands between < and >.
func (t texts) reference(s string) string {
	target, label, _ := strings.Cut(s, "|")
	mention := func(name string) string {
		return `<span class="mention">` + html.EscapeString(unescape(name)) + `</span>`
	}
	switch {
	case strings.HasPrefix(target, "!date^"):
		return t.date(target, label)
	case strings.HasPrefix(target, "@"):
		return mention("@" + t.name(target[1:], label))
	case strings.HasPrefix(target, "#"):
		return mention("#" + t.name(target[1:], label))
	case strings.HasPrefix(target, "!"):
		name, _, _ := strings.Cut(target[1:], "^")
		return mention("@" + first(strings.TrimPrefix(label, "@"), name))
	}
	return link(unescape(target), unescape(label))
}

func (t texts) name(id, label string) string { return first(label, t.names[id], id) }

func first(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

func link(target, label string) string {
	scheme, _, found := strings.Cut(target, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		return `<a href="` + html.EscapeString(target) + `" target="_blank" rel="noreferrer noopener">` +
			html.EscapeString(first(label, strings.TrimPrefix(target, "mailto:"))) + "</a>"
	}
	if !found {
		return html.EscapeString("<" + target + ">")
	}
	return html.EscapeString(first(label, target))
}

// date draws <!date^1392734382^{date} at {time}^link|fallback>.
func (t texts) date(target, fallback string) string {
	parts := strings.Split(target, "^")
	unix, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || len(parts) < 3 {
		return html.EscapeString(unescape(fallback))
	}
	at := time.Unix(unix, 0).In(t.now.Location())
	long, short, full := ordinal(at, "January"), at.Format("Jan 2, 2006"), at.Format("Monday, ")+ordinal(at, "January")
	text := strings.NewReplacer(
		"{date_num}", at.Format(time.DateOnly), "{date}", long, "{date_short}", short, "{date_long}", full,
		"{date_pretty}", t.pretty(at, long), "{date_short_pretty}", t.pretty(at, short), "{date_long_pretty}", t.pretty(at, full),
		"{time}", at.Format("15:04"), "{time_secs}", at.Format("15:04:05"), "{ago}", t.until(at),
	).Replace(unescape(parts[2]))
	return `<time title="` + html.EscapeString(unescape(fallback)) + `">` + html.EscapeString(text) + "</time>"
}

func ordinal(at time.Time, month string) string {
	suffix := "th"
	if d := at.Day(); d < 11 || d > 13 {
		suffix = map[int]string{1: "st", 2: "nd", 3: "rd"}[d%10]
		if suffix == "" {
			suffix = "th"
		}
	}
	return at.Format(month+" 2") + suffix + at.Format(", 2006")
}

// pretty says today, yesterday and tomorrow instead of the date.
func (t texts) pretty(at time.Time, otherwise string) string {
	for offset, word := range map[int]string{-1: "yesterday", 0: "today", 1: "tomorrow"} {
		if sameDay(at, t.now.AddDate(0, 0, offset)) {
			return word
		}
	}
	return otherwise
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// when is a time as short as the desk's clock allows.
func (t texts) when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(t.now.Location())
	switch {
	case sameDay(at, t.now):
		return at.Format("15:04")
	case at.Year() == t.now.Year():
		return at.Format("2 Jan 15:04")
	}
	return at.Format("2 Jan 2006 15:04")
}

// until is how far a time lies ahead of the desk's clock, or behind it.
func (t texts) until(at time.Time) string {
	d, form := at.Sub(t.now), "in %s"
	if d < 0 {
		d, form = -d, "%s ago"
	}
	n, unit := int(d/time.Minute), "minute"
	switch {
	case d >= 48*time.Hour:
		n, unit = int((d+12*time.Hour)/(24*time.Hour)), "day"
	case d >= 90*time.Minute:
		n, unit = int((d+30*time.Minute)/time.Hour), "hour"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf(form, fmt.Sprintf("%d %s", n, unit))
}
