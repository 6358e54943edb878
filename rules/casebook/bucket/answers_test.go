package bucket

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// answering is a bucket at a server that answers as it is told.
func answering(t *testing.T, timeout time.Duration, answer http.HandlerFunc) *Bucket {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	b, err := Open(Config{URL: "s3://mails/desk", Endpoint: server.URL, Region: "eu", PathStyle: true, Timeout: timeout,
		Keys: func() (string, string, error) { return "access-1234", "hush-1234", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const refusal = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>We encountered an internal error.</Message></Error>`

// An object that is not there is never taken for written, whatever stands on the way
// to the server and says that all is well.
func TestNothingIsWrittenByAYes(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"an empty 200": func(w http.ResponseWriter, r *http.Request) {},
		"a page": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "<html>Please log in</html>")
		},
		"an error in a 200": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			_, _ = io.WriteString(w, refusal)
		},
		"a yes, and another object": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", map[string]string{http.MethodPut: `"a"`, http.MethodHead: `"b"`}[r.Method])
			w.Header().Set("Last-Modified", "Wed, 04 Mar 2026 12:00:00 GMT")
			w.Header().Set("Content-Length", map[string]string{http.MethodPut: "0", http.MethodHead: "6"}[r.Method])
		},
		"a yes, and a part of it": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"a"`)
			w.Header().Set("Last-Modified", "Wed, 04 Mar 2026 12:00:00 GMT")
			w.Header().Set("Content-Length", map[string]string{http.MethodPut: "0", http.MethodHead: "3"}[r.Method])
		},
	} {
		if err := answering(t, time.Minute, answer).Put(t.Context(), "x", []byte("a mail")); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A server that says nothing is not waited for without end, and what it did not say
// is not that an object is missing.
func TestServerThatHangs(t *testing.T) {
	done := make(chan struct{})
	b := answering(t, 200*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/mails/desk/half" {
			w.Header().Set("Content-Length", "1000")
			w.Header().Set("Last-Modified", "Wed, 04 Mar 2026 12:00:00 GMT")
			_, _ = io.WriteString(w, "half of it")
			w.(http.Flusher).Flush()
		}
		select {
		case <-done:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(done) })
	for name, do := range map[string]func() error{
		"put":    func() error { return b.Put(t.Context(), "x", []byte("a mail")) },
		"get":    func() error { _, err := b.Get(t.Context(), "x", 10); return err },
		"half":   func() error { _, err := b.Get(t.Context(), "half", 1000); return err },
		"remove": func() error { return b.Remove(t.Context(), "x") },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "no answer within 200ms") || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Only a server that says that the object is not there says so. (A 404 without a word is
// taken for that too; then the mark of the bucket is missing as well.)
func TestWhatIsMissing(t *testing.T) {
	for code, missing := range map[string]bool{"NoSuchKey": true, "NoSuchBucket": false, "AccessDenied": false, "InvalidObjectState": false} {
		b := answering(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, strings.Replace(refusal, "InternalError", code, 1))
		})
		if _, err := b.Get(t.Context(), "x", 10); err == nil || errors.Is(err, fs.ErrNotExist) != missing {
			t.Errorf("404 %q: %v", code, err)
		}
	}
}
