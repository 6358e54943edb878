package slackdesk

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
)

// Who follows a channel is notified of each message in it, and there is no quiet
// way to post one; of a thread only those are who take part in it. So a burst is
// one message in the channel, the roll-up, and each card is posted into its
// thread. A card that somebody works on, or about which the customer writes
// again, moves into the channel: it needs a thread of its own then.

const (
	burstWithin = time.Minute // so many new messages within it are a burst
	rollupFor   = time.Hour   // a burst that comes so soon after the last goes on in its roll-up
	rollupLines = 20          // cards that a roll-up names; all are in its thread
)

// burst knows how many messages of a kind there were, and their roll-up.
type burst struct {
	most int    // within burstWithin that stand by themselves; 0: all
	kind string // of the roll-up's key
	draw func(rollup) message

	mu     sync.Mutex
	recent []time.Time
	roll   rollup
	due    bool // a redraw of the roll-up is on its way
}

// rollup is one burst.
type rollup struct {
	at          notify.Posted
	since, last time.Time
	count       int
	lines       []rollupLine // the newest
}

// rollupLine names one card.
type rollupLine struct {
	at    notify.Posted
	label string // of the link: ours, no mark-up
	about string
}

// newcomer is a message of the channel that is posted for the first time.
type newcomer struct{ label, about string }

// crowded says whether one more new message is too many for the channel.
func (b *burst) crowded(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.recent) > 0 && now.Sub(b.recent[0]) >= burstWithin {
		b.recent = b.recent[1:]
	}
	return b.most > 0 && len(b.recent) >= b.most
}

func (b *burst) arrived(now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent = append(b.recent, now)
}

// current is the roll-up to which a burst adds; without a place where there is
// none.
func (b *burst) current(now time.Time) rollup {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.roll.last) >= rollupFor {
		b.roll = rollup{since: now, last: now}
	}
	return b.roll
}

func (b *burst) begin(at notify.Posted) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll.at = at
}

func (b *burst) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll = rollup{}
}

// add adds a card to the roll-up and says whether its redrawing must be set off.
func (b *burst) add(now time.Time, l rollupLine) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll.count++
	b.roll.last = now
	b.roll.lines = append(b.roll.lines, l)
	b.roll.lines = b.roll.lines[max(0, len(b.roll.lines)-rollupLines):]
	first := !b.due
	b.due = true
	return first
}

// drawn takes what is to be drawn.
func (b *burst) drawn() rollup {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.due = false
	r := b.roll
	r.lines = append([]rollupLine(nil), r.lines...)
	return r
}

// introduce posts a message for the first time: into the channel, or in a burst
// into the thread of the roll-up.
func (d *Desk) introduce(ctx context.Context, m message, key string, n newcomer) (notify.Posted, error) {
	now := d.now()
	if !d.burst.crowded(now) {
		posted, _, err := d.post(ctx, m, key, "")
		if err == nil {
			d.burst.arrived(now)
		}
		return posted, err
	}
	roll, err := d.rollup(ctx, &d.burst, now)
	if err != nil {
		return notify.Posted{}, err
	}
	posted, threaded, err := d.post(ctx, m, key, roll.TS)
	if err != nil {
		return posted, err
	}
	d.burst.arrived(now)
	if !threaded { // somebody has deleted the roll-up
		d.burst.forget()
		return posted, nil
	}
	posted.Thread = roll.TS
	d.enroll(&d.burst, now, rollupLine{posted, n.label, n.about})
	return posted, nil
}

// rollup is where the message stands to which a burst adds.
func (d *Desk) rollup(ctx context.Context, b *burst, now time.Time) (notify.Posted, error) {
	r := b.current(now)
	if r.at.TS != "" {
		return r.at, nil
	}
	at, _, err := d.post(ctx, b.draw(r), b.key(r), "")
	if err == nil {
		b.begin(at)
	}
	return at, err
}

func (b *burst) key(r rollup) string { return fmt.Sprintf("%s/%d", b.kind, r.since.UnixNano()) }

// enroll adds a line to the roll-up of a burst, which is redrawn soon, for all
// that came since the last time.
func (d *Desk) enroll(b *burst, now time.Time, l rollupLine) {
	if b.add(now, l) {
		time.AfterFunc(3*d.pace, func() { d.spawn("rollup", func() { d.redraw(b) }) })
	}
}

func (d *Desk) redraw(b *burst) {
	ctx, cancel := context.WithTimeout(d.hooks.Context, workWithin)
	defer cancel()
	r := b.drawn()
	if r.at.TS == "" {
		return
	}
	if err := d.update(ctx, b.draw(r), b.key(r), r.at); err != nil {
		d.log.Warn("slack: bring a roll-up up to date", "count", r.count, "err", explained(err))
	}
}

// drawNewcomers draws the roll-up of new cards: how many, and links to the newest.
func (d *Desk) drawNewcomers(r rollup) message {
	count := max(r.count, 1)
	since := fmt.Sprintf("<!date^%d^{time}|%s>", r.since.Unix(), r.since.UTC().Format("15:04 MST"))
	blocks := []slack.Block{markedSection(d.words.say("rollup.title", count, since)), note(plain(d.words["rollup.thread"], maxSection))}
	return message{text: d.words.say("rollup.plain", count), blocks: append(blocks, d.drawLines(r)...)}
}

func (d *Desk) drawLines(r rollup) (blocks []slack.Block) {
	for _, l := range r.lines {
		blocks = append(blocks, note(marked(d.link(l.at, l.label)), plain(shorten(line(l.about), 200), maxSection)))
	}
	if more := r.count - len(r.lines); more > 0 {
		blocks = append(blocks, note(plain(d.words.say("rollup.more", more), maxSection)))
	}
	return blocks
}

// link is a link to a message in Slack's mark-up. The label is ours.
func (d *Desk) link(at notify.Posted, label string) string {
	me := d.me.Load()
	if me == nil || me.URL == "" {
		return label
	}
	url := strings.TrimSuffix(me.URL, "/") + "/archives/" + at.Channel + "/p" + strings.ReplaceAll(at.TS, ".", "")
	if at.Thread != "" {
		url += "?thread_ts=" + at.Thread + "&amp;cid=" + at.Channel
	}
	return "<" + url + "|" + label + ">"
}

// lift gives the card of a burst its own place in the channel. What stood in the
// roll-up's thread becomes a pointer to it. After a crash in between the second
// try finds the new card by its metadata.
func (d *Desk) lift(ctx context.Context, v notify.CardView) (notify.Posted, error) {
	key, number := "card/"+v.Case.Number, v.Case.Number
	at, ok, err := d.find(ctx, key, "", "")
	if err == nil && !ok {
		at, _, err = d.post(ctx, drawCard(d.words, v), key, "")
	}
	if err != nil || v.Posted.TS == at.TS {
		return at, err
	}
	text := d.words.say("rollup.moved", number)
	pointer := message{text: text, blocks: []slack.Block{markedSection(text + " " + d.link(at, d.words["rollup.here"]))}}
	err = d.update(ctx, pointer, "pointer/"+number, v.Posted)
	if gone(err) {
		err = nil
	}
	return at, err
}
