package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"retour/templates"
)

// Draft is a finished mail that a person may still rewrite: the words between
// greeting and signature, nothing else.
type Draft struct {
	Mail
	Body string // those words, in the markup of package templates, to be rewritten
	Head string // the greeting
	Foot string // the signature

	set  *templates.Set
	data templates.Mail
}

// LostError is what a rewritten mail no longer says, though the desk counts on it.
type LostError struct{ Text string }

func (e LostError) Error() string {
	return fmt.Sprintf("the mail does not name %s any more: write it in again, or change it in the form", e.Text)
}

// ErrNoWords is returned for a mail that was rewritten to nothing.
var ErrNoWords = errors.New("the mail says nothing any more")

// Rewritten is the mail with a person's words in the place of Body, in the text
// and in the HTML form; all else stays. What the customer is bound by (an amount,
// a tracking number, the number of the case that goes on) may not get lost: a
// LostError names it.
func (d Draft) Rewritten(body string) (Mail, error) {
	if strings.TrimSpace(body) == "" {
		return Mail{}, ErrNoWords
	}
	for _, s := range d.data.Sections {
		for _, must := range []string{s.Quote, s.Credit, s.Tracking, s.Into, s.Link} {
			if must != "" && says(d.Body, must) && !says(body, must) {
				return Mail{}, LostError{must}
			}
		}
	}
	d.data.Body = body
	r, err := d.set.Render(d.data)
	if err != nil {
		return Mail{}, fmt.Errorf("compose the rewritten mail %s: %w", d.MessageID, err)
	}
	m := d.Mail
	m.Text, m.HTML = r.Text, r.HTML
	return m, nil
}

// says tells whether a text names something, however its spaces are written.
func says(text, what string) bool {
	return strings.Contains(tight(text), tight(what))
}

func tight(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", "", "\u202f", "", "*", "").Replace(s)), "")
}

// Seen names what a person sees of the mail. It is the same as long as the mail
// says the same: thread, date and key do not count.
func (m Mail) Seen() string {
	h := sha256.New()
	parts := []string{m.To, m.Subject, m.Text, m.HTML}
	for _, a := range m.Attachments {
		parts = append(parts, a.Name)
	}
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
