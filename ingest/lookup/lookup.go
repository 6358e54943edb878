// Package lookup asks a system of the desk's own, mostly its ERP, what is known
// of units and of a customer at this moment: by a command (JSON on standard
// input and output) or by HTTP (JSON posted). It answers what the register and
// the directory would, so it can stand beside them or in their place. A system
// that does not answer, or answers something that cannot be relied on, is down:
// that is said, and nothing is guessed.
//
// The question:
//
//	{"serials": ["3109012345"], "macs": ["805EC0123456"], "customer": "ann@shop.example"}
//
// The answer:
//
//	{"sales": [{"serial": "3109012345", "delivered": "2025-04-07", …}],
//	 "account": {"number": "1001", "name": "Shop", …}}
//
// sales must be there, with one entry for each unit that was sold; a unit that
// was asked for and is not in it was not sold. The fields are those of [Sale],
// all optional but one of serial and mac. account is the customer, null where
// the address is of none, and left out where the system does not know customers.
// Unknown fields, other units than were asked for and units named twice make
// the whole answer invalid.
package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"retour/rules"
)

// Question is what is asked.
type Question struct {
	Serials  []string `json:"serials"`
	MACs     []string `json:"macs"`
	Customer string   `json:"customer"` // mail address; may be empty
}

// Answer is what the system says.
type Answer struct {
	Sales    map[string]rules.Sale // by [rules.NumberKey] of serial and MAC
	Account  rules.Account         // no Number: the address is of no customer
	Accounts bool                  // the system knows customers; else Account means nothing
}

// Options say whom to ask. One of Command and URL is set.
type Options struct {
	Command   []string // program and arguments; no shell
	Env       []string // names of environment variables that the command gets, beside PATH, HOME, LANG, TZ and TMPDIR
	URL       string
	Token     func() (string, error) // sent as bearer token; nil: none
	Client    *http.Client           // nil: a plain one
	Timeout   time.Duration          // 0: five seconds
	Keep      time.Duration          // how long an answer is good for; 0: not kept
	Entries   int                    // answers that are kept at most; 0: 1000
	MaxAnswer int64                  // bytes; 0: 1 MB
	Now       func() time.Time
}

// Client asks, and remembers answers for a while. It may be used by many
// goroutines.
type Client struct {
	o    Options
	http *http.Client

	mu    sync.Mutex
	kept  map[string]kept
	order []string // keys of kept, the oldest first
}

type kept struct {
	answer Answer
	until  time.Time
}

// New checks the options.
func New(o Options) (*Client, error) {
	switch {
	case len(o.Command) == 0 && o.URL == "":
		return nil, errors.New("look-up: neither a command nor a URL")
	case len(o.Command) > 0 && o.URL != "":
		return nil, errors.New("look-up: a command and a URL: keep one of the two")
	case o.URL != "":
		u, err := url.Parse(o.URL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return nil, errors.New("look-up: the URL is no http or https address")
		}
	}
	o.Timeout, o.Entries, o.MaxAnswer = or(o.Timeout, 5*time.Second), or(o.Entries, 1000), or(o.MaxAnswer, 1<<20)
	client := http.Client{}
	if o.Client != nil {
		client = *o.Client
	}
	// A question names customers; it goes where it was sent and nowhere else.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{o: o, http: &client, kept: map[string]kept{}}, nil
}

func or[T comparable](v, byDefault T) T {
	var zero T
	if v == zero {
		return byDefault
	}
	return v
}

// Fill asks and puts the answer into the records: it goes before what the
// imported register and directory say. Where there is no answer, r.Down says why
// and the records are otherwise as they were.
func (c *Client) Fill(ctx context.Context, q Question, r *rules.Records) {
	a, err := c.Ask(ctx, q)
	if err != nil {
		r.Down = err.Error()
		return
	}
	r.Register = true
	sales := make(map[string]rules.Sale, len(r.Sales)+len(a.Sales))
	for key, s := range r.Sales {
		sales[key] = s
	}
	for key, s := range a.Sales {
		sales[key] = s
	}
	r.Sales = sales
	if a.Accounts {
		r.Directory, r.Accounts = true, nil
		if a.Account.Number != "" {
			r.Accounts = []rules.Account{a.Account}
		}
	}
}

// Ask returns what the system says. The error is one line that can be shown to
// staff, without secrets.
func (c *Client) Ask(ctx context.Context, q Question) (Answer, error) {
	q = q.tidy()
	if len(q.Serials)+len(q.MACs) == 0 && q.Customer == "" {
		return Answer{}, nil
	}
	body, err := json.Marshal(q)
	if err != nil {
		return Answer{}, fmt.Errorf("the live look-up cannot be asked: %w", err)
	}
	key := string(body)
	if a, ok := c.remembered(key); ok {
		return a, nil
	}
	a, err := c.ask(ctx, q, body)
	if err != nil {
		return Answer{}, fmt.Errorf("the live look-up gives no answer: %s", oneLine(err.Error()))
	}
	c.remember(key, a)
	return a, nil
}

func (c *Client) ask(ctx context.Context, q Question, body []byte) (Answer, error) {
	limited, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	call := c.run
	if c.o.URL != "" {
		call = c.post
	}
	raw, err := call(limited, body)
	if err != nil {
		if limited.Err() != nil && ctx.Err() == nil {
			return Answer{}, fmt.Errorf("nothing within %v", c.o.Timeout)
		}
		return Answer{}, err
	}
	if int64(len(raw)) > c.o.MaxAnswer {
		return Answer{}, fmt.Errorf("it is longer than %d bytes", c.o.MaxAnswer)
	}
	return decode(raw, q)
}

// tidy brings a question into one form: what cannot be asked for is left out.
func (q Question) tidy() Question {
	return Question{Serials: numbers(q.Serials), MACs: numbers(q.MACs), Customer: strings.ToLower(strings.TrimSpace(q.Customer))}
}

func numbers(written []string) []string {
	seen, out := map[string]bool{}, []string{}
	for _, n := range written {
		if key := rules.NumberKey(n); key != "" && !seen[key] {
			seen[key] = true
			out = append(out, n)
		}
	}
	return out
}

// oneLine keeps what comes from outside short and harmless.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300]) + "…"
	}
	return s
}

func (c *Client) remembered(key string) (Answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	if !ok || !c.o.Now().Before(k.until) {
		return Answer{}, false
	}
	return k.answer, true
}

func (c *Client) remember(key string, a Answer) {
	if c.o.Keep <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.kept[key]; !ok {
		for len(c.order) >= c.o.Entries {
			delete(c.kept, c.order[0])
			c.order = c.order[1:]
		}
		c.order = append(c.order, key)
	}
	c.kept[key] = kept{a, c.o.Now().Add(c.o.Keep)}
}
