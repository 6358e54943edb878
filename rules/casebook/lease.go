package casebook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A lease is a row with a part of a desk's work, who has it, and a number that
// grows with each holder, which every transaction on behalf of the part shows (a
// fencing token): an instance that has slept writes nothing more. It holds as long
// as its instance is heard of: one row says so for all leases of an instance.
//
// Taking a lease waits, as every writer does, for the transaction that writes.

// leased is a row of the leases.
type leased struct {
	at    place
	by    string
	fence int64
	says  string
}

// sight is what a round has found.
type sight struct {
	ready   map[string][]string // by instance that is heard of: its desks
	holders map[string]string
	leases  []leased
	voices  []leased // what every instance says of the outbox
}

// crew is what counts for shares.
func (s sight) crew() crew {
	leases := map[place]string{}
	for _, l := range s.leases {
		leases[l.at] = l.by
	}
	return newCrew(s.ready, leases)
}

// takenOver is the SQLSTATE that the function holds raises.
const takenOver = "RT001"

// beginning says what the error of a transaction that did not begin means.
func beginning(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == takenOver {
		return ErrTakenOver
	}
	return fmt.Errorf("begin in casebook: %w", err)
}

// connect makes the session of the rounds, which keeps others from changing the
// schema.
func (in *Instance) connect(ctx context.Context) (err error) {
	if in.conn != nil && !in.conn.IsClosed() {
		return nil
	}
	conn, err := in.server.session(ctx, in.holder)
	if err != nil {
		return err
	}
	var got bool
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock_shared("+key("schema")+")").Scan(&got)
	if err == nil && !got {
		err = in.server.holderOf(ctx, conn, "schema")
	}
	if err != nil {
		return errors.Join(err, conn.Close(ctx))
	}
	in.conn = conn
	in.pid.Store(conn.PgConn().PID())
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, s := range in.desks {
		s.book.engine.(*server).at.Follow(in.server.at)
	}
	return nil
}

// beat says that this instance lives. known is false when it was not heard of any
// more: then others may have its work. The desks are told again, in case that the
// row is gone.
func (in *Instance) beat(ctx context.Context) (known bool, err error) {
	in.mu.Lock()
	desks := make([]string, 0, len(in.desks))
	for desk := range in.desks {
		desks = append(desks, desk)
	}
	in.mu.Unlock()
	slices.Sort(desks)
	err = in.conn.QueryRow(ctx, `WITH
			before AS (SELECT until > clock_timestamp() AS lives FROM retour.instances WHERE name = $1),
			gone AS (DELETE FROM retour.instances WHERE until < clock_timestamp() - interval '1 hour' RETURNING name),
			silent AS (DELETE FROM retour.leases WHERE part LIKE 'outbox/%' AND instance IN (SELECT name FROM gone))
		INSERT INTO retour.instances AS i (name, holder, desks, until) VALUES ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
		ON CONFLICT (name) DO UPDATE SET until = excluded.until, desks = CASE WHEN i.until > clock_timestamp() THEN i.desks ELSE excluded.desks END
		RETURNING coalesce((SELECT lives FROM before), false)`,
		in.name, in.holder, desks, in.lasts().Milliseconds()).Scan(&known)
	return known, err
}

// serve adds the desk to those of this instance, unless somebody is alone with it.
func (in *Instance) serve(ctx context.Context, b *Book, s *server) error {
	tx, err := b.writer.BeginTx(ctx, nil) // so that it comes before or after the command
	if err != nil {
		return beginning(err)
	}
	defer tx.Rollback() // of no effect after Commit
	has, err := list(ctx, tx, "SELECT i.holder FROM retour.leases l JOIN retour.instances i ON i.name = l.instance WHERE l.desk = $1 AND l.part = $2 AND i.until > clock_timestamp()",
		[]any{s.desk, string(partDesk)}, scanOne[string])
	if err == nil && len(has) > 0 {
		err = ErrLocked{Holder: has[0]}
	}
	if err != nil {
		return err
	}
	if _, err = tx.ExecContext(ctx, addDesk, s.desk, in.name); err != nil {
		return err
	}
	return tx.Commit()
}

const addDesk = "UPDATE retour.instances SET desks = array_append(array_remove(desks, $1), $1) WHERE name = $2"

// lease takes a part; fence 0: somebody else has it. before is what the last holder
// said of it.
func (in *Instance) lease(ctx context.Context, b *Book, at place) (fence int64, before string, err error) {
	ctx, cancel := context.WithTimeout(ctx, in.lasts())
	defer cancel()
	tx, err := b.writer.BeginTx(ctx, nil)
	if err != nil {
		return 0, "", beginning(err)
	}
	defer tx.Rollback() // of no effect after Commit
	err = tx.QueryRowContext(ctx, `INSERT INTO retour.leases AS l (part, instance, fence) VALUES ($1, $2, 1)
		ON CONFLICT (part) DO UPDATE SET instance = excluded.instance, fence = l.fence + 1
		WHERE NOT EXISTS (SELECT FROM retour.instances i WHERE i.name = l.instance AND i.name <> $2 AND i.until > clock_timestamp())
		RETURNING fence, says`, string(at.part), in.name).Scan(&fence, &before)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", err
	}
	return fence, before, tx.Commit()
}

// giveBack lets the next one have the part. What fails here a later round does.
func (in *Instance) giveBack(b *Book, h *Hold) error {
	in.mu.Lock()
	delete(in.holds, h.place)
	in.mu.Unlock()
	h.end(context.Canceled)
	ctx, cancel := context.WithTimeout(context.Background(), in.lasts()/2)
	defer cancel()
	tx, err := b.writer.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback() // of no effect after Commit
		_, err = tx.ExecContext(ctx, "UPDATE retour.leases SET instance = '' WHERE desk = $1 AND part = $2 AND fence = $3 AND instance = $4",
			h.place.desk, string(h.place.part), h.fence, in.name)
		if err == nil {
			err = tx.Commit()
		}
	}
	if err != nil {
		return fmt.Errorf("give %s back: %w", h.place.part, err)
	}
	return nil
}

// drop gives leases back in whose name nobody works: a hold that was cut, a
// giving back that failed.
func (in *Instance) drop(ctx context.Context, stray []leased) error {
	for _, l := range stray {
		_, err := in.conn.Exec(ctx, "UPDATE retour.leases SET instance = '' WHERE desk = $1 AND part = $2 AND fence = $3 AND instance = $4",
			l.at.desk, string(l.at.part), l.fence, in.name)
		if err != nil {
			return err
		}
	}
	return nil
}

// publish writes what the holder of a part says of it, where that is news.
func (in *Instance) publish(ctx context.Context) error {
	in.mu.Lock()
	var holds []*Hold
	for _, h := range in.holds {
		if h.says != nil {
			holds = append(holds, h)
		}
	}
	in.mu.Unlock()
	var own, voice said
	for _, h := range holds {
		if h.place.part == PartOutbox {
			voice.add(h.place.desk, voiceOf(in.name), 0, h.says())
		} else {
			own.add(h.place.desk, string(h.place.part), h.fence, h.says())
		}
	}
	if len(own.desks) > 0 {
		_, err := in.conn.Exec(ctx, `UPDATE retour.leases l SET says = v.says FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS v (desk, part, fence, says)
			WHERE l.desk = v.desk AND l.part = v.part AND l.fence = v.fence AND l.says <> v.says`, own.desks, own.parts, own.fences, own.texts)
		if err != nil {
			return err
		}
	}
	if len(voice.desks) == 0 {
		return nil
	}
	_, err := in.conn.Exec(ctx, `INSERT INTO retour.leases AS l (desk, part, instance, fence, says)
		SELECT v.desk, v.part, $1, 0, v.says FROM unnest($2::text[], $3::text[], $4::text[]) AS v (desk, part, says)
		ON CONFLICT (desk, part) DO UPDATE SET says = excluded.says WHERE l.says <> excluded.says`, in.name, voice.desks, voice.parts, voice.texts)
	return err
}

// said are columns of what is said of parts.
type said struct {
	desks, parts, texts []string
	fences              []int64
}

func (s *said) add(desk, part string, fence int64, text string) {
	s.desks, s.parts, s.fences, s.texts = append(s.desks, desk), append(s.parts, part), append(s.fences, fence), append(s.texts, text)
}

// voices are the rows that nobody takes: what an instance says of the outbox.
const voices = string(PartOutbox) + "/"

func voiceOf(instance string) string { return voices + instance }

// see looks who is there, and who does what.
func (in *Instance) see(ctx context.Context) (now sight, err error) {
	now = sight{ready: map[string][]string{}, holders: map[string]string{}}
	rows, err := in.conn.Query(ctx, "SELECT name, holder, desks FROM retour.instances WHERE until > clock_timestamp()")
	if err != nil {
		return now, err
	}
	var name, holder string
	var desks []string
	_, err = pgx.ForEachRow(rows, []any{&name, &holder, &desks}, func() error {
		now.ready[name], now.holders[name] = slices.Clone(desks), holder
		return nil
	})
	if err != nil {
		return now, err
	}
	if rows, err = in.conn.Query(ctx, "SELECT desk, part, instance, fence, says FROM retour.leases WHERE part <> $1", string(partDesk)); err != nil {
		return now, err
	}
	var l leased
	_, err = pgx.ForEachRow(rows, []any{&l.at.desk, &l.at.part, &l.by, &l.fence, &l.says}, func() error {
		if strings.HasPrefix(string(l.at.part), voices) {
			now.voices = append(now.voices, l)
		} else {
			now.leases = append(now.leases, l)
		}
		return nil
	})
	return now, err
}

// Member is an instance that works for a desk.
type Member struct {
	Holder string // host, process ID
	Parts  []Part // what it alone does; all instances send mails and webhooks
}

// Members are the instances that are heard of and work for this desk, in the order
// of their names. Of a file there are none: see [Book.Lock].
func (b *Book) Members(ctx context.Context) (all []Member, err error) {
	if _, ok := b.engine.(*server); !ok {
		return nil, nil
	}
	err = b.view(ctx, func(q querier) error {
		rows, err := q.QueryContext(ctx, `SELECT i.name, i.holder, coalesce(l.part, '') FROM retour.instances i
			LEFT JOIN retour.leases l ON l.instance = i.name AND l.desk = current_setting('retour.desk') AND l.part NOT LIKE 'outbox/%'
			WHERE i.until > clock_timestamp() AND current_setting('retour.desk') = ANY (i.desks) ORDER BY i.holder, i.name, l.part`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for last := ""; rows.Next(); {
			var name, holder, part string
			if err := rows.Scan(&name, &holder, &part); err != nil {
				return err
			}
			if name != last {
				all, last = append(all, Member{Holder: holder}), name
			}
			if m := &all[len(all)-1]; part != "" {
				m.Parts = append(m.Parts, Part(part))
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("look who works for the desk: %w", err)
	}
	return all, nil
}

// lock takes the desk for a command that must be alone with it, until unlock: no
// instance works for it, and none begins.
func (s *server) lock(ctx context.Context, b *Book, holder string) (unlock func() error, err error) {
	in, err := Join(ctx, s.url, holder, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := in.alone(ctx, b, s, nil); err != nil {
		err = errors.Join(err, in.Leave())
		if errors.As(err, new(ErrLocked)) {
			return nil, err
		}
		return nil, fmt.Errorf("lock casebook: %w", err)
	}
	return sync.OnceValue(in.Leave), nil
}

// alone takes the whole desk, where nobody works for it. The desks are those that
// it works for.
func (in *Instance) alone(ctx context.Context, b *Book, s *server, desks []string) error {
	tx, err := b.writer.BeginTx(ctx, nil) // so that it comes before or after who begins
	if err != nil {
		return beginning(err)
	}
	defer tx.Rollback() // of no effect after Commit
	has, err := list(ctx, tx, `SELECT i.holder FROM retour.instances i WHERE i.until > clock_timestamp() AND i.name <> $3 AND ($1 = ANY (i.desks)
		OR EXISTS (SELECT FROM retour.leases l WHERE l.instance = i.name AND l.desk = $1 AND l.part = $2)) ORDER BY i.holder`,
		[]any{s.desk, string(partDesk), in.name}, scanOne[string])
	if err != nil {
		return err
	}
	if len(has) > 0 {
		return ErrLocked{Holder: has[0]}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO retour.leases AS l (part, instance, fence) VALUES ($1, $2, 1)
		ON CONFLICT (part) DO UPDATE SET instance = excluded.instance, fence = l.fence + 1`, string(partDesk), in.name)
	if err != nil {
		return err
	}
	for _, desk := range desks {
		if _, err := tx.ExecContext(ctx, addDesk, desk, in.name); err != nil {
			return err
		}
	}
	return tx.Commit()
}
