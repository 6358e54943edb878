package loopback

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// slackRequests is where the workspace sends what it would send on a socket.
type slackRequests struct {
	url, secret string
	client      *http.Client
}

// SendTo makes the workspace send interactions, commands and events to one
// Request URL, signed, instead of to the sockets of the app:
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func (s *Slack) SendTo(url, signingSecret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = &slackRequests{url, signingSecret, &http.Client{Timeout: s.opts.AckTimeout}}
}

// post sends one payload as Slack does: an interaction as the field "payload", a
// command as a form, an event as JSON. An answer with another status than 200 is
// none.
func (r *slackRequests) post(kind string, payload any, again bool) (answer json.RawMessage, ok bool) {
	contentType, body := slackBody(kind, payload)
	status, answer := r.send(contentType, body)
	if again && status == http.StatusOK {
		_, _ = r.send(contentType, body) // a proxy that does not know whether it came through
	}
	return answer, status == http.StatusOK
}

func slackBody(kind string, payload any) (contentType string, body []byte) {
	raw := mustJSON(payload)
	const form = "application/x-www-form-urlencoded"
	switch kind {
	case "events_api":
		return "application/json", raw
	case "slash_commands":
		values := url.Values{}
		var fields map[string]string
		_ = json.Unmarshal(raw, &fields) // ours: texts only
		for k, v := range fields {
			values.Set(k, v)
		}
		return form, []byte(values.Encode())
	}
	return form, []byte(url.Values{"payload": {string(raw)}}.Encode())
}

func (r *slackRequests) send(contentType string, body []byte) (status int, answer json.RawMessage) {
	req, err := http.NewRequest(http.MethodPost, r.url, bytes.NewReader(body))
	if err != nil {
		return 0, nil
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(r.secret))
	_, _ = mac.Write(append([]byte("v0:"+stamp+":"), body...)) // never fails
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, slackBodyLimit))
	if err != nil {
		return 0, nil
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); len(raw) > 0 && kind != "application/json" {
		raw = mustJSON(map[string]string{"text": string(raw)}) // of a command it is shown as it is; of a form it is no answer
	}
	return resp.StatusCode, raw
}
