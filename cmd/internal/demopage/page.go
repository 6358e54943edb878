// Package demopage is the page of the demo: the customers' mails, the Slack
// channel and what the desk knows, side by side. It is served on loopback, to
// the person who started the demo, as server-rendered HTML with a little
// script that keeps it fresh.
package demopage

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"retour/cmd/internal/loopback"
)

// Source is where the page gets what it shows, and what its buttons do. All
// functions may be called from several goroutines.
type Source struct {
	Slack     *loopback.Slack
	Channel   string         // id of the desk's channel
	Customers []Customer     // offered as senders
	TimeZone  *time.Location // in which times are shown; UTC when nil
	Mails     func() []Mail  // of the customers, in any order
	Desk      func(ctx context.Context) (DeskView, error)
	Write     func(ctx context.Context, m Outgoing) error
	Advance   func(ctx context.Context, d time.Duration) error
	Changed   func() <-chan struct{} // closed at the next change of mails or desk; may be nil
}

// Customer is somebody who can write to the desk.
type Customer struct {
	Name, Address string
}

// Mail is one mail of a customer.
type Mail struct {
	Sent        bool   // by the customer to the desk; otherwise by the desk to him
	Mailbox     string // the customer's address
	From, To    string
	Subject     string
	Date        time.Time
	Text, HTML  string
	MessageID   string // without angle brackets
	Attachments []File
}

// File is attached to a mail.
type File struct {
	Name, MediaType string
	Data            []byte
}

// Outgoing is a mail that the visitor writes to the desk.
type Outgoing struct {
	From, Subject, Text string
	InReplyTo           string // Message-ID without angle brackets, or empty
	AttachmentName      string // empty when there is none
	AttachmentType      string
	Attachment          []byte
}

// DeskView is what the desk knows.
type DeskView struct {
	Clock  time.Time
	Cases  []CaseRow // in the order in which they are shown
	Ledger []Count   // of the mailbox, by fate
	Outbox []OutboxRow
}

// CaseRow is one case.
type CaseRow struct {
	Number, State, Label, Customer, Owner, Why string
	Items                                      []string
	Deadline                                   time.Time // zero: none
	Late, Closed                               bool
}

// Count is one figure of the ledger.
type Count struct {
	Name string
	N    int
}

// OutboxRow is something that was not delivered yet.
type OutboxRow struct {
	Kind, To, Status, Why string
	Next                  time.Time
}

//go:embed page.html page.css page.js
var files embed.FS

type page struct {
	src   Source
	base  *template.Template // never executed, only cloned
	token string

	mu    sync.Mutex
	notes map[string]note // what a person is told about his last press, by user
}

type note struct {
	Text string
	Bad  bool
}

// New returns the page's handler. It answers loopback hosts only, and takes
// nothing that does not carry its own token.
func New(src Source) (http.Handler, error) {
	p := &page{src: src, notes: map[string]note{}}
	if p.src.TimeZone == nil {
		p.src.TimeZone = time.UTC
	}
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // never fails
	p.token = hex.EncodeToString(secret[:])
	var err error
	p.base, err = template.New("page.html").Funcs(p.funcs(DeskView{})).ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("parse the demo page: %w", err)
	}
	return p.guard(p.routes()), nil
}

func (p *page) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.show)
	mux.HandleFunc("GET /events", p.events)
	mux.HandleFunc("GET /mail/{id}", p.mailHTML)
	mux.HandleFunc("GET /mail/{id}/file/{n}", p.mailFile)
	mux.HandleFunc("GET /page.css", asset("page.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /page.js", asset("page.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for path, act := range map[string]func(*http.Request) (string, error){
		"/write": p.write, "/clock": p.clock, "/click": p.click,
		"/say": p.say, "/submit": p.submit, "/close": p.closeView, "/press": p.press, "/dismiss": p.dismiss,
	} {
		mux.HandleFunc("POST "+path, p.doing(act))
	}
	return mux
}

func asset(name, kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(b) // the browser went away
	}
}

const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard refuses other hosts (a name that an attacker points to 127.0.0.1) and
// sets the headers that every answer has.
func (p *page) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "this page answers on 127.0.0.1 and localhost only", http.StatusMisdirectedRequest)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func isLoopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// state is what the visitor has chosen to look at; it travels in the URL.
type state struct {
	As    string // the person who presses Slack's buttons
	Box   string // mailbox that is shown; empty: all
	Reply string // id of the mail that is being answered
}

func (p *page) stateOf(v url.Values) state {
	s := state{As: v.Get("as"), Box: v.Get("box"), Reply: v.Get("reply")}
	people := p.src.Slack.People()
	if !slices.ContainsFunc(people, func(x loopback.Person) bool { return x.ID == s.As }) {
		s.As = people[0].ID
	}
	return s
}

// URL is the page's address with this state.
func (s state) URL() string {
	q := url.Values{"as": {s.As}}
	if s.Box != "" {
		q.Set("box", s.Box)
	}
	if s.Reply != "" {
		q.Set("reply", s.Reply)
	}
	return "/?" + q.Encode()
}

func (p *page) show(w http.ResponseWriter, r *http.Request) {
	p.render(w, r, p.stateOf(r.URL.Query()))
}

func (p *page) render(w http.ResponseWriter, r *http.Request, s state) {
	data, err := p.data(r.Context(), s)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tmpl, err := p.base.Clone()
	var out bytes.Buffer
	if err == nil {
		err = tmpl.Funcs(p.funcs(data.Desk)).Execute(&out, data)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = out.WriteTo(w) // the browser went away
}

// maxBody bounds what the visitor sends: a mail with an attachment.
const maxBody = 32 << 20

// doing checks the token, acts, and shows the page again: by a redirect, or at
// once when the page's script asked.
func (p *page) doing(act func(*http.Request) (string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseMultipartForm(maxBody); err != nil && err != http.ErrNotMultipart {
			http.Error(w, "the form could not be read: "+err.Error(), http.StatusBadRequest)
			return
		}
		if subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(p.token)) != 1 {
			http.Error(w, "this form is not from this page, or the demo was started again: reload the page", http.StatusForbidden)
			return
		}
		s := p.stateOf(r.PostForm)
		text, err := act(r)
		if err != nil {
			text = err.Error()
		}
		p.setNote(s.As, note{text, err != nil})
		s.Reply = ""
		if r.Header.Get("X-Script") != "" {
			p.render(w, r, s)
			return
		}
		http.Redirect(w, r, s.URL(), http.StatusSeeOther)
	}
}

func (p *page) setNote(user string, n note) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes[user] = n
}

func (p *page) noteFor(user string) note {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.notes[user]
}

// events tells the script that something changed, at most every 150 ms.
func (p *page) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for r.Context().Err() == nil {
		inSlack, atDesk := p.src.Slack.Changed(), p.deskChanged()
		if _, err := fmt.Fprint(w, "data: changed\n\n"); err != nil || flush.Flush() != nil {
			return
		}
		select {
		case <-inSlack:
		case <-atDesk:
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(150 * time.Millisecond):
		case <-r.Context().Done():
		}
	}
}

func (p *page) deskChanged() <-chan struct{} {
	if p.src.Changed == nil {
		return nil
	}
	return p.src.Changed()
}

// mailHTML serves the HTML part of a mail for a sandboxed frame: no scripts, no
// network, an origin of its own.
func (p *page) mailHTML(w http.ResponseWriter, r *http.Request) {
	for _, m := range p.src.Mails() {
		if m.id() != r.PathValue("id") || m.HTML == "" {
			continue
		}
		w.Header().Set("Content-Security-Policy",
			"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(m.HTML)) // the browser went away
		return
	}
	http.NotFound(w, r)
}

// mailFile serves a file of a mail. A PDF opens in the browser; whatever else
// somebody sent is only ever saved.
func (p *page) mailFile(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	for _, m := range p.src.Mails() {
		if err != nil || m.id() != r.PathValue("id") || n < 0 || n >= len(m.Attachments) {
			continue
		}
		f := m.Attachments[n]
		kind, how := "application/octet-stream", "attachment"
		if f.MediaType == "application/pdf" && bytes.HasPrefix(f.Data, []byte("%PDF-")) {
			kind, how = f.MediaType, "inline"
			w.Header().Set("Content-Security-Policy", "frame-ancestors 'none'") // the rest would stop the browser's own viewer
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": f.Name}))
		_, _ = w.Write(f.Data) // the browser went away
		return
	}
	http.NotFound(w, r)
}

// id names a mail in the page.
func (m Mail) id() string {
	h := sha256.New()
	for _, part := range []string{m.Mailbox, m.MessageID, m.From, m.Subject, m.Date.UTC().Format(time.RFC3339Nano), fmt.Sprint(m.Sent)} {
		h.Write([]byte(part + "\x00")) // never fails
	}
	return "m" + hex.EncodeToString(h.Sum(nil)[:8])
}

// URLWithoutReply leaves the answering of a mail.
func (s state) URLWithoutReply() string {
	s.Reply = ""
	return s.URL()
}

// ReplyURL begins an answer to a mail.
func (s state) ReplyURL(id string) string {
	s.Reply = id
	return s.URL() + "#write"
}
