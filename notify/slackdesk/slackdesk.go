// Package slackdesk is the desk in Slack: one card per case, its history in the
// card's thread, buttons and modals for the staff. See
// https://docs.slack.dev/apis/events-api/using-socket-mode,
// https://docs.slack.dev/authentication/verifying-requests-from-slack and
// https://docs.slack.dev/reference/block-kit.
package slackdesk

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// The modes: how Slack's clicks come in.
const (
	ModeSocket = "socket" // by WebSockets that the desk opens
	ModeHTTP   = "http"   // by signed requests to Handler
)

// Config is what the desk in Slack needs to know.
type Config struct {
	Mode          string              // ModeSocket or ModeHTTP
	BotToken      string              // xoxb-…
	AppToken      string              // xapp-…, of ModeSocket
	SigningSecret string              // of ModeHTTP
	Channel       string              // ID of the channel of the cards, C…
	Users         []string            // IDs of the people who may act, U…
	Groups        []string            // IDs of the user groups whose members may act, S…
	May           map[Action][]string // who alone may do an action: IDs of people and user groups
	Escalate      []string            // who is called when a late case has no owner, or he does nothing; empty: Groups, else Users
	Language      string              // of the staff; empty: en
	Instance      string              // of the casebook: tells the messages of two databases in one channel apart
	APIURL        string              // of the Web API, ending in a slash; empty: Slack's own
	Burst         int                 // new messages within a minute that stand in the channel one by one; more are a burst; 0: all
	Pace          time.Duration       // between two posts to the channel; 0: one second, as Slack asks
}

// Hooks are the ways from Slack into the house. All are called by several
// goroutines.
type Hooks struct {
	// Click does what the person asked for. key is the same for a doubled click.
	Click func(ctx context.Context, c rules.Click, key string) (Result, error)
	// Preview makes what the click would send, and changes nothing; language is
	// the staff's. A Refused error is shown to the person; any other is only
	// logged.
	Preview func(ctx context.Context, c rules.Click, language string) (notify.Preview, error)
	// View loads what the card of a case shows.
	View func(ctx context.Context, number string) (notify.CardView, error)
	// CasesAt finds the cases in whose thread a place in Slack is: one where its
	// card stands there, several where one message stands for a burst of cards.
	CasesAt func(ctx context.Context, channel, ts string) (numbers []string, err error)
	// Now is the time at the desk: a form proposes by it whether a unit is in
	// warranty.
	Now func() time.Time

	Office Office // what is not about one card

	// Context is what clicks are worked on in, by a time of their own: its values count.
	// Nil: the background.
	Context context.Context
}

// Result is what became of a click. Message is for the clicker alone: why
// nothing was done ("already approved by Ann at 10:04"), or a remark.
type Result struct {
	Done    bool
	Message string
}

// Refused is why a click is not possible, in words for the clicker.
type Refused struct {
	Message string
	Field   rules.Field // what it is about, or "mail"; empty: no single field
}

func (r Refused) Error() string { return r.Message }

// Status is how the desk in Slack is doing.
type Status struct {
	Connections int       // live sockets; always 0 in ModeHTTP
	Since       time.Time // when that number last changed
	Problem     string    // why the last connection ended, empty when all are live
	Others      int       // connections of the app that were not ours when we last connected
}

// Desk is the desk in Slack.
type Desk struct {
	cfg       Config
	hooks     Hooks
	log       *slog.Logger
	now       func() time.Time
	words     words
	said      sentences // of the rules, in the staff's language
	api       *slack.Client
	http      *http.Client
	pace      time.Duration
	beat      time.Duration // between two pings of ours on a socket
	posts     *pacer
	updates   *pacer
	publishes *pacer // of Home tabs
	homes     *homes
	staff     *staff
	recent    *recent
	burst     burst
	calls     map[string]*burst // by who is called; the courier delivers one after the other
	sending   sending
	me        atomic.Pointer[slack.AuthTestResponse]
	moved     sync.Map  // case number → notify.Posted: cards posted anew that the casebook does not know of
	line      lineState // the sockets
	sleep     func(context.Context, time.Duration)
	slots     chan struct{}
	mu        sync.Mutex
	closing   bool // no new work; guarded by mu
	work      sync.WaitGroup
}

// callTimeout bounds one call of the Web API: the library has no limit.
const callTimeout = 20 * time.Second

// atOnce bounds the interactions that are worked on at the same time.
const atOnce = 64

// New checks the configuration and makes the desk; it does not call Slack.
func New(cfg Config, hooks Hooks, log *slog.Logger, now func() time.Time) (*Desk, error) {
	if cfg.Language == "" {
		cfg.Language = "en"
	}
	w, err := wordsOf(cfg.Language)
	said, sentencesErr := loadSentences(cfg.Language)
	if err := errors.Join(append(cfg.faults(), err, sentencesErr)...); err != nil {
		return nil, err
	}
	d := &Desk{cfg: cfg, hooks: said.hooks(hooks), log: log, now: now, words: w, said: said, pace: cfg.Pace, beat: heartbeat, sleep: sleep, slots: make(chan struct{}, atOnce)}
	if d.hooks.Context == nil {
		d.hooks.Context = context.Background()
	}
	if d.pace == 0 {
		d.pace = time.Second
	}
	d.http = &http.Client{Timeout: callTimeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // a token must not follow a redirect
	}}
	options := []slack.Option{slack.OptionHTTPClient(d.http), slack.OptionAppLevelToken(cfg.AppToken)}
	if cfg.APIURL != "" {
		options = append(options, slack.OptionAPIURL(cfg.APIURL))
	}
	d.api = slack.New(cfg.BotToken, options...)
	d.posts, d.publishes = newPacer(d.pace, hooks.Now), newPacer(d.pace, hooks.Now)
	d.updates = newPacer(d.pace*6/5, hooks.Now) // chat.update: 50 a minute
	d.homes = newHomes()
	d.staff = newStaff(d.api, d.team, cfg, d.pace, now)
	d.recent = newRecent(now)
	d.burst = burst{most: cfg.Burst, kind: "rollup", draw: d.drawNewcomers}
	d.calls = map[string]*burst{}
	return d, nil
}

// faults are all that is wrong with a configuration.
func (c Config) faults() []error {
	var list []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			list = append(list, fmt.Errorf("slack: "+format, args...))
		}
	}
	id := func(kinds, s string) bool { return regexp.MustCompile(`^[` + kinds + `][A-Z0-9]{2,}$`).MatchString(s) }
	fault(c.Mode != ModeSocket && c.Mode != ModeHTTP, "mode is %q: it must be %q or %q", c.Mode, ModeSocket, ModeHTTP)
	fault(!strings.HasPrefix(c.BotToken, "xoxb-"), "the bot token must begin with xoxb- (Slack app, OAuth & Permissions)")
	fault(c.Mode == ModeSocket && !strings.HasPrefix(c.AppToken, "xapp-"),
		"mode socket needs an app-level token with connections:write, which begins with xapp- (Slack app, Basic Information)")
	fault(c.Mode == ModeHTTP && c.SigningSecret == "", "mode http needs the signing secret (Slack app, Basic Information)")
	fault(!id("CGD", c.Channel), "channel is %q: it must be the channel's ID, C… (at the end of the channel's details)", c.Channel)
	fault(len(c.Users)+len(c.Groups) == 0, "users or groups must name who may act, else nobody may")
	for _, u := range c.Users {
		fault(!id("UW", u), "users has %q: it must be a member ID, U… (in the person's profile)", u)
	}
	for _, g := range c.Groups {
		fault(!id("S", g), "groups has %q: it must be the ID of a user group, S…", g)
	}
	for _, who := range c.Escalate {
		fault(!id("UWS", who), "escalate has %q: it must be a member ID, U…, or the ID of a user group, S…", who)
	}
	for action, list := range c.May {
		fault(!slices.Contains(Actions(), action), "may has %q, which is no action", action)
		fault(len(list) == 0, "may.%s names nobody", action)
		for _, who := range list {
			fault(!id("UWS", who), "may.%s has %q: it must be a member ID, U…, or the ID of a user group, S…", action, who)
		}
	}
	fault(c.APIURL != "" && !strings.HasSuffix(c.APIURL, "/"), "API address %q must end in a slash", c.APIURL)
	return list
}

// Run keeps the sockets of ModeSocket until ctx ends, and in both modes waits at
// the end for the clicks that are being worked on. It returns nil when ctx ends:
// what goes wrong with Slack is logged, stands in Status, and is tried again.
func (d *Desk) Run(ctx context.Context) error {
	if err := d.warm(ctx); err != nil && ctx.Err() == nil {
		d.log.Warn("slack: not ready yet", "err", explained(err))
	}
	open, closeAll := context.WithCancel(context.WithoutCancel(ctx))
	defer closeAll()
	var sockets sync.WaitGroup
	if d.cfg.Mode == ModeSocket {
		sockets.Go(func() { d.sockets(open) })
	}
	sockets.Go(func() { d.keepHomes(open) })
	<-ctx.Done()
	d.finish()
	closeAll() // only now: what was worked on has been acknowledged
	sockets.Wait()
	return nil
}

// finish takes no new work and waits for what has been begun.
func (d *Desk) finish() {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.work.Wait()
}

// warm learns what the first click would have to wait for.
func (d *Desk) warm(ctx context.Context) error {
	if _, err := d.whoami(ctx); err != nil {
		return fmt.Errorf("learn who we are: %w", err)
	}
	return d.staff.warm(ctx)
}

// whoami is our own bot and workspace, asked once.
func (d *Desk) whoami(ctx context.Context) (*slack.AuthTestResponse, error) {
	if me := d.me.Load(); me != nil {
		return me, nil
	}
	me, err := d.api.AuthTestContext(ctx)
	if err != nil {
		return nil, err
	}
	d.me.Store(me)
	return me, nil
}

func (d *Desk) team(ctx context.Context) (string, error) {
	me, err := d.whoami(ctx)
	if err != nil {
		return "", err
	}
	return me.TeamID, nil
}

// scopes are what the bot token needs; the manifest asks for the same.
func scopes() []string {
	return []string{"channels:history", "channels:read", "chat:write", "commands", "files:write", "groups:history", "groups:read",
		"reactions:write", "usergroups:read", "users:read"}
}

// Check asks Slack whether tokens, scopes, channel, users and groups will do. It
// reports all that is wrong.
func (d *Desk) Check(ctx context.Context) error {
	me, err := d.api.AuthTestContext(ctx)
	if err != nil {
		return fmt.Errorf("slack: bot token: %s", explained(err))
	}
	d.me.Store(me)
	list := []error{checkScopes(me.Header.Get("x-oauth-scopes")), d.checkChannel(ctx)}
	if d.cfg.Mode == ModeSocket {
		if _, _, err := d.api.StartSocketModeContext(ctx); err != nil {
			list = append(list, fmt.Errorf("slack: app-level token: %s", explained(err)))
		}
	}
	list = append(list, d.checkStaff(ctx)...)
	return errors.Join(list...)
}

// checkStaff looks up everybody who is named.
func (d *Desk) checkStaff(ctx context.Context) []error {
	var list []error
	for _, id := range d.staff.all {
		if isGroup(id) {
			if _, err := d.staff.groups.of(ctx, id, false); err != nil {
				list = append(list, fmt.Errorf("slack: user group %s: %s", id, explained(err)))
			}
			continue
		}
		if user, err := d.staff.people.of(ctx, id, false); err != nil {
			list = append(list, fmt.Errorf("slack: user %s: %s", id, explained(err)))
		} else if why := member(user); why != nil {
			list = append(list, fmt.Errorf("slack: user %s may not act: %s", id, d.words[why.Error()]))
		}
	}
	return list
}

func checkScopes(granted string) error {
	have := strings.FieldsFunc(granted, func(r rune) bool { return r == ',' || r == ' ' })
	var missing []string
	for _, s := range scopes() {
		if !slices.Contains(have, s) {
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("slack: the bot token lacks the scopes %s: add them and install the app again", strings.Join(missing, ", "))
	}
	return nil
}

func (d *Desk) checkChannel(ctx context.Context) error {
	c, err := d.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: d.cfg.Channel})
	switch {
	case code(err) == "channel_not_found":
		return fmt.Errorf("slack: channel %s is not there, or private without the bot in it: invite the bot", d.cfg.Channel)
	case err != nil:
		return fmt.Errorf("slack: channel %s: %s", d.cfg.Channel, explained(err))
	case c.IsArchived:
		return fmt.Errorf("slack: channel #%s is archived", c.Name)
	case !c.IsMember && !c.IsIM:
		return fmt.Errorf("slack: the bot is not in channel #%s: invite it", c.Name)
	}
	return nil
}

// spawn runs f beside everything else; false when too much is being worked on,
// or the desk is closing: then Slack tells the person to try again.
func (d *Desk) spawn(what string, f func()) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return false
	}
	select {
	case d.slots <- struct{}{}:
	default:
		d.log.Error("slack: too much at once, a payload is not taken", "what", what)
		return false
	}
	d.work.Go(func() {
		defer func() { <-d.slots }()
		defer d.recovered(what, nil)
		f()
	})
	return true
}

// recovered keeps a panic from taking the daemon down; to be deferred.
func (d *Desk) recovered(what string, then func()) {
	if p := recover(); p != nil {
		d.log.Error("slack: panic", "in", what, "panic", p, "stack", string(debug.Stack()))
		if then != nil {
			then()
		}
	}
}

//go:embed manifest.yaml
var manifest []byte

// Manifest is the Slack app manifest of ModeSocket, YAML.
func Manifest() []byte { return slices.Clone(manifest) }
