package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"retour/ingest"
	"retour/notify"
	"retour/rules/casebook"
)

// DigestList is a list of readers of the digests, from the configuration.
type DigestList struct {
	Name     string
	To       []mail.Address
	Kinds    []notify.DigestKind
	Times    notify.Timetable
	Language string
	Sheet    bool // with the spreadsheet
	Unneeded bool // where there is no news, nothing is sent
}

// Digests makes every digest that is due and was not made yet, and returns how
// many. Each is made once, whatever the clock and the program do in between; of
// those that were missed, only the last of its kind. A list that is new begins
// with its next digest. A desk in shadow mode writes to nobody.
func (in *Intake) Digests(ctx context.Context, lists []DigestList) (made int, err error) {
	in = in.current()
	if in.Shadow {
		return 0, nil
	}
	var failed []error
	for _, list := range lists {
		for _, kind := range list.Kinds {
			ok, err := in.owedDigest(ctx, list, kind)
			if err != nil {
				failed = append(failed, err)
			}
			if ok {
				made++
			}
		}
	}
	return made, errors.Join(failed...)
}

// BeginDigests notes from when new lists get digests: from now on, whenever the
// first is made.
func (in *Intake) BeginDigests(ctx context.Context, lists []DigestList) error {
	in = in.current()
	if in.Shadow {
		return nil
	}
	for _, list := range lists {
		for _, kind := range list.Kinds {
			due := list.Times.Last(in.Policy, kind, in.Now())
			_, isNew, err := in.Book.DigestOwed(ctx, list.Name, string(kind), due.Day())
			if err == nil && isNew {
				err = in.beginDigests(ctx, list, due)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *Intake) beginDigests(ctx context.Context, list DigestList, due notify.Due) error {
	return in.write(ctx, func(tx *casebook.Tx) error {
		return tx.DigestMade(ctx, list.Name, string(due.Kind), due.Day(), casebook.DigestBegun)
	})
}

func (in *Intake) owedDigest(ctx context.Context, list DigestList, kind notify.DigestKind) (made bool, err error) {
	due := list.Times.Last(in.Policy, kind, in.Now())
	owed, isNew, err := in.Book.DigestOwed(ctx, list.Name, string(kind), due.Day())
	switch {
	case err != nil:
		return false, err
	case isNew:
		return false, in.beginDigests(ctx, list, due)
	case !owed:
		return false, nil
	}
	result, err := in.makeDigest(ctx, list, due, "")
	if errors.Is(err, casebook.ErrDigestMade) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s digest of %s for %s: %w", kind, due.Day(), list.Name, err)
	}
	in.Log.Info("digest made", "list", list.Name, "kind", kind, "day", due.Day(), "result", result)
	return result == casebook.DigestSent, nil
}

// SendDigest makes a digest by hand, for all readers of a list, beside those that
// come by themselves.
func (in *Intake) SendDigest(ctx context.Context, list DigestList, due notify.Due) error {
	in = in.current()
	list.Unneeded = false
	_, err := in.makeDigest(ctx, list, due, in.Now().UTC().Format("/20060102T150405.000"))
	return err
}

// Digest composes a digest and leaves nothing behind.
func (in *Intake) Digest(ctx context.Context, list DigestList, due notify.Due) (notify.Digest, error) {
	in = in.current()
	now := in.Now()
	figures, err := in.Book.Figures(ctx, in.Policy, due.Period, now)
	if err != nil {
		return notify.Digest{}, err
	}
	order := notify.DigestOrder{List: list.Name, Kind: due.Kind, Language: list.Language, Zone: list.Times.Zone, Sheet: list.Sheet,
		Key: digestKey(list, due, ""), Now: now}
	if in.LastRead != nil {
		order.Read = in.LastRead()
	}
	return in.Composer.Digest(order, figures)
}

// digestKey names a digest in the outbox; hand tells those made by hand apart.
func digestKey(list DigestList, due notify.Due, hand string) string {
	return fmt.Sprintf("%s%s/%s/%s%s", digestKeys, list.Name, due.Kind, due.Day(), hand)
}

// digestKeys is what the keys of digests begin with.
const digestKeys = "digest/"

// makeDigest counts and composes, which takes a while, and then leaves the mails
// in the outbox, in one transaction with the mark that this digest is made.
func (in *Intake) makeDigest(ctx context.Context, list DigestList, due notify.Due, hand string) (result casebook.DigestResult, err error) {
	digest, err := in.Digest(ctx, list, due)
	if err != nil {
		return "", err
	}
	err = in.write(ctx, func(tx *casebook.Tx) error {
		result = casebook.DigestSent
		if list.Unneeded && !digest.News {
			result = casebook.DigestSilent
		}
		if hand == "" {
			if err := tx.DigestMade(ctx, list.Name, string(due.Kind), due.Day(), result); err != nil {
				return err
			}
		}
		if result == casebook.DigestSilent {
			return nil
		}
		for _, to := range list.To {
			if err := enqueueDigest(ctx, tx, digest, to, digestKey(list, due, hand)+"/"+strings.ToLower(to.Address)); err != nil {
				return err
			}
		}
		return nil
	})
	return result, err
}

func enqueueDigest(ctx context.Context, tx *casebook.Tx, d notify.Digest, to mail.Address, key string) error {
	m := d.For(to, key)
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("store mail %s: %w", key, err)
	}
	_, _, err = tx.Enqueue(ctx, casebook.Row{Lane: "mail/digest/" + strings.ToLower(to.Address), Kind: string(notify.DeliverMail), Key: key,
		Recipient: m.To, MessageID: m.MessageID, Body: body})
	if err != nil {
		return fmt.Errorf("leave mail %s in the outbox: %w", key, err)
	}
	return nil
}

// isDigest is true of an outbox row that holds a digest.
func isDigest(row casebook.Row) bool { return strings.HasPrefix(row.Key, digestKeys) }

// digestUndelivered tells the staff that a reader did not get his digest.
func (in *Intake) digestUndelivered(ctx context.Context, tx *casebook.Tx, key, to, why string) error {
	return in.alert(ctx, tx, key, fmt.Sprintf("The digest for %s could not be delivered: %s", to, why), true)
}

// digestBounce is a delivery report about a digest.
func (m *mailRun) digestBounce(ctx context.Context, tx *casebook.Tx, report *ingest.Report) error {
	if arrives(report.Action) {
		m.end(casebook.FateNoted, "a delivery report about a digest: "+report.Action, "")
		return nil
	}
	why := bounceText(report)
	if err := tx.Bounced(ctx, report.OriginalID, why); err != nil {
		return fmt.Errorf("mark the digest that bounced: %w", err)
	}
	m.end(casebook.FateNoted, "a digest could not be delivered: "+why, "")
	return m.in.digestUndelivered(ctx, tx, fmt.Sprintf("digest/bounce/%d", m.row.ID), report.Recipient, why)
}

// answersDigest: the mail cites a digest, and so is written by one of its readers.
func (in *Intake) answersDigest(ids []string) bool {
	number, ok := notify.CaseOf(in.Secret, in.Domain, ids)
	return ok && number == notify.DigestNumber
}
