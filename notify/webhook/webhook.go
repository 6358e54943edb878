// Package webhook sends webhooks by the Standard Webhooks specification, version
// 1.0.0: signed with HMAC-SHA256, one request for each attempt, the same ID at
// every attempt
// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"retour/notify"
)

// Config is one endpoint.
type Config struct {
	URL       string
	Secrets   func() ([]string, error) // whsec_…; read at each attempt, all of them sign
	TLSConfig *tls.Config              // nil: the system's authorities
	Timeout   time.Duration            // of one attempt
	Agent     string                   // User-Agent
	Now       func() time.Time         // of the machine: receivers refuse what is old
}

// Sender sends to one endpoint. It may be used by several goroutines.
type Sender struct {
	Config
	client *http.Client
}

const (
	mostAnswer = 4 << 10   // bytes that are read of an answer
	mostShown  = 200       // characters of it that are told
	mostWait   = time.Hour // that an endpoint may ask for with Retry-After
)

// New makes the sender of an endpoint. Redirects are not followed.
func New(c Config) *Sender {
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: c.TLSConfig, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
		MaxIdleConns: 2, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
	}
	return &Sender{Config: c, client: &http.Client{Transport: transport, Timeout: c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Close lets idle connections go.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send makes one attempt. Any answer of 200 to 299 is success; 410 is a failure
// that says that the endpoint is gone.
func (s *Sender) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	if d.Webhook == nil {
		return notify.Receipt{}, &notify.Failure{Permanent: true, Text: "there is no webhook in the row"}
	}
	req, err := s.request(ctx, *d.Webhook)
	if err != nil {
		return notify.Receipt{}, &notify.Failure{Text: err.Error(), Err: err}
	}
	resp, err := s.client.Do(req)
	if err != nil {
		err = bare(err)
		return notify.Receipt{}, &notify.Failure{Text: err.Error(), Err: err, Maybe: true}
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, mostAnswer)) // of an answer that breaks off the status counts
	text := strings.TrimSpace(resp.Status + " " + excerpt(said))
	if resp.StatusCode/100 == 2 {
		return notify.Receipt{Text: text}, nil
	}
	return notify.Receipt{}, s.refused(resp, text)
}

func (s *Sender) refused(resp *http.Response, text string) *notify.Failure {
	f := &notify.Failure{Code: resp.StatusCode, Text: text, Gone: resp.StatusCode == http.StatusGone}
	if resp.StatusCode/100 == 3 {
		f.Text += ": redirects are not followed; write the new address into the configuration"
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		f.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), s.Now())
	}
	return f
}

// request is signed anew at each attempt.
func (s *Sender) request(ctx context.Context, w notify.Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(w.Body))
	if err != nil {
		return nil, bare(err)
	}
	written, err := s.Secrets()
	if err != nil {
		return nil, err
	}
	at := s.Now()
	var signatures []string
	for _, text := range written {
		secret, err := ParseSecret(text)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, Sign(secret, w.ID, at, w.Body))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", s.Agent)
	req.Header.Set("webhook-id", w.ID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", strings.Join(signatures, " "))
	return req, nil
}

// Sign is the signature of one secret: "v1," and the HMAC-SHA256 of ID, seconds
// and body, joined by full stops, in base64.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// ParseSecret reads a secret as it is written, "whsec_" and 24 to 64 bytes in
// base64. No error tells anything of it.
func ParseSecret(text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(strings.TrimSpace(text), "whsec_")
	if !ok {
		return nil, errors.New(`the secret does not begin with whsec_: make one with: echo "whsec_$(head -c 32 /dev/urandom | base64)"`)
	}
	secret, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errors.New("behind whsec_ the secret is not base64")
	}
	if len(secret) < 24 || len(secret) > 64 {
		return nil, fmt.Errorf("the secret has %d bytes; it must have 24 to 64", len(secret))
	}
	return secret, nil
}

// retryAfter reads RFC 9110, section 10.2.3: seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	wait := time.Duration(0)
	if seconds, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(seconds, int(mostWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), mostWait)
}

// excerpt is the beginning of an answer, as one line.
func excerpt(b []byte) string {
	line := strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, string(b))), " ")
	if r := []rune(line); len(r) > mostShown {
		line = string(r[:mostShown-1]) + "…"
	}
	return line
}

// bare takes the address out of an error: it may hold a secret.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
