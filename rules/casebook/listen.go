package casebook

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// What instances tell each other. It only saves time: who hears nothing looks by
// himself every few seconds.
const (
	HeardOutbox  = "outbox"  // there are new rows in the outbox
	HeardMailbox = "mailbox" // a mail is to be moved
)

// heardOn is the channel of NOTIFY; what is told there is a desk and one of the above.
const heardOn = "retour"

// Signal tells the other instances that work for the desk. It does not wait for them.
//
// It is told after the commit that it is about, not in it: a transaction that
// notifies keeps all others that do so, of all desks, from committing until it is on
// the disk (PreCommit_Notify in PostgreSQL's commands/async.c).
func (b *Book) Signal(ctx context.Context, what string) { b.engine.signal(ctx, b, what) }

func (s *server) signal(ctx context.Context, b *Book, what string) {
	text := s.desk + " " + what
	if in := s.crew.Load(); in != nil {
		in.mu.Lock()
		in.tell[text] = true
		in.mu.Unlock()
		select {
		case in.speaks <- struct{}{}:
		default:
		}
		return
	}
	// A command beside the desk. It has committed: what fails here costs seconds.
	_, _ = b.reader.ExecContext(ctx, "SELECT pg_notify($1, $2)", heardOn, text)
}

// speak tells what others are to hear.
func (in *Instance) speak(ctx context.Context) error {
	in.mu.Lock()
	var texts []string
	for text := range in.tell {
		texts = append(texts, text)
	}
	clear(in.tell)
	in.mu.Unlock()
	if len(texts) == 0 || in.conn == nil || in.conn.IsClosed() {
		return nil
	}
	_, err := in.conn.Exec(ctx, "SELECT pg_notify($1, t) FROM unnest($2::text[]) AS t", heardOn, texts)
	return err
}

// listen hears what other instances say, until the context ends, by a session of
// its own.
func (in *Instance) listen(ctx context.Context) {
	for ctx.Err() == nil {
		_ = in.hear(ctx) // the rounds report that the database is away
		select {
		case <-ctx.Done():
		case <-time.After(in.times.Load().every):
		}
	}
}

func (in *Instance) hear(ctx context.Context) error {
	conn, err := in.server.session(ctx, in.holder)
	if err != nil {
		return err
	}
	if _, err = conn.Exec(ctx, "LISTEN "+heardOn); err == nil {
		in.heardAll() // what was said while nobody listened
		err = in.hearing(ctx, conn)
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

func (in *Instance) hearing(ctx context.Context, conn *pgx.Conn) error {
	own := in.pid.Load
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		desk, what, _ := strings.Cut(n.Payload, " ")
		in.mu.Lock()
		s, ok := in.desks[desk]
		in.mu.Unlock()
		if ok && s.heard != nil && n.PID != own() {
			s.heard(what)
		}
	}
}

func (in *Instance) heardAll() {
	in.mu.Lock()
	var all []served
	for _, s := range in.desks {
		all = append(all, s)
	}
	in.mu.Unlock()
	for _, s := range slices.DeleteFunc(all, func(s served) bool { return s.heard == nil }) {
		s.heard(HeardOutbox)
		s.heard(HeardMailbox)
	}
}
