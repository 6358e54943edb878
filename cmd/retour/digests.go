package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"sync/atomic"
	"time"

	"retour/ingest/intake"
	"retour/notify"
	"retour/rules/casebook"
)

// DigestConfig is one list of readers of the digests.
type DigestConfig struct {
	List        string            `yaml:"list"` // its name
	To          Recipients        `yaml:"to"`
	Period      Periods           `yaml:"period"`
	At          *notify.TimeOfDay `yaml:"at"`          // nil: 07:00
	TimeZone    string            `yaml:"time_zone"`   // IANA; empty: the desk's
	Language    Language          `yaml:"language"`    // empty: the desk's
	NoNews      NoNews            `yaml:"no_news"`     // empty: line
	Spreadsheet *bool             `yaml:"spreadsheet"` // nil: yes
}

// Recipients are one or several addresses, with or without a name.
type Recipients []string

// OneOrMany lets one stand without brackets.
func (Recipients) OneOrMany() {}

// Periods are one or several kinds of digests.
type Periods []notify.DigestKind

// OneOrMany lets one stand without brackets.
func (Periods) OneOrMany() {}

// NoNews says what is sent when nothing happened.
type NoNews string

// Values are one line, or nothing.
func (NoNews) Values() []string { return []string{"line", "nothing"} }

// defaultDigestTime is 07:00: before the day's work.
const defaultDigestTime notify.TimeOfDay = 7 * 60

// validateDigests tells what cannot work in the lists.
func (c *Config) validateDigests(bad faultFunc) {
	names := map[string]bool{}
	for i, d := range c.Digests {
		key := fmt.Sprintf("digests[%d]", i)
		d.validate(key, bad)
		if name := strings.ToLower(d.List); names[name] {
			bad(key+".list", "%q is the name of two lists", d.List)
		} else {
			names[name] = true
		}
	}
}

func (d *DigestConfig) validate(key string, bad faultFunc) {
	if d.List == "" || strings.ContainsFunc(d.List, func(r rune) bool { return r <= ' ' || r == '/' || r == 0x7F }) {
		bad(key+".list", "%q is no name: a list needs a short one without spaces, such as management", d.List)
	}
	if len(d.To) == 0 {
		bad(key+".to", "is missing: the addresses that the digest goes to")
	}
	for i, to := range d.To {
		if _, err := mail.ParseAddress(to); err != nil {
			bad(fmt.Sprintf("%s.to[%d]", key, i), "%q is not a mail address", to)
		}
	}
	if len(d.Period) == 0 {
		bad(key+".period", "is missing: daily, weekly or monthly, or several of them in brackets")
	}
	if _, err := time.LoadLocation(d.TimeZone); err != nil || d.TimeZone == "Local" {
		bad(key+".time_zone", "%q is not a time zone; write it like Europe/Brussels", d.TimeZone)
	}
}

// digestLists are the lists as intake takes them.
func (c *Config) digestLists() ([]intake.DigestList, error) {
	var lists []intake.DigestList
	for _, d := range c.Digests {
		list := intake.DigestList{Name: d.List, Kinds: d.Period, Language: string(d.Language), Sheet: d.Spreadsheet == nil || *d.Spreadsheet,
			Unneeded: d.NoNews == "nothing", Times: notify.Timetable{At: defaultDigestTime, Zone: zone(*c)}}
		if list.Language == "" {
			list.Language = string(c.Desk.Language)
		}
		if d.At != nil {
			list.Times.At = *d.At
		}
		if d.TimeZone != "" {
			loc, err := time.LoadLocation(d.TimeZone)
			if err != nil {
				return nil, fmt.Errorf("digests: time zone of %s: %w", d.List, err)
			}
			list.Times.Zone = loc
		}
		for _, text := range d.To {
			to, err := mail.ParseAddress(text)
			if err != nil {
				return nil, fmt.Errorf("digests: address of %s: %w", d.List, err)
			}
			list.To = append(list.To, *to)
		}
		lists = append(lists, list)
	}
	return lists, nil
}

// digests are the lists of a running desk.
type digests struct {
	lists atomic.Pointer[[]intake.DigestList]
	since time.Time // from when the mailbox has not been read; zero while it is
}

// patience is how long a digest waits for the mailbox to be read: what came in
// over night, or while the desk was away, belongs in it.
const patience = 10 * time.Minute

// openDigests notes new lists at once: their digests are owed from now on.
func (a *app) openDigests(ctx context.Context) error {
	lists, err := a.cfg.digestLists()
	if err != nil {
		return usageError{err}
	}
	a.digests.lists.Store(&lists)
	return a.beginDigests(ctx, lists)
}

// beginDigests notes new lists; another process may note the same one at the same
// moment.
func (a *app) beginDigests(ctx context.Context, lists []intake.DigestList) error {
	err := a.intake.BeginDigests(ctx, lists)
	if errors.Is(err, casebook.ErrDigestMade) {
		return a.intake.BeginDigests(ctx, lists)
	}
	return err
}

// lastRead is when the mailbox was last read; zero: not since the start.
func (a *app) lastRead() time.Time {
	if a.watcher == nil {
		return time.Time{}
	}
	return a.mailboxNews().Read
}

// makeDigests makes the digests that are due, once the mailbox has been read, or
// cannot be.
func (a *app) makeDigests(ctx context.Context) error {
	lists := a.digests.current()
	if len(lists) == 0 {
		return nil
	}
	read := a.now().Sub(a.lastRead()) < patience+time.Duration(a.cfg.Mailbox.Poll)
	if !a.digests.ready(read, time.Now()) {
		return nil
	}
	_, err := a.intake.Digests(ctx, lists)
	return err
}

func (d *digests) current() []intake.DigestList {
	if lists := d.lists.Load(); lists != nil {
		return *lists
	}
	return nil
}

func (d *digests) ready(read bool, now time.Time) bool {
	switch {
	case read:
		d.since = time.Time{}
		return true
	case d.since.IsZero():
		d.since = now
	}
	return now.Sub(d.since) > patience
}
