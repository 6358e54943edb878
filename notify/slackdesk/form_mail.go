package slackdesk

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"retour/notify"
)

const (
	pieceLength = 2600 // runes of a mail in one input; Slack takes 3000, the rest is for who adds to it
	mostPieces  = 8    // inputs for the words of one mail
	mailParts   = 5    // sections that a text to be read may fill
	mostAgain   = 4    // mails shown that go out again
)

// previewBlocks show what would happen: the mail as the customer will read it,
// its words to be rewritten, and the same in the language of the staff.
func (f *form) previewBlocks() []slack.Block {
	p, w := f.preview, f.w
	blocks := []slack.Block{slack.NewDividerBlock()}
	if p.Second != "" {
		blocks = append(blocks, plainSection(w.say("form.second", p.Second)))
	}
	switch {
	case len(p.Again) > 0:
		return append(blocks, f.againBlocks()...)
	case p.Mail == nil:
		return append(blocks, markedSection(w["form.no_mail"]))
	}
	title := "form.mail"
	if p.Second != "" {
		title = "form.mail_later"
	}
	return append(blocks, mailBlocks(w, title, *p, f.letter)...)
}

// mailBlocks show a mail as the customer will read it, its words in inputs: the
// desk's, or letter, which the person wrote in their place.
func mailBlocks(w words, title string, p notify.Preview, letter string) []slack.Block {
	head := note(plain(w.say("form.mail_head", line(p.Mail.To), line(p.Mail.Subject)), maxSection))
	blocks := []slack.Block{markedSection(w[title]), head, note(plain(p.Head, maxSection))}
	blocks = append(blocks, letterInputs(w, p, letter)...)
	blocks = append(blocks, note(plain(shorten(p.Foot, 1000), maxSection)))
	if files := fileNames(p.Mail.Attachments); files != "" {
		blocks = append(blocks, note(plain(w.say("form.files", files), maxSection)))
	}
	return append(blocks, readingBlocks(w, p, letter)...)
}

func fileNames(files []notify.Attachment) string {
	var names []string
	for _, a := range files {
		names = append(names, line(a.Name))
	}
	return shorten(strings.Join(names, ", "), 500)
}

// letterInputs hold the words of the mail; a long one is spread over several.
// Their block_ids change with the words, or Slack would go on showing what
// stood there before.
func letterInputs(w words, p notify.Preview, letter string) []slack.Block {
	text := or(letter, tidied(p.Body))
	list := pieces(text)
	if len(list) > mostPieces {
		return append(textBlocks(w, text, mailParts), note(plain(w["form.too_long"], maxSection)))
	}
	language := w.of("language", p.Mail.Language)
	var blocks []slack.Block
	for i, p := range list {
		label := w.say("form.letter", language)
		if len(list) > 1 {
			label += fmt.Sprintf(" (%d/%d)", i+1, len(list))
		}
		hint := ""
		if i == len(list)-1 {
			hint = w["form.letter_hint"]
		}
		blocks = append(blocks, textInput(p.block(i, digest(text)), label, hint, p.text, 10, true))
	}
	return blocks
}

// readingBlocks are what the person reads beside the mail: the desk's own words
// where he has put others in their place, and all of it in his language.
func readingBlocks(w words, p notify.Preview, letter string) []slack.Block {
	var blocks []slack.Block
	if letter != "" && letter != tidied(p.Body) {
		blocks = append(blocks, markedSection(w["form.desks_words"]))
		blocks = append(blocks, textBlocks(w, toRead(p.Body), mailParts)...)
	}
	if p.Reading != "" {
		blocks = append(blocks, markedSection(w["form.reading"]))
		blocks = append(blocks, textBlocks(w, toRead(p.Reading), mailParts)...)
	}
	return blocks
}

// toRead takes the marks for bold out of a text that is read and not rewritten.
func toRead(s string) string { return strings.ReplaceAll(s, "**", "") }

// againBlocks show mails that go out again as they are.
func (f *form) againBlocks() []slack.Block {
	mails := f.preview.Again
	blocks := []slack.Block{markedSection(f.w.say("form.again", len(mails)))}
	for _, m := range mails[:min(len(mails), mostAgain)] {
		blocks = append(blocks, note(plain(f.w.say("form.mail_head", line(m.To), line(m.Subject)), maxSection)))
		blocks = append(blocks, textBlocks(f.w, m.Text, 3)...)
	}
	return blocks
}

// piece is a part of a text, and what stands between it and the part before.
type piece struct {
	text string
	glue string
}

// glues are what can stand between two pieces, by the letter in the block_id.
var glues = map[string]string{"p": "\n\n", "l": "\n", "w": " ", "n": ""}

// pieces cuts a text into parts that fit into an input, at the ends of
// paragraphs where that is possible.
func pieces(text string) []piece {
	list := []piece{}
	glue := "n"
	r := []rune(text)
	for len(r) > pieceLength {
		cut, next := pieceLength, "n"
		for _, g := range []string{"p", "l", "w"} {
			if i := strings.LastIndex(string(r[:pieceLength]), glues[g]); i > 0 {
				cut, next = len([]rune(string(r[:pieceLength])[:i])), g
				break
			}
		}
		list = append(list, piece{string(r[:cut]), glue})
		r, glue = r[cut+len(glues[next]):], next
	}
	return append(list, piece{string(r), glue})
}

// block is the block_id of a piece: its place, its glue, and what it is of.
func (p piece) block(i int, of string) string { return fmt.Sprintf("mail.%d%s.%s", i, p.glue, of) }

// letter puts the pieces of the mail together again; empty where none is there.
func (a *answers) letter() string {
	texts := map[int]string{}
	for block := range a.values {
		place, ok := strings.CutPrefix(block, "mail.")
		if !ok {
			continue
		}
		place, _, _ = strings.Cut(place, ".")
		glue := strings.TrimLeft(place, "0123456789")
		i, err := strconv.Atoi(strings.TrimSuffix(place, glue))
		if text := a.values[block][input].Value; err == nil && text != nil && strings.TrimSpace(*text) != "" {
			texts[i] = glues[glue] + *text
		}
	}
	var b strings.Builder
	for _, i := range slices.Sorted(maps.Keys(texts)) {
		b.WriteString(texts[i])
	}
	return tidied(b.String())
}

// firstPiece is the block_id of the first input of the mail, where what is
// wrong with it is said.
func firstPiece(v values) string {
	for _, block := range slices.Sorted(maps.Keys(v)) {
		if strings.HasPrefix(block, "mail.0") {
			return block
		}
	}
	return ""
}

// tidied is a text as it comes back out of an input that nobody touched.
func tidied(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// folded names a text by what a client leaves of it that nobody touched: it may
// change the kind of spaces and escape the three characters that Slack escapes.
func folded(s string) string {
	return digest(strings.NewReplacer("\u00a0", " ", "\u202f", " ", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(tidied(s)))
}

// textBlocks spread a text over at most n sections.
func textBlocks(w words, s string, n int) []slack.Block {
	const part = 2000 // leaves room for escapes
	r := []rune(strings.TrimSpace(clean(s)))
	var blocks []slack.Block
	for len(r) > 0 && len(blocks) < n {
		size := min(part, len(r))
		if size < len(r) {
			if i := lastIndex(r[:size], '\n'); i > part/2 {
				size = i + 1
			}
		}
		blocks, r = append(blocks, plainSection(string(r[:size]))), r[size:]
	}
	if len(r) > 0 {
		blocks = append(blocks, note(plain(w.say("form.mail_more", len(r)), maxSection)))
	}
	return blocks
}

func lastIndex(r []rune, c rune) int {
	for i := len(r) - 1; i >= 0; i-- {
		if r[i] == c {
			return i
		}
	}
	return -1
}
