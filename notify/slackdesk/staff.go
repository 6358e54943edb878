package slackdesk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"retour/rules"
)

// Action is what somebody wants to do and what can be left to some of the staff
// alone: a staff event of the lifecycle, or one of those below.
type Action string

// The actions beside the events of the lifecycle.
const (
	Look        Action = "look"         // find and show cases, the Home tab; open to all who may do anything
	OpenCase    Action = "open"         // open a case by hand
	JudgeHeld   Action = "held"         // make a held mail a case, join it to one, put it aside
	BlockSender Action = "block_sender" // take no more mails of somebody
)

// Actions lists every action.
func Actions() []Action {
	list := []Action{Look, OpenCase, JudgeHeld, BlockSender}
	for _, e := range rules.StaffEvents() {
		list = append(list, Action(e))
	}
	return list
}

// lastGood is how long a list that cannot be renewed is still believed; after
// that nobody of it may act.
const lastGood = 15 * time.Minute

// staff knows who may do what.
type staff struct {
	team   func(context.Context) (string, error) // the ID of our workspace
	rest   []string                              // users and groups that may do what may does not name
	may    map[Action][]string
	all    []string // everybody who is named
	groups *hearsay[[]string]
	people *hearsay[slack.User]
}

func newStaff(api *slack.Client, team func(context.Context) (string, error), cfg Config, pace time.Duration, now func() time.Time) *staff {
	s := &staff{team: team, rest: slices.Concat(cfg.Users, cfg.Groups), may: cfg.May}
	s.all = slices.Clone(s.rest)
	for _, action := range slices.Sorted(maps.Keys(cfg.May)) {
		s.all = append(s.all, cfg.May[action]...)
	}
	slices.Sort(s.all)
	s.all = slices.Compact(s.all)
	// usergroups.users.list may be called 20 times a minute, users.info 100 times.
	s.groups = newHearsay(now, 5, 4*pace, func(ctx context.Context, id string) ([]string, error) {
		return api.GetUserGroupMembersContext(ctx, id)
	})
	s.people = newHearsay(now, 20, pace*4/5, func(ctx context.Context, id string) (slack.User, error) {
		u, err := api.GetUserInfoContext(ctx, id)
		if err != nil {
			return slack.User{}, err
		}
		return *u, nil
	})
	return s
}

// allowed are the users and groups that may do something.
func (s *staff) allowed(action Action) []string {
	if action == Look {
		return s.all
	}
	if list, ok := s.may[action]; ok {
		return list
	}
	return s.rest
}

// isGroup tells the ID of a user group from a user's.
func isGroup(id string) bool { return strings.HasPrefix(id, "S") }

// denied is why somebody may not act: a key of the words.
type denied string

func (d denied) Error() string { return string(d) }

// caller is who sent a payload, in Slack's IDs.
type caller struct {
	user     string
	team     string // workspace in which it happened
	userTeam string // workspace of the user, where the payload says it
}

// admit returns who the caller is if he may do the action, else a denied, or
// another error when Slack cannot be asked: nobody is let in on a guess about
// that. With guess it is content with what it heard within lastGood, so that a
// modal can open in time; what is done in the end is admitted without, and then
// Slack is asked anew.
func (s *staff) admit(ctx context.Context, who caller, action Action, guess bool) (rules.Actor, error) {
	if err := s.sameTeam(ctx, who); err != nil {
		return rules.Actor{}, err
	}
	var listed bool
	var unsure error
	var asking sync.WaitGroup
	asking.Go(func() { listed, unsure = s.listed(ctx, who.user, action, guess) })
	user, err := s.people.of(ctx, who.user, guess)
	asking.Wait()
	if err != nil {
		return rules.Actor{}, err
	}
	if err := errors.Join(member(user), unsure); err != nil {
		return rules.Actor{}, err
	}
	if !listed {
		return rules.Actor{}, s.why(ctx, who.user)
	}
	return rules.Actor{Kind: rules.ByStaff, ID: user.ID, Name: shorten(line(displayName(user)), personName)}, nil
}

// why tells a stranger from somebody who may do other things.
func (s *staff) why(ctx context.Context, user string) error {
	if ok, err := s.listed(ctx, user, Look, true); ok && err == nil {
		return denied("refused.action")
	}
	return denied("refused.stranger")
}

// sameTeam refuses people who see the channel from another workspace.
func (s *staff) sameTeam(ctx context.Context, who caller) error {
	team, err := s.team(ctx)
	if err != nil {
		return fmt.Errorf("learn our workspace: %w", err)
	}
	if who.team != team || (who.userTeam != "" && who.userTeam != team) {
		return denied("refused.team")
	}
	return nil
}

// member refuses everybody who is not a full member of a workspace. Whether it
// is ours was seen before, but a user record may say more than a payload.
func member(u slack.User) error {
	switch {
	case u.Deleted:
		return denied("refused.deactivated")
	case u.IsBot || u.IsWorkflowBot || u.IsConnectorBot:
		return denied("refused.bot")
	case u.IsStranger:
		return denied("refused.team")
	case u.IsRestricted || u.IsUltraRestricted:
		return denied("refused.guest")
	}
	return nil
}

// listed says whether a user or one of his groups is on the list of an action.
// It works without user groups, which only paid workspaces have.
func (s *staff) listed(ctx context.Context, user string, action Action, guess bool) (bool, error) {
	list := s.allowed(action)
	if slices.Contains(list, user) {
		return true, nil
	}
	var unsure error
	for _, id := range list {
		if !isGroup(id) {
			continue
		}
		members, err := s.groups.of(ctx, id, guess)
		if err != nil {
			unsure = err // another group may still have him
			continue
		}
		if slices.Contains(members, user) {
			return true, nil
		}
	}
	return false, unsure
}

// warm reads users and groups, so that the first click need not wait for them.
// It goes on after an error and returns all of them.
func (s *staff) warm(ctx context.Context) error {
	var errs []error
	for _, id := range s.all {
		var err error
		if isGroup(id) {
			_, err = s.groups.of(ctx, id, true)
		} else {
			_, err = s.people.of(ctx, id, true)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// known says whether admit with guess can answer without asking Slack.
func (s *staff) known(user string, action Action) bool {
	if !s.people.heard(user) {
		return false
	}
	list := s.allowed(action)
	return slices.Contains(list, user) ||
		!slices.ContainsFunc(list, func(id string) bool { return isGroup(id) && !s.groups.heard(id) })
}

func displayName(u slack.User) string {
	for _, name := range []string{u.Profile.DisplayName, u.RealName, u.Name} {
		if name != "" {
			return name
		}
	}
	return u.ID
}

// turnAway logs that somebody was not let in, and says what he alone is told.
// about is what he wanted to act on, such as the number of a case.
func (d *Desk) turnAway(who caller, action Action, about string, err error) string {
	if why, ok := errors.AsType[denied](err); ok {
		d.log.Warn("slack: refused", "user", who.user, "team", who.userTeam, "about", about, "action", action, "why", string(why))
		return d.words[string(why)]
	}
	d.log.Error("slack: cannot tell who may act", "user", who.user, "about", about, "action", action, "err", explained(err))
	return d.words["refused.unsure"]
}

// hearsay is what Slack said of users or groups, and when.
type hearsay[T any] struct {
	now  func() time.Time
	ask  func(ctx context.Context, id string) (T, error)
	asks atomic.Int64 // begun so far

	mu    sync.Mutex
	all   map[string]*told[T]
	most  int           // asks that may be made at once
	every time.Duration // until one more may be made
	spent []time.Time   // when those that were made, or will be, no longer count
}

// told is what Slack said of one.
type told[T any] struct {
	turn   chan struct{} // holds one token while nobody asks
	mu     sync.Mutex
	value  T
	at     time.Time // zero: nothing was heard
	began  int64     // number of the ask that brought it
	silent time.Time // Slack does not want to be asked before
}

func newHearsay[T any](now func() time.Time, most int, every time.Duration, ask func(context.Context, string) (T, error)) *hearsay[T] {
	return &hearsay[T]{now: now, ask: ask, most: most, every: every, all: map[string]*told[T]{}}
}

// reserve takes the next turn to ask Slack and says how long it is until then.
func (h *hearsay[T]) reserve() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	for len(h.spent) > 0 && !h.spent[0].After(now) {
		h.spent = h.spent[1:]
	}
	wait, free := time.Duration(0), now
	if n := len(h.spent); n > 0 {
		free = h.spent[n-1]
		if n >= h.most {
			wait = h.spent[n-h.most].Sub(now)
		}
	}
	h.spent = append(h.spent, free.Add(h.every))
	return wait
}

func (h *hearsay[T]) entry(id string) *told[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, ok := h.all[id]
	if !ok {
		t = &told[T]{turn: make(chan struct{}, 1)}
		t.turn <- struct{}{}
		h.all[id] = t
	}
	return t
}

// of returns what Slack says of id, by an ask that begins after the call. With
// guess, and when Slack cannot be asked, what it said within lastGood does.
func (h *hearsay[T]) of(ctx context.Context, id string, guess bool) (T, error) {
	t := h.entry(id)
	if v, ok := t.recent(h.now()); ok && guess {
		return v, nil
	}
	before := h.asks.Load()
	var none T
	select {
	case <-t.turn:
	case <-ctx.Done():
		return none, fmt.Errorf("ask Slack about %s: %w", id, ctx.Err())
	}
	defer func() { t.turn <- struct{}{} }()
	if t.began > before {
		return t.value, nil // somebody asked while this one waited his turn
	}
	err := h.renew(ctx, t, id)
	if err == nil {
		return t.value, nil
	}
	if v, ok := t.recent(h.now()); ok && !definite(err) {
		return v, nil
	}
	return none, fmt.Errorf("ask Slack about %s: %w", id, err)
}

// renew asks Slack; only who has the turn calls it.
func (h *hearsay[T]) renew(ctx context.Context, t *told[T], id string) error {
	if wait := t.silent.Sub(h.now()); wait > 0 {
		return &slack.RateLimitedError{RetryAfter: wait}
	}
	if err := h.allowance(ctx); err != nil {
		return err
	}
	began := h.asks.Add(1)
	value, err := h.ask(ctx, id)
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil {
		t.silent = h.now().Add(retryAfter(err))
		if definite(err) {
			t.at = time.Time{} // what was heard before is no longer true
		}
		return err
	}
	t.value, t.at, t.began = value, h.now(), began
	return nil
}

// allowance waits until Slack may be asked once more. One ask then answers all
// who wait for it.
func (h *hearsay[T]) allowance(ctx context.Context) error {
	wait := h.reserve()
	if wait <= 0 {
		return nil
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// recent is what was heard within lastGood.
func (t *told[T]) recent(now time.Time) (T, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	age := now.Sub(t.at)
	return t.value, !t.at.IsZero() && age >= 0 && age < lastGood
}

// heard says whether of with guess would answer without asking.
func (h *hearsay[T]) heard(id string) bool {
	_, ok := h.entry(id).recent(h.now())
	return ok
}

// definite says that Slack knows the answer and it is no.
func definite(err error) bool {
	switch code(err) {
	case "", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited":
		return false
	}
	return true
}
