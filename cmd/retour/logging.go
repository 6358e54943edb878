package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// newLogger logs as the configuration says.
func newLogger(w io.Writer, cfg LogConfig) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// discreet is a logger that writes no secrets, and no addresses but the desk's
// own: what servers say in an error often names whom a mail was for. At the level
// debug addresses are written, for who looks for a fault.
func (c *Config) discreet(log *slog.Logger) *slog.Logger {
	d := discretion{secrets: c.secrets(), addresses: c.Log.Level != "debug"}
	host := c.Mailbox.Host
	d.own = lower(append([]string{c.Desk.Address, c.Mailbox.User, c.Mailbox.User + "@" + host, c.SMTP.User}, append(c.Desk.Aliases, c.Desk.Alerts...)...))
	return slog.New(discreetHandler{log.Handler(), d})
}

// secrets are the values of all secrets of the configuration that can be read
// now.
func (c *Config) secrets() (values []string) {
	for _, s := range c.allSecrets() {
		v, err := c.secret(s.key, s.Secret)
		if err == nil && len(v) >= 4 {
			values = append(values, v)
		}
	}
	return values
}

type namedSecret struct {
	key string
	Secret
}

// allSecrets are the places where the configuration names a secret.
func (c *Config) allSecrets() []namedSecret {
	all := []namedSecret{
		{"mailbox.password", c.Mailbox.Password}, {"mailbox.oauth.client_secret", c.Mailbox.OAuth.ClientSecret}, {"mailbox.oauth.refresh_token", c.Mailbox.OAuth.RefreshToken},
		{"smtp.password", c.SMTP.Password}, {"smtp.oauth.client_secret", c.SMTP.OAuth.ClientSecret}, {"smtp.oauth.refresh_token", c.SMTP.OAuth.RefreshToken},
		{"raw.access_key", c.Raw.AccessKey}, {"raw.secret_key", c.Raw.SecretKey},
		{"slack.bot_token", c.Slack.BotToken}, {"slack.app_token", c.Slack.AppToken}, {"slack.signing_secret", c.Slack.SigningSecret},
		{"lookup.token", c.Lookup.Token},
	}
	for i, w := range c.Webhooks {
		for j, s := range w.Secrets {
			all = append(all, namedSecret{fmt.Sprintf("webhooks[%d].secrets[%d]", i, j), s})
		}
	}
	return slices.DeleteFunc(all, func(s namedSecret) bool { return s.empty() })
}

// discretion is what must not be read in a log or an error.
type discretion struct {
	secrets   []string
	addresses bool     // of people
	own       []string // addresses of the desk, lower case
}

var (
	// Tokens of Slack (https://docs.slack.dev/authentication/tokens), of HTTP and of
	// addresses that open something.
	tokenLike   = regexp.MustCompile(`\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+|\bwhsec_[A-Za-z0-9+/=]+|(?i:\bbearer\s+)[A-Za-z0-9._~+/=-]+`)
	paramLike   = regexp.MustCompile(`(?i)\b(ticket|[a-z_]*token|[a-z_]*secret|password|passwd)=[^&\s"]+`)
	addressLike = regexp.MustCompile(`[^\s<>"(),:;@\[\]=/]+@[\pL\pN.-]*[\pL\pN]`)
)

// clean takes out of a text what must not be read in it.
func (d discretion) clean(text string) string {
	for _, s := range d.secrets {
		text = strings.ReplaceAll(text, s, "<secret>")
	}
	text = tokenLike.ReplaceAllString(text, "<secret>")
	text = paramLike.ReplaceAllString(text, "$1=<secret>")
	if !d.addresses || !strings.Contains(text, "@") {
		return text
	}
	return addressLike.ReplaceAllStringFunc(text, func(a string) string {
		if slices.Contains(d.own, strings.ToLower(a)) {
			return a
		}
		return "<address>"
	})
}

func (d discretion) attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(d.clean(v.String()))
	case slog.KindGroup:
		list := slices.Clone(v.Group())
		for i := range list {
			list[i] = d.attr(list[i])
		}
		a.Value = slog.GroupValue(list...)
	case slog.KindAny:
		text := fmt.Sprint(v.Any())
		if cleaned := d.clean(text); cleaned != text {
			a.Value = slog.StringValue(cleaned)
		}
	}
	return a
}

// discreetHandler passes on what may be read.
type discreetHandler struct {
	slog.Handler
	d discretion
}

// Handle implements [slog.Handler].
func (h discreetHandler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, h.d.clean(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.d.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, out)
}

// WithAttrs implements [slog.Handler].
func (h discreetHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	attrs = slices.Clone(attrs)
	for i := range attrs {
		attrs[i] = h.d.attr(attrs[i])
	}
	return discreetHandler{h.Handler.WithAttrs(attrs), h.d}
}

// WithGroup implements [slog.Handler].
func (h discreetHandler) WithGroup(name string) slog.Handler {
	return discreetHandler{h.Handler.WithGroup(name), h.d}
}
