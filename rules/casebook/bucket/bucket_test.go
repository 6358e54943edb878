//go:build s3

package bucket

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// The server is the one that .ci/s3 starts and RETOUR_TEST_S3 names; its files lie
// in RETOUR_TEST_S3_DIR.
func testConfig(t *testing.T) Config {
	t.Helper()
	at, dir := os.Getenv("RETOUR_TEST_S3"), os.Getenv("RETOUR_TEST_S3_DIR")
	if at == "" || dir == "" {
		t.Fatal("RETOUR_TEST_S3 names no server: see .ci/s3")
	}
	pem, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return Config{URL: "s3://mails/" + strings.ToLower(rand.Text()), Endpoint: at, PathStyle: true, TLS: &tls.Config{RootCAs: roots},
		Keys: func() (string, string, error) { return "tests", "tests-secret", nil }}
}

func opened(t *testing.T, c Config) *Bucket {
	t.Helper()
	b, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Objects of all sizes come back as they were, several at a time; what is removed
// is gone, and removing it again is no error.
func TestObjectsComeBack(t *testing.T) {
	b, ctx := opened(t, testConfig(t)), t.Context()
	if err := b.Try(ctx, "try"); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, size := range []int{0, 1, 5 << 10, 1 << 20, 20 << 20} {
		wg.Go(func() {
			name, body := fmt.Sprintf("a1b2/%d/%x ü+&%%2F", i, i), make([]byte, size) // and odd names
			rand.Read(body)
			if err := b.Put(ctx, name, body); err != nil {
				t.Error(err)
				return
			}
			if got, err := b.Get(ctx, name, size+1); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes came back as %d (%v)", size, len(got), err)
			}
			if got, err := b.Get(ctx, name, size/2); err != nil || !bytes.Equal(got, body[:size/2]) {
				t.Errorf("of %d bytes half are %d (%v)", size, len(got), err)
			}
			for range 2 {
				if err := b.Remove(ctx, name); err != nil {
					t.Error(err)
				}
			}
			if _, err := b.Get(ctx, name, size+1); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what was removed = %v", err)
			}
		})
	}
	wg.Wait()
}

// All names under a prefix come, in portions, and no others.
func TestListIsWhole(t *testing.T) {
	b, ctx := opened(t, testConfig(t)), t.Context()
	var want, got []string
	var wg sync.WaitGroup
	for i := range listed + 20 {
		name := fmt.Sprintf("mine/%02d/%04d", i%7, i)
		want = append(want, name)
		wg.Go(func() {
			if err := b.Put(ctx, name, []byte("x")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if err := b.Put(ctx, "mine2/0", []byte("x")); err != nil {
		t.Fatal(err)
	}
	portions := 0
	err := b.List(ctx, "mine/", func(names []string) error { portions++; got = append(got, names...); return nil })
	slices.Sort(want)
	if err != nil || portions != 2 || !slices.Equal(got, want) {
		t.Errorf("%d names in %d portions, want %d (%v)", len(got), portions, len(want), err)
	}
	enough := errors.New("enough")
	if err := b.List(ctx, "mine/", func([]string) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("what ended it is not told: %v", err)
	}
}

// What is wrong is said so that somebody can put it right.
func TestWhatIsWrongIsSaid(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"there is no bucket elsewhere": func(c *Config) { c.URL = "s3://elsewhere/x" },
		"the keys are refused (SignatureDoesNotMatch)": func(c *Config) {
			c.Keys = func() (string, string, error) { return "tests", "wrong", nil }
		},
		"No user exists with the provided access key": func(c *Config) {
			c.Keys = func() (string, string, error) { return "nobody", "wrong", nil }
		},
		"the variable S3_KEY is not set": func(c *Config) {
			c.Keys = func() (string, string, error) { return "", "", errors.New("the variable S3_KEY is not set") }
		},
		"certificate": func(c *Config) { c.TLS = nil },
		"refused":     func(c *Config) { c.Endpoint = "https://" + nobody },
	} {
		c := testConfig(t)
		change(&c)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		if err := opened(t, c).Try(ctx, "try"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%v, want %q", err, want)
		}
		cancel()
	}
}

// An object that somebody has taken away or changed is not given as it was.
func TestSpoiltObjects(t *testing.T) {
	c := testConfig(t)
	b, ctx := opened(t, c), t.Context()
	if err := b.Put(ctx, "x/1", []byte("whole")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(os.Getenv("RETOUR_TEST_S3_DIR"), "data", strings.TrimPrefix(c.URL, "s3://"), "x", "1")
	if err := os.WriteFile(file, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(ctx, "x/1", 100); err == nil && string(got) == "whole" {
		t.Error("the test did not change the object")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(ctx, "x/1", 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an object that was taken away = %v", err)
	}
}
