package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"retour/notify"
)

var noon = time.Unix(1614265330, 0)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// The worked example that the specification's reference libraries test with.
func TestSignatureOfTheReference(t *testing.T) {
	key, err := ParseSecret(secret)
	if err != nil {
		t.Fatal(err)
	}
	if got := Sign(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", noon, []byte(`{"test": 2432232314}`)); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("the signature is %s", got)
	}
}

func TestSecretsThatCannotSign(t *testing.T) {
	for text, want := range map[string]string{
		"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw":        "does not begin with whsec_",
		"whsec_not!base64":                        "not base64",
		"whsec_c2hvcnQ=":                          "has 5 bytes",
		"whsec_" + strings.Repeat("QUFB", 65/3+1): "has 66 bytes",
	} {
		_, err := ParseSecret(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), strings.TrimPrefix(text, "whsec_")) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}

func sender(url string, secrets ...string) *Sender {
	return New(Config{URL: url, Timeout: 30 * time.Second, Agent: "Retour", Now: func() time.Time { return noon },
		Secrets: func() ([]string, error) { return secrets, nil }})
}

var delivery = notify.Delivery{Webhook: &notify.Request{ID: "msg_1", Body: []byte(`{"type":"case.opened"}`)}}

func TestRequest(t *testing.T) {
	var got *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thank you\x1b[2J\n")
	}))
	defer server.Close()
	other := "whsec_" + strings.Repeat("QUFB", 10)
	r, err := sender(server.URL+"/hook?key=1", secret, other).Send(t.Context(), delivery)
	if err != nil || r.Text != "202 Accepted thank you [2J" {
		t.Errorf("%q, %v", r.Text, err)
	}
	h := got.Header
	if got.Method != http.MethodPost || string(body) != `{"type":"case.opened"}` || h.Get("Content-Type") != "application/json" ||
		h.Get("webhook-id") != "msg_1" || h.Get("webhook-timestamp") != "1614265330" || got.URL.RawQuery != "key=1" {
		t.Errorf("%s %s %s", got.Method, body, h)
	}
	signatures := strings.Fields(h.Get("webhook-signature"))
	for i, text := range []string{secret, other} {
		key, err := ParseSecret(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(signatures) != 2 || signatures[i] != Sign(key, "msg_1", noon, body) {
			t.Errorf("signatures %v", signatures)
		}
	}
}

func TestAnswers(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	answers := map[string]struct {
		status int
		header [2]string
		want   notify.Failure
	}{
		"redirect":    {301, [2]string{"Location", elsewhere.URL}, notify.Failure{Code: 301}},
		"gone":        {410, [2]string{}, notify.Failure{Code: 410, Gone: true}},
		"bad request": {400, [2]string{}, notify.Failure{Code: 400}},
		"too many":    {429, [2]string{"Retry-After", "90"}, notify.Failure{Code: 429, RetryAfter: 90 * time.Second}},
		"busy":        {503, [2]string{"Retry-After", noon.Add(time.Minute).UTC().Format(http.TimeFormat)}, notify.Failure{Code: 503, RetryAfter: time.Minute}},
		"for ever":    {503, [2]string{"Retry-After", "99999999999"}, notify.Failure{Code: 503, RetryAfter: time.Hour}},
		"before":      {503, [2]string{"Retry-After", "-5"}, notify.Failure{Code: 503}},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if a.header[0] != "" {
					w.Header().Set(a.header[0], a.header[1])
				}
				w.WriteHeader(a.status)
			}))
			defer server.Close()
			_, err := sender(server.URL, secret).Send(t.Context(), delivery)
			f, ok := errors.AsType[*notify.Failure](err)
			if !ok || f.Code != a.want.Code || f.Gone != a.want.Gone || f.RetryAfter != a.want.RetryAfter || f.Permanent {
				t.Errorf("%+v, want %+v", f, a.want)
			}
		})
	}
	if followed {
		t.Error("a redirect was followed")
	}
}

// An endpoint that answers without end, or never, holds nobody up for ever.
func TestAnswersWithoutEnd(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/never" {
			<-release
			return
		}
		chunk := make([]byte, 32<<10)
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	defer close(release)
	if _, err := sender(server.URL, secret).Send(t.Context(), delivery); err != nil {
		t.Error(err)
	}
	s := New(Config{URL: server.URL + "/never", Timeout: 20 * time.Millisecond, Now: time.Now, Secrets: func() ([]string, error) { return []string{secret}, nil }})
	_, err := s.Send(t.Context(), delivery)
	if f, ok := errors.AsType[*notify.Failure](err); !ok || !f.Maybe || f.Permanent {
		t.Errorf("%v", err)
	}
}

// No error tells the address, which may hold a secret.
func TestErrorsTellNoAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	for _, s := range []*Sender{sender(server.URL+"/SECRET", secret), sender("http://127.0.0.1:1/%zzSECRET", secret), sender(server.URL, "SECRET")} {
		_, err := s.Send(context.Background(), delivery)
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%v", err)
		}
	}
}
