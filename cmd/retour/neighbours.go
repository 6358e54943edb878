package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"retour/notify"
	"retour/notify/webhook"
	"retour/rules"
)

// WebhookConfig is a system that follows the cases of the desk.
type WebhookConfig struct {
	Name      string        `yaml:"name"`
	URL       string        `yaml:"url"`
	Secrets   []Secret      `yaml:"secrets"` // whsec_…; more than one while one replaces another: all of them sign
	Events    WebhookEvents `yaml:"events"`  // none: all
	Fields    WebhookParts  `yaml:"fields"`  // none: all that is not personal
	CA        string        `yaml:"ca"`      // PEM file of an own certificate authority
	PlainHTTP bool          `yaml:"plain_http"`
	Timeout   Duration      `yaml:"timeout"` // of one attempt; 0: 20 seconds
}

// WebhookEvents are one or several types of webhooks.
type WebhookEvents []WebhookEvent

// OneOrMany lets one stand without brackets.
func (WebhookEvents) OneOrMany() {}

// WebhookEvent is a type of webhooks, or a group of them, items.*.
type WebhookEvent string

// Values are the types and their groups.
func (WebhookEvent) Values() []string {
	groups, types := map[string]bool{}, []string(nil)
	for _, doc := range notify.WebhookTypes() {
		if doc.Type == notify.HookTest {
			continue
		}
		group, _, _ := strings.Cut(string(doc.Type), ".")
		groups[group+".*"] = true
		types = append(types, string(doc.Type))
	}
	return append(types, slices.Sorted(maps.Keys(groups))...)
}

// WebhookParts are one or several parts of the data.
type WebhookParts []WebhookPart

// OneOrMany lets one stand without brackets.
func (WebhookParts) OneOrMany() {}

// WebhookPart is a part of the data of webhooks.
type WebhookPart string

// Values are the parts.
func (WebhookPart) Values() []string {
	ordinary, personal := notify.WebhookFields()
	var names []string
	for _, f := range slices.Concat(ordinary, personal) {
		names = append(names, string(f))
	}
	return names
}

// webhookTimeout is what the specification advises: between 15 and 30 seconds.
const webhookTimeout = 20 * time.Second

// validateWebhooks tells what cannot work in the list of endpoints.
func (c *Config) validateWebhooks(bad faultFunc) {
	names := map[string]bool{}
	for i, w := range c.Webhooks {
		key := fmt.Sprintf("webhooks[%d]", i)
		if names[w.Name] {
			bad(key+".name", "%q is the name of two endpoints", w.Name)
		}
		names[w.Name] = true
		w.validate(key, bad)
	}
}

var endpointName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

func (w *WebhookConfig) validate(key string, bad faultFunc) {
	if !endpointName.MatchString(w.Name) {
		bad(key+".name", "%q is no name: an endpoint needs a short one of small letters, digits and -, such as erp", w.Name)
	}
	switch u, err := url.Parse(w.URL); {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		bad(key+".url", "is no https address") // it is not shown: it may hold a secret
	case u.Scheme == "http" && !isLoopback(u.Hostname()) && !w.PlainHTTP:
		bad(key+".url", "is http: everybody on the way could read what is sent; write https, or say plain_http: true where the way is safe")
	}
	if len(w.Secrets) == 0 {
		bad(key+".secrets", "is missing: name the environment variable (env: NAME) or the file (file: PATH) of the secret that signs")
	}
	for j, s := range w.Secrets {
		s.required(bad, fmt.Sprintf("%s.secrets[%d]", key, j))
	}
	if time.Duration(w.Timeout) > time.Minute {
		bad(key+".timeout", "%s is too long: at most 1m", time.Duration(w.Timeout))
	}
}

// endpoints are the systems that follow the desk, as intake writes for them.
func (c *Config) endpoints() (all []notify.Endpoint) {
	ordinary, _ := notify.WebhookFields()
	for _, w := range c.Webhooks {
		e := notify.Endpoint{Name: w.Name, Fields: ordinary}
		for _, t := range w.Events {
			e.Events = append(e.Events, string(t))
		}
		if len(w.Fields) > 0 {
			e.Fields = nil
		}
		for _, f := range w.Fields {
			e.Fields = append(e.Fields, notify.WebhookField(f))
		}
		all = append(all, e)
	}
	return all
}

// webhookSender sends to one endpoint.
func (c *Config) webhookSender(i int) (*webhook.Sender, error) {
	w := c.Webhooks[i]
	u, err := url.Parse(w.URL)
	if err != nil {
		return nil, usageError{fmt.Errorf("webhooks[%d].url is no address", i)}
	}
	tlsConfig, err := c.tlsConfig(u.Hostname(), w.CA)
	if err != nil {
		return nil, usageError{fmt.Errorf("webhooks[%d].ca: %w", i, err)}
	}
	timeout := webhookTimeout
	if w.Timeout > 0 {
		timeout = time.Duration(w.Timeout)
	}
	s := webhook.New(webhook.Config{URL: w.URL, TLSConfig: tlsConfig, Timeout: timeout, Agent: "Retour (returns desk)", Now: time.Now,
		Secrets: func() ([]string, error) { return c.webhookSecrets(i) }})
	if _, err := c.webhookSecrets(i); err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

// webhookSecrets reads the secrets of an endpoint; one that cannot sign is an error.
func (c *Config) webhookSecrets(i int) (all []string, err error) {
	for j, s := range c.Webhooks[i].Secrets {
		key := fmt.Sprintf("webhooks[%d].secrets[%d]", i, j)
		text, err := c.secret(key, s)
		if err != nil {
			return nil, err
		}
		if _, err := webhook.ParseSecret(text); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		all = append(all, text)
	}
	return all, nil
}

// neighbours watches whether the endpoints take what they are sent.
type neighbours struct {
	mu     sync.Mutex
	last   map[string]attempt // by endpoint
	others func() []string    // what the other processes say; see say
	health map[string]*health
}

// healthOfNeighbour watches one endpoint.
func healthOfNeighbour(name string) *health {
	h := newHealth("webhooks/"+name, "%s takes no webhooks since %s: %s", "%s takes webhooks again. It was out of reach for %s; what happened meanwhile is sent now.")
	h.down, h.up = strings.Replace(h.down, "%s", name, 1), strings.Replace(h.up, "%s", name, 1)
	return &h
}

// watched is the sender of an endpoint that remembers how it went.
type watched struct {
	notify.Sender
	name string
	all  *neighbours
}

// Send implements [notify.Sender].
func (s watched) Send(ctx context.Context, d notify.Delivery) (notify.Receipt, error) {
	r, err := s.Sender.Send(ctx, d)
	if ctx.Err() != nil {
		return r, err
	}
	trouble := err
	if f, ok := errors.AsType[*notify.Failure](err); ok && f.Gone {
		trouble = nil // people are told of that at once
	}
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.all.last[s.name] = attempt{time.Now(), whyNot(trouble)}
	return r, err
}

// attempt is how the last one at an endpoint went.
type attempt struct {
	At      time.Time `json:"at"`
	Trouble string    `json:"trouble,omitempty"`
}

// trouble is what was wrong with the last attempt of any process.
func (n *neighbours) trouble(name string) error {
	n.mu.Lock()
	last := n.last[name]
	n.mu.Unlock()
	for _, text := range n.others() {
		var theirs map[string]attempt
		if json.Unmarshal([]byte(text), &theirs) == nil && theirs[name].At.After(last.At) {
			last = theirs[name]
		}
	}
	return trouble(last.Trouble)
}

// say tells the other processes how this one does.
func (n *neighbours) say() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return jsonText(n.last)
}

// openNeighbours adds the senders of the endpoints; a shadow has none.
func (a *app) openNeighbours(senders map[notify.DeliveryKind]notify.Sender) error {
	a.neighbours = &neighbours{last: map[string]attempt{}, others: func() []string { return a.crew.Voices(a.book) }, health: map[string]*health{}}
	if a.cfg.shadow {
		return nil
	}
	for i, e := range a.cfg.endpoints() {
		s, err := a.cfg.webhookSender(i)
		if err != nil {
			return err
		}
		a.onClose(func() error { s.Close(); return nil })
		senders[e.Kind()] = told{watched{s, e.Name, a.neighbours}, func() { a.tell(delivered) }}
		a.neighbours.health[e.Name] = healthOfNeighbour(e.Name)
	}
	return nil
}

// lookAtNeighbours tells people of an endpoint that has taken nothing for a while.
func (a *app) lookAtNeighbours(ctx context.Context, now time.Time) (errs []error) {
	for _, name := range slices.Sorted(maps.Keys(a.neighbours.health)) {
		errs = append(errs, a.look(ctx, now, a.neighbours.health[name], a.neighbours.trouble(name), true))
	}
	return errs
}

// mistaken says which of the names was probably meant.
func mistaken(name string, names []string) string {
	best, least := "", 4
	for _, n := range names {
		if d := rules.EditDistance(name, n); d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}
