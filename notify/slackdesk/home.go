package slackdesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// How the Home tabs are kept up to date. views.publish may be called about a
// hundred times a minute: https://docs.slack.dev/reference/methods/views.publish
const (
	homePause  = 20 // between two rounds, in paces of the desk
	homeKept   = 24 * time.Hour
	homesMost  = 100             // tabs that are kept; the others are drawn when they are opened
	homeHealth = 5 * time.Minute // how often a tab is redrawn though nothing has happened
)

// What a Home tab shows of each list. A view takes 100 blocks.
const (
	homeMine  = 10
	homeQueue = 15
	homeHeld  = 8
)

// homes are the Home tabs that were opened lately.
type homes struct {
	stir chan struct{} // something has changed

	mu   sync.Mutex
	tabs map[string]*homeTab // by user
}

type homeTab struct {
	who    caller
	opened time.Time

	draw  sync.Mutex // one publication at a time
	stale bool       // guarded by homes.mu
	shown string     // digest of what was published last; guarded by draw
}

func newHomes() *homes {
	return &homes{stir: make(chan struct{}, 1), tabs: map[string]*homeTab{}}
}

// Changed says that what the Home tabs show may have changed. It does not wait.
func (d *Desk) Changed() {
	h := d.homes
	h.mu.Lock()
	for _, t := range h.tabs {
		t.stale = true
	}
	any := len(h.tabs) > 0
	h.mu.Unlock()
	if any {
		h.wake()
	}
}

func (h *homes) wake() {
	select {
	case h.stir <- struct{}{}:
	default:
	}
}

// opened remembers that somebody looks at his tab.
func (h *homes) opened(who caller, now time.Time) *homeTab {
	h.mu.Lock()
	defer h.mu.Unlock()
	t, ok := h.tabs[who.user]
	if !ok {
		t = &homeTab{}
		h.tabs[who.user] = t
	}
	t.who, t.opened = who, now
	h.forget(now)
	return t
}

// forget drops the tabs that nobody has opened for long, and the oldest of too
// many. The caller holds mu.
func (h *homes) forget(now time.Time) {
	var users []string
	for user, t := range h.tabs {
		if now.Sub(t.opened) > homeKept {
			delete(h.tabs, user)
			continue
		}
		users = append(users, user)
	}
	slices.SortFunc(users, func(a, b string) int { return h.tabs[b].opened.Compare(h.tabs[a].opened) })
	for _, user := range users[min(len(users), homesMost):] {
		delete(h.tabs, user)
	}
}

// drop keeps a tab no longer up to date.
func (h *homes) drop(t *homeTab) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.tabs[t.who.user] == t {
		delete(h.tabs, t.who.user)
	}
}

// due are the tabs that are to be drawn anew, the last opened first.
func (h *homes) due() []*homeTab {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*homeTab
	for _, t := range h.tabs {
		if t.stale {
			t.stale = false
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *homeTab) int { return b.opened.Compare(a.opened) })
	return list
}

// keepHomes redraws the tabs when something has changed, at most once in a while,
// until ctx ends.
func (d *Desk) keepHomes(ctx context.Context) {
	tick := time.NewTicker(homeHealth)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.Changed()
			continue
		case <-d.homes.stir:
		}
		for _, t := range d.homes.due() {
			if err := d.publish(ctx, t, true); err != nil && ctx.Err() == nil {
				d.log.Warn("slack: draw a Home tab", "user", t.who.user, "err", explained(err))
			}
		}
		d.sleep(ctx, homePause*d.pace)
	}
}

// homeOpened publishes a tab at once. What a caller may see is asked anew.
func (d *Desk) homeOpened(ctx context.Context, who caller) {
	t := d.homes.opened(who, d.now())
	if err := d.publish(ctx, t, false); err != nil {
		d.log.Warn("slack: draw a Home tab", "user", who.user, "err", explained(err))
		d.homes.mu.Lock()
		t.stale = true
		d.homes.mu.Unlock()
		d.homes.wake()
	}
}

// openedHome handles app_home_opened. What cannot be published now is published
// with the next change.
// https://docs.slack.dev/reference/events/app_home_opened
func (d *Desk) openedHome(e callback) error {
	var event struct {
		User string `json:"user"`
		Tab  string `json:"tab"`
	}
	if err := json.Unmarshal(e.Event, &event); err != nil || event.User == "" || event.Tab != "home" {
		return nil // his direct messages, or nothing that can be read
	}
	taken := d.spawn("home", func() {
		ctx, cancel := context.WithTimeout(d.hooks.Context, workWithin)
		defer cancel()
		d.homeOpened(ctx, caller{user: event.User, team: e.TeamID})
	})
	if !taken {
		return errAgain
	}
	return nil
}

// publish draws the tab of a person and shows it to him, unless he sees just
// that already. With guess what was heard of his rights lately does: user groups
// may be asked for twenty times a minute, and clicks need that more.
func (d *Desk) publish(ctx context.Context, t *homeTab, guess bool) error {
	t.draw.Lock()
	defer t.draw.Unlock()
	blocks, err := d.homeBlocks(ctx, t.who, guess)
	if _, ok := errors.AsType[denied](err); ok {
		d.homes.drop(t) // his tab does not change with what happens
		blocks, err = []slack.Block{plainSection(d.turnAway(t.who, Look, "the Home tab", err))}, nil
	}
	if err != nil {
		return err
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		return fmt.Errorf("draw the Home tab: %w", err)
	}
	if shown := digest(string(raw)); shown != t.shown {
		view := slack.HomeTabViewRequest{Type: slack.VTHomeTab, CallbackID: "home", Blocks: slack.Blocks{BlockSet: blocks}}
		err := d.publishes.do(ctx, func() error {
			_, err := d.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: t.who.user, View: view})
			return err
		})
		if err != nil {
			return err
		}
		t.shown = shown
	}
	return nil
}

// homeBlocks are what a person may see; who may do nothing is a denied.
func (d *Desk) homeBlocks(ctx context.Context, who caller, guess bool) ([]slack.Block, error) {
	actor, err := d.staff.admit(ctx, who, Look, guess)
	if err != nil {
		return nil, err
	}
	w := d.words
	health, err := d.healthBlocks(ctx)
	if err != nil {
		return nil, err
	}
	blocks := append([]slack.Block{slack.NewHeaderBlock(plain(w["home.title"], maxHeader))}, health...)
	blocks = append(blocks, slack.NewActionBlock("home.do",
		slack.NewButtonBlockElement("desk.open", "", plain(w["home.open"], maxOption)),
		slack.NewButtonBlockElement("desk.receive", "", plain(w["home.receive"], maxOption)),
		slack.NewButtonBlockElement("desk.refresh", "", plain(w["home.refresh"], maxOption))))
	for _, list := range []struct {
		which List
		most  int
	}{{ListMine, homeMine}, {ListQueue, homeQueue}} {
		more, err := d.homeList(ctx, list.which, actor.ID, list.most)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, more...)
	}
	held, total, err := d.hooks.Office.Held(ctx, homeHeld)
	if err != nil {
		return nil, err
	}
	blocks = append(blocks, slack.NewDividerBlock(), markedSection("*"+w.say("home.held", total)+"*"))
	return append(blocks, heldRows(w, held, total)...), nil
}

func (d *Desk) homeList(ctx context.Context, which List, user string, most int) ([]slack.Block, error) {
	l, err := d.hooks.Office.List(ctx, which, user, 0, most)
	if err != nil {
		return nil, err
	}
	blocks := []slack.Block{slack.NewDividerBlock(), markedSection("*" + fmt.Sprintf(d.words.of("home", string(which)), l.Total) + "*")}
	for _, c := range l.Cases {
		blocks = append(blocks, d.row(ctx, c)...)
	}
	if rest := l.Total - len(l.Cases); rest > 0 {
		blocks = append(blocks, note(plain(d.words.say("command.and_more", rest), maxSection)))
	}
	return blocks, nil
}

// healthBlocks say how the desk is doing.
func (d *Desk) healthBlocks(ctx context.Context) ([]slack.Block, error) {
	h, err := d.hooks.Office.Health(ctx)
	if err != nil {
		return nil, err
	}
	w := d.words
	lines := []string{
		mark(h.Mailbox == "" && !h.LastRead.IsZero()) + w.say("health.mailbox", moment(w, h.LastRead)),
		mark(h.Failed == 0) + w.say("health.outbox", h.Waiting, h.Failed),
		mark(h.MailProblem == "") + w.say("health.smtp", moment(w, h.LastSent)),
		d.slackHealth(),
	}
	blocks := make([]slack.Block, 0, 3)
	for _, l := range lines {
		blocks = append(blocks, note(marked(l)))
	}
	for _, problem := range []string{h.Mailbox, h.MailProblem} {
		if problem != "" {
			blocks = append(blocks, note(plain(shorten(line(problem), 300), maxSection)))
		}
	}
	return blocks, nil
}

func (d *Desk) slackHealth() string {
	s := d.Status()
	if d.cfg.Mode == ModeHTTP {
		return mark(true) + d.words["health.slack_http"]
	}
	return mark(s.Connections > 0) + d.words.say("health.slack", s.Connections)
}

func mark(good bool) string {
	if good {
		return ":white_check_mark: "
	}
	return ":warning: "
}

// moment is a time for each reader's own zone, to the minute: a tab must not
// differ because a second has passed.
func moment(w words, t time.Time) string {
	if t.IsZero() {
		return w["health.never"]
	}
	return date(t.Truncate(time.Minute), zoneOf("UTC"))
}
