package loopback

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// The people, the user group and the channel of the stand-in's workspace.
const (
	SlackAnn     = "U0ANN00001" // on the desk
	SlackBen     = "U0BEN00001" // on the desk
	SlackGuest   = "U0GUEST001" // a guest of the workspace, in the channel
	SlackPartner = "U0PARTNER1" // of another workspace, in the shared channel
	SlackDesk    = "S0DESK0001" // user group: Ann and Ben
	SlackChannel = "C0RETURNS1" // #returns
	slackTeam    = "T0RETOUR01"
	slackApp     = "A0RETOUR01"
	slackBot     = "U0RETOUR01"
	slackBotID   = "B0RETOUR01"
)

// SlackOptions are the choices at start. The zero value is a workspace that
// behaves.
type SlackOptions struct {
	Now          func() time.Time // stamps the messages; time.Now when nil
	AckTimeout   time.Duration    // how long a click waits for its acknowledgement, 3 s when zero
	TriggerTTL   time.Duration    // how long a trigger_id lives, 3 s when zero
	PingInterval time.Duration    // of the sockets, 5 s when zero
	Scopes       []string         // of the bot token; SlackScopes when nil
}

// SlackScopes are the bot scopes that the stand-in grants unless told otherwise.
func SlackScopes() []string {
	return []string{
		"chat:write", "commands", "users:read", "users:read.email", "usergroups:read",
		"channels:read", "groups:read", "channels:history", "groups:history",
		"files:write", "reactions:write",
	}
}

// Person is somebody in the workspace.
type Person struct {
	ID, Name, RealName, Email string
	Team                      string // another workspace's when the person is a stranger
	Guest, Deleted            bool
}

// Slack is one workspace on 127.0.0.1: the Web API under URL, Socket Mode, and
// the people as Go methods. It refuses what Slack refuses in the commonest
// ways and remembers every refusal. It is not meant to be reachable by anybody
// but the process that started it.
type Slack struct {
	URL      string // base of the Web API, with its last slash: for slack.OptionAPIURL
	BotToken string
	AppToken string

	opts SlackOptions
	http *http.Server
	stop context.CancelFunc
	done sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	changed    chan struct{} // closed and replaced at each change
	version    int
	lastTS     int64 // microseconds of the newest ts
	people     []Person
	groups     map[string][]string
	channels   map[string]*slackChannel
	ephemerals []Ephemeral
	views      map[string]*View
	stacks     map[string][]string // open modals of a user, bottom first
	homes      map[string]*View
	triggers   map[string]*slackTrigger
	responses  map[string]*slackResponseURL
	uploads    map[string]*File
	tickets    map[string]bool // Socket Mode URLs that were not used yet
	conns      []*slackConn
	turn       int // round robin over conns
	waiting    map[string]chan json.RawMessage
	faults     []slackFaultLeft
	requests   *slackRequests // nil: sockets
	double     bool           // deliver everything twice
	stale      int            // trigger_ids that are to come too late
	ahead      time.Duration  // of Slack's clock, before the machine's
	refusals   []Refusal
}

type slackChannel struct {
	id, name string
	members  []string
	archived bool
	messages []*Message
}

// Message is one message of a channel. Slack stores &, < and > of every text
// escaped; so does the stand-in.
type Message struct {
	Channel  string
	TS       string
	ThreadTS string // of the parent, when it is a reply
	User     string
	Text     string
	Blocks   []Block
	Metadata *Metadata
	Updates  int       // how often chat.update redrew it
	Replies  []Message // filled by Messages, oldest first

	Files     []File
	Reactions []string // of the app
}

// Metadata is what the app attached to a message for itself.
type Metadata struct {
	EventType    string         `json:"event_type"`
	EventPayload map[string]any `json:"event_payload"`
}

// Ephemeral is a message that only one person sees.
type Ephemeral struct {
	Channel, TS, ThreadTS, User, Text string
	Blocks                            []Block
}

// View is a modal or a Home tab as one person has it before him.
type View struct {
	ViewRequest
	ID, User, Hash, Root, Previous string
	Values                         url.Values        // what the person entered, by "block_id/action_id"
	Errors                         map[string]string // shown at the fields, by block_id
}

// Refusal is one call of the app that Slack would have refused, or an answer
// that it would have dropped.
type Refusal struct {
	Method  string // or view_submission, block_actions, response_url
	Error   string // Slack's code
	Details []string
}

// StartSlack starts a workspace on a free port of 127.0.0.1.
func StartSlack(opts SlackOptions) (*Slack, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for slack: %w", err)
	}
	s := newSlack(opts.withDefaults())
	s.URL = "http://" + ln.Addr().String() + "/api/"
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.http = &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	s.done.Go(func() { _ = s.http.Serve(ln) }) // ErrServerClosed after Close
	return s, nil
}

func (o SlackOptions) withDefaults() SlackOptions {
	if o.Now == nil {
		o.Now = time.Now
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{{&o.AckTimeout, 3 * time.Second}, {&o.TriggerTTL, 3 * time.Second}, {&o.PingInterval, 5 * time.Second}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Scopes == nil {
		o.Scopes = SlackScopes()
	}
	return o
}

func newSlack(opts SlackOptions) *Slack {
	everybody := []string{slackBot, SlackAnn, SlackBen, SlackGuest, SlackPartner}
	return &Slack{
		BotToken: "xoxb-" + slackRandom(12),
		AppToken: "xapp-1-" + slackRandom(12),
		opts:     opts,
		changed:  make(chan struct{}),
		people: []Person{
			{ID: SlackAnn, Name: "Ann", RealName: "Ann Peeters", Email: "ann@retour.example", Team: slackTeam},
			{ID: SlackBen, Name: "Ben", RealName: "Ben Keller", Email: "ben@retour.example", Team: slackTeam},
			{ID: SlackGuest, Name: "Gaia", RealName: "Gaia Conti", Email: "gaia@agency.example", Team: slackTeam, Guest: true},
			{ID: SlackPartner, Name: "Pim", RealName: "Pim de Wit", Team: "T0PARTNER1"},
		},
		groups:    map[string][]string{SlackDesk: {SlackAnn, SlackBen}},
		channels:  map[string]*slackChannel{SlackChannel: {id: SlackChannel, name: "returns", members: everybody}},
		views:     map[string]*View{},
		stacks:    map[string][]string{},
		homes:     map[string]*View{},
		triggers:  map[string]*slackTrigger{},
		responses: map[string]*slackResponseURL{},
		tickets:   map[string]bool{},
		uploads:   map[string]*File{},
		waiting:   map[string]chan json.RawMessage{},
	}
}

// Close ends all connections and waits for them.
func (s *Slack) Close() error {
	s.stop()
	err := s.http.Close()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.Drop()
	s.done.Wait()
	if err != nil {
		return fmt.Errorf("close slack: %w", err)
	}
	return nil
}

// Changed returns a channel that is closed at the next change of anything that
// a person could see.
func (s *Slack) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Version counts the changes, so that a page can tell whether it is stale.
func (s *Slack) Version() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// touch says that something changed. The caller holds mu.
func (s *Slack) touch() {
	s.version++
	close(s.changed)
	s.changed = make(chan struct{})
}

// People lists the workspace, the desk's members first.
func (s *Slack) People() []Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.people)
}

// SetGroup replaces the members of a user group.
func (s *Slack) SetGroup(id string, members ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[id] = slices.Clone(members)
}

// Archive archives a channel, or brings it back.
func (s *Slack) Archive(channel string, archived bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.channels[channel].archived = archived
	s.touch()
}

// Messages returns a channel's messages, oldest first, each with the replies
// of its thread.
func (s *Slack) Messages(channel string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, ok := s.channels[channel]
	if !ok {
		return nil
	}
	var list []Message
	at := map[string]int{}
	for _, m := range ch.messages {
		if m.ThreadTS == "" {
			at[m.TS] = len(list)
			list = append(list, *m)
		} else if i, ok := at[m.ThreadTS]; ok {
			list[i].Replies = append(list[i].Replies, *m)
		}
	}
	return list
}

// Delete removes a message, as an administrator can; its replies go with it.
func (s *Slack) Delete(channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if ch == nil || ch.message(ts) == nil {
		return fmt.Errorf("delete message %s: not in channel %s", ts, channel)
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(m *Message) bool { return m.TS == ts || m.ThreadTS == ts })
	s.touch()
	return nil
}

// Ephemerals returns what only this person sees, oldest first.
func (s *Slack) Ephemerals(user string) []Ephemeral {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.ephemerals), func(e Ephemeral) bool { return e.User != user })
}

// Dismiss removes an ephemeral message, as its reader can.
func (s *Slack) Dismiss(user, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ephemerals = slices.DeleteFunc(s.ephemerals, func(e Ephemeral) bool { return e.User == user && e.TS == ts })
	s.touch()
}

// Views returns the modals that a person has open, the topmost last.
func (s *Slack) Views(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []View
	for _, id := range s.stacks[user] {
		list = append(list, s.views[id].snapshot())
	}
	return list
}

// Home returns the Home tab that the app published for a person.
func (s *Slack) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.homes[user]
	if !ok {
		return View{}, false
	}
	return v.snapshot(), true
}

// snapshot is the view as it is now. Values is the only part that is ever
// changed in place.
func (v *View) snapshot() View {
	out := *v
	out.Values = maps.Clone(v.Values)
	return out
}

// Refusals lists everything that Slack would have refused so far. A clean run
// has none.
func (s *Slack) Refusals() []Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refusals)
}

func (s *Slack) person(id string) (Person, bool) {
	i := slices.IndexFunc(s.people, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return s.people[i], true
}

func (c *slackChannel) message(ts string) *Message {
	for _, m := range c.messages {
		if m.TS == ts {
			return m
		}
	}
	return nil
}

// nextTS stamps a message. Two messages never have the same ts, and a clock
// that is set back does not turn their order round. The caller holds mu.
func (s *Slack) nextTS() string {
	s.lastTS = max(s.opts.Now().UnixMicro(), s.lastTS+1)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

// slackRandom returns 2n hexadecimal digits.
func slackRandom(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
