package casebook

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// How long an instance is believed to live after it was last heard of, and how
// often it says so: what one that died has left is taken over within the first, a
// round of another, and perhaps the patience of its share.
const (
	heardFor   = 18 * time.Second
	roundEvery = 2 * time.Second
)

// times are how long an instance is believed to live, and the pause between its rounds.
type times struct{ lasts, every time.Duration }

// Instance is this process among those that work together for desks in one
// database. It is heard of, has a share of the parts of their work, and hears when
// another one has left something to do. Of a file it is the only one, and does all.
type Instance struct {
	server *server // nil: files
	name   string
	holder string
	log    *slog.Logger
	times  atomic.Pointer[times]

	conn   *pgx.Conn     // of the goroutine that goes its rounds
	pid    atomic.Uint32 // of that session: what it tells is its own
	kick   chan struct{}
	speaks chan struct{}
	stop   context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	desks   map[string]served
	changes map[string]bool // desks that are being joined or left
	waiting map[place]chan struct{}
	taking  map[place]bool
	holds   map[place]*Hold
	free    map[place]time.Time // since when this one sees that nobody has a part
	tell    map[string]bool     // what others are to hear
	cutoff  *time.Timer         // ends all holds
	last    sight
	trouble error
}

// served is a desk that an instance can work for.
type served struct {
	book  *Book
	heard func(what string)
	alone bool
}

// Join makes this process an instance of those that share a store; which desk the
// store names does not matter. The holder says who it is, to people: host, process
// ID. It is for all desks that this process works for in one database.
func Join(ctx context.Context, store, holder string, log *slog.Logger) (*Instance, error) {
	in := newInstance(holder, log)
	if !IsServer(store) {
		return in, nil
	}
	err := passfile(store)
	if err == nil {
		in.server, err = openServer(store)
	}
	if err != nil {
		return nil, fmt.Errorf("join the instances at %s: %w", withoutSecrets(store), err)
	}
	if err := in.begin(ctx); err != nil {
		return nil, fmt.Errorf("join the instances at %s: %w", withoutSecrets(store), err)
	}
	return in, nil
}

func newInstance(holder string, log *slog.Logger) *Instance {
	in := &Instance{name: strings.ToLower(rand.Text()), holder: holder, log: log,
		kick: make(chan struct{}, 1), speaks: make(chan struct{}, 1),
		desks: map[string]served{}, changes: map[string]bool{}, waiting: map[place]chan struct{}{}, taking: map[place]bool{}, holds: map[place]*Hold{},
		free: map[place]time.Time{}, tell: map[string]bool{}}
	in.times.Store(&times{heardFor, roundEvery})
	return in
}

func (in *Instance) lasts() time.Duration { return in.times.Load().lasts }

// HeardFor lets this instance be believed to live for another time after it was last
// heard of, which it says in rounds so much more often. For who tests what happens
// when it dies.
func (in *Instance) HeardFor(lasts time.Duration) {
	in.times.Store(&times{lasts, lasts * roundEvery / heardFor})
	in.look()
}

func (in *Instance) begin(ctx context.Context) error {
	in.cutoff = time.AfterFunc(in.lasts(), in.cut)
	if err := in.round(ctx); err != nil {
		in.cutoff.Stop()
		return err
	}
	ctx, in.stop = context.WithCancel(context.WithoutCancel(ctx))
	in.done.Go(func() { in.rounds(ctx) })
	in.done.Go(func() { in.listen(ctx) })
	return nil
}

// Serve says that this instance can work for the desk of a Book from now on. heard,
// which must not wait, is called when another process has left something to do: see
// [Book.Signal]. While somebody must be alone with the desk it is an [ErrLocked]; so
// it is of a file that another process works on.
func (in *Instance) Serve(ctx context.Context, b *Book, heard func(what string)) (end func() error, err error) {
	return in.join(ctx, b, heard, false)
}

// ServeAlone is Serve for who must be the only one that works for the desk.
func (in *Instance) ServeAlone(ctx context.Context, b *Book, heard func(what string)) (end func() error, err error) {
	return in.join(ctx, b, heard, true)
}

func (in *Instance) join(ctx context.Context, b *Book, heard func(what string), alone bool) (end func() error, err error) {
	s, ok := b.engine.(*server)
	if !ok {
		return b.Lock(in.holder)
	}
	if !in.change(s.desk) {
		return nil, fmt.Errorf("work for desk %s: %w", s.desk, ErrLocked{Holder: in.holder})
	}
	defer in.changed(s.desk)
	if alone {
		err = in.alone(ctx, b, s, []string{s.desk})
	} else {
		err = in.serve(ctx, b, s)
	}
	if err != nil {
		return nil, fmt.Errorf("work for desk %s: %w", s.desk, err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.desks[s.desk] = served{b, heard, alone}
	s.crew.Store(in)
	return sync.OnceValue(func() error { in.unserve(b, s); return nil }), nil
}

// change begins to join a desk that this instance does not serve, which nobody else
// of this process may do meanwhile: its parts are the instance's, not a Book's.
func (in *Instance) change(desk string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, serves := in.desks[desk]; serves || in.changes[desk] {
		return false
	}
	in.changes[desk] = true
	return true
}

func (in *Instance) changed(desk string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.changes, desk)
}

func (in *Instance) unserve(b *Book, s *server) {
	in.mu.Lock()
	delete(in.desks, s.desk) // a round does not say any more that it serves
	in.changes[s.desk] = true
	s.crew.Store(nil)
	in.mu.Unlock()
	defer in.changed(s.desk)
	ctx, cancel := context.WithTimeout(context.Background(), in.lasts()/2)
	defer cancel()
	_, err := b.writer.ExecContext(ctx, "UPDATE retour.instances SET desks = array_remove(desks, $1) WHERE name = $2", s.desk, in.name)
	if err == nil {
		_, err = b.writer.ExecContext(ctx, "UPDATE retour.leases SET instance = '' WHERE desk = $1 AND part = $2 AND instance = $3", s.desk, string(partDesk), in.name)
	}
	if err != nil { // it is not heard of any more, soon
		in.log.Warn("it cannot be said that this process does not work for a desk any more", "desk", s.desk, "error", err)
	}
}

// Leave ends what Join began: others take over at once.
func (in *Instance) Leave() error {
	if in.server == nil {
		return nil
	}
	in.stop()
	in.done.Wait()
	in.cutoff.Stop()
	in.cut()
	ctx, cancel := context.WithTimeout(context.Background(), in.lasts()/2)
	defer cancel()
	if in.conn == nil || in.conn.IsClosed() {
		return nil // it is not heard of any more, soon
	}
	if _, err := in.conn.Exec(ctx, "DELETE FROM retour.instances WHERE name = $1", in.name); err != nil {
		in.log.Warn("it cannot be said that this process ends", "error", err)
	}
	return in.conn.Close(ctx)
}

// Await waits until this instance has a part of the work for a desk that it serves.
// says is what others are to know of the part, for [Instance.Said]; it may be nil,
// and must not wait.
func (in *Instance) Await(ctx context.Context, b *Book, part Part, says func() string) (*Hold, error) {
	s, ok := b.engine.(*server)
	if !ok {
		return newHold(place{part: part}, in), ctx.Err()
	}
	at := place{s.desk, part}
	for {
		if err := in.turn(ctx, at); err != nil {
			return nil, err
		}
		h, err := in.take(ctx, b, at, says)
		if h != nil || ctx.Err() != nil {
			return h, err
		}
		if err != nil {
			in.log.Warn("a part of the work is free, and cannot be had", "desk", at.desk, "part", string(part), "error", err)
		}
	}
}

// turn waits until a part may be taken.
func (in *Instance) turn(ctx context.Context, at place) error {
	turn := make(chan struct{}, 1)
	in.mu.Lock()
	in.waiting[at] = turn
	in.mu.Unlock()
	in.look()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.waiting[at] == turn {
		delete(in.waiting, at)
	}
	delete(in.taking, at)
	return ctx.Err()
}

// take takes a part, if it still is free.
func (in *Instance) take(ctx context.Context, b *Book, at place, says func() string) (*Hold, error) {
	h := newHold(at, in)
	h.says = says
	var err error
	if at.part != PartOutbox {
		h.fence, h.before, err = in.lease(ctx, b, at)
		h.back = sync.OnceValue(func() error { return in.giveBack(b, h) })
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.taking, at)
	if err != nil || h.fence == 0 && at.part != PartOutbox {
		return nil, err
	}
	in.holds[at] = h
	return h, nil
}

// look has the next round begin at once.
func (in *Instance) look() {
	select {
	case in.kick <- struct{}{}:
	default:
	}
}

// rounds goes its rounds until the context ends.
func (in *Instance) rounds(ctx context.Context) {
	next := time.NewTimer(in.times.Load().every)
	defer next.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-in.speaks:
			err = in.speak(ctx)
		case <-next.C:
			err = in.round(ctx)
			next.Reset(in.times.Load().every)
		case <-in.kick:
			err = in.round(ctx)
			next.Reset(in.times.Load().every)
		}
		if ctx.Err() == nil {
			in.report(err)
		}
	}
}

// report logs what is news.
func (in *Instance) report(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case err != nil && in.trouble == nil:
		in.log.Warn("the database cannot be asked who does what", "error", err)
	case err == nil && in.trouble != nil:
		in.log.Info("the database can be asked again who does what")
	}
	in.trouble = err
}

// round says that this instance lives, looks who else does, and gives and takes
// what is its share.
func (in *Instance) round(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, in.lasts()/4)
	defer cancel()
	if err := in.connect(ctx); err != nil {
		return err
	}
	began := time.Now()
	known, err := in.beat(ctx)
	if err != nil {
		return err
	}
	if !known {
		in.cut() // it was not heard of for too long, and others do its work
	}
	in.cutoff.Reset(time.Until(began.Add(in.lasts() - in.lasts()/8))) // before others think so
	if err := in.publish(ctx); err != nil {
		return err
	}
	now, err := in.see(ctx)
	if err != nil {
		return err
	}
	return in.drop(ctx, in.act(now))
}

// cut ends all holds: this instance cannot know any more that they are its own.
func (in *Instance) cut() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for at, h := range in.holds {
		h.end(ErrTakenOver)
		delete(in.holds, at)
	}
	// Others may have begun where this one had to be alone: it has lost its right.
	maps.DeleteFunc(in.desks, func(_ string, s served) bool { return s.alone })
}

// act does what follows from who is there. It returns leases in this instance's
// name that it does not hold.
func (in *Instance) act(now sight) (stray []leased) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for other := range in.last.ready {
		if _, lives := now.ready[other]; !lives { // it may not have come to tell what it left
			defer func() { go in.heardAll() }()
			break
		}
	}
	in.last = now
	for _, l := range now.leases {
		h := in.holds[l.at]
		switch {
		case h == nil && l.by == in.name && !in.taking[l.at]:
			stray = append(stray, l)
		case h != nil && (l.fence > h.fence || l.fence == h.fence && l.by != in.name):
			h.end(ErrTakenOver)
			delete(in.holds, l.at)
		}
	}
	all := now.crew()
	for _, at := range all.surplus(in.name) {
		if h := in.holds[at]; h != nil {
			h.end(ErrAskedBack) // it gives the part back when it has come to an end
		}
	}
	in.invite(all)
	return stray
}

// invite lets those go on who wait for a part that may be taken.
func (in *Instance) invite(all crew) {
	var waiting []place
	for at, turn := range in.waiting {
		if at.part == PartOutbox {
			turn <- struct{}{}
			delete(in.waiting, at)
			continue
		}
		waiting = append(waiting, at)
		if _, seen := in.free[at]; !seen || all.leases[at] != "" {
			in.free[at] = time.Now()
		}
	}
	for _, at := range all.grants(in.name, waiting, func(at place) time.Duration { return time.Since(in.free[at]) }) {
		in.waiting[at] <- struct{}{}
		delete(in.waiting, at)
		in.taking[at] = true
	}
}

// Voices are what the instances that are heard of say of the mails and webhooks for
// a desk, as of the last round.
func (in *Instance) Voices(b *Book) (texts []string) {
	s, ok := b.engine.(*server)
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, l := range in.last.voices {
		if _, lives := in.last.ready[l.by]; ok && lives && l.at.desk == s.desk {
			texts = append(texts, l.says)
		}
	}
	return texts
}

// Said is what the instance that has a part of the work for a desk says of it, as of
// the last round; ok is false while nobody has it.
func (in *Instance) Said(b *Book, part Part) (text string, ok bool) {
	l, ok := in.of(b, part)
	return l.says, ok
}

func (in *Instance) of(b *Book, part Part) (leased, bool) {
	s, server := b.engine.(*server)
	in.mu.Lock()
	defer in.mu.Unlock()
	if !server {
		return leased{}, false
	}
	i := slices.IndexFunc(in.last.leases, func(l leased) bool { return l.at == place{s.desk, part} })
	if i < 0 {
		return leased{}, false
	}
	_, lives := in.last.ready[in.last.leases[i].by]
	return in.last.leases[i], lives
}

// Role is who has a part of the work for a desk.
type Role struct {
	Part   Part
	Mine   bool
	Holder string // who has it; empty: nobody
}

// Roles says who does what for a desk, as of the last round.
func (in *Instance) Roles(b *Book) (roles []Role) {
	for _, part := range Parts() {
		l, ok := in.of(b, part)
		r := Role{Part: part, Mine: in.server == nil || ok && l.by == in.name}
		switch {
		case r.Mine:
			r.Holder = in.holder
		case ok:
			in.mu.Lock()
			r.Holder = in.last.holders[l.by]
			in.mu.Unlock()
		}
		roles = append(roles, r)
	}
	return roles
}
