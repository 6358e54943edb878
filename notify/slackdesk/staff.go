package slackdesk

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"retour/rules"
)

// How long what Slack said of people holds. A list that cannot be renewed is
// still believed for lastGood; after that nobody of it may act.
const (
	freshGroup = 4 * time.Second // usergroups.users.list may be called 20 times a minute
	freshUser  = time.Minute
	lastGood   = 15 * time.Minute
)

// staff knows who may act.
type staff struct {
	api    *slack.Client
	team   func(context.Context) (string, error) // the ID of our workspace
	users  []string
	groups []string
	now    func() time.Time

	mu      sync.Mutex
	members map[string]told[[]string]
	people  map[string]told[slack.User]
}

// told is what Slack said, and when.
type told[T any] struct {
	value T
	at    time.Time
}

func newStaff(api *slack.Client, team func(context.Context) (string, error), cfg Config, now func() time.Time) *staff {
	return &staff{api: api, team: team, users: cfg.Users, groups: cfg.Groups, now: now,
		members: map[string]told[[]string]{}, people: map[string]told[slack.User]{}}
}

// denied is why somebody may not act: a key of the words.
type denied string

func (d denied) Error() string { return string(d) }

// admit says who clicked, or returns a denied. With guess it is content with
// what it heard a while ago, so that a modal can open in time; what is done in
// the end is admitted without.
func (s *staff) admit(ctx context.Context, in interaction, guess bool) (rules.Actor, error) {
	if err := s.sameTeam(ctx, in); err != nil {
		return rules.Actor{}, err
	}
	user, err := s.user(ctx, in.User.ID, guess)
	if err != nil {
		return rules.Actor{}, err
	}
	if err := member(user); err != nil {
		return rules.Actor{}, err
	}
	ok, err := s.listed(ctx, user.ID, guess)
	if err != nil {
		return rules.Actor{}, err
	}
	if !ok {
		return rules.Actor{}, denied("refused.stranger")
	}
	return rules.Actor{Kind: rules.ByStaff, ID: user.ID, Name: shorten(line(displayName(user)), personName)}, nil
}

// sameTeam refuses people who see the channel from another workspace.
func (s *staff) sameTeam(ctx context.Context, in interaction) error {
	team, err := s.team(ctx)
	if err != nil {
		return fmt.Errorf("learn our workspace: %w", err)
	}
	if in.Team.ID != team || (in.User.TeamID != "" && in.User.TeamID != team) {
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

// listed says whether a user or one of his groups is on the allow-list. It
// works without user groups, which only paid workspaces have.
func (s *staff) listed(ctx context.Context, user string, guess bool) (bool, error) {
	if slices.Contains(s.users, user) {
		return true, nil
	}
	var unsure error
	for _, g := range s.groups {
		members, err := s.group(ctx, g, guess)
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

func (s *staff) group(ctx context.Context, id string, guess bool) ([]string, error) {
	fresh := freshGroup * time.Duration(len(s.groups))
	return recall(s, s.members, id, fresh, guess, func() ([]string, error) {
		return s.api.GetUserGroupMembersContext(ctx, id)
	})
}

func (s *staff) user(ctx context.Context, id string, guess bool) (slack.User, error) {
	return recall(s, s.people, id, freshUser, guess, func() (slack.User, error) {
		u, err := s.api.GetUserInfoContext(ctx, id)
		if err != nil {
			return slack.User{}, err
		}
		return *u, nil
	})
}

// warm reads the groups, so that the first click need not wait for them.
func (s *staff) warm(ctx context.Context) error {
	for _, g := range s.groups {
		if _, err := s.group(ctx, g, false); err != nil {
			return fmt.Errorf("read user group %s: %w", g, err)
		}
	}
	return nil
}

// recall returns what Slack said of id, asking again when that is older than
// fresh. When Slack cannot be asked, what it said last is believed for
// lastGood.
func recall[T any](s *staff, cache map[string]told[T], id string, fresh time.Duration, guess bool, ask func() (T, error)) (T, error) {
	s.mu.Lock()
	known, ok := cache[id]
	s.mu.Unlock()
	age := s.now().Sub(known.at)
	if ok && age >= 0 && (age < fresh || guess && age < lastGood) {
		return known.value, nil
	}
	value, err := ask()
	if err != nil {
		if ok && age >= 0 && age < lastGood && !definite(err) {
			return known.value, nil
		}
		var none T
		return none, fmt.Errorf("ask Slack about %s: %w", id, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	cache[id] = told[T]{value, s.now()}
	return value, nil
}

// known says whether admit with guess can answer without asking Slack.
func (s *staff) known(user string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := func(at time.Time) bool { age := s.now().Sub(at); return age >= 0 && age < lastGood }
	if u, ok := s.people[user]; !ok || !recent(u.at) {
		return false
	}
	if slices.Contains(s.users, user) {
		return true
	}
	for _, g := range s.groups {
		if m, ok := s.members[g]; !ok || !recent(m.at) {
			return false
		}
	}
	return true
}

func displayName(u slack.User) string {
	for _, name := range []string{u.Profile.DisplayName, u.RealName, u.Name} {
		if name != "" {
			return name
		}
	}
	return u.ID
}

// definite says that Slack knows the answer and it is no.
func definite(err error) bool {
	switch code(err) {
	case "", "internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", "rate_limited":
		return false
	}
	return true
}
