package casebook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"retour/rules/casebook/postgres"
)

// How many connections the desks of one process have to a database, whatever
// their number. The writers of one desk wait for each other anyway, and what they
// wait for mostly is the server's disk, which takes the commits of several at
// once.
const (
	sharedWriters = 8
	sharedReaders = 8
)

// ConnectionsOfInstance is the most that a process with many desks has to a database:
// those that the desks share, and two sessions by which it is heard of and hears.
const ConnectionsOfInstance = sharedWriters + sharedReaders + 2

// Shared are the connections to databases that the casebooks of many desks in one
// process have in common. The zero value is ready for use, by several goroutines.
type Shared struct {
	mu    sync.Mutex
	pools map[string]*pools // by URL without the desk
}

// pools are the connections to one database.
type pools struct {
	writers, readers *postgres.Pool

	mu      sync.Mutex
	current bool // the schema is up to date
	crew    *Instance
}

// Open is [Open] with connections of the shared ones. A file has its own.
func (s *Shared) Open(ctx context.Context, store string) (*Book, error) {
	b, err := s.open(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("open casebook %s: %w", withoutSecrets(store), err)
	}
	return b, nil
}

func (s *Shared) open(ctx context.Context, store string) (*Book, error) {
	e, err := engineOf(store)
	if err != nil {
		return nil, err
	}
	desk, ok := e.(*server)
	if !ok {
		return opened(ctx, e)
	}
	if desk.shared, err = s.of(desk); err != nil {
		return nil, err
	}
	return desk.shared.open(ctx, desk)
}

// open lets one desk bring the schema up to date, and the others wait for that: a
// schema does not change under a desk that works.
func (p *pools) open(ctx context.Context, desk *server) (*Book, error) {
	p.mu.Lock()
	if p.current {
		p.mu.Unlock()
		return opened(ctx, desk)
	}
	defer p.mu.Unlock()
	b, err := opened(ctx, desk)
	p.current = err == nil
	return b, err
}

func (s *Shared) of(desk *server) (p *pools, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pools[desk.url]; p != nil {
		return p, nil
	}
	p = &pools{}
	if p.writers, err = desk.at.NewPool(sharedWriters, settings(throughViews)); err != nil {
		return nil, err
	}
	if p.readers, err = desk.at.NewPool(sharedReaders, settings(throughViews)); err != nil {
		return nil, err
	}
	if s.pools == nil {
		s.pools = map[string]*pools{}
	}
	s.pools[desk.url] = p
	return p, nil
}

// Join is [Join], once for each database. The instance leaves with [Shared.Close].
func (s *Shared) Join(ctx context.Context, store, holder string, log *slog.Logger) (*Instance, error) {
	e, err := engineOf(store)
	if err != nil {
		return nil, err
	}
	desk, ok := e.(*server)
	if !ok {
		return Join(ctx, store, holder, log)
	}
	p, err := s.of(desk)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.crew == nil {
		p.crew, err = Join(ctx, store, holder, log)
	}
	return p.crew, err
}

// Work is what was asked of a database: round trips, transactions, and those that
// wrote.
type Work struct{ RoundTrips, Transactions, Commits int64 }

// Work is what was asked of the databases so far.
func (s *Shared) Work() (w Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pools {
		writing, reading := p.writers.Work(), p.readers.Work()
		w.RoundTrips += writing.RoundTrips + reading.RoundTrips
		w.Transactions += writing.Transactions + reading.Transactions
		w.Commits += writing.Commits
	}
	return w
}

// Close ends the connections. The books must be closed before.
func (s *Shared) Close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pools {
		if p.crew != nil {
			err = errors.Join(err, p.crew.Leave())
		}
		p.writers.Close()
		p.readers.Close()
	}
	s.pools = nil
	return err
}

// DeskOf says in which database a store is, and as which desk: two stores are the
// same when both are. A file is no database.
func DeskOf(store string) (database, desk string, err error) {
	if !IsServer(store) {
		return "", "", errors.New("is a file")
	}
	s, err := openServer(store)
	if err != nil {
		return "", "", err
	}
	return s.url, s.desk, nil
}
