package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"retour/rules/casebook"
	"retour/rules/casebook/postgres"
)

// gauge reads what a database and this process have used.
type gauge struct {
	conn    *pgx.Conn
	version string
}

// openGauge makes sure that nothing is in the database: what is measured stays there.
func openGauge(ctx context.Context, store string) (*gauge, error) {
	if err := casebook.CheckStore(store); err != nil {
		return nil, usageError{fmt.Errorf("--store: %w", err)}
	}
	plain, _, err := casebook.DeskOf(store)
	if err != nil {
		return nil, usageError{fmt.Errorf("--store: %w", err)}
	}
	at, err := postgres.At(plain)
	if err != nil {
		return nil, fmt.Errorf("--store: %w", err)
	}
	conn, err := at.Connect(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("--store: %w", err)
	}
	g := &gauge{conn: conn}
	var used bool
	err = conn.QueryRow(ctx, "SELECT 'PostgreSQL ' || current_setting('server_version'), to_regnamespace('retour') IS NOT NULL").Scan(&g.version, &used)
	if err == nil && used {
		err = usageError{errors.New("--store: desks are in this database already; what is measured would stay among them: make an empty one, with createdb")}
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return g, nil
}

func (g *gauge) close() { _ = g.conn.Close(context.Background()) }

// tidy makes the room of old versions of rows free, as a database that has worked for
// long has it: what is kept then is what grows.
func (g *gauge) tidy(ctx context.Context) error {
	if _, err := g.conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		return fmt.Errorf("tidy the database: %w", err)
	}
	return nil
}

// reading is what was used by a moment.
type reading struct {
	at       time.Time
	cpu      float64
	dbCPU    float64
	wal      int64
	size     int64
	sessions int
	work     casebook.Work
}

func (g *gauge) read(ctx context.Context, books *casebook.Shared) (r reading, err error) {
	r.at, r.work = time.Now(), books.Work()
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		return r, fmt.Errorf("processor time of this process: %w", err)
	}
	r.cpu = time.Duration(self.Utime.Nano() + self.Stime.Nano()).Seconds()
	err = g.conn.QueryRow(ctx, `SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, pg_database_size(current_database()),
		(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())`).Scan(&r.wal, &r.size, &r.sessions)
	if err != nil {
		return r, fmt.Errorf("read what the database has used: %w", err)
	}
	r.dbCPU, err = g.processes(ctx)
	return r, err
}

// processes is the processor time of the server's processes that live, where this
// machine has them; else 0.
func (g *gauge) processes(ctx context.Context) (seconds float64, err error) {
	rows, err := g.conn.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() OR backend_type IN ('walwriter', 'checkpointer', 'background writer')")
	if err != nil {
		return 0, fmt.Errorf("read the processes of the database: %w", err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return 0, fmt.Errorf("read the processes of the database: %w", err)
	}
	if !strings.HasPrefix(g.conn.Config().Host, "/") && !isLoopback(g.conn.Config().Host) {
		return 0, nil
	}
	for _, pid := range pids {
		seconds += cpuOf(pid)
	}
	return seconds, nil
}

// ticks of proc_pid_stat(5) in a second, on all machines that Linux runs on today.
const ticks = 100

// cpuOf is the processor time of a process of a PostgreSQL server; 0 where it cannot
// be read or is none.
func cpuOf(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	name, rest, ok := strings.Cut(string(text), ") ") // the name may hold blanks
	fields := strings.Fields(rest)
	if !ok || !strings.HasSuffix(name, "(postgres") || len(fields) < 13 {
		return 0
	}
	user, userErr := strconv.ParseFloat(fields[11], 64)
	system, systemErr := strconv.ParseFloat(fields[12], 64)
	if userErr != nil || systemErr != nil {
		return 0
	}
	return (user + system) / ticks
}

// since is what was used after an earlier reading.
func (r reading) since(before reading) capacitySample {
	return capacitySample{Seconds: r.at.Sub(before.at).Seconds(), CPU: r.cpu - before.cpu, DBCPU: r.dbCPU - before.dbCPU, WAL: r.wal - before.wal, Kept: r.size - before.size,
		RoundTrips: r.work.RoundTrips - before.work.RoundTrips, Transactions: r.work.Transactions - before.work.Transactions, Commits: r.work.Commits - before.work.Commits, Sessions: r.sessions}
}
