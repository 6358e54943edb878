package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"retour/rules/casebook"
	"retour/rules/casebook/bucket"
)

// BucketConfig is where raw mails are kept, when not in the casebook.
type BucketConfig struct {
	Bucket    string `yaml:"bucket"`     // s3://bucket/prefix
	Endpoint  string `yaml:"endpoint"`   // of the server; empty: Amazon's
	Region    string `yaml:"region"`     // empty: the server is asked
	PathStyle bool   `yaml:"path_style"` // https://server/bucket/…, not https://bucket.server/…
	CA        string `yaml:"ca"`         // PEM file of an own certificate authority
	AccessKey Secret `yaml:"access_key"`
	SecretKey Secret `yaml:"secret_key"`
}

func (b *BucketConfig) validate(bad faultFunc) {
	if b.Bucket == "" {
		if *b != (BucketConfig{}) {
			bad("raw.bucket", "is missing: where raw mails are to be kept, such as s3://bucket/prefix")
		}
		return
	}
	const inside = "holds a name or a password, and is not shown: the keys stand in access_key and secret_key"
	if _, _, err := bucket.Parse(b.Bucket); strings.Contains(b.Bucket, "@") {
		bad("raw.bucket", inside)
	} else if err != nil {
		bad("raw.bucket", "%q %v", b.Bucket, err)
	}
	u, err := url.Parse(b.endpoint())
	switch {
	case strings.Contains(b.Endpoint, "@"):
		bad("raw.endpoint", inside)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" && u.Path != "/":
		bad("raw.endpoint", "%q is not the address of a server: write it like https://s3.example.com", b.Endpoint)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		bad("raw.endpoint", "the mails would go to %s over the network in clear: write https", u.Hostname())
	}
	b.AccessKey.required(bad, "raw.access_key")
	b.SecretKey.required(bad, "raw.secret_key")
}

func (b *BucketConfig) endpoint() string {
	if b.Endpoint == "" {
		return "https://s3.amazonaws.com"
	}
	return b.Endpoint
}

// bucket is where raw mails go; nil where they stay in the casebook. It talks to no
// server yet.
func (c *Config) bucket() (*bucket.Bucket, error) {
	if c.Raw.Bucket == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Raw.endpoint())
	if err != nil {
		return nil, fmt.Errorf("raw.endpoint: %w", err)
	}
	tlsConfig, err := c.tlsConfig(u.Hostname(), c.Raw.CA)
	if err != nil {
		return nil, fmt.Errorf("raw.ca: %w", err)
	}
	tlsConfig.ServerName = "" // a bucket may have a host of its own
	access, secret := c.password("raw.access_key", c.Raw.AccessKey), c.password("raw.secret_key", c.Raw.SecretKey)
	return bucket.Open(bucket.Config{URL: c.Raw.Bucket, Endpoint: c.Raw.endpoint(), Region: c.Raw.Region, PathStyle: c.Raw.PathStyle, TLS: tlsConfig,
		Keys: func() (string, string, error) {
			a, err := access()
			if err != nil {
				return "", "", err
			}
			s, err := secret()
			return a, s, err
		}})
}

// openStore opens the casebook of the configuration, with its bucket.
func (c *Config) openStore(ctx context.Context) (*casebook.Book, error) {
	raw, err := c.bucket()
	if err != nil {
		return nil, usageError{err}
	}
	open := casebook.Open
	if c.host != nil {
		open = c.host.books.Open
	}
	book, err := open(ctx, c.store())
	if err == nil && raw != nil {
		book.KeepRawIn(raw)
	}
	return book, err
}

// bucketNamed makes sure that a desk does not begin its work without the bucket
// that it has mails in. One that was left is forgotten, so that another may be used.
func (a *app) bucketNamed(ctx context.Context) error {
	if a.cfg.Raw.Bucket != "" {
		return nil
	}
	n, err := a.book.Objects(ctx)
	switch {
	case err != nil:
		return err
	case n.There+n.Going > 0:
		return usageError{fmt.Errorf("the bucket with %s of this casebook is not in the configuration: put raw: back into it; retour bucket leave brings them back", number(n.There+n.Going, "raw mail"))}
	case n.Leaving:
		return a.book.UseBucket(ctx)
	}
	return nil
}

// How often raw mails are brought to the bucket, and while it refuses some of them:
// these are offered again each time.
const (
	bucketEvery    = 15 * time.Second
	bucketPatience = 10 * time.Minute
)

// bucketNews is how it went when raw mails were last brought to the bucket.
type bucketNews struct {
	mu      sync.Mutex
	trouble error
	tried   bool
	refused int // raw mails that it does not take, though it takes others
}

func (n *bucketNews) set(trouble error, tried bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.trouble, n.tried = trouble, tried
}

func (n *bucketNews) last() (trouble error, tried bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.trouble, n.tried
}

// setRefused says whether it is another number than before.
func (n *bucketNews) setRefused(refused int) (other bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	other, n.refused = refused != n.refused, refused
	return other
}

// pause is how long nothing is brought there now.
func (n *bucketNews) pause() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.refused > 0 {
		return bucketPatience
	}
	return bucketEvery
}

// moveRaw brings raw mails to the bucket until the context ends.
func (a *app) moveRaw(ctx context.Context) error {
	defer a.toBucket.set(nil, false)
	for {
		if err := a.tryBucket(ctx); err != nil {
			return err
		}
		pause := time.NewTimer(a.toBucket.pause())
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// tryBucket brings raw mails to the bucket, and remembers how it went. An error is
// that the work is another's now.
func (a *app) tryBucket(ctx context.Context) error {
	before, _ := a.toBucket.last()
	err := a.emptied(ctx)
	switch {
	case ctx.Err() != nil:
		return nil
	case errors.Is(err, casebook.ErrTakenOver):
		return err
	case err != nil && before == nil:
		a.log.Error("raw mails stay in the casebook until the bucket takes them", "error", err)
	case err == nil && before != nil:
		a.log.Info("the bucket takes raw mails again")
	}
	a.toBucket.set(err, true)
	return nil
}

// emptied removes what is to be removed from the bucket, and brings all raw mails
// there. What has piled up may take hours: the bucket is well as soon as it takes some.
func (a *app) emptied(ctx context.Context) error {
	_, unremoved := a.book.RemoveObjects(ctx, a.now())
	refused, why := 0, error(nil)
	for after := ""; ; {
		got, err := a.book.MoveRaw(ctx, a.now(), after)
		if err != nil {
			return err
		}
		if refused += len(got.Refused); why == nil && len(got.Refused) > 0 {
			why = got.Refused[0].Err
		}
		if after = got.Last; after == "" {
			break
		}
		if unremoved == nil {
			a.toBucket.set(nil, true)
		}
	}
	if a.toBucket.setRefused(refused) && refused > 0 {
		a.log.Warn("the bucket refuses some raw mails and takes others: they stay in the casebook", "mails", refused, "error", why)
	}
	return unremoved
}

// bucket tries the bucket, where there is one.
func (r *checkReport) bucket(ctx context.Context, cfg Config, online bool) {
	raw, err := cfg.bucket()
	if err == nil && raw == nil {
		return
	}
	if err == nil && online {
		err = raw.Try(ctx, fmt.Sprintf("check-%d", time.Now().UnixNano()))
	}
	r.line("bucket", err, map[bool]string{false: "configured", true: "it takes, gives back and removes"}[online])
}

// looked is how many raw mails of a bucket the doctor reads.
const looked = 20

// bucket looks whether raw mails lie where they should.
func (d *doctor) bucket(ctx context.Context, book *casebook.Book, online bool) error {
	n, err := book.Objects(ctx)
	if err != nil || d.cfg.Raw.Bucket == "" && n.There+n.Going == 0 {
		return err
	}
	const todo = "bring the bucket back to an earlier state by its own means (versions, copies); what is lost there is lost"
	if d.cfg.Raw.Bucket == "" {
		d.bad("raw mails", fmt.Sprintf("%d lie in a bucket, and the configuration names none", n.There), "put raw: back into it")
		return nil
	}
	if n.Leaving {
		d.doubt("raw mails", fmt.Sprintf("the bucket is being left: %d lie in it still, %d in the casebook", n.There, n.Here),
			"retour bucket leave goes on with it, and says when raw: is to be taken out of the configuration; retour bucket use takes it back")
	}
	if !online {
		d.fine("raw mails", fmt.Sprintf("%d in the bucket, %d in the casebook", n.There, n.Here))
		return nil
	}
	hashes, err := book.NewestObjects(ctx, looked)
	for _, hash := range hashes {
		_, err := book.Raw(ctx, hash)
		switch {
		case err == nil || errors.Is(err, casebook.ErrNotFound): // one may have been forgotten just now
		case errors.Is(err, casebook.ErrOtherBucket):
			d.bad("raw mails", err.Error(), "name the bucket that they lie in under raw: in the configuration; to use another one, retour bucket leave first")
			return nil
		default:
			d.bad("raw mails", err.Error(), todo)
			return nil
		}
	}
	if err == nil {
		d.fine("raw mails", fmt.Sprintf("%d in the bucket, of which %d were read, and %d in the casebook", n.There, len(hashes), n.Here))
	}
	return err
}
