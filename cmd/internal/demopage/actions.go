package demopage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"retour/cmd/internal/loopback"
)

// write sends the visitor's mail to the desk.
func (p *page) write(r *http.Request) (string, error) {
	f := r.PostForm
	from, err := mail.ParseAddress(f.Get("from"))
	if err != nil {
		return "", fmt.Errorf("%q is not a mail address", f.Get("from"))
	}
	m := Outgoing{From: from.Address, Subject: f.Get("subject"), InReplyTo: f.Get("in_reply_to"),
		Text: strings.ReplaceAll(f.Get("text"), "\r\n", "\n")}
	if err := m.attach(r); err != nil {
		return "", err
	}
	if strings.TrimSpace(m.Subject+m.Text) == "" && m.AttachmentName == "" {
		return "", errors.New("there is nothing in this mail")
	}
	if err := p.src.Write(r.Context(), m); err != nil {
		return "", fmt.Errorf("send the mail: %w", err)
	}
	return "Sent to the desk.", nil
}

func (m *Outgoing) attach(r *http.Request) error {
	file, head, err := r.FormFile("attachment")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) || (err == nil && head.Filename == "") {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the attachment: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	m.AttachmentName, m.AttachmentType = head.Filename, head.Header.Get("Content-Type")
	if m.Attachment, err = io.ReadAll(file); err != nil {
		return fmt.Errorf("read the attachment: %w", err)
	}
	return nil
}

const maxStep = 31 * 24 * time.Hour

// clock moves the desk's clock forward.
func (p *page) clock(r *http.Request) (string, error) {
	d, err := time.ParseDuration(r.PostForm.Get("by"))
	if err != nil || d <= 0 || d > maxStep {
		return "", errors.New("the clock goes forward only, by a month at most")
	}
	if err := p.src.Advance(r.Context(), d); err != nil {
		return "", fmt.Errorf("move the clock: %w", err)
	}
	return "", nil
}

// told turns an interaction that did not go well into what the person is told.
func told(d loopback.Delivery, err error) error {
	if err == nil && d.Sees != "" {
		return errors.New(d.Sees)
	}
	return err
}

// settle waits a moment for what a press brings about (a modal, a redrawn
// card), so that a page without script shows it too.
func settle(r *http.Request, changed <-chan struct{}) {
	select {
	case <-changed:
	case <-time.After(400 * time.Millisecond):
	case <-r.Context().Done():
	}
}

// click presses a button of a message.
func (p *page) click(r *http.Request) (string, error) {
	f := r.PostForm
	changed := p.src.Slack.Changed()
	err := told(p.src.Slack.Click(f.Get("as"), p.src.Channel, f.Get("ts"), pressed(f)))
	settle(r, changed)
	return "", err
}

// say writes into the thread of a message.
func (p *page) say(r *http.Request) (string, error) {
	f := r.PostForm
	changed := p.src.Slack.Changed()
	_, d, err := p.src.Slack.Say(f.Get("as"), p.src.Channel, f.Get("ts"), f.Get("text"))
	settle(r, changed)
	return "", told(d, err)
}

func pressed(f url.Values) loopback.Press {
	p := loopback.Press{Block: f.Get("block"), Action: f.Get("action")}
	if v := f.Get("value"); v != "" {
		p.Values = []string{v}
	}
	return p
}

// entered are the inputs of a modal; their names start with "v:".
func entered(f url.Values) url.Values {
	out := url.Values{}
	for name, values := range f {
		if key, ok := strings.CutPrefix(name, "v:"); ok {
			for _, v := range values {
				out.Add(key, strings.ReplaceAll(v, "\r\n", "\n"))
			}
		}
	}
	return out
}

// submit sends a modal. Errors at its fields are shown there.
func (p *page) submit(r *http.Request) (string, error) {
	d, err := p.src.Slack.Submit(r.PostForm.Get("as"), r.PostForm.Get("view"), entered(r.PostForm))
	if len(d.Errors) > 0 {
		return "", err
	}
	return "", told(d, err)
}

// press presses a button inside a modal; its value is "block/action".
func (p *page) press(r *http.Request) (string, error) {
	block, action, _ := strings.Cut(r.PostForm.Get("press"), "/")
	changed := p.src.Slack.Changed()
	err := told(p.src.Slack.ViewAction(r.PostForm.Get("as"), r.PostForm.Get("view"),
		loopback.Press{Block: block, Action: action}, entered(r.PostForm)))
	settle(r, changed)
	return "", err
}

func (p *page) closeView(r *http.Request) (string, error) {
	return "", told(p.src.Slack.CloseView(r.PostForm.Get("as"), r.PostForm.Get("view")))
}

func (p *page) dismiss(r *http.Request) (string, error) {
	if ts := r.PostForm.Get("ts"); ts != "" {
		p.src.Slack.Dismiss(r.PostForm.Get("as"), ts)
	}
	return "", nil // and the note is gone
}
