package slackdesk

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// Whatever Slack sends is acknowledged, on both ways in; what is done with it is
// the matter of command and event.
func TestCommandsAndEventsAreAcknowledged(t *testing.T) {
	c := newClient(t, nil)
	command := url.Values{"command": {"/rma"}, "text": {"help"}, "user_id": {"U0ANN"}, "team_id": {"T1"}, "trigger_id": {"1.2"}}
	if resp := c.serve(c.request(command.Encode())); resp.StatusCode != http.StatusOK {
		t.Errorf("command: %d", resp.StatusCode)
	}
	event := c.request(`{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"brand_new"}}`)
	event.Header.Set("Content-Type", "application/json")
	if resp := c.serve(event); resp.StatusCode != http.StatusOK {
		t.Errorf("event: %d", resp.StatusCode)
	}
	c.d.finish()
	if resp := c.serve(c.request(command.Encode())); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a command to a desk that is ending: %d", resp.StatusCode)
	}
}

func TestSlackLooksAtTheCertificate(t *testing.T) {
	c := newClient(t, nil)
	for body, want := range map[string]int{
		"ssl_check=1&token=x":                         http.StatusOK,
		"ssl_check=1&command=%2Frma&text=help":        http.StatusUnauthorized,
		"ssl_check=1&payload=%7B%7D":                  http.StatusUnauthorized,
		`{"type":"url_verification","challenge":"x"}`: http.StatusUnauthorized,
	} {
		r := httptest.NewRequest(http.MethodPost, "/slack?ssl_check=1", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if resp := c.serve(r); resp.StatusCode != want {
			t.Errorf("unsigned %s: %d, want %d", body, resp.StatusCode, want)
		}
	}
}
