package slackdesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Limits of the requests of ModeHTTP.
const (
	largestBody = 1 << 20
	window      = 5 * time.Minute // in which a signature holds
)

// Handler serves Slack's requests of ModeHTTP, all at one address. Nothing of a
// request counts but its signed body: not the query, not the other headers.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func (d *Desk) Handler() http.Handler { return http.HandlerFunc(d.serve) }

func (d *Desk) serve(rw http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		rw.Header().Set("Allow", http.MethodPost)
		http.Error(rw, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, largestBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		d.log.Warn("slack: request too large", "limit", tooLarge.Limit)
		http.Error(rw, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		http.Error(rw, "cannot read the body", http.StatusBadRequest)
		return
	}
	if isCheck(body) {
		return // Slack looks whether the certificate is good, and may not sign that; nothing is done
	}
	if !verified(d.cfg.SigningSecret, r.Header, body, d.now()) {
		d.log.Warn("slack: request without a valid signature", "from", r.RemoteAddr)
		http.Error(rw, "not signed by Slack", http.StatusUnauthorized)
		return
	}
	d.dispatch(rw, r.Header.Get("Content-Type"), body)
}

// isCheck says whether a request is Slack's check of our certificate.
// https://docs.slack.dev/interactivity/implementing-slash-commands
func isCheck(body []byte) bool {
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1" && !form.Has("command") && !form.Has("payload")
}

// verified checks the signature over the raw bytes and its time.
func verified(secret string, h http.Header, body []byte, now time.Time) bool {
	stamp := h.Get("X-Slack-Request-Timestamp")
	at, err := strconv.ParseInt(stamp, 10, 64)
	if secret == "" || err != nil || now.Sub(time.Unix(at, 0)).Abs() > window {
		return false
	}
	got, err := hex.DecodeString(strings.TrimPrefix(h.Get("X-Slack-Signature"), "v0="))
	if err != nil || !strings.HasPrefix(h.Get("X-Slack-Signature"), "v0=") {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + stamp + ":"))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

// dispatch handles a verified body.
func (d *Desk) dispatch(rw http.ResponseWriter, contentType string, body []byte) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "application/json" {
		d.eventRequest(rw, body)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		http.Error(rw, "not a form", http.StatusBadRequest)
		return
	}
	switch payload := form.Get("payload"); {
	case payload != "":
		d.interact(rw, []byte(payload))
	case form.Has("command"):
		if !d.spawn("command", func() { d.takeCommand(commandOf(form)) }) {
			http.Error(rw, "too much at once", http.StatusServiceUnavailable)
		}
	}
}

// eventRequest answers the check of the address, and an event when it is done:
// what is not answered with 200 comes again.
func (d *Desk) eventRequest(rw http.ResponseWriter, body []byte) {
	var e callback
	if err := json.Unmarshal(body, &e); err != nil {
		http.Error(rw, "not JSON", http.StatusBadRequest)
		return
	}
	if e.Type == "url_verification" {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(rw, e.Challenge)
		return
	}
	err, ended := errAgain, make(chan struct{}) // a panic leaves the error as it is
	taken := d.spawn("event", func() {
		defer close(ended)
		err = d.takeEvent(e)
	})
	if taken {
		<-ended
	}
	if !taken || err != nil {
		http.Error(rw, "not done", http.StatusServiceUnavailable)
	}
}

// interact answers an interactive payload as soon as its answer is known, and
// leaves the rest of the work to go on.
func (d *Desk) interact(rw http.ResponseWriter, payload []byte) {
	answer := make(chan any, 1)
	taken := d.spawn("request", func() {
		defer close(answer) // a panic must not leave Slack waiting
		d.receive(payload, func(a any) { answer <- a })
	})
	if !taken {
		http.Error(rw, "too much at once", http.StatusServiceUnavailable)
		return
	}
	a := <-answer
	if a == nil {
		rw.WriteHeader(http.StatusOK)
		return
	}
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	if err := json.NewEncoder(rw).Encode(a); err != nil {
		d.log.Warn("slack: answer a request", "err", err)
	}
}
