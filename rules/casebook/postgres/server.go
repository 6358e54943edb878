package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Server is where a database is: on one server, or on several, of which one takes
// writes and the others copy it, until one of them is promoted
// (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS).
//
// Of several every new connection goes to the one that takes writes. An old primary
// that comes back may do so too; each promotion begins a new timeline, and the latest
// one counts. Whoever has seen it does not go back.
type Server struct {
	url    string
	config *pgx.ConnConfig

	mu    sync.Mutex
	known primary
}

// At reads a connection string (a URL,
// https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING). It does not
// talk to a server yet.
func At(url string) (*Server, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	return &Server{url: url, config: config}, nil
}

// InClear are the hosts to which a connection might not be encrypted.
func (s *Server) InClear() (hosts []string) {
	for _, h := range addresses(&s.config.Config) {
		for _, way := range h {
			if way.TLSConfig == nil {
				hosts = append(hosts, way.Host)
			}
		}
	}
	return hosts
}

// Connect makes a session of its own.
func (s *Server) Connect(ctx context.Context, settings map[string]string) (*pgx.Conn, error) {
	config := s.with(settings)
	if err := s.choose(ctx, config); err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, config)
}

func (s *Server) with(settings map[string]string) *pgx.ConnConfig {
	config := s.config.Copy()
	maps.Copy(config.RuntimeParams, settings)
	return config
}

// primary is a server that takes writes.
type primary struct {
	at       address
	system   string // of which database cluster: the same on all copies
	timeline string // eight hexadecimal digits
}

// address is a server with the ways to encrypt, the best one first.
type address []*pgconn.FallbackConfig

func (a address) String() string {
	if a[0].Host[0] == '/' {
		return a[0].Host
	}
	return net.JoinHostPort(a[0].Host, strconv.Itoa(int(a[0].Port)))
}

// addresses are the servers of a configuration, in their order.
func addresses(config *pgconn.Config) (all []address) {
	ways := append([]*pgconn.FallbackConfig{{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}}, config.Fallbacks...)
	for _, way := range ways {
		if n := len(all) - 1; n >= 0 && all[n][0].Host == way.Host && all[n][0].Port == way.Port {
			all[n] = append(all[n], way)
			continue
		}
		all = append(all, address{way})
	}
	return all
}

// only leaves one server in a configuration.
func (a address) only(config *pgconn.Config) {
	config.Host, config.Port, config.TLSConfig, config.Fallbacks = a[0].Host, a[0].Port, a[0].TLSConfig, a[1:]
}

// others is how long the other servers are waited for when one has said that it takes
// writes: a machine that is off says nothing at all.
const others = time.Second

// choose leaves, of several servers, the one to connect to in a configuration.
func (s *Server) choose(ctx context.Context, config *pgx.ConnConfig) error {
	all := addresses(&config.Config)
	if len(all) == 1 {
		return nil
	}
	found, err := ask(ctx, config, all)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(found) == 0 {
		return fmt.Errorf("no server of the database takes writes: %w", err)
	}
	now, err := latest(found, s.known)
	if err != nil {
		return err
	}
	s.known = now
	now.at.only(&config.Config)
	return nil
}

// reply is what was found at the nth server.
type reply struct {
	n   int
	is  primary
	err error
}

// ask asks all servers at once. What was found is in the order of the servers; the
// error says why the others do not count.
func ask(ctx context.Context, config *pgx.ConnConfig, all []address) (found []primary, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	answers := make(chan reply, len(all))
	for n, at := range all {
		go func() {
			is, err := look(ctx, config.Copy(), at)
			answers <- reply{n, is, err}
		}()
	}
	by, errs := make([]primary, len(all)), make([]error, len(all))
	var enough <-chan time.Time
	for range all {
		select {
		case a := <-answers:
			by[a.n], errs[a.n] = a.is, a.err
			if a.err == nil && enough == nil {
				enough = time.After(others)
			}
			continue
		case <-enough:
		}
		break
	}
	for _, p := range by {
		if p.at != nil {
			found = append(found, p)
		}
	}
	return found, errors.Join(errs...)
}

// look asks one server whether it takes writes, and since which promotion.
func look(ctx context.Context, config *pgx.ConnConfig, at address) (primary, error) {
	at.only(&config.Config)
	conn, err := pgconn.ConnectConfig(ctx, &config.Config)
	if err != nil {
		return primary{}, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	// The name of a file of the log begins with the timeline.
	results, err := conn.Exec(ctx, "SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()").ReadAll()
	if err != nil {
		return primary{}, fmt.Errorf("ask %v for its timeline: %w", at, err)
	}
	row := results[0].Rows[0]
	return primary{at, string(row[0]), string(row[1])}, nil
}

// latest is the server that was promoted last. One from before the promotion that is
// known is none at all: what is written there is lost, or done twice.
func latest(found []primary, known primary) (best primary, err error) {
	for _, p := range found {
		if best.at != nil && p.system != best.system {
			return primary{}, fmt.Errorf("%v and %v both take writes and are no copies of each other: name servers of one database", best.at, p.at)
		}
		if best.at == nil || cmp.Compare(p.timeline, best.timeline) > 0 {
			best = p
		}
	}
	if best.system == known.system && best.timeline < known.timeline {
		return primary{}, fmt.Errorf("%v takes writes and should not: it is on timeline %s, and %v was promoted to %s; stop it, and make it a standby of the other (pg_rewind)",
			best.at, best.timeline, known.at, known.timeline)
	}
	return best, nil
}
