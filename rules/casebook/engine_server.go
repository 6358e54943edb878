package casebook

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"retour/rules/casebook/postgres"
)

// server is the casebook of one desk in a PostgreSQL database that many desks
// may share: version 15 or newer, with the extension pg_trgm.
type server struct {
	url  string // without the desk
	at   *postgres.Server
	desk string
	crew atomic.Pointer[Instance] // that works for the desk; nil for a command

	shared *pools // with other desks of this process; nil: it has its own
}

//go:embed migrations/postgres/*.sql
var stepsOfServer embed.FS

// IsServer says whether a store is a PostgreSQL database; otherwise it is a file.
func IsServer(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

// deskName is how a desk is called in a database: it stands in settings and logs.
var deskName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

// openServer takes the desk out of the URL; without one it is called main.
func openServer(store string) (*server, error) {
	plain, desk, err := cutDesk(store)
	if err != nil {
		return nil, err
	}
	at, err := postgres.At(plain)
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "cannot parse `"+plain+"`: "))
	}
	return &server{url: plain, at: at, desk: desk}, nil
}

func cutDesk(store string) (plain, desk string, err error) {
	before, q, err := parameters(store)
	if err != nil {
		return "", "", err
	}
	desk = q.Get("desk")
	if !q.Has("desk") {
		desk = "main"
	}
	if !deskName.MatchString(desk) {
		return "", "", fmt.Errorf("desk=%s is no name of a desk: use up to 63 small letters, digits, dots and hyphens", desk)
	}
	if want := q.Get("target_session_attrs"); q.Has("target_session_attrs") && want != "read-write" && want != "primary" {
		return "", "", fmt.Errorf("target_session_attrs=%s: a desk writes, so only read-write and primary are of use; without it the desk looks for the server that takes writes too", want)
	}
	q.Del("desk")
	return joined(before, q), desk, nil
}

// parameters takes what follows the question mark of a URL apart. What is before it is
// the driver's to read: net/url takes no list of servers there with addresses of IPv6.
func parameters(store string) (before string, q url.Values, err error) {
	before, query, _ := strings.Cut(store, "?")
	if q, err = url.ParseQuery(query); err != nil {
		return "", nil, errors.New("the store is no URL: write it like postgres://user@host/database?desk=name, with % codes in a password")
	}
	return before, q, nil
}

func joined(before string, q url.Values) string {
	if len(q) == 0 {
		return before
	}
	return before + "?" + strings.ReplaceAll(q.Encode(), "%2F", "/") // a path is to be read (RFC 3986, 3.4)
}

// WithDesk names the desk in the URL of a database that names none.
func WithDesk(store, desk string) (string, error) {
	before, q, err := parameters(store)
	if err != nil || q.Has("desk") {
		return store, err
	}
	q.Set("desk", desk)
	return joined(before, q), nil
}

// WithFiles puts where(path) in the place of each file that the URL of a database
// names. What is no such URL stays as it is.
func WithFiles(store string, where func(path string) string) string {
	before, q, err := parameters(store)
	if err != nil || !IsServer(store) {
		return store
	}
	changed := false
	for _, key := range []string{"passfile", "sslrootcert", "sslcert", "sslkey"} {
		if path := q.Get(key); path != "" && path != "system" && where(path) != path {
			q.Set(key, where(path))
			changed = true
		}
	}
	if !changed {
		return store
	}
	return joined(before, q)
}

// passfile tries the file with the password, if the URL names one: without it the
// server would be asked without a password, and say that it is wrong.
func passfile(store string) error {
	_, q, err := parameters(store)
	if err != nil || q.Get("passfile") == "" {
		return err
	}
	f, err := os.Open(q.Get("passfile"))
	if err != nil {
		return fmt.Errorf("read the passfile: %w", err)
	}
	return f.Close()
}

// CheckStore says what is wrong with a store that stands in a configuration: no
// secret is written there, and nothing goes over a network in clear.
func CheckStore(store string) error {
	if !IsServer(store) {
		if scheme, _, ok := strings.Cut(store, "://"); ok {
			return fmt.Errorf("%s is no kind of store: write the path of a file, or postgres://user@host/database", scheme)
		}
		return nil
	}
	if _, _, err := parameters(store); err != nil {
		return err
	}
	if withoutSecrets(store) != store {
		return errors.New("holds a password: name the file that holds it, postgres://user@host/database?passfile=PATH (lines host:port:database:user:password), or set PGPASSWORD")
	}
	s, err := openServer(store)
	if err != nil {
		return err
	}
	for _, host := range s.at.InClear() {
		if !near(host) {
			return fmt.Errorf("the cases would go to %s over the network in clear: add sslmode=verify-full (and sslrootcert=PATH for a certificate authority of your own)", host)
		}
	}
	return nil
}

// near is a host on this machine: a socket, or a loopback address.
func near(host string) bool {
	ip := net.ParseIP(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback()
}

// withoutSecrets is a store as it may be shown.
func withoutSecrets(store string) string {
	if !IsServer(store) {
		return store
	}
	scheme, rest, _ := strings.Cut(store, "://")
	servers, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndex(servers, "@"); i >= 0 {
		if user, _, has := strings.Cut(rest[:i], ":"); has {
			rest = user + ":xxxxx" + rest[i:]
		}
	} else if strings.Contains(servers, ":") && strings.Contains(rest, "@") { // a password with a slash, perhaps
		return scheme + "://…"
	}
	before, q, err := parameters(rest)
	if err != nil {
		return scheme + "://…"
	}
	for _, secret := range []string{"password", "sslpassword"} {
		if q.Has(secret) {
			q.Set(secret, "xxxxx")
			rest = joined(before, q)
		}
	}
	return scheme + "://" + rest
}

func (s *server) name() string { return withoutSecrets(s.url) + ", desk " + s.desk }

// settings of every connection: the tables are asked through the views of desk,
// and what is committed is on the disk.
func settings(schemas string) map[string]string {
	return map[string]string{"search_path": schemas, "application_name": "retour", "synchronous_commit": "on"}
}

// throughViews is the search path of all but migrations.
const throughViews = "desk, retour, public"

// forDesk says for which desk a transaction works. The name needs no quoting.
func (s *server) forDesk() string { return "SELECT set_config('retour.desk', '" + s.desk + "', true)" }

// alone has the desk's writing transactions wait for each other, in this process
// and in all others: the order in which rows are written is that of their IDs.
func (s *server) alone() string {
	return s.forDesk() + "; SELECT pg_advisory_xact_lock(" + key("write/"+s.desk) + ")"
}

// fenced is alone, for who works on a part of the desk's work only as long as he
// has it.
func (s *server) fenced(ctx context.Context) string {
	if part, fence, ok := shown(ctx); ok {
		return s.alone() + "; SELECT retour.holds('" + string(part) + "', " + strconv.FormatInt(fence, 10) + ")"
	}
	return s.alone()
}

func (s *server) writer() (*sql.DB, error) {
	o := postgres.Options{Connections: 1, Settings: settings(throughViews), Begin: s.fenced, Setting: "retour.desk", Value: s.desk}
	if s.shared != nil {
		return s.shared.writers.Open(o), nil
	}
	return s.at.Open(o), nil
}

func (s *server) reader() (*sql.DB, error) {
	o := postgres.Options{Connections: readers, Settings: settings(throughViews), Begin: func(context.Context) string { return s.forDesk() }, Setting: "retour.desk", Value: s.desk}
	if s.shared != nil {
		return s.shared.readers.Open(o), nil
	}
	return s.at.Open(o), nil
}

// question are the options of a transaction that asks one question alone.
func (s *server) question() *sql.TxOptions { return postgres.OneQuestion }

func (s *server) close() error { return nil }

// key is the number of an advisory lock. That two names have the same one costs
// time and nothing else.
func key(name string) string { return "hashtextextended('retour/" + name + "', 0)" }

func (s *server) steps() fs.FS { return under(stepsOfServer, "migrations/postgres") }

// migrate works with the tables themselves.
func (s *server) migrate(ctx context.Context, _ *Book, steps fs.FS) error {
	db := s.at.OpenPlain(settings("retour, public"))
	_, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS retour; CREATE SCHEMA IF NOT EXISTS desk; CREATE SCHEMA IF NOT EXISTS months")
	if err == nil {
		err = apply(ctx, db, goose.DialectPostgres, steps)
	}
	return errors.Join(err, db.Close())
}

func (s *server) versioned(ctx context.Context, q querier) (has bool, err error) {
	err = q.QueryRowContext(ctx, "SELECT to_regclass('retour."+goose.DefaultTablename+"') IS NOT NULL").Scan(&has)
	return has, err
}

// lockSchema holds a session of its own: the server ends the lock with it. The
// holder is the session's name, of which the server keeps 63 bytes.
func (s *server) lockSchema(ctx context.Context, holder string) (unlock func() error, err error) {
	conn, err := s.session(ctx, holder)
	if err != nil {
		return nil, fmt.Errorf("lock casebook: %w", err)
	}
	var got bool
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock("+key("schema")+")").Scan(&got)
	if err == nil && !got {
		err = s.holderOf(ctx, conn, "schema")
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return func() error {
		ctx := context.WithoutCancel(ctx) // a session that ends gives its locks back a moment later
		_, err := conn.Exec(ctx, "SELECT pg_advisory_unlock("+key("schema")+")")
		return errors.Join(err, conn.Close(ctx))
	}, nil
}

func (s *server) session(ctx context.Context, name string) (*pgx.Conn, error) {
	return s.at.Connect(ctx, map[string]string{"application_name": name, "retour.desk": s.desk})
}

// holderOf is the error that says who has a lock.
func (s *server) holderOf(ctx context.Context, conn *pgx.Conn, name string) error {
	var holder string
	err := conn.QueryRow(ctx, `SELECT coalesce(max(a.application_name), '') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
		AND (l.classid::bigint << 32 | l.objid::bigint) = `+key(name)).Scan(&holder)
	if err != nil {
		return fmt.Errorf("read holder of the lock: %w", err)
	}
	return ErrLocked{Holder: holder}
}

func (s *server) instance() string {
	if in := s.crew.Load(); in != nil {
		return in.name
	}
	return ""
}

// elsewhere: the names are made by the program and need no quoting.
func (s *server) elsewhere(row string) string {
	return row + ".lease_by NOT IN ('', '" + s.instance() + "') AND EXISTS (SELECT FROM retour.instances i WHERE i.name = " + row + ".lease_by AND i.until > clock_timestamp())"
}

// claim locks the rows and goes past those that others have locked. What it found is
// looked at once more, by a state of the database after that: meanwhile a row before
// it may have come back into its lane (see [Tx.Resend]).
func (s *server) claim(ctx context.Context, tx *Tx, w *where, order string, n int) (some bool, err error) {
	ids, err := list(ctx, tx.tx, "SELECT o.id FROM outbox o"+w.String()+" ORDER BY "+order+limit(n)+" FOR UPDATE OF o SKIP LOCKED", w.args, scanOne[int64])
	if err != nil || len(ids) == 0 {
		return false, err
	}
	var texts []string
	for _, id := range ids {
		texts = append(texts, strconv.FormatInt(id, 10))
	}
	w.add("o.id = ANY (CAST(? AS bigint[]))", "{"+strings.Join(texts, ",")+"}")
	return true, nil
}

// beside: the transactions of a part wait for the writer, so that they come before or
// after the next one that has the part.
func (s *server) beside(ctx context.Context, b *Book) *sql.DB {
	if _, _, ok := shown(ctx); ok {
		return b.writer
	}
	return b.reader
}

// statement: a server that is silent is waited for as long as the caller says.
func (s *server) statement(ctx context.Context) context.Context { return ctx }

// statements: the driver keeps them.
func (s *server) statements(context.Context, *Book, []string) {}

func (s *server) importing(context.Context, *Book) error { return nil }

func (s *server) scratch() string { return os.TempDir() }

// shred: what is deleted here is overwritten when the server next tidies the
// page, and remains in its log for as long as that is kept.
func (s *server) shred(context.Context, *Tx) error { return nil }

// holding asks a function, because row-level security keeps LIKE from the index.
func (s *server) holding(w *where, words []string, most int) {
	patterns := make([]string, len(words))
	for i, word := range words {
		patterns[i] = like(s.plain(word))
	}
	w.add("id IN (SELECT found(?, ?))", encoded{patterns}, most)
}

// plain is in small letters without accents, as SQLite's index has it.
func (s *server) plain(text string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(text))
	if err != nil {
		return strings.ToLower(text)
	}
	return plain
}

// size is that of all desks: what a table's pages hold is not told apart.
func (s *server) size() string {
	return `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
		WHERE relnamespace IN (to_regnamespace('retour'), to_regnamespace('months')) AND relkind = 'r'`
}

// tables are those of the casebook, in the order of their names.
func tables(ctx context.Context, q querier) ([]string, error) {
	return list(ctx, q, `SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace('retour') AND relkind IN ('r', 'p')
		AND relname NOT IN ('`+goose.DefaultTablename+`', 'leases', 'instances', 'releases') ORDER BY relname`, nil, scanOne[string])
}

// faults reads every value of the desk, so that the server finds pages that are
// damaged, and follows every reference.
func (s *server) faults(ctx context.Context, b *Book) (faults []string, err error) {
	err = b.view(ctx, func(q querier) error {
		faults, err = unreadable(ctx, q)
		return err
	})
	return faults, err
}

func unreadable(ctx context.Context, q querier) (faults []string, err error) {
	names, err := tables(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var n int
		if err := q.QueryRowContext(ctx, "SELECT count(md5(CAST(t AS TEXT))) FROM "+name+" t").Scan(&n); err != nil {
			faults = append(faults, name+": "+err.Error())
			return faults, nil // the transaction is broken
		}
	}
	refs, err := list(ctx, q, `SELECT format('SELECT count(*) FROM desk.%I t WHERE t.%I IS NOT NULL AND NOT EXISTS (SELECT 1 FROM desk.%I r WHERE r.id = t.%I)', c.relname, a.attname, f.relname, a.attname)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[2]
		WHERE k.contype = 'f' AND k.conparentid = 0 AND k.connamespace = 'retour'::regnamespace`, nil, scanOne[string])
	if err != nil {
		return nil, err
	}
	orphans := 0
	for _, query := range refs {
		var n int
		if err := q.QueryRowContext(ctx, query).Scan(&n); err != nil {
			return nil, err
		}
		orphans += n
	}
	if orphans > 0 {
		faults = append(faults, fmt.Sprintf("%d rows refer to rows that are not there", orphans))
	}
	return faults, nil
}

// compact lets the room of deleted rows be written over. Tables are not written
// anew: all desks would have to wait for that.
func (s *server) compact(ctx context.Context, b *Book) error {
	var names []string
	err := b.view(ctx, func(q querier) (err error) {
		names, err = tables(ctx, q)
		return err
	})
	for _, name := range names {
		if err == nil {
			_, err = b.writer.ExecContext(ctx, "VACUUM retour."+name)
		}
	}
	return err
}

// backup writes the desk into a file, which is a casebook that any desk can work
// with.
func (s *server) backup(ctx context.Context, b *Book, path string) error {
	to, err := connected(file{path})
	if err != nil {
		return err
	}
	if err = to.migrate(ctx, to.engine.steps()); err == nil {
		err = b.CopyTo(ctx, to, func(Progress) {})
	}
	err = errors.Join(err, to.Close())
	if rm := os.Remove(path + ".lock"); !errors.Is(rm, fs.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	return err
}
