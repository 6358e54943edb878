package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"retour/ingest"
	"retour/ingest/attached"
	"retour/ingest/dkim"
	"retour/ingest/intake"
	"retour/ingest/lookup"
	"retour/notify"
	"retour/rules"
	"retour/rules/casebook"
	"retour/templates"
)

// brain is everything that decides and composes: it needs no server.
type brain struct {
	policy   *rules.Policy
	judged   *judgement // of which the policy is
	texts    *templates.Set
	composer *notify.Composer
	desk     ingest.Desk
	files    *attached.Reader
	domain   string
	secret   []byte
}

// newBrain loads policy and texts. The secret signs thread tokens; explain and
// check use a throw-away one.
func newBrain(cfg Config, secret []byte) (*brain, error) {
	b := &brain{secret: secret, files: attachmentReader(), desk: ingest.Desk{
		Addresses: lower(append([]string{cfg.Desk.Address}, cfg.Desk.Aliases...)),
		Staff:     lower(cfg.Desk.Staff), AuthServ: cfg.Mailbox.AuthServ,
	}}
	_, b.domain, _ = strings.Cut(cfg.Desk.Address, "@")
	b.domain = strings.ToLower(b.domain)
	var err error
	books := cfg.host.library()
	if b.judged, err = books.judgement(cfg); err != nil {
		return nil, err
	}
	b.policy = b.judged.policy
	if b.texts, err = books.set(cfg); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(cfg.Desk.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("desk.time_zone: %w", err)
	}
	b.composer, err = notify.NewComposer(notify.Desk{
		Name: cfg.Desk.Name, Address: cfg.Desk.Address, Company: cfg.Desk.Company, Phone: cfg.Desk.Phone,
		Website: cfg.Desk.Website, ReturnAddress: cfg.Desk.ReturnAddress, SupportLink: cfg.Desk.Support,
		Domain: b.domain, TimeZone: zone, Language: string(cfg.Desk.Language),
	}, b.texts, b.policy, secret)
	if err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	return b, nil
}

func loadPolicy(cfg Config) (*rules.Policy, error) {
	src, err := policyText(cfg)
	if err != nil {
		return nil, err
	}
	return policyOf(cfg, src)
}

// policyText is what the policy's file holds; nil: the shipped one counts.
func policyText(cfg Config) ([]byte, error) {
	path := cfg.policyPath()
	if path == "" {
		return nil, nil
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("policy: %w", err)}
	}
	if src == nil {
		src = []byte{}
	}
	return src, nil
}

func policyOf(cfg Config, src []byte) (*rules.Policy, error) {
	if src == nil {
		return rules.DefaultPolicy()
	}
	return rules.LoadPolicy(cfg.policyPath(), src)
}

// policyPath is where the policy lies; empty: the shipped one counts.
func (c *Config) policyPath() string {
	if c.Policy == "" {
		return ""
	}
	return c.at(c.Policy)
}

func loadTexts(cfg Config) (*templates.Set, error) {
	var overlay fs.FS
	if cfg.Templates != "" {
		dir := cfg.at(cfg.Templates)
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, usageError{fmt.Errorf("templates: %s is not a folder", dir)}
		}
		overlay = os.DirFS(dir)
	}
	return templates.Load(overlay)
}

// explainerOf judges mails by the policy of a file; an empty name is the
// configured one, and shipped is the shipped one.
func (c Config) explainerOf(policy string) (*intake.Explainer, error) {
	switch policy {
	case "":
	case "shipped":
		c.Policy = ""
	default:
		path, err := filepath.Abs(policy)
		if err != nil {
			return nil, usageError{err}
		}
		c.Policy = path
	}
	b, err := newBrain(c, make([]byte, 32))
	if err != nil {
		return nil, err
	}
	return b.explainer(string(c.Desk.Language))
}

// asker is the live look-up of the configuration as intake asks it; nil where
// there is none.
func (c *Config) asker() (intake.Lookup, error) {
	live, err := c.lookup()
	if err != nil || live == nil {
		return nil, err
	}
	return func(ctx context.Context, serials, macs []string, customer string, r *rules.Records) {
		live.Fill(ctx, lookup.Question{Serials: serials, MACs: macs, Customer: customer}, r)
	}, nil
}

// signers checks the signatures of mails, nil where that is off.
func (c *Config) signers() intake.Signers {
	if !c.Mailbox.CheckDKIM {
		return nil
	}
	return dkim.NewChecker().Signers
}

func (b *brain) explainer(language string) (*intake.Explainer, error) {
	catalogue, err := b.judged.catalogue()
	if err != nil {
		return nil, err
	}
	return &intake.Explainer{Reader: intake.NewReader(catalogue, b.desk, b.files), Policy: b.policy, Composer: b.composer, Language: language}, nil
}

func lower(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, t := range texts {
		out = append(out, strings.ToLower(t))
	}
	return out
}

// tlsConfig trusts the system's authorities, or the one of the given file.
func (c *Config) tlsConfig(host, ca string) (*tls.Config, error) {
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if ca == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.at(ca))
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("certificate authority: %s holds no PEM certificate", ca)
	}
	return t, nil
}

// token returns the function that fetches an access token, nil where the login
// is by password. Tokens are kept until they expire. Where the endpoint hands
// out a new refresh token (Microsoft does, and lets the old one die after 90
// days), the file of the old one is rewritten; where that cannot be done it is
// said, and the desk goes on with the new one in memory.
//
// refused is to be told of a token that a server did not take, as after a change
// of the password: it is not given again, though its time is not over.
func (c *Config) token(ctx context.Context, key string, o OAuth, log *slog.Logger) (token tokenFunc, refused func(string), err error) {
	if o.TokenURL == "" {
		return nil, nil, nil
	}
	secret, err := c.secret(key+".client_secret", o.ClientSecret)
	if err != nil {
		return nil, nil, err
	}
	refresh, err := c.secret(key+".refresh_token", o.RefreshToken)
	if err != nil {
		return nil, nil, err
	}
	conf := oauth2.Config{ClientID: o.ClientID, ClientSecret: secret, Scopes: o.Scopes, Endpoint: oauth2.Endpoint{TokenURL: o.TokenURL}}
	source := conf.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh})
	var mu sync.Mutex
	last := ""
	refused = func(token string) {
		mu.Lock()
		defer mu.Unlock()
		if token == last {
			source = conf.TokenSource(ctx, &oauth2.Token{RefreshToken: refresh})
		}
	}
	return func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		t, err := source.Token()
		if err != nil {
			return "", fmt.Errorf("%s: the token endpoint refused: %w", key, redact(err, secret, refresh))
		}
		if t.RefreshToken != "" && t.RefreshToken != refresh {
			refresh = t.RefreshToken
			if err := c.keep(o.RefreshToken, refresh); err != nil {
				log.Warn("the new refresh token is not kept: after a restart the old one is used, until it expires", "key", key, "error", err)
			}
		}
		last = t.AccessToken
		return last, nil
	}, refused, nil
}

// keep replaces a secret's file in one step, and so that a loss of power leaves the
// old one or the new one: without it nobody can log in.
func (c *Config) keep(where Secret, secret string) error {
	if where.File == "" {
		return fmt.Errorf("it came from the environment variable %s; name a file for it", where.Env)
	}
	path := c.at(where.File)
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := casebook.NewFile(next)
	if err != nil {
		return err
	}
	_, err = f.WriteString(secret + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// redact keeps secrets out of an error's text.
func redact(err error, secrets ...string) error {
	text := err.Error()
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "<secret>")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// spool is the folder where mails lie while they are taken in.
func (c *Config) spool() string {
	return filepath.Join(c.folder(), "spool")
}
