// Package bucket keeps objects in a bucket of storage that speaks the protocol of
// Amazon S3 (https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html).
package bucket

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/s3utils"
)

// Config says where a bucket is.
type Config struct {
	URL       string // s3://bucket/prefix; the prefix may be empty
	Endpoint  string // of the server: https://s3.example.com, http only to this machine
	Region    string // empty: the server is asked
	PathStyle bool   // the bucket stands in the path, not in the name of the host
	TLS       *tls.Config
	// Keys gives the access key and the secret one. It is asked for each request, so
	// that changed ones are taken up.
	Keys    func() (access, secret string, err error)
	Timeout time.Duration // for an object, with all tries; 0: two minutes
}

// longest is how many bytes of a prefix leave room for the names of objects, which
// have at most 1024 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html).
const longest = 800

// Parse takes the URL of a bucket apart.
func Parse(of string) (name, prefix string, err error) {
	u, err := url.Parse(of)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Port() != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", "", errors.New("is no bucket: write it like s3://bucket/prefix, and the server's address as endpoint")
	}
	if err := s3utils.CheckValidBucketName(u.Host); err != nil {
		return "", "", errors.New("names no bucket: its name has 3 to 63 letters, digits, hyphens and dots")
	}
	if prefix = strings.Trim(u.Path, "/"); prefix == "" {
		return u.Host, "", nil
	}
	for part := range strings.SplitSeq(prefix, "/") {
		if part == "" || part == "." || part == ".." || strings.ContainsFunc(part, unicode.IsControl) || len(prefix) > longest {
			return "", "", fmt.Errorf("has a prefix that not every server keeps as it is: write names with / between them, %d bytes at most", longest)
		}
	}
	return u.Host, prefix + "/", nil
}

// Bucket is a bucket, or what lies under a prefix of one. It may be used by many
// goroutines.
type Bucket struct {
	client       *minio.Client
	name, prefix string
	endpoint     string
	timeout      time.Duration
}

// Open makes a Bucket. It talks to no server yet.
func Open(c Config) (*Bucket, error) {
	name, prefix, err := Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("%s %w", c.URL, err)
	}
	at, err := url.Parse(c.Endpoint)
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" {
		return nil, fmt.Errorf("the endpoint %s is no address: write it like https://s3.example.com", c.Endpoint)
	}
	secure := at.Scheme == "https"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", c.URL, err)
	}
	if c.TLS != nil {
		transport.TLSClientConfig = c.TLS
	}
	o := &minio.Options{Creds: credentials.New(keys(c.Keys)), Secure: secure, Region: c.Region, Transport: transport, MaxRetries: tries}
	if c.PathStyle {
		o.BucketLookup = minio.BucketLookupPath
	}
	client, err := minio.New(at.Host, o)
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", c.URL, err)
	}
	return &Bucket{client: client, name: name, prefix: prefix, endpoint: c.Endpoint, timeout: cmp.Or(c.Timeout, atMost)}, nil
}

const (
	tries  = 3
	atMost = 2 * time.Minute
)

// keys asks for them anew each time.
type keys func() (access, secret string, err error)

// Retrieve implements [credentials.Provider].
func (k keys) Retrieve() (credentials.Value, error) {
	access, secret, err := k()
	return credentials.Value{AccessKeyID: access, SecretAccessKey: secret, SignerType: credentials.SignatureV4}, err
}

// RetrieveWithCredContext implements [credentials.Provider].
func (k keys) RetrieveWithCredContext(*credentials.CredContext) (credentials.Value, error) {
	return k.Retrieve()
}

// IsExpired implements [credentials.Provider].
func (k keys) IsExpired() bool { return true }

// Name is where the bucket is, for people.
func (b *Bucket) Name() string { return "s3://" + b.name + "/" + b.prefix + " at " + b.endpoint }

// Put writes an object. It returns when the server has confirmed that it has all
// bytes, which it compares with their MD5, and says so once more when it is asked: a
// proxy on the way that answers 200 to everything keeps nothing.
func (b *Bucket) Put(ctx context.Context, name string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	put, err := b.client.PutObject(ctx, b.name, b.prefix+name, bytes.NewReader(body), int64(len(body)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true})
	if err != nil {
		return b.wrap("put", name, err)
	}
	is, err := b.client.StatObject(ctx, b.name, b.prefix+name, minio.StatObjectOptions{})
	switch {
	case err != nil:
		err = fmt.Errorf("it was taken, but cannot be looked at: %w", err)
	case is.Size != int64(len(body)) || is.ETag == "" || is.ETag != put.ETag:
		err = fmt.Errorf("what was taken is not there: of %d bytes the server has %d", len(body), is.Size)
	}
	return b.wrap("put", name, err)
}

// Get reads an object, at most so many bytes of it; [fs.ErrNotExist] when there is none.
func (b *Bucket) Get(ctx context.Context, name string, most int) (body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err == nil {
		body, err = io.ReadAll(io.LimitReader(object, int64(most)))
		err = errors.Join(err, object.Close())
	}
	return body, b.wrap("get", name, err)
}

// Remove deletes an object; one that is not there is no error.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	err := b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{})
	return b.wrap("remove", name, err)
}

// listed is how many names are handed over at once.
const listed = 500

// List hands over the names of all objects that begin with a prefix, some at a time,
// in their order.
func (b *Bucket) List(ctx context.Context, prefix string, names func([]string) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // what lists ends with it
	var some []string
	for o := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix + prefix, Recursive: true}) {
		if o.Err != nil {
			return b.wrap("list", prefix, o.Err)
		}
		if some = append(some, strings.TrimPrefix(o.Key, b.prefix)); len(some) == listed {
			if err := names(some); err != nil {
				return err
			}
			some = nil
		}
	}
	if err := ctx.Err(); err != nil {
		return b.wrap("list", prefix, err)
	}
	return names(some)
}

// Try writes an object, reads it and removes it.
func (b *Bucket) Try(ctx context.Context, name string) error {
	body := []byte("retour tries whether it may write, read and remove here")
	if err := b.Put(ctx, name, body); err != nil {
		return err
	}
	got, err := b.Get(ctx, name, len(body)+1)
	if err == nil && !bytes.Equal(got, body) {
		err = fmt.Errorf("%s gave back other bytes than it was given", b.Name())
	}
	return errors.Join(err, b.Remove(ctx, name))
}

// wrap says what was being done, and in our words what is usual.
func (b *Bucket) wrap(what, name string, err error) error {
	if err == nil {
		return nil
	}
	var answer minio.ErrorResponse
	errors.As(err, &answer)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", b.timeout)
	}
	switch answer.Code {
	case minio.NoSuchKey:
		err = fs.ErrNotExist
	case minio.NoSuchBucket:
		err = fmt.Errorf("there is no bucket %s", b.name)
	case minio.AccessDenied:
		err = errors.New("access denied: the keys need s3:PutObject, s3:GetObject and s3:DeleteObject there, and s3:ListBucket to list")
	case "InvalidAccessKeyId", "SignatureDoesNotMatch":
		err = fmt.Errorf("the keys are refused (%s)", answer.Code)
	}
	return fmt.Errorf("%s %s in %s: %w", what, name, b.Name(), err)
}
