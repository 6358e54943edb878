package casebook

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// LinkMessage records that a mail belongs to a case, so that an answer to it
// finds the case. The direction is "in" or "out". A mail without Message-ID
// cannot be answered to and is not recorded.
func (tx *Tx) LinkMessage(ctx context.Context, messageID string, caseID int64, direction string) error {
	id := bareID(messageID)
	if id == "" {
		return nil
	}
	_, err := tx.exec(ctx, `INSERT INTO messages (message_id, case_id, direction) VALUES ($1, $2, $3)
		ON CONFLICT (message_id, case_id) DO NOTHING`, id, caseID, direction)
	if err != nil {
		return fmt.Errorf("link message %s to case with ID %d: %w", id, caseID, err)
	}
	return nil
}

// CasesOfMessage returns the IDs of the cases that a mail belongs to, in order.
// An empty Message-ID belongs to none.
func (s *queries) CasesOfMessage(ctx context.Context, messageID string) (ids []int64, err error) {
	id := bareID(messageID)
	if id == "" {
		return nil, nil
	}
	err = s.ask(ctx, func(q querier) error {
		ids, err = list(ctx, q, "SELECT case_id FROM messages WHERE message_id = $1 ORDER BY case_id", []any{id}, scanOne[int64])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for the cases of message %s: %w", id, err)
	}
	return ids, nil
}

// Message is one mail of a case.
type Message struct {
	MessageID string // without angle brackets
	Direction string // in, out
}

// MessagesOf returns the mails of a case, in the order in which they were linked.
func (s *queries) MessagesOf(ctx context.Context, caseID int64) (all []Message, err error) {
	err = s.ask(ctx, func(q querier) error {
		all, err = list(ctx, q, "SELECT message_id, direction FROM messages WHERE case_id = $1 ORDER BY id", []any{caseID},
			func(rows *sql.Rows) (m Message, err error) { return m, rows.Scan(&m.MessageID, &m.Direction) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the messages of case with ID %d: %w", caseID, err)
	}
	return all, nil
}

// bareID is a Message-ID without space and angle brackets around it.
func bareID(id string) string {
	return strings.Trim(strings.TrimSpace(id), "<>")
}

// AddressRow is what is remembered of somebody who writes.
type AddressRow struct {
	Address  string // lower case
	Language string // of his last mail whose language was clear
	Trust    rules.Trust
	Seen     int // mails
	LastAt   time.Time
}

func addressColumns(a *AddressRow) []column {
	return []column{
		{"address", &a.Address},
		{"language", &a.Language},
		{"trust", &a.Trust},
		{"seen", &a.Seen},
		{"last_at", stamp{&a.LastAt}},
	}
}

// Remember records a mail of an address: its language, unless empty, and its
// trust, when it is the best so far. A forged mail does not come from the
// address that it names, so nothing is remembered of it.
func (tx *Tx) Remember(ctx context.Context, address, language string, trust rules.Trust) error {
	address = strings.ToLower(address)
	if address == "" || trust == rules.Forged {
		return nil
	}
	a, ok, err := tx.Address(ctx, address)
	if err != nil {
		return err
	}
	if language != "" {
		a.Language = language
	}
	if !ok || better(trust, a.Trust) {
		a.Trust = trust
	}
	a.Address, a.Seen, a.LastAt = address, a.Seen+1, tx.now
	_, err = tx.exec(ctx, insertAddress, places(addressColumns(&a))...)
	if err != nil {
		return fmt.Errorf("remember address %s: %w", address, err)
	}
	return nil
}

var (
	selectAddress = "SELECT " + names(addressColumns(&AddressRow{})) + " FROM addresses WHERE address = $1"
	insertAddress = insertInto("addresses", addressColumns(&AddressRow{})) + ` ON CONFLICT (address) DO UPDATE SET language = excluded.language,
		trust = excluded.trust, seen = excluded.seen, last_at = excluded.last_at`
)

func better(a, b rules.Trust) bool {
	order := []rules.Trust{rules.Unknown, rules.Known, rules.Proven}
	return slices.Index(order, a) > slices.Index(order, b)
}

// Address returns what is remembered of an address; ok is false when nothing is.
func (s *queries) Address(ctx context.Context, address string) (row AddressRow, ok bool, err error) {
	err = s.ask(ctx, func(q querier) error {
		row, ok, err = first(ctx, q, selectAddress, []any{strings.ToLower(address)}, addressColumns)
		return err
	})
	if err != nil {
		return row, false, fmt.Errorf("read address %s: %w", address, err)
	}
	return row, ok, nil
}

// onceKept is how long the keys of Once are kept.
const onceKept = 7 * 24 * time.Hour

// Once says whether a key is seen for the first time within seven days. It
// tells a doubled envelope from a click.
func (tx *Tx) Once(ctx context.Context, key string) (isFirst bool, err error) {
	if _, err = tx.exec(ctx, "DELETE FROM clicks WHERE at < $1", tx.now.Add(-onceKept).UnixMilli()); err != nil {
		return false, fmt.Errorf("forget old clicks: %w", err)
	}
	n, err := tx.exec(ctx, "INSERT INTO clicks (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", key, tx.now.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("record click %s: %w", key, err)
	}
	return n > 0, nil
}
