package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// learnNames asks how the server writes folder names: which character stands
// between levels, and which prefix one's own folders have (RFC 2342).
func (s *session) learnNames(ctx context.Context) error {
	if s.caps.Has(imap.CapNamespace) {
		err := s.do(ctx, "NAMESPACE", func() error {
			data, err := s.client.Namespace().Wait()
			if err == nil && len(data.Personal) > 0 {
				s.prefix, s.delim = data.Personal[0].Prefix, delimString(data.Personal[0].Delim)
			}
			return err
		})
		if err == nil && s.delim != "" {
			return nil
		}
		if err != nil && refusal(err) == "" {
			return err
		}
	}
	return s.do(ctx, "LIST", func() error {
		list, err := s.client.List("", "", nil).Collect()
		if err == nil && len(list) > 0 {
			s.delim = delimString(list[0].Delim)
		}
		return err
	})
}

func delimString(r rune) string {
	if r == 0 {
		return ""
	}
	return string(r)
}

// resolve gives the server's name of a folder from the configured one, in
// which '/' separates levels.
func (s *session) resolve(name string) string {
	if strings.EqualFold(name, "INBOX") {
		return "INBOX"
	}
	if s.delim != "" {
		name = strings.ReplaceAll(name, "/", s.delim)
	}
	if len(name) >= len(s.prefix) && strings.EqualFold(name[:len(s.prefix)], s.prefix) {
		return name
	}
	return s.prefix + name
}

func (s *session) exists(ctx context.Context, folder string) (bool, error) {
	found := false
	err := s.do(ctx, "LIST "+folder, func() error {
		list, err := s.client.List("", folder, nil).Collect()
		for _, l := range list {
			gone := slices.ContainsFunc(l.Attrs, func(a imap.MailboxAttr) bool {
				return a == imap.MailboxAttrNonExistent || a == imap.MailboxAttrNoSelect
			})
			found = found || !gone
		}
		return err
	})
	return found, err
}

// ensure makes a folder that is missing.
func (s *session) ensure(ctx context.Context, name string) error {
	folder := s.resolve(name)
	if ok, err := s.exists(ctx, folder); ok || err != nil {
		return err
	}
	err := s.create(ctx, folder)
	if refusal(err) == "" {
		return err
	}
	if ok, err := s.exists(ctx, folder); ok || err != nil {
		return err // somebody else has made it meanwhile
	}
	// Servers without NAMESPACE may take folders below INBOX alone.
	if s.prefix == "" && s.delim != "" {
		s.prefix = "INBOX" + s.delim
		if s.create(ctx, s.resolve(name)) == nil {
			return nil
		}
		s.prefix = ""
	}
	return fmt.Errorf("make folder %s: %w", folder, err)
}

func (s *session) create(ctx context.Context, folder string) error {
	return s.do(ctx, "CREATE "+folder, func() error { return s.client.Create(folder, nil).Wait() })
}

// placeFolder is the configured name of a place.
func (w *Watcher) placeFolder(p Place) string {
	if p == Hold {
		return w.cfg.Hold
	}
	return w.cfg.Done
}
